"""What a quarter or a year is judged by: its months' figures and targets, rolled up.

Actuals, floors and targets are rolled up alike over the months that are reported; a month that is
due and is not takes its share of the attainment with it, as it scores 0 by itself. A month that is
not due yet is left out, as it is from a month's score. A breach in any month holds the period's
grade.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select

from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Metric, Observation, Target
from ecofolio.scorecards.rollup import Cell, over_months
from ecofolio.scorecards.rules import Figure, breached
from ecofolio.store.base import table_of
from ecofolio.vocabulary import MetricKind, OverInitiatives

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
_CHUNK = 500


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
    before = {month: periods.due_before(month, today) for month in months}
    rows = connection.execute(select(METRIC)).all()
    metrics = {row.id: row for row in rows}
    told: dict[tuple[int, int], list[_Month]] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        for row in connection.execute(_rows(wanted[start : start + _CHUNK], months)).all():
            due = metrics[row.metric_id].due_day < before[row.month]
            told.setdefault((row.initiative_id, row.metric_id), []).append(
                _Month(row.floor, row.target, row.value, row.base, due)
            )
    found: dict[int, list[Figure]] = {}
    for (identity, metric), line in told.items():
        found.setdefault(identity, []).append(_figure(metrics[metric], line))
    return found


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
    floor, target = (_rolled(metric, told or line, which) for which in ("floor", "target"))
    higher, guardrail = line[0].target > line[0].floor, metric.kind == MetricKind.GUARDRAIL
    if floor == target:  # a rounded average: they lie apart by less than a thousandth
        target += 1 if higher else -1
    broken = any(
        breached(Figure(0, one.floor, one.target, higher, one.value, guardrail=guardrail))
        for one in told
    )
    return Figure(
        metric.id,
        floor,
        target,
        higher,
        _rolled(metric, told, "value") if told else None,
        due=due > 0,
        guardrail=guardrail,
        veto=bool(metric.veto),
        share=Fraction(len(told), due) if told else Fraction(1),
        broken=broken,
    )


def _rolled(metric: Any, line: list[_Month], which: str) -> int:
    cells = [Cell(getattr(one, which), one.base) for one in line]
    weighed = metric.over_initiatives == OverInitiatives.WEIGHTED
    return over_months(metric.over_months, cells, weighed=weighed).value or 0
