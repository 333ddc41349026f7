"""The scorecards page is tried by mouse and keyboard."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit
from tests.scorecards.conftest import MONTH, Measured

from ecofolio.errors import InputError
from ecofolio.initiatives.scope import Scope
from ecofolio.scorecards import queries
from ecofolio.scorecards.card_view import MetricLine
from ecofolio.scorecards.page import ScorecardsPage
from ecofolio.scorecards.standing import standing
from ecofolio.scorecards.tabs_page import (
    FIGURES,
    HEAT,
    METRICS,
    OWED,
    RANKING,
    REPORT,
    SPREAD,
    TARGETS,
    VALUE,
    WHAT_IF,
)
from ecofolio.scorecards.value import Balance, grouped
from ecofolio.widgets.page import PageId
from ecofolio.widgets.theme import Mode, in_force


def test_the_ranking_opens_each_score(page: ScorecardsPage, filed: Measured, qtbot: Any) -> None:
    table = page.ranking
    rows = table.ranking.lines
    assert [(one.code, one.score, one.rank) for one in rows] == [("A", 8400, 1), ("B", 1600, 2)]
    assert page.card.shown is not None and page.card.shown.line.code == "A"
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert page.card.shown.line.code == "B"
    assert [line.one_more is None for line in page.card.shown.sheet.score.lines] == [False, True]


def test_enter_opens_the_initiative(page: ScorecardsPage, told: list[Any], qtbot: Any) -> None:
    qtbot.keyClick(page.ranking, Qt.Key.Key_Return)
    assert told[-1][:2] == ("open", "initiative")


def test_sorting_is_by_the_figures(page: ScorecardsPage) -> None:
    page.ranking.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    assert [one.code for one in page.ranking.ranking.lines] == ["B", "A"]


@pytest.mark.parametrize("tab", [RANKING, HEAT, SPREAD, VALUE, WHAT_IF, REPORT, OWED])
@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
def test_every_view_is_drawn_in_both_themes(page: ScorecardsPage, tab: int, mode: Mode) -> None:
    in_force().apply(mode=mode)
    page.tabs.setCurrentIndex(tab)
    assert not page.grab().isNull()
    in_force().apply(mode=Mode.LIGHT)


def test_a_column_is_pasted_and_reported_by_keyboard(
    page: ScorecardsPage, filed: Measured, told: list[Any], qtbot: Any
) -> None:
    page.tabs.setCurrentIndex(REPORT)
    view = page.report
    assert view.people.item(0).text().startswith("1  B")
    assert view.table.currentIndex().row() == 1  # the first that is missing
    QGuiApplication.clipboard().setText("45\n")
    qtbot.keyClick(view.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert view.has_open_work() and page.has_open_work() and view.save.isEnabled()
    qtbot.keyClick(view.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not view.has_open_work())
    rows = filed.read(queries.observations, ids=[filed.ids["B"]], months=[MONTH])
    assert [row.value for row in rows] == [40_000, 45_000]
    assert told[-1] == ("said", "1 figure is reported.") and not view.has_open_work()


def test_what_can_not_be_read_is_named_and_what_is_odd_asked_about(
    page: ScorecardsPage, filed: Measured, qtbot: Any
) -> None:
    page.tabs.setCurrentIndex(REPORT)
    view = page.report
    view.model.paste(1, "lots")
    assert "is not a figure" in view.message.sentence and not view.save.isEnabled()
    view.model.paste(1, "5000")
    view.report()
    assert "ten times apart" in view.message.sentence
    rows = filed.read(queries.observations, ids=[filed.ids["B"]], months=[MONTH])
    assert len(rows) == 1
    view.report(sure=True)
    assert len(filed.read(queries.observations, ids=[filed.ids["B"]], months=[MONTH])) == 2


def test_sliders_move_scores_and_are_kept_only_when_told(
    page: ScorecardsPage, filed: Measured
) -> None:
    page.tabs.setCurrentIndex(WHAT_IF)
    view = page.what_if
    assert not view.save.isEnabled()
    cards, deposits = filed.metrics["effective_cards"], filed.metrics["deposits_kept"]
    view._weights[cards].setValue(50)
    assert not view.save.isEnabled()  # 130 per cent
    view._weights[deposits].setValue(0)
    assert view.save.isEnabled()
    assert filed.scores()["A"].score == 8400
    view.save.click()
    assert view.message.isVisible() or filed.read(queries.cards, "2026-11")["full_rollout"]
    view.reset.click()


def test_the_text_to_send_is_copied(page: ScorecardsPage, told: list[Any]) -> None:
    page.tabs.setCurrentIndex(OWED)
    assert [one.unit for one in page.owed.debtors] == ["Branch NB"]
    page.owed.copy.click()
    assert "B B, 2026-10, 11 days late: Deposits kept" in QGuiApplication.clipboard().text()
    assert told[-1] == ("said", "The text is copied.")


def test_another_month_is_chosen(page: ScorecardsPage) -> None:
    page.months.setCurrentText("2026-09")
    assert page.found is not None and page.found.month == "2026-09"
    assert [one.score for one in page.found.lines] == [5000, 5000]


def test_an_empty_scope_says_so(page: ScorecardsPage) -> None:
    page.set_scope(Scope().replace(text="nothing is called so"))
    assert page._nothing.isVisible()


def test_one_figure_more_is_taken_in_as_if_all_were_read_again(
    page: ScorecardsPage, filed: Measured
) -> None:
    before = page.found
    filed.report("B", "deposits_kept", 90)
    page.refresh()
    assert page.found is not None and before is not None and page.found.who is before.who
    with filed.workspace.read() as connection:
        again = standing(connection, Scope(), MONTH, page.found.today)
    assert page.found.lines == again.lines
    assert [one.score for one in page.found.lines] == [8400, 7000]


def test_in_a_large_programme_the_change_follows_the_ranking(
    page: ScorecardsPage, filed: Measured, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecofolio.scorecards.page._MANY", 0)
    whole = page.found
    shown = []
    show = page._show
    monkeypatch.setattr(page, "_show", lambda found: (shown.append(found), show(found)))
    page._touched.all()
    page.refresh()
    assert not page.is_settled()
    qtbot.waitUntil(page.is_settled)
    assert whole is not None and page.found is not None
    assert [one.change for one in shown[0].lines] == [None, None]
    assert page.found.lines == whole.lines == page.ranking.ranking.lines
    assert [one.change for one in whole.lines] == [3400, -3400]


def test_in_a_large_programme_what_is_owed_is_read_apart(
    page: ScorecardsPage, filed: Measured, qtbot: Any
) -> None:
    view = page.owed
    page.tabs.setCurrentIndex(OWED)
    view.debtors = []
    view.fill(None, apart=True)
    assert view._waiting.isVisible() and not view._nobody.isVisible()
    view.fill(None, apart=True)  # the first answer is not waited for
    qtbot.waitUntil(lambda: not page.context.runner.jobs)
    assert [one.unit for one in view.debtors] == ["Branch NB"]
    assert view._left.isVisible() and not view._waiting.isVisible()


def test_balances_are_added_up_by_unit_scene_and_batch(
    page: ScorecardsPage, filed: Measured
) -> None:
    page.tabs.setCurrentIndex(VALUE)
    view, opened = page.value, []
    view.opened.connect(opened.append)
    shown = {}
    for kind in ("", "unit", "scene", "batch"):
        view.by.setCurrentIndex(view.by.findData(kind))
        shown[kind] = [view.balances.index(0, n).data() for n in (0, 3)]
        view.table.activated.emit(view.balances.index(0, 0))
    assert shown == {
        "": ["A  A", "1.50"],
        "unit": ["Branch NB", "1.50"],
        "scene": ["no scene", "1.50"],
        "batch": ["Full rollout", "1.50"],
    }
    assert opened == [filed.ids["A"]]  # a group has no scorecard


def test_balances_of_other_months_add_up() -> None:
    one = Balance(1, ("2026-09", "2026-10"), (1, 2), (5, 6))
    other = Balance(2, ("2026-10", "2026-11"), (10, 20), (50, 60))
    alone = Balance(3, ("2026-10",), (7,), (8,))
    found = grouped({1: one, 2: other, 3: alone}, {1: "x", 2: "x"})
    months = ("2026-09", "2026-10", "2026-11")
    assert found == {"x": Balance("x", months, (1, 12, 20), (5, 56, 60))}


def test_an_odd_figure_is_reported_by_a_second_control_enter(
    page: ScorecardsPage, filed: Measured, qtbot: Any
) -> None:
    page.tabs.setCurrentIndex(REPORT)
    view, control = page.report, Qt.KeyboardModifier.ControlModifier
    view.model.paste(1, "5000")
    qtbot.keyClick(view.table, Qt.Key.Key_Return, control)
    assert "ten times apart" in view.message.sentence and view.message.isVisible()
    assert len(filed.read(queries.observations, ids=[filed.ids["B"]], months=[MONTH])) == 1
    view.model.paste(1, "6000")  # another figure is asked about again
    qtbot.keyClick(view.table, Qt.Key.Key_Return, control)
    assert len(filed.read(queries.observations, ids=[filed.ids["B"]], months=[MONTH])) == 1
    qtbot.keyClick(view.table, Qt.Key.Key_Return, control)
    rows = filed.read(queries.observations, ids=[filed.ids["B"]], months=[MONTH])
    assert [row.value for row in rows] == [40_000, 6_000_000]


def test_what_was_typed_waits_until_one_comes_back(page: ScorecardsPage, filed: Measured) -> None:
    page.tabs.setCurrentIndex(REPORT)
    view = page.report
    view.model.paste(1, "45")
    view.people.setCurrentRow(1)
    assert not view.model.has_edits() and view.has_open_work() and not view.save.isEnabled()
    view.people.setCurrentRow(0)
    assert view.model.index(1, 4).data() == "45" and view.save.isEnabled()
    view.report()
    assert not view.has_open_work()


def test_ten_metrics_are_pasted_and_reported_as_provisional_by_keyboard_alone(
    page: ScorecardsPage, filed: Measured, qtbot: Any
) -> None:
    codes = [code for code in filed.metrics if code not in ("effective_cards", "deposits_kept")]
    filed.add("Z")
    kept = [code for code in codes if _promised(filed, code)][:10]
    page.refresh()
    page.tabs.setCurrentIndex(REPORT)
    view = page.report
    view.people.setCurrentRow(
        next(n for n in range(view.people.count()) if "Z" in view.people.item(n).text())
    )
    assert view.table.currentIndex().row() == 0
    figures = [str(30 + n) for n in range(len(kept))]
    QGuiApplication.clipboard().setText("\n".join(figures))
    qtbot.keyClick(view.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view.provisional, Qt.Key.Key_Space)
    qtbot.keyClick(view.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not view.has_open_work())
    rows = filed.read(queries.observations, ids=[filed.ids["Z"]], months=[MONTH])
    assert sorted(row.value for row in rows) == [1000 * int(one) for one in figures]
    assert {row.state for row in rows} == {"provisional"}


def _promised(filed: Measured, code: str) -> bool:
    try:
        filed.promise("Z", code, 0, 100)
    except InputError:  # the target is to be below its floor
        return False
    return True


def test_a_month_is_chosen_off_the_gui_thread_and_late_answers_are_dropped(
    page: ScorecardsPage, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecofolio.scorecards.page._MANY", 0)
    shown = []
    show = page._show
    monkeypatch.setattr(page, "_show", lambda found: (shown.append(found.month), show(found)))
    page.months.setCurrentText("2026-09")
    assert page.found is not None and page.found.month == MONTH and page.ranking.isVisible()
    page.months.setCurrentText(MONTH)
    page.months.setCurrentText("2026-09")
    qtbot.waitUntil(lambda: page.is_settled() and not page.context.runner.jobs)
    assert page.found.month == "2026-09" == page.months.currentText()
    assert shown[-1] == "2026-09"
    page.months.setCurrentText(MONTH)
    page.months.setCurrentText("2026-09")  # back before the other one is there
    qtbot.waitUntil(lambda: page.is_settled() and not page.context.runner.jobs)
    assert page.found.month == "2026-09" == page.months.currentText()
    assert MONTH not in shown


@pytest.mark.parametrize("tab", [HEAT, VALUE, WHAT_IF])
def test_in_a_large_programme_a_tab_is_read_apart(
    page: ScorecardsPage, filed: Measured, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tab: int
) -> None:
    page._many = True
    page.tabs.setCurrentIndex(tab)
    qtbot.waitUntil(lambda: not page.context.runner.jobs)
    if tab == HEAT:
        assert page.heat.heat.index(0, 0).data() == "90%"
    elif tab == VALUE:
        assert page.value.balances.index(0, 3).data() == "1.50"
    else:
        assert page.what_if.model.rowCount() == 2


def test_the_scatter_follows_what_is_added_up(page: ScorecardsPage, filed: Measured) -> None:
    page.tabs.setCurrentIndex(VALUE)
    view, shown = page.value, []
    fill = view.scatter.fill
    view.scatter.fill = lambda dots, *more: (shown.append(dots), fill(dots, *more))
    for kind in ("unit", ""):
        view.by.setCurrentIndex(view.by.findData(kind))
    assert [[dot.title for dot in dots] for dots in shown] == [["Branch NB"], ["A"]]
    opened: list[int] = []
    view.opened.connect(opened.append)
    view.scatter.opened.emit(0)
    assert opened == [filed.ids["A"]] and view.table.currentIndex().row() == 0


def test_who_is_built_for_buildings_sake_is_told_with_the_reason(
    page: ScorecardsPage, filed: Measured
) -> None:
    filed.report("B", "effective_cards", 110)
    filed.promise("B", "deposits_kept", 20, 100)
    page.refresh()
    page.tabs.setCurrentIndex(VALUE)
    item = page.value.hollow.item(0)
    assert item.text() == "B B · Branch NB: 110 cards of 100 promised, but no deposits reported"
    opened: list[int] = []
    page.value.opened.connect(opened.append)
    page.value.hollow.itemActivated.emit(item)
    assert opened == [filed.ids["B"]]


def test_a_quarter_and_a_year_are_chosen_like_a_month(
    page: ScorecardsPage, filed: Measured
) -> None:
    assert [page.months.itemText(n) for n in range(page.months.count())] == [
        "2026-10", "2026-09", "2026-Q4", "2026-Q3", "2026",
    ]  # fmt: skip
    page.months.setCurrentText("2026")
    assert page.found is not None and page.found.month == "2026"
    lines = {line.code: line for line in page.found.lines}
    # A: 140 of 200 cards, 80 of 100 deposits; B: 90 of 200, 50 of 100 in one month of two
    assert lines["A"].score == 7600 and lines["B"].score == 3300
    page.ranking.choose(filed.ids["B"])
    shown = page.card.shown
    assert shown is not None and shown.sheet.month == "2026" and shown.last == "2026-10"
    lines_of = page.card.findChildren(MetricLine)
    assert any("50% of due months reported" in one.accessibleDescription() for one in lines_of)
    for tab in range(page.tabs.count()):
        page.tabs.setCurrentIndex(tab)
    filed.report("B", "deposits_kept", 100)
    page.refresh()
    lines = {line.code: line for line in page.found.lines}
    assert lines["B"].score == 2 * 900 + 6000


def test_the_middle_of_two_scores_lies_between_them(page: ScorecardsPage) -> None:
    page.tabs.setCurrentIndex(SPREAD)
    assert page.found is not None
    scores = [line.score or 0 for line in page.found.lines]
    assert [one.points[0][0] for one in page.strips.figure.lines] == [sum(scores) / 200]


def test_a_score_says_which_of_its_figures_are_provisional(
    page: ScorecardsPage, filed: Measured, qtbot: Any
) -> None:
    filed.report("A", "deposits_kept", 81, state="provisional")
    page.refresh()
    page.ranking.choose(filed.ids["A"])
    qtbot.waitUntil(lambda: bool(page.card.shown and page.card.shown.provisional))
    texts = [one.text() for one in page.card.findChildren(QLabel)]
    assert "1 figure is provisional." in texts
    told = [one.accessibleDescription() for one in page.card.findChildren(MetricLine)]
    assert len({one for one in told if "Provisional." in one}) == 1


def test_what_changed_is_taken_in_as_if_everything_were_read_again(
    page: ScorecardsPage, filed: Measured
) -> None:
    """Ranks, places won and the size of the group follow, in this month and the one before."""
    dice = Random(7)
    for code in ("C", "D", "E"):
        filed.add(code, dice.choice(["full_rollout", "incubation"]), unit_id=filed.ids["SB"])
        for month in ("2026-09", MONTH):
            filed.promise(code, "effective_cards", 0, 100, month)
            filed.promise(code, "active_users", 0, 100, month)
    page.refresh()
    for _turn in range(14):
        code = dice.choice("ABCDE")
        metric = dice.choice(["effective_cards", "active_users" if code > "B" else "deposits_kept"])
        filed.report(code, metric, dice.randrange(120), dice.choice(["2026-09", MONTH]))
        page.refresh()
        with filed.workspace.read() as connection:
            again = standing(connection, Scope(), MONTH, page.found.today)
        assert page.found.lines == again.lines
        assert page.found.moved == {filed.ids[code]} and again.moved is None


def test_where_nothing_is_there_yet_each_tab_leads_to_what_comes_first(
    page: ScorecardsPage, told: list[Any]
) -> None:
    page.set_scope(Scope().replace(text="nothing is called so"))
    page.tabs.setCurrentIndex(FIGURES)
    page.figures._nothing.action.click()
    assert page.tabs.currentIndex() == REPORT and not page.report.people.isVisible()
    page.report._nobody.action.click()
    assert page.tabs.currentIndex() == TARGETS
    page.targets._nobody.action.click()
    assert told[-1] == ("go", PageId.INITIATIVES)
    page.tabs.setCurrentIndex(VALUE)
    page.value._nothing.action.click()
    assert page.tabs.currentIndex() == METRICS


def test_the_last_figure_is_opened_before_a_month_without_one(
    page: ScorecardsPage, filed: Measured
) -> None:
    filed.promise("A", "effective_cards", 0, 100, "2026-11")
    filed.report("B", "effective_cards", 20, "2026-11")
    page.refresh()
    page.tabs.setCurrentIndex(FIGURES)
    grid = page.figures.table
    assert grid.figures.periods[grid.currentIndex().column()] == MONTH
    assert page.figures.parts.rowCount() == 1


def test_beside_a_small_card_the_head_and_all_tabs_have_room(page: ScorecardsPage) -> None:
    page.resize(1084, 640)
    assert page._head.width() == page.tabs.width() > page.ranking.width() + page.card.width()


def test_a_rank_among_thousands_is_not_cut(page: ScorecardsPage) -> None:
    table = page.ranking
    before = table.columnWidth(0)
    table._widen(3334)
    wanted = table.fontMetrics().horizontalAdvance("1 of 3334 ▲212")
    assert table.columnWidth(0) > max(before, wanted + 16)


def test_the_month_of_a_report_is_read_before_a_long_name(
    page: ScorecardsPage, filed: Measured
) -> None:
    page.tabs.setCurrentIndex(REPORT)
    assert page.report.caption.text() == f"{MONTH} · B  B"


def test_figures_are_typed_one_below_the_other_and_the_last_is_reported_too(
    page: ScorecardsPage, filed: Measured, qtbot: Any
) -> None:
    for metric in ("retention", "fee_income"):
        filed.promise("B", metric, 0, 100)
    page.refresh()
    page.tabs.setCurrentIndex(REPORT)
    table, model = page.report.table, page.report.model
    table.setCurrentIndex(model.index(0, 4))
    for n in range(3):
        qtbot.keyClick(table, Qt.Key.Key_5)
        editor = next(one for one in table.findChildren(QLineEdit) if one.isVisible())
        qtbot.keyClick(editor, Qt.Key.Key_0)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda n=n: table.currentIndex().row() == n + 1)
    assert [model.index(n, 4).data() for n in range(4)] == ["50", "50", "50", ""]
    qtbot.keyClick(table, Qt.Key.Key_7)
    editor = next(one for one in table.findChildren(QLineEdit) if one.isVisible())
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not page.report.has_open_work())
    assert len(filed.read(queries.observations, ids=[filed.ids["B"]], months=[MONTH])) == 4


def test_without_targets_nothing_is_due_and_nothing_counts_as_reported(
    page: ScorecardsPage, filed: Measured
) -> None:
    page.tabs.setCurrentIndex(OWED)
    view, empty = page.owed, filed.add("C")
    view.fill(frozenset([empty]))
    assert view._nothing.isVisible() and not view._nobody.isVisible()
    view.fill(frozenset([filed.ids["A"]]))
    assert view._nobody.isVisible() and not view._nothing.isVisible()
