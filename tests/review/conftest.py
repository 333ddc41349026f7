from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.conftest import ACTOR, NOW

from ecofolio.initiatives import actions, catalogue
from ecofolio.organisation.actions import add_unit
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace

LONG = "长" * 40_000


def fill(work: Work) -> None:
    """A small programme of all that can go wrong in a workbook."""
    work.kind = "setup"
    head = add_unit(work, {"code": "HO", "name": "Head office", "level": "head_office"})
    tier1 = {"level": "tier1", "parent_id": head}
    stars = add_unit(work, {"code": "A", "name": "Branch *?~", **tier1})
    signs = add_unit(work, {"code": "B", "name": "<>branch", **tier1})
    twin = add_unit(work, {"code": "C", "name": "branch *?~", **tier1})
    add_unit(work, {"code": "D", "name": '"Idle" & Co', **tier1})
    below = add_unit(work, {"code": "A1", "name": "City", "level": "tier2", "parent_id": stars})
    scenes = [
        catalogue.add_scene(work, {"code": code, "name": name})
        for code, name in (("own", "=scene*"), ("twin", "=SCENE?"))
    ]
    field = catalogue.add_field(work, {"name": "Stage", "type": "number"})
    texts = catalogue.add_field(work, {"name": "Why [#1]", "type": "text"})
    given = (
        ("I1", stars, scenes[0], "G", "full_rollout", "pilot", 12345678900),
        ("I2", below, scenes[0], "G", "breakthrough", "rollout", 1),
        ("I3", signs, scenes[1], "B", "incubation", "operating", None),
        ("I4", twin, None, None, None, "proposal", 99),
        ("I5", None, scenes[1], "C", "full_rollout", "approved", 10**15),
        ("I6", head, None, "C", "breakthrough", "closed", 5_000_000),
        ("I7", head, scenes[0], None, "full_rollout", "pilot", 0),
    )
    ids = []
    for code, unit, scene, segment, batch, stage, budget in given:
        values = {
            "code": code, "name": f"=1+{code}", "unit_id": unit, "scene_id": scene,
            "lead_segment": segment, "batch": batch, "stage": stage, "budget_fen": budget,
            "other_segments": "G,B", "levers": "regional_grid", "description": LONG,
        }  # fmt: skip
        ids.append(actions.create(work, values))
    actions.set_custom(work, ids[:2], field, "12.5")
    actions.set_custom(work, ids[:1], texts, "+cmd|' /C calc'!A0")
    day = date(2026, 11, 1)
    for place, (baseline, forecast, actual) in enumerate(
        (
            (day, date(2026, 12, 20), None),
            (day, None, None),
            (date(2026, 12, 1), None, None),
            (day, None, date(2026, 11, 3)),
            (None, None, None),
        )
    ):
        dates = {"baseline": baseline, "forecast": forecast, "actual": actual}
        actions.add_milestone(work, ids[place], {"name": f"M{place}", **dates})
    actions.override_health(work, [ids[4]], "amber", "-reason", date(2026, 12, 24))
    work.label("Fill")


@pytest.fixture
def programme(workspace: Workspace) -> Workspace:
    """The small programme on both databases."""
    workspace.do(fill)
    return workspace


@pytest.fixture
def file_programme(tmp_path: Path) -> Iterator[Workspace]:
    """The small programme in a file."""
    with Workspace.create(
        tmp_path / "p.ecofolio", name="P & Co", actor=ACTOR, clock=lambda: NOW
    ) as w:
        w.do(fill)
        yield w
