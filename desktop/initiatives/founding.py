"""What a new programme starts with: its name and the scenes that come with the program."""

from __future__ import annotations

from pathlib import Path

from ecofolio.initiatives.model import Scene
from ecofolio.store.place import Place
from ecofolio.store.work import Work
from ecofolio.store.workspace import Clock, Workspace, utc_now
from ecofolio.text import N_
from ecofolio.vocabulary import SCENES


def create(
    place: str | Path | Place,
    *,
    name: str = "",
    actor: str | None = None,
    clock: Clock = utc_now,
) -> Workspace:
    """Make a new programme that is ready for initiatives, and open it."""
    workspace = Workspace.create(place, name=name, actor=actor, clock=clock)
    workspace.do(add_scenes)
    return workspace


def add_scenes(work: Work) -> list[int]:
    """Add the scenes that come with the program; their names follow the user's language."""
    work.kind = "setup"
    work.label(N_("Scenes that come with the program"))
    return work.insert(Scene, [{"code": code} for code in SCENES])
