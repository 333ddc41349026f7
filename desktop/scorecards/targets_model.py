"""An initiative's targets of a year as a grid: three lines a metric, a column a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal

from ecofolio.format import day
from ecofolio.intake.values import Reason
from ecofolio.scorecards.catalogue import counted_in
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.reading import figure_text, read_figure
from ecofolio.scorecards.targets import Promise, refusal
from ecofolio.text import N_, _, tip
from ecofolio.widgets.theme import in_force

METRIC, LINE, FIRST = range(3)  # columns: the months follow
LINES = (("floor", N_("Floor")), ("target", N_("Target")), ("stretch", N_("Stretch")))
Cell = tuple[int, int]  # row, and which of the months
Read = int | Reason | None


class Kept(Protocol):
    """What is stored of a cell: its floor, target and stretch are asked for by name."""

    @property
    def id(self) -> int: ...


class TargetsModel(QAbstractTableModel):
    """What is typed stays beside what is kept until it is saved. `edited` follows each change.

    Months of which the targets are `settled`, and since when, are only to be read, unless there is
    a `reason` for correcting them.
    """

    edited = Signal()

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.metrics: list[MetricRow] = []
        self.months: list[str] = []
        self.read_only = False
        self._initiative = 0
        self._kept: dict[tuple[int, str], Kept] = {}
        self._typed: dict[Cell, str] = {}
        self._wrong: dict[Cell, str] = {}
        self.left_out = 0  # cells that were pasted beyond the grid
        self.settled: dict[str, date] = {}
        self.reason = ""
        self.left_standing = 0  # settled targets that would have been changed

    def fill(
        self,
        initiative_id: int,
        metrics: Sequence[MetricRow],
        months: Sequence[str],
        kept: Mapping[tuple[int, str], Kept],
        settled: Mapping[str, date] | None = None,
    ) -> None:
        """Show other targets, by metric and month; what was typed is gone."""
        self.beginResetModel()
        self._initiative = initiative_id
        self.metrics, self.months, self._kept = list(metrics), list(months), dict(kept)
        self._typed, self._wrong, self.left_out, self.left_standing = {}, {}, 0, 0
        self.settled, self.reason = dict(settled or {}), ""
        self.endResetModel()
        self.edited.emit()

    def add_metric(self, metric: MetricRow) -> int:
        """Show one metric more, which has no target yet; the row where its lines begin."""
        place = len(self.metrics) * len(LINES)
        self.beginInsertRows(QModelIndex(), place, place + len(LINES) - 1)
        self.metrics.append(metric)
        self.endInsertRows()
        return place

    def correct(self, reason: str) -> None:
        """Let settled targets be corrected for a reason, until others are shown."""
        self.reason = reason
        self._judge()

    def stands(self, month: int) -> date | None:
        """Since when the targets of one of the months are only to be read; None where they are
        not."""
        return None if self.reason else self.settled.get(self.months[month])

    def has_edits(self) -> bool:
        """Whether anything is typed that is not saved."""
        return bool(self._typed)

    def metric_at(self, row: int) -> MetricRow | None:
        """The metric of a row."""
        place = row // len(LINES)
        return self.metrics[place] if row >= 0 and place < len(self.metrics) else None

    def problem(self) -> str:
        """Why what is typed can not be kept, with metric and month; empty where it can."""
        if not self._wrong:
            return ""
        (row, month), reason = min(self._wrong.items())
        metric = self.metrics[row // len(LINES)]
        return f"{metric.name}, {self.months[month]}: {reason}"

    def changes(self) -> tuple[list[Promise], list[int]]:
        """What is typed, as targets to set, and the identities of those to take away."""
        set_, gone = [], []
        for place, month in self._touched():
            found = self._together(place, month)
            kept = self._kept.get((self.metrics[place].id, self.months[month]))
            if isinstance(found, Promise):
                set_.append(found)
            elif found is None and kept is not None:
                gone.append(kept.id)
        return set_, gone

    def paste(self, row: int, column: int, text: str) -> int:
        """Fill cells to the right and downward from a cell with the lines of a text, as a
        spreadsheet copies them; how many were filled. What lies beyond the grid is `left_out`."""
        filled = self.left_out = self.left_standing = 0
        for n, line in enumerate(text.rstrip("\r\n").splitlines()):
            for m, cell in enumerate(line.split("\t")):
                place = row + n, max(column, FIRST) - FIRST + m
                if place[0] < self.rowCount() and place[1] < len(self.months):
                    filled += self._fill_in(place, cell.strip())
                elif cell.strip():
                    self.left_out += 1
        self._judge()
        return filled

    def propose(self, promises: Sequence[Promise]) -> int:
        """Fill cells with targets that are proposed, to be looked at and saved; how many targets
        that is. Those of metrics and months that are not shown, or stand, are left out."""
        metrics = {metric.id: place for place, metric in enumerate(self.metrics)}
        filled = self.left_out = self.left_standing = 0
        for one in promises:
            if one.metric_id in metrics and one.month in self.months:
                month = self.months.index(one.month)
                if self.stands(month):
                    self.left_standing += 1
                    continue
                for n, (line, _title) in enumerate(LINES):
                    value = getattr(one, line)
                    cell = metrics[one.metric_id] * len(LINES) + n, month
                    self._type(cell, "" if value is None else figure_text(value))
                filled += 1
        self._judge()
        return filled

    def empty(self, cells: Sequence[QModelIndex]) -> None:
        """Empty cells: a target without any line is taken away."""
        self.left_standing = 0
        for index in cells:
            if index.column() >= FIRST:
                self._fill_in((index.row(), index.column() - FIRST), "")
        self._judge()

    def _fill_in(self, cell: Cell, text: str) -> bool:
        """Fill a cell, unless it stands."""
        if not self.stands(cell[1]):
            self._type(cell, text)
            return True
        self.left_standing += text != self._plain(cell)
        return False

    # --- reading what is typed ---------------------------------------------------------------

    def _type(self, cell: Cell, text: str) -> None:
        if text == self._plain(cell):
            self._typed.pop(cell, None)
        else:
            self._typed[cell] = text

    def _touched(self) -> list[tuple[int, int]]:
        return sorted({(row // len(LINES), month) for row, month in self._typed})

    def _judge(self) -> None:
        """Find what is wrong with what is typed, and show all of it again."""
        self._wrong = {}
        for place, month in self._touched():
            found = self._together(place, month)
            if isinstance(found, str):
                lines = [(place * len(LINES) + n, month) for n in range(len(LINES))]
                bad = [cell for cell in lines if isinstance(self._read(cell), Reason)]
                typed = [cell for cell in lines if cell in self._typed]
                self._wrong[(bad or typed)[0]] = found
        if self.metrics:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.edited.emit()

    def _together(self, place: int, month: int) -> Promise | str | None:
        """The three lines of a metric and month: a target, none, or what is wrong with them."""
        metric = self.metrics[place]
        read = [self._read((place * len(LINES) + n, month)) for n in range(len(LINES))]
        for one in read:
            if isinstance(one, Reason):
                return one.text
        floor, target, stretch = (one if isinstance(one, int) else None for one in read)
        if floor is None and target is None and stretch is None:
            return None
        if floor is None or target is None:
            return _("a target needs a floor, and a floor a target")
        promise = Promise(self._initiative, metric.id, self.months[month], floor, target, stretch)
        return self._why_not(promise, metric) or promise

    def _why_not(self, promise: Promise, metric: MetricRow) -> str | None:
        """Why a target can not be kept."""
        return refusal(promise, metric.higher)

    def _read(self, cell: Cell) -> Read:
        if cell not in self._typed:
            return self._stored(cell)
        metric = self.metrics[cell[0] // len(LINES)]
        return read_figure(self._typed[cell], counted_in(metric.code, metric.own_unit))

    def _stored(self, cell: Cell) -> int | None:
        metric = self.metrics[cell[0] // len(LINES)]
        kept = self._kept.get((metric.id, self.months[cell[1]]))
        found: int | None = getattr(kept, LINES[cell[0] % len(LINES)][0], None)
        return found

    def _plain(self, cell: Cell) -> str:
        found = self._stored(cell)
        return "" if found is None else figure_text(found)

    # --- the table ---------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        below = parent is not None and parent.isValid()
        return 0 if below else len(self.metrics) * len(LINES)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else FIRST + len(self.months)

    def flags(self, index: QModelIndex):
        flags = super().flags(index)
        if index.column() < FIRST or self.read_only or self.stands(index.column() - FIRST):
            return flags
        return flags | Qt.ItemFlag.ItemIsEditable

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            heads = (_("Metric"), "")
            return heads[section] if section < FIRST else self.months[section - FIRST]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section >= FIRST
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        row, column = index.row(), index.column()
        metric, line = self.metrics[row // len(LINES)], row % len(LINES)
        if column < FIRST:
            return self._label(metric, line, column, role)
        cell = row, column - FIRST
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            text = self._typed.get(cell, self._plain(cell))
            wrong = cell in self._wrong and role == Qt.ItemDataRole.DisplayRole
            return f"✕ {text}" if wrong else text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = self._typed.get(cell, self._plain(cell)) or "–"
            said = f"{metric.name}, {_(LINES[line][1])}, {self.months[cell[1]]}: {words}"
            return ", ".join(filter(None, (said, self._standing(cell[1]))))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._wrong.get(cell) or self._standing(cell[1])) or None
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = "red" if cell in self._wrong else "accent" if cell in self._typed else ""
            tone = tone or ("text" if line == 1 and not self.stands(cell[1]) else "muted")
            return in_force().colour(tone)
        return None

    def _standing(self, month: int) -> str:
        on = self.stands(month)
        return _("settled on {date}").format(date=day(on)) if on else ""

    def _label(self, metric: MetricRow, line: int, column: int, role: int):
        if role == Qt.ItemDataRole.DisplayRole:
            if column == LINE:
                return _(LINES[line][1])
            return (metric.name, metric.unit, "")[line]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{metric.name}, {_(LINES[line][1])}"
        if role == Qt.ItemDataRole.ForegroundRole and (line != 1 if column == LINE else line):
            return in_force().colour("muted")
        return None

    def setData(self, index: QModelIndex, value, role=Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() < FIRST:
            return False
        cell = index.row(), index.column() - FIRST
        text = str(value).strip()
        if text == self._typed.get(cell, self._plain(cell)):
            return False
        self.left_out = self.left_standing = 0
        if not self._fill_in(cell, text):
            return False
        self._judge()
        return True
