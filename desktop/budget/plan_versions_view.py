"""The versions of the plan: drawn up, revised, dropped, and approved by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from ecofolio.budget import approvals, plan_actions, plans
from ecofolio.budget.plans import VersionRow, is_draft
from ecofolio.budget.rows_model import Column, RowsView, money_column
from ecofolio.errors import EcofolioError
from ecofolio.format import day
from ecofolio.store.workspace import Workspace
from ecofolio.text import _
from ecofolio.vocabulary import PlanState
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import button, row
from ecofolio.widgets.theme import in_force

_SHOWN = 3  # versions without scrolling


class PlanVersionsView(Panel):
    """The versions in a table; `chosen` says that another is looked at, `done` what was done."""

    chosen = Signal()
    done = Signal(str)

    def __init__(self, workspace: Workspace, report: Callable[[BaseException], None]) -> None:
        self._workspace, self._report = workspace, report
        self._unit, self._today = "wan", date.min
        self.draw = button(_("Draw up…"), self.begin, icon="plus")
        self.revise = button(_("Revise…"), self._revise)
        self.drop = button(_("Drop"), self._drop)
        self.approve = button(_("Approve"), self._approve, primary=True)
        actions = QWidget()
        actions.setLayout(row(self.draw, self.revise, self.drop, self.approve))
        super().__init__(_("Versions of the plan"), " ", action=actions, flush=True)
        self.table = RowsView(
            _("Versions of the plan"),
            [
                Column(_("Plan"), lambda one: one.name, width=320),
                Column(_("State"), _state, width=0, token=_state_token),
                Column(_("Drawn up by"), lambda one: one.drawn_by, width=150),
                money_column(_("Total"), lambda one: one.fen, lambda: self._unit, 120),
            ],
        )
        self.table.selectionModel().currentChanged.connect(lambda *_places: self.chosen.emit())
        self.add(self.table, 1)

    def fill(self, found: list[VersionRow], unit: str, today: date) -> None:
        """Show versions, keeping the chosen one."""
        self._unit, self._today = unit, today
        with QSignalBlocker(self.table.selectionModel()):
            before = self.table.current()
            self.table.fill(found)
            ids = [one.id for one in found]
            if found:
                self.table.selectRow(ids.index(before.id) if before and before.id in ids else 0)
        lines = min(_SHOWN, max(1, len(found))) * in_force().row_height
        self.table.setFixedHeight(lines + self.table.horizontalHeader().sizeHint().height() + 2)
        self.fit()

    def current(self) -> VersionRow | None:
        """The version that is looked at."""
        return self.table.current()

    def fit(self) -> None:
        """Offer what may be done with the chosen version, and say what may not, and why."""
        one = self.current()
        writable = not self._workspace.read_only
        draft = is_draft(one) and writable
        mine = False
        if one is not None:
            with self._workspace.read() as connection:
                mine = approvals.same_person(connection, one.drawn_by, self._workspace.actor)
        self.draw.setEnabled(writable)
        self.revise.setEnabled(one is not None and writable)
        self.drop.setEnabled(draft)
        self.approve.setEnabled(draft and not mine)
        caption = _("You drew this up: somebody else approves it.") if draft and mine else " "
        assert self.head is not None
        self.head.set_caption(caption)

    # --- doing -----------------------------------------------------------------------------

    def _do(self, action: Callable[..., Any], *args: Any) -> Any:
        """What an action returns; None where it was refused, which is said."""
        try:
            found = self._workspace.do(action, *args)
        except EcofolioError as error:
            self._report(error)
            return None
        self.chosen.emit()
        return True if found is None else found

    def begin(self) -> None:
        """Draw up a plan from nothing."""
        name = _("Plan {year}").format(year=self._today.year)
        self._ask(_("Draw up a plan"), name, None)

    def _revise(self) -> None:
        one = self.current()
        assert one is not None
        self._ask(_("Revise the plan"), f"{one.name} (2)", one.id)

    def _ask(self, title: str, name: str, based_on: int | None) -> None:
        name, said = QInputDialog.getText(self, title, _("What is the plan called?"), text=name)
        if not said:
            return
        made = self._do(plan_actions.draw_plan, name, "", based_on)
        if made is not None:
            with self._workspace.read() as connection:
                self.fill(plans.versions(connection), self._unit, self._today)
            ids = [one.id for one in self.table.shown.rows]
            self.table.selectRow(ids.index(made))
            self.done.emit(_("The plan is drawn up; somebody else approves it."))

    def _drop(self) -> None:
        if self._do(plan_actions.drop_plan, self.table.current().id):
            self.done.emit(_("The plan is dropped."))

    def _approve(self) -> None:
        if self._do(plan_actions.approve_plan, self.table.current().id):
            self.done.emit(_("The plan is approved; forecasts go by it."))


def _state(one: VersionRow) -> str:
    state = PlanState(one.state)
    if state is PlanState.DRAFT or not one.approved_by:
        return state.label
    return " · ".join((state.label, one.approved_by, day(one.approved_on)))


def _state_token(one: VersionRow) -> str:
    return {"draft": "amber", "approved": "green"}.get(one.state, "muted")
