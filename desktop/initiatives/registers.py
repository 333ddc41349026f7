"""The registers of what initiatives are described with: scenes and custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from ecofolio.initiatives import catalogue
from ecofolio.organisation.register import Entry, FormField, Head, Input, Register
from ecofolio.store.work import Work
from ecofolio.text import N_, _, pgettext
from ecofolio.vocabulary import FieldType


class SceneRegister(Register):
    """Scenes: those of the program, and the programme's own."""

    key = "scenes"
    title = N_("Scenes")
    add_words = N_("Add scene")
    find_words = N_("Find a scene")
    delete_words = N_("Delete scene")
    empty_words = N_("There are no scenes yet")

    def heads(self) -> list[Head]:
        return [
            Head(_("Name"), 260),
            Head(_("Code"), 170),
            Head(pgettext("scene", "From"), 150),
            Head(_("Initiatives"), 90, is_number=True),
        ]

    def read(self, connection: Connection) -> list[Entry]:
        own, given = pgettext("scene", "Added here"), pgettext("scene", "The program")
        locked = _("This scene comes with the program and is named in the reader's language.")
        return [
            Entry(
                row.id,
                row.version,
                row.name,
                (row.name, row.code, own if row.is_own else given, row.initiatives),
                {"name": row.name, "code": row.code},
                row.initiatives,
                locked="" if row.is_own else locked,
            )
            for row in catalogue.scenes(connection)
        ]

    def fields(self, values: Mapping[str, Any], own: int | None) -> list[FormField]:
        return [
            FormField("name", _("Name")),
            FormField("code", _("Code"), hint=_("The next free one")),
        ]

    def fresh(self, chosen: Entry | None) -> dict[str, Any]:
        return {}

    def add(self, work: Work, values: Mapping[str, Any]) -> int:
        return catalogue.add_scene(work, values)

    def change(
        self, work: Work, identity: int, values: Mapping[str, Any], expect: int | None = None
    ) -> bool:
        return catalogue.set_scene(work, identity, values, expect)

    def delete(self, work: Work, identity: int) -> None:
        catalogue.delete_scene(work, identity)

    def scope(self, entry: Entry) -> dict[str, Any]:
        return {"scene_ids": [entry.id]}


class FieldRegister(Register):
    """The programme's own fields of an initiative, in the order of the table."""

    key = "fields"
    title = N_("Custom fields")
    add_words = N_("Add field")
    find_words = N_("Find a field")
    delete_words = N_("Delete field with its values")
    empty_words = N_("There are no fields of your own yet")
    is_ordered = True

    def heads(self) -> list[Head]:
        return [
            Head(_("Name"), 260),
            Head(_("Type"), 110),
            Head(_("Choices"), 280),
            Head(_("Filled in"), 90, is_number=True),
        ]

    def read(self, connection: Connection) -> list[Entry]:
        return [
            Entry(
                row.id,
                row.version,
                row.name,
                (row.name, FieldType(row.type).label, " · ".join(row.choices), row.initiatives),
                {"name": row.name, "type": row.type, "choices": "\n".join(row.choices)},
                0,
            )
            for row in catalogue.fields(connection)
        ]

    def fields(self, values: Mapping[str, Any], own: int | None) -> list[FormField]:
        types = [(kind.value, kind.label) for kind in FieldType]
        found = [
            FormField("name", _("Name")),
            FormField("type", _("Type"), Input.CHOICE, types),
        ]
        if values.get("type") == FieldType.CHOICE:
            hint = _("One choice a line")
            found.append(FormField("choices", _("Choices"), Input.LINES, hint=hint))
        return found

    def fresh(self, chosen: Entry | None) -> dict[str, Any]:
        return {"type": FieldType.TEXT.value}

    def add(self, work: Work, values: Mapping[str, Any]) -> int:
        return catalogue.add_field(work, values)

    def change(
        self, work: Work, identity: int, values: Mapping[str, Any], expect: int | None = None
    ) -> bool:
        return catalogue.set_field(work, identity, values, expect)

    def delete(self, work: Work, identity: int) -> None:
        catalogue.delete_field(work, identity)

    def move(self, work: Work, identity: int, by: int) -> None:
        catalogue.move_field(work, identity, by)

    def scope(self, entry: Entry) -> dict[str, Any]:
        return {}
