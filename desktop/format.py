"""Numbers, money and dates as people read them, in the language in force."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from ecofolio.text import N_, _, language

MONEY_UNITS: dict[str, tuple[int, str]] = {
    "yuan": (100, N_("yuan")),
    "wan": (100 * 10**4, N_("ten thousand yuan")),
    "yi": (100 * 10**8, N_("hundred million yuan")),
}
_SYMBOLS = {"CNY": "¥", "GBP": "£", "USD": "$", "EUR": "€", "HKD": "HK$", "TWD": "NT$", "JPY": "¥"}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def day(value: date | None) -> str:
    """A date by the language: `31 Oct 2026` or `2026-10-31`; a dash for none."""
    if value is None:
        return "–"
    if language() == "en":
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return value.strftime("%Y-%m-%d")


def moment(value: datetime) -> str:
    """An instant in local time: date, hour and minute."""
    local = value.astimezone()
    return f"{day(local.date())} {local:%H:%M}"


def number(value: int | float | Decimal, decimals: int = 0) -> str:
    """A number with thousands separators."""
    return f"{value:,.{decimals}f}"


def symbol(currency: str) -> str:
    """The sign of a currency, or its code."""
    return _SYMBOLS.get(currency, f"{currency} ")


def money(fen: int | None, unit: str = "yuan") -> str:
    """A sum of fen as a bare figure in the display unit; a dash for none.

    Whole yuan are shown without decimals, ten thousands with two, hundred millions with four:
    a branch's money is a small part of one. Its unit belongs in the head: see `money_unit`.
    """
    if fen is None:
        return "–"
    factor = MONEY_UNITS[unit][0]
    if unit == "yuan" and fen % 100 == 0:
        return number(fen // 100)
    return number(Decimal(fen) / factor, 4 if unit == "yi" else 2)


def money_unit(unit: str = "yuan", currency: str = "CNY") -> str:
    """The display unit in words, such as 万元 or `ten thousand yuan`."""
    if currency == "CNY":
        return _(MONEY_UNITS[unit][1])
    return currency if unit == "yuan" else f"{currency} × {number(MONEY_UNITS[unit][0] // 100)}"


def in_unit(fen: int | None, unit: str = "yuan", currency: str = "CNY") -> str:
    """A sum with its unit, as sentences need it: `1,234.50 yuan`, `3.20 ten thousand yuan`."""
    return f"{money(fen, unit)} {money_unit(unit, currency)}"


def money_short(fen: int | None, currency: str = "CNY") -> str:
    """A sum in three or four figures with its sign and scale: `¥ 186.4m`, `¥ 1.86 亿`."""
    if fen is None:
        return "–"
    amount = Decimal(fen) / 100
    scales: tuple[tuple[int, str], ...] = ((10**9, "bn"), (10**6, "m"), (10**3, "k"))
    if language() != "en":
        scales = ((10**8, _("hundred million")), (10**4, _("ten thousand")))
    for size, name in scales:
        if abs(amount) >= size:
            scaled = amount / size
            decimals = 0 if abs(scaled) >= 1000 else 1 if abs(scaled) >= 100 else 2
            if language() == "en":
                return f"{symbol(currency).strip()} {number(scaled, min(decimals, 1))}{name}"
            return f"{symbol(currency).strip()} {number(scaled, decimals)} {name}"
    return f"{symbol(currency).strip()} {number(amount, 0)}"
