"""How a list of operations was read: its sheet and columns, which a person may overrule."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QScrollArea, QWidget

from ecofolio.budget.importing import Report
from ecofolio.budget.money_lists import OPERATIONS
from ecofolio.intake.mapping import Becomes, Kind, Mapping
from ecofolio.intake.money import SCALE_NAMES
from ecofolio.text import _
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space

_MONEY = frozenset(one.key for one in OPERATIONS if one.kind is Kind.MONEY)
_HEIGHT = 190


class ListReadingView(QWidget):
    """The sheet, a saved mapping, and what each column was taken for.

    `changed` follows any choice; `mapping()` and `sheet()` are what was chosen, `saved_name()`
    the saved mapping to read by instead.
    """

    changed = Signal()
    save_wanted = Signal()

    def __init__(self, report: Report, saved: list[str]) -> None:
        super().__init__()
        assert report.mapping is not None
        self._mapping = report.mapping
        self.sheets, self.saved = QComboBox(), QComboBox()
        self.sheets.setAccessibleName(_("Sheet"))
        self.saved.setAccessibleName(_("Saved mappings"))
        self.sheets.addItems(report.sheets)
        self.sheets.setCurrentText(report.sheet)
        self.sheets.setVisible(len(report.sheets) > 1)
        self.saved.addItem(_("Saved mappings"), None)
        for name in saved:
            self.saved.addItem(name, name)
        self.saved.setEnabled(bool(saved))
        save = button(_("Save mapping…"), self.save_wanted.emit, icon="save")
        title = label(_("Columns of the list"), "muted")
        bar = row(title, None, self.sheets, self.saved, save, spacing=Space.S)
        self.targets: list[QComboBox] = []
        self.units: list[QComboBox] = []
        inside = QWidget()
        inside.setLayout(self._columns())
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setMinimumHeight(min(_HEIGHT, inside.sizeHint().height() + 4))
        layout = column(bar, spacing=Space.S)
        layout.addWidget(area, 1)
        layout.setContentsMargins(0, 0, 0, 0)
        self.setLayout(layout)
        self.sheets.activated.connect(lambda _n: self.changed.emit())
        self.saved.activated.connect(lambda _n: self.changed.emit())

    def _columns(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for place, choice in enumerate(self._mapping.choices):
            name = choice.title or choice.header
            target, unit = QComboBox(), QComboBox()
            target.setAccessibleName(name)
            target.addItem(_("Leave out"), None)
            for one in OPERATIONS:
                target.addItem(one.label, one.key)
            known = choice.target if choice.becomes is Becomes.FIELD else None
            target.setCurrentIndex(max(0, target.findData(known)))
            for scale, words in SCALE_NAMES.items():
                unit.addItem(_(words), scale)
            if unit.findData(choice.scale) < 0:
                unit.addItem(f"10^{choice.scale}", choice.scale)
            unit.setCurrentIndex(unit.findData(choice.scale))
            unit.setAccessibleName(_("Unit of {column}").format(column=name))
            unit.setVisible(known in _MONEY)
            target.activated.connect(partial(self._take, place))
            unit.activated.connect(lambda _n: self.changed.emit())
            for at, part in enumerate((label(name), target, unit)):
                grid.addWidget(part, place, at)
            self.targets.append(target)
            self.units.append(unit)
        return grid

    def _take(self, place: int, _chosen: int) -> None:
        """A part of an operation comes from one column: who had it gives way."""
        key = self.targets[place].currentData()
        for other, field in enumerate(self.targets):
            if other != place and key is not None and field.currentData() == key:
                field.setCurrentIndex(0)
            self.units[other].setVisible(field.currentData() in _MONEY)
        self.changed.emit()

    def sheet(self) -> str | None:
        """The chosen sheet; None where there is but one."""
        return self.sheets.currentText() if self.sheets.count() > 1 else None

    def saved_name(self) -> str | None:
        """The name of the saved mapping that was chosen."""
        return self.saved.currentData()

    def mapping(self) -> Mapping:
        """What each column is to be read as."""
        choices = []
        for choice, target, unit in zip(
            self._mapping.choices, self.targets, self.units, strict=True
        ):
            key = target.currentData()
            becomes = Becomes.LEAVE_OUT if key is None else Becomes.FIELD
            scale = unit.currentData() if key in _MONEY else 0
            choices.append(replace(choice, becomes=becomes, target=key, type=None, scale=scale))
        return Mapping(tuple(choices), self._mapping.key)
