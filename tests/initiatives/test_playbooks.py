"""The PMO keeps playbooks: what each is called and for, whatever hangs on it."""

from __future__ import annotations

import pytest

from ecofolio.errors import InputError
from ecofolio.initiatives import actions, catalogue, founding, playbooks
from ecofolio.scorecards.model import PlaybookTarget
from ecofolio.store.workspace import Workspace
from ecofolio.vocabulary import Batch


def known(workspace: Workspace, *, retired: bool = True) -> dict[str, playbooks.PlaybookRow]:
    with workspace.read() as connection:
        return {row.code: row for row in playbooks.playbooks(connection, retired=retired)}


def test_a_playbook_takes_over_what_its_initiative_says(workspace: Workspace) -> None:
    workspace.do(founding.add_scenes)
    with workspace.read() as connection:
        scene = next(row for row in catalogue.scenes(connection) if row.code == "campus")
    values = {"name": "Campus card", "scene_id": scene.id, "batch": "full_rollout", "code": "C-1"}
    one = workspace.do(actions.create, values)
    with workspace.read() as connection:
        suggested = playbooks.suggested(connection, one)
    workspace.do(playbooks.add_playbook, {**suggested, "notes": "  for branches  "})
    row = known(workspace)["PB-001"]
    assert (row.name, row.notes, row.made_from) == ("Campus card", "for branches", "C-1")
    assert row.about == f"{scene.name} · {Batch.FULL_ROLLOUT.label}" and row.source_id == one
    workspace.do(actions.delete, [one])
    assert known(workspace)["PB-001"].made_from == "C-1"
    assert known(workspace)["PB-001"].source_id is None


def test_a_playbook_is_renamed_retired_and_deleted_each_undoable(workspace: Workspace) -> None:
    made = workspace.do(playbooks.add_playbook, {"name": "One", "code": "A"})
    assert workspace.do(playbooks.set_playbook, made, {"name": "Two"})
    assert not workspace.do(playbooks.set_playbook, made, {"name": "Two "})
    workspace.do(playbooks.set_playbook, made, {"retired": True})
    assert known(workspace, retired=False) == {} and known(workspace)["A"].retired
    workspace.do(playbooks.delete_playbook, made)
    assert known(workspace) == {}
    for _n in range(4):
        workspace.undo()
    assert known(workspace) == {}
    workspace.redo()
    assert known(workspace)["A"].name == "One" and workspace.verify() == []


def test_the_parts_of_a_playbook_are_told_from_the_schema() -> None:
    assert playbooks.parts() == [PlaybookTarget]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "x" * 201}, "up to 200 characters"),
        ({"code": ""}, "needs a code"),
        ({"code": "B"}, "is taken"),
        ({"batch": "odd"}, "is no batch"),
        ({"scene_id": 99}, "no longer exists"),
    ],
)
def test_what_breaks_a_rule_is_named(
    workspace: Workspace, values: dict[str, object], reason: str
) -> None:
    made = workspace.do(playbooks.add_playbook, {"name": "One", "code": "A"})
    workspace.do(playbooks.add_playbook, {"name": "Other", "code": "B"})
    with pytest.raises(InputError, match=reason):
        workspace.do(playbooks.set_playbook, made, values)


def test_a_scene_that_a_playbook_is_for_is_not_deleted(workspace: Workspace) -> None:
    scene = workspace.do(catalogue.add_scene, {"name": "Airports"})
    workspace.do(playbooks.add_playbook, {"name": "One", "scene_id": scene})
    with pytest.raises(InputError, match="1 playbook still belong"):
        workspace.do(catalogue.delete_scene, scene)


def test_an_unknown_code_is_named(workspace: Workspace) -> None:
    made = workspace.do(playbooks.add_playbook, {"name": "One", "code": "A"})
    with workspace.read() as connection:
        assert playbooks.by_code(connection, "A") == made
        with pytest.raises(InputError, match="There is no playbook Z"):
            playbooks.by_code(connection, "Z")
