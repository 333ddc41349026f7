"""Targets from a playbook: for whom, from which month on, how much of it; seen before it is set."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QSpinBox,
    QTableView,
    QWidget,
)

from ecofolio.errors import EcofolioError
from ecofolio.format import number
from ecofolio.initiatives import playbooks as registers
from ecofolio.scorecards import periods, playbooks, promises
from ecofolio.scorecards.from_playbook_model import WHO, FromPlaybookModel
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.parts import SearchField, button, column, label, row
from ecofolio.widgets.theme import Space, in_force

OWN, ONE = "own", "one"  # whose month counts as the first
_WIDTHS = (380, 90, 80, 110, 80, 80)


class FromPlaybookDialog(QDialog):
    """Asks and sets; `count` is how many targets were changed then."""

    def __init__(
        self,
        workspace: Workspace,
        ids: Collection[int] | None,
        playbook_id: int | None = None,
        initiative_id: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.count = 0
        with workspace.read() as connection:
            known = registers.playbooks(connection)
            who = promises.promisers(connection, ids)
        chosen = [initiative_id] if initiative_id is not None else []
        self.model = FromPlaybookModel(who, chosen, self)
        self.setWindowTitle(_("Targets from a playbook"))
        self._make_choices()
        for one in known:
            self.playbook.addItem(f"{one.code}  {one.name}", one.id)
        self.playbook.setCurrentIndex(max(self.playbook.findData(playbook_id), 0))
        self._make_table()
        self.said = label("", "muted", wrap=True)
        self.message = InlineMessage()
        self.keep_button = button(_("Set targets"), self.keep, primary=True)
        self.keep_button.setDefault(True)
        every = button(_("All shown"), lambda: self.model.tick_shown(on=True), link=True)
        none = button(_("None"), lambda: self.model.tick_shown(on=False), link=True)
        layout = column(
            label(_("Targets from a playbook"), "title"),
            row(label(_("Playbook"), "muted"), self.playbook, self.percent, None),
            row(label(_("Its month 1 is"), "muted"), self.start, self.month, None, self.there),
            row(self.search, every, none, None), self.table, self.said, self.message,
            row(None, button(_("Cancel"), self.reject), self.keep_button), spacing=Space.M,
        )  # fmt: skip
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.resize(900, 600)
        self._search("")
        self.model.ticked.connect(self._tell)
        for box in (self.playbook, self.there):
            box.currentIndexChanged.connect(self._tell)
        self.start.currentIndexChanged.connect(self._turn)
        self.percent.valueChanged.connect(self._tell)
        self.month.textChanged.connect(self._tell)
        self._turn()

    def _make_choices(self) -> None:
        self.playbook, self.percent = QComboBox(), QSpinBox()
        self.playbook.setAccessibleName(_("Playbook"))
        self.playbook.setMinimumWidth(360)
        self.percent.setAccessibleName(_("Per cent of it"))
        self.percent.setRange(1, 1000)
        self.percent.setValue(100)
        self.percent.setSuffix(" %")
        self.start, self.month, self.there = QComboBox(), QLineEdit(), QComboBox()
        self.start.setAccessibleName(_("Its month 1 is"))
        self.start.addItem(_("the month in which each one started"), OWN)
        self.start.addItem(_("one month for all"), ONE)
        self.month.setAccessibleName(_("Month 1"))
        self.month.setMaximumWidth(110)
        today = self._workspace.clock().astimezone().date()
        self.month.setText(periods.of(today))
        self.there.setAccessibleName(_("Targets that are there"))
        self.there.addItem(_("Targets that are there stay"), False)
        self.there.addItem(_("Targets that are there are replaced"), True)

    def _make_table(self) -> None:
        self.search = SearchField(_("Find an initiative"))
        self.search.setFixedWidth(280)
        self.search.textChanged.connect(self._search)
        self.table = QTableView()
        self.table.setAccessibleName(_("Initiatives"))
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(in_force().row_height)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        for place, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(place, width)
        header.setSectionResizeMode(WHO, QHeaderView.ResizeMode.Stretch)

    def _search(self, text: str) -> None:
        self.model.search(text)
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, WHO))

    def _turn(self) -> None:
        self.month.setVisible(self.start.currentData() == ONE)
        self._tell()

    def _given(self) -> tuple[int, list[int]]:
        return self.playbook.currentData() or 0, self.model.chosen

    def _first(self) -> str | None:
        """The month that counts as the first for all, if one does; `InputError` where it is
        none."""
        own = self.start.currentData() == OWN
        return None if own else periods.parse(self.month.text())

    def _tell(self, *_changed: object) -> None:
        """Show what would be set, without writing."""
        self.message.hide()
        today = self._workspace.clock().astimezone().date()
        try:
            with self._workspace.read() as connection:
                found = playbooks.proposals(
                    connection, *self._given(), today,
                    first=self._first(), percent=self.percent.value(),
                )  # fmt: skip
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            self.keep_button.setEnabled(False)
            return
        self.model.tell(found)
        replace = self.there.currentData()
        n = sum(len(one.chosen(replace=replace)) for one in found)
        left = sum(one.same + one.settled + (0 if replace else len(one.other)) for one in found)
        self.said.setText(self._sentence(found, n, left))
        text = ngettext("Set {n} target", "Set {n} targets", n).format(n=number(n))
        self.keep_button.setText(text)
        self.keep_button.setAccessibleName(text)
        self.keep_button.setEnabled(n > 0 and not self._workspace.read_only)

    def _sentence(self, found: list[playbooks.Proposal], n: int, left: int) -> str:
        if not self.playbook.count():
            return _("There is no playbook yet: pack a proven initiative first.")
        if not found:
            return _("Tick the initiatives that get targets from it.")
        if not n:
            return playbooks.nothing_to_set(found)
        text = ngettext("{n} target is set", "{n} targets are set", n).format(n=number(n))
        if left:
            text += " · " + ngettext("{n} stays as it is", "{n} stay as they are", left).format(
                n=number(left)
            )
        if unknown := sum(one.first is None for one in found):
            text += " · " + ngettext(
                "{n} initiative has no start", "{n} initiatives have no start", unknown
            ).format(n=number(unknown))
        return text

    def keep(self) -> None:
        """Set the targets as one change, or say why they can not be set."""
        try:
            self.count = self._workspace.do(
                playbooks.set_from_playbook, *self._given(), first=self._first(),
                percent=self.percent.value(), replace=self.there.currentData(),
            )  # fmt: skip
        except EcofolioError as error:
            self.message.say(str(error), tone="red")
            return
        self.accept()
