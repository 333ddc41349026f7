"""Restoring a backup from the window: ask which, put it in place off the GUI thread, reopen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ecofolio.errors import EcofolioError, StoreError
from ecofolio.text import _

if TYPE_CHECKING:
    from ecofolio.shell.window import MainWindow
    from ecofolio.store.attachments import Carried
    from ecofolio.store.place import Place
    from ecofolio.store.workspace import Workspace


class Restoring:
    """The command File › Restore backup, with a programme open or without one."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def ask(self, first: str = "") -> None:
        """Ask which backup is to be restored in whose place, and do it.

        Without a programme open any of the recent ones can be chosen, and `first` is offered.
        """
        from ecofolio.shell.restore_dialog import RestoreDialog
        from ecofolio.store.place import place_of

        window = self._window
        workspace = window.session.workspace
        if workspace is not None and not first:
            places = [workspace.place]
        else:
            known = dict.fromkeys(([first] if first else []) + list(window.settings.value.recent))
            places = [place_of(place) for place in known]
        dialog = RestoreDialog(
            places, self.folders, window.runner, window, fixed=workspace is not None
        )
        accepted, place, source = dialog.exec(), dialog.place, dialog.source
        dialog.deleteLater()
        if accepted and place is not None and source is not None:
            self.restore(source, place)

    def restore(self, source: Path, place: Place) -> None:
        """Put a backup in a programme's place and open it; what was there is kept aside.

        Where that is refused, the programme that was open is opened again as it was.
        """
        window = self._window
        if not window.may_leave():
            return
        workspace = window.session.workspace
        before = str(workspace.place.url or workspace.place.path) if workspace else ""
        told: list[Path | EcofolioError | None] = []
        carried: list[Carried] = []

        def build(where: str, actor: str) -> Workspace:
            from ecofolio.store import backup
            from ecofolio.store.workspace import Workspace, utc_now

            Workspace.load_tables()
            try:
                told.append(backup.restore(source, place, utc_now(), carried.append))
            except EcofolioError as error:
                if not before:
                    raise
                told.append(error)
                return Workspace.open(before, actor=actor)
            return Workspace.open(where, actor=actor)

        window.session.close()  # who is alone with a file may put another in its place
        window.files.follow_with(lambda: self._tell(told[0], carried))
        window.session.make(
            str(place.url or place.path),
            _("Restoring {place}").format(place=place.name),
            build,
        )

    def offer(self, error: BaseException, place: str) -> bool:
        """Show why a programme can not be opened with a way to its backups; whether there are any
        or it is at least a file that they would take the place of."""
        from ecofolio.store import backup
        from ecofolio.store.place import SUFFIX, place_of

        if not isinstance(error, StoreError) or "://" in place:
            return False
        where = place_of(place)
        known = any(backup.made(folder, where.name) for folder in self.folders(where))
        if not known and not (where.file.suffix == SUFFIX and where.file.is_file()):
            return False
        self._window.notice.say(
            str(error),
            "red",
            action=_("Restore a backup…"),
            on_action=lambda: self.ask(place),
        )
        return True

    def folders(self, place: Place | None) -> list[Path]:
        """Where a programme's backups are looked for: where they go now, and where they went."""
        from ecofolio.store import backup

        wished = self._window.wishes.backup_folder()
        found = [wished] if wished else []
        return found + ([backup.default_folder(place)] if place else [])

    def _tell(self, told: Path | EcofolioError | None, carried: list[Carried]) -> None:
        window = self._window
        window.go(window.desk.first_page())
        if isinstance(told, EcofolioError):
            window.report(told)
            return
        said = _("The backup was restored.")
        if told is not None:
            said = _("The backup was restored. What was there before is kept as {file}.")
        files = carried[0]
        said = f"{said.format(file=told)} {files.said_of_restore()}".rstrip()
        window.notice.say(said, "amber" if files.lost else "green")
