"""OpenDocument spreadsheets that calamine refuses, such as indented ones, read from their XML.

The second attempt within the reading process; document types are refused before.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError, iterparse

from ecofolio.intake.names import own_name
from ecofolio.intake.refusal import RefusedError

if TYPE_CHECKING:
    from ecofolio.intake.worker import Answer

_SPACES = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_OFFICE, _TABLE, _TEXT = (f"{{{_SPACES.format(name)}}}" for name in ("office", "table", "text"))
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576


def is_opendocument(path: Path) -> bool:
    """Whether the package holds an OpenDocument's content."""
    with zipfile.ZipFile(path) as archive:
        return "content.xml" in archive.namelist()


def read(path: Path, wanted: str | None, answer: Answer) -> dict[str, object]:
    """Read the sheets into the answer; `wanted` is the name or number of the only one."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as part:
            return read_content(part, wanted, answer)
    except (zipfile.BadZipFile, KeyError, EOFError):
        raise RefusedError("damaged") from None


def read_content(part: Any, wanted: str | None, answer: Answer) -> dict[str, object]:
    """Read the sheets of a document's XML, a file of bytes, into the answer."""
    names: list[str] = []
    found = False
    try:
        for table in _tables(part):
            names.append(own_name(table.get(f"{_TABLE}name") or str(len(names) + 1), names))
            if wanted and wanted.casefold() not in (names[-1].casefold(), str(len(names))):
                continue
            found = True
            answer.sheet(names[-1], True, _rows(table), list(islice(_merges(table), 100_000)))
    except (ParseError, ValueError):
        raise RefusedError("damaged") from None
    if not names:
        raise RefusedError("damaged")
    if wanted and not found:
        raise RefusedError("sheet", sheet=wanted, names=names)
    return {"format": "workbook", "sheets": names, "unread": []}


def _tables(part: Any) -> Iterator[Element]:
    """Each table of the document, forgotten once it has been read."""
    depth = 0
    # no document types: they are refused before, and this process is limited
    for event, element in iterparse(part, ("start", "end")):  # noqa: S314
        if element.tag != f"{_TABLE}table":
            continue
        depth += 1 if event == "start" else -1  # a table may stand within a cell of another
        if event == "end" and depth == 0:
            yield element
            element.clear()


def _lines(table: Element) -> Iterator[tuple[int, int, Element]]:
    """Each row element with the row it begins at and how many rows it stands for."""
    at = 0
    for row in table.iter(f"{_TABLE}table-row"):
        again = min(_number(row, "number-rows-repeated", _MOST_ROWS), _MOST_ROWS - at)
        yield at, again, row
        at += again


def _rows(table: Element) -> Iterator[list[Any]]:
    """The rows from the first; those of header and group elements among them."""
    for _at, again, row in _lines(table):
        cells = _cells(row)
        for _time in range(again):
            yield list(cells)


def _cells(row: Element) -> list[Any]:
    cells: list[Any] = []
    for cell in filter(_is_cell, row):
        again = _number(cell, "number-columns-repeated", _MOST_COLUMNS)
        cells.extend([_value(cell)] * min(again, _MOST_COLUMNS - len(cells)))
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _merges(table: Element) -> Iterator[list[int]]:
    """The merged areas: top, left, bottom, right from nought."""
    for at, _again, row in _lines(table):
        left = 0
        for cell in filter(_is_cell, row):
            wide = _number(cell, "number-columns-spanned", _MOST_COLUMNS)
            tall = _number(cell, "number-rows-spanned", _MOST_ROWS)
            if wide > 1 or tall > 1:
                yield [at, left, at + tall - 1, left + wide - 1]
            left += _number(cell, "number-columns-repeated", _MOST_COLUMNS)


def _is_cell(element: Element) -> bool:
    return element.tag in _CELLS


def _number(element: Element, name: str, most: int) -> int:
    text = element.get(f"{_TABLE}{name}", "1")
    return min(int(text), most) if text.isdigit() and int(text) else 1


def _value(cell: Element) -> Any:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(f"{_OFFICE}value", ""))
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    if kind == "date":
        said = cell.get(f"{_OFFICE}date-value", "")
        return datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said)
    text = "\n".join(_text(line) for line in cell.findall(f"{_TEXT}p"))
    return cell.get(f"{_OFFICE}string-value") or text or None


def _text(element: Element) -> str:
    """The text of a paragraph, in which spaces, tabs and line ends are elements."""
    parts = [_collapsed(element.text)]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * _count(child))
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        else:
            parts.append(_text(child))
        parts.append(_collapsed(child.tail))
    return "".join(parts)


def _collapsed(text: str | None) -> str:
    """White space as the format has it: a run of it is one space, indentation is none."""
    if not text or not text.strip():
        return " " if text == " " else ""
    return " ".join(text.split("\n")).strip() if "\n" in text else text


def _count(element: Element) -> int:
    text = element.get(f"{_TEXT}c", "1")
    return min(int(text), 1_000) if text.isdigit() else 1
