"""What screens and command line read of boards: typed rows in few statements.

Instants are microseconds UTC, durations days. A board's cards come as the database's own rows;
what hangs on few of them is looked up beside, so that 100,000 cards take tenths of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from operator import attrgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Integer, Select, bindparam, func, select, type_coerce

from ecofolio.boards import rules
from ecofolio.boards.flow import DAY
from ecofolio.boards.hanging import Blocked, SprintName, add_parts, sprints
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
    block one; `elsewhere` are those of them that wait for another squad. `sprint` is the sprint
    of a card: the open one that it is in, or the closed one in which it was finished.
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
    sprint: dict[int, int] = field(default_factory=dict)
    sprints: dict[int, SprintName] = field(default_factory=dict)  # the newest first
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

    def sprint_name(self, card_id: int) -> str:
        """What a card's sprint is called; nothing for a card in none."""
        own = self.sprints.get(self.sprint.get(card_id, 0))
        return own.name if own is not None else ""

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
_EVER = -(2**62)
# as `CardRow._make` does, in half the time
_card = cast("Callable[[tuple[Any, ...]], CardRow]", partial(tuple.__new__, CardRow))


# what is asked often is made once, because making a statement takes longer than asking it


@cache
def _ask_board() -> Select[Any]:
    query = select(BOARD, SQUAD.c.name.label("squad")).join(SQUAD, SQUAD.c.id == BOARD.c.squad_id)
    return query.where(BOARD.c.id == bindparam("board"))


@cache
def _ask_version() -> Select[Any]:
    return select(BOARD.c.version).where(BOARD.c.id == bindparam("board"))


@cache
def _ask_columns() -> Select[Any]:
    return (
        select(*(COLUMN.c[name] for name in ColumnRow._fields[:-1]))
        .where(COLUMN.c.board_id == bindparam("board"), COLUMN.c.retired_at.is_(None))
        .order_by(COLUMN.c.position, COLUMN.c.id)
    )


@cache
def _ask_counts() -> Select[Any]:
    here = CARD.c.column_id.in_(bindparam("columns", expanding=True))
    query = select(CARD.c.column_id, func.count()).where(here, CARD.c.trashed_at.is_(None))
    return query.group_by(CARD.c.column_id)


@cache
def _ask_fields() -> Select[Any]:
    query = select(FIELD).where(FIELD.c.board_id == bindparam("board"))
    return query.order_by(FIELD.c.position, FIELD.c.id)


@cache
def _ask_cards() -> Select[Any]:
    recent = CARD.c.column_id.not_in(bindparam("done", expanding=True)) | (
        CARD.c.entered_at >= bindparam("since")
    )
    here = CARD.c.board_id == bindparam("board"), CARD.c.trashed_at.is_(None)
    return select(*_CARD_COLUMNS).where(*here, recent).order_by(CARD.c.id)


@cache
def _ask_some() -> Select[Any]:
    these: Any = bindparam("cards", expanding=True)
    waiting = select(DEPENDENCY.c.blocked_id).where(DEPENDENCY.c.blocker_id.in_(these))
    query = select(*_CARD_COLUMNS).where(CARD.c.id.in_(these) | CARD.c.id.in_(waiting))
    return query.where(CARD.c.trashed_at.is_(None))


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


def columns(connection: Connection, board_id: int, *, counts: bool = True) -> list[ColumnRow]:
    """The columns of a board from left to right, with the number of their cards."""
    rows = connection.execute(_ask_columns(), {"board": board_id}).all()
    cards = counted(connection, [row.id for row in rows]) if counts else {}
    return [ColumnRow._make((*row, cards.get(row.id, 0))) for row in rows]


def counted(connection: Connection, column_ids: Iterable[int]) -> dict[int, int]:
    """How many cards are in each of some columns."""
    found = dict.fromkeys(column_ids, 0)
    if found:
        found |= dict(connection.execute(_ask_counts(), {"columns": list(found)}).all())
    return found


def version(connection: Connection, board_id: int) -> int | None:
    """A board's own version; None where it is gone."""
    found: int | None = connection.scalar(_ask_version(), {"board": board_id})
    return found


def fields(connection: Connection, board_id: int) -> list[FieldRow]:
    """The fields that a board's cards have besides the usual ones."""
    return [
        FieldRow(
            row.id, row.version, row.name, row.type, (row.choices or "").splitlines(), row.lanes
        )
        for row in connection.execute(_ask_fields(), {"board": board_id})
    ]


class Names(NamedTuple):
    """The names of people and initiatives by identity: much to read, and seldom changed."""

    people: dict[int, str]
    initiatives: dict[int, str]


def names(connection: Connection) -> Names:
    """The names that cards and lanes show."""
    people = connection.execute(select(PERSON.c.id, PERSON.c.name)).all()
    return Names(
        dict(people), dict(connection.execute(select(INITIATIVE.c.id, INITIATIVE.c.name)).all())
    )


def view(
    connection: Connection,
    board_id: int,
    *,
    done_since: int | None = None,
    known: Names | None = None,
) -> BoardView | None:
    """A board with all that its cards' faces show; None where there is no such board.

    `done_since` leaves out cards that were finished before an instant; they still count.
    `known` are the names where they have been read before.
    """
    row = connection.execute(_ask_board(), {"board": board_id}).first()
    if row is None:
        return None
    listed = columns(connection, board_id, counts=False)
    done = [one.id for one in listed if one.kind == ColumnKind.DONE]
    chosen = {"board": board_id, "done": done, "since": _EVER if done_since is None else done_since}
    rows = read_rows(connection, _ask_cards(), chosen)
    cards, counts = _in_order(map(_card, rows), listed)
    if done_since is not None:
        counts |= counted(connection, done)
    listed = [one._replace(cards=counts.get(one.id, 0)) for one in listed]
    open_ = sum(one.cards for one in listed if one.kind != ColumnKind.DONE)
    found = BoardView(_board(row, {board_id: (open_, 0)}), listed, cards, [])
    found.fields = fields(connection, board_id)
    add_parts(connection, found, board_id)
    if found.board.sprints:
        found.sprints = sprints(connection, board_id)
    found.people, found.initiatives = known if known is not None else names(connection)
    found.board = found.board._replace(blocked=len(found.blocked))
    found.lanes = _lanes(connection, found)
    return found


def _in_order(
    cards: Iterable[CardRow], listed: Sequence[ColumnRow]
) -> tuple[list[CardRow], dict[int, int]]:
    """The cards by column and rank, and how many each column has. They come by identity, which
    settles ties, because sorting keeps what is equal in its order."""
    own: dict[int, list[CardRow]] = {}
    for card in cards:
        own.setdefault(card.column_id, []).append(card)
    order = [one.id for one in listed]
    strays = [card for column, part in own.items() if column not in order for card in part]
    found: list[CardRow] = []
    for part in (strays, *(own.get(column, []) for column in order)):
        part.sort(key=attrgetter("rank"))
        found += part
    return found, {column: len(part) for column, part in own.items()}


def _lanes(connection: Connection, found: BoardView) -> list[LaneRow]:
    """The lanes that the board's cards make, and those that have a limit. Where nobody has put
    them into an order, those in which every card is finished stand below the others."""
    if found.board.lane_by == LaneBy.NONE:
        return []
    query = select(LANE).where(LANE.c.board_id == found.board.id)
    set_up = {row.key: row for row in connection.execute(query) if _fits(found, row.key)}
    worked = {one.id for one in found.columns if one.kind in rules.WORKED}
    counts: dict[str, int] = {key: 0 for key, row in set_up.items() if row.wip_limit is not None}
    lane_of, done = found.lanes_by(), {one.id for one in found.columns if one.kind == "done"}
    finished = set(map(lane_of, found.cards))
    counts |= dict.fromkeys(finished, 0)
    finished -= set(map(lane_of, (card for card in found.cards if card.column_id not in done)))
    for key in map(lane_of, (card for card in found.cards if card.column_id in worked)):
        counts[key] += 1
    lanes = [
        LaneRow(key, lane_name(found, key), set_up[key].wip_limit if key in set_up else None, count)
        for key, count in counts.items()
    ]

    def place(lane: LaneRow) -> tuple[int, bool, bool, int, str]:
        own = set_up.get(lane.key)
        chosen = own.position if own is not None and own.position is not None else 10**6
        rest = lane.key == rules.NO_LANE, _usual_place(found, lane.key), lane.name
        return chosen, lane.key in finished, *rest

    return sorted(lanes, key=place)


def _fits(found: BoardView, key: str) -> bool:
    """Whether a key is of the kind of lanes that the board has now, not of an earlier one."""
    match found.board.lane_by:
        case LaneBy.INITIATIVE | LaneBy.ASSIGNEE:
            return key == rules.NO_LANE or key.isdecimal()
        case LaneBy.SERVICE:
            return key in ServiceClass._value2member_map_
        case LaneBy.LOOP_PHASE:
            return key == rules.NO_LANE or key in LoopPhase._value2member_map_
    return key not in ServiceClass._value2member_map_ and key not in LoopPhase._value2member_map_


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
    """Those of some cards, and of the cards that wait for them, that are on a board and not in
    its trash."""
    # the board is looked at here: a database might look through all of its cards for it
    found = map(_card, read_rows(connection, _ask_some(), {"cards": list(ids)}))
    return [card for card in found if card.board_id == board_id]


def cards(connection: Connection, ids: Iterable[int]) -> list[CardRow]:
    """Some cards in the order given, also from the trash: what is behind a point of a chart."""
    wanted = list(ids)
    found: dict[int, CardRow] = {}
    for first in range(0, len(wanted), 500):
        query = select(*_CARD_COLUMNS).where(CARD.c.id.in_(wanted[first : first + 500]))
        found.update((row.id, CardRow._make(row)) for row in connection.execute(query).all())
    return [found[one] for one in wanted if one in found]
