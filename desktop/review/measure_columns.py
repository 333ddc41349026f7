"""The columns of the widest tables of measures, each with its meaning."""

from __future__ import annotations

from ecofolio.excel import styles
from ecofolio.excel.book import Column
from ecofolio.excel.styles import COUNT, MONEY, TEXT, Style
from ecofolio.review.tables import WRAPPED
from ecofolio.text import _
from ecofolio.vocabulary import MetricKind, ObservationState, yes_no

FIGURE = Style(format=styles.EXACT)
SHARE = Style(format=styles.SHARE)
POINTS = Style(format=styles.POINTS, align="right")
WHOLE = Style(format=COUNT)
CENTRED = Style(align="center")
SUM = Style(format=MONEY)


def ranking_columns() -> list[Column]:
    """The columns of the ranking."""
    return [
        Column(
            _("Rank"), WHOLE, 7, 8, _("The place among the peers: the same unit level and batch")
        ),
        Column(_("Code"), TEXT, 9, 14, _("The initiative's own code, used nowhere else")),
        Column(_("Name"), WRAPPED, 20, 32, _("What the initiative is called")),
        Column(_("Unit"), WRAPPED, 12, 20, _("The unit that owns the initiative")),
        Column(_("Unit level"), TEXT, 10, 14, _("The level of that unit")),
        Column(_("Batch"), TEXT, 10, 14, _("How proven its model is")),
        Column(
            _("Score"), POINTS, 8, 10, _("The sum of the points on its scorecard"), "", _("points")
        ),
        Column(
            _("Grade"),
            CENTRED,
            8,
            9,
            _("By the score; a breached guardrail caps it at C, a veto makes it D"),
            "A / B / C / D",
        ),
        Column(
            _("Change"), POINTS, 8, 10, _("Against the score of the month before"), "", _("points")
        ),
        Column(_("Metrics"), WHOLE, 8, 10, _("How many metrics it is judged by")),
        Column(_("Not reported"), WHOLE, 8, 12, _("How many of them have no figure")),
        Column(
            _("Since it was settled"),
            WRAPPED,
            16,
            34,
            _("What has moved the score since its month was settled; empty where it stands"),
        ),
    ]


def scorecard_columns(veto: str, breach: str) -> list[Column]:
    """The columns of the scorecards: a row for each metric of an initiative."""
    number = _("number, up to three decimals")
    return [
        Column(_("Code"), TEXT, 9, 14, _("The initiative's own code, used nowhere else")),
        Column(_("Initiative"), WRAPPED, 18, 28, _("What the initiative is called")),
        Column(_("Batch"), TEXT, 10, 14, _("The batch whose scorecard judges it")),
        Column(_("Metric"), WRAPPED, 16, 24, _("What is counted")),
        Column(_("Unit of measure"), TEXT, 8, 12, _("What it is counted in")),
        Column(
            _("Kind"),
            TEXT,
            9,
            12,
            _("What is done, what comes of it, or what must not happen"),
            " / ".join(kind.label for kind in MetricKind),
        ),
        Column(
            _("Actual"),
            FIGURE,
            10,
            16,
            _("What was reached; empty where it is not reported"),
            number,
        ),
        Column(_("Floor"), FIGURE, 10, 16, _("Where attainment begins"), number),
        Column(_("Target"), FIGURE, 10, 16, _("Where attainment is 1"), number),
        Column(
            _("Due"),
            CENTRED,
            6,
            8,
            _("Whether its due day has passed: what is due and not reported scores 0"),
        ),
        Column(_("Cap"), POINTS, 6, 8, _("What attainment counts for at most")),
        Column(_("Weight"), WHOLE, 7, 9, _("Its weight on the scorecard"), "", _("per cent")),
        Column(
            _("Weight told"),
            WHOLE,
            8,
            10,
            _("The weight, where the metric counts by now"),
            "",
            _("per cent"),
        ),
        Column(
            _("Attainment"),
            SHARE,
            10,
            12,
            _("(Actual − floor) ÷ (target − floor), from 0 to the cap"),
        ),
        Column(
            _("Points"),
            POINTS,
            8,
            10,
            _("100 × weight × attainment ÷ all weights told"),
            "",
            _("points"),
        ),
        Column(
            _("Guardrail"),
            TEXT,
            9,
            12,
            _("Whether a guardrail is on the wrong side of its floor"),
            f"{veto} / {breach}",
        ),
        Column(
            _("One more unit"),
            SHARE,
            9,
            12,
            _("The points that one unit more, or less where less is better, would bring"),
            "",
            _("points"),
        ),
        _state_column(),
    ]


def _state_column() -> Column:
    words = " / ".join(state.label for state in ObservationState)
    return Column(_("State"), TEXT, 9, 12, _("Whether the figure may still change"), words)


def balance_columns(money: str) -> list[Column]:
    """The columns of input and output; `money` is the unit of sums."""
    return [
        Column(_("Code"), TEXT, 9, 14, _("The initiative's own code, used nowhere else")),
        Column(_("Name"), WRAPPED, 20, 32, _("What the initiative is called")),
        Column(_("Unit"), WRAPPED, 12, 20, _("The unit that owns the initiative")),
        Column(_("Scene"), WRAPPED, 12, 20, _("The walk of life that it lives in")),
        Column(_("Batch"), TEXT, 10, 14, _("How proven its model is")),
        Column(
            _("Value in {unit}").format(unit=money),
            SUM,
            14,
            20,
            _("What its figures are worth by the coefficients of their months"),
            "",
            money,
        ),
        Column(
            _("Spend in {unit}").format(unit=money),
            SUM,
            14,
            20,
            _("What the ledger says was spent"),
            "",
            money,
        ),
        Column(
            _("Value ÷ spend"),
            POINTS,
            9,
            12,
            _("What one yuan spent has brought; a dash where there is no spend or no value"),
        ),
        Column(_("Why not"), WRAPPED, 14, 26, _("Why there is no ratio")),
        Column(
            _("Value, 12 months"), SUM, 14, 20, _("The same, of the last twelve months"), "", money
        ),
        Column(
            _("Spend, 12 months"), SUM, 14, 20, _("The same, of the last twelve months"), "", money
        ),
        Column(
            _("Self-sufficient"),
            CENTRED,
            10,
            16,
            _("Whether twelve months' value covers their spend"),
            f"{yes_no(True)} / {yes_no(False)}",
        ),
        Column(
            _("Paid back in"),
            CENTRED,
            10,
            12,
            _("The first month in which all value covers all spend"),
            _("year and month"),
        ),
    ]
