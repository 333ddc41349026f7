"""What the database itself refuses, whoever writes to it and by whatever path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ecofolio.budget import actions, books
from ecofolio.errors import InputError, StoreError
from ecofolio.store import backup
from ecofolio.store.database import sqlite_module
from ecofolio.store.place import place_of
from ecofolio.store.workspace import Workspace

if TYPE_CHECKING:
    from tests.budget.conftest import Bank

NEW = (
    "INSERT {how} INTO ledger_transaction (id, version, date, kind, fiscal_year, period, postings)"
    " VALUES ({id}, 1, '2026-03-01', 'transfer', 2026, '2026-03', '{postings}')"
)
# accounts are opened in the order of their use: 1 is the grant, 2 a pool
REFUSED = [
    "UPDATE posting SET fen = fen + 1",
    "UPDATE ledger_transaction SET memo = 'x'",
    "UPDATE account SET kind = 'grant'",
    "DELETE FROM posting",
    "DELETE FROM ledger_transaction",
    "DELETE FROM account",
    "INSERT INTO posting VALUES (1, 2, 2, '2026-01-05', 5)",
    "INSERT INTO posting VALUES (99, 0, 2, '2026-01-05', 5)",
    NEW.format(how="", id=90, postings="[[1, -5], [2, 4]]"),
    NEW.format(how="", id=90, postings="[[1, -5], [2, 5], [2, 1]]"),
    NEW.format(how="", id=90, postings="[[1, -5]]"),
    NEW.format(how="", id=90, postings="[]"),
    NEW.format(how="", id=90, postings="[[1, -0.5], [2, 0.5]]"),
    NEW.format(how="", id=90, postings="[[1, -5], [77, 5]]"),
    NEW.format(how="", id=90, postings="[[2, -99999999], [1, 99999999]]"),
    NEW.format(how="", id=90, postings="not json"),
]
REFUSED_IN_FILES = [
    "INSERT OR REPLACE INTO ledger_transaction SELECT * FROM ledger_transaction WHERE id = 1",
    "INSERT OR REPLACE INTO account SELECT * FROM account WHERE id = 1",
    "INSERT OR REPLACE INTO account VALUES ('grant', NULL, NULL, 77, 1)",
    "INSERT OR REPLACE INTO posting SELECT * FROM posting",
    "UPDATE OR REPLACE posting SET account_id = 1",
    NEW.format(how="OR IGNORE", id=90, postings="[[1, -5], [2, 9000000000000000000]]"),
    NEW.format(how="OR REPLACE", id=1, postings="[[1, -5], [2, 5]]"),
]


ON_FILES = pytest.mark.parametrize("place_kind", ["sqlite"])
ON_SERVERS = pytest.mark.parametrize("place_kind", ["postgresql"])


def test_the_ledger_is_closed_to_other_hands(funded: Bank) -> None:
    engine = funded.workspace._engine
    for statement in REFUSED:
        bare = text(statement.replace(":", "\\:"))
        with (
            engine.connect().execution_options(writes=True) as connection,
            pytest.raises(DBAPIError),
            connection.begin(),
        ):
            connection.execute(bare)
            pytest.fail(f"written: {statement}")
    with funded.workspace.read() as connection:
        assert books.problems(connection) == []


@pytest.fixture
def file(funded: Bank) -> Path:
    """The bank's file, closed."""
    funded.workspace.close()
    return funded.workspace.place.file


@ON_FILES
def test_a_plain_connection_without_references_is_refused_as_well(file: Path) -> None:
    bare = sqlite_module().connect(file)
    for statement in REFUSED + REFUSED_IN_FILES:
        with pytest.raises(sqlite_module().Error):
            bare.execute(statement)
            pytest.fail(f"written: {statement}")
    bare.close()


@ON_FILES
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER posting_stays",
        "DROP TRIGGER ledger_transaction_posts",
        "CREATE TRIGGER mine AFTER INSERT ON posting BEGIN SELECT 1; END",
    ],
)
def test_a_file_whose_guards_were_changed_is_not_opened(file: Path, statement: str) -> None:
    with sqlite_module().connect(file) as connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(StoreError):
        Workspace.open(file)


@ON_SERVERS
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE posting",
        "TRUNCATE unit CASCADE",
        "WITH gone AS (DELETE FROM posting RETURNING 1) SELECT * FROM gone",
        "INSERT INTO posting SELECT * FROM posting ON CONFLICT DO NOTHING",
        "INSERT INTO account SELECT * FROM account ON CONFLICT (id) DO UPDATE SET kind = 'pool'",
        "MERGE INTO posting USING (SELECT 1) AS one ON position = 0 WHEN MATCHED"
        " THEN UPDATE SET fen = 1",
    ],
)
def test_a_server_has_no_way_round_its_guards(funded: Bank, statement: str) -> None:
    connection = funded.workspace._engine.connect().execution_options(writes=True)
    with connection, pytest.raises(DBAPIError, match=r"stays|already|with their"):
        connection.execute(text(statement))


@ON_SERVERS
def test_a_server_whose_guards_were_lifted_is_not_opened(funded: Bank) -> None:
    url = funded.workspace.place
    with funded.workspace._engine.begin() as connection:
        connection.execute(text("ALTER TABLE posting DISABLE TRIGGER posting_stays"))
    with pytest.raises(StoreError):
        Workspace.open(url)


def test_a_transaction_that_went_another_way_is_told_by_the_database(
    funded: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ecofolio.budget import ledger

    monkeypatch.setattr(ledger.Books, "_refuse_lack", lambda *_args: None)
    with pytest.raises(InputError, match="no account but the grant account may fall below zero"):
        funded.do(actions.spend, 9_999_00, initiative_id=funded.market)


def test_a_backup_holds_the_ledger_and_can_be_put_back(funded: Bank, tmp_path: Path) -> None:
    workspace = funded.workspace
    copy = backup.backup(workspace.place, tmp_path, workspace.clock())
    funded.do(actions.grant, 5_00)
    place: Any = place_of(workspace.place)
    workspace.close()
    backup.restore(copy, place, workspace.clock())
    with Workspace.open(place, clock=workspace.clock) as again, again.read() as connection:
        assert again.verify() == []
        assert books.problems(connection) == []
        assert len(books.postings(connection)) == 6
        with pytest.raises(InputError):
            again.do(actions.spend, 9_999_00, initiative_id=funded.market)
        again.do(actions.grant, 6_00)
