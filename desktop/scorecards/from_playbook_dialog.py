"""Targets from a playbook: for whom, from which month on, how much of it; seen before it is set."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QSpinBox,
    QTableView,
    QWidget,
)
from shiboken6 import isValid

from ecofolio.errors import EcofolioError
from ecofolio.format import number
from ecofolio.initiatives import playbooks as registers
from ecofolio.scorecards import periods, playbooks, promises, words
from ecofolio.scorecards.from_playbook_model import WHO, FromPlaybookModel
from ecofolio.scorecards.playbooks import Proposal, Terms
from ecofolio.text import _, ngettext
from ecofolio.widgets.background import Job, Progress
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext, PageReading
from ecofolio.widgets.parts import SearchField, button, column, label, row
from ecofolio.widgets.theme import Space, in_force

OWN, ONE = "own", "one"  # whose month counts as the first
_AT_ONCE = 200  # initiatives that are read without anybody waiting for it
_MANY = 3_000  # targets from which on setting them takes a while
_Read = tuple[tuple[int, Terms], list[Proposal] | EcofolioError]
_WIDTHS = (380, 90, 80, 110, 80, 80)


class _Table(QTableView):
    """Space ticks the line on which one stands, in whatever column."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex().siblingAtColumn(WHO)
        if event.key() == Qt.Key.Key_Space and index.isValid():
            is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
            self.model().setData(index, state, Qt.ItemDataRole.CheckStateRole)
        else:
            super().keyPressEvent(event)


class FromPlaybookDialog(QDialog):
    """Asks and sets, for many initiatives off the GUI thread; `count` is how many targets were
    changed then, `left` says what was not."""

    def __init__(
        self,
        context: PageContext,
        ids: Collection[int] | None,
        playbook_id: int | None = None,
        initiative_id: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self._workspace = context.workspace
        self.count, self.left = 0, ""
        self._asked: tuple[int, Terms] | None = None  # what the proposals are of
        self._known: dict[int, Proposal] = {}
        self._reading = PageReading(self)
        self._writing: Job | None = None
        with context.workspace.read() as connection:
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
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Setting targets"))
        self.bar.hide()
        self.cancel_button = button(_("Cancel"), self.reject)
        self.keep_button = button(_("Set targets"), self.keep, primary=True)
        self.keep_button.setDefault(True)
        every = button(_("All shown"), lambda: self.model.tick_shown(on=True), link=True)
        none = button(_("None"), lambda: self.model.tick_shown(on=False), link=True)
        self._choices = QWidget()
        self._choices.setLayout(
            column(
                row(label(_("Playbook"), "muted"), self.playbook, self.percent, self.rates, None),
                row(label(_("Its month 1 is"), "muted"), self.start, self.month, None, self.there),
                row(self.search, every, none, None), self.table, spacing=Space.M,
            )
        )  # fmt: skip
        layout = column(
            label(_("Targets from a playbook"), "title"), self._choices, self.said, self.message,
            self.bar, row(None, self.cancel_button, self.keep_button), spacing=Space.M,
        )  # fmt: skip
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self.setLayout(layout)
        self.resize(900, 600)
        self._search("")
        self.model.ticked.connect(self.refresh)
        for box in (self.playbook, self.there):
            box.currentIndexChanged.connect(self.refresh)
        self.start.currentIndexChanged.connect(self._turn)
        self.percent.valueChanged.connect(self._turn)
        self.rates.toggled.connect(self.refresh)
        self.month.textChanged.connect(self.refresh)
        self._turn()
        self.search.setFocus()

    def _make_choices(self) -> None:
        self.playbook, self.percent = QComboBox(), QSpinBox()
        self.playbook.setAccessibleName(_("Playbook"))
        self.playbook.setFixedWidth(360)  # whatever names are that long
        self.percent.setAccessibleName(_("Per cent of it"))
        self.percent.setRange(1, 1000)
        self.percent.setValue(100)
        self.percent.setSuffix(words.spaced("%"))
        self.percent.setToolTip(_("Counts follow it; rates and averages stay whole."))
        self.rates = QCheckBox(_("of rates and averages too"))
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
        self.table = _Table()
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.search.hasFocus():
            self.table.setFocus()  # what is looked for is not set yet
        else:
            super().keyPressEvent(event)

    def _turn(self) -> None:
        self.month.setVisible(self.start.currentData() == ONE)
        self.rates.setEnabled(self.percent.value() != 100)
        self.refresh()

    def _terms(self) -> tuple[int, Terms]:
        """What is chosen; `InputError` where the month is none."""
        own = self.start.currentData() == OWN
        first = None if own else periods.parse(self.month.text())
        part = self.percent.value()
        terms = Terms(first, part, self.rates.isChecked() and part != 100)
        return self.playbook.currentData() or 0, terms

    @property
    def _replace(self) -> bool:
        return bool(self.there.currentData())

    # --- reading -----------------------------------------------------------------------------

    def refresh(self, *_changed: object) -> None:
        """Show what would be set, once it is known; nothing is written."""
        self.message.hide()
        try:
            asked = self._terms()
        except EcofolioError as error:
            self._refuse(error)
            return
        if asked != self._asked:
            self._asked, self._known = asked, {}
        missing = [one for one in self.model.chosen if one not in self._known]
        if not missing or self._reading.put_off():
            self._tell()
        elif len(missing) > _AT_ONCE:
            self._reading.start(lambda: self._read(asked, missing), self._take)
            self._tell()
        else:
            self._take(self._read(asked, missing))

    def _read(self, asked: tuple[int, Terms], ids: list[int]) -> _Read:
        today = self._workspace.clock().astimezone().date()
        try:
            with self._workspace.read() as connection:
                found = playbooks.proposals(
                    connection, asked[0], ids, today, asked[1],
                    is_wanted=lambda: asked == self._asked,
                )  # fmt: skip
                return asked, found
        except EcofolioError as error:
            return asked, error

    def _take(self, read: _Read) -> None:
        asked, found = read
        if asked == self._asked:
            if isinstance(found, EcofolioError):
                self._refuse(found)
                return
            self._known |= {one.initiative_id: one for one in found}
        self._tell()

    def _tell(self) -> None:
        chosen = self.model.chosen
        found = [self._known[one] for one in chosen if one in self._known]
        is_whole = len(found) == len(chosen)
        self.model.tell(found)
        n = sum(one.to_set(replace=self._replace) for one in found) if is_whole else 0
        self.left = self._told_of_left(found)
        self.said.setText(self._sentence(found, n) if is_whole else _("Working it out…"))
        text = ngettext("Set {n} target", "Set {n} targets", n).format(n=number(n))
        self.keep_button.setText(text if is_whole else _("Set targets"))
        self.keep_button.setAccessibleName(self.keep_button.text())
        self.keep_button.setEnabled(n > 0 and not self._workspace.read_only)

    def _sentence(self, found: list[Proposal], n: int) -> str:
        if not self.playbook.count():
            return _("There is no playbook yet: pack a proven initiative first.")
        if not self.model.rowCount() and not found:
            return _("No initiative is found.")
        if not found:
            return _("Tick the initiatives that get targets from it.")
        if not n:
            return playbooks.nothing_to_set(found)
        text = ngettext("{n} target is set", "{n} targets are set", n).format(n=number(n))
        return " · ".join(filter(None, (text, self.left)))

    def _told_of_left(self, found: list[Proposal]) -> str:
        """How many targets are not set, and why."""
        stay = sum(one.same + (0 if self._replace else one.other) for one in found)
        settled = sum(one.settled for one in found)
        unknown = sum(one.first is None for one in found)
        parts = (
            (stay, ngettext("{n} stays as it is", "{n} stay as they are", stay)),
            (settled, ngettext(
                "{n} is settled and left as it is", "{n} are settled and left as they are", settled,
            )),
            (unknown, ngettext(
                "{n} initiative has no start", "{n} initiatives have no start", unknown
            )),
        )  # fmt: skip
        return " · ".join(text.format(n=number(n)) for n, text in parts if n)

    def _refuse(self, error: BaseException) -> None:
        if not isValid(self):
            return
        if not isinstance(error, EcofolioError):
            self.context.report(error)
            return
        self.message.say(str(error), tone="red")
        self.said.setText("")
        self.keep_button.setEnabled(False)

    # --- writing -----------------------------------------------------------------------------

    def keep(self) -> None:
        """Set the targets as one change, or say why they can not be set."""
        if self._asked is None or self._writing is not None:
            return
        (playbook_id, terms), chosen, replace = self._asked, self.model.chosen, self._replace
        workspace = self._workspace

        def write(step: Progress, _cancelled: object) -> int:
            action = playbooks.set_from_playbook
            return workspace.do(action, playbook_id, chosen, terms, replace=replace, step=step)

        self.message.hide()
        if sum(self._known[one].to_set(replace=replace) for one in chosen) <= _MANY:
            try:
                self._finish(write(lambda _done, _total, _text="": None, None))
            except EcofolioError as error:
                self._refuse(error)
            return
        job = self._writing = self.context.runner.start(
            write, title=_("Setting targets"), on_done=self._finish, on_error=self._refuse
        )
        job.progressed.connect(self._show_progress)
        job.ended.connect(self._end)
        self._show_progress(0, 0)
        self._dress()

    def _show_progress(self, done: float, total: float) -> None:
        """How many initiatives are done; what is only to be kept can not be called off any more."""
        is_known = done < total
        self.bar.setRange(0, int(total) if is_known else 0)
        self.bar.setValue(int(done) if is_known else 0)
        if total and not is_known:
            self.cancel_button.setEnabled(False)

    def _end(self) -> None:
        """Heard before what came of it: where nobody says more, it was called off."""
        job, self._writing = self._writing, None
        if isValid(self):
            self._dress()
            if job is not None and job.is_cancelled:
                self.message.say(_("Cancelled: no target was set."), tone="amber")

    def _dress(self) -> None:
        is_writing = self._writing is not None
        self.bar.setVisible(is_writing)
        self._choices.setEnabled(not is_writing)
        self.cancel_button.setEnabled(True)
        self.keep_button.setEnabled(not is_writing)

    def _finish(self, count: int) -> None:
        if isValid(self):
            self.count = count
            self.accept()

    def reject(self) -> None:
        """Go; what is being written is called off first, while it can be."""
        if self._writing is None:
            self._asked, self._reading.is_wanted_again = None, False  # what is read is for nobody
            super().reject()
        elif self.cancel_button.isEnabled():
            self._writing.cancel()
            self.cancel_button.setEnabled(False)
