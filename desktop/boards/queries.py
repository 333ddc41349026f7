"""What screens and command line read of boards: typed rows in few statements.

Instants are microseconds UTC, durations days. A board's cards come as the database's own rows;
what hangs on few of them is looked up beside, so that 100,000 cards take tenths of a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, func, select, type_coerce

from ecofolio.boards import rules
from ecofolio.boards.flow import DAY
from ecofolio.boards.hanging import Blocked, add_parts
from ecofolio.boards.model import (
    Board,
    BoardColumn,
    BoardFilter,
    BoardLane,
    Card,
    CardAssignee,
    CardBlock,
    CardDependency,
    CardField,
    CardStay,
    CardValue,
)
from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Person
from ecofolio.squads.model import Squad
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.text import _
from ecofolio.vocabulary import ColumnKind, LaneBy, LoopPhase, ServiceClass

BOARD, COLUMN, LANE, CARD = map(table_of, (Board, BoardColumn, BoardLane, Card))
STAY, BLOCK, ASSIGNEE, VALUE = map(table_of, (CardStay, CardBlock, CardAssignee, CardValue))
DEPENDENCY, FIELD, SQUAD, PERSON = map(table_of, (CardDependency, CardField, Squad, Person))
INITIATIVE = table_of(Initiative)


class BoardRow(NamedTuple):
    """A board as lists show it; `cards` are the open ones (not done, not in the trash)."""

    id: int
    version: int
    code: str
    name: str
    squad_id: int
    squad: str
    lane_by: str
    blocks: bool
    sprints: bool
    cards: int
    blocked: int


class ColumnRow(NamedTuple):
    """A column on its board, from left to right, with the number of its cards."""

    id: int
    version: int
    name: str
    kind: str
    wip_limit: int | None
    policy: str | None
    position: int
    cards: int

    @property
    def is_over(self) -> bool:
        return self.wip_limit is not None and self.cards > self.wip_limit


class CardRow(NamedTuple):
    """A card's own columns as its face shows them; the rest is in `BoardView` by its identity."""

    id: int
    version: int
    board_id: int
    column_id: int
    rank: str
    entered_at: int
    key: str | None
    title: str
    has_description: bool
    initiative_id: int | None
    milestone_id: int | None
    journey: str | None
    loop_phase: str | None
    service: str
    size: float | None
    due_date: date | None
    labels: str | None


class FieldRow(NamedTuple):
    """A field of a board's cards."""

    id: int
    version: int
    name: str
    type: str
    choices: list[str]
    lanes: bool


class LaneRow(NamedTuple):
    """A lane: its key, its words, its limit, and its cards in progress."""

    key: str
    name: str
    wip_limit: int | None
    cards: int

    @property
    def is_over(self) -> bool:
        return self.wip_limit is not None and self.cards > self.wip_limit


@dataclass
class BoardView:
    """A board with its cards by column and rank, and by card what only some of them have.

    `started` is when a card in progress was started. `waiting` counts the unfinished cards that
    block one; `elsewhere` are those of them that wait for another squad.
    """

    board: BoardRow
    columns: list[ColumnRow]
    cards: list[CardRow]
    fields: list[FieldRow]
    assignees: dict[int, tuple[int, ...]] = field(default_factory=dict)
    blocked: dict[int, Blocked] = field(default_factory=dict)
    started: dict[int, int] = field(default_factory=dict)
    checklist: dict[int, tuple[int, int]] = field(default_factory=dict)  # done, all
    comments: dict[int, int] = field(default_factory=dict)
    files: dict[int, int] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    elsewhere: frozenset[int] = frozenset()
    values: dict[int, dict[int, str]] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    initiatives: dict[int, str] = field(default_factory=dict)
    lanes: list[LaneRow] = field(default_factory=list)

    def lane_of(self, card: CardRow) -> str:
        """The key of the lane that a card lies in."""
        return self.lanes_by()(card)

    def lanes_by(self) -> Callable[[CardRow], str]:
        """What tells the lane of a card, for asking it of many."""
        if self.board.lane_by == LaneBy.NONE:
            return lambda _card: rules.NO_LANE
        if self.board.lane_by == LaneBy.SERVICE:
            return attrgetter("service")
        return self._lane_of

    def _lane_of(self, card: CardRow) -> str:
        value = None
        if self.board.lane_by == LaneBy.FIELD:
            own = next((one.id for one in self.fields if one.lanes), 0)
            value = self.values.get(card.id, {}).get(own)
        return rules.lane_keys(
            self.board.lane_by,
            initiative=card.initiative_id,
            service=card.service,
            assignees=self.assignees.get(card.id, ()),
            loop_phase=card.loop_phase,
            value=value,
        )

    def age(self, card: CardRow, now: int) -> float | None:
        """Days since a card in progress was started; None for one that is not in progress."""
        started = self.started.get(card.id)
        return None if started is None else (now - started) / DAY

    def in_column(self, card: CardRow, now: int) -> float:
        """Days since a card came into its column."""
        return (now - card.entered_at) / DAY


_CARD_COLUMNS = [
    # as the database has it, so that no row has to be made anew for it
    type_coerce(CARD.c.description.is_not(None), Integer).label(name)
    if name == "has_description"
    else CARD.c[name]
    for name in CardRow._fields
]


def boards(connection: Connection, *, squad_id: int | None = None) -> list[BoardRow]:
    """The boards by squad and code."""
    open_ = CARD.c.trashed_at.is_(None) & (COLUMN.c.kind != ColumnKind.DONE)
    query = (
        select(CARD.c.board_id, func.count(), func.count(BLOCK.c.id))
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .outerjoin(BLOCK, (BLOCK.c.card_id == CARD.c.id) & BLOCK.c.until.is_(None))
        .where(open_)
        .group_by(CARD.c.board_id)
    )
    counts = {row[0]: (row[1], row[2]) for row in connection.execute(query)}
    listed = (
        select(BOARD, SQUAD.c.name.label("squad"))
        .join(SQUAD, SQUAD.c.id == BOARD.c.squad_id)
        .order_by(SQUAD.c.code, BOARD.c.code)
    )
    if squad_id is not None:
        listed = listed.where(BOARD.c.squad_id == squad_id)
    return [_board(row, counts) for row in connection.execute(listed)]


def _board(row: Any, counts: Mapping[int, tuple[int, int]]) -> BoardRow:
    cards, blocked = counts.get(row.id, (0, 0))
    own = (row.id, row.version, row.code, row.name, row.squad_id, row.squad)
    return BoardRow(*own, row.lane_by, row.blocks, row.sprints, cards, blocked)


def board(connection: Connection, board_id: int) -> BoardRow | None:
    """One board."""
    return next((row for row in boards(connection) if row.id == board_id), None)


def by_code(connection: Connection, code: str) -> int | None:
    """The identity of a board by its code, or by its name where that is the only one."""
    found = connection.scalar(select(BOARD.c.id).where(BOARD.c.code == code))
    if found is None:
        named = connection.scalars(select(BOARD.c.id).where(BOARD.c.name == code)).all()
        found = named[0] if len(named) == 1 else None
    return found


def columns(connection: Connection, board_id: int, *, counted: bool = True) -> list[ColumnRow]:
    """The columns of a board from left to right, with the number of their cards."""
    counts: dict[int, int] = {}
    if counted:
        query = (
            select(CARD.c.column_id, func.count())
            .where(CARD.c.board_id == board_id, CARD.c.trashed_at.is_(None))
            .group_by(CARD.c.column_id)
        )
        counts = dict(connection.execute(query).all())
    names = ColumnRow._fields[:-1]
    listed = (
        select(*(COLUMN.c[name] for name in names))
        .where(COLUMN.c.board_id == board_id, COLUMN.c.retired_at.is_(None))
        .order_by(COLUMN.c.position, COLUMN.c.id)
    )
    return [ColumnRow._make((*row, counts.get(row.id, 0))) for row in connection.execute(listed)]


def fields(connection: Connection, board_id: int) -> list[FieldRow]:
    """The fields that a board's cards have besides the usual ones."""
    query = select(FIELD).where(FIELD.c.board_id == board_id)
    return [
        FieldRow(
            row.id, row.version, row.name, row.type, (row.choices or "").splitlines(), row.lanes
        )
        for row in connection.execute(query.order_by(FIELD.c.position, FIELD.c.id))
    ]


def view(
    connection: Connection, board_id: int, *, done_since: int | None = None
) -> BoardView | None:
    """A board with all that its cards' faces show; None where there is no such board.

    `done_since` leaves out cards that were finished before an instant; they still count.
    """
    query = (
        select(BOARD, SQUAD.c.name.label("squad"))
        .join(SQUAD, SQUAD.c.id == BOARD.c.squad_id)
        .where(BOARD.c.id == board_id)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    listed = columns(connection, board_id, counted=False)
    here = CARD.c.board_id == board_id, CARD.c.trashed_at.is_(None)
    wanted = select(*_CARD_COLUMNS).where(*here)
    done = [one.id for one in listed if one.kind == ColumnKind.DONE]
    if done_since is not None:
        wanted = wanted.where(CARD.c.column_id.not_in(done) | (CARD.c.entered_at >= done_since))
    # the order of identities settles ties, because sorting keeps what is equal in its order
    cards = list(map(CardRow._make, read_rows(connection, wanted.order_by(CARD.c.id))))
    order = {one.id: place for place, one in enumerate(listed)}
    cards.sort(key=attrgetter("rank"))
    cards.sort(key=lambda card: order.get(card.column_id, -1))
    counts = Counter(map(attrgetter("column_id"), cards))
    if done_since is not None:
        for one in done:
            all_ = select(func.count()).where(*here, CARD.c.column_id == one)
            counts[one] = connection.scalar(all_) or 0
    listed = [one._replace(cards=counts[one.id]) for one in listed]
    open_ = sum(one.cards for one in listed if one.kind != ColumnKind.DONE)
    found = BoardView(_board(row, {board_id: (open_, 0)}), listed, cards, [])
    found.fields = fields(connection, board_id)
    add_parts(connection, found, CARD.c.board_id == board_id)
    found.people = dict(connection.execute(select(PERSON.c.id, PERSON.c.name)).all())
    found.initiatives = dict(connection.execute(select(INITIATIVE.c.id, INITIATIVE.c.name)).all())
    found.board = found.board._replace(blocked=len(found.blocked))
    found.lanes = _lanes(connection, found)
    return found


def _lanes(connection: Connection, found: BoardView) -> list[LaneRow]:
    """The lanes that the board's cards make, and those that have a limit or a place."""
    if found.board.lane_by == LaneBy.NONE:
        return []
    query = select(LANE).where(LANE.c.board_id == found.board.id)
    set_up = {row.key: row for row in connection.execute(query)}
    worked = {one.id for one in found.columns if one.kind in rules.WORKED}
    counts: dict[str, int] = dict.fromkeys(set_up, 0)
    lane_of = found.lanes_by()
    for key in set(map(lane_of, found.cards)):
        counts.setdefault(key, 0)
    for key in map(lane_of, (card for card in found.cards if card.column_id in worked)):
        counts[key] += 1
    lanes = [
        LaneRow(key, lane_name(found, key), set_up[key].wip_limit if key in set_up else None, count)
        for key, count in counts.items()
    ]

    def place(lane: LaneRow) -> tuple[bool, int, int, str]:
        own = set_up.get(lane.key)
        chosen = own.position if own is not None and own.position is not None else 10**6
        return lane.key == rules.NO_LANE, chosen, _usual_place(found, lane.key), lane.name

    return sorted(lanes, key=place)


def _usual_place(found: BoardView, key: str) -> int:
    terms: list[str] = []
    if found.board.lane_by == LaneBy.SERVICE:
        terms = [one.value for one in ServiceClass]
    elif found.board.lane_by == LaneBy.LOOP_PHASE:
        terms = [one.value for one in LoopPhase]
    elif found.board.lane_by == LaneBy.FIELD:
        terms = next((one.choices for one in found.fields if one.lanes), [])
    return terms.index(key) if key in terms else len(terms)


def lane_name(found: BoardView, key: str) -> str:
    """A lane's words."""
    if key == rules.NO_LANE:
        return _("Others")
    match found.board.lane_by:
        case LaneBy.INITIATIVE:
            return found.initiatives.get(int(key), "?")
        case LaneBy.ASSIGNEE:
            return found.people.get(int(key), "?")
        case LaneBy.SERVICE:
            return ServiceClass(key).label
        case LaneBy.LOOP_PHASE:
            return LoopPhase(key).label
    return key


def filters(connection: Connection, board_id: int) -> list[tuple[int, str, str]]:
    """A board's saved filters by name: identity, name, JSON."""
    table = table_of(BoardFilter)
    query = select(table.c.id, table.c.name, table.c.spec).where(table.c.board_id == board_id)
    return [tuple(row) for row in connection.execute(query.order_by(table.c.name))]


def trashed(connection: Connection, board_id: int) -> list[CardRow]:
    """The cards in a board's trash, the newest first."""
    query = select(*_CARD_COLUMNS).where(
        CARD.c.board_id == board_id, CARD.c.trashed_at.is_not(None)
    )
    ordered = query.order_by(CARD.c.trashed_at.desc(), CARD.c.id)
    return list(map(CardRow._make, connection.execute(ordered).all()))


def on_board(connection: Connection, board_id: int, ids: Iterable[int]) -> list[CardRow]:
    """Those of some cards that are on a board and not in its trash."""
    query = select(*_CARD_COLUMNS).where(
        CARD.c.id.in_(list(ids)), CARD.c.board_id == board_id, CARD.c.trashed_at.is_(None)
    )
    return list(map(CardRow._make, connection.execute(query).all()))


def cards(connection: Connection, ids: Iterable[int]) -> list[CardRow]:
    """Some cards in the order given, also from the trash: what is behind a point of a chart."""
    wanted = list(ids)
    found: dict[int, CardRow] = {}
    for first in range(0, len(wanted), 500):
        query = select(*_CARD_COLUMNS).where(CARD.c.id.in_(wanted[first : first + 500]))
        found.update((row.id, CardRow._make(row)) for row in connection.execute(query).all())
    return [found[one] for one in wanted if one in found]
