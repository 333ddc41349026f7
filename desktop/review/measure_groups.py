"""Measures of units, scenes and batches in the review workbook: input–output and figures."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection

from ecofolio.excel.book import Column, Formula
from ecofolio.excel.styles import TEXT
from ecofolio.format import money_unit
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.review.measure_columns import CENTRED, FIGURE, POINTS, SUM, WHOLE
from ecofolio.review.tables import WRAPPED, Table, yuan
from ecofolio.scorecards import figures, periods, queries
from ecofolio.scorecards.value import Balance, grouped
from ecofolio.text import _
from ecofolio.vocabulary import Batch, yes_no

_FIRST = 5  # the first row of a table's data
QUARTERS, YEARS = 5, 2


class Kind(NamedTuple):
    """What initiatives are grouped by: its code, its word, and its column on the sheet of
    input–output."""

    code: str
    word: str
    letter: str


def kinds() -> list[Kind]:
    """What initiatives are grouped by."""
    return [
        Kind("unit", _("Unit"), "C"),
        Kind("scene", _("Scene"), "D"),
        Kind("batch", _("Batch"), "E"),
    ]


def words_of(row: InitiativeRow) -> dict[str, str]:
    """The words for the unit, the scene and the batch of an initiative."""
    return {
        "unit": row.unit or _("no unit"),
        "scene": row.scene or _("no scene"),
        "batch": Batch(row.batch).label if row.batch else _("no batch"),
    }


def balance_table(
    rows: Sequence[InitiativeRow], balances: Mapping[Any, Balance], sheet: str, currency: str
) -> Table:
    """Value against spend by unit, scene and batch, added up from the rows of another sheet."""
    found: list[tuple[Any, ...]] = []
    last = _FIRST + len(rows) - 1
    for kind in kinds():
        groups = {row.id: words_of(row)[kind.code] for row in rows}
        added = grouped(balances, groups)
        for name in sorted(added, key=str):
            count = sum(word == name for word in groups.values())
            at = _FIRST + len(found)
            found.append(_balance_row(kind, str(name), count, added[name], at, sheet, last))
    return Table("InputOutputGroups", _balance_columns(currency), found, printed=11)


def _balance_row(
    kind: Kind, name: str, count: int, balance: Balance, at: int, sheet: str, last: int
) -> tuple[Any, ...]:
    mine = f"('{sheet}'!${kind.letter}${_FIRST}:${kind.letter}${last}=B{at})"

    def total(letter: str, fen: int) -> Formula:
        there = f"'{sheet}'!{letter}${_FIRST}:{letter}${last}"
        return Formula(f"ROUND(SUMPRODUCT({mine}*{there}),2)", yuan(fen) or 0)

    ratio = balance.ratio
    covers = yes_no(balance.self_sufficient)
    return (
        kind.word,
        name,
        Formula(f"SUMPRODUCT({mine}*1)", count),
        total("F", balance.value),
        total("G", balance.spend),
        Formula(
            f'IF(OR(E{at}<=0,D{at}=0),"–",D{at}/E{at})', "–" if ratio is None else float(ratio)
        ),
        balance.reason or None,
        total("J", sum(balance.values[-12:])),
        total("K", sum(balance.spends[-12:])),
        Formula(f'IF(AND(H{at}+I{at}<>0,H{at}>=I{at}),"{yes_no(True)}","{yes_no(False)}")', covers),
        balance.payback or "–",
    )


def _group_columns() -> list[Column]:
    return [
        Column(_("Grouped by"), TEXT, 9, 12, _("What initiatives are added up by")),
        Column(_("Group"), WRAPPED, 16, 30, _("The unit, the scene or the batch")),
    ]


def _balance_columns(currency: str) -> list[Column]:
    money = money_unit("yuan", currency)
    same = _("The same, of the last twelve months")
    return [
        *_group_columns(),
        Column(_("Initiatives"), WHOLE, 9, 12, _("How many have value or spend")),
        Column(
            _("Value in {unit}").format(unit=money), SUM, 14, 20,
            _("What their figures are worth by the coefficients of their months"), "", money,
        ),
        Column(
            _("Spend in {unit}").format(unit=money), SUM, 14, 20,
            _("What the ledger says was spent"), "", money,
        ),
        Column(
            _("Value ÷ spend"), POINTS, 9, 12,
            _("What one yuan spent has brought; a dash where there is no spend or no value"),
        ),
        Column(_("Why not"), WRAPPED, 14, 26, _("Why there is no ratio")),
        Column(_("Value, 12 months"), SUM, 14, 20, same, "", money),
        Column(_("Spend, 12 months"), SUM, 14, 20, same, "", money),
        Column(
            _("Self-sufficient"), CENTRED, 10, 16,
            _("Whether twelve months' value covers their spend"),
            f"{yes_no(True)} / {yes_no(False)}",
        ),
        Column(
            _("Paid back in"), CENTRED, 10, 12,
            _("The first month in which all value covers all spend"), _("year and month"),
        ),
    ]  # fmt: skip


# --- figures ---------------------------------------------------------------------------------


def figure_table(
    connection: Connection, rows: Sequence[InitiativeRow], month: str
) -> tuple[Table, int]:
    """Figures of the last quarters and years up to a month, of the whole and of each unit, scene
    and batch; and the place of the first column of figures."""
    shown = [
        *periods.span(periods.holding(month, periods.YEAR), YEARS),
        *periods.span(periods.holding(month, periods.QUARTER), QUARTERS),
    ]
    whole = (0, _("All"), _("All in the scope"))  # in front of the others
    groups: dict[int, Collection[Hashable]] = {}
    for row in rows:
        words = words_of(row)
        found = [(n, kind.word, words[kind.code]) for n, kind in enumerate(kinds(), 1)]
        groups[row.id] = [whole, *found]
    metrics = queries.metrics(connection, retired=True)
    order = {metric.id: n for n, metric in enumerate(metrics)}
    names = {metric.id: metric.name for metric in metrics}
    cells: dict[tuple[Any, int], dict[str, figures.Rolled]] = {}
    for one in figures.rolled(connection, shown, ids=list(groups), groups=groups, until=month):
        if one.made.reported:
            cells.setdefault((one.key, order[one.metric.id]), {})[one.period] = one
    lines = []
    for (key, place), by_period in sorted(cells.items(), key=lambda cell: cell[0]):
        metric, told = metrics[place], [by_period.get(period) for period in shown]
        values = [None if one is None else _units(one.made.value) for one in told]
        lines.append((*key[1:], metric.name, metric.unit, *values, _open(by_period, names)))
    columns = [
        *_group_columns(),
        Column(_("Metric"), WRAPPED, 16, 26, _("What is counted")),
        Column(_("Unit of measure"), TEXT, 8, 12, _("What it is counted in")),
        *(
            Column(
                period, FIGURE, 10, 18,
                _("What was reached: months make it as the metric says, and initiatives"),
                _("number, up to three decimals"),
            )
            for period in shown
        ),
        Column(
            _("What is open"), WRAPPED, 20, 44,
            _("Months not reported, provisional figures, initiatives that a rate can not weigh"),
        ),
    ]  # fmt: skip
    return Table("FiguresByPeriod", columns, lines, printed=len(columns)), len(_group_columns()) + 2


def _units(thousandths: int | None) -> Decimal | None:
    return None if thousandths is None else Decimal(thousandths) / 1000


def _open(by_period: Mapping[str, figures.Rolled], names: Mapping[int, str]) -> str | None:
    """What the figures of a line leave open, each thing with the periods that it holds for."""
    said: dict[str, list[str]] = {}
    for period, one in by_period.items():
        for words in figures.notes(one, names):
            said.setdefault(words, []).append(period)
    return "\n".join(f"{_(', ').join(of)}: {words}" for words, of in said.items()) or None
