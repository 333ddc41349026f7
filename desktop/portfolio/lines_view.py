"""A list of records in two lines each: a light, a name over its reason, a figure at the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QWidget,
)

from ecofolio.text import listed, tip
from ecofolio.widgets.painters import SIGN, paint_focus, paint_light
from ecofolio.widgets.theme import Size, in_force


@dataclass(frozen=True)
class Line:
    """One record; `spoken` is what a screen reader says and the tooltip shows."""

    id: int
    title: str
    caption: str
    figure: str = ""
    light: str = ""
    spoken: str = ""


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def fill(self, lines: list[Line]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent=None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = line.spoken or listed(
                part for part in (line.title, line.caption, line.figure) if part
            )
            return tip(said) if role == Qt.ItemDataRole.ToolTipRole else said
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option, index) -> QSize:
        return QSize(200, row_height())

    def paint(self, painter: QPainter, option, index) -> None:
        theme, line = in_force(), index.model().lines[index.row()]
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("raised"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(14, 5, -14, -5)
        if line.light:
            paint_light(painter, inner, line.light)
            inner.setLeft(inner.left() + SIGN + 12)
        body = theme.font()
        painter.setFont(body)
        figure = QFontMetrics(body).horizontalAdvance(line.figure)
        painter.setPen(theme.colour("muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, right, line.figure)
        inner.setRight(inner.right() - figure - 12)
        half = inner.height() / 2
        upper, lower = inner.adjusted(0, 0, 0, -half), inner.adjusted(0, half, 0, 0)
        for box, text, font, token in (
            (upper, line.title, theme.font(strong=True), "text"),
            (lower, line.caption, theme.font(Size.CAPTION), "muted"),
        ):
            painter.setFont(font)
            painter.setPen(theme.colour(token))
            shown = QFontMetrics(font).elidedText(
                text, Qt.TextElideMode.ElideRight, int(box.width())
            )
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect, 2)
        painter.restore()


def row_height() -> int:
    """The height of a record's two lines in pixels."""
    return in_force().row_height + 16


class Lines(QListView):
    """The list. `opened(id)` follows a click or Enter on a record."""

    opened = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None, *, least: int = 3) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setProperty("framed", False)
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(least * row_height())
        self.clicked.connect(self._open)
        in_force().changed.connect(self.doItemsLayout)

    def fill(self, lines: list[Line]) -> None:
        """Show `lines`."""
        self._model.fill(lines)

    @property
    def lines(self) -> list[Line]:
        """What is shown."""
        return self._model.lines

    def _open(self, index) -> None:
        self.opened.emit(self._model.lines[index.row()].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self._open(index)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._model.lines:
            self.setCurrentIndex(self._model.index(0))
