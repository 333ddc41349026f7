"""Lists and logs of other tools are understood by what their columns mean, in several languages."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from tests.boards.conftest import Bench
from tests.boards.test_importing import LOG, XES, trello, written
from tests.conftest import NOW

from ecofolio.boards.exchange import list_columns, markup
from ecofolio.boards.exchange.importing import (
    Overrules,
    Report,
    mapping_of,
    open_source,
    run_import,
)
from ecofolio.boards.exchange.incoming import Incoming, IncomingCard, columns_of
from ecofolio.boards.exchange.moments import iso, moment_reader
from ecofolio.boards.exchange.workbook import export_board
from ecofolio.errors import InputError
from ecofolio.vocabulary import ColumnKind, FieldType


def read(path: Path, **overrules: Any) -> Incoming:
    said = Overrules(**overrules)
    return open_source(path, said).read(said)


def way(card: IncomingCard) -> list[str]:
    return [stay.column for stay in card.stays]


def test_planners_progress_says_what_is_done_whatever_bucket_it_is_in(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    rows = [
        ("Plan name", "Campus"),
        ("Date of export", "11/20/2026"),
        (),
        ("Task ID", "Task Name", "Bucket Name", "Progress", "Assigned To", "Created Date",
         "Start date", "Completed Date", "Checklist Items", "Completed Checklist Items"),
        ("t1", "Sign", "Legal", "Completed", "张三;李四", "01/13/2026", "01/15/2026", "02/20/2026",
         "draft;seal", "2/2"),
        ("t2", "Print", "Legal", "Not started", "", "01/14/2026", "", "", "", ""),
        ("t3", "Ship", "Design", "In progress", "", "01/14/2026", "01/25/2026", "", "", ""),
    ]  # fmt: skip
    for row in rows:
        sheet.append(row)
    book.save(tmp_path / "plan.xlsx")
    found = {card.key: card for card in read(tmp_path / "plan.xlsx").cards}
    assert way(found["t1"])[1:] == ["Legal", "Done"]
    assert way(found["t2"])[-1] == "Legal" and way(found["t3"])[-1] == "Design"
    assert found["t1"].assignees == ["张三", "李四"]
    assert found["t1"].items == [(None, "draft", False), (None, "seal", False)]
    shares = [("Title", "% complete"), ("a", 0.5), ("b", 1), ("c", 0)]
    text = "\n".join(f"{title},{done}" for title, done in shares)
    cards = read(written(tmp_path, "share.csv", text)).cards
    assert [way(card)[-1] for card in cards] == ["Backlog", "Done", "Backlog"]


JIRA = """Summary,Issue key,Status,Created,Resolved,Sprint,Sprint,Comment,Comment,Votes,Updated
Sign,E-1,Done,13.01.2026 09:30,20.01.2026 18:00,S1,S2,13.01.2026 09:31;5b1;<p>Well <b>done</b></p>,,0,13.01.2026 09:31
Check,E-2,UAT,14.01.2026 09:30,,S1,,just words,,3,14.01.2026 09:31
"""  # noqa: E501


def test_columns_that_come_again_are_one_field_and_comments_are_comments(tmp_path: Path) -> None:
    found = read(written(tmp_path, "jira.csv", JIRA))
    first, second = found.cards
    assert first.values["Sprint"] == "S1, S2" and second.values["Sprint"] == "S1"
    assert [(who, body) for _at, who, body in first.comments] == [("5b1", "Well **done**")]
    assert second.comments == [] and second.description == "Comment: just words"
    assert found.fields["Votes"] is FieldType.NUMBER and second.values["Votes"] == "3"
    assert found.fields["Updated"] is FieldType.TEXT  # a day alone would drop its time


CHINESE = """概要,问题关键字,状态,经办人,创建日期,已解决
开户,XY-1,完成,Lin Wei <lin.wei@bank.example>,2026/1/5 9:05,2026/1/9 18:00
发卡,XY-2,待办,,2026/1/6 9:05,
"""


def test_a_chinese_list_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "cn.csv"
    path.write_bytes(CHINESE.encode("gb18030"))
    found = read(path)
    assert [(card.key, card.title) for card in found.cards] == [("XY-1", "开户"), ("XY-2", "发卡")]
    assert way(found.cards[0])[-1] == "完成" and found.cards[0].stays[-1].at
    assert not any("when it was done" in line for line in found.notices)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<div>First <b>bold</b><br></div><ul><li>one &amp; two</li></ul>",
            "First **bold**\n\n- one & two",
        ),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<p>x</p><script>alert(1)</script><style>p{}</style>", "x"),
        (
            '<a href="https://a.example">here</a> <a href="javascript:x()">there</a>',
            "[here](https://a.example) there",
        ),
    ],
)
def test_html_becomes_markdown_without_what_could_run(html: str, text: str) -> None:
    assert markup.is_html(html) and markup.as_markdown(html) == text
    assert not markup.is_html("a < b and c > d")


STAGES = """ID,Title,Idea,Analysis,Build,Live
A,a,2026-01-02,2026-01-05,2026-01-09,2026-01-12
B,b,2026-01-03,2026-01-06,,
C,c,2026-01-08,2026-01-07,,
D,d,0000-00-00,,,
"""


def test_a_list_with_a_column_of_dates_for_each_stage_is_a_history(tmp_path: Path) -> None:
    found = read(written(tmp_path, "stages.csv", STAGES))
    assert [column.name for column in found.columns] == ["Idea", "Analysis", "Build", "Live"]
    assert [way(card) for card in found.cards] == [
        ["Idea", "Analysis", "Build", "Live"],
        ["Idea", "Analysis"],
        ["Analysis", "Idea"],
        ["Idea"],
    ]
    assert found.unreadable == []


ENDED = "ID,Title,Status,Date Created,Date Closed,Assignees\n"


def test_the_day_of_finishing_tells_what_is_done_where_no_name_does(tmp_path: Path) -> None:
    rows = "1,a,Alpha,1767225600000,1767312000000,[Ann]\n2,b,Beta,1767225600,,[Bo]\n"
    found = read(written(tmp_path, "list.csv", ENDED + rows))
    kinds = {column.name: column.kind.value for column in found.columns}
    assert kinds == {"Beta": "active", "Alpha": "done"}
    assert found.cards[0].assignees == ["Ann"] and len(way(found.cards[0])) == 2
    rows += "3,c,Beta,1767225600000,1767312000000,\n4,d,Alpha,1767225600000,,\n"
    found = read(written(tmp_path, "list.csv", ENDED + rows))  # no status tells of the end
    assert [way(card)[-1] for card in found.cards] == ["Done", "Beta", "Done", "Alpha"]


def test_a_log_of_all_changes_is_read_for_its_status_alone(tmp_path: Path) -> None:
    text = (
        "Key,Field,From,To,Changed,Created\n"
        "A-1,status,To Do,In Progress,2026-03-02 10:00,2026-03-01 10:00\n"
        "A-1,assignee,,Bo,2026-03-02 11:00,2026-03-01 10:00\n"
        "A-1,status,In Progress,Done,2026-03-04 10:00,2026-03-01 10:00\n"
    )
    found = read(written(tmp_path, "log.csv", text))
    assert way(found.cards[0]) == ["To Do", "In Progress", "Done"]  # since its creation
    assert any("1 row tells of a change other than of the status" in one for one in found.notices)


def test_a_log_with_unknown_headers_is_guessed_by_its_content_and_says_so(tmp_path: Path) -> None:
    text = "Aa;Bb;Cc;Dd\n" + "".join(
        f"F{n};{step};{day:02}.0{month}.2026 10:0{n};x{n}\n"
        for n in range(6)
        for step, day, month in (("Eingang", 1, 3), ("Pruefung", 14, 3), ("Vorbei", 2, 4))
    )
    path = written(tmp_path, "log.csv", text)
    found = read(path)
    assert found.mapping == {"case": "Aa", "activity": "Bb", "time": "Cc"}
    assert way(found.cards[0]) == ["Eingang", "Pruefung", "Vorbei"]
    assert any("guessed by what is in Aa, Bb, Cc" in line for line in found.notices)
    assert [one.why for one in found.columns][-1] == "not known by its name: cards end here"
    told = read(path, mapping={"case": "Dd", "activity": "Bb", "time": "Cc"})
    assert [card.key for card in told.cards][:2] == ["x0", "x1"]


def test_a_list_with_a_key_of_its_own_is_no_log(tmp_path: Path) -> None:
    text = "Number,Epic id,Status of work,Created on,Title\n" + "".join(
        f"N-{n},E{n % 2},{'Open' if n % 3 else 'Done'},2026-03-0{1 + n},t{n}\n" for n in range(6)
    )
    assert read(written(tmp_path, "list.csv", text)).format == "list"


def test_our_own_csv_is_a_list_and_our_history_a_log_though_cards_have_no_keys(
    bench: Bench, tmp_path: Path
) -> None:
    bench.days_ago(9).card("a")
    bench.days_ago(9).card("b")
    bench.days_ago(5).move([1, 2], 2)
    for name in ("ours.csv", "ours.xlsx"):
        with bench.workspace.read() as connection:
            export_board(connection, bench.board, tmp_path / name, now=NOW, actor="")
    found = read(tmp_path / "ours.csv")
    assert found.format == "list" and [card.title for card in found.cards] == ["a", "b"]
    assert {way(card)[-1] for card in found.cards} == {bench.view.columns[2].name}
    found = read(tmp_path / "ours.xlsx", sheet="History")
    assert (found.format, found.events) == ("events", 4)


def test_lists_of_other_tools_tell_their_days_in_their_own_ways(tmp_path: Path) -> None:
    text = (
        "ID,Title,Current State,Created,Started,Accepted at,Due date,Assigner,Assignees\n"
        "a,Sign,unstarted,Fri Mar 01 2024 10:00:00 GMT+0000 (GMT),,,1711965600000,Bo,Ann\n"
        "b,Print,in Arbeit,3/1/2024 10:00 AM GMT+0,"
        "Sat Mar 02 2024 10:30:00 GMT+0130 (Some Standard Time),,1711965600000,Bo,Ann\n"
        "c,Ship,Erledigt,3/13/2024 10:00 AM UTC,3/14/2024 10:00 AM,2024-03-15T10:00:00Z,,Bo,Ann\n"
    )
    board = read(written(tmp_path, "a.csv", text))
    assert not board.unreadable
    sign, printing, ship = board.cards
    made = iso("2024-03-01T10:00:00Z")
    assert [card.stays[0].at for card in board.cards[:2]] == [made, made]
    assert printing.stays[1].at == iso("2024-03-02T09:00:00Z")
    assert (ship.stays[-1].column, ship.stays[-1].at) == ("Erledigt", iso("2024-03-15T10:00:00Z"))
    assert sign.due == datetime.fromtimestamp(1711965600).date() and sign.assignees == ["Ann"]


def test_a_trello_board_is_read_without_history_and_with_odd_parts(tmp_path: Path) -> None:
    document = trello(cards=2)
    del document["actions"]
    document["lists"][0]["pos"] = "top"
    document["cards"][0] |= {"idList": "gone", "pos": "bottom"}
    document["cards"][1]["id"] = "not a number"
    board = read(written(tmp_path, "a.json", json.dumps(document)))
    assert len(board.cards) == len(document["cards"])
    gone = next(card for card in board.cards if card.stays[-1].column == "?")
    assert gone.title == document["cards"][0]["name"]


def test_where_nothing_is_known_to_be_done_it_is_said(tmp_path: Path) -> None:
    text = "case,activity,time\nA,x,2026-01-01\nA,y,2026-01-02\nA,x,2026-01-03\n"
    found = read(written(tmp_path, "log.csv", text))
    assert any("No column is known to mean done" in line for line in found.notices)
    found = read(written(tmp_path, "log.csv", text), kinds={"y": "done"})
    assert found.notices == []


def test_an_xes_log_may_be_packed_and_need_no_namespace(tmp_path: Path) -> None:
    plain = XES.replace(' xmlns="http://www.xes-standard.org/"', "")
    plain = plain.replace('<string key="product" value="P"/>', '<float key="sum" value="2.5"/>')
    path = tmp_path / "loans.xes.gz"
    path.write_bytes(gzip.compress(plain.encode()))
    found = read(path)
    assert (found.name, found.fields) == ("loans", {"sum": FieldType.NUMBER})
    path.write_bytes(gzip.compress(plain.encode())[:-20])
    with pytest.raises(InputError, match="is not an event log that can be read"):
        read(path)


def test_what_a_column_becomes_can_be_said_and_the_one_that_was_it_gives_way(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "list.csv", "Summary,Name,State\nSign,Ann,Done\nPlan,Bo,Open\n")
    source = open_source(path, Overrules())
    table = source.table(Overrules())
    shown = list_columns.Columns(table, mapping=mapping_of(table, Overrules()))
    assert [(one.name, one.becomes, one.why) for one in shown.rows()][0::2] == [
        ("Summary", "title", "by its name"),
        ("State", "status", "by its name"),
    ]
    said = Overrules(mapping=shown.said("Name", "title"))
    assert [card.title for card in source.read(said).cards] == ["Ann", "Bo"]
    rows = list_columns.Columns(table, mapping=mapping_of(table, said)).rows()
    assert [(one.becomes, one.why) for one in rows[:2]] == [
        ("custom text", "as you say"),
        ("title", "as you say"),
    ]


def test_the_columns_of_a_log_can_be_said(tmp_path: Path) -> None:
    path = written(tmp_path, "log.csv", LOG)
    source = open_source(path, Overrules())
    found = source.read(Overrules(mapping={"case": "Author", "before": None}))
    assert {card.key for card in found.cards} == {"Ann", "Bo"}
    assert found.mapping is not None and "before" not in found.mapping
    with pytest.raises(InputError, match="There is no column “Nobody” for “case”"):
        source.read(Overrules(mapping={"case": "Nobody"}))


def test_characters_that_no_database_keeps_are_left_out(bench: Bench, tmp_path: Path) -> None:
    board = trello(cards=1)
    board["name"], board["cards"][0]["name"] = "B\0oard", "a\0b\ud800c 😀"
    path = written(tmp_path, "t.json", json.dumps(board))
    report = run_import(bench.workspace, path, squad="S01")
    assert isinstance(report, Report)
    assert (report.incoming.name, report.incoming.cards[0].title) == ("Board", "abc 😀")


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1)), st.sampled_from(("", "Z", "+08:00"))
)
def test_instants_in_the_usual_form_are_read_as_every_other_style(at: datetime, zone: str) -> None:
    text = at.replace(microsecond=0).isoformat(" ") + zone
    read = moment_reader()
    assert read(text) == read(f" {text} ") == iso(text.replace(" ", "T"))


def test_a_board_in_utf_16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(trello(cards=2)), "utf-16")
    assert len(read(path).cards) == len(trello(cards=2)["cards"])


def test_a_quote_that_is_not_closed_is_told_with_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'Title,Status\nSign,Done\n"Print,To do\nShip,To do\n')
    found = read(path)
    assert [card.title for card in found.cards] == ["Sign", '"Print', "Ship"]
    assert any("not closed in row 3" in one for one in found.notices)


def test_a_card_without_a_status_goes_into_the_first_column_and_it_is_told(tmp_path: Path) -> None:
    text = (
        "Title,Status,Started,Finished\na,To do,,\nb,,2026-03-02,\nc,Doing,2026-03-02,\n"
        "d,Done,2026-03-02,2026-03-05\ne,,2026-03-02,2026-03-05\n"
    )
    found = read(written(tmp_path, "a.csv", text))
    assert [way(card)[-1] for card in found.cards] == ["To do", "To do", "Doing", "Done", "Done"]
    assert any("1 card has no status" in one and "To do" in one for one in found.notices)
    text = "Title,Status,Created,Started\na,,2026-03-01,2026-03-02\nb,,2026-03-01,\n"
    found = read(written(tmp_path, "b.csv", text))
    assert [way(card)[-1] for card in found.cards] == ["In progress", "Backlog"]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("unstarted started finished delivered Accepted", ColumnKind.DONE),
        ("Defined In-Progress Completed Accepted", ColumnKind.DONE),
        ("new Accepted started fixed closed", ColumnKind.ACTIVE),
    ],
)
def test_accepted_is_done_unless_something_comes_after_it(names: str, kind: ColumnKind) -> None:
    columns = columns_of(names.split(), {})
    assert {one.name: one.kind for one in columns}["Accepted"] is kind
    told = columns_of(names.split(), {"accepted": "queue"})
    assert {one.name: one.kind for one in told}["Accepted"] is ColumnKind.QUEUE


def test_accepted_is_where_work_begins_in_a_log_that_goes_on_from_there(tmp_path: Path) -> None:
    moves = [("Queued", 1), ("Accepted", 2), ("Completed", 3)]
    rows = [f"{card},{name},2026-03-0{day}" for card in "abc" for name, day in moves]
    for log, kind in ((rows, ColumnKind.ACTIVE), (rows[:2] * 2, ColumnKind.DONE)):
        text = "case,activity,time\n" + "\n".join(log)
        found = read(written(tmp_path, "a.csv", text), format="events")
        assert {one.name: one.kind for one in found.columns}["Accepted"] is kind


def test_sizes_in_words_leave_the_size_to_a_column_of_numbers(tmp_path: Path) -> None:
    text = "Title,Size,Estimate\na,S,3\nb,XL,8\nc,M,\n"
    cards = read(written(tmp_path, "a.csv", text)).cards
    assert [card.size for card in cards] == [3, 8, None]
    assert [card.values["Size"] for card in cards] == ["S", "XL", "M"]
    found = read(written(tmp_path, "b.csv", "Title,Size\na,S\nb,XL\n"))
    assert found.cards[1].values == {"Size": "XL"} and not found.unreadable
    assert read(written(tmp_path, "c.csv", "Title,Size\na,5\nb,?\n")).cards[0].size == 5


def test_words_for_no_date_are_empty(tmp_path: Path) -> None:
    text = (
        "Title,Status,Created,Resolved,Due date,Note\n"
        "a,Done,2026-03-01,2026-03-05,2026-03-09,None\n"
        "b,To do,2026-03-01,Unresolved,N/A,n/a\nc,To do,2026-03-01,无,None,\n"
        "d,To do,2026-03-01,,soon,\n"
    )
    found = read(written(tmp_path, "a.csv", text))
    assert [(one.row, one.text) for one in found.unreadable] == [(5, "soon")]
    assert "None" in found.cards[0].description or "None" in found.cards[0].values.values()
