"""All but the Qt shelves work where Qt is not installed, the command line included."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shelves import may_use_qt, modules

ROOT = Path(__file__).resolve().parents[2]

WITHOUT_QT = """
import importlib, json, sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6"):
            raise ModuleNotFoundError(f"{name} is not there", name=name)

sys.meta_path.insert(0, NoQt())
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, encoding="utf-8"
    )


def test_modules_without_qt_import_where_qt_is_absent() -> None:
    names = [name for name in modules(ROOT / "desktop") if not may_use_qt(name)]
    assert "ecofolio.store.model" in names
    done = python("-c", WITHOUT_QT, json.dumps(names))
    assert done.returncode == 0, done.stderr


def test_the_trial_sees_qt_where_it_is_used() -> None:
    done = python("-c", WITHOUT_QT, json.dumps(["ecofolio.widgets.theme"]))
    assert "PySide6" in done.stderr
    assert done.returncode == 1


def test_the_command_line_loads_no_qt_before_a_window_is_wanted() -> None:
    code = (
        "import sys, ecofolio.__main__, pkgutil, importlib, ecofolio.cli as c\n"
        "for found in pkgutil.iter_modules(c.__path__):\n"
        "    importlib.import_module(f'ecofolio.cli.{found.name}')\n"
        "print([name for name in sys.modules if name.startswith('PySide6')])"
    )
    done = python("-c", code)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.parametrize(
    ("module", "qt"),
    [
        ("ecofolio.initiatives.model", False),
        ("ecofolio.initiatives.table_model", True),
        ("ecofolio.intake.wizard", True),
        ("ecofolio.intake.mapping", False),
        ("ecofolio.shell", True),
        ("ecofolio.portfolio.page", True),
        ("ecofolio.cli.shots", False),
    ],
)
def test_a_shelf_is_known_by_its_name(module: str, qt: bool) -> None:
    assert may_use_qt(module) is qt
