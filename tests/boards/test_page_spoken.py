"""A board is driven through what Qt tells screen readers: everything is found by its name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from tests.boards.page_trials import Trial, furnish
from tests.conftest import ACTOR, NOW

from ecofolio.boards import actions, layout
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme

Key, Text, Role = Qt.Key, QAccessible.Text, QAccessible.Role


@pytest.fixture
def trial(qapp, tmp_path) -> Iterator[Trial]:
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    path = tmp_path / "p.ecofolio"
    QAccessible.setActive(True)
    with Workspace.create(path, actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        for title in ("Agree", "Build", "Check"):
            made.card(title, days=3)
        made.card("Write", column=2, days=5)
        yield made
        made.close()
    QAccessible.setActive(False)


def found(trial: Trial, name: str, role: QAccessible.Role):
    """What has a name and a role, from the page downward."""
    waiting = [QAccessible.queryAccessibleInterface(trial.page)]
    while waiting:
        one = waiting.pop()
        if one.role() == role and one.text(Text.Name) == name:
            return one
        children = (one.child(n) for n in range(one.childCount()))
        waiting += [child for child in children if child is not None and child.isValid()]
    raise AssertionError(f"nothing is called {name}")


def told(trial: Trial, card: str) -> str:
    """What is said of a card beside its name."""
    return found(trial, card, Role.ListItem).text(Text.Description)


def test_a_card_found_by_name_is_moved_by_keys_and_tells_its_new_place(trial: Trial) -> None:
    trial.open()
    assert told(trial, "Build").startswith("Backlog, place 2 of 3, In this column: 3 days")
    trial.press(Key.Key_J)
    while not found(trial, "Build", Role.ListItem).state().focused:
        trial.press(Key.Key_J)
    assert found(trial, "Build", Role.ListItem).state().selected
    trial.press(Key.Key_Space, Key.Key_L, Key.Key_L, Key.Key_Return)
    assert told(trial, "Build").startswith("In progress, place 1 of 2, In this column: today")
    card = found(trial, "Build", Role.ListItem)
    assert card.state().selected and not card.state().invisible
    at = trial.wall.viewport().mapFromGlobal(card.rect().center())
    assert trial.wall.indexAt(at).data() == "Build"


def test_what_is_stuck_is_said_in_words(trial: Trial) -> None:
    trial.workspace.do(layout.set_lanes, trial.board, "service")
    made = trial.card("Late", column=2, values={"due_date": NOW.date().replace(day=1)})
    trial.workspace.do(actions.block, [made], "No contract")
    trial.open()
    said = told(trial, "Late")
    assert said.startswith("Standard, In progress, place 2 of 2, Blocked today: No contract, Due")
    assert "days ago" in said and "since its start" in said


def test_columns_are_found_by_name_with_their_counts(trial: Trial) -> None:
    trial.open()
    names = []
    strip = found(trial, "Columns", Role.Client)
    for n in range(strip.childCount()):
        names.append(strip.child(n).text(Text.Name))
    assert names[0].startswith("Backlog, Backlog, 3")
    assert names[2].startswith("In progress, Active, 1/6")
    add = found(trial, "Add cards to Check", Role.Button)
    assert add.state().focusable
