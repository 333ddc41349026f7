"""Saved mappings for boards: which column of a list becomes which part of a card, by name.

They are kept beside those for lists of initiatives and marked as what they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.errors import InputError
from ecofolio.initiatives.importing import FOR
from ecofolio.initiatives.model import Mapping as SavedMapping
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _, listed

_MARK = {FOR: "boards"}


def saved(connection: Connection) -> dict[str, dict[str, Any]]:
    """The saved mappings for boards by their names."""
    table = table_of(SavedMapping)
    query = select(table.c.name, table.c.spec).order_by(table.c.name)
    specs = {name: json.loads(spec) for name, spec in connection.execute(query)}
    return {
        name: {key: value for key, value in spec.items() if key not in _MARK}
        for name, spec in specs.items()
        if _MARK.items() <= spec.items()
    }


def named(connection: Connection, name: str) -> dict[str, Any]:
    """A saved mapping by its name, or one from a JSON file; `InputError` where there is neither."""
    known = saved(connection)
    if name in known:
        return known[name]
    try:
        found = json.loads(Path(name).read_text("utf-8-sig"))
    except OSError:
        raise InputError(
            _("There is no saved mapping and no file {name}; saved are: {known}.").format(
                name=name, known=listed(known) or "–"
            )
        ) from None
    except (ValueError, RecursionError):
        raise InputError(_("The mapping {name} is not valid JSON.").format(name=name)) from None
    if not isinstance(found, dict):
        raise InputError(_("This is not a mapping: it needs a list named “columns”."))
    return {key: value for key, value in found.items() if key not in _MARK}


def save(work: Work, name: str, spec: Mapping[str, Any]) -> int:
    """Save a mapping under a name, over one for boards of the same name; returns its identity."""
    name = name.strip()
    if not name:
        raise InputError(_("A mapping needs a name."))
    work.label(N_("Save mapping {name}"), name=name)
    table = table_of(SavedMapping)
    text = json.dumps({**_MARK, **spec}, ensure_ascii=False)
    row = work.connection.execute(
        select(table.c.id, table.c.spec).where(table.c.name == name)
    ).first()
    if row is None:
        return work.insert(SavedMapping, [{"name": name, "spec": text}])[0]
    if not _MARK.items() <= json.loads(row.spec).items():
        raise InputError(
            _("“{name}” is a mapping for something else: choose another name.").format(name=name)
        )
    work.update(SavedMapping, row.id, {"spec": text})
    return int(row.id)
