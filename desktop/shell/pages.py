"""The stack of pages: each is built when it is first shown and told only what it has missed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ecofolio.initiatives.scope import Scope
from ecofolio.text import _
from ecofolio.widgets.page import Page, PageContext, PageId
from ecofolio.widgets.panels import EmptyState


@dataclass(frozen=True)
class PageEntry:
    """A page that can be gone to. `title` is an `N_` message; `count` names its figure."""

    id: PageId
    title: str
    icon: str
    build: Callable[[PageContext], Page]
    shortcut: str = ""
    shows: frozenset[str] = frozenset()  # the kinds of record that it can show: "initiative"
    count: str = ""  # the field of `queries.Counts` beside it

    @property
    def label(self) -> str:
        """The title in the language in force."""
        return _(self.title)


@dataclass
class _Built:
    page: Page
    stale: bool = False
    scope: Scope = field(default_factory=Scope)


class PageStack(QStackedWidget):
    """Shows one page of the open programme, or what stands in its place."""

    shown = Signal(object)  # PageId

    def __init__(self, entries: Sequence[PageEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pages")
        self.entries = {entry.id: entry for entry in entries}
        self._context: PageContext | None = None
        self._built: dict[PageId, _Built] = {}
        self._kept: dict[PageId, dict[str, Any]] = {}
        self._scope = Scope()
        self.current_id: PageId | None = None

    @property
    def page(self) -> Page | None:
        """The page in view."""
        built = self._built.get(self.current_id) if self.current_id else None
        return built.page if built and self.currentWidget() is built.page else None

    def set_context(self, context: PageContext | None, *, keep: bool = False) -> None:
        """Forget all pages and build them from `context` from now on.

        With `keep` the pages take up where they were, and those with open work stay.
        """
        gc.unfreeze()  # what the start set aside as lasting has pages among it
        for page_id, built in list(self._built.items()):
            if keep and built.page.has_open_work():
                continue
            if keep:
                self._kept[page_id] = built.page.state()
            self._remove(built.page)
            del self._built[page_id]
        if not keep:
            self._kept.clear()
            self.current_id = None
        self._context = context

    def show_page(self, page_id: PageId) -> Page:
        """Show a page, built or brought up to date as it needs."""
        built = self._built.get(page_id)
        if built is None:
            built = self._build_or_say(page_id)
        else:
            self._catch_up(built)
        self.current_id = page_id
        self.setCurrentWidget(built.page)
        self.shown.emit(page_id)
        return built.page

    def show_state(self, state: QWidget) -> None:
        """Show something that is no page: a welcome, a loading state."""
        old = self.currentWidget()
        self.addWidget(state)
        self.setCurrentWidget(state)
        if old is not None and not isinstance(old, Page):
            self._remove(old)

    def show_loading(self, sentence: str) -> None:
        """Say honestly that there is nothing to see yet."""
        self.show_state(EmptyState("loader-circle", sentence))

    def set_scope(self, scope: Scope) -> None:
        """Have the page in view show `scope`; the others when they are shown."""
        self._scope = scope
        self._catch_up_in_view()

    def leave(self) -> None:
        """The page in view is about to be left: it need not follow what comes meanwhile."""
        self.current_id = None

    def refresh(self) -> None:
        """Have the page in view read again; the others when they are shown."""
        for built in self._built.values():
            built.stale = True
        self._catch_up_in_view()

    def open_work(self) -> list[str]:
        """The titles of the pages where something unsaved would be lost."""
        return [built.page.title for built in self._built.values() if built.page.has_open_work()]

    def focus_page(self) -> None:
        """Give the page in view the keyboard."""
        page = self.page
        if page is not None:
            target = page.first_focus() or page
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build_or_say(self, page_id: PageId) -> _Built:
        try:
            return self._build(page_id)
        except Exception:
            # Whatever stood there before would be a lie; the report says the rest.
            self.current_id = None
            self.show_state(EmptyState("triangle-alert", _("This page could not be shown.")))
            raise

    def _build(self, page_id: PageId) -> _Built:
        assert self._context is not None, "no programme is open"
        page = self.entries[page_id].build(self._context)
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        page.set_scope(self._scope)
        page.refresh()
        if page_id in self._kept:
            page.restore(self._kept.pop(page_id))
        self.addWidget(page)
        built = self._built[page_id] = _Built(page, scope=self._scope)
        return built

    def _catch_up_in_view(self) -> None:
        built = self._built.get(self.current_id) if self.current_id else None
        if built is not None and self.page is not None:
            self._catch_up(built)

    def _catch_up(self, built: _Built) -> None:
        if built.scope != self._scope:
            built.scope = self._scope
            built.page.set_scope(self._scope)
        if built.stale:
            built.stale = False
            built.page.refresh()

    def _remove(self, widget: QWidget) -> None:
        self.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
