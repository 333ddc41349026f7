"""Carrying operations out: what was left unsaid is filled in, what can not be is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from ecofolio.budget import ledger
from ecofolio.budget.model import ApprovalLimit, Category, LedgerTransaction
from ecofolio.budget.operations import Holder, Operation, initiative, unit
from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Unit
from ecofolio.store.base import table_of
from ecofolio.store.values import Row
from ecofolio.store.work import Work
from ecofolio.text import _
from ecofolio.vocabulary import CATEGORIES, Move, Stage, UnitLevel

UNIT, INITIATIVE, CATEGORY = map(table_of, (Unit, Initiative, Category))
LIMIT = table_of(ApprovalLimit)
_DETAILS = ("number", "memo", "partner", "contract", "attachment_name", "attachment_hash")
_FUNDING = (Move.GRANT, Move.BASE, Move.SUPPLEMENT, Move.TRANSFER)


class Known:
    """What has been read already while operations of one transaction are carried out."""

    def __init__(self, work: Work, initiatives: Iterable[int] = ()) -> None:
        self._work = work
        self._initiatives: dict[int, Row] = work.rows(Initiative, initiatives)
        columns = (UNIT.c.id, UNIT.c.name, UNIT.c.level, UNIT.c.parent_id)
        units = work.connection.execute(select(*columns)).all()
        self.units: dict[int, str] = {row.id: row.name for row in units}
        self.parents: dict[int, int | None] = {row.id: row.parent_id for row in units}
        heads = (row.id for row in units if row.level == UnitLevel.HEAD_OFFICE)
        self.head_office: int | None = min(heads, default=None)
        query = select(CATEGORY.c.code, CATEGORY.c.id)
        self.categories: dict[str, int] = dict(work.connection.execute(query).all())
        query = select(LIMIT.c.unit_id, LIMIT.c.leader_fen, LIMIT.c.head_office_fen)
        self.limits: dict[int | None, Any] = {
            row.unit_id: row for row in work.connection.execute(query).all()
        }
        self.books = ledger.Books(work)

    def initiative(self, identity: int) -> Row | None:
        """An initiative's row; None where there is none."""
        if identity not in self._initiatives:
            self._initiatives |= self._work.rows(Initiative, [identity])
        return self._initiatives.get(identity)


def known(work: Work, operations: Sequence[Operation]) -> Known:
    """What the operations refer to."""
    holders = (holder for one in operations for holder in (one.source, one.target) if holder)
    return Known(work, {holder.id for holder in holders if holder.kind == "initiative"})


def complete(work: Work, operation: Operation, found: Known) -> Operation:
    """The operation with what goes without saying; `InputError` where it can not be meant."""
    if isinstance(operation.fen, bool) or not isinstance(operation.fen, int) or operation.fen <= 0:
        raise InputError(_("A sum of money to post has to be more than 0."))
    if operation.on is None:
        operation = replace(operation, on=work.today)
    said: dict[str, Any] = {name: getattr(operation, name) for name in _DETAILS}
    tidy = {name: " ".join(text.split()) or None for name, text in said.items() if text}
    operation = replace(operation, **tidy)  # type: ignore[arg-type]
    if operation.commitment_id is not None:
        operation = _against_commitment(work, operation, found)
    elif operation.kind is Move.RELEASE:
        raise InputError(_("Say which commitment is released."))
    operation = _with_places(operation, found)
    for holder in (operation.source, operation.target):
        _check_holder(holder, found)
    _refuse_closed(operation, found)
    operation.lines()
    return operation


def _with_places(operation: Operation, found: Known) -> Operation:
    if operation.source is None and operation.kind in (Move.BASE, Move.SUPPLEMENT):
        return replace(operation, source=unit(found.head_office) if found.head_office else None)
    if operation.target is None and operation.kind is Move.GRANT and found.head_office:
        return replace(operation, target=unit(found.head_office))
    giver = operation.source
    gives_back = operation.kind is Move.GIVE_BACK and operation.target is None
    if gives_back and giver is not None and giver.kind == "initiative":
        row = found.initiative(giver.id)
        if row is not None and row["unit_id"] is None:
            raise InputError(
                _("{name} has no unit: say which unit's pool gets the money.").format(
                    name=row["name"]
                )
            )
        return replace(operation, target=unit(row["unit_id"]) if row else None)
    return operation


def _against_commitment(work: Work, operation: Operation, found: Known) -> Operation:
    """The initiative, partner, contract and category are the commitment's."""
    number = operation.commitment_id or 0
    row = work.rows(LedgerTransaction, [number]).get(number)
    if row is None or row["kind"] != Move.COMMIT:
        raise InputError(_("Transaction {n} is not a commitment.").format(n=number))
    if operation.kind not in (Move.SPEND, Move.RELEASE):
        raise InputError(_("Only a spend or a release can be against a commitment."))
    left = ledger.outstanding(work.connection, [number]).get(number, 0)
    if left < operation.fen:
        raise InputError(
            _("Of commitment {n} {left} is left, which is less than {sum}.").format(
                n=number, left=found.books.in_words(left), sum=found.books.in_words(operation.fen)
            )
        )
    said = {name: getattr(operation, name) or row[name] for name in ("partner", "contract")}
    return replace(operation, source=initiative(row["initiative_id"]), **said)


def _check_holder(holder: Holder | None, found: Known) -> None:
    if holder is None:
        return
    is_unit = holder.kind == "unit"
    if holder.id not in found.units if is_unit else found.initiative(holder.id) is None:
        raise InputError(_("This record no longer exists: somebody deleted it meanwhile."))


def _refuse_closed(operation: Operation, found: Known) -> None:
    """What is closed gets no more money and binds none."""
    getter = operation.source if operation.kind is Move.COMMIT else operation.target
    if getter is None or getter.kind != "initiative":
        return
    row = found.initiative(getter.id)
    closed = row is not None and row["stage"] == Stage.CLOSED
    if row and closed and operation.kind in (*_FUNDING, Move.COMMIT):
        raise InputError(
            _("{name} is closed: it can not get or bind money any more.").format(name=row["name"])
        )


def entry_of(work: Work, operation: Operation, found: Known) -> ledger.Entry:
    """The transaction that a completed operation becomes."""
    details: dict[str, Any] = {name: getattr(operation, name) for name in _DETAILS}
    details |= {
        "commitment_id": operation.commitment_id,
        "initiative_id": operation.initiative_id,
        "category_id": category_id(work, operation.category, found.categories),
    }
    if operation.category is None and operation.commitment_id is not None:
        bound = work.row(LedgerTransaction, operation.commitment_id)
        details["category_id"] = bound["category_id"]
    assert operation.on is not None
    return ledger.Entry(operation.kind, operation.on, operation.lines(), details)


def category_id(work: Work, code: str | None, categories: dict[str, int]) -> int | None:
    """A category's identity by its code; one that comes with the program is added when used."""
    if code is None:
        return None
    if code not in categories:
        if code not in CATEGORIES:
            raise InputError(_("There is no category {code}.").format(code=code))
        position = list(CATEGORIES).index(code)
        categories[code] = work.insert(Category, [{"code": code, "position": position}])[0]
    return categories[code]


def carry_out(work: Work, operations: Sequence[Operation]) -> list[int]:
    """Post operations in their order, all or none; the identities of their transactions."""
    found = known(work, operations)
    ids: list[int] = []
    for operation in operations:
        whole = complete(work, operation, found)
        ids.append(found.books.post(entry_of(work, whole, found)))
    return ids


def about(operation: Operation, found: Known) -> str:
    """Who an operation is about, by name: who gets the money, else who gives it."""
    holder = operation.target or operation.source
    if operation.kind in (Move.COMMIT, Move.SPEND, Move.RELEASE, Move.GIVE_BACK):
        holder = operation.source or holder
    if holder is None:
        return ""
    if holder.kind == "unit":
        return found.units.get(holder.id, "")
    row = found.initiative(holder.id)
    return str(row["name"]) if row else ""
