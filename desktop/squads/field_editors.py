"""Editors of one field, for squads and boards: each says `kept` once with what was chosen.

An editor that the keyboard is in is not written over while its text differs from what was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
)

from ecofolio.errors import InputError
from ecofolio.intake.dates import date_reader
from ecofolio.intake.values import Reason
from ecofolio.text import _, tip
from ecofolio.widgets import icons
from ecofolio.widgets.choosers import Node, Popup, TreeChoice
from ecofolio.widgets.parts import set_property


class TextField(QLineEdit):
    """A line of text; Enter or leaving it keeps it, Escape puts back what was there."""

    kept = Signal(object)

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self._shown = ""
        self.editingFinished.connect(self._finish)
        self.textEdited.connect(lambda _text: set_property(self, "state", ""))

    @property
    def is_open(self) -> bool:
        """Whether something was typed that was not kept."""
        return self.text() != self._shown

    def show_value(self, value: Any) -> None:
        """Show a stored value, unless somebody is typing."""
        text = self.words(value)
        if self._shown == text and (self.text() == text or self.hasFocus()):
            return
        self._shown = text
        self.setText(text)
        self.setCursorPosition(0)

    def words(self, value: Any) -> str:
        """A stored value as it is typed."""
        return "" if value is None else str(value)

    def read(self, text: str) -> Any:
        """What a text stands for; `InputError` says why not."""
        return text.strip() or None

    def _finish(self) -> None:
        if not self.is_open:
            return
        try:
            value = self.read(self.text())
        except InputError as error:
            set_property(self, "state", "wrong")
            self.setToolTip(tip(str(error)))
            return
        self._shown = self.text()
        self.setToolTip("")
        self.kept.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_open:
            self.setText(self._shown)
            set_property(self, "state", "")
            return
        super().keyPressEvent(event)


class NumberField(TextField):
    """A number, with a point or a comma."""

    def words(self, value: Any) -> str:
        return "" if value is None else f"{float(value):g}"

    def read(self, text: str) -> float | None:
        if not text.strip():
            return None
        try:
            return float(text.strip().replace(",", "."))
        except ValueError:
            raise InputError(_("“{text}” is not a number.").format(text=text.strip())) from None


class DateField(TextField):
    """A date in any usual style, with a calendar below."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "2026-12-31")
        action = self.addAction(icons.icon("calendar"), QLineEdit.ActionPosition.TrailingPosition)
        action.setText(_("Open the calendar"))
        action.triggered.connect(self.open_calendar)

    def words(self, value: Any) -> str:
        return value.isoformat() if isinstance(value, date) else str(value or "")

    def read(self, text: str) -> date | None:
        if not text.strip():
            return None
        found = date_reader("dmy", role="end")(text.strip())
        if isinstance(found, Reason) or not isinstance(found, date):
            raise InputError(_("“{text}” is not a date.").format(text=text.strip()))
        return found

    def open_calendar(self) -> None:
        """Choose a day."""
        popup = Popup(self, _("Calendar"))
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setMinimumSize(260, 210)
        try:
            found = self.read(self.text())
        except InputError:
            found = None
        if found is not None:
            calendar.setSelectedDate(QDate(found.year, found.month, found.day))
        calendar.clicked.connect(lambda chosen: self._choose(chosen, popup))
        calendar.activated.connect(lambda chosen: self._choose(chosen, popup))
        popup.body.addWidget(calendar)
        popup.open_below(self)
        calendar.setFocus()

    def _choose(self, chosen: QDate, popup: Popup) -> None:
        self.setText(date(chosen.year(), chosen.month(), chosen.day()).isoformat())
        popup.close()
        self._finish()


class ChoiceField(QComboBox):
    """One of a few choices."""

    kept = Signal(object)
    is_open = False

    def __init__(self, name: str, choices: Sequence[tuple[Any, str]] = ()) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.fill(choices)
        self.activated.connect(lambda n: self.kept.emit(self.itemData(n)))

    def fill(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Offer other choices."""
        self.blockSignals(True)
        self.clear()
        for key, words in choices:
            self.addItem(words, key)
        self.blockSignals(False)

    def show_value(self, value: Any) -> None:
        """Show what is chosen; nothing where that is not among the choices."""
        self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event) -> None:
        event.ignore()  # scrolling past must not change anything


class TreeField(QPushButton):
    """One record of many, found by typing; `nodes` are read when it opens."""

    kept = Signal(object)
    is_open = False

    def __init__(self, name: str, nodes: Callable[[], Sequence[Node]], nothing: str) -> None:
        super().__init__()
        self._name, self._nodes, self._nothing = name, nodes, nothing
        self._value: Any = None
        self.setProperty("chip", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(80)
        self.setAccessibleName(name)
        self.clicked.connect(self.open)

    def show_value(self, value: Any, words: str = "") -> None:
        """Show what is chosen in words."""
        self._value = value
        self.setText((words or self._nothing).replace("&", "&&"))
        self.setToolTip(tip(words))
        self.setAccessibleName(f"{self._name}: {words or self._nothing}")

    def open(self) -> None:
        """Choose another."""
        popup = TreeChoice(self, self._name, self._nodes(), self._value, everything=self._nothing)
        popup.chosen.connect(self.kept)
        popup.open_below(self)


class LongField(QPlainTextEdit):
    """Several lines; Ctrl+Enter or leaving it keeps them, Escape puts back what was there."""

    kept = Signal(object)
    left = Signal()

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self._shown = ""

    @property
    def is_open(self) -> bool:
        return self.toPlainText() != self._shown

    def show_value(self, value: str | None) -> None:
        """Show a text to be changed."""
        self._shown = value or ""
        self.setPlainText(self._shown)

    def keep(self) -> None:
        """Keep what is typed."""
        if self.is_open:
            self._shown = self.toPlainText()
            self.kept.emit(self._shown.strip() or None)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.keep()
        elif event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._shown)
            self.left.emit()
        else:
            super().keyPressEvent(event)
