"""What the database itself refuses, so that no path into it can break the ledger.

A transaction is written with its postings in one statement; a trigger spreads them into the
table `posting`, where they can be summed, and checks them there. Nothing that is posted is
changed or deleted. Migrations carry these texts as they were at their time; `inspection`
compares what a programme has with what stands here.
"""

from __future__ import annotations

from ecofolio.text import N_

# The words of the triggers, as people read them when a foreign path is refused.
STAYS = N_("what is posted stays: reverse it")
UNBALANCED = N_("the postings of a transaction sum to zero")
BELOW_ZERO = N_("no account but the grant account may fall below zero")
REVERSED = N_("a transaction is reversed once")
ELSEWHERE = N_("postings are written with their transaction only")
TWICE = N_("this account is there already")
ISOLATION = N_("the ledger is written one transaction after the other")

SQLITE: dict[str, dict[str, str]] = {
    "account": {
        "account_opens": """CREATE TRIGGER account_opens BEFORE INSERT ON account BEGIN
  SELECT RAISE(ABORT, 'this account is there already') WHERE EXISTS (
    SELECT 1 FROM account WHERE id = NEW.id OR (kind = NEW.kind
      AND unit_id IS NEW.unit_id AND initiative_id IS NEW.initiative_id));
END""",
        "account_stays": """CREATE TRIGGER account_stays BEFORE UPDATE ON account BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
        "account_is_kept": """CREATE TRIGGER account_is_kept BEFORE DELETE ON account BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
    },
    "ledger_transaction": {
        "ledger_transaction_is_new": """CREATE TRIGGER ledger_transaction_is_new
BEFORE INSERT ON ledger_transaction BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it')
  WHERE EXISTS (SELECT 1 FROM ledger_transaction WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'a transaction is reversed once')
  WHERE EXISTS (SELECT 1 FROM ledger_transaction WHERE reverses_id = NEW.reverses_id);
END""",
        "ledger_transaction_posts": """CREATE TRIGGER ledger_transaction_posts
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
        "ledger_transaction_stays": """CREATE TRIGGER ledger_transaction_stays
BEFORE UPDATE ON ledger_transaction BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
        "ledger_transaction_is_kept": """CREATE TRIGGER ledger_transaction_is_kept
BEFORE DELETE ON ledger_transaction BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
    },
    "posting": {
        "posting_has_its_place": """CREATE TRIGGER posting_has_its_place
BEFORE INSERT ON posting BEGIN
  SELECT RAISE(ABORT, 'postings are written with their transaction only')
  WHERE NEW.position NOT BETWEEN 0 AND coalesce((
      SELECT json_array_length(postings) FROM ledger_transaction
      WHERE id = NEW.transaction_id), 0) - 1
    OR EXISTS (
      SELECT 1 FROM posting
      WHERE transaction_id = NEW.transaction_id AND position = NEW.position);
END""",
        "posting_stays": """CREATE TRIGGER posting_stays BEFORE UPDATE ON posting BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
        "posting_is_kept": """CREATE TRIGGER posting_is_kept BEFORE DELETE ON posting BEGIN
  SELECT RAISE(ABORT, 'what is posted stays: reverse it');
END""",
    },
}

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

# On a server: each table's triggers by name, with the body of the function that they run.
POSTGRESQL: dict[str, dict[str, str]] = {
    "account": {
        "account_opens": _OPENS,
        "account_stays": _REFUSE,
        "account_is_kept": _REFUSE,
        "account_is_not_emptied": _REFUSE,
    },
    "ledger_transaction": {
        "ledger_transaction_is_new": _IS_NEW,
        "ledger_transaction_posts": _POSTS,
        "ledger_transaction_stays": _REFUSE,
        "ledger_transaction_is_kept": _REFUSE,
        "ledger_transaction_is_not_emptied": _REFUSE,
    },
    "posting": {
        "posting_has_its_place": _HAS_ITS_PLACE,
        "posting_stays": _REFUSE,
        "posting_is_kept": _REFUSE,
        "posting_is_not_emptied": _REFUSE,
    },
}


def of(table: str) -> dict[str, dict[str, str]]:
    """What a table is declared with: its triggers by dialect."""
    return {"sqlite": SQLITE[table], "postgresql": POSTGRESQL[table]}
