"""The plan: its versions above, the chosen one's units, initiatives and categories by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFileDialog, QStackedWidget, QWidget

from ecofolio.budget import plan_actions, plans, queries, rules
from ecofolio.budget.plan_following import Touched
from ecofolio.budget.plan_grid_view import PlanGrid
from ecofolio.budget.plan_sheet import TOTAL, Key, Line, Sheet, Source, walk
from ecofolio.budget.plan_versions_view import PlanVersionsView
from ecofolio.budget.plans import VersionRow, is_draft
from ecofolio.budget.queries import Node
from ecofolio.errors import EcofolioError
from ecofolio.format import in_unit, money_unit
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import PlanState
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.panels import EmptyState, Panel
from ecofolio.widgets.parts import ElidedLabel, SearchField, button, column, label, row
from ecofolio.widgets.theme import Space

_ALL_OPEN = 300  # initiatives up to which all units stand open at first
_CATEGORIES = 1000  # initiatives up to which all of their categories may be opened at once
_UNITS, _INITIATIVES, _EVERYTHING = range(3)


class PlanView(QWidget):
    """Versions above, the plan of the initiatives in scope below, beside another or the spend."""

    done = Signal(str)

    def __init__(self, workspace: Workspace, report: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._workspace, self._report = workspace, report
        self._unit, self._currency, self._start = "wan", "CNY", 1
        self._nodes: Sequence[Node] = ()
        self._found: list[VersionRow] = []
        self._sheet: Sheet | None = None
        self._opened: set[Key] | None = None
        self._stale = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._catch_up)
        self.message = InlineMessage()
        self.versions = PlanVersionsView(workspace, report)
        self.versions.chosen.connect(self._later.start)
        self.versions.done.connect(self.done)
        both = QWidget()
        inner = column(self.versions, spacing=Space.M)
        inner.addWidget(self._make_grid(), 1)
        both.setLayout(inner)
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(
            EmptyState(
                "file-spreadsheet",
                _("There is no plan yet"),
                _("Draw up a plan"),
                self.versions.begin,
                explanation=_("A plan says what each initiative is to spend in each month."),
            )
        )
        layout = column()
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)

    def _make_grid(self) -> Panel:
        self.search = SearchField(_("Find an initiative"))
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(lambda _text: self._later.start())
        self.year, self.level, self.beside = QComboBox(), QComboBox(), QComboBox()
        self.year.setAccessibleName(_("Fiscal year"))
        self.level.setAccessibleName(_("How much stands open"))
        self.beside.setAccessibleName(_("Beside the plan"))
        for name in (_("Units"), _("Initiatives"), _("Categories")):
            self.level.addItem(name)
        self.level.activated.connect(self._open_level)
        for field in (self.year, self.beside):
            field.currentIndexChanged.connect(lambda _n: self._later.start())
        self.list = button(_("Take from a list…"), self._take_list)
        self.list.setToolTip(_("Columns: initiative, category, month, amount"))
        self.copy = button(_("Copy as a table"), self._copy, link=True)
        self.grid = PlanGrid()
        self.grid.shown.wanted.connect(self._write)
        self.grid.shown.refused.connect(lambda text: self.message.say(text, "red"))
        self.grid.turned.connect(self._turn)
        self.grid.selectionModel().selectionChanged.connect(lambda *_places: self._say())
        self._said = label("", "muted", wrap=True)
        self._hint = ElidedLabel("", "caption")
        tools = row(self.search, self.year, self.level, self.beside)
        tools.addStretch(1)
        tools.addWidget(self.copy)
        tools.addWidget(self.list)
        tools.setContentsMargins(14, Space.M, 14, Space.S)
        said = row(spacing=Space.L)
        said.addWidget(self._said, 1)
        said.addWidget(self._hint)
        foot = column(self.message, said)
        foot.setContentsMargins(14, Space.S, 14, Space.S)
        panel = Panel(flush=True)
        panel.setAccessibleName(_("Plan by unit, initiative, category and month"))
        panel.body.setContentsMargins(1, 0, 1, 1)
        panel.add(tools)
        panel.add(self.grid, 1)
        panel.add(foot)
        return panel

    # --- showing ---------------------------------------------------------------------------

    def fill(
        self, nodes: Sequence[Node], today: date, years: Sequence[int], unit: str, currency: str
    ) -> None:
        """Show the plans of the units and initiatives in scope; read when in view."""
        self._unit, self._currency, self._today = unit, currency, today
        self._nodes, self._known_years = nodes, years
        self._stale = True
        if self.isVisible():
            self._catch_up()

    def follow(self, planned: Touched) -> None:
        """Show what changed in drafts without reading all sums again."""
        if not planned.versions:
            return
        if self._sheet is None or self._stale or not self.isVisible():
            self._stale = True
            return
        self._found = [
            one._replace(fen=one.fen + planned.versions.get(one.id, 0)) for one in self._found
        ]
        self.versions.fill(self._found, self._unit, self._today)
        if not self._writable():  # lines without a sum do not stand there
            self._later.start()
            return
        with self._workspace.read() as connection:
            self._sheet.follow(connection, planned.initiatives)
            lines = self.grid.shown.lines
            self.grid.shown.renew(self._sheet.renewed(connection, lines, planned.initiatives))
        self.message.hide()
        self._say()

    def showEvent(self, event) -> None:
        super().showEvent(event)
        if self._stale:
            self._catch_up()

    def _catch_up(self) -> None:
        with self._workspace.read() as connection:
            self._found = plans.versions(connection)
            self._start = queries.fiscal_start(connection)
        self.versions.fill(self._found, self._unit, self._today)
        if self._stale:
            self._stale = False
            self._offer_years()
        self._offer_beside()
        self._stack.setCurrentIndex(0 if self._found else 1)
        self._show()

    def _offer_years(self) -> None:
        now = rules.fiscal_year_of(self._today, self._start)
        years = range(min(now - 1, *self._known_years, now), now + 4)
        self._refill(self.year, [(str(one), one) for one in years], self.year.currentData() or now)

    def _offer_beside(self) -> None:
        """What the chosen version may stand beside: spend, the plan in force, other versions."""
        chosen, own = self.beside.currentData(), self.versions.current()
        offered: list[tuple[str, Source | None]] = [
            (_("Nothing beside it"), None),
            (_("Beside actual spend"), Source()),
        ]
        for one in sorted(self._found, key=lambda one: one.state != PlanState.APPROVED):
            if own is None or one.id != own.id:
                offered.append((_("Beside {plan}").format(plan=one.name), Source(one.id)))
        self._refill(self.beside, offered, chosen)

    @staticmethod
    def _refill(field: QComboBox, offered: Sequence[tuple[str, Any]], chosen: Any) -> None:
        with QSignalBlocker(field):
            field.clear()
            for name, value in offered:
                field.addItem(name, value)
            values = [value for _name, value in offered]
            field.setCurrentIndex(values.index(chosen) if chosen in values else 0)

    def _show(self) -> None:
        """The chosen version's plan of the chosen year."""
        version, year = self.versions.current(), self.year.currentData()
        self.message.hide()
        self.list.setEnabled(self._writable())
        if version is None or year is None:
            return
        months = rules.periods(*rules.fiscal_span(year, self._start))
        other: Source | None = self.beside.currentData()
        self._sheet = Sheet(self._nodes, months, Source(version.id), other, self.search.text())
        with self._workspace.read() as connection:
            self._sheet.read(connection)
        self._fit_levels()
        self._lay()

    def _writable(self) -> bool:
        return is_draft(self.versions.current()) and not self._workspace.read_only

    def _lay(self) -> None:
        """The lines that stand open."""
        assert self._sheet is not None
        writable, opened = self._writable(), self._opened or set()
        current, place = self._current(), self.grid.currentIndex().column()
        with self._workspace.read() as connection:
            lines = self._sheet.lines(connection, opened, writable=writable)
        self.grid.shown.fill(
            self._sheet,
            lines,
            opened,
            writable=writable,
            unit=self._unit,
            currency=self._currency,
            beside=self._named(),
        )
        now = self._current()
        if now is None or current is None or now.key != current.key:
            self.grid.show_line(current.key if current else TOTAL, max(0, place))
        unit = money_unit(self._unit, self._currency)
        hint = _("in {unit} · Ctrl+R fills to the right, Ctrl+D down")
        if not writable:
            hint = _("in {unit}; revise the plan to change it")
        self._hint.setText(hint.format(unit=unit))
        self._say()

    def _named(self) -> str:
        """What stands beside the plan, in a word or two."""
        other: Source | None = self.beside.currentData()
        if other is None:
            return ""
        if not other.is_plan:
            return _("Spent")
        return next((one.name for one in self._found if one.id == other.version_id), "")

    def _current(self) -> Line | None:
        place = self.grid.currentIndex().row()
        lines = self.grid.shown.lines
        return lines[place] if 0 <= place < len(lines) else None

    def _say(self) -> None:
        """The current line in a sentence."""
        line, version = self._current(), self.versions.current()
        if line is None or version is None:
            self._said.setText("")
            return
        rows, columns = self.grid.block()
        if len(rows) * len(columns) > 1:
            shown = self.grid.shown
            whole = sum(shown.fen(shown.index(one, at)) for one in rows for at in columns)
            words = _("{n} cells are chosen, {sum} in all.")
            n = len(rows) * len(columns)
            self._said.setText(words.format(n=n, sum=self._in_unit(whole)))
            return
        own = sum(line.own)
        said = {"name": line.name, "year": self.year.currentText(), "plan": self._in_unit(own)}
        if line.other is None:
            words = _("{name}: {plan} in {year}; the whole plan is {whole}.")
            self._said.setText(words.format(**said, whole=self._in_unit(version.fen)))
            return
        other = sum(line.other)
        words = _("{name}: {plan} in {year}, beside {other} of {beside}: {more} more.")
        if own < other:
            words = _("{name}: {plan} in {year}, beside {other} of {beside}: {more} less.")
        elif own == other:
            words = _("{name}: {plan} in {year}, as much as {beside}.")
        if self.beside.currentData() == Source():
            words = _("{name}: {plan} planned in {year}, {other} spent, {more} left.")
            if own < other:
                words = _("{name}: {plan} planned in {year}, {other} spent, {more} too much.")
        more = self._in_unit(abs(own - other))
        beside = self._named()
        self._said.setText(
            words.format(**said, other=self._in_unit(other), beside=beside, more=more)
        )

    def _in_unit(self, fen: int) -> str:
        return in_unit(fen, self._unit, self._currency)

    # --- opening ---------------------------------------------------------------------------

    def _fit_levels(self) -> None:
        """Offer only what can be shown at once, and open what a first look needs."""
        assert self._sheet is not None
        many = len(self._sheet.initiatives)
        levels = self.level.model()
        assert isinstance(levels, QStandardItemModel)
        item = levels.item(_EVERYTHING)
        item.setEnabled(many <= _CATEGORIES)
        item.setToolTip("" if item.isEnabled() else _("Narrow the scope first."))
        if self._opened is None:
            self.level.setCurrentIndex(_INITIATIVES if many <= _ALL_OPEN else _UNITS)
            self._opened = self._of_level()

    def _of_level(self) -> set[Key]:
        level = self.level.currentIndex()
        found: set[Key] = set()
        for node in walk(self._nodes):
            below = any(child.kind == "unit" for child in node.children)
            if node.kind == "unit" and (level > _UNITS or below):
                found.add((node.kind, node.id, ""))
            if node.kind == "initiative" and level == _EVERYTHING:
                found.add((node.kind, node.id, ""))
        return found

    def _open_level(self, _place: int) -> None:
        self._opened = self._of_level()
        self._lay()

    def _turn(self, key: Key) -> None:
        assert self._opened is not None
        self._opened ^= {key}
        self._lay()

    # --- doing -----------------------------------------------------------------------------

    def _write(self, cells: dict[plan_actions.Cell, int]) -> None:
        version = self.versions.current()
        assert version is not None
        try:
            n = self._workspace.do(plan_actions.set_plan, version.id, cells)
        except EcofolioError as error:
            self._report(error)
            return
        if len(cells) > 1:
            self._tell(n)

    def _tell(self, n: int) -> None:
        text = ngettext("{n} sum of the plan is written.", "{n} sums of the plan are written.", n)
        self.done.emit(text.format(n=n))

    def _copy(self) -> None:
        """Put the whole table on the clipboard, with its heads."""
        shown = self.grid.shown
        text = shown.text_of(range(shown.rowCount()), range(shown.columnCount()), heads=True)
        QGuiApplication.clipboard().setText(text)

    def _take_list(self) -> None:
        from ecofolio.intake.reading import file_kinds

        name, _kind = QFileDialog.getOpenFileName(self, _("List of the plan"), "", file_kinds())
        if name:
            self.take_list(name)

    def take_list(self, path: str) -> None:
        """Write a list into the chosen draft; lines that can not be read are told."""
        from ecofolio.budget import plan_lists
        from ecofolio.budget.refused_dialog import RefusedDialog

        version = self.versions.current()
        assert version is not None
        try:
            found, n = plan_lists.take_list(self._workspace, version.id, path)
        except EcofolioError as error:
            self._report(error)
            return
        self._later.start()
        self._tell(n)
        if found.refused:
            dialog = RefusedDialog(found, self)
            dialog.exec()
            dialog.deleteLater()
