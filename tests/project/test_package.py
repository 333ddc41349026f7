"""An installed copy has everything that a checkout has."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("desktop", "migrations", "resources", "packaging")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from a copy that nothing was compiled in."""
    copy, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for part in PARTS:
        ignored = shutil.ignore_patterns("*.mo", "__pycache__")
        shutil.copytree(ROOT / part, copy / part, ignore=ignored)
    for file in FILES:
        shutil.copy(ROOT / file, copy)
    code = f"from setuptools import build_meta; build_meta.build_wheel({str(out)!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_has_every_module_migration_and_resource(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for part in ("desktop", "migrations", "resources"):
        for path in (ROOT / part).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                name = Path(part, path.relative_to(ROOT / part)).as_posix()
                assert f"ecofolio/{name.removeprefix('desktop/')}" in inside
    for language in ("zh_CN", "zh_TW"):
        assert f"ecofolio/resources/locale/{language}/LC_MESSAGES/ecofolio.mo" in inside


def test_an_installed_copy_finds_its_parts_and_speaks_chinese(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from ecofolio import places, text\n"
        "assert places.part('migrations').joinpath('env.py').is_file()\n"
        "text.set_language('zh_CN')\n"
        "print(places.part('resources'), ascii(text._('Government')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    said = done.stdout.split()
    assert said[0] == str(tmp_path / "ecofolio" / "resources"), done.stderr
    assert said[1].startswith("'\\u")
