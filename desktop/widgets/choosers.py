"""Choosing: a chip that says what is chosen, and the popups that open below it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from ecofolio.text import _, tip
from ecofolio.widgets.parts import SearchField, button, set_property
from ecofolio.widgets.theme import PANEL_RADIUS, Space, in_force

_KEY = Qt.ItemDataRole.UserRole


class Chip(QPushButton):
    """A button that says what of which kind is chosen: "Unit **Whole bank**"."""

    def __init__(self, kind: str, value: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._value = kind, value
        self._said: tuple[str, bool] | None = None
        self.setProperty("chip", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_value(value)

    def set_value(self, value: str, *, chosen: bool = False) -> None:
        """Say what is chosen; `chosen` marks a chip that leaves something out."""
        if self._said == (value, chosen):
            return  # typing in the filter says it again with every letter
        self._said = value, chosen
        self._value = value
        self.setAccessibleName(f"{self._kind}: {value}")
        self.setToolTip(tip(f"{self._kind}: {value}"))
        set_property(self, "chosen", chosen)
        self.updateGeometry()
        self.update()

    @property
    def value(self) -> str:
        return self._value

    def _widths(self) -> tuple[int, int]:
        theme = in_force()
        kind = QFontMetrics(theme.font()).horizontalAdvance(self._kind)
        value = QFontMetrics(theme.font(strong=True)).horizontalAdvance(self._value)
        return kind, min(value, 160)

    def sizeHint(self) -> QSize:
        kind, value = self._widths()
        return QSize(kind + value + 5 + 20, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        theme = in_force()
        chosen = bool(self.property("chosen"))
        kind, value = self._widths()
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        rect = self.rect().adjusted(10, 0, -8, 0)
        painter.setFont(theme.font())
        painter.setPen(theme.colour("accent" if chosen else "muted"))
        painter.drawText(rect, middle, self._kind)
        strong = theme.font(strong=True)
        painter.setFont(strong)
        painter.setPen(theme.colour("accent" if chosen else "text"))
        elided = QFontMetrics(strong).elidedText(
            self._value, Qt.TextElideMode.ElideRight, value + 1
        )
        painter.drawText(rect.adjusted(kind + 5, 0, 0, 0), middle, elided)


class Popup(QFrame):
    """A panel that opens below a control and goes when one clicks elsewhere or presses Escape."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)  # the corners are round
        self.setProperty("role", "popup")
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        self.body.setSpacing(Space.S)

    def paintEvent(self, event: QPaintEvent) -> None:
        # The style sheet does not paint the ground of a translucent window.
        theme = in_force()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.setBrush(theme.colour("surface"))
            box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(box, PANEL_RADIUS, PANEL_RADIUS)

    def open_below(self, control: QWidget) -> None:
        """Show the panel below `control`, on its screen."""
        self.adjustSize()
        at = control.mapToGlobal(QPoint(0, control.height() + 4))
        screen = QGuiApplication.screenAt(at) or control.screen()
        room: QRect = screen.availableGeometry()
        x = max(room.left(), min(at.x(), room.right() - self.width()))
        y = at.y()
        if y + self.height() > room.bottom():
            y = max(room.top(), at.y() - self.height() - control.height() - 8)
        self.move(x, y)
        self.show()


@dataclass(frozen=True)
class Choice:
    """Something to choose: what is kept, what is shown, and a count where that helps."""

    key: Hashable
    title: str
    count: int | None = None


class MultiChoice(Popup):
    """Any number of choices to tick, found by typing. `chosen` follows every tick."""

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        name: str,
        choices: Sequence[Choice],
        selected: Iterable[Hashable],
        *,
        presets: Sequence[tuple[str, frozenset[Hashable]]] = (),
    ) -> None:
        super().__init__(parent, name)
        self.search: SearchField | None = None
        if len(choices) > 8:
            self.search = SearchField(_("Find"), _("Find in {name}").format(name=name))
            self.search.textChanged.connect(self._narrow)
            self.search.returnPressed.connect(self._toggle_first)
            self.body.addWidget(self.search)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setUniformItemSizes(True)
        keep = set(selected)
        for choice in choices:
            shown = choice.title if choice.count is None else f"{choice.title}  {choice.count}"
            item = QListWidgetItem(shown, self.list)
            item.setData(_KEY, choice.key)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setData(Qt.ItemDataRole.CheckStateRole, _check(choice.key in keep))
            item.setSizeHint(QSize(0, in_force().row_height - 2))
        self.list.itemClicked.connect(self._toggle)
        self.list.installEventFilter(self)
        self.body.addWidget(self.list)
        self.body.addLayout(self._buttons(presets))
        self._size(len(choices))
        (self.search or self.list).setFocus()
        self.list.setCurrentRow(0)

    def _buttons(self, presets: Sequence[tuple[str, frozenset[Hashable]]]) -> QHBoxLayout:
        layout = QHBoxLayout()
        layout.setSpacing(Space.XS)
        for title, keys in (*presets, (_("All"), frozenset())):
            layout.addWidget(button(title, partial(self.select, keys), link=True))
        layout.addStretch(1)
        return layout

    def _size(self, count: int) -> None:
        rows = min(count, 12)
        self.list.setFixedHeight(rows * (in_force().row_height - 2) + 4)
        self.list.setMinimumWidth(max(200, min(360, self.list.sizeHintForColumn(0) + 40)))

    @property
    def selected(self) -> frozenset[Hashable]:
        """The keys that are ticked."""
        items = (self.list.item(i) for i in range(self.list.count()))
        return frozenset(
            item.data(_KEY) for item in items if item.checkState() is Qt.CheckState.Checked
        )

    def select(self, keys: Iterable[Hashable]) -> None:
        """Tick `keys` and nothing else."""
        keep = set(keys)
        for i in range(self.list.count()):
            item = self.list.item(i)
            item.setCheckState(_check(item.data(_KEY) in keep))
        self.chosen.emit(self.selected)

    def _toggle(self, item: QListWidgetItem) -> None:
        item.setCheckState(_check(item.checkState() is not Qt.CheckState.Checked))
        self.chosen.emit(self.selected)

    def _toggle_first(self) -> None:
        for i in range(self.list.count()):
            if not self.list.item(i).isHidden():
                self._toggle(self.list.item(i))
                return

    def _narrow(self, text: str) -> None:
        wanted = text.casefold().strip()
        for i in range(self.list.count()):
            item = self.list.item(i)
            item.setHidden(wanted not in item.text().casefold())

    def eventFilter(self, watched, event) -> bool:
        # a list keeps Space to itself, and searches for a blank with it
        if event.type() is QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space:
            self.keyPressEvent(event)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.list.currentItem()
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return) and item and self.list.hasFocus():
            self._toggle(item)
        elif event.key() == Qt.Key.Key_Down and self.search is not None:
            self.list.setFocus()
        else:
            super().keyPressEvent(event)


def _check(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked


@dataclass(frozen=True)
class Node:
    """A record of a tree; `parent` is the key of the one above, None at the top."""

    key: Hashable
    title: str
    parent: Hashable | None = None
    also: str = ""  # further words that find it: a code, a region


class TreeChoice(Popup):
    """One record of a tree, found by typing. `chosen(key)` gives None for `everything`."""

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        name: str,
        nodes: Sequence[Node],
        selected: Hashable | None,
        *,
        everything: str,
    ) -> None:
        super().__init__(parent, name)
        self.search = SearchField(_("Find"), _("Find in {name}").format(name=name))
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._take)
        self.body.addWidget(self.search)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(_tree(nodes, everything, self))
        self._proxy.setRecursiveFilteringEnabled(True)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._proxy.setFilterRole(_KEY + 1)
        self.tree = QTreeView()
        self.tree.setAccessibleName(name)
        self.tree.setHeaderHidden(True)
        self.tree.setModel(self._proxy)
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setMinimumSize(280, 320)
        self.tree.clicked.connect(self._choose)
        self.tree.activated.connect(self._choose)
        self.body.addWidget(self.tree)
        self._show(selected)
        self.search.setFocus()

    def _show(self, selected: Hashable | None) -> None:
        self.tree.expandToDepth(0)
        for i in range(self._proxy.rowCount()):
            found = self._proxy.match(
                self._proxy.index(i, 0), _KEY, selected, 1, Qt.MatchFlag.MatchRecursive
            )
            if found:
                self.tree.setCurrentIndex(found[0])
                self.tree.scrollTo(found[0])
                return
        self.tree.setCurrentIndex(self._proxy.index(0, 0))

    def _narrow(self, text: str) -> None:
        self._proxy.setFilterFixedString(text.strip())
        if text.strip():
            self.tree.expandAll()
            self.tree.setCurrentIndex(self._first_match(text.strip().casefold()))

    def _first_match(self, text: str, below: QModelIndex | None = None) -> QModelIndex:
        below = QModelIndex() if below is None else below
        for i in range(self._proxy.rowCount(below)):
            index = self._proxy.index(i, 0, below)
            if text in str(index.data(_KEY + 1)).casefold():
                return index
            found = self._first_match(text, index)
            if found.isValid():
                return found
        return QModelIndex()

    def _take(self) -> None:
        if self.tree.currentIndex().isValid():
            self._choose(self.tree.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(_KEY))
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and not self.tree.hasFocus():
            self.tree.setFocus()
        else:
            super().keyPressEvent(event)


def _tree(nodes: Sequence[Node], everything: str, parent: Popup) -> QStandardItemModel:
    model = QStandardItemModel(parent)
    items: dict[Hashable, QStandardItem] = {}
    for node in nodes:
        item = QStandardItem(node.title)
        item.setSizeHint(QSize(0, in_force().row_height - 2))
        item.setData(node.key, _KEY)
        item.setData(f"{node.title} {node.also}", _KEY + 1)
        items[node.key] = item
    whole = QStandardItem(everything)
    whole.setSizeHint(QSize(0, in_force().row_height - 2))
    whole.setData(None, _KEY)
    whole.setData(everything, _KEY + 1)
    model.appendRow(whole)
    for node in nodes:
        above = items.get(node.parent) if node.parent != node.key else None
        (above or model.invisibleRootItem()).appendRow(items[node.key])
    return model


def open_below(
    control: QWidget, popup: MultiChoice | TreeChoice, on_choice: Callable[[Any], object]
) -> Popup:
    """Open a chooser below a control and hand on what is chosen."""
    popup.chosen.connect(on_choice)
    popup.open_below(control)
    return popup
