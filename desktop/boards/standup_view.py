"""The stand-up: the cards to speak of in turn, from the right of the board, the oldest first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ecofolio.boards.card_editor import CardEditor
from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.faces import Face, face
from ecofolio.boards.filters import stand_up
from ecofolio.boards.queries import CardRow
from ecofolio.text import _, listed
from ecofolio.widgets.painters import paint_badge, paint_focus, paint_segment
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.theme import Size, in_force

_ROW = 46
_FACE = Qt.ItemDataRole.UserRole
_COLUMN = Qt.ItemDataRole.UserRole + 1
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class _Model(QAbstractListModel):
    def __init__(self, desk: BoardDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.cards: list[CardRow] = []

    def reload(self) -> None:
        self.beginResetModel()
        view = self._desk.view
        found = stand_up(view, self._desk.now) if view is not None else []
        self.cards = [card for card in found if self._desk.is_left(card.id)]
        self.endResetModel()

    def rowCount(self, parent=None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cards)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        card = self.cards[index.row()]
        column = self._desk.column(card.column_id)
        if role == Qt.ItemDataRole.DisplayRole:
            return card.title
        if role == _FACE:
            return face(self._desk, card)
        if role == _COLUMN:
            return column.name if column is not None else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            look = face(self._desk, card)
            bands = [band.text for band in look.bands]
            parts = [
                card.title,
                column.name if column else "",
                *bands,
                look.caption,
                look.people,
                look.days_words,
            ]
            return listed(part for part in parts if part)
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:
        theme, look = in_force(), index.data(_FACE)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("soft"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(theme.font(Size.CAPTION))
        painter.setPen(theme.colour("muted"))
        before = index.row() and index.siblingAtRow(index.row() - 1).data(_COLUMN)
        if index.data(_COLUMN) != before:
            painter.setFont(theme.font(Size.CAPTION, strong=True))
            painter.drawText(rect.adjusted(12, 0, 0, 0), _MIDDLE, self._short(index, 116))
        inner = rect.adjusted(140, 5, -14, -5)
        self._words(painter, inner, look)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect)
        painter.restore()

    def _short(self, index, width: int) -> str:
        metrics = QFontMetrics(in_force().font(Size.CAPTION, strong=True))
        return metrics.elidedText(index.data(_COLUMN), Qt.TextElideMode.ElideRight, width)

    def _words(self, painter: QPainter, inner: QRectF, look: Face) -> None:
        theme = in_force()
        old = look.heat is not None and look.heat >= 1
        painter.setFont(theme.font())
        painter.setPen(theme.colour("amber" if old else "muted"))
        right = _MIDDLE | Qt.AlignmentFlag.AlignRight
        painter.drawText(inner, right, look.days)
        people = inner.adjusted(0, 0, -96, 0)
        painter.setPen(theme.colour("muted"))
        painter.drawText(people, right, look.people)
        left = inner.left()
        if look.segment:
            box = QRectF(left, round(inner.center().y() - 7), 15, 15)
            paint_segment(painter, box, look.segment)
        left += 24
        strong = theme.font(strong=True)
        room = inner.width() - 24 - 96 - 130
        title = QFontMetrics(strong).elidedText(look.title, Qt.TextElideMode.ElideRight, int(room))
        two = bool(look.bands or look.caption)
        painter.setFont(strong)
        painter.setPen(theme.colour("text"))
        upper = QRectF(left, inner.top(), room, inner.height() / (2 if two else 1))
        painter.drawText(upper, _MIDDLE, title)
        lower = QRectF(left, inner.center().y(), room, inner.height() / 2)
        for band in look.bands[:2]:
            wide = paint_badge(painter, lower, f"{band.sign} {band.text}", band.tone)
            lower.setLeft(lower.left() + wide + 6)
        caption = theme.font(Size.CAPTION)
        cut = Qt.TextElideMode.ElideRight
        text = QFontMetrics(caption).elidedText(look.caption, cut, int(max(0, lower.width())))
        painter.setFont(caption)
        painter.setPen(theme.colour("muted"))
        painter.drawText(lower, _MIDDLE, text)


class StandUpView(QWidget):
    """Walks the board right to left; `choose(card)` shows a card in the inspector."""

    def __init__(
        self, desk: BoardDesk, editor: CardEditor, choose: Callable[[int], object]
    ) -> None:
        super().__init__()
        self._editor, self._choose = editor, choose
        self.model = _Model(desk, self)
        self.list = QListView()
        self.list.setAccessibleName(_("Stand-up"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setProperty("framed", True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.selectionModel().currentChanged.connect(self._show)
        self._empty = EmptyState(
            "circle-check",
            _("Nothing is in progress"),
            explanation=_("The stand-up walks the cards between the backlog and done."),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self.setFocusProxy(self.list)
        self.list.installEventFilter(self)

    def show_board(self) -> None:
        """Read the order again; the card that was spoken of stays."""
        current = self.current_id()
        self.model.reload()
        ids = [card.id for card in self.model.cards]
        self._stack.setCurrentIndex(0 if ids else 1)
        if ids:
            row = ids.index(current) if current in ids else 0
            self.list.setCurrentIndex(self.model.index(row))

    def current_id(self) -> int | None:
        """The card that is spoken of."""
        row = self.list.currentIndex().row()
        return self.model.cards[row].id if 0 <= row < len(self.model.cards) else None

    def _show(self) -> None:
        current = self.current_id()
        if current is not None:
            self._choose(current)

    def eventFilter(self, watched, event) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            return self._key(event)
        return False

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1, Qt.Key.Key_Space: 1}
        current = self.current_id()
        if event.modifiers() or current is None:
            return False
        if event.key() in steps:
            row = self.list.currentIndex().row() + steps[Qt.Key(event.key())]
            self.list.setCurrentIndex(self.model.index(max(0, min(len(self.model.cards) - 1, row))))
        elif event.key() == Qt.Key.Key_B:
            self._editor.block([current])
        elif event.key() == Qt.Key.Key_A:
            self._editor.assign([current])
        else:
            return False
        return True
