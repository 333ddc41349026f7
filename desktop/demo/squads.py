"""The demonstration's squads: people of several departments, two of them with too much to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from ecofolio.demo.foundation import Ids, Subject
from ecofolio.demo.source import Source
from ecofolio.demo.staff import Post, Staff
from ecofolio.places import part
from ecofolio.squads.model import Linkage, Squad, SquadArea, SquadInitiative, SquadMember
from ecofolio.store.work import Work
from ecofolio.vocabulary import Batch, SquadKind, Stage

SQUADS = 20
LEADERLESS, NARROW, OVERLOADED = 11, 14, (4, 9)  # squads that are not fit, by their number
_WORKED = (Stage.APPROVED, Stage.PILOT, Stage.ROLLOUT, Stage.OPERATING)
# which department pulls with which scene, as the domain's cases have it
WANTED = (
    ("payroll", "CB"),
    ("campus", "IB"),
    ("healthcare", "IB"),
    ("social_security", "IB"),
    ("internet_finance", "EB"),
    ("mobile", "EB"),
    ("specialised_market", "CC"),
    ("internet_finance", "CC"),
)
_LEADING = (("PB", "CB", "RM", "FI", "IT"), ("EB", "CC", "LC", "DM", "OP"))
_MIDDLE, _BACK = ("RM", "LC", "FI", "DM"), ("IT", "OP")


@dataclass(frozen=True)
class Team:
    """A squad that was written, with what its board is made from."""

    number: int
    squad: int
    code: str
    name: str
    initiative: int
    people: tuple[Post, ...]


@cache
def words() -> dict[str, dict[str, Any]]:
    """The texts of squads and boards by language, under the same keys."""
    path = part("resources") / "demo" / "squads.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def found_squads(
    work: Work,
    source: Source,
    subjects: Sequence[Subject],
    staff: Staff,
    ids: Ids,
    said: Mapping[str, Any],
    today: date,
    seed: int,
) -> list[Team]:
    """Write the squads with their members, the leading groups and the linkage that is wanted."""
    # some initiatives of the story are only added later
    chosen = _chosen([one for one in subjects if one.code in ids.initiatives])
    hiring = _Hiring(source, staff, seed)
    teams = [
        _team(work, n, subject, hiring, ids, said, today) for n, subject in enumerate(chosen, 1)
    ]
    _leading_groups(work, staff, ids, said)
    pairs = [
        (ids.scenes[scene], ids.departments[department])
        for scene, department in WANTED
        if scene in ids.scenes and department in ids.departments
    ]
    work.insert(Linkage, [{"scene_id": one, "department_id": two} for one, two in pairs])
    return teams


def _chosen(subjects: Sequence[Subject]) -> list[Subject]:
    """The initiatives that have a squad: in work, from as many scenes and units as there are."""
    left = [one for one in subjects if one.is_case and one.plan.case.stage in _WORKED]
    found: list[Subject] = []
    while left and len(found) < SQUADS:
        seen = {one.plan.case.scene for one in found[-8:]}
        one = next((one for one in left if one.plan.case.scene not in seen), left[0])
        found.append(one)
        left.remove(one)
    return found


class _Hiring:
    """Who is free for a squad: specialists of the head office and people of the branch."""

    def __init__(self, source: Source, staff: Staff, seed: int) -> None:
        self._staff, self._random = staff, Random(f"{seed}:squads")  # noqa: S311 - no secret
        self._load: dict[str, int] = {}
        self._offices = dict(source.departments)

    def people(self, number: int, subject: Subject) -> list[tuple[Post, str, int]]:
        """The lead and the members: each with a role and per cent of their time."""
        case = subject.plan.case
        found = [(self._staff.lead(case), "lead", 30)]
        branch = case.unit.split("-")[0]
        own = [
            post
            for post in self._staff.posts
            if post.unit.split("-")[0] == branch and post.department and branch != "HO"
        ]
        found += [(post, "business", 30) for post in self._free(own, found, 2)]
        found += [(post, "business", 20) for post in self._of(case.department, found)]
        if number != NARROW:
            found += [(post, "risk", 15) for post in self._of(self._pick(_MIDDLE), found)]
            found += [(post, "technology", 15) for post in self._of(self._pick(_BACK), found)]
        if number % 3 == 0 and number != NARROW:
            found += [(post, "data", 10) for post in self._of("DM", found)]
        for post, _role, percent in found:
            self._load[post.code] = self._load.get(post.code, 0) + percent
        return found

    def _pick(self, departments: Sequence[str]) -> str:
        return self._random.choice(departments)

    def _of(self, department: str, taken: Sequence[tuple[Post, str, int]]) -> list[Post]:
        posts = self._staff.at("HO", "product", "manager", department=department)
        return self._free(posts, taken, 1)

    def _free(
        self, posts: Sequence[Post], taken: Sequence[tuple[Post, str, int]], count: int
    ) -> list[Post]:
        """Those with the least to do, and none with more than they can."""
        here = {post.code for post, _role, _percent in taken}
        free = [
            post for post in posts if post.code not in here and self._load.get(post.code, 0) <= 70
        ]
        return sorted(free, key=lambda post: (self._load.get(post.code, 0), post.code))[:count]

    def busiest(self, people: Sequence[Post]) -> Post:
        """Who of some people has the most to do."""
        return max(people, key=lambda post: (self._load.get(post.code, 0), post.code))


def _team(
    work: Work,
    number: int,
    subject: Subject,
    hiring: _Hiring,
    ids: Ids,
    said: Mapping[str, Any],
    today: date,
) -> Team:
    members = hiring.people(number, subject)
    lead = ids.people[members[0][0].code]
    code, name = f"S{number:02d}", said["squad"].format(name=subject.name)
    squad = work.insert(
        Squad,
        [
            {
                "code": code,
                "name": name,
                "kind": SquadKind.DELIVERY.value,
                "charter": said["charter"].format(name=subject.name),
                "lead_id": None if number == LEADERLESS else lead,
            }
        ],
    )[0]
    initiative = ids.initiatives[subject.code]
    work.insert(SquadInitiative, [{"squad_id": squad, "initiative_id": initiative}])
    began = today - timedelta(days=380)
    rows = [
        {
            "squad_id": squad,
            "person_id": ids.people[post.code],
            "role": said["roles"][role],
            "percent": percent,
            "from_date": began,
        }
        for post, role, percent in members
    ]
    if number in OVERLOADED:  # somebody is lent more time than there is, for two months
        busy = hiring.busiest([post for post, _role, _percent in members])
        rows.append(
            {
                "squad_id": squad,
                "person_id": ids.people[busy.code],
                "role": said["roles"]["operations"],
                "percent": 80,
                "from_date": today - timedelta(days=21),
                "until_date": today + timedelta(days=40),
            }
        )
    work.insert(SquadMember, rows)
    people = tuple(post for post, _role, _percent in members)
    return Team(number, squad, code, subject.name, initiative, people)


def _leading_groups(work: Work, staff: Staff, ids: Ids, said: Mapping[str, Any]) -> None:
    batches = (Batch.FULL_ROLLOUT, Batch.BREAKTHROUGH)
    for n, (name, batch) in enumerate(zip(said["groups"], batches, strict=True)):
        own = [staff.at("HO", "manager", department=one)[0] for one in _LEADING[n]]
        group = work.insert(
            Squad,
            [
                {
                    "code": f"L{n + 1:02d}",
                    "name": name,
                    "kind": SquadKind.STEERING.value,
                    "charter": said["group_charter"],
                    "lead_id": ids.people[own[0].code],
                }
            ],
        )[0]
        work.insert(SquadArea, [{"squad_id": group, "batch": batch.value}])
        work.insert(
            SquadMember,
            [{"squad_id": group, "person_id": ids.people[post.code], "percent": 5} for post in own],
        )
