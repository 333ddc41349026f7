"""Squads and boards: who works together, their cards, and where the cards have been."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


_ONE_OF_THREE = (
    "(CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN scene_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN batch IS NULL THEN 0 ELSE 1 END) = 1"
)


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
        "linkage",
        sa.Column("scene_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        *_record(),
        _reference("linkage", "department_id", "department"),
        _reference("linkage", "scene_id", "scene"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linkage")),
        sa.UniqueConstraint(
            "scene_id", "department_id", name=op.f("uq_linkage_scene_id_department_id")
        ),
    )
    op.create_index("ix_linkage_department_id", "linkage", ["department_id"], unique=False)
    op.create_table(
        "squad",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("charter", sa.String(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        *_record(),
        sa.CheckConstraint("kind IN ('delivery', 'steering')", name=op.f("ck_squad_kind_known")),
        _reference("squad", "lead_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_squad")),
        sa.UniqueConstraint("code", name=op.f("uq_squad_code")),
    )
    op.create_index("ix_squad_lead_id", "squad", ["lead_id"], unique=False)
    op.create_table(
        "board",
        sa.Column("squad_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lane_by", sa.String(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("sprints", sa.Boolean(), nullable=False),
        *_record(),
        sa.CheckConstraint(
            "lane_by IN ('none', 'initiative', 'service', 'assignee', 'loop_phase', 'field')",
            name=op.f("ck_board_lane_by_known"),
        ),
        _reference("board", "squad_id", "squad"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint("code", name=op.f("uq_board_code")),
    )
    op.create_index("ix_board_squad_id", "board", ["squad_id"], unique=False)
    op.create_table(
        "squad_area",
        sa.Column("squad_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("scene_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(), nullable=True),
        *_record(),
        sa.CheckConstraint(
            _ONE_OF_THREE,
            name=op.f("ck_squad_area_one_of_three"),
        ),
        _reference("squad_area", "scene_id", "scene"),
        _reference("squad_area", "squad_id", "squad"),
        _reference("squad_area", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_squad_area")),
    )
    op.create_index("ix_squad_area_scene_id", "squad_area", ["scene_id"], unique=False)
    op.create_index("ix_squad_area_squad_id", "squad_area", ["squad_id"], unique=False)
    op.create_index("ix_squad_area_unit_id", "squad_area", ["unit_id"], unique=False)
    op.create_table(
        "squad_initiative",
        sa.Column("squad_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        *_record(),
        _reference("squad_initiative", "initiative_id", "initiative"),
        _reference("squad_initiative", "squad_id", "squad"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_squad_initiative")),
        sa.UniqueConstraint(
            "squad_id", "initiative_id", name=op.f("uq_squad_initiative_squad_id_initiative_id")
        ),
    )
    op.create_index(
        "ix_squad_initiative_initiative_id", "squad_initiative", ["initiative_id"], unique=False
    )
    op.create_table(
        "squad_member",
        sa.Column("squad_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("until_date", sa.Date(), nullable=True),
        *_record(),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_squad_member_percent_sane")),
        _reference("squad_member", "person_id", "person"),
        _reference("squad_member", "squad_id", "squad"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_squad_member")),
    )
    op.create_index("ix_squad_member_person_id", "squad_member", ["person_id"], unique=False)
    op.create_index("ix_squad_member_squad_id", "squad_member", ["squad_id"], unique=False)
    op.create_table(
        "board_column",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("wip_limit", sa.Integer(), nullable=True),
        sa.Column("policy", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        *_record(),
        sa.CheckConstraint(
            "kind IN ('backlog', 'queue', 'active', 'done')",
            name=op.f("ck_board_column_kind_known"),
        ),
        _reference("board_column", "board_id", "board"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_column")),
    )
    op.create_index("ix_board_column_board_id", "board_column", ["board_id"], unique=False)
    op.create_table(
        "board_filter",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("spec", sa.String(), nullable=False),
        *_record(),
        _reference("board_filter", "board_id", "board"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_filter")),
        sa.UniqueConstraint("board_id", "name", name=op.f("uq_board_filter_board_id_name")),
    )
    op.create_table(
        "board_lane",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("wip_limit", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        *_record(),
        _reference("board_lane", "board_id", "board"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_lane")),
        sa.UniqueConstraint("board_id", "key", name=op.f("uq_board_lane_board_id_key")),
    )
    op.create_table(
        "card_field",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("choices", sa.String(), nullable=True),
        sa.Column("lanes", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_record(),
        sa.CheckConstraint(
            "type IN ('text', 'number', 'date', 'choice')", name=op.f("ck_card_field_type_known")
        ),
        _reference("card_field", "board_id", "board"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_field")),
        sa.UniqueConstraint("board_id", "name", name=op.f("uq_card_field_board_id_name")),
    )
    op.create_table(
        "sprint",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        *_record(),
        _reference("sprint", "board_id", "board"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sprint")),
    )
    op.create_index("ix_sprint_board_id", "sprint", ["board_id"], unique=False)
    op.create_table(
        "card",
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column(
            "rank", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("journey", sa.String(), nullable=True),
        sa.Column("loop_phase", sa.String(), nullable=True),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("size", sa.Double(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("labels", sa.String(), nullable=True),
        sa.Column("trashed_at", sa.BigInteger(), nullable=True),
        *_record(),
        sa.CheckConstraint(
            "service IN ('expedite', 'fixed_date', 'standard', 'intangible')",
            name=op.f("ck_card_service_known"),
        ),
        _reference("card", "board_id", "board"),
        _reference("card", "column_id", "board_column"),
        _reference("card", "initiative_id", "initiative"),
        _reference("card", "milestone_id", "milestone"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
    )
    op.create_index("ix_card_board_id", "card", ["board_id"], unique=False)
    op.create_index("ix_card_column_id_rank", "card", ["column_id", "rank"], unique=False)
    op.create_index("ix_card_initiative_id", "card", ["initiative_id"], unique=False)
    op.create_index("ix_card_milestone_id", "card", ["milestone_id"], unique=False)
    op.create_table(
        "card_assignee",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        *_record(),
        _reference("card_assignee", "card_id", "card"),
        _reference("card_assignee", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_assignee")),
        sa.UniqueConstraint(
            "card_id", "person_id", name=op.f("uq_card_assignee_card_id_person_id")
        ),
    )
    op.create_index("ix_card_assignee_person_id", "card_assignee", ["person_id"], unique=False)
    op.create_table(
        "card_block",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        *_record(),
        _reference("card_block", "card_id", "card"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_block")),
    )
    op.create_index("ix_card_block_card_id", "card_block", ["card_id"], unique=False)
    op.create_table(
        "card_comment",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        *_record(),
        _reference("card_comment", "card_id", "card"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_comment")),
    )
    op.create_index("ix_card_comment_card_id", "card_comment", ["card_id"], unique=False)
    op.create_table(
        "card_dependency",
        sa.Column("blocker_id", sa.Integer(), nullable=False),
        sa.Column("blocked_id", sa.Integer(), nullable=False),
        *_record(),
        _reference("card_dependency", "blocked_id", "card"),
        _reference("card_dependency", "blocker_id", "card"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_dependency")),
        sa.UniqueConstraint(
            "blocker_id", "blocked_id", name=op.f("uq_card_dependency_blocker_id_blocked_id")
        ),
    )
    op.create_index(
        "ix_card_dependency_blocked_id", "card_dependency", ["blocked_id"], unique=False
    )
    op.create_table(
        "card_file",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *_record(),
        _reference("card_file", "card_id", "card"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_file")),
    )
    op.create_index("ix_card_file_card_id", "card_file", ["card_id"], unique=False)
    op.create_table(
        "card_stay",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=True),
        *_record(),
        _reference("card_stay", "card_id", "card"),
        _reference("card_stay", "column_id", "board_column"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_stay")),
    )
    op.create_index("ix_card_stay_card_id", "card_stay", ["card_id"], unique=False)
    op.create_index("ix_card_stay_column_id", "card_stay", ["column_id"], unique=False)
    op.create_table(
        "card_value",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        *_record(),
        _reference("card_value", "card_id", "card"),
        _reference("card_value", "field_id", "card_field"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_value")),
        sa.UniqueConstraint("card_id", "field_id", name=op.f("uq_card_value_card_id_field_id")),
    )
    op.create_index("ix_card_value_field_id", "card_value", ["field_id"], unique=False)
    op.create_table(
        "checklist_item",
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_record(),
        _reference("checklist_item", "card_id", "card"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_item")),
    )
    op.create_index("ix_checklist_item_card_id", "checklist_item", ["card_id"], unique=False)
    op.create_table(
        "sprint_card",
        sa.Column("sprint_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        *_record(),
        _reference("sprint_card", "card_id", "card"),
        _reference("sprint_card", "sprint_id", "sprint"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sprint_card")),
    )
    op.create_index("ix_sprint_card_card_id", "sprint_card", ["card_id"], unique=False)
    op.create_index("ix_sprint_card_sprint_id", "sprint_card", ["sprint_id"], unique=False)
