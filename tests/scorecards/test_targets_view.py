"""Targets are typed and pasted on the page, and kept as one change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QLineEdit
from tests.scorecards.conftest import MONTH, Measured

from ecofolio.initiatives import actions as initiative_actions
from ecofolio.initiatives.scope import Scope
from ecofolio.scorecards import promises, queries, targets
from ecofolio.scorecards.page import TARGETS, ScorecardsPage
from ecofolio.scorecards.targets_model import FIRST
from ecofolio.scorecards.targets_view import TargetsView
from ecofolio.store import journal

OCTOBER = FIRST + 9
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(page: ScorecardsPage) -> TargetsView:
    """The tab as it is opened, on initiative A and this year."""
    page.tabs.setCurrentIndex(TARGETS)
    return page.targets


def _row(view: TargetsView, filed: Measured, code: str, line: int = 0) -> int:
    ids = [metric.id for metric in view.model.metrics]
    return ids.index(filed.metrics[code]) * 3 + line


def _kept(filed: Measured, code: str, metric: str) -> dict[str, tuple[int, int, int | None]]:
    rows = filed.read(queries.targets, ids=[filed.ids[code]])
    return {
        row.month: (row.floor, row.target, row.stretch)
        for row in rows
        if row.metric_id == filed.metrics[metric]
    }


def test_the_grid_shows_the_scorecard_and_what_is_promised(
    view: TargetsView, filed: Measured
) -> None:
    assert view.who.currentText() == "A  A" and view.year.value() == 2026
    card = filed.read(queries.cards, MONTH)["full_rollout"]
    assert {metric.id for metric in view.model.metrics} == set(card.weights)
    row = _row(view, filed, "deposits_kept")
    cells = [view.model.index(row + n, OCTOBER).data() for n in range(3)]
    assert cells == ["0", "100", ""]


def test_a_block_from_excel_is_pasted_and_kept_as_one_change(
    view: TargetsView, filed: Measured, told: list[Any], qtbot: Any
) -> None:
    row = _row(view, filed, "effective_cards")
    view.table.setCurrentIndex(view.model.index(row, OCTOBER))
    QGuiApplication.clipboard().setText("10\t1,000\n20\t2,000\n30\t3,000\r\n")
    qtbot.keyClick(view.table, Qt.Key.Key_V, CONTROL)
    assert view.has_open_work() and view.save.isEnabled() and not view.last_year.isEnabled()
    qtbot.keyClick(view.table, Qt.Key.Key_Return, CONTROL)
    kept = _kept(filed, "A", "effective_cards")
    assert kept["2026-10"] == (10_000, 20_000, 30_000)
    assert kept["2026-11"] == (1_000_000, 2_000_000, 3_000_000)
    assert told[-1] == ("said", "2 targets are changed.") and not view.has_open_work()
    filed.workspace.undo()
    kept = _kept(filed, "A", "effective_cards")
    assert kept["2026-10"] == (0, 100_000, None) and "2026-11" not in kept


def test_what_lies_beyond_the_grid_is_left_out(view: TargetsView) -> None:
    last = view.model.rowCount() - 1
    assert view.model.paste(last, FIRST + 11, "1\t2\n3\t4") == 1


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (("x", "5", ""), "is not a figure"),
        (("", "5", ""), "a target needs a floor"),
        (("5", "5", ""), "2026-11"),
        (("0", "5", "4"), "The stretch has to lie beyond the target."),
        (("0", "1e308", ""), "is not a figure"),
    ],
)
def test_what_can_not_be_kept_is_named(
    view: TargetsView, filed: Measured, typed: tuple[str, ...], reason: str
) -> None:
    view.model.paste(_row(view, filed, "effective_cards"), OCTOBER + 1, "\n".join(typed))
    assert reason in view.message.sentence and "2026-11" in view.message.sentence
    assert not view.save.isEnabled()
    view.reset.click()
    assert not view.has_open_work() and view.message.isHidden()


def test_emptied_lines_take_the_target_away(view: TargetsView, filed: Measured, qtbot: Any) -> None:
    row = _row(view, filed, "deposits_kept")
    view.table.clearSelection()
    view.model.empty([view.model.index(row + n, OCTOBER) for n in range(3)])
    view.save.click()
    assert list(_kept(filed, "A", "deposits_kept")) == ["2026-09"]
    filed.workspace.undo()
    assert len(_kept(filed, "A", "deposits_kept")) == 2


def test_what_is_typed_back_is_no_change(view: TargetsView, filed: Measured) -> None:
    index = view.model.index(_row(view, filed, "deposits_kept", 1), OCTOBER)
    assert view.model.setData(index, "120") and view.has_open_work()
    assert view.model.setData(index, "100") and not view.has_open_work()


def test_targets_are_set_as_last_year(view: TargetsView, filed: Measured) -> None:
    view.year.setValue(2027)
    view.percent.setValue(20)
    view.last_year.click()
    assert view.has_open_work() and "2027-10" not in _kept(filed, "A", "effective_cards")
    view.save.click()
    assert _kept(filed, "A", "effective_cards")["2027-10"][1] == 108_000  # 90 and 20 per cent
    view.year.setValue(2030)
    view.last_year.click()
    assert "Nothing was reported a year before" in view.message.sentence


def test_a_total_is_split_over_months(view: TargetsView, filed: Measured) -> None:
    view.table.setCurrentIndex(view.model.index(_row(view, filed, "active_users"), FIRST))
    view.total.setText("many")
    view.split.click()
    assert "“many” is not a figure." in view.message.sentence
    view.total.setText("1,201")
    view.split.click()
    view.save.click()
    kept = _kept(filed, "A", "active_users")
    assert len(kept) == 12 and sum(one[1] for one in kept.values()) == 1_201_000


def test_another_initiative_waits_until_what_is_typed_is_saved(
    view: TargetsView, filed: Measured
) -> None:
    view.model.paste(_row(view, filed, "effective_cards", 1), OCTOBER, "150")
    view.who.setCurrentIndex(1)
    assert view.who.currentText() == "A  A"
    assert "Save or discard" in view.message.sentence
    view.reset.click()
    view.who.setCurrentIndex(1)
    assert view.who.currentText() == "B  B"


def test_a_metric_is_added_to_the_grid(view: TargetsView, filed: Measured) -> None:
    metric = filed.metrics["referrals"]
    view.more.setCurrentIndex(view.more.findData(metric))
    view.more.activated.emit(view.more.currentIndex())
    view.model.paste(view.table.currentIndex().row(), FIRST, "1\n2")
    view.save.click()
    assert _kept(filed, "A", "referrals") == {"2026-01": (1000, 2000, None)}
    found = filed.read(promises.promised, filed.ids["A"], view.months)
    assert metric in {one.id for one in found.metrics}


def test_without_initiatives_the_tab_says_so(page: ScorecardsPage, view: TargetsView) -> None:
    page.set_scope(Scope().replace(text="nothing is called so"))
    assert view._nobody.isVisible() and not view.panel.isVisible()


def test_targets_follow_a_proven_initiative_since_its_start(
    view: TargetsView, filed: Measured
) -> None:
    for code, start in (("A", date(2026, 9, 1)), ("B", date(2027, 2, 15))):
        filed.do(initiative_actions.set_fields, [filed.ids[code]], {"start_date": start})
    view.fill(None)
    view.who.setCurrentIndex(view.who.findData(filed.ids["B"]))
    view.year.setValue(2027)
    view.example.setCurrentIndex(view.example.findData(filed.ids["A"]))
    view.part.setValue(50)
    view.as_proven.click()
    assert view.has_open_work() and not _kept(filed, "B", "deposits_kept").keys() & {"2027-03"}
    view.save.click()
    # A reached 50 in its first month and 90 in its second; the floor is 60 per cent of a target
    assert {
        month: one for month, one in _kept(filed, "B", "effective_cards").items() if month > "2027"
    } == {"2027-02": (15_000, 25_000, None), "2027-03": (27_000, 45_000, None)}
    filed.workspace.undo()
    assert all(month < "2027" for month in _kept(filed, "B", "effective_cards"))
    view.of.setCurrentIndex(1)
    view.fill(None)
    view.reset.click()
    view.as_proven.click()
    view.save.click()
    assert _kept(filed, "B", "effective_cards")["2027-03"] == (0, 50_000, None)


def test_an_example_that_says_nothing_is_named(view: TargetsView, filed: Measured) -> None:
    view.example.setCurrentIndex(view.example.findData(filed.ids["A"]))
    view.as_proven.click()
    assert "its own example" in view.message.sentence
    empty = filed.add("C")
    view.fill(None)
    view.example.setCurrentIndex(view.example.findData(empty))
    view.as_proven.click()
    assert "nothing to go by" in view.message.sentence
    view.example.setCurrentIndex(view.example.findData(filed.ids["B"]))
    view.year.setValue(2031)
    view.as_proven.click()
    assert "so many months after its start" in view.message.sentence


def test_a_proposed_share_does_not_exceed_what_can_be(filed: Measured) -> None:
    filed.report("A", "retention", 92, "2026-09")
    [one] = filed.read(
        targets.last_year, [filed.ids["A"]], [filed.metrics["retention"]], ["2027-09"], percent=20
    )
    assert (one.floor, one.target) == (60_000, 100_000)


def test_bad_cells_of_a_pasted_block_are_marked_and_nothing_of_it_is_kept(
    view: TargetsView, filed: Measured
) -> None:
    before = _kept(filed, "A", "effective_cards")
    row = _row(view, filed, "effective_cards")
    view.model.paste(row, OCTOBER, "0\t0\t0\t9\n200\tmany\t300")
    assert view.model.index(row + 1, OCTOBER + 1).data() == "✕ many"
    assert view.model.index(row + 1, OCTOBER).data() == "200"
    assert "many" not in view.message.sentence and "2026-11" in view.message.sentence
    assert not view.save.isEnabled() and _kept(filed, "A", "effective_cards") == before
    view.model.setData(view.model.index(row + 1, OCTOBER + 1), "250")
    assert view.save.isEnabled()
    view.model.paste(row, OCTOBER, "0\t0\t0\t9")
    assert "1 cell lies beyond the grid" in view.message.sentence


# --- settled months ------------------------------------------------------------------------------

AUGUST, DECEMBER = FIRST + 7, FIRST + 11


@pytest.fixture
def settled(page: ScorecardsPage, filed: Measured) -> TargetsView:
    """The tab on A, which was judged in August; now it is November."""
    now = filed.workspace.clock
    filed.workspace.clock = lambda: datetime(2026, 7, 1, tzinfo=UTC)
    filed.promise("A", "effective_cards", 0, 100, "2026-08")
    filed.workspace.clock = now
    page.tabs.setCurrentIndex(TARGETS)
    return page.targets


def test_a_settled_month_is_only_to_be_read_and_says_since_when(
    settled: TargetsView, filed: Measured
) -> None:
    row = _row(settled, filed, "effective_cards", 1)
    august, october = (settled.model.index(row, column) for column in (AUGUST, OCTOBER))
    assert not august.flags() & Qt.ItemFlag.ItemIsEditable
    assert october.flags() & Qt.ItemFlag.ItemIsEditable
    assert august.data(Qt.ItemDataRole.ToolTipRole) == "settled on 10 Sep 2026"
    assert august.data(Qt.ItemDataRole.AccessibleTextRole).endswith(
        "2026-08: 100, settled on 10 Sep 2026"
    )
    assert not settled.model.setData(august, "90") and not settled.has_open_work()
    settled.table.setCurrentIndex(august)
    settled.model.paste(row, AUGUST, "90\t91")
    assert [one.month for one in settled.model.changes()[0]] == ["2026-09"]
    assert settled.message.sentence == "1 target is settled and left as it is."


def test_what_is_proposed_leaves_settled_months_out_and_says_how_many(
    settled: TargetsView, filed: Measured
) -> None:
    settled.table.setCurrentIndex(
        settled.model.index(_row(settled, filed, "effective_cards"), OCTOBER)
    )
    settled.total.setText("1200")
    settled.split.click()
    months = {one.month for one in settled.model.changes()[0]}
    assert len(months) == 11 and "2026-08" not in months
    assert settled.message.sentence == "1 target is settled and left as it is."


def test_settled_targets_are_corrected_once_a_reason_is_given(
    settled: TargetsView, filed: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = settled.model.index(_row(settled, filed, "effective_cards", 1), AUGUST)
    for said, may in ((("  ", True), False), (("typed twice", True), True)):
        monkeypatch.setattr(QInputDialog, "getText", lambda *_all, said=said: said)
        settled.correct.click()
        assert bool(cell.flags() & Qt.ItemFlag.ItemIsEditable) is may
    assert "Reason: typed twice" in settled.message.sentence and settled.reset.isEnabled()
    assert settled.model.setData(cell, "90")
    settled.save.click()
    assert _kept(filed, "A", "effective_cards")["2026-08"] == (0, 90_000, None)
    with filed.workspace.read() as connection:
        assert journal.entries(connection, limit=1)[0].label.endswith("targets: typed twice")
    assert not settled.model.index(cell.row(), AUGUST).flags() & Qt.ItemFlag.ItemIsEditable


def test_control_enter_saves_the_cell_that_is_still_being_typed(
    page: ScorecardsPage, qtbot: Any
) -> None:
    page.tabs.setCurrentIndex(TARGETS)
    view = page.targets
    view.year.setValue(2027)
    view.model.setData(view.model.index(0, FIRST), "1")
    view.table.setCurrentIndex(view.model.index(1, FIRST))
    qtbot.keyClick(view.table, Qt.Key.Key_7)
    editor = next(one for one in view.table.findChildren(QLineEdit) if one.isVisible())
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    typed = view.model.index(1, FIRST)
    qtbot.waitUntil(lambda: typed.data() == "7" and not view.has_open_work())
