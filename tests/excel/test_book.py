from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ecofolio.excel.book import Book, Column, Formula, Item, Sheet, fitted
from ecofolio.excel.stream import Stream
from ecofolio.excel.styles import HEAD, MONEY, Style, colours

Write = Callable[[Book, Sheet], None]


@pytest.fixture
def save(tmp_path: Path) -> Callable[[Write], Path]:
    def run(write: Write) -> Path:
        path = tmp_path / "book.xlsx"
        book = Book(font="Calibri", title="t", creator="c")
        with book.writing():
            write(book, book.sheet("Sheet"))
            book.save(path)
        return path

    return run


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@x", "\t=1", "＝1+1", "=HYPERLINK(1)"])
def test_text_that_looks_like_a_formula_stays_text(
    save: Callable[[Write], Path], text: str
) -> None:
    def write(book: Book, sheet: Sheet) -> None:
        sheet.row([text, "plain"])
        sheet.table("T", [Column("Head")], [(text,)], HEAD)

    sheet = load_workbook(save(write))["Sheet"]
    for cell in (sheet["A1"], sheet["A3"]):
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert sheet["B1"].quotePrefix is False


def test_numbers_sums_and_dates_are_real_ones(save: Callable[[Write], Path]) -> None:
    row = (7, Decimal("1234567.89"), date(2026, 3, 5), datetime(2026, 3, 5, 1, 30, tzinfo=UTC), 0.5)
    styles = ("0", MONEY, "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0.0")

    def write(book: Book, sheet: Sheet) -> None:
        sheet.row([Item(value, Style(format=f)) for value, f in zip(row, styles, strict=True)])

    cells = load_workbook(save(write))["Sheet"][1]
    assert [cell.value for cell in cells] == [
        7, 1234567.89, datetime(2026, 3, 5), datetime(2026, 3, 5, 9, 30), 0.5,
    ]  # fmt: skip


def test_a_formula_has_the_value_that_it_comes_to(save: Callable[[Write], Path]) -> None:
    def write(book: Book, sheet: Sheet) -> None:
        sheet.row([Formula("1+2", 3), Formula('"a"&"<"', "a<")])

    path = save(write)
    assert [cell.value for cell in load_workbook(path)["Sheet"][1]] == ["=1+2", '="a"&"<"']
    assert [cell.value for cell in load_workbook(path, data_only=True)["Sheet"][1]] == [3, "a<"]
    assert load_workbook(path).calculation.fullCalcOnLoad


def test_a_text_too_long_for_a_cell_is_whole_on_a_sheet_of_its_own(
    save: Callable[[Write], Path],
) -> None:
    text = "".join(f"{n} " for n in range(20_000))

    book = load_workbook(save(lambda book, sheet: sheet.row([text]) and None))
    shown = book["Sheet"]["A1"].value
    assert len(shown) <= 32_767 and "number 1" in shown
    assert (
        "".join(row[4] for row in book["Long texts"].iter_rows(min_row=2, values_only=True)) == text
    )


def test_a_table_without_rows_is_still_a_table(save: Callable[[Write], Path]) -> None:
    def write(book: Book, sheet: Sheet) -> None:
        sheet.table("Empty", [Column("A"), Column("B")], [], HEAD)

    table = load_workbook(save(write))["Sheet"].tables["Empty"]
    assert table.ref == "A1:B2" == table.autoFilter.ref


def test_a_link_leads_to_another_sheet(save: Callable[[Write], Path]) -> None:
    def write(book: Book, sheet: Sheet) -> None:
        other = book.sheet("It's")
        sheet.row([None, Item("there", link=other.place("B2"))])

    cell = load_workbook(save(write))["Sheet"]["B1"]
    assert cell.hyperlink.location == "'It''s'!B2"


def test_a_row_is_as_high_as_its_wrapped_text(save: Callable[[Write], Path]) -> None:
    def write(book: Book, sheet: Sheet) -> None:
        sheet.widths([10])
        sheet.row([Item("short", Style(wrap=True))])
        sheet.row([Item("生态项目生态项目生态项目", Style(wrap=True))])

    sheet = load_workbook(save(write))["Sheet"]
    assert sheet.row_dimensions[1].height is None
    assert sheet.row_dimensions[2].height > 40


def test_widths_fit_what_is_there_within_limits() -> None:
    columns = [Column("Name", most=20), Column("预算", least=5), Column("A", least=9)]
    rows = [("x" * 50, Decimal("1234567.80"), None), ("生态", None, None)]
    assert fitted(columns, rows) == [20, 13, 9]


def test_work_that_is_given_up_leaves_no_temporary_file(tmp_path: Path) -> None:
    drafts = []

    def stop(rows: int) -> None:
        raise KeyboardInterrupt

    book = Book(font="Calibri", title="t", creator="c", tick=stop)
    with pytest.raises(KeyboardInterrupt), book.writing():
        sheet = book.sheet("Sheet")
        sheet.row(["a"])
        drafts.append(Path(sheet.stream.draft))
        assert drafts[0].exists()
        sheet.table("T", [Column("A")], ((str(n),) for n in range(1000)), HEAD)
    assert not drafts[0].exists()


def test_the_workbooks_colours_are_those_of_the_light_theme() -> None:
    theme = pytest.importorskip("ecofolio.widgets.theme")
    for token, colour in colours().items():
        assert f"#{colour}" == getattr(theme.LIGHT, token)


def test_the_parts_of_openpyxl_that_are_replaced_are_still_there() -> None:
    assert {"_values_to_row", "append", "close"} <= set(dir(Stream.__mro__[1]))
