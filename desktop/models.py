"""Every room's tables, so that the store knows the whole schema; and who tells which light.

Loaded with every programme that is opened, whatever opens it: so an initiative's health is the
same on every screen, in the workbook and on the command line.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from ecofolio.boards import model as boards
from ecofolio.budget import model as budget
from ecofolio.initiatives import model as initiatives
from ecofolio.initiatives.health import Bounds, Judged, speak
from ecofolio.organisation import model as organisation
from ecofolio.scorecards import model as scorecards
from ecofolio.squads import model as squads
from ecofolio.store import model as store
from ecofolio.store import undoing
from ecofolio.vocabulary import HealthLight

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "boards",
    "budget",
    "initiatives",
    "organisation",
    "scorecards",
    "squads",
    "store",
]


def _undoing() -> None:
    from ecofolio.budget import approvals, ledger  # noqa: F401
    from ecofolio.scorecards import settled  # noqa: F401


def _budget(
    connection: Connection, today: date, bounds: Bounds, ids: Collection[int] | None
) -> Mapping[int, Judged]:
    # imported where it is wanted: most commands ask for no light
    from ecofolio.budget.health import judged

    return judged(connection, today, bounds, ids)


def _delivery(
    connection: Connection, today: date, bounds: Bounds, ids: Collection[int] | None
) -> Mapping[int, Judged]:
    from ecofolio.boards.health import judged

    return judged(connection, today, bounds, ids)


def _metrics(
    connection: Connection, today: date, bounds: Bounds, ids: Collection[int] | None
) -> Mapping[int, Judged]:
    from ecofolio.scorecards.health import judged

    return judged(connection, today, bounds, ids)


def _budget_then(
    connection: Connection, day: date, bounds: Bounds, ids: Collection[int] | None
) -> Mapping[int, Judged]:
    from ecofolio.budget.health import then

    return then(connection, day, bounds, ids)


def _delivery_then(
    connection: Connection, day: date, bounds: Bounds, ids: Collection[int] | None
) -> Mapping[int, Judged]:
    from ecofolio.boards.health import then

    return then(connection, day, bounds, ids)


def _metrics_then(
    connection: Connection, day: date, bounds: Bounds, ids: Collection[int] | None
) -> Mapping[int, Judged]:
    from ecofolio.scorecards.health import then

    return then(connection, day, bounds, ids)


undoing.registers(_undoing)
speak(HealthLight.BUDGET, _budget, _budget_then)
speak(HealthLight.DELIVERY, _delivery, _delivery_then)
speak(HealthLight.METRICS, _metrics, _metrics_then)
