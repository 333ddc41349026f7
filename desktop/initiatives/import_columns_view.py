"""The third step of an import: what becomes of each column."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from ecofolio.initiatives.import_grid_view import GridModel, fit_columns, grid_view
from ecofolio.initiatives.import_targets import TARGET_BY_KEY, TARGETS
from ecofolio.intake.mapping import Becomes, Choice, Kind, Mapping
from ecofolio.intake.money import CURRENCIES, SCALE_NAMES
from ecofolio.intake.table import Table
from ecofolio.intake.units import describe
from ecofolio.text import _, pgettext
from ecofolio.vocabulary import FieldType
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space, Theme

_EDITOR_WIDTH = 360


def words_for(choice: Choice) -> str:
    """What becomes of a column, in words."""
    match choice.becomes:
        case Becomes.FIELD:
            return TARGET_BY_KEY[str(choice.target)].label
        case Becomes.CUSTOM if choice.type:
            return _("Custom field ({type})").format(type=choice.type.label)
        case Becomes.NOTE:
            return _("Note section")
    return _("Leave out")


def unit_words(choice: Choice) -> str:
    """The unit of a column of money, in words."""
    if not _is_money(choice):
        return ""
    unit = _(SCALE_NAMES.get(choice.scale, "")) or f"10^{choice.scale}"
    return f"{choice.currency} · {unit}" if choice.currency else unit


def _is_money(choice: Choice) -> bool:
    return choice.becomes is Becomes.FIELD and _kind(choice) is Kind.MONEY


def _kind(choice: Choice) -> Kind | None:
    return TARGET_BY_KEY[choice.target].kind if choice.target else None


class ColumnsStep(QWidget):
    """The columns as a table; the chosen one is edited at its right."""

    save_wanted = Signal()
    saved_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.mapping = Mapping((), "name")
        self._samples: list[list[str]] = []
        self._showing = False
        self.model = GridModel(self)
        self.view = grid_view(self.model, _("Columns of the list"), theme)
        self.view.selectionModel().currentRowChanged.connect(self._show_choice)
        self.key, self.saved = QComboBox(), QComboBox()
        self.key.setAccessibleName(_("Rows are found again by"))
        self.saved.setAccessibleName(_("Saved mappings"))
        self.key.activated.connect(self._take_key)
        self.saved.activated.connect(self._take_saved)
        save = button(_("Save mapping…"), self.save_wanted.emit, icon="save")
        bar = row(label(_("Rows are found again by"), "muted"), self.key, None, self.saved, save)
        left = Panel(_("Columns of the list"), flush=True)
        left.add(self.view, 1)
        self.editor = self._editor()
        below = row(spacing=Space.M)
        below.addWidget(left, 1)
        below.addWidget(self.editor)
        layout = column(bar, spacing=Space.M)
        layout.addLayout(below, 1)
        self.setLayout(layout)

    # --- the editor at the right --------------------------------------------------------------

    def _editor(self) -> Panel:
        self._header = label("", "name", wrap=True)
        self._sample = label("", "muted", wrap=True)
        self._why = label("", "caption", wrap=True)
        self.becomes, self.unit, self.currency = QComboBox(), QComboBox(), QComboBox()
        self.order, self.decimal, self.name = QComboBox(), QComboBox(), QLineEdit()
        self._fill_combos()
        self._form = QFormLayout()
        self._form.setVerticalSpacing(Space.S)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for name, control in (
            (_("Becomes"), self.becomes),
            (_("Name"), self.name),
            (pgettext("measure", "Unit"), self.unit),
            (_("Currency"), self.currency),
            (_("Order of dates"), self.order),
            (_("Decimal mark"), self.decimal),
        ):
            control.setAccessibleName(name)
            self._form.addRow(name, control)
        for combo in (self.becomes, self.unit, self.currency, self.order, self.decimal):
            combo.activated.connect(self._take_choice)
        self.name.editingFinished.connect(self._take_choice)
        panel = Panel()
        panel.setFixedWidth(_EDITOR_WIDTH)
        for part in (self._header, self._sample):
            panel.add(part)
        panel.add(self._form)
        panel.add(self._why)
        panel.body.addStretch(1)
        return panel

    def _fill_combos(self) -> None:
        for target in TARGETS:
            self.becomes.addItem(target.label, (Becomes.FIELD, target.key))
        self.becomes.insertSeparator(self.becomes.count())
        for kind in FieldType:
            title = _("Custom field ({type})").format(type=kind.label)
            self.becomes.addItem(title, (Becomes.CUSTOM, kind.value))
        self.becomes.addItem(_("Note section"), (Becomes.NOTE, ""))
        self.becomes.addItem(_("Leave out"), (Becomes.LEAVE_OUT, ""))
        for scale, name in SCALE_NAMES.items():
            self.unit.addItem(_(name), scale)
        self.currency.addItem(_("the programme's"), None)
        for code in CURRENCIES:
            self.currency.addItem(code, code)
        self.order.addItem(_("day, month, year"), "dmy")
        self.order.addItem(_("month, day, year"), "mdy")
        self.decimal.addItem(_("point: 1,234.5"), ".")
        self.decimal.addItem(_("comma: 1.234,5"), ",")

    # --- showing --------------------------------------------------------------------------------

    def show_mapping(self, table: Table, mapping: Mapping, saved: list[str]) -> None:
        """Show what is proposed for the columns of a list, and the names of saved mappings."""
        self._samples = [describe(table.values(place)) for place in range(len(table.columns))]
        self.mapping = mapping
        self.saved.clear()
        self.saved.addItem(_("Saved mappings"), "")
        for name in saved:
            self.saved.addItem(name, name)
        self.saved.setEnabled(bool(saved))
        heads = (_("Column"), _("For example"), _("Becomes"), pgettext("measure", "Unit"))
        self.model.fill(heads, range(len(mapping.choices)), self._cell)
        fit_columns(self.view)
        self._show_keys()
        if mapping.choices:
            self.view.selectRow(0)
            self._show_choice()

    def _cell(self, place: int, at: int) -> str:
        choice = self.mapping.choices[place]
        if at == 0:
            suffix = f" ({choice.occurrence})" if choice.occurrence > 1 else ""
            return choice.header + suffix
        if at == 1:
            return " · ".join(self._samples[place])
        return words_for(choice) if at == 2 else unit_words(choice)

    @property
    def _chosen(self) -> int:
        row_ = self.view.currentIndex().row()
        return row_ if 0 <= row_ < len(self.mapping.choices) else -1

    def _show_keys(self) -> None:
        self.key.clear()
        for target in TARGETS:
            if target.kind in (Kind.CODE, Kind.NAME) and self.fills(target.key):
                self.key.addItem(target.label, target.key)
        self.key.setCurrentIndex(max(self.key.findData(self.mapping.key), 0))
        self._take_key()

    def fills(self, key: str) -> bool:
        """Whether a column becomes this field."""
        return any(choice.target == key for choice in self.mapping.choices)

    def _show_choice(self) -> None:
        place = self._chosen
        self.editor.setEnabled(place >= 0)
        if place < 0:
            return
        choice = self.mapping.choices[place]
        self._showing = True
        self._header.setText(self._cell(place, 0))
        self._sample.setText("\n".join(text[:120] for text in self._samples[place]))
        what = choice.target or (choice.type.value if choice.type else "")
        self.becomes.setCurrentIndex(_find(self.becomes, (choice.becomes, what)))
        self.name.setText(choice.title)
        self.unit.setCurrentIndex(max(self.unit.findData(choice.scale), 0))
        if choice.currency and self.currency.findData(choice.currency) < 0:
            self.currency.addItem(choice.currency, choice.currency)
        self.currency.setCurrentIndex(_find(self.currency, choice.currency))
        self.order.setCurrentIndex(self.order.findData(choice.date_order))
        self.decimal.setCurrentIndex(self.decimal.findData(choice.decimal))
        self._why.setText(_("Unit: {why}").format(why=_(choice.why)) if choice.why else "")
        self._show_rows(choice)
        self._showing = False

    def _show_rows(self, choice: Choice) -> None:
        named = choice.becomes in (Becomes.CUSTOM, Becomes.NOTE)
        dates = _kind(choice) is Kind.DATE or choice.type is FieldType.DATE
        money = _is_money(choice)
        for control, visible in (
            (self.name, named),
            (self.unit, money),
            (self.currency, money),
            (self.order, dates),
            (self.decimal, money or choice.type is FieldType.NUMBER),
        ):
            self._form.setRowVisible(control, visible)
        self._why.setVisible(money and bool(choice.why))

    # --- correcting -----------------------------------------------------------------------------

    def _take_choice(self) -> None:
        place = self._chosen
        if self._showing or place < 0:
            return
        old = self.mapping.choices[place]
        becomes, what = self.becomes.currentData()
        choice = replace(
            old,
            becomes=becomes,
            target=what if becomes is Becomes.FIELD else None,
            type=FieldType(what) if becomes is Becomes.CUSTOM else None,
            title=self.name.text().strip() or old.title,
            scale=self.unit.currentData(),
            currency=self.currency.currentData(),
            date_order=self.order.currentData(),
            decimal=self.decimal.currentData(),
        )
        if (choice.scale, choice.currency) != (old.scale, old.currency):
            choice = replace(choice, why="")
        if choice == old and choice.why == old.why:
            return
        self.mapping = self.mapping.with_choice(choice)
        self.model.touch(place)
        self._show_keys()
        self._show_choice()

    def _take_key(self) -> None:
        key = self.key.currentData()
        if key:
            self.mapping = replace(self.mapping, key=key)

    def _take_saved(self) -> None:
        if self.saved.currentData():
            self.saved_chosen.emit(self.saved.currentData())


def _find(combo: QComboBox, data: object) -> int:
    """The place of what a combo keeps; `findData` compares tuples by identity."""
    return next((at for at in range(combo.count()) if combo.itemData(at) == data), 0)
