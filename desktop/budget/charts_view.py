"""The two charts of money: from granted to available, and plan against actual by month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from PySide6.QtCore import Signal

from ecofolio.format import MONEY_UNITS, in_unit, money, money_unit
from ecofolio.text import _, pgettext
from ecofolio.widgets.charts import Chart, Figure, Line, Point


class Step(NamedTuple):
    """A step of a waterfall: key and name of its figure, fen, from where it falls, its colour."""

    key: str
    name: str
    fen: int
    start: int
    token: str


class Waterfall(Chart):
    """From granted down to available: what is in pools, spent and committed falls off.

    `opened` says the key of a figure.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__(_("From granted to available"), 170)
        self.steps: list[Step] = []

    def fill(
        self,
        granted: int,
        pool: int,
        spent: int,
        committed: int,
        unit: str,
        currency: str = "CNY",
    ) -> None:
        """Show how much of what was granted is where; the rest is available."""
        left = granted - pool
        self.steps = [
            Step("granted", _("Granted"), granted, 0, "accent"),
            Step("pool", _("In pools"), pool, left, "faint"),
            Step("spent", _("Spent"), spent, left - spent, "segment_b"),
            Step("committed", _("Committed"), committed, left - spent - committed, "amber"),
            Step("available", _("Available"), left - spent - committed, 0, "green"),
        ]
        bars = [
            Point(
                n,
                step.start + step.fen,
                step.key,
                f"{step.name}: {in_unit(step.fen, unit, currency)}",
                step.token,
                label=money(step.fen, unit),
                base=step.start,
            )
            for n, step in enumerate(self.steps)
        ]
        self.show_figure(
            Figure(
                first=-0.09,
                last=len(bars) - 0.09,
                unit=money_unit(unit, currency),
                ticks=[(n + 0.41, step.name) for n, step in enumerate(self.steps)],
                bars=bars,
                data=[[step.name, f"{step.fen / 100:.2f}"] for step in self.steps],
                summary=pgettext("list", "; ").join(bar.spoken for bar in bars),
                right=2,
            )
        )


class Month(NamedTuple):
    """A month of plan and actual, in fen; `actual` is None for one that is still to come."""

    period: str
    plan: int
    actual: int | None


class PlanActual(Chart):
    """Plan as a line of steps, actual as bars. `opened` says a month."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__(_("Plan against actual by month"), 170)
        self.months: list[Month] = []

    def fill(self, months: Sequence[Month], unit: str, currency: str = "CNY") -> None:
        """Show months from the first to the last."""
        self.months = list(months)
        bars, plan = [], []
        for one in self.months:
            first, next_ = _days(one.period)
            over = (one.actual or 0) > one.plan > 0
            said = _("{month}: plan {plan}, actual {actual}").format(
                month=one.period,
                plan=in_unit(one.plan, unit, currency),
                actual="–" if one.actual is None else in_unit(one.actual, unit, currency),
            )
            token = "amber" if over else "accent"
            bars.append(Point(first, one.actual or 0, one.period, said, token))
            plan += [(float(first), float(one.plan)), (float(next_), float(one.plan))]
        head = [_("Month"), _("Plan"), _("Actual")]
        self.show_figure(
            Figure(
                first=plan[0][0] if plan else 0,
                last=plan[-1][0] if plan else 1,
                days=True,
                unit=money_unit(unit, currency),
                say_y=lambda fen: f"{fen / MONEY_UNITS[unit][0]:,.6g}",
                bars=bars,
                bar_width=30,
                lines=[Line(_("Plan"), plan, "text")],
                data=[head, *([one.period, _yuan(one.plan), _yuan(one.actual)] for one in months)],
                summary=pgettext("list", "; ").join(bar.spoken for bar in bars),
                empty="" if bars else _("Nothing to show yet."),
            )
        )
        self._current = len(bars) - 1  # the keys begin at the newest


def _days(period: str) -> tuple[int, int]:
    """The first days of a month and of the next one."""
    first = date.fromisoformat(f"{period}-01")
    year, month = (first.year, first.month + 1) if first.month < 12 else (first.year + 1, 1)
    return first.toordinal(), date(year, month, 1).toordinal()


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{fen / 100:.2f}"
