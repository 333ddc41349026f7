"""Cards, moves and flow as plain rows of names, for the command line, CSV and workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.boards import queries
from ecofolio.boards.forecast import LEAST_WEEKS
from ecofolio.boards.queries import CARD, COLUMN, STAY
from ecofolio.boards.readings import Part, Past, past
from ecofolio.errors import InputError
from ecofolio.store.journal import instant, microseconds
from ecofolio.text import _, ngettext

Rows = list[dict[str, Any]]


class Move(NamedTuple):
    """A card came into a column; `source` is None for the first, `left` for the present."""

    card: int
    key: str | None
    title: str
    source: str | None
    column: str
    kind: str
    entered: datetime
    left: datetime | None
    by: str | None

    @property
    def days(self) -> float | None:
        """How long it stayed; negative where the source's times are wrong."""
        if self.left is None:
            return None
        return (self.left - self.entered).total_seconds() / 86_400


def moves(connection: Connection, board_id: int) -> Iterator[Move]:
    """Every stay of every card that is on a board, by card and in order."""
    names = {
        row.id: (row.name, row.kind)
        for row in connection.execute(select(COLUMN.c.id, COLUMN.c.name, COLUMN.c.kind))
    }
    query = (
        select(STAY.c.card_id, STAY.c.column_id, STAY.c.entered_at, STAY.c.entered_by)
        .join(CARD, CARD.c.id == STAY.c.card_id)
        .where(CARD.c.board_id == board_id, CARD.c.trashed_at.is_(None))
        .order_by(STAY.c.id)
    )
    stays: dict[int, list[Any]] = {}
    for row in connection.execute(query).all():
        stays.setdefault(row.card_id, []).append(row)
    present = select(
        CARD.c.id, CARD.c.key, CARD.c.title, CARD.c.column_id, CARD.c.entered_at, CARD.c.entered_by
    ).where(CARD.c.board_id == board_id, CARD.c.trashed_at.is_(None))
    for card in connection.execute(present.order_by(CARD.c.id)).all():
        own = [*stays.get(card.id, ()), card]
        source = None
        for n, stay in enumerate(own):
            name, kind = names[stay.column_id]
            left = instant(own[n + 1].entered_at) if n + 1 < len(own) else None
            at = instant(stay.entered_at)
            yield Move(card.id, card.key, card.title, source, name, kind, at, left, stay.entered_by)
            source = name


def cards(connection: Connection, board_id: int, now: datetime) -> Rows:
    """The cards of a board in their order, with names for identities; durations in days."""
    found = queries.view(connection, board_id)
    if found is None:
        raise InputError(_("This board no longer exists: somebody deleted it meanwhile."))
    journeys = {one.card: one for one in past(connection, Part(board_id=board_id)).journeys}
    columns = {one.id: one for one in found.columns}
    fields = {one.id: one.name for one in found.fields}
    at, rows = microseconds(now), []
    for card in found.cards:
        journey, column = journeys[card.id], columns[card.column_id]
        blocked = found.blocked.get(card.id)
        done, items = found.checklist.get(card.id, (0, 0))
        rows.append(
            {
                "id": card.id,
                "key": card.key,
                "title": card.title,
                "column": column.name,
                "kind": column.kind,
                "initiative": found.initiatives.get(card.initiative_id or 0),
                "service": card.service,
                "assignees": [found.people[who] for who in found.assignees.get(card.id, ())],
                "labels": (card.labels or "").split(",") if card.labels else [],
                "sprint": found.sprint_name(card.id) or None,
                "size": card.size,
                "due": card.due_date,
                "blocked": blocked.reason if blocked else None,
                "waiting_for": found.waiting.get(card.id, 0),
                "checklist": f"{done}/{items}" if items else None,
                "comments": found.comments.get(card.id, 0),
                "created": _moment(journey.created),
                "started": _moment(journey.started),
                "finished": _moment(journey.finished),
                "days_in_column": round(found.in_column(card, at), 3),
                "age": None if (age := found.age(card, at)) is None else round(age, 3),
                "cycle_time": None if journey.cycle is None else round(journey.cycle, 6),
                "faulty": journey.is_faulty,
                "custom": {
                    fields[own]: value for own, value in found.values.get(card.id, {}).items()
                },
            }
        )
    return rows


def _moment(at: int | None) -> datetime | None:
    return None if at is None else instant(at)


def board_moves(connection: Connection, board_id: int) -> Rows:
    """The moves of a board's cards."""
    return [
        {
            "card": one.card,
            "key": one.key,
            "title": one.title,
            "from": one.source,
            "to": one.column,
            "kind": one.kind,
            "at": one.entered,
            "left": one.left,
            "days": None if one.days is None else round(one.days, 6),
            "by": one.by,
        }
        for one in moves(connection, board_id)
    ]


def flow_document(
    found: Past,
    first: date,
    last: date,
    now: datetime,
    *,
    cards: int | None = None,
    by: date | None = None,
) -> dict[str, Any]:
    """The flow of a span and the forecast, as plain values; durations in days."""
    today = now.astimezone().date()
    figures = found.figures(first, last, now)
    bands = {band.column_id: band.name for band in found.bands}
    share = figures.efficiency.share
    return {
        "from": first,
        "to": last,
        "cards": len(found.journeys),
        "finished": len(figures.points),
        "cycle_times": _percentiles(figures.cycle),
        "lead_times": _percentiles(figures.lead),
        "throughput": [{"week": week, "finished": n} for week, n in figures.throughput],
        "work_in_progress": [{"day": day, "cards": n} for day, n in figures.progress],
        "cumulative_flow": [
            {"day": day, **{bands[one]: n for one, n in zip(figures.columns, row, strict=True)}}
            for day, row in figures.cumulative[-1:]
        ],
        "ageing": [
            {"card": one.card, "column": bands[one.column], "age": round(one.age, 3)}
            for one in figures.ageing
        ],
        "blocked_days": {reason: round(days, 3) for reason, days in figures.blocked.items()},
        "flow_efficiency": None if share is None else round(share, 4),
        "faults": len(figures.faults),
        "faulty_cards": [one.card for one in figures.faults],
        "forecast": _forecast(found, today, cards, by),
    }


def _percentiles(found: dict[int, float | None]) -> dict[str, float | None]:
    return {str(key): None if days is None else round(days, 6) for key, days in found.items()}


def _forecast(found: Past, today: date, cards: int | None, by: date | None) -> dict[str, Any]:
    history = found.history(today)
    document: dict[str, Any] = {
        "enough_history": history.is_enough,
        "weeks": [{"week": week, "finished": n} for week, n in history.weeks],
        "remaining": found.remaining if cards is None else cards,
    }
    if not history.is_enough:
        document["reason"] = not_enough(len(history.weeks))
        return document
    when = found.when(today, cards)
    assert when is not None
    document["done_by"] = {str(chance): day for chance, day in when.dates.items()}
    if by is not None:
        many = found.how_many(by, today)
        assert many is not None
        document["by"] = by
        document["cards_by"] = {str(chance): n for chance, n in many.cards.items()}
    return document


def not_enough(weeks: int) -> str:
    """Why there is no forecast, in a sentence."""
    if weeks >= LEAST_WEEKS:
        return _("Not enough history: nothing was finished in the last weeks.")
    return ngettext(
        "Not enough history: {n} whole week, and {least} are needed.",
        "Not enough history: {n} whole weeks, and {least} are needed.",
        weeks,
    ).format(n=weeks, least=LEAST_WEEKS)


def span(found: Past, today: date, first: date | None, last: date | None) -> tuple[date, date]:
    """The span that is asked for; without one the whole history up to today."""
    begun = found.begun or today
    since, until = first or begun, last or max(today, begun)
    if until < since:
        raise InputError(_("The span ends before it begins."))
    return since, until
