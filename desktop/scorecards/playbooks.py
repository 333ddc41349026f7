"""What a playbook promises: targets by metric and by the month since the start.

They are packed from an initiative, edited, and set as targets of others, each counted from its own
first month. Figures are thousandths; the first month is 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from ecofolio.errors import InputError
from ecofolio.initiatives import playbooks
from ecofolio.initiatives.model import Playbook
from ecofolio.scorecards import periods, proven, queries, targets
from ecofolio.scorecards.model import Metric, PlaybookTarget, Target
from ecofolio.scorecards.settling import settling
from ecofolio.scorecards.targets import (
    FLOOR_PERCENT,
    Key,
    Promise,
    beside_floor,
    metrics_of,
)
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
    """What a playbook would promise for one initiative, whose first month is `first`; nothing
    where that is not known. `new` are promised nothing yet, `other` are promised something else
    and `same` just that; `settled` are of months whose scores are, which are left alone."""

    initiative_id: int
    first: str | None
    new: tuple[Promise, ...] = ()
    other: tuple[Promise, ...] = ()
    same: int = 0
    settled: int = 0

    def chosen(self, *, replace: bool) -> list[Promise]:
        """What is to be set: new targets, and those that replace others where that is wanted."""
        return [*self.new, *(self.other if replace else ())]


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
    *,
    first: str | None = None,
    percent: int = 100,
) -> list[Proposal]:
    """What initiatives would promise by a playbook, `percent` of it; nothing is written.

    `first` is the month that counts as the first for all of them; without it each one's own: that
    of its start date, or of its first figure or target.
    """
    shares = list(_shares(connection, playbook_id, percent))
    begun = dict.fromkeys(ids, first) if first else proven.starts(connection, ids)
    last = max((one.month for one in shares), default=0)
    months = {one: [periods.shifted(one, n) for n in range(last)] for one in {*begun.values()}}
    wanted = sorted({month for some in months.values() for month in some})
    stored = _stored(connection, list(begun), wanted)
    settled = settling(connection).newest(today)
    return [
        _proposal(one, begun[one], months[begun[one]], shares, stored, settled)
        if one in begun
        else Proposal(one, None)
        for one in dict.fromkeys(ids)
    ]


def _shares(connection: Connection, playbook_id: int, percent: int) -> Iterator[Packed]:
    """So many per cent of what a playbook promises, for whomever."""
    known = metrics_of(connection)
    for row in figures(connection, [playbook_id]):
        key = (0, row.metric_id, "")
        lines = row.floor, row.target, row.stretch
        one = targets.share_of(key, known[row.metric_id], percent, *lines)
        if one is not None:
            yield Packed(row.metric_id, row.month, *one[3:])


def _proposal(
    initiative_id: int,
    first: str,
    months: Sequence[str],
    shares: Sequence[Packed],
    stored: Mapping[Key, Promise],
    settled: str,
) -> Proposal:
    new: list[Promise] = []
    other: list[Promise] = []
    same = closed = 0
    for metric_id, number, floor, target, stretch in shares:
        key = initiative_id, metric_id, months[number - 1]
        promise = Promise(*key, floor, target, stretch)
        there = stored.get(key)
        if promise == there:
            same += 1
        elif key[2] <= settled:  # nobody promises what is over
            closed += 1
        elif there is None:
            new.append(promise)
        else:
            other.append(promise)
    return Proposal(initiative_id, first, tuple(new), tuple(other), same, closed)


def _stored(
    connection: Connection, ids: Sequence[int], months: Sequence[str]
) -> dict[Key, Promise]:
    found: dict[Key, Promise] = {}
    query = select(*(TARGET.c[name] for name in Promise._fields))
    query = query.where(TARGET.c.month.between(months[0], months[-1])) if months else query
    for some in proven.few(ids):
        for row in connection.execute(query.where(TARGET.c.initiative_id.in_(some))).all():
            one = Promise._make(row)
            found[one[:3]] = one
    return found


def set_from_playbook(
    work: Work,
    playbook_id: int,
    ids: Sequence[int],
    *,
    first: str | None = None,
    percent: int = 100,
    replace: bool = False,
) -> int:
    """Set what `proposals` tells as targets of initiatives, as one change; how many differ.

    Targets that are there stay unless they are to be replaced, those of settled months always.
    `InputError` where nothing is left to set.
    """
    row = work.row(Playbook, playbook_id)
    if row["retired"]:
        raise InputError(_("The playbook {code} is retired.").format(code=row["code"]))
    found = proposals(work.connection, playbook_id, ids, work.today, first=first, percent=percent)
    wanted = [promise for one in found for promise in one.chosen(replace=replace)]
    if not wanted:
        raise InputError(nothing_to_set(found))
    count = targets.set_targets(work, wanted)
    work.label(N_("Targets from playbook {name}"), name=row["name"])
    return count


def nothing_to_set(found: Sequence[Proposal]) -> str:
    """Why a playbook brings no target to initiatives, in a sentence."""
    if found and all(one.first is None for one in found):
        return _("No start is known: say which month counts as the first.")
    if any(one.other for one in found):
        return _("All its months have a target already, or are settled: they are left as they are.")
    if any(one.settled for one in found):
        return _("The scores of its months are settled: they are left as they are.")
    if any(one.same for one in found):
        return _("All its targets are set already.")
    return _("The playbook promises nothing for them.")
