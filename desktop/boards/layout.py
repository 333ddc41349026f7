"""What people do with boards themselves: columns, lanes, fields, filters, templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select

from ecofolio.boards import rules
from ecofolio.boards.actions import delete_cards
from ecofolio.boards.filters import NO_SPRINT, CardFilter
from ecofolio.boards.model import (
    Board,
    BoardColumn,
    BoardFilter,
    BoardLane,
    Card,
    CardField,
    CardStay,
    CardValue,
    Sprint,
    SprintCard,
)
from ecofolio.boards.placing import CARD, COLUMN, FIELD, LANE, column_of, enter, make_room, now
from ecofolio.boards.templates import TEMPLATES, BoardTemplate
from ecofolio.errors import InputError
from ecofolio.squads.model import Squad
from ecofolio.store.base import Record, table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import FieldType, LaneBy

BOARD = table_of(Board)


def create_board(
    work: Work,
    squad_id: int,
    name: str,
    *,
    template: str = BoardTemplate.DELIVERY.value,
    like: int | None = None,
    code: str | None = None,
) -> int:
    """Add a board to a squad from a template, or `like` another board, without its cards."""
    name = _named(name)
    squad = work.row(Squad, squad_id)
    if template not in BoardTemplate._value2member_map_:
        raise InputError(_("There is no template {name}.").format(name=template))
    code = free_code(work, code, squad["code"])
    row = {"squad_id": squad_id, "name": name, "code": code}
    work.label(N_("Add board {board}"), board=name)
    if like is not None:
        return _like(work, row, like)
    plan = TEMPLATES[BoardTemplate(template)]
    board = work.insert(Board, [{**row, "lane_by": plan.lane_by.value}])[0]
    work.insert(
        BoardColumn,
        [
            {
                "board_id": board,
                "name": _(column.name),
                "kind": column.kind.value,
                "wip_limit": column.limit,
                "policy": _(column.policy) or None,
                "position": n,
            }
            for n, column in enumerate(plan.columns)
        ],
    )
    return board


def _named(name: str | None) -> str:
    name = (name or "").strip()
    if not name:
        raise InputError(_("A board needs a name."))
    return name


def free_code(work: Work, code: str | None, prefix: str) -> str:
    """The code that is asked for, or the squad's next; `InputError` where it is taken."""
    taken = set(work.connection.scalars(select(BOARD.c.code)))
    code = (code or "").strip()
    if code:
        if code in taken:
            raise InputError(_("There is already a board {code}.").format(code=code))
        return code
    number = 1
    while f"{prefix}-B{number}" in taken:
        number += 1
    return f"{prefix}-B{number}"


def _like(work: Work, row: Mapping[str, Any], like: int) -> int:
    other = work.row(Board, like)
    copied = {key: other[key] for key in ("lane_by", "blocks", "sprints")}
    board = work.insert(Board, [{**row, **copied}])[0]
    for record in (BoardColumn, BoardLane, CardField, BoardFilter):
        table = table_of(record)
        query = select(table).where(table.c.board_id == like).order_by(table.c.id)
        found = work.connection.execute(query).mappings().all()
        if record is BoardFilter:  # the sprints stay where they are
            found = [one for one in found if _fits_anywhere(one["spec"])]
        work.insert(
            record,
            [
                {**{k: v for k, v in one.items() if k not in ("id", "version")}, "board_id": board}
                for one in found
                if one.get("retired_at") is None
            ],
        )
    return board


def _fits_anywhere(spec: str) -> bool:
    """Whether a saved filter names no sprint of its board."""
    return CardFilter.from_json(spec).sprints <= {NO_SPRINT}


def set_board(
    work: Work, board_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a board: `name`, `squad_id`, `lane_by`, `blocks`, `sprints`."""
    values = dict(values)
    if "name" in values:
        values["name"] = _named(values["name"])
    if values.get("lane_by", "none") not in LaneBy._value2member_map_:
        raise InputError(_("A board can not have lanes of that kind."))
    if values.get("lane_by") == LaneBy.FIELD and not _lane_field(work, board_id):
        raise InputError(_("Choose the field that makes the lanes."))
    row = work.row(Board, board_id)
    if values.get("lane_by", row["lane_by"]) != row["lane_by"]:
        _forget_numbered(work, board_id)
    work.label(N_("Change board {board}"), board=row["name"])
    return work.update(Board, board_id, values, expect)


def _forget_numbered(work: Work, board_id: int) -> None:
    """Initiatives and people are numbers as keys: a limit of one must not become another's."""
    query = select(LANE.c.id, LANE.c.key).where(LANE.c.board_id == board_id)
    rows = work.connection.execute(query).all()
    work.delete(BoardLane, [row.id for row in rows if row.key.isdecimal()])


def set_lanes(work: Work, board_id: int, lane_by: str, field_id: int | None = None) -> None:
    """Choose what makes the lanes of a board; for `field`, which one."""
    if lane_by == LaneBy.FIELD:
        if field_id is None:
            raise InputError(_("Choose the field that makes the lanes."))
        fields = work.connection.scalars(select(FIELD.c.id).where(FIELD.c.board_id == board_id))
        work.update_many(CardField, {one: {"lanes": one == field_id} for one in fields})
    set_board(work, board_id, {"lane_by": lane_by})


def _lane_field(work: Work, board_id: int) -> int | None:
    query = select(FIELD.c.id).where(FIELD.c.board_id == board_id, FIELD.c.lanes)
    return work.connection.scalar(query)


def delete_board(work: Work, board_id: int) -> None:
    """Take a board away with its cards and their history."""
    name = work.row(Board, board_id)["name"]
    delete_cards(
        work, work.connection.scalars(select(CARD.c.id).where(CARD.c.board_id == board_id)).all()
    )
    sprints = _own(work, Sprint, board_id)
    part = table_of(SprintCard)
    work.delete(
        SprintCard,
        work.connection.scalars(select(part.c.id).where(part.c.sprint_id.in_(sprints))).all(),
    )
    work.delete(Sprint, sprints)
    # history of cards that were handed over to other boards keeps a column: those are kept, too
    _keep_history(work, board_id)
    for record in (BoardLane, CardField, BoardFilter, BoardColumn):
        work.delete(record, _own(work, record, board_id))
    work.delete(Board, [board_id])
    work.label(N_("Delete board {board}"), board=name)


def _keep_history(work: Work, board_id: int) -> None:
    stay = table_of(CardStay)
    query = (
        select(func.count())
        .select_from(stay)
        .join(COLUMN, COLUMN.c.id == stay.c.column_id)
        .where(COLUMN.c.board_id == board_id)
    )
    if work.connection.scalar(query):
        raise InputError(
            _("Cards that were handed over to other boards have been on this one: keep it.")
        )


def _own(work: Work, record: type[Record], board_id: int) -> list[int]:
    table = table_of(record)
    query = select(table.c.id).where(table.c.board_id == board_id)
    return list(work.connection.scalars(query))


# --- columns -----------------------------------------------------------------------------------


def add_column(work: Work, board_id: int, values: Mapping[str, Any], at: int | None = None) -> int:
    """Add a column (`name`, `kind`, `wip_limit`, `policy`) at a place from the left, or last."""
    row = rules.clean_column({"kind": "active", "name": "", **values})
    order = _columns(work, board_id)
    place = len(order) if at is None else max(0, min(at, len(order)))
    made = work.insert(BoardColumn, [{**row, "board_id": board_id}])[0]
    _reorder(work, [*order[:place], made, *order[place:]])
    work.label(N_("Add column {column}"), column=row["name"])
    return made


def set_column(
    work: Work, column_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a column: `name`, `kind`, `wip_limit`, `policy`."""
    row = column_of(work, column_id)
    work.label(N_("Change column {column}"), column=row["name"])
    return work.update(BoardColumn, column_id, rules.clean_column(values), expect)


def move_column(work: Work, column_id: int, at: int) -> None:
    """Put a column at another place from the left."""
    row = column_of(work, column_id)
    order = [one for one in _columns(work, row["board_id"]) if one != column_id]
    order.insert(max(0, min(at, len(order))), column_id)
    _reorder(work, order)
    work.label(N_("Move column {column}"), column=row["name"])


def _columns(work: Work, board_id: int) -> list[int]:
    query = select(COLUMN.c.id).where(COLUMN.c.board_id == board_id, COLUMN.c.retired_at.is_(None))
    return list(work.connection.scalars(query.order_by(COLUMN.c.position, COLUMN.c.id)))


def _reorder(work: Work, order: Sequence[int]) -> None:
    work.update_many(BoardColumn, {one: {"position": n} for n, one in enumerate(order)})


def remove_column(work: Work, column_id: int, into: int | None = None) -> None:
    """Take a column off its board; its cards go to the bottom of the column `into`.

    Its name and kind stay behind where the history of cards needs them.
    """
    row = column_of(work, column_id)
    query = select(CARD.c.id).where(CARD.c.column_id == column_id, CARD.c.trashed_at.is_(None))
    ids = list(work.connection.scalars(query.order_by(CARD.c.rank, CARD.c.id)))
    if len(_columns(work, row["board_id"])) == 1:
        raise InputError(_("A board needs at least one column."))
    if ids:
        if into is None or into == column_id:
            raise InputError(
                _("“{column}” holds cards: say which column they go to.").format(column=row["name"])
            )
        target = column_of(work, into)
        if target["board_id"] != row["board_id"]:
            raise InputError(_("That column belongs to another board."))
        keys = make_room(work, into, len(ids), moved=ids)
        present = work.rows(Card, ids)
        ordered = {one: present[one] for one in ids}
        enter(work, ordered, target, dict(zip(ids, keys, strict=True)), {})
    stay = table_of(CardStay)
    used = work.connection.scalar(
        select(
            or_(
                select(CARD.c.id).where(CARD.c.column_id == column_id).exists(),
                select(stay.c.id).where(stay.c.column_id == column_id).exists(),
            )
        )
    )
    if used:
        work.update(BoardColumn, column_id, {"retired_at": now(work)})
    else:
        work.delete(BoardColumn, [column_id])
    work.label(N_("Delete column {column}"), column=row["name"])


def set_lane(
    work: Work,
    board_id: int,
    key: str,
    *,
    wip_limit: int | None = None,
    position: int | None = None,
) -> None:
    """Give a lane a limit, or none, and a place; without one it stays where it is."""
    values: dict[str, Any] = {"wip_limit": rules.clean_limit(wip_limit)}
    if position is not None:
        values["position"] = position
    found = work.connection.scalar(
        select(LANE.c.id).where(LANE.c.board_id == board_id, LANE.c.key == key)
    )
    if found is not None:
        work.update(BoardLane, found, values)
    else:
        work.insert(BoardLane, [{"board_id": board_id, "key": key, **values}])
    work.label(N_("Change a lane of {board}"), board=work.row(Board, board_id)["name"])


def order_lanes(work: Work, board_id: int, keys: Sequence[str]) -> None:
    """Put the lanes of a board into an order, from the top."""
    query = select(LANE.c.key, LANE.c.id).where(LANE.c.board_id == board_id)
    found: dict[str, int] = dict(work.connection.execute(query).all())
    places = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    old = {found[key]: {"position": n} for key, n in places.items() if key in found}
    work.update_many(BoardLane, old)
    new = [(key, n) for key, n in places.items() if key not in found]
    work.insert(BoardLane, [{"board_id": board_id, "key": key, "position": n} for key, n in new])
    work.label(N_("Order the lanes of {board}"), board=work.row(Board, board_id)["name"])


# --- fields and filters ------------------------------------------------------------------------


def add_field(work: Work, board_id: int, name: str, kind: str, choices: Sequence[str] = ()) -> int:
    """Add a field to a board's cards: text, number, date or choice."""
    name = (name or "").strip()
    if not name:
        raise InputError(_("A field needs a name."))
    if kind not in FieldType._value2member_map_:
        raise InputError(_("A field holds text, a number, a date or a choice."))
    query = select(FIELD.c.name).where(FIELD.c.board_id == board_id)
    taken = list(work.connection.scalars(query))
    if name in taken:
        raise InputError(_("This board has a field {name} already.").format(name=name))
    work.label(N_("Add field {field}"), field=name)
    row = {"board_id": board_id, "name": name, "type": kind, "position": len(taken)}
    return work.insert(CardField, [{**row, "choices": "\n".join(choices) or None}])[0]


def delete_field(work: Work, field_id: int) -> None:
    """Take a field away with its values."""
    row, value = work.row(CardField, field_id), table_of(CardValue)
    if row["lanes"] and work.row(Board, row["board_id"])["lane_by"] == LaneBy.FIELD:
        raise InputError(_("The lanes of the board go by this field: choose other lanes first."))
    query = select(value.c.id).where(value.c.field_id == field_id)
    work.delete(CardValue, work.connection.scalars(query).all())
    work.delete(CardField, [field_id])
    work.label(N_("Delete field {field}"), field=row["name"])


def save_filter(work: Work, board_id: int, name: str, spec: str) -> int:
    """Save a filter under a name; one of the same name is replaced."""
    name = (name or "").strip()
    if not name:
        raise InputError(_("A saved filter needs a name."))
    table = table_of(BoardFilter)
    found = work.connection.scalar(
        select(table.c.id).where(table.c.board_id == board_id, table.c.name == name)
    )
    work.label(N_("Save filter {name}"), name=name)
    if found is None:
        return work.insert(BoardFilter, [{"board_id": board_id, "name": name, "spec": spec}])[0]
    work.update(BoardFilter, found, {"spec": spec})
    return int(found)


def delete_filter(work: Work, filter_id: int) -> None:
    """Forget a saved filter."""
    work.label(N_("Delete filter {name}"), name=work.row(BoardFilter, filter_id)["name"])
    work.delete(BoardFilter, [filter_id])
