"""Which programme is open: new, open, recent, demonstration, back up."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit

from ecofolio.places import user_data
from ecofolio.text import _, language
from ecofolio.widgets.page import PageId

if TYPE_CHECKING:
    from ecofolio.shell.window import MainWindow
    from ecofolio.store.workspace import Workspace

SUFFIX = ".ecofolio"


@runtime_checkable
class _ReadsLists(Protocol):
    """The page that lists are brought in on."""

    def open_file(self, path: str) -> None: ...


@runtime_checkable
class _MovesBoards(Protocol):
    """The page that boards are brought in on and written from."""

    def import_board(self) -> None: ...

    def export_board(self) -> None: ...


@runtime_checkable
class _KeepsLedger(Protocol):
    """The page that the ledger is written to a file from."""

    def export_ledger(self) -> None: ...


class Files:
    """The commands of the File menu and of the welcome page."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._then: Callable[[], object] | None = None

    def new(self) -> None:
        """Ask where, make an empty programme there and open it."""
        path, _kind = QFileDialog.getSaveFileName(
            self._window,
            _("New programme"),
            str(self._folder() / (_("Ecosystem programme") + SUFFIX)),
            self._kinds(),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self.create(path if path.endswith(SUFFIX) else path + SUFFIX)
        else:
            self._then = None

    def create(self, path: str) -> None:
        """Make an empty programme and open it."""
        self._window.session.create(path)

    def open(self) -> None:
        """Ask for a programme and open it."""
        path, _kind = QFileDialog.getOpenFileName(
            self._window, _("Open a programme"), str(self._folder()), self._kinds()
        )
        if path:
            self.open_place(path)

    def open_server(self) -> None:
        """Ask for a server's address and open the programme there."""
        given, accepted = QInputDialog.getText(
            self._window,
            _("Open from a server"),
            _("Address (postgresql://…)"),
            QLineEdit.EchoMode.Normal,
            "postgresql://",
        )
        if accepted and given.strip():
            self.open_place(given.strip())

    def open_place(self, place: str) -> None:
        """Open the programme at a path or address."""
        if self._window.may_leave():
            self._window.session.open(place)

    def demonstration(self) -> None:
        """Open the demonstration programme, made where there is none yet."""
        if not self._window.may_leave():
            return
        path = user_data() / f"demonstration{SUFFIX}"
        if path.exists():
            self._window.session.open(str(path))
            return
        spoken = language()
        self._window.session.make(
            str(path),
            _("Making the demonstration programme"),
            lambda place, actor: _make_demonstration(place, actor, spoken),
        )

    def import_list(self, path: str = "") -> None:
        """Show the import, of `path` if it is given; without a programme one is made first."""

        def show() -> None:
            page = self._window.go(PageId.IMPORT)
            self._window.pages.focus_page()
            if path and page is not None:
                assert isinstance(page, _ReadsLists)
                page.open_file(path)

        if self._window.session.workspace is not None:
            if not path or self._window.may_leave():
                show()
            return
        self._then = show
        self.new()

    def import_board(self) -> None:
        """Show the boards, and ask for the file of another."""
        page = self._window.go(PageId.BOARDS)
        assert isinstance(page, _MovesBoards)
        page.import_board()

    def export_board(self) -> None:
        """Show the boards, and ask where the one in view is to be written."""
        page = self._window.go(PageId.BOARDS)
        assert isinstance(page, _MovesBoards)
        page.export_board()

    def export_ledger(self) -> None:
        """Show the budget, and ask where its ledger is to be written."""
        page = self._window.go(PageId.BUDGET)
        assert isinstance(page, _KeepsLedger)
        page.export_ledger()

    def drop(self, path: str, is_programme: bool) -> None:
        """Open a programme, or bring in a list, that was dropped on the window."""
        if is_programme:
            self.open_place(path)
        else:
            self.import_list(path)

    def follow_with(self, then: Callable[[], object]) -> None:
        """Do this once the programme is open that is asked for next, in place of showing a page."""
        self._then = then

    def after_opening(self) -> Callable[[], object] | None:
        """What was to follow once a programme is open; asked once."""
        then, self._then = self._then, None
        return then

    def close(self) -> None:
        """Let go of the programme and show the welcome page."""
        if self._window.may_leave():
            self._window.session.close()

    def back_up(self) -> None:
        """Make a verified backup now."""
        workspace = self._window.session.workspace
        if workspace is None:
            return
        folder = self._window.wishes.backup_folder()
        self._window.runner.start(
            lambda progress, cancelled: _back_up(workspace, folder),
            title=_("Backing up"),
            cancellable=False,
            on_done=self._backed_up,
        )

    def _backed_up(self, made: tuple[Path, str]) -> None:
        path, lacking = made
        self._window.notify(_("Backed up and verified: {file}").format(file=path))
        if lacking:
            self._window.notice.say(lacking, "amber")

    def _folder(self) -> Path:
        recent = [Path(place) for place in self._window.settings.value.recent if ":/" not in place]
        return next((path.parent for path in recent if path.parent.is_dir()), user_data())

    def _kinds(self) -> str:
        return _("Ecofolio programmes (*{ending})").format(ending=SUFFIX)


def _back_up(workspace: Workspace, folder: Path | None) -> tuple[Path, str]:
    """The backup, and which attached files it lacks, in a sentence."""
    from ecofolio.store import backup

    place, told = workspace.place, list[str]()
    folder = folder or backup.default_folder(place)
    path = backup.backup(
        place, folder, workspace.clock(), hear=lambda carried: told.append(carried.said_of_backup())
    )
    return path, told[0]


def _make_demonstration(place: str, actor: str, spoken: str) -> Workspace:
    from ecofolio.demo.build import create
    from ecofolio.store.workspace import Workspace

    # Under another name until it is complete: a half-made one must not be opened the next time.
    draft = Path(place).with_suffix(f".{os.getpid()}{SUFFIX}")
    create(draft, language=spoken).close()
    draft.replace(place)
    return Workspace.open(place, actor=actor)
