"""What the machine itself must have: Qt's shared libraries and a font with Chinese characters.

On Debian and its kin the packages are installed where that is allowed, and named where it is not.
Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from environment import Venv

CJK_PACKAGE = "fonts-noto-cjk"
CJK_FONT = re.compile(r"cjk|wqy|wenquanyi|sourcehan|source-han|droidsansfallback|uming|ukai", re.I)

# What the tests drive the whole window with by name: a display, a bus, and what screen readers use.
SESSION_PACKAGES = {"at-spi2-core", "dbus", "gir1.2-atspi-2.0", "python3-gi", "xvfb"}
BINDINGS = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"

# Debian's names for the libraries that PySide6 takes from the machine. What is not here follows
# Debian's rule for naming: libxcb-shape.so.0 is in libxcb-shape0.
PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb.so.1": "libxcb1",
    "libz.so.1": "zlib1g",
}


class RefusedError(Exception):
    """What the machine lacks, in one sentence."""


@cache
def is_debian() -> bool:
    """Whether packages come from Debian's tools here."""
    return sys.platform == "linux" and shutil.which("apt-get") is not None


def prepare(venv: Venv, *, window: bool) -> None:
    """See that Qt can load (with a window: also its display plugins) and that Chinese shows."""
    if sys.platform != "linux":
        return
    libraries = missing_libraries(venv, window=window)
    if libraries:
        install_debian({package_of(name) for name in libraries}, "shared libraries for Qt")
        still = missing_libraries(venv, window=window)
        if still:
            raise RefusedError(f"Qt still lacks {', '.join(sorted(still))}: install what has them.")
    if not has_cjk_font():
        try:
            install_debian({CJK_PACKAGE}, "a font with Chinese characters")
        except RefusedError as error:
            # Everything works without it, in English.
            print(error, file=sys.stderr)


def prepare_session(venv: Venv) -> None:
    """See that the tests can drive the window by name; without it they skip that one."""
    if not is_debian():
        return
    python = "/usr/bin/python3"
    there = all(map(shutil.which, ("Xvfb", "dbus-run-session", python)))
    there = there and not subprocess.run([python, "-c", BINDINGS], capture_output=True).returncode
    packages = set() if there else set(SESSION_PACKAGES)
    packages |= {package_of(name) for name in missing_libraries(venv, window=True)}
    if packages:
        try:
            install_debian(packages, "a display and a bus for the tests")
        except RefusedError as error:
            print(error, file=sys.stderr)


def missing_libraries(venv: Venv, *, window: bool) -> set[str]:
    """The shared libraries that Qt asks for and the machine does not have."""
    code = "import importlib.util as u; print(u.find_spec('PySide6').submodule_search_locations[0])"
    package = Path(venv.ask(code))
    wanted = [package / f"Qt{part}.abi3.so" for part in ("Core", "Gui", "Widgets", "Svg")]
    platforms = package / "Qt" / "plugins" / "platforms"
    wanted.append(platforms / "libqoffscreen.so")
    if window:
        wayland = bool(os.environ.get("WAYLAND_DISPLAY")) and not os.environ.get("DISPLAY")
        wanted += platforms.glob("libqwayland*.so" if wayland else "libqxcb.so")
    missing: set[str] = set()
    for library in wanted:
        done = subprocess.run(["ldd", str(library)], capture_output=True, text=True)
        missing.update(re.findall(r"^\s*(\S+) => not found", done.stdout, re.MULTILINE))
    return missing


def package_of(library: str) -> str:
    """The Debian package that has a shared library."""
    if library in PACKAGES:
        return PACKAGES[library]
    name, _so, version = library.lower().partition(".so.")
    separator = "-" if name[-1:].isdigit() else ""
    return f"{name}{separator}{version.split('.')[0]}"


def has_cjk_font() -> bool:
    """Whether any installed font has Chinese characters."""
    if shutil.which("fc-list"):
        done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True)
        return bool(done.stdout.strip())
    home = Path.home()
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts")
    return any(
        CJK_FONT.search(path.name)
        for folder in (*folders, home / ".local" / "share" / "fonts")
        for path in folder.rglob("*.[tToO][tT][cCfF]")
    )


def install_debian(packages: set[str], purpose: str) -> None:
    """Install Debian packages where this user may; where not, refuse and name them."""
    names = sorted(packages)
    by_hand = f"Install {purpose}: sudo apt-get install {' '.join(names)}"
    if not is_debian():
        raise RefusedError(f"This machine lacks {purpose}; on Debian: {' '.join(names)}.")
    prefix = _as_root()
    if prefix is None:
        raise RefusedError(by_hand)
    print(f"Installing {purpose}: {' '.join(names)} …", flush=True)
    command = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *names]
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(command, env=environ, capture_output=True).returncode:
        subprocess.run([*prefix, "apt-get", "update", "-q"], env=environ, capture_output=True)
        if subprocess.run(command, env=environ, capture_output=True).returncode:
            raise RefusedError(f"apt-get could not do it. {by_hand}")


def _as_root() -> list[str] | None:
    """What to put before a command so that it runs as root without asking; None if nothing does."""
    if os.geteuid() == 0:
        return []
    asked = ["sudo", "-n", "true"]
    if shutil.which("sudo") and not subprocess.run(asked, capture_output=True).returncode:
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None
