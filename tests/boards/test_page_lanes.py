"""Lanes are put into an order by hand, by keys and by menu; the board keeps it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu
from tests.boards.page_trials import LEFT, NONE, Trial, furnish
from tests.conftest import ACTOR, NOW

from ecofolio.boards import actions, layout, queries
from ecofolio.boards.settings_dialog import SettingsDialog
from ecofolio.boards.wall import LANE_HEAD
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme

Key, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier
USUAL = ["expedite", "standard", "intangible"]


@pytest.fixture
def lanes(qapp, tmp_path) -> Iterator[Trial]:
    """A board with a card in each of three lanes."""
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path, actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        for service in USUAL:
            made.card(service.title(), values={"service": service})
        workspace.do(layout.set_lanes, made.board, "service")
        made.open()
        yield made
        made.close()


def kept(trial: Trial) -> list[str]:
    """The lanes as the programme has them."""
    with trial.workspace.read() as connection:
        view = queries.view(connection, trial.board)
    assert view is not None
    return [lane.key for lane in view.lanes]


def head(trial: Trial, lane: str) -> QPoint:
    """The middle of a lane's head."""
    wall = trial.wall
    top = wall.wall.lane_tops[wall.wall.lanes.index(lane)] - wall.verticalScrollBar().value()
    return QPoint(120, top + LANE_HEAD // 2)


def test_a_lane_is_dragged_to_another_place_and_undone(lanes: Trial) -> None:
    surface, start, end = lanes.wall.viewport(), head(lanes, "intangible"), head(lanes, "expedite")
    QTest.mousePress(surface, LEFT, NONE, start)
    for n in range(1, 6):
        QTest.mouseMove(surface, start + (end - start) * n / 5)
    QTest.mouseRelease(surface, LEFT, NONE, end)
    lanes.settle()
    wanted = ["intangible", "expedite", "standard"]
    assert kept(lanes) == wanted == lanes.wall.wall.lanes
    assert lanes.workspace.next_undo().label == "Order the lanes of Campus board"
    lanes.wall.setFocus()
    lanes.press(Key.Key_Z)
    assert kept(lanes) == USUAL == lanes.wall.wall.lanes


def test_a_click_on_a_head_folds_its_lane_and_writes_nothing(lanes: Trial) -> None:
    before = lanes.workspace.next_undo()
    QTest.mouseClick(lanes.wall.viewport(), LEFT, NONE, head(lanes, "standard"))
    assert lanes.wall.wall.folded == {"standard"}
    assert lanes.workspace.next_undo() == before


def test_alt_and_arrows_move_the_lane_of_the_current_card(lanes: Trial) -> None:
    lanes.click("Expedite")
    lanes.press(Key.Key_Down, modifiers=ALT)
    assert kept(lanes) == ["standard", "expedite", "intangible"]
    lanes.press(Key.Key_Down, Key.Key_Down, Key.Key_Up, modifiers=ALT)
    assert kept(lanes) == ["standard", "expedite", "intangible"]
    assert lanes.wall.current_id() == lanes.id_of("Expedite")


def test_a_lane_has_a_menu(lanes: Trial) -> None:
    lanes.wall.lane_menu_wanted.emit("expedite", QPoint(0, 0))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text().split("\t")[0] for action in menu.actions()]
    assert texts[:2] == ["Fold lane", "Move lane down"]  # it can not go up
    menu.actions()[1].trigger()
    menu.close()
    assert kept(lanes)[0] == "standard"


def test_a_limit_leaves_the_place_and_other_lanes_do_not_mind_it(lanes: Trial) -> None:
    lanes.workspace.do(layout.order_lanes, lanes.board, ["intangible", "standard", "expedite"])
    lanes.workspace.do(layout.set_lane, lanes.board, "standard", wip_limit=2)
    assert kept(lanes) == ["intangible", "standard", "expedite"]
    for other in ("initiative", "assignee", "loop_phase"):
        lanes.workspace.do(layout.set_lanes, lanes.board, other)
        assert kept(lanes) == [""]  # nobody, no initiative, no phase
    lanes.workspace.do(layout.set_lanes, lanes.board, "service")
    assert kept(lanes) == ["intangible", "standard", "expedite"]


def test_the_limit_of_a_person_does_not_become_that_of_an_initiative(lanes: Trial) -> None:
    lanes.workspace.do(layout.set_lanes, lanes.board, "assignee")
    lanes.workspace.do(layout.set_lane, lanes.board, str(lanes.people[0]), wip_limit=1)
    lanes.workspace.do(layout.set_lanes, lanes.board, "initiative")
    assert kept(lanes) == [""]
    lanes.workspace.undo()
    assert kept(lanes) == [str(lanes.people[0]), ""]


# --- told, folded, ordered ---------------------------------------------------------------------


def interface(trial: Trial, name: str):
    """What a screen reader finds of a lane's head."""
    waiting = [QAccessible.queryAccessibleInterface(trial.page)]
    while waiting:
        one = waiting.pop()
        if one.role() == QAccessible.Role.Button and one.text(QAccessible.Text.Name) == name:
            return one
        children = (one.child(n) for n in range(one.childCount()))
        waiting += [child for child in children if child is not None and child.isValid()]
    raise AssertionError(f"nothing is called {name}")


@pytest.fixture
def listening() -> Iterator[None]:
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def test_a_lanes_head_is_told_by_name_with_its_count_and_folds_when_pressed(
    listening: None, lanes: Trial
) -> None:
    told = interface(lanes, "Expedite").text
    assert told(QAccessible.Text.Description) == "1 card, 0 in progress"
    spot = lanes.wall.viewport().mapToGlobal(head(lanes, "intangible"))
    assert interface(lanes, "Intangible").rect().contains(spot)
    lanes.card("Second", column=2, values={"service": "expedite"})
    lanes.page.refresh()
    assert told(QAccessible.Text.Description) == "2 cards, 1 in progress"
    press = interface(lanes, "Expedite").actionInterface()
    press.doAction(press.actionNames()[0])
    while lanes.wall.wall.folded != {"expedite"}:  # Qt shows for a moment that it is pressed
        QTest.qWait(5)
    assert told(QAccessible.Text.Description) == "2 cards, 1 in progress, folded"
    lanes.page.set_lanes("none")
    with pytest.raises(AssertionError):
        interface(lanes, "Expedite")


def test_the_mouse_goes_through_to_the_painted_head(listening: None, lanes: Trial) -> None:
    at = lanes.wall.viewport().mapTo(lanes.page, head(lanes, "expedite"))
    assert lanes.page.childAt(at) is lanes.wall.viewport()


def test_alt_and_arrows_fold_the_lane_of_the_current_card_and_open_it(lanes: Trial) -> None:
    lanes.click("Standard")
    lanes.press(Key.Key_Left, modifiers=ALT)
    assert lanes.wall.wall.folded == {"standard"}
    lanes.press(Key.Key_Left, modifiers=ALT)
    assert lanes.wall.wall.folded == {"standard"}
    lanes.press(Key.Key_Right, modifiers=ALT)
    assert lanes.wall.wall.folded == set()


def test_a_lane_whose_cards_are_all_finished_stands_below_until_it_is_put_elsewhere(
    lanes: Trial,
) -> None:
    lanes.workspace.do(actions.move_cards, [lanes.id_of("Expedite")], lanes.columns[-1].id)
    assert kept(lanes) == ["standard", "intangible", "expedite"]
    lanes.card("Again", values={"service": "expedite"})
    assert kept(lanes) == USUAL
    lanes.workspace.do(actions.trash, [lanes.id_of("Standard")])
    lanes.workspace.do(layout.order_lanes, lanes.board, ["standard", "intangible", "expedite"])
    lanes.card("Done", column=5, values={"service": "standard"})
    assert kept(lanes)[0] == "standard"


def test_lanes_are_put_into_an_order_in_the_boards_settings(lanes: Trial) -> None:
    lanes.page.open_settings()
    settings = next(
        one for one in QApplication.topLevelWidgets() if isinstance(one, SettingsDialog)
    )

    def arrow(name: str) -> QAbstractButton:
        every = settings.findChildren(QAbstractButton)  # of those, old ones are still to go
        return [one for one in every if one.accessibleName() == name][-1]

    arrow("Move Expedite down").click()
    assert kept(lanes) == ["standard", "expedite", "intangible"]
    arrow("Move Intangible up").click()
    assert kept(lanes) == ["standard", "intangible", "expedite"]
    assert not arrow("Move Standard up").isEnabled()
    assert not arrow("Move Expedite down").isEnabled()
    lanes.workspace.undo()
    assert kept(lanes) == ["standard", "expedite", "intangible"]
    settings.accept()
