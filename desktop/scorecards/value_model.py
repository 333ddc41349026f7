"""Value against spend as an item model: a line an initiative, a unit, a scene or a batch."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from ecofolio.format import money_short
from ecofolio.scorecards.value import Balance
from ecofolio.text import N_, _, tip

NAME, VALUE, SPEND, RATIO, PAYBACK, SUFFICIENT = range(6)
_HEADS = (
    "", N_("Value"), N_("Spend"), N_("Value ÷ spend"), N_("Paid back in"), N_("Self-sufficient"),
)  # fmt: skip
HEADS = {
    "": N_("Initiative"), "unit": N_("Unit"), "scene": N_("Scene"), "batch": N_("Batch"),
}  # fmt: skip


class BalanceLine(NamedTuple):
    """A line: what it is called, the initiative if it is one, and its balance."""

    name: str
    initiative_id: int | None
    balance: Balance


class ValueModel(QAbstractTableModel):
    """Balances, the best ratio first; those without one last."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.lines: list[BalanceLine] = []
        self._head, self._currency = "", ""

    def fill(self, lines: Sequence[BalanceLine], kind: str, currency: str) -> None:
        """Show other lines; `kind` is what they are grouped by, empty for initiatives."""
        self.beginResetModel()
        self.lines = sorted(lines, key=lambda one: (-(one.balance.ratio or Fraction(-1)), one.name))
        self._head, self._currency = HEADS[kind], currency
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            head = _HEADS[section] or self._head or HEADS[""]
            return _(head)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self.lines[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(line, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == RATIO:
                return tip(line.balance.reason or "") or None
            return tip(line.name) if column == NAME else None
        return None

    def _text(self, line: BalanceLine, column: int) -> str:
        balance = line.balance
        if column == NAME:
            return line.name
        if column == VALUE:
            return money_short(balance.value, self._currency)
        if column == SPEND:
            return money_short(balance.spend, self._currency)
        if column == RATIO:
            ratio = balance.ratio
            return f"– {balance.reason}" if ratio is None else f"{float(ratio):.2f}"
        if column == PAYBACK:
            return balance.payback or "–"
        return "✓" if balance.self_sufficient else "–"


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
