"""Dates of the demonstration's initiatives: milestones that come to the light a case asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ecofolio.demo.dice import dice
from ecofolio.demo.source import Case
from ecofolio.vocabulary import Circle, Light, Stage

_MONTH = 30.4  # days
_LAST_REACHED = {  # of the five milestones, by stage
    Stage.PROPOSAL: -1,
    Stage.APPROVED: -1,
    Stage.PILOT: 2,
    Stage.ROLLOUT: 2,
    Stage.OPERATING: 3,
    Stage.CLOSED: 4,
}


@dataclass(frozen=True)
class Promise:
    """A milestone of a plan."""

    name: str
    baseline: date | None = None
    forecast: date | None = None
    actual: date | None = None


@dataclass(frozen=True)
class Plan:
    """A case with its dates."""

    case: Case
    start: date
    due: date
    promises: tuple[Promise, ...]

    @property
    def next_open(self) -> int | None:
        """The position of the first promise that is not kept yet."""
        return next((n for n, one in enumerate(self.promises) if one.actual is None), None)


def workday(day: date) -> date:
    """The day, or the Friday before it at a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def plan(case: Case, names: Sequence[str], today: date, seed: int) -> Plan:
    """Give a case its dates, relative to `today`. `names` are the five milestones."""
    random = dice(seed, case.code)
    start = workday(today + timedelta(days=round(case.start_months * _MONTH)))
    due = workday(today + timedelta(days=round(case.due_months * _MONTH)))
    if case.stage == Stage.PROPOSAL and case.light == Light.NOT_REPORTED:
        return Plan(case, start, due, ())
    chosen = [n for n in range(5) if n != 1 or case.circle == Circle.BIG]
    reached = [n for n in chosen if n <= _LAST_REACHED[Stage(case.stage)]]
    ahead = [n for n in chosen if n not in reached]
    end = today if ahead else due
    kept = _kept([names[n] for n in reached], start, end, today, case.light, random)
    still = _ahead([names[n] for n in ahead], case.light, due, today, random)
    return Plan(case, start, due, (*kept, *still))


def _kept(
    names: list[str], start: date, end: date, today: date, light: str, random: Random
) -> list[Promise]:
    step = (end - start) / (len(names) + 0.5)
    late = (0, 7) if light == Light.GREEN else (4, 24)
    kept = []
    for n, name in enumerate(names):
        baseline = workday(start + step * (n + 1) - timedelta(days=random.randint(0, 20)))
        actual = workday(min(baseline + timedelta(days=random.randint(*late)), end, today))
        actual = min(actual, workday(today - timedelta(days=3)))
        kept.append(Promise(name, baseline, actual, actual))
    return kept


def _ahead(names: list[str], light: str, due: date, today: date, random: Random) -> list[Promise]:
    if light == Light.NOT_REPORTED:
        return [Promise(name) for name in names]
    if light == Light.GREEN:
        slip = random.randint(-3, 5)
        first = today + timedelta(days=random.randint(7, 45))
    elif light == Light.AMBER:
        slip = random.randint(10, 18)
        first = today + timedelta(days=random.randint(3 - slip, 20))
    else:
        slip = random.randint(26, 48)
        first = today + timedelta(days=random.randint(4 - slip, -6))
    step = max((due - first) / max(len(names), 2), timedelta(days=12))
    ahead = []
    for n, name in enumerate(names):
        baseline = workday(first + step * n)
        # a later promise takes up part of the slip
        forecast = baseline + timedelta(days=round(slip * 0.7**n))
        ahead.append(Promise(name, baseline, forecast))
    return ahead
