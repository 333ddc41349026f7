"""Writing what a file told of as a new board: its cards with their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ecofolio.boards import ranks
from ecofolio.boards.exchange import own_form
from ecofolio.boards.exchange.incoming import Incoming, IncomingCard
from ecofolio.boards.exchange.linking import name_of
from ecofolio.boards.exchange.pacing import Pace, Pen, Step, unwatched
from ecofolio.boards.layout import BOARD, free_code
from ecofolio.boards.model import (
    Board,
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
from ecofolio.boards.placing import now
from ecofolio.boards.rules import MOST_LABELS, clean_card, clean_column
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import FieldType, ServiceClass

People = Mapping[str, int | None]
LONGEST_KEY = 80


def write(
    work: Work,
    squad_id: int | str,
    incoming: Incoming,
    people: People,
    file: str,
    step: Step = unwatched,
) -> int:
    """Write a new board with its cards and their history; returns its identity. `step` is told
    how far it is."""
    squad = own_form.squad_of(work, squad_id)
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
    unknown = unknown_field(incoming)
    fields = dict(incoming.fields)
    if any(person is None for person in people.values()):
        fields.setdefault(unknown, FieldType.TEXT)
    values = [values_of(card, people, unknown) for card in incoming.cards]
    made = work.insert(
        CardField,
        [
            {
                "board_id": board,
                "name": own,
                "type": kind.value,
                "position": n,
                "choices": "\n".join(choices(values, own)) if kind is FieldType.CHOICE else None,
            }
            for n, (own, kind) in enumerate(fields.items())
        ],
    )
    own: dict[str, list[IncomingCard]] = {}
    for card in incoming.cards:
        own.setdefault(card.stays[-1].column, []).append(card)
    keys: dict[int, str] = {}
    for held in own.values():
        spread = ranks.spread(None, None, len(held))
        keys.update((id(card), key) for card, key in zip(held, spread, strict=True))
    pen = Pen(work, Pace(step, rows_of(incoming.cards)))
    cards = add_cards(pen, board, incoming.cards, columns, keys, people)
    add_values(pen, zip(cards, values, strict=True), dict(zip(fields, made, strict=True)))
    ids = named(incoming.cards, cards)
    pen.insert(
        CardDependency,
        [{"blocker_id": ids[one], "blocked_id": ids[other]} for one, other in incoming.links],
    )
    pen.pace.end()
    work.label(N_("Import board {board} from {file}"), board=name, file=file)
    return board


def unknown_field(incoming: Incoming) -> str:
    """The name of the field that keeps assignees who are no people here."""
    return _("Assignee in {format}").format(format=incoming.format)


def values_of(card: IncomingCard, people: People, unknown: str) -> dict[str, str]:
    """A card's values in own fields, with the assignees that nobody here is called."""
    own = {name: text for name, text in card.values.items() if text.strip()}
    missing = [one for one in card.assignees if people.get(one) is None]
    return own | ({unknown: ", ".join(missing)} if missing else {})


def choices(values: Iterable[Mapping[str, str]], name: str) -> list[str]:
    """What cards say in a field, each once, as its choices."""
    return list(dict.fromkeys(one[name].strip() for one in values if name in one))


def _free_name(work: Work, squad_id: int, wanted: str) -> str:
    """The board's name, told apart from the squad's others."""
    taken = set(work.connection.scalars(select(BOARD.c.name).where(BOARD.c.squad_id == squad_id)))
    name, n = wanted.strip() or _("Imported board"), 2
    while name in taken:
        name, n = f"{wanted} ({n})", n + 1
    return name


def named(cards: Sequence[IncomingCard], ids: Sequence[int]) -> dict[str, int]:
    """The identities of cards by what links call them; of several of one name the first."""
    pairs = zip(reversed(cards), reversed(ids), strict=True)
    return {name_of(card): one for card, one in pairs}


def rows_of(cards: Iterable[IncomingCard]) -> int:
    """About how many rows cards come to."""
    return sum(
        len(one.stays) + len(one.assignees) + len(one.items) + len(one.comments) + len(one.values)
        for one in cards
    )


def add_cards(
    pen: Pen,
    board: int,
    cards: Sequence[IncomingCard],
    columns: Mapping[str, int],
    keys: Mapping[int, str],
    people: People,
) -> list[int]:
    """Write cards with all but their own fields; `keys` are ranks by `id(card)`."""
    at = now(pen.work)
    rows, stays = [], []
    for card in cards:
        last = card.stays[-1]
        rows.append(
            {
                **columns_of_card(card),
                "board_id": board,
                "column_id": columns[last.column],
                "rank": keys[id(card)],
                "entered_at": last.at or at,
                "entered_by": last.by,
                "trashed_at": at if card.archived else None,
            }
        )
        stays.append([(columns[one.column], one.at or at, one.by) for one in card.stays[:-1]])
    made = pen.insert(Card, rows)
    pen.insert(
        CardStay,
        [
            {"card_id": card, "column_id": column, "entered_at": entered, "entered_by": by}
            for card, past in zip(made, stays, strict=True)
            for column, entered, by in past
        ],
    )
    _add_parts(pen, list(zip(made, cards, strict=True)), people)
    return made


def add_values(
    pen: Pen, values: Iterable[tuple[int, Mapping[str, str]]], fields: Mapping[str, int]
) -> None:
    """Write what cards have in own fields, by the fields' names."""
    pen.insert(
        CardValue,
        [
            {"card_id": card, "field_id": fields[name], "value": text.strip()}
            for card, own in values
            for name, text in own.items()
        ],
    )


def columns_of_card(card: IncomingCard) -> dict[str, Any]:
    """A card's own columns as they are stored."""
    labels = ",".join(card.labels)
    return clean_card(
        {
            "key": card.key[:LONGEST_KEY],
            "title": card.title[:500],
            "description": card.description[:100_000],
            "labels": labels if len(labels) <= MOST_LABELS else labels[:MOST_LABELS],
            "due_date": card.due,
            "size": card.size,
            "service": card.service or ServiceClass.STANDARD.value,
        }
    )


def _add_parts(pen: Pen, pairs: Sequence[tuple[int, IncomingCard]], people: People) -> None:
    pen.insert(
        CardAssignee,
        [
            {"card_id": one, "person_id": person}
            for one, card in pairs
            for person in known_people(card, people)
        ],
    )
    pen.insert(
        ChecklistItem,
        [
            {"card_id": one, "section": section, "text": text, "done": done, "position": n}
            for one, card in pairs
            for n, (section, text, done) in enumerate(card.items)
        ],
    )
    pen.insert(
        CardComment,
        [
            {"card_id": one, "at": at, "author": author, "body": body}
            for one, card in pairs
            for at, author, body in card.comments
        ],
    )


def known_people(card: IncomingCard, people: People) -> list[int]:
    """A card's assignees who are people here, each once."""
    found = (people.get(name) for name in card.assignees)
    return list(dict.fromkeys(one for one in found if one is not None))
