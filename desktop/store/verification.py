"""Whether the journal holds, and whether the data are what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select, type_coerce
from sqlalchemy.types import NullType

from ecofolio.store.base import record_classes, table_of
from ecofolio.store.database import engine_of
from ecofolio.store.inspection import was_left_open
from ecofolio.store.journal import BEGINNING, CHANGE, COUNTER, ROW, chained
from ecofolio.store.place import Place
from ecofolio.store.values import encode
from ecofolio.text import _

_READING = (ArithmeticError, LookupError, TypeError, ValueError)


def problems(connection: Connection) -> list[str]:
    """Everything that is wrong with a programme, a sentence each; empty where all holds."""
    # what is broken below makes all above it unreadable, so the first kind found is told alone
    return pages(connection) or damage(connection) or strays(connection)


def is_damaged(place: Place) -> bool:
    """Whether a file's bytes are not what was written; a server looks after its own."""
    if place.is_server:
        return False
    closed = not was_left_open(place.file)
    engine = engine_of(place, read_only=closed, immutable=closed)
    try:
        with engine.connect() as connection:
            return bool(problems(connection))
    except Exception:
        return True
    finally:
        engine.dispose()


def pages(connection: Connection) -> list[str]:
    """What SQLite finds wrong with a file's pages and references; nothing on a server."""
    if connection.dialect.name != "sqlite":
        return []
    lines = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(10)")]
    found = [_("The file is damaged: {detail}.").format(detail=line) for line in lines]
    if lines == ["ok"]:
        found = []
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(10):
        found.append(
            _("Record {id} of “{table}” refers to one that is not there.").format(
                id=row[1], table=row[0]
            )
        )
    return found


def damage(connection: Connection) -> list[str]:
    """What is wrong with the chain, a sentence each; empty where it holds."""
    heads = connection.execute(_raw(COUNTER)).fetchmany(2)
    previous, last = BEGINNING, 0
    rows = iter(connection.execute(_raw(ROW).order_by(ROW.c.change_id, ROW.c.position)))
    row = next(rows, None)
    for found in connection.execute(_raw(CHANGE).order_by(CHANGE.c.id)).mappings():
        entry, own = dict(found), []
        while row is not None and row.change_id == entry["id"]:
            own.append(row._asdict())
            row = next(rows, None)
        if entry["id"] != last + 1 or _hash(previous, entry, own) != entry["hash"]:
            return [_("The journal was altered at entry {n}.").format(n=last + 1)]
        previous, last = entry["hash"], entry["id"]
    if row is not None or [tuple(head) for head in heads] != [("change", last, previous)]:
        return [_("The journal was altered after entry {n}.").format(n=last)]
    return []


def _hash(previous: str, entry: dict[str, Any], rows: list[dict[str, Any]]) -> str | None:
    """The hash that an entry should have; None for what the program never writes."""
    try:
        return chained(previous, entry, rows)
    except _READING:
        return None


def _raw(table: Table) -> Any:
    """The stored values, whatever they are, not yet read as what the columns should hold."""
    return select(*[type_coerce(column, NullType()).label(column.name) for column in table.c])


def strays(connection: Connection) -> list[str]:
    """Records that are not what the journal says they became, a sentence for each table."""
    found = []
    for name, record in record_classes().items():
        wanted = _told(connection, name)
        present = {
            row["id"]: _as_told(row)
            for row in connection.execute(_raw(table_of(record))).mappings()
        }
        odd = [key for key in present.keys() | wanted.keys() if _differs(present, wanted, key)]
        if odd:
            found.append(
                _(
                    "Records of “{table}” differ from the journal: {n}, the first of them {id}."
                ).format(n=len(odd), table=name, id=min(odd, key=str))
            )
    return found


def _as_told(row: RowMapping) -> dict[str, Any]:
    """A stored row as the journal tells it."""
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }


def _told(connection: Connection, record: str) -> dict[Any, dict[str, Any]]:
    """A table's records as the journal says they became."""
    wanted: dict[Any, dict[str, Any]] = {}
    query = select(ROW.c.record_id, ROW.c.after).where(ROW.c.record == record)
    for identity, after in connection.execute(query.order_by(ROW.c.change_id, ROW.c.position)):
        if after is None:
            wanted.pop(identity, None)
        else:
            wanted.setdefault(identity, {}).update(json.loads(after))
    return wanted


def _differs(present: dict[Any, Any], wanted: dict[Any, Any], key: object) -> bool:
    if key not in present or key not in wanted:
        return True
    return {**present[key], "version": 0} != {**wanted[key], "version": 0}


def digest(connection: Connection) -> str:
    """SHA-256 over all records but their versions: equal where two programmes hold the same."""
    whole = hashlib.sha256()
    for name, record in sorted(record_classes().items()):
        table = table_of(record)
        whole.update(f"\n{name}\n".encode())
        for row in _ordered(connection, table):
            whole.update(f"{encode(row)}\n".encode())
    return whole.hexdigest()


def _ordered(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    columns: Iterable[Any] = [column for column in table.c if column.name != "version"]
    for row in connection.execute(select(*columns).order_by(table.c.id)).mappings():
        yield dict(row)
