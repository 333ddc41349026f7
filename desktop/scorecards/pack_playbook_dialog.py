"""Packing an initiative as a playbook: of whom, what of it, which metrics, how many months."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QDialog, QListWidget, QListWidgetItem, QSpinBox, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import playbooks as registers
from ecofolio.initiatives.playbook_dialog import PlaybookFields
from ecofolio.scorecards import playbooks, promises, proven, queries
from ecofolio.scorecards.playbooks import MONTHS, Packed
from ecofolio.scorecards.targets_view import searching
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, ngettext, pgettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space, in_force

_METRIC = Qt.ItemDataRole.UserRole
_USUAL = 24  # months


class PackPlaybookDialog(QDialog):
    """Asks and packs; `made` is the playbook's identity then."""

    def __init__(
        self, workspace: Workspace, initiative_id: int | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.made: int | None = None
        self._found: list[Packed] = []
        self.setWindowTitle(_("Pack as a playbook"))
        self._make_choosers()
        self.fields = PlaybookFields(workspace)
        self.count = label("", "muted", wrap=True)
        self.message = InlineMessage()
        self.keep_button = button(_("Pack playbook"), self.keep, primary=True)
        self.keep_button.setDefault(True)
        left = column(
            label(_("What it promises others"), "heading"),
            row(
                self.of, label(_("in its first"), "muted"), self.months,
                label(_("months"), "muted"), None,
            ),
            self.metrics, self.count,
        )  # fmt: skip
        right = column(label(_("The playbook"), "heading"), self.fields, None)
        both = row(left, right, spacing=Space.L)
        both.setStretch(0, 1)
        both.setStretch(1, 1)
        layout = column(
            label(_("Pack as a playbook"), "title"),
            row(label(_("Proven initiative"), "muted"), self.who, None),
            both, self.message, spacing=Space.M,
        )  # fmt: skip
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.keep_button))
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.resize(860, 480)
        self._offer(initiative_id)

    def _make_choosers(self) -> None:
        self.who, self.of, self.months = QComboBox(), QComboBox(), QSpinBox()
        self.who.setAccessibleName(_("Proven initiative"))
        searching(self.who, 400)
        self.of.setAccessibleName(_("What of it"))
        self.of.addItem(_("what it reached"), proven.REACHED)
        self.of.addItem(_("what it promised"), proven.PROMISED)
        self.months.setAccessibleName(pgettext("how many", "Months"))
        self.months.setRange(1, MONTHS)
        self.metrics = QListWidget()
        self.metrics.setAccessibleName(_("Metrics"))
        self.metrics.setProperty("framed", True)
        self.metrics.itemChanged.connect(lambda _item: self._tell())

    def _offer(self, initiative_id: int | None) -> None:
        with self._workspace.read() as connection:
            found = promises.promisers(connection, None, closed=True)
            rows = queries.metrics(connection, retired=True)
        self._names = {metric.id: metric.name for metric in rows}
        for one in found:
            self.who.addItem(f"{one.code}  {one.name}", one.id)
        self.who.setCurrentIndex(max(self.who.findData(initiative_id), 0) if found else -1)
        self.who.currentIndexChanged.connect(self._choose)
        self.of.currentIndexChanged.connect(self._read)
        self.months.valueChanged.connect(self._list)
        self._choose()

    def _choose(self) -> None:
        """Another initiative: what is known of it, under its name."""
        chosen = self.who.currentData()
        if chosen is not None:
            with self._workspace.read() as connection:
                self._values = registers.suggested(connection, chosen)
            self.fields.fill(self._values)
        self._read()

    def _read(self) -> None:
        chosen, self._found = self.who.currentData(), []
        if chosen is not None:
            with self._workspace.read() as connection:
                self._found = playbooks.of_initiative(connection, chosen, of=self.of.currentData())
        longest = max((one.month for one in self._found), default=1)
        self.months.blockSignals(True)
        self.months.setMaximum(longest)
        self.months.setValue(min(longest, _USUAL))
        self.months.blockSignals(False)
        self._list()

    def _list(self) -> None:
        """The metrics with something in the months; those that were left out stay out."""
        out = {item.data(_METRIC) for item in self._items() if not _is_on(item)}
        counts: dict[int, int] = {}
        for one in self._found:
            if one.month <= self.months.value():
                counts[one.metric_id] = counts.get(one.metric_id, 0) + 1
        self.metrics.blockSignals(True)
        self.metrics.clear()
        for metric_id, n in counts.items():
            text = ngettext("{metric}: {n} month", "{metric}: {n} months", n)
            item = QListWidgetItem(text.format(metric=self._names[metric_id], n=n), self.metrics)
            item.setData(_METRIC, metric_id)
            state = Qt.CheckState.Unchecked if metric_id in out else Qt.CheckState.Checked
            item.setCheckState(state)
            item.setSizeHint(QSize(0, in_force().row_height - 2))
        self.metrics.blockSignals(False)
        if counts:
            self.metrics.setCurrentRow(0)
        self._tell()

    def _items(self) -> list[QListWidgetItem]:
        return [self.metrics.item(n) for n in range(self.metrics.count())]

    @property
    def chosen(self) -> list[Packed]:
        """What is to be packed."""
        metrics = {item.data(_METRIC) for item in self._items() if _is_on(item)}
        most = self.months.value()
        return [one for one in self._found if one.month <= most and one.metric_id in metrics]

    def _tell(self) -> None:
        n = len(self.chosen)
        if not self._found:
            text = _("Nothing is known of it since its start.")
        else:
            text = ngettext("{n} figure is packed.", "{n} figures are packed.", n).format(n=n)
            if self.of.currentData() == proven.REACHED:
                text += " " + _("Floors are proposed beside them; all of it can be edited later.")
        self.count.setText(text)
        self.keep_button.setEnabled(n > 0)

    def keep(self) -> None:
        """Pack it as one change, or say why it can not be packed."""
        values = {**self.fields.values, "made_from": self._values["made_from"]}
        try:
            self.made = self._workspace.do(playbooks.pack, values, self.chosen)
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return
        self.accept()


def _is_on(item: QListWidgetItem) -> bool:
    return item.checkState() is Qt.CheckState.Checked
