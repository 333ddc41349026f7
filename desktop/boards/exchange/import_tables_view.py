"""The two tables of an import: the board's columns with their kinds, the list's with what becomes
of them. Each row has a drop-down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ecofolio.boards.exchange.bringing import Found
from ecofolio.boards.exchange.list_columns import Columns
from ecofolio.squads.field_editors import ChoiceField
from ecofolio.text import _, tip
from ecofolio.vocabulary import ColumnKind

_ROW, _CHOICE = 36, 190


class ChoiceRow(NamedTuple):
    """A row: its name, the texts beside it, the name of its drop-down, and what is chosen."""

    name: str
    texts: Sequence[str]
    title: str
    chosen: str
    may_change: bool = True


class ChoiceTable(QTableWidget):
    """Rows with a drop-down each, `at` a place among the columns; `said` tells what was chosen."""

    said = Signal(str, str)

    def __init__(self, name: str, heads: Sequence[str], at: int) -> None:
        super().__init__(0, len(heads))
        self._at = at
        self._held = ""  # the row in which something was just chosen: it keeps the keyboard
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(heads))
        self.setProperty("framed", True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place in range(len(heads)):
            if place != at:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(at, _CHOICE)

    def show_rows(self, rows: Sequence[ChoiceRow], choices: Sequence[tuple[str, str]]) -> None:
        """Show rows with what may be chosen in each."""
        held, scrolled = self.currentRow(), self.verticalScrollBar().value()
        self.setRowCount(len(rows))
        for n, one in enumerate(rows):
            texts = [one.name, *one.texts]
            for place in range(self.columnCount()):
                if place == self._at:
                    continue
                text = texts.pop(0)
                item = QTableWidgetItem(" ".join(text.split()))
                item.setToolTip(tip(text))
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.setItem(n, place, item)
            choice = ChoiceField(one.title, choices)
            choice.show_value(one.chosen)
            choice.setEnabled(one.may_change)
            choice.kept.connect(lambda key, name=one.name: self._choose(name, key))
            self.setCellWidget(n, self._at, choice)
            if one.name == self._held:
                choice.setFocus()
        self._held = ""
        self.setCurrentCell(max(0, min(held, len(rows) - 1)), 0)
        self.verticalScrollBar().setValue(scrolled)

    def _choose(self, name: str, key: str) -> None:
        self._held = name
        self.said.emit(name, key)


def kinds_table() -> ChoiceTable:
    """The columns of the board: name, kind, why."""
    heads = [_("Column"), _("Kind"), _("Why")]
    return ChoiceTable(_("Columns and what they mean"), heads, at=1)


def show_kinds(table: ChoiceTable, found: Found) -> None:
    """Show the columns of a board."""
    rows = [
        ChoiceRow(
            one.name,
            [one.why],
            _("Kind of {column}").format(column=one.name),
            one.kind.value,
            not found.is_own,
        )
        for one in found.columns
    ]
    table.show_rows(rows, [(kind.value, kind.label) for kind in ColumnKind])


def list_table() -> ChoiceTable:
    """The columns of the list: name, examples, what becomes of it, why."""
    heads = [_("Column"), _("For example"), _("Becomes"), _("Why")]
    return ChoiceTable(_("Columns of the list"), heads, at=2)


def show_list(table: ChoiceTable, columns: Columns) -> None:
    """Show the columns of a list with what becomes of them."""
    rows = [
        ChoiceRow(
            one.name,
            [one.examples, one.why],
            _("What {column} becomes").format(column=one.name),
            one.becomes,
        )
        for one in columns.rows()
    ]
    table.show_rows(rows, columns.choices())
