"""The catalogue of metrics as a table whose cells are edited in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from ecofolio.errors import InputError
from ecofolio.intake.values import Reason
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.reading import figure_text, read_figure
from ecofolio.text import N_, _
from ecofolio.vocabulary import (
    Direction,
    LoopPhase,
    MetricKind,
    OverInitiatives,
    OverMonths,
    Segment,
    Step,
    Term,
)
from ecofolio.widgets.theme import in_force

COLUMNS = (
    ("code", N_("Code")),
    ("name", N_("Name")),
    ("unit", N_("Unit of measure")),
    ("kind", N_("Kind")),
    ("step", N_("Step")),
    ("segment", N_("Segment")),
    ("loop_phase", N_("Loop phase")),
    ("direction", N_("Direction")),
    ("over_months", N_("Months make")),
    ("over_initiatives", N_("Initiatives make")),
    ("weighed_by_id", N_("Weighed by")),
    ("department_id", N_("Reported by")),
    ("due_day", N_("Due day")),
    ("veto", N_("Veto")),
    ("least", N_("Least")),
    ("most", N_("Most usual")),
    ("position", N_("Order")),
)
FIELDS = [field for field, _title in COLUMNS]
CODE, NAME, VETO = (FIELDS.index(one) for one in ("code", "name", "veto"))
BOUNDS = ("least", "most")
NUMBERS = ("due_day", "position", *BOUNDS)
TERMS: dict[str, type[Term]] = {
    "kind": MetricKind,
    "step": Step,
    "segment": Segment,
    "loop_phase": LoopPhase,
    "direction": Direction,
    "over_months": OverMonths,
    "over_initiatives": OverInitiatives,
}
Choice = tuple[str, Any]  # what is read, what is stored
Keep = Callable[[MetricRow, str, Any], bool]


def terms_of(field: str) -> list[Choice]:
    """The words that a field is chosen from; a segment or a loop phase may be none."""
    none: list[Choice] = [("–", None)] if field in ("segment", "loop_phase") else []
    return none + [(term.label, term.value) for term in TERMS[field]]


class MetricsModel(QAbstractTableModel):
    """One row a metric. What is edited goes to `keep(metric, field, value)`, which says whether
    it was taken."""

    def __init__(self, keep: Keep, parent=None) -> None:
        super().__init__(parent)
        self.rows: list[MetricRow] = []
        self.read_only = False
        self._keep = keep
        self._departments: dict[int, str] = {}
        self._names: dict[int, str] = {}

    def fill(self, rows: Sequence[MetricRow], departments: Mapping[int, str]) -> None:
        """Show other metrics; `departments` are those that may report, by identity.

        The same metrics stay in their rows, so that an editor that is open stays open.
        """
        same = [row.id for row in rows] == [row.id for row in self.rows]
        if not same:
            self.beginResetModel()
        self.rows, self._departments = list(rows), dict(departments)
        self._names = {row.id: row.name for row in self.rows}
        if not same:
            self.endResetModel()
        elif self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def choices(self, index: QModelIndex) -> list[Choice] | None:
        """What a cell is chosen from; None where it is typed."""
        field = FIELDS[index.column()]
        if field in TERMS:
            return terms_of(field)
        if field == "department_id":
            squad: list[Choice] = [(_("the squad"), None)]
            return squad + [(name, one) for one, name in self._departments.items()]
        if field == "weighed_by_id":
            own = self.rows[index.row()].id
            found = [(row.name, row.id) for row in self.rows if row.id != own and not row.retired]
            return [("–", None), *found]
        return None

    def row_of(self, metric_id: int) -> int:
        """The row of a metric; -1 where it is not shown."""
        return next((n for n, row in enumerate(self.rows) if row.id == metric_id), -1)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def flags(self, index: QModelIndex):
        flags = super().flags(index)
        if self.read_only or index.column() == CODE:
            return flags
        if index.column() == VETO:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(COLUMNS[section][1])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = FIELDS[section] in NUMBERS
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        metric, field = self.rows[index.row()], FIELDS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            numbers = field in ("due_day", "position")
            return self._typed(index.row(), field) if numbers else self._text(metric, field)
        if role == Qt.ItemDataRole.EditRole:
            return self._typed(index.row(), field)
        if role == Qt.ItemDataRole.CheckStateRole and field == "veto":
            return Qt.CheckState.Checked if metric.veto else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and field in NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole and field == "veto":
            return _("Veto") if metric.veto else _("no veto")
        if role == Qt.ItemDataRole.ForegroundRole and (metric.retired or field == "code"):
            return in_force().colour("muted")
        return None

    def _typed(self, row: int, field: str) -> Any:
        """What an editor of a cell begins with."""
        value = getattr(self.rows[row], field)
        if field == "position":
            return str(row + 1)
        if field in BOUNDS:
            return "" if value is None else figure_text(value)
        return str(value) if field == "due_day" else value

    def _text(self, metric: MetricRow, field: str) -> str:
        value = getattr(metric, field)
        if field == "name" and metric.retired:
            return _("{name} (retired)").format(name=value)
        if field in TERMS:
            return TERMS[field](value).label if value else "–"
        if field in BOUNDS:
            return figure_text(value)
        if field == "department_id":
            return metric.department or _("the squad")
        if field == "weighed_by_id":
            return self._names.get(value, "–")
        return "" if field == "veto" else str(value)

    def setData(self, index: QModelIndex, value, role=Qt.ItemDataRole.EditRole) -> bool:
        metric, field = self.rows[index.row()], FIELDS[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole and field == "veto":
            return self._keep(metric, field, Qt.CheckState(value) == Qt.CheckState.Checked)
        if role != Qt.ItemDataRole.EditRole or str(value) == str(self._typed(index.row(), field)):
            return False
        return self._keep(metric, field, value)


def read_cell(field: str, value: Any, unit: str) -> Any:
    """What is typed for a metric counted in a unit, as it is stored; `InputError` says what is
    wrong with it."""
    if field == "due_day":
        if not str(value).strip().isdecimal():
            raise InputError(_("The due day is a day of the month, from 1 to 31."))
        return int(value)
    if field not in BOUNDS:
        return value
    found = read_figure(value, unit)
    if isinstance(found, Reason):
        raise InputError(_("“{text}” {reason}.").format(text=value, reason=found.text))
    return found
