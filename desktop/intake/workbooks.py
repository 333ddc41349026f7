"""Reading workbooks within the reading process: sniffed, checked, then through calamine.

What calamine refuses, or dies of, is read leniently from its XML, unless the file declares a
document type, with which a small file asks for a lot of memory.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecofolio.intake.errors_in_cells import Found, error_cells
from ecofolio.intake.names import own_name
from ecofolio.intake.percent_cells import percent_cells, with_percents
from ecofolio.intake.refusal import RefusedError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from ecofolio.intake.worker import Answer

MAX_ENTRIES = 20_000
MAX_RATIO = 200
RATIO_MATTERS_FROM = 32 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_BIFF_PASSWORD = re.compile(rb"\x09\x08\x10\x00.{16}\x2f\x00", re.DOTALL)
_DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML = (".xml", ".rels", ".vml")
_EXCHANGED = re.compile(rb"id;p|table\s+0,\s*1\s")  # SYLK and DIF
_OTHERS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM6", "picture"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"SQLite format 3\0", "database"),
)


def kind_of(head: bytes) -> str:
    """`zip`, `ole`, a kind of `marked`, or nothing for what may be text; other known formats are
    refused by name."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if head.startswith(_OLE):
        return "ole"
    for magic, name in _OTHERS:
        if head.startswith(magic):
            raise RefusedError("format", format=name)
    from ecofolio.intake import marked

    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"").lower()
    if kind := marked.kind_of(start):
        return kind
    if start.startswith(b"mime-version:"):
        raise RefusedError("format", format="html")
    if _EXCHANGED.match(start):
        raise RefusedError("format", format="old")
    if start.startswith(b"<?xml"):
        raise RefusedError("format", format="xml")
    if re.match(rb"(?:\{\s*\"|\[\s*\{)", start):
        raise RefusedError("format", format="json")
    if start.startswith(b"{\\rtf"):
        raise RefusedError("format", format="document")
    if re.match(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00", head):
        raise RefusedError("format", format="old")
    return ""


def read(path: Path, kind: str, request: dict[str, Any], answer: Answer) -> dict[str, object]:
    """Read a workbook's sheets into the answer."""
    if kind == "zip":
        _check_package(path, request["unpacked"])
        if request.get("otherwise") or _is_wide(path):
            return _read_otherwise(path, request, answer)
    else:
        _check_password(path)
    try:
        book = _calamine(path)
    except _UnreadableError as error:
        if kind != "zip" or isinstance(error, _ProtectedError):
            raise RefusedError(
                "password" if isinstance(error, _ProtectedError) else "damaged"
            ) from None
        return _read_otherwise(path, request, answer)
    return _read_calamine(book, request, answer, path if kind == "zip" else None)


class _UnreadableError(Exception):
    """calamine can not read this, though something else might."""


class _ProtectedError(_UnreadableError):
    """It wants a password."""


def _check_package(path: Path, unpacked: int) -> None:
    """Refuse what unpacks to more than a list needs, by the archive's own directory."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise RefusedError("damaged") from None
    if any(entry.filename == "META-INF/manifest.xml" for entry in entries) and _is_sealed(path):
        raise RefusedError("password")
    total = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if len(entries) > MAX_ENTRIES or total > unpacked:
        raise RefusedError("unpacked")
    if total > RATIO_MATTERS_FROM and total / packed > MAX_RATIO:
        raise RefusedError("unpacked")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedError("password")
    names = [entry.filename.lower().replace("\\", "/").lstrip("/") for entry in entries]
    if not any(
        name == "content.xml" or name.startswith("xl/") or "workbook" in name for name in names
    ):
        raise RefusedError("format", format="zip")


def _is_wide(path: Path) -> bool:
    """Whether a sheet is written in UTF-16, which calamine takes for an empty one."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if "worksheets/sheet" in name:
                    with archive.open(name) as part:
                        if part.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                            return True
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, RuntimeError):
        pass  # it is read, or refused, all the same
    return False


def _is_sealed(path: Path) -> bool:
    """Whether an OpenDocument says of its parts that they are encrypted."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("META-INF/manifest.xml") as manifest:
            return b"encryption-data" in manifest.read(1 << 20)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, RuntimeError):
        return False


def _check_password(path: Path) -> None:
    content = path.read_bytes()
    if _ENCRYPTED_PACKAGE in content or _BIFF_PASSWORD.search(content):
        raise RefusedError("password")


def _calamine(path: Path) -> CalamineWorkbook:
    import python_calamine

    try:
        with path.open("rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)
    except python_calamine.PasswordError:
        raise _ProtectedError from None
    except (MemoryError, OSError):
        raise
    except BaseException as error:  # a panic of the library is no Exception
        raise _unreadable(error) from None


def _unreadable(error: BaseException) -> BaseException:
    """A panic or complaint of the library as one kind of error; an order to stop stays itself."""
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return error
    return _UnreadableError(str(error))


def _wanted(names: list[str], wanted: str | None) -> list[str]:
    if not wanted:
        return names
    found = [name for name in names if name == wanted]
    found = found or [name for name in names if name.casefold() == wanted.casefold()]
    if not found and wanted.isdigit() and 0 < int(wanted) <= len(names):
        found = [names[int(wanted) - 1]]
    if not found:
        raise RefusedError("sheet", sheet=wanted, names=names)
    return found[:1]


def _read_calamine(
    book: CalamineWorkbook, request: dict[str, Any], answer: Answer, package: Path | None
) -> dict[str, object]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables: dict[str, bool] = {}
    lost: list[str] = []  # of sheets of one name calamine knows but one
    for one in book.sheets_metadata:
        if one.typ in (SheetTypeEnum.WorkSheet, SheetTypeEnum.DialogSheet):
            if one.name in tables:
                lost.append(own_name(one.name, [*tables, *lost]))
            tables.setdefault(one.name, one.visible == SheetVisibleEnum.Visible)
    if lost and package:
        with suppress(RefusedError):  # .xlsb has no XML
            return _read_otherwise(package, request, answer)
    unread = []
    wanted = _wanted(list(tables), request.get("sheet"))
    errors = error_cells(package) if package else {}
    percents = percent_cells(package) if package and request.get("percents") else {}
    for name in wanted:
        try:
            sheet = book.get_sheet_by_name(name)
            merges = [[*top, *bottom] for top, bottom in sheet.merged_cell_ranges or ()]
        except MemoryError:
            raise
        except BaseException as error:
            if not isinstance(_unreadable(error), _UnreadableError):
                raise
            unread.append(name)
            continue
        rows = _rows(sheet)
        found = errors.get(escape(name, quote=False).encode())
        if found:
            rows = _with_errors(rows, found)
        if shown := percents.get(escape(name, quote=False).encode()):
            rows = with_percents(rows, shown)
        answer.sheet(name, tables[name], rows, merges[:100_000])
    if unread and len(unread) == len(wanted):
        if package is None:
            raise RefusedError("damaged")
        return _read_otherwise(package, request, answer)
    return {"format": "workbook", "sheets": list(tables), "unread": [*unread, *lost]}


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """All rows from the first of the sheet; calamine leaves out blank columns at the left."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    if not left:
        yield from sheet.iter_rows()
        return
    margin = [None] * left
    for row in sheet.iter_rows():
        yield [*margin, *row]


def _with_errors(rows: Iterator[list[Any]], found: Found) -> Iterator[list[Any]]:
    """The rows with the error values that calamine leaves blank."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in found.items():
        by_row.setdefault(row, []).append((column, text))
    at = -1
    for at, cells in enumerate(rows):
        for column, text in by_row.pop(at, ()):
            cells.extend([None] * (column + 1 - len(cells)))
            cells[column] = cells[column] or text
        yield cells
    for row in sorted(by_row):
        if row > at:  # below what calamine found anything in
            for _blank in range(row - at - 1):
                yield []
            at = row
            last = max(column for column, _text in by_row[row])
            cells = [None] * (last + 1)
            for column, text in by_row[row]:
                cells[column] = text
            yield cells


def _read_otherwise(path: Path, request: dict[str, Any], answer: Answer) -> dict[str, object]:
    """The second attempt, for packages with faults that only calamine minds."""
    _refuse_document_types(path)
    from ecofolio.intake import opendocument

    if opendocument.is_opendocument(path):
        return opendocument.read(path, request.get("sheet"), answer)
    from ecofolio.intake import packages

    return packages.read(path, request, answer)


def _refuse_document_types(path: Path) -> None:
    """Refuse a package one of whose parts declares a document type or an entity."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.filename.lower().endswith(_XML):
                    with archive.open(entry) as part:
                        text = part.read(entry.file_size).replace(b"\0", b"")
                    if _DOCUMENT_TYPE.search(text):
                        raise RefusedError("entities")
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, RuntimeError):
        raise RefusedError("damaged") from None
