"""What screens and command line read of squads: typed rows in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.initiatives.model import Initiative, Scene
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.squads import rules
from ecofolio.squads.actions import moved
from ecofolio.squads.model import Linkage, Squad, SquadArea, SquadInitiative, SquadMember
from ecofolio.store.base import table_of
from ecofolio.vocabulary import Batch, scene_label

SQUAD, MEMBER, AREA, LINK = map(table_of, (Squad, SquadMember, SquadArea, SquadInitiative))
PERSON, DEPARTMENT, INITIATIVE, SCENE = map(table_of, (Person, Department, Initiative, Scene))
HORIZON = 26  # weeks ahead in which an over-allocation makes a squad unfit


class SquadRow(NamedTuple):
    """A squad as lists show it. `people` counts those whose place holds today."""

    id: int
    version: int
    code: str
    name: str
    kind: str
    charter: str | None
    lead_id: int | None
    lead: str | None
    people: int
    initiatives: tuple[int, ...]
    fitness: rules.Fitness


class MemberRow(NamedTuple):
    """Somebody's place in a squad."""

    id: int
    version: int
    squad_id: int
    squad: str
    person_id: int
    person: str
    title: str | None
    unit_id: int | None
    department_id: int | None
    department: str | None
    office: str | None
    role: str | None
    percent: int
    from_date: date | None
    until_date: date | None

    @property
    def allocation(self) -> rules.Allocation:
        return rules.Allocation(
            self.person_id, self.squad_id, self.percent, self.from_date, self.until_date, self.id
        )


class AreaRow(NamedTuple):
    """A part of what a leading group owns, with its name."""

    id: int
    squad_id: int
    unit_id: int | None
    scene_id: int | None
    batch: str | None
    name: str


class CapacityRow(NamedTuple):
    """A person's line of the capacity map: per cent over all squads, a figure a week."""

    person_id: int
    person: str
    unit: str | None
    department: str | None
    percents: tuple[int, ...]


class CapacityMap(NamedTuple):
    """People by weeks; `over` says who has more than 100 % and when."""

    mondays: tuple[date, ...]
    rows: tuple[CapacityRow, ...]
    over: tuple[rules.Over, ...]


class LinkRow(NamedTuple):
    """A department in the squads of a scene: wanted or not, and who is really there."""

    scene_id: int
    scene: str
    department_id: int
    department: str
    wanted: bool
    people: tuple[str, ...]
    is_gap: bool


def members(
    connection: Connection,
    *,
    squads: Iterable[int] | None = None,
    people: Iterable[int] | None = None,
) -> list[MemberRow]:
    """The places in squads (of some squads, or of some people), by squad and person."""
    query = (
        select(
            MEMBER.c.id,
            MEMBER.c.version,
            MEMBER.c.squad_id,
            SQUAD.c.name.label("squad"),
            MEMBER.c.person_id,
            PERSON.c.name.label("person"),
            PERSON.c.title,
            PERSON.c.unit_id,
            PERSON.c.department_id,
            DEPARTMENT.c.name.label("department"),
            DEPARTMENT.c.office,
            MEMBER.c.role,
            MEMBER.c.percent,
            MEMBER.c.from_date,
            MEMBER.c.until_date,
        )
        .join(SQUAD, SQUAD.c.id == MEMBER.c.squad_id)
        .join(PERSON, PERSON.c.id == MEMBER.c.person_id)
        .outerjoin(DEPARTMENT, DEPARTMENT.c.id == PERSON.c.department_id)
        .order_by(SQUAD.c.code, PERSON.c.name, MEMBER.c.from_date, MEMBER.c.id)
    )
    if squads is not None:
        query = query.where(MEMBER.c.squad_id.in_(list(squads)))
    if people is not None:
        query = query.where(MEMBER.c.person_id.in_(list(people)))
    return [MemberRow._make(row) for row in connection.execute(query).all()]


def squads(connection: Connection, today: date, *, kind: str | None = None) -> list[SquadRow]:
    """The squads by code, with their fitness over the weeks to come."""
    query = (
        select(SQUAD, PERSON.c.name.label("lead"))
        .outerjoin(PERSON, PERSON.c.id == SQUAD.c.lead_id)
        .order_by(SQUAD.c.code)
    )
    if kind is not None:
        query = query.where(SQUAD.c.kind == kind)
    everyone = members(connection)
    names = {one.person_id: one.person for one in everyone}
    overs = rules.over([one.allocation for one in everyone], rules.weeks(today, HORIZON))
    own: dict[int, list[MemberRow]] = {}
    for one in everyone:
        if rules.holds(one.allocation, today):
            own.setdefault(one.squad_id, []).append(one)
    worked: dict[int, list[int]] = {}
    for squad, initiative in connection.execute(select(LINK.c.squad_id, LINK.c.initiative_id)):
        worked.setdefault(squad, []).append(initiative)
    return [
        SquadRow(
            row.id,
            row.version,
            row.code,
            row.name,
            row.kind,
            row.charter,
            row.lead_id,
            row.lead,
            len({one.person_id for one in own.get(row.id, ())}),
            tuple(worked.get(row.id, ())),
            rules.fitness(row.lead_id, _as_rules(own.get(row.id, ())), overs, names),
        )
        for row in connection.execute(query)
    ]


def _as_rules(rows: Iterable[MemberRow]) -> list[rules.Member]:
    return [rules.Member(row.person_id, row.person, row.department_id, row.office) for row in rows]


def areas(connection: Connection, squad_id: int | None = None) -> list[AreaRow]:
    """What leading groups own."""
    unit = table_of(Unit)
    query = (
        select(
            AREA,
            unit.c.name.label("unit"),
            SCENE.c.code.label("scene_code"),
            SCENE.c.name.label("scene"),
        )
        .outerjoin(unit, unit.c.id == AREA.c.unit_id)
        .outerjoin(SCENE, SCENE.c.id == AREA.c.scene_id)
        .order_by(AREA.c.squad_id, AREA.c.id)
    )
    if squad_id is not None:
        query = query.where(AREA.c.squad_id == squad_id)
    found = []
    for row in connection.execute(query):
        if row.unit_id is not None:
            name = row.unit
        elif row.scene_id is not None:
            name = scene_label(row.scene_code, row.scene)
        else:
            name = Batch(row.batch).label
        found.append(AreaRow(row.id, row.squad_id, row.unit_id, row.scene_id, row.batch, name))
    return found


def capacity(
    connection: Connection,
    first: date,
    count: int = 13,
    *,
    departments: Iterable[int] = (),
    units: Iterable[int] = (),
    squad_id: int | None = None,
) -> CapacityMap:
    """People by weeks over all squads, from the week of a day; only those of the departments,
    units (with what is below them given by the caller) or squad asked for."""
    mondays = rules.weeks(first, count)
    everyone = members(connection)
    wanted_departments, wanted_units = set(departments), set(units)
    inside = {one.person_id for one in everyone if squad_id in (None, one.squad_id)}
    unit_names: dict[int, str] = dict(
        connection.execute(select(table_of(Unit).c.id, table_of(Unit).c.name)).all()
    )
    people = {
        one.person_id: one
        for one in everyone
        if one.person_id in inside
        and (not wanted_departments or one.department_id in wanted_departments)
        and (not wanted_units or one.unit_id in wanted_units)
    }
    allocations = [one.allocation for one in everyone if one.person_id in people]
    loads = rules.by_week(allocations, mondays)
    rows = [
        CapacityRow(
            person,
            one.person,
            unit_names.get(one.unit_id or 0),
            one.department,
            tuple(loads[person]),
        )
        for person, one in people.items()
    ]
    rows.sort(key=lambda row: (-max(row.percents, default=0), row.person))
    return CapacityMap(tuple(mondays), tuple(rows), tuple(rules.over(allocations, mondays)))


def why(connection: Connection, person_id: int, monday: date) -> list[MemberRow]:
    """The places that make up somebody's load in a week: what is behind a cell of the map."""
    days = rules.weeks(monday, 1)
    return [
        one
        for one in members(connection, people=[person_id])
        if rules.by_week([one.allocation], days)[person_id][0]
    ]


def effect_of_move(
    connection: Connection,
    member_id: int,
    squad_id: int,
    from_date: date,
    *,
    percent: int | None = None,
    count: int = HORIZON,
) -> list[rules.Effect]:
    """What `actions.move_member` would do to the load by week; nothing is written."""
    row = dict(connection.execute(select(MEMBER).where(MEMBER.c.id == member_id)).mappings().one())
    after = [_allocation(one) for one in moved(row, squad_id, from_date, percent)]
    return _effect(connection, row["person_id"], member_id, after, from_date, count)


def effect_of_place(
    connection: Connection,
    person_id: int,
    squad_id: int,
    percent: int,
    from_date: date | None,
    until_date: date | None,
    *,
    today: date,
    instead_of: int | None = None,
    count: int = HORIZON,
) -> list[rules.Effect]:
    """What a new place, or one `instead_of` an old one, would do to somebody's load by week."""
    new = rules.Allocation(person_id, squad_id, percent, from_date, until_date)
    first = max(from_date or today, today)  # what is past can not be helped
    return _effect(connection, person_id, instead_of, [new], first, count)


def _effect(
    connection: Connection,
    person_id: int,
    replaced: int | None,
    after: list[rules.Allocation],
    first: date,
    count: int,
) -> list[rules.Effect]:
    before = [one.allocation for one in members(connection, people=[person_id])]
    kept = [one for one in before if one.member != replaced]
    return rules.effect(before, [*kept, *after], rules.weeks(first, count))


def _allocation(row: Mapping[str, Any]) -> rules.Allocation:
    return rules.Allocation(
        row["person_id"], row["squad_id"], row["percent"], row["from_date"], row["until_date"]
    )


def linkage(connection: Connection, today: date) -> list[LinkRow]:
    """Scenes by departments: wanted against who is in the squads of the scene; gaps first."""
    wanted = connection.execute(
        select(table_of(Linkage).c.scene_id, table_of(Linkage).c.department_id)
    )
    scenes_of: dict[int, set[int]] = {}
    query = select(LINK.c.squad_id, INITIATIVE.c.scene_id).join(
        INITIATIVE, INITIATIVE.c.id == LINK.c.initiative_id
    )
    for squad, scene in connection.execute(query):
        if scene is not None:
            scenes_of.setdefault(squad, set()).add(scene)
    real: dict[tuple[int, int], dict[int, None]] = {}
    names = {}
    for one in members(connection):
        names[one.person_id] = one.person
        if one.department_id is None or not rules.holds(one.allocation, today):
            continue
        for scene in scenes_of.get(one.squad_id, ()):
            real.setdefault((scene, one.department_id), {})[one.person_id] = None
    scenes = {row.id: scene_label(row.code, row.name) for row in connection.execute(select(SCENE))}
    departments: dict[int, str] = dict(
        connection.execute(select(DEPARTMENT.c.id, DEPARTMENT.c.name)).all()
    )
    return [
        LinkRow(
            link.scene,
            scenes[link.scene],
            link.department,
            departments[link.department],
            link.wanted,
            tuple(names[one] for one in link.people),
            link.is_gap,
        )
        for link in rules.linkage(list(wanted), real)
    ]


def by_code(connection: Connection, code: str) -> int | None:
    """The identity of a squad by its code, or by its name where that is the only one."""
    found = connection.scalar(select(SQUAD.c.id).where(SQUAD.c.code == code))
    if found is None:
        named = connection.scalars(select(SQUAD.c.id).where(SQUAD.c.name == code)).all()
        found = named[0] if len(named) == 1 else None
    return found
