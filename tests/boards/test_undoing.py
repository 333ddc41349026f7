"""Whatever is done to a board can be undone: cards, settings, templates, filters, sprints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import text
from tests.boards.conftest import Bench

from ecofolio.boards import actions, layout, sprinting
from ecofolio.store.workspace import Workspace

TABLES = (
    "board",
    "board_column",
    "board_lane",
    "board_filter",
    "card",
    "card_field",
    "card_value",
    "card_stay",
    "card_block",
    "card_assignee",
    "card_comment",
    "card_dependency",
    "checklist_item",
    "sprint",
    "sprint_card",
)
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 27)
Deed = Callable[[Bench, list[int], int, int], tuple[Any, ...]]
DEEDS: dict[str, Deed] = {
    "template": lambda b, *_: (layout.create_board, b.squad, "New"),
    "name": lambda b, *_: (layout.set_board, b.board, {"name": "Other"}),
    "limits block": lambda b, *_: (layout.set_board, b.board, {"blocks": True}),
    "lanes": lambda b, *_: (layout.set_lanes, b.board, "assignee"),
    "lanes by field": lambda b, c, field, s: (layout.set_lanes, b.board, "field", field),
    "order of lanes": lambda b, *_: (layout.order_lanes, b.board, ["standard", "expedite"]),
    "new column": lambda b, *_: (layout.add_column, b.board, {"name": "New"}, 1),
    "column": lambda b, *_: (layout.set_column, b.columns[1], {"policy": "None", "wip_limit": 1}),
    "place of column": lambda b, *_: (layout.move_column, b.columns[1], 3),
    "column gone": lambda b, *_: (layout.remove_column, b.columns[0], b.columns[1]),
    "field": lambda b, *_: (layout.add_field, b.board, "More", "choice", ["a", "b"]),
    "field gone": lambda b, c, field, s: (layout.delete_field, field),
    "filter": lambda b, *_: (layout.save_filter, b.board, "Mine", "{}"),
    "board gone": lambda b, *_: (layout.delete_board, b.board),
    "values": lambda b, c, *_: (actions.set_fields, c, {"size": 3.0, "service": "expedite"}),
    "block": lambda b, c, *_: (actions.block, c, "No contract"),
    "unblock": lambda b, c, *_: (actions.unblock, c[:1]),
    "people": lambda b, c, *_: (actions.assign, c, b.people),
    "dependency": lambda b, c, *_: (actions.depend, c[0], c[1]),
    "comment": lambda b, c, *_: (actions.comment, c[0], "Please"),
    "trash": lambda b, c, *_: (actions.trash, c),
    "sprint": lambda b, *_: (sprinting.create_sprint, b.board, "Two", FIRST, LAST),
    "goal": lambda b, c, f, sprint: (sprinting.set_sprint, sprint, {"goal": "Ten schools"}),
    "begin": lambda b, c, f, sprint: (sprinting.start_sprint, sprint),
    "taken in": lambda b, c, f, sprint: (sprinting.add_cards, sprint, c),
    "taken out": lambda b, c, f, sprint: (sprinting.remove_cards, sprint, c[:1]),
    "close": lambda b, c, f, sprint: (sprinting.close_sprint, sprint),
    "sprint gone": lambda b, c, f, sprint: (sprinting.delete_sprint, sprint),
}


def contents(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """All that there is, apart from how often each record was written."""
    found = {}
    with workspace.read() as connection:
        for table in TABLES:
            rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY id")).mappings()
            found[table] = [tuple(v for k, v in row.items() if k != "version") for row in rows]
    return found


def test_every_deed_is_undone_and_done_again(bench: Bench) -> None:
    cards = [bench.card(title) for title in "abc"]
    field = bench.workspace.do(layout.add_field, bench.board, "Contract", "choice", ["x"])
    bench.workspace.do(actions.set_custom, cards[:1], field, "x")
    bench.workspace.do(actions.block, cards[:1], "Waiting")
    sprint = bench.workspace.do(sprinting.create_sprint, bench.board, "One", FIRST, LAST)
    bench.workspace.do(sprinting.add_cards, sprint, cards[:1])
    before = contents(bench.workspace)
    for name, deed in DEEDS.items():  # in one programme: making one takes longer than all of them
        bench.workspace.do(*deed(bench, cards, field, sprint))
        after = contents(bench.workspace)
        assert after != before, name
        bench.workspace.undo()
        assert contents(bench.workspace) == before, name
        bench.workspace.redo()
        assert contents(bench.workspace) == after, name
        bench.workspace.undo()
