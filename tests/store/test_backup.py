"""Backups are whole, verified, thinned out with age; restoring keeps what was there."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import NOW, ROOT
from tests.faults.children import in_child
from tests.store import verbs

from ecofolio.errors import StoreError
from ecofolio.store import backup, inspection
from ecofolio.store.place import Place, place_of
from ecofolio.store.verification import digest
from ecofolio.store.workspace import Changed, Workspace

TIMES = st.lists(
    st.datetimes(datetime(2024, 1, 1), NOW.replace(tzinfo=None)), max_size=60, unique=True
).map(lambda times: [time.replace(tzinfo=UTC) for time in times])


def digest_of(place: object) -> str:
    with Workspace.open(str(place)) as workspace, workspace.read() as connection:
        assert workspace.verify() == []
        return digest(connection)


def test_a_backup_holds_what_was_committed_though_the_log_does(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.do(verbs.add, [f"C{n}" for n in range(100)])
    path = backup.backup(workspace.place, tmp_path / "new" / "folder", NOW)
    assert path.name == f"{workspace.place.name}.20261121T013000Z.ecofolio"
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with Workspace.open(path) as copy, copy.read() as theirs, workspace.read() as ours:
        assert digest(theirs) == digest(ours)
        assert copy.next_undo() == workspace.next_undo()
        assert copy.verify() == []


@pytest.mark.skipif(os.name != "posix", reason="rights are a file's own")
def test_a_backup_is_private(workspace: Workspace, tmp_path: Path) -> None:
    path = backup.backup(workspace.place, tmp_path, NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_backup_is_due_half_an_hour_after_the_last(workspace: Workspace, tmp_path: Path) -> None:
    first = workspace.back_up_if_due(tmp_path)
    workspace.clock = lambda: NOW + timedelta(minutes=29, seconds=59)
    assert first is not None and workspace.back_up_if_due(tmp_path) is None
    workspace.clock = lambda: NOW + timedelta(minutes=30)
    second = workspace.back_up_if_due(tmp_path)
    assert second is not None
    assert [path for _time, path in backup.made(tmp_path, workspace.place.name)] == [second, first]


def test_only_this_programmes_backups_are_counted_and_let_go(tmp_path: Path) -> None:
    names = ["a.20200101T000000Z.ecofolio", "a.b.20200101T000000Z.ecofolio", "a.ecofolio"]
    for name in [*names, "a.20209999T000000Z.ecofolio", "a.20261121T000000Z.ecofolio"]:
        (tmp_path / name).touch()
    assert [path.name for _time, path in backup.made(tmp_path, "a")] == [
        "a.20261121T000000Z.ecofolio",
        names[0],
    ]
    for year in range(2008, 2020):
        (tmp_path / f"a.{year}0101T000000Z.ecofolio").touch()
    backup.rotate(tmp_path, "a", NOW)
    assert (tmp_path / names[1]).exists() and (tmp_path / names[2]).exists()
    assert not (tmp_path / "a.20080101T000000Z.ecofolio").exists()


@given(times=TIMES)
def test_rotation_keeps_two_days_and_the_newest_of_each_span(times: list[datetime]) -> None:
    gone = set(backup.expired(times, NOW))
    kept = sorted(set(times) - gone, reverse=True)
    assert not any(NOW - time <= timedelta(days=2) for time in gone)
    old = [time for time in kept if NOW - time > timedelta(days=2)]
    assert len(old) <= 12 + 10 + 9
    if times:
        assert max(times) in kept
        months = sorted({(t.year, t.month) for t in times if NOW - t > timedelta(days=2)})[-9:]
        assert {(t.year, t.month) for t in old} >= set(months)
        days = sorted({t.date() for t in times if NOW - t > timedelta(days=2)})[-12:]
        assert {t.date() for t in old} >= set(days)
    assert backup.expired(kept, NOW) == []  # nothing more to let go at the same moment


def test_half_hourly_backups_over_a_year_come_to_what_was_promised() -> None:
    kept: list[datetime] = []
    for step in range(365 * 48):
        kept.append(NOW + timedelta(minutes=30 * step))
        if step % 24 == 23:
            gone = set(backup.expired(kept, kept[-1]))
            kept = [time for time in kept if time not in gone]
    ages = [kept[-1] - time for time in kept]
    assert sum(age <= timedelta(days=2) for age in ages) == 97
    assert max(ages) > timedelta(days=30 * 7)  # the end of the ninth month back
    assert len(kept) <= 97 + 31


def test_a_backup_that_can_not_be_written_is_told(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="Nothing can be written"):
        backup.backup(workspace.place, tmp_path / "file", NOW)


# Restoring


@pytest.fixture
def saved(workspace: Workspace, tmp_path: Path) -> Path:
    """A backup with one initiative; the programme itself has gone on to two."""
    workspace.do(verbs.add, ["A"])
    path = backup.backup(workspace.place, tmp_path / "backups", NOW)
    workspace.do(verbs.add, ["B"])
    return path


def test_restoring_keeps_the_old_programme_aside(workspace: Workspace, saved: Path) -> None:
    place = workspace.place
    workspace.close()
    kept = backup.restore(saved, place, NOW)
    assert kept is not None
    with Workspace.open(place) as restored, Workspace.open(kept) as old:
        assert [verbs.count(each) for each in (restored, old)] == [1, 2]
        assert restored.verify() == old.verify() == []
        restored.do(verbs.add, ["C"])


def test_restoring_where_nothing_is_makes_the_programme(
    saved: Path, new_place: Callable[[], str]
) -> None:
    place = place_of(new_place())
    assert backup.restore(saved, place, NOW) is None
    assert digest_of(place.url or place.file) == digest_of(saved)


def test_restoring_over_an_open_programme_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path) as workspace:
        saved = backup.backup(workspace.place, tmp_path, NOW)
        workspace.do(verbs.add, ["A"])
        with pytest.raises(StoreError, match="is open in another window: close it there first"):
            backup.restore(saved, workspace.place, NOW)
        workspace.do(verbs.add, ["B"])
        assert verbs.count(workspace) == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([path.name, saved.name])


def test_restoring_over_a_programme_that_was_not_closed_keeps_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path) as workspace:
        saved = backup.backup(workspace.place, tmp_path, NOW)

    def crash() -> None:
        Workspace.open(path).do(verbs.add, ["A"])
        os._exit(0)

    in_child(crash)
    kept = backup.restore(saved, Place(path=path), NOW)
    assert kept is not None
    with Workspace.open(path) as restored, Workspace.open(kept) as old:
        assert [verbs.count(each) for each in (restored, old)] == [0, 1]


def test_restoring_over_a_damaged_programme_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path) as workspace:
        saved = backup.backup(workspace.place, tmp_path, NOW)
    path.write_bytes(b"not a programme")
    kept = backup.restore(saved, Place(path=path), NOW)
    assert kept is not None and kept.read_bytes() == b"not a programme"
    Workspace.open(path).close()
    with pytest.raises(StoreError, match="is in the way"):
        backup.restore(saved, Place(path=path), NOW)


def test_a_damaged_backup_is_not_restored(tmp_path: Path) -> None:
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path) as workspace:
        saved = backup.backup(workspace.place, tmp_path, NOW)
    content = saved.read_bytes()
    saved.write_bytes(content[: len(content) // 2])
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is damaged"):
        backup.restore(saved, Place(path=path), NOW)
    assert path.read_bytes() == before


def test_an_old_backup_is_restored_and_brought_up_to_date(place: str, tmp_path: Path) -> None:
    source = tmp_path / "old.ecofolio"
    shutil.copy(ROOT / "tests" / "data" / "schema1.ecofolio", source)
    backup.restore(source, place_of(place), NOW)
    with Workspace.open(place) as workspace:
        assert workspace.verify() == []
        assert verbs.count(workspace) == 3
    assert inspection.look_at_header(source) == 1


def test_another_window_on_the_server_hears_that_a_backup_was_restored(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_database()
    heard: list[Changed] = []
    with Workspace.create(url) as workspace, Workspace.open(url) as other:
        workspace.do(verbs.add, ["A"])
        saved = backup.backup(workspace.place, tmp_path, NOW)
        workspace.do(verbs.add, ["B"])
        other.poll()
        other.subscribe(heard.append)
        backup.restore(saved, workspace.place, NOW)
        other.poll()
        assert [changed.touches("initiative") for changed in heard] == [True]
        assert verbs.count(other) == 1
        assert other.poll() is None
