"""The import page: a file, the list in it, its columns, what will happen, and it is done."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QStackedWidget, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.initiatives.import_columns_view import ColumnsStep
from ecofolio.initiatives.import_plan import Plan, make_plan
from ecofolio.initiatives.import_preview_view import PreviewStep
from ecofolio.initiatives.import_source_view import FileStep, TableStep, folder_of
from ecofolio.initiatives.importing import (
    Overrules,
    Result,
    apply,
    find_table,
    mapping_for,
    named_mapping,
    save_mapping,
    saved_mappings,
)
from ecofolio.intake.mapping import Mapping
from ecofolio.intake.reading import Book, ReadingCancelledError, file_kinds, read_book
from ecofolio.intake.table import Table
from ecofolio.text import N_, _, ngettext
from ecofolio.widgets.background import Cancelled, Job
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import Page, PageContext, PageId
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import PageHead, button, column, label, row, set_property
from ecofolio.widgets.theme import Space


class Step(IntEnum):
    """Where one is."""

    FILE = 0
    TABLE = 1
    COLUMNS = 2
    PREVIEW = 3
    DONE = 4


_STEPS = (N_("File"), N_("Table"), N_("Columns"), N_("What will happen"))


class ImportPage(Page):
    """Brings in a list, one step after another; each can be gone back to."""

    icon_name = "file-input"
    wants_scope = False

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.path = ""
        self.overrules = Overrules()
        self.book: Book | None = None
        self.table: Table | None = None
        self.plan: Plan | None = None
        self._job: Job | None = None
        self._change: int | None = None
        self._head = PageHead(self.title)
        self._trail = [label(f"{at}  {_(name)}", "caption") for at, name in enumerate(_STEPS, 1)]
        self._message = InlineMessage()
        self.file_step = FileStep()
        self.table_step = TableStep(context.theme)
        self.columns_step = ColumnsStep(context.theme)
        self.preview_step = PreviewStep(context.theme)
        self._done = Panel()
        self._stack = QStackedWidget()
        steps = (self.file_step, self.table_step, self.columns_step, self.preview_step, self._done)
        for step in steps:
            self._stack.addWidget(step)
        self.back = button(_("Back"), self._go_back, icon="arrow-left")
        self.other = button(_("Choose another file…"), self.choose_file)
        self.take_back = button(_("Undo the import"), self.undo, icon="undo-2")
        self.next = button(_("Next"), self._go_on, primary=True)
        self._foot = QWidget()
        self._foot.setLayout(row(self.back, self.other, self.take_back, None, self.next))
        layout = column(self._head, row(*self._trail, None, spacing=Space.L), spacing=Space.M)
        layout.addWidget(self._message)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._foot)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.file_step.wanted.connect(self.choose_file)
        self.file_step.dropped.connect(self.open_file)
        self.table_step.overruled.connect(self._overrule)
        self.columns_step.save_wanted.connect(self._ask_name)
        self.columns_step.saved_chosen.connect(self._use_saved)
        self._show(Step.FILE)

    @property
    def title(self) -> str:
        return _("Import")

    @property
    def step(self) -> Step:
        """Where one is."""
        return Step(self._stack.currentIndex())

    @property
    def is_busy(self) -> bool:
        """Whether something is being read, compared or written."""
        return self._job is not None

    def first_focus(self) -> QWidget | None:
        controls = {
            Step.FILE: self.file_step.empty.action,
            Step.TABLE: self.table_step.view,
            Step.COLUMNS: self.columns_step.view,
            Step.PREVIEW: self.preview_step.view,
        }
        return controls.get(self.step)

    def state(self) -> dict[str, Any]:
        return {"path": self.path} if self.path and self.step is not Step.DONE else {}

    def restore(self, state: dict[str, Any]) -> None:
        if state.get("path"):
            self.open_file(state["path"])

    # --- which file ---------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask for a file and read it."""
        path, _kind = QFileDialog.getOpenFileName(
            self, _("Choose a list"), folder_of(self.path), file_kinds()
        )
        if path:
            self.open_file(path)

    def open_file(self, path: str) -> None:
        """Read a file and show the list in it."""
        self._read(path, Overrules(), None)

    def _overrule(self, overrules: Overrules) -> None:
        book = self.book
        texts = (overrules.encoding, overrules.delimiter)
        if book is not None and texts != (book.encoding, book.delimiter):
            book = None
        self._read(self.path, overrules, book)

    def _read(self, path: str, overrules: Overrules, book: Book | None) -> None:
        """Read the file, or look again at what was read of it; a failure leaves all as it was."""

        def task(_progress: object, cancelled: Callable[[], bool]) -> tuple[Book, Table, Mapping]:
            try:
                found = book or read_book(
                    path,
                    encoding=overrules.encoding,
                    delimiter=overrules.delimiter,
                    cancel=cancelled,
                )
            except ReadingCancelledError:
                raise Cancelled from None
            table = find_table(found, overrules)
            return found, table, mapping_for(table)

        def found(result: tuple[Book, Table, Mapping]) -> None:
            self.path, self.overrules = path, overrules
            self._found(*result)

        self._start(task, _("Reading the list"), found)

    def _found(self, book: Book, table: Table, mapping: Mapping) -> None:
        self.book, self.table, self.plan = book, table, None
        self._head.set_sentence(self.book.file)
        self.table_step.show_table(self.book, self.table, self.overrules)
        self.columns_step.show_mapping(self.table, mapping, self._saved())
        self._show(Step.TABLE)

    # --- what becomes of the columns ----------------------------------------------------------

    def _saved(self) -> list[str]:
        with self.context.workspace.read() as connection:
            return saved_mappings(connection)

    def _ask_name(self) -> None:
        name, accepted = QInputDialog.getText(
            self, _("Save mapping"), _("Name of the mapping"), QLineEdit.EchoMode.Normal
        )
        if accepted and name.strip():
            self.save_mapping(name)

    def save_mapping(self, name: str) -> None:
        """Save what becomes of the columns under a name."""
        mapping = self.columns_step.mapping
        if self._try(lambda: self.context.workspace.do(save_mapping, name, mapping)):
            self._show_mapping(mapping)
            self.context.notify(_("Saved the mapping {name}").format(name=name.strip()), undo=True)

    def _use_saved(self, name: str) -> None:
        table = self.table
        if table is None:
            return

        def load() -> None:
            with self.context.workspace.read() as connection:
                saved = named_mapping(connection, name)
            self._show_mapping(mapping_for(table, saved))

        self._try(load)

    def _show_mapping(self, mapping: Mapping) -> None:
        if self.table is not None:
            self.columns_step.show_mapping(self.table, mapping, self._saved())

    def _try(self, deed: Callable[[], object]) -> bool:
        try:
            deed()
        except EcofolioError as error:
            self._message.say(str(error), "red")
            return False
        return True

    # --- what will happen ---------------------------------------------------------------------

    def _compare(self) -> None:
        table, mapping, book = self.table, self.columns_step.mapping, self.book
        if table is None or book is None:
            return

        def task(_progress: object, _cancelled: object) -> Plan:
            with self.context.workspace.read() as connection:
                return make_plan(connection, table, mapping, file=book.file)

        self._start(task, _("Comparing with the programme"), self._planned)

    def _planned(self, plan: Plan) -> None:
        self.plan = plan
        self.preview_step.show_plan(plan)
        self._show(Step.PREVIEW)

    def _write(self) -> None:
        plan = self.plan
        if plan is None:
            return

        def task(_progress: object, _cancelled: object) -> tuple[Result, int | None]:
            result = self.context.workspace.do(apply, plan)
            entry = self.context.workspace.next_undo()
            return result, entry.id if entry else None

        self._start(task, _("Importing"), self._written, cancellable=False)

    def _written(self, outcome: tuple[Result, int | None]) -> None:
        result, self._change = outcome
        said = _("{created} new, {updated} changed, {unchanged} unchanged").format(
            created=result.created, updated=result.updated, unchanged=result.unchanged
        )
        kept = len(self.plan.unreadable) if self.plan else 0
        explanation = (
            ngettext(
                "{n} cell that could not be read is kept in the notes.",
                "{n} cells that could not be read are kept in the notes.",
                kept,
            ).format(n=kept)
            if kept
            else ""
        )
        summary = EmptyState(
            "circle-check",
            said,
            _("Show the initiatives"),
            lambda: self.context.go(PageId.INITIATIVES),
            explanation=explanation,
        )
        body = self._done.body
        while body.count():
            old = body.takeAt(0).widget()
            if old is not None:
                old.deleteLater()
        self._done.add(summary, 1)
        self._show(Step.DONE)
        if summary.action is not None:
            summary.action.setFocus()
        file = self.book.file if self.book else ""
        self.context.notify(_("Imported {file}").format(file=file), undo=True)

    def undo(self) -> None:
        """Take the import back, as one step."""
        change = self._change
        if change is None:
            return

        def undone(_entry: object) -> None:
            self._change = None
            self._show(Step.COLUMNS)
            self.context.notify(_("The import was undone"))

        self._start(
            lambda _progress, _cancelled: self.context.workspace.undo(change),
            _("Undoing"),
            undone,
            cancellable=False,
        )

    # --- going from step to step ----------------------------------------------------------------

    def _go_on(self) -> None:
        if self.step is Step.TABLE:
            self._show(Step.COLUMNS)
        elif self.step is Step.COLUMNS:
            self._compare()
        elif self.step is Step.PREVIEW:
            self._write()

    def _go_back(self) -> None:
        self._message.hide()
        self._show(Step(max(self.step - 1, 0)) if self.step is not Step.DONE else Step.FILE)

    def _show(self, step: Step) -> None:
        self._stack.setCurrentIndex(step)
        for at, one in enumerate(self._trail):
            set_property(one, "role", "heading" if at == step else "caption")
            one.setVisible(step is not Step.DONE)
        self._dress()
        control = self.first_focus()
        if control is not None and self.isVisible():
            control.setFocus()

    def _dress(self) -> None:
        """What the buttons say and whether they can be pressed."""
        step, busy = self.step, self.is_busy
        self._foot.setVisible(step is not Step.FILE)
        self.back.setVisible(step in (Step.TABLE, Step.COLUMNS, Step.PREVIEW))
        self.next.setVisible(step is not Step.DONE)
        self.take_back.setVisible(step is Step.DONE)
        text, able = _("Next"), not busy
        if step is Step.PREVIEW and self.plan is not None:
            count = len(self.plan.created) + len(self.plan.updated)
            text = ngettext("Import {n} initiative", "Import {n} initiatives", count).format(
                n=count
            )
            able = able and count > 0 and not self.context.workspace.read_only
        self.next.setText(text)
        self.next.setAccessibleName(text)
        self.next.setEnabled(able)
        self.back.setEnabled(not busy)
        self.other.setEnabled(not busy)
        self.take_back.setEnabled(not busy)
        self._stack.setEnabled(not busy)

    def _start(
        self,
        task: Callable[[Any, Any], Any],
        title: str,
        on_done: Callable[[Any], None],
        *,
        cancellable: bool = True,
    ) -> None:
        """Do something off the GUI thread; only one thing at a time."""
        if self._job is not None:
            return
        self._message.hide()
        job = self.context.runner.start(
            task, title=title, on_done=on_done, on_error=self._failed, cancellable=cancellable
        )
        self._job = job
        job.ended.connect(self._ended)
        self._dress()

    def _ended(self) -> None:
        self._job = None
        self._dress()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, EcofolioError):
            self.context.report(error)
            return
        if self.step is Step.PREVIEW:  # the programme has moved on: the plan is out of date
            self._show(Step.COLUMNS)
        if self.step is Step.TABLE and self.book and self.table:  # what was overruled is not so
            self.table_step.show_table(self.book, self.table, self.overrules)
        self._message.say(str(error), "red")
