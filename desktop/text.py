"""Words that people read: one gettext catalogue for screens, command line and workbooks.

The language is the process's, except within `using`, which a workbook in another language needs.
"""

from __future__ import annotations

import gettext as _gettext
import html
import locale
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from ecofolio.places import part

LANGUAGES = {"en": "English", "zh_CN": "简体中文", "zh_TW": "繁體中文"}

_process = "en"
_LINE = 100  # characters of a tooltip in one line
_within: ContextVar[str | None] = ContextVar("language", default=None)


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation("ecofolio", part("resources") / "locale", [language], fallback=True)


def language() -> str:
    """The language in force: `en`, `zh_CN` or `zh_TW`."""
    return _within.get() or _process


def set_language(name: str) -> None:
    """Make `name` the process's language; unknown names become the nearest of the three."""
    global _process
    _process = nearest(name)


def nearest(name: str) -> str:
    """The offered language nearest to a locale's name such as `zh_HK.UTF-8` or `de`."""
    name = name.replace("-", "_").split(".")[0]
    if not name.lower().startswith("zh"):
        return "en"
    traditional = ("tw", "hk", "_mo", "hant")
    return "zh_TW" if any(mark in name.lower() for mark in traditional) else "zh_CN"


def system_language() -> str:
    """The language of the user's system."""
    found = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    return nearest(found or locale.getlocale()[0] or "en")


@contextmanager
def using(name: str) -> Iterator[None]:
    """Speak another language within the block, in this thread only."""
    token = _within.set(nearest(name))
    try:
        yield
    finally:
        _within.reset(token)


def _(message: str) -> str:
    """The message in the language in force."""
    return _catalogue(language()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """The message for `n` things in the language in force.

    The two may stand in the catalogue as a pair, or each alone where they were marked by `N_`.
    """
    found = _catalogue(language()).ngettext(one, many, n)
    return _(found) if found in (one, many) else found


def pgettext(context: str, message: str) -> str:
    """The message where the same English words mean two things."""
    return _catalogue(language()).pgettext(context, message)


def N_(message: str) -> str:
    """Mark a message that is translated later, where it is shown."""
    return message


def tip(text: str) -> str:
    """A text as a tooltip shows it word for word: Qt takes what looks like markup for markup, and
    breaks lines of markup alone."""
    if len(text) <= _LINE and "<" not in text and "&" not in text:
        return text
    return "<span>" + html.escape(text).replace("\n", "<br>") + "</span>"


def listed(words: Iterable[str]) -> str:
    """Words one after the other: `a, b`, or `a、b` in Chinese."""
    return pgettext("list", ", ").join(words)


def in_a_row(sentences: Iterable[str]) -> str:
    """Sentences one after the other; a Chinese full stop brings its own white space."""
    return (" " if language() == "en" else "").join(sentences)
