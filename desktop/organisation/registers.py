"""The registers of the organisation: units, departments, people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from ecofolio.organisation import actions, queries, rules
from ecofolio.organisation.register import Entry, FormField, Head, Input, Register
from ecofolio.store.work import Work
from ecofolio.text import N_, _, pgettext
from ecofolio.vocabulary import Office, UnitLevel


def titled(key: str) -> str:
    """The name of a field in the language in force."""
    return _(rules.TITLES[key])


class UnitRegister(Register):
    """The tree of units."""

    key = "units"
    title = N_("Units")
    add_words = N_("Add unit")
    find_words = N_("Find a unit")
    delete_words = N_("Delete unit")
    empty_words = N_("There are no units yet")
    is_tree = True

    def __init__(self) -> None:
        self._rows: list[queries.UnitRow] = []

    def heads(self) -> list[Head]:
        return [
            Head(titled("name"), 260),
            Head(titled("code"), 110),
            Head(titled("level"), 120),
            Head(titled("region"), 110),
            Head(_("Initiatives"), 90, is_number=True),
            Head(_("People"), 70, is_number=True),
        ]

    def read(self, connection: Connection) -> list[Entry]:
        self._rows = queries.units(connection)
        return [
            Entry(
                row.id,
                row.version,
                row.name,
                (
                    row.name,
                    row.code,
                    UnitLevel(row.level).label,
                    row.region or "",
                    row.initiatives_below,
                    row.people,
                ),
                row._asdict(),
                row.initiatives_below,
                row.parent_id if row.depth else None,
            )
            for row in self._rows
        ]

    def fields(self, values: Mapping[str, Any], own: int | None) -> list[FormField]:
        known = {row.id: row for row in self._rows}
        above = known.get(values.get("parent_id") or 0)
        levels = rules.levels_below(above.level if above else None)
        if values.get("level") and values["level"] not in levels:
            levels = [UnitLevel(values["level"]), *levels]
        # a no-break space is kept where a combo box would swallow a plain one
        places = [
            (row.id, "\u00a0" * 4 * row.depth + row.name)
            for row in self._rows
            if row.id != own and row.level != UnitLevel.SUB_BRANCH
        ]
        regions = sorted({row.region for row in self._rows if row.region})
        return [
            FormField("name", titled("name")),
            FormField("code", titled("code"), hint=_("The next free one")),
            FormField(
                "parent_id",
                titled("parent_id"),
                Input.CHOICE,
                [(None, pgettext("unit above", "None")), *places],
            ),
            FormField(
                "level",
                titled("level"),
                Input.CHOICE,
                [(level.value, level.label) for level in levels],
            ),
            FormField("region", titled("region"), suggestions=regions),
        ]

    def fresh(self, chosen: Entry | None) -> dict[str, Any]:
        if chosen is None:
            level = UnitLevel.TIER1 if self._rows else UnitLevel.HEAD_OFFICE
            return {"level": level.value, "parent_id": None}
        below = rules.levels_below(chosen.values["level"])
        if below:
            return {"level": below[0].value, "parent_id": chosen.id}
        return {"level": chosen.values["level"], "parent_id": chosen.values["parent_id"]}

    def add(self, work: Work, values: Mapping[str, Any]) -> int:
        return actions.add_unit(work, values)

    def change(
        self, work: Work, identity: int, values: Mapping[str, Any], expect: int | None = None
    ) -> bool:
        return actions.set_unit(work, identity, values, expect)

    def delete(self, work: Work, identity: int) -> None:
        actions.delete_unit(work, identity)

    def scope(self, entry: Entry) -> dict[str, Any]:
        return {"unit_id": entry.id}


class DepartmentRegister(Register):
    """Departments in the front, middle and back office."""

    key = "departments"
    title = N_("Departments")
    add_words = N_("Add department")
    find_words = N_("Find a department")
    delete_words = N_("Delete department")
    empty_words = N_("There are no departments yet")

    def heads(self) -> list[Head]:
        return [
            Head(titled("name"), 260),
            Head(titled("code"), 110),
            Head(titled("office"), 140),
            Head(_("Initiatives"), 90, is_number=True),
            Head(_("People"), 70, is_number=True),
        ]

    def read(self, connection: Connection) -> list[Entry]:
        return [
            Entry(
                row.id,
                row.version,
                row.name,
                (
                    row.name,
                    row.code,
                    Office(row.office).label if row.office else "",
                    row.initiatives,
                    row.people,
                ),
                row._asdict(),
                row.initiatives,
            )
            for row in queries.departments(connection)
        ]

    def fields(self, values: Mapping[str, Any], own: int | None) -> list[FormField]:
        offices = [(office.value, office.label) for office in Office]
        return [
            FormField("name", titled("name")),
            FormField("code", titled("code"), hint=_("The next free one")),
            FormField(
                "office",
                titled("office"),
                Input.CHOICE,
                [(None, pgettext("office", "Not known")), *offices],
            ),
        ]

    def fresh(self, chosen: Entry | None) -> dict[str, Any]:
        return {"office": chosen.values["office"] if chosen else None}

    def add(self, work: Work, values: Mapping[str, Any]) -> int:
        return actions.add_department(work, values)

    def change(
        self, work: Work, identity: int, values: Mapping[str, Any], expect: int | None = None
    ) -> bool:
        return actions.set_department(work, identity, values, expect)

    def delete(self, work: Work, identity: int) -> None:
        actions.delete_department(work, identity)

    def scope(self, entry: Entry) -> dict[str, Any]:
        return {"text": entry.name}


class PersonRegister(Register):
    """The people who work on the programme."""

    key = "people"
    title = N_("People")
    add_words = N_("Add person")
    find_words = N_("Find a person")
    delete_words = N_("Delete person")
    empty_words = N_("There are no people yet")

    def __init__(self) -> None:
        self._units: list[queries.UnitRow] = []
        self._departments: list[queries.DepartmentRow] = []
        self._titles: list[str] = []

    def heads(self) -> list[Head]:
        return [
            Head(titled("name"), 180),
            Head(titled("title"), 190),
            Head(titled("unit_id"), 150),
            Head(titled("department_id"), 190),
            Head(titled("email"), 220),
            Head(_("Initiatives"), 90, is_number=True),
        ]

    def read(self, connection: Connection) -> list[Entry]:
        rows = queries.people(connection)
        self._units = queries.units(connection)
        self._departments = queries.departments(connection)
        self._titles = sorted({row.title for row in rows if row.title})
        return [
            Entry(
                row.id,
                row.version,
                row.name,
                (
                    row.name,
                    row.title or "",
                    row.unit or "",
                    row.department or "",
                    row.email or "",
                    row.initiatives,
                ),
                row._asdict(),
                row.initiatives,
            )
            for row in rows
        ]

    def fields(self, values: Mapping[str, Any], own: int | None) -> list[FormField]:
        units = [(row.id, "\u00a0" * 4 * row.depth + row.name) for row in self._units]
        departments = [(row.id, row.name) for row in self._departments]
        return [
            FormField("name", titled("name")),
            FormField("code", titled("code"), hint=_("The next free one")),
            FormField("title", titled("title"), suggestions=self._titles),
            FormField("email", titled("email")),
            FormField(
                "unit_id",
                titled("unit_id"),
                Input.CHOICE,
                [(None, pgettext("unit", "None")), *units],
            ),
            FormField(
                "department_id",
                titled("department_id"),
                Input.CHOICE,
                [(None, pgettext("department", "None")), *departments],
            ),
        ]

    def fresh(self, chosen: Entry | None) -> dict[str, Any]:
        if chosen is None:
            return {"unit_id": None, "department_id": None}
        return {key: chosen.values[key] for key in ("unit_id", "department_id")}

    def add(self, work: Work, values: Mapping[str, Any]) -> int:
        return actions.add_person(work, values)

    def change(
        self, work: Work, identity: int, values: Mapping[str, Any], expect: int | None = None
    ) -> bool:
        return actions.set_person(work, identity, values, expect)

    def delete(self, work: Work, identity: int) -> None:
        actions.delete_person(work, identity)

    def scope(self, entry: Entry) -> dict[str, Any]:
        return {"text": entry.name}
