"""Saved views: a scope with a page's columns, order and grouping, kept in the programme."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QInputDialog, QLineEdit

from ecofolio.errors import EcofolioError
from ecofolio.initiatives.scope import Scope
from ecofolio.text import _
from ecofolio.widgets.page import PageId

if TYPE_CHECKING:
    from ecofolio.shell.queries import View
    from ecofolio.shell.window import MainWindow


class Views:
    """Saves, shows, renames and deletes views."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def save(self) -> None:
        """Ask for a name and keep what one is looking at under it."""
        name = self._ask(_("Save this view"), "")
        if name:
            self.save_as(name)

    def save_as(self, name: str) -> None:
        """Keep what one is looking at under a name."""
        from ecofolio.initiatives import actions

        window = self._window
        page = window.pages.page
        spec = {
            "page": window.pages.current_id,
            "scope": json.loads(window.scope.value.as_json()),
            "state": page.state() if page else {},
        }
        self._do(actions.save_view, name, json.dumps(spec, ensure_ascii=False))

    def show(self, view: View) -> None:
        """Look at what a view holds."""
        try:
            spec = json.loads(view.spec)
        except ValueError:
            spec = None
        if not isinstance(spec, dict):
            self._window.notice.say(
                _("The view “{name}” can not be read; save it again.").format(name=view.name), "red"
            )
            return
        window = self._window
        # A view that holds a scope alone is of the initiatives.
        chosen = Scope.from_json(json.dumps(spec.get("scope", spec)))
        window.pages.leave()
        window.scope.set(window.words.known(chosen))
        known = spec.get("page") in [page.value for page in window.pages.entries]
        page = window.go(PageId(spec["page"]) if known else PageId.INITIATIVES)
        if page is not None and isinstance(spec.get("state"), dict):
            page.restore(spec["state"])

    def rename(self, view: View) -> None:
        """Ask for another name."""
        from ecofolio.shell import actions

        name = self._ask(_("Rename the view"), view.name)
        if name and name != view.name:
            self._do(actions.rename_view, view_id=view.id, name=name)

    def delete(self, view: View) -> None:
        """Delete a view; it can be undone, so nobody is asked."""
        from ecofolio.initiatives import actions

        if self._do(actions.delete_view, view.id):
            self._window.notify(_("View deleted: {name}").format(name=view.name), undo=True)

    def _do(self, action: Callable[..., object], *given: object, **named: object) -> bool:
        """Write; where that is refused, say why. Whether it was written."""
        try:
            self._window.session.workspace.do(action, *given, **named)
        except EcofolioError as error:
            self._window.report(error)
            return False
        return True

    def _ask(self, title: str, name: str) -> str:
        given, accepted = QInputDialog.getText(
            self._window, title, _("Name"), QLineEdit.EchoMode.Normal, name
        )
        return given.strip() if accepted else ""
