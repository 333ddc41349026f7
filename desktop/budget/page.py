"""The budget: money from the head office down, approvals that wait, and funding rounds."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QStackedWidget, QTabBar, QWidget

from ecofolio.budget import following, queries, words
from ecofolio.budget.approvals_view import ApprovalsView
from ecofolio.budget.commitments_view import CommitmentsView
from ecofolio.budget.figures_panel import NARROW, WIDTH, FiguresPanel, Opening
from ecofolio.budget.following import Follower, Snapshot
from ecofolio.budget.money_tiles import MoneyTiles
from ecofolio.budget.need_view import NeedView
from ecofolio.budget.operations import Holder, initiative
from ecofolio.budget.picture import Picture
from ecofolio.budget.plan_view import PlanView
from ecofolio.budget.posting_view import PostingView
from ecofolio.budget.queries import Node, Wanted
from ecofolio.budget.round_actions import ScoreSource
from ecofolio.budget.rounds_view import RoundsView
from ecofolio.budget.tree_view import KEYS, WITHOUT_CATEGORY, MoneyTree
from ecofolio.format import day, money_unit
from ecofolio.initiatives.queries import count
from ecofolio.initiatives.scope import Scope
from ecofolio.text import _, pgettext, tip
from ecofolio.vocabulary import Move, RequestState
from ecofolio.widgets.page import Page, PageContext, PageReading
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import PageHead, column, row
from ecofolio.widgets.theme import Space

_MANY = 2000  # initiatives from which the figures are read off the GUI thread
_ROOMY = 1150  # pixels in which all tiles find room beside the inspector
_MONEY, _NEED, _APPROVALS, _ROUNDS, _PLAN, _BOUND, _EMPTY = range(7)


class BudgetPage(Page):
    """Who has how much, what became of it, and who is to get more."""

    icon_name = "wallet"

    def __init__(
        self,
        context: PageContext,
        scores: ScoreSource | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._scores = scores  # of the scorecards, which this room knows nothing of
        self._scope = context.scope.value
        self.picture: Picture | None = None
        self._follower = Follower(context.workspace)
        self.destroyed.connect(self._follower.stop)
        self._month = ""  # whose spend is open, instead of a figure
        self._total: tuple[Node, str] | None = None  # a figure of all, where no node is all
        self._reading, self._many = PageReading(self), False
        self._make_parts()
        self._stack = QStackedWidget()
        views = (self._money(), self.need, self.approvals, self.rounds, self.plan, self.bound)
        for view in (*views, self._empty()):
            self._stack.addWidget(view)
        self.tabs.currentChanged.connect(self._turn)
        layout = column(self._head, self.tabs, spacing=Space.M)
        layout.addWidget(self._stack, 1)
        layout.setContentsMargins(Space.L, Space.L, 0, 0)
        self.setLayout(layout)

    @property
    def title(self) -> str:
        return _("Budget")

    # --- building --------------------------------------------------------------------------

    def _make_parts(self) -> None:
        workspace, report = self.context.workspace, self.context.report
        self.year, self.category = QComboBox(), QComboBox()
        self.year.setAccessibleName(_("Fiscal year"))
        self.category.setAccessibleName(_("Category"))
        self.posting = PostingView(self.context, self._holder)
        self.post = self.posting.post
        self._head = PageHead(self.title, "", self.year, self.category, self.posting)
        self._head.layout().setContentsMargins(0, 0, Space.L, 0)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(_("Parts of the budget"))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        names = (_("Money"), _("Need"), _("Approvals"), _("Funding rounds"), _("Plan"))
        for name in (*names, pgettext("money", "Commitments")):
            self.tabs.addTab(name)
        self.tree, self.figures = MoneyTree(), FiguresPanel(workspace, report)
        self._opening = Opening(self.figures, self.context)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._open_figure)
        self.tree.opened.connect(self._choose)
        self.figures.asked.connect(self._open_mark)
        self.approvals = ApprovalsView(workspace, report)
        self.rounds = RoundsView(workspace, report, self._scores)
        self.plan = PlanView(workspace, report)
        self.bound = CommitmentsView(workspace)
        self.bound.asked.connect(
            lambda move, one: self.posting.ask(move, initiative(one.initiative_id), one.id)
        )
        for view in (self.approvals, self.rounds, self.plan, self.bound):
            view.layout().setContentsMargins(0, 0, Space.L, Space.L)
        for one in (self.approvals, self.rounds, self.plan, self.figures):
            one.done.connect(lambda sentence: self.context.notify(sentence, undo=True))
        self._sums = MoneyTiles()
        self._sums.opened.connect(self._open_tile)
        self.tiles = self._sums.tiles
        self.need = NeedView()
        self.need.opened.connect(self._open_unit)

    def _money(self) -> QWidget:
        self._tree_panel = Panel(flush=True)
        self._tree_panel.body.setContentsMargins(1, 1, 1, 1)
        self._tree_panel.add(self.tree)
        left = column(self._sums, spacing=Space.M)
        left.addWidget(self._tree_panel, 1)
        left.setContentsMargins(0, 0, Space.M, Space.L)
        whole = QWidget()
        inner = row(spacing=0)
        inner.addLayout(left, 1)
        inner.addWidget(self.figures)
        whole.setLayout(inner)
        return whole

    def _empty(self) -> QWidget:
        return EmptyState(
            "file-spreadsheet",
            _("No money is on the ledger yet"),
            _("Post a grant"),
            lambda: self.posting.ask(Move.GRANT),
            explanation=_("Begin with what the bank grants the programme, or bring in a list."),
        )

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        # a figure that is cut off misleads: inequality has a tab of its own
        roomy = self.width() >= _ROOMY
        self.tiles["unequal"].setVisible(roomy)
        self.figures.setFixedWidth(WIDTH if roomy else NARROW)

    # --- the contract with the window ------------------------------------------------------

    def set_scope(self, scope: Scope) -> None:
        """Show the money of `scope`."""
        if scope != self._scope:
            self._scope = scope
            if self.picture is not None or self._reading.is_under_way:
                self.refresh()

    def refresh(self) -> None:
        """Read all figures again; in a large programme, off the GUI thread."""
        if self._reading.put_off():
            return
        workspace, scope, wanted = self.context.workspace, self._scope, self._wanted()
        with workspace.read() as connection:
            self._many = count(connection) > _MANY
            asked = (wanted, scope, queries.currency(connection))
            followed = self._follower.catch_up(connection, asked)
            found = None if self._many or followed else following.read(connection, *asked)
        if followed is not None:
            if followed is not self.picture:
                self._show(followed, whole=False)
            self.plan.follow(self._follower.planned)
            return
        if found is not None:
            self._take(found)
            return

        def read() -> Snapshot:
            with workspace.read() as connection:
                return following.read(connection, *asked)

        self._reading.start(read, self._take)

    def _take(self, found: Snapshot) -> None:
        self._follower.begin(found)
        self._show(found.picture)

    def export_ledger(self) -> None:
        """Ask where, and write the ledger as a list that accountants load."""
        self.posting.ask_export()

    def first_focus(self) -> QWidget:
        return self.tree if self._stack.currentIndex() == _MONEY else self.post

    def state(self) -> dict[str, Any]:
        return {"tab": self.tabs.currentIndex(), "year": self.year.currentData()}

    def restore(self, state: dict[str, Any]) -> None:
        if isinstance(state.get("tab"), int):
            self.tabs.setCurrentIndex(state["tab"])

    def show_record(self, kind: str, record_id: int) -> bool:
        """Show a request or a funding round among the others."""
        if kind not in ("request", "funding_round"):
            return False
        self.tabs.setCurrentIndex(_APPROVALS if kind == "request" else _ROUNDS)
        view = self.approvals.table if kind == "request" else self.rounds.table
        for place, one in enumerate(view.shown.rows):
            if one.id == record_id:
                view.selectRow(place)
                return True
        return False

    # --- showing ---------------------------------------------------------------------------

    @property
    def _unit(self) -> str:
        return self.context.settings().money_unit

    def _wanted(self) -> Wanted:
        return Wanted(
            self.context.workspace.clock().astimezone().date(),
            self.year.currentData(),
            category=self.category.currentData(),
        )

    def _show(self, found: Picture, *, whole: bool = True) -> None:
        """Show all of a picture, or without `whole` what postings changed in the same one."""
        before, self.picture = self.picture, found
        if whole:
            self._fill_choices(found)
            sentence = _("as of {date} · in {unit}").format(
                date=day(found.wanted.as_of), unit=money_unit(self._unit, found.currency)
            )
            self._head.set_sentence(sentence)
            self.plan.fill(found.nodes, found.wanted.as_of, found.years, self._unit, found.currency)
        if whole or before is None or found.requests != before.requests:
            self.approvals.fill(found.requests, self._unit, found.currency)
        if whole or before is None or found.rounds != before.rounds:
            self.rounds.fill(found.rounds, self._unit, found.currency)
        self.bound.fill(found.nodes, found.wanted.as_of, self._unit, found.currency)
        waiting = sum(one.state == RequestState.WAITING for one in found.requests)
        name = _("Approvals") if not waiting else _("Approvals ({n})").format(n=waiting)
        self.tabs.setTabText(_APPROVALS, name)
        self.post.setEnabled(not self.context.workspace.read_only)
        self._sums.fill(found)
        self.need.fill(found.unequal, self._unit, found.currency)
        if whole:
            self._month, self._total = "", None
            self.tree.fill(found, self._unit)
        else:
            if self._total is not None:
                self._total = found.whole, self._total[1]
            self.tree.follow(found, self._unit, self._follower.touched)
        self._later.start()
        if before is None:
            self.year.currentIndexChanged.connect(lambda _n: self.refresh())
            self.category.currentIndexChanged.connect(lambda _n: self.refresh())
        self._turn()

    def _turn(self, *_args: int) -> None:
        empty = self.picture is not None and self.picture.is_empty
        place = self.tabs.currentIndex()
        self.year.setVisible(place in (_MONEY, _NEED) and not empty)
        self.category.setVisible(place == _MONEY and not empty)
        self._stack.setCurrentIndex(_EMPTY if empty and place == _MONEY else place)

    def _fill_choices(self, found: Picture) -> None:
        years = [(_("All years"), None), *((str(one), one) for one in reversed(found.years))]
        with self.context.workspace.read() as connection:
            known = queries.categories(connection)
        categories = [(_("All categories"), None), *((one.label, one.code) for one in known)]
        for field, choices in ((self.year, years), (self.category, categories)):
            chosen = field.currentData()
            field.blockSignals(True)
            field.clear()
            for name, value in choices:
                field.addItem(name, value)
            field.setCurrentIndex(max(0, field.findData(chosen)) if chosen is not None else 0)
            field.blockSignals(False)

    # --- opening ---------------------------------------------------------------------------

    def _open_tile(self, key: str) -> None:
        """Open a figure of everything in the scope."""
        if key == "unequal":
            self.tabs.setCurrentIndex(_NEED)
        elif self.picture is not None and self.picture.nodes:
            whole = self.picture.whole
            if whole is self.picture.nodes[0]:
                self.tree.choose(whole, key)
                self.tree.setFocus()
                return
            self._total, self._month = (whole, key), ""
            self._later.start()

    def _open_unit(self, identity: int) -> None:
        assert self.picture is not None
        for node in _all(self.picture.nodes):
            if node.kind == "unit" and node.id == identity:
                self.tabs.setCurrentIndex(_MONEY)
                self.tree.choose(node, "each")
                self.tree.setFocus()

    def _holder(self) -> Holder | None:
        """Whose money is looked at."""
        chosen = self.tree.chosen()
        return Holder(chosen[0].kind, chosen[0].id) if chosen else None

    def _choose(self, *_chosen: object) -> None:
        self._month, self._total = "", None
        self._later.start()

    def _open_mark(self, key: str) -> None:
        """Open what a mark of a chart stands for: a figure, or the spend of a month."""
        chosen = self._total or self.tree.chosen()
        if chosen is None:
            return
        if key not in KEYS:
            self._month = key
        elif self._total is not None:
            self._total, self._month = (chosen[0], key), ""
        else:
            self.tree.choose(chosen[0], key)
        self._later.start()

    def _open_figure(self) -> None:
        """Show what the chosen figure is made of."""
        if self.picture is not None:
            ends = words.endings(self.picture.whole)
            self.tiles["forecast"].setToolTip(tip(ends))
        chosen = self._total or self.tree.chosen()
        if chosen is None or self.picture is None:
            return
        node, key = chosen
        key = "granted" if key == "name" else key
        if node.of_category and key in WITHOUT_CATEGORY:
            key = "spent"
        wanted, currency = self.picture.wanted, self.picture.currency
        self.figures.show_node(node, self._unit, currency)
        much = self._many and node.kind == "unit"
        self._opening.show(node, key, self._month, wanted, much=much)


def _all(nodes: list[Node]) -> list[Node]:
    found, waiting = [], list(nodes)
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(node.children)
    return found
