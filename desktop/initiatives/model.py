"""Initiatives and what hangs on them: milestones, notes, custom fields, saved views."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint

from ecofolio.store.base import Mapped, Record, mapped_column, reference


class Scene(Record):
    """A walk of life. `name` is empty for the scenes that come with the program."""

    __tablename__ = "scene"

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str | None]


class Initiative(Record):
    """One ecosystem effort of one owning unit in one scene.

    `other_segments`, `levers` and `tags` are lists joined by commas in their fixed order.
    `budget_fen` is the whole-life budget in fen. A health override without an expiry holds
    until the next rating.
    """

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint("lead_segment IN ('G', 'B', 'C')", name="segment_known"),
        CheckConstraint(
            "stage IN ('proposal', 'approved', 'pilot', 'rollout', 'operating', 'closed')",
            name="stage_known",
        ),
        Index("ix_initiative_unit_id", "unit_id"),
        Index("ix_initiative_scene_id", "scene_id"),
        Index("ix_initiative_department_id", "department_id"),
        Index("ix_initiative_lead_id", "lead_id"),
        Index("ix_initiative_sponsor_id", "sponsor_id"),
    )

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str]
    description: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(reference("unit.id"))
    department_id: Mapped[int | None] = mapped_column(reference("department.id"))
    scene_id: Mapped[int | None] = mapped_column(reference("scene.id"))
    lead_segment: Mapped[str | None]
    other_segments: Mapped[str | None]
    batch: Mapped[str | None]
    circle: Mapped[str | None]
    origin: Mapped[str | None]
    build_mode: Mapped[str | None]
    levers: Mapped[str | None]
    stage: Mapped[str] = mapped_column(String, default="proposal")
    loop_phase: Mapped[str | None]
    lead_id: Mapped[int | None] = mapped_column(reference("person.id"))
    sponsor_id: Mapped[int | None] = mapped_column(reference("person.id"))
    partner_names: Mapped[str | None]
    start_date: Mapped[date | None]
    due_date: Mapped[date | None]
    budget_fen: Mapped[int | None] = mapped_column(BigInteger)
    health_override: Mapped[str | None]
    health_reason: Mapped[str | None]
    health_expires: Mapped[date | None]
    tags: Mapped[str | None]


class Milestone(Record):
    """A dated promise of an initiative."""

    __tablename__ = "milestone"
    owner = ("initiative", "initiative_id")
    __table_args__ = (Index("ix_milestone_initiative_id", "initiative_id"),)

    initiative_id: Mapped[int] = mapped_column(reference("initiative.id"))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    baseline: Mapped[date | None]
    forecast: Mapped[date | None]
    actual: Mapped[date | None]


class Note(Record):
    """A text of an initiative under a section's heading."""

    __tablename__ = "note"
    owner = ("initiative", "initiative_id")
    __table_args__ = (Index("ix_note_initiative_id", "initiative_id"),)

    initiative_id: Mapped[int] = mapped_column(reference("initiative.id"))
    section: Mapped[str]
    body: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class CustomField(Record):
    """A column that the users added. `choices` are joined by line ends."""

    __tablename__ = "custom_field"
    __table_args__ = (
        CheckConstraint("type IN ('text', 'number', 'date', 'choice')", name="type_known"),
    )

    name: Mapped[str] = mapped_column(String, unique=True)
    type: Mapped[str]
    choices: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class CustomValue(Record):
    """What an initiative has in a custom field: text; numbers with a point, dates as ISO."""

    __tablename__ = "custom_value"
    owner = ("initiative", "initiative_id")
    __table_args__ = (
        UniqueConstraint("initiative_id", "field_id"),
        Index("ix_custom_value_field_id", "field_id"),
    )

    initiative_id: Mapped[int] = mapped_column(reference("initiative.id"))
    field_id: Mapped[int] = mapped_column(reference("custom_field.id"))
    value: Mapped[str]


class SavedView(Record):
    """A named scope with its columns, order and grouping, as JSON."""

    __tablename__ = "saved_view"

    name: Mapped[str] = mapped_column(String, unique=True)
    spec: Mapped[str]


class Mapping(Record):
    """A named way to read a list: which column becomes which field, as JSON."""

    __tablename__ = "mapping"

    name: Mapped[str] = mapped_column(String, unique=True)
    spec: Mapped[str]


class Playbook(Record):
    """A proven initiative packed for others.

    What it is made of hangs on it in the rooms above, in tables whose `owner` is the playbook:
    they are deleted with it. `made_from` is the code of the initiative that it was packed from,
    which may be gone since.
    """

    __tablename__ = "playbook"
    __table_args__ = (Index("ix_playbook_scene_id", "scene_id"),)

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str]
    notes: Mapped[str | None]
    scene_id: Mapped[int | None] = mapped_column(reference("scene.id"))
    batch: Mapped[str | None]
    made_from: Mapped[str | None]
    retired: Mapped[bool] = mapped_column(default=False)


class HealthThreshold(Record):
    """From where one of the five lights turns amber and red; `batch` is empty for all batches.

    Days for the schedule, points of score for the metrics, per cent for the budget.
    """

    __tablename__ = "health_threshold"
    __table_args__ = (UniqueConstraint("light", "batch"),)

    light: Mapped[str]
    batch: Mapped[str | None]
    amber: Mapped[int]
    red: Mapped[int]
