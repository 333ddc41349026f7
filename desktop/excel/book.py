"""A workbook written row by row: safe text, real numbers and dates, tables, formulas with values.

Built on openpyxl's write-only mode, of which two inner parts are replaced: cells are prepared
once per column and used again for each row, and a formula is stored with the value that it
comes to, so that a viewer that does not calculate shows figures too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.writer.excel import ExcelWriter

from ecofolio.excel.safe import MOST_CHARACTERS, clean, looks_like_formula, sheet_title, width_of
from ecofolio.excel.saving import new_archive
from ecofolio.excel.stream import Prepared, Stream
from ecofolio.excel.styles import FIGURES, TEXT, Palette, Style
from ecofolio.text import _

_EPOCH = date(1899, 12, 30)
_TICK = 250  # rows between two reports of progress
_LINE = 13.5  # points that a line of 10-point text takes
_MOST_LINES = 12
_FILLED = 0.9  # of a column's width is used where words go to the next line
_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MOST_ROWS = 1_048_576


class Formula(NamedTuple):
    """A formula without its equals sign, and the value that it comes to."""

    text: str
    value: int | float | Decimal | str


class Item(NamedTuple):
    """A cell. `link` is a place in this workbook, such as `'Summary'!A1`."""

    value: object
    style: Style = TEXT
    link: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, how it looks, how wide it may be; and for the data
    dictionary what it means, which values it holds and in which unit."""

    head: str
    style: Style = TEXT
    least: int = 8
    most: int = 40
    meaning: str = ""
    values: str = ""
    unit: str = ""


class Book:
    """A workbook under way. `tick(n)` is called now and then with the rows written so far; what
    it raises ends the work: call `abandon` then."""

    def __init__(
        self, *, font: str, title: str, creator: str, tick: Callable[[int], object] | None = None
    ) -> None:
        self._book = Workbook(write_only=True)
        self._book.calculation = CalcProperties(fullCalcOnLoad=True)
        self._book.properties.title = clean(title)
        self._book.properties.creator = clean(creator)
        self._palette = Palette(self._book, font)
        self._tick = tick or (lambda rows: None)
        self.rows_written = 0
        self.sheets: list[Sheet] = []
        self._long: list[tuple[str, str, str]] = []  # sheet, cell, text

    def sheet(self, name: str) -> Sheet:
        """Add a worksheet at the end; its title is made legal."""
        title = sheet_title(name, [sheet.title for sheet in self.sheets])
        sheet = Sheet(self, Stream.within(self._book, title), title)
        self.sheets.append(sheet)
        return sheet

    @contextlib.contextmanager
    def writing(self) -> Iterator[Book]:
        """Let go of what the work left on the disk, however it ends."""
        try:
            yield self
        finally:
            self.abandon()

    def save(self, path: Path) -> None:
        """Write the workbook; texts too long for a cell are told whole on a sheet of their own."""
        self._add_long_texts()
        for sheet in self.sheets:
            sheet.close()
        with new_archive(path) as archive:
            ExcelWriter(self._book, archive).write_data()

    def abandon(self) -> None:
        """Remove the temporary files of a workbook that is not saved."""
        for sheet in self.sheets:
            sheet.stream.discard()

    def ids_of(self, style: Style) -> tuple[int, int]:
        """Where a style is kept, plain and for text that looks like a formula."""
        return self._palette.ids_of(style)

    def wrote_row(self) -> None:
        """Count a row."""
        self.rows_written += 1
        if self.rows_written % _TICK == 0:
            self._tick(self.rows_written)

    def shortened(self, sheet: str, cell: str, text: str) -> str:
        """What a cell shows of a text that it can not hold."""
        self._long.append((sheet, cell, text))
        mark = " " + _("… [cut: the whole text is on the sheet “{sheet}”, number {n}]").format(
            sheet=_("Long texts"), n=len(self._long)
        )
        return text[: MOST_CHARACTERS - len(mark)] + mark

    def _add_long_texts(self) -> None:
        if not self._long:
            return
        sheet = self.sheet(_("Long texts"))
        sheet.widths([8, 18, 10, 8, 110])
        heads = (_("Number"), _("Sheet"), _("Cell"), _("Part"), _("Text"))
        sheet.row([Item(head, Style(bold=True)) for head in heads])
        wrapped = Style(wrap=True)
        for n, (where, cell, text) in enumerate(self._long, 1):
            for part, start in enumerate(range(0, len(text), MOST_CHARACTERS), 1):
                piece = text[start : start + MOST_CHARACTERS]
                sheet.row([n, where, cell, part, Item(piece, wrapped)])


class Sheet:
    """A worksheet, written from the top down; `at` is the number of the next row.

    Widths, frozen rows and print settings have to be set before the first row.
    """

    def __init__(self, book: Book, stream: Stream, title: str) -> None:
        self.book, self.stream, self.title = book, stream, title
        self.at = 1
        self._widths: Sequence[float] = ()
        self._values: dict[str, int | float | Decimal | str] = {}

    def widths(self, widths: Sequence[float]) -> None:
        """Set the widths of the columns, in characters."""
        self._widths = widths
        for n, width in enumerate(widths, 1):
            self.stream.column_dimensions[get_column_letter(n)].width = width + 0.7

    def place(self, cell: str = "A1") -> str:
        """The address of a cell for links and charts."""
        quoted = self.title.replace("'", "''")
        return f"'{quoted}'!{cell}"

    def skip(self, rows: int = 1) -> None:
        """Leave rows empty."""
        for _n in range(rows):
            self._send([])

    def row(self, items: Sequence[object], *, height: float | None = None) -> int:
        """Write a row of values and `Item`s; None leaves a cell empty. Returns its number."""
        told = [item if isinstance(item, Item) else Item(item) for item in items]
        wrapped = [n for n, item in enumerate(told) if item.style.wrap]
        if height is not None:
            self.stream.row_dimensions[self.at].height = height
        elif wrapped:
            self._make_room([item.value for item in told], wrapped)
        cells: list[Cell | None] = []
        for n, item in enumerate(told, 1):
            if item.value is None:
                cells.append(None)
                continue
            cell = Prepared(self.stream, self.book.ids_of(item.style))
            self._set(cell, item.value, n)
            if item.link:
                cell.hyperlink = Hyperlink(ref="", location=item.link)
            cells.append(cell)
        return self._send(cells)

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[object]],
        head: Style,
    ) -> tuple[int, int]:
        """Write a named table with filters; returns the numbers of its first and last row of data.

        `name` is what formulas call it. A table without rows gets an empty one, as it must.
        """
        right = replace(head, align="right", indent=1)
        heads = [(c.head, right if c.style.format in FIGURES else head) for c in columns]
        first = self.row([Item(*one) for one in heads]) + 1
        cells = [Prepared(self.stream, self.book.ids_of(column.style)) for column in columns]
        wrapped = [n for n, column in enumerate(columns) if column.style.wrap]
        for row in rows:
            if wrapped:
                self._make_room(row, wrapped)
            for n, (cell, value) in enumerate(zip(cells, row, strict=True), 1):
                self._set(cell, value, n)
            self._send(cells)
        if self.at == first:
            self._send([])
        last = self.at - 1
        reference = f"A{first - 1}:{get_column_letter(len(columns))}{last}"
        table = Table(
            displayName=name,
            name=name,
            ref=reference,
            autoFilter=AutoFilter(ref=reference),
            tableColumns=[TableColumn(id=n, name=c.head) for n, c in enumerate(columns, 1)],
            tableStyleInfo=TableStyleInfo(name="TableStyleLight1", showRowStripes=False),
        )
        self.stream.add_named(table)
        return first, last

    def close(self) -> None:
        """End the sheet and give its formulas their values."""
        if not self.stream.closed:
            if self.at == 1:
                self.skip()
            self.stream.close()
            if self._values:
                _store_values(Path(self.stream.draft), self._values)

    def _make_room(self, values: Sequence[object], wrapped: Sequence[int]) -> None:
        """Make a row as high as its wrapped texts need: not every program does so by itself."""
        most = 1
        for n in wrapped:
            text = values[n]
            if type(text) is str and n < len(self._widths):
                room = self._widths[n]
                if width_of(text) > room or "\n" in text:
                    most = max(most, sum(_lines(line, room) for line in text.split("\n")))
        if most > 1:
            height = min(most, _MOST_LINES) * _LINE + 1.5
            self.stream.row_dimensions[self.at].height = height

    def _send(self, cells: Sequence[Cell | None]) -> int:
        self.stream.append(cells)
        self.at += 1
        self.book.wrote_row()
        return self.at - 1

    def _set(self, cell: Prepared, value: Any, column: int) -> None:
        kind = type(value)
        if kind is str:
            self._set_text(cell, value, column)
        elif kind is date:
            cell.hold(value.toordinal() - _EPOCH.toordinal(), "n")
        elif kind is Formula:
            cell.hold(f"={value.text}", "f")
            self._values[f"{get_column_letter(column)}{self.at}"] = value.value
        elif kind is datetime:
            cell.hold(_serial(value), "n")
        elif value is None or kind in (int, float, Decimal):
            cell.hold(value, "n")
        else:
            self._set_text(cell, str(value), column)

    def _set_text(self, cell: Prepared, text: str, column: int) -> None:
        text = clean(text)
        if len(text) > MOST_CHARACTERS:
            where = f"{get_column_letter(column)}{self.at}"
            text = self.book.shortened(self.title, where, text)
        cell.hold(text, "s", quoted=looks_like_formula(text))


def _lines(text: str, room: float) -> int:
    width = width_of(text)
    return 1 if width <= room else -int(-width // (room * _FILLED))


def _serial(moment: datetime) -> float:
    """An instant as a spreadsheet counts, in local time."""
    local = moment.astimezone().replace(tzinfo=None)
    return (local - datetime(_EPOCH.year, _EPOCH.month, _EPOCH.day)).total_seconds() / 86_400


def _store_values(draft: Path, values: Mapping[str, int | float | Decimal | str]) -> None:
    tree = etree.parse(str(draft))
    for formula in tree.iter(f"{_SPREADSHEET}f"):
        cell = formula.getparent()
        value = values[cell.get("r")]
        if isinstance(value, str):
            cell.set("t", "str")
        else:
            cell.attrib.pop("t", None)
        found = cell.find(f"{_SPREADSHEET}v")
        kept = etree.SubElement(cell, f"{_SPREADSHEET}v") if found is None else found
        kept.text = value if isinstance(value, str) else format(value, ".15g")
    tree.write(str(draft), xml_declaration=True, encoding="UTF-8")


def fitted(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> list[int]:
    """Widths for a table's columns that fit heads and a sample of rows, within their limits."""
    widths = []
    for n, column in enumerate(columns):
        wanted = max((_wanted(row[n]) for row in rows), default=0)
        wanted = max(wanted, min(width_of(column.head), 16) + 3)  # room for the filter's arrow
        widths.append(max(column.least, min(column.most, wanted + 1)))
    return widths


def _wanted(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, str):
        return width_of(value[:400])
    if isinstance(value, date):
        return 12
    if isinstance(value, int | float | Decimal):
        return len(f"{value:,.2f}") if not isinstance(value, int) else len(f"{value:,}")
    return len(str(value))
