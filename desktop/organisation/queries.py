"""What screens and command line read of the organisation: typed rows in few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, or_, select, union

from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.store.base import Base, Record, table_of

UNIT, DEPARTMENT, PERSON = map(table_of, (Unit, Department, Person))


class UnitRow(NamedTuple):
    """A unit where it stands in the tree; `depth` is 0 at the top.

    `initiatives` and `people` are its own, `initiatives_below` includes all units under it.
    """

    id: int
    version: int
    code: str
    name: str
    level: str
    parent_id: int | None
    region: str | None
    depth: int
    initiatives: int
    initiatives_below: int
    people: int


class DepartmentRow(NamedTuple):
    """A department; `initiatives` are those that it owns."""

    id: int
    version: int
    code: str
    name: str
    office: str | None
    initiatives: int
    people: int


class PersonRow(NamedTuple):
    """A person; `initiatives` are those that they lead or sponsor."""

    id: int
    version: int
    code: str
    name: str
    title: str | None
    email: str | None
    unit_id: int | None
    department_id: int | None
    unit: str | None
    department: str | None
    initiatives: int


def uses(
    connection: Connection, record: type[Record], identity: int | None = None
) -> dict[str, dict[int, int]]:
    """How many rows of each table point to the records of a kind: counts by identity, by table.

    A row that points to a record twice (as lead and sponsor) counts once. The tables are told
    from the schema: rooms above this one need not be known.
    """
    pointing: dict[str, list[tuple[Table, str]]] = {}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is table_of(record):
                pointing.setdefault(table.name, []).append((table, key.parent.name))
    found: dict[str, dict[int, int]] = {}
    for name, columns in sorted(pointing.items()):
        parts = [select(table.c[key].label("to"), table.c.id) for table, key in columns]
        pairs = union(*parts).subquery()
        query = select(pairs.c.to, func.count()).group_by(pairs.c.to)
        query = query.where(pairs.c.to.is_not(None) if identity is None else pairs.c.to == identity)
        found[name] = dict(connection.execute(query).all())
    return found


def units(connection: Connection) -> list[UnitRow]:
    """All units as a tree, parents before their children, siblings by code."""
    rows = connection.execute(select(UNIT).order_by(UNIT.c.code)).all()
    used = uses(connection, Unit)
    own, people = used.get("initiative", {}), used["person"]
    known = {row.id for row in rows}
    children: dict[int | None, list[int]] = {}
    for row in rows:
        above = row.parent_id if row.parent_id in known else None
        children.setdefault(above, []).append(row.id)
    by_id = {row.id: row for row in rows}
    sums: dict[int, int] = {}
    order = list(_walk(children))
    for identity, _depth in reversed(order):
        below = sum(sums[child] for child in children.get(identity, ()))
        sums[identity] = own.get(identity, 0) + below
    return [
        UnitRow(
            identity,
            by_id[identity].version,
            by_id[identity].code,
            by_id[identity].name,
            by_id[identity].level,
            by_id[identity].parent_id,
            by_id[identity].region,
            depth,
            own.get(identity, 0),
            sums[identity],
            people.get(identity, 0),
        )
        for identity, depth in order
    ]


def _walk(children: Mapping[int | None, Iterable[int]]) -> Iterable[tuple[int, int]]:
    """Identities with their depth, parents first."""
    waiting = [(one, 0) for one in reversed(list(children.get(None, ())))]
    while waiting:
        identity, depth = waiting.pop()
        yield identity, depth
        waiting.extend((child, depth + 1) for child in reversed(list(children.get(identity, ()))))


def departments(connection: Connection) -> list[DepartmentRow]:
    """All departments by code."""
    used = uses(connection, Department)
    owned, people = used.get("initiative", {}), used["person"]
    query = select(DEPARTMENT).order_by(DEPARTMENT.c.code)
    return [
        DepartmentRow(
            row.id,
            row.version,
            row.code,
            row.name,
            row.office,
            owned.get(row.id, 0),
            people.get(row.id, 0),
        )
        for row in connection.execute(query)
    ]


def people(connection: Connection) -> list[PersonRow]:
    """All people by code, with the names of their unit and department."""
    held = uses(connection, Person).get("initiative", {})
    query = (
        select(PERSON, UNIT.c.name.label("unit"), DEPARTMENT.c.name.label("department"))
        .outerjoin(UNIT, UNIT.c.id == PERSON.c.unit_id)
        .outerjoin(DEPARTMENT, DEPARTMENT.c.id == PERSON.c.department_id)
        .order_by(PERSON.c.code)
    )
    return [
        PersonRow(
            row.id,
            row.version,
            row.code,
            row.name,
            row.title,
            row.email,
            row.unit_id,
            row.department_id,
            row.unit,
            row.department,
            held.get(row.id, 0),
        )
        for row in connection.execute(query)
    ]


def person_acting(connection: Connection, actor: str) -> int | None:
    """Who of the people the person acting is: by name, code or e-mail, where only one is."""
    wanted = actor.strip().lower()
    query = select(PERSON.c.id).where(
        or_(*(func.lower(PERSON.c[name]) == wanted for name in ("name", "code", "email")))
    )
    found = connection.scalars(query).all()
    return found[0] if len(found) == 1 else None
