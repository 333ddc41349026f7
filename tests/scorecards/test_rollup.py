"""Months make quarters and years, and initiatives make units, as each metric says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scorecards.conftest import TODAY, Measured
from tests.scorecards.test_scoring import fill

from ecofolio.cli.rolled import rolled_up
from ecofolio.errors import InputError
from ecofolio.scorecards import actions, figures, periods, ranking, rolled_scoring, scoring
from ecofolio.scorecards.rollup import Made, over_initiatives, over_months

HOWS = ("sum", "last", "average", "highest")
QUARTER = "2026-Q3"
LATER = date(2027, 3, 1)


def rate(*pairs: tuple[int | None, int | None]) -> Made:
    """A rate's average over months, from its figures and those of its base."""
    return over_months("average", [one for one, _base in pairs], [base for _one, base in pairs])


@pytest.mark.parametrize(
    ("how", "values", "expected"),
    [
        ("sum", (10, 30, 20), 60),
        ("last", (10, 30, 20), 20),
        ("average", (10, 30, 20), 20),
        ("highest", (10, 30, 20), 30),
        ("sum", (10, None, 20), 30),
        ("last", (10, 30, None), 30),
        ("average", (10, None, 20), 15),
        ("average", (1, 2), 2),  # half up
        ("average", (-1, -2), -1),
        ("highest", (None, None, 7), 7),
        ("sum", (None, None, None), None),
        ("average", (0, 0, 0), 0),
    ],
)
def test_months_make_quarters_as_the_metric_says(
    how: str, values: tuple[int | None, ...], expected: int | None
) -> None:
    made = over_months(how, values)
    assert made.value == expected
    assert (made.reported, made.wanted) == (len([x for x in values if x is not None]), len(values))
    assert made.complete == (None not in values)


@pytest.mark.parametrize(
    ("pairs", "value", "alike"),
    [
        (((50, 100), (10, 300)), 20, False),  # 50 of 100 and 10 of 300, not 30
        (((50, 100), (10, None)), 30, True),
        (((50, 0), (10, 0)), 30, True),
        (((50, 0), (10, 300)), 10, False),
        (((None, 900), (10, 300)), 10, False),
    ],
)
def test_a_rate_weighs_its_months_by_its_base(
    pairs: tuple[tuple[int | None, int | None], ...], value: int, alike: bool
) -> None:
    made = rate(*pairs)
    assert (made.value, made.alike) == (value, alike)


def test_a_unit_s_rate_is_what_its_customers_make_of_it() -> None:
    small, large, bare = rate((90, 10), (80, 10)), rate((20, 180)), rate((99, None))
    whole = over_initiatives("weighted", [small, large, bare])
    assert whole.exact == Fraction(90 * 10 + 80 * 10 + 20 * 180, 200)
    assert (whole.left_out, whole.reported, whole.wanted) == (1, 4, 4)
    without = over_initiatives("weighted", [bare, bare])
    assert (without.exact, without.left_out) == (None, 2)


def test_what_is_not_added_up_is_told_of_one_initiative_only() -> None:
    one = over_months("last", [5])
    assert over_initiatives("none", [one]).value == 5
    assert over_initiatives("none", [one, one]).value is None
    assert over_initiatives("sum", [one, one, over_months("last", [None])]).value == 10


FIGURES = st.lists(st.none() | st.integers(-(10**9), 10**9), min_size=1, max_size=12)
BASED = st.lists(
    st.tuples(st.none() | st.integers(0, 100_000), st.none() | st.integers(0, 10**6)),
    min_size=1,
    max_size=12,
)


@given(FIGURES)
def test_a_quarter_is_made_of_what_its_months_reported(values: list[int | None]) -> None:
    told = [value for value in values if value is not None]
    by_how = {how: over_months(how, values).value for how in HOWS}
    if not told:
        assert set(by_how.values()) == {None}
        return
    assert by_how["sum"] == sum(told)
    assert by_how["last"] == told[-1]
    assert by_how["highest"] == max(told)
    average = by_how["average"]
    assert average is not None and min(told) <= average <= max(told)


@given(st.lists(BASED, min_size=1, max_size=5), st.randoms())
def test_a_weighted_figure_lies_between_its_parts_in_whatever_order(
    lines: list[list[tuple[int | None, int | None]]], dice: Any
) -> None:
    parts = [rate(*line) for line in lines]
    whole = over_initiatives("weighted", parts)
    shuffled = list(parts)
    dice.shuffle(shuffled)
    assert over_initiatives("weighted", shuffled) == whole
    told = [value for line in lines for value, _base in line if value is not None]
    if whole.exact is not None:
        assert min(told) <= whole.exact <= max(told)
    assert whole.reported == len(told)


@given(st.lists(FIGURES, min_size=1, max_size=5))
def test_sums_over_months_and_over_initiatives_are_the_sum_of_all(
    lines: list[list[int | None]],
) -> None:
    whole = over_initiatives("sum", [over_months("sum", line) for line in lines])
    told = [value for line in lines for value in line if value is not None]
    assert whole.value == (sum(told) if told else None)


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2026-10", "2026-10"), ("2026-Q3", "2026-Q3"), ("2026q3", "2026-Q3"),
        ("Q3 2026", "2026-Q3"), ("2026年第三季度", "2026-Q3"), ("2026年3季", "2026-Q3"),
        ("２０２６", "2026"), ("2026年", "2026"), (2026, "2026"), (date(2026, 10, 5), "2026-10"),
    ],
)  # fmt: skip
def test_a_period_is_read(written: Any, period: str) -> None:
    assert periods.parse_period(written) == period


@pytest.mark.parametrize("written", ["2026-Q5", "2026-Q0", "1026", "Q3", "2026-13", "2026-"])
def test_what_is_no_period_is_refused(written: str) -> None:
    with pytest.raises(InputError):
        periods.parse_period(written)


@given(st.integers(1990, 2100), st.integers(1, 12), st.integers(-40, 40))
def test_periods_hold_their_months_and_follow_each_other(year: int, number: int, by: int) -> None:
    month = f"{year}-{number:02d}"
    for kind, size in (("month", 1), ("quarter", 3), ("year", 12)):
        period = periods.holding(month, kind)
        assert periods.kind_of(period) == kind
        inside = periods.months_in(period)
        assert month in inside and len(inside) == size
        assert periods.shifted(periods.shifted(period, by), -by) == period
        after = periods.shifted(period, 1)
        assert periods.between(inside[-1], periods.months_in(after)[0]) == 1


# --- in a programme ------------------------------------------------------------------------------


@pytest.fixture
def quarter(measured: Measured) -> Measured:
    """Two initiatives of a branch with two months of three, and a third without a base."""
    for code, unit in (("A", "NB"), ("B", "NB"), ("C", "SB")):
        measured.add(code, unit_id=measured.ids[unit])
        for month in ("2026-07", "2026-08", "2026-09"):
            for metric, target in (("effective_cards", 100), ("retention", 80)):
                measured.promise(code, metric, 0, target, month)
    for code, month, cards, kept, base in (
        ("A", "2026-07", 50, 90, 10), ("A", "2026-08", 100, 80, 10),
        ("B", "2026-07", 100, 20, 180), ("B", "2026-08", 100, 20, 180),
        ("B", "2026-09", 100, 20, 180),
    ):  # fmt: skip
        measured.report(code, "effective_cards", cards, month)
        measured.report(code, "retention", kept, month)
        measured.report(code, "base_customers", base, month)
    return measured


def test_figures_are_rolled_up_by_quarter_and_unit(quarter: Measured) -> None:
    rows = quarter.read(rolled_up, "observations", ["quarter", "unit"])
    found = {(row["unit"], row["metric"], row["period"]): row for row in rows}
    cards = found["Branch NB", "effective_cards", QUARTER]
    assert (cards["value"], cards["months_with_one"], cards["months"]) == (450, 5, 6)
    assert cards["note"] == "5 of 6 months reported"
    assert found["Branch NB", "base_customers", QUARTER]["value"] == 190
    rate = found["Branch NB", "retention", QUARTER]["value"]
    assert rate == pytest.approx((900 + 800 + 3 * 20 * 180) / 560, abs=0.0005)
    nothing = found["Branch SB", "effective_cards", QUARTER]
    assert (nothing["value"], nothing["note"]) == (None, "0 of 3 months reported")


def test_without_its_base_a_rate_is_left_out_and_said_to_be(quarter: Measured) -> None:
    quarter.report("C", "retention", 99, "2026-07")
    groups = {one: ["all"] for one in quarter.ids.values()}
    found = quarter.read(figures.rolled, [QUARTER], groups=groups)
    [rate] = [one for one in found if one.metric.code == "retention"]
    names = {quarter.metrics["base_customers"]: "Base customers"}
    assert figures.note(rate, names) == (
        "6 of 9 months reported; 1 initiative is left out: Base customers is not reported"
    )


def test_targets_are_rolled_up_as_their_figures_are(quarter: Measured) -> None:
    rows = quarter.read(rolled_up, "targets", ["quarter", "initiative"])
    found = {(row["initiative"], row["metric"]): row for row in rows}
    assert (found["A", "effective_cards"]["floor"], found["A", "effective_cards"]["target"]) == (
        0, 300,
    )  # fmt: skip
    assert found["A", "retention"]["target"] == 80


@pytest.mark.parametrize(
    ("kind", "by"),
    [("metrics", ["year"]), ("targets", ["year", "month"]), ("targets", ["unit", "scene"])],
)
def test_what_can_not_be_rolled_up_is_refused(measured: Measured, kind: str, by: list[str]) -> None:
    with pytest.raises(InputError):
        measured.read(rolled_up, kind, by)


def test_a_quarter_is_judged_by_its_rolled_up_figures(quarter: Measured) -> None:
    score = quarter.scores(QUARTER, LATER)
    # cards: 150 of 200 in two months of three; retention: 85 of 80 there, capped at 1.2
    weights = {"effective_cards": 20, "retention": 15}
    points = 20 * Fraction(150, 200) * Fraction(2, 3) + 15 * Fraction(85, 80) * Fraction(2, 3)
    assert score["A"].score == round(10000 * points / sum(weights.values()))
    assert (score["A"].missing, score["C"].missing, score["C"].score) == (0, 2, 0)
    lines = quarter.read(ranking.ranking, QUARTER, LATER)
    assert {line.code: line.rank for line in lines} == {"B": 1, "A": 2, "C": 3}


def test_a_month_that_is_not_due_yet_takes_nothing_from_its_quarter(quarter: Measured) -> None:
    early = quarter.scores(QUARTER, date(2026, 10, 5))["A"]
    late = quarter.scores(QUARTER, date(2026, 10, 12))["A"]
    assert early.score is not None and late.score is not None
    assert late.score == pytest.approx(early.score * 2 / 3, abs=1)


def test_a_breach_in_any_month_holds_the_grade_of_the_quarter(quarter: Measured) -> None:
    for month, count in (("2026-07", 2), ("2026-08", 0), ("2026-09", 0)):
        quarter.promise("B", "data_incidents", 1, 0, month)
        quarter.report("B", "data_incidents", count, month)
    found = quarter.scores(QUARTER, LATER)["B"]
    assert (found.held, found.grade) == (2, "D")


def test_a_quarter_keeps_the_card_of_its_last_month(quarter: Measured) -> None:
    before = quarter.scores(QUARTER, LATER)
    card = quarter.read(scoring.cards, QUARTER[:4] + "-10")["full_rollout"]
    weights = {quarter.metrics["effective_cards"]: 100}
    quarter.do(actions.set_scorecard, "full_rollout", "2026-10", type(card)(weights))
    assert quarter.scores(QUARTER, LATER) == before
    assert quarter.scores("2026-Q4", LATER) == {}


def test_a_period_of_one_month_is_judged_as_the_month(quarter: Measured) -> None:
    ids = list(quarter.ids.values())
    month = "2026-07"
    plain = quarter.read(scoring._figures, month, 99, ids)  # all are due
    rolled = quarter.read(rolled_scoring.rolled_figures, month, TODAY, ids)
    for identity, line in plain.items():
        assert sorted(rolled[identity], key=lambda one: one.metric) == sorted(
            line, key=lambda one: one.metric
        )


@pytest.mark.parametrize("place_kind", ["sqlite"])
@pytest.mark.parametrize("period", ["2026-Q3", "2026-Q4", "2026"])
def test_the_quick_sums_of_a_period_are_the_rule_to_the_last_digit(
    measured: Measured, period: str
) -> None:
    for month, seed in (("2026-07", 1), ("2026-08", 2), ("2026-10", 3)):
        fill(measured, 24, seed, month)
    quick = measured.read(scoring.scores, period, TODAY)
    opened = measured.read(scoring.sheets, period, TODAY, list(measured.ids.values()))
    assert quick == {one: scoring.as_scored(sheet) for one, sheet in opened.items()}
    assert len(quick) >= 20


def test_figures_that_are_provisional_are_counted_where_they_are_rolled_up(
    measured: Measured,
) -> None:
    for code in ("A", "B"):
        measured.add(code)
        measured.report(code, "merchants", 5, "2026-09")
        measured.report(code, "merchants", 7, "2026-10", state="provisional")
    groups = {measured.ids["A"]: ["all"], measured.ids["B"]: ["all"]}
    found = measured.read(figures.rolled, ["2026-Q3", "2026-Q4", "2026"], groups=groups)
    told = {one.period: (one.provisional, figures.note(one, {})) for one in found}
    assert told["2026-Q3"][0] == 0 and "provisional" not in told["2026-Q3"][1]
    assert told["2026-Q4"][0] == told["2026"][0] == 2
    assert "2 figures are provisional" in told["2026-Q4"][1]
