"""Two years of figures for the demonstration: targets, what was reached, who was late, what broke.

Every figure follows from the case: its budget gives the size, its scene the season, its light how
well it does. Some cases have a part of their own to play.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from ecofolio.demo.deeds import Deed
from ecofolio.demo.dice import dice
from ecofolio.demo.foundation import Ids, Subject
from ecofolio.demo.source import Case
from ecofolio.demo.staff import Staff
from ecofolio.scorecards import founding, periods
from ecofolio.scorecards.catalogue import BUILT, SCORECARDS
from ecofolio.scorecards.model import Observation, Target
from ecofolio.scorecards.observing import Reported, observe
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.text import N_, _
from ecofolio.vocabulary import Light, ObservationState, Stage

MONTHS = 24
LATE_UNIT = "GS"  # reports weeks after the day, and not at all of late
BREACH, VETO, HOLLOW, PAYS_BACK = "HO-002", "SC-010", "GD-011", "SD-002"
MENDED = "SC-001", "deposits_kept"  # a figure that was put right after its month was settled
_RUNNING = (Stage.PILOT, Stage.ROLLOUT, Stage.OPERATING, Stage.CLOSED)
_OUTSTANDING = 2  # months that the late unit owes

# What a budget of ten thousand yuan brings a month, in the metric's unit, once in full swing.
_SIZES = {
    "effective_cards": 1.5,
    "active_users": 40.0,
    "new_consumers": 3.0,
    "base_customers": 26.0,
    "deposits_kept": 110_000.0,
    "fee_income": 45.0,
    "merchants": 0.12,
    "turnover": 9_000.0,
}
_STEADY = {
    "retention": (70, 85),
    "activation": (40, 60),
    "partners_live": (0, 5),
    "services": (0, 6),
}
_GUARDS = {"complaints": (12, 4), "data_incidents": (1, 0), "satisfaction": (80, 92)}
# these grow; the others come anew each month
_STOCKS = ("deposits_kept", "active_users", "base_customers")
_WHOLE = ("retention", "activation", "satisfaction")  # shares, with a decimal
_REACHED = {  # of the target, where the light is so
    Light.GREEN: (0.80, 1.10),
    Light.AMBER: (0.72, 0.96),
    Light.RED: (0.42, 0.86),
}
_SEASONS: dict[str, dict[int, float]] = {  # by scene and month; others follow the bank's year
    "campus": {2: 0.6, 7: 0.5, 8: 0.8, 9: 1.9, 10: 1.3},
    "tourism": {1: 0.7, 2: 1.2, 5: 1.6, 7: 1.4, 8: 1.4, 10: 1.7, 11: 0.7, 12: 0.6},
    "rural": {1: 1.4, 2: 1.5, 9: 1.2, 10: 1.3},
    "smart_market": {1: 1.5, 2: 0.7, 11: 1.2, 12: 1.4},
    "learner_drivers": {1: 0.7, 2: 0.6, 6: 1.3, 7: 1.6, 8: 1.5},
}
_YEAR = {1: 1.35, 2: 0.8, 3: 1.15, 6: 1.1, 12: 0.9}  # a good start each January


@dataclass(frozen=True)
class _Line:
    """One metric of one case: where its target ends up and how it gets there."""

    code: str
    floor: float
    target: float
    steady: bool


def furnish(
    work: Work,
    subjects: Sequence[Subject],
    staff: Staff,
    ids: Ids,
    today: date,
    seed: int,
) -> list[Deed]:
    """Write the metrics that come with the program, and two years of targets and figures; what is
    to be put right of them later."""
    metrics = founding.add_catalogue(work)
    targets: list[dict[str, Any]] = []
    figures: list[dict[str, Any]] = []
    for subject in subjects:
        if subject.is_case and subject.code in ids.initiatives and _runs(subject.plan.case):
            reporter = staff.lead(subject.plan.case).name
            _case(subject, reporter, ids, metrics, today, seed, targets, figures)
    told = _mended(subjects, staff, ids, metrics, today, figures)
    work.insert(Target, targets)
    work.insert(Observation, figures)
    work.kind = "setup"
    work.label(N_("Figures of the demonstration"))
    return told


def _mended(
    subjects: Sequence[Subject],
    staff: Staff,
    ids: Ids,
    metrics: Mapping[str, int],
    today: date,
    figures: list[dict[str, Any]],
) -> list[Deed]:
    """Let a figure be reported too low, and be put right two days after it was settled."""
    code, metric = MENDED
    month = periods.reported(today)
    while (day := periods.due_on(month, 10) + timedelta(days=2)) >= today:
        month = periods.shifted(month, -1)
    case = next((one.plan.case for one in subjects if one.code == code), None)
    if case is None:  # a smaller demonstration
        return []
    key = ids.initiatives[code], metrics[metric], month
    for row in figures:
        if (row["initiative_id"], row["metric_id"], row["month"]) == key:
            right = Reported(*key, row["value"], source=row["source"])
            row["value"] = row["value"] * 9 // 10_000 * 1000
            when = datetime.combine(day, time(2, 10), UTC)
            return [Deed(when, -1, staff.lead(case).name, put_right, {"figure": right, "day": day})]
    return []


def put_right(work: Work, _ids: Ids, *, figure: Reported, day: date) -> None:
    """Somebody corrects a figure that was reported wrong, on a day that is the same in every time
    zone."""
    observe(work, [figure], sure=True)
    own = [table_of(Observation).c[name] == getattr(figure, name) for name in _KEY]
    [identity] = work.connection.scalars(select(table_of(Observation).c.id).where(*own)).all()
    work.update(Observation, identity, {"reported_on": day})


_KEY = ("initiative_id", "metric_id", "month")


def _runs(case: Case) -> bool:
    return case.stage in _RUNNING and not (
        case.light == Light.NOT_REPORTED and not _is_late(case) and case.stage != Stage.CLOSED
    )


def _is_late(case: Case) -> bool:
    return case.unit.split("-")[0] == LATE_UNIT


def _case(
    subject: Subject,
    reporter: str,
    ids: Ids,
    metrics: Mapping[str, int],
    today: date,
    seed: int,
    targets: list[dict[str, Any]],
    figures: list[dict[str, Any]],
) -> None:
    case, plan = subject.plan.case, subject.plan
    last = periods.reported(today if case.stage != Stage.CLOSED else min(today, plan.due))
    first = max(periods.shifted(periods.of(plan.start), 2), periods.shifted(last, 1 - MONTHS))
    count = periods.between(first, last) + 1
    for line in _lines(case):
        random = dice(seed, case.code, line.code)
        for n in range(max(count, 0)):
            month = periods.shifted(first, n)
            scale = 1.0 if line.steady else _scale(case, line.code, month, n)
            floor, target = _rounded(line, line.floor * scale), _rounded(line, line.target * scale)
            if floor == target:
                target += 1000
            key = {
                "initiative_id": ids.initiatives[case.code],
                "metric_id": metrics[line.code],
                "month": month,
            }
            stretch = _stretch(line, floor, target)
            targets.append({**key, "floor": floor, "target": target, "stretch": stretch})
            age = periods.between(month, periods.reported(today))
            value = _reached(case, line, (floor, target), age, random)
            day = _day(case, month, random)
            if value is None or day > today:
                continue
            final = age > 0 or (today - day).days > 7
            state = ObservationState.FINAL if final else ObservationState.PROVISIONAL
            figures.append(
                {
                    **key,
                    "value": value,
                    "state": state.value,
                    "source": _("Branch return"),
                    "reported_by": reporter,
                    "reported_on": day,
                }
            )


def _lines(case: Case) -> Iterator[_Line]:
    """The metrics of a case: those on its batch's scorecard that fit its segments, with what its
    rates weigh by."""
    card = SCORECARDS[case.batch]
    for code in (*card, *(BUILT[one].weighed_by for one in card)):
        if code is None:
            continue
        segment = BUILT[code].segment
        if code in _GUARDS or (segment and segment not in case.segments):
            continue
        if code in _STEADY:
            yield _Line(code, *_STEADY[code], steady=True)
        else:
            size = _SIZES[code] * case.budget_wan
            size *= 2.2 if case.code == PAYS_BACK else 1
            yield _Line(code, size * 0.55, size, steady=False)
    for code, (floor, target) in _GUARDS.items():
        yield _Line(code, floor, target, steady=True)


def _scale(case: Case, code: str, month: str, age: int) -> float:
    """How far a target is from full swing: it grows over a year, and follows the season."""
    grown = min(1.0, 0.35 + 0.055 * age)
    if code in _STOCKS:
        return grown
    season = _SEASONS.get(case.scene, _YEAR).get(int(month[5:]), 1.0)
    return grown * season


def _rounded(line: _Line, value: float) -> int:
    """Thousandths that look like a plan: two or three figures, then noughts."""
    whole = round(value)
    if whole >= 1000:
        step = 10 ** (len(str(whole)) - 3)
        whole = whole // step * step
    return whole * 1000


def _stretch(line: _Line, floor: int, target: int) -> int | None:
    """A fifth more than from floor to target: whole where people or things are counted."""
    if target < floor:
        return None
    more = (target - floor) // 5
    return target + (more if line.code in _WHOLE else max(1000, round(more / 1000) * 1000))


def _reached(
    case: Case, line: _Line, span: tuple[int, int], age: int, random: Random
) -> int | None:
    """What was reached in a month that lies `age` months back; None where nothing was said."""
    chance = random.random()
    if _is_late(case) and age < _OUTSTANDING:
        return None
    if line.code in _GUARDS:
        return _guarded(case, line.code, span, age, chance)
    light = Light(case.light) if case.light in _REACHED else Light.AMBER
    low, high = _REACHED[light]
    share = low + (high - low) * chance
    if case.code == HOLLOW:
        share = 1.05 + 0.1 * chance if line.code == "effective_cards" else share * 0.7
        if line.code == "deposits_kept":
            share = -0.2 - 0.2 * chance
    floor, target = span
    value = max(0.0, floor + (target - floor) * share)
    if line.code in _WHOLE:
        return min(100_000, round(value / 100) * 100)
    exact = -int(-value // 1000)  # up, so that rounding takes no light away
    return exact * 1000


def _guarded(case: Case, code: str, span: tuple[int, int], age: int, chance: float) -> int:
    """Guardrails hold, but for the two cases that are there to show what happens if not."""
    floor, target = span
    if code == "complaints" and case.code == BREACH and age < 3:
        return floor + 1000 * (2 + int(6 * chance))
    if code == "data_incidents":
        return 2000 if case.code == VETO and age < 2 else 0
    value = target + (floor - target) * chance * 0.7
    return round(value / 100) * 100 if code in _WHOLE else round(value / 1000) * 1000


def _day(case: Case, month: str, random: Random) -> date:
    """When a month was reported: by the tenth, or weeks later."""
    due = periods.due_on(month, 10)
    return due + timedelta(days=random.randint(6, 24) if _is_late(case) else -random.randint(0, 6))
