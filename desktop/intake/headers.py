"""Finding a sheet's header: which row it is, how many rows it has, what each column is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from ecofolio.intake.names import squeezed
from ecofolio.intake.reading import Cell, Rows

Known = Callable[[str], bool]
"""Says whether a text is a header that the importer has a use for."""

Merge = tuple[int, int, int, int]
"""A merged area: top, left, bottom, right, counted from nought."""

LOOK = 60  # how many rows and columns are looked at for the header
LONG = 80  # a header is shorter than this


def is_blank(cell: Cell) -> bool:
    """Whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def known_in(cells: Sequence[Cell], known: Known) -> set[str]:
    return {cell for cell in cells if isinstance(cell, str) and known(cell)}


def find_head(
    rows: Rows, merges: list[Merge], known: Known, row: int | None, depth: int | None
) -> tuple[int, int] | None:
    """The header's first row from nought and how many rows it has, nought where it has none.

    `row` (counted from one, nought for no header) and `depth` are what a person said.
    """
    if row is not None:
        if row == 0:
            first = next((i for i, one in enumerate(rows) if not is_blank_row(one)), None)
            return None if first is None else (first, 0)
        top = min(row - 1, max(len(rows) - 1, 0))
        return (top, depth or 1) if rows else None
    best = _best_row(rows, known)
    if best is None:
        return None
    if _is_data(rows, best, known):
        return best, 0
    if depth:
        return best, depth
    if _is_subheader(rows, best, merges):
        return best, 2
    if best and _is_group(rows, best, merges):
        return best - 1, 2
    return best, 1


def is_blank_row(row: list[Cell]) -> bool:
    return all(map(is_blank, row))


def _best_row(rows: Rows, known: Known) -> int | None:
    """The row most like a header: known words first, then how many short distinct texts it has."""
    scored: list[tuple[float, int, int]] = []
    seen = 0
    for place, row in enumerate(rows):
        cells = [cell for cell in row if not is_blank(cell)]
        if not cells:
            continue
        seen += 1
        if seen > LOOK:
            break
        texts = {cell.strip() for cell in cells if isinstance(cell, str)}
        short = [text for text in texts if len(text) <= LONG]
        hits = len(known_in(cells, known))
        score = 4.0 * hits + len(short) - 0.5 * (len(cells) - len(short)) - 0.01 * seen
        scored.append((score, hits, place))
    if not scored:
        return None
    best, hits, _place = max(scored)
    if hits < 2:
        return max(scored)[2]
    # of two tables on one sheet, the first, unless it is much less of a list
    return next(place for score, hits, place in scored if hits >= 2 and score >= 0.6 * best)


def _is_data(rows: Rows, place: int, known: Known) -> bool:
    """Whether the row is already one of the list's, because nothing in the sheet is a header."""
    row = rows[place]
    if known_in(row, known):
        return False
    below = [other for other in rows[place + 1 : place + 21] if not is_blank_row(other)]
    alike = 0
    for at, cell in enumerate(row):
        if is_blank(cell) or (isinstance(cell, str) and not is_figure(cell)):
            continue
        others = [other[at] for other in below if at < len(other) and not is_blank(other[at])]
        alike += bool(others) and sum(map(is_figure, others)) > len(others) / 2
    return alike > 0 and alike >= sum(not is_blank(cell) for cell in row) / 4


_FIGURE = re.compile(r"^[\W_]*\d[\d\s.,:/%年月日-]*\D{0,3}$")


def is_figure(cell: Cell) -> bool:
    """A number, a date, or a text that is one."""
    if isinstance(cell, str):
        return bool(_FIGURE.match(cell.strip()))
    return isinstance(cell, int | float | date)


_UNWORKED = re.compile(r"^(=.|#[A-Z/0]+[!?]?$)", re.DOTALL)


def is_sum(cell: Cell) -> bool:
    """A figure, or what stands for one: a formula without a result, an error value."""
    return is_figure(cell) or (isinstance(cell, str) and bool(_UNWORKED.match(cell.strip())))


_LABELLED = re.compile(r"^\s*[^:：\s][^:：]{0,20}[:：]")


def is_labelled(cell: Cell) -> bool:
    """Whether a text says of itself what it is, as `Date: 5 March` does."""
    return isinstance(cell, str) and bool(_LABELLED.match(cell))


def cell_at(row: list[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None


def _is_subheader(rows: Rows, top: int, merges: list[Merge]) -> bool:
    """Whether the row below completes the header: it is filled where the header is spread."""
    if top + 1 >= len(rows):
        return False
    upper, lower = rows[top], rows[top + 1]
    given = [place for place, cell in enumerate(lower) if not is_blank(cell)]
    if not given or any(is_figure(lower[place]) and not _is_year(lower[place]) for place in given):
        return False
    if any(isinstance(lower[place], str) and len(str(lower[place])) > LONG for place in given):
        return False
    spread = {
        place
        for first, left, last, right in merges
        if first <= top <= last < top + 1 and right > left
        for place in range(left, right + 1)
    }
    tall = any(
        first == top and last == top + 1 and left == right for first, left, last, right in merges
    )
    if spread and set(given) <= spread:
        return True
    if merges and not tall:
        return False
    gaps = sum(is_blank(cell_at(upper, place)) for place in given)
    single = sum(
        is_blank(cell_at(lower, place)) for place, cell in enumerate(upper) if not is_blank(cell)
    )
    return gaps >= 1 and single >= 1 and len(given) >= 2 and gaps >= len(given) / 3


def _is_year(cell: Cell) -> bool:
    text = str(cell).strip().rstrip("年").removesuffix(".0")
    return text.isdigit() and len(text) == 4 and text[:2] in ("19", "20")


def _is_group(rows: Rows, place: int, merges: list[Merge]) -> bool:
    """Whether the row above names groups of the header's columns and is not just a title."""
    above = rows[place - 1]
    given = [at for at, cell in enumerate(above) if not is_blank(cell)]
    if not given or any(len(str(above[at])) > LONG for at in given):
        return False
    if any(is_labelled(above[at]) for at in given):
        return False
    width = sum(not is_blank(cell) for cell in rows[place])
    spans = [
        right - left + 1
        for first, left, last, right in merges
        if first <= place - 1 <= last and right > left
    ]
    if spans:
        return max(spans) < width and all(left < len(above) for left in given)
    return len(given) >= 2 and given[-1] - given[0] + 1 <= width + 1 and len(given) < width


def headers_of(rows: Rows, merges: list[Merge], top: int, depth: int) -> list[str]:
    """The header of each column; the rows of one are joined as `Budget / 2026`."""
    width = max((len(row) for row in rows[top : top + depth]), default=0)
    width = max([width, *(right + 1 for first, _left, _last, right in merges if first == top)])
    levels: list[list[str]] = []
    for at in range(top, top + depth):
        row = rows[at]
        texts = [_header_text(cell_at(row, place)) for place in range(width)]
        if depth > 1 and at < top + depth - 1:
            _carry(texts, merges, at, rows[top + depth - 1])
        levels.append(texts)
    joined = []
    for parts in zip(*levels, strict=True):
        kept: list[str] = []
        for part in parts:
            if part and part not in kept:
                kept.append(part)
        joined.append(" / ".join(kept))
    return joined


def _carry(texts: list[str], merges: list[Merge], at: int, below: list[Cell]) -> None:
    """Give a group's name to every column that it spans."""
    spans = [merge for merge in merges if merge[0] <= at <= merge[2] and merge[3] > merge[1]]
    for _first, left, _last, right in spans:
        for place in range(left, min(right + 1, len(texts))):
            texts[place] = texts[left]
    if spans:
        return
    last = ""
    for place, text in enumerate(texts):
        last = text or (last if not is_blank(cell_at(below, place)) else "")
        texts[place] = last


def _header_text(cell: Cell) -> str:
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return squeezed(str(cell))
