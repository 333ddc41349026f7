"""The bootstrap: one plain sentence where the machine lacks something."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import checks
import environment
import machine
from environment import Venv

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / "packaging" / "bootstrap.py"


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libEGL.so.1", "libegl1"),
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxkbcommon.so.0", "libxkbcommon0"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libwayland-egl.so.1", "libwayland-egl1"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
    ],
)
def test_a_missing_library_is_found_in_its_debian_package(library: str, package: str) -> None:
    assert machine.package_of(library) == package


def test_where_packages_may_not_be_installed_they_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "is_debian", lambda: True)
    monkeypatch.setattr(machine, "_as_root", lambda: None)
    with pytest.raises(machine.RefusedError, match=r"sudo apt-get install libegl1 libgl1$"):
        machine.install_debian({"libgl1", "libegl1"}, "shared libraries for Qt")


def test_a_python_that_is_too_old_gets_one_sentence(tmp_path: Path) -> None:
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (main)'\n"
        f"runpy.run_path({str(BOOTSTRAP)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Ecofolio needs Python 3.11 or newer; this is 3.9.2.")
    assert done.stderr.count("\n") == 1


def test_an_older_python_can_read_the_bootstrap_as_far_as_that_sentence() -> None:
    import ast

    ast.parse(BOOTSTRAP.read_text("utf-8"), feature_version=(3, 8))


def test_an_installation_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    venv = Venv(tmp_path)
    assert environment._marked(venv) == {}
    environment._marker(venv).write_text('{"finger', "utf-8")
    assert environment._marked(venv) == {}
    environment._marker(venv).write_text(json.dumps({"extras": "dev"}), "utf-8")
    assert environment._marked(venv) == {"extras": "dev"}


def test_what_is_installed_depends_on_what_the_project_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    before = environment._fingerprint()
    assert environment._fingerprint() == before
    with (tmp_path / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n# more\n")
    assert environment._fingerprint() != before


def test_the_bootstrap_names_no_registry() -> None:
    for path in BOOTSTRAP.parent.glob("*.py"):
        text = path.read_text("utf-8")
        assert "index-url" not in text
        assert "://" not in text


def test_a_long_complaint_is_shortened() -> None:
    said = checks.shortened("\n".join(map(str, range(100))), most=10)
    assert said.splitlines()[-1] == "… and 90 lines more"
    assert len(said.splitlines()) == 11
    assert checks.shortened("one\ntwo\n") == "one\ntwo"
