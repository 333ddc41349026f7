"""The wall of cards: an item view of its own, because cards lie in columns and lanes.

Cards are painted by their delegate; no card is a widget. The columns' heads are a few widgets
above it. It is a list to Qt for the sake of what Qt tells screen readers of lists: each card by
name, with its place and whether it is selected. Laying out and painting are the wall's own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import groupby
from operator import attrgetter

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QFrame, QScrollBar

from ecofolio.boards.bare_list_view import BareListView
from ecofolio.boards.card_delegate import UNIFORM, CardDelegate, Look
from ecofolio.boards.cards_model import CardsModel
from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.faces import words
from ecofolio.boards.filters import done_columns
from ecofolio.boards.heads_view import ColumnHeads
from ecofolio.boards.lane_heads_view import LaneHeads, paint_earlier
from ecofolio.boards.queries import BoardView
from ecofolio.boards.stains_view import Stains
from ecofolio.boards.wall import BETWEEN, LANE_HEAD, Box, Wall
from ecofolio.text import _
from ecofolio.widgets.theme import in_force

MEASURED = 1_000  # cards up to which each is as high as its words need
_FEW = 50  # cards up to which each is painted again by itself


class WallView(BareListView):
    """Lays out and paints a `CardsModel`."""

    add_wanted = Signal(int)
    column_menu_wanted = Signal(int, QPoint)
    lanes_ordered = Signal(list)  # keys from the top
    lane_menu_wanted = Signal(str, QPoint)

    def __init__(self, desk: BoardDesk) -> None:
        super().__init__()
        self.desk = desk
        self.wall = Wall()
        self.cards = CardsModel(desk, self)
        self.delegate = CardDelegate(self)
        self.lane_heads = LaneHeads(self)
        self.heads = ColumnHeads(self)
        self.dims = False
        self.hovered = -1
        self._heights: dict[int, int] = {}
        self.setAccessibleName(_("Cards"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("framed", False)
        self.setObjectName("wall")
        self.viewport().setAutoFillBackground(False)
        self.setModel(self.cards)
        self.setItemDelegate(self.delegate)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        in_force().changed.connect(self.relayout)

    # --- filling -----------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Lay out what the desk has and its filter leaves."""
        view = self.desk.view
        self.delegate.uniform = len(self.cards.ids) > MEASURED
        if view is None:
            self.wall.build([], None, {}, UNIFORM)
            self.arrange()
            return
        self.wall.columns = [one.id for one in view.columns]
        if self._fit():
            self._heights.clear()
        lanes = [lane.key for lane in view.lanes] if view.lanes else None
        left = None if self.dims else self.desk.left
        rows = _grouped(view, self.cards.row_of, self.desk.lane_of, left)
        self.wall.build(self.wall.columns, lanes, rows, self._measurer())
        self.arrange()

    def forget_heights(self) -> None:
        """Rows have other cards now."""
        self._heights.clear()

    def put(self, identity: int) -> None:
        """Put one card where it belongs now."""
        row, card = self.cards.row_of[identity], self.desk.by_id[identity]
        self._heights.pop(row, None)
        lane = self.desk.lane_of[identity] if self.wall.has_lanes else ""
        self.wall.take(row)
        cell = self.wall.cells.get((lane, card.column_id))
        if cell is None or not (self.dims or self.desk.is_left(identity)):
            return

        def key(one: int) -> tuple[str, int]:
            other = self.cards.card(one)
            return other.rank, other.id

        self.wall.put(row, lane, card.column_id, bisect_left(cell.rows, key(row), key=key))

    def relayout(self) -> None:
        """Measure every card anew: another theme, another day, or it is known what is usual."""
        self.cards.forget_faces()
        self._heights.clear()
        self.wall.measure(self._measurer())
        self.arrange()

    def _measurer(self) -> Callable[[int], int] | int:
        view = self.desk.view
        if self.delegate.uniform or view is None:
            return UNIFORM
        self._words = partial(words, self.desk, today=self.desk.today, done=done_columns(view))
        return self._height

    def _height(self, row: int) -> int:
        found = self._heights.get(row)
        if found is None:
            found = self.delegate.height(self._words(self.cards.card(row)), self.wall.column_width)
            self._heights[row] = found
        return found

    # --- geometry ----------------------------------------------------------------------------

    def _fit(self) -> bool:
        return self.wall.set_width(self.viewport().width() - BETWEEN)

    def arrange(self, stains: Stains | None = None) -> None:
        """Show heads, set how far can be scrolled, and paint: everything, or only the stains."""
        view = self.desk.view
        shown: dict[int, int] = {}
        if self.desk.left is not None and not self.dims:
            shown = dict.fromkeys(self.wall.columns, 0)
            for (_lane, column), cell in self.wall.cells.items():
                shown[column] += len(cell.rows)
        high = self.heads.fill(view.columns if view is not None else [], shown)
        if self.heads.strip.height() != high:
            self.heads.strip.setFixedHeight(high)
            stains = None
        self.updateGeometries()
        if stains is None:
            self.viewport().update()
        else:
            stains.clean()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        if not hasattr(self, "heads"):
            return
        room = self.viewport().size()
        side, bar = self.horizontalScrollBar(), self.verticalScrollBar()
        side.setPageStep(room.width())
        side.setSingleStep(40)
        side.setRange(0, max(0, self.wall.width + BETWEEN - room.width()))
        bar.setPageStep(room.height())
        bar.setSingleStep(40)
        has_lanes = self.wall.has_lanes
        bar.setRange(0, max(0, self.wall.height - room.height()) if has_lanes else 0)
        self.heads.set_ranges()
        self.heads.place()
        self.lane_heads.tell()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.heads.place()
        self.lane_heads.tell()
        self.viewport().update()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        if self._fit():
            self._heights.clear()
            self.wall.measure(self._measurer())
        self.updateGeometries()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def bar_of(self, column: int) -> QScrollBar:
        """What scrolls a column: its own bar, or that of the whole wall."""
        return self.verticalScrollBar() if self.wall.has_lanes else self.heads.bars[column]

    def offset(self, column: int) -> int:
        """How far a column is scrolled down."""
        if self.wall.has_lanes:
            return self.verticalScrollBar().value()
        bar = self.heads.bars.get(column)
        return bar.value() if bar is not None else 0

    def on_wall(self, at: QPoint) -> tuple[int, int]:
        """A point of the viewport on the wall."""
        x = at.x() + self.horizontalOffset()
        column = self.wall.column_at(x)
        return x, at.y() + (self.offset(column) if column is not None else 0)

    def on_screen(self, box: Box, column: int) -> QRect:
        """A rectangle of the wall in the viewport."""
        return QRect(
            box.x - self.horizontalOffset(), box.y - self.offset(column), box.width, box.height
        )

    def show_box(self, box: Box | None) -> None:
        """Scroll so that a rectangle of the wall can be seen."""
        column = self.wall.column_at(box.x) if box is not None else None
        if box is None or column is None:
            return
        room = self.viewport().size()
        head = LANE_HEAD if self.wall.has_lanes else 0
        _reveal(self.horizontalScrollBar(), box.x, box.width, room.width(), 0)
        _reveal(self.bar_of(column), box.y, box.height, room.height(), head)

    # --- what an item view has to know -------------------------------------------------------

    def horizontalOffset(self) -> int:
        return self.horizontalScrollBar().value()

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def visualRect(self, index: QModelIndex) -> QRect:
        box = self.wall.box(index.row()) if index.isValid() else None
        return QRect() if box is None else self.on_screen(box, self.wall.where[index.row()][1])

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.wall.at(*self.on_wall(point))
        return QModelIndex() if row is None else self.cards.index(row)

    def scrollTo(self, index: QModelIndex, hint=QAbstractItemView.ScrollHint.EnsureVisible) -> None:
        if index.isValid():
            self.show_box(self.wall.box(index.row()))

    def isIndexHidden(self, index: QModelIndex) -> bool:
        return index.row() not in self.wall.where

    def moveCursor(self, action, modifiers) -> QModelIndex:
        return self.currentIndex()

    def setSelection(self, rect: QRect, command) -> None:
        selection, index = QItemSelection(), self.indexAt(rect.topLeft())
        if index.isValid():
            selection.select(index, index)
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        if sum(part.height() for part in _parts(selection)) > _FEW:
            return QRegion(self.viewport().rect())
        found = QRegion()
        for index in selection.indexes():
            found += self.visualRect(index)
        return found

    # --- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            region, left = event.region(), self.horizontalOffset()
            current = self.currentIndex().row() if self.hasFocus() else -1
            chosen = [
                range(part.top(), part.bottom() + 1)
                for part in _parts(self.selectionModel().selection())
            ]
            for column in self.wall.columns:
                x, top = self.wall.column_x(column) - left, self.offset(column)
                part = region & QRect(x, 0, self.wall.column_width, self.viewport().height())
                if part.isEmpty():
                    continue
                low, high = part.boundingRect().top() + top, part.boundingRect().bottom() + 1 + top
                for lane in self.wall.lanes_between(low, high):
                    for row, box in self.wall.within(lane, column, low, high):
                        rect = QRectF(x, box.y - top, box.width, box.height)
                        look = self._look(row, current, chosen)
                        self.delegate.draw(painter, rect, self.cards.face(row), look)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            paint_earlier(self, painter)
            self.lane_heads.paint(painter)
            self.paint_over(painter)

    def paint_over(self, painter: QPainter) -> None:
        """What is drawn over the cards."""

    def is_carried(self, row: int) -> bool:
        """Whether a card is on its way elsewhere."""
        return False

    def _look(self, row: int, current: int, chosen: list[range]) -> Look:
        return Look(
            selected=any(row in part for part in chosen),
            focused=row == current,
            hovered=row == self.hovered,
            dimmed=self.dims and not self.desk.is_left(self.cards.ids[row]),
            carried=self.is_carried(row),
        )


def _grouped(
    view: BoardView, row_of: dict[int, int], lane_of: dict[int, str], left: set[int] | None
) -> dict[tuple[str, int], list[int]]:
    """The rows of the cards that are left, by lane and column."""
    cards = view.cards if left is None else [card for card in view.cards if card.id in left]
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    if view.lanes:
        for card in cards:
            found[lane_of[card.id], card.column_id].append(row_of[card.id])
        return found
    for column, own in groupby(cards, attrgetter("column_id")):
        found["", column] += [row_of[card.id] for card in own]
    return found


def _reveal(bar: QScrollBar, at: int, size: int, room: int, head: int) -> None:
    """Scroll no further than needed; what is too large is shown from its beginning."""
    low, high = at - head - 6, at + size + 6
    if low < bar.value() or high - low > room:
        bar.setValue(low)
    elif high > bar.value() + room:
        bar.setValue(high - room)


def _parts(selection: QItemSelection) -> list[QItemSelectionRange]:
    return [selection.at(n) for n in range(selection.count())]
