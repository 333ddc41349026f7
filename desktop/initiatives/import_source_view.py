"""The first two steps of an import: which file, and where in it the list is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from ecofolio.initiatives.import_grid_view import GridModel, fit_columns, grid_view
from ecofolio.initiatives.importing import Overrules
from ecofolio.intake.reading import Book, faults
from ecofolio.intake.table import Layout, Table
from ecofolio.intake.values import cell_text
from ecofolio.store.place import SUFFIX
from ecofolio.text import N_, _, ngettext
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import FlowLayout, column, label, row
from ecofolio.widgets.theme import Space, Theme

ENCODINGS = (
    "utf-8", "gb18030", "big5", "cp1252", "utf-16", "cp932", "euc_jp", "cp949", "cp1250", "cp1251",
    "cp1254",
)  # fmt: skip
DELIMITERS = {",": N_("Comma"), ";": N_("Semicolon"), "\t": N_("Tab"), "|": N_("Bar")}
PREVIEWED = 200  # rows


class FileStep(QWidget):
    """Choosing a file, or dropping it."""

    wanted = Signal()  # a file dialog
    dropped = Signal(str)  # a path

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.empty = EmptyState(
            "file-spreadsheet",
            _("Bring in a list of initiatives"),
            _("Choose a file…"),
            self.wanted.emit,
            explanation=_(
                "Excel, OpenDocument, CSV or tab-separated text, as it is: drop it here. "
                "Nothing is written until you have seen what will happen."
            ),
        )
        panel = Panel()
        panel.add(self.empty, 1)
        self.setLayout(column(panel))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_file(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped_file(event)
        if path:
            event.acceptProposedAction()
            self.dropped.emit(path)


def _dropped_file(event: QDragEnterEvent | QDropEvent) -> str:
    """The one file that is dropped; a programme is left to the window, which opens it."""
    urls = event.mimeData().urls()
    path = urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""
    return "" if path.lower().endswith(SUFFIX) else path


class TableStep(QWidget):
    """What was found in the file, with every guess to be overruled."""

    overruled = Signal(object)  # Overrules

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._overrules = Overrules()
        self._showing = False
        self.sheet, self.encoding, self.delimiter = QComboBox(), QComboBox(), QComboBox()
        self.header_row, self.header_rows = QSpinBox(), QSpinBox()
        for spin in (self.header_row, self.header_rows):
            spin.lineEdit().setTextMargins(6, 0, 0, 0)  # the style sheet's padding is not theirs
        self.header_row.setRange(0, 100_000)
        self.header_row.setSpecialValueText(_("None"))
        self.header_rows.setRange(1, 4)
        for spin in (self.header_row, self.header_rows):
            spin.setKeyboardTracking(False)
        self.transposed = QCheckBox(_("Each column is an initiative"))
        self._fields = [
            _field(_("Sheet"), self.sheet),
            _field(_("Headers in row"), self.header_row),
            _field(_("Rows of headers"), self.header_rows),
            _field(_("Encoding"), self.encoding),
            _field(_("Delimiter"), self.delimiter),
        ]
        self.model = GridModel(self)
        self.view = grid_view(self.model, _("What was found"), theme, numbered=True)
        self._caption = label("", "muted", wrap=True)
        options = QWidget()
        flow = FlowLayout(options, Space.L)
        for field in self._fields:
            flow.addWidget(field)
        flow.addWidget(self.transposed)
        panel = Panel(_("What was found"), flush=True)
        panel.add(self.view, 1)
        layout = column(options, self._caption, spacing=Space.M)
        layout.addWidget(panel, 1)
        self.setLayout(layout)
        self._connect()

    def _connect(self) -> None:
        for combo in (self.sheet, self.encoding, self.delimiter):
            combo.activated.connect(self._say)
        self.header_row.valueChanged.connect(self._say)
        self.header_rows.valueChanged.connect(self._say)
        self.transposed.toggled.connect(self._turn)

    def show_table(self, book: Book, table: Table, overrules: Overrules) -> None:
        """Show what was found, and what was overruled to find it."""
        self._showing = True
        self._overrules = overrules
        self.sheet.clear()
        for sheet in book.sheets:
            self.sheet.addItem(sheet.name, sheet.name)
        self.sheet.setCurrentIndex(max(self.sheet.findData(table.sheet), 0))
        _offer(self.encoding, {name: name for name in ENCODINGS}, book.encoding)
        _offer(self.delimiter, {mark: _(name) for mark, name in DELIMITERS.items()}, book.delimiter)
        self.header_row.setValue(table.header_row)
        self.header_rows.setValue(max(1, table.header_rows))
        self.transposed.setChecked(table.transposed)
        is_text, is_split = book.encoding is not None, book.delimiter is not None
        shown = (len(book.sheets) > 1, True, table.header_row > 0, is_text, is_split)
        for field, visible in zip(self._fields, shown, strict=True):
            field.setVisible(visible)
        self._showing = False
        self._fill(book, table)

    def _fill(self, book: Book, table: Table) -> None:
        count = len(table.rows)
        said = [ngettext("{n} row", "{n} rows", count).format(n=count)]
        if table.skipped:
            left = len(table.skipped)
            said.append(
                ngettext(
                    "{n} line left out as a total, a repeated header or a remark",
                    "{n} lines left out as totals, repeated headers or remarks",
                    left,
                ).format(n=left)
            )
        said += faults(book)
        self._caption.setText(" · ".join(said))
        self.model.fill(
            [one.name for one in table.columns],
            table.rows[:PREVIEWED],
            lambda cells, at: cell_text(cells[at]),
            numbers=table.row_numbers,
        )
        fit_columns(self.view)

    def _turn(self) -> None:
        if not self._showing:
            # where the header was in the one direction says nothing of the other
            layout = Layout(transposed=self.transposed.isChecked())
            self.overruled.emit(replace(self._with_texts(), layout=layout))

    def _say(self) -> None:
        if self._showing:
            return
        overrules = self._with_texts()
        layout = Layout(
            self.header_row.value(), self.header_rows.value(), self.transposed.isChecked()
        )
        if overrules.sheet != self._overrules.sheet and self.sender() is self.sheet:
            layout = Layout()
        self.overruled.emit(replace(overrules, layout=layout))

    def _with_texts(self) -> Overrules:
        return replace(
            self._overrules,
            sheet=self.sheet.currentData(),
            encoding=self.encoding.currentData(),
            delimiter=self.delimiter.currentData(),
        )


def _field(name: str, control: QWidget) -> QWidget:
    holder = QWidget()
    control.setAccessibleName(name)
    title = label(name, "muted")
    title.setBuddy(control)
    holder.setLayout(row(title, control))
    return holder


def _offer(combo: QComboBox, choices: dict[str, str], chosen: str | None) -> None:
    """Fill a combo with choices, the chosen one among them."""
    combo.clear()
    if chosen is None:
        return
    for key, title in ({chosen: chosen} | choices).items():
        combo.addItem(choices.get(key, title), key)
    combo.setCurrentIndex(combo.findData(chosen, Qt.ItemDataRole.UserRole))


def folder_of(path: str) -> str:
    """Where the file dialog opens."""
    return str(Path(path).parent) if path else str(Path.home())
