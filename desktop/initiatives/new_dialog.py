"""A new initiative: what one knows at once; the rest follows in the inspector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import actions
from ecofolio.initiatives import field_editors as editors
from ecofolio.initiatives.desk import Desk
from ecofolio.text import _
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, label, row
from ecofolio.widgets.theme import Space

_ASKED = (
    "name",
    "unit_id",
    "scene_id",
    "lead_segment",
    "batch",
    "lead_id",
    "due_date",
    "budget_fen",
)


class NewDialog(QDialog):
    """Asks and adds; `made` is the identity of the initiative that was added."""

    def __init__(self, desk: Desk, given: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.made: int | None = None
        self.setWindowTitle(_("New initiative"))
        self.setMinimumWidth(440)
        known = {column.key: column for column in desk.columns}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        layout.setSpacing(Space.S)
        layout.addWidget(label(_("New initiative"), "title"))
        self.editors: dict[str, editors.Editor] = {}
        for key in _ASKED:
            column = known[key]
            editor = editors.editor_for(column, desk.reading, self)
            editor.load(None)
            if given.get(key) is not None:
                _preset(editor, given[key])
            if isinstance(editor, editors.LineEditor):
                editor.finished.connect(self.keep)
            editor.cancelled.connect(self.reject)
            name = label(column.head or column.title, "muted", wrap=True)
            name.setFixedWidth(110)
            line = row(name, editor)
            line.setStretch(1, 1)
            layout.addLayout(line)
            self.editors[key] = editor
        self.message = InlineMessage()
        layout.addWidget(self.message)
        hint = label(_("Its code is the next of its unit."), "caption")
        self.keep_button = button(_("Add initiative"), self.keep, primary=True)
        layout.addLayout(row(hint, None, button(_("Cancel"), self.reject), self.keep_button))
        self.editors["name"].setFocus()

    def keep(self) -> None:
        """Add the initiative, or say why it can not be."""
        values = {}
        try:
            for key, editor in self.editors.items():
                values[key] = editor.value()
            self.made = self._desk.workspace.do(actions.create, values)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self.accept()


def _preset(editor: editors.Editor, value: Any) -> None:
    if isinstance(editor, editors.ChoiceEditor):
        editor.setCurrentIndex(max(0, editor.findData(value)))
    elif isinstance(editor, editors.PopupEditor):
        editor.take(value)
