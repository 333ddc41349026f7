"""Boards, their cards, and the history of the cards.

Where a card's history is kept
------------------------------
A *stay* is a card in a column from an instant on. The stay that lasts is the card's own
`column_id` and `entered_at`; each stay that is over is one row of `card_stay`. A move turns the
one into the other, an import writes all of them with the times that the source gives, and the
end of a stay is the beginning of the next: every fact is stored once, there is one source for
moves made here and moves brought in, and all flow figures are readings of it.

Reading moves from the journal instead was weighed: it would cost a JSON parse for each edit of
each card (seconds at 100,000 cards, where an indexed read of stays takes tenths), could not hold
the times of imported moves, and would count a move that was undone at once as two moves. The
stays are themselves journalled, so undoing a move takes it out of the flow figures as well.

Instants are UTC in microseconds since 1970, as in the journal. The order of a card's stays is
the order of their identities, the card's own last: an imported history whose times run backwards
stays visible as the fault that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Index,
    String,
    UniqueConstraint,
    select,
)

from ecofolio.store.base import Mapped, Record, mapped_column, reference, table_of
from ecofolio.text import _

# Ranks are compared byte by byte, whatever the language of the database.
RANK = String().with_variant(String(collation="C"), "postgresql")


class Board(Record):
    """A squad's kanban board.

    `lane_by` says what its lanes are; where that is `field`, one of its `CardField`s says which.
    `blocks` is whether a limit that would be exceeded refuses a move without a reason.
    """

    __tablename__ = "board"
    __table_args__ = (
        CheckConstraint(
            "lane_by IN ('none', 'initiative', 'service', 'assignee', 'loop_phase', 'field')",
            name="lane_by_known",
        ),
        Index("ix_board_squad_id", "squad_id"),
    )

    squad_id: Mapped[int] = mapped_column(reference("squad.id"))
    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str]
    lane_by: Mapped[str] = mapped_column(String, default="none")
    blocks: Mapped[bool] = mapped_column(default=False)
    sprints: Mapped[bool] = mapped_column(default=False)


class BoardColumn(Record):
    """A column; `position` orders from left to right.

    A column that cards have been in is never taken away, because their history needs it:
    `retired_at` takes it off the board.
    """

    __tablename__ = "board_column"
    owner = ("board", "board_id")
    __table_args__ = (
        CheckConstraint("kind IN ('backlog', 'queue', 'active', 'done')", name="kind_known"),
        Index("ix_board_column_board_id", "board_id"),
    )

    board_id: Mapped[int] = mapped_column(reference("board.id"))
    name: Mapped[str]
    kind: Mapped[str]
    wip_limit: Mapped[int | None]
    policy: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[int | None] = mapped_column(BigInteger)


class BoardLane(Record):
    """The limit and place of one lane, by its key (see `rules.lane_key`)."""

    __tablename__ = "board_lane"
    owner = ("board", "board_id")
    __table_args__ = (UniqueConstraint("board_id", "key"),)

    board_id: Mapped[int] = mapped_column(reference("board.id"))
    key: Mapped[str]
    wip_limit: Mapped[int | None]
    position: Mapped[int | None]


class Card(Record):
    """A piece of work, in a column since `entered_at`.

    `rank` orders within the column, byte by byte. `labels` are joined by commas. `key` is what
    another tool calls the card. `size` is in the squad's own points. `entered_by` is who put it
    there where the journal can not know: in another tool.
    """

    __tablename__ = "card"
    owner = ("board", "board_id")
    __table_args__ = (
        CheckConstraint(
            "service IN ('expedite', 'fixed_date', 'standard', 'intangible')",
            name="service_known",
        ),
        Index("ix_card_board_id", "board_id"),
        Index("ix_card_column_id_rank", "column_id", "rank"),
        Index("ix_card_initiative_id", "initiative_id"),
        Index("ix_card_milestone_id", "milestone_id"),
    )

    board_id: Mapped[int] = mapped_column(reference("board.id"))
    column_id: Mapped[int] = mapped_column(reference("board_column.id"))
    rank: Mapped[str] = mapped_column(RANK)
    entered_at: Mapped[int] = mapped_column(BigInteger)
    entered_by: Mapped[str | None]
    key: Mapped[str | None]
    title: Mapped[str]
    description: Mapped[str | None]
    initiative_id: Mapped[int | None] = mapped_column(reference("initiative.id"))
    milestone_id: Mapped[int | None] = mapped_column(reference("milestone.id"))
    journey: Mapped[str | None]
    loop_phase: Mapped[str | None]
    service: Mapped[str] = mapped_column(String, default="standard")
    size: Mapped[float | None]
    due_date: Mapped[date | None]
    labels: Mapped[str | None]
    trashed_at: Mapped[int | None] = mapped_column(BigInteger)

    @classmethod
    def why_not(cls, connection: Connection, ids: Sequence[int]) -> str | None:
        """A card can not come back into a column that is off the board."""
        column, card = table_of(BoardColumn), table_of(cls)
        query = (
            select(column.c.name, card.c.title)
            .join(card, card.c.column_id == column.c.id)
            .where(column.c.retired_at.is_not(None), card.c.trashed_at.is_(None))
        )
        for first in range(0, len(ids), 500):
            found = connection.execute(query.where(card.c.id.in_(ids[first : first + 500]))).first()
            if found is not None:
                return _("“{card}” can not go back: the column “{column}” was deleted.").format(
                    card=found.title, column=found.name
                )
        return None


class CardStay(Record):
    """A card that was in a column from an instant on; over, unlike the card's present one."""

    __tablename__ = "card_stay"
    owner = ("card", "card_id")
    __table_args__ = (
        Index("ix_card_stay_card_id", "card_id"),
        Index("ix_card_stay_column_id", "column_id"),
    )

    card_id: Mapped[int] = mapped_column(reference("card.id"))
    column_id: Mapped[int] = mapped_column(reference("board_column.id"))
    entered_at: Mapped[int] = mapped_column(BigInteger)
    entered_by: Mapped[str | None]


class CardBlock(Record):
    """A card that could not go on, and why; still so where `until` is empty."""

    __tablename__ = "card_block"
    owner = ("card", "card_id")
    __table_args__ = (Index("ix_card_block_card_id", "card_id"),)

    card_id: Mapped[int] = mapped_column(reference("card.id"))
    reason: Mapped[str]
    since: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int | None] = mapped_column(BigInteger)


class CardAssignee(Record):
    """Somebody who works on a card."""

    __tablename__ = "card_assignee"
    owner = ("card", "card_id")
    __table_args__ = (
        UniqueConstraint("card_id", "person_id"),
        Index("ix_card_assignee_person_id", "person_id"),
    )

    card_id: Mapped[int] = mapped_column(reference("card.id"))
    person_id: Mapped[int] = mapped_column(reference("person.id"))


class CardDependency(Record):
    """`blocker_id` has to be done before `blocked_id` can be."""

    __tablename__ = "card_dependency"
    owner = ("card", "blocked_id")
    __table_args__ = (
        UniqueConstraint("blocker_id", "blocked_id"),
        Index("ix_card_dependency_blocked_id", "blocked_id"),
    )

    blocker_id: Mapped[int] = mapped_column(reference("card.id"))
    blocked_id: Mapped[int] = mapped_column(reference("card.id"))


class ChecklistItem(Record):
    """A line of a card's checklist; `section` is the list's name where a card has several."""

    __tablename__ = "checklist_item"
    owner = ("card", "card_id")
    __table_args__ = (Index("ix_checklist_item_card_id", "card_id"),)

    card_id: Mapped[int] = mapped_column(reference("card.id"))
    section: Mapped[str | None]
    text: Mapped[str]
    done: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class CardComment(Record):
    """What somebody said about a card, and when."""

    __tablename__ = "card_comment"
    owner = ("card", "card_id")
    __table_args__ = (Index("ix_card_comment_card_id", "card_id"),)

    card_id: Mapped[int] = mapped_column(reference("card.id"))
    at: Mapped[int] = mapped_column(BigInteger)
    author: Mapped[str]
    body: Mapped[str]


class CardFile(Record):
    """A file of a card, kept by the SHA-256 of its content; `size` is in bytes."""

    __tablename__ = "card_file"
    owner = ("card", "card_id")
    attached = ("name", "hash")
    __table_args__ = (Index("ix_card_file_card_id", "card_id"),)

    card_id: Mapped[int] = mapped_column(reference("card.id"))
    name: Mapped[str]
    hash: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)


class CardField(Record):
    """A field that a board's cards have besides the usual ones. `choices` are joined by line ends.

    `lanes` is whether it makes the lanes of a board whose `lane_by` is `field`.
    """

    __tablename__ = "card_field"
    owner = ("board", "board_id")
    __table_args__ = (
        CheckConstraint("type IN ('text', 'number', 'date', 'choice')", name="type_known"),
        UniqueConstraint("board_id", "name"),
    )

    board_id: Mapped[int] = mapped_column(reference("board.id"))
    name: Mapped[str]
    type: Mapped[str]
    choices: Mapped[str | None]
    lanes: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class CardValue(Record):
    """What a card has in such a field: text; numbers with a point, dates as ISO."""

    __tablename__ = "card_value"
    owner = ("card", "card_id")
    __table_args__ = (
        UniqueConstraint("card_id", "field_id"),
        Index("ix_card_value_field_id", "field_id"),
    )

    card_id: Mapped[int] = mapped_column(reference("card.id"))
    field_id: Mapped[int] = mapped_column(reference("card_field.id"))
    value: Mapped[str]


class BoardFilter(Record):
    """A named filter of a board's cards, as JSON (see `filters`)."""

    __tablename__ = "board_filter"
    owner = ("board", "board_id")
    __table_args__ = (UniqueConstraint("board_id", "name"),)

    board_id: Mapped[int] = mapped_column(reference("board.id"))
    name: Mapped[str]
    spec: Mapped[str]


class Sprint(Record):
    """A span of days with a goal; both days are included. Over once `closed_at` is set."""

    __tablename__ = "sprint"
    owner = ("board", "board_id")
    __table_args__ = (Index("ix_sprint_board_id", "board_id"),)

    board_id: Mapped[int] = mapped_column(reference("board.id"))
    name: Mapped[str]
    goal: Mapped[str | None]
    start_date: Mapped[date]
    end_date: Mapped[date]
    started_at: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[int | None] = mapped_column(BigInteger)


class SprintCard(Record):
    """A card in a sprint from `added_at` until it was taken out, or carried over at the close."""

    __tablename__ = "sprint_card"
    owner = ("sprint", "sprint_id")
    __table_args__ = (
        Index("ix_sprint_card_sprint_id", "sprint_id"),
        Index("ix_sprint_card_card_id", "card_id"),
    )

    sprint_id: Mapped[int] = mapped_column(reference("sprint.id"))
    card_id: Mapped[int] = mapped_column(reference("card.id"))
    added_at: Mapped[int] = mapped_column(BigInteger)
    removed_at: Mapped[int | None] = mapped_column(BigInteger)
