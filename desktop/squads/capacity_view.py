"""The capacity map: people by weeks over all squads; more than all of one's time is red."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection, select

from ecofolio import format as shown
from ecofolio.organisation.model import Department, Unit
from ecofolio.squads import queries, rules
from ecofolio.squads.grid_view import GridCell, GridView
from ecofolio.store.base import table_of
from ecofolio.text import _, language, ngettext
from ecofolio.widgets.choosers import Chip, Choice, MultiChoice, Node, Popup, TreeChoice
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import SearchField, button, label, row, set_property, tool_button
from ecofolio.widgets.theme import Space

WEEKS = 13


class CapacityView(QWidget):
    """The map with its filters; a click on a cell says why."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._departments: frozenset[int] = frozenset()
        self._unit: int | None = None
        self._first: date | None = None
        self.found: queries.CapacityMap | None = None
        self._rows: list[queries.CapacityRow] = []
        self.grid = GridView(_("Capacity: people by weeks"))
        self.grid.opened.connect(self._why)
        self.department = Chip(_("Department"), _("all"))
        self.department.clicked.connect(self._choose_department)
        self.unit = Chip(_("Unit"), _("all"))
        self.unit.clicked.connect(self._choose_unit)
        self.over = button(_("Over 100 % only"), self._fill)
        self.over.setProperty("chip", True)
        self.over.setCheckable(True)
        self.over.toggled.connect(lambda on: set_property(self.over, "chosen", on))
        self.search = SearchField(_("Find people"))
        self.search.setFixedWidth(180)
        self.search.textChanged.connect(lambda _text: self._fill())
        self.sentence = label("", "muted", wrap=True)
        earlier = tool_button("arrow-left", _("Earlier weeks"), lambda: self._go(-4))
        later = tool_button("arrow-right", _("Later weeks"), lambda: self._go(4))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._empty = EmptyState(
            "users",
            _("Nobody to show"),
            explanation=_("The map shows everybody who has a place in a squad."),
        )
        self._stack.addWidget(self._empty)
        top: QHBoxLayout = row(
            self.department, self.unit, self.over, self.search, earlier, later, self.sentence
        )
        top.setStretch(6, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        self.popup: WhyPanel | None = None

    @property
    def _today(self) -> date:
        return self._context.workspace.clock().astimezone().date()

    def refresh(self) -> None:
        """Read the map again."""
        with self._context.workspace.read() as connection:
            self.found = queries.capacity(
                connection,
                self._first or self._today,
                WEEKS,
                departments=self._departments,
                units=_below(connection, self._unit),
            )
        self._fill()

    def _fill(self) -> None:
        found = self.found
        if found is None:
            return
        wanted = self.search.text().casefold().split()
        self._rows = [
            one
            for one in found.rows
            if (not self.over.isChecked() or max(one.percents, default=0) > rules.FULL)
            and all(word in f"{one.person} {one.department}".casefold() for word in wanted)
        ]
        heads = [(one.person, one.department or one.unit or "") for one in self._rows]
        weeks = [_week(one) for one in found.mondays]
        cells = [
            [
                _cell(one, percent, monday)
                for percent, monday in zip(one.percents, found.mondays, strict=True)
            ]
            for one in self._rows
        ]
        self.grid.fill(heads, weeks, cells)
        self._stack.setCurrentIndex(0 if self._rows else 1)
        n = len({one.person for one in found.over})
        people = ngettext("{n} person", "{n} people", len(found.rows)).format(n=len(found.rows))
        text = ngettext("{n} above 100 %", "{n} above 100 %", n).format(n=n)
        self.sentence.setText(f"{people} · {text}")

    def _go(self, weeks: int) -> None:
        self._first = (self._first or self._today) + timedelta(days=7 * weeks)
        self.refresh()

    # --- why ---------------------------------------------------------------------------------

    def _why(self, line: int, column: int) -> None:
        found = self.found
        if found is None:
            return
        one, monday = self._rows[line], found.mondays[column]
        with self._context.workspace.read() as connection:
            places = queries.why(connection, one.person_id, monday)
        self.popup = WhyPanel(
            self.grid, self._context, one.person, one.percents[column], monday, places
        )
        rect = self.grid.visualRect(self.grid.model().index(line, column))
        self.popup.open_below(self.grid)
        at = self.grid.viewport().mapToGlobal(rect.bottomLeft())
        room = self.popup.screen().availableGeometry()
        x = min(at.x(), room.right() - self.popup.width())
        y = min(at.y() + 4, room.bottom() - self.popup.height())
        self.popup.move(x, y)

    # --- filters -----------------------------------------------------------------------------

    def _choose_department(self) -> None:
        table = table_of(Department)
        with self._context.workspace.read() as connection:
            query = select(table.c.id, table.c.name).order_by(table.c.name)
            choices = [Choice(one, name) for one, name in connection.execute(query)]
        popup = MultiChoice(self.department, _("Department"), choices, self._departments)
        names = {one.key: one.title for one in choices}
        popup.chosen.connect(lambda chosen: self._take_departments(chosen, names))
        popup.open_below(self.department)

    def _take_departments(self, chosen: frozenset[int], names: dict[Hashable, str]) -> None:
        self._departments = chosen
        words = names[next(iter(chosen))] if len(chosen) == 1 else str(len(chosen))
        self.department.set_value(words if chosen else _("all"), chosen=bool(chosen))
        self.refresh()

    def _choose_unit(self) -> None:
        table = table_of(Unit)
        with self._context.workspace.read() as connection:
            query = select(table.c.id, table.c.name, table.c.parent_id, table.c.code)
            nodes = [Node(*one) for one in connection.execute(query.order_by(table.c.code))]
        popup = TreeChoice(self.unit, _("Unit"), nodes, self._unit, everything=_("Whole bank"))
        names = {one.key: one.title for one in nodes}
        popup.chosen.connect(lambda chosen: self._take_unit(chosen, names))
        popup.open_below(self.unit)

    def _take_unit(self, chosen: int | None, names: dict[Hashable, str]) -> None:
        self._unit = chosen
        self.unit.set_value(names.get(chosen, _("all")), chosen=chosen is not None)
        self.refresh()


class WhyPanel(Popup):
    """The places that make up somebody's load in a week, each a way to its squad."""

    def __init__(
        self,
        parent: QWidget,
        context: PageContext,
        person: str,
        percent: int,
        monday: date,
        places: list[queries.MemberRow],
    ) -> None:
        super().__init__(parent, _("Why"))
        self._context = context
        self.body.setContentsMargins(14, 12, 14, 12)
        text = _("{person}, week of {date}: {percent} %")
        said = text.format(person=person, date=shown.day(monday), percent=percent)
        self.body.addWidget(label(said, "heading"))
        self.lines = []
        for one in places:
            share = _("{n} %").format(n=one.percent)
            words = f"{share} · {one.squad}" + (f" · {one.role}" if one.role else "")
            go = button(words, partial(self._open, one.squad_id), link=True)
            self.lines.append(words)
            self.body.addLayout(
                row(go, label(span_words(one.from_date, one.until_date), "caption"))
            )
        if not places:
            self.body.addWidget(label(_("No place in a squad in this week."), "muted"))

    def _open(self, squad_id: int) -> None:
        self.close()
        self._context.open_record("squad", squad_id)


def span_words(first: date | None, last: date | None) -> str:
    """From when until when."""
    if first is None and last is None:
        return _("always")
    if last is None:
        return _("from {first}").format(first=shown.day(first))
    if first is None:
        return _("until {last}").format(last=shown.day(last))
    return _("{first} to {last}").format(first=shown.day(first), last=shown.day(last))


def _week(monday: date) -> str:
    if language() == "en":
        return shown.day(monday).rsplit(" ", 1)[0]
    return f"{monday.month}-{monday.day}"


def _cell(one: queries.CapacityRow, percent: int, monday: date) -> GridCell:
    text = _("{person}, week of {date}: {percent} %")
    spoken = text.format(person=one.person, date=shown.day(monday), percent=percent)
    if percent > rules.FULL:
        return GridCell(f"▲ {percent}", "red", 1.0, f"{spoken}, {_('over 100 %')}")
    if not percent:
        return GridCell("·", "faint", 0.0, spoken)
    return GridCell(str(percent), "plain", percent / rules.FULL, spoken)


def _below(connection: Connection, unit: int | None) -> list[int]:
    """A unit with all that is below it; none for the whole bank."""
    if unit is None:
        return []
    table = table_of(Unit)
    parents = connection.execute(select(table.c.id, table.c.parent_id)).all()
    found, fresh = {unit}, {unit}
    while fresh:
        fresh = {row.id for row in parents if row.parent_id in fresh} - found
        found |= fresh
    return sorted(found)
