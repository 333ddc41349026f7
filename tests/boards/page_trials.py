"""What the tests of the page share: the page on a board, driven as a person drives it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.conftest import NOW

from ecofolio.boards import actions, layout, queries
from ecofolio.boards.page import BoardsPage
from ecofolio.initiatives.scope import Scope
from ecofolio.shell.settings import Settings
from ecofolio.squads import actions as squads
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme
from ecofolio.widgets.background import Runner
from ecofolio.widgets.page import PageContext, ScopeStore

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Trial:
    """A page in a window on a workspace, and what it told the window."""

    workspace: Workspace
    board: int = 0
    squad: int = 0
    people: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    gone: list[Any] = field(default_factory=list)
    opened: list[tuple[str, int]] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    page: Any = None
    runner: Any = None

    def context(self) -> PageContext:
        """What the window would give a page."""
        deaf = {one.name: lambda *_all, **_more: None for one in fields(PageContext)}
        self.runner = Runner(pytest.fail)
        heard: dict[str, Any] = {
            "workspace": self.workspace,
            "scope": ScopeStore(Scope()),
            "runner": self.runner,
            "theme": theme.in_force(),
            "settings": lambda: self.settings,
            "save_settings": self._save,
            "notify": lambda text, undo=False: self.said.append(text),
            "go": self.gone.append,
            "open_record": lambda kind, one: self.opened.append((kind, one)),
            "report": pytest.fail,
        }
        return PageContext(**{**deaf, **heard})

    def open(self, make: Callable[[PageContext], Any] = BoardsPage, size=(1300, 760)) -> None:
        """Build and show the page."""
        self.page = make(self.context())
        self.page.resize(*size)
        self.page.refresh()
        self.page.show()
        QTest.qWaitForWindowExposed(self.page)
        self.settle()
        self.page.activateWindow()
        focus = self.page.first_focus()
        if focus is not None:
            focus.setFocus()
        self.settle()

    def close(self) -> None:
        """Put the page away."""
        if self.runner is not None:
            self.runner.shut_down()
        if self.page is not None:
            for popup in QApplication.topLevelWidgets():
                popup.hide()
            self.page.hide()
            self.page.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _save(self, **changes: Any) -> None:
        self.settings = dataclasses.replace(self.settings, **changes)

    def settle(self) -> None:
        """Let timers, posted events and background reading come to an end."""
        while self.runner.jobs:
            QTest.qWait(5)
        QApplication.processEvents()
        QApplication.sendPostedEvents()
        QApplication.processEvents()

    # --- the board's contents ----------------------------------------------------------------

    @property
    def columns(self) -> list[queries.ColumnRow]:
        with self.workspace.read() as connection:
            return queries.columns(connection, self.board)

    def card(self, title: str, column: int = 0, days: float = 0, **more: Any) -> int:
        """Add a card so many days ago."""
        before = self.workspace.clock
        self.workspace.clock = lambda: NOW - timedelta(days=days)
        try:
            return self.workspace.do(
                actions.create_card,
                self.board,
                {"title": title, **more.pop("values", {})},
                column_id=self.columns[column].id,
                **more,
            )
        finally:
            self.workspace.clock = before

    def titles(self, column: int) -> list[str]:
        """What stands in a column of the database, from the top."""
        with self.workspace.read() as connection:
            view = queries.view(connection, self.board)
        assert view is not None
        return [card.title for card in view.cards if card.column_id == self.columns[column].id]

    # --- hands -------------------------------------------------------------------------------

    @property
    def wall(self):
        return self.page.wall

    def id_of(self, title: str) -> int:
        """The identity of a card on the wall."""
        return next(card.id for card in self.page.desk.view.cards if card.title == title)

    def at(self, title: str) -> QPoint:
        """Where a card is on the screen."""
        row = self.wall.cards.row_of[self.id_of(title)]
        index = self.wall.cards.index(row)
        self.wall.scrollTo(index)
        return self.wall.visualRect(index).center()

    def column_at(self, column: int, y: int) -> QPoint:
        """A point in a column."""
        x = self.wall.wall.column_x(self.columns[column].id) - self.wall.horizontalOffset()
        return QPoint(x + self.wall.wall.column_width // 2, y)

    def click(self, title: str, modifiers=NONE) -> None:
        """Click a card."""
        QTest.mouseClick(self.wall.viewport(), LEFT, modifiers, self.at(title))
        self.settle()

    def drag(self, title: str, to: QPoint) -> None:
        """Drag a card (and what is selected with it) to a point, over a few stops."""
        surface, start = self.wall.viewport(), self.at(title)
        QTest.mousePress(surface, LEFT, NONE, start)
        for n in range(1, 6):
            QTest.mouseMove(surface, start + (to - start) * n / 5)
            QApplication.processEvents()
        QTest.mouseRelease(surface, LEFT, NONE, to)
        self.settle()

    def press(self, *keys: Qt.Key, modifiers=NONE, on: QWidget | None = None) -> None:
        """Press keys where the keyboard is."""
        for key in keys:
            QTest.keyClick(on or self.focus(), key, modifiers)
            self.settle()

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        QTest.keyClicks(self.focus(), text)
        self.settle()

    def focus(self) -> QWidget:
        """What has the keyboard."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup.focusWidget() or popup
        return QApplication.focusWidget() or self.wall

    # --- eyes --------------------------------------------------------------------------------

    def shown(self, column: int) -> list[str]:
        """The titles in a column of the wall, from the top."""
        wall = self.wall.wall
        rows = [
            row for lane in wall.lanes for row in wall.cells[lane, self.columns[column].id].rows
        ]
        return [self.wall.cards.card(row).title for row in rows]


def furnish(workspace: Workspace) -> Trial:
    """A squad with a delivery board and three people, of whom the first is acting."""
    from ecofolio.organisation.model import Person

    def people(work):
        work.label("People")
        names = (workspace.actor, "Bo", "李雷")
        return work.insert(
            Person, [{"code": f"P{n}", "name": name} for n, name in enumerate(names)]
        )

    made = Trial(workspace)
    made.people = workspace.do(people)
    made.squad = workspace.do(squads.create_squad, {"name": "Campus", "lead_id": made.people[0]})
    made.board = workspace.do(layout.create_board, made.squad, "Campus board")
    workspace.do(layout.set_lanes, made.board, "none")
    return made
