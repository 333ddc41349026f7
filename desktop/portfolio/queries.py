"""What the overview and the review workbook tell: each figure is defined here, once.

Everything but the count by stage is about open initiatives, those not yet closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ecofolio.initiatives import queries as initiatives
from ecofolio.initiatives.past import lights_on, month_ends, moved
from ecofolio.initiatives.queries import InitiativeRow, Names
from ecofolio.initiatives.rules import Health
from ecofolio.initiatives.scope import Scope
from ecofolio.organisation.model import Unit
from ecofolio.portfolio.rules import Mix, Tally, duty_words, home, missing_duties
from ecofolio.store.base import table_of
from ecofolio.store.model import Programme
from ecofolio.text import _
from ecofolio.vocabulary import SCENES, Batch, Light, Segment, Stage, UnitLevel

_MANY = 500
UNSAID = None  # the row or column of what nobody has said


class Branch(NamedTuple):
    """A row of the coverage grid: a tier-1 branch, another unit with initiatives of its own, or
    None for initiatives without a unit. Only a tier-1 branch has duties."""

    id: int | None
    name: str
    code: str
    has_duties: bool


class SceneHead(NamedTuple):
    """A column of the coverage grid; None for initiatives without a scene."""

    id: int | None
    name: str


class Duty(NamedTuple):
    """The coverage rule for one tier-1 branch."""

    branch: Branch
    missing: list[Batch]

    @property
    def words(self) -> str:
        """Whether it is met, and if not what is missing."""
        return duty_words(self.missing)


class Need(NamedTuple):
    """An open initiative that is amber or red, and why."""

    row: InitiativeRow
    health: Health


class Turned(NamedTuple):
    """An open initiative whose light is another one than at the end of the month before."""

    row: InitiativeRow
    before: Light
    health: Health
    is_worse: bool


class Upcoming(NamedTuple):
    """A milestone that is still to come; `slip` is in days against baseline."""

    initiative_id: int
    code: str
    initiative: str
    name: str
    on: date
    slip: int | None


@dataclass(frozen=True)
class Summary:
    """All figures of a scope on a day. Sums are in fen of the programme's currency.

    The keys of `matrix` are (segment, batch), those of `grid` (branch, scene); None stands for
    what nobody has said. `needs` has the reds first, then the ambers, each by money at stake.
    """

    today: date
    scope: Scope
    programme: str
    currency: str
    rows: list[InitiativeRow]
    names: Names
    homes: dict[int, int | None]
    total: Tally = field(default_factory=Tally)
    open: Tally = field(default_factory=Tally)
    stages: dict[Stage, Tally] = field(default_factory=dict)
    lights: dict[Light, Tally] = field(default_factory=dict)
    batches: dict[str | None, Tally] = field(default_factory=dict)
    segments: dict[str | None, Tally] = field(default_factory=dict)
    matrix: dict[tuple[str | None, str | None], Tally] = field(default_factory=dict)
    branches: list[Branch] = field(default_factory=list)
    scenes: list[SceneHead] = field(default_factory=list)
    grid: dict[tuple[int | None, int | None], Mix] = field(default_factory=dict)
    by_branch: dict[int | None, Mix] = field(default_factory=dict)
    by_scene: dict[int | None, Mix] = field(default_factory=dict)
    duties: list[Duty] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)

    @property
    def segment_keys(self) -> list[str | None]:
        """The rows of the matrix; the unsaid one only where there is any."""
        return [*(one.value for one in Segment), *self._unsaid(self.segments)]

    @property
    def batch_keys(self) -> list[str | None]:
        """The columns of the matrix; the unsaid one only where there is any."""
        return [*(one.value for one in Batch), *self._unsaid(self.batches)]

    @property
    def gaps(self) -> list[Duty]:
        """The tier-1 branches that do not meet the coverage rule."""
        return [duty for duty in self.duties if duty.missing]

    @staticmethod
    def _unsaid(tallies: dict[str | None, Tally]) -> list[None]:
        return [UNSAID] if UNSAID in tallies else []

    def cell(self, segment: str | None, batch: str | None) -> Tally:
        """A cell of the matrix."""
        return self.matrix.get((segment, batch), Tally())

    def mix(self, branch: int | None, scene: int | None) -> Mix:
        """A cell of the coverage grid."""
        return self.grid.get((branch, scene), Mix())


def summary(
    connection: Connection,
    scope: Scope | None = None,
    *,
    today: date,
    known: Names | None = None,
) -> Summary:
    """Work out all figures in one pass over the initiatives of a scope."""
    known = known or initiatives.names(connection)
    scope = scope or Scope()
    settings = connection.execute(
        select(table_of(Programme).c.name, table_of(Programme).c.currency)
    ).one()
    unit = table_of(Unit)
    levels = {row.id: row.level for row in connection.execute(select(unit.c.id, unit.c.level))}
    rows = initiatives.rows(connection, scope, today=today, known=known)
    homes = {one: home(one, levels, known.parents) for one in levels}
    found = Summary(today, scope, settings.name, settings.currency, rows, known, homes)
    found.stages.update({stage: Tally() for stage in Stage})
    found.lights.update({light: Tally() for light in Light})
    found.batches.update({batch.value: Tally() for batch in Batch})
    found.segments.update({segment.value: Tally() for segment in Segment})
    for row in rows:
        _count(found, row)
    _heads(found, levels)
    _judge(found)
    return found


def size(connection: Connection) -> int:
    """How many initiatives the programme has in all."""
    count = select(func.count()).select_from(initiatives.INITIATIVE)
    return int(connection.execute(count).scalar_one())


def _count(found: Summary, row: InitiativeRow) -> None:
    budget = row.budget_fen
    found.total.add(budget)
    stage = Stage(row.stage)
    found.stages[stage].add(budget)
    if stage is Stage.CLOSED:
        return
    found.open.add(budget)
    found.lights[row.light].add(budget)
    segment, batch = row.lead_segment, row.batch
    found.batches.setdefault(batch, Tally()).add(budget)
    found.segments.setdefault(segment, Tally()).add(budget)
    found.matrix.setdefault((segment, batch), Tally()).add(budget)
    branch = None if row.unit_id is None else found.homes.get(row.unit_id)
    found.grid.setdefault((branch, row.scene_id), Mix()).add(batch)
    found.by_branch.setdefault(branch, Mix()).add(batch)
    found.by_scene.setdefault(row.scene_id, Mix()).add(batch)


def _heads(found: Summary, levels: dict[int, str]) -> None:
    """The rows and columns of the coverage grid: every tier-1 branch that the scope lets in, then
    whatever else has initiatives; the scenes that occur, the program's own first."""
    names = found.names
    branches, others = [], []
    for unit, code in sorted(names.unit_codes.items(), key=lambda item: item[1]):
        tier1 = levels[unit] == UnitLevel.TIER1
        if tier1 and (unit in found.by_branch or _admits(found, unit)):
            branches.append(Branch(unit, names.units[unit], code, True))
        elif not tier1 and unit in found.by_branch:
            others.append(Branch(unit, names.units[unit], code, False))
    found.branches.extend([*branches, *others])
    order = list(names.scenes)
    own = {_(word): n for n, word in enumerate(SCENES.values())}
    order.sort(key=lambda scene: (own.get(names.scenes[scene], len(own)), names.scenes[scene]))
    found.scenes.extend(
        SceneHead(scene, names.scenes[scene]) for scene in order if scene in found.by_scene
    )
    if UNSAID in found.by_branch:
        found.branches.append(Branch(UNSAID, _("Not said"), "", False))
    if UNSAID in found.by_scene:
        found.scenes.append(SceneHead(UNSAID, _("Not said")))


def _admits(found: Summary, branch: int) -> bool:
    scope, parents = found.scope, found.names.parents
    if scope.regions and found.names.regions.get(branch) not in scope.regions:
        return False
    if "unit_id" in scope.missing:
        return False
    if scope.unit_id is None or scope.unit_id == branch:
        return True
    return not scope.unit_alone and branch in initiatives.below(scope.unit_id, parents)


def _judge(found: Summary) -> None:
    for branch in found.branches:
        if branch.has_duties:
            mix = found.by_branch.get(branch.id, Mix())
            missing = missing_duties(mix.full_rollout, mix.breakthrough)
            found.duties.append(Duty(branch, missing))
    sick = [
        row
        for row in found.rows
        if row.light in (Light.RED, Light.AMBER) and row.stage != Stage.CLOSED
    ]
    sick.sort(key=lambda row: (row.light is not Light.RED, -(row.budget_fen or 0), row.code))
    found.needs.extend(Need(row, initiatives.health(row, found.today)) for row in sick)


def turned(connection: Connection, found: Summary) -> list[Turned]:
    """Whose light has changed since the end of the month before: the worse ones first, of those
    the reds, each kind by money at stake."""
    rows = {row.id: row for row in found.rows if row.stage != Stage.CLOSED}
    some = rows.keys() if len(rows) <= _MANY else None  # more are not named one by one
    before = lights_on(connection, last_month_end(found.today), some)
    lines = [
        Turned(
            rows[one.id], one.before, initiatives.health(rows[one.id], found.today), one.is_worse
        )
        for one in moved(before, ((row.id, row.light) for row in rows.values()))
    ]
    lines.sort(
        key=lambda one: (
            not one.is_worse,
            one.row.light is not Light.RED,
            -(one.row.budget_fen or 0),
            one.row.code,
        )
    )
    return lines


def last_month_end(today: date) -> date:
    """The last day of the month before."""
    return month_ends(today, 1)[0]


def upcoming(connection: Connection, found: Summary, most: int = 8) -> list[Upcoming]:
    """The next milestones of the open initiatives of a summary, the soonest first."""
    ids = {row.id for row in found.rows if row.stage != Stage.CLOSED}
    milestone, initiative = initiatives.MILESTONE, initiatives.INITIATIVE
    when = func.coalesce(milestone.c.forecast, milestone.c.baseline)
    query = (
        select(
            milestone.c.initiative_id,
            initiative.c.code,
            initiative.c.name.label("initiative"),
            milestone.c.name,
            milestone.c.forecast,
            milestone.c.baseline,
        )
        .join(initiative, initiative.c.id == milestone.c.initiative_id)
        .where(milestone.c.actual.is_(None), when >= found.today)
        .order_by(when, initiative.c.code, milestone.c.position)
    )
    coming: list[Upcoming] = []
    for row in connection.execute(query):
        if row.initiative_id in ids:
            on = row.forecast or row.baseline
            slip = (on - row.baseline).days if row.baseline else None
            coming.append(Upcoming(*row[:4], on, slip))
            if len(coming) == most:
                break
    return coming
