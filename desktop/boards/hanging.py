"""What hangs on cards: read for a whole board, or for those that a change touched."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, select

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
)
from ecofolio.store.base import Record, table_of
from ecofolio.store.bulk import read_rows
from ecofolio.vocabulary import ColumnKind

if TYPE_CHECKING:
    from ecofolio.boards.queries import BoardView

BOARD, COLUMN, CARD, STAY, BLOCK, ASSIGNEE, VALUE, DEPENDENCY = map(
    table_of,
    (Board, BoardColumn, Card, CardStay, CardBlock, CardAssignee, CardValue, CardDependency),
)
# made once: an alias costs more than the statement that it is in
_PRESENT, _PAST, _OTHER, _HOME = COLUMN.alias(), COLUMN.alias(), CARD.alias(), BOARD.alias()


class Blocked(NamedTuple):
    """Why a card is blocked, and since when."""

    reason: str
    since: int


def add_parts(
    connection: Connection, found: BoardView, here: Any, tables: Container[str] | None = None
) -> None:
    """Read what hangs on cards; `here` is the condition that chooses them, `tables` those of
    which something may have changed (all without)."""
    for name, (_part, read) in HANGING.items():
        if tables is None or name in tables:
            read(connection, found, here)
    found.started = started(connection, here)
    found.waiting, found.elsewhere = _waiting(connection, here, found.board.squad_id)


def _read_assignees(connection: Connection, found: BoardView, here: Any) -> None:
    people = found.assignees
    for card, person in read_rows(connection, _of_cards(ASSIGNEE, here, ASSIGNEE.c.person_id)):
        people[card] = (*people[card], person) if card in people else (person,)


def _read_blocks(connection: Connection, found: BoardView, here: Any) -> None:
    query = _of_cards(BLOCK, here, BLOCK.c.reason, BLOCK.c.since).where(BLOCK.c.until.is_(None))
    rows = connection.execute(query).all()
    found.blocked = {card: Blocked(reason, since) for card, reason, since in rows}


def _read_checklist(connection: Connection, found: BoardView, here: Any) -> None:
    item = table_of(ChecklistItem)
    done = func.sum(case((item.c.done, 1), else_=0))
    ticks = _counted(item, here).add_columns(done)
    found.checklist = {card: (ticked, all_) for card, all_, ticked in connection.execute(ticks)}


def _read_comments(connection: Connection, found: BoardView, here: Any) -> None:
    found.comments = _counts(connection, CardComment, here)


def _read_files(connection: Connection, found: BoardView, here: Any) -> None:
    found.files = _counts(connection, CardFile, here)


def _read_values(connection: Connection, found: BoardView, here: Any) -> None:
    if found.fields:
        query = _of_cards(VALUE, here, VALUE.c.field_id, VALUE.c.value)
        for card, own, value in read_rows(connection, query):
            found.values.setdefault(card, {})[own] = value


# by table: the part of a `BoardView` that holds it, and how that is read
HANGING: dict[str, tuple[str, Callable[[Connection, BoardView, Any], None]]] = {
    "card_assignee": ("assignees", _read_assignees),
    "card_block": ("blocked", _read_blocks),
    "checklist_item": ("checklist", _read_checklist),
    "card_comment": ("comments", _read_comments),
    "card_file": ("files", _read_files),
    "card_value": ("values", _read_values),
}


def _of_cards(table: Any, condition: Any, *columns: Any) -> Select[Any]:
    query = select(table.c.card_id, *columns).join(CARD, CARD.c.id == table.c.card_id)
    return query.where(condition).order_by(table.c.id)


def _counted(table: Any, condition: Any) -> Select[Any]:
    query = select(table.c.card_id, func.count()).join(CARD, CARD.c.id == table.c.card_id)
    return query.where(condition).group_by(table.c.card_id)


def _counts(connection: Connection, record: type[Record], condition: Any) -> dict[int, int]:
    return dict(connection.execute(_counted(table_of(record), condition)).all())


def started(connection: Connection, condition: Any) -> dict[int, int]:
    """When cards in progress first came into an active column."""
    present, past = _PRESENT, _PAST
    query = (
        select(STAY.c.card_id, func.min(STAY.c.entered_at))
        .join(CARD, CARD.c.id == STAY.c.card_id)
        .join(present, present.c.id == CARD.c.column_id)
        .join(past, past.c.id == STAY.c.column_id)
        .where(condition, CARD.c.trashed_at.is_(None))
        .where(present.c.kind != ColumnKind.DONE, past.c.kind == ColumnKind.ACTIVE)
        .group_by(STAY.c.card_id)
    )
    found: dict[int, int] = dict(connection.execute(query).all())
    now_active = (
        select(CARD.c.id, CARD.c.entered_at)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .where(condition, COLUMN.c.kind == ColumnKind.ACTIVE, CARD.c.trashed_at.is_(None))
    )
    for card, at in connection.execute(now_active):
        found[card] = min(at, found.get(card, at))
    return found


def _waiting(
    connection: Connection, condition: Any, squad_id: int | None
) -> tuple[dict[int, int], frozenset[int]]:
    """How many unfinished cards block a card, and which cards wait for another squad's."""
    other, column, home = _OTHER, _PRESENT, _HOME
    query = (
        select(DEPENDENCY.c.blocked_id, home.c.squad_id, BOARD.c.squad_id)
        .join(CARD, CARD.c.id == DEPENDENCY.c.blocked_id)
        .join(BOARD, BOARD.c.id == CARD.c.board_id)
        .join(other, other.c.id == DEPENDENCY.c.blocker_id)
        .join(column, column.c.id == other.c.column_id)
        .join(home, home.c.id == other.c.board_id)
        .where(condition, column.c.kind != ColumnKind.DONE, other.c.trashed_at.is_(None))
    )
    counts: dict[int, int] = {}
    elsewhere = set()
    for card, theirs, ours in connection.execute(query):
        counts[card] = counts.get(card, 0) + 1
        if theirs != ours:
            elsewhere.add(card)
    return counts, frozenset(elsewhere)
