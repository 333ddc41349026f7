"""Rows as they were at an instant: what stands now, with every later change taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Table, or_

from ecofolio.store.journal import CHANGE, ROW, RowChange, microseconds, row_changes

_MANY = 500  # identities from which naming them is slower than reading all changes


def end_of(day: date) -> datetime:
    """The instant at which a local day is over."""
    return datetime.combine(day + timedelta(days=1), time()).astimezone()


def rewound(
    connection: Connection,
    table: Table,
    now: Mapping[int, Mapping[str, Any]],
    at: datetime,
    *,
    ids: Collection[int] | None = None,
    owners: Collection[int] | None = None,
    touching: Collection[str] = (),
) -> dict[int, dict[str, Any]]:
    """The rows of a table as they were before `at`, by identity, from those of `now`.

    `ids` narrows it to some rows, `owners` to those of some owners; `touching` to changes of some
    columns, where additions and deletions do not matter. What was deleted since is there again
    with all its columns.
    """
    wanted = (ROW.c.record == table.name) & (CHANGE.c.at >= microseconds(at))
    for column, some in ((ROW.c.record_id, ids), (ROW.c.owner_id, owners)):
        if some is not None and len(some) <= _MANY:
            wanted &= column.in_(list(some))
    if touching:
        wanted &= ROW.c.after.is_not(None)
        wanted &= or_(*(ROW.c.before.like(f'%"{name}":%') for name in touching))
    return taken_back(now, row_changes(connection, wanted))


def taken_back(
    now: Mapping[int, Mapping[str, Any]], changes: Iterable[RowChange]
) -> dict[int, dict[str, Any]]:
    """The rows of a table without some changes, which are the newest, the newest first."""
    found = {identity: dict(row) for identity, row in now.items()}
    for change in changes:
        if change.before is None:
            found.pop(change.record_id, None)
        elif change.after is None:
            found[change.record_id] = dict(change.before)
        elif change.record_id in found:
            found[change.record_id].update(change.before)
    return found
