"""What somebody has still to report: the figures that their initiatives owe, by month."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, or_, select

from ecofolio.boards.details import OverdueReport
from ecofolio.initiatives.model import Initiative
from ecofolio.scorecards.late import not_reported
from ecofolio.squads.model import Squad, SquadInitiative
from ecofolio.store.base import table_of


def overdue(connection: Connection, person_id: int, today: date) -> list[OverdueReport]:
    """The overdue months of the initiatives that somebody leads, or whose squad they lead; the
    oldest first."""
    initiative, squad, link = map(table_of, (Initiative, Squad, SquadInitiative))
    of_squads = (
        select(link.c.initiative_id)
        .join(squad, squad.c.id == link.c.squad_id)
        .where(squad.c.lead_id == person_id)
    )
    own = or_(initiative.c.lead_id == person_id, initiative.c.id.in_(of_squads))
    ids = connection.scalars(select(initiative.c.id).where(own)).all()
    found: dict[tuple[str, int], OverdueReport] = {}
    for one in not_reported(connection, today, ids=ids) if ids else ():
        key = one.month, one.initiative_id
        so_far = found.get(key) or OverdueReport(
            one.initiative_id, one.code, one.name, one.month, (), 0
        )
        found[key] = so_far._replace(
            metrics=(*so_far.metrics, one.metric), age=max(so_far.age, one.age)
        )
    return list(found.values())
