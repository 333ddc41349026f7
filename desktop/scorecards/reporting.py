"""What is to be reported for a month: by initiative, one's own first, with last month's figures."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Unit
from ecofolio.organisation.queries import person_acting
from ecofolio.scorecards import periods, queries
from ecofolio.scorecards.model import Observation, Target
from ecofolio.scorecards.queries import MetricRow
from ecofolio.squads.model import Squad, SquadInitiative
from ecofolio.store.base import table_of
from ecofolio.vocabulary import Stage

TARGET, OBSERVATION = map(table_of, (Target, Observation))
INITIATIVE, UNIT = map(table_of, (Initiative, Unit))


class Reporter(NamedTuple):
    """An open initiative with how many metrics it reports of a month, and how many are missing;
    `own` is that of who is acting."""

    id: int
    code: str
    name: str
    unit: str | None
    metrics: int
    missing: int
    own: bool


class Wanted(NamedTuple):
    """A metric to be reported: figures in thousandths, None where there is none."""

    metric: MetricRow
    floor: int
    target: int
    last: int | None
    value: int | None
    state: str | None
    source: str | None
    comment: str | None


def led_by(connection: Connection, person_id: int) -> set[int]:
    """The initiatives that somebody leads, or whose squad they lead."""
    squad, link = table_of(Squad), table_of(SquadInitiative)
    of_squads = (
        select(link.c.initiative_id)
        .join(squad, squad.c.id == link.c.squad_id)
        .where(squad.c.lead_id == person_id)
    )
    own = or_(INITIATIVE.c.lead_id == person_id, INITIATIVE.c.id.in_(of_squads))
    return set(connection.scalars(select(INITIATIVE.c.id).where(own)).all())


def reporters(
    connection: Connection, month: str, ids: Collection[int] | None = None, *, actor: str = ""
) -> list[Reporter]:
    """Who reports a month: those of who is acting first, then those with something missing, then
    by code."""
    query = (
        select(
            INITIATIVE.c.id,
            INITIATIVE.c.code,
            INITIATIVE.c.name,
            UNIT.c.name.label("unit"),
            func.count(),
            func.count() - func.count(OBSERVATION.c.id),
        )
        .select_from(TARGET)
        .join(INITIATIVE, INITIATIVE.c.id == TARGET.c.initiative_id)
        .outerjoin(UNIT, UNIT.c.id == INITIATIVE.c.unit_id)
        .outerjoin(
            OBSERVATION,
            and_(
                OBSERVATION.c.initiative_id == TARGET.c.initiative_id,
                OBSERVATION.c.metric_id == TARGET.c.metric_id,
                OBSERVATION.c.month == TARGET.c.month,
            ),
        )
        .where(TARGET.c.month == month, INITIATIVE.c.stage != Stage.CLOSED.value)
        .group_by(INITIATIVE.c.id, INITIATIVE.c.code, INITIATIVE.c.name, UNIT.c.name)
    )
    person = person_acting(connection, actor)
    own = led_by(connection, person) if person is not None else set()
    found = [Reporter._make((*row, row[0] in own)) for row in connection.execute(query).all()]
    kept = [one for one in found if ids is None or one.id in ids]
    return sorted(kept, key=lambda one: (not one.own, not one.missing, one.code))


def wanted(connection: Connection, initiative_id: int, month: str) -> list[Wanted]:
    """What one initiative reports of a month, in the order of the metrics."""
    metrics = {row.id: row for row in queries.metrics(connection, retired=True)}
    last_month = periods.shifted(month, -1)
    promised = queries.targets(connection, ids=[initiative_id], months=[month])
    told = {
        (row.metric_id, row.month): row
        for row in queries.observations(connection, ids=[initiative_id], months=[last_month, month])
    }
    found = []
    for row in promised:
        now, last = told.get((row.metric_id, month)), told.get((row.metric_id, last_month))
        found.append(
            Wanted(
                metrics[row.metric_id],
                row.floor,
                row.target,
                last.value if last else None,
                now.value if now else None,
                now.state if now else None,
                now.source if now else None,
                now.comment if now else None,
            )
        )
    return found
