"""Boards: opening them, dropping a card, a keystroke in the filter, scrolling."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from functools import cache

from tests.bench.harness import Contest, Run, Setting, once
from tests.bench.store import bare_commit
from tests.bench.window import child

CHILD = "tests.bench.board_child"
FEW, MANY = 5_000, 50_000


def cards(setting: Setting, usual: int) -> int:
    return 100 if setting.quick else usual


@cache
def measured(setting: Setting, what: str, size: int) -> Callable[[], dict[str, list[float]]]:
    """Seconds that a child measured on a board of so many cards."""

    def run() -> dict[str, list[float]]:
        place = setting.folder / f"board-{what}-{size}.ecofolio"
        said = child(setting, what, str(place), str(size), module=CHILD)
        found: dict[str, list[float]] = json.loads(said[-1][1])
        return found

    return once(run)


def _opening(setting: Setting, usual: int) -> Contest:
    size = cards(setting, usual)
    found = measured(setting, "opening", size)
    return Contest(
        f"a board of {size:,} opened ÷ (raw rows + as many in a bare QListView)",
        _one_by_one(found, "ours"),
        _one_by_one(found, "floor"),
        2.0,
        setting.rounds(5),
    )


def _one_by_one(found: Callable[[], dict[str, list[float]]], side: str) -> Run:
    return lambda: found()[side].pop()


def board_few(setting: Setting) -> Contest:
    return _opening(setting, FEW)


def board_many(setting: Setting) -> Contest:
    return _opening(setting, MANY)


def board_drop(setting: Setting) -> Contest:
    size = cards(setting, MANY)
    found = measured(setting, "drops", size)
    return Contest(
        f"a drop on a board of {size:,} committed and painted, p95, beyond a bare durable commit",
        lambda: statistics.quantiles(found()["ours"], n=20)[-1],
        bare_commit(setting, "drop-floor"),
        1 / 60,
        setting.rounds(5),
        beyond=True,
    )


def board_growth(setting: Setting) -> Contest:
    size = cards(setting, MANY)
    found = measured(setting, "growth", size)
    return Contest(
        f"a drop on a board of {size:,} ÷ one on {size // 10:,}, by turns",
        _one_by_one(found, "ours"),
        _one_by_one(found, "floor"),
        1.2,
        setting.rounds(30),
    )


def board_keystroke(setting: Setting) -> Contest:
    size = cards(setting, FEW)
    name = f"a keystroke in the filter of a board of {size:,}, painted"
    found = measured(setting, "keys", size)
    return Contest(name, _one_by_one(found, "ours"), None, 0.016, setting.rounds(20))


def _scrolling(setting: Setting, usual: int, share: int, name: str) -> Contest:
    """How long all but a share of the frames take at most: one in so many, or none for 0."""
    size = cards(setting, usual)
    found = measured(setting, "scrolling", size)

    def slow() -> float:
        times = sorted(found()["ours"])
        return times[-1 - (len(times) // share if share else 0)]

    return Contest(
        f"a board of {size:,} scrolled by the wheel, {name}", slow, None, 0.033, setting.rounds(2)
    )


def board_scroll_few(setting: Setting) -> Contest:
    return _scrolling(setting, FEW, 0, "the worst frame")


def board_scroll_few_p99(setting: Setting) -> Contest:
    return _scrolling(setting, FEW, 100, "p99 of the frames")


def board_scroll_many(setting: Setting) -> Contest:
    return _scrolling(setting, MANY, 0, "the worst frame")


def board_scroll_many_p99(setting: Setting) -> Contest:
    return _scrolling(setting, MANY, 100, "p99 of the frames")


ALL = (
    board_few,
    board_many,
    board_drop,
    board_growth,
    board_keystroke,
    board_scroll_few,
    board_scroll_few_p99,
    board_scroll_many,
    board_scroll_many_p99,
)
