"""The tools over the table: the filters in force, grouping and columns."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ecofolio.initiatives.arrangement import Condition
from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.desk import Desk
from ecofolio.initiatives.table_view import InitiativeTable
from ecofolio.text import _, listed
from ecofolio.widgets.choosers import Chip
from ecofolio.widgets.parts import FlowLayout, button, clear, row, tool_button

_MOST_WORDS = 2  # values that a chip names


class ToolsPanel(QWidget):
    """Everything that changes which rows and columns are shown; `changed` follows."""

    changed = Signal()

    def __init__(self, table: InitiativeTable, desk: Desk) -> None:
        super().__init__()
        self._table, self._desk, self._model = table, desk, table.table_model
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, 6)
        self.group_button = button(_("Group: {field}"), self._open_groups, icon="layers")
        self.columns_button = button(_("Columns"), self.open_columns, icon="columns-3")
        layout = row(self.group_button, self.columns_button, self._chips)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        table.header.sorts_wanted.connect(self.sort)
        table.header.menu_wanted.connect(self._open_head_menu)
        self.show_state()

    def show_state(self) -> None:
        """Show the filters and the grouping in force."""
        arrangement = self._model.arrangement
        group = arrangement.columns.get(arrangement.group_key)
        text = _("Group: {field}").format(field=group.title if group else _("none"))
        self.group_button.setText(text)
        self.group_button.setAccessibleName(text)
        clear(self._flow)
        for key, condition in arrangement.conditions.items():
            column = arrangement.columns[key]
            chip = Chip(column.title, _words(column, condition, arrangement.counts(key)))
            chip.set_value(chip.value, chosen=True)
            chip.clicked.connect(lambda _on=False, key=key, chip=chip: self.open_filter(key, chip))
            self._flow.addWidget(chip)
            words = _("Take the filter on {column} away").format(column=column.title)
            away = tool_button("x", words, partial(self.filter, key, Condition()))
            self._flow.addWidget(away)
        self._chips.updateGeometry()

    # --- rows --------------------------------------------------------------------------------

    def filter(self, key: str, condition: Condition) -> None:
        """Filter by a column, along with what else is in force."""
        conditions = {**self._model.arrangement.conditions, key: condition}
        self._model.rearrange(lambda arrangement: arrangement.set_conditions(conditions))
        self.show_state()
        self._head_changed()

    def clear_filters(self) -> None:
        """Take the filters of all columns away."""
        self._model.rearrange(lambda arrangement: arrangement.set_conditions({}))
        self.show_state()
        self._head_changed()

    def sort(self, sorts) -> None:
        """Sort by columns."""
        self._model.rearrange(lambda arrangement: arrangement.set_sorts(sorts))
        self._head_changed()

    def group(self, key: str) -> None:
        """Group by a column; by none with an empty key."""
        self._model.rearrange(lambda arrangement: arrangement.set_group(key))
        self.show_state()
        self._head_changed()

    def _head_changed(self) -> None:
        self._table.header.viewport().update()
        self.changed.emit()

    def open_filter(self, key: str, anchor: QWidget) -> None:
        """Open the filter of a column."""
        from ecofolio.initiatives.filter_panel import FilterPanel

        arrangement = self._model.arrangement
        popup = FilterPanel(
            anchor,
            arrangement.columns[key],
            arrangement.counts(key),
            arrangement.conditions.get(key, Condition()),
            self._desk.reading,
        )
        popup.changed.connect(lambda condition: self.filter(key, condition))
        number = self._model.column_of(key)
        if anchor is self._table.header and number is not None:
            popup.adjustSize()
            header = self._table.header
            x = header.sectionViewportPosition(number)
            popup.move(header.mapToGlobal(QPoint(max(0, x), header.height() + 2)))
            popup.show()
        else:
            # the chip is made anew with every change: the popup must not go with it
            popup.setParent(self, popup.windowFlags())
            popup.open_below(anchor)

    def _open_groups(self) -> None:
        menu = QMenu(self)
        current = self._model.arrangement.group_key
        none = menu.addAction(_("None"), lambda: self.group(""))
        _check(none, not current)
        menu.addSeparator()
        for column in self._groupable():
            action = menu.addAction(_escaped(column.title), partial(self.group, column.key))
            _check(action, column.key == current)
        if current:
            menu.addSeparator()
            menu.addAction(_("Fold all"), lambda: self._fold(True))
            menu.addAction(_("Unfold all"), lambda: self._fold(False))
        menu.popup(self.group_button.mapToGlobal(QPoint(0, self.group_button.height() + 2)))

    def _groupable(self) -> list[Column]:
        every = self._model.arrangement.columns.values()
        return [column for column in every if column.key not in ("code", "name", "description")]

    def _fold(self, folded: bool) -> None:
        self._model.rearrange(lambda arrangement: arrangement.fold(folded))

    # --- columns -----------------------------------------------------------------------------

    def shown_keys(self) -> list[str]:
        """The keys of the shown columns, from left to right."""
        return [column.key for column in self._table.columns_in_view()]

    def show_columns(self, keys: list[str], widths: dict[str, int] | None = None) -> None:
        """Show these columns in this order; those that are new get the width they need."""
        kept = {**self._table.widths(), **(widths or {})}
        header = self._table.header
        header.blockSignals(True)
        for place in range(header.count()):  # the model's own order again
            header.moveSection(header.visualIndex(place), place)
        header.blockSignals(False)
        self._model.show_columns(keys)
        self._table.fit_columns(kept)
        self.changed.emit()

    def open_columns(self) -> None:
        """Choose and order the columns."""
        from ecofolio.initiatives.columns_panel import ColumnsPanel

        every = list(self._model.arrangement.columns.values())
        popup = ColumnsPanel(self.columns_button, every, self.shown_keys())
        popup.chosen.connect(self.show_columns)
        popup.open_below(self.columns_button)

    def _open_head_menu(self, section: int, at: QPoint) -> None:
        menu = QMenu(self)
        self.fill_column_menu(menu, self._model.shown[section])
        menu.popup(at)

    def fill_column_menu(self, menu: QMenu, column: Column) -> None:
        """What can be done with a column."""
        key, header = column.key, self._table.header
        menu.addAction(_("Sort upward"), lambda: header.sort_by(key, descending=False))
        menu.addAction(_("Sort downward"), lambda: header.sort_by(key, descending=True))
        menu.addAction(_("Then sort by this"), lambda: header.sort_by(key, add=True))
        menu.addSeparator()
        menu.addAction(_("Filter…"), lambda: self.open_filter(key, header))
        if key in self._model.arrangement.conditions:
            menu.addAction(_("Take the filter away"), lambda: self.filter(key, Condition()))
        menu.addAction(_("Group by this"), lambda: self.group(key))
        menu.addSeparator()
        left = [other for other in self.shown_keys() if other != key]
        hide = menu.addAction(_("Hide this column"), lambda: self.show_columns(left))
        hide.setEnabled(bool(left))
        menu.addAction(_("Columns…"), self.open_columns)


def _words(column: Column, condition: Condition, counts) -> str:
    if condition.values is not None:
        texts = [one.text or _("blank") for one in counts if one.value in condition.values]
        if len(texts) > _MOST_WORDS:
            return _("{n} values").format(n=len(condition.values))
        return listed(texts) or _("{n} values").format(n=len(condition.values))
    if condition.contains:
        return f"“{condition.contains}”"
    return _("range")


def _check(action: QAction, on: bool) -> None:
    action.setCheckable(True)
    action.setChecked(on)


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
