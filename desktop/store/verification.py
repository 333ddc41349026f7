"""Whether the journal holds, and whether the data are what it says."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.store.base import record_classes, table_of
from ecofolio.store.journal import BEGINNING, CHANGE, ROW, Head, chained, head
from ecofolio.store.values import encode
from ecofolio.text import _


def damage(connection: Connection) -> list[str]:
    """What is wrong with the chain, a sentence each; empty where it holds."""
    newest, previous, last = head(connection), BEGINNING, 0
    rows = iter(
        connection.execute(select(ROW).order_by(ROW.c.change_id, ROW.c.position)).mappings()
    )
    row = next(rows, None)
    for found in connection.execute(select(CHANGE).order_by(CHANGE.c.id)).mappings():
        entry, own = dict(found), []
        while row is not None and row["change_id"] == entry["id"]:
            own.append(dict(row))
            row = next(rows, None)
        if entry["id"] != last + 1 or chained(previous, entry, own) != entry["hash"]:
            return [_("The journal was altered at entry {n}.").format(n=entry["id"])]
        previous, last = entry["hash"], entry["id"]
    if row is not None or newest != Head(last, previous):
        return [_("The journal was altered after entry {n}.").format(n=last)]
    return []


def strays(connection: Connection) -> list[str]:
    """Records that are not what the journal says they became, a sentence for each table."""
    expected: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in record_classes()}
    query = select(ROW).order_by(ROW.c.change_id, ROW.c.position)
    for row in connection.execute(query):
        rows = expected.setdefault(row.record, {})
        if row.after is None:
            rows.pop(row.record_id, None)
        else:
            rows.setdefault(row.record_id, {}).update(json.loads(row.after))
    found = []
    for name, record in record_classes().items():
        present = {
            row["id"]: json.loads(encode(dict(row)))
            for row in connection.execute(select(table_of(record))).mappings()
        }
        wanted = expected[name]
        odd = [key for key in present.keys() | wanted.keys() if _differs(present, wanted, key)]
        if odd:
            found.append(
                _("{n} records of “{table}” differ from the journal (first: {id}).").format(
                    n=len(odd), table=name, id=min(odd)
                )
            )
    return found


def _differs(
    present: dict[int, dict[str, Any]], wanted: dict[int, dict[str, Any]], key: int
) -> bool:
    if key not in present or key not in wanted:
        return True
    return {**present[key], "version": 0} != {**wanted[key], "version": 0}
