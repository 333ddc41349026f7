"""What is not a programme, or may not be written, is refused in a sentence and left alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy
from tests.faults.children import in_child
from tests.store import verbs

from ecofolio.errors import EcofolioError, StoreError
from ecofolio.store import database
from ecofolio.store.workspace import Workspace

NEWER = database.SCHEMA + 1


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    path = tmp_path / "programme.ecofolio"
    with Workspace.create(path) as workspace:
        workspace.do(verbs.add, ["A", "B"])
    return path


def rewrite(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def seen(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file()
    }


def newer(path: Path) -> None:
    rewrite(path, f"PRAGMA user_version={NEWER}")


def foreign(path: Path) -> None:
    path.unlink()
    rewrite(path, "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")


def wrong_id(path: Path) -> None:
    rewrite(path, "PRAGMA application_id=1")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def scribbled_over(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100:2000] = b"\xff" * 1900
    path.write_bytes(content)


def bad_letter(path: Path) -> None:
    """SQLite's own complaint about it is then no readable text."""
    content = path.read_bytes()
    assert b"CHECK (lead_segment IN" in content
    path.write_bytes(content.replace(b"CHECK (lead_segment IN", b"CHECK (le\xecd_segment IN"))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a newer schema": (newer, "saved by a newer Ecofolio .* update this program"),
    "another program's database": (foreign, "belongs to another program"),
    "a wrong application id": (wrong_id, "belongs to another program"),
    "schema zero": (lambda p: rewrite(p, "PRAGMA user_version=0"), "is damaged"),
    "cut short": (cut_short, "is damaged"),
    "scribbled over": (scribbled_over, "is damaged"),
    "a folder": (a_folder, "is a folder"),
    "a pipe": (a_pipe, "is not an Ecofolio programme"),
    "empty": (lambda p: p.write_bytes(b""), "is empty"),
    "text": (lambda p: p.write_text("name,stage\n"), "is not an Ecofolio programme"),
    "nothing": (lambda p: p.unlink(), "There is no programme at"),
    "a trigger": (
        lambda p: rewrite(
            p, "CREATE TRIGGER t AFTER INSERT ON unit BEGIN DELETE FROM initiative; END"
        ),
        "did not make",
    ),
    "a view": (lambda p: rewrite(p, "CREATE VIEW v AS SELECT 1"), "did not make"),
    "a table more": (lambda p: rewrite(p, "CREATE TABLE more (a)"), "is damaged"),
    "a table less": (lambda p: rewrite(p, "DROP TABLE note"), "is damaged"),
    "a column more": (lambda p: rewrite(p, "ALTER TABLE unit ADD x"), "is damaged"),
    "no head": (lambda p: rewrite(p, "DELETE FROM counter"), "journal .* is damaged"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_programme_is_refused_and_left_alone(programme: Path, case: str) -> None:
    spoil, sentence = REFUSED[case]
    spoil(programme)
    before = seen(programme.parent)
    with pytest.raises(StoreError, match=sentence) as caught:
        Workspace.open(programme)
    assert "\n" not in str(caught.value)
    assert seen(programme.parent) == before


def test_a_schema_of_broken_letters_is_damage(programme: Path) -> None:
    bad_letter(programme)
    with pytest.raises(StoreError, match="is damaged"), Workspace.open(programme) as workspace:
        workspace.verify()
        workspace.do(verbs.edit, 1, {"name": "x"})


def test_a_file_that_was_not_closed_is_checked_whole(programme: Path) -> None:
    """The log of a crash is what tells: the same damage passes the quick look of a clean start."""
    rewrite(programme, "PRAGMA foreign_keys=OFF", "UPDATE initiative SET unit_id = 77 WHERE id = 1")
    Workspace.open(programme).close()

    def crash() -> None:
        workspace = Workspace.open(programme)
        workspace.do(verbs.edit, 2, {"name": "x"})
        os._exit(0)

    in_child(crash)
    assert programme.with_name(programme.name + "-wal").stat().st_size
    with pytest.raises(StoreError, match="is damaged"):
        Workspace.open(programme)


def test_a_new_programme_is_private_with_its_log(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Workspace.create(tmp_path / "p.ecofolio") as workspace:
            workspace.do(verbs.add, ["A"])
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert "p.ecofolio-wal" in modes
    assert set(modes.values()) == {0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["p.ecofolio"]


def test_a_log_of_a_file_that_is_gone_is_not_taken_into_a_new_one(programme: Path) -> None:
    def crash() -> None:
        workspace = Workspace.open(programme)
        workspace.do(verbs.add, ["C"])
        os._exit(0)

    in_child(crash)
    programme.unlink()
    log = programme.with_name(programme.name + "-wal")
    before = log.read_bytes()
    with pytest.raises(StoreError, match="is left over from another programme"):
        Workspace.create(programme)
    assert log.read_bytes() == before and not programme.exists()
    log.unlink()
    with Workspace.create(programme) as workspace:
        workspace.do(verbs.add, ["A"])
    with Workspace.open(programme) as workspace:
        assert workspace.verify() == []


def test_a_new_programme_never_replaces_a_file(programme: Path) -> None:
    before = seen(programme.parent)
    with pytest.raises(StoreError, match="There is already a file"):
        Workspace.create(programme)
    with pytest.raises(StoreError, match="There is no folder"):
        Workspace.create(programme.parent / "nowhere" / "p.ecofolio")
    with pytest.raises(StoreError, match="Nothing can be written"):
        Workspace.create(programme.parent / ("x" * 300))
    assert seen(programme.parent) == before


@pytest.mark.parametrize(
    "place",
    ["mysql://host/db", "https://x.example/p.ecofolio", "postgresql://host:port/db", "a\0b"],
)
def test_what_is_no_address_is_refused(place: str) -> None:
    with pytest.raises(StoreError):
        Workspace.open(place)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may look into; pytest's own are private."""
    folder = Path(tempfile.mkdtemp(prefix="ecofolio-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody() -> None:
    """Root may write everywhere; the rest of this child is nobody."""
    if os.geteuid() == 0:
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)


@pytest.mark.skipif(os.name != "posix", reason="rights are told apart by users")
@pytest.mark.parametrize("protected", ["file", "folder"])
def test_what_is_write_protected_opens_for_reading_only(
    open_folder: Path, programme: Path, protected: str
) -> None:
    path = open_folder / "p.ecofolio"
    shutil.copy(programme, path)
    path.chmod(0o444 if protected == "file" else 0o666)
    open_folder.chmod(0o777 if protected == "file" else 0o555)
    before = seen(open_folder)

    def look() -> tuple[int, str, str, list[str]]:
        as_nobody()
        with Workspace.open(path) as workspace:
            reason = str(workspace.read_only)
            try:
                workspace.do(verbs.edit, 1, {"name": "x"})
            except EcofolioError as error:
                refused = str(error)
            assert workspace.back_up_if_due() is None
            return verbs.count(workspace), reason, refused, workspace.verify()

    count, reason, refused, problems = in_child(look)
    assert count == 2 and problems == []
    assert "write-protected: it is open for reading only" in reason == refused
    assert seen(open_folder) == before
    open_folder.chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="rights are told apart by users")
def test_what_can_not_be_read_or_made_is_told(open_folder: Path, programme: Path) -> None:
    path = open_folder / "p.ecofolio"
    shutil.copy(programme, path)
    path.chmod(0o600)

    def refusals() -> list[str]:
        as_nobody()
        told = []
        for attempt in (
            lambda: Workspace.open(path),
            lambda: Workspace.create(open_folder / "new.ecofolio"),
        ):
            try:
                attempt()
            except StoreError as error:
                told.append(str(error))
        return told

    if os.geteuid() != 0:
        pytest.skip("needs another user")
    first, second = in_child(refusals)
    assert "can not be read: Permission denied" in first
    assert "Nothing can be written" in second


# PostgreSQL


def execute(url: str, *statements: str) -> None:
    engine = database.server_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sqlalchemy.text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (None, "There is no programme at"),
        ("CREATE TABLE other (a int)", "belongs to another program"),
        (f"UPDATE alembic_version SET version_num = '{NEWER:04d}'", "saved by a newer Ecofolio"),
        ("UPDATE alembic_version SET version_num = 'abc'", "is damaged"),
        ("DROP TABLE note CASCADE", "is damaged"),
        ("DELETE FROM counter", "is damaged"),
    ],
)
def test_a_database_that_is_no_programme_is_refused(
    new_database: Callable[[], str], statement: str | None, sentence: str
) -> None:
    url = new_database()
    if statement and "other" not in statement:
        Workspace.create(url).close()
    if statement:
        execute(url, statement)
    with pytest.raises(StoreError, match=sentence):
        Workspace.open(url)


def test_a_database_that_is_taken_gets_no_new_programme(new_database: Callable[[], str]) -> None:
    url = new_database()
    Workspace.create(url).close()
    with pytest.raises(StoreError, match="There is already a programme"):
        Workspace.create(url)


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://li:geheim@127.0.0.1:{taken.getsockname()[1]}/db"
        with pytest.raises(StoreError, match="does not answer") as caught:
            Workspace.open(url)
    assert "geheim" not in str(caught.value)


def test_a_server_that_says_no_is_told_with_its_reason(server_url: str) -> None:
    with pytest.raises(StoreError, match=r"could not be used: .*not exist"):
        Workspace.open(server_url.replace("/postgres?", "/nowhere?"))
