"""Money: the tree over a million postings, and a posting that shows in every total."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench.harness import Contest, Setting, once
from tests.bench.store import bare_commit
from tests.bench.window import child

from ecofolio.budget import actions, queries
from ecofolio.initiatives.queries import names
from ecofolio.store import triggers
from ecofolio.store.database import connect_file
from ecofolio.store.workspace import Workspace

CHILD = "tests.bench.money_child"
TODAY = date(2026, 11, 21)
BRANCHES, FIRST = 300, date(2025, 1, 1)
_WHERE = ("available", "committed", "spent")


def ledger(setting: Setting) -> Path:
    """A programme with a hundred postings for each initiative, written by the bare driver."""
    path = setting.folder / "ledger.ecofolio"
    if path.exists():
        return path
    with Workspace.create(path) as workspace:
        engine: Any = workspace._engine
        with (
            engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
            triggers.lifted(connection),
        ):
            _fill(connection.connection.dbapi_connection, setting.initiatives)
    return path


def _fill(bare: Any, count: int) -> None:
    """Units, initiatives, accounts, and transactions with their postings as triggers write them."""
    bare.execute(
        "INSERT INTO unit (code, name, level, id, version) VALUES ('HO', 'HO', 'head_office', 1, 1)"
    )
    bare.executemany(
        "INSERT INTO unit (code, name, level, parent_id, id, version)"
        " VALUES (?, ?, 'tier1', 1, ?, 1)",
        [(f"B{n}", f"Branch {n}", n) for n in range(2, BRANCHES + 2)],
    )
    bare.executemany(
        "INSERT INTO initiative (code, name, unit_id, stage, id, version)"
        " VALUES (?, ?, ?, 'pilot', ?, 1)",
        [(f"I{n}", f"Initiative {n}", 2 + n % BRANCHES, n) for n in range(1, count + 1)],
    )
    accounts: list[tuple[Any, ...]] = [("grant", None, None, 1)]
    accounts += [("pool", unit, None, unit + 1) for unit in range(1, BRANCHES + 2)]
    accounts += [
        (kind, None, n, _account(n, place))
        for n in range(1, count + 1)
        for place, kind in enumerate(_WHERE)
    ]
    bare.executemany(
        "INSERT INTO account (kind, unit_id, initiative_id, id, version) VALUES (?, ?, ?, ?, 1)",
        accounts,
    )
    moves = list(_moves(count))
    bare.executemany(
        "INSERT INTO ledger_transaction"
        " (id, version, date, kind, fiscal_year, period, initiative_id, postings)"
        " VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
        [
            (n, str(on), kind, on.year, f"{on:%Y-%m}", own, json.dumps([[one, -fen], [two, fen]]))
            for n, (on, kind, own, one, two, fen) in enumerate(moves, 1)
        ],
    )
    bare.executemany(
        "INSERT INTO posting (transaction_id, position, account_id, date, fen)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            (n, position, account, str(on), fen)
            for n, (on, _kind, _own, one, two, sum_) in enumerate(moves, 1)
            for position, (account, fen) in enumerate(((one, -sum_), (two, sum_)))
        ),
    )
    # what counts the identities: as if the last transaction were journalled
    bare.execute(
        "INSERT INTO change_row (change_id, position, record, record_id, after)"
        " VALUES (1, 99, 'ledger_transaction', ?, '{}')",
        (len(moves),),
    )


def _account(initiative: int, place: int) -> int:
    return 1000 + 3 * (initiative - 1) + place


def _moves(count: int) -> Iterator[tuple[date, str, int | None, int, int, int]]:
    """Day, kind, initiative, from, to, fen: fifty transactions for each initiative."""
    yield FIRST, "grant", None, 1, 2, 10**15
    for unit in range(2, BRANCHES + 2):
        yield FIRST, "base", None, 2, unit + 1, 10**12
    for n in range(1, count + 1):
        yield FIRST, "transfer", n, 3 + n % BRANCHES, _account(n, 0), 10**9
    for turn in range(49):
        for n in range(1, count + 1):
            on = FIRST + timedelta(days=3 + turn * 13 + n % 13)
            if turn % 7 == 0:
                yield on, "commit", n, _account(n, 0), _account(n, 1), 10**6
            else:
                place = 1 if turn % 7 == 3 else 0
                yield on, "spend", n, _account(n, place), _account(n, 2), 10**4 + n


def money_tree(setting: Setting) -> Contest:
    """All figures of the budget page, with forecasts, against the bare sums that they need."""
    path = ledger(setting)
    workspace = Workspace.open(path)
    bare = connect_file(path, read_only=True)

    def ours() -> None:
        with workspace.read() as connection:
            queries.tree(connection, queries.Wanted(TODAY), names(connection))

    def floor() -> None:
        bare.execute("SELECT account_id, sum(fen) FROM posting GROUP BY account_id").fetchall()
        bare.execute(
            "SELECT a.initiative_id, substr(p.date, 1, 7), sum(p.fen) FROM posting p"
            " JOIN account a ON a.id = p.account_id WHERE a.kind = 'spent' GROUP BY 1, 2"
        ).fetchall()

    title = f"figures of {100 * setting.initiatives:,} postings ÷ bare sums"
    return Contest(title, ours, floor, 2.0, setting.rounds(5))


def measured(setting: Setting, what: str) -> Callable[[], dict[str, list[float]]]:
    """Seconds that a child measured on the page of the budget."""

    def run() -> dict[str, list[float]]:
        said = child(setting, what, str(ledger(setting)), module=CHILD)
        found: dict[str, list[float]] = json.loads(said[-1][1])
        return found

    return once(run)


def money_page(setting: Setting) -> Contest:
    """The page built, read and painted, against the bare sums that it needs."""
    found = measured(setting, "opening")
    return Contest(
        f"the budget page of {100 * setting.initiatives:,} postings opened ÷ bare sums",
        lambda: found()["ours"].pop(),
        lambda: found()["floor"].pop(),
        2.0,
        setting.rounds(5),
    )


def money_shown(setting: Setting) -> Contest:
    """A spend posted until every total on the page shows it, beyond a bare durable commit."""
    found = measured(setting, "posting")
    return Contest(
        "a posting shown in every total of the budget page, beyond a bare durable commit",
        lambda: statistics.median(found()["ours"]),
        bare_commit(setting, "shown-floor"),
        1 / 60,
        setting.rounds(5),
        beyond=True,
    )


def money_posting(setting: Setting) -> Contest:
    """A spend that is checked, posted, journalled and durable, beyond a bare durable commit."""
    workspace = Workspace.open(ledger(setting))
    floor = bare_commit(setting, "posting-floor")

    def ours() -> None:
        workspace.do(actions.spend, 100, initiative_id=77)

    return Contest(
        "posting committed and journalled, beyond a bare durable commit",
        ours,
        floor,
        1 / 60,
        setting.rounds(40),
        beyond=True,
    )


ALL = (money_tree, money_page, money_posting, money_shown)
