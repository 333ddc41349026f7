"""What the plan editor reads and writes: versions, lists, typed money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.budget import ledger
from ecofolio.budget.importing import Refused
from ecofolio.budget.money_lists import PLANS, Directory, Line, read_lines
from ecofolio.budget.plan_actions import Cell, set_plan
from ecofolio.budget.queries import LINE, VERSION
from ecofolio.errors import InputError
from ecofolio.intake.money import Unit, currency_of, money_reader
from ecofolio.intake.reading import read_book
from ecofolio.intake.values import Reason, plain
from ecofolio.store.workspace import Workspace
from ecofolio.text import _
from ecofolio.vocabulary import PlanState

_MONTH = re.compile(r"\s*(\d{4})\s*[-./年 ]\s*(\d{1,2})(?:\s*月|[-./]\d{1,2})?\s*")
_TWO_WAYS = re.compile(r"[^\d.]*\d+,\d{1,2}[^\d.]*")
_SCALE = {"yuan": 0, "wan": 4, "yi": 8}


def fen_of(text: str, currency: str = "CNY", unit: str = "yuan") -> int:
    """A typed amount in fen; one that names no unit of its own is in the display unit.

    `InputError` says why it can not be read.
    """
    scale = 0 if currency_of(text) else _SCALE[unit]  # 5元 is 5 yuan, wherever it is typed
    found = money_reader(currency, Unit(scale), exact=True)(text)
    if isinstance(found, int):
        return found
    reason = found.text if isinstance(found, Reason) else _("is not an amount of money")
    raise InputError(_("“{text}” {reason}.").format(text=text, reason=reason))


def is_ambiguous(text: str) -> bool:
    """Whether a comma may be a decimal mark or a slip among thousands, as in 12,34."""
    return _TWO_WAYS.fullmatch(plain(text)) is not None


class VersionRow(NamedTuple):
    """A version of the plan with all that it sums to, in fen."""

    id: int
    name: str
    state: str
    based_on_id: int | None
    drawn_by: str
    approved_by: str | None
    approved_on: date | None
    fen: int


def versions(connection: Connection) -> list[VersionRow]:
    """All versions, the newest first."""
    sums = (
        select(LINE.c.plan_version_id, func.sum(LINE.c.fen).label("fen"))
        .group_by(LINE.c.plan_version_id)
        .subquery()
    )
    query = (
        select(*(VERSION.c[name] for name in VersionRow._fields[:-1]), sums.c.fen)
        .outerjoin(sums, sums.c.plan_version_id == VERSION.c.id)
        .order_by(VERSION.c.id.desc())
    )
    return [
        VersionRow._make((*row[:-1], int(row[-1] or 0))) for row in connection.execute(query).all()
    ]


def typed(text: str, currency: str = "CNY", unit: str = "yuan") -> int:
    """A cell of the plan in fen; empty, or a dash, is 0."""
    text = text.strip()
    return 0 if text in ("", "-", "–", "—") else fen_of(text, currency, unit)


# --- a list ------------------------------------------------------------------------------------


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


def is_draft(version: VersionRow | None) -> bool:
    """Whether a version may be written."""
    return version is not None and version.state == PlanState.DRAFT
