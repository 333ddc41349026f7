"""What screens, workbook and command line read of measures: typed rows in few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, select

from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Department
from ecofolio.scorecards.catalogue import METRICS, metric_label, unit_label
from ecofolio.scorecards.model import Coefficient, Metric, Observation, Scorecard, Target, Weight
from ecofolio.scorecards.rules import Card
from ecofolio.store.base import table_of
from ecofolio.vocabulary import Direction, ObservationState, Step

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
SCORECARD, WEIGHT, COEFFICIENT = map(table_of, (Scorecard, Weight, Coefficient))
INITIATIVE, DEPARTMENT = map(table_of, (Initiative, Department))
_FEW = 500  # initiatives up to which the database looks for just theirs


class MetricRow(NamedTuple):
    """A metric as tables show it. `least` and `most` are thousandths. Those of the catalogue that
    are not stored yet have the identity 0."""

    id: int
    version: int
    code: str
    own_name: str | None
    own_unit: str | None
    kind: str
    step: str
    segment: str | None
    loop_phase: str | None
    direction: str
    over_months: str
    over_initiatives: str
    weighed_by_id: int | None
    department_id: int | None
    due_day: int
    veto: bool
    least: int | None
    most: int | None
    position: int
    retired: bool
    department: str | None

    @property
    def name(self) -> str:
        """The metric's name in the language in force."""
        return metric_label(self.code, self.own_name)

    @property
    def unit(self) -> str:
        """The word for its unit in the language in force."""
        return unit_label(self.code, self.own_unit)

    @property
    def higher(self) -> bool:
        """Whether more is better."""
        return self.direction == Direction.HIGHER


def metrics(connection: Connection, *, retired: bool = False) -> list[MetricRow]:
    """The metrics step by step, each in its order there; those that come with the program where
    none is stored yet."""
    query = (
        select(
            METRIC.c.id,
            METRIC.c.version,
            METRIC.c.code,
            METRIC.c.name,
            METRIC.c.unit,
            *(METRIC.c[name] for name in MetricRow._fields[5:20]),
            DEPARTMENT.c.name.label("department"),
        )
        .outerjoin(DEPARTMENT, DEPARTMENT.c.id == METRIC.c.department_id)
        .order_by(METRIC.c.position, METRIC.c.id)
    )
    found = [MetricRow._make(row) for row in connection.execute(query).all()]
    if not found:
        return _catalogue()
    steps = {step.value: n for n, step in enumerate(Step)}
    found.sort(key=lambda row: steps[row.step])  # which leaves each step's own order
    return [row for row in found if retired or not row.retired]


def _catalogue() -> list[MetricRow]:
    return [
        MetricRow(
            0, 0, one.code, None, None, one.kind, one.step, one.segment, one.loop_phase,
            one.direction, one.over_months, one.over_initiatives, None, None, 10, one.veto,
            0, one.most, place, False, None,
        )
        for place, one in enumerate(METRICS)
    ]  # fmt: skip


def cards(connection: Connection, month: str) -> dict[str, Card]:
    """The scorecard in force in a month, by batch."""
    return in_force(card_versions(connection), month)


class CardVersion(NamedTuple):
    """One version of a batch's scorecard."""

    id: int
    batch: str
    from_month: str
    card: Card


def in_force(versions: Iterable[CardVersion], month: str) -> dict[str, Card]:
    """Those of all scorecards, the newest first, that are in force in a month, by batch."""
    found: dict[str, Card] = {}
    for one in versions:
        if one.from_month <= month:
            found.setdefault(one.batch, one.card)
    return found


def card_versions(connection: Connection) -> list[CardVersion]:
    """All scorecards, by batch, the newest first."""
    query = select(SCORECARD).order_by(SCORECARD.c.batch, SCORECARD.c.from_month.desc())
    found = connection.execute(query).all()
    weights: dict[int, dict[int, int]] = {row.id: {} for row in found}
    listed = (
        select(WEIGHT.c.scorecard_id, WEIGHT.c.metric_id, WEIGHT.c.weight)
        .join(METRIC, METRIC.c.id == WEIGHT.c.metric_id)
        .order_by(METRIC.c.position, METRIC.c.id)
    )
    for card, metric, weight in connection.execute(listed).all():
        weights[card][metric] = weight
    return [
        CardVersion(
            row.id,
            row.batch,
            row.from_month,
            Card(weights[row.id], row.cap, row.grade_a, row.grade_b, row.grade_c),
        )
        for row in found
    ]


# --- lists -------------------------------------------------------------------------------------


def coefficients(connection: Connection) -> dict[int, list[tuple[str, int]]]:
    """What metrics are worth: from which month, millionths of a fen per unit; the oldest first."""
    query = select(
        COEFFICIENT.c.metric_id, COEFFICIENT.c.from_month, COEFFICIENT.c.micro_fen
    ).order_by(COEFFICIENT.c.from_month)
    found: dict[int, list[tuple[str, int]]] = {}
    for metric, month, micro in connection.execute(query).all():
        found.setdefault(metric, []).append((month, micro))
    return found


class TargetRow(NamedTuple):
    """A target in thousandths, by the codes of initiative and metric."""

    id: int
    initiative_id: int
    metric_id: int
    code: str
    metric: str
    month: str
    floor: int
    target: int
    stretch: int | None


class ObservationRow(NamedTuple):
    """A figure in thousandths, by the codes of initiative and metric."""

    id: int
    initiative_id: int
    metric_id: int
    code: str
    metric: str
    month: str
    value: int
    state: str
    source: str | None
    comment: str | None
    reported_by: str
    reported_on: date


def targets(
    connection: Connection,
    *,
    ids: Collection[int] | None = None,
    months: Collection[str] | None = None,
) -> list[TargetRow]:
    """Targets of some initiatives and months, or all, by initiative, metric and month."""
    rows = connection.execute(_listed(TARGET, TargetRow, ids, months)).all()
    return [TargetRow._make(row) for row in rows]


def observations(
    connection: Connection,
    *,
    ids: Collection[int] | None = None,
    months: Collection[str] | None = None,
) -> list[ObservationRow]:
    """Figures of some initiatives and months, or all, by initiative, metric and month."""
    rows = connection.execute(_listed(OBSERVATION, ObservationRow, ids, months)).all()
    return [ObservationRow._make(row) for row in rows]


def provisional(
    connection: Connection, months: Collection[str], ids: Collection[int] | None = None
) -> dict[tuple[int, int], set[str]]:
    """The months of which figures are provisional, by initiative and metric."""
    keys = (OBSERVATION.c[name] for name in ("initiative_id", "metric_id", "month"))
    waiting = OBSERVATION.c.state == ObservationState.PROVISIONAL.value
    query = select(*keys).where(waiting, OBSERVATION.c.month.in_(list(months)))
    if ids is not None and len(ids) <= _FEW:
        query = query.where(OBSERVATION.c.initiative_id.in_(list(ids)))
    found: dict[tuple[int, int], set[str]] = {}
    for identity, metric, month in connection.execute(query).all():
        found.setdefault((identity, metric), set()).add(month)
    return found


def _listed(
    table: Table,
    shape: type[TargetRow] | type[ObservationRow],
    ids: Collection[int] | None,
    months: Collection[str] | None,
) -> Select[Any]:
    named = {"code": INITIATIVE.c.code, "metric": METRIC.c.code}
    columns = [
        named[name].label(f"{name}_of") if name in named else table.c[name]
        for name in shape._fields
    ]
    query = (
        select(*columns)
        .join(INITIATIVE, INITIATIVE.c.id == table.c.initiative_id)
        .join(METRIC, METRIC.c.id == table.c.metric_id)
        .order_by(INITIATIVE.c.code, METRIC.c.position, METRIC.c.id, table.c.month)
    )
    if ids is not None:
        query = query.where(table.c.initiative_id.in_(list(ids)))
    if months is not None:
        query = query.where(table.c.month.in_(list(months)))
    return query
