"""The table of initiatives: selection by identity, keys, copying and pasting, edit in place."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QToolTip,
    QWidget,
)

from ecofolio.errors import InputError
from ecofolio.initiatives.cell_delegate import CellDelegate
from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.header_view import TableHeader
from ecofolio.initiatives.pinned_view import PinnedTable
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.initiatives.table_model import InitiativeTableModel
from ecofolio.initiatives.typed import Reading
from ecofolio.text import _, tip
from ecofolio.widgets.keys import is_claim
from ecofolio.widgets.theme import in_force

if TYPE_CHECKING:
    from ecofolio.initiatives import field_editors as editors

_TRIGGER = QAbstractItemView.EditTrigger
_FLAG = QItemSelectionModel.SelectionFlag
_WIDEST = 280

Write = Callable[[InitiativeRow, Column, Hashable], str]


class InitiativeTable(PinnedTable):
    """Shows a model of initiatives. `write(row, column, value)` writes an edit and returns the
    sentence why it was refused, or nothing."""

    selected = Signal()  # other initiatives are selected
    refused = Signal(str)  # a sentence
    closed = Signal()  # no cell is being edited any more
    keyed = Signal(str)  # copy, copy_heads, paste, clear, delete, find, new, duplicate
    health_wanted = Signal(QModelIndex)
    menu_wanted = Signal(QPoint)
    pinned_keys = ("code", "name")

    def __init__(
        self,
        model: InitiativeTableModel,
        reading: Reading,
        write: Write,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.table_model, self.reading, self._write = model, reading, write
        self.selected_lines: set[int] = set()
        self.hovered_line = -1
        self.is_block = False
        self._kept: tuple[set[int], int | None, str, int] = (set(), None, "", 0)
        self._moving = False
        self.setAccessibleName(_("Initiatives"))
        self.header = TableHeader(model, self)
        self.setHorizontalHeader(self.header)
        # a head sorts: Qt would have it select the whole column as well
        self.header.sectionPressed.disconnect()
        self.header.sectionEntered.disconnect()
        self.setModel(model)
        self._delegate = CellDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            _TRIGGER.DoubleClicked | _TRIGGER.EditKeyPressed | _TRIGGER.AnyKeyPressed
        )
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wanted)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._set_density()
        in_force().changed.connect(self._set_density)
        model.rearranging.connect(self._keep)
        model.rearranged.connect(self._take_up)

    def _set_density(self) -> None:
        self.verticalHeader().setMinimumSectionSize(in_force().row_height)
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)

    def key_of(self, column: int) -> str:
        return self.table_model.shown[column].key

    # --- what is selected --------------------------------------------------------------------

    def selected_ids(self) -> list[int]:
        """The selected initiatives, from top to bottom."""
        rows = (self.table_model.row_at(line) for line in sorted(self.selected_lines))
        return [row.id for row in rows if row is not None]

    def selected_rows(self) -> list[InitiativeRow]:
        """The rows of the selected initiatives, from top to bottom."""
        rows = (self.table_model.row_at(line) for line in sorted(self.selected_lines))
        return [row for row in rows if row is not None]

    def selected_columns(self) -> list[Column]:
        """The columns in which something is selected, from left to right."""
        found: set[int] = set()
        for span in self.selectionModel().selection().toList():
            found.update(range(span.left(), span.right() + 1))
        ordered = sorted(found, key=self.header.visualIndex)
        return [self.table_model.shown[number] for number in ordered]

    def columns_in_view(self) -> list[Column]:
        """All shown columns, from left to right."""
        ordered = sorted(range(len(self.table_model.shown)), key=self.header.visualIndex)
        return [self.table_model.shown[number] for number in ordered]

    def select(self, identities: set[int], current: int | None = None, key: str = "") -> None:
        """Select initiatives where they are shown, with the keyboard on `current`."""
        model, selection = self.table_model, QItemSelection()
        column = model.column_of(key)
        number = self.header.logicalIndex(0) if column is None else column
        lines = model.lines_of(identities)
        for first, last in _runs(lines):
            selection.select(model.index(first, number), model.index(last, number))
        line = None if current is None else model.line_of(current)
        if line is None and lines:
            line = lines[0]
        chosen = self.selectionModel()
        if line is not None:
            chosen.setCurrentIndex(model.index(line, number), _FLAG.NoUpdate)
        chosen.select(selection, _FLAG.ClearAndSelect)

    def show_line(self, identity: int) -> bool:
        """Select one initiative and scroll to it; False where it is not shown."""
        line = self.table_model.line_of(identity)
        if line is None:
            return False
        self.select({identity}, identity)
        self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.EnsureVisible)
        return True

    def selectionChanged(self, selected, deselected) -> None:
        super().selectionChanged(selected, deselected)
        if not self._moving:
            self._look_at_selection()

    def _look_at_selection(self) -> None:
        lines: set[int] = set()
        cells = 0
        for span in self.selectionModel().selection().toList():
            lines.update(range(span.top(), span.bottom() + 1))
            cells += span.width() * span.height()
        self.is_block = cells > len(lines) or (cells > 1)
        if lines != self.selected_lines:
            self.selected_lines = lines
            self.selected.emit()
        self.viewport().update()

    def _keep(self) -> None:
        """Remember by identity what is selected and where the table is scrolled to."""
        self._moving = True
        row = self.table_model.row_at(self.currentIndex().row())
        column = self.currentIndex().column()
        shown = self.table_model.shown
        key = shown[column].key if 0 <= column < len(shown) else ""
        scrolled = self.verticalScrollBar().value()
        self._kept = (set(self.selected_ids()), row.id if row else None, key, scrolled)

    def _take_up(self) -> None:
        ids, current, key, scrolled = self._kept
        if ids or current is not None:
            self.select(ids, current, key)
        self.verticalScrollBar().setValue(scrolled)
        self._moving = False
        self.selected_lines = {-1}  # other lines now, whatever they were
        self._look_at_selection()

    # --- editing -----------------------------------------------------------------------------

    def edit(self, index: QModelIndex, *more: Any) -> Any:
        if not more:  # the slot of one argument
            super().edit(index)
            return None
        trigger = more[0]
        if (
            trigger is not _TRIGGER.NoEditTriggers
            and index.isValid()
            and trigger & self.editTriggers()
            and self.table_model.row_at(index.row()) is not None
            and self.table_model.shown[index.column()].key == "light"
        ):
            self.health_wanted.emit(index)
            return True
        opened = super().edit(index, *more)
        if opened and self.is_editing:
            self.table_model.hold(True)
        if not opened:
            return False
        from ecofolio.initiatives import field_editors as editors

        editor = self.indexWidget(index)
        if isinstance(editor, editors.ChoiceEditor | editors.PopupEditor):
            QTimer.singleShot(0, editor, lambda: editors.begin(editor))
        return True

    @property
    def is_editing(self) -> bool:
        """Whether an editor is open in a cell."""
        return self.state() is QAbstractItemView.State.EditingState

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        self.table_model.hold(False)
        super().closeEditor(editor, hint)
        if not self.is_editing:
            self.closed.emit()

    def edit_here(self) -> None:
        """Edit the cell where the keyboard is."""
        self.edit(self.currentIndex(), _TRIGGER.EditKeyPressed, QEvent(QEvent.Type.None_))

    def write_from(self, editor: editors.Editor) -> str:
        """Write an editor's value into its cell; the sentence why not, or nothing."""
        row = self.table_model.arrangement.row_of(editor.property("initiative"))
        column = self.table_model.arrangement.columns[editor.property("column")]
        try:
            value = editor.value()
        except InputError as error:
            return str(error)
        if row is None or value == column.value(row):
            return ""
        return self._write(row, column, value)

    def explain(self, sentence: str, at: QPoint) -> None:
        """Say why a value was refused, at the cell."""
        QToolTip.showText(self.mapToGlobal(at), tip(sentence), self)
        self.refused.emit(sentence)

    # --- keys and mouse ----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = _command(event)
        group = self.table_model.group_at(self.currentIndex().row())
        if group is not None and event.key() in _FOLDING:
            self.toggle(group)
        elif command:
            self.keyed.emit(command)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_here()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif event.key() == Qt.Key.Key_Space and event.modifiers():
            self._select_whole_rows()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # keys that the window has commands for as well, but that mean cells while one is here
        if is_claim(event) and _command(event):
            event.accept()
            return True
        return super().event(event)

    def toggle(self, group: int) -> None:
        """Fold a group away or open it."""
        line = self.currentIndex().row()
        self.table_model.rearrange(lambda arrangement: arrangement.toggle(group))
        self.setCurrentIndex(self.table_model.index(line, max(0, self.header.logicalIndex(0))))

    def _select_whole_rows(self) -> None:
        selection, last = QItemSelection(), len(self.table_model.shown) - 1
        for first, final in _runs(sorted(self.selected_lines)):
            selection.select(self.table_model.index(first, 0), self.table_model.index(final, last))
        self.selectionModel().select(selection, _FLAG.ClearAndSelect)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        group = self.table_model.group_at(self.rowAt(event.position().toPoint().y()))
        if group is not None and event.button() is Qt.MouseButton.LeftButton:
            self.setCurrentIndex(self.indexAt(event.position().toPoint()))
            self.toggle(group)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, line: int) -> None:
        if line != self.hovered_line:
            for one in (self.hovered_line, line):
                if one >= 0:
                    y, height = self.rowViewportPosition(one), self.rowHeight(one)
                    self.viewport().update(0, y, self.viewport().width(), height)
            self.hovered_line = line

    # --- columns -----------------------------------------------------------------------------

    def fit_columns(self, widths: dict[str, int] | None = None) -> None:
        """Give each column its kept width, or what the rows in view need."""
        widths = widths or {}
        model, delegate = self.table_model, self._delegate
        count = min(model.rowCount(), self.viewport().height() // in_force().row_height + 1)
        top = max(0, self.rowAt(0))
        for number, column in enumerate(model.shown):
            width = widths.get(column.key)
            if width is None:
                needs = [
                    delegate.wanted_width(model.index(line, number))
                    for line in range(top, min(top + count, model.rowCount()))
                ]
                head = self.header.fontMetrics().horizontalAdvance(column.head or column.title)
                width = min(_WIDEST, max([head + 26, *needs, 48]))
            self.setColumnWidth(number, int(width))

    def widths(self) -> dict[str, int]:
        """The width of each shown column in pixels."""
        shown = self.table_model.shown
        return {column.key: self.columnWidth(number) for number, column in enumerate(shown)}


_FOLDING = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Space,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
)


def _command(event: QKeyEvent) -> str:
    """What a key means in the table, by name; nothing for the usual keys."""
    if event.matches(QKeySequence.StandardKey.Copy):
        return "copy"
    if event.matches(QKeySequence.StandardKey.Paste):
        return "paste"
    control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
    if event.key() == Qt.Key.Key_C and event.modifiers() == (
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    ):
        return "copy_heads"
    if event.key() == Qt.Key.Key_Delete:
        return "delete" if control else "clear"
    if event.key() == Qt.Key.Key_N and control:
        return "new"
    if event.key() == Qt.Key.Key_D and control:
        return "duplicate"
    return ""


def _runs(lines: list[int]) -> list[tuple[int, int]]:
    """Ascending numbers as first and last of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    return runs
