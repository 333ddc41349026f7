"""Bars with direct labels: how a whole is shared out."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ecofolio.text import tip
from ecofolio.widgets.painters import SIGN, paint_focus, paint_light
from ecofolio.widgets.theme import in_force


@dataclass(frozen=True)
class Bar:
    """One bar: `value` sets its length, `figure` is what is written; `light` puts a sign first."""

    title: str
    value: float
    figure: str
    token: str = "accent"  # noqa: S105  the name of a colour
    light: str = ""
    spoken: str = ""


class BarList(QWidget):
    """Bars below one another: title, bar, figure. `opened(i)` follows a click or Enter."""

    opened = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._bars: list[Bar] = []
        self._current = 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        in_force().changed.connect(self.updateGeometry)

    def fill(self, bars: list[Bar]) -> None:
        """Show `bars`, the longest over the whole width that is left."""
        self._bars = bars
        self._current = min(self._current, max(0, len(bars) - 1))
        self._speak()
        self.updateGeometry()
        self.update()

    def _speak(self) -> None:
        said = [bar.spoken or f"{bar.title} {bar.figure}" for bar in self._bars]
        self.setAccessibleDescription("; ".join(said))

    def _row(self) -> int:
        return in_force().row_height - 2

    def sizeHint(self) -> QSize:
        return QSize(220, self._row() * max(1, len(self._bars)))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self._row() * len(self._bars))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = in_force()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(theme.font())
            metrics = QFontMetrics(theme.font())
            sign = SIGN + 8 if any(bar.light for bar in self._bars) else 0
            titles = max(
                (metrics.horizontalAdvance(bar.title) + 2 for bar in self._bars), default=0
            )
            titles = min(titles, int(self.width() * 0.4))
            figures = max((metrics.horizontalAdvance(bar.figure) for bar in self._bars), default=0)
            room = self.width() - sign - titles - figures - 32
            most = max((bar.value for bar in self._bars), default=0) or 1
            for i, bar in enumerate(self._bars):
                rect = QRectF(0, i * self._row(), self.width(), self._row())
                if bar.light:
                    paint_light(painter, rect.adjusted(2, 0, 0, 0), bar.light)
                painter.setPen(theme.colour("text"))
                middle = Qt.AlignmentFlag.AlignVCenter
                text = metrics.elidedText(bar.title, Qt.TextElideMode.ElideRight, titles)
                left = sign + 2
                painter.drawText(rect.adjusted(left, 0, 0, 0), middle, text)
                painter.drawText(
                    rect.adjusted(0, 0, -4, 0), middle | Qt.AlignmentFlag.AlignRight, bar.figure
                )
                track = QRectF(left + titles + 12, rect.center().y() - 4, max(room, 8), 8)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("line"))
                painter.drawRoundedRect(track, 4, 4)
                length = track.width() * bar.value / most
                if length > 0:
                    track.setWidth(max(length, 8))
                    painter.setBrush(theme.colour(bar.token))
                    painter.drawRoundedRect(track, 4, 4)
                if self.hasFocus() and i == self._current:
                    paint_focus(painter, rect)

    def _at(self, y: float) -> int | None:
        i = int(y // self._row())
        return i if 0 <= i < len(self._bars) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        i = self._at(event.position().y())
        self.setToolTip("" if i is None else tip(self._bars[i].spoken))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        i = self._at(event.position().y())
        if i is not None and event.button() is Qt.MouseButton.LeftButton:
            self._current = i
            self.update()
            self.opened.emit(i)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in moves and self._bars:
            self._current = max(0, min(len(self._bars) - 1, self._current + moves[event.key()]))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._bars:
            self.opened.emit(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self.update()
