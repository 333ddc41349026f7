"""Cards are moved or copied to another board from the board itself, by keyboard or menu."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.boards.page_trials import CONTROL, Trial, furnish
from tests.conftest import ACTOR, NOW

from ecofolio.boards import layout, queries
from ecofolio.boards.handing_dialog import HandingDialog
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme

Key = Qt.Key


@pytest.fixture
def two(qapp, tmp_path) -> Iterator[Trial]:
    """Two boards; the first has cards in two columns, the second another kind of beginning."""
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path, actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        workspace.do(layout.create_board, made.squad, "Discovery board", template="discovery")
        made.card("Agree")
        made.card("Build")
        made.card("Write", column=2)
        made.open()
        yield made
        made.close()


def ask(trial: Trial, *titles: str) -> HandingDialog:
    """Press M on cards."""
    trial.click(titles[0])
    for title in titles[1:]:
        trial.click(title, CONTROL)
    trial.press(Key.Key_M)
    dialog = trial.page.editor.popup
    assert isinstance(dialog, HandingDialog)
    return dialog


def on_board(trial: Trial, name: str) -> dict[str, str]:
    """The cards of a board with their columns."""
    with trial.workspace.read() as connection:
        board = next(one.id for one in queries.boards(connection) if one.name == name)
        view = queries.view(connection, board)
    assert view is not None
    names = {one.id: one.name for one in view.columns}
    return {card.title: names[card.column_id] for card in view.cards}


def test_m_moves_a_card_to_the_column_of_its_kind_and_z_brings_it_back(two: Trial) -> None:
    dialog = ask(two, "Write")
    QTest.keyClicks(dialog.search, "disc")
    assert dialog.columns.currentText() == "Interviews"  # active, as In progress is
    QTest.keyClick(dialog.search, Key.Key_Return)
    two.settle()
    assert on_board(two, "Discovery board") == {"Write": "Interviews"}
    assert two.shown(2) == [] and two.said[-1] == "1 card moved to Discovery board"
    two.wall.setFocus()
    two.press(Key.Key_Z)
    assert two.shown(2) == ["Write"] and on_board(two, "Discovery board") == {}


def test_where_the_column_is_unclear_it_is_asked_for(two: Trial) -> None:
    dialog = ask(two, "Agree", "Write")
    assert dialog.columns.currentIndex() < 0 and not dialog.move_button.isEnabled()
    dialog.columns.setCurrentIndex(dialog.columns.findText("Prototype"))
    dialog.copy.click()
    two.settle()
    assert on_board(two, "Discovery board") == {"Agree": "Prototype", "Write": "Prototype"}
    assert two.shown(0) == ["Agree", "Build"] and two.shown(2) == ["Write"]


def test_a_card_is_copied_within_its_board_but_not_moved(two: Trial) -> None:
    dialog = ask(two, "Build")
    dialog.list.setCurrentRow(1)
    assert not dialog.move_button.isEnabled()
    dialog.copy.click()
    two.settle()
    assert two.shown(0) == ["Agree", "Build", "Build"] == two.titles(0)


def test_the_menu_moves_cards_to_a_column_and_leaves_each_in_its_lane(two: Trial) -> None:
    two.workspace.do(layout.set_lanes, two.board, "service")
    fast = two.card("Fast", values={"service": "expedite"})
    two.page.refresh()
    two.page.editor.move_to([two.id_of("Agree"), fast], two.columns[2].id)
    services = {card.title: card.service for card in two.page.desk.view.cards}
    assert (services["Agree"], services["Fast"]) == ("standard", "expedite")
    assert set(two.titles(2)) == {"Agree", "Fast", "Write"}
