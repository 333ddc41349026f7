"""Comparing names as people write them: width, case, spaces and punctuation make no difference."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_MARKS = re.compile(r"[\W_]+")
_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")


def squeezed(text: str) -> str:
    """The text on one line with single spaces."""
    return _SPACES.sub(" ", text).strip()


@lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """A name reduced to what it says: `Project_Name ` and `ＰＲＯＪＥＣＴ name` are the same."""
    plain = unicodedata.normalize("NFKC", text[:500])
    return _MARKS.sub(" ", _CAMEL.sub(" ", plain)).strip().casefold()


def without_brackets(text: str) -> tuple[str, str]:
    """A header without what stands in brackets, and what stood there: `预算（万元）`."""
    plain = unicodedata.normalize("NFKC", text)
    inside = " ".join(part for match in _BRACKETED.findall(plain) for part in match if part)
    outside = squeezed(_BRACKETED.sub(" ", plain))
    return (outside, inside) if outside else (plain, inside)


def own_name(name: str, taken: Container[str]) -> str:
    """The name, with a number where it is taken: `List`, `List (2)`, `List (3)`."""
    number, own = 1, name
    while own in taken:
        number += 1
        own = f"{name} ({number})"
    return own
