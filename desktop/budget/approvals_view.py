"""What waits for somebody's word: approve it, or return it with a reason; the limits behind it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from ecofolio.budget import approvals, papers, words
from ecofolio.budget.approvals import RequestRow
from ecofolio.budget.attachment_view import open_attachment
from ecofolio.budget.rows_model import Column, RowsView, money_column
from ecofolio.errors import EcofolioError
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, in_a_row, ngettext, tip
from ecofolio.vocabulary import ApprovalLevel, RequestState
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space

_LONG = 14  # days after which a request has waited too long


class ApprovalsView(QWidget):
    """The requests, those that wait first."""

    done = Signal(str)  # a sentence about what was done

    def __init__(self, workspace: Workspace, report: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._workspace, self._report = workspace, report
        self._unit, self._currency = "wan", "CNY"
        self.table = RowsView(_("Requests"), self._columns())
        self.table.selectionModel().currentChanged.connect(lambda *_places: self._fit())
        self.approve = button(_("Approve"), self._approve, primary=True)
        self.send_back = button(_("Return…"), self._send_back)
        self.limits = button(_("Approval limits…"), self._set_limits)
        self._said = label("", "muted", wrap=True)
        self.details = label("", "", wrap=True)
        self.paper = button(_("Open the attached file"), self._open_paper, link=True)
        panel = Panel(_("Requests"), " ", flush=True)
        panel.add(self.table, 1)
        below = column(self.details, row(self.paper, None))
        below.setContentsMargins(14, Space.S, 14, Space.M)
        panel.add(below)
        self._panel = panel
        foot = row(self._said, None, self.limits, self.send_back, self.approve)
        layout = column(spacing=Space.M)
        layout.addWidget(panel, 1)
        layout.addLayout(foot)
        self.setLayout(layout)

    def _columns(self) -> list[Column]:
        def age(one: RequestRow) -> str:
            n = one.age(self._workspace.clock())
            return ngettext("{n} day", "{n} days", n).format(n=n)

        def state(one: RequestRow) -> str:
            if one.state == RequestState.WAITING:
                return _("waits for: {who}").format(who=ApprovalLevel(one.level).label)
            said = RequestState(one.state).label
            parts = (said, one.decided_by or "", one.reason or "")
            return " · ".join(part for part in parts if part)

        def token(one: RequestRow) -> str:
            if one.state != RequestState.WAITING:
                return "muted"
            return "red" if one.age(self._workspace.clock()) > _LONG else "amber"

        return [
            Column(_("Age"), age, figure=True, width=70),
            Column(_("What"), lambda one: words.headline(one.operation), width=230),
            Column(_("For"), lambda one: one.initiative or one.unit or "", width=210),
            money_column(_("Amount"), lambda one: one.fen, lambda: self._unit, 90),
            Column(_("Asked by"), lambda one: one.asked_by, width=120),
            Column(_("State"), state, width=0, token=token),
        ]

    def fill(self, requests: list[RequestRow], unit: str, currency: str = "CNY") -> None:
        """Show the requests."""
        self._unit, self._currency = unit, currency
        self.table.fill(requests)
        n = sum(one.state == RequestState.WAITING for one in requests)
        assert self._panel.head is not None
        self._panel.head.set_caption(ngettext("{n} waits", "{n} wait", n).format(n=n))
        if requests and self.table.current() is None:
            self.table.selectRow(0)
        self._fit()

    def _fit(self) -> None:
        one = self.table.current()
        writable = not self._workspace.read_only
        waits = one is not None and one.state == RequestState.WAITING
        mine, told, paper, elsewhere = False, "", "", ""
        if one is not None:
            with self._workspace.read() as connection:
                actor = self._workspace.actor
                mine = waits and approvals.same_person(connection, one.asked_by, actor)
                told = words.told(connection, one, self._unit, self._currency)
                if one.operation.attachment_hash:
                    paper, held = one.operation.attachment_name, one.operation.attachment_hash
                    elsewhere = papers.lacking(
                        connection, self._workspace.place, paper, held, request_id=one.id
                    )
        self.details.setText(in_a_row(filter(None, (told, elsewhere))))
        self.paper.setVisible(bool(paper) and not elsewhere)
        self.paper.setToolTip(tip(paper or ""))
        self.approve.setEnabled(bool(waits and writable and not mine))
        self.send_back.setEnabled(bool(waits and writable))
        self.limits.setEnabled(writable)
        self._said.setText(_("You asked for this: somebody else approves it.") if mine else "")

    def _open_paper(self) -> None:
        operation = self.table.current().operation
        place, name = self._workspace.place, operation.attachment_name
        try:
            open_attachment(self, place, name, operation.attachment_hash)
        except EcofolioError as error:
            self._report(error)

    def _approve(self) -> None:
        one = self.table.current()
        try:
            self._workspace.do(approvals.approve, one.id)
        except EcofolioError as error:
            self._report(error)
            return
        said = _("Approved and posted: {what}; undoing it posts its reversal.")
        self.done.emit(said.format(what=words.headline(one.operation)))

    def _send_back(self) -> None:
        one = self.table.current()
        reason, said = QInputDialog.getText(self, _("Return request"), _("Why is it returned?"))
        if not said:
            return
        try:
            self._workspace.do(approvals.send_back, one.id, reason)
        except EcofolioError as error:
            self._report(error)
            return
        self.done.emit(_("Returned: {what}").format(what=words.headline(one.operation)))

    def _set_limits(self) -> None:
        from ecofolio.budget.limits_dialog import LimitsDialog

        dialog = LimitsDialog(self._workspace, self)
        if dialog.exec():
            self.done.emit(_("The approval limits are set."))
        dialog.deleteLater()
