"""Who has not reported: units by age at the left, a text to send at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from ecofolio.scorecards import late
from ecofolio.scorecards.late import Debtor
from ecofolio.text import _, ngettext
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import button, row
from ecofolio.widgets.theme import Space, in_force

_LIST_WIDTH = 380


class OwedView(QWidget):
    """What is due and missing, by unit."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.debtors: list[Debtor] = []
        self.units = QListWidget()
        self.units.setAccessibleName(_("Units that owe figures"))
        self.units.setFrameShape(QFrame.Shape.NoFrame)
        self.units.currentRowChanged.connect(self._turn)
        self._left = Panel(_("Not reported"), _("oldest first"), flush=True)
        self._left.add(self.units, 1)
        self._left.setFixedWidth(_LIST_WIDTH)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(_("Text to send"))
        self.copy = button(_("Copy text"), self._copy, primary=True, icon="copy")
        self._right = Panel(_("Text to send"), "", action=self.copy)
        self._right.add(self.text, 1)
        self._nobody = EmptyState(
            "circle-check",
            _("Everything that is due has been reported"),
            explanation=_("Figures are due by their day of the month that follows."),
        )
        layout = row(self._left, spacing=Space.M)
        layout.addWidget(self._right, 1)
        layout.addWidget(self._nobody, 1)
        self.setLayout(layout)

    def fill(self, ids: frozenset[int] | None) -> None:
        """Read again who owes what."""
        today = self.context.workspace.clock().astimezone().date()
        with self.context.workspace.read() as connection:
            self.debtors = late.by_unit(late.not_reported(connection, today, ids=ids))
        self._today = today
        self.units.clear()
        for one in self.debtors:
            days = ngettext("{n} day", "{n} days", one.age).format(n=one.age)
            count = ngettext("{n} figure", "{n} figures", len(one.owed)).format(n=len(one.owed))
            item = QListWidgetItem(f"{one.unit or _('no unit')} · {count} · {days}")
            item.setData(Qt.ItemDataRole.UserRole, one.unit_id)
            item.setSizeHint(QSize(0, in_force().row_height))
            self.units.addItem(item)
        for part in (self._left, self._right):
            part.setVisible(bool(self.debtors))
        self._nobody.setVisible(not self.debtors)
        if self.debtors:
            self.units.setCurrentRow(0)

    def _turn(self, place: int) -> None:
        if 0 <= place < len(self.debtors):
            self.text.setPlainText(late.reminder(self.debtors[place], self._today))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.context.notify(_("The text is copied."))
