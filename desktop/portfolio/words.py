"""A scope, a light and a duty in words, for the overview and the workbook alike."""

from __future__ import annotations

from ecofolio.initiatives.queries import Names
from ecofolio.initiatives.scope import Scope
from ecofolio.text import _, listed
from ecofolio.vocabulary import OPEN_STAGES, Batch, Light, Segment, Stage, Term

_OPEN = frozenset(stage.value for stage in OPEN_STAGES)
_SIGNS = {Light.GREEN: "✓", Light.AMBER: "!", Light.RED: "✕", Light.NOT_REPORTED: "–"}


def light_words(light: Light) -> str:
    """A light with its sign, so that it can be told in grey print: `✓ Green`."""
    return f"{_SIGNS[light]} {light.label}"


def scope_words(scope: Scope, names: Names) -> str:
    """What one is looking at: `Whole bank`, or what is chosen, part by part."""
    parts = []
    if scope.unit_id is not None:
        unit = names.units.get(scope.unit_id, "–")
        parts.append(_("{unit} alone").format(unit=unit) if scope.unit_alone else unit)
    choices: tuple[tuple[frozenset[str], type[Term]], ...] = (
        (scope.segments, Segment),
        (scope.lead_segments, Segment),
        (scope.batches, Batch),
        (scope.stages, Stage),
        (scope.lights, Light),
    )
    for chosen, vocabulary in choices:
        if chosen == _OPEN and vocabulary is Stage:
            continue  # what every figure is about in any case
        if chosen:
            parts.append(listed(term.label for term in vocabulary if term.value in chosen))
    if scope.scene_ids:
        scenes = (names.scenes.get(scene, "–") for scene in scope.scene_ids)
        parts.append(listed(sorted(scenes)))
    if scope.regions:
        parts.append(listed(sorted(scope.regions)))
    if scope.missing:
        parts.append(_("with something not said"))
    if scope.text:
        parts.append(f"“{scope.text}”")
    return " · ".join(parts) or _("Whole bank")
