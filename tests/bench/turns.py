"""How often a child does what it measures."""

import os


def turns(usual: int) -> int:
    """So often, or the fewest that prove it runs where the parent is quick."""
    return 2 if os.environ.get("ECOFOLIO_BENCH") == "quick" else usual
