"""`ecofolio check`: pages, references, the journal's chain, the records behind it, the rules."""

from __future__ import annotations

from ecofolio.budget import books
from ecofolio.initiatives import queries, rules
from ecofolio.store import inspection
from ecofolio.store.place import place_of
from ecofolio.store.workspace import Workspace


def problems(programme: str) -> list[str]:
    """What is wrong with a programme, a sentence each; `StoreError` where it does not open."""
    place = place_of(programme)
    Workspace.load_tables()
    if not place.is_server:
        inspection.look_at_header(place.file)
        inspection.look_inside(place.file, whole=True)
    with Workspace.open(place) as workspace:
        found = workspace.verify()
        with workspace.read() as connection:
            for row in queries.records(connection):
                found.extend(rules.broken(row))
            found.extend(books.problems(connection))
    return found
