"""The head of the table: what sorts and in which order, what is filtered, and a menu per column."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from ecofolio.initiatives.arrangement import Sort
from ecofolio.initiatives.pinned_view import PinnedHeader
from ecofolio.initiatives.table_model import InitiativeTableModel
from ecofolio.widgets import icons
from ecofolio.widgets.theme import Size, in_force

_SIGN = 12
HEIGHT = 30


class TableHeader(PinnedHeader):
    """Click sorts, Shift+click adds a column to sort by; the right button opens the menu.

    `sorts_wanted` carries the new columns to sort by; `menu_wanted` a section and where.
    """

    sorts_wanted = Signal(object)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, model: InitiativeTableModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._model = model
        self._adding = False
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setFixedHeight(HEIGHT)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.sectionClicked.connect(self._clicked)

    def _open_menu(self, at: QPoint) -> None:
        section = self.section_at(at)
        if section >= 0:
            self.menu_wanted.emit(section, self.mapToGlobal(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._adding = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mouseReleaseEvent(event)

    def _clicked(self, section: int) -> None:
        self.sort_by(self._model.shown[section].key, add=self._adding)

    def sort_by(self, key: str, *, add: bool = False, descending: bool | None = None) -> None:
        """Sort by a column: upward, then downward, then no more."""
        sorts = self._model.arrangement.sorts
        have = next((sort for sort in sorts if sort.key == key), None)
        if descending is not None:
            new: Sort | None = Sort(key, descending)
        elif have is None:
            new = Sort(key)
        else:
            new = None if have.descending else Sort(key, True)
        wanted: list[Sort | None] = [new]
        if add and have is None:
            wanted = [*sorts, new]
        elif add:
            wanted = [new if sort is have else sort for sort in sorts]
        self.sorts_wanted.emit(tuple(sort for sort in wanted if sort is not None))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme, column = in_force(), self._model.shown[section]
        painter.save()
        painter.fillRect(rect, theme.colour("raised"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = QRectF(rect).adjusted(8, 0, -8, 0)
        signs = self._signs(column.key)
        font = theme.font(Size.CAPTION, strong=True)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        room = inner.width() - sum(width for _name, _text, width in signs)
        title = metrics.elidedText(
            column.head or column.title, Qt.TextElideMode.ElideRight, max(0, int(room))
        )
        used = metrics.horizontalAdvance(title)
        x = inner.left() + (room - used if column.right else 0)
        painter.setPen(theme.colour("text" if signs else "muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(x, inner.top(), used + 2, inner.height()), middle, title)
        x += used
        for name, text, width in signs:
            y = round(inner.center().y() - _SIGN / 2)
            painter.drawPixmap(round(x + 2), y, icons.pixmap(name, "accent", _SIGN))
            painter.setPen(theme.colour("accent"))
            painter.drawText(QRectF(x + _SIGN + 2, inner.top(), 12, inner.height()), middle, text)
            x += width
        painter.restore()

    def _signs(self, key: str) -> list[tuple[str, str, int]]:
        arrangement, found = self._model.arrangement, []
        for place, sort in enumerate(arrangement.sorts, 1):
            if sort.key == key:
                several = len(arrangement.sorts) > 1
                name = "arrow-down" if sort.descending else "arrow-up"
                found.append((name, str(place) if several else "", _SIGN + (11 if several else 3)))
        if key in arrangement.conditions:
            found.append(("list-filter", "", _SIGN + 4))
        return found
