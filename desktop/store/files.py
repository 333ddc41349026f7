"""Attached files: kept once by their content's SHA-256 beside the programme, never overwritten.

A table whose rows have a file says so by `Record.attached`, or names them in `files_named`.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, inspect

from ecofolio.errors import InputError, StoreError
from ecofolio.places import user_data
from ecofolio.store.base import record_classes
from ecofolio.store.drafts import draft_beside, settle, unwritable
from ecofolio.store.place import Place
from ecofolio.text import _

MOST_BYTES = 256 * 1024 * 1024


class Kept(NamedTuple):
    """A kept file: the name it came with, its content's hash, its size in bytes."""

    name: str
    hash: str
    size: int


def folder_of(place: Place) -> Path:
    """Where a programme's files are: `NAME.files` beside it; for a server, in the user's folder."""
    if place.is_server:
        key = hashlib.sha256(str(place).encode()).hexdigest()[:12]
        return user_data() / "files" / f"{place.name}-{key}"
    return place.file.with_suffix(".files")


def path_of(place: Place, content_hash: str) -> Path:
    """Where content is, whether or not it is there; `StoreError` for what is no hash."""
    if len(content_hash) != 64 or not set(content_hash) <= set("0123456789abcdef"):
        raise StoreError(_("This attachment's record is damaged."))
    return folder_of(place) / content_hash[:2] / content_hash


def keep(place: Place, source: Path) -> Kept:
    """Copy a file into the programme's folder; one with the same content is kept once."""
    source = Path(source)
    try:
        if not source.is_file():
            raise InputError(_("There is no file {file}.").format(file=source))
        size = source.stat().st_size
        if size > MOST_BYTES:
            raise InputError(
                _("{file} is too large: files of up to {n} MB can be attached.").format(
                    file=source.name, n=MOST_BYTES // 1024 // 1024
                )
            )
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        target = path_of(place, digest)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with draft_beside(target) as draft:
                shutil.copyfile(source, draft)
                settle(draft, target)
    except OSError as error:
        raise unwritable(source, error) from None
    return Kept(source.name, digest, size)


def is_whole(place: Place, content_hash: str) -> bool:
    """Whether a kept file is there and still what it was."""
    try:
        return holds(path_of(place, content_hash), content_hash)
    except (OSError, StoreError):
        return False


def holds(path: Path, content_hash: str) -> bool:
    """Whether a file has this content; `OSError` where it can not be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == content_hash


def named(connection: Connection) -> Iterator[tuple[str, int, str, str]]:
    """The files that records name: table, identity, file's name, content's hash. An older schema
    may be without a table, but has all columns of one that names files."""
    present = set(inspect(connection).get_table_names())
    for title, record in record_classes().items():
        if title in present:
            for identity, name, digest in record.files_named(connection):
                yield title, identity, name, digest


def problems(connection: Connection, place: Place) -> list[str]:
    """A sentence for each attached file that is missing or is not what was attached."""
    found, whole = [], dict[str, bool]()
    for title, identity, file, digest in named(connection):
        if digest not in whole:
            whole[digest] = is_whole(place, digest)
        if not whole[digest]:
            found.append(
                _("The file {file} of record {id} of “{table}” is missing or altered.").format(
                    file=file, id=identity, table=title
                )
            )
    return found
