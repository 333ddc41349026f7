"""Thresholds of health are set in a dialog, for all batches or for one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.scorecards.conftest import Measured

from ecofolio.initiatives import health
from ecofolio.scorecards.thresholds_dialog import ThresholdsDialog
from ecofolio.vocabulary import HealthLight


@pytest.fixture
def dialog(filed: Measured, qtbot: Any) -> ThresholdsDialog:
    made = ThresholdsDialog(filed.workspace)
    qtbot.addWidget(made)
    return made


def _set(dialog: ThresholdsDialog, light: HealthLight, amber: int, red: int) -> None:
    for field, value in zip(dialog.fields[light], (amber, red), strict=True):
        field.setValue(value)


def test_a_batch_has_its_own_and_the_others_those_of_all(
    dialog: ThresholdsDialog, filed: Measured
) -> None:
    _set(dialog, HealthLight.SCHEDULE, 10, 30)
    dialog.keep()
    dialog.batch.setCurrentIndex(dialog.batch.findData("incubation"))
    assert [field.value() for field in dialog.fields[HealthLight.SCHEDULE]] == [10, 30]
    _set(dialog, HealthLight.SCHEDULE, 20, 60)
    _set(dialog, HealthLight.METRICS, 50, 40)
    dialog.keep()
    known = filed.read(health.bounds)
    assert known.of(HealthLight.SCHEDULE, "incubation") == (20, 60)
    assert known.of(HealthLight.SCHEDULE, "full_rollout") == (10, 30)
    assert known.of(HealthLight.METRICS, "incubation") == (50, 40)
    filed.workspace.undo()
    assert filed.read(health.bounds).stored == {("schedule", None): (10, 30)}


def test_what_is_usual_is_not_stored(dialog: ThresholdsDialog, filed: Measured) -> None:
    _set(dialog, HealthLight.BUDGET, 110, 130)
    dialog.keep()
    dialog._read()
    dialog.usual.click()
    dialog.keep()
    assert filed.read(health.bounds).stored == {}


def test_amber_comes_before_red(dialog: ThresholdsDialog, filed: Measured) -> None:
    _set(dialog, HealthLight.METRICS, 60, 75)
    dialog.keep()
    assert "Amber has to come before red" in dialog.message.sentence
    assert not dialog.result() and filed.read(health.bounds).stored == {}
