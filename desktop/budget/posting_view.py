"""Posting money: the button with what may be posted, one by one or from a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMenu, QWidget
from shiboken6 import isValid

from ecofolio.budget import queries
from ecofolio.budget.categories_dialog import edit_categories
from ecofolio.budget.operation_dialog import MOVES, OperationDialog
from ecofolio.budget.operations import Holder
from ecofolio.errors import EcofolioError
from ecofolio.text import _, language, ngettext, using
from ecofolio.vocabulary import Move
from ecofolio.widgets.background import Job
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import button, column

if TYPE_CHECKING:
    from ecofolio.budget.importing import Report
    from ecofolio.intake.mapping import Mapping


class PostingView(QWidget):
    """A button; `holder()` is whose money is looked at, which is offered as who pays."""

    def __init__(self, context: PageContext, holder: Callable[[], Holder | None]) -> None:
        super().__init__()
        self._context, self._holder = context, holder
        self.post = button(_("Post money"), self._open_menu, primary=True)
        self.setLayout(column(self.post))
        self.setFocusProxy(self.post)

    @property
    def _unit(self) -> str:
        return self._context.settings().money_unit

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for move in MOVES:
            menu.addAction(f"{move.label}…", partial(self.ask, move))
        menu.addSeparator()
        menu.addAction(_("A list of operations…"), self._choose_list)
        menu.addSeparator()
        menu.addAction(_("Export the ledger…"), self.ask_export)
        menu.addAction(_("Categories…"), partial(edit_categories, self, self._context))
        menu.exec(self.post.mapToGlobal(self.post.rect().bottomLeft()))
        menu.deleteLater()

    def ask(self, move: Move, holder: Holder | None = None, bound: int | None = None) -> None:
        """Ask for one operation and post it; `bound` is the commitment that it is against."""
        holder, workspace = holder or self._holder(), self._context.workspace
        dialog = OperationDialog(workspace, move, holder, self, self._unit, bound)
        if dialog.exec():
            waits = dialog.done_.request_id is not None
            posted = _("{move} is posted; undoing it posts its reversal.").format(move=move.label)
            asked = _("{move} waits for approval.").format(move=move.label)
            self._context.notify(asked if waits else posted, undo=True)
        dialog.deleteLater()

    def ask_export(self) -> None:
        """Ask where, and write the ledger there as CSV."""
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        name = f"{self._context.workspace.place.name} {_('ledger')}.csv"
        path, _kind = QFileDialog.getSaveFileName(
            self,
            _("Export the ledger"),
            str(Path(QStandardPaths.writableLocation(documents)) / name),
            _("Lists (*.csv)"),
        )
        if path:
            self.export(Path(path))

    def export(self, path: Path) -> Job:
        """Write the ledger up to today to a path, off the GUI thread, and say so."""
        workspace, spoken = self._context.workspace, language()
        today = workspace.clock().astimezone().date()

        def task(_progress, _cancelled) -> int:
            from ecofolio.budget.ledger_export import write_ledger

            with workspace.read() as connection, using(spoken):
                return write_ledger(connection, path, today)

        def done(n: int) -> None:
            text = ngettext("{n} posting is in {place}.", "{n} postings are in {place}.", n)
            self._context.notify(text.format(n=f"{n:,}", place=path))

        return self._context.runner.start(
            task,
            title=_("Writing {file}").format(file=path.name),
            on_done=done,
            cancellable=False,
        )

    def _choose_list(self) -> None:
        from ecofolio.intake.reading import file_kinds

        name, _kind = QFileDialog.getOpenFileName(self, _("List of operations"), "", file_kinds())
        if name:
            self.try_list(name)

    def try_list(
        self,
        name: str,
        sheet: str | None = None,
        mapping: str | Mapping | None = None,
        sheets: Sequence[str] = (),
    ) -> None:
        """Tell what a list would post, and post it once that is wanted; `sheets` are those that
        the file is known to have, where only one of them is read."""
        from ecofolio.budget.importing import post_list

        read = partial(post_list, self._context.workspace, name, sheet=sheet, mapping=mapping)
        self._context.runner.start(
            lambda _progress, _cancelled: read(dry_run=True),
            title=_("Reading {file}").format(file=Path(name).name),
            on_done=lambda report: self._ask_list(name, report, read, list(sheets)),
            cancellable=False,
        )

    def _ask_list(
        self, name: str, report: Report, read: Callable[[], Report], sheets: list[str]
    ) -> None:
        from ecofolio.budget.importing import MAPPINGS
        from ecofolio.budget.post_list_dialog import PostListDialog
        from ecofolio.initiatives.importing import saved_mappings

        if not isValid(self):
            return
        workspace = self._context.workspace
        with workspace.read() as connection:
            currency = queries.currency(connection)
            saved = saved_mappings(connection, MAPPINGS)
        report.sheets = sheets or report.sheets
        dialog = PostListDialog(report, self._unit, currency, self, saved)
        dialog.reading.save_wanted.connect(lambda: self._save_mapping(dialog.reading.mapping()))
        wanted = dialog.exec()
        sheet, mapping = dialog.reading.sheet(), dialog.reading.mapping()
        by_name = dialog.reading.saved_name()
        dialog.deleteLater()
        if wanted == PostListDialog.AGAIN:
            same = sheet in (None, report.sheet)
            self.try_list(name, sheet, by_name or (mapping if same else None), report.sheets)
        elif wanted:
            self._context.runner.start(
                lambda _progress, _cancelled: read(),
                title=_("Posting {file}").format(file=report.file),
                on_done=self._posted,
                cancellable=False,
            )

    def _save_mapping(self, mapping: Mapping) -> None:
        """Ask for a name, and keep how the columns are read under it."""
        from ecofolio.budget.importing import MAPPINGS
        from ecofolio.initiatives.importing import save_mapping

        name, accepted = QInputDialog.getText(
            self, _("Save mapping"), _("Name of the mapping"), QLineEdit.EchoMode.Normal
        )
        if not accepted or not name.strip():
            return
        try:
            self._context.workspace.do(save_mapping, name, mapping, MAPPINGS)
        except EcofolioError as error:
            self._context.report(error)
            return
        self._context.notify(_("Saved the mapping {name}").format(name=name.strip()), undo=True)

    def _posted(self, report: Report) -> None:
        if not isValid(self):
            return
        text = _("{posted} posted, {asked} waiting for approval, {refused} refused.").format(
            posted=len(report.posted), asked=len(report.asked), refused=len(report.refused)
        )
        self._context.notify(text, undo=bool(report.posted or report.asked))
