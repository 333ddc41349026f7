"""The arithmetic of sprints, over plain values: scope, burn-up, burn-down, velocity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean, stdev
from typing import NamedTuple

from ecofolio.boards.flow import beginning


class Commitment(NamedTuple):
    """A card's part in a sprint: its points (1 where sizes are not used), since when, until when
    (None for still), and when it was finished (None for not yet)."""

    card: int
    points: float
    added: int
    removed: int | None
    finished: int | None


class BurnDay(NamedTuple):
    """The end of a day: all that is in scope, what of it is done, and what an even pace leaves."""

    day: date
    scope: float
    done: float
    ideal: float

    @property
    def remaining(self) -> float:
        return self.scope - self.done


@dataclass(frozen=True)
class Burn:
    """A sprint in points. `committed` was in scope at the start; the rest came and went later."""

    days: tuple[BurnDay, ...]
    committed: float
    added: float
    removed: float
    done: float
    left: tuple[int, ...]  # cards in scope that are not done: what a close carries over
    came: tuple[int, ...] = ()  # cards that were added after the commitment
    went: tuple[int, ...] = ()  # cards that were taken out after it
    cards: tuple[int, ...] = ()  # all that are in scope


def burn(
    cards: Iterable[Commitment], start: date, end: date, now: int, started: int | None = None
) -> Burn:
    """The burn-up of a sprint up to `now`, day by day. `started` is when its scope was committed:
    without it, when its first day ended."""
    cards = list(cards)
    commit = beginning(start + timedelta(days=1)) if started is None else started
    length = max(1, (end - start).days + 1)
    committed = sum(one.points for one in cards if _in_scope(one, commit))
    days = []
    for n in range(length):
        day = start + timedelta(days=n)
        at = min(now, beginning(day + timedelta(days=1)))
        if beginning(day) > now:
            break
        scope = [one for one in cards if _in_scope(one, at)]
        done = sum(one.points for one in scope if _done(one, at))
        ideal = committed * (1 - (n + 1) / length)
        days.append(BurnDay(day, sum(one.points for one in scope), done, ideal))
    last = min(now, beginning(end + timedelta(days=1)))
    scope = [one for one in cards if _in_scope(one, last)]
    came = [one for one in cards if one.added > commit]
    went = [one for one in cards if one.removed is not None and commit < one.removed <= last]
    return Burn(
        tuple(days),
        committed,
        sum(one.points for one in came),
        sum(one.points for one in went),
        sum(one.points for one in scope if _done(one, last)),
        tuple(one.card for one in scope if not _done(one, last)),
        tuple(one.card for one in came),
        tuple(one.card for one in went),
        tuple(one.card for one in scope),
    )


def _in_scope(one: Commitment, at: int) -> bool:
    return one.added <= at and (one.removed is None or one.removed > at)


def _done(one: Commitment, at: int) -> bool:
    return one.finished is not None and one.finished <= at


class Velocity(NamedTuple):
    """Points done a sprint: the mean with its spread (None for fewer than two), least and most."""

    sprints: int
    mean: float
    spread: float | None
    least: float
    most: float


def velocity(done: Sequence[float]) -> Velocity | None:
    """The velocity over closed sprints, in the points that each got done; None without one."""
    if not done:
        return None
    spread = stdev(done) if len(done) > 1 else None
    return Velocity(len(done), mean(done), spread, min(done), max(done))
