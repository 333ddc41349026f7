"""The rules of the organisation, over plain values: what may be written, and where it may stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ecofolio.errors import InputError
from ecofolio.text import N_, _, ngettext, pgettext
from ecofolio.vocabulary import Office, UnitLevel

TITLES = {
    "code": N_("Code"),
    "name": N_("Name"),
    "level": N_("Level"),
    "parent_id": N_("Unit above"),
    "region": N_("Region"),
    "office": N_("Office"),
    "title": N_("Job title"),
    "email": N_("E-mail"),
    "unit_id": N_("Unit"),
    "department_id": N_("Department"),
}
_LONGEST = 200
_LEVELS = list(UnitLevel)
_CODES = {"level": UnitLevel, "office": Office}
_REQUIRED = ("code", "name", "level")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored: text without blanks at its ends, nothing as None.

    `InputError` names the field that breaks a rule.
    """
    return {key: _clean_one(key, value) for key, value in values.items()}


def _clean_one(key: str, value: Any) -> Any:
    title = _(TITLES[key])
    if isinstance(value, str):
        value = value.strip() or None
    if value is None:
        if key in _REQUIRED:
            raise InputError(_("“{field}” can not be empty.").format(field=title))
        return None
    if isinstance(value, str) and len(value) > _LONGEST:
        raise InputError(
            _("“{field}” may have up to {n} characters.").format(field=title, n=_LONGEST)
        )
    known = _CODES.get(key)
    if known is not None and value not in known._value2member_map_:
        raise InputError(
            _("“{value}” is not one of the values of “{field}”.").format(value=value, field=title)
        )
    if key == "email" and not _ADDRESS.fullmatch(value):
        raise InputError(_("“{value}” is not an e-mail address.").format(value=value))
    return value


def check_place(level: str, above: str | None, below: Iterable[str]) -> None:
    """A unit stands below higher levels and above lower ones; `InputError` where it would not.

    `above` is the level of its parent, if it has one, `below` the levels of its children.
    """
    if above is not None and not _is_higher(above, level):
        raise InputError(_misplaced(level, above))
    for child in below:
        if not _is_higher(level, child):
            raise InputError(_misplaced(child, level))


def _is_higher(one: str, other: str) -> bool:
    return _LEVELS.index(UnitLevel(one)) < _LEVELS.index(UnitLevel(other))


def _misplaced(lower: str, higher: str) -> str:
    return _(
        "A unit of the level “{lower}” can not stand below one of the level “{higher}”."
    ).format(lower=UnitLevel(lower).label, higher=UnitLevel(higher).label)


def check_circle(unit: int, parent: int | None, parents: Mapping[int, int | None]) -> None:
    """A unit never stands below itself; `InputError` where a new parent would make it so."""
    at, seen = parent, set[int]()
    while at is not None and at not in seen:
        if at == unit:
            raise InputError(_("A unit can not be moved below itself or a unit under it."))
        seen.add(at)
        at = parents.get(at)


def levels_below(level: str | None) -> list[UnitLevel]:
    """The levels that may stand below a level; all for none."""
    return _LEVELS if level is None else _LEVELS[_LEVELS.index(UnitLevel(level)) + 1 :]


def in_use(name: str, uses: Mapping[str, int]) -> InputError:
    """Why something can not be deleted: how many rows of which table point to it."""
    parts = [_counted(table, n) for table, n in uses.items() if n]
    return InputError(
        _("“{name}” can not be deleted: {uses} still belong to it. Move them first.").format(
            name=name, uses=pgettext("between the items of a list", ", ").join(parts)
        )
    )


def _counted(table: str, n: int) -> str:
    match table:
        case "unit":
            said = ngettext("{n} unit", "{n} units", n)
        case "person":
            said = ngettext("{n} person", "{n} people", n)
        case "initiative":
            said = ngettext("{n} initiative", "{n} initiatives", n)
        case "playbook":
            said = ngettext("{n} playbook", "{n} playbooks", n)
        case _:
            said = ngettext("{n} record", "{n} records", n)
    return said.format(n=n)
