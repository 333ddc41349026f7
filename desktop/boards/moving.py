"""Moving cards, one or many, as one undoable change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ecofolio.boards.model import BoardColumn, CardAssignee, CardValue
from ecofolio.boards.placing import (
    FIELD,
    Row,
    board_row,
    check_limits,
    chunks,
    column_of,
    enter,
    lane_values,
    lanes_of,
    make_room,
    present,
)
from ecofolio.errors import InputError, StaleError
from ecofolio.store import journal
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import LaneBy


def move_cards(
    work: Work,
    ids: Sequence[int],
    column_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    top: bool = False,
    lane: str | None = None,
    reason: str | None = None,
    seen: Mapping[int, int] | None = None,
) -> list[int]:
    """Put cards, in the order given, into a column; returns those that changed.

    They come above the card `before`, below the card `after`, to the `top`, or to the bottom.
    `lane` is the key of the lane that they are dropped in. `reason` lets them in beyond a limit
    that blocks, and is told in the history. `seen` says in which column each was shown:
    `StaleError` says where a card went that somebody else has moved meanwhile.
    """
    ids = list(dict.fromkeys(ids))
    rows = present(work, ids)
    refuse_moved(work, rows, seen or {})
    column = column_of(work, column_id)
    boards = {row["board_id"] for row in rows.values()}
    if boards - {column["board_id"]}:
        raise InputError(_("A card is moved to another board by handing it over."))
    board = board_row(work, column["board_id"])
    entering = [one for one, row in rows.items() if row["column_id"] != column_id]
    changing = entering
    if lane is not None and board["lane_by"] != LaneBy.NONE:
        own = lanes_of(work, board, ids)
        changing = [one for one in ids if own[one] != lane or one in set(entering)]
    check_column = entering if entering else []
    _check(work, board, column, check_column, changing, lane, reason)
    keys = make_room(work, column_id, len(ids), before=before, after=after, top=top, moved=ids)
    values = {} if lane is None else lane_values(board["lane_by"], lane)
    changed = enter(work, rows, column, dict(zip(ids, keys, strict=True)), values)
    if lane is not None:
        put_in_lane(work, board, ids, lane)
    _label(work, rows, column, reason)
    return changed


def _check(
    work: Work,
    board: Row,
    column: Row,
    entering: Sequence[int],
    changing: Sequence[int],
    lane: str | None,
    reason: str | None,
) -> None:
    if entering:
        check_limits(work, board, column, entering, 0, lane, reason)
    elif changing:  # another lane of the same column: the column's own count stays
        check_limits(work, board, {**column, "wip_limit": None}, changing, 0, lane, reason)


def refuse_moved(work: Work, rows: Mapping[int, Row], seen: Mapping[int, int]) -> None:
    """`StaleError` where a card is no longer in the column that it was shown in."""
    for identity, column_id in seen.items():
        row = rows.get(identity)
        if row is None or row["column_id"] == column_id:
            continue
        column = work.row(BoardColumn, row["column_id"])
        who = next(
            (
                one.entry.actor
                for one in journal.history(work.connection, "card", identity)
                if one.record == "card" and "column_id" in (one.after or {})
            ),
            "?",
        )
        raise StaleError(
            _("{actor} has moved “{card}” to “{column}” meanwhile.").format(
                actor=who, card=row["title"], column=column["name"]
            )
        )


def put_in_lane(work: Work, board: Mapping[str, Any], ids: Sequence[int], lane: str) -> None:
    """Give cards the person or the field's value that a lane stands for."""
    if board["lane_by"] == LaneBy.ASSIGNEE:
        own = lanes_of(work, board, ids)
        _put_first(work, [one for one in ids if own[one] != lane], int(lane) if lane else None)
    elif board["lane_by"] == LaneBy.FIELD:
        field = work.connection.scalar(
            select(FIELD.c.id).where(FIELD.c.board_id == board["id"], FIELD.c.lanes)
        )
        if field is not None:
            set_value(work, ids, field, lane or None)


def _put_first(work: Work, ids: Sequence[int], person: int | None) -> None:
    """Somebody else takes over from the first of a card's people; for nobody, all are let go."""
    table = table_of(CardAssignee)
    rows: list[Any] = []
    for part in chunks(ids):
        query = select(table).where(table.c.card_id.in_(part)).order_by(table.c.id)
        rows.extend(work.connection.execute(query).all())
    # all of them anew, because the order of their rows says who is first
    work.delete(CardAssignee, [row.id for row in rows])
    if person is None:
        return
    others: dict[int, list[int]] = {}
    for row in rows:
        others.setdefault(row.card_id, []).append(row.person_id)
    work.insert(
        CardAssignee,
        [
            {"card_id": card, "person_id": who}
            for card in ids
            for who in dict.fromkeys((person, *others.get(card, ())[1:]))
        ],
    )


def set_value(work: Work, ids: Sequence[int], field_id: int, value: str | None) -> None:
    """Give cards a value in a field of their board; None takes it away."""
    table = table_of(CardValue)
    found: dict[int, int] = {}
    for part in chunks(ids):
        query = select(table.c.card_id, table.c.id).where(
            table.c.field_id == field_id, table.c.card_id.in_(part)
        )
        found.update(work.connection.execute(query).all())
    if value is None:
        work.delete(CardValue, found.values())
        return
    work.update_many(CardValue, {one: {"value": value} for one in found.values()})
    missing = [one for one in ids if one not in found]
    work.insert(
        CardValue, [{"card_id": one, "field_id": field_id, "value": value} for one in missing]
    )


def _label(
    work: Work, rows: Mapping[int, Row], column: Mapping[str, Any], reason: str | None
) -> None:
    reason, name = (reason or "").strip(), column["name"]
    if len(rows) == 1:
        card = next(iter(rows.values()))["title"]
        if reason:
            work.label(
                N_("Move {card} to {column} beyond its limit: {reason}"),
                card=card,
                column=name,
                reason=reason,
            )
        else:
            work.label(N_("Move {card} to {column}"), card=card, column=name)
    elif reason:
        work.label(
            N_("Move {n} cards to {column} beyond its limit: {reason}"),
            n=len(rows),
            column=name,
            reason=reason,
        )
    else:
        work.label(N_("Move {n} cards to {column}"), n=len(rows), column=name)
