"""The catalogue of metrics above, what a unit of the chosen one is worth below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)
from sqlalchemy import select

from ecofolio.errors import EcofolioError, InputError
from ecofolio.organisation.model import Department
from ecofolio.scorecards import actions, queries
from ecofolio.scorecards.catalogue import counted_in
from ecofolio.scorecards.metric_dialog import MetricDialog
from ecofolio.scorecards.metrics_model import CODE, NAME, MetricsModel, read_cell
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.worth_view import WorthView
from ecofolio.store.base import table_of
from ecofolio.text import _
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import button, column, row
from ecofolio.widgets.theme import Space, in_force

_WIDTHS = (124, 176, 108, 78, 78, 92, 132, 120, 132, 118, 118, 96, 64, 52, 72, 96, 56)


class ChoiceDelegate(QStyledItemDelegate):
    """Edits a cell by choosing where its model knows choices, else by typing."""

    def createEditor(self, parent, option, index: QModelIndex):
        model = index.model()
        found = model.choices(index) if isinstance(model, MetricsModel) else None
        if found is None:
            return super().createEditor(parent, option, index)
        box = QComboBox(parent)
        box.setAccessibleName(str(model.headerData(index.column(), Qt.Orientation.Horizontal)))
        for text, value in found:
            box.addItem(text, value)
        box.activated.connect(lambda _place: self._chosen(box))
        return box

    def _chosen(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(self, editor: QWidget, index: QModelIndex) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))
        else:
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model, index: QModelIndex) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
        else:
            super().setModelData(editor, model, index)


class MetricTable(QTableView):
    """The catalogue; F2, a double click or typing edits a cell, Space ticks the veto."""

    def __init__(self, name: str, model: MetricsModel) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(ChoiceDelegate(self))
        self.setProperty("framed", False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.DoubleClicked | trigger.EditKeyPressed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for place, width in enumerate(_WIDTHS):
            self.setColumnWidth(place, width)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        in_force().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not enter or not index.isValid():
            super().keyPressEvent(event)
        elif self.state() != QAbstractItemView.State.EditingState:  # an editor passes Enter on
            self.edit(index)


class MetricsView(QWidget):
    """What is measured, and what it is worth."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self._id = 0
        self.model = MetricsModel(self._keep, self)
        self.table = MetricTable(_("Metrics"), self.model)
        self.table.selectionModel().currentRowChanged.connect(self._turn)
        self.message = InlineMessage()
        self.retired = QCheckBox(_("Show retired"))
        self.retired.toggled.connect(lambda _on: self.fill())
        self.add = button(_("Add metric"), self._add)
        self.retire = button(_("Retire"), self._retire)
        self.delete = button(_("Delete"), self._delete)
        tools = QWidget()
        tools.setLayout(row(self.retired, self.delete, self.retire, self.add))
        upper = Panel(_("Metrics"), _("Enter edits a cell"), action=tools, flush=True)
        upper.add(self.message)
        upper.add(self.table, 1)
        self.worth = WorthView(context, self._say)
        layout = column(spacing=Space.M)
        layout.addWidget(upper, 1)
        layout.addWidget(self.worth)
        self.setLayout(layout)

    @property
    def chosen(self) -> MetricRow | None:
        """The metric of the current row."""
        place = self.table.currentIndex().row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    def fill(self) -> None:
        """Read the catalogue again; the chosen metric stays chosen."""
        department = table_of(Department)
        query = select(department.c.id, department.c.name).order_by(department.c.code)
        with self.context.workspace.read() as connection:
            rows = queries.metrics(connection, retired=self.retired.isChecked())
            departments = dict(connection.execute(query).all())
            worths = queries.coefficients(connection)
        self.model.read_only = self.context.workspace.read_only is not None
        place = max(self.table.currentIndex().column(), CODE)
        self.worth.take(worths)
        self.model.fill(rows, departments)
        self.table.setCurrentIndex(self.model.index(max(self.model.row_of(self._id), 0), place))
        self._turn()

    def choose(self, metric_id: int) -> None:
        """Make a metric the current one."""
        index = self.model.index(self.model.row_of(metric_id), NAME)
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index)

    def _turn(self, *_indexes: QModelIndex) -> None:
        metric, writable = self.chosen, not self.context.workspace.read_only
        self._id = metric.id if metric else 0
        self.add.setEnabled(writable)
        for one in (self.retire, self.delete):
            one.setEnabled(writable and self._id > 0)
        words = _("Take back into use") if metric and metric.retired else _("Retire")
        self.retire.setText(words)
        self.retire.setAccessibleName(words)
        self.worth.show_metric(metric)

    def _say(self, sentence: str) -> None:
        """Say why something can not be done; nothing takes the sentence away."""
        if sentence:
            self.message.say(sentence, tone="red")
        else:
            self.message.hide()
            self.fill()

    def _do(self, done: str, action: Any, *given: Any, **more: Any) -> bool:
        try:
            self.context.workspace.do(action, *given, **more)
        except EcofolioError as error:
            self._say(str(error))
            return False
        self._say("")
        self.context.notify(done, undo=True)
        return True

    def _keep(self, metric: MetricRow, field: str, value: Any) -> bool:
        done = _("{metric} is changed.").format(metric=metric.name)
        try:
            if field == "position":
                return self._do(done, actions.place_metric, metric.id, self._neighbour(value))
            kept = read_cell(field, value, counted_in(metric.code, metric.own_unit))
        except InputError as error:
            self._say(str(error))
            return False
        return self._do(done, actions.set_metric, metric.id, {field: kept}, expect=metric.version)

    def _neighbour(self, text: Any) -> int:
        """The metric in whose place another is put, by the number of its row."""
        rows = self.model.rows
        if not str(text).strip().isdecimal() or not 1 <= int(text) <= len(rows):
            raise InputError(_("The order is a number from 1 to {n}.").format(n=len(rows)))
        return rows[int(text) - 1].id

    def _add(self) -> None:
        dialog = MetricDialog(self.context.workspace, self)
        if dialog.exec() and dialog.added is not None:
            self.fill()
            self.choose(dialog.added)
            self.context.notify(_("The metric is added."), undo=True)

    def _retire(self) -> None:
        metric = self.chosen
        if metric is None:
            return
        text = _("{metric} is in use again.") if metric.retired else _("{metric} is retired.")
        values = {"retired": not metric.retired}
        self._do(
            text.format(metric=metric.name),
            actions.set_metric, metric.id, values, expect=metric.version,
        )  # fmt: skip

    def _delete(self) -> None:
        metric = self.chosen
        if metric is not None:
            done = _("{metric} is deleted.").format(metric=metric.name)
            self._do(done, actions.delete_metric, metric.id)
