"""Whatever is done with money, by one or by two at once: not a fen is lost."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.budget.conftest import Bank, populate
from tests.conftest import ACTOR, NOW, PROGRAMME

from ecofolio.budget import actions, approvals, books, ledger, queries, round_actions
from ecofolio.budget.operations import Holder, Operation, initiative
from ecofolio.budget.round_actions import Ask
from ecofolio.errors import ConflictError, InputError
from ecofolio.store.workspace import Workspace
from ecofolio.vocabulary import Move

DAYS = st.sampled_from([date(2026, 2, 1), date(2026, 5, 1), date(2026, 11, 21)])
FEN = st.one_of(st.integers(1, 500), st.integers(1, 10**5), st.just(10**15))
REFUSALS = (InputError, ConflictError)


class Money(RuleBasedStateMachine):
    """Any operations in any order, with two people at one programme."""

    make: Callable[[], Workspace]

    @initialize()
    def found(self) -> None:
        first = type(self).make()
        self.bank = populate(first)
        second = Workspace.open(first.place, actor="Wang Fang", clock=lambda: NOW)
        self.people = [first, second]
        self.transactions = 0
        bank = self.bank
        first.do(actions.grant, 10**6, on=date(2026, 1, 1))
        for place in (bank.campus, bank.market, bank.clinic):
            first.do(actions.allocate_base, 10**5, initiative(place), on=date(2026, 1, 1))
        self.commitments: list[int] = []

    def holder(self, place: int) -> Holder:
        bank = self.bank
        units = (bank.head_office, bank.rich, bank.poor)
        if place < 3:
            return Holder("unit", units[place])
        return Holder("initiative", (bank.campus, bank.market, bank.clinic)[place - 3])

    def attempt(self, who: int, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(*REFUSALS):
            return self.people[who].do(verb, *args, **kwargs)
        return None

    @rule(who=st.integers(0, 1), fen=FEN, place=st.integers(0, 2), on=DAYS)
    def grant(self, who: int, fen: int, place: int, on: date) -> None:
        self.attempt(who, actions.grant, fen, self.holder(place).id, on=on)

    @rule(
        who=st.integers(0, 1),
        kind=st.sampled_from([Move.BASE, Move.SUPPLEMENT, Move.TRANSFER, Move.GIVE_BACK]),
        fen=FEN,
        source=st.integers(0, 5),
        goal=st.none() | st.integers(0, 5),
        on=DAYS,
    )
    def move(self, who: int, kind: Move, fen: int, source: int, goal: int | None, on: date) -> None:
        target = None if goal is None else self.holder(goal)
        self.attempt(who, actions.submit, Operation(kind, fen, self.holder(source), target, on))

    @rule(who=st.integers(0, 1), fen=FEN, place=st.integers(3, 5), on=DAYS)
    def commit(self, who: int, fen: int, place: int, on: date) -> None:
        done = self.attempt(who, actions.commit, fen, self.holder(place).id, on=on)
        if done is not None and done.transaction_id:
            self.commitments.append(done.transaction_id)

    @rule(
        who=st.integers(0, 1),
        fen=FEN,
        place=st.integers(3, 5),
        against=st.none() | st.integers(0, 9),
        release=st.booleans(),
        on=DAYS,
    )
    def spend(
        self, who: int, fen: int, place: int, against: int | None, release: bool, on: date
    ) -> None:
        bound = self.commitments[(against or 0) % len(self.commitments)] if self.commitments else 1
        if release:
            self.attempt(who, actions.release, fen, bound, on=on)
        elif against is not None:
            self.attempt(who, actions.spend, fen, commitment_id=bound, on=on)
        else:
            self.attempt(who, actions.spend, fen, initiative_id=self.holder(place).id, on=on)

    @rule(who=st.integers(0, 1), number=st.integers(1, 40), on=st.none() | DAYS)
    def reverse(self, who: int, number: int, on: date | None) -> None:
        self.attempt(who, actions.reverse, number, "a mistake", on)

    @rule(fen=st.integers(10**4, 10**6))
    def limit(self, fen: int) -> None:
        self.attempt(0, approvals.set_limit, None, fen, 2 * fen)

    @rule(who=st.integers(0, 1), number=st.integers(1, 3), agrees=st.booleans())
    def decide(self, who: int, number: int, agrees: bool) -> None:
        if agrees:
            self.attempt(who, approvals.approve, number)
        else:
            self.attempt(who, approvals.send_back, number, "not now")

    @rule(pot=st.integers(1, 10**5), share=st.integers(0, 100), floor=st.integers(0, 100), ask=FEN)
    def fund(self, pot: int, share: int, floor: int, ask: int) -> None:
        asks = [
            Ask(self.bank.campus, ask, 95_000, None, 2_500),
            Ask(self.bank.market, ask, 80_000, None, 900),
        ]
        base = pot * share // 100
        terms = {"pot_fen": pot, "base_fen": base, "floor_fen": min(floor, pot), "asks": asks}
        made = self.attempt(0, round_actions.draft_round, "Round", **terms)
        if made is not None:
            self.attempt(1, round_actions.approve_round, made)
            self.attempt(0, round_actions.post_round, made)

    @rule(who=st.integers(0, 1), redo=st.booleans())
    def go_back(self, who: int, redo: bool) -> None:
        with contextlib.suppress(*REFUSALS):
            if redo:
                self.people[who].redo()
            else:
                self.people[who].undo()

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "people"):
            return
        with self.people[0].read() as connection:
            assert books.problems(connection) == []
            found = queries.balances(connection)
            total = found.total
            rows = connection.execute(ledger.POSTING.select()).all()
            count = len({row.transaction_id for row in rows})
        assert sum(row.fen for row in rows) == 0
        assert total.granted == total.pool + total.available + total.committed + total.spent
        for figures in (*found.pools.values(), *found.initiatives.values()):
            assert min(figures[1:]) >= 0
        assert count >= self.transactions, "a transaction was taken off the record"
        self.transactions = count

    def teardown(self) -> None:
        if hasattr(self, "people"):
            assert self.people[0].verify() == []
            for person in self.people:
                person.close()


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_no_sequence_of_operations_loses_money(
    place_kind: str, long_trials: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def make() -> Workspace:
        path = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp())) / "bank.ecofolio"
        return Workspace.create(path, name=PROGRAMME, actor=ACTOR, clock=lambda: NOW)

    run(make, 200 if long_trials else 12)


@pytest.mark.parametrize("place_kind", ["postgresql"])
def test_no_sequence_of_operations_loses_money_on_a_server(
    place_kind: str,
    long_trials: bool,
    new_database: Callable[..., str],
    empty_programme: str,
) -> None:
    def make() -> Workspace:
        return Workspace.open(new_database(empty_programme), actor=ACTOR, clock=lambda: NOW)

    run(make, 40 if long_trials else 3)


def run(make: Callable[[], Workspace], examples: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("Machine", (Money,), {"make": staticmethod(make)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=30)
    )


SPENDER = """
import json, sys
from ecofolio.budget import actions
from ecofolio.errors import EcofolioError
from ecofolio.store.workspace import Workspace

place, initiative = sys.argv[1], int(sys.argv[2])
spent = 0
with Workspace.open(place, actor=sys.argv[3]) as workspace:
    sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
    for _ in range(12):
        try:
            workspace.do(actions.spend, 10_00, initiative_id=initiative)
            spent += 10_00
        except EcofolioError as error:
            pass
print(json.dumps(spent))
"""


def test_two_processes_never_spend_the_same_money(bank: Bank) -> None:
    bank.do(actions.grant, 150_00)
    bank.do(actions.allocate_base, 150_00, initiative(bank.market))
    place = bank.workspace.place
    address = str(place.url or place.file)
    commands = [
        [sys.executable, "-c", SPENDER, address, str(bank.market), name] for name in ("one", "two")
    ]
    running = [
        subprocess.Popen(one, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for one in commands
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    spent = [json.loads(process.communicate(timeout=100)[0]) for process in running]
    assert sum(spent) == 150_00
    assert bank.balance("spent", bank.market) == 150_00
    assert bank.balance("available", bank.market) == 0
    assert bank.workspace.verify() == []
