"""A table whose first columns stay in view while the others are scrolled sideways.

One view paints and hears both: what is pinned is drawn over what has been scrolled below it, and
positions are told from there. A second view over the first would need its own editors.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
)

from ecofolio.widgets.theme import in_force

_HINT = QAbstractItemView.ScrollHint
_MOST = 0.6  # of the width: beyond that nothing would be left to scroll


class PinnedTable(QTableView):
    """`pinned_keys` says which columns are pinned while they stand first."""

    pinned_keys: tuple[str, ...] = ()

    def key_of(self, column: int) -> str:
        """The key of a column of the model."""
        raise AssertionError("the table knows its columns")

    def pinned(self) -> list[tuple[int, int, int]]:
        """The pinned columns with their place and width in the viewport; none when not scrolled."""
        if self.horizontalScrollBar().value() == 0:
            return []
        header, found, x = self.horizontalHeader(), [], 0
        for visual in range(header.count()):
            column = header.logicalIndex(visual)
            if self.key_of(column) not in self.pinned_keys:
                break
            width = self.columnWidth(column)
            found.append((column, x, width))
            x += width
        return found if x < self.viewport().width() * _MOST else []

    def pinned_at(self, x: float) -> tuple[int, int, int] | None:
        """The pinned column at a place in the viewport."""
        return next((one for one in self.pinned() if one[1] <= x < one[1] + one[2]), None)

    def indexAt(self, at: QPoint) -> QModelIndex:
        pinned = self.pinned_at(at.x())
        line = self.rowAt(at.y())
        if pinned is None or line < 0:
            return super().indexAt(at)
        return self.model().index(line, pinned[0])

    def visualRect(self, index: QModelIndex) -> QRect:
        rect = super().visualRect(index)
        for column, x, width in self.pinned():
            if column == index.column():
                return QRect(x, rect.top(), width, rect.height())
        return rect

    def scrollTo(self, index: QModelIndex, hint: _HINT = _HINT.EnsureVisible) -> None:
        if any(column == index.column() for column, _x, _width in self.pinned()):
            edge = sum(width for _column, _x, width in self.pinned())
            beside = max(0, self.columnAt(edge + 1))
            bar = self.horizontalScrollBar()
            kept = bar.value()
            super().scrollTo(self.model().index(index.row(), beside), hint)
            bar.setValue(kept)
            return
        super().scrollTo(index, hint)
        hidden = sum(width for _column, _x, width in self.pinned()) - super().visualRect(index).x()
        if hidden > 0:
            bar = self.horizontalScrollBar()
            bar.setValue(max(0, bar.value() - hidden))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dx:
            self.viewport().update()  # what is pinned did not move with the rest
            self.horizontalHeader().viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        pinned = self.pinned()
        if not pinned:
            return
        theme, edge = in_force(), sum(width for _column, _x, width in pinned)
        chosen, current = self.selectionModel(), self.currentIndex()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = QStyle.StateFlag.State_Enabled
        first = max(0, self.rowAt(event.rect().top()))
        last = self.rowAt(event.rect().bottom())
        last = self.model().rowCount() - 1 if last < 0 else last
        with QPainter(self.viewport()) as painter:
            for line in range(first, last + 1):
                index = self.model().index(line, pinned[0][0])
                if not index.flags() & Qt.ItemFlag.ItemIsSelectable:
                    continue  # a heading stands over the whole line as it is
                y, height = self.rowViewportPosition(line), self.rowHeight(line)
                painter.fillRect(0, y, edge, height, theme.colour("surface"))
                for column, x, width in pinned:
                    index = self.model().index(line, column)
                    option.rect = QRect(x, y, width, height)
                    option.state = plain
                    if chosen.isSelected(index):
                        option.state |= QStyle.StateFlag.State_Selected
                    if index == current and self.hasFocus():
                        option.state |= QStyle.StateFlag.State_HasFocus
                    self.itemDelegate().paint(painter, option, index)
                painter.setPen(theme.colour("line"))
                painter.drawLine(edge - 1, y, edge - 1, y + height)


class PinnedHeader(QHeaderView):
    """The head of a `PinnedTable`: its first sections stay as well."""

    _elsewhere = 0  # how far the section that was pressed truly is from where it is shown

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        pinned = self.parent().pinned()
        if pinned:
            with QPainter(self.viewport()) as painter:
                for column, x, width in pinned:
                    self.paintSection(painter, QRect(x, 0, width, self.height()), column)
                edge = pinned[-1][1] + pinned[-1][2] - 1
                painter.setPen(in_force().colour("line"))
                painter.drawLine(edge, 0, edge, self.height())

    def section_at(self, at: QPoint) -> int:
        """The section that is shown at a place, -1 for none."""
        pinned = self.parent().pinned_at(at.x())
        return self.logicalIndexAt(at) if pinned is None else pinned[0]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pinned = self.parent().pinned_at(event.position().x())
        self._elsewhere = 0
        if pinned is not None:
            self._elsewhere = self.sectionViewportPosition(pinned[0]) - pinned[1]
        super().mousePressEvent(self._moved(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(self._moved(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(self._moved(event))
        self._elsewhere = 0

    def _moved(self, event: QMouseEvent) -> QMouseEvent:
        """The event where the section truly is."""
        if not self._elsewhere:
            return event
        return QMouseEvent(
            event.type(),
            event.position() + QPointF(self._elsewhere, 0),
            event.scenePosition(),
            event.globalPosition(),
            event.button(),
            event.buttons(),
            event.modifiers(),
        )
