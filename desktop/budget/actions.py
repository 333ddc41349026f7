"""What is done with money. Every verb posts, or asks for approval where a limit says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from ecofolio.budget import approvals, carrying, ledger
from ecofolio.budget.model import Category, LedgerTransaction
from ecofolio.budget.operations import Holder, Operation, initiative, unit
from ecofolio.errors import InputError
from ecofolio.store.base import table_of
from ecofolio.store.work import Work, say
from ecofolio.text import N_, _
from ecofolio.vocabulary import CATEGORIES, Move


class Done(NamedTuple):
    """What became of an operation: a transaction on the ledger, or a request that waits."""

    transaction_id: int | None
    request_id: int | None = None


def submit(work: Work, operation: Operation) -> Done:
    """Post an operation, or ask for the approval that its amount needs.

    `InputError` says in one sentence what is in the way.
    """
    found = carrying.known(work, [operation])
    operation = carrying.complete(work, operation, found)
    done = _settle(work, operation, found)
    message = N_("{move} of {sum} {unit}, {name}")
    if done.request_id is not None:
        message = N_("Ask for {move} of {sum} {unit}, {name}")
    work.label(
        message,
        move=say(operation.kind.english),
        **found.books.said(operation.fen),
        name=carrying.about(operation, found),
    )
    return done


def submit_known(work: Work, operation: Operation, found: carrying.Known) -> Done:
    """One operation of many, which share what was read; the change is not named yet."""
    return _settle(work, carrying.complete(work, operation, found), found)


def _settle(work: Work, operation: Operation, found: carrying.Known) -> Done:
    level = approvals.level_of(work, operation, found)
    if level is not None:
        return Done(None, approvals.ask(work, operation, level, found))
    return Done(found.books.post(carrying.entry_of(work, operation, found)))


def submit_many(work: Work, operations: Sequence[Operation], file: str) -> list[Done]:
    """Post or ask for many at once; any that is refused leaves nothing behind."""
    found = carrying.known(work, operations)
    done = [submit_known(work, operation, found) for operation in operations]
    work.label(N_("Post {n} operations from {file}"), n=len(done), file=file)
    return done


def grant(work: Work, fen: int, unit_id: int | None = None, **details: Any) -> Done:
    """The bank gives money to a unit's pool: the head office's, unless one is named."""
    target = unit(unit_id) if unit_id else None
    return submit(work, Operation(Move.GRANT, fen, target=target, **details))


def allocate_base(
    work: Work, fen: int, target: Holder, source: Holder | None = None, **details: Any
) -> Done:
    """Base allocation from a pool (the head office's by default) to a pool or an initiative."""
    return submit(work, Operation(Move.BASE, fen, source, target, **details))


def supplement(
    work: Work, fen: int, target: Holder, source: Holder | None = None, **details: Any
) -> Done:
    """A supplement from a pool (the head office's by default) to a pool or an initiative."""
    return submit(work, Operation(Move.SUPPLEMENT, fen, source, target, **details))


def transfer(work: Work, fen: int, source: Holder, target: Holder, **details: Any) -> Done:
    """Move free money between pools, between initiatives, or from the one to the other."""
    return submit(work, Operation(Move.TRANSFER, fen, source, target, **details))


def commit(work: Work, fen: int, initiative_id: int, **details: Any) -> Done:
    """Bind an initiative's available money by contract with a partner."""
    return submit(work, Operation(Move.COMMIT, fen, initiative(initiative_id), **details))


def spend(
    work: Work,
    fen: int,
    *,
    initiative_id: int | None = None,
    commitment_id: int | None = None,
    **details: Any,
) -> Done:
    """Spend against a commitment, or directly from an initiative's available money."""
    source = initiative(initiative_id) if initiative_id else None
    return submit(work, Operation(Move.SPEND, fen, source, commitment_id=commitment_id, **details))


def release(work: Work, fen: int, commitment_id: int, **details: Any) -> Done:
    """Give free what a commitment still binds, or a part of it."""
    return submit(work, Operation(Move.RELEASE, fen, commitment_id=commitment_id, **details))


def give_back(
    work: Work, fen: int, source: Holder, target: Holder | None = None, **details: Any
) -> Done:
    """Return free money: an initiative's to its unit's pool, a pool's to the bank's grants,
    unless another pool is named."""
    return submit(work, Operation(Move.GIVE_BACK, fen, source, target, **details))


def reverse(work: Work, transaction_id: int, memo: str = "", on: date | None = None) -> int:
    """Correct a transaction by its opposite, of today unless a day is given; its identity.

    The memo says why. `InputError` where it is reversed already or its money has moved on.
    """
    row = work.rows(LedgerTransaction, [transaction_id]).get(transaction_id)
    if row is None:
        raise InputError(_("There is no transaction {n}.").format(n=transaction_id))
    if not memo.strip():
        raise InputError(_("Say why the transaction is reversed."))
    work.label(
        N_("Reverse transaction {n} ({move})"),
        n=transaction_id,
        move=say(Move(row["kind"]).english),
    )
    return ledger.reverse(work, transaction_id, on or max(work.today, row["date"]), memo.strip())


# --- categories ------------------------------------------------------------------------------


def save_category(work: Work, code: str, name: str | None = None, *, retired: bool = False) -> int:
    """Add a category, or rename or retire one; its identity."""
    code, name = code.strip(), (name or "").strip() or None
    if not code or len(code) > 80 or len(name or "") > 80:
        raise InputError(_("A category needs a code of up to 80 characters."))
    if name is None and code not in CATEGORIES:
        raise InputError(_("A category needs a name."))
    table = table_of(Category)
    rows = work.connection.execute(table.select()).all()
    found = next((row for row in rows if row.code == code), None)
    work.label(N_("Save category {code}"), code=code)
    values = {"name": name, "retired": retired}
    if found is None:
        position = max((row.position for row in rows), default=len(CATEGORIES) - 1) + 1
        if code in CATEGORIES:
            position = list(CATEGORIES).index(code)
        return work.insert(Category, [{"code": code, "position": position, **values}])[0]
    work.update(Category, found.id, values)
    return int(found.id)
