"""The plan: its versions, and one initiative's categories by month, typed or pasted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QInputDialog,
    QStackedWidget,
    QTableView,
    QWidget,
)

from ecofolio.budget import plan_actions, plans, queries, rules
from ecofolio.budget.operation_dialog import HolderField
from ecofolio.budget.operations import initiative
from ecofolio.budget.plan_model import PlanModel, Sums
from ecofolio.budget.plans import VersionRow, is_draft
from ecofolio.budget.refused_dialog import RefusedDialog
from ecofolio.budget.rows_model import Column, RowsView
from ecofolio.budget.words import in_unit
from ecofolio.errors import EcofolioError, InputError
from ecofolio.format import money, money_unit
from ecofolio.initiatives.clipboard import block
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import PlanState
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space, in_force

_VERSIONS_HEIGHT = 168
_MONTH_WIDTH = 80  # pixels, at least


class PlanGrid(QTableView):
    """The grid: F2 or typing changes a sum, Ctrl+C and Ctrl+V speak with a spreadsheet."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = PlanModel(self)
        self.setModel(self.shown)
        self.setAccessibleName(_("Plan by category and month"))
        self.setProperty("framed", False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setTabKeyNavigation(False)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(_MONTH_WIDTH)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setHighlightSections(False)
        self.shown.modelReset.connect(self._fit_total)
        in_force().changed.connect(self._measure)
        self._measure()

    def _fit_total(self) -> None:
        """The sums of a year are wider than a month's."""
        last = self.shown.columnCount() - 1
        if last > 0:
            to_contents = QHeaderView.ResizeMode.ResizeToContents
            self.horizontalHeader().setSectionResizeMode(last, to_contents)

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)

    def keyPressEvent(self, event) -> None:
        chosen = self.selectedIndexes()
        if event.matches(QKeySequence.StandardKey.Copy) and chosen:
            QGuiApplication.clipboard().setText(self.shown.text_of(chosen))
        elif event.matches(QKeySequence.StandardKey.Paste) and chosen:
            first = min(chosen, key=lambda one: (one.row(), one.column()))
            self.shown.paste(first, block(QGuiApplication.clipboard().text()))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.shown.clear(chosen)
        else:
            super().keyPressEvent(event)
            return
        event.accept()


class PlanView(QWidget):
    """Versions above, the chosen version's months of one initiative below."""

    done = Signal(str)

    def __init__(self, workspace: Workspace, report: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._workspace, self._report = workspace, report
        self._unit, self._currency = "wan", "CNY"
        self._offered: list[Any] = []
        self._stale = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._catch_up)
        self.message = InlineMessage()
        both = QWidget()
        inner = column(self._make_versions(), spacing=Space.M)
        inner.addWidget(self._make_grid(), 1)
        both.setLayout(inner)
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(
            EmptyState(
                "file-spreadsheet",
                _("There is no plan yet"),
                _("Draw up a plan"),
                self._draw,
                explanation=_("A plan says what each initiative is to spend in each month."),
            )
        )
        layout = column()
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)

    def _make_versions(self) -> Panel:
        self.table = RowsView(
            _("Versions of the plan"),
            [
                Column(_("Plan"), lambda one: one.name, width=0),
                Column(_("State"), _state, width=260, token=_state_token),
                Column(_("Drawn up by"), lambda one: one.drawn_by, width=150),
                Column(_("Total"), lambda one: money(one.fen, self._unit), True, 120),
            ],
        )
        self.table.selectionModel().currentChanged.connect(lambda *_places: self._later.start())
        self.draw = button(_("Draw up…"), self._draw, icon="plus")
        self.revise = button(_("Revise…"), self._revise)
        self.drop = button(_("Drop"), self._drop)
        self.approve = button(_("Approve"), self._approve, primary=True)
        actions = QWidget()
        actions.setLayout(row(self.draw, self.revise, self.drop, self.approve))
        panel = Panel(_("Versions of the plan"), " ", action=actions, flush=True)
        panel.add(self.table, 1)
        panel.setFixedHeight(_VERSIONS_HEIGHT)
        self._versions_panel = panel
        return panel

    def _make_grid(self) -> Panel:
        self.whose = HolderField(_("Initiative"))
        self.whose.currentIndexChanged.connect(lambda _n: self._later.start())
        self.year = QComboBox()
        self.year.setAccessibleName(_("Fiscal year"))
        self.year.currentIndexChanged.connect(lambda _n: self._later.start())
        self.list = button(_("Take from a list…"), self._take_list)
        self.list.setToolTip(_("Columns: initiative, category, month, amount"))
        self.grid = PlanGrid()
        self.grid.shown.wanted.connect(self._write)
        self.grid.shown.refused.connect(lambda text: self.message.say(text, "red"))
        self._sums = label("", "muted", wrap=True)
        self._hint = label("", "caption")
        tools = row(self.whose, self.year, self._hint, None, self.list)
        tools.setContentsMargins(14, Space.M, 14, Space.S)
        foot = column(self.message, self._sums)
        foot.setContentsMargins(14, Space.S, 14, Space.S)
        panel = Panel(flush=True)
        panel.setAccessibleName(_("Plan by category and month"))
        panel.body.setContentsMargins(1, 0, 1, 1)
        panel.add(tools)
        panel.add(self.grid, 1)
        panel.add(foot)
        return panel

    # --- showing ---------------------------------------------------------------------------

    def fill(
        self,
        initiatives: Sequence[tuple[int, str]],
        today: date,
        years: Sequence[int],
        unit: str,
        currency: str,
    ) -> None:
        """Show the plans of the initiatives in scope, by identity and name; read when in view."""
        self._unit, self._currency, self._today = unit, currency, today
        self._initiatives, self._known_years = initiatives, years
        self._stale = True
        if self.isVisible():
            self._catch_up()

    def showEvent(self, event) -> None:
        super().showEvent(event)
        if self._stale:
            self._catch_up()

    def _catch_up(self) -> None:
        if self._stale:
            self._stale = False
            self._offer()
        with self._workspace.read() as connection:
            found = plans.versions(connection)
        with QSignalBlocker(self.table.selectionModel()):
            chosen = self.table.current()
            self.table.fill(found)
            ids = [one.id for one in found]
            if found:
                self.table.selectRow(ids.index(chosen.id) if chosen and chosen.id in ids else 0)
        self._stack.setCurrentIndex(0 if found else 1)
        self._fit()
        self._show()

    def _offer(self) -> None:
        """Offer initiatives and fiscal years, keeping what was chosen."""
        offered = [(initiative(identity), name) for identity, name in self._initiatives]
        if offered != self._offered:
            self._offered, chosen = offered, self.whose.currentData()
            with QSignalBlocker(self.whose):
                self.whose.fill(offered)
                self.whose.setCurrentIndex(0 if offered else -1)
                self.whose.choose(initiative(chosen[1]) if chosen else None)
        with self._workspace.read() as connection:
            self._start = queries.fiscal_start(connection)
        now = rules.fiscal_year_of(self._today, self._start)
        years = range(min(now - 1, *self._known_years, now), now + 4)
        chosen = self.year.currentData() or now
        with QSignalBlocker(self.year):
            self.year.clear()
            for one in years:
                self.year.addItem(str(one), one)
            self.year.setCurrentIndex(max(0, self.year.findData(chosen)))

    def _fit(self) -> None:
        one = self.table.current()
        writable = not self._workspace.read_only
        draft = is_draft(one) and writable
        mine = one is not None and one.drawn_by.casefold() == self._workspace.actor.casefold()
        self.draw.setEnabled(writable)
        self.revise.setEnabled(one is not None and writable)
        self.drop.setEnabled(draft)
        self.approve.setEnabled(draft and not mine)
        self.list.setEnabled(draft)
        caption = _("You drew this up: somebody else approves it.") if draft and mine else " "
        assert self._versions_panel.head is not None
        self._versions_panel.head.set_caption(caption)

    def _whose(self) -> int | None:
        try:
            holder = self.whose.value()
        except InputError:
            return None
        return None if holder is None else holder.id

    def _show(self) -> None:
        """The chosen version's plan of the chosen initiative and year."""
        version, own, year = self.table.current(), self._whose(), self.year.currentData()
        self.message.hide()
        if version is None or own is None or year is None:
            self.grid.shown.fill([], [], {}, writable=False, currency=self._currency)
            self._hint.setText("")
            self._sums.setText("" if version is None else _("Choose an initiative."))
            return
        with self._workspace.read() as connection:
            sums = plans.sums_of(connection, version.id, own)
            rows = plans.rows_of(connection, sums)
        months = rules.periods(*rules.fiscal_span(year, self._start))
        writable = is_draft(version) and not self._workspace.read_only
        self.grid.shown.fill(rows, months, sums, writable=writable, currency=self._currency)
        unit = money_unit("yuan", self._currency)
        hint = _("in {unit}") if is_draft(version) else _("in {unit}; revise the plan to change it")
        self._hint.setText(hint.format(unit=unit))
        self._sums.setText(self._said(version, sums, months))

    def _said(self, version: VersionRow, sums: Sums, months: Sequence[str]) -> str:
        of_year = sum(fen for (_code, month), fen in sums.items() if month in months)
        said = _("This year {year}, all years {all}; the whole plan {plan}.")
        return said.format(
            year=in_unit(of_year, "yuan", self._currency),
            all=in_unit(sum(sums.values()), "yuan", self._currency),
            plan=in_unit(version.fen, self._unit, self._currency),
        )

    # --- doing -----------------------------------------------------------------------------

    def _do(self, action: Callable[..., Any], *args: Any) -> Any:
        """What an action returns; None where it was refused, which is said."""
        try:
            found = self._workspace.do(action, *args)
        except EcofolioError as error:
            self._report(error)
            return None
        self._later.start()
        return True if found is None else found

    def _write(self, sums: Sums) -> None:
        version, own = self.table.current(), self._whose()
        if version is None or own is None:
            return
        cells = {(own, code, month): fen for (code, month), fen in sums.items()}
        n = self._do(plan_actions.set_plan, version.id, cells)
        if n and len(cells) > 1:
            self.done.emit(
                ngettext("{n} sum of the plan is written.", "{n} sums of the plan are written.", n)
                .format(n=n)
            )  # fmt: skip

    def _draw(self) -> None:
        self._begin(_("Draw up a plan"), _("Plan {year}").format(year=self._today.year), None)

    def _revise(self) -> None:
        one = self.table.current()
        self._begin(_("Revise the plan"), f"{one.name} (2)", one.id)

    def _begin(self, title: str, name: str, based_on: int | None) -> None:
        name, said = QInputDialog.getText(self, title, _("What is the plan called?"), text=name)
        if not said:
            return
        made = self._do(plan_actions.draw_plan, name, "", based_on)
        if made is not None:
            self._catch_up()
            ids = [one.id for one in self.table.shown.rows]
            self.table.selectRow(ids.index(made))
            self.done.emit(_("The plan is drawn up; somebody else approves it."))

    def _drop(self) -> None:
        if self._do(plan_actions.drop_plan, self.table.current().id):
            self.done.emit(_("The plan is dropped."))

    def _approve(self) -> None:
        if self._do(plan_actions.approve_plan, self.table.current().id):
            self.done.emit(_("The plan is approved; forecasts go by it."))

    def _take_list(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, _("List of the plan"), "", _("Lists (*.xlsx *.xls *.csv *.ods)")
        )
        if name:
            self.take_list(name)

    def take_list(self, path: str) -> None:
        """Write a list into the chosen draft; lines that can not be read are told."""
        try:
            found, n = plans.take_list(self._workspace, self.table.current().id, path)
        except EcofolioError as error:
            self._report(error)
            return
        self._later.start()
        self.done.emit(
            ngettext("{n} sum of the plan is written.", "{n} sums of the plan are written.", n)
            .format(n=n)
        )  # fmt: skip
        if found.refused:
            dialog = RefusedDialog(found, self)
            dialog.exec()
            dialog.deleteLater()


def _state(one: VersionRow) -> str:
    state = PlanState(one.state)
    if state is PlanState.DRAFT or not one.approved_by:
        return state.label
    return f"{state.label} · {one.approved_by}"


def _state_token(one: VersionRow) -> str:
    return {"draft": "amber", "approved": "green"}.get(one.state, "muted")
