"""An open programme: reading, doing, undoing, and hearing of changes.

Pages and the command line are handed a `Workspace`; nothing else opens a session. Its methods
may be called from any thread.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from ecofolio.errors import ConflictError, InputError, StoreError
from ecofolio.store import backup as backups
from ecofolio.store import files, inspection, journal, undoing, verification
from ecofolio.store.attachments import Cancelled, Hear, never, unheard
from ecofolio.store.database import SCHEMA, engine_of, prepare_log
from ecofolio.store.drafts import draft_beside, settle, unwritable
from ecofolio.store.explain import explaining
from ecofolio.store.migration import upgrade
from ecofolio.store.model import Programme
from ecofolio.store.place import Place, place_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _

P = ParamSpec("P")
R = TypeVar("R")
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Changed:
    """What a commit touched: identities by table; `ours` where this workspace did it."""

    change_id: int
    records: dict[str, frozenset[int]] = field(default_factory=dict)
    ours: bool = True

    def touches(self, *tables: str) -> bool:
        """Whether any of the tables has a row that changed."""
        return any(name in self.records for name in tables)


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def system_user() -> str:
    """Who is acting unless somebody says otherwise."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "user"


class Workspace:
    """One programme, open. `read_only` is the reason in a sentence, or None."""

    def __init__(
        self, place: Place, engine: Engine, *, actor: str, clock: Clock, read_only: str | None
    ) -> None:
        self.place = place
        self.actor = actor
        self.clock = clock
        self.read_only = read_only
        self._engine = engine
        self._writing = threading.RLock()
        self._listeners: list[Callable[[Changed], None]] = []
        with self.read() as connection:
            self._seen = journal.head(connection)

    # --- opening and closing ---------------------------------------------------------------

    @staticmethod
    def load_tables() -> None:
        """Make every room's tables known; needed before a file is checked without opening it."""
        # named, not imported: the rooms stand above the store, which has to know none of them
        importlib.import_module("ecofolio.models")

    @classmethod
    def create(
        cls,
        place: str | Path | Place,
        *,
        name: str = "",
        actor: str | None = None,
        clock: Clock = utc_now,
    ) -> Self:
        """Make a new, empty programme and open it; refuses where something is there already."""
        cls.load_tables()
        place = place_of(place)
        founder = actor or system_user()

        def found(where: Place) -> None:
            with cls(where, engine_of(where), actor=founder, clock=clock, read_only=None) as new:
                new.do(_found_programme, name=name or place.name)

        with explaining(place):
            if place.is_server:
                _create_on_server(place, found)
            else:
                _create_file(place.file, found)
        return cls.open(place, actor=actor, clock=clock)

    @classmethod
    def open(
        cls, place: str | Path | Place, *, actor: str | None = None, clock: Clock = utc_now
    ) -> Self:
        """Open a programme that exists, after the checks that its state calls for."""
        cls.load_tables()
        place = place_of(place)
        reason, immutable = None, False
        with explaining(place):
            if place.is_server:
                _ready_server(place, clock)
            else:
                reason, immutable = _ready_file(place.file, clock)
        engine = engine_of(place, read_only=reason is not None, immutable=immutable)
        try:
            return cls(place, engine, actor=actor or system_user(), clock=clock, read_only=reason)
        except BaseException:
            engine.dispose()
            raise

    def close(self) -> None:
        """Let go of the programme."""
        self._listeners.clear()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- reading and writing ---------------------------------------------------------------

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading one consistent state."""
        with explaining(self.place), self._engine.connect() as bare:
            if self.place.is_server:  # a file is read like that anyway
                bare = bare.execution_options(isolation_level="REPEATABLE READ")
            yield bare

    def do(
        self,
        action: Callable[Concatenate[Work, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run an action as one journalled transaction and return what it returns.

        An action that raises leaves nothing behind.
        """
        if self.read_only:
            raise StoreError(self.read_only)
        with self._writing:
            with explaining(self.place), self._engine.connect() as bare:
                connection = bare.execution_options(writes=True)
                with connection.begin():
                    head = journal.head(connection, lock=True)
                    work = Work(connection, self.actor, self.clock())
                    result = action(work, *args, **kwargs)
                    after = journal.write(work, head)
            if after is not None and self._seen == head:
                self._seen = after
        if after is not None:
            self._tell(Changed(after.id, journal.touched_records(work.touched())))
        return result

    # --- undo, redo, history ---------------------------------------------------------------

    @property
    def _whose(self) -> str | None:
        # on a server, Undo takes back one's own work; in a file there is one person's sequence
        return self.actor if self.place.is_server else None

    def next_undo(self) -> journal.Entry | None:
        """The change that `undo` would take back."""
        with self.read() as connection:
            return undoing.next_undo(connection, self._whose)

    def next_redo(self) -> journal.Entry | None:
        """The change that `redo` would bring back."""
        with self.read() as connection:
            return undoing.next_redo(connection, self._whose)

    def undo(self, change: int | None = None) -> journal.Entry:
        """Take back a change, by default the newest; returns it. `ConflictError` says why not."""
        return self._invert(undoing.undo, change, self._whose)

    def redo(self) -> journal.Entry:
        """Bring back the change that was undone last; returns it."""
        return self._invert(undoing.redo, self._whose)

    def take_back(self, change: int, record: str, record_id: int) -> None:
        """Undo what one change did to one record, and leave the rest of the change standing."""
        self._invert(undoing.take_back, change, record, record_id)

    def _invert(
        self, action: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        try:
            return self.do(action, *args, **kwargs)
        except InputError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise ConflictError(
                    _("This can not be undone or redone: something changed later is in the way.")
                ) from error
            raise

    def poll(self) -> Changed | None:
        """Tell the listeners what others committed since; returns it."""
        with self.read() as connection:
            head = journal.head(connection)
            if head == self._seen:
                return None
            records = journal.records_since(connection, self._seen)
            self._seen = head
        changed = Changed(head.id, records, ours=False)
        self._tell(changed)
        return changed

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Hear of every commit, on the thread that made it; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _tell(self, changed: Changed) -> None:
        for listener in list(self._listeners):
            listener(changed)

    # --- backups ---------------------------------------------------------------------------

    def back_up_if_due(
        self, folder: Path | None = None, *, hear: Hear = unheard, cancelled: Cancelled = never
    ) -> Path | None:
        """A rotating backup where the newest is half an hour old; thins out the old ones.

        `hear` and `cancelled` are about attached files, as `backup.backup` has them.
        """
        folder = folder or backups.default_folder(self.place)
        now = self.clock()
        if self.read_only or not backups.is_due(folder, self.place.name, now):
            return None
        path = backups.backup(self.place, folder, now, hear=hear, cancelled=cancelled)
        backups.rotate(folder, self.place.name, now)
        return path

    def verify(self) -> list[str]:
        """What is wrong with the programme, its journal and its files, a sentence each."""
        with self.read() as connection:
            return verification.problems(connection) or files.problems(connection, self.place)


def _found_programme(work: Work, name: str) -> None:
    work.kind = "setup"
    work.label(N_("New programme {name}"), name=name)
    work.insert(Programme, [{"name": name}])


def _create_file(path: Path, found: Callable[[Place], None]) -> None:
    try:
        if path.exists():
            raise StoreError(
                _("There is already a file at {place}: choose another name.").format(place=path)
            )
    except OSError as error:
        raise unwritable(path, error) from None
    if not path.parent.is_dir():
        raise StoreError(_("There is no folder {place}.").format(place=path.parent))
    with draft_beside(path) as draft:
        upgrade(Place(path=draft))
        found(Place(path=draft))
        settle(draft, path, replace=False)


def _create_on_server(place: Place, found: Callable[[Place], None]) -> None:
    engine = engine_of(place)
    try:
        with engine.connect() as connection:
            if inspection.server_version(connection, place):
                raise StoreError(_("There is already a programme at {place}.").format(place=place))
    finally:
        engine.dispose()
    upgrade(place)
    found(place)


def _ready_file(path: Path, clock: Clock) -> tuple[str | None, bool]:
    """Check and, where it is old, migrate a file; whether and how it is read-only."""
    version = inspection.look_at_header(path)
    reason = inspection.why_read_only(path)
    if reason is not None:
        if version < SCHEMA:
            raise StoreError(
                _(
                    "{place} is of an older version and can not be brought up to date here: copy "
                    "it to a folder that you may write to."
                ).format(place=path)
            )
        inspection.look_inside(path, whole=False)
        return reason, True
    version = inspection.look_inside(path, whole=inspection.was_left_open(path))
    if version < SCHEMA:
        migrate_file(path, clock())
    prepare_log(path)
    return None, False


def migrate_file(path: Path, now: datetime) -> None:
    """Bring an old file up to date, after a verified backup."""
    place = Place(path=path)
    backups.backup(place, backups.default_folder(place), now)
    upgrade(place)
    inspection.look_inside(path, whole=True)


def _ready_server(place: Place, clock: Clock) -> None:
    engine = engine_of(place)
    try:
        with engine.connect() as connection:
            version = inspection.server_version(connection, place)
    finally:
        engine.dispose()
    if version == 0:
        raise StoreError(_("There is no programme at {place} yet.").format(place=place))
    if version < SCHEMA:
        backups.backup(place, backups.default_folder(place), clock(), version=version)
        upgrade(place)
