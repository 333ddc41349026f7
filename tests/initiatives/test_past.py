"""The lights of days gone by are worked out again, and are what was shown on those days."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from tests.initiatives.conftest import Programme

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import actions, health, past, queries
from ecofolio.initiatives.past import Was, lights_on, month_ends, moved
from ecofolio.initiatives.thresholds import clear_threshold, set_threshold
from ecofolio.vocabulary import HealthLight, Light

START = date(2026, 11, 21)


def _at(programme: Programme, day: date) -> None:
    programme.workspace.clock = lambda: datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def _shown(programme: Programme, day: date) -> dict[int, Any]:
    """What the screens say of every initiative on a day."""
    with programme.workspace.read() as connection:
        rows = queries.rows(connection, today=day)
    return {
        row.id: (
            row.light,
            {light: one.words for light, one in health.five(row, day).items()},
        )
        for row in rows
    }


def _then(programme: Programme, day: date) -> dict[int, Any]:
    """What is said of the same day later on."""
    with programme.workspace.read() as connection:
        found = lights_on(connection, day)
    return {
        identity: (was.whole.light, {light: one.words for light, one in was.lights.items()})
        for identity, was in found.items()
    }


def _stir(programme: Programme, dice: Random, ids: list[int], stones: list[int], day: date) -> None:
    """Something that a light hangs on happens."""
    one, near = dice.choice(ids), day + timedelta(days=dice.randrange(-20, 60))
    stone = dice.choice(stones)
    chosen = dice.randrange(8)
    if chosen == 0:
        programme.do(actions.set_milestone, stone, {"forecast": near})
    elif chosen == 1:
        programme.do(actions.set_milestone, stone, {"actual": dice.choice([None, day])})
    elif chosen == 2:
        new = {"name": "More", "baseline": day, "forecast": near}
        stones.append(programme.do(actions.add_milestone, one, new))
    elif chosen == 3 and len(stones) > 2:
        stones.remove(stone)
        programme.do(actions.delete_milestone, stone)
    elif chosen == 4:
        light = dice.choice(["green", "amber", "red"])
        programme.do(actions.override_health, [one], light, "so it is", day + timedelta(days=9))
    elif chosen == 5:
        stage = dice.choice(["pilot", "rollout", "operating", "closed"])
        programme.do(actions.set_fields, [one], {"stage": stage})
    elif chosen == 6:
        batch = dice.choice([None, "incubation", "breakthrough"])
        programme.do(actions.set_fields, [one], {"batch": batch, "due_date": near})
    elif dice.random() < 0.5:
        programme.do(set_threshold, "schedule", dice.randrange(1, 9), 20, "incubation")
    else:
        programme.do(clear_threshold, "schedule", "incubation")


@pytest.mark.parametrize("seed", [1])
def test_the_lights_of_a_day_are_what_was_shown_on_it(three: Programme, seed: int) -> None:
    dice, stones = Random(seed), [three.ids["go-live"]]
    ids = [three.ids[code] for code in ("HB-001", "GD-001", "GD-002")]
    kept = {}
    for step in range(16):
        day = START + timedelta(days=6 * step)
        _at(three, day)
        with suppress(EcofolioError):  # a milestone that an undo took away can not be moved
            _stir(three, dice, ids, stones, day)
            if dice.random() < 0.2:
                three.workspace.undo()
        kept[day] = _shown(three, day)
    assert len({str(shown) for shown in kept.values()}) > 4
    for day, shown in kept.items():
        then = _then(three, day)
        for identity, (light, lights) in shown.items():
            assert then[identity] == (light, lights), day


def test_before_it_was_entered_nothing_is_known_of_it(three: Programme) -> None:
    with three.workspace.read() as connection:
        was = lights_on(connection, date(2026, 10, 31), [three.ids["HB-001"]])[three.ids["HB-001"]]
    assert was.whole.light is Light.NOT_REPORTED
    assert was.lights[HealthLight.SCHEDULE].words == "not known: it was entered later"


def test_an_override_is_told_with_its_reason_until_it_expired(three: Programme) -> None:
    one = three.ids["GD-002"]
    three.do(actions.override_health, [one], "red", "the partner left", date(2026, 12, 5))
    _at(three, date(2027, 1, 20))
    three.do(actions.clear_override, [one])
    with three.workspace.read() as connection:
        days = [date(2026, 11, 30), date(2026, 12, 31)]
        held, gone = past.history(connection, days, one)
    assert (held.whole.light, held.whole.words, held.overridden) == (
        Light.RED,
        "the partner left",
        True,
    )
    assert (gone.whole.light, gone.overridden) == (Light.NOT_REPORTED, False)


def test_month_ends_are_those_before_today() -> None:
    assert month_ends(date(2026, 3, 31), 3) == [
        date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28),
    ]  # fmt: skip


def test_from_and_to_grey_is_no_change() -> None:
    lights = [Light.GREEN, Light.RED, Light.NOT_REPORTED, Light.AMBER]
    before = {n: Was(START, health.Judged(light, ""), {}) for n, light in enumerate(lights)}
    now = enumerate([Light.RED, Light.AMBER, Light.RED, Light.NOT_REPORTED])
    found = moved(before, now)
    assert [(one.id, one.is_worse) for one in found] == [(0, True), (1, False)]
    assert not moved({}, [(5, Light.RED)])


def test_a_room_that_can_not_tell_of_the_past_leaves_its_light_unknown(
    three: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(health._rememberers, HealthLight.BUDGET)
    _at(three, date(2027, 1, 20))
    with three.workspace.read() as connection:
        was = lights_on(connection, date(2026, 12, 31), [three.ids["GD-001"]])
    told = was[three.ids["GD-001"]].lights[HealthLight.BUDGET]
    assert (told.light, told.words) == (Light.NOT_REPORTED, "not known")
