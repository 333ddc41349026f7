"""Where cards are put: ranks between neighbours, limits, stays. Used by every verb that moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select

from ecofolio.boards import ranks, rules
from ecofolio.boards.model import (
    Board,
    BoardColumn,
    BoardLane,
    Card,
    CardAssignee,
    CardBlock,
    CardField,
    CardStay,
    CardValue,
)
from ecofolio.errors import InputError, StaleError
from ecofolio.store import journal
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import _
from ecofolio.vocabulary import ColumnKind, LaneBy

CARD, COLUMN, LANE, FIELD = map(table_of, (Card, BoardColumn, BoardLane, CardField))
Row = dict[str, Any]


def now(work: Work) -> int:
    """The instant of the change, as stays keep it."""
    return journal.microseconds(work.now)


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """Identities in portions that any database takes in one statement."""
    found = list(ids)
    return (found[first : first + 500] for first in range(0, len(found), 500))


def present(work: Work, ids: Sequence[int]) -> dict[int, Row]:
    """The cards in the order given; `InputError` where one is gone or in the trash."""
    found = work.rows(Card, ids)
    for identity in ids:
        if identity not in found:
            raise InputError(_("This card no longer exists: somebody deleted it meanwhile."))
        if found[identity]["trashed_at"] is not None:
            raise InputError(
                _("“{card}” is in the trash: restore it first.").format(
                    card=found[identity]["title"]
                )
            )
    return {identity: found[identity] for identity in ids}


def column_of(work: Work, column_id: int) -> Row:
    """A column that is on its board."""
    column = work.row(BoardColumn, column_id)
    if column["retired_at"] is not None:
        raise InputError(
            _("The column “{column}” was deleted meanwhile.").format(column=column["name"])
        )
    return column


def first_column(work: Work, board_id: int, kind: str | None = None) -> Row:
    """The leftmost column of a board, or of a kind where it has one."""
    query = select(COLUMN).where(COLUMN.c.board_id == board_id, COLUMN.c.retired_at.is_(None))
    found = [dict(row) for row in work.connection.execute(query).mappings()]
    if not found:
        raise InputError(_("This board has no columns: add one first."))
    found.sort(key=lambda row: (kind is not None and row["kind"] != kind, row["position"]))
    return found[0]


# --- ranks -------------------------------------------------------------------------------------


def make_room(
    work: Work,
    column_id: int,
    count: int,
    *,
    before: int | None = None,
    after: int | None = None,
    top: bool = False,
    moved: Iterable[int] = (),
) -> list[str]:
    """`count` ranks in a column: above a card, below one, at the top, or else at the bottom.

    `moved` are the cards that are put there, whose old places do not count. Cards that an undo
    gave the same rank are told apart by their identities, and get ranks of their own here.
    """
    out = set(moved)
    if before in out or after in out:
        before = after = None
    anchor = before if before is not None else after
    if anchor is None:
        edge = _nearest(work, column_id, out, top)
        low, high = (None, edge) if top else (edge, None)
        return ranks.spread(low[0] if low else None, high[0] if high else None, count)
    row = work.rows(Card, [anchor]).get(anchor)
    if row is None or row["column_id"] != column_id:
        raise StaleError(_("The card at that place has moved meanwhile: try again."))
    here = (row["rank"], anchor)
    if before is not None:
        under, over = _nearest(work, column_id, out, False, here), here
        return _between(work, column_id, out, under, over, count)
    above = _nearest(work, column_id, out, True, here)
    return _between(work, column_id, out, here, above, count)


def _between(
    work: Work,
    column_id: int,
    out: set[int],
    low: tuple[str, int] | None,
    high: tuple[str, int] | None,
    count: int,
) -> list[str]:
    if low is None or high is None or low[0] < high[0]:
        return ranks.spread(low[0] if low else None, high[0] if high else None, count)
    tied, following = [high[1]], _nearest(work, column_id, out, True, high)
    while following is not None and following[0] == low[0]:
        tied.append(following[1])
        following = _nearest(work, column_id, out, True, following)
    keys = ranks.spread(low[0], following[0] if following else None, count + len(tied))
    work.update_many(
        Card, {one: {"rank": key} for one, key in zip(tied, keys[count:], strict=True)}
    )
    return keys[:count]


@cache
def _ask_beyond(rising: bool, beyond: bool) -> Select[Any]:
    """The cards of a column upward or downward from an end, or from beyond a place; made once,
    because making a statement takes longer than asking it."""
    rank, identity = CARD.c.rank, CARD.c.id
    query = select(rank, identity).where(CARD.c.column_id == bindparam("column"))
    if beyond:
        at: Any = bindparam("rank", type_=rank.type)
        tied: Any = bindparam("card")
        if rising:  # in two conditions, of which an index can go by the first
            query = query.where(rank >= at, or_(rank > at, identity > tied))
        else:
            query = query.where(rank <= at, or_(rank < at, identity < tied))
    order = (rank, identity) if rising else (rank.desc(), identity.desc())
    return query.order_by(*order).limit(bindparam("most"))


def _nearest(
    work: Work,
    column_id: int,
    out: set[int],
    rising: bool,
    here: tuple[str, int] | None = None,
) -> tuple[str, int] | None:
    """The first card from an end of a column, or from beyond a place, that does not move out."""
    chosen: dict[str, Any] = {"column": column_id, "most": len(out) + 1}
    if here is not None:
        chosen |= {"rank": here[0], "card": here[1]}
    for rank, identity in work.connection.execute(_ask_beyond(rising, here is not None), chosen):
        if identity not in out:
            return rank, identity
    return None


# --- limits ------------------------------------------------------------------------------------


def check_limits(
    work: Work,
    board: Mapping[str, Any],
    column: Mapping[str, Any],
    entering: Sequence[int],
    added: int,
    lane: str | None,
    reason: str | None,
) -> None:
    """Refuse cards that enter a column or lane beyond its limit, where the board says so.

    `entering` are the cards that are there already elsewhere, `added` how many there will be
    more; `lane` is where they are put, None where they keep their own.
    """
    if not board["blocks"] or (reason or "").strip():
        return  # nothing is refused: no need to count
    limits: list[rules.Limit] = []
    if column["wip_limit"] and (entering or added):
        query = select(func.count()).where(
            CARD.c.column_id == column["id"], CARD.c.trashed_at.is_(None)
        )
        count = work.connection.scalar(query) or 0
        comes = count + len(entering) + added
        limits.append(rules.Limit(column["name"], column["wip_limit"], comes))
    limits.extend(_lane_limits(work, board, column, entering, added, lane))
    rules.refuse_exceeded(limits, board["blocks"], reason)


def _lane_limits(
    work: Work,
    board: Mapping[str, Any],
    column: Mapping[str, Any],
    entering: Sequence[int],
    added: int,
    lane: str | None,
) -> list[rules.Limit]:
    query = select(LANE).where(LANE.c.board_id == board["id"], LANE.c.wip_limit.is_not(None))
    limited = {row.key: row.wip_limit for row in work.connection.execute(query)}
    if not limited or column["kind"] not in rules.WORKED:
        return []
    now_in = lanes_in_progress(work, board)
    after = dict(now_in)
    keys = lanes_of(work, board, [one for one in entering if one not in now_in])
    for identity in entering:
        after[identity] = lane if lane is not None else now_in.get(identity, keys.get(identity, ""))
    counts: dict[str, int] = {}
    for key in after.values():
        counts[key] = counts.get(key, 0) + 1
    if lane is not None:
        counts[lane] = counts.get(lane, 0) + added
    before: dict[str, int] = {}
    for key in now_in.values():
        before[key] = before.get(key, 0) + 1
    return [
        rules.Limit(key or _("Others"), limit, counts.get(key, 0), is_lane=True)
        for key, limit in limited.items()
        if counts.get(key, 0) > before.get(key, 0)
    ]


def lanes_in_progress(work: Work, board: Mapping[str, Any]) -> dict[int, str]:
    """The lane of every card that counts as work in progress on a board."""
    query = (
        select(CARD.c.id)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .where(
            CARD.c.board_id == board["id"],
            CARD.c.trashed_at.is_(None),
            COLUMN.c.kind.in_([kind.value for kind in rules.WORKED]),
        )
    )
    return lanes_of(work, board, list(work.connection.scalars(query)))


def lanes_of(work: Work, board: Mapping[str, Any], ids: Sequence[int]) -> dict[int, str]:
    """The lanes of cards by the board's present way of making lanes."""
    people: dict[int, list[int]] = {}
    values: dict[int, str] = {}
    person, value = table_of(CardAssignee), table_of(CardValue)
    for part in chunks(ids):
        if board["lane_by"] == LaneBy.ASSIGNEE:
            query = select(person.c.card_id, person.c.person_id).where(person.c.card_id.in_(part))
            for card, who in work.connection.execute(query.order_by(person.c.id)):
                people.setdefault(card, []).append(who)
        elif board["lane_by"] == LaneBy.FIELD:
            chosen = select(value.c.card_id, value.c.value).join(
                FIELD, FIELD.c.id == value.c.field_id
            )
            chosen = chosen.where(FIELD.c.lanes, value.c.card_id.in_(part))
            values.update(work.connection.execute(chosen).all())
    return {
        identity: rules.lane_keys(
            board["lane_by"],
            initiative=row["initiative_id"],
            service=row["service"],
            assignees=people.get(identity, ()),
            loop_phase=row["loop_phase"],
            value=values.get(identity),
        )
        for identity, row in work.rows(Card, ids).items()
    }


def lane_values(lane_by: str, key: str) -> dict[str, Any]:
    """What a card gets that is put into a lane; people and fields are written by themselves."""
    match lane_by:
        case LaneBy.INITIATIVE:
            return {"initiative_id": int(key) if key else None}
        case LaneBy.SERVICE:
            return {"service": key} if key else {}
        case LaneBy.LOOP_PHASE:
            return {"loop_phase": key or None}
    return {}


# --- stays -------------------------------------------------------------------------------------


def enter(
    work: Work,
    rows: Mapping[int, Row],
    column: Mapping[str, Any],
    keys: Mapping[int, str],
    values: Mapping[str, Any],
) -> list[int]:
    """Put cards into a column under their ranks; what they leave becomes a stay that is over."""
    at = now(work)
    changes: dict[int, dict[str, Any]] = {}
    stays: list[dict[str, Any]] = []
    leaving = []
    for identity, row in rows.items():
        changes[identity] = {"rank": keys[identity], **values}
        if row["column_id"] != column["id"]:
            leaving.append(identity)
            changes[identity] |= {
                "column_id": column["id"],
                "board_id": column["board_id"],
                "entered_at": at,
                "entered_by": None,
            }
            stays.append(
                {
                    "card_id": identity,
                    "column_id": row["column_id"],
                    "entered_at": row["entered_at"],
                    "entered_by": row["entered_by"],
                }
            )
    work.insert(CardStay, stays)
    changed = work.update_many(Card, changes)
    if column["kind"] == ColumnKind.DONE:
        end_blocks(work, leaving)
    return changed


def end_blocks(work: Work, ids: Sequence[int]) -> None:
    """What is finished is not blocked any more."""
    work.update_many(CardBlock, {one: {"until": now(work)} for one in open_blocks(work, ids)})


def open_blocks(work: Work, ids: Sequence[int]) -> dict[int, int]:
    """The blocks that last, by identity, with their cards."""
    table = table_of(CardBlock)
    found: dict[int, int] = {}
    for part in chunks(ids):
        query = select(table.c.id, table.c.card_id).where(
            table.c.card_id.in_(part), table.c.until.is_(None)
        )
        found.update(work.connection.execute(query).all())
    return found


def board_row(work: Work, board_id: int) -> Row:
    """A board."""
    return work.row(Board, board_id)
