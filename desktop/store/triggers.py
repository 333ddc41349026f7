"""The triggers that a programme's tables are declared with (`Table.info["triggers"]`), by dialect.

They are what keeps a ledger append-only; a programme whose triggers are not exactly these is not
opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from ecofolio.store.base import Base

_FOUND = """
SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND c.relnamespace = current_schema()::regnamespace
"""


def declared(dialect: str) -> dict[str, str]:
    """Every trigger by name: its SQL in a file, the body of its function on a server."""
    found: dict[str, str] = {}
    for table in Base.metadata.tables.values():
        for name, text in table.info.get("triggers", {}).get(dialect, {}).items():
            found[name] = _squeezed(text)
    return found


def in_file(connection: Any) -> dict[str, str]:
    """The triggers of a file, over a bare connection."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    return {name: _squeezed(sql or "") for name, sql in connection.execute(query).fetchall()}


def on_server(connection: Connection) -> dict[str, str]:
    """The triggers of a server's programme that are in force."""
    return {row[0]: _squeezed(row[2]) for row in connection.exec_driver_sql(_FOUND)}


def _squeezed(text: str) -> str:
    return " ".join(text.split())


@contextmanager
def lifted(connection: Connection) -> Iterator[None]:
    """Without triggers within the block, for putting a whole programme in another's place."""
    lift = _lift_file if connection.dialect.name == "sqlite" else _lift_server
    restore = lift(connection)
    yield
    for statement in restore:
        connection.exec_driver_sql(statement)


def _lift_file(connection: Connection) -> list[str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    found = connection.exec_driver_sql(query).all()
    for name, _sql in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    return [sql for _name, sql in found]


def _lift_server(connection: Connection) -> list[str]:
    # references are checked before the triggers can be put in force again
    restore = ["SET CONSTRAINTS ALL IMMEDIATE"]
    for table in sorted({row[1] for row in connection.exec_driver_sql(_FOUND)}):
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        connection.exec_driver_sql(f'GRANT DELETE ON "{table}" TO CURRENT_USER')
        restore.append(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        restore.append(f'REVOKE DELETE ON "{table}" FROM CURRENT_USER')
    return restore
