"""A board goes out as a workbook with live formulas, as CSV, and by the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from tests.boards.conftest import Bench
from tests.conftest import NOW

from ecofolio.boards import handing as verbs
from ecofolio.boards import queries
from ecofolio.boards.exchange.importing import run_import
from ecofolio.boards.exchange.workbook import export_board
from ecofolio.boards.readings import Part, past
from ecofolio.cli.main import main
from ecofolio.errors import InputError
from ecofolio.excel import book
from ecofolio.squads import actions as squads
from ecofolio.store.workspace import Workspace
from ecofolio.text import using


def filled(bench: Bench) -> None:
    """Eight finished cards with cycle times of one to eight days, and one that is waiting."""
    for n in range(8):
        card = bench.days_ago(40 + n).card(f"=card {n}")
        bench.days_ago(30).move(card, 2)
        bench.days_ago(29 - n).move(card, 5)
    bench.at(NOW).card("waiting", assignees=[bench.people[2]])


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_the_workbooks_flow_is_formulas_that_come_to_our_figures(
    bench: Bench, tmp_path: Path
) -> None:
    filled(bench)
    path = tmp_path / "board.xlsx"
    with bench.workspace.read() as connection:
        assert export_board(connection, bench.board, path, now=NOW, actor="Lin Wei") == 9
    live, kept = (openpyxl.load_workbook(path, data_only=only) for only in (False, True))
    assert live.sheetnames == ["Cards", "History", "Flow"]
    formulas = {row[0].value: row[1].value for row in live["Flow"].iter_rows() if row[0].value}
    values = {row[0].value: row[1].value for row in kept["Flow"].iter_rows() if row[0].value}
    assert formulas["50 % took no longer than"].startswith("=IF(COUNT('Cards'!$O$2:$O$10)=0")
    assert values["Finished cards"] == 8
    assert [values[f"{n} % took no longer than"] for n in (50, 85, 95)] == [4, 7, 8]
    weeks = [row for row in live["Flow"].iter_rows() if str(row[1].value).startswith("=COUNTIFS")]
    assert f"&MAX($A{weeks[0][1].row},$B$2)" in weeks[0][1].value
    counted = [kept["Flow"].cell(row[1].row, 2).value for row in weeks]
    assert sum(counted) == 8
    cards = live["Cards"]
    titles = [cell.value for cell in cards["B"]][1:]
    assert "=card 0" in titles
    assert all(cell.data_type == "s" for cell in cards["B"])
    assert len(list(live["History"].rows)) == 1 + 8 * 3 + 1


WAYS = """case,activity,time
A,Open?,2026-09-01T09:00:00Z
A,"=Do ""it""*",2026-09-03T09:00:00Z
A,Done,2026-09-09T15:30:00Z
B,Open?,2026-09-02T23:30:00Z
B,"=Do ""it""*",2026-09-14T09:00:00Z
B,Open?,2026-09-20T09:00:00Z
B,Done,2026-10-05T09:00:00Z
C,Open?,2026-10-01T09:00:00Z
C,Done,2026-10-02T09:00:00Z
C,"=Do ""it""*",2026-10-08T09:00:00Z
D,"=Do ""it""*",2026-10-09T09:00:00Z
"""
LISTED = "Key,Title,Created,Finished\nF,f,2026-09-20,2026-09-10\nG,g,2026-09-01,2026-09-10\n"


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_libreoffice_works_out_every_formula_to_our_figure(
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    recalculated: Callable[..., Path],
) -> None:
    for name, text in (("ways.csv", WAYS), ("listed.csv", LISTED)):
        (tmp_path / name).write_text(text, "utf-8")
        run_import(bench.workspace, tmp_path / name, squad="S01")
    bench.workspace.do(verbs.hand_over, [bench.card("ours")], 2)

    def write(name: str, board: int) -> Path:
        path = tmp_path / name
        with bench.workspace.read() as connection, using("zh_CN"):
            export_board(connection, board, path, now=NOW, actor="")
        return path

    full = [write(f"with{board}.xlsx", board) for board in (2, 3)]
    # without the stored values LibreOffice has to work each of them out
    monkeypatch.setattr(book, "_store_values", lambda draft, values: None)
    bare = [write(f"bare{board}.xlsx", board) for board in (2, 3)]
    folder, compared = recalculated(*bare), 0
    for ours, theirs in zip(full, bare, strict=True):
        told = openpyxl.load_workbook(ours, data_only=True)
        found = openpyxl.load_workbook(folder / theirs.name, data_only=True)
        for sheet in openpyxl.load_workbook(ours):
            for cell in (one for row in sheet.iter_rows() for one in row if one.data_type == "f"):
                here, there = (one[sheet.title][cell.coordinate].value for one in (told, found))
                where = (sheet.title, cell.coordinate, cell.value)
                assert there == (pytest.approx(here, abs=1e-6) if here != "–" else here), where
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_the_weeks_of_the_workbook_are_the_programs_own(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "ways.csv").write_text(WAYS, "utf-8")
    report = run_import(bench.workspace, tmp_path / "ways.csv", squad="S01")
    path = tmp_path / "board.xlsx"
    with bench.workspace.read() as connection:
        board = queries.by_code(connection, str(report.board))
        assert board is not None
        export_board(connection, board, path, now=NOW, actor="")
        flow = past(connection, Part(board)).figures(date(2026, 9, 1), date(2026, 11, 21), NOW)
    rows = [*openpyxl.load_workbook(path, data_only=True)["Flow"].iter_rows(values_only=True)]
    heads = next(n for n, row in enumerate(rows) if row[0] == "Week of")
    weeks = {row[0].date(): row[1:] for row in rows[heads + 1 :] if row[0] is not None}
    assert {day: row[0] for day, row in weeks.items()} == dict(flow.throughput)
    ends = {day: min(day + timedelta(days=6), flow.last) for day in weeks}
    assert {day: row[1] for day, row in weeks.items()} == {
        day: dict(flow.progress)[end] for day, end in ends.items()
    }
    assert {day: row[2:] for day, row in weeks.items()} == {
        day: dict(flow.cumulative)[end] for day, end in ends.items()
    }


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_text_that_looks_like_a_formula_is_guarded_in_csv(bench: Bench, tmp_path: Path) -> None:
    filled(bench)
    path = tmp_path / "board.csv"
    with bench.workspace.read() as connection:
        export_board(connection, bench.board, path, now=NOW, actor="")
        with pytest.raises(InputError, match=r"as \.xlsx, \.csv, \.json or \.zip"):
            export_board(connection, bench.board, tmp_path / "x.pdf", now=NOW, actor="")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert not any(row["Title"].startswith("=") for row in rows)
    assert rows[0]["Assignees"] == "李雷"


LOG = "case,activity,time\n" + "".join(
    f"C{n},{name},{(NOW - timedelta(days=days - n)).isoformat()}\n"
    for n in range(70)
    for name, days in (("Ready", 85), ("Doing", 84), ("Done", 82))
)


def test_the_command_line_brings_in_tells_the_flow_and_writes_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, log, copy = (str(tmp_path / name) for name in ("p.ecofolio", "log.csv", "b.json"))
    Path(log).write_text(LOG, "utf-8")
    with Workspace.create(place) as workspace:
        workspace.do(squads.create_squad, {"name": "Campus", "code": "C"})
    fresh = str(tmp_path / "fresh.ecofolio")
    Workspace.create(fresh).close()

    def run(*arguments: str) -> object:
        capsys.readouterr()
        assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    into = ("import-board", log, "--into", place, "--squad", "C")
    tried = run(*into, "--dry-run")
    assert isinstance(tried, dict) and (tried["moves"], tried["board"]) == (210, None)
    done = run(*into, "--kind", "Ready=backlog")
    assert isinstance(done, dict) and done["board"] == "C-B1"
    assert done["columns"][0] == {"name": "Ready", "kind": "backlog", "why": "as you say"}
    moves = run("list", "moves", "--board", "C-B1", "--from", place)
    assert isinstance(moves, list) and len(moves) == 210
    cards = run("list", "cards", "--board", "log", "--from", place)
    assert isinstance(cards, list) and cards[0]["cycle_time"] == pytest.approx(2)
    flow = run("flow", "--board", "C-B1", "--from", place)
    assert isinstance(flow, dict)
    assert flow["cycle_times"]["85"] == pytest.approx(2)
    assert sum(week["finished"] for week in flow["throughput"]) == 70
    assert flow["forecast"]["remaining"] == 0
    run("board-export", "--board", "C-B1", "--from", place, "--to", copy)
    again = run("import-board", copy, "--into", place, "--squad", "Campus")
    assert isinstance(again, dict) and again["moves"] == 210
    first = run("import-board", log, "--into", fresh, "--squad", "Market")
    assert isinstance(first, dict) and "“Market” becomes the first" in first["notices"][-1]
    squad = run("list", "squads", "--from", fresh)
    assert isinstance(squad, list) and [one["name"] for one in squad] == ["Market"]
    capsys.readouterr()
    assert main(["import-board", log, "--into", place, "--squad", "Nobody"]) == 1
    assert capsys.readouterr().err == "There is no squad Nobody.\n"
    known = run("import-board", log, "--into", place, "--squad", "C", "--dry-run")
    assert isinstance(known, dict)
    assert (known["is_new"], known["unchanged"], known["board"]) == (False, 70, "C-B1")
    assert main(["import-board", log, "--into", place, "--squad", "C"]) == 0
    assert "The board is as the file says: nothing was changed." in capsys.readouterr().out
    other = run("import-board", log, "--into", place, "--squad", "C", "--new-board")
    assert isinstance(other, dict) and other["board"] not in ("C-B1", None)
    assert main(["flow", "--board", "none", "--from", place]) == 1
    assert capsys.readouterr().err == "There is no board none.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("list cards --from p.ecofolio", "list: the following arguments are required: --board"),
        ("list moves --from p.ecofolio", "list: the following arguments are required: --board"),
        ("list units --board B --from p.ecofolio", "list: argument --board: units are not a"),
        ("flow --from p.ecofolio", "one of the arguments --board --squad --initiative is"),
        ("flow --squad S --lane x --from p.ecofolio", "flow: argument --lane: a lane is a"),
        (
            "flow --board B --since 2026-02-01 --until 2026-01-01 --from p.ecofolio",
            "flow: argument --since: is after --until",
        ),
        ("board-export --board B --from p.ecofolio --to x.pdf", "does not end in .xlsx, .csv"),
        ("import-board f --into p --squad S --board B --new-board", "not allowed with argument"),
        ("import-board f --into p --squad S --kind Done=fertig", "is not a column's kind such as"),
    ],
)
def test_wrong_usage_of_the_boards_commands_is_one_sentence_and_exit_2(
    capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert sentence in told.err
