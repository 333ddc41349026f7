"""What a chart shows: plain values, and the names of the places along its axes. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ecofolio.format import day
from ecofolio.text import language

Name = tuple[float, str]


def plain_number(value: float) -> str:
    """A whole number with thousands separators."""
    return f"{value:,.0f}"


@dataclass(frozen=True)
class Point:
    """A mark: `key` is what is behind it, `spoken` its sentence; rings are what stands out.

    `label` is written beside it; a bar stands on `base`.
    """

    x: float
    y: float
    key: object = None
    spoken: str = ""
    token: str = "accent"  # noqa: S105  the name of a colour
    ring: bool = False
    label: str = ""
    base: float = 0.0


@dataclass(frozen=True)
class Level:
    """A horizontal line with its name."""

    y: float
    name: str
    token: str = "muted"  # noqa: S105


@dataclass(frozen=True)
class Post:
    """A vertical line with its name above."""

    x: float
    name: str
    token: str = "muted"  # noqa: S105


@dataclass(frozen=True)
class Area:
    """A band of a stack, from below; `share` is how strong its colour is."""

    name: str
    values: Sequence[float]
    token: str = "accent"  # noqa: S105
    share: float = 1.0


@dataclass(frozen=True)
class Line:
    """A line through points; a y that is no number (`math.nan`) is a gap."""

    name: str
    points: Sequence[tuple[float, float]]
    token: str = "accent"  # noqa: S105
    dashed: bool = False


@dataclass
class Figure:
    """What a chart shows. `ticks` name places of the x axis; `data` is what is copied as text."""

    first: float = 0.0
    last: float = 1.0
    days: bool = False  # x is `date.toordinal()`: the axis names days by itself and can be zoomed
    log: bool = False  # both axes go by powers of ten
    low: float | None = None  # where y begins and ends, if not by what is shown
    high: float | None = None
    unit: str = ""  # what y counts
    across: str = ""  # what x counts
    say_x: Callable[[float], str] | None = None
    say_y: Callable[[float], str] = plain_number
    ticks: list[Name] = field(default_factory=list)
    rows: list[Name] = field(default_factory=list)  # names of places of y, instead of figures
    points: list[Point] = field(default_factory=list)
    bars: list[Point] = field(default_factory=list)
    bar_width: float = 1.0
    areas: list[Area] = field(default_factory=list)
    area_keys: list[float] = field(default_factory=list)  # the x of each value of the areas
    lines: list[Line] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    corners: Sequence[str] = ()  # words for: upper left, upper right, lower left, lower right
    data: Sequence[Sequence[object]] = ()
    summary: str = ""
    empty: str = ""
    right: int = 12  # pixels that are free at the right at least; names take what they need

    @property
    def marks(self) -> list[Point]:
        """What can be opened, in the order of the x axis."""
        return self.points or self.bars

    @property
    def stations(self) -> list[float]:
        """The places of x at which areas and lines have values, where there are no marks."""
        if self.marks:
            return []
        return self.area_keys or sorted({x for line in self.lines for x, _y in line.points})

    @property
    def can_zoom(self) -> bool:
        """Whether one can look nearer."""
        return (self.days or self.log) and not self.empty

    @property
    def is_labelled(self) -> bool:
        """Whether every bar says its own figure, so that no axis need do it."""
        return bool(self.bars) and all(bar.label for bar in self.bars)

    def name_of(self, x: float) -> str:
        """A place of the x axis in words."""
        if self.days:
            return day(date.fromordinal(round(x)))
        if self.say_x is not None:
            return self.say_x(x)
        return next((name for at, name in self.ticks if at == x), plain_number(x))

    def read(self, n: int, band: int | None = None) -> str:
        """What the areas, or one band of them, and the lines are at a station."""
        x = self.stations[n]
        parts = [self.name_of(x)]
        for each, area in enumerate(self.areas):
            if band in (None, each):
                parts.append(f"{area.name} {self.say_y(area.values[n])}")
        for line in self.lines:
            found = next((y for at, y in line.points if at == x), None)
            if found is not None and line.name:
                parts.append(f"{line.name} {self.say_y(found)}")
        return " · ".join(parts)

    def heights(self) -> list[float]:
        """All that y has to hold."""
        found = [point.y for point in (*self.points, *self.bars)]
        found += [bar.base for bar in self.bars]
        found += [level.y for level in self.levels]
        found += [y for line in self.lines for _x, y in line.points if not math.isnan(y)]
        if self.areas:
            bands = zip(*(area.values for area in self.areas), strict=True)
            found += [sum(values) for values in bands]
        return found

    def text(self) -> str:
        """The data behind the chart, tabs between values, ready for a spreadsheet."""
        return "\n".join("\t".join(_cell(one) for one in row) for row in self.data)


def steps(low: float, high: float) -> list[float]:
    """The round figures at which an axis that holds `low` and `high` is marked: whole numbers."""
    wide = max((high - low) / 5, 0.8)
    unit = 10.0 ** math.floor(math.log10(wide))
    step = max(1.0, next(times * unit for times in (1, 2, 5, 10) if times * unit >= wide))
    start, end = math.floor(low / step), math.ceil(high / step)
    return [n * step for n in range(start, max(end, start + 1) + 1)]


def day_ticks(first: float, last: float, most: int) -> list[Name]:
    """At most so many days from `first` to `last` with their names: the finest that fit of days,
    Mondays, months, quarters and years."""
    start, end = math.ceil(first), math.floor(last)
    if (end - start) / 7 <= most:
        apart = 1 if end - start < most else 7
        monday = start if apart == 1 else start + -(start - 1) % 7
        return [(n, day_name(date.fromordinal(n))) for n in range(monday, end + 1, apart)]
    months = (end - start) / 30.4
    apart = next((n for n in (1, 3, 6, 12) if months / n <= most * 1.4), 12)
    found: list[Name] = []
    at = date.fromordinal(start)
    while at.toordinal() <= end:
        if at.day == 1 and (at.month - 1) % apart == 0:
            found.append((at.toordinal(), _month_name(at)))
        at = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    return found[:: max(1, math.ceil(len(found) / (most * 1.4)))]


def day_name(value: date) -> str:
    """A day without its year."""
    if language() == "en":
        return day(value).rsplit(" ", 1)[0]
    return f"{value.month}月{value.day}日"


def _month_name(value: date) -> str:
    if value.month == 1:
        return str(value.year) if language() == "en" else f"{value.year}年"
    return day(value).split(" ")[1] if language() == "en" else f"{value.month}月"


def _cell(value: object) -> str:
    """A value of a spreadsheet's cell; text that would be a formula is kept from being one."""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    text = " ".join(text.split())
    formula = text[:1] in ("=", "+", "@") or (text[:1] == "-" and not _number(text))
    return f"'{text}" if formula else text


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
