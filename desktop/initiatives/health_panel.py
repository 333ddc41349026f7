"""Overriding the light of initiatives: which light, why, and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from ecofolio.errors import EcofolioError
from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.desk import Desk
from ecofolio.initiatives.field_editors import DateEditor
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.text import _
from ecofolio.vocabulary import Light
from ecofolio.widgets.choosers import Popup
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, label, row

_USUAL_DAYS = 30
_LIGHTS = (Light.GREEN, Light.AMBER, Light.RED)


class HealthPanel(Popup):
    """Asks for an override of the rows' light; `on_done` follows when it was written."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        rows: Sequence[InitiativeRow],
        on_done: Callable[[], object],
    ) -> None:
        super().__init__(parent, _("Override of health"))
        self._desk, self._ids, self._on_done = desk, [one.id for one in rows], on_done
        first = rows[0]
        self.light = QComboBox()
        self.light.setAccessibleName(_("Light"))
        for light in _LIGHTS:
            self.light.addItem(light.label, light.value)
        self.light.setCurrentIndex(max(0, self.light.findData(first.health_override)))
        self.reason = QLineEdit(first.health_reason or "")
        self.reason.setAccessibleName(_("Reason"))
        self.reason.setPlaceholderText(_("Why the computed light does not hold"))
        self.reason.setMinimumWidth(280)
        self.reason.returnPressed.connect(self.keep)
        self.until = DateEditor(self._column(), desk.reading)
        self.until.setAccessibleName(_("Until"))
        usual = desk.today + timedelta(days=_USUAL_DAYS)
        self.until.setText((first.health_expires or usual).isoformat())
        self.until.finished.connect(self.keep)
        self.until.cancelled.connect(self.close)
        self.message = InlineMessage()
        head = label(_("Override health"), "heading")
        self.body.setContentsMargins(14, 12, 14, 12)
        self.body.addWidget(head)
        for title, field in (
            (_("Light"), self.light),
            (_("Reason"), self.reason),
            (_("Until"), self.until),
        ):
            name = label(title, "muted")
            name.setFixedWidth(60)
            self.body.addLayout(row(name, field))
        self.body.addWidget(self.message)
        clear = button(_("Back to the computed light"), self.clear, link=True)
        clear.setVisible(any(one.health_override for one in rows))
        self.body.addLayout(row(clear, None, button(_("Override"), self.keep, primary=True)))
        self.reason.setFocus()

    def _column(self) -> Column:
        return next(one for one in self._desk.columns if one.key == "health_expires")

    def keep(self) -> None:
        """Write the override, or say why it can not be."""
        from ecofolio.initiatives import actions

        try:
            expires = self.until.value()
            self._desk.workspace.do(
                actions.override_health,
                self._ids,
                self.light.currentData(),
                self.reason.text(),
                expires,
            )
        except EcofolioError as error:
            self.message.say(str(error), "red")
            self.adjustSize()
            return
        self.close()
        self._on_done()

    def clear(self) -> None:
        """Let the computed light show again."""
        from ecofolio.initiatives import actions

        try:
            self._desk.workspace.do(actions.clear_override, self._ids)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self.close()
        self._on_done()

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self.reason.setFocus(Qt.FocusReason.PopupFocusReason)
