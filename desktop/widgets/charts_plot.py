"""Draws a `Figure` with pyqtgraph. Only charts.py imports this, when the first chart is shown.

The library keeps the view, its axes and items; hands and words are ours: it sees no mouse and no
keys, and its menu, buttons and colours are off.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPen
from PySide6.QtWidgets import QGraphicsScene, QWidget

from ecofolio.widgets.charts_figure import Figure, Line, Name, day_ticks, steps
from ecofolio.widgets.charts_names import Names, level_pen, line_pen, pen, shade
from ecofolio.widgets.theme import Size, in_force

os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

import numpy as np
import pyqtgraph as pg

pg.setConfigOptions(antialias=True, exitCleanup=False)

_NEAR = 10.0  # pixels within which a mark is meant
_BAR = 0.82  # the share of its slot that a bar fills
_DOT, _HALO = 7.2, 13.0  # pixels
_CACHED = 2000  # more points than these are drawn from stored pictures of their signs
_WEEK, _CLOSEST = 7, 50  # how near one can look: a week, a fiftieth of other axes
_SPARE = 60.0  # pixels that a name may reach beyond the ends of its axis


class _Axis(pg.AxisItem):  # type: ignore[misc]  # the library has no types
    """An axis whose places the figure names."""

    def __init__(self, side: str) -> None:
        super().__init__(side, maxTickLength=0)
        self.figure = Figure()
        self.beyond = _SPARE  # pixels that a name may reach beyond the right end
        self._named: dict[float, str] = {}

    def dress(self, figure: Figure, *, grid: bool) -> None:
        """Take the figure, and the colours and the font that are in force."""
        theme, self.figure = in_force(), figure
        self.setTickFont(theme.font(Size.CAPTION))
        self.setTextPen(theme.colour("muted"))
        self.setTickPen(theme.colour("line"))
        self.setPen(QPen(Qt.PenStyle.NoPen) if grid else theme.colour("line"))
        self.setGrid(255 if grid else False)
        self.setZValue(-1000)
        named = figure.days or figure.log
        self.setStyle(tickAlpha=255, tickLength=4 if named and not grid else 0)
        self.picture = None

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-_SPARE, -_SPARE, _SPARE, _SPARE)

    def named(self, low: float, high: float, most: int = 12) -> list[Name]:
        """The places between two values that may be named."""
        figure, left = self.figure, self.orientation == "left"
        if figure.log:
            say = figure.say_y if left else figure.say_x or figure.say_y
            return [(at, say(10**at)) for at in _decades(low, high)]
        if left and figure.is_labelled:
            return []  # every bar says its own figure
        if left and figure.rows:
            metrics, wide = QFontMetrics(in_force().font(Size.CAPTION)), int(self.width()) - 8
            elide = Qt.TextElideMode.ElideRight
            return [(y, metrics.elidedText(name, elide, wide)) for y, name in figure.rows]
        if left:
            return [(y, figure.say_y(y)) for y in marked(figure)]
        return day_ticks(low, high, most) if figure.days else figure.ticks

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """The places to be named in what is in view: as many as do not lie on one another."""
        metrics = QFontMetrics(in_force().font(Size.CAPTION))
        found = self.named(low, high, max(2, int(size / 56)))
        if self.orientation == "left":
            self._named = dict(found)
            return [(1.0, [at for at, _name in found])]
        if self.figure.is_labelled and found:  # each bar has its name, as far as there is room
            elide, slot = Qt.TextElideMode.ElideRight, int(size / len(found)) - 2
            found = [(at, metrics.elidedText(name, elide, slot)) for at, name in found]
        self._named = dict(found)
        kept, end = [], -_SPARE
        apart = 2 if self.figure.is_labelled else 8
        for at, name in found:
            wide = metrics.horizontalAdvance(name)
            left = (at - low) / ((high - low) or 1) * size - wide / 2
            if low <= at <= high and left > end and left + wide <= size + self.beyond:
                kept.append(at)
                end = left + wide + apart
        return [(1.0, kept)]

    def tickStrings(self, values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
        return [self._named[value] for value in values]


class Space:
    """The view of a figure: where its values are in pixels, and what part of it is seen."""

    def __init__(self, parent: QWidget) -> None:
        self.figure = Figure()
        self._left, self._below = _Axis("left"), _Axis("bottom")
        self._box = pg.ViewBox(parent=None, enableMouse=False, enableMenu=False)
        self._box.setDefaultPadding(0)
        self._box.disableAutoRange()
        self.view = pg.GraphicsView(parent, background=None)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setCacheMode(self.view.CacheModeFlag.CacheNone)
        self.view.viewport().setAutoFillBackground(False)
        # An index of places would outlive items that are taken away between two paints.
        self.view.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._grid = self.view.centralLayout
        self._grid.setSpacing(0)
        for item, row, column in ((self._left, 0, 0), (self._box, 0, 1), (self._below, 1, 1)):
            self._grid.addItem(item, row, column)
        self._left.linkToView(self._box)
        self._below.linkToView(self._box)
        self._whole = (0.0, 1.0, 0.0, 1.0)
        self._spots = np.empty((0, 2))

    def _at(self, xs: Sequence[float], ys: Sequence[float]) -> np.ndarray:
        """Places in the view: what it shows goes by powers of ten where the figure says so."""
        found = np.array([xs, ys], dtype=float).T.reshape(-1, 2)
        return np.log10(found) if self.figure.log else found

    def room(self) -> QRectF:
        """Where values are drawn, in pixels of the view."""
        self._grid.activate()
        return self._box.mapRectToScene(self._box.rect())

    def pixels(self, spots: np.ndarray) -> np.ndarray:
        """Pixels of places in the view."""
        room, ((left, right), (low, high)) = self.room(), self._box.viewRange()
        scale = np.array([room.width() / (right - left), -room.height() / (high - low)])
        return (spots - (left, low)) * scale + (room.left(), room.bottom())

    def pixel(self, x: float, y: float) -> QPointF:
        """The pixel of a value."""
        [(left, top)] = self.pixels(self._at([x], [y]))
        return QPointF(left, top)

    def bar(self, n: int) -> QRectF:
        """Where a bar is drawn."""
        one = self.figure.bars[n]
        right = one.x + self.figure.bar_width * _BAR
        return QRectF(self.pixel(one.x, one.y), self.pixel(right, one.base)).normalized()

    def where(self, n: int) -> QPointF:
        """Where a mark is drawn."""
        if self.figure.points:
            return self.pixel(self.figure.points[n].x, self.figure.points[n].y)
        return self.bar(n).center()

    def spots(self) -> np.ndarray:
        """Where the dots are drawn, or the upper left corners of the bars."""
        return self.pixels(self._spots)

    def mark_at(self, at: QPointF) -> int:
        """The mark at a point, or -1: the column of a bar, or the nearest dot within reach."""
        figure, room = self.figure, self.room().adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR)
        if figure.empty or not len(self._spots) or not room.contains(at):
            return -1
        spots = self.spots()
        if figure.points:
            far = np.hypot(*(spots - (at.x(), at.y())).T)
            if self.is_zoomed:
                (left, right), (low, high) = self._box.viewRange()
                inside = np.minimum(self._spots - (left, low), (right, high) - self._spots)
                far[(inside < 0).any(axis=1)] = np.inf
            n = int(np.argmin(far))
            return n if far[n] < _NEAR else -1
        wide = self.bar(0).width()
        found = np.flatnonzero((spots[:, 0] <= at.x()) & (at.x() <= spots[:, 0] + wide))
        return int(found[0]) if len(found) else -1

    def station_at(self, at: QPointF) -> int:
        """The place of areas and lines nearest to a point, or -1."""
        places, room = self.figure.stations, self.room()
        if self.figure.empty or not places or not room.contains(at):
            return -1
        (left, right), _up = self._box.viewRange()
        x = left + (at.x() - room.left()) / room.width() * (right - left)
        return int(np.argmin(np.abs(np.array(places) - x)))

    def area_at(self, at: QPointF) -> tuple[int, int] | None:
        """The band and the place of its values at a point."""
        n, room = self.station_at(at), self.room()
        if n < 0:
            return None
        _across, (low, high) = self._box.viewRange()
        y = low + (room.bottom() - at.y()) / room.height() * (high - low)
        tops = np.cumsum([area.values[n] for area in self.figure.areas])
        band = int(np.searchsorted(tops, y))
        return (band, n) if band < len(tops) else None

    @property
    def is_zoomed(self) -> bool:
        (left, right), (low, high) = self._box.viewRange()
        return not np.allclose((left, right, low, high), self._whole)

    def zoom(self, share: float, at: QPointF | None = None) -> None:
        """Show that share of what is in view, about a point or the middle."""
        if self.figure.can_zoom:
            centre = self._box.mapSceneToView(at) if at is not None else None
            self._box.scaleBy((share, share if self.figure.log else 1), centre)

    def pan(self, pixels: QPointF) -> None:
        """Move what is in view with the hand."""
        room, ((left, right), (low, high)) = self.room(), self._box.viewRange()
        x = -pixels.x() / room.width() * (right - left)
        y = pixels.y() / room.height() * (high - low)
        self._box.translateBy(x=x, y=y if self.figure.log else 0)

    @property
    def last_in_view(self) -> float:
        """The greatest x that is in view."""
        right: float = self._box.viewRange()[0][1]
        return 10**right if self.figure.log else right

    def bring(self, x: float) -> None:
        """Have a place of x in view."""
        [(x, _y)] = self._at([x], [1])
        (left, right), _up = self._box.viewRange()
        if not left <= x <= right:
            self._box.translateBy(x=x - (left + right) / 2)


class Plot(Space):
    """A figure's drawing, as the child of a widget that hears mouse and keys in its place."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._names = Names(self.view.scene())
        self._ratio = 1.0
        self._drawing = False
        self._items: list[Any] = []
        self._halo = pg.ScatterPlotItem(size=_HALO, brush=None, useCache=False)
        self._frame = pg.PlotCurveItem()
        self._cross = pg.InfiniteLine(angle=90)
        for item in (self._halo, self._frame, self._cross):
            item.setZValue(10)
            self._box.addItem(item)
        self._box.sigRangeChanged.connect(self._settle)
        self._box.sigResized.connect(self._settle)

    def show(self, figure: Figure, ratio: float = 0.0) -> None:
        """Draw another figure, or the same one in other colours, for that many dots a pixel."""
        self.figure, self._ratio = figure, ratio or self.view.devicePixelRatioF()
        self._drawing = True
        for item in self._items:
            self._box.removeItem(item)
        self._items = []
        self.view.setVisible(not figure.empty)
        if figure.empty:
            self._names.clear()
            self._drawing = False
            return
        self._left.dress(figure, grid=not figure.log and not figure.rows)
        self._below.dress(figure, grid=False)
        self._whole = self._reach()
        self._spots = self._at([one.x for one in figure.marks], [one.y for one in figure.marks])
        self._areas()
        self._bars()
        self._levels()
        for line in figure.lines:
            self._line(line)
        self._points()
        self._dress_pointers()
        self._lay_out()
        self.fit()

    def fit(self) -> None:
        """Show the whole figure."""
        left, right, low, high = self._whole
        least = _WEEK if self.figure.days else (right - left) / _CLOSEST
        self._drawing = True
        self._box.setLimits(
            xMin=left,
            xMax=right,
            yMin=low,
            yMax=high,
            minXRange=min(least, right - left),
            minYRange=(high - low) / _CLOSEST,
        )
        self._box.setRange(xRange=(left, right), yRange=(low, high), padding=0)
        self.room()
        self._drawing = False
        self._settle()

    def refine(self, ratio: float) -> None:
        """Draw what is in view again for that many dots a pixel."""
        if ratio != self._ratio:
            across, up = self._box.viewRange()
            self.show(self.figure, ratio)
            self._box.setRange(xRange=across, yRange=up, padding=0)

    def _ink(self, made: QPen) -> QPen:
        """A pen that keeps its width when the view is stretched: such widths are in dots."""
        made.setCosmetic(True)
        made.setWidthF(made.widthF() * self._ratio)
        return made

    def _reach(self) -> tuple[float, float, float, float]:
        """From where to where x and y go."""
        figure = self.figure
        if figure.log:
            xs = [point.x for point in figure.points] + [post.x for post in figure.posts]
            ys = figure.heights()
            (left, right), (low, high) = _around(xs, 0.08), _around(ys, 0.22)
            return left, right, low, high
        right = figure.last if figure.last > figure.first else figure.first + 1
        if figure.rows:
            return figure.first, right, figure.low or 0.0, figure.high or float(len(figure.rows))
        ends = marked(figure)
        return figure.first, right, ends[0], ends[-1]

    def _areas(self) -> None:
        """The stack, each band down to the one below."""
        figure = self.figure
        floor = pg.PlotCurveItem(figure.area_keys, [0.0] * len(figure.area_keys))
        tops = np.cumsum([area.values for area in figure.areas], axis=0)
        edge = self._ink(pen("surface"))
        for area, heights in zip(figure.areas, tops, strict=True):
            top = pg.PlotCurveItem(figure.area_keys, heights, pen=edge)
            self._add(pg.FillBetweenItem(floor, top, brush=shade(area)))
            self._add(top)
            floor = top

    def _bars(self) -> None:
        theme, bars = in_force(), self.figure.bars
        if bars:
            self._add(
                pg.BarGraphItem(
                    x0=[bar.x for bar in bars],
                    width=self.figure.bar_width * _BAR,
                    y0=[bar.base for bar in bars],
                    y1=[bar.y for bar in bars],
                    brushes=[theme.colour(bar.token) for bar in bars],
                    pen=QPen(Qt.PenStyle.NoPen),
                )
            )

    def _levels(self) -> None:
        figure = self.figure
        for level in figure.levels:
            [(_x, y)] = self._at([1], [level.y])
            self._add(pg.InfiniteLine(y, angle=0, pen=self._ink(level_pen(level.token))))
        for post in figure.posts:
            [(x, _y)] = self._at([post.x], [1])
            self._add(pg.InfiniteLine(x, angle=90, pen=self._ink(level_pen(post.token))))

    def _line(self, line: Line) -> None:
        if line.points:
            spots = self._at(*zip(*line.points, strict=True))
            ink = self._ink(line_pen(line))
            self._add(pg.PlotCurveItem(spots[:, 0], spots[:, 1], pen=ink, connect="finite"))

    def _points(self) -> None:
        """Dots, and rings for what stands out."""
        points, none = self.figure.points, QPen(Qt.PenStyle.NoPen)
        for token, ring in dict.fromkeys((one.token, one.ring) for one in points):
            alike = [n for n, one in enumerate(points) if (one.token, one.ring) == (token, ring)]
            fill = in_force().colour("surface" if ring else token)
            fill.setAlpha(255 if ring else 150)
            self._add(
                pg.ScatterPlotItem(
                    pos=self._spots[alike],
                    size=_DOT,
                    pen=self._ink(pen(token, 1.4)) if ring else none,
                    brush=fill,
                    useCache=len(points) > _CACHED,
                )
            )

    def _dress_pointers(self) -> None:
        """What shows the mark or the place that is meant: none so far."""
        ring = self._ink(pen("text", 1.5))
        self._halo.setPen(ring)
        self._frame.setPen(ring)
        self._cross.setPen(self._ink(pen("muted")))
        self.point_out(-1)

    def _add(self, item: Any) -> None:
        self._items.append(item)
        self._box.addItem(item)

    def _lay_out(self) -> None:
        """Leave the room that names need beside, above and below."""
        figure, (_left, _right, low, high) = self.figure, self._whole
        metrics = QFontMetrics(in_force().font(Size.CAPTION))
        names = [name for _at, name in figure.rows or self._left.named(low, high)]
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        most = int(self.view.width() * (0.4 if figure.rows else 0.25))
        self._left.setWidth(min(widest, max(most, 24)) + 8 if widest else 2)
        self._below.setHeight(24 + (14 if figure.across else 0))
        heads = figure.is_labelled or any(post.name for post in figure.posts)
        self._below.beyond = self._names.room(figure, self.view.width())
        self._grid.setContentsMargins(0, 36 if heads else 20, self._below.beyond, 0)

    def _settle(self, *_signal: object) -> None:
        """Put the names where the view now is."""
        if not self._drawing and not self.figure.empty:
            self._box.setFlag(self._box.GraphicsItemFlag.ItemClipsChildrenToShape, self.is_zoomed)
            self._names.lay(self)

    def cover(self, rect: QRectF) -> None:
        """Fill a part of the parent, also of one that was not shown yet."""
        self.view.setGeometry(rect.toRect())
        self.view.resizeEvent(None)

    def resize(self, rect: QRectF) -> None:
        """Fill another part of the parent."""
        self._drawing = True
        self.cover(rect)
        if not self.figure.empty:
            self._lay_out()
            self.room()
        self._drawing = False
        self._settle()

    def point_out(self, n: int, *, station: bool = False) -> None:
        """Show which mark, or which place of areas and lines, is meant; -1 shows none."""
        figure = self.figure
        if figure.empty:
            return
        self._cross.setVisible(station and n >= 0)
        self._halo.setData([])
        self._frame.setData([], [])
        if n < 0:
            return
        if station:
            self._cross.setValue(figure.stations[n])
        elif figure.points:
            self._halo.setData(pos=self._spots[n : n + 1])
        else:
            bar, right = figure.bars[n], figure.bars[n].x + figure.bar_width * _BAR
            xs, ys = (
                [bar.x, right, right, bar.x, bar.x],
                [bar.base, bar.base, bar.y, bar.y, bar.base],
            )
            self._frame.setData(xs, ys)

    def say(self, text: str) -> None:
        """Write a sentence above, beside what y counts."""
        if not self.figure.empty:
            self._names.say(text)


def marked(figure: Figure) -> list[float]:
    """The round figures of the y axis; it begins and ends with one."""
    heights = figure.heights()
    low = min([0.0, *heights]) if figure.low is None else figure.low
    return steps(low, max(heights, default=1.0) if figure.high is None else figure.high)


def _around(values: Sequence[float], share: float) -> tuple[float, float]:
    """The powers of ten around values above 0, with a share of air: the corners have words."""
    low, high = math.log10(min(values, default=1)), math.log10(max(values, default=1))
    air = max((high - low) * share, 0.15)
    return low - air, high + air


def _decades(low: float, high: float) -> list[float]:
    """The powers of ten between two of them, with their doubles and fives where they are few."""
    among = (1, 2, 5) if high - low < 3 else (1,)
    every = [
        math.log10(n) + power for power in range(math.floor(low), math.ceil(high)) for n in among
    ]
    return [one for one in every if low <= one <= high]
