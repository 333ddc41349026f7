"""What a quarter or a year is judged by: its months' figures and targets, rolled up.

Actuals, floors and targets are rolled up alike over the months that are reported; a month that is
due and is not takes its share of the attainment with it, as it scores 0 by itself. A month that is
not due yet is left out, as it is from a month's score. A breach in any month holds the period's
grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select

from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Metric, Observation, Target
from ecofolio.scorecards.rollup import over_months
from ecofolio.scorecards.rules import Card, Figure, breached
from ecofolio.scorecards.settling import settling
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.vocabulary import MetricKind, OverInitiatives

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
_CHUNK = 500
_ALL = Fraction(1)


class _Month(NamedTuple):
    """A target with its figure and that of the metric's base, in a month."""

    floor: int
    target: int
    value: int | None
    base: int | None
    due: bool


def promised_in(connection: Connection, period: str) -> list[int]:
    """The initiatives that have a target in a period."""
    query = select(TARGET.c.initiative_id).where(TARGET.c.month.in_(periods.months_in(period)))
    return list(connection.scalars(query.distinct()).all())


def rolled_figures(
    connection: Connection, period: str, today: date, ids: Iterable[int]
) -> dict[int, list[Figure]]:
    """What is judged of some initiatives in a quarter or a year."""
    months = periods.months_in(period)
    settled = settling(connection)
    before = {month: settled.due_before(month, today) for month in months}
    metrics = {row.id: row for row in connection.execute(select(METRIC)).all()}
    wanted = sorted(ids)
    rows = [
        row
        for start in range(0, len(wanted), _CHUNK)
        for row in read_rows(connection, _rows(wanted[start : start + _CHUNK], months))
    ]
    return figures_of(rows, metrics, before)


def figures_of(
    rows: Iterable[tuple[Any, ...]], metrics: Mapping[int, Any], before: Mapping[str, int]
) -> dict[int, list[Figure]]:
    """What is judged, by initiative, from its targets by month: initiative, metric, month, floor,
    target, figure, and the figure of the metric's base. `before` is each month's due day below
    which figures are due."""
    days = {identity: metric.due_day for identity, metric in metrics.items()}
    told: dict[tuple[int, int], list[_Month]] = {}
    for identity, metric, month, floor, target, value, base in rows:
        due = days[metric] < before[month]
        told.setdefault((identity, metric), []).append(_Month(floor, target, value, base, due))
    found: dict[int, list[Figure]] = {}
    for (identity, metric), line in told.items():
        found.setdefault(identity, []).append(_figure(metrics[metric], line))
    return found


class Sums(NamedTuple):
    """What a score comes to: its weights told, what they earned, and its counts; `held` is 1 for a
    breached guardrail, 2 for one with a veto."""

    total: int
    earned: float
    judged: int
    missing: int
    overdue: int
    held: int


def sums(card: Card, figures: Iterable[Figure]) -> Sums:
    """The sums of `rules.score` in floating point, for those that are not opened."""
    total, earned, judged, missing, overdue, held, cap = 0, 0.0, 0, 0, 0, 0, card.cap / 100
    for one in figures:
        weight = card.weights.get(one.metric)
        if weight is None and not one.guardrail:
            continue
        judged += 1
        if one.actual is None:
            missing += 1
            if one.due:
                overdue += 1
                total += weight or 0
            continue
        if weight:
            total += weight
            reached = (one.actual - one.floor) / (one.target - one.floor)
            part = 1.0 if one.share is _ALL else float(one.share)
            earned += weight * part * min(max(reached, 0.0), cap)
        if one.guardrail and breached(one):
            held = max(held, 2 if one.veto else 1)
    return Sums(total, earned, judged, missing, overdue, held)


def _rows(ids: list[int], months: list[str]) -> Any:
    """The targets of initiatives in some months with their figures and bases, by month."""
    base = OBSERVATION.alias()
    here = [
        and_(
            side.c.initiative_id == TARGET.c.initiative_id,
            side.c.metric_id == metric,
            side.c.month == TARGET.c.month,
        )
        for side, metric in ((OBSERVATION, TARGET.c.metric_id), (base, METRIC.c.weighed_by_id))
    ]
    return (
        select(
            TARGET.c.initiative_id, TARGET.c.metric_id, TARGET.c.month, TARGET.c.floor,
            TARGET.c.target, OBSERVATION.c.value, base.c.value.label("base"),
        )
        .join(METRIC, METRIC.c.id == TARGET.c.metric_id)
        .outerjoin(OBSERVATION, here[0])
        .outerjoin(base, here[1])
        .where(TARGET.c.initiative_id.in_(ids), TARGET.c.month.in_(months))
        .order_by(TARGET.c.month)
    )  # fmt: skip


def _figure(metric: Any, line: list[_Month]) -> Figure:
    told = [one for one in line if one.value is not None]
    due = sum(one.due or one.value is not None for one in line)
    floor, target = (_rolled(metric, told or line, which) for which in (0, 1))
    higher, guardrail = line[0].target > line[0].floor, metric.kind == MetricKind.GUARDRAIL
    if floor == target:  # a rounded average: they lie apart by less than a thousandth
        target += 1 if higher else -1
    broken = guardrail and any(
        breached(Figure(0, one.floor, one.target, higher, one.value, guardrail=True))
        for one in told
    )
    return Figure(
        metric.id,
        floor,
        target,
        higher,
        _rolled(metric, told, 2) if told else None,
        due=due > 0,
        guardrail=guardrail,
        veto=bool(metric.veto),
        share=_ALL if not told or len(told) == due else Fraction(len(told), due),
        broken=broken,
    )


def _rolled(metric: Any, line: list[_Month], which: int) -> int:
    weighed = metric.over_initiatives == OverInitiatives.WEIGHTED
    bases = [one.base for one in line] if weighed else None
    return over_months(metric.over_months, [one[which] for one in line], bases).value or 0
