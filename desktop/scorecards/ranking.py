"""Who stands where: ranks in peer groups, their change, and how firmly they hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from operator import attrgetter
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Unit
from ecofolio.scorecards import periods, scoring
from ecofolio.scorecards.rules import Card, Grade, hundredths, ranks
from ecofolio.scorecards.scoring import Scored, Sheet
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows

INITIATIVE, UNIT = map(table_of, (Initiative, Unit))
Peers = tuple[str | None, str]  # unit level and batch
_Scores = Mapping[int, Scored]


class Ranked(NamedTuple):
    """One line of the ranking. Scores and `change` are hundredths of a point.

    `rank` is among the `peers` that have a score, in the group of `level` × `batch`. `change` and
    `climbed` (places won) are against the month before, None where there was no score then.
    """

    id: int
    code: str
    name: str
    unit_id: int | None
    unit: str | None
    level: str | None
    batch: str
    score: int | None
    grade: Grade | None
    rank: int | None
    peers: int
    change: int | None
    climbed: int | None
    judged: int
    missing: int
    overdue: int
    held: int


class Place(NamedTuple):
    """Who an initiative is, for ranking."""

    code: str
    name: str
    unit_id: int | None
    unit: str | None
    level: str | None


def places(connection: Connection) -> dict[int, Place]:
    """Code, name, unit and level of every initiative."""
    units = {
        one: (name, level)
        for one, name, level in read_rows(connection, select(UNIT.c.id, UNIT.c.name, UNIT.c.level))
    }
    query = select(INITIATIVE.c.id, INITIATIVE.c.code, INITIATIVE.c.name, INITIATIVE.c.unit_id)
    nowhere, make = (None, None), tuple.__new__
    return {
        one: make(Place, (code, name, unit, *units.get(unit, nowhere)))
        for one, code, name, unit in read_rows(connection, query)
    }


def ranked(
    found: Mapping[int, Scored],
    who: Mapping[int, Place],
    before: Mapping[int, Scored] | None = None,
    ids: Collection[int] | None = None,
) -> list[Ranked]:
    """The ranking of scores, by peer group and rank; `ids` are those that are shown.

    Ranks are always among all peers, shown or not. `before` are the scores a month earlier.
    """
    now, sizes = placed(found, who)
    then, _sizes = placed(before, who) if before else ({}, {})
    last = before or {}
    lines = [
        _line(who[identity], one, last.get(identity), now, sizes, then)
        for identity, one in found.items()
        if (ids is None or identity in ids) and identity in who
    ]
    # each by one column: that is quicker than by all at once, and keeps the order of the other
    lines.sort(key=attrgetter("code"))
    told = [line for line in lines if line.score is not None]
    told.sort(key=attrgetter("score"), reverse=True)
    return told + [line for line in lines if line.score is None]


def _line(
    place: Place,
    one: Scored,
    last: Scored | None,
    now: Mapping[int, int],
    sizes: Mapping[Peers, int],
    then: Mapping[int, int],
) -> Ranked:
    identity, batch, score, grade, judged, missing, overdue, held = one
    change = climbed = None
    if last is not None and last.score is not None and score is not None:
        change = score - last.score
        if last.batch == batch:
            climbed = then[identity] - now[identity]
    made: Ranked = tuple.__new__(
        Ranked,
        (
            identity, *place, batch, score, grade, now.get(identity),
            sizes.get((place[4], batch), 0), change, climbed, judged, missing, overdue, held,
        ),
    )  # fmt: skip
    return made


def reranked(
    lines: Sequence[Ranked],
    changed: Collection[int],
    who: Mapping[int, Place],
    found: tuple[_Scores, _Scores],
    before: tuple[_Scores, _Scores],
    ids: Collection[int] | None = None,
) -> list[Ranked]:
    """A ranking in which only some initiatives have other scores, now or in the month before.

    `found` and `before` are all scores as they were and as they are. The others' ranks move by as
    many as have come above them; a line that is as it was is not made again.
    """
    now, then = (_moves(changed, who, *side) for side in (found, before))
    groups = now.keys() | then.keys()
    first, end = 0, len(lines)
    if not then and not any(move.more for move in now.values()):
        # whoever is not passed stays where it was
        first, end = _stretch(lines, [side[one].score for side in found for one in changed])
    kept, lasts = list(lines[:first]), {}
    for line in lines[first:end]:
        if line.id in changed:
            if line.rank and line.climbed is not None and not then:
                lasts[line.id] = line.rank + line.climbed
            continue
        peers = line.level, line.batch
        if peers in groups and line.score is not None:
            move, past = now.get(peers, _STILL), then.get(peers)
            down, climbed = move.above(line.score), line.climbed
            if climbed is not None:
                climbed -= down
                if past is not None:
                    climbed += past.above(line.score - (line.change or 0))
            if down or move.more or climbed != line.climbed:
                rank, size = (line.rank or 0) + down, line.peers + move.more
                line = line._replace(rank=rank, peers=size, climbed=climbed)
        kept.append(line)
    kept += lines[end:]
    shown = [one for one in changed if one in found[1] and (ids is None or one in ids)]
    ranks_, sizes = _placed_among(shown, who, found[1])
    lasts |= _placed_among([one for one in shown if one not in lasts], who, before[1])[0]
    for one in shown:
        last = before[1].get(one)
        insort(kept, _line(who[one], found[1][one], last, ranks_, sizes, lasts), key=_order)
    return kept


def _stretch(lines: Sequence[Ranked], scores: Collection[int | None]) -> tuple[int, int]:
    """Where the lines with the highest of some scores begin, and those with the lowest end."""
    places = [_height(score) for score in scores]
    if not places:
        return 0, 0
    return (
        bisect_left(lines, min(places), key=lambda line: _height(line.score)),
        bisect_right(lines, max(places), key=lambda line: _height(line.score)),
    )


class _Move(NamedTuple):
    """The scores that some of a peer group had, and those that they have, the lowest first; `more`
    of them are above any score below the `span`, and none above one beyond it."""

    old: list[int]
    new: list[int]
    more: int
    span: range

    def above(self, score: int) -> int:
        """How many more are above a score."""
        if score not in self.span:
            return self.more if score < self.span.start else 0
        return self.more - bisect_right(self.new, score) + bisect_right(self.old, score)


_STILL = _Move([], [], 0, range(0))


def _moves(
    changed: Collection[int], who: Mapping[int, Place], old: _Scores, new: _Scores
) -> dict[Peers, _Move]:
    """How the scores of peer groups moved, of those in which they did."""
    found: dict[Peers, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for one in changed:
        for side, scores in enumerate((old, new)):
            score = scores[one].score if one in scores else None
            if score is not None:
                insort(found[who[one].level, scores[one].batch][side], score)
    return {
        peers: _Move(before, now, len(now) - len(before), range(min(both), max(both)))
        for peers, (before, now) in found.items()
        if before != now and (both := before + now)
    }


def _placed_among(
    some: Collection[int], who: Mapping[int, Place], scores: _Scores
) -> tuple[dict[int, int], dict[Peers, int]]:
    """What `placed` says of some initiatives and their peer groups."""
    told: dict[Peers, list[int]] = {}
    ranks_: dict[int, int] = {}
    for identity in some:
        if identity not in scores:
            continue
        level, batch, score = who[identity].level, scores[identity].batch, scores[identity].score
        if (level, batch) not in told:
            told[level, batch] = sorted(
                one.score
                for one in scores.values()
                if one.batch == batch and one.score is not None and who[one.id].level == level
            )
        if score is not None:
            peers = told[level, batch]
            ranks_[identity] = len(peers) - bisect_right(peers, score) + 1
    return ranks_, {peers: len(group) for peers, group in told.items()}


def _order(line: Ranked) -> tuple[tuple[bool, int], str]:
    return _height(line.score), line.code


def _height(score: int | None) -> tuple[bool, int]:
    """Best first; those without a score last."""
    return score is None, -(score or 0)


def placed(
    found: Mapping[int, Scored], who: Mapping[int, Place]
) -> tuple[dict[int, int], dict[Peers, int]]:
    """The rank of each initiative with a score, and how many each peer group has."""
    groups: dict[Peers, dict[int, int]] = {}
    for identity, batch, score, *_counts in found.values():
        if score is not None and identity in who:
            peers = who[identity][4], batch
            if peers not in groups:
                groups[peers] = {}
            groups[peers][identity] = score
    told: dict[int, int] = {}
    for scores in groups.values():
        told.update(ranks(scores))
    return told, {peers: len(scores) for peers, scores in groups.items()}


def ranking(
    connection: Connection,
    month: str,
    today: date,
    *,
    ids: Collection[int] | None = None,
    what_if: Mapping[str, Card] | None = None,
    against_last: bool = True,
) -> list[Ranked]:
    """The ranking of a month, with the change against the month before; best first."""
    found = scoring.scores(connection, month, today, what_if=what_if)
    before = scoring.scores(connection, periods.shifted(month, -1), today) if against_last else None
    return ranked(found, places(connection), before, ids)


class Stability(NamedTuple):
    """How firmly a rank holds: `kept` is the share of draws in which it stayed, `best` and `worst`
    the places that nine draws of ten lie between."""

    rank: int
    best: int
    worst: int
    kept: Fraction


def stability(
    sheets: Iterable[Sheet],
    peers: Mapping[int, Any],
    *,
    wobble: int = 10,
    draws: int = 400,
    seed: int = 2026,
) -> dict[int, Stability]:
    """What becomes of ranks where each weight moves by up to `wobble` per cent, either way.

    `peers` is the group that each initiative is ranked in. The same seed draws the same.
    """
    told = sorted(
        (one for one in sheets if one.score.score is not None), key=lambda one: one.initiative_id
    )
    now = {one.initiative_id: hundredths(one.score.score or Fraction(0)) for one in told}
    plain = _by_group(now, peers)
    places: dict[int, list[int]] = {identity: [] for identity in now}
    dice = Random(seed)  # noqa: S311 (no secret hangs on it)
    lines = {one.initiative_id: _attained(one) for one in told}
    batches = {one.initiative_id: one.batch for one in told}
    weights = {one.batch: dict(sorted(one.card.weights.items())) for one in told}
    for _draw in range(draws):
        drawn = {
            batch: {m: w * (1 + dice.uniform(-wobble, wobble) / 100) for m, w in card.items()}
            for batch, card in sorted(weights.items())
        }
        shaken = {one: _shaken(line, drawn[batches[one]]) for one, line in lines.items()}
        for identity, rank in _by_group(shaken, peers).items():
            places[identity].append(rank)
    return {one: _held(plain[one], sorted(ranks_)) for one, ranks_ in places.items()}


def _attained(sheet: Sheet) -> list[tuple[int, float]]:
    return [
        (line.figure.metric, float(line.attainment))
        for line in sheet.score.lines
        if line.attainment is not None and line.weight
    ]


def _shaken(line: Sequence[tuple[int, float]], weights: Mapping[int, float]) -> int:
    total = sum(weights[metric] for metric, _share in line)
    earned = sum(weights[metric] * share for metric, share in line)
    return round(10000 * earned / total) if total else 0


def _by_group(scores: Mapping[int, int], peers: Mapping[int, Any]) -> dict[int, int]:
    groups: dict[Any, dict[int, int]] = {}
    for identity, value in scores.items():
        groups.setdefault(peers.get(identity), {})[identity] = value
    return {one: rank for group in groups.values() for one, rank in ranks(group).items()}


def _held(rank: int, drawn: Sequence[int]) -> Stability:
    if not drawn:
        return Stability(rank, rank, rank, Fraction(1))
    edge = len(drawn) // 20
    kept = Fraction(sum(one == rank for one in drawn), len(drawn))
    return Stability(rank, drawn[edge], drawn[len(drawn) - 1 - edge], kept)
