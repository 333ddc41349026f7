"""What the grid of targets reads: who can promise, and what one has promised in some months."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from ecofolio.initiatives.model import Initiative
from ecofolio.scorecards import periods, queries
from ecofolio.scorecards.model import Target
from ecofolio.scorecards.queries import MetricRow, TargetRow
from ecofolio.store.base import table_of
from ecofolio.vocabulary import Stage

INITIATIVE, TARGET = map(table_of, (Initiative, Target))


class Promiser(NamedTuple):
    """An initiative that targets can be set for."""

    id: int
    code: str
    name: str


class Promised(NamedTuple):
    """The targets of one initiative by metric and month, the metrics that it is measured by, and
    those that it could be measured by as well."""

    kept: dict[tuple[int, str], TargetRow]
    metrics: list[MetricRow]
    others: list[MetricRow]


def promisers(
    connection: Connection, ids: Collection[int] | None = None, *, closed: bool = False
) -> list[Promiser]:
    """The open initiatives by code, all or some, or the `closed` ones as well."""
    query = select(INITIATIVE.c.id, INITIATIVE.c.code, INITIATIVE.c.name)
    query = query.order_by(INITIATIVE.c.code)
    if not closed:
        query = query.where(INITIATIVE.c.stage != Stage.CLOSED.value)
    found = [Promiser._make(row) for row in connection.execute(query).all()]
    return [one for one in found if ids is None or one.id in ids]


def promised(connection: Connection, initiative_id: int, months: Sequence[str]) -> Promised:
    """The targets of an initiative, with the metrics of its scorecard and those that it had
    targets for, then or in the twelve months before."""
    before = [periods.shifted(month, -12) for month in months]
    had = (
        select(TARGET.c.metric_id)
        .where(TARGET.c.initiative_id == initiative_id, TARGET.c.month.in_([*before, *months]))
        .distinct()
    )
    measured = set(connection.scalars(had).all())
    batch = connection.scalar(select(INITIATIVE.c.batch).where(INITIATIVE.c.id == initiative_id))
    card = queries.cards(connection, months[-1]).get(batch or "")
    measured |= set(card.weights) if card else set()
    known = [row for row in queries.metrics(connection, retired=True) if row.id]
    rows = queries.targets(connection, ids=[initiative_id], months=months)
    return Promised(
        {(row.metric_id, row.month): row for row in rows},
        [row for row in known if row.id in measured],
        [row for row in known if row.id not in measured and not row.retired],
    )
