"""Foreign lists end in a book or in one plain sentence."""

from __future__ import annotations

import sys
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from ecofolio.errors import InputError
from ecofolio.intake import reading
from ecofolio.intake.reading import Limits, ReadingCancelledError, read_book
from ecofolio.intake.worker import ARGUMENT


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def refused(path: Path, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        read_book(path, **options)  # type: ignore[arg-type]
    sentence = str(caught.value)
    assert "\n" not in sentence and "Traceback" not in sentence
    return sentence


def test_cells_keep_their_types(tmp_path: Path) -> None:
    row = ["text", 1.5, True, datetime(2026, 3, 5), datetime(2026, 3, 5, 10, 30), "=x", "汉字"]
    path = workbook(tmp_path / "a.xlsx", [["h"] * 7, row])
    cells = read_book(path).sheets[0].rows[1]
    assert cells[:5] == ["text", 1.5, True, date(2026, 3, 5), datetime(2026, 3, 5, 10, 30)]
    assert cells[6] == "汉字"


def test_blank_rows_and_columns_keep_every_cell_in_its_place(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C5"], book.active["D9"] = "x", "y"
    book.active.merge_cells("C5:D5")
    book.save(tmp_path / "a.xlsx")
    sheet = read_book(tmp_path / "a.xlsx").sheets[0]
    assert sheet.rows[4][2] == "x" and sheet.rows[8][3] == "y"
    assert [bool(row) for row in sheet.rows] == [False] * 4 + [True] + [False] * 3 + [True]
    assert sheet.merges == [(4, 2, 4, 3)]


def test_content_counts_not_the_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["a"], ["b"]])
    renamed = path.rename(tmp_path / "list.csv")
    assert read_book(renamed).sheets[0].rows == [["a"], ["b"]]
    (tmp_path / "text.xlsx").write_text("a,b\n1,2\n")
    assert read_book(tmp_path / "text.xlsx").sheets[0].rows == [["a", "b"], ["1", "2"]]


def test_one_sheet_can_be_asked_for(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "First"
    book.create_sheet("Second")["A1"] = "here"
    book.save(tmp_path / "a.xlsx")
    assert [s.name for s in read_book(tmp_path / "a.xlsx", sheet="second").sheets] == ["Second"]
    assert "First, Second" in refused(tmp_path / "a.xlsx", sheet="Third")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (b"<html><body>a</body></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b"%PDF-1.7", "not a workbook"),
        (b'[{"a": 1}]', "not a workbook"),
        (bytes(range(256)) * 40, "no readable text"),
        (b"\x00" * 5000, "no readable text"),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "foreign.xls"
    path.write_bytes(content)
    sentence = refused(path)
    assert said in sentence and "foreign.xls" in sentence


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path)
    assert "no file" in refused(tmp_path / "missing.xlsx")
    assert refused(tmp_path / "nul\0name")


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (40 * 1024 * 1024))
    assert "unpacks" in refused(tmp_path / "bomb.xlsx")


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["x"]])
    entities = '<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for entry in old.infolist():
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(entry.filename, entities + sheet if is_sheet else old.read(entry))
    assert "document type" in refused(tmp_path / "b.xlsx")


def test_time_memory_and_cells_are_limited(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b,c\n" + "1,2,3\n" * 200_000)
    assert "too many cells" in refused(path, limits=Limits(cells=1000))
    assert "too large" in refused(path, limits=Limits(file=1000))
    assert "too long" in refused(path, limits=Limits(seconds=0.001))
    sentence = refused(path, limits=Limits(memory=10 * 1024 * 1024))
    assert "memory" in sentence


def test_reading_can_be_called_off(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b,c\n" + "1,2,3\n" * 400_000)
    began = time.monotonic()
    with pytest.raises(ReadingCancelledError):
        read_book(path, cancel=lambda: True)
    assert time.monotonic() - began < 5


def test_text_that_no_database_can_hold_is_mended(tmp_path: Path) -> None:
    (tmp_path / "nul.csv").write_bytes(b"name,note\n" + b"a,b\0c\n" * 3 + b"x,yyyyyyyyyyyy\n" * 60)
    assert read_book(tmp_path / "nul.csv").sheets[0].rows[1] == ["a", "bc"]


def test_very_long_cells_and_many_columns_pass(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,text\nx," + "y" * 1_000_000 + "\n")
    assert len(str(read_book(tmp_path / "a.csv").sheets[0].rows[1][1])) == 1_000_000
    (tmp_path / "b.csv").write_text(",".join(["c"] * 20_000) + "\n")
    assert "columns" in refused(tmp_path / "b.csv")


def test_every_hostile_workbook_ends_in_a_table_or_one_sentence(shared_data: Path) -> None:
    files = [path for path in sorted((shared_data / "hostile").rglob("*.xls*")) if path.is_file()]
    assert len(files) > 100
    opened = 0
    for path in files:
        try:
            opened += bool(read_book(path).sheets)
        except InputError as error:
            assert path.name in str(error) and "\n" not in str(error)
    assert opened > 90


def test_error_values_are_words_and_not_blanks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "A & B"
    for row in (["name", "sum"], ["x", "#N/A"], ["y", 5], [None, "#DIV/0!"]):
        sheet.append(row)
    assert sheet["B2"].data_type == "e"
    book.save(tmp_path / "a.xlsx")
    rows = read_book(tmp_path / "a.xlsx").sheets[0].rows
    assert [row[1] for row in rows] == ["sum", "#N/A", 5, "#DIV/0!"]


CONTENT = "".join(
    (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"',
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"',
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">',
        '<office:body><office:spreadsheet><table:table table:name="List"><table:table-row>',
        '<table:table-cell office:value-type="string"><text:p>名称</text:p></table:table-cell>',
        '<table:table-cell office:value-type="float" office:value="2.5"/>',
        '<table:table-cell office:value-type="date" office:date-value="2026-03-05"/>',
        "</table:table-row></table:table></office:spreadsheet></office:body>",
        "</office:document-content>",
    )
)


def test_an_opendocument_sheet_is_read(tmp_path: Path) -> None:
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type='
        '"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", CONTENT)
        archive.writestr("META-INF/manifest.xml", manifest)
    assert read_book(tmp_path / "a.ods").sheets[0].rows == [["名称", 2.5, date(2026, 3, 5)]]


def opendocument(path: Path, content: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


def test_an_indented_opendocument_sheet_is_read_with_repeats_and_merges(tmp_path: Path) -> None:
    def cell(said: str) -> str:
        start = f'<table:table-cell office:value-type="string" table:number-columns-{said}="2">'
        return f"{start}<text:p>a<text:s/>b</text:p></table:table-cell>"

    rows = (
        f"<table:table-row>{cell('spanned')}<table:covered-table-cell/></table:table-row>"
        '<table:table-row table:number-rows-repeated="2">'
        f"{cell('repeated')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
        "</table:table-row></table:table>"
    )
    content = CONTENT.replace("</table:table>", rows).replace("><", ">\n  <")
    sheet = read_book(opendocument(tmp_path / "a.ods", content)).sheets[0]
    same = ["a b", "a b"]
    assert sheet.rows == [["名称", 2.5, date(2026, 3, 5)], ["a b"], same, same]
    assert sheet.merges == [(1, 0, 1, 1)]


def test_a_hostile_opendocument_sheet_ends_in_a_sentence(tmp_path: Path) -> None:
    indented = CONTENT.replace("><", ">\n <")
    many = 'table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated='
    bomb = indented.replace("<table:table-row>", f'<table:table-row {many}"16384" '
                            'office:value-type="float" office:value="1"/>', 1)  # fmt: skip
    assert "too many cells" in refused(opendocument(tmp_path / "bomb.ods", bomb))
    for content in (indented[:-40], indented.replace('"2.5"', '"x"'), "<a>\n</a>"):
        assert "damaged" in refused(opendocument(tmp_path / "a.ods", content))
    entity = '<!DOCTYPE a [<!ENTITY b "c">]>' + indented
    assert refused(opendocument(tmp_path / "entity.ods", entity))


def test_a_frozen_program_starts_itself_as_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert reading.command() == [sys.executable, ARGUMENT]
    path = workbook(tmp_path / "a.xlsx", [["a"], ["b"]])
    as_frozen = [sys.executable, "-m", "ecofolio", ARGUMENT]
    monkeypatch.setattr(reading, "command", lambda: as_frozen)
    assert read_book(path).sheets[0].rows == [["a"], ["b"]]


def test_two_sheets_of_one_name_are_both_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for text in ("first", "second", "third"):
        sheet = book.create_sheet(f"List{text}")
        sheet["A1"] = text
    book.remove(book.worksheets[0])
    book.save(tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as old,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new,
    ):
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/workbook.xml":
                content = content.replace(b"Listfirst", b"List").replace(b"Listthird", b"List")
            new.writestr(entry.filename, content)
    found = {one.name: one.rows for one in read_book(tmp_path / "b.xlsx").sheets}
    assert found == {"List": [["first"]], "Listsecond": [["second"]], "List (2)": [["third"]]}
    only = read_book(tmp_path / "b.xlsx", sheet="list (2)").sheets
    assert [one.rows for one in only] == [[["third"]]]
    table = CONTENT[CONTENT.index("<table:table ") : CONTENT.index("</office:spreadsheet>")]
    content = CONTENT.replace(table, table + table.replace("2.5", "3.5"))
    sheets = read_book(opendocument(tmp_path / "a.ods", content)).sheets
    assert [(one.name, one.rows[0][1]) for one in sheets] == [("List", 2.5), ("List (2)", 3.5)]
