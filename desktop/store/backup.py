"""Backups: copied by the database itself, verified after writing, thinned out with age."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from ecofolio.errors import StoreError
from ecofolio.store import inspection
from ecofolio.store.base import Base
from ecofolio.store.database import SCHEMA, connect_file, engine_of, make_private, prepare_log
from ecofolio.store.database import sqlite_module as _sqlite
from ecofolio.store.migration import upgrade
from ecofolio.store.place import SUFFIX, Place
from ecofolio.text import _

INTERVAL = timedelta(minutes=30)
_KEEP_ALL, _DAILY, _WEEKLY, _MONTHLY = timedelta(days=2), 12, 10, 9
_STAMP = "%Y%m%dT%H%M%SZ"


def default_folder(place: Place) -> Path:
    """Where a programme's backups go unless the user says otherwise."""
    from ecofolio.places import user_data

    if place.path is not None:
        return place.path.parent / f"{place.path.stem} backups"
    return user_data() / f"{place.name} backups"


def made(folder: Path, name: str) -> list[tuple[datetime, Path]]:
    """The backups of a programme in a folder with their times, newest first."""
    pattern = re.compile(re.escape(name) + r"\.(\d{8}T\d{6}Z)" + re.escape(SUFFIX))
    found = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if hit := pattern.fullmatch(path.name):
                found.append((datetime.strptime(hit[1], _STAMP).replace(tzinfo=UTC), path))
    return sorted(found, reverse=True)


def is_due(folder: Path, name: str, now: datetime) -> bool:
    """Whether the newest backup is at least `INTERVAL` old."""
    newest = next(iter(made(folder, name)), None)
    return newest is None or now - newest[0] >= INTERVAL


def backup(place: Place, folder: Path, now: datetime, *, version: int = SCHEMA) -> Path:
    """Write a verified copy of the programme as it is now; returns its path.

    A server's programme becomes a file as well. `StoreError` where it can not be written;
    a copy that does not verify is not kept.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            _("No backup was made: {place} can not be written ({reason}).").format(
                place=folder, reason=error.strerror
            )
        ) from None
    target = folder / f"{place.name}.{now.astimezone(UTC).strftime(_STAMP)}{SUFFIX}"
    with _beside(target) as draft:
        if place.is_server:
            _copy_from_server(place, draft)
        else:
            _copy_file(place.file, draft)
        inspection.look_inside(draft, whole=True)
        _settle(draft, target)
    return target


def expired(times: Iterable[datetime], now: datetime) -> list[datetime]:
    """Which backups to let go: all of two days stay, then the newest of each of 12 days,
    10 weeks and 9 months."""
    ordered = sorted(times, reverse=True)
    kept = {time for time in ordered if now - time <= _KEEP_ALL}
    spans: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (_DAILY, lambda time: time.date()),
        (_WEEKLY, lambda time: time.isocalendar()[:2]),
        (_MONTHLY, lambda time: (time.year, time.month)),
    )
    for count, span in spans:
        newest: dict[object, datetime] = {}
        for time in ordered:
            if now - time > _KEEP_ALL:
                newest.setdefault(span(time), time)
        kept.update(list(newest.values())[:count])
    return [time for time in ordered if time not in kept]


def rotate(folder: Path, name: str, now: datetime) -> None:
    """Delete the backups that have had their time."""
    paths = dict(made(folder, name))
    for time in expired(paths, now):
        with contextlib.suppress(OSError):
            paths[time].unlink()


def restore(source: Path, place: Place, now: datetime) -> Path | None:
    """Put a backup in a programme's place; returns where the old programme was kept aside."""
    inspection.look_at_header(source)
    version = inspection.look_inside(source, whole=True, read_only=not os.access(source, os.W_OK))
    if place.is_server:
        return _restore_server(source, place, now, version)
    path = place.file
    with _beside(path) as draft:
        _copy_file(source, draft)
        inspection.look_inside(draft, whole=True)
        kept = _set_aside(path, now) if path.exists() else None
        _settle(draft, path)
    return kept


def _set_aside(path: Path, now: datetime) -> Path:
    stamp = now.astimezone(UTC).strftime(_STAMP)
    kept = path.with_name(f"{path.stem}.before-restore-{stamp}{path.suffix}")
    if kept.exists():
        raise StoreError(_("{place} is in the way: try again in a second.").format(place=kept))
    with contextlib.suppress(_sqlite().DatabaseError):
        _fold_log(path)
    for ending in ("-wal", "-shm", "-journal"):
        log = path.with_name(path.name + ending)
        if log.exists():
            log.replace(kept.with_name(kept.name + ending))
    path.replace(kept)
    return kept


def _fold_log(path: Path) -> None:
    """Move what the write-ahead log holds into the file, as far as other users let us."""
    connection = connect_file(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


@contextlib.contextmanager
def _beside(target: Path):  # type: ignore[no-untyped-def]
    """A private draft in the target's folder, gone afterwards unless it was settled."""
    try:
        handle, name = tempfile.mkstemp(suffix=".draft", prefix=".ecofolio-", dir=target.parent)
    except OSError as error:
        raise StoreError(
            _("Nothing can be written at {place}: {reason}.").format(
                place=target.parent, reason=error.strerror
            )
        ) from None
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
    except _sqlite().DatabaseError as error:
        raise StoreError(
            _("The copy could not be written: {reason}. Nothing was changed.").format(reason=error)
        ) from None
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            draft.with_name(draft.name + ending).unlink(missing_ok=True)


def _settle(draft: Path, target: Path) -> None:
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _copy_file(source: Path, draft: Path) -> None:
    read = connect_file(source, read_only=not os.access(source.parent, os.W_OK))
    try:
        write = connect_file(draft)
        try:
            read.backup(write)
            write.execute("PRAGMA journal_mode=DELETE")
        finally:
            write.close()
    finally:
        read.close()


def _copy_from_server(place: Place, draft: Path) -> None:
    upgrade(Place(path=draft))
    source, target = engine_of(place), engine_of(Place(path=draft))
    try:
        with (
            source.connect().execution_options(isolation_level="REPEATABLE READ") as read,
            target.connect().execution_options(writes=True) as write,
            write.begin(),
        ):
            copy_rows(read, write)
    finally:
        source.dispose()
        target.dispose()


def copy_rows(read: Connection, write: Connection) -> None:
    """Replace every row of one programme by another's, with identities and journal."""
    tables = Base.metadata.sorted_tables
    for table in reversed(tables):
        write.execute(delete(table))
    for table in tables:
        rows = read.execution_options(yield_per=2000).execute(select(table))
        for chunk in rows.mappings().partitions():
            write.execute(insert(table), [dict(row) for row in chunk])


def _restore_server(source: Path, place: Place, now: datetime, version: int) -> Path | None:
    engine: Engine = engine_of(place)
    try:
        with engine.connect() as connection:
            present = inspection.server_version(connection, place)
        kept = backup(place, default_folder(place), now) if present else None
        if not present:
            upgrade(place)
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder) / f"restored{SUFFIX}"
            make_private(draft)
            _copy_file(source, draft)
            if version < SCHEMA:
                upgrade(Place(path=draft))
            prepare_log(draft)
            origin = engine_of(Place(path=draft))
            try:
                with origin.connect() as read, engine.begin() as write:
                    copy_rows(read, write)
            finally:
                origin.dispose()
        return kept
    finally:
        engine.dispose()
