"""The long fault trials by hand: `python -m tests.faults --kills 500 --flips 3000`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.data.make_fixture import migrated
from tests.faults import flips, kills


def main() -> int:
    """Run the trials, print a line for each kind; 1 where anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--flips", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    failures: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ecofolio-faults-") as name:
        folder, start = Path(name), time.monotonic()
        killed = kills.run(options.kills, folder, options.seed)
        failures += killed.failures
        print(f"{options.kills} kills in {time.monotonic() - start:.0f} s")
        for kind, count in killed.kills.items():
            told = killed.acknowledged.get(kind, 0)
            print(f"  {kind}: {count} kills, {told} times acknowledged, all of it there")
        print(f"  {killed.unacknowledged} commits that were not told of any more, whole as well")
        programme, start = migrated(folder / "fixture.ecofolio"), time.monotonic()
        flipped = flips.run(options.flips, programme, folder, options.seed)
        failures += flipped.failures
        print(
            f"{options.flips} damaged files in {time.monotonic() - start:.0f} s: "
            f"{flipped.read} read, {flipped.refused} refused in a sentence"
        )
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
