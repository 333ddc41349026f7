"""The cards behind a mark of a chart: choosing one goes to it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QListWidget, QWidget

from ecofolio.boards import queries
from ecofolio.boards.trash_dialog import fill
from ecofolio.text import _, ngettext
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space


class CardsDialog(QDialog):
    """Lists cards; `wanted(id)` is the one to be shown."""

    wanted = Signal(int)

    def __init__(
        self,
        context: PageContext,
        ids: list[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = ngettext("{n} card", "{n} cards", len(ids)).format(n=len(ids))
        self.setWindowTitle(text)
        self.resize(480, 400)
        with context.workspace.read() as connection:
            found = queries.cards(connection, ids)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Cards"))
        self.list.setProperty("framed", True)
        fill(self.list, found)
        self.list.itemActivated.connect(lambda _item: self.go())
        self.go_button = button(_("Go to the card"), self.go, primary=True)
        self.go_button.setDefault(True)
        layout = column(
            label(text, "title"),
            self.list,
            row(None, button(_("Close"), self.reject), self.go_button),
        )
        layout.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.setLayout(layout)
        if found:
            self.list.setCurrentRow(0)
        self.list.setFocus()

    def go(self) -> None:
        """Show the current card on its board."""
        item = self.list.currentItem()
        if item is not None:
            identity = item.data(Qt.ItemDataRole.UserRole)
            self.accept()
            self.wanted.emit(identity)
