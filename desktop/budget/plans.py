"""What the plan editor reads and writes: versions, lists, typed money."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.budget.queries import LINE, VERSION
from ecofolio.errors import InputError
from ecofolio.intake.money import Unit, currency_of, money_reader
from ecofolio.intake.values import Reason, plain
from ecofolio.text import _
from ecofolio.vocabulary import PlanState

_TWO_WAYS = re.compile(r"[^\d.]*\d+,\d{1,2}[^\d.]*")
_SCALE = {"yuan": 0, "wan": 4, "yi": 8}


def fen_of(text: str, currency: str = "CNY", unit: str = "yuan") -> int:
    """A typed amount in fen; one that names no unit of its own is in the display unit.

    `InputError` says why it can not be read.
    """
    scale = 0 if currency_of(text) else _SCALE[unit]  # 5元 is 5 yuan, wherever it is typed
    found = money_reader(currency, Unit(scale), exact=True)(text)
    if isinstance(found, int):
        return found
    reason = found.text if isinstance(found, Reason) else _("is not an amount of money")
    raise InputError(_("“{text}” {reason}.").format(text=text, reason=reason))


def is_ambiguous(text: str) -> bool:
    """Whether a comma may be a decimal mark or a slip among thousands, as in 12,34."""
    return _TWO_WAYS.fullmatch(plain(text)) is not None


class VersionRow(NamedTuple):
    """A version of the plan with all that it sums to, in fen."""

    id: int
    name: str
    state: str
    based_on_id: int | None
    drawn_by: str
    approved_by: str | None
    approved_on: date | None
    fen: int


def versions(connection: Connection) -> list[VersionRow]:
    """All versions, the newest first."""
    sums = (
        select(LINE.c.plan_version_id, func.sum(LINE.c.fen).label("fen"))
        .group_by(LINE.c.plan_version_id)
        .subquery()
    )
    query = (
        select(*(VERSION.c[name] for name in VersionRow._fields[:-1]), sums.c.fen)
        .outerjoin(sums, sums.c.plan_version_id == VERSION.c.id)
        .order_by(VERSION.c.id.desc())
    )
    return [
        VersionRow._make((*row[:-1], int(row[-1] or 0))) for row in connection.execute(query).all()
    ]


def typed(text: str, currency: str = "CNY", unit: str = "yuan") -> int:
    """A cell of the plan in fen; empty, or a dash, is 0."""
    text = text.strip()
    return 0 if text in ("", "-", "–", "—") else fen_of(text, currency, unit)


def is_draft(version: VersionRow | None) -> bool:
    """Whether a version may be written."""
    return version is not None and version.state == PlanState.DRAFT
