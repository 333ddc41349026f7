"""Files that appear whole or not at all: written as a draft beside the target, then moved."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ecofolio.errors import StoreError
from ecofolio.store.database import LOGS
from ecofolio.text import _


def unwritable(place: Path, error: OSError) -> StoreError:
    """The error for a place where nothing can be written."""
    return StoreError(
        _("Nothing can be written at {place}: {reason}.").format(
            place=place, reason=error.strerror or error
        )
    )


@contextlib.contextmanager
def draft_beside(target: Path) -> Iterator[Path]:
    """A private draft in the target's folder, gone afterwards unless it was settled."""
    try:
        handle, name = tempfile.mkstemp(suffix=".draft", prefix=".ecofolio-", dir=target.parent)
    except OSError as error:
        raise unwritable(target.parent, error) from None
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
    finally:
        for ending in ("", *LOGS):
            with contextlib.suppress(OSError):
                draft.with_name(draft.name + ending).unlink()


def settle(draft: Path, target: Path, *, replace: bool = True) -> None:
    """Put a finished draft in its place, durably; `StoreError` where that can not be.

    Without `replace`, a file that appeared there meanwhile is left alone. A log that another file
    of this name left behind is refused: SQLite would write what it holds into this one.
    """
    _refuse_left_over(target)
    try:
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        if replace or not _linked(draft, target):
            draft.replace(target)
        _make_durable(target.parent)
    except OSError as error:
        raise unwritable(target, error) from None


def _refuse_left_over(target: Path) -> None:
    for ending in ("-wal", "-journal"):  # an index of shared memory alone holds nothing
        left = target.with_name(target.name + ending)
        if left.exists() and not target.exists() and left.stat().st_size:
            raise StoreError(
                _(
                    "{place} is left over from another programme of this name: move it away or "
                    "choose another name."
                ).format(place=left)
            )


def _linked(draft: Path, target: Path) -> bool:
    """Give the draft its name where that is free; False where the disk knows no links."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise StoreError(
            _("There is already a file at {place}: choose another name.").format(place=target)
        ) from None
    except OSError:
        return False
    return True


def _make_durable(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
