"""The demonstration programme: a bank's ecosystem with some four months of history.

The same arguments make the same programme, entry for entry. Everything is dated relative to
`today`, so that it looks alive on whatever day it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ecofolio import text
from ecofolio.demo import boards, foundation, measures, money, playbooks
from ecofolio.demo.crowd import crowd
from ecofolio.demo.foundation import Ids, Subject
from ecofolio.demo.plan import plan
from ecofolio.demo.source import source, words
from ecofolio.demo.staff import Staff
from ecofolio.demo.story import DAYS, Story, tell
from ecofolio.initiatives import founding
from ecofolio.initiatives.model import Scene
from ecofolio.store.place import Place
from ecofolio.store.work import Work
from ecofolio.store.workspace import Clock, Workspace, system_user, utc_now
from ecofolio.text import N_

INITIATIVES = 64
SEED = 2026


def create(
    place: str | Path | Place,
    *,
    initiatives: int = INITIATIVES,
    language: str | None = None,
    today: date | None = None,
    seed: int = SEED,
    actor: str | None = None,
    clock: Clock = utc_now,
) -> Workspace:
    """Make the demonstration programme in `place` and open it.

    `language` is `en`, `zh_CN` or `zh_TW`, by default the one in force; `today` is the real day
    unless it is given. More than the 64 `initiatives` of the cases are made up.
    """
    language = text.nearest(language or text.language())
    today = today or clock().astimezone().date()
    remarks, began = words(language)["remarks"], _beginning(today)
    name = remarks["programme"].format(year=today.year)
    with text.using(language):
        workspace = founding.create(place, name=name, actor=remarks["pmo"], clock=lambda: began)
    try:
        build(workspace, initiatives=initiatives, language=language, today=today, seed=seed)
    except BaseException:
        workspace.close()
        raise
    workspace.clock, workspace.actor = clock, actor or system_user()
    return workspace


def build(
    workspace: Workspace,
    *,
    initiatives: int = INITIATIVES,
    language: str | None = None,
    today: date | None = None,
    seed: int = SEED,
) -> None:
    """Fill an empty programme; its clock and actor are as before afterwards."""
    language = text.nearest(language or text.language())
    today = today or workspace.clock().astimezone().date()
    said = words(language)
    staff = Staff(source(), said, seed)
    subjects = list(_subjects(initiatives, said, today, seed))
    with text.using(language), _acting(workspace):
        _set_clock(workspace, _beginning(today))
        workspace.actor = said["remarks"]["pmo"]
        with workspace.read() as connection:
            has_scenes = connection.execute(select(Scene.id).limit(1)).first() is not None
        if not has_scenes:
            workspace.do(founding.add_scenes)
        ids, story = workspace.do(_found, subjects, said, staff, today, seed)
        workspace.do(_furnish, subjects, staff, ids, language, today, seed)
        mended = workspace.do(measures.furnish, subjects, staff, ids, today, seed)
        follows = workspace.do(playbooks.furnish, subjects, ids, today, said["remarks"]["pmo"])
        told = money.furnish(workspace, subjects, staff, ids, language, today, seed)
        for deed in sorted([*story.told, *told, *mended, *follows]):
            _set_clock(workspace, deed.when)
            workspace.actor = deed.actor
            if deed.verb is None:
                workspace.undo()
            else:
                workspace.do(deed.verb, ids, **deed.given)


def _found(
    work: Work,
    subjects: list[Subject],
    said: dict[str, Any],
    staff: Staff,
    today: date,
    seed: int,
) -> tuple[Ids, Story]:
    """Write how things were at the beginning; what is to happen since."""
    work.kind = "setup"
    work.label(N_("Demonstration programme"))
    ids = foundation.organise(work, source(), said, staff)
    cases = [subject for subject in subjects if subject.is_case]
    rows = {one.code: foundation.initiative_row(one, said, staff, ids) for one in cases}
    story = tell(cases, rows, said, staff, today, seed)
    others = [subject for subject in subjects if not subject.is_case]
    foundation.enter(work, [*story.was.values(), *others], said, staff, ids, seed)
    return ids, story


def _furnish(
    work: Work,
    subjects: list[Subject],
    staff: Staff,
    ids: Ids,
    language: str,
    today: date,
    seed: int,
) -> None:
    """Write squads and boards as a beginning that Undo passes over."""
    work.kind = "setup"
    work.label(N_("Squads and boards of the demonstration"))
    boards.furnish(work, source(), subjects, staff, ids, language, today, seed)


def _subjects(count: int, said: dict[str, Any], today: date, seed: int) -> Iterator[Subject]:
    """The cases, and as many more as are wanted."""
    cases = source().cases[:count]
    for case in cases:
        own, names = said["initiatives"][case.code], said["milestones"][case.build_mode]
        yield Subject(
            plan(case, names, today, seed), own["name"], own["goal"], own.get("partners", "")
        )
    for member in crowd(count - len(cases), said, seed):
        names = said["milestones"][member.case.build_mode]
        planned = plan(member.case, names, today, seed)
        partner = said["remarks"]["crowd_partner"]
        yield Subject(planned, member.name, member.goal, partner, is_case=False)


def _beginning(today: date) -> datetime:
    """An instant before everything that the story tells."""
    return datetime.combine(today - timedelta(days=DAYS + 4), time(0, 30), UTC)


def _set_clock(workspace: Workspace, when: datetime) -> None:
    workspace.clock = lambda: when


@contextmanager
def _acting(workspace: Workspace) -> Iterator[None]:
    """Give the workspace its own clock and actor back at the end."""
    clock, actor = workspace.clock, workspace.actor
    try:
        yield
    finally:
        workspace.clock, workspace.actor = clock, actor
