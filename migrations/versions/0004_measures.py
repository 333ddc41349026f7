"""Measures: metrics, targets, observations, scorecards and the thresholds of health."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _record() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}"),
        initially="DEFERRED",
        deferrable=True,
    )


def upgrade() -> None:
    _metrics()
    _figures()
    _judging()


def _metrics() -> None:
    op.create_table(
        "metric",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=True),
        sa.Column("loop_phase", sa.String(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("over_months", sa.String(), nullable=False),
        sa.Column("over_initiatives", sa.String(), nullable=False),
        sa.Column("weighed_by_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("due_day", sa.Integer(), nullable=False),
        sa.Column("veto", sa.Boolean(), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=True),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        *_record(),
        sa.CheckConstraint(
            "kind IN ('process', 'outcome', 'guardrail')", name=op.f("ck_metric_kind_known")
        ),
        sa.CheckConstraint(
            "direction IN ('higher', 'lower')", name=op.f("ck_metric_direction_known")
        ),
        sa.CheckConstraint("due_day BETWEEN 1 AND 31", name=op.f("ck_metric_due_day_known")),
        _reference("metric", "department_id", "department"),
        _reference("metric", "weighed_by_id", "metric"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric")),
        sa.UniqueConstraint("code", name=op.f("uq_metric_code")),
    )
    op.create_index("ix_metric_department_id", "metric", ["department_id"], unique=False)
    op.create_index("ix_metric_weighed_by_id", "metric", ["weighed_by_id"], unique=False)
    op.create_table(
        "coefficient",
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("from_month", sa.String(), nullable=False),
        sa.Column("micro_fen", sa.BigInteger(), nullable=False),
        *_record(),
        sa.CheckConstraint("micro_fen >= 0", name=op.f("ck_coefficient_micro_fen_positive")),
        _reference("coefficient", "metric_id", "metric"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coefficient")),
        sa.UniqueConstraint(
            "metric_id", "from_month", name=op.f("uq_coefficient_metric_id_from_month")
        ),
    )


def _figures() -> None:
    op.create_table(
        "target",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("stretch", sa.BigInteger(), nullable=True),
        *_record(),
        sa.CheckConstraint("floor <> target", name=op.f("ck_target_floor_apart")),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_target_month_is_month")),
        _reference("target", "initiative_id", "initiative"),
        _reference("target", "metric_id", "metric"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint(
            "initiative_id",
            "metric_id",
            "month",
            name=op.f("uq_target_initiative_id_metric_id_month"),
        ),
    )
    columns = ["month", "initiative_id", "metric_id", "floor", "target"]
    op.create_index("ix_target_month", "target", columns, unique=False)
    op.create_index("ix_target_metric_id", "target", ["metric_id"], unique=False)
    op.create_table(
        "observation",
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        *_record(),
        sa.CheckConstraint(
            "state IN ('provisional', 'final')", name=op.f("ck_observation_state_known")
        ),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_observation_month_is_month")),
        _reference("observation", "initiative_id", "initiative"),
        _reference("observation", "metric_id", "metric"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sa.UniqueConstraint(
            "initiative_id",
            "metric_id",
            "month",
            name=op.f("uq_observation_initiative_id_metric_id_month"),
        ),
    )
    columns = ["month", "initiative_id", "metric_id", "value"]
    op.create_index("ix_observation_month", "observation", columns, unique=False)
    op.create_index("ix_observation_metric_id", "observation", ["metric_id"], unique=False)


def _judging() -> None:
    op.create_table(
        "scorecard",
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("from_month", sa.String(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("grade_a", sa.Integer(), nullable=False),
        sa.Column("grade_b", sa.Integer(), nullable=False),
        sa.Column("grade_c", sa.Integer(), nullable=False),
        *_record(),
        sa.CheckConstraint("cap BETWEEN 100 AND 200", name=op.f("ck_scorecard_cap_bounded")),
        sa.CheckConstraint(
            "grade_a > grade_b AND grade_b > grade_c AND grade_c > 0",
            name=op.f("ck_scorecard_grades_fall"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint("batch", "from_month", name=op.f("uq_scorecard_batch_from_month")),
    )
    op.create_table(
        "weight",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        *_record(),
        sa.CheckConstraint("weight BETWEEN 0 AND 100", name=op.f("ck_weight_weight_bounded")),
        _reference("weight", "metric_id", "metric"),
        _reference("weight", "scorecard_id", "scorecard"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight")),
        sa.UniqueConstraint(
            "scorecard_id", "metric_id", name=op.f("uq_weight_scorecard_id_metric_id")
        ),
    )
    op.create_index("ix_weight_metric_id", "weight", ["metric_id"], unique=False)
    op.create_table(
        "health_threshold",
        sa.Column("light", sa.String(), nullable=False),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("amber", sa.Integer(), nullable=False),
        sa.Column("red", sa.Integer(), nullable=False),
        *_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_threshold")),
        sa.UniqueConstraint("light", "batch", name=op.f("uq_health_threshold_light_batch")),
    )
