"""One person's preferences, kept as JSON in the user's own folder."""

from __future__ import annotations

import dataclasses
import getpass
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ecofolio.places import user_config
from ecofolio.text import LANGUAGES, _

RECENT = 8


def system_user() -> str:
    """Who is acting unless somebody says otherwise."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "user"


def _one_of(*allowed: str) -> Callable[[Any], bool]:
    return lambda value: value in allowed


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _layout(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(key, str) for key in value)


def _setting(default: Any, check: Callable[[Any], bool]) -> Any:
    return field(default=default, metadata={"check": check})


@dataclass(frozen=True)
class Settings:
    """Every preference, with its default and what it may be.

    `language` is empty for the system's; `actor` is empty for the system's user; `backup_folder`
    is empty for the folder beside the programme. `money_unit` is yuan, wan (万元) or yi (亿元).
    `scopes` are the scopes that were looked at last, as JSON by programme, and `layouts` what
    pages keep of their columns and splitters, by page.
    """

    language: str = _setting("", _one_of("", *LANGUAGES))
    theme: str = _setting("system", _one_of("system", "light", "dark"))
    density: str = _setting("normal", _one_of("compact", "normal", "comfortable"))
    actor: str = _setting("", _text)
    money_unit: str = _setting("wan", _one_of("yuan", "wan", "yi"))
    backup_folder: str = _setting("", _text)
    recent: tuple[str, ...] = _setting((), _texts)
    scopes: dict[str, Any] = field(default_factory=dict, metadata={"check": _layout})
    page: str = _setting("overview", _text)
    geometry: str = _setting("", _text)
    layouts: dict[str, Any] = field(default_factory=dict, metadata={"check": _layout})

    def with_recent(self, place: str) -> Settings:
        """The same with `place` as the programme that was opened last."""
        others = tuple(item for item in self.recent if item != place)
        recent = (place, *others)[:RECENT]
        scopes = {key: value for key, value in self.scopes.items() if key in recent}
        return dataclasses.replace(self, recent=recent, scopes=scopes)


class SettingsStore:
    """Reads and keeps the settings. `trouble` is a sentence where the file was damaged."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_config() / "settings.json"
        self.trouble = ""
        self.value = self._read()

    def save(self, **changes: Any) -> Settings:
        """Change settings and write them; a value that may not be is our mistake."""
        changed = dataclasses.replace(self.value, **changes)
        for setting in dataclasses.fields(changed):
            if not setting.metadata["check"](getattr(changed, setting.name)):
                raise ValueError(f"{setting.name} can not be {getattr(changed, setting.name)!r}")
        if changed != self.value:
            self.value = changed
            self._write()
        return changed

    def _read(self) -> Settings:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict):
            self._set_aside()
            return Settings()
        good = {
            setting.name: found[setting.name]
            for setting in dataclasses.fields(Settings)
            if setting.name in found and setting.metadata["check"](found[setting.name])
        }
        if "recent" in good:
            good["recent"] = tuple(good["recent"])
        return Settings(**good)

    def _set_aside(self) -> None:
        aside = self.path.with_suffix(".damaged.json")
        try:
            self.path.replace(aside)
        except OSError:
            self.trouble = _(
                "The preferences at {file} can not be read; the usual ones are in force."
            ).format(file=self.path)
            return
        self.trouble = _(
            "The preferences could not be read and were set aside as {file}; "
            "the usual ones are in force."
        ).format(file=aside)

    def _write(self) -> None:
        """Write beside the file and move into place, so that a crash leaves the old one."""
        text = json.dumps(dataclasses.asdict(self.value), ensure_ascii=False, indent=2)
        draft = ""
        try:
            handle, draft = tempfile.mkstemp(dir=self.path.parent, prefix=".settings")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(draft).replace(self.path)
        except OSError as error:
            if draft:
                Path(draft).unlink(missing_ok=True)
            self.trouble = _("The preferences could not be kept: {reason}.").format(
                reason=error.strerror
            )
