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
from ecofolio.scorecards.playbooks import Packed, Proposal, Terms
from ecofolio.scorecards.targets import Promise


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
    found = proved.read(playbooks.proposals, made, ids, TODAY, Terms(percent=50))
    assert [(one.first, one.new) for one in found] == [("2026-11", 3), (None, 0)]
    assert proved.do(playbooks.set_from_playbook, made, ids, Terms(percent=50)) == 3
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
    assert proved.do(playbooks.set_from_playbook, made, ids, Terms("2027-01")) == 6
    assert min(promised(proved, "M")) == ("effective_cards", "2027-01")


def test_targets_that_are_there_stay_unless_they_are_to_be_replaced(proved: Measured) -> None:
    made, ids = packed(proved), [proved.ids["N"]]
    proved.promise("N", "effective_cards", 1, 2, "2026-12")
    proved.promise("N", "effective_cards", 6, 10, "2026-11")
    [one] = proved.read(playbooks.proposals, made, ids, TODAY)
    assert one == Proposal(proved.ids["N"], "2026-11", 1, 1, 1, 0)
    assert proved.do(playbooks.set_from_playbook, made, ids) == 1
    assert promised(proved, "N")["effective_cards", "2026-12"] == (1000, 2000, None)
    with pytest.raises(EcofolioError, match="left as they are"):
        proved.do(playbooks.set_from_playbook, made, ids)
    assert proved.do(playbooks.set_from_playbook, made, ids, replace=True) == 1
    assert promised(proved, "N")["effective_cards", "2026-12"] == (12_000, 20_000, None)
    with pytest.raises(EcofolioError, match="set already"):
        proved.do(playbooks.set_from_playbook, made, ids, replace=True)


def test_months_whose_targets_stand_are_left_alone(proved: Measured) -> None:
    made, ids, terms = packed(proved), [proved.ids["M"]], Terms("2026-11")
    proved.promise("M", "deposits_kept", 1, 2, "2026-11")
    later = datetime(2026, 12, 20, tzinfo=UTC)
    with at(proved, later):
        [one] = proved.read(playbooks.proposals, made, ids, later.date(), terms)
        assert (one.new, one.settled) == (2, 1)
        assert proved.do(playbooks.set_from_playbook, made, ids, terms, replace=True) == 2
        with pytest.raises(EcofolioError, match="stand since"):
            proved.do(playbooks.set_from_playbook, made, ids, terms, replace=True)
    assert ("effective_cards", "2026-11") not in promised(proved, "M")


def test_initiatives_without_a_start_are_named_as_such(proved: Measured) -> None:
    made, ids = packed(proved), [proved.ids["M"], proved.ids["M"]]
    assert proved.read(playbooks.proposals, made, ids, TODAY) == [Proposal(ids[0], None)]
    with pytest.raises(EcofolioError, match="which month counts as the first"):
        proved.do(playbooks.set_from_playbook, made, ids)
    assert proved.do(playbooks.set_from_playbook, made, ids, Terms("2027-01")) == 3


def test_what_is_packed_leaves_something_to_attain_and_can_be(proved: Measured) -> None:
    proved.report("N", "effective_cards", 1, "2026-11")
    proved.report("N", "retention", 120, "2026-11")
    found = proved.read(playbooks.of_initiative, proved.ids["N"])
    assert [one[2:] for one in found] == [(600, 1000, None), (60_000, 100_000, None)]


def test_what_stands_is_told_apart_from_what_is_the_same(proved: Measured) -> None:
    made, ids, terms = packed(proved), [proved.ids["M"]], Terms("2026-11")
    proved.promise("M", "effective_cards", 6, 10, "2026-11")
    proved.promise("M", "effective_cards", 1, 2, "2026-12")
    later = datetime(2027, 1, 20, tzinfo=UTC)
    with at(proved, later):
        [one] = proved.read(playbooks.proposals, made, ids, later.date(), terms)
        assert one == Proposal(ids[0], "2026-11", 1, 0, 1, 1)
        assert proved.do(playbooks.set_from_playbook, made, ids, terms, replace=True) == 1
    assert promised(proved, "M")["effective_cards", "2026-12"] == (1000, 2000, None)


def test_past_months_without_targets_are_filled_as_they_are_in_the_grid(proved: Measured) -> None:
    made, terms = packed(proved), Terms("2026-03")
    one = Promise(proved.ids["M"], proved.metrics["effective_cards"], "2026-03", 6000, 10_000)
    assert proved.do(targets.set_targets, [one]) == 1
    [found] = proved.read(playbooks.proposals, made, [proved.ids["M"]], TODAY, terms)
    assert (found.new, found.same, found.settled) == (2, 1, 0)
    assert proved.do(playbooks.set_from_playbook, made, [proved.ids["M"]], terms) == 2
    assert [month for _metric, month in promised(proved, "M")] == ["2026-03", "2026-04", "2026-06"]


def test_of_rates_all_is_promised_unless_they_are_to_follow(proved: Measured) -> None:
    rate, cards = proved.metrics["retention"], proved.metrics["effective_cards"]
    some = [Packed(rate, 1, 50_000, 80_000, 90_000), Packed(cards, 1, 50_000, 80_000)]
    made, one = proved.do(playbooks.pack, {"name": "Rates"}, some), proved.ids["N"]
    proved.do(playbooks.set_from_playbook, made, [one], Terms(percent=50))
    assert [*promised(proved, "N").values()] == [(25_000, 40_000, None), (50_000, 80_000, 90_000)]
    proved.do(playbooks.set_from_playbook, made, [one], Terms(None, 125, True), replace=True)
    # up to what can be
    assert [*promised(proved, "N").values()] == [(62_000, 100_000, None), (62_500, 100_000, None)]


def test_what_is_no_sum_or_counted_in_per_cent_is_a_rate(proved: Measured) -> None:
    values = {"kind": "outcome", "step": "retain"}
    added = {
        name: proved.do(actions.add_metric, {"code": name, "name": name, **values, **more})
        for name, more in {
            "days": {"unit": "days", "over_initiatives": "none"},
            "share": {"unit": "%"},
            "seats": {"unit": "seats", "over_months": "average"},
        }.items()
    }
    known = proved.read(targets.metrics_of)
    assert [known[one].rate for one in added.values()] == [True, True, False]


def test_a_proven_initiative_is_followed_with_its_rates_whole(proved: Measured) -> None:
    proved.report("P", "retention", 80, "2026-02")
    given = (proved.ids["N"], proved.ids["P"], [proved.metrics["retention"]], ["2026-11"])
    for rates, floor, target in ((False, 48_000, 80_000), (True, 24_000, 40_000)):
        [one] = proved.read(proven.as_proven, *given, percent=50, rates=rates)
        assert (one.floor, one.target) == (floor, target)


def test_many_are_set_lot_by_lot_as_one_change_that_can_be_called_off(
    proved: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proven, "_CHUNK", 2)
    made, told = packed(proved), []
    ids = [proved.add(f"L{n}", start_date=date(2026, 12, 1)) for n in range(5)]

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        proved.do(playbooks.set_from_playbook, made, ids, step=stop)
    some = proved.read(playbooks.proposals, made, ids, TODAY, is_wanted=lambda: False)
    assert [one.initiative_id for one in some] == ids[:2]
    assert told == [(2, 5), (4, 5)] and promised(proved, "L0") == {}
    assert proved.do(playbooks.set_from_playbook, made, [*ids, ids[0]]) == 15
    proved.workspace.undo()
    assert promised(proved, "L0") == promised(proved, "L4") == {}


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
    [one] = proved.read(playbooks.proposals, made, [proved.ids["N"]], TODAY, Terms(percent=13))
    assert one.new == proved.do(
        playbooks.set_from_playbook, made, [proved.ids["N"]], Terms(percent=13)
    )
    # of 0.78 to 1.3, one is left to attain
    assert [one[:2] for one in promised(proved, "N").values()] == [
        (0, 1000), (2000, 3000), (3000, 5000),
    ]  # fmt: skip


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
