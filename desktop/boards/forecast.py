"""Monte Carlo forecasts from weekly throughput: when will these be done, how many by that date.

Each draw plays one future: weeks picked at random, with the same chance, from the last twelve
whole weeks. The draws are seeded, so the same history always gives the same answer.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from ecofolio.boards.flow import Journey, monday, percentile, throughput

DRAWS = 10_000
SEED = 20_260_101
WEEKS = 12  # of history
LEAST_WEEKS = 6
LONGEST = 520  # weeks that a future may take: ten years
CHANCES = (50, 85, 95)


@dataclass(frozen=True)
class History:
    """What a forecast draws from: the finished cards of whole weeks, by their Mondays."""

    weeks: tuple[tuple[date, int], ...]

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(count for _week, count in self.weeks)

    @property
    def is_enough(self) -> bool:
        """Whether it is long enough to say anything, and anything was finished."""
        return len(self.weeks) >= LEAST_WEEKS and any(self.counts)


@dataclass(frozen=True)
class When:
    """The dates by which `cards` are done, by chance in per cent; None is beyond ten years."""

    cards: int
    dates: dict[int, date | None]
    weeks: tuple[int | None, ...]  # of every draw, in rising order, for the histogram


@dataclass(frozen=True)
class HowMany:
    """How many cards are done by a date at least, by chance in per cent."""

    by: date
    cards: dict[int, int]


def nothing() -> None:
    """Where nobody wants to stop it."""


def history(journeys: Sequence[Journey], today: date) -> History:
    """The last twelve whole weeks before today, or those since the board's first card."""
    sound = [one for one in journeys if not one.is_faulty]
    last = monday(today) - timedelta(days=1)
    if not sound:
        return History(())
    from ecofolio.boards.flow import local_day

    oldest = monday(local_day(min(one.created for one in sound)))
    first = max(last - timedelta(days=7 * WEEKS - 1), oldest)
    if first > last:
        return History(())
    return History(tuple(throughput(sound, first, last)))


def when(
    past: History,
    cards: int,
    today: date,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    step: Callable[[], object] = nothing,
) -> When | None:
    """When the next `cards` cards will be done; None where there is not enough history. `step`
    is called between draws, and may raise where it is no longer wanted."""
    if not past.is_enough:
        return None
    if cards <= 0:
        return When(0, dict.fromkeys(CHANCES, today), (0,) * draws)
    random, counts = Random(seed), past.counts  # noqa: S311 - no secret
    chunk = max(4, min(LONGEST, int(1.5 * cards * len(counts) / sum(counts)) + 4))
    weeks = []
    for draw in range(draws):
        weeks.append(_weeks_needed(random, counts, cards, chunk))
        if draw % 20 == 0:
            step()
    weeks.sort()
    found = {
        chance: _date(weeks[max(0, -(-draws * chance // 100) - 1)], today) for chance in CHANCES
    }
    return When(cards, found, tuple(week if week <= LONGEST else None for week in weeks))


def _weeks_needed(random: Random, counts: Sequence[int], cards: int, chunk: int) -> int:
    done = weeks = 0
    while weeks <= LONGEST:
        sums = list(accumulate(random.choices(counts, k=chunk)))
        if done + sums[-1] >= cards:
            return weeks + bisect.bisect_left(sums, cards - done) + 1
        done += sums[-1]
        weeks += chunk
    return LONGEST + 1


def _date(weeks: int, today: date) -> date | None:
    return None if weeks > LONGEST else today + timedelta(days=7 * weeks)


def how_many(
    past: History, by: date, today: date, *, draws: int = DRAWS, seed: int = SEED
) -> HowMany | None:
    """How many cards will be done by a date; None where there is not enough history.

    Only whole weeks are counted. The chance is that of at least so many.
    """
    if not past.is_enough:
        return None
    weeks = min(LONGEST, max(0, (by - today).days // 7))
    random, counts = Random(seed), past.counts  # noqa: S311 - no secret
    totals = [sum(random.choices(counts, k=weeks)) for _draw in range(draws)] if weeks else [0]
    return HowMany(by, {chance: int(percentile(totals, 100 - chance) or 0) for chance in CHANCES})
