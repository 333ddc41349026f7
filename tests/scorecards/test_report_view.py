"""Reporting a month in a minute: one's own first, typed or pasted, with source and comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from tests.conftest import ACTOR
from tests.scorecards.conftest import MONTH, Measured

from ecofolio.initiatives import actions as initiatives
from ecofolio.organisation.model import Person
from ecofolio.scorecards import queries, reporting
from ecofolio.scorecards.report_model import COMMENT, SOURCE, VALUE
from ecofolio.scorecards.tabs_page import REPORT
from ecofolio.squads import actions as squads

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ecofolio.scorecards.page import ScorecardsPage
    from ecofolio.scorecards.report_view import ReportView


@pytest.fixture
def view(page: ScorecardsPage) -> ReportView:
    """B's figures of October, of which deposits are missing."""
    page.tabs.setCurrentIndex(REPORT)
    return page.report


def said(programme: Measured, metric: str) -> list[object]:
    rows = programme.read(queries.observations, ids=[programme.ids["B"]], months=[MONTH])
    return [(one.value, one.source, one.comment) for one in rows if one.metric == metric]


def test_what_i_lead_comes_first_then_what_is_missing(filed: Measured) -> None:
    def person(work) -> int:
        work.label("Person")
        return work.insert(Person, [{"code": "P1", "name": ACTOR}])[0]

    for code in ("C", "D"):
        filed.add(code)
        filed.promise(code, "effective_cards", 0, 100)
    assert [one.code for one in filed.read(reporting.reporters, MONTH, actor=ACTOR)] == [*"BCDA"]
    made = filed.do(person)
    filed.do(initiatives.set_fields, [filed.ids["A"]], {"lead_id": made})
    squad = filed.do(squads.create_squad, {"name": "Team", "lead_id": made})
    filed.do(squads.set_initiatives, squad, [filed.ids["D"]])
    found = filed.read(reporting.reporters, MONTH, actor=ACTOR)
    assert [(one.code, one.own) for one in found] == [
        ("D", True), ("A", True), ("B", False), ("C", False),
    ]  # fmt: skip


def test_source_and_comment_are_typed_beside_the_figure_and_stay(
    view: ReportView, filed: Measured
) -> None:
    for column, text in ((VALUE, "70"), (SOURCE, "Core system"), (COMMENT, "early")):
        view.model.setData(view.model.index(1, column), text)
    view.report()
    assert said(filed, "deposits_kept") == [(70_000, "Core system", "early")]
    view.choose(filed.ids["B"])
    view.model.setData(view.model.index(1, VALUE), "71")
    view.report()
    assert said(filed, "deposits_kept") == [(71_000, "Core system", "early")]


def test_a_block_is_pasted_by_the_names_of_metrics_with_source_and_comment(
    view: ReportView, filed: Measured
) -> None:
    text = "Deposits kept\t80\tCore system\tpaid late\neffective_cards\t60\t\t\n"
    assert view.model.paste(1, text) == 0
    view.report()
    assert said(filed, "deposits_kept") == [(80_000, "Core system", "paid late")]
    assert said(filed, "effective_cards") == [(60_000, None, None)]


def test_a_column_that_is_too_long_is_not_pasted_in_part(view: ReportView, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("1\n2\n3\n4")
    view.table.setCurrentIndex(view.model.index(0, VALUE))
    qtbot.keySequence(view.table, QKeySequence.StandardKey.Paste)
    assert not view.has_open_work()
    assert "2 lines are more" in view.message.sentence


def test_report_this_month_begins_with_the_first_missing_figure(
    page: ScorecardsPage, qtbot: QtBot
) -> None:
    page.show()
    page.activateWindow()
    qtbot.mouseClick(page._report_now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.report.table.hasFocus)
    assert page.report.table.currentIndex() == page.report.model.index(1, VALUE)
