"""From where the five lights of health turn amber and red: for all batches, or for one."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QSpinBox, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import health
from ecofolio.initiatives.thresholds import set_thresholds
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_, _
from ecofolio.vocabulary import Batch, HealthLight
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space

_COUNTED: dict[str, str] = {
    HealthLight.SCHEDULE: N_("days late"),
    HealthLight.BUDGET: N_("per cent of the plan to date"),
    HealthLight.DELIVERY: N_("days that a card is blocked"),
    health.AGEING: N_("days that a card is in progress"),
    health.FORECAST: N_("days after the due date"),
    HealthLight.METRICS: N_("points of score, below"),
    HealthLight.COMPLIANCE: N_("days of a breach"),
}
_MOST = 9999
Limits = tuple[int, int]  # amber, red


class ThresholdsDialog(QDialog):
    """Asks for the thresholds of one batch at a time and writes what differs as one change."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._known = health.Bounds()
        self.changed = False  # whether anything was written
        self.setWindowTitle(_("Thresholds of health"))
        self.batch = QComboBox()
        self.batch.setAccessibleName(_("Batch"))
        self.batch.addItem(_("All batches"), None)
        for one in Batch:
            self.batch.addItem(one.label, one.value)
        self.batch.currentIndexChanged.connect(self._read)
        self.fields: dict[str, tuple[QSpinBox, QSpinBox]] = {}
        self.message = InlineMessage()
        self.hint = label("", "caption", wrap=True)
        self.usual = button(_("Back to usual"), self._to_usual, link=True)
        self.keep_button = button(_("Save thresholds"), self.keep, primary=True)
        self.keep_button.setDefault(True)
        top = row(label(_("Batch"), "muted"), self.batch, None, self.usual)
        layout = column(
            label(_("Thresholds of health"), "title"), top, self._form(), self.hint, self.message,
            spacing=Space.M,
        )  # fmt: skip
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.keep_button))
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.setMinimumWidth(620)
        self._read()

    def _form(self) -> QGridLayout:
        form = QGridLayout()
        form.setSpacing(Space.S)
        form.setColumnStretch(1, 1)
        for place, title in ((2, _("Amber from")), (3, _("Red from"))):
            form.addWidget(label(title, "muted"), 0, place)
        for n, (limit, counted) in enumerate(_COUNTED.items(), start=1):
            name = health.limit_label(limit)
            form.addWidget(label(name, "heading"), n, 0)
            form.addWidget(label(_(counted), "muted"), n, 1)
            pair = QSpinBox(), QSpinBox()
            for place, (field, title) in enumerate(
                zip(pair, (_("Amber from"), _("Red from")), strict=True), start=2
            ):
                field.setAccessibleName(f"{name}: {title}")
                field.setRange(0, _MOST)
                form.addWidget(field, n, place)
            self.fields[limit] = pair
        return form

    @property
    def _chosen(self) -> str | None:
        found: str | None = self.batch.currentData()
        return found

    def _read(self) -> None:
        """Show what is in force for the batch."""
        with self._workspace.read() as connection:
            self._known = health.bounds(connection)
        self._show({limit: self._known.of(limit, self._chosen) for limit in self.fields})
        self.message.hide()
        self.hint.setText(
            _("A batch without thresholds of its own has those of all batches.")
            if self._chosen
            else _("They hold for every batch that has none of its own.")
        )
        self.keep_button.setEnabled(not self._workspace.read_only)

    def _show(self, limits: dict[str, Limits]) -> None:
        for limit, pair in self.fields.items():
            for field, value in zip(pair, limits[limit], strict=True):
                field.setValue(value)

    def _inherited(self, limit: str) -> Limits:
        """What holds where the batch says nothing of its own."""
        if self._chosen is None:
            return health.USUAL[limit]
        return self._known.of(limit, None)

    def _to_usual(self) -> None:
        self._show({limit: self._inherited(limit) for limit in self.fields})

    def keep(self) -> None:
        """Write what differs from what is in force, or say which rule is broken."""
        limits: dict[str, Limits | None] = {}
        for limit, (amber, red) in self.fields.items():
            wanted = amber.value(), red.value()
            if wanted != self._known.of(limit, self._chosen):
                limits[limit] = None if wanted == self._inherited(limit) else wanted
        try:
            if limits:
                self._workspace.do(set_thresholds, limits, self._chosen)
                self.changed = True
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return
        self.accept()
