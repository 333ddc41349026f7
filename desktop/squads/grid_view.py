"""A grid of small cells by row and column, each with a tone: capacity by weeks, linkage."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ecofolio.text import tip
from ecofolio.widgets.cells import CellsView
from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.theme import Size, in_force

Role = Qt.ItemDataRole
_HEAD = 42  # two lines
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class GridCell:
    """`tone` is red, amber, green, plain or faint; `share` (0 to 1) tints a plain one."""

    text: str = ""
    tone: str = "plain"
    share: float = 0.0
    spoken: str = ""


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[tuple[str, str]] = []
        self.columns: list[str] = []
        self.cells: list[list[GridCell]] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index, role=Role.DisplayRole):
        cell = self.cells[index.row()][index.column()]
        if role == Role.DisplayRole:
            return cell.text
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            said = cell.spoken or f"{self.rows[index.row()][0]}, {self.columns[index.column()]}"
            return tip(said) if role == Role.ToolTipRole else said
        return None

    def headerData(self, section, orientation, role=Role.DisplayRole):
        if orientation == Qt.Orientation.Horizontal:
            found = self.columns[section] if section < len(self.columns) else ""
        else:
            found = " · ".join(filter(None, self.rows[section])) if section < len(self.rows) else ""
        if role == Role.DisplayRole:
            return found
        return tip(found) if role == Role.ToolTipRole else None


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:
        theme = in_force()
        cell: GridCell = index.model().cells[index.row()][index.column()]
        rect = QRectF(option.rect)
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        if cell.tone in ("red", "amber", "green"):
            painter.fillRect(rect.adjusted(1, 1, -1, -1), theme.colour(f"{cell.tone}_soft"))
        elif cell.share > 0:
            ground = theme.tokens.mixed("accent", 0.05 + 0.22 * min(cell.share, 1))
            painter.fillRect(rect.adjusted(1, 1, -1, -1), ground)
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        ink = {"plain": "text", "faint": "muted"}.get(cell.tone, cell.tone)
        painter.setFont(theme.font(Size.CAPTION, strong=cell.tone == "red"))
        painter.setPen(theme.colour(ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, cell.text)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.drawRect(rect.adjusted(0.5, 0.5, -1.5, -1.5))
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect, 2)
        painter.restore()


class _RowHeader(QHeaderView):
    """A name with a muted word behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(250, super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        theme, model = in_force(), self.model()
        assert isinstance(model, _Model)
        name, more = model.rows[index]
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(12, 0, -8, 0)
        font, small = theme.font(), theme.font(Size.CAPTION)
        metrics, narrow = QFontMetrics(font), QFontMetrics(small)
        room = max(inner.width() // 2, inner.width() - metrics.horizontalAdvance(name) - 10)
        side = min(narrow.horizontalAdvance(more) + 2, room)  # elided one pixel before it must
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, inner.width() - side - 8)
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        painter.drawText(inner, _MIDDLE, text)
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        text = narrow.elidedText(more, Qt.TextElideMode.ElideRight, side)
        painter.drawText(inner, _MIDDLE | Qt.AlignmentFlag.AlignRight, text)
        painter.restore()


class GridView(CellsView):
    """The grid: names at the left, heads of two lines above."""

    def __init__(self, name: str, *, cell_width: int = 54) -> None:
        super().__init__(name)
        self._model, self._cell_width = _Model(self), cell_width
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setVerticalHeader(_RowHeader(self))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        header.setFixedHeight(_HEAD)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def fill(
        self, rows: list[tuple[str, str]], columns: list[str], cells: list[list[GridCell]]
    ) -> None:
        """Show cells; a row has a name and a word behind it."""
        self._model.beginResetModel()
        self._model.rows, self._model.columns, self._model.cells = rows, columns, cells
        self._model.endResetModel()
        self._measure()

    def cell(self, row: int, column: int) -> GridCell:
        """What stands in a cell."""
        return self._model.cells[row][column]

    def _measure(self) -> None:
        count = len(self._model.columns)
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)
        if not count:
            return
        room = self.viewport().width() // count
        width = max(self._cell_width, min(room, 96))
        self.horizontalHeader().setDefaultSectionSize(width)
        for column in range(count):
            self.horizontalHeader().resizeSection(column, width)
