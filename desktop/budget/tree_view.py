"""The tree of money: head office, units, initiatives, each with its figures and a year's trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from ecofolio.budget.picture import Trend
from ecofolio.budget.queries import Node
from ecofolio.format import MONEY_UNITS, money, money_unit, number
from ecofolio.text import _
from ecofolio.widgets.matrix import tint
from ecofolio.widgets.theme import in_force

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
KEYS = (
    "name",
    "granted",
    "available",
    "committed",
    "spent",
    "forecast",
    "variance",
    "trend",
    "pool",
    "plan",
    "burn",
    "each",
)
_DECIMALS = {"yuan": 0, "wan": 1, "yi": 2}
_COMPLETION = ("plan", "forecast", "variance", "burn")


def titles() -> dict[str, str]:
    """The heads of the columns."""
    return {
        "name": _("Unit, initiative"),
        "granted": _("Granted"),
        "pool": _("Pool"),
        "available": _("Available"),
        "committed": _("Committed"),
        "spent": _("Spent"),
        "plan": _("Plan"),
        "forecast": _("Forecast"),
        "variance": _("Variance"),
        "burn": _("A month"),
        "each": _("Per initiative"),
        "trend": _("Twelve months"),
    }


def short(fen: int, unit: str) -> str:
    """A sum in the display unit, rounded as a table of many needs it."""
    return number(Decimal(fen) / MONEY_UNITS[unit][0], _DECIMALS[unit])


def figure(node: Node, key: str) -> int | None:
    """A node's figure in fen; None where it has none."""
    if key in _COMPLETION:
        known = node.course is not None or node.children
        return getattr(node, key) if known else None
    if key == "each":
        return node.funds // node.initiatives if node.kind == "unit" and node.initiatives else None
    found: int = getattr(node.figures, key)
    return None if key == "pool" and node.kind == "initiative" else found


class MoneyModel(QAbstractItemModel):
    """Nodes as Qt asks for them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.nodes: list[Node] = []
        self.trends: Mapping[tuple[str, int], Trend] = {}
        self.unit = "wan"
        self.most_each = 0
        self._places: dict[int, int] = {}

    def fill(
        self, nodes: Sequence[Node], trends: Mapping[tuple[str, int], Trend], unit: str
    ) -> None:
        """Show another tree."""
        self.beginResetModel()
        self.nodes, self.trends, self.unit = list(nodes), trends, unit
        self._places = {}
        waiting = [self.nodes]
        each = [0]
        while waiting:
            for place, node in enumerate(waiting.pop()):
                self._places[id(node)] = place
                each.append(figure(node, "each") or 0)
                waiting.append(node.children)
        self.most_each = max(each)
        self.endResetModel()

    def index(self, row: int, column: int, parent: QModelIndex | None = None) -> QModelIndex:
        above = parent.internalPointer() if parent is not None and parent.isValid() else None
        below = above.children if above else self.nodes
        if not 0 <= row < len(below) or not 0 <= column < len(KEYS):
            return QModelIndex()
        return self.createIndex(row, column, below[row])

    def parent(self, index: QModelIndex) -> QModelIndex:
        node = index.internalPointer() if index.isValid() else None
        if node is None or node.parent is None:
            return QModelIndex()
        return self.createIndex(self._places[id(node.parent)], 0, node.parent)

    def place_of(self, node: Node) -> QModelIndex:
        """The index of a node's name."""
        return self.createIndex(self._places[id(node)], 0, node)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        if parent is None or not parent.isValid():
            return len(self.nodes)
        return len(parent.internalPointer().children) if parent.column() == 0 else 0

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return len(KEYS)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return titles()[KEYS[section]]
        if role == Qt.ItemDataRole.TextAlignmentRole and KEYS[section] not in ("name", "trend"):
            return _RIGHT
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node, key = index.internalPointer(), KEYS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            if key == "name":
                return node.name
            if key == "trend":
                return ""
            found = figure(node, key)
            return "" if found is None else short(found, self.unit)
        if role == Qt.ItemDataRole.ToolTipRole and key not in ("name", "trend"):
            found = figure(node, key)
            return None if found is None else f"{money(found)} {money_unit()}"
        if role == Qt.ItemDataRole.AccessibleTextRole and key == "trend":
            return ", ".join(money(one, self.unit) for one in self.trends[node.kind, node.id])
        if role == Qt.ItemDataRole.TextAlignmentRole and key not in ("name", "trend"):
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and key == "variance":
            return in_force().colour("red" if (figure(node, key) or 0) < 0 else "text")
        if role == Qt.ItemDataRole.BackgroundRole and key == "each" and self.most_each:
            found = figure(node, key)
            return tint("", 0.1 + 0.6 * found / self.most_each) if found is not None else None
        return None


class _Trend(QStyledItemDelegate):
    """A year's spend as a line without words."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        model, node = index.model(), index.internalPointer()
        assert isinstance(model, MoneyModel)
        sums = model.trends.get((node.kind, node.id), ())
        most = max(sums, default=0)
        if most <= 0:
            return
        box = QRectF(option.rect).adjusted(8, 7, -10, -7)
        step = box.width() / max(1, len(sums) - 1)
        points = [
            QPointF(box.left() + n * step, box.bottom() - box.height() * max(0, fen) / most)
            for n, fen in enumerate(sums)
        ]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(in_force().colour("accent"), 1.5))
        painter.drawPolyline(points)
        painter.setBrush(in_force().colour("accent"))
        painter.drawEllipse(points[-1], 1.6, 1.6)
        painter.restore()


class MoneyTree(QTreeView):
    """The tree; `opened(node, key)` follows a click on a figure, or Enter."""

    opened = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.shown = MoneyModel(self)
        self.setModel(self.shown)
        self.setAccessibleName(_("Money by unit and initiative"))
        self.setProperty("role", "register")
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(False)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegateForColumn(KEYS.index("trend"), _Trend(self))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(48)
        widths = {"name": 216, "trend": 104, "each": 104, "committed": 84}
        for place, key in enumerate(KEYS):
            self.setColumnWidth(place, widths.get(key, 76))
        self.selectionModel().currentChanged.connect(self._tell)
        self.setStyleSheet(f"QTreeView::item {{ height: {in_force().row_height}px; }}")

    def fill(
        self, nodes: Sequence[Node], trends: Mapping[tuple[str, int], Trend], unit: str
    ) -> None:
        """Show another tree, open where it was open and with the same figure chosen."""
        chosen = self.chosen()
        opened = self._opened()
        self.shown.fill(nodes, trends, unit)
        if not opened:
            for node in nodes:
                self.expand(self.shown.place_of(node))
        found = {}
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            waiting.extend(node.children)
            found[node.kind, node.id] = node
            if (node.kind, node.id) in opened:
                self.expand(self.shown.place_of(node))
        if chosen is not None and (chosen[0].kind, chosen[0].id) in found:
            self.choose(found[chosen[0].kind, chosen[0].id], chosen[1])
        elif nodes:
            self.choose(nodes[0], "granted")

    def choose(self, node: Node, key: str) -> None:
        """Make a figure the current one."""
        index = self.shown.place_of(node).siblingAtColumn(KEYS.index(key))
        self.setCurrentIndex(index)

    def chosen(self) -> tuple[Node, str] | None:
        """The node and the figure that are current."""
        index = self.currentIndex()
        return (index.internalPointer(), KEYS[index.column()]) if index.isValid() else None

    def _opened(self) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        waiting = list(self.shown.nodes)
        while waiting:
            node = waiting.pop()
            if node.children and self.isExpanded(self.shown.place_of(node)):
                found.add((node.kind, node.id))
                waiting.extend(node.children)
        return found

    def _tell(self, *_indexes: QModelIndex) -> None:
        chosen = self.chosen()
        if chosen is not None:
            self.opened.emit(*chosen)
