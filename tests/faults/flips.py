"""Damaged files: whatever the bytes, the program reads them or says in a sentence that it can not.

Trials run in forked batches, so that a crash or a hang of one is seen and named.
"""

from __future__ import annotations

import random
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import select
from tests.faults.children import in_child

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import queries
from ecofolio.portfolio import queries as portfolio
from ecofolio.review.pack import write_pack
from ecofolio.store import journal
from ecofolio.store.base import record_classes, table_of
from ecofolio.store.workspace import Workspace

BATCH = 25
SECONDS = 60  # for a batch; a trial takes some 30 ms
TODAY = date(2026, 11, 21)


@dataclass
class Outcome:
    """How the trials ended: how many files were read, how many refused, and what went wrong."""

    read: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)


def run(flips: int, programme: Path, folder: Path, seed: int = 0) -> Outcome:
    """Damage copies of a programme in `flips` ways and use each."""
    content, outcome = programme.read_bytes(), Outcome()
    for start in range(0, flips, BATCH):
        numbers = range(start, min(start + BATCH, flips))
        _merge(outcome, numbers, content, folder, seed)
    return outcome


def _merge(outcome: Outcome, numbers: range, content: bytes, folder: Path, seed: int) -> None:
    def batch() -> Outcome:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
        part = Outcome()
        for number in numbers:
            trial(number, content, folder, seed, part)
        return part

    try:
        part = in_child(batch)
    except AssertionError as error:  # a signal: a crash, or the alarm
        outcome.failures.append(f"trials {seed}/{numbers.start} to {numbers.stop - 1}: {error}")
        return
    outcome.read += part.read
    outcome.refused += part.refused
    outcome.failures += part.failures


def trial(number: int, content: bytes, folder: Path, seed: int, outcome: Outcome) -> None:
    """Damage, use, and note how it ended."""
    path = folder / f"flip{number}.ecofolio"
    dice = random.Random(f"{seed}/{number}")
    path.write_bytes(damaged(content, dice))
    try:
        use(path, folder if number % 10 == 0 else None)
        outcome.read += 1
    except EcofolioError as error:
        outcome.refused += 1
        if "\n" in str(error):
            outcome.failures.append(f"trial {seed}/{number}: more than a sentence: {error}")
    except Exception:
        outcome.failures.append(f"trial {seed}/{number}: {traceback.format_exc()[-600:]}")
    for each in folder.glob(f"flip{number}.*"):
        each.unlink()


def use(path: Path, workbooks: Path | None) -> None:
    """What a person does first with a programme: every list, the history, the check, an edit."""
    with Workspace.open(path) as workspace:
        with workspace.read() as connection:
            queries.rows(connection, today=TODAY)
            portfolio.summary(connection, today=TODAY)
            for record in record_classes().values():
                connection.execute(select(table_of(record))).all()
            journal.entries(connection)
            journal.history(connection, "initiative", 2)
            workspace.next_undo()
            workspace.next_redo()
            if workbooks is not None:
                book = workbooks / f"{path.stem}.xlsx"
                write_pack(connection, book, language="en", actor="Li", today=TODAY)
        workspace.verify()
        if workspace.next_undo():
            workspace.undo()


def damaged(content: bytes, dice: random.Random) -> bytes:
    """The content with one kind of damage."""
    return dice.choice(_DAMAGES)(bytearray(content), dice)


def _flip_bytes(content: bytearray, dice: random.Random) -> bytes:
    for _count in range(dice.choice((1, 1, 2, 8))):
        content[_somewhere(content, dice)] = dice.randrange(256)
    return bytes(content)


def _flip_bits(content: bytearray, dice: random.Random) -> bytes:
    for _count in range(dice.choice((1, 1, 3))):
        content[_somewhere(content, dice)] ^= 1 << dice.randrange(8)
    return bytes(content)


def _somewhere(content: bytearray, dice: random.Random) -> int:
    """A place that holds something, three times in four; most of a small file is empty pages."""
    wanted = dice.randrange(4) > 0
    while True:
        place = dice.randrange(len(content))
        if content[place] or not wanted:
            return place


def _truncate(content: bytearray, dice: random.Random) -> bytes:
    return bytes(content[: dice.randrange(len(content))])


def _extend(content: bytearray, dice: random.Random) -> bytes:
    return bytes(content + dice.randbytes(dice.randrange(1, 9000)))


def _blank(content: bytearray, dice: random.Random) -> bytes:
    start, length = dice.randrange(len(content)), dice.choice((16, 512, 4096))
    content[start : start + length] = bytes(len(content[start : start + length]))
    return bytes(content)


def _swap_pages(content: bytearray, dice: random.Random) -> bytes:
    first, second = (dice.randrange(len(content) // 4096) * 4096 for _count in range(2))
    pages = [bytes(content[start : start + 4096]) for start in (first, second)]
    content[first : first + 4096], content[second : second + 4096] = pages[1], pages[0]
    return bytes(content)


_DAMAGES: tuple[Callable[[bytearray, random.Random], bytes], ...] = (
    _flip_bytes,
    _flip_bytes,
    _flip_bits,
    _flip_bits,
    _truncate,
    _extend,
    _blank,
    _swap_pages,
)
