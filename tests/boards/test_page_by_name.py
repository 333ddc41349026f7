"""The whole program, driven in a session of its own through the accessibility tree, by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

import pytest
from tests.boards.page_trials import furnish
from tests.conftest import ACTOR, NOW

from ecofolio.store.workspace import Workspace

SYSTEM_PYTHON = "/usr/bin/python3"
BINDINGS = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
DRIVE = Path(__file__).with_name("drive_by_name.py")


def missing() -> str:
    """What of a screen reader's session this machine does not have; nothing where all is there."""
    if sys.platform != "linux":
        return "AT-SPI, which only Linux has"
    for name in ("Xvfb", "dbus-run-session", SYSTEM_PYTHON):
        if shutil.which(name) is None:
            return name
    if find_library("xcb-cursor") is None:
        return "the libraries of Qt's X11 plugin (libxcb-cursor0)"
    if subprocess.run([SYSTEM_PYTHON, "-c", BINDINGS], capture_output=True).returncode:
        return "AT-SPI's bindings for Python (gir1.2-atspi-2.0, python3-gi)"
    return ""


@pytest.fixture
def display() -> Iterator[str]:
    """A display that nobody looks at."""
    lacking = missing()
    if lacking:
        pytest.skip(f"this machine lacks {lacking}")
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1440x900x24"]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[theirs], stderr=subprocess.DEVNULL
    )
    os.close(theirs)
    with os.fdopen(ours) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


def test_a_card_is_found_moved_and_put_back_by_name_alone(display: str, tmp_path: Path) -> None:
    programme = tmp_path / "p.ecofolio"
    with Workspace.create(programme, actor=ACTOR, clock=lambda: NOW) as workspace:
        trial = furnish(workspace)
        for title in ("Agree", "Build", "Check"):
            trial.card(title, days=3)
        trial.card("Write", column=2, days=5)
    homes = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "STATE")}
    drive = ["dbus-run-session", "--", SYSTEM_PYTHON, str(DRIVE)]
    done = subprocess.run(
        [*drive, sys.executable, "-m", "ecofolio", str(programme)],
        env={**os.environ, **homes, "DISPLAY": display, "LC_ALL": "C.UTF-8", "LANGUAGE": "en"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    told = [line.removeprefix("told: ") for line in lines if line.startswith("told: ")]
    before, after, selected, column, undone = told
    assert before.startswith("Backlog, place 2 of 3, In this column: ")
    assert after.startswith("In progress, place 1 of 2, In this column: ")
    assert selected == "True"
    assert column.startswith("In progress, Active, 2/6, One or two cards a person.")
    assert undone.startswith("Backlog, place 2 of 3, ")
