"""What the lights of initiatives were at the end of a day, and which of them have changed since.

Nothing of it is stored: milestones, dates, stages, overrides and thresholds are read back through
the journal, and each room above tells its own light by what is dated in it. Where an initiative or
a room can not answer for a day, the light is grey and says that it is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.initiatives import rules
from ecofolio.initiatives.health import (
    SILENT,
    THRESHOLD,
    Bounds,
    Judged,
    heard,
    is_forgotten,
    judged_worst,
)
from ecofolio.initiatives.model import Initiative, Milestone
from ecofolio.store.base import table_of
from ecofolio.store.rewinding import end_of, rewound
from ecofolio.text import N_
from ecofolio.vocabulary import HealthLight, Light, Stage

INITIATIVE, MILESTONE = table_of(Initiative), table_of(Milestone)
_KEPT = (
    "stage", "batch", "due_date", "health_override", "health_reason", "health_expires",
)  # fmt: skip
_UNKNOWN = Judged(Light.NOT_REPORTED, N_("not known"))
_NOT_YET = Judged(Light.NOT_REPORTED, N_("not known: it was entered later"))


class Was(NamedTuple):
    """The lights of an initiative at the end of a day, and the worst of them or what a person set
    in its place."""

    day: date
    whole: Judged
    lights: Mapping[HealthLight, Judged]
    overridden: bool = False


def month_ends(today: date, count: int) -> list[date]:
    """The last days of the `count` months before today's, the oldest first."""
    found: list[date] = []
    last = today.replace(day=1) - timedelta(days=1)
    for _month in range(count):
        found.append(last)
        last = last.replace(day=1) - timedelta(days=1)
    return found[::-1]


def lights_on(
    connection: Connection, day: date, ids: Collection[int] | None = None
) -> dict[int, Was]:
    """The lights at the end of a day gone by, of some initiatives or of all that there are."""
    known = _bounds(connection, day)
    said = heard(connection, day, known, ids, then=True)
    rows, milestones = _initiatives(connection, day, ids), _next_milestones(connection, day, ids)
    here = select(INITIATIVE.c.id)
    here = here if ids is None else here.where(INITIATIVE.c.id.in_(list(ids)))
    found = {}
    for identity in connection.scalars(here).all():
        row = rows.get(identity)
        if row is not None and row["stage"] == Stage.CLOSED:
            lights = dict.fromkeys(HealthLight, Judged(Light.NOT_REPORTED, N_("closed")))
        else:
            own = said.get(identity, {})
            lights = {one: own.get(one, _silent(one)) for one in HealthLight}
            lights[HealthLight.SCHEDULE] = _schedule(row, milestones.get(identity), day, known)
        found[identity] = _was(day, row, lights)
    return found


def _was(day: date, row: Mapping[str, Any] | None, lights: dict[HealthLight, Judged]) -> Was:
    if row is not None and rules.override_holds(
        row["health_override"], row["health_expires"], day
    ):  # fmt: skip
        set_by_hand = Judged(
            Light(row["health_override"]), "{words}", {"words": row["health_reason"] or ""}
        )
        return Was(day, set_by_hand, MappingProxyType(lights), True)
    return Was(day, judged_worst(lights), MappingProxyType(lights))


def _silent(light: HealthLight) -> Judged:
    return _UNKNOWN if is_forgotten(light) else SILENT[light]


def _schedule(
    row: Mapping[str, Any] | None, milestone: Mapping[str, Any] | None, day: date, known: Bounds
) -> Judged:
    if row is None:
        return _NOT_YET
    name, baseline, forecast = (
        (milestone["name"], milestone["baseline"], milestone["forecast"])
        if milestone
        else (None, None, None)
    )
    limits = known.schedule(row["batch"])
    light, words = rules.schedule(name, baseline, forecast, row["due_date"], day, limits)
    return Judged(light, "{words}", {"words": words})


def _bounds(connection: Connection, day: date) -> Bounds:
    """The thresholds of a day."""
    now = {row["id"]: dict(row) for row in connection.execute(select(THRESHOLD)).mappings()}
    was = rewound(connection, THRESHOLD, now, end_of(day)).values()
    return Bounds({(row["light"], row["batch"]): (row["amber"], row["red"]) for row in was})


def _initiatives(
    connection: Connection, day: date, ids: Collection[int] | None
) -> dict[int, dict[str, Any]]:
    """What a light hangs on, as it was; those that were not entered yet are not in it."""
    query = select(INITIATIVE.c.id, *(INITIATIVE.c[name] for name in _KEPT))
    if ids is not None:
        query = query.where(INITIATIVE.c.id.in_(list(ids)))
    now = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    return rewound(connection, INITIATIVE, now, end_of(day), ids=ids)


def _next_milestones(
    connection: Connection, day: date, ids: Collection[int] | None
) -> dict[int, dict[str, Any]]:
    """The open milestone with the earliest date, by initiative, as on a day."""
    query = select(MILESTONE)
    if ids is not None:
        query = query.where(MILESTONE.c.initiative_id.in_(list(ids)))
    now = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    found: dict[int, tuple[Any, dict[str, Any]]] = {}
    for row in rewound(connection, MILESTONE, now, end_of(day), owners=ids).values():
        when = row["forecast"] or row["baseline"]
        if row["actual"] is not None or when is None:
            continue
        key, owner = (when, row["position"], row["id"]), row["initiative_id"]
        if owner not in found or key < found[owner][0]:
            found[owner] = key, row
    return {owner: row for owner, (_key, row) in found.items()}


class Moved(NamedTuple):
    """An initiative whose light is another one than at the end of a day."""

    id: int
    before: Light
    now: Light

    @property
    def is_worse(self) -> bool:
        """Whether it went from bad to worse, and not the other way."""
        return _RANK[self.now] > _RANK[self.before]


_RANK = {Light.GREEN: 0, Light.AMBER: 1, Light.RED: 2}


def moved(before: Mapping[int, Was], now: Iterable[tuple[int, Light]]) -> list[Moved]:
    """Whose light has changed; from and to grey is no change, because nothing is known there."""
    found = []
    for identity, light in now:
        was = before[identity].whole.light if identity in before else Light.NOT_REPORTED
        if light != was and light in _RANK and was in _RANK:
            found.append(Moved(identity, was, light))
    return found


def history(connection: Connection, days: Sequence[date], initiative_id: int) -> list[Was]:
    """The lights of one initiative at the ends of days."""
    return [lights_on(connection, day, [initiative_id])[initiative_id] for day in days]
