"""Where the files are that belong to postings and requests, and with whom."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from ecofolio.budget.model import Request
from ecofolio.errors import StoreError
from ecofolio.format import day
from ecofolio.store import files, journal
from ecofolio.store.base import table_of
from ecofolio.store.place import Place
from ecofolio.text import _

_REQUEST = table_of(Request)


def lacking(
    connection: Connection,
    place: Place,
    name: str,
    content_hash: str,
    *,
    transaction_id: int = 0,
    request_id: int = 0,
) -> str:
    """Where the file of a transaction or request is, when it is not here; empty when it is.

    Files of a programme on a server lie with who attached them.
    """
    try:
        path = files.path_of(place, content_hash)
    except StoreError as error:
        return str(error)
    if path.exists():
        return ""
    if not place.is_server:
        words = _("The attached file {file} is not in {folder}: put it there again.")
        return words.format(file=name, folder=path.parent)
    who, when = _attached_by(connection, transaction_id, request_id)
    words = _("{file} is not on this computer: it lies with {who}, who attached it on {date}.")
    return words.format(file=name, who=who, date=when)


def _attached_by(connection: Connection, transaction_id: int, request_id: int) -> tuple[str, str]:
    """Who attached a file, and on which day: who asked, where a request came before."""
    mine = or_(_REQUEST.c.id == request_id, _REQUEST.c.transaction_id == transaction_id)
    asked = connection.execute(select(_REQUEST.c.asked_by, _REQUEST.c.asked_at).where(mine)).first()
    if asked is not None:
        return asked.asked_by, day(journal.instant(asked.asked_at).astimezone().date())
    made = journal.history(connection, "ledger_transaction", transaction_id)[-1].entry
    return made.actor, day(made.at.astimezone().date())
