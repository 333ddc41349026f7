"""Finding the table in a sheet that nobody prepared.

Title rows above it, blank rows and columns, headers of two rows with merged cells, totals and
notes below it, a list with one column an initiative: all are recognised, and can be overruled.
Every cell keeps the row and column that the spreadsheet shows, counted from one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ecofolio.errors import InputError
from ecofolio.intake.headers import (
    LONG,
    LOOK,
    Known,
    Merge,
    cell_at,
    find_head,
    headers_of,
    is_blank,
    is_blank_row,
    is_figure,
    is_labelled,
    is_sum,
    known_in,
)
from ecofolio.intake.names import normal
from ecofolio.intake.reading import Book, Cell, Rows, Sheet, refusal
from ecofolio.text import _

_TOTAL = re.compile(
    r"^(grand |sub)?total\b|^sum\b"
    r"|^(opening|closing) balance\b|^(brought|carried) forward\b"
    r"|^(本[日月季年期页頁])?(合计|总计|小计|总额|累计|合計|總計|小計|總額|累計)"
    r"\s*([(（][^)）]*[)）])?[:：]?$"
    r"|^(期初余额|期末余额|上期结转|承前页|过次页|期初餘額|期末餘額|承前頁|過次頁)$",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"^(notes?|sources?|remarks?|footnotes?|disclaimer|prepared by|end of|\*|†|注|说明|来源|备注"
    r"|資料來源|說明|來源|備註|填表|制表|製表|审核|審核)",
    re.IGNORECASE,
)
_MOST_CELLS = 8_000_000  # of a table; a sheet that is to be turned is not larger either
_MOST_COLUMNS = 1_000

_HAN_COUNT = re.compile(r"^[(（]?[一二三四五六七八九十]{1,3}[)）、.．]?$")
_SECTION = re.compile(
    r"^([一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]"
    r"|第[一二三四五六七八九十]{1,3}(部分|批|类|類|章))"
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
    """A row below the header that is not one of the list's.

    `why` is total, header, section or remark.
    """

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
    if len(best[1].columns) > _MOST_COLUMNS:
        raise refusal(book.file, "columns")
    return best[1]


def _is_called(name: str, wanted: str) -> bool:
    return name.strip().casefold() == wanted.strip().casefold()


def find_table(sheet: Sheet, known: Known, layout: Layout | None = None) -> Table | None:
    """The table of one sheet, or nothing when the sheet holds none."""
    layout = layout or Layout()
    merges = [merge for merge in sheet.merges if merge[0] < merge[2] or merge[1] < merge[3]]
    upright = not layout.transposed and _build(sheet, sheet.rows, merges, known, layout, False)
    is_small = len(sheet.rows) * max(map(len, sheet.rows), default=0) <= _MOST_CELLS
    may_lie = layout.transposed is None and is_small and _may_lie(sheet, known)
    if not layout.transposed and not may_lie:
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
    top = [row[:LOOK] for row in sheet.rows[:LOOK]]
    across = max((len(known_in(row, known)) for row in top), default=0)
    width = max(map(len, top), default=0)
    columns = [[row[place] for row in top if place < len(row)] for place in range(min(width, 6))]
    down = max((len(known_in(column, known)) for column in columns), default=0)
    return down >= 2 and down > across


def _turned(rows: Rows) -> Rows:
    width = max(map(len, rows), default=0)
    return [[row[place] if place < len(row) else None for row in rows] for place in range(width)]


def _build(
    sheet: Sheet,
    rows: Rows,
    merges: list[Merge],
    known: Known,
    layout: Layout,
    transposed: bool,
) -> Table | None:
    head = find_head(rows, merges, known, layout.header_row, layout.header_rows)
    if head is None:
        return None
    top, depth = head
    first = top + depth
    headers = headers_of(rows, merges, top, depth)
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
    if len(columns) * sum(map(bool, rows)) > _MOST_CELLS:
        raise InputError(
            _("The table in {sheet} has too many cells; keep only what is needed.").format(
                sheet=sheet.name
            )
        )
    rows = _spread(rows, merges, first)
    table = Table(
        sheet.name,
        columns,
        [],
        [],
        top + 1 if depth else 0,
        depth,
        transposed,
        [str(cell) for row in rows[:top] for cell in row if not is_blank(cell)][:LOOK],
    )
    wide = {merge[0] + 1 for merge in merges if 2 * (merge[3] - merge[1] + 1) >= len(columns) > 2}
    _fill(table, rows, places, first, known, wide)
    _prune(table, headers, places)
    return table


def _prune(table: Table, headers: list[str], places: list[int]) -> None:
    """Leave out columns that hold nothing but remarks and, in a turned list, lone titles."""
    kept = []
    for at, place in enumerate(places):
        header = headers[place] if place < len(headers) else ""
        blank = (not header or table.transposed) and all(is_blank(row[at]) for row in table.rows)
        if not blank:
            kept.append(at)
        elif header:
            table.titles.append(header)
    if 0 < len(kept) < len(places):
        table.columns = [table.columns[at] for at in kept]
        table.rows = [[row[at] for at in kept] for row in table.rows]


def _filled(rows: Rows, first: int, width: int) -> list[bool]:
    """Which columns hold anything below the header."""
    filled = [False] * width
    empty = set(range(width))
    for row in rows[first:]:
        if not empty:
            break
        own = range(len(row)) if len(row) < len(empty) else [*empty]
        for place in [one for one in own if one < len(row) and not is_blank(row[one])]:
            filled[place] = True
            empty.discard(place)
    return filled


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


def _spread(rows: Rows, merges: list[Merge], first: int) -> Rows:
    """The rows with each cell that is merged downwards repeated in every row it covers."""
    tall = [merge for merge in merges if merge[0] >= first and merge[2] > merge[0]]
    if not tall:
        return rows
    rows = list(rows)
    copied: set[int] = set()
    budget = 1_000_000  # merged areas may overlap and cover whole sheets
    for top, left, bottom, _right in tall:
        cell = cell_at(rows[top], left) if top < len(rows) else None
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


def _fill(
    table: Table, rows: Rows, places: list[int], first: int, known: Known, wide: set[int]
) -> None:
    """Take over the rows of the list, leaving out blanks, totals, repeated headers, remarks."""
    width = places[-1] + 1
    whole = places == list(range(width))
    heads = [normal(column.header) for column in table.columns]
    last_blank = False
    for at in range(first, len(rows)):
        row = rows[at]
        if not row or is_blank_row(row):
            last_blank = True
            continue
        if not whole:
            cells = [cell_at(row, place) for place in places]
        elif len(row) < width:
            cells = [*row, *[None] * (width - len(row))]
        else:
            cells = row[:width] if len(row) > width else row
        if last_blank and table.rows and _starts_another(cells, heads, known):
            break
        why = _aside(cells, heads)
        if why:
            table.skipped.append(Skipped(at + 1, _first_text(cells), why))
        else:
            table.rows.append(cells)
            table.row_numbers.append(at + 1)
        last_blank = False
    _drop_sections(table, wide)
    _drop_remarks(table)


def _drop_sections(table: Table, wide: set[int]) -> None:
    """Leave out headings between the rows.

    They are lone texts that are numbered or merged across, or rows counted 一, 二 among others
    counted 1, 2, which hold the sums of what is below them.
    """
    counted = sum(is_figure(row[0]) for row in table.rows) * 2 > len(table.rows)
    headings = [
        at
        for at, row in enumerate(table.rows[:-1])
        if (counted and _HAN_COUNT.match(str(row[0])))
        or (
            sum(not is_blank(cell) for cell in row) == 1
            and (table.row_numbers[at] in wide or _SECTION.match(_first_text(row)))
        )
    ]
    if not headings or len(headings) * 2 > len(table.rows):
        return
    for at in headings:
        texts = [str(cell).strip() for cell in table.rows[at] if isinstance(cell, str)]
        text = " ".join(text for text in texts if text)[:LONG]
        table.skipped.append(Skipped(table.row_numbers[at], text, "section"))
    gone = set(headings)
    table.rows = [row for at, row in enumerate(table.rows) if at not in gone]
    table.row_numbers = [row for at, row in enumerate(table.row_numbers) if at not in gone]
    table.skipped.sort(key=lambda one: one.row)


def _first_text(cells: list[Cell]) -> str:
    return next((str(cell).strip() for cell in cells if not is_blank(cell)), "")


def _starts_another(cells: list[Cell], heads: list[str], known: Known) -> bool:
    """Whether a second table begins here: known headers, other than this table's own."""
    texts = [cell for cell in cells if not is_blank(cell)]
    if len(texts) < 3 or not all(isinstance(cell, str) for cell in texts):
        return False
    return (
        len(known_in(texts, known)) >= 3
        and sum(normal(str(cell)) in heads for cell in texts) < len(texts) / 2
    )


def _aside(cells: list[Cell], heads: list[str]) -> str:
    """Why a row is not one of the list's, or nothing."""
    first = _first_text(cells)
    if len(cells) > 1 and _TOTAL.match(first):
        others = [cell for cell in cells if not is_blank(cell)][1:]
        if all(is_sum(cell) for cell in others):
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
        lone = len(cells) == 1 and (gap or _REMARK.match(text) or len(text) > 2 * LONG)
        signed = len(cells) > 1 and all(map(is_labelled, cells))  # 审核人：王 填表人：李
        if not lone and not signed:
            break
        table.skipped.append(Skipped(table.row_numbers.pop(), text, "remark"))
        table.rows.pop()
