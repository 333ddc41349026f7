"""How many weeks cards take, worked out at once for many initiatives.

It is what the drawn forecast (`forecast.when`) comes to with ever more draws; lights of thousands
of initiatives can not wait for ten thousand draws each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from statistics import NormalDist, fmean, pvariance

from ecofolio.boards.forecast import LONGEST

CHANCE = 0.85
_EXACT = 60  # cards up to which every sum of weeks is followed
_BEYOND = NormalDist().inv_cdf(CHANCE)


def weeks_needed(counts: Sequence[int], cards: int) -> int:
    """The weeks in which `cards` cards are done with a chance of 85 %, where each week is like one
    of those with so many finished; `forecast.LONGEST` where that never comes."""
    return _weeks(tuple(sorted(counts)), cards)


@lru_cache(maxsize=4096)
def _weeks(counts: tuple[int, ...], cards: int) -> int:
    if cards > _EXACT:
        return _roughly(counts, cards)
    chances = [(n, many / len(counts)) for n, many in Counter(counts).items()]
    left = {0: 1.0}  # the chance of each number done, short of all
    for week in range(1, LONGEST + 1):
        then: dict[int, float] = {}
        for done, chance in left.items():
            for n, share in chances:
                if done + n < cards:
                    then[done + n] = then.get(done + n, 0.0) + chance * share
        left = then
        if sum(left.values()) <= 1 - CHANCE + 1e-12:
            return week
    return LONGEST


def _roughly(counts: tuple[int, ...], cards: int) -> int:
    """The same for many cards, whose sum is as good as normally spread."""
    mean, spread = fmean(counts), sqrt(pvariance(counts))
    for week in range(1, LONGEST + 1):
        if mean * week - _BEYOND * spread * sqrt(week) >= cards:
            return week
    return LONGEST
