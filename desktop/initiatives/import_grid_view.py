"""A read-only table of texts, for previews: cells are made when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from ecofolio.text import tip
from ecofolio.widgets.theme import Theme

_SHOWN = 300  # characters of a cell; the whole of it is in its tooltip
_IN_TOOLTIP = 3000
_WIDEST, _NARROWEST = 320, 60

Cell = Callable[[Any, int], str]


class GridModel(QAbstractTableModel):
    """Rows of any kind, shown through a function that makes one cell's text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads: Sequence[str] = ()
        self._all: Sequence[Any] = ()
        self.rows: Sequence[Any] = ()
        self._cell: Cell = lambda _row, _column: ""
        self._names: Sequence[int] = ()

    def fill(
        self,
        heads: Sequence[str],
        rows: Sequence[Any],
        cell: Cell,
        *,
        numbers: Sequence[int] = (),
        text: str = "",
    ) -> None:
        """Show `rows`, those with `text` somewhere in them; `numbers` name them at the left."""
        self.beginResetModel()
        self._heads, self._all, self._cell, self._names = heads, rows, cell, numbers
        self.rows = self._matching(text)
        self.endResetModel()

    def narrow(self, text: str) -> None:
        """Show only the rows that have `text` somewhere."""
        self.beginResetModel()
        self.rows = self._matching(text)
        self.endResetModel()

    def touch(self, row: int) -> None:
        """Say that one row looks different now."""
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def _matching(self, text: str) -> Sequence[Any]:
        wanted = text.strip().casefold()
        if not wanted:
            return self._all
        columns = range(len(self._heads))
        return [
            row
            for row in self._all
            if any(wanted in self._cell(row, column).casefold() for column in columns)
        ]

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return _one_line(self._heads[section]) if section < len(self._heads) else None
        return str(self._names[section]) if section < len(self._names) else None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DisplayRole:
            return _one_line(self._cell(self.rows[index.row()], index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            text = self._cell(self.rows[index.row()], index.column())
            return tip(text[:_IN_TOOLTIP]) or None
        return None


def _one_line(text: str) -> str:
    line = " ".join(text[: 2 * _SHOWN].split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


def grid_view(model: GridModel, name: str, theme: Theme, *, numbered: bool = False) -> QTableView:
    """A table over a grid model; `numbered` shows the names of the rows at the left."""
    view = QTableView()
    view.setProperty("framed", False)
    view.setAccessibleName(name)
    view.setModel(model)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setCornerButtonEnabled(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().setVisible(numbered)
    view.verticalHeader().setDefaultSectionSize(theme.row_height)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setStretchLastSection(True)
    theme.changed.connect(view.viewport().update)
    return view


def fit_columns(view: QTableView) -> None:
    """Widths that fit the heads and the rows in view, within reason."""
    header = view.horizontalHeader()
    for column in range(view.model().columnCount()):
        wanted = max(view.sizeHintForColumn(column), header.sectionSizeHint(column)) + 12
        view.setColumnWidth(column, max(_NARROWEST, min(wanted, _WIDEST)))
