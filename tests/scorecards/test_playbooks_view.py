"""Playbooks are packed, edited and set as targets on the page."""

from __future__ import annotations

from datetime import date
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit
from tests.scorecards.conftest import Measured

from ecofolio.initiatives import actions as initiative_actions
from ecofolio.initiatives import playbooks as registers
from ecofolio.initiatives.playbook_dialog import PlaybookDialog
from ecofolio.scorecards import from_playbook_dialog, playbooks, queries
from ecofolio.scorecards.from_playbook_dialog import FromPlaybookDialog
from ecofolio.scorecards.pack_playbook_dialog import PackPlaybookDialog
from ecofolio.scorecards.page import PLAYBOOKS, TARGETS, ScorecardsPage
from ecofolio.scorecards.playbooks import Packed
from ecofolio.scorecards.playbooks_view import PlaybooksView
from ecofolio.scorecards.targets_model import FIRST

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def packed(filed: Measured) -> int:
    """A playbook of A with two months, and B that starts in December."""
    starts = {"A": date(2026, 9, 1), "B": date(2026, 12, 15)}
    for code, start in starts.items():
        filed.do(initiative_actions.set_fields, [filed.ids[code]], {"start_date": start})
    found = filed.read(playbooks.of_initiative, filed.ids["A"])
    values = filed.read(registers.suggested, filed.ids["A"])
    made: int = filed.do(playbooks.pack, {**values, "name": "Proven", "notes": "For all"}, found)
    return made


@pytest.fixture
def view(packed: int, page: ScorecardsPage) -> PlaybooksView:
    """The tab as it is opened."""
    page.tabs.setCurrentIndex(PLAYBOOKS)
    return page.playbooks


def answered(monkeypatch: pytest.MonkeyPatch, kind: type[QDialog], answer: Any) -> None:
    """Answer a dialog that is asked instead of waiting for somebody."""

    def execute(dialog: Any) -> bool:
        answer(dialog)
        dialog.hide()
        return dialog.result() == QDialog.DialogCode.Accepted

    monkeypatch.setattr(kind, "exec", execute)


def cells(view: PlaybooksView, row: int) -> list[str]:
    return [view.model.index(row, FIRST + n).data() for n in range(len(view.model.months))]


def test_the_tab_shows_what_a_playbook_promises(view: PlaybooksView) -> None:
    assert view.list.item(0).text() == "PB-001  Proven"
    assert view.about.text() == "Full rollout · packed from A" and view.notes.text() == "For all"
    assert view.model.months == ["Month 1", "Month 2"]
    assert cells(view, 0) == ["30", "54"] and cells(view, 1) == ["50", "90"]
    index = view.model.index(1, FIRST + 1)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Effective cards issued, Target, Month 2: 90"


def test_figures_are_pasted_and_kept_as_one_change(
    view: PlaybooksView, filed: Measured, told: list[Any], qtbot: Any
) -> None:
    view.count.setValue(3)
    view.table.setCurrentIndex(view.model.index(0, FIRST + 1))
    view.model.paste(0, FIRST + 1, "60\t70\n100\t110")
    assert view.has_open_work() and not view.delete.isEnabled() and not view.count.isEnabled()
    qtbot.keyClick(view.table, Qt.Key.Key_Return, CONTROL)
    assert told[-1] == ("said", "2 figures are changed.")
    found = filed.read(playbooks.figures, [view.model.playbook_id])
    assert [one[3:6] for one in found if one.metric == "effective_cards"] == [
        (1, 30_000, 50_000), (2, 60_000, 100_000), (3, 70_000, 110_000),
    ]  # fmt: skip
    view.model.empty([view.model.index(n, FIRST) for n in range(3)])
    view.save.click()
    assert len(filed.read(playbooks.figures, [view.model.playbook_id])) == len(found) - 1
    filed.workspace.undo()
    filed.workspace.undo()
    view.refill()
    assert cells(view, 1) == ["50", "90"]


def test_a_figure_that_breaks_a_rule_is_named_with_its_month(view: PlaybooksView) -> None:
    view.model.setData(view.model.index(0, FIRST + 1), "95")
    assert view.message.sentence.startswith("Effective cards issued, Month 2: The target has to")
    assert not view.save.isEnabled()
    view.reset.click()
    assert not view.has_open_work() and view.message.isHidden()


def test_another_playbook_waits_until_what_is_typed_is_saved(
    view: PlaybooksView, filed: Measured
) -> None:
    filed.do(playbooks.pack, {"name": "Other"}, [Packed(filed.metrics["referrals"], 1, 1, 2)])
    view.refill()
    view.model.setData(view.model.index(1, FIRST), "55")
    view.list.setCurrentRow(1)
    assert view.list.currentRow() == 0 and "Save or discard" in view.message.sentence
    view.reset.click()
    view.list.setCurrentRow(1)
    assert cells(view, 1) == ["0.002"]


def test_a_metric_is_added_to_a_playbook(view: PlaybooksView, filed: Measured) -> None:
    metric = filed.metrics["referrals"]
    view.more.setCurrentIndex(view.more.findData(metric))
    view.more.activated.emit(view.more.currentIndex())
    view.model.paste(view.table.currentIndex().row(), FIRST, "1\n2\n3")
    view.save.click()
    found = filed.read(playbooks.figures, [view.model.playbook_id])
    assert (metric, 1, 1000, 2000, 3000) in [one[2:7] for one in found]


def test_control_enter_saves_the_cell_that_is_still_being_typed(
    view: PlaybooksView, qtbot: Any
) -> None:
    view.model.setData(view.model.index(0, FIRST), "1")
    view.table.setCurrentIndex(view.model.index(1, FIRST))
    qtbot.keyClick(view.table, Qt.Key.Key_7)
    editor = next(one for one in view.table.findChildren(QLineEdit) if one.isVisible())
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    typed = view.model.index(1, FIRST)
    qtbot.waitUntil(lambda: typed.data() == "7" and not view.has_open_work())


def test_a_playbook_is_edited_retired_and_deleted(
    view: PlaybooksView, filed: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(dialog: PlaybookDialog) -> None:
        dialog.fields.name.setText(" ")
        dialog.keep()
        assert "needs a name" in dialog.message.sentence
        dialog.fields.name.setText("Proven twice")
        dialog.keep()

    answered(monkeypatch, PlaybookDialog, rename)
    view.edit.click()
    assert view.list.item(0).text() == "PB-001  Proven twice"
    assert filed.workspace.next_undo().label == "Set Name of Proven"  # type: ignore[union-attr]
    view.retire.click()
    assert view.list.count() == 0 and view._body.isVisible()
    view.retired.setChecked(True)
    assert "retired" in view.list.item(0).text() and not view.use.isEnabled()
    view.retire.click()
    assert view.use.isEnabled()
    view.delete.click()
    assert view._empty.isVisible() and filed.read(registers.playbooks, retired=True) == []


def test_names_and_notes_are_plain_data_however_long(
    view: PlaybooksView, filed: Measured, page: ScorecardsPage
) -> None:
    one, name = view.model.playbook_id, "=1+1 <b>bold</b> & " * 10
    width, notes = view.minimumSizeHint().width(), "<img src=x>\n" * 300
    filed.do(registers.set_playbook, one, {"name": name, "notes": notes})
    view.refill()
    assert view.name.text() == f"PB-001  {name.strip()}" and view.notes.text().startswith("<img")
    assert "&lt;b&gt;bold" in view.list.item(0).toolTip()
    assert view.notes.height() < 40 and view.minimumSizeHint().width() == width
    dialog = FromPlaybookDialog(page.context, None, one, None, page)
    assert dialog.sizeHint().width() <= 900
    filed.do(initiative_actions.set_fields, [filed.ids["A"]], {"name": "<i>A</i>"})
    dialog = FromPlaybookDialog(page.context, None, one, None, page)
    tips = dialog.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tips == "<span>A  &lt;i&gt;A&lt;/i&gt;</span>"


def test_playbooks_are_found_by_what_they_are_for(view: PlaybooksView) -> None:
    for text, hidden in (("proven full", False), ("for all", False), ("breakthrough", True)):
        view.search.setText(text)
        assert view.list.item(0).isHidden() is hidden


def test_a_playbook_is_opened_as_a_record(
    packed: int, page: ScorecardsPage, filed: Measured
) -> None:
    filed.do(registers.set_playbook, packed, {"retired": True})
    assert page.show_record("playbook", packed)
    assert page.tabs.currentIndex() == PLAYBOOKS and page.playbooks.playbook is not None
    assert not page.show_record("playbook", 99)


def test_an_initiative_is_packed_from_its_targets(
    page: ScorecardsPage, filed: Measured, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page.tabs.setCurrentIndex(TARGETS)

    def choose(dialog: PackPlaybookDialog) -> None:
        assert dialog.who.currentData() == filed.ids["A"] and dialog.fields.name.text() == "A"
        assert [item.text() for item in dialog._items()] == [
            "Effective cards issued: 2 months", "Deposits kept: 2 months",
        ]  # fmt: skip
        dialog.metrics.item(1).setCheckState(Qt.CheckState.Unchecked)
        dialog.months.setValue(1)
        dialog.of.setCurrentIndex(1)
        dialog.months.setValue(1)
        assert dialog.count.text() == "1 figure is packed."
        dialog.fields.code.setText("X")
        dialog.keep()

    answered(monkeypatch, PackPlaybookDialog, choose)
    page.targets.pack.click()
    assert page.tabs.currentIndex() == PLAYBOOKS and told[-1] == ("said", "The playbook is packed.")
    [row] = filed.read(playbooks.figures)
    assert (row.code, row.metric, row.month, row.floor, row.target) == (
        "X", "effective_cards", 1, 0, 100_000,
    )  # fmt: skip


def test_what_can_not_be_packed_is_named(page: ScorecardsPage, filed: Measured) -> None:
    empty = filed.add("C")
    dialog = PackPlaybookDialog(filed.workspace, empty, page)
    assert "Nothing is known" in dialog.count.text() and not dialog.keep_button.isEnabled()
    filed.do(registers.add_playbook, {"name": "taken", "code": "X"})
    dialog.who.setCurrentIndex(dialog.who.findData(filed.ids["A"]))
    dialog.fields.code.setText("X")
    dialog.keep()
    assert "is taken" in dialog.message.sentence and dialog.made is None


def test_targets_are_seen_before_they_are_set(
    view: PlaybooksView, filed: Measured, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    filed.promise("B", "effective_cards", 1, 2, "2026-12")

    def choose(dialog: FromPlaybookDialog) -> None:
        assert dialog.said.text() == "Tick the initiatives that get targets from it."
        dialog.search.setText("b")
        dialog.model.setData(dialog.model.index(0, 0), 2, Qt.ItemDataRole.CheckStateRole)
        row = [dialog.model.index(0, n).data() for n in range(6)]
        assert row == ["B  B", "2026-12", "3", "1", "–", "–"]
        assert dialog.said.text() == "3 targets are set · 1 stays as it is"
        dialog.there.setCurrentIndex(1)
        assert dialog.keep_button.text() == "Set 4 targets"
        dialog.start.setCurrentIndex(1)
        dialog.month.setText("soon")
        assert "is not a month" in dialog.message.sentence and not dialog.keep_button.isEnabled()
        dialog.month.setText("2027年1月")
        dialog.percent.setValue(200)
        assert dialog.model.index(0, 1).data() == "2027-01"
        dialog.keep()

    answered(monkeypatch, FromPlaybookDialog, choose)
    view.use.click()
    assert told[-1] == ("said", "4 targets are changed.")
    rows = filed.read(queries.targets, ids=[filed.ids["B"]], months=["2027-01", "2027-02"])
    assert [(row.metric, row.month, row.target) for row in rows] == [
        ("effective_cards", "2027-01", 100_000), ("effective_cards", "2027-02", 180_000),
        ("deposits_kept", "2027-01", 100_000), ("deposits_kept", "2027-02", 160_000),
    ]  # fmt: skip
    filed.workspace.undo()
    assert filed.read(queries.targets, ids=[filed.ids["B"]], months=["2027-01"]) == []


def test_all_that_are_shown_are_ticked_at_once(packed: int, page: ScorecardsPage) -> None:
    dialog = FromPlaybookDialog(page.context, None, packed, None, page)
    dialog.model.tick_shown(on=True)
    assert dialog.said.text() == "4 targets are set · 4 stay as they are"  # A has its own
    dialog.search.setText("a")
    dialog.model.tick_shown(on=False)
    assert dialog.model.chosen == [dialog.model._who[1].id]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two initiatives and a target are many."""
    monkeypatch.setattr(from_playbook_dialog, "_AT_ONCE", 1)
    monkeypatch.setattr(from_playbook_dialog, "_MANY", 1)


@pytest.fixture
def dialog(packed: int, many: None, page: ScorecardsPage) -> FromPlaybookDialog:
    """The dialog as it is opened, where both initiatives start in December."""
    made = FromPlaybookDialog(page.context, None, packed, None, page)
    made.start.setCurrentIndex(1)
    made.month.setText("2026-12")
    made.show()
    return made


def test_of_many_it_is_worked_out_off_the_gui_thread(
    dialog: FromPlaybookDialog, qtbot: Any
) -> None:
    dialog.model.tick_shown(on=True)
    assert dialog.said.text() == "Working it out…" and not dialog.keep_button.isEnabled()
    dialog.percent.setValue(50)  # while it is being worked out
    assert dialog.said.text() == "Working it out…"
    qtbot.waitUntil(lambda: dialog.said.text() == "8 targets are set")
    assert dialog._asked is not None and dialog._asked[1].percent == 50
    assert dialog.keep_button.text() == "Set 8 targets" and dialog.keep_button.isEnabled()
    dialog.model.tick_shown(on=False)
    assert dialog.said.text() == "Tick the initiatives that get targets from it."


def test_many_targets_are_set_with_progress(
    dialog: FromPlaybookDialog, filed: Measured, qtbot: Any
) -> None:
    dialog.model.tick_shown(on=True)
    qtbot.waitUntil(dialog.keep_button.isEnabled)
    with qtbot.waitSignal(dialog.accepted):
        dialog.keep()
        assert dialog.bar.isVisible() and not dialog.table.isEnabled()
    assert dialog.count == 8 and len(filed.read(queries.targets, months=["2026-12"])) == 4
    assert filed.workspace.next_undo().label == "Targets from playbook Proven"  # type: ignore[union-attr]


def test_setting_many_targets_is_called_off(
    dialog: FromPlaybookDialog, filed: Measured, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.model.tick_shown(on=True)
    qtbot.waitUntil(dialog.keep_button.isEnabled)
    set_all, gate = playbooks.set_from_playbook, Event()

    def wait(*given: Any, **more: Any) -> int:
        gate.wait()
        return set_all(*given, **more)

    monkeypatch.setattr(playbooks, "set_from_playbook", wait)
    dialog.keep()
    dialog.reject()
    assert dialog.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: dialog.message.sentence == "Cancelled: no target was set.")
    assert filed.read(queries.targets, months=["2026-12"]) == [] and dialog.keep_button.isEnabled()
    dialog.reject()
    assert not dialog.isVisible()


def test_initiatives_are_found_and_ticked_by_keyboard(
    dialog: FromPlaybookDialog, filed: Measured, qtbot: Any
) -> None:
    assert dialog.search.hasFocus()
    qtbot.keyClicks(dialog.search, "b")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.isVisible() and dialog.table.hasFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Right)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Space)
    assert dialog.model.chosen == [filed.ids["B"]]
    qtbot.keyClick(dialog.table, Qt.Key.Key_Space)
    assert dialog.model.chosen == []
    qtbot.keyClick(dialog.table, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_rates_follow_where_that_is_ticked(
    view: PlaybooksView, filed: Measured, page: ScorecardsPage
) -> None:
    rate = [Packed(filed.metrics["retention"], 1, 40_000, 80_000)]
    filed.do(playbooks.set_figures, view.model.playbook_id, rate)
    dialog = FromPlaybookDialog(page.context, None, view.model.playbook_id, filed.ids["B"], page)
    assert not dialog.rates.isEnabled()
    dialog.percent.setValue(50)
    for on, target in ((False, 80_000), (True, 40_000)):
        dialog.rates.setChecked(on)
        dialog.there.setCurrentIndex(int(on))
        dialog.keep()
        rows = filed.read(queries.targets, ids=[filed.ids["B"]], months=["2026-12"])
        assert [row.target for row in rows if row.metric == "retention"] == [target]


def test_without_playbooks_the_tab_says_what_they_are(page: ScorecardsPage) -> None:
    page.tabs.setCurrentIndex(PLAYBOOKS)
    assert page.playbooks._empty.isVisible() and not page.playbooks._body.isVisible()
    dialog = FromPlaybookDialog(page.context, None, None, None, page)
    assert "pack a proven initiative first" in dialog.said.text()
