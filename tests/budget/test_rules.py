"""The arithmetic of money."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.budget import rules
from ecofolio.budget.rules import Course, InitiativeCase, Terms, UnitCase
from ecofolio.vocabulary import ForecastBasis

FEN = st.integers(0, 10**15)
WEIGHTS = st.dictionaries(st.integers(1, 40), st.integers(0, 10**9), max_size=12)


@given(FEN, WEIGHTS)
def test_shares_sum_exactly_to_the_pot(pot: int, weights: dict[int, int]) -> None:
    parts = rules.shares(pot, weights)
    assert sum(parts.values()) == (pot if any(weights.values()) else 0)
    whole = sum(weights.values())
    for key, part in parts.items():
        assert not whole or abs(Fraction(pot * weights[key], whole) - part) < 1


@given(FEN, WEIGHTS, st.data())
def test_nobody_is_given_more_than_their_cap_and_nothing_is_left_that_somebody_could_have(
    pot: int, weights: dict[int, int], data: st.DataObject
) -> None:
    caps = {key: data.draw(FEN) for key in weights}
    parts = rules.shares(pot, weights, caps)
    assert all(0 <= parts[key] <= caps[key] for key in parts)
    assert sum(parts.values()) == min(pot, sum(caps[key] for key in weights if weights[key]))


@given(FEN, WEIGHTS.filter(bool), st.integers(1, 10**9), st.data())
def test_more_weight_never_means_less(
    pot: int, weights: dict[int, int], more: int, data: st.DataObject
) -> None:
    caps = {key: data.draw(FEN) for key in weights}
    key = data.draw(st.sampled_from(sorted(weights)))
    before = rules.shares(pot, weights, caps)[key]
    assert rules.shares(pot, {**weights, key: weights[key] + more}, caps)[key] >= before


@given(FEN, WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_of_the_parties_makes_no_difference(
    pot: int, weights: dict[int, int], chance: random.Random
) -> None:
    shuffled = list(weights.items())
    chance.shuffle(shuffled)
    assert rules.shares(pot, weights) == rules.shares(pot, dict(shuffled))


def test_equal_remainders_are_settled_by_the_key() -> None:
    assert rules.shares(100, {3: 1, 1: 1, 2: 1}) == {1: 34, 2: 33, 3: 33}


UNITS = st.lists(
    st.builds(UnitCase, st.integers(1, 9), st.integers(0, 30), st.integers(0, 10**12)),
    max_size=8,
    unique_by=lambda case: case.key,
)
ASKS = st.lists(
    st.builds(
        InitiativeCase,
        st.integers(1, 20),
        st.integers(0, 10**12),
        st.integers(0, 120_000),
        st.sampled_from("ABCD"),
        st.none() | st.integers(0, 9_000),
    ),
    max_size=10,
    unique_by=lambda case: case.key,
)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    pot = draw(st.integers(1, 10**13))
    base = draw(st.integers(0, pot))
    return Terms(pot, base, draw(st.integers(0, pot)), draw(st.integers(1, 5_000)))


@given(terms(), UNITS, ASKS)
def test_the_parts_of_a_round_sum_exactly_to_its_pot(
    round_: Terms, units: list[UnitCase], asks: list[InitiativeCase]
) -> None:
    outcome = rules.share_round(round_, units, asks)
    given_away = sum(outcome.units.values()) + sum(outcome.initiatives.values())
    assert given_away + outcome.kept == round_.pot
    assert outcome.kept == 0 or not units
    for case in asks:
        assert outcome.initiatives[case.key] <= case.ask
        if case.grade not in "AB" or case.input_output_milli is None:
            assert outcome.initiatives[case.key] == 0
    if units and "floors" not in outcome.troubles:
        assert min(outcome.units.values()) >= round_.floor


RIVALS = st.lists(
    st.builds(
        InitiativeCase,
        st.integers(1, 20),
        st.integers(1, 10**9),
        st.integers(1_000, 90_000),
        st.sampled_from("AB"),
        st.integers(1, 9_000),
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda case: case.key,
)


@given(RIVALS, st.integers(1, 30_000), st.data())
def test_more_score_never_means_less_supplement(
    asks: list[InitiativeCase], more: int, data: st.DataObject
) -> None:
    # less than all ask for, so that scores decide
    pot = data.draw(st.integers(1, sum(case.ask for case in asks)))
    round_ = Terms(pot, 0, 0, data.draw(st.integers(1, 5_000)))
    place = data.draw(st.integers(0, len(asks) - 1))
    old = asks[place]
    new = InitiativeCase(
        old.key, old.ask, old.score_milli + more, old.grade, old.input_output_milli
    )
    better = [*asks[:place], new, *asks[place + 1 :]]
    before = rules.share_round(round_, [], asks).initiatives[old.key]
    assert rules.share_round(round_, [], better).initiatives[old.key] >= before


def test_a_poor_branch_gets_its_shortfall_against_the_median() -> None:
    units = [UnitCase(1, 10, 10_000), UnitCase(2, 10, 4_000), UnitCase(3, 2, 1_200)]
    outcome = rules.share_round(Terms(10_000, 10_000, 1_000, 3_000), units, [])
    # funds per initiative are 1,000, 400 and 600: the second lacks 10 × 200, nobody else anything
    assert outcome.median == 600
    assert outcome.units == {1: 1_000, 2: 8_000, 3: 1_000}


def test_supplements_go_by_score() -> None:
    asks = [
        InitiativeCase(1, 9_000, 90_000, "A", 1_000),
        InitiativeCase(2, 9_000, 60_000, "B", 1_000),
    ]
    assert rules.share_round(Terms(500, 0, 0, 3_000), [], asks).initiatives == {1: 300, 2: 200}


def test_what_a_cap_frees_is_shared_again() -> None:
    asks = [
        InitiativeCase(1, 100, 90_000, "A", 2_000),
        InitiativeCase(2, 9_000, 90_000, "A", 2_000),
        InitiativeCase(3, 9_000, 90_000, "A", 9_000),  # counts as 4
        InitiativeCase(4, 9_000, 99_000, "C", 9_000),
    ]
    outcome = rules.share_round(Terms(3_100, 0, 0, 4_000), [], asks)
    assert outcome.initiatives == {1: 100, 2: 1_000, 3: 2_000, 4: 0}


@pytest.mark.parametrize(
    ("round_", "units", "asks", "trouble"),
    [
        (Terms(100, 100, 60, 1), [UnitCase(1, 1, 0), UnitCase(2, 1, 0)], [], "floors"),
        (Terms(100, 50, 0, 1), [UnitCase(1, 1, 0)], [], "nobody_eligible"),
        (Terms(100, 100, 0, 1), [], [], "no_units"),
    ],
)
def test_a_round_that_can_not_be_is_told(
    round_: Terms, units: list[UnitCase], asks: list[InitiativeCase], trouble: str
) -> None:
    assert rules.share_round(round_, units, asks).troubles == [trouble]


def test_asks_above_the_pot_are_remarked() -> None:
    asks = [InitiativeCase(1, 500, 90_000, "A", 1_000)]
    assert rules.share_round(Terms(100, 0, 0, 1), [], asks).remarks == ["asks_above_pot"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 0.0), ([5, 5, 5], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25), ([0, 0], 0.0)],
)
def test_gini(values: list[int], expected: float) -> None:
    assert rules.gini(values) == pytest.approx(expected)


@given(st.lists(FEN, max_size=20))
def test_gini_is_the_mean_difference_over_twice_the_mean(values: list[int]) -> None:
    total = sum(values)
    apart = sum(abs(one - two) for one in values for two in values)
    expected = apart / (2 * len(values) * total) if total else 0.0
    assert rules.gini(values) == pytest.approx(expected)


def test_months() -> None:
    assert rules.shifted("2026-11", 3) == "2027-02"
    assert rules.months_from("2026-11", "2027-02") == 3
    assert rules.fiscal_year_of(date(2026, 3, 31), 4) == 2025
    assert rules.fiscal_span(2026, 4) == ("2026-04", "2027-03")


def course(**changes: object) -> Course:
    months = {"2026-08": 100, "2026-09": 100, "2026-10": 100}
    plan = {f"2026-{month:02d}": 100 for month in range(8, 13)}
    values = {"spent": months, "plan": plan, "available": 500, **changes}
    return Course.of("2026-11", **values)  # type: ignore[arg-type]


def test_the_plan_is_believed_while_spend_keeps_to_it() -> None:
    found = rules.forecast(course())
    assert (found.used, found.why, found.fen) == (ForecastBasis.PLAN, "keeps_to_plan", 500)
    assert found.by[ForecastBasis.RUN_RATE] == 500


def test_the_run_rate_is_believed_where_spend_is_off_plan() -> None:
    found = rules.forecast(course(spent={f"2026-{n:02d}": 200 for n in (8, 9, 10)}))
    assert (found.used, found.why, found.fen) == (ForecastBasis.RUN_RATE, "off_plan", 1000)
    assert found.off_plan == 100


def test_what_is_bound_is_the_least() -> None:
    found = rules.forecast(course(committed=5_000))
    assert (found.used, found.why, found.fen) == (
        ForecastBasis.COMMITMENT,
        "bound_is_more",
        5_300,
    )


def test_without_plan_or_history_what_is_bound_is_the_forecast() -> None:
    found = rules.forecast(course(plan={}, spent={"2026-11": 5}, committed=7))
    assert (found.used, found.fen) == (ForecastBasis.COMMITMENT, 12)


def test_when_the_money_ends() -> None:
    assert rules.money_ends("2026-11", 250, 100) == "2027-01"
    assert rules.money_ends("2026-11", 250, 0) is None
