"""The inspector: everything about the selected initiative, or what several have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from ecofolio.initiatives import queries
from ecofolio.initiatives.columns import Column, segments_words
from ecofolio.initiatives.desk import Desk
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.text import N_, _, ngettext, pgettext, tip
from ecofolio.widgets.background import Runner
from ecofolio.widgets.painters import Badge, LightSign, SegmentsSign
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import FlowLayout, button, clear, label, line, row, tool_button
from ecofolio.widgets.theme import Space

if TYPE_CHECKING:
    from ecofolio.initiatives.field_panel import FieldPanel
    from ecofolio.initiatives.lights_panel import LightsPanel

NARROWEST, USUAL, WIDEST = 340, 380, 480
_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Plan"), ("stage", "start_date", "due_date", "budget_fen")),
    (
        N_("Who and where"),
        ("unit_id", "department_id", "scene_id", "lead_id", "sponsor_id", "partner_names"),
    ),
    (
        N_("What it is"),
        (
            "lead_segment",
            "other_segments",
            "batch",
            "circle",
            "origin",
            "build_mode",
            "levers",
            "loop_phase",
            "tags",
        ),
    ),
    (N_("Words"), ("code", "name", "description")),
)
_CHIPS = ("batch", "stage", "circle", "build_mode")


class Inspector(QFrame):
    """Shows rows; `write(column, value)` and `act(action, …)` write and say why not.

    Its parts are imported and made when there is something to show in them.
    """

    def __init__(
        self,
        desk: Desk,
        write: Callable[[Column, Any], str],
        act: Callable[..., str],
        on_done: Callable[[str], object],
        on_close: Callable[[], object],
        runner: Runner,
    ) -> None:
        super().__init__()
        self._runner = runner
        self.lights: LightsPanel | None = None
        self.setObjectName("inspector")
        self.setAccessibleName(_("Inspector"))
        self._desk, self._write, self._act = desk, write, act
        self._on_done, self._on_close = on_done, on_close
        self._rows: list[InitiativeRow] = []
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self.fields: dict[str, FieldPanel] = {}
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(_("Parts of the initiative"))
        for title in (pgettext("inspector", "Overview"), _("Milestones"), _("Notes"), _("History")):
            self.tabs.addTab(title)
        self._empty = EmptyState(
            "panel-right",
            _("Nothing selected"),
            explanation=_("Select an initiative to see and change all about it."),
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._empty)
        self._body: QWidget | None = None

    def _make(self) -> None:
        from ecofolio.initiatives.history_panel import HistoryPanel
        from ecofolio.initiatives.milestones_panel import MilestonesPanel
        from ecofolio.initiatives.notes_panel import NotesPanel

        self._head(self._on_close)
        self.milestones = MilestonesPanel(self._desk, self._act)
        self.notes = NotesPanel(self._desk, self._act)
        self.history = HistoryPanel(self._desk, self._on_done)
        self._parts = QStackedWidget()
        for part in (self._overview(), self.milestones, self.notes, self.history):
            self._parts.addWidget(_scrolled(part))
        self._several = self._lone_message()
        self._body = self._framed()
        self.layout().addWidget(self._body)
        self.rebuild()
        self.tabs.currentChanged.connect(self._turn)

    def _head(self, on_close: Callable[[], object]) -> None:
        self._caption = label("", "muted")
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.close_button = tool_button("panel-right", _("Hide the inspector"), on_close)
        self._name = label("", "title", wrap=True)
        self._segments = SegmentsSign(None, None, "")
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, 6)
        self._flow.addWidget(self._segments)
        self._badges = [Badge("") for _key in _CHIPS]
        for badge in self._badges:
            self._flow.addWidget(badge)

    def _lone_message(self) -> QWidget:
        made = label(_("Select one initiative to see this."), "muted", wrap=True)
        made.setAlignment(Qt.AlignmentFlag.AlignTop)
        made.setContentsMargins(Space.L, Space.L, 0, 0)
        return made

    def _framed(self) -> QWidget:
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        head = QVBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.M, 0)
        head.setSpacing(Space.XS)
        top = row(self._caption, self.close_button)
        top.setStretch(0, 1)
        head.addLayout(top)
        head.addWidget(self._name)
        head.addSpacing(Space.XS)
        head.addWidget(self._chips)
        head.addSpacing(Space.XS)
        head.addWidget(self.tabs)
        layout.addLayout(head)
        layout.addWidget(line())
        self._parts.addWidget(self._several)
        layout.addWidget(self._parts, 1)
        return made

    def _overview(self) -> QWidget:
        made = QWidget()
        self._overview_body = QVBoxLayout(made)
        self._overview_body.setContentsMargins(0, Space.S, 0, Space.L)
        self._overview_body.setSpacing(0)
        return made

    def rebuild(self) -> None:
        """Make the fields anew, after custom fields or names changed."""
        if self._body is None:
            return
        from ecofolio.initiatives.field_panel import FieldPanel

        clear(self._overview_body)
        self.fields.clear()
        self.history.forget()
        known = {column.key: column for column in self._desk.columns}
        self._health()
        sections = [(_(title), [known[key] for key in keys]) for title, keys in _SECTIONS]
        own = [column for column in self._desk.columns if column.custom is not None]
        if own:
            sections.append((_("Fields of this programme"), own))
        for title, columns in sections:
            self._overview_body.addSpacing(Space.M)
            head = label(title, "section")
            head.setContentsMargins(6, 0, 0, 4)
            self._overview_body.addWidget(head)
            for column in columns:
                panel = FieldPanel(column, self._desk.reading, self._write)
                self.fields[column.key] = panel
                self._overview_body.addWidget(panel)
        self._overview_body.addStretch(1)

    def _health(self) -> None:
        from ecofolio.initiatives.lights_panel import LightsPanel

        self._light = LightSign("not_reported", "")
        self._light_name = label("", "heading")
        self._reason = label("", wrap=True)
        self._until = label("", "caption", wrap=True)
        self.override_button = button(_("Override…"), self._override, link=True)
        title = label(_("Health"), "section")
        title.setContentsMargins(6, 0, 0, 0)
        self._overview_body.addLayout(row(title, None, self.override_button))
        top = row(6, self._light, self._light_name, None)
        self._overview_body.addLayout(top)
        opened = self.lights is not None and self.lights.history.toggle.isChecked()
        self.lights = LightsPanel(self._desk.workspace, self._runner, history=opened)
        for text in (self._reason, self._until):
            text.setContentsMargins(30, 2, 0, 0)
            self._overview_body.addWidget(text)
        self.lights.setContentsMargins(6, 6, 0, 6)
        self._overview_body.addWidget(self.lights)

    # --- showing -----------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[InitiativeRow]) -> None:
        """Show one initiative, or what several have in common."""
        self._rows = list(rows)
        if rows and self._body is None:
            self._make()
        self._empty.setVisible(not rows)
        if self._body is not None:
            self._body.setVisible(bool(rows))
        if not rows:
            return
        first = rows[0]
        if len(rows) == 1:
            parts = (first.code, first.unit, first.scene)
            self._caption.setText(" · ".join(part for part in parts if part))
            self._name.setText(first.name)
        else:
            self._caption.setText("")
            text = ngettext("{n} initiative", "{n} initiatives", len(rows))
            self._name.setText(text.format(n=len(rows)))
        self._caption.setToolTip(tip(self._caption.text()))
        self._chips.setVisible(len(rows) == 1)
        self._show_chips(first)
        self._show_health()
        for panel in self.fields.values():
            panel.show_rows(self._rows)
        self._turn()

    def _show_chips(self, first: InitiativeRow) -> None:
        lead, others = first.lead_segment, first.other_segments
        self._segments.set_segments(lead, others, segments_words(lead, others))
        known = {column.key: column for column in self._desk.columns}
        for key, badge in zip(_CHIPS, self._badges, strict=True):
            text = known[key].text(first)
            badge.set_text(text)
            badge.setVisible(bool(text))
        self._flow.invalidate()

    def _show_health(self) -> None:
        lights = {one.light for one in self._rows}
        one = len(self._rows) == 1
        health = queries.health(self._rows[0], self._desk.today)
        self._light.setVisible(len(lights) == 1)
        self._light.set_light(health.light, health.light.label)
        self._light_name.setText(health.light.label if len(lights) == 1 else _("several"))
        self._reason.setText(_sentence(health.reason))
        self._reason.setVisible(one and bool(health.reason))
        self._until.setVisible(one and health.overridden)
        self.lights.setVisible(one)
        if one:
            self.lights.fill(self._rows[0], self._desk.today)
        if one and health.overridden:
            words = _("Set by hand; computed: {light}").format(light=health.computed.label)
            expires = self._rows[0].health_expires
            if expires is not None:
                from ecofolio.format import day

                words = _("Set by hand until {date}; computed: {light}").format(
                    date=day(expires), light=health.computed.label
                )
            self._until.setText(words)
        text = _("Change or clear…") if health.overridden else _("Override…")
        self.override_button.setText(text)
        self.override_button.setAccessibleName(text)

    def _turn(self) -> None:
        """Show the part that is wanted; what takes a query is read only then."""
        place = self.tabs.currentIndex()
        alone = self._rows[0].id if len(self._rows) == 1 else None
        parts = (None, self.milestones, self.notes, self.history)
        part = parts[place]
        if part is not None and alone is not None:
            part.show_initiative(alone)
        lone_wanted = part is not None and alone is None
        self._parts.setCurrentIndex(self._parts.count() - 1 if lone_wanted else place)

    def _override(self) -> None:
        from ecofolio.initiatives.health_panel import HealthPanel

        popup = HealthPanel(
            self.override_button,
            self._desk,
            self._rows,
            lambda: self._on_done(""),
        )
        popup.open_below(self.override_button)

    def has_open_work(self) -> bool:
        """Whether something is being written that was not kept yet."""
        if self._body is None:
            return False
        forms = (self.milestones.form, self.notes.form)
        return any(forms) or any(panel.editor is not None for panel in self.fields.values())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _scrolled(part: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    part.setObjectName("content")
    holder = QWidget()
    holder.setObjectName("content")
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(Space.L - 6, 0, Space.M, 0)
    layout.addWidget(part)
    area.setWidget(holder)
    return area
