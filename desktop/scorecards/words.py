"""Scores, changes and attainments as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from ecofolio.format import day
from ecofolio.scorecards.ranking import Ranked, Stability
from ecofolio.scorecards.reading import figure_text
from ecofolio.scorecards.rules import Grade, hundredths
from ecofolio.scorecards.shown import Cause, Moved
from ecofolio.text import N_, _, language, ngettext
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


def spaced(unit: str) -> str:
    """A unit as it stands behind a figure; Chinese writes a per-cent sign without a blank."""
    return unit if language() != "en" and unit in ("%", "％") else f" {unit}"


def measured(value: int | None, unit: str) -> str:
    """Thousandths with their unit: `42,253 people`, `61.4 %`; a dash for none."""
    return "–" if value is None else figure_text(value) + spaced(unit)


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


def graded(score: int | None, grade: Grade | None) -> str:
    """A score with its grade: `84.62 (B)`."""
    return f"{points(score)} ({grade.value})" if grade else points(score)


def when_settled(move: Moved, on: date) -> str:
    """What a score was when it was settled, before what has become of it is listed."""
    return _("{score} when settled on {date}; since then:").format(
        score=graded(move.then.score, move.then.grade), date=day(on)
    )


def since_settled(move: Moved, on: date, names: Mapping[int, str]) -> str:
    """The same with what has become of it, as one sentence; `names` are the metrics' by
    identity."""
    told = "; ".join(cause(one, names) for one in move.causes) or _("its scorecard was changed")
    return f"{when_settled(move, on)} {told}"


def cause(one: Cause, names: Mapping[int, str]) -> str:
    """What became of a figure or a target, by whom and when."""
    text = (_TARGETS if one.is_target else _FIGURES)[one.before is None, one.after is None]
    said = _(text).format(
        metric=names.get(one.metric_id, "–"), month=one.month, before=_bounds(one.before),
        after=_bounds(one.after), actor=one.actor, date=day(one.at.astimezone().date()),
    )  # fmt: skip
    return f"{said} ({one.reason})" if one.reason else said


_FIGURES = {  # by whether there was none before, and is none after
    (False, False): N_(
        "{metric} of {month} corrected from {before} to {after} by {actor} on {date}"
    ),
    (True, False): N_("{metric} of {month} reported as {after} by {actor} on {date}"),
    (False, True): N_("{metric} of {month}, {before}, withdrawn by {actor} on {date}"),
}
_TARGETS = {
    (False, False): N_(
        "floor – target of {metric} for {month} corrected from {before} to {after} by {actor} on "
        "{date}"
    ),
    (True, False): N_("floor – target of {metric} for {month} set to {after} by {actor} on {date}"),
    (False, True): N_("target of {metric} for {month} removed by {actor} on {date}"),
}


def _bounds(values: tuple[int, ...] | None) -> str:
    return " – ".join(figure_text(value) for value in values or ())
