"""A second import of the same source updates the board: nothing doubled, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boards.conftest import Bench
from tests.boards.test_importing import moves, trello, written

from ecofolio.boards import actions as verbs
from ecofolio.boards import layout, queries
from ecofolio.boards.exchange import comparing, importing, mappings, updating
from ecofolio.boards.exchange.comparing import Held, merged_history
from ecofolio.boards.exchange.importing import Overrules, run_import
from ecofolio.boards.exchange.incoming import Stay
from ecofolio.errors import InputError, StaleError
from ecofolio.initiatives import importing as lists
from ecofolio.intake.mapping import Mapping
from ecofolio.store import journal

HEAD = "Key,Title,Status,Created,Started,Finished,Assignee,Priority\n"
FIRST = (
    HEAD
    + "A-1,Sign,To do,2026-03-01,,,Ann,high\n"
    + "A-2,Check,In progress,2026-03-02,2026-03-04,,Bo,low\n"
    + "A-3,Plan,Done,2026-03-02,2026-03-03,2026-03-05,,low\n"
)
SECOND = (
    HEAD
    + "A-1,Sign it,In progress,2026-03-01,2026-03-07,,Bo,high\n"
    + "A-2,Check,Done,2026-03-02,2026-03-04,2026-03-08,Bo,urgent\n"
    + "A-3,Plan,Done,2026-03-02,2026-03-03,2026-03-05,,low\n"
    + "A-4,New,To do,2026-03-09,,,,low\n"
)


def bring(bench: Bench, path: Path, **more: Any) -> Any:
    return run_import(bench.workspace, path, squad="S01", **more)


def told(bench: Bench, code: str) -> dict[str, list[str]]:
    """Where each card has been, by its key."""
    found: dict[str, list[str]] = {}
    for move in moves(bench, code):
        at = move.entered.astimezone().strftime("%m-%d")
        found.setdefault(str(move.key), []).append(f"{move.column} {at}")
    return found


def view(bench: Bench, code: str) -> queries.BoardView:
    with bench.workspace.read() as connection:
        board = queries.by_code(connection, code)
        assert board is not None
        found = queries.view(connection, board)
    assert found is not None
    return found


def head(bench: Bench) -> int:
    with bench.workspace.read() as connection:
        return journal.head(connection).id


def test_the_second_import_adds_changes_and_appends_and_is_undone_at_once(
    bench: Bench, tmp_path: Path
) -> None:
    path = written(tmp_path, "ours.csv", FIRST)
    code = bring(bench, path).board
    before = told(bench, code)
    written(tmp_path, "ours.csv", SECOND)
    report = bring(bench, path)
    assert report.board == code
    document = report.as_json()
    counts = {key: document[key] for key in ("is_new", "created", "updated", "unchanged")}
    assert counts == {"is_new": False, "created": 1, "updated": 2, "unchanged": 1}
    assert told(bench, code) == {
        "A-1": ["To do 03-01", "In progress 03-07"],
        "A-2": ["To do 03-02", "In progress 03-04", "Done 03-08"],
        "A-3": ["To do 03-02", "In progress 03-03", "Done 03-05"],
        "A-4": ["To do 03-09"],
    }
    found = view(bench, code)
    cards = {card.key: card for card in found.cards}
    assert cards["A-1"].title == "Sign it"
    assert found.assignees[cards["A-1"].id] == (bench.people[1],)
    assert list(found.values[cards["A-2"].id].values()) == ["urgent"]
    bench.workspace.undo()
    assert told(bench, code) == before


def test_an_unchanged_file_changes_nothing_and_says_so(bench: Bench, tmp_path: Path) -> None:
    path = written(tmp_path, "ours.csv", FIRST)
    code = bring(bench, path).board
    card = next(one for one in view(bench, code).cards if one.key == "A-1")
    done = next(one.id for one in view(bench, code).columns if one.kind == "done")
    bench.workspace.do(verbs.move_cards, [card.id], done)  # a move made here is not taken back
    at = head(bench)
    report = bring(bench, path)
    assert report.update.is_nothing and report.board == code
    assert head(bench) == at
    bring(bench, path, overrules=Overrules(kinds={"To do": "queue"}))  # what is said is done
    assert view(bench, code).columns[0].kind == "queue"


def test_the_same_log_read_in_two_parts_is_the_log_read_at_once(
    bench: Bench, tmp_path: Path
) -> None:
    lines = ["case,activity,time,who"]
    lines += [f"C{n},Queued,2026-03-0{1 + n}T08:00:00Z,Ann" for n in range(5)]
    lines += [f"C{n},Doing,2026-03-0{3 + n}T08:00:00Z,Bo" for n in range(4)]
    lines += [f"C{n},Done,2026-03-0{5 + n}T08:00:00Z,Bo" for n in range(3)]
    whole = "\n".join(lines)
    path = written(tmp_path, "log.csv", "\n".join(lines[:10]))
    code = bring(bench, path).board
    written(tmp_path, "log.csv", whole)
    report = bring(bench, path)
    assert (report.board, report.update.moves) == (code, 3)
    again = bring(bench, path, new_board=True)
    assert again.board != code
    assert told(bench, code) == told(bench, again.board)


stays = st.lists(
    st.builds(Stay, st.sampled_from("abc"), st.integers(1, 40).map(lambda n: n * 10**6)),
    min_size=1,
    max_size=8,
)


@given(stays, stays, st.booleans())
def test_merging_a_history_again_adds_nothing_and_loses_nothing(ours, source, is_list) -> None:
    held = [Held(one.column, one.at, None, 0, n) for n, one in enumerate(ours)]
    merged = merged_history(held, source, is_list=is_list)
    if merged is None:
        return
    assert all(one in merged for one in held)
    assert len(merged) <= len(ours) + len(source) + is_list
    settled = [Held(one.column, one.at or 10**9, None, 0, n) for n, one in enumerate(merged)]
    assert merged_history(settled, source, is_list=is_list) is None


def test_boards_of_other_sources_with_the_same_keys_are_not_mistaken(
    bench: Bench, tmp_path: Path
) -> None:
    one = "ID,Title,Status\n" + "".join(f"{n},Sign {n},To do\n" for n in range(9))
    other = "ID,Title,Status\n" + "".join(f"{n},Paint {n},To do\n" for n in range(9))
    first = bring(bench, written(tmp_path, "a.csv", one)).board
    second = bring(bench, written(tmp_path, "b.csv", other)).board
    assert first != second
    assert bring(bench, written(tmp_path, "c.csv", other)).board == second
    forced = bring(bench, written(tmp_path, "c.csv", other), board=first)
    assert (forced.board, len(forced.update.changed)) == (first, 9)


def test_a_board_that_is_named_has_to_be_the_squads(bench: Bench, tmp_path: Path) -> None:
    path = written(tmp_path, "ours.csv", FIRST)
    bench.workspace.do(layout.create_board, bench.squad, "Other")
    with pytest.raises(InputError, match="There is no board Nowhere"):
        bring(bench, path, board="Nowhere")
    report = bring(bench, path, board="Other", dry_run=True)
    assert (len(report.update.new), report.update.same) == (3, 0)
    assert view(bench, report.board).cards == []


def test_columns_and_choices_that_are_new_come_beside_their_kind(
    bench: Bench, tmp_path: Path
) -> None:
    more = FIRST + "A-5,x,To do,,,,,low\nA-6,y,To do,,,,,high\n"
    code = bring(bench, written(tmp_path, "ours.csv", more)).board
    assert view(bench, code).fields[0].choices == ["high", "low"]
    more = more.replace("In progress", "Review").replace("x,To do,,,,,low", "x,To do,,,,,urgent")
    bring(bench, written(tmp_path, "ours.csv", more))
    found = view(bench, code)
    assert [column.name for column in found.columns] == ["To do", "In progress", "Review", "Done"]
    assert found.fields[0].choices == ["high", "low", "urgent"]


def test_trellos_second_export_may_be_cut_and_takes_away_what_is_gone(
    bench: Bench, tmp_path: Path
) -> None:
    board = trello(cards=3)
    path = written(tmp_path, "t.json", json.dumps(board))
    code = bring(bench, path).board
    card = board["cards"][0]
    card["due"], card["labels"], card["idList"] = None, [{"name": "risk"}], "l1"
    board["checklists"][0]["checkItems"][0]["state"] = "complete"
    moved = dict(board["actions"][0], date="2026-10-09T08:00:00.000Z")
    moved["data"] = {**moved["data"], "listBefore": {"id": "l2"}, "listAfter": {"id": "l1"}}
    said = dict(board["actions"][1], date="2026-10-09T09:00:00.000Z")
    board["actions"] = [moved, said]  # the older ones are cut
    report = bring(bench, written(tmp_path, "t.json", json.dumps(board)))
    assert (report.board, len(report.update.changed)) == (code, 1)
    assert [line.split()[0] for line in told(bench, code)["k0"]] == ["Doing", "Vorbei", "Doing"]
    found = view(bench, code)
    fresh = next(one for one in found.cards if one.key == "k0")
    assert (fresh.labels, fresh.due_date) == ("risk", None)
    assert (found.checklist[fresh.id], found.comments[fresh.id]) == ((2, 2), 2)
    at = head(bench)
    assert bring(bench, path).update.is_nothing and head(bench) == at


def test_a_card_in_the_trash_stays_there_and_one_called_off_goes_there(
    bench: Bench, tmp_path: Path
) -> None:
    path = written(tmp_path, "ours.csv", FIRST)
    code = bring(bench, path).board
    card = next(one for one in view(bench, code).cards if one.key == "A-3")
    bench.workspace.do(verbs.trash, [card.id])
    off = FIRST.replace("In progress", "Cancelled").replace("A-1,Sign", "A-9,Sign")
    update = bring(bench, written(tmp_path, "ours.csv", off)).update
    assert (update.in_trash, update.absent, len(update.new)) == (1, 1, 1)
    assert {one.key for one in view(bench, code).cards} == {"A-1", "A-9"}


def test_a_board_that_changed_since_it_was_shown_is_shown_again(
    bench: Bench, tmp_path: Path
) -> None:
    path = written(tmp_path, "ours.csv", FIRST)
    code = bring(bench, path).board
    source = importing.open_source(written(tmp_path, "ours.csv", SECOND), Overrules())
    incoming = source.read(Overrules())
    with bench.workspace.read() as connection:
        board = queries.by_code(connection, code)
        assert board is not None
        people = importing.matched(connection, incoming)
        shown = comparing.compare(connection, board, incoming, people)
    card = next(one for one in view(bench, code).cards if one.key == "A-1")
    bench.workspace.do(verbs.set_fields, [card.id], {"title": "Sign it"})
    with pytest.raises(StaleError, match="changed meanwhile"):
        bench.workspace.do(updating.apply, shown, incoming, people, "ours.csv")


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_a_mapping_is_saved_by_name_apart_from_those_of_lists(bench: Bench, tmp_path: Path) -> None:
    path = written(tmp_path, "ours.csv", "Summary,Wish,State\nSign,Gold,Done\n")
    spec = {"columns": [{"column": "Wish", "field": "title"}]}
    bench.workspace.do(mappings.save, "Wishes", spec)
    report = bring(bench, path, mapping="Wishes")
    assert report.incoming.cards[0].title == "Gold"
    assert report.incoming.cards[0].values == {} and report.incoming.columns[0].name == "Done"
    with pytest.raises(InputError, match="no saved mapping and no file Nothing; saved are: Wishes"):
        bring(bench, path, mapping="Nothing")
    with bench.workspace.read() as connection:
        assert lists.saved_mappings(connection) == []
    with pytest.raises(InputError, match="for something else"):
        bench.workspace.do(lists.save_mapping, "Wishes", Mapping((), "name"))
    bench.workspace.do(lists.save_mapping, "Lists", Mapping((), "name"))
    with pytest.raises(InputError, match="for something else"):
        bench.workspace.do(mappings.save, "Lists", spec)


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_a_history_that_runs_backwards_is_put_in_order_once(bench: Bench, tmp_path: Path) -> None:
    first = "Key,Title,Status,Started,Finished\nA-1,Sign,Done,2026-03-09,2026-03-05\n"
    path = written(tmp_path, "ours.csv", first)
    code = bring(bench, path).board
    assert told(bench, code)["A-1"] == ["In progress 03-09", "Done 03-05"]
    later = "Key,Title,Status,Started,Finished\nA-1,Sign,Done,,2026-03-02\n"
    bring(bench, written(tmp_path, "ours.csv", later), board=code)
    assert told(bench, code)["A-1"] == ["Done 03-05", "In progress 03-09", "Done 11-21"]
    assert bring(bench, path, board=code).update.is_nothing
