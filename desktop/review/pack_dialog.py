"""What the review workbook is to tell, and where it is to be written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QDate
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ecofolio.format import day
from ecofolio.initiatives.queries import Names
from ecofolio.initiatives.scope import Scope
from ecofolio.portfolio.words import scope_words
from ecofolio.review.pack import DAYS
from ecofolio.text import LANGUAGES, _, language
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, label, row
from ecofolio.widgets.theme import Space

ENDING = ".xlsx"
_MONTHS = 12
_FIELD_WIDTH = 420


@dataclass(frozen=True)
class PackWish:
    """What `write_pack` is asked for."""

    path: Path
    scope: Scope
    since: datetime
    as_of: str | None
    language: str


class PackDialog(QDialog):
    """One form; after it was accepted, `wish()` is what was chosen."""

    def __init__(
        self,
        scope: Scope,
        known: Names,
        today: date,
        path: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scope = scope
        self.setWindowTitle(_("Export review pack"))
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(Space.L)
        self._form.setVerticalSpacing(Space.M)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.scope = self._choice(_("Initiatives"), _scopes(scope, known))
        self.month = self._choice(_("Lights as of"), _months(today))
        begin = today - timedelta(days=DAYS)
        self.since = QDateEdit(QDate(begin.year, begin.month, begin.day))
        self.since.setCalendarPopup(True)
        self.since.setMaximumDate(QDate(today.year, today.month, today.day))
        self.since.setDisplayFormat("d MMM yyyy" if language() == "en" else "yyyy-MM-dd")
        self._row(_("Changes since"), self.since)
        self.language = self._choice(_("Language"), dict(LANGUAGES))
        self.language.setCurrentIndex(self.language.findData(language()))
        self.file = QLineEdit(str(path))
        self._row(_("File"), self.file, button(_("Choose…"), self._choose_file))
        self.message = InlineMessage()
        self.export = button(_("Export review pack"), self.accept, primary=True)
        self.export.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.L)
        layout.addWidget(label(_("Export review pack"), "title"))
        layout.addWidget(
            label(_("An Excel workbook with live totals, for head office as it is."), "muted")
        )
        layout.addLayout(self._form)
        layout.addWidget(self.message)
        layout.addLayout(row(None, button(_("Cancel"), self.reject), self.export))

    def wish(self) -> PackWish:
        """What was chosen."""
        since = self.since.date()
        scope = self._scope if self.scope.currentData() == "scope" else Scope()
        return PackWish(
            self._path(),
            scope,
            datetime(since.year(), since.month(), since.day()).astimezone(UTC),
            self.month.currentData() or None,
            self.language.currentData(),
        )

    def accept(self) -> None:
        """Take what was chosen, where a file can be written there."""
        path = self._path()
        if not self.file.text().strip():
            self.message.say(_("Say which file is to be written."), "red")
        elif not path.parent.is_dir():
            self.message.say(_("There is no folder {place}.").format(place=path.parent), "red")
        elif path.is_dir():
            self.message.say(
                _("{place} is a folder: choose the name of a file in it.").format(place=path), "red"
            )
        else:
            super().accept()

    def _path(self) -> Path:
        text = self.file.text().strip()
        return Path(text if text.lower().endswith(ENDING) else text + ENDING).expanduser()

    def _choose_file(self) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(
            self, _("Export review pack"), str(self._path()), _("Excel workbooks (*.xlsx)")
        )
        if chosen:
            self.file.setText(chosen)

    def _choice(self, name: str, choices: dict[str, str]) -> QComboBox:
        box = QComboBox()
        for key, title in choices.items():
            box.addItem(title, key)
        self._row(name, box)
        return box

    def _row(self, name: str, field: QWidget, *more: QWidget) -> None:
        field.setAccessibleName(name)
        field.setMinimumWidth(_FIELD_WIDTH if not more else _FIELD_WIDTH - 100)
        shown = label(name)
        shown.setBuddy(field)
        line = row(field, *more)
        line.setStretch(0, 1)
        self._form.addRow(shown, line)


def suggested(folder: Path, programme: str, today: date) -> Path:
    """A name for the workbook of a programme that is free of signs no file may hold."""
    name = _("Review pack {name} {day}").format(name=programme, day=today.isoformat())
    return folder / (re.sub(r'[\\/:*?"<>|\x00-\x1f]+', " ", name).strip(" .")[:120] + ENDING)


def _scopes(scope: Scope, known: Names) -> dict[str, str]:
    found = {"scope": _("In this scope: {scope}").format(scope=scope_words(scope, known))}
    return found if scope.is_everything else found | {"": _("All, closed ones too")}


def _months(today: date) -> dict[str, str]:
    """Today, and the last days of the months before."""
    found = {"": _("Today, {date}").format(date=day(today))}
    end = today.replace(day=1) - timedelta(days=1)
    for _n in range(_MONTHS):
        found[f"{end:%Y-%m}"] = day(end)
        end = end.replace(day=1) - timedelta(days=1)
    return found
