"""The database's own errors as sentences that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from ecofolio.errors import EcofolioError, InputError, StoreError
from ecofolio.store import inspection, verification
from ecofolio.store.database import sqlite_module
from ecofolio.store.place import Place
from ecofolio.text import _

# what reading values of the wrong kind ends in, wherever a damaged file has them
_ODD_VALUES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    TypeError,
    ValueError,
    SQLAlchemyError,
)
_SQLITE = {
    5: "busy",
    6: "busy",
    8: "read-only",
    10: "disk",
    11: "damaged",
    13: "full",
    18: "value",
    26: "damaged",
}
_POSTGRESQL = {
    "53100": "full",
    "55P03": "busy",
    "40P01": "busy",
    "40001": "busy",
    "25006": "read-only",
    "22003": "value",
    "22021": "value",
    "22P05": "value",
}


@contextmanager
def explaining(place: Place) -> Iterator[None]:
    """Turn what the database raises within the block into `EcofolioError`s.

    An error that is none of the database's is ours and passes, unless the programme turns out
    to be a damaged file.
    """
    try:
        yield
    except EcofolioError:
        raise
    except IntegrityError as error:
        raise InputError(
            _("Nothing was changed, because it would break a rule of the data: {detail}.").format(
                detail=_(_first_line(error.orig))  # what our own triggers say can be translated
            )
        ) from error
    except DBAPIError as error:
        lost = error.connection_invalidated
        raise _explained(error.orig, place, lost=lost) from error
    except sqlite_module().Error as error:
        raise _explained(error, place) from error
    except UnicodeDecodeError as error:  # out of a file, or of what SQLite says of it
        if place.is_server:
            raise
        raise inspection.damaged(place) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise _refused_value() from error
    except _ODD_VALUES as error:
        if verification.is_damaged(place):
            raise inspection.damaged(place) from error
        raise


def _refused_value() -> InputError:
    return InputError(
        _("Nothing was changed: a text or number can not be stored (too large, or not readable).")
    )


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def _sort(error: BaseException | None, detail: str, place: Place) -> str:
    """What kind of trouble a database's error is."""
    known = _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # a server's backup, too
    if known:
        return known
    if place.is_server:
        return _sort_on_server(error, detail)
    words = ("malformed", "corrupt", "decode", "no such table", "no such column")
    return "damaged" if any(word in detail.lower() for word in words) else ""


def _sort_on_server(error: BaseException | None, detail: str) -> str:
    state = getattr(error, "sqlstate", None)
    if state:
        return "gone" if state[:2] in ("08", "57") else _POSTGRESQL.get(state, "")
    if "NUL" in detail:
        return "value"
    if "FATAL" in str(error):
        return ""  # it answered, and said no
    return "gone" if "connect" in detail.lower() else ""


def _explained(error: BaseException | None, place: Place, *, lost: bool = False) -> EcofolioError:
    detail = _first_line(error)
    sort = "gone" if place.is_server and lost else _sort(error, detail, place)
    if sort == "value":
        return _refused_value()
    if sort == "damaged":
        return inspection.damaged(place)
    sentences = {
        "full": _("The disk is full: nothing was changed. Free some space and try again."),
        "busy": _("{place} is being written by somebody else: try again in a moment."),
        "read-only": _("{place} is write-protected: nothing was changed."),
        "disk": _("The disk of {place} can not be written or read: nothing was changed."),
        "gone": _("The server of {place} does not answer: check the address and the network."),
    }
    general = _("{place} could not be used: {reason}.")
    reason = detail.rsplit("FATAL:", 1)[-1].strip()
    return StoreError(sentences.get(sort, general).format(place=place, reason=reason))
