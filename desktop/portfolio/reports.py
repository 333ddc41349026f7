"""What somebody has still to report: the figures that their initiatives owe, by month."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from ecofolio.boards.details import OverdueReport
from ecofolio.scorecards.late import not_reported
from ecofolio.scorecards.reporting import led_by


def overdue(connection: Connection, person_id: int, today: date) -> list[OverdueReport]:
    """The overdue months of the initiatives that somebody leads, or whose squad they lead; the
    oldest first."""
    ids = led_by(connection, person_id)
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
