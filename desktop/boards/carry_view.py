"""Carrying cards over the board: with the mouse or with the keyboard, to where they are dropped.

The carrier knows what is carried and where it would come; the board's view paints both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPen

from ecofolio.boards.wall import GAP, Box, Place
from ecofolio.widgets.theme import Size, in_force

if TYPE_CHECKING:
    from ecofolio.boards.board_view import BoardWallView

_EDGE, _STEP, _EVERY = 40, 18, 16  # pixels from an edge, pixels a step, milliseconds


class Drop(NamedTuple):
    """Where cards are dropped: above a card, below one, or alone in a cell; without a `lane` each
    stays in its own."""

    ids: list[int]
    lane: str | None
    column: int
    before: int | None
    after: int | None


class Carrier(QObject):
    """Carries cards; `dropped` says where they were let go, `moved` that the place is another."""

    dropped = Signal(object)  # Drop
    moved = Signal()

    def __init__(self, view: BoardWallView) -> None:
        super().__init__(view)
        self._view = view
        self.rows: list[int] = []
        self.place: Place | None = None  # counted without what is carried
        self.pointer: QPoint | None = None  # of the mouse; None for the keyboard
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self._scroll)

    @property
    def is_carrying(self) -> bool:
        return bool(self.rows)

    def grab(self, rows: list[int], pointer: QPoint | None = None) -> None:
        """Take cards up, at the pointer or where the first of them is."""
        wall = self._view.wall
        self.rows = wall.in_order(rows)
        self.pointer = pointer
        if pointer is not None:
            self._timer.start()
            self.follow(pointer)
            return
        current = self._view.currentIndex().row()
        first = wall.place_of(current if current in self.rows else self.rows[0])
        if first is not None:
            self._set(self._without(first))

    def follow(self, pointer: QPoint) -> None:
        """The pointer is elsewhere."""
        self.pointer = pointer
        x, y = self._view.on_wall(pointer)
        target = self._view.wall.target(x, y)
        self._set(self._without(target) if target is not None else None)

    def step(self, across: int, down: int) -> None:
        """Move the place by the keyboard."""
        if self.place is None:
            return
        wall = self._view.wall
        lane, column, position = self.place
        if across:
            n = wall.columns.index(column) + across
            column = wall.columns[max(0, min(len(wall.columns) - 1, n))]
        position += down
        if not 0 <= position <= len(self._rest(lane, column)):
            n = wall.lanes.index(lane) + (1 if down > 0 else -1)
            if down and 0 <= n < len(wall.lanes):
                lane = wall.lanes[n]
                position = 0 if down > 0 else len(self._rest(lane, column))
        position = max(0, min(position, len(self._rest(lane, column))))
        self._set(Place(lane, column, position))
        mark = self.mark()
        if mark is not None:  # with some of what is around it
            self._view.show_box(Box(mark.x, mark.y - 50, mark.width, 110))

    def drop(self) -> None:
        """Let go: cards that would come where they are stay there."""
        place, rows = self.place, self.rows
        found = self._drop(place, rows) if place is not None else None
        self.cancel()
        if found is not None:
            self.dropped.emit(found)

    def cancel(self) -> None:
        """Put everything back."""
        self._timer.stop()
        self.rows, self.place, self.pointer = [], None, None
        self._view.viewport().update()

    def _drop(self, place: Place, rows: list[int]) -> Drop | None:
        wall, ids = self._view.wall, self._view.cards.ids
        rest = self._rest(place.lane, place.column)
        cell = wall.cells[place.lane, place.column].rows
        if [*rest[: place.position], *rows, *rest[place.position :]] == cell:
            return None
        before = ids[rest[place.position]] if place.position < len(rest) else None
        after = ids[rest[place.position - 1]] if before is None and rest else None
        return Drop([ids[row] for row in rows], place.lane, place.column, before, after)

    def _rest(self, lane: str, column: int) -> list[int]:
        carried = set(self.rows)
        return [row for row in self._view.wall.cells[lane, column].rows if row not in carried]

    def _without(self, place: Place) -> Place:
        carried = set(self.rows)
        rows = self._view.wall.cells[place.lane, place.column].rows[: place.position]
        return place._replace(position=sum(row not in carried for row in rows))

    def _set(self, place: Place | None) -> None:
        if place != self.place:
            self.place = place
            self.moved.emit()
        self._view.viewport().update()

    # --- scrolling at the edges --------------------------------------------------------------

    def _scroll(self) -> None:
        if self.pointer is None or self.place is None:
            return
        room = self._view.viewport().rect()
        across = _pull(self.pointer.x(), room.width())
        down = _pull(self.pointer.y(), room.height())
        side = self._view.horizontalScrollBar()
        bar = self._view.bar_of(self.place.column)
        before = side.value(), bar.value()
        side.setValue(side.value() + across)
        bar.setValue(bar.value() + down)
        if before != (side.value(), bar.value()):
            self.follow(self.pointer)

    # --- painting ----------------------------------------------------------------------------

    def mark(self) -> Box | None:
        """Where the line is that shows the place, on the wall."""
        if self.place is None:
            return None
        wall, place = self._view.wall, self.place
        rest = self._rest(place.lane, place.column)
        x, top = wall.column_x(place.column), wall.cell_top(place.lane)
        y = top
        if place.position < len(rest):
            box = wall.box(rest[place.position])
            y = box.y - GAP // 2 if box is not None else top
        elif rest:
            box = wall.box(rest[-1])
            y = box.y + box.height + GAP // 2 if box is not None else top
        return Box(x, max(y, top + 1), wall.column_width, 3)

    def paint(self, painter: QPainter) -> None:
        """Draw the place, and what hangs at the pointer."""
        mark = self.mark()
        theme = in_force()
        if mark is None or self.place is None:
            return
        rect = self._view.on_screen(mark, self.place.column)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        line = QRectF(rect.x(), rect.y() - 1, rect.width(), 3)
        painter.drawRoundedRect(line, 1.5, 1.5)
        painter.drawEllipse(QRectF(line.x() - 2, line.center().y() - 4, 8, 8))
        if self.pointer is not None:
            self._ghost(painter, self.pointer)

    def _ghost(self, painter: QPainter, at: QPoint) -> None:
        theme, model = in_force(), self._view.cards
        text = model.card(self.rows[0]).title
        box = QRectF(QRect(at.x() + 10, at.y() + 8, min(220, self._view.wall.column_width), 34))
        painter.setPen(QPen(theme.colour("accent"), 1))
        painter.setBrush(theme.colour("soft"))
        painter.drawRoundedRect(box, 7, 7)
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.font(strong=True))
        inner = box.adjusted(10, 0, -10 if len(self.rows) == 1 else -36, 0)
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(inner.width())
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, shown)
        if len(self.rows) > 1:
            badge = QRectF(box.right() - 34, box.center().y() - 9, 28, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(badge, 9, 9)
            painter.setPen(theme.colour("on_accent"))
            painter.setFont(theme.font(Size.CAPTION, strong=True))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(len(self.rows)))


def _pull(at: int, size: int) -> int:
    """How far to scroll for a pointer so near to an edge."""
    if at < _EDGE:
        return -_STEP
    return _STEP if at > size - _EDGE else 0
