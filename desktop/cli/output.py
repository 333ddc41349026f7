"""What commands print: one JSON document, CSV, or aligned columns."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from ecofolio import __version__
from ecofolio.places import user_log
from ecofolio.text import _

Rows = Sequence[Mapping[str, Any]]


def speak_utf8() -> None:
    """Write UTF-8 whatever the terminal's code page, so that no word is lost."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not to be written as JSON: {value!r}")


def write_json(document: object) -> None:
    """The one document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def say(text: str) -> None:
    """A line on standard output."""
    sys.stdout.write(f"{text}\n")


def flat(value: object) -> str:
    """A value in one cell of text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {one}" for name, one in value.items() if one is not None)
    if isinstance(value, list | tuple):
        return ", ".join(map(flat, value))
    return str(value)


def write_csv(columns: Sequence[str], rows: Rows, *, bom: bool = False) -> None:
    """Rows as CSV that a spreadsheet opens without running anything.

    Excel reads it as UTF-8 only where it begins with the mark `bom`.
    """
    from ecofolio.excel.delimited import write_rows

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="")  # the rows have their ends, which Windows would double
    if bom:
        sys.stdout.write("\ufeff")
    write_rows(sys.stdout, [columns, *([flat(row.get(name)) for name in columns] for row in rows)])


def write_table(columns: Sequence[str], rows: Rows) -> None:
    """Rows in aligned columns, long cells cut; nothing for no rows."""
    if not rows:
        return
    cells = [list(columns), *([_cut(flat(row.get(name))) for name in columns] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        )
        say("  ".join(padded).rstrip())


def _cut(text: str, most: int = 40) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def columns_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns of some rows, in their order of appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def report(error: BaseException) -> str:
    """Keep a report of our own fault; the sentence that says where it is."""
    import platform
    import traceback

    text = "\n".join(
        (
            f"Ecofolio {__version__}, Python {platform.python_version()}, {platform.platform()}",
            *traceback.format_exception(error),
        )
    )
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    with contextlib.suppress(OSError):
        path = user_log() / f"report-{stamp}.txt"
        path.write_text(text, encoding="utf-8")
        return _("Ecofolio made a mistake ({error}); a report is in {path}.").format(
            error=type(error).__name__, path=path
        )
    return text
