"""`ecofolio post` and `ecofolio round`."""

from __future__ import annotations

from argparse import Namespace
from decimal import Decimal
from typing import Any

from ecofolio.budget import queries, round_actions, rounds
from ecofolio.budget.importing import post_list, read_asks
from ecofolio.cli import output
from ecofolio.cli.commands import DONE, FAULT, _open, _tell, _unit
from ecofolio.errors import InputError
from ecofolio.format import in_unit, money
from ecofolio.intake.money import money_reader, number_of
from ecofolio.intake.values import Reason
from ecofolio.store.workspace import Workspace
from ecofolio.text import _, in_a_row


def post(chosen: Namespace) -> int:
    """Post a list; FAULT where lines were refused and nothing could be posted."""
    with _open(chosen, chosen.into) as workspace:
        report = post_list(
            workspace,
            chosen.from_file,
            mapping=chosen.mapping,
            sheet=chosen.sheet,
            dry_run=chosen.dry_run,
        )
    text = _("{posted} posted, {asked} waiting for approval, {refused} refused.").format(
        posted=len(report.posted), asked=len(report.asked), refused=len(report.refused)
    )
    if chosen.dry_run:
        text = in_a_row([text, _("Nothing was written.")])
    for fault in report.faults:
        text += "\n" + _("Reading {file}: {what}.").format(file=report.file, what=fault)
    for one in report.refused:
        text += "\n" + _("Row {row}: {reason}").format(row=one.row, reason=one.reason)
    _tell(chosen, report.as_json(), text)
    nothing = not report.posted and not report.asked
    return FAULT if report.refused and nothing else DONE


def share_out(chosen: Namespace) -> int:
    """One step of a funding round."""
    return {"draft": _draft, "compare": _compare, "approve": _approve, "post": _post}[chosen.step](
        chosen
    )


def _sum(text: str, currency: str) -> int:
    found = money_reader(currency, exact=True)(text)
    if not isinstance(found, int):
        reason = found.text if isinstance(found, Reason) else ""
        raise InputError(_("“{text}” {reason}.").format(text=text, reason=reason))
    return found


def _draft(chosen: Namespace) -> int:
    with _open(chosen, chosen.into) as workspace:
        asks = read_asks(workspace, chosen.asks) if chosen.asks else []
        with workspace.read() as connection:
            currency = queries.currency(connection)
            unit_id = _unit(connection, chosen.unit) if chosen.unit else None
        pot = _sum(chosen.pot, currency)
        cap = number_of(chosen.cap) or Decimal(0)
        made = workspace.do(
            round_actions.draft_round,
            chosen.name,
            pot_fen=pot,
            base_fen=_sum(chosen.base, currency) if chosen.base else (0 if asks else pot),
            floor_fen=_sum(chosen.floor, currency),
            cap_milli=int(cap * 1000),
            unit_id=unit_id,
            asks=asks,
        )
        return _show(chosen, workspace, made)


def _show(chosen: Namespace, workspace: Workspace, identity: int) -> int:
    with workspace.read() as connection:
        found, currency = rounds.working(connection, identity), queries.currency(connection)
    parties = [row._asdict() for row in found.parties]
    document: dict[str, Any] = {
        **found.round._asdict(),
        "parties": parties,
        "troubles": found.troubles,
        "remarks": found.remarks,
    }
    if chosen.json:
        output.write_json(document)
        return DONE
    output.say(
        _("Funding round {n}, {name}: {sum}").format(
            n=identity, name=found.round.name, sum=in_unit(found.round.pot_fen, currency=currency)
        )
    )
    rows = [
        {"code": row.code, "name": row.name, currency: money(row.given_fen), "why": row.why}
        for row in found.parties
    ]
    output.write_table(("code", "name", currency, "why"), rows)
    for text in (*found.troubles, *found.remarks):
        output.say(text)
    return DONE


def _compare(chosen: Namespace) -> int:
    with _open(chosen, chosen.programme) as workspace, workspace.read() as connection:
        workings, rows = rounds.compare(connection, chosen.rounds)
    if chosen.json:
        output.write_json(
            {
                "rounds": [one.round._asdict() for one in workings],
                "parties": [{**row._asdict(), "difference": row.difference} for row in rows],
            }
        )
        return DONE
    names = [f"{one.round.id} {one.round.name}" for one in workings]
    table = [
        {
            "code": row.code,
            "name": row.name,
            **{name: money(fen) for name, fen in zip(names, row.given, strict=True)},
            "difference": money(row.difference),
            "why": row.why[-1],
        }
        for row in rows
    ]
    output.write_table(("code", "name", *names, "difference", "why"), table)
    return DONE


def _approve(chosen: Namespace) -> int:
    with _open(chosen, chosen.into) as workspace:
        workspace.do(round_actions.approve_round, chosen.round)
    text = _("Funding round {n} is approved.").format(n=chosen.round)
    return _tell(chosen, {"round": chosen.round, "state": "approved"}, text)


def _post(chosen: Namespace) -> int:
    with _open(chosen, chosen.into) as workspace:
        transaction = workspace.do(round_actions.post_round, chosen.round)
        with workspace.read() as connection:
            total = queries.balances(connection).total
    text = _("Funding round {n} is posted as transaction {transaction}.").format(
        n=chosen.round, transaction=transaction
    )
    document = {"round": chosen.round, "transaction": transaction, "pools_fen": total.pool}
    return _tell(chosen, document, text)
