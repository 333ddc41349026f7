"""Where one can go, at the left: pages with their counts, saved views below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QConicalGradient,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ecofolio.shell.pages import PageEntry
from ecofolio.text import _, tip
from ecofolio.widgets import icons
from ecofolio.widgets.page import PageId
from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.parts import column, label, row
from ecofolio.widgets.theme import NAVIGATION_WIDTH, Size, Space, in_force

if TYPE_CHECKING:
    from ecofolio.shell.queries import Counts, View

_ITEM = Qt.ItemDataRole.UserRole
_ROW = 32


@dataclass(frozen=True)
class _Item:
    title: str
    icon: str = ""
    count: str = ""
    page: PageId | None = None
    view: View | None = None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index) -> QSize:
        item: _Item = index.data(_ITEM)
        return QSize(NAVIGATION_WIDTH - 2 * Space.S, _ROW if item.page or item.view else 36)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index) -> None:
        item: _Item = index.data(_ITEM)
        theme = in_force()
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if item.page is None and item.view is None:
            self._paint_heading(painter, rect, item.title)
            painter.restore()
            return
        here = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if here or hover:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("soft") if here else theme.tokens.mixed("text", 0.04))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        usable = bool(option.state & QStyle.StateFlag.State_Enabled)
        ink = "accent" if here else "text" if usable else "muted"
        left = 8.0
        if item.icon:
            drawn = icons.pixmap(item.icon, "accent" if here else "muted")
            painter.drawPixmap(QPoint(int(rect.left() + left), int(rect.center().y() - 7)), drawn)
            left += 24
        right = self._paint_count(painter, rect, item.count, here)
        font = theme.font(strong=here)
        painter.setFont(font)
        painter.setPen(theme.colour(ink))
        words = rect.adjusted(left, 0, -right, 0)
        shown = QFontMetrics(font).elidedText(
            item.title, Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        if option.state & QStyle.StateFlag.State_HasFocus and here:
            paint_focus(painter, rect.adjusted(0, 1, 0, -1), 6)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRectF, title: str) -> None:
        theme = in_force()
        painter.setFont(theme.font(Size.CAPTION, strong=True))
        painter.setPen(theme.colour("muted"))
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(rect.adjusted(8, 0, 0, -6), bottom, title)

    def _paint_count(self, painter: QPainter, rect: QRectF, count: str, here: bool) -> float:
        if not count:
            return 8
        theme = in_force()
        font = theme.font(Size.CAPTION, strong=here)
        painter.setFont(font)
        painter.setPen(theme.colour("accent" if here else "muted"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect.adjusted(0, 0, -8, 0), middle, count)
        return QFontMetrics(font).horizontalAdvance(count) + 16


class Mark(QWidget):
    """The program's sign: a ring of the three segments' colours."""

    def __init__(self, side: int = 18) -> None:
        super().__init__()
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_mark(painter, QRectF(self.rect()))


def paint_mark(painter: QPainter, rect: QRectF) -> None:
    """Draw the program's sign into a square."""
    tokens = in_force().tokens
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = rect.width() * 0.26
    around = QConicalGradient(rect.center(), 90)
    for at, letter in ((0, "B"), (0.33, "C"), (0.66, "G"), (1, "B")):
        around.setColorAt(at, tokens.segment(letter))
    painter.setPen(QPen(around, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = width / 2 + 0.5
    painter.drawEllipse(rect.adjusted(inset, inset, -inset, -inset))


def mark_icon() -> QIcon:
    """The program's sign for the window's title and the task bar."""
    pixmap = QPixmap(64, 64)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        paint_mark(painter, QRectF(pixmap.rect()))
    return QIcon(pixmap)


class Navigation(QFrame):
    """The list of pages and saved views. Arrows move, and where one stands is what one sees."""

    page_wanted = Signal(object)  # PageId
    view_wanted = Signal(object)  # queries.View
    rename_wanted = Signal(object)
    delete_wanted = Signal(object)

    def __init__(self, entries: Sequence[PageEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setFixedWidth(NAVIGATION_WIDTH)
        self._entries = entries
        self._counts: Counts | None = None
        self._views: list[View] = []
        self._page: PageId | None = None
        self._filling = False
        self.list = QListWidget()
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.currentItemChanged.connect(self._moved)
        self.list.itemClicked.connect(self._clicked)
        self.list.installEventFilter(self)
        brand = row(Mark(), label("Ecofolio", "name"), None, spacing=10)
        brand.setContentsMargins(Space.S, Space.M, 0, Space.M)
        layout = column(brand, self.list, spacing=0)
        layout.setContentsMargins(10, 0, 10, Space.S)
        self.setLayout(layout)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.list.setAccessibleName(_("Pages and saved views"))
        self._fill()

    def set_figures(self, counts: Counts | None, views: list[View]) -> None:
        """Show the counts beside the pages and the saved views below them."""
        if (counts, views) != (self._counts, self._views):
            self._counts, self._views = counts, views
            self._fill()

    def set_page(self, page: PageId | None) -> None:
        """Mark where one is."""
        self._page = page
        self._select()

    def _fill(self) -> None:
        self._filling = True
        self.list.clear()
        for entry in self._entries:
            self._add(_Item(entry.label, entry.icon, self._count(entry), page=entry.id))
        if self._views:
            self._add(_Item(_("Saved views")))
        for view in self._views:
            self._add(_Item(view.name, "bookmark", view=view))
        self._filling = False
        self._select()

    def _count(self, entry: PageEntry) -> str:
        found = getattr(self._counts, entry.count) if self._counts and entry.count else 0
        return str(found) if found else ""

    def _add(self, item: _Item) -> None:
        made = QListWidgetItem(self.list)
        made.setData(_ITEM, item)
        named = f"{item.title}, {item.count}" if item.count else item.title
        made.setData(Qt.ItemDataRole.AccessibleTextRole, named)
        made.setToolTip(tip(item.title) if item.view else "")
        if item.page is None and item.view is None:
            made.setFlags(Qt.ItemFlag.NoItemFlags)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(i) for i in range(self.list.count())]

    def _select(self) -> None:
        self._filling = True
        self.list.clearSelection()
        self.list.setCurrentRow(-1)
        for made in self._items():
            if self._page is not None and made.data(_ITEM).page == self._page:
                self.list.setCurrentItem(made)
        self._filling = False

    def _moved(self, made: QListWidgetItem | None) -> None:
        if self._filling or made is None:
            return
        item: _Item = made.data(_ITEM)
        if item.page is not None:
            self._page = item.page
            self.page_wanted.emit(item.page)

    def _clicked(self, made: QListWidgetItem) -> None:
        item: _Item = made.data(_ITEM)
        if item.view is not None:
            self.view_wanted.emit(item.view)
        elif item.page is not None:
            self.page_wanted.emit(item.page)

    def eventFilter(self, watched, event) -> bool:
        if watched is self.list and isinstance(event, QKeyEvent) and self._key(event):
            return True
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        made = self.list.currentItem()
        if event.type() is not QKeyEvent.Type.KeyPress or made is None:
            return False
        item: _Item = made.data(_ITEM)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._clicked(made)
            return True
        if item.view is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_F2):
            deleting = event.key() == Qt.Key.Key_Delete
            (self.delete_wanted if deleting else self.rename_wanted).emit(item.view)
            return True
        return False

    def _menu(self, at: QPoint) -> None:
        made = self.list.itemAt(at)
        view = made.data(_ITEM).view if made else None
        if view is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(_("Rename…"), lambda: self.rename_wanted.emit(view))
        menu.addAction(_("Delete"), lambda: self.delete_wanted.emit(view))
        menu.popup(self.list.viewport().mapToGlobal(at))
