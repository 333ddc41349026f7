"""What was done in the programme, newest first: when, by whom, what; each can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStackedWidget, QTableView, QWidget

from ecofolio.text import _, ngettext, tip
from ecofolio.widgets.page import Page, PageContext
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import PageHead, button, column
from ecofolio.widgets.theme import Space

if TYPE_CHECKING:
    from ecofolio.store.journal import Entry

_AT_MOST = 2000


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self.heads = (_("When"), _("Who"), _("What was done"))

    def fill(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent=None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def columnCount(self, parent=None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.heads)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        entry = self.entries[index.row()]
        text = (_moment(entry.at), entry.actor, entry.label)[index.column()]
        return tip(text) if role == Qt.ItemDataRole.ToolTipRole else text


def _moment(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


class HistoryPage(Page):
    """The journal as a table."""

    icon_name = "history"
    wants_scope = False

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._take_back = button(_("Undo this change"), self._undo, icon="undo-2")
        self._head = PageHead(self.title, "", self._take_back)
        self._model = _Model(self)
        self.table = self._table()
        self._empty = EmptyState(
            "history",
            _("Nothing was done yet"),
            explanation=_("Every change is written down here, and each can be undone."),
        )
        panel = Panel(flush=True)
        panel.body.setContentsMargins(1, 1, 1, 1)
        panel.add(self.table)
        self._stack = QStackedWidget()
        self._stack.addWidget(panel)
        self._stack.addWidget(self._empty)
        layout = column(self._head, spacing=Space.M)
        layout.addWidget(self._stack, 1)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        context.theme.changed.connect(self._measure)

    @property
    def title(self) -> str:
        return _("History")

    def refresh(self) -> None:
        """Read the journal again, keeping the chosen entry."""
        from ecofolio.store import journal

        chosen = self._chosen()
        with self.context.workspace.read() as connection:
            entries = journal.entries(connection, limit=_AT_MOST)
        self._model.fill(entries)
        self._stack.setCurrentIndex(0 if entries else 1)
        n = len(entries)
        self._head.set_sentence(
            ngettext("{n} change, newest first", "{n} changes, newest first", n).format(n=n)
        )
        kept = [i for i, entry in enumerate(entries) if chosen and entry.id == chosen.id]
        self.table.selectRow(kept[0] if kept else 0)
        self._show_action()

    def first_focus(self) -> QWidget:
        return self.table

    def _table(self) -> QTableView:
        table = QTableView()
        table.setProperty("framed", False)
        table.setAccessibleName(_("History"))
        table.setModel(self._model)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(0, 150)
        table.setColumnWidth(1, 160)
        table.verticalHeader().setDefaultSectionSize(self.context.theme.row_height)
        table.selectionModel().currentChanged.connect(self._show_action)
        return table

    def _measure(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(self.context.theme.row_height)

    def _chosen(self) -> Entry | None:
        row = self.table.currentIndex().row()
        return self._model.entries[row] if 0 <= row < len(self._model.entries) else None

    def _show_action(self) -> None:
        chosen = self._chosen()
        writable = not self.context.workspace.read_only
        self._take_back.setEnabled(bool(chosen and chosen.kind != "setup" and writable))

    def _undo(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        self.context.runner.start(
            lambda progress, cancelled: self.context.workspace.undo(chosen.id),
            title=_("Undoing"),
            cancellable=False,
            on_done=lambda entry: self.context.notify(
                _("Undone: {label}").format(label=entry.label), undo=True
            ),
        )
