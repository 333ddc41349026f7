"""The organisation page: the registers that the PMO keeps, each in a tab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from ecofolio.organisation.register import Register
from ecofolio.organisation.register_view import RegisterView
from ecofolio.organisation.registers import DepartmentRegister, PersonRegister, UnitRegister
from ecofolio.text import _
from ecofolio.widgets.page import Page, PageContext
from ecofolio.widgets.parts import PageHead, SearchField, button, column, row
from ecofolio.widgets.theme import Space

_SEARCH_WIDTH = 260


class OrganisationPage(Page):
    """Units, departments and people, and whatever registers the rooms above bring (`more`)."""

    icon_name = "building-2"
    wants_scope = False

    def __init__(
        self,
        context: PageContext,
        more: Sequence[Register] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        registers = [UnitRegister(), DepartmentRegister(), PersonRegister(), *more]
        self.views = [RegisterView(context, register) for register in registers]
        self._read: set[int] = set()
        self._add = button("", self._start_new, primary=True, icon="plus")
        self._add.setEnabled(not context.workspace.read_only)
        self._head = PageHead(self.title, "", self._add)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.title)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.search = SearchField(_("Find"))
        self.search.setFixedWidth(_SEARCH_WIDTH)
        self._stack = QStackedWidget()
        for view in self.views:
            self.tabs.addTab(view.register.label)
            self._stack.addWidget(view)
            view.counted.connect(self._count)
        bar = row(self.tabs, None, self.search)
        layout = column(self._head, bar, spacing=Space.M)
        layout.addWidget(self._stack, 1)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.tabs.currentChanged.connect(self._turn)
        self.search.textChanged.connect(self._search)
        self._read.add(0)  # by the first `refresh`
        self._turn(0)

    @property
    def title(self) -> str:
        return _("Organisation")

    @property
    def view(self) -> RegisterView:
        """The tab in view."""
        return self.views[self.tabs.currentIndex()]

    def refresh(self) -> None:
        """Read the tab in view again; the others when they are shown."""
        self._read = {self.tabs.currentIndex()}
        self.view.refresh()

    def first_focus(self) -> QWidget:
        return self.view.tree

    def show_record(self, kind: str, record_id: int) -> bool:
        """Show a unit, department, person or scene."""
        keys = {"unit": "units", "department": "departments", "person": "people"}
        keys |= {"scene": "scenes", "custom_field": "fields"}
        for n, view in enumerate(self.views):
            if view.register.key == keys.get(kind):
                self.search.clear()
                self.tabs.setCurrentIndex(n)
                return view.select(record_id)
        return False

    def state(self) -> dict[str, Any]:
        chosen = self.view.chosen
        return {
            "tab": self.view.register.key,
            "text": self.search.text(),
            "chosen": chosen.id if chosen else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        keys = [view.register.key for view in self.views]
        if state.get("tab") in keys:
            self.tabs.setCurrentIndex(keys.index(state["tab"]))
        self.search.setText(state.get("text") or "")
        if state.get("chosen"):
            self.view.select(state["chosen"])

    def has_open_work(self) -> bool:
        return any(view.editor.has_open_work for view in self.views)

    def _turn(self, tab: int) -> None:
        view, register = self.views[tab], self.views[tab].register
        self._stack.setCurrentWidget(view)
        words = _(register.add_words)
        self._add.setText(words)
        self._add.setAccessibleName(words)
        self.search.setPlaceholderText(_(register.find_words))
        self.search.setAccessibleName(_(register.find_words))
        if tab not in self._read:
            self._read.add(tab)
            view.refresh()
        view.search(self.search.text())
        self._count()

    def _search(self, text: str) -> None:
        self.view.search(text)
        self._count()

    def _start_new(self) -> None:
        self.view.start_new()

    def _count(self) -> None:
        model = self.view.model
        shown, total, what = model.found, model.total, self.view.register.label
        if self.search.text().strip():
            said = _("{what}: {shown} of {n} shown").format(what=what, shown=shown, n=total)
        else:
            said = _("{what}: {n}").format(what=what, n=total)
        self._head.set_sentence(said)
