"""The window: opening, going places, hearing of changes, undoing, speaking."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QInputDialog

from ecofolio import text
from ecofolio.boards import actions as verbs
from ecofolio.boards import layout
from ecofolio.errors import InputError
from ecofolio.initiatives import actions
from ecofolio.initiatives.scope import Scope
from ecofolio.organisation.model import Person
from ecofolio.shell.scope_bar import USUAL
from ecofolio.shell.welcome import Welcome
from ecofolio.squads import actions as squads
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme
from ecofolio.widgets.page import PageId
from ecofolio.widgets.panels import EmptyState


def _rename(workspace, name="Renamed"):
    with workspace.read() as connection:
        from ecofolio.shell import queries

        found = queries.initiatives(connection)[0]
    workspace.do(actions.set_fields, ids=[found.id], values={"name": name})


def _labels(window, name):
    return window.commands.action(name).text()


def test_without_a_programme_the_ways_to_one_are_shown(empty_window):
    assert isinstance(empty_window.pages.currentWidget(), Welcome)
    assert not empty_window.commands.action("backup").isEnabled()
    assert not empty_window.navigation.list.isEnabled()
    assert empty_window.status.texts[0] == "No programme is open"


def test_while_a_programme_is_opened_the_window_says_so(empty_window, file, qtbot):
    with qtbot.waitSignal(empty_window.session.opened):
        empty_window.files.open_place(file)
        assert isinstance(empty_window.pages.currentWidget(), EmptyState)


def test_the_frame_says_where_the_data_is_and_who_is_acting(window, file):
    assert window.status.texts == (
        "Ecosystem 2026 · saved",
        "Undo: Fill (Ctrl+Z)",
        "Acting as PMO",
    )
    assert window.windowTitle() == "Ecosystem 2026 – Ecofolio"
    assert window.settings.value.recent == (file,)
    assert window.session.workspace.actor == "PMO"


def test_a_place_that_can_not_be_opened_is_one_sentence(empty_window, tmp_path, qtbot):
    with qtbot.waitSignal(empty_window.session.failed):
        empty_window.files.open_place(str(tmp_path / "none.ecofolio"))
    assert empty_window.notice.isVisible()
    assert "none.ecofolio" in empty_window.notice.sentence
    assert isinstance(empty_window.pages.currentWidget(), Welcome)


def test_a_programme_that_can_not_be_opened_leaves_the_open_one(window, tmp_path, qtbot):
    open_one = window.session.workspace
    with qtbot.waitSignal(window.session.failed):
        window.files.open_place(str(tmp_path / "none.ecofolio"))
    assert window.session.workspace is open_one
    assert window.pages.page is not None


def test_a_page_is_built_when_it_is_first_shown(window):
    assert list(window.pages._built) == [PageId.OVERVIEW]
    window.go(PageId.IMPORT)
    assert list(window.pages._built) == [PageId.OVERVIEW, PageId.IMPORT]


def test_a_page_in_view_hears_of_a_change_and_a_hidden_one_when_it_is_shown(window, qtbot):
    overview = window.pages.page
    initiatives = window.go(PageId.INITIATIVES)
    overview.told.clear()
    initiatives.told.clear()
    with qtbot.waitSignal(window.session.changed):
        _rename(window.session.workspace)
    assert initiatives.told == ["refresh"]
    assert overview.told == []
    window.go(PageId.OVERVIEW)
    assert overview.told == ["refresh"]


def test_a_page_in_view_follows_the_scope_and_a_hidden_one_when_it_is_shown(window):
    overview = window.pages.page
    overview.told.clear()
    window.show_rows(Scope(text="car"))
    assert window.pages.current_id is PageId.INITIATIVES
    assert overview.told == []
    window.go(PageId.OVERVIEW)
    assert overview.told == [Scope(text="car")]


def test_another_windows_change_is_seen_within_a_second(window, file, qtbot):
    other = Workspace.open(file, actor="Branch")
    with qtbot.waitSignal(window.session.changed, timeout=1000) as heard:
        _rename(other)
    other.close()
    assert not heard.args[0].ours
    assert "refresh" in window.pages.page.told[-1:]


def test_a_change_made_in_a_thread_is_heard_in_the_gui_thread(window, qtbot):
    heard = []
    window.session.changed.connect(lambda _changed: heard.append(threading.current_thread()))
    thread = threading.Thread(target=_rename, args=(window.session.workspace,))
    thread.start()
    qtbot.waitUntil(lambda: bool(heard))
    thread.join()
    assert heard == [threading.main_thread()]


def test_undo_and_redo_say_what_they_do(window, qtbot):
    with qtbot.waitSignal(window.session.changed):
        _rename(window.session.workspace)
    label = window.session.workspace.next_undo().label
    qtbot.waitUntil(lambda: _labels(window, "undo") == f"&Undo {label}")
    with qtbot.waitSignal(window.session.changed):
        window.commands.action("undo").trigger()
    qtbot.waitUntil(lambda: not window.runner.jobs)
    qtbot.waitUntil(lambda: _labels(window, "redo") == f"&Redo {label}")
    assert window.toast.isVisible()
    with qtbot.waitSignal(window.session.changed):
        window.commands.action("redo").trigger()
    qtbot.waitUntil(lambda: not window.runner.jobs)
    qtbot.waitUntil(lambda: _labels(window, "undo") == f"&Undo {label}")


def test_undo_pressed_twice_undoes_two_changes(window, qtbot):
    for name in ("One", "Two"):
        with qtbot.waitSignal(window.session.changed):
            _rename(window.session.workspace, name)
    window.history.undo()
    window.history.undo()
    qtbot.waitUntil(lambda: window.session.workspace.next_undo().label == "Fill")
    qtbot.waitUntil(lambda: not window.runner.jobs)


def test_the_world_s_fault_is_a_sentence_in_the_window(window):
    window.report(InputError("The list has no rows."))
    assert window.notice.sentence == "The list has no rows."


def test_a_record_is_shown_by_the_page_that_shows_its_kind(window):
    window.open_record("initiative", 3)
    assert window.pages.current_id is PageId.INITIATIVES
    assert window.pages.page.told[-1] == ("initiative", 3)


def test_the_scope_is_kept_for_the_next_session(windows, file, qtbot):
    first = windows()
    with qtbot.waitSignal(first.session.opened):
        first.files.open_place(file)
    assert first.scope.value == USUAL
    unit = first.words.scope.units[1].id
    first.scope.set(Scope(unit_id=unit, text="life"))
    first.go(PageId.INITIATIVES)
    first.close()
    second = windows()
    with qtbot.waitSignal(second.session.opened):
        second.files.open_place(file)
    assert second.scope.value == Scope(unit_id=unit, text="life")
    assert second.pages.current_id is PageId.INITIATIVES
    assert second.scope_bar.unit.value == "湖北分行" or second.scope_bar.unit.value
    assert second.scope_bar.text.text() == "life"


def test_a_unit_that_the_programme_does_not_have_is_left_out_of_the_scope(windows, file, qtbot):
    window = windows()
    window.settings.save(recent=(file,), scopes={file: {"unit_id": 999, "text": "a"}})
    with qtbot.waitSignal(window.session.opened):
        window.files.open_place(file)
    assert window.scope.value == Scope(text="a")


def test_a_view_is_saved_shown_renamed_and_deleted_and_that_can_be_undone(
    window, qtbot, monkeypatch
):
    window.go(PageId.INITIATIVES).kept = {"columns": ["code"]}
    window.scope.set(Scope(text="life"))
    with qtbot.waitSignal(window.session.changed):
        window.views.save_as("Car life")
    view = window.words.views[0]
    window.reset_scope()
    window.go(PageId.OVERVIEW)
    window.views.show(view)
    assert window.scope.value == Scope(text="life")
    assert window.pages.page.kept == {"columns": ["code"]}
    monkeypatch.setattr(QInputDialog, "getText", lambda *args: ("Cars", True))
    with qtbot.waitSignal(window.session.changed):
        window.views.rename(view)
    assert [view.name for view in window.words.views] == ["Cars"]
    with qtbot.waitSignal(window.session.changed):
        window.views.delete(window.words.views[0])
    assert window.words.views == []
    with qtbot.waitSignal(window.session.changed):
        window.history.undo()
    assert [view.name for view in window.words.views] == ["Cars"]
    qtbot.waitUntil(lambda: not window.runner.jobs)


def test_a_view_that_holds_a_scope_alone_shows_initiatives(window, qtbot):
    with qtbot.waitSignal(window.session.changed):
        window.session.workspace.do(actions.save_view, "Red", '{"lights": ["red"]}')
    window.views.show(window.words.views[0])
    assert window.scope.value == Scope(lights=frozenset({"red"}))
    assert window.pages.current_id is PageId.INITIATIVES


@pytest.mark.parametrize("language", ["zh_CN", "zh_TW"])
def test_another_language_is_spoken_without_a_restart(window, language):
    page = window.go(PageId.INITIATIVES)
    page.kept = {"selected": [3]}
    window.scope.set(Scope(text="life"))
    window.wishes.save(language=language)
    assert text.language() == language
    assert window.pages.page is not page
    assert window.pages.page.kept == {"selected": [3]}
    assert window.scope.value == Scope(text="life")
    assert window.scope_bar.text.text() == "life"
    assert window.commands.action("about").text() == text._("&About Ecofolio")


def test_a_page_with_open_work_is_not_rebuilt(window):
    page = window.go(PageId.IMPORT)
    page.unsaved = True
    window.wishes.save(language="zh_CN")
    assert window.pages.page is page


def test_theme_and_density_are_switched_without_a_restart(window):
    page = window.pages.page
    window.wishes.save(theme="dark", density="compact")
    assert theme.in_force().is_dark
    assert theme.in_force().row_height == 24
    assert window.pages.page is page
    window.wishes.switch_theme()
    assert window.settings.value.theme == "light"


def test_who_is_acting_is_what_the_journal_says(window, qtbot):
    window.wishes.save(actor="Hubei branch")
    with qtbot.waitSignal(window.session.changed):
        _rename(window.session.workspace)
    assert window.session.workspace.next_undo().actor == "Hubei branch"
    assert window.status.texts[2] == "Acting as Hubei branch"


def test_counts_follow_the_data(window, qtbot):
    assert window.words.counts.open_initiatives == 5
    with qtbot.waitSignal(window.session.changed):
        found = window.words.records[1].id
        window.session.workspace.do(actions.delete, ids=[found])
    assert window.words.counts.open_initiatives == 4


def test_counts_of_cards_are_of_who_acts_and_of_what_is_blocked(window, qtbot):
    def furnish(work):
        work.label("Board")
        ann, bo = work.insert(Person, [{"code": name, "name": name} for name in ("Ann", "Bo")])
        squad = squads.create_squad(work, {"name": "Campus"})
        board = layout.create_board(work, squad, "Campus board")
        cards = [
            verbs.create_card(work, board, {"title": str(n)}, assignees=[ann]) for n in range(3)
        ]
        verbs.assign(work, cards[:1], [bo], how="add")
        verbs.block(work, cards[1:2], "no answer")

    def figures() -> tuple[int, int]:
        return window.words.counts.stuck_cards, window.words.counts.my_cards

    window.wishes.save(actor="Ann")
    assert figures() == (0, 0)
    with qtbot.waitSignal(window.session.changed):
        window.session.workspace.do(furnish)
    assert figures() == (1, 3)
    window.wishes.save(actor="Bo")
    assert figures() == (1, 1)
    with qtbot.waitSignal(window.session.changed):
        window.session.workspace.undo()
    assert figures() == (0, 0)


def test_the_programme_is_closed_to_the_welcome_page_and_listed_there(window, file):
    window.files.close()
    assert window.session.workspace is None
    welcome = window.pages.currentWidget()
    assert isinstance(welcome, Welcome)
    assert [b.toolTip() for b in welcome.findChildren(object, "recent")] == [file]


def test_a_backup_is_made_and_said(window, tmp_path, qtbot):
    folder = tmp_path / "backups"
    folder.mkdir()
    window.settings.save(backup_folder=str(folder))
    window.files.back_up()
    qtbot.waitUntil(lambda: not window.runner.jobs)
    assert list(folder.iterdir())
    assert "Backed up" in window.toast.text


def test_diagnostics_are_copied_and_name_no_data(window, file):
    window.copy_diagnostics()
    copied = QApplication.clipboard().text()
    assert "Ecofolio" in copied
    assert file not in copied


def test_the_filter_is_reached_and_left_by_keyboard(window, qtbot):
    window.activateWindow()
    window.focus_filter()
    qtbot.keyClicks(window.scope_bar.text, "life")
    assert window.scope.value.text == "life"
    qtbot.keyClick(window.scope_bar.text, Qt.Key.Key_Escape)
    assert window.scope.value.text == ""


def test_a_slash_reaches_the_filter_and_enter_leads_back_into_the_page(window, qtbot):
    page = window.go(PageId.INITIATIVES)
    window.activateWindow()
    window.navigation.list.setFocus()
    qtbot.keyClick(window.navigation.list, "/")
    assert QApplication.focusWidget() is window.scope_bar.text
    qtbot.keyClicks(window.scope_bar.text, "a/b")
    assert window.scope.value.text == "a/b"
    qtbot.keyClick(window.scope_bar.text, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.field
    qtbot.keyClicks(page.field, "1/2")
    assert page.field.text() == "1/2"


def test_a_page_that_can_not_be_built_leaves_no_false_picture(window, monkeypatch):
    entry = window.pages.entries[PageId.IMPORT]

    def fail(context):
        raise ZeroDivisionError

    monkeypatch.setitem(window.pages.entries, PageId.IMPORT, dataclasses.replace(entry, build=fail))
    with pytest.raises(ZeroDivisionError):
        window.go(PageId.IMPORT)
    assert isinstance(window.pages.currentWidget(), EmptyState)
    window.go(PageId.OVERVIEW)
    assert window.pages.page is not None


@pytest.mark.parametrize("kind", ["unit", "department", "person", "scene", "custom_field"])
def test_the_parts_of_the_organisation_are_shown_on_its_page(kind):
    from ecofolio.shell.registry import PAGES

    assert [entry.id for entry in PAGES if kind in entry.shows] == [PageId.ORGANISATION]


def test_the_keyboard_begins_on_the_welcome_page(empty_window):
    assert empty_window.focusWidget() is empty_window.pages.currentWidget().first_focus()


def test_a_new_window_fits_its_screen(empty_window):
    room = empty_window.screen().availableGeometry()
    assert empty_window.width() <= max(room.width(), empty_window.minimumWidth())
    assert empty_window.height() <= room.height()


def test_the_keyboard_stays_on_the_page_when_the_language_changes(window):
    window.wishes.save(language="zh_CN")
    assert window.focusWidget() is window.pages.page.first_focus()


def test_qt_speaks_the_language_of_the_window(window):
    window.wishes.save(language="zh_CN")
    assert QApplication.translate("QFileDialog", "Files of type:") != "Files of type:"
    window.wishes.save(language="en")
    assert QApplication.translate("QFileDialog", "Files of type:") == "Files of type:"


def test_undo_of_what_is_posted_is_called_a_reversal(window, qtbot):
    from ecofolio.budget import actions as money

    window.session.workspace.do(money.grant, 5_00)
    qtbot.waitUntil(lambda: window.status.texts[1].startswith("Undo by a reversal: "))
    assert _labels(window, "undo").startswith("&Undo by a reversal: ")
    window.history.undo()
    qtbot.waitUntil(lambda: window.status.texts[1] == "Undo: Fill (Ctrl+Z)")
    assert _labels(window, "undo") == "&Undo Fill"
