"""From arguments to an exit code: 0 done, 1 the input's or the world's fault, 2 wrong usage."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ecofolio.cli import boards, measures, output, playbooks
from ecofolio.cli.parser import build
from ecofolio.cli.usage import wrong
from ecofolio.errors import EcofolioError
from ecofolio.text import _, set_language, system_language

FAULT = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    output.speak_utf8()
    set_language(os.environ.get("ECOFOLIO_LANG") or system_language())
    if not given or not (given[0] in COMMANDS or given[0].startswith("-")):
        if given and not _may_be_a_programme(given[0]):
            unknown = _("there is no command and no programme “{text}”")
            build().error(str(wrong(unknown, given[0])))
        given = ["open", *given]
    parser = build(opening=given[0] == "open")
    chosen = parser.parse_args(given)
    if chosen.command is None:
        parser.error(_("a command is missing"))
    misuse = boards.misuse(chosen)
    if misuse is not None:
        parser.prog += f" {chosen.command}"
        parser.error(misuse)
    try:
        if chosen.command == "open":
            from ecofolio.cli.opening import open_window

            return open_window(chosen)
        from ecofolio.cli import commands

        return commands.RUN[chosen.command](chosen)
    except EcofolioError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return FAULT
    except BrokenPipeError:
        # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return FAULT
    except Exception as error:
        print(output.report(error), file=sys.stderr)  # noqa: T201
        return FAULT


def _may_be_a_programme(text: str) -> bool:
    """Whether a first word is a place to open rather than a command that was mistyped."""
    return "://" in text or bool(Path(text).suffix) or Path(text).exists()


COMMANDS = (
    "demo",
    "new",
    "import",
    "list",
    "pack",
    "post",
    "round",
    "history",
    "undo",
    "redo",
    "check",
    "backup",
    "restore",
    "shots",
    "open",
    "import-board",
    "flow",
    "board-export",
    *measures.COMMANDS,
    *playbooks.COMMANDS,
)
