"""Ranks under other weights as an item model: those that moved the farthest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from ecofolio.scorecards import words
from ecofolio.scorecards.ranking import Ranked
from ecofolio.scorecards.rules import ranks
from ecofolio.text import N_, _
from ecofolio.widgets.theme import in_force

_HEADS = (
    N_("Initiative"), N_("Score"), N_("Score then"), N_("Rank"), N_("Rank then"),
)  # fmt: skip
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class WhatIfModel(QAbstractTableModel):
    """Lines of a ranking with the scores and ranks that other weights would give them."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self._lines: list[Ranked] = []
        self._scores: Mapping[int, int | None] = {}
        self._ranks: dict[int, int] = {}

    def fill(self, lines: Sequence[Ranked], then: Mapping[int, int | None]) -> None:
        """Show lines of one batch; `then` are their scores under the other weights."""
        groups: dict[str | None, dict[int, int | None]] = {}
        for line in lines:
            groups.setdefault(line.level, {})[line.id] = then.get(line.id)
        places = {one: place for group in groups.values() for one, place in ranks(group).items()}
        self.beginResetModel()
        self._lines = sorted(lines, key=lambda one: -abs((one.rank or 0) - places.get(one.id, 0)))
        self._scores, self._ranks = then, places
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section else _LEFT
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole) -> Any:
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self._lines[index.row()], column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column else None
        if role == Qt.ItemDataRole.ForegroundRole and column == 4:
            moved = self._moved(self._lines[index.row()])
            return in_force().colour("green" if moved > 0 else "red") if moved else None
        return None

    def _text(self, line: Ranked, column: int) -> str:
        if column == 0:
            return f"{line.code}  {line.name}"
        if column == 1:
            return words.points(line.score)
        if column == 2:
            return words.points(self._scores.get(line.id))
        if column == 3:
            return words.rank(line)
        moved = self._moved(line)
        arrow = f" {'▲' if moved > 0 else '▼'}{abs(moved)}" if moved else ""
        return f"{self._ranks.get(line.id) or '–'}{arrow}"

    def _moved(self, line: Ranked) -> int:
        """The places won; 0 where there was none, or would be none."""
        after = self._ranks.get(line.id)
        return line.rank - after if line.rank and after else 0
