"""Preferences: how this person wants to see and sign things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ecofolio.shell.settings import Settings
from ecofolio.text import LANGUAGES, _, pgettext
from ecofolio.widgets.parts import button, label, row
from ecofolio.widgets.theme import Space


class PreferencesDialog(QDialog):
    """One form; `chosen()` is what differs from before."""

    def __init__(
        self, settings: Settings, people: Sequence[str], user: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._before = settings
        self.setWindowTitle(_("Preferences"))
        self.setMinimumWidth(460)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(Space.L)
        self._form.setVerticalSpacing(Space.M)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.language = self._choice(
            _("Language"),
            {"": _("The system's"), **LANGUAGES},
            settings.language,
        )
        self.theme = self._choice(
            _("Theme"),
            {
                "system": _("The system's"),
                "light": pgettext("theme", "Light"),
                "dark": pgettext("theme", "Dark"),
            },
            settings.theme,
        )
        self.density = self._choice(
            _("Rows"),
            {
                "compact": _("Compact"),
                "normal": _("Normal"),
                "comfortable": _("Comfortable"),
            },
            settings.density,
        )
        self.money = self._choice(
            _("Money in"),
            {"yuan": _("Yuan"), "wan": _("Ten thousand yuan"), "yi": _("Hundred million yuan")},
            settings.money_unit,
        )
        self.actor = QComboBox(editable=True)
        self.actor.addItems(sorted({*people, settings.actor or user}))
        self.actor.setCurrentText(settings.actor or user)
        self._row(_("Acting as"), self.actor)
        self.folder = QLineEdit(settings.backup_folder)
        self.folder.setPlaceholderText(_("Beside the programme"))
        choose = button(_("Choose…"), self._choose_folder)
        self._row(_("Backups in"), self.folder, choose)
        self._user = user
        self.save = button(_("Save preferences"), self.accept, primary=True)
        self.save.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.L)
        layout.addWidget(label(_("Preferences"), "title"))
        layout.addLayout(self._form)
        layout.addStretch(1)
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.save))

    def chosen(self) -> dict[str, Any]:
        """The settings that differ from before."""
        actor = self.actor.currentText().strip()
        values = {
            "language": self.language.currentData(),
            "theme": self.theme.currentData(),
            "density": self.density.currentData(),
            "money_unit": self.money.currentData(),
            "actor": "" if actor == self._user else actor,
            "backup_folder": self.folder.text().strip(),
        }
        return {key: value for key, value in values.items() if value != getattr(self._before, key)}

    def _choice(self, title: str, choices: dict[str, str], now: str) -> QComboBox:
        made = QComboBox()
        for key, shown in choices.items():
            made.addItem(shown, key)
        made.setCurrentIndex(max(0, made.findData(now)))
        self._row(title, made)
        return made

    def _row(self, title: str, field: QWidget, *more: QWidget) -> None:
        named: QLabel = label(title, "muted")
        named.setBuddy(field)
        field.setAccessibleName(title)
        if more:
            self._form.addRow(named, row(field, *more))
        else:
            self._form.addRow(named, field)

    def _choose_folder(self) -> None:
        found = QFileDialog.getExistingDirectory(self, _("Backups in"), self.folder.text())
        if found:
            self.folder.setText(found)
