"""The heat map: initiatives by metrics, each cell an attainment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QTableView,
)

from ecofolio.scorecards import words
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.ranking import Ranked
from ecofolio.scorecards.reading import figure_text
from ecofolio.scorecards.rules import Line
from ecofolio.scorecards.scoring import Sheet
from ecofolio.text import _
from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.theme import in_force

# from which attainment on a cell has which tone and how strongly
_TONES = (
    (Fraction(1), "green", 0.42),
    (Fraction(3, 4), "green", 0.18),
    (Fraction(1, 2), "amber", 0.24),
    (Fraction(0), "red", 0.34),
)


class HeatModel(QAbstractTableModel):
    """Initiatives by metrics; what is not judged is empty."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.lines: list[Ranked] = []
        self.metrics: list[MetricRow] = []
        self._cells: dict[tuple[int, int], Line] = {}

    def fill(
        self,
        lines: Sequence[Ranked],
        sheets: Mapping[int, Sheet],
        metrics: Mapping[int, MetricRow],
    ) -> None:
        """Show the opened sheets of a ranking."""
        self.beginResetModel()
        self.lines = [line for line in lines if line.id in sheets]
        self._cells = {
            (identity, line.figure.metric): line
            for identity, sheet in sheets.items()
            for line in sheet.score.lines
        }
        used = {metric for _initiative, metric in self._cells}
        self.metrics = [row for identity, row in metrics.items() if identity in used]
        self.endResetModel()

    def line(self, index: QModelIndex) -> Line | None:
        """What stands in a cell."""
        key = (self.lines[index.row()].id, self.metrics[index.column()].id)
        return self._cells.get(key)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.metrics)

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.metrics[section].name
        line = self.lines[section]
        return f"{line.code}  {line.name}"

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        line, metric = self.line(index), self.metrics[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if line is None else shown(line)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            name = self.lines[index.row()].name
            if line is None:
                return _("{name}, {metric}: no target").format(name=name, metric=metric.name)
            return _("{name}, {metric}: {actual} of {target} {unit}, {share}").format(
                name=name,
                metric=metric.name,
                actual=figure_text(line.figure.actual),
                target=figure_text(line.figure.target),
                unit=metric.unit,
                share=words.percent(line.attainment),
            )
        return None


def shown(line: Line) -> str:
    """A cell's words: an attainment, a dash for what is not reported, a cross for a breach."""
    if line.figure.actual is None:
        return "–"
    return (
        f"✕ {words.percent(line.attainment)}" if line.breached else words.percent(line.attainment)
    )


def ground(line: Line | None) -> QColor | None:
    """The ground of a cell; None for what was not reported or is not judged."""
    if line is None or line.figure.actual is None or line.attainment is None:
        return None
    if line.breached:
        return in_force().tokens.mixed("red", 0.5)
    tone, share = next((t, s) for least, t, s in _TONES if line.attainment >= least)
    return in_force().tokens.mixed(tone, share)


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option, index: QModelIndex) -> None:
        theme, model = in_force(), index.model()
        assert isinstance(model, HeatModel)
        line, rect = model.line(index), QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        colour = ground(line)
        if colour is not None:
            painter.fillRect(rect, colour)
        elif line is not None:
            painter.fillRect(rect, QBrush(theme.colour("line"), Qt.BrushStyle.BDiagPattern))
        painter.setFont(theme.font())
        painter.setPen(theme.colour("muted" if colour is None else "text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, index.data())
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect, 2)
        painter.restore()


class HeatMap(QTableView):
    """Initiatives by metrics. `opened(id)` follows a click or Enter on a cell or a line's head."""

    opened = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("framed", False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.heat = HeatModel(self)
        self.setModel(self.heat)
        self.setItemDelegate(_Delegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header, side = self.horizontalHeader(), self.verticalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        header.setFixedHeight(52)
        header.setMinimumSectionSize(86)
        header.setHighlightSections(False)
        side.setFixedWidth(230)
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        side.setTextElideMode(Qt.TextElideMode.ElideRight)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setSectionsClickable(True)
        side.sectionClicked.connect(lambda place: self.opened.emit(self.heat.lines[place].id))
        self.clicked.connect(lambda index: self.opened.emit(self.heat.lines[index.row()].id))
        in_force().changed.connect(self._measure)
        self._measure()

    def fill(
        self,
        lines: Sequence[Ranked],
        sheets: Mapping[int, Sheet],
        metrics: Mapping[int, MetricRow],
    ) -> None:
        """Show the opened sheets of a ranking."""
        self.heat.fill(lines, sheets, metrics)
        self._measure()

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)
        count = len(self.heat.metrics)
        if count:
            room = (self.viewport().width() - 2) // count
            for column in range(count):
                self.setColumnWidth(column, max(86, min(room, 150)))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._measure()

    def keyPressEvent(self, event) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(self.heat.lines[index.row()].id)
            return
        super().keyPressEvent(event)
