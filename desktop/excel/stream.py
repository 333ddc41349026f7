"""The inner parts of openpyxl's write-only mode that are replaced, in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.table import Table


class Prepared(Cell):  # type: ignore[misc]
    """A cell whose style was looked up once; it can be filled again for each row."""

    has_style = True

    def __init__(self, sheet: Stream, ids: tuple[int, int]) -> None:
        super().__init__(sheet, row=1, column=1)
        self._plain, self._quoted = ids
        self.sid = self._plain

    @property
    def style_id(self) -> int:
        """Where its style is kept."""
        return self.sid

    def hold(self, value: object, kind: str, *, quoted: bool = False) -> None:
        """Take a value of a kind: s text, n number, f formula."""
        self._value = value
        self.data_type = kind
        self.sid = self._quoted if quoted else self._plain


class Stream(WriteOnlyWorksheet):  # type: ignore[misc]
    """A worksheet that takes prepared cells only."""

    @classmethod
    def within(cls, book: Workbook, title: str) -> Stream:
        """A new sheet at the end of a workbook."""
        sheet = cls(book, title)
        book._add_sheet(sheet)
        return sheet

    @property
    def draft(self) -> str:
        """The temporary file that holds the sheet until the workbook is saved."""
        return str(self._writer.out)

    def add_named(self, table: Table) -> None:
        """Add a table whose columns are given (openpyxl's own way warns even so)."""
        self._tables.add(table)

    def discard(self) -> None:
        """End the sheet and remove its temporary file."""
        if self._writer is None:
            return
        # whatever ended the work may have ended the file under it as well
        with contextlib.suppress(Exception):
            if not self.closed:
                self.close()
        Path(self._writer.out).unlink(missing_ok=True)

    def _values_to_row(self, values: Sequence[Prepared | None], row: int) -> Iterator[Any]:
        for column, cell in enumerate(values, 1):
            if cell is not None and cell._value is not None:
                cell.column, cell.row = column, row
                if cell.hyperlink is not None:
                    cell.hyperlink.ref = cell.coordinate
                yield cell
