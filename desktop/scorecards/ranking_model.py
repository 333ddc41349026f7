"""The ranking as an item model: sorted by its own list of places, trends fetched when seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from ecofolio.scorecards import words
from ecofolio.scorecards.ranking import Ranked, Ranking
from ecofolio.text import N_, _, tip
from ecofolio.vocabulary import Batch

RANK, CODE, NAME, UNIT, BATCH, SCORE, GRADE, CHANGE, TREND, TOLD = range(10)
_HEADS = (
    N_("Rank"), N_("Code"), N_("Name"), N_("Unit"), N_("Batch"), N_("Score"), N_("Grade"),
    N_("Change"), N_("Twelve months"), N_("Reported"),
)  # fmt: skip
FIGURES = (RANK, SCORE, CHANGE, TOLD)
_ALIGN = Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | _ALIGN
_TEXTS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_TIP, _SIDE = Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.TextAlignmentRole


class RankingModel(QAbstractTableModel):
    """Lines of a ranking, and the trends of those that were fetched."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.lines: Sequence[Ranked] = []
        self.trends: dict[int, list[int | None]] = {}
        self.since: dict[int, str] = {}  # what became of scores after they were settled, in words

    def fill(self, lines: Sequence[Ranked]) -> None:
        """Show other lines, best first; trends that were fetched are kept."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def forget(self, moved: Collection[int] | None) -> None:
        """Have trends fetched again: those of some initiatives, or all without any."""
        if moved is None:
            self.trends.clear()
        for one in moved or ():
            self.trends.pop(one, None)

    def add_trends(self, trends: dict[int, list[int | None]]) -> None:
        """Take in trends that were fetched."""
        self.trends.update(trends)
        last = max(len(self.lines) - 1, 0)
        self.dataChanged.emit(self.index(0, TREND), self.index(last, TREND))

    def row_of(self, initiative_id: int) -> int:
        """Where an initiative stands; -1 where it does not."""
        if isinstance(self.lines, Ranking):
            return self.lines.row_of(initiative_id)
        return next((n for n, one in enumerate(self.lines) if one.id == initiative_id), -1)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in FIGURES else Qt.AlignmentFlag.AlignLeft
            return side | _ALIGN
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole) -> Any:
        if role in _TEXTS:
            line = self.lines[index.row()]
            if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == SCORE:
                return ", ".join(filter(None, (words.points(line.score), self.since.get(line.id))))
            return text(line, index.column(), self.trends.get(line.id))
        if role == _TIP:
            line = self.lines[index.row()]
            if index.column() == SCORE:
                return tip(self.since.get(line.id, "")) or None
            return tip(over(line, index.column()) or "") or None
        return _RIGHT if role == _SIDE and index.column() in FIGURES else None

    def sort(self, column: int, order=Qt.SortOrder.AscendingOrder) -> None:
        down = order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        self.lines = sorted(self.lines, key=_KEYS[column], reverse=down)
        self.layoutChanged.emit()


def text(line: Ranked, column: int, trend: Sequence[int | None] | None) -> str:
    """What a cell says."""
    match column:
        case 0:
            return words.standing(line)
        case 1:
            return line.code
        case 2:
            return line.name
        case 3:
            return line.unit or "–"
        case 4:
            return Batch(line.batch).label
        case 5:
            return words.points(line.score)
        case 6:
            return line.grade.value if line.grade else "–"
        case 7:
            return words.change(line.change)
        case 8:
            return ", ".join(words.points(value) for value in trend or ())
    return f"{line.judged - line.missing} / {line.judged}"


def over(line: Ranked, column: int) -> str | None:
    """What the pointer is told over a cell."""
    if column == RANK:
        return " · ".join(filter(None, (words.peers(line), words.climbed(line))))
    if column == GRADE and line.held:
        return _("a veto is broken") if line.held == 2 else _("a guardrail is breached")
    if column == TOLD and line.overdue:
        return _("{n} figures are due and missing").format(n=line.overdue)
    return line.name if column == NAME else None


_KEYS: tuple[Callable[[Ranked], Any], ...] = (
    lambda one: (one.level or "", one.batch, one.rank or 10**9, one.code),
    lambda one: one.code,
    lambda one: one.name,
    lambda one: (one.unit or "", one.code),
    lambda one: (one.batch, one.rank or 10**9),
    lambda one: -1 if one.score is None else one.score,
    lambda one: (one.grade or "Z", -(one.score or 0)),
    lambda one: -(10**9) if one.change is None else one.change,
    lambda one: -1 if one.score is None else one.score,
    lambda one: one.judged - one.missing,
)
