"""A board from a file: chosen, shown with all that was taken for granted, then written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QInputDialog,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QTabWidget,
    QWidget,
)
from shiboken6 import isValid

from ecofolio.boards.exchange import bringing, mappings
from ecofolio.boards.exchange.bringing import FORMATS, SAME, SUFFIXES, Found, Into, Refusal
from ecofolio.boards.exchange.import_tables_view import (
    kinds_table,
    list_table,
    show_kinds,
    show_list,
)
from ecofolio.boards.exchange.importing import Overrules, Source, open_source
from ecofolio.boards.exchange.list_columns import Columns
from ecofolio.errors import EcofolioError
from ecofolio.squads.field_editors import ChoiceField, TextField
from ecofolio.squads.queries import squads
from ecofolio.text import _
from ecofolio.widgets.background import Job
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import ElidedLabel, button, column, label, row
from ecofolio.widgets.theme import Space

_NEW = 0  # a new board, among the identities of those that are there


class ImportDialog(QDialog):
    """Reads and writes off the GUI thread; `made` names the board."""

    made = Signal(int)

    def __init__(
        self, context: PageContext, squad_id: int | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._path: Path | None = None
        self._source: Source | None = None
        self._found: Found | None = None
        self._of_list: Columns | None = None
        self._kinds: dict[str, str] = {}
        self._mapping: dict[str, Any] | None = None
        self._saved: dict[str, dict[str, Any]] = {}
        self._into: Into = SAME
        self._asked = 0  # the last reading that was asked for: older ones come too late
        self._reading = False
        self._writing: Job | None = None
        self.setWindowTitle(_("Import a board"))
        self.resize(820, 680)
        today = context.workspace.clock().astimezone().date()
        with context.workspace.read() as connection:
            teams = [(one.id, one.name) for one in squads(connection, today)]
        self.squad: ChoiceField | TextField
        if teams:
            self.squad = ChoiceField(_("Squad"), teams)
            self.squad.show_value(squad_id)
            if self.squad.currentIndex() < 0:
                self.squad.setCurrentIndex(0)
            self.squad.kept.connect(lambda _squad: self._go_into(SAME))
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
        self.into = ChoiceField(_("Into"), [(_NEW, _("A new board"))])
        self.into.kept.connect(lambda board: self._go_into(board or None))
        self.name = TextField(_("Name"))
        self.sentence = label("", "heading")
        self.outcome = label("", "muted")
        self.columns = kinds_table()
        self.columns.said.connect(self._overrule)
        self.notes = QListWidget()
        self.notes.setAccessibleName(_("What to know"))
        self.notes.setProperty("framed", True)
        self.notes.setWordWrap(True)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.columns, _("Columns of the board"))
        self.tabs.addTab(self._build_list(), _("Columns of the list"))
        self.message = InlineMessage()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Importing…"))
        self.cancel_button = button(_("Cancel"), self.reject)
        self.import_button = button(_("Import board"), self.bring_in, primary=True)
        self.import_button.setDefault(True)
        whole = column(
            label(_("Import a board"), "title"),
            self._build_form(),
            self.sentence,
            self.outcome,
            self.tabs,
            label(_("What to know"), "muted"),
            self.notes,
            self.message,
            self.bar,
            row(None, self.cancel_button, self.import_button),
        )
        whole.setStretch(4, 5)
        whole.setStretch(6, 2)
        whole.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.setLayout(whole)

    def _build_form(self) -> QGridLayout:
        form = QGridLayout()
        form.setHorizontalSpacing(Space.M)
        form.setVerticalSpacing(Space.S)
        line = row(self.file, self.file_button)
        line.setStretch(0, 1)
        form.addWidget(label(_("File"), "muted"), 0, 0)
        form.addLayout(line, 0, 1, 1, 3)
        editors = (
            (_("Format"), self.format),
            (_("Squad"), self.squad),
            (_("Into"), self.into),
            (_("Name"), self.name),
        )
        for n, (title, editor) in enumerate(editors):
            place, side = 1 + n // 2, n % 2 * 2
            form.addWidget(label(title, "muted"), place, side)
            form.addWidget(editor, place, side + 1)
            form.setColumnStretch(side + 1, 1)
        return form

    def _build_list(self) -> QWidget:
        self.list_columns = list_table()
        self.list_columns.said.connect(self._remap)
        self.dates = ChoiceField(
            _("Order of dates"), [("dmy", _("day, month, year")), ("mdy", _("month, day, year"))]
        )
        self.dates.kept.connect(self._read_dates)
        self.saved = ChoiceField(_("Saved mappings"))
        self.saved.kept.connect(self._use_saved)
        self.save_button = button(_("Save mapping…"), self._ask_name, icon="save")
        for choice in (self.dates, self.saved):
            choice.setMinimumContentsLength(18)
        self.dates_label = label(_("Order of dates"), "muted")
        bar = row(self.dates_label, self.dates, None, self.saved, self.save_button)
        inside = QWidget()
        layout = column(self.list_columns, bar)
        layout.setStretch(0, 1)
        layout.setContentsMargins(0, Space.S, 0, 0)
        inside.setLayout(layout)
        return inside

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
        self._into = SAME
        self._read_other()

    def _read_other(self) -> None:
        """Read the file as something else: what was said of its columns is of no use."""
        self._kinds, self._mapping = {}, None
        self._source = self._found = None
        self._read()

    def _overrule(self, name: str, kind: str) -> None:
        self._kinds[name] = kind
        self._read()

    def _remap(self, name: str, key: str) -> None:
        if self._of_list is not None:
            self._mapping = self._of_list.said(name, key)
            self._read()

    def _read_dates(self, order: str) -> None:
        if self._of_list is not None:
            self._mapping = self._of_list.with_dates("mdy" if order == "mdy" else "dmy")
            self._read()

    def _go_into(self, board: Into) -> None:
        self._into = board
        self._read()

    def _read(self) -> None:
        path, source, workspace, into = (
            self._path,
            self._source,
            self._context.workspace,
            self._into,
        )
        if path is None:
            return
        self._asked += 1
        asked, squad = self._asked, self._squad()
        overrules = Overrules(
            format=self.format.currentData(), kinds=dict(self._kinds), mapping=self._mapping
        )

        def task(_progress, _cancelled) -> tuple[Source, Found | Refusal]:
            opened = source or open_source(path, overrules)
            own = squad if isinstance(squad, int) else None
            return opened, bringing.find(workspace, opened, overrules, squad=own, into=into)

        self._reading = True
        self.message.hide()
        self._context.runner.start(
            task,
            title=_("Reading {file}").format(file=path.name),
            on_done=lambda read: self._show(asked, *read),
            on_error=lambda error: self._refuse(asked, error),
        )
        self._dress()

    # --- showing -----------------------------------------------------------------------------

    def _show(self, asked: int, source: Source, found: Found | Refusal) -> None:
        if asked != self._asked or not isValid(self):
            return
        self._reading, self._source = False, source
        self._show_list(found.of_list)
        if isinstance(found, Refusal):
            self._show_nothing()
            if found.of_list is not None:  # what its columns are can be said
                self.tabs.setCurrentIndex(1)
            self.message.say(found.sentence, "red")
            self._dress()
            return
        before, update = self._found, found.update
        if before is None or (before.update is None) != (update is None):
            self.name.show_value(found.name if update is None else update.board)
        self._found = found
        board = _NEW if update is None else update.board_id
        choices = [(one, _("Update “{board}”").format(board=name)) for one, name in found.boards]
        self.into.fill([(_NEW, _("A new board")), *choices])
        self.into.show_value(board)
        self.outcome.setText(found.outcome)
        show_kinds(self.columns, found)
        self.notes.clear()
        self.notes.addItems(bringing.told(found) or [_("Nothing else to know.")])
        self.notes.setCurrentRow(0)
        self._dress()

    def _show_list(self, columns: Columns | None) -> None:
        self._of_list = columns
        if columns is None:
            self.list_columns.setRowCount(0)
            return
        show_list(self.list_columns, columns)
        self.dates.show_value(columns.dates)
        self._show_saved()

    def _show_saved(self) -> None:
        with self._context.workspace.read() as connection:
            self._saved = mappings.saved(connection)
        self.saved.fill([("", _("Saved mappings")), *((name, name) for name in self._saved)])
        self.saved.show_value(next((n for n, m in self._saved.items() if m == self._mapping), ""))

    def _show_nothing(self) -> None:
        self._found = None
        self.columns.setRowCount(0)
        self.notes.clear()
        self.sentence.setText("")
        self.outcome.setText("")

    # --- saved mappings ------------------------------------------------------------------------

    def _use_saved(self, name: str) -> None:
        self._mapping = self._saved.get(name)
        self._read()

    def _ask_name(self) -> None:
        name, accepted = QInputDialog.getText(
            self, _("Save mapping"), _("Name of the mapping"), QLineEdit.EchoMode.Normal
        )
        if accepted and name.strip():
            self.save_mapping(name)

    def save_mapping(self, name: str) -> None:
        """Save what becomes of the list's columns under a name."""
        if self._of_list is None:
            return
        spec = self._of_list.as_json()
        try:
            self._context.workspace.do(mappings.save, name, spec)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self._mapping = spec
        self._show_saved()
        self._context.notify(_("Saved the mapping {name}").format(name=name.strip()), undo=True)

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
        asked = self._asked
        self.message.hide()
        self._show_progress(0, 0)
        job = self._writing = self._context.runner.start(
            lambda step, _cancelled: bringing.bring_in(workspace, found, squad, name, step),
            title=_("Importing {file}").format(file=found.path.name),
            on_done=lambda board: self._finish(found, board),
            on_error=lambda error: self._refuse(asked, error),
        )
        job.progressed.connect(self._show_progress)
        job.ended.connect(self._end)
        self._dress()

    def _show_progress(self, done: float, total: float) -> None:
        """How much is written; what is only to be kept can not be called off any more."""
        is_known = done < total
        self.bar.setRange(0, int(total) if is_known else 0)
        self.bar.setValue(int(done) if is_known else 0)
        if total and not is_known:
            self.cancel_button.setEnabled(False)

    def _end(self) -> None:
        """Heard before what came of it: where nobody says more, it was called off."""
        job, self._writing = self._writing, None
        self._dress()
        if job is not None and job.is_cancelled:
            self.message.say(_("The import was cancelled: nothing was written."), "amber")

    def _squad(self) -> int | str:
        if isinstance(self.squad, ChoiceField):
            return int(self.squad.currentData())
        return self.squad.text().strip()

    def _finish(self, found: Found, board: int) -> None:
        if isValid(self):  # the window may have been built anew meanwhile
            self.accept()
            self.made.emit(board)
        said = _("The board is here: {what}").format(what=found.sentence)
        self._context.notify(said if found.update is None else found.outcome, undo=True)

    def _refuse(self, asked: int, error: BaseException) -> None:
        if asked != self._asked or not isValid(self):
            return
        if self._reading:
            self._show_nothing()
            self._show_list(None)
        self._reading = False
        self._dress()
        if isinstance(error, EcofolioError):
            self.message.say(str(error), "red")
        else:
            self._context.report(error)

    def reject(self) -> None:
        """Go; a reading under way comes to nothing. What is being written is called off first."""
        if self._writing is not None:
            if self.cancel_button.isEnabled():
                self._writing.cancel()
                self.cancel_button.setEnabled(False)
            return
        self._asked += 1
        super().reject()

    def _dress(self) -> None:
        is_writing = self._writing is not None
        busy = self._reading or is_writing
        self.bar.setVisible(is_writing)
        self.cancel_button.setEnabled(True)
        update = self._found.update if self._found is not None else None
        is_needed = self._found is not None and (update is None or not update.is_nothing)
        self.import_button.setEnabled(is_needed and not busy)
        self.import_button.setText(_("Import board") if update is None else _("Update board"))
        parts = (self.file_button, self.format, self.squad, self.into, self.name, self.tabs)
        for part in parts:
            part.setEnabled(not is_writing)
        self.name.setEnabled(not is_writing and update is None)
        is_own = self._found is not None and self._found.is_own
        self.into.setEnabled(not is_writing and not is_own)
        self.tabs.setTabVisible(1, self._of_list is not None)
        has_dates = self._of_list is not None and self._of_list.dates is not None
        self.dates.setVisible(has_dates)
        self.dates_label.setVisible(has_dates)
        self.outcome.setVisible(bool(self.outcome.text()))
        if is_writing:
            self.sentence.setText(_("Importing…"))
        elif self._path is None:
            self.sentence.setText(
                _("Trello JSON, Jira or Azure CSV, event logs, any list, or Ecofolio's own JSON.")
            )
        elif self._reading:
            self.sentence.setText(_("Reading {file}").format(file=self._path.name))
        elif self._found is not None:
            self.sentence.setText(self._found.sentence)
