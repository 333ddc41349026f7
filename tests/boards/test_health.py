"""The light of delivery: blocks, ages, and the forecast against the due date, now and then."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from tests.boards.conftest import Bench
from tests.conftest import NOW

from ecofolio.boards import actions, forecast, health
from ecofolio.boards.health import Work, judge
from ecofolio.boards.outlook import weeks_needed
from ecofolio.initiatives import actions as initiatives
from ecofolio.initiatives.health import AGEING, FORECAST, Bounds, Judged, bounds
from ecofolio.initiatives.thresholds import set_threshold
from ecofolio.text import using
from ecofolio.vocabulary import Light

TODAY = date(2026, 11, 21)
TODO, DOING, DONE = 0, 2, -1


@pytest.mark.parametrize(
    ("work", "light", "words"),
    [
        (Work(3), Light.GREEN, "3 open cards, none blocked"),
        (Work(3, ages=[44]), Light.GREEN, "3 open cards, none blocked"),
        (Work(3, ages=[45, 2]), Light.AMBER, "1 card has been in progress for 45 days"),
        (Work(3, ages=[90, 50]), Light.RED, "2 cards are long in progress, the oldest for 90 days"),
        (Work(3, late=0), Light.GREEN, "3 open cards, none blocked"),
        (
            Work(3, late=1),
            Light.AMBER,
            "the cards are forecast to be done 1 day after the due date",
        ),
        (
            Work(3, late=31),
            Light.RED,
            "the cards are forecast to be done 31 days after the due date",
        ),
        (Work(3, blocked=[6], late=40, overdue=1), Light.RED,
         "the cards are forecast to be done 40 days after the due date"),
        (Work(3, blocked=[6, 1], late=2), Light.AMBER,
         "2 cards are blocked, the longest for 6 days"),
    ],
)  # fmt: skip
def test_delivery_is_the_worst_of_blocks_ages_and_forecast(
    work: Work, light: Light, words: str
) -> None:
    found = judge(work, Bounds(), None)
    assert (found.light, found.words) == (light, words)


def test_thresholds_of_ages_and_forecast_are_data(bench: Bench) -> None:
    for limit in (AGEING, FORECAST):
        bench.do(set_threshold, limit, 5, 8, "incubation")
    with bench.workspace.read() as connection:
        known = bounds(connection)
    work = Work(1, ages=[6], late=7)
    assert judge(work, known, "incubation").light is Light.AMBER
    assert judge(work, known, "full_rollout").words.startswith("the cards are forecast")
    assert judge(Work(1, ages=[6]), known, "full_rollout").light is Light.GREEN


def test_the_outlook_is_what_ever_more_draws_come_to() -> None:
    dice = Random(5)
    for _trial in range(12):
        counts = [dice.randrange(0, 6) for _week in range(12)]
        if not any(counts):
            continue
        weeks = tuple((TODAY, count) for count in counts)
        for cards in (1, 7, 30, 90):
            drawn = forecast.when(forecast.History(weeks), cards, TODAY, draws=2000)
            assert drawn is not None and drawn.dates[85] is not None
            told = (drawn.dates[85] - TODAY).days // 7
            assert abs(weeks_needed(counts, cards) - told) <= 1 + told // 20
    assert weeks_needed([0, 0, 1], 1000) == forecast.LONGEST


def test_a_day_gone_by_is_told_as_it_was(bench: Bench) -> None:
    """Cards move, are blocked and unblocked; what was said on each day is said of it later."""
    bench.at(NOW - timedelta(days=90))
    one = bench.do(initiatives.create, {"name": "Campus", "due_date": date(2026, 12, 15)})
    dice, said = Random(3), {}
    cards: list[int] = []
    for back in range(88, -1, -8):
        bench.at(NOW - timedelta(days=back))
        day = (NOW - timedelta(days=back)).astimezone().date()
        card = bench.card(f"Card {back}")
        bench.do(actions.set_fields, [card], {"initiative_id": one})
        cards.append(card)
        bench.move(dice.choice(cards), dice.choice([TODO, DOING, DOING, DONE]))
        bench.do(actions.unblock, cards)
        if dice.random() < 0.6:
            bench.do(actions.block, [dice.choice(cards)], "waiting")
        if dice.random() < 0.3:
            bench.do(initiatives.set_fields, [one], {"due_date": day + timedelta(days=20)})
        with bench.workspace.read() as connection:
            said[day] = health.judged(connection, day, Bounds())[one]
    assert len({one.words for one in said.values()}) > 4
    for day, judged in said.items():
        with bench.workspace.read() as connection:
            assert health.then(connection, day, Bounds())[one] == judged
            assert health.then(connection, day, Bounds(), [one])[one] == judged
    with bench.workspace.read() as connection:
        assert health.then(connection, date(2026, 1, 1), Bounds()) == {}


def test_one_card_and_several_are_told_in_chinese_too() -> None:
    words = "{n} card is past its due date", "{n} cards are past their due date"
    with using("zh_CN"):
        said = [Judged(Light.AMBER, words[0], {"n": n}, words[1]).words for n in (1, 2)]
    assert said == ["1 张卡片已过到期日", "2 张卡片已过到期日"]
