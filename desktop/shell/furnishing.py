"""Putting the window's parts in: what is imported only once the bare frame is on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ecofolio.shell.commands import Commands
from ecofolio.shell.desk import Desk
from ecofolio.shell.files import Files
from ecofolio.shell.navigation import Navigation
from ecofolio.shell.pages import PageEntry, PageStack
from ecofolio.shell.restoring import Restoring
from ecofolio.shell.scope_bar import USUAL, ScopeBar
from ecofolio.shell.session import Session
from ecofolio.shell.status import StatusBar
from ecofolio.shell.undo import History
from ecofolio.shell.views import Views
from ecofolio.shell.wishes import Wishes
from ecofolio.shell.words import Words
from ecofolio.widgets.background import Runner
from ecofolio.widgets.messages import InlineMessage, Toast
from ecofolio.widgets.page import ScopeStore
from ecofolio.widgets.parts import column, row

if TYPE_CHECKING:
    from ecofolio.shell.window import MainWindow


def furnish(window: MainWindow, entries: Sequence[PageEntry]) -> None:
    """Make the parts, lay them out and connect them."""
    window.wishes = Wishes(window)
    window.runner = Runner(window.report, window)
    window.session = Session(
        window.runner, window.wishes.actor, window.wishes.backup_folder, window
    )
    window.scope = ScopeStore(USUAL, window)
    window.words = Words()
    window.pages = PageStack(entries)
    window.navigation = Navigation(entries)
    window.status = StatusBar(window.wishes.edit)
    window.notice = InlineMessage()
    window.toast = Toast(window)
    window.scope_bar = ScopeBar(window.scope)
    window.files, window.views, window.history = Files(window), Views(window), History(window)
    window.restoring = Restoring(window)
    window.desk = Desk(window)
    window.commands = Commands(window, list(entries))
    _lay_out(window)
    _connect(window)


def renew(window: MainWindow) -> None:
    """Say what stands around the pages in the language in force."""
    right = window.centralWidget().findChild(QVBoxLayout, "right")
    old, window.scope_bar = window.scope_bar, ScopeBar(window.scope)
    right.replaceWidget(old, window.scope_bar)
    _connect_scope_bar(window)
    window.notice.hide()
    for gone in (old, window.toast):
        gone.hide()
        gone.deleteLater()
    window.toast = Toast(window)
    window.commands.retranslate()
    window.navigation.retranslate()


def _lay_out(window: MainWindow) -> None:
    window.notice.setObjectName("notice")  # its margin goes when it hides
    right = column(window.scope_bar, window.notice, spacing=0)
    right.setObjectName("right")
    right.addWidget(window.pages, 1)
    right.addWidget(window.status)
    layout = row(window.navigation, spacing=0)
    layout.addLayout(right, 1)
    middle = QWidget()
    middle.setLayout(layout)
    window.setCentralWidget(middle)
    middle.show()  # at once, not after the next event: only what is seen takes the keyboard


def _connect(window: MainWindow) -> None:
    window.runner.started.connect(window.status.show_job)
    window.scope.changed.connect(window.pages.set_scope)
    window.pages.shown.connect(window.page_shown)
    window.navigation.page_wanted.connect(window.go)
    window.navigation.view_wanted.connect(window.views.show)
    window.navigation.rename_wanted.connect(window.views.rename)
    window.navigation.delete_wanted.connect(window.views.delete)
    _connect_scope_bar(window)


def _connect_scope_bar(window: MainWindow) -> None:
    window.scope_bar.palette_wanted.connect(window.open_palette)
    window.scope_bar.rows_wanted.connect(window.pages.focus_page)
    window.scope_bar.save_wanted.connect(window.views.save)
