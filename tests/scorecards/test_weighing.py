"""Scores under a slider's weights are those of the exact rule, whatever the sliders say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecofolio.scorecards.rules import Card, Figure, score
from ecofolio.scorecards.scoring import Sheet
from ecofolio.scorecards.weighing import Weighing

METRICS = [1, 2, 3]
ONE = Card(dict.fromkeys(METRICS, 30))
WEIGHT = st.integers(0, 100)
CARDS = st.builds(
    lambda weights, cap: Card(dict(zip(METRICS, weights, strict=True)), cap),
    st.tuples(WEIGHT, WEIGHT, WEIGHT),
    st.integers(1, 200),
)
FIGURE = st.tuples(st.none() | st.integers(-50, 400), st.sampled_from([1, 7, 90]), st.booleans())


@given(
    figures=st.lists(st.lists(FIGURE, min_size=3, max_size=3), max_size=4), cards=st.lists(CARDS)
)
def test_sliders_say_what_the_rule_says(
    figures: list[list[tuple[int | None, int, bool]]], cards: list[Card]
) -> None:
    sheets = {}
    for place, told in enumerate(figures):
        line = [
            Figure(metric, 0, target, True, actual, due)
            for metric, (actual, target, due) in zip(METRICS, told, strict=True)
        ]
        sheets[place] = Sheet(place, "2026-10", "incubation", ONE, score(ONE, line)), line
    weighing = Weighing((sheet for sheet, _line in sheets.values()), METRICS)
    for card in cards:
        exact = {place: score(card, line).shown for place, (_sheet, line) in sheets.items()}
        assert weighing.scores(card) == exact
