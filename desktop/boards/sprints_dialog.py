"""The sprints of a board, for those who use them: scope, burn-down, carry-over and velocity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QWidget

from ecofolio.boards import readings, sprinting
from ecofolio.boards.cards_dialog import CardsDialog
from ecofolio.errors import EcofolioError, InputError
from ecofolio.squads.field_editors import DateField, TextField
from ecofolio.text import _, listed, ngettext, pgettext
from ecofolio.widgets.charts import Chart, Figure, Line
from ecofolio.widgets.messages import InlineMessage
from ecofolio.widgets.page import PageContext
from ecofolio.widgets.parts import button, column, label, row
from ecofolio.widgets.theme import Space

_USUAL = 14  # days


class SprintsDialog(QDialog):
    """Plans, changes, begins and closes sprints; cards are taken in from the menu of the board.

    `wanted(id)` is a card of a sprint that is to be shown on the board.
    """

    wanted = Signal(int)

    def __init__(self, context: PageContext, board_id: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._board = context, board_id
        self.sprints: list[readings.SprintRow] = []
        self.setWindowTitle(_("Sprints"))
        self.resize(860, 620)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Sprints"))
        self.list.setProperty("framed", True)
        self.list.setFixedWidth(220)
        self.list.currentRowChanged.connect(lambda _row: self._show())
        self.velocity = label("", "muted", wrap=True)
        self.nothing = label(_("No sprint yet: plan the first one below."), "muted")
        self.name, self.goal = TextField(_("Name")), TextField(_("Goal"), _("Goal"))
        self.start, self.end = DateField(_("First day")), DateField(_("Last day"))
        self._fields = {
            "name": self.name,
            "start_date": self.start,
            "end_date": self.end,
            "goal": self.goal,
        }
        for key, field in self._fields.items():
            field.kept.connect(lambda value, key=key: self._change(key, value))
        for field in (self.start, self.end):
            field.setFixedWidth(130)
        self.parts = {
            key: button("", partial(self._show_cards, key), link=True)
            for key in ("cards", "came", "went", "left")
        }
        self.facts = label("", "muted", wrap=True)
        self.chart = Chart(_("Burn-up"), 240)
        self.message = InlineMessage()
        self.begin = button(_("Begin"), self._begin, primary=True)
        self.close_button = button(_("Close and carry over"), self._close)
        self.delete = button(_("Delete"), self._delete, danger=True)
        side = column(
            self.nothing,
            row(self.name, self.start, self.end),
            self.goal,
            self.facts,
            row(*self.parts.values(), None),
            self.chart,
            None,
            row(self.delete, None, self.close_button, self.begin),
        )
        middle = row(self.list, spacing=Space.L)
        middle.addLayout(side, 1)
        layout = column(label(_("Sprints"), "title"), self.velocity, self.message)
        layout.addLayout(middle, 1)
        layout.addLayout(self._form())
        layout.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.setLayout(layout)
        self.refresh()

    def _form(self):
        self.new_name = QLineEdit()
        self.new_name.setAccessibleName(_("Name of the new sprint"))
        self.new_name.setPlaceholderText(_("Name of a new sprint"))
        self.new_name.setMinimumWidth(150)
        self.new_goal = QLineEdit()
        self.new_goal.setAccessibleName(_("Goal"))
        self.new_goal.setPlaceholderText(_("Goal"))
        self.first, self.last = DateField(_("First day")), DateField(_("Last day"))
        today = self._context.workspace.clock().astimezone().date()
        monday = today + timedelta(days=(7 - today.weekday()) % 7)
        self.first.show_value(monday)
        self.last.show_value(monday + timedelta(days=_USUAL - 3))
        for field in (self.first, self.last):
            field.setFixedWidth(130)
        add = button(_("Plan sprint"), self._add, icon="plus")
        line = row(self.new_name, self.new_goal, self.first, self.last, add)
        line.setStretch(1, 1)
        return line

    # --- showing -----------------------------------------------------------------------------

    @property
    def current(self) -> readings.SprintRow | None:
        """The sprint that is selected."""
        n = self.list.currentRow()
        return self.sprints[n] if 0 <= n < len(self.sprints) else None

    def refresh(self) -> None:
        """Read the sprints again."""
        chosen = self.current.id if self.current is not None else None
        workspace = self._context.workspace
        with workspace.read() as connection:
            self.sprints = readings.board_sprints(connection, self._board, workspace.clock())
        self.list.clear()
        for one in self.sprints:
            QListWidgetItem(f"{one.name} · {_state(one)}", self.list)
        ids = [one.id for one in self.sprints]
        if ids:
            self.list.setCurrentRow(ids.index(chosen) if chosen in ids else 0)
        found = readings.velocity(self.sprints)
        text = _("No sprint was closed yet.")
        if found is not None:
            text = _(
                "Velocity over {n} sprints: {mean} ± {spread} points, from {least} to {most}"
            ).format(
                n=found.sprints,
                mean=f"{found.mean:.1f}",
                spread="–" if found.spread is None else f"{found.spread:.1f}",
                least=f"{found.least:g}",
                most=f"{found.most:g}",
            )
        self.velocity.setText(text)
        self._show()

    def _show(self) -> None:
        one = self.current
        for part in (self.begin, self.close_button, self.delete, *self._fields.values()):
            part.setEnabled(one is not None and not self._context.workspace.read_only)
        for part in (*self._fields.values(), *self.parts.values()):
            part.setVisible(one is not None)
        self.nothing.setVisible(one is None)
        if one is None:
            self.facts.clear()
            self.chart.show_figure(Figure(empty=_("Nothing to show yet.")))
            return
        self.begin.setVisible(one.started_at is None)
        self.close_button.setVisible(one.started_at is not None and one.closed_at is None)
        for key, field in self._fields.items():
            field.show_value(getattr(one, key))
        burn = one.burn
        for key, text in (
            ("cards", ngettext("{n} card in all", "{n} cards in all", len(burn.cards))),
            ("came", ngettext("{n} card added", "{n} cards added", len(burn.came))),
            ("went", ngettext("{n} card taken out", "{n} cards taken out", len(burn.went))),
            ("left", ngettext("{n} card left", "{n} cards left", len(burn.left))),
        ):
            count = len(getattr(burn, key))
            self.parts[key].setText(text.format(n=count))
            self.parts[key].setVisible(bool(count))
        text = _("Committed {committed}, added {added}, taken out {removed}, done {done} points")
        self.facts.setText(
            text.format(
                committed=f"{burn.committed:g}",
                added=f"{burn.added:g}",
                removed=f"{burn.removed:g}",
                done=f"{burn.done:g}",
            )
        )
        self.chart.show_figure(_burn(one))

    def _show_cards(self, key: str) -> None:
        """The cards behind a figure, each a way to its place."""
        if self.current is None:
            return
        dialog = CardsDialog(self._context, list(getattr(self.current.burn, key)), self)
        dialog.wanted.connect(self._go)
        dialog.open()

    def _go(self, card: int) -> None:
        self.accept()
        self.wanted.emit(card)

    # --- writing -----------------------------------------------------------------------------

    def _change(self, key: str, value: Any) -> None:
        one = self.current
        if one is not None:
            given = {key: value if value is not None or key == "goal" else ""}
            if not self._do(sprinting.set_sprint, one.id, given, one.version):
                self._fields[key].setText(self._fields[key].words(getattr(one, key)))

    def _do(self, action: Callable[..., Any], *given: Any) -> bool:
        try:
            self._context.workspace.do(action, *given)
        except EcofolioError as error:
            self.message.say(str(error), "red")
            return False
        self.message.hide()
        self.refresh()
        return True

    def _add(self) -> None:
        try:
            first, last = self.first.read(self.first.text()), self.last.read(self.last.text())
            if first is None or last is None:
                raise InputError(_("A sprint needs a first and a last day."))
        except InputError as error:
            self.message.say(str(error), "red")
            return
        given = self._board, self.new_name.text(), first, last, self.new_goal.text()
        before = {one.id for one in self.sprints}
        if self._do(sprinting.create_sprint, *given):
            ids = [one.id for one in self.sprints]
            self.list.setCurrentRow(next(n for n, one in enumerate(ids) if one not in before))
            self.new_name.clear()
            self.new_goal.clear()

    def _begin(self) -> None:
        if self.current is not None:
            self._do(sprinting.start_sprint, self.current.id)

    def _close(self) -> None:
        """What is not done goes into the next sprint that is open, if there is one."""
        one = self.current
        if one is None:
            return
        later = [
            each
            for each in self.sprints
            if each.closed_at is None and each.id != one.id and each.start_date >= one.start_date
        ]
        target = min(later, key=lambda each: each.start_date) if later else None
        left = len(one.burn.left)
        if self._do(sprinting.close_sprint, one.id, target.id if target is not None else None):
            text = ngettext("{n} card was not done", "{n} cards were not done", left)
            said = text.format(n=left)
            if left and target is not None:
                said += " · " + _("carried over to {sprint}").format(sprint=target.name)
            self.message.say(said, "accent")

    def _delete(self) -> None:
        if self.current is not None:
            self._do(sprinting.delete_sprint, self.current.id)

    def keyPressEvent(self, event) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # a name that is being typed closes nothing
        super().keyPressEvent(event)


def _state(one: readings.SprintRow) -> str:
    if one.closed_at is not None:
        return pgettext("sprint", "closed")
    return _("running") if one.started_at is not None else _("planned")


def _even(one: readings.SprintRow) -> list[tuple[float, float]]:
    """What an even pace leaves at the end of each day, to the last, where it is nothing."""
    first, last = one.start_date.toordinal(), one.end_date.toordinal()
    days = last - first + 1
    return [(first + n, one.burn.committed * (1 - (n + 1) / days)) for n in range(days)]


def _burn(one: readings.SprintRow) -> Figure:
    days = one.burn.days
    head = [_("Day"), _("Scope"), _("Done"), _("Remaining"), _("Even pace")]
    data = [[each.day, each.scope, each.done, each.remaining, each.ideal] for each in days]
    lines = [
        Line(_("scope"), [(each.day.toordinal(), each.scope) for each in days], "muted"),
        Line(_("done"), [(each.day.toordinal(), each.done) for each in days], "green"),
        Line(_("remaining"), [(each.day.toordinal(), each.remaining) for each in days], "accent"),
        Line(_("even pace"), _even(one) if days else [], "faint", True),
    ]
    return Figure(
        first=one.start_date.toordinal(),
        last=max(one.end_date.toordinal(), one.start_date.toordinal() + 1),
        days=True,
        unit=pgettext("size of cards", "points"),
        lines=lines,
        data=[head, *data],
        summary=listed(f"{line.name} {line.points[-1][1]:g}" for line in lines if line.points),
        empty="" if days else _("The sprint has not begun."),
    )
