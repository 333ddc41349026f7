"""A proven initiative is packed, and others get their targets from the playbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scorecards.conftest import TODAY, Measured

from ecofolio.errors import EcofolioError
from ecofolio.initiatives import actions as initiative_actions
from ecofolio.initiatives import playbooks as registers
from ecofolio.scorecards import actions, playbooks, proven, queries, targets
from ecofolio.scorecards.playbooks import Packed


@pytest.fixture
def proved(measured: Measured) -> Measured:
    """An initiative with three months of figures since its start, and two that follow."""
    measured.add("P", start_date=date(2026, 2, 10), unit_id=measured.ids["NB"])
    for month, cards, deposits in (
        ("2026-01", 7, 7), ("2026-02", 10, 100), ("2026-03", 20, 200), ("2026-05", 40, 400),
    ):  # fmt: skip
        measured.report("P", "effective_cards", cards, month)
        measured.promise("P", "deposits_kept", deposits / 2, deposits, month)
    measured.add("N", start_date=date(2026, 11, 3))
    measured.add("M")
    return measured


def packed(proved: Measured, of: str = proven.REACHED) -> int:
    """The playbook of the proven initiative, packed."""
    found = proved.read(playbooks.of_initiative, proved.ids["P"], of=of)
    values = proved.read(registers.suggested, proved.ids["P"])
    made: int = proved.do(playbooks.pack, values, found)
    return made


def promised(proved: Measured, code: str) -> dict[tuple[str, str], tuple[int, int, int | None]]:
    return {
        (row.metric, row.month): (row.floor, row.target, row.stretch)
        for row in proved.read(queries.targets, ids=[proved.ids[code]])
    }


@contextmanager
def at(proved: Measured, now: datetime) -> Iterator[None]:
    """Another instant for what is done within the block."""
    clock, proved.workspace.clock = proved.workspace.clock, lambda: now
    yield
    proved.workspace.clock = clock


def test_a_playbook_counts_months_from_the_start_and_keeps_what_was_reached(
    proved: Measured,
) -> None:
    made = packed(proved)
    [row] = proved.read(registers.playbooks)
    assert (row.code, row.name, row.batch, row.made_from) == ("PB-001", "P", "full_rollout", "P")
    assert row.source_id == proved.ids["P"]
    found = proved.read(playbooks.figures, [made])
    assert [(one.metric, one.month, one.floor, one.target) for one in found] == [
        ("effective_cards", 1, 6000, 10_000),
        ("effective_cards", 2, 12_000, 20_000),
        ("effective_cards", 4, 24_000, 40_000),
    ]
    made = packed(proved, proven.PROMISED)
    found = proved.read(playbooks.figures, [made])
    assert [(one.metric, one.month, one.floor, one.target) for one in found] == [
        ("deposits_kept", n, 50_000 * part, 100_000 * part) for n, part in ((1, 1), (2, 2), (4, 4))
    ]


def test_packing_is_one_change_that_is_undone_and_told(proved: Measured) -> None:
    packed(proved)
    assert proved.workspace.next_undo().label == "Pack playbook P"  # type: ignore[union-attr]
    proved.workspace.undo()
    assert proved.read(registers.playbooks) == [] and proved.read(playbooks.figures) == []
    proved.workspace.redo()
    assert len(proved.read(playbooks.figures)) == 3
    assert proved.workspace.verify() == []


def test_nothing_is_packed_of_an_initiative_without_figures(proved: Measured) -> None:
    assert proved.read(playbooks.of_initiative, proved.ids["M"]) == []
    with pytest.raises(EcofolioError, match="nothing to pack"):
        proved.do(playbooks.pack, {"name": "empty"}, [])
    assert proved.read(registers.playbooks) == []


def test_targets_follow_a_playbook_from_the_start_of_each(proved: Measured) -> None:
    made, ids = packed(proved), [proved.ids["N"], proved.ids["M"]]
    found = proved.read(playbooks.proposals, made, ids, TODAY, percent=50)
    assert [(one.first, len(one.new)) for one in found] == [("2026-11", 3), (None, 0)]
    assert proved.do(playbooks.set_from_playbook, made, ids, percent=50) == 3
    assert promised(proved, "N") == {
        ("effective_cards", "2026-11"): (3000, 5000, None),
        ("effective_cards", "2026-12"): (6000, 10_000, None),
        ("effective_cards", "2027-02"): (12_000, 20_000, None),
    }
    assert promised(proved, "M") == {}
    assert proved.workspace.next_undo().label == "Targets from playbook P"  # type: ignore[union-attr]
    proved.workspace.undo()
    assert promised(proved, "N") == {}


def test_one_month_counts_as_the_first_for_all(proved: Measured) -> None:
    made, ids = packed(proved), [proved.ids["N"], proved.ids["M"]]
    assert proved.do(playbooks.set_from_playbook, made, ids, first="2027-01") == 6
    assert min(promised(proved, "M")) == ("effective_cards", "2027-01")


def test_targets_that_are_there_stay_unless_they_are_to_be_replaced(proved: Measured) -> None:
    made, ids = packed(proved), [proved.ids["N"]]
    proved.promise("N", "effective_cards", 1, 2, "2026-12")
    proved.promise("N", "effective_cards", 6, 10, "2026-11")
    [one] = proved.read(playbooks.proposals, made, ids, TODAY)
    assert (len(one.new), len(one.other), one.same, one.settled) == (1, 1, 1, 0)
    assert proved.do(playbooks.set_from_playbook, made, ids) == 1
    assert promised(proved, "N")["effective_cards", "2026-12"] == (1000, 2000, None)
    with pytest.raises(EcofolioError, match="left as they are"):
        proved.do(playbooks.set_from_playbook, made, ids)
    assert proved.do(playbooks.set_from_playbook, made, ids, replace=True) == 1
    assert promised(proved, "N")["effective_cards", "2026-12"] == (12_000, 20_000, None)
    with pytest.raises(EcofolioError, match="set already"):
        proved.do(playbooks.set_from_playbook, made, ids, replace=True)


def test_months_whose_scores_are_settled_are_left_alone(proved: Measured) -> None:
    made, ids = packed(proved), [proved.ids["M"]]
    [one] = proved.read(playbooks.proposals, made, ids, TODAY, first="2026-10")
    assert one.settled == 1 and [promise.month for promise in one.new] == ["2026-11", "2027-01"]
    assert proved.do(playbooks.set_from_playbook, made, ids, first="2026-10", replace=True) == 2
    with at(proved, datetime(2026, 12, 20, tzinfo=UTC)):
        [one] = proved.read(playbooks.proposals, made, ids, date(2026, 12, 20), first="2026-11")
        assert one.settled == 1 and len(one.new) == 2
        assert proved.do(playbooks.set_from_playbook, made, ids, first="2026-11", replace=True) == 2
    assert promised(proved, "M")["effective_cards", "2026-11"] == (12_000, 20_000, None)
    with pytest.raises(EcofolioError, match="which month counts as the first"):
        proved.do(playbooks.set_from_playbook, made, [proved.add("Y")])


def test_a_share_of_the_playbook_stays_within_what_can_be(proved: Measured) -> None:
    rate = proved.metrics["retention"]
    made = proved.do(playbooks.pack, {"name": "Rates"}, [Packed(rate, 1, 50_000, 80_000, 90_000)])
    [one] = proved.read(playbooks.proposals, made, [proved.ids["N"]], TODAY, percent=125)
    assert one.new[0][3:] == (62_500, 100_000, None)


def test_figures_are_changed_and_taken_away(proved: Measured) -> None:
    made = packed(proved)
    cards = proved.metrics["effective_cards"]
    first = proved.read(playbooks.figures, [made])[0]
    wanted = [Packed(cards, 2, 1, 2, 3), Packed(cards, 3, 5, 6)]
    assert proved.do(playbooks.set_figures, made, wanted, [first.id]) == 3
    assert [one[3:7] for one in proved.read(playbooks.figures, [made])] == [
        (2, 1, 2, 3), (3, 5, 6, None), (4, 24_000, 40_000, None),
    ]  # fmt: skip
    proved.workspace.undo()
    assert [one.month for one in proved.read(playbooks.figures, [made])] == [1, 2, 4]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (Packed(0, 1, 1, 2), "no such metric"),
        (Packed(-1, 0, 1, 2), "counted from 1 to 60"),
        (Packed(-1, 61, 1, 2), "counted from 1 to 60"),
        (Packed(-1, 1, 2, 2), "equals its floor"),
        (Packed(-1, 1, 2, 3, 3), "beyond the target"),
        (Packed(-1, 1, 0, 10**16), "too large"),
    ],
)
def test_figures_that_break_a_rule_are_refused(
    proved: Measured, wrong: Packed, reason: str
) -> None:
    made, cards = packed(proved), proved.metrics["effective_cards"]
    one = wrong._replace(metric_id=cards) if wrong.metric_id else wrong
    with pytest.raises(EcofolioError, match=reason):
        proved.do(playbooks.set_figures, made, [one])
    with pytest.raises(EcofolioError, match="given twice"):
        proved.do(playbooks.set_figures, made, [Packed(cards, 1, 1, 2)] * 2)


def test_a_playbook_is_deleted_with_its_figures_and_comes_back(proved: Measured) -> None:
    made = packed(proved)
    proved.do(registers.delete_playbook, made)
    assert proved.read(registers.playbooks) == [] and proved.read(playbooks.figures) == []
    proved.workspace.undo()
    assert len(proved.read(playbooks.figures, [made])) == 3
    assert proved.workspace.verify() == []


def test_a_playbook_outlives_the_initiative_that_it_was_packed_from(proved: Measured) -> None:
    made = packed(proved)
    proved.do(initiative_actions.set_fields, [proved.ids["P"]], {"code": "Q"})
    [row] = proved.read(registers.playbooks)
    assert (row.made_from, row.source_id) == ("P", None)
    assert len(proved.read(playbooks.figures, [made])) == 3


def test_a_retired_playbook_is_not_set(proved: Measured) -> None:
    made = packed(proved)
    proved.do(registers.set_playbook, made, {"retired": True})
    with pytest.raises(EcofolioError, match="is retired"):
        proved.do(playbooks.set_from_playbook, made, [proved.ids["N"]])


def test_a_metric_that_a_playbook_promises_stays(proved: Measured) -> None:
    referrals = proved.metrics["referrals"]
    proved.do(playbooks.pack, {"name": "R"}, [Packed(referrals, 1, 1, 2)])
    with pytest.raises(EcofolioError, match="in use"):
        proved.do(actions.delete_metric, referrals)
    with pytest.raises(EcofolioError, match="so that past scores do"):
        proved.do(actions.set_metric, referrals, {"direction": "lower"})


def test_a_share_of_a_count_is_a_count(proved: Measured) -> None:
    made = packed(proved)
    [one] = proved.read(playbooks.proposals, made, [proved.ids["N"]], TODAY, percent=13)
    # of 0.78 to 1.3, one is left to attain
    assert [promise[3:5] for promise in one.new] == [(0, 1000), (2000, 3000), (3000, 5000)]


@given(
    st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6),
    st.none() | st.integers(-(10**6), 10**6), st.integers(1, 1000), st.booleans(),
    st.none() | st.integers(1, 10**6),
)  # fmt: skip
def test_a_share_of_a_target_is_a_target(
    floor: int, target: int, stretch: int | None, percent: int, higher: bool, most: int | None
) -> None:
    bounds = targets.Bounds(higher, most)
    found = targets.share_of((1, 1, "2026-01"), bounds, percent, floor, target, stretch)
    if found is not None:
        assert targets.refusal(found, higher) is None
        assert most is None or found.target <= most
    elif most is None and targets.misfit(floor, target, None, higher) is None:
        assert targets.scaled(floor, percent) == targets.scaled(target, percent)
