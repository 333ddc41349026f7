"""The plan as a sheet: units, their initiatives and categories below one another, months across.

Sums are fen by month. Units and initiatives are added up from one statement; categories are read
only of what is open, so that a programme of thousands opens at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import add, sub
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from ecofolio.budget import rules
from ecofolio.budget.ledger import ACCOUNT, POSTING, TRANSACTION
from ecofolio.budget.queries import CATEGORY, LINE, CategoryRow, Node, categories
from ecofolio.text import _
from ecofolio.vocabulary import AccountKind

Months = tuple[int, ...]
"""Fen by month, in the order of the sheet's months."""
Key = tuple[str, int, str]
"""What a line is of: its kind, the unit's or initiative's identity, the category's code."""
TOTAL: Key = ("total", 0, "")
_FEW = 1000  # initiatives up to which they are named in a statement


@dataclass(frozen=True)
class Source:
    """Where sums come from: a version of the plan, or what was spent."""

    version_id: int | None = None  # None: spend

    @property
    def is_plan(self) -> bool:
        return self.version_id is not None


class Line(NamedTuple):
    """A line of the sheet. `other` is what it is compared with; None without a comparison."""

    key: Key
    name: str
    depth: int
    opens: bool
    own: Months
    other: Months | None

    @property
    def kind(self) -> Literal["total", "unit", "initiative", "category"]:
        return self.key[0]  # type: ignore[return-value]


# --- reading ---------------------------------------------------------------------------------


def by_initiative(
    connection: Connection, source: Source, months: Sequence[str], ids: Collection[int]
) -> dict[int, Months]:
    """The sums of initiatives by month, in one statement."""
    rows = _rows(connection, source, months, ids, by_category=False)
    return {own: tuple(map(int, sums)) for own, *sums in rows if own in ids}


def by_category(
    connection: Connection, source: Source, months: Sequence[str], ids: Collection[int]
) -> dict[tuple[int, str], Months]:
    """The sums of some initiatives by category's code; spend without a category has none."""
    rows = _rows(connection, source, months, ids, by_category=True)
    return {(own, code or ""): tuple(map(int, sums)) for own, code, *sums in rows if own in ids}


def _rows(
    connection: Connection,
    source: Source,
    months: Sequence[str],
    ids: Collection[int],
    *,
    by_category: bool,
) -> list[tuple[Any, ...]]:
    query, sums = (_planned if source.is_plan else _spent)(source, months, by_category)
    holder = LINE.c.initiative_id if source.is_plan else ACCOUNT.c.initiative_id
    keys = [holder, CATEGORY.c.code] if by_category else [holder]
    if len(ids) <= _FEW:
        query = query.where(holder.in_(list(ids)))
    query = query.with_only_columns(*keys, *sums).group_by(*keys)
    return [tuple(row) for row in connection.execute(query).all()]


def _planned(
    source: Source, months: Sequence[str], by_category: bool
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    query = select(LINE.c.fen).where(
        LINE.c.plan_version_id == source.version_id, LINE.c.period.between(months[0], months[-1])
    )
    if by_category:
        query = query.join(CATEGORY, CATEGORY.c.id == LINE.c.category_id)
    return query, [
        func.sum(case((LINE.c.period == month, LINE.c.fen), else_=0)) for month in months
    ]


def _spent(
    _source: Source, months: Sequence[str], by_category: bool
) -> tuple[Select[Any], list[ColumnElement[Any]]]:
    # by day, which an index answers: a transaction's month would be looked up one by one
    after = rules.shifted(months[-1], 1)
    edges = [date.fromisoformat(f"{month}-01") for month in (*months, after)]
    query = (
        select(POSTING.c.fen)
        .join(ACCOUNT, ACCOUNT.c.id == POSTING.c.account_id)
        .where(ACCOUNT.c.kind == AccountKind.SPENT.value)
        .where(POSTING.c.date >= edges[0], POSTING.c.date < edges[-1])
    )
    if by_category:
        query = query.join(TRANSACTION, TRANSACTION.c.id == POSTING.c.transaction_id)
        query = query.outerjoin(CATEGORY, CATEGORY.c.id == TRANSACTION.c.category_id)
    spans = [(POSTING.c.date >= first) & (POSTING.c.date < last) for first, last in pairwise(edges)]
    return query, [func.sum(case((span, POSTING.c.fen), else_=0)) for span in spans]


# --- the sheet -------------------------------------------------------------------------------


class Sheet:
    """Units and initiatives in scope with the sums of one source, and of another beside it."""

    def __init__(
        self,
        nodes: Sequence[Node],
        months: Sequence[str],
        source: Source,
        other: Source | None = None,
        search: str = "",
    ) -> None:
        self.months, self.source, self.other = list(months), source, other
        self.nodes = list(nodes)
        self.is_narrowed = bool(search.strip())
        wanted = search.strip().casefold()
        self.initiatives: dict[int, Node] = {}
        self._kept: set[tuple[str, int]] = set()
        for node in walk(nodes):
            if node.kind == "initiative" and (
                wanted in node.name.casefold() or wanted in node.code.casefold()
            ):
                self.initiatives[node.id] = node
                above: Node | None = node
                while above is not None and (above.kind, above.id) not in self._kept:
                    self._kept.add((above.kind, above.id))
                    above = above.parent
        self._own: dict[tuple[str, int], Months] = {}
        self._beside: dict[tuple[str, int], Months] = {}
        self._categories: list[CategoryRow] = []

    def above(self, initiative_id: int) -> list[tuple[str, int]]:
        """The kinds and identities of the lines that an initiative's sums are part of."""
        found, node = [("total", 0)], self.initiatives.get(initiative_id)
        while node is not None:
            found.append((node.kind, node.id))
            node = node.parent
        return found

    def read(self, connection: Connection) -> None:
        """Read the sums of all that is shown."""
        ids = self.initiatives.keys()
        self._categories = categories(connection)
        self._own = self._added(by_initiative(connection, self.source, self.months, ids))
        if self.other is not None:
            found = by_initiative(connection, self.other, self.months, ids)
            self._beside = self._added(found)

    def _added(self, sums: Mapping[int, Months]) -> dict[tuple[str, int], Months]:
        nothing = (0,) * len(self.months)
        found: dict[tuple[str, int], Months] = {}

        def sum_of(node: Node) -> Months:
            if node.kind == "initiative":
                whole = sums.get(node.id, nothing) if node.id in self.initiatives else nothing
            else:
                whole = _together(map(sum_of, node.children), nothing)
            found[node.kind, node.id] = whole
            return whole

        found["total", 0] = _together(map(sum_of, self.nodes), nothing)
        return found

    def follow(self, connection: Connection, ids: Collection[int]) -> None:
        """Read the sums of some initiatives again, and carry the differences up."""
        ids = [one for one in ids if one in self.initiatives]
        for sums, source in ((self._own, self.source), (self._beside, self.other)):
            if source is None:
                continue
            fresh = by_initiative(connection, source, self.months, ids)
            for own in ids:
                old = sums["initiative", own]
                new = fresh.get(own, (0,) * len(self.months))
                more = tuple(map(sub, new, old))
                for key in self.above(own):
                    sums[key] = tuple(map(add, sums[key], more))

    def renewed(
        self, connection: Connection, lines: Sequence[Line], ids: Collection[int]
    ) -> dict[int, Line]:
        """By place, those of the lines that sums of some initiatives stand in, as they are now."""
        keys = {key for own in ids for key in self.above(own)}
        places = {
            place: line
            for place, line in enumerate(lines)
            if line.key[:2] in keys or (line.kind == "category" and line.key[1] in ids)
        }
        shown = {line.key[1] for line in places.values() if line.kind == "category"}
        own, beside = self._of_categories(connection, shown)
        nothing, found = (0,) * len(self.months), {}
        for place, line in places.items():
            if line.kind == "category":
                other = beside.get(line.key[1:], nothing) if self.other is not None else None
                sums = own.get(line.key[1:], nothing)
            else:
                other = self._beside[line.key[:2]] if self.other is not None else None
                sums = self._own[line.key[:2]]
            found[place] = line._replace(own=sums, other=other)
        return found

    def lines(
        self, connection: Connection, opened: Collection[Key], *, writable: bool
    ) -> list[Line]:
        """The lines that stand open, the total first. In what is writable every category in use
        stands, else those with a sum."""
        open_ids = {
            key[1] for key in opened if key[0] == "initiative" and key[1] in self.initiatives
        }
        own, beside = self._of_categories(connection, open_ids)
        found = [self._line(TOTAL, _("Total"), 0, opens=False)]

        def lay(node: Node, depth: int) -> None:
            key: Key = (node.kind, node.id, "")
            if key[:2] not in self._kept:
                return
            found.append(self._line(key, node.name, depth, opens=True))
            if key not in opened and not (self.is_narrowed and node.children):
                return
            if node.kind == "initiative":
                found.extend(self._inside(node.id, depth + 1, own, beside, writable))
            for child in node.children:
                lay(child, depth + 1)

        for node in self.nodes:
            lay(node, 0)
        return found

    def _of_categories(
        self, connection: Connection, ids: set[int]
    ) -> tuple[dict[tuple[int, str], Months], dict[tuple[int, str], Months]]:
        if not ids:
            return {}, {}
        own = by_category(connection, self.source, self.months, ids)
        if self.other is None:
            return own, {}
        return own, by_category(connection, self.other, self.months, ids)

    def _line(self, key: Key, name: str, depth: int, *, opens: bool) -> Line:
        place = key[:2]
        other = self._beside[place] if self.other is not None else None
        return Line(key, name, depth, opens, self._own[place], other)

    def _inside(
        self,
        initiative_id: int,
        depth: int,
        own: Mapping[tuple[int, str], Months],
        beside: Mapping[tuple[int, str], Months],
        writable: bool,
    ) -> Iterable[Line]:
        nothing = (0,) * len(self.months)
        rows = [(one.code, one.label, one.retired) for one in self._categories]
        for code, name, retired in [*rows, ("", _("without a category"), True)]:
            key = (initiative_id, code)
            known = key in own or key in beside
            if known or (writable and not retired):
                other = beside.get(key, nothing) if self.other is not None else None
                line: Key = ("category", initiative_id, code)
                yield Line(line, name, depth, False, own.get(key, nothing), other)


def _together(parts: Iterable[Months], nothing: Months) -> Months:
    return tuple(map(sum, zip(nothing, *parts, strict=True)))


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Nodes and all below them."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.children)
