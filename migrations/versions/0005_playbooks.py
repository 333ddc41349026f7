"""Playbooks: a proven initiative packed for others, and the figures that it promises them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
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
    op.create_table(
        "playbook",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("scene_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("made_from", sa.String(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        *_record(),
        _reference("playbook", "scene_id", "scene"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook")),
        sa.UniqueConstraint("code", name=op.f("uq_playbook_code")),
    )
    op.create_index("ix_playbook_scene_id", "playbook", ["scene_id"], unique=False)
    op.create_table(
        "playbook_target",
        sa.Column("playbook_id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("stretch", sa.BigInteger(), nullable=True),
        *_record(),
        sa.CheckConstraint("month BETWEEN 1 AND 60", name=op.f("ck_playbook_target_month_counted")),
        sa.CheckConstraint("floor <> target", name=op.f("ck_playbook_target_floor_apart")),
        _reference("playbook_target", "playbook_id", "playbook"),
        _reference("playbook_target", "metric_id", "metric"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_target")),
        sa.UniqueConstraint(
            "playbook_id",
            "metric_id",
            "month",
            name=op.f("uq_playbook_target_playbook_id_metric_id_month"),
        ),
    )
    op.create_index("ix_playbook_target_metric_id", "playbook_target", ["metric_id"], unique=False)
