"""The review pack from the window: asks where, and writes it in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from ecofolio.text import _, language

if TYPE_CHECKING:
    from ecofolio.review.pack import PackReport
    from ecofolio.shell.window import MainWindow
    from ecofolio.widgets.background import Job

ENDING = ".xlsx"


def export(window: MainWindow) -> None:
    """Ask where, and write the review workbook of the scope in force."""
    workspace = window.session.workspace
    if workspace is None:
        return
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents))
    day = workspace.clock().astimezone().date().isoformat()
    name = _("Review pack {name} {day}").format(name=workspace.place.name, day=day)
    path, _kind = QFileDialog.getSaveFileName(
        window,
        _("Export review pack"),
        str(folder / (name + ENDING)),
        _("Excel workbooks (*.xlsx)"),
    )
    if path:
        write(window, Path(path if path.lower().endswith(ENDING) else path + ENDING))


def write(window: MainWindow, path: Path) -> Job:
    """Write the review workbook of the scope in force to `path`, and say so."""
    workspace, scope, spoken = window.session.workspace, window.scope.value, language()

    def task(progress, cancelled) -> PackReport:
        from ecofolio.review.pack import write_pack

        with workspace.read() as connection:
            return write_pack(
                connection,
                path,
                scope=scope,
                language=spoken,
                actor=workspace.actor,
                today=workspace.clock().astimezone().date(),
                progress=progress,
                cancelled=cancelled,
            )

    return window.runner.start(
        task,
        title=_("Writing the review pack"),
        on_done=lambda _report: window.notice.say(
            _("The review pack is in {file}.").format(file=path),
            "green",
            action=_("Open the workbook"),
            on_action=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
        ),
    )
