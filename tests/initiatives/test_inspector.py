"""The inspector: all about one initiative, or what several have in common."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from tests.initiatives.page_trials import SHIFT

from ecofolio.initiatives import actions

Key = Qt.Key
pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
OVERVIEW, MILESTONES, NOTES, HISTORY = range(4)


def texts(widget) -> str:
    """What is written in a widget, from top to bottom."""
    QApplication.processEvents()  # what was just put into a layout is shown then
    shown = [one for one in widget.findChildren(QLabel) if one.isVisible()]
    shown.sort(key=lambda one: one.mapTo(widget, QPoint(0, 0)).toTuple()[::-1])
    return "\n".join(one.text() for one in shown)


def turn_to(trial, tab: int):
    trial.page.inspector.tabs.setCurrentIndex(tab)
    QApplication.processEvents()
    return trial.page.inspector


def test_one_initiative_is_shown_with_its_health_in_words(trial):
    trial.click("HB-001")
    said = texts(trial.page.inspector)
    assert "HB-001 · Wuchang sub-branch · Rural" in said
    assert "Milestone “Go-live” is 12 days late against baseline" in said
    assert "¥ 9,800,000" in said


def test_several_show_what_they_share(trial):
    trial.click("GD-001")
    trial.click("GD-002", modifiers=SHIFT)
    fields = trial.page.inspector.fields
    assert fields["unit_id"].accessibleName() == "Unit: Guangdong branch"
    assert fields["stage"].accessibleName() == "Stage: several"
    turn_to(trial, HISTORY)
    assert "Select one initiative to see this." in texts(trial.page.inspector)


def test_a_field_is_edited_in_its_place(trial):
    trial.click("GD-001")
    field = trial.page.inspector.fields["partner_names"]
    QTest.keyClick(field, Key.Key_Return)
    field.editor.insert("Dealers")
    QTest.keyClick(field.editor, Key.Key_Return)
    assert trial.row("GD-001").partner_names == "Dealers"
    assert field.editor is None


def test_a_refused_value_stays_with_its_sentence(trial):
    trial.click("GD-001")
    field = trial.page.inspector.fields["start_date"]
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    field.editor.setText("2028-01-01")
    QTest.keyClick(field.editor, Key.Key_Return)
    assert "is before the start date" in texts(field)
    assert field.editor.text() == "2028-01-01"
    QTest.keyClick(field.editor, Key.Key_Escape)
    assert trial.row("GD-001").start_date is None


def test_a_field_set_for_several_is_one_change(trial):
    trial.click("GD-001")
    trial.click("GD-002", modifiers=SHIFT)
    field = trial.page.inspector.fields["tags"]
    QTest.keyClick(field, Key.Key_F2)
    field.editor.insert("south, coast")
    QTest.keyClick(field.editor, Key.Key_Return)
    assert {trial.row(code).tags for code in ("GD-001", "GD-002")} == {"south,coast"}
    assert trial.programme.workspace.next_undo().label == "Set Tags of 2 initiatives"


def test_milestones_are_added_changed_and_taken_away(trial):
    trial.click("HB-001")
    panel = turn_to(trial, MILESTONES).milestones
    assert "12 days late" in texts(panel)
    panel.add_button.click()
    panel.form.name.setText("Acceptance")
    panel.form.dates["baseline"].setText("30 February 2027")
    panel.form.keep_button.click()
    assert "30 February 2027" in panel.form.message.sentence
    panel.form.dates["baseline"].setText("2027年3月1日")
    panel.form.keep_button.click()
    assert panel.form is None
    assert "Baseline 1 Mar 2027 · Forecast 1 Mar 2027" in texts(panel)
    with trial.programme.workspace.read() as connection:
        from ecofolio.initiatives import queries

        first, _second = queries.milestones(connection, ids=[trial.programme.ids["HB-001"]])
    panel.edit(first)
    panel.form.dates["actual"].setText("2026-11-20")
    panel.form.keep_button.click()
    assert trial.row("HB-001").milestone == "Acceptance"  # the next that is open
    assert trial.row("HB-001").light == "green"
    panel.edit(first)
    next(one for one in panel.form.findChildren(QPushButton) if one.text() == "Delete").click()
    assert "Go-live" not in texts(panel)


def test_an_open_form_is_not_lost_to_a_change_elsewhere(trial):
    trial.click("HB-001")
    panel = turn_to(trial, MILESTONES).milestones
    panel.add_button.click()
    panel.form.name.setText("Half written")
    trial.programme.do(actions.set_fields, [trial.programme.ids["HB-001"]], {"tags": "new"})
    trial.page.refresh()
    assert panel.form.name.text() == "Half written"
    assert trial.page.has_open_work()


def test_notes_are_written_by_section(trial):
    trial.click("HB-001")
    panel = turn_to(trial, NOTES).notes
    panel.add_button.click()
    panel.form.keep_button.click()
    assert "needs a section" in panel.form.message.sentence
    panel.form.section.setText("Risks")
    panel.form.body.setPlainText("<b>late</b>")
    QTest.keyClick(panel.form.body, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "<b>late</b>" in texts(panel)  # as it was written


def test_history_tells_each_field_in_words_and_takes_a_change_back(trial):
    identity = trial.programme.ids["GD-001"]
    trial.programme.do(actions.set_fields, [identity], {"budget_fen": 120_000_000, "lead_id": None})
    trial.programme.do(actions.set_fields, [identity], {"due_date": date(2027, 5, 1)})
    trial.page.refresh()
    trial.click("GD-001")
    panel = turn_to(trial, HISTORY).history
    said = texts(panel)
    assert "31 Mar 2027 → 1 May 2027" in said
    assert "¥ 14,500,000 → ¥ 1,200,000" in said
    assert "Li Na → blank" in said
    assert "Lin Wei" in said
    undo = [one for one in panel.findChildren(QPushButton) if one.text() == "Undo"]
    assert len(undo) == 2  # the addition itself is not offered
    undo[1].click()
    assert trial.row("GD-001").lead == "Li Na"
    assert trial.row("GD-001").due_date == date(2027, 5, 1)


def test_history_follows_an_edit_while_it_is_looked_at(trial):
    trial.click("GD-001")
    panel = turn_to(trial, HISTORY).history
    texts(panel)
    for stage in ("pilot", "operating"):
        trial.programme.do(actions.set_fields, [trial.programme.ids["GD-001"]], {"stage": stage})
        trial.page.refresh()
    said = texts(panel)
    assert said.index("Pilot → Operating") < said.index("Rollout → Pilot") < said.index("added:")
    assert said.count("Stage") == 2


def test_a_long_history_is_shown_in_part_until_it_is_asked_for(trial):
    identity = trial.programme.ids["GD-001"]
    for n in range(40):
        trial.programme.do(actions.set_fields, [identity], {"tags": f"t{n}"})
    trial.page.refresh()
    trial.click("GD-001")
    panel = turn_to(trial, HISTORY).history
    assert "t8 → t9" not in texts(panel)
    next(one for one in panel.findChildren(QPushButton) if "more" in one.text()).click()
    assert "t8 → t9" in texts(panel)


def test_a_change_that_was_built_upon_is_not_taken_back(trial):
    identity = trial.programme.ids["GD-001"]
    for stage in ("pilot", "operating"):
        trial.programme.do(actions.set_fields, [identity], {"stage": stage})
    trial.page.refresh()
    trial.click("GD-001")
    panel = turn_to(trial, HISTORY).history
    undo = [one for one in panel.findChildren(QPushButton) if one.text() == "Undo"]
    undo[1].click()
    assert "can not be undone" in panel.message.sentence
    assert trial.row("GD-001").stage == "operating"


def test_milestones_and_custom_values_have_names_in_the_history(trial):
    identity = trial.programme.ids["HB-001"]
    trial.programme.do(actions.set_custom, [identity], trial.programme.ids["Signed"], "2026-03-05")
    milestone = trial.programme.ids["go-live"]
    trial.programme.do(actions.set_milestone, milestone, {"forecast": date(2026, 12, 1)})
    trial.page.refresh()
    trial.click("HB-001")
    said = texts(turn_to(trial, HISTORY).history)
    assert "Milestone “Go-live” · Forecast\n22 Nov 2026 → 1 Dec 2026" in said
    assert "Signed\nblank → 5 Mar 2026" in said


def test_the_inspector_is_hidden_and_stays_so(trial, qtbot):
    trial.page.inspector.close_button.click()
    assert trial.page.inspector.isHidden()
    state = trial.page.state()
    trial.page.show_inspector(True)
    trial.page.restore(state)
    assert trial.page.inspector.isHidden()
    assert not trial.page.inspector_button.isHidden()
