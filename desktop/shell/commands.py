"""Everything that can be done from the menus, with its shortcut; the palette offers the same."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from ecofolio.shell.pages import PageEntry
from ecofolio.text import N_, _, pgettext
from ecofolio.widgets.page import PageId

if TYPE_CHECKING:
    from ecofolio.shell.window import MainWindow

Key = QKeySequence.StandardKey
_LABEL_LENGTH = 60  # letters of a change's label in a menu


@dataclass(frozen=True)
class _Spec:
    name: str
    title: str  # an N_ message, with & before the letter of the keyboard
    run: Callable[[], object]
    keys: Key | str | None = None
    needs_programme: bool = False


class Commands:
    """The window's actions by name, and the menus that hold them."""

    def __init__(self, window: MainWindow, entries: list[PageEntry]) -> None:
        self._window, self._entries = window, entries
        self.by_name: dict[str, QAction] = {}
        self._specs: dict[str, _Spec] = {}
        self._menus: list[tuple[QMenu, str]] = []
        self.recent: QMenu
        self._build()
        self.retranslate()

    def action(self, name: str) -> QAction:
        """An action by its name."""
        return self.by_name[name]

    def set_open(self, is_open: bool) -> None:
        """Whether a programme is open: some commands need one."""
        for name, spec in self._specs.items():
            if spec.needs_programme and name not in ("undo", "redo"):
                self.by_name[name].setEnabled(is_open)

    def show_undo(self, undo: str, redo: str, *, reverses: bool = False) -> None:
        """Label undo and redo with what they would do; empty where there is nothing. Of what is
        posted, undo `reverses` it on record."""
        undoing = _("&Undo by a reversal: {label}") if reverses else _("&Undo {label}")
        for name, plain, labelled, what in (
            ("undo", _("&Undo"), undoing, undo),
            ("redo", _("&Redo"), _("&Redo {label}"), redo),
        ):
            action = self.by_name[name]
            short = textwrap.shorten(what, _LABEL_LENGTH, placeholder="…").replace("&", "&&")
            text = labelled.format(label=short) if what else plain
            action.setText(text)
            action.setEnabled(bool(what))

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        for name, spec in self._specs.items():
            self.by_name[name].setText(_(spec.title))
        for entry in self._entries:
            self.by_name[f"go-{entry.id}"].setText(entry.label)
        for menu, title in self._menus:
            menu.setTitle(_(title))

    def _build(self) -> None:
        window = self._window
        files = window.files
        self._menu(
            N_("&File"),
            _Spec("new", N_("&New programme…"), files.new, Key.New),
            _Spec("open", N_("&Open…"), files.open, Key.Open),
            _Spec("server", N_("Open from a &server…"), files.open_server),
            _Spec("demo", N_("Open the &demonstration programme"), files.demonstration),
            None,
            _Spec("import", N_("&Import a list…"), files.import_list, "Ctrl+I"),
            _Spec("import-board", N_("Import a board…"), files.import_board, needs_programme=True),
            _Spec("export-board", N_("Export a board…"), files.export_board, needs_programme=True),
            _Spec("ledger", N_("Export the &ledger…"), files.export_ledger, needs_programme=True),
            _Spec("pack", N_("&Export review pack…"), window.export_pack, "Ctrl+E", True),
            _Spec("backup", N_("&Back up now"), files.back_up, needs_programme=True),
            _Spec("restore", N_("Restore &backup…"), window.restoring.ask),
            None,
            _Spec("preferences", N_("&Preferences…"), window.wishes.edit, "Ctrl+,"),
            _Spec("close", N_("&Close programme"), files.close, Key.Close, True),
            _Spec("quit", N_("&Quit"), window.close, "Ctrl+Q"),
        )
        self.recent = QMenu(self._menus[0][0])
        self._menus[0][0].insertMenu(self.by_name["server"], self.recent)
        self._menus.append((self.recent, N_("Open &recent")))
        self._menu(
            N_("&Edit"),
            _Spec("undo", N_("&Undo"), window.history.undo, Key.Undo, True),
            _Spec("redo", N_("&Redo"), window.history.redo, "Ctrl+Shift+Z", True),
            None,
            _Spec("find", N_("&Find or do anything…"), window.open_palette, "Ctrl+K"),
            _Spec("filter", N_("Fil&ter by any word"), window.focus_filter, "Ctrl+F", True),
        )
        self.by_name["filter"].setShortcuts([QKeySequence("Ctrl+F"), QKeySequence("/")])
        self.by_name["redo"].setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self._menu(
            N_("&View"),
            _Spec("save-view", N_("&Save this view…"), window.views.save, "Ctrl+Shift+S", True),
            _Spec("reset", N_("Show &all open initiatives"), window.reset_scope, "Ctrl+0", True),
            _Spec("refresh", N_("&Read again"), window.desk.refresh, Key.Refresh, True),
            None,
            _Spec(
                "theme",
                N_("Switch between &light and dark"),
                window.wishes.switch_theme,
                "Ctrl+Shift+L",
            ),
            _Spec("full", N_("F&ull screen"), window.switch_full_screen, Key.FullScreen),
        )
        self._go_menu()
        self._menu(
            N_("&Help"),
            _Spec("diagnostics", N_("&Copy diagnostics"), window.copy_diagnostics),
            _Spec("about", N_("&About Ecofolio"), window.show_about, Key.HelpContents),
        )

    def _menu(self, title: str, *specs: _Spec | None) -> None:
        menu = self._window.menuBar().addMenu("")
        menu.setToolTipsVisible(False)
        self._menus.append((menu, title))
        for spec in specs:
            if spec is None:
                menu.addSeparator()
                continue
            menu.addAction(self._add(spec))

    def _go_menu(self) -> None:
        menu = self._window.menuBar().addMenu("")
        self._menus.append((menu, N_("&Go")))
        for number, entry in enumerate(self._entries, 1):
            action = QAction(self._window)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(lambda _checked=False, page=entry.id: self._go(page))
            self.by_name[f"go-{entry.id}"] = action
            self._specs_need(f"go-{entry.id}", entry)
            menu.addAction(action)

    def _specs_need(self, name: str, entry: PageEntry) -> None:
        self._specs[name] = _Spec(name, entry.title, lambda: self._go(entry.id), None, True)

    def _go(self, page: PageId) -> None:
        self._window.go(page)
        self._window.pages.focus_page()

    def _add(self, spec: _Spec) -> QAction:
        action = QAction(self._window)
        if spec.keys is not None:
            action.setShortcut(QKeySequence(spec.keys))
        action.triggered.connect(lambda _checked=False: spec.run())
        action.setMenuRole(QAction.MenuRole.NoRole)
        self.by_name[spec.name] = action
        self._specs[spec.name] = spec
        return action


def plain(text: str) -> str:
    """An action's text without the marks of the keyboard."""
    text = re.sub(r"\(&\w\)", "", text)  # Chinese menus name the letter behind the words
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def kind_of_command() -> str:
    """What the palette calls a command."""
    return pgettext("palette", "command")
