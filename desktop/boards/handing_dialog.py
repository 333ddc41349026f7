"""Where cards go: another board and a column of it, to be moved there or copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from ecofolio.boards import actions, handing, queries
from ecofolio.boards.queries import BoardRow
from ecofolio.errors import EcofolioError
from ecofolio.text import _, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import SearchField, button, column, label, row
from ecofolio.widgets.theme import Space

_BOARD = Qt.ItemDataRole.UserRole


class HandingDialog(QDialog):
    """Asks and writes; `done_with` says in a sentence what was done."""

    done_with = Signal(str)

    def __init__(
        self,
        context: PageContext,
        cards: Sequence[queries.CardRow],
        kinds: set[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._kinds = context, kinds
        self._ids = [card.id for card in cards]
        self._here = cards[0].board_id
        with context.workspace.read() as connection:
            self._boards = {one.id: one for one in queries.boards(connection)}
        title = ngettext("Move or copy {n} card", "Move or copy {n} cards", len(cards))
        self.setWindowTitle(title.format(n=len(cards)))
        self.resize(480, 440)
        self.search = SearchField(_("Find boards"))
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Boards"))
        self.list.setProperty("framed", True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.columns = QComboBox()
        self.columns.setAccessibleName(_("Column"))
        self.columns.setPlaceholderText(_("Choose a column"))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(_("Why it can not wait"))
        self.reason.setAccessibleName(_("Reason"))
        self.reason.hide()
        self.message = InlineMessage()
        self.copy = button(_("Copy"), self._copy)
        self.move_button = button(_("Move"), self._move, primary=True)
        self.move_button.setDefault(True)
        self.list.currentItemChanged.connect(lambda *_all: self._show_columns())
        self.columns.currentIndexChanged.connect(lambda _n: self._may())
        into = row(label(_("Column"), "muted"), self.columns)
        into.setStretch(1, 1)
        foot = row(button(_("Cancel"), self.reject), None, self.copy, self.move_button)
        head = label(self.windowTitle(), "title")
        layout = column(head, self.search, self.list, into, self.reason, self.message, foot)
        layout.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.setLayout(layout)
        self._fill()

    def _fill(self) -> None:
        """The other boards, and this one last: a card may be copied within it."""
        for one in sorted(self._boards.values(), key=lambda one: one.id == self._here):
            item = QListWidgetItem(f"{one.name} · {one.squad}", self.list)
            item.setData(_BOARD, one.id)
        self.list.setCurrentRow(0)

    def _find(self, text: str) -> None:
        words = text.casefold().split()
        shown = []
        for n in range(self.list.count()):
            item = self.list.item(n)
            item.setHidden(any(word not in item.text().casefold() for word in words))
            if not item.isHidden():
                shown.append(n)
        if shown and self.list.currentRow() not in shown:
            self.list.setCurrentRow(shown[0])

    @property
    def board(self) -> BoardRow | None:
        """The board that is chosen."""
        item = self.list.currentItem()
        return self._boards[item.data(_BOARD)] if item is not None else None

    def _show_columns(self) -> None:
        self.columns.clear()
        self.message.hide()
        self.reason.hide()
        if self.board is None:
            return
        with self._context.workspace.read() as connection:
            found = queries.columns(connection, self.board.id)
        for one in found:
            self.columns.addItem(one.name, one.id)
        usual = handing.usual_column(self._kinds, found)
        self.columns.setCurrentIndex(self.columns.findData(usual) if usual is not None else -1)
        self._may()

    def _may(self) -> None:
        chosen = self.columns.currentIndex() >= 0
        self.copy.setEnabled(chosen)
        self.move_button.setEnabled(chosen and self.board is not None and not self._is_here())

    def _is_here(self) -> bool:
        return self.board is not None and self.board.id == self._here

    def _move(self) -> None:
        text = ngettext("{n} card moved to {board}", "{n} cards moved to {board}", len(self._ids))
        self._do(actions.hand_over, text)

    def _copy(self) -> None:
        text = ngettext("{n} card copied to {board}", "{n} cards copied to {board}", len(self._ids))
        self._do(actions.copy_cards, text)

    def _do(self, action: Callable[..., object], text: str) -> None:
        board, reason = self.board, self.reason.text().strip() or None
        if board is None:
            return
        given = self._ids, board.id, self.columns.currentData()
        try:
            self._context.workspace.do(action, *given, reason=reason)
        except EcofolioError as error:
            self.message.say(str(error), "amber")
            self.reason.setVisible(board.blocks)
            return
        self.accept()
        self.done_with.emit(text.format(n=len(self._ids), board=board.name))

    def eventFilter(self, watched, event: QEvent) -> bool:
        # while one types, arrows go through what is found
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up)
        ):
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)
