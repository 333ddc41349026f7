"""Report this period: just what is due of one initiative, by keyboard, done in a minute."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QTableView,
    QWidget,
)

from ecofolio.errors import EcofolioError
from ecofolio.scorecards import reporting
from ecofolio.scorecards.observing import OddFigureError, observe
from ecofolio.scorecards.report_model import COMMENT, METRIC, SOURCE, VALUE, Draft, ReportModel
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import ObservationState
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import ElidedLabel, button, column, label, row
from ecofolio.widgets.theme import Space, in_force

_LIST_WIDTH = 260
_MISSING = Qt.ItemDataRole.UserRole + 1
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FigureTable(QTableView):
    """The figures of one initiative: typing starts editing, Enter goes down, a column pastes.

    `refused` follows a paste of more lines than there are figures, with how many are too many.
    """

    refused = Signal(int)

    def __init__(self, name: str, model: ReportModel) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setModel(model)
        self.figures = model
        self.setProperty("framed", False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.DoubleClicked | trigger.EditKeyPressed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for place, width in ((1, 108), (2, 100), (3, 96), (4, 96), (SOURCE, 80), (COMMENT, 104)):
            self.setColumnWidth(place, width)
        header.setSectionResizeMode(METRIC, QHeaderView.ResizeMode.Stretch)
        in_force().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            text = QGuiApplication.clipboard().text()
            if text:
                left = self.figures.paste(max(self.currentIndex().row(), 0), text)
                if left:
                    self.refused.emit(left)
        elif event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # the view's
        elif event.key() in _ENTER:
            if self.state() != QAbstractItemView.State.EditingState:  # an editor passes Enter on,
                self._go_down()  # and goes down when it closes
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor, hint) -> None:
        """Go down after Enter, as in a spreadsheet."""
        super().closeEditor(editor, hint)
        if hint.name in ("SubmitModelCache", "NoHint"):
            self._go_down()

    def _go_down(self) -> None:
        index = self.currentIndex()
        if index.isValid() and index.row() + 1 < self.figures.rowCount():
            self.setCurrentIndex(index.siblingAtRow(index.row() + 1))

    def start(self) -> None:
        """Put the keyboard on the first figure that is missing."""
        missing = (n for n, one in enumerate(self.figures.rows) if one.value is None)
        self.setCurrentIndex(self.figures.index(next(missing, 0), VALUE))


class ReportView(QWidget):
    """Who reports at the left, what is due at the right. `reported` follows a report,
    `targets_wanted` asks for what would make something due."""

    reported = Signal()
    targets_wanted = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.month, self._id = "", 0
        self._drafts: dict[int, Draft] = {}  # of the initiatives that were left meanwhile
        self._asked = False  # whether odd figures are waiting for a second word
        self.people = QListWidget()
        self.people.setAccessibleName(_("Initiatives"))
        self.people.setFrameShape(QFrame.Shape.NoFrame)
        self.people.setProperty("flush", True)
        self.people.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.people.currentItemChanged.connect(self._turn)
        self._left = Panel(_("Initiatives"), _("missing"), flush=True)
        self._left.add(self.people, 1)
        self._left.setFixedWidth(_LIST_WIDTH)
        self.model = ReportModel(self)
        self.table = FigureTable(_("Figures of this month"), self.model)
        self.table.refused.connect(self._refuse)
        self.message = InlineMessage()
        self.provisional = QCheckBox(_("Provisional"))
        self.save = button(_("Report"), self.report, primary=True)
        self.model.edited.connect(self._edited)
        self.caption = ElidedLabel("", "caption")
        self.panel = Panel(_("Figures of this month"), action=self.caption, flush=True)
        self.panel.add(self.table, 1)
        foot = row(
            label(_("Type or paste a column; Enter goes down, Ctrl+Enter reports."), "muted"),
            None,
            self.provisional,
            self.save,
        )
        foot.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self.panel.add(column(self.message, foot))
        self._nobody = EmptyState(
            "circle-check",
            _("Nothing is to be reported for this month"),
            _("Set targets"),
            self.targets_wanted.emit,
            explanation=_("A metric is reported where an initiative has a target for it."),
        )
        layout = row(self._left, spacing=Space.M)
        layout.addWidget(self.panel, 1)
        layout.addWidget(self._nobody, 1)
        self.setLayout(layout)
        self._edited()

    def fill(self, month: str, ids: frozenset[int] | None) -> None:
        """Show who reports a month; what is typed stays where it is the same month."""
        if month == self.month and self.has_open_work():
            return
        if month != self.month:
            self._drafts.clear()
        self.month = month
        with self.context.workspace.read() as connection:
            found = reporting.reporters(connection, month, ids, actor=self.context.workspace.actor)
        kept = self._id
        self.people.blockSignals(True)
        self.people.clear()
        for one in found:
            missing = f"{one.missing}  " if one.missing else "✓  "
            item = QListWidgetItem(f"{missing}{one.code}  {one.name}")
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            item.setSizeHint(QSize(0, in_force().row_height))
            item.setData(_MISSING, one.missing)
            if one.own:
                item.setFont(in_force().font(strong=True))
            item.setToolTip(" · ".join(filter(None, (one.unit, _("yours") if one.own else ""))))
            self.people.addItem(item)
        self.people.blockSignals(False)
        for part in (self._left, self.panel):
            part.setVisible(bool(found))
        self._nobody.setVisible(not found)
        places = {one.id: n for n, one in enumerate(found)}
        if found:
            self.people.setCurrentRow(places.get(kept, 0))

    def choose(self, initiative_id: int) -> None:
        """Turn to an initiative, and put the keyboard on its first missing figure."""
        for n in range(self.people.count()):
            if self.people.item(n).data(Qt.ItemDataRole.UserRole) == initiative_id:
                self.people.setCurrentRow(n)
                self.table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.table.state() == QAbstractItemView.State.EditingState:
                QTimer.singleShot(0, self, self._report_typed)  # once the editor has closed
            else:
                self._report_typed()
            return
        super().keyPressEvent(event)

    def _report_typed(self) -> None:
        if self.save.isEnabled():
            self.report(sure=self._asked)

    def has_open_work(self) -> bool:
        """Whether something is typed that was not reported."""
        return self.model.has_edits() or bool(self._drafts)

    def _turn(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        if self.model.has_edits():  # kept until one comes back
            self._drafts[self._id] = self.model.draft()
        self._id = item.data(Qt.ItemDataRole.UserRole)
        with self.context.workspace.read() as connection:
            rows = reporting.wanted(connection, self._id, self.month)
        self.model.fill(rows)
        if self._id in self._drafts:
            self.model.resume(self._drafts.pop(self._id))
        self.table.start()
        self.message.hide()
        name = item.text().split("  ", 1)[1]
        self.caption.setText(f"{self.month} · {name}")
        told = {one.state for one in rows}
        self.provisional.setChecked(ObservationState.PROVISIONAL.value in told)
        self._edited()

    def _edited(self) -> None:
        self._asked = False
        wrong = [n for n in range(len(self.model.rows)) if self.model.problem(n)]
        if wrong:
            name = self.model.rows[wrong[0]].metric.name
            self.message.say(f"{name}: {self.model.problem(wrong[0])}", tone="red")
        else:
            self.message.hide()
        writable = not self.context.workspace.read_only
        self.save.setEnabled(writable and self.model.has_edits() and not wrong)

    def _refuse(self, left: int) -> None:
        text = ngettext(
            "Nothing was pasted: {n} line is more than there are figures.",
            "Nothing was pasted: {n} lines are more than there are figures.",
            left,
        )
        self.message.say(text.format(n=left), tone="red")

    def report(self, *, sure: bool = False) -> None:
        """Keep what was typed; ask first where a figure is odd."""
        figures = self.model.figures(self._id, self.month, final=not self.provisional.isChecked())
        if not figures:
            return
        try:
            self.context.workspace.do(observe, figures, sure=sure)
        except OddFigureError as odd:
            self._asked = True
            self.message.say(
                str(odd), tone="amber", action=_("Report it all the same (Ctrl+Enter)"),
                on_action=lambda: self.report(sure=True),
            )  # fmt: skip
            return
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return
        self.model.fill(self.model.rows)
        text = ngettext("{n} figure is reported.", "{n} figures are reported.", len(figures))
        self.context.notify(text.format(n=len(figures)), undo=True)
        self._go_on()
        self.reported.emit()

    def _go_on(self) -> None:
        """Read who is still missing something, and go to the first of them."""
        drafts, self._drafts = self._drafts, {}
        self.fill(self.month, self._shown_ids())
        self._drafts = drafts
        missing = [n for n in range(self.people.count()) if self.people.item(n).data(_MISSING)]
        if missing and self.people.currentRow() not in missing:
            self.people.setCurrentRow(missing[0])
            self.table.setFocus()

    def _shown_ids(self) -> frozenset[int]:
        items = (self.people.item(n) for n in range(self.people.count()))
        return frozenset(item.data(Qt.ItemDataRole.UserRole) for item in items)
