"""What forecasts are worked out from: spend and plan of every initiative, in few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    bindparam,
    case,
    func,
    select,
)

from ecofolio.budget import rules
from ecofolio.budget.ledger import ACCOUNT, POSTING, TRANSACTION
from ecofolio.budget.model import PlanLine
from ecofolio.store.base import table_of

LINE = table_of(PlanLine)
DAY = timedelta(days=1)


class _Spent(NamedTuple):
    """Spend of an initiative: all, in each of the last months, and the first month of any."""

    whole: int = 0
    months: tuple[int, ...] = (0,) * rules.TREND_MONTHS
    first: str | None = None


class _Planned(NamedTuple):
    """The plan of an initiative: all, before this month, of this month, and its last month."""

    whole: int = 0
    before: int = 0
    now: int = 0
    last: str | None = None


_NO_SPEND, _NO_PLAN = _Spent(), _Planned()


@dataclass(frozen=True)
class Courses:
    """What is known of every initiative's course until a month."""

    month: str
    spent: Mapping[int, _Spent]
    planned: Mapping[int, _Planned]

    def of(
        self, initiative_id: int, committed: int, available: int, due: date | None
    ) -> rules.Course | None:
        """An initiative's course; None where there is nothing to tell."""
        spent = self.spent.get(initiative_id, _NO_SPEND)
        planned = self.planned.get(initiative_id, _NO_PLAN)
        if not spent.whole and not planned.whole and not committed:
            return None
        return rules.Course(
            self.month,
            spent.whole,
            spent.months[-1],
            sum(spent.months[-1 - rules.BURN_MONTHS : -1]),
            rules.full_months(self.month, spent.first),
            committed,
            available,
            planned.whole,
            planned.before,
            planned.now,
            rules.period_of(due) if due else planned.last,
            spent.months,
        )


def read_courses(
    connection: Connection,
    as_of: date,
    version: int | None,
    category: int | None,
    ids: Sequence[int] | None = None,
) -> Courses:
    """The courses until a day: of one category, or of all; without a version, without a plan;
    of some initiatives, or of all."""
    planned = {} if version is None else _planned(connection, version, as_of, category, ids)
    return Courses(rules.period_of(as_of), _spent(connection, as_of, category, ids), planned)


def _spent(
    connection: Connection, as_of: date, category: int | None, ids: Sequence[int] | None
) -> dict[int, _Spent]:
    query = _spending(as_of, category, ids is not None)
    return {
        row[0]: _Spent(int(row[2]), tuple(map(int, row[3:])), rules.period_of(row[1]))
        for row in connection.execute(query, {} if ids is None else {"ids": list(ids)}).all()
        if row[1] is not None
    }


@lru_cache(maxsize=4)  # writing it anew takes as long as asking it of one initiative
def _spending(as_of: date, category: int | None, some: bool) -> Select[Any]:
    """First day, sum, and sums by month of each; of `ids`, or of all.

    An index finds each account's days, so that nobody reads every posting's month.
    """

    def spent(column: ColumnElement[Any], first: date, last: date) -> ScalarSelect[Any]:
        query = select(column).where(
            POSTING.c.account_id == ACCOUNT.c.id, POSTING.c.date.between(first, last)
        )
        if category is not None:
            query = query.join(TRANSACTION, TRANSACTION.c.id == POSTING.c.transaction_id)
            query = query.where(TRANSACTION.c.category_id == category)
        return query.scalar_subquery()

    total = func.coalesce(func.sum(POSTING.c.fen), 0)
    shown = rules.trend_months(as_of)
    openings = [*map(_opening, shown), as_of + DAY]
    months = [spent(total, *span) for span in zip(openings, _ends(openings), strict=False)]
    query = select(
        ACCOUNT.c.initiative_id,
        spent(func.min(POSTING.c.date), date.min, as_of),
        spent(total, date.min, as_of),
        *months,
    ).where(ACCOUNT.c.kind == "spent")
    if some:
        query = query.where(ACCOUNT.c.initiative_id.in_(bindparam("ids", expanding=True)))
    return query


def _ends(openings: Sequence[date]) -> list[date]:
    """The last day before each of some days but the first."""
    return [one - DAY for one in openings[1:]]


def _opening(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _planned(
    connection: Connection,
    version: int,
    as_of: date,
    category: int | None,
    ids: Sequence[int] | None,
) -> dict[int, _Planned]:
    month = rules.period_of(as_of)
    query = (
        select(
            LINE.c.initiative_id,
            func.sum(LINE.c.fen),
            func.sum(case((LINE.c.period < month, LINE.c.fen), else_=0)),
            func.sum(case((LINE.c.period == month, LINE.c.fen), else_=0)),
            func.max(LINE.c.period),
        )
        .where(LINE.c.plan_version_id == version)
        .group_by(LINE.c.initiative_id)
    )
    if category is not None:
        query = query.where(LINE.c.category_id == category)
    if ids is not None:
        query = query.where(LINE.c.initiative_id.in_(ids))
    return {
        row[0]: _Planned(int(row[1]), int(row[2]), int(row[3]), row[4])
        for row in connection.execute(query).all()
    }
