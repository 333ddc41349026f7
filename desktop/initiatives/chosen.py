"""Which initiatives are within a scope, where nothing else of them is wanted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from ecofolio.initiatives import queries
from ecofolio.initiatives.queries import INITIATIVE, Names
from ecofolio.initiatives.scope import Scope


def chosen(
    connection: Connection, scope: Scope, *, today: date, known: Names | None = None
) -> frozenset[int]:
    """The identities of the initiatives within a scope; lights are looked at if it asks for any."""
    rest = scope.replace(stages=(), batches=(), scene_ids=(), unit_id=None, unit_alone=False)
    if not rest.is_everything:
        deaf = not scope.lights
        found = queries.rows(connection, scope, today=today, known=known, deaf=deaf)
        return frozenset(row.id for row in found)
    query = queries.narrowed(select(INITIATIVE.c.id), scope, known or queries.names(connection))
    return frozenset(connection.scalars(query))
