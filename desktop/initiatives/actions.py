"""What people do with initiatives. Each function is one undoable change (see `Work`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from ecofolio.errors import InputError, StaleError
from ecofolio.initiatives import rules
from ecofolio.initiatives.fields import BY_KEY, FIELDS
from ecofolio.initiatives.model import CustomField, CustomValue, Initiative, Milestone, Note
from ecofolio.initiatives.model import SavedView as View
from ecofolio.organisation.model import Unit
from ecofolio.store.base import Record, table_of
from ecofolio.store.work import Work, say
from ecofolio.text import N_, _
from ecofolio.vocabulary import FieldType, Light, Stage

INITIATIVE = table_of(Initiative)
_MILESTONE_FIELDS = {
    "name": N_("Milestone"),
    "baseline": N_("Baseline"),
    "forecast": N_("Forecast"),
    "actual": N_("Actual"),
    "position": N_("Order"),
}


def create(work: Work, values: Mapping[str, Any]) -> int:
    """Add an initiative and return its identity; without a code it gets the next of its unit."""
    given = {"stage": Stage.PROPOSAL.value, **values}
    if not (given.get("code") or "").strip():
        given["code"] = next_code(work, given.get("unit_id"))
    empty = {field.key: None for field in FIELDS}
    row = rules.settle(empty, given)
    if not row.get("name"):
        raise InputError(_("An initiative needs a name."))
    refuse_taken_codes(work, [row["code"]])
    work.label(N_("Add {name}"), name=row["name"])
    return work.insert(Initiative, [{**empty, **row}])[0]


def next_code(work: Work, unit_id: int | None) -> str:
    """The next free code of a unit, such as `HB-012`; `IN-001` where there is no unit."""
    prefix = "IN"
    if unit_id is not None:
        prefix = work.row(Unit, unit_id)["code"]
    query = select(INITIATIVE.c.code).where(
        INITIATIVE.c.code.startswith(f"{prefix}-", autoescape=True)
    )
    taken = [re.fullmatch(r".*-(\d+)", code) for code in work.connection.scalars(query)]
    return f"{prefix}-{max((int(hit[1]) for hit in taken if hit), default=0) + 1:03d}"


def refuse_taken_codes(work: Work, codes: Sequence[str], ids: Iterable[int] = ()) -> None:
    """`InputError` where another initiative has one of the codes."""
    own = set(ids)
    query = select(INITIATIVE.c.id, INITIATIVE.c.code).where(INITIATIVE.c.code.in_(codes))
    for row in work.connection.execute(query):
        if row.id not in own:
            raise InputError(_("There is already an initiative {code}.").format(code=row.code))


def set_fields(
    work: Work,
    ids: Sequence[int],
    values: Mapping[str, Any],
    expect: Mapping[int, int] | None = None,
) -> list[int]:
    """Give one or many initiatives the same values; returns those that changed.

    `expect` holds the versions that were shown: `StaleError` where one has moved on.
    """
    return set_each(work, dict.fromkeys(ids, values), expect)


def set_each(
    work: Work, values: Mapping[int, Mapping[str, Any]], expect: Mapping[int, int] | None = None
) -> list[int]:
    """Give each initiative its own values (a pasted block); returns those that changed."""
    present = work.rows(Initiative, values)
    settled = {}
    for identity, wanted in values.items():
        row = present.get(identity)
        if row is None:
            raise InputError(_("This record no longer exists: somebody deleted it meanwhile."))
        settled[identity] = rules.settle(row, wanted)
    _refuse_stale(present, expect or {})
    codes = {identity: row["code"] for identity, row in settled.items() if "code" in row}
    if codes:
        if len(set(codes.values())) < len(codes):
            raise InputError(_("Two initiatives can not have the same code."))
        refuse_taken_codes(work, list(codes.values()), codes)
    _label_edit(work, values, present)
    return work.update_many(Initiative, settled)


def _refuse_stale(present: Mapping[int, Mapping[str, Any]], expect: Mapping[int, int]) -> None:
    if any(row["version"] != expect.get(one, row["version"]) for one, row in present.items()):
        raise StaleError(
            _("Somebody else changed this meanwhile: look at the new values and try again.")
        )


def paste(
    work: Work,
    values: Mapping[int, Mapping[str, Any]],
    custom: Mapping[int, Mapping[int, str | None]],
    expect: Mapping[int, int] | None = None,
) -> list[int]:
    """Write a pasted or cleared block: fields by key, and custom values by the field's identity.

    Returns the initiatives that were written.
    """
    written = set(values) | set(custom)
    if values:
        set_each(work, values, expect)
    by_value: dict[tuple[int, str | None], list[int]] = {}
    for identity, wanted in custom.items():
        for field_id, value in wanted.items():
            by_value.setdefault((field_id, value), []).append(identity)
    for (field_id, value), ids in by_value.items():
        set_custom(work, ids, field_id, value)
    if custom or len(values) > 1:
        work.label(N_("Edit {n} initiatives"), n=len(written))
    return sorted(written)


def duplicate(work: Work, ids: Sequence[int]) -> list[int]:
    """Add copies of initiatives with their plans and custom values, as proposals of the same unit.

    What has happened to the original (stage, override, reached milestones) is not copied.
    """
    made = []
    for identity in ids:
        row = work.row(Initiative, identity)
        values = {field.key: row[field.key] for field in FIELDS if field.key not in _NOT_COPIED}
        values["name"] = _("{name} (copy)").format(name=row["name"])
        made.append(create(work, values))
        for record in (Milestone, CustomValue):
            children = work.rows(record, _children(work, record, [identity]))
            work.insert(record, [_copied(child, made[-1]) for child in children.values()])
    if len(made) == 1:
        work.label(N_("Duplicate {name}"), name=row["name"])
    else:
        work.label(N_("Duplicate {n} initiatives"), n=len(made))
    return made


_NOT_COPIED = ("code", "stage", "health_override", "health_reason", "health_expires")


def _copied(child: Mapping[str, Any], initiative_id: int) -> dict[str, Any]:
    kept = {key: value for key, value in child.items() if key not in ("id", "version", "actual")}
    return {**kept, "initiative_id": initiative_id}


def _label_edit(
    work: Work, values: Mapping[int, Mapping[str, Any]], present: Mapping[int, Mapping[str, Any]]
) -> None:
    keys = {key for row in values.values() for key in row}
    # an override, its reason and its expiry are one thing to whoever reads the history
    key = "health_override" if "health_override" in keys else next(iter(keys), "name")
    several = len(keys) > 1 and key != "health_override"
    if len(values) == 1:
        name = next(iter(present.values()))["name"]
        if several:
            work.label(N_("Edit {name}"), name=name)
        else:
            work.label(N_("Set {field} of {name}"), field=say(BY_KEY[key].title), name=name)
    elif several:
        work.label(N_("Edit {n} initiatives"), n=len(values))
    else:
        work.label(
            N_("Set {field} of {n} initiatives"), field=say(BY_KEY[key].title), n=len(values)
        )


def override_health(
    work: Work, ids: Sequence[int], light: str, reason: str, expires: date | None
) -> list[int]:
    """Override the light of initiatives with a reason, up to and including a day."""
    if light not in (Light.GREEN, Light.AMBER, Light.RED):
        raise InputError(_("Choose green, amber or red."))
    if expires is None:
        raise InputError(_("An override of health needs a day on which it expires."))
    if expires < work.today:
        raise InputError(_("The override would have expired already: choose a later day."))
    values = {"health_override": light, "health_reason": reason, "health_expires": expires}
    return set_fields(work, ids, values)


def clear_override(work: Work, ids: Sequence[int]) -> list[int]:
    """Let the computed light show again."""
    return set_fields(work, ids, {"health_override": None})


def delete(work: Work, ids: Sequence[int]) -> None:
    """Delete initiatives with their milestones, notes and custom values."""
    present = work.rows(Initiative, ids)
    if not present:
        raise InputError(_("This record no longer exists: somebody deleted it meanwhile."))
    for record in (Milestone, Note, CustomValue):
        work.delete(record, _children(work, record, list(present)))
    work.refuse_referred(Initiative, list(present), next(iter(present.values()))["name"])
    work.delete(Initiative, present)
    if len(present) == 1:
        work.label(N_("Delete {name}"), name=next(iter(present.values()))["name"])
    else:
        work.label(N_("Delete {n} initiatives"), n=len(present))


def _children(work: Work, record: type[Record], ids: Sequence[int]) -> list[int]:
    table = table_of(record)
    found: list[int] = []
    for first in range(0, len(ids), 500):
        query = select(table.c.id).where(table.c.initiative_id.in_(ids[first : first + 500]))
        found.extend(work.connection.scalars(query))
    return found


# --- milestones ------------------------------------------------------------------------------


def add_milestone(work: Work, initiative_id: int, values: Mapping[str, Any]) -> int:
    """Add a milestone; without an order it comes last. Without a forecast it is the baseline."""
    row = {"forecast": values.get("baseline"), **values, "initiative_id": initiative_id}
    _check_milestone(row, work.today)
    if "position" not in row:
        table = table_of(Milestone)
        query = select(table.c.position).where(table.c.initiative_id == initiative_id)
        row["position"] = max(work.connection.scalars(query), default=-1) + 1
    initiative = work.row(Initiative, initiative_id)
    work.label(
        N_("Add milestone {milestone} to {name}"), milestone=row["name"], name=initiative["name"]
    )
    return work.insert(Milestone, [row])[0]


def set_milestone(
    work: Work, milestone_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a milestone; False where nothing differs."""
    row = work.row(Milestone, milestone_id)
    _check_milestone({**row, **values}, work.today)
    key = next(iter(values), "name")
    work.label(
        N_("Set {field} of milestone {milestone}"),
        field=say(_MILESTONE_FIELDS[key]),
        milestone=row["name"],
    )
    return work.update(Milestone, milestone_id, values, expect)


def delete_milestone(work: Work, milestone_id: int) -> None:
    """Take a milestone away."""
    name = work.row(Milestone, milestone_id)["name"]
    work.refuse_referred(Milestone, [milestone_id], name)
    work.label(N_("Delete milestone {milestone}"), milestone=name)
    work.delete(Milestone, [milestone_id])


def _check_milestone(row: Mapping[str, Any], today: date) -> None:
    if not (row.get("name") or "").strip():
        raise InputError(_("A milestone needs a name."))
    if row.get("actual") and row["actual"] > today:
        raise InputError(_("A milestone can not have been reached on a day that is still to come."))


# --- notes -----------------------------------------------------------------------------------


def set_note(work: Work, initiative_id: int, section: str, body: str) -> None:
    """Write the text of a section; an empty text takes the section away."""
    section, body = section.strip(), body.strip()
    if not section:
        raise InputError(_("A note needs a section."))
    table = table_of(Note)
    own = table.c.initiative_id == initiative_id
    present = work.connection.execute(select(table).where(own).order_by(table.c.position)).all()
    name = work.row(Initiative, initiative_id)["name"]
    work.label(N_("Write “{section}” of {name}"), section=section, name=name)
    found = next((row for row in present if row.section == section), None)
    if found and body:
        work.update(Note, found.id, {"body": body})
    elif found:
        work.delete(Note, [found.id])
    elif body:
        position = max((row.position for row in present), default=-1) + 1
        note = {"section": section, "body": body, "position": position}
        work.insert(Note, [{"initiative_id": initiative_id, **note}])


# --- custom fields ---------------------------------------------------------------------------


def set_custom(work: Work, ids: Sequence[int], field_id: int, value: str | None) -> None:
    """Give initiatives a value in a custom field: text, a plain number, an ISO date or a choice."""
    field = work.row(CustomField, field_id)
    value = checked_custom(field, value)
    table = table_of(CustomValue)
    query = select(table.c.initiative_id, table.c.id).where(
        table.c.field_id == field_id, table.c.initiative_id.in_(list(ids))
    )
    present: dict[int, int] = dict(work.connection.execute(query).all())
    if value is None:
        work.delete(CustomValue, present.values())
    else:
        work.update_many(CustomValue, {found: {"value": value} for found in present.values()})
        missing = [identity for identity in ids if identity not in present]
        work.insert(
            CustomValue,
            [{"initiative_id": one, "field_id": field_id, "value": value} for one in missing],
        )
    if len(ids) == 1:
        name = work.row(Initiative, ids[0])["name"]
        work.label(N_("Set {field} of {name}"), field=field["name"], name=name)
    else:
        work.label(N_("Set {field} of {n} initiatives"), field=field["name"], n=len(ids))


def checked_custom(field: Mapping[str, Any], value: str | None) -> str | None:
    """A custom value as it is stored; `InputError` where it does not fit the field's type."""
    value = (value or "").strip()
    if not value:
        return None
    fits = True
    if field["type"] == FieldType.NUMBER:
        fits = re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", value) is not None
    elif field["type"] == FieldType.DATE:
        try:
            date.fromisoformat(value)
        except ValueError:
            fits = False
    elif field["type"] == FieldType.CHOICE:
        fits = value in (field["choices"] or "").splitlines()
    if not fits:
        raise InputError(
            _("“{value}” does not fit the field “{field}”.").format(
                value=value, field=field["name"]
            )
        )
    return value


# --- saved views -----------------------------------------------------------------------------


def save_view(work: Work, name: str, spec: str) -> int:
    """Save a view under a name; one of the same name is replaced."""
    name = name.strip()
    if not name:
        raise InputError(_("A saved view needs a name."))
    table = table_of(View)
    work.label(N_("Save view {name}"), name=name)
    found = work.connection.scalar(select(table.c.id).where(table.c.name == name))
    if found is None:
        return work.insert(View, [{"name": name, "spec": spec}])[0]
    work.update(View, found, {"spec": spec})
    return int(found)


def delete_view(work: Work, view_id: int) -> None:
    """Forget a saved view."""
    work.label(N_("Delete view {name}"), name=work.row(View, view_id)["name"])
    work.delete(View, [view_id])
