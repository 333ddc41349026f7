"""Money: the ledger with its guards, the plan, approvals and funding rounds."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HOLDER_FITS = (
    "(kind = 'grant' AND unit_id IS NULL AND initiative_id IS NULL)"
    " OR (kind = 'pool' AND unit_id IS NOT NULL AND initiative_id IS NULL)"
    " OR (kind IN ('available', 'committed', 'spent') AND unit_id IS NULL"
    " AND initiative_id IS NOT NULL)"
)
_PARAMETERS_FIT = (
    "pot_fen BETWEEN 1 AND 100000000000000000 AND base_fen BETWEEN 0 AND pot_fen"
    " AND floor_fen >= 0 AND cap_milli > 0"
)
_ONE_HOLDER = (
    "(CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN initiative_id IS NULL THEN 0 ELSE 1 END) = 1"
)
_ON_FILES = (
    """CREATE TRIGGER account_opens BEFORE INSERT ON account BEGIN
  SELECT RAISE(ABORT, 'this account is there already') WHERE EXISTS (
    SELECT 1 FROM account WHERE id = NEW.id OR (kind = NEW.kind
      AND unit_id IS NEW.unit_id AND initiative_id IS NEW.initiative_id));
END""",
    """CREATE TRIGGER account_stays BEFORE UPDATE ON account BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
    """CREATE TRIGGER account_is_kept BEFORE DELETE ON account BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
    """CREATE TRIGGER ledger_transaction_is_new
BEFORE INSERT ON ledger_transaction BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it')
  WHERE EXISTS (SELECT 1 FROM ledger_transaction WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'a transaction is reversed once')
  WHERE EXISTS (SELECT 1 FROM ledger_transaction WHERE reverses_id = NEW.reverses_id);
END""",
    """CREATE TRIGGER ledger_transaction_posts
AFTER INSERT ON ledger_transaction BEGIN
  INSERT INTO posting (transaction_id, position, account_id, date, fen)
  SELECT NEW.id, key, json_extract(value, '$[0]'), NEW.date, json_extract(value, '$[1]')
  FROM json_each(NEW.postings);
  SELECT RAISE(ABORT, 'the postings of a transaction sum to zero') FROM (
    SELECT count(account.id) AS lines, coalesce(sum(posting.fen), 1) AS total,
      coalesce(sum(typeof(posting.fen) <> 'integer'), 1) AS odd
    FROM posting LEFT JOIN account ON account.id = posting.account_id
    WHERE posting.transaction_id = NEW.id)
  WHERE lines < 2 OR total <> 0 OR odd <> 0 OR lines <> json_array_length(NEW.postings);
  SELECT RAISE(ABORT, 'no account but the grant account may fall below zero') WHERE EXISTS (
    SELECT 1 FROM (
      SELECT DISTINCT account_id FROM posting WHERE transaction_id = NEW.id AND fen < 0) AS taken
    JOIN account ON account.id = taken.account_id AND account.kind <> 'grant'
    WHERE 0 > (
      SELECT min(balance) FROM (
        SELECT date, sum(sum(fen)) OVER (ORDER BY date) AS balance
        FROM posting WHERE account_id = taken.account_id GROUP BY date)
      WHERE date >= NEW.date));
END""",
    """CREATE TRIGGER ledger_transaction_stays
BEFORE UPDATE ON ledger_transaction BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
    """CREATE TRIGGER ledger_transaction_is_kept
BEFORE DELETE ON ledger_transaction BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
    """CREATE TRIGGER posting_has_its_place
BEFORE INSERT ON posting BEGIN
  SELECT RAISE(ABORT, 'postings are written with their transaction only')
  WHERE NEW.position NOT BETWEEN 0 AND coalesce((
      SELECT json_array_length(postings) FROM ledger_transaction
      WHERE id = NEW.transaction_id), 0) - 1
    OR EXISTS (
      SELECT 1 FROM posting
      WHERE transaction_id = NEW.transaction_id AND position = NEW.position);
END""",
    """CREATE TRIGGER posting_stays BEFORE UPDATE ON posting BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
    """CREATE TRIGGER posting_is_kept BEFORE DELETE ON posting BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
)
_REFUSE = """
BEGIN
  RAISE EXCEPTION 'what is posted stays: reverse it' USING ERRCODE = '23000';
END
"""
_IS_NEW = """
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'serializable') THEN
    RAISE EXCEPTION 'the ledger is written one transaction after the other'
      USING ERRCODE = '23000';
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_transaction WHERE reverses_id = NEW.reverses_id) THEN
    RAISE EXCEPTION 'a transaction is reversed once' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;
END
"""
_POSTS = """
DECLARE
  lines bigint;
  total numeric;
BEGIN
  PERFORM 1 FROM account
    WHERE id IN (SELECT (value ->> 0)::integer FROM jsonb_array_elements(NEW.postings::jsonb))
    ORDER BY id FOR UPDATE;
  INSERT INTO posting (transaction_id, position, account_id, date, fen)
    SELECT NEW.id, place - 1, (value ->> 0)::integer, NEW.date, (value ->> 1)::bigint
    FROM jsonb_array_elements(NEW.postings::jsonb) WITH ORDINALITY AS line (value, place);
  SELECT count(account.id), coalesce(sum(posting.fen), 1) INTO lines, total
    FROM posting LEFT JOIN account ON account.id = posting.account_id
    WHERE posting.transaction_id = NEW.id;
  IF lines < 2 OR total <> 0 OR lines <> jsonb_array_length(NEW.postings::jsonb) THEN
    RAISE EXCEPTION 'the postings of a transaction sum to zero' USING ERRCODE = '23000';
  END IF;
  IF EXISTS (
    SELECT 1 FROM (
      SELECT DISTINCT account_id FROM posting WHERE transaction_id = NEW.id AND fen < 0) AS taken
    JOIN account ON account.id = taken.account_id AND account.kind <> 'grant'
    WHERE 0 > (
      SELECT min(balance) FROM (
        SELECT date, sum(sum(fen)) OVER (ORDER BY date) AS balance
        FROM posting WHERE account_id = taken.account_id GROUP BY date) AS days
      WHERE date >= NEW.date)) THEN
    RAISE EXCEPTION 'no account but the grant account may fall below zero'
      USING ERRCODE = '23000';
  END IF;
  RETURN NULL;
END
"""
_HAS_ITS_PLACE = """
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'postings are written with their transaction only' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;
END
"""
_OPENS = """
BEGIN
  IF EXISTS (
    SELECT 1 FROM account WHERE kind = NEW.kind AND unit_id IS NOT DISTINCT FROM NEW.unit_id
      AND initiative_id IS NOT DISTINCT FROM NEW.initiative_id) THEN
    RAISE EXCEPTION 'this account is there already' USING ERRCODE = '23000';
  END IF;
  RETURN NEW;
END
"""
_ON_SERVERS = (
    ("account_opens", "BEFORE INSERT", "account", _OPENS),
    ("account_stays", "BEFORE UPDATE", "account", _REFUSE),
    ("account_is_kept", "BEFORE DELETE", "account", _REFUSE),
    ("ledger_transaction_is_new", "BEFORE INSERT", "ledger_transaction", _IS_NEW),
    ("ledger_transaction_posts", "AFTER INSERT", "ledger_transaction", _POSTS),
    ("ledger_transaction_stays", "BEFORE UPDATE", "ledger_transaction", _REFUSE),
    ("ledger_transaction_is_kept", "BEFORE DELETE", "ledger_transaction", _REFUSE),
    ("posting_has_its_place", "BEFORE INSERT", "posting", _HAS_ITS_PLACE),
    ("posting_stays", "BEFORE UPDATE", "posting", _REFUSE),
    ("posting_is_kept", "BEFORE DELETE", "posting", _REFUSE),
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
    _ledger()
    _planning()
    _deciding()
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for trigger in _ON_FILES:
            connection.exec_driver_sql(trigger)
    else:
        _guard_server(connection)


def _guard_server(connection: sa.Connection) -> None:
    """The triggers, and as a second bar the rights of whoever owns the tables.

    The right to update what is referred to has to stay: checking a reference locks the row.
    """
    for name, when, table, body in _ON_SERVERS:
        connection.exec_driver_sql(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path FROM CURRENT AS $body${body}$body$"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    for table in ("account", "ledger_transaction", "posting"):
        connection.exec_driver_sql(
            f"CREATE FUNCTION {table}_is_not_emptied() RETURNS trigger LANGUAGE plpgsql "
            f"AS $body${_REFUSE}$body$"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_not_emptied()"
        )
        connection.exec_driver_sql(f"REVOKE DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
    connection.exec_driver_sql("REVOKE UPDATE ON posting FROM PUBLIC, CURRENT_USER")


def _ledger() -> None:
    op.create_table(
        "category",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        *_record(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )
    op.create_table(
        "account",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        *_record(),
        sa.CheckConstraint(_HOLDER_FITS, name=op.f("ck_account_holder_fits")),
        _reference("account", "initiative_id", "initiative"),
        _reference("account", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("kind", "initiative_id", name=op.f("uq_account_kind_initiative_id")),
        sa.UniqueConstraint("kind", "unit_id", name=op.f("uq_account_kind_unit_id")),
    )
    op.create_index("ix_account_initiative_id", "account", ["initiative_id"], unique=False)
    op.create_index("ix_account_unit_id", "account", ["unit_id"], unique=False)
    op.create_table(
        "ledger_transaction",
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("memo", sa.String(), nullable=True),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("partner", sa.String(), nullable=True),
        sa.Column("contract", sa.String(), nullable=True),
        sa.Column("attachment_name", sa.String(), nullable=True),
        sa.Column("attachment_hash", sa.String(), nullable=True),
        sa.Column("postings", sa.String(), nullable=False),
        *_record(),
        sa.CheckConstraint(
            "length(period) = 7", name=op.f("ck_ledger_transaction_period_is_month")
        ),
        _reference("ledger_transaction", "category_id", "category"),
        _reference("ledger_transaction", "commitment_id", "ledger_transaction"),
        _reference("ledger_transaction", "initiative_id", "initiative"),
        _reference("ledger_transaction", "reverses_id", "ledger_transaction"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
    )
    op.create_index(
        "ix_ledger_transaction_category_id", "ledger_transaction", ["category_id"], unique=False
    )
    op.create_index(
        "ix_ledger_transaction_commitment_id", "ledger_transaction", ["commitment_id"], unique=False
    )
    op.create_index("ix_ledger_transaction_date", "ledger_transaction", ["date"], unique=False)
    op.create_index(
        "ix_ledger_transaction_initiative_id", "ledger_transaction", ["initiative_id"], unique=False
    )
    op.create_index(
        "ix_ledger_transaction_reverses_id", "ledger_transaction", ["reverses_id"], unique=False
    )
    op.create_table(
        "posting",
        sa.Column("transaction_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "fen <> 0 AND fen BETWEEN -100000000000000000 AND 100000000000000000",
            name=op.f("ck_posting_fen_bounded"),
        ),
        _reference("posting", "account_id", "account"),
        _reference("posting", "transaction_id", "ledger_transaction"),
        sa.PrimaryKeyConstraint("transaction_id", "position", name=op.f("pk_posting")),
    )
    op.create_index(
        "ix_posting_account_id_date_fen", "posting", ["account_id", "date", "fen"], unique=False
    )


def _planning() -> None:
    op.create_table(
        "plan_version",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        *_record(),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'replaced')", name=op.f("ck_plan_version_state_known")
        ),
        _reference("plan_version", "based_on_id", "plan_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
    )
    op.create_index("ix_plan_version_based_on_id", "plan_version", ["based_on_id"], unique=False)
    op.create_table(
        "plan_line",
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        *_record(),
        sa.CheckConstraint(
            "fen BETWEEN 0 AND 100000000000000000", name=op.f("ck_plan_line_fen_bounded")
        ),
        _reference("plan_line", "category_id", "category"),
        _reference("plan_line", "initiative_id", "initiative"),
        _reference("plan_line", "plan_version_id", "plan_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
        sa.UniqueConstraint(
            "plan_version_id",
            "initiative_id",
            "category_id",
            "period",
            name=op.f("uq_plan_line_plan_version_id_initiative_id_category_id_period"),
        ),
    )
    op.create_index("ix_plan_line_category_id", "plan_line", ["category_id"], unique=False)
    op.create_index("ix_plan_line_initiative_id", "plan_line", ["initiative_id"], unique=False)
    op.create_table(
        "approval_limit",
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("leader_fen", sa.BigInteger(), nullable=True),
        sa.Column("head_office_fen", sa.BigInteger(), nullable=True),
        *_record(),
        sa.CheckConstraint(
            "leader_fen >= 0 AND head_office_fen >= 0", name=op.f("ck_approval_limit_fen_positive")
        ),
        _reference("approval_limit", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_limit")),
    )
    op.create_index("ix_approval_limit_unit_id", "approval_limit", ["unit_id"], unique=False)


def _deciding() -> None:
    op.create_table(
        "request",
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        *_record(),
        sa.CheckConstraint(
            "level IN ('leader', 'head_office')", name=op.f("ck_request_level_known")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'returned')", name=op.f("ck_request_state_known")
        ),
        _reference("request", "initiative_id", "initiative"),
        _reference("request", "transaction_id", "ledger_transaction"),
        _reference("request", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    op.create_index("ix_request_initiative_id", "request", ["initiative_id"], unique=False)
    op.create_index("ix_request_state", "request", ["state"], unique=False)
    op.create_index("ix_request_transaction_id", "request", ["transaction_id"], unique=False)
    op.create_index("ix_request_unit_id", "request", ["unit_id"], unique=False)
    op.create_table(
        "funding_round",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("pot_fen", sa.BigInteger(), nullable=False),
        sa.Column("base_fen", sa.BigInteger(), nullable=False),
        sa.Column("floor_fen", sa.BigInteger(), nullable=False),
        sa.Column("cap_milli", sa.Integer(), nullable=False),
        sa.Column("kept_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        *_record(),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'posted')", name=op.f("ck_funding_round_state_known")
        ),
        sa.CheckConstraint(_PARAMETERS_FIT, name=op.f("ck_funding_round_parameters_fit")),
        _reference("funding_round", "based_on_id", "funding_round"),
        _reference("funding_round", "transaction_id", "ledger_transaction"),
        _reference("funding_round", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_round")),
    )
    op.create_index("ix_funding_round_based_on_id", "funding_round", ["based_on_id"], unique=False)
    op.create_index(
        "ix_funding_round_transaction_id", "funding_round", ["transaction_id"], unique=False
    )
    op.create_index("ix_funding_round_unit_id", "funding_round", ["unit_id"], unique=False)
    op.create_table(
        "round_party",
        sa.Column("funding_round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("initiatives", sa.Integer(), nullable=True),
        sa.Column("funds_fen", sa.BigInteger(), nullable=True),
        sa.Column("ask_fen", sa.BigInteger(), nullable=True),
        sa.Column("score_milli", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("input_output_milli", sa.BigInteger(), nullable=True),
        sa.Column("floor_fen", sa.BigInteger(), nullable=False),
        sa.Column("given_fen", sa.BigInteger(), nullable=False),
        *_record(),
        sa.CheckConstraint(_ONE_HOLDER, name=op.f("ck_round_party_one_holder")),
        sa.CheckConstraint(
            "given_fen >= 0 AND floor_fen >= 0", name=op.f("ck_round_party_fen_positive")
        ),
        _reference("round_party", "funding_round_id", "funding_round"),
        _reference("round_party", "initiative_id", "initiative"),
        _reference("round_party", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_party")),
        sa.UniqueConstraint(
            "funding_round_id",
            "initiative_id",
            name=op.f("uq_round_party_funding_round_id_initiative_id"),
        ),
        sa.UniqueConstraint(
            "funding_round_id", "unit_id", name=op.f("uq_round_party_funding_round_id_unit_id")
        ),
    )
    op.create_index("ix_round_party_initiative_id", "round_party", ["initiative_id"], unique=False)
    op.create_index("ix_round_party_unit_id", "round_party", ["unit_id"], unique=False)
