"""The workbook's scores come out in its cells as the program has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.scorecards.conftest import MONTH, TODAY, Measured
from tests.scorecards.test_scoring import fill

from ecofolio.excel import book
from ecofolio.review.pack import write_pack


def write(measured: Measured, path: Path, **more: Any) -> list[str]:
    given = {"language": "en", "actor": "Lin Wei", "today": TODAY, **more}
    with measured.workspace.read() as connection:
        return write_pack(connection, path, **given).sheets


def table(path: Path, sheet: str) -> list[dict[str, Any]]:
    rows = load_workbook(path, data_only=True)[sheet].iter_rows(min_row=4, values_only=True)
    heads = next(rows)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_a_programme_without_figures_has_health_alone(measured: Measured, tmp_path: Path) -> None:
    measured.add("A")
    sheets = write(measured, tmp_path / "p.xlsx")
    assert "Health" in sheets and "Ranking" not in sheets


def test_the_sheets_tell_scores_debts_values_and_lights(measured: Measured, tmp_path: Path) -> None:
    measured.add("A", unit_id=measured.ids["NB"])
    for metric in ("effective_cards", "deposits_kept"):
        measured.promise("A", metric, 0, 100)
    measured.report("A", "effective_cards", 90)
    path = tmp_path / "p.xlsx"
    sheets = write(measured, path)
    assert sheets[7:14] == [
        "Ranking", "Scorecards", "Health", "Input–output", "Input–output by group", "Figures",
        "Not reported",
    ]  # fmt: skip
    [line] = table(path, "Ranking")
    assert (line["Rank"], line["Score"], line["Grade"], line["Not reported"]) == (1, 36, "D", 1)
    cards, deposits = table(path, "Scorecards")
    assert (cards["Attainment"], cards["Points"], cards["One more unit"]) == (0.9, 36, 0.4)
    assert (deposits["Actual"], deposits["Attainment"], deposits["Points"]) == (None, 0, 0)
    [value] = table(path, "Input–output")
    assert (value["Value ÷ spend"], value["Why not"]) == ("–", "nothing was spent")
    groups = table(path, "Input–output by group")
    assert [row["Grouped by"] for row in groups] == ["Unit", "Scene", "Batch"]
    assert [row["Group"] for row in groups] == ["Branch NB", "no scene", "Full rollout"]
    assert {row["Value in yuan"] for row in groups} == {value["Value in yuan"]} == {5400}
    figures = table(path, "Figures")
    assert [row["Group"] for row in figures] == [
        "All in the scope", "Branch NB", "no scene", "Full rollout",
    ]  # fmt: skip
    whole = figures[0]
    assert (whole["Metric"], whole["2026"], whole["2026-Q4"]) == ("Effective cards issued", 90, 90)
    assert whole["2026-Q3"] is None
    assert whole["What is open"] == "2026, 2026-Q4: 1 of 3 months reported"
    [owed] = table(path, "Not reported")
    assert (owed["Metric"], owed["Days late"]) == ("Deposits kept", 11)
    [health] = table(path, "Health")
    assert health["Metrics: why"] == "the score of 2026-10 is 36.00, below 60"
    assert health["Health"] == "✕ Red"


def test_figures_after_the_month_of_the_pack_are_not_in_it(
    measured: Measured, tmp_path: Path
) -> None:
    measured.add("A")
    for month, value in (("2026-07", 5), ("2026-08", 7), ("2026-09", 90)):
        measured.report("A", "effective_cards", value, month)
    write(measured, tmp_path / "p.xlsx", as_of="2026-08")
    whole = table(tmp_path / "p.xlsx", "Figures")[0]
    assert (whole["2026-Q3"], whole["2026"]) == (12, 12)


@pytest.mark.parametrize("place_kind", ["sqlite"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_recalculated_by_another_program_the_scores_are_the_same(
    measured: Measured,
    tmp_path: Path,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    recalculated: Callable[..., Path],
) -> None:
    fill(measured, 24)
    ours, bare = tmp_path / "ours.xlsx", tmp_path / "bare.xlsx"
    write(measured, ours, language=language, as_of=MONTH)
    # without the stored values LibreOffice has to work each of them out
    monkeypatch.setattr(book, "_store_values", lambda draft, values: None)
    write(measured, bare, language=language, as_of=MONTH)
    told, formulas = load_workbook(ours, data_only=True), load_workbook(ours)
    theirs = load_workbook(recalculated(bare) / "bare.xlsx", data_only=True)
    compared = 0
    for sheet in formulas.worksheets[7:]:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            mine = told[sheet.title][cell.coordinate].value
            found = theirs[sheet.title][cell.coordinate].value
            where = (sheet.title, cell.coordinate, cell.value, mine, found)
            if isinstance(mine, int | float):
                assert found == pytest.approx(mine, abs=1e-9), where
            else:
                assert (found or "") == (mine or ""), where
            compared += 1
    assert compared > 500
