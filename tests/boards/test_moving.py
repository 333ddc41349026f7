"""Cards are moved, one or many, as one undoable change, and nothing is ever lost."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.boards.conftest import Bench
from tests.conftest import NOW

from ecofolio.boards import actions, layout, queries, sprinting
from ecofolio.boards.details import card as detail
from ecofolio.boards.readings import board_sprints
from ecofolio.errors import ConflictError, InputError, StaleError
from ecofolio.store.workspace import Workspace


def test_a_card_is_put_where_it_is_dropped(bench: Bench) -> None:
    cards = [bench.card(title) for title in "abcd"]
    bench.move(cards[3], 0, before=cards[1])
    assert bench.titles(bench.columns[0]) == ["a", "d", "b", "c"]
    bench.move(cards[0], 0)
    assert bench.titles(bench.columns[0]) == ["d", "b", "c", "a"]
    bench.move(cards[2], 0, top=True)
    assert bench.titles(bench.columns[0]) == ["c", "d", "b", "a"]
    bench.move([cards[1], cards[2]], 2, after=None)
    bench.move(cards[0], 2, after=cards[1])
    assert bench.titles(bench.columns[2]) == ["b", "a", "c"]


def test_many_cards_move_as_one_change_and_back(bench: Bench) -> None:
    text_ = "\n".join(f"card {n}" for n in range(500))
    ids = bench.workspace.do(actions.quick_add, bench.board, text_)
    before = bench.view.cards
    bench.move(ids, 5)
    assert bench.titles(bench.columns[5]) == [f"card {n}" for n in range(500)]
    assert bench.workspace.next_undo().label == "Move 500 cards to Done"  # type: ignore[union-attr]
    bench.workspace.undo()
    assert [(c.id, c.rank, c.column_id) for c in bench.view.cards] == [
        (c.id, c.rank, c.column_id) for c in before
    ]


def test_a_move_leaves_a_stay_behind_and_undo_takes_it_away(bench: Bench) -> None:
    card = bench.days_ago(10).card("a")
    bench.days_ago(4).move(card, 2)
    bench.at(NOW)
    with bench.workspace.read() as connection:
        found = detail(connection, card)
    assert found is not None
    assert [(stay.column, stay.kind) for stay in found.stays] == [
        ("Backlog", "backlog"),
        ("In progress", "active"),
    ]
    assert found.stays[1].entered_at - found.stays[0].entered_at == 6 * 86_400_000_000
    assert bench.view.age(bench.view.cards[0], int(NOW.timestamp() * 1e6)) == pytest.approx(4)
    bench.workspace.undo()
    with bench.workspace.read() as connection:
        found = detail(connection, card)
    assert found is not None and [stay.column for stay in found.stays] == ["Backlog"]


def test_undo_of_a_move_out_of_a_deleted_column_is_refused_with_the_reason(bench: Bench) -> None:
    card = bench.card("Sign")
    bench.move(card, 2)
    bench.workspace.do(layout.remove_column, bench.columns[0])
    move = next(e for e in _entries(bench.workspace) if e.label.startswith("Move Sign"))
    with pytest.raises(ConflictError, match="“Sign” can not go back: the column “Backlog” was"):
        bench.workspace.undo(move.id)
    assert bench.titles(bench.columns[1]) == ["Sign"]
    bench.workspace.undo()  # the column comes back
    bench.workspace.undo()
    assert bench.titles(bench.columns[0]) == ["Sign"]


def _entries(workspace: Workspace):  # type: ignore[no-untyped-def]
    from ecofolio.store import journal

    with workspace.read() as connection:
        return journal.entries(connection)


def test_who_comes_second_is_told_where_the_card_went(bench: Bench) -> None:
    card = bench.card("Sign")
    shown = {card: bench.columns[0]}
    other = Workspace.open(bench.workspace.place, actor="Bo", clock=lambda: NOW)
    other.do(actions.move_cards, [card], bench.columns[2], seen=shown)
    with pytest.raises(StaleError, match="Bo has moved “Sign” to “In progress” meanwhile"):
        bench.workspace.do(actions.move_cards, [card], bench.columns[1], seen=shown)
    assert bench.titles(bench.columns[2]) == ["Sign"]
    other.close()


def test_two_writers_at_once_keep_every_card_once_in_one_order(bench: Bench) -> None:
    ids = bench.workspace.do(actions.quick_add, bench.board, "\n".join("abcdefghij"))
    other = Workspace.open(bench.workspace.place, actor="Bo", clock=lambda: NOW)
    columns, failed = bench.columns, []

    def run(workspace: Workspace, mine: list[int], column: int) -> None:
        try:
            for one in mine:
                workspace.do(actions.move_cards, [one], column, before=None, top=True)
        except Exception as error:
            failed.append(error)

    threads = [
        threading.Thread(target=run, args=(bench.workspace, ids, columns[2])),
        threading.Thread(target=run, args=(other, ids[::-1], columns[2])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert not failed
    cards = bench.view.cards
    assert sorted(card.id for card in cards) == sorted(ids)
    assert len({card.rank for card in cards}) == len(ids)


def test_a_limit_is_shown_and_where_the_board_blocks_asks_for_a_reason(bench: Bench) -> None:
    done = bench.columns[3]
    bench.workspace.do(layout.set_column, done, {"wip_limit": 1})
    cards = [bench.card(title) for title in "abc"]
    bench.move(cards[:2], 3)
    assert next(c for c in bench.view.columns if c.id == done).is_over
    bench.workspace.do(layout.set_board, bench.board, {"blocks": True})
    with pytest.raises(InputError, match=r"“Check” would hold 3 cards; its limit is 1\. Give"):
        bench.move(cards[2], 3)
    bench.move(cards[2], 3, reason="audit on Monday")
    label = bench.workspace.next_undo().label  # type: ignore[union-attr]
    assert label == "Move c to Check beyond its limit: audit on Monday"
    bench.move(cards[1], 3, top=True)  # within a full column nothing is added


def test_a_lane_has_a_limit_of_its_own(bench: Bench) -> None:
    bench.workspace.do(layout.set_board, bench.board, {"blocks": True})
    bench.workspace.do(layout.set_lane, bench.board, "expedite", wip_limit=1)
    first, second = bench.card("a"), bench.card("b")
    bench.move(first, 1, lane="expedite")
    assert bench.view.cards[-1].service == "expedite"
    with pytest.raises(InputError, match="The lane “expedite” would hold 2 cards"):
        bench.move(second, 1, lane="expedite")
    lanes = {lane.key: lane for lane in bench.view.lanes}
    assert (lanes["expedite"].cards, lanes["expedite"].is_over) == (1, False)


def test_a_card_dropped_in_somebodys_lane_becomes_theirs(bench: Bench) -> None:
    bench.workspace.do(layout.set_lanes, bench.board, "assignee")
    card = bench.card("a", assignees=[bench.people[0], bench.people[1]])
    bench.move(card, 1, lane=str(bench.people[2]))
    assert bench.view.assignees[card] == (bench.people[2], bench.people[1])
    assert bench.view.lane_of(bench.view.cards[0]) == str(bench.people[2])


def test_a_column_that_held_cards_gives_them_to_another(bench: Bench) -> None:
    ids = [bench.card(title) for title in "ab"]
    with pytest.raises(InputError, match="“Backlog” holds cards: say which column they go to"):
        bench.workspace.do(layout.remove_column, bench.columns[0])
    bench.workspace.do(layout.remove_column, bench.columns[0], into=bench.columns[1])
    assert [card.id for card in bench.view.cards] == ids
    assert bench.view.columns[0].name == "Ready"


def test_a_drop_reads_no_more_with_more_cards(bench: Bench) -> None:
    """Statements run by a drop do not depend on the number of cards."""
    counts = []
    for n in (5, 400):
        ids = bench.workspace.do(
            actions.quick_add, bench.board, "\n".join(f"c{n}" for n in range(n))
        )
        counts.append(_statements(bench, ids[2], ids[1]))
    assert counts[0] == counts[1]


def _statements(bench: Bench, card: int, before: int) -> int:
    from sqlalchemy import event

    seen: list[str] = []
    engine = bench.workspace._engine
    column = bench.columns[0]

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    bench.workspace.do(actions.move_cards, [card], column, before=before)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


MOVES = st.lists(
    st.tuples(
        st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True),
        st.integers(0, 5),
        st.sampled_from(["top", "bottom", "before", "after"]),
        st.integers(0, 7),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(moves=MOVES)
@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_any_moves_keep_every_card_once_and_ranks_a_total_order(
    bench: Bench, moves: list[tuple[list[int], int, str, int, bool]]
) -> None:
    ids = bench.workspace.do(actions.quick_add, bench.board, "\n".join("abcdefgh"))
    before = _state(bench)
    done = 0
    for chosen, column, how, anchor, undo in moves:
        kwargs: dict[str, object] = {"top": how == "top"}
        cards = {card.id: card for card in bench.view.cards}
        if how in ("before", "after"):
            if cards[ids[anchor]].column_id != bench.columns[column]:
                continue
            kwargs[how] = ids[anchor]
        entry = bench.workspace.next_undo()
        bench.move([ids[n] for n in chosen], column, **kwargs)
        changed = bench.workspace.next_undo() != entry
        if changed and undo:
            bench.workspace.undo()
        else:
            done += changed
        view = bench.view
        assert sorted(card.id for card in view.cards) == sorted({*ids, *_others(view, ids)})
        for own in view.columns:
            keys = [(card.rank, card.id) for card in view.cards if card.column_id == own.id]
            assert keys == sorted(set(keys))
            assert own.cards == len(keys)
    for _n in range(done):
        bench.workspace.undo()
    assert _state(bench) == before
    for one in ids:
        bench.workspace.do(actions.trash, [one])


def _others(view: queries.BoardView, ids: list[int]) -> set[int]:
    return {card.id for card in view.cards} - set(ids)


def _state(bench: Bench) -> list[tuple[object, ...]]:
    with bench.workspace.read() as connection:
        stays = connection.execute(text("SELECT count(*) FROM card_stay")).scalar()
    cards = [(card.id, card.column_id, card.rank, card.entered_at) for card in bench.view.cards]
    return [*cards, (stays,)]


def test_a_card_is_handed_over_to_another_board_with_its_history(bench: Bench) -> None:
    other = bench.workspace.do(layout.create_board, bench.squad, "Other", like=bench.board)
    field = bench.workspace.do(layout.add_field, bench.board, "Contract", "text")
    card = bench.card("a")
    bench.workspace.do(actions.set_custom, [card], field, "2026-17")
    bench.days_ago(-1).do(actions.hand_over, [card], other)
    with bench.workspace.read() as connection:
        found = detail(connection, card)
    assert found is not None
    assert (found.board, found.column, len(found.stays)) == ("Other", "Backlog", 2)
    assert found.row["description"] == "Contract: 2026-17"
    assert bench.view.cards == []


def test_cards_come_to_a_column_of_their_kind_and_leave_their_sprint(bench: Bench) -> None:
    other = bench.workspace.do(layout.create_board, bench.squad, "Other", like=bench.board)
    card = bench.card("a")
    bench.move(card, 2)
    day = NOW.date()
    sprint = bench.workspace.do(sprinting.create_sprint, bench.board, "One", day, day)
    bench.workspace.do(sprinting.add_cards, sprint, [card])
    bench.workspace.do(actions.hand_over, [card], other)
    with bench.workspace.read() as connection:
        found = detail(connection, card)
        sprints = board_sprints(connection, bench.board, NOW)
    assert found is not None and found.column == "In progress"
    assert sprints[0].burn.left == ()
    with pytest.raises(InputError, match="on that board already"):
        bench.workspace.do(actions.hand_over, [card], other)
    bench.workspace.undo()
    assert [one.id for one in bench.view.cards] == [card]


def test_a_limit_of_the_other_board_refuses_without_a_reason(bench: Bench) -> None:
    other = bench.workspace.do(layout.create_board, bench.squad, "Other", like=bench.board)
    bench.workspace.do(layout.set_board, other, {"blocks": True})
    with bench.workspace.read() as connection:
        column = queries.columns(connection, other)[2].id
    bench.workspace.do(layout.set_column, column, {"wip_limit": 1})
    cards = [bench.card(title) for title in "ab"]
    for action in (actions.hand_over, actions.copy_cards):
        with pytest.raises(InputError, match="In progress"):
            bench.workspace.do(action, cards, other, column)
    bench.workspace.do(actions.hand_over, cards, other, column, reason="Audit")
    assert bench.view.cards == []


def test_a_copy_has_all_but_the_history(bench: Bench) -> None:
    other = bench.workspace.do(layout.create_board, bench.squad, "Other", like=bench.board)
    field = bench.workspace.do(layout.add_field, bench.board, "Contract", "text")
    card = bench.days_ago(9).card("a", assignees=bench.people[:2])
    bench.workspace.do(actions.set_custom, [card], field, "2026-17")
    bench.workspace.do(actions.add_items, card, ["one", "two"])
    bench.workspace.do(actions.comment, card, "Please")
    bench.workspace.do(actions.link_file, card, "a.pdf", "0" * 64, 10)
    bench.days_ago(4).move(card, 2)
    (made,) = bench.at(NOW).workspace.do(actions.copy_cards, [card], other)
    with bench.workspace.read() as connection:
        old, new = detail(connection, card), detail(connection, made)
    assert old is not None and new is not None
    assert (new.board, new.column, len(new.stays)) == ("Other", "In progress", 1)
    assert new.row["entered_at"] == int(NOW.timestamp() * 1e6)
    assert new.row["description"] == "Contract: 2026-17"
    assert [one.text for one in new.items] == ["one", "two"]
    assert [one.body for one in new.comments] == [one.body for one in old.comments] == ["Please"]
    assert [one.name for one in new.files] == ["a.pdf"]
    assert new.assignees == old.assignees
    bench.workspace.undo()
    with bench.workspace.read() as connection:
        assert detail(connection, made) is None and detail(connection, card) is not None
