"""Money in sentences: why a forecast is believed, when money ends, what an operation does."""

from __future__ import annotations

from ecofolio.budget.operations import Operation
from ecofolio.budget.queries import Node
from ecofolio.budget.rules import Forecast
from ecofolio.format import in_unit, money
from ecofolio.text import _
from ecofolio.vocabulary import ForecastBasis

__all__ = ["ending", "headline", "in_unit", "ways", "why"]


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


def ending(node: Node, unit: str, currency: str = "CNY") -> str:
    """When the money ends at the present rate, in a sentence; nothing where it lasts."""
    if node.ends is None:
        return ""
    return _("At this rate of {burn} a month the money ends in {month}.").format(
        burn=in_unit(node.burn, unit, currency), month=node.ends
    )


def headline(operation: Operation) -> str:
    """What an operation does, with the memo that it has."""
    return f"{operation.kind.label}: {operation.memo}" if operation.memo else operation.kind.label
