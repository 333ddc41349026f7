"""The page of initiatives where there are thousands: rows first, other rooms' lights after them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecofolio.initiatives import desk, health
from ecofolio.initiatives.health import Judged
from ecofolio.initiatives.page import InitiativesPage
from ecofolio.initiatives.scope import Scope
from ecofolio.vocabulary import HealthLight, Light
from ecofolio.widgets.background import Runner

pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)


@pytest.fixture
def context(trial, monkeypatch, qtbot):
    monkeypatch.setattr(desk, "_MANY", 1)
    runner = Runner(pytest.fail)
    yield replace(trial.page.context, runner=runner)
    runner.shut_down()


def test_lights_of_other_rooms_come_once_the_rows_are_painted(trial, context, qtbot, monkeypatch):
    told = Judged(Light.RED, "told")
    identity = trial.row("GD-001").id
    monkeypatch.setitem(health._speakers, HealthLight.BUDGET, lambda *_all: {identity: told})
    page = InitiativesPage(context)
    qtbot.addWidget(page)
    assert not page.model.arrangement.row_of(identity).said.lights
    assert not page.is_settled()
    page.show()
    qtbot.waitUntil(page.is_settled)
    row = page.model.arrangement.row_of(identity)
    assert (row.light, row.said.lights) == (Light.RED, {HealthLight.BUDGET: told})
    assert row == next(one for one in page.desk.load() if one.id == identity)


def test_what_is_written_meanwhile_keeps_the_lights_that_it_was_read_with(
    trial, context, qtbot, monkeypatch
):
    page = InitiativesPage(context)
    qtbot.addWidget(page)
    row = page.model.arrangement.row_of(trial.row("GD-001").id)
    other = page.model.arrangement.row_of(trial.row("GD-002").id)
    page.editor.write_one(row, page.model.arrangement.columns["name"], "Other")
    found = {one.id: one._replace(light=Light.RED) for one in (row, other)}
    assert list(page.desk.take(found)) == [other.id]


def test_rows_that_are_chosen_by_their_light_are_read_with_all_lights(context, qtbot):
    context.scope.set(Scope(lights=frozenset({"red"})))
    page = InitiativesPage(context)
    qtbot.addWidget(page)
    assert not page.desk.is_deaf
