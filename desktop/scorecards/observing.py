"""Reporting figures: what an initiative reached, checked against what is believable.

Figures that break a rule are refused; those that are only odd are asked about. Nothing is ever
altered, and nothing is written until all of it can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from ecofolio.errors import InputError
from ecofolio.initiatives.model import Initiative
from ecofolio.initiatives.rules import split_list
from ecofolio.scorecards import periods
from ecofolio.scorecards.catalogue import metric_label
from ecofolio.scorecards.model import Coefficient, Metric, Observation
from ecofolio.scorecards.reading import figure_text
from ecofolio.scorecards.rules import MOST_FIGURE, MOST_WORTH, is_jump, worth
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import ObservationState, Segment

METRIC, OBSERVATION, COEFFICIENT = map(table_of, (Metric, Observation, Coefficient))
INITIATIVE = table_of(Initiative)
_CHUNK = 500
LONGEST_TEXT = 2000

Key = tuple[int, int, str]  # initiative, metric, month


class Reported(NamedTuple):
    """A figure to be kept, in thousandths. `month` is `YYYY-MM`."""

    initiative_id: int
    metric_id: int
    month: str
    value: int
    state: str = ObservationState.FINAL.value
    source: str | None = None
    comment: str | None = None

    @property
    def key(self) -> Key:
        """Whose figure it is."""
        return self.initiative_id, self.metric_id, self.month


class Verdict(NamedTuple):
    """What is wrong with a figure, by its place among those given."""

    place: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of figures; `odd` are those that would have been asked about."""

    added: int
    corrected: int
    unchanged: int
    odd: tuple[Verdict, ...] = ()


class OddFigureError(InputError):
    """Figures that are not impossible but odd: ask, and give them again with `sure`."""

    def __init__(self, odd: Sequence[Verdict]) -> None:
        super().__init__("\n".join(one.reason for one in odd))
        self.odd = tuple(odd)


@dataclass(frozen=True)
class _Known:
    """What figures are checked against."""

    metrics: Mapping[int, Any]
    segments: Mapping[int, set[str]]  # of the initiatives; empty where none was said
    worths: Mapping[int, Sequence[tuple[str, int]]]
    stored: Mapping[Key, Any]


def observe(work: Work, figures: Sequence[Reported], *, sure: bool = False) -> Outcome:
    """Keep figures, each new or in place of what was reported before.

    `InputError` names the first that breaks a rule; `OddFigureError` all that are out of the
    ordinary, unless one is `sure`. Corrections are told by the journal.
    """
    known = _known(work, figures)
    refused, odd = _judged(known, figures, periods.of(work.today))
    if refused:
        raise InputError(refused[0].reason)
    if odd and not sure:
        raise OddFigureError(odd)
    new: list[dict[str, Any]] = []
    changed: dict[int, dict[str, Any]] = {}
    for one in figures:
        values = one._asdict() | {"reported_by": work.actor, "reported_on": work.today}
        stored = known.stored.get(one.key)
        if stored is None:
            new.append(values)
        elif any(getattr(stored, name) != values[name] for name in _SAID):
            changed[stored.id] = {name: values[name] for name in (*_SAID, *_WHO)}
    work.insert(Observation, new)
    work.update_many(Observation, changed)
    _label(work, figures, known)
    unchanged = len(figures) - len(new) - len(changed)
    return Outcome(len(new), len(changed), unchanged, tuple(odd))


_SAID = ("value", "state", "source", "comment")
_WHO = ("reported_by", "reported_on")


def withdraw(work: Work, ids: Iterable[int]) -> None:
    """Take figures back, as if they had never been reported; the history keeps them."""
    work.delete(Observation, ids)
    work.label(N_("Withdraw figures"))


def settle(work: Work, ids: Iterable[int], state: str = ObservationState.FINAL.value) -> None:
    """Make provisional figures final, or the other way round."""
    if state not in ObservationState._value2member_map_:
        raise InputError(_("A figure is provisional or final."))
    work.update_many(Observation, {identity: {"state": state} for identity in ids})
    work.label(N_("Settle figures"))


def judge(
    work: Work, figures: Sequence[Reported]
) -> tuple[list[Verdict], list[Verdict], dict[Key, Any]]:
    """What is refused and what is odd among figures, and what is stored under their keys."""
    known = _known(work, figures)
    return *_judged(known, figures, periods.of(work.today)), dict(known.stored)


def _label(work: Work, figures: Sequence[Reported], known: _Known) -> None:
    months = sorted({one.month for one in figures})
    if len(figures) == 1:
        metric = known.metrics[figures[0].metric_id]
        work.label(
            N_("Report {metric} for {month}"),
            metric=metric_label(metric.code, metric.name),
            month=months[0],
        )
    elif len(months) == 1:
        work.label(N_("Report {n} figures for {month}"), n=len(figures), month=months[0])
    else:
        work.label(N_("Report {n} figures"), n=len(figures))


def _known(work: Work, figures: Sequence[Reported]) -> _Known:
    connection = work.connection
    worths: dict[int, list[tuple[str, int]]] = {}
    for row in connection.execute(select(COEFFICIENT)):
        worths.setdefault(row.metric_id, []).append((row.from_month, row.micro_fen))
    metrics = {row.id: row for row in connection.execute(select(METRIC))}
    segments: dict[int, set[str]] = {}
    stored: dict[Key, Any] = {}
    ids = sorted({one.initiative_id for one in figures})
    wanted = sorted({one.metric_id for one in figures})
    months = {one.month for one in figures if periods.is_month(one.month)}
    months |= {periods.shifted(month, -1) for month in months}
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        query = select(INITIATIVE.c.id, INITIATIVE.c.lead_segment, INITIATIVE.c.other_segments)
        for row in connection.execute(query.where(INITIATIVE.c.id.in_(some))).all():
            segments[row.id] = {*split_list(row.other_segments), row.lead_segment} - {None}
        query = select(OBSERVATION).where(
            OBSERVATION.c.initiative_id.in_(some),
            OBSERVATION.c.metric_id.in_(wanted),
            OBSERVATION.c.month.in_(sorted(months)),
        )
        for row in connection.execute(query).all():
            stored[row.initiative_id, row.metric_id, row.month] = row
    return _Known(metrics, segments, worths, stored)


def _judged(
    known: _Known, figures: Sequence[Reported], this_month: str
) -> tuple[list[Verdict], list[Verdict]]:
    refused, odd = [], []
    seen: dict[Key, int] = {}
    given = {one.key: one.value for one in figures}
    for place, one in enumerate(figures):
        reason = _refusal(known, one, this_month)
        if reason is None and one.key in seen:
            reason = _("the same initiative, metric and month was given before")
        seen.setdefault(one.key, place)
        if reason is not None:
            refused.append(Verdict(place, reason))
            continue
        before = (one.initiative_id, one.metric_id, periods.shifted(one.month, -1))
        last = given.get(before)
        if last is None and before in known.stored:
            last = known.stored[before].value
        if found := _oddity(known.metrics[one.metric_id], one, last):
            odd.append(Verdict(place, found))
    return refused, odd


def _refusal(known: _Known, one: Reported, this_month: str) -> str | None:
    """Why a figure can not be kept, or None."""
    metric, segments = known.metrics.get(one.metric_id), known.segments.get(one.initiative_id)
    if metric is None:
        return _("there is no such metric")
    if segments is None:
        return _("there is no such initiative")
    name = metric_label(metric.code, metric.name)
    if metric.segment and segments and metric.segment not in segments:
        return _("{metric} is a metric of the segment {segment}, which this does not serve").format(
            metric=name, segment=Segment(metric.segment).label
        )
    if not periods.is_month(one.month):
        return _("“{month}” is not a month such as 2026-10.").format(month=one.month)
    if one.month > this_month:
        return _("{month} has not begun yet").format(month=one.month)
    if one.state not in ObservationState._value2member_map_:
        return _("a figure is provisional or final")
    if any(len(text or "") > LONGEST_TEXT for text in (one.source, one.comment)):
        return _("source and comment may have up to {n} characters").format(n=LONGEST_TEXT)
    if metric.least is not None and one.value < metric.least:
        return _("{metric}: {value} is below {least}, the least that can be").format(
            metric=name, value=figure_text(one.value), least=figure_text(metric.least)
        )
    dearest = max(
        (coefficient for _m, coefficient in known.worths.get(one.metric_id, ())), default=0
    )
    if abs(one.value) > MOST_FIGURE or worth(one.value, dearest) > MOST_WORTH:
        return _("{metric}: {value} is too large to be true").format(
            metric=name, value=figure_text(one.value)
        )
    return None


def _oddity(metric: Any, one: Reported, last: int | None) -> str | None:
    """Why a figure is asked about, or None."""
    name, value = metric_label(metric.code, metric.name), figure_text(one.value)
    if metric.most is not None and one.value > metric.most:
        return _("{metric}: {value} is above {most}, the most that is usual").format(
            metric=name, value=value, most=figure_text(metric.most)
        )
    if is_jump(one.value, last):
        return _("{metric}: {value} after {last} last month is ten times apart").format(
            metric=name, value=value, last=figure_text(last)
        )
    return None


def odd_among(metrics: Mapping[int, Any], rows: Iterable[Any]) -> dict[int, str]:
    """Which of some kept figures are out of the ordinary, and why, by their identities: they are
    marked where they are shown, never altered. A jump is told where the month before is among the
    rows; `metrics` are by identity."""
    told = list(rows)
    values = {(one.initiative_id, one.metric_id, one.month): one.value for one in told}
    found = {}
    for one in told:
        before = (one.initiative_id, one.metric_id, periods.shifted(one.month, -1))
        if reason := _oddity(metrics[one.metric_id], one, values.get(before)):
            found[one.id] = reason
    return found


def on_time(reported_on: date, month: str, due_day: int) -> bool:
    """Whether a figure came by its due day."""
    return reported_on <= periods.due_on(month, due_day)
