"""Where a programme is: a file `NAME.ecofolio` or a PostgreSQL database given as a URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ecofolio.errors import StoreError
from ecofolio.text import _

SUFFIX = ".ecofolio"


@dataclass(frozen=True)
class Place:
    """One of the two: `path` for a file, `url` for a server."""

    path: Path | None = None
    url: str | None = None

    @property
    def is_server(self) -> bool:
        return self.url is not None

    @property
    def file(self) -> Path:
        """The file; only where the programme is one."""
        assert self.path is not None
        return self.path

    @property
    def name(self) -> str:
        """What the title bar calls it, without secrets."""
        return self.path.stem if self.path else self.shown.rsplit("/", 1)[-1]

    @property
    def shown(self) -> str:
        """The whole place in words, without a password."""
        if self.path:
            return str(self.path)
        assert self.url is not None
        return re.sub(r"(?<=//)([^:/@]*):[^@/]*@", r"\1@", self.url).split("?")[0]

    def __str__(self) -> str:
        return self.shown


def place_of(given: str | Path | Place) -> Place:
    """Read a command line's or a dialog's PROGRAMME; `StoreError` for other kinds of URL."""
    if isinstance(given, Place):
        return given
    text = str(given)
    scheme = re.match(r"([a-z][a-z0-9+.-]+)://", text)
    if scheme is None:
        return Place(path=_path_of(text))
    if scheme[1] not in ("postgresql", "postgres"):
        raise StoreError(
            _("“{place}” is not a programme: give a file or a postgresql:// address.").format(
                place=text.split("://")[0] + "://…"
            )
        )
    # here, because the window paints its frame before it needs a database
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    url = re.sub(r"^postgres(ql)?://", "postgresql://", text)
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            _("This address can not be read: write postgresql://user@server:port/database.")
        ) from None
    return Place(url=url)


def _path_of(text: str) -> Path:
    if "\0" in text:
        raise StoreError(_("A file name can not hold this character."))
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:  # ~nobody
        return Path(text).absolute()
