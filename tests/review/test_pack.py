from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from ecofolio.errors import InputError
from ecofolio.excel import book
from ecofolio.initiatives import actions
from ecofolio.initiatives.scope import Scope
from ecofolio.review import pack
from ecofolio.review.pack import judged_on, write_pack
from ecofolio.store.workspace import Workspace

TODAY = date(2026, 11, 21)


def write(workspace: Workspace, path: Path, **more: Any) -> pack.PackReport:
    given = {"language": "en", "actor": "Lin Wei", "today": TODAY, **more}
    with workspace.read() as connection:
        return write_pack(connection, path, **given)


def test_the_pack_says_what_it_holds(programme: Workspace, tmp_path: Path) -> None:
    report = write(programme, tmp_path / "p.xlsx")
    assert (report.initiatives, report.milestones, report.changes) == (7, 5, 0)
    assert report.sheets == [
        "Cover", "Summary", "Segment × batch", "Units × scenes", "What needs you", "Initiatives",
        "Milestones", "Health", "Changes", "Data dictionary", "Long texts",
    ]  # fmt: skip
    assert load_workbook(report.path).sheetnames == report.sheets


@pytest.mark.parametrize("language", ["en", "zh_CN", "zh_TW"])
def test_every_figure_is_a_formula_that_comes_to_the_programs_own(
    file_programme: Workspace,
    tmp_path: Path,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    recalculated: Callable[..., Path],
) -> None:
    path = tmp_path / "with.xlsx"
    write(file_programme, path, language=language)
    # without the stored values LibreOffice has to work each of them out
    monkeypatch.setattr(book, "_store_values", lambda draft, values: None)
    bare = tmp_path / "bare.xlsx"
    write(file_programme, bare, language=language)
    ours, formulas = load_workbook(path, data_only=True), load_workbook(path)
    theirs = load_workbook(recalculated(bare) / "bare.xlsx", data_only=True)
    compared = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    told = ours[sheet.title][cell.coordinate].value
                    found = theirs[sheet.title][cell.coordinate].value
                    where = (sheet.title, cell.coordinate, cell.value)
                    if isinstance(told, int | float):
                        assert found == pytest.approx(told, abs=1e-6), where
                    else:
                        assert (found or "") == (told or ""), where
                    compared += 1
    assert compared > 100


def test_tables_are_whole_and_their_heads_are_what_formulas_call(
    programme: Workspace, tmp_path: Path
) -> None:
    found = load_workbook(write(programme, tmp_path / "p.xlsx").path)
    for title, name in (
        ("Initiatives", "Initiatives"), ("Milestones", "Milestones"), ("Changes", "Changes"),
        ("Data dictionary", "Dictionary"),
    ):  # fmt: skip
        sheet = found[title]
        table = sheet.tables[name]
        left, top, right, bottom = range_boundaries(table.ref)
        heads = [sheet.cell(top, column).value for column in range(left, right + 1)]
        assert heads == [column.name for column in table.tableColumns]
        assert len({head.casefold() for head in heads}) == len(heads)
        assert bottom == max(sheet.max_row, top + 1)
        assert sheet.freeze_panes == ("C5" if title == "Initiatives" else "A5")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == "9" or sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.parametrize("language", ["en", "zh_CN", "zh_TW"])
def test_heads_that_formulas_call_need_no_escaping(
    programme: Workspace, tmp_path: Path, language: str
) -> None:
    found = load_workbook(write(programme, tmp_path / "p.xlsx", language=language).path)
    table = found.worksheets[5].tables["Initiatives"]
    for column in table.tableColumns[:11]:
        assert not set(column.name) & set("[]#'@,:.\"{}$^&*+=-<>/()%?;~_!\\\n\t")


def test_text_stays_text_and_numbers_are_numbers(programme: Workspace, tmp_path: Path) -> None:
    sheet = load_workbook(write(programme, tmp_path / "p.xlsx").path)["Initiatives"]
    heads = {cell.value: cell.column for cell in sheet[4]}
    first = {head: sheet.cell(5, column) for head, column in heads.items()}
    assert first["Name"].value == "=1+I1" and first["Name"].data_type == "s"
    assert first["Budget in yuan"].value == 123_456_789
    assert first["Budget in yuan"].number_format.startswith("#,##0.00")
    assert first["Stage (2)"].value == 12.5
    assert first["Why [#1]"].value == "+cmd|' /C calc'!A0"
    assert first["Why [#1]"].data_type == "s"
    assert first["Forecast"].value == datetime(2026, 12, 20)
    assert first["Health"].value == "✕ Red"
    assert first["Description"].value.endswith("number 1]")


def test_the_pack_of_a_unit_tells_of_it_and_what_is_below(
    programme: Workspace, tmp_path: Path
) -> None:
    with programme.read() as connection:
        from ecofolio.initiatives.queries import names

        unit = next(one for one, code in names(connection).unit_codes.items() if code == "A")
    report = write(programme, tmp_path / "p.xlsx", scope=Scope(unit_id=unit))
    assert (report.initiatives, report.milestones) == (2, 2)


def test_an_empty_programme_has_a_pack_as_well(workspace: Workspace, tmp_path: Path) -> None:
    report = write(workspace, tmp_path / "p.xlsx")
    assert report.initiatives == 0
    assert load_workbook(report.path)["Initiatives"].tables["Initiatives"].ref.endswith("5")


def test_changes_are_told_in_words(programme: Workspace, tmp_path: Path) -> None:
    with programme.read() as connection:
        from ecofolio.initiatives.queries import by_code

        one, gone = by_code(connection, "I1"), by_code(connection, "I2")
    assert one is not None and gone is not None
    programme.do(actions.set_fields, [one], {"stage": "rollout", "due_date": date(2027, 1, 31)})
    programme.do(actions.delete, [gone])
    report = write(programme, tmp_path / "p.xlsx", since=datetime(2026, 11, 1, tzinfo=UTC))
    sheet = load_workbook(report.path)["Changes"]
    told = [row[1:9] for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert told == [
        ("Lin Wei", "I2", "=1+I2", "Initiative", "Deleted", None, "=1+I2", None),
        ("Lin Wei", "I1", "=1+I1", "Initiative", "Changed", "Stage", "Pilot", "Rollout"),
        ("Lin Wei", "I1", "=1+I1", "Initiative", "Changed", "Due date", None, "31 Jan 2027"),
    ]
    later = write(programme, tmp_path / "p.xlsx", since=datetime(2026, 12, 1, tzinfo=UTC))
    assert later.changes == 0


def test_a_month_is_judged_on_its_last_day() -> None:
    assert judged_on(None, TODAY) == TODAY
    assert judged_on("2026-02", TODAY) == date(2026, 2, 28)
    assert judged_on("2026-11", TODAY) == TODAY
    for wrong in ("2026-13", "2026", "0000-01", "x"):
        with pytest.raises(InputError, match="is not a month"):
            judged_on(wrong, TODAY)


def test_a_cancel_leaves_the_old_workbook(programme: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_text("old")
    with pytest.raises(InputError, match="cancelled"):
        write(programme, path, cancelled=lambda: True)
    assert path.read_text() == "old" and [*tmp_path.glob("*.tmp"), *tmp_path.glob(".*")] == []


def test_progress_that_raises_ends_the_work(programme: Workspace, tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def progress(done: float, total: float, text: str = "") -> None:
        if text == "Reading the programme":
            raise Stop

    with pytest.raises(Stop):
        write(programme, tmp_path / "p.xlsx", progress=progress)
    assert not (tmp_path / "p.xlsx").exists()


def test_a_name_without_the_ending_is_refused(programme: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in \.xlsx"):
        write(programme, tmp_path / "p.xls")
