"""How months make quarters and years, and initiatives make units: pure rules.

Figures are thousandths of a metric's unit. Nothing that is not reported is made up: what was told
and what was wanted are counted beside each sum. A rate is never averaged blindly: its months and
its initiatives weigh by the figures of its base, the metric that it is `weighed_by` (a conversion
by the visits). Exact fractions are rounded once, half up, so that the order of the data never
changes a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ecofolio.vocabulary import OverInitiatives, OverMonths


@dataclass(frozen=True)
class Cell:
    """One month of one initiative: its figure and that of its base, None where not reported."""

    value: int | None
    base: int | None = None


@dataclass(frozen=True)
class Made:
    """A figure made of others. `reported` of `wanted` months have one, counted by initiative.

    `weight` is the base that it stands for, `earned` the sum of figure × base: None where no base
    is reported. `alike` says that months count alike although the metric has a base, because some
    month lacks it; `left_out` counts initiatives that have figures and no base.
    """

    exact: Fraction | None
    reported: int
    wanted: int
    weight: int | None = None
    earned: Fraction | None = None
    alike: bool = False
    left_out: int = 0

    @property
    def value(self) -> int | None:
        """In whole thousandths."""
        return None if self.exact is None else half_up(self.exact)

    @property
    def complete(self) -> bool:
        """Whether every month that was wanted has its figure."""
        return self.reported == self.wanted


def half_up(value: Fraction) -> int:
    """The nearest whole number, a half upward."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def over_months(how: str, cells: Sequence[Cell], *, weighed: bool = False) -> Made:
    """One initiative's figure of a quarter or year from its months, the oldest first.

    `sum` adds what is reported; `last` is the last month that is reported; `highest` the largest;
    `average` is over the reported months, `weighed` by their bases where each has one and they
    sum to more than 0.
    """
    told = [cell for cell in cells if cell.value is not None]
    if not told:
        return Made(None, 0, len(cells))
    values = [Fraction(cell.value or 0) for cell in told]
    if how in (OverMonths.LAST, OverMonths.HIGHEST):
        place = len(told) - 1 if how == OverMonths.LAST else values.index(max(values))
        told_in = [told[place]]
        exact = values[place]
    else:
        told_in = told
        exact = sum(values, Fraction(0))
    based = [(Fraction(cell.value or 0), cell.base) for cell in told_in if cell.base is not None]
    weight: int | None = None
    earned: Fraction | None = None
    if weighed and based:
        weight = sum(base for _value, base in based)
        earned = sum((value * base for value, base in based), Fraction(0))
    alike = False
    if how == OverMonths.AVERAGE:
        alike = weighed and (not weight or len(based) < len(told))
        exact = exact / len(told) if alike or not weight else (earned or Fraction(0)) / weight
    return Made(exact, len(told), len(cells), weight, earned, alike)


def over_initiatives(how: str, parts: Iterable[Made]) -> Made:
    """A unit's, scene's or batch's figure from those of its initiatives.

    `sum` adds; `weighted` is `Σ base · figure ÷ Σ base` over all months of all initiatives, where
    an initiative without a base is left out and counted, and nothing is told where all are;
    `none` makes nothing of more than one initiative.
    """
    found = list(parts)
    if len(found) == 1:
        return found[0]
    reported, wanted = sum(one.reported for one in found), sum(one.wanted for one in found)
    told = [one for one in found if one.exact is not None]
    if how == OverInitiatives.NONE or not told:
        return Made(None, reported, wanted)
    if how == OverInitiatives.SUM:
        return Made(sum((one.exact or Fraction(0) for one in told), Fraction(0)), reported, wanted)
    weight = sum(one.weight or 0 for one in told)
    earned = sum((one.earned or Fraction(0) for one in told), Fraction(0))
    left_out = sum(one.weight is None for one in told)
    exact = earned / weight if weight else None
    return Made(exact, reported, wanted, weight or None, earned, left_out=left_out)
