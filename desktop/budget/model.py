"""Money: the ledger, the plan, approvals and funding rounds. All sums are whole fen.

The ledger is append-only. A transaction carries its postings (`postings`: a JSON list of account
and signed fen, summing to zero); the database itself spreads them into the table `posting`, one
row each, where they are summed, and refuses what does not sum to zero, what would push an account
below zero on any day, and every change or deletion (see `guards`). The journal tells of the
transaction; its postings follow from it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Index,
    Integer,
    String,
    UniqueConstraint,
    select,
)

from ecofolio.budget import guards
from ecofolio.store.base import Base, Mapped, Record, mapped_column, reference, table_of
from ecofolio.text import N_

_STAYS = N_("There is money on record for it, which is never deleted: close it instead.")
MOST_FEN = 10**17  # of one posting: sums of many stay within 64 bits

_ONE_HOLDER = (
    "(CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN initiative_id IS NULL THEN 0 ELSE 1 END)"
)


class Account(Record):
    """A place for money: the bank's grants, a unit's pool, or one of an initiative's three."""

    __tablename__ = "account"
    stays = _STAYS
    __table_args__ = (
        CheckConstraint(
            "(kind = 'grant' AND unit_id IS NULL AND initiative_id IS NULL)"
            " OR (kind = 'pool' AND unit_id IS NOT NULL AND initiative_id IS NULL)"
            " OR (kind IN ('available', 'committed', 'spent') AND unit_id IS NULL"
            " AND initiative_id IS NOT NULL)",
            name="holder_fits",
        ),
        UniqueConstraint("kind", "unit_id"),
        UniqueConstraint("kind", "initiative_id"),
        Index("ix_account_unit_id", "unit_id"),
        Index("ix_account_initiative_id", "initiative_id"),
        {"info": {"triggers": guards.of("account")}},
    )

    kind: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(reference("unit.id"))
    initiative_id: Mapped[int | None] = mapped_column(reference("initiative.id"))


class LedgerTransaction(Record):
    """One movement of money on one day, for ever.

    `commitment_id` is the commitment that a spend or release (or its reversal) is against.
    `attachment_hash` is the SHA-256 of the file `attachment_name`, which `store.files` keeps.
    `fiscal_year` is the year in which the fiscal year begins. `initiative_id` is whose history it
    is told in.
    """

    __tablename__ = "ledger_transaction"
    owner = ("initiative", "initiative_id")
    attached = ("attachment_name", "attachment_hash")
    stays = _STAYS
    __table_args__ = (
        CheckConstraint("length(period) = 7", name="period_is_month"),
        Index("ix_ledger_transaction_date", "date"),
        Index("ix_ledger_transaction_reverses_id", "reverses_id"),
        Index("ix_ledger_transaction_commitment_id", "commitment_id"),
        Index("ix_ledger_transaction_initiative_id", "initiative_id"),
        Index("ix_ledger_transaction_category_id", "category_id"),
        {"info": {"triggers": guards.of("ledger_transaction")}},
    )

    date: Mapped[datetime.date]
    kind: Mapped[str]
    number: Mapped[str | None]
    memo: Mapped[str | None]
    fiscal_year: Mapped[int]
    period: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(reference("ledger_transaction.id"))
    commitment_id: Mapped[int | None] = mapped_column(reference("ledger_transaction.id"))
    initiative_id: Mapped[int | None] = mapped_column(reference("initiative.id"))
    category_id: Mapped[int | None] = mapped_column(reference("category.id"))
    partner: Mapped[str | None]
    contract: Mapped[str | None]
    attachment_name: Mapped[str | None]
    attachment_hash: Mapped[str | None]
    postings: Mapped[str]


class Posting(Base):
    """One line of a transaction, written by the database; `date` is the transaction's."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint(f"fen <> 0 AND fen BETWEEN -{MOST_FEN} AND {MOST_FEN}", name="fen_bounded"),
        Index("ix_posting_account_id_date_fen", "account_id", "date", "fen"),
        {"info": {"triggers": guards.of("posting")}},
    )

    transaction_id: Mapped[int] = mapped_column(
        Integer, reference("ledger_transaction.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(reference("account.id"))
    date: Mapped[datetime.date]
    fen: Mapped[int] = mapped_column(BigInteger)


class Category(Record):
    """What money is for. `name` is empty for the categories that come with the program.

    A category that has been used is never taken away: `retired` takes it off the lists.
    """

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    retired: Mapped[bool] = mapped_column(default=False)


class PlanVersion(Record):
    """A plan as it was drawn up once; `based_on_id` is the version that it revises."""

    __tablename__ = "plan_version"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'approved', 'replaced')", name="state_known"),
        Index("ix_plan_version_based_on_id", "based_on_id"),
    )

    name: Mapped[str]
    state: Mapped[str] = mapped_column(String, default="draft")
    based_on_id: Mapped[int | None] = mapped_column(reference("plan_version.id"))
    note: Mapped[str | None]
    drawn_by: Mapped[str]
    approved_by: Mapped[str | None]
    approved_on: Mapped[datetime.date | None]


class PlanLine(Record):
    """What an initiative is to spend on a category in a month."""

    __tablename__ = "plan_line"
    __table_args__ = (
        CheckConstraint(f"fen BETWEEN 0 AND {MOST_FEN}", name="fen_bounded"),
        UniqueConstraint("plan_version_id", "initiative_id", "category_id", "period"),
        Index("ix_plan_line_initiative_id", "initiative_id"),
        Index("ix_plan_line_category_id", "category_id"),
    )

    plan_version_id: Mapped[int] = mapped_column(reference("plan_version.id"))
    initiative_id: Mapped[int] = mapped_column(reference("initiative.id"))
    category_id: Mapped[int] = mapped_column(reference("category.id"))
    period: Mapped[str]
    fen: Mapped[int] = mapped_column(BigInteger)


class ApprovalLimit(Record):
    """Above which amounts the unit's leader, and the head office, have to agree.

    Without a unit it is the programme's; a unit's own holds for it and the units below.
    """

    __tablename__ = "approval_limit"
    __table_args__ = (
        CheckConstraint("leader_fen >= 0 AND head_office_fen >= 0", name="fen_positive"),
        Index("ix_approval_limit_unit_id", "unit_id"),
    )

    unit_id: Mapped[int | None] = mapped_column(reference("unit.id"))
    leader_fen: Mapped[int | None] = mapped_column(BigInteger)
    head_office_fen: Mapped[int | None] = mapped_column(BigInteger)


class Request(Record):
    """An operation that waits for somebody else's agreement. `operation` is its JSON.

    `unit_id` is whose leader is asked. Instants are UTC in microseconds since 1970.
    """

    __tablename__ = "request"
    owner = ("initiative", "initiative_id")
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'returned')", name="state_known"),
        CheckConstraint("level IN ('leader', 'head_office')", name="level_known"),
        Index("ix_request_state", "state"),
        Index("ix_request_unit_id", "unit_id"),
        Index("ix_request_initiative_id", "initiative_id"),
        Index("ix_request_transaction_id", "transaction_id"),
    )

    operation: Mapped[str]
    fen: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(reference("unit.id"))
    initiative_id: Mapped[int | None] = mapped_column(reference("initiative.id"))
    level: Mapped[str]
    state: Mapped[str] = mapped_column(String, default="waiting")
    asked_by: Mapped[str]
    asked_at: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str | None]
    decided_at: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None]
    transaction_id: Mapped[int | None] = mapped_column(reference("ledger_transaction.id"))

    @classmethod
    def files_named(cls, connection: Connection) -> Iterable[tuple[int, str, str]]:
        """The papers of operations that are not posted; a posted one's transaction names its."""
        table = table_of(cls)
        query = select(table.c.id, table.c.operation).order_by(table.c.id)
        with_paper = table.c.operation.contains('"attachment_hash"')
        query = query.where(table.c.state != "approved", with_paper)
        for identity, operation in connection.execute(query).all():
            said = json.loads(operation)
            if said.get("attachment_hash"):  # not only a memo that says so
                yield identity, said["attachment_name"], said["attachment_hash"]


class FundingRound(Record):
    """A pot and how it is shared out: `base_fen` of it as the base part, the rest as supplements.

    `floor_fen` is what every unit gets at least; `cap_milli` limits the input–output that counts,
    in thousandths. `unit_id` is whose pool the pot comes from. `kept_fen` is what nobody could be
    given and stays there.
    """

    __tablename__ = "funding_round"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'approved', 'posted')", name="state_known"),
        CheckConstraint(
            f"pot_fen BETWEEN 1 AND {MOST_FEN} AND base_fen BETWEEN 0 AND pot_fen"
            " AND floor_fen >= 0 AND cap_milli > 0",
            name="parameters_fit",
        ),
        Index("ix_funding_round_unit_id", "unit_id"),
        Index("ix_funding_round_based_on_id", "based_on_id"),
        Index("ix_funding_round_transaction_id", "transaction_id"),
    )

    name: Mapped[str]
    state: Mapped[str] = mapped_column(String, default="draft")
    unit_id: Mapped[int] = mapped_column(reference("unit.id"))
    pot_fen: Mapped[int] = mapped_column(BigInteger)
    base_fen: Mapped[int] = mapped_column(BigInteger)
    floor_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    cap_milli: Mapped[int] = mapped_column(default=3000)
    kept_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    note: Mapped[str | None]
    based_on_id: Mapped[int | None] = mapped_column(reference("funding_round.id"))
    drawn_by: Mapped[str]
    approved_by: Mapped[str | None]
    approved_on: Mapped[datetime.date | None]
    transaction_id: Mapped[int | None] = mapped_column(reference("ledger_transaction.id"))


class RoundParty(Record):
    """One unit's base part, or one initiative's supplement, with the figures that it came from.

    A unit has `initiatives` open ones and `funds_fen` in all of its pools and initiatives. An
    initiative has `ask_fen`, `score_milli`, `grade` and `input_output_milli` (empty without
    spend), in thousandths. `given_fen` is the outcome, of which `floor_fen` is the floor.
    """

    __tablename__ = "round_party"
    owner = ("funding_round", "funding_round_id")
    __table_args__ = (
        CheckConstraint(f"{_ONE_HOLDER} = 1", name="one_holder"),
        CheckConstraint("given_fen >= 0 AND floor_fen >= 0", name="fen_positive"),
        UniqueConstraint("funding_round_id", "unit_id"),
        UniqueConstraint("funding_round_id", "initiative_id"),
        Index("ix_round_party_unit_id", "unit_id"),
        Index("ix_round_party_initiative_id", "initiative_id"),
    )

    funding_round_id: Mapped[int] = mapped_column(reference("funding_round.id"))
    unit_id: Mapped[int | None] = mapped_column(reference("unit.id"))
    initiative_id: Mapped[int | None] = mapped_column(reference("initiative.id"))
    initiatives: Mapped[int | None]
    funds_fen: Mapped[int | None] = mapped_column(BigInteger)
    ask_fen: Mapped[int | None] = mapped_column(BigInteger)
    score_milli: Mapped[int | None]
    grade: Mapped[str | None]
    input_output_milli: Mapped[int | None] = mapped_column(BigInteger)
    floor_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    given_fen: Mapped[int] = mapped_column(BigInteger, default=0)
