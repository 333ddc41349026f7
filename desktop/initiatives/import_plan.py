"""What an import would do, worked out before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.errors import InputError
from ecofolio.format import day, money
from ecofolio.initiatives.fields import BY_KEY
from ecofolio.initiatives.import_reading import (
    ListReader,
    ReadList,
    Setting,
    Unreadable,
    in_currency,
    list_currency,
)
from ecofolio.initiatives.import_references import REFERENCE_KEYS, NewRecord, References
from ecofolio.initiatives.model import CustomField, CustomValue, Initiative, Note
from ecofolio.intake.mapping import Mapping
from ecofolio.intake.names import normal
from ecofolio.intake.table import Skipped, Table
from ecofolio.intake.values import cell_text
from ecofolio.organisation.model import Unit
from ecofolio.store.base import table_of
from ecofolio.store.journal import head
from ecofolio.store.model import Programme
from ecofolio.text import _, listed
from ecofolio.vocabulary import FieldType, Stage

LONGEST_NAME = 500
_NUMBERED = re.compile(r"(.*)-(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can not become an initiative."""

    row: int
    reason: str


@dataclass(slots=True)
class Created:
    """A new initiative: its values, notes by section and custom values by field's name."""

    row: int
    values: dict[str, Any]
    notes: dict[str, str]
    custom: dict[str, str]


@dataclass(slots=True)
class NoteChange:
    """A section's text before and after; None where there is none."""

    id: int | None
    old: str | None
    new: str | None


@dataclass(slots=True)
class Updated:
    """What changes of an initiative that is there: each old → new."""

    row: int
    id: int
    code: str
    name: str
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    notes: dict[str, NoteChange] = field(default_factory=dict)
    custom: dict[str, NoteChange] = field(default_factory=dict)


@dataclass
class Plan:
    """What will happen. `currency` is set where the programme takes over the list's; it is a
    guess where the list says no more than `$`. `money_in` is the currency of its sums."""

    file: str
    table: Table
    mapping: Mapping
    created: list[Created] = field(default_factory=list)
    updated: list[Updated] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    new_fields: dict[str, tuple[FieldType, list[str]]] = field(default_factory=dict)
    more_choices: dict[int, str] = field(default_factory=dict)
    currency: str | None = None
    is_currency_guessed: bool = False
    money_in: str = "CNY"
    head: int = 0
    references: References = field(default_factory=References)

    @property
    def skipped(self) -> list[Skipped]:
        """Rows of the sheet that are not the list's: totals, remarks, repeated headers."""
        return self.table.skipped

    def new_records(self) -> Iterator[NewRecord]:
        """The units, departments, people and scenes that come into being, each once."""
        seen: set[int] = set()
        for values in (*(row.values for row in self.created), *map(_new_values, self.updated)):
            for key in REFERENCE_KEYS:
                value = values.get(key)
                if isinstance(value, NewRecord) and id(value) not in seen:
                    seen.add(id(value))
                    yield value

    def signature(self) -> tuple[object, ...]:
        """What a person who looked at the plan has agreed to."""
        return (
            [(row.row, row.values) for row in self.created],
            [(row.id, row.fields, sorted(row.notes), sorted(row.custom)) for row in self.updated],
            self.currency,
        )


def _new_values(row: Updated) -> dict[str, Any]:
    return {key: new for key, (_old, new) in row.fields.items()}


def make_plan(connection: Connection, table: Table, mapping: Mapping, *, file: str) -> Plan:
    """Compare a list with the programme; reads only.

    `InputError` where no column is the name.
    """
    return _Planner(connection, table, mapping, file).plan()


class _Planner:
    def __init__(self, connection: Connection, table: Table, mapping: Mapping, file: str) -> None:
        self.connection = connection
        self.table = table
        self.mapping = mapping
        self.references = References(connection)
        self.result = Plan(
            file, table, mapping, head=head(connection).id, references=self.references
        )
        self.custom_fields = _custom_fields(connection)
        self.setting = self._setting()
        self.reader = ListReader(table, mapping, self.setting, self.references)
        self.existing: dict[int, dict[str, Any]] = {}
        self.by_code: dict[str, int] = {}
        self.by_name: dict[str, list[int]] = {}

    def plan(self) -> Plan:
        read = self.reader.read()
        if "name" not in read.fields:
            raise InputError(
                _("No column of {file} is the name; choose one in the mapping.").format(
                    file=self.result.file
                )
            )
        self._load_existing()
        self._take_codes(read)
        matched = self._match(read)
        notes = self._existing_notes(read, matched)
        custom = self._existing_custom(read, matched)
        fields = [(key, column) for key, column in read.fields.items() if any_value(column)]
        refused = {row for row, identity in enumerate(matched) if identity is None}
        for row, identity in enumerate(matched):
            if row in refused:
                continue
            values = {key: column[row] for key, column in fields if column[row] is not None}
            said = {title: column[row] for title, column in read.customs.items() if column[row]}
            self._order_dates(row, values, self.existing.get(identity or 0))
            if identity:
                self._update(row, identity, values, said, notes, custom)
            else:
                self.result.created.append(
                    Created(self.table.row_numbers[row], values, read.notes[row], said)  # type: ignore[arg-type]
                )
        self._finish(read)
        return self.result

    # --- the programme as it is -------------------------------------------------------------

    def _setting(self) -> Setting:
        programme = table_of(Programme)
        row = self.connection.execute(
            select(programme.c.currency, programme.c.fiscal_start_month)
        ).first()
        types = {name: kind for name, (_id, kind, _choices) in self.custom_fields.items()}
        setting = Setting(
            row.currency if row else "CNY", row.fiscal_start_month if row else 1, types
        )
        said, is_guessed = list_currency(self.table, self.mapping)
        if said and said != setting.currency and not self._has_money():
            self.result.currency, self.result.is_currency_guessed = said, is_guessed
            setting = in_currency(setting, said)
        self.result.money_in = setting.currency
        return setting

    def _has_money(self) -> bool:
        initiative = table_of(Initiative)
        query = select(initiative.c.id).where(initiative.c.budget_fen.is_not(None)).limit(1)
        return self.connection.execute(query).first() is not None

    def _load_existing(self) -> None:
        table = table_of(Initiative)
        names = [column.name for column in table.columns]
        for row in self.connection.execute(select(table).order_by(table.c.id)):
            values = dict(zip(names, row, strict=True))
            self.existing[values["id"]] = values
            self.by_code[values["code"]] = values["id"]
            self.by_name.setdefault(normal(values["name"]), []).append(values["id"])

    # --- finding the initiative of a row ----------------------------------------------------

    def _take_codes(self, read: ReadList) -> None:
        """Give a code that comes a second time a number of its own, the same at every import."""
        codes = read.fields.get("code")
        if codes is None:
            return
        seen: dict[str, int] = {}
        first: dict[str, int] = {}
        for row, code in enumerate(codes):
            if code is None:
                continue
            seen[code] = seen.get(code, 0) + 1
            if seen[code] == 1:
                first[code] = self.table.row_numbers[row]
                continue
            codes[row] = f"{code} ({seen[code]})"
            reason = _("row {row} has the same code").format(row=first[code])
            self.reader.keep(row, read.places["code"][0], code, reason)

    def _match(self, read: ReadList) -> list[int | None]:
        """Per row the identity that it updates, 0 for a new one, None where it is refused."""
        names, codes = read.fields["name"], read.fields.get("code")
        by_code = self.mapping.key == "code" and codes is not None
        keys = codes if by_code and codes else [None] * len(names)
        taken = {self.by_code[code] for code in keys if code in self.by_code}
        matched: list[int | None] = []
        for row, (name, key) in enumerate(zip(names, keys, strict=True)):
            if not name:
                number = self.table.row_numbers[row]
                self.result.refused.append(Refused(number, _("has no name")))
                matched.append(None)
                continue
            if len(name) > LONGEST_NAME:
                self._cut_name(row, read, name)
            identity = self.by_code.get(key, 0) if key else self._free_namesake(names[row], taken)
            taken.add(identity)
            matched.append(identity)
        if codes:
            self._free_codes(read, codes, matched)
        return matched

    def _free_namesake(self, name: str, taken: set[int]) -> int:
        """The first initiative of this name that no other row has, or 0."""
        same = self.by_name.get(normal(name), [])
        return next((one for one in same if one not in taken), 0)

    def _cut_name(self, row: int, read: ReadList, name: str) -> None:
        place = read.places["name"][0]
        reason = _("is longer than {n} characters").format(n=LONGEST_NAME)
        self.reader.keep(row, place, name, reason)
        read.fields["name"][row] = name[: LONGEST_NAME - 1] + "…"

    def _free_codes(self, read: ReadList, codes: list[Any], matched: list[int | None]) -> None:
        """Leave out codes that belong to an initiative other than the row's."""
        for row, code in enumerate(codes):
            owner = self.by_code.get(code) if code else None
            if owner and matched[row] is not None and matched[row] != owner:
                name = self.existing[owner]["name"]
                reason = _("is already the code of {name}").format(name=name)
                self.reader.keep(row, read.places["code"][0], code, reason)
                codes[row] = None

    # --- one row ----------------------------------------------------------------------------

    def _order_dates(self, row: int, values: dict[str, Any], old: dict[str, Any] | None) -> None:
        """Leave out a date that would put the end before the start."""
        old = old or {}
        start = values.get("start_date") or old.get("start_date")
        due = values.get("due_date") or old.get("due_date")
        if not start or not due or start <= due:
            return
        if "due_date" in values:
            self._withdraw(row, values, "due_date", _("is before the start date"))
        elif "start_date" in values:
            self._withdraw(row, values, "start_date", _("is after the due date"))

    def _withdraw(self, row: int, values: dict[str, Any], key: str, reason: str) -> None:
        value: date = values.pop(key)
        places = self.reader.result.places[key]
        for place in places:
            text = cell_text(self.table.rows[row][place])
            if text:
                self.reader.keep(row, place, text, reason)
                return
        self.reader.keep(row, places[0], value.isoformat(), reason)

    def _update(
        self,
        row: int,
        identity: int,
        values: dict[str, Any],
        said: dict[str, str | None],
        notes: dict[int, dict[str, tuple[int, str]]],
        custom: dict[int, dict[str, tuple[int, str]]],
    ) -> None:
        old = self.existing[identity]
        update = Updated(self.table.row_numbers[row], identity, old["code"], old["name"])
        update.fields = {
            key: (old[key], value) for key, value in values.items() if old[key] != value
        }
        if "health_override" in update.fields and old["health_expires"]:
            update.fields.setdefault("health_expires", (old["health_expires"], None))
        self._compare_notes(row, update, notes.get(identity, {}))
        present = custom.get(identity, {})
        for title, text in said.items():
            value_id, before = present.get(title, (None, None))
            if before != text:
                update.custom[title] = NoteChange(value_id, before, text)
        if update.fields or update.notes or update.custom:
            self.result.updated.append(update)
        else:
            self.result.unchanged.append(self.table.row_numbers[row])

    def _compare_notes(
        self, row: int, update: Updated, present: dict[str, tuple[int, str]]
    ) -> None:
        wanted = self.reader.result.notes[row]
        for section, text in wanted.items():
            note_id, before = present.get(section, (None, None))
            if before != text:
                update.notes[section] = NoteChange(note_id, before, text)
        for section, (note_id, before) in present.items():
            place = self.reader.result.kept_sections.get(section)
            if place is None or section in wanted:
                continue
            if cell_text(self.table.rows[row][place]):  # it can be read now: the note has served
                update.notes[section] = NoteChange(note_id, before, None)

    # --- what is there of notes and custom values -------------------------------------------

    def _existing_notes(
        self, read: ReadList, matched: Sequence[int | None]
    ) -> dict[int, dict[str, tuple[int, str]]]:
        sections = {section for notes in read.notes for section in notes}
        sections |= set(read.kept_sections)
        note = table_of(Note)
        query = select(note.c.initiative_id, note.c.section, note.c.id, note.c.body)
        query = query.order_by(note.c.id.desc())
        wanted = {identity for identity in matched if identity}
        found: dict[int, dict[str, tuple[int, str]]] = {}
        if wanted:
            for owner, section, identity, body in self.connection.execute(query):
                if owner in wanted and section in sections:
                    found.setdefault(owner, {})[section] = (identity, body)
        return found

    def _existing_custom(
        self, read: ReadList, matched: Sequence[int | None]
    ) -> dict[int, dict[str, tuple[int, str]]]:
        names = {
            self.custom_fields[title][0]: title
            for title in read.customs
            if title in self.custom_fields
        }
        found: dict[int, dict[str, tuple[int, str]]] = {}
        value = table_of(CustomValue)
        if names and any(matched):
            query = select(value.c.initiative_id, value.c.field_id, value.c.id, value.c.value)
            for owner, of, identity, text in self.connection.execute(
                query.where(value.c.field_id.in_(names))
            ):
                found.setdefault(owner, {})[names[of]] = (identity, text)
        return found

    # --- what else comes into being -----------------------------------------------------------

    def _finish(self, read: ReadList) -> None:
        refused = {one.row for one in self.result.refused}
        self.result.unreadable = sorted(
            (one for one in read.unreadable if one.row not in refused), key=lambda one: one.row
        )
        for title, kind in read.custom_types.items():
            texts = list(dict.fromkeys(text for text in read.customs[title] if text))
            known = self.custom_fields.get(title)
            if known is None:
                self.result.new_fields[title] = (
                    kind,
                    sorted(texts) if kind is FieldType.CHOICE else [],
                )
            elif kind is FieldType.CHOICE:
                choices = (known[2] or "").splitlines()
                more = sorted(set(texts) - set(choices))
                if more:
                    self.result.more_choices[known[0]] = "\n".join([*choices, *more])
        self._number()

    def _number(self) -> None:
        """Give a code to each new initiative that has none: the next of its unit."""
        highest: dict[str, int] = {}
        codes = [*self.by_code, *(row.values.get("code") or "" for row in self.result.created)]
        for code in codes:
            match = _NUMBERED.fullmatch(code)
            if match:
                highest[match[1]] = max(highest.get(match[1], 0), int(match[2]))
        units = self._unit_codes()
        for row in self.result.created:
            row.values.setdefault("stage", Stage.PROPOSAL.value)
            if row.values.get("code"):
                continue
            unit = row.values.get("unit_id")
            prefix = unit.code if isinstance(unit, NewRecord) else units.get(unit or 0, "IN")
            highest[prefix] = highest.get(prefix, 0) + 1
            row.values["code"] = f"{prefix}-{highest[prefix]:03d}"

    def _unit_codes(self) -> dict[int, str]:
        unit = table_of(Unit)
        return {row.id: row.code for row in self.connection.execute(select(unit.c.id, unit.c.code))}


def any_value(column: Sequence[object]) -> bool:
    """Whether a column says anything at all."""
    return any(value is not None for value in column)


def _custom_fields(connection: Connection) -> dict[str, tuple[int, FieldType, str | None]]:
    table = table_of(CustomField)
    query = select(table.c.id, table.c.name, table.c.type, table.c.choices)
    return {
        row.name: (row.id, FieldType(row.type), row.choices) for row in connection.execute(query)
    }


def shown(references: References, key: str, value: object) -> str:
    """A field's value in words, for a preview."""
    if value is None:
        return ""
    one = BY_KEY[key]
    if isinstance(value, date):
        return day(value)
    if key == "budget_fen" and isinstance(value, int):
        return money(value)
    if one.vocabulary:
        return listed(one.vocabulary(code).label for code in str(value).split(","))
    if isinstance(value, NewRecord | int):
        return references.label(key, value)
    return str(value)
