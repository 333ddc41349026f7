"""What stands of settled months: the targets by which initiatives were judged.

They are changed for a reason only, which the journal keeps; nor does undo or redo get round it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, or_, select

from ecofolio.errors import InputError
from ecofolio.format import day
from ecofolio.initiatives.model import Initiative
from ecofolio.scorecards import periods
from ecofolio.scorecards.model import Metric, Observation, Scorecard, Target, Weight
from ecofolio.scorecards.settling import settling
from ecofolio.store.base import table_of
from ecofolio.store.journal import CHANGE, ROW, RowChange, microseconds
from ecofolio.store.undoing import guard_of
from ecofolio.store.work import Work
from ecofolio.text import _

TARGET, OBSERVATION, INITIATIVE = map(table_of, (Target, Observation, Initiative))
_CHUNK = 500
REASON = "reason"  # the argument of a label that tells why settled targets were changed
# of a metric by which anything was judged, so that scores of months, quarters and years stay
LASTING = ("kind", "direction", "veto", "over_months", "over_initiatives", "weighed_by_id")
Pair = tuple[int, str]  # initiative, month


def standing(
    connection: Connection, pairs: Iterable[Pair], today: date
) -> dict[Pair, date]:  # fmt: skip
    """Of initiatives and months, those whose targets stand, with the day on which they were
    settled: the initiative had a target there by then. What was first filled in later does not
    stand: nothing was judged by it."""
    wanted = set(pairs)
    newest = periods.reported(today)
    if not any(month <= newest for _one, month in wanted):
        return {}
    settled = settling(connection)
    newest = settled.newest(today)
    months = {month for _one, month in wanted if month <= newest}
    on = {month: settled.on(month) for month in months}
    ends = {month: microseconds(settled.end(month)) for month in months}
    ids = sorted({one for one, month in wanted if month in ends})
    found: set[Pair] = set()
    for start in range(0, len(ids), _CHUNK):
        found |= _judged(connection, ids[start : start + _CHUNK], ends)
    return {pair: on[pair[1]] for pair in found & wanted}


def _judged(connection: Connection, ids: list[int], ends: Mapping[str, int]) -> set[Pair]:
    """Which initiatives had a target in a month when it was settled."""
    query = select(TARGET.c.id, TARGET.c.initiative_id, TARGET.c.month)
    query = query.where(TARGET.c.initiative_id.in_(ids), TARGET.c.month.in_(list(ends)))
    there = {row[0]: (row[1], row[2]) for row in connection.execute(query).all()}
    changes = (
        select(ROW.c.record_id, ROW.c.owner_id, CHANGE.c.at, ROW.c.before, ROW.c.after)
        .join(CHANGE, CHANGE.c.id == ROW.c.change_id)
        .where(ROW.c.owner == "initiative", ROW.c.owner_id.in_(ids))
        .where(ROW.c.record == TARGET.name, CHANGE.c.at > min(ends.values(), default=0))
        .where(or_(ROW.c.before.is_(None), ROW.c.after.is_(None)))
        .order_by(ROW.c.change_id)
    )
    first: dict[int, tuple[Pair, bool]] = {}  # whether it was there before
    for identity, owner, at, before, after in connection.execute(changes).all():
        if identity in first:
            continue
        pair = there.get(identity) or (owner, json.loads(before or after)["month"])
        if at > ends.get(pair[1], at):
            first[identity] = pair, before is not None
    kept = {pair for one, pair in there.items() if one not in first}
    return kept | {pair for pair, was_there in first.values() if was_there}


def refused(connection: Connection, found: Mapping[Pair, date]) -> str:
    """Why targets that stand are not changed: of the first."""
    (identity, month), on = min(found.items())
    code = connection.scalar(select(INITIATIVE.c.code).where(INITIATIVE.c.id == identity))
    return _(
        "{code}: the targets of {month} stand since its scores were settled on {date}; correct "
        "them with a reason."
    ).format(code=code or "–", month=month, date=day(on))


def reason_of(reason: str | None) -> str:
    """A reason as it is kept; empty for none."""
    return " ".join((reason or "").split())


@guard_of(Target)
def guard_targets(work: Work, changes: list[RowChange]) -> None:
    """Targets of settled months are not changed by undoing what came before; a correction that
    was given a reason can be undone and redone."""
    entry = changes[0].entry
    query = select(CHANGE.c.arguments).where(CHANGE.c.id == entry.id)
    if REASON in json.loads(work.connection.scalar(query) or "{}"):
        return  # an undo has the label of what it undoes
    gone = {row.record_id: row.before for row in changes if row.after is None}
    present = work.rows(Target, [row.record_id for row in changes])
    pairs = {
        (row["initiative_id"], row["month"])
        for row in (*present.values(), *(one for one in gone.values() if one))
    }
    if found := standing(work.connection, pairs, work.today):
        raise InputError(refused(work.connection, found))


@guard_of(Metric)
def guard_metrics(work: Work, changes: list[RowChange]) -> None:
    """How a metric is judged stays once there are targets or figures, also when what was changed
    before is undone or redone."""
    lasting = [
        row.record_id for row in changes if row.before and row.after and {*row.before} & {*LASTING}
    ]
    for table in (TARGET, OBSERVATION):
        used = select(table.c.id).where(table.c.metric_id.in_(lasting)).limit(1)
        if lasting and work.connection.scalar(used) is not None:
            raise InputError(_("This metric has targets or figures: how it is judged stays."))


@guard_of(Scorecard)
def guard_scorecards(work: Work, changes: list[RowChange]) -> None:
    """A card by which settled months were judged is not changed by undo or redo."""
    rows = [*work.rows(Scorecard, [row.record_id for row in changes]).values()]
    _refuse_cards(work, [*rows, *(row.before for row in changes if row.after is None)])


@guard_of(Weight)
def guard_weights(work: Work, changes: list[RowChange]) -> None:
    """Nor are its weights."""
    rows = [*work.rows(Weight, [row.record_id for row in changes]).values()]
    rows += [row.before for row in changes if row.after is None and row.before]
    cards = work.rows(Scorecard, {row["scorecard_id"] for row in rows})
    _refuse_cards(work, cards.values())


def _refuse_cards(work: Work, cards: Collection[Any]) -> None:
    if cards:
        check_cards(work, min(card["from_month"] for card in cards))


def check_cards(work: Work, month: str) -> None:
    """Refuse a card of months whose scores are settled, in whatever batch initiatives were then."""
    settled = settling(work.connection).newest(work.today)
    query = select(TARGET.c.month).where(TARGET.c.month.between(month, settled))
    last = work.connection.scalar(query.order_by(TARGET.c.month.desc()).limit(1))
    if last is not None:
        raise InputError(
            _(
                "The scores of {month} are settled: this scorecard can change from {next} on, so "
                "that past scores stay what they were."
            ).format(month=last, next=periods.shifted(last, 1))
        )
