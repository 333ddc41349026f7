"""Which columns the table shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from ecofolio.initiatives.columns import USUAL, Column
from ecofolio.text import _
from ecofolio.widgets.choosers import Popup
from ecofolio.widgets.keys import is_press
from ecofolio.widgets.parts import button, label, row
from ecofolio.widgets.theme import in_force

_KEY = Qt.ItemDataRole.UserRole


class ColumnsPanel(Popup):
    """Tick what is shown, drag or Alt+Up and Alt+Down to order; `chosen(keys)` follows each."""

    chosen = Signal(list)

    def __init__(self, parent: QWidget, every: Sequence[Column], shown: Sequence[str]) -> None:
        super().__init__(parent, _("Columns"))
        self._every = {column.key: column for column in every}
        self.list = QListWidget()
        self.list.setAccessibleName(_("Columns"))
        self.list.setUniformItemSizes(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setMinimumWidth(240)
        self.list.setFixedHeight(14 * (in_force().row_height - 2))
        self.list.installEventFilter(self)
        self.body.addWidget(self.list)
        self.body.addWidget(label(_("Drag, or Alt+Up and Alt+Down, to order"), "caption"))
        usual = button(_("Usual columns"), self._usual, link=True)
        self.body.addLayout(row(usual, None))
        self._fill(shown)
        self.list.itemChanged.connect(lambda _item: self._tell())
        self.list.model().rowsMoved.connect(lambda *_moved: self._tell())
        self.list.setFocus()

    def _fill(self, shown: Sequence[str]) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for key in [*shown, *(key for key in self._every if key not in shown)]:
            item = QListWidgetItem(self._every[key].title, self.list)
            item.setSizeHint(QSize(0, in_force().row_height - 2))
            item.setData(_KEY, key)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            on = key in shown
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.list.setCurrentRow(0)
        self.list.blockSignals(False)

    def keys(self) -> list[str]:
        """The keys that are ticked, from top to bottom."""
        items = [self.list.item(place) for place in range(self.list.count())]
        return [item.data(_KEY) for item in items if item.checkState() is Qt.CheckState.Checked]

    def _tell(self) -> None:
        self.chosen.emit(self.keys())

    def _usual(self) -> None:
        self._fill([key for key in USUAL if key in self._every])
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if is_press(event):
            steps: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
                self._move(steps[event.key()])
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        place = self.list.currentRow()
        if 0 <= place + step < self.list.count():
            item = self.list.takeItem(place)
            self.list.insertItem(place + step, item)
            self.list.setCurrentRow(place + step)
            self._tell()
