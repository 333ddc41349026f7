"""Metrics, their targets and observations, and the scorecards that weigh them.

Figures are whole thousandths of the metric's unit (1.5 is stored as 1500), so that sums are
exact on both databases. Months are `YYYY-MM`.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint

from ecofolio.store.base import Mapped, Record, mapped_column, reference


class Metric(Record):
    """A thing counted each month. `name` and `unit` are empty for those that come with the program.

    `due_day` is the day of the following month by which it is reported, `department_id` who
    reports it where that is not the squad. `least` and `most` bound what is believable, in
    thousandths. An average over initiatives is weighed by the figures of `weighed_by_id`.
    """

    __tablename__ = "metric"
    __table_args__ = (
        CheckConstraint("kind IN ('process', 'outcome', 'guardrail')", name="kind_known"),
        CheckConstraint("direction IN ('higher', 'lower')", name="direction_known"),
        CheckConstraint("due_day BETWEEN 1 AND 31", name="due_day_known"),
        Index("ix_metric_department_id", "department_id"),
        Index("ix_metric_weighed_by_id", "weighed_by_id"),
    )

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str | None]
    unit: Mapped[str | None]
    kind: Mapped[str]
    step: Mapped[str]
    segment: Mapped[str | None]
    loop_phase: Mapped[str | None]
    direction: Mapped[str] = mapped_column(String, default="higher")
    over_months: Mapped[str] = mapped_column(String, default="sum")
    over_initiatives: Mapped[str] = mapped_column(String, default="sum")
    weighed_by_id: Mapped[int | None] = mapped_column(reference("metric.id"))
    department_id: Mapped[int | None] = mapped_column(reference("department.id"))
    due_day: Mapped[int] = mapped_column(default=10)
    veto: Mapped[bool] = mapped_column(default=False)
    least: Mapped[int | None] = mapped_column(BigInteger)
    most: Mapped[int | None] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(default=0)
    retired: Mapped[bool] = mapped_column(default=False)


class Coefficient(Record):
    """What one unit of a metric is worth from a month on, in millionths of a fen."""

    __tablename__ = "coefficient"
    owner = ("metric", "metric_id")
    __table_args__ = (
        UniqueConstraint("metric_id", "from_month"),
        CheckConstraint("micro_fen >= 0", name="micro_fen_positive"),
    )

    metric_id: Mapped[int] = mapped_column(reference("metric.id"))
    from_month: Mapped[str]
    micro_fen: Mapped[int] = mapped_column(BigInteger)


class Target(Record):
    """What an initiative has promised of a metric in a month.

    The index by month holds all that scoring a month reads, in the order in which it is summed.
    """

    __tablename__ = "target"
    owner = ("initiative", "initiative_id")
    __table_args__ = (
        UniqueConstraint("initiative_id", "metric_id", "month"),
        CheckConstraint("floor <> target", name="floor_apart"),
        CheckConstraint("length(month) = 7", name="month_is_month"),
        Index("ix_target_month", "month", "initiative_id", "metric_id", "floor", "target"),
        Index("ix_target_metric_id", "metric_id"),
    )

    initiative_id: Mapped[int] = mapped_column(reference("initiative.id"))
    metric_id: Mapped[int] = mapped_column(reference("metric.id"))
    month: Mapped[str]
    floor: Mapped[int] = mapped_column(BigInteger)
    target: Mapped[int] = mapped_column(BigInteger)
    stretch: Mapped[int | None] = mapped_column(BigInteger)


class PlaybookTarget(Record):
    """What a playbook promises of a metric in a month counted from the start: 1 is the first."""

    __tablename__ = "playbook_target"
    owner = ("playbook", "playbook_id")
    __table_args__ = (
        UniqueConstraint("playbook_id", "metric_id", "month"),
        CheckConstraint("month BETWEEN 1 AND 60", name="month_counted"),
        CheckConstraint("floor <> target", name="floor_apart"),
        Index("ix_playbook_target_metric_id", "metric_id"),
    )

    playbook_id: Mapped[int] = mapped_column(reference("playbook.id"))
    metric_id: Mapped[int] = mapped_column(reference("metric.id"))
    month: Mapped[int]
    floor: Mapped[int] = mapped_column(BigInteger)
    target: Mapped[int] = mapped_column(BigInteger)
    stretch: Mapped[int | None] = mapped_column(BigInteger)


class Observation(Record):
    """What an initiative reached of a metric in a month; the journal keeps what was corrected."""

    __tablename__ = "observation"
    owner = ("initiative", "initiative_id")
    __table_args__ = (
        UniqueConstraint("initiative_id", "metric_id", "month"),
        CheckConstraint("state IN ('provisional', 'final')", name="state_known"),
        CheckConstraint("length(month) = 7", name="month_is_month"),
        Index("ix_observation_month", "month", "initiative_id", "metric_id", "value"),
        Index("ix_observation_metric_id", "metric_id"),
    )

    initiative_id: Mapped[int] = mapped_column(reference("initiative.id"))
    metric_id: Mapped[int] = mapped_column(reference("metric.id"))
    month: Mapped[str]
    value: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String, default="final")
    source: Mapped[str | None]
    comment: Mapped[str | None]
    reported_by: Mapped[str]
    reported_on: Mapped[date]


class Scorecard(Record):
    """How a batch is judged from a month on. `cap` is in per cent, the grades are least scores."""

    __tablename__ = "scorecard"
    __table_args__ = (
        UniqueConstraint("batch", "from_month"),
        CheckConstraint("cap BETWEEN 100 AND 200", name="cap_bounded"),
        CheckConstraint(
            "grade_a > grade_b AND grade_b > grade_c AND grade_c > 0", name="grades_fall"
        ),
    )

    batch: Mapped[str]
    from_month: Mapped[str]
    cap: Mapped[int] = mapped_column(default=120)
    grade_a: Mapped[int] = mapped_column(default=90)
    grade_b: Mapped[int] = mapped_column(default=75)
    grade_c: Mapped[int] = mapped_column(default=60)


class Weight(Record):
    """The weight of a metric on a scorecard, in per cent; a guardrail may weigh 0."""

    __tablename__ = "weight"
    owner = ("scorecard", "scorecard_id")
    __table_args__ = (
        UniqueConstraint("scorecard_id", "metric_id"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight_bounded"),
        Index("ix_weight_metric_id", "metric_id"),
    )

    scorecard_id: Mapped[int] = mapped_column(reference("scorecard.id"))
    metric_id: Mapped[int] = mapped_column(reference("metric.id"))
    weight: Mapped[int]
