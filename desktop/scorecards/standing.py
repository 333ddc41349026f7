"""What the scorecards page reads at once: the ranking of a month within a scope."""

from __future__ import annotations

import gc
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection, func, select

from ecofolio.initiatives.chosen import chosen
from ecofolio.initiatives.desk import undisturbed
from ecofolio.initiatives.scope import Scope
from ecofolio.scorecards import periods, queries, ranking, scoring, shown, trends
from ecofolio.scorecards.model import Target
from ecofolio.scorecards.queries import CardVersion, MetricRow
from ecofolio.scorecards.ranking import Peers, Place, Ranked, Ranking, Stability
from ecofolio.scorecards.rules import Card
from ecofolio.scorecards.scoring import Scored, Sheet
from ecofolio.scorecards.settling import Settling, settling
from ecofolio.scorecards.shown import Moved
from ecofolio.store.base import table_of
from ecofolio.store.workspace import Changed
from ecofolio.vocabulary import Stage

TARGET = table_of(Target)
_MANY = 2000  # scores
MOST_PEERS = 300  # that a rank's stability is drawn among


@dataclass(frozen=True)
class Standing:
    """The ranking of a month, a quarter or a year; `months` are those that can be chosen, months
    before quarters and years, each the newest first.

    `as_settled` has the scores as they stood when the period was settled; `since` are those that
    are others today.
    """

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
    as_settled: bool = False
    since: Mapping[int, Moved] = field(default_factory=dict)

    @property
    def settled_on(self) -> date | None:
        """The day at whose end the period was settled; None while it is not."""
        return shown.settled_on(self.settled, self.month, self.today)

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
    as_settled: bool = False,
) -> Standing:
    """Read the ranking of a period, by default the newest month whose figures are all due.

    Without `change` the month before is left out, and what has moved since the period was settled,
    for `with_change` to read later.
    """
    settled = settling(connection)
    newest = settled.newest(today)
    month = month or newest
    ids = within(connection, scope, today)
    scores = shown.scores if as_settled else scoring.scores
    now = scores(connection, month, today)
    before = scores(connection, periods.shifted(month, -1), today) if change else {}
    who = ranking.places(connection, settled.end(periods.last_month(month)))
    lines = ranking.ranked(now, who, before, ids)
    if len(now) > _MANY:
        gc.freeze()  # a search for garbage among what stays for long would be felt
    metrics = {row.id: row for row in queries.metrics(connection, retired=True)}
    months = _months(connection, max(newest, periods.reported(today)))
    versions = queries.card_versions(connection)
    cards = queries.in_force(versions, periods.last_month(month))
    since = _since(connection, month, today, ids) if change else {}
    return Standing(
        month, today, lines, metrics, cards, months, ids, now, before, who, settled, versions,
        as_settled=as_settled, since=since,
    )  # fmt: skip


def _since(
    connection: Connection, month: str, today: date, ids: Collection[int] | None
) -> dict[int, Moved]:
    found = shown.moved(connection, month, today)
    return {one: move for one, move in found.items() if ids is None or one in ids}


@undisturbed()
def with_change(connection: Connection, found: Standing) -> Standing:
    """A ranking that was read without its change against the month before, now with it."""
    scores = shown.scores if found.as_settled else scoring.scores
    before = scores(connection, periods.shifted(found.month, -1), found.today)
    lines = ranking.ranked(found.now, found.who, before, found.ids)
    since = _since(connection, found.month, found.today, found.ids)
    return replace(found, lines=lines, before=before, moved=frozenset(), since=since)


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
    since = {one: move for one, move in found.since.items() if one not in changed}
    since.update(
        shown.moved(
            connection, found.month, found.today,
            ids=changed, settled=found.settled, opened=opened,
        )
    )  # fmt: skip
    return replace(
        found, lines=lines, now=now, before=before, moved=frozenset(changed), sheets=opened,
        since=since,
    )  # fmt: skip


def sheets_of(connection: Connection, found: Standing, ids: Collection[int]) -> dict[int, Sheet]:
    """The opened scorecards of some initiatives of a ranking."""
    if found.as_settled:
        return shown.sheets(connection, found.month, found.today, ids)
    return scoring.sheets(
        connection, found.month, found.today, ids, what_if=found.cards, settled=found.settled
    )


def within(connection: Connection, scope: Scope, today: date) -> frozenset[int] | None:
    """The initiatives of a scope; None for all. That only open ones are looked at says nothing
    of a ranking, in which those closed since stand as well."""
    scope = scope.replace(stages=scope.stages - {one for one in Stage if one != Stage.CLOSED})
    if scope.is_everything:
        return None
    return chosen(connection, scope, today=today)


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
    its rank holds, how many figures of each metric are provisional, and whether it is what it was
    when it was settled."""

    line: Ranked
    sheet: Sheet
    trend: list[int | None]
    stability: Stability | None
    last: str
    provisional: dict[int, int]
    settled_on: date | None = None
    as_settled: bool = False
    since: Moved | None = None


def opened(connection: Connection, found: Standing, initiative_id: int) -> Opened | None:
    """Open one score of a ranking; None where it has none. `firmness` says how it holds."""
    row, sheets = found.lines.row_of(initiative_id), found.sheets
    if initiative_id not in sheets:
        sheets = sheets_of(connection, found, [initiative_id])
    if row < 0 or initiative_id not in sheets:
        return None
    trend = trends_of(connection, found, [initiative_id])[initiative_id]
    waiting = queries.provisional(connection, periods.months_in(found.month), [initiative_id])
    provisional = {metric: len(months) for (_one, metric), months in waiting.items()}
    return Opened(
        found.lines[row], sheets[initiative_id], trend, None, found.last, provisional,
        found.settled_on, found.as_settled, found.since.get(initiative_id),
    )  # fmt: skip


def trends_of(
    connection: Connection, found: Standing, ids: Collection[int]
) -> dict[int, list[int | None]]:
    """The scores of twelve months of some initiatives of a ranking."""
    told = trends.trend(
        connection, ids, found.last, found.today, settled=found.settled, versions=found.versions
    )
    for n, month in enumerate(periods.span(found.last, 12) if found.as_settled else ()):
        for one, move in shown.moved(connection, month, found.today, ids=ids).items():
            told[one][n] = move.then.score
    return told


def firmness(connection: Connection, found: Standing, group: Peers) -> dict[int, Stability]:
    """How firmly the ranks of a peer group hold, as far as there are several and not too many."""
    peers = found.lines.peers_of(group)
    if not 1 < len(peers) <= MOST_PEERS:
        return {}
    sheets = sheets_of(connection, found, peers)
    return ranking.stability(sheets.values(), dict.fromkeys(sheets, 0), draws=200)
