"""The trash of a board, and the cards behind a point of a chart: lists of cards to act on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QListWidget, QListWidgetItem, QWidget

from ecofolio.boards import actions, queries
from ecofolio.errors import EcofolioError
from ecofolio.text import _, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space

_CARD = Qt.ItemDataRole.UserRole


class TrashDialog(QDialog):
    """Restores cards, or deletes all for good."""

    def __init__(self, context: PageContext, board_id: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._board = context, board_id
        self.setWindowTitle(_("Trash"))
        self.resize(520, 420)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Cards in the trash"))
        self.list.setProperty("framed", True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.itemActivated.connect(lambda _item: self.restore())
        self.message = InlineMessage()
        self.count = label("", "muted")
        self.restore_button = button(_("Restore"), self.restore, primary=True)
        self.empty_button = button(_("Empty the trash"), self.empty, danger=True)
        layout = column(
            label(_("Trash"), "title"),
            self.count,
            self.list,
            self.message,
            row(
                self.empty_button,
                None,
                button(_("Close"), self.accept),
                self.restore_button,
            ),
        )
        layout.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.setLayout(layout)
        self._show()

    def _show(self) -> None:
        with self._context.workspace.read() as connection:
            found = queries.trashed(connection, self._board)
        fill(self.list, found)
        text = ngettext("{n} card", "{n} cards", len(found)).format(n=len(found))
        self.count.setText(text if found else _("The trash is empty."))
        for part in (self.restore_button, self.empty_button):
            part.setEnabled(bool(found) and not self._context.workspace.read_only)
        if found:
            self.list.setCurrentRow(0)

    def _do(self, action, *given) -> None:
        try:
            self._context.workspace.do(action, *given)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self.message.hide()
        self._show()

    def restore(self) -> None:
        """Put the selected cards back on the board."""
        ids = [item.data(_CARD) for item in self.list.selectedItems()]
        if ids:
            self._do(actions.restore, ids)

    def empty(self) -> None:
        """Delete everything in the trash; undo brings it back."""
        self._do(actions.empty_trash, self._board)


def fill(listed: QListWidget, cards: Sequence[queries.CardRow]) -> None:
    """Show cards in a list."""
    listed.clear()
    for card in cards:
        item = QListWidgetItem(card.title, listed)
        item.setData(_CARD, card.id)
