"""The demonstration's money: two fiscal years of a rich and a poor branch's fortunes.

What was before the story is one beginning that Undo passes over; what happened since is done by
people, month by month. A pool stays unspent, two initiatives overrun, a voucher is posted twice
and reversed, requests wait, and a funding round waits for approval.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from ecofolio.budget import (
    actions,
    approvals,
    books,
    carrying,
    plan_actions,
    queries,
    round_actions,
)
from ecofolio.budget.ledger import TRANSACTION
from ecofolio.budget.operations import Operation, initiative
from ecofolio.budget.round_actions import Ask
from ecofolio.budget.rounds import rounds
from ecofolio.demo.deeds import Deed
from ecofolio.demo.foundation import FEN_PER_WAN, Ids, Subject
from ecofolio.demo.money_course import Course, course
from ecofolio.demo.staff import Staff
from ecofolio.demo.story import DAYS
from ecofolio.places import part
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_
from ecofolio.vocabulary import Move

# UTC, when everybody else is done, so that nothing comes between a deed and its undo; and an hour
# at which it is the same day all over the world
_OFFICE = time(9, 50)
_ENOUGH = 40  # with fewer cases there is nobody to share the money out among


@cache
def said(language: str) -> dict[str, str]:
    """The texts of the money in a language."""
    path = part("resources") / "demo" / "money.json"
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return found[language]


def furnish(
    workspace: Workspace,
    subjects: Sequence[Subject],
    staff: Staff,
    ids: Ids,
    language: str,
    today: date,
    seed: int,
) -> list[Deed]:
    """Write the money until now; what people are to do with it until `today`."""
    words = said(language)
    cases = [one for one in subjects if one.is_case and one.code in ids.initiatives]
    if len(cases) < _ENOUGH:
        return []
    begins = today - timedelta(days=DAYS + 4)
    opening = datetime.combine(begins, _OFFICE, UTC)
    workspace.clock = lambda: opening
    told = course(cases, ids, words, today, seed)
    pmo, deputy = (staff.at("HO", title, department="FI")[0].name for title in ("pmo", "deputy"))
    before = workspace.actor
    workspace.actor = pmo
    made = workspace.do(_found, told, begins, ids, words)
    workspace.actor = deputy
    workspace.do(_agree, *made)
    workspace.actor = pmo
    workspace.do(_go_on, told, begins, made[1])
    workspace.actor = before
    return _deeds(told, cases, begins, today, (pmo, deputy), staff, words, seed)


def _found(
    work: Work, told: Course, begins: date, ids: Ids, words: Mapping[str, str]
) -> tuple[int, int]:
    """The plan, last year's money and a draft of last year's round; their identities."""
    work.kind = "setup"
    approvals.set_limit(work, None, 50 * FEN_PER_WAN, 200 * FEN_PER_WAN)
    plan = plan_actions.draw_plan(work, words["plan"].format(year=told.year), words["plan_note"])
    plan_actions.set_plan(work, plan, told.plan)
    _carry_out(work, [one for one in told.operations if _on(one) < told.round_day])
    asks = [Ask(one, fen, score, None, ratio) for one, fen, score, ratio in told.asks_before]
    made = round_actions.draft_round(
        work,
        words["round_before"].format(year=told.year - 1),
        pot_fen=900 * FEN_PER_WAN,
        base_fen=500 * FEN_PER_WAN,
        floor_fen=20 * FEN_PER_WAN,
        asks=asks,
    )
    work.label(N_("Money of the demonstration"))
    return plan, made


def _agree(work: Work, plan: int, round_id: int) -> None:
    """Somebody else approves the plan and last year's round."""
    work.kind = "setup"
    plan_actions.approve_plan(work, plan)
    round_actions.approve_round(work, round_id)
    work.label(N_("Money of the demonstration"))


def _go_on(work: Work, told: Course, begins: date, round_id: int) -> None:
    """Last year's round is posted, and the year goes on until the story begins."""
    work.kind = "setup"
    round_actions.post_round(work, round_id, told.round_day)
    later = [one for one in told.operations if told.round_day <= _on(one) < begins]
    _carry_out(work, later)
    work.label(N_("Money of the demonstration"))


def _carry_out(work: Work, operations: Sequence[Operation]) -> None:
    """Post what limits would keep waiting otherwise; a contract names its commitment."""
    found = carrying.known(work, operations)
    contracts = {row.contract: row.id for row in books.commitments(work.connection)}
    for one in operations:
        if one.contract and one.kind is not Move.COMMIT:
            one = replace(one, commitment_id=contracts[one.contract])
        whole = carrying.complete(work, one, found)
        posted = found.books.post(carrying.entry_of(work, whole, found))
        if one.kind is Move.COMMIT:
            contracts[one.contract] = posted


def _ago(today: date, days: int) -> date:
    return today - timedelta(days=days)


def _on(operation: Operation) -> date:
    assert operation.on is not None
    return operation.on


def _deeds(
    told: Course,
    cases: Sequence[Subject],
    begins: date,
    today: date,
    office: tuple[str, str],
    staff: Staff,
    words: Mapping[str, str],
    seed: int,
) -> list[Deed]:
    pmo, deputy = office
    found: list[Deed] = []

    def at(day: date, actor: str, verb: Callable[..., None], **given: Any) -> None:
        day = min(max(day, begins + timedelta(days=1)), today - timedelta(days=1))
        when = datetime.combine(day, _OFFICE, UTC) + timedelta(seconds=len(found))
        found.append(Deed(when, -1000 + len(found), actor, verb, given))

    months: dict[str, list[Operation]] = {}
    for one in told.operations:
        if _on(one) >= begins:
            months.setdefault(f"{_on(one):%Y-%m}", []).append(one)
    for month, operations in months.items():
        file = words["expenses"].format(month=month)
        at(max(map(_on, operations)), pmo, post_list, operations=operations, file=file)
    leads = [staff.lead(one.plan.case).name for one in cases]
    at(_ago(today, 31), pmo, post_twice, memo=words["twice"])
    at(_ago(today, 24), pmo, reverse_last, memo=words["reversal"])
    asked = [(22, 3, 66, "approved"), (17, 2, 90, "returned"), (6, 1, 75, ""), (2, 0, 240, "")]
    for days, place, wan, decision in asked:
        at(
            _ago(today, days),
            leads[place % len(leads)],
            ask,
            place=place,
            fen=wan * FEN_PER_WAN,
            memo=words["ask"],
        )
        if decision:
            agrees = decision == "approved"
            at(_ago(today, days - 2), deputy, decide, agrees=agrees, reason=words["return"])
    at(_ago(today, 11), pmo, draft, name=words["round"].format(year=told.year), asks=told.asks_now)
    at(_ago(today, 8), pmo, vary, name=words["round_other"].format(year=told.year))
    at(_ago(today, 5), pmo, revise, name=words["plan_revised"].format(year=told.year), told=told)
    return found


# --- what people do --------------------------------------------------------------------------


def post_list(work: Work, ids: Ids, *, operations: Sequence[Operation], file: str) -> None:
    """A month's list of expenses is posted."""
    _carry_out(work, operations)
    work.label(N_("Post {n} operations from {file}"), n=len(operations), file=file)


def _richest(work: Work) -> list[int]:
    """Initiatives by what is available to them, the most first."""
    held = queries.balances(work.connection).initiatives
    return sorted(held, key=lambda one: (-held[one].available, one))


def post_twice(work: Work, ids: Ids, *, memo: str) -> None:
    """A voucher is posted a second time by mistake."""
    chosen = _richest(work)[6]
    done = Operation(Move.SPEND, 3_860_000, initiative(chosen), memo=memo, number="V-2026-0815")
    carrying.carry_out(work, [replace(done, on=work.today, category="marketing")])
    work.label(N_("Post {n} operations from {file}"), n=1, file="V-2026-0815")


def reverse_last(work: Work, ids: Ids, *, memo: str) -> None:
    """The mistake is reversed, with its reason on record."""
    query = TRANSACTION.select().where(TRANSACTION.c.number == "V-2026-0815")
    actions.reverse(work, work.connection.execute(query).one().id, memo)


def ask(work: Work, ids: Ids, *, fen: int, memo: str, place: int) -> None:
    """A squad lead asks for more than they may spend alone."""
    chosen = _richest(work)[place]
    held = queries.balances(work.connection).initiatives[chosen].available
    actions.spend(work, min(fen, held), initiative_id=chosen, memo=memo, category="equipment")


def decide(work: Work, ids: Ids, *, agrees: bool, reason: str) -> None:
    """The oldest request is decided, where one waits."""
    waiting = approvals.requests(work.connection, waiting_only=True)
    if not waiting:
        return
    if agrees:
        approvals.approve(work, waiting[0].id)
    else:
        approvals.send_back(work, waiting[0].id, reason)


def draft(work: Work, ids: Ids, *, name: str, asks: Sequence[tuple[int, int, int, int]]) -> None:
    """This year's funding round is drafted."""
    round_actions.draft_round(
        work,
        name,
        pot_fen=1_200 * FEN_PER_WAN,
        base_fen=600 * FEN_PER_WAN,
        floor_fen=25 * FEN_PER_WAN,
        asks=[Ask(one, fen, score, None, ratio) for one, fen, score, ratio in asks],
    )


def vary(work: Work, ids: Ids, *, name: str) -> None:
    """A copy with more for the poor branches, to compare."""
    made = round_actions.copy_round(work, rounds(work.connection)[0].id, name)
    terms = {"base_fen": 800 * FEN_PER_WAN, "floor_fen": 20 * FEN_PER_WAN}
    round_actions.change_round(work, made, terms)
    work.label(N_("Draft funding round {name}"), name=name)


def revise(work: Work, ids: Ids, *, name: str, told: Course) -> None:
    """The plan is revised where it was overrun; nobody has approved that yet."""
    standing = queries.plan_in_force(work.connection)
    made = plan_actions.draw_plan(work, name, "", standing)
    plan_actions.set_plan(work, made, told.revised)
    work.label(N_("Draw up plan {name}"), name=name)
