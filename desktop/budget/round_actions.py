"""Funding rounds: drafted, copied, changed, approved by another, posted as one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.budget import ledger, queries, rules
from ecofolio.budget.approvals import refuse_own
from ecofolio.budget.carrying import UNIT
from ecofolio.budget.ledger import AccountKey
from ecofolio.budget.model import MOST_FEN, FundingRound, RoundParty
from ecofolio.budget.rounds import PARTY, ROUND, TROUBLES, cases
from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative
from ecofolio.initiatives.queries import names
from ecofolio.organisation.model import Unit
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import AccountKind, Move, RoundState, Stage, UnitLevel

_GRADES = ((90_000, "A"), (75_000, "B"), (60_000, "C"))
_TERMS = ("pot_fen", "base_fen", "floor_fen", "cap_milli", "unit_id", "name", "note")


@dataclass(frozen=True)
class Ask:
    """What an initiative asks for in a round, in fen; score and input–output in thousandths.

    Without a grade it is the score's: A from 90, B from 75, C from 60, else D.
    """

    initiative_id: int
    fen: int
    score_milli: int
    grade: str | None = None
    input_output_milli: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The party's columns."""
        grade = self.grade
        if grade is None:
            reached = (letter for least, letter in _GRADES if self.score_milli >= least)
            grade = next(reached, "D")
        return {
            "initiative_id": self.initiative_id,
            "ask_fen": self.fen,
            "score_milli": self.score_milli,
            "grade": grade,
            "input_output_milli": self.input_output_milli,
        }


def draft_round(
    work: Work,
    name: str,
    *,
    pot_fen: int,
    base_fen: int,
    floor_fen: int = 0,
    cap_milli: int = 3000,
    unit_id: int | None = None,
    units: Iterable[int] | None = None,
    asks: Sequence[Ask] = (),
    note: str = "",
) -> int:
    """Draft a round over a pot, in fen; its identity.

    The pot comes from a unit's pool, by default the head office's. The base part goes to `units`,
    by default all tier-1 branches.
    """
    rows = work.connection.execute(select(UNIT.c.id, UNIT.c.level)).all()
    if unit_id is None:
        unit_id = min((row.id for row in rows if row.level == UnitLevel.HEAD_OFFICE), default=None)
    if unit_id is None:
        raise InputError(_("Say from which unit's pool the round is paid."))
    if units is None:
        units = [row.id for row in rows if row.level == UnitLevel.TIER1]
    terms = {
        "name": name,
        "note": note,
        "pot_fen": pot_fen,
        "base_fen": base_fen,
        "floor_fen": floor_fen,
        "cap_milli": cap_milli,
        "unit_id": unit_id,
    }
    made = work.insert(FundingRound, [{**_checked(terms), "drawn_by": work.actor}])[0]
    _set_units(work, made, units)
    _set_asks(work, made, asks)
    work_out(work, made)
    work.label(N_("Draft funding round {name}"), name=name)
    return made


def copy_round(work: Work, round_id: int, name: str) -> int:
    """A draft like another round, to be changed and compared with it; its identity."""
    row = work.row(FundingRound, round_id)
    terms = {key: row[key] for key in _TERMS} | {"name": name}
    fresh = {**_checked(terms), "based_on_id": round_id, "drawn_by": work.actor}
    made = work.insert(FundingRound, [fresh])[0]
    query = select(PARTY).where(PARTY.c.funding_round_id == round_id).order_by(PARTY.c.id)
    parties = [dict(party) for party in work.connection.execute(query).mappings().all()]
    work.insert(
        RoundParty,
        [
            {key: value for key, value in party.items() if key not in ("id", "version")}
            | {"funding_round_id": made}
            for party in parties
        ],
    )
    work_out(work, made)
    work.label(N_("Copy funding round {name}"), name=row["name"])
    return made


def change_round(
    work: Work,
    round_id: int,
    terms: Mapping[str, Any] | None = None,
    *,
    units: Iterable[int] | None = None,
    asks: Sequence[Ask] | None = None,
) -> None:
    """Change a draft's terms (the arguments of `draft_round`), units or asks; all is worked out
    anew with the money as it stands."""
    row = _draft(work, round_id)
    work.label(N_("Change funding round {name}"), name=row["name"])
    work.update(
        FundingRound, round_id, _checked({key: row[key] for key in _TERMS} | dict(terms or {}))
    )
    if units is not None:
        _set_units(work, round_id, units)
    if asks is not None:
        _set_asks(work, round_id, asks)
    work_out(work, round_id)


@dataclass(frozen=True)
class Scores:
    """What the scorecards say in a month, in thousandths, by initiative: score, grade and
    input–output (none without spend). Who has no score is not in it."""

    month: str
    of: Mapping[int, tuple[int, str, int | None]]


@dataclass(frozen=True)
class ScoreSource:
    """Where scores come from, for a room that knows no scorecards: the newest month whose
    figures are all due, and what everybody's scores are in it."""

    month: Callable[[Connection], str]
    scores: Callable[[Connection], Scores]


def take_scores(work: Work, round_id: int, scores: Scores) -> list[str]:
    """Judge a draft's asks by the scorecards; the names of those that have no score.

    They keep what the round's own column says. All is worked out anew.
    """
    row = _draft(work, round_id)
    parties = _parties(work, round_id, "initiative_id")
    if not parties.keys() & scores.of.keys():
        raise InputError(
            _("No initiative that asks in this round has a score of {month}.").format(
                month=scores.month
            )
        )
    changed = {}
    for holder, party in parties.items():
        if holder in scores.of:
            score, grade, ratio = scores.of[holder]
            values = {"score_milli": score, "grade": grade, "input_output_milli": ratio}
            changed[party] = values
    work.label(
        N_("Take scores of {month} into funding round {name}"), month=scores.month, name=row["name"]
    )
    work.update_many(RoundParty, changed)
    work_out(work, round_id)
    lacking = work.rows(Initiative, parties.keys() - scores.of.keys())
    return sorted(str(one["name"]) for one in lacking.values())


def _checked(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms as they are stored; `InputError` says which can not be."""
    if unknown := terms.keys() - set(_TERMS):
        raise InputError(_("A round has no {name}.").format(name=min(unknown)))
    name, note = " ".join(terms["name"].split()), (terms.get("note") or "").strip()
    if not name or len(name) > 200:
        raise InputError(_("A funding round needs a name of up to 200 characters."))
    pot, base, floor, cap = (
        terms[key] for key in ("pot_fen", "base_fen", "floor_fen", "cap_milli")
    )
    if not 0 < pot <= MOST_FEN:
        raise InputError(_("The pot of a round has to be more than 0, and not too large."))
    if not 0 <= base <= pot:
        raise InputError(_("The base part has to be between 0 and the whole pot."))
    if not 0 <= floor <= pot:
        raise InputError(_("The floor has to be between 0 and the whole pot."))
    if not 0 < cap <= 1_000_000:
        raise InputError(_("The input–output that counts has to be limited above 0, up to 1,000."))
    return {**terms, "name": name, "note": note or None}


def _set_units(work: Work, round_id: int, units: Iterable[int]) -> None:
    wanted = sorted(set(units))
    if len(work.rows(Unit, wanted)) < len(wanted):
        raise InputError(_("This record no longer exists: somebody deleted it meanwhile."))
    present = _parties(work, round_id, "unit_id")
    work.delete(RoundParty, [row for holder, row in present.items() if holder not in wanted])
    work.insert(
        RoundParty,
        [{"funding_round_id": round_id, "unit_id": one} for one in wanted if one not in present],
    )


def _set_asks(work: Work, round_id: int, asks: Sequence[Ask]) -> None:
    wanted = {ask.initiative_id: ask for ask in asks}
    if len(wanted) < len(asks):
        raise InputError(_("An initiative can ask once in a round."))
    there = work.rows(Initiative, wanted)
    for ask in asks:
        if ask.initiative_id not in there:
            raise InputError(_("This record no longer exists: somebody deleted it meanwhile."))
        name = there[ask.initiative_id]["name"]
        if not 0 <= ask.fen <= MOST_FEN:
            raise InputError(_("What {name} asks for has to be 0 or more.").format(name=name))
        if not 0 <= ask.score_milli <= 200_000 or (ask.input_output_milli or 0) < 0:
            raise InputError(_("The score or input–output of {name} can not be.").format(name=name))
        if there[ask.initiative_id]["stage"] == Stage.CLOSED:
            raise InputError(_("{name} is closed: it can not ask for money.").format(name=name))
    present = _parties(work, round_id, "initiative_id")
    work.delete(RoundParty, [row for holder, row in present.items() if holder not in wanted])
    work.update_many(
        RoundParty,
        {row: wanted[holder].columns for holder, row in present.items() if holder in wanted},
    )
    fresh = [ask.columns for holder, ask in wanted.items() if holder not in present]
    work.insert(RoundParty, [{"funding_round_id": round_id, **columns} for columns in fresh])


def _parties(work: Work, round_id: int, column: str) -> dict[int, int]:
    """The parties of one kind: who, and the identity of the row."""
    query = select(PARTY.c[column], PARTY.c.id).where(
        PARTY.c.funding_round_id == round_id, PARTY.c[column].is_not(None)
    )
    return dict(work.connection.execute(query).all())


def work_out(work: Work, round_id: int) -> rules.Outcome:
    """Take the units' money as it stands, share the pot out, and write the amounts down."""
    row = work.row(FundingRound, round_id)
    units, initiatives = (
        _parties(work, round_id, "unit_id"),
        _parties(work, round_id, "initiative_id"),
    )
    if units:
        wanted = queries.Wanted(as_of=work.today)
        nodes = queries.tree(work.connection, wanted, names(work.connection))
        funds = queries.inequality(nodes, units).units
        figures = {
            units[one.unit_id]: {"initiatives": one.initiatives, "funds_fen": one.funds}
            for one in funds
        }
        work.update_many(RoundParty, figures)
    terms = rules.Terms(row["pot_fen"], row["base_fen"], row["floor_fen"], row["cap_milli"])
    outcome = rules.share_round(terms, *cases(work.connection, round_id))
    amounts: dict[int, dict[str, int]] = {
        identity: {"given_fen": outcome.units[holder], "floor_fen": outcome.floors[holder]}
        for holder, identity in units.items()
    }
    for holder, identity in initiatives.items():
        amounts[identity] = {"given_fen": outcome.initiatives[holder], "floor_fen": 0}
    work.update_many(RoundParty, amounts)
    work.update(FundingRound, round_id, {"kept_fen": outcome.kept})
    return outcome


def _draft(work: Work, round_id: int) -> Mapping[str, Any]:
    row = work.row(FundingRound, round_id)
    if row["state"] != RoundState.DRAFT:
        raise InputError(
            _("Funding round {name} is approved and stays as it is: copy it instead.").format(
                name=row["name"]
            )
        )
    return row


def drop_round(work: Work, round_id: int) -> None:
    """Throw a draft away."""
    row = _draft(work, round_id)
    for column in ("unit_id", "initiative_id"):
        work.delete(RoundParty, list(_parties(work, round_id, column).values()))
    copies = select(ROUND.c.id).where(ROUND.c.based_on_id == round_id)
    unbound = {one: {"based_on_id": None} for one in work.connection.scalars(copies).all()}
    work.update_many(FundingRound, unbound)
    work.delete(FundingRound, [round_id])
    work.label(N_("Drop funding round {name}"), name=row["name"])


def approve_round(work: Work, round_id: int) -> None:
    """Agree to a draft that somebody else drew up; `InputError` says what is in the way."""
    row = _draft(work, round_id)
    refuse_own(work, row["drawn_by"])
    outcome = work_out(work, round_id)
    if outcome.troubles:
        raise InputError(_(TROUBLES[outcome.troubles[0]]))
    ledger.Books(work).check(_entry(work, row, round_id, work.today))
    approved = {"approved_by": work.actor, "approved_on": work.today}
    work.update(FundingRound, round_id, {"state": RoundState.APPROVED.value, **approved})
    work.label(N_("Approve funding round {name}"), name=row["name"])


def post_round(work: Work, round_id: int, on: date | None = None, number: str = "") -> int:
    """Write an approved round to the ledger as one transaction; its identity."""
    row = work.row(FundingRound, round_id)
    if row["state"] == RoundState.DRAFT:
        raise InputError(_("Funding round {name} waits for approval.").format(name=row["name"]))
    if row["state"] == RoundState.POSTED:
        raise InputError(_("Funding round {name} is posted already.").format(name=row["name"]))
    entry = _entry(work, row, round_id, on or work.today, number)
    transaction = ledger.Books(work).post(entry)
    posted = {"state": RoundState.POSTED.value, "transaction_id": transaction}
    work.update(FundingRound, round_id, posted)
    work.label(N_("Post funding round {name}"), name=row["name"])
    return transaction


def _entry(
    work: Work, row: Mapping[str, Any], round_id: int, on: date, number: str = ""
) -> ledger.Entry:
    lines: list[tuple[AccountKey, int]] = []
    for column, kind in (
        ("unit_id", AccountKind.POOL),
        ("initiative_id", AccountKind.AVAILABLE),
    ):
        query = select(PARTY.c[column], PARTY.c.given_fen).where(
            PARTY.c.funding_round_id == round_id, PARTY.c[column].is_not(None)
        )
        given = work.connection.execute(query).all()
        lines += [(AccountKey(kind, holder), fen) for holder, fen in given]
    _refuse_closed(work, lines)
    pot = sum(fen for _key, fen in lines)
    lines.insert(0, (AccountKey(AccountKind.POOL, row["unit_id"]), -pot))
    return ledger.Entry(Move.ROUND, on, lines, {"memo": row["name"], "number": number or None})


def _refuse_closed(work: Work, lines: Sequence[tuple[AccountKey, int]]) -> None:
    getters = [key.holder for key, fen in lines if key.kind is AccountKind.AVAILABLE and fen]
    for row in work.rows(Initiative, getters).values():
        if row["stage"] == Stage.CLOSED:
            raise InputError(
                _("{name} is closed: it can not get or bind money any more.").format(
                    name=row["name"]
                )
            )


def reverse_round(work: Work, round_id: int, memo: str, on: date | None = None) -> int:
    """Take a posted round back as one transaction; its identity. The memo says why."""
    row = work.row(FundingRound, round_id)
    if row["transaction_id"] is None:
        raise InputError(_("Funding round {name} is not posted.").format(name=row["name"]))
    if not memo.strip():
        raise InputError(_("Say why the round is reversed."))
    work.label(N_("Reverse funding round {name}"), name=row["name"])
    return ledger.reverse(work, row["transaction_id"], on or work.today, memo.strip())
