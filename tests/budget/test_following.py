"""What a posting changes is shown without reading everything again, and comes to the same."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ecofolio.budget import actions, approvals, following, picture, plan_actions, round_actions
from ecofolio.budget.following import Follower, Following
from ecofolio.budget.operations import initiative, unit
from ecofolio.budget.queries import Wanted
from ecofolio.initiatives.actions import set_fields
from ecofolio.initiatives.scope import Scope
from ecofolio.store.workspace import Workspace

if TYPE_CHECKING:
    from tests.budget.conftest import Bank

    from ecofolio.budget.picture import Picture
    from ecofolio.store.workspace import Changed

TODAY = date(2026, 11, 21)
SCOPES = {
    "all": (Wanted(TODAY), Scope()),
    "year": (Wanted(TODAY, 2026), Scope()),
    "until": (Wanted(date(2026, 4, 1)), Scope()),
    "branch": (Wanted(TODAY), "poor"),
}


class Watched:
    """A picture that follows whatever is done, held against one that is read anew."""

    def __init__(self, bank: Bank, which: str) -> None:
        wanted, scope = SCOPES[which]
        self.bank, self.wanted = bank, wanted
        self.scope = Scope(unit_id=bank.poor) if isinstance(scope, str) else scope
        self.heard: list[Changed] = []
        bank.workspace.subscribe(self.heard.append)
        self.following = Following(self.read())

    def read(self) -> Picture:
        with self.bank.workspace.read() as connection:
            return picture.read(connection, self.wanted, self.scope, "CNY")

    def holds(self) -> None:
        """The picture followed, and is what reading gives."""
        for changed in self.heard:
            with self.bank.workspace.read() as connection:
                assert self.following.take(connection, changed)
        self.heard.clear()
        assert told(self.following.picture) == told(self.read())


def told(found: Picture) -> Any:
    """All that a picture says, in values that can be compared."""
    nodes, waiting = {}, list(found.nodes)
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        ways = (
            node.course,
            node.outlook,
            node.plan,
            node.forecast,
            node.burn,
            node.ends,
            node.early,
        )
        nodes[node.kind, node.id] = (node.figures, *ways, found.trends[node.kind, node.id])
    return nodes, found.unequal, found.requests, found.rounds, found.years


@pytest.mark.parametrize("which", SCOPES)
def test_a_posting_changes_what_reading_everything_would_show(funded: Bank, which: str) -> None:
    plan = funded.do(plan_actions.draw_plan, "Plan")
    cells = {(funded.campus, "marketing", f"2026-{month:02d}"): 100_00 for month in range(8, 13)}
    funded.do(plan_actions.set_plan, plan, cells)
    funded.workspace.actor = "Wang Fang"
    funded.do(plan_actions.approve_plan, plan)
    watched = Watched(funded, which)
    funded.do(actions.spend, 300_00, initiative_id=funded.campus, on=date(2026, 9, 2))
    watched.holds()
    bound = funded.do(actions.commit, 200_00, funded.campus, on=date(2026, 2, 1)).transaction_id
    funded.do(actions.spend, 50_00, commitment_id=bound, on=date(2026, 10, 1))
    funded.do(actions.transfer, 500_00, unit(funded.rich), unit(funded.poor))
    funded.do(actions.transfer, 400_00, unit(funded.poor), initiative(funded.market))
    funded.do(actions.give_back, 50_00, unit(funded.rich))
    watched.holds()
    funded.workspace.undo()
    funded.workspace.redo()
    watched.holds()
    funded.do(actions.reverse, bound - 1, "paid twice")
    made = funded.do(round_actions.draft_round, "Round", pot_fen=90_01, base_fen=90_01)
    funded.workspace.actor = "Lin Wei"
    funded.do(round_actions.approve_round, made)
    funded.do(round_actions.post_round, made)
    watched.holds()


def test_a_request_is_followed(funded: Bank) -> None:
    funded.do(approvals.set_limit, None, 10_00, None)
    watched = Watched(funded, "all")
    asked = funded.do(actions.spend, 50_00, initiative_id=funded.campus).request_id
    watched.holds()
    funded.workspace.actor = "Wang Fang"
    funded.do(approvals.approve, asked)
    watched.holds()


def test_what_is_not_money_has_everything_read_again(funded: Bank) -> None:
    watched = Watched(funded, "all")
    funded.do(set_fields, [funded.campus], {"stage": "closed"})
    funded.do(actions.grant, 1_00, on=date(2024, 1, 5))
    with funded.workspace.read() as connection:
        for changed in watched.heard:
            assert not watched.following.take(connection, changed)


def test_a_follower_neither_misses_a_change_nor_takes_it_twice(funded: Bank) -> None:
    follower, wanted = Follower(funded.workspace), Wanted(TODAY)
    asked = (wanted, Scope(), "CNY")

    def spend() -> None:
        funded.do(actions.spend, 10_00, initiative_id=funded.campus)

    with funded.workspace.read() as connection:
        assert follower.catch_up(connection, asked) is None
    spend()  # heard, and read as well
    with funded.workspace.read() as connection:
        follower.begin(following.read(connection, wanted, Scope(), "CNY"))
    for spent in (20_00, 30_00):
        spend()
        with funded.workspace.read() as connection:
            found = follower.catch_up(connection, asked)
        assert found is not None and found.total.spent == spent
    spend()
    with funded.workspace.read() as connection:
        assert follower.catch_up(connection, (Wanted(TODAY, 2025), Scope(), "CNY")) is None
        assert follower.catch_up(connection, asked) is None, "what was heard is gone"
        follower.begin(following.read(connection, wanted, Scope(), "CNY"))
    with Workspace.open(funded.workspace.place, actor="Wang Fang") as other:
        other.do(actions.spend, 10_00, initiative_id=funded.campus, on=TODAY)
    funded.workspace.poll()
    with funded.workspace.read() as connection:
        assert follower.catch_up(connection, asked) is None, "others may have done much at once"
    follower.stop()
    spend()
    assert not follower._heard


def test_what_is_typed_into_a_draft_leaves_the_money_as_it_was_read(funded: Bank) -> None:
    version = funded.do(plan_actions.draw_plan, "2026")
    watched = Watched(funded, "all")
    seen, planned = watched.following.picture, watched.following.planned
    campus, market = (funded.campus, "marketing", "2026-03"), (funded.market, "other", "2026-04")
    for step, fen in (
        (lambda: funded.do(plan_actions.set_plan, version, {campus: 100_00, market: 5_00}), 105_00),
        (lambda: funded.do(plan_actions.set_plan, version, {campus: 0}), 5_00),
        (funded.workspace.undo, 105_00),
    ):
        step()
        watched.holds()
        assert planned.versions == {version: fen}
    assert planned.initiatives == {funded.campus, funded.market}
    assert watched.following.picture is seen


def test_the_first_posting_does_not_look_through_the_whole_picture(
    funded: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower, wanted = Follower(funded.workspace), Wanted(TODAY)
    with funded.workspace.read() as connection:
        shown = following.read(connection, wanted, Scope(), "CNY")
    follower.begin(shown)
    monkeypatch.delattr(following, "nodes_of")
    funded.do(actions.spend, 5_00, initiative_id=funded.campus)
    with funded.workspace.read() as connection:
        assert follower.catch_up(connection, shown.asked) is not None
    assert [node.code for node in follower.touched] == ["E-1", "RI", "HO"]
