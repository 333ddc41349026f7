"""Kills at random moments: nothing that was acknowledged is lost, and all of it still holds.

A child runs the program's own code and says after each commit what the journal's head is; its
parent kills it and looks at what is left.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.store import verbs

from ecofolio.initiatives import importing
from ecofolio.initiatives.import_plan import Plan, make_plan
from ecofolio.intake.reading import read_book
from ecofolio.store import backup, journal
from ecofolio.store.place import Place
from ecofolio.store.workspace import Workspace

SCHEMA_1 = Path(__file__).parent.parent / "data" / "schema1.ecofolio"
PATIENCE = 20.0  # seconds for a child on a busy machine to say what it is waited for
# seconds within which a child is killed after the word that is waited for, about what a step takes
MOMENTS = {"creating": 0.2, "migrating": 0.4}
MOMENT = 0.05
GROUND = 2  # changes in the journal of the programme that trials start from
Say = Callable[[str], None]
Scene = Callable[[Path, random.Random, Say], None]


@dataclass
class Ground:
    """What the trials start from: a programme, a backup of it, and a list that is read already."""

    programme: Path
    saved: Path
    plan: Plan


def prepare(folder: Path) -> Ground:
    """Make the ground, and import everything that children need before they are forked."""
    path = folder / "ground.ecofolio"
    with Workspace.create(path) as workspace:
        workspace.do(verbs.add, [f"C{n}" for n in range(40)])
        saved = backup.backup(workspace.place, folder / "saved", datetime.now(UTC))
        listed = folder / "list.csv"
        lines = [f"L{n},Name {n},pilot,2026-0{n % 9 + 1}-05,{n}" for n in range(150)]
        listed.write_text("\n".join(["Code,Name,Stage,Start date,Weather", *lines]))
        table = importing.find_table(read_book(listed))
        with workspace.read() as connection:
            plan = make_plan(connection, table, importing.mapping_for(table), file="list.csv")
    return Ground(path, saved, plan)


# What a child does until it is killed


def editing(ground: Ground) -> Scene:
    def scene(path: Path, dice: random.Random, say: Say) -> None:
        with Workspace.open(path) as workspace:
            workspace.subscribe(lambda changed: say(f"head {changed.change_id}"))
            for n in range(10**6):
                step = dice.randrange(6)
                if step == 0:
                    workspace.do(verbs.add, [f"N{n}-{k}" for k in range(dice.randrange(1, 200))])
                elif step == 1 and (last := workspace.next_undo()) and last.id > GROUND:
                    workspace.undo()
                elif step == 2 and workspace.next_redo():
                    workspace.redo()
                else:
                    workspace.do(verbs.edit, dice.randrange(1, 41), {"name": f"{n}"})

    return scene


def importing_a_list(ground: Ground) -> Scene:
    def scene(path: Path, dice: random.Random, say: Say) -> None:
        with Workspace.open(path) as workspace:
            workspace.subscribe(lambda changed: say(f"head {changed.change_id}"))
            while True:
                workspace.do(importing.apply, ground.plan)
                workspace.undo()

    return scene


def backing_up(ground: Ground) -> Scene:
    def scene(path: Path, dice: random.Random, say: Say) -> None:
        with Workspace.open(path) as workspace:
            workspace.subscribe(lambda changed: say(f"head {changed.change_id}"))
            for n in range(10**6):
                workspace.do(verbs.edit, 1, {"name": f"{n}"})
                made = backup.backup(
                    workspace.place, path.parent / "backups", datetime.fromtimestamp(n, UTC)
                )
                say(f"file backups/{made.name}")

    return scene


def creating(ground: Ground) -> Scene:
    def scene(path: Path, dice: random.Random, say: Say) -> None:
        for n in range(10**6):
            name = f"new{n}.ecofolio"
            Workspace.create(path.parent / name).close()
            say(f"file {name}")

    return scene


def migrating(ground: Ground) -> Scene:
    def scene(path: Path, dice: random.Random, say: Say) -> None:
        for n in range(10**6):
            name = f"old{n}.ecofolio"
            shutil.copy(SCHEMA_1, path.parent / f"{name}.part")
            (path.parent / f"{name}.part").rename(path.parent / name)
            say(f"file {name}")
            Workspace.open(path.parent / name).close()

    return scene


def restoring(ground: Ground) -> Scene:
    def scene(path: Path, dice: random.Random, say: Say) -> None:
        for n in range(10**6):
            backup.restore(ground.saved, Place(path=path), datetime.fromtimestamp(n, UTC))
            say("restored")

    return scene


SCENES: dict[str, Callable[[Ground], Scene]] = {
    "editing and undoing": editing,
    "importing": importing_a_list,
    "backing up": backing_up,
    "creating": creating,
    "migrating": migrating,
    "restoring": restoring,
}


@dataclass
class Outcome:
    """How the trials ended."""

    kills: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    unacknowledged: int = 0  # commits that the kill kept from being told
    failures: list[str] = field(default_factory=list)


def run(kills: int, folder: Path, seed: int = 0) -> Outcome:
    """Kill children of every kind, `kills` in all, and check what each left."""
    ground, outcome = prepare(folder), Outcome()
    names = list(SCENES)
    for number in range(kills):
        name = names[number % len(names)]
        trial = folder / f"trial{number}"
        trial.mkdir()
        try:
            _trial(ground, name, trial, random.Random(f"{seed}/{number}"), outcome)
        except Exception as error:
            outcome.failures.append(f"{name}, trial {seed}/{number}: {error!r}")
        shutil.rmtree(trial)
        outcome.kills[name] = outcome.kills.get(name, 0) + 1
    return outcome


def _trial(ground: Ground, name: str, folder: Path, dice: random.Random, outcome: Outcome) -> None:
    path = folder / "p.ecofolio"
    shutil.copy(ground.programme, path)
    reading, writing = os.pipe()
    scene = SCENES[name](ground)
    words, after = dice.randrange(4), dice.random() * MOMENTS.get(name, MOMENT)
    child = os.fork()
    if child == 0:
        _child(scene, path, dice, reading, writing)
    os.close(writing)
    heard = _hear(reading, words)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        said = (heard + pipe.read()).decode().splitlines()
    _pid, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise AssertionError(f"the child ended by itself: {said[-3:]}")
    outcome.acknowledged[name] = outcome.acknowledged.get(name, 0) + len(said)
    _check(path, said, outcome)


def _hear(reading: int, words: int) -> bytes:
    """What a child says until it has acknowledged so many times."""
    heard, end = b"", time.monotonic() + PATIENCE
    while heard.count(b"\n") < words and time.monotonic() < end:
        if select.select([reading], [], [], 0.1)[0]:
            said = os.read(reading, 4096)
            if not said:
                break
            heard += said
    return heard


def _child(scene: Scene, path: Path, dice: random.Random, reading: int, writing: int) -> None:
    os.close(reading)
    try:
        scene(path, dice, lambda text: os.write(writing, f"{text}\n".encode()) and None)
    except BaseException as error:
        os.write(writing, f"failed {error!r}\n".encode())
    os._exit(1)


def _check(path: Path, said: list[str], outcome: Outcome) -> None:
    """The programme and every file that was told of open, verify, and hold what was told."""
    heads = [int(line.split()[1]) for line in said if line.startswith("head ")]
    with Workspace.open(path) as workspace:
        assert workspace.verify() == [], workspace.verify()
        with workspace.read() as connection:
            found = journal.head(connection).id
        if heads:
            assert heads[-1] <= found <= heads[-1] + 1, f"told {heads[-1]}, found {found}"
            outcome.unacknowledged += found - heads[-1]
        workspace.do(verbs.add, ["goes on"])
    told = {path.parent / line.split()[1] for line in said if line.startswith("file ")}
    assert all(each.exists() for each in told), "a file that was told of is gone"
    for other in sorted({*told, *path.parent.rglob("*.ecofolio")} - {path}):
        with Workspace.open(other) as workspace:
            assert workspace.verify() == [], other.name
