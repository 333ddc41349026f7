"""Every room's tables, so that the store knows the whole schema."""

from ecofolio.initiatives import model as initiatives
from ecofolio.organisation import model as organisation
from ecofolio.store import model as store

__all__ = ["initiatives", "organisation", "store"]
