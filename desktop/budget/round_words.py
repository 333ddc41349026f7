"""Funding rounds in sentences: what stands in a round's way, who gains and loses, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from ecofolio.budget import approvals
from ecofolio.budget.ledger import AccountKey, balance
from ecofolio.budget.rounds import Compared, PartyRow, Working
from ecofolio.format import day, in_unit, money
from ecofolio.text import _, in_a_row, listed, ngettext
from ecofolio.vocabulary import AccountKind, RoundState


class Check(NamedTuple):
    """What was checked of a round: green, amber or red, in a sentence."""

    light: str
    said: str


def checks(
    connection: Connection, one: Working, actor: str, unit: str, currency: str
) -> list[Check]:
    """What is to be known before a round is approved or posted, the worst first."""

    def sums(fen: int) -> str:
        return in_unit(fen, unit, currency)

    round_ = one.round
    found = [Check("red", text) for text in one.troubles]
    base = sum(row.given_fen for row in one.parties if row.kind == "unit")
    supplement = sum(row.given_fen for row in one.parties if row.kind == "initiative")
    said = _("Base part {base} + supplements {supplement} = pot {pot}.")
    if round_.kept_fen:
        said = _("Base part {base} + supplements {supplement} + {kept} left over = pot {pot}.")
    exact = base + supplement + one.outcome.kept == round_.pot_fen
    said = said.format(
        base=money(base, unit),
        supplement=money(supplement, unit),
        kept=money(round_.kept_fen, unit),
        pot=sums(round_.pot_fen),
    )
    found.append(Check("green" if exact else "red", said))
    if round_.state in (RoundState.DRAFT, RoundState.APPROVED):
        held = balance(connection, AccountKey(AccountKind.POOL, round_.unit_id), None)
        enough = held >= base + supplement
        said = _("The pool of {unit} holds {held}: enough.")
        if not enough:
            said = _("The pool of {unit} holds {held}: too little.")
        found.append(
            Check("green" if enough else "red", said.format(unit=round_.unit, held=sums(held)))
        )
    found += [Check("amber", text) for text in one.remarks]
    if round_.state == RoundState.DRAFT and is_own(connection, one, actor):
        found.append(Check("amber", _("You drafted this: somebody else approves it.")))
    if round_.approved_by:
        said = _("Drafted by {drafter}, approved by {approver} on {date}.")
        found.append(
            Check(
                "green",
                said.format(
                    drafter=round_.drawn_by,
                    approver=round_.approved_by,
                    date=day(round_.approved_on),
                ),
            )
        )
    order = ("red", "amber", "green")
    return sorted(found, key=lambda check: order.index(check.light))


def is_own(connection: Connection, one: Working, actor: str) -> bool:
    """Whether who acts drafted the round, and so can not approve it."""
    return approvals.same_person(connection, one.round.drawn_by, actor)


def gains(rows: Sequence[Compared], unit: str, currency: str) -> str:
    """Who gains and who loses in the last round against the first, in a sentence."""
    more = [row for row in rows if row.difference > 0]
    less = [row for row in rows if row.difference < 0]
    if not more and not less:
        return _("Everybody gets the same.")
    said = []
    if more:
        most = max(more, key=lambda row: row.difference)
        said.append(
            ngettext(
                "{n} gains {sum}, most {name} with {most}.",
                "{n} gain {sum} together, most {name} with {most}.",
                len(more),
            ).format(
                n=len(more),
                sum=in_unit(sum(row.difference for row in more), unit, currency),
                name=most.name,
                most=in_unit(most.difference, unit, currency),
            )
        )
    if less:
        most = min(less, key=lambda row: row.difference)
        said.append(
            ngettext(
                "{n} loses {sum}, most {name} with {most}.",
                "{n} lose {sum} together, most {name} with {most}.",
                len(less),
            ).format(
                n=len(less),
                sum=in_unit(-sum(row.difference for row in less), unit, currency),
                name=most.name,
                most=in_unit(-most.difference, unit, currency),
            )
        )
    return in_a_row(said)


def changed(row: Compared, first: Working, last: Working, unit: str, currency: str) -> str:
    """Why a party gets another amount in the last round than in the first, in a sentence."""

    def sums(fen: int | None) -> str:
        return in_unit(fen, unit, currency)

    before, after = _party(row, first), _party(row, last)
    if row.difference == 0 or before is None or after is None:
        return ""
    parts: list[tuple[str, object, object]] = []
    if row.kind == "unit":
        parts += [
            (_("floor"), sums(before.floor_fen), sums(after.floor_fen)),
            (_("base part"), sums(_base(first)), sums(_base(last))),
            (_("its money"), sums(before.funds_fen), sums(after.funds_fen)),
            (_("its initiatives"), before.initiatives, after.initiatives),
        ]
    else:
        parts += [
            (_("ask"), sums(before.ask_fen), sums(after.ask_fen)),
            (_("score"), _milli(before.score_milli), _milli(after.score_milli)),
            (_("grade"), before.grade or "–", after.grade or "–"),
            (
                _("input–output"),
                _milli(before.input_output_milli),
                _milli(after.input_output_milli),
            ),
            (_("cap"), _milli(first.round.cap_milli), _milli(last.round.cap_milli)),
            (_("supplements"), sums(_supplement(first)), sums(_supplement(last))),
        ]
    differ = [
        _("{name} {now} instead of {then}").format(name=name, now=now, then=then)
        for name, then, now in parts
        if then != now
    ]
    why = listed(differ) or _("what the others ask and need has changed")
    words = _("{sum} more: {why}.") if row.difference > 0 else _("{sum} less: {why}.")
    return words.format(sum=sums(abs(row.difference)), why=why)


def _party(row: Compared, one: Working) -> PartyRow | None:
    found = (party for party in one.parties if (party.kind, party.holder) == (row.kind, row.holder))
    return next(found, None)


def _base(one: Working) -> int:
    return one.round.base_fen + one.outcome.freed


def _supplement(one: Working) -> int:
    return one.round.pot_fen - one.round.base_fen


def _milli(thousandths: int | None) -> str:
    return "–" if thousandths is None else f"{thousandths / 1000:g}"
