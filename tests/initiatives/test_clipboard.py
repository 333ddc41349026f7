"""Copying to and pasting from a spreadsheet."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.errors import InputError
from ecofolio.initiatives import clipboard
from ecofolio.initiatives.columns import Setting, columns
from ecofolio.initiatives.queries import FieldRow, InitiativeRow, Names
from ecofolio.initiatives.typed import Reading, typed
from ecofolio.vocabulary import Light

TODAY = date(2026, 11, 21)
KNOWN = Names(
    {1: "Head office", 2: "Hubei branch"},
    {1: "HO", 2: "HB"},
    {},
    {2: 1},
    {5: "Corporate"},
    {7: "Rural"},
    {8: "Wang Fang"},
)
FIELDS = [
    FieldRow(1, 1, "Points", "number", [], 0),
    FieldRow(2, 1, "Carrier", "choice", ["App", "API"], 1),
    FieldRow(3, 1, "Signed", "date", [], 2),
]
WAN = Setting(TODAY, "wan")
READING = Reading(WAN, KNOWN)
COLUMNS = {column.key: column for column in columns(FIELDS, WAN)}
ROW = InitiativeRow(**{**dict.fromkeys(InitiativeRow._fields), "custom": {}})._replace(
    id=1,
    version=3,
    code="HB-001",
    name="=cmd|' /C calc'!A0",
    description="two\nlines\tand a tab",
    stage="pilot",
    lead_segment="C",
    other_segments="G,B",
    budget_fen=980_000_001,
    due_date=date(2027, 6, 30),
    light=Light.GREEN,
    unit_id=2,
    unit="Hubei branch",
    levers="gbc_integration,open_technology",
    custom={1: "12.5", 2: "API", 3: "2026-03-05"},
)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("budget_fen", "1.2万", 1_200_000),
        ("budget_fen", "1,234.50", 1_234_500_000),  # in the head's unit
        ("budget_fen", "１２３", 123_000_000),
        ("budget_fen", "1.5亿元", 15_000_000_000),
        ("due_date", "2026年3月5日", date(2026, 3, 5)),
        ("due_date", "2026-03", date(2026, 3, 31)),
        ("start_date", "2026-03", date(2026, 3, 1)),
        ("stage", "试点", "pilot"),
        ("stage", "Pilot", "pilot"),
        ("other_segments", "G、C", "G,C"),
        ("levers", "Open technology, GBC integration", "gbc_integration,open_technology"),
        ("unit_id", "hb", 2),
        ("unit_id", "Hubei branch", 2),
        ("scene_id", "rural", 7),
        ("department_id", "Corporate", 5),
        ("lead_id", "Wang Fang", 8),
        ("name", "Car life", "Car life"),
        ("custom:1", "１２.５", "12.5"),
        ("custom:2", "api", "API"),
        ("custom:3", "5 March 2026", "2026-03-05"),
        ("due_date", "  ", None),
    ],
)
def test_typed_text_is_read_by_its_column(key, text, value):
    assert READING.value(COLUMNS[key], text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("budget_fen", "lots"),
        ("budget_fen", "-3"),
        ("due_date", "30 February 2026"),
        ("stage", "asleep"),
        ("unit_id", "Atlantis"),
        ("custom:2", "Fax"),
    ],
)
def test_text_that_can_not_be_read_is_named_with_its_column(key, text):
    with pytest.raises(InputError, match=f"“{text}” .*“{COLUMNS[key].title}”"):
        READING.value(COLUMNS[key], text)


READ_OTHERWISE = ("light", "segments", "description")


@pytest.mark.parametrize(
    "key",
    [key for key, column in COLUMNS.items() if column.editable and key not in READ_OTHERWISE],
)
def test_what_is_copied_reads_back_as_the_same_value(key):
    column = COLUMNS[key]
    text = typed(column, ROW, WAN)
    assert READING.value(column, text) == column.value(ROW)


def test_a_block_is_copied_with_its_heads_and_nothing_of_it_is_a_formula():
    wanted = [COLUMNS[key] for key in ("code", "name", "description", "budget_fen")]
    text = clipboard.copied([ROW], wanted, READING, heads=True)
    assert text == (
        "Code\tName\tDescription\tBudget (CNY 10k)\r\n"
        "HB-001\t'=cmd|' /C calc'!A0\t\"two\nlines\tand a tab\"\t980.000001\r\n"
    )
    assert clipboard.block(text)[1] == [ROW.code, ROW.name, ROW.description, "980.000001"]


@given(st.lists(st.lists(st.text("ab=+\t\n\"' ", max_size=6), min_size=2, max_size=2), min_size=1))
def test_any_text_survives_the_clipboard(cells):
    rows = [ROW._replace(name=name, description=text) for name, text in cells]
    columns_ = [COLUMNS["name"], COLUMNS["description"]]
    text = clipboard.copied(rows, columns_, READING, heads=False)
    found = clipboard.block(text)
    if any(any(cell for cell in line) for line in cells):
        expected = [
            [cell.removeprefix("'") if _twice(cell) else cell for cell in line] for line in cells
        ]
        assert found == expected


def _twice(cell: str) -> bool:
    """Text that has an apostrophe before a formula already: it can not be told from ours."""
    return cell[:1] == "'" and cell[1:2] in ("=", "+")


def paste(text, keys, rows=(ROW,)):
    wanted = [COLUMNS[key] for key in keys]
    return clipboard.pasted(clipboard.block(text), list(rows), wanted, READING)


def test_a_pasted_block_is_read_cell_by_cell():
    found = paste(
        "Rollout\t1.2万\nnonsense\t\n", ["stage", "budget_fen"], [ROW, ROW._replace(id=2)]
    )
    assert found.values == {
        1: {"stage": "rollout", "budget_fen": 1_200_000},
        2: {"budget_fen": None},
    }
    assert (found.cells, found.initiatives) == (3, 2)
    assert [(one.initiative, one.column, one.text) for one in found.unread] == [
        (2, "Stage", "nonsense")
    ]


def test_one_cell_fills_the_selection_and_the_same_value_is_no_change():
    found = paste("Pilot", ["stage"], [ROW, ROW._replace(id=2, stage="closed")])
    assert found.values == {2: {"stage": "pilot"}}


def test_heads_are_passed_over_and_what_lies_beyond_is_counted():
    found = paste("Stage\tName\nRollout\tNew\tmore\nClosed\tSecond\t\n", ["stage", "name"])
    assert found.values == {1: {"stage": "rollout", "name": "New"}}
    assert found.beyond == 4


def test_worked_out_cells_are_left_alone_and_told_only_where_they_differ():
    assert paste("Green\t\n", ["light", "milestone"]).unread == []
    assert len(paste("Red\tLaunch\n", ["light", "milestone"]).unread) == 2


def test_custom_values_and_segments_go_where_they_belong():
    found = paste("App\t13\tG·B\n", ["custom:2", "custom:1", "segments"])
    assert found.custom == {1: {2: "App", 1: "13"}}
    assert found.values == {1: {"lead_segment": "G", "other_segments": "B"}}


@pytest.mark.parametrize(
    ("text", "lead", "others"),
    [
        ("C (G·B)", "C", "G,B"),
        ("B (C)", "B", "C"),
        ("GBC", "C", "G,B"),  # the lead stays where it is among them
        ("政府、企业", "G", "B"),
        ("B", "B", None),
        ("", None, None),
    ],
)
def test_segments_are_read_as_they_are_shown(text, lead, others):
    found = paste(f"{text}\tx\n", ["segments", "tags"], [ROW])
    written = found.values[1]
    row = ROW._replace(**written)
    assert (row.lead_segment, row.other_segments) == (lead, others)


def test_a_name_that_two_people_have_is_not_guessed():
    twins = Reading(WAN, KNOWN._replace(people={8: "Wang Fang", 9: "wang fang"}))
    with pytest.raises(InputError, match="is the name of several"):
        twins.value(COLUMNS["lead_id"], "Wang Fang")
