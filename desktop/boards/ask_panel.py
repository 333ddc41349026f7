"""Small panels that ask for one thing below what was clicked: a reason, a name, lines of cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.text import _
from ecofolio.widgets.choosers import Popup
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, label, row

Keep = Callable[[str], object]


class AskPanel(Popup):
    """Asks for a text; `keep(text)` does something with it, and what it refuses is said here.

    With `several` the text has lines and Ctrl+Enter keeps it; `suggestions` are offered beside.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        words: str,
        keep: Keep,
        *,
        text: str = "",
        hint: str = "",
        explanation: str = "",
        several: bool = False,
        suggestions: Sequence[str] = (),
    ) -> None:
        super().__init__(parent, title)
        self._keep = keep
        self.body.setContentsMargins(14, 12, 14, 12)
        self.body.addWidget(label(title, "heading", wrap=True))
        if explanation:
            said = label(explanation, "muted", wrap=True)
            said.setMaximumWidth(360)
            self.body.addWidget(said)
        self.field: QLineEdit | QPlainTextEdit | QComboBox
        if several:
            self.field = QPlainTextEdit(text)
            self.field.setTabChangesFocus(True)
            self.field.setMinimumSize(340, 130)
        elif suggestions:
            self.field = QComboBox()
            self.field.setEditable(True)
            self.field.addItems(list(suggestions))
            self.field.setEditText(text)
            self.field.setMinimumWidth(340)
            self.field.lineEdit().returnPressed.connect(self.keep)
        else:
            self.field = QLineEdit(text)
            self.field.setMinimumWidth(340)
            self.field.returnPressed.connect(self.keep)
        self.field.setAccessibleName(title)
        edit = self.field.lineEdit() if isinstance(self.field, QComboBox) else self.field
        edit.setPlaceholderText(hint)
        self.message = InlineMessage()
        self.body.addWidget(self.field)
        self.body.addWidget(self.message)
        tip = "Ctrl+Enter" if several else ""
        self.keep_button = button(words, self.keep, primary=True, tip=tip)
        foot = row(None, button(_("Cancel"), self.close), self.keep_button)
        if several:
            foot.insertWidget(0, label(_("Ctrl+Enter adds them"), "caption"))
        self.body.addLayout(foot)

    @property
    def text(self) -> str:
        """What is typed."""
        if isinstance(self.field, QPlainTextEdit):
            return self.field.toPlainText()
        if isinstance(self.field, QComboBox):
            return self.field.currentText()
        return self.field.text()

    def keep(self) -> None:
        """Do what was asked for, or say why not."""
        try:
            self._keep(self.text)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            self.adjustSize()
            return
        self.close()

    def open_at(self, rect: QRect, control: QWidget) -> None:
        """Show the panel below a rectangle of a widget, on its screen."""
        self.adjustSize()
        at = control.mapToGlobal(rect.bottomLeft() + QPoint(0, 6))
        screen = QGuiApplication.screenAt(at) or control.screen()
        room = screen.availableGeometry()
        x = max(room.left(), min(at.x(), room.right() - self.width()))
        y = at.y()
        if y + self.height() > room.bottom():
            y = max(room.top(), control.mapToGlobal(rect.topLeft()).y() - self.height() - 6)
        self.move(x, y)
        self.show()
        self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.keep()
        else:
            super().keyPressEvent(event)
