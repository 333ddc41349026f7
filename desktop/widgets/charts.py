"""Charts drawn with the theme's tokens: areas, points, bars and lines over a numeric axis.

A chart names its lines directly, says every mark in words, opens what is behind a mark, and can
be copied as a picture or as data. It is readable in grey print: shapes and labels, not colour
alone.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.theme import Size, in_force

_LEFT, _TOP, _BOTTOM = 38, 10, 24
_NEAR = 10.0  # pixels within which a mark is meant
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Point:
    """A mark: `key` is what is behind it, `spoken` its sentence; rings are what stands out."""

    x: float
    y: float
    key: object = None
    spoken: str = ""
    token: str = "accent"  # noqa: S105  the name of a colour
    ring: bool = False


@dataclass(frozen=True)
class Level:
    """A horizontal line with its name."""

    y: float
    name: str
    token: str = "muted"  # noqa: S105


@dataclass(frozen=True)
class Area:
    """A band of a stack, from below; `share` is how strong its colour is."""

    name: str
    values: Sequence[float]
    token: str = "accent"  # noqa: S105
    share: float = 1.0


@dataclass(frozen=True)
class Line:
    """A line through points."""

    name: str
    points: Sequence[tuple[float, float]]
    token: str = "accent"  # noqa: S105
    dashed: bool = False


@dataclass
class Figure:
    """What a chart shows. `ticks` name places of the x axis; `data` is what is copied as text."""

    first: float = 0.0
    last: float = 1.0
    ticks: list[tuple[float, str]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    bars: list[Point] = field(default_factory=list)
    bar_width: float = 1.0
    areas: list[Area] = field(default_factory=list)
    area_keys: list[float] = field(default_factory=list)  # the x of each value of the areas
    lines: list[Line] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    data: list[Sequence[object]] = field(default_factory=list)
    summary: str = ""
    empty: str = ""
    right: int = 12  # pixels for names at the right


class Chart(QWidget):
    """Draws a `Figure`. `opened(key)` follows a click or Enter on a mark."""

    opened = Signal(object)

    def __init__(self, name: str, height: int = 220, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.figure = Figure()
        self._current = -1
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(240)
        self.setFixedHeight(height)
        in_force().changed.connect(self.update)

    def show_figure(self, figure: Figure) -> None:
        """Show another figure."""
        self.figure, self._current = figure, -1
        self.setAccessibleDescription(figure.summary or figure.empty)
        self.update()

    # --- copying -----------------------------------------------------------------------------

    def picture(self) -> QPixmap:
        """The chart as it is on the screen, on the panel's ground."""
        ratio = self.devicePixelRatioF()
        made = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(in_force().colour("surface"))
        painter = QPainter(made)
        self._draw(painter)
        painter.end()
        return made

    def text(self) -> str:
        """The data behind the chart, tabs between values, ready for a spreadsheet."""
        return "\n".join("\t".join(_plain(one) for one in row) for row in self.figure.data)

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.picture())

    def copy_data(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    # --- measures ----------------------------------------------------------------------------

    def _room(self) -> QRectF:
        return QRectF(
            _LEFT,
            _TOP,
            max(10, self.width() - _LEFT - self.figure.right),
            max(10, self.height() - _TOP - _BOTTOM),
        )

    def _most(self) -> float:
        one = self.figure
        heights = [point.y for point in (*one.points, *one.bars)]
        heights += [level.y for level in one.levels]
        heights += [y for line in one.lines for _x, y in line.points]
        if one.areas:
            heights += [sum(values) for values in zip(*(a.values for a in one.areas), strict=True)]
        return nice(max(heights, default=1))

    def _at(self, x: float, y: float, room: QRectF, most: float) -> QPointF:
        span = (self.figure.last - self.figure.first) or 1
        return QPointF(
            room.left() + (x - self.figure.first) / span * room.width(),
            room.bottom() - y / most * room.height(),
        )

    # --- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw(painter)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 6)

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, room = in_force(), self._room()
        painter.setFont(theme.font(Size.CAPTION))
        if self.figure.empty:
            painter.setPen(theme.colour("muted"))
            painter.setFont(theme.font())
            centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(24, 0, -24, 0), centre, self.figure.empty)
            return
        most = self._most()
        self._axes(painter, room, most)
        self._areas(painter, room, most)
        self._bars(painter, room, most)
        self._levels(painter, room, most)
        self._lines(painter, room, most)
        self._points(painter, room, most)

    def _axes(self, painter: QPainter, room: QRectF, most: float) -> None:
        theme = in_force()
        for n in range(5):
            y = most * n / 4
            at = self._at(self.figure.first, y, room, most)
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(QPointF(room.left(), at.y()), QPointF(room.right(), at.y()))
            painter.setPen(theme.colour("muted"))
            box = QRectF(0, at.y() - 8, _LEFT - 6, 16)
            painter.drawText(box, _MIDDLE | Qt.AlignmentFlag.AlignRight, f"{y:,.0f}")
        end = -100.0
        metrics = QFontMetrics(painter.font())
        for x, name in self.figure.ticks:
            at = self._at(x, 0, room, most)
            wide = metrics.horizontalAdvance(name)
            left = max(0.0, min(at.x() - wide / 2, self.width() - wide - 2))
            if left > end + 8:
                painter.drawText(QRectF(left, room.bottom() + 4, wide + 2, 16), _MIDDLE, name)
                end = left + wide

    def _areas(self, painter: QPainter, room: QRectF, most: float) -> None:
        theme, xs = in_force(), self.figure.area_keys
        below = [0.0] * len(xs)
        names: list[tuple[float, str]] = []
        for area in self.figure.areas:
            above = [a + b for a, b in zip(below, area.values, strict=True)]
            up = [self._at(x, y, room, most) for x, y in zip(xs, above, strict=True)]
            down = [self._at(x, y, room, most) for x, y in zip(xs, below, strict=True)]
            painter.setPen(QPen(theme.colour("surface"), 0.8))
            painter.setBrush(theme.tokens.mixed(area.token, area.share))
            painter.drawPolygon(QPolygonF([*up, *reversed(down)]))
            if above and area.values[-1]:
                names.append(
                    ((up[-1].y() + down[-1].y()) / 2, f"{area.name} {area.values[-1]:,.0f}")
                )
            below = above
        self._names(painter, room, names)

    def _names(self, painter: QPainter, room: QRectF, names: list[tuple[float, str]]) -> None:
        """Names at the right, moved apart where they would lie on one another."""
        theme = in_force()
        painter.setPen(theme.colour("text"))
        metrics = QFontMetrics(painter.font())
        last = room.bottom() + 18
        for y, name in sorted(names, reverse=True):
            y = min(y, last - 14)
            last = y
            wide = self.width() - room.right() - 8
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(wide))
            painter.drawText(QRectF(room.right() + 6, y - 8, wide, 16), _MIDDLE, text)

    def _bars(self, painter: QPainter, room: QRectF, most: float) -> None:
        theme = in_force()
        for bar in self.figure.bars:
            rect = self._bar(bar, room, most)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(bar.token))
            painter.drawRoundedRect(rect, 2, 2)

    def _bar(self, bar: Point, room: QRectF, most: float) -> QRectF:
        left = self._at(bar.x, bar.y, room, most)
        right = self._at(bar.x + self.figure.bar_width * 0.82, 0, room, most)
        return QRectF(left, right).normalized()

    def _levels(self, painter: QPainter, room: QRectF, most: float) -> None:
        theme = in_force()
        names = []
        for level in self.figure.levels:
            y = self._at(0, level.y, room, most).y()
            pen = QPen(theme.colour(level.token), 1.2)
            pen.setDashPattern([4, 3])
            painter.setPen(pen)
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            names.append((y, level.name))
        self._names(painter, room, names)

    def _lines(self, painter: QPainter, room: QRectF, most: float) -> None:
        theme, names = in_force(), []
        for line in self.figure.lines:
            if not line.points:
                continue
            pen = QPen(theme.colour(line.token), 2)
            if line.dashed:
                pen.setDashPattern([3, 2])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            spots = [self._at(x, y, room, most) for x, y in line.points]
            painter.drawPolyline(QPolygonF(spots))
            names.append((spots[-1].y(), line.name))
        if names:
            self._names(painter, room, names)

    def _points(self, painter: QPainter, room: QRectF, most: float) -> None:
        theme = in_force()
        for n, point in enumerate(self.figure.points):
            at = self._at(point.x, point.y, room, most)
            colour = QColor(theme.colour(point.token))
            painter.setPen(QPen(colour, 1.4) if point.ring else Qt.PenStyle.NoPen)
            fill = QColor(colour)
            fill.setAlpha(150)
            painter.setBrush(theme.colour("surface") if point.ring else fill)
            painter.drawEllipse(at, 3.6, 3.6)
            if n == self._current:
                painter.setPen(QPen(theme.colour("text"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(at, 6.5, 6.5)
        if self.figure.bars and 0 <= self._current < len(self.figure.bars):
            painter.setPen(QPen(theme.colour("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._bar(self.figure.bars[self._current], room, most))

    # --- marks -------------------------------------------------------------------------------

    def marks(self) -> list[Point]:
        """What can be opened, in the order of the x axis."""
        return self.figure.points or self.figure.bars

    def mark_at(self, at: QPointF) -> int:
        """The mark at a point, or -1; of areas none, see `x_at`."""
        if self.figure.empty:
            return -1
        room, most = self._room(), self._most()
        for n, bar in enumerate(self.figure.bars):
            column = self._bar(bar, room, most)
            column.setTop(room.top())
            if column.contains(at):
                return n
        best, found = _NEAR, -1
        for n, point in enumerate(self.figure.points):
            spot = self._at(point.x, point.y, room, most)
            far = math.hypot(spot.x() - at.x(), spot.y() - at.y())
            if far < best:
                best, found = far, n
        return found

    def where(self, n: int) -> QPointF:
        """Where a mark is painted."""
        room, most = self._room(), self._most()
        if self.figure.points:
            return self._at(self.figure.points[n].x, self.figure.points[n].y, room, most)
        return self._bar(self.figure.bars[n], room, most).center()

    def area_at(self, at: QPointF) -> tuple[int, int] | None:
        """The band and the place of its values at a point."""
        room = self._room()
        if not self.figure.areas or not self.figure.area_keys or not room.contains(at):
            return None
        most, xs = self._most(), self.figure.area_keys
        span = (self.figure.last - self.figure.first) or 1
        x = self.figure.first + (at.x() - room.left()) / room.width() * span
        n = min(range(len(xs)), key=lambda one: abs(xs[one] - x))
        y, below = (room.bottom() - at.y()) / room.height() * most, 0.0
        for band, area in enumerate(self.figure.areas):
            below += area.values[n]
            if y <= below:
                return band, n
        return None

    # --- hands -------------------------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        n = self.mark_at(event.position())
        area = self.area_at(event.position()) if n < 0 else None
        if n >= 0:
            self._go(n)
            self.opened.emit(self.marks()[n].key)
        elif area is not None:
            self.opened.emit(area)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.mark_at(event.position()) >= 0 or self.area_at(event.position()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = QPointF(event.pos())
            n, area = self.mark_at(at), self.area_at(at)
            said = self.marks()[n].spoken if n >= 0 else ""
            if n < 0 and area is not None:
                one = self.figure.areas[area[0]]
                said = f"{one.name}: {one.values[area[1]]:,.0f}"
            QToolTip.showText(event.globalPos(), html.escape(said), self)
            return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        count = len(self.marks())
        if event.key() in steps and count:
            self._go(max(0, min(count - 1, self._current + steps[Qt.Key(event.key())])))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._current < count:
            self.opened.emit(self.marks()[self._current].key)
        else:
            super().keyPressEvent(event)

    def _go(self, n: int) -> None:
        self._current = n
        self.setAccessibleDescription(self.marks()[n].spoken)
        self.update()


def nice(most: float) -> float:
    """The end of an axis that holds `most` and has round figures at its quarters."""
    if most <= 4:
        return 4
    unit = 10 ** math.floor(math.log10(most / 4))
    return next(4 * times * unit for times in (1, 2, 3, 5, 10) if 4 * times * unit >= most)


def _plain(value: object) -> str:
    """A value of a spreadsheet's cell; text that would be a formula is kept from being one."""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    text = " ".join(text.split())
    formula = text[:1] in ("=", "+", "@") or (text[:1] == "-" and not _number(text))
    return f"'{text}" if formula else text


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
