"""Figures and targets of months, quarters and years, of initiatives and of what they belong to."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Observation, Target
from ecofolio.scorecards.queries import MetricRow, metrics, provisional
from ecofolio.scorecards.rollup import Made, over_initiatives, over_months
from ecofolio.store.base import table_of
from ecofolio.store.bulk import read_rows
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import OverInitiatives

OBSERVATION, TARGET = map(table_of, (Observation, Target))
_CHUNK = 500
_NO_MONTHS: frozenset[str] = frozenset()
Months = dict[tuple[int, int], dict[str, int]]  # by initiative and metric, then by month


class Rolled(NamedTuple):
    """A figure of a metric in a period, of an initiative or of a group of them; so many of those
    that it is made of are `provisional`."""

    key: Hashable
    metric: MetricRow
    period: str
    made: Made
    provisional: int = 0


def rolled(
    connection: Connection,
    wanted: Sequence[str],
    *,
    ids: Collection[int] | None = None,
    groups: Mapping[int, Collection[Hashable]] | None = None,
    source: str = "value",
    until: str = "9999-12",
) -> list[Rolled]:
    """What was reached in some periods, by key, metric and period; in thousandths.

    The key is the initiative's identity, or each of the groups that it is in. An initiative counts
    in a period in which it has a figure or a target of the metric, with all months of the period
    but those before its first; of those after `until` nothing is known. `source` is `value`, or
    `target` or `floor` for what was promised; rates weigh by the figures of their base anyway.
    """
    known = {row.id: row for row in metrics(connection, retired=True)}
    spanned = sorted({month for period in wanted for month in periods.months_in(period)})
    before = [periods.shifted(one, -1) for one in spanned[:1]]
    spanned = [one for one in before + spanned if one <= until]
    told = _read(connection, OBSERVATION, "value", spanned, ids)
    promised = _read(connection, TARGET, "floor" if source == "floor" else "target", spanned, ids)
    figures = told if source == "value" else promised
    pairs = told.keys() | promised.keys() if source == "value" else promised.keys()
    months_of = {period: periods.months_in(period) for period in wanted}
    periods_of: dict[str, list[str]] = {}
    for period, inside in months_of.items():
        for month in inside:
            periods_of.setdefault(month, []).append(period)
    nothing: dict[str, int] = {}
    waiting = provisional(connection, spanned, ids) if source == "value" else {}
    open_in: dict[tuple[Hashable, int, str], int] = {}
    found: dict[tuple[Hashable, int, str], list[Made]] = {}
    for identity, metric_id in sorted(pairs):
        metric = known[metric_id]
        keys: Collection[Hashable] = [identity] if groups is None else groups.get(identity, ())
        own = figures.get((identity, metric_id), nothing)
        owed = promised.get((identity, metric_id), nothing)
        base = None
        if metric.over_initiatives == OverInitiatives.WEIGHTED:
            base = told.get((identity, metric.weighed_by_id or 0), nothing)
        there = own.keys() | owed.keys()
        first = min(there)
        present = {period for month in there for period in periods_of.get(month, ())}
        for period in (one for one in wanted if one in present):
            inside = months_of[period]
            if inside[0] < first:
                inside = [month for month in inside if month >= first]
            made = over_months(
                metric.over_months,
                [own.get(month) for month in inside],
                None if base is None else [base.get(month) for month in inside],
            )
            still = len(waiting.get((identity, metric_id), _NO_MONTHS).intersection(inside))
            for key in keys:
                cell = key, metric_id, period
                found.setdefault(cell, []).append(made)
                if still:
                    open_in[cell] = open_in.get(cell, 0) + still
    return [
        Rolled(
            key,
            known[metric_id],
            period,
            parts[0]
            if groups is None
            else over_initiatives(known[metric_id].over_initiatives, parts),
            open_in.get((key, metric_id, period), 0),
        )
        for (key, metric_id, period), parts in found.items()
    ]


def _read(
    connection: Connection,
    table: Any,
    column: str,
    months: Sequence[str],
    ids: Collection[int] | None,
) -> Months:
    found: Months = {}
    if not months:
        return found
    query = select(table.c.initiative_id, table.c.metric_id, table.c.month, table.c[column])
    query = query.where(table.c.month.in_(list(months)))
    some = [None] if ids is None else sorted(ids)
    for start in range(0, len(some), _CHUNK):
        part = query
        if ids is not None:
            part = query.where(table.c.initiative_id.in_(some[start : start + _CHUNK]))
        for identity, metric, month, value in read_rows(connection, part):
            found.setdefault((identity, metric), {})[month] = value
    return found


def months(connection: Connection) -> list[str]:
    """The months that anything was reported or promised for, from the first to the last."""
    ends = [
        connection.execute(select(func.min(table.c.month), func.max(table.c.month))).one()
        for table in (OBSERVATION, TARGET)
    ]
    told = [(first, last) for first, last in ends if first is not None]
    if not told:
        return []
    first, last = min(one for one, _last in told), max(one for _first, one in told)
    return periods.span(last, periods.between(first, last) + 1)


def note(one: Rolled, names: Mapping[int, str], source: str = "value") -> str:
    """What a figure or a target leaves open, in words; empty where it is whole. `names` are the
    metrics' by identity."""
    return "; ".join(notes(one, names, source))


def notes(one: Rolled, names: Mapping[int, str], source: str = "value") -> list[str]:
    """The same, each thing for itself."""
    made, said = one.made, []
    base = names.get(one.metric.weighed_by_id or 0) or _("what weighs it")
    if not made.complete:
        text = (
            _("{n} of {total} months reported")
            if source == "value"
            else _("{n} of {total} months have a target")
        )
        said.append(text.format(n=made.reported, total=made.wanted))
    if one.provisional:
        text = ngettext("{n} figure is provisional", "{n} figures are provisional", one.provisional)
        said.append(text.format(n=one.provisional))
    if made.total is None and made.reported and not made.left_out:
        said.append(_("not added up over initiatives"))
    if made.alike:
        said.append(_("months count alike: {base} is not reported in each").format(base=base))
    if made.left_out:
        text = ngettext(
            "{n} initiative is left out: {base} is not reported",
            "{n} initiatives are left out: {base} is not reported",
            made.left_out,
        )
        said.append(text.format(n=made.left_out, base=base))
    return said
