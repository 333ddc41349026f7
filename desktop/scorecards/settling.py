"""When the scores of a month are settled: once all figures are due they stay what they were.

A due day that is changed later holds for the months whose figures were not all due by then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, or_, select

from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Metric
from ecofolio.store.base import table_of
from ecofolio.store.journal import CHANGE, ROW, microseconds, row_changes

METRIC = table_of(Metric)
_USUAL = 10  # the due day where there is no metric yet


class _Due(NamedTuple):
    due_day: int
    retired: bool


class Settling(NamedTuple):
    """The last due day of all metrics in use, at the end of each day on which it changed; the
    oldest first, which holds for all time before."""

    days: tuple[tuple[date, int], ...]

    def on(self, month: str) -> date:
        """The day at whose end the scores of a month are settled."""
        for place, (since, due_day) in enumerate(self.days):
            found = max(since, periods.due_on(month, due_day))
            if place + 1 == len(self.days) or found < self.days[place + 1][0]:
                break
        return found

    def end(self, month: str) -> datetime:
        """The instant from which the scores of a month stay what they are."""
        day = self.on(month)
        return datetime(day.year, day.month, day.day, 23, 59, 59).astimezone()

    def newest(self, today: date) -> str:
        """The newest month whose scores are settled."""
        month = periods.reported(today)
        while today <= self.on(month):
            month = periods.shifted(month, -1)
        return month

    def due_before(self, month: str, today: date) -> int:
        """The due day below which a month's figures are due by now: 0 for none, 99 for all."""
        return 99 if today > self.on(month) else periods.due_before(month, today)


def settling(connection: Connection) -> Settling:
    """How due days have been; changes of one day count as one."""
    query = select(METRIC.c.id, METRIC.c.due_day, METRIC.c.retired)
    state = {identity: _Due(day, off) for identity, day, off in connection.execute(query).all()}
    wanted = (ROW.c.record == METRIC.name) & or_(
        ROW.c.before.is_(None),
        ROW.c.after.is_(None),
        *(ROW.c.before.like(f'%"{name}":%') for name in _Due._fields),
    )
    days = [(date.min, _last(state))]
    changes = row_changes(connection, wanted)
    for day, some in groupby(changes, key=lambda one: one.entry.at.astimezone().date()):
        for change in some:
            if change.before is None:
                state.pop(change.record_id, None)
            else:
                old = state.get(change.record_id, _Due(_USUAL, False))
                told = {name: change.before[name] for name in _Due._fields if name in change.before}
                state[change.record_id] = old._replace(**told)
        if not state:  # it was set up on this day: nothing was judged before
            break
        days[-1] = (day, days[-1][1])
        days.append((date.min, _last(state)))
    return Settling(tuple(reversed(days)))


def _last(state: Mapping[int, _Due]) -> int:
    return max((one.due_day for one in state.values() if not one.retired), default=_USUAL)


def any_later(connection: Connection, at: datetime) -> bool:
    """Whether anything at all was changed after an instant."""
    later = select(CHANGE.c.id).where(CHANGE.c.at > microseconds(at)).limit(1)
    return connection.execute(later).first() is not None


def initiatives_at(connection: Connection, at: datetime, field: str) -> dict[int, dict[str, Any]]:
    """What was known of initiatives at an instant whose `field` was changed since, with it, and of
    those deleted since, with all; what was entered later is not in it."""
    if not any_later(connection, at):
        return {}
    query = (
        select(ROW.c.record_id, ROW.c.before)
        .join(CHANGE, CHANGE.c.id == ROW.c.change_id)
        .where(CHANGE.c.at > microseconds(at), ROW.c.record == "initiative")
        .where(or_(ROW.c.before.is_(None), ROW.c.before.like(f'%"{field}":%')))
        .order_by(ROW.c.change_id)
    )
    first: dict[int, str | None] = {}
    for identity, before in connection.execute(query).all():
        first.setdefault(identity, before)
    return {one: json.loads(before) for one, before in first.items() if before is not None}
