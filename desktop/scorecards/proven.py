"""Targets as a proven initiative reached them: month by month since its start.

DOMAIN's playbook packs a proven initiative for others; what it promises them is this.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative
from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Observation, Target
from ecofolio.scorecards.targets import FLOOR_PERCENT, Promise, beside_floor, metrics_of, scaled
from ecofolio.store.base import table_of
from ecofolio.text import _

INITIATIVE, TARGET, OBSERVATION = map(table_of, (Initiative, Target, Observation))
REACHED, PROMISED = "reached", "promised"


def as_proven(
    connection: Connection,
    initiative_id: int,
    proven_id: int,
    metric_ids: Collection[int],
    months: Sequence[str],
    *,
    percent: int = 100,
    of: str = REACHED,
    floor_percent: int = FLOOR_PERCENT,
) -> list[Promise]:
    """What an initiative would promise in some months to do as a proven one did so many months
    after its own start, `percent` of it; nothing is written.

    `of` is what the proven one `reached`, with a floor of so many per cent of it, or what it
    `promised`, with its floors and stretches. Months count from the start date, or from the first
    month with a figure or a target where there is none. `InputError` where nothing is aligned.
    """
    if initiative_id == proven_id:
        raise InputError(_("An initiative can not be its own example."))
    own, other = (start(connection, one) for one in (initiative_id, proven_id))
    if other is None:
        raise InputError(_("Nothing was reported or promised there: there is nothing to go by."))
    by = periods.between(own or months[0], other)
    then = {periods.shifted(month, by): month for month in months}
    known = metrics_of(connection)
    found = []
    for row in _rows(connection, proven_id, of, list(then)):
        if row.metric_id not in metric_ids:
            continue
        metric, month = known[row.metric_id], then[row.month]
        if of == PROMISED:
            stretch = None if row.stretch is None else scaled(row.stretch, percent)
            floor = scaled(row.floor, percent)
            target = metric.within(scaled(row.target, percent))
            if stretch is not None and (stretch > target) != metric.higher:
                stretch = None
            promise = Promise(initiative_id, row.metric_id, month, floor, target, stretch)
            if floor != target and (target > floor) == metric.higher:
                found.append(promise)
            continue
        key, target = (initiative_id, row.metric_id, month), scaled(row.value, percent)
        fitting = beside_floor(key, metric.within(target), metric.higher, floor_percent)
        if fitting is not None:
            found.append(fitting)
    if not found:
        raise InputError(_("Nothing is known of it so many months after its start."))
    return found


def start(connection: Connection, initiative_id: int) -> str | None:
    """The month from which an initiative's months are counted; None where nothing says it."""
    begun = connection.scalar(
        select(INITIATIVE.c.start_date).where(INITIATIVE.c.id == initiative_id)
    )
    if begun is not None:
        return periods.of(begun)
    first = [
        connection.scalar(
            select(func.min(table.c.month)).where(table.c.initiative_id == initiative_id)
        )
        for table in (OBSERVATION, TARGET)
    ]
    return min((one for one in first if one is not None), default=None)


def _rows(connection: Connection, proven_id: int, of: str, months: list[str]) -> list[Any]:
    table = TARGET if of == PROMISED else OBSERVATION
    query = select(table).where(table.c.initiative_id == proven_id, table.c.month.in_(months))
    return list(connection.execute(query.order_by(table.c.metric_id, table.c.month)).all())
