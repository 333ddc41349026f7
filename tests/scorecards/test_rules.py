"""The arithmetic of scores on tables of worked cases, and what always holds of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.errors import InputError
from ecofolio.scorecards import rules
from ecofolio.scorecards.rules import Card, Figure, Grade, score

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("actual", "floor", "target", "expected"),
    [
        (0, 0, 100, 0),
        (50, 0, 100, HALF),
        (100, 0, 100, 1),
        (110, 0, 100, Fraction(11, 10)),
        (500, 0, 100, Fraction(6, 5)),  # capped
        (-10, 0, 100, 0),
        (75, 50, 100, HALF),
        (10, 10, 2, 0),  # less is better: at its floor
        (6, 10, 2, HALF),
        (2, 10, 2, 1),
        (0, 10, 2, Fraction(6, 5)),
        (12, 10, 2, 0),
    ],
)
def test_attainment_is_a_clamped_share(
    actual: int, floor: int, target: int, expected: Fraction | int
) -> None:
    assert rules.attainment(actual, floor, target) == expected


@pytest.mark.parametrize(
    ("floor", "target", "higher"), [(5, 5, True), (5, 5, False), (6, 5, True), (5, 6, False)]
)
def test_a_target_that_leaves_nothing_to_attain_is_refused(
    floor: int, target: int, higher: bool
) -> None:
    with pytest.raises(InputError, match="floor"):
        rules.check_target(floor, target, higher)


def figure(metric: int, actual: int | None, **more: Any) -> Figure:
    return Figure(metric, 0, 100, True, actual, **more)


WORKED = [
    # weights, figures, score in hundredths, grade, missing
    ({1: 100}, [figure(1, 90)], 9000, "A", 0),
    ({1: 100}, [figure(1, 89)], 8900, "B", 0),
    ({1: 100}, [figure(1, 75)], 7500, "B", 0),
    ({1: 100}, [figure(1, 80, share=HALF)], 4000, "D", 0),  # a month of two was not reported
    ({1: 60, 2: 40}, [figure(1, 100), figure(2, 50)], 8000, "B", 0),
    ({1: 60, 2: 40}, [figure(1, 200), figure(2, 200)], 12000, "A", 0),
    ({1: 60, 2: 40}, [figure(1, 100), figure(2, None)], 6000, "C", 1),
    ({1: 60, 2: 40}, [figure(1, 100), figure(2, None, due=False)], 10000, "A", 1),
    ({1: 60, 2: 40}, [figure(1, 100)], 10000, "A", 0),  # no target for the other
    ({1: 60, 2: 40}, [figure(1, None, due=False)], None, None, 1),
    ({1: 33, 2: 33, 3: 34}, [figure(n, 1) for n in (1, 2, 3)], 100, "D", 0),
    ({1: 100}, [Figure(1, 0, 3, True, 2)], 6667, "C", 0),
    ({1: 100}, [Figure(1, 0, 8000, True, 6717)], 8396, "B", 0),  # 83.9625
    ({1: 100}, [Figure(1, 0, 2000, True, 1799)], 8995, "B", 0),
    ({1: 100}, [Figure(1, 0, 200000, True, 179991)], 9000, "A", 0),  # 89.9955 is shown as 90.00
]


@pytest.mark.parametrize(("weights", "figures", "shown", "grade", "missing"), WORKED)
def test_scores_and_grades_come_out_as_worked_by_hand(
    weights: dict[int, int],
    figures: list[Figure],
    shown: int | None,
    grade: str | None,
    missing: int,
) -> None:
    found = score(Card(weights), figures)
    assert (found.shown, found.grade, found.missing) == (shown, grade, missing)


@pytest.mark.parametrize(
    ("actual", "veto", "grade"),
    [(9, True, "A"), (10, True, "A"), (11, True, "D"), (11, False, "C")],
)
def test_a_breached_guardrail_caps_the_grade_and_a_veto_makes_it_d(
    actual: int, veto: bool, grade: str
) -> None:
    guard = Figure(2, 10, 2, False, actual, guardrail=True, veto=veto)
    for weights in ({1: 100, 2: 0}, {1: 100}):  # on the card or not
        found = score(Card(weights), [figure(1, 100), guard])
        assert (found.grade, found.capped_by) == (grade, 2 if grade in "CD" else None)
        assert found.shown == 10000


def test_a_guardrail_never_lifts_a_grade() -> None:
    guard = Figure(2, 10, 2, False, 11, guardrail=True)
    found = score(Card({1: 100}), [figure(1, 10), guard])
    assert (found.grade, found.capped_by) == (Grade.D, None)


def test_a_guardrail_that_has_to_be_high_holds_at_its_floor() -> None:
    told = [Figure(2, 10, 20, True, actual, guardrail=True) for actual in (10, 9)]
    assert [rules.breached(one) for one in told] == [False, True]
    held = Figure(2, 10, 20, True, 15, guardrail=True, broken=True)
    assert rules.breached(held)  # a month of the quarter was below it


def test_of_two_breached_guardrails_the_one_with_a_veto_is_named() -> None:
    guards = [Figure(n, 10, 2, False, 11, guardrail=True, veto=n == 3) for n in (2, 3)]
    found = score(Card({1: 100}), [figure(1, 100), *guards])
    assert (found.grade, found.capped_by) == (Grade.D, 3)


def test_a_metric_that_is_not_due_yet_has_neither_attainment_nor_points() -> None:
    lines = score(Card({1: 50, 2: 50}), [figure(1, None, due=False), figure(2, None)]).lines
    assert [(line.attainment, line.points) for line in lines] == [(None, None), (0, 0)]


def test_one_more_unit_brings_what_the_score_then_gains() -> None:
    card = Card({1: 60, 2: 40})
    figures = [Figure(1, 0, 100_000, True, 50_000), Figure(2, 10_000, 2_000, False, 6_000)]
    lines = score(card, figures).lines
    assert [line.one_more for line in lines] == [Fraction(60, 100), Fraction(40, 8)]
    more = [Figure(1, 0, 100_000, True, 51_000), figures[1]]
    before, after = score(card, figures).score, score(card, more).score
    assert before is not None and after is not None and after - before == lines[0].one_more


figures_ = st.builds(
    Figure,
    metric=st.integers(1, 6),
    floor=st.integers(0, 10**6),
    target=st.integers(10**6 + 1, 10**7),
    higher=st.just(True),
    actual=st.none() | st.integers(-(10**6), 2 * 10**7),
    due=st.booleans(),
    guardrail=st.booleans(),
    veto=st.booleans(),
)
several = st.lists(figures_, max_size=6, unique_by=lambda one: one.metric)
cards = st.lists(st.integers(1, 50), min_size=1, max_size=6).map(
    lambda parts: Card(dict(enumerate(parts, 1)))
)


@given(cards, several)
def test_a_score_lies_between_nothing_and_the_cap_and_its_points_sum_to_it(
    card: Card, figures: list[Figure]
) -> None:
    found = score(card, figures)
    if found.score is not None:
        assert 0 <= found.score <= 120
        assert sum((line.points or 0 for line in found.lines), Fraction(0)) == found.score


@given(cards, several, st.randoms())
def test_the_same_data_in_another_order_gives_the_same(
    card: Card, figures: list[Figure], dice: Any
) -> None:
    shuffled = list(figures)
    dice.shuffle(shuffled)
    assert score(card, shuffled) == score(card, figures)


@given(cards, several, st.integers(0, 5), st.integers(1, 10**7))
def test_raising_what_is_better_higher_never_lowers_a_score(
    card: Card, figures: list[Figure], place: int, by: int
) -> None:
    if place >= len(figures) or figures[place].actual is None:
        return
    old = figures[place]
    more = [*figures[:place], *figures[place + 1 :]]
    raised = Figure(
        old.metric, old.floor, old.target, True, (old.actual or 0) + by, old.due,
        old.guardrail, old.veto,
    )  # fmt: skip
    before, after = score(card, figures), score(card, [*more, raised])
    if before.shown is not None:
        assert after.shown is not None and after.shown >= before.shown
        assert before.grade is not None and after.grade is not None
        assert after.grade <= before.grade


@given(st.dictionaries(st.integers(), st.none() | st.integers(0, 12), max_size=20))
def test_ranks_are_a_competition_ranking(scores: dict[int, int | None]) -> None:
    found = rules.ranks(scores)
    told = {key: value for key, value in scores.items() if value is not None}
    assert found.keys() == told.keys()
    for key, value in told.items():
        assert found[key] == 1 + sum(other > value for other in told.values())


@pytest.mark.parametrize(
    ("values", "spends", "month", "sufficient"),
    [
        ([0, 0], [0, 0], None, False),
        ([5, 5], [0, 0], None, True),
        ([0, 10, 5], [10, 0, 0], 1, True),
        ([0, 1, 1], [10, 0, 0], None, False),
        ([0, 10], [10, 0], 1, True),  # to the fen
        ([100, *[0] * 12], [0, *[1] * 12], 1, False),  # what was thirteen months ago is gone
        ([20, 0, 5], [0, 10, 0], 1, True),  # nothing to pay back before anything is spent
    ],
)
def test_payback_and_self_sufficiency(
    values: list[int], spends: list[int], month: int | None, sufficient: bool
) -> None:
    assert rules.payback(values, spends) == month
    assert rules.self_sufficient(values, spends) is sufficient


def test_input_output_is_never_infinite() -> None:
    assert rules.input_output(10, 0) is None
    assert rules.input_output(10, 4) == Fraction(5, 2)


@pytest.mark.parametrize(
    ("value", "micro", "fen"),
    [
        (1000, 10**6, 1),
        (1500, 10**6, 2),
        (10_000, 150_000, 2),
        (9_000, 150_000, 1),
        (-1500, 10**6, -2),
    ],
)
def test_worth_is_rounded_half_up_to_the_fen(value: int, micro: int, fen: int) -> None:
    assert rules.worth(value, micro) == fen


@pytest.mark.parametrize(
    ("value", "before", "jump"),
    [
        (100, 10, True),
        (99, 10, False),
        (1, 10, True),
        (2, 10, False),
        (5, None, False),
        (5, 0, False),
    ],
)
def test_ten_times_last_month_is_asked_about(value: int, before: int | None, jump: bool) -> None:
    assert rules.is_jump(value, before) is jump
