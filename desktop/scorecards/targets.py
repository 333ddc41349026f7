"""Setting targets: one by one, in bulk from last year, spread over a season, or pasted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import select

from ecofolio.errors import InputError
from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Metric, Observation, Target
from ecofolio.scorecards.rules import MOST_FIGURE, check_target
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import Direction

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
_CHUNK = 500
Key = tuple[int, int, str]


class Promise(NamedTuple):
    """A target with its floor, in thousandths; `stretch` is beyond it."""

    initiative_id: int
    metric_id: int
    month: str
    floor: int
    target: int
    stretch: int | None = None


def set_targets(work: Work, promises: Sequence[Promise]) -> int:
    """Set targets, each new or in place of what it was; how many differ from before.

    `InputError` says which rule the first wrong one breaks.
    """
    higher = _directions(work)
    for one in promises:
        if reason := refusal(one, higher.get(one.metric_id)):
            raise InputError(reason)
    if len({one[:3] for one in promises}) < len(promises):
        raise InputError(_("The same initiative, metric and month is given twice."))
    stored = _stored(work, promises)
    new: list[dict[str, Any]] = []
    changed: dict[int, dict[str, Any]] = {}
    for one in promises:
        values = one._asdict()
        if one[:3] in stored:
            identity, _version = stored[one[:3]]
            changed[identity] = {name: values[name] for name in ("floor", "target", "stretch")}
        else:
            new.append(values)
    work.insert(Target, new)
    touched = work.update_many(Target, changed)
    work.label(N_("Set {n} targets"), n=len(promises))
    return len(new) + len(touched)


def refusal(one: Promise, higher: bool | None) -> str | None:
    """Why a target can not be set, or None; `higher` is None where there is no such metric."""
    if higher is None:
        return _("There is no such metric.")
    if not periods.is_month(one.month):
        return _("“{month}” is not a month such as 2026-10.").format(month=one.month)
    try:
        check_target(one.floor, one.target, higher)
    except InputError as error:
        return str(error)
    if any(abs(value) > MOST_FIGURE for value in (one.floor, one.target, one.stretch or 0)):
        return _("This target is too large for a figure.")
    if one.stretch is not None and (one.stretch > one.target) != higher:
        return _("The stretch has to lie beyond the target.")
    return None


def change_targets(work: Work, promises: Sequence[Promise], gone: Sequence[int]) -> int:
    """Set targets and take others away, by their identities, in one change; how many differ."""
    count = set_targets(work, promises)
    work.delete(Target, gone)
    work.label(N_("Change {n} targets"), n=len(promises) + len(gone))
    return count + len(gone)


def clear_targets(work: Work, ids: Iterable[int]) -> None:
    """Take targets away: their metrics are no longer judged in those months."""
    work.delete(Target, ids)
    work.label(N_("Remove targets"))


def as_last_year(
    work: Work,
    initiative_ids: Iterable[int],
    metric_ids: Iterable[int],
    months: Sequence[str],
    *,
    percent: int,
    floor_percent: int = 60,
) -> int:
    """Targets from what was reached twelve months before, `percent` more (or fewer, where less
    is better); the floor is so many per cent of the target. Months without a figure then are
    passed over; `InputError` where all are.
    """
    higher, wanted = _directions(work), set(metric_ids)
    before = {periods.shifted(month, -12): month for month in months}
    promises = []
    for row in _figures(work, list(initiative_ids), before):
        if row.metric_id not in wanted or row.value <= 0:
            continue
        up = higher[row.metric_id]
        target = _scaled(row.value, 100 + percent if up else 100 - percent)
        floor = _scaled(target, floor_percent if up else 200 - floor_percent)
        if (target > floor) == up and target != floor:
            promises.append(
                Promise(row.initiative_id, row.metric_id, before[row.month], floor, target)
            )
    if not promises:
        raise InputError(_("Nothing was reported a year before: there is nothing to go by."))
    count = set_targets(work, promises)
    work.label(N_("Targets as last year {percent} %"), percent=f"{percent:+d}")
    return count


def spread(
    work: Work,
    initiative_id: int,
    metric_id: int,
    months: Sequence[str],
    total: int,
    *,
    season: Sequence[int] | None = None,
    floor_percent: int = 60,
) -> int:
    """Split a total (thousandths) over months by the weights of a season, to the thousandth.

    Without a season it is last year's own, or even months where nothing was reported then.
    """
    if season is None:
        before = {periods.shifted(month, -12): n for n, month in enumerate(months)}
        found = [0] * len(months)
        for row in _figures(work, [initiative_id], before):
            if row.metric_id == metric_id:
                found[before[row.month]] = max(row.value, 0)
        season = found if all(found) else [1] * len(months)
    parts = split(total, season)
    higher = _directions(work).get(metric_id, True)
    promises = [
        Promise(
            initiative_id,
            metric_id,
            month,
            _scaled(part, floor_percent if higher else 200 - floor_percent),
            part,
        )
        for month, part in zip(months, parts, strict=True)
    ]
    count = set_targets(work, promises)
    work.label(N_("Split a target over {n} months"), n=len(months))
    return count


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


def _scaled(value: int, percent: int) -> int:
    return round(Fraction(value * percent, 100))


def _directions(work: Work) -> dict[int, bool]:
    query = select(METRIC.c.id, METRIC.c.direction)
    return {
        identity: direction == Direction.HIGHER
        for identity, direction in work.connection.execute(query).all()
    }


def _stored(work: Work, promises: Sequence[Promise]) -> dict[Key, tuple[int, int]]:
    found: dict[Key, tuple[int, int]] = {}
    ids = sorted({one.initiative_id for one in promises})
    months = sorted({one.month for one in promises})
    for start in range(0, len(ids), _CHUNK):
        query = select(
            TARGET.c.initiative_id,
            TARGET.c.metric_id,
            TARGET.c.month,
            TARGET.c.id,
            TARGET.c.version,
        ).where(TARGET.c.initiative_id.in_(ids[start : start + _CHUNK]), TARGET.c.month.in_(months))
        for row in work.connection.execute(query).all():
            found[row[0], row[1], row[2]] = (row[3], row[4])
    return found


def _figures(work: Work, ids: Sequence[int], months: Mapping[str, Any]) -> list[Any]:
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
        found.extend(work.connection.execute(query).all())
    return found
