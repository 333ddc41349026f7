"""What a person does to cards from the board: each command asks what it needs, and writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget

from ecofolio.boards import actions, queries
from ecofolio.boards.ask_panel import AskPanel
from ecofolio.boards.board_view import BoardWallView
from ecofolio.boards.carry_view import Drop
from ecofolio.boards.desk import BoardDesk
from ecofolio.errors import EcofolioError, InputError
from ecofolio.organisation.model import Person
from ecofolio.store.base import table_of
from ecofolio.text import _, ngettext
from ecofolio.widgets.choosers import Choice, MultiChoice
from ecofolio.widgets.page import PageContext


class CardEditor(QObject):
    """Writes; `said` is a sentence with its tone, and `written` that something was done."""

    said = Signal(str, str)
    written = Signal()

    def __init__(self, context: PageContext, desk: BoardDesk, wall: BoardWallView) -> None:
        super().__init__(wall)
        self._context, self._desk, self._wall = context, desk, wall
        self.popup: QWidget | None = None
        wall.carrier.dropped.connect(self.drop)

    def do(self, action: Callable[..., Any], *given: Any, **more: Any) -> str:
        """Run an action; returns the sentence why not, or nothing."""
        try:
            self._context.workspace.do(action, *given, **more)
        except EcofolioError as error:
            self.said.emit(str(error), "amber")
            self.written.emit()  # what was shown may be stale
            return str(error)
        self.written.emit()
        return ""

    # --- moving ------------------------------------------------------------------------------

    def drop(self, drop: Drop, reason: str | None = None) -> None:
        """Move cards to where they were dropped; a limit that blocks asks for a reason first."""
        view = self._desk.view
        if view is None:
            return
        lane = drop.lane if self._wall.wall.has_lanes else None
        ids = [one for one in drop.ids if one in self._desk.by_id]
        asks = view.board.blocks and reason is None
        if asks and self._desk.would_exceed(ids, drop.column, lane):
            self._ask_reason(drop)
            return
        seen = {one: self._desk.by_id[one].column_id for one in ids}
        sentence = self.do(
            actions.move_cards,
            ids,
            drop.column,
            before=drop.before,
            after=drop.after,
            lane=lane,
            reason=reason,
            seen=seen,
        )
        if not sentence:
            self._wall.select(ids, self._wall.current_id() or ids[0])

    def _ask_reason(self, drop: Drop) -> None:
        column = self._desk.column(drop.column)
        name = column.name if column is not None else ""

        def keep(text: str) -> None:
            if not text.strip():
                raise InputError(_("Give a reason to move it all the same."))
            self.drop(drop, text)

        panel = AskPanel(
            self._wall,
            _("“{column}” is at its limit").format(column=name),
            _("Move all the same"),
            keep,
            hint=_("Why it can not wait"),
            explanation=_("The reason is told in the history."),
        )
        self._open(panel, drop.ids[0])

    def move_to(self, ids: Sequence[int], column_id: int) -> None:
        """Move cards to the bottom of a column, each in its lane."""
        self.drop(Drop(list(ids), None, column_id, None, None))

    # --- adding ------------------------------------------------------------------------------

    def add(self, column_id: int | None = None) -> None:
        """Ask for cards, a line for each, and add them to a column, by default the first."""
        view = self._desk.view
        if view is None or not view.columns:
            return
        column = self._desk.column(column_id or 0) or view.columns[0]
        place = self._wall.wall.place_of(self._wall.currentIndex().row())
        lane = place.lane if place is not None and self._wall.wall.has_lanes else None

        def keep(text: str) -> None:
            made = self._context.workspace.do(
                actions.quick_add, view.board.id, text, column_id=column.id, lane=lane
            )
            self.written.emit()
            self._wall.show_card(made[-1])
            self._wall.setFocus()
            said = ngettext("{n} card added", "{n} cards added", len(made))
            self._context.notify(said.format(n=len(made)), undo=True)

        panel = AskPanel(
            self._wall,
            _("New cards in {column}").format(column=column.name),
            _("Add"),
            keep,
            hint=_("A line for each card; #word is a label"),
            several=True,
        )
        n = view.columns.index(column)
        head = self._wall.heads.heads[n]
        self.popup = panel
        panel.open_at(head.rect(), head)

    # --- blocking, people, trash -------------------------------------------------------------

    def block(self, ids: Sequence[int]) -> None:
        """Unblock cards that are all blocked; ask why others can not go on."""
        view = self._desk.view
        if view is None or not ids:
            return
        if all(one in view.blocked for one in ids):
            self.do(actions.unblock, ids)
            return
        reasons = dict.fromkeys(one.reason for one in view.blocked.values())

        def keep(text: str) -> None:
            self._context.workspace.do(actions.block, ids, text)
            self.written.emit()
            self._wall.setFocus()

        panel = AskPanel(
            self._wall,
            _("Why can it not go on?"),
            _("Block"),
            keep,
            hint=_("Waiting for what or whom"),
            suggestions=list(reasons),
        )
        self._open(panel, ids[0])

    def assign(self, ids: Sequence[int]) -> None:
        """Choose who works on cards: the squad's people first."""
        view = self._desk.view
        if view is None or not ids:
            return
        everybody = self._people(view)
        here = set.intersection(*(set(view.assignees.get(one, ())) for one in ids))
        panel = MultiChoice(self._wall, _("Assign"), everybody, here)
        panel.chosen.connect(lambda chosen: self._assigned(ids, here, chosen))
        self.popup = panel
        rect = self._rect(ids[0])
        panel.open_below(self._wall)
        at = self._wall.viewport().mapToGlobal(rect.bottomLeft())
        panel.move(at.x(), min(at.y() + 4, panel.screen().geometry().bottom() - panel.height()))

    def _people(self, view: queries.BoardView) -> list[Choice]:
        from ecofolio.squads.queries import members

        table = table_of(Person)
        with self._context.workspace.read() as connection:
            names = {
                row.id: row.name
                for row in connection.execute(table.select().order_by(table.c.name))
            }
            own = members(connection, squads=[view.board.squad_id])
        first = dict.fromkeys(one.person_id for one in own)
        rest = [one for one in names if one not in first]
        return [Choice(one, names[one]) for one in [*first, *rest]]

    def _assigned(self, ids: Sequence[int], before: set[int], chosen: object) -> None:
        wanted = set(chosen) if isinstance(chosen, frozenset) else set()
        gone, new = before - wanted, wanted - before
        before.clear()
        before.update(wanted)
        if gone:
            self.do(actions.assign, ids, gone, how="remove")
        if new:
            self.do(actions.assign, ids, new, how="add")

    def trash(self, ids: Sequence[int]) -> None:
        """Put cards into the trash."""
        if ids and not self.do(actions.trash, ids):
            said = ngettext("{n} card is in the trash", "{n} cards are in the trash", len(ids))
            self._context.notify(said.format(n=len(ids)), undo=True)

    def hand_over(self, ids: Sequence[int]) -> None:
        """Ask for another board, and move cards there or copy them."""
        from ecofolio.boards.handing_dialog import HandingDialog

        cards = [self._desk.by_id[one] for one in ids if one in self._desk.by_id]
        if not cards:
            return
        columns = [self._desk.column(one.column_id) for one in cards]
        kinds = {one.kind for one in columns if one is not None}
        dialog = HandingDialog(self._context, cards, kinds, self._wall)
        dialog.done_with.connect(self._handed)
        self.popup = dialog
        dialog.open()

    def _handed(self, sentence: str) -> None:
        self.written.emit()
        self._context.notify(sentence, undo=True)

    def undo(self) -> None:
        """Take back the newest change."""
        workspace = self._context.workspace
        if workspace.read_only:
            return
        try:
            entry = workspace.undo()
        except EcofolioError as error:
            self.said.emit(str(error), "amber")
            return
        self.written.emit()
        self._context.notify(_("Undone: {label}").format(label=entry.label))

    # --- popups ------------------------------------------------------------------------------

    def _rect(self, identity: int) -> QRect:
        row = self._wall.cards.row_of.get(identity, -1)
        found = self._wall.visualRect(self._wall.cards.index(row)) if row >= 0 else QRect()
        room = self._wall.viewport().rect()
        return found.intersected(room) if found.intersects(room) else QRect(20, 20, 10, 10)

    def _open(self, panel: AskPanel, identity: int) -> None:
        self.popup = panel
        panel.open_at(self._rect(identity), self._wall.viewport())
