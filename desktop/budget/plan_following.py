"""What a change did to plans, told by its journal entry: whose sums are to be read again."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from ecofolio.budget.queries import LINE
from ecofolio.store.journal import rows_of

_RECORD = LINE.name


@dataclass
class Touched:
    """What changed: the fen that were added to each version, and in which initiatives."""

    versions: dict[int, int] = field(default_factory=dict)
    initiatives: set[int] = field(default_factory=set)

    def add(self, other: Touched) -> None:
        """Take in what changed later."""
        for version, fen in other.versions.items():
            self.versions[version] = self.versions.get(version, 0) + fen
        self.initiatives |= other.initiatives


def touched(connection: Connection, change: int, ids: list[int]) -> Touched:
    """What a change did to some lines of plans, also to those that are gone."""
    query = select(LINE.c.id, LINE.c.plan_version_id, LINE.c.initiative_id)
    present = {
        row.id: (row.plan_version_id, row.initiative_id)
        for row in connection.execute(query.where(LINE.c.id.in_(ids))).all()
    }
    found = Touched()
    for row in rows_of(connection, change):
        if row.record != _RECORD:
            continue
        before, after = row.before or {}, row.after or {}
        known = {**after, **before}
        place = present.get(row.record_id) or (known["plan_version_id"], known["initiative_id"])
        more = after.get("fen", 0) - before.get("fen", 0)
        found.add(Touched({place[0]: more}, {place[1]}))
    return found
