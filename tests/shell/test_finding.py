"""Finding by a few letters."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from ecofolio.shell.finding import Sort, find, target


def _targets(*titles: str, sort: Sort = Sort.RECORD):
    return [target(title, "", sort, lambda: None, "") for title in titles]


def _titles(found):
    return [each.title for each in found]


def test_a_start_beats_a_words_start_and_that_beats_the_middle():
    targets = _targets("Scar", "My car", "Car life")
    assert _titles(find(targets, "car")) == ["Car life", "My car", "Scar"]


def test_all_words_must_occur_in_any_order():
    targets = _targets("HB-003 Car life", "HB-004 Campus card")
    assert _titles(find(targets, "life hb")) == ["HB-003 Car life"]


def test_chinese_is_found_by_any_of_its_words():
    assert _titles(find(_targets("GD-011 车生活一站式"), "生活")) == ["GD-011 车生活一站式"]


def test_commands_stand_before_records_of_equal_fit():
    targets = [*_targets("Import list"), *_targets("Import", sort=Sort.COMMAND)]
    assert _titles(find(targets, "imp")) == ["Import", "Import list"]


def test_without_a_word_records_are_not_listed():
    assert find([*_targets("a"), *_targets("b", sort=Sort.PAGE)], " ")[0].title == "b"


@given(st.lists(st.text(min_size=1, max_size=12), max_size=8), st.text(max_size=4))
def test_everything_found_holds_all_that_was_typed(titles, typed):
    for found in find(_targets(*titles), typed):
        assert all(word in found.title.casefold() for word in typed.casefold().split())


def test_a_keystroke_over_ten_thousand_is_within_a_frame():
    targets = _targets(*(f"HB-{n:05} 车生活一站式 Car life {n}" for n in range(10_000)))
    best = min(_seconds(targets, typed) for typed in ("1", "car", "生活 99") for _again in range(3))
    assert best < 0.016


def _seconds(targets, typed: str) -> float:
    start = time.perf_counter()
    find(targets, typed)
    return time.perf_counter() - start
