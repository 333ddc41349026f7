"""Workbooks (.xlsx, .xlsm) that calamine refuses, read leniently from their XML.

The second attempt within the reading process; document types are refused before. Parts are found
as Excel finds them and by their usual names, in any encoding and with any prefix; only cells that
are there take room, so a lone cell in the last corner of the grid costs nothing.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, time
from math import isfinite
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError, iterparse

from ecofolio.intake.errors_in_cells import column_of, unworked
from ecofolio.intake.names import own_name
from ecofolio.intake.percent_cells import as_percent
from ecofolio.intake.refusal import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from ecofolio.intake.worker import Answer

_PLACE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_AREA = re.compile(rf"{_PLACE.pattern}:{_PLACE.pattern}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_ROWS, _MOST_COLUMNS, _MOST_MERGES, _MOST_STYLES = 1_048_576, 16_384, 100_000, 65_536
_BROKEN = (ParseError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError)

_Grid = dict[int, dict[int, Any]]


def read(path: Path, request: dict[str, Any], answer: Answer) -> dict[str, object]:
    """Read the sheets, or the wanted one, into the answer."""
    try:
        with zipfile.ZipFile(path) as archive:
            package = _Package(archive, bool(request.get("percents")))
            sheets = package.sheets()
            names = [name for name, _state, _part in sheets]
            chosen = _chosen(names, request.get("sheet"))
            unread = [names[at] for at in chosen if not package.answer(sheets[at], answer)]
    except _BROKEN:
        raise RefusedError("damaged") from None
    if len(unread) == len(chosen):
        raise RefusedError("damaged")
    return {"format": "workbook", "sheets": names, "unread": unread}


def _chosen(names: list[str], wanted: str | None) -> list[int]:
    if not wanted:
        return list(range(len(names)))
    for at, name in enumerate(names):
        if wanted.casefold() in (name.casefold(), str(at + 1)):
            return [at]
    raise RefusedError("sheet", sheet=wanted, names=names)


class _Package:
    """The parts of a workbook and what its cells refer to."""

    def __init__(self, archive: zipfile.ZipFile, percents: bool) -> None:
        self._archive, self._percents = archive, percents
        self._parts = {_plain_name(name): name for name in archive.namelist()}
        main = next(
            (part for kind, part in self._relations("").values() if kind == "officedocument"), ""
        )
        if main not in self._parts:
            main = next(name for name in [*self._parts, ""] if name.endswith("workbook.xml"))
        self._main = main
        self._related = self._relations(main)
        self._strings: list[str] | None = None
        self._dates, self._shares = self._styles()
        self._epoch: Any = None

    def sheets(self) -> list[tuple[str, str, str]]:
        """Name, state and part of each sheet of cells, in the workbook's order."""
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

        self._epoch = WINDOWS_EPOCH
        found: list[tuple[str, str, str]] = []
        names: set[str] = set()
        for element in self._elements(self._main, {"workbookPr", "sheet"}):
            if _tag(element) == "workbookPr":
                if element.get("date1904", "0") in ("1", "true", "on"):
                    self._epoch = MAC_EPOCH
                continue
            identity = next((v for k, v in element.items() if k.endswith("}id")), "")
            usual = f"xl/worksheets/sheet{len(found) + 1}.xml"
            kind, part = self._related.get(identity, ("worksheet", usual))
            if kind == "worksheet":
                name = own_name(element.get("name", ""), names)
                names.add(name)
                found.append((name, element.get("state", "visible"), part))
        return found

    def answer(self, sheet: tuple[str, str, str], answer: Answer) -> bool:
        """Give one sheet to the answer; whether it could be read."""
        name, state, part = sheet
        try:
            grid, merges = self._sheet(part)
        except _BROKEN:
            return False
        answer.sheet(name, state == "visible", _rows(grid), merges)
        return True

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part is related to: kind and part by identity."""
        folder, name = posixpath.split(part)
        found = {}
        for one in self._elements(posixpath.join(folder, f"_rels/{name}.rels"), {"Relationship"}):
            target = one.get("Target", "").replace("\\", "/")
            target = posixpath.normpath(posixpath.join("/", folder, target))
            kind = one.get("Type", "").rsplit("/", 1)[-1].lower()
            found[one.get("Id", "")] = kind, _plain_name(target)
        return found

    def _elements(self, part: str, tags: set[str]) -> Iterator[Element]:
        """The elements of such tags of a part, each forgotten once it was looked at; none where
        there is no such part."""
        name = self._parts.get(part.lower())
        if name is None:
            return
        depth = 0
        with self._archive.open(name) as file:
            # no document types: they are refused before, and this process is limited
            for event, element in iterparse(file, ("start", "end")):  # noqa: S314
                wanted = _tag(element) in tags
                if event == "start":
                    depth += wanted
                elif wanted:
                    depth -= 1
                    yield element
                    element.clear()
                elif not depth:
                    element.clear()

    def _related_part(self, kind: str, usual: str) -> str:
        return next((part for its, part in self._related.values() if its == kind), usual)

    def _text(self, index: int) -> str:
        if self._strings is None:
            part = self._related_part("sharedstrings", "xl/sharedstrings.xml")
            self._strings = [_said(one) for one in self._elements(part, {"si"})]
        if not 0 <= index < len(self._strings):
            raise ValueError(index)
        return self._strings[index]

    def _styles(self) -> tuple[set[str], set[str]]:
        """The numbers of the cell styles that show days, and of those that show per cent."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

        codes = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        dates, shares = set(), set()
        part = self._related_part("styles", "xl/styles.xml")
        for element in self._elements(part, {"numFmt", "cellXfs"}):
            if _tag(element) == "numFmt":
                codes[element.get("numFmtId", "")] = element.get("formatCode", "")
                continue
            for number, style in enumerate(list(element)[:_MOST_STYLES]):
                code = codes.get(style.get("numFmtId", "0"), "")
                if is_date_format(code):
                    dates.add(str(number))
                elif "%" in code:
                    shares.add(str(number))
        return dates, shares

    def _sheet(self, part: str) -> tuple[_Grid, list[list[int]]]:
        grid: _Grid = {}
        merges: list[list[int]] = []
        if part.lower() not in self._parts:
            raise KeyError(part)
        last = -1
        for element in self._elements(part, {"row", "mergeCell"}):
            if _tag(element) == "row":
                last = self._row(element, last, grid)
            elif (area := _area(element.get("ref", ""))) and len(merges) < _MOST_MERGES:
                merges.append(area)
        return grid, merges

    def _row(self, row: Element, last: int, grid: _Grid) -> int:
        """Take over a row's cells; returns its place from nought."""
        said = row.get("r", "")
        at = int(said) - 1 if said.isdigit() and int(said) else last + 1
        column = -1
        for cell in row.iter():
            if _tag(cell) != "c":
                continue
            place = _PLACE.fullmatch(cell.get("r", ""))
            column = column_of(place[1].upper().encode()) if place else column + 1
            own = int(place[2]) - 1 if place else at
            value = self._value(cell)
            if value is not None and 0 <= own < _MOST_ROWS and column < _MOST_COLUMNS:
                grid.setdefault(own, {})[column] = value
        return at

    def _value(self, cell: Element) -> Any:
        kind = cell.get("t", "n")
        parts = {_tag(one): one for one in cell}
        if kind == "inlineStr" and "is" in parts:
            return _said(parts["is"]) or None
        text = parts["v"].text or "" if "v" in parts else ""
        if not text:
            formula = parts.get("f")
            return None if formula is None or kind == "str" else unworked(formula.text)
        if kind == "s":
            return self._text(int(text))
        if kind == "b":
            return text.strip() in ("1", "true")
        return self._number(text, cell.get("s", "")) if kind in ("n", "d") else _unescaped(text)

    def _number(self, text: str, style: str) -> Any:
        from openpyxl.utils.datetime import from_excel, from_ISO8601

        try:
            if "-" in text[1:] and "e" not in text.lower():
                return from_ISO8601(text.removesuffix("Z"))
            number = float(text)
            if style in self._dates:
                day = from_excel(number, self._epoch)
                whole = isinstance(day, datetime) and day.time() == time()
                return day.date() if whole else day
        except (ValueError, OverflowError):
            return text
        if not isfinite(number):
            return text
        return as_percent(number) if self._percents and style in self._shares else number


def _rows(grid: _Grid) -> Iterator[list[Any]]:
    """The rows from the first of the sheet."""
    at = 0
    for row in sorted(grid):
        for _blank in range(row - at):
            yield []
        at = row + 1
        cells: list[Any] = [None] * (max(grid[row]) + 1)
        for column, value in grid[row].items():
            cells[column] = value
        yield cells


def _said(element: Element) -> str:
    """The text of a string, without how it is pronounced."""
    texts = []
    for one in element:
        if _tag(one) == "t":
            texts.append(one.text or "")
        elif _tag(one) == "r":
            texts += [text.text or "" for text in one if _tag(text) == "t"]
    return _unescaped("".join(texts))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _area(text: str) -> list[int] | None:
    """A merged area: top, left, bottom, right from nought."""
    match = _AREA.fullmatch(text)
    if not match:
        return None
    left, right = (column_of(match[n].upper().encode()) for n in (1, 3))
    return [int(match[2]) - 1, left, int(match[4]) - 1, right]


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _tag(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]
