"""The scorecards page: ranking, heat map, distribution, input–output, what-if, reporting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QStackedWidget, QTabBar, QWidget
from shiboken6 import isValid
from sqlalchemy import Connection, select

from ecofolio.initiatives.queries import count
from ecofolio.initiatives.scope import Scope
from ecofolio.scorecards import founding, scoring, value, words
from ecofolio.scorecards.card_view import CardView
from ecofolio.scorecards.charts_view import Dot, Strip, StripChart
from ecofolio.scorecards.heat_view import HeatMap
from ecofolio.scorecards.metrics_view import MetricsView
from ecofolio.scorecards.owed_view import OwedView
from ecofolio.scorecards.ranking import places
from ecofolio.scorecards.ranking_view import RankingTable
from ecofolio.scorecards.report_view import ReportView
from ecofolio.scorecards.standing import (
    Standing,
    Touched,
    opened,
    standing,
    taken_in,
    with_change,
)
from ecofolio.scorecards.targets_view import TargetsView
from ecofolio.scorecards.thresholds_dialog import ThresholdsDialog
from ecofolio.scorecards.value import Balance
from ecofolio.scorecards.value_view import ValueView
from ecofolio.scorecards.what_if_view import WhatIfView
from ecofolio.store.base import table_of
from ecofolio.store.model import Programme
from ecofolio.text import _, ngettext
from ecofolio.widgets.page import Page, PageContext
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import PageHead, button, column, row
from ecofolio.widgets.theme import Space

Balances = Callable[[Connection, str], Mapping[Any, Balance]]
_MANY = 2000  # initiatives from which the ranking is read off the GUI thread
_ROOMY = 1220  # pixels
RANKING, HEAT, SPREAD, VALUE, WHAT_IF, REPORT, OWED, METRICS, TARGETS = range(9)
_UNSCORED = (VALUE, REPORT, OWED, METRICS, TARGETS)  # shown without a score, too


class ScorecardsPage(Page):
    """How initiatives compare. `balances` brings value against spend up to a month: the ledger
    is another room's."""

    icon_name = "chart-column"

    def __init__(
        self, context: PageContext, balances: Balances, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, parent)
        self._balances = balances
        self._scope = context.scope.value
        self.found: Standing | None = None
        self._reading, self._again, self._many = False, False, False
        self._fresh: set[int] = set()
        self._shows_card = False
        founding.ready(context.workspace)
        self._touched = Touched()
        self.destroyed.connect(context.workspace.subscribe(self._touched.hear))
        self.months = QComboBox()
        self.months.setAccessibleName(_("Month"))
        self.months.currentIndexChanged.connect(self._choose_month)
        self._report_now = button(_("Report this month"), self._go_report, primary=True)
        lights = button(_("Thresholds of health…"), self._ask_thresholds)
        self._head = PageHead(self.title, "", lights, self.months, self._report_now)
        self._make_views()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.title)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in (
            _("Ranking"), _("Heat map"), _("Distribution"), _("Input–output"), _("What if"),
            _("Report"), _("Not reported"), _("Metrics"),
            _("Targets"),
        ):  # fmt: skip
            self.tabs.addTab(title)
        self.tabs.currentChanged.connect(self._turn)
        layout = column(self._head, self.tabs, spacing=Space.M)
        layout.addWidget(self._stack, 1)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        whole = row(spacing=0)
        whole.addLayout(layout, 1)
        whole.addWidget(self.card)
        self.setLayout(whole)

    @property
    def title(self) -> str:
        return _("Scorecards")

    def _make_views(self) -> None:
        self.ranking = RankingTable(_("Ranking"), self._trends)
        self.ranking.chosen.connect(self._open_card)
        self.ranking.opened.connect(lambda one: self.context.open_record("initiative", one))
        self.card = CardView(self.context.open_record)
        self.heat = HeatMap(_("Heat map"))
        self.strips = StripChart(_("Scores by peer group"))
        self.value = ValueView()
        for view in (self.heat, self.strips, self.value):
            view.opened.connect(self._open_card)
        self.what_if = WhatIfView(self.context)
        self.report = ReportView(self.context)
        self.owed = OwedView(self.context)
        self.metrics = MetricsView(self.context)
        self.targets = TargetsView(self.context)
        self._stack = QStackedWidget()
        self._nothing = EmptyState(
            "chart-column",
            _("Nothing is scored for this month"),
            _("Report this month"),
            self._go_report,
            explanation=_("An initiative is scored where it has a batch, targets and figures."),
        )
        ranked = Panel(_("Ranking"), _("each among its peers: unit level and batch"), flush=True)
        ranked.add(self.ranking, 1)
        mapped = Panel(_("Heat map"), _("attainment, – not reported, ✕ breached"), flush=True)
        mapped.add(self.heat, 1)
        views = (
            ranked, mapped, self._spread(), self.value, self.what_if, self.report, self.owed,
            self.metrics, self.targets,
        )  # fmt: skip
        for shown in (*views, self._nothing):
            self._stack.addWidget(shown)

    def _spread(self) -> QWidget:
        area = QScrollArea()
        area.setWidget(self.strips)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        self.strips.setAutoFillBackground(False)
        panel = Panel(
            _("Scores by peer group"), _("a dot an initiative, the line is the median"), flush=True
        )
        panel.add(area, 1)
        return panel

    # --- the contract with the window ------------------------------------------------------

    def set_scope(self, scope: Scope) -> None:
        """Show the ranking of `scope`."""
        if scope != self._scope:
            self._scope = scope
            self._touched.all()
            if self.found is not None or self._reading:
                self.refresh()

    def refresh(self) -> None:
        """Read the ranking again; in a large programme, off the GUI thread."""
        if self._reading:
            self._again = True
            return
        touched = self._touched.take()
        if touched and self.found is not None:
            with self.context.workspace.read() as connection:
                self._show(taken_in(connection, self.found, touched))
            return
        workspace, scope = self.context.workspace, self._scope
        month = self.found.month if self.found else None
        today = workspace.clock().astimezone().date()
        with workspace.read() as connection:
            self._many = count(connection) > _MANY
            found = None if self._many else standing(connection, scope, month, today)
        if found is not None:
            self._show(found)
            return

        def read(_progress, _cancelled) -> Standing:
            with workspace.read() as connection:
                return standing(connection, scope, month, today, change=False)

        self._reading = True
        self.context.runner.start(
            read, title=_("Working out the scores"), on_done=self._take,
            on_error=self._give_up, cancellable=False,
        )  # fmt: skip

    def _take(self, found: Standing) -> None:
        """Show the ranking of a large programme, and read what has changed in it afterwards."""
        if not isValid(self):
            return
        self._show(found)
        workspace = self.context.workspace

        def read(_progress, _cancelled) -> Standing:
            with workspace.read() as connection:
                return with_change(connection, found)

        self.context.runner.start(
            read, title=_("Working out the changes"),
            on_done=lambda whole: self._take_change(found, whole),
            on_error=self._give_up, cancellable=False,
        )  # fmt: skip

    def _take_change(self, shown: Standing, whole: Standing) -> None:
        if not isValid(self):
            return
        self._reading = False
        if self.found is shown:  # else another month was chosen meanwhile
            self.found = whole
            self._fresh.discard(RANKING)
            self._turn()
        if self._again:
            self._again = False
            self.refresh()

    def is_settled(self) -> bool:
        return not self._reading

    def _give_up(self, error: BaseException) -> None:
        if isValid(self):
            self._reading = self._again = False
            self.context.report(error)

    def _show(self, found: Standing) -> None:
        self.found = found
        self._fresh = set()
        told = [line.score for line in found.lines if line.score is not None]
        middle = words.points(round(sum(told) / len(told))) if told else "–"
        text = ngettext(
            "{n} initiative scored for {month} · mean {mean}",
            "{n} initiatives scored for {month} · mean {mean}",
            len(told),
        )
        self._head.set_sentence(text.format(n=len(told), month=found.month, mean=middle))
        self.months.blockSignals(True)
        self.months.clear()
        self.months.addItems(found.months)
        self.months.setCurrentText(found.month)
        self.months.blockSignals(False)
        self._turn()

    def first_focus(self) -> QWidget:
        return self.ranking if self.tabs.currentIndex() == RANKING else self.tabs

    def show_record(self, kind: str, record_id: int) -> bool:
        """Open the scorecard of an initiative."""
        if kind != "scorecard":
            return False
        self.tabs.setCurrentIndex(RANKING)
        return self.ranking.choose(record_id)

    def state(self) -> dict[str, Any]:
        return {"tab": self.tabs.currentIndex(), "id": self.ranking.current_id()}

    def restore(self, state: dict[str, Any]) -> None:
        tab = state.get("tab")
        if isinstance(tab, int) and 0 <= tab < self.tabs.count():
            self.tabs.setCurrentIndex(tab)
        if isinstance(state.get("id"), int):
            self.ranking.choose(state["id"])

    def has_open_work(self) -> bool:
        return self.report.has_open_work() or self.targets.has_open_work()

    # --- what is in view -------------------------------------------------------------------

    def _choose_month(self) -> None:
        month = self.months.currentText()
        if self.found is None or not month or month == self.found.month:
            return
        today = self.context.workspace.clock().astimezone().date()
        with self.context.workspace.read() as connection:
            self._show(standing(connection, self._scope, month, today))

    def _ask_thresholds(self) -> None:
        dialog = ThresholdsDialog(self.context.workspace, self)
        if dialog.exec():
            self.context.notify(_("The thresholds of health are saved."))

    def _go_report(self) -> None:
        self.months.setCurrentIndex(0)
        self.tabs.setCurrentIndex(REPORT)

    def _turn(self) -> None:
        """Bring the tab in view up to date; the others when they are shown."""
        found, tab = self.found, self.tabs.currentIndex()
        if found is None:
            return
        scored = tab not in _UNSCORED
        empty = scored and not found.lines
        self._stack.setCurrentIndex(self._stack.count() - 1 if empty else tab)
        self._shows_card = tab in (RANKING, HEAT, SPREAD) and not empty
        self._make_room()
        if tab in self._fresh:
            return
        self._fresh.add(tab)
        (
            self._fill_ranking, self._fill_heat, self._fill_spread, self._fill_value,
            self.what_if.fill,
            lambda found: self.report.fill(found.month, found.ids),
            lambda found: self.owed.fill(found.ids, apart=self._many),
            lambda _found: self.metrics.fill(),
            lambda found: self.targets.fill(found.ids, self.ranking.current_id()),
        )[tab](found)  # fmt: skip

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Beside a heat map the card stands only where there is room for both."""
        narrow = self.tabs.currentIndex() == HEAT and self.width() < _ROOMY
        self.card.setVisible(self._shows_card and not narrow)

    def _fill_ranking(self, found: Standing) -> None:
        self.ranking.fill(found.lines)
        one = self.ranking.current_id()
        if one is not None:
            self._open_card(one)

    def _fill_heat(self, found: Standing) -> None:
        with self.context.workspace.read() as connection:
            sheets = scoring.sheets(
                connection, found.month, found.today, [one.id for one in found.lines]
            )
        self.heat.fill(found.lines, sheets, found.metrics)

    def _fill_spread(self, found: Standing) -> None:
        groups: dict[str, list[Dot]] = {}
        for line in found.lines:
            if line.score is not None and line.grade is not None:
                spoken = f"{line.code} {line.name}: {words.points(line.score)}"
                dot = Dot(line.id, line.score, 0, line.code, spoken, words.TONES[line.grade])
                groups.setdefault(words.peers(line), []).append(dot)
        strips = [
            Strip(title, dots, sorted(dot.x for dot in dots)[len(dots) // 2])
            for title, dots in sorted(groups.items())
        ]
        card = next(iter(found.cards.values()), None)
        limits = (
            [(100 * card.grade_c, "C"), (100 * card.grade_b, "B"), (100 * card.grade_a, "A")]
            if card
            else []
        )
        self.strips.fill(strips, limits)

    def _fill_value(self, found: Standing) -> None:
        programme = table_of(Programme)
        with self.context.workspace.read() as connection:
            balances = self._balances(connection, found.month)
            who = places(connection)
            hollow = value.hollow(connection, found.month)
            groups = value.groupings(connection)
            currency = connection.scalar(select(programme.c.currency)) or "CNY"
        if found.ids is not None:
            who = {one: place for one, place in who.items() if one in found.ids}
        self.value.fill(balances, who, [one for one in hollow if one.id in who], currency, groups)

    def _trends(self, ids) -> dict[int, list[int | None]]:
        found = self.found
        if found is None:
            return {}
        with self.context.workspace.read() as connection:
            return scoring.trend(connection, ids, found.month, found.today)

    def _open_card(self, initiative_id: int) -> None:
        found = self.found
        if found is None:
            return
        with self.context.workspace.read() as connection:
            self.card.fill(opened(connection, found, initiative_id), found.metrics)
