"""Editors of one value, by the kind of a column; table, inspector and bulk edit share them.

An editor has `value()`, which raises `InputError` where the text can not be read, and says
`finished` when the person is done and `cancelled` on Escape.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QDate, QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCalendarWidget,
    QComboBox,
    QCompleter,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from ecofolio.errors import InputError
from ecofolio.initiatives.columns import Column, choices, money_head
from ecofolio.initiatives.fields import Kind
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.initiatives.rules import split_list
from ecofolio.initiatives.typed import Reading, typed
from ecofolio.text import _, tip
from ecofolio.widgets import icons
from ecofolio.widgets.choosers import Node, Popup, TreeChoice
from ecofolio.widgets.keys import is_press
from ecofolio.widgets.parts import button, label, row, set_property
from ecofolio.widgets.theme import in_force

_KEY = Qt.ItemDataRole.UserRole


class LineEditor(QLineEdit):
    """Text, numbers, money and tags, read by the column's own reader."""

    finished = Signal()
    cancelled = Signal()

    def __init__(self, column: Column, reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column, self._reading = column, reading
        self._original: tuple[str, Any] = ("", None)
        if column.right and column.kind is not Kind.DATE:
            self.setAlignment(Qt.AlignmentFlag.AlignRight)
        if column.kind is Kind.MONEY:
            self.setPlaceholderText(money_head(reading.setting))
        self.textEdited.connect(lambda: set_property(self, "state", ""))

    def load(self, found: InitiativeRow | None) -> None:
        """Show the value of a row."""
        if found is not None:
            text = typed(self._column, found, self._reading.setting)
            self._take(text, self._column.value(found))
        self.selectAll()

    def _take(self, text: str, value: Any) -> None:
        self._original = (text, value)
        self.setText(text)

    def value(self) -> Any:
        """What the text stands for; text that was not touched is what it was."""
        if self.text() == self._original[0]:
            return self._original[1]
        return self._reading.value(self._column, self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        _end_by_key(self, event) or super().keyPressEvent(event)


class DateEditor(LineEditor):
    """A date to type in any usual style, with a calendar below; emptying it clears the date."""

    def __init__(self, column: Column, reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(column, reading, parent)
        self.setPlaceholderText("2026-12-31")
        self.setClearButtonEnabled(True)
        action = self.addAction(icons.icon("calendar"), QLineEdit.ActionPosition.TrailingPosition)
        action.setText(_("Open the calendar"))
        action.triggered.connect(self.open_calendar)

    def show_day(self, day: date | None) -> None:
        """Show a day that is no column's of the table."""
        self._take(day.isoformat() if day else "", day)
        self.selectAll()

    def open_calendar(self) -> None:
        """Choose a day from a calendar."""
        popup = Popup(self, _("Calendar"))
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setHorizontalHeaderFormat(
            QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames
        )
        calendar.setGridVisible(False)
        plain, head = QTextCharFormat(), QTextCharFormat()
        plain.setForeground(in_force().colour("text"))
        head.setForeground(in_force().colour("muted"))
        head.setBackground(in_force().colour("surface"))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            calendar.setWeekdayTextFormat(day, plain)
        calendar.setHeaderTextFormat(head)
        calendar.setMinimumSize(260, 210)
        today = self._reading.setting.today
        try:
            shown = self.value() or today
        except InputError:
            shown = today
        if not isinstance(shown, date):
            shown = date.fromisoformat(shown)
        calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        calendar.activated.connect(lambda day: self._choose(day, popup))
        calendar.clicked.connect(lambda day: self._choose(day, popup))
        popup.body.addWidget(calendar)
        popup.open_below(self)
        calendar.setFocus()

    def _choose(self, day: QDate, popup: Popup) -> None:
        self.setText(date(day.year(), day.month(), day.day()).isoformat())
        popup.close()
        self.finished.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Down and alt:
            self.open_calendar()
        else:
            super().keyPressEvent(event)


class NameEditor(LineEditor):
    """The name of a person, completed while typing; a part that fits one name stands for it."""

    def __init__(self, column: Column, reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(column, reading, parent)
        completer = QCompleter([name for _id, name in choices(column, reading.known)], self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.popup().setAccessibleName(column.title)
        # queued: the field takes the name up after this signal
        completer.activated.connect(self.finished, Qt.ConnectionType.QueuedConnection)
        self.setCompleter(completer)

    def value(self) -> Any:
        """The person that the text names."""
        try:
            return super().value()
        except InputError:
            completer = self.completer()
            completer.setCompletionPrefix(self.text().strip())
            if completer.completionCount() != 1:
                raise
            self.setText(completer.currentCompletion())
            return super().value()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self.completer().popup()
        escape = event.key() == Qt.Key.Key_Escape
        if not popup.isVisible() or not (_ends(event) or escape):
            super().keyPressEvent(event)
        elif escape or popup.currentIndex().isValid():
            event.ignore()  # the completer's own: it closes, or takes the name where one stands
        else:
            # the editor must not end while its popup still holds the keyboard
            popup.hide()
            QTimer.singleShot(0, self, self.finished.emit)


class TagsEditor(LineEditor):
    """Words joined by commas."""

    def __init__(self, column: Column, reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(column, reading, parent)
        self.setPlaceholderText(_("Tags, joined by commas"))


class LongTextEditor(QPlainTextEdit):
    """Several lines: Enter is done, Shift+Enter begins a new line."""

    finished = Signal()
    cancelled = Signal()

    def __init__(self, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = column
        self.setTabChangesFocus(True)
        self.setPlaceholderText(_("Enter to keep, Shift+Enter for a new line"))
        self.setMinimumHeight(96)

    def load(self, found: InitiativeRow | None) -> None:
        """Show the value of a row."""
        if found is not None:
            self.setPlainText(self._column.value(found) or "")
        self.selectAll()

    def value(self) -> str | None:
        """The text, None for a blank one."""
        return self.toPlainText().strip() or None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        else:
            _end_by_key(self, event) or super().keyPressEvent(event)


class ChoiceEditor(QComboBox):
    """One of the choices, or none where the field may be blank."""

    finished = Signal()
    cancelled = Signal()

    def __init__(self, column: Column, reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = column
        if not column.required:
            self.addItem(_("None"), None)
        for key, title in choices(column, reading.known):
            self.addItem(title, key)
        self.activated.connect(lambda _index: self.finished.emit())

    def load(self, found: InitiativeRow | None) -> None:
        """Show the value of a row."""
        value = None if found is None else self._column.value(found)
        self.setCurrentIndex(max(0, self.findData(value)))

    def value(self) -> Any:
        """The key that is chosen."""
        return self.currentData()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        _end_by_key(self, event) or super().keyPressEvent(event)


class PopupEditor(QPushButton):
    """Shows a value in words and opens a popup to change it."""

    finished = Signal()
    cancelled = Signal()

    def __init__(self, column: Column, reading: Reading, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column, self._reading = column, reading
        self._value: Any = None
        self.setProperty("chip", True)
        self.setAutoDefault(False)
        self.clicked.connect(self.open)

    def load(self, found: InitiativeRow | None) -> None:
        """Show the value of a row."""
        self.take(None if found is None else self._column.value(found))

    def value(self) -> Any:
        """What is chosen, as it is stored."""
        return self._value

    def open(self) -> None:
        """Open the popup."""
        raise AssertionError("each kind has a popup of its own")

    def take(self, value: Any) -> None:
        """Show a value as it is stored."""
        self._value = value
        words = self._words(value)
        self.setText(words.replace("&", "&&") or _("Choose…"))

    def _words(self, value: Any) -> str:
        titles = dict(choices(self._column, self._reading.known))
        return str(titles.get(value, "")) if value else ""

    def _done(self, value: Any) -> None:
        self.take(value)
        self.finished.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.open()
        elif not _end_by_key(self, event):
            super().keyPressEvent(event)


class UnitEditor(PopupEditor):
    """A unit from the tree."""

    def open(self) -> None:
        """Open the tree of units."""
        known = self._reading.known
        nodes = [
            Node(unit, name, known.parents.get(unit), f"{known.unit_codes[unit]}")
            for unit, name in sorted(known.units.items(), key=lambda one: known.unit_codes[one[0]])
        ]
        popup = TreeChoice(self, self._column.title, nodes, self._value, everything=_("No unit"))
        popup.chosen.connect(self._done)
        _watch_escape(popup, self.cancelled.emit)
        popup.open_below(self)


class ChoicesEditor(PopupEditor):
    """Any number of terms of a vocabulary; for segments, which of them leads."""

    def open(self) -> None:
        """Open the terms to tick."""
        value = self._value
        lead, codes = value if self._is_segments else ("", value)
        popup = TermsPopup(
            self,
            self._column.title,
            choices(self._column, self._reading.known),
            {*split_list(codes), *([lead] if lead else [])},
            (lead or "") if self._is_segments else None,
        )
        popup.accepted.connect(self._accept)
        _watch_escape(popup, self.cancelled.emit)
        popup.open_below(self)

    @property
    def _is_segments(self) -> bool:
        return self._column.key == "segments"

    def load(self, found: InitiativeRow | None) -> None:
        """Show the value of a row."""
        blank = (None, None) if self._is_segments else None
        self.take(blank if found is None else self._column.value(found))

    def _words(self, value: Any) -> str:
        lead, codes = value if self._is_segments else (None, value)
        titles = dict(choices(self._column, self._reading.known))
        parts = [*([lead] if lead else []), *split_list(codes)]
        return " · ".join(titles.get(code, code) for code in parts)

    def _accept(self, keys: list[str], lead: str | None) -> None:
        if self._is_segments:
            lead = lead or (keys[0] if keys else None)
            self._done((lead, ",".join(key for key in keys if key != lead) or None))
        else:
            self._done(",".join(keys) or None)


class TermsPopup(Popup):
    """Terms to tick: Space ticks, Enter keeps, Escape leaves all as it was."""

    accepted = Signal(list, object)

    def __init__(
        self,
        parent: QWidget,
        name: str,
        terms: list[tuple[Any, str]],
        ticked: set[str],
        lead: str | None,
    ) -> None:
        super().__init__(parent, name)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        height = in_force().row_height - 2
        for key, title in terms:
            item = QListWidgetItem(title, self.list)
            item.setData(_KEY, key)
            item.setCheckState(_ticked(key in ticked))
            item.setSizeHint(QSize(0, height))
        self.list.setUniformItemSizes(True)
        self.list.setFixedHeight(len(terms) * height + 4)
        self.list.setMinimumWidth(max(180, self.list.sizeHintForColumn(0) + 32))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setCurrentRow(0)
        self.list.installEventFilter(self)
        self.body.addWidget(self.list)
        self._lead: QComboBox | None = None
        if lead is not None:
            self._lead = self._lead_choice(terms, lead)
        self.body.addLayout(row(None, button(_("Apply"), self.keep, primary=True)))

    def _lead_choice(self, terms: list[tuple[Any, str]], lead: str) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(_("Lead segment"))
        for key, title in terms:
            made.addItem(title, key)
        made.setCurrentIndex(made.findData(lead))
        self.body.addLayout(row(label(_("Lead"), "muted"), made))
        return made

    def keep(self) -> None:
        """Hand on what is ticked."""
        items = [self.list.item(place) for place in range(self.list.count())]
        keys = [
            str(item.data(_KEY)) for item in items if item.checkState() is Qt.CheckState.Checked
        ]
        lead = self._lead.currentData() if self._lead is not None else None
        self.accepted.emit(keys, lead)
        self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and is_press(event):
            item = self.list.currentItem()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.keep()
                return True
            if event.key() == Qt.Key.Key_Space and item is not None:
                item.setCheckState(_ticked(item.checkState() is not Qt.CheckState.Checked))
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self.list.setFocus()


class _Escape(QObject):
    """Tells a popup that was left by Escape from one that was used."""

    def __init__(self, popup: Popup, on_escape) -> None:
        super().__init__(popup)
        self._on_escape = on_escape
        popup.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if is_press(event) and event.key() == Qt.Key.Key_Escape:
            assert isinstance(watched, Popup)
            watched.close()
            self._on_escape()
            return True
        return False


def _watch_escape(popup: Popup, on_escape) -> None:
    _Escape(popup, on_escape)


def _ticked(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked


def _ends(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _end_by_key(editor, event: QKeyEvent) -> bool:
    if _ends(event):
        editor.finished.emit()
    elif event.key() == Qt.Key.Key_Escape:
        editor.cancelled.emit()
    else:
        return False
    return True


Editor = LineEditor | LongTextEditor | ChoiceEditor | PopupEditor


def editor_for(column: Column, reading: Reading, parent: QWidget | None = None) -> Editor:
    """The right editor for a column, blank."""
    match column.kind:
        case Kind.LONG_TEXT:
            made: Editor = LongTextEditor(column, parent)
        case Kind.CHOICE | Kind.DEPARTMENT | Kind.SCENE:
            made = ChoiceEditor(column, reading, parent)
        case Kind.CHOICES:
            made = ChoicesEditor(column, reading, parent)
        case Kind.UNIT:
            made = UnitEditor(column, reading, parent)
        case Kind.DATE:
            made = DateEditor(column, reading, parent)
        case Kind.PERSON:
            made = NameEditor(column, reading, parent)
        case Kind.TAGS:
            made = TagsEditor(column, reading, parent)
        case _:
            made = LineEditor(column, reading, parent)
    made.setAccessibleName(column.title)
    return made


def begin(editor: Editor) -> None:
    """Give an editor the keyboard, and open what it chooses from."""
    editor.setFocus()
    if isinstance(editor, ChoiceEditor):
        editor.showPopup()
    elif isinstance(editor, PopupEditor):
        editor.open()


def refuse(editor: Editor, sentence: str) -> None:
    """Mark an editor whose value was refused; what was typed stays."""
    set_property(editor, "state", "wrong")
    editor.setToolTip(tip(sentence))
    editor.setAccessibleDescription(sentence)
