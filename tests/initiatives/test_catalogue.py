"""The PMO keeps scenes and custom fields; what comes with the program stays as it is."""

from __future__ import annotations

import pytest

from ecofolio.errors import InputError
from ecofolio.initiatives import actions, catalogue, founding, queries
from ecofolio.store.workspace import Workspace
from ecofolio.text import using
from ecofolio.vocabulary import SCENES


@pytest.fixture
def initiative(workspace: Workspace) -> int:
    return workspace.do(actions.create, {"name": "Campus card"})


def scenes(workspace: Workspace) -> dict[str, catalogue.SceneRow]:
    with workspace.read() as connection:
        return {row.name: row for row in catalogue.scenes(connection)}


def fields(workspace: Workspace) -> list[catalogue.FieldUse]:
    with workspace.read() as connection:
        return catalogue.fields(connection)


def test_own_scenes_stand_after_those_of_the_program(workspace: Workspace) -> None:
    workspace.do(founding.add_scenes)
    workspace.do(catalogue.add_scene, {"name": "Airports"})
    names = list(scenes(workspace))
    assert len(names) == len(SCENES) + 1
    assert names[-1] == "Airports"
    assert scenes(workspace)["Airports"].code == "S-001"


def test_a_scene_of_the_program_is_neither_renamed_nor_deleted(workspace: Workspace) -> None:
    workspace.do(founding.add_scenes)
    campus = scenes(workspace)["Campus"].id
    with pytest.raises(InputError, match="“Campus” comes with the program"):
        workspace.do(catalogue.set_scene, campus, {"name": "School"})
    with pytest.raises(InputError, match="“Campus” comes with the program"):
        workspace.do(catalogue.delete_scene, campus)


def test_two_scenes_are_not_called_alike(workspace: Workspace) -> None:
    workspace.do(founding.add_scenes)
    with pytest.raises(InputError, match="already a scene called “campus”"):
        workspace.do(catalogue.add_scene, {"name": "campus"})
    own = workspace.do(catalogue.add_scene, {"name": "Airports"})
    assert workspace.do(catalogue.set_scene, own, {"name": "Airports and stations"})
    with using("zh_CN"), pytest.raises(InputError):
        workspace.do(catalogue.add_scene, {"name": " "})


def test_a_scene_in_use_is_not_deleted(workspace: Workspace, initiative: int) -> None:
    own = workspace.do(catalogue.add_scene, {"name": "Airports"})
    workspace.do(actions.set_fields, [initiative], {"scene_id": own})
    with pytest.raises(InputError, match="1 initiative still"):
        workspace.do(catalogue.delete_scene, own)
    workspace.do(actions.set_fields, [initiative], {"scene_id": None})
    workspace.do(catalogue.delete_scene, own)
    assert "Airports" not in scenes(workspace)


def test_fields_are_added_in_order_and_moved(workspace: Workspace) -> None:
    for name in ("One", "Two", "Three"):
        workspace.do(catalogue.add_field, {"name": name})
    last = fields(workspace)[-1].id
    workspace.do(catalogue.move_field, last, -1)
    assert [field.name for field in fields(workspace)] == ["One", "Three", "Two"]
    workspace.do(catalogue.move_field, last, -5)
    assert [field.name for field in fields(workspace)] == ["Three", "One", "Two"]


def test_a_choice_needs_choices_each_once(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="needs its choices"):
        workspace.do(catalogue.add_field, {"name": "Priority", "type": "choice", "choices": " \n"})
    choices = "High\n Low \n\nHigh"
    workspace.do(catalogue.add_field, {"name": "Priority", "type": "choice", "choices": choices})
    assert fields(workspace)[0].choices == ["High", "Low"]


def test_a_field_keeps_a_type_that_its_values_fit(workspace: Workspace, initiative: int) -> None:
    field = workspace.do(catalogue.add_field, {"name": "Cards", "type": "text"})
    workspace.do(actions.set_custom, [initiative], field, "about 300")
    with pytest.raises(InputError, match="1 value would no longer fit, for example “about 300”"):
        workspace.do(catalogue.set_field, field, {"type": "number"})
    workspace.do(actions.set_custom, [initiative], field, "300")
    assert workspace.do(catalogue.set_field, field, {"type": "number"})


def test_choices_in_use_stay(workspace: Workspace, initiative: int) -> None:
    row = {"name": "Priority", "type": "choice", "choices": "High\nLow"}
    field = workspace.do(catalogue.add_field, row)
    workspace.do(actions.set_custom, [initiative], field, "Low")
    with pytest.raises(InputError, match="“Low”"):
        workspace.do(catalogue.set_field, field, {"choices": "High"})
    assert workspace.do(catalogue.set_field, field, {"choices": "High\nMedium\nLow"})


def test_a_field_goes_with_its_values_and_comes_back_with_them(
    workspace: Workspace, initiative: int
) -> None:
    field = workspace.do(catalogue.add_field, {"name": "Contract"})
    workspace.do(actions.set_custom, [initiative], field, "HB-7")
    assert fields(workspace)[0].initiatives == 1
    workspace.do(catalogue.delete_field, field)
    assert fields(workspace) == []
    workspace.undo()
    with workspace.read() as connection:
        (row,) = queries.rows(connection, today=workspace.clock().date())
    assert row.custom == {field: "HB-7"}


def test_two_fields_are_not_called_alike(workspace: Workspace) -> None:
    workspace.do(catalogue.add_field, {"name": "Contract"})
    other = workspace.do(catalogue.add_field, {"name": "Cards"})
    with pytest.raises(InputError, match="already a field called “Contract”"):
        workspace.do(catalogue.set_field, other, {"name": "Contract"})
