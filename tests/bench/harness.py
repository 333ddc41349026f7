"""Benchmarks as comparisons with a floor that is measured in the same run, by turns.

A benchmark is a function that takes a `Setting` and returns a `Contest`; adding it to a list of
`tests/bench/__main__.py` is all that it takes.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Run = Callable[[], float | None]  # seconds that it measured itself, or None to be measured


@dataclass(frozen=True)
class Setting:
    """What a benchmark is given: a folder of its own, and how big everything is."""

    folder: Path
    initiatives: int
    quick: bool

    def rounds(self, usual: int) -> int:
        return 1 if self.quick else usual


@dataclass(frozen=True)
class Contest:
    """Ours against the floor, for so many rounds each.

    `most` is the target: a ratio, or with `beyond` the seconds that ours may take beyond the
    floor, or with no floor the seconds that it may take.
    """

    name: str
    ours: Run
    floor: Run | None
    most: float
    rounds: int = 5
    beyond: bool = False


@dataclass(frozen=True)
class Result:
    """Medians in seconds, and what is compared with the target."""

    contest: Contest
    ours: float
    floor: float | None

    @property
    def measure(self) -> float:
        if self.floor is None:
            return self.ours
        return self.ours - self.floor if self.contest.beyond else self.ours / self.floor

    @property
    def passed(self) -> bool:
        return self.measure <= self.contest.most

    def line(self) -> str:
        """The row of the table."""
        seconds = self.contest.beyond or self.floor is None
        shown, most = (
            (f"{value * 1000:.1f} ms" if seconds else f"{value:.2f} ×")
            for value in (self.measure, self.contest.most)
        )
        sign = "+" if self.contest.beyond and self.measure >= 0 else ""
        most = f"+{most}" if self.contest.beyond else most
        cells = [
            self.contest.name,
            f"{self.ours * 1000:.1f} ms",
            "–" if self.floor is None else f"{self.floor * 1000:.1f} ms",
            f"{sign}{shown}",
            f"≤ {most}",
            "pass" if self.passed else "short",
        ]
        return f"| {' | '.join(cells)} |"


HEAD = "| benchmark | ours | floor | ratio | target | |\n| --- | ---: | ---: | ---: | ---: | --- |"


def compete(contest: Contest, warming: int = 1) -> Result:
    """Run ours and the floor by turns (A B A B), after so many warming rounds of each."""
    sides = [side for side in (contest.ours, contest.floor) if side is not None]
    times: list[list[float]] = [[] for _side in sides]
    for turn in range(contest.rounds + warming):
        for side, found in zip(sides, times, strict=True):
            seconds = timed(side)
            if turn >= warming:
                found.append(seconds)
    medians = [statistics.median(found) for found in times]
    return Result(contest, medians[0], medians[1] if len(medians) > 1 else None)


def timed(run: Run) -> float:
    """How long it took, by its own account if it has one."""
    gc.collect()
    start = time.perf_counter()
    own = run()
    return time.perf_counter() - start if own is None else own


def once(prepare: Callable[[], Any]) -> Callable[[], Any]:
    """A value that is made when it is first wanted."""
    made: list[Any] = []

    def value() -> Any:
        if not made:
            made.append(prepare())
        return made[0]

    return value
