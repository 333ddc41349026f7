"""Scores, changes and attainments as people read them."""

from __future__ import annotations

from fractions import Fraction

from ecofolio.scorecards.ranking import Ranked, Stability
from ecofolio.scorecards.rules import Grade, hundredths
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import Batch, UnitLevel

TONES = {Grade.A: "green", Grade.B: "accent", Grade.C: "amber", Grade.D: "red"}


def points(value: int | None) -> str:
    """Hundredths of a point: `84.62`; a dash for none."""
    return "–" if value is None else f"{value / 100:.2f}"


def change(value: int | None) -> str:
    """A change in hundredths with its arrow: `▲ 3.10`; a dash for none."""
    if value is None:
        return "–"
    if value == 0:
        return "="
    return f"{'▲' if value > 0 else '▼'} {abs(value) / 100:.2f}"


def percent(share: Fraction | None) -> str:
    """An attainment in whole per cent; a dash for none."""
    return "–" if share is None else f"{hundredths(share)}%"


def peers(line: Ranked) -> str:
    """The peer group in words: `Tier-1 branch · Full rollout`."""
    level = UnitLevel(line.level).label if line.level else _("no unit")
    return f"{level} · {Batch(line.batch).label}"


def rank(line: Ranked) -> str:
    """A rank among its peers: `3 of 18`."""
    if line.rank is None:
        return "–"
    return _("{rank} of {peers}").format(rank=line.rank, peers=line.peers)


def standing(line: Ranked) -> str:
    """A rank with the places won or lost against the month before: `3 of 18 ▲2`."""
    if not line.climbed:
        return rank(line)
    return f"{rank(line)} {'▲' if line.climbed > 0 else '▼'}{abs(line.climbed)}"


def climbed(line: Ranked) -> str:
    """The places won or lost, in words; empty where there are none."""
    if not line.climbed:
        return ""
    if line.climbed > 0:
        text = ngettext("{n} place up", "{n} places up", line.climbed)
    else:
        text = ngettext("{n} place down", "{n} places down", -line.climbed)
    return text.format(n=abs(line.climbed))


def firmness(found: Stability | None) -> str:
    """How firmly a rank holds, in a sentence."""
    if found is None:
        return ""
    share = hundredths(found.kept)
    if found.best == found.worst:
        return _("Place {rank} holds when weights move by 10% either way.").format(rank=found.rank)
    return _(
        "When weights move by 10% either way, it keeps place {rank} in {share}% of draws and lies "
        "between {best} and {worst}."
    ).format(rank=found.rank, share=share, best=found.best, worst=found.worst)
