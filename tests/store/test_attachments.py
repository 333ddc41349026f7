"""Attached files are in the backups once, and come back with them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW
from tests.store.test_files import attach

from ecofolio.store import backup, files
from ecofolio.store.attachments import Carried
from ecofolio.store.place import place_of
from ecofolio.store.workspace import Workspace


def kept_by(workspace: Workspace, folder: Path, content: bytes, name: str = "发票.pdf") -> str:
    """The hash of a file that lies with the programme now."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return files.keep(workspace.place, folder / name).hash


def save(workspace: Workspace, folder: Path, minutes: int = 0) -> tuple[Path, Carried]:
    told: list[Carried] = []
    made = backup.backup(
        workspace.place, folder, NOW + timedelta(minutes=minutes), hear=told.append
    )
    return made, told[0]


def test_what_is_attached_is_lost_with_its_folder_and_restored_with_the_programme(
    workspace: Workspace, tmp_path: Path, new_place: Callable[[], str]
) -> None:
    digest = kept_by(workspace, tmp_path / "desk", b"paid")
    attach(workspace, digest)
    place = workspace.place
    saved, carried = save(workspace, tmp_path / "another disk")
    assert carried == Carried(copied=1) and carried.said_of_backup() == ""
    shutil.rmtree(files.folder_of(place))
    workspace.close()
    if place.path is not None:
        place.path.unlink()
    elsewhere = place_of(new_place())
    for where in (place, elsewhere):
        told: list[Carried] = []
        backup.restore(saved, where, NOW, told.append)
        assert told[0].said_of_restore() == "1 attached file was put back."
        with Workspace.open(str(where.url or where.file)) as restored:
            assert restored.verify() == []
        assert files.path_of(where, digest).read_bytes() == b"paid"
    backup.restore(saved, place, NOW + timedelta(seconds=1), told.append)
    assert told[-1] == Carried()


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_only_what_is_new_is_copied_and_all_backups_share_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    first = kept_by(workspace, tmp_path / "desk", b"one")
    attach(workspace, first)
    folder = tmp_path / "backups"
    save(workspace, folder)
    (copy,) = folder.glob("*.files/*/*")
    before = copy.stat()
    kept_by(workspace, tmp_path / "desk", b"two")  # named by nothing now, but an undo may
    assert save(workspace, folder, 1)[1].copied == 1
    assert save(workspace, folder, 2)[1].copied == 0
    assert copy.stat().st_ino == before.st_ino and copy.stat().st_mtime == before.st_mtime
    assert len(list(folder.glob("*.files/*/*"))) == 2


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_files_outlive_the_backups_that_are_let_go(workspace: Workspace, tmp_path: Path) -> None:
    attach(workspace, kept_by(workspace, tmp_path / "desk", b"one"))
    save(workspace, tmp_path / "b", -60 * 24 * 900)
    save(workspace, tmp_path / "b", -60 * 24 * 899)
    backup.rotate(tmp_path / "b", workspace.place.name, NOW)
    assert len(list((tmp_path / "b").glob("*.files/*/*"))) == 1


@pytest.mark.parametrize("place_kind", ["sqlite"])
@pytest.mark.parametrize("harm", ["missing", "altered", "disk"])
def test_a_file_that_can_not_be_copied_is_told_and_the_backup_stands(
    workspace: Workspace, tmp_path: Path, harm: str
) -> None:
    digest = kept_by(workspace, tmp_path / "desk", b"paid")
    attach(workspace, digest)
    path, folder = files.path_of(workspace.place, digest), tmp_path / "backups"
    folder.mkdir()
    if harm == "missing":
        path.unlink()
    elif harm == "altered":
        path.write_bytes(b"not paid")
    else:
        (folder / f"{workspace.place.name}.backup.files").touch()  # in the way
    saved, carried = save(workspace, folder)
    assert (carried.copied, carried.lost) == (0, ("发票.pdf",))
    said = carried.said_of_backup()
    assert said.startswith("1 attached file is not in the backup: 发票.pdf.")
    assert ("what was attached" in said, "can not be copied" in said) == (
        harm == "altered",
        harm == "disk",
    )
    assert not [each for each in folder.rglob("*") if each.is_file() and digest in each.name]
    with Workspace.open(saved) as copy:
        assert len(copy.verify()) == 1


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_a_backup_that_is_cancelled_is_whole_and_the_next_copies_the_rest(
    workspace: Workspace, tmp_path: Path
) -> None:
    for content in (b"1", b"2", b"3"):
        attach_to = kept_by(workspace, tmp_path / "desk", content)
    attach(workspace, attach_to)
    told: list[Carried] = []
    asked = iter([False, True])
    workspace.back_up_if_due(tmp_path / "b", hear=told.append, cancelled=lambda: next(asked))
    assert told == [Carried(copied=1)]
    assert save(workspace, tmp_path / "b", 1)[1] == Carried(copied=2)


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_restoring_mends_what_was_altered_and_names_what_is_nowhere(
    workspace: Workspace, tmp_path: Path
) -> None:
    mended = kept_by(workspace, tmp_path / "desk", b"paid")
    gone = kept_by(workspace, tmp_path / "desk", b"owed", "合同.pdf")
    attach(workspace, mended)
    from ecofolio.budget import actions

    workspace.do(actions.grant, 5, 1, attachment_name="合同.pdf", attachment_hash=gone)
    saved, _carried = save(workspace, tmp_path / "b")
    workspace.close()
    path = files.path_of(workspace.place, mended)
    path.write_bytes(b"scribbled on")
    files.path_of(workspace.place, gone).unlink()
    (copy,) = (tmp_path / "b").glob(f"*.files/*/{gone}")
    copy.write_bytes(b"rotten")
    told: list[Carried] = []
    backup.restore(saved, workspace.place, NOW, told.append)
    assert told[0].said_of_restore() == (
        "1 attached file was put back. 1 attached file is missing: 合同.pdf. "
        f"{copy} is not what was attached."
    )
    assert path.read_bytes() == b"paid"
    assert path.with_name(f"{mended}.altered").read_bytes() == b"scribbled on"


@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_the_paper_of_a_request_is_looked_for_and_restored(
    workspace: Workspace, tmp_path: Path
) -> None:
    from tests.budget.conftest import populate

    from ecofolio.budget import actions, approvals

    bank = populate(workspace)
    bank.do(actions.grant, 10_000_00)
    bank.do(approvals.set_limit, None, 1_00, None)
    digest = kept_by(workspace, tmp_path / "desk", b"offer", "offer.pdf")
    paper = {"attachment_name": "offer.pdf", "attachment_hash": digest}
    bank.do(actions.grant, 500_00, memo="attachment_hash")
    bank.do(actions.grant, 500_00, **paper)
    saved, carried = save(workspace, tmp_path / "b")
    assert carried == Carried(copied=1)
    shutil.rmtree(files.folder_of(workspace.place))
    told = "The file offer.pdf of record 2 of “request” is missing or altered."
    assert workspace.verify() == [told]
    workspace.close()
    backup.restore(saved, workspace.place, NOW)
    with Workspace.open(workspace.place.file) as restored:
        assert restored.verify() == []


@pytest.mark.skipif(os.name != "posix", reason="rights are a file's own")
@pytest.mark.parametrize("place_kind", ["sqlite"])
def test_copies_of_files_are_private(workspace: Workspace, tmp_path: Path) -> None:
    kept_by(workspace, tmp_path / "desk", b"paid")
    save(workspace, tmp_path / "b")
    (copy,) = (tmp_path / "b").glob("*.files/*/*")
    assert copy.stat().st_mode & 0o777 == 0o600
