"""What the cards say of an initiative's health: the light of delivery.

It is the worst of what blocks them, how old those in progress are, when they are forecast to be
done against the initiative's due date, and how many are past their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from ecofolio.boards import flow, forecast
from ecofolio.boards.model import BoardColumn, Card, CardBlock, CardStay
from ecofolio.boards.outlook import weeks_needed
from ecofolio.initiatives.health import AGEING, FORECAST, Bounds, Judged, worst
from ecofolio.initiatives.model import Initiative
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.store.rewinding import end_of, rewound
from ecofolio.text import N_
from ecofolio.vocabulary import ColumnKind, HealthLight, Light

CARD, BLOCK, COLUMN, STAY = map(table_of, (Card, CardBlock, BoardColumn, CardStay))
INITIATIVE = table_of(Initiative)
_MANY = 500  # initiatives from which naming them is slower than reading all


class Work(NamedTuple):
    """The open cards of an initiative on a day; all figures but the first are whole days.

    `blocked` is for how long the blocked ones have been, `ages` for how long those in progress;
    `late` how long after the initiative's due date they are forecast to be done.
    """

    cards: int
    blocked: Sequence[int] = ()
    ages: Sequence[int] = ()
    overdue: int = 0
    late: int | None = None


def judged(
    connection: Connection, today: date, bounds: Bounds, ids: Collection[int] | None = None
) -> dict[int, Judged]:
    """The light of delivery by initiative. Nothing is said of initiatives without open cards."""
    carded = select(CARD.c.initiative_id).where(CARD.c.initiative_id.is_not(None))
    whole = select(INITIATIVE.c.id, INITIATIVE.c.batch, INITIATIVE.c.due_date).where(
        INITIATIVE.c.id.in_(carded)
    )
    known = {row[0]: row for row in read_rows(connection, _of(whole, INITIATIVE.c.id, ids))}
    found = {}
    for identity, work in _work(connection, today, ids, {one: known[one][2] for one in known}):
        if identity in known:
            found[identity] = judge(work, bounds, known[identity][1])
    return found


def then(
    connection: Connection, day: date, bounds: Bounds, ids: Collection[int] | None = None
) -> dict[int, Judged]:
    """The light of delivery as it was at the end of a day, from the stays and blocks of the cards.

    A card counts to the initiative and has the due date that it has today.
    """
    whole = select(INITIATIVE.c.id, INITIATIVE.c.batch, INITIATIVE.c.due_date)
    rows = connection.execute(_of(whole, INITIATIVE.c.id, ids)).mappings()
    now = {row["id"]: dict(row) for row in rows}
    was = rewound(
        connection, INITIATIVE, now, end_of(day), ids=ids, touching=("batch", "due_date")
    )  # fmt: skip
    dues = {identity: row["due_date"] for identity, row in was.items()}
    return {
        identity: judge(work, bounds, was[identity]["batch"])
        for identity, work in _work(connection, day, ids, dues)
        if identity in was
    }


def judge(work: Work, bounds: Bounds, batch: str | None) -> Judged:
    """The worst of what is said of open cards; of equals that which comes first."""
    said = _said(work, bounds, batch)
    light = worst(one.light for one in said)
    return next(one for one in said if one.light is light)


def _said(work: Work, bounds: Bounds, batch: str | None) -> list[Judged]:
    said = []
    if work.blocked:
        days = max(work.blocked)
        said.append(
            Judged(
                _light(days, bounds.of(HealthLight.DELIVERY, batch)),
                N_("{n} card is blocked, for {days} days"),
                {"n": len(work.blocked), "days": days},
                N_("{n} cards are blocked, the longest for {days} days"),
            )
        )
    limits = bounds.of(FORECAST, batch)
    if work.late is not None and work.late >= limits[0]:
        said.append(
            Judged(
                _light(work.late, limits),
                N_("the cards are forecast to be done {n} day after the due date"),
                {"n": work.late},
                N_("the cards are forecast to be done {n} days after the due date"),
            )
        )
    limits = bounds.of(AGEING, batch)
    if aged := [days for days in work.ages if days >= limits[0]]:
        said.append(
            Judged(
                _light(max(aged), limits),
                N_("{n} card has been in progress for {days} days"),
                {"n": len(aged), "days": max(aged)},
                N_("{n} cards are long in progress, the oldest for {days} days"),
            )
        )
    if work.overdue:
        said.append(
            Judged(
                Light.AMBER,
                N_("{n} card is past its due date"),
                {"n": work.overdue},
                N_("{n} cards are past their due date"),
            )
        )
    one, many = N_("{n} open card, not blocked"), N_("{n} open cards, none blocked")
    return [*said, Judged(Light.GREEN, one, {"n": work.cards}, many)]


def _light(days: int, limits: tuple[int, int]) -> Light:
    amber, red = limits
    return Light.RED if days >= red else Light.AMBER if days >= amber else Light.GREEN


# --- reading -----------------------------------------------------------------------------------


def _of(query: Any, column: ColumnElement[Any], ids: Collection[int] | None) -> Any:
    return query if ids is None or len(ids) > _MANY else query.where(column.in_(list(ids)))


def _work(
    connection: Connection,
    day: date,
    ids: Collection[int] | None,
    dues: Mapping[int, date | None],
) -> list[tuple[int, Work]]:
    """The open cards at the end of a day by initiative."""
    over = flow.beginning(day + timedelta(days=1))
    since = flow.beginning(flow.monday(day) - timedelta(weeks=forecast.WEEKS))
    gone_by = and_(COLUMN.c.kind == ColumnKind.DONE.value, CARD.c.entered_at < since)
    there = and_(
        CARD.c.initiative_id.is_not(None),
        or_(CARD.c.trashed_at.is_(None), CARD.c.trashed_at >= over),
    )

    def asked(*what: Any, where: Any) -> list[tuple[Any, ...]]:
        query = select(*what).select_from(CARD).join(COLUMN, COLUMN.c.id == CARD.c.column_id)
        return read_rows(connection, _of(query.where(there, where), CARD.c.initiative_id, ids))

    cards = asked(
        CARD.c.id, CARD.c.initiative_id, CARD.c.column_id, CARD.c.entered_at, CARD.c.due_date,
        where=~gone_by,
    )  # fmt: skip
    if not cards:
        return []
    chosen = _of(select(CARD.c.id).join(COLUMN, COLUMN.c.id == CARD.c.column_id)
                 .where(there, ~gone_by), CARD.c.initiative_id, ids)  # fmt: skip
    ways = _journeys(connection, cards, chosen, over)
    blocked = select(BLOCK.c.card_id, BLOCK.c.since).where(
        BLOCK.c.card_id.in_(chosen),
        BLOCK.c.since < over,
        or_(BLOCK.c.until.is_(None), BLOCK.c.until >= over),
    )
    stuck: dict[int, int] = {}
    for card, at in read_rows(connection, blocked):
        stuck[card] = min(at, stuck.get(card, at))
    old = {row[0] for row in asked(CARD.c.initiative_id, where=gone_by)}
    groups: dict[int, list[tuple[flow.Journey, date | None]]] = {}
    for card, initiative, _column, _entered, due in cards:
        if card in ways:
            groups.setdefault(initiative, []).append((ways[card], due))
    # a card that was done before the weeks that count says that there were such weeks
    older = flow.Journey(0, (0,), (since - 1,), None, None)
    found = []
    for initiative, group in groups.items():
        past = [way for way, _due in group] + [older] * (initiative in old)
        work = _one(group, past, stuck, day, dues.get(initiative))
        if work.cards:
            found.append((initiative, work))
    return found


def _journeys(
    connection: Connection, cards: list[tuple[Any, ...]], chosen: Any, over: int
) -> dict[int, flow.Journey]:
    """The ways of cards up to an instant, of those that were there by then."""
    stays: dict[int, list[tuple[int, int]]] = {row[0]: [] for row in cards}
    before = (
        select(STAY.c.card_id, STAY.c.column_id, STAY.c.entered_at)
        .where(STAY.c.card_id.in_(chosen))
        .order_by(STAY.c.id)
    )
    for card, column, entered in read_rows(connection, before):
        stays[card].append((column, entered))
    kinds = dict(connection.execute(select(COLUMN.c.id, COLUMN.c.kind)).all())
    found = {}
    for card, _initiative, column, entered, _due in cards:
        way = [one for one in (*stays[card], (column, entered)) if one[1] < over]
        if way:
            found[card] = flow.journey(card, [x[0] for x in way], [x[1] for x in way], kinds)
    return found


def _one(
    group: Sequence[tuple[flow.Journey, date | None]],
    past: Sequence[flow.Journey],
    stuck: Mapping[int, int],
    day: date,
    due: date | None,
) -> Work:
    """What the cards of one initiative come to; `past` is what a forecast draws from."""

    def days(at: int) -> int:
        return max((day - flow.local_day(at)).days, 0)

    going = [(way, own) for way, own in group if way.finished is None]
    late = None
    if due is not None and going:
        history = forecast.history(past, day)
        if history.is_enough:
            weeks = weeks_needed(history.counts, len(going))
            late = (day + timedelta(weeks=weeks) - due).days
    return Work(
        len(going),
        [days(stuck[way.card]) for way, _own in going if way.card in stuck],
        [days(way.started) for way, _own in going if way.started is not None],
        sum(own is not None and own < day for _way, own in going),
        late,
    )
