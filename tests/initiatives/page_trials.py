"""What the tests of the page share: the page on a programme, driven as a person drives it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field, fields
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ecofolio.initiatives.page import InitiativesPage
from ecofolio.initiatives.queries import InitiativeRow
from ecofolio.initiatives.scope import Scope
from ecofolio.shell.settings import Settings
from ecofolio.widgets.page import PageContext, ScopeStore
from ecofolio.widgets.theme import in_force

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@dataclass
class Trial:
    """A page in a window, and what it told the window."""

    programme: Any
    said: list[tuple[str, bool]] = field(default_factory=list)
    gone: list[Any] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    page: Any = None

    def open(self, qtbot) -> None:
        """Build and show the page."""
        deaf = {one.name: lambda *_all, **_more: None for one in fields(PageContext)}
        heard: dict[str, Any] = {
            "workspace": self.programme.workspace,
            "scope": ScopeStore(Scope()),
            "runner": SimpleNamespace(),
            "theme": in_force(),
            "settings": lambda: self.settings,
            "save_settings": self._save,
            "notify": lambda text, undo=False: self.said.append((text, undo)),
            "go": self.gone.append,
        }
        context = PageContext(**{**deaf, **heard})
        self.page = InitiativesPage(context)
        context.scope.changed.connect(self.page.set_scope)
        qtbot.addWidget(self.page)
        self.page.resize(1300, 760)
        self.page.show()
        qtbot.waitExposed(self.page)
        qtbot.waitUntil(
            lambda: bool(self.page.table.selected_lines) or not self.page.model.rowCount()
        )
        QApplication.processEvents()
        self.page.activateWindow()
        self.page.table.setFocus()

    def _save(self, **changes: Any) -> None:
        self.settings = dataclasses.replace(self.settings, **changes)

    # --- hands -------------------------------------------------------------------------------

    def cell(self, code: str, key: str) -> QPoint:
        """Where a cell is, scrolled into view."""
        index = self.index(code, key)
        self.page.table.scrollTo(index)
        return self.page.table.visualRect(index).center()

    def index(self, code: str, key: str):
        """The index of a cell."""
        model = self.page.model
        return model.index(self.codes().index(code), model.column_of(key))

    def click(self, code: str, key: str = "name", modifiers=NONE) -> None:
        """Click a cell."""
        button = Qt.MouseButton.LeftButton
        QTest.mouseClick(self.page.table.viewport(), button, modifiers, self.cell(code, key))
        QApplication.processEvents()

    def press(self, key: Qt.Key, modifiers=NONE, on: QWidget | None = None) -> None:
        """Press a key where the keyboard is."""
        QTest.keyClick(on or self.focus(), key, modifiers)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        """Type over what is selected in the field that has the keyboard."""
        field_ = self.focus()
        field_.selectAll()
        field_.insert(text)

    def edit(self, code: str, key: str) -> None:
        """Begin to edit a cell with F2."""
        self.page.activateWindow()  # the offscreen platform forgets it with every popup
        QApplication.processEvents()
        self.click(code, key)
        self.press(Qt.Key.Key_F2, on=self.page.table)

    # --- eyes --------------------------------------------------------------------------------

    def focus(self) -> QWidget:
        """What has the keyboard."""
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self.page.table

    def popup(self) -> QWidget:
        """The popup that is open."""
        found = QApplication.activePopupWidget()
        assert found is not None
        return found

    def codes(self) -> list[str]:
        """The codes in the table from top to bottom; a heading is `-`."""
        model = self.page.model
        rows = [model.row_at(line) for line in range(model.rowCount())]
        return [row.code if row else "-" for row in rows]

    def row(self, code: str) -> InitiativeRow:
        """The row of an initiative, shown or not."""
        found = self.page.model.arrangement.row_of(self.programme.ids[code])
        assert found is not None
        return found
