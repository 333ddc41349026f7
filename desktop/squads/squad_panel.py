"""The inspector of squads: who and what for, fitness in words, members and boards."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from sqlalchemy import select

from ecofolio.errors import EcofolioError
from ecofolio.initiatives.model import Initiative, Scene
from ecofolio.organisation.model import Person, Unit
from ecofolio.squads import actions, queries, rules
from ecofolio.squads.capacity_view import span_words
from ecofolio.squads.field_editors import ChoiceField, LongField, TextField, TreeField
from ecofolio.squads.member_dialog import MemberDialog
from ecofolio.store.base import Base, table_of
from ecofolio.text import _, pgettext
from ecofolio.vocabulary import Batch, Office, SquadKind, scene_label
from ecofolio.widgets.choosers import Choice, MultiChoice, Node
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.painters import LightSign
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import (
    SectionHead,
    button,
    clear,
    column,
    label,
    row,
    scrolling,
    tool_button,
)
from ecofolio.widgets.theme import Space

NARROWEST, USUAL, WIDEST = 340, 400, 520


class SquadPanel(QFrame):
    """Shows a squad and writes what is changed; `refresh` has the page read again."""

    def __init__(self, context: PageContext, refresh: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("inspector")
        self.setAccessibleName(_("Squad"))
        self._context, self._refresh = context, refresh
        self.squad: queries.SquadRow | None = None
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self.message = InlineMessage()
        self.name = TextField(_("Name"))
        self.name.setObjectName("cardtitle")
        self.name.kept.connect(lambda value: self._set("name", value))
        self.code = TextField(_("Code"))
        self.code.kept.connect(lambda value: self._set("code", value))
        self.kind = ChoiceField(_("Kind"), [(one.value, one.label) for one in SquadKind])
        self.kind.kept.connect(lambda value: self._set("kind", value))
        self.lead = TreeField(_("Lead"), self._people, _("nobody"))
        self.lead.kept.connect(lambda value: self._set("lead_id", value))
        self.initiatives = self._chooser(self._choose_initiatives)
        self.area = self._chooser(self._choose_area)
        self.charter = LongField(_("Charter"), _("What the squad is there for"))
        self.charter.setFixedHeight(72)
        self.charter.kept.connect(lambda value: self._set("charter", value))
        self._fitness, self._members, self._boards = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._empty = EmptyState(
            "users", _("No squad selected"), explanation=_("Select a squad to see all about it.")
        )
        self._fill()

    def _chooser(self, choose: Callable[[], object]) -> QPushButton:
        made = QPushButton()
        made.setProperty("chip", True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        made.clicked.connect(choose)
        return made

    def _fill(self) -> None:
        body = QWidget()
        body.setObjectName("content")
        layout = QVBoxLayout(body)
        layout.setContentsMargins(Space.L, Space.M, Space.M, Space.L)
        layout.setSpacing(Space.XS)
        layout.addWidget(self.name)
        layout.addWidget(self.message)
        layout.addWidget(SectionHead(_("Fitness")))
        layout.addLayout(self._fitness)
        layout.addSpacing(Space.S)
        self._lines: dict[str, QWidget] = {}
        for key, name, field in (
            ("lead", _("Lead"), self.lead),
            ("kind", _("Kind"), self.kind),
            ("code", _("Code"), self.code),
            ("initiatives", _("Initiatives"), self.initiatives),
            ("area", _("Owns"), self.area),
            ("charter", _("Charter"), self.charter),
        ):
            said = label(name, "muted")
            said.setFixedWidth(92)
            said.setAlignment(Qt.AlignmentFlag.AlignTop)
            holder = QWidget()
            line = row(said, field)
            line.setStretch(1, 1)
            holder.setLayout(line)
            layout.addWidget(holder)
            self._lines[key] = holder
        layout.addSpacing(Space.S)
        add = button(_("Add member"), self.add_member, link=True)
        layout.addWidget(SectionHead(_("Members"), action=add))
        layout.addLayout(self._members)
        layout.addSpacing(Space.S)
        layout.addWidget(SectionHead(_("Boards")))
        layout.addLayout(self._boards)
        layout.addSpacing(Space.M)
        delete = button(_("Delete squad"), self._delete, danger=True, icon="trash-2")
        layout.addLayout(row(delete, None))
        layout.addStretch(1)
        self._area = scrolling(body, down_only=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._empty)
        whole.addWidget(self._area)
        self._area.hide()

    # --- showing -----------------------------------------------------------------------------

    def show_squad(self, squad: queries.SquadRow | None) -> None:
        """Show a squad, or none."""
        if squad is None or self.squad is None or squad.id != self.squad.id:
            self.message.hide()
        self.squad = squad
        self._empty.setVisible(squad is None)
        self._area.setVisible(squad is not None)
        if squad is None:
            return
        self.name.show_value(squad.name)
        self.code.show_value(squad.code)
        self.kind.show_value(squad.kind)
        self.lead.show_value(squad.lead_id, squad.lead or "")
        if not self.charter.hasFocus():
            self.charter.show_value(squad.charter)
        with self._context.workspace.read() as connection:
            members = queries.members(connection, squads=[squad.id])
            areas = queries.areas(connection, squad.id)
            names = dict(connection.execute(select(Initiative.id, Initiative.name)).all())
            boards = Base.metadata.tables["board"]  # named by its table: boards stand above
            listed = select(boards.c.id, boards.c.name).where(boards.c.squad_id == squad.id)
            found = connection.execute(listed.order_by(boards.c.code)).all()
        joined = pgettext("list", ", ")
        _say(self.initiatives, joined.join(names.get(one, "?") for one in squad.initiatives))
        _say(self.area, joined.join(one.name for one in areas))
        self._lines["area"].setVisible(squad.kind == SquadKind.STEERING)
        self._show_fitness(squad)
        self._show_members(members)
        self._show_boards([(one.id, one.name) for one in found])

    def _show_fitness(self, squad: queries.SquadRow) -> None:
        clear(self._fitness)
        if squad.fitness.is_fit:
            words = _("Fit: a lead, {n} departments, front, middle and back office.")
            said = words.format(n=squad.fitness.departments)
            self._fitness.addLayout(_lit("green", _("fit"), said))
        for failing in squad.fitness.failings:
            self._fitness.addLayout(_lit("amber", _("failing"), failing))

    def _show_members(self, members: list[queries.MemberRow]) -> None:
        clear(self._members)
        self._members.setSpacing(Space.S)
        today = self._context.workspace.clock().astimezone().date()
        for one in sorted(members, key=lambda each: not rules.holds(each.allocation, today)):
            self._members.addWidget(self._member(one, rules.holds(one.allocation, today)))
        if not members:
            self._members.addWidget(label(_("Nobody yet: add the first member."), "muted"))

    def _member(self, one: queries.MemberRow, holds: bool) -> QWidget:
        made = QWidget()
        office = Office(one.office).label if one.office else ""
        parts = [one.role, one.department, office]
        name = label(one.person, "heading" if holds else "muted")
        said = label(" · ".join(part for part in parts if part), "caption", wrap=True)
        share = _("{n} %").format(n=one.percent)
        span = label(f"{share} · {span_words(one.from_date, one.until_date)}", "caption")
        words = {
            "pencil": (_("Change the place of {person}"), lambda: self._ask(one)),
            "arrow-right": (_("Move {person} to another squad"), lambda: self._ask(one, True)),
            "x": (_("Take {person} out"), lambda: self._do(actions.remove_member, one.id)),
        }
        tools = row(spacing=0)
        for icon, (text, do) in words.items():
            tool = tool_button(icon, text.format(person=one.person), do)
            tool.setFixedSize(24, 24)
            tool.setEnabled(not self._context.workspace.read_only)
            tools.addWidget(tool)
        line = row(column(name, said, span, spacing=1), spacing=Space.XS)
        line.setStretch(0, 1)
        line.addLayout(tools)
        made.setLayout(line)
        return made

    def _show_boards(self, boards: list[tuple[int, str]]) -> None:
        clear(self._boards)
        for identity, name in boards:
            go = button(name, partial(self._context.open_record, "board", identity), link=True)
            self._boards.addLayout(row(go, None))
        if not boards:
            self._boards.addWidget(
                label(_("No board yet: add one on the page of boards."), "muted")
            )

    # --- writing -----------------------------------------------------------------------------

    def _do(self, action: Callable[..., Any], *given: Any, **more: Any) -> bool:
        try:
            self._context.workspace.do(action, *given, **more)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            self._refresh()
            return False
        self.message.hide()
        self._refresh()
        return True

    def _set(self, key: str, value: Any) -> None:
        if self.squad is not None:
            self._do(actions.set_fields, self.squad.id, {key: value}, self.squad.version)

    def _delete(self) -> None:
        if self.squad is not None:
            name = self.squad.name
            if self._do(actions.delete_squad, self.squad.id):
                self._context.notify(_("{squad} deleted").format(squad=name), undo=True)

    def add_member(self) -> None:
        """Ask for a new member."""
        self._ask(None)

    def _ask(self, member: queries.MemberRow | None, moves: bool = False) -> None:
        if self.squad is None or self._context.workspace.read_only:
            return
        dialog = MemberDialog(self._context, self.squad, member, moves=moves, parent=self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._refresh)
        dialog.open()

    def _people(self) -> list[Node]:
        with self._context.workspace.read() as connection:
            found = connection.execute(select(Person.id, Person.name).order_by(Person.name)).all()
        return [Node(one, name) for one, name in found]

    def _choose_initiatives(self) -> None:
        squad = self.squad
        if squad is None:
            return
        with self._context.workspace.read() as connection:
            query = select(Initiative.id, Initiative.name).order_by(Initiative.name)
            choices = [Choice(one, name) for one, name in connection.execute(query)]
        popup = MultiChoice(self.initiatives, _("Initiatives"), choices, squad.initiatives)
        popup.chosen.connect(lambda chosen: self._do(actions.set_initiatives, squad.id, chosen))
        popup.open_below(self.initiatives)

    def _choose_area(self) -> None:
        squad = self.squad
        if squad is None:
            return
        scene = table_of(Scene)
        with self._context.workspace.read() as connection:
            units = connection.execute(select(Unit.id, Unit.name).order_by(Unit.code)).all()
            scenes = connection.execute(select(scene.c.id, scene.c.code, scene.c.name)).all()
            here = queries.areas(connection, squad.id)
        choices = [Choice(("batch", one.value), one.label) for one in Batch]
        choices += [Choice(("scene", one.id), scene_label(one.code, one.name)) for one in scenes]
        choices += [Choice(("unit", one), name) for one, name in units]
        selected = [
            ("unit", one.unit_id)
            if one.unit_id
            else ("scene", one.scene_id)
            if one.scene_id
            else ("batch", one.batch)
            for one in here
        ]
        popup = MultiChoice(self.area, _("Owns"), choices, selected)
        popup.chosen.connect(lambda chosen: self._own(squad.id, chosen))
        popup.open_below(self.area)

    def _own(self, squad_id: int, chosen: frozenset[tuple[str, Any]]) -> None:
        kinds: dict[str, list[Any]] = {"unit": [], "scene": [], "batch": []}
        for kind, key in chosen:
            kinds[kind].append(key)
        self._do(
            actions.set_areas,
            squad_id,
            units=kinds["unit"],
            scenes=kinds["scene"],
            batches=kinds["batch"],
        )

    def has_open_work(self) -> bool:
        """Whether something is being written that was not kept yet."""
        return self.squad is not None and (self.name.is_open or self.charter.is_open)


def _say(control: QPushButton, words: str) -> None:
    control.setText((words or _("none")).replace("&", "&&"))
    control.setAccessibleName(words or _("none"))


def _lit(light: str, name: str, words: str):
    said = label(words, wrap=True)
    sign = LightSign(light, name)
    line = row(sign, said)
    line.setStretch(1, 1)
    line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
    return line
