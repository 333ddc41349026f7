"""What hangs on cards: read for a whole board, or for those that a change touched."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, case, func, literal, select, union_all

from ecofolio.boards.model import (
    Board,
    BoardColumn,
    Card,
    CardAssignee,
    CardBlock,
    CardComment,
    CardDependency,
    CardFile,
    CardStay,
    CardValue,
    ChecklistItem,
    Sprint,
    SprintCard,
)
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.vocabulary import ColumnKind

if TYPE_CHECKING:
    from ecofolio.boards.queries import BoardView

BOARD, COLUMN, CARD, STAY, BLOCK, ASSIGNEE, VALUE, DEPENDENCY = map(
    table_of,
    (Board, BoardColumn, Card, CardStay, CardBlock, CardAssignee, CardValue, CardDependency),
)
SPRINT, IN_SPRINT = map(table_of, (Sprint, SprintCard))
# by table: the part of a `BoardView` that holds what hangs on cards there
HANGING = {
    "card_assignee": "assignees",
    "card_block": "blocked",
    "checklist_item": "checklist",
    "card_comment": "comments",
    "card_file": "files",
    "card_value": "values",
}
_COUNTED = {"checklist_item": ChecklistItem, "card_comment": CardComment, "card_file": CardFile}
Which = int | Sequence[int]  # the cards of a board, or some cards
_Make = Callable[[Any], Any]


class SprintName(NamedTuple):
    """What a sprint is called, and whether it is still to be closed."""

    name: str
    is_open: bool


class Blocked(NamedTuple):
    """Why a card is blocked, and since when."""

    reason: str
    since: int


def add_parts(
    connection: Connection, found: BoardView, which: Which, tables: Container[str] | None = None
) -> None:
    """Read what hangs on the cards of a view; `tables` are those of which something may have
    changed (all without)."""
    wanted = {name for name in HANGING if tables is None or name in tables}
    if "card_assignee" in wanted:
        people = found.assignees
        for card, person in _read(connection, _assignees, which):
            people[card] = (*people[card], person) if card in people else (person,)
    if "card_block" in wanted:
        rows = _read(connection, _blocks, which)
        found.blocked = {card: Blocked(reason, since) for card, reason, since in rows}
    if wanted & _COUNTED.keys():
        _read_counts(connection, found, which)
    if "card_value" in wanted and found.fields:
        for card, own, value in _read(connection, _values, which):
            found.values.setdefault(card, {})[own] = value
    active = {one.id for one in found.columns if one.kind == ColumnKind.ACTIVE}
    now_active = [(one.id, one.entered_at) for one in found.cards if one.column_id in active]
    found.started = _earliest(dict(now_active), _read(connection, _began, which))
    found.waiting, found.elsewhere = _waiting(connection, which, found.board.squad_id)
    if found.board.sprints:
        found.sprint = in_sprints(connection, which)


def sprints(connection: Connection, board_id: int) -> dict[int, SprintName]:
    """The sprints of a board by identity, the newest first."""
    query = select(SPRINT.c.id, SPRINT.c.name, SPRINT.c.closed_at).where(
        SPRINT.c.board_id == board_id
    )
    ordered = query.order_by(SPRINT.c.start_date.desc(), SPRINT.c.id.desc())
    return {
        one: SprintName(name, closed is None) for one, name, closed in connection.execute(ordered)
    }


def in_sprints(connection: Connection, which: Which) -> dict[int, int]:
    """The open sprint that a card is in, or the closed one in which it was finished."""
    return dict(_read(connection, _in_sprints, which))


# --- statements: each is made once, because making one takes longer than asking it --------------


def _read(connection: Connection, make: _Make, which: Which) -> list[tuple[Any, ...]]:
    return read_rows(connection, _statement(make, isinstance(which, int)), {"which": which})


@cache
def _statement(make: _Make, of_board: bool) -> Any:
    if of_board:
        return make(CARD.c.board_id == bindparam("which"))
    return make(CARD.c.id.in_(bindparam("which", expanding=True)))


def _of_cards(table: Any, here: Any, *columns: Any) -> Select[Any]:
    query = select(table.c.card_id, *columns).join(CARD, CARD.c.id == table.c.card_id)
    return query.where(here).order_by(table.c.id)


def _assignees(here: Any) -> Select[Any]:
    return _of_cards(ASSIGNEE, here, ASSIGNEE.c.person_id)


def _blocks(here: Any) -> Select[Any]:
    query = _of_cards(BLOCK, here, BLOCK.c.reason, BLOCK.c.since)
    return query.where(BLOCK.c.until.is_(None))


def _values(here: Any) -> Select[Any]:
    return _of_cards(VALUE, here, VALUE.c.field_id, VALUE.c.value)


def _in_sprints(here: Any) -> Select[Any]:
    query = _of_cards(IN_SPRINT, here, IN_SPRINT.c.sprint_id)
    query = query.join(SPRINT, SPRINT.c.id == IN_SPRINT.c.sprint_id)
    query = query.join(COLUMN, COLUMN.c.id == CARD.c.column_id)
    counts = SPRINT.c.closed_at.is_(None) | (COLUMN.c.kind == ColumnKind.DONE)
    stands = IN_SPRINT.c.removed_at.is_(None) & (SPRINT.c.board_id == CARD.c.board_id)
    return query.where(stands, counts)


def _counts(here: Any) -> Any:
    """How many there are of each kind on a card, and how many of them are done."""
    parts = []
    for name, record in _COUNTED.items():
        table = table_of(record)
        done = func.sum(case((table.c.done, 1), else_=0)) if "done" in table.c else literal(0)
        query = select(literal(name), table.c.card_id, func.count(), done)
        query = query.join(CARD, CARD.c.id == table.c.card_id).where(here)
        parts.append(query.group_by(table.c.card_id))
    return union_all(*parts)


def _read_counts(connection: Connection, found: BoardView, which: Which) -> None:
    found.checklist, found.comments, found.files = {}, {}, {}
    for name, card, n, done in _read(connection, _counts, which):
        if name == "checklist_item":
            found.checklist[card] = done, n
        else:
            getattr(found, HANGING[name])[card] = n


# --- since when, and what for ------------------------------------------------------------------


def started(connection: Connection, which: Which) -> dict[int, int]:
    """When cards in progress first came into an active column."""
    now_active = _read(connection, _active, which)
    return _earliest(dict(now_active), _read(connection, _began, which))


def _earliest(found: dict[int, int], began: Sequence[tuple[Any, ...]]) -> dict[int, int]:
    for card, at in began:
        found[card] = min(at, found.get(card, at))
    return found


def _active(here: Any) -> Select[Any]:
    """Cards that are in an active column now, and since when."""
    query = select(CARD.c.id, CARD.c.entered_at).join(COLUMN, COLUMN.c.id == CARD.c.column_id)
    return query.where(here, COLUMN.c.kind == ColumnKind.ACTIVE, CARD.c.trashed_at.is_(None))


def _began(here: Any) -> Select[Any]:
    """When unfinished cards first came into an active column that they have left since."""
    present, past = COLUMN.alias(), COLUMN.alias()
    return (
        select(STAY.c.card_id, func.min(STAY.c.entered_at))
        .join(CARD, CARD.c.id == STAY.c.card_id)
        .join(present, present.c.id == CARD.c.column_id)
        .join(past, past.c.id == STAY.c.column_id)
        .where(here, CARD.c.trashed_at.is_(None))
        .where(present.c.kind != ColumnKind.DONE, past.c.kind == ColumnKind.ACTIVE)
        .group_by(STAY.c.card_id)
    )


def _waits(here: Any) -> Select[Any]:
    """A row for each unfinished card that blocks another: whom, and of which squads they are."""
    other, column, home = CARD.alias(), COLUMN.alias(), BOARD.alias()
    return (
        select(DEPENDENCY.c.blocked_id, home.c.squad_id)
        .join(CARD, CARD.c.id == DEPENDENCY.c.blocked_id)
        .join(other, other.c.id == DEPENDENCY.c.blocker_id)
        .join(column, column.c.id == other.c.column_id)
        .join(home, home.c.id == other.c.board_id)
        .where(here, column.c.kind != ColumnKind.DONE, other.c.trashed_at.is_(None))
    )


def _waiting(
    connection: Connection, which: Which, squad_id: int
) -> tuple[dict[int, int], frozenset[int]]:
    """How many unfinished cards block a card, and which cards wait for another squad's."""
    counts: dict[int, int] = {}
    elsewhere = set()
    for card, theirs in _read(connection, _waits, which):
        counts[card] = counts.get(card, 0) + 1
        if theirs != squad_id:
            elsewhere.add(card)
    return counts, frozenset(elsewhere)
