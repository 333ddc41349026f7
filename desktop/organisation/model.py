"""Units, departments and people."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String

from ecofolio.store.base import Mapped, Record, mapped_column, reference


class Unit(Record):
    """A place of the bank: the head office, a branch, a sub-branch; a tree."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint(
            "level IN ('head_office', 'tier1', 'tier2', 'sub_branch')", name="level_known"
        ),
        Index("ix_unit_parent_id", "parent_id"),
    )

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str]
    level: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(reference("unit.id"))
    region: Mapped[str | None]


class Department(Record):
    """A department (business line) in the front, middle or back office."""

    __tablename__ = "department"
    __table_args__ = (
        CheckConstraint("office IN ('front', 'middle', 'back')", name="office_known"),
    )

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str]
    office: Mapped[str | None]


class Person(Record):
    """Somebody who works on the programme."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_unit_id", "unit_id"),
        Index("ix_person_department_id", "department_id"),
    )

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str]
    title: Mapped[str | None]
    email: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(reference("unit.id"))
    department_id: Mapped[int | None] = mapped_column(reference("department.id"))
