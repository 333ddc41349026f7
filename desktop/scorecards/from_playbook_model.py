"""Initiatives that get targets from a playbook: ticked, with what it would promise for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal

from ecofolio.format import number
from ecofolio.scorecards.playbooks import Proposal
from ecofolio.scorecards.promises import Promiser
from ecofolio.text import N_, _, tip
from ecofolio.widgets.theme import in_force

WHO, FIRST_MONTH, NEW, OTHER, SAME, SETTLED = range(6)
_HEADS = (
    N_("Initiative"), N_("Month 1"), N_("New"), N_("Other than now"), N_("As now"), N_("Settled"),
)  # fmt: skip


class FromPlaybookModel(QAbstractTableModel):
    """One row an initiative that the search finds. `ticked` follows every tick."""

    ticked = Signal()

    def __init__(self, who: Sequence[Promiser], chosen: Iterable[int], parent=None) -> None:
        super().__init__(parent)
        self._who, self._shown = list(who), list(who)
        self._words = {one.id: f"{one.code} {one.name}".casefold() for one in who}
        self._chosen = set(chosen) & self._words.keys()
        self._found: dict[int, Proposal] = {}

    @property
    def chosen(self) -> list[int]:
        """The initiatives that are ticked, shown or not, in their order."""
        return [one.id for one in self._who if one.id in self._chosen]

    def search(self, text: str) -> None:
        """Show the initiatives whose code or name hold every word of a text, the ticked first."""
        words = text.casefold().split()
        self.beginResetModel()
        found = [one for one in self._who if all(word in self._words[one.id] for word in words)]
        self._shown = sorted(found, key=lambda one: one.id not in self._chosen)
        self.endResetModel()

    def tick_shown(self, *, on: bool) -> None:
        """Tick all that are shown, or none of them."""
        shown = {one.id for one in self._shown}
        self._chosen = self._chosen | shown if on else self._chosen - shown
        self.ticked.emit()

    def tell(self, found: Iterable[Proposal]) -> None:
        """Show what the playbook would promise for those that are ticked."""
        self._found = {one.initiative_id: one for one in found}
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, SETTLED))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def flags(self, index: QModelIndex):
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == WHO else flags

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADS[section])
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        one, place = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{one.code}  {one.name}" if place == WHO else self._text(one.id, place)
        if role == Qt.ItemDataRole.ToolTipRole and place == WHO:
            return tip(f"{one.code}  {one.name}")
        if role == Qt.ItemDataRole.CheckStateRole and place == WHO:
            on = one.id in self._chosen
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(place)
        if role == Qt.ItemDataRole.AccessibleTextRole and place != WHO:
            return f"{one.code}, {_(_HEADS[place])}: {self._text(one.id, place) or '–'}"
        if role == Qt.ItemDataRole.ForegroundRole and place == FIRST_MONTH:
            found = self._found.get(one.id)
            return in_force().colour("amber" if found and found.first is None else "muted")
        return None

    def _text(self, initiative_id: int, place: int) -> str:
        found = self._found.get(initiative_id)
        if found is None:
            return ""
        if place == FIRST_MONTH:
            return found.first or _("! not known")
        n = (found.new, found.other, found.same, found.settled)[place - NEW]
        return number(n) if n else "–"

    def setData(self, index: QModelIndex, value, role=Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != WHO:
            return False
        one = self._shown[index.row()].id
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._chosen.add(one)
        else:
            self._chosen.discard(one)
        self.ticked.emit()
        return True


def _side(place: int) -> Qt.AlignmentFlag:
    right = place > FIRST_MONTH
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
