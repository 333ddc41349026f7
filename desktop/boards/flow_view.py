"""Flow and forecast of a board, a squad, a lane or an initiative, worked out from the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QMenu, QScrollArea, QVBoxLayout, QWidget
from sqlalchemy import select

from ecofolio.boards import flow, flow_figures, readings
from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.faces import short_day
from ecofolio.boards.queries import CARD
from ecofolio.boards.rules import age_words
from ecofolio.format import day
from ecofolio.squads.field_editors import DateField
from ecofolio.text import _, ngettext, pgettext
from ecofolio.vocabulary import ColumnKind
from ecofolio.widgets.bars import Bar, BarList
from ecofolio.widgets.charts import Area, Chart, Figure, Level, Point
from ecofolio.widgets.choosers import Chip
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.panels import Panel
from ecofolio.widgets.parts import label, row, tool_button
from ecofolio.widgets.theme import Space

_TOKENS = {
    ColumnKind.BACKLOG: ("faint", 0.35),
    ColumnKind.QUEUE: ("segment_b", 0.55),
    ColumnKind.ACTIVE: ("accent", 0.9),
    ColumnKind.DONE: ("green", 0.6),
}


class Read(NamedTuple):
    """What was read in the background."""

    past: readings.Past
    flow: flow.Flow
    titles: dict[int, str]
    when: Any
    history: Any
    today: date


class FlowView(QScrollArea):
    """Charts; `open_cards(ids)` shows the cards behind a mark."""

    def __init__(
        self, context: PageContext, desk: BoardDesk, open_cards: Callable[[list[int]], object]
    ) -> None:
        super().__init__()
        self._context, self._desk, self._open_cards = context, desk, open_cards
        self._part: readings.Part | None = None
        self._board: int | None = None
        self._days = 180
        self._asked = 0
        self.read: Read | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.whose = Chip(_("Of"), "")
        self.whose.clicked.connect(self._choose_part)
        self.span = Chip(_("Span"), "")
        self.span.clicked.connect(self._choose_span)
        self.sentence = label("", "muted", wrap=True)
        self.diagram = Chart(_("Cumulative flow"), 240)
        self.scatter = Chart(_("Cycle time"), 240)
        self.throughput = Chart(_("Throughput"), 200)
        self.ageing = Chart(_("Age of work in progress"), 200)
        self.blocked = BarList(_("Days blocked by reason"))
        self.no_blocks = label(_("Nothing was blocked in this span."), "muted", wrap=True)
        self.chances = Chart(_("Weeks until the rest is done"), 130)
        self.when = label("", "heading", wrap=True)
        self.inputs = label("", "caption", wrap=True)
        self.by = DateField(_("Date"))
        self.by.setFixedWidth(150)
        self.by.kept.connect(lambda _value: self._show_how_many())
        self.how_many = label("", wrap=True)
        self._build()
        self._wire()

    def _build(self) -> None:
        holder = QWidget()
        holder.setObjectName("content")
        grid = QGridLayout()
        grid.setSpacing(Space.M)
        for n, (title, chart) in enumerate(
            (
                (_("Cumulative flow"), self.diagram),
                (_("Cycle time of finished cards"), self.scatter),
                (_("Finished a week"), self.throughput),
                (_("Age of work in progress"), self.ageing),
            )
        ):
            grid.addWidget(self._panel(title, chart), n // 2, n % 2)
        grid.addWidget(self._forecast(), 2, 0)
        blocked = Panel(_("Days blocked by reason"))
        blocked.add(self.no_blocks)
        blocked.add(self.blocked)
        blocked.body.addStretch(1)
        grid.addWidget(blocked, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, Space.M, Space.M)
        layout.setSpacing(Space.M)
        top = row(self.whose, self.span, self.sentence)
        top.setStretch(2, 1)
        layout.addLayout(top)
        layout.addLayout(grid)
        layout.addStretch(1)
        self.setWidget(holder)

    def _panel(self, title: str, chart: Chart) -> Panel:
        menu = tool_button("copy", _("Copy “{chart}”").format(chart=title))
        menu.clicked.connect(lambda: self._copy_menu(menu, chart))
        panel = Panel(title, action=menu)
        panel.add(chart)
        return panel

    def _forecast(self) -> Panel:
        menu = tool_button("copy", _("Copy “{chart}”").format(chart=_("Forecast")))
        menu.clicked.connect(lambda: self._copy_menu(menu, self.chances))
        panel = Panel(_("Forecast"), action=menu)
        for part in (self.when, self.chances, self.inputs):
            panel.add(part)
        self._asking = QWidget()
        line = row(label(_("How many are done by"), "muted"), self.by, None)
        line.setContentsMargins(0, 0, 0, 0)
        self._asking.setLayout(line)
        panel.add(self._asking)
        panel.add(self.how_many)
        return panel

    def _wire(self) -> None:
        self.scatter.opened.connect(lambda card: self._open_cards([card]))
        self.ageing.opened.connect(lambda card: self._open_cards([card]))
        self.throughput.opened.connect(self._open_week)
        self.diagram.opened.connect(self._open_band)
        self.blocked.opened.connect(self._open_reason)
        for chart in (self.diagram, self.scatter, self.throughput, self.ageing, self.chances):
            chart.copied.connect(lambda: self._context.notify(_("Copied")))

    # --- reading -----------------------------------------------------------------------------

    def show_board(self) -> None:
        """Show the board that is open."""
        if self._board != self._desk.board_id:
            self._board, self._part = self._desk.board_id, None
        part = self._part or readings.Part(board_id=self._desk.board_id)
        days, workspace, today = self._days, self._context.workspace, self._desk.today
        self._asked += 1
        asked = self._asked
        self.sentence.setText(_("Reading the history") + " …")

        def read(_progress, _cancelled) -> Read:
            with workspace.read() as connection:
                past = readings.past(connection, part)
                ids = [one.card for one in past.journeys]
                titles: dict[int, str] = {}
                for n in range(0, len(ids), 500):
                    some = CARD.c.id.in_(ids[n : n + 500])
                    query = select(CARD.c.id, CARD.c.title).where(some)
                    titles.update(connection.execute(query).all())
            first, last = readings.span_of(past, today, days)
            found = past.figures(first, last, workspace.clock())
            return Read(past, found, titles, past.when(today), past.history(today), today)

        self._context.runner.start(
            read,
            title=_("Reading the history"),
            on_done=lambda found: self._take(asked, found),
        )
        self._show_chips()

    def _take(self, asked: int, found: Read) -> None:
        if asked != self._asked:
            return
        self.read = found
        self.sentence.setText(flow_figures.facts(found.flow))
        self._show_diagram(found)
        self._show_scatter(found)
        self._show_throughput(found)
        self._show_ageing(found)
        self._show_blocked(found)
        self._show_forecast(found)

    # --- charts ------------------------------------------------------------------------------

    def _axis(self, found: Read) -> dict[str, Any]:
        first, last = found.flow.first, found.flow.last
        return {
            "first": first.toordinal(),
            "last": max(last.toordinal(), first.toordinal() + 1),
            "days": True,
        }

    def _show_diagram(self, found: Read) -> None:
        names = flow_figures.band_names(found.past.bands)
        days = [one for one, _counts in found.flow.cumulative]
        areas = []
        for n, column in reversed(list(enumerate(found.flow.columns))):
            token, share = _TOKENS[ColumnKind(found.past.kinds[column])]
            share *= 1 if n % 2 else 0.82
            values = [counts[n] for _day, counts in found.flow.cumulative]
            if token == "green" and values:  # noqa: S105  what was done before is not the point
                values = [one - values[0] for one in values]
            areas.append(Area(names[column], values, token, share))
        empty = "" if days else _("No card has been on this board yet.")
        head = [_("Day"), *(names[one] for one in found.flow.columns)]
        data: list[Sequence[object]] = [head]
        data += [[one.isoformat(), *counts] for one, counts in found.flow.cumulative]
        self.diagram.show_figure(
            Figure(
                **self._axis(found),
                areas=areas,
                area_keys=[one.toordinal() for one in days],
                data=data,
                summary=pgettext("list", "; ").join(
                    f"{one.name} {one.values[-1]}" for one in areas if one.values
                ),
                empty=empty,
                unit=_("Cards"),
            )
        )

    def _show_scatter(self, found: Read) -> None:
        likely = found.flow.cycle[85]
        points = [
            Point(
                one.day.toordinal(),
                max(one.cycle, 0),
                one.card,
                flow_figures.card_words(found.titles, one.card, one.day, one.cycle),
                "amber" if likely is not None and one.cycle > likely else "accent",
                likely is not None and one.cycle > likely,
            )
            for one in found.flow.points
        ]
        levels = [
            Level(value, _("{chance} %: {n} d").format(chance=chance, n=round(value)))
            for chance, value in found.flow.cycle.items()
            if value is not None
        ]
        head = [_("Card"), _("Finished"), _("Days")]
        data = [
            [found.titles.get(one.card, ""), one.day.isoformat(), one.cycle]
            for one in found.flow.points
        ]
        empty = "" if points else _("Nothing was finished in this span.")
        self.scatter.show_figure(
            Figure(
                **self._axis(found),
                points=points,
                levels=levels,
                data=[head, *data],
                summary=flow_figures.facts(found.flow),
                empty=empty,
                unit=_("Days"),
            )
        )

    def _show_throughput(self, found: Read) -> None:
        bars = []
        for monday, count in found.flow.throughput:
            text = ngettext("{n} card", "{n} cards", count).format(n=count)
            said = _("Week of {date}: {cards}").format(date=day(monday), cards=text)
            bars.append(Point(monday.toordinal(), count, monday, said))
        counts = [one.y for one in bars]
        mean = sum(counts) / len(counts) if counts else 0
        axis = self._axis(found)
        if bars:
            axis["first"] = min(axis["first"], bars[0].x)
            axis["last"] = max(axis["last"], bars[-1].x + 7)
        self.throughput.show_figure(
            Figure(
                **axis,
                bars=bars,
                bar_width=7,
                levels=[Level(mean, _("mean {n}").format(n=f"{mean:.1f}"))] if mean else [],
                data=[[_("Week"), _("Finished")], *([one.key, int(one.y)] for one in bars)],
                summary=_("mean {n} a week").format(n=f"{mean:.1f}"),
                empty="" if any(counts) else _("Nothing was finished in this span."),
                unit=_("Cards"),
            )
        )

    def _show_ageing(self, found: Read) -> None:
        order = [band.column_id for band in found.past.bands if band.kind in ("queue", "active")]
        names = flow_figures.band_names(found.past.bands)
        likely = found.past.pace().p85
        points = []
        seen: dict[int, int] = {}
        for one in found.flow.ageing:
            if one.column not in order:
                continue
            n = seen[one.column] = seen.get(one.column, -1) + 1
            x = order.index(one.column) + 0.5 + ((n % 7) - 3) * 0.09
            old = likely is not None and one.age > likely
            said = _("{card}: {column}, {days} since its start").format(
                card=found.titles.get(one.card, "?"),
                column=names[one.column],
                days=age_words(one.age),
            )
            points.append(Point(x, one.age, one.card, said, "red" if old else "accent", old))
        levels = []
        if likely is not None:
            levels = [Level(likely, _("85 %: {n} d").format(n=round(likely)), "amber")]
        head = [_("Card"), _("Column"), _("Days in column"), _("Age in days")]
        data = [
            [found.titles.get(one.card, ""), names.get(one.column, ""), one.in_column, one.age]
            for one in found.flow.ageing
        ]
        self.ageing.show_figure(
            Figure(
                first=0,
                last=max(1, len(order)),
                ticks=[(n + 0.5, names[one]) for n, one in enumerate(order)],
                points=points,
                levels=levels,
                data=[head, *data],
                summary=ngettext(
                    "{n} card in progress", "{n} cards in progress", len(points)
                ).format(n=len(points)),
                empty="" if points else _("Nothing is in progress."),
                unit=_("Days"),
            )
        )

    def _show_blocked(self, found: Read) -> None:
        bars = [
            Bar(
                reason,
                days,
                _("{n} d").format(n=round(days)),
                "red",
                spoken=_("{reason}: {days}").format(reason=reason, days=age_words(days)),
            )
            for reason, days in list(found.flow.blocked.items())[:10]
        ]
        self.blocked.fill(bars)
        self.blocked.setVisible(bool(bars))
        self.no_blocks.setVisible(not bars)

    def _show_forecast(self, found: Read) -> None:
        when, enough = found.when, found.when is not None
        for part in (self.chances, self._asking, self.how_many):
            part.setVisible(enough)
        if when is None:
            self.when.setText(flow_figures.not_enough(found.history))
            self.inputs.setText(flow_figures.inputs_words(found.history, found.past.remaining))
            return
        self.when.setText(flow_figures.when_words(when))
        self.inputs.setText(flow_figures.inputs_words(found.history, found.past.remaining))
        bars = []
        for week, share in flow_figures.histogram(when):
            by = found.today + timedelta(days=7 * week)
            said = _("By {date}: {share} of the draws").format(date=day(by), share=f"{share:.0%}")
            bars.append(Point(week, share * 100, week, said))
        names = [
            (one.x + 0.4, short_day(found.today + timedelta(days=7 * int(one.x)), found.today))
            for one in bars
        ]
        self.chances.show_figure(
            Figure(
                first=bars[0].x if bars else 0,
                last=(bars[-1].x if bars else 0) + 1,
                ticks=names,
                bars=bars,
                data=[[_("Weeks"), _("Per cent")], *([one.key, one.y] for one in bars)],
                summary=self.when.text(),
                unit=_("Per cent"),
            )
        )
        if not self.by.text():
            self.by.show_value(found.today + timedelta(days=42))
        self._show_how_many()

    def _show_how_many(self) -> None:
        found = self.read
        if found is None or found.when is None:
            return
        from ecofolio.errors import InputError

        try:
            by = self.by.read(self.by.text())
        except InputError:
            return
        if by is not None:
            answer = found.past.how_many(by, found.today)
            self.how_many.setText(flow_figures.how_many_words(answer) if answer else "")

    # --- opening -----------------------------------------------------------------------------

    def _open_week(self, monday: date) -> None:
        if self.read is not None:
            span = (monday, monday + timedelta(days=6))
            self._open_cards(flow.cards_behind(self.read.past.journeys, finished=span))

    def _open_band(self, area: tuple[int, int]) -> None:
        if self.read is None:
            return
        column = list(reversed(self.read.flow.columns))[area[0]]
        on = self.read.flow.cumulative[area[1]][0]
        standing = (on, lambda one: one == column)
        self._open_cards(flow.cards_behind(self.read.past.journeys, standing=standing))

    def _open_reason(self, n: int) -> None:
        if self.read is not None:
            reason = list(self.read.flow.blocked)[n]
            cards = {one.card: None for one in self.read.past.blockages if one.reason == reason}
            self._open_cards(list(cards))

    # --- choosing ----------------------------------------------------------------------------

    def _show_chips(self) -> None:
        view = self._desk.view
        part = self._part
        words = _("this board")
        if view is not None and part is not None:
            if part.squad_id is not None:
                words = view.board.squad
            elif part.initiative_id is not None:
                words = view.initiatives.get(part.initiative_id, "?")
            elif part.lane is not None:
                words = next((one.name for one in view.lanes if one.key == part.lane), "?")
        self.whose.set_value(words, chosen=part is not None)
        self.span.set_value(_("last {n} days").format(n=self._days), chosen=False)

    def _choose_part(self) -> None:
        view, menu = self._desk.view, QMenu(self)
        if view is None:
            return
        menu.addAction(_("this board"), lambda: self._choose(None))
        squad = readings.Part(squad_id=view.board.squad_id)
        words = _("All boards of {squad}").format(squad=view.board.squad).replace("&", "&&")
        menu.addAction(words, lambda: self._choose(squad))
        if view.lanes:
            lanes = menu.addMenu(_("A lane"))
            for lane in view.lanes:
                part = readings.Part(board_id=view.board.id, lane=lane.key)
                lanes.addAction(lane.name.replace("&", "&&"), partial(self._choose, part))
        used = sorted({one.initiative_id for one in view.cards if one.initiative_id is not None})
        if used:
            more = menu.addMenu(_("An initiative"))
            for one in used:
                part = readings.Part(initiative_id=one)
                name = view.initiatives.get(one, "?").replace("&", "&&")
                more.addAction(name, partial(self._choose, part))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.whose.mapToGlobal(self.whose.rect().bottomLeft()))

    def _choose(self, part: readings.Part | None) -> None:
        self._part = part
        self.show_board()

    def _choose_span(self) -> None:
        menu = QMenu(self)
        for days in flow_figures.SPANS:
            menu.addAction(_("last {n} days").format(n=days), partial(self.set_span, days))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.span.mapToGlobal(self.span.rect().bottomLeft()))

    def set_span(self, days: int) -> None:
        """Show the last so many days."""
        self._days = days
        self.show_board()

    def _copy_menu(self, control: QWidget, chart: Chart) -> None:
        chart.menu().popup(control.mapToGlobal(control.rect().bottomLeft()))


def _progress_words(n: int) -> str:
    return ngettext("{n} card in progress", "{n} cards in progress", n).format(n=n)
