"""Makes the small programme of the first schema in which every table has rows.

    python -m tests.data.make_fixture

It was run when that schema was the newest. The file that it made stays in the tests for good and
has to open; `migrated` is how a test comes by it with today's schema.
"""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy import types as sql

from ecofolio.initiatives.fields import BY_KEY
from ecofolio.store.base import record_classes, table_of
from ecofolio.store.database import SCHEMA
from ecofolio.store.model import Programme
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace

FOLDER = Path(__file__).parent
MADE = datetime.datetime(2026, 11, 21, 1, 30, tzinfo=datetime.UTC)
TABLES = frozenset(
    {
        "programme",
        "scene",
        "initiative",
        "milestone",
        "note",
        "custom_field",
        "custom_value",
        "saved_view",
        "mapping",
        "unit",
        "department",
        "person",
    }
)
TEXTS = ("智慧市场 · smart market", "社保 =1+1", "Campus “A”")


WORDS = {
    ("custom_value", "value"): (TEXTS[0], "12.5", "2026-03-05"),
    ("saved_view", "spec"): ("{}",) * 3,
    ("mapping", "spec"): ("{}",) * 3,
}


def fill(work: Work) -> None:
    """Three rows in every table, each with all columns that its rules let it have."""
    work.label("Fill {n} tables", n=len(TABLES))
    classes = {table_of(record): record for record in record_classes().values()}
    for table in work_order():
        if table is not table_of(Programme):
            work.insert(classes[table], [row(table, n) for n in (1, 2, 3)])


def work_order() -> list[Table]:
    return [table for table in table_of(Programme).metadata.sorted_tables if table.name in TABLES]


def row(table: Table, n: int) -> dict[str, Any]:
    """The n-th row of a table; the third leaves out what may be left out."""
    checks = " ".join(
        str(check.sqltext) for check in table.constraints if isinstance(check, CheckConstraint)
    )
    names = [column.name for column in table.columns if column.name not in ("id", "version")]
    full = {name: value(table.columns[name], n, checks) for name in names}
    if n == 3:
        needed = [name for name in names if not table.columns[name].nullable]
        full = {name: full[name] for name in [*needed, *names[1:2]]}
    return full


def value(column: Column[Any], n: int, checks: str) -> Any:
    """Something that fits a column."""
    if column.foreign_keys:
        return reference(column, n)
    if f"{column.name} IN (" in checks:
        choices = checks.split(f"{column.name} IN (")[1].split(")")[0]
        return choices.split("'")[1::2][n - 1]
    if column.table.name == "initiative" and (terms := BY_KEY[column.name].vocabulary):
        return list(terms)[(n - 1) % len(terms)].value
    if (column.table.name, column.name) in WORDS:
        return WORDS[column.table.name, column.name][n - 1]
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


def migrated(path: Path) -> Path:
    """A copy of the programme at `path`, brought up to today's schema."""
    shutil.copy(FOLDER / "schema1.ecofolio", path)
    Workspace.open(path).close()
    return path


if __name__ == "__main__":
    assert SCHEMA == 1, "the first schema is made once"
    target = FOLDER / f"schema{SCHEMA}.ecofolio"
    make(target)
    target.chmod(0o644)
