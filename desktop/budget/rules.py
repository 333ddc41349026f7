"""The arithmetic of money: months, shares, inequality, forecasts. Sums are whole fen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple, TypeVar

from ecofolio.vocabulary import ForecastBasis

Weight = int | Fraction
K = TypeVar("K", int, str)

TREND_MONTHS = 12
BURN_MONTHS = 3  # how many full months a run rate is taken from
_NEAR_PLAN = Fraction(1, 5)  # how far spend may be from plan for the plan to be believed
_HORIZON = 240  # months ahead in which money may end


# --- months ----------------------------------------------------------------------------------


def period_of(day: date) -> str:
    """The month of a day, `YYYY-MM`."""
    return f"{day.year:04d}-{day.month:02d}"


def shifted(period: str, months: int) -> str:
    """The month so many months later."""
    count = int(period[:4]) * 12 + int(period[5:]) - 1 + months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def months_from(first: str, last: str) -> int:
    """How many months later `last` is than `first`."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


def periods(first: str, last: str) -> list[str]:
    """Every month from the first to the last."""
    return [shifted(first, n) for n in range(months_from(first, last) + 1)]


def fiscal_year_of(day: date, start_month: int = 1) -> int:
    """The calendar year in which the fiscal year of a day begins."""
    return day.year if day.month >= start_month else day.year - 1


def fiscal_span(year: int, start_month: int = 1) -> tuple[str, str]:
    """The first and the last month of a fiscal year."""
    first = f"{year:04d}-{start_month:02d}"
    return first, shifted(first, 11)


# --- sharing out -----------------------------------------------------------------------------


def shares(
    pot: int, weights: Mapping[K, Weight], caps: Mapping[K, int] | None = None
) -> dict[K, int]:
    """A pot in proportion to weights, nobody above their cap, whole fen by largest remainder.

    What a cap frees is shared again among the rest. The parts sum to the pot, or where that is
    less to what the caps of those with a weight allow. The order of the parties makes no
    difference: equal remainders are settled by their keys. More weight never gets less.
    """
    given = dict.fromkeys(weights, 0)
    sharing = {key: weight for key, weight in weights.items() if weight > 0}
    left, whole = pot, sum(sharing.values(), Fraction(0))
    for key in sorted(sharing, key=lambda key: _reach(key, sharing, caps)):
        if caps is None or caps[key] * whole > left * sharing[key]:
            break
        given[key] = caps[key]
        left -= caps[key]
        whole -= sharing.pop(key)
    remainders: dict[K, Fraction] = {}
    for key, weight in sharing.items():
        part = left * Fraction(weight) / whole
        given[key] = int(part)
        remainders[key] = part - given[key]
    missing = left - sum(given[key] for key in sharing) if sharing else 0
    for key in sorted(remainders, key=lambda key: (-remainders[key], key))[:missing]:
        given[key] += 1
    return given


def _reach(key: K, weights: Mapping[K, Weight], caps: Mapping[K, int] | None) -> tuple[Fraction, K]:
    """Where on the way up the common level a party's cap stands."""
    return Fraction(caps[key] if caps else 0) / Fraction(weights[key]), key


def median(values: Sequence[Weight]) -> Fraction:
    """The middle value, or the mean of the two in the middle; 0 for none."""
    ordered = sorted(values)
    if not ordered:
        return Fraction(0)
    half = len(ordered) // 2
    middle = ordered[half], ordered[half if len(ordered) % 2 else half - 1]
    return Fraction(sum(middle)) / 2


def gini(values: Iterable[Weight]) -> float:
    """The Gini coefficient: 0 where all have the same, towards 1 where one has all.

    From the sorted values, G = 2·Σ i·xᵢ / (n·Σ xᵢ) − (n + 1)/n (Sen 1973).
    """
    ordered = sorted(values)
    total, n = Fraction(sum(ordered)), len(ordered)
    if n == 0 or total == 0:
        return 0.0
    ranked = sum(place * value for place, value in enumerate(ordered, 1))
    return float(2 * ranked / (n * total) - Fraction(n + 1, n))


# --- funding rounds --------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """A round's parameters, in fen; `cap_milli` is the input–output cap in thousandths."""

    pot: int
    base: int
    floor: int
    cap_milli: int


@dataclass(frozen=True)
class UnitCase:
    """A unit in a round: its open initiatives, and all the money that it and they hold or spent."""

    key: int
    initiatives: int
    funds: int

    @property
    def per_initiative(self) -> Fraction | None:
        """Its funds per initiative; None where it has no initiative."""
        return Fraction(self.funds, self.initiatives) if self.initiatives else None


@dataclass(frozen=True)
class InitiativeCase:
    """An initiative in a round: what it asks for, its score, grade and input–output."""

    key: int
    ask: int
    score_milli: int
    grade: str
    input_output_milli: int | None

    def weight(self, cap_milli: int) -> int:
        """Score × min(input–output, cap); 0 for what is not eligible."""
        if self.grade not in ("A", "B") or self.input_output_milli is None:
            return 0
        return max(0, self.score_milli) * max(0, min(self.input_output_milli, cap_milli))


@dataclass(frozen=True)
class Outcome:
    """How a round shares its pot out.

    `floors` is part of `units`. `freed` is what the supplements left over, which went to the base
    part. `kept` is what nobody could be given. `troubles` are codes of what keeps the round from
    being approved, `remarks` of what should be known.
    """

    units: dict[int, int]
    floors: dict[int, int]
    needs: dict[int, Fraction]
    initiatives: dict[int, int]
    median: Fraction
    freed: int
    kept: int
    troubles: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def share_round(
    terms: Terms, units: Sequence[UnitCase], initiatives: Sequence[InitiativeCase]
) -> Outcome:
    """Share a pot out: the parts, with what is kept, sum exactly to it.

    A unit's need is its shortfall: what its initiatives lack until they have the median funds
    per initiative of all units. Where nobody lacks anything, the rest is shared equally. What
    the supplements leave over, because all asks are met, goes to the base part.
    """
    weights = {case.key: case.weight(terms.cap_milli) for case in initiatives}
    asks = {case.key: case.ask for case in initiatives}
    supplements = shares(terms.pot - terms.base, weights, asks)
    freed = terms.pot - terms.base - sum(supplements.values())
    base = terms.base + freed
    middle = median([fpi for case in units if (fpi := case.per_initiative) is not None])
    needs = {case.key: max(Fraction(0), middle * case.initiatives - case.funds) for case in units}
    too_small = terms.floor * len(units) > base
    equal: dict[int, int] = dict.fromkeys(needs, 1)
    floors = shares(base, equal) if too_small else dict.fromkeys(needs, terms.floor)
    rest = shares(base - sum(floors.values()), needs if any(needs.values()) else equal)
    given = {key: floors[key] + rest[key] for key in floors}
    outcome = Outcome(given, floors, needs, supplements, middle, freed, base - sum(given.values()))
    _judge(outcome, terms, weights, asks, too_small)
    return outcome


def _judge(
    outcome: Outcome,
    terms: Terms,
    weights: Mapping[int, int],
    asks: Mapping[int, int],
    too_small: bool,
) -> None:
    supplement = terms.pot - terms.base
    eligible = [key for key, weight in weights.items() if weight]
    asked = sum(asks[key] for key in eligible)
    if not outcome.units and outcome.kept:
        outcome.troubles.append("no_units")
    if too_small and outcome.units:
        outcome.troubles.append("floors")
    if supplement and not eligible:
        outcome.troubles.append("nobody_eligible")
    elif outcome.freed:
        outcome.remarks.append("asks_met")
    if sum(asks.values()) > terms.pot:
        outcome.remarks.append("asks_above_pot")
    elif asked > supplement:
        outcome.remarks.append("asks_above_supplement")


# --- forecasts -------------------------------------------------------------------------------


class Course(NamedTuple):
    """How an initiative's money has gone until `month`, which is not over yet. Sums are fen.

    `recent` was spent in the `full_months` before that the burn is taken from. `planned_before`
    is the plan until `month`, `planned_now` that of the month. `end` is the last month of work.
    `months` is what was spent in each of the months of a trend, where that was read.
    """

    month: str
    spent: int = 0
    spent_now: int = 0
    recent: int = 0
    full_months: int = 0
    committed: int = 0
    available: int = 0
    plan: int = 0
    planned_before: int = 0
    planned_now: int = 0
    end: str | None = None
    months: tuple[int, ...] = ()

    @classmethod
    def of(
        cls,
        month: str,
        spent: Mapping[str, int],
        plan: Mapping[str, int],
        *,
        committed: int = 0,
        available: int = 0,
        end: str | None = None,
    ) -> Course:
        """The course from sums by month; without an end, work ends with the plan."""
        first = min((one for one, fen in spent.items() if fen), default=None)
        count = full_months(month, first)
        return cls(
            month,
            sum(spent.values()),
            spent.get(month, 0),
            sum(spent.get(shifted(month, -n), 0) for n in range(1, count + 1)),
            count,
            committed,
            available,
            sum(plan.values()),
            sum(fen for one, fen in plan.items() if one < month),
            plan.get(month, 0),
            end or max((one for one, fen in plan.items() if fen), default=None),
        )

    @property
    def burn(self) -> int:
        """Fen spent a month, on average over the last full months since the first spend."""
        return self.recent // self.full_months if self.full_months else 0


def trend_months(as_of: date) -> list[str]:
    """The months of a trend; the last one is not over yet."""
    month = period_of(as_of)
    return periods(shifted(month, 1 - TREND_MONTHS), month)


def full_months(month: str, first: str | None) -> int:
    """Of how many full months before a month there is spend to take a burn from."""
    return 0 if first is None else max(0, min(BURN_MONTHS, months_from(first, month)))


class Forecast(NamedTuple):
    """What an initiative will have cost in the end, in fen, by each way that there is a basis for.

    `used` is the way that `fen` comes from, `why` the code of the reason, `off_plan` how far
    spend until last month is from plan, in per cent (None without a plan until then).
    """

    fen: int
    used: ForecastBasis
    why: str
    by: Mapping[ForecastBasis, int]
    off_plan: int | None = None


def forecast(course: Course) -> Forecast:
    """The forecast at completion, and which way of working it out is believed.

    By plan: spent until last month, and the plan from this month on, or what was spent this month
    where that is more. By run rate: spent, and the burn for each month that is left. By
    commitment: spent, and what is bound. Nothing is believed that is less than spent and bound.
    """
    bound = course.spent + course.committed
    before = course.spent - course.spent_now
    by: dict[ForecastBasis, int] = {ForecastBasis.COMMITMENT: bound}
    planned = course.planned_before
    if course.plan:
        later = course.plan - planned - course.planned_now
        by[ForecastBasis.PLAN] = before + max(course.spent_now, course.planned_now) + later
    burn = course.burn
    if burn and course.end is not None and course.full_months == BURN_MONTHS:
        left = max(0, months_from(course.month, course.end))
        by[ForecastBasis.RUN_RATE] = before + max(course.spent_now, burn) + left * burn
    off = round((before - planned) * 100 / planned) if planned else None
    used, why = _believed(course, by, off)
    if by[used] < bound:
        used, why = ForecastBasis.COMMITMENT, "bound_is_more"
    return Forecast(by[used], used, why, by, off)


def _believed(
    course: Course, by: Mapping[ForecastBasis, int], off: int | None
) -> tuple[ForecastBasis, str]:
    near = off is None or abs(off) <= _NEAR_PLAN * 100
    if ForecastBasis.PLAN in by and (near or ForecastBasis.RUN_RATE not in by):
        return ForecastBasis.PLAN, "keeps_to_plan" if off is not None and near else "plan_ahead"
    if ForecastBasis.RUN_RATE in by:
        return ForecastBasis.RUN_RATE, "no_plan" if off is None else "off_plan"
    return ForecastBasis.COMMITMENT, "bound" if course.committed else "nothing_else"


def money_ends(month: str, held: int, burn: int) -> str | None:
    """The month in which money runs out at a rate a month; None where it lasts for ever."""
    if burn <= 0:
        return None
    months = held // burn
    return shifted(month, months) if months <= _HORIZON else None


def per_cent(part: int, whole: int) -> int | None:
    """A share in whole per cent; None of nothing."""
    return round(part * 100 / whole) if whole else None
