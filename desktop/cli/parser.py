"""The words of the command line."""

from __future__ import annotations

import argparse
import re
from calendar import monthrange
from datetime import date

from ecofolio import __version__
from ecofolio.cli import boards, measures, playbooks
from ecofolio.cli.usage import Parser, wrong
from ecofolio.text import LANGUAGES, _

KINDS = (
    "initiatives",
    "units",
    "departments",
    "people",
    "scenes",
    "milestones",
    "notes",
    "fields",
    "views",
    "mappings",
    "changes",
    "postings",
    "balances",
    "commitments",
    "requests",
    "rounds",
)


def _end(text: str) -> date:
    """A day, or the last day of a month."""
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        year, month = int(text[:4]), int(text[5:])
        return date(year, month, monthrange(year, month)[1])
    return _day(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(_("“{text}” is not a date such as 2026-10-31"), text) from None


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise wrong(_("“{text}” is not a month such as 2026-10"), text)
    return text


def _period(text: str) -> str:
    if not re.fullmatch(r"(19|20|21)\d\d(-(0[1-9]|1[0-2]|Q[1-4]))?", text):
        raise wrong(_("“{text}” is not a period: 2026-10, 2026-Q4 or 2026"), text)
    return text


def _size(text: str) -> tuple[int, int]:
    hit = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if not hit:
        raise wrong(_("“{text}” is not a size such as 1440x900"), text)
    return int(hit[1]), int(hit[2])


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1_000_000:
        raise wrong(_("“{text}” is not a number from 1 to 1000000"), text)
    return int(text)


def build(*, opening: bool = False) -> Parser:
    """The parser of every command; of `open` alone where the window is what is waited for."""
    parser = Parser(
        prog="ecofolio",
        description="Programme management for a bank's ecosystem initiatives. "
        "Without a command, opens the window on PROGRAMME: a file or a postgresql:// address.",
    )
    parser.add_argument("--version", action="version", version=f"ecofolio {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    if not opening:
        _add_programme_commands(commands)
        _add_data_commands(commands)
        _add_store_commands(commands)
        _add_money_commands(commands)
        boards.add_commands(commands, _command)
        measures.add_commands(lambda name, what: _command(commands, name, what), _period)
        playbooks.add_commands(lambda name, what: _command(commands, name, what), _month, _count)
    opener = _command(commands, "open", "open the window on a programme")
    opener.add_argument("programme", nargs="?", metavar="PROGRAMME")
    return parser


def _command(commands: argparse._SubParsersAction[Parser], name: str, what: str) -> Parser:
    command = commands.add_parser(name, help=what, description=what)
    command.add_argument("--json", action="store_true", help="one JSON document on output")
    command.add_argument("--actor", metavar="NAME", help="who is acting (the system's user)")
    return command


def _language(command: Parser, what: str) -> None:
    command.add_argument("--lang", choices=tuple(LANGUAGES), help=what)


def _add_programme_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    demo = _command(commands, "demo", "make the demonstration programme")
    demo.add_argument("--to", metavar="PROGRAMME", help="where (a file in the user's folder)")
    demo.add_argument("--initiatives", type=_count, metavar="N", help="a big one for trials")
    _language(demo, "the language of its texts")
    new = _command(commands, "new", "make an empty programme")
    new.add_argument("programme", metavar="PROGRAMME")
    new.add_argument("--name", default="", help="what it is called")
    shots = _command(commands, "shots", "a picture of every page")
    shots.add_argument("programme", metavar="PROGRAMME")
    shots.add_argument("--to", required=True, metavar="DIR")
    _language(shots, "the language of the pages")
    shots.add_argument("--theme", choices=("light", "dark"), default="light")
    shots.add_argument("--size", type=_size, default=(1440, 900), metavar="1440x900")


def _add_data_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    take = _command(commands, "import", "bring in a list of initiatives")
    take.add_argument("list", metavar="LIST")
    take.add_argument("--into", required=True, metavar="PROGRAMME")
    take.add_argument("--mapping", metavar="NAME|FILE", help="a saved mapping, or one in a file")
    take.add_argument("--sheet", metavar="SHEET")
    take.add_argument("--transpose", action="store_true", help="one column an initiative")
    take.add_argument("--encoding", metavar="ENCODING")
    take.add_argument("--delimiter", metavar="CHARACTER")
    take.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    show = _command(commands, "list", "print records")
    kinds = (*KINDS, *boards.KINDS, *measures.KINDS, *playbooks.KINDS)
    show.add_argument("kind", choices=kinds, metavar="KIND", help=", ".join(kinds))
    show.add_argument("--board", metavar="B", help="whose cards or moves: its code or name")
    show.add_argument("--from", dest="programme", required=True, metavar="PROGRAMME")
    show.add_argument("--csv", action="store_true", help="as CSV")
    show.add_argument("--bom", action="store_true", help="CSV that Excel knows for UTF-8")
    show.add_argument(
        "--by", action="append", choices=measures.BY, metavar="BY",
        help="observations and targets rolled up: " + ", ".join(measures.BY),
    )  # fmt: skip
    show.add_argument(
        "--as-of", type=_end, metavar="DATE|YYYY-MM", help="at the end of this day or month"
    )
    pack = _command(commands, "pack", "write the review workbook")
    pack.add_argument("--from", dest="programme", required=True, metavar="PROGRAMME")
    pack.add_argument("--to", required=True, metavar="OUT.xlsx")
    pack.add_argument("--unit", metavar="CODE", help="only this unit and those below it")
    pack.add_argument("--since", type=_day, metavar="DATE", help="tell the changes since then")
    pack.add_argument("--as-of", type=_month, metavar="YYYY-MM")
    _language(pack, "the language of the workbook")


def _add_store_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    history = _command(commands, "history", "what was changed, by whom and when")
    history.add_argument("programme", metavar="PROGRAMME")
    history.add_argument("--of", metavar="CODE", help="of one initiative, field by field")
    for name, what in (("undo", "take back the newest change"), ("redo", "bring it back")):
        command = _command(commands, name, what)
        command.add_argument("programme", metavar="PROGRAMME")
    check = _command(commands, "check", "integrity, references, journal and rules")
    check.add_argument("programme", metavar="PROGRAMME")
    backup = _command(commands, "backup", "write a verified copy")
    backup.add_argument("programme", metavar="PROGRAMME")
    backup.add_argument("--to", metavar="DIR")
    restore = _command(commands, "restore", "put a backup in a programme's place")
    restore.add_argument("backup", metavar="BACKUP")
    restore.add_argument("--to", required=True, metavar="PROGRAMME")


def _add_money_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    post = _command(commands, "post", "post a list of money: expenses, transfers, commitments")
    post.add_argument("--into", required=True, metavar="PROGRAMME")
    post.add_argument("--from-file", required=True, metavar="LIST")
    post.add_argument("--mapping", metavar="NAME|FILE", help="a saved mapping, or one in a file")
    post.add_argument("--sheet", metavar="SHEET")
    post.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    rounds = commands.add_parser("round", help="share a pot out", description="Share a pot out.")
    steps = rounds.add_subparsers(dest="step", metavar="STEP", required=True)
    draft = _command(steps, "draft", "draft a funding round")
    draft.add_argument("--into", required=True, metavar="PROGRAMME")
    draft.add_argument("--name", required=True)
    draft.add_argument("--pot", required=True, metavar="SUM", help="such as 500000 or 50万")
    draft.add_argument("--base", metavar="SUM", help="the part for the units (all without asks)")
    draft.add_argument("--floor", metavar="SUM", default="0", help="what every unit gets at least")
    draft.add_argument(
        "--cap", metavar="N", default="3", help="the input–output that counts at most"
    )
    draft.add_argument("--unit", metavar="CODE", help="whose pool pays (the head office's)")
    draft.add_argument("--asks", metavar="LIST", help="initiative, ask, score, grade, input–output")
    compare = _command(steps, "compare", "two or more rounds side by side")
    compare.add_argument("--from", dest="programme", required=True, metavar="PROGRAMME")
    compare.add_argument("rounds", nargs="+", type=_count, metavar="NUMBER")
    for name, what in (("approve", "agree to a draft"), ("post", "write it to the ledger")):
        step = _command(steps, name, what)
        step.add_argument("--into", required=True, metavar="PROGRAMME")
        step.add_argument("round", type=_count, metavar="NUMBER")
