"""Which shelves may know Qt, by their names.

Used by the import contract, by the type check and by the test that imports the program where Qt
is absent. Standard library only.
"""

from __future__ import annotations

import re
from pathlib import Path

QT_ROOMS = ("shell", "widgets")
QT_SHELF = re.compile(
    r"(?:.+_)?(?:page|view|dialog|wizard|panel|inspector|delegate|delegates|editor|editors|tiles)"
    r"|.+_model"
)


def may_use_qt(module: str) -> bool:
    """Whether a module is one of the window's: a room or a shelf that draws."""
    _package, *parts = module.split(".")
    return parts[:1] in [[room] for room in QT_ROOMS] or any(
        QT_SHELF.fullmatch(part) for part in parts
    )


def modules(package: Path) -> list[str]:
    """The dotted names of all modules of the package in that folder."""
    names = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        names.append(".".join(("ecofolio", *(part for part in parts if part != "__init__"))))
    return names
