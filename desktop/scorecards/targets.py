"""Setting targets: one by one, in bulk from last year, spread over a season, or pasted.

What is proposed in bulk can be had as promises first, to be looked at before it is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.errors import InputError
from ecofolio.scorecards import periods
from ecofolio.scorecards.catalogue import PERCENT, counted_in
from ecofolio.scorecards.model import Metric, Observation, Target
from ecofolio.scorecards.rules import MOST_FIGURE, THOUSAND, check_target
from ecofolio.scorecards.settled import REASON, reason_of, refused, standing
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import Direction, OverInitiatives

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
_CHUNK = 500
FLOOR_PERCENT = 60  # of a target that is proposed
Key = tuple[int, int, str]


class Bounds(NamedTuple):
    """Which way a metric is better, what is believable of it at most, in thousandths, and whether
    it is a rate or an average, which is not larger where there is more of everything."""

    higher: bool
    most: int | None
    rate: bool = False

    def part(self, percent: int, *, rates: bool) -> int:
        """How many per cent of a figure are taken: all of a rate, unless `rates` follow too."""
        return 100 if self.rate and not rates else percent

    def within(self, value: int) -> int:
        """A figure that is proposed, up to what is believable: no share beyond 100 per cent."""
        return value if self.most is None else min(value, self.most)


class Promise(NamedTuple):
    """A target with its floor, in thousandths; `stretch` is beyond it."""

    initiative_id: int
    metric_id: int
    month: str
    floor: int
    target: int
    stretch: int | None = None


def set_targets(work: Work, promises: Sequence[Promise], *, reason: str | None = None) -> int:
    """Set targets, each new or in place of what it was; how many differ from before.

    `InputError` says which rule the first wrong one breaks. Those of settled months stand, unless
    a `reason` for correcting them is given, which the history keeps.
    """
    return change_targets(work, promises, (), reason=reason)


def change_targets(
    work: Work, promises: Sequence[Promise], gone: Sequence[int], *, reason: str | None = None
) -> int:
    """Set targets and take others away, by their identities, in one change; how many differ."""
    known = metrics_of(work.connection)
    for one in promises:
        metric = known.get(one.metric_id)
        if why := refusal(one, metric.higher if metric else None):
            raise InputError(why)
    if len({one[:3] for one in promises}) < len(promises):
        raise InputError(_("The same initiative, metric and month is given twice."))
    stored = _stored(work, promises)
    new: list[dict[str, Any]] = []
    changed: dict[int, dict[str, Any]] = {}
    pairs = {(row["initiative_id"], row["month"]) for row in work.rows(Target, gone).values()}
    for one in promises:
        identity, there = stored.get(one[:3], (0, None))
        if there == one:
            continue
        pairs.add((one.initiative_id, one.month))
        if there is None:
            new.append(one._asdict())
        else:
            changed[identity] = {name: getattr(one, name) for name in _BOUNDS}
    stand, why = standing(work.connection, pairs, work.today), reason_of(reason)
    if stand and not why:
        raise InputError(refused(work.connection, stand))
    work.insert(Target, new)
    work.update_many(Target, changed)
    work.delete(Target, gone)
    _label(work, len(promises), len(gone), why if stand else "")
    return len(new) + len(changed) + len(gone)


def standing_among(work: Work, promises: Sequence[Promise]) -> dict[Key, date]:
    """Those that would change a target of a settled month, with the day since when it stands."""
    stored = _stored(work, promises)
    differ = [one for one in promises if stored.get(one[:3], (0, None))[1] != one]
    pairs = {(one.initiative_id, one.month) for one in differ}
    stand = standing(work.connection, pairs, work.today)
    return {
        one[:3]: stand[one.initiative_id, one.month]
        for one in differ
        if (one.initiative_id, one.month) in stand
    }


_BOUNDS = ("floor", "target", "stretch")


def clear_targets(work: Work, ids: Iterable[int], *, reason: str | None = None) -> None:
    """Take targets away: their metrics are no longer judged in those months."""
    change_targets(work, (), list(ids), reason=reason)


def _label(work: Work, kept: int, gone: int, reason: str) -> None:
    if reason:
        work.label(N_("Correct settled targets: {reason}"), **{REASON: reason})
    elif not gone:
        work.label(N_("Set {n} targets"), n=kept)
    elif kept:
        work.label(N_("Change {n} targets"), n=kept + gone)
    else:
        work.label(N_("Remove targets"))


def refusal(one: Promise, higher: bool | None) -> str | None:
    """Why a target can not be set, or None; `higher` is None where there is no such metric."""
    if higher is None:
        return _("There is no such metric.")
    if not periods.is_month(one.month):
        return _("“{month}” is not a month such as 2026-10.").format(month=one.month)
    return misfit(one.floor, one.target, one.stretch, higher)


def misfit(floor: int, target: int, stretch: int | None, higher: bool) -> str | None:
    """Why a target does not fit its floor and stretch, or None."""
    try:
        check_target(floor, target, higher)
    except InputError as error:
        return str(error)
    if any(abs(value) > MOST_FIGURE for value in (floor, target, stretch or 0)):
        return _("This target is too large for a figure.")
    if stretch is not None and (stretch > target) != higher:
        return _("The stretch has to lie beyond the target.")
    return None


def last_year(
    connection: Connection,
    initiative_ids: Iterable[int],
    metric_ids: Iterable[int],
    months: Sequence[str],
    *,
    percent: int,
    floor_percent: int = FLOOR_PERCENT,
) -> list[Promise]:
    """Targets from what was reached twelve months before, `percent` more (or fewer, where less
    is better), up to the most that can be; the floor is so many per cent of the target. Months
    without a figure then are passed over; `InputError` where all are.
    """
    known, wanted = metrics_of(connection), set(metric_ids)
    before = {periods.shifted(month, -12): month for month in months}
    promises = []
    for row in _figures(connection, list(initiative_ids), before):
        if row.metric_id not in wanted:
            continue
        metric, key = known[row.metric_id], (row.initiative_id, row.metric_id, before[row.month])
        target = metric.within(scaled(row.value, 100 + percent if metric.higher else 100 - percent))
        if promise := beside_floor(key, target, metric.higher, floor_percent):
            promises.append(promise)
    if not promises:
        raise InputError(_("Nothing was reported a year before: there is nothing to go by."))
    return promises


def beside_floor(key: Key, target: int, higher: bool, floor_percent: int) -> Promise | None:
    """A target with a floor of so many per cent of it, or as much beyond it where less is better;
    None where that leaves nothing to attain."""
    floor = scaled(target, floor_percent if higher else 200 - floor_percent)
    if target <= 0 or floor == target:
        return None
    return Promise(*key, floor, target)


def seasonal(
    connection: Connection,
    initiative_id: int,
    metric_id: int,
    months: Sequence[str],
    total: int,
    *,
    season: Sequence[int] | None = None,
    floor_percent: int = FLOOR_PERCENT,
) -> list[Promise]:
    """A total (thousandths) split over months by the weights of a season, to the thousandth.

    Without a season it is last year's own, or even months where nothing was reported then.
    """
    if season is None:
        before = {periods.shifted(month, -12): n for n, month in enumerate(months)}
        found = [0] * len(months)
        for row in _figures(connection, [initiative_id], before):
            if row.metric_id == metric_id:
                found[before[row.month]] = max(row.value, 0)
        season = found if all(found) else [1] * len(months)
    metric = metrics_of(connection).get(metric_id)
    percent = floor_percent if metric is None or metric.higher else 200 - floor_percent
    return [
        Promise(initiative_id, metric_id, month, scaled(part, percent), part)
        for month, part in zip(months, split(total, season), strict=True)
    ]


def split(total: int, season: Sequence[int]) -> list[int]:
    """A total in whole parts by weights; the largest remainders take what is left over."""
    whole = sum(season)
    if whole <= 0 or min(season) < 0:
        raise InputError(_("A season needs weights above 0."))
    parts = [total * weight // whole for weight in season]
    rest = total - sum(parts)
    order = sorted(range(len(season)), key=lambda n: (-(total * season[n] % whole), n))
    for n in order[:rest]:
        parts[n] += 1
    return parts


def scaled(value: int, percent: int) -> int:
    """So many per cent of a figure."""
    return round(Fraction(value * percent, 100))


def share_of(
    key: Key, metric: Bounds, percent: int, floor: int, target: int, stretch: int | None
) -> Promise | None:
    """So many per cent of a target, up to the most that can be; of a count in whole units, in whole
    units. None where that leaves nothing to attain, and without a stretch that would not lie
    beyond it."""
    counted = metric.most is None and not any((one or 0) % THOUSAND for one in (floor, target))
    digits = -3 if counted else 0
    low, high = (round(scaled(one, percent), digits) for one in (floor, target))
    if counted and low == high:  # one unit at least is left to attain
        high = max(high, THOUSAND) if metric.higher else high
        low = high - THOUSAND if metric.higher else high + THOUSAND
    high = metric.within(high)
    beyond = None if stretch is None else metric.within(round(scaled(stretch, percent), digits))
    for one in (beyond, None):
        if misfit(low, high, one, metric.higher) is None:
            return Promise(*key, low, high, one)
    return None


def metrics_of(connection: Connection) -> dict[int, Bounds]:
    """What proposals have to know of each metric."""
    names = ("id", "direction", "most", "code", "unit", "over_initiatives")
    return {
        identity: Bounds(
            direction == Direction.HIGHER,
            most,
            adding != OverInitiatives.SUM or counted_in(code, unit) == PERCENT,
        )
        for identity, direction, most, code, unit, adding in connection.execute(
            select(*(METRIC.c[name] for name in names))
        ).all()
    }


def _stored(work: Work, promises: Sequence[Promise]) -> dict[Key, tuple[int, Promise]]:
    found: dict[Key, tuple[int, Promise]] = {}
    ids = sorted({one.initiative_id for one in promises})
    months = sorted({one.month for one in promises})
    columns = (TARGET.c[name] for name in (*Promise._fields, "id"))
    query = select(*columns).where(TARGET.c.month.in_(months))
    for start in range(0, len(ids), _CHUNK):
        some = TARGET.c.initiative_id.in_(ids[start : start + _CHUNK])
        for *row, identity in work.connection.execute(query.where(some)).all():
            kept = Promise._make(row)
            found[kept[:3]] = identity, kept
    return found


def _figures(connection: Connection, ids: Sequence[int], months: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(ids), _CHUNK):
        query = select(
            OBSERVATION.c.initiative_id,
            OBSERVATION.c.metric_id,
            OBSERVATION.c.month,
            OBSERVATION.c.value,
        ).where(
            OBSERVATION.c.initiative_id.in_(ids[start : start + _CHUNK]),
            OBSERVATION.c.month.in_(list(months)),
        )
        found.extend(connection.execute(query).all())
    return found
