"""The ranking says which scores are not what they were when they were settled, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from tests.conftest import ACTOR, NOW
from tests.scorecards.conftest import TODAY, Measured, unit_tree

from ecofolio.cli.main import main
from ecofolio.initiatives.scope import Scope
from ecofolio.portfolio.queries import summary
from ecofolio.review.measures import parts
from ecofolio.scorecards import founding
from ecofolio.scorecards.page import ScorecardsPage
from ecofolio.scorecards.ranking_model import SCORE
from ecofolio.scorecards.standing import taken_in
from ecofolio.store.workspace import Workspace
from ecofolio.text import tip

SPOKEN = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[Measured]:
    """August was settled at 90 points for A and 40 for B; A's figure was then corrected to 70."""
    with Workspace.create(tmp_path / "p.ecofolio", name="P", actor=ACTOR) as workspace:

        def at(day: str) -> None:
            workspace.clock = lambda: datetime.fromisoformat(f"{day}T04:00+00:00")

        at("2026-08-02")
        ids = workspace.do(unit_tree)
        programme = Measured(workspace, workspace.do(founding.add_catalogue), ids)
        for code in "AB":
            programme.add(code, unit_id=ids["NB"])
            programme.promise(code, "effective_cards", 0, 100, "2026-08")
        at("2026-09-05")
        programme.report("A", "effective_cards", 90, "2026-08")
        programme.report("B", "effective_cards", 40, "2026-08")
        at("2026-09-12")
        programme.report("A", "effective_cards", 70, "2026-08")
        workspace.clock = lambda: NOW
        yield programme


@pytest.fixture
def corrected(page: ScorecardsPage) -> ScorecardsPage:
    """The page on that month."""
    page.months.setCurrentText("2026-08")
    return page


def _words(page: ScorecardsPage) -> str:
    return "\n".join(one.text() for one in page.card.findChildren(QLabel))


CAUSE = "Effective cards issued of 2026-08 corrected from 90 to 70 by Lin Wei on 12 Sep 2026"


def test_a_score_that_has_moved_is_marked_and_opens_into_the_causes(
    corrected: ScorecardsPage,
) -> None:
    model = corrected.ranking.ranking
    assert [line.score for line in model.lines] == [7000, 4000]
    assert "1 score (•) has moved since it was settled on 10 Sep 2026" in _sentence(corrected)
    told = f"90.00 (A) when settled on 10 Sep 2026; since then: {CAUSE}"
    assert model.index(0, SCORE).data(Qt.ItemDataRole.ToolTipRole) == tip(told)
    assert model.index(0, SCORE).data(SPOKEN) == f"70.00, {told}"
    assert model.index(1, SCORE).data(Qt.ItemDataRole.ToolTipRole) is None
    corrected.ranking.choose(model.lines[0].id)
    assert f"90.00 (A) when settled on 10 Sep 2026; since then:\n• {CAUSE}" in _words(corrected)


def test_the_ranking_is_shown_as_it_was_settled(
    corrected: ScorecardsPage, qtbot: Any, filed: Measured
) -> None:
    assert corrected.settled.text() == "As settled"
    qtbot.keyClick(corrected.settled, Qt.Key.Key_Space)
    model = corrected.ranking.ranking
    assert [(line.code, line.score) for line in model.lines] == [("A", 9000), ("B", 4000)]
    assert _sentence(corrected).endswith("mean 65.00 · as settled on 10 Sep 2026")
    corrected.ranking.choose(filed.ids["A"])
    assert "Settled on 10 Sep 2026; today it is 70.00 (C):" in _words(corrected)
    assert corrected.card.shown is not None and corrected.card.shown.trend[-1] == 9000
    filed.report("B", "effective_cards", 10, "2026-08")  # is heard, and changes nothing
    corrected.refresh()
    assert [line.score for line in corrected.ranking.ranking.lines] == [9000, 4000]
    qtbot.keyClick(corrected.settled, Qt.Key.Key_Space)
    assert [line.score for line in corrected.ranking.ranking.lines] == [7000, 1000]


def test_a_month_that_is_not_settled_can_not_be_shown_as_settled(
    corrected: ScorecardsPage,
) -> None:
    assert corrected.settled.isEnabled()
    corrected.months.setCurrentText("2026-Q4")
    assert not corrected.settled.isEnabled()


def test_the_command_line_and_the_workbook_tell_what_was_shown(
    filed: Measured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "p.ecofolio")
    told = []
    for more in ([], ["--as-settled"]):
        assert main(["score", "--from", place, "--as-of", "2026-08", "--json", *more]) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert [[(row["code"], row["score"]) for row in rows] for rows in told] == [
        [("A", 70), ("B", 40)], [("A", 90), ("B", 40)],
    ]  # fmt: skip
    assert [rows[0]["lines"][0]["actual"] for rows in told] == [70, 90]
    words = f"90.00 (A) when settled on 10 Sep 2026; since then: {CAUSE}"
    assert {(row["settled_on"], row["since_settled"]) for row in told[0]} == {
        ("2026-09-10", words), ("2026-09-10", None),
    }  # fmt: skip
    assert main(["score", "--from", place, "--as-of", "2026-08", "--csv", "--as-settled"]) == 0
    assert "2026-08,90.0,A" in capsys.readouterr().out
    assert main(["score", "--from", place, "--as-of", "2026-11", "--as-settled"]) == 1
    assert "not settled yet" in capsys.readouterr().err
    with filed.workspace.read() as connection:
        rows = summary(connection, Scope(), today=TODAY)
        ranked = parts(connection, rows, "2026-08", TODAY)[0].table.rows
    assert [row[-1] for row in ranked] == [words, None]


def test_a_correction_is_told_at_once(corrected: ScorecardsPage, filed: Measured) -> None:
    found = corrected.found
    assert found is not None and set(found.since) == {filed.ids["A"]}
    filed.report("B", "effective_cards", 10, "2026-08")
    with filed.workspace.read() as connection:
        later = taken_in(connection, found, [filed.ids["B"]])
    assert set(later.since) == {filed.ids["A"], filed.ids["B"]}
    filed.report("A", "effective_cards", 90, "2026-08")
    with filed.workspace.read() as connection:
        again = taken_in(connection, later, [filed.ids["A"]])
    assert set(again.since) == {filed.ids["B"]}


def _sentence(page: ScorecardsPage) -> str:
    return page._head._sentence.text()
