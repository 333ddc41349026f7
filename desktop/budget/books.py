"""The books: the postings behind a figure, commitments and what is left of them, and the check
that all of it balances."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.budget.ledger import ACCOUNT, POSTING, TRANSACTION, AccountKey, account_ids, key_of
from ecofolio.budget.queries import Span
from ecofolio.store.files import Kept
from ecofolio.text import _
from ecofolio.vocabulary import AccountKind, Move


class PostingRow(NamedTuple):
    """One line of a transaction. `balance` is the account's after it, by day and number."""

    transaction_id: int
    position: int
    date: date
    period: str
    fiscal_year: int
    kind: str
    number: str | None
    memo: str | None
    account: AccountKey
    fen: int
    balance: int
    category_id: int | None
    partner: str | None
    contract: str | None
    reverses_id: int | None
    reversed_by: int | None
    commitment_id: int | None


def postings(
    connection: Connection,
    accounts: Iterable[AccountKey] | None = None,
    span: Span | None = None,
    limit: int | None = None,
) -> list[PostingRow]:
    """The postings behind a figure: of some accounts (of all without), by day and number."""
    span = span or Span()
    ids = None
    if accounts is not None:
        ids = sorted(account_ids(connection, accounts).values())
    running = func.sum(POSTING.c.fen).over(
        partition_by=POSTING.c.account_id,
        order_by=(POSTING.c.date, POSTING.c.transaction_id, POSTING.c.position),
        rows=(None, 0),
    )
    lines = select(POSTING, running.label("balance"))
    if ids is not None:
        lines = lines.where(POSTING.c.account_id.in_(ids))
    inner, later = lines.subquery(), TRANSACTION.alias()
    reversed_by = (
        select(later.c.id).where(later.c.reverses_id == TRANSACTION.c.id).scalar_subquery()
    )
    names = ("period", "fiscal_year", "kind", "number", "memo")
    more = ("category_id", "partner", "contract", "reverses_id")
    query = (
        select(
            inner.c.transaction_id,
            inner.c.position,
            inner.c.date,
            *(TRANSACTION.c[name] for name in names),
            inner.c.account_id,
            inner.c.fen,
            inner.c.balance,
            *(TRANSACTION.c[name] for name in more),
            reversed_by.label("reversed_by"),
            TRANSACTION.c.commitment_id,
        )
        .join(TRANSACTION, TRANSACTION.c.id == inner.c.transaction_id)
        .order_by(inner.c.date.desc(), inner.c.transaction_id.desc(), inner.c.position.desc())
        .limit(limit)
    )
    if span.first is not None:
        query = query.where(inner.c.date >= span.first)
    if span.last is not None:
        query = query.where(inner.c.date <= span.last)
    rows = connection.execute(query).all()
    known = _keys(connection, {row[8] for row in rows})
    found = [
        PostingRow(*row[:8], known[row[8]], int(row[9]), int(row[10]), *row[11:]) for row in rows
    ]
    found.reverse()
    return found


def _keys(connection: Connection, ids: set[int]) -> dict[int, AccountKey]:
    query = select(ACCOUNT)
    if len(ids) <= 500:
        query = query.where(ACCOUNT.c.id.in_(ids))
    return {row.id: key_of(row) for row in connection.execute(query).all()}


class CommitmentRow(NamedTuple):
    """A commitment: what was bound, what is left of it, in fen."""

    id: int
    date: date
    initiative_id: int
    number: str | None
    partner: str | None
    contract: str | None
    memo: str | None
    category_id: int | None
    fen: int
    outstanding: int


def commitments(
    connection: Connection, as_of: date | None = None, *, open_only: bool = False
) -> list[CommitmentRow]:
    """Commitments by day, with what was left of each at the end of a day."""
    which = func.coalesce(TRANSACTION.c.commitment_id, TRANSACTION.c.id)
    left = (
        select(which.label("id"), func.sum(POSTING.c.fen).label("fen"))
        .join(POSTING, POSTING.c.transaction_id == TRANSACTION.c.id)
        .join(ACCOUNT, ACCOUNT.c.id == POSTING.c.account_id)
        .where(ACCOUNT.c.kind == AccountKind.COMMITTED.value)
        .group_by(which)
    )
    query = select(TRANSACTION).where(TRANSACTION.c.kind == Move.COMMIT.value)
    if as_of is not None:
        left = left.where(POSTING.c.date <= as_of)
        query = query.where(TRANSACTION.c.date <= as_of)
    outstanding = {row.id: int(row.fen) for row in connection.execute(left).all()}
    found = []
    for row in connection.execute(query.order_by(TRANSACTION.c.date, TRANSACTION.c.id)).all():
        rest = outstanding.get(row.id, 0)
        if open_only and not rest:
            continue
        fen = max(fen for _account, fen in json.loads(row.postings))
        found.append(
            CommitmentRow(
                row.id,
                row.date,
                row.initiative_id,
                row.number,
                row.partner,
                row.contract,
                row.memo,
                row.category_id,
                fen,
                rest,
            )
        )
    return found


def attachment(connection: Connection, transaction_id: int) -> Kept | None:
    """The file of a transaction, without its size; None where it has none."""
    query = select(TRANSACTION.c.attachment_name, TRANSACTION.c.attachment_hash)
    row = connection.execute(query.where(TRANSACTION.c.id == transaction_id)).first()
    return None if row is None or row[1] is None else Kept(row[0] or row[1], row[1], 0)


# --- checking --------------------------------------------------------------------------------


def problems(connection: Connection) -> list[str]:
    """What is wrong with the ledger, a sentence each; empty where it balances."""
    wanted: dict[int, list[list[int]]] = {
        row.id: json.loads(row.postings)
        for row in connection.execute(select(TRANSACTION.c.id, TRANSACTION.c.postings)).all()
    }
    present: dict[int, list[list[int]]] = defaultdict(list)
    columns = (POSTING.c.transaction_id, POSTING.c.account_id, POSTING.c.fen)
    order = (POSTING.c.transaction_id, POSTING.c.position)
    for transaction, account, fen in connection.execute(select(*columns).order_by(*order)).all():
        present[transaction].append([account, fen])
    odd = [key for key in wanted.keys() | present.keys() if wanted.get(key) != present.get(key)]
    found = []
    if odd:
        found.append(
            _("{n} transactions have postings that they do not say (first: {id}).").format(
                n=len(odd), id=min(odd)
            )
        )
    uneven = [key for key, lines in wanted.items() if sum(fen for _account, fen in lines)]
    if uneven:
        found.append(
            _("{n} transactions do not sum to zero (first: {id}).").format(
                n=len(uneven), id=min(uneven)
            )
        )
    return found + _below_zero(connection)


def _below_zero(connection: Connection) -> list[str]:
    running = func.sum(func.sum(POSTING.c.fen)).over(
        partition_by=POSTING.c.account_id, order_by=POSTING.c.date
    )
    days = (
        select(POSTING.c.account_id, POSTING.c.date, running.label("balance"))
        .group_by(POSTING.c.account_id, POSTING.c.date)
        .subquery()
    )
    query = (
        select(func.count(func.distinct(days.c.account_id)))
        .join(ACCOUNT, ACCOUNT.c.id == days.c.account_id)
        .where(days.c.balance < 0, ACCOUNT.c.kind != "grant")
    )
    n = connection.scalar(query) or 0
    return [_("{n} accounts were below zero on some day.").format(n=n)] if n else []
