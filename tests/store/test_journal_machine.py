"""Any sequence of actions, then undo of all, gives what was there at the start."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from tests.conftest import LONG

from ecofolio.errors import ConflictError, InputError
from ecofolio.initiatives.model import CustomField, CustomValue, Initiative, Milestone, Note
from ecofolio.organisation.model import Unit
from ecofolio.store.base import Record, table_of
from ecofolio.store.verification import digest
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
DATE = st.none() | st.dates()
PICK = st.integers(0, 1000)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXT,
        "description": st.none() | TEXT,
        "stage": st.sampled_from(["proposal", "pilot", "closed"]),
        "lead_segment": st.sampled_from([None, "G", "B", "C"]),
        "start_date": DATE,
        "budget_fen": st.none() | st.integers(-(2**62), 2**62),
        "code": st.sampled_from("ABCDEF"),
    },
)


class Journal(RuleBasedStateMachine):
    """Records of six tables are made, changed and deleted, alone and together."""

    new_place: Callable[[], str]

    @initialize()
    def make(self) -> None:
        self.place = self.new_place()
        self.workspace = Workspace.create(self.place)
        self.start = self.digest()
        self.serial = 0

    def digest(self) -> str:
        with self.workspace.read() as connection:
            return digest(connection)

    def ids(self, record: type[Record]) -> list[int]:
        with self.workspace.read() as connection:
            return list(connection.scalars(select(table_of(record).c.id).order_by("id")))

    def try_to(self, action: Callable[..., Any], *args: Any) -> None:
        """What breaks a rule of the data is refused, and nothing has happened."""
        before = self.digest()
        try:
            self.workspace.do(action, *args)
        except InputError:
            assert self.digest() == before

    def fresh(self) -> str:
        self.serial += 1
        return f"N{self.serial}"

    @rule(values=st.lists(VALUES, min_size=1, max_size=4), unit=PICK)
    def add(self, values: list[dict[str, Any]], unit: int) -> None:
        units = [*self.ids(Unit), None]

        def action(work: Work) -> None:
            work.label("Add {n}", n=len(values))
            chosen = {"name": "", "unit_id": units[unit % len(units)]}
            rows = [{**chosen, **row, "code": self.fresh()} for row in values]
            for identity in work.insert(Initiative, rows):
                work.insert(Milestone, [{"initiative_id": identity, "name": "m"}])

        self.try_to(action)

    @rule(parent=PICK)
    def add_unit(self, parent: int) -> None:
        units = [*self.ids(Unit), None]

        def action(work: Work) -> None:
            work.label("Add unit")
            code = self.fresh()
            row = {"code": code, "name": code, "level": "tier1"}
            work.insert(Unit, [{**row, "parent_id": units[parent % len(units)]}])

        self.try_to(action)

    @rule(picks=st.dictionaries(PICK, VALUES, min_size=1, max_size=4))
    def edit(self, picks: dict[int, dict[str, Any]]) -> None:
        ids = self.ids(Initiative)
        if not ids:
            return

        def action(work: Work) -> None:
            work.label("Edit")
            for pick, values in picks.items():
                work.update(Initiative, ids[pick % len(ids)], values)

        self.try_to(action)

    @rule(turn=st.integers(1, 3))
    def pass_codes_around(self, turn: int) -> None:
        ids = self.ids(Initiative)
        if len(ids) < 2:
            return

        def action(work: Work) -> None:
            work.label("Pass codes around")
            codes = [row["code"] for row in work.rows(Initiative, ids).values()]
            turned = codes[turn % len(ids) :] + codes[: turn % len(ids)]
            work.update_many(
                Initiative, {i: {"code": code} for i, code in zip(ids, turned, strict=True)}
            )

        self.workspace.do(action)  # never refused: afterwards each code is there once

    @rule(pick=PICK, value=TEXT)
    def fill_custom_field(self, pick: int, value: str) -> None:
        ids = self.ids(Initiative)
        if not ids:
            return

        def action(work: Work) -> None:
            work.label("Fill")
            [field] = work.insert(CustomField, [{"name": self.fresh(), "type": "text"}])
            chosen = {"initiative_id": ids[pick % len(ids)], "field_id": field}
            work.insert(CustomValue, [{**chosen, "value": value}])

        self.try_to(action)

    @rule(pick=PICK, body=TEXT)
    def note(self, pick: int, body: str) -> None:
        ids = self.ids(Initiative)
        if not ids:
            return

        def action(work: Work) -> None:
            work.label("Note")
            row = {"initiative_id": ids[pick % len(ids)], "section": "s", "body": body}
            [identity] = work.insert(Note, [row])
            work.update(Note, identity, {"section": "t"})

        self.try_to(action)

    @rule(pick=PICK, whole=st.booleans())
    def delete(self, pick: int, whole: bool) -> None:
        ids = self.ids(Initiative)
        if not ids:
            return
        identity = ids[pick % len(ids)]

        def action(work: Work) -> None:
            work.label("Delete")
            for record in (Milestone, Note, CustomValue) if whole else ():
                table = table_of(record)
                below = select(table.c.id).where(table.c.initiative_id == identity)
                work.delete(record, list(work.connection.scalars(below)))
            work.delete(Initiative, [identity])

        self.try_to(action)

    @rule(pick=PICK)
    def delete_unit(self, pick: int) -> None:
        ids = self.ids(Unit)
        if not ids:
            return

        def action(work: Work) -> None:
            work.label("Delete unit")
            work.delete(Unit, [ids[pick % len(ids)]])

        self.try_to(action)

    @precondition(lambda self: self.workspace.next_undo() is not None)
    @rule()
    def undo(self) -> None:
        before = self.digest()
        self.workspace.undo()
        after = self.digest()
        self.workspace.redo()
        assert self.digest() == before
        self.workspace.undo()
        assert self.digest() == after

    @precondition(lambda self: self.workspace.next_redo() is not None)
    @rule()
    def redo(self) -> None:
        self.workspace.redo()

    @rule(pick=PICK)
    def undo_an_older_one(self, pick: int) -> None:
        """Out of order it may be refused; it never leaves half of it."""
        before = self.digest()
        try:
            self.workspace.undo(2 + pick % 20)
        except (ConflictError, InputError):
            assert self.digest() == before

    @rule()
    def reopen(self) -> None:
        self.workspace.close()
        self.workspace = Workspace.open(self.place)

    @rule()
    def check(self) -> None:
        assert self.workspace.verify() == []

    def teardown(self) -> None:
        if not hasattr(self, "workspace"):
            return
        try:
            end = self.digest()
            undone = 0
            while self.workspace.next_undo() is not None:
                self.workspace.undo()
                undone += 1
            assert self.digest() == self.start
            for _count in range(undone):
                self.workspace.redo()
            assert self.digest() == end
            assert self.workspace.verify() == []
        finally:
            self.workspace.close()


def run(new_place: Callable[[], str], examples: int) -> None:
    machine = type("Journal", (Journal,), {"new_place": staticmethod(new_place)})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=examples, stateful_step_count=25, deadline=None),
    )


@pytest.mark.faults
def test_undo_of_all_gives_the_start_and_redo_of_all_the_end() -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = (str(Path(folder) / f"{n}.ecofolio") for n in range(10**6))
        run(lambda: next(places), 300 if LONG else 15)


@pytest.mark.faults
def test_undo_of_all_gives_the_start_on_a_server(new_database: Callable[[], str]) -> None:
    run(new_database, 30 if LONG else 3)
