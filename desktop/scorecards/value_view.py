"""Input and output: spend against value in four corners, and each initiative's balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ecofolio.format import money_short
from ecofolio.scorecards.charts_view import Dot, ScatterChart
from ecofolio.scorecards.ranking import Place
from ecofolio.scorecards.value import QUADRANTS, Balance, Hollow, grouped
from ecofolio.text import _, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import column
from ecofolio.widgets.theme import Space, in_force

_TONES = {"bargain": "green", "engine": "accent", "seed": "muted", "sink": "red"}


class ValueView(QWidget):
    """The scatter above, the table below. `opened(id)` follows a click on either."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._known: Mapping[int, Balance] = {}
        self._who: Mapping[int, Place] = {}
        self._groups: Mapping[str, Mapping[int, str]] = {}
        self._currency = ""
        self.hollow = InlineMessage()
        self.scatter = ScatterChart(
            _("Spend against value"), _("spend, powers of ten →"), _("value →")
        )
        self.scatter.opened.connect(self.opened)
        self._upper = Panel(_("Spend against value"), " ", flush=True)
        self._upper.add(self.scatter, 1)
        self.table = QTableWidget(0, 6)
        self._dress_table()
        self.by = QComboBox()
        self.by.setAccessibleName(_("Add up by"))
        for title, kind in (
            (_("By initiative"), ""), (_("By unit"), "unit"), (_("By scene"), "scene"),
            (_("By batch"), "batch"),
        ):  # fmt: skip
            self.by.addItem(title, kind)
        self.by.currentIndexChanged.connect(lambda _place: self._fill_table())
        self._lower = Panel(
            _("Value ÷ spend"), _("since the beginning"), action=self.by, flush=True
        )
        self._lower.add(self.table, 1)
        self._nothing = EmptyState(
            "chart-column",
            _("No figure has a value yet"),
            explanation=_("A figure has a value by the coefficient of its metric and month."),
        )
        layout = column(self.hollow, spacing=Space.M)
        layout.addWidget(self._upper, 5)
        layout.addWidget(self._lower, 4)
        layout.addWidget(self._nothing, 1)
        self.setLayout(layout)

    def _dress_table(self) -> None:
        table = self.table
        table.setAccessibleName(_("Value ÷ spend"))
        table.setProperty("framed", False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setHorizontalHeaderLabels(
            [_("Initiative"), _("Value"), _("Spend"), _("Value ÷ spend"), _("Paid back in"),
             _("Self-sufficient")]
        )  # fmt: skip
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        table.horizontalHeaderItem(0).setTextAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        for place, width in ((1, 110), (2, 110), (3, 150), (4, 110), (5, 110)):
            table.setColumnWidth(place, width)
            table.horizontalHeaderItem(place).setTextAlignment(right)
        table.cellDoubleClicked.connect(lambda n, _place: self._open(n))

    def _open(self, row: int) -> None:
        """Open the initiative of a row; a unit, a scene or a batch has no scorecard."""
        key = self.table.item(row, 0).data(Qt.ItemDataRole.UserRole)
        if key is not None:
            self.opened.emit(key)

    def fill(
        self,
        balances: Mapping[int, Balance],
        who: Mapping[int, Place],
        hollow: Sequence[Hollow],
        currency: str,
        groups: Mapping[str, Mapping[int, str]],
    ) -> None:
        """Show balances of initiatives, and name those with cards but no deposits.

        `groups` are the words for the unit, scene and batch of each, to add balances up by.
        """
        known = {one: balance for one, balance in balances.items() if one in who}
        self._known, self._who, self._currency, self._groups = known, who, currency, groups
        some = any(balance.value for balance in known.values())
        for part in (self._upper, self._lower):
            part.setVisible(some)
        self._nothing.setVisible(not some)
        self._say_hollow(hollow)
        self._fill_scatter(known, who, currency)
        self._fill_table()

    def _say_hollow(self, found: Sequence[Hollow]) -> None:
        self.hollow.setVisible(bool(found))
        if found:
            names = _(", ").join(f"{one.code} {one.name}" for one in found[:6])
            text = ngettext(
                "{n} initiative issues cards and keeps no deposits: {names}",
                "{n} initiatives issue cards and keep no deposits: {names}",
                len(found),
            )
            self.hollow.say(text.format(n=len(found), names=names), tone="amber")

    def _fill_scatter(
        self, known: Mapping[int, Balance], who: Mapping[int, Place], currency: str
    ) -> None:
        both = {one: x for one, x in known.items() if x.spend > 0 and x.value > 0}
        if self._upper.head is not None:
            self._upper.head.set_caption(
                _("{n} of {total} with both, split at the medians").format(
                    n=len(both), total=len(known)
                )
            )
        spends = sorted(x.spend for x in both.values()) or [1]
        earned = sorted(x.value for x in both.values()) or [1]
        middle = (spends[len(spends) // 2], earned[len(earned) // 2])
        dots = []
        for one, balance in both.items():
            corner = QUADRANTS[balance.spend >= middle[0], balance.value >= middle[1]]
            spoken = _("{name}: {value} for {spend}. {words}").format(
                name=f"{who[one].code} {who[one].name}",
                value=money_short(balance.value, currency),
                spend=money_short(balance.spend, currency),
                words=_(corner.name),
            )
            tone = _TONES[corner.code]
            dots.append(Dot(one, balance.spend, balance.value, who[one].code, spoken, tone))
        corners = [_(QUADRANTS[key].name) for key in
                   ((False, True), (True, True), (False, False), (True, False))]  # fmt: skip
        self.scatter.fill(dots, (float(middle[0]), float(middle[1])), corners)

    def _lines(self) -> list[tuple[str, int | None, Balance]]:
        """What the table shows: the words, the initiative if it is one, and the balance."""
        kind = self.by.currentData()
        if kind:
            added = grouped(self._known, self._groups[kind])
            return [(str(name), None, balance) for name, balance in added.items()]
        who = self._who
        return [
            (f"{who[one].code}  {who[one].name}", one, balance)
            for one, balance in self._known.items()
        ]

    def _fill_table(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(in_force().row_height)
        head = self.table.horizontalHeaderItem(0)
        heads = {"unit": _("Unit"), "scene": _("Scene"), "batch": _("Batch")}
        head.setText(heads.get(self.by.currentData(), _("Initiative")))
        lines = sorted(self._lines(), key=lambda one: (-(one[2].ratio or Fraction(-1)), one[0]))
        self.table.setRowCount(len(lines))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for n, (name, identity, balance) in enumerate(lines):
            ratio = balance.ratio
            cells = (
                name,
                money_short(balance.value, self._currency),
                money_short(balance.spend, self._currency),
                f"{float(ratio):.2f}" if ratio is not None else f"– {balance.reason}",
                balance.payback or "–",
                "✓" if balance.self_sufficient else "–",
            )
            for place, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(balance.reason if place == 3 else "")
                if place:
                    item.setTextAlignment(right)
                self.table.setItem(n, place, item)
            self.table.item(n, 0).setData(Qt.ItemDataRole.UserRole, identity)
