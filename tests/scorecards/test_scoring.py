"""Scores, ranks, debts, values and lights as the database works them out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from tests.scorecards.conftest import MONTH, TODAY, Measured

from ecofolio.boards import health as board_health
from ecofolio.budget import health as budget_health
from ecofolio.initiatives import actions as initiative_actions
from ecofolio.initiatives import queries as initiatives
from ecofolio.initiatives.health import USUAL, Bounds, five
from ecofolio.initiatives.thresholds import clear_threshold, set_threshold
from ecofolio.scorecards import (
    actions,
    late,
    periods,
    queries,
    ranking,
    rules,
    scoring,
    targets,
    trends,
    value,
)
from ecofolio.scorecards import health as scorecards_health
from ecofolio.scorecards.observing import Reported, observe
from ecofolio.scorecards.rules import Card, Grade
from ecofolio.scorecards.targets import Promise
from ecofolio.scorecards.weighing import Weighing
from ecofolio.vocabulary import Batch, HealthLight, Light


def test_a_score_is_told_with_what_is_missing(measured: Measured) -> None:
    measured.add("A")
    measured.promise("A", "effective_cards", 0, 100)
    measured.promise("A", "deposits_kept", 0, 100)
    measured.report("A", "effective_cards", 120)
    one = measured.scores()["A"]
    assert (one.score, one.grade, one.judged, one.missing, one.overdue) == (4800, "D", 2, 1, 1)
    early = measured.scores(today=date(2026, 11, 10))["A"]
    assert (early.score, early.grade, early.missing, early.overdue) == (12000, "A", 1, 0)


def test_what_has_no_target_no_batch_or_no_card_has_no_score(measured: Measured) -> None:
    for code, batch in (("A", "full_rollout"), ("B", None)):
        measured.add(code, batch)
        measured.report(code, "effective_cards", 5)
    measured.promise("B", "effective_cards", 0, 100)
    assert measured.scores() == {}
    assert measured.scores("1999-12") == {}


def fill(measured: Measured, count: int, seed: int = 1, month: str = MONTH) -> None:
    """Figures of many initiatives, tidy enough for ties and rounding's edges."""
    dice = Random(seed)
    promises, figures = [], []
    with measured.workspace.read() as connection:
        cards = queries.cards(connection, MONTH)
    guards = [measured.metrics[code] for code in ("complaints", "data_incidents", "satisfaction")]
    for n in range(count):
        batch = list(Batch)[n % 3].value
        code, unit = f"I{n:03d}", measured.ids[("NB", "SB", "HO")[n % 3]]
        identity = measured.ids.get(code) or measured.add(code, batch, unit_id=unit)
        for metric in {*cards[batch].weights, *guards}:
            if dice.random() < 0.1:
                continue
            floor, span = dice.choice([0, 1000, 50_000]), dice.choice([800, 1000, 3000, 64_000])
            lower = metric in guards[:2]
            floor, target = (floor + span, floor) if lower else (floor, floor + span)
            promises.append(Promise(identity, metric, month, floor, target))
            if dice.random() < 0.9:
                reached = floor + (target - floor) * dice.choice([-1, 0, 1, 2, 5, 7, 8, 9, 10]) // 8
                figures.append(Reported(identity, metric, month, max(0, reached)))
    measured.do(targets.set_targets, promises)
    measured.do(observe, figures, sure=True)


@pytest.mark.parametrize("today", [TODAY, date(2026, 11, 5), date(2026, 11, 10)])
def test_the_sums_of_the_database_are_the_rule_to_the_last_digit(
    measured: Measured, today: date
) -> None:
    fill(measured, 60)
    with measured.workspace.read() as connection:
        found = scoring.scores(connection, MONTH, today)
        sheets = scoring.sheets(connection, MONTH, today, found)
    assert len(found) == 60
    for identity, one in found.items():
        exact = sheets[identity].score
        held = max((2 if x.figure.veto else 1 for x in exact.lines if x.breached), default=0)
        assert one[2:] == (
            exact.shown, exact.grade, len(exact.lines), exact.missing,
            sum(x.figure.actual is None and x.figure.due for x in exact.lines), held,
        )  # fmt: skip


def test_a_rounding_s_edge_is_settled_exactly(measured: Measured) -> None:
    for n, actual in enumerate((1799, 1801, 33, 67)):
        measured.add(f"E{n}")
        measured.promise(f"E{n}", "effective_cards", 0, 20)  # 20,000 thousandths
        measured.report(f"E{n}", "effective_cards", actual / 1000)
    with measured.workspace.read() as connection:
        found = scoring.scores(connection, MONTH, TODAY)
    shown = [found[measured.ids[f"E{n}"]].score for n in range(4)]
    assert shown == [rules.hundredths(Fraction(a, 200)) for a in (1799, 1801, 33, 67)]
    assert shown == [900, 901, 17, 34]


def test_ranks_are_within_level_and_batch_and_ties_share(measured: Measured) -> None:
    for code, unit, actual in (
        ("A", "NB", 80),
        ("B", "SB", 90),
        ("C", "NB", 80),
        ("D", "SB", 10),
        ("E", "HO", 1),
    ):
        measured.add(code, unit_id=measured.ids[unit])
        measured.promise(code, "effective_cards", 0, 100)
        measured.report(code, "effective_cards", actual)
    measured.add("X", "incubation", unit_id=measured.ids["NB"])
    lines = measured.read(ranking.ranking, MONTH, TODAY)
    assert [(one.code, one.rank, one.peers) for one in lines] == [
        ("B", 1, 4), ("A", 2, 4), ("C", 2, 4), ("D", 4, 4), ("E", 1, 1),
    ]  # fmt: skip


def test_a_change_is_against_the_month_before(measured: Measured) -> None:
    for code, before, now in (("A", 50, 80), ("B", 60, 70)):
        measured.add(code, unit_id=measured.ids["NB"])
        for month, actual in (("2026-09", before), (MONTH, now)):
            measured.promise(code, "effective_cards", 0, 100, month)
            measured.report(code, "effective_cards", actual, month)
    lines = measured.read(ranking.ranking, MONTH, TODAY)
    assert [(one.code, one.change, one.climbed) for one in lines] == [
        ("A", 3000, 1),
        ("B", 1000, -1),
    ]


def test_a_past_score_stays_what_it_was_under_a_new_card_or_batch(measured: Measured) -> None:
    """Cards have versions by months, and a batch counts as it was when all figures were due."""
    measured.workspace.clock = lambda: datetime(2026, 9, 1, tzinfo=UTC)
    measured.add("A")
    for metric, actual in (("effective_cards", 100), ("merchants", 50)):
        measured.promise("A", metric, 0, 100, "2026-08")
        measured.report("A", metric, actual, "2026-08")
    measured.workspace.clock = lambda: datetime(2026, 11, 21, tzinfo=UTC)
    before = measured.scores("2026-08")["A"]
    new = Card({measured.metrics["merchants"]: 100})
    measured.do(actions.set_scorecard, "full_rollout", "2026-09", new)
    assert measured.scores("2026-08")["A"] == before
    measured.do(initiative_actions.set_fields, [measured.ids["A"]], {"batch": "breakthrough"})
    assert measured.scores("2026-08")["A"] == before
    assert before.batch == "full_rollout" and before.score == 10000


def test_a_batch_said_after_the_initiative_was_entered_counts_for_months_before_it(
    measured: Measured,
) -> None:
    measured.add("A", "incubation")
    measured.promise("A", "effective_cards", 0, 100)
    measured.report("A", "effective_cards", 100)
    measured.do(initiative_actions.set_fields, [measured.ids["A"]], {"batch": "full_rollout"})
    assert measured.scores()["A"].batch == "full_rollout"


def test_what_if_cards_are_judged_by_without_being_kept(measured: Measured) -> None:
    fill(measured, 6)
    with measured.workspace.read() as connection:
        cards = dict(queries.cards(connection, MONTH))
        cards["full_rollout"] = Card({measured.metrics["effective_cards"]: 100}, grade_a=95)
        found = scoring.scores(connection, MONTH, TODAY, what_if=cards)
        opened = scoring.sheets(connection, MONTH, TODAY, found)
    some = [sheet for sheet in opened.values() if sheet.batch == "full_rollout"]
    again = Weighing(some, list(some[0].card.weights)).scores(cards["full_rollout"])
    assert again == {one.initiative_id: found[one.initiative_id].score for one in some}


def test_a_rank_that_no_weight_can_shake_is_kept_in_every_draw(measured: Measured) -> None:
    for code, actual in (("A", 100), ("B", 50)):
        measured.add(code, unit_id=measured.ids["NB"])
        for metric in ("effective_cards", "deposits_kept"):
            measured.promise(code, metric, 0, 100)
            measured.report(code, metric, actual)
    with measured.workspace.read() as connection:
        sheets = scoring.sheets(connection, MONTH, TODAY, measured.ids.values())
    peers = {measured.ids[code]: 1 for code in "AB"}
    found = ranking.stability(sheets.values(), peers, draws=50)
    assert [found[measured.ids[code]] for code in "AB"] == [(1, 1, 1, 1), (2, 2, 2, 1)]
    assert ranking.stability(sheets.values(), peers, draws=50) == found


def test_what_is_due_and_missing_is_told_by_unit_with_its_age(measured: Measured) -> None:
    for code, unit in (("A", "NB"), ("B", "SB"), ("C", "NB")):
        measured.add(code, unit_id=measured.ids[unit], stage="closed" if code == "C" else "pilot")
        for month in ("2026-09", MONTH):
            measured.promise(code, "effective_cards", 0, 100, month)
    measured.report("A", "effective_cards", 1, "2026-09")
    owed = measured.read(late.not_reported, TODAY)
    assert [(one.code, one.month, one.age) for one in owed] == [
        ("B", "2026-09", 42), ("A", MONTH, 11), ("B", MONTH, 11),
    ]  # fmt: skip
    worst, other = late.by_unit(owed)
    assert (worst.unit, worst.age, worst.initiatives, len(worst.owed)) == ("Branch SB", 42, 1, 2)
    text = late.reminder(other, TODAY)
    assert "1 figure that is due" in text and "A A, 2026-10, 11 days late" in text
    assert measured.read(late.not_reported, date(2026, 11, 10), months=[MONTH]) == []


def test_values_follow_dated_coefficients_to_the_fen(measured: Measured) -> None:
    measured.add("A")
    metric = measured.metrics["deposits_kept"]
    measured.do(actions.set_coefficient, metric, "2026-10", 250_000)
    dice = Random(3)
    wanted: dict[Any, int] = {}
    for month, micro in (("2026-09", 150_000), (MONTH, 250_000)):
        deposits, fees = dice.randint(0, 10**13), dice.randint(0, 10**11)
        measured.report("A", "deposits_kept", 0, month)
        measured.do(
            observe,
            [
                Reported(measured.ids["A"], metric, month, deposits),
                Reported(measured.ids["A"], measured.metrics["fee_income"], month, fees),
                Reported(measured.ids["A"], measured.metrics["merchants"], month, 5_000),
            ],
            sure=True,
        )
        worth = rules.worth(deposits, micro) + rules.worth(fees, 100 * 10**6)
        wanted[measured.ids["A"], month] = worth
    assert measured.read(value.values, "2026-01", MONTH) == wanted


def test_value_against_spend_has_a_ratio_a_payback_and_a_reason_where_there_is_none() -> None:
    months = periods.span(MONTH, 3)
    values = {(1, "2026-09"): 30, (1, MONTH): 30, (2, MONTH): 5}
    spends = {(1, "2026-08"): 40, (3, MONTH): 7}
    found = value.balances(values, spends, months)
    assert found[1].ratio == Fraction(3, 2)
    assert (found[1].payback, found[1].self_sufficient) == (MONTH, True)
    assert found[1].cumulated == [("2026-08", 0, 40), ("2026-09", 30, 40), (MONTH, 60, 40)]
    assert (found[2].ratio, found[2].reason, found[2].payback) == (None, "nothing was spent", None)
    assert (found[3].ratio, found[3].reason) == (None, "no figure has a value")
    [whole] = value.balances(values, spends, months, {1: "x", 2: "x", 3: "x"}).values()
    assert (whole.value, whole.spend) == (65, 47)


def test_cards_without_deposits_are_named(measured: Measured) -> None:
    for code, cards, deposits in (("A", 100, 5), ("B", 100, 50), ("C", 90, 5), ("D", 120, None)):
        measured.add(code)
        measured.promise(code, "effective_cards", 10, 100)
        measured.promise(code, "deposits_kept", 10, 100)
        measured.report(code, "effective_cards", cards)
        if deposits is not None:
            measured.report(code, "deposits_kept", deposits)
    found = measured.read(value.hollow, MONTH)
    assert [(one.code, one.cards, one.deposits) for one in found] == [
        ("A", 100_000, 5_000), ("D", 120_000, None),
    ]  # fmt: skip


def lights(measured: Measured, code: str, today: date = TODAY) -> tuple[Light, dict[str, Any]]:
    rows = measured.read(initiatives.rows, today=today, ids=[measured.ids[code]])
    return rows[0].light, five(rows[0], today)


@pytest.mark.parametrize(
    ("actual", "light", "words"),
    [
        (95, Light.GREEN, "the score of 2026-10 is 95.00"),
        (74, Light.AMBER, "the score of 2026-10 is 74.00, below 75"),
        (59, Light.RED, "the score of 2026-10 is 59.00, below 60"),
        (None, Light.NOT_REPORTED, "nothing was reported for 2026-10"),
    ],
)
def test_the_light_of_metrics_follows_the_score(
    measured: Measured, actual: float | None, light: Light, words: str
) -> None:
    measured.add("A")
    measured.promise("A", "effective_cards", 0, 100)
    if actual is not None:
        measured.report("A", "effective_cards", actual)
    whole, found = lights(measured, "A")
    assert (found[HealthLight.METRICS].light, found[HealthLight.METRICS].words) == (light, words)
    assert whole == light
    assert all(
        found[other].light == Light.NOT_REPORTED for other in HealthLight if other != "metrics"
    )


def test_a_breach_and_a_veto_show_in_the_light(measured: Measured) -> None:
    for code, metric, target in (("A", "complaints", 2), ("B", "data_incidents", 0)):
        measured.add(code)
        measured.promise(code, "effective_cards", 0, 100)
        measured.report(code, "effective_cards", 100)
        measured.promise(code, metric, 5, target)
        measured.report(code, metric, 6)
    assert lights(measured, "A")[1]["metrics"].words == "Complaints broke its guardrail in 2026-10"
    assert (lights(measured, "A")[0], lights(measured, "B")[0]) == (Light.AMBER, Light.RED)
    assert measured.scores()["A"].grade == Grade.C
    assert measured.scores()["B"].grade == Grade.D


def test_health_is_the_worst_of_the_lights_that_say_anything(measured: Measured) -> None:
    measured.add("A", due_date=date(2026, 11, 1))
    measured.promise("A", "effective_cards", 0, 100)
    measured.report("A", "effective_cards", 100)
    row = measured.read(initiatives.rows, today=TODAY)[0]
    health = initiatives.health(row, TODAY)
    assert (row.light, health.light) == (Light.RED, Light.RED)
    assert health.reason == "due 20 days ago, on 1 Nov 2026"


def test_thresholds_are_data_by_batch(measured: Measured) -> None:
    measured.add("A")
    measured.promise("A", "effective_cards", 0, 100)
    measured.report("A", "effective_cards", 74)
    measured.do(set_threshold, "metrics", 70, 50)
    assert lights(measured, "A")[0] == Light.GREEN
    measured.do(set_threshold, "metrics", 90, 80, "full_rollout")
    assert lights(measured, "A")[0] == Light.RED
    measured.do(clear_threshold, "metrics", "full_rollout")
    assert lights(measured, "A")[0] == Light.GREEN


def test_what_no_room_speaks_of_is_grey(measured: Measured) -> None:
    measured.add("A")
    found = lights(measured, "A")[1]
    assert {light: one.light for light, one in found.items()} == dict.fromkeys(
        HealthLight, Light.NOT_REPORTED
    )
    assert found[HealthLight.COMPLIANCE].words == "nothing is recorded"


@pytest.mark.parametrize(
    ("used", "plan", "light", "words"),
    [
        (0, 0, None, ""),
        (5, 0, Light.AMBER, "money is committed or spent without a plan to date"),
        (80, 100, Light.GREEN, "80% of the plan to date is committed or spent"),
        (105, 100, Light.GREEN, "105% of the plan to date is committed or spent"),
        (106, 100, Light.AMBER, "6% over the plan to date, with commitments"),
        (121, 100, Light.RED, "21% over the plan to date, with commitments"),
    ],
)
def test_the_light_of_the_budget_is_spend_and_commitments_against_the_plan(
    used: int, plan: int, light: Light | None, words: str
) -> None:
    found = budget_health._judged(used, plan, USUAL[HealthLight.BUDGET])
    assert (found and found.light, found.words if found else "") == (light, words)


@pytest.mark.parametrize(
    ("blocked", "days", "overdue", "light", "words"),
    [
        (0, 0, 0, Light.GREEN, "7 open cards, none blocked"),
        (0, 0, 2, Light.AMBER, "2 cards are past their due date"),
        (1, 3, 0, Light.GREEN, "1 card is blocked, for 3 days"),
        (2, 5, 0, Light.AMBER, "2 cards are blocked, the longest for 5 days"),
        (2, 15, 0, Light.RED, "2 cards are blocked, the longest for 15 days"),
    ],
)
def test_the_light_of_delivery_is_how_long_cards_are_blocked(
    blocked: int, days: int, overdue: int, light: Light, words: str
) -> None:
    work = board_health.Work(7, [days] * blocked, overdue=overdue)
    found = board_health.judge(work, Bounds(), None)
    assert (found.light, found.words) == (light, words)


def test_the_light_of_a_day_gone_by_knows_only_what_was_reported_by_then(
    measured: Measured,
) -> None:
    """What came late was missing then, and what was corrected since was what it was."""

    def at(month: int, day: int) -> None:
        measured.workspace.clock = lambda: datetime(2026, month, day, 4, tzinfo=UTC)

    at(9, 20)
    for code in ("Early", "Late", "Wrong"):
        measured.add(code)
        measured.promise(code, "effective_cards", 0, 100, "2026-09")
    at(10, 8)
    measured.report("Early", "effective_cards", 80, "2026-09")
    measured.report("Wrong", "effective_cards", 90, "2026-09")
    at(11, 3)
    measured.report("Late", "effective_cards", 95, "2026-09")
    measured.report("Wrong", "effective_cards", 20, "2026-09")
    then = measured.read(scorecards_health.then, date(2026, 10, 31), Bounds())
    assert {code: then[measured.ids[code]].words for code in ("Early", "Late", "Wrong")} == {
        "Early": "the score of 2026-09 is 80.00",
        "Late": "nothing was reported for 2026-09",
        "Wrong": "the score of 2026-09 is 90.00",
    }
    now = measured.read(scorecards_health.judged, date(2026, 11, 5), Bounds())
    assert now[measured.ids["Wrong"]].words == "the score of 2026-09 is 20.00, below 60"
    assert measured.read(scorecards_health.then, date(2026, 11, 5), Bounds()) == now


def test_trends_are_the_scores_month_by_month(measured: Measured) -> None:
    """Also where a batch was changed and where a figure is missing."""
    months = ["2026-08", "2026-09", MONTH]
    measured.workspace.clock = lambda: datetime(2026, 9, 1, tzinfo=UTC)
    for code, batch in (("A", "full_rollout"), ("B", None)):
        measured.add(code, batch)
        for n, month in enumerate(months):
            measured.promise(code, "effective_cards", 0, 90 + n, month)
            measured.promise(code, "deposits_kept", 10, 100, month)
    measured.report("A", "effective_cards", 31, months[0])
    measured.workspace.clock = lambda: datetime(2026, 11, 21, tzinfo=UTC)
    measured.report("A", "deposits_kept", 50, months[1])
    measured.report("B", "deposits_kept", 70, MONTH)
    for code, batch in (("A", "incubation"), ("B", "breakthrough")):
        values = {"batch": batch}
        measured.do(initiative_actions.set_fields, [measured.ids[code]], values)
    ids = [measured.ids["A"], measured.ids["B"]]
    for today in (TODAY, date(2026, 11, 3)):
        told = measured.read(trends.trend, ids, MONTH, today, 4)
        by_month = [measured.read(scoring.scores, month, today) for month in periods.span(MONTH, 4)]
        assert told == {
            one: [found[one].score if one in found else None for found in by_month] for one in ids
        }
        assert any(any(line) for line in told.values())
