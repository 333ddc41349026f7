"""Squads, who is in them, what steering squads own, and which department should pull with which."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint

from ecofolio.store.base import Mapped, Record, mapped_column, reference


class Squad(Record):
    """A cross-department team for one or more initiatives, or a leading group (`steering`)."""

    __tablename__ = "squad"
    __table_args__ = (
        CheckConstraint("kind IN ('delivery', 'steering')", name="kind_known"),
        Index("ix_squad_lead_id", "lead_id"),
    )

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String, default="delivery")
    charter: Mapped[str | None]
    lead_id: Mapped[int | None] = mapped_column(reference("person.id"))


class SquadInitiative(Record):
    """An initiative that a squad works on."""

    __tablename__ = "squad_initiative"
    owner = ("squad", "squad_id")
    __table_args__ = (
        UniqueConstraint("squad_id", "initiative_id"),
        Index("ix_squad_initiative_initiative_id", "initiative_id"),
    )

    squad_id: Mapped[int] = mapped_column(reference("squad.id"))
    initiative_id: Mapped[int] = mapped_column(reference("initiative.id"))


class SquadMember(Record):
    """Somebody's place in a squad: a role, and per cent of their time from one day to another.

    Both days are included; a missing one means from ever, or for good. Somebody whose share
    changes has a row for each share.
    """

    __tablename__ = "squad_member"
    owner = ("squad", "squad_id")
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_sane"),
        Index("ix_squad_member_squad_id", "squad_id"),
        Index("ix_squad_member_person_id", "person_id"),
    )

    squad_id: Mapped[int] = mapped_column(reference("squad.id"))
    person_id: Mapped[int] = mapped_column(reference("person.id"))
    role: Mapped[str | None]
    percent: Mapped[int] = mapped_column(default=100)
    from_date: Mapped[date | None]
    until_date: Mapped[date | None]


class SquadArea(Record):
    """What a steering squad owns: a unit, a scene or a batch, one of them a row."""

    __tablename__ = "squad_area"
    owner = ("squad", "squad_id")
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN scene_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN batch IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_of_three",
        ),
        Index("ix_squad_area_squad_id", "squad_id"),
        Index("ix_squad_area_unit_id", "unit_id"),
        Index("ix_squad_area_scene_id", "scene_id"),
    )

    squad_id: Mapped[int] = mapped_column(reference("squad.id"))
    unit_id: Mapped[int | None] = mapped_column(reference("unit.id"))
    scene_id: Mapped[int | None] = mapped_column(reference("scene.id"))
    batch: Mapped[str | None]


class Linkage(Record):
    """A department that is wanted in the squads of a scene."""

    __tablename__ = "linkage"
    __table_args__ = (
        UniqueConstraint("scene_id", "department_id"),
        Index("ix_linkage_department_id", "department_id"),
    )

    scene_id: Mapped[int] = mapped_column(reference("scene.id"))
    department_id: Mapped[int] = mapped_column(reference("department.id"))
