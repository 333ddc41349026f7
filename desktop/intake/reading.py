"""Reading a foreign list in a process of its own, with limits, so that nothing in it can hurt.

    book = read_book(path, cancel=lambda: False)

ends in a `Book` or in one sentence (`InputError`) that names the file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from ecofolio.errors import InputError
from ecofolio.intake.worker import ARGUMENT, OUT_OF_MEMORY
from ecofolio.text import N_, _, listed, ngettext

Cell = str | int | float | bool | date | datetime | None
Rows = list[list[Cell]]

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a foreign list may take: bytes, cells and seconds."""

    file: int = 128 * _MEGABYTE
    unpacked: int = 512 * _MEGABYTE
    memory: int = 384 * _MEGABYTE
    cells: int = 4_000_000
    seconds: float = 30.0


LIMITS = Limits()


@dataclass
class Sheet:
    """One sheet; `rows` begin at the spreadsheet's first row and column and are ragged.

    `merges` are top, left, bottom, right, counted from nought.
    """

    name: str
    visible: bool = True
    rows: Rows = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass
class Book:
    """What a file holds. `encoding` and `delimiter` are set for delimited text only.

    `unread` names the sheets that could not be read; `mended` counts the characters of a text that
    had been written as UTF-8 twice; `unclosed` are rows, from one, with a quote that is not closed.
    """

    file: str
    sheets: list[Sheet]
    encoding: str | None = None
    delimiter: str | None = None
    unread: list[str] = field(default_factory=list)
    mended: int = 0
    unclosed: list[int] = field(default_factory=list)


def file_kinds() -> str:
    """The filter of dialogs that choose a list."""
    every = "*.xlsx *.xlsm *.xls *.xlsb *.ods *.fods *.csv *.tsv *.txt *.html *.htm *.xml"
    lists, others = _("Lists"), _("All files")
    return f"{lists} ({every});;{others} (*)"


def faults(book: Book) -> list[str]:
    """What was not as it should be in a file that was read all the same, a few words each."""
    said = []
    if book.unread:
        said.append(_("not readable: {names}").format(names=listed(book.unread)))
    if book.mended:
        text = ngettext(
            "{n} garbled character put right", "{n} garbled characters put right", book.mended
        )
        said.append(text.format(n=book.mended))
    if book.unclosed:
        rows = listed([*map(str, book.unclosed[:5]), *(["…"] if len(book.unclosed) > 5 else [])])
        said.append(_("a quotation mark is not closed in row {rows}").format(rows=rows))
    return said


class ReadingCancelledError(InputError):
    """The person who asked for the reading called it off."""


class _CrashedError(InputError):
    """The reading process died."""


_REASONS = {
    "empty": N_("{file} is empty."),
    "damaged": N_("{file} is damaged or is not a workbook that can be read here."),
    "password": N_("{file} is protected by a password; save a copy without it and try again."),
    "entities": N_("{file} contains document type declarations and is not opened for safety."),
    "unpacked": N_("{file} unpacks to far more than a list needs and is not opened for safety."),
    "cells": N_("{file} has too many cells; keep only the sheet and the rows that are needed."),
    "columns": N_("{file} has too many columns to be a list."),
    "memory": N_("{file} needs too much memory; keep only the sheet that is needed."),
    "time": N_("{file} takes too long to read; keep only the sheet that is needed."),
    "size": N_("{file} is too large to be a list."),
    "crashed": N_("{file} could not be read; it is damaged or needs too much memory."),
    "binary": N_("{file} is not a list: it holds no readable text."),
    "encoding": N_("{file} can not be read in the encoding {encoding}."),
    "delimiter": N_("{file} can not be split by the delimiter {delimiter}."),
    "sheet": N_("{file} has no sheet {sheet}; it has {names}."),
    "system": N_("{file} can not be read: {why}."),
    "format": N_("{file} is not a workbook or a delimited text; save it as .xlsx or .csv."),
    "html": N_("{file} is a web page, not a workbook; open it in Excel and save it as .xlsx."),
    "xml": N_("{file} is an XML document, not a workbook; save it as .xlsx."),
    "old": N_("{file} is in a format older than Excel 97; save it as .xlsx."),
}


def refusal(name: str, code: str, **details: Any) -> InputError:
    """The sentence for a refusal of the reading process."""
    if code == "format" and details.get("format") in _REASONS:
        code = details["format"]
    details["names"] = listed(details.get("names", ()))
    return InputError(_(_REASONS[code]).format(file=name, **details))


def command() -> list[str]:
    """How the reading process is started, also from a frozen program."""
    if getattr(sys, "frozen", False):
        return [sys.executable, ARGUMENT]
    return [sys.executable, "-P", "-m", "ecofolio.intake.worker"]


def read_book(
    path: Path | str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    percents: bool = False,
    cancel: Callable[[], bool] | None = None,
    limits: Limits = LIMITS,
) -> Book:
    """Read a workbook or delimited text; `cancel` is asked some twenty times a second.

    With `percents` a cell that is shown in per cent is read as that text, `85.5%`, not as 0.855.

    Raises `InputError` with one sentence for whatever can not be read,
    `ReadingCancelledError` when called off.
    """
    path = Path(path)
    _check_file(path, limits)
    request = {
        "path": os.fspath(path.absolute()),
        "sheet": sheet,
        "encoding": encoding,
        "delimiter": delimiter,
        "percents": percents,
        "memory": limits.memory,
        "seconds": limits.seconds,
        "unpacked": limits.unpacked,
        "cells": limits.cells,
    }
    deadline = time.monotonic() + limits.seconds
    try:
        with _Reader(path.name, request, deadline, cancel) as reader:
            return _collect(path.name, reader.lines())
    except _CrashedError:  # a cell in the last corner of the grid is more than calamine can bear
        with _Reader(path.name, request | {"otherwise": True}, deadline, cancel) as reader:
            return _collect(path.name, reader.lines())


def _check_file(path: Path, limits: Limits) -> None:
    try:
        if path.is_dir():
            raise InputError(_("{file} is a folder, not a list.").format(file=path.name))
        if not path.exists():
            raise InputError(_("There is no file {file}.").format(file=path))
        if not path.is_file():
            raise InputError(_("{file} is not a file.").format(file=path.name))
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise refusal(path.name, "system", why=why) from None
    if size > limits.file:
        raise refusal(path.name, "size")


def _collect(name: str, lines: Iterator[Any]) -> Book:
    book = Book(name, [])
    for line in lines:
        if isinstance(line, list):
            _add_rows(book.sheets[-1].rows, line)
        elif "sheet" in line and "refused" not in line:
            merges = [tuple(merge) for merge in line["merges"]]
            book.sheets.append(Sheet(line["sheet"], line["visible"], [], merges))
        elif "refused" in line:
            code = line.pop("refused")
            raise refusal(name, code, **line)
        else:
            done = line["done"]
            book.encoding = done.get("encoding")
            book.delimiter = done.get("delimiter")
            book.unread = done["unread"]
            book.mended = done.get("mended", 0)
            book.unclosed = done.get("unclosed", [])
    return book


def _add_rows(rows: Rows, chunk: list[Any]) -> None:
    for row in chunk:
        if isinstance(row, int):
            rows.extend([[]] * row)
            continue
        for place, cell in enumerate(row):
            if type(cell) is list:
                row[place] = _moment(cell[0])
        rows.append(row)


def _moment(text: str) -> date:
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


class _Reader:
    """The running process; leaving the block ends it whatever it is doing."""

    def __init__(
        self,
        name: str,
        request: dict[str, Any],
        deadline: float,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self._name = name
        self._cancel = cancel or (lambda: False)
        self._deadline = deadline
        self._queue: Queue[bytes] = Queue(maxsize=64)
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._pump = threading.Thread(
            target=self._run, args=(json.dumps(request).encode() + b"\n",), daemon=True
        )
        self._stopped = threading.Event()
        self._pump.start()

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stopped.set()
        if self._process.poll() is None:
            self._process.kill()
        while self._pump.is_alive():
            self._drain()
            self._pump.join(0.02)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _drain(self) -> None:
        try:
            while True:
                self._queue.get_nowait()
        except Empty:
            return

    def _run(self, request: bytes) -> None:
        """Feed the request and queue what comes back; an empty line is the end."""
        process = self._process
        try:
            if process.stdin:
                process.stdin.write(request)
                process.stdin.close()
        except OSError:  # it died before it listened; its exit code says why
            pass
        if process.stdout:
            for line in process.stdout:
                if self._stopped.is_set():
                    break
                self._queue.put(line)
        self._queue.put(b"")

    def lines(self) -> Iterator[Any]:
        """Every line of the answer, until it is done, late, called off or dead."""
        while True:
            if self._cancel():
                raise ReadingCancelledError(
                    _("Reading {file} was called off.").format(file=self._name)
                )
            if time.monotonic() > self._deadline:
                raise refusal(self._name, "time")
            try:
                line = self._queue.get(timeout=0.05)
            except Empty:
                continue
            if not line:
                break
            yield json.loads(line)
        self._check_end()

    def _check_end(self) -> None:
        code = self._process.wait()
        if code == 0:
            return
        if code == OUT_OF_MEMORY:
            raise refusal(self._name, "memory")
        why = _REASONS["crashed"]
        raise _CrashedError(_(why).format(file=self._name))
