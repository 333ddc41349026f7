"""Whatever is done with money, by one or by two at once: not a fen is lost."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select
from tests.budget.conftest import Bank, populate
from tests.conftest import ACTOR, NOW, PROGRAMME

from ecofolio.budget import actions, approvals, books, ledger, queries, round_actions
from ecofolio.budget.operations import Holder, Operation, initiative
from ecofolio.budget.round_actions import Ask
from ecofolio.errors import ConflictError, InputError
from ecofolio.store.workspace import Workspace
from ecofolio.vocabulary import Move

DATES = (date(2026, 2, 1), date(2026, 5, 1), date(2026, 11, 21))
DAYS = st.sampled_from(DATES)
KEY = (ledger.ACCOUNT.c.kind, ledger.ACCOUNT.c.unit_id, ledger.ACCOUNT.c.initiative_id)
FEN = st.one_of(st.integers(1, 500), st.integers(1, 10**5), st.just(10**15))
REFUSALS = (InputError, ConflictError)


def check(workspace: Workspace) -> int:
    """Everything that has to hold, from the very postings; how many transactions there are."""
    with workspace.read() as connection:
        assert books.problems(connection) == []
        query = select(ledger.POSTING, *KEY).join(
            ledger.ACCOUNT, ledger.ACCOUNT.c.id == ledger.POSTING.c.account_id
        )
        rows = connection.execute(query).all()
        for day in (None, *DATES):
            held: Counter[tuple[str, int]] = Counter()
            for row in rows:
                if day is None or row.date <= day:
                    held[row.kind, row.unit_id or row.initiative_id or 0] += row.fen
            agree(held, queries.balances(connection, queries.Span(None, day)))
    return len({row.transaction_id for row in rows})


def agree(held: Counter[tuple[str, int]], found: queries.Balances) -> None:
    """The figures of a day are the sums of its postings; none but the grant is below zero."""
    total = found.total
    assert sum(held.values()) == 0
    assert total.granted == -held["grant", 0]
    assert total.granted == total.pool + total.available + total.committed + total.spent
    for (kind, holder), fen in held.items():
        if kind != "grant":
            where = found.pools if kind == "pool" else found.initiatives
            assert getattr(where[holder], kind) == fen >= 0


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
        count = check(self.people[0])
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

# whatever two people do in two processes, each by its own dice
ANYTHING = """
import json, random, sys
from ecofolio.budget import actions, round_actions
from ecofolio.budget.operations import Operation, initiative, unit
from ecofolio.errors import EcofolioError
from ecofolio.store.workspace import Workspace
from ecofolio.vocabulary import Move

place, dice = sys.argv[1], random.Random(sys.argv[3])
holders = [unit(1), unit(2), unit(3), initiative(1), initiative(2), initiative(3)]
kinds = [Move.GRANT, Move.BASE, Move.TRANSFER, Move.GIVE_BACK, Move.COMMIT, Move.SPEND]
done = {"written": 0, "refused": 0}

def anything(workspace):
    choice = dice.randrange(10)
    if choice == 0:
        workspace.undo()
    elif choice == 1:
        workspace.redo()
    elif choice == 2:
        workspace.do(actions.reverse, dice.randint(1, 40), "a mistake")
    elif choice == 3:
        fen = dice.randint(1, 999)
        made = workspace.do(round_actions.draft_round, "R", pot_fen=fen, base_fen=fen)
        workspace.do(round_actions.drop_round, made)
    else:
        source, target = dice.choice(holders), dice.choice([None, *holders])
        operation = Operation(dice.choice(kinds), dice.randint(1, 90_00), source, target)
        workspace.do(actions.submit, operation)

with Workspace.open(place, actor=sys.argv[3]) as workspace:
    sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
    for _ in range(40):
        try:
            anything(workspace)
            done["written"] += 1
        except EcofolioError:
            done["refused"] += 1
print(json.dumps(done))
"""


def at_once(bank: Bank, program: str) -> list[Any]:
    """What two processes say that run a program at the same time."""
    place = bank.workspace.place
    address = str(place.url or place.file)
    commands = [
        [sys.executable, "-c", program, address, str(bank.market), name] for name in ("one", "two")
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
    return [json.loads(process.communicate(timeout=100)[0]) for process in running]


def test_two_processes_never_spend_the_same_money(bank: Bank) -> None:
    bank.do(actions.grant, 150_00)
    bank.do(actions.allocate_base, 150_00, initiative(bank.market))
    assert sum(at_once(bank, SPENDER)) == 150_00
    assert bank.balance("spent", bank.market) == 150_00
    assert bank.balance("available", bank.market) == 0
    assert bank.workspace.verify() == []


def test_two_processes_that_do_anything_lose_no_money(bank: Bank) -> None:
    bank.do(actions.grant, 1_000_00)
    for done in at_once(bank, ANYTHING):
        assert done["written"] > 5 and done["refused"] > 0, done
    check(bank.workspace)
    assert bank.workspace.verify() == []
