"""Kills, damaged files and full disks: a sample in `test`, at length in `faults`."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.data.make_fixture import migrated
from tests.faults import flips, kills
from tests.faults.children import in_child
from tests.faults.full import small_disk, with_largest_file
from tests.store import verbs

from ecofolio.errors import EcofolioError, StoreError
from ecofolio.review.pack import write_pack
from ecofolio.store import backup
from ecofolio.store.workspace import Workspace

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked"),
]


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, long_trials: bool) -> None:
    outcome = kills.run(504 if long_trials else 24, tmp_path)
    assert outcome.failures == []
    assert sum(outcome.acknowledged.values()) > sum(outcome.kills.values())


def test_a_lost_commit_would_be_seen(tmp_path: Path) -> None:
    """The kill trials can fail: here the child tells of what it has not committed."""

    def boast(_ground: kills.Ground) -> kills.Scene:
        def scene(path: Path, _dice: random.Random, say: kills.Say) -> None:
            say("head 99\n" * 4)
            os.read(os.pipe()[0], 1)

        return scene

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kills, "SCENES", {"boasting": boast})
        outcome = kills.run(4, tmp_path)
    assert any("told 99, found" in failure for failure in outcome.failures)


def test_a_damaged_file_never_crashes_the_program(tmp_path: Path, long_trials: bool) -> None:
    programme = migrated(tmp_path / "p.ecofolio")
    outcome = flips.run(3000 if long_trials else 150, programme, tmp_path)
    assert outcome.failures == []
    assert outcome.read and outcome.refused


def test_a_crash_over_a_damaged_file_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trials with damaged files can fail: by an error of ours, and by a crash."""
    programme = migrated(tmp_path / "p.ecofolio")
    monkeypatch.setattr(flips, "use", lambda _path, _books: [][0])
    assert len(flips.run(3, programme, tmp_path).failures) == 3
    monkeypatch.setattr(flips, "use", lambda _path, _books: os.kill(os.getpid(), signal.SIGKILL))
    assert "died of signal 9" in flips.run(3, programme, tmp_path).failures[0]


# Full disks


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "disk" / "p.ecofolio"
    path.parent.mkdir()
    with Workspace.create(path) as workspace:
        workspace.do(verbs.add, [f"C{n}" for n in range(200)], description="x" * 500)
    return path


def refusal_of_a_big_change(path: Path) -> str:
    with Workspace.open(path) as workspace:
        try:
            workspace.do(verbs.add, [f"B{n}" for n in range(4000)], description="y" * 500)
        except StoreError as error:
            return str(error)
        return "done"


def test_a_change_that_the_disk_does_not_hold_is_refused_and_nothing_is_lost(
    filled: Path,
) -> None:
    size = filled.stat().st_size + 200_000
    said = with_largest_file(size, lambda: refusal_of_a_big_change(filled))
    assert "nothing was changed" in said and "\n" not in said
    with Workspace.open(filled) as workspace:
        assert verbs.count(workspace) == 200
        assert workspace.verify() == []
        workspace.do(verbs.add, ["goes on"])


def test_a_backup_that_the_disk_does_not_hold_leaves_nothing_behind(
    filled: Path, tmp_path: Path
) -> None:
    def refusal() -> str:
        with Workspace.open(filled) as workspace:
            try:
                backup.backup(workspace.place, tmp_path / "backups", NOW)
            except StoreError as error:
                return str(error)
        return "done"

    assert with_largest_file(100_000, refusal) != "done"
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder, 3000) as mounted:
        if not mounted:
            pytest.skip("this machine lets no test mount a small disk")
        yield folder


def test_on_a_disk_that_is_really_full_everything_is_told_and_stays(
    disk: Path, filled: Path
) -> None:
    path = Path(shutil.copy(filled, disk))

    def tell() -> list[str]:
        told = [refusal_of_a_big_change(path)]
        filler = disk / "filler"
        with Workspace.open(path) as workspace:
            book = disk / "pack.xlsx"
            book.write_bytes(b"the old workbook")
            with filler.open("wb", buffering=0) as file, pytest.raises(OSError):
                while True:
                    file.write(b"z" * 4096)
                    file.flush()
            for attempt in (
                lambda: backup.backup(workspace.place, disk, NOW),
                lambda: Workspace.create(disk / "new.ecofolio"),
                lambda: workspace.do(verbs.add, ["x"], description="z" * 100_000),
                lambda: _export(workspace, book),
            ):
                try:
                    attempt()
                except EcofolioError as error:
                    told.append(str(error))
        filler.unlink()
        assert book.read_bytes() == b"the old workbook"
        book.unlink()
        return told

    told = in_child(tell)
    assert len(told) == 5 and not any("\n" in sentence for sentence in told)
    assert "The disk is full: nothing was changed" in told[0]
    assert [each.name for each in disk.iterdir()] == [path.name]
    with Workspace.open(path) as workspace:
        assert verbs.count(workspace) == 200
        assert workspace.verify() == []


def _export(workspace: Workspace, book: Path) -> None:
    with workspace.read() as connection:
        write_pack(connection, book, language="en", actor="Li", today=date(2026, 11, 21))
