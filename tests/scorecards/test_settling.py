"""When a month is settled, whatever becomes of due days later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from tests.scorecards.conftest import Measured

from ecofolio.errors import InputError
from ecofolio.initiatives import actions as initiatives
from ecofolio.scorecards import actions, late, queries, trends
from ecofolio.scorecards.settling import Settling, settling

FEW = Settling(((date.min, 10),))


def test_a_month_is_settled_when_its_last_due_day_is_over() -> None:
    assert FEW.on("2026-10") == date(2026, 11, 10)
    assert FEW.newest(date(2026, 11, 10)) == "2026-09"
    assert FEW.newest(date(2026, 11, 11)) == "2026-10"
    assert FEW.due_before("2026-10", date(2026, 11, 10)) == 10
    assert FEW.due_before("2026-10", date(2026, 11, 11)) == 99


@pytest.mark.parametrize(
    ("changed", "before", "after", "settled"),
    [
        (date(2026, 11, 15), 10, 28, date(2026, 11, 10)),  # later than it was settled
        (date(2026, 11, 5), 10, 28, date(2026, 11, 28)),  # while it was still open
        (date(2026, 11, 20), 28, 10, date(2026, 11, 20)),  # at once due
        (date(2026, 11, 5), 28, 10, date(2026, 11, 10)),
    ],
)
def test_a_due_day_that_is_changed_holds_for_months_that_were_open(
    changed: date, before: int, after: int, settled: date
) -> None:
    assert Settling(((date.min, before), (changed, after))).on("2026-10") == settled


@pytest.fixture
def at(measured: Measured) -> Callable[[str], None]:
    """Sets the clock, and lets the programme be set up in the first days of October."""

    def set_clock(day: str) -> None:
        measured.workspace.clock = lambda: datetime.fromisoformat(f"{day}T09:00").replace(
            tzinfo=UTC
        )

    return set_clock


def test_changed_due_days_leave_the_scores_of_settled_months_alone(
    measured: Measured, at: Callable[[str], None]
) -> None:
    at("2026-12-01")
    measured.add("A")
    for month in ("2026-11", "2026-12"):
        measured.promise("A", "effective_cards", 0, 100, month)
        measured.promise("A", "fee_income", 0, 100, month)
    at("2026-12-05")
    measured.report("A", "effective_cards", 90, "2026-11")
    today = date(2026, 12, 21)

    def told() -> list[object]:
        shown = measured.scores("2026-11", today)
        line = measured.read(trends.trend, [measured.ids["A"]], "2026-11", today, 1)
        return [shown, line]

    at("2026-12-15")
    before = told()
    assert measured.scores("2026-11", today)["A"].overdue == 1
    measured.do(actions.set_metric, measured.metrics["fee_income"], {"due_day": 28})
    at("2026-12-17")
    measured.do(initiatives.set_fields, [measured.ids["A"]], {"batch": "incubation"})
    assert told() == before
    owed = measured.read(late.not_reported, today)
    assert [(one.month, one.due) for one in owed] == [("2026-11", date(2026, 12, 10))]
    found = measured.read(settling)
    assert (found.on("2026-11"), found.on("2026-12")) == (date(2026, 12, 10), date(2027, 1, 28))
    assert found.newest(today) == "2026-11"
    card = measured.read(queries.cards, "2026-11")["incubation"]
    with pytest.raises(InputError, match="2026-11 are settled"):
        measured.do(actions.set_scorecard, "incubation", "2026-11", card)


def test_changes_of_the_day_on_which_a_programme_is_set_up_hold_for_all_months(
    measured: Measured,
) -> None:
    measured.do(actions.set_metric, measured.metrics["fee_income"], {"due_day": 25})
    assert measured.read(settling).days == ((date.min, 25),)
    measured.do(actions.set_metric, measured.metrics["fee_income"], {"retired": True})
    assert measured.read(settling).days == ((date.min, 10),)
