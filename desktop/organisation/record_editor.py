"""The form beside a register: one record's fields, each written when it is left."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ecofolio.organisation.register import Entry, FormField, Input, Register
from ecofolio.text import _, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, clear, column, label, line, row, tool_button
from ecofolio.widgets.theme import Space

_LINES_HEIGHT = 120


class LinesEdit(QPlainTextEdit):
    """Several lines of plain text; `left` follows the end of typing."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(_LINES_HEIGHT)

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class RecordEditor(QScrollArea):
    """Shows an entry, or takes down a new one.

    `changed(values)` asks for changes to the entry shown and `added(values)` for a new record;
    whoever hears them answers with `show_entry` or `refuse`. What was refused stays in the form
    and is asked for again with the next change.
    """

    changed = Signal(object)
    added = Signal(object)
    cancelled = Signal()
    deleted = Signal()
    opened = Signal()
    moved = Signal(int)

    def __init__(self, register: Register, *, writable: bool) -> None:
        super().__init__()
        self.register = register
        self._writable = writable
        self.entry: Entry | None = None
        self.is_new = False
        self._values: dict[str, Any] = {}
        self._pending: dict[str, Any] = {}
        self.inputs: dict[str, QWidget] = {}
        self.message = InlineMessage()
        self._body = QVBoxLayout()
        self._body.setSpacing(Space.XS)
        content = QWidget()
        content.setObjectName("content")
        outer = column(self.message, self._body, None, spacing=Space.S)
        outer.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        content.setLayout(outer)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(register.label)

    @property
    def has_open_work(self) -> bool:
        """Whether something typed is not written yet."""
        return bool(self._pending) or (self.is_new and self._is_typed())

    def show_entry(self, entry: Entry | None) -> None:
        """Show an entry as it is stored, or nothing."""
        same = entry is not None and not self.is_new and self.entry is not None
        same = same and self.entry.id == entry.id
        if same and self.has_open_work:
            self.entry = entry  # what is being typed is not thrown away by another's change
            return
        focus = self._focused_key() if same else None
        self.entry, self.is_new, self._pending = entry, False, {}
        self._values = dict(entry.values) if entry else {}
        self.message.hide()
        self._build(focus)

    def start_new(self, values: dict[str, Any]) -> None:
        """Take down a new record that starts with `values`."""
        self.entry, self.is_new, self._pending = None, True, {}
        self._values = dict(values)
        self.message.hide()
        self._build("name")

    def refuse(self, sentence: str) -> None:
        """Say why what was asked for can not be done; nothing typed is lost."""
        self.message.say(sentence, "red")

    # --- building ----------------------------------------------------------------------------

    def _build(self, focus: str | None = None) -> None:
        for made in self.inputs.values():
            # a field that goes away loses the keyboard, which would be taken for a change
            made.blockSignals(True)
        clear(self._body)
        self.inputs = {}
        entry = self.entry
        if entry is None and not self.is_new:
            self._body.addWidget(label(_("Choose a line to see and edit it."), "muted", wrap=True))
            return
        title = _(self.register.add_words) if self.is_new else entry.name
        self._body.addWidget(label(title, "name", wrap=True))
        if entry is not None and entry.initiatives:
            self._body.addWidget(self._open_button(entry), 0, Qt.AlignmentFlag.AlignLeft)
        if entry is not None and entry.locked:
            self._body.addWidget(label(entry.locked, "muted", wrap=True))
        for one in self.register.fields(self._values, entry.id if entry else None):
            self._add_field(one)
        self._body.addSpacing(Space.M)
        self._body.addLayout(self._new_buttons() if self.is_new else self._entry_buttons())
        if focus in self.inputs:
            self.inputs[focus].setFocus()

    def _open_button(self, entry: Entry) -> QWidget:
        n = entry.initiatives
        words = ngettext("Show {n} initiative", "Show {n} initiatives", n).format(n=n)
        return button(words, self.opened.emit, link=True, icon="list-checks")

    def _add_field(self, one: FormField) -> None:
        made = {
            Input.LINE: self._line,
            Input.LINES: self._lines,
            Input.CHOICE: self._choice,
        }[one.input](one)
        made.setAccessibleName(one.label)
        made.setEnabled(self._writable and not (self.entry and self.entry.locked))
        title = label(one.label, "caption")
        title.setBuddy(made)
        self._body.addSpacing(Space.XS)
        self._body.addWidget(title)
        self._body.addWidget(made)
        self.inputs[one.key] = made

    def _line(self, one: FormField) -> QLineEdit:
        made = QLineEdit(self._values.get(one.key) or "")
        made.setPlaceholderText(one.hint if self.is_new else "")
        made.setCursorPosition(0)
        if one.suggestions:
            completer = QCompleter(list(one.suggestions), made)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            made.setCompleter(completer)
        made.editingFinished.connect(lambda: self._take(one.key, made.text()))
        return made

    def _lines(self, one: FormField) -> LinesEdit:
        made = LinesEdit()
        made.setPlainText(self._values.get(one.key) or "")
        made.setPlaceholderText(one.hint)
        made.left.connect(lambda: self._take(one.key, made.toPlainText()))
        return made

    def _choice(self, one: FormField) -> QComboBox:
        made = QComboBox()
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for value, words in one.choices:
            made.addItem(words, value)
        values = [value for value, _words in one.choices]
        wanted = self._values.get(one.key)
        made.setCurrentIndex(values.index(wanted) if wanted in values else -1)
        made.activated.connect(lambda _n: self._take(one.key, made.currentData()))
        return made

    def _new_buttons(self):
        return row(
            button(_(self.register.add_words), self._add, primary=True),
            button(_("Cancel"), self.cancelled.emit),
            None,
        )

    def _entry_buttons(self):
        items: list[QWidget | None] = []
        if self._writable and self.entry is not None and not self.entry.locked:
            words = _(self.register.delete_words)
            items.append(button(words, self.deleted.emit, danger=True, icon="trash-2"))
            items.append(None)
            if self.register.is_ordered:
                items.append(tool_button("arrow-up", _("Move up"), lambda: self.moved.emit(-1)))
                items.append(tool_button("arrow-down", _("Move down"), lambda: self.moved.emit(1)))
        return column(line(), Space.S, row(*items), spacing=0) if items else row()

    # --- typing ------------------------------------------------------------------------------

    def _take(self, key: str, value: Any) -> None:
        """A field was left: in a new record it waits, else it is written."""
        before = self._values.get(key)
        if (before or None) == ((value or None) if isinstance(value, str) else value):
            return
        self._values[key] = value
        if self.is_new:
            self._rebuild_if_needed()
            return
        self._pending[key] = value
        self.changed.emit(dict(self._pending))
        if self._pending:
            self._rebuild_if_needed()

    def accept(self, entry: Entry | None) -> None:
        """What was asked for is done: show the entry as it is now."""
        self._pending = {}
        if entry is not None and self.entry is not None and entry.id == self.entry.id:
            focus = self._focused_key()
            self.entry, self._values = entry, dict(entry.values)
            self.message.hide()
            self._build(focus)
        else:
            self.show_entry(entry)

    def _rebuild_if_needed(self) -> None:
        """Other values may call for other fields or choices."""
        wanted = self.register.fields(self._values, self.entry.id if self.entry else None)
        if [one.key for one in wanted] != list(self.inputs) or any(
            one.input is Input.CHOICE
            and [words for _value, words in one.choices] != _items(self.inputs[one.key])
            for one in wanted
        ):
            self._build(self._focused_key())

    def _add(self) -> None:
        for key, made in self.inputs.items():
            if isinstance(made, QLineEdit):
                self._values[key] = made.text()
            elif isinstance(made, LinesEdit):
                self._values[key] = made.toPlainText()
            elif isinstance(made, QComboBox):
                self._values[key] = made.currentData()
        self.added.emit({key: self._values[key] for key in self.inputs})

    def _is_typed(self) -> bool:
        return any(
            (isinstance(made, QLineEdit) and made.text().strip())
            or (isinstance(made, LinesEdit) and made.toPlainText().strip())
            for made in self.inputs.values()
        )

    def _focused_key(self) -> str | None:
        return next((key for key, made in self.inputs.items() if made.hasFocus()), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self.is_new or self._pending):
            self._pending = {}
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.is_new:
            self._add()
        else:
            super().keyPressEvent(event)


def _items(box: QWidget) -> list[str]:
    assert isinstance(box, QComboBox)
    return [box.itemText(n) for n in range(box.count())]
