"""What if the weights or thresholds were others: ranks move with the sliders, nothing is kept
until somebody says so."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QGridLayout,
    QHeaderView,
    QScrollArea,
    QSlider,
    QSpinBox,
    QTableView,
    QWidget,
)

from ecofolio.errors import EcofolioError
from ecofolio.scorecards import periods
from ecofolio.scorecards.actions import set_scorecard
from ecofolio.scorecards.ranking import Ranked
from ecofolio.scorecards.rules import Card
from ecofolio.scorecards.scoring import Sheet
from ecofolio.scorecards.standing import Standing
from ecofolio.scorecards.weighing import Weighing
from ecofolio.scorecards.what_if_model import WhatIfModel
from ecofolio.text import N_, _
from ecofolio.vocabulary import Batch
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import button, clear, column, label, row
from ecofolio.widgets.theme import Space, in_force

_LEFT = 400
_GRADES = (
    ("grade_a", N_("Least score for A")),
    ("grade_b", N_("Least score for B")),
    ("grade_c", N_("Least score for C")),
    ("cap", N_("Cap of attainment, per cent")),
)


class WhatIfView(QWidget):
    """Sliders at the left, the ranking before and after at the right."""

    saved = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self._found: Standing | None = None
        self._sheets: dict[int, Sheet] = {}
        self._weighing = Weighing((), ())  # those of the batch that was chosen
        self._lines: list[Ranked] = []
        self._weights: dict[int, QSlider] = {}
        self._marks: dict[str, QSpinBox] = {}
        self.batch = QComboBox()
        self.batch.setAccessibleName(_("Batch"))
        self.batch.currentIndexChanged.connect(self._turn)
        self.total = label("", "muted")
        self.message = InlineMessage()
        self.save = button(_("Save as the scorecard"), self._save, primary=True)
        self.reset = button(_("Reset"), self._turn)
        self._form = QGridLayout()
        self._form.setVerticalSpacing(Space.S)
        self._form.setColumnStretch(1, 1)
        inner = QWidget()
        inner.setLayout(column(self._form, None))
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        left = Panel(_("Scorecard"), "", action=self.batch)
        left.setFixedWidth(_LEFT)
        left.add(area, 1)
        left.add(self.message)
        left.add(row(self.total, None, self.reset, self.save))
        self.model = WhatIfModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self._dress_table()
        right = Panel(_("Ranks under these weights"), _("moved first"), flush=True)
        right.add(self.table, 1)
        layout = row(left, spacing=Space.M)
        layout.addWidget(right, 1)
        self.setLayout(layout)

    def _dress_table(self) -> None:
        table = self.table
        table.setAccessibleName(_("Ranks under these weights"))
        table.setProperty("framed", False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(in_force().row_height)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place in range(1, 5):
            table.setColumnWidth(place, 96)

    def fill(self, found: Standing, sheets: dict[int, Sheet]) -> None:
        """Take another ranking with its opened scorecards; the sliders go back to what is in
        force."""
        self._found, self._sheets = found, sheets
        chosen = self.batch.currentData()
        self.batch.blockSignals(True)
        self.batch.clear()
        for batch in Batch:
            if batch.value in found.cards:
                self.batch.addItem(batch.label, batch.value)
        self.batch.setCurrentIndex(max(0, self.batch.findData(chosen)))
        self.batch.blockSignals(False)
        self._turn()

    def _turn(self) -> None:
        """Show the card of the batch that was chosen, as it is in force."""
        clear(self._form)
        self._weights, self._marks = {}, {}
        if self._found is None or self.batch.currentData() is None:
            return
        batch = self.batch.currentData()
        card = self._found.cards[batch]
        some = [sheet for sheet in self._sheets.values() if sheet.batch == batch]
        self._weighing = Weighing(some, list(card.weights))
        self._lines = [line for line in self._found.lines if line.batch == batch]
        for metric, weight in card.weights.items():
            self._add_weight(metric, weight)
        for name, title in _GRADES:
            spin = QSpinBox()
            spin.setRange(1, 200)
            spin.setValue(getattr(card, name))
            spin.setAccessibleName(_(title))
            spin.valueChanged.connect(self._show)
            self._marks[name] = spin
            place = self._form.rowCount()
            self._form.addWidget(label(_(title)), place, 0, 1, 2)
            self._form.addWidget(spin, place, 2)
            spin.setFixedWidth(72)
        self._show()

    def _add_weight(self, metric: int, weight: int) -> None:
        assert self._found is not None
        name, place = self._found.metrics[metric].name, self._form.rowCount()
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setValue(weight)
        slider.setAccessibleName(_("Weight of {metric}, per cent").format(metric=name))
        figure = label(str(weight))
        figure.setMinimumWidth(28)
        figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        slider.valueChanged.connect(lambda value: figure.setText(str(value)))
        slider.valueChanged.connect(self._show)
        self._weights[metric] = slider
        words_ = label(name, wrap=True)
        words_.setFixedWidth(150)
        self._form.addWidget(words_, place, 0)
        self._form.addWidget(slider, place, 1)
        self._form.addWidget(figure, place, 2)

    def card(self) -> Card:
        """The card that the sliders say."""
        weights = {metric: slider.value() for metric, slider in self._weights.items()}
        marks = {name: spin.value() for name, spin in self._marks.items()}
        return Card(weights, **marks)

    def _show(self) -> None:
        found, batch = self._found, self.batch.currentData()
        if found is None or batch is None or len(self._marks) < len(_GRADES):
            return
        card, kept = self.card(), found.cards[batch]
        total = sum(card.weights.values())
        self.total.setText(_("Weights sum to {n}").format(n=total))
        changed = card != kept
        writable = not self.context.workspace.read_only
        self.save.setEnabled(writable and changed and total == 100)
        self.reset.setEnabled(changed)
        self.model.fill(self._lines, self._weighing.scores(card))

    def _save(self) -> None:
        found = self._found
        assert found is not None
        card = self.card()
        kept = Card(
            {one: weight for one, weight in card.weights.items() if weight or self._guards(one)},
            card.cap, card.grade_a, card.grade_b, card.grade_c,
        )  # fmt: skip
        month = periods.of(found.today)
        try:
            self.context.workspace.do(set_scorecard, self.batch.currentData(), month, kept)
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return
        self.message.hide()
        self.context.notify(
            _("The scorecard holds from {month} on.").format(month=month), undo=True
        )
        self.saved.emit()

    def _guards(self, metric: int) -> bool:
        assert self._found is not None
        return self._found.metrics[metric].kind == "guardrail"
