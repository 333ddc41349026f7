"""The plan is typed, pasted and read from lists, in versions of which one is in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.budget.conftest import Bank

from ecofolio.budget import plan_actions, plans
from ecofolio.errors import InputError

CODES, MONTHS = ("marketing", "training"), ("2026-01", "2026-02", "2026-03")


@pytest.mark.parametrize(
    ("text", "fen"),
    [("", 0), ("–", 0), ("1,234.50", 1_234_50), ("1.2万", 12_000_00), ("１２３４", 1_234_00)],
)
def test_a_cell_of_the_plan_is_read_as_it_is_typed(text: str, fen: int) -> None:
    assert plans.typed(text) == fen


@pytest.mark.parametrize("text", ["-5", "=1+1", "NaN", "9" * 30, "a lot", "1.005", "$ 5"])
def test_what_is_no_amount_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"^“.+” .+\.$"):
        plans.typed(text)


def test_money_is_read_in_the_currency_of_the_programme() -> None:
    assert plans.typed("$ 5", "USD") == 5_00
    with pytest.raises(InputError, match="USD"):
        plans.typed("5 元", "USD")


def test_a_pasted_block_lies_from_its_first_cell_on() -> None:
    found = plans.pasted([["1", "2"], ["", "1.2万"]], CODES, MONTHS)
    assert found == {
        ("marketing", "2026-01"): 1_00,
        ("marketing", "2026-02"): 2_00,
        ("training", "2026-01"): 0,
        ("training", "2026-02"): 12_000_00,
    }


@pytest.mark.parametrize("block", [[["1"]] * 3, [["1"] * 4]])
def test_a_block_that_is_too_large_is_refused_as_a_whole(block: list[list[str]]) -> None:
    with pytest.raises(InputError, match="larger than the table"):
        plans.pasted(block, CODES, MONTHS)


@pytest.mark.parametrize("cell", [date(2026, 10, 5), "2026-10", "2026/10", "2026年10月", "2026.10"])
def test_a_month_is_read_however_a_list_writes_it(cell: object) -> None:
    assert plans.month_of(cell) == "2026-10"


@pytest.mark.parametrize("cell", ["2026-13", "October", 7])
def test_what_is_no_month_is_refused(cell: object) -> None:
    with pytest.raises(InputError, match="not a month"):
        plans.month_of(cell)


def test_versions_stand_with_their_sums_the_newest_first(funded: Bank) -> None:
    first = funded.do(plan_actions.draw_plan, "One")
    funded.do(plan_actions.set_plan, first, {(funded.campus, "marketing", "2026-01"): 100_00})
    second = funded.do(plan_actions.draw_plan, "Two", "", first)
    funded.do(plan_actions.set_plan, second, {(funded.market, "training", "2026-02"): 5_00})
    with funded.workspace.read() as connection:
        found = plans.versions(connection)
        assert plans.sums_of(connection, second, funded.market) == {("training", "2026-02"): 5_00}
    assert [(one.name, one.fen, one.based_on_id) for one in found] == [
        ("Two", 105_00, first),
        ("One", 100_00, None),
    ]


def test_a_list_of_the_plan_is_one_change_and_tells_its_bad_lines(
    funded: Bank, tmp_path: Path
) -> None:
    file = tmp_path / "plan.csv"
    file.write_text(
        "Initiative,Category,Month,Amount\n"
        "E-1,Marketing,2026-01,100.50\n"
        "Market,培训,2026-02,1.2万\n"
        "E-1,Marketing,2026-01,0.50\n"
        "Nowhere,Marketing,2026-01,5\n"
        "E-1,Marketing,soon,5\n"
        "E-1,Marketing,2026-03,lots\n",
        encoding="utf-8",
    )
    plan = funded.do(plan_actions.draw_plan, "Plan")
    found, differ = plans.take_list(funded.workspace, plan, file)
    assert differ == 2
    assert dict(found.sums) == {
        (funded.campus, "marketing", "2026-01"): 101_00,
        (funded.market, "training", "2026-02"): 12_000_00,
    }
    assert [one.row for one in found.refused] == [5, 6, 7]
    assert all(one.reason.endswith(".") for one in found.refused)
    funded.workspace.undo()
    with funded.workspace.read() as connection:
        assert plans.versions(connection)[0].fen == 0
