"""Small charts, painted with the tokens of the theme: trend, strips by peer group, scatter."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.theme import Size, in_force

_MOST_POINTS = 12000.0  # hundredths: where a score ends
_STEPS: dict[int, int] = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
}


def paint_trend(painter: QPainter, rect: QRectF, values: Sequence[int | None]) -> None:
    """Draw scores over months as a line with its last point; months without one are gaps."""
    told = [value for value in values if value is not None]
    if not told:
        return
    theme, low, high = in_force(), min(told), max(told)
    spread = max(high - low, 500)
    step = rect.width() / max(len(values) - 1, 1)

    def at(place: int, value: int) -> QPointF:
        share = (value - low + (spread - (high - low)) / 2) / spread
        return QPointF(rect.left() + place * step, rect.bottom() - share * rect.height())

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accent"), 1.4))
    line: list[QPointF] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            line.append(at(place, value))
        elif line:
            painter.drawPolyline(QPolygonF(line))
            line = []
    last = max(place for place, value in enumerate(values) if value is not None)
    painter.setBrush(theme.colour("accent"))
    painter.drawEllipse(at(last, values[last] or 0), 2.2, 2.2)
    painter.restore()


class TrendChart(QWidget):
    """One initiative's scores over months."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._values: Sequence[int | None] = []
        self.setAccessibleName(name)
        self.setFixedHeight(56)

    def fill(self, values: Sequence[int | None], spoken: str) -> None:
        """Show other scores."""
        self._values = values
        self.setAccessibleDescription(spoken)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        rect = QRectF(self.rect()).adjusted(4, 8, -6, -8)
        paint_trend(QPainter(self), rect, self._values)


@dataclass(frozen=True)
class Dot:
    """A point of a chart: `x` and `y` mean what the chart says; `tone` is a token."""

    id: int
    x: float
    y: float
    title: str
    spoken: str
    tone: str = "accent"


class _Dots(QWidget):
    """What charts of dots share: pointing at one, opening it, walking through with the keys."""

    opened = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._places: list[tuple[QPointF, Dot]] = []
        self._current = -1
        in_force().changed.connect(self.update)

    def _near(self, point: QPointF) -> int:
        best, found = 14.0, -1
        for n, (place, _dot) in enumerate(self._places):
            far = math.hypot(place.x() - point.x(), place.y() - point.y())
            if far < best:
                best, found = far, n
        return found

    def event(self, event) -> bool:
        if isinstance(event, QHelpEvent):
            found = self._near(QPointF(event.pos()))
            text = self._places[found][1].spoken if found >= 0 else ""
            QToolTip.showText(event.globalPos(), html.escape(text), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._near(event.position()) >= 0
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = self._near(event.position())
        if found >= 0 and event.button() is Qt.MouseButton.LeftButton:
            self._current = found
            self.update()
            self.opened.emit(self._places[found][1].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _STEPS and self._places:
            self._current = (self._current + _STEPS[event.key()]) % len(self._places)
            self.setAccessibleDescription(self._places[self._current][1].spoken)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.opened.emit(self._places[self._current][1].id)
        else:
            super().keyPressEvent(event)

    def _paint_dots(self, painter: QPainter, radius: float) -> None:
        theme = in_force()
        for place, dot in self._places:
            painter.setPen(QPen(theme.colour(dot.tone), 1.2))
            painter.setBrush(theme.tokens.mixed(dot.tone, 0.45))
            painter.drawEllipse(place, radius, radius)
        if self.hasFocus() and 0 <= self._current < len(self._places):
            place = self._places[self._current][0]
            paint_focus(painter, QRectF(place.x() - 9, place.y() - 9, 18, 18), 9)


@dataclass(frozen=True)
class Strip:
    """A peer group with its dots by score in hundredths, and the middle one of them."""

    title: str
    dots: Sequence[Dot]
    median: float


class StripChart(_Dots):
    """How scores spread within each peer group, a strip for each."""

    _ROW, _TOP, _LEFT = 44, 26, 210

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._strips: Sequence[Strip] = []
        self._limits: Sequence[tuple[int, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fill(self, strips: Sequence[Strip], limits: Sequence[tuple[int, str]]) -> None:
        """Show strips; `limits` are scores that are marked with a word, such as a grade's."""
        self._strips, self._limits, self._current = strips, limits, -1
        self.setMinimumHeight(self._TOP + self._ROW * max(len(strips), 1) + 12)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, self._TOP + self._ROW * max(len(self._strips), 1) + 12)

    def _x(self, score: float) -> float:
        room = self.width() - self._LEFT - 28
        return self._LEFT + room * min(max(score, 0), _MOST_POINTS) / _MOST_POINTS

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = in_force(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(Size.CAPTION))
        bottom = self._TOP + self._ROW * len(self._strips)
        for score, word in self._limits:
            x = self._x(score)
            painter.setPen(QPen(theme.colour("line"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, self._TOP - 6), QPointF(x, bottom))
            painter.setPen(theme.colour("muted"))
            painter.drawText(QRectF(x - 40, 0, 80, 18), Qt.AlignmentFlag.AlignCenter, word)
        self._places = []
        for n, strip in enumerate(self._strips):
            self._paint_strip(painter, strip, self._TOP + n * self._ROW + self._ROW / 2)
        self._paint_dots(painter, 4.5)

    def _paint_strip(self, painter: QPainter, strip: Strip, y: float) -> None:
        theme = in_force()
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        room = self._LEFT - 24
        metrics = QFontMetrics(theme.font())
        title = metrics.elidedText(strip.title, Qt.TextElideMode.ElideRight, room)
        box = QRectF(12, y - 12, room, 24)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(QPointF(self._x(0), y), QPointF(self._x(_MOST_POINTS), y))
        middle = self._x(strip.median)
        painter.setPen(QPen(theme.colour("text"), 2))
        painter.drawLine(QPointF(middle, y - 12), QPointF(middle, y + 12))
        lanes: dict[int, int] = {}
        for dot in strip.dots:
            x = self._x(dot.x)
            lane = lanes.get(round(x / 7), 0)
            lanes[round(x / 7)] = lane + 1
            down = (lane + 1) // 2 * 7 * (1 if lane % 2 else -1)
            self._places.append((QPointF(x, y + max(-16, min(16, down))), dot))


class ScatterChart(_Dots):
    """Spend against value, both on scales of powers of ten; the corners are named in words."""

    def __init__(self, name: str, across: str, up: str) -> None:
        super().__init__(name)
        self._across, self._up = across, up
        self._dots: Sequence[Dot] = []
        self._middle = (1.0, 1.0)
        self._corners: Sequence[str] = ("", "", "", "")
        self.setMinimumHeight(200)

    def fill(
        self, dots: Sequence[Dot], middle: tuple[float, float], corners: Sequence[str]
    ) -> None:
        """Show dots above 0; `corners` are the words of: upper left, upper right, lower left,
        lower right of the `middle`."""
        self._dots, self._middle, self._corners, self._current = dots, middle, corners, -1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = in_force(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(28, 14, -18, -30)
        painter.setFont(theme.font(Size.CAPTION))
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(box.left(), box.bottom() + 6, box.width(), 18),
                         Qt.AlignmentFlag.AlignRight, self._across)  # fmt: skip
        painter.save()
        painter.translate(16, box.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, -12, box.height(), 18), Qt.AlignmentFlag.AlignRight, self._up)
        painter.restore()
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.drawLine(box.topLeft(), box.bottomLeft())
        if not self._dots:
            return
        xs = [math.log10(dot.x) for dot in self._dots] + [math.log10(self._middle[0])]
        ys = [math.log10(dot.y) for dot in self._dots] + [math.log10(self._middle[1])]

        def at(x: float, y: float) -> QPointF:
            return QPointF(
                box.left() + 16 + _share(math.log10(x), xs) * (box.width() - 80),
                box.bottom() - 30 - _share(math.log10(y), ys) * (box.height() - 60),
            )

        centre = at(*self._middle)
        painter.setPen(QPen(theme.colour("faint"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(centre.x(), box.top()), QPointF(centre.x(), box.bottom()))
        painter.drawLine(QPointF(box.left(), centre.y()), QPointF(box.right(), centre.y()))
        taken = self._paint_corners(painter, box)
        self._places = [(at(dot.x, dot.y), dot) for dot in self._dots]
        self._paint_dots(painter, 5)
        self._paint_titles(painter, taken)

    def _paint_corners(self, painter: QPainter, box: QRectF) -> list[QRectF]:
        """Write the words of the corners; the rectangles that they take."""
        taken = []
        flag = Qt.AlignmentFlag
        painter.setPen(in_force().colour("muted"))
        inner = box.adjusted(10, 4, -6, -4)
        for words, place in zip(
            self._corners,
            (flag.AlignTop | flag.AlignLeft, flag.AlignTop | flag.AlignRight,
             flag.AlignBottom | flag.AlignLeft, flag.AlignBottom | flag.AlignRight),
            strict=True,
        ):  # fmt: skip
            painter.drawText(inner, place, words)
            taken.append(QRectF(painter.fontMetrics().boundingRect(inner.toRect(), place, words)))
        return taken

    def _paint_titles(self, painter: QPainter, taken: list[QRectF]) -> None:
        """Name the dots, as far as the names do not lie upon each other."""
        theme = in_force()
        painter.setFont(theme.font(Size.CAPTION))
        painter.setPen(theme.colour("text"))
        metrics = QFontMetrics(theme.font(Size.CAPTION))
        taken += [QRectF(place.x() - 6, place.y() - 6, 12, 12) for place, _dot in self._places]
        for place, dot in self._places:
            width = metrics.horizontalAdvance(dot.title)
            box = QRectF(place.x() + 8, place.y() - 8, width, 16)
            if box.right() < self.width() - 4 and not any(box.intersects(one) for one in taken):
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, dot.title)
                taken.append(box)


def _share(value: float, among: Sequence[float]) -> float:
    low, high = min(among), max(among)
    return 0.5 if high == low else (value - low) / (high - low)
