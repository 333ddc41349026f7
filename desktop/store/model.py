"""The tables of the store itself: the programme's settings, the journal, the counters."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, String

from ecofolio.store.base import Base, Mapped, Record, mapped_column


class Programme(Record):
    """The one row of settings that travels with the data."""

    __tablename__ = "programme"

    name: Mapped[str]
    currency: Mapped[str] = mapped_column(String, default="CNY")
    fiscal_start_month: Mapped[int] = mapped_column(default=1)


class Change(Base):
    """One transaction. `kind` is `do`, `undo`, `redo` or `setup`; `target` is the change that an
    undo or redo is about. `at` is UTC in microseconds since 1970. `hash` covers the entry, its
    rows and the hash of the entry before it."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_target", "target"), Index("ix_change_at", "at"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str]
    label: Mapped[str]
    arguments: Mapped[str]
    kind: Mapped[str]
    target: Mapped[int | None]
    hash: Mapped[str]


class ChangeRow(Base):
    """One row that a change touched: canonical JSON of the values before and after.

    An insert has no `before`, a delete no `after`; an update holds the changed columns only.
    `owner` and `owner_id` name the record in whose history the change is told.
    """

    __tablename__ = "change_row"
    __table_args__ = (
        Index("ix_change_row_record", "record", "record_id"),
        Index("ix_change_row_owner", "owner", "owner_id"),
    )

    change_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    record: Mapped[str]
    record_id: Mapped[int]
    owner: Mapped[str | None]
    owner_id: Mapped[int | None]
    before: Mapped[str | None]
    after: Mapped[str | None]


class Counter(Base):
    """One row, `change`: the newest entry of the journal and its hash."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    next: Mapped[int]
    hash: Mapped[str | None]
