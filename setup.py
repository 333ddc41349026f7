"""What pyproject.toml can not say: `desktop/` is `ecofolio`; migrations and resources go in it."""

import sys
from pathlib import Path

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "packaging"))

PARTS = ("migrations", "resources")


class BuildWithWords(build_py):
    """Compiles the translations before the files of the package are gathered."""

    def run(self) -> None:
        from translations import compile_catalogues

        compile_catalogues(ROOT)
        super().run()


def folders(part: str) -> list[str]:
    """The dotted names of a part's folders, at any depth, below the package."""
    found = [path for path in (ROOT / part).rglob("*") if path.is_dir()]
    names = [".".join(path.relative_to(ROOT).parts) for path in found]
    return [f"ecofolio.{name}" for name in (part, *names) if "__pycache__" not in name]


rooms = find_namespace_packages(str(ROOT / "desktop"))
setup(
    packages=[
        "ecofolio",
        *(f"ecofolio.{room}" for room in rooms if "__pycache__" not in room),
        *(folder for part in PARTS for folder in folders(part)),
    ],
    package_dir={"ecofolio": "desktop", **{f"ecofolio.{part}": part for part in PARTS}},
    package_data={"*": ["*"]},
    cmdclass={"build_py": BuildWithWords},
)
