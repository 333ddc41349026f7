"""Cards that go to another board, or are copied to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ecofolio.boards import rules
from ecofolio.boards.model import (
    BoardColumn,
    Card,
    CardAssignee,
    CardComment,
    CardFile,
    CardValue,
    ChecklistItem,
    Sprint,
    SprintCard,
)
from ecofolio.boards.placing import (
    FIELD,
    Row,
    board_row,
    check_limits,
    chunks,
    column_of,
    enter,
    first_column,
    make_room,
    now,
    present,
)
from ecofolio.errors import InputError
from ecofolio.store.base import Record, table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _

_COPIED: tuple[type[Record], ...] = (
    CardAssignee,
    ChecklistItem,
    CardComment,
    CardFile,
    CardValue,
)
_OWN = ("id", "version", "key", "rank", "board_id", "column_id", "entered_at", "entered_by")


def hand_over(
    work: Work,
    ids: Sequence[int],
    board_id: int,
    column_id: int | None = None,
    *,
    reason: str | None = None,
) -> list[int]:
    """Move cards to another board, with their history; without `column_id` to its first column
    of the kind that they are in.

    Values in fields that the other board does not have are kept in the description. Sprints are
    their board's own: the cards leave those that are open. `reason` lets them in beyond a limit.
    """
    rows = present(work, ids)
    board, column = board_row(work, board_id), _target(work, rows, board_id, column_id)
    entering = [one for one, row in rows.items() if row["board_id"] != board_id]
    if not entering:
        raise InputError(_("The cards are on that board already."))
    rows = {one: rows[one] for one in entering}
    check_limits(work, board, column, entering, 0, None, reason)
    _translate_fields(work, rows, board_id)
    _leave_sprints(work, entering)
    keys = make_room(work, column["id"], len(entering))
    fresh = work.rows(Card, entering)
    moved = {identity: fresh[identity] for identity in entering}
    changed = enter(work, moved, column, dict(zip(entering, keys, strict=True)), {})
    messages = N_("Hand {card} over to {board}"), N_("Hand {n} cards over to {board}")
    _label(work, rows, board, *messages)
    return changed


def copy_cards(
    work: Work,
    ids: Sequence[int],
    board_id: int,
    column_id: int | None = None,
    *,
    reason: str | None = None,
) -> list[int]:
    """Add copies of cards to a board, with people, checklist, comments, files and fields.

    Their history is not copied: what was done once would count twice. Returns the copies.
    """
    rows = present(work, ids)
    board, column = board_row(work, board_id), _target(work, rows, board_id, column_id)
    check_limits(work, board, column, (), len(rows), None, reason)
    place = {"board_id": board_id, "column_id": column["id"], "entered_at": now(work)}
    keys = make_room(work, column["id"], len(rows))
    values = [
        {**{name: one for name, one in row.items() if name not in _OWN}, **place, "rank": key}
        for row, key in zip(rows.values(), keys, strict=True)
    ]
    made = work.insert(Card, values)
    copies = dict(zip(rows, made, strict=True))
    for record in _COPIED:
        _copy_parts(work, record, copies)
    _translate_fields(work, work.rows(Card, made), board_id)
    _label(work, rows, board, N_("Copy {card} to {board}"), N_("Copy {n} cards to {board}"))
    return made


def _target(work: Work, rows: Mapping[int, Row], board_id: int, column_id: int | None) -> Row:
    if column_id is not None:
        column = column_of(work, column_id)
        if column["board_id"] != board_id:
            raise InputError(_("That column belongs to another board."))
        return column
    columns = work.rows(BoardColumn, list({row["column_id"] for row in rows.values()}))
    kinds = {one["kind"] for one in columns.values()}
    return first_column(work, board_id, kinds.pop() if len(kinds) == 1 else None)


def usual_column(kinds: set[str], columns: Sequence[Any]) -> int | None:
    """Which of a board's columns cards of these kinds of columns come to; None where a person
    has to say it, because the kinds differ or the board has none of the kind."""
    fitting = [one.id for one in columns if {one.kind} == kinds]
    return fitting[0] if fitting else None


def _leave_sprints(work: Work, ids: Sequence[int]) -> None:
    part, sprint = table_of(SprintCard), table_of(Sprint)
    for some in chunks(ids):
        query = (
            select(part.c.id)
            .join(sprint, sprint.c.id == part.c.sprint_id)
            .where(part.c.card_id.in_(some), part.c.removed_at.is_(None))
            .where(sprint.c.closed_at.is_(None))
        )
        found = work.connection.scalars(query).all()
        work.update_many(SprintCard, {one: {"removed_at": now(work)} for one in found})


def _copy_parts(work: Work, record: type[Record], copies: Mapping[int, int]) -> None:
    table = table_of(record)
    for some in chunks(copies):
        query = select(table).where(table.c.card_id.in_(some)).order_by(table.c.id)
        found = work.connection.execute(query).mappings().all()
        work.insert(
            record,
            [
                {
                    **{name: value for name, value in row.items() if name not in _OWN},
                    "card_id": copies[row["card_id"]],
                }
                for row in found
            ],
        )


def _label(
    work: Work, rows: Mapping[int, Row], board: Mapping[str, Any], one: str, several: str
) -> None:
    if len(rows) == 1:
        work.label(one, card=next(iter(rows.values()))["title"], board=board["name"])
    else:
        work.label(several, n=len(rows), board=board["name"])


def _translate_fields(work: Work, rows: Mapping[int, Row], board_id: int) -> None:
    value = table_of(CardValue)
    query = select(FIELD.c.name, FIELD.c.type, FIELD.c.id).where(FIELD.c.board_id == board_id)
    theirs = {(row.name, row.type): row.id for row in work.connection.execute(query)}
    kept: dict[int, list[str]] = {}
    for part in chunks(rows):
        own = (
            select(value.c.id, value.c.card_id, value.c.value, FIELD.c.name, FIELD.c.type)
            .join(FIELD, FIELD.c.id == value.c.field_id)
            .where(value.c.card_id.in_(part))
        )
        for row in work.connection.execute(own).all():
            if (row.name, row.type) in theirs:
                work.update(CardValue, row.id, {"field_id": theirs[row.name, row.type]})
            else:
                work.delete(CardValue, [row.id])
                kept.setdefault(row.card_id, []).append(f"{row.name}: {row.value}")
    for card, lines in kept.items():
        text = "\n\n".join(filter(None, (rows[card]["description"], "\n".join(lines))))
        work.update(Card, card, rules.clean_card({"description": text}))
