"""The page of squads: the list with fitness, the capacity map, and the linkage table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QTableView,
    QWidget,
)

from ecofolio.errors import EcofolioError
from ecofolio.squads import actions, queries
from ecofolio.squads.capacity_view import CapacityView
from ecofolio.squads.linkage_view import LinkageView
from ecofolio.squads.squad_panel import USUAL, SquadPanel
from ecofolio.squads.squads_model import FITNESS, FitnessDelegate, SquadsModel
from ecofolio.text import _, ngettext
from ecofolio.widgets.page import Page, PageContext
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import PageHead, SearchField, button, column, row
from ecofolio.widgets.theme import Space, in_force

_WIDTHS = (190, 150, 100, 60, 98)


class SquadsPage(Page):
    """Squads, their people, and who has too much to do."""

    icon_name = "users"
    wants_scope = False

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = SquadsModel(self)
        self.table = QTableView()
        self._set_table()
        self.panel = SquadPanel(context, self.refresh)
        self.capacity = CapacityView(context)
        self.linkage = LinkageView(context)
        self.new_button = button(_("New squad"), self.new, primary=True, icon="plus")
        self.new_button.setEnabled(not context.workspace.read_only)
        self.head = PageHead(self.title, "", self.new_button)
        self.search = SearchField(_("Find squads"))
        self.search.setFixedWidth(240)
        self.search.textChanged.connect(self.model.search)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName(self.title)
        self._stack = QStackedWidget()
        self._lists = QStackedWidget()
        self._lists.addWidget(self.table)
        self._empty = EmptyState(
            "users",
            _("No squad yet"),
            _("New squad"),
            self.new,
            explanation=_(
                "A squad is a team from several departments for one or more initiatives."
            ),
        )
        self._lists.addWidget(self._empty)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self._lists)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setCollapsible(0, False)
        self.splitter.setCollapsible(1, False)
        self.splitter.setSizes([10_000, USUAL])
        self.views: list[QWidget] = [self.splitter, self.capacity, self.linkage]
        for name, view in zip((_("Squads"), _("Capacity"), _("Linkage")), self.views, strict=True):
            self.tabs.addTab(name)
            self._stack.addWidget(view)
        top = row(self.tabs, None, self.search)
        layout = column(self.head, top, spacing=Space.M)
        layout.addWidget(self._stack, 1)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.tabs.currentChanged.connect(self._turn)

    def _set_table(self) -> None:
        table = self.table
        table.setAccessibleName(_("Squads"))
        table.setModel(self.model)
        table.setItemDelegateForColumn(FITNESS, FitnessDelegate(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(in_force().row_height)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(FITNESS, QHeaderView.ResizeMode.Stretch)
        for n, width in enumerate(_WIDTHS):
            table.setColumnWidth(n, width)
        self._selection = QTimer(self, singleShot=True, interval=0)
        self._selection.timeout.connect(self._show_selected)
        table.selectionModel().currentChanged.connect(lambda *_all: self._selection.start())
        self.model.modelReset.connect(self._selection.start)

    @property
    def title(self) -> str:
        return _("Squads")

    # --- reading -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the tab in view again, and the list."""
        chosen = self.chosen_id()
        workspace = self.context.workspace
        with workspace.read() as connection:
            rows = queries.squads(connection, workspace.clock().astimezone().date())
        self.model.fill(rows)
        self._lists.setCurrentIndex(0 if rows else 1)
        self.panel.setVisible(bool(rows))
        self.select(chosen)
        unfit = sum(not one.fitness.is_fit for one in rows)
        text = ngettext("{n} squad", "{n} squads", len(rows)).format(n=len(rows))
        if unfit:
            more = ngettext("{n} not fit", "{n} not fit", unfit).format(n=unfit)
            text = f"{text} · {more}"
        self.head.set_sentence(text)
        view = self._stack.currentWidget()
        if isinstance(view, CapacityView | LinkageView):
            view.refresh()

    def chosen_id(self) -> int | None:
        """The squad that is selected."""
        n = self.table.currentIndex().row()
        return self.model.rows[n].id if 0 <= n < len(self.model.rows) else None

    def select(self, squad_id: int | None) -> bool:
        """Select a squad; the first where there is no such."""
        ids = [one.id for one in self.model.rows]
        if ids:
            n = ids.index(squad_id) if squad_id in ids else 0
            self.table.selectRow(n)
            self.table.scrollTo(self.model.index(n, 0))
        self._selection.start()
        return squad_id in ids

    def _show_selected(self) -> None:
        chosen = self.chosen_id()
        self.panel.show_squad(next((one for one in self.model.rows if one.id == chosen), None))

    def _turn(self, tab: int) -> None:
        view = self.views[tab]
        self._stack.setCurrentWidget(view)
        self.search.setVisible(tab == 0)
        if isinstance(view, CapacityView | LinkageView):
            view.refresh()

    def new(self) -> None:
        """Add a squad and give its name the keyboard."""
        try:
            made = self.context.workspace.do(actions.create_squad, {"name": _("New squad")})
        except EcofolioError as error:
            self.panel.message.say(str(error), "red")
            return
        self.tabs.setCurrentIndex(0)
        self.search.clear()
        self.refresh()
        self.select(made)
        self._show_selected()
        self.panel.name.setFocus()
        self.panel.name.selectAll()

    # --- the window's contract ---------------------------------------------------------------

    def first_focus(self) -> QWidget | None:
        view = self._stack.currentWidget()
        return self.table if view is self.splitter else view

    def show_record(self, kind: str, record_id: int) -> bool:
        if kind != "squad":
            return False
        self.tabs.setCurrentIndex(0)
        self.search.clear()
        return self.select(record_id)

    def state(self) -> dict[str, Any]:
        return {
            "tab": self.tabs.currentIndex(),
            "text": self.search.text(),
            "chosen": self.chosen_id(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.search.setText(state.get("text") or "")
        if isinstance(state.get("tab"), int):
            self.tabs.setCurrentIndex(state["tab"])
        if isinstance(state.get("chosen"), int):
            self.select(state["chosen"])

    def has_open_work(self) -> bool:
        return self.panel.has_open_work()
