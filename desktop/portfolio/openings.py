"""From a figure of the overview to the scope of the initiatives that it counts."""

from __future__ import annotations

from collections.abc import Iterable

from ecofolio.initiatives.scope import Scope
from ecofolio.portfolio.queries import Branch, SceneHead, Summary
from ecofolio.vocabulary import OPEN_STAGES, Light, Stage


def of_open(summary: Summary) -> Scope:
    """The open initiatives of the scope that is looked at."""
    scope = summary.scope
    open_stages = frozenset(stage.value for stage in OPEN_STAGES)
    return scope.replace(stages=scope.stages & open_stages or open_stages)


def of_lights(summary: Summary, lights: Iterable[Light]) -> Scope:
    """The open initiatives with one of the lights."""
    return of_open(summary).replace(lights=[light.value for light in lights])


def of_stage(summary: Summary, stage: Stage) -> Scope:
    """The initiatives in a stage."""
    return summary.scope.replace(stages=[stage.value])


def of_cell(
    summary: Summary,
    segment: str | None,
    batch: str | None,
    *,
    any_segment: bool = False,
    any_batch: bool = False,
) -> Scope:
    """The open initiatives of a cell of the matrix, of a whole row or of a whole column."""
    scope = of_open(summary)
    if not any_segment:
        scope = _choose(scope, "lead_segment", "lead_segments", segment)
    if not any_batch:
        scope = _choose(scope, "batch", "batches", batch)
    return scope


def of_grid(summary: Summary, branch: Branch | None, scene: SceneHead | None) -> Scope:
    """The open initiatives of a cell of the coverage grid; None is a whole row or column."""
    scope = of_open(summary)
    if branch is not None:
        scope = _within_branch(summary, scope, branch)
    if scene is not None:
        scope = _choose(scope, "scene_id", "scene_ids", scene.id)
    return scope


def _within_branch(summary: Summary, scope: Scope, branch: Branch) -> Scope:
    if branch.id is None:
        return scope.replace(missing=scope.missing | {"unit_id"})
    looked_at = scope.unit_id
    if looked_at is not None and summary.homes.get(looked_at) == branch.id != looked_at:
        return scope  # only a part of the branch is looked at
    alone = not branch.has_duties or (looked_at == branch.id and scope.unit_alone)
    return scope.replace(unit_id=branch.id, unit_alone=alone)


def _choose(scope: Scope, key: str, choice: str, value: object) -> Scope:
    """Only what holds a value in a field, or only what holds nothing in it."""
    if value is None:
        return scope.replace(missing=scope.missing | {key})
    return scope.replace(**{choice: [value]})
