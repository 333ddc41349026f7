"""The words in a chart: of lines, bands, bars, dots and corners, none upon another."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QGraphicsSimpleTextItem

from ecofolio.widgets.charts_figure import Area, Figure, Line
from ecofolio.widgets.theme import Size, in_force

if TYPE_CHECKING:
    from ecofolio.widgets.charts_plot import Plot

_KEY, _GAP, _HIGH = 12, 5, 14  # pixels: a sign beside its name, air, a line of text
_BUTTON = 44  # pixels that the button at the upper right may take


def pen(token: str, width: float = 1.0, dashes: tuple[float, ...] = ()) -> QPen:
    """A pen of a token; the lengths of dashes are in widths."""
    made = QPen(in_force().colour(token), width)
    if dashes:
        made.setDashPattern(dashes)
    return made


def level_pen(token: str) -> QPen:
    """How a level or a post is drawn."""
    return pen(token, 1, (4, 3))


def line_pen(line: Line) -> QPen:
    """How a line is drawn."""
    return pen(line.token, 2, (3, 2) if line.dashed else ())


def shade(area: Area) -> QColor:
    """The colour of a band."""
    return in_force().tokens.mixed(area.token, area.share)


class _Name(NamedTuple):
    """A name at the right: where what it names ends, what it says, and how that is drawn."""

    x: float
    y: float
    text: str
    pen: QPen


class Names:
    """Writes into the scene of a chart, in pixels. What it writes is text and never markup."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._items: list[QGraphicsItem] = []
        self._said: QGraphicsSimpleTextItem | None = None
        self._begin = 0.0  # where a sentence above may begin

    def clear(self) -> None:
        """Take all words away."""
        for item in self._items:
            self._scene.removeItem(item)
        self._items, self._said = [], None

    def room(self, figure: Figure, width: int) -> int:
        """How many pixels the names at the right need of a chart so wide."""
        metrics = QFontMetrics(in_force().font(Size.CAPTION))
        texts = [f"{one.name} {figure.say_y(max(one.values, default=0))}" for one in figure.areas]
        texts += [line.name for line in figure.lines if line.name]
        texts += [level.name for level in figure.levels if level.name]
        if not texts:
            return figure.right
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        return max(figure.right, min(widest + _KEY + 3 * _GAP, int(width * 0.4)))

    def lay(self, plot: Plot) -> None:
        """Write the words of a figure where its drawing now stands."""
        self.clear()
        figure, room = plot.figure, plot.room()
        self._at_right(sorted(_named(plot), key=lambda one: -one.y), room, plot.view.width())
        self._begin = 2.0
        if figure.unit:
            self._begin += self._write(figure.unit, 2, 0, "muted").boundingRect().width() + 16
        if figure.across:
            item = self._write(figure.across, 0, plot.view.height() - 16, "muted")
            item.setX(room.right() - item.boundingRect().width())
        for post in figure.posts:
            x = plot.pixel(post.x, 1).x()
            if post.name and room.left() <= x <= room.right():
                item = self._write(post.name, x, room.top() - 16, "muted")
                item.setX(x - item.boundingRect().width() / 2)
        taken = self._in_corners(figure, room)
        if figure.points:
            self._of_dots(plot, room, taken)
        else:
            self._of_bars(plot, room)

    def say(self, text: str) -> None:
        """Write a sentence above, or none."""
        if self._said is not None:
            self._scene.removeItem(self._said)
            self._items.remove(self._said)
            self._said = None
        if text:
            wide = int(self._scene.views()[0].width() - self._begin - _BUTTON)
            self._said = self._write(text, self._begin, 0, "text", wide)

    def _write(
        self, text: str, x: float, y: float, token: str, most: int = 0
    ) -> QGraphicsSimpleTextItem:
        theme, item = in_force(), QGraphicsSimpleTextItem()
        font = theme.font(Size.CAPTION)
        if most:
            text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, most)
        item.setText(text)
        item.setFont(font)
        item.setBrush(theme.colour(token))
        item.setPos(round(x), round(y))
        self._scene.addItem(item)
        self._items.append(item)
        return item

    def _at_right(self, names: list[_Name], room: QRectF, width: int) -> None:
        """From below, each above the one before; where they reach too high, all move down."""
        places: list[float] = []
        for name in names:
            places.append(min([name.y, *(place - _HIGH for place in places[-1:])]))
        end = max((name.x for name in names), default=0.0)
        down = max(0.0, room.top() - min(places, default=room.top()))
        for name, place in zip(names, places, strict=True):
            y, left = round(place + down), round(end + _GAP)
            key = self._scene.addLine(left, y, left + _KEY, y, name.pen)
            self._items.append(key)
            left += _KEY + _GAP
            item = self._write(name.text, left, 0, "text", width - left)
            item.setY(round(y - item.boundingRect().height() / 2))

    def _in_corners(self, figure: Figure, room: QRectF) -> list[QRectF]:
        """Write the words of the corners; the rectangles that they take."""
        taken = []
        for n, words in enumerate(figure.corners):
            item = self._write(words, 0, 0, "muted", int(room.width() / 2))
            box, right, down = item.boundingRect(), n % 2, n // 2
            item.setX(round(room.right() - box.width() - 6 if right else room.left() + 6))
            item.setY(round(room.bottom() - box.height() - 4 if down else room.top() + 4))
            taken.append(item.sceneBoundingRect())
        return taken

    def _of_dots(self, plot: Plot, room: QRectF, taken: list[QRectF]) -> None:
        """Name the dots, as far as the names do not lie upon one another."""
        metrics = QFontMetrics(in_force().font(Size.CAPTION))
        named = [n for n, point in enumerate(plot.figure.points) if point.label]
        spots = plot.spots()[named] if named else ()
        taken += [QRectF(x - 4, y - 4, 8, 8) for x, y in spots]
        for n, (x, y) in zip(named, spots, strict=True):
            label = plot.figure.points[n].label
            box = QRectF(x + 7, y - 8, metrics.horizontalAdvance(label) + 2, 15)
            inside = room.contains(x, y) and box.right() < plot.view.width()
            if inside and not any(box.intersects(one) for one in taken):
                self._write(label, box.left(), box.top(), "text")
                taken.append(box)

    def _of_bars(self, plot: Plot, room: QRectF) -> None:
        """Name the bars above their heads, as far as there is room."""
        end = -1.0
        for n, bar in enumerate(plot.figure.bars):
            if not bar.label:
                continue
            box = plot.bar(n)
            item = self._write(bar.label, 0, box.top() - 16, "text")
            wide = item.boundingRect().width()
            left = min(max(box.center().x() - wide / 2, 0), plot.view.width() - wide)
            item.setX(round(left))
            item.setVisible(left > end and room.left() <= box.center().x() <= room.right())
            end = left + wide + 4 if item.isVisible() else end


def _named(plot: Plot) -> Iterator[_Name]:
    """What has a name at the right, at the pixel where it leaves the view."""
    figure, right, edge = plot.figure, plot.last_in_view, plot.room().right()
    for level in figure.levels:
        if level.name:
            y = plot.pixel(1, level.y).y()
            yield _Name(edge, y, level.name, level_pen(level.token))
    for line in figure.lines:
        seen = [(x, y) for x, y in line.points if x <= right and not math.isnan(y)]
        if seen and line.name:
            at = plot.pixel(*seen[-1])
            yield _Name(at.x(), at.y(), line.name, line_pen(line))
    places = [n for n, x in enumerate(figure.area_keys) if x <= right]
    below = 0.0
    for area in figure.areas if places else ():
        value = area.values[places[-1]]
        if value:
            y = plot.pixel(1, below + value / 2).y()
            key = QPen(shade(area), 8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            yield _Name(edge, y, f"{area.name} {figure.say_y(value)}", key)
        below += value
