"""The page of boards: one board with its tools, the card inspector beside it, stand-up and flow."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ecofolio.boards import layout as boards
from ecofolio.boards import queries
from ecofolio.boards.ask_panel import AskPanel
from ecofolio.boards.board_menus_view import (
    KeyHelp,
    card_menu,
    column_menu,
    lane_menu,
    more_menu,
)
from ecofolio.boards.filters import CardFilter
from ecofolio.boards.frame_page import BoardFramePage
from ecofolio.text import _
from ecofolio.widgets.keys import is_claim
from ecofolio.widgets.page import PageContext


class BoardsPage(BoardFramePage):
    """A board and everything that is done on it."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.wall.menu_wanted.connect(self._open_menu)
        self.wall.column_menu_wanted.connect(self._open_column_menu)
        self.wall.lane_menu_wanted.connect(lambda lane, at: lane_menu(self, lane, at))
        self.wall.lanes_ordered.connect(self._order_lanes)
        self.tools.lanes_wanted.connect(self.set_lanes)
        self.tools.colour_wanted.connect(self._set_colour)
        self.tools.filtered.connect(self._set_filter)
        self.tools.save_wanted.connect(self._save_filter)
        self.tools.forget_wanted.connect(self._forget_filter)

    # --- commands ----------------------------------------------------------------------------

    def command(self, name: str) -> None:
        """Do what a key or a button asks for, with the chosen cards."""
        ids = self.wall.chosen_ids()
        commands = {
            "new": lambda: self._new_cards(),
            "edit": self._edit,
            "block": lambda: self.editor.block(ids),
            "assign": lambda: self.editor.assign(ids),
            "trash": lambda: self.editor.trash(ids),
            "hand_over": lambda: self.editor.hand_over(ids),
            "filter": self._find,
            "undo": self.editor.undo,
            "help": self._help,
        }
        if self.context.workspace.read_only and name not in ("filter", "help", "edit"):
            self.message.say(self.context.workspace.read_only, "amber")
            return
        commands[name]()

    def _new_cards(self) -> None:
        if self.part != "board":
            self.show_part("board")
        place = self.wall.wall.place_of(self.wall.currentIndex().row())
        self.editor.add(place.column if place is not None else None)

    def _edit(self) -> None:
        if self.wall.chosen_ids():
            self.show_inspector(True)
            self.card.edit()

    def _find(self) -> None:
        self.tools.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.tools.search.selectAll()

    def _help(self) -> None:
        KeyHelp(self).open_below(self.more_button)

    def _open_menu(self, at: QPoint) -> None:
        card_menu(self, at)

    def _open_column_menu(self, column_id: int, at: QPoint) -> None:
        column_menu(self, column_id, at)

    def open_more(self) -> None:
        """What can be done with the board as a whole."""
        corner = self.more_button.rect().bottomLeft()
        more_menu(self, self.more_button.mapToGlobal(corner))

    def set_lanes(self, by: str) -> None:
        """Let something else make the lanes."""
        view = self.desk.view
        if view is None:
            return
        field = next((one.id for one in view.fields if one.lanes), None)
        if field is None:
            field = next((one.id for one in view.fields if one.type == "choice"), None)
        self.editor.do(boards.set_lanes, view.board.id, by, field)

    def _order_lanes(self, keys: list[str]) -> None:
        self.editor.do(boards.order_lanes, self.desk.board_id, keys)

    def _set_colour(self, key: str) -> None:
        self.wall.delegate.colour_by = key
        self.tools.show_colour(key)
        self.wall.viewport().update()
        self.keep_layout()

    def _set_filter(self, wanted: CardFilter) -> None:
        self.desk.set_filter(wanted)
        self.wall.dims = wanted.dims
        self.wall.rebuild()

    def _forget_filter(self, identity: int) -> None:
        self.editor.do(boards.delete_filter, identity)
        self.show_all()

    def _save_filter(self) -> None:
        board_id, spec = self.desk.board_id, self.desk.filter.as_json()
        if board_id is None:
            return

        def keep(name: str) -> None:
            self.context.workspace.do(boards.save_filter, board_id, name, spec)
            self.show_all()

        panel = AskPanel(
            self.tools.more, _("Save this filter"), _("Save"), keep, hint=_("A name for it")
        )
        panel.open_at(self.tools.more.rect(), self.tools.more)

    # --- dialogs -----------------------------------------------------------------------------

    def new_board(self) -> None:
        """Ask for a new board and open it."""
        from ecofolio.boards.new_board_dialog import NewBoardDialog

        view = self.desk.view
        dialog = NewBoardDialog(self.context, view.board if view is not None else None, self)
        dialog.made.connect(self.open_board)
        dialog.open()

    def import_board(self) -> None:
        """Ask for a board's file, bring it in and open it."""
        from ecofolio.boards.exchange.import_dialog import ImportDialog

        if self.context.workspace.read_only:
            self.message.say(self.context.workspace.read_only, "amber")
            return
        view = self.desk.view
        dialog = ImportDialog(self.context, view.board.squad_id if view is not None else None, self)
        dialog.made.connect(lambda board: self.open_board(board, again=True))
        dialog.open()

    def export_board(self) -> None:
        """Ask where, and write the board as a workbook, a list or Ecofolio's own JSON."""
        from ecofolio.boards.exchange.export_dialog import ask

        view = self.desk.view
        if view is None:
            self.message.say(_("There is no board to export yet."), "amber")
            return
        ask(self.context, view.board, self.message, self)

    def open_settings(self) -> None:
        """Change columns, limits, lanes and fields."""
        from ecofolio.boards.settings_dialog import SettingsDialog

        if self.desk.board_id is not None:
            dialog = SettingsDialog(self.context, self.desk.board_id, self)
            dialog.finished.connect(lambda _result: self.refresh())
            dialog.open()

    def open_trash(self) -> None:
        """Look into the trash."""
        from ecofolio.boards.trash_dialog import TrashDialog

        if self.desk.board_id is not None:
            dialog = TrashDialog(self.context, self.desk.board_id, self)
            dialog.finished.connect(lambda _result: self.refresh())
            dialog.open()

    def open_sprints(self) -> None:
        """Plan, begin and close sprints."""
        from ecofolio.boards.sprints_dialog import SprintsDialog

        if self.desk.board_id is not None:
            dialog = SprintsDialog(self.context, self.desk.board_id, self)
            dialog.wanted.connect(lambda card: self.show_record("card", card))
            dialog.finished.connect(lambda _result: self.refresh())
            dialog.open()

    # --- the window's contract ---------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # Ctrl+F means this board's search while one is on the page
        if is_claim(event) and _finds(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _finds(event):
            self._find()
        elif event.key() == Qt.Key.Key_Escape:
            self.wall.setFocus()
        else:
            super().keyPressEvent(event)

    def first_focus(self) -> QWidget | None:
        return self._empty or self._parts[self.part]

    def show_record(self, kind: str, record_id: int) -> bool:
        """Show a board, or a card on its board."""
        if kind == "board":
            self.open_board(record_id)
            return self.desk.board_id == record_id
        if kind != "card":
            return False
        with self.context.workspace.read() as connection:
            found = queries.cards(connection, [record_id])
        if not found:
            return False
        if self.part != "board":
            self.show_part("board")
        if found[0].board_id != self.desk.board_id:
            self.open_board(found[0].board_id)
        if not self.wall.show_card(record_id):
            self.tools.clear()
            if not self.wall.show_card(record_id):
                said = _("“{card}” is in the trash, or was finished long ago.")
                self.message.say(said.format(card=found[0].title), "amber")
                return False
        self.show_inspector(True)
        self.wall.setFocus()
        return True

    def has_open_work(self) -> bool:
        return self.card.has_open_work()

    # --- what is kept ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            **self.layout_state(),
            "selected": self.wall.selected_ids()[:500],
            "current": self.wall.current_id(),
            "filter": self.desk.filter.as_json(),
            "part": self.part,
            "tab": self.card.tabs.currentIndex(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.take_layout(state)
        board = state.get("board")
        if isinstance(board, int):
            self.open_board(board)
        if isinstance(state.get("filter"), str):
            wanted = CardFilter.from_json(state["filter"])
            self.tools.show_filter(wanted)
            self._set_filter(wanted)
        if isinstance(state.get("tab"), int):
            self.card.tabs.setCurrentIndex(state["tab"])
        selected, current = state.get("selected"), state.get("current")
        if isinstance(selected, list):
            ids = [one for one in selected if isinstance(one, int)]
            self.wall.select(ids, current if isinstance(current, int) else None)
        if state.get("part") in ("flow", "stand_up"):
            self.show_part(state["part"])


def _finds(event: QKeyEvent) -> bool:
    control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
    return bool(event.key() == Qt.Key.Key_F and control)
