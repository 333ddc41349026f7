"""Every figure of the budget page is made of postings that it can show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import Connection
from tests.budget.conftest import Bank, node_of, shown_postings

from ecofolio.budget import actions, behind, picture, queries
from ecofolio.budget.operations import initiative, unit
from ecofolio.budget.page import BudgetPage
from ecofolio.budget.queries import Node
from ecofolio.budget.tree_view import KEYS
from ecofolio.format import money
from ecofolio.initiatives.scope import Scope

pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"])
HELD = ("granted", "allocated", "pool", "available")
Show = Callable[[Bank], BudgetPage]


def test_what_stands_behind_a_figure_sums_to_it_in_every_year_and_category(funded: Bank) -> None:
    owner = unit(funded.head_office)
    funded.do(actions.grant, 900_00, on=date(2025, 3, 1))
    funded.do(actions.transfer, 800_00, owner, initiative(funded.market), on=date(2025, 3, 2))
    bound = funded.do(
        actions.commit, 700_00, funded.campus, category="marketing", on=date(2026, 3, 1)
    ).transaction_id
    for day, fen in ((date(2026, 3, 2), 100_00), (date(2026, 4, 2), 50_00)):
        # what is spent on something else still frees what was bound for marketing
        funded.do(actions.spend, fen, commitment_id=bound, category="training", on=day)
    for own, fen in ((funded.campus, 30_00), (funded.market, 70_00)):
        funded.do(actions.spend, fen, initiative_id=own, category="training", on=date(2026, 5, 1))
    old = funded.do(actions.spend, 40_00, initiative_id=funded.market, on=date(2025, 6, 1))
    funded.do(actions.reverse, old.transaction_id, "Wrong", date(2026, 1, 2))
    with funded.workspace.read() as connection:
        for year in (None, 2025, 2026):
            for category in (None, "marketing", "training", "subsidy"):
                _check(connection, queries.Wanted(date(2026, 11, 21), year, category=category))


def _check(connection: Connection, wanted: queries.Wanted) -> None:
    found = picture.read(connection, wanted, Scope(), "CNY")
    assert found.total.spent == sum(one.figures.spent for one in found.nodes)
    for node in every(found.nodes):
        figures = node.figures
        sums = {"committed": figures.committed, "spent": figures.spent}
        if wanted.category is None:
            sums |= {key: getattr(figures, key) for key in HELD}
            sums["each"] = figures.granted
        if wanted.year is None:
            sums["used"] = sums["forecast"] = figures.committed + figures.spent
        for key, fen in sums.items():
            assert behind.read(connection, node, key, wanted).sum == fen, (node.code, key, wanted)
        here = wanted.category in (None, "training") and node.code in ("HO", "RI", "E-1")
        assert behind.read(connection, node, "spent", wanted, "2026-04").sum == 50_00 * here


def test_one_category_leaves_out_what_has_none_and_says_so(funded: Bank, show: Show, qtbot) -> None:
    funded.do(
        actions.spend, 30_00, initiative_id=funded.campus, category="training",
        on=date(2026, 5, 1),
    )  # fmt: skip
    funded.do(actions.spend, 5_00, initiative_id=funded.campus, on=date(2026, 5, 1))
    page = show(funded)
    page.category.setCurrentIndex(page.category.findData("training"))
    model = page.tree.shown
    root = model.place_of(page.tree.shown.nodes[0])
    cells = {key: root.siblingAtColumn(n) for n, key in enumerate(KEYS)}
    assert cells["granted"].data() == cells["available"].data() == "–"
    assert "has a category" in cells["granted"].data(Qt.ItemDataRole.ToolTipRole)
    assert cells["spent"].data() == "30"
    assert page.tiles["granted"].accessibleName().startswith("– granted")
    assert shown_postings(page, qtbot, "E-1", "spent") == [30_00]
    assert page.figures.waterfall.isHidden()
    # inequality is of all money, whatever is looked at
    assert page.picture is not None
    assert page.picture.unequal.units[-1].funds == 6_000_00
    page.category.setCurrentIndex(page.category.findData("subsidy"))
    assert cells_of(page, "spent") == "0"


def cells_of(page: BudgetPage, key: str) -> str:
    root = page.tree.shown.place_of(page.tree.shown.nodes[0])
    return root.siblingAtColumn(KEYS.index(key)).data()


@pytest.mark.parametrize("money_unit", ["yuan", "wan", "yi"])
def test_what_decides_is_in_view_in_a_small_window(
    funded: Bank, show: Show, settings: SimpleNamespace, money_unit: str
) -> None:
    settings.money_unit = money_unit
    funded.do(actions.grant, 314_348_812_34)
    goal = initiative(funded.campus)
    funded.do(actions.transfer, 239_538_200_00, unit(funded.head_office), goal)
    funded.do(actions.spend, 166_374_400_00, initiative_id=funded.campus)
    page = show(funded)
    page.resize(1084, 640)  # in a window of 1280 by 720
    header, room = page.tree.header(), page.tree.viewport().width()
    for key in ("granted", "available", "spent", "used", "forecast", "variance"):
        place = KEYS.index(key)
        assert header.sectionPosition(place) + header.sectionSize(place) <= room, key
    assert page.tree.columnWidth(0) >= 176


def every(nodes: list[Node]) -> list[Node]:
    return [one for node in nodes for one in [node, *every(node.children)]]


def test_a_mark_of_a_chart_opens_what_it_stands_for(funded: Bank, show: Show, qtbot) -> None:
    for month in (8, 9, 9):
        funded.do(actions.spend, 300_00, initiative_id=funded.campus, on=date(2026, month, 9))
    page = show(funded)
    shown_postings(page, qtbot, "E-1", "granted")
    months = page.figures.months
    months.setFocus()
    QTest.keyClick(months, Qt.Key.Key_Left)
    with qtbot.waitSignal(page._later.timeout):
        QTest.keyClick(months, Qt.Key.Key_Return)
    assert page.figures._behind.title.text() == "Spent in 2026-08"
    assert [row.fen for row in page.figures.postings.shown.rows] == [300_00]
    with qtbot.waitSignal(page._later.timeout):
        spent = page.figures.waterfall.where(2).toPoint()
        QTest.mouseClick(page.figures.waterfall, Qt.MouseButton.LeftButton, pos=spent)
    chosen = page.tree.chosen()
    assert chosen is not None
    assert chosen[1] == "spent"
    assert page.figures._behind.title.text() == "Spent"


def test_a_tile_opens_everything_also_where_some_have_no_unit(
    funded: Bank, show: Show, qtbot
) -> None:
    from ecofolio.initiatives.actions import create

    lone = funded.do(create, {"code": "E-9", "name": "Lone", "stage": "pilot"})
    funded.do(actions.transfer, 10_00, unit(funded.head_office), initiative(lone))
    funded.do(actions.spend, 4_00, initiative_id=lone)
    funded.do(actions.spend, 3_00, initiative_id=funded.campus)
    page = show(funded)
    with qtbot.waitSignal(page._later.timeout):
        QTest.mouseClick(page.tiles["spent"], Qt.MouseButton.LeftButton)
    assert sorted(row.fen for row in page.figures.postings.shown.rows) == [3_00, 4_00]
    assert page.figures._name.text() == "All in this scope"


def test_sums_and_their_sentences_are_in_the_display_unit_and_currency(
    funded: Bank, show: Show, settings: SimpleNamespace, qtbot
) -> None:
    settings.money_unit = "wan"
    page = show(funded)
    shown_postings(page, qtbot, "E-1", "granted")
    assert cells_of(page, "granted") == "1.0"
    assert "ten thousand yuan" in page.figures._behind.caption.text()
    assert "1.00 ten thousand yuan" in page.figures.waterfall.accessibleDescription() or (
        "0.50 ten thousand yuan" in page.figures.waterfall.accessibleDescription()
    )
    assert "ten thousand yuan" in page.need.said.text()


def test_heat_follows_use_and_is_written_beside_its_colour(funded: Bank, show: Show) -> None:
    funded.do(actions.spend, 4_500_00, initiative_id=funded.campus)
    funded.do(actions.transfer, 500_00, unit(funded.rich), initiative(funded.market))
    funded.do(actions.commit, 100_00, funded.market)
    page = show(funded)
    model = page.tree.shown
    nodes = {one.code: one for one in every(model.nodes)}

    def cell(code: str, key: str, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> Any:
        return model.place_of(nodes[code]).siblingAtColumn(KEYS.index(key)).data(role)

    assert (cell("E-1", "used"), cell("E-2", "used"), cell("E-3", "used")) == ("90%", "20%", "")
    ground = Qt.ItemDataRole.BackgroundRole
    hot, cool = cell("E-1", "used", ground), cell("E-2", "used", ground)
    assert hot.lightness() < cool.lightness()
    assert cell("E-3", "used", ground) is None
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert cell("E-1", "spent", spoken) == "Campus, Spent: 4,500 yuan"
    assert "2026-11 4,500 (so far)" in cell("E-1", "trend", Qt.ItemDataRole.ToolTipRole)


def test_money_that_ends_early_is_told_for_a_unit_and_its_initiative(
    funded: Bank, show: Show, qtbot
) -> None:
    from ecofolio.initiatives.actions import set_fields

    funded.do(set_fields, ids=[funded.campus], values={"due_date": date(2028, 12, 31)})
    for month in (8, 9, 10):
        funded.do(actions.spend, 1_000_00, initiative_id=funded.campus, on=date(2026, month, 9))
    page = show(funded)
    shown_postings(page, qtbot, "HO", "ends")
    assert page.figures._ending.text() == (
        "At this rate the money of 1 initiative ends before its work: Campus in 2027-01."
    )
    assert "3,000 yuan" in page.figures._note.text()
    shown_postings(page, qtbot, "E-1", "ends")
    assert page.figures._ending.text() == (
        "At this rate of 1,000 yuan a month the money ends in 2027-01."
    )


def test_inequality_is_told_in_words_that_need_no_statistics(funded: Bank, show: Show) -> None:
    funded.do(actions.transfer, 500_00, unit(funded.rich), unit(funded.poor))
    page = show(funded)
    assert page.need.said.text() == (
        "Money is very unequal: Gini 0.46, where 0 is all alike and 1 is one that has all. Half "
        "of the branches have less than 2,875 yuan per initiative. Rich branch has 5,500 yuan for "
        "each, Poor branch 250 yuan. To reach the median 1 branch lacks 5,250 yuan."
    )
    page.tabs.setCurrentIndex(1)
    page.need.bars.setFocus()
    QTest.keyClick(page.need.bars, Qt.Key.Key_Return)
    chosen = page.tree.chosen()
    assert chosen is not None
    assert (chosen[0].code, chosen[1]) == ("PO", "each")


@pytest.mark.parametrize(
    ("unit_", "said"), [("yuan", "5,671,234.50"), ("wan", "567.12"), ("yi", "0.0567")]
)
def test_a_branch_has_figures_in_every_display_unit(place_kind: str, unit_: str, said: str) -> None:
    assert money(5_671_234_50, unit_) == said


def test_much_is_read_beside_the_window_and_the_last_wish_is_shown(
    funded: Bank, show: Show, qtbot, monkeypatch
) -> None:
    from ecofolio.budget import page as page_module

    monkeypatch.setattr(page_module, "_MANY", 0)
    for fen in (3_00, 4_00):
        funded.do(actions.spend, fen, initiative_id=funded.campus)
    page = show(funded)

    def idle() -> bool:
        return page.picture is not None and not page.context.runner.jobs

    def shown() -> list[int]:
        return [row.fen for row in page.figures.postings.shown.rows]

    qtbot.waitUntil(idle)
    page.tree.choose(node_of(page, "HO"), "available")
    page._open_figure()
    assert shown_postings(page, qtbot, "HO", "spent") == []
    assert page.figures._behind.caption.text() == "Reading the figures"
    qtbot.waitUntil(lambda: shown() == [4_00, 3_00] and idle())
    assert sum(one.actual or 0 for one in page.figures.months.months) == 7_00
    # what was there stays in view until what was posted is read
    with qtbot.waitSignal(page._later.timeout):
        funded.do(actions.spend, 5_00, initiative_id=funded.campus)
    assert shown() == [4_00, 3_00]
    qtbot.waitUntil(lambda: shown() == [5_00, 4_00, 3_00])
    assert sum(one.actual or 0 for one in page.figures.months.months) == 12_00
