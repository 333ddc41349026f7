"""Makes a small programme of today's schema in which every table has rows.

    python -m tests.data.make_fixture

Run once for each schema that is released; the file stays in the tests for good, and has to open.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy import types as sql

from ecofolio.store.base import record_classes, table_of
from ecofolio.store.database import SCHEMA
from ecofolio.store.model import Programme
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace

FOLDER = Path(__file__).parent
MADE = datetime.datetime(2026, 11, 21, 1, 30, tzinfo=datetime.UTC)
TEXTS = ("智慧市场 · smart market", "社保 =1+1", "Campus “A”")


def fill(work: Work) -> None:
    """Three rows in every table, each with all columns that its rules let it have."""
    work.label("Fill {n} tables", n=len(record_classes()))
    classes = {table_of(record): record for record in record_classes().values()}
    for table in work_order():
        if table is not table_of(Programme):
            work.insert(classes[table], [row(table, n) for n in (1, 2, 3)])


def work_order() -> list[Table]:
    metadata = table_of(Programme).metadata
    tables = {table_of(record) for record in record_classes().values()}
    return [table for table in metadata.sorted_tables if table in tables]


def row(table: Table, n: int) -> dict[str, Any]:
    """The n-th row of a table; the third leaves out what may be left out."""
    checks = " ".join(
        str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint)
    )
    names = [column.name for column in table.columns if column.name not in ("id", "version")]
    full = {name: value(table.columns[name], n, checks) for name in names}
    if n == 3 or "CASE WHEN" in checks:  # such a rule lets one of several columns have a value
        needed = [name for name in names if not table.columns[name].nullable]
        full = {name: full[name] for name in [*needed, *names[1:2]]}
    return full


def value(column: Column[Any], n: int, checks: str) -> Any:
    """Something that fits a column."""
    if column.foreign_keys:
        return reference(column, n)
    if f"{column.name} IN (" in checks:
        choices = checks.split(f"{column.name} IN (")[1].split(")")[0]
        return choices.split("'")[1]
    if isinstance(column.type, sql.Date):
        return datetime.date(2026, n, 28)
    if isinstance(column.type, sql.Boolean):
        return n == 1
    if isinstance(column.type, sql.Integer | sql.Float):
        return n
    if column.unique or column.name in ("code", "key"):
        return f"{column.table.name}-{n}"
    return TEXTS[n - 1]


def reference(column: Column[Any], n: int) -> int | None:
    """The n-th row of another table; the row before in the same one, so that there is a tree."""
    [key] = column.foreign_keys
    target = key.column.table
    if target is column.table:
        return n - 1 or None
    alike = [other for other in column.table.columns if other.references(key.column)]
    return n if column is alike[0] else n % 3 + 1


def make(path: Path) -> None:
    """A programme with a fill, an edit, a deletion and an undo in its journal."""
    with Workspace.create(path, name="Fixture 样本", actor="Li", clock=lambda: MADE) as workspace:
        workspace.do(fill)
        workspace.do(edit)
        workspace.do(edit, "undone")
        workspace.undo()
        assert workspace.verify() == []


def edit(work: Work, name: str = "改名 renamed") -> None:
    work.label("Rename {name}", name=name)
    work.update(record_classes()["initiative"], 2, {"name": name})


if __name__ == "__main__":
    target = FOLDER / f"schema{SCHEMA}.ecofolio"
    target.unlink(missing_ok=True)
    make(target)
    target.chmod(0o644)
    print(target, target.stat().st_size)
