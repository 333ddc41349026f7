"""One changed byte is found: in the journal by its chain, in a record by what the journal says."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy
from tests.store import verbs

from ecofolio.errors import EcofolioError
from ecofolio.store.base import table_of
from ecofolio.store.database import engine_of
from ecofolio.store.model import Change, ChangeRow, Counter
from ecofolio.store.place import place_of
from ecofolio.store.workspace import Workspace

COLUMNS = [
    f"{table.name}.{column.name}"
    for table in (table_of(Change), table_of(ChangeRow), table_of(Counter))
    for column in table.columns
]


@pytest.fixture
def told(workspace: Workspace) -> Workspace:
    """A programme with a bit of every kind of change."""
    identity = workspace.do(verbs.add_with_parts, "A")
    workspace.do(verbs.edit, identity, {"name": "B", "stage": "pilot"})
    workspace.do(verbs.edit, identity, {"name": "C"})
    workspace.undo()
    assert workspace.verify() == []
    return workspace


def behind_its_back(workspace: Workspace, statement: str) -> None:
    engine = engine_of(place_of(workspace.place))
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        changed = connection.execute(sqlalchemy.text(statement)).rowcount
    engine.dispose()
    assert changed, statement


def found(workspace: Workspace) -> list[str]:
    try:
        return workspace.verify()
    except EcofolioError as error:  # too damaged to be read on
        return [str(error)]


def altered(column: str) -> str:
    """SQL for another value of the same type."""
    name = column.split(".")[1]
    if name in ("before", "after"):
        return f"replace({name}, 'proposal', 'proposel')"
    if name in ("id", "at", "target", "position", "change_id", "record_id", "owner_id", "next"):
        return f"{name} + 1000"
    return f"{name} || 'x'"


@pytest.mark.parametrize("column", COLUMNS)
def test_any_changed_field_of_the_journal_is_found(told: Workspace, column: str) -> None:
    table, name = column.split(".")
    where = f"{name} LIKE '%proposal%'" if name in ("before", "after") else f"{name} IS NOT NULL"
    pick = f"SELECT max({name}) FROM {table} WHERE {where}"
    behind_its_back(told, f"UPDATE {table} SET {name} = {altered(column)} WHERE {name} = ({pick})")
    [sentence] = found(told)
    assert "journal" in sentence.lower()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM change WHERE id = 3",
        "DELETE FROM change WHERE id = (SELECT max(id) FROM change)",
        "DELETE FROM change_row WHERE change_id = 2 AND position = 1",
        "DELETE FROM change",
        "UPDATE change_row SET before = NULL WHERE change_id = 3",
        "UPDATE change_row SET owner = NULL WHERE owner IS NOT NULL",
        "UPDATE change SET target = 3 WHERE id = 2",
        "INSERT INTO counter (name, next, hash) VALUES ('unit', 1, '')",
        "INSERT INTO change_row (change_id, position, record, record_id) VALUES (99, 0, 'x', 1)",
        "INSERT INTO change_row (change_id, position, record, record_id) VALUES (0, 0, 'x', 1)",
        "UPDATE change_row SET position = 4 - position WHERE change_id = 2",
    ],
)
def test_a_missing_added_or_moved_entry_is_found(told: Workspace, statement: str) -> None:
    behind_its_back(told, statement)
    [sentence] = found(told)
    assert "The journal was altered" in sentence


def test_a_text_moved_from_before_to_after_is_found(told: Workspace) -> None:
    """What is hashed says where each text ends."""
    behind_its_back(
        told,
        "UPDATE change_row SET before = substr(before, 1, 5), after = substr(before, 6) || after"
        " WHERE change_id = 3",
    )
    assert "The journal was altered at entry 3." in found(told)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE initiative SET name = 'x'",
        "UPDATE initiative SET due_date = '2026-01-01'",
        "UPDATE initiative SET budget_fen = 1",
        "DELETE FROM note",
        "UPDATE note SET id = 7",
        "INSERT INTO scene (id, version, code) VALUES (1, 1, 'x')",
        "UPDATE programme SET fiscal_start_month = 4",
    ],
)
def test_a_record_changed_behind_the_journals_back_is_found(
    told: Workspace, statement: str
) -> None:
    behind_its_back(told, statement)
    [sentence] = found(told)
    assert "differ from the journal" in sentence


def test_any_changed_byte_of_a_short_text_in_the_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path) as workspace:
        workspace.do(verbs.add, ["A"], name="Leuchtturm")
    content = path.read_bytes()
    place = content.index(b"Leuchtturm")
    seen = 0
    while place >= 0:
        path.write_bytes(content[:place] + b"M" + content[place + 1 :])
        with Workspace.open(path) as workspace:
            assert found(workspace) != []
        seen += 1
        place = content.find(b"Leuchtturm", place + 1)
    assert seen == 2  # the record's and the journal's


def test_a_date_that_is_none_ends_in_a_sentence_wherever_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path) as workspace:
        [identity] = workspace.do(verbs.add, ["A"])
        behind_its_back(workspace, "UPDATE initiative SET start_date = '2026-1x-05'")
        with pytest.raises(EcofolioError, match="is damaged: restore a backup"):
            verbs.row_of(workspace, identity)
        with pytest.raises(EcofolioError, match="is damaged: restore a backup"):
            workspace.do(verbs.edit, identity, {"name": "x"})


def test_our_own_fault_stays_our_own_over_a_sound_programme(workspace: Workspace) -> None:
    with pytest.raises(ZeroDivisionError), workspace.read():
        print(1 / 0)
