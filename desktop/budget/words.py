"""Money in sentences: why a forecast is believed, when money ends, what an operation does."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from ecofolio.budget.approvals import RequestRow
from ecofolio.budget.ledger import balance
from ecofolio.budget.operations import Holder, Operation
from ecofolio.budget.queries import CATEGORY, INITIATIVE, UNIT, Inequality, Node
from ecofolio.budget.rules import Forecast
from ecofolio.format import day, in_unit, money
from ecofolio.text import _, in_a_row, ngettext
from ecofolio.vocabulary import ForecastBasis, RequestState, category_label

__all__ = ["ending", "endings", "headline", "in_unit", "mix", "told", "unequal", "ways", "why"]


def why(forecast: Forecast) -> str:
    """Which way of forecasting is used, and why, in a sentence."""
    off = forecast.off_plan or 0
    sentences = {
        "keeps_to_plan": (
            _("By plan to go: spend is {n} % over plan, near enough to believe it.")
            if off >= 0
            else _("By plan to go: spend is {n} % under plan, near enough to believe it.")
        ),
        "plan_ahead": _("By plan to go: there is nothing to hold it against yet."),
        "off_plan": (
            _("By run rate: spend is {n} % over plan, so the plan is not believed.")
            if off >= 0
            else _("By run rate: spend is {n} % under plan, so the plan is not believed.")
        ),
        "no_plan": _("By run rate: there is no plan to go by."),
        "bound": _("By commitments: there is no plan, and too little history."),
        "bound_is_more": _("By commitments: more is spent and bound than any forecast says."),
        "nothing_else": _("What is spent: there is no plan, and too little history."),
    }
    return sentences[forecast.why].format(n=abs(off))


def ways(forecast: Forecast, unit: str) -> str:
    """The forecast by every way that there is a basis for."""
    order = (ForecastBasis.PLAN, ForecastBasis.RUN_RATE, ForecastBasis.COMMITMENT)
    known = [one for one in order if one in forecast.by]
    return " · ".join(f"{one.label} {money(forecast.by[one], unit)}" for one in known)


def mix(node: Node) -> str:
    """By which ways the forecasts below a unit were worked out, in a sentence."""
    counts: dict[ForecastBasis, int] = {}
    for one in below(node):
        if one.outlook is not None:
            counts[one.outlook.used] = counts.get(one.outlook.used, 0) + 1
    parts = [f"{way.label} {counts[way]}" for way in ForecastBasis if way in counts]
    return _("Ways used: {ways}").format(ways=" · ".join(parts)) if parts else ""


def below(node: Node) -> Iterator[Node]:
    """The initiatives of a node, itself among them."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.children)
        if one.kind == "initiative":
            yield one


def endings(node: Node) -> str:
    """How many initiatives below run out of money before their work is done, and the first."""
    ends, waiting = [], [node] if node.early else []
    while waiting:
        one = waiting.pop()
        waiting.extend(child for child in one.children if child.early)
        if one.ends is not None:
            ends.append((one.ends, one.name))
    if not ends:
        return ""
    n, (month, name) = len(ends), min(ends)
    return ngettext(
        "At this rate the money of {n} initiative ends before its work: {name} in {month}.",
        "At this rate the money of {n} initiatives ends before their work; the first is {name} "
        "in {month}.",
        n,
    ).format(n=n, name=name, month=month)


def unequal(found: Inequality, unit: str, currency: str = "CNY") -> str:
    """How unequal money is between branches, in sentences that need no statistics."""
    known = [one for one in found.units if one.per_initiative is not None]
    if len(known) < 2:
        return _("There are too few branches with initiatives to compare.")
    poor, rich = known[0], known[-1]
    degree = _("close to equal")
    for least, words in ((0.2, _("moderately unequal")), (0.4, _("very unequal"))):
        if found.gini >= least:
            degree = words
    said = _(
        "Money is {degree}: Gini {gini}, where 0 is all alike and 1 is one that has all. Half of "
        "the branches have less than {median} per initiative. {rich} has {most} for each, {poor} "
        "{least}."
    ).format(
        degree=degree,
        gini=f"{found.gini:.2f}",
        median=in_unit(found.median, unit, currency),
        rich=rich.name,
        most=in_unit(rich.per_initiative, unit, currency),
        poor=poor.name,
        least=in_unit(poor.per_initiative, unit, currency),
    )
    short = [one for one in known if (one.per_initiative or 0) < found.median]
    lack = sum((found.median * one.initiatives - one.funds) for one in short)
    if lack <= 0:
        return said
    return f"{said} " + ngettext(
        "To reach the median {n} branch lacks {sum}.",
        "To reach the median {n} branches lack {sum} together.",
        len(short),
    ).format(n=len(short), sum=in_unit(lack, unit, currency))


def ending(node: Node, unit: str, currency: str = "CNY") -> str:
    """When the money ends at the present rate, in a sentence; nothing where it lasts."""
    if node.ends is None:
        return ""
    return _("At this rate of {burn} a month the money ends in {month}.").format(
        burn=in_unit(node.burn, unit, currency), month=node.ends
    )


def headline(operation: Operation) -> str:
    """What an operation does, with the memo that it has."""
    label = operation.kind.label
    return _("{what}: {memo}").format(what=label, memo=operation.memo) if operation.memo else label


def told(connection: Connection, request: RequestRow, unit: str, currency: str) -> str:
    """What a request would do, with its papers, and what would be left, in sentences."""
    one = request.operation

    def sums(fen: int) -> str:
        return in_unit(fen, unit, currency)

    giver, getter = (_named(connection, holder) for holder in (one.source, one.target))
    known = {"what": one.kind.label, "sum": sums(one.fen), "giver": giver, "getter": getter}
    said = _("{what} of {sum}.")
    if giver and getter:
        said = _("{what} of {sum} from {giver} to {getter}.")
    elif giver:
        said = _("{what} of {sum} from {giver}.")
    elif getter:
        said = _("{what} of {sum} to {getter}.")
    parts = [said.format(**known)]
    category = None
    if one.category is not None:
        own = select(CATEGORY.c.name).where(CATEGORY.c.code == one.category)
        category = category_label(one.category, connection.scalar(own))
    named = (
        (_("Date"), day(one.on) if one.on else None),
        (_("Category"), category),
        (_("Document number"), one.number),
        (_("Partner"), one.partner),
        (_("Contract"), one.contract),
        (_("Attachment"), one.attachment_name),
    )
    parts += [
        _("{name}: {value}.").format(name=name, value=value) for name, value in named if value
    ]
    if request.state == RequestState.WAITING and one.source is not None:
        held = balance(connection, one.source.account, None)
        words = _("{giver} has {held} available; {left} would be left.")
        if held < one.fen:
            words = _("{giver} has only {held} available: it can not be posted now.")
        parts.append(words.format(giver=giver, held=sums(held), left=sums(held - one.fen)))
    return in_a_row(parts)


def _named(connection: Connection, holder: Holder | None) -> str:
    if holder is None:
        return ""
    table = UNIT if holder.kind == "unit" else INITIATIVE
    return connection.scalar(select(table.c.name).where(table.c.id == holder.id)) or ""
