"""Is this a programme that may be opened? Answered before anything is touched."""

from __future__ import annotations

import contextlib
import os
import struct
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from ecofolio.errors import StoreError
from ecofolio.store import triggers
from ecofolio.store.base import Base
from ecofolio.store.database import APPLICATION_ID, SCHEMA, connect_file, logs_of, sqlite_module
from ecofolio.text import _

_MAGIC = b"SQLite format 3\0"


def damaged(place: object) -> StoreError:
    """The error for a programme whose bytes are not what was written."""
    return StoreError(
        _("{place} is damaged: restore a backup (File › Restore backup).").format(place=place)
    )


def look_at_header(path: Path) -> int:
    """The schema version in a file's first bytes; `StoreError` for what is not a programme."""
    try:
        if path.is_dir():
            raise StoreError(_("{place} is a folder, not a programme.").format(place=path))
        if path.exists() and not path.is_file():  # a pipe would be waited for, for ever
            raise StoreError(_("{place} is not an Ecofolio programme.").format(place=path))
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise StoreError(_("There is no programme at {place}.").format(place=path)) from None
    except OSError as error:
        raise StoreError(
            _("{place} can not be read: {reason}.").format(place=path, reason=error.strerror)
        ) from None
    if not header:
        raise StoreError(_("{place} is empty, not a programme.").format(place=path))
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise StoreError(_("{place} is not an Ecofolio programme.").format(place=path))
    version, application = struct.unpack(">I4xI", header[60:72])
    if application != APPLICATION_ID:
        raise StoreError(_("{place} belongs to another program.").format(place=path))
    refuse_newer(version, path)
    return int(version)


def refuse_newer(version: int, place: object) -> None:
    """A schema that this program does not know yet is left alone."""
    if version > SCHEMA:
        raise StoreError(
            _(
                "{place} was saved by a newer Ecofolio (schema {version}): update this program."
            ).format(place=place, version=version)
        )
    if version < 1:
        raise damaged(place)


def why_read_only(path: Path) -> str | None:
    """The reason, in a sentence, why a file can only be read; None where it can be written.

    `StoreError` where it can not be read either, because its log would have to be worked in.
    """
    reason = None
    if not os.access(path, os.W_OK):
        reason = _("{place} is write-protected: it is open for reading only.")
    elif not os.access(path.parent, os.W_OK):
        reason = _("The folder of {place} is write-protected: it is open for reading only.")
    if reason is not None and was_left_open(path):
        reason = _(
            "{place} is open elsewhere or was not closed cleanly, and you may not write there: "
            "open it from a folder that you may write to."
        )
        raise StoreError(reason.format(place=path))
    return reason and reason.format(place=path)


def was_left_open(path: Path) -> bool:
    """Whether a log says that the file is open elsewhere, or was when its program ended."""
    with contextlib.suppress(FileNotFoundError):  # closed this very moment
        return any(log.stat().st_size for log in logs_of(path) if not log.name.endswith("-shm"))
    return False


def look_inside(path: Path, *, whole: bool) -> int:
    """Check a file's structure and return its schema version.

    `whole` checks every page, else only what a quick look shows. Triggers, views and tables
    that this program did not make are refused.
    """
    closed = not was_left_open(path)  # then looking leaves nothing beside it
    try:
        connection = connect_file(path, read_only=closed, uri="&immutable=1" if closed else "")
        try:
            if whole:
                _check_pages(connection, path)
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            refuse_newer(version, path)
            if version == SCHEMA:
                _check_schema(connection, path)
            return version
        finally:
            connection.close()
    except sqlite_module().OperationalError as error:
        if "malformed" in str(error) or "decode" in str(error) or "corrupt" in str(error):
            raise damaged(path) from None
        raise StoreError(
            _("{place} can not be opened: {reason}.").format(place=path, reason=error)
        ) from None
    except (sqlite_module().DatabaseError, UnicodeDecodeError):
        raise damaged(path) from None


def _check_pages(connection: Any, path: Path) -> None:
    if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise damaged(path)
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise damaged(path)


def _check_schema(connection: Any, path: Path) -> None:
    found = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
    present, wanted = triggers.in_file(connection), triggers.declared("sqlite")
    if any(kind == "view" for kind, _name in found) or present.keys() - wanted.keys():
        raise StoreError(
            _("{place} holds program parts that Ecofolio did not make: it is not opened.").format(
                place=path
            )
        )
    if present != wanted:
        raise damaged(path)
    tables = {name for kind, name in found if kind == "table" and not name.startswith("sqlite_")}
    if tables != {*Base.metadata.tables, "alembic_version"}:
        raise damaged(path)
    for table in Base.metadata.tables.values():
        columns = connection.execute(f"PRAGMA table_info({table.name})").fetchall()
        if {row[1] for row in columns} != set(table.columns.keys()):
            raise damaged(path)


def server_version(connection: Connection, place: object) -> int:
    """The schema version of a PostgreSQL database: 0 where it is empty.

    `StoreError` for a database that holds something else, or a newer programme.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return 0
    if not {"alembic_version", "change", "programme"} <= tables:
        raise StoreError(_("{place} belongs to another program.").format(place=place))
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    version = int(found) if found and found.isdigit() else 0
    refuse_newer(version, place)
    if version == SCHEMA and not _is_whole(connection, tables):
        raise damaged(place)
    return version


def _is_whole(connection: Connection, tables: set[str]) -> bool:
    present, wanted = triggers.on_server(connection), triggers.declared("postgresql")
    return set(Base.metadata.tables) <= tables and wanted.items() <= present.items()
