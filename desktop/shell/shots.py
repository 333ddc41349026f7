"""Pictures of every page, made by the program itself."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop

from ecofolio import text
from ecofolio.errors import StoreError
from ecofolio.shell.application import application, furnished
from ecofolio.shell.registry import PAGES
from ecofolio.shell.settings import SettingsStore
from ecofolio.text import _
from ecofolio.widgets import charts

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ecofolio.shell.pages import PageEntry
    from ecofolio.shell.window import MainWindow
    from ecofolio.store.place import Place

_PATIENCE = 60_000  # milliseconds for the work that a page starts


def take(
    place: Place,
    folder: Path,
    *,
    language: str = "en",
    theme: str = "light",
    size: tuple[int, int] = (1440, 900),
    entries: Sequence[PageEntry] = PAGES,
) -> list[Path]:
    """A PNG of the welcome page and of every page of the programme; returns their paths.

    `size` is width and height in pixels. The person's own preferences are neither used nor
    changed. `StoreError` where a picture can not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = text.language()
    _held = application()
    with tempfile.TemporaryDirectory(prefix="ecofolio-") as scratch:
        settings = SettingsStore(Path(scratch) / "settings.json")
        settings.save(language=language, theme=theme)
        window = furnished(settings, entries)
        try:
            return _take_all(window, place, folder, size)
        finally:
            _put_away(window)
            text.set_language(before)


def _take_all(window: MainWindow, place: Place, folder: Path, size: tuple[int, int]) -> list[Path]:
    window.resize(*size)
    window.show()
    made = [_save(window, folder / "welcome.png")]
    window.session.adopt(_open(place))
    charts.fetch()
    for entry in window.pages.entries.values():
        window.go(entry.id)
        made.append(_save(window, folder / f"{entry.id.value}.png"))
    return made


def _open(place: Place):
    from ecofolio.store.workspace import Workspace

    return Workspace.open(place)


def _save(window: MainWindow, path: Path) -> Path:
    settle(lambda: not window.runner.jobs and not charts.is_coming() and _is_settled(window))
    if not grab(window, path):
        raise StoreError(
            _("The picture {place} can not be written: choose another folder.").format(place=path)
        )
    return path


def _is_settled(window: MainWindow) -> bool:
    page = window.pages.page
    return not window.desk.is_following and (page is None or page.is_settled())


def settle(ready: Callable[[], bool]) -> None:
    """Let the event loop run until the window has nothing left to do."""
    patience = QDeadlineTimer(_PATIENCE)
    flags = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    while not ready() and not patience.hasExpired():
        QCoreApplication.processEvents(flags, 50)
    for _round in range(3):  # a layout asks for another, and that for its paint
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def grab(widget: QWidget, path: Path) -> bool:
    """Write a picture of a widget as PNG; whether it was written."""
    return bool(widget.grab().save(os.fspath(path), "PNG"))


def _put_away(window: MainWindow) -> None:
    window.runner.shut_down()
    window.session.close()
    window.hide()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
