"""What the demonstration starts with, written in one change that Undo passes over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ecofolio.demo.dice import dice
from ecofolio.demo.plan import Plan
from ecofolio.demo.source import Source
from ecofolio.demo.staff import Staff
from ecofolio.initiatives.model import (
    CustomField,
    CustomValue,
    Initiative,
    Milestone,
    Note,
    Scene,
)
from ecofolio.initiatives.rules import join_codes
from ecofolio.organisation.model import Department, Person, Unit
from ecofolio.store.base import table_of
from ecofolio.store.work import Work
from ecofolio.vocabulary import FieldType, Lever, Segment, UnitLevel

FEN_PER_WAN = 1_000_000
_FIELD_TYPES = {
    "priority": FieldType.CHOICE,
    "cards": FieldType.NUMBER,
    "agreement": FieldType.DATE,
    "contract": FieldType.TEXT,
}


@dataclass
class Ids:
    """Identities of what was written, by the names that the data uses."""

    units: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    scenes: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    fields: dict[str, int] = field(default_factory=dict)
    initiatives: dict[str, int] = field(default_factory=dict)
    milestones: dict[tuple[str, int], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """An initiative to write: its plan and its words."""

    plan: Plan
    name: str
    goal: str
    partners: str
    is_case: bool = True

    @property
    def code(self) -> str:
        return self.plan.case.code


def organise(work: Work, source: Source, text: Mapping[str, Any], staff: Staff) -> Ids:
    """Write units, departments, people and custom fields."""
    ids = Ids()
    _units(work, source, text, ids)
    _departments(work, source, text, ids)
    _people(work, text, staff, ids)
    _fields(work, text, ids)
    table = table_of(Scene)
    ids.scenes = dict(work.connection.execute(select(table.c.code, table.c.id)).all())
    return ids


def enter(
    work: Work,
    subjects: Sequence[Subject],
    text: Mapping[str, Any],
    staff: Staff,
    ids: Ids,
    seed: int,
) -> None:
    """Write initiatives as `subjects` has them, and what hangs on them."""
    made = work.insert(
        Initiative, [initiative_row(subject, text, staff, ids) for subject in subjects]
    )
    ids.initiatives = {one.code: made[n] for n, one in enumerate(subjects)}
    _milestones(work, subjects, ids)
    cases = [subject for subject in subjects if subject.is_case]
    _notes(work, cases, text, ids, seed)
    _values(work, cases, text, ids, seed)


def _units(work: Work, source: Source, text: Mapping[str, Any], ids: Ids) -> None:
    remarks = text["remarks"]
    for level in UnitLevel:  # from the top down, so that a parent has its identity
        group = [unit for unit in source.units if unit.level == level]
        made = work.insert(
            Unit,
            [
                {
                    "code": unit.code,
                    "name": remarks[level].format(short=text["units"][unit.code]),
                    "level": level.value,
                    "parent_id": ids.units[unit.parent] if unit.parent else None,
                    "region": text["regions"][unit.region] if unit.region else None,
                }
                for unit in group
            ],
        )
        ids.units.update({unit.code: made[n] for n, unit in enumerate(group)})


def _departments(work: Work, source: Source, text: Mapping[str, Any], ids: Ids) -> None:
    made = work.insert(
        Department,
        [
            {"code": code, "name": text["departments"][code], "office": office}
            for code, office in source.departments
        ],
    )
    ids.departments = {code: made[n] for n, (code, _office) in enumerate(source.departments)}


def _people(work: Work, text: Mapping[str, Any], staff: Staff, ids: Ids) -> None:
    made = work.insert(
        Person,
        [
            {
                "code": post.code,
                "name": post.name,
                "title": text["titles"][post.title],
                "email": post.address,
                "unit_id": ids.units[post.unit],
                "department_id": ids.departments[post.department] if post.department else None,
            }
            for post in staff.posts
        ],
    )
    ids.people = {post.code: made[n] for n, post in enumerate(staff.posts)}


def _fields(work: Work, text: Mapping[str, Any], ids: Ids) -> None:
    made = work.insert(
        CustomField,
        [
            {
                "name": text["fields"][key],
                "type": kind,
                "choices": "\n".join(text["priorities"]) if key == "priority" else None,
                "position": n,
            }
            for n, (key, kind) in enumerate(_FIELD_TYPES.items())
        ],
    )
    ids.fields = {key: made[n] for n, key in enumerate(_FIELD_TYPES)}


def initiative_row(
    subject: Subject, text: Mapping[str, Any], staff: Staff, ids: Ids
) -> dict[str, Any]:
    """The columns of an initiative."""
    case, plan = subject.plan.case, subject.plan
    return {
        "code": case.code,
        "name": subject.name,
        "description": subject.goal,
        "unit_id": ids.units[case.unit],
        "department_id": ids.departments[case.department],
        "scene_id": ids.scenes[case.scene],
        "lead_segment": case.segments[0],
        "other_segments": join_codes(case.segments[1:], Segment),
        "batch": case.batch,
        "circle": case.circle,
        "origin": case.origin,
        "build_mode": case.build_mode,
        "levers": join_codes(case.levers, Lever),
        "stage": case.stage,
        "loop_phase": case.loop_phase,
        "lead_id": ids.people[staff.lead(case).code],
        "sponsor_id": ids.people[staff.sponsor(case).code],
        "partner_names": subject.partners or None,
        "start_date": plan.start,
        "due_date": plan.due,
        "budget_fen": case.budget_wan * FEN_PER_WAN,
        "tags": ",".join(text["tags"][tag] for tag in case.tags) or None,
    }


def _milestones(work: Work, subjects: Sequence[Subject], ids: Ids) -> None:
    keys, rows = [], []
    for subject in subjects:
        for n, promise in enumerate(subject.plan.promises):
            keys.append((subject.code, n))
            rows.append(
                {
                    "initiative_id": ids.initiatives[subject.code],
                    "name": promise.name,
                    "position": n,
                    "baseline": promise.baseline,
                    "forecast": promise.forecast,
                    "actual": promise.actual,
                }
            )
    made = work.insert(Milestone, rows)
    ids.milestones.update(zip(keys, made, strict=True))


def _notes(
    work: Work, cases: Sequence[Subject], text: Mapping[str, Any], ids: Ids, seed: int
) -> None:
    rows = []
    for subject in cases:
        random = dice(seed, subject.code, "notes")
        stage = subject.plan.case.stage
        bodies = {
            "goal": subject.goal,
            "progress": random.choice(text["progress"][stage]),
            "next": random.choice(text["next"][stage]),
        }
        for n, (section, body) in enumerate(bodies.items()):
            rows.append(
                {
                    "initiative_id": ids.initiatives[subject.code],
                    "section": text["sections"][section],
                    "body": body,
                    "position": n,
                }
            )
    work.insert(Note, rows)


def _values(
    work: Work, cases: Sequence[Subject], text: Mapping[str, Any], ids: Ids, seed: int
) -> None:
    rows = []
    for n, subject in enumerate(cases):
        random = dice(seed, subject.code, "values")
        case, plan = subject.plan.case, subject.plan
        values = {"priority": random.choice(text["priorities"])}
        if "C" in case.segments:
            values["cards"] = str(case.budget_wan * random.randint(20, 60))
        if subject.partners and random.random() < 0.7:
            agreement = plan.start + timedelta(days=365 * 3 + random.randint(0, 200))
            values["agreement"] = agreement.isoformat()
            values["contract"] = f"{plan.start.year}-{case.unit.split('-')[0]}-{n + 1:04d}"
        for key, value in values.items():
            rows.append(
                {
                    "initiative_id": ids.initiatives[subject.code],
                    "field_id": ids.fields[key],
                    "value": value,
                }
            )
    work.insert(CustomValue, rows)
