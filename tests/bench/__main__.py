"""The benchmark table: `python -m tests.bench [--quick] [--only WORD] [--initiatives N]`."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import boards, lists, measures, money, store, window
from tests.bench.harness import HEAD, Setting, compete

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ALL = (*window.ALL, *store.ALL, *lists.ALL, *money.ALL, *boards.ALL, *measures.ALL)


def main() -> int:
    """Print a line for each benchmark; 0 whether or not it falls short, which the line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few and small: does it run?")
    parser.add_argument("--only", default="", help="benchmarks whose function has this in its name")
    parser.add_argument("--initiatives", type=int, default=None)
    options = parser.parse_args()
    size = options.initiatives or (130 if options.quick else 10_000)
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory(prefix="ecofolio-bench-") as name:
        shared = Setting(Path(name), size, options.quick)
        for make in ALL:
            if options.only in make.__name__:
                print(compete(make(shared), 0 if shared.quick else 1).line(), flush=True)
                gc.collect()
    return 0


if __name__ == "__main__":
    sys.exit(main())
