"""`python -m ecofolio` and the command `ecofolio`."""

from __future__ import annotations

import sys

from ecofolio.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
