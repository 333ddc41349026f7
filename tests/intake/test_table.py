"""The list is found in a sheet that nobody prepared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.errors import InputError
from ecofolio.intake.reading import Book, Cell, Rows, Sheet
from ecofolio.intake.table import Layout, Table, choose_table, find_table, letters

WORDS = {"code", "name", "start date", "end date", "budget", "department", "rating", "项目名称"}


def known(text: str) -> bool:
    return text.strip().casefold() in WORDS


def found(rows: Rows, merges: object = (), layout: Layout | None = None) -> Table:
    table = find_table(Sheet("S", True, rows, list(merges)), known, layout)  # type: ignore[call-overload]
    assert table is not None
    return table


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def test_titles_blanks_totals_and_notes_are_left_out() -> None:
    table = found(
        [
            ["Portfolio 2026"],
            [],
            ["", "Code", "Name", "", "Budget"],
            ["", "A", "Campus", "", 1],
            [],
            ["", "B", "Clinic", "", 2],
            ["", "Total", None, "", 3],
            [],
            ["Note: figures as of October"],
        ]
    )
    assert names(table) == ["Code", "Name", "Budget"]
    assert table.rows == [["A", "Campus", 1], ["B", "Clinic", 2]]
    assert table.row_numbers == [4, 6]
    assert [column.source for column in table.columns] == [2, 3, 5]
    assert [(one.row, one.why) for one in table.skipped] == [(7, "total"), (9, "remark")]
    assert table.titles == ["Portfolio 2026"]


@pytest.mark.parametrize("merges", [[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)], []])
def test_a_header_of_two_rows_is_joined(merges: list[tuple[int, int, int, int]]) -> None:
    table = found(
        [
            ["Name", "Budget", None, "Dates", None],
            [None, "2026", "2027", "Start", "End"],
            ["a", 1, 2, "x", "y"],
            ["b", 3, 4, "x", "y"],
        ],
        merges,
    )
    assert names(table) == [
        "Name",
        "Budget / 2026",
        "Budget / 2027",
        "Dates / Start",
        "Dates / End",
    ]
    assert table.row_numbers == [3, 4]


def test_columns_of_one_name_are_told_apart() -> None:
    table = found([["Name", "Rating", "Rating"], ["a", "Green", None], ["b", None, "Red"]])
    assert names(table) == ["Name", "Rating", "Rating (2)"]
    assert [column.occurrence for column in table.columns] == [1, 1, 2]


def test_a_repeated_header_is_no_row() -> None:
    table = found([["Name", "Budget"], ["a", 1], ["Name", "Budget"], ["b", 2]])
    assert [row[0] for row in table.rows] == ["a", "b"]


def test_a_list_with_one_column_an_initiative_is_turned() -> None:
    rows: Rows = [
        ["Portfolio"],
        ["Name", "Alpha", "Beta"],
        ["Department", "X", "Y"],
        ["Start date", "2026-01-01", "2026-02-01"],
    ]
    table = found(rows)
    assert table.transposed
    assert names(table) == ["Name", "Department", "Start date"]
    assert table.rows[1] == ["Beta", "Y", "2026-02-01"]
    assert table.row_numbers == [2, 3]
    upright = found(rows, layout=Layout(transposed=False))
    assert not upright.transposed


def test_a_list_without_headers_is_named_by_its_columns() -> None:
    table = found([["P1", "Alpha", 5, 100], ["P2", "Beta", 6, 200], ["P3", "Gamma", 7, 300]])
    assert names(table) == ["Column A", "Column B", "Column C", "Column D"]
    assert len(table.rows) == 3 and table.header_row == 0


def test_the_header_can_be_overruled() -> None:
    rows: Rows = [["x", "y"], ["Name", "Budget"], ["a", 1]]
    assert found(rows, layout=Layout(header_row=1)).row_numbers == [2, 3]
    assert found(rows, layout=Layout(header_row=0)).row_numbers == [1, 2, 3]


def test_a_cell_merged_downwards_counts_for_every_row() -> None:
    table = found([["Department", "Name"], ["X", "a"], [None, "b"], ["Y", "c"]], [(1, 0, 2, 0)])
    assert [row[0] for row in table.rows] == ["X", "X", "Y"]


def test_the_first_of_two_tables_is_the_list() -> None:
    table = found(
        [
            ["Name", "Start date", "Budget"],
            ["a", "2026-01-01", 1],
            [],
            ["Name", "Department", "Rating", "Code"],
            ["r", "o", "Red", "x"],
        ]
    )
    assert names(table) == ["Name", "Start date", "Budget"]
    assert len(table.rows) == 1


def test_the_best_sheet_is_chosen_and_can_be_overruled() -> None:
    cover = Sheet("Cover", True, [["Some words"], ["and", "more"]])
    real = Sheet("List", True, [["Name", "Budget"], ["a", 1]])
    hidden = Sheet("Old", False, [["Name", "Budget", "Code"], ["a", 1, "z"]])
    book = Book("f.xlsx", [cover, real, hidden])
    assert choose_table(book, known).sheet == "List"
    assert choose_table(book, known, sheet="old").sheet == "Old"
    with pytest.raises(InputError, match=r"f\.xlsx"):
        choose_table(Book("f.xlsx", [Sheet("S")]), known)


def test_columns_are_lettered_as_the_spreadsheet_does() -> None:
    assert [letters(n) for n in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(), st.text(max_size=6), st.integers(-5, 5), st.sampled_from(sorted(WORDS))
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.booleans())
def test_any_grid_gives_rows_of_one_width_with_their_numbers(rows: Rows, turned: bool) -> None:
    table = find_table(Sheet("S", True, rows), known, Layout(transposed=turned or None))
    if table is None:
        return
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert len(table.rows) == len(table.row_numbers)
    assert len({column.name for column in table.columns}) == len(table.columns)
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        for column, cell in zip(table.columns, row, strict=True):
            at = (column.source, number) if table.transposed else (number, column.source)
            source = rows[at[0] - 1]
            assert cell == (source[at[1] - 1] if at[1] <= len(source) else None)


def test_headings_between_the_rows_are_no_rows() -> None:
    table = found(
        [
            ["Name", "Budget", "Rating"],
            ["一、政府类", None, None],
            ["Campus", 1, "x"],
            ["Clinic", 2, "y"],
            ["For business", None, None],
            ["Market", 3, "z"],
        ],
        [(4, 0, 4, 2)],
    )
    assert [row[0] for row in table.rows] == ["Campus", "Clinic", "Market"]
    assert table.row_numbers == [3, 4, 6]
    assert [(one.row, one.why) for one in table.skipped] == [(2, "section"), (5, "section")]


def test_lone_names_are_rows_where_nothing_says_that_they_are_headings() -> None:
    table = found([["Name", "Budget", "Rating"], ["Campus", None, None], ["Clinic", 2, "y"]])
    assert [row[0] for row in table.rows] == ["Campus", "Clinic"]
    numbered = [["一、校园", None, None], ["二、医院", None, None], ["三、社区", None, None]]
    assert len(found([["Name", "Budget", "Rating"], *numbered]).rows) == 3


def test_a_line_of_labels_above_the_header_is_no_part_of_it() -> None:
    table = found(
        [
            ["填报日期：2026年10月31日", None, "金额单位：亿元"],
            ["Name", "Budget", "Rating"],
            ["Campus", 1, "x"],
            [],
            ["审核人：王某", "填表人：李某", None],
        ]
    )
    assert names(table) == ["Name", "Budget", "Rating"]
    assert table.titles == ["填报日期：2026年10月31日", "金额单位：亿元"]
    assert [(one.row, one.why) for one in table.skipped] == [(5, "remark")]


def test_sums_of_parts_counted_in_chinese_are_no_rows() -> None:
    table = found(
        [
            ["序号", "Name", "Budget"],
            [None, "合计（3个）", 6],
            ["一", "民生类（2个）", 3],
            [1, "Campus", 1],
            [2, "Clinic", 2],
            ["二", "产业类（1个）", 3],
            [1, "Market", 3],
        ]
    )
    assert [row[1] for row in table.rows] == ["Campus", "Clinic", "Market"]
    assert [(one.text, one.why) for one in table.skipped] == [
        ("合计（3个）", "total"),
        ("一 民生类（2个）", "section"),
        ("二 产业类（1个）", "section"),
    ]


@pytest.mark.parametrize("label", ["合计", "Total"])
def test_a_total_that_was_not_worked_out_is_no_row(label: str) -> None:
    table = found(
        [
            ["Code", "Name", "Budget", "Rating"],
            ["A", "Campus", 1, "Green"],
            ["B", "Total care", 2, "=VLOOKUP(B3,Ratings!A:B,2)"],
            [label, None, "=SUM(C2:C3)", "#REF!"],
        ]
    )
    assert [row[0] for row in table.rows] == ["A", "B"]
    assert [(one.row, one.text, one.why) for one in table.skipped] == [(4, label, "total")]
