"""Wrong usage of the command line, told in one sentence of the language in force."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import NoReturn

from ecofolio.text import N_, _

USAGE = 2
# argparse's own sentences: it knows no catalogue but the process's
_OWN = {
    r"argument ([^:]+): (.*)": N_("argument {0}: {1}"),
    r"the following arguments are required: (.*)": N_("the following arguments are required: {0}"),
    r"one of the arguments (.*) is required": N_("one of the arguments {0} is required"),
    r"unrecognized arguments: (.*)": N_("unrecognized arguments: {0}"),
    r"expected one argument": N_("expected one argument"),
    r"invalid choice: (.*) \(choose from (.*)\)": N_("invalid choice: {0} (choose from {1})"),
}


class Parser(ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Wrong usage: the sentence on standard error, exit 2."""
        text = _("{command}: {what} (see {command} --help)")
        self.exit(USAGE, text.format(command=self.prog, what=_translated(message)) + "\n")


def wrong(sentence: str, text: str) -> ArgumentTypeError:
    """What is wrong with a `text` given for a value; what does not print is told by its number."""
    return ArgumentTypeError(sentence.format(text=repr(text)[1:-1]))


def _translated(message: str) -> str:
    for pattern, own in _OWN.items():
        hit = re.fullmatch(pattern, message, re.DOTALL)
        if hit:
            return _(own).format(*map(_translated, hit.groups()))
    return message
