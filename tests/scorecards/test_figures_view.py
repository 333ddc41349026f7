"""Figures are seen by month, quarter and year, of one initiative or of many, and opened."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from tests.scorecards.conftest import MONTH, TODAY, Measured

from ecofolio.cli.measures import observations
from ecofolio.initiatives.scope import Scope
from ecofolio.scorecards.figures_view import ALL, INITIATIVE, FiguresView
from ecofolio.scorecards.page import FIGURES, ScorecardsPage

ACROSS = Qt.Orientation.Horizontal


@pytest.fixture
def view(page: ScorecardsPage) -> FiguresView:
    """The tab as it is opened."""
    page.tabs.setCurrentIndex(FIGURES)
    return page.figures


def choose(view: FiguresView, what: str, which: Any = None, span: str = "month") -> None:
    view.what.setCurrentIndex(view.what.findData(what))
    if which is not None:
        view.which.setCurrentIndex(view.which.findData(which))
    view.span.setCurrentIndex(view.span.findData(span))


def shown(view: FiguresView) -> dict[tuple[str, str], str]:
    model = view.model
    return {
        (model.metrics[n].code, model.periods[m]): model.index(n, m).data()
        for n in range(model.rowCount())
        for m in range(model.columnCount())
    }


def test_months_of_an_initiative_make_quarters_and_years(
    view: FiguresView, filed: Measured
) -> None:
    choose(view, INITIATIVE, filed.ids["A"])
    assert shown(view)["effective_cards", MONTH] == "90"
    choose(view, INITIATIVE, filed.ids["A"], "quarter")
    assert shown(view)["effective_cards", "2026-Q4"] == "* 90"  # November and December are open
    choose(view, INITIATIVE, filed.ids["A"], "year")
    found = shown(view)
    assert found["effective_cards", "2026"] == "* 140"
    assert found["deposits_kept", "2026"] == "* 80"  # the last, not the sum


def test_initiatives_make_units_and_the_scope(
    view: FiguresView, page: ScorecardsPage, filed: Measured
) -> None:
    choose(view, "unit", "Branch NB")
    assert shown(view)["effective_cards", MONTH] == "130"
    choose(view, ALL)
    found = shown(view)
    assert found["effective_cards", MONTH] == "130" and view.which.isHidden()
    assert found["deposits_kept", MONTH] == "* 80"
    index = view.model.index(1, view.model.periods.index(MONTH))
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "1 of 2 months reported"
    assert "1 of 2 months" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    page.set_scope(Scope().replace(text="nothing is called so"))
    assert view._nothing.isVisible()


def test_what_was_promised_is_rolled_up_as_well(view: FiguresView, filed: Measured) -> None:
    choose(view, "unit", "Branch NB", "quarter")
    view.source.setCurrentIndex(1)
    assert shown(view)["effective_cards", "2026-Q4"] == "* 200" and view.made_of.isHidden()
    index = view.model.index(0, view.model.periods.index("2026-Q4"))
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "2 of 6 months have a target"


def test_a_figure_opens_into_what_it_is_made_of(
    view: FiguresView, filed: Measured, told: list[Any]
) -> None:
    choose(view, "unit", "Branch NB", "quarter")
    view.table.setCurrentIndex(view.model.index(0, view.model.periods.index("2026-Q3")))
    parts = [[view.parts.item(n, m).text() for m in range(3)] for n in range(view.parts.rowCount())]
    assert parts == [["A  A", "2026-09", "50"], ["B  B", "2026-09", "50"]]
    view.parts.cellDoubleClicked.emit(1, 0)
    assert told[-1] == ("open", "initiative", filed.ids["B"])


def test_a_figure_out_of_the_ordinary_is_marked_and_says_why(
    view: FiguresView, filed: Measured
) -> None:
    filed.report("A", "effective_cards", 900)
    view.fill(None)
    choose(view, INITIATIVE, filed.ids["A"])
    view.table.setCurrentIndex(view.model.index(0, view.model.periods.index(MONTH)))
    item = view.parts.item(0, 2)
    assert item.text() == "! 900" and "after 50 last month is ten times apart" in item.toolTip()
    [row] = [row for row in filed.read(observations, TODAY) if row["odd"]]
    assert (row["initiative"], row["month"], row["value"]) == ("A", MONTH, 900)


def test_the_grid_is_copied_as_plain_figures(
    view: FiguresView, filed: Measured, qtbot: Any
) -> None:
    filed.report("A", "effective_cards", 12_345.5)
    view.fill(None)
    choose(view, INITIATIVE, filed.ids["A"])
    view.copy.click()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0] == ["Metric", "Unit of measure", "2026-09", "2026-10"]
    assert lines[1] == ["Effective cards issued", "pieces", "50", "12345.5"]
    picked = QItemSelectionModel.SelectionFlag.ClearAndSelect
    view.table.selectionModel().select(view.model.index(0, 1), picked)
    qtbot.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "12345.5"
    assert view.model.index(0, 1).data() == "12,346"


def test_a_name_that_looks_like_a_formula_is_copied_as_text(
    view: FiguresView, filed: Measured
) -> None:
    from ecofolio.scorecards.actions import set_metric

    filed.do(set_metric, filed.metrics["effective_cards"], {"name": "=1+1"})
    view.fill(None)
    choose(view, INITIATIVE, filed.ids["A"])
    view.copy.click()
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("'=1+1\t")


def test_figures_of_many_are_added_up_apart_and_told_to_be_chosen_from(
    view: FiguresView, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setattr("ecofolio.scorecards.figures_view._MANY", 1)
    with qtbot.waitSignal(view.model.modelReset, timeout=5000):
        choose(view, ALL)
    assert shown(view)["effective_cards", MONTH] == "130"
    view.table.setCurrentIndex(view.model.index(0, 0))
    assert view._words.text().startswith("Choose a unit") and not view.parts.rowCount()
