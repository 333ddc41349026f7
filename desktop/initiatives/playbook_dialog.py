"""What a playbook is called, what it is for: the fields, and a dialog that edits them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import catalogue, playbooks
from ecofolio.initiatives.playbooks import TITLES, PlaybookRow
from ecofolio.store.workspace import Workspace
from ecofolio.text import _
from ecofolio.vocabulary import Batch
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space

_LINES = 60  # pixels
_SHOWN = 16  # characters of a scene: a longer name is cut


class PlaybookFields(QWidget):
    """Code, name, what it is for, scene and batch."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.code, self.name = QLineEdit(), QLineEdit()
        self.code.setPlaceholderText(_("The next free one"))
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(_LINES)
        self.scene, self.batch = QComboBox(), QComboBox()
        with workspace.read() as connection:
            scenes = [(one.name, one.id) for one in catalogue.scenes(connection)]
        batches = [(one.label, one.value) for one in Batch]
        for box, choices in ((self.scene, scenes), (self.batch, batches)):
            box.setMinimumContentsLength(_SHOWN)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.addItem("–", None)
            for text, value in choices:
                box.addItem(text, value)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(Space.S)
        fields = ("name", "code", "notes", "scene_id", "batch")
        for key, field in zip(
            fields, (self.name, self.code, self.notes, self.scene, self.batch), strict=True
        ):
            field.setAccessibleName(_(TITLES[key]))
            form.addRow(label(_(TITLES[key]), "muted"), field)

    def fill(self, values: Mapping[str, Any]) -> None:
        """Show a playbook's values; what is not among them is emptied."""
        self.code.setText(values.get("code") or "")
        self.name.setText(values.get("name") or "")
        self.name.setCursorPosition(0)
        self.notes.setPlainText(values.get("notes") or "")
        self.scene.setCurrentIndex(self.scene.findData(values.get("scene_id")))
        self.batch.setCurrentIndex(self.batch.findData(values.get("batch")))

    @property
    def values(self) -> dict[str, Any]:
        """What the fields say."""
        return {
            "code": self.code.text(),
            "name": self.name.text(),
            "notes": self.notes.toPlainText(),
            "scene_id": self.scene.currentData(),
            "batch": self.batch.currentData(),
        }


class PlaybookDialog(QDialog):
    """Edits what a playbook is called and for, as one change."""

    def __init__(
        self, workspace: Workspace, playbook: PlaybookRow, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._playbook = workspace, playbook
        self.setWindowTitle(_("Edit playbook"))
        self.fields = PlaybookFields(workspace)
        self.fields.fill(playbook._asdict())
        self.message = InlineMessage()
        self.keep_button = button(_("Save playbook"), self.keep, primary=True)
        self.keep_button.setDefault(True)
        foot = row(None, button(_("Cancel"), self.reject), self.keep_button)
        layout = column(
            label(_("Edit playbook"), "title"), self.fields, self.message, foot, spacing=Space.M
        )
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.setMinimumWidth(480)

    def keep(self) -> None:
        """Write what differs, or say which rule is broken."""
        old = self._playbook._asdict()
        new = {
            key: value for key, value in self.fields.values.items() if (value or None) != old[key]
        }
        try:
            if new:
                self._workspace.do(
                    playbooks.set_playbook, self._playbook.id, new, expect=self._playbook.version
                )
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return
        self.accept()
