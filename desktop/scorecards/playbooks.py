"""What a playbook promises: targets by metric and by the month since the start.

They are packed from an initiative, edited, and set as targets of others, each counted from its own
first month. Figures are thousandths; the first month is 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.errors import InputError
from ecofolio.initiatives import playbooks
from ecofolio.initiatives.model import Playbook
from ecofolio.scorecards import periods, proven, queries, targets
from ecofolio.scorecards.model import Metric, PlaybookTarget, Target
from ecofolio.scorecards.settled import standing
from ecofolio.scorecards.targets import FLOOR_PERCENT, Promise, beside_floor, metrics_of
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _

PLAYBOOK, FIGURE = map(table_of, (Playbook, PlaybookTarget))
METRIC, TARGET = map(table_of, (Metric, Target))
MONTHS = 60  # that a playbook has at most


class Packed(NamedTuple):
    """What a playbook promises of a metric in a month, in thousandths."""

    metric_id: int
    month: int
    floor: int
    target: int
    stretch: int | None = None


class FigureRow(NamedTuple):
    """The same as it is stored, by the codes of playbook and metric."""

    id: int
    playbook_id: int
    metric_id: int
    month: int
    floor: int
    target: int
    stretch: int | None
    code: str
    metric: str


class Proposal(NamedTuple):
    """How many targets a playbook would bring one initiative, whose first month is `first`; none
    where that is not known. For `new` ones nothing is promised yet, for `other` ones something
    else, for `same` ones just that; `settled` are of months whose targets stand since their
    scores were settled: they are left alone."""

    initiative_id: int
    first: str | None
    new: int = 0
    other: int = 0
    same: int = 0
    settled: int = 0

    def to_set(self, *, replace: bool) -> int:
        """How many are to be set: the new ones, and the others where they are replaced."""
        return self.new + (self.other if replace else 0)


class Terms(NamedTuple):
    """How a playbook is set: `percent` of its counts, and of its rates and averages too where
    `rates` says so. `first` is the month that counts as the first of all; without it each one's
    own: that of its start date, or of its first figure or target."""

    first: str | None = None
    percent: int = 100
    rates: bool = False


USUAL = Terms()


def figures(connection: Connection, ids: Collection[int] | None = None) -> list[FigureRow]:
    """The figures of some playbooks, or all, by playbook, metric and month."""
    query = (
        select(*(FIGURE.c[name] for name in FigureRow._fields[:7]), PLAYBOOK.c.code, METRIC.c.code)
        .join(PLAYBOOK, PLAYBOOK.c.id == FIGURE.c.playbook_id)
        .join(METRIC, METRIC.c.id == FIGURE.c.metric_id)
        .order_by(PLAYBOOK.c.code, METRIC.c.position, METRIC.c.id, FIGURE.c.month)
    )
    if ids is not None:
        query = query.where(FIGURE.c.playbook_id.in_(list(ids)))
    return [FigureRow._make(row) for row in connection.execute(query).all()]


def of_initiative(
    connection: Connection,
    initiative_id: int,
    *,
    of: str = proven.REACHED,
    floor_percent: int = FLOOR_PERCENT,
) -> list[Packed]:
    """What an initiative `reached` or `promised` month by month since its start, as a playbook
    would promise it, by metric; a figure that was reached gets a floor of so many per cent."""
    first = proven.starts(connection, [initiative_id]).get(initiative_id)
    if first is None:
        return []
    known, found = metrics_of(connection), []
    for month, row in _told(connection, initiative_id, of, first):
        if of == proven.PROMISED:
            found.append(Packed(row.metric_id, month, row.floor, row.target, row.stretch))
            continue
        metric = known[row.metric_id]
        key = (initiative_id, row.metric_id, row.month)
        fitting = beside_floor(key, metric.within(row.value), metric.higher, floor_percent)
        if fitting is not None:
            found.append(Packed(row.metric_id, month, _plain(fitting), fitting.target))
    return found


def _plain(one: Promise) -> int:
    """The floor beside a target, in whole units where the target is and that leaves something."""
    whole = round(one.floor, -3)
    return one.floor if one.target % 1000 or whole == one.target else whole


def _told(
    connection: Connection, initiative_id: int, of: str, first: str
) -> Iterable[tuple[int, Any]]:
    """Its rows with the numbers of their months; those before the start are left out."""
    read = queries.targets if of == proven.PROMISED else queries.observations
    for row in read(connection, ids=[initiative_id]):
        month = periods.between(first, row.month) + 1
        if 1 <= month <= MONTHS:
            yield month, row


def pack(work: Work, values: Mapping[str, Any], packed: Sequence[Packed]) -> int:
    """Add a playbook with what it promises, as one change; `InputError` where it promises
    nothing, or a rule is broken."""
    if not packed:
        raise InputError(_("There is nothing to pack: choose metrics and months with figures."))
    made = playbooks.add_playbook(work, values)
    set_figures(work, made, packed)
    name = work.row(Playbook, made)["name"]
    work.label(N_("Pack playbook {name}"), name=name)
    return made


def set_figures(
    work: Work, playbook_id: int, packed: Sequence[Packed], gone: Collection[int] = ()
) -> int:
    """Set figures of a playbook, each new or in place of what it was, and take others away by
    their identities; how many differ. `InputError` says which rule the first wrong one breaks."""
    name = work.row(Playbook, playbook_id)["name"]
    directions = {one: bounds.higher for one, bounds in metrics_of(work.connection).items()}
    for one in packed:
        if reason := refusal(one, directions.get(one.metric_id)):
            raise InputError(reason)
    if len({one[:2] for one in packed}) < len(packed):
        raise InputError(_("The same metric and month is given twice."))
    stored = {(row.metric_id, row.month): row.id for row in figures(work.connection, [playbook_id])}
    new = [one for one in packed if one[:2] not in stored]
    work.insert(PlaybookTarget, [{"playbook_id": playbook_id, **one._asdict()} for one in new])
    touched = work.update_many(
        PlaybookTarget,
        {
            stored[one[:2]]: {"floor": one.floor, "target": one.target, "stretch": one.stretch}
            for one in packed
            if one[:2] in stored
        },
    )
    work.delete(PlaybookTarget, gone)
    work.label(N_("Change {n} figures of playbook {name}"), n=len(packed) + len(gone), name=name)
    return len(new) + len(touched) + len(gone)


def refusal(one: Packed, higher: bool | None) -> str | None:
    """Why a playbook can not promise something, or None; `higher` is None without a metric."""
    if higher is None:
        return _("There is no such metric.")
    if not 1 <= one.month <= MONTHS:
        return _("The months of a playbook are counted from 1 to {n}.").format(n=MONTHS)
    return targets.misfit(one.floor, one.target, one.stretch, higher)


# --- targets from a playbook -----------------------------------------------------------------


def proposals(
    connection: Connection,
    playbook_id: int,
    ids: Sequence[int],
    today: date,
    terms: Terms = USUAL,
    *,
    is_wanted: Callable[[], bool] = lambda: True,
) -> list[Proposal]:
    """What initiatives would promise by a playbook, of as many as there are once it `is_wanted` no
    more; nothing is written."""
    found: list[Proposal] = []
    for lot in _reading(connection, playbook_id, ids, today, terms):
        found += [proposal for proposal, _wanted in lot]
        if not is_wanted():
            break
    return found


def set_from_playbook(
    work: Work,
    playbook_id: int,
    ids: Sequence[int],
    terms: Terms = USUAL,
    *,
    replace: bool = False,
    step: Callable[[int, int], object] = lambda _done, _total: None,
) -> int:
    """Set what `proposals` tells as targets of initiatives, as one change; how many differ.

    Targets that are there stay unless they are to be replaced, those of settled months always.
    `InputError` where nothing is left to set. `step` is told how many initiatives are done, and
    of how many.
    """
    found, count = [], 0
    for lot in _reading(work.connection, playbook_id, ids, work.today, terms):
        wanted = [promise for _one, some in lot for promise in some(replace)]
        count += targets.set_targets(work, wanted) if wanted else 0
        found += [proposal for proposal, _wanted in lot]
        step(len(found), len(ids))
    if not count:
        raise InputError(nothing_to_set(found))
    name = work.row(Playbook, playbook_id)["name"]
    work.label(N_("Targets from playbook {name}"), name=name)
    return count


Bound = tuple[int, int, int | None]  # floor, target, stretch
Bounds = Mapping[tuple[int, str], Bound]  # by metric and month
Wanted = Callable[[bool], Iterator[Promise]]  # what is set, by whether others are replaced


def _reading(
    connection: Connection, playbook_id: int, ids: Sequence[int], today: date, terms: Terms
) -> Iterator[list[tuple[Proposal, Wanted]]]:
    """Lot by lot of initiatives: how many targets each would get, and which; `InputError` where
    the playbook is retired or leads to a month that is none."""
    query = select(PLAYBOOK.c.code).where(PLAYBOOK.c.id == playbook_id, PLAYBOOK.c.retired)
    if retired := connection.scalar(query):
        raise InputError(_("The playbook {code} is retired.").format(code=retired))
    shares = list(_shares(connection, playbook_id, terms))
    every = list(dict.fromkeys(ids))
    begun = dict.fromkeys(every, terms.first) if terms.first else proven.starts(connection, every)
    offers = {
        first: {(one[0], periods.shifted(first, one[1] - 1)): one[2:] for one in shares}
        for first in {*begun.values()}
    }
    months = {first: {month for _metric, month in offer} for first, offer in offers.items()}
    for month in set().union(*months.values()):
        periods.parse(month)
    for some in proven.few(every):
        pairs = [(one, month) for one in some if one in begun for month in months[begun[one]]]
        stand: dict[int, set[str]] = defaultdict(set)
        for one, month in standing(connection, pairs, today):
            stand[one].add(month)
        stored = _stored(connection, some, {key for offer in offers.values() for key in offer})
        yield [
            _compared(one, begun[one], offers[begun[one]], stored[one], stand[one])
            if one in begun
            else (Proposal(one, None), lambda _replace: iter(()))
            for one in some
        ]


def _shares(connection: Connection, playbook_id: int, terms: Terms) -> Iterator[Packed]:
    """The part of what a playbook promises that is wanted, for whomever."""
    known = metrics_of(connection)
    for row in figures(connection, [playbook_id]):
        key, metric = (0, row.metric_id, ""), known[row.metric_id]
        part = metric.part(terms.percent, rates=terms.rates)
        one = targets.share_of(key, metric, part, row.floor, row.target, row.stretch)
        if one is not None:
            yield Packed(row.metric_id, row.month, *one[3:])


def _compared(
    initiative_id: int, first: str, offer: Bounds, stored: Bounds, stand: Collection[str]
) -> tuple[Proposal, Wanted]:
    """What an initiative is offered beside what it promises; months that stand are left alone."""
    there = offer.keys() & stored.keys()
    same = {key for key in there if offer[key] == stored[key]}
    closed = {key for key in offer if key[1] in stand} - same if stand else set()
    other = there - same - closed
    new = len(offer) - len(same) - len(closed) - len(other)

    def wanted(replace: bool) -> Iterator[Promise]:
        left = same | closed if replace else same | closed | other
        return (
            Promise._make((initiative_id, *key, *bound))
            for key, bound in offer.items()
            if key not in left
        )

    return Proposal(initiative_id, first, new, len(other), len(same), len(closed)), wanted


def _stored(
    connection: Connection, ids: Sequence[int], keys: Collection[tuple[int, str]]
) -> Mapping[int, dict[tuple[int, str], Bound]]:
    """What initiatives promise of some metrics within a span of months."""
    found: dict[int, dict[tuple[int, str], Bound]] = defaultdict(dict)
    if not keys:
        return found
    metrics, months = ({*one} for one in zip(*keys, strict=True))
    query = select(*(TARGET.c[name] for name in Promise._fields)).where(
        TARGET.c.initiative_id.in_(ids),
        TARGET.c.metric_id.in_(metrics),
        TARGET.c.month.between(min(months), max(months)),
    )
    for identity, metric_id, month, *bound in connection.execute(query).all():
        found[identity][metric_id, month] = (*bound,)
    return found


def nothing_to_set(found: Sequence[Proposal]) -> str:
    """Why a playbook brings no target to initiatives, in a sentence."""
    if found and all(one.first is None for one in found):
        return _("No start is known: say which month counts as the first.")
    if any(one.other for one in found):
        return _("All its months have a target already, or are settled: they are left as they are.")
    if any(one.settled for one in found):
        return _("The targets of its months stand since their scores were settled.")
    if any(one.same for one in found):
        return _("All its targets are set already.")
    return _("The playbook promises nothing for them.")
