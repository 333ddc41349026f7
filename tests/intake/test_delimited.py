"""Delimited text is read in whatever encoding and with whatever delimiter it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecofolio.errors import InputError
from ecofolio.intake.reading import read_book

CHINESE = "项目名称,负责人,开始日期\n智慧校园,张三,2026年3月5日\n社区医院,李四,2026年4月1日\n"
TRADITIONAL = "專案名稱,負責人,開始日期\n智慧校園,張三,2026年3月5日\n社區醫院,李四,2026年4月1日\n"
WESTERN = "name,cost\nCafé Zürich,£5\nnaïve façade,£6\nplain,£7\n"


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        ("名称,部门\n校园,零售\n", "gb18030", "gb18030"),
        ("名稱,部門\n校園,零售\n", "big5", "big5"),
        (CHINESE, "utf-16", "utf-16"),
        (WESTERN, "utf-16-le", "utf-16-le"),
        (WESTERN, "utf-16-be", "utf-16-be"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN, "latin-1", "cp1252"),
        (CHINESE, "utf-32", "utf-32"),
        ("name,cost (£m),forecast (£m)\na,1,2\n", "cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_guessed(tmp_path: Path, text: str, encoding: str, guess: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    book = read_book(path)
    assert book.encoding == guess
    assert book.sheets[0].rows == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        ("과제,담당자\n스마트 캠퍼스 구축,김철수\n지역 병원 연계,이영희\n", "euc_kr", "cp949"),
        ("이름,상태\n결제 서비스,진행 중\n", "euc_kr", "cp949"),
        ("案件名,担当者\n決済サービスの改善,山田太郎\n", "euc_jp", "euc_jp"),
        ("案件名,担当者\n決済サービスの改善,山田太郎\n", "cp932", "cp932"),
        ("Görev,Durum\nİş ortağı görüşmesi,Başlamadı\n", "cp1254", "cp1254"),
        ("科目\n韩国料理店ラーメン\n北京烤鸭店\n", "gb18030", "gb18030"),
        ("客户,经理\n慕容雪,司马懿\n", "gb18030", "gb18030"),
        ("產品,經理\n螺絲,林志玲\n軸承,王大明\n", "big5", "big5"),
    ],
)
def test_neighbours_of_chinese_are_told_apart_from_it(
    tmp_path: Path, text: str, encoding: str, guess: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    book = read_book(path)
    assert book.encoding == guess
    assert book.sheets[0].rows == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ("Łączność żółta, gęś; część główna", "cp1250"),
        ("Žluťoučký kůň a ďábelské ódy", "cp1250"),
        ("Rozwój usług w gminie, śnieżna wieś, źródła prądu", "iso8859-2"),
        ("Café – the “first”, isn’t it; Zoë pays £5", "mac-roman"),
        ("Nyt fællessystem på området, grøn", "cp850"),
        ("Nyt fællessystem på området, grøn", "cp1252"),
        ("Où sont les élèves ? problème, forêt", "cp1252"),
        ("Città più però perché, così", "cp1252"),
        ("Größe über Änderung, Straße", "cp1252"),
    ],
)
def test_european_code_pages_are_told_apart(tmp_path: Path, line: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"name|owner\n{line}|A clerk\n".encode(encoding))
    book = read_book(path)
    assert book.encoding == encoding
    assert book.sheets[0].rows[1] == [line, "A clerk"]


def test_utf_8_that_was_written_twice_is_put_right_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,cost (Â£m)\nCafÃ© isnâ€™t,Â£5\n", "utf-8")
    book = read_book(path)
    assert book.sheets[0].rows == [["name", "cost (£m)"], ["Café isn’t", "£5"]]
    assert book.mended == 4


def test_accented_words_in_quotes_are_not_taken_for_garbled_ones(tmp_path: Path) -> None:
    rows = [["nom", "note"], ["AMANHÃ” «\xa0été\xa0»", "naïve, déjà"]]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(";".join(row) for row in rows), "utf-8")
    book = read_book(path)
    assert (book.sheets[0].rows, book.mended) == (rows, 0)


def test_a_broken_byte_does_not_turn_utf_8_into_gibberish(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((CHINESE * 5).encode() + b"caf\xe9,x,y\n")
    book = read_book(path)
    assert book.encoding == "utf-8"
    assert book.sheets[0].rows[-1] == ["café", "x", "y"]


def test_the_encoding_can_be_overruled(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(WESTERN.encode("cp1252"))
    assert read_book(path, encoding="cp1250").encoding == "cp1250"
    with pytest.raises(InputError, match="encoding"):
        read_book(path, encoding="klingon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed_in_spite_of_titles_and_line_ends_in_quotes(
    tmp_path: Path, delimiter: str
) -> None:
    rows = [["Portfolio, all of it; as of | 2026"]]
    rows += [[f"n{n}", f'"two\nlines, {n}; x"', "z"] for n in range(20)]
    path = tmp_path / "a.csv"
    path.write_text("\r\n".join(delimiter.join(row) for row in rows))
    book = read_book(path)
    assert book.delimiter == delimiter
    assert book.sheets[0].rows[-1] == ["n19", "two\nlines, 19; x", "z"]


def test_the_delimiter_can_be_declared_or_overruled(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=|\na|b,c\n")
    assert read_book(path).sheets[0].rows == [["a", "b,c"]]
    assert read_book(path, delimiter=",").sheets[0].rows == [["a|b", "c"]]


def test_mixed_line_ends_and_blank_lines_are_borne(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\r\n1;2\n\n3;4\r5;6")
    rows = read_book(path).sheets[0].rows
    assert [row for row in rows if row] == [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("close", ["", '4,"quoted, and so on",n\n5,x,y\n'])
def test_a_quote_that_is_not_closed_takes_no_other_row(
    tmp_path: Path, close: str, end: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'id,name,note\n1,"a, b",x\n2,"5 pipe,y\n3,c,z{end}{close and chr(10)}{close}')
    book = read_book(path)
    rows = [row for row in book.sheets[0].rows if row]
    after = [["4", "quoted, and so on", "n"], ["5", "x", "y"]] if close else []
    assert rows[:2] == [["id", "name", "note"], ["1", "a, b", "x"]]
    assert rows[2:] == [["2", '"5 pipe', "y"], ["3", "c", "z"], *after]
    assert book.unclosed == [3]


def test_cells_of_many_lines_and_quotes_within_them_are_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        'a,b\n"two\n""lines"", and\n",x\n"l\nm" ,y\n"say "hi", now",z\n"n\n",p,"q"r\nend,"o\nk"\n'
    )
    book = read_book(path)
    assert book.sheets[0].rows == [
        ["a", "b"],
        ['two\n"lines", and\n', "x"],
        ["l\nm ", "y"],
        ['say hi"', ' now"', "z"],
        ["n\n", "p", "qr"],
        ["end", "o\nk"],
    ]
    assert book.unclosed == []
