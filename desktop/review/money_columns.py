"""The columns of the sheets of money, each with its meaning."""

from __future__ import annotations

from ecofolio.excel.book import Column
from ecofolio.excel.styles import MONEY, TEXT, Style
from ecofolio.review.tables import WHOLE, WRAPPED, day_style
from ecofolio.text import _
from ecofolio.vocabulary import AccountKind, Move

_SUM = Style(format=MONEY)
_SHARE = Style(format="#,##0.00#")


def _sum(name: str, unit: str, meaning: str, least: int = 17) -> Column:
    """A sum of money; `least` leaves room for a total in bold."""
    head = _("{name} in {unit}").format(name=name, unit=unit)
    return Column(head, _SUM, least, max(least, 18), meaning, _("number with two decimals"), unit)


def _code() -> Column:
    return Column(_("Code"), TEXT, 9, 14, _("The code of the unit or initiative"))


def _held(unit: str) -> list[Column]:
    """What initiatives hold, and what became of it."""
    return [
        _sum(_("Available"), unit, _("What is free to be bound or spent")),
        _sum(_("Committed"), unit, _("What is bound by contract")),
        _sum(_("Spent"), unit, _("What is gone")),
    ]


def ledger_columns(unit: str) -> list[Column]:
    """A line for each posting."""
    month = _("year and month")
    return [
        Column(_("Date"), day_style(), 11, 12, _("The day that it counts for"), _("calendar day")),
        Column(_("Transaction"), WHOLE, 8, 13, _("The number of the transaction")),
        Column(
            _("What"), TEXT, 10, 16, _("What the transaction does"),
            " / ".join(move.label for move in Move),
        ),
        Column(_("Document number"), TEXT, 10, 18, _("The number on the paper")),
        Column(
            _("Account"), TEXT, 10, 12, _("Which of the holder's accounts it is"),
            " / ".join(kind.label for kind in AccountKind),
        ),
        _code(),
        Column(_("Holder"), WRAPPED, 16, 28, _("The unit or initiative whose account it is")),
        _sum(_("Debit"), unit, _("What came into the account")),
        _sum(_("Credit"), unit, _("What left the account")),
        _sum(_("Balance"), unit, _("What the account held after it")),
        Column(_("Month"), TEXT, 9, 10, _("The month that it counts for"), month),
        Column(_("Branch"), WRAPPED, 10, 18, _("The branch that the holder counts to")),
        Column(_("Category"), TEXT, 10, 18, _("What the money was for")),
        Column(_("Partner"), WRAPPED, 10, 26, _("Who was paid or bound")),
        Column(_("Contract"), TEXT, 10, 20, _("The contract's number")),
        Column(_("Memo"), WRAPPED, 14, 36, _("What was noted with it")),
        Column(_("Reverses"), WHOLE, 8, 11, _("The transaction that it takes back")),
    ]  # fmt: skip


def money_columns(unit: str) -> list[Column]:
    """A line for each initiative with money."""
    return [
        _code(),
        Column(_("Initiative"), WRAPPED, 20, 34, _("What the initiative is called")),
        Column(_("Branch"), WRAPPED, 10, 18, _("The branch that the initiative counts to")),
        _sum(_("Allocated"), unit, _("What it was given, whatever became of it")),
        *_held(unit),
        _sum(_("Plan"), unit, _("The whole plan in force; empty without one")),
        _sum(_("Forecast"), unit, _("What it will have cost in the end")),
        _sum(_("Variance"), unit, _("What the plan, or what was allocated, leaves over")),
        Column(_("Why"), WRAPPED, 24, 40, _("Which way of forecasting is used, and why")),
    ]


def branch_columns(unit: str) -> list[Column]:
    """A line for each branch."""
    return [
        _code(),
        Column(_("Branch"), WRAPPED, 14, 24, _("The tier-1 branch")),
        Column(_("Initiatives"), WHOLE, 9, 12, _("Its open initiatives")),
        _sum(_("Granted"), unit, _("All that it got and did not pass on")),
        _sum(_("Pool"), unit, _("What it holds and has given to no initiative")),
        *_held(unit),
        _sum(_("Plan"), unit, _("The plan of its initiatives")),
        _sum(_("Forecast"), unit, _("What its initiatives will have cost in the end")),
        _sum(_("Per initiative"), unit, _("What it was granted for each open initiative")),
    ]


def month_columns(unit: str) -> list[Column]:
    """A line for each month."""
    return [
        Column(_("Month"), TEXT, 9, 10, _("The month"), _("year and month")),
        _sum(_("Plan"), unit, _("What was to be spent in the month")),
        _sum(_("Actual"), unit, _("What was spent in the month")),
        _sum(_("Plan so far"), unit, _("The plan up to the month")),
        _sum(_("Actual so far"), unit, _("What was spent up to the month")),
        _sum(_("Left"), unit, _("The plan so far less what was spent so far")),
    ]


def round_columns(unit: str) -> list[Column]:
    """A line for each party of a funding round."""
    return [
        Column(
            _("Part"), TEXT, 10, 14, _("Which part of the pot"),
            " / ".join((_("Base part"), _("Supplement"))),
        ),
        _code(),
        Column(_("Party"), WRAPPED, 18, 28, _("The unit or initiative")),
        Column(_("Initiatives"), WHOLE, 9, 12, _("Its open initiatives")),
        _sum(_("Funds"), unit, _("All the money that it has and spent"), 14),
        _sum(_("Per initiative"), unit, _("Its funds for each open initiative"), 14),
        _sum(_("Need"), unit, _("What it lacks until all have the median"), 14),
        _sum(_("Equal floor"), unit, _("What every unit gets"), 14),
        _sum(_("Ask"), unit, _("What it asked for"), 14),
        Column(_("Score"), _SHARE, 8, 10, _("Its score"), "", _("points")),
        Column(_("Grade"), TEXT, 7, 8, _("Its grade"), "A / B / C / D"),
        Column(_("Input–output"), _SHARE, 8, 12, _("Value produced against money spent")),
        Column(_("Weight"), _SHARE, 8, 12, _("Score × input–output, as far as it counts")),
        _sum(_("Given"), unit, _("What the round gives it")),
        Column(_("Why"), WRAPPED, 30, 56, _("Why it is so much")),
    ]  # fmt: skip
