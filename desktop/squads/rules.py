"""The rules of squads, over plain values: fitness, allocation over dates, linkage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from ecofolio.errors import InputError
from ecofolio.format import day
from ecofolio.text import _, ngettext, pgettext
from ecofolio.vocabulary import Office

FULL = 100  # per cent
LEAST_DEPARTMENTS = 3


class Allocation(NamedTuple):
    """Per cent of a person's time for a squad, from one day to another, both included; a missing
    day means from ever, or for good."""

    person: int
    squad: int
    percent: int
    from_date: date | None
    until_date: date | None
    member: int = 0  # the identity of the row, to open it


class Member(NamedTuple):
    """A member as fitness sees it."""

    person: int
    name: str
    department: int | None
    office: str | None


class Over(NamedTuple):
    """More than all of somebody's time, from one Monday to the Monday of the last such week."""

    person: int
    percent: int
    first: date
    last: date


@dataclass(frozen=True)
class Fitness:
    """Whether a squad can do its work; `failings` says in words what it lacks."""

    failings: tuple[str, ...]
    departments: int
    offices: frozenset[str]

    @property
    def is_fit(self) -> bool:
        return not self.failings


def monday(of: date) -> date:
    """The first day of a week."""
    return of - timedelta(days=of.weekday())


def weeks(first: date, count: int) -> list[date]:
    """The Mondays of so many weeks, from the one of `first`."""
    return [monday(first) + timedelta(days=7 * n) for n in range(count)]


def holds(one: Allocation, on: date) -> bool:
    """Whether an allocation counts on a day."""
    return (one.from_date is None or one.from_date <= on) and (
        one.until_date is None or on <= one.until_date
    )


def by_week(allocations: Iterable[Allocation], mondays: Sequence[date]) -> dict[int, list[int]]:
    """Each person's per cent in each week over all squads: the busiest day of the week counts,
    so that somebody who changes squads on a Wednesday is not counted twice."""
    own: dict[int, list[Allocation]] = {}
    for one in allocations:
        own.setdefault(one.person, []).append(one)
    return {person: _busiest(rows, mondays) for person, rows in own.items()}


def _busiest(rows: Sequence[Allocation], mondays: Sequence[date]) -> list[int]:
    found = []
    for first in mondays:
        last = first + timedelta(days=6)
        near = [
            one
            for one in rows
            if (one.from_date is None or one.from_date <= last)
            and (one.until_date is None or one.until_date >= first)
        ]
        # the load only rises where an allocation begins
        starts = {max(first, one.from_date or first) for one in near}
        found.append(max((_on(near, on) for on in starts), default=0))
    return found


def _on(rows: Iterable[Allocation], on: date) -> int:
    return sum(one.percent for one in rows if holds(one, on))


def over(allocations: Iterable[Allocation], mondays: Sequence[date]) -> list[Over]:
    """Who has more than 100 % in which weeks; runs of weeks are joined, the most is named."""
    found: list[Over] = []
    for person, loads in sorted(by_week(allocations, mondays).items()):
        run: Over | None = None
        for week, load in zip(mondays, loads, strict=True):
            if load > FULL and run:
                run = Over(person, max(run.percent, load), run.first, week)
            elif load > FULL:
                run = Over(person, load, week, week)
            elif run:
                found.append(run)
                run = None
        if run:
            found.append(run)
    return found


def fitness(
    lead: int | None,
    members: Sequence[Member],
    overs: Iterable[Over],
    names: Mapping[int, str],
) -> Fitness:
    """A squad is fit when it has a lead, three or more departments, people of front, middle and
    back office, and nobody above 100 % in any week over all squads."""
    departments = {one.department for one in members if one.department is not None}
    offices = {one.office for one in members if one.office}
    failings = []
    if lead is None:
        failings.append(_("It has no lead."))
    if len(departments) < LEAST_DEPARTMENTS:
        text = ngettext(
            "Its people come from {n} department; {least} are needed.",
            "Its people come from {n} departments; {least} are needed.",
            len(departments),
        )
        failings.append(text.format(n=len(departments), least=LEAST_DEPARTMENTS))
    missing = [office.label for office in Office if office.value not in offices]
    if missing:
        text = _("Nobody is from: {offices}.")
        failings.append(text.format(offices=pgettext("list", ", ").join(missing)))
    own = {one.person for one in members}
    for one in overs:
        if one.person in own:
            failings.append(over_words(one, names.get(one.person, "?")))
    return Fitness(tuple(failings), len(departments), frozenset(offices))


def over_words(one: Over, name: str) -> str:
    """Somebody's over-allocation in a sentence."""
    if one.first == one.last:
        return _("{name} has {percent} % in the week of {first}.").format(
            name=name, percent=one.percent, first=day(one.first)
        )
    return _("{name} has up to {percent} % from the week of {first} to that of {last}.").format(
        name=name, percent=one.percent, first=day(one.first), last=day(one.last)
    )


class Effect(NamedTuple):
    """What a change of allocations would do to somebody in a week, in per cent."""

    person: int
    week: date
    before: int
    after: int

    @property
    def is_over(self) -> bool:
        return self.after > FULL


def effect(
    before: Iterable[Allocation], after: Iterable[Allocation], mondays: Sequence[date]
) -> list[Effect]:
    """The weeks in which somebody's load differs between two sets of allocations."""
    old, new = by_week(before, mondays), by_week(after, mondays)
    none = [0] * len(mondays)
    return [
        Effect(person, week, was, now)
        for person in sorted(old.keys() | new.keys())
        for week, was, now in zip(
            mondays, old.get(person, none), new.get(person, none), strict=True
        )
        if was != now
    ]


def check_allocation(percent: int, from_date: date | None, until_date: date | None) -> None:
    """`InputError` where an allocation makes no sense."""
    if not 0 <= percent <= FULL:
        raise InputError(_("An allocation is from 0 to 100 %."))
    if from_date and until_date and until_date < from_date:
        raise InputError(
            _("The last day {until} is before the first day {first}.").format(
                until=day(until_date), first=day(from_date)
            )
        )


class Link(NamedTuple):
    """A department in the squads of a scene: wanted or not, and who is there."""

    scene: int
    department: int
    wanted: bool
    people: tuple[int, ...]

    @property
    def is_gap(self) -> bool:
        return self.wanted and not self.people


def linkage(
    wanted: Iterable[tuple[int, int]], real: Mapping[tuple[int, int], Iterable[int]]
) -> list[Link]:
    """Scene by department: what is wanted against who is really there; gaps come first."""
    asked = set(wanted)
    links = [
        Link(
            scene,
            department,
            (scene, department) in asked,
            tuple(real.get((scene, department), ())),
        )
        for scene, department in sorted(asked | set(real))
    ]
    return sorted(links, key=lambda one: not one.is_gap)
