"""About: the version, the licences of what ships, and diagnostics to copy."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ecofolio import __version__
from ecofolio.shell.navigation import Mark
from ecofolio.text import _
from ecofolio.widgets.messages import diagnostics
from ecofolio.widgets.parts import button, label, row
from ecofolio.widgets.theme import Space, in_force

# Named here, because the packages say their licences in too many ways to be read.
SHIPPED = (
    ("PySide6-Essentials", "Qt for Python", "LGPL-3.0"),
    ("SQLAlchemy", "SQLAlchemy", "MIT"),
    ("alembic", "Alembic", "MIT"),
    ("pysqlite3", "pysqlite3", "zlib"),
    ("psycopg", "Psycopg", "LGPL-3.0"),
    ("openpyxl", "openpyxl", "MIT"),
    ("lxml", "lxml", "BSD-3-Clause"),
    ("python-calamine", "python-calamine", "MIT"),
    ("charset-normalizer", "charset-normalizer", "MIT"),
    ("rapidfuzz", "RapidFuzz", "MIT"),
    ("platformdirs", "platformdirs", "MIT"),
    ("pyqtgraph", "PyQtGraph", "MIT"),
    ("numpy", "NumPy", "BSD-3-Clause"),
)
ICONS = ("Lucide", "ISC")


def shipped() -> list[tuple[str, str, str]]:
    """Name, version and licence of everything that ships with the program."""
    rows = []
    for package, name, licence in SHIPPED:
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            version = "–"
        rows.append((name, version, licence))
    return [*rows, (ICONS[0], "–", ICONS[1])]


class AboutDialog(QDialog):
    """What this is, whose parts it is made of, and what a helper wants to know."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("About Ecofolio"))
        self.setMinimumSize(480, 460)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.M)
        version = _("Version {version}, MIT licence").format(version=__version__)
        layout.addLayout(row(Mark(28), label("Ecofolio", "title"), None, spacing=Space.M))
        layout.addWidget(label(version, "muted"))
        layout.addWidget(label(_("Made with"), "heading"))
        layout.addWidget(_licences(), 1)
        self.copy = button(_("Copy diagnostics"), self._copy, icon="clipboard-copy")
        close = button(_("Close"), self.accept, primary=True)
        close.setDefault(True)
        layout.addLayout(row(self.copy, None, close))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics())
        self.copy.setText(_("Copied"))


def _licences() -> QTableWidget:
    rows = shipped()
    table = QTableWidget(len(rows), 3)
    table.setAccessibleName(_("Licences"))
    table.setHorizontalHeaderLabels([_("Part"), _("Version"), _("Licence")])
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(in_force().row_height)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.resizeSection(1, 90)
    header.resizeSection(2, 130)
    for y, parts in enumerate(rows):
        for x, part in enumerate(parts):
            table.setItem(y, x, QTableWidgetItem(part))
    return table
