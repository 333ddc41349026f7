"""The virtual environment of a checkout: made, filled and kept up to date.

Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import machine
from machine import RefusedError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Venv:
    """The environment's folder, and ways to run things in it."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        if sys.platform == "win32":
            return self.folder / "Scripts" / "python.exe"
        return self.folder / "bin" / "python"

    def command(self, *arguments: str) -> list[str]:
        """A command line for its interpreter."""
        return [str(self.python), *arguments]

    def call(self, *arguments: str, **variables: str) -> int:
        """Run its interpreter in the checkout and return the exit code."""
        environ = {**os.environ, "PYTHONUTF8": "1", **variables}
        return subprocess.call(self.command(*arguments), cwd=ROOT, env=environ)

    def ask(self, code: str) -> str:
        """What a piece of Python prints there."""
        done = subprocess.run(
            self.command("-c", code), cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
        )
        if done.returncode:
            raise RefusedError(done.stderr.strip().splitlines()[-1])
        return done.stdout.strip()

    def ecofolio(self, *arguments: str, **variables: str) -> None:
        """Run a command of the program; its own sentence says what went wrong."""
        if self.call("-m", "ecofolio", *arguments, **variables):
            raise RefusedError(f"This step failed: ecofolio {' '.join(arguments)}")


def prepare(*, dev: bool) -> Venv:
    """The environment with the project in it, for using it or (`dev`) for checking it as well."""
    venv = Venv(ROOT / ".venv")
    wanted = _fingerprint()
    done = _marked(venv)
    if done.get("fingerprint") != wanted or not venv.python.exists():
        _make(venv)
        done = {}
    extras = "dev" if dev else done.get("extras", "")
    if done.get("extras") not in (extras, "dev"):
        _install(venv, extras)
        _marker(venv).write_text(json.dumps({"fingerprint": wanted, "extras": extras}), "utf-8")
    _link_package()
    if _words_are_stale():
        _compile_words(venv, extras)
    return venv


def _fingerprint() -> str:
    """Changes when what is to be installed, the Python, or the checkout's place does."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "setup.py"):
        digest.update((ROOT / name).read_bytes())
    digest.update(f"{sys.version}|{sys.base_prefix}|{ROOT}".encode())
    return digest.hexdigest()


def _marker(venv: Venv) -> Path:
    return venv.folder / "ecofolio-installed.json"


def _marked(venv: Venv) -> dict[str, str]:
    """What the last complete installation left; nothing where one was cut short."""
    try:
        found = json.loads(_marker(venv).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _make(venv: Venv) -> None:
    """Make the environment, or keep one that still works for this very Python."""
    _marker(venv).unlink(missing_ok=True)
    if _works(venv):
        return
    if machine.is_debian() and not _has_ensurepip():
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        machine.install_debian({package}, "Python's venv module")
    if venv.folder.exists():
        shutil.rmtree(venv.folder)
    print("Making .venv …", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(venv.folder)], capture_output=True, text=True
    )
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines() or ["no reason given"]
        raise RefusedError(f"Python could not make a virtual environment: {last[-1]}")


def _works(venv: Venv) -> bool:
    if not venv.python.exists():
        return False
    code = "import sys, pip; print(sys.version, sys.prefix, sys.base_prefix, sep='|')"
    done = subprocess.run(venv.command("-c", code), capture_output=True, text=True)
    return done.stdout.strip() == f"{sys.version}|{venv.folder}|{sys.base_prefix}"


def _has_ensurepip() -> bool:
    code = "import ensurepip, venv"
    return not subprocess.run([sys.executable, "-c", code], capture_output=True).returncode


def _install(venv: Venv, extras: str) -> None:
    """Install with the machine's own pip settings; what it says is shown only if it fails."""
    print("Installing Ecofolio and what it needs into .venv (once) …", flush=True)
    target = f"{ROOT}[{extras}]" if extras else str(ROOT)
    done = subprocess.run(
        venv.command("-m", "pip", "install", "-q", "--disable-pip-version-check", "-e", target),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise RefusedError("pip could not install Ecofolio; its words are above.")


def _words_are_stale() -> bool:
    """Whether a compiled catalogue is missing, or older than its source."""
    for source in (ROOT / "resources" / "locale").rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns:
            return True
    return False


def _compile_words(venv: Venv, extras: str) -> None:
    """Compile the translations; where Babel is not installed, the build does it."""
    if extras != "dev":
        _install(venv, extras)
    elif venv.call(str(ROOT / "packaging" / "translations.py"), "compile"):
        raise RefusedError("The translations could not be compiled; see above.")


def _link_package() -> None:
    """`.cache/path/ecofolio`, a link to `desktop/`: the type checker follows no import hooks."""
    link = ROOT / ".cache" / "path" / "ecofolio"
    target = ROOT / "desktop"
    if link.exists() and link.resolve() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        import _winapi

        if link.exists():
            link.rmdir()
        _winapi.CreateJunction(str(target), str(link))
        return
    link.unlink(missing_ok=True)
    link.symlink_to(Path("..", "..", "desktop"), target_is_directory=True)
