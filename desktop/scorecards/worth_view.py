"""What one unit of a metric is worth, from which month on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
)

from ecofolio.errors import EcofolioError, InputError
from ecofolio.intake.money import number_of
from ecofolio.scorecards import actions, periods
from ecofolio.scorecards.queries import MetricRow
from ecofolio.text import _
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space, in_force

_YUAN = 10**8  # millionths of a fen
_MOST = Decimal(10**9)  # yuan a unit; what a figure comes to then is checked when it is kept
_HEIGHT, _LIST_WIDTH = 150, 320


def worth_text(micro_fen: int) -> str:
    """Millionths of a fen as yuan: `60`, `0.0012`."""
    whole, rest = divmod(micro_fen, _YUAN)
    return f"{whole:,}" + (f".{rest:08d}".rstrip("0") if rest else "")


def read_worth(text: str) -> int:
    """Typed yuan as millionths of a fen, half up; `InputError` where they are no amount."""
    amount = number_of(text)
    if amount is None or not 0 <= amount <= _MOST:
        raise InputError(_("“{text}” is not what a unit can be worth in yuan.").format(text=text))
    return int(amount * _YUAN + Decimal("0.5"))


class WorthView(Panel):
    """Coefficients by date at the left, a form for one more at the right. `say` is handed the
    sentence of what went wrong, and an empty one after each change."""

    def __init__(self, context: PageContext, say: Callable[[str], object]) -> None:
        super().__init__(_("Value of one unit"), " ", flush=True)
        self.context, self._say = context, say
        self._all: Mapping[int, Sequence[tuple[str, int]]] = {}
        self._metric: MetricRow | None = None
        self.table = QTableWidget(0, 2)
        self._dress()
        self.month, self.amount = QLineEdit(), QLineEdit()
        for field, name in ((self.month, _("From month")), (self.amount, _("Yuan a unit"))):
            field.setAccessibleName(name)
            field.setMaximumWidth(140)
            field.textChanged.connect(self._ready)
            field.returnPressed.connect(self.keep)
        self.month.setPlaceholderText("2026-10")
        self.set = button(_("Set value"), self.keep)
        self.remove = button(_("Remove"), self.take_back)
        form = column(
            row(label(_("From month"), "muted"), self.month, label(_("Yuan a unit"), "muted"),
                self.amount, self.set, self.remove, None),
            label(_("A month before keeps the value that it had."), "caption", wrap=True),
            None,
        )  # fmt: skip
        form.setContentsMargins(Space.M, 0, Space.M, Space.S)
        self.none = label(_("Nothing yet: its figures bring no value."), "muted", wrap=True)
        self.none.setContentsMargins(Space.M, 0, Space.M, 0)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        for part in (self.table, self.none):
            part.setFixedWidth(_LIST_WIDTH)
        whole = row(self.table, self.none, spacing=0)
        whole.addLayout(form, 1)
        self.add(whole, 1)
        self.setFixedHeight(_HEIGHT)

    def _dress(self) -> None:
        table = self.table
        table.setAccessibleName(_("Values by month"))
        table.setProperty("framed", False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setHorizontalHeaderLabels([_("From month"), _("Yuan a unit")])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setStretchLastSection(True)
        middle = Qt.AlignmentFlag.AlignVCenter
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        for place, side in enumerate(sides):
            table.horizontalHeaderItem(place).setTextAlignment(side | middle)
        table.currentCellChanged.connect(lambda *_cells: self._pick())

    def take(self, coefficients: Mapping[int, Sequence[tuple[str, int]]]) -> None:
        """Take other coefficients, by metric."""
        self._all = coefficients

    def show_metric(self, metric: MetricRow | None) -> None:
        """Show what a metric is worth."""
        self._metric = metric
        found = list(self._all.get(metric.id, ())) if metric else []
        if self.head is not None:
            self.head.set_caption(f"{metric.name} · {metric.unit}" if metric else "")
        self.table.verticalHeader().setDefaultSectionSize(in_force().row_height)
        self.table.setRowCount(len(found))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for n, (month, micro) in enumerate(reversed(found)):
            self.table.setItem(n, 0, QTableWidgetItem(month))
            amount = QTableWidgetItem(worth_text(micro))
            amount.setTextAlignment(right)
            self.table.setItem(n, 1, amount)
        self.table.setVisible(bool(found))
        self.none.setVisible(not found)
        self.month.clear()
        self.amount.clear()
        self.table.setCurrentCell(-1, -1)
        self._ready()

    def _pick(self) -> None:
        """Put the chosen line into the form, to change or to take back."""
        place = self.table.currentRow()
        if place >= 0 and self.table.item(place, 1) is not None:
            self.month.setText(self.table.item(place, 0).text())
            self.amount.setText(self.table.item(place, 1).text())

    def _ready(self) -> None:
        able = not self.context.workspace.read_only and self._metric is not None
        able = able and self._metric.id > 0
        for field in (self.month, self.amount):
            field.setEnabled(able)
        known = {month for month, _micro in self._all.get(self._metric.id, ())} if able else set()
        self.set.setEnabled(able and bool(self.month.text() and self.amount.text()))
        self.remove.setEnabled(able and self.month.text() in known)

    def keep(self) -> None:
        """Keep what is typed."""
        if self.set.isEnabled():
            self._write(self.amount.text())

    def take_back(self) -> None:
        """Remove the value of the chosen month: the one before holds on."""
        self._write(None)

    def _write(self, amount: str | None) -> None:
        if self._metric is None:
            return
        try:
            micro = None if amount is None else read_worth(amount)
            month = periods.parse(self.month.text())
            self.context.workspace.do(actions.set_coefficient, self._metric.id, month, micro)
        except EcofolioError as error:
            self._say(str(error))
            return
        done = _("The value of {metric} from {month} is changed.").format(
            metric=self._metric.name, month=month
        )
        self._say("")
        self.context.notify(done, undo=True)
