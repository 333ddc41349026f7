"""The charts of scores show every dot, leave gaps where nothing is known, and name their axes."""

from __future__ import annotations

import math

from ecofolio.scorecards.charts_view import Dot, ScatterChart, Strip, StripChart, TrendChart


def dots(*scores: int) -> list[Dot]:
    return [Dot(n, score, 0, f"A-{n}", f"A-{n}: {score}") for n, score in enumerate(scores)]


def test_a_month_without_a_score_is_a_gap(qtbot):
    chart = TrendChart("Scores of twelve months")
    qtbot.addWidget(chart)
    chart.fill([9000, None, 8000], "2026-10", "90.00, –, 80.00")
    [line] = chart.figure.lines
    assert [point.spoken for point in chart.figure.points] == ["2026-08: 90.00", "2026-10: 80.00"]
    assert [math.isnan(y) for _x, y in line.points] == [False, True, False]
    assert chart.accessibleDescription() == "90.00, –, 80.00"
    chart.fill([None], "2026-10", "–")
    assert chart.figure.empty


def test_equal_scores_of_a_strip_are_all_seen_and_found(qtbot):
    chart = StripChart("Scores by peer group")
    qtbot.addWidget(chart)
    chart.resize(900, 400)
    strips = [Strip("First", dots(9000, 9000, 9000, 9010), 9000), Strip("Last", dots(100), 100)]
    chart.fill(strips, [(9000, "A")])
    assert [chart.mark_at(chart.where(n)) for n in range(5)] == [0, 1, 2, 3, 4]
    assert chart.where(4).y() > chart.where(0).y() + 30  # the first strip is above
    assert chart.text().splitlines()[-1] == "Last\tA-0\t1.00"


def test_spend_and_value_are_named_on_their_axes(qtbot):
    chart = ScatterChart("Spend against value", "spend", "value")
    qtbot.addWidget(chart)
    chart.resize(700, 300)
    some = [Dot(7, 1e6, 1e9, "A-7", "A-7"), Dot(8, 1e8, 1e5, "A-8", "A-8")]
    chart.fill(some, (1e7, 1e7), ("a", "b", "c", "d"), lambda fen: f"{fen / 100:.0f}")
    assert chart.where(0).x() < chart.where(1).x()
    assert chart.where(0).y() < chart.where(1).y()
    assert chart.text().splitlines()[1] == "A-7\t10000\t10000000"
    assert (chart.figure.across, chart.figure.unit) == ("spend", "value")
