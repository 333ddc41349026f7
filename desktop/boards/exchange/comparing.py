"""What a second import of the same source would change of a board, worked out from reading only.

Cards are found again by their keys, those without one by their titles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.boards.exchange.incoming import Incoming, IncomingCard, IncomingColumn, Stay
from ecofolio.boards.exchange.linking import name_of, without_circles
from ecofolio.boards.exchange.standing import kinds_on, renamed_on
from ecofolio.boards.exchange.writing import (
    LONGEST_KEY,
    People,
    columns_of_card,
    known_people,
    unknown_field,
    values_of,
)
from ecofolio.boards.layout import BOARD
from ecofolio.boards.model import (
    CardAssignee,
    CardComment,
    CardStay,
    CardValue,
    ChecklistItem,
)
from ecofolio.boards.placing import CARD, COLUMN, FIELD, chunks
from ecofolio.boards.queries import DEPENDENCY
from ecofolio.errors import InputError
from ecofolio.intake.names import normal
from ecofolio.store.base import Record, table_of
from ecofolio.text import LANGUAGES, _, using

# a card's own columns by the part of a source that tells of them
_COLUMNS = {
    "title": "title",
    "description": "description",
    "labels": "labels",
    "due": "due_date",
    "size": "size",
    "service": "service",
}
SECOND = 1_000_000  # microseconds: as exactly as Trello tells when a card was made
Item = tuple[str | None, str]


@dataclass
class Difference:
    """What a source says otherwise of a card: each old → new. `stays` is its whole new history
    where there is more of it."""

    id: int
    title: str
    card: IncomingCard
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    values: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    joining: list[int] = field(default_factory=list)
    leaving: list[int] = field(default_factory=list)
    stays: list[Stay | Held] | None = None
    moves: int = 0
    items: list[tuple[str | None, str, bool]] = field(default_factory=list)
    ticks: dict[int, bool] = field(default_factory=dict)
    comments: list[tuple[int, str, str]] = field(default_factory=list)
    into_trash: bool = False

    def __bool__(self) -> bool:
        parts = (self.fields, self.values, self.joining, self.leaving, self.stays)
        more = (self.items, self.ticks, self.comments, self.into_trash)
        return any(map(bool, (*parts, *more)))

    def signature(self) -> tuple[object, ...]:
        """What a person who looked at it has agreed to."""
        return (
            self.id,
            self.fields,
            self.values,
            self.moves,
            self.into_trash,
            len(self.items) + len(self.comments) + len(self.joining) + len(self.leaving),
        )


@dataclass
class Update:
    """What a file would change of a board.

    `columns` are added, `kinds` are those that a person says to be of another kind. `absent` is
    how many of the board's cards the file does not tell of, `in_trash` how many of the file's are
    in the trash here: both stay as they are. `links` are dependencies that come: a card of the
    board by its identity, a new one by its name; `circles` those that can not.
    """

    board_id: int
    board: str
    new: list[IncomingCard] = field(default_factory=list)
    changed: list[Difference] = field(default_factory=list)
    same: int = 0
    absent: int = 0
    in_trash: int = 0
    links: list[tuple[int | str, int | str]] = field(default_factory=list)
    circles: list[tuple[int | str, int | str]] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)
    columns: list[IncomingColumn] = field(default_factory=list)
    kinds: list[IncomingColumn] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether the board is as the file says already."""
        return not (self.new or self.changed or self.kinds or self.links)

    def shown(self, card: int | str) -> str:
        """What a card of a link is called."""
        return self.titles[card] if isinstance(card, int) else card

    @property
    def moves(self) -> int:
        """How many moves come in."""
        return sum(len(card.stays) for card in self.new) + sum(one.moves for one in self.changed)

    def signature(self) -> tuple[object, ...]:
        """What a person who looked at it has agreed to."""
        return (
            self.board_id,
            [(card.key, card.title) for card in self.new],
            [one.signature() for one in self.changed],
            [(one.name, one.kind) for one in self.kinds],
            self.links,
        )


class Held(NamedTuple):
    """A stay of a card on the board; `row` is empty for the one that lasts."""

    column: str
    at: int
    by: str | None
    column_id: int
    row: int | None


History = Sequence[Stay | Held]


class _Known(NamedTuple):
    """A board as it is, for comparing."""

    cards: dict[int, dict[str, Any]]
    stays: dict[int, list[Held]]
    assignees: dict[int, list[int]]
    values: dict[int, dict[str, str]]
    items: dict[int, list[Any]]
    comments: dict[int, set[tuple[int, str, str]]]


# --- which board -------------------------------------------------------------------------------


def same_source(connection: Connection, squad_id: int, incoming: Incoming) -> int | None:
    """The squad's board that came from the same source: it has half of the file's cards, or the
    file has half of its own, by key (without one, by title); with the titles and columns to match.
    None without one."""
    wanted = {card.key[:LONGEST_KEY] or card.title: card.title for card in incoming.cards}
    query = select(CARD.c.board_id, CARD.c.key, CARD.c.title)
    query = query.join(BOARD, BOARD.c.id == CARD.c.board_id)
    query = query.where(BOARD.c.squad_id == squad_id)
    own: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for board, key, title in connection.execute(query):
        own[board].append((key or title, title))
    best, most = None, 0
    names = {normal(one.name) for one in incoming.columns}
    for board, cards in sorted(own.items()):
        here = [(key, title) for key, title in cards if key in wanted]
        titled = sum(normal(wanted[key]) == normal(title) for key, title in here)
        columns = {normal(name) for name in kinds_on(connection, board)}
        renamed = renamed_on(connection, board)
        shared = {normal(renamed.get(name, name)) for name in names} & columns
        alike = titled * 2 >= len(here) and len(shared) * 2 >= min(len(columns), len(names))
        if alike and len(here) * 2 >= min(len(wanted), len(cards)) and len(here) > most:
            best, most = board, len(here)
    return best


# --- comparing ---------------------------------------------------------------------------------


def compare(connection: Connection, board_id: int, incoming: Incoming, people: People) -> Update:
    """What a file would change of a board; reads only. `InputError` where the board is gone."""
    name = connection.scalar(select(BOARD.c.name).where(BOARD.c.id == board_id))
    if name is None:
        raise InputError(_("This board no longer exists: somebody deleted it meanwhile."))
    known = _known(connection, board_id)
    found = Update(board_id, name)
    there = {normal(one): kind for one, kind in kinds_on(connection, board_id).items()}
    needed = {normal(stay.column) for card in incoming.cards for stay in card.stays}
    found.kinds = [
        one
        for one in incoming.columns
        if one.is_told and there.get(normal(one.name), one.kind) != one.kind
    ]
    found.columns = [
        one
        for one in incoming.columns
        if normal(one.name) in needed and normal(one.name) not in there
    ]
    unknown = unknown_in(connection, board_id, incoming)
    seen, named = set(), dict[str, int | str]()
    for card, identity in _matched(known, incoming):
        named.setdefault(name_of(card), name_of(card) if identity is None else identity)
        if identity is None:
            found.new.append(card)
            continue
        seen.add(identity)
        difference = _difference(known, incoming, identity, card, people, unknown)
        found.in_trash += known.cards[identity]["trashed_at"] is not None and not card.archived
        if difference:
            found.changed.append(difference)
        else:
            found.same += 1
    present = {one for one, row in known.cards.items() if row["trashed_at"] is None}
    found.absent = len(present - seen)
    _compare_links(connection, known, incoming, named, found)
    return found


def _compare_links(
    connection: Connection,
    known: _Known,
    incoming: Incoming,
    named: dict[str, int | str],
    found: Update,
) -> None:
    """Which of a source's links are new; the cards of the board by identity, new ones by name."""
    found.titles = {one: row["title"] for one, row in known.cards.items()}
    for identity, row in known.cards.items():
        named.setdefault(row["key"] or row["title"], identity)
    there = connection.execute(select(DEPENDENCY.c.blocker_id, DEPENDENCY.c.blocked_id))
    held: list[tuple[int | str, int | str]] = [(one, other) for one, other in there]
    trash = {one for one, row in known.cards.items() if row["trashed_at"] is not None}
    said = dict.fromkeys((named[one], named[other]) for one, other in incoming.links)
    wanted = [pair for pair in said if pair not in set(held) and trash.isdisjoint(pair)]
    found.links, found.circles = without_circles(wanted, held if wanted else ())


def unknown_in(connection: Connection, board_id: int, incoming: Incoming) -> str:
    """The board's field for assignees who are not known, in whatever language it was made."""
    names = set(connection.scalars(select(FIELD.c.name).where(FIELD.c.board_id == board_id)))
    for language in LANGUAGES:
        with using(language):
            if (name := unknown_field(incoming)) in names:
                return name
    return unknown_field(incoming)


def _matched(known: _Known, incoming: Incoming) -> Iterator[tuple[IncomingCard, int | None]]:
    """Each of the file's cards with the board's: the n-th of a key with the n-th of that key."""
    by_key: dict[str, list[int]] = defaultdict(list)
    by_title: dict[str, list[int]] = defaultdict(list)
    for identity, row in known.cards.items():
        where = by_key[row["key"]] if row["key"] else by_title[row["title"]]
        where.append(identity)
    for card in incoming.cards:
        title = columns_of_card(card)["title"]
        held = by_key[card.key[:LONGEST_KEY]] if card.key else by_title[title]
        yield card, held.pop(0) if held else None


def _difference(
    known: _Known,
    incoming: Incoming,
    identity: int,
    card: IncomingCard,
    people: People,
    unknown: str,
) -> Difference:
    old, new = known.cards[identity], columns_of_card(card)
    found = Difference(identity, old["title"], card)
    for part, column in _COLUMNS.items():
        is_said = new[column] is not None or incoming.is_whole
        if part in incoming.told and is_said and old[column] != new[column]:
            found.fields[column] = (old[column], new[column])
    values, before = values_of(card, people, unknown), known.values.get(identity, {})
    said = {*incoming.fields, unknown} if incoming.is_whole else set(values)
    for name in sorted(said):
        text = values[name].strip() if name in values else None
        if before.get(name) != text:
            found.values[name] = (before.get(name), text)
    if "assignee" in incoming.told and (card.assignees or incoming.is_whole):
        wanted, own = known_people(card, people), known.assignees.get(identity, [])
        found.joining = [one for one in wanted if one not in own]
        found.leaving = [one for one in own if one not in wanted]
    _compare_parts(known, incoming, found)
    ours = known.stays[identity]
    merged = merged_history(ours, card.stays, is_list=incoming.format == "list")
    if merged is not None:
        found.stays, found.moves = merged, len(merged) - len(ours)
    found.into_trash = card.archived and old["trashed_at"] is None
    return found


def _compare_parts(known: _Known, incoming: Incoming, found: Difference) -> None:
    card = found.card
    items: dict[Item, list[Any]] = defaultdict(list)
    for row in known.items.get(found.id, ()):
        items[row.section, row.text].append(row)
    for section, text, done in card.items:
        held = items[section, text]
        if not held:
            found.items.append((section, text, done))
            continue
        row = held.pop(0)
        if incoming.is_whole and bool(row.done) != done:  # others do not tell what is done
            found.ticks[row.id] = done
    here = known.comments.get(found.id, set())
    found.comments = [one for one in dict.fromkeys(card.comments) if one not in here]


def merged_history(
    ours: History, source: Sequence[Stay], *, is_list: bool = False
) -> list[Stay | Held] | None:
    """A card's history with what a source knows more of it; None where that is nothing.

    Histories are put together by time. A list of cards has no history, only a state and some
    dates: where it tells of something new, its state is the last. An instant of 0 is that of the
    import.
    """
    ours_at = [(normal(stay.column), stay.at // SECOND) for stay in ours]
    known, here = Counter(ours_at), ours_at[-1][0]
    more: list[Stay] = []
    for n, stay in enumerate(source):
        place = (normal(stay.column), stay.at // SECOND)
        if stay.is_told and stay.at:
            if not known[place]:
                more.append(stay)
            known[place] -= known[place] > 0
        elif n == len(source) - 1 and place not in ours_at and place[0] != here:
            more.append(stay._replace(at=0))
    if not more:
        return None
    timed, now_ = [stay for stay in more if stay.at], [stay for stay in more if not stay.at]
    merged: list[Stay | Held] = [*ours, *timed]
    if any(stay.at < ours[-1].at for stay in timed):
        merged.sort(key=lambda stay: stay.at)
    merged += now_
    if is_list:
        merged = _without_echoes(merged, set(map(id, ours)))
        if normal(merged[-1].column) != normal(source[-1].column):
            merged.append(source[-1]._replace(at=0))
    return merged if len(merged) > len(ours) else None


def _without_echoes(stays: History, ours: set[int]) -> list[Stay | Held]:
    """Without those of a list that only say again where the card was or is."""
    kept: list[Stay | Held] = []
    for n, stay in enumerate(stays):
        beside = [*kept[-1:], *(one for one in stays[n + 1 : n + 2] if id(one) in ours)]
        if id(stay) in ours or all(normal(one.column) != normal(stay.column) for one in beside):
            kept.append(stay)
    return kept


def _known(connection: Connection, board_id: int) -> _Known:
    cards = {
        row["id"]: dict(row)
        for row in connection.execute(
            select(CARD).where(CARD.c.board_id == board_id).order_by(CARD.c.id)
        ).mappings()
    }
    names = dict(connection.execute(select(COLUMN.c.id, COLUMN.c.name)).all())
    stays: dict[int, list[Held]] = {one: [] for one in cards}
    for row in of_cards(connection, CardStay, cards):
        name = names[row.column_id]
        stays[row.card_id].append(Held(name, row.entered_at, row.entered_by, row.column_id, row.id))
    for identity, card in cards.items():
        column = card["column_id"]
        last = Held(names[column], card["entered_at"], card["entered_by"], column, None)
        stays[identity].append(last)
    assignees, items = defaultdict(list), defaultdict(list)
    for row in of_cards(connection, CardAssignee, cards):
        assignees[row.card_id].append(row.person_id)
    for row in of_cards(connection, ChecklistItem, cards):
        items[row.card_id].append(row)
    values: dict[int, dict[str, str]] = defaultdict(dict)
    fields = dict(
        connection.execute(
            select(FIELD.c.id, FIELD.c.name).where(FIELD.c.board_id == board_id)
        ).all()
    )
    for row in of_cards(connection, CardValue, cards):
        values[row.card_id][fields[row.field_id]] = row.value
    comments: dict[int, set[tuple[int, str, str]]] = defaultdict(set)
    for row in of_cards(connection, CardComment, cards):
        comments[row.card_id].add((row.at, row.author, row.body))
    return _Known(cards, stays, assignees, values, items, comments)


def of_cards(
    connection: Connection, record: type[Record], cards: Mapping[int, Any]
) -> Iterator[Any]:
    """What hangs on some cards, in the order of its identities."""
    table = table_of(record)
    for part in chunks(cards):
        query = select(table).where(table.c.card_id.in_(part)).order_by(table.c.id)
        yield from connection.execute(query)
