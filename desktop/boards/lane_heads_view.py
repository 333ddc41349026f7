"""The heads of a board's lanes: painted across the wall, and staying in view while one scrolls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from ecofolio.boards.queries import LaneRow
from ecofolio.boards.wall import LANE_HEAD
from ecofolio.text import _, ngettext, pgettext
from ecofolio.vocabulary import ColumnKind
from ecofolio.widgets import icons
from ecofolio.widgets.painters import paint_badge
from ecofolio.widgets.theme import Size, in_force

if TYPE_CHECKING:
    from ecofolio.boards.wall_view import WallView

_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class _ToldHead(QAbstractButton):
    """What a screen reader is told of a lane's head; it is painted on the wall, and the mouse goes
    through it. Pressed, it folds the lane or opens it."""

    def __init__(self, parent: QWidget, fold: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(fold)
        self.show()
        self.raise_()

    def say(self, name: str, description: str) -> None:
        """Be called something; what is said already is not said again."""
        if (name, description) != (self.accessibleName(), self.accessibleDescription()):
            self.setAccessibleName(name)
            self.setAccessibleDescription(description)

    def paintEvent(self, event: QPaintEvent) -> None:
        pass  # the wall paints it


class LaneHeads:
    """Paints the heads of the lanes of a wall, and puts lanes into another order.

    A click on a head folds its lane, or opens it; dragged, the lane goes where it is let go.
    """

    def __init__(self, view: WallView) -> None:
        self._view = view
        self._held: str | None = None
        self._pressed = QPoint()
        self._slot: int | None = None  # before which lane what is dragged would come
        self._told: dict[str, _ToldHead] = {}

    def _lanes(self) -> list[tuple[LaneRow, QRect]]:
        """The lanes in view with the rectangles of their heads."""
        view, wall = self._view, self._view.wall
        if not wall.has_lanes or view.desk.view is None:
            return []
        rows = {lane.key: lane for lane in view.desk.view.lanes}
        scrolled, room = view.verticalScrollBar().value(), view.viewport().rect()
        found = []
        for n, key in enumerate(wall.lanes):
            top, bottom = wall.lane_tops[n] - scrolled, wall.lane_tops[n + 1] - scrolled
            if bottom <= 0 or top >= room.height() or key not in rows:
                continue
            at = min(max(top, 0), bottom - LANE_HEAD)
            found.append((rows[key], QRect(0, at, room.width(), LANE_HEAD)))
        return found

    def at(self, point: QPoint) -> str | None:
        """The key of the lane whose head is at a point."""
        for lane, rect in self._lanes():
            if rect.contains(point):
                return lane.key
        return None

    # --- in hand -----------------------------------------------------------------------------

    def press(self, point: QPoint) -> bool:
        """Take hold of a head; whether there is one."""
        self._held, self._pressed, self._slot = self.at(point), point, None
        return self._held is not None

    def move(self, point: QPoint) -> bool:
        """Follow the pointer; whether a head is held."""
        if self._held is None:
            return False
        view = self._view
        far = (point - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if (far or self._slot is not None) and not view.desk.workspace.read_only:
            y, tops = point.y() + view.verticalScrollBar().value(), view.wall.lane_tops
            middles = [(one + two) / 2 for one, two in pairwise(tops)]
            self._slot = sum(middle < y for middle in middles)
            view.viewport().update()
        return True

    def release(self) -> bool:
        """Let go: the lane comes to its new place, or is folded; whether a head was held."""
        held, slot, self._held, self._slot = self._held, self._slot, None, None
        view = self._view
        if held is None:
            return False
        if slot is None:
            self.fold(held)
        else:
            self._put(held, slot - (view.wall.lanes.index(held) < slot))
        view.viewport().update()
        return True

    def step(self, key: str, by: int) -> None:
        """Move a lane up (-1) or down (1)."""
        lanes = self._view.wall.lanes
        if self._view.wall.has_lanes and key in lanes:
            self._put(key, lanes.index(key) + by)

    def _put(self, key: str, place: int) -> None:
        lanes = self._view.wall.lanes
        order = [one for one in lanes if one != key]
        order.insert(max(0, min(place, len(order))), key)
        if order != lanes:
            self._view.lanes_ordered.emit(order)

    def fold(self, key: str) -> None:
        """Fold a lane away, or open it."""
        self._view.wall.fold(key)
        self._view.arrange()
        self._view.viewport().update()

    # --- for who can not see it --------------------------------------------------------------

    def tell(self) -> None:
        """Have something stand for each head where a screen reader listens: name, count, place."""
        view, parent, shown = self._view, self._view.parentWidget(), self._view.desk.view
        listens = QAccessible.isActive() and parent is not None and view.wall.has_lanes
        rows = shown.lanes if listens and shown is not None else []
        lanes = [lane for lane in rows if lane.key in view.wall.lanes]
        keys = {lane.key for lane in lanes}
        for key in self._told.keys() - keys:
            gone = self._told.pop(key)
            gone.setParent(None)  # at once: what is deleted later could still be found
            gone.deleteLater()
        if not lanes or parent is None:
            return
        low, room = view.viewport().mapTo(parent, QPoint(0, 0)), view.viewport().rect()
        for lane in lanes:
            if lane.key not in self._told:
                self._told[lane.key] = _ToldHead(parent, partial(self.fold, lane.key))
            n = view.wall.lanes.index(lane.key)
            top = view.wall.lane_tops[n] - view.verticalScrollBar().value()
            at = low.y() + max(0, min(top, room.height() - LANE_HEAD))
            told = self._told[lane.key]
            told.setGeometry(low.x(), at, room.width(), LANE_HEAD)
            told.say(lane.name, self._words(lane))

    def _words(self, lane: LaneRow) -> str:
        wall = self._view.wall
        n = sum(len(wall.cells[lane.key, one].rows) for one in wall.columns)
        text = ngettext("{n} card, {count} in progress", "{n} cards, {count} in progress", n)
        parts = [text.format(n=n, count=count_words(lane)[0])]
        return pgettext("list", ", ").join(
            [*parts, *([_("folded")] if lane.key in wall.folded else [])]
        )

    # --- painting ----------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Draw the heads over the cards."""
        theme = in_force()
        for lane, rect in self._lanes():
            painter.fillRect(rect, theme.colour("bg"))
            line = QRectF(rect.left(), rect.top() + 4, rect.width(), rect.height() - 8)
            folded = lane.key in self._view.wall.folded
            sign = icons.pixmap("chevron-right" if folded else "chevron-down", "muted", 14)
            painter.drawPixmap(QPoint(0, rect.top() + 8), sign)
            font = theme.font(strong=True)
            painter.setFont(font)
            painter.setPen(theme.colour("text"))
            words = line.adjusted(20, 0, -140, 0)
            name = QFontMetrics(font).elidedText(
                lane.name, Qt.TextElideMode.ElideRight, int(words.width())
            )
            painter.drawText(words, _MIDDLE, name)
            after = 20 + QFontMetrics(font).horizontalAdvance(name) + 10
            text, tone = count_words(lane)
            paint_badge(painter, line.adjusted(after, 0, 0, 0), text, tone)
            painter.setPen(theme.colour("line"))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if self._slot is not None:
            view = self._view
            y = view.wall.lane_tops[self._slot] - view.verticalScrollBar().value()
            painter.fillRect(0, max(0, y - 1), view.viewport().width(), 3, theme.colour("accent"))


def paint_earlier(view: WallView, painter: QPainter) -> None:
    """Say below the finished cards how many are not shown."""
    shown, wall = view.desk.view, view.wall
    if shown is None or wall.has_lanes or view.desk.left is not None:
        return
    theme = in_force()
    for one in shown.columns:
        hidden = one.cards - len(wall.cells[wall.lanes[0], one.id].rows)
        if one.kind != ColumnKind.DONE or hidden <= 0:
            continue
        x = wall.column_x(one.id) - view.horizontalOffset()
        y = wall.column_height(one.id) - view.offset(one.id)
        text = ngettext("{n} finished earlier", "{n} finished earlier", hidden)
        painter.setFont(theme.font(Size.CAPTION))
        painter.setPen(theme.colour("muted"))
        rect = QRect(x + 4, y, wall.column_width - 8, 20)
        painter.drawText(rect, _MIDDLE, text.format(n=f"{hidden:,}"))


def count_words(lane: LaneRow) -> tuple[str, str]:
    """A lane's cards in progress against its limit, and the tone of that."""
    if lane.wip_limit is None:
        return str(lane.cards), "muted"
    text = f"{lane.cards}/{lane.wip_limit}"
    if lane.is_over:
        return _("{count} over limit").format(count=text), "red"
    return text, "amber" if lane.cards == lane.wip_limit else "muted"
