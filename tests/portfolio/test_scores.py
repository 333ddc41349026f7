"""Scorecards and ledger together say what a funding round shares out by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ACTOR, NOW

from ecofolio.portfolio.inputs import flows
from ecofolio.portfolio.scores import scores
from ecofolio.scorecards import scoring
from ecofolio.store.workspace import Workspace


@pytest.fixture
def demo(demonstration: Path, tmp_path: Path) -> Iterator[Workspace]:
    path = tmp_path / "demo.ecofolio"
    path.write_bytes(demonstration.read_bytes())
    with Workspace.open(path, actor=ACTOR, clock=lambda: NOW) as opened:
        yield opened


def test_scores_are_those_of_the_scorecards_with_the_ledger_s_input_output(demo: Workspace) -> None:
    today = NOW.date()
    with demo.read() as connection:
        found = scores(connection, today)
        judged = scoring.scores(connection, found.month, today)
        balances = flows(connection, found.month).balances()
    assert found.month < f"{today:%Y-%m}"
    assert found.of.keys() == {one.id for one in judged.values() if one.score is not None}
    for identity, (milli, grade, ratio) in found.of.items():
        assert (milli, grade) == (judged[identity].score * 10, judged[identity].grade)
        exact = balances[identity].ratio if identity in balances else None
        assert (ratio is None) == (exact is None)
        if ratio is not None and exact is not None:
            assert abs(ratio - exact * 1000) <= 0.5
    assert any(ratio is not None for _milli, _grade, ratio in found.of.values())


def test_who_has_no_score_in_a_month_is_not_in_it(demo: Workspace) -> None:
    with demo.read() as connection:
        assert scores(connection, NOW.date(), "2001-01").of == {}
