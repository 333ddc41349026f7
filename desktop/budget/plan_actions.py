"""Drawing up, revising and approving the plan. A version that was approved is never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ecofolio.budget.approvals import refuse_own
from ecofolio.budget.carrying import CATEGORY, category_id
from ecofolio.budget.model import MOST_FEN, PlanLine, PlanVersion
from ecofolio.errors import InputError
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import PlanState

LINE, VERSION = table_of(PlanLine), table_of(PlanVersion)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
Cell = tuple[int, str, str]
"""Where a sum of the plan stands: initiative, category's code, month."""


def draw_plan(work: Work, name: str, note: str = "", based_on: int | None = None) -> int:
    """Begin a version of the plan, as a copy of another where one is given; its identity."""
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise InputError(_("A plan needs a name of up to 200 characters."))
    if based_on is not None:
        work.row(PlanVersion, based_on)
    row = {"name": name, "note": note.strip() or None, "drawn_by": work.actor}
    version = work.insert(PlanVersion, [{**row, "based_on_id": based_on}])[0]
    if based_on is not None:
        keys = ("initiative_id", "category_id", "period", "fen")
        query = select(*(LINE.c[key] for key in keys)).where(LINE.c.plan_version_id == based_on)
        lines = work.connection.execute(query.order_by(LINE.c.id)).mappings().all()
        work.insert(PlanLine, [{**line, "plan_version_id": version} for line in lines])
    work.label(N_("Draw up plan {name}"), name=name)
    return version


def set_plan(work: Work, version_id: int, sums: Mapping[Cell, int]) -> int:
    """Write sums into a draft, in fen; 0 takes one away. Returns how many differ from before."""
    version = _draft(work, version_id)
    known = dict(work.connection.execute(select(CATEGORY.c.code, CATEGORY.c.id)).all())
    present = _present(work, version_id, {initiative for initiative, _code, _period in sums})
    fresh: list[dict[str, Any]] = []
    changed: dict[int, dict[str, int]] = {}
    gone: list[int] = []
    for (initiative, code, period), fen in sums.items():
        if not _MONTH.fullmatch(period):
            raise InputError(_("“{text}” is not a month such as 2026-10.").format(text=period))
        if isinstance(fen, bool) or not isinstance(fen, int) or not 0 <= fen <= MOST_FEN:
            raise InputError(_("A sum of the plan has to be 0 or more, and not too large."))
        category = category_id(work, code, known)
        old = present.get((initiative, category, period))
        if old is None and fen:
            values = {"initiative_id": initiative, "category_id": category, "period": period}
            fresh.append({"plan_version_id": version_id, **values, "fen": fen})
        elif old is not None and fen == 0:
            gone.append(old)
        elif old is not None:
            changed[old] = {"fen": fen}
    work.insert(PlanLine, fresh)
    work.delete(PlanLine, gone)
    differ = len(fresh) + len(gone) + len(work.update_many(PlanLine, changed))
    work.label(N_("Write {n} sums of plan {name}"), n=differ, name=version["name"])
    return differ


def _present(
    work: Work, version_id: int, initiatives: set[int]
) -> dict[tuple[int, int | None, str], int]:
    query = select(LINE.c.initiative_id, LINE.c.category_id, LINE.c.period, LINE.c.id).where(
        LINE.c.plan_version_id == version_id
    )
    if len(initiatives) <= 500:
        query = query.where(LINE.c.initiative_id.in_(initiatives))
    return {(row[0], row[1], row[2]): row[3] for row in work.connection.execute(query)}


def _draft(work: Work, version_id: int) -> Mapping[str, Any]:
    version = work.row(PlanVersion, version_id)
    if version["state"] != PlanState.DRAFT:
        raise InputError(
            _("Plan {name} was approved and stays as it is: revise it instead.").format(
                name=version["name"]
            )
        )
    return version


def approve_plan(work: Work, version_id: int) -> None:
    """Make a draft the plan in force; the one before is kept as replaced.

    `InputError` where one drew it up oneself.
    """
    version = _draft(work, version_id)
    refuse_own(work, version["drawn_by"])
    standing = work.connection.scalars(
        select(VERSION.c.id).where(VERSION.c.state == PlanState.APPROVED.value)
    ).all()
    work.update_many(PlanVersion, {one: {"state": PlanState.REPLACED.value} for one in standing})
    approved = {"approved_by": work.actor, "approved_on": work.today}
    work.update(PlanVersion, version_id, {"state": PlanState.APPROVED.value, **approved})
    work.label(N_("Approve plan {name}"), name=version["name"])


def drop_plan(work: Work, version_id: int) -> None:
    """Throw a draft away."""
    version = _draft(work, version_id)
    lines = work.connection.scalars(
        select(LINE.c.id).where(LINE.c.plan_version_id == version_id)
    ).all()
    work.delete(PlanLine, lines)
    revised = select(VERSION.c.id).where(VERSION.c.based_on_id == version_id)
    unbound = {one: {"based_on_id": None} for one in work.connection.scalars(revised).all()}
    work.update_many(PlanVersion, unbound)
    work.delete(PlanVersion, [version_id])
    work.label(N_("Drop plan {name}"), name=version["name"])
