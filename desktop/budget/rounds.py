"""Funding rounds as screens and reports read them: who gets what, and why, in a sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.budget import rules
from ecofolio.budget.ledger import TRANSACTION, currency, newest_of
from ecofolio.budget.model import FundingRound, RoundParty
from ecofolio.errors import InputError
from ecofolio.format import in_unit, number
from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Unit
from ecofolio.store.base import table_of
from ecofolio.text import N_, _

ROUND, PARTY = table_of(FundingRound), table_of(RoundParty)
UNIT, INITIATIVE = table_of(Unit), table_of(Initiative)

TROUBLES = {
    "no_units": N_("No unit takes part, so nobody can be given the base part."),
    "floors": N_("The base part is too small for the floors: lower the floor or enlarge it."),
    "nobody_eligible": N_(
        "No initiative is graded A or B with an input–output: nobody can get a supplement."
    ),
    "pool": N_("The pool that the round draws on holds too little."),
}
REMARKS = {
    "asks_met": N_("All asks are met; what is left of the supplements goes to the base part."),
    "asks_above_pot": N_("The asks come to more than the whole pot."),
    "asks_above_supplement": N_("The asks come to more than the supplement part."),
}


class RoundRow(NamedTuple):
    """A funding round, in fen. `state` is `reversed` where its transaction no longer stands."""

    id: int
    version: int
    name: str
    state: str
    unit_id: int
    unit: str
    pot_fen: int
    base_fen: int
    floor_fen: int
    cap_milli: int
    kept_fen: int
    note: str | None
    based_on_id: int | None
    drawn_by: str
    approved_by: str | None
    approved_on: date | None
    transaction_id: int | None

    @property
    def terms(self) -> rules.Terms:
        """Its parameters."""
        return rules.Terms(self.pot_fen, self.base_fen, self.floor_fen, self.cap_milli)


class PartyRow(NamedTuple):
    """A unit's base part or an initiative's supplement, in fen, with the reason in words."""

    id: int
    kind: str  # unit or initiative
    holder: int
    code: str
    name: str
    initiatives: int | None
    funds_fen: int | None
    ask_fen: int | None
    score_milli: int | None
    grade: str | None
    input_output_milli: int | None
    floor_fen: int
    given_fen: int
    why: str


class Working(NamedTuple):
    """A round with its parties and what should be known of it, as sentences."""

    round: RoundRow
    parties: list[PartyRow]
    outcome: rules.Outcome
    troubles: list[str]
    remarks: list[str]


def rounds(connection: Connection) -> list[RoundRow]:
    """All rounds, the newest first."""
    query = (
        select(ROUND, UNIT.c.name.label("unit"))
        .join(UNIT, UNIT.c.id == ROUND.c.unit_id)
        .order_by(ROUND.c.id.desc())
    )
    return [_round(connection, row) for row in connection.execute(query).mappings().all()]


def _round(connection: Connection, row: Any) -> RoundRow:
    values = {name: row[name] for name in RoundRow._fields}
    if row["transaction_id"] is not None and not newest_of(connection, row["transaction_id"])[1]:
        values["state"] = "reversed"
    return RoundRow(**values)


def cases(
    connection: Connection, round_id: int
) -> tuple[list[rules.UnitCase], list[rules.InitiativeCase]]:
    """The parties of a round as the arithmetic takes them."""
    units, initiatives = [], []
    query = select(PARTY).where(PARTY.c.funding_round_id == round_id).order_by(PARTY.c.id)
    for row in connection.execute(query).all():
        if row.unit_id is not None:
            units.append(rules.UnitCase(row.unit_id, row.initiatives or 0, row.funds_fen or 0))
        else:
            initiatives.append(
                rules.InitiativeCase(
                    row.initiative_id,
                    row.ask_fen or 0,
                    row.score_milli or 0,
                    row.grade or "",
                    row.input_output_milli,
                )
            )
    return units, initiatives


def working(connection: Connection, round_id: int, display: str = "yuan") -> Working:
    """A round with every amount explained, in a display unit; `InputError` where there is none."""
    found = next((row for row in rounds(connection) if row.id == round_id), None)
    if found is None:
        raise InputError(_("There is no funding round {n}.").format(n=round_id))
    units, initiatives = cases(connection, round_id)
    outcome = rules.share_round(found.terms, units, initiatives)
    coin = currency(connection)
    reasons = {("unit", case.key): explain_unit(case, coin, outcome, display) for case in units}
    whole = sum(case.weight(found.cap_milli) for case in initiatives)
    for one in initiatives:
        given = outcome.initiatives[one.key]
        reasons["initiative", one.key] = explain_initiative(one, found, whole, given)
    parties = []
    query = (
        select(
            PARTY,
            UNIT.c.code.label("unit_code"),
            UNIT.c.name.label("unit"),
            INITIATIVE.c.code,
            INITIATIVE.c.name,
        )
        .outerjoin(UNIT, UNIT.c.id == PARTY.c.unit_id)
        .outerjoin(INITIATIVE, INITIATIVE.c.id == PARTY.c.initiative_id)
        .where(PARTY.c.funding_round_id == round_id)
    )
    for row in connection.execute(query).all():
        is_unit = row.unit_id is not None
        kind, holder = ("unit", row.unit_id) if is_unit else ("initiative", row.initiative_id)
        parties.append(
            PartyRow(
                row.id,
                kind,
                holder,
                row.unit_code if is_unit else row.code,
                row.unit if is_unit else row.name,
                row.initiatives,
                row.funds_fen,
                row.ask_fen,
                row.score_milli,
                row.grade,
                row.input_output_milli,
                row.floor_fen,
                row.given_fen,
                reasons[kind, holder],
            )
        )
    parties.sort(key=lambda row: (row.kind != "unit", -row.given_fen, row.code))
    return Working(
        found,
        parties,
        outcome,
        [_(TROUBLES[code]) for code in outcome.troubles],
        [_(REMARKS[code]) for code in outcome.remarks],
    )


def explain_unit(
    case: rules.UnitCase, coin: str, outcome: rules.Outcome, display: str = "yuan"
) -> str:
    """Why a unit gets its base part, in a sentence; `coin` is the programme's currency."""

    def said(fen: int | Fraction) -> str:
        return in_unit(fen if isinstance(fen, int) else round(fen / 100) * 100, display, coin)

    need, whole = outcome.needs[case.key], sum(outcome.needs.values(), Fraction(0))
    floor, given = outcome.floors[case.key], outcome.units[case.key]
    if not whole:
        words = _("{floor} as the floor and {rest} of what is left, like everybody.")
        return words.format(floor=said(floor), rest=said(given - floor))
    if not case.initiatives:
        return _("{floor} as the floor; without an initiative it lacks nothing.").format(
            floor=said(floor)
        )
    per, middle = case.per_initiative or Fraction(0), outcome.median
    if not need:
        words = _(
            "{floor} as the floor; with {per} per initiative it has no less than the median of "
            "{median}."
        )
        return words.format(floor=said(floor), per=said(per), median=said(middle))
    words = _(
        "{floor} as the floor, and {rest} for its need: {n} initiatives have {per} each, the "
        "median is {median}, so it lacks {need}, which is {share} % of what all lack."
    )
    return words.format(
        floor=said(floor),
        rest=said(given - floor),
        n=case.initiatives,
        per=said(per),
        median=said(middle),
        need=said(need),
        share=number(float(100 * need / whole), 1),
    )


def explain_initiative(case: rules.InitiativeCase, terms: RoundRow, whole: int, given: int) -> str:
    """Why an initiative gets its supplement, or none, in a sentence."""
    if case.grade not in ("A", "B"):
        return _("Graded {grade}: only A and B get a supplement.").format(grade=case.grade or "–")
    if case.input_output_milli is None:
        return _("It has no input–output yet, because nothing was spent.")
    if not case.ask:
        return _("It asks for nothing.")
    weight = case.weight(terms.cap_milli)
    if not weight:
        return _("Its score or its input–output is nought.")
    capped = case.input_output_milli > terms.cap_milli
    counted = (
        _("input–output {io}, of which {cap} counts") if capped else _("input–output {io}")
    ).format(io=_milli(case.input_output_milli), cap=_milli(terms.cap_milli))
    words = _("Score {score} × {counted} is {share} % of all weights.")
    if given == case.ask:
        words = _("Score {score} × {counted} would be {share} % of all weights: it gets its ask.")
    return words.format(
        score=_milli(case.score_milli),
        counted=counted,
        share=number(float(Fraction(100 * weight, whole)), 1),
    )


def _milli(thousandths: int) -> str:
    text = number(thousandths / 1000, 3).rstrip("0")
    return text.rstrip(".")


# --- side by side ----------------------------------------------------------------------------


class Compared(NamedTuple):
    """A party in several rounds: what each gives it (None where it takes no part), and why."""

    kind: str
    holder: int
    code: str
    name: str
    given: tuple[int | None, ...]
    why: tuple[str, ...]

    @property
    def difference(self) -> int:
        """What the last round gives more than the first."""
        return (self.given[-1] or 0) - (self.given[0] or 0)


def compare(
    connection: Connection, ids: Sequence[int], display: str = "yuan"
) -> tuple[list[Working], list[Compared]]:
    """Rounds side by side: who gains most in the last against the first stands first."""
    workings = [working(connection, identity, display) for identity in ids]
    parties = [{(row.kind, row.holder): row for row in one.parties} for one in workings]
    found = []
    for key in dict.fromkeys(key for one in parties for key in one):
        rows = [one.get(key) for one in parties]
        present = next(row for row in rows if row is not None)
        found.append(
            Compared(
                *key,
                present.code,
                present.name,
                tuple(row.given_fen if row else None for row in rows),
                tuple(row.why if row else _("It takes no part.") for row in rows),
            )
        )
    found.sort(key=lambda row: (row.kind != "unit", -row.difference, row.code))
    return workings, found


def posted_on(connection: Connection, transaction_id: int) -> date | None:
    """The day of a round's transaction."""
    query = select(TRANSACTION.c.date).where(TRANSACTION.c.id == transaction_id)
    found: date | None = connection.scalar(query)
    return found
