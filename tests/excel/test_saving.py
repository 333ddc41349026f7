from __future__ import annotations

import errno
import gc
import io
import os
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from ecofolio.errors import InputError, StoreError
from ecofolio.excel import saving
from ecofolio.excel.book import Book
from ecofolio.excel.saving import save_atomically


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "pack.xlsx"
    path.write_text("old")
    return path


def untouched(path: Path) -> bool:
    return path.read_text() == "old" and list(path.parent.iterdir()) == [path]


def test_a_file_is_replaced_as_a_whole(old: Path) -> None:
    save_atomically(old, lambda draft: draft.write_text("new"))
    assert old.read_text() == "new"
    assert list(old.parent.iterdir()) == [old]


def test_a_full_disk_leaves_the_old_file_and_says_so(old: Path) -> None:
    def write(draft: Path) -> None:
        draft.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StoreError, match="disk is full"):
        save_atomically(old, write)
    assert untouched(old)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs resource limits")
def test_a_disk_that_is_full_in_earnest_leaves_the_old_file(old: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(StoreError, match="disk is full"):
            save_atomically(old, lambda draft: draft.write_bytes(b"x" * 5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert untouched(old)


class FullDisk(io.BytesIO):
    """A file on a disk without room."""

    def write(self, piece: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_workbook_cut_short_by_a_full_disk_complains_once(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unheard.append)
    book = Book(font="Calibri", title="t", creator="c")
    with book.writing():
        book.sheet("Sheet").row(["a"])
        with monkeypatch.context() as full:
            full.setattr(Path, "open", lambda *_args: FullDisk())
            with pytest.raises(StoreError, match="disk is full"):
                save_atomically(old, book.save)
    del book
    gc.collect()
    assert not unheard
    assert untouched(old)


def test_a_cancel_leaves_the_old_file_and_says_so(old: Path) -> None:
    with pytest.raises(InputError, match="cancelled"):
        save_atomically(old, lambda draft: draft.write_text("new"), lambda: True)
    assert untouched(old)


def test_a_file_that_another_program_holds_is_told_in_a_sentence(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(saving.Path, "replace", refuse)
    with pytest.raises(StoreError, match="close it if it is open in another program"):
        save_atomically(old, lambda draft: draft.write_text("new"))
    assert untouched(old)


def test_our_own_mistakes_are_not_dressed_up(old: Path) -> None:
    def write(draft: Path) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        save_atomically(old, write)
    assert untouched(old)


def test_a_folder_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        save_atomically(tmp_path, lambda draft: None)
    with pytest.raises(StoreError, match="no folder"):
        save_atomically(tmp_path / "none" / "x.xlsx", lambda draft: None)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_mode_of_the_file_that_is_replaced_is_kept(old: Path) -> None:
    old.chmod(0o640)
    save_atomically(old, lambda draft: draft.write_text("new"))
    assert old.stat().st_mode & 0o777 == 0o640
