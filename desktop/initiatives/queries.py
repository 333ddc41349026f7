"""What screens, workbook and command line read of initiatives: typed rows in few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, func, select

from ecofolio.initiatives import rules
from ecofolio.initiatives.health import (
    Listening,
    Said,
    five,
    judged_worst,
    worst,
)
from ecofolio.initiatives.model import (
    CustomField,
    CustomValue,
    Initiative,
    Milestone,
    Note,
    SavedView,
    Scene,
)
from ecofolio.initiatives.scope import Scope
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.store.base import table_of
from ecofolio.store.bulk import driven, readers
from ecofolio.vocabulary import Light, Stage, scene_label

INITIATIVE = table_of(Initiative)
MILESTONE = table_of(Milestone)
THRESHOLDS = rules.Thresholds()


class InitiativeRow(NamedTuple):
    """One initiative as tables show it: its columns, the names behind identities, its light.

    `budget_fen` is in fen. `milestone`, `baseline` and `forecast` are of the next open milestone.
    `custom` holds values by the field's identity, `said` what the rooms above know of its health.
    """

    id: int
    version: int
    code: str
    name: str
    description: str | None
    unit_id: int | None
    department_id: int | None
    scene_id: int | None
    lead_segment: str | None
    other_segments: str | None
    batch: str | None
    circle: str | None
    origin: str | None
    build_mode: str | None
    levers: str | None
    stage: str
    loop_phase: str | None
    lead_id: int | None
    sponsor_id: int | None
    partner_names: str | None
    start_date: date | None
    due_date: date | None
    budget_fen: int | None
    health_override: str | None
    health_reason: str | None
    health_expires: date | None
    tags: str | None
    light: Light
    milestone: str | None
    baseline: date | None
    forecast: date | None
    unit: str | None
    department: str | None
    scene: str | None
    lead: str | None
    sponsor: str | None
    region: str | None
    custom: Mapping[int, str]
    said: Said | None = None


COLUMNS = [INITIATIVE.c[name] for name in InitiativeRow._fields[: len(INITIATIVE.c)]]


class MilestoneRow(NamedTuple):
    """A milestone; `slip` is in days against baseline, None where it can not be told."""

    id: int
    version: int
    initiative_id: int
    code: str
    initiative: str
    name: str
    position: int
    baseline: date | None
    forecast: date | None
    actual: date | None
    slip: int | None


class NoteRow(NamedTuple):
    id: int
    version: int
    initiative_id: int
    section: str
    body: str
    position: int


class FieldRow(NamedTuple):
    """A custom field."""

    id: int
    version: int
    name: str
    type: str
    choices: list[str]
    position: int


class ViewRow(NamedTuple):
    """A saved view; `spec` is JSON."""

    id: int
    version: int
    name: str
    spec: str


class Names(NamedTuple):
    """The names behind identities, for choosing and showing."""

    units: dict[int, str]
    unit_codes: dict[int, str]
    regions: dict[int, str | None]
    parents: dict[int, int | None]
    departments: dict[int, str]
    scenes: dict[int, str]
    people: dict[int, str]


def names(connection: Connection) -> Names:
    """All names that initiatives refer to; two of one name are told apart by their codes."""
    unit, department, scene, person = map(table_of, (Unit, Department, Scene, Person))
    units = connection.execute(
        select(unit.c.id, unit.c.code, unit.c.name, unit.c.region, unit.c.parent_id)
    ).all()
    parents = {row.id: row.parent_id for row in units}
    own_regions = {row.id: row.region for row in units}
    return Names(
        told_apart((row.id, row.name, row.code) for row in units),
        {row.id: row.code for row in units},
        {row.id: _inherited(row.id, own_regions, parents) for row in units},
        parents,
        told_apart(
            connection.execute(select(department.c.id, department.c.name, department.c.code))
        ),
        {
            row.id: scene_label(row.code, row.name)
            for row in connection.execute(select(scene.c.id, scene.c.code, scene.c.name))
        },
        told_apart(connection.execute(select(person.c.id, person.c.name, person.c.code))),
    )


def told_apart(records: Iterable[tuple[int, str, str]]) -> dict[int, str]:
    """Names by identity, of `(identity, name, code)`: with the code where several share a name."""
    every = list(records)
    counts = Counter(name for _identity, name, _code in every)
    return {
        identity: name if counts[name] == 1 else f"{name} ({code})"
        for identity, name, code in every
    }


def _inherited(
    unit: int, regions: Mapping[int, str | None], parents: Mapping[int, int | None]
) -> str | None:
    """A unit's region, or that of the nearest unit above it."""
    seen: set[int] = set()
    at: int | None = unit
    while at is not None and at not in seen:
        if regions.get(at):
            return regions[at]
        seen.add(at)
        at = parents.get(at)
    return None


def below(unit: int, parents: Mapping[int, int | None]) -> set[int]:
    """A unit and all units under it."""
    children: dict[int | None, list[int]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    found: set[int] = set()
    waiting = [unit]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(children.get(one, ()))
    return found


def rows(
    connection: Connection,
    scope: Scope | None = None,
    *,
    today: date,
    ids: Iterable[int] | None = None,
    known: Names | None = None,
    deaf: bool = False,
) -> list[InitiativeRow]:
    """The initiatives within a scope (all without one), by code; `deaf` of other rooms' lights."""
    known, scope = known or names(connection), scope or Scope()
    query = narrowed(select(*COLUMNS), scope, known)
    if ids is not None:
        query = query.where(INITIATIVE.c.id.in_(list(ids)))
    # sorted here: by the index on codes a database would fetch every row from another page
    found = sorted(driven(connection, query), key=itemgetter(_CODE))
    wanted = None if ids is None else [row[0] for row in found]
    upcoming, custom = _next_milestones(connection, wanted), _custom(connection, wanted)
    listening = Listening(connection, today, wanted, deaf=deaf)
    made = _rows(found, readers(COLUMNS, connection.dialect), upcoming, custom, known, listening)
    return list(made) if scope.is_everything else [row for row in made if _within(row, scope)]


def narrowed(query: Select[Any], scope: Scope, known: Names) -> Select[Any]:
    """A query of initiatives, of those parts of a scope that the table itself tells."""
    for column, chosen in (
        (INITIATIVE.c.stage, scope.stages),
        (INITIATIVE.c.batch, scope.batches),
        (INITIATIVE.c.scene_id, scope.scene_ids),
        (INITIATIVE.c.unit_id, _units(scope, known)),
    ):
        if chosen:
            query = query.where(column.in_(sorted(chosen)))
    return query


def _rows(
    found: Iterable[tuple[Any, ...]],
    converts: Sequence[tuple[int, Callable[[Any], Any]]],
    upcoming: Mapping[int, tuple[str | None, date | None, date | None]],
    custom: Mapping[int, Mapping[int, str]],
    known: Names,
    listening: Listening,
) -> Iterator[InitiativeRow]:
    """Finished rows of the driver's; written for ten thousand, hence by place, not by name."""
    today, said_of, make = listening.today, listening.of, tuple.__new__
    units, departments, scenes = known.units.get, known.departments.get, known.scenes.get
    people, regions, light_of = known.people.get, known.regions.get, rules.schedule_light
    upcoming_of, custom_of = upcoming.get, custom.get
    for record in found:
        values = list(record)
        for position, convert in converts:
            if values[position] is not None:
                values[position] = convert(values[position])
        identity, override, unit = values[0], values[_OVERRIDE], values[_UNIT]
        next_one = upcoming_of(identity, _NO_MILESTONE)
        said = said_of(identity, values[_BATCH])
        if override and rules.override_holds(override, values[_EXPIRES], today):
            light = Light(override)
        elif values[_STAGE] == _CLOSED:
            light = Light.NOT_REPORTED
        else:
            light = light_of(next_one[1], next_one[2], values[_DUE], today, said.schedule)
            if said.lights:
                light = worst((light, *(judged.light for judged in said.lights.values())))
        yield make(
            InitiativeRow,
            (
                *values,
                light,
                *next_one,
                units(unit),
                departments(values[_DEPARTMENT]),
                scenes(values[_SCENE]),
                people(values[_LEAD]),
                people(values[_SPONSOR]),
                regions(unit),
                custom_of(identity, _NO_VALUES),
                said,
            ),
        )


_CODE, _UNIT, _DEPARTMENT, _SCENE, _BATCH, _STAGE, _LEAD, _SPONSOR, _DUE, _OVERRIDE, _EXPIRES = (
    InitiativeRow._fields.index(name)
    for name in (
        "code",
        "unit_id",
        "department_id",
        "scene_id",
        "batch",
        "stage",
        "lead_id",
        "sponsor_id",
        "due_date",
        "health_override",
        "health_expires",
    )
)
_CLOSED = Stage.CLOSED.value
_NO_MILESTONE: tuple[str | None, date | None, date | None] = (None, None, None)
_NO_VALUES: Mapping[int, str] = {}


def _units(scope: Scope, known: Names) -> set[int] | None:
    """The units that a scope means; None for all."""
    if scope.unit_id is None:
        return None
    return {scope.unit_id} if scope.unit_alone else below(scope.unit_id, known.parents)


def within(scope: Scope, known: Names) -> Callable[[InitiativeRow], bool] | None:
    """Tells of a row in memory whether it is in a scope; None where all are."""
    if scope.is_everything:
        return None
    units = _units(scope, known)
    bare = scope.replace(
        stages=frozenset(), batches=frozenset(), scene_ids=frozenset(), unit_id=None
    ).is_everything

    def holds(row: InitiativeRow) -> bool:
        return (
            (not scope.stages or row.stage in scope.stages)
            and (not scope.batches or row.batch in scope.batches)
            and (not scope.scene_ids or row.scene_id in scope.scene_ids)
            and (units is None or row.unit_id in units)
            and (bare or _within(row, scope))
        )

    return holds


def _within(row: InitiativeRow, scope: Scope) -> bool:
    """The parts of a scope that are told from the finished row."""
    if scope.segments:
        segments = {row.lead_segment, *rules.split_list(row.other_segments)}
        if not segments & scope.segments:
            return False
    if scope.lead_segments and row.lead_segment not in scope.lead_segments:
        return False
    if scope.missing and any(getattr(row, key, None) is not None for key in scope.missing):
        return False
    if scope.lights and row.light not in scope.lights:
        return False
    if scope.regions and row.region not in scope.regions:
        return False
    return not scope.text or matches(row, scope.text)


def haystack(row: InitiativeRow) -> str:
    """What free text is looked for in: code, names, people, partners and tags, in lower case."""
    parts = (
        row.code,
        row.name,
        row.unit,
        row.scene,
        row.department,
        row.lead,
        row.sponsor,
        row.partner_names,
        row.tags,
        *row.custom.values(),
    )
    return "\n".join(filter(None, parts)).lower()


def matches(row: InitiativeRow, text: str) -> bool:
    """Whether every word of the text is found in a row."""
    hay = haystack(row)
    return all(word in hay for word in text.lower().split())


def health(row: InitiativeRow, today: date) -> rules.Health:
    """A row's health with its reason in words: the worst of its five lights, or an override."""
    computed = judged_worst(five(row, today))
    if rules.override_holds(row.health_override, row.health_expires, today):
        return rules.Health(
            Light(row.health_override or ""), row.health_reason or "", computed.light, True
        )
    return rules.Health(computed.light, computed.words, computed.light)


def _next_milestones(
    connection: Connection, ids: list[int] | None
) -> dict[int, tuple[str | None, date | None, date | None]]:
    """The open milestone with the earliest date, by initiative: name, baseline, forecast.

    Chosen here, of the driver's own rows: a database takes as long again to join them to their
    earliest.
    """
    wanted = [MILESTONE.c[name] for name in ("initiative_id", "name", "baseline", "forecast")]
    query = select(*wanted, MILESTONE.c.position, MILESTONE.c.id).where(
        MILESTONE.c.actual.is_(None)
    )
    if ids is not None:
        query = query.where(MILESTONE.c.initiative_id.in_(ids))
    first: dict[int, tuple[Any, ...]] = {}
    for owner, name, baseline, forecast, position, identity in driven(connection, query):
        when = forecast or baseline
        if when is not None:
            # of several on one day the one that comes first
            one, have = (when, position, identity, name, baseline, forecast), first.get(owner)
            if have is None or one < have:
                first[owner] = one
    as_day = next((convert for _place, convert in readers(wanted, connection.dialect)), _as_it_is)
    return {
        owner: (name, baseline and as_day(baseline), forecast and as_day(forecast))
        for owner, (_when, _position, _identity, name, baseline, forecast) in first.items()
    }


def _as_it_is(day: date) -> date:
    """A server's driver gives dates."""
    return day


def _custom(connection: Connection, ids: list[int] | None) -> dict[int, dict[int, str]]:
    table = table_of(CustomValue)
    query = select(table.c.initiative_id, table.c.field_id, table.c.value)
    if ids is not None:
        query = query.where(table.c.initiative_id.in_(ids))
    found: dict[int, dict[int, str]] = {}
    for initiative, field, value in connection.execute(query).all():
        found.setdefault(initiative, {})[field] = value
    return found


def count(connection: Connection) -> int:
    """How many initiatives there are."""
    return connection.scalar(select(func.count()).select_from(INITIATIVE)) or 0


def records(connection: Connection) -> Iterator[dict[str, Any]]:
    """The bare rows of all initiatives, for checking."""
    for row in connection.execute(select(INITIATIVE)).mappings():
        yield dict(row)


def by_code(connection: Connection, code: str) -> int | None:
    """The identity of an initiative by its code."""
    return connection.scalar(select(INITIATIVE.c.id).where(INITIATIVE.c.code == code))


def milestones(connection: Connection, *, ids: Iterable[int] | None = None) -> list[MilestoneRow]:
    """Milestones of the given initiatives (of all without), by code and position."""
    query = (
        select(MILESTONE, INITIATIVE.c.code, INITIATIVE.c.name.label("initiative"))
        .join(INITIATIVE, INITIATIVE.c.id == MILESTONE.c.initiative_id)
        .order_by(INITIATIVE.c.code, MILESTONE.c.position, MILESTONE.c.id)
    )
    if ids is not None:
        query = query.where(MILESTONE.c.initiative_id.in_(list(ids)))
    return [_milestone(row) for row in connection.execute(query).mappings()]


def _milestone(row: RowMapping) -> MilestoneRow:
    baseline, latest = row["baseline"], row["actual"] or row["forecast"]
    slip = (latest - baseline).days if baseline and latest else None
    return MilestoneRow._make((*(row[name] for name in MilestoneRow._fields[:-1]), slip))


def notes(connection: Connection, initiative_id: int) -> list[NoteRow]:
    """The notes of an initiative in their order."""
    table = table_of(Note)
    query = (
        select(*(table.c[name] for name in NoteRow._fields))
        .where(table.c.initiative_id == initiative_id)
        .order_by(table.c.position, table.c.id)
    )
    return [NoteRow(*row) for row in connection.execute(query)]


def custom_fields(connection: Connection) -> list[FieldRow]:
    """The columns that the users added, in their order."""
    table = table_of(CustomField)
    query = select(table).order_by(table.c.position, table.c.id)
    return [
        FieldRow(
            row.id, row.version, row.name, row.type, (row.choices or "").splitlines(), row.position
        )
        for row in connection.execute(query)
    ]


def views(connection: Connection) -> list[ViewRow]:
    """The saved views by name."""
    table = table_of(SavedView)
    query = select(table.c.id, table.c.version, table.c.name, table.c.spec).order_by(table.c.name)
    return [ViewRow(*row) for row in connection.execute(query)]
