"""Finding by a few letters among all that the palette reaches. Pure, and quick at 10,000."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from heapq import nsmallest
from typing import NamedTuple

_BEFORE = " -·/（("  # a word begins behind one of these


class Sort(IntEnum):
    """What kind of thing is found; commands and pages stand before records of equal fit."""

    COMMAND = 0
    PAGE = 1
    VIEW = 2
    RECORD = 3


class Target(NamedTuple):
    """Something to go to or do. `words` are what it is found by, case folded."""

    title: str
    detail: str
    sort: Sort
    run: Callable[[], object]
    icon: str = ""
    words: str = ""


def target(
    title: str, detail: str, sort: Sort, run: Callable[[], object], icon: str, also: str = ""
) -> Target:
    """A target that is found by its title and by `also`."""
    return Target(title, detail, sort, run, icon, f"{also} {title}".strip().casefold())


def find(targets: Sequence[Target], typed: str, limit: int = 50) -> list[Target]:
    """The best fits first; without a word typed, what is no record.

    All words typed must occur. A fit at the start beats one at a word's start, and that one
    elsewhere.
    """
    wanted = typed.casefold().split()
    if not wanted:
        return [found for found in targets if found.sort is not Sort.RECORD][:limit]
    first, others = wanted[0], wanted[1:]
    spaced, ranked = f" {first}", []
    for order, candidate in enumerate(targets):
        words = candidate.words
        at = words.find(first)
        if at < 0 or (others and any(word not in words for word in others)):
            continue
        rank = 0 if at == 0 else 1 if words[at - 1] in _BEFORE or spaced in words else 2
        # numbers sort faster than tuples: by rank, then sort, then as they were given
        ranked.append((rank * len(Sort) + candidate.sort) * len(targets) + order)
    return [targets[key % len(targets)] for key in nsmallest(limit, ranked)]
