"""The process that reads a foreign list: limited in memory and time, killed when it is late.

It gets one JSON request on standard input and answers in JSON lines on standard output: sheets,
chunks of rows, and `done` or `refused`. It imports neither the store nor Qt nor the catalogue, so
that starting it costs next to nothing and a hostile file finds little to break.

A cell is a text, a number, a truth value, null, or `["2026-03-05"]` for a date. A number in the
place of a row stands for that many blank rows.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

from ecofolio.intake.refusal import RefusedError

ARGUMENT = "--intake-worker"
"""How a frozen program is told to be this process instead of the window."""

OUT_OF_MEMORY = 75
"""The exit code of a process that stopped itself because of its memory."""

_CHUNK = 2_000
_MOST_CHARACTERS = 192 * 1024 * 1024  # of what the parent is to hold
_PLAIN = (str, float, int, bool)


def limit_resources(memory: int, seconds: float) -> None:
    """Hold this process to `memory` bytes and `seconds`, by the system where it can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock and the sizes checked first must do
        return
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(seconds) + 2),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))
    if sys.platform == "darwin":  # which accepts RLIMIT_AS and does not hold it
        threading.Thread(target=_watch_memory, args=(memory,), daemon=True).start()


def _watch_memory(memory: int) -> None:
    import resource

    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < memory:
        time.sleep(0.05)
    os._exit(OUT_OF_MEMORY)


class Answer:
    """What goes back to the parent, counted against the limit of cells."""

    def __init__(self, max_cells: int) -> None:
        self._left = max_cells
        self._characters = _MOST_CHARACTERS

    def line(self, value: object) -> None:
        """Write one JSON line; text that no database can hold is mended."""
        text = json.dumps(value, separators=(",", ":"))
        if "\\u0000" in text or "\\ud" in text:
            text = json.dumps(_mended(value), separators=(",", ":"))
        self._characters -= len(text)
        if self._characters < 0:  # a few bytes of a packed file may stand for any number of them
            raise MemoryError
        sys.stdout.write(text + "\n")

    def sheet(
        self, name: str, visible: bool, rows: Iterable[list[Any]], merges: list[list[int]]
    ) -> None:
        """One sheet, its rows in chunks; `merges` are top, left, bottom, right from nought."""
        self.line({"sheet": name, "visible": visible, "merges": merges})
        chunk: list[list[Any] | int] = []
        blank = 0
        for row in rows:
            while row and (row[-1] is None or row[-1] == ""):
                row.pop()
            if not row:
                blank += 1
                continue
            if blank:
                chunk.append(blank)
                blank = 0
            self._left -= len(row)
            if self._left < 0:
                raise RefusedError("cells")
            if len(row) > 16_384:
                raise RefusedError("columns")
            chunk.append([cell if type(cell) in _PLAIN else _portable(cell) for cell in row])
            if len(chunk) >= _CHUNK:
                self.line(chunk)
                chunk = []
        if chunk:
            self.line(chunk)


def _portable(cell: object) -> object:
    if isinstance(cell, datetime):
        return [cell.replace(microsecond=0).isoformat()]
    if isinstance(cell, date):
        return [cell.isoformat()]
    if isinstance(cell, clock | timedelta):
        return str(cell)
    return None if cell is None else str(cell)


def _mended(value: object) -> object:
    """The value without NUL characters and halves of surrogate pairs, which no store holds."""
    if isinstance(value, str):
        whole = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.replace("\0", "")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {key: _mended(item) for key, item in value.items()}
    return value


def read(request: dict[str, Any], answer: Answer) -> dict[str, object]:
    """Read the file of the request into the answer; returns what was found out about it."""
    path = Path(request["path"])
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise RefusedError("empty")
    from ecofolio.intake import workbooks

    kind = workbooks.kind_of(head)
    if kind in ("zip", "ole"):
        return workbooks.read(path, kind, request, answer)
    from ecofolio.intake import delimited, marked

    if kind:
        return marked.read(path, kind, request, answer)
    return delimited.read(path, head, request, answer)


def _outcome(request: dict[str, Any], answer: Answer) -> Iterator[object]:
    try:
        yield {"done": read(request, answer)}
    except RefusedError as refused:
        yield {"refused": refused.code, **refused.details}
    except MemoryError:
        yield {"refused": "memory"}
    except OSError as error:
        yield {"refused": "system", "why": error.strerror or str(error)}


def main() -> int:
    """Answer the request on standard input."""
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    request = json.loads(sys.stdin.buffer.readline())
    limit_resources(request["memory"], request["seconds"])
    answer = Answer(request["cells"])
    for line in _outcome(request, answer):
        answer.line(line)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
