"""The cards of a board as Qt's views, delegates and screen readers ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ecofolio import format as shown
from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.faces import Face, face
from ecofolio.boards.queries import CardRow
from ecofolio.text import _, listed, tip

Role = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex


class CardsModel(QAbstractListModel):
    """A row for each card of a desk; a card keeps its row while it stays on the board."""

    def __init__(self, desk: BoardDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.ids: list[int] = []
        self.row_of: dict[int, int] = {}
        self.place_words: Callable[[int], str] = lambda _row: ""  # of a row, for who can not see it
        self._faces: dict[int, Face] = {}

    def reload(self) -> None:
        """Take over what the desk has read anew."""
        self.beginResetModel()
        view = self.desk.view
        self.ids = [card.id for card in view.cards] if view is not None else []
        self.row_of = {identity: row for row, identity in enumerate(self.ids)}
        self._faces.clear()
        self.endResetModel()

    def apply(self, changed: Iterable[int], gone: Iterable[int]) -> None:
        """Show cards that changed, add new ones at the end and take away those that are gone."""
        for identity in gone:
            row = self.row_of.pop(identity, None)
            self._faces.pop(identity, None)
            if row is not None:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.ids[row]
                self.row_of = {one: n for n, one in enumerate(self.ids)}
                self.endRemoveRows()
        fresh = [one for one in changed if one not in self.row_of]
        if fresh:
            first = len(self.ids)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self.ids += fresh
            self.row_of.update((one, first + n) for n, one in enumerate(fresh))
            self.endInsertRows()
        for identity in changed:
            self._faces.pop(identity, None)
            index = self.index(self.row_of[identity])
            self.dataChanged.emit(index, index)

    def forget_faces(self) -> None:
        """Work out anew how every card looks: a minute has passed, or what is usual is known."""
        self._faces.clear()

    def card(self, row: int) -> CardRow:
        """The card in a row."""
        return self.desk.by_id[self.ids[row]]

    def face(self, row: int) -> Face:
        """How the card in a row looks."""
        identity = self.ids[row]
        found = self._faces.get(identity)
        if found is None:
            found = self._faces[identity] = face(self.desk, self.desk.by_id[identity])
        return found

    # --- what Qt asks for --------------------------------------------------------------------

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.ids)

    def data(self, index: _Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.ids):
            return None
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return self.card(index.row()).title
        if role == Role.AccessibleDescriptionRole:
            return self.spoken(index.row())
        if role == Role.ToolTipRole:
            return self._tip(index.row())
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def spoken(self, row: int) -> str:
        """Where a card is and how it is doing, for who can not see it."""
        card, look = self.card(row), self.face(row)
        column = self.desk.column(card.column_id)
        parts = [self.place_words(row) or (column.name if column is not None else "")]
        parts += [band.text for band in look.bands]
        parts += [look.caption, look.people, look.days_words]
        return listed(part for part in parts if part)

    def _tip(self, row: int) -> str:
        look, card = self.face(row), self.card(row)
        lines = [card.title, *(band.text for band in look.bands), look.people_full]
        if card.due_date is not None:
            lines.append(_("Due {date}").format(date=shown.day(card.due_date)))
        lines.append(look.days_words)
        return tip("\n".join(line for line in lines if line))
