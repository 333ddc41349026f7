"""Panels, tiles and empty states: the ground that a page's contents stand on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontInfo,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from ecofolio.widgets.painters import LightSign, paint_focus
from ecofolio.widgets.parts import SectionHead, button, column, icon_label, label, row
from ecofolio.widgets.theme import PANEL_RADIUS, Space, in_force


class Panel(QFrame):
    """A card with a title and a caption at its right; `body` takes the contents.

    `flush` lets a table or a matrix reach the panel's edges.
    """

    def __init__(
        self,
        title: str = "",
        caption: str = "",
        *,
        action: QWidget | None = None,
        flush: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.head: SectionHead | None = None
        if title:
            self.setAccessibleName(title)
            self.head = SectionHead(title, caption, action)
            self.head.setContentsMargins(14, Space.M, 14, Space.S)
            outer.addWidget(self.head)
        side = 1 if flush else 14
        self.body = QVBoxLayout()
        self.body.setContentsMargins(side, 0 if title else Space.M, side, 1 if flush else Space.M)
        self.body.setSpacing(Space.S)
        outer.addLayout(self.body, 1)

    def add(self, item: QWidget | QLayout, stretch: int = 0) -> None:
        """Put a widget or a layout below what is there."""
        if isinstance(item, QLayout):
            self.body.addLayout(item, stretch)
        else:
            self.body.addWidget(item, stretch)


class _Figure(QLabel):
    """A figure that is written smaller, and its peers with it, before any of them is cut off."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setProperty("role", "figure")
        self.peers: Sequence[_Figure] = (self,)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(24, self.sizeHint().width()), super().minimumSizeHint().height())

    def written_size(self) -> int:
        """The height of the writing in pixels: the largest at which all peers have room."""
        share = min(one.width() / max(1, one.sizeHint().width()) for one in self.peers)
        return max(1, int(QFontInfo(self.font()).pixelSize() * min(1.0, share)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, font = QStylePainter(self), QFont(self.font())
        font.setPixelSize(self.written_size())
        painter.setFont(font)
        painter.drawItemText(
            self.contentsRect(), self.alignment(), self.palette(), self.isEnabled(),
            self.text(), self.foregroundRole(),
        )  # fmt: skip


class Tile(QFrame):
    """A large figure with its name and a caption; `clicked` opens what it is made of."""

    clicked = Signal()

    def __init__(
        self, figure: str, name: str, caption: str = "", *, light: str = "", light_name: str = ""
    ) -> None:
        super().__init__()
        self.setProperty("role", "tile")
        self._figure = _Figure(figure)
        self._name = label(name, "heading", wrap=True)
        self._caption = label(caption, "caption", wrap=True)
        self._caption.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        top = row(self._figure, None)
        if light:
            top.addWidget(LightSign(light, light_name), 0, Qt.AlignmentFlag.AlignTop)
        inner = column(top, self._name, self._caption, None, spacing=2)
        inner.setContentsMargins(14, Space.S, 14, Space.M)
        self.setLayout(inner)
        self.setMinimumWidth(128)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._name_it()

    def set_figures(self, figure: str, caption: str | None = None) -> None:
        """Show another figure, and another caption unless that stays."""
        self._figure.setText(figure)
        if caption is not None:
            self._caption.setText(caption)
        self._name_it()

    def alike(self, tiles: Sequence[Tile]) -> None:
        """Write the figure as large as those of `tiles`, this one among them."""
        self._figure.peers = [tile._figure for tile in tiles]

    def _name_it(self) -> None:
        parts = (self._figure.text(), self._name.text(), self._caption.text())
        self.setAccessibleName(" ".join(part for part in parts if part))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = in_force()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QPen(theme.colour("accent" if self.underMouse() else "line"), 1))
            painter.setBrush(theme.colour("surface"))
            painter.drawRoundedRect(box, PANEL_RADIUS, PANEL_RADIUS)
            if self.hasFocus():
                paint_focus(painter, QRectF(self.rect()), PANEL_RADIUS)

    def enterEvent(self, event) -> None:
        self.update()

    def leaveEvent(self, event) -> None:
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)


class EmptyState(QWidget):
    """What a page shows when it has nothing to show: why, and the next step."""

    def __init__(
        self,
        icon: str,
        sentence: str,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        *,
        explanation: str = "",
    ) -> None:
        super().__init__()
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = column(None, spacing=Space.M)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        layout.addWidget(icon_label(icon, "muted", 32), 0, centre)
        layout.addLayout(_centred(label(sentence, "name", wrap=True)))
        if explanation:
            layout.addLayout(_centred(label(explanation, "muted", wrap=True)))
        self.action = button(action, on_action, primary=True) if action else None
        if self.action is not None:
            layout.addWidget(self.action, 0, centre)
        layout.addStretch(1)
        self.setLayout(layout)


def _centred(words: QLabel) -> QHBoxLayout:
    """Words in the middle, over as many lines as the room needs."""
    words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    words.setMaximumWidth(420)
    layout = row(spacing=0)
    layout.addStretch(1)
    layout.addWidget(words, 100)
    layout.addStretch(1)
    return layout
