"""What is done with money, what is refused, and what undo leaves on record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from ecofolio.budget import actions, books, ledger, queries
from ecofolio.budget.operations import initiative, unit
from ecofolio.errors import ConflictError, InputError
from ecofolio.format import day
from ecofolio.initiatives.actions import delete, set_fields

if TYPE_CHECKING:
    from tests.budget.conftest import Bank

MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 1)


def transactions(bank: Bank) -> int:
    with bank.workspace.read() as connection:
        return connection.scalar(select(func.count()).select_from(ledger.TRANSACTION)) or 0


def test_money_goes_from_the_grant_to_where_it_is_spent(funded: Bank) -> None:
    bound = funded.do(
        actions.commit,
        2_000_00,
        funded.campus,
        partner="Learn Ltd",
        contract="C-7",
        category="system_build",
        on=MARCH,
    )
    funded.do(actions.spend, 500_00, commitment_id=bound.transaction_id, on=APRIL)
    funded.do(actions.spend, 100_00, initiative_id=funded.campus, on=APRIL)
    funded.do(actions.release, 300_00, bound.transaction_id, on=APRIL)
    funded.do(actions.give_back, 200_00, initiative(funded.campus), on=APRIL)
    funded.do(actions.give_back, 50_00, unit(funded.rich), on=APRIL)
    with funded.workspace.read() as connection:
        total = queries.balances(connection).total
        rows = books.commitments(connection)
        assert books.problems(connection) == []
    assert total == (9_950_00, 5_150_00, 4_800_00, 3_000_00, 1_200_00, 600_00)
    assert [(row.partner, row.contract, row.fen, row.outstanding) for row in rows] == [
        ("Learn Ltd", "C-7", 2_000_00, 1_200_00)
    ]
    assert funded.workspace.verify() == []


def test_a_balance_as_of_a_day_counts_what_was_posted_for_it(funded: Bank) -> None:
    funded.do(actions.spend, 1_00, initiative_id=funded.campus, on=APRIL)
    funded.do(actions.spend, 2_00, initiative_id=funded.campus, on=MARCH)
    assert funded.balance("spent", funded.campus, date(2026, 3, 1)) == 0
    assert funded.balance("spent", funded.campus, MARCH) == 2_00
    assert funded.balance("spent", funded.campus) == 3_00


def test_who_lacks_how_much_is_said(funded: Bank) -> None:
    with pytest.raises(InputError, match=r"pool of Rich branch holds 1,000 yuan.* 500 yuan less"):
        funded.do(actions.transfer, 1_500_00, unit(funded.rich), unit(funded.poor))
    assert transactions(funded) == 3


def test_sums_are_said_in_the_currency_of_the_programme(funded: Bank) -> None:
    from ecofolio.store.model import Programme
    from ecofolio.store.work import Work

    def in_hong_kong(work: Work) -> None:
        work.label("Currency")
        work.update(Programme, 1, {"currency": "HKD"})

    funded.do(in_hong_kong)
    with pytest.raises(InputError, match=r"holds 1,000 HKD.* 500 HKD less than 1,500 HKD"):
        funded.do(actions.transfer, 1_500_00, unit(funded.rich), unit(funded.poor))
    funded.do(actions.transfer, 500_50, unit(funded.rich), unit(funded.poor))
    last = funded.workspace.next_undo()
    assert last is not None and last.label == "Transfer of 500.50 HKD, Poor branch"


def test_money_can_not_be_spent_on_a_day_before_it_came(funded: Bank) -> None:
    with pytest.raises(InputError, match=r"Campus holds 0 yuan on 6 Jan 2026"):
        funded.do(actions.spend, 1_00, initiative_id=funded.campus, on=date(2026, 1, 6))


def test_what_is_needed_later_can_not_be_taken_earlier(funded: Bank) -> None:
    funded.do(actions.spend, 4_500_00, initiative_id=funded.campus, on=APRIL)
    with pytest.raises(InputError, match=r"on 1 Apr 2026"):
        funded.do(actions.spend, 600_00, initiative_id=funded.campus, on=MARCH)


@pytest.mark.parametrize("fen", [0, -5, True, 1.5])
def test_only_whole_sums_above_nought_are_posted(funded: Bank, fen: int) -> None:
    with pytest.raises(InputError):
        funded.do(actions.spend, fen, initiative_id=funded.campus)


@pytest.mark.parametrize("fen", [10**17 + 1, 10**30])
def test_sums_that_no_bank_has_are_refused(funded: Bank, fen: int) -> None:
    with pytest.raises(InputError):
        funded.do(actions.grant, fen)


def test_a_day_to_come_is_refused(funded: Bank) -> None:
    with pytest.raises(InputError, match="still to come"):
        funded.do(actions.grant, 1, on=date(2026, 12, 1))


def test_money_does_not_go_round_in_a_ring(funded: Bank) -> None:
    with pytest.raises(InputError, match="stay where it is"):
        funded.do(actions.transfer, 1_00, unit(funded.rich), unit(funded.rich))


def test_more_than_a_commitment_holds_is_neither_spent_nor_released(funded: Bank) -> None:
    one = funded.do(actions.commit, 100_00, funded.campus).transaction_id
    funded.do(actions.commit, 900_00, funded.campus)
    for verb in (
        lambda: funded.do(actions.spend, 101_00, commitment_id=one),
        lambda: funded.do(actions.release, 101_00, one),
    ):
        with pytest.raises(InputError, match=r"100 yuan is left"):
            verb()


def test_a_closed_initiative_gets_and_binds_no_money(funded: Bank) -> None:
    funded.do(set_fields, [funded.campus], {"stage": "closed"})
    with pytest.raises(InputError, match="closed"):
        funded.do(actions.commit, 1_00, funded.campus)
    with pytest.raises(InputError, match="closed"):
        funded.do(actions.transfer, 1_00, unit(funded.rich), initiative(funded.campus))
    funded.do(actions.give_back, 5_000_00, initiative(funded.campus))


def test_what_has_money_on_record_is_not_deleted(funded: Bank) -> None:
    with pytest.raises(InputError, match="close it instead"):
        funded.do(delete, [funded.campus])
    funded.do(delete, [funded.market])


def test_a_reversal_is_once_and_says_why(funded: Bank) -> None:
    spent = funded.do(actions.spend, 70_00, initiative_id=funded.campus, on=MARCH).transaction_id
    with pytest.raises(InputError, match="why"):
        funded.do(actions.reverse, spent, "  ")
    funded.do(actions.reverse, spent, "paid twice", on=APRIL)
    assert funded.balance("spent", funded.campus, MARCH) == 70_00
    assert funded.balance("spent", funded.campus) == 0
    with pytest.raises(InputError, match="reversed already"):
        funded.do(actions.reverse, spent, "again")


def test_money_that_has_moved_on_is_not_reversed(funded: Bank) -> None:
    with pytest.raises(InputError, match="less than 6,000 yuan"):
        funded.do(actions.reverse, 2, "wrong branch")


def test_a_commitment_that_was_spent_against_is_not_reversed(funded: Bank) -> None:
    bound = funded.do(actions.commit, 100_00, funded.campus).transaction_id
    funded.do(actions.commit, 100_00, funded.campus)
    spent = funded.do(actions.spend, 40_00, commitment_id=bound).transaction_id
    with pytest.raises(InputError, match="reverse that first"):
        funded.do(actions.reverse, bound, "wrong")
    funded.do(actions.reverse, spent, "wrong")
    funded.do(actions.reverse, bound, "wrong")
    with funded.workspace.read() as connection:
        assert [row.outstanding for row in books.commitments(connection)] == [0, 100_00]


def test_undo_is_a_reversal_on_record_and_redo_posts_again(funded: Bank) -> None:
    funded.do(actions.spend, 70_00, initiative_id=funded.campus, category="equipment", on=MARCH)
    assert transactions(funded) == 4
    for count in range(1, 4):
        funded.workspace.undo()
        assert transactions(funded) == 3 + 2 * count
        assert funded.balance("spent", funded.campus, MARCH) == 0
        funded.workspace.redo()
        assert transactions(funded) == 4 + 2 * count
        assert funded.balance("spent", funded.campus, MARCH) == 70_00
    assert funded.workspace.verify() == []


def test_a_reversal_by_undo_says_what_was_undone_by_whom_and_when(funded: Bank) -> None:
    funded.do(actions.spend, 5_00, initiative_id=funded.campus)
    funded.workspace.undo()
    funded.workspace.redo()
    query = select(ledger.TRANSACTION).order_by(ledger.TRANSACTION.c.id.desc()).limit(2)
    with funded.workspace.read() as connection:
        redone, undone = connection.execute(query).all()
    who, when = funded.workspace.actor, day(funded.workspace.clock().astimezone().date())
    label = "Spend of 5 yuan, Campus"
    assert undone.memo == f"Undo of “{label}”, by {who} on {when}"
    assert redone.memo == f"Redo of “{label}”, by {who} on {when}"


def test_a_reversal_can_be_undone(funded: Bank) -> None:
    spent = funded.do(actions.spend, 70_00, initiative_id=funded.campus).transaction_id
    funded.do(actions.reverse, spent, "paid twice")
    funded.workspace.undo()
    assert funded.balance("spent", funded.campus) == 70_00


def test_undo_is_refused_where_the_money_has_moved_on(funded: Bank) -> None:
    with pytest.raises(ConflictError, match="yuan less than 10,000 yuan"):
        funded.workspace.undo(next_grant(funded))


def next_grant(bank: Bank) -> int:
    from ecofolio.store import journal

    with bank.workspace.read() as connection:
        entries = journal.entries(connection)
    return next(entry.id for entry in entries if "Grant" in entry.label)


def test_what_somebody_reversed_is_not_undone_again(funded: Bank) -> None:
    spent = funded.do(actions.spend, 70_00, initiative_id=funded.campus).transaction_id
    with funded.workspace.read() as connection:
        from ecofolio.store import journal

        change = journal.entries(connection)[0].id
    funded.do(actions.reverse, spent, "paid twice")
    with pytest.raises(ConflictError, match="reversed already"):
        funded.workspace.undo(change)


def test_a_change_of_many_is_undone_whole(funded: Bank) -> None:
    from ecofolio.budget.operations import Operation
    from ecofolio.vocabulary import Move

    many = [
        Operation(Move.TRANSFER, 900_00, unit(funded.rich), initiative(funded.market)),
        Operation(Move.SPEND, 800_00, initiative(funded.market)),
    ]
    funded.do(actions.submit_many, many, "list.xlsx")
    assert funded.balance("spent", funded.market) == 800_00
    funded.workspace.undo()
    assert funded.balance("spent", funded.market) == 0
    assert funded.balance("pool", funded.rich) == 1_000_00


def test_many_are_posted_whole_or_not_at_all(funded: Bank) -> None:
    from ecofolio.budget.operations import Operation
    from ecofolio.vocabulary import Move

    before = transactions(funded)
    many = [
        Operation(Move.SPEND, 800_00, initiative(funded.campus)),
        Operation(Move.SPEND, 9_800_00, initiative(funded.campus)),
    ]
    with pytest.raises(InputError):
        funded.do(actions.submit_many, many, "list.xlsx")
    assert transactions(funded) == before


def test_the_postings_behind_a_figure_run_to_its_balance(funded: Bank) -> None:
    funded.do(actions.spend, 70_00, initiative_id=funded.campus, number="V-1", on=MARCH)
    from ecofolio.vocabulary import AccountKind

    key = ledger.AccountKey(AccountKind.AVAILABLE, funded.campus)
    with funded.workspace.read() as connection:
        rows = books.postings(connection, [key])
    assert [(row.fen, row.balance, row.number) for row in rows] == [
        (5_000_00, 5_000_00, None),
        (-70_00, 4_930_00, "V-1"),
    ]
    assert rows[0].account == key


def test_the_fiscal_year_begins_where_the_programme_says(bank: Bank) -> None:
    from ecofolio.store.model import Programme
    from ecofolio.store.work import Work

    def start_in_april(work: Work) -> None:
        work.label("Fiscal year")
        work.update(Programme, 1, {"fiscal_start_month": 4})

    bank.do(start_in_april)
    bank.do(actions.grant, 1_00, on=date(2026, 3, 31))
    bank.do(actions.grant, 1_00, on=date(2026, 4, 1))
    with bank.workspace.read() as connection:
        found = [(row.fiscal_year, row.period) for row in books.postings(connection)]
    assert found == [(2025, "2026-03")] * 2 + [(2026, "2026-04")] * 2
