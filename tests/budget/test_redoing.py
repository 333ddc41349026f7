"""An approval that was undone is brought back by nobody who could not have given it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.budget.test_deciding import acting, draft

from ecofolio.budget import actions, approvals, plan_actions, plans, round_actions, rounds
from ecofolio.errors import InputError

if TYPE_CHECKING:
    from tests.budget.conftest import Bank


def a_request(bank: Bank) -> int:
    bank.do(approvals.set_limit, None, 100_00, None)
    asked = bank.do(actions.spend, 150_00, initiative_id=bank.campus).request_id
    acting(bank, "Wang Fang").do(approvals.approve, asked)
    return int(asked)


def a_plan(bank: Bank) -> int:
    plan = bank.do(plan_actions.draw_plan, "Plan")
    acting(bank, "Wang Fang").do(plan_actions.approve_plan, plan)
    return int(plan)


def a_round(bank: Bank) -> int:
    made = draft(bank)
    acting(bank, "Wang Fang").do(round_actions.approve_round, made)
    return made


def state(bank: Bank) -> str:
    """Of the only request, plan or round."""
    with bank.workspace.read() as connection:
        found = [one.state for one in approvals.requests(connection)]
        found += [one.state for one in plans.versions(connection)]
        found += [one.state for one in rounds.rounds(connection)]
    (only,) = found
    return only


@pytest.mark.parametrize("approved", [a_request, a_plan, a_round])
def test_one_does_not_redo_the_approval_of_what_is_ones_own(
    funded: Bank, approved: Callable[[Bank], int]
) -> None:
    approved(funded)
    assert state(funded) == "approved"
    funded.workspace.undo()
    waiting = state(funded)
    # on a server one redoes one's own changes only, and this one is Wang Fang's
    said = "nothing to redo" if funded.workspace.place.is_server else "Somebody else than Lin Wei"
    with pytest.raises(InputError, match=said):
        acting(funded, "Lin Wei").workspace.redo()
    assert state(funded) == waiting
    acting(funded, "Wang Fang").workspace.redo()
    assert state(funded) == "approved"
    assert funded.workspace.verify() == []


@pytest.mark.parametrize("approved", [a_request, a_plan, a_round])
@pytest.mark.parametrize("place_kind", ["postgresql"])
def test_on_a_server_a_second_name_of_ones_own_redoes_no_approval(
    funded: Bank, approved: Callable[[Bank], int]
) -> None:
    approved(funded)
    funded.workspace.undo()
    waiting = state(funded)
    know_as_one(acting(funded, "Zhang Wei"), "Lin Wei", "Wang Fang")
    with pytest.raises(InputError, match="Somebody else than Wang Fang"):
        acting(funded, "Wang Fang").workspace.redo()
    assert state(funded) == waiting


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_who_has_no_say_in_a_request_does_not_redo_its_approval(funded: Bank) -> None:
    know_as_one(funded, "Zhao Lei", "ZL", unit_id=funded.poor)
    a_request(funded)
    funded.workspace.undo()
    with pytest.raises(InputError, match="Poor branch, which has no say"):
        acting(funded, "Zhao Lei").workspace.redo()
    assert state(funded) == "waiting"


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_a_plan_of_ones_own_that_was_in_force_is_so_again_by_undo(funded: Bank) -> None:
    first = a_plan(funded)
    second = funded.do(plan_actions.draw_plan, "Next")
    acting(funded, "Lin Wei").do(plan_actions.approve_plan, second)
    funded.workspace.undo()
    with funded.workspace.read() as connection:
        states = {one.id: one.state for one in plans.versions(connection)}
    assert states == {first: "approved", second: "draft"}


def know_as_one(bank: Bank, name: str, code: str, unit_id: int | None = None) -> None:
    """Somebody of this name and code."""
    from ecofolio.organisation.model import Person
    from ecofolio.store.work import Work

    def staff(work: Work) -> None:
        work.label("People")
        work.insert(Person, [{"name": name, "code": code, "unit_id": unit_id}])

    bank.do(staff)
