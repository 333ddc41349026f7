"""The page of initiatives, used the way a person uses it."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from tests.initiatives.page_trials import CONTROL, SHIFT, Trial

from ecofolio.initiatives import actions
from ecofolio.initiatives.arrangement import Condition, Sort
from ecofolio.initiatives.new_dialog import NewDialog
from ecofolio.initiatives.scope import Scope
from ecofolio.widgets.page import PageId

Key = Qt.Key
pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)


# Edit in place


def test_a_name_is_typed_over_and_kept_with_enter(trial):
    trial.edit("GD-001", "name")
    trial.type("Car world")
    trial.press(Key.Key_Return)
    assert trial.row("GD-001").name == "Car world"
    assert QApplication.focusWidget() is trial.page.table
    assert trial.programme.workspace.next_undo().label == "Set Name of Car life"


def test_escape_leaves_a_cell_as_it_was(trial):
    trial.edit("GD-001", "name")
    trial.type("Nonsense")
    trial.press(Key.Key_Escape)
    assert trial.row("GD-001").name == "Car life"


def test_tab_keeps_and_goes_on_to_the_next_cell(trial):
    trial.edit("GD-001", "code")
    trial.type("GD-007")
    trial.press(Key.Key_Tab)
    assert trial.row("GD-001").code == "GD-007"
    trial.type("Car world")
    trial.press(Key.Key_Return)
    assert trial.row("GD-001").name == "Car world"


def test_text_that_can_not_be_read_stays_in_the_cell_with_a_sentence(trial):
    trial.edit("GD-001", "budget_fen")
    trial.type("lots")
    trial.press(Key.Key_Return)
    assert "“lots” is not an amount of money" in trial.page.message.sentence
    assert trial.focus().text() == "lots"
    trial.type("1.2万")
    trial.press(Key.Key_Return)
    assert trial.row("GD-001").budget_fen == 1_200_000
    assert trial.page.message.isHidden()


def test_a_broken_rule_is_said_at_the_cell(trial):
    trial.edit("GD-001", "code")
    trial.type("HB-001")
    trial.press(Key.Key_Return)
    assert "already an initiative HB-001" in trial.page.message.sentence
    assert trial.focus().text() == "HB-001"
    trial.press(Key.Key_Escape)
    assert trial.row("GD-001").code == "GD-001"


def test_a_value_that_somebody_else_changed_is_shown_and_not_overwritten(trial, qtbot):
    from ecofolio.store.workspace import Workspace

    place = trial.programme.workspace.place
    with Workspace.open(place, actor="Other") as other:
        other.do(actions.set_fields, [trial.programme.ids["GD-001"]], {"batch": "incubation"})
    trial.edit("GD-001", "name")
    trial.type("Mine")
    trial.press(Key.Key_Return)
    assert "Somebody else changed this" in trial.page.message.sentence
    qtbot.waitUntil(lambda: trial.row("GD-001").batch == "incubation")
    assert trial.row("GD-001").name == "Car life"


def test_a_stage_is_chosen_from_its_list(trial):
    trial.edit("GD-002", "stage")
    box = trial.page.table.indexWidget(trial.index("GD-002", "stage"))
    assert isinstance(box, QComboBox)
    QApplication.processEvents()
    box.hidePopup()
    box.setCurrentIndex(box.findText("Operating"))
    QTest.keyClick(box, Key.Key_Return)
    assert trial.row("GD-002").stage == "operating"


def test_a_unit_is_found_in_the_tree_by_typing(trial):
    trial.edit("GD-002", "unit_id")
    trial.popup().search.insert("wuch")
    QTest.keyClick(trial.popup().search, Key.Key_Return)
    assert trial.row("GD-002").unit == "Wuchang sub-branch"


def test_a_person_is_named_by_a_part_or_chosen_from_what_fits(trial):
    def type_name(text):
        trial.edit("GD-002", "lead_id")
        QTest.keyClicks(trial.page.table.indexWidget(trial.index("GD-002", "lead_id")), text)
        return trial.popup()

    type_name("fan")
    trial.press(Key.Key_Return)
    assert trial.row("GD-002").lead == "Wang Fang"
    type_name("n")
    trial.press(Key.Key_Return)
    assert "“n” is not known here" in trial.page.message.sentence
    trial.press(Key.Key_Escape)
    trial.press(Key.Key_Escape)
    assert not trial.page.table.is_editing
    names = type_name("n")
    trial.press(Key.Key_Down)
    assert names.currentIndex().data() == "Li Na"
    trial.press(Key.Key_Return)
    assert trial.row("GD-002").lead == "Li Na"


def test_segments_are_ticked_and_one_leads(trial):
    trial.edit("GD-001", "segments")
    terms = trial.popup().list
    QTest.keyClick(terms, Key.Key_Space)  # government, the first
    QTest.keyClick(terms, Key.Key_Return)
    assert (trial.row("GD-001").lead_segment, trial.row("GD-001").other_segments) == ("B", "G")


def test_escape_closes_a_popup_without_a_change(trial):
    trial.edit("GD-001", "segments")
    terms = trial.popup().list
    QTest.keyClick(terms, Key.Key_Space)
    QTest.keyClick(terms, Key.Key_Escape)
    QApplication.processEvents()
    assert QApplication.activePopupWidget() is None
    assert trial.row("GD-001").other_segments is None


def test_health_is_overridden_with_a_reason_at_the_cell(trial):
    trial.edit("GD-001", "light")
    panel = trial.popup()
    panel.light.setCurrentIndex(panel.light.findData("red"))
    panel.keep()
    assert "needs a reason" in panel.message.sentence
    panel.reason.setText("Partner left")
    panel.keep()
    assert (trial.row("GD-001").light, trial.row("GD-001").health_reason) == ("red", "Partner left")
    assert trial.row("GD-001").health_expires == date(2026, 12, 21)


# Many at once


def test_one_value_is_set_for_all_selected_in_one_change(trial):
    trial.click("GD-001")
    trial.click("GD-002", modifiers=SHIFT)
    bulk = trial.page.bulk
    assert bulk.isVisible()
    bulk.field.setCurrentIndex(bulk.field.findData("batch"))
    bulk.editor.setCurrentIndex(bulk.editor.findData("breakthrough"))
    bulk.apply_button.click()
    assert trial.row("GD-002").batch == "breakthrough"
    assert trial.said[-1] == ("Batch set for 2 initiatives", True)
    trial.programme.workspace.undo()
    trial.page.refresh()
    assert [trial.row(code).batch for code in ("GD-001", "GD-002")] == ["full_rollout", None]


def test_deleting_says_what_happened_and_can_be_undone(trial):
    trial.click("GD-002")
    trial.press(Key.Key_Delete, CONTROL)
    assert trial.codes() == ["GD-001", "HB-001"]
    assert trial.said[-1] == ("Bus codes deleted", True)
    trial.programme.workspace.undo()
    trial.page.refresh()
    assert trial.codes() == ["GD-001", "GD-002", "HB-001"]


def test_delete_empties_cells_but_not_what_is_required(trial):
    trial.click("GD-001", "stage")
    trial.click("GD-001", "budget_fen", SHIFT)
    trial.press(Key.Key_Delete)
    row = trial.row("GD-001")
    assert (row.stage, row.budget_fen) == ("rollout", None)


def test_a_copy_is_added_and_selected(trial):
    trial.click("GD-001")
    trial.press(Key.Key_D, CONTROL)
    assert [row.name for row in trial.page.table.selected_rows()] == ["Car life (copy)"]


# Clipboard


def test_a_block_goes_to_the_clipboard_and_back_into_other_rows(trial):
    trial.click("GD-001", "batch")
    trial.click("GD-001", "stage", SHIFT)
    trial.press(Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "Full rollout\tRollout\r\n"
    trial.click("GD-002", "batch")
    trial.press(Key.Key_V, CONTROL)
    assert (trial.row("GD-002").batch, trial.row("GD-002").stage) == ("full_rollout", "rollout")
    assert trial.said[-1] == ("2 cells pasted in 1 initiative", True)


def test_a_pasted_cell_that_can_not_be_read_is_told_and_left_alone(trial):
    QApplication.clipboard().setText("Pilot\t3 March\nasleep\t")
    trial.page.tools.show_columns(["code", "stage", "name"])
    trial.click("GD-001", "stage")
    trial.press(Key.Key_V, CONTROL)
    assert trial.row("GD-001").stage == "pilot"
    assert trial.row("GD-002").stage == "proposal"
    assert trial.row("GD-002").name == "Bus codes"
    assert "2 cells could not be read" in trial.page.message.sentence


# Finding


def test_the_words_of_the_scope_leave_the_rows_that_match(trial):
    scope = trial.page.context.scope
    for text in ("w", "wang", "wang rural"):
        scope.set(scope.value.replace(text=text))
    assert trial.codes() == ["HB-001"]
    assert trial.page.model.arrangement.shown == 1
    scope.set(scope.value.replace(text=""))
    assert len(trial.codes()) == 3


def test_nothing_found_says_so_and_the_filters_can_be_taken_away(trial):
    scope = trial.page.context.scope
    scope.set(scope.value.replace(text="zzz"))
    trial.page.stack.currentWidget().action.click()
    assert scope.value.text == ""
    assert len(trial.codes()) == 3


def test_a_head_sorts_and_shift_adds_another(trial):
    trial.click("GD-002")
    header = trial.page.table.header
    for key, modifiers in (("unit_id", Qt.KeyboardModifier.NoModifier), ("budget_fen", SHIFT)):
        number = trial.page.model.column_of(key)
        trial.page.table.scrollTo(trial.page.model.index(0, number))
        at = header.rect().center()
        at.setX(header.sectionViewportPosition(number) + 20)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifiers, at)
    assert trial.page.model.arrangement.sorts == (Sort("unit_id"), Sort("budget_fen"))
    assert trial.codes() == ["GD-001", "GD-002", "HB-001"]
    said = [one.text() for one in trial.page.head.findChildren(QLabel)]
    assert "3 initiatives · by Unit, Budget" in said
    assert trial.page.table.selected_ids() == [trial.programme.ids["GD-002"]]


def test_a_column_is_filtered_by_ticking_values_with_their_counts(trial):
    trial.page.tools.open_filter("stage", trial.page.table.header)
    panel = trial.popup()
    assert [panel.list.item(n).text() for n in range(panel.list.count())] == [
        "Proposal  1",
        "Pilot  1",
        "Rollout  1",
    ]
    QTest.keyClick(panel.list, Key.Key_Down)
    QTest.keyClick(panel.list, Key.Key_Space)
    panel.close()
    assert trial.codes() == (["HB-001"])
    trial.page.tools.clear_filters()
    assert len(trial.codes()) == 3


def test_a_range_filters_money_in_the_unit_of_its_head(trial):
    trial.page.tools.open_filter("budget_fen", trial.page.table.header)
    panel = trial.popup()
    panel.low.setText("1000")
    assert trial.codes() == ["GD-001"]
    panel.low.setText("nonsense")
    assert len(trial.codes()) == 3
    assert panel.low.property("state") == "wrong"
    panel.close()


def test_groups_fold_by_keyboard_and_keep_the_selection(trial):
    trial.click("HB-001")
    trial.page.tools.group("unit_id")
    assert trial.codes() == ["-", "GD-001", "GD-002", "-", "HB-001"]
    assert trial.page.table.selected_ids() == [trial.programme.ids["HB-001"]]
    trial.page.table.setCurrentIndex(trial.page.model.index(0, 0))
    trial.press(Key.Key_Space, on=trial.page.table)
    assert trial.codes() == ["-", "-", "HB-001"]


def test_the_scope_narrows_the_table_and_says_so_where_nothing_is_left(trial):
    trial.page.context.scope.set(Scope(unit_id=trial.programme.ids["HB"]))
    assert trial.codes() == ["HB-001"]
    trial.page.context.scope.set(Scope(lights=frozenset(["red"])))
    assert trial.page.stack.currentWidget() is not trial.page.table
    trial.page.stack.currentWidget().action.click()
    assert len(trial.codes()) == 3


def test_an_empty_programme_offers_the_import(trial):
    trial.programme.do(actions.delete, [row.id for row in trial.page.model.arrangement.rows])
    trial.page.refresh()
    trial.page.stack.currentWidget().action.click()
    assert trial.gone == [PageId.IMPORT]


# Changes of others, and what is kept


def test_a_change_made_elsewhere_keeps_selection_and_place(trial):
    trial.click("HB-001")
    trial.programme.add(name="New one", code="AA-001")
    trial.page.refresh()
    assert trial.codes()[0] == "AA-001"
    assert trial.page.table.selected_ids() == [trial.programme.ids["HB-001"]]


def test_what_is_being_typed_survives_a_change_made_elsewhere(trial):
    trial.edit("GD-001", "name")
    trial.type("Half a na")
    trial.programme.add(name="New one", code="AA-001")
    trial.page.refresh()
    assert trial.focus().text() == "Half a na"
    assert trial.codes() == ["GD-001", "GD-002", "HB-001"]
    trial.press(Key.Key_Return)
    assert trial.codes() == ["AA-001", "GD-001", "GD-002", "HB-001"]
    assert trial.row("GD-001").name == "Half a na"


def test_what_is_being_typed_survives_a_unit_renamed_elsewhere(trial):
    from ecofolio.organisation.model import Unit

    def rename(work):
        work.label("Rename")
        work.update(Unit, trial.programme.ids["GD"], {"name": "Canton"})

    trial.edit("GD-001", "name")
    trial.type("Half a na")
    trial.programme.do(rename)
    trial.page.refresh()
    assert trial.focus().text() == "Half a na"
    trial.press(Key.Key_Return)
    assert (trial.row("GD-001").name, trial.row("GD-001").unit) == ("Half a na", "Canton")


def test_a_unit_that_is_renamed_elsewhere_shows_its_new_name(trial):
    from ecofolio.organisation.model import Unit

    def rename(work):
        work.label("Rename")
        work.update(Unit, trial.programme.ids["GD"], {"name": "Canton"})

    trial.programme.do(rename)
    trial.page.refresh()
    assert trial.row("GD-001").unit == "Canton"
    trial.edit("GD-001", "unit_id")
    trial.popup().search.insert("canton")
    trial.press(Key.Key_Escape)


def test_a_new_custom_field_becomes_a_column(trial):
    from ecofolio.initiatives.model import CustomField

    def add(work):
        work.label("Field")
        return work.insert(CustomField, [{"name": "Phase", "type": "text"}])[0]

    key = f"custom:{trial.programme.do(add)}"
    trial.page.refresh()
    trial.page.tools.show_columns(["code", key])
    trial.edit("GD-001", key)
    trial.type("Second")
    trial.press(Key.Key_Return)
    assert list(trial.row("GD-001").custom.values()) == ["Second"]


def test_a_new_initiative_is_asked_for_added_and_selected(trial, qtbot):
    trial.page.context.scope.set(Scope(unit_id=trial.programme.ids["GD"]))
    trial.page.new_button.click()
    dialog = trial.page.window().findChild(NewDialog)
    dialog.keep()
    assert "“Name”" in dialog.message.sentence
    dialog.editors["name"].setText("Parking")
    dialog.keep()
    qtbot.waitUntil(lambda: bool(trial.said))
    assert trial.said[-1] == ("Parking added", True)
    (row,) = trial.page.table.selected_rows()
    assert (row.name, row.code, row.unit) == ("Parking", "GD-003", "Guangdong branch")


def test_a_record_is_shown_though_filters_hide_it(trial):
    scope = trial.page.context.scope
    scope.set(scope.value.replace(text="zzz"))
    assert trial.codes() == []
    assert trial.page.show_record("initiative", trial.programme.ids["GD-002"])
    assert trial.page.table.selected_ids() == [trial.programme.ids["GD-002"]]
    assert not trial.page.show_record("unit", 1)
    assert not trial.page.show_record("initiative", 99_999)


def test_the_page_built_anew_is_as_it_was(trial, qtbot):
    page = trial.page
    page.tools.show_columns(["name", "code", "stage"], {"name": 222})
    page.tools.sort((Sort("name", True),))
    page.tools.filter("stage", Condition(frozenset(["pilot", "rollout"])))
    page.tools.group("batch")
    trial.click("HB-001")
    state = page.state()
    page.close()
    page.desk.stop()
    trial.open(qtbot)
    trial.page.restore(state)
    assert trial.page.state() == state
    assert trial.page.table.columnWidth(0) == 222


def test_a_view_of_another_version_does_not_keep_the_page_from_opening(trial):
    before = trial.codes()
    trial.page.restore(
        {"columns": ["nothing", 3], "widths": [], "sorts": [["x"], 4], "filters": 1, "group": "y"}
    )
    assert trial.codes() == before


def test_columns_and_widths_are_kept_in_the_settings(trial, qtbot):
    trial.page.tools.show_columns(["code", "name"])
    qtbot.waitUntil(lambda: "initiatives" in trial.settings.layouts, timeout=3000)
    assert trial.settings.layouts["initiatives"]["columns"] == ["code", "name"]


def test_no_text_of_a_user_becomes_markup_in_a_tooltip(trial):
    name = "<b>Go</b> & live"
    trial.programme.do(actions.set_milestone, trial.programme.ids["go-live"], {"name": name})
    trial.page.refresh()
    tip = trial.index("HB-001", "light").data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;Go&lt;/b&gt; &amp; live" in tip


def test_code_and_name_stay_in_view_and_answer_where_they_are_shown(trial):
    trial.page.resize(900, 500)
    QApplication.processEvents()
    table = trial.page.table
    table.horizontalScrollBar().setValue(table.horizontalScrollBar().maximum())
    index = trial.index("GD-002", "name")
    at = table.visualRect(index).center()
    assert 0 < at.x() < 300
    assert table.indexAt(at) == index
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    trial.press(Key.Key_F2, on=table)
    trial.type("Buses")
    trial.press(Key.Key_Return)
    assert trial.row("GD-002").name == "Buses"
    header = table.header
    where = header.rect().topLeft() + at
    where.setY(header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert trial.page.model.arrangement.sorts == (Sort("name"),)
    before = table.horizontalScrollBar().value()
    trial.page.table.scrollTo(index)
    assert table.horizontalScrollBar().value() == before


def test_the_first_rows_of_an_empty_programme_get_the_widths_they_need(programme, qtbot):
    trial = Trial(programme)
    trial.open(qtbot)
    assert trial.page.state()["widths"] == {}  # nothing was measured: nothing is worth keeping
    name = "A co-operative of growers in forty counties"
    programme.add(name=name, code="HB-001-2026")
    trial.page.refresh()
    table = trial.page.table
    needed = table.fontMetrics().horizontalAdvance(name)
    assert table.widths()["name"] > needed
    assert trial.page.state()["widths"]["name"] > needed
    qtbot.waitUntil(lambda: len(table.selected_ids()) == 1)
    trial.page.desk.stop()
