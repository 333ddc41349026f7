"""The journal: an entry for each transaction, chained by hashes; undo, redo and history read it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, or_, select, update

from ecofolio.errors import StoreError
from ecofolio.store.base import record_classes, table_of
from ecofolio.store.bulk import insert_rows, read_rows
from ecofolio.store.model import Change, ChangeRow, Counter
from ecofolio.store.values import decode, encode
from ecofolio.store.work import Touched, Work
from ecofolio.text import _

CHANGE = table_of(Change)
ROW = table_of(ChangeRow)
COUNTER = table_of(Counter)
HEAD = "change"
BEGINNING = "0" * 64
_dump = json.JSONEncoder(ensure_ascii=False).encode
_READ_HEAD = select(COUNTER.c.next, COUNTER.c.hash).where(COUNTER.c.name == HEAD)
_LOCK_HEAD = _READ_HEAD.with_for_update()
_MOVE_HEAD = (
    update(COUNTER)
    .where(COUNTER.c.name == HEAD)
    .values(next=bindparam("new_next"), hash=bindparam("new_hash"))
)


class Entry(NamedTuple):
    """One change as menus and lists show it. `at` is UTC; `label` is in the language in force."""

    id: int
    at: datetime
    actor: str
    label: str
    kind: str
    target: int | None


class RowChange(NamedTuple):
    """One row of a change, with values as their columns' types."""

    entry: Entry
    record: str
    record_id: int
    owner: str | None
    owner_id: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True)
class Head:
    """The newest entry: its identity (0 for none) and hash."""

    id: int
    hash: str


def spoken(message: str, arguments: str) -> str:
    """The label in the language in force; only plain names are filled in.

    An argument `{"say": "Stage"}` is a message itself and is translated as well.
    """
    given = json.loads(arguments)

    def fill(hit: re.Match[str]) -> str:
        value = given.get(hit[1], hit[0])
        return _(str(value["say"])) if isinstance(value, dict) and "say" in value else str(value)

    return re.sub(r"\{(\w+)\}", fill, _(message))


def instant(microseconds: int) -> datetime:
    """A stored instant as UTC."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def microseconds(at: datetime) -> int:
    """An instant as it is stored."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def head(connection: Connection, *, lock: bool = False) -> Head:
    """The newest entry; locked on a server, so that writers come one by one."""
    found = connection.execute(_LOCK_HEAD if lock else _READ_HEAD).first()
    if found is None:
        raise StoreError(
            _("The journal of this programme is damaged: restore a backup (File › Restore backup).")
        )
    return Head(found.next, found.hash)


def write(work: Work, before: Head) -> Head | None:
    """Add the entry of what `work` did after the entry `before`; None where it did nothing."""
    touched = work.touched()
    if not touched:
        return None
    if not work.message:
        raise AssertionError("an action has to name its change with work.label")
    entry: dict[str, Any] = {
        "id": before.id + 1,
        "at": microseconds(work.now),
        "actor": work.actor,
        "label": work.message,
        "arguments": encode(work.arguments),
        "kind": work.kind,
        "target": work.target,
    }
    rows = [_stored(entry["id"], position, row) for position, row in enumerate(touched)]
    entry["hash"] = chained(before.hash, entry, rows)
    insert_rows(work.connection, CHANGE, [entry])
    insert_rows(work.connection, ROW, rows)
    work.connection.execute(_MOVE_HEAD, {"new_next": entry["id"], "new_hash": entry["hash"]})
    return Head(entry["id"], entry["hash"])


def _stored(change: int, position: int, row: Touched) -> dict[str, Any]:
    return {
        "change_id": change,
        "position": position,
        "record": row.record.__tablename__,
        "record_id": row.id,
        "owner": row.owner[0] if row.owner else None,
        "owner_id": row.owner[1] if row.owner else None,
        "before": None if row.before is None else encode(row.before),
        "after": None if row.after is None else encode(row.after),
    }


def chained(previous: str, entry: dict[str, Any], rows: Iterable[dict[str, Any]]) -> str:
    """SHA-256 over the hash before, the entry and its rows.

    The long texts go in as they are; their lengths say where one ends and the next begins.
    """
    digest = hashlib.sha256(previous.encode())
    names = ("id", "at", "actor", "label", "arguments", "kind", "target")
    digest.update(encode({name: entry[name] for name in names}).encode())
    for row in rows:
        *short, before, after = row.values()
        lengths = [-1 if text is None else len(text) for text in (before, after)]
        digest.update(f"\n{_dump([*short, *lengths])}{before or ''}{after or ''}".encode())
    return digest.hexdigest()


def entry_of(
    identity: int,
    at: int,
    actor: str,
    message: str,
    arguments: str,
    kind: str,
    target: int | None,
    _hash: str,
) -> Entry:
    """The columns of the table `change` as an entry."""
    label = spoken(message, arguments)
    if kind == "undo":
        label = _("Undo: {label}").format(label=label)
    elif kind == "redo":
        label = _("Redo: {label}").format(label=label)
    return Entry(identity, instant(at), actor, label, kind, target)


def entries(
    connection: Connection, *, since: datetime | None = None, limit: int | None = None
) -> list[Entry]:
    """The changes, newest first."""
    query = select(CHANGE).order_by(CHANGE.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(CHANGE.c.at >= microseconds(since))
    return [entry_of(*row) for row in connection.execute(query)]


def rows_of(connection: Connection, change: int) -> list[RowChange]:
    """Everything that one change touched."""
    return list(row_changes(connection, ROW.c.change_id == change))


def history(connection: Connection, record: str, record_id: int) -> list[RowChange]:
    """All changes of a record and of what belongs to it, newest first."""
    here = (ROW.c.record == record) & (ROW.c.record_id == record_id)
    below = (ROW.c.owner == record) & (ROW.c.owner_id == record_id)
    return list(row_changes(connection, or_(here, below)))


def changes_since(connection: Connection, since: datetime) -> list[RowChange]:
    """Every row changed from an instant on, newest first."""
    return list(row_changes(connection, CHANGE.c.at >= microseconds(since)))


def row_changes(connection: Connection, condition: Any) -> Iterator[RowChange]:
    """The rows of changes that meet a condition over both tables, newest change first."""
    tables = {name: table_of(record) for name, record in record_classes().items()}
    query = (
        select(ROW, *[column.label(f"entry_{column.name}") for column in CHANGE.c])
        .join(CHANGE, CHANGE.c.id == ROW.c.change_id)
        .where(condition)
        .order_by(ROW.c.change_id.desc(), ROW.c.position)
    )
    entry: Entry | None = None
    width = len(ROW.c)
    for row in read_rows(connection, query):
        change, _position, record, record_id, owner, owner_id, before, after = row[:width]
        if entry is None or entry.id != change:
            entry = entry_of(*row[width:])
        table = tables.get(record)
        yield RowChange(
            entry,
            record,
            record_id,
            owner,
            owner_id,
            None if before is None or table is None else decode(table, before),
            None if after is None or table is None else decode(table, after),
        )


def records_since(connection: Connection, seen: Head) -> dict[str, frozenset[int]]:
    """The identities touched after an entry, by table, owners included.

    Every record there ever was where that entry is no longer what it was: a backup was restored.
    """
    still = select(CHANGE.c.id).where(CHANGE.c.id == seen.id, CHANGE.c.hash == seen.hash)
    query = select(ROW.c.record, ROW.c.record_id, ROW.c.owner, ROW.c.owner_id)
    if connection.scalar(still) is not None:
        query = query.where(ROW.c.change_id > seen.id)
    return _grouped(connection.execute(query).all())


def touched_records(touched: Iterable[Touched]) -> dict[str, frozenset[int]]:
    """The identities touched by a transaction, by table, owners included."""
    return _grouped(
        (row.record.__tablename__, row.id, *(row.owner or (None, None))) for row in touched
    )


def _grouped(rows: Iterable[Any]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for record, record_id, owner, owner_id in rows:
        found.setdefault(record, set()).add(record_id)
        if owner is not None:
            found.setdefault(owner, set()).add(owner_id)
    return {name: frozenset(ids) for name, ids in found.items()}
