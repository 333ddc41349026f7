"""Measures: a million observations scored, ranked, corrected; and how recording them grows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.bench.harness import Contest, Setting, once, timed
from tests.bench.window import child

from ecofolio.scorecards import founding, periods, scoring
from ecofolio.scorecards.observing import Reported, observe
from ecofolio.store.database import connect_file
from ecofolio.store.workspace import Workspace

CHILD = "tests.bench.measures_child"
TODAY, MONTH = date(2026, 11, 21), "2026-10"
METRICS, MONTHS, BRANCHES = 10, 10, 300
FRAME = 1 / 60
BATCHES = ("full_rollout", "breakthrough", "incubation")

# what a program without grades, due days, guardrails and exact rounding would ask
SUMS = """
SELECT t.initiative_id, i.batch, sum(w.weight),
       sum(w.weight * min(max((o.value - t.floor) * 1.0 / (t.target - t.floor), 0.0), 1.2)),
       count(*), count(o.value)
FROM target t
JOIN initiative i ON i.id = t.initiative_id
JOIN scorecard s ON s.batch = i.batch
JOIN weight w ON w.scorecard_id = s.id AND w.metric_id = t.metric_id
LEFT JOIN observation o
  ON o.initiative_id = t.initiative_id AND o.metric_id = t.metric_id AND o.month = t.month
WHERE t.month = ?
GROUP BY t.initiative_id
"""


def measures(setting: Setting, count: int | None = None) -> Path:
    """A programme with a hundred targets and figures for each initiative, by the bare driver."""
    count = count or setting.initiatives
    path = setting.folder / f"measures{count}.ecofolio"
    if path.exists():
        return path
    founded = datetime.fromisoformat(f"{periods.span(MONTH, MONTHS)[0]}-01T08:00:00+00:00")
    with Workspace.create(path, clock=lambda: founded) as workspace:
        ids = list(workspace.do(founding.add_catalogue).values())[:METRICS]
        engine: Any = workspace._engine
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            _fill(connection.connection.dbapi_connection, count, ids)
    return path


def _fill(bare: Any, count: int, metrics: list[int]) -> None:
    """Units, initiatives, their targets and figures; ten metrics weigh a tenth each."""
    bare.execute(
        "INSERT INTO unit (code, name, level, id, version) VALUES ('HO', 'HO', 'head_office', 1, 1)"
    )
    bare.executemany(
        "INSERT INTO unit (code, name, level, parent_id, id, version) VALUES (?, ?, ?, 1, ?, 1)",
        [
            (f"B{n}", f"Branch {n}", "tier1" if n % 3 else "tier2", n)
            for n in range(2, BRANCHES + 2)
        ],
    )
    bare.executemany(
        "INSERT INTO initiative (code, name, unit_id, batch, stage, id, version)"
        " VALUES (?, ?, ?, ?, 'operating', ?, 1)",
        [
            (f"I{n:05}", f"Initiative {n}", 2 + n % BRANCHES, BATCHES[n % 3], n)
            for n in range(1, count + 1)
        ],
    )
    bare.execute("DELETE FROM weight")
    cards = [row[0] for row in bare.execute("SELECT id FROM scorecard").fetchall()]
    bare.executemany(
        "INSERT INTO weight (scorecard_id, metric_id, weight, id, version) VALUES (?, ?, 10, ?, 1)",
        [(*pair, n) for n, pair in enumerate(itertools.product(cards, metrics), 1)],
    )
    keys = [
        (n, metric, month)
        for month in periods.span(MONTH, MONTHS)
        for n in range(1, count + 1)
        for metric in metrics
    ]
    bare.executemany(
        "INSERT INTO target (initiative_id, metric_id, month, floor, target, id, version)"
        " VALUES (?, ?, ?, 0, 100000, ?, 1)",
        ((*key, n) for n, key in enumerate(keys, 1)),
    )
    bare.executemany(
        "INSERT INTO observation (initiative_id, metric_id, month, value, state, reported_by,"
        " reported_on, id, version) VALUES (?, ?, ?, ?, 'final', 'PMO', '2026-11-05', ?, 1)",
        (
            (*key, 30_000 + (key[0] * 7919 + key[1] * 104_729 + n // count * 31) % 80_000, n)
            for n, key in enumerate(keys, 1)
        ),
    )
    # what counts the identities: as if the last of each were journalled
    bare.executemany(
        "INSERT INTO change_row (change_id, position, record, record_id, after)"
        " VALUES (1, ?, ?, ?, '{}')",
        [(9_000 + n, name, len(keys)) for n, name in enumerate(("target", "observation"))],
    )
    bare.execute("ANALYZE")


def sums(path: Path) -> Callable[[], None]:
    """The floor: the hand-written sums of a month."""
    bare = connect_file(path, read_only=True)
    return lambda: bare.execute(SUMS, (MONTH,)).fetchall() and None


def measures_scoring(setting: Setting) -> Contest:
    """All scores of a month with grades, guardrails and exact rounding."""
    path = measures(setting)
    workspace = Workspace.open(path)

    def ours() -> None:
        with workspace.read() as connection:
            assert len(scoring.scores(connection, MONTH, TODAY)) == setting.initiatives

    size = setting.initiatives * METRICS * MONTHS
    title = f"a month of {size:,} observations scored ÷ the same sums by hand"
    return Contest(title, ours, sums(path), 2.0, setting.rounds(7))


def _measured(setting: Setting, what: str) -> Callable[[], float]:
    """Seconds that a child measured in its own window, one after another."""

    def run() -> list[float]:
        said = child(setting, what, str(measures(setting)), module=CHILD)
        found: list[float] = json.loads(said[-1][1])
        return found

    waiting = once(run)
    return lambda: waiting().pop()


def measures_page(setting: Setting) -> Contest:
    """The page of scorecards opened until its ranking is painted.

    The child measures the floor too, after each opening: what else the machine does weighs on both.
    """
    path = str(measures(setting))
    turns = once(lambda: json.loads(child(setting, "opening", path, module=CHILD)[-1][1]))
    return Contest(
        f"ranking of {setting.initiatives:,} opened and painted, beyond twice the sums by hand",
        lambda: turns()[-1][0],
        lambda: 2 * turns().pop()[1],
        FRAME,
        setting.rounds(5),
        beyond=True,
    )


def measures_correction(setting: Setting) -> Contest:
    """One figure corrected, until ranking, card and head have it on the screen."""
    return Contest(
        f"one of {setting.initiatives * METRICS * MONTHS:,} observations corrected, all painted",
        _measured(setting, "corrections"),
        None,
        0.05,
        setting.rounds(15),
    )


def measures_growth(setting: Setting) -> Contest:
    """The time to record a figure beside a million others against that beside ten thousand."""
    count = 20 if setting.quick else 100
    turn = itertools.count()

    def recorder(path: Path) -> Callable[[], float]:
        workspace = Workspace.open(path)
        with workspace.read() as connection:
            metrics = list(scoring.cards(connection, MONTH)["incubation"].weights)

        def run() -> float:
            value = 40_000 + next(turn)
            figures = [
                Reported(one, metric, MONTH, value)
                for one in range(1, count + 1)
                for metric in metrics
            ]
            return timed(lambda: workspace.do(observe, figures, sure=True) and None)

        return run

    few = setting.initiatives // 100 if setting.initiatives >= 10_000 else count
    size = setting.initiatives * METRICS * MONTHS
    return Contest(
        f"{count * METRICS:,} figures recorded beside {size:,} ÷ beside {few * 100:,}",
        recorder(measures(setting)),
        recorder(measures(setting, few)),
        1.2,
        setting.rounds(7),
    )


def measures_reading(setting: Setting) -> Contest:
    """The time per scored figure in a million against that in ten thousand."""
    few = setting.initiatives // 100 if setting.initiatives >= 10_000 else 20

    def scorer(count: int) -> Callable[[], float]:
        workspace = Workspace.open(measures(setting, count))

        def run() -> float:
            with workspace.read() as connection:
                taken = timed(lambda: scoring.scores(connection, MONTH, TODAY) and None)
            return taken / count * 1000

        return run

    size = setting.initiatives * METRICS * MONTHS
    return Contest(
        f"time per scored initiative: of {size:,} figures ÷ of {few * 100:,} (×1,000)",
        scorer(setting.initiatives),
        scorer(few),
        1.2,
        setting.rounds(7),
    )


ALL = (
    measures_scoring,
    measures_page,
    measures_correction,
    measures_growth,
    measures_reading,
)
