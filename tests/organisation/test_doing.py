"""Units, departments and people are kept, moved, and deleted only when nothing needs them."""

from __future__ import annotations

import pytest

from ecofolio.errors import InputError, StaleError
from ecofolio.initiatives import actions as initiatives
from ecofolio.organisation import actions, queries
from ecofolio.store.workspace import Workspace
from ecofolio.vocabulary import UnitLevel


@pytest.fixture
def tree(workspace: Workspace) -> dict[str, int]:
    """Head office, a branch of each tier below it, and a branch beside them."""
    made: dict[str, int] = {}
    for code, level, above in (
        ("HO", UnitLevel.HEAD_OFFICE, None),
        ("HB", UnitLevel.TIER1, "HO"),
        ("HB-WH", UnitLevel.TIER2, "HB"),
        ("HB-WH-GG", UnitLevel.SUB_BRANCH, "HB-WH"),
        ("GD", UnitLevel.TIER1, "HO"),
    ):
        parent = made[above] if above else None
        row = {"code": code, "name": f"Unit {code}", "level": level.value, "parent_id": parent}
        made[code] = workspace.do(actions.add_unit, row)
    return made


def units(workspace: Workspace) -> dict[str, queries.UnitRow]:
    with workspace.read() as connection:
        return {row.code: row for row in queries.units(connection)}


def test_the_tree_is_read_parents_first_with_depths(
    workspace: Workspace, tree: dict[str, int]
) -> None:
    found = [(row.code, row.depth) for row in units(workspace).values()]
    assert found == [("HO", 0), ("GD", 1), ("HB", 1), ("HB-WH", 2), ("HB-WH-GG", 3)]


def test_initiatives_are_counted_at_a_unit_and_below_it(
    workspace: Workspace, tree: dict[str, int]
) -> None:
    for code in ("HB", "HB-WH-GG", "HB-WH-GG"):
        workspace.do(initiatives.create, {"name": f"At {code}", "unit_id": tree[code]})
    found = {code: (r.initiatives, r.initiatives_below) for code, r in units(workspace).items()}
    assert found == {
        "HO": (0, 3),
        "GD": (0, 0),
        "HB": (1, 3),
        "HB-WH": (0, 2),
        "HB-WH-GG": (2, 2),
    }


def test_a_unit_moves_with_all_below_it_and_back_by_undo(
    workspace: Workspace, tree: dict[str, int]
) -> None:
    assert workspace.do(actions.set_unit, tree["HB-WH"], {"parent_id": tree["GD"]})
    assert units(workspace)["HB-WH-GG"].depth == 3
    assert list(units(workspace)) == ["HO", "GD", "HB-WH", "HB-WH-GG", "HB"]
    undone = workspace.undo()
    assert undone.label == "Set Unit above of Unit HB-WH"
    assert units(workspace)["HB-WH"].parent_id == tree["HB"]


@pytest.mark.parametrize("below", ["HB", "HB-WH", "HB-WH-GG"])
def test_a_unit_is_not_moved_below_itself(
    workspace: Workspace, tree: dict[str, int], below: str
) -> None:
    with pytest.raises(InputError, match="can not be moved below itself"):
        workspace.do(actions.set_unit, tree["HB"], {"parent_id": tree[below]})


def test_levels_keep_their_order_when_units_are_added_moved_and_changed(
    workspace: Workspace, tree: dict[str, int]
) -> None:
    wrong = {"code": "X", "name": "X", "level": "tier1", "parent_id": tree["GD"]}
    said = "“Tier-1 branch” can not stand below one of the level “Tier-1 branch”"
    with pytest.raises(InputError, match=said):
        workspace.do(actions.add_unit, wrong)
    with pytest.raises(InputError, match="can not stand below"):
        workspace.do(actions.set_unit, tree["GD"], {"parent_id": tree["HB-WH"]})
    with pytest.raises(InputError, match="can not stand below"):
        workspace.do(actions.set_unit, tree["HB-WH"], {"level": "sub_branch"})
    with pytest.raises(InputError, match="can not stand below"):
        workspace.do(actions.set_unit, tree["HO"], {"level": "tier1"})


def test_what_is_in_use_is_not_deleted_and_says_by_what(
    workspace: Workspace, tree: dict[str, int]
) -> None:
    department = workspace.do(actions.add_department, {"name": "Personal banking"})
    person = workspace.do(
        actions.add_person,
        {"name": "Chen Wei", "unit_id": tree["HB"], "department_id": department},
    )
    workspace.do(
        initiatives.create,
        {"name": "Campus", "unit_id": tree["HB"], "lead_id": person, "sponsor_id": person},
    )
    with pytest.raises(InputError, match="1 initiative, 1 person, 1 unit still belong"):
        workspace.do(actions.delete_unit, tree["HB"])
    with pytest.raises(InputError, match=r"“Personal banking” .* 1 person still"):
        workspace.do(actions.delete_department, department)
    # leading and sponsoring the same initiative is one initiative
    with pytest.raises(InputError, match=r"“Chen Wei” .* 1 initiative still"):
        workspace.do(actions.delete_person, person)


def test_what_nothing_needs_is_deleted_and_comes_back_by_undo(
    workspace: Workspace, tree: dict[str, int]
) -> None:
    before = units(workspace)["GD"]
    workspace.do(actions.delete_unit, tree["GD"])
    assert "GD" not in units(workspace)
    workspace.undo()
    after = units(workspace)["GD"]
    assert after._replace(version=before.version) == before


def test_codes_are_given_out_and_never_twice(workspace: Workspace) -> None:
    first = workspace.do(actions.add_person, {"name": "Chen Wei"})
    workspace.do(actions.add_person, {"name": "Li Na", "code": "P-009"})
    workspace.do(actions.add_person, {"name": "Wang Fang", "code": " "})
    with workspace.read() as connection:
        assert [row.code for row in queries.people(connection)] == ["P-001", "P-009", "P-010"]
    with pytest.raises(InputError, match="code P-009 is taken"):
        workspace.do(actions.set_person, first, {"code": "P-009"})


def test_people_are_read_with_the_names_of_where_they_work(
    workspace: Workspace, tree: dict[str, int]
) -> None:
    department = workspace.do(actions.add_department, {"name": "Risk", "office": "middle"})
    workspace.do(
        actions.add_person,
        {"name": "Chen Wei", "unit_id": tree["HB"], "department_id": department, "title": "Lead"},
    )
    with workspace.read() as connection:
        (person,) = queries.people(connection)
        (row,) = queries.departments(connection)
    assert (person.unit, person.department, person.title) == ("Unit HB", "Risk", "Lead")
    assert (row.office, row.people, row.initiatives) == ("middle", 1, 0)


def test_a_stale_edit_is_refused(workspace: Workspace, tree: dict[str, int]) -> None:
    shown = units(workspace)["HB"].version
    workspace.do(actions.set_unit, tree["HB"], {"region": "Central China"}, shown)
    with pytest.raises(StaleError):
        workspace.do(actions.set_unit, tree["HB"], {"region": "South China"}, shown)


def test_a_person_can_not_work_at_a_unit_that_is_gone(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="no longer exists"):
        workspace.do(actions.add_person, {"name": "Chen Wei", "unit_id": 77})
