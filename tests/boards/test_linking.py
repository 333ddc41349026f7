"""What other tools say of cards that block one another becomes dependencies; nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.boards.conftest import Bench
from tests.boards.test_importing import written
from tests.boards.test_updating import bring, view

from ecofolio.boards import actions, details
from ecofolio.boards.exchange import bringing
from ecofolio.boards.exchange.importing import Overrules, open_source
from ecofolio.boards.exchange.linking import without_circles

# as Jira writes it: a column for each link, the header again and again
JIRA = """\
Issue key,Summary,Issue Type,Status,Created,Parent,Outward issue link (Blocks),\
Outward issue link (Blocks),Inward issue link (Blocks),Outward issue link (Cloners)
GNT-1,Platform,Epic,In Progress,02/Mar/26 9:00 AM,,,,,
GNT-2,Design the schema,Task,Done,02/Mar/26 9:00 AM,GNT-1,GNT-3,GNT-4,,
GNT-3,Build the engine,Task,In Progress,02/Mar/26 9:00 AM,GNT-1,GNT-5,,GNT-2,GNT-4
GNT-4,Write the docs,Task,To Do,02/Mar/26 9:00 AM,GNT-1,,,GNT-2,
GNT-5,Ship it,Milestone,To Do,02/Mar/26 9:00 AM,,GNT-99,,GNT-3,
"""


def waits(bench: Bench, code: str) -> set[tuple[str, str]]:
    """What blocks what on a board, by keys."""
    found = set()
    for card in view(bench, code).cards:
        with bench.workspace.read() as connection:
            detail = details.card(connection, card.id)
        assert detail is not None
        keys = {one.id: one.key or one.title for one in view(bench, code).cards}
        found |= {(keys[one.card_id], keys[card.id]) for one in detail.blockers}
    return found


def test_jiras_links_are_dependencies_and_those_that_lead_away_are_told(
    bench: Bench, tmp_path: Path
) -> None:
    report = bring(bench, written(tmp_path, "jira.csv", JIRA))
    expected = {("GNT-2", "GNT-3"), ("GNT-2", "GNT-4"), ("GNT-3", "GNT-5")}
    assert waits(bench, report.board) == expected
    assert report.as_json()["dependencies"] == 3
    assert any(
        "1 link leads to a card that is not in the file, and is kept in the description: "
        "GNT-5 → GNT-99." in one
        for one in report.incoming.notices
    )
    cards = {card.key: card for card in view(bench, report.board).cards}
    with bench.workspace.read() as connection:
        ship = details.card(connection, cards["GNT-5"].id)
        engine = details.card(connection, cards["GNT-3"].id)
    assert ship is not None and engine is not None
    assert ship.row["description"] == "Outward issue link (Blocks): GNT-99"
    assert "GNT-4" in engine.values.values()  # another kind of link stays what it is called
    assert view(bench, report.board).waiting == {cards["GNT-5"].id: 1}  # GNT-2 is done
    bench.workspace.undo()
    assert bench.workspace.redo() is not None
    assert waits(bench, report.board) == expected


@pytest.mark.parametrize(
    ("head", "cells", "expected"),
    [
        ("Predecessors", ("", "1", "1,2"), {("1", "2"), ("1", "3"), ("2", "3")}),
        ("Predecessors", ("", "1FS+2 days", "2SS;1"), {("1", "2"), ("2", "3"), ("1", "3")}),
        ("Successors", ("2; 3", "", ""), {("1", "2"), ("1", "3")}),
        ("Blocked by", ("", "1", ""), {("1", "2")}),
        ("前置任务", ("", "1、3", ""), {("1", "2"), ("3", "2")}),
    ],
)
@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_lists_name_what_comes_before_and_after(
    bench: Bench, tmp_path: Path, head: str, cells: tuple[str, ...], expected: set[Any]
) -> None:
    rows = [f'{n},Step {n},New,"{cell}"' for n, cell in enumerate(cells, 1)]
    path = written(tmp_path, "ado.csv", "\n".join([f"ID,Title,State,{head}", *rows]))
    assert waits(bench, bring(bench, path).board) == expected


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_a_circle_is_opened_at_its_last_link_and_told(bench: Bench, tmp_path: Path) -> None:
    text = "Key,Title,Status,Blocks\nA,One,New,B\nB,Two,New,C\nC,Three,New,A\nD,Four,New,D\n"
    report = bring(bench, written(tmp_path, "round.csv", text))
    assert waits(bench, report.board) == {("A", "B"), ("B", "C")}
    said = "2 links would have cards wait for one another in a circle"
    told = next(one for one in report.incoming.notices if said in one)
    assert "C → A" in told and "D → D" in told


def test_a_second_import_brings_new_links_once_and_none_that_close_a_circle(
    bench: Bench, tmp_path: Path
) -> None:
    head = "Key,Title,Status,Blocks\n"
    first = bring(bench, written(tmp_path, "l.csv", head + "A,One,New,B\nB,Two,New,\nC,Three,New,"))
    ids = {card.key: card.id for card in view(bench, first.board).cards}
    bench.do(actions.depend, ids["B"], ids["C"])
    # a part of the source: what it names and does not hold is on the board
    again = written(tmp_path, "l.csv", head + 'A,One,New,B\nC,Three,New,"A,E"\nE,Five,New,B\n')
    source = open_source(again, Overrules())
    found = bringing.find(bench.workspace, source, Overrules(), squad=bench.squad)
    assert isinstance(found, bringing.Found)
    lines = bringing.told(found)
    assert "New: “Three” blocks “E”" in lines
    assert any(one.startswith("2 links are left out") for one in lines), lines
    bring(bench, again)
    expected = {("A", "B"), ("B", "C"), ("C", "E")}
    assert waits(bench, first.board) == expected
    report = bring(bench, again)
    assert report.update.is_nothing and waits(bench, first.board) == expected


LINKS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30, unique=True)


@given(links=LINKS, rounds=st.integers(0, 3))
def test_whatever_is_linked_nothing_waits_for_itself_and_nothing_is_lost(
    links: list[tuple[int, int]], rounds: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ecofolio.boards.exchange.linking._ROUNDS", rounds)
        kept, dropped = without_circles(links)
    assert sorted([*kept, *dropped]) == sorted(links)
    behind: dict[int, set[int]] = {}
    for _turn in range(8):
        for one, other in kept:
            behind.setdefault(one, set()).update({other}, behind.get(other, ()))
    assert all(one not in own for one, own in behind.items())


# --- names -------------------------------------------------------------------------------------


def names(bench: Bench, code: str) -> list[str]:
    return [one.name for one in view(bench, code).columns]


def test_a_column_that_was_renamed_here_is_found_again(bench: Bench, tmp_path: Path) -> None:
    from ecofolio.boards import layout

    head = "Key,Title,Status,Created,Started\n"
    rows = "A-1,Sign,To do,2026-03-01,\nA-2,Check,In progress,2026-03-02,2026-03-04\n"
    first = bring(bench, written(tmp_path, "ours.csv", head + rows))
    columns = {one.name: one.id for one in view(bench, first.board).columns}
    bench.do(layout.set_column, columns["In progress"], {"name": "Doing"})
    bench.do(layout.set_column, columns["In progress"], {"name": "进行中"})
    report = bring(bench, written(tmp_path, "ours.csv", head + rows))
    assert report.update is not None and report.update.is_nothing
    later = rows.replace("Sign,To do,2026-03-01,", "Sign,In progress,2026-03-01,2026-03-05")
    report = bring(bench, written(tmp_path, "ours.csv", head + later))
    assert names(bench, first.board) == ["To do", "进行中"]
    assert "The column “In progress” is called “进行中” here." in report.incoming.notices
    assert {
        card.key
        for card in view(bench, first.board).cards
        if card.column_id == columns["In progress"]
    } == {"A-1", "A-2"}
    bench.do(layout.add_column, first_id(bench, first.board), {"name": "In progress"})
    again = later.replace("Check,In", "Check it,In")
    bring(bench, written(tmp_path, "ours.csv", head + again))
    assert sorted(names(bench, first.board)) == ["In progress", "To do", "进行中"]


def first_id(bench: Bench, code: str) -> int:
    return view(bench, code).board.id


def test_the_kind_of_a_renamed_column_can_be_said_by_its_name_of_today(
    bench: Bench, tmp_path: Path
) -> None:
    from ecofolio.boards import layout

    path = written(tmp_path, "l.csv", "Key,Title,Status\nA,One,Polish\nB,Two,To do\n")
    first = bring(bench, path)
    column = next(one for one in view(bench, first.board).columns if one.name == "Polish")
    bench.do(layout.set_column, column.id, {"name": "Shine"})
    bring(bench, path, overrules=Overrules(kinds={"Shine": "done"}))
    assert {one.name: one.kind for one in view(bench, first.board).columns} == {
        "To do": "backlog",
        "Shine": "done",
    }
