"""The scores of many months of a few initiatives at once, for small charts.

Two statements read what `scoring.scores` would ask month by month; a score near the edge of a
rounding is worked out exactly, so that both always agree.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import BindParameter, Connection, and_, bindparam, or_, select

from ecofolio.initiatives.model import Initiative
from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Metric, Observation, Target
from ecofolio.scorecards.queries import CardVersion, card_versions, in_force
from ecofolio.scorecards.rules import Card, Figure, score
from ecofolio.scorecards.settling import Settling, settling
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.store.journal import CHANGE, ROW, microseconds

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
INITIATIVE = table_of(Initiative)
_EDGE = 1e-6  # hundredths of a point, as in `scoring`
_Figures = list[tuple[int, int, int, int | None]]  # metric, floor, target, actual

# asked for every line that comes into view: making a statement takes longer than running it
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_DAYS = select(METRIC.c.id, METRIC.c.due_day)
_BATCHES = select(INITIATIVE.c.id, INITIATIVE.c.batch).where(INITIATIVE.c.id.in_(_IDS))
_MOVES = (
    select(ROW.c.record_id, CHANGE.c.at, ROW.c.before)
    .join(CHANGE, CHANGE.c.id == ROW.c.change_id)
    .where(ROW.c.record == "initiative", ROW.c.record_id.in_(_IDS))
    .where(or_(ROW.c.before.is_(None), ROW.c.before.like('%"batch":%')))
    .order_by(ROW.c.change_id)
)
_TOLD = (
    select(
        TARGET.c.initiative_id, TARGET.c.month, TARGET.c.metric_id, TARGET.c.floor,
        TARGET.c.target, OBSERVATION.c.value,
    )
    .outerjoin(
        OBSERVATION,
        and_(
            OBSERVATION.c.initiative_id == TARGET.c.initiative_id,
            OBSERVATION.c.metric_id == TARGET.c.metric_id,
            OBSERVATION.c.month == TARGET.c.month,
        ),
    )
    .where(TARGET.c.initiative_id.in_(_IDS))
    .where(TARGET.c.month.between(bindparam("first"), bindparam("last")))
)  # fmt: skip


def trend(
    connection: Connection,
    ids: Collection[int],
    last: str,
    today: date,
    count: int = 12,
    *,
    settled: Settling | None = None,
    versions: Sequence[CardVersion] | None = None,
) -> dict[int, list[int | None]]:
    """The scores of the months up to `last` of some initiatives, in hundredths of a point.

    `settled` and the `versions` of all cards, where they are known, need not be read again.
    """
    months = periods.span(last, count)
    figures = _figures(connection, ids, months)
    days = dict(connection.execute(_DAYS).all())
    versions = versions or card_versions(connection)
    cards = [in_force(versions, month) for month in months]
    settled = settled or settling(connection)
    due = [settled.due_before(month, today) for month in months]
    batches = _batches(connection, ids, months, settled)
    found: dict[int, list[int | None]] = {}
    for identity in ids:
        line: list[int | None] = []
        for month, before, card_of in zip(months, due, cards, strict=True):
            card = card_of.get(batches.get((identity, month)) or "")
            told = figures.get((identity, month))
            line.append(None if card is None or told is None else _score(card, told, days, before))
        found[identity] = line
    return found


def _score(card: Card, told: _Figures, days: Mapping[int, int], before: int) -> int | None:
    total, earned, cap = 0, 0.0, card.cap / 100
    for metric, floor, target, actual in told:
        weight = card.weights.get(metric, 0)
        if actual is not None:
            total += weight
            earned += weight * min(max((actual - floor) / (target - floor), 0.0), cap)
        elif days[metric] < before:
            total += weight
    if not total:
        return None
    exact = earned * 10000 / total + 0.5
    shown = int(exact)
    if exact - shown < _EDGE or shown + 1 - exact < _EDGE:
        lines = [
            Figure(metric, floor, target, target > floor, actual, due=days[metric] < before)
            for metric, floor, target, actual in told
        ]
        return score(card, lines).shown
    return shown


def _figures(
    connection: Connection, ids: Collection[int], months: list[str]
) -> dict[tuple[int, str], _Figures]:
    some = {"ids": list(ids), "first": months[0], "last": months[-1]}
    found: dict[tuple[int, str], _Figures] = {}
    for identity, month, *figure in read_rows(connection, _TOLD, some):
        found.setdefault((identity, month), []).append(tuple(figure))
    return found


def _batches(
    connection: Connection, ids: Collection[int], months: list[str], settled: Settling
) -> dict[tuple[int, str], str | None]:
    """The batch that each month is judged by: that of the day on which all was due, if it was
    put into another one since."""
    some = {"ids": list(ids)}
    now: dict[int, str | None] = dict(connection.execute(_BATCHES, some).all())
    events: dict[int, list[tuple[int, str | None]]] = {}
    for identity, at, before in connection.execute(_MOVES, some).all():
        events.setdefault(identity, []).append((at, before))
    found: dict[tuple[int, str], str | None] = {}
    for month in months:
        end = microseconds(settled.end(month))
        for identity, batch in now.items():
            # without a value before, it was entered only then
            first = next((was for at, was in events.get(identity, ()) if at > end), None)
            found[identity, month] = json.loads(first)["batch"] if first else batch
    return found
