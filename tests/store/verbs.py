"""Small actions over the program's own tables, for tests and trials of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ecofolio.initiatives.model import Initiative, Milestone, Note
from ecofolio.organisation.model import Unit
from ecofolio.store.base import Record, table_of
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace


def add(work: Work, codes: Sequence[str], **values: Any) -> list[int]:
    """New initiatives with these codes."""
    work.label("Add {n} initiatives", n=len(codes))
    return work.insert(Initiative, [{"name": "New", **values, "code": code} for code in codes])


def add_unit(work: Work, code: str, parent_id: int | None = None) -> int:
    work.label("Add unit {code}", code=code)
    row = {"code": code, "name": code, "level": "tier1", "parent_id": parent_id}
    return work.insert(Unit, [row])[0]


def add_milestones(work: Work, initiative_id: int, names: Sequence[str]) -> list[int]:
    work.label("Add milestones")
    return work.insert(
        Milestone, [{"initiative_id": initiative_id, "name": name} for name in names]
    )


def add_with_parts(work: Work, code: str) -> int:
    """An initiative, a milestone and a note in one change."""
    work.label("Add {code}", code=code)
    [identity] = work.insert(Initiative, [{"code": code, "name": code}])
    work.insert(Milestone, [{"initiative_id": identity, "name": "Start"}])
    work.insert(Note, [{"initiative_id": identity, "section": "Risk", "body": "None"}])
    return identity


def edit(
    work: Work,
    identity: int,
    values: Mapping[str, Any],
    expect: int | None = None,
    record: type[Record] = Initiative,
) -> bool:
    work.label("Edit {id}", id=identity)
    return work.update(record, identity, values, expect)


def edit_many(work: Work, values: Mapping[int, Mapping[str, Any]]) -> list[int]:
    work.label("Edit {n} initiatives", n=len(values))
    return work.update_many(Initiative, values)


def remove(work: Work, ids: Sequence[int], record: type[Record] = Initiative) -> None:
    work.label("Delete {n} records", n=len(ids))
    work.delete(record, ids)


def row_of(
    workspace: Workspace, identity: int, record: type[Record] = Initiative
) -> dict[str, Any] | None:
    """The stored row, or None."""
    table = table_of(record)
    with workspace.read() as connection:
        found = connection.execute(select(table).where(table.c.id == identity)).mappings().first()
        return dict(found) if found else None


def count(workspace: Workspace, record: type[Record] = Initiative) -> int:
    with workspace.read() as connection:
        return len(connection.execute(select(table_of(record).c.id)).all())


def add_rows(work: Work, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    work.label("Add {n} initiatives", n=len(rows))
    return work.insert(Initiative, rows)
