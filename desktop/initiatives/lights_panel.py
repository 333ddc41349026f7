"""The five lights of one initiative below its health: each with its sign and its sentence, and
what they were at the ends of the last months."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)
from shiboken6 import isValid

from ecofolio.format import day
from ecofolio.initiatives import past, queries
from ecofolio.initiatives.health import Judged, five
from ecofolio.initiatives.past import Was
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, tip
from ecofolio.vocabulary import HealthLight
from ecofolio.widgets.background import Runner
from ecofolio.widgets.painters import LightSign, paint_focus, paint_light
from ecofolio.widgets.parts import ElidedLabel, button, column, label, row
from ecofolio.widgets.theme import Space, in_force

_NAME_WIDTH = 70
_MONTHS = 11  # gone by; the twelfth is the present one
_LINE, _HEAD = 22, 22  # pixels
_REST = 150  # milliseconds on one initiative before its past is read


class LightsPanel(QWidget):
    """What each room says of an initiative; rooms that can say nothing show grey."""

    def __init__(self, workspace: Workspace, runner: Runner, *, history: bool = False) -> None:
        super().__init__()
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(2, 1)
        self._signs: dict[HealthLight, LightSign] = {}
        self.sentences: dict[HealthLight, ElidedLabel] = {}
        for place, light in enumerate(HealthLight):
            sign = self._signs[light] = LightSign("not_reported", light.label)
            name = label(light.label)
            name.setMinimumWidth(_NAME_WIDTH)
            sentence = self.sentences[light] = ElidedLabel("", "muted")
            for place_, part in enumerate((sign, name, sentence)):
                grid.addWidget(part, place, place_)
        self.history = LightsHistory(workspace, runner)
        layout = column(spacing=Space.XS)
        layout.addLayout(grid)
        layout.addWidget(self.history)
        self.setLayout(layout)
        if history:
            self.history.toggle.click()

    def fill(self, row: InitiativeRow, today: date) -> None:
        """Show the lights of another initiative."""
        for light, judged in five(row, today).items():
            self._signs[light].set_light(judged.light, f"{light.label}: {judged.light.label}")
            self.sentences[light].setText(judged.words)
        self.history.fill(row, today)


class HistoryModel(QAbstractTableModel):
    """Health and its five lights by month ends, the last column as of today."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.days: list[Was] = []

    def fill(self, days: list[Was]) -> None:
        """Show what the lights were at the ends of days."""
        self.beginResetModel()
        self.days = days
        self.endResetModel()

    def judged(self, place: int, month: int) -> Judged:
        """What stands in a cell."""
        was = self.days[month]
        return was.whole if place == 0 else was.lights[list(HealthLight)[place - 1]]

    def words(self, place: int, month: int) -> str:
        """A cell in words: the day, which light, what it was and why."""
        judged = self.judged(place, month)
        return _("{date} · {name}: {light}, {reason}").format(
            date=day(self.days[month].day),
            name=self._name(place),
            light=judged.light.label,
            reason=judged.words,
        )

    def _name(self, place: int) -> str:
        return _("Health") if place == 0 else list(HealthLight)[place - 1].label

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 1 + len(HealthLight)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.days)

    def headerData(self, section: int, orientation, role=Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return self._name(section) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self.days[section].day.month)
        return day(self.days[section].day) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: QModelIndex, role=Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            said = self.words(index.row(), index.column())
            return tip(said) if said and role == Qt.ItemDataRole.ToolTipRole else said
        return None


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option, index: QModelIndex) -> None:
        model = index.model()
        assert isinstance(model, HistoryModel)
        rect, column_ = QRectF(option.rect), index.column()
        light = model.judged(index.row(), column_).light
        paint_light(painter, rect, light.value, centred=True)
        if index.row() == 0 and model.days[column_].overridden:
            painter.setPen(in_force().colour("text"))  # a line below: set by hand
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(1, 1, -1, -1), 3)


class LightsHistory(QWidget):
    """Twelve months of lights, read where somebody wants to see them; the arrow keys walk through
    and the sentence below tells the one that is chosen."""

    def __init__(self, workspace: Workspace, runner: Runner) -> None:
        super().__init__()
        self._workspace, self._runner = workspace, runner
        self._row: InitiativeRow | None = None
        self._today = date.min
        self.toggle = button(_("Lights of twelve months"), link=True)
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._turn)
        self.model = HistoryModel(self)
        self.table = QTableView()
        self._dress()
        self.sentence = label("", "muted", wrap=True)
        self._body = QWidget()
        self._body.setLayout(column(self.table, self.sentence, spacing=Space.XS))
        self._body.hide()
        self.setLayout(column(row(self.toggle, None), self._body, spacing=Space.XS))
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._read)

    def _dress(self) -> None:
        table = self.table
        table.setAccessibleName(_("Lights of twelve months"))
        table.setModel(self.model)
        table.setItemDelegate(_Delegate(self))
        table.setProperty("framed", False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head, side = table.horizontalHeader(), table.verticalHeader()
        head.setMinimumSectionSize(16)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setFixedHeight(_HEAD)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        head.setStyleSheet("QHeaderView::section { padding: 0; }")  # else two figures are cut
        side.setMinimumSectionSize(_LINE)
        side.setDefaultSectionSize(_LINE)
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setHighlightSections(False)
        table.setFixedHeight(_HEAD + _LINE * self.model.rowCount() + 4)
        table.selectionModel().currentChanged.connect(self._say)

    def fill(self, row: InitiativeRow, today: date) -> None:
        """Tell of another initiative once somebody stays with it."""
        self._row, self._today = row, today
        if self.toggle.isChecked():
            self._rest.start()

    def _turn(self, wanted: bool) -> None:
        self._body.setVisible(wanted)
        if wanted and self._row is not None:
            self._read()

    def _read(self) -> None:
        found, today, workspace = self._row, self._today, self._workspace
        if found is None:
            return

        def read(_progress: object, _cancelled: object) -> list[Was]:
            with workspace.read() as connection:
                return past.history(connection, past.month_ends(today, _MONTHS), found.id)

        self._runner.start(
            read,
            title=_("Reading the lights of twelve months"),
            on_done=lambda days: self._take(found, days),
            cancellable=False,
        )

    def _take(self, of: InitiativeRow, days: list[Was]) -> None:
        if not isValid(self) or of is not self._row:
            return  # somebody went on meanwhile
        health = queries.health(of, self._today)
        whole = Judged(health.light, "{words}", {"words": health.reason})
        now = Was(self._today, whole, five(of, self._today), health.overridden)
        self.model.fill([*days, now])
        self.table.setCurrentIndex(self.model.index(0, len(days)))

    def _say(self, index: QModelIndex) -> None:
        valid = index.isValid()
        self.sentence.setText(self.model.words(index.row(), index.column()) if valid else "")
