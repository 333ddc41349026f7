"""The cells that a workbook shows in per cent: calamine gives 0.855 where people read 85.5%."""

from __future__ import annotations

import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ecofolio.intake.errors_in_cells import attributes, column_of, sheet_parts

_BUILT_IN = {9, 10}  # the formats 0% and 0.00%
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_QUOTED = re.compile(rb'"[^"]*"|&quot;.*?&quot;|\\.')
_CHUNK = 1 << 20
_OVERLAP = 1_024
_MOST_STYLES = 65_536

Found = set[tuple[int, int]]
"""Rows and columns, counted from nought."""


def percent_cells(path: Path) -> dict[bytes, Found]:
    """The cells of each sheet of a package that are shown in per cent, by the sheet's name as the
    package spells it; none for a package that is not put together as usual."""
    found: dict[bytes, Found] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            styles = _percent_styles(archive.read("xl/styles.xml"))
            if styles:
                for name, part in sheet_parts(archive):
                    found[name] = _cells_of(archive, part, styles)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, RuntimeError):
        return found
    return found


def with_percents(rows: Iterator[list[Any]], found: Found) -> Iterator[list[Any]]:
    """The rows with such numbers as people see them: `85.5%`."""
    by_row: dict[int, list[int]] = {}
    for row, column in found:
        by_row.setdefault(row, []).append(column)
    for at, cells in enumerate(rows):
        for column in by_row.get(at, ()):
            value = cells[column] if column < len(cells) else None
            if isinstance(value, int | float) and not isinstance(value, bool):
                cells[column] = as_percent(value)
        yield cells


def as_percent(value: float) -> str | float:
    """A share as people see it: `85.5%`."""
    if not math.isfinite(value) or abs(value) > 1e12:
        return value
    return f"{(Decimal(repr(value)) * 100).normalize():f}%"


def _percent_styles(styles: bytes) -> set[int]:
    """The numbers of the cell styles whose number format is a percentage."""
    formats = set(_BUILT_IN)
    for tag in _FORMAT.findall(styles):
        said = attributes(tag)
        if b"%" in _QUOTED.sub(b"", said.get(b"formatCode", b"")):
            formats.add(int(said[b"numFmtId"]))
    cells = _STYLES.search(styles)
    tags = _STYLE.findall(cells[0])[:_MOST_STYLES] if cells else []
    return {n for n, tag in enumerate(tags) if int(attributes(tag).get(b"numFmtId", 0)) in formats}


def _cells_of(archive: zipfile.ZipFile, part: str, styles: set[int]) -> Found:
    """The cells of one sheet with such a style, read in pieces that overlap."""
    numbers = b"|".join(str(one).encode() for one in sorted(styles))
    cell = re.compile(
        rb'<(?:\w+:)?c (?=[^>]{0,200}\bs="(?:'
        + numbers
        + rb')")[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"'
    )
    found: Found = set()
    with archive.open(part) as file:
        rest = b""
        while piece := file.read(_CHUNK):
            text = rest + piece
            for letters, number in cell.findall(text):
                row, column = int(number) - 1, column_of(letters)
                if 0 <= row < 1_048_576 and column < 16_384:
                    found.add((row, column))
            rest = text[-_OVERLAP:]
    return found
