"""The contract between the window and its pages.

A page is built by `factory(context)` when it is first shown; it stands in the window until the
language changes or another programme is opened, and is then built anew with what `state()`
returned. The window calls `refresh()` after `Changed` and `set_scope()` when the scope bar
moves, and only on pages that are in view: a hidden page hears of both when it is shown again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from ecofolio.text import _
from ecofolio.widgets.background import Runner
from ecofolio.widgets.theme import Theme

if TYPE_CHECKING:  # words of rooms above, of which nothing is needed here but the name
    from ecofolio.initiatives.scope import Scope
    from ecofolio.shell.settings import Settings
    from ecofolio.store.workspace import Workspace


class PageId(StrEnum):
    """The places one can go to."""

    MY_WORK = "my_work"
    OVERVIEW = "overview"
    INITIATIVES = "initiatives"
    BOARDS = "boards"
    SQUADS = "squads"
    BUDGET = "budget"
    SCORECARDS = "scorecards"
    ORGANISATION = "organisation"
    IMPORT = "import"
    HISTORY = "history"


class ScopeStore(QObject):
    """Holds the one scope that the scope bar and every page share."""

    changed = Signal(object)

    def __init__(self, scope: Scope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scope = scope

    @property
    def value(self) -> Scope:
        """The scope in force."""
        return self._scope

    def set(self, scope: Scope) -> None:
        """Look at `scope`; nothing is heard where it is what one looks at already."""
        if scope != self._scope:
            self._scope = scope
            self.changed.emit(scope)


@dataclass(frozen=True)
class PageContext:
    """All that a page is given.

    `open_record(kind, id)` shows a record, for example `("initiative", 7)`, on the page that
    shows such records; `show_rows(scope)` makes `scope` the one in force and shows its
    initiatives; `go(page)` shows a page. `settings()` are the preferences in force, and
    `save_settings(**changes)` keeps others.
    `notify(text, undo=False)` says in one sentence what was done, with a way to undo it.
    `export_pack()` asks where and writes the review workbook of the scope in force.
    `report(error)` shows an error: one sentence for the world's fault, a report for ours.
    """

    workspace: Workspace
    scope: ScopeStore
    runner: Runner
    theme: Theme
    settings: Callable[[], Settings]
    open_record: Callable[[str, int], None]
    show_rows: Callable[[Scope], None]
    go: Callable[[PageId], object]
    notify: Callable[..., None]
    report: Callable[[BaseException], None]
    save_settings: Callable[..., None]
    export_pack: Callable[[], None]


class Page(QWidget):
    """A page of the window.

    `title` and `icon_name` are what navigation and palette show; `wants_scope` says whether the
    scope bar stands above it..
    """

    icon_name = "file-text"
    wants_scope = True

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setObjectName("page")

    @property
    def title(self) -> str:
        """The page's name in the language in force."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Read again what the page shows; cheap enough to be called after every change."""

    def set_scope(self, scope: Scope) -> None:
        """Show `scope`."""

    def first_focus(self) -> QWidget | None:
        """The control that should have the keyboard when the page is shown."""
        return None

    def show_record(self, kind: str, record_id: int) -> bool:
        """Select and show a record; False where the page shows no such records."""
        return False

    def state(self) -> dict[str, Any]:
        """What is worth keeping when the page is built anew: selection, scroll, columns."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` returned, as far as it still makes sense."""

    def is_settled(self) -> bool:
        """Whether it shows all that it will; parts may follow after what it was opened for."""
        return True

    def has_open_work(self) -> bool:
        """Whether something unsaved would be lost if the page were closed now."""
        return False


class Reader(Protocol):
    """A page, or a dialog, that reads off the GUI thread."""

    context: PageContext

    def refresh(self) -> None:
        """Read again what is to be shown."""


class PageReading:
    """What a page reads off the GUI thread, one at a time: who asks for more meanwhile has the
    page refreshed when it is done."""

    def __init__(self, page: Reader) -> None:
        self._page = page
        self.is_under_way = self.is_wanted_again = False

    def put_off(self) -> bool:
        """Whether one is under way, after which the page is then refreshed."""
        self.is_wanted_again |= self.is_under_way
        return self.is_under_way

    def start(self, read: Callable[[], Any], take: Callable[[Any], object]) -> None:
        """Read in a thread, then take what was found, unless the page has gone meanwhile."""
        self.is_under_way = True
        self._page.context.runner.start(
            lambda _progress, _cancelled: read(),
            title=_("Reading the figures"),
            on_done=lambda found: self._end(take, found),
            on_error=self._give_up,
            cancellable=False,
        )

    def _end(self, take: Callable[[Any], object], found: Any) -> None:
        if isValid(self._page):
            self.is_under_way = False
            take(found)
            if self.is_wanted_again:
                self.is_wanted_again = False
                self._page.refresh()

    def _give_up(self, error: BaseException) -> None:
        if isValid(self._page):
            self.is_under_way = self.is_wanted_again = False
            self._page.context.report(error)
