"""`ecofolio list observations|targets --by …`: of quarters, years, units, scenes, batches."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from ecofolio.cli.measures import BY, exact
from ecofolio.errors import InputError
from ecofolio.scorecards import figures, periods, queries
from ecofolio.scorecards.ranking import places
from ecofolio.scorecards.value import groupings
from ecofolio.text import _

Rows = list[dict[str, Any]]
_SPANS, _THINGS = BY[:3], BY[3:]


def rolled_up(connection: Connection, kind: str, by: Collection[str]) -> Rows:
    """Figures or targets by a kind of period and a kind of thing, in their order.

    A month and an initiative are what is meant where `by` says no other; `InputError` where it
    says two of a kind.
    """
    if kind not in ("observations", "targets"):
        raise InputError(_("Only observations and targets can be rolled up with --by."))
    spans, things = set(by) & set(_SPANS), set(by) & set(_THINGS)
    if len(spans) > 1 or len(things) > 1:
        raise InputError(_("Roll up by one kind of period and one kind of thing at a time."))
    span, thing = (*spans, "month")[0], (*things, "initiative")[0]
    months = figures.months(connection)
    wanted = sorted({periods.holding(month, span) for month in months})
    if thing == "initiative":
        groups = {one: [place.code] for one, place in places(connection).items()}
    else:
        groups = {one: [name] for one, name in groupings(connection)[thing].items()}
    metrics = queries.metrics(connection, retired=True)
    order = {row.id: n for n, row in enumerate(metrics)}
    names = {row.id: row.name for row in metrics}
    found: dict[tuple[Any, int, str], dict[str, Any]] = {}
    sources = ("value",) if kind == "observations" else ("floor", "target")
    for source in sources:
        for one in figures.rolled(connection, wanted, groups=groups, source=source):
            row = found.setdefault(
                (one.key, order[one.metric.id], one.period),
                {thing: one.key, "metric": one.metric.code, "period": one.period}
                | dict.fromkeys(sources),
            )
            row[source] = exact(one.made.value)
            row |= {"months_with_one": one.made.reported, "months": one.made.wanted}
            row["note"] = figures.note(one, names, source) or None
    return [found[key] for key in sorted(found)]
