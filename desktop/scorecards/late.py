"""Who has not reported: what is due and has no figure, by unit, with its age and a text to send."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, and_, select

from ecofolio.format import day
from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Person, Unit
from ecofolio.scorecards import periods
from ecofolio.scorecards.catalogue import metric_label
from ecofolio.scorecards.model import Metric, Observation, Target
from ecofolio.scorecards.settling import settling
from ecofolio.store.base import table_of
from ecofolio.text import _, ngettext
from ecofolio.vocabulary import Stage

METRIC, TARGET, OBSERVATION = map(table_of, (Metric, Target, Observation))
INITIATIVE, UNIT, PERSON = map(table_of, (Initiative, Unit, Person))

_FEW = 500  # initiatives up to which the database looks for just theirs


class Owed(NamedTuple):
    """A figure that is due and not there. `age` is in days since it was due."""

    initiative_id: int
    code: str
    name: str
    unit_id: int | None
    unit: str | None
    lead: str | None
    email: str | None
    metric_id: int
    metric: str
    month: str
    due: date
    age: int


class Debtor(NamedTuple):
    """A unit with what it owes, the oldest first; `age` is that of the oldest."""

    unit_id: int | None
    unit: str | None
    owed: tuple[Owed, ...]
    age: int

    @property
    def initiatives(self) -> int:
        """How many initiatives owe something."""
        return len({one.initiative_id for one in self.owed})


def not_reported(
    connection: Connection,
    today: date,
    *,
    months: Sequence[str] | None = None,
    ids: Collection[int] | None = None,
) -> list[Owed]:
    """What open initiatives owe of the last twelve months, or of some months; the oldest first."""
    months = months or periods.span(periods.reported(today), 12)
    query = (
        select(
            INITIATIVE.c.id, INITIATIVE.c.code, INITIATIVE.c.name, INITIATIVE.c.unit_id,
            UNIT.c.name, PERSON.c.name, PERSON.c.email,
            METRIC.c.id, METRIC.c.code, METRIC.c.name, METRIC.c.due_day, TARGET.c.month,
        )
        .select_from(TARGET)
        .join(INITIATIVE, INITIATIVE.c.id == TARGET.c.initiative_id)
        .join(METRIC, METRIC.c.id == TARGET.c.metric_id)
        .outerjoin(UNIT, UNIT.c.id == INITIATIVE.c.unit_id)
        .outerjoin(PERSON, PERSON.c.id == INITIATIVE.c.lead_id)
        .outerjoin(
            OBSERVATION,
            and_(
                OBSERVATION.c.initiative_id == TARGET.c.initiative_id,
                OBSERVATION.c.metric_id == TARGET.c.metric_id,
                OBSERVATION.c.month == TARGET.c.month,
            ),
        )
        .where(
            TARGET.c.month.in_(list(months)),
            OBSERVATION.c.id.is_(None),
            INITIATIVE.c.stage != Stage.CLOSED.value,
        )
    )  # fmt: skip
    if ids is not None and len(ids) <= _FEW:
        query = query.where(TARGET.c.initiative_id.in_(list(ids)))
    settled, found = settling(connection), []
    settled_on = {month: settled.on(month) for month in months}
    for row in connection.execute(query).all():
        *who, metric_id, code, name, due_day, month = row
        due = min(periods.due_on(month, due_day), settled_on[month])
        if due < today and (ids is None or row[0] in ids):
            label = metric_label(code, name)
            found.append(Owed._make([*who, metric_id, label, month, due, (today - due).days]))
    found.sort(key=lambda one: (one.month, one.code, one.metric))
    return found


def is_anything_due(
    connection: Connection, today: date, *, ids: Collection[int] | None = None
) -> bool:
    """Whether open initiatives have targets in the last twelve months, reported or not."""
    query = (
        select(TARGET.c.initiative_id)
        .join(INITIATIVE, INITIATIVE.c.id == TARGET.c.initiative_id)
        .where(
            TARGET.c.month.in_(periods.span(periods.reported(today), 12)),
            INITIATIVE.c.stage != Stage.CLOSED.value,
        )
        .distinct()
    )
    return any(ids is None or one in ids for one in connection.scalars(query))


def by_unit(owed: Sequence[Owed]) -> list[Debtor]:
    """Debts by unit: who has owed longest first, then who owes most."""
    groups: dict[int | None, list[Owed]] = {}
    for one in owed:
        groups.setdefault(one.unit_id, []).append(one)
    debtors = [
        Debtor(unit, group[0].unit, tuple(group), max(one.age for one in group))
        for unit, group in groups.items()
    ]
    return sorted(debtors, key=lambda one: (-one.age, -len(one.owed), one.unit or ""))


def reminder(debtor: Debtor, today: date) -> str:
    """A text to send to a unit: what it owes, by initiative, with days and who leads it."""
    count = len(debtor.owed)
    lines = [
        _("To: {unit}").format(unit=debtor.unit or _("no unit")),
        "",
        ngettext(
            "As of {date}, {n} figure that is due has not been reported:",
            "As of {date}, {n} figures that are due have not been reported:",
            count,
        ).format(date=day(today), n=count),
    ]
    groups: dict[tuple[int, str], list[Owed]] = {}
    for one in debtor.owed:
        groups.setdefault((one.initiative_id, one.month), []).append(one)
    for group in groups.values():
        first = group[0]
        late = ngettext("{n} day late", "{n} days late", first.age).format(n=first.age)
        lead = _(" ({lead})").format(lead=first.lead) if first.lead else ""
        lines.append(
            "- "
            + _("{code} {name}{lead}, {month}, {late}: {metrics}").format(
                code=first.code,
                name=first.name,
                lead=lead,
                month=first.month,
                late=late,
                metrics=_(", ").join(one.metric for one in group),
            )
        )
    lines += ["", _("Please report them, or say why there is nothing to report.")]
    return "\n".join(lines)
