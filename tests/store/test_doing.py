"""One way to write: an action is one transaction and one journal entry."""

from __future__ import annotations

from datetime import date

import pytest
from tests.conftest import NOW
from tests.store import verbs

from ecofolio.errors import InputError, StaleError
from ecofolio.initiatives.model import Initiative, Milestone
from ecofolio.store import journal
from ecofolio.store.work import Work
from ecofolio.store.workspace import Changed, Workspace


def entries(workspace: Workspace) -> list[journal.Entry]:
    with workspace.read() as connection:
        return journal.entries(connection)


def test_what_an_action_wrote_is_there_with_its_entry(workspace: Workspace) -> None:
    [identity] = workspace.do(verbs.add, ["A"], start_date=date(2026, 3, 5), budget_fen=2**40)
    row = verbs.row_of(workspace, identity)
    assert row is not None
    assert (row["code"], row["start_date"], row["budget_fen"]) == ("A", date(2026, 3, 5), 2**40)
    entry = entries(workspace)[0]
    assert (entry.label, entry.actor, entry.kind, entry.at) == (
        "Add 1 initiatives",
        workspace.actor,
        "do",
        NOW,
    )


def test_an_action_that_raises_leaves_nothing_behind(workspace: Workspace) -> None:
    before = entries(workspace)

    def fail(work: Work) -> None:
        verbs.add(work, ["A", "B"])
        raise InputError("no")

    with pytest.raises(InputError, match="no"):
        workspace.do(fail)
    assert verbs.count(workspace) == 0
    assert entries(workspace) == before


def test_a_transaction_that_changes_nothing_writes_no_entry(workspace: Workspace) -> None:
    [identity] = workspace.do(verbs.add, ["A"])
    before = entries(workspace)
    assert workspace.do(verbs.edit, identity, {"name": "New"}) is False

    def there_and_back(work: Work) -> None:
        verbs.edit(work, identity, {"name": "Other"})
        verbs.edit(work, identity, {"name": "New"})
        [passing] = verbs.add(work, ["B"])
        verbs.remove(work, [passing])

    workspace.do(there_and_back)
    assert entries(workspace) == before


def test_a_stale_write_is_rejected_in_a_sentence(workspace: Workspace) -> None:
    [identity] = workspace.do(verbs.add, ["A"])
    workspace.do(verbs.edit, identity, {"name": "Theirs"}, expect=1)
    with pytest.raises(StaleError, match="Somebody else changed this meanwhile"):
        workspace.do(verbs.edit, identity, {"name": "Ours"}, expect=1)
    row = verbs.row_of(workspace, identity)
    assert row is not None and (row["name"], row["version"]) == ("Theirs", 2)


def test_a_record_deleted_meanwhile_can_not_be_edited(workspace: Workspace) -> None:
    [identity] = workspace.do(verbs.add, ["A"])
    workspace.do(verbs.remove, [identity])
    with pytest.raises(InputError, match="no longer exists"):
        workspace.do(verbs.edit, identity, {"name": "x"})
    with pytest.raises(InputError, match="no longer exists"):
        workspace.do(verbs.edit_many, {identity: {"name": "x"}})


def test_an_identity_is_never_given_out_again(workspace: Workspace) -> None:
    [first] = workspace.do(verbs.add, ["A"])
    workspace.do(verbs.remove, [first])
    workspace.undo()
    workspace.redo()
    [second] = workspace.do(verbs.add, ["B"])
    assert second > first


def test_two_records_swap_what_only_one_may_have(workspace: Workspace) -> None:
    first, second, third = workspace.do(verbs.add, ["A", "B", "C"])
    workspace.do(verbs.edit_many, {first: {"code": "B"}, second: {"code": "A"}})
    rows = [verbs.row_of(workspace, identity) for identity in (first, second, third)]
    assert [row and row["code"] for row in rows] == ["B", "A", "C"]
    assert workspace.verify() == []


def test_what_another_record_has_already_is_refused(workspace: Workspace) -> None:
    first, _second = workspace.do(verbs.add, ["A", "B"])
    with pytest.raises(InputError, match="would break a rule of the data"):
        workspace.do(verbs.edit, first, {"code": "B"})
    with pytest.raises(InputError, match="would break a rule of the data"):
        workspace.do(verbs.add_milestones, 999, ["nowhere"])
    assert verbs.count(workspace, Milestone) == 0


@pytest.mark.parametrize("value", ["\ud800", 2**70], ids=["half a character", "a huge number"])
def test_a_value_that_no_database_holds_is_refused(workspace: Workspace, value: object) -> None:
    field = "name" if isinstance(value, str) else "budget_fen"
    [identity] = workspace.do(verbs.add, ["A"])
    with pytest.raises(InputError, match="can not be stored"):
        workspace.do(verbs.edit, identity, {field: value})
    assert workspace.verify() == []


def test_a_text_with_a_nul_is_refused_on_both_databases(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="can not be stored"):
        workspace.do(verbs.add, ["A"], description="before\0after")
    [identity] = workspace.do(verbs.add, ["A"], description="a backslash: \\u0000")
    with pytest.raises(InputError, match="can not be stored"):
        workspace.do(verbs.edit, identity, {"description": "\0"})


def test_a_column_that_is_not_there_is_our_fault(workspace: Workspace) -> None:
    def misspell(work: Work) -> None:
        work.label("Misspell")
        work.insert(Initiative, [{"code": "A", "name": "n", "nmae": "n"}])

    with pytest.raises(KeyError, match="nmae"):
        workspace.do(misspell)


def test_text_is_kept_letter_by_letter(workspace: Workspace) -> None:
    text = "=1+1 “智慧市场” 🏦 <b>'; DROP TABLE initiative; --\r\n\t{file} %s ?"
    [identity] = workspace.do(verbs.add, ["A"], name=text, description="\ufdd01")
    row = verbs.row_of(workspace, identity)
    assert row is not None and row["name"] == text
    assert workspace.verify() == []


def test_a_subscriber_hears_of_each_commit_until_it_stops(workspace: Workspace) -> None:
    heard: list[Changed] = []
    stop = workspace.subscribe(heard.append)
    [identity] = workspace.do(verbs.add, ["A"])
    [milestone] = workspace.do(verbs.add_milestones, identity, ["Start"])
    stop()
    workspace.do(verbs.edit, identity, {"name": "x"})
    assert [changed.records for changed in heard] == [
        {"initiative": {identity}},
        {"milestone": {milestone}, "initiative": {identity}},
    ]
    assert all(changed.ours for changed in heard)
    assert heard[1].touches("unit", "milestone") and not heard[0].touches("milestone")


def test_history_tells_a_record_and_what_belongs_to_it_field_by_field(
    workspace: Workspace,
) -> None:
    identity = workspace.do(verbs.add_with_parts, "A")
    workspace.do(verbs.edit, identity, {"stage": "pilot", "due_date": date(2027, 1, 1)})
    workspace.do(verbs.add, ["B"])
    with workspace.read() as connection:
        told = journal.history(connection, "initiative", identity)
    assert [row.record for row in told] == ["initiative", "initiative", "milestone", "note"]
    assert told[0].before == {"stage": "proposal", "due_date": None}
    assert told[0].after == {"stage": "pilot", "due_date": date(2027, 1, 1)}
    assert told[1].before is None


def test_a_label_fills_in_plain_names_only(workspace: Workspace) -> None:
    def hostile(work: Work) -> None:
        work.label("Import {file} {file.__class__} {0} {other}", file="{n}")
        work.insert(Initiative, [{"code": "A", "name": "n"}])

    workspace.do(hostile)
    assert entries(workspace)[0].label == "Import {n} {file.__class__} {0} {other}"
