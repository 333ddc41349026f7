"""The overview: the review workbook's figures on screen, each a way to the rows behind it."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QStackedLayout, QWidget
from shiboken6 import isValid
from sqlalchemy import Connection

from ecofolio.format import day, money_short, number
from ecofolio.initiatives.scope import Scope
from ecofolio.portfolio import openings
from ecofolio.portfolio.coverage_view import CoverageView
from ecofolio.portfolio.lines_view import Line, Lines
from ecofolio.portfolio.queries import (
    Need,
    Summary,
    Turned,
    Upcoming,
    size,
    summary,
    turned,
    upcoming,
)
from ecofolio.portfolio.rules import marks
from ecofolio.portfolio.turned_panel import TurnedPanel
from ecofolio.portfolio.words import scope_words
from ecofolio.text import _, ngettext, tip
from ecofolio.vocabulary import OPEN_STAGES, Batch, Light, Segment, Stage
from ecofolio.widgets.bars import Bar, BarList
from ecofolio.widgets.matrix import Cell, Head, Matrix
from ecofolio.widgets.page import Page, PageContext, PageId, PageReading
from ecofolio.widgets.panels import EmptyState, Panel, Tile
from ecofolio.widgets.parts import PageHead, button, column, row, scrolling
from ecofolio.widgets.theme import Space

_OPEN = frozenset(stage.value for stage in OPEN_STAGES)
_MOST_NEEDS, _MOST_MILESTONES = 50, 12
_MANY = 2000  # initiatives from which the figures are read off the GUI thread
_ROOMY = 1180  # pixels from which matrix and coverage stand side by side
# row, column, rows, columns of: matrix, coverage, what needs you, the panels below
_WIDE = ((1, 0, 1, 5), (1, 5, 2, 9), (2, 0, 2, 5), (3, 5, 1, 9))
_NARROW = ((1, 0, 1, 6), (2, 0, 1, 14), (1, 6, 1, 8), (3, 0, 1, 14))


class _Figures(NamedTuple):
    """What one reading brings; `all` counts the initiatives in any scope. Of many of them the
    lights that changed follow."""

    summary: Summary
    coming: list[Upcoming]
    turned: list[Turned] | None
    all: int


def _figures(connection: Connection, scope: Scope, today: date, count: int) -> _Figures:
    found = summary(connection, scope, today=today)
    coming = upcoming(connection, found, _MOST_MILESTONES)
    return _Figures(found, coming, turned(connection, found) if count <= _MANY else None, count)


class OverviewPage(Page):
    """What a leader looks at first."""

    icon_name = "layout-dashboard"

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._scope = context.scope.value
        self.summary: Summary | None = None
        self.export = button(_("Export review pack"), context.export_pack, primary=True)
        self._head = PageHead(self.title, "", self.export)
        self._is_wide: bool | None = None
        self._reading = PageReading(self)
        self._make_parts()
        self._stack = QStackedLayout()
        self._stack.addWidget(self._scrolling(self._contents()))
        self._stack.addWidget(
            EmptyState(
                "list-checks",
                _("There are no initiatives yet"),
                _("Import a list"),
                lambda: context.go(PageId.IMPORT),
                explanation=_("Bring in the list you keep today, or add the first by hand."),
            )
        )
        self._stack.addWidget(
            EmptyState(
                "list-filter",
                _("No initiative is in this scope"),
                _("Show everything"),
                lambda: context.scope.set(Scope()),
            )
        )
        self._stack.addWidget(EmptyState("loader-circle", _("Reading the figures")))
        layout = column(self._head, spacing=Space.M)
        layout.addLayout(self._stack, 1)
        layout.setContentsMargins(Space.L, Space.L, Space.L, 0)
        self.setLayout(layout)

    @property
    def title(self) -> str:
        return _("Overview")

    def _make_parts(self) -> None:
        self.tiles = {
            "open": Tile("", _("open initiatives")),
            "budget": Tile("", _("budget")),
            "needs": Tile("", _("red or amber")),
            "unreported": Tile("", _("not reported")),
            "gaps": Tile("", _("branches with a gap")),
        }
        for key, tile in self.tiles.items():
            tile.clicked.connect(lambda key=key: self._open_tile(key))
        self.matrix = Matrix(_("Segment × batch"), cell_width=70)
        self.matrix.opened.connect(self._open_matrix)
        self.coverage = CoverageView(_("Coverage"))
        self.coverage.opened.connect(self._open_coverage)
        self.needs = Lines(_("What needs you"), least=4)
        self.milestones = Lines(_("Next milestones"), least=4)
        self.turned = TurnedPanel()
        for lines in (self.needs, self.milestones, self.turned):
            lines.opened.connect(lambda one: self.context.open_record("initiative", one))
        self.stages = BarList(_("Stages"))
        self.stages.opened.connect(lambda n: self._show(openings.of_stage, list(Stage)[n]))
        self.lights = BarList(_("Health"))
        self.lights.opened.connect(lambda n: self._show(openings.of_lights, [list(Light)[n]]))
        self._all_needs = button("", lambda: self._open_tile("needs"), link=True)

    def _contents(self) -> QWidget:
        self._matrix_panel = Panel(_("Segment × batch"), _("open initiatives, budget"), flush=True)
        self._matrix_panel.add(self.matrix)
        self._matrix_panel.body.addStretch(1)
        self._needs_panel = Panel(
            _("What needs you"), _("by money at stake"), action=self._all_needs, flush=True
        )
        self._needs_panel.add(self.needs, 1)
        self._coverage_panel = Panel(_("Coverage"), " ", flush=True)
        self._coverage_panel.add(self.coverage)
        self._coverage_panel.body.addStretch(1)
        stages = Panel(_("Stages"), _("initiatives"))
        stages.add(column(self.stages, None))
        lights = Panel(_("Health"), _("open initiatives"))
        lights.add(column(self.lights, None))
        dated = Panel(_("Next milestones"), _("of open initiatives"), flush=True)
        dated.add(self.milestones, 1)
        below = QGridLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(Space.M)
        for n, panel in enumerate((self.turned, dated, stages, lights)):
            below.addWidget(panel, n // 2, n % 2)
            below.setColumnStretch(n % 2, 1)
        self._below = QWidget()
        self._below.setLayout(below)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, Space.S, Space.L)
        self._grid.setSpacing(Space.M)
        tiles = row(*self.tiles.values(), spacing=Space.M)
        for n in range(len(self.tiles)):
            tiles.setStretch(n, 1)
        self._grid.addLayout(tiles, 0, 0, 1, 14)
        for n in range(14):
            self._grid.setColumnStretch(n, 1)
        self._arrange(wide=True)
        return inner

    def _arrange(self, *, wide: bool) -> None:
        """Stand side by side what has the room; in a narrow window coverage takes all of it."""
        if wide == self._is_wide:
            return
        self._is_wide = wide
        places = _WIDE if wide else _NARROW
        panels = (self._matrix_panel, self._coverage_panel, self._needs_panel, self._below)
        for panel, place in zip(panels, places, strict=True):
            self._grid.removeWidget(panel)
            self._grid.addWidget(panel, *place)
        # what the coverage has over the matrix goes to the list beside it, the rest to the foot
        self._grid.setRowStretch(2, 1 if wide else 0)
        self._grid.setRowStretch(3, 100)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._arrange(wide=self.width() >= _ROOMY)

    def _scrolling(self, inner: QWidget) -> QScrollArea:
        area = scrolling(inner, down_only=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self._area = area
        return area

    # --- the contract with the window ------------------------------------------------------

    def set_scope(self, scope: Scope) -> None:
        """Show the figures of `scope`."""
        if scope != self._scope:
            self._scope = scope
            # else the first reading is to come
            if self.summary is not None or self._reading.is_under_way:
                self.refresh()

    def refresh(self) -> None:
        """Read and show all figures again; in a large programme, off the GUI thread."""
        if self._reading.put_off():
            return
        workspace, scope = self.context.workspace, self._scope
        today = workspace.clock().astimezone().date()
        with workspace.read() as connection:
            many = size(connection)
            found = None if many > _MANY else _figures(connection, scope, today, many)
        if found is not None:
            self._show_figures(found)
            return

        def read() -> _Figures:
            with workspace.read() as connection:
                return _figures(connection, scope, today, many)

        if self.summary is None:
            self._stack.setCurrentIndex(3)
        self._reading.start(read, self._take)

    def _take(self, found: _Figures) -> None:
        self._show_figures(found)
        if not self._reading.is_wanted_again:
            self._read_turned(found.summary)

    def _read_turned(self, found: Summary) -> None:
        workspace = self.context.workspace

        def read(_progress, _cancelled) -> list[Turned]:
            with workspace.read() as connection:
                return turned(connection, found)

        def take(lines: list[Turned]) -> None:
            if isValid(self) and self.summary is found:  # else another reading was shown since
                self.turned.fill(found.today, lines)

        self.context.runner.start(
            read, title=_("Comparing the lights"), on_done=take, cancellable=False
        )

    def _show_figures(self, figures: _Figures) -> None:
        found = self.summary = figures.summary
        self._head.set_sentence(
            _("as of {date} · {scope}").format(
                date=day(found.today), scope=scope_words(found.scope, found.names)
            )
        )
        empty = 0 if found.rows else 2 if figures.all else 1
        self._stack.setCurrentIndex(empty)
        if not empty:
            self._fill_tiles(found)
            self._fill_matrix(found)
            self._fill_coverage(found)
            self._fill_bars(found)
            self._fill_lines(found, figures.coming)
            if figures.turned is not None:
                self.turned.fill(found.today, figures.turned)

    def first_focus(self) -> QWidget:
        return self.tiles["open"] if self._stack.currentIndex() == 0 else self.export

    def state(self) -> dict[str, Any]:
        return {"scroll": self._area.verticalScrollBar().value()}

    def restore(self, state: dict[str, Any]) -> None:
        if isinstance(state.get("scroll"), int):
            self._area.verticalScrollBar().setValue(state["scroll"])

    # --- filling ---------------------------------------------------------------------------

    def _money(self, fen: int) -> str:
        assert self.summary is not None
        # on one line, whatever the width
        return money_short(fen, self.summary.currency).replace(" ", "\u00a0")

    def _fill_tiles(self, found: Summary) -> None:
        words = {batch.value: batch.label.lower() for batch in Batch}
        batches = [
            (words.get(key or "", _("not said")), tally) for key, tally in found.batches.items()
        ]
        self.tiles["open"].set_figures(
            number(found.open.count),
            " · ".join(f"{number(tally.count)} {word}" for word, tally in batches if tally.count),
        )
        split = [
            f"{word} {self._money(tally.budget_fen)}" for word, tally in batches if tally.budget_fen
        ]
        if found.open.without_budget:
            split.append(
                ngettext("{n} without a budget", "{n} without a budget", found.open.without_budget)
                .format(n=number(found.open.without_budget))
            )  # fmt: skip
        self.tiles["budget"].set_figures(self._money(found.open.budget_fen), " · ".join(split))
        red, amber = found.lights[Light.RED], found.lights[Light.AMBER]
        self.tiles["needs"].set_figures(
            number(red.count + amber.count),
            _("{red} red, {amber} amber · {money} at stake").format(
                red=number(red.count),
                amber=number(amber.count),
                money=self._money(red.budget_fen + amber.budget_fen),
            ),
        )
        silent = found.lights[Light.NOT_REPORTED]
        self.tiles["unreported"].set_figures(
            number(silent.count),
            _("no milestone with a baseline date · {money}").format(
                money=self._money(silent.budget_fen)
            ),
        )
        said = _("{branch}: {gap}")
        gaps = [said.format(branch=duty.branch.name, gap=duty.words) for duty in found.gaps]
        self.tiles["gaps"].set_figures(
            number(len(gaps)),
            _("of {n} tier-1 branches").format(n=number(len(found.duties)))
            + (f" · {gaps[0]}" if gaps else ""),
        )
        self.tiles["gaps"].setToolTip(tip("\n".join(gaps)))

    def _fill_matrix(self, found: Summary) -> None:
        segments = {segment.value: segment.label for segment in Segment}
        batches = {batch.value: batch.label for batch in Batch}
        most = max((tally.count for tally in found.matrix.values()), default=0) or 1
        cells = []
        for segment in found.segment_keys:
            line = []
            for batch in found.batch_keys:
                tally = found.cell(segment, batch)
                caption = self._money(tally.budget_fen) if tally.count else " "
                line.append(Cell(number(tally.count), caption, tally.count / most))
            cells.append(line)
        rows = [
            Head(segments.get(key or "", _("Not said")), key or "", key)
            for key in found.segment_keys
        ]
        columns = [Head(batches.get(key or "", _("Not said")), "", key) for key in found.batch_keys]
        self.matrix.fill(rows, columns, cells)
        self.matrix.fit_height()

    def _fill_coverage(self, found: Summary) -> None:
        caption = " · ".join(f"{letter} {batch.label}" for batch, letter in marks().items())
        narrowed = openings.of_open(found).replace(
            unit_id=None, regions=(), unit_alone=False, stages=found.scope.stages - _OPEN
        )
        if not narrowed.is_everything:
            caption += " · " + _("within this scope")
        if self._coverage_panel.head is not None:
            self._coverage_panel.head.set_caption(caption)
        self.coverage.fill(found)

    def _fill_bars(self, found: Summary) -> None:
        self.stages.fill(
            [
                Bar(
                    stage.label,
                    tally.count,
                    number(tally.count),
                    "faint" if stage is Stage.CLOSED else "accent",
                )
                for stage, tally in found.stages.items()
            ]
        )
        tokens = {"green": "green", "amber": "amber", "red": "red"}
        self.lights.fill(
            [
                Bar(
                    light.label,
                    tally.count,
                    number(tally.count),
                    tokens.get(light.value, "faint"),
                    light.value,
                )
                for light, tally in found.lights.items()
            ]
        )

    def _fill_lines(self, found: Summary, coming: list[Upcoming]) -> None:
        shown = found.needs[:_MOST_NEEDS]
        self.needs.fill(
            [
                Line(
                    need.row.id,
                    f"{need.row.name} · {need.row.unit}" if need.row.unit else need.row.name,
                    _why(need),
                    "" if need.row.budget_fen is None else self._money(need.row.budget_fen),
                    need.row.light.value,
                    spoken=f"{need.row.light.label}: {need.row.name}, {_why(need)}",
                )
                for need in shown
            ]
        )
        self._all_needs.setText(_("All {n}").format(n=number(len(found.needs))))
        self._all_needs.setAccessibleName(
            _("Show all {n} that are red or amber").format(n=number(len(found.needs)))
        )
        self._all_needs.setVisible(bool(found.needs))
        self.milestones.fill(
            [Line(one.initiative_id, one.name, _of_what(one), day(one.on)) for one in coming]
        )

    # --- opening ---------------------------------------------------------------------------

    def _show(self, opening, *of: Any, **more: Any) -> None:
        if self.summary is not None:
            self.context.show_rows(opening(self.summary, *of, **more))

    def _open_tile(self, key: str) -> None:
        if key == "gaps":
            self.coverage.show_gap()
        elif key == "needs":
            self._show(openings.of_lights, (Light.RED, Light.AMBER))
        elif key == "unreported":
            self._show(openings.of_lights, (Light.NOT_REPORTED,))
        else:
            self._show(openings.of_open)

    def _open_matrix(self, of_row: int, of_column: int) -> None:
        found = self.summary
        if found is not None:
            self._show(
                openings.of_cell,
                found.segment_keys[of_row],
                found.batch_keys[of_column],
                any_segment=of_row < 0,
                any_batch=of_column < 0,
            )

    def _open_coverage(self, of_row: int, of_column: int) -> None:
        found = self.summary
        if found is None:
            return
        whole_row = of_column < 0 or of_column >= len(found.scenes)
        self._show(
            openings.of_grid,
            None if of_row < 0 else found.branches[of_row],
            None if whole_row else found.scenes[of_column],
        )


def _why(need: Need) -> str:
    """Why an initiative needs somebody; of a light set by hand also until when."""
    until = need.row.health_expires
    if not need.health.overridden or until is None:
        return need.health.reason
    return _("{reason} · set by hand until {date}").format(
        reason=need.health.reason, date=day(until)
    )


def _of_what(one: Upcoming) -> str:
    """Whose milestone it is, and how late against the baseline."""
    whose = f"{one.code} · {one.initiative}"
    if not one.slip or one.slip < 0:
        return whose
    late = ngettext("{n} day late", "{n} days late", one.slip).format(n=number(one.slip))
    return f"{late} · {whose}"
