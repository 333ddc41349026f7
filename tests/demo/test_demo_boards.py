"""The demonstration's squads and boards say something: a year of flow, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW

from ecofolio.boards import queries, readings
from ecofolio.squads import queries as squads
from ecofolio.store.workspace import Workspace

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def demonstration(demonstration_in: Callable[[str], Path]) -> Iterator[Workspace]:
    with Workspace.open(demonstration_in("zh_CN"), clock=lambda: NOW) as made:
        yield made


def test_there_are_twenty_boards_with_a_year_of_history(demonstration: Workspace) -> None:
    with demonstration.read() as connection:
        boards = queries.boards(connection)
        past = readings.past(connection, readings.Part(board_id=boards[0].id))
    assert len(boards) == 20
    assert not any(one.is_faulty for one in past.journeys)
    figures = past.figures(TODAY - timedelta(days=365), TODAY, NOW)
    assert len(figures.points) > 50 and (figures.efficiency.share or 0) > 0.2
    assert past.when(TODAY) is not None
    begun = past.begun
    assert begun is not None and begun < TODAY - timedelta(days=330)


def test_somebody_has_too_much_to_do_a_squad_is_stuck_and_a_column_overflows(
    demonstration: Workspace,
) -> None:
    with demonstration.read() as connection:
        found = {one.code: one for one in squads.squads(connection, TODAY)}
        over = squads.capacity(connection, TODAY).over
        views = {n: queries.view(connection, n) for n in (3, 7)}
        links = squads.linkage(connection, TODAY)
    assert len(over) >= 2 and not found["S11"].fitness.is_fit and found["S01"].fitness.is_fit
    overflowing, stuck = views[3], views[7]
    assert overflowing is not None and any(column.is_over for column in overflowing.columns)
    assert stuck is not None and len(stuck.blocked) >= 3
    newest = max(card.entered_at for card in stuck.cards if card.column_id != stuck.columns[0].id)
    assert datetime.fromtimestamp(newest / 1e6, UTC) < NOW - timedelta(days=30)
    assert {one.is_gap for one in links if one.wanted} == {True, False}
    change = demonstration.next_undo()
    assert change is not None and not change.label.startswith("Squads")
