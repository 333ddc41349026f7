"""Undo and redo: of anything, at any time, and never over somebody's later change."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from tests.store import verbs

from ecofolio.errors import ConflictError, InputError
from ecofolio.initiatives.model import Initiative, Milestone, Note
from ecofolio.organisation.model import Unit
from ecofolio.store.verification import digest
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace


def digest_of(workspace: Workspace) -> str:
    with workspace.read() as connection:
        return digest(connection)


def name_of(workspace: Workspace, identity: int) -> str | None:
    row = verbs.row_of(workspace, identity)
    return row and row["name"]


def test_undo_and_redo_walk_through_the_changes_in_order(workspace: Workspace) -> None:
    [identity] = workspace.do(verbs.add, ["A"], name="0")
    for name in "123":
        workspace.do(verbs.edit, identity, {"name": name})
    for name in "21":
        workspace.undo()
        assert name_of(workspace, identity) == name
    for name in "23":
        workspace.redo()
        assert name_of(workspace, identity) == name
    assert workspace.next_redo() is None
    with pytest.raises(InputError, match="nothing to redo"):
        workspace.redo()


def test_a_new_change_ends_the_redoing(workspace: Workspace) -> None:
    [identity] = workspace.do(verbs.add, ["A"])
    workspace.do(verbs.edit, identity, {"name": "x"})
    workspace.undo()
    assert workspace.next_redo() is not None
    workspace.do(verbs.edit, identity, {"stage": "pilot"})
    assert workspace.next_redo() is None


def test_making_the_programme_itself_is_not_undone(workspace: Workspace) -> None:
    assert workspace.next_undo() is None
    with pytest.raises(InputError, match="nothing to undo"):
        workspace.undo()
    with pytest.raises(InputError, match="not undone from here"):
        workspace.undo(1)
    with pytest.raises(InputError, match="no change 99"):
        workspace.undo(99)


def test_undo_goes_on_in_a_later_session(place: str) -> None:
    with Workspace.create(place) as first:
        start = digest_of(first)
        identity = first.do(verbs.add_with_parts, "A")
        first.do(verbs.edit, identity, {"name": "x"})
        end = digest_of(first)
        first.undo()
    with Workspace.open(place) as second:
        assert [entry and entry.label for entry in (second.next_undo(), second.next_redo())] == [
            "Add A",
            f"Edit {identity}",
        ]
        second.undo()
        assert digest_of(second) == start
    with Workspace.open(place) as third:
        third.redo()
        third.redo()
        assert digest_of(third) == end
        assert third.verify() == []


def test_a_deleted_record_comes_back_exactly_under_its_identity(workspace: Workspace) -> None:
    identity = workspace.do(verbs.add_with_parts, "A")
    before = digest_of(workspace)

    def remove_with_parts(work: Work) -> None:
        work.label("Delete A")
        for record in (Note, Milestone, Initiative):
            work.delete(record, [1] if record is not Initiative else [identity])

    workspace.do(remove_with_parts)
    assert verbs.count(workspace) == verbs.count(workspace, Note) == 0
    workspace.undo()
    assert digest_of(workspace) == before
    row = verbs.row_of(workspace, identity)
    assert row is not None and row["version"] == 2  # what was shown before is stale


def test_an_import_of_ten_thousand_rows_is_one_undo(workspace: Workspace) -> None:
    before = digest_of(workspace)
    workspace.do(verbs.add, [f"C{n}" for n in range(10_000)])
    after = digest_of(workspace)
    start = time.perf_counter()
    workspace.undo()
    assert time.perf_counter() - start < 20  # a second or so; the benchmarks measure it
    assert digest_of(workspace) == before
    workspace.redo()
    assert digest_of(workspace) == after
    assert workspace.verify() == []


def test_an_older_change_is_undone_where_later_ones_touched_other_fields(
    workspace: Workspace,
) -> None:
    [identity] = workspace.do(verbs.add, ["A"])
    workspace.do(verbs.edit, identity, {"name": "x"})
    entry = workspace.next_undo()
    assert entry is not None
    workspace.do(verbs.edit, identity, {"stage": "pilot"})
    workspace.undo(entry.id)
    row = verbs.row_of(workspace, identity)
    assert row is not None and (row["name"], row["stage"]) == ("New", "pilot")
    with pytest.raises(InputError, match="undone already"):
        workspace.undo(entry.id)


def test_undo_is_refused_with_who_and_what_where_the_same_field_changed_later(
    workspace: Workspace,
) -> None:
    [identity] = workspace.do(verbs.add, ["A"])
    workspace.do(verbs.edit, identity, {"name": "x"})
    entry = workspace.next_undo()
    assert entry is not None
    workspace.actor = "Li"
    workspace.do(verbs.edit, identity, {"name": "y", "stage": "pilot"})
    before = digest_of(workspace)
    with pytest.raises(ConflictError, match=f"Li changed the same later .“Edit {identity}”"):
        workspace.undo(entry.id)
    assert digest_of(workspace) == before


def test_a_field_that_was_changed_later_and_back_counts_as_changed(workspace: Workspace) -> None:
    [identity] = workspace.do(verbs.add, ["A"], name="0")
    workspace.do(verbs.edit, identity, {"name": "1"})
    entry = workspace.next_undo()
    for name in "21":
        workspace.do(verbs.edit, identity, {"name": name})
    assert entry is not None
    with pytest.raises(ConflictError, match="changed the same later"):
        workspace.undo(entry.id)
    for _count in range(2):
        workspace.undo()
    workspace.undo(entry.id)
    assert name_of(workspace, identity) == "0"


def test_redo_is_refused_where_the_record_is_gone_meanwhile(workspace: Workspace) -> None:
    [identity] = workspace.do(verbs.add, ["A"])
    entry = workspace.next_undo()
    workspace.do(verbs.remove, [identity])
    assert entry is not None
    with pytest.raises(ConflictError, match="changed the same later"):
        workspace.undo(entry.id)


def test_a_record_that_something_later_refers_to_is_not_taken_away(workspace: Workspace) -> None:
    unit = workspace.do(verbs.add_unit, "U")
    entry = workspace.next_undo()
    assert entry is not None
    [identity] = workspace.do(verbs.add, ["A"], unit_id=unit)
    with pytest.raises(ConflictError, match="something added later refers to it"):
        workspace.undo(entry.id)
    workspace.do(verbs.edit, identity, {"unit_id": None})
    workspace.undo(entry.id)
    assert verbs.count(workspace, Unit) == 0


def test_records_that_refer_to_one_another_come_and_go_together(workspace: Workspace) -> None:
    before = digest_of(workspace)

    def tree(work: Work) -> None:
        top = verbs.add_unit(work, "TOP")
        verbs.add(work, ["A"], unit_id=verbs.add_unit(work, "BELOW", top))

    workspace.do(tree)
    workspace.undo()
    assert digest_of(workspace) == before
    workspace.redo()
    assert verbs.count(workspace, Unit) == 2


def test_undo_of_a_deletion_is_refused_where_its_code_was_given_away(
    workspace: Workspace,
) -> None:
    [identity] = workspace.do(verbs.add, ["A"])
    workspace.do(verbs.remove, [identity])
    entry = workspace.next_undo()
    workspace.do(verbs.add, ["A"])
    assert entry is not None
    with pytest.raises(ConflictError, match="something changed later is in the way"):
        workspace.undo(entry.id)


def test_undo_is_refused_where_what_it_would_point_to_is_gone(workspace: Workspace) -> None:
    unit = workspace.do(verbs.add_unit, "U")
    [identity] = workspace.do(verbs.add, ["A"], unit_id=unit)
    workspace.do(verbs.edit, identity, {"unit_id": None})
    entry = workspace.next_undo()
    workspace.do(verbs.remove, [unit], Unit)
    assert entry is not None
    with pytest.raises(ConflictError, match="something changed later is in the way"):
        workspace.undo(entry.id)


def _swap(work: Work, first: int, second: int) -> None:
    verbs.edit(work, first, {"code": "passing"})
    verbs.edit(work, second, {"code": "A"})
    verbs.edit(work, first, {"code": "B"})


def _give_away(work: Work, first: int, _second: int) -> None:
    verbs.edit(work, first, {"code": "C"})
    verbs.add(work, ["A"])


def _take_over(work: Work, first: int, second: int) -> None:
    verbs.remove(work, [first])
    verbs.edit(work, second, {"code": "A"})


@pytest.mark.parametrize("action", [_swap, _give_away, _take_over])
def test_codes_that_pass_from_one_record_to_another_pass_back(
    workspace: Workspace, action: Callable[[Work, int, int], None]
) -> None:
    first, second = workspace.do(verbs.add, ["A", "B"])
    before = digest_of(workspace)
    workspace.do(action, first, second)
    after = digest_of(workspace)
    for _round in range(2):
        workspace.undo()
        assert digest_of(workspace) == before
        workspace.redo()
        assert digest_of(workspace) == after
    assert workspace.verify() == []


def test_one_record_of_a_big_change_is_taken_back_and_the_rest_stands(
    workspace: Workspace,
) -> None:
    ids = workspace.do(verbs.add, [f"C{n}" for n in range(50)])
    workspace.do(verbs.edit_many, {identity: {"name": "x"} for identity in ids})
    change = workspace.next_undo()
    assert change is not None
    workspace.take_back(change.id, "initiative", ids[7])
    names = [name_of(workspace, identity) for identity in ids]
    assert names == ["x"] * 7 + ["New"] + ["x"] * 42
    back = workspace.next_undo()
    assert back is not None and back.label == "Take back “Edit 50 initiatives”"
    with pytest.raises(ConflictError, match="changed the same later"):
        workspace.undo(change.id)
    workspace.undo()
    workspace.undo()
    assert name_of(workspace, ids[7]) == "New"


def test_taking_back_a_made_record_takes_its_parts_along(workspace: Workspace) -> None:
    identity = workspace.do(verbs.add_with_parts, "A")
    change = workspace.next_undo()
    assert change is not None
    workspace.take_back(change.id, "initiative", identity)
    assert [verbs.count(workspace, each) for each in (Initiative, Milestone, Note)] == [0, 0, 0]
    with pytest.raises(InputError, match="no change 77"):
        workspace.take_back(77, "initiative", identity)


def test_on_a_server_undo_takes_back_ones_own_work(new_database: Callable[[], str]) -> None:
    place = new_database()
    with Workspace.create(place, actor="Li") as li, Workspace.open(place, actor="Wang") as wang:
        [identity] = li.do(verbs.add, ["A"])
        [other] = wang.do(verbs.add, ["B"])
        li.undo()
        assert verbs.row_of(wang, identity) is None
        assert verbs.row_of(wang, other) is not None
        assert li.next_undo() is None and wang.next_redo() is None
        li.redo()
        assert verbs.row_of(wang, identity) is not None
