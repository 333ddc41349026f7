"""`ecofolio [PROGRAMME]`: the window. Apart, because it is painted before the store is imported."""

from __future__ import annotations

from argparse import Namespace

from ecofolio.errors import StoreError
from ecofolio.store.place import Place, place_of
from ecofolio.text import _


def open_window(chosen: Namespace) -> int:
    from ecofolio.shell.application import run

    place: Place | None = place_of(chosen.programme) if chosen.programme else None
    if place is not None and place.path is not None and place.path.suffix == ".xlsx":
        raise StoreError(
            _("{place} is a workbook: open a programme and import it there.").format(place=place)
        )
    return run(place, actor=chosen.actor)
