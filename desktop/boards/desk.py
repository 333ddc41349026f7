"""What the page of a board works on: the board in memory, what touched it, what a filter leaves.

No Qt here. A desk may hear of changes on any thread; everything else is called from one.
"""

from __future__ import annotations

import dataclasses
import gc
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection, select

from ecofolio.boards import filters, forecast, hanging, queries, readings
from ecofolio.boards.filters import CardFilter
from ecofolio.boards.flow import beginning, microseconds
from ecofolio.boards.queries import BoardView, CardRow, ColumnRow
from ecofolio.boards.rules import NO_LANE, WORKED, Pace
from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.queries import person_acting
from ecofolio.store.base import table_of
from ecofolio.store.workspace import Changed, Workspace
from ecofolio.vocabulary import ColumnKind

DONE_DAYS = 30  # for so long a finished card is shown
_MANY = 300  # touched cards from which reading the whole board is no slower
_LASTING = 2_000  # cards from which looking through them for garbage is felt
_MOMENT = 600_000_000  # microseconds for which what is stuck stays so
# what changes more than the cards that are named; a board is named with each of its cards
_AROUND = ("board_column", "board_lane", "card_field", "person", "initiative", "squad")


_SPRINTS = frozenset(("sprint", "sprint_card"))
_PARTS = ("started", "waiting", "sprint", *hanging.HANGING.values())


class Outlook(NamedTuple):
    """What a board's history says: how long cards take, and when the rest is done."""

    pace: Pace
    remaining: int
    when: forecast.When | None


class Change(NamedTuple):
    """Cards that were changed or added, and those that are gone."""

    changed: frozenset[int]
    gone: frozenset[int]


class BoardDesk:
    """One board of a workspace, in memory."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.board_id: int | None = None
        self.view: BoardView | None = None
        self.by_id: dict[int, CardRow] = {}
        self.lane_of: dict[int, str] = {}
        self.segments: dict[int, str] = {}
        self.person: int | None = None
        self._actor = ""
        self.outlook: Outlook | None = None
        self.filter = CardFilter()
        self.left: set[int] | None = None  # what the filter leaves; None for everything
        self._hay: dict[int, str] = {}
        self._quick: dict[str, set[int]] = {}  # what each of the quick filters would leave
        self._quick_for: object = None
        self._known: queries.Names | None = None
        self._lock = threading.Lock()
        self._touched: set[int] = set()
        self._tables: set[str] = set()
        self._around = self._named = False
        self._day: date | None = None
        self._since = 0  # cards that were finished before are not shown
        self.stop = workspace.subscribe(self._hear)

    # --- the clock ---------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The local day."""
        return self.workspace.clock().astimezone().date()

    @property
    def now(self) -> int:
        """This instant, as stays keep it."""
        return microseconds(self.workspace.clock())

    @property
    def p85(self) -> float | None:
        """The board's own 85th percentile in days, where it is known."""
        pace = self.outlook.pace if self.outlook is not None else None
        return pace.p85 if pace is not None and pace.cards >= 5 else None

    # --- reading -----------------------------------------------------------------------------

    def open(self, board_id: int | None) -> BoardView | None:
        """Read a board; None where there is none."""
        with self._lock:
            self._touched.clear()
            around, self._around = self._around, False
            self._named = False
        if board_id != self.board_id:
            self.outlook = None
        self.board_id, self._day = board_id, self.today
        self._hay, self._quick = {}, {}
        if around:
            self._known = None
        with undisturbed():
            self.view = view = self._read(board_id) if board_id is not None else None
            cards = view.cards if view is not None else []
            self.by_id = {card.id: card for card in cards}
            self.lane_of = dict.fromkeys(self.by_id, NO_LANE)
            if view is not None and view.lanes:
                tell = view.lanes_by()
                self.lane_of = {card.id: tell(card) for card in cards}
            if len(cards) > _LASTING:
                gc.freeze()  # what stays for long: a search for garbage would be felt as a jerk
        self._choose()
        return view

    def _read(self, board_id: int) -> BoardView | None:
        self._since = beginning(self.today - timedelta(days=DONE_DAYS))
        with self.workspace.read() as connection:
            if self._known is None or self._actor != self.workspace.actor:  # both seldom change
                self._actor = self.workspace.actor
                self.person = person_acting(connection, self._actor)
                self.segments = _segments(connection)
                self._known = queries.names(connection)
            return queries.view(connection, board_id, done_since=self._since, known=self._known)

    def read_outlook(self, step: Callable[[], object] = lambda: None) -> Outlook | None:
        """Read the history; may be called from any thread. `step` is called every few
        milliseconds, and may raise where it is no longer wanted."""
        board_id = self.board_id
        if board_id is None:
            return None
        with self.workspace.read() as connection:
            past = readings.past(connection, readings.Part(board_id=board_id), step)
        pace = past.pace()
        step()
        return Outlook(pace, past.remaining, past.when(self.today, step=step))

    def _hear(self, changed: Changed) -> None:
        with self._lock:
            self._touched |= changed.records.get("card", frozenset())
            self._named = self._named or changed.touches("board")
            self._tables |= changed.records.keys()
            self._around = self._around or changed.touches(*_AROUND)

    def changes(self) -> Change | None:
        """The cards touched since the last time, read again.

        None where so much changed, or the day, that the whole board has to be opened again.
        """
        with self._lock:
            touched, self._touched = self._touched, set()
            tables, self._tables = self._tables, set()
            if self._around or len(touched) > _MANY or self.today != self._day:
                return None
            named, self._named = self._named, False
        view = self.view
        sprints = view is not None and view.board.sprints and tables & _SPRINTS
        if view is None or not (touched or named or sprints):
            return Change(frozenset(), frozenset())
        with self.workspace.read() as connection:
            if sprints:
                touched |= self._in_other_sprints(connection, view)
            found = queries.on_board(connection, view.board.id, touched)
            touched |= {card.id for card in found}
            done = {one.id for one in view.columns if one.kind == ColumnKind.DONE}
            rows = {
                card.id: card
                for card in found
                if card.column_id not in done or card.entered_at >= self._since
            }
            fresh = any(one not in self.by_id for one in touched)  # or finished long ago
            part = _part(connection, view, rows, set(hanging.HANGING) if fresh else tables)
            counts = queries.counted(connection, done) if fresh else {}
            version = queries.version(connection, view.board.id)
        if version != view.board.version:
            return None
        where = {card.id: card.column_id for card in found}
        touched = {one for one in touched if one in rows or one in self.by_id}
        return self._take_in(touched, rows, part, where, counts)

    def _in_other_sprints(self, connection: Connection, view: BoardView) -> set[int]:
        """The cards that are in another sprint than before, or in one of another name."""
        names, before = hanging.sprints(connection, view.board.id), view.sprints
        inside = hanging.in_sprints(connection, view.board.id)
        view.sprints = names
        return {
            one
            for one in self.by_id.keys() & (inside.keys() | view.sprint.keys())
            if inside.get(one) != view.sprint.get(one)
            or names.get(inside[one]) != before.get(inside[one])
        }

    def _take_in(
        self,
        touched: set[int],
        rows: dict[int, CardRow],
        part: BoardView,
        where: dict[int, int],
        done: dict[int, int],
    ) -> Change | None:
        """`where` are the columns of the touched cards, also of those that are not shown, and
        `done` the cards of the done columns where they had to be counted anew."""
        view = self.view
        assert view is not None
        counts = {one.id: one.cards for one in view.columns}
        lanes: dict[str | None, int] = {}
        tell, gone = part.lanes_by(), set()
        for identity in touched:
            old, new = self.by_id.get(identity), rows.get(identity)
            was = self._worked(identity)
            lanes[was] = lanes.get(was, 0) - 1
            self._forget(identity)
            if old is not None:
                counts[old.column_id] = counts.get(old.column_id, 0) - 1
                view.cards.pop(_index(view, old))
            if identity in where:
                counts[where[identity]] = counts.get(where[identity], 0) + 1
            if new is None:
                gone.add(identity)
                continue
            self.by_id[identity], self.lane_of[identity] = new, tell(new)
            view.cards.insert(_index(view, new), new)
            comes = self._worked(identity)
            lanes[comes] = lanes.get(comes, 0) + 1
        _merge(view, part, _PARTS)
        if self._hay:
            self._hay.update((one, filters.haystack(view, card)) for one, card in rows.items())
        counts |= done
        view.columns = [one._replace(cards=counts.get(one.id, 0)) for one in view.columns]
        known = {lane.key for lane in view.lanes}
        if view.lanes and any(self.lane_of[one] not in known for one in rows):
            return None
        view.lanes = [one._replace(cards=one.cards + lanes.get(one.key, 0)) for one in view.lanes]
        self._choose(rows.keys() | gone)
        return Change(frozenset(rows), frozenset(gone))

    def _forget(self, identity: int) -> None:
        view = self.view
        assert view is not None
        self.by_id.pop(identity, None)
        self.lane_of.pop(identity, None)
        for name in _PARTS:
            getattr(view, name).pop(identity, None)
        view.elsewhere = view.elsewhere - {identity}
        self._hay.pop(identity, None)

    def _worked(self, identity: int) -> str | None:
        """The lane that counts a card as work in progress; None where none does."""
        card = self.by_id.get(identity)
        column = self.column(card.column_id) if card is not None else None
        return self.lane_of[identity] if column is not None and column.kind in WORKED else None

    # --- choosing ----------------------------------------------------------------------------

    def set_filter(self, wanted: CardFilter) -> None:
        """Leave only what a filter leaves."""
        self.filter = wanted
        self._choose()

    def is_left(self, identity: int) -> bool:
        """Whether the filter leaves a card."""
        return self.left is None or identity in self.left

    def _choose(self, only: Set[int] | None = None) -> None:
        """Work out what the filter leaves: of all cards, or of some that have changed."""
        if self.view is None or self.filter.is_everything:
            self.left = None
        elif only is None or self.left is None:
            self.left = self._matching(self.view, self.filter)
        else:
            self._choose_again(self.left, self.filter, only)
        for name, left in self._quick.items() if only is not None else ():
            self._choose_again(left, CardFilter(**{name: True}), only or set())  # type: ignore[arg-type]

    def _choose_again(self, left: set[int], wanted: CardFilter, only: Set[int]) -> None:
        assert self.view is not None
        cards = [self.by_id[one] for one in only if one in self.by_id]
        left -= only
        left |= self._matching(dataclasses.replace(self.view, cards=cards), wanted)

    def _matching(self, view: BoardView, wanted: CardFilter) -> set[int]:
        if wanted.text:
            self.prepare_search()
        return filters.matching(
            view,
            wanted,
            today=self.today,
            now=self.now,
            person_id=self.person,
            p85=self.p85,
            hay=self._hay,
        )

    def prepare_search(self, most: int | None = None) -> bool:
        """Work out what free text is looked for in, of up to so many cards; whether that is all."""
        view, hay = self.view, self._hay
        if view is None or len(hay) == len(view.cards):
            return True
        missing = (card for card in view.cards if card.id not in hay)
        hay.update((card.id, filters.haystack(view, card)) for card in islice(missing, most))
        return len(hay) == len(view.cards)

    def count(self, name: str) -> int:
        """How many cards one of the quick filters would leave."""
        if self.view is None:
            return 0
        wanted_for = self.p85, self.today, self.now // _MOMENT
        if wanted_for != self._quick_for:
            self._quick, self._quick_for = {}, wanted_for
        if name not in self._quick:
            self._quick[name] = self._matching(self.view, CardFilter(**{name: True}))  # type: ignore[arg-type]
        return len(self._quick[name])

    # --- limits ------------------------------------------------------------------------------

    def column(self, column_id: int) -> ColumnRow | None:
        """A column of the board."""
        columns = self.view.columns if self.view is not None else []
        return next((one for one in columns if one.id == column_id), None)

    def would_exceed(self, ids: Iterable[int], column_id: int, lane: str | None) -> bool:
        """Whether cards that are put there would go beyond a limit of the column or the lane."""
        column, view = self.column(column_id), self.view
        if column is None or view is None:
            return False
        ids = list(ids)
        entering = [one for one in ids if self.by_id[one].column_id != column_id]
        if entering and column.wip_limit and column.cards + len(entering) > column.wip_limit:
            return True
        if column.kind not in WORKED:
            return False
        worked = {one.id for one in view.columns if one.kind in WORKED}
        for row in view.lanes:
            if row.wip_limit is None:
                continue
            new = [
                one
                for one in ids
                if (lane if lane is not None else self.lane_of[one]) == row.key
                and (self.lane_of[one] != row.key or self.by_id[one].column_id not in worked)
            ]
            if new and row.cards + len(new) > row.wip_limit:
                return True
        return False


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the collector of cycles, which would look through all that is read, and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _segments(connection: Connection) -> dict[int, str]:
    table = table_of(Initiative)
    query = select(table.c.id, table.c.lead_segment).where(table.c.lead_segment.is_not(None))
    return dict(connection.execute(query).all())


def _index(view: BoardView, card: CardRow) -> int:
    """Where a card stands, or would stand, among the board's cards."""
    order = {one.id: place for place, one in enumerate(view.columns)}

    def key(one: CardRow) -> tuple[int, str, int]:
        return order.get(one.column_id, -1), one.rank, one.id

    return bisect_left(view.cards, key(card), key=key)


def _part(
    connection: Connection, view: BoardView, rows: dict[int, CardRow], tables: set[str]
) -> BoardView:
    """What hangs on some cards in these tables; the rest is as it was."""
    part = BoardView(view.board, view.columns, list(rows.values()), view.fields)
    if rows:
        hanging.add_parts(connection, part, list(rows), tables)
    for table, name in hanging.HANGING.items():
        if table not in tables:
            old = getattr(view, name)
            getattr(part, name).update((one, old[one]) for one in rows if one in old)
    return part


def _merge(view: BoardView, part: BoardView, names: Iterable[str]) -> None:
    for name in names:
        getattr(view, name).update(getattr(part, name))
    view.elsewhere = view.elsewhere | part.elsewhere
