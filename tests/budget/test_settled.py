"""What was approved stays as it was: undo and redo of what came before do not change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecofolio.budget import plan_actions, plans, round_actions, rounds
from ecofolio.budget.round_actions import Ask
from ecofolio.errors import EcofolioError
from ecofolio.store import journal

if TYPE_CHECKING:
    from tests.budget.conftest import Bank


def newest(bank: Bank) -> int:
    """The identity of the newest change."""
    with bank.workspace.read() as connection:
        return next(iter(journal.entries(connection))).id


def test_an_approved_plan_is_not_changed_by_undoing_what_was_typed(funded: Bank) -> None:
    workspace, own = funded.workspace, funded.workspace.actor
    version = funded.do(plan_actions.draw_plan, "2026")
    cell = (funded.campus, "marketing", "2026-03")
    funded.do(plan_actions.set_plan, version, {cell: 100_00})
    first = newest(funded)
    funded.do(plan_actions.set_plan, version, {cell: 70_00, (*cell[:2], "2026-04"): 30_00})
    second = newest(funded)
    workspace.undo(second)
    workspace.actor = "Wang Fang"
    funded.do(plan_actions.approve_plan, version)
    approval = newest(funded)
    workspace.actor = own
    with pytest.raises(EcofolioError, match="was approved and stays as it is"):
        workspace.undo(first)
    with workspace.read() as connection:
        assert plans.versions(connection)[0].fen == 100_00
    workspace.undo(approval)
    workspace.undo(first)
    with workspace.read() as connection:
        assert [(one.state, one.fen) for one in plans.versions(connection)] == [("draft", 0)]


def test_a_round_that_was_agreed_to_is_not_changed_by_undoing_an_edit(funded: Bank) -> None:
    workspace, own = funded.workspace, funded.workspace.actor
    terms = {"pot_fen": 3_000_00, "base_fen": 1_000_00}
    asks = [Ask(funded.campus, 1_500_00, 92_000, None, 2_000)]
    made = funded.do(round_actions.draft_round, "Autumn round", **terms, asks=asks)
    funded.do(round_actions.change_round, made, {"floor_fen": 100_00})
    edit = newest(funded)
    workspace.actor = "Wang Fang"
    funded.do(round_actions.approve_round, made)
    approval = newest(funded)
    workspace.actor = own
    with pytest.raises(EcofolioError, match="was approved and stays as it is"):
        workspace.undo(edit)
    workspace.undo(approval)
    workspace.undo(edit)
    with workspace.read() as connection:
        (row,) = rounds.rounds(connection)
    assert (row.state, row.floor_fen) == ("draft", 0)
