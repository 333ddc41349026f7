"""What people do with cards. Each function is one undoable change (see `Work`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from ecofolio.boards import rules
from ecofolio.boards.handing import copy_cards, hand_over
from ecofolio.boards.model import (
    Board,
    BoardColumn,
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
    SprintCard,
)
from ecofolio.boards.moving import move_cards, put_in_lane, set_value
from ecofolio.boards.placing import (
    CARD,
    Row,
    board_row,
    check_limits,
    chunks,
    column_of,
    end_blocks,
    enter,
    first_column,
    lane_values,
    make_room,
    now,
    open_blocks,
    present,
)
from ecofolio.errors import InputError
from ecofolio.initiatives.actions import checked_custom
from ecofolio.store.base import Record, table_of
from ecofolio.store.work import Work, say
from ecofolio.text import N_, _
from ecofolio.vocabulary import ColumnKind, ServiceClass

__all__ = ["copy_cards", "hand_over", "move_cards"]
EMPTY: dict[str, Any] = {
    **dict.fromkeys(rules.CARD_FIELDS),
    "service": ServiceClass.STANDARD.value,
}
# what belongs to a card and goes with it
PARTS: tuple[type[Record], ...] = (
    CardStay,
    CardBlock,
    CardAssignee,
    ChecklistItem,
    CardComment,
    CardFile,
    CardValue,
    SprintCard,
)


def create_card(
    work: Work,
    board_id: int,
    values: Mapping[str, Any],
    *,
    column_id: int | None = None,
    assignees: Sequence[int] = (),
    lane: str | None = None,
    top: bool = False,
    reason: str | None = None,
) -> int:
    """Add a card to a column, or to the board's first; returns its identity."""
    made = _create(work, board_id, [values], column_id, lane, top, reason)
    work.insert(CardAssignee, [{"card_id": made[0], "person_id": who} for who in assignees])
    work.label(N_("Add card {card}"), card=rules.clean_card(values)["title"])
    return made[0]


def quick_add(
    work: Work,
    board_id: int,
    text: str,
    *,
    column_id: int | None = None,
    lane: str | None = None,
    reason: str | None = None,
) -> list[int]:
    """Add a card for each line of a text, in its order at the bottom; `#word` is a label."""
    lines = rules.quick_lines(text)
    if not lines:
        raise InputError(_("Write a line for each card."))
    values = [{"title": title, "labels": ",".join(labels)} for title, labels in lines]
    made = _create(work, board_id, values, column_id, lane, False, reason)
    if len(made) == 1:
        work.label(N_("Add card {card}"), card=lines[0][0])
    else:
        work.label(N_("Add {n} cards"), n=len(made))
    return made


def _create(
    work: Work,
    board_id: int,
    cards: Sequence[Mapping[str, Any]],
    column_id: int | None,
    lane: str | None,
    top: bool,
    reason: str | None,
) -> list[int]:
    board = board_row(work, board_id)
    column = first_column(work, board_id) if column_id is None else column_of(work, column_id)
    if column["board_id"] != board_id:
        raise InputError(_("That column belongs to another board."))
    check_limits(work, board, column, (), len(cards), lane, reason)
    given = {} if lane is None else lane_values(board["lane_by"], lane)
    keys = make_room(work, column["id"], len(cards), top=top)
    place = {"board_id": board_id, "column_id": column["id"], "entered_at": now(work)}
    rows = [
        {**EMPTY, **rules.clean_card({"title": "", **values}), **given, **place, "rank": key}
        for values, key in zip(cards, keys, strict=True)
    ]
    made = work.insert(Card, rows)
    if lane is not None:
        put_in_lane(work, board, made, lane)
    return made


def set_fields(
    work: Work,
    ids: Sequence[int],
    values: Mapping[str, Any],
    expect: Mapping[int, int] | None = None,
) -> list[int]:
    """Give one or many cards the same values (keys of `rules.CARD_FIELDS`).

    `expect` holds the versions that were shown: `StaleError` where one has moved on.
    """
    rows = present(work, ids)
    clean = rules.clean_card(values)
    key = next(iter(values), "title")
    if len(values) == 1:
        field = say(rules.CARD_FIELDS[key])
        _label(work, rows, N_("Set {field} of {card}"), N_("Set {field} of {n} cards"), field=field)
    else:
        _label(work, rows, N_("Edit {card}"), N_("Edit {n} cards"))
    if expect:
        return [one for one in ids if work.update(Card, one, clean, expect.get(one))]
    return work.update_many(Card, dict.fromkeys(ids, clean))


def _label(
    work: Work,
    rows: Mapping[int, Row],
    one: str,
    many: str,
    **arguments: str | int | dict[str, str],
) -> None:
    if len(rows) == 1:
        work.label(one, card=next(iter(rows.values()))["title"], **arguments)
    else:
        work.label(many, n=len(rows), **arguments)


def set_custom(work: Work, ids: Sequence[int], field_id: int, value: str | None) -> None:
    """Give cards a value in a field of their board: text, plain number, ISO date or choice."""
    rows, field = present(work, ids), work.row(CardField, field_id)
    if any(row["board_id"] != field["board_id"] for row in rows.values()):
        raise InputError(_("That field belongs to another board."))
    set_value(work, ids, field_id, checked_custom(field, value))
    _label(
        work, rows, N_("Set {field} of {card}"), N_("Set {field} of {n} cards"), field=field["name"]
    )


def assign(work: Work, ids: Sequence[int], people: Iterable[int], *, how: str = "replace") -> None:
    """Say who works on cards: `replace` those who do, `add` to them, or `remove` from them."""
    rows, wanted, table = present(work, ids), list(dict.fromkeys(people)), table_of(CardAssignee)
    here: dict[int, dict[int, int]] = {one: {} for one in ids}
    for part in chunks(ids):
        query = select(table.c.card_id, table.c.person_id, table.c.id)
        for card, who, row in work.connection.execute(query.where(table.c.card_id.in_(part))):
            here[card][who] = row
    gone = [
        row
        for own in here.values()
        for who, row in own.items()
        if (how == "replace" and who not in wanted) or (how == "remove" and who in wanted)
    ]
    work.delete(CardAssignee, gone)
    if how != "remove":
        work.insert(
            CardAssignee,
            [
                {"card_id": card, "person_id": who}
                for card in ids
                for who in wanted
                if who not in here[card]
            ],
        )
    _label(work, rows, N_("Assign {card}"), N_("Assign {n} cards"))


def set_labels(
    work: Work, ids: Sequence[int], *, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> list[int]:
    """Put labels on cards and take others off."""
    rows, off, on = present(work, ids), set(remove), list(add)
    changes = {}
    for identity, row in rows.items():
        kept = [label for label in rules.split_labels(row["labels"]) if label not in off]
        changes[identity] = rules.clean_card({"labels": ",".join([*kept, *on])})
    _label(work, rows, N_("Label {card}"), N_("Label {n} cards"))
    return work.update_many(Card, changes)


def block(work: Work, ids: Sequence[int], reason: str) -> None:
    """Say that cards can not go on and why; those that are blocked get the new reason."""
    reason = (reason or "").strip()
    if not reason:
        raise InputError(_("Say why it is blocked."))
    rows = present(work, ids)
    for row in rows.values():
        if work.row(BoardColumn, row["column_id"])["kind"] == ColumnKind.DONE:
            raise InputError(_("“{card}” is done already.").format(card=row["title"]))
    standing = open_blocks(work, ids)
    work.update_many(CardBlock, {one: {"reason": reason} for one in standing})
    fresh = [one for one in ids if one not in standing.values()]
    work.insert(
        CardBlock, [{"card_id": one, "reason": reason, "since": now(work)} for one in fresh]
    )
    _label(work, rows, N_("Block {card}: {reason}"), N_("Block {n} cards: {reason}"), reason=reason)


def unblock(work: Work, ids: Sequence[int]) -> None:
    """Say that cards can go on."""
    rows = present(work, ids)
    end_blocks(work, ids)
    _label(work, rows, N_("Unblock {card}"), N_("Unblock {n} cards"))


def trash(work: Work, ids: Sequence[int]) -> list[int]:
    """Put cards into the trash, from where they can be restored."""
    rows = present(work, ids)
    _label(work, rows, N_("Move {card} to the trash"), N_("Move {n} cards to the trash"))
    return work.update_many(Card, {one: {"trashed_at": now(work)} for one in ids})


def restore(work: Work, ids: Sequence[int]) -> list[int]:
    """Take cards out of the trash, to their column or, where that is gone, to the first."""
    rows = work.rows(Card, ids)
    if len(rows) < len(ids):
        raise InputError(_("This card no longer exists: somebody deleted it meanwhile."))
    changed = work.update_many(Card, {one: {"trashed_at": None} for one in ids})
    for identity, row in rows.items():
        if work.row(BoardColumn, row["column_id"])["retired_at"] is not None:
            column = first_column(work, row["board_id"])
            keys = make_room(work, column["id"], 1)
            enter(work, {identity: row}, column, {identity: keys[0]}, {})
    _label(work, rows, N_("Restore {card}"), N_("Restore {n} cards"))
    return changed


def empty_trash(work: Work, board_id: int) -> int:
    """Delete the cards in a board's trash with all that belongs to them; returns how many."""
    query = select(CARD.c.id).where(CARD.c.board_id == board_id, CARD.c.trashed_at.is_not(None))
    ids = list(work.connection.scalars(query))
    delete_cards(work, ids)
    work.label(N_("Empty the trash of {board}"), board=work.row(Board, board_id)["name"])
    return len(ids)


def delete_cards(work: Work, ids: Sequence[int]) -> None:
    """Take cards away with all that belongs to them."""
    dependency = table_of(CardDependency)
    for part in chunks(ids):
        for record in PARTS:
            table = table_of(record)
            query = select(table.c.id).where(table.c.card_id.in_(part))
            work.delete(record, work.connection.scalars(query).all())
        either = or_(dependency.c.blocker_id.in_(part), dependency.c.blocked_id.in_(part))
        links = select(dependency.c.id).where(either)
        work.delete(CardDependency, work.connection.scalars(links).all())
    work.delete(Card, ids)


# --- dependencies ------------------------------------------------------------------------------


def depend(work: Work, blocker_id: int, blocked_id: int) -> int:
    """Say that a card blocks another; `InputError` where that would go round in a circle."""
    rows, table = present(work, [blocker_id, blocked_id]), table_of(CardDependency)
    if blocker_id == blocked_id:
        raise InputError(_("A card can not block itself."))
    edges: dict[int, list[int]] = {}
    found = work.connection.execute(select(table.c.blocker_id, table.c.blocked_id)).all()
    for blocker, blocked in found:
        edges.setdefault(blocker, []).append(blocked)
    if blocked_id in edges.get(blocker_id, ()):
        raise InputError(_("That is known already."))
    way = rules.path_between(edges, blocked_id, blocker_id)
    if way is not None:
        titles = work.rows(Card, way)
        raise InputError(
            _("That would go round in a circle: {cards}.").format(
                cards=" → ".join(titles[one]["title"] for one in [*way, blocked_id])
            )
        )
    first, second = rows[blocker_id]["title"], rows[blocked_id]["title"]
    work.label(N_("{first} blocks {second}"), first=first, second=second)
    return work.insert(CardDependency, [{"blocker_id": blocker_id, "blocked_id": blocked_id}])[0]


def undepend(work: Work, dependency_id: int) -> None:
    """Take a dependency away."""
    row = work.row(CardDependency, dependency_id)
    cards = work.rows(Card, [row["blocker_id"], row["blocked_id"]])
    work.label(
        N_("{first} no longer blocks {second}"),
        first=cards[row["blocker_id"]]["title"],
        second=cards[row["blocked_id"]]["title"],
    )
    work.delete(CardDependency, [dependency_id])


# --- what hangs on a card ----------------------------------------------------------------------


def add_items(
    work: Work, card_id: int, lines: Iterable[str], section: str | None = None
) -> list[int]:
    """Add lines to a card's checklist."""
    rows, texts = present(work, [card_id]), [line.strip() for line in lines if line.strip()]
    if not texts:
        raise InputError(_("Write what is to be done."))
    table = table_of(ChecklistItem)
    query = select(table.c.position).where(table.c.card_id == card_id)
    first = max(work.connection.scalars(query), default=-1) + 1
    section = (section or "").strip() or None
    made = work.insert(
        ChecklistItem,
        [
            {"card_id": card_id, "section": section, "text": text, "position": first + n}
            for n, text in enumerate(texts)
        ],
    )
    _label(work, rows, N_("Add to the checklist of {card}"), "")
    return made


def set_item(work: Work, item_id: int, values: Mapping[str, Any]) -> bool:
    """Change a line of a checklist: its `text`, `done`, `section` or `position`."""
    row = work.row(ChecklistItem, item_id)
    if "text" in values and not (values["text"] or "").strip():
        raise InputError(_("Write what is to be done."))
    done = values.get("done")
    if done is None:
        work.label(N_("Edit “{item}”"), item=row["text"])
    elif done:
        work.label(N_("Tick off “{item}”"), item=row["text"])
    else:
        work.label(N_("Untick “{item}”"), item=row["text"])
    return work.update(ChecklistItem, item_id, values)


def delete_item(work: Work, item_id: int) -> None:
    """Take a line off a checklist."""
    work.label(N_("Delete “{item}”"), item=work.row(ChecklistItem, item_id)["text"])
    work.delete(ChecklistItem, [item_id])


def comment(work: Work, card_id: int, body: str) -> int:
    """Say something about a card, as the person acting; @name speaks to somebody."""
    rows, body = present(work, [card_id]), _spoken(body)
    _label(work, rows, N_("Comment on {card}"), "")
    row = {"card_id": card_id, "at": now(work), "author": work.actor, "body": body}
    return work.insert(CardComment, [row])[0]


def edit_comment(work: Work, comment_id: int, body: str) -> bool:
    """Say it otherwise; its author and time stay."""
    row = work.row(CardComment, comment_id)
    work.label(N_("Edit a comment on {card}"), card=work.row(Card, row["card_id"])["title"])
    return work.update(CardComment, comment_id, {"body": _spoken(body)})


def delete_comment(work: Work, comment_id: int) -> None:
    """Take a comment away."""
    row = work.row(CardComment, comment_id)
    work.label(N_("Delete a comment on {card}"), card=work.row(Card, row["card_id"])["title"])
    work.delete(CardComment, [comment_id])


def _spoken(body: str) -> str:
    body = (body or "").strip()
    if not body:
        raise InputError(_("Write what you want to say."))
    if len(body) > rules.LONGEST_TEXT:
        raise InputError(_("A comment may have up to {n} characters.").format(n=rules.LONGEST_TEXT))
    return body


def link_file(work: Work, card_id: int, name: str, content_hash: str, size: int) -> int:
    """Link a file that `files.keep` has kept."""
    rows = present(work, [card_id])
    _label(work, rows, N_("Attach {file} to {card}"), "", file=name)
    row = {"card_id": card_id, "name": name, "hash": content_hash, "size": size}
    return work.insert(CardFile, [row])[0]


def unlink_file(work: Work, file_id: int) -> None:
    """Take the link away; the file itself is kept, so that this can be undone."""
    row = work.row(CardFile, file_id)
    work.label(
        N_("Detach {file} from {card}"),
        file=row["name"],
        card=work.row(Card, row["card_id"])["title"],
    )
    work.delete(CardFile, [file_id])
