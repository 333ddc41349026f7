"""Finding out in which unit and currency a column of money is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ecofolio.intake.headers import LONG
from ecofolio.intake.money import (
    DOLLARS,
    Unit,
    amount_of,
    currency_in,
    currency_of,
    names_scale,
    number_of,
    parse_unit,
)
from ecofolio.intake.names import without_brackets
from ecofolio.intake.reading import Cell
from ecofolio.intake.table import Table
from ecofolio.intake.values import Reason, cell_text, plain
from ecofolio.text import N_

_SAID = re.compile(
    r"(?:[£$€¥])?\s?(\d[\d,]*(?:\.\d+)?)\s?(mn|m|millions?|bn|billions?|k|thousands?|万|亿)(?![a-z])"
)
_MILLIONS = re.compile(r"[£$€¥]\s?\d[\d,.]*\s?(?:m|mn|bn|million|billion)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_POWERS = {"k": 3, "t": 3, "万": 4, "m": 6, "亿": 8, "b": 9}
_HAN_UNIT = re.compile(r"((?:百|千|十)?[万萬亿億]|[千仟]|百万)?[元圆圓]$")
_TITLE_UNIT = re.compile(
    r"(?:单位|單位|units?|figures?|amounts?|all values)\s*(?:[:：]|are|in)\s*(.+)$"
)
_SHORT_UNIT = re.compile(r"[£$€¥]\s?(?:m|mn|bn|k|000s?|million|billion|thousand)s?\b")

FROM_HEADER = N_("the header says so")
FROM_TITLE = N_("a line above the list says so")
FROM_TEXTS = N_("texts of the list give the same sums with this unit")
FROM_TALK = N_("texts of the list speak of sums in this unit")
FROM_CELLS = N_("the cells say so")


@dataclass(frozen=True)
class UnitGuess:
    """A column's unit, and an `N_` message that says what it was guessed from."""

    unit: Unit
    why: str = ""


def guess_unit(table: Table, place: int) -> UnitGuess:
    """The unit of one column of amounts: by its header, a title, the list's own texts."""
    cells = [cell for cell in table.values(place) if cell is not None and cell != ""]
    said = Counter(code for code in map(currency_of, cells) if code)
    currency = said.most_common(1)[0][0] if said else None
    header = table.columns[place].header
    named = _in_header(header)
    if named.is_said:
        if named.currency in (None, "元") and currency:
            named = replace(named, currency=currency)
        return UnitGuess(_settled(named, table), FROM_HEADER)
    if sum(map(names_scale, cells[:500])) * 2 > len(cells[:500]):
        return UnitGuess(Unit(0, currency), FROM_CELLS)
    for title in table.titles:
        found = _in_title(title)
        if found.is_said:
            found = replace(found, currency=currency or found.currency)
            return UnitGuess(_settled(found, table), FROM_TITLE)
    scale = _from_texts(table, place)
    if scale:
        return UnitGuess(Unit(scale, currency), FROM_TEXTS)
    if _speaks_of_millions(table, place):
        return UnitGuess(Unit(6, currency), FROM_TALK)
    return UnitGuess(Unit(0, currency), FROM_CELLS if currency else "")


def _settled(unit: Unit, table: Table) -> Unit:
    """The unit with the dollars that a title or a header speaks of where it says but `$`."""
    if unit.currency != "$":
        return unit
    said = [currency_in(title) for title in table.titles if len(title) < LONG]
    said += [_in_header(column.header).currency or "" for column in table.columns]
    return replace(unit, currency=next((code for code in said if code in DOLLARS), "$"))


def _in_header(header: str) -> Unit:
    outside, inside = without_brackets(header)
    candidates = [*re.split(r"[,;，；]", inside), *_BRACKETS.findall(plain(header)), inside]
    for part, whole in ((outside, 0), (inside, 1)):
        words = re.split(r"[\s_/:：,-]+", part)
        candidates += [
            " ".join(words[-count:]) for count in (3, 2, 1) if len(words) > count - whole
        ]
    han = _HAN_UNIT.search(outside)
    if han and han[0] != outside:
        candidates.append(han[0])
    for candidate in candidates:
        unit = parse_unit(candidate) if candidate.strip() else Unit()
        if unit.is_said:
            return unit
    currency = currency_in(inside) if inside else ""
    return Unit(0, currency or None)


def _in_title(title: str) -> Unit:
    text = plain(title).casefold()
    match = _TITLE_UNIT.search(text)
    if match:
        unit = parse_unit(match[1].strip(" ()[]."))
        if unit.is_said:
            return unit
    short = _SHORT_UNIT.search(text)
    return parse_unit(short[0]) if short else Unit()


def _from_texts(table: Table, place: int) -> int:
    """The power of ten by which other texts of the same row repeat the column's amount."""
    votes: Counter[int] = Counter()
    compared = 0
    for row in table.rows[:400]:
        amount = amount_of(row[place]) if not _blank(row[place]) else Reason("")
        if isinstance(amount, Reason) or not amount:
            continue
        found = _powers_said(row, place, float(amount))
        compared += 1
        votes.update(found)
    if not votes:
        return 0
    power, count = votes.most_common(1)[0]
    return power if count >= 3 and count * 10 >= compared else 0


def _speaks_of_millions(table: Table, place: int) -> bool:
    """Whether many texts name sums in millions while the column's amounts are small figures."""
    amounts = [amount_of(row[place]) for row in table.rows[:400] if not _blank(row[place])]
    figures = sorted(float(amount) for amount in amounts if not isinstance(amount, Reason))
    if len(figures) < 5 or figures[len(figures) // 2] >= 20_000 or figures[-1] >= 1_000_000:
        return False
    rows = table.rows[:400]
    speaking = sum(
        any(isinstance(cell, str) and len(cell) > 20 and _MILLIONS.search(cell) for cell in row)
        for row in rows
    )
    return speaking >= 5 and speaking * 20 >= len(rows)


def _blank(cell: Cell) -> bool:
    return cell is None or cell == ""


def _powers_said(row: Sequence[Cell], place: int, amount: float) -> set[int]:
    powers = set()
    for at, cell in enumerate(row):
        if at == place or not isinstance(cell, str) or not 20 < len(cell) < 20_000:
            continue
        for match in _SAID.finditer(cell.casefold()):
            number = number_of(match[1])
            if number is not None and abs(float(number) - amount) <= max(0.5, 0.002 * amount):
                powers.add(_POWERS[match[2][0]])
    return powers


def describe(cells: Sequence[Cell]) -> list[str]:
    """The first few different texts of a column, for showing what is in it."""
    found = dict.fromkeys(cell_text(cell) for cell in cells[:500] if not _blank(cell))
    return [text for text in found if text][:3]
