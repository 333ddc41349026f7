"""Months: `YYYY-MM` as it is stored, read from whatever people and spreadsheets write.

A period is a month, a quarter `YYYY-Qn` or a year `YYYY`.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date

from ecofolio.errors import InputError
from ecofolio.text import _

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_STORED = re.compile(r"(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])", re.ASCII)
_NUMERIC = re.compile(r"(\d{4})\s*(?:[-/.年]\s*(\d{1,2})\s*月?|(\d{2}))")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00(?::00)?)?")
_PERIOD = re.compile(r"((?:19|20|21)\d\d)(?:-Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII)
_QUARTER = re.compile(
    r"(\d{4})\s*年?\s*[-/]?\s*(?:q([1-4])|第?([1-4一二三四])季度?)|q([1-4])\s*[-/]?\s*(\d{4})"
)
_YEAR = re.compile(r"((?:19|20|21)\d\d)\s*年?", re.ASCII)
MONTH, QUARTER, YEAR = "month", "quarter", "year"
_NAMED = re.compile(r"([a-z]{3,9})\.?[\s,-]*(\d{4})|(\d{4})[\s,-]*([a-z]{3,9})\.?")


def parse(value: object) -> str:
    """A month as `YYYY-MM`; `InputError` says what is wrong with it.

    Reads `2026-10`, `2026/10`, `202610`, `2026年10月`, `Oct 2026`, full-width figures, and dates,
    of which the month counts: spreadsheets turn months into their first days.
    """
    if isinstance(value, date):
        return of(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _refused(value)
    text = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    if hit := _DAY.fullmatch(text):
        year, month = int(hit[1]), int(hit[2])
        if 1 <= month <= 12 and not 1 <= int(hit[3]) <= monthrange(year or 1, month)[1]:
            raise _refused(value)
    elif hit := _NUMERIC.fullmatch(text):
        year, month = int(hit[1]), int(hit[2] or hit[3])
    elif (hit := _NAMED.fullmatch(text)) and (hit[1] or hit[4])[:3] in _MONTHS:
        year, month = int(hit[2] or hit[3]), _MONTHS.index((hit[1] or hit[4])[:3]) + 1
    else:
        raise _refused(value)
    if not 1 <= month <= 12 or not 1900 <= year <= 2199:
        raise _refused(value)
    return f"{year:04d}-{month:02d}"


def _refused(value: object) -> InputError:
    return InputError(_("“{month}” is not a month such as 2026-10.").format(month=value))


def is_month(text: str) -> bool:
    """Whether a text is a month as it is stored."""
    return _STORED.fullmatch(text) is not None


def parse_period(value: object) -> str:
    """A month, a quarter or a year in its canonical form; `InputError` says what is wrong.

    Reads what `parse` reads, and `2026-Q3`, `2026q3`, `Q3 2026`, `2026年第三季度`, `2026`.
    """
    text = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    if hit := _QUARTER.fullmatch(text):
        quarter = hit[2] or hit[3] or hit[4]
        found = f"{hit[1] or hit[5]}-Q{'一二三四'.find(quarter) + 1 or int(quarter)}"
    elif hit := _YEAR.fullmatch(text):
        found = hit[1]
    else:
        found = parse(value)
    if _PERIOD.fullmatch(found) is None:
        raise _refused(value)
    return found


def kind_of(period: str) -> str:
    """Whether a period is a `month`, a `quarter` or a `year`."""
    return YEAR if len(period) == 4 else QUARTER if period[5] == "Q" else MONTH


def months_in(period: str) -> list[str]:
    """The months of a period, the oldest first."""
    kind = kind_of(period)
    if kind == MONTH:
        return [period]
    if kind == YEAR:
        return span(f"{period}-12", 12)
    return span(f"{period[:4]}-{3 * int(period[6]):02d}", 3)


def last_month(period: str) -> str:
    """The last month of a period."""
    return months_in(period)[-1]


def holding(month: str, kind: str) -> str:
    """The period of a kind in which a month lies."""
    if kind == MONTH:
        return month
    return month[:4] if kind == YEAR else f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def of(day: date) -> str:
    """The month of a day."""
    return f"{day.year:04d}-{day.month:02d}"


def shifted(month: str, by: int) -> str:
    """The month so many months later; of a quarter or a year, so many of its kind."""
    if (kind := kind_of(month)) != MONTH:
        size = 3 if kind == QUARTER else 12
        return holding(shifted(last_month(month), size * by), kind)
    total = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{total // 12:04d}-{total % 12 + 1:02d}"


def span(last: str, count: int) -> list[str]:
    """`count` months, or other periods of a kind, up to and with the last one."""
    return [shifted(last, n - count + 1) for n in range(count)]


def between(first: str, last: str) -> int:
    """How many months `last` is after `first`."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def due_on(month: str, due_day: int) -> date:
    """The day by which a month's figure is reported: a day of the month after it, or its last."""
    after = last_day(shifted(month, 1))
    return after.replace(day=min(due_day, after.day))


def due_before(month: str, today: date) -> int:
    """The due day below which a month's figures are due by now: 0 for none, 99 for all."""
    after = shifted(month, 1)
    if of(today) < after:
        return 0
    if of(today) > after:
        return 99
    return today.day


def reported(today: date) -> str:
    """The month that is reported now: the one before today's."""
    return shifted(of(today), -1)
