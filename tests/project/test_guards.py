"""The guards of tests/conftest.py can fail: each catches what it is there for."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TRIALS = """
import logging, threading, time, warnings
from pathlib import Path
import pytest

kept = []

def test_log(): logging.getLogger("x").warning("smoke")

@pytest.mark.logs("^smoke$")
def test_log_expected(): logging.getLogger("x").warning("smoke")

def test_warning(): warnings.warn("old")

def test_thread(): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()

def test_thread_joined():
    thread = threading.Thread(target=time.sleep, args=(0.01,))
    thread.start()

def test_window(qapp):
    from PySide6.QtWidgets import QWidget
    kept.append(QWidget())
    kept[0].show()

def test_window_given_back(qtbot):
    from PySide6.QtWidgets import QWidget
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()

def test_qt_message(qapp):
    from PySide6.QtCore import qWarning
    qWarning("Qt is not amused")

def test_home(own_home):
    from ecofolio import places
    for folder in (places.user_data(), places.user_config(), places.user_log()):
        assert own_home in folder.parents
    assert Path.home() == own_home
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """How each trial ended: `PASSED`, `FAILED`, `ERROR` (its guard spoke after it)."""
    folder = tmp_path_factory.mktemp("guards")
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "test_trials.py").write_text(TRIALS, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    found: dict[str, set[str]] = {}
    for name, outcome in re.findall(r"::(\w+) (PASSED|FAILED|ERROR)", done.stdout):
        found.setdefault(name, set()).add(outcome)
    assert len(found) == 9, done.stdout + done.stderr
    return found


@pytest.mark.parametrize("name", ["test_warning", "test_qt_message"])
def test_an_unexpected_warning_or_qt_message_fails_the_test(
    name: str, outcomes: dict[str, set[str]]
) -> None:
    assert "FAILED" in outcomes[name]


@pytest.mark.parametrize("name", ["test_log", "test_thread", "test_window"])
def test_an_unexpected_log_record_thread_or_window_is_an_error(
    name: str, outcomes: dict[str, set[str]]
) -> None:
    assert "ERROR" in outcomes[name]


@pytest.mark.parametrize(
    "name",
    ["test_log_expected", "test_thread_joined", "test_window_given_back", "test_home"],
)
def test_what_is_expected_or_given_back_passes(name: str, outcomes: dict[str, set[str]]) -> None:
    assert outcomes[name] == {"PASSED"}
