"""The programme that is open: opening it off the GUI thread, hearing of changes, watching for
those of others, and backing up while it is in use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from ecofolio.errors import EcofolioError
from ecofolio.text import _
from ecofolio.widgets.background import Runner

if TYPE_CHECKING:
    from ecofolio.store.attachments import Carried
    from ecofolio.store.workspace import Changed, Workspace

LOOK_EVERY = 0.4  # seconds: another window's change is seen within one
BACK_UP_LOOK_EVERY = 300.0  # seconds; the store itself decides when half an hour has passed
_AFTER_TROUBLE = 5.0


class Watcher:
    """A thread that looks for what other windows and processes committed, and backs up."""

    def __init__(
        self,
        workspace: Workspace,
        backup_folder: Callable[[], Path | None],
        on_trouble: Callable[[str], object],
    ) -> None:
        self._workspace, self._folder, self._on_trouble = workspace, backup_folder, on_trouble
        self._stop = threading.Event()
        self._lacking = ""
        self._thread = threading.Thread(target=self._run, name="watcher")
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        wait, back_up_at = LOOK_EVERY, time.monotonic() + BACK_UP_LOOK_EVERY
        while not self._stop.wait(wait):
            try:
                self._workspace.poll()
                if time.monotonic() >= back_up_at:
                    back_up_at = time.monotonic() + BACK_UP_LOOK_EVERY
                    self._workspace.back_up_if_due(
                        self._folder(), hear=self._tell_lacking, cancelled=self._stop.is_set
                    )
                wait = LOOK_EVERY
            except EcofolioError as error:
                # said once; a server that is away for a while is looked for again in peace
                if wait == LOOK_EVERY:
                    self._on_trouble(str(error))
                wait = _AFTER_TROUBLE

    def _tell_lacking(self, carried: Carried) -> None:
        """Say once which attached files a backup lacks; a server's may lie with its other users."""
        lacking = "" if self._workspace.place.is_server else carried.said_of_backup()
        if lacking and lacking != self._lacking:
            self._on_trouble(lacking)
        self._lacking = lacking


class Session(QObject):
    """Holds the open workspace, or none. All signals are heard in the GUI thread."""

    opening = Signal(str)  # the place
    opened = Signal()
    closed = Signal()
    changed = Signal(object)  # Changed
    trouble = Signal(str)  # a sentence
    failed = Signal(object)  # the error of an opening
    _heard = Signal(object)
    _watched = Signal(str)

    def __init__(
        self,
        runner: Runner,
        actor: Callable[[], str],
        backup_folder: Callable[[], Path | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.workspace: Workspace | None = None
        self._runner, self._actor, self._folder = runner, actor, backup_folder
        self._watcher: Watcher | None = None
        self._unsubscribe: Callable[[], None] | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._heard.connect(self._pass_on, queued)
        self._watched.connect(self.trouble, queued)

    def open(self, place: str) -> None:
        """Open a programme; the one that is open stays until the new one is ready."""
        self._start(place, _("Opening {place}").format(place=short_name(place)), _open)

    def create(self, place: str) -> None:
        """Make an empty programme and open it."""
        self._start(place, _("Making {place}").format(place=short_name(place)), _create)

    def make(self, place: str, title: str, builder: Callable[[str, str], Workspace]) -> None:
        """Open what `builder(place, actor)` makes."""
        self._start(place, title, builder)

    def adopt(self, workspace: Workspace) -> None:
        """Work with a programme that is open already."""
        self.close()
        self.workspace = workspace
        self._unsubscribe = workspace.subscribe(self._heard.emit)
        self._watcher = Watcher(workspace, self._folder, self._watched.emit)
        self.opened.emit()

    def close(self) -> None:
        """Let go of the programme that is open."""
        if self.workspace is None:
            return
        workspace, self.workspace = self.workspace, None
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None
        if self._unsubscribe is not None:
            self._unsubscribe()
        self.closed.emit()
        workspace.close()

    def _start(self, place: str, title: str, builder: Callable[[str, str], Workspace]) -> None:
        actor = self._actor()
        self.opening.emit(place)
        self._runner.start(
            lambda progress, cancelled: builder(place, actor),
            title=title,
            on_done=self.adopt,
            on_error=self.failed.emit,
            cancellable=False,
        )

    def _pass_on(self, changed: Changed) -> None:
        if self.workspace is not None:
            self.changed.emit(changed)


def short_name(place: str) -> str:
    """The last part of a path or address."""
    if "://" in place:
        return place.rsplit("/", 1)[-1].split("?")[0]
    return Path(place).name


def _open(place: str, actor: str) -> Workspace:
    from ecofolio.store.workspace import Workspace

    return Workspace.open(place, actor=actor)


def _create(place: str, actor: str) -> Workspace:
    from ecofolio.initiatives.founding import create

    return create(place, actor=actor)
