"""File › Restore backup: which there are, what is kept, and the way there from a damaged file."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from ecofolio.budget.actions import grant
from ecofolio.initiatives import actions
from ecofolio.initiatives.scope import Scope
from ecofolio.shell import queries, session
from ecofolio.shell.restore_dialog import RestoreDialog
from ecofolio.shell.welcome import Welcome
from ecofolio.store import backup, files
from ecofolio.store.place import Place
from ecofolio.store.workspace import Workspace
from ecofolio.widgets.messages import InlineMessage

EARLIER = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def backups(file: str) -> list[Path]:
    """Two backups of the programme, newest first."""
    place = Place(path=Path(file))
    folder = backup.default_folder(place)
    return [backup.backup(place, folder, at) for at in (LATER, EARLIER)]


@pytest.fixture
def dialog(window, backups):
    made = RestoreDialog(
        [window.session.workspace.place], window.restoring.folders, window.runner, window
    )
    yield made
    made.done(0)


def _first_name(window) -> str:
    with window.session.workspace.read() as connection:
        return queries.initiatives(connection)[0].name


def _said(window) -> str:
    return window.notice.sentence


def _attached(window, folder: Path, name: str) -> str:
    """The hash of a file that an initiative's money came with."""
    workspace = window.session.workspace
    (folder / name).write_bytes(name.encode())
    kept = files.keep(workspace.place, folder / name)
    workspace.do(grant, 100, attachment_name=name, attachment_hash=kept.hash)
    return kept.hash


def _damage(file: str) -> None:
    content = bytearray(Path(file).read_bytes())
    content[100:400] = b"\xff" * 300
    Path(file).write_bytes(content)


def test_backups_are_listed_newest_first_with_time_and_size(dialog, backups):
    assert dialog.table.rowCount() == 2
    assert dialog.source == backups[0]
    assert dialog.table.item(0, 0).text() == "2026-11-21 16:00:00"  # in Shanghai
    assert dialog.table.item(0, 1).text().endswith("MB") or "kB" in dialog.table.item(0, 1).text()
    assert dialog.restore.isEnabled()


def test_a_backup_is_checked_when_one_asks(dialog, backups, qtbot):
    dialog.check.click()
    qtbot.waitUntil(lambda: dialog.table.item(0, 2).text() == "sound")
    _damage(str(backups[1]))
    dialog.table.selectRow(1)
    dialog.check.click()
    qtbot.waitUntil(lambda: dialog.table.item(1, 2).text() == "can not be used")
    assert "damaged" in dialog.message.sentence


def test_what_will_be_kept_aside_is_said(dialog, file):
    assert Path(file).name in dialog.aside.text()
    assert "before-restore" in dialog.aside.text()


def test_a_file_from_elsewhere_can_be_chosen(dialog, backups, tmp_path):
    elsewhere = tmp_path / "from the colleague.ecofolio"
    elsewhere.write_bytes(backups[0].read_bytes())
    dialog.add_file(elsewhere)
    assert dialog.source == elsewhere
    assert dialog.table.rowCount() == 3


def test_a_backup_without_its_programme_goes_where_its_name_says(empty_window, backups, file):
    dialog = RestoreDialog([], empty_window.restoring.folders, empty_window.runner, empty_window)
    assert not dialog.restore.isEnabled()
    dialog.add_file(backups[0])
    assert dialog.place == Place(path=Path(file))
    assert dialog.source == backups[0]
    dialog.done(0)


def test_restoring_keeps_the_old_file_and_opens_the_backup(window, backups, file, qtbot):
    name = _first_name(window)
    with window.session.workspace.read() as connection:
        ident = queries.initiatives(connection)[0].id
    window.session.workspace.do(actions.set_fields, ids=[ident], values={"name": "After"})
    with qtbot.waitSignal(window.session.opened):
        window.restoring.restore(backups[0], window.session.workspace.place)
    assert _first_name(window) == name
    aside = list(Path(file).parent.glob("*.before-restore-*.ecofolio"))
    assert len(aside) == 1
    assert aside[0].name in window.notice.sentence


def test_attached_files_come_back_and_what_is_nowhere_is_named(window, file, tmp_path, qtbot):
    place, shown = window.session.workspace.place, []
    window.toast.say = lambda sentence, undo: shown.append(sentence)
    kept = [_attached(window, tmp_path, name) for name in ("发票.pdf", "合同.pdf")]
    files.path_of(place, kept[1]).unlink()
    window.files.back_up()
    qtbot.waitUntil(lambda: "1 attached file is not in the backup: 合同.pdf." in _said(window))
    assert "Backed up and verified" in shown[0]
    files.path_of(place, kept[0]).unlink()
    ((_at, saved),) = backup.made(backup.default_folder(place), place.name)
    with qtbot.waitSignal(window.session.opened):
        window.restoring.restore(saved, place)
    assert files.is_whole(place, kept[0])
    assert "1 attached file was put back. 1 attached file is missing: 合同.pdf." in _said(window)


def test_a_watched_programme_tells_once_what_a_backup_lacks(window, tmp_path, monkeypatch):
    workspace, told = window.session.workspace, []
    monkeypatch.setattr(backup, "INTERVAL", timedelta(0))
    monkeypatch.setattr(session, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(session, "BACK_UP_LOOK_EVERY", 0.0)
    rounds = threading.Semaphore(0)

    def back_up(*args, **kwargs):
        rounds.release()
        return Workspace.back_up_if_due(workspace, *args, **kwargs)

    files.path_of(workspace.place, _attached(window, tmp_path, "发票.pdf")).unlink()
    monkeypatch.setattr(workspace, "back_up_if_due", back_up)
    watcher = session.Watcher(workspace, lambda: tmp_path / "elsewhere", told.append)
    assert all(rounds.acquire(timeout=20) for _n in range(3))
    watcher.stop()
    assert len(told) == 1 and told[0].startswith("1 attached file is not in the backup: 发票.pdf")


def test_a_damaged_backup_leaves_the_programme_open(window, backups, file, qtbot):
    _damage(str(backups[0]))
    with qtbot.waitSignal(window.session.opened):
        window.restoring.restore(backups[0], window.session.workspace.place)
    assert "damaged" in window.notice.sentence
    assert window.pages.page is not None
    assert not list(Path(file).parent.glob("*.before-restore-*"))


def test_a_damaged_programme_offers_its_backups(empty_window, backups, file, qtbot, monkeypatch):
    _damage(file)
    with qtbot.waitSignal(empty_window.session.failed):
        empty_window.files.open_place(file)
    asked = []
    monkeypatch.setattr(empty_window.restoring, "ask", asked.append)
    assert isinstance(empty_window.pages.currentWidget(), Welcome)
    assert "damaged" in empty_window.notice.sentence
    offered = [
        found
        for found in empty_window.findChild(InlineMessage, "notice").findChildren(QPushButton)
        if found.text() == "Restore a backup…"
    ]
    offered[0].click()
    assert asked == [file]


def test_the_welcome_page_leads_to_the_backups(empty_window, monkeypatch):
    shown = []
    monkeypatch.setattr(RestoreDialog, "exec", lambda dialog: shown.append(dialog.place) or 0)
    empty_window.pages.currentWidget().restore.click()
    assert shown == [None]


def test_a_scope_survives_a_restore(window, backups, qtbot):
    window.scope.set(Scope(text="Car"))
    with qtbot.waitSignal(window.session.opened):
        window.restoring.restore(backups[0], window.session.workspace.place)
    assert window.scope.value == Scope(text="Car")
