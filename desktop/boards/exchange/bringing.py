"""A board's file on its way in, step by step: opened, read, told in words, written as one change.

What was previewed is what is written: the file is opened once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sqlalchemy import select

from ecofolio.boards.exchange import (
    bundles,
    comparing,
    importing,
    linking,
    list_columns,
    own_form,
    updating,
    writing,
)
from ecofolio.boards.exchange.card_targets import EVENT_BY_KEY
from ecofolio.boards.exchange.comparing import Difference, Update
from ecofolio.boards.exchange.importing import Overrules, Source
from ecofolio.boards.exchange.incoming import Incoming
from ecofolio.boards.exchange.list_columns import Columns
from ecofolio.boards.exchange.pacing import Step, unwatched
from ecofolio.boards.exchange.standing import standing
from ecofolio.boards.layout import BOARD
from ecofolio.boards.rules import CARD_FIELDS
from ecofolio.errors import InputError
from ecofolio.format import day
from ecofolio.store.workspace import Workspace
from ecofolio.text import N_, _, ngettext, pgettext
from ecofolio.vocabulary import ColumnKind, ServiceClass

SUFFIXES = (
    *(".json", bundles.SUFFIX, ".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".fods"),
    *(".xes", ".xml", ".xes.gz", ".xml.gz"),
)
FORMATS: dict[str, str] = {
    "trello": N_("Trello board (JSON)"),
    "events": N_("Event log: a row for each move"),
    "xes": N_("Event log (XES)"),
    "list": N_("List: a row for each card"),
    "ecofolio": N_("Ecofolio board (JSON)"),
}
SAME: Literal["same"] = "same"  # into the board that came from the same source, or else a new one
Into = int | Literal["same"] | None
_MOST = 200  # lines of one sort that are told one by one


class FoundColumn(NamedTuple):
    """A column with the kind that it is taken for, and why."""

    name: str
    kind: ColumnKind
    why: str


@dataclass(frozen=True)
class Found:
    """What a file tells of a board, and what it would change of the one that it is to update.

    `boards` are those of the squad, by identity; `of_list` the columns of a list.
    """

    source: Source
    format: str
    name: str
    cards: int
    moves: int
    columns: tuple[FoundColumn, ...]
    incoming: Incoming | None = None
    people: Mapping[str, int | None] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    update: Update | None = None
    boards: tuple[tuple[int, str], ...] = ()
    of_list: Columns | None = None
    notices: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    @property
    def is_own(self) -> bool:
        """Whether it is a board of Ecofolio's, which is read back as it is."""
        return self.source.own is not None

    @property
    def sentence(self) -> str:
        """How much there is, and what it was taken for."""
        moves = ngettext("{n} move", "{n} moves", self.moves)
        if self.update is not None:
            moves = ngettext("{n} new move", "{n} new moves", self.moves)
        parts = [
            ngettext("{n} card", "{n} cards", self.cards).format(n=f"{self.cards:,}"),
            moves.format(n=f"{self.moves:,}"),
            _(FORMATS[self.format]),
        ]
        return " · ".join(parts)

    @property
    def outcome(self) -> str:
        """What it would come to: a new board, or how much of one that is there would change."""
        update = self.update
        if update is None:
            return _("It becomes a new board.")
        if update.is_nothing:
            return _("“{board}” is as the file says: nothing would change.").format(
                board=update.board
            )
        text = _("“{board}”: {new} new, {changed} changed, {same} as they were.")
        return text.format(
            board=update.board,
            new=f"{len(update.new):,}",
            changed=f"{len(update.changed):,}",
            same=f"{update.same:,}",
        )


@dataclass(frozen=True)
class Refusal:
    """Why a source can not be read as it is, with the columns of its list for a person to say
    what they are."""

    sentence: str
    of_list: Columns | None


def find(
    workspace: Workspace,
    source: Source,
    overrules: Overrules,
    *,
    squad: int | None = None,
    into: Into = SAME,
) -> Found | Refusal:
    """Read a source and compare it with the board that it goes into: the one that came from the
    same source (`SAME`), one by identity, or None for a new one. Nothing is written.

    A list that can not be read as it is comes back as a `Refusal`; `InputError` says what else is
    wrong.
    """
    if source.own is not None:
        return _own(workspace, source)
    try:
        incoming = source.read(overrules)
    except InputError as error:
        return Refusal(str(error), _list_columns(source, overrules))
    with workspace.read() as connection:
        board = into
        if board == SAME:
            board = comparing.same_source(connection, squad, incoming) if squad else None
        if isinstance(board, int):
            incoming = source.read(overrules, standing(connection, board))
        people = importing.matched(connection, incoming)
        update = None
        if isinstance(board, int):
            update = comparing.compare(connection, board, incoming, people)
        query = select(BOARD.c.id, BOARD.c.name).where(BOARD.c.squad_id == squad)
        boards = connection.execute(query.order_by(BOARD.c.name)).all() if squad else []
    return Found(
        source,
        incoming.format,
        incoming.name,
        len(incoming.cards),
        update.moves if update else incoming.events,
        tuple(FoundColumn(one.name, one.kind, one.why) for one in incoming.columns),
        incoming,
        people,
        tuple(sorted(name for name, person in people.items() if person is None)),
        update,
        tuple((row.id, row.name) for row in boards),
        _list_columns(source, overrules, incoming),
    )


def _list_columns(
    source: Source, overrules: Overrules, incoming: Incoming | None = None
) -> Columns | None:
    """The columns of a list as it was read, or as they are where it could not be."""
    if source.book is None:
        return None
    table = source.table(overrules)
    if incoming is not None and incoming.format == "events":
        told = {key: str(name) for key, name in (incoming.mapping or {}).items()}
        overrules = replace(overrules, mapping=dict.fromkeys(EVENT_BY_KEY) | told)
    events = importing.events_of(table, overrules)
    if events is not None and (incoming is None or incoming.format == "events"):
        return Columns(table, events=events)
    return Columns(table, mapping=importing.mapping_of(table, overrules))


def _own(workspace: Workspace, source: Source) -> Found:
    document = source.own or {}
    with bundles.kept(workspace.place, source.path, document, dry_run=True) as missing:
        report = own_form.run_import(workspace, document, 0, source.path.name, True, missing)
    columns = tuple(
        FoundColumn(str(one.get("name")), ColumnKind(one["kind"]), _("as the board has it"))
        for one in document["columns"]
        if one.get("kind") in ColumnKind._value2member_map_
    )
    return Found(
        source,
        "ecofolio",
        report.name,
        report.cards,
        report.moves,
        columns,
        unknown=report.unknown,
        notices=tuple(report.notices),
    )


def bring_in(
    workspace: Workspace, found: Found, squad: int | str, name: str, step: Step = unwatched
) -> int:
    """Write what was found as one undoable change; returns the board's identity.

    `squad` is an identity, or the name of a programme's first squad. `step` is told how far it
    is; where it raises nothing is written. `InputError` with one sentence.
    """
    name, file = name.strip() or found.name, found.path.name
    own = found.source.own
    if own is not None:
        document = {**own, "board": {**own["board"], "name": name}}
        with bundles.kept(workspace.place, found.path, document):
            return workspace.do(own_form.read, document, squad, file, step)
    assert found.incoming is not None
    if found.update is not None:
        update = found.update
        return workspace.do(updating.apply, update, found.incoming, found.people, file, step)
    found.incoming.name = name
    return workspace.do(writing.write, squad, found.incoming, found.people, file, step)


# --- in words ----------------------------------------------------------------------------------


def told(found: Found) -> list[str]:
    """What to know before it is written, a sentence each: the gravest first."""
    lines: list[str] = [*found.notices]
    if found.incoming is not None:
        lines += readings(found.incoming)
    if found.unknown:
        names = pgettext("list", ", ").join(found.unknown[:_MOST])
        lines.append(_("Nobody here is called: {names}.").format(names=names))
    if found.update is not None:
        lines += changes(found.update)
    if found.of_list is not None:
        lines += list_columns.words(found.of_list.rows(), found.of_list.choices())
    if found.incoming is not None:
        lines += [
            _("“{column}” becomes a field of its own: {type}.").format(column=name, type=kind.label)
            for name, kind in found.incoming.fields.items()
        ]
    return lines


def readings(incoming: Incoming) -> list[str]:
    """What was taken for granted, refused or could not be read, a sentence each."""
    return [
        *incoming.notices,
        *_dependencies(incoming),
        *_some(
            _("Row {n} is left out: {why}").format(n=one.row, why=one.reason)
            for one in incoming.refused
        ),
        *_some(
            _("Row {n}, {column}: “{text}” can not be read: {why}").format(
                n=one.row, column=one.column, text=one.text, why=one.reason
            )
            for one in incoming.unreadable
        ),
    ]


def _dependencies(incoming: Incoming) -> list[str]:
    n = len(incoming.links)
    text = ngettext(
        "{n} card waits for another as the file says.",
        "The file says {n} times that a card waits for another.",
        n,
    )
    return [text.format(n=f"{n:,}")] if n else []


def changes(update: Update) -> list[str]:
    """What would change of a board, a sentence for each card and each new column."""
    lines = []
    for column in update.columns:
        text = _("The column “{column}” is added: {kind}.")
        lines.append(text.format(column=column.name, kind=column.kind.label))
    for column in update.kinds:
        text = _("The column “{column}” becomes: {kind}.")
        lines.append(text.format(column=column.name, kind=column.kind.label))
    if update.absent:
        text = ngettext(
            "{n} card of the board is not in the file: it stays as it is.",
            "{n} cards of the board are not in the file: they stay as they are.",
            update.absent,
        )
        lines.append(text.format(n=f"{update.absent:,}"))
    if update.in_trash:
        text = ngettext(
            "{n} card of the file is in the trash here, and stays there.",
            "{n} cards of the file are in the trash here, and stay there.",
            update.in_trash,
        )
        lines.append(text.format(n=f"{update.in_trash:,}"))
    lines += _some(
        _("New: “{first}” blocks “{second}”").format(
            first=update.shown(one), second=update.shown(other)
        )
        for one, other in update.links
    )
    if update.circles:
        text = ngettext(
            "{n} link is left out: with what is on the board cards would wait for one another in "
            "a circle: {links}.",
            "{n} links are left out: with what is on the board cards would wait for one another "
            "in a circle: {links}.",
            len(update.circles),
        )
        pairs = [(update.shown(one), update.shown(other)) for one, other in update.circles]
        lines.append(text.format(n=f"{len(pairs):,}", links=linking.arrows(pairs)))
    lines += _some(map(_change, update.changed))
    lines += _some(_("New: {card}").format(card=card.title) for card in update.new)
    return lines


def _change(one: Difference) -> str:
    parts = []
    if one.stays is not None:
        way = " → ".join(stay.column for stay in one.stays[-one.moves - 1 :])
        parts.append(_("moves {way}").format(way=way))
    parts += [
        _("{field} {old} → {new}").format(
            field=_(CARD_FIELDS[key]), old=_shown(old), new=_shown(new)
        )
        for key, (old, new) in one.fields.items()
    ]
    parts += [
        _("{field} {old} → {new}").format(field=name, old=_shown(old), new=_shown(new))
        for name, (old, new) in one.values.items()
    ]
    if one.joining or one.leaving:
        parts.append(_("other assignees"))
    if one.items or one.ticks:
        parts.append(_("checklist"))
    if one.comments:
        n = len(one.comments)
        parts.append(ngettext("{n} comment", "{n} comments", n).format(n=n))
    if one.into_trash:
        parts.append(_("into the trash"))
    return _("{card}: {changes}").format(card=one.title, changes=pgettext("list", "; ").join(parts))


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, float):
        return f"{value:g}"
    if value in ServiceClass._value2member_map_:
        return ServiceClass(value).label
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"


def _some(lines: Iterable[str]) -> Sequence[str]:
    every = list(lines)
    if len(every) <= _MOST:
        return every
    more = len(every) - _MOST
    text = ngettext("… and {n} more like it.", "… and {n} more like these.", more)
    return [*every[:_MOST], text.format(n=f"{more:,}")]
