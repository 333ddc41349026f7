"""Charts drawn with the theme's tokens: areas, points, bars and lines over an axis.

A chart names its lines directly, says every mark in words, opens what is behind a mark, and can
be copied as a picture or as data. It is readable in grey print: shapes and labels, not colour
alone. The plotting library takes a third of a second to import, so that happens in a thread when
the first chart is about to be seen, or before, when the window has nothing to do (`fetch`).
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import (
    QEvent,
    QObject,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintDevice,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QSizePolicy, QToolTip, QWidget

from ecofolio.text import _, tip
from ecofolio.widgets import charts_menu
from ecofolio.widgets.background import Runner
from ecofolio.widgets.charts_figure import Area, Figure, Level, Line, Point, Post
from ecofolio.widgets.charts_menu import CLOSER
from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.parts import button
from ecofolio.widgets.theme import in_force

if TYPE_CHECKING:
    from ecofolio.widgets.charts_plot import Plot

__all__ = ["Area", "Chart", "Figure", "Level", "Line", "Point", "Post", "fetch", "is_coming"]


_MODULE = "ecofolio.widgets.charts_plot"
_LEAST_HEIGHT = 120
_FRAME = 3  # pixels for the ring that shows where the keyboard is
_NOTCH = 120.0  # what a wheel turns by at a time
_STEPS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_BANDS: dict[int, int] = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}
_ZOOMS: dict[int, float] = {
    Qt.Key.Key_Plus: CLOSER,
    Qt.Key.Key_Equal: CLOSER,
    Qt.Key.Key_Minus: 1 / CLOSER,
}


class _Library(QObject):
    """The plotting library, once it is imported; `came` is heard in the GUI thread."""

    came = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._runner = Runner(_raise)
        self._asked = self.is_here = False

    @property
    def is_coming(self) -> bool:
        return bool(self._runner.jobs)

    def fetch(self) -> None:
        """Import it in a thread, unless that was begun before."""
        if not self._asked:
            self._asked = True
            self._runner.start(
                lambda _progress, _cancelled: importlib.import_module(_MODULE),
                title=_MODULE,
                on_done=lambda _module: self._take(),
                cancellable=False,
            )

    def _take(self) -> None:
        self.is_here = True
        self.came.emit()

    def plot(self, parent: QWidget) -> Plot:
        """A drawing; the library is waited for, if need be."""
        made: Plot = importlib.import_module(_MODULE).Plot(parent)
        self._asked = self.is_here = True
        return made


@cache
def _library() -> _Library:
    return _Library()


def fetch() -> None:
    """Import the plotting library in a thread, so that the first chart need not wait for it."""
    _library().fetch()


def is_coming() -> bool:
    """Whether the library is being imported: charts are blank until it is here."""
    return _library().is_coming


def _raise(error: BaseException) -> None:
    raise error


class _Canvas(QWidget):
    """Shows a `Figure`, draws it when it is seen, and makes pictures of it."""

    copied = Signal()

    def __init__(self, name: str, height: int = 220, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = Figure()
        self._drawing: Plot | None = None
        self._stale = True
        self._on_paper = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._draw)
        self._whole = button(_("Fit"), self.fit, link=True)
        self._whole.setParent(self)
        self._whole.setToolTip(_("Show the whole chart again (0)"))
        self._whole.hide()
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        grows = QSizePolicy.Policy.Fixed if height else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, grows)
        self.setMinimumSize(240, _LEAST_HEIGHT)
        if height:
            self.setFixedHeight(height)
        in_force().changed.connect(self._dress)
        _library().came.connect(self._draw)
        QApplication.instance().aboutToQuit.connect(self._put_away)

    def show_figure(self, figure: Figure) -> None:
        """Show another figure."""
        self.figure = figure
        self.setAccessibleDescription(figure.summary or figure.empty)
        self._dress()

    # --- drawing -----------------------------------------------------------------------------

    @property
    def _plot(self) -> Plot:
        """The drawing as it has to be now; the library is waited for, if need be."""
        if self._drawing is None:
            self._drawing = _library().plot(self)
            self._drawing.view.lower()
        if self._stale:
            self._stale = False
            self._drawing.cover(self._inner())
            self._drawing.show(self.figure)
            self._whole.hide()
            self._point_out()
        return self._drawing

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)

    def _dress(self) -> None:
        """Draw again soon: after what is shown in words, and once for many changes."""
        self._stale = True
        self._soon.start()
        self.update()

    def _draw(self) -> None:
        """Bring the drawing up to date if it is seen and can be had at once."""
        if self.isVisible() and self._stale and _library().is_here:
            _ = self._plot

    def _put_away(self) -> None:
        """Take the drawing down at the program's end: the library's items must not outlive Qt."""
        if self._drawing is not None:
            view, self._drawing, self._stale = self._drawing.view, None, True
            shiboken6.delete(view)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._whole.move(self.width() - self._whole.sizeHint().width() - _FRAME, 0)
        if self._drawing is not None:
            self._drawing.resize(self._inner())
            self._point_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, said = in_force(), self.figure.empty
        if not said and not _library().is_here:  # begun after the page is painted, not before
            QTimer.singleShot(0, fetch)
            said = _("The chart is being drawn")
        with QPainter(self) as painter:
            if said:
                painter.setPen(theme.colour("muted"))
                painter.setFont(theme.font())
                centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(QRectF(self.rect()).adjusted(24, 0, -24, 0), centre, said)
            if self.hasFocus() and not self._on_paper:
                paint_focus(painter, QRectF(self.rect()), 6)

    # --- copying -----------------------------------------------------------------------------

    def picture(self, ratio: float = 0.0) -> QPixmap:
        """The chart as it is on the screen, on the panel's ground, `ratio` times as fine."""
        ratio = ratio or self.devicePixelRatioF()
        made = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(in_force().colour("surface"))
        self.draw_on(made, ratio)
        return made

    def draw_on(self, device: QPaintDevice, ratio: float) -> None:
        """Paint the chart, `ratio` dots a pixel, without what is only for the hands."""
        plot, fit = self._plot, self._whole.isVisible()
        plot.refine(ratio)
        plot.point_out(-1)
        plot.say("")
        self._whole.hide()
        self._on_paper = True
        self.render(device, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        self._on_paper = False
        plot.refine(self.devicePixelRatioF())
        self._whole.setVisible(fit)
        self._point_out()

    def text(self) -> str:
        """The data behind the chart, tabs between values, ready for a spreadsheet."""
        return self.figure.text()

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.picture())
        self.copied.emit()

    def copy_data(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self.copied.emit()

    def zoom(self, share: float, at: QPointF | None = None) -> None:
        """Show that share of what is in view, about a point of the drawing or the middle."""
        self._plot.zoom(share, at)
        self._whole.setVisible(self._plot.is_zoomed)
        self._point_out()

    def fit(self) -> None:
        """Show the whole chart."""
        self._plot.fit()
        self._whole.hide()
        self._point_out()

    def _point_out(self) -> None:
        """Show where the keyboard is; a canvas alone has none."""


class Chart(_Canvas):
    """Draws a `Figure`, `height` pixels high or, with 0, as high as there is room.

    `opened(key)` follows a click or Enter on a mark that has a key, `opened((band, n))` one on an
    area; `copied` follows a copy from its menu.

    The arrow keys walk through the marks, or through the places of areas and lines. A figure of
    days, or one by powers of ten, is zoomed with Ctrl and the wheel or + and −, moved by
    dragging, and shown whole again with 0. The wheel alone scrolls the page.
    """

    opened = Signal(object)

    def __init__(self, name: str, height: int = 220, parent: QWidget | None = None) -> None:
        super().__init__(name, height, parent)
        self._current, self._band = -1, 0
        self._held: QPointF | None = None
        self._moved = False

    def show_figure(self, figure: Figure) -> None:
        """Show another figure."""
        self._current, self._band = -1, 0
        super().show_figure(figure)

    def menu(self) -> QMenu:
        """What can be done with the chart; the caller shows it."""
        return charts_menu.menu(self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    # --- marks -------------------------------------------------------------------------------

    def marks(self) -> list[Point]:
        """What can be opened, in the order of the x axis."""
        return self.figure.marks

    def mark_at(self, at: QPointF) -> int:
        """The mark at a point, or -1; of areas none, see `area_at`."""
        return self._plot.mark_at(at - self._inner().topLeft())

    def where(self, n: int) -> QPointF:
        """Where a mark is drawn."""
        return self._plot.where(n) + self._inner().topLeft()

    def area_at(self, at: QPointF) -> tuple[int, int] | None:
        """The band and the place of its values at a point."""
        return self._plot.area_at(at - self._inner().topLeft())

    def _spoken(self, n: int, band: int | None) -> str:
        if self.marks():
            return self.marks()[n].spoken
        return self.figure.read(n, band)

    def _said_at(self, at: QPointF) -> tuple[int, str]:
        """The mark or the place at a point and its sentence; -1 for none."""
        if self.figure.empty:
            return -1, ""
        n, band = self.mark_at(at), None
        if n < 0 and self.figure.stations:
            n = self._plot.station_at(at - self._inner().topLeft())
            band = (self.area_at(at) or (None,))[0]
        return n, self._spoken(n, band) if n >= 0 else ""

    # --- hands -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._held, self._moved = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, held = event.position(), self._held
        if held is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (at - held).manhattanLength() >= QApplication.startDragDistance()
            if (far or self._moved) and self.figure.can_zoom and self._plot.is_zoomed:
                self._plot.pan(at - held)
                self._held, self._moved = at, True
            return
        if self._drawing is None:
            return
        n, said = self._said_at(at)
        self._plot.point_out(n, station=bool(self.figure.stations))
        self._plot.say(said)
        cursors = Qt.CursorShape
        opens = self._behind(at) is not None
        self.setCursor(cursors.PointingHandCursor if opens else cursors.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        moved, self._held, self._moved = self._moved, None, False
        if event.button() is not Qt.MouseButton.LeftButton or moved:
            return
        n, key = self.mark_at(event.position()), self._behind(event.position())
        if n >= 0:
            self._go(n)
        if key is not None:
            self.opened.emit(key)

    def _behind(self, at: QPointF) -> object:
        """What a click on a point opens."""
        n = self.mark_at(at)
        return self.marks()[n].key if n >= 0 else self.area_at(at)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if not ctrl or not self.figure.can_zoom:
            event.ignore()  # the page scrolls
            return
        turned = event.angleDelta().y() / _NOTCH
        self.zoom(CLOSER**turned, event.position() - self._inner().topLeft())

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            _n, said = self._said_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tip(said), self)
            return True
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._dress()
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
            self._point_out()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = event.key(), len(self.marks()) or len(self.figure.stations)
        if key in _STEPS and count and not self.figure.empty:
            self._go(max(0, min(count - 1, self._current + _STEPS[key])))
        elif key in _BANDS and self.figure.areas and self._current >= 0:
            self._band = max(0, min(len(self.figure.areas) - 1, self._band + _BANDS[key]))
            self._go(self._current)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._current < count:
            self._open()
        elif key in _ZOOMS and self.figure.can_zoom:
            self.zoom(_ZOOMS[key])
        elif key == Qt.Key.Key_0 and self.figure.can_zoom:
            self.fit()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        n = self._current
        key = (
            self.marks()[n].key if self.marks() else (self._band, n) if self.figure.areas else None
        )
        if key is not None:
            self.opened.emit(key)

    def _go(self, n: int) -> None:
        """Point out a mark or a place, say it, and have it in view."""
        self._current = n
        figure = self.figure
        self._plot.bring(figure.marks[n].x if figure.marks else figure.stations[n])
        self.setAccessibleDescription(self._spoken(n, self._band if figure.areas else None))
        self._point_out()

    def _point_out(self) -> None:
        """Show where the keyboard is."""
        if self._drawing is None or self.figure.empty or self._stale:
            return
        n = self._current if self.hasFocus() else -1
        self._drawing.point_out(n, station=bool(self.figure.stations))
        band = self._band if self.figure.areas else None
        self._drawing.say(self._spoken(n, band) if n >= 0 else "")
