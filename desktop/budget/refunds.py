"""Money that a list says came back, or a line that takes another back: what it reverses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from ecofolio.budget import ledger
from ecofolio.budget.ledger import TRANSACTION
from ecofolio.errors import InputError
from ecofolio.intake.names import normal
from ecofolio.store.work import Work
from ecofolio.text import _, listed
from ecofolio.vocabulary import Move

_NARROWING = ("number", "contract", "partner", "memo")


@dataclass(frozen=True)
class Refund:
    """A line that takes a posting back: `fen` is what came back, `names` the document or
    transaction that it says it reverses."""

    fen: int
    initiative_id: int | None
    on: date | None
    kind: Move | None  # of what is taken back; None for any
    names: str | None = None
    number: str | None = None
    contract: str | None = None
    partner: str | None = None
    memo: str | None = None


def original_of(work: Work, refund: Refund) -> int:
    """The transaction that a refund takes back; `InputError` where none or no single one does.

    It stands, is of the same sum, and where the line says so of the same initiative and
    document. Of several that are alike in every other way it is the newest.
    """
    found = _standing(work, refund)
    if refund.names is not None:
        found = [one for one in found if refund.names in (one.number, str(one.id))]
    if not found:
        raise InputError(
            _(
                "{sum} came back, but no posting of just this sum stands: reverse the one that it "
                "is a part of, and post what remains."
            ).format(sum=ledger.Books(work).in_words(refund.fen))
        )
    for name in _NARROWING:
        said = getattr(refund, name)
        alike = [one for one in found if said and normal(getattr(one, name) or "") == normal(said)]
        found = alike or found
    different = ("kind", "initiative_id", "category_id", "commitment_id")
    if len({tuple(getattr(one, name) for name in different) for one in found}) > 1:
        raise InputError(
            _("Several postings could be what came back ({ids}): name the document.").format(
                ids=listed(str(one.id) for one in found)
            )
        )
    return max(found, key=lambda one: (one.date, one.id)).id  # type: ignore[no-any-return]


def _standing(work: Work, refund: Refund) -> list[Any]:
    names = ("id", "date", "kind", "initiative_id", "category_id", "commitment_id", "postings")
    query = select(*(TRANSACTION.c[name] for name in (*names, *_NARROWING))).where(
        TRANSACTION.c.date <= (refund.on or work.today)
    )
    if refund.kind is None:
        query = query.where(TRANSACTION.c.kind.not_in([Move.REVERSAL.value, Move.ROUND.value]))
    else:
        query = query.where(TRANSACTION.c.kind == refund.kind.value)
    if refund.initiative_id is not None:
        query = query.where(TRANSACTION.c.initiative_id == refund.initiative_id)
    elif refund.names is None:
        raise InputError(_("Say which initiative it is."))
    return [
        row
        for row in work.connection.execute(query).all()
        if max(fen for _account, fen in json.loads(row.postings)) == refund.fen
        and ledger.newest_of(work.connection, row.id)[1]
    ]
