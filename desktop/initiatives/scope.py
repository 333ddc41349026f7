"""What one is looking at: the part of the programme that every page shows."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

_WORDS = ("segments", "batches", "stages", "lights", "regions", "lead_segments", "missing")


@dataclass(frozen=True)
class Scope:
    """A choice of initiatives. An empty choice stands for everything of its kind.

    `unit_id` means the unit and all below it; `segments` are lead or other segments; `stages`,
    `batches` and `lights` are codes of the vocabulary; `text` is looked for in
    code, names, people, partners and tags.
    `unit_alone` leaves out what is below the unit; `lead_segments` are lead segments only;
    `missing` are keys of fields that hold nothing, such as `batch`.
    """

    unit_id: int | None = None
    segments: frozenset[str] = frozenset()
    batches: frozenset[str] = frozenset()
    scene_ids: frozenset[int] = frozenset()
    stages: frozenset[str] = frozenset()
    lights: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    text: str = ""
    unit_alone: bool = False
    lead_segments: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Scope()

    def replace(self, **changes: Any) -> Scope:
        """The same scope with some choices made anew; any iterable will do for a set."""
        for key, value in changes.items():
            if isinstance(value, Iterable) and not isinstance(value, str):
                changes[key] = frozenset(value)
        return dataclasses.replace(self, **changes)

    def as_json(self) -> str:
        """The choices that leave something out, as JSON with sorted lists."""
        chosen: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                chosen[field.name] = sorted(value) if isinstance(value, frozenset) else value
        return json.dumps(chosen, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Scope:
        """The scope that was written by `as_json`; what can not be understood is left out.

        A view saved by a later version, or a damaged setting, must not keep a page from opening.
        """
        try:
            found = json.loads(text)
        except ValueError:
            return cls()
        if not isinstance(found, dict):
            return cls()
        unit = found.get("unit_id")
        words = {key: frozenset(_items(found.get(key), str)) for key in _WORDS}
        return cls(
            unit_id=unit if _is(unit, int) else None,
            scene_ids=frozenset(_items(found.get("scene_ids"), int)),
            text=found["text"] if isinstance(found.get("text"), str) else "",
            unit_alone=found.get("unit_alone") is True,
            **words,
        )


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _items(value: object, kind: type) -> list[Any]:
    return [item for item in value if _is(item, kind)] if isinstance(value, list) else []
