"""The review pack from the window: asks what and where, and writes it in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from ecofolio.text import _, language

if TYPE_CHECKING:
    from ecofolio.review.pack import PackReport
    from ecofolio.shell.window import MainWindow
    from ecofolio.widgets.background import Job


def export(window: MainWindow) -> None:
    """Ask what it is to tell and where, and write the review workbook."""
    from ecofolio.initiatives.queries import names
    from ecofolio.review.pack_dialog import PackDialog, suggested

    workspace = window.session.workspace
    if workspace is None:
        return
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents))
    today = workspace.clock().astimezone().date()
    with workspace.read() as connection:
        known = names(connection)
    path = suggested(folder, workspace.place.name, today)
    dialog = PackDialog(window.scope.value, known, today, path, window)
    if dialog.exec():
        wish = dialog.wish()
        write(
            window,
            wish.path,
            scope=wish.scope,
            since=wish.since,
            as_of=wish.as_of,
            language=wish.language,
        )
    dialog.deleteLater()


def write(window: MainWindow, path: Path, **wanted: Any) -> Job:
    """Write the review workbook to `path`, and say so.

    `wanted` are arguments of `write_pack`: without them it is the scope and language in force.
    """
    workspace = window.session.workspace
    wanted = {"scope": window.scope.value, "language": language(), **wanted}

    def task(progress, cancelled) -> PackReport:
        from ecofolio.review.pack import write_pack

        with workspace.read() as connection:
            return write_pack(
                connection,
                path,
                actor=workspace.actor,
                today=workspace.clock().astimezone().date(),
                progress=progress,  # raises once the person has cancelled
                **wanted,
            )

    return window.runner.start(
        task,
        title=_("Writing the review pack"),
        on_done=lambda _report: window.notice.say(
            _("The review pack is in {file}.").format(file=path),
            "green",
            action=_("Open folder"),
            on_action=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))),
        ),
    )
