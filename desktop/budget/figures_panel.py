"""Beside the tree: what a figure is made of, where the money went, and what it will come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QInputDialog, QScrollArea, QWidget

from ecofolio.budget import actions, words
from ecofolio.budget.books import PostingRow
from ecofolio.budget.charts_view import Month, PlanActual, Waterfall
from ecofolio.budget.queries import Node
from ecofolio.budget.rows_model import Column, RowsView
from ecofolio.budget.tree_view import titles
from ecofolio.errors import EcofolioError
from ecofolio.format import day, money
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import Move
from ecofolio.widgets.parts import SectionHead, button, column, label, row
from ecofolio.widgets.theme import Space

WIDTH = 392


class FiguresPanel(QFrame):
    """The inspector of a node and one of its figures; `done` says what was reversed."""

    done = Signal(str)

    def __init__(self, workspace: Workspace, report: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._workspace, self._report = workspace, report
        self.setObjectName("inspector")
        self.setFixedWidth(WIDTH)
        self._unit = "wan"
        self._name = label("", "name", wrap=True)
        self._code = label("", "caption")
        self._forecast = label("", "", wrap=True)
        self._why = label("", "muted", wrap=True)
        self._ending = label("", "heading", wrap=True)
        self.waterfall, self.months = Waterfall(), PlanActual()
        self._behind = SectionHead("", "")
        self.postings = RowsView(_("Postings"), self._columns())
        self.postings.selectionModel().currentChanged.connect(self._fit)
        self.reverse = button(_("Reverse…"), self._reverse)
        self.reverse.setToolTip(_("Correct the chosen transaction by its opposite"))
        self._said = label("", "muted", wrap=True)
        self.copy = button(_("Copy as a table"), self._copy, link=True)
        self._months_head = SectionHead(_("Plan and actual by month"), _("line: plan"), self.copy)
        inner = QWidget()
        inner.setObjectName("content")
        parts = column(
            self._name,
            self._code,
            Space.S,
            self.waterfall,
            Space.S,
            self._ending,
            self._forecast,
            self._why,
            Space.S,
            self._months_head,
            self.months,
            Space.S,
            self._behind,
        )
        parts.addWidget(self.postings, 1)
        foot = row()
        foot.addWidget(self._said, 1)
        foot.addWidget(self.reverse)
        parts.addLayout(foot)
        parts.setContentsMargins(Space.L, Space.L, Space.L, Space.M)
        inner.setLayout(parts)
        self.postings.setMinimumHeight(180)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(row(area, spacing=0))

    def _columns(self) -> list[Column]:
        def said(posting: PostingRow) -> str:
            move = Move(posting.kind).label
            return f"{move}: {posting.memo}" if posting.memo else move

        def whole(posting: PostingRow) -> str:
            parts = [said(posting), posting.number, posting.partner, posting.contract]
            if posting.reverses_id:
                parts.append(_("reverses transaction {n}").format(n=posting.reverses_id))
            if posting.reversed_by:
                parts.append(_("reversed by transaction {n}").format(n=posting.reversed_by))
            return "\n".join(part for part in parts if part)

        return [
            Column(_("Date"), lambda one: day(one.date), width=92, tip=whole),
            Column(_("What"), said, width=0, tip=whole),
            Column(
                _("Amount"),
                lambda one: money(one.fen, self._unit),
                figure=True,
                width=84,
                token=lambda one: "muted" if one.reversed_by or one.reverses_id else "",
                tip=whole,
            ),
        ]

    def show_node(self, node: Node, unit: str) -> None:
        """Show a node's picture; months and postings follow."""
        self._unit = unit
        self._name.setText(node.name)
        self._code.setText(node.code)
        figures = node.figures
        self.waterfall.fill(figures.granted, figures.pool, figures.spent, figures.committed, unit)
        outlook = node.outlook
        forecast = _("Forecast {forecast}, {left} left of it").format(
            forecast=words.in_unit(node.forecast, unit), left=money(node.variance, unit)
        )
        if node.variance < 0:
            forecast = _("Forecast {forecast}, {over} too much").format(
                forecast=words.in_unit(node.forecast, unit), over=money(-node.variance, unit)
            )
        known = outlook is not None or bool(node.children)
        self._forecast.setText(forecast if known else _("Nothing is planned, spent or bound."))
        self._why.setText(
            f"{words.why(outlook)}\n{words.ways(outlook, unit)}" if outlook is not None else ""
        )
        self._why.setVisible(outlook is not None)
        ending = words.ending(node, unit)
        self._ending.setText(ending)
        self._ending.setVisible(bool(ending))

    def show_months(self, months: Sequence[Month]) -> None:
        """Show plan and actual by month."""
        self.months.fill(months, self._unit)
        for part in (self._months_head, self.months):
            part.setVisible(any(one.plan or one.actual for one in months))

    def show_postings(self, key: str, postings: Sequence[PostingRow]) -> None:
        """Show the postings that a figure is the sum of, the newest first."""
        n = len(postings)
        whole = sum(one.fen for one in postings)
        title = titles().get(key, "")
        self._behind.findChildren(type(self._name))[0].setText(title)
        caption = ngettext("{n} posting, {sum}", "{n} postings, {sum}", n)
        self._behind.set_caption(caption.format(n=n, sum=money(whole, self._unit)))
        self.postings.fill(list(reversed(postings)))
        self._fit()

    def show_no_postings(self, key: str) -> None:
        """Say that a figure is no sum of postings."""
        self._behind.findChildren(type(self._name))[0].setText(titles().get(key, ""))
        self._behind.set_caption(_("worked out, not posted"))
        self.postings.fill([])
        self._fit()

    def _fit(self, *_places: object) -> None:
        """A posting that is reversed, or reverses another, is not reversed again."""
        one: PostingRow | None = self.postings.current()
        self._said.setText("")
        if one is not None and one.reversed_by:
            said = _("reversed by transaction {n}").format(n=one.reversed_by)
            self._said.setText(said)
        elif one is not None and one.reverses_id:
            self._said.setText(_("reverses transaction {n}").format(n=one.reverses_id))
        open_ = one is not None and not self._said.text()
        self.reverse.setEnabled(open_ and not self._workspace.read_only)

    def _reverse(self) -> None:
        one: PostingRow | None = self.postings.current()
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

    def _copy(self) -> None:
        """Put plan and actual on the clipboard, as cells that a spreadsheet takes."""
        lines = ["\t".join((_("Month"), _("Plan"), _("Actual")))]
        for one in self.months.months:
            actual = "" if one.actual is None else f"{one.actual / 100:.2f}"
            lines.append(f"{one.period}\t{one.plan / 100:.2f}\t{actual}")
        QGuiApplication.clipboard().setText("\n".join(lines))


def month_line(
    months: Sequence[str], plan: dict[str, int], spent: dict[str, int], today: date
) -> list[Month]:
    """Months with their plan and, until today's, what was spent."""
    now = f"{today:%Y-%m}"
    return [
        Month(one, plan.get(one, 0), spent.get(one, 0) if one <= now else None) for one in months
    ]
