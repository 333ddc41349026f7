from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecofolio.excel.delimited import write_rows
from ecofolio.excel.safe import (
    FORMULA_STARTS,
    clean,
    distinct,
    guarded,
    looks_like_formula,
    sheet_title,
    width_of,
)


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "＠x"]
)
def test_text_that_looks_like_a_formula_is_guarded_in_csv(text: str) -> None:
    assert looks_like_formula(text)
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+1,234.50", "-3.2%", "1e5", "plain", "", "a=b"])
def test_numbers_and_plain_text_stay_as_they_are_in_csv(text: str) -> None:
    assert guarded(text) == text


def test_a_csv_row_keeps_numbers_and_writes_dates_as_iso() -> None:
    from datetime import date

    stream = io.StringIO(newline="")
    write_rows(stream, [["=cmd", -5, date(2026, 3, 5), None, "a,b"]])
    assert stream.getvalue() == '\'=cmd,-5,2026-03-05,,"a,b"\r\n'


@given(st.text())
def test_no_cell_of_a_csv_file_starts_a_formula_unless_it_is_a_number(text: str) -> None:
    shown = guarded(text)
    assert shown.lstrip(" ")[:1] not in FORMULA_STARTS or any(sign.isdigit() for sign in shown)


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_is_carried_by_xml_and_is_clean_already(text: str) -> None:
    from lxml import etree

    element = etree.Element("t")
    element.text = clean(text)
    again = etree.fromstring(etree.tostring(element, encoding="UTF-8")).text or ""
    assert again == clean(text)


def test_what_excel_would_take_for_an_escape_is_kept_as_it_reads() -> None:
    assert clean("a_x000D_b") == "a_x005F_x000D_b"
    assert clean("_xyz_") == "_xyz_"
    assert clean("a\r\nb\x01\ud800") == "a\nb\ufffd\ufffd"


@given(st.lists(st.text(max_size=60), max_size=8))
def test_sheet_titles_are_legal_and_all_different(names: list[str]) -> None:
    titles: list[str] = []
    for name in names:
        titles.append(sheet_title(name, titles))
    assert len({title.casefold() for title in titles}) == len(titles)
    for title in titles:
        assert 1 <= len(title) <= 31
        assert not set(title) & set("[]:*?/\\")
        assert not title.startswith("'") and not title.endswith("'")


@given(st.lists(st.text(max_size=200), max_size=10))
def test_distinct_names_differ_whatever_their_case_and_stay_short(names: list[str]) -> None:
    found = distinct(names)
    assert len(found) == len(names) == len({name.casefold() for name in found})
    assert all(1 <= len(name) <= 120 and "\n" not in name for name in found)


def test_chinese_characters_take_two_columns() -> None:
    assert width_of("abc") == 3
    assert width_of("生态a") == 5
    assert width_of("a\n生态") == 4
