"""Attached files in backups: kept once for all of a programme's backups, put back by a restore.

They lie in `NAME.backup.files` beside the backups as they do beside the programme (store/files.py),
so that they can be copied back by hand. None is ever deleted there: an older backup, or an undo,
may name it, and what is new is copied once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from ecofolio.errors import StoreError
from ecofolio.store import files
from ecofolio.store.database import engine_of
from ecofolio.store.drafts import draft_beside, settle
from ecofolio.store.place import Place
from ecofolio.text import _, ngettext


class Carried(NamedTuple):
    """How many files were copied, the names of those that are not there whole, and why if known."""

    copied: int = 0
    lost: tuple[str, ...] = ()
    reason: str = ""

    def said_of_backup(self) -> str:
        """Which files a backup lacks, in a sentence; empty where it has them all."""
        said = ngettext(
            "{n} attached file is not in the backup: {files}.",
            "{n} attached files are not in the backup: {files}.",
            len(self.lost),
        )
        return self._lost(said)

    def said_of_restore(self) -> str:
        """What was put back and what is still missing, in sentences; empty where nothing was."""
        n = self.copied
        put_back = ngettext(
            "{n} attached file was put back.", "{n} attached files were put back.", n
        ).format(n=n)
        said = ngettext(
            "{n} attached file is missing: {files}.",
            "{n} attached files are missing: {files}.",
            len(self.lost),
        )
        return " ".join(filter(None, (put_back if n else "", self._lost(said))))

    def _lost(self, said: str) -> str:
        if not self.lost:
            return ""
        named = ", ".join(self.lost[:3]) + (" …" if len(self.lost) > 3 else "")
        told = said.format(n=len(self.lost), files=named)
        return f"{told} {self.reason}".rstrip()


Hear = Callable[[Carried], object]
"""Is told how the files of a backup or a restore fared."""
Cancelled = Callable[[], bool]


def unheard(_carried: Carried) -> None:
    """For who only wants the programme itself."""


def never() -> bool:
    """For who waits for all files."""
    return False


def save(place: Place, backup: Path, cancelled: Cancelled = never) -> Carried:
    """Copy the attached files that lie with a programme and not yet beside its new `backup`.

    A file that can not be copied is told and not an error: the backup itself is whole. What was
    `cancelled` is copied with the next backup.
    """
    source, target = files.folder_of(place), backup.with_name(f"{place.name}.backup.files")
    present, copied, reason = _lying(target), 0, ""
    for digest in sorted(_lying(source) - present):
        if cancelled():
            return Carried(copied)
        try:
            _copy(_within(source, digest), _within(target, digest))
        except StoreError as error:
            reason = reason or str(error)
        else:
            present.add(digest)
            copied += 1
    lost = [name for digest, name in _named(Place(path=backup)).items() if digest not in present]
    return Carried(copied, tuple(lost), reason)


def put_back(place: Place, *backups: Path) -> Carried:
    """Bring the files that a restored programme names and has not, or not whole, from folders of
    backups; each is checked. What was altered is kept beside it as `.altered`."""
    folders = [each for folder in backups for each in _beside(folder)]
    copied, reason, lost = 0, "", []
    for digest, name in _named(place).items():
        if files.is_whole(place, digest):
            continue
        try:
            _copy_from(folders, files.path_of(place, digest))
        except StoreError as error:
            lost.append(name)
            reason = reason or str(error)
        else:
            copied += 1
    return Carried(copied, tuple(lost), reason)


def _within(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def _beside(folder: Path) -> list[Path]:
    """The folders of attached files in a folder; any will do, for content is checked."""
    with suppress(OSError):
        return sorted(folder.glob("*.files"))
    return []


def _lying(folder: Path) -> set[str]:
    """The hashes of the files in a folder of attached files."""
    return {name for _at, _folders, names in os.walk(folder) for name in names if len(name) == 64}


def _copy_from(folders: list[Path], target: Path) -> None:
    """Copy a file from the first folder that has it whole; `StoreError` where none has."""
    trouble = StoreError(_("No folder of backups has what is missing."))
    for folder in folders:
        if (source := _within(folder, target.name)).is_file():
            try:
                return _copy(source, target)
            except StoreError as error:
                trouble = error
    raise trouble


def _copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all; `StoreError` where it is not what its name says."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft_beside(target) as draft:
            shutil.copyfile(source, draft)
            if not files.holds(draft, target.name):
                raise StoreError(_("{file} is not what was attached.").format(file=source))
            if target.exists() and not files.holds(target, target.name):
                target.replace(target.with_name(f"{target.name}.altered"))
            settle(draft, target)
    except OSError as error:
        said = _("{file} can not be copied: {reason}.")
        raise StoreError(said.format(file=source, reason=error.strerror or error)) from None


def _named(place: Place) -> dict[str, str]:
    """The files that a programme's records name: their hashes, and a name of each."""
    with _reading(place) as connection:
        return {digest: name for _table, _id, name, digest in files.named(connection)}


@contextmanager
def _reading(place: Place) -> Iterator[Connection]:
    """A file that nobody has open, or a server."""
    engine = engine_of(place, read_only=True, immutable=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
