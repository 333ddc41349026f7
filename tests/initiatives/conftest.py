"""A small programme that the tests of initiatives stand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ecofolio.initiatives import actions
from ecofolio.initiatives.model import CustomField, Scene
from ecofolio.organisation.model import Department, Person, Unit

if TYPE_CHECKING:
    from ecofolio.store.work import Work
    from ecofolio.store.workspace import Workspace


@dataclass
class Programme:
    """An open programme with the identities of what is in it, by code or name."""

    workspace: Workspace
    ids: dict[str, int]

    def do(self, action: Any, *given: Any, **more: Any) -> Any:
        """Run an action."""
        return self.workspace.do(action, *given, **more)

    def add(self, **values: Any) -> int:
        """Add an initiative."""
        return self.do(actions.create, {"name": "Nameless", **values})


def _surroundings(work: Work) -> dict[str, int]:
    work.label("Surroundings")
    head = work.insert(Unit, [{"code": "HO", "name": "Head office", "level": "head_office"}])[0]
    branch = {"level": "tier1", "parent_id": head}
    ids = {"HO": head}
    ids["HB"], ids["GD"] = work.insert(
        Unit,
        [
            {"code": "HB", "name": "Hubei branch", "region": "Central", **branch},
            {"code": "GD", "name": "Guangdong branch", "region": "South", **branch},
        ],
    )
    below = {"level": "sub_branch", "parent_id": ids["HB"]}
    ids["HB1"] = work.insert(Unit, [{"code": "HB1", "name": "Wuchang sub-branch", **below}])[0]
    ids["CB"] = work.insert(Department, [{"code": "CB", "name": "Corporate", "office": "front"}])[0]
    ids["Wang"], ids["Li"] = work.insert(
        Person, [{"code": "P1", "name": "Wang Fang"}, {"code": "P2", "name": "Li Na"}]
    )
    ids["rural"], ids["campus"] = work.insert(Scene, [{"code": "rural"}, {"code": "campus"}])
    fields = [
        {"name": "Points", "type": "number", "position": 0},
        {"name": "Carrier", "type": "choice", "choices": "App\nAPI", "position": 1},
        {"name": "Signed", "type": "date", "position": 2},
    ]
    ids["Points"], ids["Carrier"], ids["Signed"] = work.insert(CustomField, fields)
    return ids


@pytest.fixture
def programme(workspace: Workspace) -> Programme:
    """Units, people, scenes and custom fields, and no initiative yet."""
    return Programme(workspace, workspace.do(_surroundings))


@pytest.fixture
def three(programme: Programme) -> Programme:
    """Three initiatives: HB-001 with a late milestone, GD-001 with a plan, GD-002 with nothing."""
    ids = programme.ids
    ids["HB-001"] = programme.add(
        name="Co-op circle",
        unit_id=ids["HB1"],
        scene_id=ids["rural"],
        lead_segment="C",
        other_segments="G,B",
        batch="incubation",
        stage="pilot",
        lead_id=ids["Wang"],
        budget_fen=980_000_000,
        due_date=date(2027, 6, 30),
        tags="county",
        code="HB-001",
    )
    ids["GD-001"] = programme.add(
        name="Car life",
        unit_id=ids["GD"],
        scene_id=ids["campus"],
        lead_segment="B",
        batch="full_rollout",
        stage="rollout",
        lead_id=ids["Li"],
        budget_fen=1_450_000_000,
        due_date=date(2027, 3, 31),
        code="GD-001",
    )
    ids["GD-002"] = programme.add(name="Bus codes", unit_id=ids["GD"], code="GD-002")
    ids["go-live"] = programme.do(
        actions.add_milestone,
        ids["HB-001"],
        {"name": "Go-live", "baseline": date(2026, 11, 10), "forecast": date(2026, 11, 22)},
    )
    return programme


@pytest.fixture
def trial(qtbot: Any, three: Programme) -> Any:
    """The page of initiatives on the three, with the keyboard in the table."""
    from tests.initiatives.page_trials import Trial

    from ecofolio.text import set_language

    set_language("en")
    made = Trial(three)
    made.open(qtbot)
    yield made
    made.page.desk.stop()
