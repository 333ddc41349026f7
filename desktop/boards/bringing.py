"""A board's file on its way in, step by step: read, told in words, written as one change.

What was previewed is what is written: the file is read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ecofolio.boards import exchange, importing, tables
from ecofolio.boards.importing import Overrules
from ecofolio.boards.incoming import Incoming
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_, _, ngettext, pgettext
from ecofolio.vocabulary import ColumnKind

SUFFIXES = (".json", ".csv", ".tsv", ".xlsx", ".xls", ".ods", ".xes", ".xml")
FORMATS: dict[str, str] = {
    "trello": N_("Trello board (JSON)"),
    "events": N_("Event log: a row for each move"),
    "xes": N_("Event log (XES)"),
    "list": N_("List: a row for each card"),
    "ecofolio": N_("Ecofolio board (JSON)"),
}
_MOST = 200  # lines of one sort that are told one by one


class FoundColumn(NamedTuple):
    """A column with the kind that it is taken for, and why."""

    name: str
    kind: ColumnKind
    why: str


@dataclass(frozen=True)
class Found:
    """What a file tells of a board. `document` is there where it is Ecofolio's own."""

    path: Path
    format: str
    name: str
    cards: int
    moves: int
    columns: tuple[FoundColumn, ...]
    incoming: Incoming | None = None
    people: Mapping[str, int | None] = field(default_factory=dict)
    document: Mapping[str, Any] | None = None
    unknown: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """How much there is, and what it was taken for."""
        parts = [
            ngettext("{n} card", "{n} cards", self.cards).format(n=f"{self.cards:,}"),
            ngettext("{n} move", "{n} moves", self.moves).format(n=f"{self.moves:,}"),
            _(FORMATS[self.format]),
        ]
        return " · ".join(parts)


def find(workspace: Workspace, path: Path, overrules: Overrules) -> Found:
    """Read a file and match its people; nothing is written. `InputError` says what is wrong."""
    document = None
    if path.suffix.lower() == ".json" or overrules.format in ("trello", "ecofolio"):
        document = importing.read_json(path)
    if isinstance(document, dict) and exchange.is_own(document):
        return _own(workspace, path, document)
    incoming = importing.read_file(path, overrules, document)
    with workspace.read() as connection:
        people = importing.matched(connection, incoming)
    return Found(
        path,
        incoming.format,
        incoming.name,
        len(incoming.cards),
        incoming.events,
        tuple(FoundColumn(one.name, one.kind, one.why) for one in incoming.columns),
        incoming,
        people,
        unknown=tuple(sorted(name for name, person in people.items() if person is None)),
    )


def _own(workspace: Workspace, path: Path, document: dict[str, Any]) -> Found:
    report = exchange.run_import(workspace, document, 0, path.name, dry_run=True)
    columns = tuple(
        FoundColumn(str(one.get("name")), ColumnKind(one["kind"]), _("as the board has it"))
        for one in document["columns"]
        if one.get("kind") in ColumnKind._value2member_map_
    )
    return Found(
        path,
        "ecofolio",
        report.name,
        report.cards,
        report.moves,
        columns,
        document=document,
        unknown=report.unknown,
    )


def bring_in(workspace: Workspace, found: Found, squad: int | str, name: str) -> int:
    """Write what was found as one undoable change; returns the board's identity.

    `squad` is an identity, or the name of a programme's first squad. `InputError` with one
    sentence.
    """
    name = name.strip() or found.name
    file = found.path.name
    if found.document is not None:
        board = {**found.document["board"], "name": name}
        return workspace.do(exchange.read, {**found.document, "board": board}, squad, file)
    assert found.incoming is not None
    found.incoming.name = name
    return workspace.do(importing.write, squad, found.incoming, found.people, file)


def told(found: Found) -> list[str]:
    """What to know before it is written, a sentence each: the gravest first."""
    lines: list[str] = []
    if found.incoming is not None:
        incoming = found.incoming
        lines += incoming.notices
        lines += _some(
            _("Row {n} is left out: {why}").format(n=one.row, why=one.reason)
            for one in incoming.refused
        )
        lines += _some(
            _("Row {n}, {column}: “{text}” can not be read: {why}").format(
                n=one.row, column=one.column, text=one.text, why=one.reason
            )
            for one in incoming.unreadable
        )
    if found.unknown:
        names = pgettext("list", ", ").join(found.unknown[:_MOST])
        lines.append(_("Nobody here is called: {names}.").format(names=names))
    return lines + (matches(found.incoming) if found.incoming is not None else [])


def matches(incoming: Incoming) -> list[str]:
    """Which column of the file became what, a sentence each."""
    said = incoming.mapping or {}
    lines = []
    columns = said.get("columns")
    if isinstance(columns, list):
        titles = {one.key: one.title for one in tables.TARGETS}
        for one in columns:
            if one["becomes"] == "field":
                lines.append(_matched(one["column"], _(titles[one["field"]])))
    else:
        lines += [_matched(str(header), _(_EVENT[key])) for key, header in said.items()]
    lines += [
        _("“{column}” becomes a field of its own: {type}.").format(column=name, type=kind.label)
        for name, kind in incoming.fields.items()
    ]
    return lines


_EVENT: dict[str, str] = {
    "case": N_("Card"),
    "activity": N_("Column"),
    "time": N_("Time"),
    "resource": N_("Person"),
    "title": N_("Title"),
    "before": N_("Column before"),
}


def _matched(column: str, part: str) -> str:
    return _("“{column}” is read as: {part}.").format(column=column, part=part)


def _some(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    if len(every) <= _MOST:
        return every
    more = len(every) - _MOST
    text = ngettext("… and {n} more like it.", "… and {n} more like these.", more)
    return [*every[:_MOST], text.format(n=f"{more:,}")]
