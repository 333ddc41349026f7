"""Bringing a board in from another tool: read, shown, then written as one undoable change.

    report = run_import(workspace, path, squad="S01")

is the whole of it; a wizard takes the same steps one by one: `read_file`, `matched`, `write`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ecofolio.boards import eventlogs, exchange, ranks, tables, trello
from ecofolio.boards.incoming import Incoming, IncomingCard
from ecofolio.boards.layout import BOARD, free_code
from ecofolio.boards.model import (
    Board,
    BoardColumn,
    Card,
    CardAssignee,
    CardComment,
    CardField,
    CardStay,
    CardValue,
    ChecklistItem,
)
from ecofolio.boards.placing import now
from ecofolio.boards.rules import MOST_LABELS, clean_card, clean_column
from ecofolio.errors import InputError
from ecofolio.intake.mapping import from_json
from ecofolio.intake.proposing import known_headers
from ecofolio.intake.reading import LIMITS, read_book
from ecofolio.intake.table import Layout, choose_table
from ecofolio.organisation.model import Person
from ecofolio.squads.queries import SQUAD
from ecofolio.squads.queries import by_code as squad_by_code
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_, _
from ecofolio.vocabulary import ColumnKind, FieldType, ServiceClass

FORMATS = ("trello", "events", "xes", "list", "ecofolio")
_JSON, _XES = (".json",), (".xes", ".xml")


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
    """What an import did, or with `dry_run` would do. `unknown` are names of no person here."""

    incoming: Incoming
    board: str | None
    unknown: tuple[str, ...]
    dry_run: bool

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        found = self.incoming
        return {
            "board": self.board,
            "name": found.name,
            "format": found.format,
            "cards": len(found.cards),
            "moves": found.events,
            "trashed": sum(card.archived for card in found.cards),
            "columns": [
                {"name": one.name, "kind": one.kind.value, "why": one.why} for one in found.columns
            ],
            "fields": {name: kind.value for name, kind in found.fields.items()},
            "people_not_known": list(self.unknown),
            "refused": [one._asdict() for one in found.refused],
            "unreadable": [one._asdict() for one in found.unreadable],
            "notices": found.notices,
            "mapping": found.mapping,
            "dry_run": self.dry_run,
        }


def run_import(
    workspace: Workspace,
    path: Path | str,
    *,
    squad: str,
    overrules: Overrules | None = None,
    dry_run: bool = False,
) -> Report | exchange.Report:
    """Bring a board into a squad as one undoable change, or with `dry_run` only tell of it.

    `squad` is a code or a name; in a programme without squads it is the name of the first.
    Raises `InputError` with one sentence.
    """
    path, overrules = Path(path), overrules or Overrules()
    with workspace.read() as connection:
        squad_id: int | str | None = squad_by_code(connection, squad)
        if squad_id is None and connection.scalar(select(SQUAD.c.id).limit(1)) is None:
            squad_id = squad
    if squad_id is None:
        raise InputError(_("There is no squad {code}.").format(code=squad))
    document = read_json(path) if _is_json(path, overrules) else None
    if isinstance(document, dict) and exchange.is_own(document):
        return exchange.run_import(workspace, document, squad_id, path.name, dry_run)
    incoming = read_file(path, overrules, document)
    with workspace.read() as connection:
        people = matched(connection, incoming)
    unknown = tuple(sorted(name for name, person in people.items() if person is None))
    if isinstance(squad_id, str):
        text = _("The programme has no squads yet: “{name}” becomes the first.")
        incoming.notices.append(text.format(name=squad))
    if dry_run:
        return Report(incoming, None, unknown, dry_run)
    board = workspace.do(write, squad_id, incoming, people, path.name)
    with workspace.read() as connection:
        code = connection.scalar(select(BOARD.c.code).where(BOARD.c.id == board))
    return Report(incoming, code, unknown, dry_run)


def _is_json(path: Path, overrules: Overrules) -> bool:
    return overrules.format in ("trello", "ecofolio") or (
        overrules.format is None and path.suffix.lower() in _JSON
    )


def read_json(path: Path) -> Any:
    """A JSON document within the limits of foreign files."""
    try:
        if path.stat().st_size > LIMITS.file:
            raise InputError(_("{file} is too large to be a board.").format(file=path.name))
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(
            _("{file} can not be read: {why}.").format(file=path.name, why=error.strerror)
        ) from None
    except (ValueError, RecursionError):
        raise InputError(_("{file} is not a JSON document.").format(file=path.name)) from None


def read_file(path: Path, overrules: Overrules, document: Any = None) -> Incoming:
    """The board that a file tells of, by its format or the one that is said."""
    kinds = dict(overrules.kinds)
    for kind in kinds.values():
        if kind not in ColumnKind._value2member_map_:
            raise InputError(_("A column is a backlog, a queue, active or done."))
    if overrules.format is not None and overrules.format not in FORMATS:
        raise InputError(_("There is no format {name}.").format(name=overrules.format))
    if _is_json(path, overrules):
        document = read_json(path) if document is None else document
        if not trello.is_trello(document):
            raise InputError(
                _("{file} is neither Trello's nor Ecofolio's board.").format(file=path.name)
            )
        incoming = trello.read(document, kinds)
    elif overrules.format == "xes" or (overrules.format is None and path.suffix.lower() in _XES):
        incoming = _xes(path, kinds)
    else:
        incoming = _listed(path, overrules, kinds)
    if overrules.name:
        incoming.name = overrules.name
    if not incoming.cards:
        raise InputError(_("{file} holds no cards.").format(file=path.name))
    return incoming


def _xes(path: Path, kinds: Mapping[str, str]) -> Incoming:
    try:
        if path.stat().st_size > LIMITS.file:
            raise InputError(_("{file} is too large to be a board.").format(file=path.name))
    except OSError as error:
        raise InputError(
            _("{file} can not be read: {why}.").format(file=path.name, why=error.strerror)
        ) from None
    return eventlogs.read_xes(path, kinds)


def _listed(path: Path, overrules: Overrules, kinds: Mapping[str, str]) -> Incoming:
    book = read_book(
        path,
        sheet=overrules.sheet,
        encoding=overrules.encoding,
        delimiter=overrules.delimiter,
    )
    for_cards = known_headers(tables.TARGETS)
    table = choose_table(
        book,
        lambda text: for_cards(text) or eventlogs.known(text),
        sheet=overrules.sheet,
        layout=overrules.layout,
    )
    told = overrules.mapping or {}
    if overrules.format != "list" and "columns" not in told:
        places = eventlogs.find_columns(table, {str(k): str(v) for k, v in told.items()})
        if places is not None:
            return eventlogs.read_table(table, places, path.stem, kinds)
    if overrules.format == "events":
        raise InputError(
            _("{file} is no event log: it needs columns for case, activity and time.").format(
                file=path.name
            )
        )
    mapping = from_json(told, tables.TARGETS) if told else tables.proposed(table)
    return tables.read(table, mapping, path.stem, kinds)


def matched(connection: Connection, incoming: Incoming) -> dict[str, int | None]:
    """Who of the people each name of the cards means: by name, code or e-mail, where only one
    does; nobody is made up."""
    table = table_of(Person)
    known: dict[str, set[int]] = {}
    query = select(table.c.id, table.c.name, table.c.code, table.c.email)
    for identity, *names in connection.execute(query):
        for name in filter(None, names):
            known.setdefault(name.strip().casefold(), set()).add(identity)
    wanted = {name for card in incoming.cards for name in card.assignees}
    found: dict[str, int | None] = {}
    for name in wanted:
        hits = known.get(name.strip().casefold(), set())
        found[name] = next(iter(hits)) if len(hits) == 1 else None
    return found


def write(
    work: Work,
    squad_id: int | str,
    incoming: Incoming,
    people: Mapping[str, int | None],
    file: str,
) -> int:
    """Write a board with its cards and their history; returns its identity."""
    squad = exchange.squad_of(work, squad_id)
    code = free_code(work, None, squad["code"])
    name = _free_name(work, squad["id"], incoming.name)
    board = work.insert(Board, [{"squad_id": squad["id"], "code": code, "name": name}])[0]
    made = work.insert(
        BoardColumn,
        [
            {
                "board_id": board,
                "position": n,
                **clean_column(
                    {"name": one.name, "kind": one.kind.value, "wip_limit": one.wip_limit}
                ),
            }
            for n, one in enumerate(incoming.columns)
        ],
    )
    columns = {one.name: made[n] for n, one in enumerate(incoming.columns)}
    unknown = _("Assignee in {format}").format(format=incoming.format)
    fields = dict(incoming.fields)
    if any(person is None for person in people.values()):
        fields[unknown] = fields.get(unknown, FieldType.TEXT)
    made = work.insert(
        CardField,
        [
            {"board_id": board, "name": own, "type": kind.value, "position": n}
            for n, (own, kind) in enumerate(fields.items())
        ],
    )
    field_ids = dict(zip(fields, made, strict=True))
    cards = _cards(work, board, incoming, columns)
    values = [dict(card.values) for card in incoming.cards]
    for own, card in zip(values, incoming.cards, strict=True):
        missing = [one for one in card.assignees if people.get(one) is None]
        if missing:
            own[unknown] = ", ".join(missing)
    _parts(work, cards, incoming.cards, people)
    work.insert(
        CardValue,
        [
            {"card_id": card, "field_id": field_ids[own], "value": text}
            for card, kept in zip(cards, values, strict=True)
            for own, text in kept.items()
            if text.strip()
        ],
    )
    work.label(N_("Import board {board} from {file}"), board=name, file=file)
    return board


def _free_name(work: Work, squad_id: int, wanted: str) -> str:
    """The board's name, told apart from the squad's others."""
    taken = set(work.connection.scalars(select(BOARD.c.name).where(BOARD.c.squad_id == squad_id)))
    name, n = wanted.strip() or _("Imported board"), 2
    while name in taken:
        name, n = f"{wanted} ({n})", n + 1
    return name


def _cards(work: Work, board: int, incoming: Incoming, columns: Mapping[str, int]) -> list[int]:
    own: dict[str, list[IncomingCard]] = {}
    for card in incoming.cards:
        own.setdefault(card.stays[-1].column, []).append(card)
    rank: dict[int, str] = {}
    for held in own.values():
        keys = ranks.spread(None, None, len(held))
        rank.update((id(card), key) for card, key in zip(held, keys, strict=True))
    at = now(work)
    rows, stays = [], []
    for card in incoming.cards:
        last = card.stays[-1]
        rows.append(
            {
                **_columns(card),
                "board_id": board,
                "column_id": columns[last.column],
                "rank": rank[id(card)],
                "entered_at": last.at or at,
                "entered_by": last.by,
                "trashed_at": at if card.archived else None,
            }
        )
        stays.append([(columns[one.column], one.at or at, one.by) for one in card.stays[:-1]])
    made = work.insert(Card, rows)
    work.insert(
        CardStay,
        [
            {"card_id": card, "column_id": column, "entered_at": entered, "entered_by": by}
            for card, past in zip(made, stays, strict=True)
            for column, entered, by in past
        ],
    )
    return made


def _columns(card: IncomingCard) -> dict[str, Any]:
    labels = ",".join(card.labels)
    return clean_card(
        {
            "key": card.key[:80],
            "title": card.title[:500],
            "description": card.description[:100_000],
            "labels": labels if len(labels) <= MOST_LABELS else labels[:MOST_LABELS],
            "due_date": card.due,
            "size": card.size,
            "service": card.service or ServiceClass.STANDARD.value,
        }
    )


def _parts(
    work: Work,
    made: Sequence[int],
    cards: Sequence[IncomingCard],
    people: Mapping[str, int | None],
) -> None:
    pairs = list(zip(made, cards, strict=True))
    work.insert(
        CardAssignee,
        [
            {"card_id": one, "person_id": person}
            for one, card in pairs
            for person in dict.fromkeys(people.get(name) for name in card.assignees)
            if person is not None
        ],
    )
    work.insert(
        ChecklistItem,
        [
            {"card_id": one, "section": section, "text": text, "done": done, "position": n}
            for one, card in pairs
            for n, (section, text, done) in enumerate(card.items)
        ],
    )
    work.insert(
        CardComment,
        [
            {"card_id": one, "at": at, "author": author, "body": body}
            for one, card in pairs
            for at, author, body in card.comments
        ],
    )
