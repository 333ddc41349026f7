"""The figures that a squad lead fills in: typed or pasted, read at once, kept until saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal

from ecofolio.intake.values import Reason
from ecofolio.scorecards.catalogue import counted_in
from ecofolio.scorecards.observing import Reported
from ecofolio.scorecards.reading import figure_text, read_figure
from ecofolio.scorecards.reporting import Wanted
from ecofolio.text import N_, _
from ecofolio.vocabulary import ObservationState
from ecofolio.widgets.theme import in_force

METRIC, UNIT, LAST, TARGET, VALUE, COMMENT = range(6)
_HEADS = (
    N_("Metric"), N_("Unit of measure"), N_("Month before"), N_("Target"), N_("This month"),
    N_("Comment"),
)  # fmt: skip
_FIGURES = (LAST, TARGET, VALUE)


class Draft(NamedTuple):
    """Figures and comments as they were typed, by metric."""

    typed: dict[int, str]
    comments: dict[int, str]


class ReportModel(QAbstractTableModel):
    """One row a metric. `edited` follows every change that is not saved yet."""

    edited = Signal()

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.rows: list[Wanted] = []
        self._typed: dict[int, str] = {}
        self._comments: dict[int, str] = {}

    def fill(self, rows: Sequence[Wanted]) -> None:
        """Show other metrics; what was typed is gone."""
        self.beginResetModel()
        self.rows = list(rows)
        self._typed, self._comments = {}, {}
        self.endResetModel()

    def draft(self) -> Draft:
        """What was typed, by metric."""
        typed, comments = (
            {self.rows[n].metric.id: text for n, text in texts.items()}
            for texts in (self._typed, self._comments)
        )
        return Draft(typed, comments)

    def resume(self, draft: Draft) -> None:
        """Take up what was typed before, as far as its metrics are still to be reported."""
        places = {row.metric.id: n for n, row in enumerate(self.rows)}
        self.beginResetModel()
        self._typed, self._comments = (
            {places[metric]: text for metric, text in texts.items() if metric in places}
            for texts in draft
        )
        self.endResetModel()

    def has_edits(self) -> bool:
        """Whether anything is typed that is not saved."""
        return bool(self._typed or self._comments)

    def problem(self, row: int) -> str:
        """Why what was typed in a row is no figure; empty where it is one."""
        read = self._read(row)
        return read.text if isinstance(read, Reason) else ""

    def figures(self, initiative_id: int, month: str, *, final: bool) -> list[Reported]:
        """What was typed, ready to be kept; rows that hold no figure are passed over."""
        state = ObservationState.FINAL if final else ObservationState.PROVISIONAL
        found = []
        for n in sorted({*self._typed, *self._comments}):
            value = self._read(n) if n in self._typed else self.rows[n].value
            if isinstance(value, int):
                comment = self._comments.get(n, self.rows[n].comment) or None
                found.append(
                    Reported(
                        initiative_id, self.rows[n].metric.id, month, value, state.value,
                        comment=comment,
                    )
                )  # fmt: skip
        return found

    def paste(self, row: int, text: str) -> int:
        """Fill figures downward from a row with the lines of a text; how many were filled."""
        lines = text.rstrip("\r\n").splitlines()
        for n, line in enumerate(lines[: len(self.rows) - row]):
            self._typed[row + n] = line.split("\t")[0].strip()
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, COMMENT))
        self.edited.emit()
        return min(len(lines), len(self.rows) - row)

    def _read(self, row: int) -> int | Reason | None:
        if row not in self._typed:
            return None
        metric = self.rows[row].metric
        return read_figure(self._typed[row], counted_in(metric.code, metric.own_unit))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def flags(self, index: QModelIndex):
        flags = super().flags(index)
        if index.column() in (VALUE, COMMENT):
            return flags | Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if section in _FIGURES else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _FIGURES:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if column == VALUE and row in self._typed:
            if role == Qt.ItemDataRole.ForegroundRole:
                return in_force().colour("red" if self.problem(row) else "accent")
            if role == Qt.ItemDataRole.ToolTipRole:
                return self.problem(row) or None
        if column == VALUE and self.rows[row].state == ObservationState.PROVISIONAL:
            if role == Qt.ItemDataRole.ToolTipRole:
                return _("provisional")
            if role == Qt.ItemDataRole.FontRole:
                font = in_force().font()
                font.setItalic(True)
                return font
        if role == Qt.ItemDataRole.ForegroundRole and column in (UNIT, LAST, TARGET):
            return in_force().colour("muted")
        return None

    def _text(self, row: int, column: int) -> str:
        one = self.rows[row]
        if column == METRIC:
            return one.metric.name
        if column == UNIT:
            return one.metric.unit
        if column == LAST:
            return figure_text(one.last)
        if column == TARGET:
            return figure_text(one.target)
        if column == COMMENT:
            return self._comments.get(row, one.comment or "")
        if row in self._typed:
            return self._typed[row]
        return "" if one.value is None else figure_text(one.value)

    def setData(self, index: QModelIndex, value, role=Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() not in (VALUE, COMMENT):
            return False
        text = str(value).strip()
        if text == self._text(index.row(), index.column()):
            return False
        kept = self._typed if index.column() == VALUE else self._comments
        kept[index.row()] = text
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True
