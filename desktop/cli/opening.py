"""`ecofolio [PROGRAMME]`: the window. Apart, because it is painted before the store is imported."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from ecofolio.errors import EcofolioError, StoreError
from ecofolio.store.place import Place, place_of
from ecofolio.text import _


def open_window(chosen: Namespace) -> int:
    _need_a_display()
    place: Place | None = place_of(chosen.programme) if chosen.programme else None
    if place is not None and place.path is not None and place.path.suffix == ".xlsx":
        raise StoreError(
            _("{place} is a workbook: open a programme and import it there.").format(place=place)
        )
    from ecofolio.shell import starting

    starting.hurry()
    from ecofolio.shell.application import run

    return run(place, actor=chosen.actor)


def _need_a_display() -> None:
    """Refuse in a sentence where Qt would abort the process."""
    told = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(map(os.environ.get, told)):
        raise EcofolioError(
            _("There is no display to open a window on: see ecofolio --help for the commands.")
        )
