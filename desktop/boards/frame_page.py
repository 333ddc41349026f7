"""What the page of boards shows: its parts, the board in them, and what they are told of it."""

from __future__ import annotations

import time
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ecofolio.boards import queries
from ecofolio.boards.board_view import BoardWallView
from ecofolio.boards.card_editor import CardEditor
from ecofolio.boards.card_panel import USUAL, CardPanel
from ecofolio.boards.desk import BoardDesk, Outlook
from ecofolio.boards.filters import CardFilter
from ecofolio.boards.queries import BoardRow
from ecofolio.boards.tools_panel import COLOURS, ToolsPanel
from ecofolio.format import day
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import ColumnKind
from ecofolio.widgets.background import Job
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import Page, PageContext, PageId
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import PageHead, button, column, tool_button
from ecofolio.widgets.theme import Space

_LAYOUT = "boards"
_COUNT_AFTER, _OUTLOOK_AFTER, _MINUTE = 120, 1_500, 60_000  # ms
_KEEP_AFTER = 600  # ms
_PAINT_FIRST = 0.05  # seconds
_AT_ONCE = 2_000  # cards that are made ready for the search before the next frame
_MANY = 2_000  # cards from which the history takes its time to read


@runtime_checkable
class _ShowsBoard(Protocol):
    """What stands in the board's place: the stand-up, the flow."""

    def show_board(self) -> None: ...


class BoardFramePage(Page):
    """A board and everything that is done on it."""

    icon_name = "columns-3"
    wants_scope = False

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.desk = BoardDesk(context.workspace)
        self.destroyed.connect(self.desk.stop)
        self.boards: list[BoardRow] = []
        self.wall = BoardWallView(self.desk)
        self.editor = CardEditor(context, self.desk, self.wall)
        self._empty: EmptyState | None = None
        self._build()
        self._wire()
        self.take_layout(context.settings().layouts.get(_LAYOUT, {}))

    @property
    def title(self) -> str:
        return _("Boards")

    # --- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        self.tools = ToolsPanel(self.desk)
        self.new_button = button(
            _("New card"), lambda: self.command("new"), primary=True, icon="plus", tip="N"
        )
        self.new_button.setEnabled(not self.context.workspace.read_only)
        self.stand_up_button = button(_("Stand-up"), lambda: self.show_part("stand_up"))
        self.flow_button = button(_("Flow"), lambda: self.show_part("flow"))
        self.more_button = tool_button("ellipsis", _("More about this board"), self.open_more)
        self.inspector_button = tool_button(
            "panel-right", _("Show the inspector"), lambda: self.show_inspector(True)
        )
        self.head = PageHead(
            self.title,
            "",
            self.stand_up_button,
            self.flow_button,
            self.new_button,
            self.more_button,
            self.inspector_button,
        )
        self.message = InlineMessage()
        self.stack = QStackedWidget()
        board = QWidget()
        board.setLayout(column(self.wall.heads.strip, self.wall, spacing=0))
        board.setFocusProxy(self.wall)
        self.stack.addWidget(board)
        self._parts: dict[str, QWidget] = {"board": board}
        self.part = "board"
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(Space.L, Space.L, Space.XS, Space.S)
        layout.setSpacing(Space.S)
        self.head.setContentsMargins(0, 0, Space.M, 0)
        for part in (self.head, self.tools, self.message):
            layout.addWidget(part)
        layout.addWidget(self.stack, 1)
        self.card = CardPanel(self.context, self.desk, self.editor)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.card)
        self.splitter.setStretchFactor(0, 1)
        for n in (0, 1):
            self.splitter.setCollapsible(n, False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def _wire(self) -> None:
        self._selection = QTimer(self, singleShot=True, interval=0)
        self._selection.timeout.connect(self._show_card)
        self._counting = QTimer(self, singleShot=True)
        self._counting.timeout.connect(self._count)
        self._keeping = QTimer(self, singleShot=True, interval=_KEEP_AFTER)
        self._keeping.timeout.connect(self._keep)
        self._looking = QTimer(self, singleShot=True, interval=_OUTLOOK_AFTER)
        self._looking.timeout.connect(self._read_outlook)
        self._ageing = QTimer(self, interval=10 * _MINUTE)
        self._ageing.timeout.connect(self.wall.relayout)
        self._ageing.start()
        self._outlook: Job | None = None  # the reading of the history that is under way
        self.wall.carrier.moved.connect(self._put_off_outlook)
        self.wall.chosen.connect(self._selection.start)
        self.wall.keyed.connect(self.command)
        self.wall.add_wanted.connect(self.editor.add)
        self.editor.said.connect(lambda sentence, tone: self.message.say(sentence, tone))
        self.editor.written.connect(self.refresh)
        self.card.closed.connect(lambda: self.show_inspector(False))
        self.tools.board_wanted.connect(self.open_board)
        self.splitter.splitterMoved.connect(lambda *_all: self.keep_layout())

    def command(self, name: str) -> None:
        """Do what a key or a button asks for."""
        raise NotImplementedError

    def new_board(self) -> None:
        """Ask for a new board."""
        raise NotImplementedError

    def open_more(self) -> None:
        """What can be done with the board as a whole."""
        raise NotImplementedError

    # --- reading -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what was touched since; everything only where more than cards changed."""
        if self.desk.view is None:
            self.open_board(self.desk.board_id, again=True)
            return
        change = self.desk.changes()
        if change is None:
            self.open_board(self.desk.board_id, again=True)
            return
        if change.changed or change.gone:
            self.wall.apply(change.changed, change.gone)
            self._counting.start(_COUNT_AFTER)
            self._put_off_outlook()
            self._say()
            if set(self.card.ids) & (change.changed | change.gone):
                self._selection.start()
            if self.part == "stand_up":
                self._tell("stand_up")

    def open_board(self, board_id: int | None, *, again: bool = False) -> None:
        """Show a board; the first where there is no such. `again` reads which there are, too."""
        known = [row.id for row in self.boards]
        if again or board_id not in known:
            with self.context.workspace.read() as connection:
                self.boards = queries.boards(connection)
            known = [row.id for row in self.boards]
        if board_id not in known:
            board_id = known[0] if known else None
        other = board_id != self.desk.board_id
        if other:
            self.desk.filter = CardFilter()
            self.wall.clearSelection()
            self.message.hide()
        self.desk.open(board_id)
        self.show_all()
        if other:
            self.keep_layout()
            for part in ("flow", "stand_up"):
                if self.part == part:
                    self._tell(part)

    def show_all(self) -> None:
        """Show what the desk has, with all around it."""
        saved: list[tuple[int, str, str]] = []
        if self.desk.board_id is not None:
            with self.context.workspace.read() as connection:
                saved = queries.filters(connection, self.desk.board_id)
        self.tools.show_board(self.boards, saved)
        self.tools.show_filter(self.desk.filter)
        self.wall.dims = self.desk.filter.dims
        self.wall.reload()
        self._say()
        self._show_empty()
        self._counting.start(_COUNT_AFTER)
        self._selection.start()
        if self.desk.outlook is None:
            self._read_outlook()
        else:
            self._put_off_outlook()

    def _show_empty(self) -> None:
        if self._empty is not None:
            self.stack.removeWidget(self._empty)
            self._empty.deleteLater()
            self._empty = None
        if self.desk.view is None:
            self._empty = self._emptiness()
            self.stack.addWidget(self._empty)
        self.stack.setCurrentWidget(self._empty or self._parts[self.part])
        there = self.desk.view is not None
        for part in (self.stand_up_button, self.flow_button, self.tools):
            part.setEnabled(there)
        self.card.setVisible(there and self._wants_inspector and self.part != "flow")

    _wants_inspector = False

    def _emptiness(self) -> EmptyState:
        with self.context.workspace.read() as connection:
            from ecofolio.squads.queries import squads

            any_squad = bool(squads(connection, self.desk.today))
        if not any_squad:
            return EmptyState(
                "users",
                _("No squad yet"),
                _("Go to squads"),
                lambda: self.context.go(PageId.SQUADS),
                explanation=_("A board belongs to a squad: add the squad first."),
            )
        return EmptyState(
            "columns-3",
            _("No board yet"),
            _("New board"),
            self.new_board,
            explanation=_("Start from a template; columns and limits can be changed at any time."),
        )

    # --- the outlook -------------------------------------------------------------------------

    def _put_off_outlook(self) -> None:
        """Read the history when nothing has been changed for a while: it hinders the painting,
        because one thread at a time runs Python."""
        if self._outlook is not None:
            self._outlook.cancel()
            self._outlook = None
        many = len(self.desk.by_id) > _MANY and self.desk.outlook is not None
        self._looking.start(_OUTLOOK_AFTER * (20 if many else 1))

    def _read_outlook(self) -> None:
        desk = self.desk
        board_id = desk.board_id
        if board_id is None:
            return
        if self._outlook is not None:
            self._outlook.cancel()

        def read(progress, cancelled) -> Outlook | None:
            time.sleep(_PAINT_FIRST)  # the two would only hinder one another
            return desk.read_outlook(lambda: progress(0, 0) if cancelled() else None)

        self._outlook = self.context.runner.start(
            read,
            title=_("Reading the board's history"),
            on_done=lambda found: self._take_outlook(board_id, found),
        )

    def _take_outlook(self, board_id: int, found: Outlook | None) -> None:
        if board_id != self.desk.board_id:
            return
        before, self.desk.outlook = self.desk.outlook, found
        if found is None or before is None or before.pace != found.pace:
            self.wall.relayout()
            self._count()
        self._say()

    def _count(self) -> None:
        self.tools.show_counts({key: self.desk.count(key) for key in self.tools.quick})
        if not self.desk.prepare_search(_AT_ONCE):  # the first keystroke finds it made
            self._counting.start(0)

    def _say(self) -> None:
        """Say whose board it is, how many cards are open, and when the rest will be done."""
        view = self.desk.view
        if view is None:
            self.head.set_title(self.title)
            self.head.set_sentence("")
            return
        open_ = sum(one.cards for one in view.columns if one.kind != ColumnKind.DONE)
        parts = [ngettext("{n} open card", "{n} open cards", open_).format(n=f"{open_:,}")]
        if view.blocked:
            n = len(view.blocked)
            parts.append(ngettext("{n} blocked", "{n} blocked", n).format(n=n))
        outlook = self.desk.outlook
        if outlook is not None and outlook.when is not None and outlook.remaining:
            likely, half = outlook.when.dates[85], outlook.when.dates[50]
            if likely is not None and half is not None:
                parts.append(
                    _("85 % sure that the rest is done by {likely}, 50 % by {half}").format(
                        likely=day(likely), half=day(half)
                    )
                )
        self.head.set_title(view.board.name)
        self.head.set_sentence(" · ".join(parts))

    # --- showing parts -----------------------------------------------------------------------

    def show_part(self, name: str) -> None:
        """Show the board, the stand-up or the flow; the same again goes back to the board."""
        self.part = "board" if name == self.part else name
        if self.part not in self._parts:
            self._parts[self.part] = self._make_part(self.part)
            self.stack.addWidget(self._parts[self.part])
        for key, one in (("stand_up", self.stand_up_button), ("flow", self.flow_button)):
            one.setProperty("primary", False)
            text = _("Back to the board") if key == self.part else _NAMES[key]()
            one.setText(text)
            one.setAccessibleName(text)
        self.tools.setVisible(self.part != "flow")
        if self.part != "board":
            self._tell(self.part)
        self._show_empty()
        self._parts[self.part].setFocus()

    def _tell(self, name: str) -> None:
        """Have the stand-up or the flow show the board."""
        part = self._parts[name]
        assert isinstance(part, _ShowsBoard)
        part.show_board()

    def _make_part(self, name: str) -> QWidget:
        if name == "flow":
            from ecofolio.boards.flow_view import FlowView

            return FlowView(self.context, self.desk, self.show_cards)
        from ecofolio.boards.standup_view import StandUpView

        return StandUpView(self.desk, self.editor, self._choose_alone)

    def _choose_alone(self, identity: int) -> None:
        self.wall.select([identity], identity)
        self._show_card()

    def show_cards(self, ids: list[int]) -> None:
        """Show the cards behind a point of a chart."""
        from ecofolio.boards.cards_dialog import CardsDialog

        dialog = CardsDialog(self.context, ids, self)
        dialog.wanted.connect(lambda one: self.show_record("card", one))
        dialog.open()

    def _show_card(self) -> None:
        if not self.card.isHidden():
            self.card.show_cards(self.wall.chosen_ids())

    def show_inspector(self, wanted: bool) -> None:
        """Show or hide the card's inspector."""
        self._wants_inspector = wanted
        self.card.setVisible(wanted and self.desk.view is not None)
        self.inspector_button.setVisible(not wanted)
        self.keep_layout()
        if wanted:
            self._show_card()

    # --- what is kept ------------------------------------------------------------------------

    def layout_state(self) -> dict[str, Any]:
        """What is kept of how the page looks."""
        return {
            "board": self.desk.board_id,
            "colour": self.wall.delegate.colour_by,
            "inspector": self._wants_inspector,
            "width": self.card.width(),
        }

    def keep_layout(self) -> None:
        """Keep it as a preference, in a moment."""
        self._keeping.start()

    def _keep(self) -> None:
        layouts = {**self.context.settings().layouts, _LAYOUT: self.layout_state()}
        self.context.save_settings(layouts=layouts)

    def take_layout(self, found: dict[str, Any]) -> None:
        """Look as was kept."""
        colour = found.get("colour")
        if colour in COLOURS:
            self.wall.delegate.colour_by = colour
            self.tools.show_colour(colour)
        if isinstance(found.get("board"), int) and self.desk.board_id is None:
            self.desk.board_id = found["board"]
        self._wants_inspector = found.get("inspector") is True
        self.inspector_button.setVisible(not self._wants_inspector)
        width = found.get("width")
        width = width if isinstance(width, int) and width > 100 else USUAL
        self.splitter.setSizes([10_000, width])


_NAMES = {"stand_up": lambda: _("Stand-up"), "flow": lambda: _("Flow")}
