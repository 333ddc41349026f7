"""The store: an edit, an import's worth of rows, and how the time per row grows."""

from __future__ import annotations

import itertools
import time
from datetime import date
from typing import Any

from tests.bench.harness import Contest, Setting
from tests.store import verbs

from ecofolio.initiatives.model import Initiative
from ecofolio.store.base import table_of
from ecofolio.store.database import connect_file, prepare_log
from ecofolio.store.workspace import Workspace

SERIAL = itertools.count(1)


def rows(count: int) -> list[dict[str, Any]]:
    """Initiatives with every column filled."""
    day = date(2026, 3, 5)
    fixed = {
        "description": "What it is for, in a sentence or two. " * 3,
        "lead_segment": "C",
        "other_segments": "B,G",
        "batch": "breakthrough",
        "circle": "big",
        "origin": "top_down",
        "build_mode": "open_embedding",
        "levers": "gbc_integration,regional_grid",
        "stage": "pilot",
        "loop_phase": "user_operation",
        "partner_names": "Somebody, Somebody else",
        "start_date": day,
        "due_date": day,
        "budget_fen": 1_234_567_800,
        "health_override": "red",
        "health_reason": "late",
        "health_expires": day,
        "tags": "one,two",
    }
    serial = next(SERIAL)
    return [{**fixed, "code": f"B{serial}-{n}", "name": f"Initiative {n}"} for n in range(count)]


def bulk(setting: Setting) -> Contest:
    """Rows added and journalled in one change, against the same rows by raw `executemany`."""
    size = 100 if setting.quick else 10_000
    workspace = Workspace.create(setting.folder / "bulk.ecofolio")
    path = setting.folder / "raw.ecofolio"
    Workspace.create(path).close()
    names = list(table_of(Initiative).columns.keys())

    def ours() -> float:
        given = rows(size)
        start = time.perf_counter()
        workspace.do(verbs.add_rows, given)
        return time.perf_counter() - start

    def floor() -> float:
        first = next(SERIAL) * 1_000_000
        full = [{"id": first + n, "version": 1, **row} for n, row in enumerate(rows(size))]
        connection = connect_file(path)
        start = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        insert_raw(connection, "initiative", names, full)
        connection.execute("COMMIT")
        taken = time.perf_counter() - start
        connection.close()
        return taken

    return Contest(
        f"{size:,} rows in one change ÷ raw inserts", ours, floor, 3.0, setting.rounds(5)
    )


def insert_raw(connection: Any, table: str, names: list[str], given: list[dict[str, Any]]) -> None:
    """What a program without journal, checks and SQLAlchemy would do."""
    marks = ",".join("?" * len(names))
    connection.executemany(
        f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})",
        [tuple(_plain(row.get(name)) for name in names) for row in given],
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def edit(setting: Setting) -> Contest:
    """One field, committed durably and journalled, against a bare durable commit of one row."""
    workspace = Workspace.create(setting.folder / "edit.ecofolio")
    for _block in range(1 if setting.quick else 10):
        workspace.do(verbs.add_rows, rows(1000))
    floor = bare_commit(setting, "edit-floor")

    def ours() -> None:
        workspace.do(verbs.edit, 500, {"name": f"{next(SERIAL)}"})

    return Contest(
        "edit committed and journalled, beyond a bare durable commit",
        ours,
        floor,
        1 / 60,
        setting.rounds(60),
        beyond=True,
    )


def bare_commit(setting: Setting, name: str) -> Any:
    """One row changed and committed by the driver alone, as durable as ours."""
    path = setting.folder / f"{name}.ecofolio"
    with Workspace.create(path) as workspace:
        workspace.do(verbs.add_rows, rows(1000))
    prepare_log(path)
    connection = connect_file(path)

    def floor() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE initiative SET name = ? WHERE id = 500", (f"{next(SERIAL)}",))
        connection.execute("COMMIT")

    return floor


def undo(setting: Setting) -> Contest:
    """Undo of a big change takes about as long as the change."""
    size = 100 if setting.quick else 10_000
    workspace = Workspace.create(setting.folder / "undo.ecofolio")

    def change() -> float:
        given = rows(size)
        start = time.perf_counter()
        workspace.do(verbs.add_rows, given)
        return time.perf_counter() - start

    def ours() -> float:
        if workspace.next_undo() is None:
            change()
        start = time.perf_counter()
        workspace.undo()
        return time.perf_counter() - start

    return Contest(
        f"undo of {size:,} rows ÷ the change itself", ours, change, 2.0, setting.rounds(3)
    )


def growth(setting: Setting) -> Contest:
    """The time per row of 100,000 rows against that of 1,000."""
    few, many = (10, 100) if setting.quick else (1000, 100_000)

    def per_row(count: int, times: int) -> float:
        path = setting.folder / f"growth{next(SERIAL)}.ecofolio"
        with Workspace.create(path) as workspace:
            given = [rows(count) for _time in range(times)]
            start = time.perf_counter()
            for each in given:
                workspace.do(verbs.add_rows, each)
            taken = time.perf_counter() - start
        path.unlink()
        return taken / count / times

    return Contest(
        f"time per row: {many:,} rows ÷ {few:,} rows (×1,000)",
        lambda: per_row(many, 1) * 1000,
        lambda: per_row(few, 5) * 1000,
        1.2,
        setting.rounds(3),
    )


ALL = (edit, bulk, undo, growth)
