"""A list that nobody prepared becomes initiatives, as one undoable change."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ecofolio.errors import InputError, StaleError
from ecofolio.initiatives import actions
from ecofolio.initiatives.import_plan import Plan, make_plan
from ecofolio.initiatives.importing import (
    apply,
    find_table,
    mapping_for,
    run_import,
    save_mapping,
    saved_mappings,
)
from ecofolio.initiatives.model import CustomField, CustomValue, Initiative, Note
from ecofolio.initiatives.rules import broken
from ecofolio.intake.mapping import Mapping
from ecofolio.intake.reading import Book, Sheet, read_book
from ecofolio.intake.table import Table
from ecofolio.organisation.model import Department, Unit
from ecofolio.store.base import Record, table_of
from ecofolio.store.model import Programme
from ecofolio.store.workspace import Workspace

HEADER = [
    "Project number", "Project name", "Department", "Start date", "End date", "Budget (£m)",
    "RAG", "Story",
]  # fmt: skip
LONG = "A long story about this one. " * 5


def write(path: Path, *rows: list[Any], header: list[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header or HEADER, *rows])
    return path


def rows_of(workspace: Workspace, record: type[Record]) -> list[Any]:
    table = table_of(record)
    with workspace.read() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def notes_of(workspace: Workspace, code: str) -> dict[str, str]:
    owner = next(row.id for row in rows_of(workspace, Initiative) if row.code == code)
    return {n.section: n.body for n in rows_of(workspace, Note) if n.initiative_id == owner}


def plan_of(workspace: Workspace, table: Table, mapping: Mapping) -> Plan:
    with workspace.read() as connection:
        return make_plan(connection, table, mapping, file="a.csv")


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return write(
        tmp_path / "first.csv",
        ["A-1", "Campus card", "Retail", "2026-01-01", "2026-12-31", "£1.5", "Green", LONG],
        ["A-2", "Clinic", "Retail", "Exempt under the Act", "2027-03-31",
         "to be agreed", "Amber/Red", LONG],
        ["A-3", "", "Retail", "2026-01-01", "2026-12-31", "£1", "Green", LONG],
        ["A-4", "Market", "Corporate", "2027-01-01", "2026-12-31", "£2", "Unrated", ""],
    )  # fmt: skip


def test_a_list_is_imported_as_it_is(workspace: Workspace, first: Path) -> None:
    report = run_import(workspace, first).as_json()
    assert (report["rows"], report["created"], report["updated"]) == (4, 3, 0)
    assert [one["row"] for one in report["refused"]] == [4]
    campus, clinic, market = rows_of(workspace, Initiative)
    assert (campus.code, campus.name, campus.budget_fen) == ("A-1", "Campus card", 150_000_000)
    assert (campus.start_date, campus.due_date) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (campus.health_override, campus.health_reason) == ("green", "Green")
    assert (clinic.health_override, clinic.health_reason) == ("red", "Amber/Red")
    assert [row.name for row in rows_of(workspace, Department)] == ["Retail", "Corporate"]
    assert campus.department_id == clinic.department_id != market.department_id
    assert rows_of(workspace, Programme)[0].currency == "GBP"
    guess = next(one for one in report["mapping"]["columns"] if one["column"] == "Budget (£m)")
    assert (guess["unit"], guess["guess"]) == (1_000_000, "the header says so")
    assert json.dumps(report)


def test_what_can_not_be_read_is_kept_word_for_word(workspace: Workspace, first: Path) -> None:
    report = run_import(workspace, first).as_json()
    told = {(one["row"], one["column"], one["text"]) for one in report["unreadable"]}
    assert told == {
        (3, "Start date", "Exempt under the Act"),
        (3, "Budget (£m)", "to be agreed"),
        (5, "End date", "2026-12-31"),
        (5, "RAG", "Unrated"),
    }
    assert notes_of(workspace, "A-2") == {
        "Start date": "Exempt under the Act",
        "Budget (£m)": "to be agreed",
        "Story": LONG.strip(),
    }
    assert notes_of(workspace, "A-4") == {"End date": "2026-12-31", "RAG": "Unrated"}


def test_the_same_list_again_changes_nothing(workspace: Workspace, first: Path) -> None:
    run_import(workspace, first)
    undo = workspace.next_undo()
    again = run_import(workspace, first).as_json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert workspace.next_undo() == undo


def test_an_import_is_one_change_that_can_be_undone(workspace: Workspace, first: Path) -> None:
    run_import(workspace, first)
    entry = workspace.next_undo()
    assert entry is not None and "first.csv" in entry.label
    workspace.undo()
    for record in (Initiative, Note, Department, CustomField, CustomValue):
        assert rows_of(workspace, record) == []
    assert rows_of(workspace, Programme)[0].currency == "CNY"


def test_next_years_list_updates_by_key(workspace: Workspace, first: Path, tmp_path: Path) -> None:
    run_import(workspace, first)
    later = write(
        tmp_path / "later.csv",
        ["A-2", "Clinic", "Retail", "2026-02-01", "2027-06-30", "", "Red", LONG],
        ["A-9", "New one", "Retail", "2026-02-01", "2027-06-30", "£7", "Green", LONG],
    )
    report = run_import(workspace, later)
    assert [row.row for row in report.plan.created] == [3]
    (changed,) = report.plan.updated
    assert changed.fields == {
        "start_date": (None, date(2026, 2, 1)),
        "due_date": (date(2027, 3, 31), date(2027, 6, 30)),
        "health_reason": ("Amber/Red", "Red"),
    }
    kept = notes_of(workspace, "A-2")
    assert "Start date" not in kept, "the date can be read now"
    assert kept["Budget (£m)"] == "to be agreed", "an empty cell clears nothing"


def test_a_dry_run_writes_nothing(workspace: Workspace, first: Path) -> None:
    report = run_import(workspace, first, dry_run=True).as_json()
    assert report["created"] == 3 and report["dry_run"]
    assert rows_of(workspace, Initiative) == []


def test_a_code_that_comes_twice_is_told_apart_for_good(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", *[["X", name, "", "", "", "", "", ""] for name in "abc"])
    # nine in ten codes are different in a list that has codes
    path = write(
        path, *[[f"C-{n}", f"n{n}", *[""] * 6] for n in range(20)], ["C-3", "x", *[""] * 6]
    )
    report = run_import(workspace, path).as_json()
    assert report["created"] == 21
    assert [(one["row"], one["text"]) for one in report["unreadable"]] == [(22, "C-3")]
    assert "C-3 (2)" in {row.code for row in rows_of(workspace, Initiative)}
    assert run_import(workspace, path).as_json()["unchanged"] == 21


def test_a_row_without_its_code_takes_no_other_rows_initiative(
    workspace: Workspace, first: Path, tmp_path: Path
) -> None:
    run_import(workspace, first)
    header = ["Code", "Name"]
    rows = [["", "Campus card"], ["A-1", "Campus card"], ["A-2", "Clinic"], ["", "Market"]]
    path = write(tmp_path / "b.csv", *rows, header=header)
    report = run_import(workspace, path).as_json()
    assert (report["created"], report["unchanged"]) == (1, 3)
    assert [row.code for row in rows_of(workspace, Initiative)] == ["A-1", "A-2", "A-4", "IN-001"]


def test_a_list_without_codes_is_found_again_by_name(workspace: Workspace, tmp_path: Path) -> None:
    header = ["Initiative", "Unit", "Due date"]
    path = write(
        tmp_path / "a.csv",
        ["Campus", "Hubei Branch", "2026年12月"],
        ["Campus", "Hunan Branch", "2026"],
        ["Clinic", "", ""],
        header=header,
    )
    run_import(workspace, path)
    codes = [row.code for row in rows_of(workspace, Initiative)]
    units = {row.name: row.code for row in rows_of(workspace, Unit)}
    assert codes == [f"{units['Hubei Branch']}-001", f"{units['Hunan Branch']}-001", "IN-001"]
    assert run_import(workspace, path).as_json()["unchanged"] == 3


def test_another_currency_is_kept_in_the_notes_once_there_is_money(
    workspace: Workspace, first: Path, tmp_path: Path
) -> None:
    run_import(workspace, first)
    path = write(tmp_path / "b.csv", ["B", "€5m"], ["C", "£5m"], header=["Name", "Budget"])
    report = run_import(workspace, path).as_json()
    assert report["currency"] is None
    assert [one["text"] for one in report["unreadable"]] == ["€5m"]


@pytest.mark.parametrize(
    ("header", "budgets", "is_guess"),
    [
        ("Budget", ["$5m", "$6m"], True),
        ("Budget ($m)", ["5", "6"], True),
        ("Budget (US$m)", ["5", "6"], False),
        ("Budget", ["US$5m", "$6m"], False),
    ],
)
def test_a_bare_dollar_is_told_to_be_a_guess(
    workspace: Workspace, tmp_path: Path, header: str, budgets: list[str], is_guess: bool
) -> None:
    path = write(tmp_path / "b.csv", *([f"n{b}", b] for b in budgets), header=["Name", header])
    report = run_import(workspace, path, dry_run=True).as_json()
    assert (report["currency"], report["currency_guessed"]) == ("USD", is_guess)


def test_segments_lead_and_follow(workspace: Workspace, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", ["一卡通", "B+G"], ["诊间", "个人"], header=["项目名称", "客群"]
    )
    run_import(workspace, path)
    pairs = [(r.lead_segment, r.other_segments) for r in rows_of(workspace, Initiative)]
    assert pairs == [("B", "G"), ("C", None)]


def test_columns_without_a_field_become_custom_fields(workspace: Workspace, tmp_path: Path) -> None:
    header = ["Name", "Colour", "Points", "Seen"]
    data = [[f"n{n}", ["red", "blue"][n % 2], n / 2, f"0{n}/05/2026"] for n in range(1, 9)]
    run_import(workspace, write(tmp_path / "a.csv", *data, header=header))
    fields = {row.name: (row.type, row.choices) for row in rows_of(workspace, CustomField)}
    assert fields == {
        "Colour": ("choice", "blue\nred"),
        "Points": ("number", None),
        "Seen": ("date", None),
    }
    values = [row.value for row in rows_of(workspace, CustomValue)][:3]
    assert values == ["blue", "0.5", "2026-05-01"]
    data[0][1] = "green"
    run_import(workspace, write(tmp_path / "a.csv", *data, header=header))
    assert rows_of(workspace, CustomField)[0].choices == "blue\nred\ngreen"


def test_mappings_are_saved_by_name_or_read_from_a_file(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", ["a", "x"], ["b", "y"], header=["Name", "Thing"])
    spec = {
        "columns": [
            {"column": "Name", "field": "name"},
            {"column": "Thing", "field": "description"},
        ]
    }
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps(spec))
    run_import(workspace, path, mapping=str(file))
    assert [row.description for row in rows_of(workspace, Initiative)] == ["x", "y"]
    workspace.do(save_mapping, "mine", mapping_for(find_table(read_book(path))))
    with workspace.read() as connection:
        assert saved_mappings(connection) == ["mine"]
    assert run_import(workspace, path, mapping="mine", dry_run=True).plan.mapping.choices[1].type
    with pytest.raises(InputError, match="mine"):
        run_import(workspace, path, mapping="another")
    file.write_text("{")
    with pytest.raises(InputError, match="JSON"):
        run_import(workspace, path, mapping=str(file))


def test_a_list_without_names_is_refused_whole(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [1, 2], [3, 4], header=["12", "13"])
    with pytest.raises(InputError, match=r"a\.csv"):
        run_import(workspace, path)


def test_a_plan_that_no_longer_holds_is_not_written(workspace: Workspace, first: Path) -> None:
    table = find_table(read_book(first))
    plan = plan_of(workspace, table, mapping_for(table))
    workspace.do(actions.create, {"name": "Meanwhile"})
    workspace.undo()
    workspace.do(actions.create, {"name": "Clinic", "code": "A-2"})
    with pytest.raises(StaleError):
        workspace.do(apply, plan)


def test_transposed_workbooks_and_formula_like_texts_are_data(
    workspace: Workspace, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Name", "<b>Alpha</b>", "'=1+1"],
        ["Department", "X", "Y"],
        ["Start date", date(2026, 1, 1), "FY2026/27"],
    ):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    report = run_import(workspace, tmp_path / "t.xlsx").as_json()
    assert report["transposed"] and report["created"] == 2
    assert [row.name for row in rows_of(workspace, Initiative)] == ["<b>Alpha</b>", "'=1+1"]
    assert rows_of(workspace, Initiative)[1].start_date == date(2026, 4, 1)


STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
CELL = st.one_of(
    st.text(STORABLE, max_size=12),
    st.sampled_from(
        ["2026-01-01", "5.3.24", "£5m", "Green", "C", "Pilot", "A-1", "Campus", "x" * 700]
    ),
)


@settings(max_examples=20)
@given(rows=st.lists(st.lists(CELL, min_size=8, max_size=8), min_size=1, max_size=8))
def test_whatever_is_imported_keeps_the_rules(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    header = ["Code", "Name", "Segment", "Stage", "Start date", "Due date", "Budget", "RAG"]
    table = find_table(Book("a.csv", [Sheet("a", True, [header, *rows])]))
    mapping = mapping_for(table)
    path = tmp_path_factory.mktemp("any") / "p.ecofolio"
    with Workspace.create(path, name="p") as workspace:
        plan = plan_of(workspace, table, mapping)
        assert len(table.rows) == len(plan.created) + len(plan.refused)
        workspace.do(apply, plan)
        for row in rows_of(workspace, Initiative):
            assert broken(row._mapping) == []
        again = plan_of(workspace, table, mapping)
        assert not again.created and not again.updated


@pytest.mark.parametrize(("name", "count"), [("uk_2019", 133), ("uk_2021", 184), ("uk_2022", 235)])
def test_official_portfolios_need_no_mapping(
    shared_data: Path, tmp_path: Path, name: str, count: int
) -> None:
    with Workspace.create(tmp_path / "p.ecofolio", name="p") as workspace:
        report = run_import(workspace, shared_data / "portfolios" / f"{name}.csv").as_json()
        assert report["created"] == count and not report["refused"]
        initiatives = rows_of(workspace, Initiative)
        texts = {(one.initiative_id, one.section) for one in rows_of(workspace, Note)}
        for row in initiatives:
            assert row.department_id
            for value, column in (
                (row.budget_fen, "wlc_baseline_incl_NCG"),
                (row.start_date, "start_date"),
                (row.due_date, "end_date"),
                (row.health_override, "colour_rating"),
            ):
                blank = column == "wlc_baseline_incl_NCG" and name == "uk_2022"
                assert value is not None or (row.id, column) in texts or blank
        assert sum(row.budget_fen is not None for row in initiatives) > count * 0.7
        assert max(row.budget_fen or 0 for row in initiatives) > 10**11


def test_the_next_official_portfolio_updates_the_last(shared_data: Path, tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "p.ecofolio", name="p") as workspace:
        run_import(workspace, shared_data / "portfolios" / "uk_2021.csv")
        report = run_import(workspace, shared_data / "portfolios" / "uk_2022.csv").as_json()
        assert (report["updated"], report["created"]) == (159, 76)
        workspace.undo()
        assert len(rows_of(workspace, Initiative)) == 184
        workspace.undo()
        assert rows_of(workspace, Initiative) == []
