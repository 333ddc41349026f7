"""What changed since a date, in words: read from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from ecofolio import format as say
from ecofolio.initiatives.columns import Setting
from ecofolio.initiatives.fields import BY_KEY
from ecofolio.initiatives.model import (
    CustomField,
    CustomValue,
    Initiative,
    Milestone,
    Note,
    Playbook,
)
from ecofolio.initiatives.queries import Names, custom_fields
from ecofolio.initiatives.told import Teller
from ecofolio.store import journal
from ecofolio.store.base import table_of
from ecofolio.store.journal import Entry, RowChange
from ecofolio.text import N_, _
from ecofolio.vocabulary import Batch, FieldType, Office, Term, UnitLevel, scene_label, yes_no

RECORDS = {
    "initiative": N_("Initiative"),
    "milestone": N_("Milestone"),
    "note": N_("Note"),
    "custom_value": N_("Initiative"),
    "unit": N_("Unit"),
    "department": N_("Department"),
    "person": N_("Person"),
    "scene": N_("Scene"),
    "custom_field": N_("Column"),
    "playbook": N_("Playbook"),
    "programme": N_("Programme"),
}
_TITLES = {
    "code": N_("Code"),
    "name": N_("Name"),
    "baseline": N_("Baseline"),
    "forecast": N_("Forecast"),
    "actual": N_("Actual"),
    "position": N_("Order"),
    "section": N_("Section"),
    "body": N_("Text"),
    "level": N_("Level"),
    "parent_id": N_("Unit above"),
    "region": N_("Region"),
    "office": N_("Office"),
    "title": N_("Job title"),
    "email": N_("Email"),
    "unit_id": N_("Unit"),
    "department_id": N_("Department"),
    "scene_id": N_("Scene"),
    "batch": N_("Batch"),
    "notes": N_("What it is for"),
    "retired": N_("Retired"),
    "type": N_("Type"),
    "choices": N_("Choices"),
    "currency": N_("Currency"),
    "fiscal_start_month": N_("First month of the fiscal year"),
}
_TERMS: dict[str, type[Term]] = {
    "level": UnitLevel, "office": Office, "type": FieldType, "batch": Batch,
}  # fmt: skip
_CHUNK = 500
_ORDER = {key: place for place, key in enumerate(BY_KEY)}


class ChangeLine(NamedTuple):
    """One thing that changed. `what` says whether it was added, changed or deleted; `field` is
    empty for a whole record; `before` and `after` are in words."""

    at: datetime
    actor: str
    code: str
    name: str
    record: str
    what: str
    field: str
    before: str
    after: str
    label: str


def lines(
    connection: Connection,
    since: datetime,
    known: Names,
    setting: Setting,
    ids: Iterable[int] | None = None,
) -> Iterator[ChangeLine]:
    """Every change from an instant on, newest first.

    `ids` keeps to these initiatives and what belongs to them. What a new programme started with
    is passed over, and so is what came or went together with its initiative.
    """
    teller = _Teller(connection, known, setting, None if ids is None else set(ids))
    for entry in journal.entries(connection, since=since):
        if entry.kind != "setup":
            yield from teller.tell(entry, journal.rows_of(connection, entry.id))


class _Teller:
    def __init__(
        self, connection: Connection, known: Names, setting: Setting, ids: set[int] | None
    ) -> None:
        self._connection, self._known, self._ids = connection, known, ids
        fields = custom_fields(connection)
        self._fields = {field.id: field for field in fields}
        self._teller = Teller(known, fields, setting)
        self._seen: dict[tuple[str, int], Mapping[str, Any]] = {}

    def tell(self, entry: Entry, rows: list[RowChange]) -> Iterator[ChangeLine]:
        """The lines of one change."""
        whole = {
            row.record_id
            for row in rows
            if row.record == "initiative" and (row.before is None or row.after is None)
        }
        told = [row for row in rows if self._matters(row, whole)]
        self._learn(told)
        for row in told:
            yield from self._lines(entry, row)

    def _matters(self, row: RowChange, whole: set[int]) -> bool:
        if row.record not in RECORDS:
            return False
        if row.owner == "initiative" and row.owner_id in whole:
            return False
        if self._ids is None:
            return True
        initiative = row.record_id if row.record == "initiative" else row.owner_id
        return (row.record == "initiative" or row.owner == "initiative") and initiative in self._ids

    def _learn(self, rows: list[RowChange]) -> None:
        """Look up what the rows are called that a change of a field does not name."""
        wanted: dict[str, set[int]] = {}
        for row in rows:
            for record, identity in ((row.record, row.record_id), (row.owner, row.owner_id)):
                if record in _TABLES and identity is not None:
                    wanted.setdefault(record, set()).add(identity)
            full = row.after if row.before is None else row.before if row.after is None else None
            if full is not None:
                self._seen[row.record, row.record_id] = full
        for record, identities in wanted.items():
            missing = [one for one in identities if (record, one) not in self._seen]
            for found in _rows(self._connection, _TABLES[record], missing):
                self._seen[record, found["id"]] = found

    def _lines(self, entry: Entry, row: RowChange) -> Iterator[ChangeLine]:
        code, name = self._named(row)
        record = _(RECORDS[row.record])
        start = (entry.at, entry.actor, code, name, record)
        if row.record in ("custom_value", "note"):
            field, column = self._own_field(row)
            before, after = (
                "" if values is None else str(values.get(column, "")) if field else ""
                for values in (row.before, row.after)
            )
            yield ChangeLine(*start, _("Changed"), field, before, after, entry.label)
        elif row.before is None:
            yield ChangeLine(*start, _("Added"), "", "", self._title(row, row.after), entry.label)
        elif row.after is None:
            yield ChangeLine(
                *start, _("Deleted"), "", self._title(row, row.before), "", entry.label
            )
        else:
            for key in sorted(row.after, key=_place):
                field = self._field_title(row.record, key)
                before = self.words(row.record, key, row.before[key])
                after = self.words(row.record, key, row.after[key])
                if row.record == "milestone":
                    field = _("{name}: {value}").format(name=self._title(row, None), value=field)
                yield ChangeLine(*start, _("Changed"), field, before, after, entry.label)

    def _named(self, row: RowChange) -> tuple[str, str]:
        """Code and name of the initiative, or of the record itself where it belongs to none."""
        if row.owner == "initiative" and row.owner_id is not None:
            found = self._seen.get(("initiative", row.owner_id), {})
        else:
            found = self._seen.get((row.record, row.record_id), {})
        if not found:
            return self._place_name(row)
        name = found.get("name")
        if row.record == "scene":
            name = scene_label(found["code"], name)
        return str(found.get("code") or ""), str(name or "")

    def _place_name(self, row: RowChange) -> tuple[str, str]:
        known, one = self._known, row.record_id
        if row.record == "unit":
            return known.unit_codes.get(one, ""), known.units.get(one, "")
        names = {"department": known.departments, "person": known.people, "scene": known.scenes}
        return "", names.get(row.record, {}).get(one, "")

    def _own_field(self, row: RowChange) -> tuple[str, str]:
        """The field that a custom value or a note stands for, and the column with its text."""
        found = self._seen.get((row.record, row.record_id), {})
        if row.record == "note":
            return str(found.get("section", _("Note"))), "body"
        field = self._fields.get(found.get("field_id", 0))
        return (_("Column") if field is None else str(field.name)), "value"

    def _title(self, row: RowChange, values: Mapping[str, Any] | None) -> str:
        """What a whole record is called."""
        values = values or self._seen.get((row.record, row.record_id), {})
        if row.record == "scene":
            return scene_label(values.get("code", ""), values.get("name"))
        return str(values.get("name") or values.get("code") or "")

    def _field_title(self, record: str, key: str) -> str:
        if record == "initiative" and key in BY_KEY:
            return BY_KEY[key].label
        return _(_TITLES[key]) if key in _TITLES else key

    def words(self, record: str, key: str, value: Any) -> str:
        """A stored value as people read it; nothing is empty."""
        if value is None:
            return ""
        if record == "initiative" and key in BY_KEY:
            return self._teller.words(key, value)
        if isinstance(value, date):
            return say.day(value)
        if key in _TERMS:
            return _TERMS[key](value).label
        if key in ("parent_id", "unit_id"):
            return self._known.units.get(value, _gone(value))
        if key == "retired":
            return yes_no(value)
        if key == "scene_id":
            return self._known.scenes.get(value, _gone(value))
        if key == "department_id":
            return self._known.departments.get(value, _gone(value))
        return str(value)


_TABLES: dict[str, Table] = {
    "initiative": table_of(Initiative),
    "milestone": table_of(Milestone),
    "note": table_of(Note),
    "custom_value": table_of(CustomValue),
    "custom_field": table_of(CustomField),
    "playbook": table_of(Playbook),
}


def _place(key: str) -> int:
    """The place of a field among those of an initiative; other records keep theirs."""
    return _ORDER.get(key, len(_ORDER))


def _gone(identity: object) -> str:
    return _("number {n}, since deleted").format(n=identity)


def _rows(connection: Connection, table: Table, ids: list[int]) -> Iterator[Mapping[str, Any]]:
    for start in range(0, len(ids), _CHUNK):
        query = select(table).where(table.c.id.in_(ids[start : start + _CHUNK]))
        for row in connection.execute(query):
            yield dict(row._mapping)
