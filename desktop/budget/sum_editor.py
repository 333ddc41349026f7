"""Typing a sum into the plan: how it is read stands below it before it is taken."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ecofolio.budget import plans
from ecofolio.budget.amount_editor import told
from ecofolio.budget.plan_model import PlanModel
from ecofolio.errors import InputError
from ecofolio.text import _
from ecofolio.widgets.parts import column, label, set_property
from ecofolio.widgets.theme import Space

_TAKES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class SumField(QLineEdit):
    """A sum of the plan, with its reading in a note below. What can be read in two ways is taken
    with a second Enter only, what can not be read is not taken."""

    def __init__(self, parent: QWidget, model: PlanModel, index: QModelIndex) -> None:
        super().__init__(parent)
        self._model, self._asked = model, ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(model.name_of(index))
        self.note, self.said = QFrame(parent), label("")
        self.note.setProperty("role", "message")
        self.note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = column(self.said)
        layout.setContentsMargins(Space.S, Space.XS, Space.S, Space.XS)
        self.note.setLayout(layout)
        self.note.hide()
        self.textEdited.connect(lambda _text: self.tell())

    def typed(self) -> int | str:
        """The fen that were read, once they may be taken; else the text, which is refused."""
        if self._asked == self.text() or not plans.is_ambiguous(self.text()):
            try:
                return plans.typed(self.text(), self._model.currency, self._model.unit)
            except InputError:
                pass  # the model says why
        return self.text()

    def may_be_taken(self) -> bool:
        """Whether what stands here is clear; if not, the note says what is wrong."""
        asked, self._asked = self._asked, self.text()
        tone = self.tell()
        return not tone or (tone == "amber" and asked == self.text())

    def tell(self) -> str:
        """Say how the text is read; the note's tone: red where it is not, amber where it has
        two readings."""
        text, tone, model = self.text(), "", self._model
        try:
            fen = plans.typed(text, model.currency, model.unit)
            said = told(fen, model.unit, model.currency) if text.strip() else ""
            if plans.is_ambiguous(text):
                tone = "amber"
                said = _("“{text}” is read as {sum}. Press Enter again to take it.").format(
                    text=text.strip(), sum=said
                )
        except InputError as error:
            said, tone = str(error), "red"
        set_property(self.note, "tone", tone)
        self.said.setText(said)
        self.setAccessibleDescription(said)
        self._place()
        return tone

    def _place(self) -> None:
        """Below the field, above it where there is no room, never over it."""
        self.note.adjustSize()
        room, size = self.parentWidget().size(), self.note.size()
        x = max(0, min(self.geometry().right() - size.width() + 1, room.width() - size.width()))
        y = self.geometry().bottom() + 3
        if y + size.height() > room.height():
            y = self.y() - size.height() - 2
        self.note.move(x, y)
        self.note.setVisible(bool(self.said.text()))
        self.note.raise_()

    def moveEvent(self, event) -> None:
        super().moveEvent(event)
        if self.note.isVisible():
            self._place()

    def hideEvent(self, event) -> None:
        super().hideEvent(event)
        self.note.hide()


class SumDelegate(QStyledItemDelegate):
    """Edits sums of the plan; Enter and Tab leave a field open whose text is not clear."""

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget:
        model = index.model()
        assert isinstance(model, PlanModel)
        return SumField(parent, model, index)

    def eventFilter(self, editor, event: QEvent) -> bool:
        if isinstance(editor, SumField) and event.type() is QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in _TAKES and not editor.may_be_taken():
                return True
        return super().eventFilter(editor, event)

    def setModelData(self, editor, model, index: QModelIndex) -> None:
        assert isinstance(editor, SumField)
        model.setData(index, editor.typed(), Qt.ItemDataRole.EditRole)

    def destroyEditor(self, editor, index) -> None:
        assert isinstance(editor, SumField)
        editor.note.deleteLater()
        super().destroyEditor(editor, index)
