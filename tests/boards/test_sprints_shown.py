"""The sprint of a card is on its face, in lists, and can be filtered by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.boards.conftest import Bench
from tests.boards.page_trials import Trial, furnish
from tests.conftest import ACTOR, NOW

from ecofolio.boards import actions, layout, lists, queries, sprinting
from ecofolio.boards.desk import BoardDesk
from ecofolio.boards.exchange.importing import run_import
from ecofolio.boards.exchange.workbook import export_board
from ecofolio.boards.faces import face
from ecofolio.boards.filters import NO_SPRINT, CardFilter
from ecofolio.initiatives import actions as initiatives
from ecofolio.organisation.model import Person
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme

DAY = NOW.date()


def plan(bench: Bench | Trial, name: str) -> int:
    return int(
        bench.workspace.do(
            sprinting.create_sprint, bench.board, name, DAY, DAY + timedelta(days=11)
        )
    )


def opened(bench: Bench) -> BoardDesk:
    desk = BoardDesk(bench.workspace)
    desk.open(bench.board)
    return desk


def captions(desk: BoardDesk) -> dict[str, str]:
    return {card.title: face(desk, card).caption for card in desk.by_id.values()}


def test_a_card_shows_the_sprint_that_it_is_in(bench: Bench) -> None:
    inside, _outside = bench.card("Inside"), bench.card("Outside")
    sprint = plan(bench, "S3")
    bench.do(sprinting.add_cards, sprint, [inside])
    desk = opened(bench)
    assert captions(desk) == {"Inside": "S3", "Outside": ""}
    with bench.workspace.read() as connection:
        rows = lists.cards(connection, bench.board, NOW)
    assert {row["title"]: row["sprint"] for row in rows} == {"Inside": "S3", "Outside": None}
    desk.stop()


def test_what_happens_to_a_sprint_is_taken_in_without_reading_the_board_anew(bench: Bench) -> None:
    one, other = bench.card("One"), bench.card("Other")
    sprint = plan(bench, "S3")
    desk = opened(bench)
    bench.do(sprinting.add_cards, sprint, [one])
    assert desk.changes() == (frozenset([one]), frozenset())
    assert captions(desk) == {"One": "S3", "Other": ""}
    bench.do(sprinting.set_sprint, sprint, {"name": "Autumn"})
    assert desk.changes() == (frozenset([one]), frozenset())
    assert captions(desk)["One"] == "Autumn"
    bench.workspace.undo()
    bench.workspace.undo()
    assert desk.changes() == (frozenset([one]), frozenset())
    assert captions(desk) == {"One": "", "Other": ""}
    bench.do(sprinting.add_cards, sprint, [other])
    bench.do(sprinting.delete_sprint, sprint)
    assert desk.changes() == (frozenset(), frozenset())
    assert captions(desk) == {"One": "", "Other": ""}
    desk.stop()


def test_a_closed_sprint_keeps_what_was_finished_in_it_and_lets_go_of_the_rest(
    bench: Bench,
) -> None:
    finished, left = bench.card("Finished"), bench.card("Left")
    sprint = plan(bench, "S3")
    bench.do(sprinting.add_cards, sprint, [finished, left])
    bench.move(finished, -1)
    bench.do(sprinting.close_sprint, sprint)
    desk = opened(bench)
    assert captions(desk) == {"Finished": "S3", "Left": ""}
    bench.move(finished, 0)  # not finished after all
    assert desk.changes() is not None
    assert captions(desk) == {"Finished": "", "Left": ""}
    desk.stop()


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [(["S3"], {"In S3"}), ([None], {"In none"}), (["S4", None], {"In S4", "In none"})],
)
def test_a_filter_leaves_the_cards_of_sprints_and_of_none(
    bench: Bench, chosen: list[str | None], titles: set[str]
) -> None:
    sprints: dict[str | None, int] = {name: plan(bench, name) for name in ("S3", "S4")}
    for name, own in sprints.items():
        bench.do(sprinting.add_cards, own, [bench.card(f"In {name}")])
    bench.card("In none")
    sprints[None] = NO_SPRINT
    wanted = CardFilter(sprints=frozenset(sprints[name] for name in chosen))
    desk = opened(bench)
    desk.set_filter(CardFilter.from_json(wanted.as_json()))
    assert desk.filter == wanted
    assert {desk.by_id[one].title for one in desk.left or ()} == titles
    desk.stop()


def test_the_search_finds_a_sprint_by_its_name(bench: Bench) -> None:
    card, _other = bench.card("One"), bench.card("Other")
    sprint = plan(bench, "Autumn")
    desk = opened(bench)
    desk.set_filter(CardFilter(text="autumn"))
    assert desk.left == set()
    bench.do(sprinting.add_cards, sprint, [card])
    assert desk.changes() is not None
    assert desk.left == {card}
    desk.stop()


@pytest.fixture
def trial(qapp, tmp_path) -> Iterator[Trial]:
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    with Workspace.create(tmp_path / "p.ecofolio", actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        yield made
        made.close()


def test_by_sprint_is_offered_where_a_board_has_sprints_and_filters_its_cards(
    trial: Trial,
) -> None:
    from PySide6.QtWidgets import QApplication, QMenu

    card, _other = trial.card("Inside"), trial.card("Outside", column=1)
    trial.open()
    tools = trial.page.tools

    def offered() -> dict[str, object]:
        tools._open_more()
        menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu))
        actions_ = {action.text(): action for action in menu.actions()}
        menu.hide()
        trial.settle()
        return actions_

    assert "By sprint…" not in offered()
    sprint = plan(trial, "S3")
    trial.workspace.do(sprinting.add_cards, sprint, [card])
    trial.page.refresh()
    assert "By sprint…" in offered()
    tools._by("sprints")
    trial.settle()
    tools._chosen("sprints", frozenset([sprint]))
    trial.settle()
    assert (trial.shown(0), trial.shown(1)) == (["Inside"], [])
    assert tools.more.value == "1"
    tools._chosen("sprints", frozenset([NO_SPRINT]))
    assert (trial.shown(0), trial.shown(1)) == ([], ["Outside"])
    row = trial.wall.cards.row_of[card]
    assert "S3" in trial.wall.cards.spoken(row)
    trial.workspace.do(actions.trash, [card])


def test_a_saved_filter_means_the_same_sprint_where_the_board_is_read_back(
    bench: Bench, tmp_path
) -> None:
    plan(bench, "S3")
    sprint = plan(bench, "S4")
    bench.do(sprinting.add_cards, sprint, [bench.card("Inside")])
    bench.card("Outside")
    spec = CardFilter(sprints=frozenset([sprint])).as_json()
    bench.do(layout.save_filter, bench.board, "Ours", spec)
    path = tmp_path / "board.json"
    with bench.workspace.read() as connection:
        export_board(connection, bench.board, path, now=NOW, actor="")
    report = run_import(bench.workspace, path, squad="S01")
    with bench.workspace.read() as connection:
        bench.board = queries.by_code(connection, str(report.board)) or 0
        ((_id, _name, again),) = queries.filters(connection, bench.board)
    desk = opened(bench)
    desk.set_filter(CardFilter.from_json(again))
    assert {desk.by_id[one].title for one in desk.left or ()} == {"Inside"}
    desk.stop()


@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_a_saved_filter_means_the_same_people_and_initiatives_in_another_programme(
    bench: Bench, tmp_path
) -> None:
    values = {"code": "I-1", "name": "Campus", "lead_segment": "G"}
    own = bench.workspace.do(initiatives.create, values)
    for name, chosen in {
        "Bo": CardFilter(assignees=frozenset(bench.people[1:])),
        "Lei": CardFilter(assignees=frozenset(bench.people[2:]), mine=True),
        "Campus": CardFilter(initiatives=frozenset([own])),
    }.items():
        bench.do(layout.save_filter, bench.board, name, chosen.as_json())
    path = tmp_path / "board.json"
    with bench.workspace.read() as connection:
        export_board(connection, bench.board, path, now=NOW, actor="")

    def people(work):
        work.label("People")
        codes = ("P8", "P7", "P1")  # Bo is the third here, and 李雷 is nobody
        return work.insert(Person, [{"code": code, "name": code} for code in codes])

    with Workspace.create(tmp_path / "other.ecofolio") as other:
        bo = other.do(people)[2]
        other.do(initiatives.create, {**values, "code": "I-0"})
        there = other.do(initiatives.create, values)
        report = run_import(other, path, squad="Campus")
        with other.read() as connection:
            board = queries.by_code(connection, str(report.board)) or 0
            found = {name: spec for _id, name, spec in queries.filters(connection, board)}
    assert {name: CardFilter.from_json(spec) for name, spec in found.items()} == {
        "Bo": CardFilter(assignees=frozenset([bo])),
        "Campus": CardFilter(initiatives=frozenset([there])),
    }
