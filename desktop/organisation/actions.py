"""What people do with units, departments and people. Each function is one undoable change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ecofolio.errors import InputError
from ecofolio.organisation import queries, rules
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.store.base import Record, table_of
from ecofolio.store.work import Work, say
from ecofolio.text import N_, _

_PREFIXES: dict[type[Record], str] = {Unit: "U", Department: "D", Person: "P"}


def add_unit(work: Work, values: Mapping[str, Any]) -> int:
    """Add a unit; `InputError` where it may not stand below its parent.

    Without a code it gets the next free one, as all records of the organisation do.
    """
    row = _settled(work, Unit, values)
    if "level" not in row:
        raise InputError(_("A unit needs a level."))
    _check_unit(work, None, row)
    return _add(work, Unit, row)


def set_unit(
    work: Work, unit_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a unit or move it in the tree; False where nothing differs.

    `expect` is the version that was shown: `StaleError` where the unit has moved on.
    """
    row = work.row(Unit, unit_id)
    wanted = rules.clean(values)
    if {"level", "parent_id"} & wanted.keys():
        _check_unit(work, unit_id, {**row, **wanted})
    return _set(work, Unit, unit_id, wanted, expect)


def delete_unit(work: Work, unit_id: int) -> None:
    """Delete a unit that nothing belongs to."""
    _delete(work, Unit, unit_id)


def add_department(work: Work, values: Mapping[str, Any]) -> int:
    """Add a department."""
    return _add(work, Department, _settled(work, Department, values))


def set_department(
    work: Work, department_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a department; False where nothing differs."""
    return _set(work, Department, department_id, rules.clean(values), expect)


def delete_department(work: Work, department_id: int) -> None:
    """Delete a department that nothing belongs to."""
    _delete(work, Department, department_id)


def add_person(work: Work, values: Mapping[str, Any]) -> int:
    """Add a person."""
    row = _settled(work, Person, values)
    _check_references(work, row)
    return _add(work, Person, row)


def set_person(
    work: Work, person_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a person; False where nothing differs."""
    wanted = rules.clean(values)
    _check_references(work, wanted)
    return _set(work, Person, person_id, wanted, expect)


def delete_person(work: Work, person_id: int) -> None:
    """Delete a person who leads and sponsors nothing."""
    _delete(work, Person, person_id)


def next_code(work: Work, record: type[Record], prefix: str) -> str:
    """The next free code of a kind of record, such as `P-012`."""
    code = table_of(record).c.code
    found = [
        re.fullmatch(rf"{prefix}-?(\d+)", one)
        for one in work.connection.scalars(select(code).where(code.startswith(prefix)))
    ]
    return f"{prefix}-{max((int(hit[1]) for hit in found if hit), default=0) + 1:03d}"


def refuse_taken_code(work: Work, record: type[Record], code: str, own: int | None) -> None:
    """`InputError` where another record of the kind has the code."""
    table = table_of(record)
    query = select(table.c.id).where(table.c.code == code, table.c.id != (own or 0))
    if work.connection.scalar(query) is not None:
        raise InputError(_("The code {code} is taken: choose another.").format(code=code))


def _settled(work: Work, record: type[Record], values: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if not str(given.get("code") or "").strip():
        given["code"] = next_code(work, record, _PREFIXES[record])
    return rules.clean({"name": None, **given})


def _add(work: Work, record: type[Record], row: dict[str, Any]) -> int:
    refuse_taken_code(work, record, row["code"], None)
    work.label(N_("Add {name}"), name=row["name"])
    return work.insert(record, [row])[0]


def _set(
    work: Work, record: type[Record], identity: int, wanted: dict[str, Any], expect: int | None
) -> bool:
    row = work.row(record, identity)
    if "code" in wanted:
        refuse_taken_code(work, record, wanted["code"], identity)
    if len(wanted) == 1:
        title = rules.TITLES[next(iter(wanted))]
        work.label(N_("Set {field} of {name}"), field=say(title), name=row["name"])
    else:
        work.label(N_("Edit {name}"), name=row["name"])
    return work.update(record, identity, wanted, expect)


def _delete(work: Work, record: type[Record], identity: int) -> None:
    name = work.row(record, identity)["name"]
    found = queries.uses(work.connection, record, identity)
    counts = {table: by_id.get(identity, 0) for table, by_id in found.items()}
    if any(counts.values()):
        raise rules.in_use(name, counts)
    work.label(N_("Delete {name}"), name=name)
    work.delete(record, [identity])


def _check_unit(work: Work, unit_id: int | None, row: Mapping[str, Any]) -> None:
    table = table_of(Unit)
    parent = row.get("parent_id")
    above = None if parent is None else str(work.row(Unit, parent)["level"])
    below: list[str] = []
    if unit_id is not None:
        query = select(table.c.id, table.c.parent_id)
        rules.check_circle(unit_id, parent, dict(work.connection.execute(query).all()))
        below = list(
            work.connection.scalars(select(table.c.level).where(table.c.parent_id == unit_id))
        )
    rules.check_place(row["level"], above, below)


def _check_references(work: Work, row: Mapping[str, Any]) -> None:
    records: tuple[tuple[str, type[Record]], ...] = (
        ("unit_id", Unit),
        ("department_id", Department),
    )
    for key, record in records:
        if row.get(key) is not None:
            work.row(record, row[key])
