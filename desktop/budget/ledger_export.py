"""The ledger as a file that accounting programs and spreadsheets load: every posting with its
debit, credit and balance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ecofolio.budget import ledger_rows, queries
from ecofolio.excel.delimited import write_rows
from ecofolio.excel.saving import save_atomically
from ecofolio.format import money_unit
from ecofolio.text import _
from ecofolio.vocabulary import AccountKind, Move

_SUMS = ("debit", "credit", "balance")


def heads(currency: str) -> dict[str, str]:
    """The heads of the columns in the language in force; sums with their unit."""
    named = {
        "transaction": _("Transaction"),
        "date": _("Date"),
        "period": _("Month"),
        "fiscal_year": _("Fiscal year"),
        "kind": _("What"),
        "number": _("Document number"),
        "account": _("Account"),
        "code": _("Code"),
        "name": _("Name"),
        "debit": _("Debit"),
        "credit": _("Credit"),
        "balance": _("Balance"),
        "category": _("Category"),
        "partner": _("Partner"),
        "contract": _("Contract"),
        "memo": _("Memo"),
        "commitment": _("Commitment"),
        "reverses": _("Reverses"),
        "reversed_by": _("Reversed by"),
    }
    unit, said = money_unit("yuan", currency), _("{name} ({unit})")
    sums = {key: said.format(name=named[key], unit=unit) for key in _SUMS}
    return {**named, **sums}


def write_ledger(connection: Connection, path: Path, as_of: date) -> int:
    """Write every posting up to a day as CSV, by day and number; returns how many there are.

    It begins with the mark by which Excel knows UTF-8. `StoreError` where it can not be written.
    """
    titles = heads(queries.currency(connection))
    said = _words(connection)
    rows = ledger_rows.postings(connection, as_of)
    lines: list[Sequence[Any]] = [list(titles.values())]
    lines += [[said.get(key, _as_is)(row[key]) for key in titles] for row in rows]

    def write(draft: Path) -> None:
        with draft.open("w", encoding="utf-8-sig", newline="") as stream:
            write_rows(stream, lines)

    save_atomically(path, write)
    return len(rows)


def _as_is(value: Any) -> Any:
    return value


def _words(connection: Connection) -> dict[str, Callable[[Any], Any]]:
    """How people read the values of the columns that hold codes."""
    categories = {one.code: one.label for one in queries.categories(connection)}
    return {
        "kind": lambda value: Move(value).label,
        "account": lambda value: AccountKind(value).label,
        "category": lambda value: categories.get(value, value),
    }
