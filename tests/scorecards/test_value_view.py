"""Value against spend, looked at as a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from ecofolio.scorecards.tabs_page import VALUE

if TYPE_CHECKING:
    from ecofolio.scorecards.page import ScorecardsPage


def test_what_was_earned_and_spent_adds_up_to_the_month_that_pays_back(
    page: ScorecardsPage, qtbot: Any
) -> None:
    page.tabs.setCurrentIndex(VALUE)
    view = page.value
    qtbot.keyClick(view.picture, Qt.Key.Key_Down)
    assert view.charts.currentWidget() is view.cumulated
    assert view._upper.head is not None
    caption = view._upper.head._caption
    assert caption.text().startswith("All shown: ")
    view.table.setCurrentIndex(view.balances.index(0, 0))
    balance = view.balances.lines[0].balance
    figure = view.cumulated.figure
    assert [line.points[-1][1] for line in figure.lines] == [
        balance.value,
        balance.spend,
    ]
    assert [post.name for post in figure.posts] == ["paid back"]
    assert caption.text() == f"A: paid back in {balance.payback}"
