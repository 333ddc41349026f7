"""Reading amounts: units, currencies, decimal marks; money becomes whole fen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ecofolio.intake.reading import Cell
from ecofolio.intake.values import Reader, Reason, cell_text, plain
from ecofolio.text import N_, _

LARGEST_FEN = 2**63 - 1
_NOISE = Decimal("0.001")

_SIGNS: dict[str, str] = {
    word: code
    for code, words in {
        "CNY": "人民币 人民幣 rmb cny cnh ¥ yuan",
        "HKD": "港元 港币 港幣 hkd hk$",
        "USD": "美元 美金 usd us$ $us",
        "EUR": "欧元 歐元 eur euro euros €",
        "GBP": "英镑 英鎊 gbp £ pound pounds sterling",
        "JPY": "日元 日圓 jpy",
        "TWD": "新台币 新臺幣 新台幣 台币 台幣 臺幣 twd nt$ ntd",
        "AUD": "澳元 aud a$ au$ $aud",
        "NZD": "nzd nz$ $nzd",
        "CAD": "加元 cad c$ ca$ $cad",
        "SGD": "新加坡元 sgd s$",
        "CHF": "chf",
        "KRW": "krw ₩",
        "INR": "inr ₹ rs. rs rupees",
        "DKK": "dkk",
        "SEK": "sek",
        "PLN": "pln zł",
        "CZK": "czk kč",
        "NOK": "nok",
        "$": "$ dollar dollars",
        "元": "元 圆 圓 块",
    }.items()
    for word in words.split()
}
CURRENCIES = tuple(code for code in dict.fromkeys(_SIGNS.values()) if len(code) == 3)
"""The codes of the currencies that amounts may name."""
DOLLARS = frozenset({"USD", "AUD", "CAD", "HKD", "NZD", "SGD", "TWD"})
_YUAN = frozenset({"CNY", "HKD", "TWD"})
_SCALES: dict[str, int] = {
    word: power
    for power, words in {
        3: "k tsd tsd. thousand thousands 000s '000s '000 000 千 仟",
        4: "万 萬 w",
        5: "十万 十萬 lakh lakhs lac",
        6: "m mn mm mio mio. mln mln. mil mill millions million 百万 百萬",
        7: "千万 千萬 crore crores cr cr.",
        8: "亿 億",
        9: "b bn mrd mrd. billion billions 十亿 十億",
        10: "百亿 百億",
        12: "tn trillion trillions 万亿 萬億",
    }.items()
    for word in words.split()
}

# What amounts of a list may be counted in, by the power of ten, as choices call it.
SCALE_NAMES = {
    0: N_("as written"),
    3: N_("thousands"),
    4: N_("ten thousands (万)"),
    6: N_("millions"),
    8: N_("hundred millions (亿)"),
    9: N_("billions"),
}


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CURRENCY = re.compile(rf"(?<![a-z])({_either(_SIGNS)})(?![a-z])")
_NUMBER = r"[+-]?(?:\d[\d., '’]*|\.\d+)(?:e[+-]?\d{1,3})?"
_AMOUNT = re.compile(
    rf"^(?P<sign>[+-])?\s*(?:(?P<before>{_either(_SIGNS)})\s*)?(?P<number>{_NUMBER})"
    rf"\s*(?P<scale>{_either(_SCALES)})?\s*(?P<after>{_either(_SIGNS)})?$"
)
_UNIT_WORDS = re.compile(
    rf"(?:(?P<sign>{_either(_SIGNS)})\s*(?P<scale>{_either(_SCALES)})?元?"
    rf"|(?P<scale2>{_either(_SCALES)})\s*(?P<sign2>{_either(_SIGNS)})?)"
)
_COMMA_PART = re.compile(r",\d{1,2}$")
_EVENLY = re.compile(r"^\d{1,3}(?:([., '’])\d{3})(?:\1\d{3})*$")


@dataclass(frozen=True)
class Unit:
    """What a column's header, title or usage says of its amounts: 10 to the power of `scale`."""

    scale: int = 0
    currency: str | None = None

    @property
    def is_said(self) -> bool:
        """Whether anything was said at all."""
        return bool(self.scale or self.currency)


def parse_unit(text: str) -> Unit:
    """The unit that a short text such as `£m`, `万元` or `million USD` names, else no unit."""
    text = re.sub(
        r"^(?:in|x|×|unit|units|单位|單位|金额单位)(?![a-z])\s*[:：]?\s*",
        "",
        plain(text).casefold(),
    ).strip()
    text = re.sub(r"\s+of\s+", " ", text)
    text = re.sub(r"\s*kr\.?$", "", text)  # of one of three countries
    text = re.sub(r"^t ?(?=€$|eur$)", "thousand ", text)  # T€
    text = re.sub(r"(?<![\d.,])1(?:[., ]?000){1,3}(?!\d)", _in_words, text)
    match = _UNIT_WORDS.fullmatch(text)
    if not match:
        return Unit()
    sign = match["sign"] or match["sign2"]
    scale = match["scale"] or match["scale2"]
    return Unit(_SCALES[scale] if scale else 0, _SIGNS[sign] if sign else None)


def _in_words(match: re.Match[str]) -> str:
    """1.000 as thousand, 1,000,000 as million."""
    return ("thousand", "million", "billion")[match[0].count("000") - 1]


def decimal_mark(cells: Iterable[Cell]) -> str:
    """`,` where a column writes 12,5 or 1.234,56, else `.`."""
    comma = point = 0
    for cell in cells:
        if not isinstance(cell, str) or len(cell) > 60:
            continue
        digits = re.search(r"\d[\d., ]*", cell)
        if not digits:
            continue
        number = digits[0].rstrip(" .,")
        comma += bool(re.search(r"\d,(?:\d{1,2}|\d{4,})$", number)) and number.count(",") == 1
        point += bool(re.search(r"\d\.(?:\d{1,2}|\d{4,})$", number)) and number.count(".") == 1
    return "," if comma > point else "."


def number_of(text: str, mark: str = ".") -> Decimal | None:
    """The number that digits and separators spell, or nothing."""
    text = text.strip()
    mantissa, _e, exponent = text.partition("e")
    mantissa = mantissa.strip()
    if not _e:
        evenly = _EVENLY.match(mantissa.lstrip("+-"))
        if evenly and (evenly[1] != mark or mantissa.count(mark) > 1):
            mantissa = mantissa.replace(evenly[1], "")
        elif "," in mantissa and "." in mantissa:
            mark = max(",.", key=mantissa.rfind)
        elif _COMMA_PART.search(mantissa) and mantissa.count(",") == 1:
            mark = ","
    other = "," if mark == "." else "."
    whole, _mark, part = mantissa.partition(mark)
    groups = re.split(rf"[{re.escape(other)} '’]", whole.lstrip("+-"))
    if not part.isdigit() and part:
        return None
    if (
        len(groups) > 1
        and (any(len(group) != 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= 3)
        and not _is_indian(groups)
    ):
        return None
    digits = "".join(groups)
    if (digits and not digits.isdigit()) or len(digits) + len(part) > 40:
        return None
    if not digits and not part:
        return None
    power = int(exponent) if exponent else 0
    if abs(power) > 40:
        return None
    number = Decimal(f"{digits or '0'}.{part or '0'}").scaleb(power)
    return -number if mantissa.startswith("-") else number


def _is_indian(groups: list[str]) -> bool:
    """12,34,567: groups of two above the last one of three."""
    return (
        len(groups[-1]) == 3
        and all(len(group) == 2 for group in groups[1:-1])
        and (len(groups) > 2 and 1 <= len(groups[0]) <= 2)
    )


def amount_of(cell: Cell, mark: str = ".") -> Decimal | Reason:
    """A plain number, without a unit other than one it names itself; per cent as a fraction."""
    found = _amount(cell, mark)
    if isinstance(found, Reason):
        return found
    number, scale, _sign = found
    return number.scaleb(scale)


def number_reader(mark: str = ".") -> Reader:
    """Reads numbers of a column that uses this decimal mark."""
    return lambda cell: amount_of(cell, mark)


def _amount(cell: Cell, mark: str, percent: bool = True) -> tuple[Decimal, int, str] | Reason:
    """The number, the power of ten and the currency sign that a cell says."""
    if isinstance(cell, bool):
        return Reason(_("is not a number"))
    if isinstance(cell, int | float):
        number = Decimal(repr(cell))
        return (number, 0, "") if number.is_finite() else Reason(_("is not a number"))
    text = plain(cell_text(cell)).casefold().replace("−", "-").replace("\u2013", "-")
    if not text or len(text) > 60:
        return Reason(_("is not a number"))
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if negative else text
    if percent and text.endswith("%"):
        number_ = number_of(text[:-1], mark)
        return Reason(_("is not a number")) if number_ is None else (number_.scaleb(-2), 0, "")
    match = _AMOUNT.match(text)
    number_ = number_of(match["number"], mark) if match else None
    if match is None or number_ is None or (match["before"] and match["after"] not in (None, "元")):
        return Reason(_("is not a number"))
    if match["sign"] and match["number"][0] in "+-":
        return Reason(_("is not a number"))
    if match["sign"] == "-" or negative:
        number_ = -number_
    sign = match["before"] or match["after"]
    scale = _SCALES[match["scale"]] if match["scale"] else 0
    return number_, scale, _SIGNS[sign] if sign else ""


def names_scale(cell: Cell) -> bool:
    """Whether an amount says its own unit, as £3m and 5万元 do."""
    found = _amount(cell, ".")
    return not isinstance(found, Reason) and found[1] != 0


def currency_of(cell: Cell) -> str:
    """The currency code or ambiguous sign (`$`, `元`) that a cell names, or nothing."""
    if not isinstance(cell, str):
        return ""
    found = _amount(cell, ".", percent=False)
    return "" if isinstance(found, Reason) else found[2]


def currency_in(text: str) -> str:
    """The currency that a header or title names anywhere, or nothing."""
    match = _CURRENCY.search(plain(text).casefold())
    return _SIGNS[match[1]] if match and match[1] != "元" else ""


def currency_fits(said: str, currency: str) -> bool:
    """Whether what a cell says of its currency is the programme's."""
    if said == "$":
        return currency in DOLLARS
    if said == "元":
        return currency in _YUAN
    if said == "CNY" and currency == "JPY":
        return True  # both write ¥
    return not said or said == currency


def settled_currency(said: str) -> str:
    """The code that an ambiguous sign most likely means."""
    return {"$": "USD", "元": "CNY"}.get(said, said)


def money_reader(
    currency: str,
    unit: Unit | None = None,
    mark: str = ".",
    *,
    exact: bool = False,
    signed: bool = False,
) -> Reader:
    """Reads amounts as whole fen of `currency`; a cell's own unit goes before the column's.

    `exact` refuses what is not whole fen, but for the noise of a spreadsheet's own arithmetic;
    `signed` takes sums below nought, which are refused otherwise.
    """
    unit = unit or Unit()
    not_money = Reason(_("is not an amount of money"))
    too_large = Reason(_("is too large an amount"))
    negative = Reason(_("is a negative amount"))
    broken = Reason(_("has parts of a fen"))
    wrong = not currency_fits(unit.currency or "", currency)

    def read(cell: Cell) -> object:
        found = _amount(cell, mark, percent=False)
        if isinstance(found, Reason):
            return not_money
        number, scale, sign = found
        if not currency_fits(sign, currency) or (wrong and not sign):
            return Reason(
                _("is not in the programme's currency, {currency}").format(currency=currency)
            )
        fen = number.scaleb((scale or unit.scale) + 2)
        if fen.adjusted() > 19:
            return too_large
        parts, fen = fen, fen.quantize(Decimal(1), ROUND_HALF_UP)
        if exact and abs(parts - fen) > (_NOISE if isinstance(cell, float) else 0):
            return broken
        if abs(fen) > LARGEST_FEN:
            return too_large
        return negative if fen < 0 and not signed else int(fen)

    return read
