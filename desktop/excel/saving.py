"""A file is written beside its place and moved into it, so that a failure leaves the old one."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from ecofolio.errors import InputError, StoreError
from ecofolio.text import _

_NO_ROOM = frozenset(
    getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)
)


def save_atomically(
    path: Path, write: Callable[[Path], object], cancelled: Callable[[], bool] | None = None
) -> None:
    """Have `write` fill a new file and move it to `path`; whatever fails, the old file stays.

    `StoreError` says in a sentence what the disk or another program refuses, `InputError` that
    the work was cancelled.
    """
    _check_place(path)
    draft = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.tmp")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        write(draft)
        _flush(draft)
        if cancelled is not None and cancelled():
            raise InputError(
                _("Writing {file} was cancelled: what was there before is untouched.").format(
                    file=path.name
                )
            )
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
    except OSError as error:
        raise _explained(error, path) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    _flush_folder(path.parent)


@contextlib.contextmanager
def new_archive(path: Path) -> Iterator[ZipFile]:
    """A new zip file; one that could not be written to its end is let go of without a word."""
    with path.open("wb") as file:
        archive = ZipFile(file, "w", ZIP_DEFLATED)
        try:
            yield archive
            archive.close()
        finally:
            # else what is left over writes its end once more when it is collected
            archive.fp = None


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise StoreError(
            _("{place} is a folder: choose the name of a file in it.").format(place=path)
        )
    if not path.parent.is_dir():
        raise StoreError(_("There is no folder {place}.").format(place=path.parent))


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Have the new name reach the disk; Windows knows no such thing."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _explained(error: OSError, path: Path) -> StoreError:
    if error.errno in _NO_ROOM:
        return StoreError(
            _(
                "The disk is full: {file} was not written, and what was there before is untouched."
            ).format(file=path.name)
        )
    if isinstance(error, PermissionError):
        return StoreError(
            _(
                "{file} can not be written: close it if it is open in another program, or choose "
                "another folder."
            ).format(file=path.name)
        )
    return StoreError(
        _("{file} could not be written: {reason}.").format(
            file=path.name, reason=error.strerror or error
        )
    )
