#!/usr/bin/env python3
"""From a bare machine to the running program, or to every check, in one command.

    python3 packaging/bootstrap.py run                  the window on the demonstration programme
    python3 packaging/bootstrap.py test [STEP ...]      every check, or the steps named
    python3 packaging/bootstrap.py bench                the benchmark table
    python3 packaging/bootstrap.py faults               the long fault trials

Needs nothing but Python 3.11 or newer. Everything is put into `.venv` in this checkout; a second
call finds it there and goes straight on.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is what tells the owner of an older one
    sys.exit(
        f"Ecofolio needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
        "Call a newer one, for example: python3.11 packaging/bootstrap.py"
    )

import argparse
import os
import subprocess
from pathlib import Path

import checks
import environment
import machine
from environment import ROOT, Venv
from machine import RefusedError


def has_display() -> bool:
    """Whether a window can be shown to somebody."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(venv: Venv, programme: Path | None) -> int:
    """Open the window; where there is no display, do the main job without one."""
    if not has_display():
        return without_display(venv)
    if programme is None:
        shown = venv.ask("from ecofolio import places; print(places.user_data())")
        programme = Path(shown) / "demonstration.ecofolio"
        if not programme.exists():
            venv.ecofolio("demo", "--to", str(programme))
    return subprocess.call([str(venv.python), "-m", "ecofolio", str(programme)], cwd=ROOT)


def without_display(venv: Venv) -> int:
    """Demonstration programme, review workbook and a picture of every page, as files."""
    out = ROOT / "demo-output"
    out.mkdir(exist_ok=True)
    programme, workbook, pictures = out / "demo.ecofolio", out / "review.xlsx", out / "pages"
    print("There is no display: doing the main job without a window.", flush=True)
    for old in out.glob("demo.ecofolio*"):
        if old.is_file():
            old.unlink()
    venv.ecofolio("demo", "--to", str(programme))
    venv.ecofolio("pack", "--from", str(programme), "--to", str(workbook))
    venv.ecofolio("shots", str(programme), "--to", str(pictures), QT_QPA_PLATFORM="offscreen")
    count = len(list(pictures.glob("*.png")))
    print(f"In {out}: the programme {programme.name}, the workbook {workbook.name},")
    print(f"and {count} pictures of its pages in {pictures.name}/.")
    return 0


def bench(venv: Venv) -> int:
    """Print the benchmark table."""
    return venv.call("-m", "tests.bench", QT_QPA_PLATFORM="offscreen")


def faults(venv: Venv) -> int:
    """Run the fault trials at length."""
    return venv.call(
        "-m", "pytest", "-m", "faults", "-n", "2", "-q", "tests", ECOFOLIO_FAULTS="long"
    )


def main() -> int:
    """Prepare, then do what was asked; 0 done, 1 a check failed or the machine lacks something."""
    parser = argparse.ArgumentParser(description="Ecofolio: run it, or check it")
    commands = parser.add_subparsers(dest="command", required=True)
    window = commands.add_parser("run", help="open the window on the demonstration programme")
    window.add_argument("programme", nargs="?", type=Path, help="another programme to open")
    tests = commands.add_parser("test", help="run every check")
    tests.add_argument(
        "steps", nargs="*", metavar="STEP", help="only these of " + ", ".join(checks.STEPS)
    )
    commands.add_parser("bench", help="print the benchmark table")
    commands.add_parser("faults", help="run the long fault trials")
    options = parser.parse_args()
    unknown = set(getattr(options, "steps", ())) - set(checks.STEPS)
    if unknown:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    try:
        venv = environment.prepare(dev=options.command != "run")
        machine.prepare(venv, window=options.command == "run" and has_display())
        if options.command == "run":
            return run(venv, options.programme)
        if options.command == "test":
            machine.prepare_session(venv)
            return checks.run(venv, options.steps)
        return bench(venv) if options.command == "bench" else faults(venv)
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
