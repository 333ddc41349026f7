"""The sheets of measures in the review workbook: every score can be worked out in its cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from ecofolio.excel.book import Column, Formula, Sheet
from ecofolio.excel.styles import TEXT, whole_rule
from ecofolio.format import day, money_unit
from ecofolio.initiatives import health
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.initiatives.queries import health as health_of
from ecofolio.portfolio.inputs import Flows, flows
from ecofolio.portfolio.queries import Summary
from ecofolio.portfolio.words import light_words
from ecofolio.review.measure_columns import (
    FIGURE,
    WHOLE,
    balance_columns,
    ranking_columns,
    scorecard_columns,
)
from ecofolio.review.measure_groups import balance_table, figure_table, words_of
from ecofolio.review.tables import WRAPPED, Table, day_style, yuan
from ecofolio.scorecards import late, periods, queries, ranking, scoring, shown, value, words
from ecofolio.scorecards.queries import MetricRow
from ecofolio.scorecards.ranking import Ranked
from ecofolio.scorecards.rules import Line
from ecofolio.scorecards.scoring import Sheet as Card
from ecofolio.scorecards.settling import settling
from ecofolio.scorecards.value import Balance
from ecofolio.text import _
from ecofolio.vocabulary import (
    Batch,
    HealthLight,
    Light,
    MetricKind,
    ObservationState,
    Stage,
    UnitLevel,
    yes_no,
)  # fmt: skip

_FIRST = 5  # the first row of a table's data
_MOST_RANKED = 2000  # beyond it ranks are figures: as formulas they would take minutes


@dataclass(frozen=True)
class Part:
    """A sheet with one table that a room adds to the workbook. `what` tells it on the cover."""

    title: str
    table: Table
    sentence: str
    what: str
    lights: tuple[int, ...] = ()
    fixed: int = 0
    draw: Callable[[Sheet, int, int], object] | None = None  # a chart over the rows of the table


@dataclass(frozen=True)
class _Told:
    """What the sheets are made from."""

    month: str
    lines: list[Ranked]
    cards: Mapping[int, Card]
    metrics: Mapping[int, MetricRow]
    blocks: Mapping[int, tuple[int, int]]  # first and last row on the sheet of scorecards
    provisional: Collection[tuple[int, int]]  # initiatives and metrics whose figures may change
    since: Mapping[int, str]  # what has moved scores since the month was settled


def parts(connection: Connection, found: Summary, as_of: str | None, today: date) -> list[Part]:
    """The sheets of measures of a scope; health alone where nothing is measured.

    Scores are of the month `as_of`, or of the newest whose figures are all due on `today`.
    """
    shown = [_health(found)]
    month = as_of or settling(connection).newest(today)
    ids = {row.id for row in found.rows}
    lines = ranking.ranking(connection, month, today, ids=ids)
    if lines:
        told = _told(connection, month, today, lines)
        shown = [_ranking(told), _scorecards(told), *shown]
    earned = flows(connection, month, None if found.scope.is_everything else ids)
    if earned.values:
        shown += _input_output(found, earned)
    table, first = figure_table(connection, found.rows, month)
    if table.rows:
        shown.append(_figures(table, first, month))
    hollow = [one for one in value.hollow(connection, month) if one.id in ids]
    if hollow:
        shown.append(_hollow(hollow, month))
    owed = late.not_reported(connection, today, ids=ids)
    if owed:
        shown.append(_not_reported(owed, today))
    return shown


def _told(connection: Connection, month: str, today: date, lines: list[Ranked]) -> _Told:
    cards = scoring.sheets(connection, month, today, [line.id for line in lines])
    blocks, at = {}, _FIRST
    for line in lines:
        count = len(cards[line.id].score.lines)
        blocks[line.id] = (at, at + count - 1)
        at += count
    metrics = {row.id: row for row in queries.metrics(connection, retired=True)}
    waiting = queries.provisional(connection, periods.months_in(month), blocks)
    since: dict[int, str] = {}
    if on := shown.settled_on(settling(connection), month, today):
        names = {one: row.name for one, row in metrics.items()}
        since = {
            one: words.since_settled(move, on, names)
            for one, move in shown.moved(connection, month, today).items()
        }
    return _Told(month, lines, cards, metrics, blocks, waiting, since)


def _title() -> str:
    return _("Scorecards")


def _ranking(told: _Told) -> Part:
    columns = ranking_columns()
    last = _FIRST + len(told.lines) - 1
    rows = [_ranked(told, line, _FIRST + n, last) for n, line in enumerate(told.lines)]
    return Part(
        _("Ranking"),
        Table("Ranking", columns, rows, printed=len(columns)),
        _("Scores of {month}, ranked among the same unit level and batch").format(month=told.month),
        _("Scores, grades and ranks among peers"),
        fixed=3,
    )


def _ranked(told: _Told, line: Ranked, at: int, last: int) -> tuple[Any, ...]:
    rank: object = line.rank
    if rank is not None and len(told.lines) <= _MOST_RANKED:
        same = f"$E${_FIRST}:$E${last},E{at},$F${_FIRST}:$F${last},F{at}"
        rank = Formula(f'COUNTIFS({same},$G${_FIRST}:$G${last},">"&G{at})+1', line.rank or 0)
    return (
        rank,
        line.code,
        line.name,
        line.unit,
        UnitLevel(line.level).label if line.level else _("Not said"),
        Batch(line.batch).label,
        _score(told, line),
        _grade(told, line, at),
        None if line.change is None else Decimal(line.change) / 100,
        line.judged,
        line.missing,
        told.since.get(line.id),
    )


def _score(told: _Told, line: Ranked) -> Formula | None:
    if line.score is None:
        return None
    first, last = told.blocks[line.id]
    points = f"'{_title()}'!O{first}:O{last}"
    # rounded twice, so that a sum of floats just under a half is taken for the half that it is
    return Formula(f"ROUND(ROUND(SUM({points}),9),2)", Decimal(line.score) / 100)


def _grade(told: _Told, line: Ranked, at: int) -> Formula | None:
    if line.score is None or line.grade is None:
        return None
    card = told.cards[line.id].card
    first, last = told.blocks[line.id]
    breaches = f"'{_title()}'!P{first}:P{last}"
    held = f'IF(G{at}>={card.grade_c},"C","D")'
    plain = f'IF(G{at}>={card.grade_a},"A",IF(G{at}>={card.grade_b},"B",{held}))'
    text = (
        f'IF(COUNTIF({breaches},"{_veto()}")>0,"D",'
        f'IF(COUNTIF({breaches},"{_breach()}")>0,{held},{plain}))'
    )
    return Formula(text, line.grade.value)


def _veto() -> str:
    return _("✕ Veto")


def _breach() -> str:
    return _("! Breached")


def _scorecards(told: _Told) -> Part:
    columns = scorecard_columns(_veto(), _breach())
    rows = [row for line in told.lines for row in _card_rows(told, line)]
    return Part(
        _title(),
        Table("Scorecards", columns, rows, printed=16),
        _("Figures of {month}: change one, and attainment, points, score and grade follow").format(
            month=told.month
        ),
        _("Each score, metric by metric, as formulas"),
        fixed=4,
        draw=whole_numbers(6, 8),
    )


def _card_rows(told: _Told, ranked: Ranked) -> Iterator[tuple[Any, ...]]:
    card = told.cards[ranked.id]
    first, last = told.blocks[ranked.id]
    for at, line in enumerate(card.score.lines, first):
        figure, metric = line.figure, told.metrics[line.figure.metric]
        counted = line.weight if line.attainment is not None else 0
        yield (
            ranked.code,
            ranked.name,
            Batch(card.batch).label,
            metric.name,
            metric.unit,
            MetricKind(metric.kind).label,
            _units(figure.actual),
            _units(figure.floor),
            _units(figure.target),
            yes_no(figure.due),
            Decimal(card.card.cap) / 100,
            line.weight,
            Formula(f'IF(AND(G{at}="",J{at}="{yes_no(False)}"),0,L{at})', counted),
            _attainment(at, line),
            _points(at, line, (first, last)),
            _guardrail(at, line),
            _more(at, line, (first, last)),
            _state(told, ranked.id, line),
        )


def _state(told: _Told, initiative_id: int, line: Line) -> str | None:
    if line.figure.actual is None:
        return None
    waiting = (initiative_id, line.figure.metric) in told.provisional
    return (ObservationState.PROVISIONAL if waiting else ObservationState.FINAL).label


def _attainment(at: int, line: Line) -> Formula:
    share = f"MIN(MAX((G{at}-H{at})/(I{at}-H{at}),0),K{at})"
    text = f'IF(G{at}="",IF(J{at}="{yes_no(True)}",0,""),{share})'
    return Formula(text, "" if line.attainment is None else _decimal(line.attainment))


def _points(at: int, line: Line, block: tuple[int, int]) -> Formula:
    total = f"SUM(M${block[0]}:M${block[1]})"
    text = f'IF(OR(N{at}="",{total}=0),"",100*M{at}*N{at}/{total})'
    return Formula(text, "" if line.points is None else _decimal(line.points))


def _guardrail(at: int, line: Line) -> Formula | None:
    if not line.figure.guardrail:
        return None
    word = _veto() if line.figure.veto else _breach()
    text = f'IF(G{at}="","",IF((G{at}-H{at})/(I{at}-H{at})<0,"{word}",""))'
    return Formula(text, word if line.breached else "")


def _more(at: int, line: Line, block: tuple[int, int]) -> Formula | None:
    if line.one_more is None:
        return None
    step = f"SIGN(I{at}-H{at})"
    share = f"MIN(MAX((G{at}+{step}-H{at})/(I{at}-H{at}),0),K{at})"
    total = f"SUM(M${block[0]}:M${block[1]})"
    text = f'IF(OR(G{at}="",{total}=0),"",100*M{at}*({share}-N{at})/{total})'
    return Formula(text, _decimal(line.one_more))


def _units(thousandths: int | None) -> Decimal | None:
    return None if thousandths is None else Decimal(thousandths) / 1000


def _decimal(value: Fraction) -> float:
    return float(value)


def _input_output(found: Summary, earned: Flows) -> list[Part]:
    columns = balance_columns(money_unit("yuan", found.currency))
    balances = earned.balances()
    told = [row for row in found.rows if row.id in balances]
    rows = [_balance_row(row, balances[row.id], _FIRST + n) for n, row in enumerate(told)]
    first, last = earned.months[0], earned.months[-1]
    between = _("From {first} to {last}").format(first=first, last=last)
    by_group = balance_table(told, balances, _("Input–output"), found.currency)
    return [
        Part(
            _("Input–output"),
            Table("InputOutput", columns, rows, printed=len(columns)),
            between,
            _("What was spent, what it brought, and since when it pays"),
            fixed=2,
        ),
        Part(
            _("Input–output by group"),
            by_group,
            between,
            _("The same by unit, scene and batch, added up from the initiatives"),
            fixed=2,
        ),
    ]


def _figures(table: Table, first: int, month: str) -> Part:
    return Part(
        _("Figures"),
        table,
        _("Up to {month}; what a figure leaves open is told in the last column").format(
            month=month
        ),
        _("What was reached in quarters and years, by unit, scene and batch"),
        fixed=first,
        draw=whole_numbers(first, len(table.columns) - 2),
    )


def whole_numbers(*places: int) -> Callable[[Sheet, int, int], object]:
    """What shows whole numbers without a decimal point in columns from one place to another."""
    first, last = places

    def draw(sheet: Sheet, top: int, bottom: int) -> None:
        from openpyxl.utils import get_column_letter

        left, right = get_column_letter(first + 1), get_column_letter(last + 1)
        rule = whole_rule(f"{left}{top}")
        sheet.stream.conditional_formatting.add(f"{left}{top}:{right}{bottom}", rule)

    return draw


def _balance_row(row: InitiativeRow, balance: Balance, at: int) -> tuple[Any, ...]:
    year_value, year_spend = sum(balance.values[-12:]), sum(balance.spends[-12:])
    ratio = balance.ratio
    covers = yes_no(balance.self_sufficient)
    return (
        row.code,
        row.name,
        *words_of(row).values(),
        yuan(balance.value),
        yuan(balance.spend),
        Formula(
            f'IF(OR(G{at}<=0,F{at}=0),"–",F{at}/G{at})', "–" if ratio is None else float(ratio)
        ),
        balance.reason or None,
        yuan(year_value),
        yuan(year_spend),
        Formula(f'IF(AND(J{at}+K{at}<>0,J{at}>=K{at}),"{yes_no(True)}","{yes_no(False)}")', covers),
        balance.payback or "–",
    )


def _hollow(found: Sequence[value.Hollow], month: str) -> Part:
    columns = [
        Column(_("Code"), TEXT, 9, 14, _("The initiative's own code, used nowhere else")),
        Column(_("Name"), WRAPPED, 20, 34, _("What the initiative is called")),
        Column(_("Unit"), WRAPPED, 12, 24, _("The unit that owns the initiative")),
        Column(_("Cards"), FIGURE, 10, 14, _("Cards issued in the month")),
        Column(_("Target for cards"), FIGURE, 10, 14, _("What was promised of them")),
        Column(
            _("Deposits"), FIGURE, 12, 18, _("Deposits kept at its end; empty where not reported")
        ),
        Column(_("Floor for deposits"), FIGURE, 12, 18, _("What would have been the least")),
    ]
    rows = [
        (
            one.code, one.name, one.unit, _units(one.cards), _units(one.card_target),
            _units(one.deposits), _units(one.deposit_floor),
        )
        for one in found
    ]  # fmt: skip
    return Part(
        _("Cards without deposits"),
        Table("Hollow", columns, rows, printed=len(columns)),
        _("Cards reach their target in {month}, deposits stay below their floor").format(
            month=month
        ),
        _("What is built for building's sake, by name"),
        draw=whole_numbers(3, 6),
    )


def _not_reported(owed: Sequence[late.Owed], today: date) -> Part:
    columns = [
        Column(_("Unit"), WRAPPED, 12, 24, _("The unit that owns the initiative")),
        Column(_("Code"), TEXT, 9, 14, _("The initiative's own code, used nowhere else")),
        Column(_("Name"), WRAPPED, 18, 32, _("What the initiative is called")),
        Column(_("Lead"), TEXT, 10, 16, _("Who leads it")),
        Column(_("Metric"), WRAPPED, 14, 26, _("What was to be reported")),
        Column(_("Month"), TEXT, 9, 10, _("The month that it is owed for"), _("year and month")),
        Column(_("Due date"), day_style(), 11, 12, _("The day by which it was due")),
        Column(_("Days late"), WHOLE, 8, 10, _("How long ago that was"), "", _("days")),
    ]
    rows = [
        (
            one.unit, one.code, one.name, one.lead, one.metric, one.month, one.due,
            Formula(f"DATE({today.year},{today.month},{today.day})-G{_FIRST + n}", one.age),
        )
        for n, one in enumerate(owed)
    ]  # fmt: skip
    return Part(
        _("Not reported"),
        Table("NotReported", columns, rows, printed=len(columns)),
        _("As of {date}").format(date=day(today)),
        _("Who owes which figures, and for how long"),
    )


def _health(found: Summary) -> Part:
    lights = " / ".join(light_words(light) for light in Light)
    columns = [
        Column(_("Code"), TEXT, 9, 14, _("The initiative's own code, used nowhere else")),
        Column(_("Name"), WRAPPED, 18, 28, _("What the initiative is called")),
        Column(
            _("Health"),
            TEXT,
            10,
            15,
            _("The worst of the five lights, or a person's override"),
            lights,
        ),
        Column(_("Reason"), WRAPPED, 18, 30, _("The light's reason in words")),
    ]
    for one in HealthLight:
        columns.append(Column(one.label, TEXT, 10, 15, _("One of the five lights"), lights))
        head = _("{light}: why").format(light=one.label)
        columns.append(Column(head, WRAPPED, 16, 28, _("That light's reason in words")))
    rows = [_health_row(row, found.today) for row in found.rows if row.stage != Stage.CLOSED]
    return Part(
        _("Health"),
        Table("Health", columns, rows, printed=len(columns)),
        _("The worst of five lights, each with its reason, as of {date}").format(
            date=day(found.today)
        ),
        _("The five lights of every initiative, each with its reason"),
        lights=(2, 4, 6, 8, 10, 12),
        fixed=3,
    )


def _health_row(row: InitiativeRow, today: date) -> tuple[Any, ...]:
    told = health_of(row, today)
    cells: list[Any] = [row.code, row.name, light_words(told.light), told.reason]
    for judged in health.five(row, today).values():
        cells += [light_words(judged.light), judged.words]
    return tuple(cells)
