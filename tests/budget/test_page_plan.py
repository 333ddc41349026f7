"""The plan is read and written for all that is in scope, as in a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from tests.budget.conftest import Bank

from ecofolio.budget import actions, plan_actions, plan_sheet, plans
from ecofolio.budget.page import BudgetPage
from ecofolio.budget.plan_grid_view import PlanGrid
from ecofolio.budget.plan_sheet import Line, Sheet
from ecofolio.budget.sum_editor import SumField

pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"])
Show = Callable[[Bank], BudgetPage]
MONTHS = [f"2026-{n:02d}" for n in range(1, 13)]
CONTROL = Qt.KeyboardModifier.ControlModifier


def planned(bank: Bank, version: int) -> dict[tuple[int, str], dict[str, int]]:
    source = plan_sheet.Source(version)
    with bank.workspace.read() as connection:
        found = plan_sheet.by_category(connection, source, MONTHS, {bank.campus, bank.market})
    return {
        key: {month: fen for month, fen in zip(MONTHS, sums, strict=True) if fen}
        for key, sums in found.items()
    }


def opened(show: Show, bank: Bank) -> BudgetPage:
    """The plan of 2026 with all categories open."""
    page = show(bank)
    page.tabs.setCurrentIndex(4)
    page.plan.year.setCurrentIndex(page.plan.year.findData(2026))
    page.plan.level.setCurrentIndex(2)
    page.plan.level.activated.emit(2)
    page.plan._catch_up()
    return page


def line(grid: PlanGrid, bank_initiative: int, code: str) -> int:
    keys = [one.key for one in grid.shown.lines]
    return keys.index(("category", bank_initiative, code))


def choose(grid: PlanGrid, top: int, left: int, bottom: int, right: int) -> None:
    """Select a block as Shift and arrow keys do."""
    grid.setCurrentIndex(grid.shown.index(top, left - 1))
    QTest.keyClick(grid, Qt.Key.Key_Right)
    for _n in range(bottom - top):
        QTest.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    for _n in range(right - left):
        QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert len(grid.selectedIndexes()) == (bottom - top + 1) * (right - left + 1)


def test_without_a_plan_the_next_step_is_said(funded: Bank, show: Show) -> None:
    page = show(funded)
    page.tabs.setCurrentIndex(4)
    assert page.plan._stack.currentIndex() == 1
    funded.do(plan_actions.draw_plan, "Plan")
    assert page.plan._stack.currentIndex() == 0


def test_sums_are_typed_pasted_and_filled_and_each_is_one_undoable_change(
    funded: Bank, show: Show, heard: SimpleNamespace, qtbot
) -> None:
    version = funded.do(plan_actions.draw_plan, "Plan")
    page = opened(show, funded)
    grid = page.plan.grid
    top = line(grid, funded.campus, "system_build")
    grid.setFocus()
    grid.setCurrentIndex(grid.shown.index(top, 1))
    QTest.keyClicks(grid, "1")
    editor = grid.viewport().findChild(QLineEdit)
    QTest.keyClicks(editor, ".2w")
    with qtbot.waitSignal(grid.shown.wanted):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    typed = {(funded.campus, "system_build"): {"2026-01": 12_000_00}}
    assert planned(funded, version) == typed
    page.plan._catch_up()
    grid.setCurrentIndex(grid.shown.index(top, 1))
    QGuiApplication.clipboard().setText("100\t200\r\n\t1,234.50\r\n")
    QTest.keySequence(grid, QKeySequence(QKeySequence.StandardKey.Paste))
    pasted = {
        (funded.campus, "system_build"): {"2026-01": 100_00, "2026-02": 200_00},
        (funded.campus, "equipment"): {"2026-02": 1_234_50},
    }
    assert planned(funded, version) == pasted
    assert heard.said[-1] == "3 sums of the plan are written."
    page.plan._catch_up()
    assert grid.shown.index(0, 0).data() == "1,534.50"
    choose(grid, top, 2, top + 1, 4)
    assert page.plan._said.text() == "6 cells are chosen, 1,434.50 yuan in all."
    QTest.keyClick(grid, Qt.Key.Key_R, CONTROL)
    assert planned(funded, version)[funded.campus, "equipment"] == dict.fromkeys(
        MONTHS[1:4], 1_234_50
    )
    page.plan._catch_up()
    choose(grid, top, 1, top + 2, 1)
    QTest.keyClick(grid, Qt.Key.Key_D, CONTROL)
    assert planned(funded, version)[funded.campus, "marketing"] == {"2026-01": 100_00}
    for _n in range(2):
        funded.workspace.undo()
    assert planned(funded, version) == pasted
    funded.workspace.undo()
    assert planned(funded, version) == typed


@pytest.mark.parametrize(
    ("text", "said", "fen"),
    [
        ("1.2万", "12,000 yuan = 1.20 ten thousand yuan", 12_000_00),
        ("１２３４", "12,340,000 yuan = 1,234.00 ten thousand yuan", 12_340_000_00),
        ("1 234", "12,340,000 yuan = 1,234.00 ten thousand yuan", 12_340_000_00),
        ("12,345元", "12,345 yuan = 1.23 ten thousand yuan", 12_345_00),
    ],
)
def test_how_a_sum_is_read_stands_below_it_while_it_is_typed(
    funded: Bank, show: Show, settings: SimpleNamespace, qtbot, text: str, said: str, fen: int
) -> None:
    settings.money_unit = "wan"
    version = funded.do(plan_actions.draw_plan, "Plan")
    page, editor = typing(funded, show, text)
    assert (editor.said.text(), editor.accessibleDescription()) == (said, said)
    assert editor.note.isVisible()
    assert not editor.note.geometry().intersects(editor.geometry())
    assert editor.accessibleName() == "System build, 2026-01"
    with qtbot.waitSignal(page.plan.grid.shown.wanted):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert planned(funded, version) == {(funded.campus, "system_build"): {"2026-01": fen}}
    assert not editor.note.isVisible()


def test_what_has_two_readings_is_taken_when_asked_for_again(
    funded: Bank, show: Show, qtbot
) -> None:
    version = funded.do(plan_actions.draw_plan, "Plan")
    page, editor = typing(funded, show, "12,34")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert planned(funded, version) == {}
    assert editor.said.text().startswith("“12,34” is read as 12.34 yuan.")
    with qtbot.waitSignal(page.plan.grid.shown.wanted):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    typed = {(funded.campus, "system_build"): {"2026-01": 12_34}}
    assert planned(funded, version) == typed
    page.plan._catch_up()
    QGuiApplication.clipboard().setText("56,78")
    QTest.keySequence(page.plan.grid, QKeySequence(QKeySequence.StandardKey.Paste))
    assert "in two ways" in page.plan.message.sentence
    assert planned(funded, version) == typed


def test_what_can_not_be_read_stays_open_until_it_can(funded: Bank, show: Show) -> None:
    version = funded.do(plan_actions.draw_plan, "Plan")
    page, editor = typing(funded, show, "=1+1")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert "is not an amount" in editor.said.text()
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert page.plan.grid.state() == page.plan.grid.State.NoState
    assert planned(funded, version) == {}


def typing(bank: Bank, show: Show, text: str) -> tuple[BudgetPage, SumField]:
    """The plan with a text typed into the first month of system build."""
    page = opened(show, bank)
    grid = page.plan.grid
    grid.setFocus()
    grid.setCurrentIndex(grid.shown.index(line(grid, bank.campus, "system_build"), 1))
    QTest.keyClick(grid, Qt.Key.Key_F2)
    editor = grid.viewport().findChild(SumField)
    assert editor is not None
    editor.selectAll()
    editor.insert(text)
    return page, editor


def test_what_is_copied_with_its_sums_is_pasted_again_as_it_was(funded: Bank, show: Show) -> None:
    version = funded.do(plan_actions.draw_plan, "Plan")
    cells = {(funded.campus, "marketing", month): 10_00 for month in MONTHS}
    funded.do(plan_actions.set_plan, version, cells)
    page = opened(show, funded)
    grid = page.plan.grid
    grid.selectAll()
    QTest.keySequence(grid, QKeySequence(QKeySequence.StandardKey.Copy))
    funded.do(plan_actions.set_plan, version, dict.fromkeys(cells, 0))
    page.plan._catch_up()
    grid.setCurrentIndex(grid.shown.index(0, 0))
    QTest.keySequence(grid, QKeySequence(QKeySequence.StandardKey.Paste))
    assert planned(funded, version) == {(funded.campus, "marketing"): dict.fromkeys(MONTHS, 10_00)}


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("=1+1", 1, "not an amount"),
        ("NaN", 1, "not an amount"),
        ("-5", 1, "negative"),
        ("9" * 30, 1, "too large"),
        ("1\t2", 12, "larger than the table"),
        ("77\t2", 0, "stands on a sum of System build"),
    ],
)
def test_what_can_not_be_read_is_said_in_a_sentence_and_nothing_is_written(
    funded: Bank, show: Show, text: str, column: int, said: str
) -> None:
    version = funded.do(plan_actions.draw_plan, "Plan")
    page = opened(show, funded)
    grid = page.plan.grid
    top = line(grid, funded.campus, "system_build")
    grid.setCurrentIndex(grid.shown.index(top, column))
    QGuiApplication.clipboard().setText(text)
    QTest.keySequence(grid, QKeySequence(QKeySequence.StandardKey.Paste))
    assert said in page.plan.message.sentence
    assert planned(funded, version) == {}


def test_the_plan_stands_beside_the_approved_one_and_beside_spend(funded: Bank, show: Show) -> None:
    first = funded.do(plan_actions.draw_plan, "First")
    funded.do(plan_actions.set_plan, first, {(funded.campus, "marketing", "2026-02"): 100_00})
    funded.workspace.actor = "Wang Fang"
    funded.do(plan_actions.approve_plan, first)
    second = funded.do(plan_actions.draw_plan, "Second", "", first)
    funded.do(plan_actions.set_plan, second, {(funded.campus, "marketing", "2026-02"): 140_00})
    funded.do(actions.spend, 30_00, initiative_id=funded.campus, on=date(2026, 2, 3))
    page = opened(show, funded)
    names = [page.plan.beside.itemText(n) for n in range(page.plan.beside.count())]
    assert names == ["Nothing beside it", "Beside actual spend", "Beside First"]
    model = page.plan.grid.shown
    page.plan.beside.setCurrentIndex(2)
    page.plan._catch_up()
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(5)]
    assert heads == ["Year", "First", "Difference", "2026-01", "First"]
    assert [model.index(0, n).data() for n in (0, 1, 2)] == ["140", "100", "+40"]
    assert (
        page.plan._said.text() == "Total: 140 yuan in 2026, beside 100 yuan of First: 40 yuan more."
    )
    page.plan.beside.setCurrentIndex(1)
    page.plan._catch_up()
    assert [model.index(0, n).data() for n in (0, 1, 2)] == ["140", "30", "+110"]
    said = "Total: 140 yuan planned in 2026, 30 yuan spent, 110 yuan left."
    assert page.plan._said.text() == said
    marketing = line(page.plan.grid, funded.campus, "marketing")
    assert not model.flags(model.index(marketing, 6)) & Qt.ItemFlag.ItemIsEditable
    assert model.flags(model.index(marketing, 5)) & Qt.ItemFlag.ItemIsEditable


def test_lines_open_and_close_with_enter_and_stay_where_one_is(funded: Bank, show: Show) -> None:
    funded.do(plan_actions.draw_plan, "Plan")
    page = show(funded)
    page.tabs.setCurrentIndex(4)
    grid = page.plan.grid
    names = [one.name for one in grid.shown.lines]
    assert names == [
        "Total", "Head office", "Poor branch", "Market", "Clinic", "Rich branch", "Campus",
    ]  # fmt: skip
    grid.setCurrentIndex(grid.shown.index(2, 3))
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert [one.name for one in grid.shown.lines][2:4] == ["Poor branch", "Rich branch"]
    assert (grid.currentIndex().row(), grid.currentIndex().column()) == (2, 3)
    page.plan.search.setText("e-1")
    page.plan._catch_up()
    assert [one.name for one in grid.shown.lines] == [
        "Total", "Head office", "Rich branch", "Campus",
    ]  # fmt: skip


def test_figures_are_typed_and_shown_in_the_display_unit(
    funded: Bank, show: Show, settings: SimpleNamespace
) -> None:
    settings.money_unit = "wan"
    version = funded.do(plan_actions.draw_plan, "Plan")
    page = opened(show, funded)
    grid = page.plan.grid
    top = line(grid, funded.campus, "marketing")
    at = grid.shown.index(top, 1)
    assert grid.shown.setData(at, "1.234567")
    page.plan._catch_up()
    assert planned(funded, version) == {(funded.campus, "marketing"): {"2026-01": 12_345_67}}
    at = grid.shown.index(top, 1)
    assert (at.data(), at.data(Qt.ItemDataRole.EditRole)) == ("1.23", "1.234567")
    assert "ten thousand yuan" in page.plan._hint.text()
    assert grid.shown.text_of([top], [1]) == "1.234567"
    assert page.plan.versions.table.as_text().endswith("\t12345.67")


def test_an_approved_plan_is_revised_and_not_written(funded: Bank, show: Show) -> None:
    version = funded.do(plan_actions.draw_plan, "Plan")
    page = opened(show, funded)
    versions = page.plan.versions
    assert not versions.approve.isEnabled()
    funded.workspace.actor = "Wang Fang"
    page.plan._catch_up()
    versions.approve.click()
    page.plan._catch_up()
    assert not page.plan.grid.shown.writable
    assert not page.plan.list.isEnabled()
    assert versions.revise.isEnabled()
    assert not versions.drop.isEnabled()
    assert versions.current() is not None
    assert versions.current().id == version


def test_a_name_that_would_be_a_formula_is_copied_as_text(funded: Bank, show: Show) -> None:
    from ecofolio.initiatives.actions import set_fields

    funded.do(plan_actions.draw_plan, "Plan")
    funded.do(set_fields, ids=[funded.campus], values={"name": "=1+1"})
    page = show(funded)
    page.tabs.setCurrentIndex(4)
    page.plan.copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["", "Year", "2026-01"]
    assert [one.split("\t")[0] for one in lines[-2:]] == ["Rich branch", "'=1+1"]


def test_a_typed_sum_shows_in_every_total_without_reading_all_again(
    funded: Bank, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = funded.do(plan_actions.draw_plan, "First")
    cell = (funded.market, "other", "2026-02")
    funded.do(plan_actions.set_plan, first, {cell: 7_00, (*cell[:2], "2027-02"): 1_00})
    funded.do(plan_actions.draw_plan, "Second", "", first)
    page = opened(show, funded)
    plan, grid = page.plan, page.plan.grid
    plan.beside.setCurrentIndex(2)
    plan._catch_up()
    plan._later.stop()
    whole = Sheet.read

    def refuse(*_args: object) -> None:
        raise AssertionError("all sums are read again")

    def now() -> list[Line]:
        with funded.workspace.read() as connection:
            sheet = Sheet(plan._nodes, MONTHS, plan._sheet.source, plan._sheet.other)
            whole(sheet, connection)
            return sheet.lines(connection, plan._opened or set(), writable=True)

    monkeypatch.setattr(Sheet, "read", refuse)
    at = grid.shown.index(line(grid, funded.campus, "marketing"), 5)
    for step in (
        lambda: grid.shown.setData(at, "12"),
        lambda: grid.shown.setData(at, "0"),
        funded.workspace.undo,
        funded.workspace.redo,
        lambda: funded.do(plan_actions.set_plan, first, {cell: 0}),
    ):
        step()
        assert grid.shown.lines == now()
        with funded.workspace.read() as connection:
            assert plan.versions.table.shown.rows == plans.versions(connection)
