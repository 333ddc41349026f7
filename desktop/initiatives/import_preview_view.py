"""The fourth step of an import: what will happen, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QTabBar, QWidget

from ecofolio.format import money_unit
from ecofolio.initiatives.fields import BY_KEY, Kind
from ecofolio.initiatives.import_grid_view import GridModel, fit_columns, grid_view
from ecofolio.initiatives.import_plan import Plan, Updated, shown
from ecofolio.text import N_, _, in_a_row, listed, ngettext
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import SearchField, column, label, row
from ecofolio.widgets.theme import Space, Theme

_ASIDE = {
    "total": N_("a total"),
    "header": N_("a repeated header"),
    "remark": N_("a remark"),
    "section": N_("a heading within the list"),
}


@dataclass(frozen=True)
class Listing:
    """One tab: a title that counts, heads, and rows as texts."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Any]
    cell: Callable[[Any, int], str]


def listings(plan: Plan) -> list[Listing]:
    """What a plan would do, a list a tab; tabs without rows are left out but for the first two."""
    changes = [
        (one, name, old, new) for one in plan.updated for name, old, new in changes_of(plan, one)
    ]
    updated = len(plan.updated)
    made = [
        _created(plan),
        Listing(
            _("Changed {n}").format(n=updated),
            (_("Row"), _("Code"), _("Name"), _("Field"), _("Before"), _("After")),
            changes,
            lambda line, at: (
                str(line[0].row), line[0].code, line[0].name, line[1], line[2], line[3],
            )[at],
        ),
        _texts(
            _("Not readable {n}"),
            (_("Row"), _("Column"), _("Text"), _("Reason")),
            [(str(one.row), one.column, one.text, one.reason) for one in plan.unreadable],
        ),
        _texts(
            _("Refused {n}"),
            (_("Row"), _("Reason")),
            [(str(one.row), one.reason) for one in plan.refused],
        ),
        _texts(
            _("Left out {n}"),
            (_("Row"), _("Text"), _("Reason")),
            [(str(one.row), one.text, _(_ASIDE[one.why])) for one in plan.skipped],
        ),
        _texts(_("Unchanged {n}"), (_("Row"),), [(str(number),) for number in plan.unchanged]),
    ]  # fmt: skip
    return [one for at, one in enumerate(made) if one.rows or at < 2]


def _texts(title: str, heads: Sequence[str], rows: list[tuple[str, ...]]) -> Listing:
    return Listing(title.format(n=len(rows)), heads, rows, lambda line, at: line[at])


def _created(plan: Plan) -> Listing:
    used = {key for one in plan.created[:1000] for key in one.values}
    keys = [key for key in BY_KEY if key in used]
    return Listing(
        _("New {n}").format(n=len(plan.created)),
        (_("Row"), *(_head(plan, key) for key in keys)),
        plan.created,
        lambda one, at: (
            str(one.row)
            if at == 0
            else shown(plan.references, keys[at - 1], one.values.get(keys[at - 1]))
        ),
    )


def _head(plan: Plan, key: str) -> str:
    one = BY_KEY[key]
    if one.kind is not Kind.MONEY:
        return one.label
    unit = money_unit("yuan", plan.money_in)  # in which `shown` writes sums
    return _("{name} ({unit})").format(name=one.label, unit=unit)


def changes_of(plan: Plan, one: Updated) -> list[tuple[str, str, str]]:
    """Field, before and after of everything that changes of an initiative."""
    changes = [
        (_head(plan, key), shown(plan.references, key, old), shown(plan.references, key, new))
        for key, (old, new) in one.fields.items()
    ]
    for kept in (one.custom, one.notes):
        changes += [(name, text.old or "", text.new or "") for name, text in kept.items()]
    return changes


def consequences(plan: Plan) -> str:
    """What else will happen, in a few sentences."""
    said = []
    if plan.currency:
        said.append(
            _("The programme takes over the list's currency, {currency}.").format(
                currency=plan.currency
            )
        )
    if plan.is_currency_guessed:
        text = _("“$” is taken for {currency}: choose the column's currency if it is another.")
        said.append(text.format(currency=plan.currency))
    new = sum(1 for _record in plan.new_records())
    if new:
        said.append(
            ngettext(
                "{n} unit, department, person or scene is added.",
                "{n} units, departments, people and scenes are added.",
                new,
            ).format(n=new)
        )
    if plan.new_fields:
        said.append(_("New custom fields: {names}.").format(names=listed(plan.new_fields)))
    if plan.unreadable:
        said.append(_("What can not be read is kept word for word in the notes."))
    if plan.updated or plan.unchanged:
        said.append(_("An empty cell does not clear a value."))
    return in_a_row(said)


class PreviewStep(QWidget):
    """A tab for each kind of thing that will happen, and a filter over all of them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._listings: list[Listing] = []
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(_("What will happen"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.currentChanged.connect(self._turn)
        self.search = SearchField(_("Find in the list"))
        self.search.setFixedWidth(240)
        self._said = label("", "muted", wrap=True)
        self.model = GridModel(self)
        self.view = grid_view(self.model, _("What will happen"), theme)
        panel = Panel(flush=True)
        panel.body.setContentsMargins(1, 1, 1, 1)
        panel.add(self.view, 1)
        layout = column(self._said, row(self.tabs, None, self.search), spacing=Space.M)
        layout.addWidget(panel, 1)
        self.setLayout(layout)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self._narrow)
        self.search.textChanged.connect(self._pause.start)

    def show_plan(self, plan: Plan) -> None:
        """Show what a plan would do."""
        self._listings = listings(plan)
        self._said.setText(consequences(plan))
        self._said.setVisible(bool(self._said.text()))
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for listing in self._listings:
            self.tabs.addTab(listing.title)
        self.tabs.blockSignals(False)
        first = next((at for at, one in enumerate(self._listings) if one.rows), 0)
        self.tabs.setCurrentIndex(first)
        self._turn(first)

    def _turn(self, tab: int) -> None:
        if 0 <= tab < len(self._listings):
            one = self._listings[tab]
            self.model.fill(one.heads, one.rows, one.cell, text=self.search.text())
            fit_columns(self.view)

    def _narrow(self) -> None:
        self.model.narrow(self.search.text())
