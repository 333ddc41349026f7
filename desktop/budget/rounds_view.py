"""Funding rounds: the list, and one or several side by side with every amount explained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QInputDialog, QWidget

from ecofolio.budget import round_actions, round_words, rounds
from ecofolio.budget.round_actions import ScoreSource
from ecofolio.budget.round_words import Check
from ecofolio.budget.rounds import Compared, RoundRow, Working
from ecofolio.budget.rows_model import Column, RowsView, money_column
from ecofolio.errors import EcofolioError
from ecofolio.format import money, money_unit
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, in_a_row, listed, ngettext
from ecofolio.vocabulary import RoundState
from ecofolio.widgets.painters import LightSign
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import ElidedLabel, button, clear, column, label, row, scrolling
from ecofolio.widgets.theme import Space

_MOST = 4  # rounds side by side
_WIDEST = 480  # pixels for the list of rounds
_REASONS = 92  # pixels for the reasons of the chosen line
_NAMED = 3  # of those without a score
_LIGHTS = {
    "green": lambda: _("in order"),
    "amber": lambda: _("to be known"),
    "red": lambda: _("in the way"),
}


def state_label(round_: RoundRow) -> str:
    """A round's state in words."""
    if round_.state == "reversed":
        return _("Reversed")
    if round_.state == RoundState.DRAFT:
        return _("waits for approval")
    return RoundState(round_.state).label


class RoundsView(QWidget):
    """All rounds at the left; what the chosen ones give whom at the right."""

    done = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        report: Callable[[BaseException], None],
        scores: ScoreSource | None = None,
    ) -> None:
        super().__init__()
        self._workspace, self._report, self._scores = workspace, report, scores
        self._unit, self._currency = "wan", "CNY"
        self.table = RowsView(
            _("Funding rounds"),
            [
                Column(_("Round"), lambda one: one.name, width=0),
                money_column(_("Pot"), lambda one: one.pot_fen, lambda: self._unit, 84),
                Column(_("State"), state_label, width=130, token=_state_token),
            ],
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.selectionModel().selectionChanged.connect(self._compare)
        self.parties = RowsView(_("Who gets what"), [])
        self.parties.selectionModel().currentChanged.connect(self._explain)
        self._why = label("", "", wrap=True)
        self._gains = label("", "heading", wrap=True)
        self._checks = QWidget()
        self._checks.setAccessibleName(_("Checks"))
        self._check_lines = column(spacing=2)
        self._checks.setLayout(self._check_lines)
        self._workings: list[Working] = []
        self._is_filling = self._is_behind = False
        self._make_actions()
        left = Panel(_("Funding rounds"), _("choose two to compare"), flush=True)
        left.add(self.table, 1)
        self._right = Panel(_("Who gets what"), " ", flush=True)
        above = column(self._checks, self._gains)
        above.setContentsMargins(14, 0, 14, Space.S)
        self._right.add(above)
        self._right.add(self.parties, 1)
        reasons = scrolling(self._why)
        reasons.setFixedHeight(_REASONS)
        self._why.setObjectName("content")
        self._why.setAlignment(Qt.AlignmentFlag.AlignTop)
        below = column(reasons)
        below.setContentsMargins(14, Space.S, 14, Space.S)
        self._right.add(below)
        both = row(spacing=Space.M)
        left.setMaximumWidth(_WIDEST)
        both.addWidget(left, 2)
        both.addWidget(self._right, 3)
        layout = column(spacing=Space.M)
        layout.addLayout(both, 1)
        self._hint = ElidedLabel(_("Choose one round."), "muted")
        layout.addLayout(row(*self._actions[:2], None, self._hint, *self._actions[2:]))
        self.setLayout(layout)

    def _make_actions(self) -> None:
        self.draft = button(_("Draft a round…"), self._draft, icon="plus")
        self.copy = button(_("Copy…"), self._copy)
        self.change = button(_("Change…"), self._change)
        self.drop = button(_("Drop"), self._drop)
        self.take = button(_("Take scores"), self._take)
        self.take.setToolTip(_("Judge the asks by the newest scorecards"))
        self.take.setVisible(self._scores is not None)
        self.reverse = button(_("Reverse…"), self._reverse)
        self.approve = button(_("Approve"), self._approve)
        self.post = button(_("Post to the ledger"), self._post, primary=True)
        self._actions = [self.draft, self.copy, self.change, self.take, self.drop, self.reverse]
        self._actions += [self.approve, self.post]

    # --- showing ---------------------------------------------------------------------------

    def fill(self, found: list[RoundRow], unit: str, currency: str = "CNY") -> None:
        """Show the rounds; the newest is chosen unless another was."""
        self._unit, self._currency = unit, currency
        if self._scores is not None:
            with self._workspace.read() as connection:
                month = self._scores.month(connection)
            self.take.setText(_("Take scores of {month}").format(month=month))
        chosen = {one.id for one in self.table.chosen()}
        self._is_filling = True
        self.table.fill(found)
        self.table.clearSelection()
        for place, one in enumerate(found):
            if one.id in chosen or (not chosen and place < 2):
                index = self.table.shown.index(place, 0)
                flags = self.table.selectionModel().SelectionFlag
                self.table.selectionModel().select(index, flags.Select | flags.Rows)
        self._is_filling = False
        self._compare()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._compare()

    def _compare(self, *_args: Any) -> None:
        self._is_behind = not self.isVisible()
        if self._is_behind or self._is_filling:
            return
        # the older at the left: the difference is what the newer gives more
        chosen = sorted(self.table.chosen(), key=lambda one: one.id)[-_MOST:]
        if not chosen:
            self._workings = []
            self.parties.fill([], [])
            self._fit(chosen, own=False)
            return
        actor = self._workspace.actor
        with self._workspace.read() as connection:
            ids = [one.id for one in chosen]
            self._workings, rows = rounds.compare(connection, ids, self._unit)
            found = [
                round_words.checks(connection, one, actor, self._unit, self._currency)
                for one in self._workings
            ]
            own = round_words.is_own(connection, self._workings[-1], actor)
        self._fit(chosen, own=own)
        self._show_checks(found)
        self._show(self._workings, rows)

    def _show_checks(self, found: list[list[Check]]) -> None:
        """What was checked: of one round line by line, of several a line each with the worst."""
        layout = self._check_lines
        clear(layout)
        lines = [(check.light, check.said) for checks in found for check in checks]
        if len(found) > 1:
            lines = [
                (checks[0].light, f"{one.round.name}: {' '.join(check.said for check in checks)}")
                for one, checks in zip(self._workings, found, strict=True)
            ]
        for light, said in lines:
            line = row(LightSign(light, _LIGHTS[light]()))
            line.addWidget(ElidedLabel(said, "muted"), 1)
            layout.addLayout(line)

    def _column(self, n: int, name: str, width: int) -> Column:
        """The amounts of the round that stands at place `n`, each with its reason."""
        return money_column(
            name, lambda one: one.given[n], lambda: self._unit, width, tip=lambda one: one.why[n]
        )

    def _show(self, workings: list[Working], rows: list[Compared]) -> None:
        columns = [
            Column(_("Unit, initiative"), lambda one: one.name, width=0),
            *(
                self._column(n, working.round.name, 170 if len(workings) < 3 else 130)
                for n, working in enumerate(workings)
            ),
        ]
        if len(workings) > 1:
            columns.append(
                Column(
                    _("Difference"),
                    lambda one: (
                        f"{'+' if one.difference > 0 else ''}{money(one.difference, self._unit)}"
                    ),
                    True,
                    110,
                    token=lambda one: _gain(one.difference),
                    fen=lambda one: one.difference,
                )
            )
        self.parties.fill(rows, columns)
        if rows and self.parties.current() is None:
            self.parties.selectRow(0)
        several = len(workings) > 1
        self._gains.setText(round_words.gains(rows, self._unit, self._currency) if several else "")
        self._gains.setVisible(several)
        assert self._right.head is not None
        self._right.head.set_caption(
            _("in {unit}").format(unit=money_unit(self._unit, self._currency))
        )
        self._explain()

    def _explain(self, *_args: Any) -> None:
        one: Compared | None = self.parties.current()
        names = [column_.title for column_ in self.parties.shown.columns[1:]]
        if one is None:
            self._why.setText("")
            return
        lines = [
            f"{name}: {why}" if len(one.why) > 1 else why
            for name, why in zip(names, one.why, strict=False)
        ]
        if len(self._workings) > 1:
            first, last = self._workings[0], self._workings[-1]
            lines.insert(0, round_words.changed(one, first, last, self._unit, self._currency))
        lines[0] = f"{one.name}: {lines[0]}" if lines[0] else one.name
        self._why.setText("\n".join(lines))

    def _fit(self, chosen: list[RoundRow], *, own: bool) -> None:
        """Offer what may be done; nobody approves what they drafted themselves."""
        one = chosen[0] if len(chosen) == 1 else None
        writable = not self._workspace.read_only
        state = one.state if one else ""
        self._hint.setVisible(len(chosen) > 1)
        self.draft.setEnabled(writable)
        self.copy.setEnabled(bool(one) and writable)
        self.change.setEnabled(state == RoundState.DRAFT and writable)
        self.take.setEnabled(state == RoundState.DRAFT and writable)
        self.drop.setEnabled(state == RoundState.DRAFT and writable)
        self.approve.setEnabled(state == RoundState.DRAFT and writable and not own)
        self.post.setEnabled(state == RoundState.APPROVED and writable)
        self.reverse.setEnabled(state == RoundState.POSTED and writable)

    # --- doing -----------------------------------------------------------------------------

    def _one(self) -> RoundRow:
        found: RoundRow = self.table.chosen()[0]
        return found

    def _do(self, sentence: str, action: Callable[..., Any], *args: Any) -> None:
        try:
            self._workspace.do(action, *args)
        except EcofolioError as error:
            self._report(error)
            return
        self.done.emit(sentence)

    def _draft(self) -> None:
        self._ask(None, _("The round is drafted; somebody else approves it."))

    def _change(self) -> None:
        self._ask(self._one(), _("The round is worked out anew."))

    def _ask(self, one: RoundRow | None, sentence: str) -> None:
        from ecofolio.budget.round_dialog import RoundDialog

        dialog = RoundDialog(self._workspace, one, self, self._unit)
        if dialog.exec():
            self.done.emit(sentence)
        dialog.deleteLater()

    def _take(self) -> None:
        """Judge the asks by the scorecards, and say who has no score there."""
        assert self._scores is not None
        try:
            with self._workspace.read() as connection:
                found = self._scores.scores(connection)
            lacking = self._workspace.do(round_actions.take_scores, self._one().id, found)
        except EcofolioError as error:
            self._report(error)
            return
        said = _("The scores of {month} are taken.").format(month=found.month)
        if lacking:
            named = listed(lacking[:_NAMED]) + (" …" if len(lacking) > _NAMED else "")
            without = ngettext(
                "{n} has no score and keeps its own: {names}",
                "{n} have no score and keep their own: {names}",
                len(lacking),
            )
            said = in_a_row((said, without.format(n=len(lacking), names=named)))
        self.done.emit(said)

    def _copy(self) -> None:
        one = self._one()
        name, said = QInputDialog.getText(
            self, _("Copy round"), _("What is the copy called?"), text=f"{one.name} (2)"
        )
        if said:
            self._do(_("The round is copied."), round_actions.copy_round, one.id, name)

    def _drop(self) -> None:
        self._do(_("The round is dropped."), round_actions.drop_round, self._one().id)

    def _approve(self) -> None:
        self._do(_("The round is approved."), round_actions.approve_round, self._one().id)

    def _post(self) -> None:
        self._do(
            _("The round is on the ledger; undoing it posts its reversal."),
            round_actions.post_round,
            self._one().id,
        )

    def _reverse(self) -> None:
        why, said = QInputDialog.getText(self, _("Reverse round"), _("Why is it reversed?"))
        if said:
            action = round_actions.reverse_round
            self._do(_("The round is reversed."), action, self._one().id, why)


def _state_token(one: RoundRow) -> str:
    return {"draft": "amber", "posted": "green"}.get(one.state, "muted")


def _gain(difference: int) -> str:
    return "green" if difference > 0 else "red" if difference < 0 else "muted"
