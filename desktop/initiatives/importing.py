"""Bringing a list in: read, mapped, compared, then written as one undoable change.

    report = run_import(workspace, path)

is the whole of it; the wizard takes the same steps one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.errors import InputError, StaleError
from ecofolio.initiatives import import_references
from ecofolio.initiatives.import_plan import NoteChange, Plan, make_plan
from ecofolio.initiatives.import_references import REFERENCE_KEYS, NewRecord
from ecofolio.initiatives.import_targets import TARGETS
from ecofolio.initiatives.model import CustomField, CustomValue, Initiative, Note
from ecofolio.initiatives.model import Mapping as SavedMapping
from ecofolio.intake.mapping import Mapping, Target, fitted, from_json
from ecofolio.intake.proposing import known_headers, propose
from ecofolio.intake.reading import Book, ReadingCancelledError, read_book
from ecofolio.intake.table import Layout, Table, choose_table
from ecofolio.store.base import table_of
from ecofolio.store.journal import head
from ecofolio.store.model import Programme
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_, _, listed

Progress = Callable[[str], None]
FOR = "for"  # in a saved mapping that is not for lists: what it is for


@dataclass(frozen=True)
class Result:
    """How much an import wrote."""

    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True)
class Overrules:
    """What a person says against the guesses."""

    sheet: str | None = None
    layout: Layout = field(default_factory=Layout)
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or with `dry_run` would do."""

    plan: Plan
    book: Book
    dry_run: bool

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        plan, table = self.plan, self.plan.table
        new: dict[str, list[str]] = {}
        for record in plan.new_records():
            new.setdefault(record.kind.name.lower(), []).append(record.label)
        return {
            "file": plan.file,
            "sheet": table.sheet,
            "header_row": table.header_row,
            "transposed": table.transposed,
            "encoding": self.book.encoding,
            "delimiter": self.book.delimiter,
            "unread_sheets": self.book.unread,
            "mended_characters": self.book.mended,
            "rows_with_open_quotes": self.book.unclosed,
            "rows": len(table.rows),
            "created": len(plan.created),
            "updated": len(plan.updated),
            "unchanged": len(plan.unchanged),
            "refused": [{"row": one.row, "reason": one.reason} for one in plan.refused],
            "unreadable": [
                {"row": one.row, "column": one.column, "text": one.text, "reason": one.reason}
                for one in plan.unreadable
            ],
            "skipped": [{"row": one.row, "text": one.text, "why": one.why} for one in plan.skipped],
            "new_records": new,
            "new_fields": {name: kind.value for name, (kind, _c) in plan.new_fields.items()},
            "currency": plan.currency,
            "currency_guessed": plan.is_currency_guessed,
            "mapping": {
                "key": plan.mapping.key,
                "columns": [
                    one.as_json() | ({"guess": _(one.why)} if one.why else {})
                    for one in plan.mapping.choices
                ],
            },
            "dry_run": self.dry_run,
        }


def run_import(
    workspace: Workspace,
    path: Path | str,
    *,
    mapping: str | None = None,
    sheet: str | None = None,
    transpose: bool | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> ImportReport:
    """Import a list as one undoable change, or with `dry_run` only work out what it would do.

    `mapping` is the name of a saved mapping or a JSON file. Raises `InputError` with one sentence.
    """
    tell = progress or (lambda _step: None)
    tell(_("Reading the file"))
    book = read_book(path, sheet=sheet, encoding=encoding, delimiter=delimiter, cancel=cancel)
    table = find_table(book, Overrules(layout=Layout(transposed=transpose)))
    tell(_("Comparing with the programme"))
    with workspace.read() as connection:
        saved = named_mapping(connection, mapping) if mapping else None
        plan = make_plan(connection, table, mapping_for(table, saved), file=book.file)
    if cancel and cancel():
        raise ReadingCancelledError(_("Reading {file} was called off.").format(file=book.file))
    if not dry_run:
        tell(_("Writing"))
        workspace.do(apply, plan)
    return ImportReport(plan, book, dry_run)


def find_table(book: Book, overrules: Overrules | None = None) -> Table:
    """The list in a book."""
    overrules = overrules or Overrules()
    return choose_table(
        book, known_headers(TARGETS), sheet=overrules.sheet, layout=overrules.layout
    )


def mapping_for(table: Table, saved: Mapping | None = None) -> Mapping:
    """What becomes of the list's columns: as saved, and as proposed for the others."""
    proposed = propose(table, TARGETS)
    return fitted(saved, proposed, table) if saved else proposed


# --- writing -----------------------------------------------------------------------------------


def apply(work: Work, plan: Plan) -> Result:
    """Write a plan. `StaleError` where the programme has changed so that another plan is due."""
    if head(work.connection).id != plan.head:
        again = make_plan(work.connection, plan.table, plan.mapping, file=plan.file)
        if again.signature() != plan.signature():
            raise StaleError(
                _("The programme has changed meanwhile: look at what the import would do again.")
            )
        plan = again
    work.label(N_("Import {file}"), file=plan.file)
    made = import_references.add(work, plan.new_records())
    if plan.currency:
        _set_currency(work, plan.currency)
    fields = _write_fields(work, plan)
    _write_created(work, plan, made, fields)
    _write_updated(work, plan, made, fields)
    return Result(len(plan.created), len(plan.updated), len(plan.unchanged))


def _set_currency(work: Work, currency: str) -> None:
    identity = work.connection.scalar(select(table_of(Programme).c.id))
    if identity is not None:
        work.update(Programme, identity, {"currency": currency})


def _write_fields(work: Work, plan: Plan) -> dict[str, int]:
    """Add the new custom fields; the identities of all by name."""
    table = table_of(CustomField)
    known = {row.name: row.id for row in work.connection.execute(select(table.c.name, table.c.id))}
    rows = [
        {
            "name": name,
            "type": kind.value,
            "choices": "\n".join(choices) or None,
            "position": len(known) + place,
        }
        for place, (name, (kind, choices)) in enumerate(plan.new_fields.items())
    ]
    made = work.insert(CustomField, rows)
    work.update_many(
        CustomField, {one: {"choices": text} for one, text in plan.more_choices.items()}
    )
    return known | dict(zip(plan.new_fields, made, strict=True))


def _resolved(values: dict[str, Any], made: dict[NewRecord, int]) -> dict[str, Any]:
    """The values with the identities of the records that were added first."""
    for key in REFERENCE_KEYS:
        value = values.get(key)
        if isinstance(value, NewRecord):
            values = {**values, key: made[value]}
    return values


def _write_created(
    work: Work, plan: Plan, made: dict[NewRecord, int], fields: dict[str, int]
) -> None:
    ids = work.insert(Initiative, [_resolved(row.values, made) for row in plan.created])
    notes, values = [], []
    for identity, row in zip(ids, plan.created, strict=True):
        for place, (section, body) in enumerate(row.notes.items()):
            notes.append(
                {"initiative_id": identity, "section": section, "body": body, "position": place}
            )
        for title, text in row.custom.items():
            values.append({"initiative_id": identity, "field_id": fields[title], "value": text})
    work.insert(Note, notes)
    work.insert(CustomValue, values)


def _write_updated(
    work: Work, plan: Plan, made: dict[NewRecord, int], fields: dict[str, int]
) -> None:
    changes = {
        row.id: _resolved({key: new for key, (_old, new) in row.fields.items()}, made)
        for row in plan.updated
        if row.fields
    }
    work.update_many(Initiative, changes)
    notes, values = [], []
    for row in plan.updated:
        for place, (section, change) in enumerate(row.notes.items()):
            if change.id is None:
                notes.append(
                    {
                        "initiative_id": row.id,
                        "section": section,
                        "body": change.new,
                        "position": place,
                    }
                )
        for title, change in row.custom.items():
            if change.id is None:
                values.append(
                    {"initiative_id": row.id, "field_id": fields[title], "value": change.new}
                )
    work.insert(Note, notes)
    work.insert(CustomValue, values)
    kept = [change for row in plan.updated for change in row.notes.values()]
    said = [change for row in plan.updated for change in row.custom.values()]
    work.update_many(Note, _new_texts(kept, "body"))
    work.update_many(CustomValue, _new_texts(said, "value"))
    work.delete(Note, [change.id for change in kept if change.id and change.new is None])


def _new_texts(changes: list[NoteChange], column: str) -> dict[int, dict[str, Any]]:
    return {one.id: {column: one.new} for one in changes if one.id and one.new is not None}


# --- saved mappings -----------------------------------------------------------------------------


def saved_mappings(connection: Connection, of: str | None = None) -> list[str]:
    """The names of the saved mappings for lists of initiatives, or `of` something else."""
    table = table_of(SavedMapping)
    query = select(table.c.name, table.c.spec).order_by(table.c.name)
    return [name for name, spec in connection.execute(query) if json.loads(spec).get(FOR) == of]


def named_mapping(
    connection: Connection,
    name: str,
    targets: Sequence[Target] = TARGETS,
    of: str | None = None,
) -> Mapping:
    """A saved mapping by its name, or one from a JSON file; `InputError` where there is neither."""
    table = table_of(SavedMapping)
    spec = connection.scalar(select(table.c.spec).where(table.c.name == name))
    if spec is None:
        spec = _mapping_file(connection, name, of)
    try:
        return from_json(json.loads(spec), targets)
    except (ValueError, RecursionError):
        raise InputError(_("The mapping {name} is not valid JSON.").format(name=name)) from None


def _mapping_file(connection: Connection, name: str, of: str | None) -> str:
    try:
        return Path(name).read_text("utf-8-sig")
    except (OSError, ValueError):
        known = listed(saved_mappings(connection, of)) or "–"
        raise InputError(
            _("There is no saved mapping and no file {name}; saved are: {known}.").format(
                name=name, known=known
            )
        ) from None


def save_mapping(work: Work, name: str, mapping: Mapping, of: str | None = None) -> int:
    """Save a mapping under a name, over one of the same name; returns its identity.

    `of` says what it is for where that is no list of initiatives.
    """
    name = name.strip()
    if not name:
        raise InputError(_("A mapping needs a name."))
    work.label(N_("Save mapping {name}"), name=name)
    table = table_of(SavedMapping)
    mark = {} if of is None else {FOR: of}
    spec = json.dumps({**mark, **mapping.as_json()}, ensure_ascii=False)
    row = work.connection.execute(select(table).where(table.c.name == name)).first()
    if row is None:
        return work.insert(SavedMapping, [{"name": name, "spec": spec}])[0]
    if json.loads(row.spec).get(FOR) != of:
        raise InputError(
            _("“{name}” is a mapping for something else: choose another name.").format(name=name)
        )
    work.update(SavedMapping, row.id, {"spec": spec})
    return int(row.id)
