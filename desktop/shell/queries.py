"""What the window itself reads: who and what there is to choose, find and count."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.initiatives.model import CustomField, Initiative, Playbook, SavedView, Scene
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.store.model import Programme
from ecofolio.vocabulary import SCENES, Stage, scene_label


class UnitRow(NamedTuple):
    """A unit as the scope bar offers it."""

    id: int
    parent_id: int | None
    name: str
    code: str
    region: str | None


class Found(NamedTuple):
    """A record as the palette finds it; `kind` is its table's name."""

    id: int
    code: str
    name: str
    kind: str = "initiative"


class View(NamedTuple):
    """A saved view; `spec` is JSON."""

    id: int
    name: str
    spec: str


class Counts(NamedTuple):
    """The figures beside the navigation."""

    open_initiatives: int
    initiatives: int
    units: int
    stuck_cards: int  # blocked, over all boards
    my_cards: int  # unfinished and assigned to the person acting


def units(connection: Connection) -> list[UnitRow]:
    """All units, by code."""
    found = connection.execute(
        select(Unit.id, Unit.parent_id, Unit.name, Unit.code, Unit.region).order_by(Unit.code)
    )
    return [UnitRow(*row) for row in found]


def scenes(connection: Connection) -> list[tuple[int, str]]:
    """All scenes with their names in the language in force: the program's own first."""
    found = connection.execute(select(Scene.id, Scene.code, Scene.name)).all()
    order = {code: i for i, code in enumerate(SCENES)}
    found = sorted(found, key=lambda row: (order.get(row.code, len(order)), row.code))
    return [(row.id, scene_label(row.code, row.name)) for row in found]


def initiatives(connection: Connection) -> list[Found]:
    """Identity, code and name of every initiative, by code."""
    found = connection.execute(
        select(Initiative.id, Initiative.code, Initiative.name).order_by(Initiative.code)
    )
    return [Found(*row) for row in found]


def records(connection: Connection) -> list[Found]:
    """Every initiative, then the playbooks, units, departments, people, scenes and custom
    fields."""
    found = initiatives(connection)
    for record in (Playbook, Unit, Department, Person):
        rows = connection.execute(select(record.id, record.code, record.name).order_by(record.code))
        found += [Found(*row, record.__tablename__) for row in rows]
    found += [Found(scene_id, "", name, "scene") for scene_id, name in scenes(connection)]
    fields = connection.execute(select(CustomField.id, CustomField.name).order_by(CustomField.name))
    return found + [Found(row.id, "", row.name, "custom_field") for row in fields]


def people(connection: Connection) -> list[str]:
    """The names of the people of the programme, in order."""
    return list(connection.execute(select(Person.name).distinct().order_by(Person.name)).scalars())


def views(connection: Connection) -> list[View]:
    """The saved views, by name."""
    found = connection.execute(
        select(SavedView.id, SavedView.name, SavedView.spec).order_by(SavedView.name)
    )
    return [View(*row) for row in found]


def counts(connection: Connection, actor: str) -> Counts:
    """How many there are of what the navigation shows to the person acting."""
    from ecofolio.boards import details

    count = select(func.count()).select_from
    running = count(Initiative).where(Initiative.stage != Stage.CLOSED.value)
    return Counts(
        connection.execute(running).scalar_one(),
        connection.execute(count(Initiative)).scalar_one(),
        connection.execute(count(Unit)).scalar_one(),
        details.stuck_count(connection),
        details.assigned_count(connection, actor),
    )


def programme_name(connection: Connection) -> str:
    """The programme's own name."""
    return connection.execute(select(Programme.name)).scalar_one()
