"""XML Spreadsheet 2003, which many systems write and call .xls, read within the reading process.

Document types are refused before; a row is forgotten once it has been read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from math import isfinite
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from ecofolio.intake.names import own_name
from ecofolio.intake.percent_cells import as_percent
from ecofolio.intake.refusal import RefusedError

if TYPE_CHECKING:
    from ecofolio.intake.worker import Answer

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_VISIBLE = "{urn:schemas-microsoft-com:office:excel}Visible"
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


def read(part: BinaryIO, request: dict[str, Any], answer: Answer) -> dict[str, object]:
    """Read the sheets of a file of bytes, or the wanted one, into the answer."""
    names: list[str] = []
    found, wanted = False, request.get("sheet")
    try:
        for name, sheet in _sheets(part, request):
            names.append(own_name(name or str(len(names) + 1), names))
            if not wanted or wanted.casefold() in (names[-1].casefold(), str(len(names))):
                found = True
                answer.sheet(names[-1], sheet.visible, sheet.lines(), sheet.merges[:100_000])
    except (ParseError, ValueError):
        raise RefusedError("damaged") from None
    if not names:
        raise RefusedError("format", format="xml")
    if wanted and not found:
        raise RefusedError("sheet", sheet=wanted, names=names)
    return {"format": "workbook", "sheets": names, "unread": []}


def _sheets(part: BinaryIO, request: dict[str, Any]) -> Iterator[tuple[str, _Sheet]]:
    """The name of each sheet and what is in it."""
    shares: set[str] = set()
    name, sheet = "", _Sheet(shares, request["cells"])
    # no document types: they are refused before, and this process is limited
    for event, element in iterparse(part, ("start", "end")):  # noqa: S314
        if event == "start":
            if element.tag == f"{_SS}Worksheet":
                name = element.get(f"{_SS}Name", "")
                sheet = _Sheet(shares, request["cells"])
            continue
        if element.tag == f"{_SS}Row":
            sheet.take(element)
            element.clear()
        elif element.tag == f"{_SS}Style" and request.get("percents"):
            form = element.find(f"{_SS}NumberFormat")
            said = "" if form is None else form.get(f"{_SS}Format", "")
            if "%" in said or said == "Percent":
                shares.add(element.get(f"{_SS}ID", ""))
        elif element.tag == _VISIBLE:
            sheet.visible = element.text not in ("SheetHidden", "SheetVeryHidden")
        elif element.tag == f"{_SS}Worksheet":
            yield name, sheet
            element.clear()


class _Sheet:
    """The cells of a sheet; rows and cells that say where they stand leave gaps."""

    def __init__(self, shares: set[str], most_cells: int) -> None:
        self.visible = True
        self.merges: list[list[int]] = []
        self._rows: list[tuple[int, list[Any]]] = []
        self._shares, self._left = shares, most_cells

    def take(self, row: Element) -> None:
        """Take over a row."""
        last = self._rows[-1][0] if self._rows else -1
        at = _index(row, "Index", last + 1, _MOST_ROWS)
        cells: list[Any] = []
        for cell in row.iter(f"{_SS}Cell"):
            left = _index(cell, "Index", len(cells), _MOST_COLUMNS)
            wide, tall = (_number(cell, name) for name in ("MergeAcross", "MergeDown"))
            if max(left, len(cells)) + wide >= _MOST_COLUMNS:
                raise RefusedError("columns")
            cells.extend([None] * (left - len(cells)))
            cells.extend([self._value(cell), *[None] * wide])
            if wide or tall:
                self.merges.append([at, left, at + tall, left + wide])
        self._left -= len(cells)
        if self._left < 0:
            raise RefusedError("cells")
        self._rows.append((at, cells))

    def lines(self) -> Iterator[list[Any]]:
        """The rows from the first."""
        at = 0
        for place, cells in self._rows:
            yield from ([] for _blank in range(place - at))
            yield cells
            at = place + 1

    def _value(self, cell: Element) -> Any:
        data = cell.find(f"{_SS}Data")
        if data is None:
            return None
        kind, text = data.get(f"{_SS}Type"), "".join(data.itertext())
        with suppress(ValueError):  # a text after all
            if kind == "Number" and isfinite(number := float(text)):
                return as_percent(number) if cell.get(f"{_SS}StyleID") in self._shares else number
            if kind == "DateTime":
                return _day(text)
        return text.strip() == "1" if kind == "Boolean" else text or None


def _day(text: str) -> Any:
    """A date, an instant, or a time of day, which is one of the first day."""
    at = datetime.fromisoformat(text.strip())
    if at.date() == date(1899, 12, 31):
        return at.time()
    return at.date() if at.time() == time() else at


def _index(element: Element, name: str, default: int, most: int) -> int:
    """Where an element says that it stands, from nought; never before what was there."""
    said = _number(element, name)
    if said > most:
        raise RefusedError("columns" if most == _MOST_COLUMNS else "cells")
    return max(said - 1, default)


def _number(element: Element, name: str) -> int:
    text = element.get(f"{_SS}{name}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
