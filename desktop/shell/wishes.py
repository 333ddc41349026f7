"""Preferences put in force: language, theme, density, who is acting, without a restart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecofolio import text
from ecofolio.shell.application import speak_qt
from ecofolio.shell.settings import system_user
from ecofolio.widgets import theme

if TYPE_CHECKING:
    from ecofolio.shell.window import MainWindow


class Wishes:
    """What this person wants, and how the window follows."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._actor = ""

    def act_as(self, name: str) -> None:
        """Act in another name until the window is closed, whatever the preference."""
        self._actor = name
        self.show_actor()

    def actor(self) -> str:
        """In whose name things are done."""
        return self._actor or self._window.settings.value.actor or system_user()

    def backup_folder(self) -> Path | None:
        """Where backups go; None for beside the programme."""
        folder = self._window.settings.value.backup_folder
        return Path(folder) if folder else None

    def edit(self) -> None:
        """Ask for other preferences and put them in force."""
        from ecofolio.shell.preferences import PreferencesDialog

        window = self._window
        dialog = PreferencesDialog(
            window.settings.value, window.words.people, system_user(), window
        )
        if dialog.exec():
            self.save(**dialog.chosen())
        dialog.deleteLater()

    def save(self, **changes: Any) -> None:
        """Keep preferences and put them in force at once."""
        settings = self._window.settings
        before, now = settings.value, settings.save(**changes)
        self.tell_trouble()
        if (before.theme, before.density) != (now.theme, now.density):
            theme.in_force().apply(theme.Mode(now.theme), theme.Density(now.density))
        if before.actor != now.actor:
            self._actor = ""
            self.show_actor()
            if self._window.session.workspace is not None:
                self._window.desk.refresh()  # what is mine is another's now
        if before.language != now.language:
            self.speak(now.language or text.system_language())
        elif before.money_unit != now.money_unit:
            self._window.rebuild_pages()

    def tell_trouble(self) -> None:
        """Say where preferences could not be read or kept."""
        settings = self._window.settings
        if settings.trouble:
            self._window.notice.say(settings.trouble, "amber")
            settings.trouble = ""

    def switch_theme(self) -> None:
        """Light if it is dark, dark if it is light."""
        self.save(theme="light" if theme.in_force().is_dark else "dark")

    def speak(self, language: str) -> None:
        """Say everything in another language."""
        text.set_language(language)
        theme.in_force().apply(language=text.language())
        speak_qt()
        window = self._window
        window.retranslate()
        window.words.forget(None)
        window.desk.show_frame()
        window.rebuild_pages()

    def show_actor(self) -> None:
        """Act in that name, and say so."""
        if self._window.session.workspace is not None:
            self._window.session.workspace.actor = self.actor()
        self._window.status.show_actor(self.actor())
