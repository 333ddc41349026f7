"""Playbooks on the command line: packed from an initiative, listed, set as targets of others."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ecofolio.cli import output
from ecofolio.cli.measures import exact
from ecofolio.errors import InputError
from ecofolio.text import _, ngettext

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ecofolio.scorecards.playbooks import Proposal

Rows = list[dict[str, Any]]
KINDS = ("playbooks", "playbook-targets")
COMMANDS = ("pack-playbook", "targets")


def add_commands(
    command: Callable[[str, str], argparse.ArgumentParser],
    month: Callable[[str], str],
    count: Callable[[str], int],
) -> None:
    """The words of the commands of playbooks; `month` and `count` read the types of options."""
    pack = command("pack-playbook", "pack an initiative as a playbook")
    pack.add_argument("--into", required=True, metavar="PROGRAMME")
    pack.add_argument("--from-initiative", required=True, metavar="CODE")
    pack.add_argument("--code", default="", help="the playbook's own (the next free one)")
    pack.add_argument("--name", help="what it is called (as the initiative)")
    pack.add_argument("--notes", help="what it is for")
    pack.add_argument("--months", type=count, metavar="N", help="its first months only")
    pack.add_argument(
        "--promised", action="store_true", help="what it promised, not what it reached"
    )
    pack.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    targets = command("targets", "set targets of initiatives from a playbook")
    targets.add_argument("--into", required=True, metavar="PROGRAMME")
    targets.add_argument("--from-playbook", required=True, metavar="CODE")
    targets.add_argument(
        "--initiatives", required=True, metavar="CODE,…", help="whose targets are set"
    )
    targets.add_argument(
        "--start", type=month, metavar="YYYY-MM", help="month 1 of all (each one's start)"
    )
    targets.add_argument(
        "--percent", type=count, default=100, metavar="N", help="of its counts (100)"
    )
    targets.add_argument(
        "--rates", action="store_true", help="of its rates and averages too, which else stay whole"
    )
    targets.add_argument("--replace", action="store_true", help="also targets that are there")
    targets.add_argument(
        "--dry-run", action="store_true", help="say what would happen, write nothing"
    )


def pack(chosen: Namespace) -> int:
    """Pack an initiative as a playbook with all that it reached or promised since its start."""
    from ecofolio.initiatives import playbooks as registers
    from ecofolio.scorecards import founding, playbooks, proven
    from ecofolio.store.workspace import Workspace

    with Workspace.open(chosen.into, actor=chosen.actor) as workspace:
        founding.ready(workspace)
        with workspace.read() as connection:
            [source] = _initiatives(connection, [chosen.from_initiative])
            of = proven.PROMISED if chosen.promised else proven.REACHED
            found = playbooks.of_initiative(connection, source, of=of)
            given = {"code": chosen.code, "name": chosen.name, "notes": chosen.notes}
            values = registers.suggested(connection, source)
            values |= {key: value for key, value in given.items() if value}
        most = chosen.months or playbooks.MONTHS
        packed = [one for one in found if one.month <= most]
        code = None
        if not chosen.dry_run:
            made = workspace.do(playbooks.pack, values, packed)
            with workspace.read() as connection:
                code = next(one.code for one in registers.playbooks(connection) if one.id == made)
    if chosen.json:
        output.write_json({"playbook": code, "figures": len(packed)})
    elif code is None:
        n = len(packed)
        text = ngettext("{n} figure would be packed.", "{n} figures would be packed.", n)
        output.say(f"{text.format(n=n)} {_('Nothing was written.')}")
    else:
        text = ngettext(
            "Playbook {code} has {n} figure.", "Playbook {code} has {n} figures.", len(packed)
        )
        output.say(text.format(code=code, n=len(packed)))
    return 0


def set_targets(chosen: Namespace) -> int:
    """Set targets of initiatives from a playbook; exit 1 where there is nothing to set."""
    from ecofolio.initiatives import playbooks as registers
    from ecofolio.scorecards import playbooks
    from ecofolio.store.workspace import Workspace

    codes = [code.strip() for code in chosen.initiatives.split(",") if code.strip()]
    if not codes:
        raise InputError(_("Say which initiatives get targets, by their codes."))
    terms = playbooks.Terms(chosen.start, chosen.percent, chosen.rates)
    with Workspace.open(chosen.into, actor=chosen.actor) as workspace:
        with workspace.read() as connection:
            playbook = registers.by_code(connection, chosen.from_playbook)
            ids = _initiatives(connection, codes)
            today = workspace.clock().astimezone().date()
            found = playbooks.proposals(connection, playbook, ids, today, terms)
        if not chosen.dry_run:
            set_all = playbooks.set_from_playbook
            workspace.do(set_all, playbook, ids, terms, replace=chosen.replace)
    names = dict(zip(ids, codes, strict=True))
    rows = [_told(names[one.initiative_id], one, replace=chosen.replace) for one in found]
    if chosen.json:
        output.write_json({"written": not chosen.dry_run, "initiatives": rows})
    else:
        output.write_table(output.columns_of(rows), rows)
        if n := sum(one.settled for one in found):
            text = ngettext(
                "{n} target is left as it is: the scores of its month are settled.",
                "{n} targets are left as they are: the scores of their months are settled.",
                n,
            )
            output.say(text.format(n=n))
        if chosen.dry_run:
            output.say(_("Nothing was written."))
    return 0


def _told(code: str, one: Proposal, *, replace: bool) -> dict[str, Any]:
    return {
        "initiative": code,
        "month_1": one.first,
        "set": one.new,
        "replaced": one.other if replace else 0,
        "left": 0 if replace else one.other,
        "unchanged": one.same,
        "settled": one.settled,
    }


def _initiatives(connection: Connection, codes: Sequence[str]) -> list[int]:
    """The identities of initiatives by their codes; `InputError` names the first that is none."""
    from ecofolio.initiatives.queries import by_code

    found = []
    for code in codes:
        identity = by_code(connection, code)
        if identity is None:
            raise InputError(_("There is no initiative {code}.").format(code=code))
        found.append(identity)
    return found


# --- list --------------------------------------------------------------------------------------


def listed(connection: Connection, _today: date) -> Rows:
    """Every playbook, the retired ones last."""
    from ecofolio.initiatives.playbooks import playbooks

    return [
        {
            "code": row.code,
            "name": row.name,
            "notes": row.notes,
            "scene": row.scene or None,
            "batch": row.batch,
            "made_from": row.made_from,
            "retired": bool(row.retired),
        }
        for row in playbooks(connection, retired=True)
    ]


def figures(connection: Connection, _today: date) -> Rows:
    """What every playbook promises, by metric and by the month since the start."""
    from ecofolio.scorecards.playbooks import figures

    return [
        {
            "playbook": row.code,
            "metric": row.metric,
            "month": row.month,
            "floor": exact(row.floor),
            "target": exact(row.target),
            "stretch": exact(row.stretch),
        }
        for row in figures(connection)
    ]
