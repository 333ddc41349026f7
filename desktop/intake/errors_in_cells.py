"""What calamine shows as blank cells: error values such as #N/A, and formulas whose result the
workbook does not hold because the program that wrote it did not work them out."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from html import unescape
from pathlib import Path

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ERROR = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"(?=[^>]* t="e")[^>]*>.{0,2000}?'
    rb"<(?:\w+:)?v>(#[^<]{1,20})</",
    re.DOTALL,
)
_UNWORKED = re.compile(
    rb'<(?:\w+:)?c (?=[^>]{0,200}\br="([A-Z]{1,3})(\d{1,7})")(?![^>]{0,200}\bt="str")[^>]{0,300}>'
    rb"<(?:\w+:)?f(?:\s[^>]{0,200}[^>/]|\s)?(?:/>|>([^<]{0,9000})</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_CHUNK = 1 << 20
_OVERLAP = 10_000

Found = dict[tuple[int, int], str]
"""Texts by row and column, counted from nought."""


def error_cells(path: Path) -> dict[bytes, Found]:
    """Error values and formulas without a result of each sheet of a package, by the sheet's name as
    the package spells it.

    A package that is not put together as usual has none: its cells stay blank.
    """
    found: dict[bytes, Found] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name, part in sheet_parts(archive):
                errors = _errors_in(archive, part)
                if errors:
                    found[name] = errors
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError, RuntimeError):
        return found
    return found


def sheet_parts(archive: zipfile.ZipFile) -> list[tuple[bytes, str]]:
    """Names and parts of the sheets, in the workbook's order."""
    book = archive.read("xl/workbook.xml")
    targets = {}
    for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        said = attributes(tag)
        targets[said.get(b"Id")] = said.get(b"Target", b"").decode("utf-8", "replace")
    parts = []
    for tag in _SHEET.findall(book):
        said = attributes(tag)
        identity = next((value for key, value in said.items() if key.endswith(b":id")), b"")
        target = targets.get(identity)
        if target:
            parts.append(
                (said.get(b"name", b""), posixpath.normpath(posixpath.join("/xl", target))[1:])
            )
    return parts


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag by their names."""
    return {key: double or single for key, double, single in _ATTRIBUTE.findall(tag)}


def _errors_in(archive: zipfile.ZipFile, part: str) -> Found:
    """The error cells of one sheet within the grid, read in pieces that overlap."""
    found: Found = {}
    with archive.open(part) as file:
        rest = b""
        while True:
            piece = file.read(_CHUNK)
            text = rest + piece
            if b't="e"' in text:
                for letters, number, error in _ERROR.findall(text):
                    row, column = int(number) - 1, column_of(letters)
                    if 0 <= row < 1_048_576 and column < 16_384:
                        found[row, column] = error.decode("ascii", "replace")
            if b"</f></c>" in text or b"<f " in text or b"<v></v>" in text:
                _add_unworked(text, found)
            if not piece:
                return found
            rest = text[-_OVERLAP:]


def _add_unworked(text: bytes, found: Found) -> None:
    for letters, number, formula in _UNWORKED.findall(text):
        row, column = int(number) - 1, column_of(letters)
        if 0 <= row < 1_048_576 and column < 16_384:
            said = unescape(formula.decode("utf-8", "replace"))
            found[row, column] = unworked(said)


def unworked(formula: str | None) -> str:
    """What stands for a formula whose result the workbook does not hold."""
    return f"={(formula or '…')[:200]}"


def column_of(letters: bytes) -> int:
    """A from nought: 0, AA: 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
