"""Twelve months of lights below an initiative's health, by mouse and by keyboard."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from ecofolio.initiatives import actions
from ecofolio.widgets.background import Runner

Key = Qt.Key
pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)


@pytest.fixture
def lights(trial, qtbot):
    """The lights of HB-001 as the inspector shows them, two months later."""
    context = trial.page.context
    trial.programme.do(
        actions.override_health,
        [trial.programme.ids["HB-001"]],
        "green",
        "so be it",
        date(2026, 12, 2),
    )
    now = datetime(2027, 1, 20, 3, tzinfo=UTC)
    trial.programme.workspace.clock = lambda: now
    trial.programme.do(
        actions.set_milestone, trial.programme.ids["go-live"], {"forecast": date(2027, 1, 25)}
    )
    runner = Runner(lambda error: pytest.fail(str(error)))
    trial.page.inspector._runner = runner
    trial.page.context = dataclasses.replace(context, runner=runner)
    trial.page.inspector.rebuild()
    trial.page.refresh()
    trial.click("HB-001")
    return trial.page.inspector.lights


def test_the_past_is_read_when_somebody_wants_to_see_it(lights, qtbot):
    history = lights.history
    assert not history.table.isVisible() and not history.model.days
    history.toggle.click()
    qtbot.waitUntil(lambda: bool(history.model.days))
    assert [was.day.month for was in history.model.days] == [*range(2, 13), 1]
    schedule = [was.lights["schedule"].light.value for was in history.model.days]
    assert schedule == ["not_reported"] * 9 + ["amber", "red", "red"]
    whole = [was.whole.light.value for was in history.model.days]
    assert whole == ["not_reported"] * 9 + ["green", "red", "red"]
    assert [was.overridden for was in history.model.days][-3:] == [True, False, False]
    assert not history.grab().isNull()


def test_the_arrow_keys_walk_and_the_sentence_tells(lights, qtbot):
    history = lights.history
    history.toggle.click()
    qtbot.waitUntil(lambda: bool(history.model.days))
    history.table.setFocus()
    QTest.keyClick(history.table, Key.Key_Down)
    QTest.keyClick(history.table, Key.Key_Left)
    QTest.keyClick(history.table, Key.Key_Left)
    told = "30 Nov 2026 · Schedule: Amber, milestone “Go-live” is 20 days late against baseline"
    assert history.sentence.text() == told
    index = history.table.currentIndex()
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == told


def test_what_comes_after_somebody_went_on_is_dropped(trial, lights, qtbot):
    history = lights.history
    history.toggle.click()
    history.fill(trial.row("GD-001"), date(2027, 1, 20))  # before the answer
    first = history._runner.jobs
    qtbot.waitUntil(lambda: not history._runner.jobs & first)
    assert not history.model.days or history.model.days[-1].lights["schedule"].words.startswith(
        "no"
    )
    qtbot.waitUntil(lambda: bool(history.model.days) and not history._runner.jobs)
    assert "milestone" in history.model.days[-1].lights["schedule"].words
