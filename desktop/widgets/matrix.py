"""A matrix of figures: rows by columns, tinted by value, every cell a way in."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ecofolio.text import tip
from ecofolio.widgets.cells import CellsView
from ecofolio.widgets.painters import CHIP, paint_focus, paint_segment
from ecofolio.widgets.theme import Size, in_force

_NARROWEST = 60  # pixels that a column needs for its figures
_HEAD = 14  # pixels that a head needs beside its words
_STRONGEST = 0.45  # of a tint over the surface; text on it still has its contrast


@dataclass(frozen=True)
class Cell:
    """A figure. `weight` (0 to 1) tints it; `spoken` is its full sentence, also the tooltip."""

    figure: str
    caption: str = ""
    weight: float = 0.0
    spoken: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a row or a column. `segment` puts its chip before it and tints its row."""

    title: str
    segment: str = ""
    key: object = None


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Head] = []
        self.columns: list[Head] = []
        self.cells: list[list[Cell]] = []

    def fill(self, rows: list[Head], columns: list[Head], cells: list[list[Cell]]) -> None:
        self.beginResetModel()
        self.rows, self.columns, self.cells = rows, columns, cells
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        cell = self.cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.figure
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = cell.spoken or ", ".join(
                part
                for part in (
                    self.rows[index.row()].title,
                    self.columns[index.column()].title,
                    cell.figure,
                    cell.caption,
                )
                if part
            )
            return tip(said) if role == Qt.ItemDataRole.ToolTipRole else said
        return None

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        heads = self.columns if orientation == Qt.Orientation.Horizontal else self.rows
        if section >= len(heads):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return heads[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(heads[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:
        theme = in_force()
        model: _Model = index.model()
        cell = model.cells[index.row()][index.column()]
        rect = QRectF(option.rect)
        painter.save()
        painter.fillRect(rect, tint(model.rows[index.row()].segment, cell.weight))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(8, 4, -10, -4)
        two = bool(cell.caption)
        painter.setFont(theme.font(Size.NAME if two else Size.BODY, strong=two))
        empty = cell.figure in ("", "·", "–", "0")
        painter.setPen(theme.colour("muted" if empty and not cell.weight else "text"))
        upper = inner.adjusted(0, 0, 0, -inner.height() * 0.42) if two else inner
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(upper, right, cell.figure)
        if two:
            painter.setFont(theme.font(Size.CAPTION))
            painter.drawText(inner.adjusted(0, inner.height() * 0.58, 0, 0), right, cell.caption)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.drawRect(rect.adjusted(0.5, 0.5, -1.5, -1.5))
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect, 2)
        painter.restore()


def tint(segment: str, weight: float) -> QColor:
    """The ground of a cell: the segment's colour, or the accent, in proportion to its weight."""
    tokens = in_force().tokens
    if weight <= 0:
        return tokens.colour("surface")
    name = f"segment_{segment.lower()}" if segment else "accent"
    return tokens.mixed(name, 0.08 + (_STRONGEST - 0.08) * min(weight, 1.0))


def _fitted(wanted: list[int], least: list[int], room: int) -> list[int]:
    """A few columns share the room there is; where it is too short for the `least` that their
    heads need, those end in …"""
    widths = wanted if sum(wanted) <= room else least
    spare, whole = room - sum(widths), sum(widths) or 1
    return [max(_NARROWEST, width + spare * width // whole) for width in widths]


class _RowHeader(QHeaderView):
    """Row heads at the left, with the segment's chip where there is one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(in_force().font())
        model = self.model()
        heads = model.rows if isinstance(model, _Model) else []
        widest = max((metrics.horizontalAdvance(head.title) for head in heads), default=40)
        chip = CHIP + 8 if any(head.segment for head in heads) else 0
        return QSize(min(widest + chip + 26, 240), super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect, index: int) -> None:
        theme, model = in_force(), self.model()
        assert isinstance(model, _Model)
        head = model.rows[index]
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        left = rect.left() + 10
        if head.segment:
            box = QRectF(left, round(rect.center().y() - CHIP / 2) + 1, CHIP, CHIP)
            paint_segment(painter, box, head.segment)
            left += CHIP + 8
        font = theme.font()
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        room = rect.right() - left - 8
        text = QFontMetrics(font).elidedText(head.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(
            QRectF(left, rect.top(), room, rect.height()),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            text,
        )
        painter.restore()


class Matrix(CellsView):
    """Rows by columns of figures.

    A click on a row's head opens `(row, -1)`, on a column's head `(-1, column)`: the whole of it.
    """

    def __init__(self, name: str, parent: QWidget | None = None, *, cell_width: int = 76) -> None:
        super().__init__(name, parent)
        self.setProperty("framed", False)
        self.setProperty("matrix", True)
        self._cell_width = cell_width
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setVerticalHeader(_RowHeader(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().sectionClicked.connect(lambda column: self.opened.emit(-1, column))
        self.verticalHeader().sectionClicked.connect(lambda row: self.opened.emit(row, -1))

    def fill(self, rows: list[Head], columns: list[Head], cells: list[list[Cell]]) -> None:
        """Show `cells[row][column]`."""
        self._model.fill(rows, columns, cells)
        self._measure()

    def head(self, row: int = -1, column: int = -1) -> Head | None:
        """The head of a row or of a column."""
        if row >= 0:
            return self._model.rows[row]
        return self._model.columns[column] if column >= 0 else None

    def cell(self, row: int, column: int) -> Cell:
        """What stands in a cell."""
        return self._model.cells[row][column]

    def _measure(self) -> None:
        theme = in_force()
        captioned = any(cell.caption for line in self._model.cells for cell in line)
        self.verticalHeader().setDefaultSectionSize(theme.row_height + (20 if captioned else 0))
        metrics = QFontMetrics(theme.font(Size.CAPTION, strong=True))
        header = self.horizontalHeader()
        heads = [metrics.horizontalAdvance(head.title) + _HEAD for head in self._model.columns]
        widths = [max(self._cell_width, head + 4) for head in heads]
        if self._stretches():
            widths = _fitted(widths, heads, self.viewport().width())
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)
        self.updateGeometry()

    def _stretches(self) -> bool:
        return len(self._model.columns) <= 8

    def sizeHint(self) -> QSize:
        rows = self.verticalHeader().length() + self.horizontalHeader().sizeHint().height() + 2
        columns = sum(
            max(self._cell_width, self.horizontalHeader().sectionSize(column))
            for column in range(len(self._model.columns))
        )
        return QSize(self.verticalHeader().sizeHint().width() + columns + 2, rows)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, min(self.sizeHint().height(), 120))

    def fit_height(self) -> None:
        """Be as high as the rows, without a scroll bar."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(self.sizeHint().height())
