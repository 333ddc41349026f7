"""Chance that falls the same way each time."""

from __future__ import annotations

from random import Random


def dice(seed: int, *names: str) -> Random:
    """A sequence of its own for each thing, so that one thing more changes no other."""
    return Random(":".join((str(seed), *names)))  # noqa: S311 (no secret hangs on it)
