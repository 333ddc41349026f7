"""Reading instants from foreign boards: a date in any usual style, with or without a time of day.

A time without a zone is local, as is a date alone, which is its midnight.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

from ecofolio.intake.dates import Order, date_reader
from ecofolio.intake.reading import Cell
from ecofolio.intake.values import Reason, cell_text, plain
from ecofolio.store.journal import microseconds
from ecofolio.text import _

Moment = Callable[[Cell], "int | Reason"]
_CLOCK = re.compile(
    r"[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
    r"(?: ?(?P<zone>Z|(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2}))?"
    r"(?: ?\([^()]*\))?$",  # as JavaScript writes: GMT+0100 (Central European Standard Time)
    re.IGNORECASE,
)


# what nearly all machines write: read at once, without trying every style there is
_ISO = re.compile(
    r"[12]\d{3}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{3}(?:\d{3})?)?)?(?:Z|[+-]\d\d:?\d\d)?"
)


_EPOCH = re.compile(r"[1-9]\d{9}(?:\d{3})?")  # seconds or milliseconds since 1970, as APIs write
_VOID = re.compile(
    r"0000-00-00(?: 00:00:00)?|n\.?/?a\.?|nil|none|null|nat|unresolved|unset|not set|no date|never|"
    r"-+|–|—|无|無|暂无|暫無|未解决|未解決|未完成|未设置|未設置|未定",
    re.IGNORECASE,
)


def is_void(cell: Cell) -> bool:
    """Whether a cell of dates has what databases and tools write for no date."""
    return isinstance(cell, str) and _VOID.fullmatch(cell.strip()) is not None


def has_clock(cell: Cell) -> bool:
    """Whether a cell tells a time of day besides its day."""
    if isinstance(cell, datetime):
        return cell.time() != time()
    return isinstance(cell, str) and _CLOCK.search(plain(cell)) is not None


def moment_reader(order: Order = "dmy") -> Moment:
    """Reads instants as microseconds UTC, or says why not."""
    read_day = date_reader(order, role="start")

    def read(cell: Cell) -> int | Reason:
        if isinstance(cell, datetime):
            return _stored(cell)
        if isinstance(cell, int | float | str) and _EPOCH.fullmatch(figures := cell_text(cell)):
            return int(figures.ljust(16, "0"))
        if isinstance(cell, date):
            return _stored(datetime.combine(cell, time()))
        if isinstance(cell, str):
            if _ISO.fullmatch(cell):
                with contextlib.suppress(ValueError):
                    return _stored(datetime.fromisoformat(cell))
            hit = _CLOCK.search(plain(cell))
            if hit is not None:
                day = read_day(plain(cell)[: hit.start()])
                return day if isinstance(day, Reason) else _with_clock(day, hit)
        day = read_day(cell)
        if isinstance(day, date):
            return _stored(datetime.combine(day, time()))
        return day if isinstance(day, Reason) else Reason(_("is not a date"))

    return read


def _with_clock(day: object, hit: re.Match[str]) -> int | Reason:
    assert isinstance(day, date)
    hour, half = int(hit["hour"]), (hit["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return Reason(_("is not a time of day"))
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    part = int((hit["part"] or "").ljust(6, "0")[:6] or 0)
    try:
        clock = time(hour, int(hit["minute"]), int(hit["second"] or 0), part)
        return _stored(datetime.combine(day, clock, _zone(hit["zone"])))
    except (ValueError, OverflowError):
        return Reason(_("is not a time of day"))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    text = text.upper().lstrip("ZUTCGM")
    if not text:
        return UTC
    figures = text[1:].replace(":", "")
    hours, rest = (figures, "0") if len(figures) < 3 else (figures[:-2], figures[-2:])
    minutes = int(hours) * 60 + int(rest)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _stored(at: datetime) -> int | Reason:
    if not 1970 <= at.year <= 2199:
        return Reason(_("is too long ago or too far ahead"))
    try:
        return microseconds(at.astimezone())
    except (ValueError, OverflowError, OSError):
        return Reason(_("is too long ago or too far ahead"))


def iso(text: object) -> int | None:
    """An instant of a JSON document; None where there is none."""
    if not isinstance(text, str) or not text:
        return None
    found = moment_reader()(text)
    return None if isinstance(found, Reason) else found
