"""The card beside the ranking: its parts stay while what they show changes."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from tests.scorecards.conftest import Measured

from ecofolio.scorecards.card_view import MetricLine
from ecofolio.scorecards.page import ScorecardsPage


def test_a_corrected_figure_is_shown_by_the_parts_that_are_there(
    page: ScorecardsPage, filed: Measured
) -> None:
    def told() -> list[str]:
        return [one.accessibleName() for one in page.card.findChildren(MetricLine)]

    parts, names = page.card.findChildren(MetricLine), told()
    filed.report("A", "effective_cards", 70)
    page.refresh()
    assert page.card.findChildren(MetricLine) == parts
    assert told() != names and len(told()) == len(names)
    page.ranking.choose(filed.ids["B"])
    assert page.card.findChildren(MetricLine) == parts
    assert "B · Branch NB" in [one.text() for one in page.card.findChildren(QLabel)]


def test_a_card_goes_and_comes_back(page: ScorecardsPage) -> None:
    assert page.found is not None
    shown = page.card.shown
    page.card.fill(None, page.found.metrics)
    faces = [one for one in page.card.findChildren(QLabel) if one.isVisible()]
    assert [one.text() for one in faces if one.text()] == ["Choose a line to open its score"]
    page.card.fill(shown, page.found.metrics)
    faces = [one for one in page.card.findChildren(QLabel) if one.isVisible()]
    assert "84.00" in [one.text() for one in faces]
