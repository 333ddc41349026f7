"""Starting and ending the window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from ecofolio import text
from ecofolio.shell import starting
from ecofolio.shell.settings import SettingsStore
from ecofolio.shell.window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecofolio.shell.pages import PageEntry
    from ecofolio.shell.reporting import Reporter
    from ecofolio.store.place import Place

_QUIET = 3000  # milliseconds after which a person has seen the first page and thinks


def run(place: Place | None = None, *, actor: str | None = None) -> int:
    """Open the window on a programme, or on the welcome page, until it is closed.

    The bare frame is painted first; its parts and the programme follow in the event loop. It is
    there soonest where the caller was in a hurry (`starting`) before he imported this.
    """
    starting.hurry()
    app = application()
    settings = SettingsStore()
    speak(settings)
    window = MainWindow(settings)
    reporters: list[Reporter] = []
    window.when_painted(lambda: reporters.append(_go_on(window, place, actor)))
    window.show()
    try:
        return app.exec()
    finally:
        for reporter in reporters:
            reporter.remove()


def application() -> QApplication:
    """The one application, made where it is missing."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        starting.collect_here(app)
    return app


def furnished(settings: SettingsStore, entries: Sequence[PageEntry]) -> MainWindow:
    """A window with its parts, in the language and theme of the settings.

    The caller holds the `application()`.
    """
    speak(settings)
    window = MainWindow(settings)
    dress(settings)
    window.furnish(entries)
    return window


def speak(settings: SettingsStore) -> None:
    """Speak the language of the settings, or go on in the one that is spoken."""
    if settings.value.language:
        text.set_language(settings.value.language)


def dress(settings: SettingsStore) -> None:
    """Dress the application in the theme of the settings."""
    from ecofolio.shell.navigation import mark_icon
    from ecofolio.widgets import theme

    app = QApplication.instance()
    app.setApplicationName("Ecofolio")
    app.setDesktopFileName("ecofolio")
    wanted = settings.value
    theme.in_force().apply(theme.Mode(wanted.theme), theme.Density(wanted.density), text.language())
    app.setWindowIcon(mark_icon())
    speak_qt()


class _WhatQtLacks(QTranslator):
    """Words of the file dialog that Qt's own Chinese catalogues do not have."""

    def translate(self, context, source, _disambiguation=None, _n=-1):
        said = {"&Look in:": text._("&Look in:"), "Files of &type:": text._("Files of &type:")}
        return said.get(source) if context == "QFileDialog" else None


def speak_qt() -> None:
    """Have Qt's own words, as in its file dialog, said in the language in force."""
    from PySide6.QtCore import QLibraryInfo

    app = QApplication.instance()
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    if text.language() != "en":
        made = QTranslator(app)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if made.load(f"qtbase_{text.language()}", folder):
            app.installTranslator(made)
        app.installTranslator(_WhatQtLacks(app))


def _go_on(window: MainWindow, place: Place | None, actor: str | None) -> Reporter:
    from ecofolio.shell.registry import PAGES
    from ecofolio.shell.reporting import Reporter

    reporter = Reporter(window.report)
    reporter.install()
    dress(window.settings)
    window.furnish(PAGES)
    if actor:
        window.wishes.act_as(actor)
    if place is None:
        QTimer.singleShot(0, starting.settle)
    else:
        for ended in (window.session.opened, window.session.failed):
            ended.connect(_settle_later)
        window.session.open(str(place.url or place.path))
    return reporter


def _settle_later(*_error: object) -> None:
    """Once what was opened, or why it was not, is on the screen."""
    QTimer.singleShot(0, starting.settle)
    QTimer.singleShot(_QUIET, _fetch_charts)


def _fetch_charts() -> None:
    from ecofolio.widgets import charts

    charts.fetch()
