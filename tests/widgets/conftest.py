"""Widgets are tested in the theme that the program wears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ecofolio.widgets import theme


@pytest.fixture(autouse=True)
def dressed(qapp) -> Iterator[theme.Theme]:
    """The light theme in English, and again after the test."""
    worn = theme.in_force()
    worn.apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    yield worn
    worn.apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
