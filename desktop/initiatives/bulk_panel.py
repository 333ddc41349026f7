"""The bar over the table when several initiatives are selected: one value for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QWidget

from ecofolio.errors import InputError
from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.desk import Desk
from ecofolio.text import _, ngettext
from ecofolio.widgets.parts import button, label, tool_button
from ecofolio.widgets.theme import Space

if TYPE_CHECKING:
    from ecofolio.initiatives import field_editors as editors

_FIRST = "stage"
_ALONE = ("code", "light", "health_override", "health_reason", "health_expires", "segments")


class BulkPanel(QFrame):
    """`write(column, value)` writes for all selected and returns the sentence why not.

    Its parts are made when several are selected for the first time.
    """

    refused = Signal(str)
    health_wanted = Signal(QWidget)
    duplicate_wanted = Signal()
    delete_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, desk: Desk, write: Callable[[Column, Any], str]) -> None:
        super().__init__()
        self._desk, self._write = desk, write
        self.setProperty("role", "message")
        self.setAccessibleName(_("Edit the selected initiatives"))
        self.field: QComboBox | None = None
        self.editor: editors.Editor | None = None
        self.hide()

    def _make(self) -> None:
        self._count = label("", "heading")
        self.field = QComboBox()
        self.field.setAccessibleName(_("Field to set"))
        self.field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.apply_button = button(_("Set"), self.apply, primary=True)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(Space.M, Space.XS, Space.XS, Space.XS)
        self._layout.setSpacing(Space.S)
        health = button(_("Health…"), lambda: self.health_wanted.emit(health))
        for part in (
            self._count,
            self.field,
            self.apply_button,
            health,
            tool_button("copy", _("Duplicate"), self.duplicate_wanted.emit),
            tool_button("trash-2", _("Delete"), self.delete_wanted.emit, tint="red"),
            tool_button("x", _("Select nothing"), self.clear_wanted.emit),
        ):
            self._layout.addWidget(part)
        self._layout.insertStretch(3, 1)
        self.rebuild()
        self.field.currentIndexChanged.connect(lambda _index: self._put_editor())

    def rebuild(self) -> None:
        """Offer the fields anew, after custom fields or names changed."""
        if self.field is None:
            return
        keep = self.field.currentData() or _FIRST
        self.field.blockSignals(True)
        self.field.clear()
        for column in self._desk.columns:
            if column.editable and column.key not in _ALONE:
                self.field.addItem(column.title, column.key)
        self.field.setCurrentIndex(max(0, self.field.findData(keep)))
        self.field.blockSignals(False)
        self._put_editor()

    def show_count(self, count: int) -> None:
        """Show the bar for two or more."""
        if count < 2:
            self.hide()
            return
        if self.field is None:
            self._make()
        text = ngettext("{n} selected", "{n} selected", count).format(n=count)
        self._count.setText(text)
        self.show()

    def column(self) -> Column:
        """The field that is chosen."""
        key = self.field.currentData()
        return next(column for column in self._desk.columns if column.key == key)

    def _put_editor(self) -> None:
        from ecofolio.initiatives import field_editors as editors

        if self.editor is not None:
            self._layout.removeWidget(self.editor)
            self.editor.hide()
            self.editor.deleteLater()
        self.editor = editors.editor_for(self.column(), self._desk.reading, self)
        self.editor.setMinimumWidth(150)
        self.editor.setMaximumWidth(240)
        if isinstance(self.editor, editors.LongTextEditor):
            self.editor.setMaximumHeight(96)
        elif isinstance(self.editor, editors.LineEditor):
            self.editor.finished.connect(self.apply)
        self._layout.insertWidget(2, self.editor)

    def apply(self) -> None:
        """Set the field of all selected initiatives, as one change."""
        from ecofolio.initiatives import field_editors as editors

        assert self.editor is not None
        try:
            value = self.editor.value()
        except InputError as error:
            editors.refuse(self.editor, str(error))
            self.refused.emit(str(error))
            return
        sentence = self._write(self.column(), value)
        if sentence:
            editors.refuse(self.editor, sentence)
            self.refused.emit(sentence)
