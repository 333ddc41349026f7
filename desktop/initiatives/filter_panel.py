"""What a column is filtered by: values with their counts, a text it contains, a range."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from ecofolio.errors import InputError
from ecofolio.initiatives.arrangement import Condition, Count
from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.fields import Kind
from ecofolio.initiatives.typed import Reading
from ecofolio.text import _
from ecofolio.widgets.choosers import Popup
from ecofolio.widgets.keys import is_press
from ecofolio.widgets.parts import SearchField, button, label, row, set_property
from ecofolio.widgets.theme import in_force

_KEY = Qt.ItemDataRole.UserRole
_RANGES = (Kind.DATE, Kind.MONEY, Kind.NUMBER)
_TEXTS = (Kind.TEXT, Kind.LONG_TEXT, Kind.TAGS)
_MOST = 500  # values that are worth choosing among


class FilterPanel(Popup):
    """Follows every tick and keystroke with `changed(condition)`."""

    changed = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        column: Column,
        counts: list[Count],
        condition: Condition,
        reading: Reading,
    ) -> None:
        super().__init__(parent, _("Filter {column}").format(column=column.title))
        self._column, self._reading = column, reading
        self.body.addWidget(label(column.title, "heading"))
        self.contains: QLineEdit | None = None
        self.low: QLineEdit | None = None
        self.high: QLineEdit | None = None
        self.list: QListWidget | None = None
        self._many = len(counts) > _MOST or column.kind in _RANGES or column.kind is Kind.LONG_TEXT
        if column.kind in _RANGES:
            self._add_range(condition)
        if column.kind in _TEXTS:
            self.contains = SearchField(_("Contains"), _("Contains"))
            self.contains.setText(condition.contains)
            self.contains.textChanged.connect(self._tell)
            self.body.addWidget(self.contains)
        if not self._many:
            self._add_values(counts, condition)
        self.body.addLayout(row(None, button(_("Show all"), self._show_all, link=True)))
        first = self.low or self.contains or self.list
        if first is not None:
            first.setFocus()

    def _add_range(self, condition: Condition) -> None:
        self.low, self.high = QLineEdit(), QLineEdit()
        for title, field, bound in (
            (_("From"), self.low, condition.low),
            (_("To"), self.high, condition.high),
        ):
            field.setAccessibleName(title)
            field.setText(self._spoken(bound))
            if self._column.kind is Kind.MONEY:
                field.setPlaceholderText(self._column.head)
            field.textChanged.connect(self._tell)
            name = label(title, "muted")
            name.setFixedWidth(44)
            self.body.addLayout(row(name, field))

    def _spoken(self, bound: Any) -> str:
        if bound is None:
            return ""
        if isinstance(bound, date):
            return bound.isoformat()
        if self._column.kind is Kind.MONEY:
            return f"{bound / 10 ** (2 + self._reading.setting.money_power):g}"
        return f"{bound:g}"

    def _add_values(self, counts: list[Count], condition: Condition) -> None:
        if len(counts) > 10:
            search = SearchField(_("Find"), _("Find in {name}").format(name=self._column.title))
            search.textChanged.connect(self._narrow)
            self.body.addWidget(search)
        self.list = QListWidget()
        self.list.setAccessibleName(self._column.title)
        self.list.setUniformItemSizes(True)
        for one in counts:
            item = QListWidgetItem(f"{one.text or _('blank')}  {one.n}", self.list)
            item.setSizeHint(QSize(0, in_force().row_height - 2))
            item.setData(_KEY, (one.value,))  # a value of its own type, whatever Qt makes of it
            on = condition.values is not None and one.value in condition.values
            item.setCheckState(_ticked(on))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        height = in_force().row_height - 2
        self.list.setFixedHeight(min(12, max(1, len(counts))) * height + 6)
        self.list.setMinimumWidth(max(200, min(340, self.list.sizeHintForColumn(0) + 44)))
        self.list.itemClicked.connect(self._toggle)
        self.list.installEventFilter(self)
        self.body.addWidget(self.list)

    def _narrow(self, text: str) -> None:
        assert self.list is not None
        wanted = text.casefold().strip()
        for place in range(self.list.count()):
            item = self.list.item(place)
            item.setHidden(wanted not in item.text().casefold())

    def _toggle(self, item: QListWidgetItem) -> None:
        item.setCheckState(_ticked(item.checkState() is not Qt.CheckState.Checked))
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if watched is self.list and is_press(event) and event.key() in keys:
            item = self.list.currentItem()
            if item is not None:
                self._toggle(item)
            return True
        return super().eventFilter(watched, event)

    def _show_all(self) -> None:
        self.changed.emit(Condition())
        self.close()

    def condition(self) -> Condition:
        """What is asked for; a bound that can not be read is marked and left out."""
        values = None
        if self.list is not None:
            items = [self.list.item(place) for place in range(self.list.count())]
            on = [item for item in items if item.checkState() is Qt.CheckState.Checked]
            values = frozenset(item.data(_KEY)[0] for item in on) if on else None
        contains = self.contains.text().strip() if self.contains is not None else ""
        return Condition(values, contains, self._bound(self.low), self._bound(self.high))

    def _bound(self, field: QLineEdit | None) -> Any:
        if field is None:
            return None
        try:
            found = self._reading.value(self._column, field.text())
        except InputError:
            set_property(field, "state", "wrong")
            return None
        set_property(field, "state", "")
        if found is None or not isinstance(found, str):
            return found
        return date.fromisoformat(found) if self._column.kind is Kind.DATE else float(found)

    def _tell(self) -> None:
        self.changed.emit(self.condition())


def _ticked(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
