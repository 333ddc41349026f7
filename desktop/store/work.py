"""The one way to write: an action's hands within a transaction.

Everything an action writes passes through `Work`, which remembers each row before and after;
the journal entry is made of that when the transaction commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Delete,
    Select,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
    update,
)

from ecofolio.errors import InputError, StaleError
from ecofolio.store.base import Base, Record, record_classes, table_of
from ecofolio.store.bulk import insert_rows, read_records
from ecofolio.store.model import ChangeRow
from ecofolio.store.values import Row
from ecofolio.text import _, ngettext

_CHUNK = 500
_ROW = table_of(ChangeRow)


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
        wanted, found = list(ids), {}
        query = _ask_rows(table_of(record))
        for start in range(0, len(wanted), _CHUNK):
            chosen = {"ids": wanted[start : start + _CHUNK]}
            for row in read_records(self.connection, query, chosen):
                found[row["id"]] = row
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
        self,
        record: type[Record],
        values: Mapping[int, Mapping[str, Any]],
        old: Mapping[int, Row] | None = None,
    ) -> list[int]:
        """Set columns of many rows; the identities of those that differ.

        `old` are the present rows, where the caller knows them, by identity.
        """
        old = self.rows(record, values) if old is None else old
        if len(old) < len(values):
            raise InputError(_("A record no longer exists: somebody deleted it meanwhile."))
        return self._change(record, old, values)

    def delete(self, record: type[Record], ids: Iterable[int] | Mapping[int, Row]) -> None:
        """Take rows away; those that are gone already are passed over.

        Where the caller knows the present rows, it may hand them over by identity.
        """
        table = table_of(record)
        old = ids if isinstance(ids, Mapping) else self.rows(record, ids)
        wanted = list(old)
        self._refuse_lasting(record, wanted)
        for identity, row in old.items():
            self._remember(record, identity, row, row, None)
        for start in range(0, len(wanted), _CHUNK):
            self.connection.execute(_take_away(table), {"ids": wanted[start : start + _CHUNK]})

    def _refuse_lasting(self, record: type[Record], ids: Sequence[int]) -> None:
        """`InputError` where rows are, or are referred to by, what is never deleted."""
        if ids and record.stays:
            raise InputError(_(record.stays))
        for keeper in record_classes().values():
            if not keeper.stays:
                continue
            for key in table_of(keeper).foreign_keys:
                if key.column.table is not table_of(record):
                    continue
                for start in range(0, len(ids), _CHUNK):
                    some = {"ids": ids[start : start + _CHUNK]}
                    if self.connection.scalar(_ask_held(key.parent), some):
                        raise InputError(_(keeper.stays))

    def refuse_referred(self, record: type[Record], ids: Sequence[int], name: str) -> None:
        """`InputError` where other records point to some that are to be deleted."""
        self._refuse_lasting(record, ids)  # whose own sentence says more
        target, count = table_of(record), 0
        for table in Base.metadata.tables.values():
            for key in table.foreign_keys:
                if key.column.table is target:
                    for start in range(0, len(ids), _CHUNK):
                        here = key.parent.in_(ids[start : start + _CHUNK])
                        query = select(func.count()).select_from(table).where(here)
                        count += self.connection.scalar(query) or 0
        if count:
            raise InputError(
                ngettext(
                    "“{name}” can not be deleted: {n} record on another page refers to it.",
                    "“{name}” can not be deleted: {n} records on other pages refer to it.",
                    count,
                ).format(name=name, n=count)
            )

    def put_back(self, record: type[Record], rows: Sequence[Row]) -> None:
        """Add rows under the identities that they had (undo of a deletion)."""
        self._add(record, [dict(row) for row in rows])

    def _reserve(self, table: Table, count: int) -> int:
        """The first of `count` identities that no record of the journal ever had."""
        if table.name not in self._next:
            newest = select(func.max(_ROW.c.record_id)).where(_ROW.c.record == table.name)
            self._next[table.name] = (self.connection.scalar(newest) or 0) + 1
        first = self._next[table.name]
        self._next[table.name] += count
        return first

    def _add(self, record: type[Record], rows: Sequence[Row]) -> None:
        if not rows:
            return
        insert_rows(self.connection, table_of(record), rows)
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
        if len(changed) > 1:
            self._make_way(table, old, {identity: values[identity] for identity in changed})
        for names, parameters_list in groups.items():
            columns: dict[str, Any] = {
                name: bindparam(f"new_{name}") for name in (*names, "version")
            }
            statement = update(table).where(table.c.id == bindparam("old_id")).values(columns)
            self.connection.execute(statement, parameters_list)
        return changed

    def _make_way(
        self,
        table: Table,
        old: Mapping[int, Row],
        values: Mapping[int, Mapping[str, Any]],
    ) -> None:
        """Let rows swap values that have to be unique: those in the way get one of nobody's."""
        for name in _unique_columns(table):
            wanted = {row[name]: identity for identity, row in values.items() if name in row}
            in_the_way = [
                {"old_id": identity, "new_value": f"\ufdd0{identity}"}
                for identity in values
                if wanted.get(old[identity][name], identity) != identity
            ]
            if in_the_way:
                statement = update(table).where(table.c.id == bindparam("old_id"))
                self.connection.execute(
                    statement.values({name: bindparam("new_value")}), in_the_way
                )

    def _remember(
        self, record: type[Record], identity: int, full: Row, before: Row | None, after: Row | None
    ) -> None:
        key = (record.__tablename__, identity)
        earlier = self._touched.get(key)
        if earlier is None:
            held_by = full[record.owner[1]] if record.owner else None
            owner = (record.owner[0], held_by) if record.owner and held_by is not None else None
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


@cache
def _ask_rows(table: Table) -> Select[Any]:
    """Rows by identity; made once, because making a statement takes longer than asking it."""
    return select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _ask_held(column: Column[Any]) -> Select[Any]:
    """Whether a column points to one of some identities."""
    return select(column).where(column.in_(bindparam("ids", expanding=True))).limit(1)


@cache
def _take_away(table: Table) -> Delete:
    return delete(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _unique_columns(table: Table) -> list[str]:
    """The text columns in which no two rows may have the same."""
    found = []
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns) == 1:
            found += [
                column.name for column in constraint.columns if column.type.python_type is str
            ]
    return found
