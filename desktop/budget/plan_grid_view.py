"""The table of the plan: names stay at the left, keys do what they do in a spreadsheet."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ecofolio.budget.plan_model import PlanModel
from ecofolio.budget.plan_sheet import Key
from ecofolio.budget.sum_editor import SumDelegate
from ecofolio.initiatives.clipboard import block
from ecofolio.text import _
from ecofolio.widgets.theme import in_force

_NAMES = 236  # pixels for the names
_MONTH = 76
_YEAR = 96
_CONTROL = Qt.KeyboardModifier.ControlModifier


class _Names(QHeaderView):
    """The names of the lines, which give way to the figures."""

    def sizeHint(self) -> QSize:
        return QSize(_NAMES, super().sizeHint().height())


class PlanGrid(QTableView):
    """F2 or typing changes a sum; Ctrl+C and Ctrl+V speak with a spreadsheet, Ctrl+R and Ctrl+D
    repeat a sum to the right and downwards, Enter opens and closes a line: `turned` says which."""

    turned = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.shown = PlanModel(self)
        self.setModel(self.shown)
        self.setItemDelegate(SumDelegate(self))
        self.setAccessibleName(_("Plan by unit, initiative, category and month"))
        self.setProperty("framed", False)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setTabKeyNavigation(False)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )
        self.setVerticalHeader(_Names(Qt.Orientation.Vertical, self))
        names = self.verticalHeader()
        names.setTextElideMode(Qt.TextElideMode.ElideRight)
        names.setSectionsClickable(True)
        names.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        names.setHighlightSections(False)
        names.setStyleSheet("QHeaderView::section { font-size: 13px; font-weight: 400; }")
        names.sectionClicked.connect(self._turn)
        self.doubleClicked.connect(lambda index: self._turn(index.row()))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.shown.modelReset.connect(self._fit)
        in_force().changed.connect(self._measure)
        self._measure()

    def _fit(self) -> None:
        """As wide as the totals need, which are the largest sums; months all alike."""
        metrics = QFontMetrics(in_force().font(strong=True))
        whole = [self.shown.index(0, place).data() for place in range(self.shown.columnCount())]
        needed = [metrics.horizontalAdvance(text) + 22 for text in whole]
        months = [
            width
            for width, column in zip(needed, self.shown.places, strict=False)
            if column.month is not None
        ]
        for place, column in enumerate(self.shown.places[: len(needed)]):
            least = max(_YEAR, needed[place])
            self.setColumnWidth(place, least if column.month is None else max(_MONTH, *months))

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)

    def _turn(self, row: int) -> bool:
        line = self.shown.lines[row] if 0 <= row < len(self.shown.lines) else None
        if line is None or not line.opens:
            return False
        self.turned.emit(line.key)
        return True

    def show_line(self, key: Key, column: int) -> None:
        """Make a line's cell the current one, the first line's where it does not stand."""
        keys = [line.key for line in self.shown.lines]
        row = keys.index(key) if key in keys else 0
        self.setCurrentIndex(self.shown.index(row, min(column, len(self.shown.places) - 1)))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and _fills(event):
            event.accept()  # before any shortcut of the window
            return True
        return super().event(event)

    def block(self) -> tuple[range, range]:
        """The chosen rows and columns; one selects a single block."""
        chosen = self.selectionModel().selection()
        if chosen.isEmpty():
            return range(0), range(0)
        one = chosen.first()
        return range(one.top(), one.bottom() + 1), range(one.left(), one.right() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows, columns = self.block()
        if event.matches(QKeySequence.StandardKey.Copy) and rows:
            QGuiApplication.clipboard().setText(self.shown.text_of(rows, columns))
        elif event.matches(QKeySequence.StandardKey.Paste) and rows:
            first = self.shown.index(rows[0], columns[0])
            self.shown.paste(first, block(QGuiApplication.clipboard().text()))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.shown.clear(self.selectedIndexes())
        elif _fills(event):
            across = event.key() == Qt.Key.Key_R
            fill = self.shown.fill_across if across else self.shown.fill_down
            fill(self.selectedIndexes())
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not self._turn(
            self.currentIndex().row()
        ):
            super().keyPressEvent(event)
            return
        event.accept()


def _fills(event: QEvent) -> bool:
    assert isinstance(event, QKeyEvent)
    return event.modifiers() == _CONTROL and event.key() in (Qt.Key.Key_R, Qt.Key.Key_D)
