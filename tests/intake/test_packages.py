"""Workbooks that are put together otherwise than usual are read, or refused in a sentence."""

from __future__ import annotations

import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from ecofolio.errors import InputError
from ecofolio.intake.headers import Known
from ecofolio.intake.reading import Cell, read_book
from ecofolio.intake.table import choose_table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
NONE: Known = {"Name", "Due"}.__contains__


def relations(**targets: str) -> str:
    lines = (
        f'<Relationship Id="r{n}" Type="{RELATED}/{kind.rstrip("2")}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{"".join(lines)}</Relationships>'


def text(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def sheet(rows: str, more: str = "") -> str:
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{more}</worksheet>'


LIST = f'<row r="1">{text("A1", "Name")}{text("B1", "Due")}</row>'
ALPHA = f'<row r="2">{text("A2", "Alpha")}<c r="B2" s="1"><v>45000</v></c></row>'
READ: list[list[Cell]] = [["Name", "Due"], ["Alpha", date(2023, 3, 15)]]
USUAL = {
    "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
    "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": relations(worksheet="worksheets/sheet1.xml", styles="styles.xml"),
    "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/></cellXfs></styleSheet>',
    "xl/worksheets/sheet1.xml": sheet(LIST + ALPHA),
}


def workbook(
    folder: Path, parts: dict[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED
) -> Path:
    path = folder / "a.xlsx"
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, part in ({**USUAL, **parts}).items():
            archive.writestr(name, part)
    return path


def rows_of(path: Path) -> list[list[Cell]]:
    return read_book(path).sheets[0].rows


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/_rels/workbook.xml.rels": relations(worksheet="./worksheets/./sheet1.xml",
                                                 styles="/xl/styles.xml")},
        {"xl/_rels/workbook.xml.rels": relations(worksheet="worksheets\\sheet1.xml",
                                                 styles="styles.xml")},
        {"_rels/.rels": relations()},
        {"xl/worksheets/sheet1.xml": sheet(LIST + ALPHA).replace("UTF-8", "UTF-16")
         .encode("utf-16")},
        {"xl/worksheets/sheet1.xml": sheet(LIST + ALPHA, '<mergeCells><mergeCell ref="x:y"/>'
                                           "</mergeCells>")},
        {"xl/worksheets/sheet1.xml": sheet(LIST + ALPHA).replace(
            "<sheetData>", '<dimension ref="nowhere"/><sheetData>')},
    ],
    ids=["dots", "backslash", "no root relation", "utf-16", "merge", "dimension"],
)  # fmt: skip
def test_an_odd_package_is_read_all_the_same(tmp_path: Path, parts: dict[str, str | bytes]) -> None:
    assert rows_of(workbook(tmp_path, parts)) == READ


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_any_packing_is_read(tmp_path: Path, packing: int) -> None:
    assert rows_of(workbook(tmp_path, {}, packing)) == READ


def test_the_workbook_may_lie_in_another_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", relations(officeDocument="/book/main.xml"))
        archive.writestr("book/main.xml", USUAL["xl/workbook.xml"])
        archive.writestr("book/_rels/main.xml.rels", relations(worksheet="/cells/one.xml"))
        archive.writestr("cells/one.xml", USUAL["xl/worksheets/sheet1.xml"])
        archive.writestr("xl/theme.xml", "<a/>")
    assert rows_of(path) == [["Name", "Due"], ["Alpha", 45000.0]]


def test_values_that_only_newer_programs_know_are_kept_word_for_word(tmp_path: Path) -> None:
    cells = (
        '<c r="A2" t="e"><v>#SPILL!</v></c><c r="B2" s="1"><v>45000.5</v></c>'
        '<c r="C2" t="b"><v>1</v></c><c r="D2" t="n"><v>12 or so</v></c>'
        '<c r="E2" t="d"><v>2024-03-05</v></c><c t="str"><v>a_x000A_b</v></c>'
        "<c><f>A1+1</f></c>"
    )
    path = workbook(
        tmp_path, {"xl/worksheets/sheet1.xml": sheet(LIST + f'<row r="2">{cells}</row>')}
    )
    assert rows_of(path)[1] == [
        "#SPILL!",
        datetime(2023, 3, 15, 12),
        True,
        "12 or so",
        date(2024, 3, 5),
        "a\nb",
        "=A1+1",
    ]


def test_shared_strings_hidden_sheets_merges_and_the_other_epoch_are_known_leniently(
    tmp_path: Path,
) -> None:
    book = USUAL["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    two = '<sheet name="S" sheetId="1" r:id="r1"/><sheet name="T" state="hidden" r:id="r2"/>'
    strings = "<si><t>Name</t></si><si><r><t>Al</t></r><r><t>pha</t></r><rPh><t>x</t></rPh></si>"
    shared = '<row r="4"><c r="B4" t="s"><v>0</v></c><c r="C4" t="s"><v>1</v></c></row>'
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": book.replace('<sheet name="S" sheetId="1" r:id="r1"/>', two),
        "xl/_rels/workbook.xml.rels": relations(
            worksheet="./worksheets/sheet1.xml",
            worksheet2="worksheets/./two.xml",
            sharedStrings="strings.xml",
            styles="styles.xml",
        ),
        "xl/strings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/two.xml": sheet(shared, '<mergeCells><mergeCell ref="B4:C5"/></mergeCells>'),
    }
    first, second = read_book(workbook(tmp_path, parts)).sheets
    assert first.rows[1][1] == date(2027, 3, 16)
    assert (second.visible, second.merges) == (False, [(3, 1, 4, 2)])
    assert second.rows == [[], [], [], [None, "Name", "Alpha"]]


def test_a_lone_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    corner = f'<row r="1048576">{text("XFD1048576", "x")}</row>'
    path = workbook(tmp_path, {"xl/worksheets/sheet1.xml": sheet(LIST + ALPHA + corner)})
    begun = time.monotonic()
    table = choose_table(read_book(path), NONE)
    assert time.monotonic() - begun < 20  # it would not end within hours
    assert table.rows[0][:2] == READ[1]


def test_formulas_that_nobody_worked_out_show_themselves(tmp_path: Path) -> None:
    cells = (
        '<c r="A2"><f>B1&amp;"x"</f></c><c r="B2"><f>1+1</f><v></v></c>'
        '<c r="C2" t="str"><f>IF(1,"")</f><v></v></c><c r="D2"><f>1+2</f><v>3</v></c>'
    )
    path = workbook(
        tmp_path, {"xl/worksheets/sheet1.xml": sheet(LIST + f'<row r="2">{cells}</row>')}
    )
    assert rows_of(path)[1] in (['=B1&"x"', "=1+1", "", 3.0], ['=B1&"x"', "=1+1", None, 3.0])


def test_a_string_that_is_not_there_is_damage(tmp_path: Path) -> None:
    cell = '<row r="2"><c r="A2" t="s"><v>7</v></c></row>'
    path = workbook(tmp_path, {"xl/worksheets/sheet1.xml": sheet(LIST + cell)})
    with pytest.raises(InputError, match="damaged"):
        read_book(path)


def test_one_long_string_in_every_cell_does_not_fill_the_memory(tmp_path: Path) -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>{"Z" * 32_000}</t></si></sst>'
    cells = "".join(f'<row r="{n}"><c t="s"><v>0</v></c></row>' for n in range(1, 7_000))
    rels = relations(worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml")
    parts: dict[str, str | bytes] = {
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": sheet(cells),
        "xl/_rels/workbook.xml.rels": rels,
    }
    with pytest.raises(InputError, match="too much memory"):
        read_book(workbook(tmp_path, parts))


def test_a_sheet_as_wide_as_a_sheet_can_be_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"c{n}" for n in range(5_000)) + "\n" + ",".join(["1"] * 5_000))
    with pytest.raises(InputError, match="too many columns"):
        choose_table(read_book(path), NONE)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'ID;PWXL;N;E\nC;Y1;X1;K"Name"\n', "older than Excel 97"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', "older than Excel 97"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "web page"),
        (b"<!-- saved --><body>Name</body>", "web page"),
        ("\ufeff<html><table>".encode("utf-16-le"), "web page"),
        ('\ufeff<?xml version="1.0"?><Workbook/>'.encode("utf-16-le"), "XML document"),
    ],
)
def test_texts_of_other_formats_are_no_lists(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_book(path)


def test_an_encrypted_open_document_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", b"\x8f\x12\x00")
        archive.writestr("META-INF/manifest.xml", "<m><encryption-data/></m>")
    with pytest.raises(InputError, match="password"):
        read_book(path)
