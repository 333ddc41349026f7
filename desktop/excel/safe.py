"""Text that people and files wrote, made harmless for workbooks and CSV files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

MOST_CHARACTERS = 32_767  # in a cell, says Excel's specification
MOST_TITLE = 31
FORMULA_STARTS = frozenset("=+-@\t\r＝＋－＠")
# What XML 1.0 can not carry, a carriage return (it would come back as a line end), and what Excel
# would read as an escape of its own.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SUSPECT = re.compile(f"{_UNFIT.pattern}|_x")
_NUMBER = re.compile(r"[+-]?(\d[\d,]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula or a command."""
    return text[:1] in FORMULA_STARTS and text != ""


def clean(text: str) -> str:
    """The text as a workbook can hold it, of any length.

    Characters that XML can not carry become U+FFFD, line ends become line feeds, and what
    Excel would take for one of its escapes (`_x000D_`) is kept as it reads.
    """
    if _SUSPECT.search(text) is None:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ESCAPE.sub("_x005F_", _UNFIT.sub("\ufffd", text))


def guarded(text: str) -> str:
    """The text as a cell of a CSV file that no spreadsheet runs: a formula gets an apostrophe."""
    if looks_like_formula(text.lstrip(" ")) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def sheet_title(text: str, taken: Collection[str] = ()) -> str:
    """A legal title for a worksheet that is not taken yet, whatever its case."""
    title = _NOT_IN_TITLES.sub(" ", clean(text)).strip(" '")[:MOST_TITLE].strip(" '") or "-"
    return _free(title, MOST_TITLE, {name.casefold() for name in taken})


def distinct(names: Iterable[str], most: int = 120) -> list[str]:
    """The names on one line each, not longer than `most`, all different whatever their case."""
    taken: set[str] = set()
    found = []
    for name in names:
        line = " ".join(clean(name).split()) or "-"
        line = line if len(line) <= most else f"{line[: most - 1]}…"
        line = _free(line, most, taken)
        taken.add(line.casefold())
        found.append(line)
    return found


def _free(name: str, most: int, taken: Collection[str]) -> str:
    candidate, n = name, 1
    while candidate.casefold() in taken:
        n += 1
        ending = f" ({n})"
        candidate = name[: most - len(ending)] + ending
    return candidate


def width_of(text: str) -> int:
    """How many columns of a fixed font the longest line takes; Chinese characters take two."""
    if text.isascii() and "\n" not in text:
        return len(text)
    return max(
        (sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in line))
        for line in text.split("\n")
    )
