"""Input–output: what figures are worth by their coefficients, against what was spent.

Spends come from above, as fen by initiative and month: this room knows nothing of the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, and_, case, func, select

from ecofolio.initiatives.model import Initiative
from ecofolio.initiatives.queries import names
from ecofolio.organisation.model import Unit
from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Coefficient, Metric, Observation, Target
from ecofolio.scorecards.rules import input_output, payback, self_sufficient
from ecofolio.store.base import table_of
from ecofolio.text import N_, _
from ecofolio.vocabulary import Batch, MetricKind, Stage, Step

COEFFICIENT, OBSERVATION, METRIC = map(table_of, (Coefficient, Observation, Metric))
INITIATIVE, UNIT, TARGET = map(table_of, (Initiative, Unit, Target))
Spends = Mapping[tuple[int, str], int]

NO_SPEND, NO_VALUE, NEITHER = (
    N_("nothing was spent"),
    N_("no figure has a value"),
    N_("nothing was spent and no figure has a value"),
)


def values(
    connection: Connection,
    first: str,
    last: str,
    ids: Collection[int] | None = None,
) -> dict[tuple[int, str], int]:
    """What the figures of months are worth in whole fen, by initiative and month.

    Each figure's worth is rounded half up to the fen, exactly as `rules.worth` has it.
    """
    dated = select(
        COEFFICIENT.c.metric_id,
        COEFFICIENT.c.from_month,
        COEFFICIENT.c.micro_fen,
        func.lead(COEFFICIENT.c.from_month, 1, "9999-99")
        .over(partition_by=COEFFICIENT.c.metric_id, order_by=COEFFICIENT.c.from_month)
        .label("until"),
    ).subquery()
    query = (
        select(
            OBSERVATION.c.initiative_id,
            OBSERVATION.c.month,
            func.sum(_worth(OBSERVATION.c.value, dated.c.micro_fen)),
        )
        .join(
            dated,
            and_(
                dated.c.metric_id == OBSERVATION.c.metric_id,
                dated.c.from_month <= OBSERVATION.c.month,
                dated.c.until > OBSERVATION.c.month,
            ),
        )
        .where(OBSERVATION.c.month >= first, OBSERVATION.c.month <= last)
        .group_by(OBSERVATION.c.initiative_id, OBSERVATION.c.month)
    )
    if ids is not None:
        query = query.where(OBSERVATION.c.initiative_id.in_(list(ids)))
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(query).all()}


def _worth(value: Any, micro: Any) -> Any:
    """`rules.worth` in whole numbers that stay within 63 bits."""
    size = func.abs(value, type_=BigInteger)
    whole = (size // 1000) * micro
    rest = (whole % 1_000_000) * 1000 + (size % 1000) * micro + 500_000_000
    fen = whole // 1_000_000 + rest // 1_000_000_000
    return case((value < 0, -fen), else_=fen)


@dataclass(frozen=True)
class Balance:
    """Value against spend of one thing over months, in fen; `ratio` is None with a reason."""

    key: Hashable
    months: tuple[str, ...]
    values: tuple[int, ...]
    spends: tuple[int, ...]

    @property
    def value(self) -> int:
        """All that the figures are worth."""
        return sum(self.values)

    @property
    def spend(self) -> int:
        """All that was spent."""
        return sum(self.spends)

    @property
    def ratio(self) -> Fraction | None:
        """Value ÷ spend; None where there is no spend or no value."""
        return input_output(self.value, self.spend) if self.value else None

    @property
    def reason(self) -> str:
        """Why there is no ratio, in words; empty where there is one."""
        if self.spend > 0 and self.value:
            return ""
        if self.spend > 0:
            return _(NO_VALUE)
        return _(NO_SPEND) if self.value else _(NEITHER)

    @property
    def payback(self) -> str | None:
        """The first month in which what was earned covers what was spent, once anything was."""
        if self.spend <= 0:
            return None
        place = payback(self.values, self.spends)
        return None if place is None else self.months[place]

    @property
    def self_sufficient(self) -> bool:
        """Whether the last twelve months' value covers their spend."""
        return self_sufficient(self.values, self.spends)

    @property
    def cumulated(self) -> list[tuple[str, int, int]]:
        """Month by month what was earned and what was spent since the first one."""
        return list(zip(self.months, accumulate(self.values), accumulate(self.spends), strict=True))


def balances(
    values: Mapping[tuple[int, str], int],
    spends: Spends,
    months: Sequence[str],
    groups: Mapping[int, Hashable] | None = None,
) -> dict[Hashable, Balance]:
    """Value against spend by initiative, or by the group that each is in (unit, scene, batch)."""
    place = {month: n for n, month in enumerate(months)}
    found: dict[Hashable, tuple[list[int], list[int]]] = {}
    for side, amounts in enumerate((values, spends)):
        for (identity, month), fen in amounts.items():
            if month not in place or (groups is not None and identity not in groups):
                continue
            key: Hashable = identity if groups is None else groups[identity]
            lines = found.setdefault(key, ([0] * len(months), [0] * len(months)))
            lines[side][place[month]] += fen
    return {
        key: Balance(key, tuple(months), tuple(earned), tuple(spent))
        for key, (earned, spent) in found.items()
    }


def grouped(
    found: Mapping[Any, Balance], groups: Mapping[int, Hashable]
) -> dict[Hashable, Balance]:
    """Balances of initiatives added up by the group that each is in; others are left out."""
    added: dict[Hashable, Balance] = {}
    for identity, one in found.items():
        if identity not in groups:
            continue
        key = groups[identity]
        if (old := added.get(key)) is None:
            added[key] = replace(one, key=key)
        else:
            added[key] = _added(old, one)
    return added


def groupings(connection: Connection) -> dict[str, dict[int, str]]:
    """The unit, the scene and the batch of each initiative, in words, by what it is grouped by."""
    known = names(connection)
    query = select(INITIATIVE.c.id, INITIATIVE.c.unit_id, INITIATIVE.c.scene_id, INITIATIVE.c.batch)
    found: dict[str, dict[int, str]] = {"unit": {}, "scene": {}, "batch": {}}
    for identity, unit, scene, batch in connection.execute(query).all():
        found["unit"][identity] = known.units.get(unit) or _("no unit")
        found["scene"][identity] = known.scenes.get(scene) or _("no scene")
        found["batch"][identity] = Batch(batch).label if batch else _("no batch")
    return found


def _added(one: Balance, other: Balance) -> Balance:
    """Two balances as one, over the months of either."""
    months = sorted({*one.months, *other.months})
    sides: list[tuple[int, ...]] = []
    for name in ("values", "spends"):
        total = dict.fromkeys(months, 0)
        for balance in (one, other):
            for month, fen in zip(balance.months, getattr(balance, name), strict=True):
                total[month] += fen
        sides.append(tuple(total.values()))
    return Balance(one.key, tuple(months), *sides)


class Quadrant(NamedTuple):
    """A corner of the scatter of spend against value."""

    code: str
    name: str


QUADRANTS = {
    (False, True): Quadrant("bargain", N_("Little spent, much brought: boost")),
    (True, True): Quadrant("engine", N_("Much spent, much brought: keep going")),
    (False, False): Quadrant("seed", N_("Little spent, little brought: watch")),
    (True, False): Quadrant("sink", N_("Much spent, little brought: fix or stop")),
}


def quadrant(balance: Balance, spend_line: int, value_line: int) -> Quadrant:
    """The corner in which a balance lies, by the medians of spend and value."""
    return QUADRANTS[balance.spend >= spend_line, balance.value >= value_line]


class Hollow(NamedTuple):
    """An initiative that is built for building's sake: it issues cards and keeps no deposits.

    Attainments are of the month, `None` where nothing is kept because nothing was reported.
    """

    id: int
    code: str
    name: str
    unit: str | None
    cards: int
    card_target: int
    deposits: int | None
    deposit_floor: int


def hollow(connection: Connection, month: str) -> list[Hollow]:
    """The open initiatives whose process is good and whose outcome is poor, by name.

    Good: what acquires reached its target. Poor: of what is to be retained, the figure is below
    its floor or missing. Cards against deposits is the case in point.
    """
    query = (
        select(
            TARGET.c.initiative_id, METRIC.c.code, METRIC.c.kind, METRIC.c.step,
            TARGET.c.floor, TARGET.c.target, OBSERVATION.c.value,
        )
        .join(METRIC, METRIC.c.id == TARGET.c.metric_id)
        .join(INITIATIVE, INITIATIVE.c.id == TARGET.c.initiative_id)
        .outerjoin(
            OBSERVATION,
            and_(
                OBSERVATION.c.initiative_id == TARGET.c.initiative_id,
                OBSERVATION.c.metric_id == TARGET.c.metric_id,
                OBSERVATION.c.month == TARGET.c.month,
            ),
        )
        .where(
            TARGET.c.month == month,
            INITIATIVE.c.stage != Stage.CLOSED.value,
            METRIC.c.code.in_((*_CARDS, *_DEPOSITS)),
        )
        .order_by(TARGET.c.initiative_id, METRIC.c.position)
    )  # fmt: skip
    cards: dict[int, Any] = {}
    deposits: dict[int, Any] = {}
    for row in connection.execute(query).all():
        if row.kind == MetricKind.PROCESS and row.step == Step.ACQUIRE:
            if row.value is not None and row.value >= row.target:
                cards.setdefault(row.initiative_id, row)
        elif row.code in _DEPOSITS and (row.value is None or row.value < row.floor):
            deposits.setdefault(row.initiative_id, row)
    both = cards.keys() & deposits.keys()
    return _named(connection, {one: (cards[one], deposits[one]) for one in both})


_CARDS = ("effective_cards", "cards_issued")
_DEPOSITS = ("deposits_kept", "business_deposits", "public_deposits")


def _named(connection: Connection, found: Mapping[int, tuple[Any, Any]]) -> list[Hollow]:
    query = (
        select(INITIATIVE.c.id, INITIATIVE.c.code, INITIATIVE.c.name, UNIT.c.name.label("unit"))
        .outerjoin(UNIT, UNIT.c.id == INITIATIVE.c.unit_id)
        .where(INITIATIVE.c.id.in_(list(found)))
        .order_by(INITIATIVE.c.code)
    )
    return [
        Hollow(
            *row,
            found[row.id][0].value,
            found[row.id][0].target,
            found[row.id][1].value,
            found[row.id][1].floor,
        )
        for row in connection.execute(query).all()
    ]


def months_of(last: str, count: int = 24) -> list[str]:
    """The months that input and output are compared over."""
    return periods.span(last, count)
