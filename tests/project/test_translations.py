"""The words: gathered, checked, filled and compiled."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

import translations
from translations import LANGUAGES, compile_catalogues, fill, load, missing, problems, save

PROGRAM = """
from ecofolio.text import N_, _, ngettext, pgettext

_("Open {file}")
N_("Close")
pgettext("answer", "Yes")
ngettext("one row", "{n} rows", 2)
"""
WORDS: dict[str, str | list[str]] = {
    "Open {file}": "打开 {file}",
    "Close": "关闭",
    "answer\u0004Yes": "是",
    "one row": ["{n} 行"],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small program with complete translations."""
    (tmp_path / "desktop").mkdir()
    program(tmp_path, PROGRAM)
    for language in LANGUAGES:
        assert fill(tmp_path, language, WORDS) == []
    return tmp_path


def program(root: Path, text: str) -> None:
    (root / "desktop" / "words.py").write_text(text, "utf-8")


def test_the_programs_own_translations_are_complete() -> None:
    assert problems(translations.ROOT) == []


def test_a_complete_catalogue_has_no_problems(root: Path) -> None:
    assert problems(root) == []
    assert missing(root, "zh_CN") == {}


def test_a_new_message_is_missed(root: Path) -> None:
    program(root, PROGRAM + '_("Save")')
    assert problems(root, ["zh_CN"]) == ["zh_CN: not translated: 'Save'"]
    assert missing(root, "zh_CN") == {"Save": ""}


def test_a_message_the_program_no_longer_says_is_stale(root: Path) -> None:
    program(root, PROGRAM.replace('N_("Close")', ""))
    assert problems(root, ["zh_TW"]) == ["zh_TW: stale, the program no longer says it: 'Close'"]


def test_a_fuzzy_translation_is_not_good_enough(root: Path) -> None:
    catalogue = load(root, "zh_CN")
    catalogue["Close"].flags.add("fuzzy")
    save(root, "zh_CN", catalogue)
    assert problems(root) == ["zh_CN: fuzzy, look at it again: 'Close'"]
    assert missing(root, "zh_CN") == {"Close": ""}


@pytest.mark.parametrize("wrong", ["打开", "打开 {name}", "打开 {file} {file2}"])
def test_unequal_placeholders_are_found(root: Path, wrong: str) -> None:
    fill(root, "zh_CN", {"Open {file}": wrong})
    assert problems(root) == [f"zh_CN: unequal placeholders: 'Open {{file}}' and {wrong!r}"]


def test_a_plural_needs_the_placeholders_of_the_many(root: Path) -> None:
    fill(root, "zh_CN", {"one row": ["一行"]})
    assert problems(root) == ["zh_CN: unequal placeholders: '{n} rows' and '一行'"]


def test_an_open_brace_is_found(root: Path) -> None:
    fill(root, "zh_CN", {"Close": "关{"})
    assert problems(root) == ["zh_CN: braces that do not close: '关{'"]


@pytest.mark.parametrize("wrong", ["和", " 和 "])
def test_white_space_that_is_lost_or_added_at_an_end_is_found(root: Path, wrong: str) -> None:
    program(root, PROGRAM + '_(" and")')
    fill(root, "zh_CN", {" and": wrong})
    assert f"zh_CN: unequal white space at an end: ' and' and {wrong!r}" in problems(root)


def test_full_width_punctuation_brings_its_own_white_space(root: Path) -> None:
    program(root, PROGRAM + '_("{a}, ")')
    fill(root, "zh_CN", {"{a}, ": "{a}、"})
    assert not [one for one in problems(root) if one.startswith("zh_CN: unequal")]
    fill(root, "zh_CN", {"{a}, ": "{a},"})
    assert [one for one in problems(root) if one.startswith("zh_CN: unequal white space")]


def test_a_message_put_together_at_run_time_is_found(root: Path) -> None:
    program(root, PROGRAM + '_(f"Save {n}")')
    assert problems(root) == [
        "desktop/words.py:8: _() needs one plain string; fill it with .format"
    ]


def test_missing_shows_a_plural_and_does_not_take_it_back_as_a_translation(root: Path) -> None:
    program(root, PROGRAM + 'ngettext("one unit", "{n} units", 2)')
    words = missing(root, "zh_CN")
    assert words == {"one unit": ["{n} units"]}
    fill(root, "zh_CN", words)
    assert missing(root, "zh_CN") == words


def test_words_for_no_message_are_named(root: Path) -> None:
    assert fill(root, "zh_CN", {"Nothing": "无"}) == ["Nothing"]


def test_filling_again_changes_no_byte(root: Path) -> None:
    path = translations.catalogue_path(root, "zh_CN")
    before = path.read_bytes()
    fill(root, "zh_CN", WORDS)
    assert path.read_bytes() == before


def test_compiled_words_are_spoken_and_compiled_once(root: Path) -> None:
    assert len(compile_catalogues(root)) == len(LANGUAGES)
    assert compile_catalogues(root) == []
    spoken = gettext.translation("ecofolio", root / "resources" / "locale", ["zh_CN"])
    assert spoken.gettext("Close") == "关闭"
    assert spoken.pgettext("answer", "Yes") == "是"
    assert spoken.ngettext("one row", "{n} rows", 3) == "{n} 行"
