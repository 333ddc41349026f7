"""Who has not reported: units by age at the left, a text to send at the right."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget
from shiboken6 import isValid

from ecofolio.scorecards import late
from ecofolio.scorecards.late import Debtor
from ecofolio.text import _, ngettext
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import button, row
from ecofolio.widgets.theme import Space, in_force

_LIST_WIDTH = 380
_Found = tuple[list[Debtor], bool]  # who owes, and whether there are targets at all


class OwedView(QWidget):
    """What is due and missing, by unit."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.debtors: list[Debtor] = []
        self._asked = 0  # how often, so that an answer that comes late is known
        self.units = QListWidget()
        self.units.setAccessibleName(_("Units that owe figures"))
        self.units.setFrameShape(QFrame.Shape.NoFrame)
        self.units.setProperty("flush", True)
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
        self._nothing = EmptyState(
            "chart-column",
            _("Nothing is due: there are no targets"),
            explanation=_("What has a target in the last twelve months is to be reported."),
        )
        self._waiting = EmptyState("loader-circle", _("Looking for what has not been reported…"))
        self._nothing.hide()
        self._waiting.hide()
        layout = row(self._left, spacing=Space.M)
        for part in (self._right, self._nobody, self._nothing, self._waiting):
            layout.addWidget(part, 1)
        self.setLayout(layout)

    def fill(self, ids: frozenset[int] | None, *, apart: bool = False) -> None:
        """Read again who owes what; `apart` from the GUI thread where there is much of it."""
        workspace = self.context.workspace
        today = workspace.clock().astimezone().date()
        self._asked += 1
        asked = self._asked

        def read(_progress: object = None, _cancelled: object = None) -> _Found:
            with workspace.read() as connection:
                found = late.by_unit(late.not_reported(connection, today, ids=ids))
                return found, bool(found) or late.is_anything_due(connection, today, ids=ids)

        if not apart:
            self._show(read(), today)
            return
        if not self.debtors:
            for part in (self._nobody, self._nothing, self._left, self._right):
                part.hide()
            self._waiting.show()
        self.context.runner.start(
            read, title=_("Looking for what has not been reported"),
            on_done=lambda found: self._take(asked, found, today),
            on_error=lambda error: self._give_up(asked, error), cancellable=False,
        )  # fmt: skip

    def _take(self, asked: int, found: _Found, today: date) -> None:
        if isValid(self) and asked == self._asked:  # else somebody asked again meanwhile
            self._show(found, today)

    def _give_up(self, asked: int, error: BaseException) -> None:
        if isValid(self) and asked == self._asked:
            self._waiting.hide()
            self.context.report(error)

    def _show(self, found: _Found, today: date) -> None:
        (self.debtors, is_due), self._today = found, today
        self._waiting.hide()
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
        self._nobody.setVisible(is_due and not self.debtors)
        self._nothing.setVisible(not is_due)
        if self.debtors:
            self.units.setCurrentRow(0)

    def _turn(self, place: int) -> None:
        if 0 <= place < len(self.debtors):
            self.text.setPlainText(late.reminder(self.debtors[place], self._today))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.context.notify(_("The text is copied."))
