"""Figures and months are read as people and spreadsheets write them, or refused with a reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.errors import InputError
from ecofolio.intake.values import Reason
from ecofolio.scorecards import periods
from ecofolio.scorecards.catalogue import PERCENT, PIECES, YUAN, counted_in
from ecofolio.scorecards.reading import figure_text, read_figure
from ecofolio.scorecards.words import measured
from ecofolio.text import using


@pytest.mark.parametrize(
    ("cell", "unit", "thousandths"),
    [
        (12, PIECES, 12_000),
        ("1,234", PIECES, 1_234_000),
        ("１２３", PIECES, 123_000),
        ("12，500", PIECES, 12_500_000),
        ("35 人", "people", 35_000),
        ("12.5%", PERCENT, 12_500),
        ("85％", PERCENT, 85_000),
        (85.25, PERCENT, 85_250),
        ("¥1,200.5", YUAN, 1_200_500),
        ("1.2万", YUAN, 12_000_000),
        (0.1 + 0.2, YUAN, 300),
        ("-3", PIECES, -3_000),
        ("1e3", PIECES, 1_000_000),
        (None, PIECES, None),
        ("  ", PIECES, None),
    ],
)
def test_a_figure_is_read(cell: Any, unit: str, thousandths: int | None) -> None:
    assert read_figure(cell, unit) == thousandths


@pytest.mark.parametrize(
    ("cell", "unit", "why"),
    [
        ("many", PIECES, "not a figure"),
        ("12%", PIECES, "percent sign"),
        ("¥3", PIECES, "amount of money"),
        (date(2026, 10, 1), PIECES, "date"),
        (datetime(2026, 10, 1), PIECES, "date"),
        (True, PIECES, "not a figure"),
        (1e308, YUAN, "too large"),
        ("1e308", YUAN, "not a figure"),
        (float("nan"), YUAN, "not a figure"),
        (float("inf"), YUAN, "not a figure"),
        (10**13, YUAN, "too large"),
        ("2026-10-01", PIECES, "not a figure"),
    ],
)
def test_what_is_no_figure_is_refused_with_the_reason(cell: Any, unit: str, why: str) -> None:
    found = read_figure(cell, unit)
    assert isinstance(found, Reason) and why in found.text


@given(st.integers(-(10**15), 10**15))
def test_a_figure_that_is_shown_reads_as_itself(value: int) -> None:
    assert read_figure(figure_text(value), YUAN) == value


def test_the_unit_says_how_figures_are_read() -> None:
    assert counted_in("retention", None) == PERCENT
    assert counted_in("own", "％") == PERCENT
    assert counted_in("own", "元") == YUAN
    assert counted_in("own", "kg") == "kg"


@pytest.mark.parametrize(
    "written",
    [
        "2026-10", "2026/10", "202610", 202610, "2026年10月", "２０２６-１０", "Oct 2026",
        "October 2026", "2026-10-01", "2026年10月1日", date(2026, 10, 5), datetime(2026, 10, 1),
        202610.0,
    ],
)  # fmt: skip
def test_a_month_is_read(written: Any) -> None:
    assert periods.parse(written) == "2026-10"


@pytest.mark.parametrize(
    "written",
    ["2026-13", "2026-00", "202613", "2026", "10", "", 2026.1, True, "2026-10-32", "0000-01"],
)
def test_what_is_no_month_is_refused(written: Any) -> None:
    with pytest.raises(InputError, match="is not a month"):
        periods.parse(written)


@given(st.integers(1990, 2100), st.integers(1, 12), st.integers(-400, 400))
def test_months_are_counted_there_and_back(year: int, number: int, by: int) -> None:
    month = f"{year}-{number:02d}"
    moved = periods.shifted(month, by)
    assert periods.between(month, moved) == by
    assert periods.shifted(moved, -by) == month


def test_a_figure_is_due_on_a_day_of_the_month_after() -> None:
    assert periods.due_on("2026-10", 10) == date(2026, 11, 10)
    assert periods.due_on("2026-01", 31) == date(2026, 2, 28)
    assert periods.due_before("2026-10", date(2026, 10, 31)) == 0
    assert periods.due_before("2026-10", date(2026, 11, 10)) == 10
    assert periods.due_before("2026-10", date(2026, 12, 1)) == 99


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["61.4 %", "5 pieces", "–"]), ("zh_CN", ["61.4%", "5 pieces", "–"])],
)
def test_a_per_cent_sign_stands_as_the_language_writes_it(language: str, said: list[str]) -> None:
    with using(language):
        assert [measured(61_400, "%"), measured(5_000, "pieces"), measured(None, "%")] == said
