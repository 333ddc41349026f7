"""The scorecards page: ranking, heat map, distribution, input–output, what-if, reporting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import median
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QTabBar, QWidget
from shiboken6 import isValid
from sqlalchemy import Connection, select

from ecofolio.initiatives.queries import count
from ecofolio.initiatives.scope import Scope
from ecofolio.scorecards import founding, value, words
from ecofolio.scorecards.card_view import CardView
from ecofolio.scorecards.charts_view import Dot, Strip
from ecofolio.scorecards.ranking import Peers, Stability, places
from ecofolio.scorecards.ranking_view import RankingTable
from ecofolio.scorecards.settled_view import SettledBox, sentence
from ecofolio.scorecards.standing import (
    MOST_PEERS,
    Standing,
    Touched,
    firmness,
    opened,
    standing,
    taken_in,
    trends_of,
    with_change,
)
from ecofolio.scorecards.tabs_page import (
    FIGURES,
    HEAT,
    METRICS,
    OWED,
    PLAYBOOKS,
    RANKING,
    REPORT,
    SPREAD,
    TARGETS,
    VALUE,
    TabbedPage,
)
from ecofolio.scorecards.thresholds_dialog import ThresholdsDialog
from ecofolio.scorecards.value import Balance
from ecofolio.scorecards.value_view import Flows
from ecofolio.store.base import table_of
from ecofolio.store.model import Programme
from ecofolio.text import _
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import PageHead, button, column, row
from ecofolio.widgets.theme import Space

Balances = Callable[[Connection, str], Mapping[Any, Balance]]
_FEW = 100  # initiatives whose new figures are taken in at once
_MANY = 2000  # initiatives from which the ranking is read off the GUI thread
_PAINTED = 30  # milliseconds after which a large ranking that is new has been painted
_MANY_PEERS = 20  # from which drawing their stability would be felt
_ROOMY = 1220  # pixels
_UNSCORED = (VALUE, REPORT, OWED, METRICS, TARGETS, FIGURES, PLAYBOOKS)  # without a score, too


class ScorecardsPage(TabbedPage):
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
        self._reading, self._again = False, False
        self._unchanged: Standing | None = None  # whose change is still to be read
        self._wanted: str | None = None  # the month that was chosen and is not shown yet
        self._reporter: int | None = None  # the initiative that is to be reported on
        self._firm: dict[Peers, Mapping[int, Stability]] = {}
        self._shows_card = False
        founding.ready(context.workspace)
        self._touched = Touched()
        self.destroyed.connect(context.workspace.subscribe(self._touched.hear))
        self.months = QComboBox()
        self.months.setAccessibleName(_("Month, quarter or year"))
        self.months.currentIndexChanged.connect(self._choose_month)
        self._report_now = button(_("Report this month"), self._go_report, primary=True)
        lights = button(_("Thresholds of health…"), self._ask_thresholds)
        self.settled = SettledBox()
        self.settled.toggled.connect(lambda _on: self._touched.all())
        self.settled.toggled.connect(lambda _on: self.refresh())
        self._head = PageHead(self.title, "", lights, self.settled, self.months, self._report_now)
        self._make_views()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.title)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in (
            _("Ranking"), _("Heat map"), _("Distribution"), _("Input–output"), _("What if"),
            _("Report"), _("Not reported"), _("Metrics"),
            _("Targets"), _("Figures"), _("Playbooks"),
        ):  # fmt: skip
            self.tabs.addTab(title)
        self.tabs.currentChanged.connect(self._turn)
        below = row(spacing=Space.M)  # beside the card a narrow window has no room for all tabs
        below.addWidget(self._stack, 1)
        below.addWidget(self.card)
        layout = column(self._head, self.tabs, spacing=Space.M)
        layout.addLayout(below, 1)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)

    @property
    def title(self) -> str:
        return _("Scorecards")

    def _make_views(self) -> None:
        """Make what is shown at once; the other tabs are made when they are turned to."""
        self.ranking = RankingTable(_("Ranking"), self._trends)
        self._soon = QTimer(self, singleShot=True, interval=_PAINTED)
        self._soon.timeout.connect(self._follow)
        self.ranking.chosen.connect(self._choose)
        self.ranking.opened.connect(lambda one: self.context.open_record("initiative", one))
        self.card = CardView(self.context.open_record)
        self._nothing = EmptyState(
            "chart-column",
            _("Nothing is scored for this month"),
            _("Report this month"),
            self._go_report,
            explanation=_("An initiative is scored where it has a batch, targets and figures."),
        )
        self._stack.addWidget(self._nothing)

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
        touched, as_settled = self._touched.take(), self.settled.isChecked()
        if as_settled:
            touched = None
        few = touched is not None and len(touched) <= _FEW
        if touched and few and self.found is not None and touched <= self.found.who.keys():
            with self.context.workspace.read() as connection:
                self._show(taken_in(connection, self.found, touched))
            return
        workspace, scope = self.context.workspace, self._scope
        month = self._wanted or (self.found.month if self.found else None)
        self._wanted = None
        today = workspace.clock().astimezone().date()
        with workspace.read() as connection:
            self._many = count(connection) > _MANY
            found = (
                None
                if self._many
                else standing(connection, scope, month, today, as_settled=as_settled)
            )
        if found is not None:
            self._show(found)
            return

        def read(_progress, _cancelled) -> Standing:
            with workspace.read() as connection:
                return standing(
                    connection, scope, month, today, change=False, as_settled=as_settled
                )

        self._reading = True
        self.context.runner.start(
            read, title=_("Working out the scores"), on_done=self._take,
            on_error=self._give_up, cancellable=False,
        )  # fmt: skip
        if self.found is None and self.tabs.currentIndex() == RANKING:
            self._stack.setCurrentWidget(self._view(RANKING))  # made meanwhile

    def _take(self, found: Standing) -> None:
        """Show the ranking of a large programme; what has changed in it is read afterwards."""
        if not isValid(self):
            return
        if self._wanted is not None:  # another month was chosen meanwhile
            self._reading = False
            self.refresh()
            return
        self._show(found)
        self._unchanged = found
        self._soon.start()

    def _follow(self) -> None:
        """Bring what may come after a large ranking is painted: its card, and what has changed."""
        self._open_card(self.ranking.current_id())
        found, self._unchanged = self._unchanged, None
        if found is None:
            return
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
            self._head.set_sentence(sentence(whole))
            self._fresh.discard(RANKING)
            self._turn()
        if self._again or self._wanted is not None:
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
        self._fresh, self._firm = set(), {}
        self.ranking.ranking.forget(found.moved)
        self._head.set_sentence(sentence(found))
        self.settled.follow(found)
        self.months.blockSignals(True)
        if found.months != [self.months.itemText(n) for n in range(self.months.count())]:
            self.months.clear()
            self.months.addItems(found.months)
        self.months.setCurrentText(found.month)
        self.months.blockSignals(False)
        self._turn()

    def first_focus(self) -> QWidget:
        return self.ranking if self.tabs.currentIndex() == RANKING else self.tabs

    def show_record(self, kind: str, record_id: int) -> bool:
        """Open the scorecard of an initiative, or a playbook."""
        if kind == "playbook":
            self.tabs.setCurrentIndex(PLAYBOOKS)
            return self.playbooks.choose(record_id)
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
        # those that were not made yet have none
        made = (self.__dict__.get(name) for name in ("report", "targets", "playbooks"))
        return any(view is not None and view.has_open_work() for view in made)

    # --- what is in view -------------------------------------------------------------------

    def _choose_month(self) -> None:
        month = self.months.currentText()
        if self.found is None or not month:
            return
        if month == self.found.month and not self._reading:
            return
        self._wanted = month
        self._touched.all()
        if not self._reading:  # else what is being read is dropped when it comes
            self.refresh()

    def _ask_thresholds(self) -> None:
        dialog = ThresholdsDialog(self.context.workspace, self)
        if dialog.exec() and dialog.changed:
            self.context.notify(_("The thresholds of health are saved."), undo=True)

    def _go_report(self) -> None:
        self.months.setCurrentIndex(0)
        self.tabs.setCurrentIndex(REPORT)
        if self.found is not None:
            self.report.table.setFocus()

    def _turn(self) -> None:
        """Bring the tab in view up to date; the others when they are shown."""
        found, tab = self.found, self.tabs.currentIndex()
        if found is None:
            return
        scored = tab not in _UNSCORED
        empty = scored and not found.lines
        self._stack.setCurrentWidget(self._nothing if empty else self._view(tab))
        self._shows_card = tab in (RANKING, HEAT, SPREAD) and not empty
        self._make_room()
        if tab in self._fresh:
            return
        self._fresh.add(tab)
        self._filled[tab] = self._filled.get(tab, 0) + 1
        (
            self._fill_ranking,
            self._fill_heat, self._fill_spread, self._fill_value,
            self._fill_what_if,
            self._fill_report,
            lambda found: self.owed.fill(found.ids, apart=self._many),
            lambda _found: self.metrics.fill(),
            lambda found: self.targets.fill(found.ids, self.ranking.current_id()),
            lambda found: self.figures.fill(found.ids, self.ranking.current_id()),
            lambda found: self.playbooks.fill(found.ids),
        )[tab](found)  # fmt: skip

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Beside a heat map the card stands only where there is room for both."""
        narrow = self.tabs.currentIndex() == HEAT and self.width() < _ROOMY
        self.card.setVisible(self._shows_card and not narrow)

    def report_on(self, initiative_id: int, month: str) -> None:
        """Open what an initiative has to report for a month."""
        self._reporter, self._wanted = initiative_id, month
        self._fresh.discard(REPORT)
        self.tabs.setCurrentIndex(REPORT)
        self._touched.all()
        if not self._reading:  # else what is being read is dropped when it comes
            self.refresh()

    def _fill_report(self, found: Standing) -> None:
        one, ids = self._reporter, found.ids
        if one is None or self._wanted is not None:
            self.report.fill(found.last, ids)
            return
        self._reporter = None
        self.report.fill(found.last, ids if ids is None else ids | {one})
        self.report.choose(one)

    def _fill_spread(self, found: Standing) -> None:
        groups: dict[str, list[Dot]] = {}
        for line in found.lines:
            if line.score is not None and line.grade is not None:
                spoken = f"{line.code} {line.name}: {words.points(line.score)}"
                dot = Dot(line.id, line.score, 0, line.code, spoken, words.TONES[line.grade])
                groups.setdefault(words.peers(line), []).append(dot)
        strips = [
            Strip(title, dots, median(dot.x for dot in dots))
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

        def read(connection: Connection) -> Flows:
            who = places(connection)
            if found.ids is not None:
                who = {one: place for one, place in who.items() if one in found.ids}
            return Flows(
                {
                    one: balance
                    for one, balance in self._balances(connection, found.last).items()
                    if one in who
                },
                who,
                [one for one in value.hollow(connection, found.last) if one.id in who],
                connection.scalar(select(programme.c.currency)) or "CNY",
                value.groupings(connection),
            )

        self._apart(VALUE, _("Reading value and spend"), read, self.value.fill)

    def _trends(self, ids) -> dict[int, list[int | None]]:
        found = self.found
        if found is None:
            return {}
        with self.context.workspace.read() as connection:
            return trends_of(connection, found, ids)

    def _choose(self, initiative_id: int) -> None:
        """Open a line that was chosen; of a large ranking that is new after it is painted."""
        if self._many and self.found is not None and self.found.moved is None:
            self._soon.start()
        else:
            self._open_card(initiative_id)

    def _open_card(self, initiative_id: int | None) -> None:
        found = self.found
        if found is None or initiative_id is None:
            return
        with self.context.workspace.read() as connection:
            card = opened(connection, found, initiative_id)
        if card is None:
            self.card.fill(None, found.metrics)
            return
        self.ranking.ranking.add_trends({initiative_id: card.trend})
        group = card.line.level, card.line.batch
        firm = self._firm.get(group)
        if firm is not None:
            card = replace(card, stability=firm.get(initiative_id))
        self.card.fill(card, found.metrics)
        if firm is None and card.line.peers <= MOST_PEERS:
            self._weigh(found, group, card.line.peers)

    def _weigh(self, found: Standing, group: Peers, size: int) -> None:
        """Draw how firmly the ranks of a peer group hold, off the GUI thread where it is large."""
        self._firm[group] = {}  # under way
        workspace, kept = self.context.workspace, self._firm

        def read(_progress: object = None, _cancelled: object = None) -> Mapping[int, Stability]:
            with workspace.read() as connection:
                return firmness(connection, found, group)

        def take(firm: Mapping[int, Stability]) -> None:
            if not isValid(self) or self._firm is not kept:
                return  # other figures are shown meanwhile
            kept[group] = firm
            shown = self.card.shown
            if shown is not None and shown.line.id in firm:
                self.card.fill(replace(shown, stability=firm[shown.line.id]), found.metrics)

        if size > _MANY_PEERS:
            self.context.runner.start(
                read, title=_("Weighing how firmly ranks hold"), on_done=take, cancellable=False
            )
        else:
            take(read())
