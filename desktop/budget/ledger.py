"""The one path that writes transactions: accounts, the checks in words, postings, reversals.

The database checks the same again (see `guards`); here it is said who lacks how much.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from ecofolio.budget.model import MOST_FEN, Account, LedgerTransaction, Posting
from ecofolio.budget.rules import fiscal_year_of, period_of
from ecofolio.errors import InputError
from ecofolio.format import MONEY_UNITS, day, in_unit, money
from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Unit
from ecofolio.store.base import table_of
from ecofolio.store.model import Programme
from ecofolio.store.undoing import find, reversal_of
from ecofolio.store.work import Work, say
from ecofolio.text import _
from ecofolio.vocabulary import AccountKind, Move

ACCOUNT = table_of(Account)
TRANSACTION = table_of(LedgerTransaction)
POSTING = table_of(Posting)
_CHUNK = 500
_LONGEST = 500


class AccountKey(NamedTuple):
    """An account by what it is: its kind and the unit's or initiative's identity (0 for grants)."""

    kind: AccountKind
    holder: int

    @property
    def columns(self) -> dict[str, Any]:
        """The account's columns."""
        in_pool = self.kind is AccountKind.POOL
        own = self.holder if self.kind is not AccountKind.GRANT and not in_pool else None
        return {
            "kind": self.kind.value,
            "unit_id": self.holder if in_pool else None,
            "initiative_id": own,
        }


GRANT = AccountKey(AccountKind.GRANT, 0)


@dataclass
class Entry:
    """A transaction to be written: `lines` are signed fen by account, summing to zero."""

    kind: Move
    on: date
    lines: Sequence[tuple[AccountKey, int]]
    details: Mapping[str, Any] = field(default_factory=dict)  # further columns


def currency(connection: Connection) -> str:
    """The programme's currency."""
    return connection.scalar(select(table_of(Programme).c.currency)) or "CNY"


def account_ids(connection: Connection, keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """The accounts that are open, by key."""
    wanted = set(keys)
    found: dict[AccountKey, int] = {}
    by_column: dict[str, set[int]] = defaultdict(set)
    for key in wanted:
        by_column["unit_id" if key.kind is AccountKind.POOL else "initiative_id"].add(key.holder)
    for name, holders in by_column.items():
        ordered = sorted(holders)
        for start in range(0, len(ordered), _CHUNK):
            held = ACCOUNT.c[name].in_(ordered[start : start + _CHUNK])
            condition = or_(held, ACCOUNT.c.kind == "grant") if 0 in holders else held
            for row in connection.execute(select(ACCOUNT).where(condition)):
                key = key_of(row)
                if key in wanted:
                    found[key] = row.id
    return found


def key_of(row: Any) -> AccountKey:
    """The key of a row of `account`."""
    return AccountKey(AccountKind(row.kind), row.unit_id or row.initiative_id or 0)


@dataclass
class _Held:
    """What an account holds: fen by day, all together, and the last of its days."""

    days: dict[date, int] = field(default_factory=dict)
    total: int = 0
    last: date = date.min

    def add(self, on: date, fen: int) -> None:
        self.days[on] = self.days.get(on, 0) + fen
        self.total += fen
        self.last = max(self.last, on)

    def lowest_from(self, since: date) -> tuple[int, date]:
        """The least at the end of any day from `since` on, and that day."""
        if since >= self.last:
            return self.total, since
        held = sum(fen for on, fen in self.days.items() if on <= since)
        lowest = (held, since)
        for on in sorted(on for on in self.days if on > since):
            held += self.days[on]
            if held < lowest[0]:
                lowest = (held, on)
        return lowest


class Books:
    """The accounts that a transaction of the database touches, read once each.

    It knows only what was written through itself, so one serves one `Work`.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._ids: dict[AccountKey, int] = {}
        self._held: dict[AccountKey, _Held] = {}
        columns = table_of(Programme).c
        query = select(columns.fiscal_start_month, columns.currency)
        self._start_month, self.currency = work.connection.execute(query).one()

    def in_words(self, fen: int) -> str:
        """A sum with its unit, as sentences need it."""
        return in_unit(fen, currency=self.currency)

    def said(self, fen: int) -> dict[str, Any]:
        """A sum as labels of changes take it, whatever language they are read in later."""
        unit = say(MONEY_UNITS["yuan"][1]) if self.currency == "CNY" else self.currency
        return {"sum": money(fen), "unit": unit}

    def read(self, keys: Iterable[AccountKey]) -> None:
        """Read accounts that were not read yet."""
        fresh = [key for key in dict.fromkeys(keys) if key not in self._held]
        if not fresh:
            return
        ids = account_ids(self._work.connection, fresh)
        self._ids |= ids
        self._held |= {key: _Held() for key in fresh}
        by_id = {identity: key for key, identity in ids.items() if key != GRANT}
        ordered = sorted(by_id)
        for start in range(0, len(ordered), _CHUNK):
            query = (
                select(POSTING.c.account_id, POSTING.c.date, func.sum(POSTING.c.fen))
                .where(POSTING.c.account_id.in_(ordered[start : start + _CHUNK]))
                .group_by(POSTING.c.account_id, POSTING.c.date)
            )
            for account, on, fen in self._work.connection.execute(query).all():
                self._held[by_id[account]].add(on, int(fen))

    def check(self, entry: Entry) -> list[tuple[AccountKey, int]]:
        """An entry's lines; `InputError` where it could not be written now."""
        lines = merged(entry.lines)
        _check_entry(self._work, entry, lines)
        self.read(key for key, _fen in lines)
        for key, fen in lines:
            if fen < 0 and key.kind is not AccountKind.GRANT:
                held, when = self._held[key].lowest_from(entry.on)
                if held + fen < 0:
                    self._refuse_lack(key, held, when, -fen, entry.on)
        return lines

    def _refuse_lack(self, key: AccountKey, held: int, when: date, fen: int, on: date) -> None:
        lacking = _("{place} holds {held}, which is {lack} less than {sum}.")
        if when != on or self._held[key].total != held:
            lacking = _("{place} holds {held} on {day}, which is {lack} less than {sum}.")
        raise InputError(
            lacking.format(
                place=place_name(self._work.connection, key),
                held=self.in_words(held),
                lack=self.in_words(fen - held),
                sum=self.in_words(fen),
                day=day(when),
            )
        )

    def post(self, entry: Entry) -> int:
        """Write a transaction; its identity. `InputError` says who would lack how much and when."""
        lines = self.check(entry)
        missing = [key for key, _fen in lines if key not in self._ids]
        opened = self._work.insert(Account, [key.columns for key in missing])
        self._ids |= dict(zip(missing, opened, strict=True))
        row = {
            "date": entry.on,
            "kind": entry.kind.value,
            "fiscal_year": fiscal_year_of(entry.on, self._start_month),
            "period": period_of(entry.on),
            **entry.details,
            "postings": json.dumps([[self._ids[key], fen] for key, fen in lines]),
        }
        identity = self._work.insert(LedgerTransaction, [row])[0]
        for key, fen in lines:
            self._held[key].add(entry.on, fen)
        return identity


def balance(connection: Connection, key: AccountKey, as_of: date | None = None) -> int:
    """What an account holds, in fen; up to the end of a day where one is given."""
    found = account_ids(connection, [key])
    if not found:
        return 0
    query = select(func.sum(POSTING.c.fen)).where(POSTING.c.account_id == found[key])
    if as_of is not None:
        query = query.where(POSTING.c.date <= as_of)
    return int(connection.scalar(query) or 0)


def merged(lines: Sequence[tuple[AccountKey, int]]) -> list[tuple[AccountKey, int]]:
    """One line for each account, without those that come to nothing; what pays comes first."""
    sums: dict[AccountKey, int] = {}
    for key, fen in lines:
        sums[key] = sums.get(key, 0) + fen
    return sorted(((key, fen) for key, fen in sums.items() if fen), key=lambda line: line[1] > 0)


def _check_entry(work: Work, entry: Entry, lines: Sequence[tuple[AccountKey, int]]) -> None:
    if len(lines) < 2:
        raise InputError(_("The money would stay where it is: choose another place for it."))
    if any(abs(fen) > MOST_FEN for _key, fen in lines):
        raise InputError(_("This is too large a sum."))
    assert sum(fen for _key, fen in lines) == 0, "postings that do not sum to zero"
    if entry.on > work.today:
        raise InputError(
            _("{day} is still to come: a posting has a day that has been.").format(
                day=day(entry.on)
            )
        )
    if entry.on.year < 1990:
        raise InputError(_("{day} is too long ago for a posting.").format(day=day(entry.on)))
    for text in entry.details.values():
        if isinstance(text, str) and len(text) > _LONGEST:
            raise InputError(_("A text of a posting may have up to {n} characters.").format(n=500))


def place_name(connection: Connection, key: AccountKey) -> str:
    """An account as sentences call it."""
    if key.kind is AccountKind.GRANT:
        return _("The bank's grant account")
    if key.kind is AccountKind.POOL:
        unit = table_of(Unit)
        name = connection.scalar(select(unit.c.name).where(unit.c.id == key.holder))
        return _("The pool of {name}").format(name=name)
    initiative = table_of(Initiative)
    name = connection.scalar(select(initiative.c.name).where(initiative.c.id == key.holder))
    sentences = {
        AccountKind.AVAILABLE: _("The available money of {name}"),
        AccountKind.COMMITTED: _("The committed money of {name}"),
        AccountKind.SPENT: _("The spent money of {name}"),
    }
    return sentences[key.kind].format(name=name)


# --- reversals -------------------------------------------------------------------------------


def newest_of(connection: Connection, identity: int) -> tuple[int, bool]:
    """The last reversal in a transaction's chain (itself without one), and whether it stands.

    A reversal can be reversed as well: then the transaction stands again.
    """
    stands = True
    while True:
        query = select(TRANSACTION.c.id).where(TRANSACTION.c.reverses_id == identity)
        later = connection.scalar(query)
        if later is None:
            return identity, stands
        identity, stands = later, not stands


def reverse(
    work: Work,
    identity: int,
    on: date | None = None,
    memo: str | None = None,
    books: Books | None = None,
    **said: str,
) -> int:
    """Write the opposite of a transaction that stands, on its own day unless one is given.

    What is `said` besides goes before what the transaction says of itself. `InputError` where it
    is reversed already, or where its money has moved on.
    """
    last, stands = newest_of(work.connection, identity)
    if not stands:
        raise InputError(_("Transaction {n} is reversed already.").format(n=identity))
    row = work.row(LedgerTransaction, last)
    if on is not None and on < row["date"]:
        raise InputError(_("A reversal can not come before what it reverses."))
    accounts = accounts_of(work.connection, [row["postings"]])
    lines = [(accounts[account], -fen) for account, fen in json.loads(row["postings"])]
    _refuse_open_commitment(work, row, identity)
    kept = ("number", "commitment_id", "initiative_id", "category_id", "partner", "contract")
    details = {name: row[name] for name in kept}
    if row["kind"] == Move.COMMIT:
        details["commitment_id"] = last
    details |= {"reverses_id": last, "memo": memo, **said}
    entry = Entry(Move.REVERSAL, on or row["date"], lines, details)
    return (books or Books(work)).post(entry)


def _refuse_open_commitment(work: Work, row: Mapping[str, Any], identity: int) -> None:
    """A commitment against which was spent or released can not go before those."""
    if row["kind"] != Move.COMMIT and row["commitment_id"] is None:
        return
    commitment = row["commitment_id"] or row["id"]
    taken = sum(
        fen
        for account, fen in json.loads(row["postings"])
        if accounts_of(work.connection, [row["postings"]])[account].kind is AccountKind.COMMITTED
    )
    if taken > 0 and outstanding(work.connection, [commitment]).get(commitment, 0) < taken:
        raise InputError(
            _("Money was spent or released against transaction {n}: reverse that first.").format(
                n=identity
            )
        )


def outstanding(connection: Connection, commitments: Iterable[int]) -> dict[int, int]:
    """What is left of commitments, in fen, by the identity of their transaction."""
    ids = sorted(commitments)
    found: dict[int, int] = {}
    which = func.coalesce(TRANSACTION.c.commitment_id, TRANSACTION.c.id)
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        query = (
            select(which, func.sum(POSTING.c.fen))
            .join(POSTING, POSTING.c.transaction_id == TRANSACTION.c.id)
            .join(ACCOUNT, ACCOUNT.c.id == POSTING.c.account_id)
            .where(
                ACCOUNT.c.kind == AccountKind.COMMITTED.value,
                or_(TRANSACTION.c.id.in_(some), TRANSACTION.c.commitment_id.in_(some)),
            )
            .group_by(which)
        )
        found |= {row[0]: int(row[1]) for row in connection.execute(query)}
    return found


def accounts_of(connection: Connection, postings: Iterable[str]) -> dict[int, AccountKey]:
    """The accounts that stored postings name, by identity."""
    ids = sorted({account for text in postings for account, _fen in json.loads(text)})
    found: dict[int, AccountKey] = {}
    for start in range(0, len(ids), _CHUNK):
        query = select(ACCOUNT).where(ACCOUNT.c.id.in_(ids[start : start + _CHUNK]))
        found |= {row.id: key_of(row) for row in connection.execute(query)}
    return found


@reversal_of(LedgerTransaction)
def take_back(work: Work, ids: list[int]) -> None:
    """Undo of posted transactions: each is reversed on its own day, so that no day's figures
    show it any more; its memo says what was undone, by whom and when."""
    memo = _why_undone(work)
    for identity in ids:
        reverse(work, identity, memo=memo)


def _why_undone(work: Work) -> str:
    message, label = _("Undo of “{label}”, by {actor} on {date}"), work.arguments.get("label", "")
    if work.target is not None:
        label = find(work.connection, work.target).label
    if work.kind == "redo":
        message = _("Redo of “{label}”, by {actor} on {date}")
    said = message.format(label=str(label)[: _LONGEST // 2], actor=work.actor, date=day(work.today))
    return said[:_LONGEST]
