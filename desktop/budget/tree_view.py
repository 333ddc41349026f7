"""The tree of money: head office, units, initiatives, each with its figures and a year's trend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from ecofolio.budget.picture import Picture, Trend
from ecofolio.budget.queries import Node
from ecofolio.budget.rules import trend_months
from ecofolio.budget.words import endings
from ecofolio.format import MONEY_UNITS, in_unit, money, number
from ecofolio.text import _, tip
from ecofolio.widgets.matrix import tint
from ecofolio.widgets.theme import in_force

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
# what decides comes first, so that a narrow window shows it without scrolling
KEYS = (
    "name",
    "granted",
    "available",
    "spent",
    "used",
    "forecast",
    "variance",
    "committed",
    "ends",
    "trend",
    "burn",
    "plan",
    "allocated",
    "pool",
    "each",
)
_NAMES = (176, 360)  # pixels, the least and the most
_DECIMALS = {"yuan": 0, "wan": 1, "yi": 2}
_COMPLETION = ("plan", "forecast", "variance", "burn")
WITHOUT_CATEGORY = ("granted", "allocated", "available", "used", "pool", "each", "ends")


def titles() -> dict[str, str]:
    """The heads of the columns."""
    return {
        "name": _("Unit, initiative"),
        "granted": _("Granted"),
        "allocated": _("Allocated"),
        "pool": _("Pool"),
        "available": _("Available"),
        "committed": _("Committed"),
        "spent": _("Spent"),
        "used": _("Used"),
        "plan": _("Plan"),
        "forecast": _("Forecast"),
        "variance": _("Variance"),
        "burn": _("Spent a month"),
        "ends": _("Money ends"),
        "each": _("Per initiative"),
        "trend": _("Twelve months"),
    }


def short(fen: int, unit: str) -> str:
    """A sum in the display unit, rounded as a table of many needs it."""
    return number(Decimal(fen) / MONEY_UNITS[unit][0], _DECIMALS[unit])


def used(node: Node) -> float | None:
    """The part of an initiative's money, or a unit's initiatives', that is bound or gone."""
    gone = node.figures.committed + node.figures.spent
    whole = gone + node.figures.available
    return gone / whole if whole else None


def figure(node: Node, key: str) -> int | None:
    """A node's figure in fen; None where it has none."""
    if node.of_category and key in WITHOUT_CATEGORY:
        return None
    if key in _COMPLETION:
        known = node.course is not None or node.children
        if key == "variance" and node.of_category and not node.plan:
            return None
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
        self.months: list[str] = []
        self.unit, self.currency = "wan", "CNY"
        self._most: dict[str, int] = {}
        self._places: dict[int, int] = {}

    def fill(self, found: Picture, unit: str) -> None:
        """Show another tree."""
        self.beginResetModel()
        self.nodes, self.trends = list(found.nodes), found.trends
        self.unit, self.currency = unit, found.currency
        self.months = trend_months(found.wanted.as_of)
        self._places = {}
        self._most = dict.fromkeys(("each", "burn:unit", "burn:initiative"), 0)
        waiting = [self.nodes]
        while waiting:
            for place, node in enumerate(waiting.pop()):
                self._places[id(node)] = place
                self._most["each"] = max(self._most["each"], figure(node, "each") or 0)
                if node.parent is not None:  # the whole bank would leave all others pale
                    key = f"burn:{node.kind}"
                    self._most[key] = max(self._most[key], node.burn)
                waiting.append(node.children)
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
        key = KEYS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return titles()[key]
        if role == Qt.ItemDataRole.ToolTipRole:
            return {
                "used": _("Committed and spent, of what initiatives may use"),
                "allocated": _("What initiatives were given, whatever became of it"),
            }.get(key)
        if role == Qt.ItemDataRole.TextAlignmentRole and key not in ("name", "trend"):
            return _RIGHT
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node, key = index.internalPointer(), KEYS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(node, key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._said(node, key) or "")
        if role == Qt.ItemDataRole.AccessibleTextRole and key != "name":
            return f"{node.name}, {titles()[key]}: {self._said(node, key) or '–'}"
        if role == Qt.ItemDataRole.TextAlignmentRole and key not in ("name", "trend"):
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and key in ("variance", "ends"):
            late = key == "ends" or (figure(node, key) or 0) < 0
            return in_force().colour("red" if late else "text")
        if role == Qt.ItemDataRole.BackgroundRole:
            heat = self._heat(node, key)
            return tint("", heat) if heat else None
        return None

    def _text(self, node: Node, key: str) -> str:
        if key == "name":
            return node.name
        if key == "trend":
            return ""
        if node.of_category and key in WITHOUT_CATEGORY:
            return "–"
        if key == "ends":
            return self._ends(node)
        if key == "used":
            share = used(node)
            return "" if share is None else f"{share:.0%}"
        found = figure(node, key)
        return "" if found is None else short(found, self.unit)

    def _ends(self, node: Node) -> str:
        if node.kind == "initiative":
            return node.ends or ""
        n = node.early
        return _("{n} early").format(n=n) if n else ""

    def _said(self, node: Node, key: str) -> str | None:
        """A cell in full: the sum to the fen, the months of a trend, why there is none."""
        if key == "name":
            return f"{node.name} ({node.code})" if node.code else node.name
        if node.of_category and key in WITHOUT_CATEGORY:
            return _("Only money that is committed or spent has a category.")
        if key == "trend":
            return self._told_trend(node)
        if key == "ends" and node.kind == "unit":
            return endings(node) or None
        if key in ("ends", "used"):
            return self._text(node, key)
        found = figure(node, key)
        return None if found is None else in_unit(found, "yuan", self.currency)

    def _told_trend(self, node: Node) -> str:
        sums = self.trends.get((node.kind, node.id), ())
        said = [
            f"{month} {money(fen, self.unit)}"
            for month, fen in zip(self.months, sums, strict=False)
        ]
        return _("{months} (so far)").format(months=" · ".join(said)) if said else ""

    def _heat(self, node: Node, key: str) -> float:
        """How strongly a cell is shaded: by use, by what is spent a month, by money at hand."""
        if key == "used":
            share = None if node.of_category else used(node)
            return 0.05 + 0.75 * share**2 if share else 0.0
        if key == "burn":
            most = self._most.get(f"burn:{node.kind}", 0)
            return 0.6 * min(1.0, node.burn / most) if most and node.parent is not None else 0.0
        if key == "each" and self._most.get("each"):
            found = figure(node, key)
            return 0.1 + 0.6 * found / self._most["each"] if found is not None else 0.0
        return 0.0


class _Heat(QStyledItemDelegate):
    """Cells with the ground that the model gives them, which a style sheet would leave out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if ground is not None:
            painter.fillRect(option.rect.adjusted(2, 2, -2, -3), ground)
        super().paint(painter, option, index)


class _Trend(QStyledItemDelegate):
    """A year's spend as a line without words; the month that is not over yet is a ring."""

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
        theme = in_force()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent"), 1.5))
        painter.drawPolyline(points[:-1])
        painter.setPen(QPen(theme.colour("accent"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(points[-2], points[-1])
        painter.setPen(QPen(theme.colour("accent"), 1))
        painter.setBrush(theme.colour("surface"))
        painter.drawEllipse(points[-1], 2.2, 2.2)
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
        self.setItemDelegate(_Heat(self))
        self.setItemDelegateForColumn(KEYS.index("trend"), _Trend(self))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(48)
        self.setColumnWidth(KEYS.index("trend"), 104)
        self._measured: tuple[str, tuple[int, ...]] = ("", ())
        self.selectionModel().currentChanged.connect(self._tell)
        self.setStyleSheet(f"QTreeView::item {{ height: {in_force().row_height}px; }}")

    def fill(self, found: Picture, unit: str) -> None:
        """Show another tree, open where it was open and with the same figure chosen."""
        nodes = found.nodes
        chosen = self.chosen()
        opened = self._opened()
        self.shown.fill(found, unit)
        self._measure(nodes, unit)
        if not opened:
            for node in nodes:
                self.expand(self.shown.place_of(node))
        present = {}
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            waiting.extend(node.children)
            present[node.kind, node.id] = node
            if (node.kind, node.id) in opened:
                self.expand(self.shown.place_of(node))
        if chosen is not None and (chosen[0].kind, chosen[0].id) in present:
            self.choose(present[chosen[0].kind, chosen[0].id], chosen[1])
        elif nodes:
            self.choose(nodes[0], "granted")

    def follow(self, found: Picture, unit: str, touched: Iterable[Node]) -> None:
        """Show what changed in the figures of some of the nodes that are shown."""
        if unit != self.shown.unit:
            self.fill(found, unit)
            return
        self.shown.trends = found.trends
        texts = (max(len(self.shown._text(one, key)) for one in found.nodes) for key in KEYS[1:])
        if any(new > old for new, old in zip(texts, self._measured[1], strict=True)):
            self._measure(found.nodes, unit)
        width = self.viewport().width()
        for node in touched:
            line = self.visualRect(self.shown.place_of(node))
            self.viewport().update(0, line.y(), width, line.height())

    def resizeEvent(self, event) -> None:
        """Names take the room that figures leave."""
        super().resizeEvent(event)
        self._fit_names()

    def _fit_names(self) -> None:
        left = self.viewport().width() - (self.header().length() - self.columnWidth(0))
        self.setColumnWidth(0, min(max(left, _NAMES[0]), _NAMES[1]))

    def _measure(self, nodes: Sequence[Node], unit: str) -> None:
        """Make figures' columns as wide as their largest, which stand at the top."""
        top = [*nodes, *(child for node in nodes for child in node.children)]
        texts = {key: {self.shown._text(node, key) for node in top} for key in KEYS[1:]}
        widest = {key: max(map(len, some), default=0) for key, some in texts.items()}
        if self._measured == (unit, tuple(widest.values())):
            return
        self._measured = unit, tuple(widest.values())
        metrics, heads = QFontMetrics(in_force().font()), QFontMetrics(self.header().font())
        for place, key in enumerate(KEYS):
            if key not in ("name", "trend"):
                wide = max((metrics.horizontalAdvance(text) for text in texts[key]), default=0)
                head = heads.horizontalAdvance(titles()[key])
                self.setColumnWidth(place, max(wide + 18, head + 16, 54))
        self._fit_names()

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
