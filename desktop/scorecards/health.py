"""What the figures say of an initiative's health: the light of metrics."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, and_, select

from ecofolio.initiatives.health import Bounds, Judged
from ecofolio.scorecards import scoring
from ecofolio.scorecards.catalogue import metric_label
from ecofolio.scorecards.model import Metric, Observation, Target
from ecofolio.scorecards.queries import metrics
from ecofolio.scorecards.rules import score
from ecofolio.scorecards.scoring import Scored, Sheet
from ecofolio.scorecards.settling import settling
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.store.rewinding import end_of, rewound
from ecofolio.text import N_
from ecofolio.vocabulary import HealthLight, Light, MetricKind

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
_TOLD = ("id", "initiative_id", "metric_id", "value", "reported_on")


def judged(
    connection: Connection, today: date, bounds: Bounds, ids: Collection[int] | None = None
) -> dict[int, Judged]:
    """The light of metrics by initiative, of the newest month whose figures are all due.

    A breached guardrail is amber at least, one with a veto red. Where nothing was reported the
    light is grey, and says so.
    """
    if connection.execute(select(TARGET.c.id).limit(1)).first() is None:
        return {}
    month = settling(connection).newest(today)
    found = scoring.scores(connection, month, today, ids=ids)
    breaches = _breaches(connection, month, ids) if any(x.held for x in found.values()) else {}
    return _told(found, month, bounds, breaches)


def then(
    connection: Connection, day: date, bounds: Bounds, ids: Collection[int] | None = None
) -> dict[int, Judged]:
    """The light of metrics as it was at the end of a day, by the figures that were there then.

    What was reported or corrected since is taken back; targets and scorecards are those of the
    month.
    """
    month = settling(connection).newest(day)
    found = scoring.scores(connection, month, day, ids=ids)
    if not found:
        return {}
    later = _later(connection, month, day, ids)
    early = _early(connection, month, day, ids) if later else set()
    for one, told in list(later.items()):
        if one in found and one not in early and not any(x is not None for x in told.values()):
            del later[one]  # a list of old figures that was brought in at once is told at once
            many = found[one].judged
            found[one] = found[one]._replace(score=0, missing=many, overdue=many, held=0)
    sheets = scoring.sheets(connection, month, day, later)
    was = {one: _as_it_was(sheet, later[one]) for one, sheet in sheets.items()}
    found.update({one: scoring.as_scored(sheet) for one, sheet in was.items()})
    breaches = _breaches(connection, month, ids) if any(x.held for x in found.values()) else {}
    names = {row.id: (row.code, row.own_name) for row in metrics(connection, retired=True)}
    for one, sheet in was.items():
        broken = [line.figure for line in sheet.score.lines if line.breached]
        broken.sort(key=lambda figure: (not figure.veto, figure.metric))
        if broken:
            breaches[one] = names[broken[0].metric]
    return _told(found, month, bounds, breaches)


def _later(
    connection: Connection, month: str, day: date, ids: Collection[int] | None
) -> dict[int, dict[int, int | None]]:
    """What was reported of a month by the end of a day where that is not what stands now, by
    initiative and metric."""
    wanted = (OBSERVATION.c.month == month) & (OBSERVATION.c.reported_on > day)
    if ids is not None:
        wanted &= OBSERVATION.c.initiative_id.in_(list(ids))
    query = select(*(OBSERVATION.c[name] for name in _TOLD)).where(wanted)
    now = {row[0]: dict(zip(_TOLD, row, strict=True)) for row in read_rows(connection, query)}
    # what was reported first after that day has no value before: only corrections are read
    was = rewound(
        connection, OBSERVATION, now, end_of(day), ids=now.keys(), touching=("reported_on",)
    )  # fmt: skip
    found: dict[int, dict[int, int | None]] = {}
    for row in was.values() if now else ():
        value = row["value"] if row["reported_on"] <= day else None
        found.setdefault(row["initiative_id"], {})[row["metric_id"]] = value
    return found


def _early(connection: Connection, month: str, day: date, ids: Collection[int] | None) -> set[int]:
    """Who has figures of a month that stand as they did at the end of a day."""
    wanted = (OBSERVATION.c.month == month) & (OBSERVATION.c.reported_on <= day)
    if ids is not None:
        wanted &= OBSERVATION.c.initiative_id.in_(list(ids))
    query = select(OBSERVATION.c.initiative_id).where(wanted).distinct()
    return set(connection.scalars(query).all())


def _as_it_was(sheet: Sheet, figures: Mapping[int, int | None]) -> Sheet:
    """An opened scorecard with other actuals."""
    lines = [line.figure for line in sheet.score.lines]
    were = [replace(one, actual=figures.get(one.metric, one.actual)) for one in lines]
    return replace(sheet, score=score(sheet.card, were))


def _told(
    found: Mapping[int, Scored],
    month: str,
    bounds: Bounds,
    breaches: Mapping[int, tuple[str, str | None]],
) -> dict[int, Judged]:
    return {
        identity: _judged(one, month, bounds.of(HealthLight.METRICS, one.batch), breaches)
        for identity, one in found.items()
    }


def _judged(
    one: Scored, month: str, limits: tuple[int, int], breaches: Mapping[int, tuple[str, str | None]]
) -> Judged:
    amber, red = limits
    if one.missing == one.judged:
        return Judged(Light.NOT_REPORTED, N_("nothing was reported for {month}"), {"month": month})
    if one.held:
        code, name = breaches[one.id]
        told: dict[str, object] = {"metric": lambda: metric_label(code, name), "month": month}
        if one.held == 2:
            return Judged(Light.RED, N_("{metric} broke its veto in {month}"), told)
        if one.score is None or one.score >= 100 * red:
            return Judged(Light.AMBER, N_("{metric} broke its guardrail in {month}"), told)
    if one.score is None:
        return Judged(Light.NOT_REPORTED, N_("nothing is due yet for {month}"), {"month": month})
    told = {"score": f"{one.score / 100:.2f}", "month": month, "red": red, "amber": amber}
    if one.score < 100 * red:
        return Judged(Light.RED, N_("the score of {month} is {score}, below {red}"), told)
    if one.score < 100 * amber:
        return Judged(Light.AMBER, N_("the score of {month} is {score}, below {amber}"), told)
    if one.overdue:
        message, many = (
            N_("the score of {month} is {score}, with {n} metric not reported"),
            N_("the score of {month} is {score}, with {n} metrics not reported"),
        )
        return Judged(Light.GREEN, message, {**told, "n": one.overdue}, many)
    return Judged(Light.GREEN, N_("the score of {month} is {score}"), told)


def _breaches(
    connection: Connection, month: str, ids: Collection[int] | None
) -> dict[int, tuple[str, str | None]]:
    """The breached guardrail that counts most, as code and own name, by initiative."""
    up, beyond = TARGET.c.target > TARGET.c.floor, OBSERVATION.c.value > TARGET.c.floor
    query = (
        select(TARGET.c.initiative_id, METRIC.c.code, METRIC.c.name)
        .join(METRIC, METRIC.c.id == TARGET.c.metric_id)
        .join(
            OBSERVATION,
            and_(
                OBSERVATION.c.initiative_id == TARGET.c.initiative_id,
                OBSERVATION.c.metric_id == TARGET.c.metric_id,
                OBSERVATION.c.month == month,
            ),
        )
        .where(
            TARGET.c.month == month,
            METRIC.c.kind == MetricKind.GUARDRAIL,
            OBSERVATION.c.value != TARGET.c.floor,
            beyond != up,
        )
        .order_by(METRIC.c.veto, METRIC.c.id.desc())
    )
    if ids is not None:
        query = query.where(TARGET.c.initiative_id.in_(list(ids)))
    # of several, the last read counts most: with a veto, then the first of its kind
    return {row[0]: (row[1], row[2]) for row in connection.execute(query).all()}
