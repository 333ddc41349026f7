"""The figures that a squad lead fills in: typed or pasted, read at once, kept until saved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal

from ecofolio.intake.values import Reason
from ecofolio.scorecards.catalogue import counted_in
from ecofolio.scorecards.observing import Reported
from ecofolio.scorecards.reading import figure_text, read_figure
from ecofolio.scorecards.reporting import Wanted
from ecofolio.text import N_, _
from ecofolio.vocabulary import ObservationState
from ecofolio.widgets.theme import in_force

METRIC, UNIT, LAST, TARGET, VALUE, SOURCE, COMMENT = range(7)
_HEADS = (
    N_("Metric"), N_("Unit of measure"), N_("Month before"), N_("Target"), N_("This month"),
    N_("Source"), N_("Comment"),
)  # fmt: skip
_FIGURES = (LAST, TARGET, VALUE)
_TYPED = (VALUE, SOURCE, COMMENT)
Draft = dict[int, dict[int, str]]  # what was typed, by column and metric


class ReportModel(QAbstractTableModel):
    """One row a metric. `edited` follows every change that is not saved yet."""

    edited = Signal()

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.rows: list[Wanted] = []
        self._said: dict[int, dict[int, str]] = {one: {} for one in _TYPED}  # by column and row

    def fill(self, rows: Sequence[Wanted]) -> None:
        """Show other metrics; what was typed is gone."""
        self.beginResetModel()
        self.rows = list(rows)
        self._said = {one: {} for one in _TYPED}
        self.endResetModel()

    def draft(self) -> Draft:
        """What was typed, by metric."""
        return {
            column: {self.rows[n].metric.id: text for n, text in texts.items()}
            for column, texts in self._said.items()
        }

    def resume(self, draft: Draft) -> None:
        """Take up what was typed before, as far as its metrics are still to be reported."""
        places = {row.metric.id: n for n, row in enumerate(self.rows)}
        self.beginResetModel()
        self._said = {
            column: {places[metric]: text for metric, text in texts.items() if metric in places}
            for column, texts in draft.items()
        }
        self.endResetModel()

    def has_edits(self) -> bool:
        """Whether anything is typed that is not saved."""
        return any(self._said.values())

    def problem(self, row: int) -> str:
        """Why what was typed in a row is no figure; empty where it is one."""
        read = self._read(row)
        return read.text if isinstance(read, Reason) else ""

    def figures(self, initiative_id: int, month: str, *, final: bool) -> list[Reported]:
        """What was typed, ready to be kept; rows that hold no figure are passed over."""
        state = ObservationState.FINAL if final else ObservationState.PROVISIONAL
        found = []
        for n in sorted({n for texts in self._said.values() for n in texts}):
            value = self._read(n) if n in self._said[VALUE] else self.rows[n].value
            if isinstance(value, int):
                source, comment = (self._text(n, one) or None for one in (SOURCE, COMMENT))
                metric = self.rows[n].metric.id
                found.append(
                    Reported(initiative_id, metric, month, value, state.value, source, comment)
                )
        return found

    def paste(self, row: int, text: str) -> int:
        """Fill figures downward from a row with the lines of a text, and sources and comments from
        the columns beside them; where each line begins with a metric, by that. Says how many lines
        found no place: nothing is filled then."""
        lines = [
            [cell.strip() for cell in line.split("\t")] for line in text.rstrip("\r\n").splitlines()
        ]
        named = {
            word.casefold(): n
            for n, one in enumerate(self.rows)
            for word in (one.metric.code, one.metric.name)
        }
        places = list(range(row, row + len(lines)))
        if all(len(cells) > 1 and cells[0].casefold() in named for cells in lines):
            places = [named[cells[0].casefold()] for cells in lines]
            lines = [cells[1:] for cells in lines]
        if left := sum(place >= len(self.rows) for place in places):
            return left
        for place, cells in zip(places, lines, strict=True):
            for column, cell in zip(_TYPED, cells, strict=False):
                self._said[column][place] = cell
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, COMMENT))
        self.edited.emit()
        return 0

    def _read(self, row: int) -> int | Reason | None:
        text = self._said[VALUE].get(row)
        if text is None:
            return None
        metric = self.rows[row].metric
        return read_figure(text, counted_in(metric.code, metric.own_unit))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def flags(self, index: QModelIndex):
        flags = super().flags(index)
        if index.column() in _TYPED:
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
        if column == VALUE and row in self._said[VALUE]:
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
        if row in self._said[column]:
            return self._said[column][row]
        if column != VALUE:
            return (one.source if column == SOURCE else one.comment) or ""
        return "" if one.value is None else figure_text(one.value)

    def setData(self, index: QModelIndex, value, role=Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() not in _TYPED:
            return False
        text = str(value).strip()
        if text == self._text(index.row(), index.column()):
            return False
        self._said[index.column()][index.row()] = text
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True
