"""The sheets of money in the review workbook: every figure ties to the sheet of the ledger.

In a large programme the figures are written as they are: formulas over so many lines would keep
a spreadsheet busy for minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import neg
from typing import Any

from sqlalchemy import Connection

from ecofolio.budget import books, picture, queries, rounds, rules, words
from ecofolio.budget.books import PostingRow
from ecofolio.budget.picture import Picture
from ecofolio.budget.queries import Figures, Node, Wanted
from ecofolio.budget.rounds import Working
from ecofolio.excel.book import Formula, Sheet
from ecofolio.excel.charts import paired
from ecofolio.format import day, money_unit
from ecofolio.portfolio.queries import Summary
from ecofolio.review.measures import Part
from ecofolio.review.money_columns import (
    branch_columns,
    ledger_columns,
    money_columns,
    month_columns,
    round_columns,
)
from ecofolio.review.money_totals import print_to, write_line, write_sums
from ecofolio.review.tables import Labels, Table, yuan
from ecofolio.text import _
from ecofolio.vocabulary import AccountKind, Move, UnitLevel

_FIRST = 5  # the first row of a table's data
_MOST_LINES = 200_000  # of the ledger, the newest
_MOST_COMPARED = 20_000_000  # lines times rows that look through them


@dataclass(frozen=True)
class _Books:
    """What the sheets are made from. `last` is the ledger's last row, 0 where none ties to it."""

    summary: Summary
    picture: Picture
    lines: list[PostingRow]
    last: int
    homes: dict[int, str]  # the branch that a unit counts to
    codes: dict[tuple[str, int], tuple[str, str, str]]  # code, name, branch of who holds money

    def tied(self, fen: int, *conditions: str) -> Formula | Decimal | None:
        """A sum over the ledger's lines that meet conditions such as `E,"Spent"`."""
        if not self.last:
            return yuan(fen)
        # unlike SUMIFS, a comparison takes no sign of a name for a wildcard
        met = "".join(
            f"({self.range(one.split(',', 1)[0])}={one.split(',', 1)[1]})*" for one in conditions
        )
        text = f"ROUND(SUMPRODUCT({met}({self.range('H')}-{self.range('I')})),2)"
        return Formula(text, Decimal(fen) / 100)

    def range(self, letter: str) -> str:
        """A column of the ledger's sheet."""
        return f"'{_ledger_title()}'!${letter}${_FIRST}:${letter}${self.last}"


def parts(connection: Connection, found: Summary) -> list[Part]:
    """The sheets of money of a scope on its day; none where nothing was posted."""
    read = picture.read(connection, Wanted(found.today), found.scope, found.currency)
    if read.is_empty:
        return []
    told = _read(connection, found, read)
    shown = [_branches(told), _initiatives(told), _months(connection, told)]
    if read.rounds:
        shown.append(_round(rounds.working(connection, read.rounds[0].id), found))
    return [*shown, _ledger(connection, told)]


def _read(connection: Connection, found: Summary, read: Picture) -> _Books:
    accounts = None
    if not found.scope.is_everything:
        accounts = [key for node in read.nodes for key in picture.accounts_of(node, "granted")]
    span = queries.Span(None, found.today)
    lines = books.postings(connection, accounts, span, limit=_MOST_LINES + 1)
    whole = len(lines) <= _MOST_LINES
    lines = lines[-_MOST_LINES:]
    looking = sum(1 for _node in _all(read.nodes)) * 4
    tied = whole and len(lines) * looking <= _MOST_COMPARED
    homes = _homes(connection, found)
    return _Books(
        found,
        read,
        lines,
        _FIRST + len(lines) - 1 if tied else 0,
        homes,
        _codes(connection, homes),
    )


def _all(nodes: Sequence[Node]) -> list[Node]:
    found, waiting = [], list(nodes)
    while waiting:
        node = waiting.pop(0)
        found.append(node)
        waiting.extend(node.children)
    return found


def _homes(connection: Connection, found: Summary) -> dict[int, str]:
    """The tier-1 branch above each unit, or the unit itself, by name."""
    unit = queries.UNIT
    rows = connection.execute(unit.select()).all()
    tier1 = {row.id for row in rows if row.level == UnitLevel.TIER1}
    homes, labels = {}, Labels.of(found).branches
    for row in rows:
        at: int | None = row.id
        while at is not None and at not in tier1:
            at = found.names.parents.get(at)
        homes[row.id] = labels[at if at is not None else row.id]
    return homes


def _codes(
    connection: Connection, homes: dict[int, str]
) -> dict[tuple[str, int], tuple[str, str, str]]:
    unit, own = queries.UNIT, queries.INITIATIVE
    found: dict[tuple[str, int], tuple[str, str, str]] = {}
    for row in connection.execute(unit.select()).all():
        found["unit", row.id] = (row.code, row.name, homes[row.id])
    for row in connection.execute(own.select()).all():
        found["initiative", row.id] = (row.code, row.name, homes.get(row.unit_id, ""))
    return found


# --- the ledger ------------------------------------------------------------------------------


def _ledger_title() -> str:
    return _("Ledger")


def _ledger(connection: Connection, told: _Books) -> Part:
    columns = ledger_columns(money_unit("yuan", told.summary.currency))
    labels = {row.id: row.label for row in queries.categories(connection)}
    rows = [_ledger_row(told, line, labels) for line in told.lines]
    sentence = _("Every posting until {date}; what comes into an account is its debit")
    return Part(
        _ledger_title(),
        Table("Ledger", columns, rows, printed=12),
        sentence.format(date=day(told.summary.today)),
        _("Every posting, with the balance of its account"),
        fixed=2,
        draw=lambda sheet, first, last: _draw_ledger(sheet, (first, last), told.lines),
    )


def _draw_ledger(sheet: Sheet, rows: tuple[int, int], lines: Sequence[PostingRow]) -> None:
    debits = sum(line.fen for line in lines if line.fen > 0)
    credits_ = -sum(line.fen for line in lines if line.fen < 0)
    print_to(sheet, 12, write_sums(sheet, rows, {"H": debits, "I": credits_}))


def _ledger_row(told: _Books, line: PostingRow, labels: dict[int | None, str]) -> tuple[Any, ...]:
    kind = "unit" if line.account.kind is AccountKind.POOL else "initiative"
    code, name, branch = told.codes.get((kind, line.account.holder), (None, None, None))
    return (
        line.date,
        line.transaction_id,
        Move(line.kind).label,
        line.number,
        line.account.kind.label,
        code,
        name,
        yuan(line.fen) if line.fen > 0 else None,
        yuan(-line.fen) if line.fen < 0 else None,
        yuan(line.balance),
        line.period,
        branch,
        labels.get(line.category_id) if line.category_id else None,
        line.partner,
        line.contract,
        line.memo,
        line.reverses_id,
    )


# --- by initiative and by branch -------------------------------------------------------------


def _money_title() -> str:
    return _("Money")


def _initiatives(told: _Books) -> Part:
    nodes = [node for node in _all(told.picture.nodes) if node.kind == "initiative"]
    nodes = sorted((node for node in nodes if any(node.figures) or node.plan), key=_code)
    rows = [_money_row(told, node, _FIRST + n) for n, node in enumerate(nodes)]
    columns = money_columns(money_unit("yuan", told.summary.currency))
    return Part(
        _money_title(),
        Table("Money", columns, rows, printed=11),
        _("As of {date}; available, committed and spent are sums over the ledger").format(
            date=day(told.summary.today)
        ),
        _("What each initiative was given, holds, spent and will have cost"),
        fixed=2,
        draw=lambda sheet, first, last: _draw_initiatives(sheet, (first, last), nodes),
    )


def _draw_initiatives(sheet: Sheet, rows: tuple[int, int], nodes: Sequence[Node]) -> None:
    sums = {
        **_added("DEFG", nodes, "allocated", "available", "committed", "spent"),
        "H": sum(node.plan for node in nodes),
        "I": sum(node.forecast for node in nodes if node.outlook),
        "J": sum(node.variance for node in nodes if node.outlook),
    }
    print_to(sheet, 11, write_sums(sheet, rows, sums))


def _added(letters: str, nodes: Sequence[Node], *names: str) -> dict[str, int]:
    """Figures of nodes added up, by the letters of their columns."""
    return {
        letter: sum(getattr(node.figures, name) for node in nodes)
        for letter, name in zip(letters, names, strict=True)
    }


def _code(node: Node) -> str:
    return node.code


def _money_row(told: _Books, node: Node, at: int) -> tuple[Any, ...]:
    figures, outlook = node.figures, node.outlook
    where = [
        told.tied(fen, f'E,"{kind.label}"', f"F,A{at}")
        for kind, fen in (
            (AccountKind.AVAILABLE, figures.available),
            (AccountKind.COMMITTED, figures.committed),
            (AccountKind.SPENT, figures.spent),
        )
    ]
    return (
        node.code,
        node.name,
        told.codes["initiative", node.id][2] or None,
        Formula(f"SUM(E{at}:G{at})", Decimal(figures.allocated) / 100),
        *where,
        yuan(node.plan) if node.plan else None,
        yuan(node.forecast) if outlook else None,
        Formula(
            f'IF(I{at}="","",IF(H{at}="",D{at},H{at})-I{at})',
            Decimal(node.variance) / 100 if outlook else "",
        ),
        words.why(outlook) if outlook else None,
    )


def _branches(told: _Books) -> Part:
    units = {one.unit_id: one for one in told.picture.unequal.units}
    nodes = [node for node in _all(told.picture.nodes) if node.kind == "unit" and node.id in units]
    nodes = [*sorted(nodes, key=_code), *_others(told.picture.nodes, set(units))]
    own = [node for node in _all(told.picture.nodes) if node.kind == "initiative"]
    count = sum(1 for node in own if any(node.figures) or node.plan)
    rows = [
        _branch_row(told, node, _FIRST + n, count, node.id in units) for n, node in enumerate(nodes)
    ]
    columns = branch_columns(money_unit("yuan", told.summary.currency))
    sentence = _("As of {date}; Gini {gini}, median {median} {unit} per initiative")
    return Part(
        _("Money by branch"),
        Table("MoneyByBranch", columns, rows, printed=len(columns)),
        sentence.format(
            date=day(told.summary.today),
            gini=f"{told.picture.unequal.gini:.2f}",
            median=f"{told.picture.unequal.median / 100:,.0f}",
            unit=money_unit("yuan", told.summary.currency),
        ),
        _("What each branch holds, spent, and has for each initiative"),
        fixed=2,
        draw=lambda sheet, first, last: _draw_branches(sheet, (first, last), told, nodes),
    )


def _others(nodes: Sequence[Node], branches: set[int]) -> list[Node]:
    """The units above the branches that have money, each with what is its own."""
    found = []
    for node in nodes:
        if node.kind != "unit" or node.id in branches:
            continue
        below = [child for child in node.children if child.kind == "unit"]
        own = Node("unit", node.id, node.code, node.name)
        rest = (Figures(*map(neg, child.figures)) for child in below)
        own.figures = reduce(Figures.plus, rest, node.figures)
        for name in ("plan", "forecast", "initiatives"):
            setattr(own, name, getattr(node, name) - sum(getattr(child, name) for child in below))
        if any(own.figures) or own.plan:
            found.append(own)
        found += _others(below, branches)
    return found


def _branch_row(told: _Books, node: Node, at: int, count: int, is_branch: bool) -> tuple[Any, ...]:
    figures = node.figures
    last = _FIRST + max(count, 1) - 1
    title = _money_title()

    def added(letter: str, fen: int) -> Formula:
        sums = f"'{title}'!${letter}${_FIRST}:${letter}${last}"
        text = f"SUMPRODUCT(('{title}'!$C${_FIRST}:$C${last}=B{at})*{sums})"
        return Formula(text, Decimal(fen) / 100)

    per = figures.granted
    return (
        node.code,
        told.homes[node.id],
        node.initiatives,
        Formula(f"SUM(E{at}:H{at})", Decimal(figures.granted) / 100),
        told.tied(figures.pool, f'E,"{AccountKind.POOL.label}"', f"L,B{at}"),
        added("E", figures.available),
        added("F", figures.committed),
        added("G", figures.spent),
        added("H", node.plan),
        added("I", node.forecast),
        Formula(f'IF(C{at}=0,"",D{at}/C{at})', _each(per, node.initiatives)) if is_branch else None,
    )


def _each(fen: int, count: int) -> float | str:
    return float(Fraction(fen, 100 * count)) if count else ""


def _draw_branches(
    sheet: Sheet, rows: tuple[int, int], told: _Books, nodes: Sequence[Node]
) -> None:
    first = rows[0]
    names = ("granted", "pool", "available", "committed", "spent")
    sums = _added("DEFGH", nodes, *names) | {
        "I": sum(node.plan for node in nodes),
        "J": sum(node.forecast for node in nodes),
    }
    at = write_sums(sheet, rows, sums, {"C": sum(node.initiatives for node in nodes)})
    if told.summary.scope.is_everything:
        granted = told.tied(-sums["D"], f'E,"{AccountKind.GRANT.label}"')
        write_line(sheet, _("Grant account in the ledger"), "D", granted)
        balance = Formula(f"ROUND(D{at}+D{at + 1},2)", Decimal(0))
        write_line(sheet, _("Both together: 0 where they tie"), "D", balance)
    print_to(sheet, 11, sheet.at + 19)
    if not told.picture.unequal.units:
        return
    chart = paired(
        _("{name} in {unit}").format(
            name=_("Money per initiative"), unit=money_unit("yuan", told.summary.currency)
        ),
        sheet,
        labels=(2, first, first + len(told.picture.unequal.units) - 1),
        series=[(11, _("per initiative"), "accent")],
    )
    sheet.stream.add_chart(chart, f"B{sheet.at + 1}")


# --- months ----------------------------------------------------------------------------------


def _months(connection: Connection, told: _Books) -> Part:
    plan: dict[str, int] = {}
    spent: dict[str, int] = {}
    for node in told.picture.nodes:
        planned, actual = picture.months_of(connection, node, told.picture.wanted)
        for whole, some in ((plan, planned), (spent, actual)):
            for month, fen in some.items():
                whole[month] = whole.get(month, 0) + fen
    known = sorted({*plan, *spent})
    now = rules.period_of(told.summary.today)
    months = rules.periods(known[0], known[-1]) if known else []
    rows = []
    so_far = [0, 0]
    for n, month in enumerate(months):
        at = _FIRST + n
        so_far = [so_far[0] + plan.get(month, 0), so_far[1] + spent.get(month, 0)]
        over = month > now
        gone = told.tied(spent.get(month, 0), f'E,"{AccountKind.SPENT.label}"', f"K,A{at}")
        rows.append(
            (
                month,
                yuan(plan.get(month, 0)),
                None if over else gone,
                Formula(f"SUM(B${_FIRST}:B{at})", Decimal(so_far[0]) / 100),
                None if over else Formula(f"SUM(C${_FIRST}:C{at})", Decimal(so_far[1]) / 100),
                None if over else Formula(f"D{at}-E{at}", Decimal(so_far[0] - so_far[1]) / 100),
            )
        )
    columns = month_columns(money_unit("yuan", told.summary.currency))
    return Part(
        _("Plan and actual"),
        Table("PlanActual", columns, rows, printed=len(columns)),
        _("Spend by month against the plan in force, as of {date}").format(
            date=day(told.summary.today)
        ),
        _("What was planned and spent, month by month, with a chart"),
        draw=lambda sheet, first, last: _draw_months(sheet, (first, last), so_far),
    )


def _draw_months(sheet: Sheet, rows: tuple[int, int], sums: Sequence[int]) -> None:
    first, last = rows
    at = write_sums(sheet, rows, dict(zip("BC", sums, strict=True)))
    series = [(2, _("Plan"), "muted"), (3, _("Actual"), "accent")]
    title, labels = _("Plan against actual by month"), (1, first, last)
    chart = paired(title, sheet, labels=labels, series=series, size=(15, 9))
    sheet.stream.add_chart(chart, "H4")
    print_to(sheet, 16, max(at, 24))


# --- a funding round -------------------------------------------------------------------------


def _round(told: Working, found: Summary) -> Part:
    columns = round_columns(money_unit("yuan", found.currency))
    terms = told.round
    units = [row for row in told.parties if row.kind == "unit"]
    others = [row for row in told.parties if row.kind != "unit"]
    rows: list[tuple[Any, ...]] = []
    last = _FIRST + max(len(units), 1) - 1
    for n, row in enumerate(units):
        at = _FIRST + n
        per = _each(row.funds_fen or 0, row.initiatives or 0)
        need = float(told.outcome.needs[row.holder] / 100)
        short = f"MAX(0,MEDIAN(F${_FIRST}:F${last})*D{at}-E{at})"
        rows.append(
            (
                _("Base part"), row.code, row.name, row.initiatives, yuan(row.funds_fen),
                Formula(f'IF(D{at}=0,"",E{at}/D{at})', per), Formula(short, need),
                yuan(row.floor_fen), None, None, None, None, None, yuan(row.given_fen), row.why,
            )
        )  # fmt: skip
    cap = Decimal(terms.cap_milli) / 1000
    for n, row in enumerate(others, len(units)):
        at = _FIRST + n
        case = rules.InitiativeCase(
            row.holder, row.ask_fen or 0, row.score_milli or 0, row.grade or "",
            row.input_output_milli,
        )  # fmt: skip
        weight = f'IF(AND(OR(K{at}="A",K{at}="B"),L{at}<>""),J{at}*MIN(L{at},{cap}),0)'
        rows.append(
            (
                _("Supplement"), row.code, row.name, None, None, None, None, None,
                yuan(row.ask_fen), _milli(row.score_milli), row.grade,
                _milli(row.input_output_milli),
                Formula(weight, Decimal(case.weight(terms.cap_milli)) / 1_000_000),
                yuan(row.given_fen), row.why,
            )
        )  # fmt: skip
    sentence = _("{name}: {pot} {unit}, of which {base} as the base part; {state}")
    return Part(
        _("Funding round"),
        Table("FundingRound", columns, rows, printed=len(columns)),
        sentence.format(
            name=terms.name,
            pot=f"{terms.pot_fen / 100:,.0f}",
            base=f"{terms.base_fen / 100:,.0f}",
            unit=money_unit("yuan", found.currency),
            state=_state(terms.state),
        ),
        _("The newest funding round with its working"),
        fixed=3,
        draw=lambda sheet, first, last: _draw_round(sheet, (first, last), told),
    )


def _draw_round(sheet: Sheet, rows: tuple[int, int], told: Working) -> None:
    """The parts come to the pot, with what nobody could be given."""
    at = write_sums(sheet, rows, {"N": sum(row.given_fen for row in told.parties)})
    write_line(sheet, _("Kept in the pool"), "N", yuan(told.round.kept_fen))
    pot = Formula(f"N{at}+N{at + 1}", Decimal(told.round.pot_fen) / 100)
    print_to(sheet, 15, write_line(sheet, _("Pot"), "N", pot))


def _state(state: str) -> str:
    return {
        "draft": _("waits for approval"),
        "approved": _("approved"),
        "posted": _("posted to the ledger"),
        "reversed": _("reversed"),
    }[state]


def _milli(thousandths: int | None) -> Decimal | None:
    return None if thousandths is None else Decimal(thousandths) / 1000
