"""Figures and scores on the command line: taken in, rolled up, ranked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.scorecards.conftest import Measured

from ecofolio.cli.main import main


@pytest.fixture
def figures(filed: Measured, tmp_path: Path) -> tuple[str, Path]:
    """A programme in a file, and a list of figures for it."""
    listed = tmp_path / "f.csv"
    listed.write_text("initiative,metric,month,value\nB,deposits_kept,2026-10,70\n", "utf-8")
    return str(tmp_path / "p.ecofolio"), listed


def ran(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    try:
        code = main([str(one) for one in arguments])
    except SystemExit as ended:
        code = int(ended.code or 0)
    said = capsys.readouterr()
    return code, json.loads(said.out) if "--json" in arguments and said.out else said.err


def test_figures_are_taken_rolled_up_and_scored(
    figures: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    place, listed = figures
    code, taken = ran(capsys, "observe", "--into", place, "--from-file", listed, "--json")
    assert (code, taken["observed"], taken["written"]) == (0, 1, True)
    code, rows = ran(
        capsys, "list", "observations", "--from", place, "--by", "year", "--by", "unit", "--json"
    )
    found = {row["metric"]: row for row in rows}
    assert found["effective_cards"] == {
        "unit": "Branch NB", "metric": "effective_cards", "period": "2026", "value": 230,
        "months_with_one": 4, "months": 8, "note": "4 of 8 months reported",
    }  # fmt: skip
    assert found["deposits_kept"]["value"] == 150
    code, rows = ran(capsys, "score", "--from", place, "--as-of", "2026-Q4", "--json")
    assert code == 0 and [(row["code"], row["month"]) for row in rows] == [
        ("A", "2026-Q4"), ("B", "2026-Q4"),
    ]  # fmt: skip
    assert {line["reported_share"] for row in rows for line in row["lines"]} == {1.0}


@pytest.mark.parametrize("period", ["2026-Q5", "2026-13", "26", "soon", "2026-Q"])
def test_what_is_no_period_is_wrong_usage(period: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ran(capsys, "score", "--from", "p", "--as-of", period)
    assert code == 2 and "is not a period: 2026-10, 2026-Q4 or 2026" in said


def test_a_file_with_a_bad_row_is_refused_whole(
    figures: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    place, listed = figures
    with listed.open("a", encoding="utf-8") as file:
        file.write("B,deposits_kept,2026-13,5\n")
    code, taken = ran(capsys, "observe", "--into", place, "--from-file", listed, "--json")
    assert code == 1 and not taken["written"] and [one["row"] for one in taken["refused"]] == [3]


def test_other_records_have_nothing_to_roll_up(
    figures: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = ran(capsys, "list", "units", "--from", figures[0], "--by", "year")
    assert code == 1 and "Only observations and targets" in said


def test_what_a_metric_is_worth_is_told_in_words_in_a_cell(
    figures: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "metrics", "--from", figures[0], "--csv"]) == 0
    told = capsys.readouterr().out
    assert "from: 2000-01; fen: 6000.0" in told and "{" not in told
