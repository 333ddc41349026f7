"""Boards are brought in and written from the window: shown first, then one change, then told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from tests.boards.page_trials import Trial, furnish
from tests.boards.test_importing import trello
from tests.conftest import ACTOR, NOW

from ecofolio.boards import actions, files, queries
from ecofolio.boards.exchange.import_dialog import ImportDialog
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme

LOG = """case,activity,timestamp
1,Backlog,2026-01-05T09:00:00
1,Polish,2026-01-06T09:00:00
1,Done,2026-01-09T09:00:00
2,Backlog,2026-01-07T09:00:00
2,Polish,2026-01-08T09:00:00
3,Backlog,not a time
"""


@pytest.fixture
def trial(qapp, tmp_path) -> Iterator[Trial]:
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    with Workspace.create(tmp_path / "p.ecofolio", actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        yield made
        made.close()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "Polishing.csv"
    path.write_text(LOG, "utf-8")
    return path


def choose(monkeypatch: pytest.MonkeyPatch, way: str, path: Path, kind: str = "") -> None:
    """Have the system's dialog answer with a path."""
    monkeypatch.setattr(QFileDialog, way, lambda *_all, **_more: (str(path), kind))


def from_menu(trial: Trial, text: str) -> None:
    """Choose a command of the board's menu."""
    trial.page.more_button.click()
    menu = next(one for one in trial.page.findChildren(QMenu) if one.isVisible())
    next(one for one in menu.actions() if one.text() == text).trigger()
    menu.close()
    trial.settle()


def asked(trial: Trial) -> ImportDialog:
    """The import's dialog."""
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, ImportDialog))


def brought(trial: Trial, monkeypatch: pytest.MonkeyPatch, path: Path) -> ImportDialog:
    """The dialog with a file read into it."""
    choose(monkeypatch, "getOpenFileName", path)
    trial.open()
    from_menu(trial, "Import a board…")
    dialog = asked(trial)
    QTest.mouseClick(dialog.file_button, Qt.MouseButton.LeftButton)
    trial.settle()
    return dialog


def notes(dialog: ImportDialog) -> list[str]:
    return [dialog.notes.item(n).text() for n in range(dialog.notes.count())]


def boards(trial: Trial) -> list[str]:
    with trial.workspace.read() as connection:
        return [row.name for row in queries.boards(connection)]


def test_a_board_is_shown_before_it_is_brought_in_and_can_be_undone(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    dialog = brought(trial, monkeypatch, log)
    assert dialog.sentence.text() == "2 cards · 5 moves · Event log: a row for each move"
    columns = [dialog.columns.item(n, 0).text() for n in range(dialog.columns.rowCount())]
    assert columns == ["Backlog", "Polish", "Done"]
    assert dialog.columns.item(1, 2).text() == "not known by its name: taken as active"
    assert "Row 7 is left out: Its time can not be read." in notes(dialog)
    assert "“activity” is read as: Column." in notes(dialog)
    assert boards(trial) == ["Campus board"]
    dialog.import_button.click()
    trial.settle()
    assert boards(trial) == ["Campus board", "Polishing"]
    assert trial.page.desk.view.board.name == "Polishing"
    assert trial.said == ["The board is here: 2 cards · 5 moves · Event log: a row for each move"]
    trial.workspace.undo()
    assert boards(trial) == ["Campus board"]


def test_what_a_column_is_taken_for_can_be_said_otherwise(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    dialog = brought(trial, monkeypatch, log)
    kind = dialog.columns.cellWidget(1, 1)
    assert kind.accessibleName() == "Kind of Polish"
    kind.setFocus()
    QTest.keyClick(kind, Qt.Key.Key_Up)
    assert not dialog.import_button.isEnabled()  # until it is read again
    trial.settle()
    assert dialog.columns.item(1, 2).text() == "as you say"
    assert dialog.columns.cellWidget(1, 1).hasFocus()
    dialog.name.setText("Silver")
    dialog.import_button.click()
    trial.settle()
    with trial.workspace.read() as connection:
        board = next(row for row in queries.boards(connection) if row.name == "Silver")
        kinds = {one.name: one.kind for one in queries.columns(connection, board.id)}
    assert kinds["Polish"] == "queue"


def test_a_file_that_is_no_board_is_refused_in_a_sentence(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}", "utf-8")
    dialog = brought(trial, monkeypatch, path)
    assert dialog.message.sentence == "x.json is neither Trello's nor Ecofolio's board."
    assert not dialog.import_button.isEnabled()


def test_an_exported_board_comes_back_by_the_same_menu(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trial.card("Paint", column=2)
    trial.open()
    choose(monkeypatch, "getSaveFileName", tmp_path / "out.json")
    from_menu(trial, "Export this board…")
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["cards"][0]["title"] == "Paint"
    assert trial.page.message.sentence == f"1 card is in {tmp_path / 'out.json'}."
    trial.close()
    dialog = brought(trial, monkeypatch, tmp_path / "out.json")
    dialog.name.setText("Again")
    dialog.import_button.click()
    trial.settle()
    assert boards(trial) == ["Campus board", "Again"]
    assert [card.title for card in trial.page.desk.view.cards] == ["Paint"]


def test_an_ending_left_out_is_that_of_the_kind_and_replaces_nothing_unasked(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trial.card("Paint")
    trial.open()
    choose(monkeypatch, "getSaveFileName", tmp_path / "out", "Cards as CSV (*.csv)")
    from_menu(trial, "Export this board…")
    assert "Paint" in (tmp_path / "out.csv").read_text("utf-8-sig")
    (tmp_path / "out.csv").write_text("mine", "utf-8")
    from_menu(trial, "Export this board…")
    assert (tmp_path / "out.csv").read_text("utf-8") == "mine"


def test_where_trello_cut_the_history_it_is_said_before_anything_is_written(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(trello(actions=1000)), "utf-8")
    dialog = brought(trial, monkeypatch, path)
    assert any("Trello gave the last 1000 actions only" in line for line in notes(dialog))


def becomes(dialog: ImportDialog, name: str):
    """The drop-down of a column of the list."""
    table = dialog.list_columns
    rows = [table.item(n, 0).text() for n in range(table.rowCount())]
    return table.cellWidget(rows.index(name), 2)


def chosen(choice, key: str) -> None:
    """Choose in a drop-down as a person does."""
    choice.setCurrentIndex(choice.findData(key))
    choice.activated.emit(choice.currentIndex())


def test_what_a_lists_column_becomes_can_be_said_kept_and_used_again(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Summary,Wish,State\nSign,Gold,Done\nPlan,Silver,Open\n", "utf-8")
    dialog = brought(trial, monkeypatch, path)
    assert dialog.tabs.isTabVisible(1)
    why = [dialog.list_columns.item(n, 3).text() for n in range(3)]
    assert why == ["by its name", "no part of a card is called so", "by its name"]
    dialog.tabs.setCurrentIndex(1)
    chosen(becomes(dialog, "Wish"), "title")
    trial.settle()
    assert "“Wish” is read as: Title." in notes(dialog)
    assert becomes(dialog, "Summary").currentData() == "custom text"
    assert becomes(dialog, "Wish").hasFocus()
    dialog.save_mapping("Wishes")
    assert trial.said == ["Saved the mapping Wishes"]
    dialog.open_file(path)
    trial.settle()
    assert becomes(dialog, "Summary").currentData() == "title"
    chosen(dialog.saved, "Wishes")
    trial.settle()
    assert becomes(dialog, "Wish").currentData() == "title"
    dialog.import_button.click()
    trial.settle()
    assert sorted(card.title for card in trial.page.desk.view.cards) == ["Gold", "Silver"]


def test_a_log_that_can_not_be_read_asks_which_columns_tell_of_it(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    lines = [f"{n // 2},{'x' if n % 2 else 'y'},2026-01-0{1 + n},-" for n in range(6)]
    path.write_text("\n".join(["Aa,Bb,Cc,Time", *lines]), "utf-8")
    dialog = brought(trial, monkeypatch, path)
    chosen(dialog.format, "events")
    trial.settle()
    assert dialog.message.sentence == "No event of this log could be read."
    assert not dialog.import_button.isEnabled()
    assert dialog.tabs.currentIndex() == 1
    chosen(becomes(dialog, "Cc"), "time")
    trial.settle()
    assert dialog.sentence.text() == "3 cards · 6 moves · Event log: a row for each move"


def test_a_second_import_tells_what_it_would_change_and_may_be_a_new_board(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    dialog = brought(trial, monkeypatch, log)
    dialog.import_button.click()
    trial.settle()
    board = trial.page.desk.board_id
    log.write_text(LOG + "2,Done,2026-01-12T09:00:00\n9,Backlog,2026-01-13T09:00:00\n", "utf-8")
    dialog = ImportDialog(trial.page.context, trial.squad, trial.page)
    dialog.made.connect(lambda one: trial.page.open_board(one, again=True))
    dialog.open()
    dialog.open_file(log)
    trial.settle()
    assert dialog.outcome.text() == "“Polishing”: 1 new, 1 changed, 1 as they were."
    assert dialog.import_button.text() == "Update board"
    assert "2: moves Polish → Done" in notes(dialog)
    chosen(dialog.columns.cellWidget(0, 1), "queue")
    trial.settle()
    assert "The column “Backlog” becomes: Queue." in notes(dialog)
    dialog.into.setCurrentIndex(0)
    dialog.into.activated.emit(0)
    trial.settle()
    assert dialog.outcome.text() == "It becomes a new board."
    chosen(dialog.into, board)
    trial.settle()
    dialog.import_button.click()
    trial.settle()
    assert boards(trial) == ["Campus board", "Polishing"]
    with trial.workspace.read() as connection:
        view = queries.view(connection, board)
    assert sorted(card.key for card in view.cards) == ["1", "2", "9"]
    dialog = ImportDialog(trial.page.context, trial.squad, trial.page)
    dialog.open()
    dialog.open_file(log)
    trial.settle()
    assert dialog.outcome.text() == "“Polishing” is as the file says: nothing would change."
    assert not dialog.import_button.isEnabled()
    dialog.reject()


def test_a_board_goes_out_with_its_files_and_says_where_they_are_lost(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "plan.txt").write_text("plan", "utf-8")
    kept = files.keep(trial.workspace.place, tmp_path / "plan.txt")
    card = trial.card("Paint")
    trial.workspace.do(actions.link_file, card, kept.name, kept.hash, kept.size)
    trial.open()
    choose(monkeypatch, "getSaveFileName", tmp_path / "out.zip")
    from_menu(trial, "Export this board…")
    assert trial.page.message.sentence == f"1 card is in {tmp_path / 'out.zip'}."
    files.path_of(trial.workspace.place, kept.hash).unlink()
    trial.close()
    dialog = brought(trial, monkeypatch, tmp_path / "out.zip")
    assert not dialog.into.isEnabled() and notes(dialog) == ["Nothing else to know."]
    dialog.import_button.click()
    trial.settle()
    assert boards(trial) == ["Campus board", "Campus board"]
    assert files.is_whole(trial.workspace.place, kept.hash)
