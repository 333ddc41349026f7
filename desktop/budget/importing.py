"""Many operations at once from a list: good lines are posted as one change, others are told."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ecofolio.budget import actions, books, ledger
from ecofolio.budget.carrying import Known
from ecofolio.budget.ledger import TRANSACTION
from ecofolio.budget.model import LedgerTransaction
from ecofolio.budget.money_lists import (
    ASKS,
    OPERATIONS,
    Directory,
    Line,
    Read,
    read_lines,
    read_list,
)
from ecofolio.budget.operations import Holder, Operation, initiative, unit
from ecofolio.budget.refunds import Refund, original_of
from ecofolio.budget.round_actions import Ask
from ecofolio.errors import EcofolioError, InputError
from ecofolio.initiatives.importing import named_mapping
from ecofolio.intake.mapping import Mapping
from ecofolio.intake.reading import faults, read_book
from ecofolio.store import files
from ecofolio.store.files import Kept
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_, _
from ecofolio.vocabulary import Move

_OWN = (Move.COMMIT, Move.SPEND, Move.RELEASE)
MAPPINGS = "money"  # what saved mappings for such lists are for
_TEXTS = ("number", "memo", "partner", "contract")


@dataclass(frozen=True)
class Refused:
    """A line that can not be posted: its row in the sheet, and why, in a sentence."""

    row: int
    reason: str


@dataclass
class Report:
    """What became of a list: transactions, requests and refusals by row.

    `reversed` is which transaction a posted row takes back; `fen` is what was posted or asked
    for less what came back. `columns` is what the columns were taken for; `skipped` are totals
    and remarks between the lines. `sheets` are those that were read, `sheet` the one that the
    list is on, `mapping` how its columns were read; `faults` are what is wrong with the file.
    """

    file: str
    rows: int
    columns: dict[str, str] = field(default_factory=dict)
    skipped: list[int] = field(default_factory=list)
    posted: dict[int, int] = field(default_factory=dict)
    reversed: dict[int, int] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    fen: int = 0
    dry_run: bool = False
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    mapping: Mapping | None = None
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "file": self.file,
            "rows": self.rows,
            "columns": self.columns,
            "skipped": self.skipped,
            "posted": [
                {"row": row, "transaction": one, "reverses": self.reversed.get(row)}
                for row, one in self.posted.items()
            ],
            "asked": [{"row": row, "request": one} for row, one in self.asked.items()],
            "refused": [{"row": one.row, "reason": one.reason} for one in self.refused],
            "fen": self.fen,
            "faults": self.faults,
            "dry_run": self.dry_run,
        }


class _CalledOffError(Exception):
    """Leaves a transaction without writing it."""


def post_list(
    workspace: Workspace,
    path: Path | str,
    *,
    mapping: str | Mapping | None = None,
    sheet: str | None = None,
    dry_run: bool = False,
) -> Report:
    """Post a list as one change; lines that can not be are refused one by one, with reasons.

    `mapping` is one, or the name of a saved one or of a JSON file. Attachments that lines name lie
    beside the list, or in folders there. With `dry_run` nothing is written. `InputError` where
    the file can not be read as a list.
    """
    book = read_book(path, sheet=sheet)
    with workspace.read() as connection:
        if isinstance(mapping, str):
            mapping = named_mapping(connection, mapping, OPERATIONS, MAPPINGS)
        currency = ledger.currency(connection)
        read = read_list(book, OPERATIONS, currency, mapping=mapping, sheet=sheet)
    skipped = [one.row for one in read.skipped]
    report = Report(book.file, len(read.lines), read.columns, skipped, dry_run=dry_run)
    report.sheet, report.mapping = read.sheet, read.mapping
    report.sheets, report.faults = [one.name for one in book.sheets], faults(book)
    papers = _papers(workspace, read, Path(path).parent, dry_run=dry_run)

    def post(work: Work) -> None:
        _post_lines(work, read.lines, papers, report)
        if dry_run:
            raise _CalledOffError

    with contextlib.suppress(_CalledOffError):
        workspace.do(post)
    return report


def _papers(
    workspace: Workspace, read: Read, folder: Path, *, dry_run: bool
) -> dict[int, Kept | str]:
    """The files that lines name, kept with the programme; or why one can not be, by row."""
    found: dict[int, Kept | str] = {}
    for line in read.lines:
        name = line.values.get("file")
        if name is None or line.wrong:
            continue
        path = (folder / str(name).replace("\\", "/")).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            found[line.row] = _("There is no file {file} beside the list.").format(file=name)
        elif not dry_run:
            try:
                found[line.row] = files.keep(workspace.place, path)
            except EcofolioError as error:
                found[line.row] = str(error)
    return found


def _post_lines(
    work: Work, lines: Sequence[Line], papers: Dict[int, Kept | str], report: Report
) -> None:
    posting = _Posting(work, report)
    refunds: list[tuple[Line, Refund, dict[str, str]]] = []
    for line in lines:
        try:
            paper = _attached(papers.get(line.row))
            if (refund := refund_of(line, posting.directory)) is not None:
                refunds.append((line, refund, paper))
            else:
                posting.post(line, paper)
        except InputError as error:
            report.refused.append(Refused(line.row, str(error)))
    for line, refund, paper in refunds:  # last, because many a list has the newest line first
        try:
            posting.take_back(line, refund, paper)
        except InputError as error:
            report.refused.append(Refused(line.row, str(error)))
    report.refused.sort(key=lambda one: one.row)
    n = len(report.posted) + len(report.asked)
    work.label(N_("Post {n} operations from {file}"), n=n, file=report.file)


def _attached(paper: Kept | str | None) -> dict[str, str]:
    if isinstance(paper, str):
        raise InputError(paper)
    return {} if paper is None else {"attachment_name": paper.name, "attachment_hash": paper.hash}


class _Posting:
    """A list on its way to the ledger, line by line."""

    def __init__(self, work: Work, report: Report) -> None:
        self._work, self._report = work, report
        self.directory = Directory(work.connection)
        self._seen, self._known = _on_record(work), Known(work)
        self._contracts: dict[tuple[int, str], list[int]] = {}
        for row in books.commitments(work.connection, open_only=True):
            if row.contract:
                self._contracts.setdefault((row.initiative_id, row.contract), []).append(row.id)

    def post(self, line: Line, paper: Dict[str, str]) -> None:
        """Post a line or ask for it; `InputError` where it is refused."""
        said = operation_of(line, self.directory, self._contracts)
        operation = replace(said, on=said.on or self._work.today, **paper)  # type: ignore[arg-type]
        _refuse_twice(operation, self._seen)
        done = actions.submit_known(self._work, operation, self._known)
        self._report.fen += operation.fen
        if operation.number:
            self._seen[_mark(operation)] = done.transaction_id or 0
        if done.request_id is not None:
            self._report.asked[line.row] = done.request_id
        elif done.transaction_id is not None:
            self._report.posted[line.row] = done.transaction_id
            if operation.kind is Move.COMMIT and operation.contract and operation.source:
                bound = (operation.source.id, operation.contract)
                self._contracts.setdefault(bound, []).append(done.transaction_id)

    def take_back(self, line: Line, refund: Refund, paper: Dict[str, str]) -> None:
        """Reverse what a line takes back; `InputError` where it is refused."""
        original = original_of(self._work, refund)
        said = {**paper, **({"number": refund.number} if refund.number else {})}
        memo = refund.memo or _("Came back, says {file}").format(file=self._report.file)
        on = refund.on or self._work.today
        done = ledger.reverse(self._work, original, on, memo, self._known.books, **said)
        self._report.posted[line.row], self._report.reversed[line.row] = done, original
        self._report.fen -= refund.fen


def refund_of(line: Line, directory: Directory) -> Refund | None:
    """What a line takes back, where that is what it says; None for any other line.

    Spend comes back as a credit, a sum below nought, or by its direction; a reversal says so.
    """
    said = line.values
    move = said.get("kind", Move.SPEND)
    if line.wrong or move not in (Move.SPEND, Move.REVERSAL):
        return None
    paid, back = said.get("amount") or 0, said.get("back") or 0
    if paid and back:
        raise InputError(_("The line has both a debit and a credit."))
    fen = back - paid if move is Move.SPEND else abs(back or paid)
    if move is Move.SPEND and said.get("direction") is False:
        fen = paid or back
    if fen <= 0:
        return None
    texts = {name: said.get(name) for name in _TEXTS}
    kind = Move.SPEND if move is Move.SPEND else None
    own = _initiative(said, directory)
    return Refund(fen, own, said.get("date"), kind, said.get("reverses"), **texts)


def operation_of(
    line: Line, directory: Directory, contracts: dict[tuple[int, str], list[int]]
) -> Operation:
    """What a line says; `InputError` says what it lacks."""
    said = line.values
    if line.wrong:
        raise InputError(line.wrong)
    move = said.get("kind", Move.SPEND)
    amount = said.get("amount") or said.get("back") or said.get("amount")
    if amount is None:
        raise InputError(_("The line has no amount."))
    if move is Move.SPEND and amount < 0:  # a credit below nought takes a refund back
        amount = -amount
    own = _initiative(said, directory)
    source, target = _places(move, said, own, directory)
    operation = Operation(
        move,
        amount,
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
    """The transactions that carry a document number and stand, or that another document took
    back: that one is on record as well."""
    later = TRANSACTION.alias()
    reversed_ = select(later.c.id).where(later.c.reverses_id == TRANSACTION.c.id)
    names = ("id", "number", "date", "postings", "initiative_id")
    query = select(*(TRANSACTION.c[name] for name in names), reversed_.exists()).where(
        TRANSACTION.c.number.is_not(None), TRANSACTION.c.kind != Move.REVERSAL.value
    )
    found: dict[Mark, int] = {}
    for row in work.connection.execute(query).all():
        if row[-1]:
            newest, stands = ledger.newest_of(work.connection, row.id)
            if not stands and not _has_own_number(work, newest):
                continue  # undone, or reversed by hand
        fen = max(fen for _account, fen in json.loads(row.postings))
        found[row.number, row.date, fen, row.initiative_id] = row.id
    return found


def _has_own_number(work: Work, reversal: int) -> bool:
    """Whether a reversal came with another document than what it reverses."""
    by = work.row(LedgerTransaction, reversal)
    return bool(by["number"] != work.row(LedgerTransaction, by["reverses_id"])["number"])


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
