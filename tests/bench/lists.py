"""Lists in, workbooks out: against what the libraries alone take for the same cells."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
from tests.bench.harness import Contest, Setting
from tests.bench.store import SERIAL, insert_raw
from tests.bench.window import programme

from ecofolio.initiatives import importing
from ecofolio.initiatives.model import Initiative
from ecofolio.review.pack import write_pack
from ecofolio.store.base import table_of
from ecofolio.store.database import connect_file
from ecofolio.store.workspace import Workspace

TODAY = date(2026, 11, 21)
HEADS = {
    "Code": "code",
    "Name": "name",
    "Description": "description",
    "Lead segment": "lead_segment",
    "Batch": "batch",
    "Stage": "stage",
    "Start date": "start_date",
    "Due date": "due_date",
    "Budget": "budget_fen",
    "Tags": "tags",
}


CODES = {"batch": "breakthrough", "stage": "pilot"}  # of the words in the list


def import_list(setting: Setting) -> Contest:
    """A workbook imported into a new programme, against reading it and inserting its rows."""
    size = 50 if setting.quick else 10_000
    listed = setting.folder / "list.xlsx"
    _write_list(listed, size)

    def fresh() -> Path:
        path = setting.folder / f"import{next(SERIAL)}.ecofolio"
        Workspace.create(path).close()
        return path

    def ours() -> float:
        path = fresh()
        with Workspace.open(path) as workspace:
            start = time.perf_counter()
            report = importing.run_import(workspace, listed)
            taken = time.perf_counter() - start
        assert len(report.plan.created) == size
        path.unlink()
        return taken

    def floor() -> float:
        path = fresh()
        connection = connect_file(path)
        names = list(table_of(Initiative).columns.keys())
        start = time.perf_counter()
        with python_calamine.CalamineWorkbook.from_path(str(listed)) as book:
            lines = book.get_sheet_by_index(0).to_python()
        keys = [HEADS[head] for head in lines[0]]
        given = [
            {"id": n, "version": 1, **dict(zip(keys, line, strict=True)), **CODES}
            for n, line in enumerate(lines[1:], 1)
        ]
        connection.execute("BEGIN IMMEDIATE")
        insert_raw(connection, "initiative", names, given)
        connection.execute("COMMIT")
        taken = time.perf_counter() - start
        connection.close()
        path.unlink()
        return taken

    name = f"import of {size:,} rows ÷ (calamine read + raw inserts)"
    return Contest(name, ours, floor, 5.0, setting.rounds(3))


def _write_list(path: Path, size: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("List")
    sheet.append(list(HEADS))
    for n in range(size):
        text = f"What number {n} is for, in a sentence."
        day = date(2026, n % 12 + 1, n % 28 + 1)
        sheet.append(
            [f"L{n}", f"Name {n}", text, "C", "Breakthrough", "Pilot", day, day, n * 1000, "a, b"]
        )
    book.save(path)


def workbook(setting: Setting) -> Contest:
    """The review workbook, against the same cells by openpyxl's `write_only` mode."""
    workspace = Workspace.open(programme(setting)())
    book = setting.folder / "pack.xlsx"

    def ours() -> None:
        with workspace.read() as connection:
            write_pack(connection, book, language="en", actor="Li", today=TODAY)

    ours()
    sheets = _cells(book)

    def floor() -> None:
        plain = openpyxl.Workbook(write_only=True)
        for title, lines in sheets:
            sheet = plain.create_sheet(title)
            for line in lines:
                sheet.append(line)
        plain.save(setting.folder / "plain.xlsx")

    name = f"review workbook, {setting.initiatives:,} initiatives ÷ same cells by openpyxl"
    return Contest(name, ours, floor, 1.3, setting.rounds(3))


def _cells(book: Path) -> list[tuple[str, list[list[Any]]]]:
    read = openpyxl.load_workbook(book, read_only=True)
    found = [
        (sheet.title, [list(line) for line in sheet.iter_rows(values_only=True)]) for sheet in read
    ]
    read.close()
    return found


ALL = (import_list, workbook)
