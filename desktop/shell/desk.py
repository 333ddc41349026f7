"""The programme on the desk: what the window does when one is opened, changed or closed."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from ecofolio.initiatives.scope import Scope
from ecofolio.shell.scope_bar import USUAL
from ecofolio.shell.session import short_name
from ecofolio.shell.welcome import Welcome
from ecofolio.shell.words import COUNTED
from ecofolio.store.place import place_of
from ecofolio.text import _
from ecofolio.widgets.page import PageId

if TYPE_CHECKING:
    from ecofolio.shell.window import MainWindow
    from ecofolio.store.workspace import Changed

_FOLLOW_AFTER = 30  # ms after a change: the page has been painted, and one edit follows another
_COUNT_AFTER = 250  # ms after an opening: the first page is there and answers
_FRAME = ("unit", "scene", "saved_view", "person")


class Desk:
    """Follows the session's signals and keeps the window's frame true."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._asked_for = ""  # the place that was to be opened last
        self._counts_wanted = False
        self._follow = QTimer(window, singleShot=True)
        self._follow.timeout.connect(self._show_changed)
        session = window.session
        session.opening.connect(self.opening)
        session.opened.connect(self.opened)
        session.closed.connect(self.closed)
        session.changed.connect(self.changed)
        session.failed.connect(self.failed)
        session.trouble.connect(lambda sentence: window.notice.say(sentence, "amber"))

    @property
    def is_following(self) -> bool:
        """Whether counts and the names of undo and redo are still to be read."""
        return self._follow.isActive()

    @property
    def place(self) -> str:
        """The path or address of the open programme."""
        place = self._window.session.workspace.place
        return str(place.url or place.path)

    def opening(self, place: str) -> None:
        """Say honestly that there is nothing to see yet."""
        window = self._window
        self._asked_for = place
        window.notice.hide()
        window.scope_bar.setEnabled(False)
        window.navigation.list.setEnabled(False)
        name = short_name(place)
        window.pages.show_loading(_("Opening {place}…").format(place=name))

    def opened(self) -> None:
        """Show the programme that was opened where one was in it last."""
        window, workspace = self._window, self._window.session.workspace
        self._keep_recent()
        window.words.use(workspace)
        window.scope.set(self._kept_scope())
        window.pages.set_context(window.context())
        window.pages.set_scope(window.scope.value)
        window.commands.set_open(True)
        self._show_place()
        if workspace.read_only:
            window.notice.say(workspace.read_only, "amber")
        # else the keyboard goes from what leaves to the navigation, which shows what it stands on
        window.pages.setFocus()
        then = window.files.after_opening()
        if then is None:
            window.go(self.first_page())
        else:
            then()
        window.pages.focus_page()
        self._counts_wanted = True
        self._follow.start(_COUNT_AFTER)

    def closed(self) -> None:
        """Show the ways to a programme."""
        self._window.pages.set_context(None)
        self._window.words.use(None)
        self.show_nothing_open()

    def failed(self, error: BaseException) -> None:
        """Go back to where one was, and say why."""
        window = self._window
        window.files.after_opening()
        if window.session.workspace is None:
            self.show_nothing_open()
        else:
            self.show_frame()
            window.go(window.pages.current_id or self.first_page())
        if not window.restoring.offer(error, self._asked_for):
            window.report(error)

    def changed(self, changed: Changed) -> None:
        """Have the page in view read what changed; its counts and the name of what Undo would
        take back follow when that is painted."""
        self._window.words.forget(changed)
        if changed.touches(*_FRAME):
            self._show_figures()
        self._counts_wanted = self._counts_wanted or changed.touches(*COUNTED)
        self._window.pages.refresh()
        self._follow.start(_FOLLOW_AFTER)

    def _show_changed(self) -> None:
        if self._window.session.workspace is None:
            return
        self._window.history.show()
        if self._counts_wanted:
            self._show_figures()

    def refresh(self) -> None:
        """Read everything again."""
        self._window.words.forget(None)
        self._show_figures()
        self._window.pages.refresh()

    def show_frame(self) -> None:
        """Fill everything around the pages."""
        window = self._window
        workspace = window.session.workspace
        if workspace is None:
            self.show_nothing_open()
            return
        self._show_place()
        window.history.show()
        self._show_figures()

    def _show_place(self) -> None:
        """What of the frame takes no reading."""
        window = self._window
        workspace = window.session.workspace
        place = workspace.place
        window.setWindowTitle(f"{place.name} – Ecofolio")
        window.status.show_place(place.name, place.shown, workspace.read_only)
        window.scope_bar.setEnabled(True)
        window.scope_bar.set_words(lambda: window.words.scope)
        window.navigation.list.setEnabled(True)
        window.wishes.show_actor()
        self._fill_recent()

    def show_nothing_open(self) -> None:
        """The frame and the welcome page without a programme."""
        window = self._window
        window.setWindowTitle("Ecofolio")
        window.navigation.set_page(None)
        window.navigation.set_figures(None, [])
        window.navigation.list.setEnabled(False)
        window.scope_bar.setEnabled(True)
        window.scope_bar.set_words(lambda: window.words.scope)
        window.scope_bar.set_scoped(False)
        window.status.show_place("", "", None)
        window.history.show()
        window.commands.set_open(False)
        window.wishes.show_actor()
        self._fill_recent()
        welcome = self.welcome()
        window.pages.show_state(welcome)
        welcome.first_focus().setFocus()

    def welcome(self) -> Welcome:
        """The page of ways to a programme."""
        files = self._window.files
        return Welcome(
            self._window.settings.value.recent[:5],
            on_open=files.open,
            on_new=files.new,
            on_demonstration=files.demonstration,
            on_import=files.import_list,
            on_restore=self._window.restoring.ask,
            on_recent=files.open_place,
        )

    def first_page(self) -> PageId:
        """The page that one was on last, at first the overview."""
        pages = list(self._window.pages.entries)
        kept = [page for page in pages if page.value == self._window.settings.value.page]
        return (kept or [page for page in pages if page is PageId.OVERVIEW] or pages)[0]

    def keep(self) -> None:
        """Keep for the next session where the window is and what one was looking at."""
        window = self._window
        geometry = bytes(window.saveGeometry().toBase64().data()).decode()
        changes: dict[str, Any] = {"geometry": geometry}
        if window.session.workspace is not None:
            kept = json.loads(window.scope.value.as_json())
            changes["scopes"] = {**window.settings.value.scopes, self.place: kept}
            if window.pages.current_id is not None:
                changes["page"] = window.pages.current_id.value
        window.settings.save(**changes)

    def _show_figures(self) -> None:
        window = self._window
        self._counts_wanted = False
        window.navigation.set_figures(window.words.counts, window.words.views)
        window.scope_bar.show_scope(window.scope.value)

    def _keep_recent(self) -> None:
        settings = self._window.settings
        changed = settings.value.with_recent(self.place)
        settings.save(recent=changed.recent, scopes=changed.scopes)

    def _fill_recent(self) -> None:
        menu, files = self._window.commands.recent, self._window.files
        recent = self._window.settings.value.recent
        menu.clear()
        for place in recent:
            shown = place_of(place).shown.replace("&", "&&")  # without a password
            menu.addAction(shown, partial(files.open_place, place))
        menu.setEnabled(bool(recent))

    def _kept_scope(self) -> Scope:
        kept = self._window.settings.value.scopes.get(self.place)
        if not isinstance(kept, dict):
            return USUAL
        return self._window.words.known(Scope.from_json(json.dumps(kept)))
