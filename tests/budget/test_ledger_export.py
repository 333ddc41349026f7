"""The ledger as a list for accountants, from the window."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from ecofolio.budget import actions, ledger_export
from ecofolio.errors import StoreError
from ecofolio.text import using

if TYPE_CHECKING:
    from tests.budget.conftest import Bank

    from ecofolio.budget.page import BudgetPage

    Show = Callable[[Bank], BudgetPage]

ON_FILES = pytest.mark.parametrize("place_kind", ["sqlite"])


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@ON_FILES
def test_the_ledger_is_written_with_debit_credit_and_the_balance_after_each(
    funded: Bank, tmp_path: Path
) -> None:
    funded.do(
        actions.spend, 120_50, initiative_id=funded.campus, on=date(2026, 3, 1), memo="=HYPERLINK()"
    )
    path = tmp_path / "ledger.csv"
    with funded.workspace.read() as connection:
        assert ledger_export.write_ledger(connection, path, date(2026, 3, 1)) == 8
        assert ledger_export.write_ledger(connection, tmp_path / "b.csv", date(2026, 1, 6)) == 4
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = read(path)
    held: dict[tuple[str, str], float] = {}
    for row in rows:
        key = row["Account"], row["Code"]
        change = float(row["Debit (yuan)"] or 0) - float(row["Credit (yuan)"] or 0)
        held[key] = held.get(key, 0) + change
        assert float(row["Balance (yuan)"]) == held[key]
    assert sum(held.values()) == 0
    assert rows[-1]["Debit (yuan)"] == "120.50"
    assert rows[-1]["Memo"].startswith("'=")


@ON_FILES
def test_an_accountant_reads_the_ledger_in_their_language(funded: Bank, tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    with funded.workspace.read() as connection, using("zh_CN"):
        ledger_export.write_ledger(connection, path, date(2026, 3, 1))
    first = read(path)[0]
    assert {"日期", "类别"} & set(first)
    assert "拨款" in "".join(first.values())


@ON_FILES
def test_a_ledger_that_can_not_be_written_says_so(funded: Bank, tmp_path: Path) -> None:
    with funded.workspace.read() as connection, pytest.raises(StoreError):
        ledger_export.write_ledger(connection, tmp_path / "none" / "a.csv", date(2026, 3, 1))


@ON_FILES
def test_the_ledger_is_exported_from_the_page(
    funded: Bank, show: Show, tmp_path: Path, qtbot, heard: SimpleNamespace
) -> None:
    page, path = show(funded), tmp_path / "账.csv"
    page.posting.export(path)
    qtbot.waitUntil(lambda: bool(heard.said))
    assert heard.said == [f"6 postings are in {path}."]
    assert len(read(path)) == 6
