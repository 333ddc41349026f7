"""Many rows at once, as the driver takes them.

SQLAlchemy's own `executemany` spends longer on each row's parameters than the database on the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    rows = list(driven(connection, query, parameters))
    for position, convert in readers(query.selected_columns, connection.dialect):
        rows = [
            row
            if row[position] is None
            else (*row[:position], convert(row[position]), *row[position + 1 :])
            for row in rows
        ]
    return rows


def read_records(
    connection: Connection, query: Select[Any], parameters: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of a query one by one as values by the columns' names, as fast as `read_rows`."""
    columns = query.selected_columns
    names = columns.keys()
    converts = [
        (names[position], convert) for position, convert in readers(columns, connection.dialect)
    ]
    for values in driven(connection, query, parameters):
        row = dict(zip(names, values, strict=True))
        for name, convert in converts:
            if row[name] is not None:
                row[name] = convert(row[name])
        yield row


def driven(
    connection: Connection,
    query: Select[Any] | CompoundSelect[Any],
    parameters: Mapping[str, Any] | None = None,
) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as the driver gives them: SQLite's dates are texts (see `readers`)."""
    result = connection.execute(query, parameters)
    assert result.cursor is not None
    try:
        yield from cast("Iterable[tuple[Any, ...]]", result.cursor)
    finally:
        result.close()


def readers(columns: Iterable[Any], dialect: Dialect) -> list[tuple[int, _Convert]]:
    """How the driver's values become the columns', by position, where they differ."""
    if dialect.name != "sqlite":  # the other driver knows every type by itself
        return []
    converts = (
        column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
    )
    return [(position, convert) for position, convert in enumerate(converts) if convert is not None]
