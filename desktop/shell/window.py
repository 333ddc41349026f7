"""The window: navigation at the left, the scope bar above the page, the status bar below.

It holds the parts together and knows nothing of what pages show. Its bare frame is painted
before anything else is even imported: the parts come with `furnish`, the programme after that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QMainWindow

from ecofolio.errors import EcofolioError
from ecofolio.shell.settings import SettingsStore
from ecofolio.text import _
from ecofolio.widgets.tokens import DARK, LIGHT

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent

    from ecofolio.initiatives.scope import Scope
    from ecofolio.shell.commands import Commands
    from ecofolio.shell.desk import Desk
    from ecofolio.shell.files import Files
    from ecofolio.shell.finding import Target
    from ecofolio.shell.navigation import Navigation
    from ecofolio.shell.pages import PageEntry, PageStack
    from ecofolio.shell.restoring import Restoring
    from ecofolio.shell.scope_bar import ScopeBar
    from ecofolio.shell.session import Session
    from ecofolio.shell.status import StatusBar
    from ecofolio.shell.undo import History
    from ecofolio.shell.views import Views
    from ecofolio.shell.wishes import Wishes
    from ecofolio.shell.words import Words
    from ecofolio.widgets.background import Runner
    from ecofolio.widgets.messages import InlineMessage, Toast
    from ecofolio.widgets.page import Page, PageContext, PageId, ScopeStore

_SIZE = (1360, 860)
_SMALLEST = (960, 600)
_FRAME = QSize(8, 40)  # what a window system puts around a window


class MainWindow(QMainWindow):
    """One window on one programme, or on none."""

    wishes: Wishes
    runner: Runner
    session: Session
    scope: ScopeStore
    words: Words
    pages: PageStack
    navigation: Navigation
    status: StatusBar
    notice: InlineMessage
    toast: Toast
    scope_bar: ScopeBar
    files: Files
    restoring: Restoring
    views: Views
    history: History
    desk: Desk
    commands: Commands

    def __init__(self, settings: SettingsStore) -> None:
        super().__init__()
        self.settings = settings
        self.is_furnished = False
        self._on_first_paint: Callable[[], object] | None = None
        self.setWindowTitle("Ecofolio")
        self.setMinimumSize(*_SMALLEST)
        self.resize(QSize(*_SIZE).boundedTo(self.screen().availableSize() - _FRAME))
        self._bare = DARK if self._is_dark() else LIGHT
        self.setPalette(QPalette(self._bare.colour("surface"), self._bare.colour("bg")))
        if settings.value.geometry:
            from PySide6.QtCore import QByteArray

            self.restoreGeometry(QByteArray.fromBase64(settings.value.geometry.encode()))

    def furnish(self, entries: Sequence[PageEntry]) -> None:
        """Put in the parts, with the pages that `entries` build."""
        from ecofolio.shell.furnishing import furnish

        self.setPalette(QPalette())  # the application's from now on
        furnish(self, entries)
        self.is_furnished = True
        self.setAcceptDrops(True)
        self.desk.show_nothing_open()
        self.wishes.tell_trouble()

    def when_painted(self, then: Callable[[], object]) -> None:
        """Do something once, after the window was painted for the first time."""
        self._on_first_paint = then

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.is_furnished:
            self._paint_bare()
        then, self._on_first_paint = self._on_first_paint, None
        if then is not None:
            QTimer.singleShot(0, then)

    def _paint_bare(self) -> None:
        """The frame in the theme's colours, and an honest word in it.

        Of pixmaps and the palette's own pen: to fill with a colour has PySide6 make all of Qt's
        enumerations first, which takes longer than everything else that a frame needs.
        """
        with QPainter(self) as painter:
            for name, left, width in (("surface", 0, 195), ("line", 195, 1)):
                dot = QPixmap(1, 1)
                dot.fill(self._bare.colour(name))
                painter.drawPixmap(left, 0, width, self.height(), dot)
            painter.setOpacity(0.6)
            painter.drawText(196 + 16, 40, _("Starting…"))

    def _is_dark(self) -> bool:
        wanted = self.settings.value.theme
        return wanted == "dark" or (
            wanted == "system" and self.palette().window().color().lightness() < 128
        )

    def context(self) -> PageContext:
        """What pages are given of the programme that is open."""
        from ecofolio.widgets import theme
        from ecofolio.widgets.page import PageContext

        assert self.session.workspace is not None, "no programme is open"
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
            export_pack=self.export_pack,
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
            if kind in entry.shows:
                page = self.go(entry.id)
                if page is not None:
                    page.show_record(kind, record_id)
                return

    def show_rows(self, scope: Scope) -> None:
        """Look at `scope` and show its initiatives."""
        from ecofolio.widgets.page import PageId

        self.pages.leave()
        self.scope.set(scope)
        self.go(PageId.INITIATIVES)

    def page_shown(self, page_id: PageId) -> None:
        """Say where one is."""
        self.navigation.set_page(page_id)
        self.scope_bar.set_scoped(self.pages.page.wants_scope)

    def reset_scope(self) -> None:
        """Look at all open initiatives."""
        from ecofolio.shell.scope_bar import USUAL

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
        from ecofolio.shell.reach import targets

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
        from ecofolio.widgets.messages import ErrorDialog

        dialog = ErrorDialog.about(error, self)
        dialog.exec()
        dialog.deleteLater()

    def export_pack(self) -> None:
        """Ask where, and write the review workbook of the scope in force."""
        from ecofolio.shell.packing import export

        export(self)

    def show_about(self) -> None:
        """Version, licences and diagnostics."""
        from ecofolio.shell.about import AboutDialog

        dialog = AboutDialog(self)
        dialog.exec()
        dialog.deleteLater()

    def copy_diagnostics(self) -> None:
        """Put what a helper wants to know on the clipboard."""
        from PySide6.QtGui import QGuiApplication

        from ecofolio.widgets.messages import diagnostics

        QGuiApplication.clipboard().setText(diagnostics())
        self.notify(_("Diagnostics copied"))

    # --- the whole window ------------------------------------------------------------------

    def switch_full_screen(self) -> None:
        """The whole screen, or a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def retranslate(self) -> None:
        """Say what stands around the pages in the language in force."""
        from ecofolio.shell.furnishing import renew

        renew(self)

    def rebuild_pages(self) -> None:
        """Build the pages anew where they were; those with open work stay as they are."""
        if self.session.workspace is not None:
            page_id = self.pages.current_id or self.desk.first_page()
            self.pages.set_context(self.context(), keep=True)
            self.go(page_id)
            self.pages.focus_page()

    def may_leave(self) -> bool:
        """Ask where something unsaved would be lost, and keep what one was looking at."""
        open_work = self.pages.open_work()
        if open_work:
            from ecofolio.shell.leaving import leaves

            if not leaves(self, open_work[0]):
                return False
        self.desk.keep()
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        from ecofolio.shell.dropping import dropped

        if dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        from ecofolio.shell.dropping import dropped

        found = dropped(event.mimeData())
        if found is not None:
            event.acceptProposedAction()
            # after the event: who drags waits for its end, and a question may follow
            QTimer.singleShot(0, lambda: self.files.drop(*found))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.is_furnished:
            event.accept()
            return
        if not self.may_leave():
            event.ignore()
            return
        self.runner.shut_down()
        self.session.close()
        event.accept()
