"""All that the budget page shows at once, read in one go, off the GUI thread where it is much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from ecofolio.budget import approvals, queries, rounds, rules
from ecofolio.budget.approvals import RequestRow
from ecofolio.budget.ledger import ACCOUNT, POSTING, TRANSACTION, AccountKey
from ecofolio.budget.queries import LINE, Figures, Inequality, Node, Wanted
from ecofolio.budget.rounds import RoundRow
from ecofolio.initiatives.chosen import chosen
from ecofolio.initiatives.desk import undisturbed
from ecofolio.initiatives.queries import names
from ecofolio.initiatives.scope import Scope
from ecofolio.text import _
from ecofolio.vocabulary import AccountKind

Trend = tuple[int, ...]


@dataclass(frozen=True)
class Picture:
    """Money in a scope. `trends` are fen spent in the last months, by kind and identity."""

    wanted: Wanted
    nodes: list[Node]
    unequal: Inequality
    trends: Mapping[tuple[str, int], Trend]
    requests: list[RequestRow]
    rounds: list[RoundRow]
    years: list[int]
    currency: str
    is_empty: bool

    @property
    def total(self) -> Figures:
        """Everything in the scope."""
        whole = queries.NOTHING
        for node in self.nodes:
            whole = whole.plus(node.figures)
        return whole

    @property
    def whole(self) -> Node:
        """Everything in the scope as one node: the only one at the top, or one above several."""
        if len(self.nodes) == 1:
            return self.nodes[0]
        node = Node("unit", 0, "", _("All in this scope"), children=list(self.nodes))
        node.figures = self.total
        node.of_category = self.wanted.category is not None
        for name in ("plan", "forecast", "burn", "initiatives", "early"):
            setattr(node, name, self.sum_of(name))
        return node

    def sum_of(self, name: str) -> int:
        """A figure at completion over everything in the scope."""
        return sum(getattr(node, name) for node in self.nodes)


def read(connection: Connection, wanted: Wanted, scope: Scope, currency: str) -> Picture:
    """The page's picture of a scope."""
    with undisturbed():
        return _read(connection, wanted, scope, currency)


def _read(connection: Connection, wanted: Wanted, scope: Scope, currency: str) -> Picture:
    known = names(connection)
    if scope != Scope():
        bare = scope.replace(unit_id=None)
        within = None
        if not bare.is_everything:
            within = chosen(connection, bare, today=wanted.as_of, known=known)
        wanted = replace(wanted, initiatives=within, unit_id=scope.unit_id)
    nodes = queries.tree(connection, wanted, known)
    # what units hold has no category
    whole = nodes
    if wanted.category is not None:
        whole = queries.tree(connection, replace(wanted, category=None), known)
    units = {unit for unit, level in _levels(connection) if level == "tier1"}
    first = connection.scalar(select(func.min(TRANSACTION.c.date)))
    start = queries.fiscal_start(connection)
    year = rules.fiscal_year_of(wanted.as_of, start)
    years = list(range(rules.fiscal_year_of(first, start), year + 1)) if first else []
    return Picture(
        wanted,
        nodes,
        queries.inequality(whole, units),
        _trends(nodes),
        approvals.requests(connection),
        rounds.rounds(connection),
        years,
        currency,
        first is None,
    )


def _levels(connection: Connection) -> list[tuple[int, str]]:
    query = select(queries.UNIT.c.id, queries.UNIT.c.level)
    return [(row.id, row.level) for row in connection.execute(query).all()]


def _trends(nodes: list[Node]) -> dict[tuple[str, int], Trend]:
    found: dict[tuple[str, int], Trend] = {}
    nothing = (0,) * rules.TREND_MONTHS

    def add(node: Node) -> Trend:
        sums = node.course.months if node.course is not None else nothing
        if node.children:
            sums = tuple(map(sum, zip(sums, *map(add, node.children), strict=True)))
        found[node.kind, node.id] = sums
        return sums

    for node in nodes:
        add(node)
    return found


def accounts_of(node: Node, figure: str) -> list[AccountKey]:
    """The accounts that a figure of a node is the sum of."""
    kinds = {
        "pool": (AccountKind.POOL,),
        "available": (AccountKind.AVAILABLE,),
        "committed": (AccountKind.COMMITTED,),
        "spent": (AccountKind.SPENT,),
        "allocated": (AccountKind.AVAILABLE, AccountKind.COMMITTED, AccountKind.SPENT),
    }.get(figure, tuple(kind for kind in AccountKind if kind is not AccountKind.GRANT))
    found: list[AccountKey] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.children)
        if one.kind == "unit":
            found += [AccountKey(kind, one.id) for kind in kinds if kind is AccountKind.POOL]
        else:
            found += [AccountKey(kind, one.id) for kind in kinds if kind is not AccountKind.POOL]
    return found


def months_of(
    connection: Connection, node: Node, wanted: Wanted
) -> tuple[dict[str, int], dict[str, int]]:
    """Plan and spend by month of a node and all below it."""
    holders = sorted({one.holder for one in accounts_of(node, "spent")})
    # written out: there may be more than a statement takes as parameters
    ids: Any = bindparam("ids", holders, expanding=True, literal_execute=True)
    version = wanted.plan_version or queries.plan_in_force(connection)
    plan = (
        select(LINE.c.period, func.sum(LINE.c.fen))
        .where(LINE.c.plan_version_id == version, LINE.c.initiative_id.in_(ids))
        .group_by(LINE.c.period)
    )
    month = queries.month_posted(connection)
    spent = (
        select(month, func.sum(POSTING.c.fen))
        .join(ACCOUNT, ACCOUNT.c.id == POSTING.c.account_id)
        .where(ACCOUNT.c.kind == AccountKind.SPENT.value, ACCOUNT.c.initiative_id.in_(ids))
        .where(POSTING.c.date <= wanted.as_of)
        .group_by(month)
    )
    category = _category(connection, wanted)
    if category is not None:
        plan = plan.where(LINE.c.category_id == category)
        spent = spent.join(TRANSACTION, TRANSACTION.c.id == POSTING.c.transaction_id)
        spent = spent.where(TRANSACTION.c.category_id == category)
    return _sums(connection, plan), _sums(connection, spent)


def _category(connection: Connection, wanted: Wanted) -> int | None:
    """The chosen category; one that was never used has no identity yet, and no money."""
    if wanted.category is None:
        return None
    return queries.category_ids(connection).get(wanted.category, 0)


def _sums(connection: Connection, query: Select[Any, Any]) -> dict[str, int]:
    return {month: int(fen) for month, fen in connection.execute(query).all()}
