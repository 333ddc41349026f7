"""What other programs write and call a workbook is read: HTML, XML Spreadsheet 2003, flat .fods."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from ecofolio.errors import InputError
from ecofolio.intake.reading import Limits, read_book

LIST = (
    "<table border=1><tr><td colspan=3>项目清单</td></tr>"
    "<tr><th rowspan='2'>项目名称<th colspan=2>预算&nbsp;(万元)</tr>"
    "<tr><td>一季度</td><td>二季度</td></tr>"
    "<tr><td>智慧校园<br>\n  （一期）</td><td>1,200.50</td><td>2026-03-05</td></tr></table>"
)
ROWS = [
    ["项目清单"],
    ["项目名称", "预算 (万元)"],
    [None, "一季度", "二季度"],
    ["智慧校园\n（一期）", "1,200.50", "2026-03-05"],
]
MERGES = [(0, 0, 0, 2), (1, 0, 2, 0), (1, 1, 1, 2)]
SHEETS = (
    '<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><Styles><Style ss:ID="p">'
    '<NumberFormat ss:Format="0.0%"/></Style></Styles>'
    '<Worksheet ss:Name="清单"><Table><Row><Cell ss:MergeAcross="1" ss:MergeDown="1">'
    '<Data ss:Type="String">名称</Data></Cell><Cell><Data ss:Type="String">日期</Data></Cell></Row>'
    '<Row ss:Index="4"><Cell><Data ss:Type="Number">1.5</Data></Cell><Cell ss:Index="3">'
    '<Data ss:Type="DateTime">2026-03-05T00:00:00.000</Data></Cell>'
    '<Cell><Data ss:Type="DateTime">2026-03-05T10:30:00.000</Data></Cell>'
    '<Cell><Data ss:Type="Boolean">1</Data></Cell>'
    '<Cell ss:StyleID="p"><Data ss:Type="Number">0.855</Data></Cell>'
    '<Cell><Data ss:Type="Number">1,5</Data></Cell>'
    "</Row></Table></Worksheet>"
    '<Worksheet ss:Name="清单"><Table><Row><Cell><Data ss:Type="String">a</Data></Cell></Row>'
    "</Table>"
    "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
    "</Workbook>"
)


def refused(path: Path, text: str | bytes, **options: object) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InputError) as caught:
        read_book(path, **options)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize(
    ("before", "encoding", "found"),
    [
        ('<html><head><meta charset="gb2312"></head><body>', "gb18030", "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=GBK">', "gbk", "gb18030"),
        ("<!-- a --><html><meta charset=utf-8>", "gb18030", "gb18030"),
        ('<html><meta charset="gb2312"><style>td {}</style>', "utf-8", "utf-8"),
        ("<!DOCTYPE html><html><body><div>", "utf-16", "utf-16"),
        ('<?xml version="1.0"?><html>', "big5", "big5"),
    ],
)
def test_a_table_of_a_web_page_is_read(
    tmp_path: Path, before: str, encoding: str, found: str
) -> None:
    path = tmp_path / "导出.xls"
    rows = LIST if encoding != "big5" else "<table><tr><td>專案名稱<td>負責人</table>"
    path.write_bytes((before + rows).encode(encoding))
    book = read_book(path)
    assert (book.encoding, book.delimiter) == (found, None)
    if encoding != "big5":
        sheet = book.sheets[0]
        assert (sheet.name, sheet.rows, sheet.merges) == ("导出", ROWS, MERGES)
    else:
        assert book.sheets[0].rows == [["專案名稱", "負責人"]]


def test_tables_of_one_width_go_on_and_others_are_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        "<table><tr><td>from<td>to<table><tr><td>inner</table></table><table></table>"
        "<table><tr><td>a<td>b<tr><td>1<td>2</table><p>page 2<script>if (a < b) '<td>'</script>"
        "<table><tr><td>3<script>x</script><td rowspan=2>4<tr><td>5"
    )
    sheets = read_book(path).sheets
    assert [(one.name, one.rows) for one in sheets] == [
        ("a", [["inner"]]),
        ("a (2)", [["from", "to"], ["a", "b"], ["1", "2"], ["3", "4"], ["5"]]),
    ]
    assert sheets[1].merges == [(3, 1, 4, 1)]
    assert [one.name for one in read_book(path, sheet="A (2)").sheets] == ["a (2)"]
    assert "a, a (2)" in refused(path, path.read_bytes(), sheet="b")


def test_a_page_that_is_no_list_or_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    assert "web page" in refused(path, "<html><body>Please log in</body></html>")
    assert "web page" in refused(path, "MIME-Version: 1.0\r\n<html><table><tr><td>a</table>")
    limits = Limits(cells=5_000)
    tall = "<table><tr><td rowspan=9999 colspan=999>x" + "<tr><td>y" * 20
    assert "too many cells" in refused(path, tall, limits=limits)
    assert "columns" in refused(path, "<table><tr>" + "<td colspan=1000>x" * 20)


@pytest.mark.parametrize(
    ("said", "encoding"), [("UTF-8", "utf-8"), ("GB2312", "gb18030"), ("UTF-8", "gb18030")]
)
def test_xml_spreadsheet_2003_is_read_with_its_types(
    tmp_path: Path, said: str, encoding: str
) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(SHEETS.format(encoding=said).encode(encoding))
    sheet, other = read_book(path).sheets
    moments = [date(2026, 3, 5), datetime(2026, 3, 5, 10, 30)]
    assert sheet.rows == [["名称", None, "日期"], [], [], [1.5, None, *moments, True, 0.855, "1,5"]]
    assert (sheet.name, sheet.visible, sheet.merges) == ("清单", True, [(0, 0, 1, 1)])
    assert (other.name, other.visible, other.rows) == ("清单 (2)", False, [["a"]])
    assert read_book(path, percents=True).sheets[0].rows[3][5] == "85.5%"
    assert [one.name for one in read_book(path, sheet="2").sheets] == ["清单 (2)"]


def test_hostile_xml_ends_in_a_sentence(tmp_path: Path) -> None:
    path, good = tmp_path / "a.xls", SHEETS.format(encoding="UTF-8")
    entity = '<!DOCTYPE a [<!ENTITY b "c">]>'
    assert "XML" in refused(path, good.replace("<Workbook", f"{entity}<Workbook"))
    assert "document type" in refused(path, good + entity)
    assert "damaged" in refused(path, good[:-30])
    assert "too many cells" in refused(path, good.replace('"4"', '"9999999"'))
    assert "columns" in refused(path, good.replace('"3"', '"99999"'))
    assert "XML" in refused(path, '<?xml version="1.0"?><Workbook/>')
    assert "XML" in refused(path, '<?xml version="1.0"?><log/>')


def test_a_flat_opendocument_sheet_is_read(tmp_path: Path) -> None:
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    path = tmp_path / "a.fods"
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n\n<office:document{spaces}><office:body>'
        '<office:spreadsheet><table:table table:name="清单"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>名称</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="2.5"/></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document>",
        "utf-8",
    )
    sheet = read_book(path).sheets[0]
    assert (sheet.name, sheet.rows) == ("清单", [["名称", 2.5]])
    assert "damaged" in refused(path, path.read_text("utf-8")[:-9])
