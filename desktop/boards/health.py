"""What the cards say of an initiative's health: the light of delivery."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from ecofolio.boards.model import BoardColumn, Card, CardBlock
from ecofolio.initiatives.health import Bounds, Judged
from ecofolio.initiatives.model import Initiative
from ecofolio.store.base import table_of
from ecofolio.store.journal import instant
from ecofolio.text import N_
from ecofolio.vocabulary import ColumnKind, HealthLight, Light

CARD, BLOCK, COLUMN = map(table_of, (Card, CardBlock, BoardColumn))
INITIATIVE = table_of(Initiative)


def judged(
    connection: Connection, today: date, bounds: Bounds, ids: Collection[int] | None = None
) -> dict[int, Judged]:
    """The light of delivery by initiative: how long its open cards have been blocked, and how
    many are past their due date. Nothing is said of initiatives without cards."""
    query = (
        select(
            CARD.c.initiative_id,
            INITIATIVE.c.batch,
            func.count(CARD.c.id.distinct()),
            func.count(BLOCK.c.card_id.distinct()),
            func.min(BLOCK.c.since),
            func.count(case((CARD.c.due_date < today, CARD.c.id)).distinct()),
        )
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .join(INITIATIVE, INITIATIVE.c.id == CARD.c.initiative_id)
        .outerjoin(BLOCK, and_(BLOCK.c.card_id == CARD.c.id, BLOCK.c.until.is_(None)))
        .where(
            CARD.c.initiative_id.is_not(None),
            CARD.c.trashed_at.is_(None),
            COLUMN.c.kind != ColumnKind.DONE.value,
        )
        .group_by(CARD.c.initiative_id, INITIATIVE.c.batch)
    )
    if ids is not None:
        query = query.where(CARD.c.initiative_id.in_(list(ids)))
    return {
        identity: _judged(figures, today, bounds.of(HealthLight.DELIVERY, batch))
        for identity, batch, *figures in connection.execute(query).all()
    }


def _judged(figures: list[Any], today: date, limits: tuple[int, int]) -> Judged:
    cards, blocked, since, overdue = figures
    amber, red = limits
    if blocked:
        days = max((today - instant(since).astimezone().date()).days, 0)
        told: dict[str, object] = {"n": blocked, "days": days}
        light = Light.RED if days >= red else Light.AMBER if days >= amber else Light.GREEN
        return Judged(
            light,
            N_("{n} card is blocked, for {days} days"),
            told,
            N_("{n} cards are blocked, the longest for {days} days"),
        )
    if overdue:
        return Judged(
            Light.AMBER,
            N_("{n} card is past its due date"),
            {"n": overdue},
            N_("{n} cards are past their due date"),
        )
    return Judged(
        Light.GREEN,
        N_("{n} open card, not blocked"),
        {"n": cards},
        N_("{n} open cards, none blocked"),
    )
