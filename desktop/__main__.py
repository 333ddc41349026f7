"""`python -m ecofolio` and the command `ecofolio`."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; a frozen program starts itself again as the reader of a list."""
    if arguments is None and sys.argv[1:] == ["--intake-worker"]:
        from ecofolio.intake import worker

        return worker.main()
    from ecofolio.cli.main import main as run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
