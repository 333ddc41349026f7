"""Playbooks: proven initiatives packed for others, which the PMO keeps.

A playbook is a name with what it is for. Its parts (figures, and whatever later rooms pack) hang on
it in tables of the rooms above whose `owner` is the playbook: no room has to know the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative, Playbook, Scene
from ecofolio.organisation.actions import next_code, refuse_taken_code
from ecofolio.store.base import Record, record_classes, table_of
from ecofolio.store.work import Work, say
from ecofolio.text import N_, _
from ecofolio.vocabulary import Batch, scene_label

PLAYBOOK, SCENE, INITIATIVE = map(table_of, (Playbook, Scene, Initiative))
TITLES = {
    "code": N_("Code"),
    "name": N_("Name"),
    "notes": N_("What it is for"),
    "scene_id": N_("Scene"),
    "batch": N_("Batch"),
    "retired": N_("Retired"),
    "made_from": N_("Packed from"),
}
_LONGEST = {"code": 60, "name": 200, "notes": 4000, "made_from": 60}


class PlaybookRow(NamedTuple):
    """A playbook; `made_from` is the code of the initiative that it was packed from, and
    `source_id` that initiative's identity, where it is still called so."""

    id: int
    version: int
    code: str
    name: str
    notes: str | None
    scene_id: int | None
    batch: str | None
    made_from: str | None
    retired: bool
    scene: str
    source_id: int | None

    @property
    def about(self) -> str:
        """The scene and the batch that it is for, in words; empty where neither is said."""
        batch = Batch(self.batch).label if self.batch else ""
        return " · ".join(part for part in (self.scene, batch) if part)


def playbooks(connection: Connection, *, retired: bool = False) -> list[PlaybookRow]:
    """The playbooks by code; those that are retired where they are wanted as well."""
    query = (
        select(
            *(PLAYBOOK.c[name] for name in PlaybookRow._fields[:9]),
            SCENE.c.code.label("scene_code"),
            SCENE.c.name.label("scene_name"),
            INITIATIVE.c.id.label("source_id"),
        )
        .outerjoin(SCENE, SCENE.c.id == PLAYBOOK.c.scene_id)
        .outerjoin(INITIATIVE, INITIATIVE.c.code == PLAYBOOK.c.made_from)
        .order_by(PLAYBOOK.c.retired, PLAYBOOK.c.code)
    )
    if not retired:
        query = query.where(PLAYBOOK.c.retired.is_(False))
    return [
        PlaybookRow(*row[:9], scene_label(row[9], row[10]) if row[9] else "", row[11])
        for row in connection.execute(query).all()
    ]


def by_code(connection: Connection, code: str) -> int:
    """The identity of a playbook; `InputError` where none has the code."""
    found = connection.scalar(select(PLAYBOOK.c.id).where(PLAYBOOK.c.code == code))
    if found is None:
        raise InputError(_("There is no playbook {code}.").format(code=code))
    return int(found)


def suggested(connection: Connection, initiative_id: int) -> dict[str, Any]:
    """What a playbook of an initiative starts with; `InputError` where that is gone."""
    query = select(INITIATIVE).where(INITIATIVE.c.id == initiative_id)
    row = connection.execute(query).first()
    if row is None:
        raise InputError(_("This record no longer exists: somebody deleted it meanwhile."))
    return {
        "name": row.name,
        "scene_id": row.scene_id,
        "batch": row.batch,
        "made_from": row.code,
    }


def add_playbook(work: Work, values: Mapping[str, Any]) -> int:
    """Add a playbook; without a code it gets the next free one, such as `PB-001`."""
    row = _clean(work, {"name": None, **values})
    row["code"] = row.get("code") or next_code(work, Playbook, "PB")
    refuse_taken_code(work, Playbook, row["code"], None)
    work.label(N_("Add playbook {name}"), name=row["name"])
    return work.insert(Playbook, [row])[0]


def set_playbook(
    work: Work, playbook_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a playbook or retire it; False where nothing differs."""
    row, wanted = work.row(Playbook, playbook_id), _clean(work, values)
    if "code" in wanted:
        if not wanted["code"]:
            raise InputError(_("A playbook needs a code."))
        refuse_taken_code(work, Playbook, wanted["code"], playbook_id)
    if len(wanted) == 1:
        title = TITLES[next(iter(wanted))]
        work.label(N_("Set {field} of {name}"), field=say(title), name=row["name"])
    else:
        work.label(N_("Edit playbook {name}"), name=row["name"])
    return work.update(Playbook, playbook_id, wanted, expect)


def delete_playbook(work: Work, playbook_id: int) -> None:
    """Delete a playbook with all its parts; one that something else refers to stays."""
    name = work.row(Playbook, playbook_id)["name"]
    for part in parts():
        table = table_of(part)
        own = select(table.c.id).where(table.c.playbook_id == playbook_id)
        work.delete(part, work.connection.scalars(own).all())
    work.refuse_referred(Playbook, [playbook_id], name)
    work.label(N_("Delete playbook {name}"), name=name)
    work.delete(Playbook, [playbook_id])


def parts() -> list[type[Record]]:
    """The tables that playbooks are made of, whatever rooms they are in."""
    own = (Playbook.__tablename__, "playbook_id")
    return [record for record in record_classes().values() if record.owner == own]


def _clean(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as they are stored; `InputError` names the field that breaks a rule."""
    row: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, str):
            value = value.strip() or None
        if key in _LONGEST and value is not None and len(value) > _LONGEST[key]:
            raise InputError(
                _("“{field}” may have up to {n} characters.").format(
                    field=_(TITLES[key]), n=_LONGEST[key]
                )
            )
        row[key] = value
    if "name" in row and not row["name"]:
        raise InputError(_("A playbook needs a name."))
    if row.get("batch") is not None and row["batch"] not in Batch._value2member_map_:
        raise InputError(_("“{batch}” is no batch.").format(batch=row["batch"]))
    if row.get("scene_id") is not None:
        work.row(Scene, row["scene_id"])
    return row
