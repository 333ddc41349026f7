"""What the window itself reads: who and what there is to choose, find and count."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.initiatives.model import Initiative, SavedView, Scene
from ecofolio.organisation.model import Person, Unit
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
    """An initiative as the palette finds it."""

    id: int
    code: str
    name: str


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


def people(connection: Connection) -> list[str]:
    """The names of the people of the programme, in order."""
    return list(connection.execute(select(Person.name).distinct().order_by(Person.name)).scalars())


def views(connection: Connection) -> list[View]:
    """The saved views, by name."""
    found = connection.execute(
        select(SavedView.id, SavedView.name, SavedView.spec).order_by(SavedView.name)
    )
    return [View(*row) for row in found]


def counts(connection: Connection) -> Counts:
    """How many there are of what the navigation shows."""
    count = select(func.count()).select_from
    running = count(Initiative).where(Initiative.stage != Stage.CLOSED.value)
    return Counts(
        connection.execute(running).scalar_one(),
        connection.execute(count(Initiative)).scalar_one(),
        connection.execute(count(Unit)).scalar_one(),
    )


def programme_name(connection: Connection) -> str:
    """The programme's own name."""
    return connection.execute(select(Programme.name)).scalar_one()
