"""The wall of cards in a person's hands: selecting, dragging, and all of it by keyboard."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QToolTip

from ecofolio.boards.carry_view import Carrier
from ecofolio.boards.desk import BoardDesk, undisturbed
from ecofolio.boards.stains_view import Stains
from ecofolio.boards.wall import Place
from ecofolio.boards.wall_view import WallView
from ecofolio.text import _, ngettext, pgettext

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_H: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_L: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_K: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_J: (0, 1),
    Qt.Key.Key_PageUp: (0, -8),
    Qt.Key.Key_PageDown: (0, 8),
    Qt.Key.Key_Home: (0, -100_000),
    Qt.Key.Key_End: (0, 100_000),
}
_COMMANDS = {
    Qt.Key.Key_N: "new",
    Qt.Key.Key_E: "edit",
    Qt.Key.Key_F2: "edit",
    Qt.Key.Key_B: "block",
    Qt.Key.Key_A: "assign",
    Qt.Key.Key_M: "hand_over",
    Qt.Key.Key_Slash: "filter",
    Qt.Key.Key_Z: "undo",
    Qt.Key.Key_Question: "help",
    Qt.Key.Key_Delete: "trash",
}
_LANE_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}  # with Alt
_FOLDS = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}  # with Alt: of a lane that is folded
_GRAB = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_Select = QItemSelectionModel.SelectionFlag
_CONTROL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class BoardWallView(WallView):
    """Says what was `keyed`, and through its `carrier` what was dropped where."""

    keyed = Signal(str)
    chosen = Signal()  # other cards are selected, or another is current
    menu_wanted = Signal(QPoint)

    def __init__(self, desk: BoardDesk) -> None:
        super().__init__(desk)
        self.carrier = Carrier(self)
        self.cards.place_words = self._row_words
        self._pressed: QPoint | None = None
        self._narrow = False  # a click on one of many selects it alone, unless it becomes a drag
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # keys are commands
        self.carrier.moved.connect(self._tell_place)
        self.selectionModel().selectionChanged.connect(lambda *_all: self.chosen.emit())
        self.selectionModel().currentChanged.connect(lambda *_all: self.chosen.emit())

    # --- following the desk ------------------------------------------------------------------

    def reload(self) -> None:
        """Show what the desk has read anew; what was selected stays so where it is still there."""
        ids, current = self.selected_ids(), self.current_id()
        self.carrier.cancel()
        with undisturbed():
            self.cards.reload()
            self.forget_heights()
            self.rebuild()
        self.select(ids, current)

    def apply(self, changed: frozenset[int], gone: frozenset[int]) -> None:
        """Show what became of some cards."""
        if gone:
            self.carrier.cancel()
        self.cards.apply(changed, gone)
        if gone:
            self.forget_heights()
            self.rebuild()
            return
        stains, rows = Stains(self), [self.cards.row_of[identity] for identity in changed]
        for row in rows:
            stains.add(row)
        for row in rows:
            self.wall.take(row)
        for identity in changed:
            self.put(identity)
        for row in rows:
            stains.add(row)
        if changed:
            self.arrange(stains)

    # --- selecting ---------------------------------------------------------------------------

    def current_id(self) -> int | None:
        """The card that the keyboard is on."""
        row = self.currentIndex().row()
        return self.cards.ids[row] if 0 <= row < len(self.cards.ids) else None

    def selected_ids(self) -> list[int]:
        """The selected cards as they are read; those that are not shown are not meant."""
        rows = {index.row() for index in self.selectionModel().selectedIndexes()}
        return [self.cards.ids[row] for row in self.wall.in_order(rows)]

    def chosen_ids(self) -> list[int]:
        """What a command is about: the selected cards, or the current one."""
        found, current = self.selected_ids(), self.current_id()
        if found:
            return found
        row = self.cards.row_of.get(current) if current is not None else None
        return [current] if current is not None and row in self.wall.where else []

    def select(self, ids: Iterable[int], current: int | None = None) -> None:
        """Select cards and nothing else."""
        selection = QItemSelection()
        for identity in ids:
            row = self.cards.row_of.get(identity)
            if row is not None:
                selection.select(self.cards.index(row), self.cards.index(row))
        self.selectionModel().select(selection, _Select.ClearAndSelect)
        row = self.cards.row_of.get(current) if current is not None else None
        if row is not None:
            self.selectionModel().setCurrentIndex(self.cards.index(row), _Select.NoUpdate)

    def show_card(self, identity: int) -> bool:
        """Select a card and scroll to it; False where it is not on the wall."""
        row = self.cards.row_of.get(identity)
        if row is None or row not in self.wall.where:
            return False
        if self.wall.where[row][0] in self.wall.folded:
            self.wall.fold(self.wall.where[row][0])
        self.updateGeometries()
        self.select([identity], identity)
        self.scrollTo(self.cards.index(row))
        return True

    def _go_to(self, row: int | None, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        if row is None:
            return
        index = self.cards.index(row)
        if modifiers & _SHIFT:
            self._extend(row)
        elif not modifiers & _CONTROL:
            self.selectionModel().select(index, _Select.ClearAndSelect)
        self.selectionModel().setCurrentIndex(index, _Select.NoUpdate)
        self.scrollTo(index)

    def _extend(self, row: int) -> None:
        """Select everything between the current card and another, as they are read."""
        order, current = self.wall.order(), self.currentIndex().row()
        if current not in order or row not in order:
            return
        low, high = sorted((order.index(current), order.index(row)))
        selection = QItemSelection()
        for one in order[low : high + 1]:
            selection.select(self.cards.index(one), self.cards.index(one))
        self.selectionModel().select(selection, _Select.Select)

    def _step(self, across: int, down: int, modifiers) -> None:
        place = self.wall.place_of(self.currentIndex().row())
        if place is None:
            self._go_to(next(iter(self.wall.order()), None))
            return
        found = self.wall.step(place, across, down)
        while across and self.wall.row_at(found) is None:  # empty columns are passed over
            further = self.wall.step(found, across, 0)
            if further.column == found.column:
                return
            found = further._replace(position=place.position)
            count = len(self.wall.cells[found.lane, found.column].rows)
            found = found._replace(position=max(0, min(found.position, count - 1)))
        self._go_to(self.wall.row_at(found), modifiers)

    def toggle(self) -> None:
        """Select the current card as well, or no longer."""
        index = self.currentIndex()
        if index.isValid():
            self.selectionModel().select(index, _Select.Toggle)

    def select_column(self) -> None:
        """Select all cards of the current one's column."""
        place = self.wall.place_of(self.currentIndex().row())
        if place is not None:
            rows = [
                row for lane in self.wall.lanes for row in self.wall.cells[lane, place.column].rows
            ]
            self.select([self.cards.ids[row] for row in rows], self.current_id())

    # --- keyboard ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if modifiers & _CONTROL:
            if key == Qt.Key.Key_A:
                self.select_column()
            else:
                event.ignore()
        elif self.carrier.is_carrying:
            self._carry_key(key)
        elif modifiers & Qt.KeyboardModifier.AltModifier and key in (*_LANE_STEPS, *_FOLDS):
            place = self.wall.place_of(self.currentIndex().row())
            if place is None or not self.wall.has_lanes:
                return
            if key in _LANE_STEPS and not self.desk.workspace.read_only:
                self.lane_heads.step(place.lane, _LANE_STEPS[key])
            elif key in _FOLDS and (place.lane in self.wall.folded) is _FOLDS[key]:
                self.lane_heads.fold(place.lane)
        elif key in _STEPS:
            self._step(*_STEPS[key], modifiers)
        elif key == Qt.Key.Key_X:
            self.toggle()
        elif key in _GRAB:
            self.grab()
        elif key == Qt.Key.Key_Escape and self.selected_ids():
            self.clearSelection()
        elif key in _COMMANDS:
            self.keyed.emit(_COMMANDS[key])
        else:
            event.ignore()

    def _carry_key(self, key: Qt.Key) -> None:
        if key in _STEPS:
            self.carrier.step(*_STEPS[key])
        elif key in _GRAB:
            self.carrier.drop()
        elif key == Qt.Key.Key_Escape:
            self.carrier.cancel()
            self.announce(_("Put back"))

    def grab(self) -> None:
        """Take the selected cards up, to move them by keyboard."""
        ids = self.chosen_ids()
        if ids and not self.desk.workspace.read_only:
            self.carrier.grab([self.cards.row_of[one] for one in ids])
            said = ngettext(
                "{n} card taken up: arrows move it, Enter drops it, Escape puts it back",
                "{n} cards taken up: arrows move them, Enter drops them, Escape puts them back",
                len(ids),
            )
            self.announce(said.format(n=len(ids)))

    def _tell_place(self) -> None:
        place = self.carrier.place
        if place is not None and self.carrier.pointer is None:
            self.announce(self._place_words(place))

    def _place_words(self, place: Place, count: int | None = None) -> str:
        column, view = self.desk.column(place.column), self.desk.view
        text = _("{column}, place {n}") if count is None else _("{column}, place {n} of {count}")
        said = text.format(
            column=column.name if column is not None else "", n=place.position + 1, count=count
        )
        lanes = view.lanes if view is not None and self.wall.has_lanes else []
        lane = [one.name for one in lanes if one.key == place.lane]
        return pgettext("list", ", ").join([*lane, said])

    def _row_words(self, row: int) -> str:
        place = self.wall.place_of(row)
        if place is None:
            return ""
        return self._place_words(place, len(self.wall.cells[place.lane, place.column].rows))

    def announce(self, said: str) -> None:
        """Have a screen reader say something."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))

    # --- mouse -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, index = event.position().toPoint(), self.indexAt(event.position().toPoint())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.LeftButton and self.lane_heads.press(at):
            return
        if not index.isValid():
            self.clearSelection()
            return
        selected = self.selectionModel().isSelected(index)
        if event.button() is not Qt.MouseButton.LeftButton:
            if not selected:
                self._go_to(index.row())
            return
        self._pressed = at
        self._narrow = selected and not event.modifiers()
        if event.modifiers() & _CONTROL:
            self.selectionModel().select(index, _Select.Toggle)
        if not self._narrow:
            self._go_to(index.row(), event.modifiers())
        else:
            self.selectionModel().setCurrentIndex(index, _Select.NoUpdate)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self.lane_heads.move(at):
            return
        if self.carrier.is_carrying and self.carrier.pointer is not None:
            self.carrier.follow(at)
        elif self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (at - self._pressed).manhattanLength()
            if far >= QApplication.startDragDistance() and not self.desk.workspace.read_only:
                self._narrow = False
                self.carrier.grab([self.cards.row_of[one] for one in self.chosen_ids()], at)
                QToolTip.hideText()
        self._hover(self.indexAt(at).row())

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            before, self.hovered = self.hovered, row
            for one in (before, row):
                self.viewport().update(self.visualRect(self.cards.index(one)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self.lane_heads.release():
            return
        if self.carrier.is_carrying and self.carrier.pointer is not None:
            self.carrier.follow(event.position().toPoint())
            self.carrier.drop()
        elif pressed is not None and self._narrow:
            self._go_to(self.indexAt(pressed).row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid():
            self.keyed.emit("edit")

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        column = self.wall.column_at(event.position().toPoint().x() + self.horizontalOffset())
        across = bool(event.angleDelta().x()) or event.modifiers() & _SHIFT
        if across or column is None:
            super().wheelEvent(event)
        else:
            QApplication.sendEvent(self.bar_of(column), event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            at = self.viewport().mapToGlobal(rect.center())
        lane = self.lane_heads.at(event.pos()) if at == event.globalPos() else None
        if lane is not None:
            self.lane_menu_wanted.emit(lane, at)
        else:
            self.menu_wanted.emit(at)

    # --- painting ----------------------------------------------------------------------------

    def paint_over(self, painter: QPainter) -> None:
        self.carrier.paint(painter)

    def is_carried(self, row: int) -> bool:
        return row in self.carrier.rows
