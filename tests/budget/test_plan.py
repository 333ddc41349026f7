"""The plan is typed, pasted and read from lists, in versions of which one is in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.budget.conftest import Bank

from ecofolio.budget import actions, picture, plan_actions, plan_lists, plan_sheet, plans, queries
from ecofolio.errors import InputError
from ecofolio.initiatives.scope import Scope


@pytest.mark.parametrize(
    ("text", "fen"),
    [("", 0), ("–", 0), ("1,234.50", 1_234_50), ("1.2万", 12_000_00), ("１２３４", 1_234_00)],
)
def test_a_cell_of_the_plan_is_read_as_it_is_typed(text: str, fen: int) -> None:
    assert plans.typed(text) == fen


@pytest.mark.parametrize("text", ["-5", "=1+1", "--5", "NaN", "9" * 30, "a lot", "1.005", "$ 5"])
def test_what_is_no_amount_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"^“.+” .+\.$"):
        plans.typed(text)


def test_money_is_read_in_the_currency_of_the_programme() -> None:
    assert plans.typed("$ 5", "USD") == 5_00
    with pytest.raises(InputError, match="USD"):
        plans.typed("5 元", "USD")


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("12", "wan", 120_000_00),
        ("1.5", "yi", 150_000_000_00),
        ("12元", "wan", 12_00),
        ("¥ 12", "yi", 12_00),
        ("3万", "yi", 30_000_00),
        ("0.000001", "wan", 1),
    ],
)
def test_an_amount_without_a_unit_of_its_own_is_in_the_display_unit(
    text: str, unit: str, fen: int
) -> None:
    assert plans.typed(text, unit=unit) == fen


def test_a_sheet_adds_up_initiatives_units_and_months_beside_what_was_spent(funded: Bank) -> None:
    version = funded.do(plan_actions.draw_plan, "Plan")
    cells = {
        (funded.campus, "marketing", "2026-02"): 100_00,
        (funded.campus, "training", "2026-03"): 20_00,
        (funded.market, "training", "2026-03"): 5_00,
        (funded.market, "training", "2027-01"): 7_00,
    }
    funded.do(plan_actions.set_plan, version, cells)
    funded.do(
        actions.spend,
        30_00,
        initiative_id=funded.campus,
        category="marketing",
        on=date(2026, 2, 28),
    )
    funded.do(actions.spend, 4_00, initiative_id=funded.campus, on=date(2026, 3, 1))
    months = ["2026-02", "2026-03"]
    with funded.workspace.read() as connection:
        wanted = queries.Wanted(date(2026, 11, 21))
        nodes = picture.read(connection, wanted, Scope(), "CNY").nodes
        sheet = plan_sheet.Sheet(nodes, months, plan_sheet.Source(version), plan_sheet.Source())
        sheet.read(connection)
        opened = {("unit", funded.head_office, ""), ("unit", funded.rich, "")}
        opened.add(("initiative", funded.campus, ""))
        lines = sheet.lines(connection, opened, writable=False)
        found = plan_sheet.Sheet(nodes, months, plan_sheet.Source(version), search="mark")
        found.read(connection)
        narrowed = found.lines(connection, set(), writable=False)
    assert [(one.name, one.own, one.other) for one in lines] == [
        ("Total", (100_00, 25_00), (30_00, 4_00)),
        ("Head office", (100_00, 25_00), (30_00, 4_00)),
        ("Poor branch", (0, 5_00), (0, 0)),
        ("Rich branch", (100_00, 20_00), (30_00, 4_00)),
        ("Campus", (100_00, 20_00), (30_00, 4_00)),
        ("Marketing", (100_00, 0), (30_00, 0)),
        ("Training", (0, 20_00), (0, 0)),
        ("without a category", (0, 0), (0, 4_00)),
    ]
    assert [(one.name, one.own) for one in narrowed] == [
        ("Total", (0, 5_00)),
        ("Head office", (0, 5_00)),
        ("Poor branch", (0, 5_00)),
        ("Market", (0, 5_00)),
    ]


@pytest.mark.parametrize("cell", [date(2026, 10, 5), "2026-10", "2026/10", "2026年10月", "2026.10"])
def test_a_month_is_read_however_a_list_writes_it(cell: object) -> None:
    assert plan_lists.month_of(cell) == "2026-10"


@pytest.mark.parametrize("cell", ["2026-13", "October", 7])
def test_what_is_no_month_is_refused(cell: object) -> None:
    with pytest.raises(InputError, match="not a month"):
        plan_lists.month_of(cell)


def test_versions_stand_with_their_sums_the_newest_first(funded: Bank) -> None:
    first = funded.do(plan_actions.draw_plan, "One")
    funded.do(plan_actions.set_plan, first, {(funded.campus, "marketing", "2026-01"): 100_00})
    second = funded.do(plan_actions.draw_plan, "Two", "", first)
    funded.do(plan_actions.set_plan, second, {(funded.market, "training", "2026-02"): 5_00})
    with funded.workspace.read() as connection:
        found = plans.versions(connection)
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
    found, differ = plan_lists.take_list(funded.workspace, plan, file)
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


def test_a_draft_that_another_revises_may_be_dropped_and_brought_back(funded: Bank) -> None:
    first = funded.do(plan_actions.draw_plan, "One")
    second = funded.do(plan_actions.draw_plan, "Two", "", first)
    funded.do(plan_actions.drop_plan, first)
    with funded.workspace.read() as connection:
        found = plans.versions(connection)
    assert [(one.id, one.based_on_id) for one in found] == [(second, None)]
    funded.workspace.undo()
    with funded.workspace.read() as connection:
        assert [one.based_on_id for one in plans.versions(connection)] == [first, None]
