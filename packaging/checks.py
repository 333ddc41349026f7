"""Every check of the project: the quick ones side by side, then the tests.

Standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from environment import ROOT, Venv
from shelves import may_use_qt, modules

TYPES = ROOT / ".cache" / "mypy.toml"

# Strict everywhere; but where Qt is, its methods may be overridden without annotations, and an
# answer that Qt's own stubs call optional (any parent, any item) need not be questioned.
QT_TYPES = """
[[tool.mypy.overrides]]
module = {modules}
disallow_untyped_defs = false
disallow_incomplete_defs = false
disallow_untyped_calls = false
disallow_untyped_decorators = false
warn_return_any = false
warn_unreachable = false
disable_error_code = ["union-attr", "override"]
"""

LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"

# Each step is one or more command lines for the environment's Python.
QUICK: dict[str, list[list[str]]] = {
    "lint": [
        ["-m", "ruff", "check", "-q", "."],
        ["-m", "ruff", "format", "--check", "-q", "."],
    ],
    "types": [
        ["-m", "mypy", "--no-error-summary", "--config-file", str(TYPES)],
        ["-m", "mypy", "--no-error-summary", "--config-file", str(TYPES), "packaging"],
    ],
    "imports": [["-c", LINT_IMPORTS, "--no-logo"]],
    "words": [["packaging/translations.py", "check"]],
}
LINKED = str(Path(".cache", "path", "ecofolio", "_"))[:-1]
TESTS = ["-m", "pytest", "-n", "2", "--no-header"]
STEPS = [*QUICK, "tests"]


@dataclass(frozen=True)
class Outcome:
    """How a quick step ended."""

    name: str
    code: int
    seconds: float
    output: str


def run(venv: Venv, chosen: Sequence[str]) -> int:
    """Run the steps, all if none is chosen; the tests run only after the quick steps passed.

    The last line printed is the closing line of the tests.
    """
    steps = chosen or STEPS
    _configure_types()
    quick = [name for name in QUICK if name in steps]
    with ThreadPoolExecutor(max_workers=2) as pool:
        # The slowest starts first.
        by_length = sorted(quick, key=lambda name: name != "types")
        outcomes = list(pool.map(lambda name: _quick(venv, name), by_length))
    for outcome in sorted(outcomes, key=lambda outcome: quick.index(outcome.name)):
        print(f"{outcome.name:8}{'failed' if outcome.code else 'passed'}  {outcome.seconds:.1f} s")
        if outcome.code:
            print(shortened(outcome.output) + "\n")
    if any(outcome.code for outcome in outcomes):
        print("The checks failed; the tests were not run." if "tests" in steps else "Failed.")
        return 1
    if "tests" not in steps:
        return 0
    # bytecode is kept, whatever is wished elsewhere: the children of tests need not compile again
    return venv.call(*TESTS, QT_QPA_PLATFORM="offscreen", PYTHONDONTWRITEBYTECODE="")


def shortened(output: str, most: int = 60) -> str:
    """The beginning of what a step said; a count stands for the rest."""
    lines = output.strip().splitlines()
    rest = [f"… and {len(lines) - most} lines more"] if len(lines) > most else []
    return "\n".join([*lines[:most], *rest])


def _quick(venv: Venv, name: str) -> Outcome:
    start = time.monotonic()
    code, output = 0, ""
    for arguments in QUICK[name]:
        done = subprocess.run(
            venv.command(*arguments),
            cwd=ROOT,
            env=_environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        code = code or done.returncode
        output += done.stdout.replace(LINKED, "desktop/")
    return Outcome(name, code, time.monotonic() - start, output)


def _configure_types() -> None:
    """The type checker's settings: the project's own, and the Qt shelves that are there today."""
    qt = [name for name in modules(ROOT / "desktop") if may_use_qt(name)]
    own = (ROOT / "pyproject.toml").read_text("utf-8")
    own = own.replace("$MYPY_CONFIG_FILE_DIR", ROOT.as_posix())
    content = own + QT_TYPES.format(modules=json.dumps(qt)) if qt else own
    if not TYPES.exists() or TYPES.read_text("utf-8") != content:
        TYPES.write_text(content, "utf-8")


def _environ() -> dict[str, str]:
    # import-linter finds the contract of packaging/shelves.py by it.
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT / "packaging")}
