"""The arithmetic of flow, over plain values: what the stays of cards say about a board.

Instants are microseconds UTC; durations are days as floats; days and weeks are the local ones.
A card *starts* when it first enters an active column, and is *finished* when it entered the done
columns that it is in now. So: lead time from its first stay to its finish, cycle time from start
to finish, age from start to now. A card that was finished without ever being active starts when
it is finished.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

from ecofolio.vocabulary import ColumnKind

DAY = 86_400_000_000  # microseconds
PERCENTILES = (50, 85, 95)


class Blockage(NamedTuple):
    """A card could not go on for a reason; `until` is None while that lasts."""

    card: int
    reason: str
    since: int
    until: int | None


class Journey(NamedTuple):
    """A card's way: the columns that it was in and since when, in order; the last is the present.

    `started` and `finished` are None where that has not happened. It is faulty where its times
    run backwards, which only an import can bring about.
    """

    card: int
    columns: tuple[int, ...]
    times: tuple[int, ...]
    started: int | None
    finished: int | None
    is_faulty: bool = False

    @property
    def created(self) -> int:
        return self.times[0]

    @property
    def cycle(self) -> float | None:
        """The cycle time in days; negative where the source's times are wrong."""
        if self.finished is None or self.started is None:
            return None
        return (self.finished - self.started) / DAY

    @property
    def lead(self) -> float | None:
        """The lead time in days."""
        return None if self.finished is None else (self.finished - self.times[0]) / DAY


def journey(
    card: int, columns: Sequence[int], times: Sequence[int], kinds: Mapping[int, str]
) -> Journey:
    """A card's way from its stays in order; `kinds` are the columns' kinds."""
    started = finished = None
    before, faulty = times[0], False
    for column, at in zip(columns, times, strict=True):
        kind = kinds[column]
        if at < before:
            faulty = True
        before = at
        if kind == ColumnKind.DONE:
            finished = at if finished is None else finished
        else:
            finished = None
            if started is None and kind == ColumnKind.ACTIVE:
                started = at
    if started is None:
        started = finished
    return Journey(card, tuple(columns), tuple(times), started, finished, faulty)


# --- days and weeks ----------------------------------------------------------------------------


def microseconds(at: datetime) -> int:
    """An instant as it is stored."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def beginning(day: date) -> int:
    """The instant at which a local day begins."""
    return microseconds(datetime(day.year, day.month, day.day).astimezone())


def local_day(at: int) -> date:
    """The local day of an instant."""
    return datetime.fromtimestamp(at // 1_000_000).date()


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


class Calendar:
    """The local days from `first` to `last`, for placing many instants quickly."""

    def __init__(self, first: date, last: date, step: int = 1) -> None:
        count = max(0, (last - first).days // step + 1)
        self.days = [first + timedelta(days=step * n) for n in range(count)]
        self.bounds = [beginning(first + timedelta(days=step * n)) for n in range(count + 1)]

    def place(self, at: int) -> int:
        """The position of the day (or week) of an instant: -1 before the first, and the number
        of days after the last."""
        return bisect.bisect_right(self.bounds, at) - 1


# --- figures -----------------------------------------------------------------------------------


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The least of the values that `percent` of them do not exceed (nearest rank)."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def percentiles(values: Sequence[float]) -> dict[int, float | None]:
    """The usual three percentiles."""
    return {percent: percentile(values, percent) for percent in PERCENTILES}


def finished_within(journeys: Iterable[Journey], first: date, last: date) -> list[Journey]:
    """The cards finished on the days of a span, in the order of finishing."""
    low, high = beginning(first), beginning(last + timedelta(days=1))
    found = [one for one in journeys if one.finished is not None and low <= one.finished < high]
    return sorted(found, key=lambda one: (one.finished or 0, one.card))


def faults(journeys: Iterable[Journey]) -> list[Journey]:
    """Cards whose times run backwards: they are shown, and kept out of every average."""
    return [one for one in journeys if one.is_faulty]


def cycle_times(journeys: Iterable[Journey]) -> list[float]:
    """The cycle times of finished cards in days, without the faulty ones."""
    return [one.cycle for one in journeys if one.cycle is not None and not one.is_faulty]


def throughput(journeys: Iterable[Journey], first: date, last: date) -> list[tuple[date, int]]:
    """How many cards were finished in each week that touches a span, by the week's Monday."""
    calendar = Calendar(monday(first), monday(last), 7)
    low, high = beginning(first), beginning(last + timedelta(days=1))
    counts = [0] * len(calendar.days)
    for one in journeys:
        if one.finished is not None and low <= one.finished < high and not one.is_faulty:
            counts[calendar.place(one.finished)] += 1
    return list(zip(calendar.days, counts, strict=True))


def cumulative(
    journeys: Iterable[Journey], columns: Sequence[int], first: date, last: date
) -> list[tuple[date, tuple[int, ...]]]:
    """The cumulative flow diagram: how many cards stand in each column at the end of each day."""
    calendar = Calendar(first, last)
    length, band = len(calendar.days), {column: n for n, column in enumerate(columns)}
    steps = [[0] * (length + 1) for _column in columns]
    bounds, place = calendar.bounds, bisect.bisect_right
    nowhere = [0] * (length + 1)  # columns that are not asked for
    for one in journeys:
        if one.times[0] >= bounds[-1]:
            continue
        begin = max(0, place(bounds, one.times[0]) - 1)
        for n, column in enumerate(one.columns, 1):
            end = length if n == len(one.times) else max(0, place(bounds, one.times[n]) - 1)
            if end > begin:
                own = steps[band[column]] if column in band else nowhere
                own[begin] += 1
                own[end] -= 1
                begin = end
    counts = [list(accumulate(column))[:length] for column in steps]
    return list(zip(calendar.days, zip(*counts, strict=True), strict=True)) if columns else []


def work_in_progress(
    journeys: Iterable[Journey], first: date, last: date
) -> list[tuple[date, int]]:
    """How many cards were started and not finished at the end of each day."""
    calendar = Calendar(first, last)
    length = len(calendar.days)
    steps = [0] * (length + 1)
    for one in journeys:
        if one.started is None:
            continue
        begin = max(0, calendar.place(one.started))
        end = length if one.finished is None else max(0, calendar.place(one.finished))
        if end > begin:
            steps[begin] += 1
            steps[end] -= 1
    return list(zip(calendar.days, accumulate(steps), strict=False))


class Ageing(NamedTuple):
    """A card in progress: since when it is in its column, and its age in days."""

    card: int
    column: int
    in_column: float
    age: float


def ageing(journeys: Iterable[Journey], now: int) -> list[Ageing]:
    """The cards in progress with their ages in days, the oldest first."""
    found = [
        Ageing(one.card, one.columns[-1], (now - one.times[-1]) / DAY, (now - one.started) / DAY)
        for one in journeys
        if one.started is not None and one.finished is None
    ]
    return sorted(found, key=lambda one: (-one.age, one.card))


def blocked_days(
    blockages: Iterable[Blockage], first: date, last: date, now: int
) -> dict[str, float]:
    """Days blocked within a span by reason, the longest first."""
    low, high = beginning(first), min(now, beginning(last + timedelta(days=1)))
    found: dict[str, float] = {}
    for one in blockages:
        begin, end = max(low, one.since), min(high, now if one.until is None else one.until)
        if end > begin:
            found[one.reason] = found.get(one.reason, 0.0) + (end - begin) / DAY
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


@dataclass
class Efficiency:
    """How much of the time between start and finish was worked on, in days."""

    active: float = 0.0
    total: float = 0.0

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was finished."""
        return self.active / self.total if self.total > 0 else None


def efficiency(
    journeys: Iterable[Journey], blockages: Iterable[Blockage], kinds: Mapping[int, str], now: int
) -> Efficiency:
    """Flow efficiency of finished cards: the time in active columns and not blocked, against the
    time from start to finish."""
    blocked: dict[int, list[tuple[int, int]]] = {}
    for stop in blockages:
        end = now if stop.until is None else stop.until
        blocked.setdefault(stop.card, []).append((stop.since, end))
    found = Efficiency()
    for one in journeys:
        if one.finished is None or one.started is None or one.is_faulty:
            continue
        stops = merged(blocked.get(one.card, ()))
        for column, begin, end in zip(one.columns, one.times, one.times[1:], strict=False):
            begin, end = max(begin, one.started), min(end, one.finished)
            if end > begin and kinds[column] == ColumnKind.ACTIVE:
                found.active += (end - begin - overlap(stops, begin, end)) / DAY
        found.total += (one.finished - one.started) / DAY
    return found


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of time joined where they overlap."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def overlap(spans: Iterable[tuple[int, int]], begin: int, end: int) -> int:
    """How much of a span of time others cover that do not overlap one another."""
    return sum(max(0, min(end, high) - max(begin, low)) for low, high in spans)


@dataclass(frozen=True)
class Point:
    """A finished card in the scatter of cycle times: when, and how many days it took."""

    card: int
    day: date
    cycle: float


@dataclass(frozen=True)
class Flow:
    """Everything that a span of a board's history says. Durations are in days.

    `points`, `ageing` and `faults` name the cards behind them; `cards_behind` finds those of a
    bar or band.
    """

    first: date
    last: date
    points: list[Point]
    cycle: dict[int, float | None]
    lead: dict[int, float | None]
    throughput: list[tuple[date, int]]
    cumulative: list[tuple[date, tuple[int, ...]]]
    progress: list[tuple[date, int]]
    ageing: list[Ageing]
    blocked: dict[str, float]
    efficiency: Efficiency
    faults: list[Journey]
    columns: tuple[int, ...] = field(default=())


def figures(
    journeys: Sequence[Journey],
    blockages: Sequence[Blockage],
    kinds: Mapping[int, str],
    columns: Sequence[int],
    span: tuple[date, date],
    now: int,
) -> Flow:
    """All figures of a span. `columns` are the bands of the diagram from left to right."""
    first, last = span
    sound = [one for one in journeys if not one.is_faulty]
    done = finished_within(sound, first, last)
    return Flow(
        first=first,
        last=last,
        points=[Point(one.card, local_day(one.finished or 0), one.cycle or 0.0) for one in done],
        cycle=percentiles(cycle_times(done)),
        lead=percentiles([one.lead for one in done if one.lead is not None]),
        throughput=throughput(done, first, last),
        cumulative=cumulative(sound, columns, first, last),
        progress=work_in_progress(sound, first, last),
        ageing=ageing(sound, now),
        blocked=blocked_days(blockages, first, last, now),
        efficiency=efficiency(done, blockages, kinds, now),
        faults=faults(journeys),
        columns=tuple(columns),
    )


def cards_behind(
    journeys: Iterable[Journey],
    *,
    finished: tuple[date, date] | None = None,
    standing: tuple[date, Callable[[int], bool]] | None = None,
) -> list[int]:
    """The cards behind a bar of throughput (finished on the days of a span) or behind a band of
    the diagram (standing at the end of a day in one of the wanted columns)."""
    if finished is not None:
        sound = (one for one in journeys if not one.is_faulty)
        return [one.card for one in finished_within(sound, *finished)]
    assert standing is not None
    day, wanted = standing
    end = beginning(day + timedelta(days=1))
    found = []
    for one in journeys:
        place = bisect.bisect_left(one.times, end) - 1
        if place >= 0 and not one.is_faulty and wanted(one.columns[place]):
            found.append(one.card)
    return found
