"""The two charts of money: from granted to available, and plan against actual by month.

Painted from the theme's tokens, with direct labels; both say their figures to screen readers.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ecofolio.format import money
from ecofolio.text import _
from ecofolio.widgets.theme import Size, in_force


class Step(NamedTuple):
    """A step of a waterfall: what it is, its fen, from where it falls, and its colour."""

    name: str
    fen: int
    start: int
    token: str


class _Chart(QWidget):
    """A chart that is as high as its lines need."""

    def __init__(self, name: str, height: int) -> None:
        super().__init__()
        self._height = height
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        in_force().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, self._height)


class Waterfall(_Chart):
    """From granted down to available: what is in pools, spent and committed falls off."""

    _LINE = 24

    def __init__(self) -> None:
        super().__init__(_("From granted to available"), 5 * self._LINE)
        self.steps: list[Step] = []
        self._unit = "wan"

    def fill(self, granted: int, pool: int, spent: int, committed: int, unit: str) -> None:
        """Show how much of what was granted is where; the rest is available."""
        self._unit = unit
        left = granted - pool
        self.steps = [
            Step(_("Granted"), granted, 0, "accent"),
            Step(_("In pools"), pool, left, "faint"),
            Step(_("Spent"), spent, left - spent, "segment_b"),
            Step(_("Committed"), committed, left - spent - committed, "amber"),
            Step(_("Available"), left - spent - committed, 0, "green"),
        ]
        said = "; ".join(f"{step.name} {money(step.fen, unit)}" for step in self.steps)
        self.setAccessibleDescription(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = in_force()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(Size.CAPTION))
        metrics = QFontMetrics(painter.font())
        names = max((metrics.horizontalAdvance(step.name) for step in self.steps), default=0)
        figures = max(
            (metrics.horizontalAdvance(money(step.fen, self._unit)) for step in self.steps),
            default=0,
        )
        room = max(20.0, self.width() - names - figures - 20)
        most = max((step.fen for step in self.steps), default=0) or 1
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        before: QPointF | None = None
        for n, step in enumerate(self.steps):
            line = QRectF(0, n * self._LINE, self.width(), self._LINE)
            painter.setPen(theme.colour("muted"))
            painter.drawText(line, middle, step.name)
            painter.setPen(theme.colour("text"))
            painter.drawText(line, middle | right, money(step.fen, self._unit))
            left = names + 10 + room * step.start / most
            bar = QRectF(left, line.top() + 6, room * step.fen / most, self._LINE - 12)
            if before is not None:
                painter.setPen(QPen(theme.colour("line"), 1))
                painter.drawLine(QPointF(before.x(), before.y()), QPointF(before.x(), bar.top()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(step.token))
            painter.drawRoundedRect(bar.adjusted(0, 0, 0.5, 0), 2, 2)
            edge = bar.right() if n == 0 else bar.left()
            before = QPointF(edge, bar.bottom())


class Month(NamedTuple):
    """A month of plan and actual, in fen; `actual` is None for one that is still to come."""

    period: str
    plan: int
    actual: int | None


class PlanActual(_Chart):
    """Plan as an outline, actual as a bar: months side by side."""

    def __init__(self) -> None:
        super().__init__(_("Plan against actual by month"), 132)
        self.months: list[Month] = []
        self._unit = "wan"

    def fill(self, months: Sequence[Month], unit: str) -> None:
        """Show months from the first to the last."""
        self.months, self._unit = list(months), unit
        self.setAccessibleDescription("; ".join(map(self._said, self.months)))
        self.update()

    def _said(self, month: Month) -> str:
        actual = money(month.actual, self._unit)
        return _("{month}: plan {plan}, actual {actual}").format(
            month=month.period, plan=money(month.plan, self._unit), actual=actual
        )

    def _slot(self) -> float:
        return self.width() / max(1, len(self.months))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = in_force()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(Size.CAPTION))
        most = max((max(one.plan, one.actual or 0) for one in self.months), default=0)
        base = self.height() - 18.0
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(QPointF(0, base), QPointF(self.width(), base))
        if not most:
            return
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRectF(0, 0, self.width(), 14), money(most, self._unit))
        slot, high = self._slot(), base - 18
        for n, one in enumerate(self.months):
            wide = max(2.0, slot - 3)
            if one.actual:
                height = high * one.actual / most
                over = one.actual > one.plan > 0
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("amber" if over else "accent"))
                painter.drawRect(QRectF(n * slot + 1, base - height, wide, height))
            if one.plan:
                height = high * one.plan / most
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour("text"), 1))
                top = base - height
                painter.drawLine(QPointF(n * slot + 1, top), QPointF(n * slot + 1 + wide, top))
        self._name_years(painter, slot, base)

    def _name_years(self, painter: QPainter, slot: float, base: float) -> None:
        painter.setPen(in_force().colour("muted"))
        for n, one in enumerate(self.months):
            if n == 0 or one.period.endswith("-01"):
                painter.drawText(QRectF(n * slot, base + 2, 60, 14), one.period)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = int(event.position().x() // self._slot())
        inside = 0 <= place < len(self.months)
        self.setToolTip(html.escape(self._said(self.months[place])) if inside else "")
