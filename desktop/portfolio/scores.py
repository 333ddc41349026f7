"""What the scorecards say of initiatives, in the measures that funding rounds share out by."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from ecofolio.budget.round_actions import Scores
from ecofolio.portfolio.inputs import flows
from ecofolio.scorecards import scoring
from ecofolio.scorecards.settling import settling


def newest(connection: Connection, today: date) -> str:
    """The newest month whose figures are all due."""
    return settling(connection).newest(today)


def scores(connection: Connection, today: date, month: str | None = None) -> Scores:
    """Score, grade and input–output by initiative, in thousandths; of the newest month whose
    figures are all due, unless another is given. Who has no score is not in it."""
    month = month or newest(connection, today)
    judged = scoring.scores(connection, month, today)
    balances = flows(connection, month).balances()
    found: dict[int, tuple[int, str, int | None]] = {}
    for identity, one in judged.items():
        if one.score is None or one.grade is None:
            continue
        balance = balances.get(identity)
        ratio = balance.ratio if balance is not None else None
        milli = None if ratio is None else round(ratio * 1000)
        found[identity] = (one.score * 10, one.grade.value, milli)
    return Scores(month, found)
