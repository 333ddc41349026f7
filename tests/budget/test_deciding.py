"""Approval limits, requests, plan versions and funding rounds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ecofolio.budget import actions, approvals, books, plan_actions, queries, round_actions, rounds
from ecofolio.budget.operations import initiative, unit
from ecofolio.budget.round_actions import Ask
from ecofolio.errors import InputError

if TYPE_CHECKING:
    from tests.budget.conftest import Bank


def acting(bank: Bank, name: str) -> Bank:
    bank.workspace.actor = name
    return bank


# --- approvals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "level"),
    [(100_00, None), (100_01, "leader"), (1_000_00, "leader"), (1_000_01, "head_office")],
)
@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_a_limit_is_what_may_still_be_posted(funded: Bank, fen: int, level: str | None) -> None:
    funded.do(approvals.set_limit, None, 100_00, 1_000_00)
    done = funded.do(actions.spend, fen, initiative_id=funded.campus)
    with funded.workspace.read() as connection:
        levels = [row.level for row in approvals.requests(connection)]
    assert levels == ([] if level is None else [level])
    assert (done.transaction_id is None) == bool(level)


def test_what_is_above_the_limit_waits_for_somebody_else(funded: Bank) -> None:
    funded.do(approvals.set_limit, None, 100_00, 1_000_00)
    asked = funded.do(actions.spend, 150_00, initiative_id=funded.campus, memo="Desks")
    assert asked.transaction_id is None
    assert funded.balance("spent", funded.campus) == 0
    with pytest.raises(InputError, match="Somebody else than Lin Wei"):
        funded.do(approvals.approve, asked.request_id)
    posted = acting(funded, "Wang Fang").do(approvals.approve, asked.request_id)
    assert funded.balance("spent", funded.campus) == 150_00
    with funded.workspace.read() as connection:
        (row,) = approvals.requests(connection)
    assert (row.state, row.transaction_id, row.decided_by) == ("approved", posted, "Wang Fang")
    with pytest.raises(InputError, match="Wang Fang has decided"):
        funded.do(approvals.approve, asked.request_id)


def test_a_return_has_a_reason(funded: Bank) -> None:
    funded.do(approvals.set_limit, None, 100_00, 1_000_00)
    asked = funded.do(actions.spend, 150_00, initiative_id=funded.campus).request_id
    acting(funded, "Wang Fang")
    with pytest.raises(InputError, match="why"):
        funded.do(approvals.send_back, asked, " ")
    funded.do(approvals.send_back, asked, "No offer attached")
    with funded.workspace.read() as connection:
        (row,) = approvals.requests(connection)
    assert (row.state, row.reason, row.level) == ("returned", "No offer attached", "leader")


def test_undo_of_an_approval_takes_the_money_back_and_the_request_waits_again(
    funded: Bank,
) -> None:
    funded.do(approvals.set_limit, None, 100_00, None)
    asked = funded.do(actions.spend, 150_00, initiative_id=funded.campus).request_id
    acting(funded, "Wang Fang").do(approvals.approve, asked)
    funded.workspace.undo()
    assert funded.balance("spent", funded.campus) == 0
    with funded.workspace.read() as connection:
        (row,) = approvals.requests(connection, waiting_only=True)
        assert len(books.postings(connection)) == 10
    assert row.transaction_id is None


def test_an_approval_for_which_the_money_is_gone_is_refused(funded: Bank) -> None:
    funded.do(approvals.set_limit, None, 3_000_00, None)
    asked = funded.do(actions.spend, 4_000_00, initiative_id=funded.campus).request_id
    funded.do(actions.spend, 2_000_00, initiative_id=funded.campus)
    acting(funded, "Wang Fang")
    with pytest.raises(InputError, match="holds 3,000 yuan"):
        funded.do(approvals.approve, asked)


def test_the_nearest_units_limit_holds_and_the_head_office_has_its_own(funded: Bank) -> None:
    funded.do(approvals.set_limit, None, 1_00, 2_00)
    funded.do(approvals.set_limit, funded.rich, 500_00, 900_00)
    assert funded.do(actions.spend, 400_00, initiative_id=funded.campus).transaction_id
    levels = []
    for fen in (600_00, 1_000_00):
        funded.do(actions.spend, fen, initiative_id=funded.campus)
    with funded.workspace.read() as connection:
        levels = [row.level for row in approvals.requests(connection)]
    assert sorted(levels) == ["head_office", "leader"]


def test_who_sits_elsewhere_has_no_say(funded: Bank) -> None:
    from ecofolio.organisation.model import Person
    from ecofolio.store.work import Work

    def staff(work: Work) -> None:
        work.label("People")
        work.insert(
            Person,
            [
                {"code": "P1", "name": "Zhao", "unit_id": funded.poor},
                {"code": "P2", "name": "Qian", "unit_id": funded.rich},
                {"code": "P3", "name": "Sun", "unit_id": funded.head_office},
            ],
        )

    funded.do(staff)
    funded.do(approvals.set_limit, None, 10_00, 100_00)
    small = funded.do(actions.spend, 50_00, initiative_id=funded.campus).request_id
    large = funded.do(actions.spend, 500_00, initiative_id=funded.campus).request_id
    with pytest.raises(InputError, match="no say"):
        acting(funded, "Zhao").do(approvals.approve, small)
    acting(funded, "Qian").do(approvals.approve, small)
    with pytest.raises(InputError, match="head office"):
        funded.do(approvals.approve, large)
    acting(funded, "Sun").do(approvals.approve, large)


def test_nobody_approves_their_own_under_another_of_their_names(funded: Bank) -> None:
    from ecofolio.organisation.model import Person
    from ecofolio.store.work import Work

    def staff(work: Work) -> None:
        work.label("People")
        head = {"unit_id": funded.head_office}
        work.insert(
            Person,
            [
                {"code": "P7", "name": "Lin Wei", "email": "lin@bank.example", **head},
                {"code": "P8", "name": "Wang Fang", **head},
            ],
        )

    funded.do(staff)
    funded.do(approvals.set_limit, None, 10_00, None)
    asked = funded.do(actions.spend, 50_00, initiative_id=funded.campus).request_id
    made = funded.do(round_actions.draft_round, "Round", pot_fen=100, base_fen=100)
    plan = funded.do(plan_actions.draw_plan, "Plan 2026")
    own = (
        (approvals.approve, asked),
        (round_actions.approve_round, made),
        (plan_actions.approve_plan, plan),
    )
    for name in ("p7", " LIN@bank.example", "lin wei"):
        acting(funded, name)
        for verb, what in own:
            with pytest.raises(InputError, match="Somebody else"):
                funded.do(verb, what)
    acting(funded, "P8")
    for verb, what in own:
        funded.do(verb, what)


# --- the plan --------------------------------------------------------------------------------


def test_a_plan_is_approved_by_another_and_revised_by_a_copy(funded: Bank) -> None:
    first = funded.do(plan_actions.draw_plan, "Plan 2026")
    cells = {(funded.campus, "marketing", f"2026-{month:02d}"): 100_00 for month in range(1, 13)}
    assert funded.do(plan_actions.set_plan, first, cells) == 12
    with pytest.raises(InputError, match="Somebody else"):
        funded.do(plan_actions.approve_plan, first)
    acting(funded, "Wang Fang").do(plan_actions.approve_plan, first)
    with pytest.raises(InputError, match="revise it"):
        funded.do(plan_actions.set_plan, first, {(funded.campus, "marketing", "2026-01"): 1})
    second = funded.do(plan_actions.draw_plan, "Plan 2026, revised", "", first)
    funded.do(plan_actions.set_plan, second, {(funded.campus, "marketing", "2026-12"): 0})
    acting(funded, "Lin Wei").do(plan_actions.approve_plan, second)
    with funded.workspace.read() as connection:
        assert queries.plan_in_force(connection) == second
        new = queries.planned_by_month(connection, second)[funded.campus]
        old = queries.planned_by_month(connection, first)[funded.campus]
    assert (sum(old.values()), sum(new.values())) == (1_200_00, 1_100_00)


@pytest.mark.parametrize("cell", [("marketing", "2026-13"), ("nonsense", "2026-01")])
def test_a_plan_has_known_categories_and_months(funded: Bank, cell: tuple[str, str]) -> None:
    made = funded.do(plan_actions.draw_plan, "Plan")
    with pytest.raises(InputError):
        funded.do(plan_actions.set_plan, made, {(funded.campus, *cell): 1})


def test_the_tree_adds_up_to_the_head_office(funded: Bank) -> None:
    from ecofolio.initiatives.queries import names

    made = funded.do(plan_actions.draw_plan, "Plan 2026")
    cells = {(funded.campus, "marketing", f"2026-{month:02d}"): 100_00 for month in range(8, 13)}
    funded.do(plan_actions.set_plan, made, cells)
    acting(funded, "Wang Fang").do(plan_actions.approve_plan, made)
    for month in (8, 9, 10):
        funded.do(actions.spend, 300_00, initiative_id=funded.campus, on=date(2026, month, 9))
    with funded.workspace.read() as connection:
        wanted = queries.Wanted(as_of=date(2026, 11, 21))
        (top,) = queries.tree(connection, wanted, names(connection))
        year = queries.Wanted(as_of=date(2026, 11, 21), year=2025)
        (before,) = queries.tree(connection, year, names(connection))
    assert top.figures == (10_000_00, 5_000_00, 5_000_00, 4_100_00, 0, 900_00)
    assert before.figures == queries.NOTHING
    campus = next(one for unit in top.children for one in unit.children if one.code == "E-1")
    # 300 a month instead of 100: 900 until October, then November and December
    assert (campus.burn, campus.forecast, campus.plan) == (300_00, 1_500_00, 500_00)
    assert campus.outlook is not None
    assert campus.outlook.why == "off_plan"
    assert (top.forecast, top.plan, top.variance) == (1_500_00, 500_00, -1_000_00)
    found = queries.inequality([top], [funded.rich, funded.poor])
    assert [(row.code, row.per_initiative) for row in found.units] == [("PO", 0), ("RI", 6_000_00)]
    assert (found.median, found.gini) == (3_000_00, 0.5)


# --- funding rounds --------------------------------------------------------------------------


def draft(bank: Bank, **changes: Any) -> int:
    terms = {
        "pot_fen": 3_000_00,
        "base_fen": 1_000_00,
        "floor_fen": 100_00,
        "asks": [
            Ask(bank.campus, 1_500_00, 92_000, None, 2_000),
            Ask(bank.market, 300_00, 80_000, None, 1_000),
            Ask(bank.clinic, 900_00, 70_000, None, 5_000),
        ],
        **changes,
    }
    made: int = bank.do(round_actions.draft_round, "Autumn round", **terms)
    return made


def test_a_round_is_explained_approved_by_another_and_posted_as_one(funded: Bank) -> None:
    made = draft(funded)
    with funded.workspace.read() as connection:
        found = rounds.working(connection, made)
    given = {row.code: row.given_fen for row in found.parties}
    # all asks of A and B are met; the 200 that are left go to the base part, by need
    assert given == {"PO": 1_100_00, "RI": 100_00, "E-1": 1_500_00, "E-2": 300_00, "E-3": 0}
    why = {row.code: row.why for row in found.parties}
    assert "median is 3,000 yuan" in why["PO"]
    assert "only A and B" in why["E-3"]
    assert "gets its ask" in why["E-1"]
    assert found.remarks == [
        "All asks are met; what is left of the supplements goes to the base part."
    ]
    with pytest.raises(InputError, match="waits for approval"):
        funded.do(round_actions.post_round, made)
    with pytest.raises(InputError, match="Somebody else"):
        funded.do(round_actions.approve_round, made)
    acting(funded, "Wang Fang").do(round_actions.approve_round, made)
    with pytest.raises(InputError, match="copy it"):
        funded.do(round_actions.change_round, made, {"pot_fen": 5})
    transaction = funded.do(round_actions.post_round, made)
    assert funded.balance("pool", funded.poor) == 1_100_00
    assert funded.balance("available", funded.market) == 300_00
    assert funded.balance("pool", funded.head_office) == 1_000_00
    with pytest.raises(InputError, match="posted already"):
        funded.do(round_actions.post_round, made)
    funded.do(round_actions.reverse_round, made, "counted twice")
    assert funded.balance("available", funded.market) == 0
    with funded.workspace.read() as connection:
        (row,) = rounds.rounds(connection)
    assert (row.state, row.transaction_id) == ("reversed", transaction)


def test_rounds_are_compared_side_by_side(funded: Bank) -> None:
    first = draft(funded)
    second = funded.do(round_actions.copy_round, first, "All to the base")
    funded.do(round_actions.change_round, second, {"base_fen": 3_000_00}, asks=[])
    with funded.workspace.read() as connection:
        _workings, rows = rounds.compare(connection, [first, second])
    assert [(row.code, row.given, row.difference) for row in rows] == [
        ("PO", (1_100_00, 2_900_00), 1_800_00),
        ("RI", (100_00, 100_00), 0),
        ("E-3", (0, None), 0),
        ("E-2", (300_00, None), -300_00),
        ("E-1", (1_500_00, None), -1_500_00),
    ]
    assert rows[-1].why[1] == "It takes no part."


def test_a_round_that_can_not_be_is_drafted_but_not_approved(funded: Bank) -> None:
    low = draft(funded, floor_fen=2_000_00)
    empty = draft(funded, asks=[])
    poor = draft(funded, pot_fen=9_000_00, base_fen=9_000_00)
    acting(funded, "Wang Fang")
    for made, reason in ((low, "floors"), (empty, "A or B"), (poor, "holds 4,000 yuan")):
        with pytest.raises(InputError, match=reason):
            funded.do(round_actions.approve_round, made)


def test_undo_of_a_posted_round_leaves_it_approved(funded: Bank) -> None:
    made = draft(funded)
    acting(funded, "Wang Fang").do(round_actions.approve_round, made)
    funded.do(round_actions.post_round, made)
    funded.workspace.undo()
    with funded.workspace.read() as connection:
        assert rounds.working(connection, made).round.state == "approved"
    funded.workspace.redo()
    assert funded.balance("available", funded.market) == 300_00
    assert funded.workspace.verify() == []


def test_money_moved_meanwhile_changes_a_draft_when_it_is_approved(funded: Bank) -> None:
    made = draft(funded, base_fen=3_000_00, asks=[])
    funded.do(actions.transfer, 1_000_00, unit(funded.rich), unit(funded.poor))
    funded.do(actions.transfer, 2_000_00, initiative(funded.campus), unit(funded.poor))
    acting(funded, "Wang Fang").do(round_actions.approve_round, made)
    with funded.workspace.read() as connection:
        found = rounds.working(connection, made)
    assert {row.code: row.funds_fen for row in found.parties} == {"PO": 3_000_00, "RI": 3_000_00}


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_what_was_closed_since_gets_nothing_from_a_round(funded: Bank) -> None:
    from ecofolio.initiatives.actions import set_fields

    terms = {"pot_fen": 100_00, "base_fen": 0, "asks": [Ask(funded.campus, 90_00, 95_000, None, 1)]}
    terms["asks"].append(Ask(funded.market, 90_00, 95_000, None, 1))
    made = funded.do(round_actions.draft_round, "Round", **terms)
    acting(funded, "Wang Fang").do(round_actions.approve_round, made)
    funded.do(set_fields, [funded.campus], {"stage": "closed"})
    with pytest.raises(InputError, match="closed"):
        funded.do(round_actions.post_round, made)
