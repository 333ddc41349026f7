"""Posting money by hand: what, from whom, to whom, how much, with the papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, QSignalBlocker
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDateEdit,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QWidget,
)
from sqlalchemy import Connection, select

from ecofolio.budget import approvals, books, queries
from ecofolio.budget.amount_editor import AmountField
from ecofolio.budget.ledger import balance
from ecofolio.budget.operations import Holder, Operation
from ecofolio.errors import EcofolioError, InputError
from ecofolio.format import in_unit, money_unit
from ecofolio.initiatives.queries import names
from ecofolio.store import files
from ecofolio.store.workspace import Workspace
from ecofolio.text import _
from ecofolio.vocabulary import Move, Stage
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space

MOVES = (
    Move.SPEND,
    Move.COMMIT,
    Move.RELEASE,
    Move.TRANSFER,
    Move.BASE,
    Move.SUPPLEMENT,
    Move.GIVE_BACK,
    Move.GRANT,
)
_HAS_SOURCE = frozenset(MOVES) - {Move.GRANT, Move.RELEASE}
_HAS_TARGET = frozenset({Move.TRANSFER, Move.BASE, Move.SUPPLEMENT, Move.GIVE_BACK, Move.GRANT})
_HAS_COMMITMENT = frozenset({Move.SPEND, Move.RELEASE})
_HAS_PARTNER = frozenset({Move.SPEND, Move.COMMIT})


class HolderField(QComboBox):
    """Chooses a unit's pool or an initiative by typing a part of its name or code."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumWidth(320)
        self.completer().setFilterMode(_contains())
        self.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)

    def fill(self, holders: Sequence[tuple[Holder | None, str]]) -> None:
        """Offer holders under the names that people read."""
        self.clear()
        for holder, name in holders:
            self.addItem(name, holder)
        self.setCurrentIndex(-1 if holders and holders[0][0] is not None else 0)

    def choose(self, holder: Holder | None) -> None:
        """Make a holder the chosen one."""
        for place in range(self.count()):
            if self.itemData(place) == holder:
                self.setCurrentIndex(place)

    def value(self) -> Holder | None:
        """The holder whose name stands there; `InputError` for other words."""
        text = self.currentText().strip()
        place = self.findText(text)
        if place >= 0:
            found: Holder | None = self.itemData(place)
            return None if found is None else Holder(*found)
        if not text:
            return None
        raise InputError(_("There is no unit or initiative “{name}”.").format(name=text))


def _contains():
    from PySide6.QtCore import Qt

    return Qt.MatchFlag.MatchContains


class OperationDialog(QDialog):
    """Asks for one operation; `operation()` is what was said."""

    def __init__(
        self,
        workspace: Workspace,
        move: Move = Move.SPEND,
        source: Holder | None = None,
        parent: QWidget | None = None,
        unit: str = "yuan",
        commitment_id: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._unit = workspace, unit
        self._file: Path | None = None
        self.setWindowTitle(_("Post money"))
        with workspace.read() as connection:
            self._currency = queries.currency(connection)
        self._make_fields()
        with workspace.read() as connection:
            self._read(connection)
        self.move_field.setCurrentIndex(MOVES.index(move))
        if source is not None:
            self.source.choose(source)
        self._fit()
        if commitment_id is not None:
            self.commitment.setCurrentIndex(self.commitment.findData(commitment_id))
        self.move_field.currentIndexChanged.connect(self._fit)
        self.source.currentIndexChanged.connect(self._fit)
        self.target.currentIndexChanged.connect(self._tell_limit)
        self.commitment.currentIndexChanged.connect(self._tell_limit)
        self.amount.changed.connect(self._tell_limit)
        self.amount.setFocus()

    def _make_fields(self) -> None:
        self.move_field = QComboBox()
        for move in MOVES:
            self.move_field.addItem(move.label, move)
        self.source, self.target = HolderField(_("From")), HolderField(_("To"))
        self.commitment = QComboBox()
        self.held = label("", "caption", wrap=True)
        name = _("Amount, {unit}").format(unit=money_unit("yuan", self._currency))
        self.amount = AmountField(name, self._currency, self._unit)
        self.on = QDateEdit()
        self.on.setCalendarPopup(True)
        self.on.setDisplayFormat("yyyy-MM-dd")
        today = self._workspace.clock().astimezone().date()
        self.on.setDate(QDate(today.year, today.month, today.day))
        self.on.setMaximumDate(QDate(today.year, today.month, today.day))
        self.category = QComboBox()
        self.number, self.memo = QLineEdit(), QLineEdit()
        self.partner, self.contract = QLineEdit(), QLineEdit()
        self.attach = button(_("Attach a file…"), self._attach, link=True)
        self.detach = button(_("Leave it out"), self._detach, link=True)
        self.detach.hide()
        papers = QWidget()
        papers.setLayout(row(self.attach, self.detach, None))
        self.waits = label("", "muted", wrap=True)
        self.message = InlineMessage()
        self.form = QFormLayout()
        self.form.setSpacing(Space.S)
        for title, field in (
            (_("What"), self.move_field),
            (_("From"), self.source),
            ("", self.held),
            (_("To"), self.target),
            (_("Commitment"), self.commitment),
            (name, self.amount),
            (_("Date"), self.on),
            (_("Category"), self.category),
            (_("Document number"), self.number),
            (_("Memo"), self.memo),
            (_("Partner"), self.partner),
            (_("Contract"), self.contract),
            (_("Attachment"), papers),
        ):
            if title:
                field.setAccessibleName(title)
            self.form.addRow(label(title, "muted"), field)
        self.post = button(_("Post"), self._post, primary=True)
        self.post.setDefault(True)
        foot = row(None, button(_("Cancel"), self.reject), self.post)
        layout = column(self.form, self.waits, self.message, foot)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)

    def _read(self, connection: Connection) -> None:
        unit, own = queries.UNIT, queries.INITIATIVE
        query = select(unit.c.id, unit.c.code, unit.c.name).order_by(unit.c.code)
        units = [
            (Holder("unit", row.id), _("Pool of {name}").format(name=f"{row.name} ({row.code})"))
            for row in connection.execute(query).all()
        ]
        query = select(own.c.id, own.c.code, own.c.name).where(own.c.stage != Stage.CLOSED.value)
        initiatives = [
            (Holder("initiative", row.id), f"{row.name} ({row.code})")
            for row in connection.execute(query.order_by(own.c.code)).all()
        ]
        self._sources = {True: initiatives, False: [*initiatives, *units]}
        self._offer_sources(spends=False)
        self.target.fill([(None, ""), *units, *initiatives])
        self.category.addItem(_("none"), None)
        for row_ in queries.categories(connection):
            if not row_.retired:
                self.category.addItem(row_.label, row_.code)
        self._commitments = books.commitments(connection, open_only=True)
        self._limits = {one.unit_id: one for one in approvals.limits(connection)}
        self._parents = names(connection).parents
        self._units = dict(connection.execute(select(own.c.id, own.c.unit_id)).all())

    def _fit(self) -> None:
        """Ask only for what the operation needs."""
        move = MOVES[self.move_field.currentIndex()]
        self._offer_sources(spends=move in _HAS_PARTNER)
        for field, shown in (
            (self.source, move in _HAS_SOURCE),
            (self.held, move in _HAS_SOURCE),
            (self.target, move in _HAS_TARGET),
            (self.commitment, move in _HAS_COMMITMENT),
            (self.category, move in _HAS_PARTNER),
            (self.partner, move in _HAS_PARTNER),
            (self.contract, move is Move.COMMIT),
        ):
            self.form.setRowVisible(field, shown)
        self._offer_commitments(move)
        self._tell_held()
        self._tell_limit()
        self.adjustSize()

    def _offer_sources(self, *, spends: bool) -> None:
        """Only an initiative binds and spends money: a pool passes it on."""
        offered = self._sources[spends]
        if self.source.count() == len(offered):
            return
        chosen = self._source()
        with QSignalBlocker(self.source):
            self.source.fill(offered)
            self.source.choose(chosen)

    def _source(self) -> Holder | None:
        return self._holder_of(self.source)

    @staticmethod
    def _holder_of(field: HolderField) -> Holder | None:
        try:
            return field.value()
        except InputError:
            return None

    def _tell_limit(self, *_args: object) -> None:
        """Whose word the amount will need, before it is posted."""
        move = MOVES[self.move_field.currentIndex()]
        bound = self.commitment.currentData() if move in _HAS_COMMITMENT else None
        holder = self._source() if move in _HAS_SOURCE else self._holder_of(self.target)
        fen = self.amount.read()
        said = ""
        if fen is not None and holder is not None and approvals.asks(move, bound):
            unit_id = holder.id if holder.kind == "unit" else self._units.get(holder.id)
            level = approvals.level_above(self._limits, self._parents, unit_id, fen)
            if level is not None:
                said = _("So much needs approval: it will wait for {who}.").format(who=level.label)
        self.waits.setText(said)
        self.waits.setVisible(bool(said))

    def _tell_held(self) -> None:
        """What is free where the money comes from."""
        source = self._source()
        if source is None:
            self.held.setText("")
            return
        with self._workspace.read() as connection:
            fen = balance(connection, source.account, None)
        self.held.setText(_("{sum} available").format(sum=in_unit(fen, "yuan", self._currency)))

    def _offer_commitments(self, move: Move) -> None:
        source = self._source() if move is Move.SPEND else None
        self.commitment.clear()
        if move is Move.SPEND:
            self.commitment.addItem(_("none: from what is available"), None)
        for one in self._commitments:
            if source is None or one.initiative_id == source.id:
                left = in_unit(one.outstanding, "yuan", self._currency)
                words = (f"#{one.id}", one.contract, one.partner, left)
                self.commitment.addItem(" · ".join(filter(None, words)), one.id)

    def operation(self) -> Operation:
        """What was said; `InputError` says what is missing."""
        move = MOVES[self.move_field.currentIndex()]
        partner, on = move in _HAS_PARTNER, self.on.date()
        fen = self.amount.fen()
        paper = files.keep(self._workspace.place, self._file) if self._file else None
        return Operation(
            move,
            fen,
            self.source.value() if move in _HAS_SOURCE else None,
            self.target.value() if move in _HAS_TARGET else None,
            date(on.year(), on.month(), on.day()),
            self.commitment.currentData() if move in _HAS_COMMITMENT else None,
            self.category.currentData() if partner else None,
            self.number.text().strip() or None,
            self.memo.text().strip() or None,
            self.partner.text().strip() or None if partner else None,
            self.contract.text().strip() or None if move is Move.COMMIT else None,
            paper.name if paper else None,
            paper.hash if paper else None,
        )

    def _attach(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(self, _("Attach a file"))
        if name:
            self._file = Path(name)
            self.attach.setText(self._file.name.replace("&", "&&"))
            self.detach.show()

    def _detach(self) -> None:
        self._file = None
        self.attach.setText(_("Attach a file…"))
        self.detach.hide()

    def _post(self) -> None:
        from ecofolio.budget.actions import submit

        try:
            operation = self.operation()
        except EcofolioError as error:
            if str(error) != self.amount.said.text():  # that stands below its field
                self.message.say(str(error), "red")
            return
        try:
            self.done_ = self._workspace.do(submit, operation)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self.accept()
