"""Who stands where: ranks in peer groups, their change, and how firmly they hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple, overload

from sqlalchemy import Connection, select

from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Unit
from ecofolio.scorecards import periods, scoring
from ecofolio.scorecards.rules import Card, Grade, hundredths, ranks
from ecofolio.scorecards.scoring import Scored, Sheet
from ecofolio.scorecards.settling import any_later, initiatives_at, settling
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.store.rewinding import rewound

INITIATIVE, UNIT = map(table_of, (Initiative, Unit))
Peers = tuple[str | None, str]  # unit level and batch
_Scores = Mapping[int, Scored]
_Peered = Mapping[Peers, list[int]]


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


def places(connection: Connection, at: datetime | None = None) -> dict[int, Place]:
    """Code, name, unit and level of every initiative.

    `at` is when a month was settled: who was moved to another unit since is ranked where it was,
    and who was deleted is there as well.
    """
    units = {
        one: (name, level)
        for one, name, level in read_rows(connection, select(UNIT.c.id, UNIT.c.name, UNIT.c.level))
    }
    query = select(INITIATIVE.c.id, INITIATIVE.c.code, INITIATIVE.c.name, INITIATIVE.c.unit_id)
    nowhere, make = (None, None), tuple.__new__
    found = {
        one: make(Place, (code, name, unit, *units.get(unit, nowhere)))
        for one, code, name, unit in read_rows(connection, query)
    }
    if at is not None and any_later(connection, at):
        _as_they_were(connection, at, found, units)
    return found


def _as_they_were(
    connection: Connection,
    at: datetime,
    found: dict[int, Place],
    units: dict[int, tuple[str, str]],
) -> None:
    """Put initiatives back into the units, and those on the levels, that they were on."""
    now = {one: {"name": name, "level": level} for one, (name, level) in units.items()}
    levels = {
        one: (row["name"], row["level"]) for one, row in rewound(connection, UNIT, now, at).items()
    }
    changed = {one: levels[one] for one in levels if levels[one][1] != units.get(one, ("", ""))[1]}
    was = initiatives_at(connection, at, "unit_id")
    for one, row in was.items():
        unit = row["unit_id"]
        code, name = found[one][:2] if one in found else (row["code"], row["name"])
        named, level = levels.get(unit) or units.get(unit) or (None, None)
        found[one] = Place(code, name, unit, named, level)
    for one, place in found.items() if changed else ():
        if one not in was and place.unit_id in changed:
            found[one] = place._replace(level=changed[place.unit_id][1])


class Ranking(Sequence[Ranked]):
    """The lines of a ranking, best first; each is made when it is looked at.

    `found` are the scores of the month and of the month before, `peers` those of each peer group,
    the lowest first; `order` are the initiatives that are shown, those without a score last.
    """

    def __init__(
        self,
        found: tuple[_Scores, _Scores],
        who: Mapping[int, Place],
        peers: tuple[_Peered, _Peered],
        order: list[int],
    ) -> None:
        self._now, self._before = found
        self._who, self._peers, self._order = who, peers, order
        self._made: dict[int, Ranked] = {}

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, place: int) -> Ranked: ...

    @overload
    def __getitem__(self, place: slice) -> list[Ranked]: ...

    def __getitem__(self, place: int | slice) -> Ranked | list[Ranked]:
        if isinstance(place, slice):
            return [self.of(one) for one in self._order[place]]
        return self.of(self._order[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def of(self, initiative_id: int) -> Ranked:
        """The line of an initiative that has one."""
        line = self._made.get(initiative_id)
        if line is None:
            line = self._made[initiative_id] = self._line(initiative_id)
        return line

    def _line(self, initiative_id: int) -> Ranked:
        place, last = self._who[initiative_id], self._before.get(initiative_id)
        _identity, batch, score, grade, *counts = self._now[initiative_id]
        now, before = (peers.get((place.level, batch), []) for peers in self._peers)
        rank = change = climbed = None
        if score is not None:
            rank = _rank(score, now)
            if last is not None and last.score is not None:
                change = score - last.score
                climbed = _rank(last.score, before) - rank if last.batch == batch else None
        return Ranked(
            initiative_id, *place, batch, score, grade, rank, len(now), change, climbed, *counts
        )

    def row_of(self, initiative_id: int) -> int:
        """Where an initiative stands; -1 where it does not."""
        if initiative_id not in self._now:
            return -1
        row = bisect_left(self._order, self._height(initiative_id), key=self._height)
        return row if self._order[row : row + 1] == [initiative_id] else -1

    def _height(self, initiative_id: int) -> tuple[bool, int, str]:
        """What sorts the best first; those without a score last."""
        score = self._now[initiative_id].score
        return score is None, -(score or 0), self._who[initiative_id].code

    def scores(self) -> list[int]:
        """The scores of those that have one, best first."""
        return [score for one in self._order if (score := self._now[one].score) is not None]

    def peers_of(self, group: Peers) -> list[int]:
        """The initiatives of a peer group that are shown, best first."""
        return [one for one in self._order if (self._who[one].level, self._now[one].batch) == group]

    def with_changes(
        self, changed: Collection[int], now: _Scores, before: _Scores, ids: Collection[int] | None
    ) -> Ranking:
        """The ranking after only some initiatives got other scores, now or a month before."""
        order = list(self._order)
        for row in sorted(map(self.row_of, changed), reverse=True):
            if row >= 0:
                del order[row]
        peers = (
            _moved(self._peers[0], changed, self._who, self._now, now),
            _moved(self._peers[1], changed, self._who, self._before, before),
        )
        found = Ranking((now, before), self._who, peers, order)
        for one in changed:
            if one in now and (ids is None or one in ids):
                insort(order, one, key=found._height)
        still = {
            group
            for group, scores in peers[0].items()
            if self._peers[0].get(group) == scores
            and self._peers[1].get(group) == peers[1].get(group)
        }
        for one, line in self._made.items():
            if (line.level, line.batch) in still and one not in changed:
                found._made[one] = line
        return found


def _rank(score: int, peers: list[int]) -> int:
    """A competition rank: one more than there are better ones."""
    return len(peers) - bisect_right(peers, score) + 1


def _peered(found: _Scores, who: Mapping[int, Place]) -> _Peered:
    """The scores of each peer group, the lowest first."""
    groups: dict[Peers, list[int]] = {}
    for one in found.values():
        score, place = one.score, who.get(one.id)
        if score is None or place is None:
            continue
        group = place.level, one.batch
        if group not in groups:
            groups[group] = []
        groups[group].append(score)
    for scores in groups.values():
        scores.sort()
    return groups


def _moved(
    peers: _Peered, changed: Collection[int], who: Mapping[int, Place], old: _Scores, new: _Scores
) -> _Peered:
    """The scores of peer groups after some initiatives got others."""
    groups = defaultdict(list, {group: list(scores) for group, scores in peers.items()})
    for one in changed:
        was, now, level = old.get(one), new.get(one), who[one].level
        if was is not None and was.score is not None:
            group = groups[level, was.batch]
            del group[bisect_left(group, was.score)]
        if now is not None and now.score is not None:
            insort(groups[level, now.batch], now.score)
    return dict(groups)


def ranked(
    found: _Scores,
    who: Mapping[int, Place],
    before: _Scores | None = None,
    ids: Collection[int] | None = None,
) -> Ranking:
    """The ranking of scores; `ids` are those that are shown, `before` the scores a month earlier.

    Ranks are always among all peers, shown or not.
    """
    last = before or {}
    order = [one for one in found if one in who and (ids is None or one in ids)]
    # each by one column: that is quicker than by all at once, and keeps the order of the other
    order.sort(key=lambda one: who[one].code)
    told = [one for one in order if found[one].score is not None]
    told.sort(key=lambda one: found[one].score or 0, reverse=True)
    told += [one for one in order if found[one].score is None]
    return Ranking((found, last), who, (_peered(found, who), _peered(last, who)), told)


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
    who = places(connection, settling(connection).end(periods.last_month(month)))
    return list(ranked(found, who, before, ids))


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
