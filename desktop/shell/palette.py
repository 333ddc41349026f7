"""The command palette: every page, record, saved view and command by a few letters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ecofolio.shell.finding import Target, find
from ecofolio.text import _
from ecofolio.widgets import icons
from ecofolio.widgets.choosers import Popup
from ecofolio.widgets.parts import SearchField, label
from ecofolio.widgets.theme import Size, Space, in_force

_WIDTH, _ROWS = 560, 11
_TARGET = Qt.ItemDataRole.UserRole
_STEPS: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS}


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.found: list[Target] = []

    def show(self, found: list[Target]) -> None:
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent=None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.found)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        found = self.found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{found.title}, {found.detail}" if found.detail else found.title
        return found if role == _TARGET else None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index) -> QSize:
        return QSize(_WIDTH - 40, 32)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:
        found: Target = index.data(_TARGET)
        theme = in_force()
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("soft"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        at = QPoint(int(rect.left()) + 8, int(rect.center().y() - 7))
        painter.drawPixmap(at, icons.pixmap(found.icon or "arrow-right"))
        middle = Qt.AlignmentFlag.AlignVCenter
        small = theme.font(Size.CAPTION)
        painter.setFont(small)
        painter.setPen(theme.colour("text"))
        inner = rect.adjusted(34, 0, -10, 0)
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, found.detail)
        room = int(inner.width()) - QFontMetrics(small).horizontalAdvance(found.detail) - 16
        painter.setFont(theme.font())
        shown = QFontMetrics(theme.font()).elidedText(
            found.title, Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(inner, middle, shown)
        painter.restore()


class Palette(Popup):
    """Type, and Enter goes there or does it. Arrows choose among the fits."""

    def __init__(self, window: QWidget, targets: Sequence[Target]) -> None:
        super().__init__(window, _("Find or do anything"))
        self._targets = targets
        self.search = SearchField(_("Find a page, an initiative or a command"))
        self.search.textChanged.connect(self.look_for)
        self.search.returnPressed.connect(self.take)
        self.search.installEventFilter(self)
        self._model = _Model(self)
        self.list = QListView()
        self.list.setAccessibleName(_("What was found"))
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setFixedHeight(32 * _ROWS + 2)
        self.list.clicked.connect(lambda _index: self.take())
        self._nothing = label(_("Nothing is called that. Try fewer letters."), "muted")
        self._nothing.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        self._nothing.hide()
        self.body.addWidget(self.search)
        self.body.addWidget(self._nothing)
        self.body.addWidget(self.list)
        self.setFixedWidth(_WIDTH)
        self.look_for("")
        self.search.setFocus()

    def open_over(self, window: QWidget) -> None:
        """Show the palette near the top of `window`."""
        self.adjustSize()
        self.move(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, 72)))
        self.show()

    def look_for(self, typed: str) -> None:
        """Show the fits."""
        found = find(self._targets, typed)
        self._model.show(found)
        self._nothing.setVisible(not found)
        self.list.setCurrentIndex(self._model.index(0))

    @property
    def found(self) -> list[Target]:
        """The fits, best first."""
        return self._model.found

    def take(self) -> None:
        """Go to the chosen fit, or do it."""
        index = self.list.currentIndex()
        if not index.isValid():
            return
        chosen: Target = index.data(_TARGET)
        self.close()
        chosen.run()

    def eventFilter(self, watched, event) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent):
            step = _STEPS.get(event.key(), 0)
            if event.type() is QKeyEvent.Type.KeyPress and step:
                self._move(step)
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        last = self._model.rowCount() - 1
        at: QModelIndex = self._model.index(
            max(0, min(last, self.list.currentIndex().row() + step))
        )
        self.list.setCurrentIndex(at)
