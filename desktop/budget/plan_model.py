"""One initiative's plan as a grid: categories below one another, months side by side, sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from ecofolio.budget import plans
from ecofolio.budget.queries import CategoryRow
from ecofolio.errors import InputError
from ecofolio.format import money
from ecofolio.text import _
from ecofolio.widgets.theme import in_force

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NONE = QModelIndex()
Sums = Mapping[tuple[str, str], int]


class PlanModel(QAbstractTableModel):
    """The sums of a version; the last row and the last column are totals, which are not typed.

    It writes nothing: `wanted` says what was typed or pasted, by category's code and month.
    """

    wanted = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[CategoryRow] = []
        self.months: list[str] = []
        self.sums: Sums = {}
        self.writable = False
        self._currency = "CNY"

    def fill(
        self,
        rows: Sequence[CategoryRow],
        months: Sequence[str],
        sums: Sums,
        *,
        writable: bool,
        currency: str,
    ) -> None:
        """Show a plan; the place in view stays where rows and months are the same."""
        same = [one.code for one in rows] == [one.code for one in self.rows]
        same = same and list(months) == self.months
        if not same:
            self.beginResetModel()
        self.rows, self.months, self.sums = list(rows), list(months), sums
        self.writable, self._currency = writable, currency
        if not same:
            self.endResetModel()
        elif self.rows:
            end = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), end)

    def rowCount(self, parent=_NONE) -> int:
        return 0 if parent.isValid() or not self.rows else len(self.rows) + 1

    def columnCount(self, parent=_NONE) -> int:
        return 0 if parent.isValid() or not self.months else len(self.months) + 1

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        across = orientation == Qt.Orientation.Horizontal
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if across else _LEFT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if across:
            return self.months[section] if section < len(self.months) else _("Total")
        return self.rows[section].label if section < len(self.rows) else _("Total")

    def is_sum(self, index: QModelIndex) -> bool:
        """Whether a cell is one of the totals."""
        return index.row() >= len(self.rows) or index.column() >= len(self.months)

    def fen(self, index: QModelIndex) -> int:
        """What stands in a cell, in fen."""
        rows = self.rows[index.row() :][:1] if index.row() < len(self.rows) else self.rows
        months = self.months
        if index.column() < len(months):
            months = [months[index.column()]]
        return sum(self.sums.get((row.code, month), 0) for row in rows for month in months)

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if role == Qt.ItemDataRole.FontRole:
            return in_force().font(strong=True) if self.is_sum(index) else None
        fen = self.fen(index)
        if role == Qt.ItemDataRole.EditRole:
            return money(fen) if fen else ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return money(fen) if fen else "–"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
            row, month = self.headerData(index.row(), down), self.headerData(index.column(), across)
            return f"{row}, {month}: {money(fen)}"
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.writable and not self.is_sum(index):
            found |= Qt.ItemFlag.ItemIsEditable
        return found

    def setData(self, index: QModelIndex, value, role=Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not self.writable or self.is_sum(index):
            return False
        try:
            fen = plans.typed(str(value), self._currency)
        except InputError as error:
            self.refused.emit(str(error))
            return False
        return self._want({(self.rows[index.row()].code, self.months[index.column()]): fen})

    def paste(self, index: QModelIndex, block: Sequence[Sequence[str]]) -> bool:
        """Take a block of cells from a place on; all of it, or nothing and a sentence."""
        if not self.writable or not index.isValid() or self.is_sum(index) or not block:
            return False
        codes = [row.code for row in self.rows[index.row() :]]
        try:
            found = plans.pasted(block, codes, self.months[index.column() :], self._currency)
        except InputError as error:
            self.refused.emit(str(error))
            return False
        return self._want(found)

    def clear(self, indexes: Sequence[QModelIndex]) -> bool:
        """Take the sums of some cells away."""
        cells = [one for one in indexes if self.writable and not self.is_sum(one)]
        return self._want(
            {(self.rows[one.row()].code, self.months[one.column()]): 0 for one in cells}
        )

    def text_of(self, indexes: Sequence[QModelIndex]) -> str:
        """Some cells as tab-separated figures that a spreadsheet takes."""
        rows = sorted({one.row() for one in indexes})
        columns = sorted({one.column() for one in indexes})
        return "\n".join(
            "\t".join(f"{self.fen(self.index(row, place)) / 100:.2f}" for place in columns)
            for row in rows
        )

    def _want(self, sums: Sums) -> bool:
        new = {cell: fen for cell, fen in sums.items() if self.sums.get(cell, 0) != fen}
        if new:
            self.wanted.emit(new)
        return bool(new)
