"""Charts of scores: months, strips by peer group, spend against value; and trends for delegates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from ecofolio.format import money_short
from ecofolio.scorecards import periods, words
from ecofolio.scorecards.value import Balance
from ecofolio.text import _
from ecofolio.widgets.charts import Chart, Figure, Level, Line, Point, Post
from ecofolio.widgets.theme import in_force

_MOST = 120  # points: where a score ends
_NEAR = 1.5  # points of score within which dots of a strip step aside
_ASIDE, _FARTHEST = 0.14, 0.4  # of the height of a strip


def paint_trend(painter: QPainter, rect: QRectF, values: Sequence[int | None]) -> None:
    """Draw scores over months as a line with its last point; months without one are gaps."""
    told = [value for value in values if value is not None]
    if not told:
        return
    theme, low, high = in_force(), min(told), max(told)
    spread = max(high - low, 500)
    step = rect.width() / max(len(values) - 1, 1)

    def at(place: int, value: int) -> QPointF:
        share = (value - low + (spread - (high - low)) / 2) / spread
        return QPointF(rect.left() + place * step, rect.bottom() - share * rect.height())

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accent"), 1.4))
    line: list[QPointF] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            line.append(at(place, value))
        elif line:
            painter.drawPolyline(QPolygonF(line))
            line = []
    last = max(place for place, value in enumerate(values) if value is not None)
    painter.setBrush(theme.colour("accent"))
    painter.drawEllipse(at(last, values[last] or 0), 2.2, 2.2)
    painter.restore()


class TrendChart(Chart):
    """One initiative's scores over months."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 130)

    def fill(self, values: Sequence[int | None], last: str, spoken: str) -> None:
        """Show other scores, in hundredths, of the months up to `last`."""
        months = periods.span(last, len(values))
        told = [
            (date.fromisoformat(f"{month}-01").toordinal(), value / 100, month)
            for month, value in zip(months, values, strict=True)
            if value is not None
        ]
        shown = {x: y for x, y, _month in told}
        places = [date.fromisoformat(f"{month}-01").toordinal() for month in months]
        self.show_figure(
            Figure(
                first=places[0] if places else 0,
                last=places[-1] if places else 1,
                days=True,
                unit=_("Score"),
                low=max(0, min(shown.values(), default=0) - 2),
                points=[Point(x, y, None, f"{month}: {y:.2f}") for x, y, month in told],
                lines=[Line("", [(x, shown.get(x, math.nan)) for x in places])],
                data=[[_("Month"), _("Score")], *([month, f"{y:.2f}"] for _x, y, month in told)],
                summary=spoken,
                empty="" if told else _("Nothing to show yet."),
            )
        )


@dataclass(frozen=True)
class Dot:
    """A point of a chart: `x` and `y` mean what the chart says; `tone` is a token."""

    id: int
    x: float
    y: float
    title: str
    spoken: str
    tone: str = "accent"


@dataclass(frozen=True)
class Strip:
    """A peer group with its dots by score in hundredths, and the middle one of them."""

    title: str
    dots: Sequence[Dot]
    median: float


class StripChart(Chart):
    """How scores spread within each peer group, a strip for each."""

    _ROW, _AROUND = 44, 84  # pixels

    def fill(self, strips: Sequence[Strip], limits: Sequence[tuple[int, str]]) -> None:
        """Show strips; `limits` are scores that are marked with a word, such as a grade's."""
        points, lines, rows, data = [], [], [], [[_("Group"), _("Initiative"), _("Score")]]
        for n, strip in enumerate(strips):
            y = len(strips) - n - 0.5
            rows.append((y, strip.title))
            middle = strip.median / 100
            lines.append(Line("", [(middle, y - 0.3), (middle, y + 0.3)], "text"))
            points += [
                Point(dot.x / 100, y + aside, dot.id, dot.spoken, dot.tone)
                for dot, aside in _apart(strip.dots)
            ]
            data += [[strip.title, dot.title, words.points(round(dot.x))] for dot in strip.dots]
        self.setFixedHeight(self._AROUND + self._ROW * max(len(strips), 1))
        self.show_figure(
            Figure(
                last=_MOST,
                high=len(strips),
                rows=rows,
                points=points,
                lines=lines,
                posts=[Post(score / 100, word, "faint") for score, word in limits],
                ticks=[(score, str(score)) for score in range(0, _MOST + 1, 20)],
                across=_("Score"),
                data=data,
                empty="" if strips else _("Nothing to show yet."),
            )
        )


def _apart(dots: Sequence[Dot]) -> list[tuple[Dot, float]]:
    """The dots of a strip and how far each steps up or down, so that all are seen."""
    lanes: dict[int, int] = {}
    found = []
    for dot in dots:
        place = round(dot.x / 100 / _NEAR)
        lane = lanes[place] = lanes.get(place, -1) + 1
        aside = (lane + 1) // 2 * _ASIDE * (1 if lane % 2 else -1)
        found.append((dot, max(-_FARTHEST, min(_FARTHEST, aside))))
    return found


class CumulatedChart(Chart):
    """Value and spend added up month by month, and the month in which one covers the other."""

    def fill(self, balance: Balance | None, currency: str, spoken: str) -> None:
        """Show another balance; None for none."""
        rows = balance.cumulated if balance is not None else []
        places = [date.fromisoformat(f"{month}-01").toordinal() for month, _value, _spend in rows]

        def say(fen: float) -> str:
            return money_short(round(fen), currency)

        def line(name: str, sums: Sequence[int], token: str) -> Line:
            return Line(name, list(zip(places, sums, strict=True)), token)

        paid = balance.payback if balance is not None else None
        self.show_figure(
            Figure(
                first=places[0] if places else 0,
                last=places[-1] if places else 1,
                days=True,
                low=0,
                say_y=say,
                lines=[
                    line(_("Value"), [value for _month, value, _spend in rows], "accent"),
                    line(_("Spend"), [spend for _month, _value, spend in rows], "amber"),
                ],
                posts=[
                    Post(date.fromisoformat(f"{paid}-01").toordinal(), _("paid back"), "green")
                ] if paid else [],
                data=[
                    [_("Month"), _("Value"), _("Spend")],
                    *([month, say(value), say(spend)] for month, value, spend in rows),
                ],
                summary=spoken,
                empty="" if rows else _("Nothing to show yet."),
            )
        )  # fmt: skip


class ScatterChart(Chart):
    """Spend against value, both on scales of powers of ten; the corners are named in words."""

    def __init__(self, name: str, across: str, up: str) -> None:
        super().__init__(name, 0)
        self._across, self._up = across, up

    def fill(
        self,
        dots: Sequence[Dot],
        middle: tuple[float, float],
        corners: Sequence[str],
        say: Callable[[float], str] = lambda fen: money_short(round(fen)),
    ) -> None:
        """Show dots above 0; `corners` are the words of: upper left, upper right, lower left,
        lower right of the `middle`; `say` names a sum on the axes."""
        head = [_("Initiative"), self._across, self._up]
        self.show_figure(
            Figure(
                log=True,
                say_y=say,
                unit=self._up,
                across=self._across,
                points=[
                    Point(dot.x, dot.y, dot.id, dot.spoken, dot.tone, label=dot.title)
                    for dot in dots
                ],
                posts=[Post(middle[0], "", "faint")],
                levels=[Level(middle[1], "", "faint")],
                corners=corners,
                data=[head, *([dot.title, say(dot.x), say(dot.y)] for dot in dots)],
                empty="" if dots else _("Nothing to show yet."),
            )
        )
