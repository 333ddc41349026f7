"""Scores under cards that are only thought of, for sliders: figures are opened once, and each move
sums what they attain. As in `scoring`, floats that come near a rounding's edge are worked out again
by `rules.score`, so that what is shown always equals the exact rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import mul

from ecofolio.scorecards.rules import Card, score
from ecofolio.scorecards.scoring import Sheet

_EDGE = 1e-6  # hundredths of a point


class Weighing:
    """Opened scorecards, weighed anew as often as somebody likes."""

    def __init__(self, sheets: Iterable[Sheet], metrics: Sequence[int]) -> None:
        """`metrics` are those that may get a weight."""
        self._sheets = list(sheets)
        self._metrics = list(metrics)
        self._told = [_told(sheet, self._metrics) for sheet in self._sheets]
        self._reached = [_reached(sheet, self._metrics) for sheet in self._sheets]
        self._cap = -1
        self._attained: list[list[float]] = []

    def scores(self, card: Card) -> dict[int, int | None]:
        """The scores under a card in hundredths of a point, by initiative; None for none."""
        self._cap_at(card.cap)
        weights = [card.weights.get(metric, 0) for metric in self._metrics]
        whole, sure = sum(weights), 1 - _EDGE
        found: dict[int, int | None] = {}
        for sheet, told, attained in zip(self._sheets, self._told, self._attained, strict=True):
            total = whole if told is None else sum(map(mul, weights, told))
            if not total:
                found[sheet.initiative_id] = None
                continue
            exact = sum(map(mul, weights, attained)) * 10000 / total + 0.5
            shown: int | None = int(exact)
            if not _EDGE <= exact % 1 <= sure:
                shown = score(card, [line.figure for line in sheet.score.lines]).shown
            found[sheet.initiative_id] = shown
        return found

    def _cap_at(self, cap: int) -> None:
        """Work out what each metric attains under a cap, unless that is known."""
        if cap == self._cap:
            return
        self._cap, most = cap, cap / 100
        self._attained = [
            [part * (share if share < most else most) for share, part in line]
            for line in self._reached
        ]


def _told(sheet: Sheet, metrics: Sequence[int]) -> list[bool] | None:
    """Whether each metric counts by now; None where all do."""
    known = {one.figure.metric for one in sheet.score.lines if one.attainment is not None}
    found = [metric in known for metric in metrics]
    return None if all(found) else found


def _reached(sheet: Sheet, metrics: Sequence[int]) -> list[tuple[float, float]]:
    """How much of each target is reached, without a cap, and the part of it that counts."""
    found = {
        one.metric: (max((one.actual - one.floor) / (one.target - one.floor), 0.0), one.share)
        for one in (line.figure for line in sheet.score.lines)
        if one.actual is not None
    }
    nothing = 0.0, 1
    return [(share, float(part)) for share, part in (found.get(m, nothing) for m in metrics)]
