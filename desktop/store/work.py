"""The one way to write: an action's hands within a transaction.

Everything an action writes passes through `Work`, which remembers each row before and after;
the journal entry is made of that when the transaction commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from ecofolio.errors import InputError, StaleError
from ecofolio.store.base import Record, table_of
from ecofolio.store.model import Counter
from ecofolio.store.values import Row
from ecofolio.text import _

_CHUNK = 500


def say(message: str) -> dict[str, str]:
    """An argument of a label that is itself a message to be translated."""
    return {"say": message}


@dataclass
class Touched:
    """One row of the transaction: full rows where it was made or taken away, else the changes."""

    record: type[Record]
    id: int
    owner: tuple[str, int] | None
    before: Row | None
    after: Row | None


class Work:
    """What an action may do. `now` is UTC, `today` the local day, `actor` who is acting.

    `kind` is `setup` for what a new programme starts with, which Undo passes over.
    """

    def __init__(self, connection: Connection, actor: str, now: datetime) -> None:
        self.connection = connection
        self.actor = actor
        self.now = now
        self.kind = "do"  # or undo, redo, setup
        self.target: int | None = None  # the change that an undo or redo is about
        self.message = ""
        self.arguments: dict[str, Any] = {}
        self._touched: dict[tuple[str, int], Touched] = {}
        self._next: dict[str, int] = {}

    @property
    def today(self) -> date:
        """The acting person's local day."""
        return self.now.astimezone().date()

    def label(self, message: str, **arguments: str | int | dict[str, str]) -> None:
        """Name the change for menus and history: an `N_` message and its arguments.

        `field=say("Stage")` has the argument translated as well.
        """
        self.message, self.arguments = message, arguments

    def touched(self) -> list[Touched]:
        """The rows whose values differ from before the transaction, in the order of touching."""
        found = []
        for row in self._touched.values():
            if row.before is not None and row.after is not None:
                kept = [name for name in row.after if row.before[name] != row.after[name]]
                row.before = {name: row.before[name] for name in kept}
                row.after = {name: row.after[name] for name in kept}
            if row.before or row.after:
                found.append(row)
        return found

    def rows(self, record: type[Record], ids: Iterable[int]) -> dict[int, Row]:
        """The present rows by identity; what does not exist is left out."""
        table, wanted, found = table_of(record), list(ids), {}
        for start in range(0, len(wanted), _CHUNK):
            query = select(table).where(table.c.id.in_(wanted[start : start + _CHUNK]))
            for row in self.connection.execute(query):
                found[row.id] = dict(row._mapping)
        return found

    def row(self, record: type[Record], identity: int) -> Row:
        """The present row; `InputError` where it no longer exists."""
        found = self.rows(record, [identity]).get(identity)
        if found is None:
            raise InputError(_("This record no longer exists: somebody deleted it meanwhile."))
        return found

    def insert(self, record: type[Record], rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Add rows and return their identities; columns that are not named get their default."""
        if not rows:
            return []
        table = table_of(record)
        defaults = {
            column.name: column.default.arg if column.default is not None else None  # type: ignore[attr-defined]
            for column in table.columns
        }
        first = self._reserve(table, len(rows))
        full = [{**defaults, **row, "id": first + n} for n, row in enumerate(rows)]
        self._add(record, full)
        return list(range(first, first + len(rows)))

    def update(
        self,
        record: type[Record],
        identity: int,
        values: Mapping[str, Any],
        expect: int | None = None,
    ) -> bool:
        """Set columns of one row; False where nothing differs.

        `expect` is the version that was shown: `StaleError` where the row has moved on.
        """
        old = self.row(record, identity)
        if expect is not None and old["version"] != expect:
            raise StaleError(
                _("Somebody else changed this meanwhile: look at the new values and try again.")
            )
        return bool(self._change(record, {identity: old}, {identity: values}))

    def update_many(
        self, record: type[Record], values: Mapping[int, Mapping[str, Any]]
    ) -> list[int]:
        """Set columns of many rows; the identities of those that differ."""
        old = self.rows(record, values)
        if len(old) < len(values):
            raise InputError(_("A record no longer exists: somebody deleted it meanwhile."))
        return self._change(record, old, values)

    def delete(self, record: type[Record], ids: Iterable[int]) -> None:
        """Take rows away; those that are gone already are passed over."""
        table = table_of(record)
        old = self.rows(record, ids)
        for identity, row in old.items():
            self._remember(record, identity, row, row, None)
        wanted = list(old)
        for start in range(0, len(wanted), _CHUNK):
            self.connection.execute(
                delete(table).where(table.c.id.in_(wanted[start : start + _CHUNK]))
            )

    def put_back(self, record: type[Record], rows: Sequence[Row]) -> None:
        """Add rows under the identities that they had (undo of a deletion)."""
        self._add(record, [dict(row) for row in rows])

    def save_counters(self) -> None:
        """Store the identities that were given out; called once, before the commit."""
        if not self._next:
            return
        table = table_of(Counter)
        self.connection.execute(delete(table).where(table.c.name.in_(self._next)))
        rows = [{"name": name, "next": following} for name, following in self._next.items()]
        self.connection.execute(insert(table), rows)

    def _reserve(self, table: Table, count: int) -> int:
        if table.name not in self._next:
            counter = table_of(Counter)
            found = self.connection.scalar(
                select(counter.c.next).where(counter.c.name == table.name)
            )
            self._next[table.name] = found or 1
        first = self._next[table.name]
        self._next[table.name] += count
        return first

    def _add(self, record: type[Record], rows: Sequence[Row]) -> None:
        if not rows:
            return
        self.connection.execute(insert(table_of(record)), rows)
        for row in rows:
            self._remember(record, row["id"], row, None, row)

    def _change(
        self,
        record: type[Record],
        old: Mapping[int, Row],
        values: Mapping[int, Mapping[str, Any]],
    ) -> list[int]:
        groups: dict[tuple[str, ...], list[Row]] = {}
        changed: list[int] = []
        for identity, wanted in values.items():
            row = old[identity]
            new = {name: value for name, value in wanted.items() if row[name] != value}
            if not new:
                continue
            changed.append(identity)
            before = {name: row[name] for name in new}
            self._remember(record, identity, row, before, new)
            parameters = {f"new_{name}": value for name, value in new.items()}
            groups.setdefault(tuple(sorted(new)), []).append(
                {**parameters, "old_id": identity, "new_version": row["version"] + 1}
            )
        table = table_of(record)
        for names, parameters_list in groups.items():
            columns: dict[str, Any] = {
                name: bindparam(f"new_{name}") for name in (*names, "version")
            }
            statement = update(table).where(table.c.id == bindparam("old_id")).values(columns)
            self.connection.execute(statement, parameters_list)
        return changed

    def _remember(
        self, record: type[Record], identity: int, full: Row, before: Row | None, after: Row | None
    ) -> None:
        key = (record.__tablename__, identity)
        earlier = self._touched.get(key)
        if earlier is None:
            owner = (record.owner[0], full[record.owner[1]]) if record.owner else None
            self._touched[key] = Touched(record, identity, owner, before, after)
            return
        if earlier.after is None:  # taken away before, now put back
            assert earlier.before is not None and after is not None
            whole = earlier.before
            earlier.before = {name: whole[name] for name in after if name != "version"}
            earlier.after = {name: after[name] for name in earlier.before}
        elif after is None:
            if earlier.before is None:
                del self._touched[key]
            else:
                earlier.before, earlier.after = {**full, **earlier.before}, None
        else:
            if earlier.before is not None:
                earlier.before = {**(before or {}), **earlier.before}
            earlier.after = {**earlier.after, **after}
