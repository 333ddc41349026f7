"""A desk takes in what changed, and has then what it would have if it had read everything."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from tests.boards.conftest import Bench
from tests.conftest import NOW

from ecofolio.boards import actions, layout
from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.filters import CardFilter
from ecofolio.boards.hanging import HANGING

QUICK = ("mine", "stuck", "due", "elsewhere")


def opened(bench: Bench) -> BoardDesk:
    desk = BoardDesk(bench.workspace)
    desk.open(bench.board)
    return desk


def told(desk: BoardDesk) -> dict[str, Any]:
    """Everything that a page would show of a desk's board."""
    view = desk.view
    assert view is not None
    parts = (*HANGING.values(), "started", "waiting")
    found: dict[str, Any] = {
        name: {one: value for one, value in getattr(view, name).items() if one in desk.by_id}
        for name in parts
    }
    # a lane stays under one's hand when its last card leaves or the last one is finished
    used = set(desk.lane_of.values())
    found |= {"columns": view.columns, "cards": view.cards}
    found["lanes"] = sorted(one for one in view.lanes if one.key in used)
    found |= {name: desk.count(name) for name in QUICK}
    found["elsewhere"] = view.elsewhere & desk.by_id.keys()
    return {**found, "left": desk.left, "lane_of": desk.lane_of, "by_id": desk.by_id}


def act(bench: Bench, kind: int, card: int, other: int) -> None:
    """One thing that somebody does to a card, if it can be done."""
    columns = bench.columns
    deeds: list[Callable[[], object]] = [
        lambda: bench.do(actions.move_cards, [card], columns[other % len(columns)]),
        lambda: bench.do(actions.move_cards, [card], columns[-1], top=True),
        lambda: bench.do(actions.block, [card], "Waits"),
        lambda: bench.do(actions.assign, [card], bench.people[: other % 3]),
        lambda: bench.do(actions.trash, [card]),
        lambda: bench.do(actions.restore, [card]),
        lambda: bench.do(actions.comment, card, "Said"),
        lambda: bench.do(actions.add_items, card, ["One", "Two"]),
        lambda: bench.do(actions.depend, card, other),
        lambda: bench.do(
            actions.set_fields, [card], {"title": f"pay {other}", "service": "expedite"}
        ),
        lambda: bench.card(f"New {other}"),
        lambda: bench.workspace.undo(),
    ]
    try:
        deeds[kind]()
    except Exception as error:  # a deed that is refused changes nothing, which is looked at too
        assert type(error).__module__ == "ecofolio.errors", error


DEEDS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 7), st.integers(0, 7)), max_size=8)


@settings(max_examples=6, phases=(Phase.explicit, Phase.generate))
@given(deeds=DEEDS, lanes=st.sampled_from(("none", "service", "assignee")))
def test_any_changes_taken_in_one_by_one_come_to_what_is_read_anew(
    bench: Bench, deeds: list[tuple[int, int, int]], lanes: str
) -> None:
    bench.at(NOW - timedelta(days=90))
    bench.board = bench.workspace.do(layout.create_board, bench.squad, "Another")
    bench.do(layout.set_lanes, bench.board, lanes)
    cards = [bench.card(f"Card {n}", column_id=bench.columns[n % 3]) for n in range(8)]
    bench.move(cards[:2], -1)  # finished so long ago that they are not shown
    bench.at(NOW)
    desk = opened(bench)
    desk.set_filter(CardFilter(text="a"))
    for kind, card, other in deeds:
        told(desk)
        act(bench, kind, cards[card], cards[other])
        if desk.changes() is None:
            desk.open(bench.board)
    fresh = opened(bench)
    fresh.set_filter(desk.filter)
    assert told(desk) == told(fresh)
    desk.stop()
    fresh.stop()


def test_a_drop_costs_as_much_on_many_cards_as_on_few(bench: Bench) -> None:
    """Counted in calls and statements, because times depend on what else the machine does."""
    bench.do(layout.set_board, bench.board, {"blocks": False})
    statements = 0

    def count(*_all: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(bench.workspace._engine, "before_cursor_execute", count)
    costs = []
    for more in (60, 1_200):
        lines = "\n".join(f"Card {n}" for n in range(more))
        bench.do(actions.quick_add, bench.board, lines, column_id=bench.columns[2])
        desk = opened(bench)
        assert desk.view is not None
        card, columns = desk.view.cards[5].id, bench.columns
        for turn in range(2):  # the first makes the statements
            statements = calls = 0

            def called(_frame: object, kind: str, _argument: object) -> None:
                nonlocal calls
                calls += kind == "call"

            sys.setprofile(called)
            bench.do(actions.move_cards, [card], columns[3 + turn], seen={card: columns[2 + turn]})
            assert desk.changes() is not None
            sys.setprofile(None)
        costs.append((statements, calls))
        desk.stop()
    assert costs[0][0] == costs[1][0] <= 25
    assert costs[1][1] < 1.2 * costs[0][1]


def test_a_column_is_counted_right_when_one_comes_back_that_was_finished_long_ago(
    bench: Bench,
) -> None:
    bench.days_ago(60)
    old = bench.card("Old")
    bench.move(old, -1)
    bench.at(NOW)
    desk = opened(bench)
    assert desk.view is not None and old not in desk.by_id
    assert [one.cards for one in desk.view.columns] == [0, 0, 0, 0, 0, 1]
    bench.move(old, 1)
    assert desk.changes() == (frozenset([old]), frozenset())
    assert [one.cards for one in desk.view.columns] == [0, 1, 0, 0, 0, 0]


def test_the_search_is_made_ready_in_portions(bench: Bench) -> None:
    for n in range(5):
        bench.card(f"Card {n}")
    desk = opened(bench)
    assert [desk.prepare_search(2) for _portion in range(3)] == [False, False, True]
    desk.set_filter(CardFilter(text="card 3"))
    assert desk.left is not None and len(desk.left) == 1
    bench.card("Card 3 again")
    assert desk.changes() is not None and len(desk.left) == 2


def test_what_is_stuck_is_counted_anew_when_time_has_passed(bench: Bench) -> None:
    for n in range(5):  # five cards that took a day each say what is usual
        bench.days_ago(20 - n)
        done = bench.card(f"Done {n}", column_id=bench.columns[2])
        bench.days_ago(19 - n)
        bench.move(done, -1)
    bench.at(NOW)
    bench.card("Going", column_id=bench.columns[2])
    desk = opened(bench)
    desk.outlook = desk.read_outlook()
    assert desk.count("stuck") == 0
    bench.at(NOW + timedelta(hours=30))
    assert desk.count("stuck") == 1
