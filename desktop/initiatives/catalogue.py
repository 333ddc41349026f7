"""What initiatives are described with: scenes and custom fields, which the PMO keeps.

The scenes that come with the program have no name of their own, so that they are called what the
reader's language calls them; only scenes that were added here can be renamed or deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.errors import InputError
from ecofolio.initiatives.actions import checked_custom
from ecofolio.initiatives.model import CustomField, CustomValue, Scene
from ecofolio.organisation.actions import next_code, refuse_taken_code
from ecofolio.organisation.queries import uses
from ecofolio.organisation.rules import in_use
from ecofolio.store.base import table_of
from ecofolio.store.work import Work, say
from ecofolio.text import N_, _, ngettext
from ecofolio.vocabulary import SCENES, FieldType, scene_label

SCENE, FIELD, VALUE = map(table_of, (Scene, CustomField, CustomValue))
FIELD_TITLES = {"name": N_("Name"), "type": N_("Type"), "choices": N_("Choices")}
_LONGEST_NAME = 200


class SceneRow(NamedTuple):
    """A scene by the name that it has in the language in force."""

    id: int
    version: int
    code: str
    name: str
    is_own: bool  # added here, not one that comes with the program
    initiatives: int


class FieldUse(NamedTuple):
    """A custom field, and how many initiatives have a value in it."""

    id: int
    version: int
    name: str
    type: str
    choices: list[str]
    position: int
    initiatives: int


# --- scenes ----------------------------------------------------------------------------------


def scenes(connection: Connection) -> list[SceneRow]:
    """All scenes: those of the program in their order, then the others by name."""
    order = {code: n for n, code in enumerate(SCENES)}
    used = uses(connection, Scene)["initiative"]
    found = [
        SceneRow(
            row.id,
            row.version,
            row.code,
            scene_label(row.code, row.name),
            row.code not in SCENES,
            used.get(row.id, 0),
        )
        for row in connection.execute(select(SCENE))
    ]
    return sorted(found, key=lambda row: (order.get(row.code, len(order)), row.name, row.code))


def add_scene(work: Work, values: Mapping[str, Any]) -> int:
    """Add a scene; `InputError` where one has its name or code."""
    name = _scene_name(work, values.get("name"), None)
    code = str(values.get("code") or "").strip() or next_code(work, Scene, "S")
    refuse_taken_code(work, Scene, code, None)
    work.label(N_("Add scene {name}"), name=name)
    return work.insert(Scene, [{"code": code, "name": name}])[0]


def set_scene(
    work: Work, scene_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Rename a scene that was added here; False where nothing differs."""
    row = _own_scene(work, scene_id)
    wanted = {}
    if "name" in values:
        wanted["name"] = _scene_name(work, values["name"], scene_id)
    if "code" in values:
        wanted["code"] = str(values["code"] or "").strip()
        if not wanted["code"]:
            raise InputError(_("A scene needs a code."))
        refuse_taken_code(work, Scene, wanted["code"], scene_id)
    work.label(N_("Edit scene {name}"), name=row["name"])
    return work.update(Scene, scene_id, wanted, expect)


def delete_scene(work: Work, scene_id: int) -> None:
    """Delete a scene that was added here and that no initiative or playbook is in."""
    name = _own_scene(work, scene_id)["name"]
    found = uses(work.connection, Scene, scene_id)
    counts = {table: by_id.get(scene_id, 0) for table, by_id in found.items()}
    if any(counts.values()):
        raise in_use(name, counts)
    work.label(N_("Delete scene {name}"), name=name)
    work.delete(Scene, [scene_id])


def _own_scene(work: Work, scene_id: int) -> dict[str, Any]:
    row = work.row(Scene, scene_id)
    if row["code"] in SCENES:
        raise InputError(
            _(
                "“{name}” comes with the program and stays as it is: add a scene of your own."
            ).format(name=scene_label(row["code"], row["name"]))
        )
    return row


def _scene_name(work: Work, given: Any, own: int | None) -> str:
    name = str(given or "").strip()
    if not name:
        raise InputError(_("A scene needs a name."))
    _refuse_long(name)
    for row in work.connection.execute(select(SCENE)):
        if row.id != own and scene_label(row.code, row.name).casefold() == name.casefold():
            raise InputError(_("There is already a scene called “{name}”.").format(name=name))
    return name


def _refuse_long(name: str) -> None:
    if len(name) > _LONGEST_NAME:
        raise InputError(_("A name may have up to {n} characters.").format(n=_LONGEST_NAME))


# --- custom fields ---------------------------------------------------------------------------


def fields(connection: Connection) -> list[FieldUse]:
    """The custom fields in their order."""
    query = select(VALUE.c.field_id, func.count()).group_by(VALUE.c.field_id)
    used: dict[int, int] = dict(connection.execute(query).all())
    return [
        FieldUse(
            row.id,
            row.version,
            row.name,
            row.type,
            (row.choices or "").splitlines(),
            row.position,
            used.get(row.id, 0),
        )
        for row in connection.execute(select(FIELD).order_by(FIELD.c.position, FIELD.c.id))
    ]


def add_field(work: Work, values: Mapping[str, Any]) -> int:
    """Add a custom field at the end; `choices` are a list of words, one a line."""
    row = {"type": FieldType.TEXT.value, "choices": None, **_clean_field(work, values, None)}
    if "name" not in row:
        raise InputError(_("A field needs a name."))
    _check_choices(row)
    last = work.connection.scalar(select(func.max(FIELD.c.position)))
    row["position"] = 0 if last is None else last + 1
    work.label(N_("Add field {name}"), name=row["name"])
    return work.insert(CustomField, [row])[0]


def set_field(
    work: Work, field_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a custom field; `InputError` where values that are there would no longer fit it."""
    row = work.row(CustomField, field_id)
    wanted = _clean_field(work, values, field_id)
    whole = {**row, **wanted}
    if whole["type"] != FieldType.CHOICE:
        wanted["choices"] = whole["choices"] = None
    _check_choices(whole)
    _refuse_misfits(work, whole)
    if len(values) == 1:
        title = FIELD_TITLES[next(iter(values))]
        work.label(N_("Set {field} of {name}"), field=say(title), name=row["name"])
    else:
        work.label(N_("Edit field {name}"), name=row["name"])
    return work.update(CustomField, field_id, wanted, expect)


def delete_field(work: Work, field_id: int) -> None:
    """Delete a custom field with all its values."""
    row = work.row(CustomField, field_id)
    own = work.connection.scalars(select(VALUE.c.id).where(VALUE.c.field_id == field_id)).all()
    work.label(N_("Delete field {name}"), name=row["name"])
    work.delete(CustomValue, own)
    work.delete(CustomField, [field_id])


def move_field(work: Work, field_id: int, by: int) -> None:
    """Move a custom field up (-1) or down (1) among the others."""
    order = list(work.connection.scalars(select(FIELD.c.id).order_by(FIELD.c.position, FIELD.c.id)))
    name = work.row(CustomField, field_id)["name"]
    at = order.index(field_id)
    order.insert(max(0, at + by), order.pop(at))
    work.label(N_("Move field {name}"), name=name)
    work.update_many(CustomField, {one: {"position": n} for n, one in enumerate(order)})


def _clean_field(work: Work, values: Mapping[str, Any], own: int | None) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if "name" in values:
        name = str(values["name"] or "").strip()
        if not name:
            raise InputError(_("A field needs a name."))
        _refuse_long(name)
        query = select(FIELD.c.id).where(FIELD.c.name == name, FIELD.c.id != (own or 0))
        if work.connection.scalar(query) is not None:
            raise InputError(_("There is already a field called “{name}”.").format(name=name))
        wanted["name"] = name
    if "type" in values:
        wanted["type"] = FieldType(values["type"]).value
    if "choices" in values:
        lines = (one.strip() for one in str(values["choices"] or "").splitlines())
        wanted["choices"] = "\n".join(dict.fromkeys(one for one in lines if one)) or None
    return wanted


def _check_choices(row: Mapping[str, Any]) -> None:
    if row["type"] == FieldType.CHOICE and not row["choices"]:
        raise InputError(_("A field of the type “Choice” needs its choices, one a line."))


def _refuse_misfits(work: Work, field: Mapping[str, Any]) -> None:
    query = select(VALUE.c.value).where(VALUE.c.field_id == field["id"])
    wrong = []
    for value in work.connection.scalars(query):
        try:
            checked_custom(field, value)
        except InputError:
            wrong.append(value)
    if wrong:
        raise InputError(
            ngettext(
                "{n} value would no longer fit, for example “{value}”: change it first.",
                "{n} values would no longer fit, for example “{value}”: change them first.",
                len(wrong),
            ).format(n=len(wrong), value=wrong[0])
        )
