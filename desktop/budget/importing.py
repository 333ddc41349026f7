"""Many operations at once from a list: good lines are posted as one change, others are told."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ecofolio.budget import actions, books, ledger
from ecofolio.budget.carrying import Known
from ecofolio.budget.ledger import TRANSACTION
from ecofolio.budget.money_lists import (
    ASKS,
    OPERATIONS,
    Directory,
    Line,
    read_lines,
)
from ecofolio.budget.operations import Holder, Operation, initiative, unit
from ecofolio.budget.round_actions import Ask
from ecofolio.errors import InputError
from ecofolio.intake.reading import read_book
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_, _
from ecofolio.vocabulary import Move

_OWN = (Move.COMMIT, Move.SPEND, Move.RELEASE)
_TEXTS = ("number", "memo", "partner", "contract")


@dataclass(frozen=True)
class Refused:
    """A line that can not be posted: its row in the sheet, and why, in a sentence."""

    row: int
    reason: str


@dataclass
class Report:
    """What became of a list: transactions, requests and refusals by row."""

    file: str
    rows: int
    posted: dict[int, int] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    fen: int = 0
    dry_run: bool = False

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "file": self.file,
            "rows": self.rows,
            "posted": [{"row": row, "transaction": one} for row, one in self.posted.items()],
            "asked": [{"row": row, "request": one} for row, one in self.asked.items()],
            "refused": [{"row": one.row, "reason": one.reason} for one in self.refused],
            "fen": self.fen,
            "dry_run": self.dry_run,
        }


class _CalledOffError(Exception):
    """Leaves a transaction without writing it."""


def post_list(workspace: Workspace, path: Path | str, *, dry_run: bool = False) -> Report:
    """Post a list as one change; lines that can not be are refused one by one, with reasons.

    With `dry_run` nothing is written. `InputError` where the file can not be read as a list.
    """
    book = read_book(path)
    with workspace.read() as connection:
        lines = read_lines(book, OPERATIONS, ledger.currency(connection))
    report = Report(book.file, len(lines), dry_run=dry_run)

    def post(work: Work) -> None:
        _post_lines(work, lines, report)
        if dry_run:
            raise _CalledOffError

    with contextlib.suppress(_CalledOffError):
        workspace.do(post)
    return report


def _post_lines(work: Work, lines: Sequence[Line], report: Report) -> None:
    directory, seen, found = Directory(work.connection), _on_record(work), Known(work)
    contracts: dict[tuple[int, str], list[int]] = {}
    for row in books.commitments(work.connection, open_only=True):
        if row.contract:
            contracts.setdefault((row.initiative_id, row.contract), []).append(row.id)
    for line in lines:
        try:
            operation = operation_of(line, directory, contracts)
            _refuse_twice(operation, seen)
            done = actions.submit_known(work, operation, found)
        except InputError as error:
            report.refused.append(Refused(line.row, str(error)))
            continue
        report.fen += operation.fen
        if operation.number:
            seen[_mark(operation)] = done.transaction_id or 0
        if done.transaction_id is not None:
            report.posted[line.row] = done.transaction_id
            if operation.kind is Move.COMMIT and operation.contract and operation.source:
                bound = (operation.source.id, operation.contract)
                contracts.setdefault(bound, []).append(done.transaction_id)
        elif done.request_id is not None:
            report.asked[line.row] = done.request_id
    n = len(report.posted) + len(report.asked)
    work.label(N_("Post {n} operations from {file}"), n=n, file=report.file)


def operation_of(
    line: Line, directory: Directory, contracts: dict[tuple[int, str], list[int]]
) -> Operation:
    """What a line says; `InputError` says what it lacks."""
    said = line.values
    if line.wrong:
        raise InputError(line.wrong)
    if said.get("amount") is None:
        raise InputError(_("The line has no amount."))
    move = said.get("kind", Move.SPEND)
    own = _initiative(said, directory)
    source, target = _places(move, said, own, directory)
    operation = Operation(
        move,
        said["amount"],
        source,
        target,
        said.get("date"),
        category=_category(said, directory),
        **{name: said.get(name) for name in _TEXTS},
    )
    return replace(operation, commitment_id=_commitment(move, said, own, contracts))


def _initiative(said: dict[str, Any], directory: Directory) -> int | None:
    if "initiative" not in said:
        return None
    found = directory.initiative(said["initiative"])
    if isinstance(found, str):
        raise InputError(found)
    return found


def _holder(said: dict[str, Any], key: str, directory: Directory) -> Holder | None:
    if key not in said:
        return None
    if key == "unit":
        number = directory.unit(said[key])
        found: Holder | str = number if isinstance(number, str) else unit(number)
    else:
        found = directory.holder(said[key])
    if isinstance(found, str):
        raise InputError(found)
    return found


def _places(
    move: Move, said: dict[str, Any], own: int | None, directory: Directory
) -> tuple[Holder | None, Holder | None]:
    """Who gives and who gets, from whichever columns say so."""
    source, target = (_holder(said, key, directory) for key in ("source", "target"))
    mine = initiative(own) if own is not None else None
    if move in _OWN:
        return mine or source, None
    branch = _holder(said, "unit", directory)
    if move is Move.GRANT:
        return None, target or branch
    if move is Move.GIVE_BACK:
        return source or mine or branch, target
    return source or (branch if mine or target else None), target or mine or branch


def _category(said: dict[str, Any], directory: Directory) -> str | None:
    if "category" not in said:
        return None
    found = directory.category(said["category"])
    if found is None:
        raise InputError(_("There is no category {code}.").format(code=said["category"]))
    return found


def _commitment(
    move: Move,
    said: dict[str, Any],
    own: int | None,
    contracts: dict[tuple[int, str], list[int]],
) -> int | None:
    """The commitment that a line names by number, or by the contract of its initiative."""
    if "commitment" in said:
        text = str(said["commitment"]).lstrip("#")
        if not text.isdigit() or len(text) > 9:
            raise InputError(_("“{text}” is no number of a commitment.").format(text=text))
        return int(text)
    if move not in (Move.SPEND, Move.RELEASE) or own is None:
        return None
    found = contracts.get((own, said.get("contract") or ""), [])
    return found[0] if len(found) == 1 else None


Mark = tuple[str, date | None, int, int | None]


def _mark(operation: Operation) -> Mark:
    return operation.number or "", operation.on, operation.fen, operation.initiative_id


def _on_record(work: Work) -> dict[Mark, int]:
    """The transactions that carry a document number and were not reversed."""
    reversed_ = select(TRANSACTION.c.reverses_id).where(TRANSACTION.c.reverses_id.is_not(None))
    query = select(
        TRANSACTION.c.id,
        TRANSACTION.c.number,
        TRANSACTION.c.date,
        TRANSACTION.c.postings,
        TRANSACTION.c.initiative_id,
    ).where(TRANSACTION.c.number.is_not(None), TRANSACTION.c.id.not_in(reversed_))
    found: dict[Mark, int] = {}
    for row in work.connection.execute(query).all():
        fen = max(fen for _account, fen in json.loads(row.postings))
        found[row.number, row.date, fen, row.initiative_id] = row.id
    return found


def _refuse_twice(operation: Operation, seen: dict[Mark, int]) -> None:
    if operation.number and _mark(operation) in seen:
        raise InputError(
            _("Document {number} of this day and sum is on record already.").format(
                number=operation.number
            )
        )


def read_asks(workspace: Workspace, path: Path | str) -> list[Ask]:
    """The asks of a funding round from a list: initiative, ask, score, grade, input–output.

    `InputError` names the first line that can not be read.
    """
    book = read_book(path)
    with workspace.read() as connection:
        lines = read_lines(book, ASKS, ledger.currency(connection))
        directory = Directory(connection)
    found = []
    for line in lines:
        said = line.values
        try:
            own = None if line.wrong else _initiative(said, directory)
            if line.wrong or own is None or "ask" not in said:
                raise InputError(line.wrong or _("The line lacks an initiative or its ask."))
            grade = str(said["grade"]).strip().upper() if "grade" in said else None
            if grade not in (None, "A", "B", "C", "D"):
                raise InputError(_("“{text}” is no grade: A, B, C or D.").format(text=grade))
            ratio = said.get("input_output")
            found.append(
                Ask(
                    own,
                    said["ask"],
                    round(said.get("score", 0) * 1000),
                    grade,
                    None if ratio is None else round(ratio * 1000),
                )
            )
        except InputError as error:
            raise InputError(
                _("{file}, row {row}: {reason}").format(file=book.file, row=line.row, reason=error)
            ) from None
    return found
