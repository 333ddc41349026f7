"""A window on a small programme, with pages that say what they were told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout

from ecofolio.initiatives import founding
from ecofolio.initiatives.model import Initiative
from ecofolio.organisation.model import Unit
from ecofolio.shell.application import furnished
from ecofolio.shell.history_page import HistoryPage
from ecofolio.shell.pages import PageEntry
from ecofolio.shell.settings import SettingsStore
from ecofolio.shell.window import MainWindow
from ecofolio.text import N_, _
from ecofolio.widgets import theme
from ecofolio.widgets.page import Page, PageId


class Told(Page):
    """A page that remembers what the window told it."""

    def __init__(self, context) -> None:
        super().__init__(context)
        self.told: list[object] = []
        self.unsaved = False
        self.kept: dict[str, object] = {}
        self.field = QLineEdit()
        self.field.setAccessibleName("Field")
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(self.title))
        layout.addWidget(self.field)

    @property
    def title(self) -> str:
        return _("Initiatives")

    def refresh(self) -> None:
        self.told.append("refresh")

    def set_scope(self, scope) -> None:
        self.told.append(scope)

    def first_focus(self):
        return self.field

    def show_record(self, kind, record_id) -> bool:
        self.told.append((kind, record_id))
        return True

    def state(self):
        return self.kept

    def restore(self, state) -> None:
        self.kept = dict(state)

    def has_open_work(self) -> bool:
        return self.unsaved


ENTRIES = (
    PageEntry(PageId.OVERVIEW, N_("Overview"), "layout-dashboard", Told),
    PageEntry(
        PageId.INITIATIVES,
        N_("Initiatives"),
        "list-checks",
        Told,
        shows=frozenset({"initiative"}),
        count="open_initiatives",
    ),
    PageEntry(PageId.IMPORT, N_("Import"), "file-input", Told),
    PageEntry(PageId.HISTORY, N_("History"), "history", HistoryPage),
)


def fill(work) -> None:
    """Three units and six initiatives."""
    work.label("Fill")
    head = work.insert(Unit, [{"code": "HO", "name": "总行", "level": "head_office"}])[0]
    names = (("HB", "湖北分行", "Central"), ("GD", "Guangdong branch", "South"))
    units = work.insert(
        Unit,
        [
            {"code": code, "name": name, "level": "tier1", "parent_id": head, "region": region}
            for code, name, region in names
        ],
    )
    work.insert(
        Initiative,
        [
            {
                "code": f"HB-{n:03}",
                "name": f"车生活 Car life {n}",
                "unit_id": units[n % 2],
                "stage": "closed" if n == 0 else "pilot",
            }
            for n in range(6)
        ],
    )


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A filled programme's path."""
    path = tmp_path / "Ecosystem 2026.ecofolio"
    workspace = founding.create(path)
    workspace.do(fill)
    workspace.close()
    return str(path)


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    made = SettingsStore(tmp_path / "settings.json")
    made.save(language="en", theme="light", actor="PMO")
    return made


@pytest.fixture
def windows(qapp, settings) -> Iterator[Callable[[], MainWindow]]:
    """Makes a furnished window at each call, on the welcome page."""
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = furnished(settings, ENTRIES)
        made.append(window)
        window.show()
        return window

    yield make
    for window in made:
        if window.pages.page is not None:
            window.pages.page.unsaved = False
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")


@pytest.fixture
def empty_window(windows) -> MainWindow:
    """A window without a programme."""
    return windows()


@pytest.fixture
def window(windows, file, qtbot) -> MainWindow:
    """A window on the filled programme."""
    made = windows()
    with qtbot.waitSignal(made.session.opened):
        made.files.open_place(file)
    qtbot.waitUntil(lambda: not made.desk.is_following)
    return made
