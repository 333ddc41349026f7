"""Boards come in from other tools with their history, and nothing is guessed silently."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.boards.conftest import Bench

from ecofolio.boards import actions as verbs
from ecofolio.boards import layout, lists, queries, sprinting
from ecofolio.boards.exchange import own_form
from ecofolio.boards.exchange.importing import Overrules, run_import
from ecofolio.boards.readings import Part, past
from ecofolio.errors import InputError


def bring(bench: Bench, path: Path, **overrules: Any) -> Any:
    return run_import(bench.workspace, path, squad="S01", overrules=Overrules(**overrules))


def found_past(bench: Bench, code: str) -> Any:
    with bench.workspace.read() as connection:
        board = queries.by_code(connection, code)
        assert board is not None
        return past(connection, Part(board_id=board))


def moves(bench: Bench, code: str) -> list[lists.Move]:
    with bench.workspace.read() as connection:
        board = queries.by_code(connection, code)
        assert board is not None
        return list(lists.moves(connection, board))


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


# --- real files --------------------------------------------------------------------------------


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_every_event_of_a_real_log_becomes_a_move_and_its_cycle_times_agree(
    bench: Bench, shared_data: Path
) -> None:
    path = shared_data / "boards" / "event_log.csv"
    report = bring(bench, path)
    cases: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["time:timestamp"])
            cases[row["case:concept:name"]].append((at, row["concept:name"]))
    wanted = {case: sorted(own, key=lambda event: event[0]) for case, own in cases.items()}
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for move in moves(bench, report.board):
        found[str(move.key)].append((move.entered, move.column))
    assert sum(map(len, found.values())) == 6660
    assert found == wanted
    cycles = {}
    for case, own in wanted.items():
        ends = [n for n, (_at, name) in enumerate(own) if name == "Completed"]
        if own[-1][1] == "Completed":
            last = len(own) - 1
            while last - 1 in ends:
                last -= 1
            begins = [at for at, name in own if name in ("Accepted", "Unmatched")]
            begun = min(begins[0], own[last][0]) if begins else own[last][0]
            cycles[case] = (own[last][0] - begun).total_seconds() / 86_400
    journeys = found_past(bench, report.board).journeys
    assert sorted(one.cycle for one in journeys) == pytest.approx(sorted(cycles.values()))


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_negative_cycle_times_are_shown_as_faults_and_not_averaged_in(
    bench: Bench, shared_data: Path
) -> None:
    path = shared_data / "boards" / "jira_cycle_times.csv"
    report = bring(bench, path)
    found = found_past(bench, report.board)
    with path.open(encoding="utf-8") as file:
        days = [int(row["cycle_time_days"]) for row in csv.DictReader(file)]
    figures = found.figures(date(2000, 1, 1), date(2026, 11, 21), bench.workspace.clock())
    assert len(figures.faults) == 1662 == sum(one < 0 for one in days)
    good = sorted(one for one in days if one >= 0)
    assert sorted(round(point.cycle, 6) for point in figures.points) == good
    assert figures.cycle[50] == good[-(-len(good) * 50 // 100) - 1]


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_a_list_with_american_dates_and_one_with_dots_are_read(
    bench: Bench, shared_data: Path
) -> None:
    report = bring(bench, shared_data / "boards" / "closed_items.csv")
    first = moves(bench, report.board)[0]
    assert first.entered.astimezone().strftime("%Y-%m-%d %H:%M") == "2023-05-15 10:29"
    assert report.incoming.cards[0].size == 5
    report = bring(bench, shared_data / "boards" / "azure_devops.csv")
    kinds = {one.name: one.kind.value for one in report.incoming.columns}
    assert kinds["Active"] == "active" and kinds["Closed"] == "done"
    card = next(one for one in report.incoming.cards if one.key == "2502")
    assert [stay.column for stay in card.stays] == ["Active", "Closed"]
    assert not report.incoming.unreadable


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_a_real_trello_board_keeps_lists_fields_and_moves(bench: Bench, shared_data: Path) -> None:
    report = bring(bench, shared_data / "boards" / "trello_board.json")
    assert [one.name for one in report.incoming.columns] == ["Todo", "In Progress", "Done"]
    assert report.unknown == ("Test User",)
    assert [(m.title, m.source, m.column) for m in moves(bench, report.board)][-2:] == [
        ("Visualize code", None, "Done"),
        ("Visualize code", "Done", "In Progress"),
    ]


# --- small ones of our own ---------------------------------------------------------------------

CREATED = "5f000000"  # seconds since 1970, as Trello's identities begin


def trello(cards: int = 1, actions: int = 2) -> dict[str, Any]:
    """A board as Trello exports it: a card that was made long before the first action."""
    moved = {
        "type": "updateCard",
        "date": "2026-10-05T08:00:00.000Z",
        "memberCreator": {"fullName": "Ann"},
        "data": {
            "card": {"id": f"{CREATED}0"},
            "listBefore": {"id": "l1", "name": "Doing"},
            "listAfter": {"id": "l2", "name": "Vorbei"},
        },
    }
    said = {
        "type": "commentCard",
        "date": "2026-10-04T08:00:00.000Z",
        "memberCreator": {"fullName": "Ann"},
        "data": {"card": {"id": f"{CREATED}0"}, "text": "=1+1 <b>x</b>"},
    }
    filler = {"type": "addMemberToCard", "date": "2026-10-06T08:00:00.000Z", "data": {}}
    return {
        "name": "Ours",
        "lists": [
            {"id": "l1", "name": "Doing", "pos": 1, "softLimit": 3},
            {"id": "l2", "name": "Vorbei", "pos": 2},
        ],
        "cards": [
            {
                "id": f"{CREATED}{n}",
                "shortLink": f"k{n}",
                "name": f"Card {n}",
                "idList": "l2" if n == 0 else "l1",
                "pos": n,
                "idMembers": ["m1", "m2"],
                "labels": [{"name": "risk"}, {"name": "", "color": "red"}],
                "due": "2026-12-01T02:00:00.000Z",
                "closed": n == 1,
            }
            for n in range(cards)
        ],
        "members": [
            {"id": "m1", "fullName": "ann"},
            {"id": "m2", "fullName": "Nobody Known"},
        ],
        "checklists": [
            {
                "idCard": f"{CREATED}0",
                "name": "To do",
                "checkItems": [
                    {"name": "second", "pos": 2, "state": "incomplete"},
                    {"name": "first", "pos": 1, "state": "complete"},
                ],
            }
        ],
        "actions": [moved, said, *([filler] * (actions - 2))],
    }


def test_a_trello_board_comes_with_everything_and_says_what_it_took_for_granted(
    bench: Bench, tmp_path: Path
) -> None:
    path = written(tmp_path, "t.json", json.dumps(trello(cards=3)))
    report = bring(bench, path)
    assert [(one.name, one.kind.value) for one in report.incoming.columns] == [
        ("Doing", "active"),
        ("Vorbei", "done"),
    ]
    assert report.incoming.columns[1].why == "the last column, and none is called done"
    assert report.unknown == ("Nobody Known",)
    assert any("1 others go into the trash" in one for one in report.incoming.notices)
    with bench.workspace.read() as connection:
        board = queries.by_code(connection, report.board)
        assert board is not None
        view = queries.view(connection, board)
        trash = queries.trashed(connection, board)
    assert view is not None
    card = next(one for one in view.cards if one.key == "k0")
    assert (card.labels, card.due_date) == ("risk,red", date(2026, 12, 1))
    assert view.assignees[card.id] == (bench.people[0],)
    assert list(view.values[card.id].values()) == ["Nobody Known"]
    assert (view.checklist[card.id], view.comments[card.id]) == ((1, 2), 1)
    assert view.columns[0].wip_limit == 3
    assert [one.key for one in trash] == ["k1"]
    journey = next(j for j in found_past(bench, report.board).journeys if j.card == card.id)
    assert journey.created == int(CREATED, 16) * 1_000_000
    bench.workspace.undo()
    with bench.workspace.read() as connection:
        assert queries.by_code(connection, report.board) is None


def test_it_is_said_where_trello_cut_the_history(bench: Bench, tmp_path: Path) -> None:
    path = written(tmp_path, "t.json", json.dumps(trello(actions=1000)))
    report = run_import(bench.workspace, path, squad="S01", dry_run=True)
    notice = report.as_json()["notices"][0]
    assert "the last 1000 actions only" in notice and "4 Oct 2026" in notice
    with bench.workspace.read() as connection:
        assert len(queries.boards(connection)) == 1


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"lists": [], "cards": [], "actions": []}', '{"lists": [1], "cards": [], '
     '"actions": []}', '{"lists":[],"cards":[{"id":"zz","idList":"?"}],"actions":[]}', "[" * 9999],
)  # fmt: skip
def test_a_broken_document_ends_in_one_sentence(bench: Bench, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        bring(bench, written(tmp_path, "t.json", text))


LOG = """Issue key,From,To,Changed,Author
A-1,In Progress,Done,2026-03-05 10:00,Ann
A-1,To Do,In Progress,2026-03-02 10:00,Ann
A-2,,To Do,2026-03-01 09:00,Bo
A-2,To Do,Mystery,not a time,Bo
"""


def test_a_log_of_status_changes_may_tell_the_newest_first(bench: Bench, tmp_path: Path) -> None:
    report = bring(bench, written(tmp_path, "log.csv", LOG))
    assert [(m.key, m.column, m.by) for m in moves(bench, report.board)] == [
        ("A-1", "In Progress", "Ann"),
        ("A-1", "Done", "Ann"),
        ("A-2", "To Do", "Bo"),
    ]
    assert [one.reason for one in report.incoming.refused] == ["Its time can not be read."]
    assert report.incoming.mapping == {
        "case": "Issue key",
        "activity": "To",
        "time": "Changed",
        "resource": "Author",
        "before": "From",
    }


def test_a_kind_that_is_told_wins_over_the_name(bench: Bench, tmp_path: Path) -> None:
    report = bring(bench, written(tmp_path, "log.csv", LOG), kinds={"To Do": "queue"})
    kinds = {one.name: (one.kind.value, one.why) for one in report.incoming.columns}
    assert kinds["To Do"] == ("queue", "as you say")


XES = """<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">
<trace><string key="concept:name" value="C1"/><string key="product" value="P"/>
<event><string key="concept:name" value="Done"/>
<date key="time:timestamp" value="2026-03-05T10:00:00.000+08:00"/></event>
<event><string key="concept:name" value="In progress"/><string key="org:resource" value="Ann"/>
<date key="time:timestamp" value="2026-03-02T10:00:00.000+08:00"/></event></trace></log>"""


def test_an_xes_log_is_read_and_one_with_entities_is_refused(bench: Bench, tmp_path: Path) -> None:
    report = bring(bench, written(tmp_path, "l.xes", XES))
    found = moves(bench, report.board)
    assert [(m.column, m.by) for m in found] == [("In progress", "Ann"), ("Done", None)]
    assert found[0].days == 3
    assert report.incoming.cards[0].values == {"product": "P"}
    hostile = XES.replace("<log", '<!DOCTYPE log [<!ENTITY a "b">]><log', 1)
    with pytest.raises(InputError, match="declares a document type"):
        bring(bench, written(tmp_path, "h.xes", hostile))
    with pytest.raises(InputError, match="is not an event log"):
        bring(bench, written(tmp_path, "b.xes", XES[:200]))


ISSUES = """Summary,Issue key,Status,Assignee,Created,Resolved,Due Date,Story Points,Labels,Labels
Sign,A-1,Done,Ann,01/Mar/26 9:00 AM,05/Mar/26 6:00 PM,,3,risk,legal
Check,A-2,In Progress,Somebody,02/Mar/26 9:00 AM,,30/Apr/26,x,,
Plan,A-3,To Do,,03/Mar/26 9:00 AM,,,,,
,,To Do,,04/Mar/26 9:00 AM,,,,,
Old,A-5,Cancelled,,04/Mar/26 9:00 AM,,,,,
"""


def test_a_list_of_issues_comes_with_what_could_not_be_read_in_the_description(
    bench: Bench, tmp_path: Path
) -> None:
    report = bring(bench, written(tmp_path, "issues.csv", ISSUES))
    found = {card.key: card for card in report.incoming.cards}
    assert [stay.column for stay in found["A-1"].stays] == ["In Progress", "Done"]
    assert (found["A-1"].labels, found["A-1"].size) == (["risk", "legal"], 3.0)
    assert found["A-2"].due == date(2026, 4, 30)
    assert found["A-2"].description == "Story Points: x"
    assert [one[:3] for one in report.incoming.unreadable] == [(3, "Story Points", "x")]
    assert [one.row for one in report.incoming.refused] == [5]
    assert found["A-5"].archived
    assert report.unknown == ("Somebody",)
    assert "cards count as started when they were created" in report.incoming.notices[0]


def test_the_own_form_reads_back_to_an_identical_board(bench: Bench, tmp_path: Path) -> None:
    first, second = bench.days_ago(9).card("a", assignees=[bench.people[2]]), bench.card("b")
    bench.days_ago(5).move([first, second], 2)
    do = bench.workspace.do
    do(verbs.block, [first], "waiting for risk")
    do(verbs.depend, second, first)
    do(verbs.comment, first, "@Bo 看一下")
    do(verbs.add_items, first, ["x", "y"], "list")
    do(verbs.link_file, first, "a.pdf", "0" * 64, 12)
    do(layout.remove_column, bench.columns[0])
    field = do(layout.add_field, bench.board, "Priority", "choice", ["high", "low"])
    do(verbs.set_custom, [first], field, "high")
    do(layout.set_lanes, bench.board, "assignee")
    do(layout.set_lane, bench.board, str(bench.people[2]), wip_limit=3)
    sprint = do(sprinting.create_sprint, bench.board, "S1", date(2026, 11, 9), date(2026, 11, 22))
    do(sprinting.add_cards, sprint, [first])
    do(layout.save_filter, bench.board, "mine", "{}")
    do(verbs.trash, [bench.card("gone")])
    with bench.workspace.read() as connection:
        document = own_form.export(connection, bench.board)
    path = written(tmp_path, "board.json", json.dumps(document))
    report = run_import(bench.workspace, path, squad="S01")
    assert report.board == "S01-B2"
    with bench.workspace.read() as connection:
        other = queries.by_code(connection, "S01-B2")
        assert other is not None
        again = own_form.export(connection, other)
    assert _told_apart(again) == _told_apart(document)
    damaged = {**document, "cards": document["cards"][1:]}
    with pytest.raises(InputError, match="is damaged"):
        run_import(bench.workspace, written(tmp_path, "d.json", json.dumps(damaged)), squad="S01")


def _told_apart(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every identity counted from one within its part."""
    parts = {name: rows for name, rows in document.items() if isinstance(rows, list)}
    order = {name: {row["id"]: n for n, row in enumerate(rows)} for name, rows in parts.items()}
    targets = {**own_form._POINTS, **own_form._OUTSIDE}
    found: dict[str, Any] = {"board": {**document["board"], "code": None}}
    for name, rows in parts.items():
        found[name] = [
            {
                key: order[name][value]
                if key == "id"
                else order[targets[key]].get(value)
                if key in targets and value is not None
                else value
                for key, value in row.items()
            }
            for row in rows
        ]
    return found


def test_a_move_made_after_the_import_goes_on_with_its_history(
    bench: Bench, tmp_path: Path
) -> None:
    report = bring(bench, written(tmp_path, "log.csv", LOG))
    with bench.workspace.read() as connection:
        board = queries.by_code(connection, report.board)
        assert board is not None
        view = queries.view(connection, board)
    assert view is not None
    waiting = next(card for card in view.cards if card.key == "A-2")
    active = next(column.id for column in view.columns if column.kind == "active")
    bench.workspace.do(verbs.move_cards, [waiting.id], active)
    last = moves(bench, report.board)[-1]
    assert (last.source, last.column, last.by) == ("To Do", "In Progress", None)
    assert last.entered == bench.workspace.clock()
    assert moves(bench, report.board)[-2].by == "Bo"


def test_a_board_of_the_own_form_is_called_what_one_says(bench: Bench, tmp_path: Path) -> None:
    bench.card("a")
    with bench.workspace.read() as connection:
        document = own_form.export(connection, bench.board)
    path = written(tmp_path, "board.json", json.dumps(document))
    run_import(bench.workspace, path, squad="S01", overrules=Overrules(name="Again"))
    with bench.workspace.read() as connection:
        assert [one.name for one in queries.boards(connection)][1:] == ["Again"]
