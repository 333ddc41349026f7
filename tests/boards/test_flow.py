"""The arithmetic of flow and forecast, on cases that can be worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.boards import flow, forecast, rules, sprints
from ecofolio.boards.flow import DAY, Blockage, beginning, journey
from ecofolio.errors import InputError

BACKLOG, READY, DOING, CHECK, DONE = range(1, 6)
KINDS = {BACKLOG: "backlog", READY: "queue", DOING: "active", CHECK: "active", DONE: "done"}
FIRST = date(2026, 3, 2)  # a Monday


def at(days: float) -> int:
    """An instant some days after the beginning of the first day."""
    return beginning(FIRST) + round(days * DAY)


def way(card: int, *stays: tuple[int, float]) -> flow.Journey:
    """A card's way: columns and the days on which it entered them."""
    return journey(card, [c for c, _d in stays], [at(d) for _c, d in stays], KINDS)


def test_lead_and_cycle_time_run_from_creation_and_from_the_first_active_column() -> None:
    one = way(1, (BACKLOG, 0), (READY, 2), (DOING, 3), (READY, 4), (DOING, 6), (DONE, 10.5))
    assert (one.lead, one.cycle) == (10.5, 7.5)
    never_worked_on = way(2, (BACKLOG, 0), (DONE, 4))
    assert (never_worked_on.lead, never_worked_on.cycle) == (4, 0)
    reopened = way(3, (DOING, 0), (DONE, 2), (DOING, 3), (DONE, 5))
    assert reopened.cycle == 5
    assert way(4, (DOING, 0), (DONE, 2), (DOING, 3)).finished is None


def test_times_that_run_backwards_are_a_fault() -> None:
    wrong = way(1, (DOING, 3), (DONE, 2))
    right = way(2, (DOING, 0), (DONE, 2))
    assert (wrong.cycle, wrong.is_faulty) == (-1, True)
    assert flow.cycle_times([wrong, right]) == [2]
    found = flow.figures([wrong, right], [], KINDS, list(KINDS), (FIRST, FIRST), at(9))
    assert [one.card for one in found.faults] == [1]


@given(st.lists(st.floats(0, 1000), min_size=1), st.sampled_from([50, 85, 95]))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(
    values: list[float], percent: int
) -> None:
    found = flow.percentile(values, percent)
    assert found in values
    assert sum(one <= found for one in values) * 100 >= percent * len(values)
    assert sum(one < found for one in values) * 100 < percent * len(values)


def test_throughput_counts_every_week_also_the_empty_ones() -> None:
    ways = [way(n, (DOING, 0), (DONE, day)) for n, day in enumerate((1, 6.9, 7, 21))]
    assert flow.throughput(ways, FIRST, FIRST + timedelta(days=27)) == [
        (FIRST, 2),
        (FIRST + timedelta(days=7), 1),
        (FIRST + timedelta(days=14), 0),
        (FIRST + timedelta(days=21), 1),
    ]


def test_the_cumulative_diagram_has_every_card_in_one_band_a_day() -> None:
    ways = [
        way(1, (BACKLOG, 0.5), (DOING, 1.5), (DONE, 3.5)),
        way(2, (BACKLOG, 0.5)),
        way(3, (DOING, 2.2), (CHECK, 2.4)),
    ]
    found = flow.cumulative(ways, list(KINDS), FIRST, FIRST + timedelta(days=3))
    assert [counts for _day, counts in found] == [
        (2, 0, 0, 0, 0),
        (1, 0, 1, 0, 0),
        (1, 0, 1, 1, 0),
        (1, 0, 0, 1, 1),
    ]
    later = flow.cumulative(ways, list(KINDS), FIRST + timedelta(days=2), FIRST + timedelta(days=3))
    assert later == found[2:]
    progress = flow.work_in_progress(ways, FIRST, FIRST + timedelta(days=3))
    assert [n for _day, n in progress] == [0, 1, 2, 1]


STAYS = st.lists(
    st.tuples(st.sampled_from(list(KINDS)), st.floats(0, 30)), min_size=1, max_size=6
).map(lambda own: list(zip([c for c, _d in own], sorted(d for _c, d in own), strict=True)))


@given(st.lists(STAYS, max_size=12))
def test_bands_work_in_progress_and_throughput_agree_with_the_cards(
    all_stays: list[list[tuple[int, float]]],
) -> None:
    ways = [way(n, *stays) for n, stays in enumerate(all_stays)]
    last = FIRST + timedelta(days=31)
    for day, counts in flow.cumulative(ways, list(KINDS), FIRST, last):
        end = beginning(day + timedelta(days=1))
        assert sum(counts) == sum(one.created < end for one in ways)
        for column, count in zip(KINDS, counts, strict=True):
            behind = flow.cards_behind(ways, standing=(day, column.__eq__))
            assert len(behind) == count
    finished = sum(count for _week, count in flow.throughput(ways, FIRST, last))
    assert finished == sum(one.finished is not None for one in ways)
    assert flow.work_in_progress(ways, FIRST, last)[-1][1] == len(flow.ageing(ways, at(40)))
    blocks = [Blockage(n, "x", at(0), None) for n in range(len(ways))]
    assert flow.efficiency(ways, blocks, KINDS, at(40)).active == 0
    assert 0 <= (flow.efficiency(ways, [], KINDS, at(40)).share or 0) <= 1


def test_flow_efficiency_leaves_out_waiting_and_blocked_time() -> None:
    one = way(1, (DOING, 0), (READY, 2), (CHECK, 6), (DONE, 10))
    blocks = [Blockage(1, "risk", at(1), at(3)), Blockage(1, "legal", at(1.5), at(2.5))]
    found = flow.efficiency([one], blocks, KINDS, at(20))
    assert (found.active, found.total, found.share) == (5, 10, 0.5)
    spans = flow.blocked_days(blocks, FIRST, FIRST + timedelta(days=1), at(20))
    assert spans == {"risk": 1, "legal": 0.5}


def test_ageing_is_measured_from_the_start_the_oldest_first() -> None:
    ways = [way(1, (DOING, 5)), way(2, (DOING, 1), (CHECK, 4)), way(3, (BACKLOG, 0))]
    found = flow.ageing(ways, at(6))
    assert [(one.card, one.age, one.in_column) for one in found] == [(2, 5, 2), (1, 1, 1)]
    assert rules.Pace(9, 2, 4).heat(5) == 1.25
    assert rules.Pace(4, 2, 4).heat(5) is None


# --- forecast ----------------------------------------------------------------------------------


def past(*counts: int) -> forecast.History:
    weeks = tuple((FIRST + timedelta(days=7 * n), count) for n, count in enumerate(counts))
    return forecast.History(weeks)


TODAY = date(2026, 6, 1)


def test_a_steady_pace_gives_one_date() -> None:
    found = forecast.when(past(*[5] * 12), 23, TODAY)
    assert found is not None
    assert set(found.dates.values()) == {TODAY + timedelta(days=35)}
    many = forecast.how_many(past(*[5] * 12), TODAY + timedelta(days=20), TODAY)
    assert many is not None and set(many.cards.values()) == {10}


def test_below_six_weeks_or_with_nothing_finished_there_is_no_forecast() -> None:
    assert forecast.when(past(5, 5, 5, 5, 5), 10, TODAY) is None
    assert forecast.when(past(*[0] * 12), 10, TODAY) is None
    assert forecast.how_many(past(5, 5), TODAY, TODAY) is None


@given(st.lists(st.integers(0, 20), min_size=6, max_size=12), st.integers(0, 200))
def test_a_forecast_is_repeatable_and_surer_dates_are_later(counts: list[int], cards: int) -> None:
    found = forecast.when(past(*counts), cards, TODAY, draws=300)
    assert found == forecast.when(past(*counts), cards, TODAY, draws=300)
    if not any(counts):
        assert found is None
        return
    assert found is not None
    dates = [found.dates[chance] or date.max for chance in (50, 85, 95)]
    assert dates == sorted(dates)
    many = forecast.how_many(past(*counts), TODAY + timedelta(days=70), TODAY, draws=300)
    assert many is not None
    assert many.cards[95] <= many.cards[85] <= many.cards[50] <= 10 * max(counts)


def test_history_is_the_whole_weeks_before_today() -> None:
    ways = [way(n, (DOING, 0), (DONE, n * 7 + 1)) for n in range(9)]
    today = FIRST + timedelta(days=7 * 8 + 2)
    weeks = forecast.history(ways, today).weeks
    assert [count for _week, count in weeks] == [1] * 8
    assert weeks[0][0] == FIRST and weeks[-1][0] == FIRST + timedelta(days=49)
    assert forecast.history([], today) == forecast.History(())


# --- rules and sprints -------------------------------------------------------------------------


def test_quick_lines_make_cards_with_labels() -> None:
    text = "- Sign contract #legal\n\n2. Call 医院 #partner #risk\n[ ] a#b\n   \n"
    assert rules.quick_lines(text) == [
        ("Sign contract", ["legal"]),
        ("Call 医院", ["partner", "risk"]),
        ("a#b", []),
    ]
    assert rules.mentions('@Bo and @"李 雷", not a@b.c') == ["Bo", "李 雷"]


@pytest.mark.parametrize(
    "values",
    [{"title": " "}, {"title": "x" * 501}, {"service": "soon"}, {"size": -1}, {"size": "3"},
     {"due_date": "2026-01-01"}, {"loop_phase": "x"}],
)  # fmt: skip
def test_a_card_that_breaks_a_rule_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(InputError):
        rules.clean_card(values)


def test_a_way_round_in_a_circle_is_found() -> None:
    edges = {1: [2], 2: [3, 4], 4: [5]}
    assert rules.path_between(edges, 1, 5) == [1, 2, 4, 5]
    assert rules.path_between(edges, 5, 1) is None


def test_a_sprint_tells_committed_scope_from_what_came_later() -> None:
    part = sprints.Commitment
    cards = [
        part(1, 3, at(-1), None, at(2)),
        part(2, 5, at(-1), None, None),
        part(3, 2, at(3.5), None, at(4)),
        part(4, 1, at(-1), at(2.5), None),
    ]
    found = sprints.burn(cards, FIRST, FIRST + timedelta(days=4), at(9))
    assert (found.committed, found.added, found.removed, found.done) == (9, 2, 1, 5)
    assert found.left == (2,)
    assert [(one.scope, one.done, one.remaining) for one in found.days] == [
        (9, 0, 9),
        (9, 3, 6),
        (8, 3, 5),
        (10, 5, 5),
        (10, 5, 5),
    ]
    assert found.days[-1].ideal == pytest.approx(0)
    assert len(sprints.burn(cards, FIRST, FIRST + timedelta(days=4), at(1.5)).days) == 2


def test_velocity_tells_its_spread() -> None:
    assert sprints.velocity([]) is None
    assert sprints.velocity([8]) == (1, 8, None, 8, 8)
    found = sprints.velocity([8, 12])
    assert found is not None and (found.mean, round(found.spread or 0, 3)) == (10, 2.828)


def test_days_are_local_ones() -> None:
    late = datetime(2026, 3, 2, 23, 30).astimezone()
    assert flow.local_day(flow.microseconds(late)) == FIRST
