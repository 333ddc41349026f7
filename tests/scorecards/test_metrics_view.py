"""The catalogue of metrics and what they are worth are edited on the page."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from tests.scorecards.conftest import Measured

from ecofolio.scorecards import actions, queries
from ecofolio.scorecards.metric_dialog import MetricDialog
from ecofolio.scorecards.metrics_model import CODE, FIELDS, NAME, VETO
from ecofolio.scorecards.metrics_view import MetricsView
from ecofolio.scorecards.page import METRICS, ScorecardsPage
from ecofolio.scorecards.worth_view import read_worth, worth_text
from ecofolio.vocabulary import Step


@pytest.fixture
def view(page: ScorecardsPage) -> MetricsView:
    """The tab as it is opened."""
    page.tabs.setCurrentIndex(METRICS)
    return page.metrics


def _choose(view: MetricsView, filed: Measured, code: str, column: int = NAME) -> None:
    view.choose(filed.metrics[code])
    view.table.setCurrentIndex(view.table.currentIndex().siblingAtColumn(column))


def _stored(filed: Measured, code: str) -> queries.MetricRow:
    rows = filed.read(queries.metrics, retired=True)
    return next(row for row in rows if row.code == code)


def test_a_name_is_typed_and_undone(
    view: MetricsView, filed: Measured, told: list[Any], qtbot: Any
) -> None:
    _choose(view, filed, "referrals")
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    editor = view.table.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, "Sent by friends")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(told))
    assert _stored(filed, "referrals").name == "Sent by friends"
    assert view.chosen is not None and view.chosen.name == "Sent by friends"
    assert told[-1] == ("said", "Referrals is changed.")
    filed.workspace.undo()
    assert _stored(filed, "referrals").own_name is None


def test_a_word_is_chosen_in_the_cell(view: MetricsView, filed: Measured) -> None:
    column = FIELDS.index("over_months")
    _choose(view, filed, "referrals", column)
    view.table.edit(view.table.currentIndex())
    box = view.table.viewport().findChild(QComboBox)
    assert box is not None and box.currentData() == "sum" and box.accessibleName()
    box.setCurrentIndex(box.findData("last"))
    box.activated.emit(box.currentIndex())
    assert _stored(filed, "referrals").over_months == "last"


def test_what_past_scores_rest_on_stays_and_says_why(view: MetricsView, filed: Measured) -> None:
    _choose(view, filed, "deposits_kept", VETO)
    checked = Qt.CheckState.Checked.value
    assert not view.model.setData(
        view.table.currentIndex(), checked, Qt.ItemDataRole.CheckStateRole
    )
    assert "Add another metric and retire this one" in view.message.sentence
    view.delete.click()
    assert "retire it instead" in view.message.sentence
    view.retire.click()
    assert _stored(filed, "deposits_kept").retired
    assert view.model.row_of(filed.metrics["deposits_kept"]) < 0
    view.retired.setChecked(True)
    view.choose(filed.metrics["deposits_kept"])
    assert view.retire.text() == "Take back into use"
    view.retire.click()
    assert not _stored(filed, "deposits_kept").retired


@pytest.mark.parametrize("typed", ["32", "soon", ""])
def test_a_day_that_is_none_is_refused(view: MetricsView, filed: Measured, typed: str) -> None:
    _choose(view, filed, "referrals", FIELDS.index("due_day"))
    assert not view.model.setData(view.table.currentIndex(), typed)
    assert "from 1 to 31" in view.message.sentence
    assert _stored(filed, "referrals").due_day == 10


def test_bounds_are_typed_and_hold_for_figures(view: MetricsView, filed: Measured) -> None:
    _choose(view, filed, "referrals", FIELDS.index("most"))
    index = view.table.currentIndex()
    assert index.data() == "–" and index.data(Qt.ItemDataRole.EditRole) == ""
    assert view.model.setData(index, "1,500.5")
    assert _stored(filed, "referrals").most == 1_500_500
    assert index.data() == "1,500.5"
    assert not view.model.setData(index, "many") and "is not a figure" in view.message.sentence
    assert not view.model.setData(index, "0") and "below the most" in view.message.sentence
    assert view.model.setData(index, "")
    assert _stored(filed, "referrals").most is None


def test_a_loop_phase_is_chosen_and_may_be_none(view: MetricsView, filed: Measured) -> None:
    column = FIELDS.index("loop_phase")
    _choose(view, filed, "complaints", column)
    index = view.table.currentIndex()
    assert index.data() == "–"
    values = [value for _text, value in view.model.choices(index) or ()]
    assert values == [None, "user_operation", "service_innovation", "value_conversion"]
    assert view.model.setData(index, "value_conversion")
    assert _stored(filed, "complaints").loop_phase == "value_conversion"
    assert view.model.setData(view.table.currentIndex(), None)
    assert _stored(filed, "complaints").loop_phase is None


def test_the_catalogue_goes_step_by_step_with_its_guardrails(
    view: MetricsView, filed: Measured
) -> None:
    steps = [step.value for step in Step]
    shown = [steps.index(row.step) for row in view.model.rows]
    assert shown == sorted(shown) and {*shown} == {*range(5)}
    by_code = {row.code: row for row in view.model.rows}
    assert (by_code["complaints"].step, by_code["complaints"].kind) == ("retain", "guardrail")
    filed.do(actions.set_metric, by_code["referrals"].id, {"step": "acquire"})
    view.fill()
    assert view.model.rows[shown.count(0)].code == "referrals"  # after those that were there


def test_a_metric_is_moved_within_its_step_and_back(view: MetricsView, filed: Measured) -> None:
    before = [row.code for row in view.model.rows]
    column, first = FIELDS.index("position"), before.index("base_customers")
    _choose(view, filed, "complaints", column)
    assert view.table.currentIndex().data() == str(before.index("complaints") + 1)
    assert view.model.setData(view.table.currentIndex(), str(first + 2))
    now = [row.code for row in view.model.rows]
    assert now[first : first + 3] == [before[first], "complaints", before[first + 1]]
    assert view.model.setData(view.table.currentIndex(), "2")
    now = [row.code for row in view.model.rows]
    assert now[first : first + 2] == ["complaints", before[first]]  # no further up than its step
    assert view.chosen is not None and view.chosen.code == "complaints"
    assert not view.model.setData(view.table.currentIndex(), "99")
    assert "from 1 to 41" in view.message.sentence
    filed.workspace.undo()
    filed.workspace.undo()
    view.fill()
    assert [row.code for row in view.model.rows] == before


def test_the_code_stays(view: MetricsView) -> None:
    assert not view.model.flags(view.model.index(0, CODE)) & Qt.ItemFlag.ItemIsEditable


def test_a_metric_is_added_and_deleted(view: MetricsView, filed: Measured, qtbot: Any) -> None:
    dialog = MetricDialog(filed.workspace)
    qtbot.addWidget(dialog)
    dialog.keep()
    assert "The code of a metric" in dialog.message.sentence
    dialog.fields["code"].setText("api_calls_paid")
    dialog.fields["name"].setText("Paid calls")
    dialog.fields["due_day"].setText("32")
    dialog.keep()
    assert "from 1 to 31" in dialog.message.sentence
    for name, text in (("due_day", "５"), ("least", "many"), ("most", "９，０００")):
        dialog.fields[name].setText(text)
    dialog.keep()
    assert "many" in dialog.message.sentence and dialog.added is None
    dialog.fields["least"].setText("")
    dialog.keep()
    assert dialog.added is not None
    found = {row.id: row for row in filed.read(queries.metrics)}[dialog.added]
    assert (found.due_day, found.least, found.most) == (5, None, 9_000_000)
    view.fill()
    view.choose(dialog.added)
    assert view.chosen is not None and view.chosen.name == "Paid calls"
    view.delete.click()
    assert view.model.row_of(dialog.added) < 0


def test_values_by_month_are_set_changed_and_removed(view: MetricsView, filed: Measured) -> None:
    _choose(view, filed, "effective_cards")
    worth, metric = view.worth, filed.metrics["effective_cards"]
    assert worth.table.item(0, 1).text() == "60" and not worth.set.isEnabled()
    worth.month.setText("2026年7月")
    worth.amount.setText("72.5")
    worth.set.click()
    kept = filed.read(queries.coefficients)[metric]
    assert kept[-1] == ("2026-07", 7_250_000_000)
    worth.table.setCurrentCell(0, 0)
    assert (worth.month.text(), worth.amount.text()) == ("2026-07", "72.5")
    worth.remove.click()
    assert len(filed.read(queries.coefficients)[metric]) == 1
    worth.month.setText("2026-13")
    worth.amount.setText("1")
    worth.set.click()
    assert "is not a month" in view.message.sentence


@pytest.mark.parametrize("micro", [0, 1, 120_000, 6_000_000_000, 123_456_789_012])
def test_what_a_unit_is_worth_is_read_as_it_is_written(micro: int) -> None:
    assert read_worth(worth_text(micro)) == micro
