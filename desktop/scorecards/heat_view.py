"""The heat map: initiatives by metrics, each cell an attainment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt, QTimer, Signal
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
from ecofolio.scorecards.rules import Card, Line
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

_AHEAD, _MOST = 40, 200  # lines whose scorecards are opened before they are in view, and at once


class HeatModel(QAbstractTableModel):
    """Initiatives by metrics; what is not judged is empty."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.lines: list[Ranked] = []
        self.metrics: list[MetricRow] = []
        self._cells: dict[tuple[int, int], Line] = {}
        self._known: Mapping[int, MetricRow] = {}
        self.opened: set[int] = set()

    def fill(
        self,
        lines: Sequence[Ranked],
        metrics: Mapping[int, MetricRow],
        cards: Mapping[str, Card],
    ) -> None:
        """Show a ranking under the metrics of some scorecards; the cells come with `add`."""
        self.beginResetModel()
        self.lines, self._known = list(lines), metrics
        self._cells, self.opened = {}, set()
        batches = {line.batch for line in lines}
        self._show_metrics({m for batch in batches for m in cards[batch].weights})
        self.endResetModel()

    def _show_metrics(self, wanted: Collection[int]) -> None:
        self.metrics = [row for identity, row in self._known.items() if identity in wanted]

    def add(self, sheets: Mapping[int, Sheet]) -> None:
        """Take in scorecards that were opened."""
        self.opened |= sheets.keys()
        cells = {
            (identity, line.figure.metric): line
            for identity, sheet in sheets.items()
            for line in sheet.score.lines
        }
        shown = {row.id for row in self.metrics}
        more = {metric for _initiative, metric in cells} - shown
        self._cells |= cells
        if more:  # a guardrail counts wherever it has a target, also where no scorecard has it
            self.beginResetModel()
            self._show_metrics(shown | more)
            self.endResetModel()
        elif self.lines and self.metrics:
            last = self.index(len(self.lines) - 1, len(self.metrics) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

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
            return _("{name}, {metric}: {actual} of {target}, {share}").format(
                name=name,
                metric=metric.name,
                actual=figure_text(line.figure.actual),
                target=words.measured(line.figure.target, metric.unit),
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
        self._fetch: Callable[[list[int]], object] | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._look)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._later.start())
        self._measure()

    def fill(
        self,
        lines: Sequence[Ranked],
        metrics: Mapping[int, MetricRow],
        cards: Mapping[str, Card],
        fetch: Callable[[list[int]], object],
    ) -> None:
        """Show a ranking; `fetch` is asked for the scorecards of the lines in view, which it
        gives to `add`."""
        self._fetch = fetch
        self.heat.fill(lines, metrics, cards)
        self._measure()
        self._look()

    def add(self, sheets: Mapping[int, Sheet]) -> None:
        """Take in scorecards that were opened."""
        columns = len(self.heat.metrics)
        self.heat.add(sheets)
        if columns != len(self.heat.metrics):
            self._measure()

    def _look(self) -> None:
        """Ask for the scorecards of the lines in view and of some below."""
        if self._fetch is None or not self.heat.lines:
            return
        first, last = max(self.rowAt(0), 0), self.rowAt(self.viewport().height())
        last = (len(self.heat.lines) if last < 0 else last) + _AHEAD
        seen = [line.id for line in self.heat.lines[first : min(last, first + _MOST)]]
        missing = [one for one in seen if one not in self.heat.opened]
        if missing:
            self.heat.opened |= set(missing)  # they are under way
            self._fetch(missing)

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
        self._later.start()

    def keyPressEvent(self, event) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(self.heat.lines[index.row()].id)
            return
        super().keyPressEvent(event)
