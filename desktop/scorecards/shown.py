"""Scores as they stood when their month was settled, whatever was changed since.

Nothing of it is stored: what the journal has of targets, figures, cards and metrics since that day
is taken back, for those initiatives alone that it touches. All others score as they do today.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    or_,
    select,
)

from ecofolio.initiatives.model import Initiative
from ecofolio.scorecards import periods, scoring
from ecofolio.scorecards.model import Metric, Observation, Scorecard, Target, Weight
from ecofolio.scorecards.queries import CardVersion, cards, in_force
from ecofolio.scorecards.ranking import Ranked, places, ranked
from ecofolio.scorecards.rolled_scoring import figures_of
from ecofolio.scorecards.rules import Card, Figure, score
from ecofolio.scorecards.scoring import Scored, Sheet, as_scored
from ecofolio.scorecards.settled import LASTING, REASON
from ecofolio.scorecards.settling import Settling, any_later, initiatives_at, settling
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_records
from ecofolio.store.journal import CHANGE, ROW, RowChange, microseconds, row_changes
from ecofolio.store.rewinding import rewound, taken_back
from ecofolio.vocabulary import MetricKind

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
SCORECARD, WEIGHT, INITIATIVE = map(table_of, (Scorecard, Weight, Initiative))
_CHUNK = 500
_ALL_DUE = 99
_TOLD = {TARGET: ("floor", "target"), OBSERVATION: ("value",)}  # what a score is made of
Key = tuple[int, int, str]  # initiative, metric, month
_Rows = dict[int, dict[str, Any]]
_Sides = Mapping[Table, tuple[_Rows, _Rows]]  # what stands, and what stood

# asked after every correction: making a statement takes longer than running it
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_MONTHS: BindParameter[str] = bindparam("months", expanding=True)
_METRICS = select(METRIC)
_STANDING = {
    table: select(table).where(table.c.initiative_id.in_(_IDS), table.c.month.in_(_MONTHS))
    for table in _TOLD
}
_JUDGED_ELSE = (
    select(ROW.c.change_id)
    .join(CHANGE, CHANGE.c.id == ROW.c.change_id)
    .where(CHANGE.c.at >= bindparam("at"))
    .where(ROW.c.record.in_([table.name for table in (METRIC, SCORECARD, WEIGHT)]))
    .limit(1)
)


class Cause(NamedTuple):
    """What became of a figure, or of a target with its floor, after its month was settled.

    `before` and `after` are thousandths, `(value,)` or `(floor, target)`, and None where there was
    or is none; `reason` is what settled targets were corrected for.
    """

    is_target: bool
    metric_id: int
    month: str
    before: tuple[int, ...] | None
    after: tuple[int, ...] | None
    actor: str
    at: datetime
    reason: str = ""


class Moved(NamedTuple):
    """A score that is another one than when it was settled; `now` is None where it is gone."""

    then: Scored
    now: Scored | None
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class _Since:
    """What a period was judged by when it was settled, and what was changed since, newest first.

    `same` says that cards and metrics judge as they do today.
    """

    period: str
    at: datetime
    cards: Mapping[str, Card]
    metrics: Mapping[int, Any]
    same: bool
    changes: Mapping[Table, list[RowChange]]

    @property
    def months(self) -> list[str]:
        return periods.months_in(self.period)

    @property
    def touched(self) -> set[int]:
        """The initiatives whose targets or figures were changed."""
        told = (row.owner_id for rows in self.changes.values() for row in rows)
        return {one for one in told if one is not None}


def settled_on(settled: Settling, period: str, today: date) -> date | None:
    """The day at whose end the scores of a period were settled; None while they are not."""
    on = settled.on(periods.last_month(period))
    return on if today > on else None


def scores(
    connection: Connection, period: str, today: date, *, ids: Collection[int] | None = None
) -> dict[int, Scored]:
    """The scores of a month, a quarter or a year as they stood when it was settled, by initiative.

    What was deleted since is among them, what was first filled in later is not. Of a period that
    is not settled they are today's.
    """
    since = _since(connection, period, today, ids)
    if since is None:
        return scoring.scores(connection, period, today, ids=ids)
    found: dict[int, Scored] = {}
    if since.same:
        found = scoring.scores(connection, period, today, ids=ids)
    touched = _wanted(connection, since, ids)
    for one in touched:
        found.pop(one, None)
    sides = _sides(connection, since, touched)
    found.update((one, as_scored(sheet)) for one, sheet in _then(connection, since, sides))
    return found


def sheets(
    connection: Connection, period: str, today: date, ids: Collection[int]
) -> dict[int, Sheet]:
    """The opened scorecards of some initiatives as they stood when the period was settled."""
    since = _since(connection, period, today, ids)
    if since is None:
        return scoring.sheets(connection, period, today, ids)
    touched = since.touched if since.same else set(ids)
    rest = [one for one in ids if one not in touched]
    found = scoring.sheets(connection, period, today, rest)
    sides = _sides(connection, since, touched.intersection(ids))
    found.update(_then(connection, since, sides))
    return found


def ranking(
    connection: Connection, period: str, today: date, *, ids: Collection[int] | None = None
) -> list[Ranked]:
    """The ranking as it stood when the period was settled, with the change against the one before
    as that was; best first."""
    now, before = (scores(connection, one, today) for one in (period, periods.shifted(period, -1)))
    at = settling(connection).end(periods.last_month(period))
    return list(ranked(now, places(connection, at), before, ids))


def moved(
    connection: Connection,
    period: str,
    today: date,
    *,
    ids: Collection[int] | None = None,
    settled: Settling | None = None,
    opened: Mapping[int, Sheet] | None = None,
) -> dict[int, Moved]:
    """The scores and grades that are not what they were when the period was settled, with why.

    `settled`, and today's scorecards of `ids`, where they are known, need not be read again.
    """
    settled = settled or settling(connection)
    since = _since(connection, period, today, ids, settled)
    if since is None or not since.cards:  # without a card nothing had a score
        return {}
    sides = _sides(connection, since, _wanted(connection, since, ids))
    then = {one: as_scored(sheet) for one, sheet in _then(connection, since, sides)}
    if opened is None:
        opened = scoring.sheets(connection, period, today, then, settled=settled)
    now = {one: as_scored(sheet) for one, sheet in opened.items()}
    other = [one for one in then if one not in now or then[one][2:4] != now[one][2:4]]
    causes = _causes(connection, since, sides, other) if other else {}
    return {one: Moved(then[one], now.get(one), tuple(causes.get(one, ()))) for one in other}


def _wanted(
    connection: Connection, since: _Since, ids: Collection[int] | None
) -> set[int]:  # fmt: skip
    """Whose scores have to be worked out as they were: all where cards or metrics changed."""
    wanted = since.touched
    if not since.same:
        query = select(TARGET.c.initiative_id).where(TARGET.c.month.in_(since.months)).distinct()
        wanted |= set(connection.scalars(query).all())
    return wanted if ids is None else wanted.intersection(ids)


def _since(
    connection: Connection,
    period: str,
    today: date,
    ids: Collection[int] | None,
    settled: Settling | None = None,
) -> _Since | None:
    """None where a period is not settled, or nothing at all was changed since it was."""
    settled = settled or settling(connection)
    at = settled.end(periods.last_month(period))
    if settled_on(settled, period, today) is None or not any_later(connection, at):
        return None
    at += timedelta(microseconds=1)  # what was written in that very instant is not later
    now = cards(connection, periods.last_month(period))
    rows = {row["id"]: row for row in read_records(connection, _METRICS)}
    then, metrics = now, rows
    if connection.execute(_JUDGED_ELSE, {"at": microseconds(at)}).first() is not None:
        then = in_force(_versions(connection, at), periods.last_month(period))
        metrics = rows | rewound(connection, METRIC, rows, at)
    same = now == then and all(
        one in rows and all(rows[one][name] == row[name] for name in LASTING)
        for one, row in metrics.items()
    )
    return _Since(
        period,
        at,
        then,
        {one: SimpleNamespace(**row) for one, row in metrics.items()},
        same,
        {table: _changes(connection, table, period, at, ids) for table in _TOLD},
    )


def _versions(connection: Connection, at: datetime) -> list[CardVersion]:
    """All scorecards as they were, the newest first."""
    told: list[_Rows] = []
    for table in (SCORECARD, WEIGHT):
        now = {row.id: dict(row._mapping) for row in connection.execute(select(table)).all()}
        told.append(rewound(connection, table, now, at))
    weights: dict[int, dict[int, int]] = {}
    for row in told[1].values():
        weights.setdefault(row["scorecard_id"], {})[row["metric_id"]] = row["weight"]
    made = [
        CardVersion(
            one, row["batch"], row["from_month"],
            Card(weights.get(one, {}), row["cap"], row["grade_a"], row["grade_b"], row["grade_c"]),
        )
        for one, row in told[0].items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: one.from_month, reverse=True)


def _changes(
    connection: Connection, table: Table, period: str, at: datetime, ids: Collection[int] | None
) -> list[RowChange]:
    """What was changed of the targets or figures of a period since an instant."""
    months = periods.months_in(period)
    there = select(table.c.id).where(table.c.month.in_(months))
    gone = or_(*(ROW.c.before.like(f'%"month":"{month}"%') for month in months))
    wanted: ColumnElement[bool] = (ROW.c.record == table.name) & (CHANGE.c.at >= microseconds(at))
    if ids is not None and len(ids) <= _CHUNK:
        wanted &= (ROW.c.owner == INITIATIVE.name) & ROW.c.owner_id.in_(list(ids))
        there = there.where(table.c.initiative_id.in_(list(ids)))
    wanted &= ROW.c.record_id.in_(there) | (ROW.c.after.is_(None) & gone)
    return list(row_changes(connection, wanted))


def _sides(connection: Connection, since: _Since, ids: Collection[int]) -> _Sides:
    """The targets and figures of some initiatives, as they are and as they were."""
    wanted, found = sorted(ids), {}
    for table in _TOLD:
        now: _Rows = {}
        for start in range(0, len(wanted), _CHUNK):
            some = {"ids": wanted[start : start + _CHUNK], "months": since.months}
            rows = read_records(connection, _STANDING[table], some)
            now.update((row["id"], row) for row in rows)
        changes = (row for row in since.changes[table] if row.owner_id in ids)
        found[table] = now, taken_back(now, changes)
    return found


def _key(row: Mapping[str, Any]) -> Key:
    return row["initiative_id"], row["metric_id"], row["month"]


def _then(connection: Connection, since: _Since, sides: _Sides) -> Iterator[tuple[int, Sheet]]:
    """The opened scorecards of some initiatives as they were."""
    targets = sorted(sides[TARGET][1].values(), key=lambda row: row["month"])
    if not targets:
        return
    told = {_key(row): row["value"] for row in sides[OBSERVATION][1].values()}
    figures = _figures(since, targets, told)
    batches = scoring.batches_of(connection, list(figures))
    changed = initiatives_at(connection, since.at, "batch")
    batches.update({one: row["batch"] for one, row in changed.items()})
    for one, told_of in figures.items():
        batch = batches.get(one)
        card = since.cards.get(batch or "")
        if card is not None:
            result = score(card, told_of)
            if result.lines:
                yield one, Sheet(one, since.period, batch or "", card, result)


def _figures(
    since: _Since, targets: Iterable[Mapping[str, Any]], told: Mapping[Key, int]
) -> dict[int, list[Figure]]:
    """What was judged, by initiative: all of it was due."""
    if periods.kind_of(since.period) != periods.MONTH:
        rows = (
            (
                *_key(row), row["floor"], row["target"], told.get(_key(row)),
                told.get(
                    (row["initiative_id"], _metric(since, row).weighed_by_id or 0, row["month"])
                ),
            )
            for row in targets
        )  # fmt: skip
        return figures_of(rows, since.metrics, dict.fromkeys(since.months, _ALL_DUE))
    found: dict[int, list[Figure]] = {}
    for row in targets:
        metric, floor, target = _metric(since, row), row["floor"], row["target"]
        found.setdefault(row["initiative_id"], []).append(
            Figure(
                metric.id, floor, target, target > floor, told.get(_key(row)),
                guardrail=metric.kind == MetricKind.GUARDRAIL, veto=bool(metric.veto),
            )
        )  # fmt: skip
    return found


def _metric(since: _Since, row: Mapping[str, Any]) -> Any:
    return since.metrics[row["metric_id"]]


def _causes(
    connection: Connection, since: _Since, sides: _Sides, ids: Collection[int]
) -> dict[int, list[Cause]]:
    """What makes the scores of some initiatives others than they were, the oldest first."""
    found: dict[int, list[Cause]] = {}
    reasons = _reasons(connection, since)
    for table, names in _TOLD.items():
        changes = [row for row in since.changes[table] if row.owner_id in ids]
        now, was = sides[table]
        told, touched = _rows_told(changes), {row.record_id for row in changes}
        then, today = (
            {
                _key(rows[one]): tuple(rows[one][name] for name in names)
                for one in touched & rows.keys()
            }
            for rows in (was, now)
        )
        last: dict[Key, RowChange] = {}
        for change in changes:
            one = change.record_id
            last.setdefault(_key(was.get(one) or now.get(one) or told[one]), change)
        for key, change in last.items():
            before, after = then.get(key), today.get(key)
            if before != after:
                entry = change.entry
                found.setdefault(key[0], []).append(
                    Cause(
                        table is TARGET, key[1], key[2], before, after, entry.actor, entry.at,
                        reasons.get(entry.id, "") if table is TARGET else "",
                    )
                )  # fmt: skip
    for causes in found.values():
        causes.sort(key=lambda one: (one.at, one.month, one.metric_id))
    return found


def _rows_told(changes: Iterable[RowChange]) -> _Rows:
    """The rows that were made or taken away, whole."""
    told = ((row.record_id, row.before if row.after is None else row.after) for row in changes)
    return {one: row for one, row in told if row is not None and "month" in row}


def _reasons(connection: Connection, since: _Since) -> dict[int, str]:
    """Why settled targets were corrected, by change."""
    ids = {row.entry.id for row in since.changes[TARGET]}
    if not ids:
        return {}
    query = select(CHANGE.c.id, CHANGE.c.arguments).where(CHANGE.c.id.in_(ids))
    told = ((one, json.loads(given)) for one, given in connection.execute(query).all())
    return {one: str(given[REASON]) for one, given in told if REASON in given}
