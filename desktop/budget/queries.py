"""What screens, workbook and command line read of money: typed rows in few statements.

Every figure is a sum of postings; none is stored. `Figures` are fen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import lcm
from operator import add
from typing import Any, Literal, NamedTuple
from weakref import ReferenceType, ref

from sqlalchemy import ColumnElement, Connection, case, func, select, true

from ecofolio.budget import rules
from ecofolio.budget.courses import Courses, read_courses
from ecofolio.budget.ledger import ACCOUNT, POSTING, TRANSACTION
from ecofolio.budget.ledger import currency as currency
from ecofolio.budget.model import Category, PlanLine, PlanVersion
from ecofolio.initiatives.model import Initiative
from ecofolio.initiatives.queries import Names, below
from ecofolio.organisation.model import Unit
from ecofolio.store.base import table_of
from ecofolio.store.model import Programme
from ecofolio.vocabulary import CATEGORIES, PlanState, Stage, category_label

UNIT, INITIATIVE, CATEGORY = map(table_of, (Unit, Initiative, Category))
LINE, VERSION = table_of(PlanLine), table_of(PlanVersion)


class Figures(NamedTuple):
    """Sums in fen. `granted` is all that came in and did not leave again: it is what the pools
    hold and what initiatives were given (`allocated`), whatever became of that."""

    granted: int = 0
    pool: int = 0
    allocated: int = 0
    available: int = 0
    committed: int = 0
    spent: int = 0

    def plus(self, other: Figures) -> Figures:
        """Both together."""
        return Figures(*map(add, self, other))


NOTHING = Figures()


@dataclass(frozen=True)
class Span:
    """Of which days: balances are of the end, flows (granted, allocated, spent) of the span."""

    first: date | None = None
    last: date | None = None


@dataclass
class Balances:
    """The figures of every pool and initiative that has an account."""

    pools: dict[int, Figures] = field(default_factory=dict)
    initiatives: dict[int, Figures] = field(default_factory=dict)

    @property
    def total(self) -> Figures:
        """All of them together."""
        whole = NOTHING
        for figures in (*self.pools.values(), *self.initiatives.values()):
            whole = whole.plus(figures)
        return whole


def balances(connection: Connection, span: Span | None = None) -> Balances:
    """All balances, as they stand or as of the end of a span's last day."""
    span = span or Span()
    held = _sums(connection, None, span.last)
    flows = held if span.first is None else _sums(connection, span.first, span.last)
    found = Balances()
    by_initiative: dict[int, dict[str, int]] = defaultdict(dict)
    # `all` fetches in one go: iterating asks the driver for every row
    query = select(ACCOUNT.c.id, ACCOUNT.c.kind, ACCOUNT.c.unit_id, ACCOUNT.c.initiative_id)
    for identity, kind, unit_id, initiative_id in connection.execute(query).all():
        if initiative_id is not None:
            own = by_initiative[initiative_id]
            own[kind] = held.get(identity, 0)
            own["in"] = own.get("in", 0) + flows.get(identity, 0)
            if kind == "spent":
                own[kind] = flows.get(identity, 0)
        elif unit_id is not None:
            pool = held.get(identity, 0)
            found.pools[unit_id] = Figures(granted=flows.get(identity, 0), pool=pool)
    for identity, own in by_initiative.items():
        found.initiatives[identity] = Figures(
            own["in"],
            0,
            own["in"],
            own.get("available", 0),
            own.get("committed", 0),
            own.get("spent", 0),
        )
    return found


def balances_of_category(
    connection: Connection, category_id: int, span: Span | None = None
) -> Balances:
    """What initiatives have committed and spent on a category; other money knows none.

    A commitment counts where it was made for, whatever is spent against it.
    """
    span = span or Span()
    bound = TRANSACTION.alias()
    whose = func.coalesce(bound.c.category_id, TRANSACTION.c.category_id)
    counts = case((ACCOUNT.c.kind == "spent", TRANSACTION.c.category_id), else_=whose)
    flows = POSTING.c.date >= span.first if span.first is not None else true()
    query = (
        select(
            ACCOUNT.c.initiative_id,
            func.sum(case((ACCOUNT.c.kind == "committed", POSTING.c.fen), else_=0)),
            func.sum(case(((ACCOUNT.c.kind == "spent") & flows, POSTING.c.fen), else_=0)),
        )
        .select_from(POSTING)
        .join(ACCOUNT, ACCOUNT.c.id == POSTING.c.account_id)
        .join(TRANSACTION, TRANSACTION.c.id == POSTING.c.transaction_id)
        .outerjoin(bound, bound.c.id == TRANSACTION.c.commitment_id)
        .where(ACCOUNT.c.kind.in_(("committed", "spent")), counts == category_id)
        .group_by(ACCOUNT.c.initiative_id)
    )
    if span.last is not None:
        query = query.where(POSTING.c.date <= span.last)
    found = Balances()
    for identity, committed, spent in connection.execute(query).all():
        found.initiatives[identity] = Figures(committed=int(committed), spent=int(spent))
    return found


def _sums(connection: Connection, first: date | None, last: date | None) -> dict[int, int]:
    query = select(POSTING.c.account_id, func.sum(POSTING.c.fen)).group_by(POSTING.c.account_id)
    if first is not None:
        query = query.where(POSTING.c.date >= first)
    # most often everything counts, which an index sums without looking at days
    if last is not None and last < (newest_day(connection) or last):
        query = query.where(POSTING.c.date <= last)
    return {account: int(fen) for account, fen in connection.execute(query).all()}


def newest_day(connection: Connection) -> date | None:
    """The latest day that anything was posted for."""
    found: date | None = connection.scalar(select(func.max(TRANSACTION.c.date)))
    return found


# --- months ----------------------------------------------------------------------------------


def month_posted(connection: Connection) -> ColumnElement[str]:
    """The month of a posting, `YYYY-MM`."""
    if connection.dialect.name == "sqlite":
        return func.substr(POSTING.c.date, 1, 7)
    return func.to_char(POSTING.c.date, "YYYY-MM")


def spent_by_month(
    connection: Connection,
    ids: Iterable[int] | None = None,
    *,
    last: date | None = None,
) -> dict[int, dict[str, int]]:
    """Spend in fen by initiative and month; of all initiatives without `ids`."""
    month = month_posted(connection)
    query = (
        select(ACCOUNT.c.initiative_id, month, func.sum(POSTING.c.fen))
        .join(ACCOUNT, ACCOUNT.c.id == POSTING.c.account_id)
        .where(ACCOUNT.c.kind == "spent")
        .group_by(ACCOUNT.c.initiative_id, month)
    )
    if ids is not None:
        query = query.where(ACCOUNT.c.initiative_id.in_(list(ids)))
    if last is not None:
        query = query.where(POSTING.c.date <= last)
    found: dict[int, dict[str, int]] = {}
    for identity, period, fen in connection.execute(query).all():
        found.setdefault(identity, {})[period] = int(fen)
    return found


def plan_in_force(connection: Connection) -> int | None:
    """The identity of the approved version of the plan."""
    query = select(VERSION.c.id).where(VERSION.c.state == PlanState.APPROVED.value)
    found: int | None = connection.scalar(query)
    return found


def planned_by_month(
    connection: Connection,
    version_id: int | None,
    ids: Iterable[int] | None = None,
) -> dict[int, dict[str, int]]:
    """The plan in fen by initiative and month; empty without a version."""
    if version_id is None:
        return {}
    query = (
        select(LINE.c.initiative_id, LINE.c.period, func.sum(LINE.c.fen))
        .where(LINE.c.plan_version_id == version_id)
        .group_by(LINE.c.initiative_id, LINE.c.period)
    )
    if ids is not None:
        query = query.where(LINE.c.initiative_id.in_(list(ids)))
    found: dict[int, dict[str, int]] = {}
    for identity, period, fen in connection.execute(query).all():
        found.setdefault(identity, {})[period] = int(fen)
    return found


# --- the tree --------------------------------------------------------------------------------


@dataclass
class Node:
    """A unit or an initiative with its own money and all below it.

    `plan` and `forecast` are fen at completion, `burn` fen a month. `variance` is what is left of
    the plan (of what was allocated, without a plan) when it is done. `ends` is the month in which
    the money ends at the present rate, where that is before the work does. Where `of_category`,
    figures are of one category: money that was not bound or spent has none. `early` is how many
    initiatives run out of money before their work is done.
    """

    kind: Literal["unit", "initiative"]
    id: int
    code: str
    name: str
    above: ReferenceType[Node] | None = field(default=None, repr=False)  # or each held the other
    children: list[Node] = field(default_factory=list, repr=False)
    figures: Figures = NOTHING
    plan: int = 0
    forecast: int = 0
    burn: int = 0
    initiatives: int = 0  # open ones
    early: int = 0
    course: rules.Course | None = field(default=None, repr=False)
    outlook: rules.Forecast | None = field(default=None, repr=False)
    of_category: bool = False

    @property
    def parent(self) -> Node | None:
        """The unit above it, as long as somebody holds that."""
        return self.above() if self.above is not None else None

    @property
    def variance(self) -> int:
        """What the plan, or what was allocated, leaves over the forecast."""
        return (self.plan or self.figures.allocated) - self.forecast

    @property
    def funds(self) -> int:
        """All money here: in pools, and given to initiatives."""
        return self.figures.pool + self.figures.allocated

    @property
    def ends(self) -> str | None:
        """When the money ends at the present rate, if before the work does."""
        if self.course is None or self.of_category:
            return None
        held = self.figures.available + self.figures.committed
        month = rules.money_ends(self.course.month, held, self.burn)
        last = self.course.end
        return month if month and (last is None or month < last) else None


@dataclass(frozen=True)
class Wanted:
    """What the tree is of. `initiatives` are those in scope, None for all; `as_of` is the day
    whose end counts."""

    as_of: date
    year: int | None = None
    initiatives: frozenset[int] | None = None
    unit_id: int | None = None
    category: str | None = None
    plan_version: int | None = None


def tree(connection: Connection, wanted: Wanted, known: Names) -> list[Node]:
    """The units from the top, with the units and initiatives under them; each with its figures.

    Initiatives without a unit stand at the top, last.
    """
    start = fiscal_start(connection)
    span = span_of(wanted, start)
    category = None
    if wanted.category is not None:
        # one that was never used has no identity yet, and no money
        category = category_ids(connection).get(wanted.category, 0)
    found = balances(connection, span)
    if category is not None:
        found = balances_of_category(connection, category, span)
    nodes = _unit_nodes(connection, wanted, known, found)
    top = [node for node in nodes.values() if node.parent is None]
    version = wanted.plan_version or plan_in_force(connection)
    courses = read_courses(connection, wanted.as_of, version, category)
    open_stages = [stage.value for stage in Stage if stage is not Stage.CLOSED]
    query = select(
        INITIATIVE.c.id,
        INITIATIVE.c.code,
        INITIATIVE.c.name,
        INITIATIVE.c.unit_id,
        INITIATIVE.c.stage,
        INITIATIVE.c.due_date,
    ).order_by(INITIATIVE.c.code)
    for row in connection.execute(query).all():
        if wanted.initiatives is not None and row.id not in wanted.initiatives:
            continue
        parent = nodes.get(row.unit_id)
        if parent is None and wanted.unit_id is not None:
            continue
        node = Node("initiative", row.id, row.code, row.name, ref(parent) if parent else None)
        node.of_category = category is not None
        node.figures = found.initiatives.get(row.id, NOTHING)
        node.initiatives = int(row.stage in open_stages)
        foresee(node, courses, row.due_date)
        (parent.children if parent else top).append(node)
    for node in top:
        _add_up(node)
    return top


def span_of(wanted: Wanted, start_month: int) -> Span:
    """The days of a fiscal year up to the day that counts, or everything up to it."""
    if wanted.year is None:
        return Span(None, wanted.as_of)
    first, last = rules.fiscal_span(wanted.year, start_month)
    after = rules.shifted(last, 1)
    end = date.fromordinal(date.fromisoformat(f"{after}-01").toordinal() - 1)
    return Span(date.fromisoformat(f"{first}-01"), min(end, wanted.as_of))


def fiscal_start(connection: Connection) -> int:
    """The month in which the fiscal year begins."""
    return connection.scalar(select(table_of(Programme).c.fiscal_start_month)) or 1


def _unit_nodes(
    connection: Connection, wanted: Wanted, known: Names, found: Balances
) -> dict[int, Node]:
    rows = connection.execute(
        select(UNIT.c.id, UNIT.c.code, UNIT.c.name, UNIT.c.parent_id).order_by(UNIT.c.code)
    ).all()
    kept = below(wanted.unit_id, known.parents) if wanted.unit_id is not None else None
    nodes = {
        row.id: Node("unit", row.id, row.code, row.name)
        for row in rows
        if kept is None or row.id in kept
    }
    for row in rows:
        node = nodes.get(row.id)
        if node is None:
            continue
        node.of_category = wanted.category is not None
        node.figures = found.pools.get(row.id, NOTHING)
        parent = nodes.get(row.parent_id) if row.parent_id is not None else None
        if parent is not None:
            node.above = ref(parent)
            parent.children.append(node)
    return nodes


def foresee(node: Node, courses: Courses, due: date | None) -> None:
    """Work out what an initiative will have cost in the end, from its course."""
    course = courses.of(node.id, node.figures.committed, node.figures.available, due)
    if course is None:
        return
    node.course, node.plan, node.burn = course, course.plan, course.burn
    node.outlook = rules.forecast(course)
    node.forecast = node.outlook.fen
    node.early = int(node.ends is not None)


def _add_up(node: Node) -> None:
    for child in node.children:
        if child.children:
            _add_up(child)
        node.plan += child.plan
        node.forecast += child.forecast
        node.burn += child.burn
        node.initiatives += child.initiatives
        node.early += child.early
    sums = zip(node.figures, *(child.figures for child in node.children), strict=True)
    node.figures = Figures(*map(sum, sums))


# --- inequality ------------------------------------------------------------------------------


class UnitFunds(NamedTuple):
    """A unit's money against its need. `per_initiative` is None where it has no initiative."""

    unit_id: int
    code: str
    name: str
    initiatives: int
    funds: int
    per_initiative: int | None


class Inequality(NamedTuple):
    """How unequal money is between units: funds per open initiative, poorest first."""

    units: list[UnitFunds]
    median: int
    gini: float


def inequality(nodes: Sequence[Node], level: Iterable[int]) -> Inequality:
    """Money per open initiative of the given units, from a tree."""
    wanted, found = set(level), []
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        waiting.extend(child for child in node.children if child.kind == "unit")
        if node.kind == "unit" and node.id in wanted:
            found.append(node)
    return inequality_of(found)


def inequality_of(units: Iterable[Node]) -> Inequality:
    """Money per open initiative of these units."""
    found = []
    for node in units:
        per = node.funds // node.initiatives if node.initiatives else None
        row = UnitFunds(node.id, node.code, node.name, node.initiatives, node.funds, per)
        found.append(row)
    found.sort(key=lambda row: (row.per_initiative is None, row.per_initiative or 0, row.code))
    counts = [row.initiatives for row in found if row.initiatives]
    shared = lcm(*counts)  # whole numbers compare and add up faster than fractions
    each = [row.funds * (shared // row.initiatives) for row in found if row.initiatives]
    return Inequality(found, int(rules.median(each) / shared), rules.gini(each))


# --- categories ------------------------------------------------------------------------------


class CategoryRow(NamedTuple):
    """A category; `id` is None for one that comes with the program and was not used yet."""

    id: int | None
    code: str
    label: str
    retired: bool


def category_ids(connection: Connection) -> dict[str, int]:
    """The categories that have been used or changed, by code."""
    return dict(connection.execute(select(CATEGORY.c.code, CATEGORY.c.id)).all())


def categories(connection: Connection) -> list[CategoryRow]:
    """All categories in their order."""
    stored = {row.code: row for row in connection.execute(select(CATEGORY)).all()}
    found = [(place, code) for place, code in enumerate(CATEGORIES) if code not in stored]
    found += [(row.position, code) for code, row in stored.items()]
    rows = []
    for _place, code in sorted(found):
        row: Any = stored.get(code)
        label = category_label(code, row.name if row else None)
        rows.append(CategoryRow(row.id if row else None, code, label, bool(row and row.retired)))
    return rows
