"""One field of the selected initiatives: shown in words, edited in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ecofolio.errors import InputError
from ecofolio.initiatives import field_editors as editors
from ecofolio.initiatives.columns import Column, money_words
from ecofolio.initiatives.fields import Kind
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.initiatives.typed import Reading
from ecofolio.text import _
from ecofolio.widgets.keys import is_press
from ecofolio.widgets.painters import paint_focus
from ecofolio.widgets.parts import label, set_property
from ecofolio.widgets.theme import in_force

NAME_WIDTH = 104

Write = Callable[[Column, Any], str]


class FieldPanel(QWidget):
    """A field's name and value; a click, Enter or F2 puts the editor in the value's place."""

    def __init__(self, column: Column, reading: Reading, write: Write) -> None:
        super().__init__()
        self.column = column
        self._reading, self._write = reading, write
        self._rows: Sequence[InitiativeRow] = ()
        self.editor: editors.Editor | None = None
        self._name = label(column.title, "muted", wrap=True)
        self._name.setFixedWidth(NAME_WIDTH)
        self._value = label(wrap=True)
        self._value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._wrong = label("", "caption", wrap=True)
        self._wrong.hide()
        top = Qt.AlignmentFlag.AlignTop
        self._line = QHBoxLayout()
        self._line.setContentsMargins(6, 4, 6, 4)
        self._line.setSpacing(8)
        self._line.addWidget(self._name, 0, top)
        self._line.addWidget(self._value, 1, top)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._line)
        layout.addWidget(self._wrong)
        if column.editable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_rows(self, rows: Sequence[InitiativeRow]) -> None:
        """Show what the rows have in common."""
        self._rows = rows
        text = self._words(rows[0]) if rows else ""
        several = any(self._words(row) != text for row in rows)
        text = _("several") if several else text
        self._value.setText(text or "–")
        set_property(self._value, "role", "muted" if several or not text else "")
        self.setAccessibleName(f"{self.column.title}: {text or _('blank')}")

    def _words(self, row: InitiativeRow) -> str:
        value = self.column.value(row)
        if self.column.kind is Kind.MONEY and value is not None:
            return money_words(value, self._reading.setting)
        return self.column.text(row)

    def begin(self) -> None:
        """Put the editor in the value's place."""
        if self.editor is not None or not self.column.editable or not self._rows:
            return
        editor = editors.editor_for(self.column, self._reading, self)
        first = self.column.value(self._rows[0])
        same = all(self.column.value(row) == first for row in self._rows)
        editor.load(self._rows[0] if same else None)
        editor.finished.connect(self.finish)
        editor.cancelled.connect(self.cancel)
        editor.installEventFilter(self)
        self.editor = editor
        self._value.hide()
        self._line.addWidget(editor, 1)
        editor.show()
        editors.begin(editor)

    def finish(self) -> None:
        """Write what was typed; where it is refused the editor stays and says why."""
        editor = self.editor
        if editor is None:
            return
        try:
            value = editor.value()
        except InputError as error:
            self._refuse(str(error))
            return
        if all(value == self.column.value(row) for row in self._rows):
            self.cancel()
            return
        self.editor = None  # what the write sets off must not end the editor again
        sentence = self._write(self.column, value)
        self.editor = editor
        if sentence:
            self._refuse(sentence)
        else:
            self.cancel()

    def _refuse(self, sentence: str) -> None:
        assert self.editor is not None
        editors.refuse(self.editor, sentence)
        self._wrong.setText(sentence)
        set_property(self._wrong, "tone", "red")
        self._wrong.show()

    def cancel(self) -> None:
        """Show the value again."""
        editor, self.editor = self.editor, None
        self._wrong.hide()
        if editor is not None:
            had = editor.hasFocus() or editor.isAncestorOf(QApplication.focusWidget() or self)
            editor.removeEventFilter(self)
            self._line.removeWidget(editor)
            editor.hide()
            editor.deleteLater()
            self._value.show()
            if had:
                self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if is_press(event) and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.finish()
            if self.editor is None:
                self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
            return True
        if event.type() is QEvent.Type.FocusOut and self._is_left():
            self.finish()
        return False

    def _is_left(self) -> bool:
        popup = QApplication.activePopupWidget()
        at = popup or QApplication.focusWidget()
        while at is not None:
            if at is self.editor:
                return False
            at = at.parentWidget()
        return popup is None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Space)
        if event.key() in keys and self.editor is None:
            self.begin()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event) -> None:
        self.update()

    def leaveEvent(self, event) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.editor is not None or not self.column.editable:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect())
            if self.underMouse():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(in_force().tokens.mixed("text", 0.04))
                painter.drawRoundedRect(box, 6, 6)
            if self.hasFocus():
                paint_focus(painter, box, 6)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self.update()
