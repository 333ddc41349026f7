"""The budget page shows every figure with its postings, and posts, approves and compares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog
from tests.budget.conftest import Bank, node_of, shown_postings

from ecofolio.budget import (
    actions,
    approvals,
    books,
    plan_actions,
    queries,
    round_actions,
    rounds,
)
from ecofolio.budget.amount_editor import AmountField
from ecofolio.budget.categories_dialog import CategoriesDialog
from ecofolio.budget.limits_dialog import LimitsDialog
from ecofolio.budget.operation_dialog import MOVES, OperationDialog
from ecofolio.budget.operations import initiative, unit
from ecofolio.budget.page import BudgetPage
from ecofolio.budget.post_list_dialog import PostListDialog
from ecofolio.budget.round_actions import Ask
from ecofolio.store import files
from ecofolio.vocabulary import Move
from ecofolio.widgets.parts import ElidedLabel

pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"])
Show = Callable[[Bank], BudgetPage]


def test_an_empty_ledger_says_the_next_step(bank: Bank, show: Show) -> None:
    page = show(bank)
    assert page._stack.currentIndex() == 6
    bank.do(actions.grant, 5_00)
    assert page._stack.currentIndex() == 0


def test_every_figure_opens_the_postings_that_it_is_the_sum_of(
    funded: Bank, show: Show, qtbot
) -> None:
    funded.do(actions.commit, 700_00, funded.campus, on=date(2026, 3, 1))
    funded.do(actions.spend, 300_00, initiative_id=funded.campus, on=date(2026, 3, 2))
    page = show(funded)
    for code in ("HO", "RI", "E-1"):
        for key in ("granted", "pool", "available", "committed", "spent"):
            if key == "pool" and code == "E-1":
                continue
            figure = getattr(node_of(page, code).figures, key)
            assert sum(shown_postings(page, qtbot, code, key)) == figure, (code, key)


def test_a_posting_shows_up_in_every_total_at_once(funded: Bank, show: Show) -> None:
    page = show(funded)
    funded.do(actions.spend, 300_00, initiative_id=funded.campus)
    assert node_of(page, "HO").figures.spent == 300_00
    assert "300" in page.tiles["spent"].accessibleName()


def test_the_figure_that_was_open_stays_open(funded: Bank, show: Show, qtbot) -> None:
    page = show(funded)
    shown_postings(page, qtbot, "E-1", "available")
    funded.do(actions.spend, 300_00, initiative_id=funded.campus)
    chosen = page.tree.chosen()
    assert chosen is not None
    assert (chosen[0].code, chosen[1]) == ("E-1", "available")


def test_a_forecast_says_which_way_it_was_worked_out(funded: Bank, show: Show, qtbot) -> None:
    plan = funded.do(plan_actions.draw_plan, "Plan")
    cells = {(funded.campus, "marketing", f"2026-{month:02d}"): 100_00 for month in range(8, 13)}
    funded.do(plan_actions.set_plan, plan, cells)
    funded.workspace.actor = "Wang Fang"
    funded.do(plan_actions.approve_plan, plan)
    for month in (8, 9, 10):
        funded.do(actions.spend, 300_00, initiative_id=funded.campus, on=date(2026, month, 9))
    page = show(funded)
    assert shown_postings(page, qtbot, "E-1", "forecast") == [300_00] * 3
    assert page.figures._note.text() == (
        "900 yuan are spent and bound, 600 yuan are still to come."
    )
    assert shown_postings(page, qtbot, "HO", "plan") == [500_00]
    assert page.figures._why.text() == "Ways used: Run rate 1"
    assert shown_postings(page, qtbot, "E-1", "plan") == [100_00] * 5
    assert "200 % over plan" in page.figures._why.text()
    assert [one.plan for one in page.figures.months.months] == [100_00] * 5
    assert page.figures.waterfall.steps[-1].fen == 4_100_00


def test_the_dialog_posts_what_was_said_and_says_what_is_wrong(
    funded: Bank, show: Show, qtbot
) -> None:
    funded.do(approvals.set_limit, None, 1_000_00, None)
    page = show(funded)
    dialog = OperationDialog(funded.workspace, Move.SPEND, initiative(funded.campus), page)
    qtbot.addWidget(dialog)
    dialog._post()
    assert dialog.amount.said.text() == "Say how much."
    dialog.amount.line.setText("=1+1")
    dialog._post()
    assert "not an amount" in dialog.amount.said.text()
    assert dialog.message.isHidden()
    assert dialog.waits.isHidden()
    assert dialog.held.text() == "5,000 yuan available"
    dialog.amount.line.setText("1.2万")
    assert dialog.amount.said.text() == "12,000 yuan"
    dialog._post()
    assert dialog.waits.text() == "So much needs approval: it will wait for Unit's leader."
    assert "holds 5,000 yuan" in dialog.message.sentence
    dialog.amount.line.setText("１２０")
    dialog.memo.setText("Desks")
    dialog.post.click()
    assert dialog.result() == dialog.DialogCode.Accepted
    assert funded.balance("spent", funded.campus) == 120_00


def test_only_initiatives_are_offered_where_money_is_spent_or_bound(
    funded: Bank, show: Show, qtbot
) -> None:
    page = show(funded)
    dialog = OperationDialog(funded.workspace, Move.TRANSFER, unit(funded.rich), page)
    qtbot.addWidget(dialog)
    assert dialog.source.value() == unit(funded.rich)
    dialog.move_field.setCurrentIndex(MOVES.index(Move.SPEND))
    assert dialog.source.value() is None
    assert dialog.held.text() == ""
    offered = {dialog.source.itemData(n)[0] for n in range(dialog.source.count())}
    assert offered == {"initiative"}
    dialog.source.choose(initiative(funded.campus))
    dialog.move_field.setCurrentIndex(MOVES.index(Move.TRANSFER))
    assert dialog.source.value() == initiative(funded.campus)
    assert dialog.source.findText("Pool of Rich branch (RI)") >= 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.2万", "12,000 yuan = 1.20 ten thousand yuan"),
        ("1,234.50", "1,234.50 yuan = 0.12 ten thousand yuan"),
        ("１２３４", "1,234 yuan = 0.12 ten thousand yuan"),
        ("1e9", "1,000,000,000 yuan = 100,000.00 ten thousand yuan"),
        ("-5", "“-5” is a negative amount."),
        ("NaN", "“NaN” is not an amount of money."),
        ("9" * 30, f"“{'9' * 30}” is too large an amount."),
        ("=1+1", "“=1+1” is not an amount of money."),
    ],
)
def test_money_is_read_as_it_is_typed_or_refused_below_its_field(
    qtbot, place_kind: str, text: str, said: str
) -> None:
    field = AmountField("Amount", "CNY", "wan")
    qtbot.addWidget(field)
    if text.isascii():
        QTest.keyClicks(field.line, text)
    else:  # an input method brings what keys can not
        field.line.setText(text)
    assert field.said.text() == field.line.accessibleDescription() == said
    assert (field.line.property("state") == "wrong") == said.startswith("“")


def test_a_file_is_attached_left_out_and_opened_where_it_was_posted(
    funded: Bank, show: Show, qtbot, tmp_path, monkeypatch, heard: SimpleNamespace
) -> None:
    paper, opened = tmp_path / "offer.pdf", []
    paper.write_bytes(b"%PDF-1.7 three offers")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_said: (str(paper), ""))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    page = show(funded)
    dialog = OperationDialog(funded.workspace, Move.SPEND, initiative(funded.campus), page)
    qtbot.addWidget(dialog)
    dialog.attach.click()
    assert dialog.attach.text() == "offer.pdf"
    dialog.detach.click()
    assert dialog._file is None
    dialog.attach.click()
    dialog.amount.line.setText("120")
    dialog.post.click()
    shown_postings(page, qtbot, "E-1", "spent")
    page.figures.postings.selectRow(0)
    page.figures.paper.click()
    assert Path(opened[0]).name == "offer.pdf"
    assert Path(opened[0]).read_bytes() == paper.read_bytes()
    files.path_of(funded.workspace.place, page.figures._posting().attachment_hash).write_bytes(b"")
    page.figures.paper.click()
    assert "missing or was altered" in str(heard.errors[0])
    files.path_of(funded.workspace.place, page.figures._posting().attachment_hash).unlink()
    page.figures._fit()
    assert page.figures.paper.isHidden()
    assert "The attached file offer.pdf is not in" in page.figures._said.text()
    assert page.figures.reverse.isEnabled()


@pytest.mark.parametrize("move", MOVES)
def test_the_dialog_asks_only_for_what_an_operation_needs(
    funded: Bank, show: Show, qtbot, move: Move
) -> None:
    dialog = OperationDialog(funded.workspace, move, None, show(funded))
    qtbot.addWidget(dialog)
    shown = {
        name
        for name in ("source", "target", "commitment", "partner")
        if dialog.form.isRowVisible(getattr(dialog, name))
    }
    assert shown == {
        Move.SPEND: {"source", "commitment", "partner"},
        Move.COMMIT: {"source", "partner"},
        Move.RELEASE: {"commitment"},
        Move.GRANT: {"target"},
    }.get(move, {"source", "target"})


def test_a_request_is_approved_by_somebody_else(
    funded: Bank, show: Show, heard: SimpleNamespace
) -> None:
    funded.do(approvals.set_limit, None, 100_00, None)
    funded.do(actions.spend, 150_00, initiative_id=funded.campus, memo="Desks")
    page = show(funded)
    assert page.tabs.tabText(2) == "Approvals (1)"
    assert not page.approvals.approve.isEnabled()
    funded.workspace.actor = "Wang Fang"
    page.refresh()
    assert page.approvals.details.text() == (
        "Spend of 150 yuan from Campus. Date: 21 Nov 2026. "
        "Campus has 5,000 yuan available; 4,850 yuan would be left."
    )
    page.approvals.approve.click()
    assert heard.said == ["Approved and posted: Spend: Desks; undoing it posts its reversal."]
    assert funded.balance("spent", funded.campus) == 150_00
    assert page.tabs.tabText(2) == "Approvals"


def test_rounds_stand_side_by_side_with_their_reasons(
    funded: Bank, show: Show, heard: SimpleNamespace
) -> None:
    first = funded.do(
        round_actions.draft_round,
        "One",
        pot_fen=1_000_00,
        base_fen=500_00,
        asks=[Ask(funded.market, 400_00, 90_000, None, 2_000)],
    )
    second = funded.do(round_actions.copy_round, first, "Two")
    funded.do(round_actions.change_round, second, {"base_fen": 800_00})
    page = show(funded)
    assert page.rounds.parties.shown.rows == []  # nothing is worked out before it is looked at
    page.tabs.setCurrentIndex(3)
    rows = page.rounds.parties.shown.rows
    # all of the base part goes to the poor branch, with what the ask leaves over
    assert {row.code: row.given for row in rows} == {
        "PO": (600_00, 800_00),
        "RI": (0, 0),
        "E-2": (400_00, 200_00),
    }
    assert [column.title for column in page.rounds.parties.shown.columns][1:] == [
        "One",
        "Two",
        "Difference",
    ]
    assert "the median is" in page.rounds._why.text()
    assert page.rounds._gains.text() == (
        "1 gains 200 yuan, most Poor branch with 200 yuan. "
        "1 loses 200 yuan, most Market with 200 yuan."
    )
    assert page.rounds._why.text().startswith("Poor branch: 200 yuan more: ")
    assert "base part 800 yuan instead of 600 yuan" in page.rounds._why.text()
    QTest.keySequence(page.rounds.parties, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text().splitlines()[:2] == [
        "Unit, initiative\tOne\tTwo\tDifference",
        "Poor branch\t600.00\t800.00\t200.00",
    ]
    assert page.show_record("funding_round", first)
    checks = lines_of(page)
    assert "Base part 600 + supplements 400 = pot 1,000 yuan." in checks
    assert "The pool of Head office holds 4,000 yuan: enough." in checks
    assert "You drafted this: somebody else approves it." in checks
    assert not page.rounds.approve.isEnabled()
    funded.workspace.actor = "Wang Fang"
    page.refresh()
    page.show_record("funding_round", first)
    assert page.rounds.approve.isEnabled()
    page.rounds.drop.click()
    assert heard.said == ["The round is dropped."]
    assert [one.name for one in page.rounds.table.shown.rows] == ["Two"]


def lines_of(page: BudgetPage) -> list[str]:
    return [one.text() for one in page.rounds._checks.findChildren(ElidedLabel)]


def test_a_round_that_can_not_be_paid_says_so_before_it_is_approved(
    funded: Bank, show: Show
) -> None:
    funded.do(
        round_actions.draft_round, "A very long name " * 9, pot_fen=5_000_00, base_fen=500_00,
        floor_fen=400_00,
    )  # fmt: skip
    page = show(funded)
    page.tabs.setCurrentIndex(3)
    checks = lines_of(page)
    assert "The pool of Head office holds 4,000 yuan: too little." in checks
    assert any("nobody can get a supplement" in one for one in checks)
    head = page.rounds.parties.horizontalHeader()
    assert head.textElideMode() is Qt.TextElideMode.ElideRight
    tip = page.rounds.parties.shown.headerData(
        1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
    )
    assert tip.removeprefix("<span>").startswith("A very long name A very")
    assert page.rounds.parties.columnWidth(1) == 170
    assert page.rounds.minimumSizeHint().width() < 1000


# --- corrections and terms --------------------------------------------------------------------


def test_a_narrow_page_leaves_room_for_whole_figures(funded: Bank, show: Show) -> None:
    page = show(funded)
    assert not page.tiles["unequal"].isHidden()
    page.resize(1080, 600)
    assert page.tiles["unequal"].isHidden()


def test_a_posting_is_reversed_with_a_reason(
    funded: Bank, show: Show, qtbot, heard: SimpleNamespace, monkeypatch
) -> None:
    funded.do(actions.spend, 300_00, initiative_id=funded.campus)
    page = show(funded)
    shown_postings(page, qtbot, "E-1", "spent")
    assert not page.figures.reverse.isEnabled()
    page.figures.postings.selectRow(0)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_said, **_more: (" ", True))
    page.figures.reverse.click()
    assert "Say why" in str(heard.errors[0])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_said, **_more: ("Wrong one", True))
    page.figures.reverse.click()
    assert funded.balance("spent", funded.campus) == 0
    assert "is reversed" in heard.said[0]
    shown_postings(page, qtbot, "E-1", "spent")
    page.figures.postings.selectRow(1)
    assert not page.figures.reverse.isEnabled()


def test_categories_are_added_renamed_and_taken_off_the_lists(
    funded: Bank, show: Show, qtbot
) -> None:
    dialog = CategoriesDialog(funded.workspace, show(funded))
    qtbot.addWidget(dialog)
    dialog._begin()
    dialog.code.setText("travel")
    dialog._save()
    assert "needs a name" in dialog.message.sentence
    dialog.name.setText("Travel")
    dialog._save()
    dialog.in_use.setChecked(False)
    dialog._save()
    with funded.workspace.read() as connection:
        found = {one.code: one for one in queries.categories(connection)}
    assert found["travel"].label == "Travel"
    assert found["travel"].retired
    assert dialog.table.current().code == "travel"


def test_a_unit_has_approval_limits_of_its_own(funded: Bank, show: Show, qtbot) -> None:
    funded.do(approvals.set_limit, None, 100_00, 500_00)
    dialog = LimitsDialog(funded.workspace, show(funded))
    qtbot.addWidget(dialog)
    assert dialog.leader.text() == "100"
    dialog.whose.choose(unit(funded.rich))
    assert dialog.leader.text() == ""
    dialog.leader.line.setText("1.2万")
    dialog.head_office.line.setText("100")
    dialog._save()
    assert "below" in dialog.message.sentence
    dialog.head_office.line.setText("")
    dialog._save()
    with funded.workspace.read() as connection:
        found = {one.unit_id: one for one in approvals.limits(connection)}
    assert found[funded.rich].leader_fen == 12_000_00
    assert found[funded.rich].head_office_fen is None
    assert found[None].leader_fen == 100_00


def test_a_round_takes_scores_and_says_who_has_none(
    funded: Bank, show: Show, heard: SimpleNamespace
) -> None:
    made = funded.do(
        round_actions.draft_round,
        "One",
        pot_fen=1_000_00,
        base_fen=500_00,
        asks=[
            Ask(funded.market, 400_00, 90_000, None, 2_000),
            Ask(funded.clinic, 400_00, 80_000, None, 1_000),
        ],
    )
    page = show(funded)
    assert page.rounds.take.isHidden()
    said = round_actions.Scores("2026-10", {funded.clinic: (95_000, "A", 3_000)})
    source = round_actions.ScoreSource(lambda _one: "2026-10", lambda _one: said)
    page.rounds._scores = source
    page.rounds._take()
    assert heard.said == [
        "The scores of 2026-10 are taken. 1 has no score and keeps its own: Market"
    ]
    with funded.workspace.read() as connection:
        _units, cases = rounds.cases(connection, made)
    assert {one.key: (one.score_milli, one.grade, one.input_output_milli) for one in cases} == {
        funded.market: (90_000, "A", 2_000),
        funded.clinic: (95_000, "A", 3_000),
    }
    none = round_actions.Scores("2026-10", {})
    page.rounds._scores = round_actions.ScoreSource(lambda _one: "2026-10", lambda _one: none)
    page.refresh()
    assert page.rounds.take.text() == "Take scores of 2026-10"
    page.rounds._take()
    assert "has a score of 2026-10" in str(heard.errors[0])


def test_what_is_left_of_a_commitment_is_found_and_spent_from_the_list(
    funded: Bank, show: Show, monkeypatch, heard: SimpleNamespace
) -> None:
    for partner, fen in (("Dealer", 700_00), ("School", 300_00), ("Gone", 50_00)):
        funded.do(actions.commit, fen, funded.campus, partner=partner, on=date(2026, 3, 1))
    with funded.workspace.read() as connection:
        last = books.commitments(connection)[-1].id
    funded.do(actions.release, 50_00, last)
    page = show(funded)
    page.tabs.setCurrentIndex(5)
    table = page.bound.table.shown
    assert [one.partner for one in table.rows] == ["Dealer", "School"]
    page.bound.which.setCurrentIndex(1)
    page.bound._filter()
    assert [one.outstanding for one in table.rows] == [700_00, 300_00, 0]
    page.bound.search.setText("scho")
    page.bound._filter()
    page.bound.table.selectRow(0)

    def spend(dialog: OperationDialog) -> int:
        assert "School" in dialog.commitment.currentText()
        dialog.amount.line.setText("120")
        dialog._post()
        return dialog.result()

    monkeypatch.setattr(OperationDialog, "exec", spend)
    page.bound.spend.click()
    assert heard.said == ["Spend is posted; undoing it posts its reversal."]
    assert [one.outstanding for one in table.rows] == [180_00]
    funded.workspace.undo()
    assert [one.outstanding for one in table.rows] == [300_00]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_list_is_told_before_it_is_posted(
    funded: Bank, show: Show, tmp_path, qtbot, monkeypatch, heard: SimpleNamespace, wanted: bool
) -> None:
    file = tmp_path / "spend.csv"
    file.write_text(
        "Date,Initiative,Amount,Memo\n2026-03-01,E-1,120,Desks\n2026-03-02,Nowhere,5,Chairs\n"
    )
    told = []

    def answer(dialog: PostListDialog) -> bool:
        told.append((dialog.said.text(), [one.row for one in dialog.refused.shown.rows]))
        assert funded.balance("spent", funded.campus) == 0
        return wanted

    monkeypatch.setattr(PostListDialog, "exec", answer)
    page = show(funded)
    monkeypatch.setattr(page, "refresh", lambda: None)  # the window brings it to this thread
    page.posting.try_list(str(file))
    qtbot.waitUntil(lambda: bool(told) and not page.context.runner.jobs)
    assert told == [
        (
            "spend.csv: 1 would be posted, 0 would wait for approval, 1 are refused; "
            "120 yuan in all.",
            [3],
        )
    ]
    assert funded.balance("spent", funded.campus) == (120_00 if wanted else 0)
    said = ["1 posted, 0 waiting for approval, 1 refused."]
    assert heard.said == (said if wanted else [])
