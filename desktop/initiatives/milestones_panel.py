"""The milestones of an initiative: baseline, forecast, actual and slip, changed in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from ecofolio import format as shown
from ecofolio.errors import InputError
from ecofolio.initiatives import actions, queries
from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.desk import Desk
from ecofolio.initiatives.field_editors import DateEditor
from ecofolio.initiatives.fields import Kind
from ecofolio.initiatives.queries import THRESHOLDS, MilestoneRow
from ecofolio.text import _, ngettext
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.painters import LightSign
from ecofolio.widgets.panels import EmptyState
from ecofolio.widgets.parts import button, clear, label, row, tool_button
from ecofolio.widgets.theme import Space

Act = Callable[..., str]
_DATES = ("baseline", "forecast", "actual")


def _title(key: str) -> str:
    return {"baseline": _("Baseline"), "forecast": _("Forecast"), "actual": _("Actual")}[key]


def _column(key: str) -> Column:
    place = MilestoneRow._fields.index(key)

    def value(found: Any) -> Any:
        return found[place]

    return Column(key, _title(key), Kind.DATE, value, lambda one: shown.day(value(one)), value)


class MilestonesPanel(QWidget):
    """Lists milestones; `act(action, …)` writes and returns the sentence why not, or nothing."""

    def __init__(self, desk: Desk, act: Act) -> None:
        super().__init__()
        self._desk, self._act = desk, act
        self._initiative: int | None = None
        self.form: MilestoneForm | None = None
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(6, Space.M, 0, Space.S)
        self._body.setSpacing(Space.S)

    def show_initiative(self, identity: int | None) -> None:
        """Show the milestones of an initiative; an open form of the same one stays."""
        if self.form is not None and identity == self._initiative:
            return
        self._initiative = identity
        self.form = None
        clear(self._body)
        if identity is None:
            return
        with self._desk.workspace.read() as connection:
            found = queries.milestones(connection, ids=[identity])
        for one in found:
            self._body.addWidget(MilestoneCard(one, partial(self.edit, one)))
        if not found:
            self._body.addWidget(
                EmptyState("milestone", _("No milestone yet"), explanation=_explained())
            )
        self.add_button = button(_("Add milestone"), lambda: self.edit(None), icon="plus")
        self._body.addLayout(row(self.add_button, None))
        self._body.addStretch(1)

    def edit(self, found: MilestoneRow | None) -> None:
        """Open the form for a milestone, or for a new one."""
        self.form = MilestoneForm(self._desk, found, self._keep, self._delete, self._leave)
        clear(self._body)
        self._body.addWidget(self.form)
        self._body.addStretch(1)
        self.form.name.setFocus()

    def _keep(self, found: MilestoneRow | None, values: dict[str, Any]) -> str:
        if found is None:
            sentence = self._act(actions.add_milestone, self._initiative, values)
        else:
            changed = {key: one for key, one in values.items() if getattr(found, key) != one}
            sentence = (
                self._act(actions.set_milestone, found.id, changed, found.version)
                if changed
                else ""
            )
        if not sentence:
            self._leave()
        return sentence

    def _delete(self, found: MilestoneRow) -> str:
        sentence = self._act(actions.delete_milestone, found.id)
        if not sentence:
            self._leave()
        return sentence

    def _leave(self) -> None:
        self.form = None
        self.show_initiative(self._initiative)


def _explained() -> str:
    return _("A milestone with a baseline date is what the light of the schedule is told from.")


class MilestoneCard(QFrame):
    """One milestone; a click or Enter edits it."""

    def __init__(self, found: MilestoneRow, on_edit: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        tone, words = _slip(found)
        name = label(found.name, "heading", wrap=True)
        slip = label(words, "caption")
        sign = LightSign(tone or "not_reported", words)
        sign.setVisible(bool(tone))
        edit = tool_button("pencil", _("Edit {name}").format(name=found.name), on_edit)
        dates = [
            f"{_title(key)} {shown.day(getattr(found, key))}"
            for key in _DATES
            if getattr(found, key)
        ]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.M, Space.S, Space.XS, Space.S)
        layout.setSpacing(2)
        top = row(name, sign, slip, edit)
        top.setStretch(0, 1)
        layout.addLayout(top)
        layout.addWidget(label(" · ".join(dates) or _("no date"), "caption", wrap=True))
        self.setAccessibleName(f"{found.name}, {words}, {', '.join(dates)}")
        self._on_edit = on_edit
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._on_edit()


def _slip(found: MilestoneRow) -> tuple[str, str]:
    if found.slip is None:
        return "", _("reached") if found.actual else ""
    if found.slip <= 0:
        return "green", _("reached on time") if found.actual else _("on time")
    late = found.slip >= THRESHOLDS.red_days, found.slip >= THRESHOLDS.amber_days
    tone = "red" if late[0] else "amber" if late[1] else "green"
    return tone, ngettext("{n} day late", "{n} days late", found.slip).format(n=found.slip)


class MilestoneForm(QWidget):
    """Name and dates of one milestone."""

    def __init__(
        self,
        desk: Desk,
        found: MilestoneRow | None,
        keep: Callable[[MilestoneRow | None, dict[str, Any]], str],
        delete: Callable[[MilestoneRow], str],
        leave: Callable[[], object],
    ) -> None:
        super().__init__()
        self._found, self._keep, self._delete, self._leave = found, keep, delete, leave
        self.name = QLineEdit(found.name if found else "")
        self.name.setAccessibleName(_("Milestone"))
        self.name.setPlaceholderText(_("What is reached, such as “Go-live”"))
        self.name.returnPressed.connect(self.keep)
        self.dates = {key: DateEditor(_column(key), desk.reading) for key in _DATES}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(self.name)
        for key, editor in self.dates.items():
            editor.setAccessibleName(_title(key))
            if found is not None:
                editor.show_day(getattr(found, key))
            editor.finished.connect(self.keep)
            editor.cancelled.connect(leave)
            title = label(_title(key), "muted")
            title.setFixedWidth(80)
            layout.addLayout(row(title, editor))
        self.message = InlineMessage()
        layout.addWidget(self.message)
        remove = button(_("Delete"), self._remove, danger=True, icon="trash-2")
        remove.setVisible(found is not None)
        self.keep_button = button(_("Keep milestone"), self.keep, primary=True)
        layout.addLayout(row(remove, None, button(_("Cancel"), leave), self.keep_button))

    def keep(self) -> None:
        """Write what stands in the form."""
        try:
            values = {key: editor.value() for key, editor in self.dates.items()}
        except InputError as error:
            self.message.say(str(error), "red")
            return
        if self._found is None and values["forecast"] is None:
            del values["forecast"]  # the baseline stands for it
        sentence = self._keep(self._found, {"name": self.name.text().strip(), **values})
        if sentence:
            self.message.say(sentence, "red")

    def _remove(self) -> None:
        assert self._found is not None
        sentence = self._delete(self._found)
        if sentence:
            self.message.say(sentence, "red")

    def keyPressEvent(self, event) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)
