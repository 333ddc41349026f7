"""The command line as a script would use it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest

from ecofolio import text
from ecofolio.cli.commands import RUN
from ecofolio.cli.main import COMMANDS, main
from ecofolio.initiatives import actions
from ecofolio.store import files
from ecofolio.store.workspace import Workspace


class Ran:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    def call(*arguments: object) -> Ran:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return call


@pytest.fixture
def programme(place: str, run: Callable[..., Ran]) -> str:
    assert run("new", place).code == 0
    with Workspace.open(place) as workspace:
        workspace.do(actions.create, {"name": "=car life", "lead_segment": "C", "tags": "a, b"})
    return place


def test_every_command_that_is_parsed_is_run() -> None:
    assert set(RUN) == set(COMMANDS)


def test_a_new_programme_is_in_order_and_has_the_scenes_that_come_with_it(
    place: str, run: Callable[..., Ran]
) -> None:
    made = run("new", place, "--name", "Ecosystem", "--json")
    assert made.code == 0
    assert set(made.json) == {"programme"}
    assert run("check", place, "--json").json == {"ok": True, "problems": []}
    assert len(run("list", "scenes", "--from", place, "--json").json) == 18


def test_a_list_of_initiatives_has_every_attribute_by_its_name(
    programme: str, run: Callable[..., Ran]
) -> None:
    row = run("list", "initiatives", "--from", programme, "--json").json[0]
    assert row["code"] == "IN-001"
    assert row["lead_segment"] == "C"
    assert row["tags"] == ["a", "b"]
    assert row["health"] == "not_reported"
    assert row["budget_fen"] is None
    assert row["currency"] == "CNY"


def test_a_list_as_csv_never_starts_a_cell_with_a_formula(
    programme: str, run: Callable[..., Ran]
) -> None:
    rows = list(
        csv.DictReader(io.StringIO(run("list", "initiatives", "--from", programme, "--csv").out))
    )
    assert rows[0]["name"] != "=car life"
    assert rows[0]["name"].endswith("=car life")


def test_undo_and_redo_work_in_later_runs_and_say_what_they_did(
    programme: str, run: Callable[..., Ran]
) -> None:
    undone = run("undo", programme, "--json")
    assert (undone.code, undone.json["label"]) == (0, "Add =car life")
    assert run("list", "initiatives", "--from", programme, "--json").json == []
    assert run("redo", programme).out.strip() == "Redone: Add =car life"
    assert len(run("list", "initiatives", "--from", programme, "--json").json) == 1


def test_undo_with_nothing_to_undo_is_one_sentence_and_exit_1(
    place: str, run: Callable[..., Ran]
) -> None:
    run("new", place)
    ended = run("undo", place, "--json")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "There is nothing to undo.\n"


def test_the_history_of_an_initiative_names_field_old_and_new(
    programme: str, run: Callable[..., Ran]
) -> None:
    with Workspace.open(programme) as workspace:
        workspace.do(actions.set_fields, [1], {"stage": "pilot"})
    changes = run("history", programme, "--of", "IN-001", "--json").json
    assert (changes[0]["field"], changes[0]["old"], changes[0]["new"]) == (
        "stage",
        "proposal",
        "pilot",
    )
    assert run("history", programme, "--of", "NO-1").err == "There is no initiative NO-1.\n"


def test_a_backup_restores_what_was_there_and_keeps_what_it_replaced(
    programme: str, run: Callable[..., Ran], tmp_path: Path
) -> None:
    saved = run("backup", programme, "--to", tmp_path, "--json").json["backup"]
    run("undo", programme)
    back = run("restore", saved, "--to", programme, "--json")
    assert back.code == 0
    assert Path(back.json["kept"]).exists()
    assert len(run("list", "initiatives", "--from", programme, "--json").json) == 1
    assert run("check", programme, "--json").json["ok"]


def test_a_backup_carries_attached_files_and_a_restore_says_how_many_came_back(
    programme: str, run: Callable[..., Ran], tmp_path: Path
) -> None:
    from tests.store.test_files import attach

    (tmp_path / "发票.pdf").write_bytes(b"paid")
    with Workspace.open(programme) as workspace:
        kept = files.keep(workspace.place, tmp_path / "发票.pdf")
        attach(workspace, kept.hash)
        path = files.path_of(workspace.place, kept.hash)
    saved = run("backup", programme, "--to", tmp_path / "b", "--json").json
    assert (saved["files"], saved["lost"]) == (1, [])
    path.unlink()
    back = run("restore", saved["backup"], "--to", programme)
    assert back.out.endswith("1 attached file was put back.\n")
    assert run("check", programme).code == 0
    path.unlink()
    assert "1 attached file is not in the backup: 发票.pdf." in run("backup", programme).out


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "nonsense", "--from", "x"],
        ["pack", "--from", "x"],
        ["pack", "--from", "x", "--to", "y", "--as-of", "2026-13"],
        ["demo", "--initiatives", "0"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(arguments: list[str], run: Callable[..., Ran]) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1


class Marked(NullTranslations):
    """A language in which every sentence is the English one in brackets."""

    def gettext(self, message: str) -> str:
        return f"<{message}>"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            "score --from p --as-of 2026-13",
            "<score: <argument --as-of: <“2026-13” is not a period: 2026-10, 2026-Q4 or 2026>> ",
        ),
        ("score --from p", "<score: <the following arguments are required: --as-of> "),
        ("score --from p --as-of", "<score: <argument --as-of: <expected one argument>> "),
        ("nonesuch", "<: <there is no command and no programme “nonesuch”> "),
        ("check p q", "<: <unrecognized arguments: q> "),
    ],
)
def test_wrong_usage_is_told_in_the_language_in_force(
    arguments: str, told: str, run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "_catalogue", lambda _language: Marked())
    ended = run(*arguments.split())
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.replace("ecofolio ", "").replace("ecofolio", "").startswith(told)


def test_wrong_usage_is_one_line_whatever_was_given(run: Callable[..., Ran]) -> None:
    err = run("pack", "--from", "p", "--to", "x", "--as-of", "2026\n\x1b[2J月").err
    assert "“2026\\n\\x1b[2J月” is not a month" in err and err.count("\n") == 1


@pytest.mark.parametrize("command", [["check"], ["undo"], ["history"], ["backup"]])
def test_a_programme_that_is_none_is_one_sentence_and_exit_1(
    command: list[str], run: Callable[..., Ran], tmp_path: Path
) -> None:
    (tmp_path / "list.ecofolio").write_text("not a programme")
    for place in (tmp_path, tmp_path / "missing.ecofolio", tmp_path / "list.ecofolio"):
        ended = run(*command, place)
        assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)


LIST = """Project ID,Project name,Budget (万元),Start date
A1,Campus card,620,5 March 2026
A2,Clinic,soon,
A3,,7,
"""


def changes(run: Callable[..., Ran], place: str) -> int:
    return len(run("list", "changes", "--from", place, "--json").json)


def test_an_import_says_what_it_did_and_a_dry_run_writes_nothing(
    programme: str, run: Callable[..., Ran], tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    before = changes(run, programme)
    tried = run("import", path, "--into", programme, "--dry-run", "--json")
    assert tried.code == 0 and tried.json["dry_run"]
    assert changes(run, programme) == before
    done = run("import", path, "--into", programme, "--json").json
    assert (done["rows"], done["created"], done["updated"], done["unchanged"]) == (3, 2, 0, 0)
    assert done["refused"] == [{"row": 4, "reason": "has no name"}]
    (cell,) = done["unreadable"]
    assert (cell["row"], cell["column"], cell["text"]) == (3, "Budget (万元)", "soon")
    assert tried.json == {**done, "dry_run": True}
    assert changes(run, programme) == before + 1
    again = run("import", path, "--into", programme, "--json").json
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert changes(run, programme) == before + 1
    assert run("undo", programme).code == 0
    assert len(run("list", "initiatives", "--from", programme, "--json").json) == 1


def test_a_pack_is_written_for_a_unit_that_exists(
    programme: str, run: Callable[..., Ran], tmp_path: Path
) -> None:
    out = tmp_path / "pack.xlsx"
    wrong = run("pack", "--from", programme, "--to", out, "--unit", "NOWHERE")
    assert (wrong.code, wrong.out, wrong.err.count("\n")) == (1, "", 1)
    assert not out.exists()
    made = run("pack", "--from", programme, "--to", out, "--lang", "zh_CN", "--json")
    assert made.code == 0 and out.stat().st_size > 10_000
    assert made.json == {"workbook": str(out)}


@pytest.mark.parametrize("word", ["lst", "importt", "./nowhere/at-all"])
def test_a_mistyped_command_opens_no_window(word: str, run: Callable[..., Ran]) -> None:
    ended = run(word)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert word in ended.err


def test_without_a_display_the_window_is_refused_in_a_sentence(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    ended = run()
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_health_is_told_as_of_a_month_end_with_what_was_known_then(
    place: str, run: Callable[..., Ran]
) -> None:
    with Workspace.create(place, clock=lambda: datetime(2026, 3, 5, tzinfo=UTC)) as workspace:
        one = workspace.do(actions.create, {"name": "Car life"})
        first = {"name": "Go-live", "baseline": date(2026, 3, 20)}
        stone = workspace.do(actions.add_milestone, one, first)
        workspace.clock = lambda: datetime(2026, 6, 5, tzinfo=UTC)
        workspace.do(actions.set_milestone, stone, {"actual": date(2026, 6, 1)})
    told = {
        as_of: run("list", "health", "--from", place, "--as-of", as_of, "--json").json[0]
        for as_of in ("2026-02", "2026-03", "2026-06-30")
    }
    assert [(one["as_of"], one["schedule"]) for one in told.values()] == [
        ("2026-02-28", "not_reported"),
        ("2026-03-31", "amber"),
        ("2026-06-30", "not_reported"),
    ]
    assert told["2026-03"]["words"] == "milestone “Go-live” is 11 days late against baseline"
    now = run("list", "health", "--from", place, "--json").json[0]
    assert "as_of" not in now and now["schedule"] == "not_reported"
