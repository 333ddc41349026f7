"""What an initiative promises in a year: typed, pasted, or filled in and looked at before it is
saved: as last year, as a proven initiative, or split over a season."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QFrame,
    QInputDialog,
    QLineEdit,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ecofolio.errors import EcofolioError
from ecofolio.intake.values import Reason
from ecofolio.scorecards import promises, proven, settled, targets, words
from ecofolio.scorecards.catalogue import counted_in
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.reading import read_figure
from ecofolio.scorecards.targets import Promise
from ecofolio.scorecards.targets_model import FIRST, LINE, METRIC, TargetsModel
from ecofolio.text import _, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext, PageId
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space, in_force

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LONGEST = 200  # per cent that a year may be above or below the last


class _Delegate(QStyledItemDelegate):
    """Lays a quiet ground under months that stand; style sheets pass a model's own over."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model = index.model()
        assert isinstance(model, TargetsModel)
        if index.column() >= FIRST and model.stands(index.column() - FIRST):
            painter.fillRect(option.rect, in_force().colour("bg"))
        super().paint(painter, option, index)


class TargetTable(QTableView):
    """The grid: typing edits a cell, a block pastes from where one stands, Delete empties."""

    def __init__(self, name: str, model: TargetsModel) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setModel(model)
        self.targets = model
        self.setProperty("framed", False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Delegate(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.DoubleClicked | trigger.EditKeyPressed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultSectionSize(86)
        model.modelReset.connect(self._widths)
        in_force().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height - 4)

    def _widths(self) -> None:
        for place, width in ((METRIC, 190), (LINE, 72)):
            self.setColumnWidth(place, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Paste):
            text = QGuiApplication.clipboard().text()
            if text and index.isValid() and not self.targets.read_only:
                self.targets.paste(index.row(), index.column(), text)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if not self.targets.read_only:
                self.targets.empty(self.selectedIndexes())
        elif event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # the view's
        elif event.key() in _ENTER:
            self._go_down()
        else:
            super().keyPressEvent(event)

    def saves(self, event: QKeyEvent, keep: Callable[[], object]) -> bool:
        """Whether the key is Ctrl+Enter: `keep` is called then, with what is still being typed."""
        if event.key() not in _ENTER or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if self.state() == QAbstractItemView.State.EditingState:
            QTimer.singleShot(0, self, keep)  # once the editor has closed
        else:
            keep()
        return True

    def _go_down(self) -> None:
        index = self.currentIndex()
        if (
            self.state() != QAbstractItemView.State.EditingState
            and index.row() + 1 < self.targets.rowCount()
        ):
            self.setCurrentIndex(index.siblingAtRow(index.row() + 1))


def searching(box: QComboBox, width: int) -> None:
    """Let a long list be searched by typing any part of a line."""
    box.setFixedWidth(width)
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.completer().setFilterMode(Qt.MatchFlag.MatchContains)
    box.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    # a long name is read from its beginning
    box.lineEdit().textChanged.connect(
        lambda _text: box.lineEdit().hasFocus() or box.lineEdit().setCursorPosition(0)
    )


class TargetsView(QWidget):
    """The targets of one initiative and year. `pack_wanted` and `playbook_wanted` ask for a
    playbook of the initiative that is shown, and for targets from one."""

    pack_wanted = Signal(int)
    playbook_wanted = Signal(int)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self._shown = (0, 0)
        self.model = TargetsModel(self)
        self.model.edited.connect(self._edited)
        self.table = TargetTable(_("Targets by month"), self.model)
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._edited())
        self.message = InlineMessage()
        self._make_choosers()
        self._make_tools()
        head = QWidget()
        head.setLayout(row(self.who, self.year, self.more))
        self.panel = Panel(_("Targets"), "", action=head, flush=True)
        self.panel.add(self.table, 1)
        hint = label(_("Paste a block from Excel; Ctrl+Enter saves."), "muted")
        foot = column(
            self.message,
            self._tools,
            self._example_tools,
            row(hint, None, self.correct, self.pack, self.playbook, self.reset, self.save),
        )
        foot.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self.panel.add(foot)
        self._nobody = EmptyState(
            "chart-column",
            _("There is no initiative to set targets for"),
            _("Go to initiatives"),
            lambda: self.context.go(PageId.INITIATIVES),
            explanation=_("Targets are set for the initiatives that the scope bar shows."),
        )
        layout = column(self.panel, self._nobody)
        self.setLayout(layout)

    def _make_choosers(self) -> None:
        self.who, self.year, self.more = QComboBox(), QSpinBox(), QComboBox()
        self.who.setAccessibleName(_("Initiative"))
        searching(self.who, 300)
        self.who.currentIndexChanged.connect(self._turn)
        self.year.setAccessibleName(_("Year"))
        self.year.setRange(2000, 2199)
        today = self.context.workspace.clock().astimezone().date()
        self.year.setValue(today.year)
        self.year.valueChanged.connect(self._turn)
        self.more.setAccessibleName(_("Add a metric"))
        self.more.setFixedWidth(190)
        self.more.activated.connect(self._add_metric)

    def _make_tools(self) -> None:
        self.percent, self.total = QSpinBox(), QLineEdit()
        self.percent.setAccessibleName(_("Per cent more than last year"))
        self.percent.setRange(-99, _LONGEST)
        self.percent.setValue(10)
        self.percent.setPrefix("+")
        self.percent.valueChanged.connect(
            lambda value: self.percent.setPrefix("+" if value >= 0 else "")
        )
        self.percent.setSuffix(words.spaced("%"))
        self.total.setAccessibleName(_("Total of the year"))
        self.total.setPlaceholderText(_("Total of the year"))
        self.total.setMaximumWidth(140)
        self.total.textChanged.connect(lambda _text: self._edited())
        self.total.returnPressed.connect(self._split)
        self.last_year = button(_("Fill as last year"), self._as_last_year)
        self.split = button(_("Split over months"), self._split)
        self._metric_name = label("", "muted")
        self._tools = row(
            label(_("All metrics:"), "muted"), self.percent, self.last_year, Space.L,
            self._metric_name, self.total, self.split, None,
        )  # fmt: skip
        self._make_example()
        self.pack = button(_("Pack as a playbook…"), lambda: self.pack_wanted.emit(self._shown[0]))
        self.playbook = button(
            _("Targets from a playbook…"), lambda: self.playbook_wanted.emit(self._shown[0])
        )
        self.save = button(_("Save targets"), self.keep, primary=True)
        self.reset = button(_("Discard"), self._read)
        self.correct = button(_("Correct settled targets…"), self._correct)

    def _make_example(self) -> None:
        """What fills targets as a proven initiative has done, month by month since its start."""
        self.example, self.of, self.part = QComboBox(), QComboBox(), QSpinBox()
        self.example.setAccessibleName(_("Proven initiative"))
        searching(self.example, 300)
        self.of.setAccessibleName(_("What of it"))
        self.of.addItem(_("what it reached"), proven.REACHED)
        self.of.addItem(_("what it promised"), proven.PROMISED)
        self.part.setAccessibleName(_("Per cent of it"))
        self.part.setRange(1, 1000)
        self.part.setValue(100)
        self.part.setSuffix(words.spaced("%"))
        self.part.setToolTip(_("Counts follow it; rates and averages stay whole."))
        self.as_proven = button(_("Fill as that one"), self._as_proven)
        self._example_tools = row(
            label(_("A proven initiative since its start:"), "muted"),
            self.example, self.of, self.part, self.as_proven, None,
        )  # fmt: skip

    def fill(self, ids: Collection[int] | None, first: int | None = None) -> None:
        """Show the initiatives that targets can be set for; what is typed stays.

        `first` is shown where nothing was chosen before.
        """
        if self.has_open_work():
            return
        with self.context.workspace.read() as connection:
            found = promises.promisers(connection, ids)
            examples = promises.promisers(connection, None, closed=True)
        kept = self._shown[0] or first
        _fill(self.who, found, kept)
        _fill(self.example, examples, self.example.currentData())
        self.panel.setVisible(bool(found))
        self._nobody.setVisible(not found)
        if found:
            self._read()

    def has_open_work(self) -> bool:
        """Whether something is typed that was not saved."""
        return self.model.has_edits()

    @property
    def months(self) -> list[str]:
        """The months of the year that is shown."""
        return [f"{self.year.value():04d}-{n:02d}" for n in range(1, 13)]

    @property
    def metric(self) -> MetricRow | None:
        """The metric on whose lines one stands."""
        return self.model.metric_at(self.table.currentIndex().row())

    def _turn(self) -> None:
        """Another initiative or year was chosen; not while something typed is not saved."""
        wanted = (self.who.currentData() or 0, self.year.value())
        if wanted == self._shown:
            return
        if not self.has_open_work():
            self._read()
            return
        for field, put_back in (
            (self.who, lambda: self.who.setCurrentIndex(self.who.findData(self._shown[0]))),
            (self.year, lambda: self.year.setValue(self._shown[1])),
        ):
            field.blockSignals(True)
            put_back()
            field.blockSignals(False)
        self.message.say(_("Save or discard what you typed first."), tone="amber")

    def _read(self) -> None:
        """Read the targets that are kept; what was typed is gone."""
        identity = self.who.currentData()
        if identity is None:
            return
        self._shown = (identity, self.year.value())
        place = self.table.currentIndex()
        at = (place.row(), place.column()) if place.isValid() else (0, FIRST)
        with self.context.workspace.read() as connection:
            found = promises.promised(connection, identity, self.months)
            today = self.context.workspace.clock().astimezone().date()
            pairs = [(identity, month) for month in self.months]
            stand = settled.standing(connection, pairs, today)
        self.model.read_only = self.context.workspace.read_only is not None
        self.message.hide()
        settled_on = {month: on for (_one, month), on in stand.items()}
        self.model.fill(identity, found.metrics, self.months, found.kept, settled_on)
        at_row = min(at[0], max(self.model.rowCount() - 1, 0))
        self.table.setCurrentIndex(self.model.index(at_row, at[1]))
        self._offer(found.others)
        self._edited()

    def _offer(self, others: list[MetricRow]) -> None:
        self._others = {one.id: one for one in others}
        self.more.clear()
        self.more.addItem(_("Add a metric…"), None)
        for one in others:
            self.more.addItem(one.name, one.id)

    def _add_metric(self) -> None:
        metric = self._others.get(self.more.currentData())
        if metric is None:
            return
        self.more.removeItem(self.more.currentIndex())
        self.more.setCurrentIndex(0)
        place = self.model.add_metric(metric)
        self.table.setCurrentIndex(self.model.index(place, FIRST))
        self.table.setFocus()

    def _edited(self) -> None:
        problem, typed = self.model.problem(), self.has_open_work()
        if problem:
            self.message.say(problem, tone="red")
        elif n := self.model.left_out:
            text = ngettext(
                "{n} cell lies beyond the grid and is left out.",
                "{n} cells lie beyond the grid and are left out.",
                n,
            )
            self.message.say(text.format(n=n), tone="amber")
        elif n := self.model.left_standing:
            text = ngettext(
                "{n} target is settled and left as it is.",
                "{n} targets are settled and left as they are.",
                n,
            )
            self.message.say(text.format(n=n), tone="amber")
        elif why := self.model.reason:
            text = _("Settled targets can be corrected now. Reason: {reason}")
            self.message.say(text.format(reason=why), tone="amber")
        else:
            self.message.hide()
        writable, metric = not self.context.workspace.read_only, self.metric
        self.save.setEnabled(writable and typed and not problem)
        self.reset.setEnabled(typed or bool(self.model.reason))
        self.correct.setVisible(bool(self.model.settled))
        self.correct.setEnabled(writable and not self.model.reason)
        still = writable and not typed and metric is not None
        self.last_year.setEnabled(still)
        self.as_proven.setEnabled(still and self.example.count() > 0)
        self.pack.setEnabled(writable and not typed)
        self.playbook.setEnabled(writable and not typed)
        self.split.setEnabled(still and bool(self.total.text().strip()))
        self._metric_name.setText(f"{metric.name}:" if metric else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.table.saves(event, self._keep_typed):
            super().keyPressEvent(event)

    def _keep_typed(self) -> None:
        if self.save.isEnabled():
            self.keep()

    def keep(self) -> None:
        """Save what is typed, all of it as one change."""
        wanted, gone = self.model.changes()
        self._do(targets.change_targets, wanted, gone, reason=self.model.reason)

    def _correct(self) -> None:
        """Let settled targets be corrected, once a reason is given."""
        said, sure = QInputDialog.getText(
            self, _("Correct settled targets"), _("Why are they corrected?")
        )
        if sure and (reason := settled.reason_of(said)):
            self.model.correct(reason)
            self.table.setFocus()

    def _as_last_year(self) -> None:
        percent = self.percent.value()
        self._propose(
            targets.last_year, [self._shown[0]], self._metric_ids(), self.months, percent=percent
        )

    def _as_proven(self) -> None:
        self._propose(
            proven.as_proven, self._shown[0], self.example.currentData(), self._metric_ids(),
            self.months, percent=self.part.value(), of=self.of.currentData(),
        )  # fmt: skip

    def _metric_ids(self) -> list[int]:
        return [metric.id for metric in self.model.metrics]

    def _split(self) -> None:
        metric = self.metric
        if metric is None or not self.split.isEnabled():
            return
        total = read_figure(self.total.text(), counted_in(metric.code, metric.own_unit))
        if not isinstance(total, int):
            reason = total.text if isinstance(total, Reason) else _("is not a figure")
            text = _("“{text}” {reason}.").format(text=self.total.text(), reason=reason)
            self.message.say(text, tone="red")
            return
        if self._propose(targets.seasonal, self._shown[0], metric.id, self.months, total):
            self.total.clear()

    def _propose(self, query: Callable[..., list[Promise]], *given: Any, **more: Any) -> bool:
        """Fill the grid with what is proposed; nothing is kept until it is saved."""
        try:
            with self.context.workspace.read() as connection:
                found = query(connection, *given, **more)
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return False
        n = self.model.propose(found)
        text = ngettext(
            "{n} target is filled in and not saved yet.",
            "{n} targets are filled in and not saved yet.",
            n,
        )
        self.context.notify(text.format(n=n))
        return True

    def _do(self, action: Callable[..., int], *given: Any, **more: Any) -> bool:
        try:
            n = self.context.workspace.do(action, *given, **more)
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return False
        self._read()
        text = ngettext("{n} target is changed.", "{n} targets are changed.", n)
        self.context.notify(text.format(n=n), undo=True)
        return True


def _fill(box: QComboBox, found: Sequence[promises.Promiser], kept: int | None) -> None:
    """Offer initiatives, the one that was chosen before in front."""
    box.blockSignals(True)
    box.clear()
    for one in found:
        box.addItem(f"{one.code}  {one.name}", one.id)
    box.setCurrentIndex(max(box.findData(kept), 0) if found else -1)
    box.blockSignals(False)
