"""What people do with metrics, targets, figures and scorecards, and what is refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from tests.scorecards.conftest import MONTH, Measured

from ecofolio.errors import InputError, StaleError
from ecofolio.scorecards import actions, founding, observing, queries, targets
from ecofolio.scorecards.observing import OddFigureError, Reported, observe
from ecofolio.scorecards.rules import Card
from ecofolio.scorecards.taking import take_file
from ecofolio.store import journal
from ecofolio.store.workspace import Workspace


def test_a_programme_shows_the_catalogue_before_it_is_stored_and_stores_it_once(
    workspace: Workspace,
) -> None:
    with workspace.read() as connection:
        shown = [row.code for row in queries.metrics(connection)]
    founding.ready(workspace)
    founding.ready(workspace)
    with workspace.read() as connection:
        stored = queries.metrics(connection)
        cards = queries.cards(connection, MONTH)
    assert [row.code for row in stored] == shown and len(shown) >= 40
    assert all(sum(card.weights.values()) == 100 for card in cards.values()) and len(cards) == 3
    assert {row.step for row in stored} == {"acquire", "activate", "retain", "refer", "convert"}
    assert workspace.next_undo() is None


def test_a_metric_is_added_changed_and_taken_back(measured: Measured) -> None:
    new = measured.do(
        actions.add_metric,
        {"code": "own", "name": "Own", "unit": "kg", "kind": "process", "step": "refer"},
    )
    assert measured.do(actions.set_metric, new, {"name": "Ours", "due_day": 5}, expect=1)
    with pytest.raises(StaleError):
        measured.do(actions.set_metric, new, {"name": "Late"}, expect=1)
    measured.workspace.undo()
    [row] = [one for one in measured.read(queries.metrics) if one.code == "own"]
    assert (row.name, row.unit, row.due_day) == ("Own", "kg", 10)
    measured.do(actions.delete_metric, new)
    assert "own" not in {one.code for one in measured.read(queries.metrics)}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"code": "a b", "name": "x", "kind": "process", "step": "refer"}, "code of a metric"),
        ({"code": "merchants", "name": "x", "kind": "process", "step": "refer"}, "already"),
        ({"code": "a", "kind": "process", "step": "refer"}, "needs a name"),
        ({"code": "a", "name": "x", "kind": "odd", "step": "refer"}, "not one of the values"),
        ({"code": "a", "name": "x", "kind": "process", "step": "refer", "due_day": 32}, "due day"),
        (
            {"code": "a", "name": "x", "kind": "process", "step": "refer", "least": 5, "most": 5},
            "below the most",
        ),
    ],
)
def test_a_metric_that_breaks_a_rule_is_refused(
    measured: Measured, values: dict[str, Any], why: str
) -> None:
    with pytest.raises(InputError, match=why):
        measured.do(actions.add_metric, values)


def test_what_past_scores_hang_on_stays(measured: Measured) -> None:
    measured.add("A")
    measured.promise("A", "merchants", 0, 10)
    metric = measured.metrics["merchants"]
    for values in ({"direction": "lower"}, {"kind": "outcome"}, {"veto": True}):
        with pytest.raises(InputError, match="past"):
            measured.do(actions.set_metric, metric, values)
    with pytest.raises(InputError, match="retire"):
        measured.do(actions.delete_metric, metric)
    assert measured.do(actions.set_metric, metric, {"retired": True})
    assert "merchants" not in {row.code for row in measured.read(queries.metrics)}


@pytest.mark.parametrize(
    ("weights", "more", "why"),
    [
        ({"merchants": 99}, {}, "sum to 99"),
        ({"merchants": 120, "payments": -20}, {}, "from 0 to 100"),
        ({"merchants": 100, "payments": 0}, {}, "Only a guardrail"),
        ({"merchants": 100}, {"cap": 90}, "cap"),
        ({"merchants": 100}, {"grade_b": 95}, "fall"),
    ],
)
def test_a_scorecard_that_breaks_a_rule_is_refused(
    measured: Measured, weights: dict[str, int], more: dict[str, int], why: str
) -> None:
    card = Card({measured.metrics[code]: weight for code, weight in weights.items()}, **more)
    with pytest.raises(InputError, match=why):
        measured.do(actions.set_scorecard, "full_rollout", "2026-11", card)


def test_a_scorecard_is_changed_in_place_and_undone(measured: Measured) -> None:
    cards = measured.metrics
    first = Card({cards["merchants"]: 60, cards["payments"]: 40})
    second = Card({cards["merchants"]: 50, cards["referrals"]: 50}, cap=150)
    for card in (first, second):
        measured.do(actions.set_scorecard, "incubation", "2026-11", card)
    assert measured.read(queries.cards, "2026-11")["incubation"] == second
    measured.workspace.undo()
    assert measured.read(queries.cards, "2026-12")["incubation"] == first


@pytest.mark.parametrize(
    ("metric", "value", "month", "why"),
    [
        ("merchants", -1000, MONTH, "below 0"),
        ("merchants", 1000, "2026-12", "has not begun"),
        ("merchants", 1000, "2026-1x", "not a month"),
        ("fee_income", 10**15, MONTH, "too large"),
    ],
)
def test_a_figure_that_can_not_be_is_refused(
    measured: Measured, metric: str, value: int, month: str, why: str
) -> None:
    measured.add("A")
    with pytest.raises(InputError, match=why):
        measured.do(observe, [Reported(measured.ids["A"], measured.metrics[metric], month, value)])


def test_a_metric_of_another_segment_is_refused(measured: Measured) -> None:
    measured.add("A", lead_segment="G", other_segments=None)
    with pytest.raises(InputError, match="segment Business"):
        measured.report("A", "merchants", 5)
    measured.report("A", "deposits_kept", 5)


def test_what_is_odd_is_asked_about_and_then_kept_as_it_is(measured: Measured) -> None:
    measured.add("A")
    measured.report("A", "merchants", 10, "2026-09")
    odd = Reported(measured.ids["A"], measured.metrics["merchants"], MONTH, 100_000)
    with pytest.raises(OddFigureError, match="ten times") as asked:
        measured.do(observe, [odd])
    assert [one.place for one in asked.value.odd] == [0]
    assert measured.do(observe, [odd], sure=True).added == 1
    share = Reported(measured.ids["A"], measured.metrics["retention"], MONTH, 101_000)
    with pytest.raises(OddFigureError, match="above 100"):
        measured.do(observe, [share])


def test_a_correction_keeps_the_old_in_the_history_and_the_same_again_changes_nothing(
    measured: Measured,
) -> None:
    measured.add("A")
    assert measured.report("A", "merchants", 5, comment="first").added == 1
    assert measured.report("A", "merchants", 6, comment="first").corrected == 1
    assert measured.report("A", "merchants", 6, comment="first").unchanged == 1
    [row] = measured.read(queries.observations)
    with measured.workspace.read() as connection:
        told = journal.history(connection, "observation", row.id)
    assert [(one.before or {}).get("value") for one in told] == [5000, None]
    measured.do(observing.settle, [row.id], "provisional")
    assert measured.read(queries.observations)[0].state == "provisional"
    measured.do(observing.withdraw, [row.id])
    assert measured.read(queries.observations) == []


def test_targets_follow_last_year_and_split_by_season(measured: Measured) -> None:
    measured.add("A")
    for month, actual in (("2025-11", 100), ("2025-12", 300)):
        measured.report("A", "merchants", actual, month)
    identity, metric = measured.ids["A"], measured.metrics["merchants"]
    months = ["2026-11", "2026-12"]
    wanted = measured.read(targets.last_year, [identity], [metric], months, percent=10)
    assert measured.do(targets.set_targets, wanted) == 2
    rows = measured.read(queries.targets)
    assert [(row.month, row.floor, row.target) for row in rows] == [
        ("2026-11", 66_000, 110_000), ("2026-12", 198_000, 330_000),
    ]  # fmt: skip
    wanted = measured.read(targets.seasonal, identity, metric, months, 1_000_001)
    assert measured.do(targets.set_targets, wanted) == 2
    rows = measured.read(queries.targets)
    assert [row.target for row in rows] == [250_000, 750_001]
    measured.do(targets.clear_targets, [row.id for row in rows])
    assert measured.read(queries.targets) == []


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=24))
def test_parts_of_a_split_sum_to_the_whole(total: int, season: list[int]) -> None:
    if sum(season):
        parts = targets.split(total, season)
        assert sum(parts) == total and min(parts) >= 0


# --- files -------------------------------------------------------------------------------------


def write(folder: Path, text: str, name: str = "figures.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_of_figures_and_targets_is_one_change(measured: Measured, tmp_path: Path) -> None:
    measured.add("A-1")
    path = write(
        tmp_path,
        "initiative,metric,period,value,floor,target,state,comment\n"
        'a-1,effective_cards,2026-10,"1,200",500,1000,,\n'
        "A-1,Deposits kept,2026年10月,３０００,1000,5000,provisional,early\n"
        "A-1,投诉,2026-10,,,,,\n".replace("投诉", "Complaints"),
    )
    taken = take_file(measured.workspace, path)
    assert (taken.added, taken.targets, taken.blank, taken.refused) == (2, 2, 1, [])
    rows = measured.read(queries.observations)
    assert [(row.value, row.state, row.comment) for row in rows] == [
        (1_200_000, "final", None), (3_000_000, "provisional", "early"),
    ]  # fmt: skip
    again = take_file(measured.workspace, path)
    assert (again.unchanged, again.added) == (2, 0)
    measured.workspace.undo()
    assert measured.read(queries.observations) == []


def test_a_list_with_a_column_for_each_metric_is_taken(measured: Measured, tmp_path: Path) -> None:
    measured.add("A-1")
    text = "项目编号,月份,merchants,Retention\nA-1,2026-09,12,85%\nA-1,2026-10,15,\n"
    taken = take_file(measured.workspace, write(tmp_path, text))
    assert (taken.added, taken.refused) == (3, [])


BAD = [
    ("A-1,merchants,2026-13,1", "not a month"),
    ("A-1,merchants,2026-09,1e308", "not a figure"),
    ("A-1,merchants,2026-09,-4", "below 0"),
    ("A-1,merchants,2026-09,12%", "percent sign"),
    ("A-1,merchants,2026-09,lots", "not a figure"),
    ("A-1,merchants,2026-09,2026-10-01", "not a figure"),
    ("A-1,merchants,2027-09,4", "has not begun"),
    ("B-9,merchants,2026-09,4", "no initiative B-9"),
    ("A-1,sheep,2026-09,4", "no metric sheep"),
    ("A-1,new_bodies,2026-09,4", "segment Government"),
    ("A-1,payments,2026-08,4", "row 2 already"),
    ("A-1,payments,,4", "month is missing"),
]


@pytest.mark.parametrize(("line", "why"), BAD)
def test_a_file_with_one_bad_row_is_refused_whole_and_the_row_is_named(
    measured: Measured, tmp_path: Path, line: str, why: str
) -> None:
    measured.add("A-1", other_segments="B")
    text = f"initiative,metric,period,value\nA-1,payments,2026-08,4\n{line}\n"
    for dry_run in (True, False):
        taken = take_file(measured.workspace, write(tmp_path, text), dry_run=dry_run)
        assert [one.row for one in taken.refused] == [3]
        assert why in taken.refused[0].reason
        assert not taken.written
    assert measured.read(queries.observations) == []


def test_dates_in_number_cells_are_refused_and_in_month_cells_read(
    measured: Measured, tmp_path: Path
) -> None:
    measured.add("A-1")
    book = Workbook()
    book.active.append(["initiative", "metric", "period", "value"])
    book.active.append(["A-1", "merchants", datetime(2026, 10, 1), 12])
    book.active.append(["A-1", "payments", "2026-10", datetime(2026, 10, 1)])
    book.active.append(["A-1", "payments", "2026-09", 1e308])
    path = tmp_path / "figures.xlsx"
    book.save(path)
    taken = take_file(measured.workspace, path)
    assert [(one.row, one.reason.split("”")[-1]) for one in taken.refused] == [
        (3, " is a date, not a figure."), (4, " is too large for a figure."),
    ]  # fmt: skip
    book.active.delete_rows(3, 2)
    book.save(path)
    assert take_file(measured.workspace, path).added == 1


def test_a_jump_in_a_file_is_taken_and_marked(measured: Measured, tmp_path: Path) -> None:
    measured.add("A-1")
    text = "initiative,metric,period,value\nA-1,payments,2026-09,4\nA-1,payments,2026-10,400\n"
    taken = take_file(measured.workspace, write(tmp_path, text))
    assert taken.written and [one.row for one in taken.odd] == [3]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("metric,period,value\nmerchants,2026-10,1\n", "column of initiatives"),
        ("initiative,metric,value\nA-1,merchants,1\n", "column of months"),
        ("initiative,metric,period\nA-1,merchants,2026-10\n", "column of figures"),
        ("initiative,period,name\nA-1,2026-10,x\n", "column of metrics"),
    ],
)
def test_a_list_without_a_needed_column_is_refused_in_a_sentence(
    measured: Measured, tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(InputError, match=why):
        take_file(measured.workspace, write(tmp_path, text))
