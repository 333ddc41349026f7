"""Cells become dates, sums, terms and lights, or say why not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.intake.dates import Span, date_order, date_reader, span_reader
from ecofolio.intake.money import (
    Unit,
    amount_of,
    currency_fits,
    decimal_mark,
    money_reader,
    parse_unit,
)
from ecofolio.intake.reading import Cell
from ecofolio.intake.values import (
    Rating,
    Reason,
    rating_reader,
    read_column,
    read_rating,
    read_yes_no,
    term_reader,
    terms_reader,
)
from ecofolio.intake.words import code_of
from ecofolio.vocabulary import Batch, BuildMode, Light, Segment, Stage

FIFTH = date(2026, 3, 5)


@pytest.mark.parametrize(
    "cell",
    [
        FIFTH,
        datetime(2026, 3, 5, 23, 59),
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "20260305",
        20260305,
        46086,
        46086.75,
        "46086",
        "05.03.26",
        "5.3.2026",
        "05/03/2026",
        "5 Mar 2026",
        "5-Mar-26",
        "March 5, 2026",
        "Mar 5th, 2026",
        "5th of March 2026",
        "Thu 5 March 2026",
        "2026年3月5日",
        "2026年03月05日 星期四",
        "二〇二六年三月五日",
        "２０２６－０３－０５",
        "2026-03-05T10:00:00Z",
        "5.3.2026 16:49:19",
        "2026-03-05 15:49:42+00:00",
        "民國115年3月5日",
        "115年3月5日",
        "115/03/05",
        " 2026-03-05\n",
    ],
)
def test_a_date_in_any_usual_style(cell: Cell) -> None:
    assert date_reader()(cell) == FIFTH


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("March 2026", "2026-03-01", "2026-03-31"),
        ("2026年2月", "2026-02-01", "2026-02-28"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("02/2026", "2026-02-01", "2026-02-28"),
        ("Q3 2026", "2026-07-01", "2026-09-30"),
        ("2026年第四季度", "2026-10-01", "2026-12-31"),
        ("2026年上半年", "2026-01-01", "2026-06-30"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026年", "2026-01-01", "2026-12-31"),
        ("FY2026/27", "2026-04-01", "2027-03-31"),
        ("2026-27", "2026-04-01", "2027-03-31"),
        ("2026财年", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_span_is_its_first_day_for_a_start_and_its_last_for_an_end(
    text: str, first: str, last: str
) -> None:
    assert date_reader(role="start")(text) == date.fromisoformat(first)
    assert date_reader(role="end")(text) == date.fromisoformat(last)
    assert isinstance(date_reader()(text), Reason)


def test_fiscal_years_follow_the_programme() -> None:
    assert date_reader(role="start", fiscal_start_month=7)("FY2026/27") == date(2026, 7, 1)
    assert date_reader(role="end", fiscal_start_month=7)("FY2027") == date(2027, 6, 30)


@pytest.mark.parametrize(
    "cell",
    [
        "Exempt under Section 43 of the Act",
        "31.02.2026",
        "tbc",
        "2025-13-01",
        "99/99/2026",
        True,
        float("nan"),
        1e300,
        12,
        "0000-00-00",
        "March",
        "-",
        "1/1/0001",
        "=TODAY()",
    ],
)
def test_what_is_no_date_says_so(cell: Cell) -> None:
    assert isinstance(date_reader(role="end")(cell), Reason)


def test_a_column_decides_between_day_and_month() -> None:
    assert date_order(["1/4/2023", "5/31/2023 8:04:10 AM"]) == "mdy"
    assert date_order(["1/4/2023", "31/5/2023"]) == "dmy"
    assert date_reader("mdy")("1/4/2023") == date(2023, 1, 4)


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        (1234.5, Unit(), 123450),
        ("1,234.50", Unit(), 123450),
        ("1'234.50", Unit(), 123450),
        ("１２３４元", Unit(), 123400),
        ("5万元", Unit(), 5_000_000),
        ("1.2亿", Unit(4), 12_000_000_000),
        ("100", Unit(4), 100_000_000),
        ("£278", Unit(6), 27_800_000_000),
        ("£1,242.05m", Unit(), 124_205_000_000),
        ("CNY 1.2 million", Unit(), 120_000_000),
        ("¥5,000", Unit(), 500_000),
        ("1e9", Unit(), 100_000_000_000),
        ("1 234 567,89", Unit(), 123_456_789),
        ("1.234.567", Unit(), 123_456_700),
        ("$5k", Unit(), 500_000),
        ("人民币3.5亿元", Unit(), 35_000_000_000),
        ("12,34,567", Unit(), 123_456_700),
        (0, Unit(), 0),
        (0.1 + 0.2, Unit(), 30),
    ],
)
def test_sums_become_whole_fen(cell: Cell, unit: Unit, fen: int) -> None:
    currency = "GBP" if "£" in str(cell) else "USD" if "$" in str(cell) else "CNY"
    assert money_reader(currency, unit)(cell) == fen


@pytest.mark.parametrize(
    "cell",
    [
        "NaN",
        "inf",
        "9" * 30,
        "=1+1",
        float("inf"),
        float("nan"),
        1e25,
        "£10m-£20m",
        "n/a",
        "-",
        "10%",
        "(1,000)",
        "-5",
        True,
        "1,2,3",
        "1..2",
        "1e999999999",
        "12 Bananas",
        "2026-01-01",
    ],
)
def test_what_is_no_sum_says_so(cell: Cell) -> None:
    assert isinstance(money_reader("CNY")(cell), Reason)


def test_another_currency_is_not_taken_for_the_programmes() -> None:
    for cell in ("£5", "USD 5", "€5m", "5 港元"):
        assert isinstance(money_reader("CNY")(cell), Reason)
    assert isinstance(money_reader("CNY", Unit(6, "GBP"))(5), Reason)
    assert currency_fits("$", "HKD") and not currency_fits("$", "CNY")


def test_a_decimal_comma_is_told_by_its_column() -> None:
    assert decimal_mark(["12,5", "1.234,56"]) == ","
    assert decimal_mark(["1,234", "2.5"]) == "."
    assert amount_of("1.234", ",") == Decimal(1234)
    assert amount_of("1.234", ".") == Decimal("1.234")
    assert amount_of("85%") == Decimal("0.85")
    assert amount_of("(12)") == Decimal(-12)


@pytest.mark.parametrize(
    ("text", "scale", "currency"),
    [
        ("£m", 6, "GBP"),
        ("万元", 4, "元"),
        ("单位：亿元", 8, "元"),
        ("$ million", 6, "$"),
        ("£000s", 3, "GBP"),
        ("in thousands", 3, None),
        ("USD", 0, "USD"),
        ("days", 0, None),
        ("新臺幣千元", 3, "TWD"),
        ("Rs. Crore", 7, "INR"),
        ("Mio. €", 6, "EUR"),
        ("M€", 6, "EUR"),
        ("T€", 3, "EUR"),
        ("x € 1.000.000", 6, "EUR"),
        ("x 1,000", 3, None),
        ("mio. kr.", 6, None),
        ("mln zł", 6, "PLN"),
        ("x", 0, None),
    ],
)
def test_units_are_understood(text: str, scale: int, currency: str | None) -> None:
    assert parse_unit(text) == Unit(scale, currency)


@given(st.integers(0, 2**53), st.sampled_from([",", " ", "'", ""]))
def test_a_written_sum_reads_back(fen: int, separator: str) -> None:
    text = f"{fen // 100:,}".replace(",", separator) + f".{fen % 100:02}"
    assert money_reader("CNY")(text) == fen


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_written_date_reads_back(day: date) -> None:
    for text in (day.isoformat(), f"{day:%d.%m.%Y}", f"{day.year}年{day.month}月{day.day}日"):
        assert date_reader()(text) == day


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates()))
def test_no_cell_breaks_a_reader(cell: Cell) -> None:
    for reader in (
        date_reader(),
        date_reader("mdy", "end"),
        money_reader("CNY"),
        amount_of,
        read_rating,
        read_yes_no,
        terms_reader(Segment),
        term_reader(Stage),
    ):
        reader(cell)


@pytest.mark.parametrize(
    ("text", "light", "says_more"),
    [
        ("Green", "green", False),
        ("G", "green", False),
        ("RED", "red", False),
        ("绿", "green", False),
        ("Amber/Green", "amber", True),
        ("Amber/red", "red", True),
        ("预警", "amber", False),
        ("On track", "green", False),
        ("Off-track", "red", False),
        ("Status: Red", "red", False),
        ("Amber (at risk)", "amber", True),
    ],
)
def test_ratings_become_lights(text: str, light: str, says_more: bool) -> None:
    assert read_rating(text) == Rating(light, text, says_more)


@pytest.mark.parametrize(
    ("header", "text", "light"),
    [
        ("Delivery Confidence", "High", "green"),
        ("Delivery Confidence", "Medium-High", "amber"),
        ("Delivery Confidence", "Medium-Low", "red"),
        ("交付信心", "较低", "red"),
        ("Risk rating", "High", "red"),
        ("风险等级", "低", "green"),
        ("CIO Rating", "4 - Moderately Low Risk", "green"),
        ("Status / Statut", "On track / En bonne voie", "green"),
    ],
)
def test_words_of_confidence_and_risk_become_lights(header: str, text: str, light: str) -> None:
    assert rating_reader(header)(text) == Rating(light, text, True)


def test_high_is_no_rating_where_nothing_says_of_what() -> None:
    assert isinstance(rating_reader("Rating")("High"), Reason)
    assert isinstance(rating_reader("Status")("Green / Red / Blue"), Reason)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026年3月-2027年6月", date(2026, 3, 1), date(2027, 6, 30)),
        ("2026.01-2026.12", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026年3月至12月", date(2026, 3, 1), date(2026, 12, 31)),
        ("2026-03-01 ～ 2026-05-31", date(2026, 3, 1), date(2026, 5, 31)),
        ("Mar 2026 to Jun 2027", date(2026, 3, 1), date(2027, 6, 30)),
    ],
)
def test_one_cell_may_name_start_and_end(text: str, start: date, end: date) -> None:
    assert span_reader()(text) == Span(start, end)


def test_a_day_a_fiscal_year_and_an_unclear_span_are_no_span() -> None:
    assert span_reader()("2026-03-05") == date(2026, 3, 5)
    assert span_reader()("2025-26") == date(2025, 4, 1)
    assert isinstance(span_reader()("2027年-2026年"), Reason)
    assert isinstance(span_reader()("TBC - 2027"), Reason)


@pytest.mark.parametrize("text", ["Exempt under Section 24", "3", "Reset", "Not reported", ""])
def test_what_is_no_rating_says_so(text: str) -> None:
    assert isinstance(read_rating(text), Reason)


def test_terms_are_known_by_code_label_and_usual_words() -> None:
    assert term_reader(Stage)("01 试点") == "pilot"
    assert term_reader(Stage)("Pilot (试点)") == "pilot"
    assert term_reader(Batch)("全面推進") == "full_rollout"
    assert term_reader(BuildMode)("open_embedding") == "open_embedding"
    assert terms_reader(Segment)("C端、政府") == "G,C"
    assert terms_reader(Segment)("GBC") == "G,B,C"
    assert isinstance(term_reader(Segment)("B+C"), Reason)
    assert isinstance(terms_reader(Segment)("B, Martians"), Reason)
    for vocabulary in (Segment, Batch, BuildMode, Stage, Light):
        for term in vocabulary:
            assert code_of(vocabulary, term.english) == term.value


def test_a_column_keeps_one_and_true_apart() -> None:
    assert read_column([1, True, None, " ", "1"], amount_of) == [
        Decimal(1),
        Reason("is not a number"),
        None,
        None,
        Decimal(1),
    ]
