"""Who has to agree to what: limits as data, requests that wait for somebody else's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, or_, select

from ecofolio.budget import carrying, ledger
from ecofolio.budget.carrying import INITIATIVE, LIMIT, UNIT, Known
from ecofolio.budget.model import (
    ApprovalLimit,
    FundingRound,
    PlanLine,
    PlanVersion,
    Request,
    RoundParty,
)
from ecofolio.budget.operations import Operation
from ecofolio.errors import InputError
from ecofolio.organisation.model import Person
from ecofolio.store.base import Record, table_of
from ecofolio.store.journal import RowChange, microseconds, rows_of
from ecofolio.store.undoing import guard_of
from ecofolio.store.values import Row
from ecofolio.store.work import Work, say
from ecofolio.text import N_, _
from ecofolio.vocabulary import ApprovalLevel, Move, PlanState, RequestState, RoundState, UnitLevel

REQUEST, PERSON = map(table_of, (Request, Person))
_ASKED = (Move.GRANT, Move.BASE, Move.SUPPLEMENT, Move.TRANSFER, Move.COMMIT, Move.SPEND)


def set_limit(
    work: Work, unit_id: int | None, leader_fen: int | None, head_office_fen: int | None
) -> int | None:
    """Say above which amounts the leader and the head office have to agree; None for never.

    Without a unit it is the programme's limit; both None takes a unit's own limit away.
    Returns its identity.
    """
    for fen in (leader_fen, head_office_fen):
        if fen is not None and not 0 <= fen < 2**63:
            raise InputError(_("A limit has to be a sum of 0 or more."))
    if None not in (leader_fen, head_office_fen) and (leader_fen or 0) > (head_office_fen or 0):
        raise InputError(_("The head office's limit can not be below the leader's."))
    same = LIMIT.c.unit_id == unit_id if unit_id else LIMIT.c.unit_id.is_(None)
    found: int | None = work.connection.scalar(select(LIMIT.c.id).where(same))
    work.label(N_("Set approval limits"))
    if leader_fen is None and head_office_fen is None:
        work.delete(ApprovalLimit, [found] if found else [])
        return None
    values = {"leader_fen": leader_fen, "head_office_fen": head_office_fen}
    if found is None:
        return work.insert(ApprovalLimit, [{"unit_id": unit_id, **values}])[0]
    work.update(ApprovalLimit, found, values)
    return found


def deciding_unit(operation: Operation, found: Known) -> int | None:
    """The unit whose leader is asked: where the money comes from, for a grant where it goes."""
    holder = operation.target if operation.kind is Move.GRANT else operation.source
    if holder is None:
        return None
    if holder.kind == "unit":
        return holder.id
    row = found.initiative(holder.id)
    return row["unit_id"] if row else None


def level_of(work: Work, operation: Operation, found: Known) -> ApprovalLevel | None:
    """Who has to agree to an operation; None where nobody has to.

    A spend against a commitment was agreed to with the commitment; money that comes back needs
    nobody's word.
    """
    if not asks(operation.kind, operation.commitment_id):
        return None
    return level_above(found.limits, found.parents, deciding_unit(operation, found), operation.fen)


def level_above(
    limits: Mapping[int | None, Any],
    parents: Mapping[int, int | None],
    unit_id: int | None,
    fen: int,
) -> ApprovalLevel | None:
    """Whose word a sum of a unit needs, by the nearest limit from the unit upwards."""
    limit = limits.get(None)
    for above in _line_of(parents, unit_id):
        if above in limits:
            limit = limits[above]
            break
    if limit is None:
        return None
    if limit.head_office_fen is not None and fen > limit.head_office_fen:
        return ApprovalLevel.HEAD_OFFICE
    if limit.leader_fen is not None and fen > limit.leader_fen:
        return ApprovalLevel.LEADER
    return None


def asks(kind: Move, commitment_id: int | None) -> bool:
    """Whether an operation may need somebody's word at all."""
    return kind in _ASKED and commitment_id is None


def _line_of(parents: Mapping[int, int | None], unit_id: int | None) -> list[int]:
    """A unit and those above it, from below."""
    line: list[int] = []
    while unit_id is not None and unit_id not in line:
        line.append(unit_id)
        unit_id = parents.get(unit_id)
    return line


def ask(work: Work, operation: Operation, level: ApprovalLevel, found: Known) -> int:
    """Put an operation on the list of what waits; refused where the money is not there now."""
    found.books.check(carrying.entry_of(work, operation, found))
    return work.insert(
        Request,
        [
            {
                "operation": operation.as_json(),
                "fen": operation.fen,
                "unit_id": deciding_unit(operation, found),
                "initiative_id": operation.initiative_id,
                "level": level.value,
                "asked_by": work.actor,
                "asked_at": microseconds(work.now),
            }
        ],
    )[0]


def approve(work: Work, request_id: int) -> int:
    """Agree to a request and post it; the identity of the transaction.

    `InputError` where one's own request, somebody else's to decide, decided already, or where
    the money is no longer there.
    """
    row = _to_decide(work, request_id)
    operation = Operation.from_json(row["operation"])
    if operation.on is None:
        operation = replace(operation, on=work.today)
    transaction = carrying.carry_out(work, [operation])[0]
    _decide(work, request_id, RequestState.APPROVED, None, transaction)
    message = N_("Approve {move} of {sum} {unit}")
    work.label(message, move=say(operation.kind.english), **ledger.Books(work).said(row["fen"]))
    return transaction


def send_back(work: Work, request_id: int, reason: str) -> None:
    """Return a request with a reason; who asked may take their own back like that."""
    if not reason.strip():
        raise InputError(_("Say why the request is returned."))
    row = _waiting(work, request_id)
    if not same_person(work.connection, row["asked_by"], work.actor):
        _refuse_others(work, row)
    operation = Operation.from_json(row["operation"])
    _decide(work, request_id, RequestState.RETURNED, reason.strip(), None)
    message = N_("Return {move} of {sum} {unit}")
    work.label(message, move=say(operation.kind.english), **ledger.Books(work).said(row["fen"]))


def _decide(
    work: Work, request_id: int, state: RequestState, reason: str | None, posted: int | None
) -> None:
    values = {
        "state": state.value,
        "decided_by": work.actor,
        "decided_at": microseconds(work.now),
        "reason": reason,
        "transaction_id": posted,
    }
    work.update(Request, request_id, values)


def _waiting(work: Work, request_id: int) -> Row:
    row = work.row(Request, request_id)
    if row["state"] != RequestState.WAITING:
        raise InputError(
            _("{actor} has decided this request already.").format(actor=row["decided_by"])
        )
    return row


def _to_decide(work: Work, request_id: int) -> Row:
    row = _waiting(work, request_id)
    refuse_own(work, row["asked_by"])
    _refuse_others(work, row)
    return row


def refuse_own(work: Work, asked_by: str) -> None:
    """`InputError` where who acts would approve what is their own."""
    if same_person(work.connection, asked_by, work.actor):
        raise InputError(
            _("Somebody else than {actor} has to approve this.").format(actor=work.actor)
        )


@guard_of(Request)
def guard_requests(work: Work, changes: list[RowChange]) -> None:
    """Whoever brings an approval back by redo has to be one who could give it."""
    for identity in _approved_again(changes):
        _to_decide(work, identity)


@guard_of(PlanVersion)
def guard_plans(work: Work, changes: list[RowChange]) -> None:
    """The approval of one's own plan is not brought back by redo either."""
    for identity in _approved_again(changes):
        refuse_own(work, work.row(PlanVersion, identity)["drawn_by"])


@guard_of(FundingRound)
def guard_rounds(work: Work, changes: list[RowChange]) -> None:
    """The approval of one's own funding round is not brought back by redo either, and what was
    agreed to is not changed by undoing what came before."""
    for identity in _approved_again(changes):
        refuse_own(work, work.row(FundingRound, identity)["drawn_by"])
    terms = [row for row in changes if not _fields(row) <= {"version", "based_on_id"}]
    _refuse_settled(work, terms, FundingRound, {row.record_id for row in terms})


@guard_of(RoundParty)
def guard_parties(work: Work, changes: list[RowChange]) -> None:
    """What a funding round gives is not changed once it was agreed to."""
    key = "funding_round_id"
    _refuse_settled(work, changes, FundingRound, _parents(work, RoundParty, key, changes))


@guard_of(PlanLine)
def guard_lines(work: Work, changes: list[RowChange]) -> None:
    """A plan that was approved is not changed by undoing or redoing what was typed before."""
    key = "plan_version_id"
    _refuse_settled(work, changes, PlanVersion, _parents(work, PlanLine, key, changes))


def _fields(row: RowChange) -> set[str]:
    return {*(row.before or ()), *(row.after or ())}


def _parents(work: Work, record: type[Record], key: str, changes: list[RowChange]) -> set[int]:
    """What the rows of a change belong to; one that is gone said so when it was there."""
    present = work.rows(record, [row.record_id for row in changes])
    known = (present.get(row.record_id) or row.before or {} for row in changes)
    return {row[key] for row in known if key in row}


def _refuse_settled(
    work: Work, changes: list[RowChange], record: type[Record], identities: set[int]
) -> None:
    """A plan or round that was approved stays as it is, unless the approval itself is undone."""
    for change in {row.entry.id for row in changes}:
        for row in rows_of(work.connection, change):
            if row.record == record.__tablename__ and "state" in _fields(row):
                identities = identities - {row.record_id}
    for now in work.rows(record, sorted(identities)).values():
        if now["state"] != PlanState.DRAFT:
            raise InputError(
                _(
                    "{name} was approved and stays as it is: revise it, or undo its approval."
                ).format(name=now["name"])
            )


def _approved_again(changes: list[RowChange]) -> list[int]:
    """The rows that wait now and would be approved; a plan back in force had been approved."""
    open_now = {RequestState.WAITING.value, PlanState.DRAFT.value, RoundState.DRAFT.value}
    return [
        row.record_id
        for row in changes
        if (row.before or {}).get("state") == "approved"
        and (row.after or {}).get("state") in open_now
    ]


def same_person(connection: Connection, one: str, other: str) -> bool:
    """Whether two names are one person's: the same words, or the name and code of one."""
    if one.strip().casefold() == other.strip().casefold():
        return True
    return not _people(connection, one).isdisjoint(_people(connection, other))


def _people(connection: Connection, name: str) -> set[int]:
    """Whoever is called so: by name, code or e-mail."""
    columns = (PERSON.c.name, PERSON.c.code, PERSON.c.email)
    same = or_(*(func.lower(column) == name.strip().lower() for column in columns))
    return set(connection.scalars(select(PERSON.c.id).where(same)))


def _refuse_others(work: Work, row: Mapping[str, Any]) -> None:
    """Somebody known has to sit where the decision is made; strangers are taken at their word."""
    query = (
        select(UNIT.c.id, UNIT.c.name, UNIT.c.level)
        .join(PERSON, PERSON.c.unit_id == UNIT.c.id)
        .where(PERSON.c.id.in_(_people(work.connection, work.actor)))
    )
    seats = work.connection.execute(query).all()
    if not seats or any(seat.level == UnitLevel.HEAD_OFFICE for seat in seats):
        return
    if row["level"] == ApprovalLevel.HEAD_OFFICE:
        raise InputError(
            _("{actor} sits in {unit}: this needs somebody of the head office.").format(
                actor=work.actor, unit=seats[0].name
            )
        )
    parents = dict(work.connection.execute(select(UNIT.c.id, UNIT.c.parent_id)).all())
    line = _line_of(parents, row["unit_id"])
    if line and not any(seat.id in line for seat in seats):
        raise InputError(
            _("{actor} sits in {unit}, which has no say in this request.").format(
                actor=work.actor, unit=seats[0].name
            )
        )


# --- reading ---------------------------------------------------------------------------------


class RequestRow(NamedTuple):
    """A request as lists show it. `fen` is its amount; instants are UTC in microseconds."""

    id: int
    version: int
    operation: Operation
    fen: int
    unit_id: int | None
    unit: str | None
    initiative_id: int | None
    initiative: str | None
    level: str
    state: str
    asked_by: str
    asked_at: int
    decided_by: str | None
    decided_at: int | None
    reason: str | None
    transaction_id: int | None

    def age(self, now: datetime) -> int:
        """For how many whole days it has waited, or did until it was decided."""
        until = self.decided_at or microseconds(now)
        return max(0, until - self.asked_at) // (24 * 3600 * 1_000_000)


def requests(connection: Connection, *, waiting_only: bool = False) -> list[RequestRow]:
    """Requests: those that wait first, the oldest of them on top, then the newest decided."""
    waits = REQUEST.c.state == RequestState.WAITING.value
    query = (
        select(REQUEST, UNIT.c.name.label("unit"), INITIATIVE.c.name.label("initiative"))
        .outerjoin(UNIT, UNIT.c.id == REQUEST.c.unit_id)
        .outerjoin(INITIATIVE, INITIATIVE.c.id == REQUEST.c.initiative_id)
        .order_by(waits.desc(), case((waits, REQUEST.c.id), else_=-REQUEST.c.id))
    )
    found = []
    for row in connection.execute(query.where(waits) if waiting_only else query).mappings().all():
        values = {name: row[name] for name in RequestRow._fields}
        found.append(RequestRow(**{**values, "operation": Operation.from_json(row["operation"])}))
    return found


class LimitRow(NamedTuple):
    """An approval limit, in fen; of the programme where there is no unit."""

    id: int
    unit_id: int | None
    unit: str | None
    leader_fen: int | None
    head_office_fen: int | None


def limits(connection: Connection) -> list[LimitRow]:
    """The approval limits, the programme's first."""
    query = (
        select(
            LIMIT.c.id,
            LIMIT.c.unit_id,
            UNIT.c.name,
            LIMIT.c.leader_fen,
            LIMIT.c.head_office_fen,
        )
        .outerjoin(UNIT, UNIT.c.id == LIMIT.c.unit_id)
        .order_by(LIMIT.c.unit_id.is_not(None), UNIT.c.code)
    )
    return [LimitRow(*row) for row in connection.execute(query).all()]
