"""Files dropped on the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from ecofolio.shell.dropping import dropped
from ecofolio.widgets.page import PageId


def _data(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def _drop(window, path: str) -> None:
    data = _data(QUrl.fromLocalFile(path).toString())  # the event does not hold it
    window.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


@pytest.mark.parametrize(
    ("urls", "found"),
    [
        (["file:///a/Plan.ECOFOLIO"], ("/a/Plan.ECOFOLIO", True)),
        (["file:///a/list.csv"], ("/a/list.csv", False)),
        (["file:///a/list.xlsx"], ("/a/list.xlsx", False)),
        (["file:///a/picture.png"], None),
        (["file:///a/1.csv", "file:///a/2.csv"], None),
        (["https://example.org/list.csv"], None),
        ([], None),
    ],
)
def test_one_programme_or_one_list_may_be_dropped(urls, found):
    assert dropped(_data(*urls)) == found


def test_a_dropped_programme_is_opened(empty_window, file, qtbot):
    with qtbot.waitSignal(empty_window.session.opened):
        _drop(empty_window, file)
    assert empty_window.desk.place == file


def test_a_dropped_list_goes_to_the_import(window, tmp_path, qtbot, monkeypatch):
    read = []
    page = window.go(PageId.IMPORT)
    monkeypatch.setattr(type(page), "open_file", lambda self, path: read.append(path), False)
    window.go(PageId.OVERVIEW)
    _drop(window, str(tmp_path / "list.csv"))
    qtbot.waitUntil(lambda: read == [str(tmp_path / "list.csv")])
    assert window.pages.current_id is PageId.IMPORT


def test_without_a_programme_a_dropped_list_founds_one(empty_window, tmp_path, qtbot, monkeypatch):
    read = []
    entry = empty_window.pages.entries[PageId.IMPORT]
    monkeypatch.setattr(entry.build, "open_file", lambda self, path: read.append(path), False)
    path = str(tmp_path / "New.ecofolio")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (path, ""))
    with qtbot.waitSignal(empty_window.session.opened):
        _drop(empty_window, str(tmp_path / "list.csv"))
    qtbot.waitUntil(lambda: read == [str(tmp_path / "list.csv")])
