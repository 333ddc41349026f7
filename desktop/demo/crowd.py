"""As many initiatives as a trial wants: themes and places combined, every attribute filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ecofolio.demo.dice import dice
from ecofolio.demo.source import Case, source
from ecofolio.vocabulary import BuildMode, Circle, Lever, Light, LoopPhase, Origin, Stage

_STAGES = [Stage.PROPOSAL, Stage.APPROVED, *[Stage.PILOT] * 3, *[Stage.ROLLOUT] * 3]
_STAGES += [*[Stage.OPERATING] * 3, Stage.CLOSED]
_LIGHTS = [*[Light.GREEN] * 6, *[Light.AMBER] * 2, Light.RED, Light.NOT_REPORTED]
_TAGS = ["model", "watched", "reuse", "data", "poor", "coop"]


class Member(NamedTuple):
    """One of the crowd, with its words."""

    case: Case
    name: str
    goal: str


def crowd(count: int, words: dict[str, Any], seed: int) -> Iterator[Member]:
    """`count` initiatives with codes from 1001 on, each name once."""
    themes, units = source().themes, source().units
    combinations = [
        (theme, variant, unit)
        for theme in themes
        for variant in range(len(words["themes"][theme.scene]))
        for unit in units
    ]
    random = dice(seed, "crowd")
    random.shuffle(combinations)
    remarks = words["remarks"]
    for n in range(count):
        theme, variant, unit = combinations[n % len(combinations)]
        phase = n // len(combinations) + 1
        what, place = words["themes"][theme.scene][variant], words["units"][unit.code]
        name = remarks["place_in"].format(theme=what, place=place)
        if phase > 1:
            name = remarks["phase"].format(name=name, n=phase)
        stage = random.choice(_STAGES)
        age = random.randint(4, 26)
        case = Case(
            code=f"{unit.code.split('-')[0]}-{1001 + n}",
            unit=unit.code,
            department=theme.department,
            scene=theme.scene,
            segments=theme.segments,
            batch=theme.batch,
            circle=random.choice(list(Circle)),
            origin=random.choice(list(Origin)),
            build_mode=random.choice(list(BuildMode)),
            levers=tuple(random.sample([lever.value for lever in Lever], random.randint(1, 3))),
            stage=stage,
            loop_phase=random.choice(list(LoopPhase)),
            budget_wan=random.randint(5, 300) * 10,
            start_months=-age,
            due_months=-random.randint(1, 3) if stage is Stage.CLOSED else random.randint(2, 14),
            light=random.choice(_LIGHTS),
            tags=tuple(random.sample(_TAGS, random.randint(1, 2))),
        )
        yield Member(case, name, remarks["crowd_goal"].format(theme=what, place=place))
