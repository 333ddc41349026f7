"""The demonstration's money is believable: rich and poor, overrun, unspent, reversed, waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from ecofolio.budget import approvals, books, queries, rounds
from ecofolio.initiatives.queries import names
from ecofolio.store.workspace import Workspace
from ecofolio.text import LANGUAGES

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module", params=list(LANGUAGES))
def demonstration(
    request: pytest.FixtureRequest, demonstration_in: Callable[[str], Path]
) -> Iterator[Workspace]:
    """One programme in each language."""
    with Workspace.open(demonstration_in(request.param)) as workspace:
        yield workspace


def test_two_fiscal_years_of_money_tell_a_story(demonstration: Workspace) -> None:
    with demonstration.read() as connection:
        assert books.problems(connection) == []
        (head, *_rest) = queries.tree(connection, queries.Wanted(TODAY), names(connection))
        rows = books.postings(connection)
        bound = books.commitments(connection, open_only=True)
        waiting = approvals.requests(connection, waiting_only=True)
        shared = rounds.rounds(connection)
    assert {row.fiscal_year for row in rows} == {2025, 2026}
    branches = [node for node in head.children if node.kind == "unit"]
    unequal = queries.inequality([head], [node.id for node in branches])
    assert unequal.gini > 0.3
    pools = {node.code: node.figures.pool for node in branches}
    assert pools["SD"] > next(one.figures.spent for one in branches if one.code == "SD")
    runs = [node for branch in branches for node in branch.children if node.kind == "initiative"]
    assert min(node.variance for node in runs) < 0
    assert any(row.reverses_id for row in rows)
    assert len(bound) > 10
    assert len(waiting) == 2
    assert [row.state for row in shared] == ["draft", "draft", "posted"]
    assert demonstration.verify() == []
