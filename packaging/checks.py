"""Every check of the project: the quick ones side by side, then the tests.

Standard library only.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from environment import ROOT, Venv

LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"

# Each step is one or more command lines for the environment's Python.
QUICK: dict[str, list[list[str]]] = {
    "lint": [
        ["-m", "ruff", "check", "-q", "."],
        ["-m", "ruff", "format", "--check", "-q", "."],
    ],
    "types": [
        ["-m", "mypy", "--no-error-summary"],
        ["-m", "mypy", "--no-error-summary", "packaging"],
    ],
    "imports": [["-c", LINT_IMPORTS, "--no-logo"]],
    "words": [["packaging/translations.py", "check"]],
}
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
    quick = [name for name in QUICK if name in steps]
    with ThreadPoolExecutor(max_workers=2) as pool:
        # The slowest starts first.
        by_length = sorted(quick, key=lambda name: name != "types")
        outcomes = list(pool.map(lambda name: _quick(venv, name), by_length))
    for outcome in sorted(outcomes, key=lambda outcome: quick.index(outcome.name)):
        print(f"{outcome.name:8}{'failed' if outcome.code else 'passed'}  {outcome.seconds:.1f} s")
        if outcome.code:
            print(outcome.output.strip() + "\n")
    if any(outcome.code for outcome in outcomes):
        print("The checks failed; the tests were not run." if "tests" in steps else "Failed.")
        return 1
    return _call(venv, TESTS) if "tests" in steps else 0


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
        output += done.stdout
    return Outcome(name, code, time.monotonic() - start, output)


def _call(venv: Venv, arguments: list[str]) -> int:
    return venv.call(*arguments, QT_QPA_PLATFORM="offscreen")


def _environ() -> dict[str, str]:
    # import-linter finds the contract of packaging/shelves.py by it.
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT / "packaging")}
