"""One card with everything, and readings over all boards: search, my work, who is acting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from ecofolio.boards.flow import DAY
from ecofolio.boards.hanging import started as _started
from ecofolio.boards.model import CardComment, CardFile, ChecklistItem, Sprint, SprintCard
from ecofolio.boards.queries import (
    ASSIGNEE,
    BLOCK,
    BOARD,
    CARD,
    COLUMN,
    DEPENDENCY,
    INITIATIVE,
    PERSON,
    SQUAD,
    STAY,
    VALUE,
)
from ecofolio.initiatives.model import Milestone
from ecofolio.organisation.queries import person_acting
from ecofolio.store.base import table_of
from ecofolio.vocabulary import ColumnKind


class StayRow(NamedTuple):
    """A card in a column from an instant on; `by` is known for imported moves only."""

    column_id: int
    column: str
    kind: str
    entered_at: int
    by: str | None


class BlockRow(NamedTuple):
    id: int
    reason: str
    since: int
    until: int | None


class ItemRow(NamedTuple):
    """A line of a checklist."""

    id: int
    section: str | None
    text: str
    done: bool
    position: int


class CommentRow(NamedTuple):
    id: int
    at: int
    author: str
    body: str


class FileRow(NamedTuple):
    """A kept file; `size` is in bytes."""

    id: int
    name: str
    hash: str
    size: int


class LinkedCard(NamedTuple):
    """A card at the other end of a dependency; `id` is the dependency's own."""

    id: int
    card_id: int
    title: str
    board: str
    squad: str
    column: str
    is_done: bool


class CardDetail(NamedTuple):
    """A card with everything that belongs to it; `values` by field, `stays` the oldest first."""

    row: dict[str, Any]
    board: str
    column: str
    kind: str
    initiative: str | None
    milestone: str | None
    assignees: tuple[tuple[int, str], ...]
    stays: tuple[StayRow, ...]
    blocks: tuple[BlockRow, ...]
    items: tuple[ItemRow, ...]
    comments: tuple[CommentRow, ...]
    files: tuple[FileRow, ...]
    blockers: tuple[LinkedCard, ...]
    blocking: tuple[LinkedCard, ...]
    values: dict[int, str]
    sprints: tuple[tuple[int, str], ...]


def card(connection: Connection, card_id: int) -> CardDetail | None:
    """A card with everything, also from the trash; None where there is none."""
    milestone = table_of(Milestone)
    query = (
        select(
            CARD,
            BOARD.c.name.label("board"),
            COLUMN.c.name.label("column"),
            COLUMN.c.kind,
            INITIATIVE.c.name.label("initiative"),
            milestone.c.name.label("milestone"),
        )
        .join(BOARD, BOARD.c.id == CARD.c.board_id)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .outerjoin(INITIATIVE, INITIATIVE.c.id == CARD.c.initiative_id)
        .outerjoin(milestone, milestone.c.id == CARD.c.milestone_id)
        .where(CARD.c.id == card_id)
    )
    found = connection.execute(query).mappings().first()
    if found is None:
        return None
    row = {column.name: found[column.name] for column in CARD.columns}
    people = (
        select(PERSON.c.id, PERSON.c.name)
        .join(ASSIGNEE, ASSIGNEE.c.person_id == PERSON.c.id)
        .where(ASSIGNEE.c.card_id == card_id)
        .order_by(ASSIGNEE.c.id)
    )
    values = select(VALUE.c.field_id, VALUE.c.value).where(VALUE.c.card_id == card_id)
    return CardDetail(
        row=row,
        board=found["board"],
        column=found["column"],
        kind=found["kind"],
        initiative=found["initiative"],
        milestone=found["milestone"],
        assignees=tuple((one, name) for one, name in connection.execute(people)),
        stays=(
            *_stays(connection, card_id),
            StayRow(
                row["column_id"],
                found["column"],
                found["kind"],
                row["entered_at"],
                row["entered_by"],
            ),
        ),
        blocks=tuple(_own(connection, BLOCK, BlockRow, card_id)),
        items=tuple(
            sorted(
                _own(connection, table_of(ChecklistItem), ItemRow, card_id),
                key=lambda one: (one.position, one.id),
            )
        ),
        comments=tuple(
            sorted(
                _own(connection, table_of(CardComment), CommentRow, card_id),
                key=lambda one: (one.at, one.id),
            )
        ),
        files=tuple(_own(connection, table_of(CardFile), FileRow, card_id)),
        blockers=_linked(connection, card_id, DEPENDENCY.c.blocked_id, DEPENDENCY.c.blocker_id),
        blocking=_linked(connection, card_id, DEPENDENCY.c.blocker_id, DEPENDENCY.c.blocked_id),
        values=dict(connection.execute(values).all()),
        sprints=_sprints(connection, card_id),
    )


def _stays(connection: Connection, card_id: int) -> list[StayRow]:
    query = (
        select(STAY.c.column_id, COLUMN.c.name, COLUMN.c.kind, STAY.c.entered_at, STAY.c.entered_by)
        .join(COLUMN, COLUMN.c.id == STAY.c.column_id)
        .where(STAY.c.card_id == card_id)
        .order_by(STAY.c.id)
    )
    return [StayRow._make(row) for row in connection.execute(query).all()]


def _own(connection: Connection, table: Any, shape: Any, card_id: int) -> list[Any]:
    query = select(*(table.c[name] for name in shape._fields)).where(table.c.card_id == card_id)
    return [shape._make(row) for row in connection.execute(query.order_by(table.c.id)).all()]


def _linked(connection: Connection, card_id: int, mine: Any, theirs: Any) -> tuple[LinkedCard, ...]:
    query = (
        select(
            DEPENDENCY.c.id,
            CARD.c.id,
            CARD.c.title,
            BOARD.c.name,
            SQUAD.c.name,
            COLUMN.c.name,
            COLUMN.c.kind,
        )
        .join(CARD, CARD.c.id == theirs)
        .join(BOARD, BOARD.c.id == CARD.c.board_id)
        .join(SQUAD, SQUAD.c.id == BOARD.c.squad_id)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .where(mine == card_id)
        .order_by(DEPENDENCY.c.id)
    )
    return tuple(
        LinkedCard(*row[:-1], row[-1] == ColumnKind.DONE) for row in connection.execute(query).all()
    )


def _sprints(connection: Connection, card_id: int) -> tuple[tuple[int, str], ...]:
    sprint, part = table_of(Sprint), table_of(SprintCard)
    query = (
        select(sprint.c.id, sprint.c.name)
        .join(part, part.c.sprint_id == sprint.c.id)
        .where(part.c.card_id == card_id, part.c.removed_at.is_(None))
        .order_by(sprint.c.start_date)
    )
    return tuple((one, name) for one, name in connection.execute(query))


# --- over all boards ---------------------------------------------------------------------------


class Found(NamedTuple):
    """A card somewhere, with where that is."""

    id: int
    title: str
    board_id: int
    board: str
    column: str


def search(
    connection: Connection, text: str, *, board_id: int | None = None, limit: int = 200
) -> list[Found]:
    """Cards in whose title, description, key, labels or comments every word is found.

    Parts of words count, so that two Chinese characters find what holds them.
    """
    said = table_of(CardComment)
    query = (
        select(CARD.c.id, CARD.c.title, CARD.c.board_id, BOARD.c.name, COLUMN.c.name)
        .join(BOARD, BOARD.c.id == CARD.c.board_id)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .where(CARD.c.trashed_at.is_(None))
    )
    if board_id is not None:
        query = query.where(CARD.c.board_id == board_id)
    for word in text.split():
        spoken = select(said.c.id).where(
            said.c.card_id == CARD.c.id, said.c.body.icontains(word, autoescape=True)
        )
        query = query.where(
            or_(
                *(
                    CARD.c[name].icontains(word, autoescape=True)
                    for name in ("title", "key", "labels", "description")
                ),
                spoken.exists(),
            )
        )
    found = connection.execute(query.order_by(CARD.c.id.desc()).limit(limit)).all()
    return [Found._make(row) for row in found] if text.split() else []


class OverdueReport(NamedTuple):
    """A month that an initiative has not been reported for; `age` is days since it was due.

    Which those are is told by the room of figures, through what builds the page.
    """

    initiative_id: int
    code: str
    name: str
    month: str
    metrics: tuple[str, ...]
    age: int


class WorkRow(NamedTuple):
    """A card that somebody has to do with; `why` is `assigned`, `squad` or `initiative` (led).

    `age` is days since it was started, None where it was not.
    """

    id: int
    title: str
    board_id: int
    board: str
    squad: str
    column: str
    kind: str
    service: str
    due_date: date | None
    blocked: str | None
    waiting: int
    in_column: float
    age: float | None
    why: str

    @property
    def is_stuck(self) -> bool:
        return self.blocked is not None or self.waiting > 0


def my_work(connection: Connection, person_id: int, now: int) -> list[WorkRow]:
    """Every unfinished card assigned to somebody, or of a squad or initiative that they lead.

    Blocked ones come first, then by due date, then the oldest.
    """
    mine = select(ASSIGNEE.c.card_id).where(ASSIGNEE.c.person_id == person_id)
    reasons = {
        "assigned": CARD.c.id.in_(mine),
        "squad": SQUAD.c.lead_id == person_id,
        "initiative": INITIATIVE.c.lead_id == person_id,
    }
    query = (
        select(
            CARD.c.id,
            CARD.c.title,
            CARD.c.board_id,
            BOARD.c.name.label("board"),
            SQUAD.c.name.label("squad"),
            COLUMN.c.name.label("column"),
            COLUMN.c.kind,
            CARD.c.service,
            CARD.c.due_date,
            BLOCK.c.reason,
            CARD.c.entered_at,
            *(func.coalesce(one, False).label(f"is_{name}") for name, one in reasons.items()),
        )
        .join(BOARD, BOARD.c.id == CARD.c.board_id)
        .join(SQUAD, SQUAD.c.id == BOARD.c.squad_id)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .outerjoin(INITIATIVE, INITIATIVE.c.id == CARD.c.initiative_id)
        .outerjoin(BLOCK, (BLOCK.c.card_id == CARD.c.id) & BLOCK.c.until.is_(None))
        .where(CARD.c.trashed_at.is_(None), COLUMN.c.kind != ColumnKind.DONE)
        .where(or_(*reasons.values()))
    )
    rows = connection.execute(query).all()
    started = _started(connection, [row.id for row in rows]) if rows else {}
    waiting = _waiting_counts(connection, [row.id for row in rows])
    found = [
        WorkRow(
            *row[:9],
            row.reason,
            waiting.get(row.id, 0),
            (now - row.entered_at) / DAY,
            None if row.id not in started else (now - started[row.id]) / DAY,
            next(name for name in reasons if getattr(row, f"is_{name}")),
        )
        for row in rows
    ]
    return sorted(
        found,
        key=lambda one: (one.blocked is None, one.due_date or date.max, -(one.age or 0), one.id),
    )


def stuck_count(connection: Connection) -> int:
    """How many unfinished cards of all boards are blocked now."""
    query = (
        select(func.count(CARD.c.id.distinct()))
        .select_from(BLOCK)
        .join(CARD, CARD.c.id == BLOCK.c.card_id)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .where(BLOCK.c.until.is_(None), CARD.c.trashed_at.is_(None))
        .where(COLUMN.c.kind != ColumnKind.DONE)
    )
    return connection.execute(query).scalar_one()


def assigned_count(connection: Connection, actor: str) -> int:
    """How many unfinished cards are assigned to the person acting."""
    person = person_acting(connection, actor)
    query = (
        select(func.count())
        .select_from(ASSIGNEE)
        .join(CARD, CARD.c.id == ASSIGNEE.c.card_id)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .where(ASSIGNEE.c.person_id == person, CARD.c.trashed_at.is_(None))
        .where(COLUMN.c.kind != ColumnKind.DONE)
    )
    return 0 if person is None else connection.execute(query).scalar_one()


def _waiting_counts(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    query = (
        select(DEPENDENCY.c.blocked_id, func.count())
        .join(CARD, CARD.c.id == DEPENDENCY.c.blocker_id)
        .join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        .where(COLUMN.c.kind != ColumnKind.DONE, CARD.c.trashed_at.is_(None))
        .group_by(DEPENDENCY.c.blocked_id)
    )
    wanted = set(ids)
    return {card: n for card, n in connection.execute(query) if card in wanted}
