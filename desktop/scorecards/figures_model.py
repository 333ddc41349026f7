"""Figures as a grid: a line a metric, a column a month, a quarter or a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from ecofolio.excel.safe import guarded
from ecofolio.scorecards.figures import Rolled, note
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.reading import figure_text
from ecofolio.text import _
from ecofolio.widgets.theme import in_force

_WHOLE_FROM = 1_000_000  # thousandths from which a figure is shown without decimals
_OPEN = "* "  # before a figure that leaves something open


class FiguresModel(QAbstractTableModel):
    """What was reached, by metric and period; what is made of less than it should is marked."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.metrics: list[MetricRow] = []
        self.periods: list[str] = []
        self._cells: dict[tuple[int, str], Rolled] = {}
        self._names: Mapping[int, str] = {}
        self._source = "value"

    def fill(
        self,
        found: Sequence[Rolled],
        order: Sequence[MetricRow],
        periods: Sequence[str],
        source: str = "value",
    ) -> None:
        """Show other figures, or the targets that are their `source`; metrics stand in their
        order, those without any are left out."""
        self.beginResetModel()
        self._cells = {(one.metric.id, one.period): one for one in found}
        told = {one.metric.id for one in found}
        self.metrics = [metric for metric in order if metric.id in told]
        self._names = {metric.id: metric.name for metric in order}
        self.periods, self._source = list(periods), source
        self.endResetModel()

    def cell(self, index: QModelIndex) -> Rolled | None:
        """The figure of a cell; None where there is none."""
        if not index.isValid():
            return None
        return self._cells.get((self.metrics[index.row()].id, self.periods[index.column()]))

    def words(self, index: QModelIndex) -> str:
        """What the figure of a cell leaves open; empty where it is whole or there is none."""
        found = self.cell(index)
        return "" if found is None else note(found, self._names, self._source)

    def text_of(self, cells: Sequence[QModelIndex], *, heads: bool = False) -> str:
        """Cells as a spreadsheet takes them: lines of plain figures, with tabs between."""
        rows = sorted({index.row() for index in cells})
        columns = sorted({index.column() for index in cells})
        chosen = {(index.row(), index.column()) for index in cells}
        lines: list[list[str]] = []
        if heads:
            periods = [self.periods[place] for place in columns]
            lines.append([_("Metric"), _("Unit of measure"), *periods])
        for row in rows:
            metric = self.metrics[row]
            names = [" ".join(guarded(text).split()) for text in (metric.name, metric.unit)]
            told = [
                self._plain(self.index(row, place)) if (row, place) in chosen else ""
                for place in columns
            ]
            lines.append([*names, *told] if heads else told)
        return "\n".join("\t".join(line) for line in lines)

    def _plain(self, index: QModelIndex) -> str:
        found = self.cell(index)
        value = found.made.value if found else None
        return "" if value is None else figure_text(value, grouped=False)

    # --- the table ---------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.metrics)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.periods)

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole):
        across = orientation == Qt.Orientation.Horizontal
        if role == Qt.ItemDataRole.DisplayRole:
            if across:
                return self.periods[section]
            return f"{self.metrics[section].name} · {self.metrics[section].unit}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if across else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        metric, found = self.metrics[index.row()], self.cell(index)
        value = _shown(found.made.value) if found else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return _OPEN + value if self.words(index) else value
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.words(index) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            period, words = self.periods[index.column()], self.words(index)
            return f"{metric.name}, {period}: {value or '–'}" + (f"; {words}" if words else "")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and self.words(index):
            return in_force().colour("muted")
        return None


def _shown(value: int | None) -> str:
    """A figure as the grid has room for it: an average of thousands needs no decimals."""
    if value is not None and abs(value) >= _WHOLE_FROM:
        value = (value + 500) // 1000 * 1000
    return figure_text(value)
