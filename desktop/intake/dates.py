"""Reading dates in any usual style, English and Chinese."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from ecofolio.intake.reading import Cell
from ecofolio.intake.values import Reader, Reason, cell_text, plain
from ecofolio.text import _

Order = Literal["dmy", "mdy"]
Role = Literal["start", "end"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_CLOCK = re.compile(
    r"[t ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?"
    r"(?: ?(?:z|(?:utc|gmt)(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2}))?(?: ?\([^()]*\))?$"
)
_WEEKDAY = re.compile(
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? "
    r"|[ (]*(?:星期|周|週)[一二三四五六日天]\)?$"
)
_ISO = re.compile(r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\.?$")
_HAN = re.compile(r"^(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号號]?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_FIGURES = re.compile(r"^(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})\.?$")
_DAY_FIRST = re.compile(
    rf"^(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]*(?:of )?({_MONTH})[-/., ]*(\d{{4}}|'?\d{{2}})$"
)
_MONTH_FIRST = re.compile(
    rf"^({_MONTH})[-/. ]*(\d{{1,2}})(?:st|nd|rd|th)?[-/., ]+(\d{{4}}|'?\d{{2}})$"
)
_YEAR_FIRST = re.compile(rf"^(\d{{4}})[-/., ]*({_MONTH})[-/. ]*(\d{{1,2}})$")
_OF_MONTH = re.compile(rf"^({_MONTH})[-/., ]*(\d{{4}}|'?\d{{2}})$")
_YEAR_MONTH = re.compile(rf"^(\d{{4}})[-/., ]*({_MONTH})$")
_MONTH_FIGURES = re.compile(r"^(\d{4}) ?[-/.年] ?(\d{1,2}) ?月?(?:份|底|末|初)?$")
_MONTH_YEAR_FIGURES = re.compile(r"^(\d{1,2})[-/.](\d{4})$")
_QUARTER = re.compile(
    r"^(?:q([1-4])[-/ ,]*(\d{4})|(\d{4}) ?[-/ ]?q([1-4])"
    r"|(\d{4}) ?年 ?(?:第? ?([1-4一二三四]) ?季度?))$"
)
_HALF = re.compile(r"^(?:(\d{4}) ?年 ?([上下])半年|h([12])[-/ ]*(\d{4})|(\d{4})[-/ ]*h([12]))$")
_YEAR = re.compile(r"^(\d{4}) ?年?(?:度|底|末|初)?$")
_FISCAL_SPAN = re.compile(
    r"^(?:fy|f\.y\.|fiscal year|financial year)?[- ]*"
    r"(\d{4}|\d{2})[-/–—](\d{4}|\d{2})(?: ?(?:财年|財年|年度|财政年度|fy))?$"
)
_FISCAL = re.compile(
    r"^(?:(?:fy|fiscal year|financial year)[- ']*(\d{4}|\d{2})"
    r"|(\d{4}) ?(?:财年|財年|财政年度|財政年度))$"
)
_REPUBLIC = re.compile(r"^(?:中华民国|中華民國|民國|民国) ?(\d{2,3}) ?年")
_REPUBLIC_YEAR = re.compile(r"^(1\d\d)(?= ?年|[-/.]\d{1,2}(?:[-/.]\d{1,2})?$)")  # 113/05/01
_TO = re.compile(r" ?(?:至|到|~|—+|–|--+|-| to ) ?")
_YEAR_AHEAD = re.compile(r"^\d{4} ?年")
_MONTH_ALONE = re.compile(r"^\d{1,2} ?月")
_HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_HAN_DATE = re.compile(
    r"^([〇零○一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,3})月)?(?:([一二三四五六七八九十廿]{1,4})[日号號])?$"
)

_FIRST_SERIAL, _LAST_SERIAL = 7_306, 109_575  # 1920 and 2199, as Excel counts days
_FIRST_INSTANT, _LAST_INSTANT = 10**12, 4 * 10**12  # 2001 and 2096 in milliseconds since 1970
_EXCEL_ZERO = date(1899, 12, 30)


class OrderCount(NamedTuple):
    """How many dates in figures a column has, and in how many the day or the month stands first
    beyond doubt."""

    dates: int = 0
    day_first: int = 0
    month_first: int = 0

    def order(self, usual: Order | None = None) -> Order:
        """What fits more of them; as is `usual` in the list where hardly any says otherwise, for
        a slip of the pen does not turn a whole column."""
        if usual and abs(self.month_first - self.day_first) * 10 <= self.dates:
            return usual
        return "mdy" if self.month_first > self.day_first else "dmy"


def count_orders(cells: Iterable[Cell]) -> OrderCount:
    """What a column's dates say of their order."""
    dates = day_first = month_first = 0
    for cell in cells:
        if not isinstance(cell, str):
            continue
        match = _FIGURES.match(_bare(cell))
        if match:
            dates += 1
            day_first += int(match[1]) > 12 >= int(match[2])
            month_first += int(match[2]) > 12 >= int(match[1])
    return OrderCount(dates, day_first, month_first)


def date_order(cells: Iterable[Cell]) -> Order:
    """Whether a column writes the day or the month first: what fits more of its cells."""
    return count_orders(cells).order()


def date_reader(
    order: Order = "dmy", role: Role | None = None, fiscal_start_month: int = 1
) -> Reader:
    """Reads dates. A month, quarter or year counts as its first day in the role of a start and its
    last in the role of an end; without a role it is refused."""

    def read(cell: Cell) -> object:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        if isinstance(cell, bool):
            return Reason(_("is not a date"))
        try:
            if isinstance(cell, int | float):
                return _from_number(cell, role)
            return _from_text(_bare(cell_text(cell)), order, role, fiscal_start_month)
        except ValueError:
            return Reason(_("is not a day of the calendar"))

    return read


@dataclass(frozen=True)
class Span:
    """A start and an end that one cell names, such as 2026年3月至2027年6月."""

    start: date
    end: date


def span_reader(order: Order = "dmy", fiscal_start_month: int = 1) -> Reader:
    """Reads starts as `date_reader` does, and cells that name start and end as a `Span`."""
    single = date_reader(order, "start", fiscal_start_month)
    last = date_reader(order, "end", fiscal_start_month)

    def read(cell: Cell) -> object:
        value = single(cell)
        if isinstance(value, date) or not isinstance(cell, str) or len(cell) > 60:
            return value
        for mark in _TO.finditer(plain(cell)):
            text = plain(cell)
            first, second = text[: mark.start()], text[mark.end() :]
            year = _YEAR_AHEAD.match(first)
            if year and _MONTH_ALONE.match(second):
                second = year[0] + second
            start, end = single(first), last(second)
            if isinstance(start, date) and isinstance(end, date) and start <= end:
                return Span(start, end)
        return value

    return read


def _bare(text: str) -> str:
    """The text without time of day and weekday, in lower case and Arabic figures."""
    text = plain(text).casefold()
    if len(text) > 60:
        return ""
    text = _WEEKDAY.sub("", _CLOCK.sub("", text)).strip()
    republic = _REPUBLIC.match(text)
    if republic:
        text = f"{int(republic[1]) + 1911}年{text[republic.end() :]}"
    else:
        text = _REPUBLIC_YEAR.sub(lambda match: str(int(match[1]) + 1911), text)
    han = _HAN_DATE.match(text)
    if han:
        text = han[1].translate(_HAN_DIGITS) + "年"
        text += f"{_han_number(han[2])}月" if han[2] else ""
        text += f"{_han_number(han[3])}日" if han[3] else ""
    return text


def _han_number(text: str) -> int:
    """十 10, 十五 15, 二十 20, 廿一 21, 三十一 31."""
    text = text.replace("廿", "二十")
    if "十" not in text:
        return int(text.translate(_HAN_DIGITS))
    tens, ones = text.split("十", 1)
    return int((tens or "一").translate(_HAN_DIGITS)) * 10 + int(
        (ones or "零").translate(_HAN_DIGITS)
    )


def _from_number(number: float, role: Role | None) -> date | Reason:
    if _FIRST_INSTANT <= number <= _LAST_INSTANT:
        return datetime.fromtimestamp(number / 1_000).date()
    if number != number or abs(number) > 99_999_999:
        return Reason(_("is not a date"))
    whole = int(number)
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _EXCEL_ZERO + timedelta(days=whole)
    if 19_000_101 <= whole == number:
        return _day(whole // 10_000, whole // 100 % 100, whole % 100)
    if 1_900 <= whole == number <= 2_199:
        return _span(whole, 1, whole, 12, role)
    return Reason(_("is a number, not a date"))


def _day(year: int, month: int, day: int) -> date | Reason:
    if not 1_900 <= year <= 2_199:
        return Reason(_("is not in a year from 1900 to 2199"))
    return date(year, month, day)


def _span(
    year: int, month: int, last_year: int, last_month: int, role: Role | None
) -> date | Reason:
    """The first or last day of a span of months, as the role has it."""
    if role is None:
        return Reason(_("is not a single day"))
    if role == "start":
        return _day(year, month, 1)
    if not 1 <= last_month <= 12:
        raise ValueError(last_month)
    return _day(last_year, last_month, monthrange(max(1, last_year), last_month)[1])


def _year(text: str) -> int:
    number = int(text.lstrip("'"))
    if len(text.lstrip("'")) == 4:
        return number
    return number + (2_000 if number < 70 else 1_900)


def _from_text(text: str, order: Order, role: Role | None, fiscal_start: int) -> date | Reason:
    whole = _whole_date(text, order)
    if whole:
        return whole
    return _part_date(text, role) or _fiscal(text, role, fiscal_start) or _serial(text, role)


def _whole_date(text: str, order: Order) -> date | Reason | None:
    match = _ISO.match(text) or _HAN.match(text) or _COMPACT.match(text)
    if match:
        return _day(int(match[1]), int(match[2]), int(match[3]))
    match = _FIGURES.match(text)
    if match:
        first, second = int(match[1]), int(match[2])
        day, month = (first, second) if order == "dmy" else (second, first)
        if month > 12 >= day:
            day, month = month, day
        return _day(_year(match[3]), month, day)
    match = _DAY_FIRST.match(text)
    if match:
        return _day(_year(match[3]), _MONTHS[match[2]], int(match[1]))
    match = _MONTH_FIRST.match(text)
    if match:
        return _day(_year(match[3]), _MONTHS[match[1]], int(match[2]))
    match = _YEAR_FIRST.match(text)
    return _day(int(match[1]), _MONTHS[match[2]], int(match[3])) if match else None


def _part_date(text: str, role: Role | None) -> date | Reason | None:
    """A month, a quarter, half a year or a year."""
    found = _month(text)
    if found:
        return _span(*found, *found, role)
    match = _QUARTER.match(text)
    if match:
        year = int(match[2] or match[3] or match[5])
        quarter = int((match[1] or match[4] or match[6]).translate(_HAN_DIGITS))
        return _span(year, 3 * quarter - 2, year, 3 * quarter, role)
    match = _HALF.match(text)
    if match:
        year = int(match[1] or match[4] or match[5])
        first = match[2] == "上" or (match[3] or match[6]) == "1"
        return _span(year, 1 if first else 7, year, 6 if first else 12, role)
    match = _YEAR.match(text)
    return _span(int(match[1]), 1, int(match[1]), 12, role) if match else None


def _month(text: str) -> tuple[int, int] | None:
    match = _OF_MONTH.match(text)
    if match:
        return _year(match[2]), _MONTHS[match[1]]
    match = _YEAR_MONTH.match(text)
    if match:
        return int(match[1]), _MONTHS[match[2]]
    match = _MONTH_FIGURES.match(text)
    if match and 1 <= int(match[2]) <= 12:
        return int(match[1]), int(match[2])
    match = _MONTH_YEAR_FIGURES.match(text)
    return (int(match[2]), int(match[1])) if match else None


def _fiscal(text: str, role: Role | None, start: int) -> date | Reason | None:
    """A fiscal year: one that names two calendar years begins in April unless the programme's
    begins elsewhere within the year; `FY2027` of such a programme ends in 2027."""
    match = _FISCAL_SPAN.match(text)
    if match:
        first, last = _year(match[1]), _year(match[2])
        if last != first + 1:
            return None
        start = start if start > 1 else 4
        return _span(first, start, last, start - 1, role)
    match = _FISCAL.match(text)
    if not match:
        return None
    year = _year(match[1] or match[2])
    if start == 1:
        return _span(year, 1, year, 12, role)
    first = year - 1 if match[1] else year
    return _span(first, start, first + 1, start - 1, role)


def _serial(text: str, role: Role | None) -> date | Reason:
    """Excel's count of days or milliseconds since 1970 written as text, or no date at all."""
    if re.fullmatch(r"\d{5}(\.0+)?|[123]\d{12}", text):
        return _from_number(float(text), role)
    return Reason(_("is not a date"))
