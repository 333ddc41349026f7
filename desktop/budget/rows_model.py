"""Rows of money as a Qt model: what each column says of a row, without a class for each table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ecofolio.format import money
from ecofolio.text import tip
from ecofolio.widgets.theme import in_force

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[\d,.]+")


@dataclass(frozen=True)
class Column:
    """A column: its head, what it says of a row, whether that is a figure, and its width.

    `token` names a colour for a row's text, or none; a width of 0 takes the room that is left.
    `fen` is a sum of money, which is copied exactly, in yuan.
    """

    title: str
    text: Callable[[Any], str]
    figure: bool = False
    width: int = 110
    token: Callable[[Any], str] = lambda _row: ""
    tip: Callable[[Any], str] | None = None
    fen: Callable[[Any], int | None] | None = None

    def copied(self, row: Any) -> str:
        """What a spreadsheet gets of a row."""
        if self.fen is None:
            return inert(self.text(row))
        fen = self.fen(row)
        return "" if fen is None else f"{Decimal(fen).scaleb(-2):.2f}"


def money_column(
    title: str,
    fen: Callable[[Any], int | None],
    unit: Callable[[], str],
    width: int = 110,
    *,
    token: Callable[[Any], str] = lambda _row: "",
    tip: Callable[[Any], str] | None = None,
) -> Column:
    """Sums of money, shown in the display unit of the moment and copied to the fen."""
    return Column(title, lambda one: money(fen(one), unit()), True, width, token, tip, fen)


def inert(text: str) -> str:
    """Text as a spreadsheet takes it: never as a formula, never as two cells."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


class RowsModel(QAbstractTableModel):
    """Rows of any kind under some columns."""

    def __init__(self, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.rows: list[Any] = []

    def fill(self, rows: Sequence[Any], columns: Sequence[Column] | None = None) -> None:
        """Show other rows, and other columns where they are given."""
        self.beginResetModel()
        self.rows = list(rows)
        if columns is not None:
            self.columns = list(columns)
        self.endResetModel()

    def rowCount(self, parent=None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent=None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.figure else _LEFT
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip((column.tip or column.text)(row))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.figure else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole and (token := column.token(row)):
            return in_force().colour(token)
        return None


class RowsView(QTableView):
    """A table of rows that are chosen whole; Ctrl+C copies all of them, with their heads."""

    def __init__(self, name: str, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = RowsModel(columns, self)
        self.setModel(self.shown)
        self.setAccessibleName(name)
        self.setProperty("framed", False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        in_force().changed.connect(self._measure)
        self._measure()

    def fill(self, rows: Sequence[Any], columns: Sequence[Column] | None = None) -> None:
        """Show other rows, keeping the current one where it is still there."""
        current = self.current()
        self.shown.fill(rows, columns)
        self._measure()
        if current in self.shown.rows:
            self.selectRow(self.shown.rows.index(current))

    def current(self) -> Any | None:
        """The chosen row."""
        place = self.currentIndex().row()
        return self.shown.rows[place] if 0 <= place < len(self.shown.rows) else None

    def selectRow(self, row: int) -> None:
        """Choose one row alone, whatever keys are held down meanwhile."""
        flags = self.selectionModel().SelectionFlag
        index = self.shown.index(row, 0)
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def chosen(self) -> list[Any]:
        """All chosen rows, from the top."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.shown.rows[place] for place in places]

    def as_text(self) -> str:
        """All rows as tab-separated cells that a spreadsheet takes."""
        columns = self.shown.columns
        lines = [[inert(column.title) for column in columns]]
        lines += [[column.copied(row) for column in columns] for row in self.shown.rows]
        return "\n".join("\t".join(line) for line in lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text())
            event.accept()
        else:
            super().keyPressEvent(event)

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)
        header = self.horizontalHeader()
        for place, column in enumerate(self.shown.columns):
            stretch = QHeaderView.ResizeMode.Stretch
            mode = QHeaderView.ResizeMode.Interactive if column.width else stretch
            header.setSectionResizeMode(place, mode)
            if column.width:
                self.setColumnWidth(place, column.width)
