"""The scores of a month, a quarter or a year, by initiative and opened line by line.

The database sums in floating point and the sum is rounded once to the hundredth; the few that
come within reach of a rounding's edge are worked out again by `rules.score`, so that what is
shown always equals the exact rule.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from ecofolio.initiatives.model import Initiative
from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Metric, Observation, Target
from ecofolio.scorecards.queries import cards
from ecofolio.scorecards.rolled_scoring import promised_in, rolled_figures, sums
from ecofolio.scorecards.rules import Card, Figure, Grade, Score, grade_of, score
from ecofolio.scorecards.settling import Settling, initiatives_at, settling
from ecofolio.store.base import table_of
from ecofolio.vocabulary import MetricKind

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
INITIATIVE = table_of(Initiative)
_CHUNK = 500
_EDGE = 1e-6  # hundredths of a point: far more than the error of a sum of floats

# asked after every change of a figure: making a statement takes longer than running it
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_SOME = select(INITIATIVE.c.id, INITIATIVE.c.batch).where(INITIATIVE.c.id.in_(_IDS))
_TOLD = (
    select(
        TARGET.c.initiative_id, TARGET.c.metric_id, TARGET.c.floor, TARGET.c.target,
        OBSERVATION.c.value, METRIC.c.due_day, METRIC.c.kind, METRIC.c.veto,
    )
    .join(METRIC, METRIC.c.id == TARGET.c.metric_id)
    .outerjoin(
        OBSERVATION,
        and_(
            OBSERVATION.c.initiative_id == TARGET.c.initiative_id,
            OBSERVATION.c.metric_id == TARGET.c.metric_id,
            OBSERVATION.c.month == TARGET.c.month,
        ),
    )
    .where(TARGET.c.month == bindparam("month"), TARGET.c.initiative_id.in_(_IDS))
)  # fmt: skip


class Scored(NamedTuple):
    """The score of one initiative in a month, in hundredths of a point.

    `judged` metrics count, of which `missing` have no figure; of those, `overdue` were due. `held`
    is 1 where a guardrail is breached, which caps the grade at C; 2 where one with a veto is, which
    makes it D.
    """

    id: int
    batch: str
    score: int | None
    grade: Grade | None
    judged: int
    missing: int
    overdue: int
    held: int


@dataclass(frozen=True)
class Sheet:
    """The scorecard of one initiative in a month, opened."""

    initiative_id: int
    month: str
    batch: str
    card: Card
    score: Score


def scores(
    connection: Connection,
    month: str,
    today: date,
    *,
    ids: Collection[int] | None = None,
    what_if: Mapping[str, Card] | None = None,
) -> dict[int, Scored]:
    """The scores of a month by initiative, of those that have targets and a card in it.

    `month` may be a quarter or a year: then actuals and targets are rolled up before they are
    judged, by the card in force in its last month. `what_if` are cards to judge by in place of
    those in force.
    """
    in_force = what_if or cards(connection, periods.last_month(month))
    if not in_force:
        return {}
    moved: dict[int, str | None] = {}
    settled = settling(connection)
    if periods.kind_of(month) == periods.MONTH:
        moved = _moved(connection, month, settled)
        rows = _sums(connection, month, settled.due_before(month, today), in_force, ids)
    else:
        rows = list(_rolled_sums(connection, month, today, in_force, ids, settled))
    found: dict[int, Scored] = {}
    unsure: list[int] = []
    grades = {batch: _grades(card) for batch, card in in_force.items()}
    make, lean = tuple.__new__, 1 - _EDGE  # a tuple that is named by hand takes twice the time
    for identity, batch, total, earned, judged, missing, overdue, held in rows:
        if identity in moved:
            continue
        if not total:
            counts = judged, missing, overdue, held
            found[identity] = make(Scored, (identity, batch, None, None, *counts))
            continue
        exact = earned * 10000 / total + 0.5
        shown = int(exact)
        if not _EDGE <= exact - shown <= lean:
            unsure.append(identity)
        marks, names = grades[batch]
        grade = names[held][bisect_right(marks, shown)]
        found[identity] = make(
            Scored, (identity, batch, shown, grade, judged, missing, overdue, held)
        )
    unsure += [one for one in moved if ids is None or one in ids]
    for one in sheets(connection, month, today, unsure, what_if=in_force, settled=settled).values():
        found[one.initiative_id] = as_scored(one)
    return found


def _grades(card: Card) -> tuple[list[int], list[list[Grade]]]:
    """The marks of a card, the lowest first, and the grade below and from each of them on, by what
    `grade_of` calls held: for 10,000 scores a list is asked in a third of the time."""
    marks = sorted(100 * mark for mark in (card.grade_a, card.grade_b, card.grade_c))
    steps = (marks[0] - 1, *marks)
    return marks, [[grade_of(card, step, held) for step in steps] for held in (0, 1, 2)]


def as_scored(sheet: Sheet) -> Scored:
    """What a ranking needs of an opened scorecard."""
    lines, result = sheet.score.lines, sheet.score
    overdue = sum(line.figure.actual is None and line.figure.due for line in lines)
    held = max((2 if one.figure.veto else 1 for one in lines if one.breached), default=0)
    return Scored(
        sheet.initiative_id, sheet.batch, result.shown, result.grade, len(lines), result.missing,
        overdue, held,
    )  # fmt: skip


def _sums(
    connection: Connection,
    month: str,
    due_before: int,
    in_force: Mapping[str, Card],
    ids: Collection[int] | None,
) -> list[Any]:
    """One row per initiative: its weights told, what it earned of them, and its counts."""
    weight, guards = _weights(connection, in_force)
    value, floor = OBSERVATION.c.value, TARGET.c.floor
    share = cast(value - floor, Float) / (TARGET.c.target - floor)
    least, most = (func.min, func.max) if _on_file(connection) else (func.least, func.greatest)
    earned = weight * least(most(share, 0.0), _cap(in_force))
    due = _due(connection, due_before)
    missing = func.count() - func.count(value)
    if due is None:
        total, overdue = func.sum(weight), missing
    else:
        total = func.sum(case((or_(value.is_not(None), due), weight), else_=0))
        overdue = func.sum(case((and_(value.is_(None), due), 1), else_=0))
    same = and_(
        OBSERVATION.c.initiative_id == TARGET.c.initiative_id,
        OBSERVATION.c.metric_id == TARGET.c.metric_id,
        OBSERVATION.c.month == month,
    )
    query = (
        select(
            INITIATIVE.c.id,
            INITIATIVE.c.batch,
            total,
            func.coalesce(func.sum(earned), 0.0),
            func.count(),
            missing,
            overdue,
            _held(guards, share),
        )
        .select_from(TARGET)
        .join(INITIATIVE, INITIATIVE.c.id == TARGET.c.initiative_id)
        .outerjoin(OBSERVATION, same)
        .where(TARGET.c.month == month, weight.is_not(None))
        .group_by(INITIATIVE.c.id)  # on which its batch depends: sorting by both takes longer
        # put in order, all of it is worked out before the first row, with Python's lock let go
        .order_by(INITIATIVE.c.code)
    )
    if ids is not None:
        query = query.where(TARGET.c.initiative_id.in_(list(ids)))
    return _fetched(connection, query)


def _rolled_sums(
    connection: Connection,
    period: str,
    today: date,
    in_force: Mapping[str, Card],
    ids: Collection[int] | None,
    settled: Settling,
) -> Iterator[tuple[Any, ...]]:
    """The same of a quarter or a year, whose months are rolled up here."""
    wanted = promised_in(connection, period) if ids is None else list(ids)
    figures = rolled_figures(connection, period, today, wanted)
    batches = _judged_by(connection, period, wanted, settled)
    for identity, line in figures.items():
        batch = batches.get(identity) or ""
        if batch in in_force and (told := sums(in_force[batch], line)).judged:
            yield identity, batch, *told


def _on_file(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _weights(
    connection: Connection, in_force: Mapping[str, Card]
) -> tuple[ColumnElement[Any], dict[int, int]]:
    """The weight of the target's metric on its initiative's card, NULL where it does not count;
    and the guardrails, which always do: 1, or 2 for one with a veto, by metric."""
    query = select(METRIC.c.id, METRIC.c.veto).where(METRIC.c.kind == MetricKind.GUARDRAIL)
    guards = {identity: 2 if veto else 1 for identity, veto in connection.execute(query).all()}
    found = {}
    for batch, card in in_force.items():
        counted = {**card.weights, **{one: card.weights.get(one, 0) for one in guards}}
        if counted:
            found[batch] = _chosen(counted)
    if not found:
        return literal(None, Integer), guards
    return case(found, value=INITIATIVE.c.batch), guards


def _cap(in_force: Mapping[str, Card]) -> ColumnElement[Any]:
    """What attainment is capped at: one figure where all batches have the same."""
    caps = {card.cap for card in in_force.values()}
    if len(caps) == 1:
        return literal(caps.pop() / 100, Float)
    return case(
        *((INITIATIVE.c.batch == batch, card.cap / 100) for batch, card in in_force.items())
    )


def _fetched(connection: Connection, query: Select[Any]) -> list[Any]:
    """The rows as the driver gives them: SQLAlchemy's own take twice the time."""
    result = connection.execute(query)
    assert result.cursor is not None
    rows = list(result.cursor.fetchall())
    result.close()
    return rows


def _chosen(values: Mapping[int, int]) -> ColumnElement[Any]:
    """A figure by the target's metric; our own numbers are written out: bound, they cost more."""
    whens: dict[Any, Any] = {
        literal_column(str(one)): literal_column(str(two)) for one, two in values.items()
    }
    return case(whens, value=TARGET.c.metric_id)


def _held(guards: Mapping[int, int], share: ColumnElement[Any]) -> ColumnElement[Any]:
    if not guards:
        return literal(0, Integer)
    held = _chosen(guards)
    return func.max(case((and_(TARGET.c.metric_id.in_(list(guards)), share < 0.0), held), else_=0))


def _due(connection: Connection, before: int) -> ColumnElement[bool] | None:
    """Whether the target's metric is due before a day of the month; None where all are."""
    query = select(METRIC.c.id, METRIC.c.due_day)
    days = dict(connection.execute(query).all())
    due = [metric for metric, day in days.items() if day < before]
    return None if len(due) == len(days) else TARGET.c.metric_id.in_(due)


def _moved(connection: Connection, month: str, settled: Settling) -> dict[int, str | None]:
    """The batch that a month was judged by, of initiatives that were put into another one since.

    A score is settled once all figures are due: from then on it stays what it was. What was
    entered later still had no score then.
    """
    was = initiatives_at(connection, settled.end(month), "batch")
    return {identity: row["batch"] for identity, row in was.items()}


def sheets(
    connection: Connection,
    month: str,
    today: date,
    ids: Iterable[int],
    *,
    what_if: Mapping[str, Card] | None = None,
    settled: Settling | None = None,
) -> dict[int, Sheet]:
    """The opened scorecards of some initiatives, worked out exactly; those with a card.

    `settled`, where it is known, need not be read again.
    """
    wanted = list(ids)
    if not wanted:
        return {}
    last = periods.last_month(month)
    in_force = what_if or cards(connection, last)
    settled = settled or settling(connection)
    if last == month:
        figures = _figures(connection, month, settled.due_before(month, today), wanted)
    else:
        figures = rolled_figures(connection, month, today, wanted)
    batches = _judged_by(connection, last, wanted, settled)
    found: dict[int, Sheet] = {}
    for identity, batch in batches.items():
        card = in_force.get(batch or "")
        if card is not None and identity in figures:
            result = score(card, figures[identity])
            if result.lines:
                found[identity] = Sheet(identity, month, batch or "", card, result)
    return found


def _judged_by(
    connection: Connection, period: str, ids: list[int], settled: Settling
) -> dict[int, str | None]:
    """The batch that each of some initiatives is judged by in a period: that of its last month."""
    batches = batches_of(connection, ids)
    for identity, batch in _moved(connection, periods.last_month(period), settled).items():
        if identity in batches:
            batches[identity] = batch
    return batches


def batches_of(connection: Connection, ids: list[int]) -> dict[int, str | None]:
    """The batches that some initiatives are in."""
    found: dict[int, str | None] = {}
    for start in range(0, len(ids), _CHUNK):
        some = {"ids": ids[start : start + _CHUNK]}
        found.update((row[0], row[1]) for row in connection.execute(_SOME, some).all())
    return found


def _figures(
    connection: Connection, month: str, before: int, ids: list[int]
) -> dict[int, list[Figure]]:
    found: dict[int, list[Figure]] = {}
    for start in range(0, len(ids), _CHUNK):
        some = {"month": month, "ids": ids[start : start + _CHUNK]}
        for identity, metric, floor, target, value, day, kind, veto in connection.execute(
            _TOLD, some
        ).all():
            found.setdefault(identity, []).append(
                Figure(
                    metric,
                    floor,
                    target,
                    target > floor,
                    value,
                    due=day < before,
                    guardrail=kind == MetricKind.GUARDRAIL,
                    veto=bool(veto),
                )
            )
    return found
