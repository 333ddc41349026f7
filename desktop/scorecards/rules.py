"""The arithmetic of scores, exactly as the domain has it, over plain values.

Figures are thousandths of a metric's unit; attainment and points are exact fractions, so that
the order of the data never changes a result. A score is rounded once, to the hundredth of a point
that people see; grades and ranks are judged on what they see.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from ecofolio.errors import InputError
from ecofolio.text import _

K = TypeVar("K", bound=Hashable)
THOUSAND = 1000
MICRO = 10**6
MOST_FIGURE = 10**15  # thousandths: what one figure may come to
MOST_WORTH = 9 * 10**12  # fen that one figure may be worth


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True)
class Card:
    """A scorecard's rules: weights in per cent by metric, cap in per cent, least scores."""

    weights: Mapping[int, int]
    cap: int = 120
    grade_a: int = 90
    grade_b: int = 75
    grade_c: int = 60


@dataclass(frozen=True)
class Figure:
    """One metric of one initiative and month. `actual` is None where it is not reported.

    Of a quarter or a year, `share` is the part of its due months that are reported, of which
    attainment is told: the others score 0; and `broken` says that a month of it was a breach.
    """

    metric: int
    floor: int
    target: int
    higher: bool
    actual: int | None
    due: bool = True  # whether the day by which it is reported has passed
    guardrail: bool = False
    veto: bool = False
    share: Fraction = Fraction(1)
    broken: bool = False


@dataclass(frozen=True)
class Line:
    """How a metric came to its points: `attainment` and `points` are None while not yet due."""

    figure: Figure
    weight: int
    attainment: Fraction | None
    points: Fraction | None
    one_more: Fraction | None  # points that one more unit would bring
    breached: bool


@dataclass(frozen=True)
class Score:
    """A score from 0 to the cap, None where nothing can be told yet; `missing` counts metrics."""

    score: Fraction | None
    grade: Grade | None
    lines: tuple[Line, ...]
    missing: int
    capped_by: int | None = None  # the guardrail that holds the grade down

    @property
    def shown(self) -> int | None:
        """The score in hundredths of a point."""
        return None if self.score is None else hundredths(self.score)


def hundredths(value: Fraction) -> int:
    """A score as people see it: whole hundredths, half up."""
    return (200 * value.numerator + value.denominator) // (2 * value.denominator)


def check_target(floor: int, target: int, higher: bool) -> None:
    """A target has to lie beyond its floor; `InputError` where it does not."""
    if floor == target:
        raise InputError(_("The target equals its floor: there would be nothing to attain."))
    if (target > floor) != higher:
        raise InputError(
            _("The target has to be above its floor.")
            if higher
            else _("The target has to be below its floor, because less is better.")
        )


def attainment(actual: int, floor: int, target: int, cap: int = 120) -> Fraction:
    """`clamp((actual − floor) / (target − floor), 0, cap)`, `cap` in per cent.

    Lower-is-better is the same quotient, because floor and target change sides.
    """
    check = target - floor
    if check == 0:
        raise InputError(_("The target equals its floor: there would be nothing to attain."))
    return min(max(Fraction(actual - floor, check), Fraction(0)), Fraction(cap, 100))


def breached(figure: Figure) -> bool:
    """Whether a guardrail's actual is on the wrong side of its floor, or was in some month."""
    if not figure.guardrail or figure.actual is None:
        return False
    if figure.broken:
        return True
    return figure.actual < figure.floor if figure.higher else figure.actual > figure.floor


def score(card: Card, figures: Iterable[Figure]) -> Score:
    """`100 · Σ wᵢ·aᵢ / Σ wᵢ` with grade and guardrails.

    A metric that is due and not reported scores 0; one that is not due yet is left out of both
    sums and counted as missing. A metric that is not on the card counts as a guardrail only.
    """
    judged = sorted(
        (one for one in figures if one.metric in card.weights or one.guardrail),
        key=lambda one: one.metric,
    )
    told = [one for one in judged if one.actual is not None or one.due]
    total = sum(card.weights.get(one.metric, 0) for one in told)
    lines = tuple(_line(card, one, total) for one in judged)
    missing = sum(one.actual is None for one in judged)
    if not total:
        return Score(None, None, lines, missing)
    result = sum((line.points or Fraction(0) for line in lines), Fraction(0))
    held = held_by(lines)
    grade = grade_of(card, hundredths(result), 0 if held is None else 2 if held.veto else 1)
    own = grade_of(card, hundredths(result))
    return Score(result, grade, lines, missing, held.metric if held and grade > own else None)


def _line(card: Card, figure: Figure, total: int) -> Line:
    weight = card.weights.get(figure.metric, 0)
    if figure.actual is None:
        reached = Fraction(0) if figure.due else None
    else:
        reached = figure.share * attainment(figure.actual, figure.floor, figure.target, card.cap)
    share = Fraction(100 * weight, total) if total else Fraction(0)
    more = None
    if figure.actual is not None and reached is not None:
        step = THOUSAND if figure.higher else -THOUSAND
        after = attainment(figure.actual + step, figure.floor, figure.target, card.cap)
        more = share * (figure.share * after - reached)
    points = None if reached is None else share * reached
    return Line(figure, weight, reached, points, more, breached(figure))


def held_by(lines: Iterable[Line]) -> Figure | None:
    """The breached guardrail that counts: one with a veto before the others."""
    found = [line.figure for line in lines if line.breached]
    return min(found, key=lambda one: (not one.veto, one.metric), default=None)


def grade_of(card: Card, shown: int, held: int = 0) -> Grade:
    """The grade of a score in hundredths; `held` is 1 for a breached guardrail, 2 for a veto."""
    if held == 2:
        return Grade.D
    if shown >= 100 * card.grade_a:
        grade = Grade.A
    elif shown >= 100 * card.grade_b:
        grade = Grade.B
    else:
        grade = Grade.C if shown >= 100 * card.grade_c else Grade.D
    return max(grade, Grade.C) if held else grade


def ranks(scores: Mapping[K, int | None]) -> dict[K, int]:
    """A competition ranking: equal scores share a rank and the next one is skipped.

    What has no score has no rank.
    """
    told = sorted((value for value in scores.values() if value is not None), reverse=True)
    first: dict[int, int] = {}
    for place, value in enumerate(told, 1):
        first.setdefault(value, place)
    return {key: first[value] for key, value in scores.items() if value is not None}


def worth(value: int, micro_fen: int) -> int:
    """What a figure is worth in whole fen, by a coefficient in millionths of a fen per unit."""
    whole = (2 * abs(value) * micro_fen + THOUSAND * MICRO) // (2 * THOUSAND * MICRO)
    return whole if value >= 0 else -whole


def input_output(value_fen: int, spend_fen: int) -> Fraction | None:
    """Value ÷ spend over the same months; None (shown as “–”) where nothing was spent."""
    return Fraction(value_fen, spend_fen) if spend_fen > 0 else None


def self_sufficient(values: Sequence[int], spends: Sequence[int]) -> bool:
    """Whether the last twelve months' value covers the same months' spend, both in fen.

    What spent nothing and brought nothing is not self-sufficient: there is nothing to tell.
    """
    value, spend = sum(values[-12:]), sum(spends[-12:])
    return bool(value or spend) and value >= spend


def payback(values: Sequence[int], spends: Sequence[int]) -> int | None:
    """The first month (0-based) in which cumulated value ≥ cumulated spend; None for never.

    Months before anything was spent do not count: there is nothing to pay back yet.
    """
    value = spend = 0
    for month, (earned, spent) in enumerate(zip(values, spends, strict=True)):
        value, spend = value + earned, spend + spent
        if 0 < spend <= value:
            return month
    return None


def is_jump(value: int, before: int | None, times: int = 10) -> bool:
    """Whether a figure is `times` the one before, or a `times`-th of it: asked, never altered."""
    if before is None or before <= 0 or value <= 0:
        return False
    return value >= times * before or value * times <= before
