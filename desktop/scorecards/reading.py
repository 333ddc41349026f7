"""Figures read from cells and typed text: whole thousandths of the metric's unit, or why not."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ecofolio.intake.money import currency_of, number_reader
from ecofolio.intake.reading import Cell
from ecofolio.intake.values import Reason, cell_text, plain
from ecofolio.scorecards.catalogue import PERCENT, YUAN
from ecofolio.scorecards.rules import MOST_FIGURE
from ecofolio.text import _

_WORDS = (
    "per cent",
    "percent",
    "pct",
    "个百分点",
    "pieces",
    "people",
    "人",
    "户",
    "张",
    "个",
    "笔",
)


def read_figure(cell: Cell, unit: str, *, mark: str = ".") -> int | Reason | None:
    """A cell as thousandths of a unit (the English word of a built-in one, or any other).

    None for a blank cell. A percent sign is read where the metric is counted in per cent and
    refused elsewhere; money signs are read where it is counted in yuan. Anything beyond the
    thousandth is rounded half up. Dates, texts and what no figure can be are refused.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, date):
        return Reason(_("is a date, not a figure"))
    if isinstance(cell, bool):
        return Reason(_("is not a figure"))
    percent = isinstance(cell, str) and plain(cell).rstrip().endswith("%")
    if percent and unit != PERCENT:
        return Reason(_("has a percent sign, but this metric is no percentage"))
    if unit != YUAN and currency_of(cell):
        return Reason(_("is an amount of money, but this metric counts something else"))
    amount = number_reader(mark)(_bare(cell))
    if isinstance(amount, Reason) or not isinstance(amount, Decimal):
        return Reason(_("is not a figure"))
    return thousandths(amount * 100 if percent else amount)


def _bare(cell: Cell) -> Cell:
    """A text without the words of a unit behind it: `35 people`, `120 户`."""
    if not isinstance(cell, str):
        return cell
    text = plain(cell_text(cell)).casefold()
    for word in _WORDS:
        if text.endswith(word):
            return text.removesuffix(word).rstrip()
    return cell


def thousandths(amount: Decimal) -> int | Reason:
    """A number as whole thousandths, half up; refused beyond what one figure may come to."""
    if not amount.is_finite() or amount.adjusted() > 15:
        return Reason(_("is too large for a figure"))
    found = int((amount * 1000).quantize(Decimal(1), ROUND_HALF_UP))
    return found if abs(found) <= MOST_FIGURE else Reason(_("is too large for a figure"))


def figure_text(value: int | None, *, grouped: bool = True) -> str:
    """Thousandths as people read them: `12,500`, `36.5`; a dash for none."""
    if value is None:
        return "–"
    whole, rest = divmod(abs(value), 1000)
    text = f"{whole:,}" if grouped else str(whole)
    if rest:
        text += f".{rest:03d}".rstrip("0")
    return f"-{text}" if value < 0 else text
