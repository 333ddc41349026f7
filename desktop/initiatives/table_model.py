"""The initiatives as a table: an arrangement of rows in memory behind Qt's interface.

No cell is worked out before it is painted or asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from ecofolio.initiatives.arrangement import Arrangement
from ecofolio.initiatives.columns import USUAL, Column, spoken
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.text import _, listed, ngettext, tip

ID_ROLE = Qt.ItemDataRole.UserRole

_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_SELECTABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_EDITABLE = _SELECTABLE | Qt.ItemFlag.ItemIsEditable
_MANY = 64  # changed rows
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class InitiativeTableModel(QAbstractTableModel):
    """Lines of initiatives and of group headings. `write` is called with what an edit wants.

    `rearranging` comes before other lines are shown and `rearranged` after, so that a view can
    keep its selection by identity.
    """

    rearranging = Signal()
    rearranged = Signal()

    def __init__(self, columns: Sequence[Column], today: date, parent=None) -> None:
        super().__init__(parent)
        self.today = today
        self.arrangement = Arrangement(columns)
        self._held = self._waiting = False
        known = self.arrangement.columns
        self.shown: list[Column] = [known[key] for key in USUAL if key in known]

    # --- what is where -----------------------------------------------------------------------

    def row_at(self, line: int) -> InitiativeRow | None:
        """The initiative in a line, None for a heading."""
        lines = self.arrangement.lines
        if not 0 <= line < len(lines) or lines[line] < 0:
            return None
        return self.arrangement.rows[lines[line]]

    def group_at(self, line: int) -> int | None:
        """The number of the group whose heading is in a line."""
        lines = self.arrangement.lines
        if not 0 <= line < len(lines) or lines[line] >= 0:
            return None
        return ~lines[line]

    def group_text(self, number: int) -> str:
        """What a group has in common, in words."""
        group = self.arrangement.groups[number]
        column = self.arrangement.columns[self.arrangement.group_key]
        return group.text or _("No {field}").format(field=column.title.lower())

    def line_of(self, identity: int) -> int | None:
        """The line of an initiative, None where it is not shown."""
        place = self.arrangement.place_of(identity)
        if place is None:
            return None
        try:
            return self.arrangement.lines.index(place)
        except ValueError:
            return None

    def column_of(self, key: str) -> int | None:
        """The number of a shown column."""
        return next((n for n, column in enumerate(self.shown) if column.key == key), None)

    def lines_of(self, identities: set[int]) -> list[int]:
        """The lines of initiatives, from top to bottom."""
        places = {self.arrangement.place_of(identity) for identity in identities}
        return [line for line, place in enumerate(self.arrangement.lines) if place in places]

    # --- changing what is shown --------------------------------------------------------------

    @contextmanager
    def _other_lines(self):
        self._waiting = False
        self.rearranging.emit()
        self.beginResetModel()
        yield
        self.endResetModel()
        self.rearranged.emit()

    def rearrange(self, change: Callable[[Arrangement], object]) -> None:
        """Change which lines are shown or their order."""
        with self._other_lines():
            change(self.arrangement)

    def show_columns(self, keys: Sequence[str]) -> None:
        """Show these columns in this order."""
        known = self.arrangement.columns
        chosen = [known[key] for key in dict.fromkeys(keys) if key in known]
        with self._other_lines():
            self.shown = chosen or [known["code"], known["name"]]

    @contextmanager
    def new_columns(self, columns: Sequence[Column], today: date):
        """Take other columns (another language of names, new custom fields) and fill them anew."""
        with self._other_lines():
            self.today = today
            old, fresh = self.arrangement, Arrangement(columns)
            fresh.set_all(old.sorts, old.conditions, old.group_key)
            fresh.words, fresh.collapsed = old.words, set(old.collapsed)
            keys = [column.key for column in self.shown]
            self.shown = [fresh.columns[key] for key in keys if key in fresh.columns]
            self.arrangement = fresh
            yield fresh

    def apply(
        self, changed: Mapping[int, InitiativeRow | None], *, lights_only: bool = False
    ) -> None:
        """Take changed, new and deleted rows; only lines that moved are laid out anew."""
        arrangement = self.arrangement
        before = arrangement.lines, arrangement.groups
        moved = (arrangement.relight if lights_only else arrangement.apply)(changed)
        after = arrangement.lines, arrangement.groups
        if moved:
            arrangement.lines, arrangement.groups = before
        if not moved or self._held:
            self._waiting = self._waiting or moved
            if len(changed) > _MANY:  # to look for the line of each takes longer than to paint
                if arrangement.lines:
                    last = self.index(len(arrangement.lines) - 1, len(self.shown) - 1)
                    self.dataChanged.emit(self.index(0, 0), last)
                return
            for identity in changed:
                line = self.line_of(identity)
                if line is not None:
                    self.dataChanged.emit(
                        self.index(line, 0), self.index(line, len(self.shown) - 1)
                    )
            return
        with self._other_lines():
            arrangement.lines, arrangement.groups = after

    def hold(self, held: bool) -> None:
        """Keep every line where it is, so that what is being typed into one is not lost."""
        self._held = held
        if not held and self._waiting:
            self.rearrange(Arrangement.arrange)

    # --- Qt's interface ----------------------------------------------------------------------

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.arrangement.lines)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        row = self.row_at(index.row())
        if row is None:
            return Qt.ItemFlag.ItemIsEnabled
        return _EDITABLE if self.shown[index.column()].editable else _SELECTABLE

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_at(index.row())
        if row is None:
            return self._heading(index, role)
        column = self.shown[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            case Qt.ItemDataRole.EditRole:
                return column.value(row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.right else _LEFT
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{column.title}: {spoken(column, row, self.today)}"
            case Qt.ItemDataRole.ToolTipRole if column.key in ("light", "segments"):
                return tip(spoken(column, row, self.today))
            case Qt.ItemDataRole.UserRole:
                return row.id
        return None

    def _heading(self, index: _Index, role: int) -> Any:
        number = self.group_at(index.row())
        if number is None or index.column() != 0:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            count = len(self.arrangement.groups[number].members)
            text = ngettext("{title}: {n} initiative", "{title}: {n} initiatives", count)
            return text.format(title=self.group_text(number), n=count)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.shown):
            return None
        column = self.shown[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.head or column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(column.head or column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.right else _LEFT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken_head(column)
        return None

    def _spoken_head(self, column: Column) -> str:
        said = [column.head or column.title]
        for place, sort in enumerate(self.arrangement.sorts, 1):
            if sort.key == column.key:
                text = _("sorted downward, {n}") if sort.descending else _("sorted upward, {n}")
                said.append(text.format(n=place))
        if column.key in self.arrangement.conditions:
            said.append(_("filtered"))
        return listed(said)
