"""A card's checklist, and what was said about it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from ecofolio import format as shown
from ecofolio.boards import actions
from ecofolio.boards.card_editor import CardEditor
from ecofolio.boards.details import CardDetail, CommentRow, ItemRow
from ecofolio.squads.field_editors import LongField
from ecofolio.text import _
from ecofolio.widgets.parts import SectionHead, button, clear, label, row, tool_button
from ecofolio.widgets.theme import Space


class ChecklistPanel(QWidget):
    """Lines to tick off."""

    def __init__(self, editor: CardEditor) -> None:
        super().__init__()
        self._editor = editor
        self._card = 0
        self.head = SectionHead(_("Checklist"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        self.add = QLineEdit()
        self.add.setAccessibleName(_("New line of the checklist"))
        self.add.setPlaceholderText(_("Add a line"))
        self.add.returnPressed.connect(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, Space.S, 0, Space.S)
        layout.setSpacing(Space.XS)
        layout.addWidget(self.head)
        layout.addLayout(self._lines)
        layout.addWidget(self.add)

    def show_card(self, detail: CardDetail) -> None:
        """Show the lines of a card."""
        if self._card != detail.row["id"]:
            self.add.clear()
        self._card = detail.row["id"]
        clear(self._lines)
        section = None
        for item in detail.items:
            if item.section and item.section != section:
                self._lines.addWidget(label(item.section, "section"))
            section = item.section
            self._lines.addLayout(self._line(item))
        done = sum(item.done for item in detail.items)
        self.head.set_caption(f"{done}/{len(detail.items)}" if detail.items else "")

    def _line(self, item: ItemRow):
        box = QCheckBox()
        box.setAccessibleName(item.text)
        box.setChecked(item.done)
        box.toggled.connect(lambda on: self._editor.do(actions.set_item, item.id, {"done": on}))
        text = label(item.text, "muted" if item.done else "", wrap=True)
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        drop = tool_button(
            "x",
            _("Delete “{item}”").format(item=item.text),
            lambda: self._editor.do(actions.delete_item, item.id),
        )
        drop.setFixedSize(20, 20)
        line = row(box, text, drop)
        line.setStretch(1, 1)
        return line

    def _add(self) -> None:
        text = self.add.text()
        if text.strip() and not self._editor.do(actions.add_items, self._card, [text]):
            self.add.clear()


class CardTalkPanel(QWidget):
    """Comments, the newest last, and a field for another."""

    def __init__(self, editor: CardEditor) -> None:
        super().__init__()
        self._editor = editor
        self._card = 0
        self._body = QVBoxLayout()
        self._body.setSpacing(Space.M)
        self.field = LongField(_("Comment"), _("Say something; @name speaks to somebody"))
        self.field.setFixedHeight(84)
        self.field.kept.connect(self._say)
        self.say_button = button(_("Comment"), self.field.keep, primary=True, tip="Ctrl+Enter")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, Space.M, 0, Space.S)
        layout.setSpacing(Space.S)
        layout.addLayout(self._body)
        layout.addWidget(self.field)
        layout.addLayout(row(None, self.say_button))
        layout.addStretch(1)

    def show_card(self, detail: CardDetail) -> None:
        """Show what was said about a card."""
        if self._card != detail.row["id"]:
            self.field.show_value("")
        self._card = detail.row["id"]
        clear(self._body)
        for one in detail.comments:
            self._body.addWidget(self._comment(one))
        if not detail.comments:
            self._body.addWidget(label(_("Nothing was said yet."), "muted"))

    def _comment(self, one: CommentRow) -> QWidget:
        made = QWidget()
        at = shown.moment(datetime.fromtimestamp(one.at / 1_000_000, UTC))
        drop = tool_button(
            "trash-2",
            _("Delete the comment of {author}").format(author=one.author),
            lambda: self._editor.do(actions.delete_comment, one.id),
        )
        drop.setFixedSize(22, 22)
        head = row(label(one.author, "heading"), label(at, "caption"), None, drop)
        body = label(one.body, wrap=True)
        body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        body.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(body)
        return made

    def _say(self, text: str | None) -> None:
        if text and not self._editor.do(actions.comment, self._card, text):
            self.field.show_value("")

    def has_open_work(self) -> bool:
        """Whether a comment is being written."""
        return self.field.is_open
