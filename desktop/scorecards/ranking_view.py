"""The ranking as a table: ranks, scores, grades, changes, and twelve months as a line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QModelIndex, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ecofolio.scorecards import words
from ecofolio.scorecards.charts_view import paint_trend
from ecofolio.scorecards.ranking import Ranked
from ecofolio.scorecards.ranking_model import (
    BATCH,
    CHANGE,
    CODE,
    FIGURES,
    GRADE,
    NAME,
    RANK,
    SCORE,
    TOLD,
    TREND,
    UNIT,
    RankingModel,
)
from ecofolio.text import _
from ecofolio.widgets.painters import paint_badge, paint_light
from ecofolio.widgets.theme import in_force

Trends = Callable[[Collection[int]], dict[int, list[int | None]]]
_WIDTHS = {
    RANK: 96, CODE: 70, UNIT: 156, BATCH: 104, SCORE: 68, GRADE: 62, CHANGE: 82, TREND: 112,
    TOLD: 74,
}  # fmt: skip
_MOST_RANK = 152  # pixels: four figures of rank, of peers and of places won
_MARKED = (
    QStyle.StateFlag.State_Selected
    | QStyle.StateFlag.State_MouseOver
    | QStyle.StateFlag.State_HasFocus
)


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model = index.model()
        assert isinstance(model, RankingModel)
        line = model.lines[index.row()]
        if option.state & _MARKED:
            style = option.widget.style()  # draws the ground alone: the option says no text yet
            style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        else:  # the line below a cell is all that the style would draw, and takes its time for
            under = option.rect.adjusted(0, option.rect.height() - 1, 0, 0)
            painter.fillRect(under, in_force().colour("line"))
        rect = QRectF(option.rect).adjusted(8, 0, -8, 0)
        painter.save()
        if index.column() == TREND:
            paint_trend(painter, rect.adjusted(0, 8, -4, -8), model.trends.get(line.id, ()))
        elif index.column() == GRADE:
            self._grade(painter, rect, line)
        else:
            self._text(painter, rect, line, index)
        painter.restore()

    def _grade(self, painter: QPainter, rect: QRectF, line: Ranked) -> None:
        if line.grade is None:
            return
        width = paint_badge(painter, rect, line.grade.value, words.TONES[line.grade])
        if line.held:
            light = "red" if line.held == 2 else "amber"
            paint_light(painter, rect.adjusted(width + 6, 0, 0, 0), light)

    def _text(self, painter: QPainter, rect: QRectF, line: Ranked, index: QModelIndex) -> None:
        theme, column = in_force(), index.column()
        strong = column in (NAME, SCORE)
        font = theme.font(strong=strong)
        painter.setFont(font)
        tone = "text"
        if column == CHANGE and line.change:
            tone = "green" if line.change > 0 else "red"
        painter.setPen(theme.colour(tone))
        model = index.model()
        if column == SCORE and isinstance(model, RankingModel) and line.id in model.since:
            painter.setPen(theme.colour("accent"))
            mark = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect.adjusted(-6, 0, 0, 0), mark, "•")
            painter.setPen(theme.colour(tone))
        side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
        text = painter.fontMetrics().elidedText(
            index.data(), Qt.TextElideMode.ElideRight, int(rect.width())
        )
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, text)


class RankingTable(QTableView):
    """Shows a ranking. `chosen(id)` follows the current line, `opened(id)` a double click."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, name: str, trends: Trends) -> None:
        super().__init__()
        self._trends = trends
        self.setAccessibleName(name)
        self.setProperty("framed", False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.ranking = RankingModel(self)
        self.setModel(self.ranking)
        self.setItemDelegate(_Delegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(60)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._fetch)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._id(index.row())))
        in_force().changed.connect(self._measure)
        self._measure()

    def fill(self, lines: Sequence[Ranked]) -> None:
        """Show other lines and keep the one that was chosen, else choose the first."""
        kept, header = self.current_id(), self.horizontalHeader()
        self._widen(len(lines))
        self.ranking.fill(lines)
        if header.sortIndicatorSection() >= 0:
            self.ranking.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        if kept is None or not self.choose(kept):
            self.choose(None)

    def _widen(self, n: int) -> None:
        """Make room for the longest rank that so many lines can have."""
        longest = f"{_('{rank} of {peers}').format(rank=n, peers=n)} ▲{n}"
        taken = self.fontMetrics().horizontalAdvance(longest) + 20
        self.setColumnWidth(RANK, min(max(_WIDTHS[RANK], taken), _MOST_RANK))

    def choose(self, initiative_id: int | None) -> bool:
        """Make a line the current one; the first without one. False where there is none."""
        place = 0 if initiative_id is None else self.ranking.row_of(initiative_id)
        if not 0 <= place < len(self.ranking.lines):
            return False
        index = self.ranking.index(place, NAME)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        return True

    def current_id(self) -> int | None:
        """The initiative of the current line."""
        index = self.currentIndex()
        return self._id(index.row()) if index.isValid() else None

    def _id(self, place: int) -> int:
        return self.ranking.lines[place].id

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._id(index.row()))

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)

    def _fetch(self) -> None:
        """Fetch the trends of the lines in view."""
        first, last = max(self.rowAt(0), 0), self.rowAt(self.viewport().height())
        last = len(self.ranking.lines) - 1 if last < 0 else last
        seen = [self._id(place) for place in range(first, last + 1)]
        missing = [one for one in seen if one not in self.ranking.trends]
        if missing:
            self.ranking.add_trends(self._trends(missing))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.setColumnHidden(UNIT, self.width() < 1080)
        self.setColumnHidden(BATCH, self.width() < 920)
        self.setColumnHidden(TOLD, self.width() < 760)

    def paintEvent(self, event) -> None:
        super().paintEvent(event)
        self._later.start()  # the trends of what came into view are read when it is painted

    def keyPressEvent(self, event) -> None:
        found = self.current_id()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and found is not None:
            self.opened.emit(found)
            return
        super().keyPressEvent(event)
