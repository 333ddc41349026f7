"""The window: navigation at the left, the scope bar above the page, the status bar below.

It holds the parts together and knows nothing of what pages show. The frame is painted before a
programme is opened; opening runs in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.initiatives.scope import Scope
from ecofolio.shell.commands import Commands
from ecofolio.shell.desk import Desk
from ecofolio.shell.files import Files
from ecofolio.shell.finding import Target
from ecofolio.shell.navigation import Navigation
from ecofolio.shell.pages import PageEntry, PageStack
from ecofolio.shell.reach import targets
from ecofolio.shell.scope_bar import USUAL, ScopeBar
from ecofolio.shell.session import Session
from ecofolio.shell.settings import SettingsStore
from ecofolio.shell.status import StatusBar
from ecofolio.shell.undo import History
from ecofolio.shell.views import Views
from ecofolio.shell.wishes import Wishes
from ecofolio.shell.words import Words
from ecofolio.text import _
from ecofolio.widgets import theme
from ecofolio.widgets.background import Runner
from ecofolio.widgets.messages import ErrorDialog, InlineMessage, Toast, diagnostics
from ecofolio.widgets.page import Page, PageContext, PageId, ScopeStore
from ecofolio.widgets.parts import column, row
from ecofolio.widgets.theme import Space

_SIZE = (1360, 860)


class MainWindow(QMainWindow):
    """One window on one programme, or on none."""

    def __init__(self, settings: SettingsStore, entries: Sequence[PageEntry]) -> None:
        super().__init__()
        self.settings = settings
        self._on_first_paint: Callable[[], object] | None = None
        self.wishes = Wishes(self)
        self.runner = Runner(self.report, self)
        self.session = Session(self.runner, self.wishes.actor, self.wishes.backup_folder, self)
        self.scope = ScopeStore(USUAL, self)
        self.words = Words()
        self.pages = PageStack(entries)
        self.navigation = Navigation(entries)
        self.status = StatusBar(self.wishes.edit)
        self.notice = InlineMessage()
        self.toast = Toast(self)
        self.scope_bar = ScopeBar(self.scope)
        self.files, self.views, self.history = Files(self), Views(self), History(self)
        self.desk = Desk(self)
        self.commands = Commands(self, list(entries))
        self._assemble()
        self._connect()
        self.desk.show_nothing_open()
        self.wishes.tell_trouble()

    def _assemble(self) -> None:
        notice = row(self.notice)
        notice.setContentsMargins(Space.L, 0, Space.L, 0)
        self._right = column(self.scope_bar, notice, spacing=0)
        self._right.addWidget(self.pages, 1)
        self._right.addWidget(self.status)
        layout = row(self.navigation, spacing=0)
        layout.addLayout(self._right, 1)
        middle = QWidget()
        middle.setLayout(layout)
        self.setCentralWidget(middle)
        self.setMinimumSize(960, 600)
        self.resize(*_SIZE)
        if self.settings.value.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.settings.value.geometry.encode()))

    def _connect(self) -> None:
        self.runner.started.connect(self.status.show_job)
        self.scope.changed.connect(self.pages.set_scope)
        self.pages.shown.connect(self._page_shown)
        self.navigation.page_wanted.connect(self.go)
        self.navigation.view_wanted.connect(self.views.show)
        self.navigation.rename_wanted.connect(self.views.rename)
        self.navigation.delete_wanted.connect(self.views.delete)
        self._connect_scope_bar()

    def _connect_scope_bar(self) -> None:
        self.scope_bar.palette_wanted.connect(self.open_palette)
        self.scope_bar.save_wanted.connect(self.views.save)

    def when_painted(self, then: Callable[[], object]) -> None:
        """Do something once, after the window was painted for the first time."""
        self._on_first_paint = then

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        then, self._on_first_paint = self._on_first_paint, None
        if then is not None:
            QTimer.singleShot(0, then)

    def context(self) -> PageContext:
        """What pages are given of the programme that is open."""
        return PageContext(
            workspace=self.session.workspace,
            scope=self.scope,
            runner=self.runner,
            theme=theme.in_force(),
            settings=lambda: self.settings.value,
            open_record=self.open_record,
            show_rows=self.show_rows,
            go=self.go,
            notify=self.notify,
            report=self.report,
            save_settings=self.wishes.save,
        )

    # --- going places ----------------------------------------------------------------------

    def go(self, page_id: PageId) -> Page | None:
        """Show a page; None where no programme is open."""
        if self.session.workspace is None:
            return None
        return self.pages.show_page(page_id)

    def open_record(self, kind: str, record_id: int) -> None:
        """Show a record on the page that shows its kind."""
        for entry in self.pages.entries.values():
            if entry.shows == kind:
                page = self.go(entry.id)
                if page is not None:
                    page.show_record(kind, record_id)
                return

    def show_rows(self, scope: Scope) -> None:
        """Look at `scope` and show its initiatives."""
        self.scope.set(scope)
        self.go(PageId.INITIATIVES)

    def _page_shown(self, page_id: PageId) -> None:
        self.navigation.set_page(page_id)
        self.scope_bar.set_scoped(self.pages.page.wants_scope)

    def reset_scope(self) -> None:
        """Look at all open initiatives."""
        self.scope.set(USUAL)

    def focus_filter(self) -> None:
        """Give the scope bar's field the keyboard."""
        self.scope_bar.text.setFocus()
        self.scope_bar.text.selectAll()

    def open_palette(self) -> None:
        """Find or do anything."""
        from ecofolio.shell.palette import Palette

        Palette(self, self.targets()).open_over(self)

    def targets(self) -> list[Target]:
        """All that the palette reaches now."""
        return targets(self)

    # --- telling ---------------------------------------------------------------------------

    def notify(self, sentence: str, undo: bool = False) -> None:
        """Say what was done, with a way to undo it."""
        self.toast.say(sentence, self.history.undo if undo else None)

    def report(self, error: BaseException) -> None:
        """Show an error: a sentence for the world's fault, a report for ours."""
        if isinstance(error, EcofolioError):
            self.notice.say(str(error), "red")
            return
        dialog = ErrorDialog.about(error, self)
        dialog.exec()
        dialog.deleteLater()

    def show_about(self) -> None:
        """Version, licences and diagnostics."""
        from ecofolio.shell.about import AboutDialog

        dialog = AboutDialog(self)
        dialog.exec()
        dialog.deleteLater()

    def copy_diagnostics(self) -> None:
        """Put what a helper wants to know on the clipboard."""
        QGuiApplication.clipboard().setText(diagnostics())
        self.notify(_("Diagnostics copied"))

    # --- the whole window ------------------------------------------------------------------

    def switch_full_screen(self) -> None:
        """The whole screen, or a window again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def retranslate(self) -> None:
        """Say what stands around the pages in the language in force."""
        old, self.scope_bar = self.scope_bar, ScopeBar(self.scope)
        self._right.replaceWidget(old, self.scope_bar)
        self._connect_scope_bar()
        self.notice.hide()
        for gone in (old, self.toast):
            gone.hide()
            gone.deleteLater()
        self.toast = Toast(self)
        self.commands.retranslate()
        self.navigation.retranslate()

    def rebuild_pages(self) -> None:
        """Build the pages anew where they were; those with open work stay as they are."""
        if self.session.workspace is not None:
            page_id = self.pages.current_id or self.desk.first_page()
            self.pages.set_context(self.context(), keep=True)
            self.go(page_id)

    def may_leave(self) -> bool:
        """Ask where something unsaved would be lost, and keep what one was looking at."""
        open_work = self.pages.open_work()
        if open_work and not self._leaves(open_work[0]):
            return False
        self.desk.keep()
        return True

    def _leaves(self, page: str) -> bool:
        asked = QMessageBox(self)
        asked.setTextFormat(Qt.TextFormat.PlainText)
        asked.setWindowTitle("Ecofolio")
        asked.setText(_("{page} is not finished. Leave it all the same?").format(page=page))
        leave = asked.addButton(_("Leave"), QMessageBox.ButtonRole.DestructiveRole)
        asked.addButton(_("Stay"), QMessageBox.ButtonRole.RejectRole)
        asked.exec()
        return asked.clickedButton() is leave

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_leave():
            event.ignore()
            return
        self.runner.shut_down()
        self.session.close()
        event.accept()
