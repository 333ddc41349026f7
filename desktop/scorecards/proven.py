"""Targets as a proven initiative reached them: month by month since its start."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative
from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Observation, Target
from ecofolio.scorecards.targets import (
    FLOOR_PERCENT,
    Promise,
    beside_floor,
    metrics_of,
    scaled,
    share_of,
)
from ecofolio.store.base import table_of
from ecofolio.text import _

INITIATIVE, TARGET, OBSERVATION = map(table_of, (Initiative, Target, Observation))
REACHED, PROMISED = "reached", "promised"
_CHUNK = 500


def as_proven(
    connection: Connection,
    initiative_id: int,
    proven_id: int,
    metric_ids: Collection[int],
    months: Sequence[str],
    *,
    percent: int = 100,
    rates: bool = False,
    of: str = REACHED,
    floor_percent: int = FLOOR_PERCENT,
) -> list[Promise]:
    """What an initiative would promise in some months to do as a proven one did so many months
    after its own start, `percent` of its counts, and of its rates too where `rates` says so;
    nothing is written.

    `of` is what the proven one `reached`, with a floor of so many per cent of it, or what it
    `promised`, with its floors and stretches. Months count from the start date, or from the first
    month with a figure or a target where there is none. `InputError` where nothing is aligned.
    """
    if initiative_id == proven_id:
        raise InputError(_("An initiative can not be its own example."))
    began = starts(connection, [initiative_id, proven_id])
    own, other = began.get(initiative_id), began.get(proven_id)
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
        key, part = (initiative_id, row.metric_id, month), metric.part(percent, rates=rates)
        if of == PROMISED:
            fitting = share_of(key, metric, part, row.floor, row.target, row.stretch)
        else:
            target = metric.within(scaled(row.value, part))
            fitting = beside_floor(key, target, metric.higher, floor_percent)
        if fitting is not None:
            found.append(fitting)
    if not found:
        raise InputError(_("Nothing is known of it so many months after its start."))
    return found


def starts(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """The month from which an initiative's months are counted, by identity; those of which
    nothing says it are left out."""
    found: dict[int, str] = {}
    undated: list[int] = []
    for some in few(ids):
        query = select(INITIATIVE.c.id, INITIATIVE.c.start_date).where(INITIATIVE.c.id.in_(some))
        for identity, begun in connection.execute(query).all():
            if begun is None:
                undated.append(identity)
            else:
                found[identity] = periods.of(begun)
    for table in (OBSERVATION, TARGET):
        for some in few(undated):
            query = (
                select(table.c.initiative_id, func.min(table.c.month))
                .where(table.c.initiative_id.in_(some))
                .group_by(table.c.initiative_id)
            )
            for identity, month in connection.execute(query).all():
                found[identity] = min(month, found.get(identity, month))
    return found


def few(ids: Collection[int]) -> Iterator[list[int]]:
    """Identities in lots that a statement likes to be told."""
    wanted = list(ids)
    return (wanted[at : at + _CHUNK] for at in range(0, len(wanted), _CHUNK))


def _rows(connection: Connection, proven_id: int, of: str, months: list[str]) -> list[Any]:
    table = TARGET if of == PROMISED else OBSERVATION
    query = select(table).where(table.c.initiative_id == proven_id, table.c.month.in_(months))
    return list(connection.execute(query.order_by(table.c.metric_id, table.c.month)).all())
