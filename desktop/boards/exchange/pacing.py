"""Writing much in portions, so that one sees how far it is and can call it off.

A `Step` is told how much is done of how much; it raises where the work is no longer wanted, and
the transaction or the draft of a file goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ecofolio.store.base import Record
from ecofolio.store.work import Work

T = TypeVar("T")
Step = Callable[[float, float], object]
PORTION = 1_000  # rows: a tenth of a second


def unwatched(_done: float, _total: float) -> None:
    """Where nobody waits for it."""


class Pace:
    """Counts up to about `total`, portion by portion; only `end` is all of it."""

    def __init__(self, step: Step, total: int) -> None:
        self._step, self._total, self._done = step, total + 1, 0
        step(0, self._total)

    def __call__(self, more: int) -> None:
        """So many more are done."""
        self._done += more
        self._step(min(self._done, self._total - 1), self._total)

    def end(self) -> None:
        """All is done but to keep it: the last chance to call it off."""
        self._step(self._total, self._total)

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """The items as they are; every portion of them counts."""
        n = 0
        for n, item in enumerate(items, 1):
            yield item
            if n % PORTION == 0:
                self(PORTION)
        self(n % PORTION)


class Pen:
    """Writes through a `Work`, portion by portion. `work` is for all else that an action does."""

    def __init__(self, work: Work, pace: Pace) -> None:
        self.work, self.pace = work, pace

    def insert(self, record: type[Record], rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Add rows and return their identities."""
        made: list[int] = []
        for first in range(0, len(rows), PORTION):
            part = rows[first : first + PORTION]
            made += self.work.insert(record, part)
            self.pace(len(part))
        return made

    def update_many(self, record: type[Record], values: Mapping[int, Mapping[str, Any]]) -> None:
        """Set columns of many rows."""
        ids = list(values)
        for first in range(0, len(ids), PORTION):
            part = ids[first : first + PORTION]
            self.work.update_many(record, {one: values[one] for one in part})
            self.pace(len(part))
