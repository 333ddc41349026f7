"""A register's entries as a tree or a list behind Qt's interface, searched and sorted in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt

from ecofolio.organisation.register import Entry, Register
from ecofolio.text import tip
from ecofolio.widgets.theme import in_force

ID_ROLE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_TOP = 0  # no record has this identity


class RegisterModel(QAbstractItemModel):
    """Shows what the search finds; in a tree also what stands above it."""

    def __init__(self, register: Register, parent=None) -> None:
        super().__init__(parent)
        self.register = register
        self.heads = register.heads()
        self._entries: dict[int, Entry] = {}
        self._shown: dict[int, list[int]] = {}
        self._places: dict[int, int] = {}
        self._text = ""
        self._sorting: tuple[int, bool] | None = None

    @property
    def total(self) -> int:
        """How many entries there are, found or not."""
        return len(self._entries)

    @property
    def found(self) -> int:
        """How many entries are shown."""
        return len(self._places)

    def fill(self, entries: Sequence[Entry]) -> None:
        """Show other entries."""
        self._arrange({entry.id: entry for entry in entries})

    def search(self, text: str) -> None:
        """Show what holds every word of `text`."""
        self._text = text
        self._arrange(self._entries)

    def entry(self, index: _Index) -> Entry | None:
        """The entry in a line."""
        return self._entries.get(index.internalId()) if index.isValid() else None

    def by_id(self, identity: int) -> Entry | None:
        """An entry, shown or not."""
        return self._entries.get(identity)

    def index_of(self, identity: int) -> QModelIndex:
        """Where an entry is shown; invalid where it is not."""
        if identity not in self._places:
            return QModelIndex()
        return self.createIndex(self._places[identity], 0, identity)

    def parents(self) -> list[int]:
        """The entries shown that have others below them."""
        return [identity for identity in self._shown if identity != _TOP]

    def _arrange(self, entries: dict[int, Entry]) -> None:
        words = self._text.casefold().split()
        keep = set(entries)
        if words:
            keep = {one.id for one in entries.values() if all(word in one.hay for word in words)}
            for identity in list(keep):
                above = entries[identity].parent
                while above in entries and above not in keep:
                    keep.add(above)
                    above = entries[above].parent
        shown: dict[int, list[int]] = {}
        for entry in self._in_order(entries):
            if entry.id in keep:
                above = entry.parent if entry.parent in entries else _TOP
                shown.setdefault(above or _TOP, []).append(entry.id)
        self.beginResetModel()
        self._entries, self._shown = entries, shown
        self._places = {one: n for group in shown.values() for n, one in enumerate(group)}
        self.endResetModel()

    def _in_order(self, entries: dict[int, Entry]) -> list[Entry]:
        rows = list(entries.values())
        if self._sorting is None:
            return rows
        column, descending = self._sorting

        def key(entry: Entry) -> Any:
            cell = entry.cells[column]
            # empty cells stand last in either direction
            return (cell == "") != descending, cell.casefold() if isinstance(cell, str) else cell

        return sorted(rows, key=key, reverse=descending)

    # --- Qt's interface ----------------------------------------------------------------------

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorting = None if column < 0 else (column, order is Qt.SortOrder.DescendingOrder)
        self._arrange(self._entries)

    def index(self, row: int, column: int, parent: _Index | None = None) -> QModelIndex:
        group = self._group(parent)
        if not (0 <= row < len(group) and 0 <= column < len(self.heads)):
            return QModelIndex()
        return self.createIndex(row, column, group[row])

    def _group(self, parent: _Index | None) -> list[int]:
        above = _TOP if parent is None or not parent.isValid() else parent.internalId()
        return self._shown.get(above, [])

    def parent(self, index: _Index | None = None):
        if index is None:
            return super().parent()
        entry = self.entry(index)
        above = entry.parent if entry is not None else None
        return self.index_of(above) if above is not None else QModelIndex()

    def rowCount(self, parent: _Index | None = None) -> int:
        if parent is not None and parent.column() > 0:
            return 0
        return len(self._group(parent))

    def columnCount(self, parent: _Index | None = None) -> int:
        return len(self.heads)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        head = self.heads[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return head.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(head.is_number)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole):
        entry = self.entry(index)
        if entry is None:
            return None
        cell = entry.cells[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{cell:,}" if isinstance(cell, int) else cell
            case Qt.ItemDataRole.ToolTipRole:
                return f"{cell:,}" if isinstance(cell, int) else tip(cell or "")
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(self.heads[index.column()].is_number)
            case Qt.ItemDataRole.FontRole if index.column() == 0:
                return in_force().font(strong=True)
            case Qt.ItemDataRole.ForegroundRole if index.column() > 0 and not cell:
                return in_force().colour("muted")
            case Qt.ItemDataRole.SizeHintRole:
                return QSize(0, in_force().row_height)
            case Qt.ItemDataRole.UserRole:
                return entry.id
        return None


def _alignment(is_number: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | _MIDDLE
