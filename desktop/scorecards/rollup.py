"""How months make quarters and years, and initiatives make units: pure rules.

Figures are thousandths of a metric's unit. Nothing that is not reported is made up: what was told
and what was wanted are counted beside each sum. A rate is never averaged blindly: its months and
its initiatives weigh by the figures of its base, the metric that it is `weighed_by` (a conversion
by the visits). All is worked out in whole numbers and rounded once, half up, so that the order of
the data never changes a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ecofolio.vocabulary import OverInitiatives, OverMonths

Figures = Sequence[int | None]  # of months, the oldest first; None where not reported


class Made(NamedTuple):
    """A figure made of others: `total ÷ parts`, None for none. `reported` of `wanted` months have
    one, counted by initiative.

    `weight` is the base that it stands for, `earned` the sum of figure × base: None where no base
    is reported. `alike` says that months count alike although the metric has a base, because some
    month lacks it; `left_out` counts initiatives that have figures and no base.
    """

    total: int | None
    parts: int
    reported: int
    wanted: int
    weight: int | None = None
    earned: int | None = None
    alike: bool = False
    left_out: int = 0

    @property
    def exact(self) -> Fraction | None:
        """In thousandths, unrounded."""
        return None if self.total is None else Fraction(self.total, self.parts)

    @property
    def value(self) -> int | None:
        """In whole thousandths."""
        return None if self.total is None else half_up(self.total, self.parts)

    @property
    def complete(self) -> bool:
        """Whether every month that was wanted has its figure."""
        return self.reported == self.wanted


def half_up(total: int, parts: int) -> int:
    """The whole number nearest to a quotient, a half upward; `parts` is above 0."""
    return (2 * total + parts) // (2 * parts)


def over_months(how: str, figures: Figures, bases: Figures | None = None) -> Made:
    """One initiative's figure of a quarter or year from its months.

    `sum` adds what is reported; `last` is the last month that is reported; `highest` the largest;
    `average` is over the reported months. Of a rate, `bases` are the figures of its base by month:
    its average is weighed by them where each reported month has one and they sum to more than 0.
    """
    wanted = len(figures)
    told = [value for value in figures if value is not None]
    reported = len(told)
    if not reported:
        return Made(None, 1, 0, wanted)
    if bases is not None:
        return _rate(how, figures, bases, told)
    if how == OverMonths.SUM:
        return Made(sum(told), 1, reported, wanted)
    if how == OverMonths.LAST:
        return Made(told[-1], 1, reported, wanted)
    if how == OverMonths.HIGHEST:
        return Made(max(told), 1, reported, wanted)
    return Made(sum(told), reported, reported, wanted)


def _rate(how: str, figures: Figures, bases: Figures, told: Sequence[int]) -> Made:
    """The same of a rate, with the base that it stands for."""
    pairs = [(value, base) for value, base in zip(figures, bases, strict=True) if value is not None]
    total, parts = sum(told), 1
    if how == OverMonths.LAST:
        total, pairs = told[-1], pairs[-1:]
    elif how == OverMonths.HIGHEST:
        total = max(told)
        pairs = [pair for pair in pairs if pair[0] == total][:1]
    based = [(value, base) for value, base in pairs if base is not None]
    weight = sum(base for _value, base in based) if based else None
    earned = sum(value * base for value, base in based) if based else None
    alike = False
    if how == OverMonths.AVERAGE:
        alike = not weight or len(based) < len(told)
        parts = len(told)
        if not alike and weight and earned is not None:
            total, parts = earned, weight
    return Made(total, parts, len(told), len(figures), weight, earned, alike)


def over_initiatives(how: str, made: Iterable[Made]) -> Made:
    """A unit's, scene's or batch's figure from those of its initiatives.

    `sum` adds; `weighted` is `Σ base · figure ÷ Σ base` over all months of all initiatives, where
    an initiative without a base is left out and counted, and nothing is told where all are;
    `none` makes nothing of more than one initiative.
    """
    found = list(made)
    if len(found) == 1:
        return found[0]
    reported, wanted = sum(one.reported for one in found), sum(one.wanted for one in found)
    told = [one for one in found if one.total is not None]
    if how == OverInitiatives.NONE or not told:
        return Made(None, 1, reported, wanted)
    if how == OverInitiatives.SUM:
        totals: dict[int, int] = {}
        for one in told:
            totals[one.parts] = totals.get(one.parts, 0) + (one.total or 0)
        exact = sum((Fraction(total, parts) for parts, total in totals.items()), Fraction(0))
        return Made(exact.numerator, exact.denominator, reported, wanted)
    weight = sum(one.weight or 0 for one in told)
    earned = sum(one.earned or 0 for one in told)
    left_out = sum(one.weight is None for one in told)
    total = earned if weight else None
    return Made(total, weight or 1, reported, wanted, weight or None, earned, left_out=left_out)
