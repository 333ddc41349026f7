"""What the scorecards page reads at once: the ranking of a month within a scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection, func, select

from ecofolio.initiatives import queries as initiatives
from ecofolio.initiatives.desk import undisturbed
from ecofolio.initiatives.scope import Scope
from ecofolio.scorecards import periods, queries, ranking, scoring, trends
from ecofolio.scorecards.model import Target
from ecofolio.scorecards.queries import CardVersion, MetricRow
from ecofolio.scorecards.ranking import Peers, Place, Ranked, Ranking, Stability
from ecofolio.scorecards.rules import Card
from ecofolio.scorecards.scoring import Scored, Sheet
from ecofolio.scorecards.settling import Settling, settling
from ecofolio.store.base import table_of
from ecofolio.store.workspace import Changed
from ecofolio.vocabulary import Stage

TARGET = table_of(Target)
MOST_PEERS = 300  # that a rank's stability is drawn among


@dataclass(frozen=True)
class Standing:
    """The ranking of a month, a quarter or a year; `months` are those that can be chosen, months
    before quarters and years, each the newest first."""

    month: str
    today: date
    lines: Ranking
    metrics: dict[int, MetricRow]
    cards: dict[str, Card]
    months: list[str]
    ids: frozenset[int] | None
    now: dict[int, Scored]
    before: dict[int, Scored]
    who: dict[int, Place]
    settled: Settling
    versions: list[CardVersion]
    moved: frozenset[int] | None = None  # whose figures alone are new; None for all
    sheets: Mapping[int, Sheet] = field(default_factory=dict)  # what is opened of these already

    @property
    def last(self) -> str:
        """The last month of the period, as far as it has been reported."""
        if periods.kind_of(self.month) == periods.MONTH:
            return self.month
        reported = max(periods.reported(self.today), periods.months_in(self.month)[0])
        return min(periods.last_month(self.month), reported)


@undisturbed()
def standing(
    connection: Connection,
    scope: Scope,
    month: str | None,
    today: date,
    *,
    change: bool = True,
) -> Standing:
    """Read the ranking of a period, by default the newest month whose figures are all due.

    Without `change` the month before is left out, for `with_change` to read later.
    """
    settled = settling(connection)
    newest = settled.newest(today)
    month = month or newest
    ids = within(connection, scope, today)
    now = scoring.scores(connection, month, today)
    before = scoring.scores(connection, periods.shifted(month, -1), today) if change else {}
    who = ranking.places(connection)
    lines = ranking.ranked(now, who, before, ids)
    metrics = {row.id: row for row in queries.metrics(connection, retired=True)}
    months = _months(connection, max(newest, periods.reported(today)))
    versions = queries.card_versions(connection)
    cards = queries.in_force(versions, periods.last_month(month))
    return Standing(
        month, today, lines, metrics, cards, months, ids, now, before, who, settled, versions
    )


@undisturbed()
def with_change(connection: Connection, found: Standing) -> Standing:
    """A ranking that was read without its change against the month before, now with it."""
    before = scoring.scores(connection, periods.shifted(found.month, -1), found.today)
    lines = ranking.ranked(found.now, found.who, before, found.ids)
    return replace(found, lines=lines, before=before, moved=frozenset())


def taken_in(connection: Connection, found: Standing, changed: Collection[int]) -> Standing:
    """A ranking after the figures or targets of some initiatives changed, and nothing else."""
    now, before = dict(found.now), dict(found.before)
    opened: dict[int, Sheet] = {}
    for kept, month in ((before, periods.shifted(found.month, -1)), (now, found.month)):
        for identity in changed:
            kept.pop(identity, None)
        # few are worked out faster one by one than by asking the database for their sums
        cards = queries.in_force(found.versions, periods.last_month(month))
        opened = scoring.sheets(
            connection, month, found.today, changed, what_if=cards, settled=found.settled
        )
        kept.update({one: scoring.as_scored(sheet) for one, sheet in opened.items()})
    lines = found.lines.with_changes(changed, now, before, found.ids)
    return replace(
        found, lines=lines, now=now, before=before, moved=frozenset(changed), sheets=opened
    )


def within(connection: Connection, scope: Scope, today: date) -> frozenset[int] | None:
    """The initiatives of a scope; None for all. That only open ones are looked at says nothing
    of a ranking, in which those closed since stand as well."""
    scope = scope.replace(stages=scope.stages - {one for one in Stage if one != Stage.CLOSED})
    if scope.is_everything:
        return None
    return frozenset(row.id for row in initiatives.rows(connection, scope, today=today))


def _months(connection: Connection, last: str) -> list[str]:
    first = connection.scalar(select(func.min(TARGET.c.month)))
    if first is None:
        return [last]
    count = max(1, min(36, periods.between(first, last) + 1))
    months = periods.span(last, count)
    wider = [
        period
        for kind in (periods.QUARTER, periods.YEAR)
        for period in sorted({periods.holding(month, kind) for month in months}, reverse=True)
    ]
    return months[::-1] + wider


class Touched:
    """Remembers whose figures changed, so that one of them is not answered by reading all."""

    def __init__(self) -> None:
        self._ids: set[int] | None = set()

    def hear(self, changed: Changed) -> None:
        """A change was made: of figures alone, or of something that all is read again for."""
        names = changed.records.keys()
        if names - {"observation", "target", "initiative"} or names <= {"initiative"}:
            self._ids = None
        elif self._ids is not None:
            self._ids |= changed.records.get("initiative", frozenset())

    def all(self) -> None:
        """Everything is to be read again."""
        self._ids = None

    def take(self) -> set[int] | None:
        """The initiatives whose figures changed since the last time; None for everything."""
        taken, self._ids = self._ids, set()
        return taken


@dataclass(frozen=True)
class Opened:
    """One initiative's scorecard with the scores of the twelve months up to the `last`, how firmly
    its rank holds, and how many figures of each metric are provisional."""

    line: Ranked
    sheet: Sheet
    trend: list[int | None]
    stability: Stability | None
    last: str
    provisional: dict[int, int]


def opened(connection: Connection, found: Standing, initiative_id: int) -> Opened | None:
    """Open one score of a ranking; None where it has none. `firmness` says how it holds."""
    row, sheets = found.lines.row_of(initiative_id), found.sheets
    if initiative_id not in sheets:
        sheets = scoring.sheets(
            connection,
            found.month,
            found.today,
            [initiative_id],
            what_if=found.cards,
            settled=found.settled,
        )
    if row < 0 or initiative_id not in sheets:
        return None
    trend = trends_of(connection, found, [initiative_id])[initiative_id]
    waiting = queries.provisional(connection, periods.months_in(found.month), [initiative_id])
    provisional = {metric: len(months) for (_one, metric), months in waiting.items()}
    return Opened(found.lines[row], sheets[initiative_id], trend, None, found.last, provisional)


def trends_of(
    connection: Connection, found: Standing, ids: Collection[int]
) -> dict[int, list[int | None]]:
    """The scores of twelve months of some initiatives of a ranking."""
    return trends.trend(
        connection, ids, found.last, found.today, settled=found.settled, versions=found.versions
    )


def firmness(connection: Connection, found: Standing, group: Peers) -> dict[int, Stability]:
    """How firmly the ranks of a peer group hold, as far as there are several and not too many."""
    peers = found.lines.peers_of(group)
    if not 1 < len(peers) <= MOST_PEERS:
        return {}
    sheets = scoring.sheets(connection, found.month, found.today, peers)
    return ranking.stability(sheets.values(), dict.fromkeys(sheets, 0), draws=200)
