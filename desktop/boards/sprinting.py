"""What people do with sprints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from ecofolio.boards.model import Board, BoardColumn, Card, Sprint, SprintCard
from ecofolio.boards.placing import now, present
from ecofolio.errors import InputError
from ecofolio.format import day
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import ColumnKind

PART = table_of(SprintCard)


def create_sprint(
    work: Work, board_id: int, name: str, start: date, end: date, goal: str = ""
) -> int:
    """Plan a sprint; both days are included."""
    row = _checked({"name": name, "goal": goal, "start_date": start, "end_date": end})
    work.label(N_("Plan sprint {sprint}"), sprint=row["name"])
    if not work.row(Board, board_id)["sprints"]:
        work.update(Board, board_id, {"sprints": True})
    return work.insert(Sprint, [{**row, "board_id": board_id}])[0]


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    name = (row["name"] or "").strip()
    if not name:
        raise InputError(_("A sprint needs a name."))
    if not row["start_date"] or not row["end_date"]:
        raise InputError(_("A sprint needs a first and a last day."))
    if row["end_date"] < row["start_date"]:
        raise InputError(
            _("The last day {until} is before the first day {first}.").format(
                until=day(row["end_date"]), first=day(row["start_date"])
            )
        )
    return {**row, "name": name, "goal": (row.get("goal") or "").strip() or None}


def set_sprint(
    work: Work, sprint_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a sprint: `name`, `goal`, `start_date`, `end_date`."""
    row = work.row(Sprint, sprint_id)
    keys = ("name", "goal", "start_date", "end_date")
    checked = _checked({key: values.get(key, row[key]) for key in keys})
    work.label(N_("Change sprint {sprint}"), sprint=row["name"])
    return work.update(Sprint, sprint_id, checked, expect)


def start_sprint(work: Work, sprint_id: int) -> None:
    """Commit to the scope as it is; what comes and goes later is a change of scope."""
    row = _running(work, sprint_id)
    if row["started_at"] is not None:
        raise InputError(_("{sprint} has begun already.").format(sprint=row["name"]))
    work.update(Sprint, sprint_id, {"started_at": now(work)})
    work.label(N_("Begin sprint {sprint}"), sprint=row["name"])


def add_cards(work: Work, sprint_id: int, ids: Sequence[int]) -> None:
    """Take cards into a sprint; a card that is in another open one leaves it."""
    row, rows = _running(work, sprint_id), present(work, ids)
    if any(card["board_id"] != row["board_id"] for card in rows.values()):
        raise InputError(_("That sprint belongs to another board."))
    here = _standing(work, ids)
    wanted = [one for one in ids if sprint_id not in here.get(one, {})]
    leaving = {
        part: {"removed_at": now(work)}
        for one in wanted
        for sprint, part in here.get(one, {}).items()
        if sprint != sprint_id
    }
    work.update_many(SprintCard, leaving)
    work.insert(
        SprintCard,
        [{"sprint_id": sprint_id, "card_id": one, "added_at": now(work)} for one in wanted],
    )
    work.label(N_("Take {n} cards into {sprint}"), n=len(ids), sprint=row["name"])


def remove_cards(work: Work, sprint_id: int, ids: Sequence[int]) -> None:
    """Take cards out of a sprint."""
    row, here = _running(work, sprint_id), _standing(work, ids)
    parts = [own[sprint_id] for own in here.values() if sprint_id in own]
    work.update_many(SprintCard, {one: {"removed_at": now(work)} for one in parts})
    work.label(N_("Take {n} cards out of {sprint}"), n=len(ids), sprint=row["name"])


def close_sprint(work: Work, sprint_id: int, carry_to: int | None = None) -> list[int]:
    """Close a sprint; what is not done goes to another one, or nowhere. Returns those cards."""
    row, card, column = _running(work, sprint_id), table_of(Card), table_of(BoardColumn)
    query = (
        select(PART.c.card_id)
        .join(card, card.c.id == PART.c.card_id)
        .join(column, column.c.id == card.c.column_id)
        .where(PART.c.sprint_id == sprint_id, PART.c.removed_at.is_(None))
        .where(column.c.kind != ColumnKind.DONE, card.c.trashed_at.is_(None))
        .order_by(PART.c.id)
    )
    left = list(work.connection.scalars(query))
    work.update(Sprint, sprint_id, {"closed_at": now(work)})
    if carry_to is not None and left:
        target = _running(work, carry_to)
        if target["board_id"] != row["board_id"]:
            raise InputError(_("That sprint belongs to another board."))
        work.insert(
            SprintCard,
            [{"sprint_id": carry_to, "card_id": one, "added_at": now(work)} for one in left],
        )
    work.label(N_("Close sprint {sprint}"), sprint=row["name"])
    return left


def delete_sprint(work: Work, sprint_id: int) -> None:
    """Take a sprint away; its cards stay where they are."""
    work.label(N_("Delete sprint {sprint}"), sprint=work.row(Sprint, sprint_id)["name"])
    query = select(PART.c.id).where(PART.c.sprint_id == sprint_id)
    work.delete(SprintCard, work.connection.scalars(query).all())
    work.delete(Sprint, [sprint_id])


def _running(work: Work, sprint_id: int) -> dict[str, Any]:
    row = work.row(Sprint, sprint_id)
    if row["closed_at"] is not None:
        raise InputError(_("{sprint} is closed.").format(sprint=row["name"]))
    return row


def _standing(work: Work, ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """The open sprints that cards are in: by card, sprint and the row that says so."""
    sprint = table_of(Sprint)
    found: dict[int, dict[int, int]] = {}
    for first in range(0, len(ids), 500):
        query = (
            select(PART.c.card_id, PART.c.sprint_id, PART.c.id)
            .join(sprint, sprint.c.id == PART.c.sprint_id)
            .where(PART.c.card_id.in_(ids[first : first + 500]))
            .where(PART.c.removed_at.is_(None), sprint.c.closed_at.is_(None))
        )
        for card, own, part in work.connection.execute(query):
            found.setdefault(card, {})[own] = part
    return found
