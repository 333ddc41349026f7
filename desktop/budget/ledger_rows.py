"""Money as plain rows, for lists and for the books of others: postings, balances, commitments,
requests and funding rounds.

Sums are given in fen, and for accountants as debit, credit and balance in yuan with two decimals:
what comes into an account is its debit.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.budget import approvals, books, queries
from ecofolio.budget import rounds as funding
from ecofolio.budget.ledger import ACCOUNT, AccountKey, key_of
from ecofolio.store.journal import instant

Rows = list[dict[str, Any]]


class _Names:
    """Codes and names of whoever holds money."""

    def __init__(self, connection: Connection) -> None:
        unit, own = queries.UNIT, queries.INITIATIVE
        query = select(unit.c.id, unit.c.code, unit.c.name)
        self.units = {row.id: (row.code, row.name) for row in connection.execute(query).all()}
        query = select(own.c.id, own.c.code, own.c.name)
        self.initiatives = {row.id: (row.code, row.name) for row in connection.execute(query)}
        self.categories = {
            row.id: row.code for row in queries.categories(connection) if row.id is not None
        }

    def of(self, account: AccountKey) -> dict[str, Any]:
        """What an account is, and whose."""
        names = self.units if account.kind == "pool" else self.initiatives
        code, name = names.get(account.holder, (None, None))
        return {"account": account.kind.value, "code": code, "name": name}


def yuan(fen: int | None) -> str | None:
    """Fen as yuan with two decimals; None for none."""
    return None if fen is None else f"{Decimal(fen).scaleb(-2):.2f}"


def postings(connection: Connection, as_of: date) -> Rows:
    """Every line of every transaction up to a day, by day and number."""
    names, found = _Names(connection), []
    for row in books.postings(connection, span=queries.Span(None, as_of)):
        found.append(
            {
                "transaction": row.transaction_id,
                "date": row.date,
                "period": row.period,
                "fiscal_year": row.fiscal_year,
                "kind": row.kind,
                "number": row.number,
                **names.of(row.account),
                "debit": yuan(row.fen) if row.fen > 0 else None,
                "credit": yuan(-row.fen) if row.fen < 0 else None,
                "balance": yuan(row.balance),
                "category": names.categories.get(row.category_id or 0),
                "partner": row.partner,
                "contract": row.contract,
                "memo": row.memo,
                "commitment": row.commitment_id,
                "reverses": row.reverses_id,
                "reversed_by": row.reversed_by,
                "fen": row.fen,
                "balance_fen": row.balance,
            }
        )
    return found


def balances(connection: Connection, as_of: date) -> Rows:
    """What every account held at the end of a day, the grant account first."""
    names = _Names(connection)
    found = queries.balances(connection, queries.Span(None, as_of))
    total = found.total
    rows: Rows = [{"account": "grant", "code": None, "name": None, "fen": -total.granted}]
    accounts = [
        key_of(row)
        for row in connection.execute(select(ACCOUNT).where(ACCOUNT.c.kind != "grant")).all()
    ]
    for key in accounts:
        held = found.pools if key.kind == "pool" else found.initiatives
        fen = getattr(held[key.holder], key.kind.value)
        rows.append({**names.of(key), "fen": fen})
    order = ["grant", "pool", "available", "committed", "spent"]
    rows.sort(key=lambda row: (order.index(str(row["account"])), str(row["code"])))
    return [{**row, "balance": yuan(row["fen"]), "as_of": as_of} for row in rows]


def commitments(connection: Connection, as_of: date) -> Rows:
    """Commitments up to a day, with what was left of each at its end."""
    names = _Names(connection)
    return [
        {
            "transaction": row.id,
            "date": row.date,
            "initiative": names.initiatives[row.initiative_id][0],
            "number": row.number,
            "partner": row.partner,
            "contract": row.contract,
            "category": names.categories.get(row.category_id or 0),
            "memo": row.memo,
            "fen": row.fen,
            "outstanding_fen": row.outstanding,
            "outstanding": yuan(row.outstanding),
        }
        for row in books.commitments(connection, as_of)
    ]


def requests(connection: Connection, _as_of: date) -> Rows:
    """Requests for approval; those that wait first."""
    return [
        {
            "request": row.id,
            "state": row.state,
            "kind": row.operation.kind.value,
            "fen": row.fen,
            "unit": row.unit,
            "initiative": row.initiative,
            "level": row.level,
            "asked_by": row.asked_by,
            "asked_at": instant(row.asked_at),
            "decided_by": row.decided_by,
            "decided_at": instant(row.decided_at) if row.decided_at else None,
            "reason": row.reason,
            "transaction": row.transaction_id,
        }
        for row in approvals.requests(connection)
    ]


def rounds(connection: Connection, _as_of: date) -> Rows:
    """Funding rounds, the newest first."""
    return [row._asdict() for row in funding.rounds(connection)]
