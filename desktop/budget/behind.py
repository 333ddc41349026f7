"""What a figure is made of: the very postings behind it, or the lines of the plan.

Only the newest are read: behind the money of a whole bank may stand a million.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, select

from ecofolio.budget import queries, rules
from ecofolio.budget.ledger import ACCOUNT, POSTING, TRANSACTION
from ecofolio.budget.queries import CATEGORY, INITIATIVE, LINE, UNIT, Node, Span, Wanted
from ecofolio.vocabulary import AccountKind, Move, category_label

BOUND = TRANSACTION.alias("bound")
MOST = 500  # rows that are shown
_FEW = 1000  # accounts up to which an index finds their transactions
_INSIDE = (Move.COMMIT.value, Move.SPEND.value, Move.RELEASE.value)
_SPENT = (AccountKind.SPENT,)
_GONE = (AccountKind.SPENT, AccountKind.COMMITTED)
_HELD = tuple(kind for kind in AccountKind if kind is not AccountKind.GRANT)
_KINDS: dict[str, tuple[AccountKind, ...]] = {
    "pool": (AccountKind.POOL,),
    "allocated": (AccountKind.AVAILABLE, AccountKind.COMMITTED, AccountKind.SPENT),
    "available": (AccountKind.AVAILABLE,),
    "committed": (AccountKind.COMMITTED,),
    "spent": _SPENT,
    "burn": _SPENT,
    "trend": _SPENT,
    "used": _GONE,
    "forecast": _GONE,
    "variance": _GONE,
    "ends": _SPENT,
}
_FLOWS = ("granted", "allocated", "each", "spent")


class PostingBehind(NamedTuple):
    """A posting that a figure is the sum of, in fen; `holder` is whose account it is on."""

    transaction_id: int
    date: date
    kind: str
    number: str | None
    memo: str | None
    partner: str | None
    contract: str | None
    category: str | None
    reverses_id: int | None
    reversed_by: int | None
    attachment_name: str | None
    attachment_hash: str | None
    account: str
    holder: str
    fen: int


class PlanBehind(NamedTuple):
    """A sum of the plan: of a month and category, or of an initiative where there are many."""

    month: str
    name: str
    fen: int


@dataclass(frozen=True)
class Behind:
    """The rows behind a figure, the newest first; `more` where there are others, not read."""

    postings: list[PostingBehind] = field(default_factory=list)
    plan: list[PlanBehind] = field(default_factory=list)
    more: bool = False

    @property
    def sum(self) -> int:
        """What the rows come to, in fen."""
        return sum(one.fen for one in self.postings) + sum(one.fen for one in self.plan)


def read(
    connection: Connection, node: Node, key: str, wanted: Wanted, month: str | None = None
) -> Behind:
    """What stands behind a node's figure; with a month, behind the spend of that month."""
    if key == "plan":
        return _plan(connection, node, wanted)
    span = _span(connection, key, wanted, month)
    kinds = _SPENT if month else _KINDS.get(key, _HELD)
    ids, whole = _accounts(connection, node, kinds)
    if not ids:
        return Behind()
    mine: ColumnElement[bool] = POSTING.c.account_id.in_(
        select(ACCOUNT.c.id).where(ACCOUNT.c.kind.in_([one.value for one in kinds]))
        if whole
        # written out: there may be more than a statement takes as parameters
        else bindparam("ids", ids, expanding=True, literal_execute=True)
    )
    if wanted.category is not None:
        category = queries.category_ids(connection).get(wanted.category, 0)
        mine = and_(mine, _whose() == category)
    days = [TRANSACTION.c.date <= span.last]
    if span.first is not None:
        days.append(TRANSACTION.c.date >= span.first)
    if kinds is _HELD:
        days.append(TRANSACTION.c.kind.not_in(_INSIDE))
    query = select(TRANSACTION.c.id).where(*days)
    if len(ids) <= _FEW or wanted.category is not None:
        moved = _joined(TRANSACTION.c.id).where(mine, *days).group_by(TRANSACTION.c.id)
        query = query.where(TRANSACTION.c.id.in_(moved.having(func.sum(POSTING.c.fen) != 0)))
    else:  # from the newest on, until there are enough
        lines = select(func.sum(POSTING.c.fen)).where(
            POSTING.c.transaction_id == TRANSACTION.c.id, mine
        )
        query = query.where(lines.correlate(TRANSACTION).scalar_subquery() != 0)
    query = query.order_by(TRANSACTION.c.date.desc(), TRANSACTION.c.id.desc()).limit(MOST + 1)
    found = list(connection.scalars(query).all())
    return Behind(_postings(connection, found[:MOST], mine), more=len(found) > MOST)


def _joined(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(POSTING)
        .join(ACCOUNT, ACCOUNT.c.id == POSTING.c.account_id)
        .join(TRANSACTION, TRANSACTION.c.id == POSTING.c.transaction_id)
        .outerjoin(BOUND, BOUND.c.id == TRANSACTION.c.commitment_id)
    )


def _whose() -> ColumnElement[Any]:
    """A posting's category: what is bound counts where it was bound for, as in the tree."""
    bound = func.coalesce(BOUND.c.category_id, TRANSACTION.c.category_id)
    spent = ACCOUNT.c.kind == AccountKind.SPENT.value
    return case((spent, TRANSACTION.c.category_id), else_=bound)


def _span(connection: Connection, key: str, wanted: Wanted, month: str | None) -> Span:
    now = rules.period_of(wanted.as_of)
    if month is not None:
        return Span(_first(month), min(_last(month), wanted.as_of))
    if key in ("burn", "ends"):
        return Span(_first(rules.shifted(now, -rules.BURN_MONTHS)), _last(rules.shifted(now, -1)))
    if key == "trend":
        return Span(_first(rules.shifted(now, 1 - rules.TREND_MONTHS)), wanted.as_of)
    if key in ("forecast", "variance"):
        return Span(None, wanted.as_of)
    span = queries.span_of(wanted, queries.fiscal_start(connection))
    return Span(span.first if key in _FLOWS else None, span.last)


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _last(month: str) -> date:
    return date.fromordinal(_first(rules.shifted(month, 1)).toordinal() - 1)


def holders(node: Node) -> tuple[set[int], set[int]]:
    """The identities of the units and of the initiatives that a node is the sum of."""
    units: set[int] = set()
    initiatives: set[int] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.children)
        (units if one.kind == "unit" else initiatives).add(one.id)
    return units, initiatives


def _accounts(
    connection: Connection, node: Node, kinds: tuple[AccountKind, ...]
) -> tuple[list[int], bool]:
    """The node's accounts of some kinds, and whether there are no others of those kinds."""
    units, initiatives = holders(node)
    columns = (ACCOUNT.c.id, ACCOUNT.c.unit_id, ACCOUNT.c.initiative_id)
    query = select(*columns).where(ACCOUNT.c.kind.in_([kind.value for kind in kinds]))
    rows = connection.execute(query).all()
    found = [row[0] for row in rows if row[1] in units or row[2] in initiatives]
    return found, len(found) == len(rows)


def _postings(
    connection: Connection, ids: list[int], mine: ColumnElement[bool]
) -> list[PostingBehind]:
    later = TRANSACTION.alias()
    reversed_by = select(later.c.id).where(later.c.reverses_id == TRANSACTION.c.id)
    names = ("date", "kind", "number", "memo", "partner", "contract")
    query = (
        _joined(
            TRANSACTION.c.id,
            *(TRANSACTION.c[name] for name in names),
            CATEGORY.c.code,
            CATEGORY.c.name,
            TRANSACTION.c.reverses_id,
            reversed_by.correlate(TRANSACTION).scalar_subquery(),
            TRANSACTION.c.attachment_name,
            TRANSACTION.c.attachment_hash,
            ACCOUNT.c.kind,
            func.coalesce(INITIATIVE.c.name, UNIT.c.name),
            POSTING.c.fen,
        )
        .outerjoin(INITIATIVE, INITIATIVE.c.id == ACCOUNT.c.initiative_id)
        .outerjoin(UNIT, UNIT.c.id == ACCOUNT.c.unit_id)
        .outerjoin(CATEGORY, CATEGORY.c.id == TRANSACTION.c.category_id)
        .where(POSTING.c.transaction_id.in_(ids), mine)
        .order_by(TRANSACTION.c.date.desc(), TRANSACTION.c.id.desc(), POSTING.c.position)
    )
    found = []
    for row in connection.execute(query).all():
        values: list[Any] = list(row)
        values[7:9] = [category_label(row[7], row[8]) if row[7] else None]
        found.append(PostingBehind._make(values))
    return found


def _plan(connection: Connection, node: Node, wanted: Wanted) -> Behind:
    version = wanted.plan_version or queries.plan_in_force(connection)
    query = (
        select(func.sum(LINE.c.fen))
        .join(CATEGORY, CATEGORY.c.id == LINE.c.category_id)
        .join(INITIATIVE, INITIATIVE.c.id == LINE.c.initiative_id)
        .where(LINE.c.plan_version_id == version)
    )
    if wanted.category is not None:
        query = query.where(CATEGORY.c.code == wanted.category)
    if node.kind == "initiative":
        keys = (LINE.c.period, CATEGORY.c.code, CATEGORY.c.name)
        query = query.where(LINE.c.initiative_id == node.id).add_columns(*keys).group_by(*keys)
        found = connection.execute(query.order_by(LINE.c.period)).all()
        rows = [PlanBehind(row[1], category_label(row[2], row[3]), int(row[0])) for row in found]
    else:
        _units, initiatives = holders(node)
        query = query.add_columns(INITIATIVE.c.id, INITIATIVE.c.name)
        found = connection.execute(query.group_by(INITIATIVE.c.id, INITIATIVE.c.name)).all()
        rows = [PlanBehind("", row[2], int(row[0])) for row in found if row[1] in initiatives]
        rows.sort(key=lambda row: (-row.fen, row.name))
    return Behind(plan=rows[:MOST], more=len(rows) > MOST)
