"""The notes of an initiative by section, written in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from ecofolio.initiatives import actions, queries
from ecofolio.initiatives.desk import Desk
from ecofolio.text import _
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import SectionHead, button, clear, label, row, tool_button
from ecofolio.widgets.theme import Space

Act = Callable[..., str]


class NotesPanel(QWidget):
    """Shows the sections; `act(action, …)` writes and returns the sentence why not, or nothing."""

    def __init__(self, desk: Desk, act: Act) -> None:
        super().__init__()
        self._desk, self._act = desk, act
        self._initiative: int | None = None
        self.form: NoteForm | None = None
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(6, Space.M, 0, Space.S)
        self._body.setSpacing(Space.S)

    def show_initiative(self, identity: int | None) -> None:
        """Show the notes of an initiative; an open form of the same one stays."""
        if self.form is not None and identity == self._initiative:
            return
        self._initiative = identity
        self.form = None
        clear(self._body)
        if identity is None:
            return
        with self._desk.workspace.read() as connection:
            found = queries.notes(connection, identity)
        for note in found:
            words = _("Edit {name}").format(name=note.section)
            edit = tool_button("pencil", words, partial(self.edit, note.section, note.body))
            self._body.addWidget(SectionHead(note.section, action=edit))
            text = label(note.body, wrap=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._body.addWidget(text)
        if not found:
            explained = _("Keep risks, decisions and what is stuck beside the initiative.")
            self._body.addWidget(
                EmptyState("message-square", _("No note yet"), explanation=explained)
            )
        self.add_button = button(_("Add note"), lambda: self.edit("", ""), icon="plus")
        self._body.addLayout(row(self.add_button, None))
        self._body.addStretch(1)

    def edit(self, section: str, body: str) -> None:
        """Open the form for a section, or for a new one."""
        self.form = NoteForm(section, body, self._keep, self._leave)
        clear(self._body)
        self._body.addWidget(self.form, 1)
        (self.form.body if section else self.form.section).setFocus()

    def _keep(self, section: str, body: str) -> str:
        sentence = self._act(actions.set_note, self._initiative, section, body)
        if not sentence:
            self._leave()
        return sentence

    def _leave(self) -> None:
        self.form = None
        self.show_initiative(self._initiative)


class NoteForm(QWidget):
    """One section and its text; Ctrl+Enter keeps it, Escape leaves it as it was."""

    def __init__(
        self,
        section: str,
        body: str,
        keep: Callable[[str, str], str],
        leave: Callable[[], object],
    ) -> None:
        super().__init__()
        self._keep, self._leave = keep, leave
        self.section = QLineEdit(section)
        self.section.setAccessibleName(_("Section"))
        self.section.setPlaceholderText(_("Section, such as “Risks”"))
        self.section.setReadOnly(bool(section))
        self.body = QPlainTextEdit(body)
        self.body.setAccessibleName(_("Text of the note"))
        self.body.setTabChangesFocus(True)
        self.message = InlineMessage()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(self.section)
        layout.addWidget(self.body, 1)
        layout.addWidget(self.message)
        hint = label(_("An empty text takes the section away."), "caption", wrap=True)
        self.keep_button = button(_("Keep note"), self.keep, primary=True, tip="Ctrl+Enter")
        foot = row(hint, button(_("Cancel"), leave), self.keep_button)
        foot.setStretch(0, 1)
        layout.addLayout(foot)

    def keep(self) -> None:
        """Write the section."""
        sentence = self._keep(self.section.text(), self.body.toPlainText())
        if sentence:
            self.message.say(sentence, "red")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.keep()
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)
