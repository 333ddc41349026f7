"""Targets by which initiatives were judged stand; what was first filled in later does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests.scorecards.conftest import Measured

from ecofolio.errors import InputError
from ecofolio.scorecards import actions, queries, targets
from ecofolio.scorecards.rules import Card
from ecofolio.scorecards.taking import take_file
from ecofolio.scorecards.targets import Promise
from ecofolio.store import journal

SETTLED = r"A: the targets of 2026-10 stand since its scores were settled on 10 Nov 2026"


@pytest.fixture
def at(measured: Measured) -> Callable[[str], None]:
    """Sets the clock."""

    def set_clock(day: str) -> None:
        measured.workspace.clock = lambda: datetime.fromisoformat(f"{day}T09:00+00:00")

    return set_clock


@pytest.fixture
def judged(measured: Measured, at: Callable[[str], None]) -> Measured:
    """A promised October when it began, B only after it was settled; both promise December."""
    at("2026-09-20")
    measured.add("A")
    measured.add("B")
    at("2026-10-01")
    for month in ("2026-10", "2026-12"):
        measured.promise("A", "effective_cards", 0, 100, month)
    at("2026-11-22")
    measured.promise("B", "effective_cards", 0, 100, "2026-10")
    return measured


def kept(judged: Measured, code: str, month: str = "2026-10") -> list[tuple[int, int]]:
    rows = judged.read(queries.targets, ids=[judged.ids[code]], months=[month])
    return [(row.floor, row.target) for row in rows]


def test_a_target_of_a_settled_month_is_neither_set_nor_changed_nor_cleared(
    judged: Measured,
) -> None:
    own = [row.id for row in judged.read(queries.targets, ids=[judged.ids["A"]])]
    for change in (
        lambda: judged.promise("A", "effective_cards", 0, 90),
        lambda: judged.promise("A", "fee_income", 0, 90),
        lambda: judged.do(targets.clear_targets, own),
        lambda: judged.do(targets.change_targets, [], own),
    ):
        with pytest.raises(InputError, match=SETTLED):
            change()
    assert kept(judged, "A") == [(0, 100_000)]
    judged.promise("A", "effective_cards", 0, 100)  # what says the same is no change
    judged.promise("A", "effective_cards", 0, 90, "2026-12")
    judged.promise("A", "effective_cards", 0, 90, "2026-09")  # nothing was judged in it


def test_a_month_that_was_filled_in_later_can_be_filled_in_further(judged: Measured) -> None:
    judged.promise("B", "effective_cards", 0, 90)
    judged.promise("B", "fee_income", 0, 90)
    judged.workspace.undo()
    assert kept(judged, "B") == [(0, 90_000)]


def test_a_settled_target_is_corrected_with_a_reason_that_the_history_keeps(
    judged: Measured,
) -> None:
    wanted = Promise(judged.ids["A"], judged.metrics["effective_cards"], "2026-10", 0, 80_000)
    with pytest.raises(InputError, match=SETTLED):
        judged.do(targets.set_targets, [wanted], reason="  ")
    judged.do(targets.set_targets, [wanted], reason="a nought\ttoo many")
    with judged.workspace.read() as connection:
        label = journal.entries(connection, limit=1)[0].label
    assert label == "Correct settled targets: a nought too many"
    assert kept(judged, "A") == [(0, 80_000)]
    judged.workspace.undo()
    assert kept(judged, "A") == [(0, 100_000)]
    judged.workspace.redo()
    assert kept(judged, "A") == [(0, 80_000)]
    [own] = [row.id for row in judged.read(queries.targets, months=["2026-10"]) if row.code == "A"]
    judged.do(targets.clear_targets, [own], reason="never agreed to")
    with pytest.raises(InputError, match=SETTLED):  # it was judged by one all the same
        judged.promise("A", "effective_cards", 0, 70)


def test_a_reason_without_a_settled_target_is_not_asked_for_nor_told(judged: Measured) -> None:
    wanted = Promise(judged.ids["B"], judged.metrics["effective_cards"], "2026-12", 0, 80_000)
    judged.do(targets.set_targets, [wanted], reason="because")
    with judged.workspace.read() as connection:
        assert journal.entries(connection, limit=1)[0].label == "Set 1 targets"


def test_undo_and_redo_do_not_get_round_it(judged: Measured, at: Callable[[str], None]) -> None:
    with judged.workspace.read() as connection:
        first = [one for one in journal.entries(connection) if one.label == "Set 1 targets"][-1]
    with pytest.raises(InputError, match=SETTLED):
        judged.workspace.undo(first.id)
    assert kept(judged, "A") == [(0, 100_000)]


def test_what_was_undone_before_a_month_was_settled_is_not_brought_back_after_it(
    judged: Measured, at: Callable[[str], None]
) -> None:
    at("2026-12-20")
    judged.promise("A", "effective_cards", 0, 50, "2026-12")
    judged.workspace.undo()
    at("2027-01-20")
    with pytest.raises(InputError, match="2026-12 stand since its scores were settled on 10 Jan"):
        judged.workspace.redo()


def test_the_definition_of_a_judged_metric_is_not_undone(
    measured: Measured, at: Callable[[str], None]
) -> None:
    at("2026-10-01")
    measured.add("A")
    measured.do(actions.set_metric, measured.metrics["fee_income"], {"veto": True})
    with measured.workspace.read() as connection:
        edited = journal.entries(connection, limit=1)[0].id
    measured.promise("A", "fee_income", 0, 100)
    with pytest.raises(InputError, match="how it is judged stays"):
        measured.workspace.undo(edited)


def test_the_card_of_a_settled_month_is_not_undone(
    measured: Measured, at: Callable[[str], None]
) -> None:
    at("2026-10-01")
    measured.add("A")
    measured.promise("A", "effective_cards", 0, 100)
    for weight in (100, 60):
        other = {measured.metrics["fee_income"]: 40} if weight < 100 else {}
        card = Card({measured.metrics["effective_cards"]: weight} | other)
        measured.do(actions.set_scorecard, "full_rollout", "2026-10", card)
    before = measured.scores("2026-10")
    at("2026-11-20")
    with pytest.raises(InputError, match="2026-10 are settled"):
        measured.workspace.undo()
    assert measured.scores("2026-10") == before


def test_a_list_that_would_change_a_settled_target_is_refused_by_its_row(
    judged: Measured, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    head = "initiative,metric,month,floor,target"
    rows = ("B,fee_income,2026-10", "A,effective_cards,2026-12", "A,effective_cards,2026-10")
    path.write_text("\n".join([head, *(f"{row},0,90" for row in rows)]), "utf-8")
    for dry_run in (True, False):
        found = take_file(judged.workspace, path, dry_run=dry_run)
        [refused] = found.refused
        assert (refused.row, found.written) == (4, False)
        assert refused.reason.startswith("A: the targets of 2026-10 stand since its scores were")
    assert kept(judged, "A", "2026-12") == [(0, 100_000)]
    assert take_file(judged.workspace, path, dry_run=True, reason="agreed").refused == []
    assert take_file(judged.workspace, path, reason="agreed").targets == 3
    assert kept(judged, "A") == [(0, 90_000)]
    with judged.workspace.read() as connection:
        label = journal.entries(connection, limit=1)[0].label
    assert label == "Figures from t.csv; settled targets corrected: agreed"
    judged.workspace.undo()
    assert kept(judged, "A") == [(0, 100_000)]
