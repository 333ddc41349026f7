"""The score of any past period stays what was then shown, whatever is changed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from tests.scorecards.conftest import TODAY, Measured

from ecofolio.errors import InputError
from ecofolio.initiatives import actions as initiative_actions
from ecofolio.scorecards import actions, queries, ranking, scoring
from ecofolio.scorecards.rules import Card
from ecofolio.vocabulary import Batch

MONTHS = ("2025-10", "2025-11", "2025-12")
PERIODS = (*MONTHS, "2025-Q4", "2025")
CODES = ("effective_cards", "active_users", "deposits_kept", "retention", "complaints", "merchants")


@pytest.fixture
def shown(measured: Measured) -> Measured:
    """Three initiatives with scores of a quarter, entered when it began."""
    measured.workspace.clock = lambda: datetime(2025, 10, 1, tzinfo=UTC)
    for n, batch in enumerate(Batch):
        measured.add(f"I{n}", batch.value, unit_id=measured.ids["NB"])
    measured.workspace.clock = lambda: datetime(2026, 11, 21, tzinfo=UTC)
    dice = Random(7)
    for n in range(3):
        for month in MONTHS:
            for code in CODES:
                lower = code == "complaints"
                measured.promise(f"I{n}", code, 12 if lower else 0, 4 if lower else 80, month)
                if dice.random() < 0.85:
                    value = dice.randint(0, 16 if lower else 100)
                    measured.report(f"I{n}", code, value, month)
            measured.report(f"I{n}", "base_customers", dice.randint(1, 900), month)
    return measured


def told(shown: Measured) -> Any:
    return {
        period: (
            shown.read(scoring.scores, period, TODAY),
            [line[:10] for line in shown.read(ranking.ranking, period, TODAY)],
        )
        for period in PERIODS
    }


def steps(shown: Measured, dice: Random) -> list[Callable[[], Any]]:
    """What people may do later on; some of it is refused, for this very reason."""
    metric = dice.choice(list(shown.metrics.values()))
    month = f"{dice.randint(2025, 2026)}-{dice.randint(1, 12):02d}"
    first, second = dice.sample(list(shown.metrics.values()), 2)
    weight = dice.randint(1, 99)
    card = Card({first: weight, second: 100 - weight}, cap=dice.randint(100, 200))
    field, value = dice.choice(
        [
            ("kind", "guardrail"), ("direction", "lower"), ("veto", True), ("over_months", "last"),
            ("over_initiatives", "none"), ("weighed_by_id", first), ("retired", True),
            ("name", "Another"), ("least", 1), ("most", 200_000), ("due_day", dice.randint(1, 10)),
            ("segment", "G"), ("step", "refer"), ("loop_phase", None),
        ]
    )  # fmt: skip
    initiative = shown.ids[f"I{dice.randrange(3)}"]
    batch = dice.choice(list(Batch)).value
    return [
        lambda: shown.do(actions.set_metric, metric, {field: value}),
        lambda: shown.do(actions.set_scorecard, batch, month, card),
        lambda: shown.do(actions.set_coefficient, metric, month, dice.randint(0, 10**6)),
        lambda: shown.do(initiative_actions.set_fields, [initiative], {"batch": batch}),
        lambda: shown.do(actions.place_metric, first, second),
        lambda: shown.do(actions.delete_metric, metric),
    ]


@pytest.mark.parametrize("place_kind", ["sqlite"])
@pytest.mark.parametrize("seed", range(6))
def test_a_recomputed_past_score_is_what_was_then_shown(shown: Measured, seed: int) -> None:
    dice, before = Random(seed), told(shown)
    assert all(scores for scores, _lines in before.values())
    done = refused = 0
    for _n in range(30):
        try:
            dice.choice(steps(shown, dice))()
            done += 1
        except InputError:
            refused += 1
    assert told(shown) == before
    assert done > 5 and refused


def test_a_scorecard_changes_from_the_month_after_the_last_that_is_settled(
    shown: Measured,
) -> None:
    card = shown.read(queries.cards, "2025-12")["incubation"]
    for month in ("2025-01", "2025-12"):
        with pytest.raises(InputError, match=r"2025-12 are settled.*from 2026-01 on"):
            shown.do(actions.set_scorecard, "incubation", month, card)
    shown.do(actions.set_scorecard, "incubation", "2026-01", card)
