"""Backups: copied by the database itself, verified after writing, thinned out with age."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, delete, select

from ecofolio.errors import StoreError
from ecofolio.store import inspection, triggers
from ecofolio.store.attachments import Cancelled, Hear, never, put_back, save, unheard
from ecofolio.store.bulk import insert_rows
from ecofolio.store.database import (
    SCHEMA,
    connect_file,
    engine_of,
    logs_of,
    make_private,
    prepare_log,
    sqlite_module,
)
from ecofolio.store.drafts import draft_beside, settle, unwritable
from ecofolio.store.explain import explaining
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
                with contextlib.suppress(ValueError):  # no such day
                    found.append((datetime.strptime(hit[1], _STAMP).replace(tzinfo=UTC), path))
    return sorted(found, reverse=True)


def is_due(folder: Path, name: str, now: datetime) -> bool:
    """Whether the newest backup is at least `INTERVAL` old."""
    newest = next(iter(made(folder, name)), None)
    return newest is None or now - newest[0] >= INTERVAL


def backup(
    place: Place,
    folder: Path,
    now: datetime,
    *,
    version: int = SCHEMA,
    hear: Hear = unheard,
    cancelled: Cancelled = never,
) -> Path:
    """Write a verified copy of the programme as it is now; returns its path.

    A server's programme becomes a file as well, of the schema `version` that it has. `StoreError`
    where it can not be written; a copy that does not verify is not kept. Attached files that the
    folder has not yet are copied then, until `cancelled`; `hear` is told how that went.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None
    target = folder / f"{place.name}.{now.astimezone(UTC).strftime(_STAMP)}{SUFFIX}"
    with explaining(place), draft_beside(target) as draft:
        if place.is_server:
            _copy_from_server(place, draft, version)
        else:
            _copy_file(place.file, draft)
        inspection.look_inside(draft, whole=True)
        settle(draft, target)
    hear(save(place, target, cancelled))
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


def restore(source: Path, place: Place, now: datetime, hear: Hear = unheard) -> Path | None:
    """Put a backup in a programme's place; returns where the old programme was kept aside.

    `StoreError` where the backup does not verify, or the programme is open elsewhere. Attached
    files that are not there are put back as well; `hear` is told how that went.
    """
    inspection.look_at_header(source)
    inspection.why_read_only(source)
    version = inspection.look_inside(source, whole=True)
    with explaining(place):
        if place.is_server:
            kept = _restore_server(source, place, now, version)
        else:
            kept = _restore_file(source, place.file, now)
        hear(put_back(place, source.parent, default_folder(place)))
    return kept


def _restore_file(source: Path, path: Path, now: datetime) -> Path | None:
    with draft_beside(path) as draft:
        _copy_file(source, draft)
        inspection.look_inside(draft, whole=True)
        kept = _set_aside(path, now) if path.exists() else None
        settle(draft, path)
    return kept


def _set_aside(path: Path, now: datetime) -> Path:
    stamp = now.astimezone(UTC).strftime(_STAMP)
    kept = path.with_name(f"{path.stem}.before-restore-{stamp}{path.suffix}")
    if kept.exists():
        raise StoreError(_("{place} is in the way: try again in a second.").format(place=kept))
    _fold_log(path)
    try:
        if not logs_of(path):
            with contextlib.suppress(OSError):  # a disk that knows no links
                os.link(path, kept)
                return kept  # at no moment is there no programme in its place
        for log in logs_of(path):
            log.replace(kept.with_name(kept.name + log.name.removeprefix(path.name)))
        path.replace(kept)
    except OSError as error:
        raise unwritable(path, error) from None
    return kept


def _fold_log(path: Path) -> None:
    """Move what the write-ahead log holds into the file; a damaged file stays as it is.

    Only who is alone with a file may change its log: somebody else who has it open would go on
    writing into the file that was set aside.
    """
    try:
        connection = connect_file(path)
        try:
            connection.execute("PRAGMA busy_timeout=200")
            connection.execute("PRAGMA journal_mode=DELETE")
        finally:
            connection.close()
    except sqlite_module().OperationalError as error:
        if "locked" in str(error):
            raise StoreError(
                _("{place} is open in another window: close it there first.").format(place=path)
            ) from None
    except sqlite_module().DatabaseError:
        return


def _copy_file(source: Path, draft: Path) -> None:
    sealed = not os.access(source.parent, os.W_OK)
    read = connect_file(source, read_only=sealed, uri="&immutable=1" if sealed else "")
    try:
        write = connect_file(draft)
        try:
            read.backup(write)
            write.execute("PRAGMA journal_mode=DELETE")
        finally:
            write.close()
    finally:
        read.close()


def _copy_from_server(place: Place, draft: Path, version: int) -> None:
    upgrade(Place(path=draft), to=version)
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
    """Replace every row of one programme by another's of the same schema, journal included.

    The tables are those that the other has, which may be of an older schema than ours.
    """
    present = MetaData()
    present.reflect(read, only=lambda name, _metadata: name != "alembic_version")
    tables = present.sorted_tables
    with triggers.lifted(write):
        for table in reversed(tables):
            write.execute(delete(table))
        for table in tables:
            rows = read.execution_options(yield_per=2000).execute(select(table))
            for chunk in rows.mappings().partitions():
                insert_rows(write, table, [dict(row) for row in chunk])


def _restore_server(source: Path, place: Place, now: datetime, version: int) -> Path | None:
    engine: Engine = engine_of(place)
    try:
        with engine.connect() as connection:
            present = inspection.server_version(connection, place)
        kept = None
        if present:
            kept = backup(place, default_folder(place), now, version=present)
        if present < SCHEMA:
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
