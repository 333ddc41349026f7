"""What hangs on cards, what filters leave, what is mine, and what the board's figures say."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.boards.conftest import Bench
from tests.conftest import NOW

from ecofolio.boards import actions, details, files, filters, layout, queries, readings, sprinting
from ecofolio.errors import ConflictError, InputError
from ecofolio.initiatives import actions as initiatives
from ecofolio.squads import actions as squads
from ecofolio.store.journal import microseconds

AT = microseconds(NOW)


def left(bench: Bench, **wanted: object) -> list[str]:
    view = bench.view
    chosen = filters.CardFilter(**wanted)  # type: ignore[arg-type]
    assert filters.CardFilter.from_json(chosen.as_json()) == chosen
    found = filters.matching(
        view, chosen, today=NOW.date(), now=AT, person_id=bench.people[0], p85=5
    )
    return [card.title for card in view.cards if card.id in found]


def test_filters_leave_what_is_mine_stuck_due_or_waiting_for_others(bench: Bench) -> None:
    other = bench.workspace.do(squads.create_squad, {"name": "Risk"})
    theirs = bench.workspace.do(layout.create_board, other, "Risk board")
    blocker = bench.workspace.do(actions.create_card, theirs, {"title": "Opinion"})
    bench.card("mine", assignees=[bench.people[0]])
    blocked, waits = bench.card("blocked"), bench.card("等待医院")
    old = bench.days_ago(20).card("old", column_id=bench.columns[2])
    bench.at(NOW).do(actions.set_fields, [old], {"due_date": NOW.date() + timedelta(days=1)})
    bench.do(actions.block, [blocked], "no room")
    bench.do(actions.depend, blocker, waits)
    bench.do(actions.set_labels, [blocked], add=["risk"])
    assert left(bench, mine=True) == ["mine"]
    assert left(bench, stuck=True) == ["blocked", "等待医院", "old"]
    assert left(bench, due=True) == ["old"]
    assert left(bench, elsewhere=True) == ["等待医院"]
    assert left(bench, text="医院") == ["等待医院"]
    assert left(bench, text="ROOM") == ["blocked"]
    assert left(bench, labels=frozenset({"risk"})) == ["blocked"]
    assert [card.title for card in filters.stand_up(bench.view, AT)] == ["old"]
    with bench.workspace.read() as connection:
        assert [one.title for one in details.search(connection, "医院")] == ["等待医院"]
        assert details.search(connection, "%") == []
        mine = details.my_work(connection, bench.people[0], AT)
    assert [(one.title, one.why) for one in mine][:2] == [("blocked", "squad"), ("old", "squad")]
    assert next(one for one in mine if one.title == "mine").why == "assigned"
    assert mine[1].age == pytest.approx(20)
    bench.move(blocked, 5)  # done: not blocked any more
    assert left(bench, stuck=True) == ["等待医院", "old"]


def test_a_circle_of_dependencies_is_refused_and_named(bench: Bench) -> None:
    a, b, c = (bench.card(title) for title in "abc")
    bench.do(actions.depend, a, b)
    bench.do(actions.depend, b, c)
    with pytest.raises(InputError, match="round in a circle: a → b → c → a"):
        bench.do(actions.depend, c, a)
    with pytest.raises(InputError, match="block itself"):
        bench.do(actions.depend, a, a)


def test_trash_keeps_a_card_for_restoring_and_emptying_it_can_be_undone(bench: Bench) -> None:
    card, other = bench.card("a"), bench.card("b")
    bench.do(actions.comment, card, "@Bo look")
    bench.do(actions.depend, card, other)
    bench.do(actions.trash, [card])
    assert bench.titles(bench.columns[0]) == ["b"]
    with pytest.raises(InputError, match="“a” is in the trash"):
        bench.move(card, 1)
    bench.do(actions.restore, [card])
    assert bench.titles(bench.columns[0]) == ["a", "b"]
    bench.do(actions.trash, [card])
    assert bench.do(actions.empty_trash, bench.board) == 1
    with bench.workspace.read() as connection:
        assert details.card(connection, card) is None
    bench.workspace.undo()
    bench.workspace.undo()
    with bench.workspace.read() as connection:
        found = details.card(connection, card)
    assert found is not None and [one.title for one in found.blocking] == ["b"]
    assert found.comments[0].body == "@Bo look"


def test_a_restored_card_whose_column_is_gone_comes_to_the_first(bench: Bench) -> None:
    card = bench.card("a", column_id=bench.columns[3])
    bench.do(actions.trash, [card])
    bench.do(layout.remove_column, bench.columns[3])
    with pytest.raises(ConflictError):
        bench.workspace.undo(bench.workspace.next_undo().id - 1)  # type: ignore[union-attr]
    bench.do(actions.restore, [card])
    assert bench.titles(bench.columns[0]) == ["a"]


def test_fields_hold_what_fits_their_type(bench: Bench) -> None:
    card = bench.card("a")
    field = bench.do(layout.add_field, bench.board, "Priority", "choice", ["high", "low"])
    bench.do(actions.set_custom, [card], field, "high")
    with pytest.raises(InputError, match="does not fit"):
        bench.do(actions.set_custom, [card], field, "soon")
    bench.do(layout.set_lanes, bench.board, "field", field)
    assert [lane.key for lane in bench.view.lanes] == ["high"]
    bench.move(card, 1, lane="low")
    assert bench.view.values[card] == {field: "low"}
    with pytest.raises(InputError, match="lanes of the board go by this field"):
        bench.do(layout.delete_field, field)


def test_a_file_is_kept_once_by_its_content(bench: Bench, tmp_path: Path) -> None:
    if bench.workspace.place.is_server:
        pytest.skip("files beside a programme file")
    source = tmp_path / "协议.pdf"
    source.write_bytes(b"content")
    first, second = (files.keep(bench.workspace.place, source) for _n in range(2))
    assert first == second and files.is_whole(bench.workspace.place, first.hash)
    path = files.path_of(bench.workspace.place, first.hash)
    assert path.is_relative_to(bench.workspace.place.file.with_suffix(".files"))
    card = bench.card("a")
    bench.do(actions.link_file, card, *first)
    assert bench.view.files == {card: 1}
    path.write_bytes(b"changed")
    assert not files.is_whole(bench.workspace.place, first.hash)


def test_a_board_like_another_has_its_columns_and_limits_but_no_cards(bench: Bench) -> None:
    bench.card("a")
    bench.do(layout.set_column, bench.columns[1], {"wip_limit": 2, "policy": "small"})
    other = bench.do(layout.create_board, bench.squad, "Second", like=bench.board)
    with bench.workspace.read() as connection:
        view = queries.view(connection, other)  # type: ignore[arg-type]
    assert view is not None and view.cards == []
    assert [(c.name, c.kind, c.wip_limit, c.policy) for c in view.columns] == [
        (c.name, c.kind, c.wip_limit, c.policy) for c in bench.view.columns
    ]


def test_a_board_like_another_has_its_filters_but_for_those_of_its_sprints(bench: Bench) -> None:
    sprint = bench.do(sprinting.create_sprint, bench.board, "S1", NOW.date(), NOW.date())
    for name, chosen in (("mine", {"mine": True}), ("none", {"sprints": frozenset([0])}),
                         ("S1", {"sprints": frozenset([sprint])})):  # fmt: skip
        spec = filters.CardFilter(**chosen).as_json()  # type: ignore[arg-type]
        bench.do(layout.save_filter, bench.board, name, spec)
    other = bench.do(layout.create_board, bench.squad, "Second", like=bench.board)
    with bench.workspace.read() as connection:
        found = queries.filters(connection, other)  # type: ignore[arg-type]
    assert [name for _id, name, _spec in found] == ["mine", "none"]


@pytest.mark.parametrize("template", ["discovery", "delivery", "partner_onboarding", "compliance"])
@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_every_template_makes_a_board_that_ends_in_done(bench: Bench, template: str) -> None:
    board = bench.do(layout.create_board, bench.squad, template, template=template)
    with bench.workspace.read() as connection:
        found = queries.columns(connection, board)  # type: ignore[arg-type]
    assert found[0].kind == "backlog" and found[-1].kind == "done"


def test_flow_of_a_board_a_lane_and_a_squad_is_read_from_the_moves(bench: Bench) -> None:
    for n in range(16):
        card = bench.days_ago(100 - 6 * n).card(f"c{n}")
        bench.do(actions.set_fields, [card], {"service": "expedite" if n % 2 else "standard"})
        bench.days_ago(98 - 6 * n).move(card, 2)
        if n < 15:
            bench.days_ago(95 - 6 * n).move(card, 5)
    bench.at(NOW)
    with bench.workspace.read() as connection:
        all_ = readings.past(connection, readings.Part(board_id=bench.board))
        lane = readings.past(connection, readings.Part(board_id=bench.board, lane="expedite"))
        squad = readings.past(connection, readings.Part(squad_id=bench.squad))
    assert all_.pace() == (15, 3, 3) or all_.pace().p85 == pytest.approx(3)
    assert len(lane.journeys) == 8 and len(squad.journeys) == 16
    today = NOW.date()
    found = all_.figures(today - timedelta(days=99), today, NOW)
    assert sum(n for _week, n in found.throughput) == len(found.points) == 15
    assert found.cumulative[-1][1] == (0, 0, 1, 0, 0, 15)
    when = all_.when(today)
    assert when is not None and when.dates[50] is not None and when.dates[50] > today
    assert all_.remaining == 1


def test_a_sprint_is_committed_changed_and_closed_with_what_is_carried_over(bench: Bench) -> None:
    ids = [bench.card(title) for title in "abc"]
    start, end = date(2026, 11, 16), date(2026, 11, 27)
    first = bench.do(sprinting.create_sprint, bench.board, "S1", start, end)
    bench.days_ago(4).do(sprinting.add_cards, first, ids[:2])
    bench.do(sprinting.start_sprint, first)
    bench.days_ago(2).do(sprinting.add_cards, first, ids[2:])
    bench.move(ids[0], 5)
    bench.at(NOW)
    with bench.workspace.read() as connection:
        rows = readings.board_sprints(connection, bench.board, NOW)
    burn = rows[0].burn
    assert (burn.committed, burn.added, burn.done, burn.left) == (2, 1, 1, (ids[1], ids[2]))
    second = bench.do(sprinting.create_sprint, bench.board, "S2", end, end)
    assert bench.do(sprinting.close_sprint, first, second) == ids[1:]
    with bench.workspace.read() as connection:
        rows = readings.board_sprints(connection, bench.board, NOW)
    assert readings.velocity(rows) == (1, 1, None, 1, 1)
    assert rows[0].burn.left == tuple(ids[1:])
    with pytest.raises(InputError, match="S1 is closed"):
        bench.do(sprinting.add_cards, first, ids[:1])


def test_deleting_a_board_can_be_undone_and_its_squad_is_kept_meanwhile(bench: Bench) -> None:
    card = bench.card("a")
    bench.move(card, 2)
    with pytest.raises(InputError, match="has boards"):
        bench.do(squads.delete_squad, bench.squad)
    bench.do(layout.delete_board, bench.board)
    bench.workspace.undo()
    assert bench.titles(bench.columns[2]) == ["a"]
    assert bench.workspace.verify() == []


def test_an_initiative_with_cards_is_not_deleted_and_says_why(bench: Bench) -> None:
    made = bench.do(initiatives.create, {"name": "Payroll"})
    assert isinstance(made, int)
    card = bench.card("a")
    bench.do(actions.set_fields, [card], {"initiative_id": made})
    with pytest.raises(InputError, match="“Payroll” can not be deleted: 1 record on another page"):
        bench.do(initiatives.delete, [made])
    bench.do(actions.set_fields, [card], {"initiative_id": None})
    bench.do(initiatives.delete, [made])
