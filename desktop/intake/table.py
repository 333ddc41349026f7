"""Finding the table in a sheet that nobody prepared.

Title rows above it, blank rows and columns, headers of two rows with merged cells, totals and
notes below it, a list with one column an initiative: all are recognised, and can be overruled.
Every cell keeps the row and column that the spreadsheet shows, counted from one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from ecofolio.errors import InputError
from ecofolio.intake.names import normal, squeezed
from ecofolio.intake.reading import Book, Cell, Rows, Sheet
from ecofolio.text import _

Known = Callable[[str], bool]
"""Says whether a text is a header that the importer has a use for."""

_LOOK = 60  # how many rows and columns are looked at for the header
_LONG = 80  # a header is shorter than this

_TOTAL = re.compile(
    r"^(grand |sub)?total\b|^sum\b|^(合计|总计|小计|总额|合計|總計|小計|總額)[:：]?$", re.IGNORECASE
)
_REMARK = re.compile(
    r"^(notes?|sources?|remarks?|footnotes?|disclaimer|prepared by|end of|\*|†|注|说明|来源|备注"
    r"|資料來源|說明|來源|備註|填表|制表|製表|审核|審核)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """A column of the table: its name is unique, `header` is what the sheet says.

    `occurrence` counts the columns of one header from one; `source` is the spreadsheet's column.
    """

    name: str
    header: str
    occurrence: int
    source: int


@dataclass(frozen=True)
class Skipped:
    """A row below the header that is not one of the list's: `why` is total, header or remark."""

    row: int
    text: str
    why: str


@dataclass
class Table:
    """The list found in a sheet; in a transposed one, rows are the sheet's columns."""

    sheet: str
    columns: list[Column]
    rows: Rows
    row_numbers: list[int]
    header_row: int
    header_rows: int = 1
    transposed: bool = False
    titles: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def values(self, place: int) -> list[Cell]:
        """The cells of one column, top to bottom."""
        return [row[place] for row in self.rows]


@dataclass(frozen=True)
class Layout:
    """What a person overrules: the header's first row (counted from one, nought for none), how
    many rows it has, and whether each column is an initiative."""

    header_row: int | None = None
    header_rows: int | None = None
    transposed: bool | None = None


def choose_table(
    book: Book, known: Known, *, sheet: str | None = None, layout: Layout | None = None
) -> Table:
    """The book's best table, or the one of the named sheet; `InputError` where there is none."""
    sheets = [one for one in book.sheets if sheet is None or _is_called(one.name, sheet)]
    if not sheets and sheet and sheet.isdigit() and 0 < int(sheet) <= len(book.sheets):
        sheets = [book.sheets[int(sheet) - 1]]
    best: tuple[float, Table] | None = None
    for one in sheets:
        table = find_table(one, known, layout or Layout())
        if table is None:
            continue
        hits = sum(known(column.header) for column in table.columns)
        score = 10.0 * hits + min(len(table.rows), 500) / 100 + len(table.columns) / 100
        score *= 1.0 if one.visible else 0.1
        if best is None or score > best[0]:
            best = score, table
    if best is None:
        raise InputError(
            _("No table was found in {file}: it needs a row of headers with rows below it.").format(
                file=book.file
            )
        )
    return best[1]


def _is_called(name: str, wanted: str) -> bool:
    return name.strip().casefold() == wanted.strip().casefold()


def find_table(sheet: Sheet, known: Known, layout: Layout | None = None) -> Table | None:
    """The table of one sheet, or nothing when the sheet holds none."""
    layout = layout or Layout()
    merges = [merge for merge in sheet.merges if merge[0] < merge[2] or merge[1] < merge[3]]
    upright = not layout.transposed and _build(sheet, sheet.rows, merges, known, layout, False)
    if layout.transposed is False or (layout.transposed is None and not _may_lie(sheet, known)):
        return upright or None
    turned = _turned(sheet.rows)
    sides = [(left, top, right, bottom) for top, left, bottom, right in merges]
    lying = _build(sheet, turned, sides, known, layout, True)
    if layout.transposed:
        return lying
    if upright and lying and _hits(upright, known) >= _hits(lying, known):
        return upright
    return lying or upright or None


def _hits(table: Table, known: Known) -> int:
    return sum(known(column.header) for column in table.columns)


def _may_lie(sheet: Sheet, known: Known) -> bool:
    """Whether a column at the left holds more known headers than any row at the top."""
    top = [row[:_LOOK] for row in sheet.rows[:_LOOK]]
    across = max((len(_known_in(row, known)) for row in top), default=0)
    width = max(map(len, top), default=0)
    columns = [[row[place] for row in top if place < len(row)] for place in range(min(width, 6))]
    down = max((len(_known_in(column, known)) for column in columns), default=0)
    return down >= 2 and down > across


def _known_in(cells: Sequence[Cell], known: Known) -> set[str]:
    return {cell for cell in cells if isinstance(cell, str) and known(cell)}


def _turned(rows: Rows) -> Rows:
    width = max(map(len, rows), default=0)
    return [[row[place] if place < len(row) else None for row in rows] for place in range(width)]


def is_blank(cell: Cell) -> bool:
    """Whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _build(
    sheet: Sheet,
    rows: Rows,
    merges: list[tuple[int, int, int, int]],
    known: Known,
    layout: Layout,
    transposed: bool,
) -> Table | None:
    head = _head(rows, merges, known, layout)
    if head is None:
        return None
    top, depth = head
    first = top + depth
    headers = _headers(rows, merges, top, depth)
    width = max((len(row) for row in rows[top:]), default=0)
    filled = _filled(rows, first, width)
    places = [
        place
        for place in range(width)
        if filled[place] or (place < len(headers) and headers[place])
    ]
    names = [headers[place] if place < len(headers) else "" for place in places]
    columns = _named(names, places, transposed)
    if not columns:
        return None
    rows = _spread(rows, merges, first)
    table = Table(
        sheet.name,
        columns,
        [],
        [],
        top + 1 if depth else 0,
        depth,
        transposed,
        [str(cell) for row in rows[:top] for cell in row if not is_blank(cell)][:_LOOK],
    )
    _fill(table, rows, places, first, known)
    return table


def _filled(rows: Rows, first: int, width: int) -> list[bool]:
    """Which columns hold anything below the header."""
    filled = [False] * width
    empty = set(range(width))
    for row in rows[first:]:
        if not empty:
            break
        for place in [place for place in empty if place < len(row) and not is_blank(row[place])]:
            filled[place] = True
            empty.discard(place)
    return filled


def _head(
    rows: Rows, merges: list[tuple[int, int, int, int]], known: Known, layout: Layout
) -> tuple[int, int] | None:
    """The header's first row from nought and how many rows it has, nought where it has none."""
    if layout.header_row is not None:
        if layout.header_row == 0:
            first = next((i for i, row in enumerate(rows) if not _is_blank_row(row)), None)
            return None if first is None else (first, 0)
        top = min(layout.header_row - 1, max(len(rows) - 1, 0))
        return (top, layout.header_rows or 1) if rows else None
    best = _best_row(rows, known)
    if best is None:
        return None
    if _is_data(rows, best, known):
        return best, 0
    if layout.header_rows:
        return best, layout.header_rows
    if _is_subheader(rows, best, merges):
        return best, 2
    if best and _is_group(rows, best, merges):
        return best - 1, 2
    return best, 1


def _is_blank_row(row: list[Cell]) -> bool:
    return all(map(is_blank, row))


def _best_row(rows: Rows, known: Known) -> int | None:
    """The row most like a header: known words first, then how many short distinct texts it has."""
    best: tuple[float, int] | None = None
    seen = 0
    for place, row in enumerate(rows):
        cells = [cell for cell in row if not is_blank(cell)]
        if not cells:
            continue
        seen += 1
        if seen > _LOOK:
            break
        texts = {cell.strip() for cell in cells if isinstance(cell, str)}
        short = [text for text in texts if len(text) <= _LONG]
        score = 4.0 * len(_known_in(cells, known)) + len(short) - 0.5 * (len(cells) - len(short))
        score -= 0.01 * seen
        if best is None or score > best[0]:
            best = score, place
    return best[1] if best else None


def _is_data(rows: Rows, place: int, known: Known) -> bool:
    """Whether the row is already one of the list's, because nothing in the sheet is a header."""
    row = rows[place]
    if _known_in(row, known):
        return False
    below = [other for other in rows[place + 1 : place + 21] if not _is_blank_row(other)]
    alike = 0
    for at, cell in enumerate(row):
        if is_blank(cell) or (isinstance(cell, str) and not _is_figure(cell)):
            continue
        others = [other[at] for other in below if at < len(other) and not is_blank(other[at])]
        alike += bool(others) and sum(map(_is_figure, others)) > len(others) / 2
    return alike > 0 and alike >= sum(not is_blank(cell) for cell in row) / 4


_FIGURE = re.compile(r"^[\W_]*\d[\d\s.,:/%年月日-]*\D{0,3}$")


def _is_figure(cell: Cell) -> bool:
    """A number, a date, or a text that is one."""
    if isinstance(cell, str):
        return bool(_FIGURE.match(cell.strip()))
    return isinstance(cell, int | float | date)


def _at(row: list[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None


def _is_subheader(rows: Rows, top: int, merges: list[tuple[int, int, int, int]]) -> bool:
    """Whether the row below completes the header: it is filled where the header is spread."""
    if top + 1 >= len(rows):
        return False
    upper, lower = rows[top], rows[top + 1]
    given = [place for place, cell in enumerate(lower) if not is_blank(cell)]
    if not given or any(_is_figure(lower[place]) and not _is_year(lower[place]) for place in given):
        return False
    if any(isinstance(lower[place], str) and len(str(lower[place])) > _LONG for place in given):
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
    gaps = sum(is_blank(_at(upper, place)) for place in given)
    single = sum(
        is_blank(_at(lower, place)) for place, cell in enumerate(upper) if not is_blank(cell)
    )
    return gaps >= 1 and single >= 1 and len(given) >= 2 and gaps >= len(given) / 3


def _is_year(cell: Cell) -> bool:
    text = str(cell).strip().rstrip("年").removesuffix(".0")
    return text.isdigit() and len(text) == 4 and text[:2] in ("19", "20")


def _is_group(rows: Rows, place: int, merges: list[tuple[int, int, int, int]]) -> bool:
    """Whether the row above names groups of the header's columns and is not just a title."""
    above = rows[place - 1]
    given = [at for at, cell in enumerate(above) if not is_blank(cell)]
    if not given or any(len(str(above[at])) > _LONG for at in given):
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


def _headers(
    rows: Rows, merges: list[tuple[int, int, int, int]], top: int, depth: int
) -> list[str]:
    """The header of each column; the rows of one are joined as `Budget / 2026`."""
    width = max((len(row) for row in rows[top : top + depth]), default=0)
    width = max([width, *(right + 1 for first, _left, _last, right in merges if first == top)])
    levels: list[list[str]] = []
    for at in range(top, top + depth):
        row = rows[at]
        texts = [_header_text(_at(row, place)) for place in range(width)]
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


def _carry(
    texts: list[str], merges: list[tuple[int, int, int, int]], at: int, below: list[Cell]
) -> None:
    """Give a group's name to every column that it spans."""
    spans = [merge for merge in merges if merge[0] <= at <= merge[2] and merge[3] > merge[1]]
    for _first, left, _last, right in spans:
        for place in range(left, min(right + 1, len(texts))):
            texts[place] = texts[left]
    if spans:
        return
    last = ""
    for place, text in enumerate(texts):
        last = text or (last if not is_blank(_at(below, place)) else "")
        texts[place] = last


def _header_text(cell: Cell) -> str:
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return squeezed(str(cell))


def letters(source: int) -> str:
    """The spreadsheet's name of a column counted from one: 1 is A, 28 is AB."""
    name = ""
    while source:
        source, rest = divmod(source - 1, 26)
        name = chr(65 + rest) + name
    return name


def _named(headers: list[str], places: list[int], transposed: bool) -> list[Column]:
    """Columns with unique names; one without a header is named by its place."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    columns = []
    for header, place in zip(headers, places, strict=True):
        if not header:
            kind = _("Row {place}") if transposed else _("Column {place}")
            header = kind.format(place=place + 1 if transposed else letters(place + 1))
        counts[header] = counts.get(header, 0) + 1
        name = header if counts[header] == 1 else f"{header} ({counts[header]})"
        while name in taken:
            name += "'"
        taken.add(name)
        columns.append(Column(name, header, counts[header], place + 1))
    return columns


def _spread(rows: Rows, merges: list[tuple[int, int, int, int]], first: int) -> Rows:
    """The rows with each cell that is merged downwards repeated in every row it covers."""
    tall = [merge for merge in merges if merge[0] >= first and merge[2] > merge[0]]
    if not tall:
        return rows
    rows = list(rows)
    copied: set[int] = set()
    budget = 1_000_000  # merged areas may overlap and cover whole sheets
    for top, left, bottom, _right in tall:
        cell = _at(rows[top], left) if top < len(rows) else None
        budget -= bottom - top
        if is_blank(cell) or budget < 0:
            continue
        for at in range(top + 1, min(bottom + 1, len(rows))):
            if at not in copied:
                rows[at] = list(rows[at])
                copied.add(at)
            rows[at].extend([None] * (left + 1 - len(rows[at])))
            if is_blank(rows[at][left]):
                rows[at][left] = cell
    return rows


def _fill(table: Table, rows: Rows, places: list[int], first: int, known: Known) -> None:
    """Take over the rows of the list, leaving out blanks, totals, repeated headers, remarks."""
    width = places[-1] + 1
    whole = places == list(range(width))
    heads = [normal(column.header) for column in table.columns]
    last_blank = False
    for at in range(first, len(rows)):
        row = rows[at]
        if not row or _is_blank_row(row):
            last_blank = True
            continue
        if len(row) < width:
            row = [*row, *[None] * (width - len(row))]
        elif len(row) > width:
            row = row[:width]
        cells = row if whole else [row[place] for place in places]
        if last_blank and table.rows and _starts_another(cells, heads, known):
            break
        why = _aside(cells, heads)
        if why:
            table.skipped.append(Skipped(at + 1, _first_text(cells), why))
        else:
            table.rows.append(cells)
            table.row_numbers.append(at + 1)
        last_blank = False
    _drop_remarks(table)


def _first_text(cells: list[Cell]) -> str:
    return next((str(cell).strip() for cell in cells if not is_blank(cell)), "")


def _starts_another(cells: list[Cell], heads: list[str], known: Known) -> bool:
    """Whether a second table begins here: known headers, other than this table's own."""
    texts = [cell for cell in cells if not is_blank(cell)]
    if len(texts) < 3 or not all(isinstance(cell, str) for cell in texts):
        return False
    return (
        len(_known_in(texts, known)) >= 3
        and sum(normal(str(cell)) in heads for cell in texts) < len(texts) / 2
    )


def _aside(cells: list[Cell], heads: list[str]) -> str:
    """Why a row is not one of the list's, or nothing."""
    first = _first_text(cells)
    if len(cells) > 1 and _TOTAL.match(first):
        others = [cell for cell in cells if not is_blank(cell)][1:]
        if all(_is_figure(cell) for cell in others):
            return "total"
    if isinstance(cells[0], str) and normal(cells[0]) == heads[0]:
        same = sum(
            isinstance(cell, str) and normal(cell) == head
            for cell, head in zip(cells, heads, strict=True)
        )
        if same * 2 > len(cells) or same == sum(not is_blank(cell) for cell in cells):
            return "header"
    return ""


def _drop_remarks(table: Table) -> None:
    """Leave out the notes below the list: lone texts after a gap, or that say they are notes."""
    if len(table.columns) < 3:
        return
    while len(table.rows) > 1:
        cells = [cell for cell in table.rows[-1] if not is_blank(cell)]
        text = str(cells[0]).strip()
        gap = table.row_numbers[-1] - table.row_numbers[-2] > 1
        if len(cells) > 1 or not (gap or _REMARK.match(text) or len(text) > 2 * _LONG):
            break
        table.skipped.append(Skipped(table.row_numbers.pop(), text, "remark"))
        table.rows.pop()
