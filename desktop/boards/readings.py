"""Flow, forecast and sprints of a board, a squad, a lane or an initiative, read from the stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.boards import flow, forecast, sprints
from ecofolio.boards.model import Sprint, SprintCard
from ecofolio.boards.queries import (
    ASSIGNEE,
    BLOCK,
    BOARD,
    CARD,
    COLUMN,
    FIELD,
    STAY,
    VALUE,
)
from ecofolio.boards.rules import NO_LANE, Pace
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.store.journal import microseconds
from ecofolio.vocabulary import ColumnKind, LaneBy

Step = Callable[[], object]
_PORTION = 500  # cards: a few milliseconds


@dataclass(frozen=True)
class Part:
    """Whose flow: a board's, all of a squad's boards', an initiative's; `lane` narrows a board
    to one of its lanes, as they are today."""

    board_id: int | None = None
    squad_id: int | None = None
    initiative_id: int | None = None
    lane: str | None = None


class Band(NamedTuple):
    """A band of the cumulative flow diagram: a column, also one that was deleted meanwhile."""

    column_id: int
    name: str
    kind: str
    is_retired: bool


@dataclass(frozen=True)
class Past:
    """All that happened to the cards of a part: enough for every figure of every span."""

    journeys: list[flow.Journey]
    blockages: list[flow.Blockage]
    bands: list[Band]
    kinds: dict[int, str]

    def figures(self, first: date, last: date, now: datetime) -> flow.Flow:
        """The figures of a span of days."""
        columns = [band.column_id for band in self.bands]
        span, at = (first, last), microseconds(now)
        return flow.figures(self.journeys, self.blockages, self.kinds, columns, span, at)

    def pace(self) -> Pace:
        """How long the cards usually take."""
        times = flow.cycle_times(self.journeys)
        return Pace(len(times), flow.percentile(times, 50), flow.percentile(times, 85))

    @property
    def remaining(self) -> int:
        """How many cards are not finished."""
        return sum(one.finished is None for one in self.journeys)

    @property
    def begun(self) -> date | None:
        """The day of the first card."""
        sound = [one.created for one in self.journeys if not one.is_faulty]
        return flow.local_day(min(sound)) if sound else None

    def history(self, today: date) -> forecast.History:
        """What a forecast draws from."""
        return forecast.history(self.journeys, today)

    def when(
        self, today: date, cards: int | None = None, step: Step = forecast.nothing
    ) -> forecast.When | None:
        """When the next cards will be done, by default all; None: not enough history."""
        wanted = self.remaining if cards is None else cards
        return forecast.when(self.history(today), wanted, today, step=step)

    def how_many(self, by: date, today: date) -> forecast.HowMany | None:
        """How many cards will be done by a date; None: not enough history."""
        return forecast.how_many(self.history(today), by, today)


def past(connection: Connection, part: Part, step: Step = forecast.nothing) -> Past:
    """The history of a part's cards, without the trash. Two statements over the cards. `step` is
    called every few milliseconds, and may raise where it is no longer wanted."""
    condition = _condition(connection, part)
    now_in = select(CARD.c.id, CARD.c.column_id, CARD.c.entered_at).where(
        condition, CARD.c.trashed_at.is_(None)
    )
    before = (
        select(STAY.c.card_id, STAY.c.column_id, STAY.c.entered_at)
        .join(CARD, CARD.c.id == STAY.c.card_id)
        .where(condition, CARD.c.trashed_at.is_(None))
        .order_by(STAY.c.id)
    )
    step()
    present = read_rows(connection, now_in)
    step()
    columns: dict[int, list[int]] = {row[0]: [] for row in present}
    times: dict[int, list[int]] = {row[0]: [] for row in present}
    for n, (card, column, at) in enumerate(read_rows(connection, before)):
        columns[card].append(column)
        times[card].append(at)
        if n % _PORTION == 0:
            step()
    for card, column, at in present:
        columns[card].append(column)
        times[card].append(at)
    used = {column for own in columns.values() for column in own}
    bands = _bands(connection, part, used)
    kinds = {band.column_id: band.kind for band in bands}
    journeys = []
    for n, (card, own) in enumerate(columns.items()):
        journeys.append(flow.journey(card, own, times[card], kinds))
        if n % _PORTION == 0:
            step()
    return Past(journeys, _blockages(connection, condition), bands, kinds)


def _condition(connection: Connection, part: Part) -> Any:
    conditions = []
    if part.board_id is not None:
        conditions.append(CARD.c.board_id == part.board_id)
    if part.squad_id is not None:
        own = select(BOARD.c.id).where(BOARD.c.squad_id == part.squad_id)
        conditions.append(CARD.c.board_id.in_(own))
    if part.initiative_id is not None:
        conditions.append(CARD.c.initiative_id == part.initiative_id)
    if part.lane is not None and part.board_id is not None:
        conditions.append(_in_lane(connection, part.board_id, part.lane))
    found: Any = CARD.c.id.is_not(None)
    for one in conditions:
        found = found & one
    return found


def _in_lane(connection: Connection, board_id: int, lane: str) -> Any:
    """Whether a card lies in a lane, as SQL."""
    by = connection.scalar(select(BOARD.c.lane_by).where(BOARD.c.id == board_id))
    column = {LaneBy.SERVICE: CARD.c.service, LaneBy.LOOP_PHASE: CARD.c.loop_phase}
    if by == LaneBy.INITIATIVE:
        return (
            CARD.c.initiative_id.is_(None) if lane == NO_LANE else CARD.c.initiative_id == int(lane)
        )
    if by == LaneBy.ASSIGNEE:
        first = select(func.min(ASSIGNEE.c.id)).group_by(ASSIGNEE.c.card_id)
        if lane == NO_LANE:
            return CARD.c.id.not_in(select(ASSIGNEE.c.card_id))
        who = ASSIGNEE.c.person_id == int(lane)
        return CARD.c.id.in_(select(ASSIGNEE.c.card_id).where(who, ASSIGNEE.c.id.in_(first)))
    if by == LaneBy.FIELD:
        held = select(VALUE.c.card_id).join(FIELD, FIELD.c.id == VALUE.c.field_id)
        held = held.where(FIELD.c.board_id == board_id, FIELD.c.lanes)
        if lane == NO_LANE:
            return CARD.c.id.not_in(held)
        return CARD.c.id.in_(held.where(VALUE.c.value == lane))
    if by in column:
        own = column[LaneBy(by)]
        return own.is_(None) if lane == NO_LANE else own == lane
    return CARD.c.id.is_not(None)


def _bands(connection: Connection, part: Part, used: set[int]) -> list[Band]:
    """Columns from left to right, also those that were deleted; those of several boards by kind."""
    query = select(COLUMN, BOARD.c.code.label("board")).join(BOARD, BOARD.c.id == COLUMN.c.board_id)
    if part.board_id is not None and not used:
        query = query.where(COLUMN.c.board_id == part.board_id)
    rows = [
        row
        for row in connection.execute(query)
        if row.id in used or (row.board_id == part.board_id and row.retired_at is None)
    ]
    kinds = {kind.value: n for n, kind in enumerate(ColumnKind)}
    rows.sort(key=lambda row: (row.board, row.position, row.id))
    if len({row.board_id for row in rows}) > 1:
        rows.sort(key=lambda row: kinds[row.kind])
    return [Band(row.id, row.name, row.kind, row.retired_at is not None) for row in rows]


def _blockages(connection: Connection, condition: Any) -> list[flow.Blockage]:
    query = (
        select(BLOCK.c.card_id, BLOCK.c.reason, BLOCK.c.since, BLOCK.c.until)
        .join(CARD, CARD.c.id == BLOCK.c.card_id)
        .where(condition, CARD.c.trashed_at.is_(None))
        .order_by(BLOCK.c.id)
    )
    return [flow.Blockage._make(row) for row in connection.execute(query).all()]


def pace(connection: Connection, board_id: int) -> Pace:
    """How long a board's cards usually take; what ageing is measured against."""
    return past(connection, Part(board_id=board_id)).pace()


# --- sprints -----------------------------------------------------------------------------------


class SprintRow(NamedTuple):
    """A sprint with its burn-up in points: sizes, or cards where none of them has a size."""

    id: int
    version: int
    name: str
    goal: str | None
    start_date: date
    end_date: date
    started_at: int | None
    closed_at: int | None
    burn: sprints.Burn


def board_sprints(connection: Connection, board_id: int, now: datetime) -> list[SprintRow]:
    """A board's sprints, the newest first."""
    sprint, part = table_of(Sprint), table_of(SprintCard)
    query = (
        select(part.c.sprint_id, part.c.card_id, part.c.added_at, part.c.removed_at, CARD.c.size)
        .join(sprint, sprint.c.id == part.c.sprint_id)
        .join(CARD, CARD.c.id == part.c.card_id)
        .where(sprint.c.board_id == board_id, CARD.c.trashed_at.is_(None))
        .order_by(part.c.id)
    )
    parts = connection.execute(query).all()
    finished = {one.card: one.finished for one in past(connection, Part(board_id)).journeys}
    sized = any(row.size for row in parts)
    own: dict[int, list[sprints.Commitment]] = {}
    for row in parts:
        points = (row.size or 0.0) if sized else 1.0
        own.setdefault(row.sprint_id, []).append(
            sprints.Commitment(
                row.card_id, points, row.added_at, row.removed_at, finished.get(row.card_id)
            )
        )
    listed = select(sprint).where(sprint.c.board_id == board_id)
    at = microseconds(now)
    return [
        SprintRow(
            row.id,
            row.version,
            row.name,
            row.goal,
            row.start_date,
            row.end_date,
            row.started_at,
            row.closed_at,
            sprints.burn(
                own.get(row.id, ()),
                row.start_date,
                row.end_date,
                min(at, row.closed_at or at),
                row.started_at,
            ),
        )
        for row in connection.execute(listed.order_by(sprint.c.start_date.desc(), sprint.c.id))
    ]


def velocity(rows: list[SprintRow], last: int = 6) -> sprints.Velocity | None:
    """The velocity over the last closed sprints; None without one."""
    closed = [row.burn.done for row in rows if row.closed_at is not None]
    return sprints.velocity(closed[:last])


def span_of(found: Past, today: date, days: int = 365) -> tuple[date, date]:
    """The span that charts open with: the last year, or since the first card."""
    first = max(today - timedelta(days=days), found.begun or today)
    return min(first, today), today
