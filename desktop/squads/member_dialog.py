"""Somebody's place in a squad: given, changed or moved, with what that does shown before."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QSpinBox, QVBoxLayout, QWidget
from sqlalchemy import select

from ecofolio import format as shown
from ecofolio.errors import EcofolioError, InputError
from ecofolio.organisation.model import Department, Person
from ecofolio.squads import actions, queries, rules
from ecofolio.squads.field_editors import ChoiceField, DateField, TextField, TreeField
from ecofolio.store.base import table_of
from ecofolio.text import _
from ecofolio.widgets.choosers import Node
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import button, clear, icon_label, label, row
from ecofolio.widgets.theme import Space


class MemberDialog(QDialog):
    """Asks and writes. `member` is the place that is changed, None for a new one; with `moves`
    somebody goes to another squad on a day."""

    def __init__(
        self,
        context: PageContext,
        squad: queries.SquadRow,
        member: queries.MemberRow | None,
        *,
        moves: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._squad, self._member, self._moves = context, squad, member, moves
        self._person = member.person_id if member is not None else None
        self._today: date = context.workspace.clock().astimezone().date()
        self.setMinimumWidth(480)
        title = _("Add a member")
        if member is not None:
            text = _("Move {person}") if moves else _("Change the place of {person}")
            title = text.format(person=member.person)
        self.setWindowTitle(title)
        self._fields()
        self.message = InlineMessage()
        self._effect = QVBoxLayout()
        self._effect.setSpacing(2)
        form = QVBoxLayout(self)
        form.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        form.setSpacing(Space.S)
        form.addWidget(label(title, "title"))
        for name, field in self._asked():
            said = label(name, "muted")
            said.setFixedWidth(110)
            line = row(said, field)
            line.setStretch(1, 1)
            form.addLayout(line)
        form.addWidget(label(_("What it does"), "section"))
        form.addLayout(self._effect)
        form.addWidget(self.message)
        words = _("Move") if moves else _("Add") if member is None else _("Keep")
        self.keep_button = button(words, self.keep, primary=True)
        self.keep_button.setDefault(True)
        form.addLayout(row(None, button(_("Cancel"), self.reject), self.keep_button))
        self.show_effect()

    def _fields(self) -> None:
        member = self._member
        self.person = TreeField(_("Person"), self._people, _("nobody yet"))
        self.person.show_value(self._person)
        self.person.kept.connect(self._take_person)
        with self._context.workspace.read() as connection:
            teams = [(one.id, one.name) for one in queries.squads(connection, self._today)]
        others = [one for one in teams if one[0] != self._squad.id]
        self.to = ChoiceField(_("To"), others)
        self.to.kept.connect(lambda _value: self.show_effect())
        self.role = TextField(_("Role"))
        self.role.show_value(member.role if member is not None else None)
        self.percent = QSpinBox()
        self.percent.setAccessibleName(_("Per cent of the time"))
        self.percent.setRange(0, rules.FULL)
        self.percent.setSingleStep(10)
        self.percent.setSuffix(" %")
        self.percent.setValue(member.percent if member is not None else 100)
        self.percent.valueChanged.connect(lambda _value: self.show_effect())
        self.first, self.last = DateField(_("From")), DateField(_("Until"))
        if self._moves:
            self.first.show_value(self._today)
        elif member is not None:
            self.first.show_value(member.from_date)
            self.last.show_value(member.until_date)
        else:
            self.first.show_value(self._today)
        for field in (self.first, self.last):
            field.kept.connect(lambda _value: self.show_effect())
            field.textChanged.connect(lambda _text: self.show_effect())

    def _asked(self) -> list[tuple[str, QWidget]]:
        if self._moves:
            return [
                (_("To"), self.to),
                (_("On"), self.first),
                (_("Role"), self.role),
                (_("Of the time"), self.percent),
            ]
        person = [(_("Person"), self.person)] if self._member is None else []
        return [
            *person,
            (_("Role"), self.role),
            (_("Of the time"), self.percent),
            (_("From"), self.first),
            (_("Until"), self.last),
        ]

    def _people(self) -> list[Node]:
        person, department = table_of(Person), table_of(Department)
        query = select(person.c.id, person.c.name, department.c.name.label("department"))
        query = query.outerjoin(department, department.c.id == person.c.department_id)
        with self._context.workspace.read() as connection:
            rows = connection.execute(query.order_by(person.c.name)).all()
        return [
            Node(one.id, f"{one.name} · {one.department}" if one.department else one.name)
            for one in rows
        ]

    def _take_person(self, person: int | None) -> None:
        self._person = person
        names = {node.key: node.title for node in self._people()}
        self.person.show_value(person, names.get(person, ""))
        self.show_effect()

    # --- what it does ------------------------------------------------------------------------

    def effect(self) -> list[rules.Effect]:
        """What would become of somebody's load by week; nothing is written."""
        first, last = self.first.read(self.first.text()), self.last.read(self.last.text())
        percent = self.percent.value()
        with self._context.workspace.read() as connection:
            if self._moves and self._member is not None:
                return queries.effect_of_move(
                    connection,
                    self._member.id,
                    self.to.currentData(),
                    first or self._today,
                    percent=percent,
                )
            if self._person is None:
                return []
            return queries.effect_of_place(
                connection,
                self._person,
                self._squad.id,
                percent,
                first,
                last,
                today=self._today,
                instead_of=self._member.id if self._member is not None else None,
            )

    def show_effect(self) -> None:
        """Say what the change would do, week by week where that differs."""
        clear(self._effect)
        try:
            found = self.effect()
        except (EcofolioError, InputError) as error:
            self._effect.addWidget(label(str(error), "muted", wrap=True))
            return
        if not found:
            nothing = _("Nobody's load changes in the weeks to come.")
            self._effect.addWidget(label(nothing, "muted", wrap=True))
        for (before, after), weeks in groupby(found, key=lambda one: (one.before, one.after)):
            span = list(weeks)
            text = _("{first} to {last}: {before} % → {after} %").format(
                first=shown.day(span[0].week),
                last=shown.day(span[-1].week + timedelta(days=6)),
                before=before,
                after=after,
            )
            over = after > rules.FULL
            words = f"{text}, {_('over 100 %')}" if over else text
            said = label(words, "heading" if over else "", wrap=True)
            sign = icon_label("triangle-alert" if over else "check", "red" if over else "muted")
            line = row(sign, said)
            line.setStretch(1, 1)
            line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
            self._effect.addLayout(line)
        self.adjustSize()

    # --- writing -----------------------------------------------------------------------------

    def keep(self) -> None:
        """Write it, or say why it can not be."""
        try:
            self._write()
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return
        self.accept()

    def _write(self) -> None:
        do = self._context.workspace.do
        first, last = self.first.read(self.first.text()), self.last.read(self.last.text())
        role, percent = self.role.text(), self.percent.value()
        if self._moves and self._member is not None:
            to = self.to.currentData()
            on = first or self._today
            do(actions.move_member, self._member.id, to, on, percent=percent, role=role)
            return
        values: dict[str, Any] = {"percent": percent, "from_date": first, "until_date": last}
        if self._member is not None:
            values["role"] = role.strip() or None
            do(actions.set_member, self._member.id, values, self._member.version)
            return
        if self._person is None:
            raise InputError(_("Choose a person."))
        do(actions.add_member, self._squad.id, self._person, role=role, **values)
