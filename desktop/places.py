"""Where the program's own files and the user's files are."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def part(name: str) -> Path:
    """The folder `migrations` or `resources`, inside the package or beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def user_data() -> Path:
    """The user's own folder for programmes, made when it is missing."""
    return Path(platformdirs.user_data_dir("Ecofolio", appauthor=False, ensure_exists=True))


def user_config() -> Path:
    """The user's own folder for preferences, made when it is missing."""
    return Path(platformdirs.user_config_dir("Ecofolio", appauthor=False, ensure_exists=True))


def user_log() -> Path:
    """The user's own folder for logs, made when it is missing."""
    return Path(platformdirs.user_log_dir("Ecofolio", appauthor=False, ensure_exists=True))
