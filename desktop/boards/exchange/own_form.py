"""Ecofolio's own form of a board: a JSON document that reads back to an identical board.

Identities are those of the exporting programme and only tie the parts together; people,
initiatives and milestones are told by code and name, so that another programme finds its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Table, select

from ecofolio.boards.exchange.pacing import Pace, Pen, Step, unwatched
from ecofolio.boards.filters import NO_SPRINT, CardFilter
from ecofolio.boards.layout import BOARD, free_code
from ecofolio.boards.model import (
    Board,
    BoardColumn,
    BoardFilter,
    BoardLane,
    Card,
    CardAssignee,
    CardBlock,
    CardComment,
    CardDependency,
    CardField,
    CardFile,
    CardStay,
    CardValue,
    ChecklistItem,
    Sprint,
    SprintCard,
)
from ecofolio.boards.placing import chunks
from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative, Milestone
from ecofolio.organisation.model import Person
from ecofolio.squads.actions import create_squad
from ecofolio.squads.model import Squad
from ecofolio.store.base import Record, table_of
from ecofolio.store.work import Work
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_, _, ngettext, pgettext
from ecofolio.vocabulary import LaneBy

FORMAT, VERSION = "ecofolio-board", 1
# in the order in which they are read: what a part points to comes before it
_OF_BOARD: dict[str, type[Record]] = {
    "columns": BoardColumn,
    "lanes": BoardLane,
    "fields": CardField,
    "sprints": Sprint,
    "filters": BoardFilter,  # after the sprints, which they name
}
_OF_CARDS: dict[str, type[Record]] = {
    "stays": CardStay,
    "blocks": CardBlock,
    "assignees": CardAssignee,
    "items": ChecklistItem,
    "comments": CardComment,
    "files": CardFile,
    "values": CardValue,
    "sprint_cards": SprintCard,
}
_OWN = ("id", "version")
_POINTS = {
    "column_id": "columns",
    "field_id": "fields",
    "sprint_id": "sprints",
    "card_id": "cards",
    "blocker_id": "cards",
    "blocked_id": "cards",
}
_OUTSIDE = {"person_id": "people", "initiative_id": "initiatives", "milestone_id": "milestones"}


def export(connection: Connection, board_id: int, pace: Pace | None = None) -> dict[str, Any]:
    """A board as plain values for JSON; `InputError` where it is gone. `pace` counts its rows."""
    pace = pace or Pace(unwatched, 0)
    board = connection.execute(select(BOARD).where(BOARD.c.id == board_id)).mappings().first()
    if board is None:
        raise InputError(_("This board no longer exists: somebody deleted it meanwhile."))
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    document["board"] = {
        key: board[key] for key in ("code", "name", "lane_by", "blocks", "sprints")
    }
    for name, record in _OF_BOARD.items():
        table = table_of(record)
        document[name] = _plain(connection, table, table.c.board_id == board_id)
    card = table_of(Card)
    document["cards"] = _plain(connection, card, card.c.board_id == board_id)
    ids = [one["id"] for one in document["cards"]]
    for name, record in _OF_CARDS.items():
        table = table_of(record)
        document[name] = [
            one
            for part in chunks(ids)
            for one in pace.over(_plain(connection, table, table.c.card_id.in_(part)))
        ]
        document[name].sort(key=lambda one: one["id"])
    _history_elsewhere(connection, document)
    link, known = table_of(CardDependency), set(ids)
    document["dependencies"] = [
        one
        for one in _plain(connection, link, link.c.id.is_not(None))
        if one["blocker_id"] in known and one["blocked_id"] in known
    ]
    _name_outsiders(connection, document)
    return document


def _history_elsewhere(connection: Connection, document: dict[str, Any]) -> None:
    """Columns of other boards that cards came from, as deleted ones: history stays whole."""
    here = {one["id"] for one in document["columns"]}
    away = sorted({one["column_id"] for one in document["stays"]} - here)
    table = table_of(BoardColumn)
    for part in chunks(away):
        for one in _plain(connection, table, table.c.id.in_(part)):
            document["columns"].append({**one, "retired_at": one["retired_at"] or 1})


def _plain(connection: Connection, table: Table, condition: Any) -> list[dict[str, Any]]:
    query = select(table).where(condition).order_by(table.c.id)
    names = [one.name for one in table.columns if one.name not in ("version", "board_id")]
    return [
        {
            name: value.isoformat() if isinstance(value := row[name], date) else value
            for name in names
        }
        for row in connection.execute(query).mappings()
    ]


def _name_outsiders(connection: Connection, document: dict[str, Any]) -> None:
    wanted: dict[str, set[int]] = {name: set() for name in _OUTSIDE.values()}
    for part in ("cards", "assignees"):
        for one in document[part]:
            for key, name in _OUTSIDE.items():
                if one.get(key) is not None:
                    wanted[name].add(one[key])
    for one in document["filters"]:
        chosen = CardFilter.from_json(one["spec"])
        wanted["people"] |= chosen.assignees
        wanted["initiatives"] |= chosen.initiatives
    lane_by = document["board"]["lane_by"]
    if lane_by in (LaneBy.ASSIGNEE, LaneBy.INITIATIVE):
        name = "people" if lane_by == LaneBy.ASSIGNEE else "initiatives"
        wanted[name] |= {int(one["key"]) for one in document["lanes"] if one["key"]}
    milestone = table_of(Milestone)
    for ids in chunks(sorted(wanted["milestones"])):
        query = select(milestone.c.id, milestone.c.initiative_id, milestone.c.name)
        for row in connection.execute(query.where(milestone.c.id.in_(ids))):
            wanted["initiatives"].add(row.initiative_id)
            own = {"id": row.id, "initiative_id": row.initiative_id, "name": row.name}
            document.setdefault("milestones", []).append(own)
    for name, record in (("people", Person), ("initiatives", Initiative)):
        table = table_of(record)
        document[name] = [
            {"id": row.id, "code": row.code, "name": row.name}
            for some in chunks(sorted(wanted[name]))
            for row in connection.execute(
                select(table.c.id, table.c.code, table.c.name)
                .where(table.c.id.in_(some))
                .order_by(table.c.id)
            )
        ]
    document.setdefault("milestones", [])


# --- reading back ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What an import of an own document did, or would do. `missing` are files not to be had."""

    board: str | None
    name: str
    cards: int
    moves: int
    unknown: tuple[str, ...]
    dry_run: bool
    missing: tuple[str, ...] = ()

    @property
    def notices(self) -> list[str]:
        """What to know of it."""
        if not self.missing:
            return []
        text = ngettext(
            "A file is not here, and its card names it only: {names}.",
            "{n} files are not here, and their cards name them only: {names}.",
            len(self.missing),
        )
        names = pgettext("list", ", ").join(self.missing[:20])
        return [text.format(n=len(self.missing), names=names)]

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "board": self.board,
            "name": self.name,
            "format": "ecofolio",
            "cards": self.cards,
            "moves": self.moves,
            "is_new": True,
            "created": self.cards,
            "updated": 0,
            "unchanged": 0,
            "people_not_known": list(self.unknown),
            "refused": [],
            "unreadable": [],
            "notices": self.notices,
            "dry_run": self.dry_run,
        }


def is_own(document: object) -> bool:
    """Whether a JSON document is a board of Ecofolio's."""
    return isinstance(document, dict) and document.get("format") == FORMAT


def squad_of(work: Work, squad: int | str) -> dict[str, Any]:
    """The squad by its identity, or a new one by its name: the first of a programme."""
    return work.row(Squad, squad if isinstance(squad, int) else create_squad(work, {"name": squad}))


def run_import(
    workspace: Workspace,
    document: dict[str, Any],
    squad: int | str,
    file: str,
    dry_run: bool,
    missing: tuple[str, ...] = (),
) -> Report:
    """Read a document back as one undoable change. Raises `InputError` with one sentence."""
    check(document)
    with workspace.read() as connection:
        outsiders = _find_outsiders(connection, document)
    known, people = outsiders["people"], document["people"]
    unknown = tuple(str(one.get("name")) for one in people if one["id"] not in known)
    moves = len(document["cards"]) + len(document["stays"])
    name, count = str(document["board"]["name"]), len(document["cards"])
    if dry_run:
        return Report(None, name, count, moves, unknown, dry_run, missing)
    board = workspace.do(read, document, squad, file)
    with workspace.read() as connection:
        code = connection.scalar(select(BOARD.c.code).where(BOARD.c.id == board))
    return Report(code, name, count, moves, unknown, dry_run, missing)


def check(document: Mapping[str, Any]) -> None:
    """`InputError` where a document is not what `export` writes."""
    if document.get("version") != VERSION:
        raise InputError(_("This board was written by a newer Ecofolio: update this one."))
    parts = (*_OF_BOARD, "cards", *_OF_CARDS, "dependencies", *_OUTSIDE.values())
    damaged = InputError(_("This board's document is damaged: parts of it are missing or wrong."))
    if not isinstance(document.get("board"), dict):
        raise damaged
    for part in parts:
        rows = document.get(part)
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise damaged
        ids = [one.get("id") for one in rows]
        if not all(isinstance(one, int) for one in ids) or len(set(ids)) < len(ids):
            raise damaged
    if not all(map(_is_file, document["files"])):
        raise damaged
    known = {part: {one["id"] for one in document[part]} for part in parts}
    for part in ("cards", *_OF_CARDS, "dependencies"):
        for one in document[part]:
            for key, target in _POINTS.items():
                if key in one and one[key] not in known[target]:
                    raise damaged


def _is_file(one: Mapping[str, Any]) -> bool:
    key, size = one.get("hash"), one.get("size")
    return (
        isinstance(key, str)
        and re.fullmatch("[0-9a-f]{64}", key) is not None
        and isinstance(one.get("name"), str)
        and isinstance(size, int)
        and size >= 0
    )


def read(
    work: Work,
    document: Mapping[str, Any],
    squad_id: int | str,
    file: str,
    step: Step = unwatched,
) -> int:
    """Write a document's board into a squad (see `squad_of`); returns its identity. `step` is
    told how far it is."""
    squad, told = squad_of(work, squad_id), document["board"]
    taken = work.connection.scalar(select(BOARD.c.id).where(BOARD.c.code == told.get("code")))
    code = free_code(work, None if taken else told.get("code"), squad["code"])
    values = {key: told[key] for key in ("name", "lane_by", "blocks", "sprints") if key in told}
    board = work.insert(Board, [{**values, "code": code, "squad_id": squad["id"]}])[0]
    outsiders = _find_outsiders(work.connection, document)
    parts = ("cards", *_OF_CARDS, "dependencies")
    pen = Pen(work, Pace(step, sum(len(document[part]) for part in parts)))
    made: dict[str, dict[int, int]] = {}
    for name, record in _OF_BOARD.items():
        rows = document[name]
        if name == "lanes":
            rows = _lanes(rows, str(told.get("lane_by")), outsiders)
        elif name == "filters":
            rows = _filters(rows, made["sprints"], outsiders)
        made[name] = _insert(pen, record, rows, made, outsiders, {"board_id": board})
    made["cards"] = _insert(pen, Card, document["cards"], made, outsiders, {"board_id": board})
    known = outsiders["people"]
    for name, record in _OF_CARDS.items():
        rows = document[name]
        if name == "assignees":
            rows = [one for one in rows if one["person_id"] in known]
        made[name] = _insert(pen, record, rows, made, outsiders, {})
    _insert(pen, CardDependency, document["dependencies"], made, outsiders, {})
    pen.pace.end()
    work.label(N_("Import board {board} from {file}"), board=str(told.get("name")), file=file)
    return board


def _insert(
    pen: Pen,
    record: type[Record],
    rows: Sequence[Mapping[str, Any]],
    made: Mapping[str, Mapping[int, int]],
    outsiders: Mapping[str, Mapping[int, int]],
    given: Mapping[str, Any],
) -> dict[int, int]:
    table = table_of(record)
    dates = {column.name for column in table.columns if isinstance(column.type, Date)}
    full = []
    try:
        for one in sorted(rows, key=lambda row: int(row["id"])):
            row = dict(given)
            for name in {column.name for column in table.columns} - {*_OWN, *given}:
                value = one.get(name)
                if value is not None and name in _POINTS:
                    value = made[_POINTS[name]][value]
                elif value is not None and name in _OUTSIDE:
                    value = outsiders[_OUTSIDE[name]].get(value)
                elif value is not None and name in dates:
                    value = date.fromisoformat(value)
                row[name] = value
            full.append(row)
    except (ValueError, TypeError, KeyError):
        raise InputError(
            _("This board's document is damaged: parts of it are missing or wrong.")
        ) from None
    ids = [int(one["id"]) for one in sorted(rows, key=lambda row: int(row["id"]))]
    return dict(zip(ids, pen.insert(record, full), strict=True))


def _lanes(
    rows: Sequence[Mapping[str, Any]], lane_by: str, outsiders: Mapping[str, Mapping[int, int]]
) -> list[dict[str, Any]]:
    names = {LaneBy.ASSIGNEE.value: "people", LaneBy.INITIATIVE.value: "initiatives"}
    if lane_by not in names:
        return [dict(one) for one in rows]
    known = outsiders[names[lane_by]]
    found = []
    for one in rows:
        if not one["key"]:
            found.append(dict(one))
        elif int(one["key"]) in known:
            found.append({**one, "key": str(known[int(one["key"])])})
    return found


def _filters(
    rows: Sequence[Mapping[str, Any]],
    sprints: Mapping[int, int],
    outsiders: Mapping[str, Mapping[int, int]],
) -> list[dict[str, Any]]:
    """Saved filters that mean the same here; those of whom nobody is known are left out."""
    known = {
        "sprints": {**sprints, NO_SPRINT: NO_SPRINT},
        "assignees": outsiders["people"],
        "initiatives": outsiders["initiatives"],
    }
    meant = [CardFilter.from_json(str(one.get("spec"))).renumbered(known) for one in rows]
    return [{**one, "spec": own.as_json()} for one, own in zip(rows, meant, strict=True) if own]


def _find_outsiders(
    connection: Connection, document: Mapping[str, Any]
) -> dict[str, dict[int, int]]:
    """The programme's own people, initiatives and milestones by the document's identities."""
    found: dict[str, dict[int, int]] = {}
    for name, record in (("people", Person), ("initiatives", Initiative)):
        table = table_of(record)
        own: dict[str, int] = dict(connection.execute(select(table.c.code, table.c.id)).all())
        found[name] = {
            one["id"]: own[one["code"]] for one in document[name] if one.get("code") in own
        }
    milestone = table_of(Milestone)
    query = select(milestone.c.initiative_id, milestone.c.name, milestone.c.id)
    here = {(row[0], row[1]): row[2] for row in connection.execute(query)}
    found["milestones"] = {
        one["id"]: here[initiative, one.get("name")]
        for one in document["milestones"]
        if (initiative := found["initiatives"].get(one.get("initiative_id"))) is not None
        and (initiative, one.get("name")) in here
    }
    return found
