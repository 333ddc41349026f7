"""Many rows at once, as the driver takes them.

SQLAlchemy's own `executemany` spends longer on each row's parameters than the database on the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import CompoundSelect, Connection, Dialect, Select, Table

_Convert = Callable[[Any], Any]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, each of which names every column of the table and nothing else."""
    if not rows:
        return
    if odd := next((row for row in rows if len(row) != len(table.columns)), None):
        raise KeyError(f"not columns of {table.name}: {odd.keys() ^ table.columns.keys()}")
    dialect = connection.dialect
    quote = dialect.identifier_preparer.quote
    names = [column.name for column in table.columns]
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    statement = (
        f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) "  # noqa: S608
        f"VALUES ({', '.join([mark] * len(names))})"
    )
    pick, converters = itemgetter(*names), _converters(table, dialect)
    if not converters:
        connection.exec_driver_sql(statement, [pick(row) for row in rows])
        return
    parameters = []
    for row in rows:
        values = list(pick(row))
        for position, convert in converters:
            if values[position] is not None:
                values[position] = convert(values[position])
        parameters.append(tuple(values))
    connection.exec_driver_sql(statement, parameters)


def _converters(table: Table, dialect: Dialect) -> list[tuple[int, _Convert]]:
    """How the columns' values become the driver's, by position, where they differ."""
    found: list[tuple[int, _Convert]] = []
    for position, column in enumerate(table.columns):
        convert = column.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            found.append((position, convert))
    return found


def read_rows(
    connection: Connection,
    query: Select[Any] | CompoundSelect[Any],
    parameters: Mapping[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """The rows of a query as the driver gives them; SQLite's texts of dates become dates.

    Half the time that SQLAlchemy's own rows take, where there are 100,000 of them.
    """
    result = connection.execute(query, parameters)
    assert result.cursor is not None
    rows = cast("list[tuple[Any, ...]]", result.cursor.fetchall())
    result.close()
    dialect = connection.dialect
    if dialect.name != "sqlite":  # the other driver knows every type by itself
        return rows
    for position, column in enumerate(query.selected_columns):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is None:
            continue
        rows = [
            row
            if row[position] is None
            else (*row[:position], convert(row[position]), *row[position + 1 :])
            for row in rows
        ]
    return rows
