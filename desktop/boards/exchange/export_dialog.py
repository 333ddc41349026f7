"""Writing a board to a file: where to is asked, the writing is done off the GUI thread."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from ecofolio.boards.queries import BoardRow
from ecofolio.text import _, language, ngettext, using
from ecofolio.widgets.background import Job
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext

_DOCUMENTS = QStandardPaths.StandardLocation.DocumentsLocation


def ask(context: PageContext, board: BoardRow, message: InlineMessage, parent: QWidget) -> None:
    """Ask where to, and write the board there."""
    kinds = {
        _("Excel workbook (*.xlsx)"): ".xlsx",
        _("Cards as CSV (*.csv)"): ".csv",
        _("Ecofolio board, to be read back (*.json)"): ".json",
        _("Ecofolio board with its files (*.zip)"): ".zip",
    }
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", board.name).strip(" .") or board.code
    folder = Path(QStandardPaths.writableLocation(_DOCUMENTS))
    chosen, kind = QFileDialog.getSaveFileName(
        parent, _("Export this board"), str(folder / f"{name}.xlsx"), ";;".join(kinds)
    )
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix.lower() not in kinds.values():
        path = path.with_name(path.name + kinds.get(kind, ".xlsx"))
        if path.exists():  # nobody was asked about this name
            text = _("{file} is there already: choose it by its whole name to replace it.")
            message.say(text.format(file=path.name), "amber")
            return
    write(context, board.id, path, message)


def write(context: PageContext, board_id: int, path: Path, message: InlineMessage) -> Job:
    """Write a board to a path, as its suffix says, and say so."""
    workspace, spoken = context.workspace, language()

    def task(progress, _cancelled) -> int:
        from ecofolio.boards.exchange.workbook import export_board

        with workspace.read() as connection, using(spoken):
            return export_board(
                connection,
                board_id,
                path,
                now=workspace.clock(),
                actor=workspace.actor,
                place=workspace.place,
                step=progress,
            )

    def done(cards: int) -> None:
        if not isValid(message):  # the page may have been built anew meanwhile
            return
        text = ngettext("{n} card is in {place}.", "{n} cards are in {place}.", cards)
        message.say(
            text.format(n=f"{cards:,}", place=path),
            "green",
            action=_("Open folder"),
            on_action=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))),
        )

    return context.runner.start(
        task, title=_("Writing {file}").format(file=path.name), on_done=done
    )
