"""Above which amounts somebody else has to agree: of the programme, and of units that differ."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QFormLayout, QWidget
from sqlalchemy import select

from ecofolio.budget import approvals, queries
from ecofolio.budget.amount_editor import AmountField
from ecofolio.budget.approvals import LimitRow
from ecofolio.budget.operation_dialog import HolderField
from ecofolio.budget.operations import unit
from ecofolio.budget.rows_model import Column, RowsView
from ecofolio.errors import EcofolioError, InputError
from ecofolio.format import money, money_unit
from ecofolio.store.workspace import Workspace
from ecofolio.text import _
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space


class LimitsDialog(QDialog):
    """The limits there are, and the two of the programme or of one unit to be set."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setWindowTitle(_("Approval limits"))
        with workspace.read() as connection:
            self._currency = queries.currency(connection)
        self._make_fields()
        self._read()
        said = _("In {unit}; amounts above need that person's word. Empty both to have none.")
        said = said.format(unit=money_unit("yuan", self._currency))
        explained = label(said, "muted", wrap=True)
        self.save = button(_("Set limits"), self._save, primary=True)
        self.save.setDefault(True)
        layout = column(self.table, explained, self._form, self.message, spacing=Space.M)
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.save))
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.resize(560, 420)
        self._show()
        self.whose.currentIndexChanged.connect(self._show)
        self.table.selectionModel().currentChanged.connect(self._choose)
        self.leader.setFocus()

    def _make_fields(self) -> None:
        def whose(one: LimitRow) -> str:
            return one.unit or _("Whole programme")

        self.table = RowsView(
            _("Approval limits"),
            [
                Column(_("For"), whose, width=0),
                Column(_("Unit's leader above"), lambda one: _figure(one.leader_fen), True, 180),
                Column(_("Head office above"), lambda one: _figure(one.head_office_fen), True, 180),
            ],
        )
        self.whose = HolderField(_("For"))
        self.leader = AmountField(_("Unit's leader above"), self._currency)
        self.head_office = AmountField(_("Head office above"), self._currency)
        self.message = InlineMessage()
        self._form = QFormLayout()
        self._form.setSpacing(Space.S)
        for name, field in (
            (_("For"), self.whose),
            (_("Unit's leader above"), self.leader),
            (_("Head office above"), self.head_office),
        ):
            field.setAccessibleName(name)
            self._form.addRow(label(name, "muted"), field)
        for line in (self.leader, self.head_office):
            line.line.setPlaceholderText(_("never"))

    def _read(self) -> None:
        own = queries.UNIT
        with self._workspace.read() as connection:
            self._limits = {one.unit_id: one for one in approvals.limits(connection)}
            query = select(own.c.id, own.c.code, own.c.name).order_by(own.c.code)
            units = connection.execute(query).all()
        self.table.fill(list(self._limits.values()))
        named = [(unit(row_.id), f"{row_.name} ({row_.code})") for row_ in units]
        self.whose.fill([(None, _("Whole programme")), *named])

    def _choose(self, *_places: object) -> None:
        one: LimitRow | None = self.table.current()
        if one is not None:
            self.whose.choose(unit(one.unit_id) if one.unit_id else None)

    def _show(self, *_place: object) -> None:
        """The limits that the chosen one has of its own."""
        chosen = self.whose.currentData()
        one = self._limits.get(chosen[1] if chosen else None)
        for field, fen in (
            (self.leader, one.leader_fen if one else None),
            (self.head_office, one.head_office_fen if one else None),
        ):
            field.set_fen(fen)

    def _save(self) -> None:
        try:
            holder = self.whose.value()
            if not self.whose.currentText().strip():
                raise InputError(_("Say for whom the limits are."))
            fields = (self.leader, self.head_office)
            sums = [one.fen_or_none() for one in fields]
            self._workspace.do(approvals.set_limit, holder.id if holder else None, *sums)
        except EcofolioError as error:
            if str(error) not in [one.said.text() for one in (self.leader, self.head_office)]:
                self.message.say(str(error), "red")
            return
        self.accept()


def _figure(fen: int | None) -> str:
    return _("never") if fen is None else money(fen)
