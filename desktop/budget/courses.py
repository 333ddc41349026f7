"""What forecasts are worked out from: spend and plan of every initiative, in few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, ScalarSelect, Select, case, func, select

from ecofolio.budget import rules
from ecofolio.budget.ledger import ACCOUNT, POSTING, TRANSACTION
from ecofolio.budget.model import PlanLine
from ecofolio.store.base import table_of

LINE = table_of(PlanLine)
DAY = timedelta(days=1)


class _Spent(NamedTuple):
    """Spend of an initiative: all, of this month, of the months before, and its first day."""

    whole: int = 0
    now: int = 0
    recent: int = 0
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
            spent.now,
            spent.recent,
            rules.full_months(self.month, spent.first),
            committed,
            available,
            planned.whole,
            planned.before,
            planned.now,
            rules.period_of(due) if due else planned.last,
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
    month = rules.period_of(as_of)
    opened, since = _opening(month), _opening(rules.shifted(month, -rules.BURN_MONTHS))
    spans = ((date.min, as_of), (opened, as_of), (since, opened - DAY))
    sums = _sums(connection, spans, category, ids)
    firsts = _firsts(connection, as_of, category, ids)
    return {
        one: _Spent(fen[0], fen[1], fen[2], rules.period_of(firsts[one]))
        for one, fen in sums.items()
        if one in firsts
    }


def spent_in(
    connection: Connection, months: Sequence[str], as_of: date, category: int | None = None
) -> dict[int, tuple[int, ...]]:
    """Spend in fen in each of some months, until a day, by initiative that has an account."""
    spans = [(_opening(one), min(as_of, _opening(rules.shifted(one, 1)) - DAY)) for one in months]
    return _sums(connection, spans, category)


def _opening(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _sums(
    connection: Connection,
    spans: Sequence[tuple[date, date]],
    category: int | None,
    ids: Sequence[int] | None = None,
) -> dict[int, tuple[int, ...]]:
    """Spend in spans of days by initiative.

    An index finds each account's days, so that nobody reads every posting's month.
    """

    def spent(first: date, last: date) -> ScalarSelect[Any]:
        query = select(func.coalesce(func.sum(POSTING.c.fen), 0)).where(
            POSTING.c.account_id == ACCOUNT.c.id, POSTING.c.date.between(first, last)
        )
        return _of_category(query, category).scalar_subquery()

    columns = [spent(*span) for span in spans]
    query = _of_initiatives(select(ACCOUNT.c.initiative_id, *columns), ids)
    return {row[0]: tuple(map(int, row[1:])) for row in connection.execute(query).all()}


def _firsts(
    connection: Connection, as_of: date, category: int | None, ids: Sequence[int] | None
) -> dict[int, date]:
    """The first day of spend by initiative."""
    query = select(func.min(POSTING.c.date)).where(
        POSTING.c.account_id == ACCOUNT.c.id, POSTING.c.date <= as_of
    )
    first = _of_category(query, category).scalar_subquery()
    rows = _of_initiatives(select(ACCOUNT.c.initiative_id, first), ids)
    return {row[0]: row[1] for row in connection.execute(rows).all() if row[1] is not None}


def _of_initiatives(query: Select[Any], ids: Sequence[int] | None) -> Select[Any]:
    query = query.where(ACCOUNT.c.kind == "spent")
    return query if ids is None else query.where(ACCOUNT.c.initiative_id.in_(ids))


def _of_category(query: Select[Any], category: int | None) -> Select[Any]:
    if category is None:
        return query
    return query.join(TRANSACTION, TRANSACTION.c.id == POSTING.c.transaction_id).where(
        TRANSACTION.c.category_id == category
    )


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
