"""The plan from a list: read, and written into a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ecofolio.budget import ledger
from ecofolio.budget.importing import Refused
from ecofolio.budget.money_lists import PLANS, Directory, Line, read_lines
from ecofolio.budget.plan_actions import Cell, set_plan
from ecofolio.errors import InputError
from ecofolio.intake.reading import read_book
from ecofolio.store.workspace import Workspace
from ecofolio.text import _

_MONTH = re.compile(r"\s*(\d{4})\s*[-./年 ]\s*(\d{1,2})(?:\s*月|[-./]\d{1,2})?\s*")


@dataclass(frozen=True)
class PlanList:
    """What a list says of the plan, and the lines that could not be read."""

    file: str
    sums: Mapping[Cell, int]
    refused: list[Refused]


def read_plan(workspace: Workspace, path: Path | str) -> PlanList:
    """A plan from a list: initiative, category, month, amount. Lines for the same month add up.

    `InputError` where the file can not be read as a list.
    """
    book = read_book(path)
    with workspace.read() as connection:
        lines = read_lines(book, PLANS, ledger.currency(connection))
        directory = Directory(connection)
    sums: dict[Cell, int] = {}
    refused = []
    for line in lines:
        try:
            cell = _cell(line, directory)
        except InputError as error:
            refused.append(Refused(line.row, str(error)))
            continue
        sums[cell] = sums.get(cell, 0) + line.values["amount"]
    return PlanList(book.file, sums, refused)


def _cell(line: Line, directory: Directory) -> Cell:
    said = line.values
    if line.wrong:
        raise InputError(line.wrong)
    if not {"initiative", "category", "month", "amount"} <= said.keys():
        raise InputError(_("The line lacks an initiative, a category, a month or an amount."))
    own = directory.initiative(said["initiative"])
    if isinstance(own, str):
        raise InputError(own)
    category = directory.category(said["category"])
    if category is None:
        raise InputError(_("There is no category {code}.").format(code=said["category"]))
    return own, category, month_of(said["month"])


def month_of(cell: object) -> str:
    """The month of a cell: a date, or text such as 2026-10; `InputError` for others."""
    if isinstance(cell, date | datetime):
        return f"{cell:%Y-%m}"
    found = _MONTH.fullmatch(str(cell))
    if found is None or not 1 <= int(found[2]) <= 12:
        raise InputError(_("“{text}” is not a month such as 2026-10.").format(text=str(cell)[:60]))
    return f"{found[1]}-{int(found[2]):02d}"


def take_list(workspace: Workspace, version_id: int, path: Path | str) -> tuple[PlanList, int]:
    """Write a list into a draft as one change; what it said, and how many sums differ now."""
    found = read_plan(workspace, path)
    differ = workspace.do(set_plan, version_id, found.sums) if found.sums else 0
    return found, differ
