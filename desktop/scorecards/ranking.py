"""Who stands where: ranks in peer groups, their change, and how firmly they hold."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Unit
from ecofolio.scorecards import periods, scoring
from ecofolio.scorecards.rules import Card, Grade, grade_of, hundredths, ranks
from ecofolio.scorecards.scoring import Scored, Sheet
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows

INITIATIVE, UNIT = map(table_of, (Initiative, Unit))
Peers = tuple[str | None, str]  # unit level and batch


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
    query = select(
        INITIATIVE.c.id,
        INITIATIVE.c.code,
        INITIATIVE.c.name,
        INITIATIVE.c.unit_id,
        UNIT.c.name.label("unit"),
        UNIT.c.level,
    ).outerjoin(UNIT, UNIT.c.id == INITIATIVE.c.unit_id)
    return {row[0]: Place._make(row[1:]) for row in read_rows(connection, query)}


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
    return sorted(
        (
            _line(who[identity], one, last.get(identity), now, sizes, then)
            for identity, one in found.items()
            if (ids is None or identity in ids) and identity in who
        ),
        key=_order,
    )


def _line(
    place: Place,
    one: Scored,
    last: Scored | None,
    now: Mapping[int, int],
    sizes: Mapping[Peers, int],
    then: Mapping[int, int],
) -> Ranked:
    change = climbed = None
    if last is not None and last.score is not None and one.score is not None:
        change = one.score - last.score
        if last.batch == one.batch:
            climbed = then[one.id] - now[one.id]
    return Ranked(
        one.id, *place, one.batch, one.score, one.grade, now.get(one.id),
        sizes.get((place.level, one.batch), 0), change, climbed,
        one.judged, one.missing, one.overdue, one.held,
    )  # fmt: skip


def reranked(
    lines: Sequence[Ranked],
    changed: Collection[int],
    found: Mapping[int, Scored],
    who: Mapping[int, Place],
    before: Mapping[int, Scored],
) -> list[Ranked]:
    """A ranking in which only some initiatives have other scores, now or in the month before.

    `found` and `before` are the scores of all their peers, old and new. A line that is as it was
    is not made again.
    """
    now, sizes = placed(found, who)
    then, _sizes = placed(before, who)
    kept = []
    for line in lines:
        if line.id in changed:
            continue
        if line.id in found:
            rank, peers = now.get(line.id), sizes.get((line.level, line.batch), 0)
            climbed = line.climbed
            if climbed is not None:
                climbed = then[line.id] - now[line.id]
            if (rank, peers, climbed) != (line.rank, line.peers, line.climbed):
                line = line._replace(rank=rank, peers=peers, climbed=climbed)
        kept.append(line)
    for identity in changed:
        if identity in found and identity in who:
            last = before.get(identity)
            insort(kept, _line(who[identity], found[identity], last, now, sizes, then), key=_order)
    return kept


def _order(line: Ranked) -> tuple[bool, int, str]:
    """Best first; those without a score last."""
    return line.rank is None, -(line.score or 0), line.code


def placed(
    found: Mapping[int, Scored], who: Mapping[int, Place]
) -> tuple[dict[int, int], dict[Peers, int]]:
    """The rank of each initiative with a score, and how many each peer group has."""
    groups: dict[Peers, dict[int, int]] = {}
    for identity, one in found.items():
        if one.score is not None and identity in who:
            groups.setdefault((who[identity].level, one.batch), {})[identity] = one.score
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


def reweighed(
    sheets: Mapping[int, Sheet], cards: Mapping[str, Card]
) -> dict[int, tuple[int | None, Grade | None]]:
    """Scores and grades of opened sheets under other cards, without reading again: for sliders."""
    found: dict[int, tuple[int | None, Grade | None]] = {}
    for identity, sheet in sheets.items():
        card = cards.get(sheet.batch, sheet.card)
        total, earned = 0, Fraction(0)
        for line in sheet.score.lines:
            weight = card.weights.get(line.figure.metric, 0)
            if line.attainment is not None and weight:
                total += weight
                earned += weight * line.attainment
        if not total:
            found[identity] = (None, None)
            continue
        shown = hundredths(100 * earned / total)
        held = max((2 if x.figure.veto else 1 for x in sheet.score.lines if x.breached), default=0)
        found[identity] = (shown, grade_of(card, shown, held))
    return found
