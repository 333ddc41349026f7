"""The plan as a grid: what a sheet's lines say by month, what is typed, pasted and filled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from ecofolio.budget import plans
from ecofolio.budget.plan_actions import Cell
from ecofolio.budget.plan_sheet import Key, Line, Sheet, Source
from ecofolio.budget.rows_model import inert
from ecofolio.errors import InputError
from ecofolio.format import MONEY_UNITS, in_unit, money
from ecofolio.text import _, tip
from ecofolio.widgets.theme import in_force

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NONE = QModelIndex()
_STEP = "\u2003\u2002"  # a level of the names
OWN, OTHER, DIFFERENCE = range(3)


class Place(NamedTuple):
    """What a column shows: the sheet's own sums, the other's or their difference, of a month
    (of the whole year without one)."""

    of: int
    month: int | None


class PlanModel(QAbstractTableModel):
    """The lines of a sheet. Sums of lines and of the year are not typed.

    It writes nothing: `wanted` says what was typed, pasted or filled, by cell.
    """

    wanted = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.places: list[Place] = []
        self.sheet: Sheet | None = None
        self.opened: Collection[Key] = ()
        self.writable = False
        self.unit, self.currency, self._beside = "wan", "CNY", ""

    def fill(
        self,
        sheet: Sheet | None,
        lines: Sequence[Line],
        opened: Collection[Key],
        *,
        writable: bool,
        unit: str,
        currency: str,
        beside: str = "",
    ) -> None:
        """Show lines; the place in view stays where lines and columns are the same. `beside`
        names what the sheet is compared with."""
        places = _places(sheet)
        months = sheet.months if sheet else []
        same = self.sheet is not None and months == self.sheet.months and places == self.places
        same = same and [one.key for one in lines] == [one.key for one in self.lines]
        if not same:
            self.beginResetModel()
        self.sheet, self.lines, self.places, self.opened = sheet, list(lines), places, opened
        self.writable, self.unit, self.currency = writable, unit, currency
        self._beside = beside
        if not same:
            self.endResetModel()
        elif self.lines:
            end = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), end)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(places) - 1)

    def renew(self, lines: Mapping[int, Line]) -> None:
        """Show some lines with other sums, by place."""
        for place, line in lines.items():
            self.lines[place] = line
            end = self.index(place, self.columnCount() - 1)
            self.dataChanged.emit(self.index(place, 0), end)

    def rowCount(self, parent=_NONE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent=_NONE) -> int:
        return 0 if parent.isValid() or not self.lines else len(self.places)

    # --- what is shown -----------------------------------------------------------------------

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        across = orientation == Qt.Orientation.Horizontal
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if across else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._head(section) if across else tip(self.lines[section].name)
        if role == Qt.ItemDataRole.AccessibleTextRole and not across:
            return self.lines[section].name
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if across:
            return self._head(section)
        line = self.lines[section]
        sign = ("▾ " if line.key in self.opened else "▸ ") if line.opens else ""
        return f"{_STEP * line.depth}{sign}{line.name}"

    def _head(self, section: int) -> str:
        assert self.sheet is not None
        place = self.places[section]
        if place.of == OTHER:
            return self._beside
        if place.of == DIFFERENCE:
            return _("Difference")
        return _("Year") if place.month is None else self.sheet.months[place.month]

    def is_sum(self, index: QModelIndex) -> bool:
        """Whether a cell is not typed: a total, or what the plan is compared with."""
        place = self.places[index.column()]
        own = place.of == OWN and place.month is not None
        line = self.lines[index.row()]
        return not own or line.kind != "category" or not line.key[2]

    def fen(self, index: QModelIndex) -> int:
        """What stands in a cell, in fen."""
        return self._of(self.lines[index.row()], self.places[index.column()])

    @staticmethod
    def _of(line: Line, place: Place) -> int:
        other = line.other or (0,) * len(line.own)

        def of(sums: Sequence[int]) -> int:
            return sum(sums) if place.month is None else sums[place.month]

        if place.of == DIFFERENCE:
            return of(line.own) - of(other)
        return of(line.own if place.of == OWN else other)

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole):
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        line, place = self.lines[index.row()], self.places[index.column()]
        if role == Qt.ItemDataRole.FontRole:
            strong = place.of == OWN and (place.month is None or line.kind in ("total", "unit"))
            return in_force().font(strong=True) if strong else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return in_force().colour(self._token(line, place))
        fen = self.fen(index)
        if role == Qt.ItemDataRole.EditRole:
            return exact(fen, self.unit, grouped=True) if fen else ""
        if role == Qt.ItemDataRole.DisplayRole:
            sign = "+" if place.of == DIFFERENCE and fen > 0 else ""
            return f"{sign}{money(fen, self.unit)}" if fen else "–"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            said = in_unit(fen, "yuan", self.currency)
            told = f"{self.name_of(index)}: {said}"
            return tip(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    def name_of(self, index: QModelIndex) -> str:
        """What a cell is called: its line and month."""
        return f"{self.lines[index.row()].name}, {self._named(self.places[index.column()])}"

    def _token(self, line: Line, place: Place) -> str:
        """Spend above plan stands out; the difference has its sign as well."""
        if place.of == OWN:
            return "text"
        spent = self.sheet is not None and self.sheet.other == Source()
        over = self._of(line, Place(OTHER, place.month)) > self._of(line, Place(OWN, place.month))
        return "amber" if spent and over else "muted"

    def _named(self, place: Place) -> str:
        assert self.sheet is not None
        month = _("Year") if place.month is None else self.sheet.months[place.month]
        if place.of == OWN:
            return month
        return f"{month} · {self._beside if place.of == OTHER else _('Difference')}"

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.writable and not self.is_sum(index):
            found |= Qt.ItemFlag.ItemIsEditable
        return found

    # --- what is typed -----------------------------------------------------------------------

    def cell(self, index: QModelIndex) -> Cell:
        """Where a typed sum belongs."""
        assert self.sheet is not None
        _kind, own, code = self.lines[index.row()].key
        month = self.places[index.column()].month
        assert month is not None  # a year's total is a sum, and is not typed
        return own, code, self.sheet.months[month]

    def setData(self, index: QModelIndex, value, role=Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not self.writable or self.is_sum(index):
            return False
        try:
            fen = value if isinstance(value, int) else self._typed(str(value))
            return self._want({index: fen})
        except InputError as error:
            self.refused.emit(str(error))
            return False

    def _typed(self, text: str) -> int:
        if plans.is_ambiguous(text):
            words = _("“{text}” can be read in two ways: write it with a point, or in full.")
            raise InputError(words.format(text=text.strip()[:60]))
        return plans.typed(text, self.currency, self.unit)

    def paste(self, index: QModelIndex, block: Sequence[Sequence[str]]) -> bool:
        """Take a block of cells from a place on; all of it, or nothing and a sentence."""
        if not self.writable or not index.isValid() or not block:
            return False
        try:
            return self._want(self._pasted(index, block))
        except InputError as error:
            self.refused.emit(str(error))
            return False

    def _pasted(self, start: QModelIndex, block: Sequence[Sequence[str]]) -> dict[QModelIndex, int]:
        wide = max(map(len, block))
        if start.row() + len(block) > self.rowCount() or (
            start.column() + wide > self.columnCount()
        ):
            raise InputError(_("The block is larger than the table from here on."))
        cells: dict[QModelIndex, int] = {}
        sums: dict[QModelIndex, tuple[int, str]] = {}
        for down, texts in enumerate(block):
            for across, text in enumerate(texts):
                at = self.index(start.row() + down, start.column() + across)
                if not self.is_sum(at):
                    cells[at] = self._typed(text)
                elif text.strip() not in ("", "-", "–", "—"):
                    sums[at] = (self._read_sum(text), text)
        self._hold(cells, sums)
        return cells

    def _read_sum(self, text: str) -> int:
        text = text.strip().lstrip("+")
        return -self._typed(text[1:]) if text[:1] in ("-", "−") else self._typed(text)

    def _hold(
        self, cells: Mapping[QModelIndex, int], sums: Mapping[QModelIndex, tuple[int, str]]
    ) -> None:
        """What is pasted over sums has to be what they are, or will be: nothing is lost unsaid."""
        assert self.sheet is not None
        more: dict[tuple[object, ...], int] = {}
        for at, fen in cells.items():
            own, code, _month = self.cell(at)
            month, change = self.places[at.column()].month, fen - self.fen(at)
            keys: list[tuple[object, ...]] = [("category", own, code)]
            for key in [*keys, *((*one, "") for one in self.sheet.above(own))]:
                for when in (month, None):
                    more[key, when] = more.get((key, when), 0) + change
        for at, (fen, text) in sums.items():
            place, line = self.places[at.column()], self.lines[at.row()]
            change = 0 if place.of == OTHER else more.get((line.key, place.month), 0)
            if fen not in (self.fen(at), self.fen(at) + change):
                raise InputError(
                    _("“{text}” stands on a sum of {name}: paste months of categories.").format(
                        text=text.strip()[:60], name=line.name
                    )
                )

    def clear(self, indexes: Iterable[QModelIndex]) -> bool:
        """Take the sums of some cells away."""
        return self._want(dict.fromkeys(self._cells(indexes), 0))

    def fill_across(self, indexes: Iterable[QModelIndex]) -> bool:
        """Repeat each line's first chosen sum to the right, as Ctrl+R does in a spreadsheet."""
        return self._fill(indexes, lambda one: (one.row(), one.column()))

    def fill_down(self, indexes: Iterable[QModelIndex]) -> bool:
        """Repeat each month's first chosen sum downwards, as Ctrl+D does in a spreadsheet."""
        return self._fill(indexes, lambda one: (one.column(), one.row()))

    def _fill(self, indexes: Iterable[QModelIndex], order) -> bool:
        firsts: dict[int, int] = {}
        found = {}
        for one in sorted(self._cells(indexes), key=order):
            found[one] = firsts.setdefault(order(one)[0], self.fen(one))
        return self._want(found)

    def _cells(self, indexes: Iterable[QModelIndex]) -> list[QModelIndex]:
        return [one for one in indexes if self.writable and not self.is_sum(one)]

    def text_of(self, rows: Sequence[int], columns: Sequence[int], *, heads: bool = False) -> str:
        """A block as tab-separated figures that a spreadsheet takes, exact, in the display unit;
        with the names of lines and columns where `heads` says so."""
        lines = [
            [exact(self._of(self.lines[row], self.places[at]), self.unit) for at in columns]
            for row in rows
        ]
        if heads:
            for row, cells in zip(rows, lines, strict=True):
                cells.insert(0, inert(self.lines[row].name))
            lines.insert(0, ["", *(inert(self._head(place)) for place in columns)])
        return "\n".join("\t".join(line) for line in lines)

    def _want(self, sums: Mapping[QModelIndex, int]) -> bool:
        new = {self.cell(one): fen for one, fen in sums.items() if self.fen(one) != fen}
        if new:
            self.wanted.emit(new)
        return bool(new)


def exact(fen: int, unit: str, *, grouped: bool = False) -> str:
    """A sum in the display unit to the last fen."""
    found = (Decimal(fen) / MONEY_UNITS[unit][0]).normalize()
    return f"{found:,f}" if grouped else f"{found:f}"


def _places(sheet: Sheet | None) -> list[Place]:
    if sheet is None:
        return []
    months: list[int | None] = [None, *range(len(sheet.months))]
    if sheet.other is None:
        return [Place(OWN, month) for month in months]
    found = [Place(of, month) for month in months for of in (OWN, OTHER)]
    found.insert(2, Place(DIFFERENCE, None))
    return found
