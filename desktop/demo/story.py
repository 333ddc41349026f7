"""The months before today: how each initiative came to stand where it stands.

The cases say how things are; the story goes back some four months, says how they were then, and
what people did since. Played in order the deeds lead to the cases.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from ecofolio.demo import deeds
from ecofolio.demo.deeds import Deed
from ecofolio.demo.dice import dice
from ecofolio.demo.foundation import FEN_PER_WAN, Subject
from ecofolio.demo.plan import Plan, Promise, workday
from ecofolio.demo.staff import Staff
from ecofolio.initiatives.scope import Scope
from ecofolio.vocabulary import Light, Stage

DAYS = 125  # how far the story goes back
_NEWCOMER_MONTHS = 3.5
_OVERRIDES = {  # light, set so many days ago, expires in so many days
    "YN-005": (Light.RED, 9, 18),
    "HB-006": (Light.AMBER, 5, 10),
    "SX-005": (Light.GREEN, 58, -9),
    "YN-002": (Light.RED, 3, 12),
}
_RETURN_BRANCH, _RETURN_AGO = "GD", 18
_REVIEW_AGO, _WATCH_AGO = 47, 33


class Story:
    """What was, and what was done since; `today` is the day on which everything is as planned."""

    def __init__(
        self, subjects: Sequence[Subject], text: Mapping[str, Any], staff: Staff, today: date
    ) -> None:
        self.text, self.staff, self.today = text, staff, today
        self.start = today - timedelta(days=DAYS)
        self.was: dict[str, Subject] = {}  # as the foundation writes it
        self.newcomers: dict[str, Subject] = {}
        self.told: list[Deed] = []
        for subject in subjects:
            if subject.plan.case.start_months > -_NEWCOMER_MONTHS:
                self.newcomers[subject.code] = subject
            else:
                self.was[subject.code] = subject

    def deed(
        self, day: date, actor: str, verb: Callable[..., None], random: Random, /, **given: Any
    ) -> None:
        """Something is done in office hours before today, on a working day if that can be."""
        day = max(day, self.start)
        day += timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)
        day = min(day, self.today - timedelta(days=1))
        minutes = random.randint(0, 8 * 60 + 20)
        # nine o'clock in China; elsewhere the hours look odd, the days are right
        when = datetime.combine(day, time(1, 5), UTC) + timedelta(minutes=minutes)
        self.told.append(Deed(when, len(self.told), actor, verb, given))

    def ago(self, days: int) -> date:
        """A day of the story."""
        return self.today - timedelta(days=days)

    def back(self, code: str, **values: Any) -> None:
        """An initiative's case was different at the beginning."""
        subject = self.was[code]
        case = dataclasses.replace(subject.plan.case, **values)
        self._put(subject, dataclasses.replace(subject.plan, case=case))

    def back_promise(self, code: str, position: int, **values: Any) -> None:
        """A milestone was different at the beginning."""
        subject = self.was[code]
        promises = list(subject.plan.promises)
        promises[position] = dataclasses.replace(promises[position], **values)
        self._put(subject, dataclasses.replace(subject.plan, promises=tuple(promises)))

    def _put(self, subject: Subject, plan: Plan) -> None:
        self.was[subject.code] = dataclasses.replace(subject, plan=plan)


def tell(
    subjects: Sequence[Subject],
    rows: Mapping[str, dict[str, Any]],
    text: Mapping[str, Any],
    staff: Staff,
    today: date,
    seed: int,
) -> Story:
    """The story of some cases. `rows` are their columns as they stand today."""
    story = Story(subjects, text, staff, today)
    for subject in subjects:
        random = dice(seed, subject.code, "story")
        if subject.code in story.newcomers:
            _newcomer(story, subject, rows[subject.code], random)
        else:
            _reached(story, subject, random)
            _slipped(story, subject, random)
            _moved(story, subject, random)
            _funded(story, subject, random)
        _noted(story, subject, random)
    random = dice(seed, "story")
    _overridden(story, random)
    _reviewed(story, random)
    _watched(story, random)
    _returned(story, random)
    _mistaken(story, random)
    _views(story, rows, random)
    story.told.sort()
    return story


def _lead(story: Story, subject: Subject) -> str:
    return story.staff.lead(subject.plan.case).name


def _pmo(story: Story, title: str = "pmo") -> str:
    return story.staff.at("HO", title, department="FI")[0].name


def _newcomer(story: Story, subject: Subject, row: dict[str, Any], random: Random) -> None:
    case = subject.plan.case
    day = story.ago(random.randint(20, 95))
    sections = text_of(story, "sections")
    proposal = {**row, "stage": Stage.PROPOSAL.value}
    story.deed(
        day,
        _lead(story, subject),
        deeds.propose,
        random,
        code=case.code,
        row=proposal,
        promises=[_promise_row(one) for one in subject.plan.promises],
        notes={
            sections["goal"]: subject.goal,
            sections["progress"]: random.choice(story.text["progress"][case.stage]),
        },
    )
    if case.stage != Stage.PROPOSAL:
        later = day + timedelta(days=random.randint(8, 18))
        values = {"stage": case.stage}
        story.deed(later, _pmo(story), deeds.change, random, code=case.code, values=values)


def _promise_row(one: Promise) -> dict[str, Any]:
    return {"name": one.name, "baseline": one.baseline, "forecast": one.forecast}


def text_of(story: Story, group: str) -> Mapping[str, str]:
    """A group of the words."""
    found: Mapping[str, str] = story.text[group]
    return found


def _reached(story: Story, subject: Subject, random: Random) -> None:
    for n, one in enumerate(subject.plan.promises):
        if one.actual is None or one.actual <= story.start + timedelta(days=4):
            continue
        story.back_promise(subject.code, n, actual=None, forecast=one.baseline)
        # a day later at least: west of China it is still the day before
        told = one.actual + timedelta(days=random.randint(1, 2))
        story.deed(
            told,
            _lead(story, subject),
            deeds.reach,
            random,
            code=subject.code,
            position=n,
            day=one.actual,
        )


def _slipped(story: Story, subject: Subject, random: Random) -> None:
    plan, code = subject.plan, subject.code
    first = plan.next_open
    ahead = [] if first is None else list(enumerate(plan.promises))[first:]
    dated = [(n, one) for n, one in ahead if one.baseline and one.forecast != one.baseline]
    if not dated or plan.case.light not in (Light.AMBER, Light.RED):
        return
    for n, one in dated:
        story.back_promise(code, n, forecast=one.baseline)
    n, one = dated[0]
    assert one.baseline is not None and one.forecast is not None
    if plan.case.light == Light.RED:  # said in two steps, as it goes
        halfway = workday(one.baseline + (one.forecast - one.baseline) / 2)
        early = one.baseline - timedelta(days=random.randint(6, 20))
        values: dict[int, date] = {n: halfway}
        lead = _lead(story, subject)
        story.deed(early, lead, deeds.slip, random, code=code, forecasts=values)
    late = min(one.baseline + timedelta(days=random.randint(0, 9)), story.ago(random.randint(2, 8)))
    forecasts = {n: later.forecast for n, later in dated if later.forecast}
    story.deed(late, _lead(story, subject), deeds.slip, random, code=code, forecasts=forecasts)


def _moved(story: Story, subject: Subject, random: Random) -> None:
    case = subject.plan.case
    stages = list(Stage)
    if case.stage == Stage.CLOSED:
        day = subject.plan.due
        if day <= story.start:
            return
    elif random.random() < 0.4:
        day = story.ago(random.randint(4, 110))
    else:
        return
    before = stages[stages.index(Stage(case.stage)) - 1]
    story.back(case.code, stage=before.value)
    actor = _pmo(story) if random.random() < 0.5 else story.staff.sponsor(case).name
    story.deed(day, actor, deeds.change, random, code=case.code, values={"stage": case.stage})


def _funded(story: Story, subject: Subject, random: Random) -> None:
    case = subject.plan.case
    if random.random() > 0.2 or case.unit.startswith(_RETURN_BRANCH) or case.stage == Stage.CLOSED:
        return
    earlier = max(20, round(case.budget_wan * random.choice((0.7, 0.8, 0.85)) / 10) * 10)
    if earlier >= case.budget_wan:
        return
    story.back(case.code, budget_wan=earlier)
    actor = story.staff.at("HO", "manager", department="FI")[0].name
    values = {"budget_fen": case.budget_wan * FEN_PER_WAN}
    day = story.ago(random.randint(10, 80))
    story.deed(day, actor, deeds.change, random, code=case.code, values=values)


def _noted(story: Story, subject: Subject, random: Random) -> None:
    case, sections = subject.plan.case, text_of(story, "sections")
    lead = _lead(story, subject)
    risk = story.text["initiatives"][case.code].get("risk")
    if risk:
        day = story.ago(random.randint(3, 55))
        given = {"code": case.code, "section": sections["risk"], "body": risk}
        story.deed(day, lead, deeds.write, random, **given)
    if random.random() < 0.3 and case.code not in story.newcomers:
        body = random.choice(story.text["next"][case.stage])
        given = {"code": case.code, "section": sections["next"], "body": body}
        story.deed(story.ago(random.randint(1, 28)), lead, deeds.write, random, **given)


def _overridden(story: Story, random: Random) -> None:
    for code, (light, ago, expires) in _OVERRIDES.items():
        subject = story.was.get(code)
        if subject is None:
            continue
        story.deed(
            story.ago(ago),
            story.staff.sponsor(subject.plan.case).name,
            deeds.override,
            random,
            code=code,
            light=light.value,
            reason=story.text["overrides"][code],
            expires=story.today + timedelta(days=expires),
        )


def _reviewed(story: Story, random: Random) -> None:
    """Head office's last review leaves its decisions in the notes."""
    remarks, section = text_of(story, "remarks"), text_of(story, "sections")["decision"]
    decisions = {
        "SC-007": "decision_boost",
        "SD-001": "decision_boost",
        "GD-011": "decision_fix",
        "JS-004": "decision_fix",
        "BJ-003": "decision_fix",
        "SD-005": "decision_stop",
    }
    for code, remark in decisions.items():
        if code in story.was:
            given = {"code": code, "section": section, "body": remarks[remark]}
            day, actor = story.ago(_REVIEW_AGO), _pmo(story, "deputy")
            story.deed(day, actor, deeds.write, random, **given)


def _watched(story: Story, random: Random) -> None:
    """After the review head office watches some of them: one change over many."""
    words = text_of(story, "tags")
    values = {}
    for code, subject in story.was.items():
        tags = subject.plan.case.tags
        if "watched" in tags:
            values[code] = {"tags": ",".join(words[tag] for tag in tags)}
            story.back(code, tags=tuple(tag for tag in tags if tag != "watched"))
    if values:
        day = story.ago(_WATCH_AGO)
        story.deed(day, _pmo(story), deeds.change_each, random, values=values)


def _returned(story: Story, random: Random) -> None:
    """A branch's return comes in as one import."""
    rows, cards = {}, {}
    for code, subject in story.was.items():
        case = subject.plan.case
        if not case.unit.startswith(_RETURN_BRANCH):
            continue
        earlier = round(case.budget_wan * random.choice((0.8, 0.9, 1)) / 10) * 10
        story.back(code, budget_wan=earlier)
        rows[code] = {"budget_fen": case.budget_wan * FEN_PER_WAN}
        if "C" in case.segments:
            cards[code] = str(case.budget_wan * random.randint(20, 60))
    if rows:
        month = story.ago(_RETURN_AGO).replace(day=1) - timedelta(days=1)
        file = text_of(story, "remarks")["return_file"].format(month=f"{month:%Y-%m}")
        given = {"file": file, "rows": rows, "cards": cards}
        story.deed(story.ago(_RETURN_AGO), _pmo(story, "data"), deeds.take_over, random, **given)


def _mistaken(story: Story, random: Random) -> None:
    """Somebody closes the wrong initiative and takes it back at once."""
    subject = story.was.get("JS-009")
    if subject is None:
        return
    actor, day = _lead(story, subject), story.ago(12)
    values = {"stage": Stage.CLOSED.value}
    story.deed(day, actor, deeds.change, random, code="JS-009", values=values)
    done = story.told[-1]
    when = done.when + timedelta(minutes=2)
    # nothing may come between the two
    story.told = [
        dataclasses.replace(one, when=one.when + timedelta(minutes=20))
        if one is not done and done.when <= one.when <= when
        else one
        for one in story.told
    ]
    story.told.append(Deed(when, len(story.told), actor))


def _views(story: Story, rows: Mapping[str, dict[str, Any]], random: Random) -> None:
    regions, words = text_of(story, "regions"), text_of(story, "views")
    scene = {row["scene_id"] for code, row in rows.items() if code in ("HB-003", "XJ-001")}
    open_stages = [stage.value for stage in Stage if stage is not Stage.CLOSED]
    views: Iterable[tuple[str, Scope]] = (
        ("red", Scope().replace(lights=[Light.RED.value])),
        (
            "west",
            Scope().replace(
                regions=[regions["northwest"], regions["southwest"]], stages=[Stage.PILOT.value]
            ),
        ),
        ("silent", Scope().replace(lights=[Light.NOT_REPORTED.value], stages=open_stages)),
        ("incubation", Scope().replace(batches=["incubation"], stages=open_stages)),
        ("rural", Scope().replace(scene_ids=scene)),
    )
    for n, (key, scope) in enumerate(views):
        given = {"name": words[key], "spec": scope.as_json()}
        story.deed(story.ago(100 - 9 * n), _pmo(story), deeds.keep_view, random, **given)
