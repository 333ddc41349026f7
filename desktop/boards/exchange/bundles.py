"""A board with its files in one archive: Ecofolio's own document and each file by its hash.

Nothing in an archive is trusted: names are none but those that are written here, a file unpacks
to the size that the document says, and it is kept only where its content has its hash.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from ecofolio.boards import files
from ecofolio.boards.exchange import own_form
from ecofolio.boards.exchange.pacing import Pace, unwatched
from ecofolio.errors import InputError
from ecofolio.excel.saving import save_atomically
from ecofolio.intake.reading import LIMITS
from ecofolio.store.drafts import draft_beside, settle, unwritable
from ecofolio.store.place import Place
from ecofolio.text import _, ngettext, pgettext

SUFFIX = ".zip"
MOST_BYTES = 2 * 1024 * 1024 * 1024  # of all files together
MOST_RATIO = 1_000  # unpacked to packed; what is packed tighter is made to fill the disk
_DOCUMENT, _FOLDER = "board.json", "files/"
_ENTRY = re.compile(r"files/[0-9a-f]{64}")
_PIECE = 1024 * 1024


def write(
    connection: Connection, place: Place, board_id: int, path: Path, pace: Pace | None = None
) -> int:
    """Write a board with its files; returns its cards. `InputError` names files that are lost."""
    pace = pace or Pace(unwatched, 0)
    document = own_form.export(connection, board_id, pace)
    wanted = {one["hash"]: one for one in document["files"]}
    lost = [one["name"] for key, one in wanted.items() if not files.is_whole(place, key)]
    if lost:
        text = ngettext(
            "A file is missing or damaged: {names}. Write the board as .json to leave files out.",
            "{n} files are missing or damaged: {names}. Write the board as .json to leave files "
            "out.",
            len(lost),
        )
        names = pgettext("list", ", ").join(sorted(lost)[:10])
        raise InputError(text.format(n=len(lost), names=names))

    def pack(draft: Path) -> None:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_DOCUMENT, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
            for key in sorted(wanted):
                archive.write(files.path_of(place, key), _FOLDER + key)
                pace(1)
        pace.end()

    save_atomically(path, pack)
    return len(document["cards"])


def document_in(path: Path) -> dict[str, Any]:
    """The board's document in an archive; `InputError` says in a sentence what is wrong."""
    with _opened(path) as archive:
        try:
            found = json.loads(_read(archive, _DOCUMENT, LIMITS.file, path).decode("utf-8"))
        except (ValueError, RecursionError, KeyError):
            found = None
    if not own_form.is_own(found):
        raise InputError(_("{file} holds no board of Ecofolio's.").format(file=path.name))
    assert isinstance(found, dict)
    own_form.check(found)
    return found


@contextmanager
def kept(
    place: Place, path: Path, document: Mapping[str, Any], *, dry_run: bool = False
) -> Iterator[tuple[str, ...]]:
    """Keep the files of an archive beside the programme while a board is read back; what was not
    there before goes again where that fails. Yields the names of files that are not to be had.

    With `dry_run` they are only checked. `InputError` says which file is not what it should be.
    """
    wanted = {str(one["hash"]): one for one in document["files"]}
    made: list[Path] = []
    try:
        if path.suffix.lower() == SUFFIX:
            with _opened(path) as archive:
                for name in sorted({*archive.namelist()} - {_DOCUMENT}):
                    key = name.removeprefix(_FOLDER)
                    if key in wanted:
                        made += _keep(place, archive, wanted.pop(key), path, dry_run=dry_run)
        lost = [one for key, one in wanted.items() if not files.path_of(place, key).exists()]
        yield tuple(sorted({str(one["name"]) for one in lost}))
    except BaseException:
        for one in made:
            one.unlink(missing_ok=True)
        raise


def _keep(
    place: Place, archive: zipfile.ZipFile, told: Mapping[str, Any], path: Path, *, dry_run: bool
) -> list[Path]:
    """Copy one file out of an archive where its content is what it should be; what that made."""
    target = files.path_of(place, str(told["hash"]))
    if dry_run:
        _copy(archive, told, path, None)
        return []
    if target.exists():
        return []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft_beside(target) as draft:
            with draft.open("wb") as file:
                _copy(archive, told, path, file)
            settle(draft, target)
    except OSError as error:
        raise unwritable(target, error) from None
    return [target]


def _copy(
    archive: zipfile.ZipFile, told: Mapping[str, Any], path: Path, into: IO[bytes] | None
) -> None:
    digest, left = hashlib.sha256(), int(told["size"])
    try:
        with archive.open(_FOLDER + str(told["hash"])) as packed:
            while left >= 0 and (piece := packed.read(_PIECE)):
                left -= len(piece)
                digest.update(piece)
                if into is not None:
                    into.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        left = -1
    if left or digest.hexdigest() != told["hash"]:
        raise InputError(
            _("“{name}” in {file} is damaged: nothing was taken from it.").format(
                name=told["name"], file=path.name
            )
        )


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive whose list of contents is what is written here."""
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise InputError(
            _("{file} can not be read: {why}.").format(file=path.name, why=error.strerror)
        ) from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise InputError(
            _("{file} is not an archive that can be read.").format(file=path.name)
        ) from None
    with archive:
        _check(archive, path)
        yield archive


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    entries = archive.infolist()
    names = [one.filename for one in entries]
    strange = [name for name in names if name != _DOCUMENT and not _ENTRY.fullmatch(name)]
    if strange or len(set(names)) < len(names) or any(one.flag_bits & 1 for one in entries):
        raise InputError(
            _("{file} holds more than a board and its files, and is not opened for safety.").format(
                file=path.name
            )
        )
    unpacked = sum(one.file_size for one in entries)
    packed = sum(one.compress_size for one in entries)
    if unpacked > MOST_BYTES or unpacked > MOST_RATIO * max(packed, 1):
        raise InputError(
            _("{file} unpacks to far more than it is, and is not opened for safety.").format(
                file=path.name
            )
        )


def _read(archive: zipfile.ZipFile, name: str, most: int, path: Path) -> bytes:
    try:
        with archive.open(name) as packed:
            found = packed.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise InputError(
            _("{file} is not an archive that can be read.").format(file=path.name)
        ) from None
    if len(found) > most:
        raise InputError(_("{file} is too large to be a board.").format(file=path.name))
    return found
