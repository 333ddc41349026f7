"""What is bound by contract and not spent yet: with whom, since when, how much is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from ecofolio.budget import books, words
from ecofolio.budget.books import CommitmentRow
from ecofolio.budget.queries import Node
from ecofolio.budget.rows_model import Column, RowsView, money_column
from ecofolio.format import day, in_unit, money, money_unit
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, ngettext, pgettext
from ecofolio.vocabulary import Move
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import SearchField, button, column, row
from ecofolio.widgets.theme import Space


class CommitmentsView(QWidget):
    """The commitments of the initiatives in scope, the oldest first. `asked` says what is to be
    posted against which: a move and a commitment."""

    asked = Signal(object, object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._unit, self._currency = "wan", "CNY"
        self._nodes: Sequence[Node] = ()
        self._names: dict[int, str] = {}
        self._found: list[CommitmentRow] = []
        self._as_of, self._stale = date.min, False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._filter)
        self.table = RowsView(pgettext("money", "Commitments"), self._columns())
        self.table.selectionModel().currentChanged.connect(lambda *_places: self._fit())
        self.search = SearchField(_("Find partner, contract, initiative"))
        self.search.setFixedWidth(260)
        self.search.textChanged.connect(lambda _text: self._later.start())
        self.which = QComboBox()
        self.which.setAccessibleName(_("Which commitments"))
        self.which.addItem(_("With something left"), True)
        self.which.addItem(_("All commitments"), False)
        self.which.currentIndexChanged.connect(lambda _n: self._later.start())
        self.spend = button(_("Spend…"), lambda: self._ask(Move.SPEND), primary=True)
        self.release = button(_("Release…"), lambda: self._ask(Move.RELEASE))
        tools = QWidget()
        tools.setLayout(row(self.search, self.which))
        self._panel = Panel(pgettext("money", "Commitments"), " ", action=tools, flush=True)
        self._panel.add(self.table, 1)
        layout = column(spacing=Space.M)
        layout.addWidget(self._panel, 1)
        layout.addLayout(row(None, self.release, self.spend))
        self.setLayout(layout)

    def _columns(self) -> list[Column]:
        def of_money(title: str, fen: Callable[[CommitmentRow], int]) -> Column:
            return money_column(
                title,
                fen,
                lambda: self._unit,
                tip=lambda one: in_unit(fen(one), "yuan", self._currency),
            )

        return [
            Column(_("Date"), lambda one: day(one.date), width=96),
            Column(_("Initiative"), lambda one: self._names[one.initiative_id], width=240),
            Column(_("Partner"), lambda one: one.partner or "", width=180),
            Column(_("Contract"), lambda one: one.contract or "", width=130),
            Column(_("Memo"), lambda one: one.memo or "", width=0),
            of_money(_("Committed"), lambda one: one.fen),
            of_money(_("Left"), lambda one: one.outstanding),
        ]

    def fill(self, nodes: Sequence[Node], as_of: date, unit: str, currency: str) -> None:
        """Show the commitments of the initiatives in scope; read when in view."""
        self._unit, self._currency, self._as_of = unit, currency, as_of
        self._nodes = nodes
        self._stale = True
        if self.isVisible():
            self._read()

    def showEvent(self, event) -> None:
        super().showEvent(event)
        if self._stale:
            self._read()

    def _read(self) -> None:
        self._stale = False
        self._names = {one.id: one.name for node in self._nodes for one in words.below(node)}
        with self._workspace.read() as connection:
            found = books.commitments(connection, self._as_of)
        self._found = [one for one in found if one.initiative_id in self._names]
        self._filter()

    def _filter(self) -> None:
        wanted, open_only = self.search.text().strip().casefold(), self.which.currentData()
        shown = [
            one
            for one in self._found
            if (one.outstanding or not open_only) and wanted in self._text(one)
        ]
        self.table.fill(shown)
        assert self._panel.head is not None
        n, left = len(shown), sum(one.outstanding for one in shown)
        said = ngettext(
            "{n} commitment, {sum} left · in {unit}", "{n} commitments, {sum} left · in {unit}", n
        )
        unit = money_unit(self._unit, self._currency)
        self._panel.head.set_caption(said.format(n=n, sum=money(left, self._unit), unit=unit))
        if shown and self.table.current() is None:
            self.table.selectRow(0)
        self._fit()

    def _text(self, one: CommitmentRow) -> str:
        parts = (self._names[one.initiative_id], one.partner, one.contract, one.memo, one.number)
        return " ".join(part for part in parts if part).casefold()

    def _fit(self) -> None:
        one: CommitmentRow | None = self.table.current()
        possible = one is not None and one.outstanding > 0 and not self._workspace.read_only
        self.spend.setEnabled(possible)
        self.release.setEnabled(possible)

    def _ask(self, move: Move) -> None:
        self.asked.emit(move, self.table.current())
