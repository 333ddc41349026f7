"""Input against output: what figures are worth, with what the ledger says was spent on them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ecofolio.budget.queries import spent_by_month
from ecofolio.scorecards import periods, value
from ecofolio.scorecards.value import Balance


@dataclass(frozen=True)
class Flows:
    """Value and spend in fen by initiative and month, over all months that have any of them."""

    values: Mapping[tuple[int, str], int]
    spends: Mapping[tuple[int, str], int]
    months: tuple[str, ...]

    def balances(self, groups: Mapping[int, Hashable] | None = None) -> dict[Hashable, Balance]:
        """Value against spend since the beginning, by initiative or by the group each is in."""
        return value.balances(self.values, self.spends, self.months, groups)


def flows(connection: Connection, last: str, ids: Collection[int] | None = None) -> Flows:
    """Everything earned and spent up to the end of a month."""
    end: date = periods.last_day(last)
    spends = {
        (initiative, month): fen
        for initiative, by_month in spent_by_month(connection, ids, last=end).items()
        for month, fen in by_month.items()
    }
    values = value.values(connection, "1900-01", last, ids)
    known = [month for _initiative, month in (*values, *spends)]
    first = min(known, default=last)
    months = periods.span(last, periods.between(first, last) + 1)
    return Flows(values, spends, tuple(months))
