"""The database's own errors as sentences that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError

from ecofolio.errors import EcofolioError, InputError, StoreError
from ecofolio.store import inspection
from ecofolio.store.place import Place
from ecofolio.text import _


@contextmanager
def explaining(place: Place) -> Iterator[None]:
    """Turn what the database raises within the block into `EcofolioError`s."""
    try:
        yield
    except IntegrityError as error:
        raise InputError(
            _("Nothing was changed, because it would break a rule of the data: {detail}.").format(
                detail=_first_line(error)
            )
        ) from error
    except DBAPIError as error:
        raise _explained(error, place) from error


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def _explained(error: DBAPIError, place: Place) -> EcofolioError:
    detail = _first_line(error)
    lower = detail.lower()
    if "full" in lower or "no space" in lower:
        return StoreError(
            _("The disk is full: nothing was changed. Free some space and try again.")
        )
    if "locked" in lower or "busy" in lower:
        return StoreError(
            _("{place} is being written by somebody else: try again in a moment.").format(
                place=place
            )
        )
    if "readonly" in lower or "read-only" in lower:
        return StoreError(_("{place} is write-protected: nothing was changed.").format(place=place))
    damage = ("malformed", "not a database", "corrupt", "decode", "no such table", "no such column")
    if not place.is_server and any(word in lower for word in damage):
        return inspection.damaged(place)
    if (place.is_server and error.connection_invalidated) or "connect" in lower:
        return StoreError(
            _("The server of {place} does not answer: check the address and the network.").format(
                place=place
            )
        )
    return StoreError(_("{place} could not be used: {reason}.").format(place=place, reason=detail))
