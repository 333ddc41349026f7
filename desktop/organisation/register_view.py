"""A register on the page: search, the list or tree, and the form beside it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QItemSelectionModel, QRectF, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QTreeView,
    QWidget,
)

from ecofolio.errors import EcofolioError
from ecofolio.organisation.record_editor import RecordEditor
from ecofolio.organisation.register import Entry, Register
from ecofolio.organisation.register_model import RegisterModel
from ecofolio.text import _
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.theme import Space, in_force

_EDITOR_WIDTH = 340


class _Flat(QStyledItemDelegate):
    """Cells without a selection and a focus frame of their own: the row has both."""

    def initStyleOption(self, option, index) -> None:
        super().initStyleOption(option, index)
        option.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus)


class RegisterTree(QTreeView):
    """The list or tree. Its columns share the width until a person sets one."""

    def __init__(self, model: RegisterModel) -> None:
        super().__init__()
        self._heads = model.heads
        self._shares = True
        self.setProperty("role", "register")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setModel(model)
        self.setItemDelegate(_Flat(self))
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.sectionResized.connect(self._resized)

    def drawRow(self, painter, option, index) -> None:
        if self.selectionModel().isSelected(index):
            painter.fillRect(option.rect, in_force().colour("soft"))
        super().drawRow(painter, option, index)
        if self.hasFocus() and index.internalId() == self.currentIndex().internalId():
            paint_focus(painter, QRectF(option.rect))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        if self._shares:
            self._share()

    def _share(self) -> None:
        """Figures keep their width, words share the rest by their usual widths."""
        figures = sum(head.width for head in self._heads if head.is_number)
        words = sum(head.width for head in self._heads if not head.is_number)
        room = max(self.viewport().width() - figures, 200)
        header = self.header()
        header.blockSignals(True)
        for n, head in enumerate(self._heads):
            wide = head.width if head.is_number else room * head.width // words
            header.resizeSection(n, wide)
        header.blockSignals(False)
        self.viewport().update()

    def _resized(self) -> None:
        self._shares = False


class RegisterView(QWidget):
    """One tab. `counted` follows every reading."""

    counted = Signal()

    def __init__(self, context: PageContext, register: Register) -> None:
        super().__init__()
        self.context, self.register = context, register
        self.writable = not context.workspace.read_only
        self.model = RegisterModel(register, self)
        self.tree = self._make_tree()
        self.editor = RecordEditor(register, writable=self.writable)
        self._empty = self._make_empty()
        self._nothing = EmptyState("search", _("Nothing is called like that"))
        self._stack = QStackedWidget()
        for widget in (self.tree, self._empty, self._nothing):
            self._stack.addWidget(widget)
        panel = Panel(flush=True)
        panel.body.setContentsMargins(1, 1, 1, 1)
        panel.add(self._stack)
        side = Panel(flush=True)
        side.body.setContentsMargins(1, 1, 1, 1)
        side.add(self.editor)
        side.setFixedWidth(_EDITOR_WIDTH)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.M)
        layout.addWidget(panel, 1)
        layout.addWidget(side)
        self._connect()

    def _make_tree(self) -> RegisterTree:
        tree = RegisterTree(self.model)
        tree.setAccessibleName(self.register.label)
        tree.setRootIsDecorated(self.register.is_tree)
        tree.setIndentation(18 if self.register.is_tree else 0)
        if not self.register.is_ordered:
            tree.header().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            tree.header().setSortIndicatorClearable(True)
            tree.setSortingEnabled(True)
        return tree

    def _make_empty(self) -> EmptyState:
        action = _(self.register.add_words) if self.writable else ""
        return EmptyState("building-2", _(self.register.empty_words), action, self.start_new)

    def _connect(self) -> None:
        self.tree.selectionModel().currentChanged.connect(self._show_chosen)
        self.tree.activated.connect(lambda _index: self._edit_first())
        self.editor.added.connect(self._add)
        self.editor.changed.connect(self._change)
        self.editor.deleted.connect(self._delete)
        self.editor.moved.connect(self._move)
        self.editor.cancelled.connect(self._give_up)
        self.editor.opened.connect(self._open)
        self.context.theme.changed.connect(self._measure)

    # --- reading -----------------------------------------------------------------------------

    @property
    def chosen(self) -> Entry | None:
        """The entry that is selected."""
        return self.model.entry(self.tree.currentIndex())

    def refresh(self) -> None:
        """Read again; selection and open branches stay."""
        with self.context.workspace.read() as connection:
            entries = self.register.read(connection)
        first = not self.model.total
        with _Kept(self, open_all=first):
            self.model.fill(entries)
        self._show_state()
        self.counted.emit()

    def search(self, text: str) -> None:
        """Show what holds every word of `text`."""
        with _Kept(self, open_all=bool(text.strip()) or not self.model.found):
            self.model.search(text)
        self._show_state()

    def select(self, identity: int) -> bool:
        """Select an entry; False where it is not shown."""
        index = self.model.index_of(identity)
        if not index.isValid():
            return False
        self.tree.setCurrentIndex(index)
        self.tree.scrollTo(index)
        return True

    def _show_state(self) -> None:
        shown = self.tree if self.model.found else self._nothing
        self._stack.setCurrentWidget(shown if self.model.total else self._empty)

    def _show_chosen(self) -> None:
        if not self.editor.is_new:
            self.editor.show_entry(self.chosen)

    def _measure(self) -> None:
        self.tree.doItemsLayout()

    def _edit_first(self) -> None:
        for made in self.editor.inputs.values():
            if made.isEnabled():
                made.setFocus()
                return

    # --- writing -----------------------------------------------------------------------------

    def start_new(self) -> None:
        """Take down a new record in the form."""
        self.editor.start_new(self.register.fresh(self.chosen))

    def _add(self, values: dict[str, Any]) -> None:
        made: list[int] = []
        if not self._try(lambda work: made.append(self.register.add(work, values))):
            return
        self.editor.show_entry(None)
        self.refresh()
        self.select(made[0])
        self.editor.show_entry(self.chosen)
        self.context.notify(_("Added: {name}").format(name=values["name"].strip()), undo=True)

    def _change(self, values: dict[str, Any]) -> None:
        entry = self.editor.entry
        if entry is None:
            return
        if not self._try(self.register.change, entry.id, values, entry.version):
            return
        self.refresh()
        self.editor.accept(self.model.by_id(entry.id))

    def _delete(self) -> None:
        entry = self.editor.entry
        if entry is None or not self._try(self.register.delete, entry.id):
            return
        self.editor.show_entry(None)
        self.refresh()
        self.editor.show_entry(self.chosen)
        self.context.notify(_("Deleted: {name}").format(name=entry.name), undo=True)

    def _move(self, by: int) -> None:
        entry = self.editor.entry
        if entry is not None and self._try(self.register.move, entry.id, by):
            self.refresh()

    def _try(self, action: Any, *arguments: Any) -> bool:
        """Do something; False where it was refused, with the reason in the form."""
        try:
            self.context.workspace.do(action, *arguments)
        except EcofolioError as error:
            self.editor.refuse(str(error))
            return False
        return True

    def _give_up(self) -> None:
        self.editor.show_entry(None)
        self.editor.show_entry(self.chosen)
        self.tree.setFocus()

    def _open(self) -> None:
        entry = self.editor.entry
        if entry is not None:
            everything = type(self.context.scope.value)()
            self.context.show_rows(everything.replace(**self.register.scope(entry)))


class _Kept:
    """Keeps the selection and the open branches of a tree while its entries are laid anew."""

    def __init__(self, view: RegisterView, *, open_all: bool) -> None:
        self._view, self._open_all = view, open_all

    def __enter__(self) -> None:
        tree, model = self._view.tree, self._view.model
        chosen = self._view.chosen
        self._chosen = chosen.id if chosen else None
        self._row = tree.currentIndex().row()
        self._closed = {one for one in model.parents() if not tree.isExpanded(model.index_of(one))}
        self._scroll = tree.verticalScrollBar().value()

    def __exit__(self, *_error: object) -> None:
        tree, model = self._view.tree, self._view.model
        tree.expandAll()
        if not self._open_all:
            for one in self._closed:
                tree.collapse(model.index_of(one))
        index = model.index_of(self._chosen or 0)
        if not index.isValid():
            index = model.index(max(0, min(self._row, model.rowCount() - 1)), 0)
        choose = QItemSelectionModel.SelectionFlag.ClearAndSelect
        tree.selectionModel().setCurrentIndex(
            index, choose | QItemSelectionModel.SelectionFlag.Rows
        )
        tree.verticalScrollBar().setValue(self._scroll)
        if not self._view.editor.is_new:
            self._view.editor.show_entry(self._view.chosen)
