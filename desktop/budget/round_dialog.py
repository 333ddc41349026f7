"""The terms of a funding round, and who asks for what, from a list."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialog, QFileDialog, QFormLayout, QLineEdit, QWidget

from ecofolio.budget import queries, round_actions
from ecofolio.budget.amount_editor import AmountField
from ecofolio.budget.importing import read_asks
from ecofolio.budget.round_actions import Ask
from ecofolio.budget.rounds import RoundRow
from ecofolio.errors import EcofolioError
from ecofolio.format import money_unit
from ecofolio.intake.money import number_of
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space


class RoundDialog(QDialog):
    """Asks for the pot, its parts, and the asks; drafts or changes a round with them."""

    def __init__(
        self,
        workspace: Workspace,
        round_: RoundRow | None,
        parent: QWidget | None = None,
        unit: str = "yuan",
    ) -> None:
        super().__init__(parent)
        self._workspace, self._round = workspace, round_
        self._asks: list[Ask] | None = None
        with workspace.read() as connection:
            self._currency = queries.currency(connection)
        self.setWindowTitle(_("Change round") if round_ else _("Draft a round"))
        yuan = money_unit("yuan", self._currency)
        self.name, self.cap = QLineEdit(), QLineEdit("3")
        self.pot, self.base, self.floor = (
            AmountField(name.format(unit=yuan), self._currency, unit)
            for name in (
                _("Pot, {unit}"),
                _("Base part, {unit}"),
                _("Floor for every branch, {unit}"),
            )
        )
        self.floor.set_fen(0)
        self.asks = button(_("Choose a list…"), self._choose, link=True)
        self._asked = label(_("initiative, ask, score, grade, input–output"), "caption", wrap=True)
        self.message = InlineMessage()
        if round_ is not None:
            self.name.setText(round_.name)
            self.pot.set_fen(round_.pot_fen)
            self.base.set_fen(round_.base_fen)
            self.floor.set_fen(round_.floor_fen)
            self.cap.setText(f"{round_.cap_milli / 1000:g}")
        choose = QWidget()
        choose.setLayout(row(self.asks, None))
        form = QFormLayout()
        form.setSpacing(Space.S)
        for name, field in (
            (_("Name"), self.name),
            (self.pot.line.accessibleName(), self.pot),
            (self.base.line.accessibleName(), self.base),
            (self.floor.line.accessibleName(), self.floor),
            (_("Highest input–output that counts"), self.cap),
            (_("Asks"), choose),
            ("", self._asked),
        ):
            field.setAccessibleName(name or _("Asks"))
            form.addRow(label(name, "muted"), field)
        self.keep = button(
            _("Change round") if round_ else _("Draft round"), self._keep, primary=True
        )
        layout = column(form, self.message)
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.keep))
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.setMinimumWidth(560)

    def _choose(self) -> None:
        from ecofolio.intake.reading import file_kinds

        name, _kind = QFileDialog.getOpenFileName(self, _("List of asks"), "", file_kinds())
        if not name:
            return
        try:
            self._asks = read_asks(self._workspace, name)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        n = len(self._asks)
        self._asked.setText(ngettext("{n} ask", "{n} asks", n).format(n=n))

    def _keep(self) -> None:
        try:
            terms: dict[str, Any] = {
                "pot_fen": self.pot.fen(),
                "base_fen": self.base.fen(),
                "floor_fen": self.floor.fen(),
                "cap_milli": round((number_of(self.cap.text()) or 0) * 1000),
            }
            self._write(terms)
        except EcofolioError as error:
            if str(error) not in [one.said.text() for one in (self.pot, self.base, self.floor)]:
                self.message.say(str(error), "red")
            return
        self.accept()

    def _write(self, terms: dict[str, Any]) -> None:
        name = self.name.text()
        if self._round is None:
            asks = self._asks or []
            self._workspace.do(round_actions.draft_round, name, asks=asks, **terms)
            return
        self._workspace.do(
            round_actions.change_round, self._round.id, {**terms, "name": name}, asks=self._asks
        )
