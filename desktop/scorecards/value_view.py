"""Input and output: spend against value in four corners, each one's balance, and who is built for
building's sake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QTableView,
    QWidget,
)

from ecofolio.format import money_short, money_unit
from ecofolio.scorecards.charts_view import CumulatedChart, Dot, ScatterChart
from ecofolio.scorecards.ranking import Place
from ecofolio.scorecards.reading import figure_text
from ecofolio.scorecards.value import QUADRANTS, Balance, Hollow, grouped
from ecofolio.scorecards.value_model import NAME, BalanceLine, ValueModel
from ecofolio.text import _, tip
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import column
from ecofolio.widgets.theme import Space, in_force

_TONES = {"bargain": "green", "engine": "accent", "seed": "muted", "sink": "red"}
_MOST_HOLLOW = 3  # lines in view


class Flows(NamedTuple):
    """What the view shows: balances and places by initiative, those built for building's sake,
    and what each initiative belongs to by what it is grouped by."""

    balances: Mapping[int, Balance]
    who: Mapping[int, Place]
    hollow: Sequence[Hollow]
    currency: str
    groups: Mapping[str, Mapping[int, str]]


class ValueView(QWidget):
    """The scatter above, the table below. `opened(id)` follows a click on an initiative,
    `worth_wanted` asks for what units are worth."""

    opened = Signal(int)
    worth_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._found = Flows({}, {}, (), "", {})
        self._split = self._paid = ""
        self._make_hollow()
        self.scatter = ScatterChart(
            _("Spend against value"), _("spend, powers of ten →"), _("value →")
        )
        self.scatter.opened.connect(self._open_dot)
        self.cumulated = CumulatedChart(_("Value and spend, cumulated"))
        self.charts = QStackedWidget()
        self.picture = QComboBox()
        self.picture.setAccessibleName(_("Chart"))
        for title, chart in (
            (_("Spend against value"), self.scatter), (_("Cumulated"), self.cumulated),
        ):  # fmt: skip
            self.picture.addItem(title)
            self.charts.addWidget(chart)
        self.picture.currentIndexChanged.connect(self.charts.setCurrentIndex)
        self.picture.currentIndexChanged.connect(self._say_upper)
        self._upper = Panel(_("Value and spend"), " ", action=self.picture, flush=True)
        self._upper.add(self.charts, 1)
        self.balances = ValueModel(self)
        self.table = QTableView()
        self._dress_table()
        self.by = QComboBox()
        self.by.setAccessibleName(_("Add up by"))
        for title, kind in (
            (_("By initiative"), ""), (_("By unit"), "unit"), (_("By scene"), "scene"),
            (_("By batch"), "batch"),
        ):  # fmt: skip
            self.by.addItem(title, kind)
        self.by.currentIndexChanged.connect(self._fill)
        self._lower = Panel(
            _("Value ÷ spend"), _("since the beginning"), action=self.by, flush=True
        )
        self._lower.add(self.table, 1)
        self._nothing = EmptyState(
            "chart-column",
            _("No figure has a value yet"),
            _("Set what units are worth"),
            self.worth_wanted.emit,
            explanation=_("A figure has a value by the coefficient of its metric and month."),
        )
        layout = column(self._hollow_panel, spacing=Space.M)
        layout.addWidget(self._upper, 4)
        layout.addWidget(self._lower, 4)
        layout.addWidget(self._nothing, 1)
        self.setLayout(layout)

    def _make_hollow(self) -> None:
        self.hollow = QListWidget()
        self.hollow.setAccessibleName(_("Built for building's sake"))
        self.hollow.setFrameShape(QFrame.Shape.NoFrame)
        self.hollow.setProperty("flush", True)
        self.hollow.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.hollow.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hollow.itemActivated.connect(
            lambda item: self.opened.emit(item.data(Qt.ItemDataRole.UserRole))
        )
        self._hollow_panel = Panel(
            _("Built for building's sake"), _("cards are issued, no deposits kept"), flush=True
        )
        self._hollow_panel.add(self.hollow)

    def _dress_table(self) -> None:
        table = self.table
        table.setAccessibleName(_("Value ÷ spend"))
        table.setModel(self.balances)
        table.setProperty("framed", False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for place, width in ((1, 110), (2, 110), (3, 150), (4, 110), (5, 110)):
            table.setColumnWidth(place, width)
        table.activated.connect(self._open)
        table.selectionModel().currentRowChanged.connect(self._fill_cumulated)

    def _open(self, index: QModelIndex) -> None:
        """Open the initiative of a row; a unit, a scene or a batch has no scorecard."""
        one = self.balances.lines[index.row()].initiative_id
        if one is not None:
            self.opened.emit(one)

    def _open_dot(self, place: int) -> None:
        """Go to the row of a dot, and open it where it is an initiative."""
        index = self.balances.index(place, NAME)
        self.table.setCurrentIndex(index)
        self._open(index)

    def fill(self, found: Flows) -> None:
        """Show what was read."""
        self._found = found
        some = any(balance.value for balance in found.balances.values())
        for part in (self._upper, self._lower):
            part.setVisible(some)
        self._nothing.setVisible(not some)
        self._say_hollow(found.hollow)
        self._fill()

    def _say_hollow(self, found: Sequence[Hollow]) -> None:
        self._hollow_panel.setVisible(bool(found))
        self.hollow.clear()
        height = in_force().row_height
        for one in found:
            where = f"{one.code} {one.name}" + (f" · {one.unit}" if one.unit else "")
            why = _why(one, self._found.currency)
            item = QListWidgetItem(f"{where}: {why}")
            item.setToolTip(tip(why))
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            item.setSizeHint(QSize(0, height))
            self.hollow.addItem(item)
        self.hollow.setFixedHeight(height * min(len(found), _MOST_HOLLOW) + 2)

    def _fill(self) -> None:
        """Show the balances by what is chosen, in scatter and table alike."""
        kind, found = self.by.currentData(), self._found
        if kind:
            added = grouped(found.balances, found.groups[kind]) if found.groups else {}
            lines = [BalanceLine(str(name), None, one) for name, one in added.items()]
        else:
            lines = [
                BalanceLine(f"{found.who[one].code}  {found.who[one].name}", one, balance)
                for one, balance in found.balances.items()
            ]
        self.table.verticalHeader().setDefaultSectionSize(in_force().row_height)
        self.balances.fill(lines, kind, found.currency)
        self._fill_scatter()
        self._fill_cumulated()

    def _fill_cumulated(self) -> None:
        """Show the curve of the row that is chosen; of all together where none is."""
        index, lines = self.table.currentIndex(), self.balances.lines
        balance: Balance | None
        if index.isValid() and index.row() < len(lines):
            name, one, balance = lines[index.row()]
            name = name if one is None else self._found.who[one].code  # it has to fit a caption
        else:
            name = _("All shown")
            added = grouped(self._found.balances, dict.fromkeys(self._found.balances, name))
            balance = added.get(name)
        told = _("{name}: paid back in {month}") if balance and balance.payback else (
            _("{name}: not paid back yet")
        )  # fmt: skip
        self._paid = told.format(name=name, month=balance.payback if balance else "")
        self.cumulated.fill(balance, self._found.currency, self._paid)
        self._say_upper()

    def _say_upper(self) -> None:
        if self._upper.head is not None:
            is_curve = self.charts.currentWidget() is self.cumulated
            self._upper.head.set_caption(self._paid if is_curve else self._split)

    def _fill_scatter(self) -> None:
        lines, who = self.balances.lines, self._found.who
        both = [n for n, one in enumerate(lines) if one.balance.spend > 0 and one.balance.value > 0]
        self._split = _("{n} of {total} with both, split at the medians").format(
            n=len(both), total=len(lines)
        )
        spends = sorted(lines[n].balance.spend for n in both) or [1]
        earned = sorted(lines[n].balance.value for n in both) or [1]
        middle = (spends[len(spends) // 2], earned[len(earned) // 2])
        dots = []
        for n in both:
            name, one, balance = lines[n]
            corner = QUADRANTS[balance.spend >= middle[0], balance.value >= middle[1]]
            spoken = _("{name}: {value} for {spend}. {words}").format(
                name=name,
                value=money_short(balance.value, self._found.currency),
                spend=money_short(balance.spend, self._found.currency),
                words=_(corner.name),
            )
            title = name if one is None else who[one].code
            tone = _TONES[corner.code]
            dots.append(Dot(n, balance.spend, balance.value, title, spoken, tone))
        corners = [_(QUADRANTS[key].name) for key in
                   ((False, True), (True, True), (False, False), (True, False))]  # fmt: skip
        currency = self._found.currency
        self.scatter.fill(
            dots,
            (float(middle[0]), float(middle[1])),
            corners,
            lambda fen: money_short(round(fen), currency),
        )


def _why(one: Hollow, currency: str) -> str:
    """Why an initiative counts as built for building's sake."""
    cards, promised = figure_text(one.cards), figure_text(one.card_target)
    if one.deposits is None:
        return _("{cards} cards of {promised} promised, but no deposits reported").format(
            cards=cards, promised=promised
        )
    unit = money_unit(currency=currency)
    return _("{cards} cards of {promised} promised, but deposits of {kept}, floor {floor}").format(
        cards=cards,
        promised=promised,
        kept=f"{figure_text(one.deposits)} {unit}",
        floor=f"{figure_text(one.deposit_floor)} {unit}",
    )
