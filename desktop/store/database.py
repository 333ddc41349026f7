"""Connections to a programme, with what each database needs to be safe.

SQLite comes from `pysqlite3` where it is there: versions before 3.51.3 can corrupt a database
in WAL mode when two connections write at once, so those get a rollback journal instead.
"""

from __future__ import annotations

import os
import sqlite3 as _builtin
import urllib.parse
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from ecofolio.errors import StoreError
from ecofolio.store.place import Place
from ecofolio.text import _

APPLICATION_ID = 0x45636F66  # "Ecof"
SCHEMA = 5  # the newest revision in migrations/versions
LOGS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file that is open
_SAFE_WAL = (3, 51, 3)
_BUSY_SECONDS = 10


def sqlite_module() -> ModuleType:
    """The newer of the SQLite libraries at hand."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return _builtin
    return dbapi2 if dbapi2.sqlite_version_info >= _builtin.sqlite_version_info else _builtin


def wal_is_safe() -> bool:
    """Whether this SQLite may use a write-ahead log."""
    return tuple(sqlite_module().sqlite_version_info) >= _SAFE_WAL


def logs_of(path: Path) -> list[Path]:
    """What lies beside a file that is open, or was not closed."""
    logs = [path.with_name(path.name + ending) for ending in LOGS]
    return [log for log in logs if log.exists()]


def connect_file(path: Path, *, read_only: bool = False, uri: str = "") -> Any:
    """A bare connection with every safeguard set; the file has to be there."""
    mode = "ro" if read_only else "rw"
    address = f"file:{urllib.parse.quote(path.as_posix())}?mode={mode}{uri}"
    connection = sqlite_module().connect(
        address,
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_SECONDS,
        cached_statements=256,
    )
    for pragma in ("foreign_keys=ON", "trusted_schema=OFF", "cell_size_check=ON"):
        connection.execute(f"PRAGMA {pragma}")
    if not read_only:
        connection.execute("PRAGMA synchronous=FULL")
    return connection


def file_engine(path: Path, *, read_only: bool = False, immutable: bool = False) -> Engine:
    """An engine over a programme file. Reads begin plainly, writes with `BEGIN IMMEDIATE`."""
    uri = "&immutable=1" if immutable else ""
    engine = create_engine(
        "sqlite://",
        module=sqlite_module(),
        creator=lambda: connect_file(path, read_only=read_only, uri=uri),
        pool_size=8,
        max_overflow=8,
        poolclass=_queue_pool(),
    )

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "begin", begin)
    return engine


def server_engine(url: str) -> Engine:
    """An engine over a PostgreSQL database."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    event.listen(engine, "connect", _wait_no_longer)
    return engine


def _wait_no_longer(connection: Any, _record: object) -> None:
    connection.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
    connection.commit()


def engine_of(place: Place, *, read_only: bool = False, immutable: bool = False) -> Engine:
    """The engine for a place."""
    if place.url is not None:
        return server_engine(place.url)
    return file_engine(place.file, read_only=read_only, immutable=immutable)


def prepare_log(path: Path) -> None:
    """Choose the log of a file: write-ahead where it is safe, else a rollback journal."""
    connection = connect_file(path)
    try:
        connection.execute(f"PRAGMA journal_mode={'WAL' if wal_is_safe() else 'DELETE'}")
    finally:
        connection.close()


def make_private(path: Path) -> None:
    """Make an empty file that only the user can read, before SQLite sees it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise StoreError(
            _("There is already a file at {place}: choose another name.").format(place=path)
        ) from None
    except OSError as error:
        raise StoreError(
            _("Nothing can be written at {place}: {reason}.").format(
                place=path.parent, reason=error.strerror
            )
        ) from None


def _queue_pool() -> Any:
    from sqlalchemy.pool import QueuePool

    return QueuePool
