"""Bringing a board in from another tool: read, compared, shown, written as one undoable change.

    report = run_import(workspace, path, squad="S01")

is the whole of it; a dialog takes the same steps one by one: `open_source`, `Source.read`,
`matched`, then `writing.write` or `updating.apply`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.boards.exchange import (
    bundles,
    card_targets,
    comparing,
    eventlogs,
    mappings,
    own_form,
    tables,
    trello,
    updating,
    writing,
    xes,
)
from ecofolio.boards.exchange.comparing import Update
from ecofolio.boards.exchange.incoming import Incoming
from ecofolio.boards.exchange.standing import Standing, standing
from ecofolio.boards.layout import BOARD
from ecofolio.boards.queries import by_code as board_by_code
from ecofolio.errors import InputError
from ecofolio.intake.headers import is_blank
from ecofolio.intake.mapping import Mapping as ColumnMapping
from ecofolio.intake.mapping import fitted, from_json
from ecofolio.intake.proposing import known_headers
from ecofolio.intake.reading import LIMITS, Book, faults, read_book
from ecofolio.intake.table import Layout, Table, choose_table
from ecofolio.organisation.model import Person
from ecofolio.squads.queries import SQUAD
from ecofolio.squads.queries import by_code as squad_by_code
from ecofolio.store.base import table_of
from ecofolio.store.workspace import Workspace
from ecofolio.text import _
from ecofolio.vocabulary import ColumnKind

FORMATS = ("trello", "events", "xes", "list", "ecofolio")
_XES = (".xes", ".xml", ".xes.gz", ".xml.gz")
# no database keeps NUL or half of a surrogate pair; JSON may write either
_UNFIT, _UNFIT_TEXT = re.compile("[\0\ud800-\udfff]"), re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_MAILED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<mail>[^<>@\s]+@[^<>\s]+)>\s*")


@dataclass(frozen=True)
class Overrules:
    """What a person says against the guesses.

    `kinds` are column kinds by column name; `mapping` is a list's mapping or an event log's
    columns, as JSON values.
    """

    format: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, Any] | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    layout: Layout = field(default_factory=Layout)
    name: str | None = None


@dataclass(frozen=True)
class Report:
    """What an import did, or with `dry_run` would do. `unknown` are names of no person here;
    `update` is there where a board was brought up to date rather than made."""

    incoming: Incoming
    board: str | None
    unknown: tuple[str, ...]
    dry_run: bool
    update: Update | None = None

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        found, update = self.incoming, self.update
        return {
            "board": self.board,
            "name": update.board if update else found.name,
            "format": found.format,
            "cards": len(found.cards),
            "moves": update.moves if update else found.events,
            "is_new": update is None,
            "created": len(update.new) if update else len(found.cards),
            "updated": len(update.changed) if update else 0,
            "unchanged": update.same if update else 0,
            "absent": update.absent if update else 0,
            "trashed": sum(card.archived for card in found.cards),
            "columns": [
                {"name": one.name, "kind": one.kind.value, "why": one.why} for one in found.columns
            ],
            "fields": {name: kind.value for name, kind in found.fields.items()},
            "people_not_known": list(self.unknown),
            "refused": [one._asdict() for one in found.refused],
            "unreadable": [one._asdict() for one in found.unreadable],
            "notices": found.notices,
            "dependencies": len(update.links if update else found.links),
            "mapping": found.mapping,
            "dry_run": self.dry_run,
        }


def run_import(
    workspace: Workspace,
    path: Path | str,
    *,
    squad: str,
    overrules: Overrules | None = None,
    board: str | None = None,
    new_board: bool = False,
    mapping: str | None = None,
    dry_run: bool = False,
) -> Report | own_form.Report:
    """Bring a board into a squad as one undoable change, or with `dry_run` only tell of it.

    A board of the squad that came from the same source is brought up to date, or the one that
    `board` names; `new_board` makes another all the same. `squad` is a code or a name; in a
    programme without squads it is the name of the first. `mapping` is the name of a saved mapping
    or a JSON file. Raises `InputError` with one sentence.
    """
    path, overrules = Path(path), overrules or Overrules()
    squad_id, board_id = _into(workspace, squad, board)
    if mapping is not None:
        with workspace.read() as connection:
            spec = mappings.named(connection, mapping)
        overrules = Overrules(**{**overrules.__dict__, "mapping": spec})
    source = open_source(path, overrules)
    if source.own is not None:
        return _read_own(workspace, source, squad_id, board, overrules.name, dry_run)
    incoming = source.read(overrules)
    with workspace.read() as connection:
        if board_id is None and not new_board and isinstance(squad_id, int):
            board_id = comparing.same_source(connection, squad_id, incoming)
        if board_id is not None:
            incoming = source.read(overrules, standing(connection, board_id))
        people = matched(connection, incoming)
        update = None
        if board_id is not None:
            update = comparing.compare(connection, board_id, incoming, people)
    unknown = tuple(sorted(name for name, person in people.items() if person is None))
    if isinstance(squad_id, str):
        text = _("The programme has no squads yet: “{name}” becomes the first.")
        incoming.notices.append(text.format(name=squad))
    if not dry_run and update is None:
        board_id = workspace.do(writing.write, squad_id, incoming, people, path.name)
    elif not dry_run and update is not None:
        workspace.do(updating.apply, update, incoming, people, path.name)
    with workspace.read() as connection:
        code = connection.scalar(select(BOARD.c.code).where(BOARD.c.id == board_id))
    return Report(incoming, code, unknown, dry_run, update)


def _into(workspace: Workspace, squad: str, board: str | None) -> tuple[int | str, int | None]:
    """The squad, or the name of the first one, and the board that is named."""
    with workspace.read() as connection:
        squad_id: int | str | None = squad_by_code(connection, squad)
        if squad_id is None and connection.scalar(select(SQUAD.c.id).limit(1)) is None:
            squad_id = squad
        if squad_id is None:
            raise InputError(_("There is no squad {code}.").format(code=squad))
        if board is None:
            return squad_id, None
        board_id = board_by_code(connection, board)
        owner = connection.scalar(select(BOARD.c.squad_id).where(BOARD.c.id == board_id))
    if board_id is None:
        raise InputError(_("There is no board {code}.").format(code=board))
    if owner != squad_id:
        raise InputError(
            _("The board {code} is another squad's than {squad}.").format(code=board, squad=squad)
        )
    return squad_id, board_id


def _read_own(
    workspace: Workspace,
    source: Source,
    squad: int | str,
    board: str | None,
    name: str | None,
    dry_run: bool,
) -> own_form.Report:
    own, file = source.own or {}, source.path.name
    if board is not None:
        raise InputError(
            _("{file} is a whole board of Ecofolio's: it is read back as a new board.").format(
                file=file
            )
        )
    if name and isinstance(own.get("board"), dict):
        own = {**own, "board": {**own["board"], "name": name}}
    with bundles.kept(workspace.place, source.path, own, dry_run=dry_run) as missing:
        return own_form.run_import(workspace, own, squad, file, dry_run, missing)


_CARDS, _EVENTS = known_headers(card_targets.TARGETS), known_headers(card_targets.EVENTS)
_REGULAR = 0.7  # of the rows of a table have two cells
_NO_DELIMITER = "\x1f"  # for lines that are not to be split


def _is_known(header: str) -> bool:
    return _CARDS(header) or _EVENTS(header)


# --- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A file that was opened once, to be read as a board as often as somebody says otherwise.

    `own` is Ecofolio's own document where it is one.
    """

    path: Path
    format: str | None
    document: dict[str, Any] | None = None
    book: Book | None = None
    own: dict[str, Any] | None = None
    _tables: dict[tuple[object, ...], Table] = field(default_factory=dict, compare=False)

    def read(self, overrules: Overrules, board: Standing | None = None) -> Incoming:
        """The board that it tells of. `board` is what the one has that it is to update.
        `InputError` with one sentence."""
        board = board or Standing()
        kinds = board.told(_checked_kinds(overrules.kinds))
        if self.document is not None:
            incoming = trello.read(self.document, kinds, board.known())
        elif self.book is None:
            incoming = xes.read(self.path, kinds, board.known())
        else:
            incoming = self._listed(overrules, kinds, board)
            said = _("Reading {file}: {what}.")
            incoming.notices += [
                said.format(file=self.path.name, what=what) for what in faults(self.book)
            ]
        board.call(incoming)
        if overrules.name:
            incoming.name = overrules.name
        if not incoming.cards:
            raise InputError(_("{file} holds no cards.").format(file=self.path.name))
        return incoming

    def table(self, overrules: Overrules) -> Table:
        """The list in the book."""
        assert self.book is not None
        key = (overrules.sheet, overrules.layout)
        if key not in self._tables:
            self._tables[key] = choose_table(
                self.book, _is_known, sheet=overrules.sheet, layout=overrules.layout
            )
        return self._tables[key]

    def _is_plain(self, table: Table) -> bool:
        """Whether it is text in which hardly a column is called anything and few rows have two
        cells."""
        known = sum(_is_known(column.header) for column in table.columns)
        if self.book is None or self.book.delimiter is None or 3 * known >= len(table.columns):
            return False
        filled = [sum(not is_blank(cell) for cell in row) for row in table.rows]
        return sum(n > 1 for n in filled) <= _REGULAR * len(filled)

    def as_lines(self, overrules: Overrules) -> Source:
        """The same where plain text is said to be a list: its lines as they are, the first one
        as well. Any other source is what it was."""
        if self.book is None or not self._is_plain(self.table(overrules)):
            return self
        encoding = overrules.encoding
        book = read_book(self.path, encoding=encoding, delimiter=_NO_DELIMITER)
        found = replace(self, book=book, _tables={})
        lines = replace(overrules, layout=Layout(header_row=0))
        found._tables[overrules.sheet, overrules.layout] = found.table(lines)
        return found

    def _listed(self, overrules: Overrules, kinds: Mapping[str, str], board: Standing) -> Incoming:
        present = board.known()
        table, name = self.table(overrules), self.path.stem
        if overrules.format is None and overrules.mapping is None and self._is_plain(table):
            text = _(
                "{file} is plain text without a table: say that it is a list if each of its "
                "lines is a card."
            )
            raise InputError(text.format(file=self.path.name))
        places = events_of(table, overrules)
        if places is not None:
            return eventlogs.read_table(table, places, name, kinds, present)
        if overrules.format == "events":
            raise InputError(
                _("{file} is no event log: it needs columns for case, activity and time.").format(
                    file=self.path.name
                )
            )
        mapping = mapping_of(table, overrules)
        found = tables.read(table, mapping, name, kinds, present, board.cards)
        if not found.cards and overrules.mapping is None and overrules.format is None:
            guessed = eventlogs.find_columns(table, guess=True)
            if guessed is not None:
                return eventlogs.read_table(table, guessed, name, kinds, present)
        return found


def events_of(table: Table, overrules: Overrules) -> eventlogs.EventColumns | None:
    """The columns of an event log, by name or as they are told; None for a list of cards."""
    told = overrules.mapping or {}
    if overrules.format == "list" or "columns" in told:
        return None
    parts = {str(key): None if one is None else str(one) for key, one in told.items()}
    said = overrules.format == "events"
    return eventlogs.find_columns(table, parts, anyway=said or bool(parts))


def mapping_of(table: Table, overrules: Overrules) -> ColumnMapping:
    """What becomes of a list's columns: as told, and as proposed for those it does not name."""
    proposed = card_targets.proposed(table)
    if not overrules.mapping:
        return proposed
    return fitted(from_json(overrules.mapping, card_targets.TARGETS), proposed, table)


def open_source(path: Path, overrules: Overrules) -> Source:
    """Open a file as what it looks like, or as what is said; `InputError` with one sentence."""
    wanted, name = overrules.format, path.name.lower()
    if wanted is not None and wanted not in FORMATS:
        raise InputError(_("There is no format {name}.").format(name=wanted))
    if name.endswith(bundles.SUFFIX):
        return Source(path, wanted, own=bundles.document_in(path))
    if wanted in ("trello", "ecofolio") or (wanted is None and name.endswith(".json")):
        document = read_json(path)
        if own_form.is_own(document):
            return Source(path, wanted, own=document)
        if not trello.is_trello(document):
            raise InputError(
                _("{file} is neither Trello's nor Ecofolio's board.").format(file=path.name)
            )
        return Source(path, wanted, document=document)
    if wanted == "xes" or (wanted is None and name.endswith(_XES)):
        _check_size(path)
        return Source(path, wanted)
    book = read_book(
        path,
        sheet=overrules.sheet,
        encoding=overrules.encoding,
        delimiter=overrules.delimiter,
    )
    found = Source(path, wanted, book=book)
    is_said = wanted == "list" and overrules.delimiter is None and overrules.layout == Layout()
    return found.as_lines(overrules) if is_said else found


def _checked_kinds(kinds: Mapping[str, str]) -> dict[str, str]:
    for kind in kinds.values():
        if kind not in ColumnKind._value2member_map_:
            raise InputError(_("A column is a backlog, a queue, active or done."))
    return dict(kinds)


def _check_size(path: Path) -> None:
    try:
        if path.stat().st_size > LIMITS.file:
            raise InputError(_("{file} is too large to be a board.").format(file=path.name))
    except OSError as error:
        raise InputError(
            _("{file} can not be read: {why}.").format(file=path.name, why=error.strerror)
        ) from None


def read_json(path: Path) -> Any:
    """A JSON document within the limits of foreign files."""
    _check_size(path)
    try:
        content = path.read_bytes()
        text = content.decode(json.detect_encoding(content))  # UTF-16 as well
        found = json.loads(text)
        return _storable(found) if _UNFIT_TEXT.search(text) else found
    except OSError as error:
        raise InputError(
            _("{file} can not be read: {why}.").format(file=path.name, why=error.strerror)
        ) from None
    except (ValueError, RecursionError):
        raise InputError(_("{file} is not a JSON document.").format(file=path.name)) from None


def matched(connection: Connection, incoming: Incoming) -> dict[str, int | None]:
    """Who of the people each name of the cards means: by name, code or e-mail (also as in
    `Lin Wei <lin.wei@bank.example>`), where only one does; nobody is made up."""
    table = table_of(Person)
    known: dict[str, set[int]] = {}
    query = select(table.c.id, table.c.name, table.c.code, table.c.email)
    for identity, *names in connection.execute(query):
        for name in filter(None, names):
            known.setdefault(name.strip().casefold(), set()).add(identity)
    found: dict[str, int | None] = {}
    for name in {name for card in incoming.cards for name in card.assignees}:
        mailed = _MAILED.fullmatch(name)
        ways = (name, mailed["mail"], mailed["name"]) if mailed else (name,)
        hits = (known.get(way.strip().casefold(), set()) for way in ways)
        found[name] = next((next(iter(hit)) for hit in hits if len(hit) == 1), None)
    return found


def _storable(value: Any) -> Any:
    """A document without the characters that no database keeps."""
    if isinstance(value, str):
        return _UNFIT.sub("", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return value
