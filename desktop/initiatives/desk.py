"""What the page of initiatives works on: the rows in memory, what touched them, and how to write.

No Qt here. A desk may hear of changes on any thread; everything else is called from one.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import select

from ecofolio.initiatives import actions, queries, rules
from ecofolio.initiatives.clipboard import Paste
from ecofolio.initiatives.columns import Column, Setting, columns
from ecofolio.initiatives.health import NOTHING, Judged, bounds, heard, worst
from ecofolio.initiatives.queries import FieldRow, InitiativeRow, Names
from ecofolio.initiatives.typed import Reading
from ecofolio.store.base import table_of
from ecofolio.store.model import Programme
from ecofolio.store.workspace import Changed, Workspace
from ecofolio.vocabulary import HealthLight, Stage

_MANY = 400  # touched rows from which reading all of them is no slower
# tables whose rows stand in every initiative's row
_AROUND = ("unit", "department", "person", "scene", "custom_field", "programme")


class Desk:
    """The initiatives of a workspace, in memory. `money_unit` is `yuan`, `wan` or `yi`."""

    def __init__(self, workspace: Workspace, money_unit: str) -> None:
        self.workspace = workspace
        self.money_unit = money_unit
        self._lock = threading.Lock()
        self._touched: set[int] = set()
        self._around = False
        self.is_deaf = False
        self._reread: set[int] = set()  # since rows were read deaf
        self.known: Names
        self.fields: list[FieldRow]
        self.setting: Setting
        self.reading: Reading
        self.columns: list[Column]
        self.stop = workspace.subscribe(self._hear)

    @property
    def today(self) -> date:
        """The local day."""
        return self.workspace.clock().astimezone().date()

    # --- reading -----------------------------------------------------------------------------

    def load(self, *, deaf: bool = False) -> list[InitiativeRow]:
        """Read everything; `columns` and `reading` are made anew.

        With `deaf` thousands of rows come without what the rooms above know of their health, for
        `hear` to follow.
        """
        with self._lock:
            self._touched.clear()
            self._around = False
        self._reread.clear()
        with self.workspace.read() as connection:
            self.known = queries.names(connection)
            self.fields = queries.custom_fields(connection)
            currency = connection.scalar(select(table_of(Programme).c.currency)) or "CNY"
            self.setting = Setting(self.today, self.money_unit, currency)
            self.is_deaf = deaf and queries.count(connection) > _MANY
            with undisturbed():
                rows = queries.rows(
                    connection, today=self.setting.today, known=self.known, deaf=self.is_deaf
                )
        if len(rows) > _MANY:
            # what stays for long is not looked through again: a search for garbage between two
            # key presses would take as long as four frames
            gc.freeze()
        self.reading = Reading(self.setting, self.known)
        self.columns = columns(self.fields, self.setting)
        return rows

    def hear(self, rows: Sequence[InitiativeRow]) -> dict[int, InitiativeRow]:
        """Rows that were read deaf, with what the rooms above know; those of which nothing is known
        are left out. May be called on any thread."""
        with self.workspace.read() as connection:
            told = heard(connection, self.setting.today, bounds(connection))
        today = self.setting.today
        return {row.id: lit(row, told[row.id], today) for row in rows if row.id in told}

    def take(self, found: dict[int, InitiativeRow]) -> dict[int, InitiativeRow]:
        """Those that `hear` has found which were not read again since; it is over with that."""
        self.is_deaf = False
        return {one: row for one, row in found.items() if one not in self._reread}

    def _hear(self, changed: Changed) -> None:
        with self._lock:
            self._touched |= changed.records.get("initiative", frozenset())
            self._around = self._around or changed.touches(*_AROUND)

    def doubt(self, identities: Sequence[int]) -> None:
        """Have rows read again at the next `changes`."""
        with self._lock:
            self._touched |= set(identities)

    def changes(self) -> dict[int, InitiativeRow | None] | None:
        """The rows touched since the last time, None for a deleted one.

        None in all where so much changed, or the day, that everything has to be loaded.
        """
        with self._lock:
            touched, self._touched = self._touched, set()
            if self._around or len(touched) > _MANY or self.today != self.setting.today:
                self._touched = touched
                return None
        if not touched:
            return {}
        self._reread |= touched
        with self.workspace.read() as connection:
            rows = queries.rows(connection, today=self.setting.today, ids=touched, known=self.known)
        return {**dict.fromkeys(touched), **{row.id: row for row in rows}}

    # --- writing -----------------------------------------------------------------------------

    def write(self, rows: Sequence[InitiativeRow], column: Column, value: Any) -> list[int]:
        """Give initiatives a value as one change; what was shown must still be there."""
        ids = [row.id for row in rows]
        if column.custom is not None:
            self.workspace.do(actions.set_custom, ids, column.custom.id, value)
            return ids
        expect = {row.id: row.version for row in rows}
        return self.workspace.do(actions.set_fields, ids, written(column, value), expect)

    def clear(self, rows: Sequence[InitiativeRow], shown: Sequence[Column]) -> int:
        """Empty cells as one change; required and worked-out ones stay. How many were emptied."""
        found = Paste()
        for row in rows:
            for column in shown:
                if column.required or not column.editable or not column.text(row):
                    continue
                if column.custom is not None:
                    found.custom.setdefault(row.id, {})[column.custom.id] = None
                elif column.key != "light" or row.health_override:
                    found.values.setdefault(row.id, {}).update(written(column, _blank(column)))
        if found.cells:
            self.paste(found, rows)
        return found.cells

    def paste(self, found: Paste, rows: Sequence[InitiativeRow]) -> None:
        """Write what was read from the clipboard as one change."""
        expect = {row.id: row.version for row in rows}
        self.workspace.do(actions.paste, found.values, found.custom, expect)


def lit(row: InitiativeRow, lights: Mapping[HealthLight, Judged], today: date) -> InitiativeRow:
    """A row that was read deaf, with what the rooms above know."""
    light = row.light
    if row.stage != Stage.CLOSED and not rules.override_holds(
        row.health_override, row.health_expires, today
    ):
        light = worst((light, *(judged.light for judged in lights.values())))
    return row._replace(light=light, said=(row.said or NOTHING)._replace(lights=lights))


@contextmanager
def undisturbed() -> Iterator[None]:
    """No search for garbage while thousands of rows are made at once: there is none to find."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _blank(column: Column) -> Any:
    return (None, None) if column.key == "segments" else None


def written(column: Column, value: Any) -> Mapping[str, Any]:
    """What a column's value writes, by the key of the field."""
    if column.key == "segments":
        lead, others = value
        return {"lead_segment": lead, "other_segments": others}
    assert column.field is not None, "a worked-out column can not be written"
    return {column.field.key: value}
