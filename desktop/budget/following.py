"""What a posting changes in the picture of money, without reading all of a large ledger again."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from ecofolio.budget import approvals, picture, queries, rounds, rules
from ecofolio.budget.courses import read_courses
from ecofolio.budget.ledger import ACCOUNT, POSTING
from ecofolio.budget.picture import Picture
from ecofolio.budget.plan_following import Touched, touched
from ecofolio.budget.queries import NOTHING, Figures, Node, Span, Wanted
from ecofolio.initiatives.desk import undisturbed
from ecofolio.initiatives.scope import Scope
from ecofolio.store import journal
from ecofolio.store.workspace import Changed, Workspace
from ecofolio.vocabulary import AccountKind

_MANY = 400  # units and initiatives
_MOST = 200  # transactions; where there are more, all is read again
_FOLLOWED = {
    "ledger_transaction",
    "account",
    "request",
    "funding_round",
    "round_party",
    "initiative",
}
_PLANNED = {"plan_line", "category"}  # a category is put on record when it is first used
_FORESEEN = ("plan", "forecast", "burn", "early")
Key = tuple[str, int]


class Following:
    """A picture that is kept up to date: its nodes are changed in place."""

    def __init__(self, seen: Picture, nodes: Mapping[Key, Node] | None = None) -> None:
        self.picture = seen
        self.touched: dict[Key, Node] = {}  # by what was taken in
        self.planned = Touched()  # in drafts of the plan
        self._nodes = nodes or nodes_of(seen)

    def take(self, connection: Connection, changed: Changed) -> bool:
        """Take in a change; False where all has to be read again.

        That is where more changed than money, or too much, or where others did it, who may have
        done several things at once.
        """
        seen, records = self.picture, changed.records
        if changed.ours and "plan_line" in records and records.keys() <= _PLANNED:
            return self._take_plan(connection, changed)
        ids = sorted(records.get("ledger_transaction", ()))
        if not changed.ours or seen.is_empty or seen.wanted.category or len(ids) > _MOST:
            return False
        # who owns a transaction or request is touched with it
        if not records.keys() <= _FOLLOWED or records.keys() == {"initiative"}:
            return False
        lines, start = _lines(connection, ids), queries.fiscal_start(connection)
        if any(rules.fiscal_year_of(line.date, start) not in seen.years for line in lines):
            return False
        trends = dict(seen.trends)
        span = queries.span_of(seen.wanted, start)
        nodes = {key: self._nodes[key] for line in lines if (key := line.key) in self._nodes}
        self.touched |= _with_those_above(nodes)
        for line in lines:
            if line.key in nodes:
                _add(nodes[line.key], line, span, trends, seen.wanted.as_of)
        _foresee(connection, seen, [node for node in nodes.values() if node.kind == "initiative"])
        self.picture = replace(
            seen,
            unequal=self._unequal(),
            trends=trends,
            requests=approvals.requests(connection) if "request" in records else seen.requests,
            # a reversal changes the round that was posted with it
            rounds=rounds.rounds(connection)
            if seen.rounds or "funding_round" in records
            else seen.rounds,
        )
        return True

    def _take_plan(self, connection: Connection, changed: Changed) -> bool:
        """A draft of the plan says nothing of the money yet."""
        ids = sorted(changed.records["plan_line"])
        if len(ids) > _MOST:
            return False
        found = touched(connection, changed.change_id, ids)
        shown = self.picture.wanted.plan_version or queries.plan_in_force(connection)
        if shown in found.versions:
            return False
        self.planned.add(found)
        return True

    def _unequal(self) -> queries.Inequality:
        """Only money that came or went makes another; what is spent was there before."""
        before = self.picture.unequal
        units = [self._nodes["unit", one.unit_id] for one in before.units]
        if all(node.funds == one.funds for node, one in zip(units, before.units, strict=True)):
            return before
        return queries.inequality_of(units)


def nodes_of(seen: Picture) -> dict[Key, Node]:
    """All nodes of a picture, by what they are."""
    found: dict[Key, Node] = {}
    waiting = list(seen.nodes)
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        found[node.kind, node.id] = node
    return found


class _Line(NamedTuple):
    """A posting that is new: whose, on which of their accounts, its day and fen."""

    key: Key
    account: AccountKind
    date: date
    fen: int

    def figures(self, span: Span) -> Figures:
        """What it adds to the figures of whose it is."""
        held = self.fen if span.last is None or self.date <= span.last else 0
        flow = held if span.first is None or self.date >= span.first else 0
        if self.account is AccountKind.POOL:
            return NOTHING._replace(granted=flow, pool=held)
        found = NOTHING._replace(granted=flow, allocated=flow)
        own = flow if self.account is AccountKind.SPENT else held
        return found._replace(**{self.account.value: own})


def _lines(connection: Connection, ids: list[int]) -> list[_Line]:
    columns = (ACCOUNT.c.kind, ACCOUNT.c.unit_id, ACCOUNT.c.initiative_id)
    query = (
        select(*columns, POSTING.c.date, POSTING.c.fen)
        .join(ACCOUNT, ACCOUNT.c.id == POSTING.c.account_id)
        .where(POSTING.c.transaction_id.in_(ids), ACCOUNT.c.kind != AccountKind.GRANT.value)
    )
    return [
        _Line(
            ("unit", unit_id) if unit_id is not None else ("initiative", own),
            AccountKind(kind),
            on,
            int(fen),
        )
        for kind, unit_id, own, on, fen in connection.execute(query).all()
    ]


def _with_those_above(touched: Mapping[Key, Node]) -> dict[Key, Node]:
    found: dict[Key, Node] = {}
    for node in touched.values():
        at: Node | None = node
        while at is not None:
            found[at.kind, at.id] = at
            at = at.parent
    return found


def _add(
    node: Node, line: _Line, span: Span, trends: dict[Key, picture.Trend], as_of: date
) -> None:
    """Add a posting to a node and all above it."""
    more = line.figures(span)
    back = rules.months_from(rules.period_of(line.date), rules.period_of(as_of))
    spent = line.account is AccountKind.SPENT and line.date <= as_of
    at: Node | None = node
    while at is not None:
        at.figures = at.figures.plus(more)
        if spent and 0 <= back < rules.TREND_MONTHS:
            sums = list(trends[at.kind, at.id])
            sums[-1 - back] += line.fen
            trends[at.kind, at.id] = tuple(sums)
        at = at.parent


def _foresee(connection: Connection, seen: Picture, nodes: list[Node]) -> None:
    """Work out anew what initiatives will have cost, and add the difference to all above them."""
    ids = [node.id for node in nodes]
    version = seen.wanted.plan_version or queries.plan_in_force(connection)
    courses = read_courses(connection, seen.wanted.as_of, version, None, ids)
    own = queries.INITIATIVE
    due = select(own.c.id, own.c.due_date).where(own.c.id.in_(ids))
    days: dict[int, date | None] = {row.id: row.due_date for row in connection.execute(due).all()}
    for node in nodes:
        before = [getattr(node, name) for name in _FORESEEN]
        node.course = node.outlook = None
        for name in _FORESEEN:
            setattr(node, name, 0)
        queries.foresee(node, courses, days.get(node.id))
        above = node.parent
        while above is not None:
            for name, old in zip(_FORESEEN, before, strict=True):
                setattr(above, name, getattr(above, name) + getattr(node, name) - old)
            above = above.parent


# --- for a page ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Snapshot:
    """A picture with its nodes, what was asked for, and the change up to which it was read.

    `head` is None where something was committed while it was read.
    """

    asked: object
    picture: Picture
    nodes: Mapping[Key, Node]  # looked for here, in the reading's thread, not at the first posting
    head: int | None


def read(connection: Connection, wanted: Wanted, scope: Scope, currency: str) -> Snapshot:
    """The picture of a scope, to begin with."""
    before = journal.head(connection).id
    with undisturbed():
        found = picture.read(connection, wanted, scope, currency)
        nodes = nodes_of(found)
        if len(found.trends) > _MANY:
            # nor is it looked through again before it is painted, or between two postings
            gc.freeze()
    after = journal.head(connection).id
    return Snapshot((wanted, scope, currency), found, nodes, after if before == after else None)


class Follower:
    """Hears of changes, and takes them into the picture that was read last."""

    def __init__(self, workspace: Workspace) -> None:
        self._heard: deque[Changed] = deque()  # on whichever thread committed
        self.stop = workspace.subscribe(self._heard.append)
        self._shown: Snapshot | None = None
        self._following: Following | None = None

    def begin(self, shown: Snapshot) -> None:
        """Follow from this picture on."""
        self._shown, self._following = shown, None

    @property
    def touched(self) -> list[Node]:
        """The nodes whose figures changed when it last caught up."""
        return list(self._following.touched.values()) if self._following else []

    @property
    def planned(self) -> Touched:
        """What changed in drafts of the plan when it last caught up."""
        return self._following.planned if self._following else Touched()

    def catch_up(self, connection: Connection, asked: object) -> Picture | None:
        """The picture with all that was heard since; None where all has to be read again."""
        heard = [self._heard.popleft() for _n in range(len(self._heard))]
        shown, self._shown = self._shown, None
        if shown is None or shown.head is None or shown.asked != asked:
            return None
        fresh = [one for one in heard if one.change_id > (shown.head or 0)]
        self._following = self._following or Following(shown.picture, shown.nodes)
        self._following.touched.clear()
        self._following.planned = Touched()
        if not fresh or not all(self._following.take(connection, one) for one in fresh):
            return None
        self._shown = replace(shown, picture=self._following.picture, head=fresh[-1].change_id)
        return self._following.picture
