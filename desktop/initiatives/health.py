"""The five lights of an initiative's health, and the worst of them.

The schedule is told from milestones here; the other lights are told by the rooms above, which
this room knows nothing of: they register a speaker (`ecofolio.models` has them all do so). A room
that can say nothing of an initiative leaves it out, and its light is grey, not green.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.format import day
from ecofolio.initiatives import rules
from ecofolio.initiatives.model import HealthThreshold
from ecofolio.store.base import table_of
from ecofolio.text import N_, _, ngettext
from ecofolio.vocabulary import HealthLight, Light, Stage

if TYPE_CHECKING:
    from ecofolio.initiatives.queries import InitiativeRow

THRESHOLD = table_of(HealthThreshold)
# delivery has two more thresholds than the one that bears its name
AGEING, FORECAST = "delivery_age", "delivery_forecast"
# Where each light turns amber and red unless the programme says otherwise: days of slip, per cent
# of the plan to date, days that a card is blocked, days that one is in progress, days that the
# cards are forecast to be done after the due date, points of score (below), days of a breach.
USUAL: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        HealthLight.SCHEDULE: (8, 22),
        HealthLight.BUDGET: (105, 120),
        HealthLight.DELIVERY: (5, 15),
        AGEING: (45, 90),
        FORECAST: (1, 31),
        HealthLight.METRICS: (75, 60),
        HealthLight.COMPLIANCE: (1, 8),
    }
)
_PARTS = {AGEING: N_("Delivery: age of cards"), FORECAST: N_("Delivery: forecast")}
_ORDER = {Light.NOT_REPORTED: 0, Light.GREEN: 1, Light.AMBER: 2, Light.RED: 3}


def limit_english(limit: str) -> str:
    """The untranslated name of a threshold: its light's, or that of the part of one."""
    return _PARTS.get(limit) or HealthLight(limit).english


def limit_label(limit: str) -> str:
    """The name of a threshold in the language in force."""
    return _(limit_english(limit))


class Judged(NamedTuple):
    """A light with its sentence: a message, its plural where it counts `n`, and what fills it.

    Dates among the arguments are written as the language does; callables are asked for theirs.
    """

    light: Light
    message: str
    arguments: Mapping[str, object] = MappingProxyType({})
    many: str = ""

    @property
    def words(self) -> str:
        """The sentence in the language in force."""
        count = self.arguments.get("n")
        if self.many and isinstance(count, int):
            text = ngettext(self.message, self.many, count)
        else:
            text = _(self.message)
        return text.format(**{name: _told(value) for name, value in self.arguments.items()})


def _told(value: object) -> object:
    if isinstance(value, date):
        return day(value)
    return value() if callable(value) else value


@dataclass(frozen=True)
class Bounds:
    """From where lights turn amber and red, by light and batch; `None` is for all batches."""

    stored: Mapping[tuple[str, str | None], tuple[int, int]] = field(default_factory=dict)

    def of(self, limit: str, batch: str | None) -> tuple[int, int]:
        """The batch's own, or the programme's, or the usual ones, of a light or a part of one."""
        if not self.stored:
            return USUAL[limit]
        found = self.stored.get((limit, batch)) or self.stored.get((limit, None))
        return found or USUAL[limit]

    def schedule(self, batch: str | None) -> rules.Thresholds:
        """The days of slip from which a milestone turns amber and red."""
        return rules.Thresholds(*self.of(HealthLight.SCHEDULE, batch))


class Said(NamedTuple):
    """What is known of an initiative's health beside its schedule."""

    lights: Mapping[HealthLight, Judged] = MappingProxyType({})
    schedule: rules.Thresholds = rules.Thresholds()


NOTHING = Said()
Speaker = Callable[[Connection, date, Bounds, Collection[int] | None], Mapping[int, Judged]]
_speakers: dict[HealthLight, Speaker] = {}
_rememberers: dict[HealthLight, Speaker] = {}


def speak(light: HealthLight, speaker: Speaker, then: Speaker | None = None) -> None:
    """Have a room tell one of the lights: of the initiatives given, or of all without any.

    `then` tells what it was at the end of a day gone by; without it that is not known.
    """
    _speakers[light] = speaker
    if then is not None:
        _rememberers[light] = then


def is_forgotten(light: HealthLight) -> bool:
    """Whether a light is told of today alone."""
    return light in _speakers and light not in _rememberers


def bounds(connection: Connection) -> Bounds:
    """The thresholds of the programme."""
    query = select(THRESHOLD.c.light, THRESHOLD.c.batch, THRESHOLD.c.amber, THRESHOLD.c.red)
    rows = connection.execute(query).all()
    return Bounds({(light, batch): (amber, red) for light, batch, amber, red in rows})


def heard(
    connection: Connection,
    day: date,
    known: Bounds,
    ids: Collection[int] | None = None,
    *,
    then: bool = False,
) -> dict[int, dict[HealthLight, Judged]]:
    """What the rooms above say of initiatives, by identity and light; `then`: said on that day."""
    found: dict[int, dict[HealthLight, Judged]] = {}
    for light, speaker in (_rememberers if then else _speakers).items():
        for identity, judged in speaker(connection, day, known, ids).items():
            found.setdefault(identity, {})[light] = judged
    return found


class Listening:
    """What the lights of many initiatives are told from; `ids` are None for all.

    `deaf` is for who hears the rooms above later.
    """

    def __init__(
        self,
        connection: Connection,
        today: date,
        ids: Collection[int] | None = None,
        *,
        deaf: bool = False,
    ) -> None:
        self.today, self.bounds = today, bounds(connection)
        self._heard = {} if deaf else heard(connection, today, self.bounds, ids)
        self._silent: dict[str | None, Said] = {}

    def of(self, identity: int, batch: str | None) -> Said:
        """What is known of one initiative beside its schedule."""
        silent = self._silent.get(batch)
        if silent is None:
            silent = self._silent[batch] = Said(schedule=self.bounds.schedule(batch))
        lights = self._heard.get(identity)
        return silent if lights is None else silent._replace(lights=lights)


def worst(lights: Iterable[Light]) -> Light:
    """The worst of the lights that say anything; grey where none does."""
    return max(lights, key=_ORDER.__getitem__, default=Light.NOT_REPORTED)


def five(row: InitiativeRow, today: date) -> dict[HealthLight, Judged]:
    """The five lights of an initiative with their sentences; all grey where it is closed."""
    said = row.said or NOTHING
    if row.stage == Stage.CLOSED:
        return {light: Judged(Light.NOT_REPORTED, N_("closed")) for light in HealthLight}
    light, words = rules.schedule(
        row.milestone, row.baseline, row.forecast, row.due_date, today, said.schedule
    )
    found = {one: said.lights.get(one, SILENT[one]) for one in HealthLight}
    found[HealthLight.SCHEDULE] = Judged(light, "{words}", {"words": words})
    return found


SILENT: Mapping[HealthLight, Judged] = MappingProxyType(
    {
        HealthLight.SCHEDULE: Judged(
            Light.NOT_REPORTED, N_("no milestone with a baseline date is open")
        ),
        HealthLight.BUDGET: Judged(Light.NOT_REPORTED, N_("nothing is planned or spent yet")),
        HealthLight.DELIVERY: Judged(Light.NOT_REPORTED, N_("no cards are on a board")),
        HealthLight.METRICS: Judged(Light.NOT_REPORTED, N_("no metric has a target")),
        HealthLight.COMPLIANCE: Judged(Light.NOT_REPORTED, N_("nothing is recorded")),
    }
)


def judged_worst(lights: Mapping[HealthLight, Judged]) -> Judged:
    """The worst of the lights, the first of equals in their fixed order."""
    return max(
        (lights[one] for one in HealthLight if one in lights),
        key=lambda judged: _ORDER[judged.light],
    )
