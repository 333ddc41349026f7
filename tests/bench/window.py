"""The window: from the start of a process to what a person sees, and what a key press takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

from tests.bench.harness import Contest, Setting, once
from tests.bench.store import bare_commit

from ecofolio.demo import build

CHILD = "tests.bench.window_child"


def child(setting: Setting, *arguments: str, module: str = CHILD) -> list[tuple[float, str]]:
    """Start a child and note when it said what, in seconds since it was started."""
    home = setting.folder / "home"
    settings = home / "Ecofolio" / "settings.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text('{"page": "initiatives"}')  # where the person left off
    environment = {
        # compiled once and kept, as an installed program is, whatever is wished for the tests
        **{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
        **(
            {"ECOFOLIO_BENCH": "quick"}
            if setting.quick
            else {"PYTHONPYCACHEPREFIX": str(setting.folder / "bytecode")}
        ),
        "QT_QPA_PLATFORM": "offscreen",
        **{f"XDG_{kind}_HOME": str(home) for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
    }
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdout is not None
        said = [(time.perf_counter() - start, line.strip()) for line in process.stdout]
    if process.returncode:
        raise RuntimeError(f"the child {arguments[0]} ended with {process.returncode}")
    return said


_once = cache(child)


def until(setting: Setting, word: str, *arguments: str) -> Callable[[], float]:
    """How long a child takes until it says a word."""

    start = _once if setting.quick else child

    def run() -> float:
        for seconds, line in start(setting, *arguments):
            if line == word:
                return seconds
        raise RuntimeError(f"the child {arguments[0]} never said {word}")

    return run


def programme(setting: Setting) -> Callable[[], Path]:
    """The demonstration programme of the wanted size, made when it is first wanted."""
    path = setting.folder / f"window{setting.initiatives}.ecofolio"

    def make() -> Path:
        if not path.exists():
            day = date(2026, 11, 21)
            build.create(path, initiatives=setting.initiatives, language="en", today=day).close()
        return path

    return once(make)


def first_paint(setting: Setting) -> Contest:
    path = programme(setting)()
    return Contest(
        "first painted window ÷ a bare Qt main window",
        until(setting, "painted", "ours", str(path)),
        until(setting, "painted", "bare", str(path)),
        1.5,
        setting.rounds(7),
    )


def filled(setting: Setting) -> Contest:
    path = programme(setting)()
    return Contest(
        f"table of {setting.initiatives:,} filled ÷ (bare window + SQLAlchemy + raw rows)",
        until(setting, "filled", "ours", str(path)),
        until(setting, "filled", "bare", str(path)),
        1.5,
        setting.rounds(5),
    )


def measured(setting: Setting, what: str) -> Callable[[], float]:
    """Seconds that a child measured within its own window, one after another."""
    waiting: list[float] = []

    def run() -> float:
        if not waiting:
            said = child(setting, what, str(programme(setting)()))
            waiting.extend(json.loads(said[-1][1]))
        return waiting.pop()

    return run


def keystroke(setting: Setting) -> Contest:
    name = f"a keystroke in the filter over {setting.initiatives:,}, painted"
    return Contest(name, measured(setting, "keys"), None, 0.016, setting.rounds(20))


def edit_painted(setting: Setting) -> Contest:
    return Contest(
        "edit committed, journalled and painted, beyond a bare durable commit",
        measured(setting, "edits"),
        bare_commit(setting, "paint-floor"),
        1 / 60,
        setting.rounds(20),
        beyond=True,
    )


ALL = (first_paint, filled, keystroke, edit_painted)
