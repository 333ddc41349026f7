"""The commands for boards: bringing them in, writing them out, listing, flow.

What a command needs is imported in it, so that the parser stays light.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecofolio.cli import output
from ecofolio.cli.usage import wrong
from ecofolio.errors import InputError
from ecofolio.text import _, listed, ngettext

if TYPE_CHECKING:
    from sqlalchemy import Connection

OF_BOARD = ("cards", "moves")
KINDS = ("squads", "members", "boards", "cards", "moves")
# what other tools' files are: a list of issues or a log of their changes, as they look
_FORMATS: dict[str, str | None] = {
    "trello": "trello",
    "events": "events",
    "event-log": "events",
    "xes": "xes",
    "list": "list",
    "jira": None,
    "azure": "list",
    "planner": "list",
    "csv": None,
    "ecofolio": "ecofolio",
}
Adder = Callable[[Any, str, str], Any]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(_("“{text}” is not a date such as 2026-10-31"), text) from None


def _kind(text: str) -> tuple[str, str]:
    name, _mark, kind = text.rpartition("=")
    if not name or kind not in ("backlog", "queue", "active", "done"):
        raise wrong(_("“{text}” is not a column's kind such as Review=active"), text)
    return name, kind


def _cards(text: str) -> int:
    if not text.isdigit() or int(text) > 1_000_000:
        raise wrong(_("“{text}” is not a number of cards"), text)
    return int(text)


def _target(text: str) -> Path:
    if Path(text).suffix.lower() not in (".xlsx", ".csv", ".json", ".zip"):
        raise wrong(_("“{text}” does not end in .xlsx, .csv, .json or .zip"), text)
    return Path(text)


def misuse(chosen: Namespace) -> str | None:
    """What is wrong with arguments that only make sense together; None where nothing is."""
    if chosen.command == "list" and (chosen.kind in OF_BOARD) != bool(chosen.board):
        if chosen.board:
            what = _("{kind} are not a board's").format(kind=chosen.kind)
            return f"argument --board: {what}"
        return "the following arguments are required: --board"
    if chosen.command == "flow":
        if not (chosen.board or chosen.squad or chosen.initiative):
            return "one of the arguments --board --squad --initiative is required"
        if chosen.lane is not None and not chosen.board:
            what = _("a lane is a board's: name it with --board")
            return f"argument --lane: {what}"
        if chosen.since and chosen.until and chosen.since > chosen.until:
            what = _("is after --until")
            return f"argument --since: {what}"
    return None


def add_commands(commands: Any, add: Adder) -> None:
    """Add the parsers of these commands; `add` makes one with what all commands have."""
    take = add(commands, "import-board", "bring in a board from another tool")
    take.add_argument("file", metavar="FILE")
    take.add_argument("--into", required=True, metavar="PROGRAMME")
    take.add_argument("--squad", required=True, metavar="S", help="the squad's code or name")
    take.add_argument(
        "--format", choices=tuple(_FORMATS), help="what the file is, where it is not plain"
    )
    which = take.add_mutually_exclusive_group()
    which.add_argument("--board", metavar="B", help="the board to bring up to date, code or name")
    which.add_argument(
        "--new-board", action="store_true",
        help="make another board where one came from the same source already",
    )  # fmt: skip
    take.add_argument("--name", metavar="NAME", help="what the board is called")
    take.add_argument(
        "--kind", action="append", type=_kind, default=[], metavar="COLUMN=KIND",
        help="backlog, queue, active or done, where the name does not say",
    )  # fmt: skip
    take.add_argument("--mapping", metavar="NAME|FILE", help="a saved mapping, or one in a file")
    take.add_argument("--sheet", metavar="SHEET")
    take.add_argument("--encoding", metavar="ENCODING")
    take.add_argument("--delimiter", metavar="CHARACTER")
    take.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    flow = add(commands, "flow", "cycle times, throughput, work in progress, forecast")
    _add_board(flow, required=False)
    flow.add_argument("--squad", metavar="S", help="all boards of a squad")
    flow.add_argument("--initiative", metavar="CODE", help="the cards of an initiative")
    flow.add_argument("--lane", metavar="KEY", help="one lane of the board")
    flow.add_argument("--since", type=_day, metavar="DATE", help="the first day (the first card's)")
    flow.add_argument("--until", type=_day, metavar="DATE", help="the last day (today)")
    flow.add_argument("--cards", type=_cards, metavar="N", help="when will so many be done")
    flow.add_argument("--by", type=_day, metavar="DATE", help="how many will be done by then")
    export = add(commands, "board-export", "write a board as .xlsx, .csv, .json or .zip")
    _add_board(export, required=True)
    export.add_argument(
        "--to", required=True, type=_target, metavar="FILE",
        help=".xlsx, .csv, .json (reads back) or .zip (reads back with the files)",
    )  # fmt: skip
    export.add_argument("--lang", choices=("en", "zh_CN", "zh_TW"), help="the language of the file")


def _add_board(command: Any, *, required: bool) -> None:
    command.add_argument("--board", required=required, metavar="B", help="its code or name")
    command.add_argument("--from", dest="programme", required=True, metavar="PROGRAMME")


def _board(connection: Connection, name: str) -> int:
    from ecofolio.boards.queries import by_code

    found = by_code(connection, name)
    if found is None:
        raise InputError(_("There is no board {code}.").format(code=name))
    return found


def _open(chosen: Namespace, place: str) -> Any:
    from ecofolio.store.workspace import Workspace

    return Workspace.open(place, actor=chosen.actor)


def import_board(chosen: Namespace) -> int:
    from ecofolio.boards.exchange.importing import Overrules, run_import

    overrules = Overrules(
        format=_FORMATS[chosen.format] if chosen.format else None,
        kinds=dict(chosen.kind),
        sheet=chosen.sheet,
        encoding=chosen.encoding,
        delimiter=chosen.delimiter,
        name=chosen.name,
    )
    with _open(chosen, chosen.into) as workspace:
        report = run_import(
            workspace,
            chosen.file,
            squad=chosen.squad,
            overrules=overrules,
            board=chosen.board,
            new_board=chosen.new_board,
            mapping=chosen.mapping,
            dry_run=chosen.dry_run,
        )
    document = report.as_json()
    if chosen.json:
        output.write_json(document)
    else:
        output.say("\n".join(_told(report, document)))
    return 0


def _told(report: Any, document: dict[str, Any]) -> list[str]:
    """What an import did in lines: how much, the columns, what to know."""
    from ecofolio.boards.exchange import bringing

    if document["is_new"]:
        lines = [
            _("{cards}, {moves}, {refused} refused.").format(
                cards=ngettext("{n} card", "{n} cards", document["cards"]).format(
                    n=document["cards"]
                ),
                moves=ngettext("{n} move", "{n} moves", document["moves"]).format(
                    n=document["moves"]
                ),
                refused=len(document["refused"]),
            )
        ]
    else:
        lines = [
            _("{board}: {created} new, {updated} changed, {same} as they were.").format(
                board=document["name"],
                created=document["created"],
                updated=document["updated"],
                same=document["unchanged"],
            )
        ]
    lines += [f"{one['name']}: {one['kind']} ({one['why']})" for one in document.get("columns", ())]
    incoming, update = getattr(report, "incoming", None), getattr(report, "update", None)
    lines += bringing.readings(incoming) if incoming is not None else document["notices"]
    if document["people_not_known"]:
        names = listed(document["people_not_known"])
        lines.append(_("Nobody here is called: {names}.").format(names=names))
    lines += bringing.changes(update) if update is not None else []
    if update is not None and update.is_nothing:
        lines.append(_("The board is as the file says: nothing was changed."))
    if document["dry_run"]:
        lines.append(_("Nothing was written."))
    return lines


def flow(chosen: Namespace) -> int:
    from ecofolio.boards import lists
    from ecofolio.boards.readings import Part, past

    with _open(chosen, chosen.programme) as workspace, workspace.read() as connection:
        part = Part(
            board_id=_board(connection, chosen.board) if chosen.board else None,
            squad_id=_squad(connection, chosen.squad) if chosen.squad else None,
            initiative_id=_initiative(connection, chosen.initiative) if chosen.initiative else None,
            lane=chosen.lane,
        )
        found, now = past(connection, part), workspace.clock()
    first, last = lists.span(found, now.astimezone().date(), chosen.since, chosen.until)
    document = lists.flow_document(found, first, last, now, cards=chosen.cards, by=chosen.by)
    if chosen.json:
        output.write_json(document)
        return 0
    forecast = document["forecast"]
    told = {
        _("Finished cards"): document["finished"],
        **{
            _("Cycle time, {percent} %").format(percent=percent): days
            for percent, days in document["cycle_times"].items()
        },
        _("Cards whose times run backwards"): document["faults"],
        **{
            _("Done by, {percent} %").format(percent=percent): day
            for percent, day in forecast.get("done_by", {}).items()
        },
    }
    rows = [{"figure": name, "value": value} for name, value in told.items()]
    output.write_table(("figure", "value"), rows)
    if "reason" in forecast:
        output.say(forecast["reason"])
    return 0


def _squad(connection: Connection, code: str) -> int:
    from ecofolio.squads.queries import by_code

    found = by_code(connection, code)
    if found is None:
        raise InputError(_("There is no squad {code}.").format(code=code))
    return found


def _initiative(connection: Connection, code: str) -> int:
    from ecofolio.initiatives.queries import by_code

    found = by_code(connection, code)
    if found is None:
        raise InputError(_("There is no initiative {code}.").format(code=code))
    return found


def board_export(chosen: Namespace) -> int:
    from ecofolio.boards.exchange.workbook import export_board
    from ecofolio.text import language, using

    path: Path = chosen.to
    with _open(chosen, chosen.programme) as workspace, workspace.read() as connection:
        board = _board(connection, chosen.board)
        with using(chosen.lang or language()):
            cards = export_board(
                connection,
                board,
                path,
                now=workspace.clock(),
                actor=workspace.actor,
                place=workspace.place,
            )
    if chosen.json:
        output.write_json({"file": str(path.absolute()), "cards": cards})
    else:
        text = ngettext("{n} card is in {place}.", "{n} cards are in {place}.", cards)
        output.say(text.format(n=cards, place=path))
    return 0


def rows(connection: Connection, chosen: Namespace, workspace: Any) -> list[dict[str, Any]]:
    """What `ecofolio list` prints of squads, members, boards, cards and moves."""
    from ecofolio.boards import lists, queries
    from ecofolio.squads import queries as squads

    now = workspace.clock()
    today = now.astimezone().date()
    if chosen.kind == "cards":
        return lists.cards(connection, _board(connection, chosen.board), now)
    if chosen.kind == "moves":
        return lists.board_moves(connection, _board(connection, chosen.board))
    if chosen.kind == "boards":
        return [one._asdict() for one in queries.boards(connection)]
    if chosen.kind == "members":
        return [one._asdict() for one in squads.members(connection)]
    return [
        {
            "code": one.code,
            "name": one.name,
            "kind": one.kind,
            "lead": one.lead,
            "people": one.people,
            "initiatives": len(one.initiatives),
            "fit": one.fitness.is_fit,
            "failings": list(one.fitness.failings),
        }
        for one in squads.squads(connection, today)
    ]


RUN: dict[str, Callable[[Namespace], int]] = {
    "import-board": import_board,
    "flow": flow,
    "board-export": board_export,
}
