"""Column values as canonical JSON and back, so that the journal can be hashed and undone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, DateTime, Table

Row = dict[str, Any]


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not a column value: {value!r}")


_encoder = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
)


def encode(values: Mapping[str, Any]) -> str:
    """The values as JSON with sorted keys; dates as ISO text.

    `UnicodeEncodeError` for a text with a NUL, which PostgreSQL can not hold.
    """
    text = _encoder.encode(values)
    if "\\u0000" in text and any(
        "\0" in value for value in values.values() if isinstance(value, str)
    ):
        raise UnicodeEncodeError("utf-8", "\0", 0, 1, "NUL can not be stored")
    return text


def decode(table: Table, text: str) -> Row:
    """The values of `encode` with the types of the table's columns."""
    row: Row = json.loads(text)
    for name, parse in _parsers(table):
        value = row.get(name)
        if value is not None:
            row[name] = parse(value)
    return row


@cache
def _parsers(table: Table) -> list[tuple[str, Callable[[str], date]]]:
    """How the columns that JSON has no type for are read."""
    found: list[tuple[str, Callable[[str], date]]] = []
    for column in table.columns:
        if isinstance(column.type, DateTime):
            found.append((column.name, datetime.fromisoformat))
        elif isinstance(column.type, Date):
            found.append((column.name, date.fromisoformat))
    return found
