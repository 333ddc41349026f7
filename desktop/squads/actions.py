"""What people do with squads. Each function is one undoable change (see `Work`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative, Scene
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.squads import rules
from ecofolio.squads.model import Linkage, Squad, SquadArea, SquadInitiative, SquadMember
from ecofolio.store.base import Base, Record, table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import Batch, SquadKind

SQUAD, MEMBER = table_of(Squad), table_of(SquadMember)
_FIELDS = ("code", "name", "kind", "charter", "lead_id")
_PARTS: tuple[type[Record], ...] = (SquadInitiative, SquadMember, SquadArea)


def create_squad(work: Work, values: Mapping[str, Any], initiatives: Sequence[int] = ()) -> int:
    """Add a squad (`code`, `name`, `kind`, `charter`, `lead_id`); a missing code is the next."""
    row = _clean(work, {"kind": SquadKind.DELIVERY.value, "name": "", **values})
    if not row.get("code"):
        row["code"] = _next_code(work)
    made = work.insert(Squad, [row])[0]
    work.insert(SquadInitiative, [{"squad_id": made, "initiative_id": one} for one in initiatives])
    work.label(N_("Add squad {squad}"), squad=row["name"])
    return made


def _clean(work: Work, values: Mapping[str, Any], own: int | None = None) -> dict[str, Any]:
    row = {
        key: (value.strip() or None) if isinstance(value, str) else value
        for key, value in values.items()
    }
    if odd := row.keys() - set(_FIELDS):
        raise KeyError(odd)
    if "name" in row and not row["name"]:
        raise InputError(_("A squad needs a name."))
    if "kind" in row and row["kind"] not in SquadKind._value2member_map_:
        raise InputError(_("A squad is a delivery squad or a leading group."))
    if own is not None and "code" in row and not row["code"]:
        raise InputError(_("A squad needs a code."))
    if row.get("code"):
        taken = work.connection.scalar(select(SQUAD.c.id).where(SQUAD.c.code == row["code"]))
        if taken is not None and taken != own:
            raise InputError(_("There is already a squad {code}.").format(code=row["code"]))
    return row


def _next_code(work: Work) -> str:
    taken = set(work.connection.scalars(select(SQUAD.c.code)))
    number = 1
    while f"S{number:02d}" in taken:
        number += 1
    return f"S{number:02d}"


def set_fields(
    work: Work, squad_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a squad; False where nothing differs."""
    work.label(N_("Change squad {squad}"), squad=work.row(Squad, squad_id)["name"])
    return work.update(Squad, squad_id, _clean(work, values, squad_id), expect)


def delete_squad(work: Work, squad_id: int) -> None:
    """Take a squad away; `InputError` while it has boards."""
    row = work.row(Squad, squad_id)
    # named by its table, because boards stand above squads
    boards = Base.metadata.tables["board"]
    if work.connection.scalar(select(boards.c.id).where(boards.c.squad_id == squad_id).limit(1)):
        raise InputError(
            _("{squad} has boards: delete them or give them to another squad first.").format(
                squad=row["name"]
            )
        )
    for record in _PARTS:
        table = table_of(record)
        query = select(table.c.id).where(table.c.squad_id == squad_id)
        work.delete(record, work.connection.scalars(query).all())
    work.delete(Squad, [squad_id])
    work.label(N_("Delete squad {squad}"), squad=row["name"])


def set_initiatives(work: Work, squad_id: int, initiatives: Iterable[int]) -> None:
    """Say which initiatives a squad works on."""
    wanted = list(dict.fromkeys(initiatives))
    if len(work.rows(Initiative, wanted)) < len(wanted):
        raise InputError(_("A record no longer exists: somebody deleted it meanwhile."))
    table = table_of(SquadInitiative)
    query = select(table.c.initiative_id, table.c.id).where(table.c.squad_id == squad_id)
    here: dict[int, int] = dict(work.connection.execute(query).all())
    work.delete(SquadInitiative, [row for one, row in here.items() if one not in wanted])
    work.insert(
        SquadInitiative,
        [{"squad_id": squad_id, "initiative_id": one} for one in wanted if one not in here],
    )
    work.label(N_("Set the initiatives of {squad}"), squad=work.row(Squad, squad_id)["name"])


def set_areas(
    work: Work,
    squad_id: int,
    *,
    units: Iterable[int] = (),
    scenes: Iterable[int] = (),
    batches: Iterable[str] = (),
) -> None:
    """Say what a leading group owns: units, scenes and batches."""
    row = work.row(Squad, squad_id)
    if row["kind"] != SquadKind.STEERING:
        raise InputError(_("Only a leading group owns an area."))
    wanted: list[tuple[str, Any]] = [
        *(("unit_id", one) for one in units),
        *(("scene_id", one) for one in scenes),
        *(("batch", one) for one in batches),
    ]
    for key, value in wanted:
        if key == "batch" and value not in Batch._value2member_map_:
            raise InputError(_("There is no batch {name}.").format(name=value))
        if key != "batch":
            work.row(Unit if key == "unit_id" else Scene, value)
    table = table_of(SquadArea)
    here = {}
    for one in work.connection.execute(select(table).where(table.c.squad_id == squad_id)):
        key = next(key for key in ("unit_id", "scene_id", "batch") if getattr(one, key) is not None)
        here[key, getattr(one, key)] = one.id
    work.delete(SquadArea, [identity for area, identity in here.items() if area not in wanted])
    work.insert(
        SquadArea,
        [{"squad_id": squad_id, key: value} for key, value in wanted if (key, value) not in here],
    )
    work.label(N_("Set the area of {squad}"), squad=row["name"])


# --- members -----------------------------------------------------------------------------------


def add_member(
    work: Work,
    squad_id: int,
    person_id: int,
    *,
    role: str | None = None,
    percent: int = 100,
    from_date: date | None = None,
    until_date: date | None = None,
) -> int:
    """Give somebody a place in a squad, with per cent of their time over dates."""
    rules.check_allocation(percent, from_date, until_date)
    squad, person = work.row(Squad, squad_id), work.row(Person, person_id)
    work.label(N_("Add {person} to {squad}"), person=person["name"], squad=squad["name"])
    return work.insert(
        SquadMember,
        [
            {
                "squad_id": squad_id,
                "person_id": person_id,
                "role": (role or "").strip() or None,
                "percent": percent,
                "from_date": from_date,
                "until_date": until_date,
            }
        ],
    )[0]


def set_member(
    work: Work, member_id: int, values: Mapping[str, Any], expect: int | None = None
) -> bool:
    """Change a place in a squad: `role`, `percent`, `from_date`, `until_date`."""
    row = work.row(SquadMember, member_id)
    whole = {**row, **values}
    rules.check_allocation(whole["percent"], whole["from_date"], whole["until_date"])
    _label_member(work, N_("Change the place of {person} in {squad}"), row)
    return work.update(SquadMember, member_id, values, expect)


def remove_member(work: Work, member_id: int) -> None:
    """Take a place in a squad away, as if it had never been."""
    _label_member(work, N_("Take {person} out of {squad}"), work.row(SquadMember, member_id))
    work.delete(SquadMember, [member_id])


def move_member(
    work: Work,
    member_id: int,
    squad_id: int,
    from_date: date,
    *,
    percent: int | None = None,
    role: str | None = None,
) -> int:
    """Let somebody change squads on a day: the old place ends the day before, a new one begins.

    Returns the new place. See `rules.effect` and `queries.effect_of_move` for what that does.
    """
    row = work.row(SquadMember, member_id)
    squad = work.row(Squad, squad_id)
    for values in moved(row, squad_id, from_date, percent, role):
        if values.get("id") == member_id:
            work.update(SquadMember, member_id, {"until_date": values["until_date"]})
        else:
            made = work.insert(SquadMember, [values])[0]
    if row["from_date"] is not None and row["from_date"] >= from_date:
        work.delete(SquadMember, [member_id])
    person = work.row(Person, row["person_id"])
    work.label(N_("Move {person} to {squad}"), person=person["name"], squad=squad["name"])
    return made


def moved(
    row: Mapping[str, Any],
    squad_id: int,
    from_date: date,
    percent: int | None = None,
    role: str | None = None,
) -> list[dict[str, Any]]:
    """The places that moving somebody leaves: the old one where it had begun, and the new one."""
    if row["until_date"] is not None and row["until_date"] < from_date:
        raise InputError(_("That place ends before this day already."))
    new = {
        "squad_id": squad_id,
        "person_id": row["person_id"],
        "role": row["role"] if role is None else role.strip() or None,
        "percent": row["percent"] if percent is None else percent,
        "from_date": from_date,
        "until_date": row["until_date"],
    }
    rules.check_allocation(new["percent"], new["from_date"], new["until_date"])
    if row["from_date"] is not None and row["from_date"] >= from_date:
        return [new]
    return [{**row, "until_date": from_date - timedelta(days=1)}, new]


def _label_member(work: Work, message: str, row: Mapping[str, Any]) -> None:
    work.label(
        message,
        person=work.row(Person, row["person_id"])["name"],
        squad=work.row(Squad, row["squad_id"])["name"],
    )


# --- linkage -----------------------------------------------------------------------------------


def set_linkage(work: Work, pairs: Iterable[tuple[int, int]], wanted: bool) -> None:
    """Say which departments are wanted, or no longer wanted, in the squads of which scenes
    (pairs of scene and department)."""
    pairs, table = list(dict.fromkeys(pairs)), table_of(Linkage)
    found = work.connection.execute(select(table)).all()
    here = {(row.scene_id, row.department_id): row.id for row in found}
    if wanted:
        fresh = [pair for pair in pairs if pair not in here]
        work.insert(Linkage, [{"scene_id": one, "department_id": two} for one, two in fresh])
    else:
        work.delete(Linkage, [here[pair] for pair in pairs if pair in here])
    if len(pairs) == 1:
        department = work.row(Department, pairs[0][1])["name"]
        message = N_("Want {department} in a scene")
        if not wanted:
            message = N_("Do not want {department} in a scene")
        work.label(message, department=department)
    else:
        work.label(N_("Change the linkage wanted"))
