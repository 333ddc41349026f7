"""Which initiatives a table shows and in what order: index lists over rows in memory.

Nothing is worked out before it is asked for, and what a keystroke or an edit does not touch is
kept, so that both stay within a frame with ten thousand rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ecofolio.initiatives.columns import Column
from ecofolio.initiatives.fields import Kind
from ecofolio.initiatives.queries import InitiativeRow, haystack

_FEW = 64  # changes up to which moving rows one by one beats sorting anew


@dataclass(frozen=True)
class Sort:
    """One column to sort by."""

    key: str
    descending: bool = False


@dataclass(frozen=True)
class Condition:
    """What a column's cells must be: among some values, containing a text, within a range.

    Values are as stored, so that a saved view means the same in another language.
    """

    values: frozenset[Any] | None = None
    contains: str = ""
    low: Any = None
    high: Any = None

    @property
    def is_open(self) -> bool:
        """Whether it lets everything through."""
        return self == Condition()

    def holds(self, column: Column, row: InitiativeRow) -> bool:
        """Whether a row meets it; a blank is in no range."""
        if self.values is not None and column.value(row) not in self.values:
            return False
        if self.contains and self.contains.casefold() not in column.text(row).casefold():
            return False
        if self.low is None and self.high is None:
            return True
        value = column.order(row)
        if value is None:
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def as_plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        found: dict[str, Any] = {}
        if self.values is not None:
            said = [list(one) if isinstance(one, tuple) else one for one in self.values]
            found["values"] = sorted(said, key=repr)
        if self.contains:
            found["contains"] = self.contains
        for key in ("low", "high"):
            bound = getattr(self, key)
            if bound is not None:
                found[key] = bound.isoformat() if isinstance(bound, date) else bound
        return found

    @classmethod
    def from_plain(cls, column: Column, found: Any) -> Condition:
        """What `as_plain` gave; what can not be understood is left out."""
        if not isinstance(found, dict):
            return cls()
        values, contains = found.get("values"), found.get("contains")
        try:
            low, high = (_bound(column, found.get(key)) for key in ("low", "high"))
        except (TypeError, ValueError):
            low = high = None
        return cls(
            frozenset(tuple(one) if isinstance(one, list) else one for one in values)
            if isinstance(values, list)
            else None,
            contains if isinstance(contains, str) else "",
            low,
            high,
        )


def _bound(column: Column, found: Any) -> Any:
    if found is None:
        return None
    return date.fromisoformat(found) if column.kind is Kind.DATE else float(found)


class Count(NamedTuple):
    """How many rows have a value, and the value in words."""

    value: Any
    text: str
    n: int


@dataclass
class Group:
    """Rows that have the same text in a column."""

    text: str
    members: list[int] = field(default_factory=list)


class Arrangement:
    """Rows, and `lines`: what is shown from top to bottom.

    A line of 0 or more is the index of a row; a negative one is the heading of the group `~line`.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = {column.key: column for column in columns}
        self.rows: list[InitiativeRow] = []
        self.lines: list[int] = []
        self.groups: list[Group] = []
        self.sorts: tuple[Sort, ...] = ()
        self.conditions: dict[str, Condition] = {}
        self.group_key = ""
        self.collapsed: set[str] = set()
        self.words: tuple[str, ...] = ()
        self.shown = 0
        self._place: dict[int, int] = {}
        self._within: Callable[[InitiativeRow], bool] | None = None
        self._order: list[int] | None = None
        self._base: bytearray | None = None
        self._hay: list[str] = []  # of the first rows, as far as they were made
        self._keys: dict[str, list[Any]] = {}
        self._by_code = True  # whether `rows` still stand in the order of their codes

    # --- what there is -----------------------------------------------------------------------

    def fill(self, rows: list[InitiativeRow]) -> None:
        """Take all rows, sorted by code."""
        self.rows = rows
        self._place = {row.id: place for place, row in enumerate(rows)}
        self._order = self._base = None
        self._hay = []
        self._by_code = True
        self._keys.clear()
        self.arrange()

    def row_of(self, identity: int) -> InitiativeRow | None:
        """The row of an initiative, shown or not."""
        place = self._place.get(identity)
        return None if place is None else self.rows[place]

    def place_of(self, identity: int) -> int | None:
        """The index of an initiative in `rows`."""
        return self._place.get(identity)

    @property
    def total(self) -> int:
        """How many initiatives there are, shown or not."""
        return len(self._place)

    def in_scope(self) -> int:
        """How many are within the scope, whatever the filters."""
        if self._within is None:
            return self.total
        within = self._within
        return sum(within(self.rows[place]) for place in self._place.values())

    def apply(self, changed: Mapping[int, InitiativeRow | None]) -> bool:
        """Take changed, new (any identity that is not known) and deleted (None) rows.

        Whether the lines are others than before.
        """
        before, self._by_code = self.lines, False
        for identity, row in changed.items():
            place = self._place.get(identity)
            if row is None:
                if place is not None:
                    del self._place[identity]
                    self._forget(place)
            elif place is None:
                self._add(row)
            else:
                self._replace(place, row)
        if len(changed) > _FEW:
            self._order = None
            self._keys.clear()
        self.arrange()
        return before != self.lines

    def relight(self, changed: Mapping[int, InitiativeRow | None]) -> bool:
        """Take rows that differ in their lights alone; whether the lines are others than before."""
        before = self.lines
        for identity, row in changed.items():
            if row is not None and identity in self._place:
                self.rows[self._place[identity]] = row
        self._base = None
        self._keys.pop("light", None)
        if any(sort.key == "light" for sort in self.sorts):
            self._order = None
        self.arrange()
        return before != self.lines

    def _forget(self, place: int) -> None:
        if self._base is not None:
            self._base[place] = 0
        if self._order is not None:
            self._order.remove(place)

    def _add(self, row: InitiativeRow) -> None:
        place = len(self.rows)
        self.rows.append(row)
        self._place[row.id] = place
        for key, keys in self._keys.items():
            keys.append(self.columns[key].order(row))
        if self._base is not None:
            self._base.append(self._passes(row))
        if self._order is not None:
            self._insert(place)

    def _replace(self, place: int, row: InitiativeRow) -> None:
        moved, sorted_by = row.code != self.rows[place].code, {sort.key for sort in self.sorts}
        self.rows[place] = row
        if place < len(self._hay):
            self._hay[place] = haystack(row)
        if self._base is not None:
            self._base[place] = self._passes(row)
        for key, keys in self._keys.items():
            new = self.columns[key].order(row)
            moved = moved or (key in sorted_by and new != keys[place])
            keys[place] = new
        if moved and self._order is not None:
            self._order.remove(place)
            self._insert(place)

    def _insert(self, place: int) -> None:
        order = self._order
        assert order is not None
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            if self._stands_before(place, order[middle]):
                high = middle
            else:
                low = middle + 1
        order.insert(low, place)

    def _stands_before(self, one: int, other: int) -> bool:
        for sort in self.sorts:
            keys = self._keys_of(sort.key)
            a, b = keys[one], keys[other]
            if a == b:
                continue
            if a is None or b is None:
                return b is None
            return bool(a > b if sort.descending else a < b)
        return self.rows[one].code < self.rows[other].code

    # --- what is wanted ----------------------------------------------------------------------

    def set_scope(self, within: Callable[[InitiativeRow], bool] | None) -> None:
        """Show only rows for which `within` holds."""
        self._within = within
        self._base = None
        self.arrange()

    def set_conditions(self, conditions: Mapping[str, Condition]) -> None:
        """Show only rows that meet the conditions of all these columns."""
        self.conditions = {
            key: one for key, one in conditions.items() if key in self.columns and not one.is_open
        }
        self._base = None
        self.arrange()

    def set_text(self, text: str) -> None:
        """Show only rows in which every word is found."""
        self.words = tuple(text.lower().split())
        self.arrange()

    def set_sorts(self, sorts: Iterable[Sort]) -> None:
        """Sort by these columns, the first counting most."""
        self.sorts = tuple(sort for sort in sorts if sort.key in self.columns)
        self._order = None
        self.arrange()

    def set_group(self, key: str) -> None:
        """Group by a column; by none with an empty key."""
        self.group_key = key if key in self.columns else ""
        self.collapsed.clear()
        self.arrange()

    def set_all(
        self, sorts: Iterable[Sort], conditions: Mapping[str, Condition], group: str
    ) -> None:
        """Take up a whole view."""
        self.set_sorts(sorts)
        self.set_conditions(conditions)
        self.set_group(group)

    def toggle(self, group: int) -> None:
        """Fold a group away or open it."""
        self.collapsed ^= {self.groups[group].text}
        self.arrange()

    def fold(self, folded: bool) -> None:
        """Fold all groups away or open them."""
        self.collapsed = {group.text for group in self.groups} if folded else set()
        self.arrange()

    # --- working it out ----------------------------------------------------------------------

    def arrange(self) -> None:
        """Work out `lines` from what is kept and what was dropped."""
        base, order = self._visible(), self._sorted()
        if self.words:
            hay, words = self.haystacks(), self.words
            if len(words) == 1:
                word = words[0]
                found = [place for place in order if base[place] and word in hay[place]]
            else:
                found = [
                    place
                    for place in order
                    if base[place] and all(word in hay[place] for word in words)
                ]
        else:
            found = [place for place in order if base[place]]
        self.shown = len(found)
        if self.group_key:
            self._group(found)
        else:
            self.groups = []
            self.lines = found

    def haystacks(self, some: int | None = None) -> list[str]:
        """What each row's free text is looked for in, made once: all that are missing, or some."""
        begin = len(self._hay)
        end = None if some is None else begin + some
        self._hay += map(haystack, self.rows[begin:end])
        return self._hay

    def _group(self, found: list[int]) -> None:
        column = self.columns[self.group_key]
        groups: dict[str, Group] = {}
        for place in found:
            text = column.text(self.rows[place])
            group = groups.get(text)
            if group is None:
                group = groups[text] = Group(text)
            group.members.append(place)
        keyed = [(column.order(self.rows[group.members[0]]), group) for group in groups.values()]
        known = sorted((one for one in keyed if one[0] is not None), key=lambda one: one[0])
        self.groups = [group for _key, group in known]
        self.groups += [group for key, group in keyed if key is None]
        lines: list[int] = []
        for number, group in enumerate(self.groups):
            lines.append(~number)
            if group.text not in self.collapsed:
                lines += group.members
        self.lines = lines

    def _visible(self) -> bytearray:
        if self._base is None:
            base = bytearray(len(self.rows))
            passes = self._passes if self.conditions else self._within
            for place in self._place.values():
                base[place] = passes is None or passes(self.rows[place])
            self._base = base
        return self._base

    def _passes(self, row: InitiativeRow) -> bool:
        if self._within is not None and not self._within(row):
            return False
        return all(one.holds(self.columns[key], row) for key, one in self.conditions.items())

    def _sorted(self) -> list[int]:
        if self._order is None:
            order = list(self._place.values())
            if not self._by_code:
                order.sort(key=lambda place: self.rows[place].code)
            for sort in reversed(self.sorts):
                keys = self._keys_of(sort.key)
                blank = [place for place in order if keys[place] is None]
                order = [place for place in order if keys[place] is not None]
                order.sort(key=keys.__getitem__, reverse=sort.descending)
                order += blank
            self._order = order
        return self._order

    def _keys_of(self, key: str) -> list[Any]:
        keys = self._keys.get(key)
        if keys is None:
            order = self.columns[key].order
            keys = self._keys[key] = [order(row) for row in self.rows]
        return keys

    def counts(self, key: str) -> list[Count]:
        """How many rows have each value of a column, under all conditions but its own."""
        column, others = self.columns[key], {**self.conditions}
        others.pop(key, None)
        found: dict[Any, list[Any]] = {}
        for place in self._place.values():
            row = self.rows[place]
            if self._within is not None and not self._within(row):
                continue
            if all(one.holds(self.columns[other], row) for other, one in others.items()):
                value = column.value(row)
                have = found.get(value)
                if have is None:
                    found[value] = [column.order(row), column.text(row), 1]
                else:
                    have[2] += 1
        known = sorted((one for one in found.items() if one[1][0] is not None), key=_by_order)
        blank = [one for one in found.items() if one[1][0] is None]
        return [Count(value, text, n) for value, (_key, text, n) in (*known, *blank)]


def _by_order(one: tuple[Any, list[Any]]) -> Any:
    return one[1][0]
