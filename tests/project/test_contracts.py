"""The import contracts hold, and each of them can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

VIOLATIONS = {
    "a room that imports a higher room": (
        "Rooms import downward only",
        "organisation/upward.py",
        "from ecofolio.initiatives import model",
    ),
    "a room that has no place in the plan": (
        "Rooms import downward only",
        "attic/__init__.py",
        "",
    ),
    "siblings that know one another": (
        "Rooms import downward only",
        "widgets/sheets.py",
        "import ecofolio.excel",
    ),
    "nouns that know the verbs": (
        "Shelves import downward only",
        "organisation/model.py",
        "from ecofolio.organisation import actions",
    ),
    "Qt in the store": (
        "Qt stays on the Qt shelves",
        "store/drawing.py",
        "from PySide6.QtCore import QObject",
    ),
    "Qt within a function of a rule": (
        "Qt stays on the Qt shelves",
        "organisation/rules.py",
        "def late():\n    from PySide6 import QtGui",
    ),
    "a Qt shelf behind a verb": (
        "Qt stays on the Qt shelves",
        "portfolio/actions.py",
        "import ecofolio.widgets.theme",
    ),
    "Qt itself at the command line": (
        "Qt stays on the Qt shelves",
        "cli/window.py",
        "import PySide6.QtWidgets",
    ),
    "a rule that reads the database": (
        "Rules are arithmetic: no database, no files",
        "organisation/rules.py",
        "import sqlalchemy",
    ),
    "a rule that reaches the store by a detour": (
        "Rules are arithmetic: no database, no files",
        "organisation/rules.py",
        "from ecofolio.organisation import model",
    ),
    "a chart that draws by itself": (
        "One file knows the plotting library",
        "portfolio/drawing_view.py",
        "def draw():\n    import pyqtgraph",
    ),
    "a screen with a database of its own": (
        "Screens write through actions, never by themselves",
        "shell/direct.py",
        "import sqlite3",
    ),
}


def lint(package: Path) -> str:
    """What import-linter says of that copy of the package."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as lint; lint()",
            "--no-cache",
            "--no-logo",
            "--config",
            str(ROOT / "pyproject.toml"),
        ],
        cwd=package.parent,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(package.parent), str(ROOT / "packaging")]),
            "PYTHONUTF8": "1",
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout + done.stderr


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the program that may be spoiled."""
    skipped = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT / "desktop", tmp_path / "ecofolio", ignore=skipped))


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_violation_is_caught(name: str, package: Path) -> None:
    contract, file, line = VIOLATIONS[name]
    path = package / file
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    if "actions" in line:
        (package / "organisation" / "actions.py").touch()
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(f"{before}\n{line}\n", "utf-8")
    said = lint(package)
    assert f"{contract} BROKEN" in said, said


def test_every_contract_is_kept(package: Path) -> None:
    said = lint(package)
    assert "BROKEN" not in said, said
    for contract, _file, _line in VIOLATIONS.values():
        assert f"{contract} KEPT" in said, said
