"""A board is worked with by mouse and by keyboard alone; what is done is in the programme."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton
from tests.boards.page_trials import CONTROL, SHIFT, Trial, furnish
from tests.conftest import ACTOR, NOW

from ecofolio.boards import actions, layout
from ecofolio.boards.card_fields_panel import WrittenText
from ecofolio.boards.filters import CardFilter
from ecofolio.boards.page import BoardsPage
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme

Key = Qt.Key


@pytest.fixture
def trial(qapp, tmp_path) -> Iterator[Trial]:
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path, actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        yield made
        made.close()


@pytest.fixture
def board(trial: Trial) -> Trial:
    """Three cards in the backlog, one in progress."""
    for title in ("Agree", "Build", "Check"):
        trial.card(title, days=3)
    trial.card("Write", column=2, days=5)
    trial.open()
    return trial


# --- mouse -------------------------------------------------------------------------------------


def test_a_card_is_dragged_into_another_column(board: Trial) -> None:
    board.drag("Build", board.column_at(2, 400))
    assert board.titles(2) == ["Write", "Build"]
    assert board.shown(2) == ["Write", "Build"] and board.shown(0) == ["Agree", "Check"]
    assert board.wall.selected_ids() == [board.id_of("Build")]


def test_a_card_is_dropped_above_the_one_whose_upper_half_is_pointed_at(board: Trial) -> None:
    above = board.at("Agree")
    board.drag("Check", above - above.__class__(0, 20))
    assert board.titles(0) == ["Check", "Agree", "Build"] == board.shown(0)


def test_several_selected_cards_are_dragged_together_in_their_order(board: Trial) -> None:
    board.click("Check")
    board.click("Agree", CONTROL)
    board.drag("Agree", board.column_at(3, 300))
    assert board.titles(3) == ["Agree", "Check"]
    board.workspace.undo()
    assert board.titles(0) == ["Agree", "Build", "Check"]


def test_a_click_on_one_of_several_selects_it_alone(board: Trial) -> None:
    board.click("Agree")
    board.click("Check", SHIFT)
    assert len(board.wall.selected_ids()) == 3
    board.click("Build")
    assert board.wall.selected_ids() == [board.id_of("Build")]


def test_dropping_a_card_where_it_was_writes_nothing(board: Trial) -> None:
    before = board.workspace.next_undo()
    at = board.at("Build")
    board.drag("Build", at + at.__class__(6, 12))
    assert board.workspace.next_undo() == before


def test_a_wall_longer_than_the_window_scrolls_while_something_is_held_at_its_edge(
    board: Trial, qtbot
) -> None:
    text = "\n".join(f"Card {n}" for n in range(60))
    board.workspace.do(actions.quick_add, board.board, text)
    board.page.refresh()
    bar = board.wall.bar_of(board.columns[0].id)
    surface, start = board.wall.viewport(), board.at("Agree")
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=start)
    edge = board.column_at(0, surface.height() - 8)
    for _n in range(3):
        QTest.mouseMove(surface, edge)
    qtbot.waitUntil(lambda: bar.value() > 400)
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=edge)
    assert board.titles(0).index("Agree") > 5


# --- keyboard ----------------------------------------------------------------------------------


def test_a_card_is_taken_up_carried_and_dropped_by_keyboard_alone(board: Trial) -> None:
    board.press(Key.Key_J)
    assert board.wall.current_id() == board.id_of("Agree")
    board.press(Key.Key_J, Key.Key_Space)
    assert board.wall.carrier.is_carrying
    board.press(Key.Key_L, Key.Key_Right, Key.Key_K, Key.Key_Return)
    assert board.titles(2) == ["Build", "Write"]
    assert board.wall.current_id() == board.id_of("Build")


def test_escape_puts_back_what_was_taken_up(board: Trial) -> None:
    board.press(Key.Key_Down, Key.Key_Space, Key.Key_Right, Key.Key_Escape)
    assert not board.wall.carrier.is_carrying and board.titles(0) == ["Agree", "Build", "Check"]


def test_x_selects_more_cards_and_they_move_together(board: Trial) -> None:
    board.press(Key.Key_J, Key.Key_J)
    board.wall.clearSelection()
    board.press(Key.Key_X)
    board.press(Key.Key_J, modifiers=SHIFT)
    assert len(board.wall.selected_ids()) == 2
    board.press(Key.Key_Space, Key.Key_L, Key.Key_Space)
    assert board.titles(1) == ["Build", "Check"]


def test_arrows_pass_over_empty_columns(board: Trial) -> None:
    board.click("Agree")
    board.press(Key.Key_Right)
    assert board.wall.current_id() == board.id_of("Write")
    board.press(Key.Key_H)
    assert board.wall.current_id() == board.id_of("Agree")


def test_n_adds_a_card_for_each_line(board: Trial) -> None:
    board.press(Key.Key_N)
    board.type("Survey the school #partner")
    board.press(Key.Key_Return)
    board.type("Sign the annex")
    board.press(Key.Key_Return, modifiers=CONTROL)
    assert board.titles(0)[-2:] == ["Survey the school", "Sign the annex"] == board.shown(0)[-2:]
    assert board.said == ["2 cards added"]
    assert board.wall.current_id() == board.id_of("Sign the annex")


def test_b_asks_why_and_blocks_and_b_again_unblocks(board: Trial) -> None:
    board.click("Write")
    board.press(Key.Key_B)
    board.type("Waiting for the dealer")
    board.press(Key.Key_Return)
    identity = board.id_of("Write")
    assert board.page.desk.view.blocked[identity].reason == "Waiting for the dealer"
    face = board.wall.cards.face(board.wall.cards.row_of[identity])
    assert face.bands[0].text.startswith("Blocked today") and face.bands[0].sign == "✕"
    board.wall.setFocus()
    board.press(Key.Key_B)
    assert board.page.desk.view.blocked == {}


def test_a_assigns_and_z_takes_back(board: Trial) -> None:
    board.click("Write")
    board.press(Key.Key_A)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.list.setCurrentRow(2)
    board.press(Key.Key_Space, on=popup.list)
    popup.close()
    identity = board.id_of("Write")
    assert board.page.desk.view.assignees[identity] == (board.people[2],)
    board.wall.setFocus()
    board.press(Key.Key_Z)
    assert identity not in board.page.desk.view.assignees


def test_delete_moves_to_the_trash(board: Trial) -> None:
    board.click("Build")
    board.press(Key.Key_Delete)
    assert board.shown(0) == ["Agree", "Check"] == board.titles(0)
    assert board.said == ["1 card is in the trash"]


def test_slash_finds_while_typing_and_escape_shows_all_again(board: Trial) -> None:
    board.press(Key.Key_Slash)
    board.type("che")
    board.page.tools._typing.stop()
    board.page.tools._emit()
    assert board.shown(0) == ["Check"] and board.shown(2) == []
    board.press(Key.Key_Escape)
    board.page.tools._emit()
    assert board.shown(0) == ["Agree", "Build", "Check"]


# --- limits, lanes, other people ---------------------------------------------------------------


def test_a_limit_that_blocks_asks_for_a_reason_and_shows_that_it_is_exceeded(board: Trial) -> None:
    board.workspace.do(layout.set_board, board.board, {"blocks": True})
    board.workspace.do(layout.set_column, board.columns[2].id, {"wip_limit": 1})
    board.page.refresh()
    board.drag("Agree", board.column_at(2, 400))
    assert board.titles(2) == ["Write"]
    popup = QApplication.activePopupWidget()
    assert popup is not None and "In progress" in popup.accessibleName()
    board.press(Key.Key_Return)
    assert board.titles(2) == ["Write"]  # a reason is wanted
    board.type("The school opens on Monday")
    board.press(Key.Key_Return)
    assert board.titles(2) == ["Write", "Agree"]
    assert "The school opens" in board.workspace.next_undo().label
    assert board.wall.heads.heads[2].badge.accessibleName() == "2/1 over limit"


def test_a_card_dropped_into_another_lane_gets_what_the_lane_stands_for(board: Trial) -> None:
    board.page.set_lanes("service")
    board.workspace.do(actions.set_fields, [board.id_of("Write")], {"service": "expedite"})
    board.page.refresh()
    wall = board.wall.wall
    assert wall.lanes[0] == "expedite"
    board.drag("Agree", board.column_at(2, wall.cell_top("expedite") + 20))
    card = board.page.desk.by_id[board.id_of("Agree")]
    assert (card.service, card.column_id) == ("expedite", board.columns[2].id)


def test_who_moved_a_card_meanwhile_is_told_and_where_it_went_is_shown(board: Trial) -> None:
    with Workspace.open(board.workspace.place, actor="Bo", clock=lambda: NOW) as other:
        other.do(actions.move_cards, [board.id_of("Agree")], board.columns[4].id)
        board.drag("Agree", board.column_at(2, 400))
        assert (
            "Bo has moved “Agree” to “Ready to release” meanwhile." in board.page.message.sentence
        )
        board.workspace.poll()
    board.page.refresh()
    assert board.shown(4) == ["Agree"]


def test_what_others_do_is_taken_in_without_losing_the_selection(board: Trial) -> None:
    board.click("Build")
    board.workspace.do(actions.create_card, board.board, {"title": "Theirs"})
    board.workspace.do(actions.move_cards, [board.id_of("Agree")], board.columns[1].id)
    board.page.refresh()
    assert board.shown(0) == ["Build", "Check", "Theirs"] and board.shown(1) == ["Agree"]
    assert board.wall.selected_ids() == [board.id_of("Build")]


# --- filters -----------------------------------------------------------------------------------


def test_quick_filters_count_and_leave_out_or_dim(trial: Trial) -> None:
    trial.card("Mine", assignees=[trial.people[0]])
    late = NOW.date() - timedelta(days=2)
    trial.card("Late", values={"due_date": late})
    blocked = trial.card("Stopped", column=2)
    trial.workspace.do(actions.block, [blocked], "no answer")
    trial.open()
    chips = trial.page.tools.quick
    assert [chips[key].text() for key in ("mine", "stuck", "due")] == [
        "Mine 1",
        "Stuck 1",
        "Due this week 1",
    ]
    chips["stuck"].click()
    assert trial.shown(0) == [] and trial.shown(2) == ["Stopped"]
    trial.page.tools._switch_dims()
    assert trial.shown(0) == ["Mine", "Late"] and not trial.page.desk.is_left(trial.id_of("Mine"))


def test_a_filter_is_saved_and_taken_up_again(board: Trial) -> None:
    board.page.tools.search.setText("build")
    board.page.tools._emit()
    board.page._save_filter()
    board.type("Mine to build")
    board.press(Key.Key_Return)
    board.page.tools.clear()
    ((_id, name, spec),) = board.page.tools._saved
    assert name == "Mine to build"
    board.page.tools._take(CardFilter.from_json(spec))
    assert board.shown(0) == ["Build"]


# --- the inspector -----------------------------------------------------------------------------


def test_e_opens_the_card_and_its_title_is_changed_there(board: Trial) -> None:
    board.click("Write")
    board.press(Key.Key_E)
    panel = board.page.card
    assert panel.isVisible() and panel.title.hasFocus()
    board.type("Write the annex")
    board.press(Key.Key_Return)
    assert board.titles(2) == ["Write the annex"]


def test_fields_are_written_one_by_one_and_what_is_not_a_date_says_so(board: Trial) -> None:
    board.click("Write")
    board.press(Key.Key_E)
    fields = board.page.card.fields.fields
    fields["due_date"].setFocus()
    fields["due_date"].setText("sometime")
    fields["due_date"].editingFinished.emit()
    assert fields["due_date"].property("state") == "wrong"
    fields["due_date"].setText("3 Dec 2026")
    fields["due_date"].editingFinished.emit()
    assert board.page.desk.by_id[board.id_of("Write")].due_date == date(2026, 12, 3)
    service = fields["service"]
    service.setCurrentIndex(service.findData("expedite"))
    service.activated.emit(service.currentIndex())
    assert board.page.desk.by_id[board.id_of("Write")].service == "expedite"


def test_a_description_is_shown_without_html_and_without_pictures(board: Trial) -> None:
    identity = board.id_of("Write")
    text = "**Bold** <img src='file:///etc/passwd'> <script>x</script>"
    board.workspace.do(actions.set_fields, [identity], {"description": text})
    board.page.refresh()
    board.click("Write")
    board.press(Key.Key_E)
    shown = board.page.card.fields.text
    assert "<img" in shown.toPlainText() and "Bold" in shown.toPlainText()
    assert "<img" not in shown.toHtml().replace("&lt;img", "")


def test_a_picture_in_a_description_is_read_from_nowhere(qapp, tmp_path) -> None:
    picture = QImage(300, 200, QImage.Format.Format_RGB32)
    picture.fill(0xFF0000)
    picture.save(str(tmp_path / "red.png"))
    shown = WrittenText()
    shown.resize(400, 300)
    for name in (QUrl.fromLocalFile(str(tmp_path / "red.png")).toString(), tmp_path / "red.png"):
        shown.show_markdown(f"![a picture]({name})")
        painted = shown.grab().toImage()
        colours = {
            painted.pixelColor(x, y).getRgb()[:3]
            for x in range(0, 400, 3)
            for y in range(0, 300, 3)
        }
        assert (255, 0, 0) not in colours
    assert not shown.openLinks()


def test_a_very_large_table_is_shown_as_it_was_written(qapp) -> None:
    shown = WrittenText()
    small, large = ("|a|b|\n|-|-|\n" + "|1|2|\n" * rows for rows in (2, 2000))
    shown.show_markdown(small)
    assert "|" not in shown.toPlainText()
    shown.show_markdown(large)
    assert shown.toPlainText() == large


def test_several_cards_get_the_same_value_at_once(board: Trial) -> None:
    board.click("Agree")
    board.click("Check", SHIFT)
    board.page.show_inspector(True)
    board.settle()
    field = board.page.card.fields.fields["labels"]
    field.setText("partner, legal")
    field.editingFinished.emit()
    assert {card.labels for card in board.page.desk.view.cards} == {"partner,legal", None}
    assert board.workspace.next_undo().label == "Set Labels of 3 cards"


def test_the_checklist_is_ticked_and_comments_are_said(board: Trial) -> None:
    identity = board.id_of("Write")
    board.click("Write")
    board.press(Key.Key_E)
    panel = board.page.card
    panel.checklist.add.setFocus()
    board.type("Draft")
    board.press(Key.Key_Return)
    board.settle()
    assert board.page.desk.view.checklist[identity] == (0, 1)
    panel.checklist.findChildren(QCheckBox)[-1].click()
    assert board.page.desk.view.checklist[identity] == (1, 1)
    board.settle()
    panel.tabs.setCurrentIndex(1)
    panel.talk.field.setFocus()
    board.type("@Bo have a look")
    board.press(Key.Key_Return, modifiers=CONTROL)
    assert board.page.desk.view.comments[identity] == 1


def test_the_history_of_a_card_takes_one_change_back(board: Trial) -> None:
    identity = board.id_of("Write")
    board.workspace.do(actions.set_fields, [identity], {"size": 5.0})
    board.workspace.do(actions.set_fields, [identity], {"labels": "x"})
    board.page.refresh()
    board.click("Write")
    board.press(Key.Key_E)
    board.page.card.tabs.setCurrentIndex(3)
    undo = next(
        one
        for one in board.page.card.history.findChildren(QPushButton)
        if one.accessibleName() == "Undo: Set Size of Write"
    )
    undo.click()
    card = board.page.desk.by_id[identity]
    assert card.size is None and card.labels == "x"


# --- the rest ----------------------------------------------------------------------------------


def test_without_a_squad_the_page_says_what_to_do_first(qapp, tmp_path) -> None:
    with Workspace.create(tmp_path / "p.ecofolio", actor=ACTOR, clock=lambda: NOW) as workspace:
        trial = Trial(workspace)
        trial.open()
        trial.page._empty.action.click()
        assert [page.value for page in trial.gone] == ["squads"]
        trial.close()


def test_a_card_speaks_for_itself(board: Trial) -> None:
    row = board.wall.cards.row_of[board.id_of("Write")]
    index = board.wall.cards.index(row)
    said = index.data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert said.startswith("In progress, place 1 of 1, In this column: 5 days")


def test_state_is_taken_up_again(board: Trial) -> None:
    board.click("Build")
    board.page.show_inspector(True)
    state = board.page.state()
    again = BoardsPage(board.page.context)
    again.refresh()
    again.restore(state)
    assert again.desk.board_id == board.board
    assert again.wall.selected_ids() == [board.id_of("Build")]
    again.deleteLater()
