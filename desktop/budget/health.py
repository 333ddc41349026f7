"""What the ledger says of an initiative's health: the light of the budget."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, func, select

from ecofolio.budget.ledger import ACCOUNT, POSTING
from ecofolio.budget.model import PlanVersion
from ecofolio.budget.queries import plan_in_force, planned_by_month
from ecofolio.initiatives.health import Bounds, Judged
from ecofolio.initiatives.model import Initiative
from ecofolio.store.base import table_of
from ecofolio.text import N_
from ecofolio.vocabulary import HealthLight, Light, PlanState

INITIATIVE, VERSION = table_of(Initiative), table_of(PlanVersion)
_MANY = 1000


def judged(
    connection: Connection, today: date, bounds: Bounds, ids: Collection[int] | None = None
) -> dict[int, Judged]:
    """The light of the budget by initiative: committed and spent against the plan to date.

    The plan to date is that of all months up to today's. Nothing is said without a plan in force.
    """
    return _told(connection, today, bounds, ids, plan_in_force(connection))


def then(
    connection: Connection, day: date, bounds: Bounds, ids: Collection[int] | None = None
) -> dict[int, Judged]:
    """The light of the budget as it was on a day: the ledger by its dates, the plan of that day."""
    approved = (
        select(VERSION.c.id)
        .where(VERSION.c.state != PlanState.DRAFT.value, VERSION.c.approved_on <= day)
        .order_by(VERSION.c.approved_on.desc(), VERSION.c.id.desc())
    )
    return _told(connection, day, bounds, ids, connection.scalar(approved.limit(1)))


def _told(
    connection: Connection,
    today: date,
    bounds: Bounds,
    ids: Collection[int] | None,
    version: int | None,
) -> dict[int, Judged]:
    if version is None:
        return {}
    month = f"{today.year:04d}-{today.month:02d}"
    used = _used(connection, today, ids)
    plans = {
        identity: sum(fen for period, fen in by_month.items() if period <= month)
        for identity, by_month in planned_by_month(connection, version, ids).items()
    }
    known = used.keys() | plans.keys()
    batches = _batches(connection, known)
    found = {}
    for identity in known:
        limits = bounds.of(HealthLight.BUDGET, batches.get(identity))
        one = _judged(used.get(identity, 0), plans.get(identity, 0), limits)
        if one is not None:
            found[identity] = one
    return found


def _batches(connection: Connection, ids: Collection[int]) -> dict[int, str | None]:
    """The batch of initiatives; of all where so many are asked for that naming them is slower."""
    query = select(INITIATIVE.c.id, INITIATIVE.c.batch)
    if len(ids) <= _MANY:
        query = query.where(INITIATIVE.c.id.in_(ids))
    return dict(connection.execute(query).all())


def _judged(used: int, plan: int, limits: tuple[int, int]) -> Judged | None:
    if plan <= 0:
        if used <= 0:
            return None
        return Judged(Light.AMBER, N_("money is committed or spent without a plan to date"))
    percent = used * 100 // plan
    amber, red = limits
    if used * 100 > amber * plan:
        light = Light.RED if used * 100 > red * plan else Light.AMBER
        told = {"percent": percent - 100}
        return Judged(light, N_("{percent}% over the plan to date, with commitments"), told)
    told = {"percent": percent}
    return Judged(Light.GREEN, N_("{percent}% of the plan to date is committed or spent"), told)


def _used(connection: Connection, today: date, ids: Collection[int] | None) -> dict[int, int]:
    """What is committed and spent up to a day, in fen by initiative."""
    query = (
        select(ACCOUNT.c.initiative_id, func.sum(POSTING.c.fen))
        .join(POSTING, POSTING.c.account_id == ACCOUNT.c.id)
        .where(ACCOUNT.c.kind.in_(("committed", "spent")), POSTING.c.date <= today)
        .group_by(ACCOUNT.c.initiative_id)
    )
    if ids is not None:
        query = query.where(ACCOUNT.c.initiative_id.in_(list(ids)))
    return {identity: int(fen) for identity, fen in connection.execute(query).all()}
