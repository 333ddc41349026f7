"""Beside the tree: what a figure is made of, where the money went, and what it will come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QInputDialog, QWidget
from shiboken6 import isValid

from ecofolio.budget import actions, behind, papers, picture, rules, words
from ecofolio.budget.attachment_view import open_attachment
from ecofolio.budget.behind import MOST, Behind, PostingBehind
from ecofolio.budget.charts_view import Month, PlanActual, Waterfall
from ecofolio.budget.queries import Node, Wanted
from ecofolio.budget.rows_model import Column, RowsView, money_column
from ecofolio.budget.tree_view import figure, titles
from ecofolio.errors import EcofolioError
from ecofolio.format import day, in_unit
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, ngettext, pgettext, tip
from ecofolio.vocabulary import AccountKind, Move
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import ElidedLabel, button, column, label, row, scrolling
from ecofolio.widgets.theme import Space

WIDTH, NARROW = 392, 360
_CALM = 300  # ms without another posting, after which much is read again


class _Head(QWidget):
    """A heading whose caption gives way where it is narrow."""

    def __init__(self, title: str, action: QWidget | None = None) -> None:
        super().__init__()
        self.title, self.caption = label(title, "heading"), ElidedLabel("", "caption")
        self.caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = row(self.title)
        layout.addWidget(self.caption, 1)
        if action is not None:
            layout.addWidget(action)
        self.setLayout(layout)


class FiguresPanel(QFrame):
    """The inspector of a node and one of its figures. `done` says what was reversed, `asked` which
    figure or month of the node is to be opened."""

    done = Signal(str)
    asked = Signal(str)

    def __init__(self, workspace: Workspace, report: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._workspace, self._report = workspace, report
        self.setObjectName("inspector")
        self.setFixedWidth(WIDTH)
        self._unit, self._currency, self._node = "wan", "CNY", Node("unit", 0, "", "")
        self._make_parts()
        inner = QWidget()
        inner.setObjectName("content")
        inner.setLayout(self._lay())
        area = scrolling(inner, down_only=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(row(area, spacing=0))

    def _make_parts(self) -> None:
        self._name, self._code = label("", "name", wrap=True), label("", "caption")
        self._forecast = label("", "", wrap=True)
        self._why = label("", "muted", wrap=True)
        self._ending = label("", "heading", wrap=True)
        self.waterfall, self.months = Waterfall(), PlanActual()
        for chart in (self.waterfall, self.months):
            chart.opened.connect(self.asked)
        self._unknown = label(
            _("Only money that is committed or spent has a category."), "muted", wrap=True
        )
        tip = _("Copy as a table")
        self.copy = button(_("Copy"), self._copy, link=True, tip=tip)
        copy = button(_("Copy"), self._copy_waterfall, link=True, tip=tip)
        self.copy.setAccessibleName(_("Copy plan and actual as a table"))
        copy.setAccessibleName(_("Copy granted to available as a table"))
        self._waterfall_head = _Head(_("Granted to available"), copy)
        self._months_head = _Head(_("Plan and actual"), self.copy)
        self._behind = _Head("")
        self._note = label("", "muted", wrap=True)
        self.postings = RowsView(_("Postings"), self._columns())
        self.postings.selectionModel().currentChanged.connect(self._fit)
        self.postings.setMinimumHeight(180)
        self.reverse = button(_("Reverse…"), self._reverse)
        self.reverse.setToolTip(_("Correct the chosen transaction by its opposite"))
        self.paper = button(_("Open the attached file"), self._open_paper, link=True)
        self._said = label("", "muted", wrap=True)

    def _lay(self):
        parts = column(
            self._name,
            self._code,
            Space.S,
            self._waterfall_head,
            self.waterfall,
            self._unknown,
            Space.S,
            self._ending,
            self._forecast,
            self._why,
            Space.S,
            self._months_head,
            self.months,
            Space.S,
            self._behind,
            self._note,
        )
        parts.addWidget(self.postings, 1)
        foot = row()
        foot.addWidget(self._said, 1)
        foot.addWidget(self.paper)
        foot.addWidget(self.reverse)
        parts.addLayout(foot)
        parts.setContentsMargins(Space.L, Space.L, Space.L, Space.M)
        return parts

    def _columns(self) -> list[Column]:
        return [
            Column(_("Date"), lambda one: day(one.date), width=92, tip=self._whole),
            Column(_("What"), self._what, width=0, tip=self._whole),
            money_column(
                _("Amount"),
                lambda one: one.fen,
                lambda: self._unit,
                84,
                token=lambda one: "muted" if one.reversed_by or one.reverses_id else "",
                tip=self._whole,
            ),
        ]

    def _plan_columns(self) -> list[Column]:
        columns = [Column(_("Month"), lambda one: one.month, width=84)]
        name = _("Category") if self._node.kind == "initiative" else _("Initiative")
        columns.append(Column(name, lambda one: one.name, width=0))
        columns.append(money_column(_("Amount"), lambda one: one.fen, lambda: self._unit, 96))
        return columns if self._node.kind == "initiative" else columns[1:]

    def _what(self, posting: PostingBehind) -> str:
        what = _told(posting)
        return what if self._node.kind == "initiative" else f"{posting.holder} · {what}"

    def _whole(self, posting: PostingBehind) -> str:
        """All that a posting says, a line each."""
        account = AccountKind(posting.account).label
        named = (
            (_("Document number"), posting.number),
            (_("Category"), posting.category),
            (_("Partner"), posting.partner),
            (_("Contract"), posting.contract),
            (_("Attachment"), posting.attachment_name),
        )
        parts = [_told(posting), f"{posting.holder} · {account}"]
        parts.append(in_unit(posting.fen, "yuan", self._currency))
        parts += [
            _("{name}: {value}").format(name=name, value=value) for name, value in named if value
        ]
        return "\n".join([*parts, self._fate(posting)]).strip()

    @staticmethod
    def _fate(posting: PostingBehind) -> str:
        if posting.reversed_by:
            return _("reversed by transaction {n}").format(n=posting.reversed_by)
        if posting.reverses_id:
            return _("reverses transaction {n}").format(n=posting.reverses_id)
        return ""

    # --- showing ---------------------------------------------------------------------------

    def show_node(self, node: Node, unit: str, currency: str = "CNY") -> None:
        """Show a node's picture; months and postings follow."""
        self._node, self._unit, self._currency = node, unit, currency
        self._name.setText(node.name)
        self._code.setText(node.code)
        one = node.figures
        self.waterfall.fill(one.granted, one.pool, one.spent, one.committed, unit, currency)
        for part in (self._waterfall_head, self.waterfall):
            part.setVisible(not node.of_category)
        self._unknown.setVisible(node.of_category)
        known = node.outlook is not None or bool(node.children)
        forecast = self._foretold(node) if known else _("Nothing is planned, spent or bound.")
        self._forecast.setText(forecast)
        why = words.mix(node)
        if node.outlook is not None:
            why = f"{words.why(node.outlook)}\n{words.ways(node.outlook, unit)}"
        self._why.setText(why)
        self._why.setVisible(bool(why))
        ending = words.ending(node, unit, currency) or words.endings(node)
        self._ending.setText(ending)
        self._ending.setVisible(bool(ending))

    def _foretold(self, node: Node) -> str:
        left = figure(node, "variance")
        said = {"forecast": in_unit(node.forecast, self._unit, self._currency)}
        if left is None:
            return _("Forecast {forecast}").format(**said)
        if left < 0:
            words_ = _("Forecast {forecast}, {over} too much")
            return words_.format(**said, over=in_unit(-left, self._unit, self._currency))
        words_ = _("Forecast {forecast}, {left} left of it")
        if node.plan:
            words_ = _("Forecast {forecast}, {left} less than planned")
        return words_.format(**said, left=in_unit(left, self._unit, self._currency))

    def show_months(self, months: Sequence[Month]) -> None:
        """Show plan and actual by month."""
        self.months.fill(months, self._unit, self._currency)
        for part in (self._months_head, self.months):
            part.setVisible(any(one.plan or one.actual for one in months))

    def show_waiting(self, key: str) -> None:
        """Show nothing of what was chosen before, while what a figure is made of is read."""
        self.show_months([])
        self.show_behind(key, Behind())
        self._behind.caption.setText(_("Reading the figures"))

    def show_behind(self, key: str, found: Behind) -> None:
        """Show what a figure, or a month's spend, is the sum of."""
        month = key if key not in titles() else ""
        self._behind.title.setText(
            _("Spent in {month}").format(month=month) if month else titles()[key]
        )
        rows = [*found.plan, *found.postings]
        n = len(rows)
        caption = ngettext("{n} line, {sum}", "{n} lines, {sum}", n)
        if not found.plan:
            caption = ngettext("{n} posting, {sum}", "{n} postings, {sum}", n)
        if found.more:
            caption = _("the newest {n} of more")
        self._behind.caption.setText(caption.format(n=n, sum=self._sum(found.sum)))
        self._note.setText(self._noted(key, found))
        self._note.setVisible(bool(self._note.text()))
        columns = self._plan_columns() if found.plan else self._columns()
        self.postings.fill(rows[:MOST], columns)
        self._fit()

    def _sum(self, fen: int) -> str:
        return in_unit(fen, self._unit, self._currency)

    def _noted(self, key: str, found: Behind) -> str:
        """How a figure that is worked out comes from the postings below, in a sentence."""
        if found.more:
            return ""
        gone = self._sum(found.sum)
        if key in ("forecast", "variance"):
            to_come = self._sum(self._node.forecast - found.sum)
            return _("{gone} are spent and bound, {more} are still to come.").format(
                gone=gone, more=to_come
            )
        if key in ("burn", "ends"):
            said = _("Spent in the last three full months, {sum}, by month on average.")
            return said.format(sum=gone)
        if key == "used":
            return _("Committed and spent: {sum}.").format(sum=gone)
        if key == "each" and self._node.initiatives:
            n = self._node.initiatives
            said = ngettext("{sum} for {n} open initiative.", "{sum} for {n} open initiatives.", n)
            return said.format(sum=gone, n=n)
        return ""

    def _fit(self, *_places: object) -> None:
        """A posting that is reversed, or reverses another, is not reversed again."""
        one = self._posting()
        fate = self._fate(one) if one is not None else ""
        self.reverse.setEnabled(one is not None and not fate and not self._workspace.read_only)
        paper, elsewhere = "", ""
        if one is not None and one.attachment_hash:
            paper, place = one.attachment_name or "", self._workspace.place
            with self._workspace.read() as connection:
                elsewhere = papers.lacking(
                    connection, place, paper, one.attachment_hash,
                    transaction_id=one.transaction_id,
                )  # fmt: skip
        self._said.setText(pgettext("list", "; ").join(filter(None, (fate, elsewhere))))
        self.paper.setVisible(bool(paper) and not elsewhere)
        self.paper.setToolTip(tip(paper or ""))

    def _posting(self) -> PostingBehind | None:
        one = self.postings.current()
        return one if isinstance(one, PostingBehind) else None

    # --- doing -----------------------------------------------------------------------------

    def _reverse(self) -> None:
        one = self._posting()
        if one is None:
            return
        title = _("Reverse transaction {n}").format(n=one.transaction_id)
        why, said = QInputDialog.getText(self, title, _("Why is it reversed?"))
        if not said:
            return
        try:
            self._workspace.do(actions.reverse, one.transaction_id, why)
        except EcofolioError as error:
            self._report(error)
            return
        self.done.emit(_("Transaction {n} is reversed.").format(n=one.transaction_id))

    def _open_paper(self) -> None:
        one = self._posting()
        if one is None or one.attachment_hash is None:
            return
        name = one.attachment_name or ""
        try:
            open_attachment(self, self._workspace.place, name, one.attachment_hash)
        except EcofolioError as error:
            self._report(error)

    def _copy(self) -> None:
        """Put plan and actual on the clipboard, as cells that a spreadsheet takes."""
        lines = ["\t".join((_("Month"), _("Plan"), _("Actual")))]
        for one in self.months.months:
            actual = "" if one.actual is None else f"{one.actual / 100:.2f}"
            lines.append(f"{one.period}\t{one.plan / 100:.2f}\t{actual}")
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _copy_waterfall(self) -> None:
        lines = [f"{step.name}\t{step.fen / 100:.2f}" for step in self.waterfall.steps]
        QGuiApplication.clipboard().setText("\n".join(lines))


def _told(posting: PostingBehind) -> str:
    what, memo = Move(posting.kind).label, posting.memo
    return _("{what}: {memo}").format(what=what, memo=memo) if memo else what


def month_line(
    months: Sequence[str], plan: dict[str, int], spent: dict[str, int], today: date
) -> list[Month]:
    """Months with their plan and, until today's, what was spent."""
    now = f"{today:%Y-%m}"
    return [
        Month(one, plan.get(one, 0), spent.get(one, 0) if one <= now else None) for one in months
    ]


class _Wish(NamedTuple):
    """What is to be shown: a node's figure, or its spend of a month."""

    node: Node
    key: str
    month: str
    wanted: Wanted

    @property
    def what(self) -> tuple[object, ...]:
        """The same before and after money was posted."""
        return self.node.kind, self.node.id, self.key, self.month, self.wanted

    def read(self, workspace: Workspace) -> tuple[list[Month], Behind]:
        """The months of the node, and what stands behind the figure."""
        with workspace.read() as connection:
            plan, spent = picture.months_of(connection, self.node, self.wanted)
            found = behind.read(connection, self.node, self.key, self.wanted, self.month or None)
        return month_line(_months(plan, spent), plan, spent, self.wanted.as_of), found


class Opening(QObject):
    """Reads what a figure is made of and shows it: much of it off the GUI thread, where only the
    last wish counts."""

    def __init__(self, panel: FiguresPanel, context: PageContext) -> None:
        super().__init__(panel)
        self._panel, self._context = panel, context
        self._wish: _Wish | None = None
        self._reading = False
        self._calm = QTimer(self, singleShot=True)
        self._calm.timeout.connect(self._start)

    def show(self, node: Node, key: str, month: str, wanted: Wanted, *, much: bool) -> None:
        """Show a figure of a node, or of its month, now or when it has been read."""
        before, self._wish = self._wish, _Wish(node, key, month, wanted)
        if not much:
            self._fill(self._wish.read(self._context.workspace))
            return
        if before is not None and before.what == self._wish.what:
            self._calm.start(_CALM)
        else:
            self._panel.show_waiting(month or key)
            self._calm.start(0)

    def _start(self) -> None:
        if self._reading or self._wish is None:
            return
        self._reading, wish = True, self._wish
        self._context.runner.start(
            lambda _progress, _cancelled: wish.read(self._context.workspace),
            title=_("Reading the figures"),
            on_done=partial(self._take, wish),
            on_error=self._give_up,
            cancellable=False,
        )

    def _take(self, wish: _Wish, found: tuple[list[Month], Behind]) -> None:
        if isValid(self):
            self._reading = False
            if wish is self._wish:
                self._fill(found)
            elif not self._calm.isActive():
                self._start()

    def _give_up(self, error: BaseException) -> None:
        if isValid(self):
            self._reading = False
            self._context.report(error)

    def _fill(self, found: tuple[list[Month], Behind]) -> None:
        assert self._wish is not None
        self._panel.show_months(found[0])
        self._panel.show_behind(self._wish.month or self._wish.key, found[1])


def _months(plan: dict[str, int], spent: dict[str, int]) -> list[str]:
    """The months from the first to the last that has a sum, three years at most."""
    known = sorted({*plan, *spent})
    return rules.periods(known[0], known[-1])[-36:] if known else []
