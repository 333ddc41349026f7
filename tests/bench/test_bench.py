"""The benchmarks run, and their table says pass or short as it is."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests.bench.__main__ import ALL
from tests.bench.harness import Contest, Result, compete
from tests.conftest import ROOT


def test_every_benchmark_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick"],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2 + len(ALL)
    assert all(line.endswith(("| pass |", "| short |")) for line in lines[2:])


def test_ours_and_the_floor_take_turns_and_medians_count() -> None:
    turns: list[str] = []
    seconds = iter([9.0, 2.0, 50.0, 3.0])

    def ours() -> float:
        turns.append("ours")
        return next(seconds)

    def floor() -> float:
        turns.append("floor")
        return 1.5

    result = compete(Contest("x", ours, floor, 2.0, rounds=3))
    assert turns == ["ours", "floor"] * 4
    assert (result.ours, result.floor, result.measure, result.passed) == (3.0, 1.5, 2.0, True)
    assert result.line() == "| x | 3000.0 ms | 1500.0 ms | 2.00 × | ≤ 2.00 × | pass |"


def test_what_falls_short_says_so() -> None:
    beyond = Contest("x", lambda: None, None, 0.01, beyond=True)
    assert Result(beyond, 0.03, 0.01).line().endswith("| +20.0 ms | ≤ +10.0 ms | short |")
    alone = Contest("x", lambda: time.sleep(0.002), None, 0.001, rounds=1)
    assert not compete(alone).passed
