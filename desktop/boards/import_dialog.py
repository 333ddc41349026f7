"""A board from a file: chosen, shown with all that was taken for granted, then written."""

from __future__ import annotations

import html
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHeaderView,
    QListWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from shiboken6 import isValid

from ecofolio.boards import bringing
from ecofolio.boards.bringing import FORMATS, SUFFIXES, Found
from ecofolio.boards.importing import Overrules
from ecofolio.errors import EcofolioError
from ecofolio.squads.field_editors import ChoiceField, TextField
from ecofolio.squads.queries import squads
from ecofolio.text import _
from ecofolio.vocabulary import ColumnKind
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import ElidedLabel, button, column, label, row
from ecofolio.widgets.theme import Space


class ImportDialog(QDialog):
    """Reads and writes off the GUI thread; `made` names the board."""

    made = Signal(int)

    def __init__(
        self, context: PageContext, squad_id: int | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._path: Path | None = None
        self._found: Found | None = None
        self._kinds: dict[str, str] = {}
        self._asked = 0  # the last reading that was asked for: older ones come too late
        self._reading = self._writing = False
        self._held = ""  # the column whose kind was just said: it keeps the keyboard
        self.setWindowTitle(_("Import a board"))
        self.resize(720, 620)
        today = context.workspace.clock().astimezone().date()
        with context.workspace.read() as connection:
            teams = [(one.id, one.name) for one in squads(connection, today)]
        self.squad: ChoiceField | TextField
        if teams:
            self.squad = ChoiceField(_("Squad"), teams)
            self.squad.show_value(squad_id)
            if self.squad.currentIndex() < 0:
                self.squad.setCurrentIndex(0)
        else:
            self.squad = TextField(_("Squad"), _("The name of the first squad"))
        self._build()
        self._dress()
        self.file_button.setFocus()

    def _build(self) -> None:
        self.file = ElidedLabel(_("No file chosen"))
        self.file_button = button(_("Choose a file…"), self.choose_file, icon="file-input")
        self.format = ChoiceField(
            _("Format"), [(None, _("As it looks")), *((key, _(FORMATS[key])) for key in FORMATS)]
        )
        self.format.kept.connect(lambda _key: self._read_other())
        self.name = TextField(_("Name"))
        self.sentence = label("", "heading")
        self.columns = _columns_table()
        self.notes = QListWidget()
        self.notes.setAccessibleName(_("What to know"))
        self.notes.setProperty("framed", True)
        self.notes.setWordWrap(True)
        self.message = InlineMessage()
        self.import_button = button(_("Import board"), self.bring_in, primary=True)
        self.import_button.setDefault(True)
        form = QGridLayout()
        form.setHorizontalSpacing(Space.M)
        form.setVerticalSpacing(Space.S)
        form.setColumnStretch(1, 1)
        line = row(self.file, self.file_button)
        line.setStretch(0, 1)
        form.addWidget(label(_("File"), "muted"), 0, 0)
        form.addLayout(line, 0, 1)
        for n, (title, editor) in enumerate(
            ((_("Format"), self.format), (_("Squad"), self.squad), (_("Name"), self.name)), 1
        ):
            form.addWidget(label(title, "muted"), n, 0)
            form.addWidget(editor, n, 1)
        whole = column(
            label(_("Import a board"), "title"),
            form,
            self.sentence,
            label(_("Columns and what they mean"), "muted"),
            self.columns,
            label(_("What to know"), "muted"),
            self.notes,
            self.message,
            row(None, button(_("Cancel"), self.reject), self.import_button),
        )
        whole.setStretch(4, 3)
        whole.setStretch(6, 2)
        whole.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.setLayout(whole)

    # --- reading -----------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask for the file."""
        kinds = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        path, _kind = QFileDialog.getOpenFileName(
            self, _("Import a board"), "", _("Boards and lists ({kinds})").format(kinds=kinds)
        )
        if path:
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """Read a file and show what is in it."""
        self._path = path
        self.file.setText(path.name)
        self.name.show_value("")
        self._read_other()

    def _read_other(self) -> None:
        """Read the file as something else: what was said of its columns is of no use."""
        self._kinds = {}
        self._found = None
        self._read()

    def _overrule(self, name: str, kind: str) -> None:
        self._kinds[name], self._held = kind, name
        self._read()

    def _read(self) -> None:
        path, workspace = self._path, self._context.workspace
        if path is None:
            return
        self._asked += 1
        asked = self._asked
        overrules = Overrules(format=self.format.currentData(), kinds=dict(self._kinds))
        self._reading = True
        self.message.hide()
        self._context.runner.start(
            lambda _progress, _cancelled: bringing.find(workspace, path, overrules),
            title=_("Reading {file}").format(file=path.name),
            on_done=lambda found: self._show(asked, found),
            on_error=lambda error: self._refuse(asked, error),
        )
        self._dress()

    def _show(self, asked: int, found: Found) -> None:
        if asked != self._asked or not isValid(self):
            return
        self._reading = False
        if self._found is None:
            self.name.show_value(found.name)
        self._found = found
        self.sentence.setText(found.sentence)
        self._fill_columns(found)
        self.notes.clear()
        self.notes.addItems(bringing.told(found) or [_("Nothing else to know.")])
        self.notes.setCurrentRow(0)
        self._dress()

    def _fill_columns(self, found: Found) -> None:
        held = self.columns.currentRow()
        self.columns.setRowCount(len(found.columns))
        for n, one in enumerate(found.columns):
            for place, text in ((0, one.name), (2, one.why)):
                item = QTableWidgetItem(text)
                item.setToolTip(html.escape(text))
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.columns.setItem(n, place, item)
            choice = ChoiceField(
                _("Kind of {column}").format(column=one.name),
                [(kind.value, kind.label) for kind in ColumnKind],
            )
            choice.show_value(one.kind.value)
            choice.setEnabled(found.document is None)
            choice.kept.connect(lambda kind, name=one.name: self._overrule(name, kind))
            self.columns.setCellWidget(n, 1, choice)
            if one.name == self._held:
                choice.setFocus()
        self._held = ""
        self.columns.setCurrentCell(max(0, min(held, len(found.columns) - 1)), 0)

    # --- writing -----------------------------------------------------------------------------

    def bring_in(self) -> None:
        """Write what is shown, as one change."""
        found, squad = self._found, self._squad()
        if found is None or self._writing:
            return
        if not squad:
            self.message.say(_("Say what the first squad is called."), "red")
            return
        workspace, name = self._context.workspace, self.name.text()
        self._writing = True
        asked = self._asked
        self.message.hide()
        self._context.runner.start(
            lambda _progress, _cancelled: bringing.bring_in(workspace, found, squad, name),
            title=_("Importing {file}").format(file=found.path.name),
            on_done=lambda board: self._finish(found, board),
            on_error=lambda error: self._refuse(asked, error),
            cancellable=False,
        )
        self._dress()

    def _squad(self) -> int | str:
        if isinstance(self.squad, ChoiceField):
            return int(self.squad.currentData())
        return self.squad.text().strip()

    def _finish(self, found: Found, board: int) -> None:
        self._writing = False
        if isValid(self):  # the window may have been built anew meanwhile
            self.accept()
            self.made.emit(board)
        said = _("The board is here: {what}").format(what=found.sentence)
        self._context.notify(said, undo=True)

    def _refuse(self, asked: int, error: BaseException) -> None:
        if asked != self._asked or not isValid(self):
            return
        if not self._writing:
            self._found = None
            self.columns.setRowCount(0)
            self.notes.clear()
            self.sentence.setText("")
        self._reading = self._writing = False
        self._dress()
        if isinstance(error, EcofolioError):
            self.message.say(str(error), "red")
        else:
            self._context.report(error)

    def reject(self) -> None:
        """Go, unless it is being written; a reading under way comes to nothing."""
        if not self._writing:
            self._asked += 1
            super().reject()

    def _dress(self) -> None:
        busy = self._reading or self._writing
        self.import_button.setEnabled(self._found is not None and not busy)
        for part in (self.file_button, self.format, self.squad, self.name, self.columns):
            part.setEnabled(not self._writing)
        if self._writing:
            self.sentence.setText(_("Importing…"))
        elif self._path is None:
            self.sentence.setText(
                _("Trello JSON, Jira or Azure CSV, event logs, any list, or Ecofolio's own JSON.")
            )
        elif self._reading:
            self.sentence.setText(_("Reading {file}").format(file=self._path.name))


def _columns_table() -> QTableWidget:
    table = QTableWidget(0, 3)
    table.setAccessibleName(_("Columns and what they mean"))
    table.setHorizontalHeaderLabels([_("Column"), _("Kind"), _("Why")])
    table.setProperty("framed", True)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(36)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    head = table.horizontalHeader()
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    head.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    table.setColumnWidth(1, 150)
    return table
