"""Many operations at once from a list, and money on the command line."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from ecofolio.budget import actions, approvals, books, queries
from ecofolio.budget.importing import post_list, read_asks
from ecofolio.cli.main import main
from ecofolio.errors import InputError

if TYPE_CHECKING:
    from tests.budget.conftest import Bank

ON_FILES = pytest.mark.parametrize("place_kind", ["sqlite"])


def workbook(path: Path, *rows: tuple[Any, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with = stays one
    book.save(path)
    book.close()
    return path


def test_an_expense_export_is_posted_and_bad_lines_are_told(funded: Bank, tmp_path: Path) -> None:
    bound = funded.do(actions.commit, 500_00, funded.campus, contract="HT-9", on=date(2026, 2, 1))
    path = workbook(
        tmp_path / "expenses.xlsx",
        ("费用报销明细 2026年3月",),
        (),
        ("日期", "项目编号", "摘要", "费用类别", "供应商", "合同号", "金额（元）", "凭证号"),
        (date(2026, 3, 5), "E-1", "场地", "营销", None, None, "1,234.50", "V-1"),
        (date(2026, 3, 6), "E-1", "设备款", "equipment", "东方", "HT-9", 300, "V-2"),
        (date(2026, 3, 6), "Campus", "印刷", None, None, None, "１２３４", "V-3"),
        (date(2026, 3, 7), "E-9", "不明", None, None, None, 10, "V-4"),
        (date(2026, 3, 7), "E-1", "太多", None, None, None, "1.2万", "V-5"),
        (date(2026, 3, 7), "E-1", "退款", None, None, None, -5, "V-6"),
        (date(2026, 3, 5), "E-1", "场地", "营销", None, None, "1,234.50", "V-1"),
    )
    dry = post_list(funded.workspace, path, dry_run=True)
    assert (len(dry.posted), len(dry.refused)) == (3, 4), dry.refused
    assert funded.balance("spent", funded.campus) == 0
    report = post_list(funded.workspace, path)
    assert sorted(report.posted) == [4, 5, 6]
    assert report.fen == 1_234_50 + 300_00 + 1_234_00
    reasons = {one.row: one.reason for one in report.refused}
    assert "no initiative “E-9”" in reasons[7]
    assert "less than 12,000 yuan" in reasons[8]
    assert "5 yuan came back, but no posting" in reasons[9]
    assert "on record already" in reasons[10]
    with funded.workspace.read() as connection:
        assert books.commitments(connection)[0].outstanding == 200_00
        assert books.problems(connection) == []
    assert bound.transaction_id
    again = post_list(funded.workspace, path)
    assert not again.posted
    funded.workspace.undo()
    assert funded.balance("spent", funded.campus) == 0


@ON_FILES
@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1.2万", 12_000_00),
        ("1,234.50", 1_234_50),
        ("１２３４", 1_234_00),
        ("1e3", 1_000_00),
        (0.1 + 0.2, 30),
        ("-5", "more than 0"),
        ("1e9", "less than 1,000,000,000 yuan"),
        ("NaN", "not an amount"),
        ("9" * 30, "too large"),
        ("=1+1", "not an amount"),
        ("1.234", "parts of a fen"),
        ("0", "more than 0"),
        ("", "no amount"),
    ],
)
def test_typed_money_is_read_right_or_refused(
    bank: Bank, tmp_path: Path, text: object, fen: int | str
) -> None:
    bank.do(actions.grant, 100_000_00)
    path = workbook(
        tmp_path / "list.xlsx",
        ("kind", "from", "to", "amount", "memo"),
        ("transfer", "HO", "PO", text, "x"),
        ("transfer", "HO", "PO", 1, "y"),
    )
    report = post_list(bank.workspace, path)
    if isinstance(fen, int):
        assert report.fen == fen + 1_00
    else:
        assert [one.row for one in report.refused] == [2]
        assert fen in report.refused[0].reason


@ON_FILES
def test_a_list_can_hold_every_kind_of_operation(bank: Bank, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "list.xlsx",
        ("Date", "Kind", "From", "To", "Initiative", "Amount", "Contract"),
        (date(2026, 1, 5), "grant", None, "HO", None, 1000, None),
        (date(2026, 1, 6), "base allocation", "HO", "RI", None, 600, None),
        (date(2026, 1, 7), "supplement", "HO", None, "E-2", 100, None),
        (date(2026, 1, 8), "transfer", "RI", "PO", None, 200, None),
        (date(2026, 1, 8), "transfer", "RI", None, "E-1", 300, None),
        (date(2026, 1, 9), "commit", None, None, "E-1", 250, "K-1"),
        (date(2026, 1, 10), "spend", None, None, "E-1", 50, "K-1"),
        (date(2026, 1, 11), "release", None, None, "E-1", 100, "K-1"),
        (date(2026, 1, 12), "give back", "E-1", None, None, 20, None),
        (date(2026, 1, 13), "return", "PO", None, None, 30, None),
        (date(2026, 1, 14), "nonsense", "PO", None, None, 30, None),
    )
    report = post_list(bank.workspace, path)
    assert [(one.row, one.reason) for one in report.refused] == [
        (12, "Kind: “nonsense” is no kind of posting.")
    ]
    with bank.workspace.read() as connection:
        (bound,) = books.commitments(connection)
        total = queries.balances(connection).total
    assert bound.outstanding == 100_00
    assert total == (970_00, 590_00, 380_00, 230_00, 100_00, 50_00)


def test_a_ledger_of_debits_and_credits_is_posted_and_refunds_reverse(
    funded: Bank, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "ledger.xlsx",
        ("费用明细账",),
        ("单位：万元",),
        ("记账日期", "凭证号", "摘要", "项目编号", "借方金额", "贷方金额", "余额"),
        ("期初余额", None, None, None, None, None, 0),
        (20260309, "记-003", "退场地费", "E-1", None, "0.02", 0.1),
        (20260305, "记-001", "场地费", "E-1", "0.02", "0.00", 0.02),
        (46087, "记-002", "印刷", "E-1", 0.08, None, 0.1),
        (20260310, "记-004", "红字", "E-1", -0.08, None, 0.02),
        (20260311, "记-005", "退一部分", "E-1", None, 0.01, 0.01),
        (20260312, "记-006", "都有", "E-1", 0.01, 0.01, 0.01),
        (None, None, "本月合计", None, "0.10", "0.03", 0.02),
    )
    report = post_list(funded.workspace, path)
    assert sorted(report.posted) == [5, 6, 7, 8] and report.skipped == [4, 11]
    assert report.columns["back"] == "贷方金额"
    assert {row: report.posted[back] for row, back in ((5, 6), (8, 7))} == report.reversed
    assert [(one.row, one.reason) for one in report.refused] == [
        (
            9,
            "100 yuan came back, but no posting of just this sum stands: reverse the one that it "
            "is a part of, and post what remains.",
        ),
        (10, "The line has both a debit and a credit."),
    ]
    assert report.fen == funded.balance("spent", funded.campus) == 0
    assert funded.balance("spent", funded.campus, date(2026, 3, 8)) == 1_000_00
    again = post_list(funded.workspace, path)
    assert not again.posted and len(again.refused) == 6
    funded.workspace.undo()
    assert sorted(post_list(funded.workspace, path).posted) == [5, 6, 7, 8]
    assert funded.workspace.verify() == []


@ON_FILES
def test_a_direction_or_a_kind_says_that_money_came_back(funded: Bank, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "项目编号,金额,借贷方向,日期,对方户名,原凭证号,凭证号\n"
        "E-1,30,借,2026-03-01,甲,,A-1\nE-1,30,借,2026-03-01,乙,,A-2\n"
        "E-1,30,贷,2026-03-02,乙,,A-3\nE-1,30,贷,2026-03-02,,A-1,A-4\nE-1,30,?,2026-03-02,,,A-5\n"
        "E-1,-7,贷,2026-03-02,,,A-6\n"  # in red: what had come back is paid again
    )
    report = post_list(funded.workspace, path)
    assert report.reversed == {4: report.posted[3], 5: report.posted[2]}
    assert 7 in report.posted and funded.balance("spent", funded.campus) == 7_00
    assert "is neither debit nor credit" in report.refused[0].reason
    kinds = tmp_path / "kinds.csv"
    kinds.write_text(
        "initiative,kind,amount,date\nE-1,commit,70,2026-03-01\nE-1,reversal,70,2026-03-02\n"
    )
    report = post_list(funded.workspace, kinds)
    assert report.reversed == {3: report.posted[2]} and not report.refused
    assert funded.balance("committed", funded.campus) == 0


@ON_FILES
def test_each_refund_takes_another_of_equal_spends(funded: Bank, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("initiative,amount\nE-1,30\nE-1,30\nE-1,-30\nE-1,-30\nE-1,-30\n")
    report = post_list(funded.workspace, path)
    assert report.reversed == {4: report.posted[3], 5: report.posted[2]}
    assert [one.row for one in report.refused] == [6]


@ON_FILES
def test_which_of_two_came_back_has_to_be_said(funded: Bank, tmp_path: Path) -> None:
    for category in ("equipment", "marketing"):
        funded.do(actions.spend, 30_00, initiative_id=funded.campus, category=category)
    path = tmp_path / "list.csv"
    path.write_text("initiative,amount\nE-1,-30\n")
    (refused,) = post_list(funded.workspace, path).refused
    assert refused.reason == "Several postings could be what came back (4, 5): name the document."


def test_a_line_can_name_its_document_beside_the_list(funded: Bank, tmp_path: Path) -> None:
    from ecofolio.store import files

    folder = tmp_path / "list" / "附件"
    folder.mkdir(parents=True)
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (folder / "发票.pdf").write_bytes(b"paid")
    path = folder.parent / "list.csv"
    names = ("附件\\发票.pdf", "../secret.pdf", str(tmp_path / "secret.pdf"), "附件/none.pdf", "")
    path.write_text("initiative,amount,附件\n" + "".join(f"E-1,1,{name}\n" for name in names))
    dry = post_list(funded.workspace, path, dry_run=True)
    assert not files.folder_of(funded.workspace.place).exists()
    report = post_list(funded.workspace, path)
    assert sorted(report.posted) == sorted(dry.posted) == [2, 6]
    assert "There is no file ../secret.pdf beside the list." in report.refused[0].reason
    with funded.workspace.read() as connection:
        kept = books.attachment(connection, report.posted[2])
    assert kept is not None and kept.name == "发票.pdf"
    assert files.path_of(funded.workspace.place, kept.hash).read_bytes() == b"paid"
    assert funded.workspace.verify() == []


@ON_FILES
def test_a_saved_mapping_says_what_columns_are(funded: Bank, tmp_path: Path) -> None:
    spec = {
        "columns": [
            {"column": "x", "field": "initiative"},
            {"column": "y", "field": "amount", "unit": 10_000},
        ]
    }
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(spec))
    path = tmp_path / "list.csv"
    path.write_text("x,y,z\nE-1,0.1,2\nE-1,0.2,3\n")
    assert post_list(funded.workspace, path, mapping=str(mapping)).fen == 3_000_00


def test_an_open_quote_costs_one_line_and_is_told(funded: Bank, tmp_path: Path) -> None:
    path = tmp_path / "expenses.csv"
    lines = ["date,initiative,memo,amount", '2026-03-05,E-1,"open,10', "2026-03-06,E-1,print,20"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = post_list(funded.workspace, path, dry_run=True)
    assert 3 in report.posted
    assert report.faults == ["a quotation mark is not closed in row 2"]
    assert report.as_json()["faults"] == report.faults


@ON_FILES
def test_a_list_above_the_limit_waits(funded: Bank, tmp_path: Path) -> None:
    funded.do(approvals.set_limit, None, 100_00, None)
    path = tmp_path / "list.csv"
    path.write_text("initiative,amount,date\nE-1,99,2026-03-01\nE-1,101,2026-03-01\n")
    report = post_list(funded.workspace, path)
    assert (sorted(report.posted), sorted(report.asked)) == ([2], [3])


@ON_FILES
def test_the_asks_of_a_round_are_read_from_a_list(funded: Bank, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "asks.xlsx",
        ("项目", "申请金额（万元）", "得分", "投入产出"),
        ("E-1", 1.5, 92.5, 2.25),
        ("Market", 2, 80, None),
    )
    one, two = read_asks(funded.workspace, path)
    assert (one.fen, one.score_milli, one.input_output_milli) == (15_000_00, 92_500, 2_250)
    assert two.columns["grade"] == "B"
    bad = workbook(tmp_path / "bad.xlsx", ("项目", "申请金额"), ("E-1", 5), ("E-77", 5))
    with pytest.raises(InputError, match="row 3"):
        read_asks(funded.workspace, bad)


@pytest.fixture
def programme(funded: Bank) -> str:
    """The bank's file, closed."""
    funded.workspace.close()
    return str(funded.workspace.place.file)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What a command says, as JSON."""
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@ON_FILES
def test_money_on_the_command_line(
    programme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("initiative,amount,date,kind\nE-1,100,2026-03-01,commit\nE-1,bad,2026-03-01,\n")
    report = said(capsys, "post", "--into", programme, "--from-file", str(path))
    assert len(report["posted"]) == 1
    assert report["refused"][0]["row"] == 3
    held = said(capsys, "list", "balances", "--from", programme)
    assert sum(row["fen"] for row in held) == 0
    early = said(capsys, "list", "balances", "--from", programme, "--as-of", "2026-01-06")
    assert {(row["account"], row["code"]): row["fen"] for row in early if row["fen"]} == {
        ("grant", None): -10_000_00,
        ("pool", "HO"): 4_000_00,
        ("pool", "RI"): 6_000_00,
    }
    (bound,) = said(capsys, "list", "commitments", "--from", programme)
    assert (bound["initiative"], bound["outstanding_fen"]) == ("E-1", 100_00)
    assert main(["list", "postings", "--from", programme, "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert rows[0]["credit"] == "10000.00"
    held: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (row["account"], row["code"])
        held[key] = held.get(key, 0) + float(row["debit"] or 0) - float(row["credit"] or 0)
        assert float(row["balance"]) == held[key]
    assert main(["list", "postings", "--from", programme, "--csv", "--bom"]) == 0
    marked = capsys.readouterr().out
    assert marked.startswith("\ufefftransaction,date,") and "\r\n" in marked
    assert "\r\r" not in marked
    assert sum(float(row["debit"] or 0) - float(row["credit"] or 0) for row in rows) == 0
    assert said(capsys, "check", programme) == {"ok": True, "problems": []}


@ON_FILES
def test_a_round_on_the_command_line(
    programme: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "asks.csv"
    path.write_text("initiative,ask,score,input output\nE-1,500,92,2\nE-2,300,80,1\n")
    common = ("--into", programme, "--name", "Autumn", "--pot", "1000")
    one = said(capsys, "round", "draft", *common, "--base", "500", "--asks", str(path))
    two = said(capsys, "round", "draft", *common)
    assert sum(row["given_fen"] for row in one["parties"]) == 1_000_00
    both = said(capsys, "round", "compare", "--from", programme, str(one["id"]), str(two["id"]))
    assert len(both["parties"]) == 4 and all(len(row["why"]) == 2 for row in both["parties"])
    assert main(["round", "compare", "--from", programme, str(one["id"]), str(two["id"])]) == 0
    assert "as the floor" in capsys.readouterr().out
    step = ("--into", programme, str(one["id"]))
    assert main(["round", "post", *step]) == 1
    assert main(["round", "approve", *step, "--actor", "Wang Fang"]) == 0
    capsys.readouterr()
    assert said(capsys, "round", "post", *step)["transaction"] == 4
    (_two, first) = said(capsys, "list", "rounds", "--from", programme)
    assert first["state"] == "posted"
