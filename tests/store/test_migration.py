"""A programme of an older schema is brought up to date whole, or stays as it was."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.conftest import ROOT

from ecofolio import places
from ecofolio.errors import EcofolioError
from ecofolio.store import backup, database, inspection, migration
from ecofolio.store import workspace as workspaces
from ecofolio.store.base import Base, record_classes, table_of
from ecofolio.store.place import Place, place_of
from ecofolio.store.verification import digest
from ecofolio.store.workspace import Workspace

FIXTURES = sorted((ROOT / "tests" / "data").glob("schema*.ecofolio"))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the filled programme of the first schema."""
    path = tmp_path / "old.ecofolio"
    shutil.copy(ROOT / "tests" / "data" / "schema1.ecofolio", path)
    return path


def content(path: Path) -> list[tuple[object, ...]]:
    """All that is in a file, and how it is laid out."""
    connection = database.connect_file(path, read_only=True, uri="&immutable=1")
    tables = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    found: list[tuple[object, ...]] = [*tables]
    for pragma in ("user_version", "application_id"):
        found += connection.execute(f"PRAGMA {pragma}").fetchall()
    for name, sql in tables:
        if str(sql).startswith("CREATE TABLE"):
            found += connection.execute(f'SELECT * FROM "{name}"').fetchall()
    connection.close()
    return found


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.stem)
def test_a_filled_file_of_every_schema_opens_with_its_contents(
    fixture: Path, tmp_path: Path
) -> None:
    path = tmp_path / "programme.ecofolio"
    shutil.copy(fixture, path)
    tables = [row[0] for row in content(path) if str(row[-1]).startswith("CREATE TABLE")]
    with Workspace.open(path) as workspace:
        assert workspace.verify() == []
        with workspace.read() as connection:
            rows = {
                name: len(connection.execute(table_of(record).select()).all())
                for name, record in record_classes().items()
            }
            programme = connection.execute(sqlalchemy.text("SELECT name FROM programme")).scalar()
            name = connection.execute(
                sqlalchemy.text("SELECT name FROM initiative WHERE id = 2")
            ).scalar()
        assert {table: rows[table] for table in tables if table in rows} == {
            table: 1 if table == "programme" else 3 for table in tables if table in rows
        }
        assert (programme, name) == ("Fixture 样本", "改名 renamed")
        undone, redone = workspace.next_undo(), workspace.next_redo()
        assert undone is not None and undone.label == "Rename 改名 renamed"
        assert redone is not None and redone.label == "Rename undone"
        workspace.redo()
        workspace.undo()
        workspace.undo()
        assert workspace.verify() == []


def test_an_old_file_is_backed_up_before_it_is_changed(old: Path) -> None:
    before = content(old)
    Workspace.open(old).close()
    assert inspection.look_at_header(old) == database.SCHEMA
    [(_time, kept)] = backup.made(backup.default_folder(Place(path=old)), "old")
    assert content(kept) == before


def test_an_old_file_that_can_not_be_backed_up_is_not_changed(old: Path) -> None:
    before = content(old)
    backup.default_folder(Place(path=old)).write_text("in the way")
    with pytest.raises(EcofolioError, match="Nothing can be written"):
        Workspace.open(old)
    assert content(old) == before


NEXT = database.SCHEMA + 1
FAILING = f'''
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{NEXT:04d}", "{database.SCHEMA:04d}"


def upgrade() -> None:
    op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True))
    op.drop_index("ix_note_initiative_id", "note")
    op.execute("UPDATE initiative SET name = 'spoilt'")
    {{}}
'''
FAILURES = {
    "raises": 'raise RuntimeError("on purpose")',
    "breaks SQL": 'op.execute("INSERT INTO nowhere VALUES (1)")',
    "breaks a reference": 'op.execute("UPDATE initiative SET unit_id = 99")',
}


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations that the store uses instead of its own, with one schema more."""
    folder = tmp_path / "migrations"
    shutil.copytree(places.part("migrations"), folder)
    monkeypatch.setattr(migration, "part", lambda _name: folder)
    for module in (inspection, workspaces, migration):
        monkeypatch.setattr(module, "SCHEMA", NEXT)
    return folder / "versions"


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_migration_leaves_the_file_as_it_was(
    tmp_path: Path, migrations: Path, failure: str
) -> None:
    path = tmp_path / "p.ecofolio"
    shutil.copy(FIXTURES[0], path)
    migration.upgrade(Place(path=path), to=database.SCHEMA)
    before = content(path)
    (migrations / f"{NEXT:04d}_next.py").write_text(FAILING.format(FAILURES[failure]))
    with pytest.raises((RuntimeError, EcofolioError)):
        Workspace.open(path)
    assert content(path) == before
    assert len(backup.made(backup.default_folder(Place(path=path)), "p")) == 1


def test_a_failed_migration_leaves_the_database_as_it_was(
    new_database: Callable[[], str], migrations: Path
) -> None:
    place = place_of(new_database())
    migration.upgrade(place, to=database.SCHEMA)
    (migrations / f"{NEXT:04d}_next.py").write_text(FAILING.format(FAILURES["raises"]))
    with pytest.raises(RuntimeError, match="on purpose"):
        Workspace.open(place)
    engine = database.engine_of(place)
    with engine.connect() as connection:
        assert "extra" not in sqlalchemy.inspect(connection).get_table_names()
        assert inspection.server_version(connection, place) == database.SCHEMA
    engine.dispose()
    assert len(backup.made(backup.default_folder(place), place.name)) == 1


def test_a_rebuilt_table_keeps_its_children(tmp_path: Path, migrations: Path) -> None:
    path = tmp_path / "p.ecofolio"
    shutil.copy(FIXTURES[0], path)
    (migrations / f"{NEXT:04d}_next.py").write_text(
        FAILING.format(
            "with op.batch_alter_table('initiative', recreate='always') as batch:\n"
            "        batch.add_column(sa.Column('extra', sa.String()))"
        )
    )
    migration.upgrade(Place(path=path), to=NEXT)
    connection = database.connect_file(path)
    assert connection.execute("SELECT count(*) FROM note").fetchone() == (3,)
    assert connection.execute("SELECT name, extra FROM initiative").fetchone() == ("spoilt", None)
    connection.close()


def differences(place: str, metadata: sqlalchemy.MetaData) -> list[object]:
    engine = database.engine_of(place_of(place))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    engine.dispose()
    return list(found)


def test_the_migrated_schema_is_the_models(place: str) -> None:
    Workspace.create(place).close()
    assert differences(place, Base.metadata) == []


def test_a_schema_that_differs_from_the_models_is_seen(place: str) -> None:
    """The comparison above can fail."""
    Workspace.create(place).close()
    other = sqlalchemy.MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        table.to_metadata(other)
    sqlalchemy.Table("extra", other, sqlalchemy.Column("id", sqlalchemy.Integer))
    other.tables["note"].append_column(sqlalchemy.Column("extra", sqlalchemy.String))
    other.tables["unit"].c.name.nullable = True
    other.remove(other.tables["mapping"])
    found = [each[0] if isinstance(each, list) else each for each in differences(place, other)]
    kinds = {each[0] for each in found if isinstance(each, tuple)}
    assert {"add_table", "add_column", "modify_nullable", "remove_table"} <= kinds


def test_migrations_import_nothing_from_the_program() -> None:
    for path in (ROOT / "migrations").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", [])]
            module = getattr(node, "module", None) or ""
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name in [module, *names]:
                    assert name.split(".")[0] not in ("ecofolio", "desktop"), path


def test_the_two_databases_hold_the_same_of_one_programme(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    path, url = tmp_path / "p.ecofolio", new_database()
    shutil.copy(FIXTURES[0], path)
    with Workspace.open(path) as first:
        backup.restore(path, place_of(url), first.clock())
        with Workspace.open(url) as second, first.read() as ours, second.read() as theirs:
            assert digest(ours) == digest(theirs)
            assert second.verify() == []
