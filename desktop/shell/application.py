"""Starting and ending the window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from ecofolio import text
from ecofolio.shell.navigation import paint_mark
from ecofolio.shell.registry import PAGES
from ecofolio.shell.reporting import Reporter
from ecofolio.shell.settings import SettingsStore
from ecofolio.shell.window import MainWindow
from ecofolio.widgets import theme

if TYPE_CHECKING:
    from ecofolio.store.place import Place


def dress(settings: SettingsStore) -> QApplication:
    """The application in the language and theme of the settings."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("Ecofolio")
    app.setDesktopFileName("ecofolio")
    wanted = settings.value
    if wanted.language:
        text.set_language(wanted.language)
    theme.in_force().apply(theme.Mode(wanted.theme), theme.Density(wanted.density), text.language())
    app.setWindowIcon(_icon())
    return app


def run(place: Place | str | None = None, *, actor: str | None = None) -> int:
    """Open the window on a programme, or on the welcome page, until it is closed."""
    settings = SettingsStore()
    app = dress(settings)
    window = MainWindow(settings, PAGES)
    if actor:
        window.wishes.act_as(actor)
    reporter = Reporter(window.report)
    reporter.install()
    given = place.url or str(place.path) if place is not None and not _is_text(place) else place
    if given:
        window.desk.opening(str(given))
        window.when_painted(lambda: window.session.open(str(given)))
    window.show()
    try:
        return app.exec()
    finally:
        reporter.remove()
        window.runner.shut_down()
        window.session.close()


def _is_text(place: object) -> bool:
    return isinstance(place, str)


def _icon() -> QIcon:
    pixmap = QPixmap(64, 64)
    pixmap.fill("transparent")
    painter = QPainter(pixmap)
    paint_mark(painter, pixmap.rect().toRectF())
    painter.end()
    return QIcon(pixmap)
