"""The demonstration programme's data: what happens in it, and its words in each language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecofolio.places import part


@dataclass(frozen=True)
class UnitCase:
    """A unit; `region` is a key of the words."""

    code: str
    parent: str | None
    level: str
    region: str | None


@dataclass(frozen=True)
class Case:
    """One initiative as it stands today. Months are counted from today; `light` is what its
    milestones should come to."""

    code: str
    unit: str
    department: str
    scene: str
    segments: tuple[str, ...]
    batch: str
    circle: str
    origin: str
    build_mode: str
    levers: tuple[str, ...]
    stage: str
    loop_phase: str
    budget_wan: int
    start_months: float
    due_months: float
    light: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Theme:
    """A scene that the large programme makes initiatives from."""

    scene: str
    department: str
    segments: tuple[str, ...]
    batch: str


@dataclass(frozen=True)
class Source:
    """Everything that is the same in every language."""

    units: tuple[UnitCase, ...]
    departments: tuple[tuple[str, str], ...]  # code, office
    cases: tuple[Case, ...]
    themes: tuple[Theme, ...]


@cache
def source() -> Source:
    """The programme, read from the program's resources."""
    found = _read("programme")
    return Source(
        units=tuple(UnitCase(**row) for row in found["units"]),
        departments=tuple((row["code"], row["office"]) for row in found["departments"]),
        cases=tuple(Case(**_frozen(row)) for row in found["initiatives"]),
        themes=tuple(Theme(**_frozen(row)) for row in found["themes"]),
    )


@cache
def words(language: str) -> dict[str, Any]:
    """The texts of the programme in `en`, `zh_CN` or `zh_TW`, under the same keys."""
    return _read(language)


def _read(name: str) -> dict[str, Any]:
    path = part("resources") / "demo" / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
