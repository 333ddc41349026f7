"""The initiatives whose light has changed since the month before."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal

from ecofolio.format import day, number
from ecofolio.portfolio.lines_view import Line, Lines
from ecofolio.portfolio.queries import Turned, last_month_end
from ecofolio.text import _
from ecofolio.widgets.panels import Panel

_MOST = 50


class TurnedPanel(Panel):
    """Lists them, the worse first. `opened(id)` follows a click or Enter."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__(_("Lights that changed"), " ", flush=True)
        self.lines = Lines(_("Lights that changed"), least=4)
        self.lines.opened.connect(self.opened)
        self.add(self.lines, 1)

    def fill(self, today: date, found: list[Turned]) -> None:
        """Show what has changed up to a day since the end of the month before."""
        worse = sum(one.is_worse for one in found)
        if self.head is not None:
            self.head.set_caption(
                _("since {date} · {worse} worse, {better} better").format(
                    date=day(last_month_end(today)),
                    worse=number(worse),
                    better=number(len(found) - worse),
                )
            )
        self.lines.fill([_line(one) for one in found[:_MOST]])


def _line(one: Turned) -> Line:
    name = f"{one.row.name} · {one.row.unit}" if one.row.unit else one.row.name
    text = _("{before} → {now}: {reason}").format(
        before=one.before.label, now=one.row.light.label, reason=one.health.reason
    )
    return Line(one.row.id, name, text, "", one.row.light.value, spoken=f"{name}, {text}")
