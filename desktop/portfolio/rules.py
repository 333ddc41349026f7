"""The arithmetic of the overview: tallies, the branch an initiative counts to, coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecofolio.text import _
from ecofolio.vocabulary import Batch, UnitLevel


@dataclass
class Tally:
    """How many initiatives, and what they cost: `budget_fen` is the sum of the budgets that are
    known, `without_budget` counts the others."""

    count: int = 0
    budget_fen: int = 0
    without_budget: int = 0

    def add(self, budget_fen: int | None) -> None:
        """Count one initiative more."""
        self.count += 1
        if budget_fen is None:
            self.without_budget += 1
        else:
            self.budget_fen += budget_fen


@dataclass
class Mix:
    """The open initiatives of one branch in one scene, or of one branch, by batch."""

    full_rollout: int = 0
    breakthrough: int = 0
    incubation: int = 0
    unsaid: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.full_rollout + self.breakthrough + self.incubation + self.unsaid

    def of(self, batch: str | None) -> int:
        """How many are of a batch; None for those whose batch nobody has said."""
        return int(getattr(self, batch or "unsaid"))

    def add(self, batch: str | None) -> None:
        """Count one initiative more."""
        setattr(self, batch or "unsaid", self.of(batch) + 1)


def home(
    unit: int | None, levels: Mapping[int, str], parents: Mapping[int, int | None]
) -> int | None:
    """The tier-1 branch that a unit belongs to; the unit itself where there is none above it."""
    seen: set[int] = set()
    at = unit
    while at is not None and at in levels and at not in seen:
        if levels[at] == UnitLevel.TIER1:
            return at
        seen.add(at)
        at = parents.get(at)
    return unit if unit in levels else None


def marks() -> dict[Batch, str]:
    """The letter of each batch in the language in force."""
    return {
        Batch.FULL_ROLLOUT: _("F"),
        Batch.BREAKTHROUGH: _("B"),
        Batch.INCUBATION: _("I"),
    }


def missing_duties(full_rollout: int, breakthrough: int) -> list[Batch]:
    """What a tier-1 branch owes: an open initiative in full rollout and one in breakthrough."""
    wanted = ((Batch.FULL_ROLLOUT, full_rollout), (Batch.BREAKTHROUGH, breakthrough))
    return [batch for batch, count in wanted if not count]


def duty_words(missing: list[Batch]) -> str:
    """The duties of a branch in words."""
    if not missing:
        return _("both met")
    if len(missing) == 2:
        return _("neither met")
    if missing[0] is Batch.FULL_ROLLOUT:
        return _("no full rollout")
    return _("no breakthrough")
