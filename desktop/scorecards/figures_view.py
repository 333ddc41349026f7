"""Figures by month, quarter and year, of one initiative or of all of a unit, scene or batch."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QTableView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from shiboken6 import isValid

from ecofolio.format import day
from ecofolio.scorecards import figures, periods, queries
from ecofolio.scorecards.figures import Rolled
from ecofolio.scorecards.figures_model import FiguresModel
from ecofolio.scorecards.observing import odd_among
from ecofolio.scorecards.queries import MetricRow, ObservationRow
from ecofolio.scorecards.ranking import Place, places
from ecofolio.scorecards.reading import figure_text
from ecofolio.scorecards.targets_view import searching
from ecofolio.scorecards.value import groupings
from ecofolio.text import _, ngettext, tip
from ecofolio.vocabulary import ObservationState
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space, in_force

_SHOWN = {periods.MONTH: 24, periods.QUARTER: 12, periods.YEAR: 20}
_MANY = 500  # initiatives from which figures are read apart, and no longer one by one
_PARTS_HEIGHT, _NAMES_WIDTH = 190, 240
_PART_WIDTHS = (72, 104, 84, 84, 116, 150, 116, 100)  # beside the initiative, which takes the rest
INITIATIVE, ALL = "initiative", "all"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FigureGrid(QTableView):
    """The grid; the clipboard takes the cells that are selected."""

    def __init__(self, name: str, model: FiguresModel) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setModel(model)
        self.figures = model
        self.setProperty("framed", False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setFixedWidth(_NAMES_WIDTH)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setHighlightSections(False)
        self.horizontalHeader().setDefaultSectionSize(112)
        in_force().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(in_force().row_height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.figures.text_of(self.selectedIndexes()))
        else:
            super().keyPressEvent(event)


class FiguresView(QWidget):
    """What was reached, over periods, and what each figure is made of. `report_wanted` asks to
    report some."""

    report_wanted = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self._ids: frozenset[int] | None = None
        self._who: dict[int, Place] = {}
        self._groups: dict[str, dict[int, str]] = {}
        self._asked = 0  # how often, so that an answer that comes late is known
        self.model = FiguresModel(self)
        self.table = FigureGrid(_("Figures by period"), self.model)
        self.table.selectionModel().currentChanged.connect(self._open)
        self._make_choosers()
        self.copy = button(_("Copy for Excel"), self._copy, icon="copy")
        tools = QWidget()
        tools.setLayout(row(self.what, self.which, self.source, self.span, self.copy))
        upper = Panel(_("Figures"), _("* leaves something open"), action=tools, flush=True)
        upper.add(self.table, 1)
        self.parts = QTableWidget(0, 9)
        self._dress_parts()
        self.made_of = Panel(_("Made of"), " ", flush=True)
        self.made_of.add(self.parts, 1)
        self.made_of.setFixedHeight(_PARTS_HEIGHT)
        self._words = label("", "muted", wrap=True)
        self._words.setContentsMargins(Space.M, 0, Space.M, Space.S)
        self.made_of.add(self._words)
        self._nothing = EmptyState(
            "chart-column",
            _("No figure is reported here"),
            _("Report this month"),
            self.report_wanted.emit,
            explanation=_("Figures of the initiatives that the scope bar shows appear here."),
        )
        self._shown = QWidget()
        shown = column(spacing=Space.M)
        shown.addWidget(upper, 1)
        shown.addWidget(self.made_of)
        shown.setContentsMargins(0, 0, 0, 0)
        self._shown.setLayout(shown)
        layout = column(spacing=0)
        layout.addWidget(self._shown, 1)
        layout.addWidget(self._nothing, 1)
        self.setLayout(layout)

    def _make_choosers(self) -> None:
        self.what, self.which, self.source, self.span = (QComboBox() for _n in range(4))
        for box, name in (
            (self.what, _("Whose figures")), (self.which, _("Which one")),
            (self.source, _("Figures or targets")), (self.span, _("Periods")),
        ):  # fmt: skip
            box.setAccessibleName(name)
        for text, value in (
            (_("Initiative"), INITIATIVE), (_("Unit"), "unit"), (_("Scene"), "scene"),
            (_("Batch"), "batch"), (_("All in the scope"), ALL),
        ):  # fmt: skip
            self.what.addItem(text, value)
        self.source.addItem(_("Reached"), "value")
        self.source.addItem(_("Promised"), "target")
        for text, value in (
            (_("Months"), periods.MONTH), (_("Quarters"), periods.QUARTER),
            (_("Years"), periods.YEAR),
        ):  # fmt: skip
            self.span.addItem(text, value)
        searching(self.which, 260)
        self.what.currentIndexChanged.connect(lambda _n: self._offer(None))
        self.which.currentIndexChanged.connect(lambda _n: self._read())
        for box in (self.source, self.span):
            box.currentIndexChanged.connect(lambda _n: self._read())

    def _dress_parts(self) -> None:
        table = self.parts
        table.setAccessibleName(_("What the figure is made of"))
        table.setProperty("framed", False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.verticalHeader().hide()
        table.horizontalHeader().setHighlightSections(False)
        table.setHorizontalHeaderLabels(
            [
                _("Initiative"), _("Month"), _("Figure"), _("Weighs"), _("State"), _("Source"),
                _("Comment"), _("Who reported"), _("When"),
            ]
        )  # fmt: skip
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for place in range(table.columnCount()):
            side = _RIGHT if place in (2, 3) else left
            table.horizontalHeaderItem(place).setTextAlignment(side)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place, width in enumerate(_PART_WIDTHS, 1):
            table.setColumnWidth(place, width)
        table.cellDoubleClicked.connect(self._go)

    # --- whose figures -----------------------------------------------------------------------

    def fill(self, ids: frozenset[int] | None, first: int | None = None) -> None:
        """Read again who has figures; what was chosen stays, else `first` is shown."""
        with self.context.workspace.read() as connection:
            who, groups = places(connection), groupings(connection)
        self._ids, self._groups = ids, groups
        self._who = {one: place for one, place in who.items() if ids is None or one in ids}
        self._offer(self.which.currentData() or first)

    def _offer(self, kept: Hashable) -> None:
        """Offer the initiatives, or the groups that they are in."""
        what = self.what.currentData()
        self.which.blockSignals(True)
        self.which.clear()
        if what == INITIATIVE:
            for one, place in sorted(self._who.items(), key=lambda item: item[1].code):
                self.which.addItem(f"{place.code}  {place.name}", one)
        elif what != ALL:
            groups = self._groups.get(what, {})
            for name in sorted({groups[one] for one in self._who if one in groups}):
                self.which.addItem(name, name)
        at = self.which.findData(kept)
        self.which.setCurrentIndex(max(at, 0) if self.which.count() else -1)
        self.which.setVisible(what != ALL)
        self.which.blockSignals(False)
        self._read()

    @property
    def chosen(self) -> list[int]:
        """The initiatives whose figures are shown."""
        what, which = self.what.currentData(), self.which.currentData()
        if what == ALL:
            return sorted(self._who)
        if what == INITIATIVE:
            return [which] if which in self._who else []
        return sorted(one for one in self._who if self._groups.get(what, {}).get(one) == which)

    # --- their figures -----------------------------------------------------------------------

    def _read(self) -> None:
        ids, span, source = self.chosen, self.span.currentData(), self.source.currentData()
        workspace = self.context.workspace
        this_month = periods.of(workspace.clock().astimezone().date())
        groups = {one: [0] for one in ids}
        self._asked += 1
        asked = self._asked

        def read(
            _progress: object = None, _cancelled: object = None
        ) -> tuple[list[Rolled], list[MetricRow], list[str]]:
            with workspace.read() as connection:
                months = [
                    one
                    for one in figures.months(connection)
                    if one <= this_month or source != "value"
                ]
                wanted = sorted({periods.holding(one, span) for one in months})[-_SHOWN[span] :]
                some = None if len(ids) > _MANY else ids
                found = figures.rolled(connection, wanted, ids=some, groups=groups, source=source)
                return found, queries.metrics(connection, retired=True), wanted

        if len(ids) <= _MANY:
            self._show(*read())
            return
        self.context.runner.start(
            read, title=_("Adding up the figures"),
            on_done=lambda found: self._take(asked, found),
            on_error=self.context.report, cancellable=False,
        )  # fmt: skip

    def _take(self, asked: int, found: tuple[list[Rolled], list[MetricRow], list[str]]) -> None:
        if isValid(self) and asked == self._asked:  # else another was chosen meanwhile
            self._show(*found)

    def _show(self, found: list[Rolled], metrics: list[MetricRow], wanted: list[str]) -> None:
        at = self.table.currentIndex()
        metric = self.model.metrics[at.row()].id if at.isValid() else 0
        period = (
            self.model.headerData(at.column(), Qt.Orientation.Horizontal) if at.isValid() else ""
        )
        first = min((one.period for one in found), default="")
        wanted = [one for one in wanted if one >= first]
        self.model.fill(found, metrics, wanted, self.source.currentData())
        self.made_of.setVisible(self.source.currentData() == "value")
        self._shown.setVisible(bool(found))
        self._nothing.setVisible(not found)
        if not found:
            return
        rows = [one.id for one in self.model.metrics]
        told = (one.period for one in found if one.made.value is not None)
        last = max(told, default=wanted[-1])  # of the month that runs there may be no figure yet
        place = wanted.index(period if period in wanted else last)
        self.table.setCurrentIndex(
            self.model.index(rows.index(metric) if metric in rows else 0, place)
        )
        self.table.scrollTo(self.table.currentIndex())

    def _open(self, index: QModelIndex, _before: QModelIndex | None = None) -> None:
        """Show what the figure of a cell is made of."""
        found, ids = self.model.cell(index), self.chosen
        self.parts.setRowCount(0)
        if self.made_of.head is not None:
            told = f"{found.metric.name} · {found.period}" if found else " "
            self.made_of.head.set_caption(told)
        many = len(ids) > _MANY
        words = self.model.words(index)
        if many:
            words = _("Choose a unit or an initiative to see what its figures are made of.")
        self._words.setText(words)
        self._words.setVisible(bool(words))
        if found is None or many:
            return
        inside = periods.months_in(found.period)
        months = [periods.shifted(inside[0], -1), *inside]
        with self.context.workspace.read() as connection:
            rows = queries.observations(connection, ids=ids, months=months)
        base = {
            (one.initiative_id, one.month): one.value
            for one in rows
            if one.metric_id == found.metric.weighed_by_id
        }
        own = [one for one in rows if one.metric_id == found.metric.id]
        odd = odd_among({found.metric.id: found.metric}, own)
        self._fill_parts([one for one in own if one.month in inside], base, odd)

    def _fill_parts(
        self,
        rows: list[ObservationRow],
        base: dict[tuple[int, str], int],
        odd: dict[int, str],
    ) -> None:
        """Fill the list below; `odd` figures are marked and say why."""
        self.parts.verticalHeader().setDefaultSectionSize(in_force().row_height)
        self.parts.setRowCount(len(rows))
        for n, one in enumerate(rows):
            weight, value = base.get((one.initiative_id, one.month)), figure_text(one.value)
            cells = (
                f"{one.code}  {self._who[one.initiative_id].name}",
                one.month,
                f"! {value}" if one.id in odd else value,
                "" if weight is None else figure_text(weight),
                ObservationState(one.state).label,
                one.source or "–",
                one.comment or "",
                one.reported_by,
                day(one.reported_on),
            )
            for place, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(tip(odd.get(one.id, "")))
                if place in (2, 3):
                    item.setTextAlignment(_RIGHT)
                self.parts.setItem(n, place, item)
            self.parts.item(n, 0).setData(Qt.ItemDataRole.UserRole, one.initiative_id)

    def _go(self, place: int, _column: int) -> None:
        self.context.open_record(
            "initiative", self.parts.item(place, 0).data(Qt.ItemDataRole.UserRole)
        )

    def _copy(self) -> None:
        """Copy the whole grid with its heads, as plain figures."""
        model = self.model
        cells = [
            model.index(n, place)
            for n in range(model.rowCount())
            for place in range(model.columnCount())
        ]
        QGuiApplication.clipboard().setText(model.text_of(cells, heads=True))
        text = ngettext("{n} metric is copied.", "{n} metrics are copied.", model.rowCount())
        self.context.notify(text.format(n=model.rowCount()))
