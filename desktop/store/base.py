"""What every table of a programme has in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import Connection, ForeignKey, Integer, MetaData, Table, select

if TYPE_CHECKING:
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
else:
    from ecofolio.store.declaring import Declared as DeclarativeBase
    from ecofolio.store.declaring import Mapped, mapped_column

__all__ = ["Base", "Mapped", "Record", "mapped_column", "record_classes", "reference", "table_of"]

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of a programme."""

    metadata = MetaData(naming_convention=CONVENTION)


class Record(Base):
    """A table that people change: journalled, with an identity that is never used again.

    `owner` names the column that points to the record in whose history a change of this one
    is told, as (table, column): a milestone's changes belong to its initiative.

    `stays` is set where rows are never changed or deleted: an `N_` sentence that says so of a
    row, and of what it refers to. Undo asks for a reversal instead (`undoing.reversal_of`).

    `attached` names the columns of a row's file: its name and its content's hash (store/files.py).
    """

    __abstract__ = True
    owner: ClassVar[tuple[str, str] | None] = None
    stays: ClassVar[str | None] = None
    attached: ClassVar[tuple[str, str] | None] = None

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, default=1)

    @classmethod
    def why_not(cls, connection: Connection, ids: Sequence[int]) -> str | None:
        """Why rows can not stay as an undo or redo has left them, in a sentence; or None."""
        return None

    @classmethod
    def files_named(cls, connection: Connection) -> Iterable[tuple[int, str, str]]:
        """The attached files that rows name: identity, file's name and content's hash."""
        if cls.attached is None:
            return []
        table = table_of(cls)
        name, content = (table.c[column] for column in cls.attached)
        query = select(table.c.id, name, content).where(content.is_not(None)).order_by(table.c.id)
        return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def reference(target: str) -> ForeignKey:
    """A foreign key that is checked at the commit, so that the order of writes is free."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


def table_of(record: type[Base]) -> Table:
    """The table of a mapped class."""
    table = record.__table__
    assert isinstance(table, Table)
    return table


def record_classes() -> dict[str, type[Record]]:
    """Every journalled table by its name."""
    return {cls.__tablename__: cls for cls in Record.__subclasses__()}
