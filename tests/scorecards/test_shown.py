"""A score as it stood when its month was settled, whatever anybody does later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from tests.scorecards.conftest import Measured, unit_tree

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import actions as initiatives
from ecofolio.organisation import actions as organisation
from ecofolio.scorecards import (
    actions,
    founding,
    observing,
    periods,
    queries,
    ranking,
    scoring,
    shown,
    targets,
)
from ecofolio.scorecards.rules import Card
from ecofolio.scorecards.targets import Promise
from ecofolio.store import journal
from ecofolio.store.workspace import Workspace
from ecofolio.vocabulary import Batch

MONTHS = ("2026-07", "2026-08", "2026-09")
PERIODS = (*MONTHS, "2026-Q3")
DAY = date(2026, 10, 11)  # on which all of them are settled for the first time
_SPANS = {"complaints": (60_000, 20_000)}
CODES = ("effective_cards", "active_users", "deposits_kept", "retention", "complaints", "merchants")


def at(measured: Measured, day: str) -> None:
    """Set the clock."""
    measured.workspace.clock = lambda: datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)


@pytest.fixture
def settled(workspace: Workspace) -> Measured:
    """Three initiatives that promised and reported a quarter while it ran; now it is settled."""
    workspace.clock = lambda: datetime(2026, 6, 1, tzinfo=UTC)
    units = workspace.do(unit_tree)
    measured = Measured(workspace, workspace.do(founding.add_catalogue), units)
    for n, batch in enumerate(Batch):
        measured.add(f"I{n}", batch.value, unit_id=units["NB"])
    ids = [measured.ids[f"I{n}"] for n in range(3)]
    codes = [(one, code, month) for one in ids for code in CODES for month in MONTHS]
    measured.do(
        targets.set_targets,
        [
            Promise(one, measured.metrics[code], month, *_SPANS.get(code, (0, 80_000)))
            for one, code, month in codes
        ],
    )
    dice, missing = Random(7), (ids[2], "active_users", "2026-07")
    for month in MONTHS:
        at(measured, f"{periods.shifted(month, 1)}-05")
        figures = [
            observing.Reported(one, measured.metrics[code], month, dice.randint(0, 16) * 5000)
            for one, code, when in codes
            if when == month and dice.random() < 0.85 and (one, code, when) != missing
        ]
        figures += [
            observing.Reported(one, measured.metrics["base_customers"], month, 1000 * one)
            for one in ids
        ]
        measured.do(observing.observe, figures, sure=True)
    at(measured, "2026-10-11")
    return measured


def today_of(measured: Measured) -> dict[str, Any]:
    """What is shown of each period today."""
    return {
        period: (
            measured.read(scoring.scores, period, DAY),
            [line[:1] + line[5:10] for line in measured.read(ranking.ranking, period, DAY)],
        )
        for period in PERIODS
    }


def then(measured: Measured) -> dict[str, Any]:
    """What was shown of each period when it was settled."""
    return {
        period: (
            measured.read(shown.scores, period, DAY),
            [line[:1] + line[5:10] for line in measured.read(shown.ranking, period, DAY)],
        )
        for period in PERIODS
    }


def test_a_corrected_figure_moves_the_score_of_today_and_not_the_one_that_was_shown(
    settled: Measured,
) -> None:
    before, one = today_of(settled), settled.ids["I0"]
    figures = settled.read(queries.observations, ids=[one], months=["2026-08"])
    was = next(row.value for row in figures if row.metric == "effective_cards")
    at(settled, "2026-10-12")
    settled.report("I0", "effective_cards", 99, "2026-08")
    settled.report("I0", "effective_cards", 1, "2026-08")
    now = today_of(settled)
    assert now["2026-08"] != before["2026-08"] and now["2026-07"] == before["2026-07"]
    assert then(settled) == before
    sheet = settled.read(shown.sheets, "2026-08", DAY, [one])[one]
    assert scoring.as_scored(sheet) == before["2026-08"][0][one]
    found = settled.read(shown.moved, "2026-08", DAY)
    assert found.keys() == {one}
    assert (found[one].then, found[one].now) == (before["2026-08"][0][one], now["2026-08"][0][one])
    [cause] = found[one].causes
    assert cause[:6] == (
        False, settled.metrics["effective_cards"], "2026-08", (was,), (1000,), "Lin Wei",
    )  # fmt: skip
    assert cause.at.date() == date(2026, 10, 12)
    assert settled.read(shown.moved, "2026-Q3", DAY)[one].causes == (cause,)
    settled.report("I0", "effective_cards", was / 1000, "2026-08")
    assert settled.read(shown.moved, "2026-08", DAY) == {}


def test_a_figure_that_came_late_and_one_that_was_withdrawn_are_told(settled: Measured) -> None:
    before = then(settled)
    at(settled, "2026-10-15")
    rows = settled.read(queries.observations, ids=[settled.ids["I1"]], months=["2026-07"])
    row = next(row for row in rows if row.metric == "effective_cards")
    settled.do(observing.withdraw, [row.id])
    settled.report("I2", "active_users", 70, "2026-07")
    found = settled.read(shown.moved, "2026-07", DAY)
    causes = {one: [cause[1:5] for cause in move.causes] for one, move in found.items()}
    assert causes[settled.ids["I1"]] == [(row.metric_id, "2026-07", (row.value,), None)]
    assert causes[settled.ids["I2"]] == [
        (settled.metrics["active_users"], "2026-07", None, (70_000,))
    ]
    assert then(settled) == before


def test_a_settled_target_that_is_corrected_is_told_with_its_reason(settled: Measured) -> None:
    before, one = then(settled), settled.ids["I0"]
    at(settled, "2026-10-15")
    metric = settled.metrics["effective_cards"]
    wanted = Promise(one, metric, "2026-09", 0, 160_000)
    settled.do(targets.set_targets, [wanted], reason="counted twice")
    [cause] = settled.read(shown.moved, "2026-09", DAY)[one].causes
    assert cause[:5] == (True, metric, "2026-09", (0, 80_000), (0, 160_000))
    assert cause.reason == "counted twice"
    assert then(settled) == before != today_of(settled)


def test_what_is_filled_in_later_was_not_shown(settled: Measured) -> None:
    before = then(settled)
    settled.add("New", unit_id=settled.ids["NB"])
    settled.promise("New", "effective_cards", 0, 80, "2026-08")
    settled.report("New", "effective_cards", 80, "2026-08")
    assert settled.ids["New"] in today_of(settled)["2026-08"][0]
    assert then(settled) == before
    assert settled.read(shown.moved, "2026-08", DAY) == {}


def test_an_open_month_is_shown_as_it_is_today(settled: Measured) -> None:
    settled.promise("I0", "effective_cards", 0, 80, "2026-10")
    settled.report("I0", "effective_cards", 40, "2026-10")
    today = settled.read(scoring.scores, "2026-10", DAY)
    assert settled.read(shown.scores, "2026-10", DAY) == today != {}
    assert settled.read(shown.moved, "2026-10", DAY) == {}
    assert settled.read(shown.ranking, "2026-10", DAY) == settled.read(
        ranking.ranking, "2026-10", DAY
    )


def test_a_move_to_another_unit_leaves_the_ranks_of_settled_months_alone(
    settled: Measured,
) -> None:
    before = today_of(settled)
    at(settled, "2026-10-20")
    one = settled.ids["I1"]
    settled.do(initiatives.set_fields, [one], {"unit_id": settled.ids["HO"]})
    settled.do(initiatives.set_fields, [one], {"batch": "incubation"})
    settled.do(organisation.set_unit, settled.ids["NB"], {"level": "tier2"})
    assert today_of(settled) == then(settled) == before


def test_an_initiative_that_is_deleted_was_ranked_all_the_same(settled: Measured) -> None:
    before, one = today_of(settled), settled.ids["I1"]
    at(settled, "2026-10-20")
    own = [row.id for row in settled.read(queries.targets, ids=[one])]
    settled.do(targets.clear_targets, own, reason="merged into another")
    figures = [row.id for row in settled.read(queries.observations, ids=[one])]
    settled.do(observing.withdraw, figures)
    settled.do(initiatives.set_fields, [one], {"batch": "incubation"})
    settled.do(initiatives.delete, [one])
    assert then(settled) == before
    assert one not in today_of(settled)["2026-08"][0]
    settled.workspace.undo()
    assert then(settled) == before


def deeds(settled: Measured, dice: Random, free: bool) -> list[Callable[[], Any]]:
    """What people may do later on; `free` with figures and targets as well."""
    metric = dice.choice([*(settled.metrics[code] for code in CODES), *settled.metrics.values()])
    first, second = dice.sample(list(settled.metrics.values()), 2)
    weight = dice.randint(1, 99)
    card = Card({first: weight, second: 100 - weight}, cap=dice.randint(100, 200))
    month = dice.choice([*MONTHS, "2026-10", "2026-11"])
    one, batch = settled.ids[f"I{dice.randrange(3)}"], dice.choice(list(Batch)).value
    unit = dice.choice(["NB", "SB", "HO"])
    field, value = dice.choice(
        [
            ("kind", "guardrail"), ("direction", "lower"), ("veto", True), ("over_months", "last"),
            ("weighed_by_id", first), ("retired", True), ("due_day", dice.randint(1, 28)),
        ]
    )  # fmt: skip
    judged = settled.metrics[dice.choice(CODES)]
    promise = Promise(one, judged, month, 0, dice.randint(1, 90) * 1000)
    ways: list[Callable[[], Any]] = [
        lambda: settled.do(actions.set_metric, metric, {field: value}),
        lambda: settled.do(actions.set_scorecard, batch, month, card),
        lambda: settled.do(actions.delete_metric, metric),
        lambda: settled.do(initiatives.set_fields, [one], {"batch": batch}),
        lambda: settled.do(initiatives.set_fields, [one], {"unit_id": settled.ids[unit]}),
        lambda: settled.do(targets.set_targets, [promise]),
        lambda: settled.do(initiatives.delete, [one]),
        lambda: _undo(settled, free),
        lambda: settled.workspace.undo(_promising(settled)),
        settled.workspace.redo,
    ]
    if free:
        rows = settled.read(queries.targets, ids=[one])
        own = [row.id for row in rows if dice.random() < 0.3]
        told = [row.id for row in settled.read(queries.observations, ids=[one])]
        figure = observing.Reported(one, judged, month, dice.randint(0, 90) * 1000)
        ways += [
            lambda: settled.do(targets.set_targets, [promise], reason="why not"),
            lambda: settled.do(targets.clear_targets, own, reason="gone"),
            lambda: settled.do(observing.observe, [figure], sure=True),
            lambda: settled.do(observing.withdraw, dice.sample(told, min(len(told), 3))),
        ]
    return ways


def _promising(settled: Measured) -> int:
    """The change that set all targets."""
    with settled.workspace.read() as connection:
        return next(one.id for one in journal.entries(connection) if one.label == "Set 54 targets")


def _undo(settled: Measured, free: bool) -> None:
    """Take something back; a figure that was there only where all is `free`."""
    newest = settled.workspace.next_undo()
    assert newest is not None
    if free or newest.at > datetime(2026, 10, 11, tzinfo=UTC):
        settled.workspace.undo()


def live(settled: Measured, seed: int, free: bool) -> int:
    """Have all sorts of things done; how many were."""
    dice, done = Random(seed), 0
    clock = datetime(2026, 10, 11, 1, tzinfo=UTC)
    for _n in range(14):
        clock += timedelta(hours=dice.randint(1, 60))
        settled.workspace.clock = lambda now=clock: now
        try:
            dice.choice(deeds(settled, dice, free))()
            done += 1
        except EcofolioError:
            pass  # much of it is refused, for this very reason
    return done


@pytest.mark.parametrize("place_kind", ["sqlite"])
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_later_a_score_was_what_it_was(settled: Measured, seed: int) -> None:
    before = today_of(settled)
    assert live(settled, seed, free=True)
    assert then(settled) == before


@pytest.mark.parametrize("place_kind", ["sqlite"])
@pytest.mark.parametrize("seed", range(4))
def test_without_corrections_the_score_of_today_is_what_it_was(
    settled: Measured, seed: int
) -> None:
    before = today_of(settled)
    assert live(settled, seed, free=False)
    assert today_of(settled) == then(settled) == before
