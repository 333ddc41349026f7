"""A metric more: its code, its name, and what it measures."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QLineEdit, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.scorecards import actions
from ecofolio.scorecards.catalogue import counted_in
from ecofolio.scorecards.metrics_model import BOUNDS, COLUMNS, TERMS, read_cell, terms_of
from ecofolio.store.workspace import Workspace
from ecofolio.text import _
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space

_TYPED = ("code", "name", "unit", "due_day", *BOUNDS)
_USUAL = {"due_day": "10", "least": "0"}


class MetricDialog(QDialog):
    """Asks for a metric and adds it; `added` is its identity then."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.added: int | None = None
        self.setWindowTitle(_("Add metric"))
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        form = QFormLayout()
        form.setSpacing(Space.S)
        for name, title in COLUMNS:
            if name in _TYPED or name in TERMS:
                field = self._field(name)
                field.setAccessibleName(_(title))
                self.fields[name] = field
                form.addRow(label(_(title), "muted"), field)
        self.message = InlineMessage()
        self.keep_button = button(_("Add metric"), self.keep, primary=True)
        self.keep_button.setDefault(True)
        layout = column(label(_("Add metric"), "title"), form, self.message, spacing=Space.M)
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.keep_button))
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.setMinimumWidth(420)

    def _field(self, name: str) -> QLineEdit | QComboBox:
        if name in _TYPED:
            return QLineEdit(_USUAL.get(name, ""))
        field = QComboBox()
        for text, value in terms_of(name):
            field.addItem(text, value)
        return field

    def keep(self) -> None:
        """Add the metric, or say why it can not be added."""
        values: dict[str, Any] = {
            name: field.text() if isinstance(field, QLineEdit) else field.currentData()
            for name, field in self.fields.items()
        }
        try:
            unit = counted_in(values["code"], values["unit"])
            for name in ("due_day", *BOUNDS):
                values[name] = read_cell(name, values[name], unit)
            self.added = self._workspace.do(actions.add_metric, values)
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return
        self.accept()
