"""Writing a second import of the same source into the board that came from the first.

What a person read is what is written: the comparison is made again within the transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ecofolio.boards.exchange.comparing import Held, History, Update, compare, of_cards, unknown_in
from ecofolio.boards.exchange.incoming import Incoming, IncomingCard, Stay
from ecofolio.boards.exchange.pacing import Pace, Pen, Step, unwatched
from ecofolio.boards.exchange.writing import (
    People,
    add_cards,
    add_values,
    choices,
    named,
    rows_of,
    values_of,
)
from ecofolio.boards.model import (
    BoardColumn,
    Card,
    CardAssignee,
    CardComment,
    CardDependency,
    CardField,
    CardStay,
    CardValue,
    ChecklistItem,
)
from ecofolio.boards.placing import COLUMN, FIELD, end_blocks, make_room, now
from ecofolio.boards.rules import clean_column
from ecofolio.errors import StaleError
from ecofolio.intake.names import normal
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import ColumnKind, FieldType


def apply(
    work: Work,
    shown: Update,
    incoming: Incoming,
    people: People,
    file: str,
    step: Step = unwatched,
) -> int:
    """Write what was shown; returns the board's identity. `StaleError` where the board has changed
    so that something else would be written. `step` is told how far it is."""
    found = compare(work.connection, shown.board_id, incoming, people)
    if found.signature() != shown.signature():
        raise StaleError(
            _("The board has changed meanwhile: look at what the import would do again.")
        )
    board = found.board_id
    unknown = unknown_in(work.connection, board, incoming)
    columns = _columns(work, found)
    fields = _fields(work, found, incoming, people, unknown)
    pen = Pen(work, Pace(step, rows_of(found.new) + len(found.changed)))
    made = _add_new(pen, found, columns, fields, people, unknown)
    _add_links(pen, found, made)
    _change_cards(pen, found, columns)
    _change_values(pen, found, fields)
    _change_parts(work, found)
    pen.pace.end()
    work.label(N_("Update board {board} from {file}"), board=found.board, file=file)
    return board


def _columns(work: Work, found: Update) -> dict[str, int]:
    """The board's columns by their normal names, those that are missing added beside their kind."""
    query = select(COLUMN).where(COLUMN.c.board_id == found.board_id)
    rows = work.connection.execute(query.order_by(COLUMN.c.position, COLUMN.c.id)).all()
    order = list(ColumnKind)
    line = [(row.id, ColumnKind(row.kind)) for row in rows if row.retired_at is None]
    columns = {normal(row.name): row.id for row in rows if row.retired_at is not None}
    columns |= {normal(row.name): row.id for row in reversed(rows) if row.retired_at is None}
    for one in found.columns:
        values = {"name": one.name, "kind": one.kind.value, "wip_limit": one.wip_limit}
        made = work.insert(BoardColumn, [{"board_id": found.board_id, **clean_column(values)}])[0]
        columns[normal(one.name)] = made
        before = (
            n for n, (_id, kind) in enumerate(line) if order.index(kind) > order.index(one.kind)
        )
        line.insert(next(before, len(line)), (made, one.kind))
    work.update_many(
        BoardColumn, {columns[normal(one.name)]: {"kind": one.kind.value} for one in found.kinds}
    )
    if found.columns:
        work.update_many(BoardColumn, {one: {"position": n} for n, (one, _kind) in enumerate(line)})
    return columns


def _fields(
    work: Work, found: Update, incoming: Incoming, people: People, unknown: str
) -> dict[str, int]:
    """The board's fields by name, made wide enough for the values that come."""
    said = [values_of(card, people, unknown) for card in found.new]
    said += [
        {name: new for name, (_old, new) in one.values.items() if new is not None}
        for one in found.changed
    ]
    rows = work.connection.execute(select(FIELD).where(FIELD.c.board_id == found.board_id)).all()
    fields = {row.name: row.id for row in rows}
    for row in rows:
        texts = choices(said, row.name)
        kind = incoming.fields.get(row.name, FieldType.TEXT)
        if texts and row.type == FieldType.CHOICE:
            every = dict.fromkeys([*(row.choices or "").splitlines(), *texts])
            work.update(CardField, row.id, {"choices": "\n".join(every)})
        elif texts and row.type not in (kind.value, FieldType.TEXT):
            work.update(CardField, row.id, {"type": FieldType.TEXT.value})
    missing = [name for name in dict.fromkeys(n for one in said for n in one) if name not in fields]
    made = work.insert(
        CardField,
        [
            {
                "board_id": found.board_id,
                "name": name,
                "type": (kind := incoming.fields.get(name, FieldType.TEXT)).value,
                "position": len(rows) + n,
                "choices": "\n".join(choices(said, name)) if kind is FieldType.CHOICE else None,
            }
            for n, name in enumerate(missing)
        ],
    )
    return fields | dict(zip(missing, made, strict=True))


def _add_new(
    pen: Pen,
    found: Update,
    columns: Mapping[str, int],
    fields: Mapping[str, int],
    people: People,
    unknown: str,
) -> dict[str, int]:
    """Returns the identities of the new cards by their names."""
    own: dict[str, list[IncomingCard]] = defaultdict(list)
    for card in found.new:
        own[card.stays[-1].column].append(card)
    keys: dict[int, str] = {}
    for name, held in own.items():
        room = make_room(pen.work, columns[normal(name)], len(held))
        keys.update((id(card), key) for card, key in zip(held, room, strict=True))
    names = {stay.column for card in found.new for stay in card.stays}
    places = {name: columns[normal(name)] for name in names}
    made = add_cards(pen, found.board_id, found.new, places, keys, people)
    values = [values_of(card, people, unknown) for card in found.new]
    add_values(pen, zip(made, values, strict=True), fields)
    return named(found.new, made)


def _add_links(pen: Pen, found: Update, made: Mapping[str, int]) -> None:
    ids = [tuple(made[end] if isinstance(end, str) else end for end in one) for one in found.links]
    pen.insert(CardDependency, [{"blocker_id": one, "blocked_id": other} for one, other in ids])


def _change_cards(pen: Pen, found: Update, columns: Mapping[str, int]) -> None:
    work = pen.work
    at = now(work)
    over: list[int] = []
    stays: list[dict[str, Any]] = []
    changes: dict[int, dict[str, Any]] = {}
    entering: dict[int, list[int]] = defaultdict(list)
    for one in found.changed:
        values = changes.setdefault(one.id, {key: new for key, (_old, new) in one.fields.items()})
        if one.into_trash:
            values["trashed_at"] = at
        if one.stays is None:
            continue
        history = [
            (stay.column_id if isinstance(stay, Held) else columns[normal(stay.column)], stay)
            for stay in one.stays
        ]
        gone, past = _rewritten(history)
        over += gone
        stays += [
            {"card_id": one.id, "column_id": c, "entered_at": stay.at or at, "entered_by": stay.by}
            for c, stay in past
        ]
        column, last = history[-1]
        values |= {"column_id": column, "entered_at": last.at or at, "entered_by": last.by}
        if not isinstance(last, Held) and column != _present(one.stays):
            entering[column].append(one.id)
    for column, ids in entering.items():
        room = make_room(work, column, len(ids), moved=ids)
        for identity, key in zip(ids, room, strict=True):
            changes[identity]["rank"] = key
        if work.row(BoardColumn, column)["kind"] == ColumnKind.DONE:
            end_blocks(work, ids)
    work.delete(CardStay, over)
    pen.insert(CardStay, stays)
    pen.update_many(Card, {one: values for one, values in changes.items() if values})


def _rewritten(
    history: Sequence[tuple[int, Stay | Held]],
) -> tuple[list[int], list[tuple[int, Stay | Held]]]:
    """Which rows of a card's past go and which stays come: those after the ones that are there,
    or, where older history has come to light, all of them anew in their order."""
    held = [stay for _column, stay in history if isinstance(stay, Held)]
    rows = [stay.row for stay in held]
    past = [row for row in rows if row is not None]
    is_first = all(isinstance(stay, Held) for _column, stay in history[: len(held)])
    if is_first and rows == [*sorted(past), None]:
        return [], list(history[len(held) - 1 : -1])
    return past, list(history[:-1])


def _present(stays: History) -> int | None:
    """The column that a card is in before the change."""
    return next((one.column_id for one in stays if isinstance(one, Held) and one.row is None), None)


def _change_values(pen: Pen, found: Update, fields: Mapping[str, int]) -> None:
    work = pen.work
    changed = {one.id: one for one in found.changed if one.values}
    rows: dict[tuple[int, int], int] = {}
    for row in of_cards(work.connection, CardValue, changed):
        rows[row.card_id, row.field_id] = row.id
    added, texts, gone = [], {}, []
    for one in changed.values():
        for name, (_old, new) in one.values.items():
            row = rows.get((one.id, fields[name])) if name in fields else None
            if new is None:
                gone.append(row)
            elif row is None:
                added.append((one.id, {name: new}))
            else:
                texts[row] = {"value": new}
    work.delete(CardValue, [row for row in gone if row is not None])
    pen.update_many(CardValue, texts)
    add_values(pen, added, fields)


def _change_parts(work: Work, found: Update) -> None:
    leaving = {one.id: set(one.leaving) for one in found.changed}
    gone = [
        row.id
        for row in of_cards(work.connection, CardAssignee, leaving)
        if row.person_id in leaving[row.card_id]
    ]
    work.delete(CardAssignee, gone)
    work.insert(
        CardAssignee,
        [{"card_id": one.id, "person_id": who} for one in found.changed for who in one.joining],
    )
    work.update_many(
        ChecklistItem,
        {row: {"done": done} for one in found.changed for row, done in one.ticks.items()},
    )
    work.insert(
        ChecklistItem,
        [
            {
                "card_id": one.id,
                "section": section,
                "text": text,
                "done": done,
                "position": 1_000 + n,
            }
            for one in found.changed
            for n, (section, text, done) in enumerate(one.items)
        ],
    )
    work.insert(
        CardComment,
        [
            {"card_id": one.id, "at": when, "author": author, "body": body}
            for one in found.changed
            for when, author, body in one.comments
        ],
    )
