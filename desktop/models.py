"""Every room's tables, so that the store knows the whole schema."""

from ecofolio.boards import model as boards
from ecofolio.budget import ledger
from ecofolio.budget import model as budget
from ecofolio.initiatives import model as initiatives
from ecofolio.organisation import model as organisation
from ecofolio.scorecards import model as scorecards
from ecofolio.squads import model as squads
from ecofolio.store import model as store

__all__ = [
    "boards",
    "budget",
    "initiatives",
    "ledger",
    "organisation",
    "scorecards",
    "squads",
    "store",
]
