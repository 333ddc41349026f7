"""The tabs of the scorecards page: each made when it is first turned to, and read apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QTabBar, QWidget
from shiboken6 import isValid
from sqlalchemy import Connection

from ecofolio.scorecards import words
from ecofolio.scorecards.charts_view import StripChart
from ecofolio.scorecards.figures_view import FiguresView
from ecofolio.scorecards.heat_view import HeatMap
from ecofolio.scorecards.metrics_view import MetricsView
from ecofolio.scorecards.owed_view import OwedView
from ecofolio.scorecards.playbooks_view import PlaybooksView, use_playbook
from ecofolio.scorecards.ranking_view import RankingTable
from ecofolio.scorecards.report_view import ReportView
from ecofolio.scorecards.settled_view import caption
from ecofolio.scorecards.standing import Standing, sheets_of
from ecofolio.scorecards.targets_view import TargetsView
from ecofolio.scorecards.value_view import ValueView
from ecofolio.scorecards.what_if_view import WhatIfView
from ecofolio.text import _
from ecofolio.widgets.page import Page, PageContext
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import label

RANKING, HEAT, SPREAD, VALUE, WHAT_IF, REPORT, OWED = range(7)
METRICS, TARGETS, FIGURES, PLAYBOOKS = range(7, 11)


class TabbedPage(Page):
    """Makes the views of the tabs; `ranking` is there from the beginning."""

    ranking: RankingTable
    tabs: QTabBar
    found: Standing | None

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._stack = QStackedWidget()
        self._caption = label("", "caption")
        self._made: dict[int, QWidget] = {}
        self._many = False  # whether reading takes long enough to be done off the GUI thread
        self._fresh: set[int] = set()  # the tabs that show what was read last
        self._filled: dict[int, int] = {}  # how often a tab was, to know late answers

    def _open_card(self, initiative_id: int | None) -> None:
        """Show the scorecard of an initiative that was chosen."""
        raise NotImplementedError

    @cached_property
    def heat(self) -> HeatMap:
        """The heat map."""
        made = HeatMap(_("Heat map"))
        made.opened.connect(self._open_card)
        return made

    @cached_property
    def strips(self) -> StripChart:
        """How scores spread within the peer groups."""
        made = StripChart(_("Scores by peer group"))
        made.opened.connect(self._open_card)
        return made

    @cached_property
    def value(self) -> ValueView:
        """Spend against value."""
        made = ValueView()
        made.opened.connect(self._open_card)
        made.worth_wanted.connect(lambda: self.tabs.setCurrentIndex(METRICS))
        return made

    @cached_property
    def what_if(self) -> WhatIfView:
        """Sliders."""
        return WhatIfView(self.context)

    @cached_property
    def report(self) -> ReportView:
        """What is due."""
        made = ReportView(self.context)
        made.targets_wanted.connect(lambda: self.tabs.setCurrentIndex(TARGETS))
        return made

    @cached_property
    def owed(self) -> OwedView:
        """Who has not reported."""
        return OwedView(self.context)

    @cached_property
    def metrics(self) -> MetricsView:
        """The catalogue."""
        return MetricsView(self.context)

    @cached_property
    def targets(self) -> TargetsView:
        """What was promised."""
        made = TargetsView(self.context)
        made.pack_wanted.connect(self._pack)
        made.playbook_wanted.connect(self._use_playbook)
        return made

    @cached_property
    def figures(self) -> FiguresView:
        """What was reached."""
        made = FiguresView(self.context)
        made.report_wanted.connect(lambda: self.tabs.setCurrentIndex(REPORT))
        return made

    @cached_property
    def playbooks(self) -> PlaybooksView:
        """What proven initiatives promise others."""
        return PlaybooksView(self.context)

    def _pack(self, initiative_id: int) -> None:
        if self.playbooks.pack(initiative_id):
            self.tabs.setCurrentIndex(PLAYBOOKS)

    def _use_playbook(self, initiative_id: int) -> None:
        ids = self.found.ids if self.found is not None else None
        use_playbook(self.context, self, ids, initiative_id=initiative_id)

    def _view(self, tab: int) -> QWidget:
        """The view of a tab, made when it is first wanted."""
        if tab not in self._made:
            made = (
                self._ranked, self._mapped, self._spread, lambda: self.value,
                lambda: self.what_if, lambda: self.report, lambda: self.owed,
                lambda: self.metrics, lambda: self.targets, lambda: self.figures,
                lambda: self.playbooks,
            )[tab]()  # fmt: skip
            self._made[tab] = made
            self._stack.addWidget(made)
        return self._made[tab]

    def _ranked(self) -> QWidget:
        panel = Panel(_("Ranking"), action=self._caption, flush=True)
        panel.add(self.ranking, 1)
        return panel

    def _mapped(self) -> QWidget:
        panel = Panel(_("Heat map"), _("attainment, – not reported, ✕ breached"), flush=True)
        panel.add(self.heat, 1)
        return panel

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

    def _apart(
        self,
        tab: int,
        title: str,
        read: Callable[[Connection], Any],
        show: Callable[[Any], None],
    ) -> None:
        """Read for a tab, in a large programme off the GUI thread; what comes late, when the tab
        was filled again, is dropped."""
        workspace, asked = self.context.workspace, self._filled.get(tab)

        def task(_progress: object = None, _cancelled: object = None) -> Any:
            with workspace.read() as connection:
                return read(connection)

        def take(found: Any) -> None:
            if isValid(self) and asked == self._filled[tab]:
                show(found)

        def give_up(error: BaseException) -> None:
            if isValid(self) and asked == self._filled[tab]:
                self._fresh.discard(tab)
                self.context.report(error)

        if self._many:
            self.context.runner.start(
                task, title=title, on_done=take, on_error=give_up, cancellable=False
            )
        else:
            show(task())

    def _fill_ranking(self, found: Standing) -> None:
        self._caption.setText(caption(found))
        on, names = found.settled_on, {one: row.name for one, row in found.metrics.items()}
        self.ranking.ranking.since = {
            one: words.since_settled(move, on, names) for one, move in found.since.items() if on
        }
        self.ranking.fill(found.lines)  # the line that it chooses opens its card

    def _fill_heat(self, found: Standing) -> None:
        self.heat.fill(found.lines, found.metrics, found.cards, self._fetch_sheets)

    def _fetch_sheets(self, ids: list[int]) -> None:
        """Open the scorecards that a heat map shows."""
        found = self.found
        if found is not None:
            self._apart(
                HEAT, _("Opening the scorecards"),
                lambda connection: sheets_of(connection, found, ids),
                self.heat.add,
            )  # fmt: skip

    def _fill_what_if(self, found: Standing) -> None:
        ids = [line.id for line in found.lines]
        self._apart(
            WHAT_IF, _("Opening the scorecards"),
            lambda connection: sheets_of(connection, found, ids),
            lambda sheets: self.what_if.fill(found, sheets),
        )  # fmt: skip
