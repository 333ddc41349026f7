"""Undo and redo from the window: off the GUI thread, one after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from ecofolio.store import undoing
from ecofolio.text import _

if TYPE_CHECKING:
    from ecofolio.shell.window import MainWindow
    from ecofolio.store.journal import Entry
    from ecofolio.store.workspace import Workspace


class History:
    """The Edit menu's two commands. Undoing an import of thousands of rows takes its time, so
    that the steps run in the background; those asked for meanwhile wait their turn."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._waiting: deque[Callable[[], None]] = deque()
        self._busy = False

    def undo(self) -> None:
        """Take back the newest change."""
        self._ask(lambda workspace: workspace.undo(), _("Undoing"), _("Undone: {label}"))

    def redo(self) -> None:
        """Bring back what was undone last."""
        self._ask(lambda workspace: workspace.redo(), _("Redoing"), _("Redone: {label}"))

    def show(self) -> None:
        """Label the commands and the status bar with what they would do."""
        workspace = self._window.session.workspace
        undo = redo = ""
        reverses = False
        if workspace is not None and not workspace.read_only:
            undone, redone = workspace.next_undo(), workspace.next_redo()
            if undone is not None:
                undo = undone.label
                with workspace.read() as connection:
                    reverses = undoing.is_reversal(connection, undone.id)
            redo = redone.label if redone else ""
        self._window.commands.show_undo(undo, redo, reverses=reverses)
        self._window.status.show_undo(undo, reverses=reverses)

    def _ask(self, step: Callable[[Workspace], Entry], title: str, said: str) -> None:
        self._waiting.append(lambda: self._start(step, title, said))
        if not self._busy:
            self._next()

    def _next(self) -> None:
        self._busy = bool(self._waiting)
        if self._waiting:
            self._waiting.popleft()()

    def _start(self, step: Callable[[Workspace], Entry], title: str, said: str) -> None:
        workspace = self._window.session.workspace
        if workspace is None:
            self._waiting.clear()
            self._busy = False
            return
        self._window.runner.start(
            lambda progress, cancelled: step(workspace),
            title=title,
            cancellable=False,
            on_done=lambda entry: self._done(said.format(label=entry.label)),
            on_error=self._failed,
        )

    def _done(self, sentence: str) -> None:
        self._window.notify(sentence)
        self._next()

    def _failed(self, error: BaseException) -> None:
        self._waiting.clear()
        self._busy = False
        self._window.report(error)
