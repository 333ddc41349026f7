"""Column values as canonical JSON and back, so that the journal can be hashed and undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, Table

Row = dict[str, Any]


def encode(values: Mapping[str, Any]) -> str:
    """The values as JSON with sorted keys; dates as ISO text."""
    return json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )


def decode(table: Table, text: str) -> Row:
    """The values of `encode` with the types of the table's columns."""
    row: Row = json.loads(text)
    for name, value in row.items():
        if value is None or name not in table.columns:
            continue
        column = table.columns[name].type
        if isinstance(column, DateTime):
            row[name] = datetime.fromisoformat(value)
        elif isinstance(column, Date):
            row[name] = date.fromisoformat(value)
    return row


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not a column value: {value!r}")
