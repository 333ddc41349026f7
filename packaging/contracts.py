"""The import contract of this project: Qt stays on the Qt shelves. Used by import-linter."""

from __future__ import annotations

from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

from shelves import may_use_qt

QT = ("PySide6", "shiboken6", "pytestqt")


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
