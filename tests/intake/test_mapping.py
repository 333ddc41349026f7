"""Columns propose what they become; a person's corrections are kept as JSON."""

from __future__ import annotations

import pytest

from ecofolio.errors import InputError
from ecofolio.intake.mapping import Becomes, Kind, Mapping, Target, fitted, from_json
from ecofolio.intake.proposing import known_headers, name_score, propose
from ecofolio.intake.reading import Cell, Sheet
from ecofolio.intake.table import Table, find_table
from ecofolio.vocabulary import FieldType, Stage

TARGETS = (
    Target("code", "Code", Kind.CODE, ("project number", "编号", "no")),
    Target("name", "Name", Kind.NAME, ("project name", "项目名称", "title"), ("owner",)),
    Target("about", "Description", Kind.LONG_TEXT, ("aims",)),
    Target("stage", "Stage", Kind.CHOICE, ("status", "状态"), vocabulary=Stage),
    Target("health", "Health", Kind.RATING, ("rag", "status", "状态"), ("comment",)),
    Target("due", "Due date", Kind.DATE, ("end date", "到期"), ("comment",), role="end"),
    Target("sum", "Budget", Kind.MONEY, ("whole life cost", "budget", "预算"), ("yearly",)),
)
known = known_headers(TARGETS)


def table(*rows: list[Cell]) -> Table:
    found = find_table(Sheet("S", True, list(rows)), known)
    assert found
    return found


def becomes(proposed: Mapping) -> list[str]:
    return [
        choice.target or (f"custom {choice.type}" if choice.type else choice.becomes.value)
        for choice in proposed.choices
    ]


def test_headers_are_known_in_both_languages_and_any_spelling() -> None:
    for header in (
        "Project_Name",
        "PROJECT NAME",
        "projectName",
        "项目名称",
        "项目名称 / Project name",
        "Project name (short)",
        "Ｔｉｔｌｅ",
    ):
        assert known(header)
    assert not known("A sentence that has the name of a project somewhere within it")
    assert name_score("name of the owner", TARGETS[1]) == 0


def test_columns_become_fields_by_name_and_content() -> None:
    proposed = propose(
        table(
            ["No", "Title", "Status", "状态", "End date", "Budget (£m)", "yearly budget"],
            ["A-1", "Campus", "Pilot", "Green", "2026-03-05", "£5", 1],
            ["A-2", "Clinic", "Closed", "Red", "2026-04-05", "£6", 2],
        ),
        TARGETS,
    )
    assert becomes(proposed) == ["code", "name", "stage", "health", "due", "sum", "custom number"]
    assert proposed.key == "code"
    money = proposed.choices[5]
    assert (money.scale, money.currency) == (6, "GBP") and money.why


def test_what_no_field_matches_is_kept_as_custom_fields_and_notes() -> None:
    long = "It tells a story. " * 10
    proposed = propose(
        table(
            ["Name", "Colour", "Opened", "Points", "Story", "Empty"],
            *[
                [f"n{n}", ["red", "blue"][n % 2], f"2026-01-{n + 1:02}", n, long, None]
                for n in range(8)
            ],
        ),
        TARGETS,
    )
    assert becomes(proposed) == [
        "name",
        "custom choice",
        "custom date",
        "custom number",
        "note",
        "leave_out",
    ]


def test_a_running_number_is_no_code_and_texts_are_no_dates() -> None:
    proposed = propose(
        table(
            ["No", "Name", "End date comment", "Due date"],
            *[
                [n, f"n{n}", "moved twice", "2026-01-01" if n % 2 else "Exempt"]
                for n in range(1, 9)
            ],
        ),
        TARGETS,
    )
    assert becomes(proposed) == ["custom number", "name", "custom choice", "due"]
    assert proposed.key == "name"


def test_two_columns_of_one_name_fill_one_field() -> None:
    proposed = propose(
        table(["Name", "RAG", "RAG"], ["a", "Green", None], ["b", None, "Red"]), TARGETS
    )
    assert becomes(proposed) == ["name", "health", "health"]
    assert [choice.occurrence for choice in proposed.choices] == [1, 1, 2]


def test_without_headers_the_column_most_like_names_is_the_name() -> None:
    proposed = propose(
        table(*[[f"P{n}", f"Initiative {chr(65 + n)}", n * 1.5] for n in range(5)]), TARGETS
    )
    assert becomes(proposed) == ["custom text", "name", "custom number"]


@pytest.mark.parametrize(
    ("header", "titles", "texts", "scale"),
    [
        ("预算（万元）", [], [], 4),
        ("Budget $000s", [], [], 3),
        ("Budget (TOTAL Baseline £m)", [], [], 6),
        ("Budget (£m) (including Non-Government Costs)", [], [], 6),
        ("Budget", ["单位：亿元"], [], 8),
        ("Budget", ["Figures in £ million"], [], 6),
        ("Budget", [], ["The whole life cost is £{n}m, as baselined."], 6),
        ("Budget", [], ["The whole life cost is £{n}k, as baselined."], 3),
        ("Budget", [], [], 0),
    ],
)
def test_the_unit_is_guessed(header: str, titles: list[str], texts: list[str], scale: int) -> None:
    rows: list[list[Cell]] = [[title] for title in titles]
    rows.append(["Name", header, "Comment"])
    for n in range(3, 9):
        rows.append([f"n{n}", n * 10 + 0.5, " ".join(texts).format(n=n * 10 + 0.5) or "-"])
    choice = propose(table(*rows), TARGETS).choices[1]
    assert (choice.target, choice.scale) == ("sum", scale)
    assert bool(choice.why) is bool(scale)


@pytest.mark.parametrize(
    ("title", "other", "currency"),
    [("Figures in NZ$ millions", "Comment", "NZD"), ("All", "Spent (A$m)", "AUD"), ("", "", "USD")],
)
def test_which_dollars_are_meant_may_be_said_elsewhere(
    title: str, other: str, currency: str
) -> None:
    rows: list[list[Cell]] = [[title], ["Name", "Budget ($m)", other]]
    rows += [[f"n{n}", n * 10, 1] for n in range(3, 9)]
    choice = propose(table(*rows), TARGETS).choices[1]
    assert (choice.scale, choice.currency) == (6, currency)


def test_a_mapping_survives_json_and_fits_next_years_list() -> None:
    first = table(["Name", "Budget", "Budget"], ["a", 1, 2], ["b", 3, 4])
    proposed = propose(first, TARGETS)
    corrected = from_json(
        {
            "key": "name",
            "columns": [
                {"column": "Name", "becomes": "field", "field": "name"},
                {"column": "Budget", "becomes": "leave_out"},
                {
                    "column": "Budget",
                    "occurrence": 2,
                    "becomes": "field",
                    "field": "sum",
                    "unit": 10_000,
                    "currency": "CNY",
                    "decimal": ",",
                },
            ],
        },
        TARGETS,
    )
    assert from_json(corrected.as_json(), TARGETS) == corrected
    assert from_json(proposed.as_json(), TARGETS).choices[1].target == "sum"
    later = table(["Colour", "Name", "Budget", "Budget"], ["x", "a", 1, 2], ["y", "b", 3, 4])
    fit = fitted(corrected, propose(later, TARGETS), later)
    assert becomes(fit) == ["custom text", "name", "leave_out", "sum"]
    assert fit.choices[3].scale == 4


@pytest.mark.parametrize(
    "said",
    [
        [],
        {},
        {"columns": [{}]},
        {"columns": [{"column": "a", "becomes": "nonsense"}]},
        {"columns": [{"column": "a", "field": "nonsense"}]},
        {"columns": ["a"]},
        {"columns": [{"column": "a", "field": "sum", "unit": 7}]},
        {"columns": [{"column": "a", "becomes": "note", "unit": []}]},
        {"columns": [{"column": "a", "becomes": "custom", "type": {}}]},
        {"columns": [{"column": "a", "field": ["sum"]}]},
        {"columns": [{"column": "a"}, {"column": "a"}]},
    ],
)
def test_a_bad_mapping_is_refused_in_a_sentence(said: object) -> None:
    with pytest.raises(InputError):
        from_json(said, TARGETS)


def test_custom_types_follow_the_content() -> None:
    proposed = propose(
        table(["Name", "Postcode", "Share"], *[[f"n{n}", f"0{n}", f"{n}%"] for n in range(1, 8)]),
        TARGETS,
    )
    assert [choice.type for choice in proposed.choices[1:]] == [FieldType.TEXT, FieldType.NUMBER]
    assert proposed.choices[0].becomes is Becomes.FIELD


def test_each_column_of_dates_has_its_own_order() -> None:
    proposed = propose(
        table(
            ["Name", "Began", "End date", "Seen"],
            *[
                [f"n{n}", f"{n}/{n + 12}/2024", f"{n + 12}/{n}/2025", "1/2/2024"]
                for n in range(1, 9)
            ],
        ),
        TARGETS,
    )
    orders = [choice.date_order for choice in proposed.choices]
    assert orders[1:3] == ["mdy", "dmy"]


def test_a_slip_of_the_pen_does_not_turn_a_column_of_dates() -> None:
    rows: list[list[Cell]] = [[f"n{n}", f"{n}/{n}/2024", "25/12/2025"] for n in range(1, 12)]
    rows.append(["slip", "1/13/2024", "25/12/2025"])
    proposed = propose(table(["Name", "Began", "End date"], *rows), TARGETS)
    assert [choice.date_order for choice in proposed.choices] == ["dmy", "dmy", "dmy"]
