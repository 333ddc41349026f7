"""Bad figures in files are read right or refused with row and reason, and a file is taken whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tests.scorecards.conftest import MONTH, Measured

from ecofolio.intake.reading import read_book
from ecofolio.scorecards import queries
from ecofolio.scorecards.taking import Taken, take_file

pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"])
HEAD = ("initiative", "metric", "month", "actual", "state", "floor", "target")
CARDS, KEPT, DEPOSITS = "effective_cards", "retention", "deposits_kept"


@pytest.fixture
def programme(measured: Measured) -> Measured:
    measured.add("A")
    measured.add("C", lead_segment="C", other_segments="")
    return measured


def written(path: Path, rows: list[tuple[Any, ...]], formats: dict[str, str] | None = None) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    for row in rows:
        sheet.append(row)
    for cell, look in (formats or {}).items():
        sheet[cell].number_format = look
    book.save(path)
    return path


def take(programme: Measured, path: Path) -> Taken:
    return take_file(programme.workspace, path)


BAD: list[tuple[tuple[Any, ...], str]] = [
    (("A", CARDS, MONTH, "many"), "“many” is not a figure"),
    (("A", CARDS, MONTH, "12%"), "percent sign"),
    (("A", CARDS, MONTH, "１２％"), "percent sign"),
    (("A", CARDS, MONTH, datetime(2026, 10, 1)), "is a date, not a figure"),
    (("A", CARDS, MONTH, 1e308), "too large for a figure"),
    (("A", CARDS, MONTH, -5), "below 0, the least that can be"),
    (("A", CARDS, "2026-08", "−5"), "below 0"),
    (("A", DEPOSITS, MONTH, "(500)"), "below 0"),
    (("A", CARDS, MONTH, True), "is not a figure"),
    (("A", CARDS, MONTH, "#DIV/0!"), "is not a figure"),
    (("A", CARDS, MONTH, "nan"), "is not a figure"),
    (("A", CARDS, MONTH, "0x1F4"), "is not a figure"),
    (("A", CARDS, MONTH, "¥500"), "is an amount of money"),
    (("A", CARDS, MONTH, 10**13), "too large"),
    (("A", CARDS, "2026-13", 5), "is not a month"),
    (("A", CARDS, "2026-Q3", 5), "is not a month"),
    (("A", CARDS, 2026.1, 5), "is not a month"),
    (("A", CARDS, "1850-10", 5), "is not a month"),
    (("A", CARDS, "2027-01", 5), "has not begun yet"),
    (("A", CARDS, None, 5), "The month is missing"),
    (("C", "business_deposits", MONTH, 5), "which this does not serve"),
    (("X", CARDS, MONTH, 5), "There is no initiative X"),
    (("A", "happiness", MONTH, 5), "There is no metric happiness"),
    (("A", CARDS, MONTH, 5, "maybe"), "neither provisional nor final"),
    (("A", "merchants", MONTH, 5, None, 100, 100), "The target equals its floor"),
    (("A", "complaints", MONTH, 5, None, 4, 12), "below its floor, because less is better"),
]


def test_every_bad_row_is_refused_with_its_reason_and_nothing_is_written(
    programme: Measured, tmp_path: Path
) -> None:
    good = ("A", "cards_issued", MONTH, 7)
    path = written(tmp_path / "bad.xlsx", [good, *(row for row, _why in BAD)])
    found = take(programme, path)
    refused = {one.row: one.reason for one in found.refused}
    for number, (row, why) in enumerate(BAD, 3):
        assert why in refused.get(number, "not refused"), row
    assert len(refused) == len(BAD) and not found.written
    assert not programme.read(queries.observations)


def test_what_looks_odd_is_read_as_it_is_meant(programme: Measured, tmp_path: Path) -> None:
    rows = [
        ("A", CARDS, MONTH, "１，２３４"), ("A", KEPT, MONTH, "85.5％"),
        ("A", KEPT, "2026-09", 0.855), ("A", KEPT, "2026-08", 0.9), ("A", KEPT, "2026-07", 0.5),
        ("A", DEPOSITS, MONTH, "1.2亿"), ("A", DEPOSITS, datetime(2026, 9, 1), "¥1,200.50"),
        ("a", "Effective cards issued", "2026年9月", "35 张"), ("A", CARDS, 202608, "1e3"),
    ]  # fmt: skip
    looks = {"D4": "0.0%", "D5": '0.00" %"', "D6": "[Red]0%"}
    found = take(programme, written(tmp_path / "odd.xlsx", rows, looks))
    assert not found.refused and found.written and found.added == len(rows)
    kept = {(row.metric, row.month): row.value for row in programme.read(queries.observations)}
    assert kept == {
        (CARDS, MONTH): 1_234_000, (KEPT, MONTH): 85_500, (KEPT, "2026-09"): 85_500,
        (KEPT, "2026-08"): 900, (KEPT, "2026-07"): 50_000, (DEPOSITS, MONTH): 120_000_000_000,
        (DEPOSITS, "2026-09"): 1_200_500, (CARDS, "2026-09"): 35_000, (CARDS, "2026-08"): 1_000_000,
    }  # fmt: skip


def test_a_percent_cell_of_a_count_is_refused(programme: Measured, tmp_path: Path) -> None:
    path = written(tmp_path / "p.xlsx", [("A", CARDS, MONTH, 0.25)], {"D2": "0%"})
    [refused] = take(programme, path).refused
    assert "“25%” has a percent sign" in refused.reason


def test_only_who_asks_for_it_reads_percent_cells_as_text(
    programme: Measured, tmp_path: Path
) -> None:
    path = written(tmp_path / "p.xlsx", [("A", KEPT, MONTH, 0.07), ("A", KEPT, MONTH, 0.07)],
                   {"D2": "0%"})  # fmt: skip
    told = [read_book(path, percents=one).sheets[0].rows for one in (False, True)]
    assert [[row[3] for row in rows[1:]] for rows in told] == [[0.07, 0.07], ["7%", 0.07]]
