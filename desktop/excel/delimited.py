"""CSV files that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TextIO

from ecofolio.excel.safe import guarded


def write_rows(stream: TextIO, rows: Iterable[Sequence[object]]) -> None:
    """Write rows of text, numbers, dates and None; text that looks like a formula is guarded.

    Opened as a file, `stream` wants `newline=""`, and the encoding `utf-8-sig` for Excel.
    """
    csv.writer(stream).writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> object:
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
