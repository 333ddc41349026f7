"""Which shelves may know Qt, by their names; the import contract that holds the others to it.

Used by import-linter (see pyproject.toml), by the type check and by the test that imports the
program where Qt is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

QT = ("PySide6", "shiboken6", "pytestqt")
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


class QtShelves(Contract):
    """Only Qt shelves import Qt, and no other shelf imports a Qt shelf, not even in a function.

    The `doors` (the command line) are the one way in: they may import the window, never Qt itself.
    """

    type_name = "qt_shelves"

    doors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = sorted(set(self._broken(graph)))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} must not import {imported}", bold=False)

    def _broken(self, graph: ImportGraph) -> Iterator[tuple[str, str]]:
        for importer in graph.modules:
            if importer.split(".")[0] in QT or may_use_qt(importer):
                continue
            door = any(f"{importer}.".startswith(f"{name}.") for name in self.doors)  # type: ignore[attr-defined]
            for imported in graph.find_modules_directly_imported_by(importer):
                direct = imported.split(".")[0] in QT
                if direct or (may_use_qt(imported) and not door):
                    yield importer, imported
