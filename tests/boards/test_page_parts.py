"""Stand-up, flow, dialogs and my work do what they say, with a real programme behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from sqlalchemy import event
from tests.boards.page_trials import Trial, furnish
from tests.conftest import ACTOR, NOW

from ecofolio.boards import actions, layout, queries, readings, sprinting
from ecofolio.boards.cards_dialog import CardsDialog
from ecofolio.boards.carry_view import Drop
from ecofolio.boards.new_board_dialog import NewBoardDialog
from ecofolio.boards.settings_dialog import SettingsDialog
from ecofolio.boards.sprints_dialog import SprintsDialog
from ecofolio.boards.trash_dialog import TrashDialog
from ecofolio.boards.work_page import WorkPage
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme
from ecofolio.widgets.page import PageContext

Key = Qt.Key


@pytest.fixture
def trial(qapp, tmp_path) -> Iterator[Trial]:
    theme.in_force().apply(theme.Mode.DARK, theme.Density.NORMAL, "en")
    with Workspace.create(tmp_path / "p.ecofolio", actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        yield made
        made.close()


def finish(trial: Trial, title: str, started: float, finished: float) -> int:
    """A card that was started and finished so many days ago."""
    card = trial.card(title, column=2, days=started)
    trial.workspace.clock = lambda: NOW - timedelta(days=finished)
    trial.workspace.do(actions.move_cards, [card], trial.columns[5].id)
    trial.workspace.clock = lambda: NOW
    return card


def dialog(kind: type[QDialog]) -> QDialog:
    """The dialog that is open."""
    return next(
        one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    )


# --- stand-up ----------------------------------------------------------------------------------


def test_the_stand_up_walks_from_the_right_and_the_oldest_first(trial: Trial) -> None:
    trial.card("Waits", column=0)
    trial.card("Young", column=2, days=1)
    trial.card("Old", column=2, days=9)
    trial.card("Near done", column=4, days=2)
    trial.open()
    trial.page.stand_up_button.click()
    view = trial.page._parts["stand_up"]
    assert [card.title for card in view.model.cards] == ["Near done", "Old", "Young"]
    QTest.keyClick(view.list, Key.Key_J)
    assert view.current_id() == trial.id_of("Old")
    assert trial.wall.selected_ids() == [trial.id_of("Old")]
    trial.page.stand_up_button.click()
    assert trial.page.part == "board"


# --- flow --------------------------------------------------------------------------------------


@pytest.fixture
def flowing(trial: Trial) -> Trial:
    """Twelve weeks with a card finished each week, one of them slow, and two in progress."""
    for week in range(12):
        days = 30 if week == 5 else 4
        finish(trial, f"Card {week}", 7 * week + 2 + days, 7 * week + 2)
    trial.card("Going", column=2, days=3)
    trial.card("Stays", column=3, days=40)
    trial.open()
    trial.page.flow_button.click()
    trial.settle()
    return trial


def test_the_flow_shows_its_figures_and_what_the_forecast_was_drawn_from(flowing: Trial) -> None:
    view = flowing.page._parts["flow"]
    assert view.sentence.text().startswith("12 cards finished · 50 % within 4 days")
    assert len(view.scatter.figure.points) == 12
    assert sum(bar.y for bar in view.throughput.figure.bars) == 12
    assert view.when.text().startswith("The next 2 cards are done – 50 %: by ")
    assert "Drawn 10,000 times from the last 12 whole weeks" in view.inputs.text()
    assert "2 cards remain." in view.inputs.text()
    assert view.how_many.text().startswith("Done by ")


def test_while_the_history_is_read_the_flow_says_so(flowing: Trial) -> None:
    view = flowing.page._parts["flow"]
    view.set_span(30)
    assert view.sentence.text() == "Reading the history …"
    flowing.settle()
    assert "finished" in view.sentence.text()


def test_a_click_on_a_point_opens_its_card(flowing: Trial) -> None:
    view = flowing.page._parts["flow"]
    points = view.scatter.figure.points
    slow = next(n for n, point in enumerate(points) if point.ring)
    at = view.scatter.where(slow).toPoint()
    QTest.mouseClick(view.scatter, Qt.MouseButton.LeftButton, pos=QPoint(at.x(), at.y()))
    opened = dialog(CardsDialog)
    assert [opened.list.item(n).text() for n in range(opened.list.count())] == ["Card 5"]
    opened.reject()


def test_a_bar_and_a_point_are_reached_by_keyboard(flowing: Trial) -> None:
    view = flowing.page._parts["flow"]
    view.ageing.setFocus()
    QTest.keyClick(view.ageing, Key.Key_Right)
    assert "Stays: Check, 40 days since its start" in view.ageing.accessibleDescription()
    QTest.keyClick(view.ageing, Key.Key_Return)
    opened = dialog(CardsDialog)
    opened.go()
    flowing.settle()
    assert flowing.page.part == "board"
    assert flowing.wall.selected_ids() == [flowing.id_of("Stays")]


def test_a_chart_is_copied_as_data_and_as_picture(flowing: Trial) -> None:
    view = flowing.page._parts["flow"]
    view.throughput.copy_data()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert (
        lines[0] == "Week\tFinished" and sum(int(line.split("\t")[1]) for line in lines[1:]) == 12
    )
    view.diagram.copy_picture()
    assert QGuiApplication.clipboard().pixmap().width() == view.diagram.width()


def test_too_little_history_gives_no_forecast_and_says_so(trial: Trial) -> None:
    finish(trial, "One", 12, 8)
    trial.card("Next")
    trial.open()
    trial.page.flow_button.click()
    trial.settle()
    view = trial.page._parts["flow"]
    assert view.when.text() == "Not enough history: 6 whole weeks are needed, so far there is 1."
    assert view.chances.isHidden() and "sure that the rest" not in trial.page.head._sentence.text()


def test_old_cards_are_coloured_against_the_boards_own_percentile(flowing: Trial) -> None:
    flowing.page.show_part("flow")
    faces = {
        title: flowing.wall.cards.face(flowing.wall.cards.row_of[flowing.id_of(title)])
        for title in ("Going", "Stays")
    }
    assert flowing.page.desk.p85 == pytest.approx(4)
    assert faces["Going"].heat == pytest.approx(0.75) and faces["Stays"].heat == pytest.approx(10)
    assert faces["Stays"].days == "40 d"


# --- dialogs -----------------------------------------------------------------------------------


def test_the_trash_gives_back_what_was_thrown_away(trial: Trial) -> None:
    card = trial.card("Wanted")
    trial.workspace.do(actions.trash, [card])
    trial.open()
    assert trial.shown(0) == []
    trial.page.open_trash()
    found = dialog(TrashDialog)
    found.restore_button.click()
    found.accept()
    assert trial.shown(0) == ["Wanted"]


def test_columns_limits_and_policies_are_changed_one_by_one(trial: Trial) -> None:
    trial.card("Here", column=2)
    trial.open()
    trial.page.open_settings()
    settings = dialog(SettingsDialog)
    settings._column_set(settings._view.columns[2], {"wip_limit": 1, "policy": "Two people each"})
    settings._add_column()
    settings.blocks.click()
    settings.accept()
    names = [one.name for one in trial.page.desk.view.columns]
    assert names[-2:] == ["New column", "Done"] and trial.page.desk.view.board.blocks
    head = trial.wall.heads.heads[2]
    assert head.badge.accessibleName() == "1/1" and head.policy.text() == "Two people each"


def test_a_field_of_choices_makes_lanes(trial: Trial) -> None:
    trial.card("Here")
    field = trial.workspace.do(layout.add_field, trial.board, "Carrier", "choice", ["App", "API"])
    trial.open()
    trial.page.set_lanes("field")
    trial.workspace.do(actions.set_custom, [trial.id_of("Here")], field, "API")
    trial.page.refresh()
    assert "API" in trial.wall.wall.lanes


def test_a_new_board_starts_from_a_template_or_as_another(trial: Trial) -> None:
    trial.open()
    trial.page.new_board()
    asked = dialog(NewBoardDialog)
    asked.name.setText("Partners")
    asked.template.setCurrentIndex(asked.template.findData("partner_onboarding"))
    assert "Due diligence" in asked.columns.text()
    asked.keep_button.click()
    assert trial.page.desk.view.board.name == "Partners"
    assert len(trial.page.boards) == 2


def test_a_sprint_is_planned_begun_and_closed_with_what_is_left(trial: Trial) -> None:
    card = trial.card("Annex", column=2)
    trial.open()
    trial.page.open_sprints()
    sprints = dialog(SprintsDialog)
    for name, first, last in (
        ("One", "2026-11-16", "2026-11-27"),
        ("Two", "2026-11-30", "2026-12-11"),
    ):
        sprints.new_name.setText(name)
        sprints.first.setText(first)
        sprints.last.setText(last)
        sprints._add()
    one = next(row for row in sprints.sprints if row.name == "One")
    trial.workspace.do(sprinting.add_cards, one.id, [card])
    sprints.list.setCurrentRow([row.name for row in sprints.sprints].index("One"))
    sprints.begin.click()
    assert "Committed 1" in sprints.facts.text()
    sprints.close_button.click()
    assert sprints.message.sentence == "1 card was not done · carried over to Two"
    sprints.reject()


def test_goal_and_days_of_a_sprint_are_changed_and_its_cards_are_opened(trial: Trial) -> None:
    card = trial.card("Annex", column=2)
    day = NOW.date()
    trial.workspace.do(sprinting.create_sprint, trial.board, "One", day, day + timedelta(days=4))
    trial.open()
    trial.page.open_sprints()
    sprints = dialog(SprintsDialog)
    trial.workspace.do(sprinting.add_cards, sprints.current.id, [card])
    sprints.refresh()
    sprints.goal.setFocus()
    QTest.keyClicks(sprints.goal, "Ten schools")
    QTest.keyClick(sprints.goal, Key.Key_Return)
    assert sprints.current.goal == "Ten schools"
    sprints.end.setText("2026-11-01")  # before it begins
    sprints.end._finish()
    assert "is before the first day" in sprints.message.sentence
    assert sprints.end.text() == sprints.current.end_date.isoformat()
    sprints.end.setText("2026-12-04")
    sprints.end._finish()
    assert sprints.chart.figure.lines[-1].points[-1] == (date(2026, 12, 4).toordinal(), 0)
    assert not sprints.parts["left"].isHidden() and sprints.parts["went"].isHidden()
    assert sprints.parts["cards"].text() == "1 card in all"
    sprints.parts["left"].click()
    dialog(CardsDialog).go()
    trial.settle()
    assert trial.wall.selected_ids() == [card]
    trial.workspace.undo()
    trial.workspace.undo()
    with trial.workspace.read() as connection:
        assert readings.board_sprints(connection, trial.board, NOW)[0].goal is None


# --- my work -----------------------------------------------------------------------------------


def my_work(context: PageContext) -> WorkPage:
    """My work where nothing is to be reported."""
    return WorkPage(context, lambda *_all: (), pytest.fail)


def test_my_work_gathers_what_is_assigned_to_me_and_what_i_lead(trial: Trial) -> None:
    trial.card("Assigned", column=2, days=20, assignees=[trial.people[0]])
    late = NOW.date() - timedelta(days=3)
    trial.card("Of my squad", values={"due_date": late})
    stuck = trial.card("Stuck", column=2)
    trial.workspace.do(actions.block, [stuck], "no answer")
    for n in range(5):
        finish(trial, f"Done {n}", 40, 30)
    trial.open(my_work)
    page = trial.page
    assert [row.title for row in page.model.rows] == ["Stuck", "Of my squad", "Assigned"]
    assert [chip.text() for chip in page.chips.values()] == [
        "Stuck 1",
        "Overdue reports 0",
        "Due this week 1",
        "Ageing 1",
        "Assigned to me 1",
    ]
    page.chips["ageing"].click()
    assert [row.title for row in page.model.rows] == ["Assigned"]
    QTest.keyClick(page.list, Key.Key_Return)
    assert trial.opened == [("card", page.model.rows[0].id)]


@pytest.mark.parametrize(("usual", "finished", "ageing"), [(10, 5, 1), (30, 5, 0), (10, 4, 0)])
def test_a_card_ages_by_what_its_own_board_usually_takes(
    trial: Trial, usual: int, finished: int, ageing: int
) -> None:
    trial.card("Assigned", column=2, days=20, assignees=[trial.people[0]])
    for n in range(finished):
        finish(trial, f"Done {n}", usual + 1, 1)
    trial.open(my_work)
    assert trial.page.chips["ageing"].text() == f"Ageing {ageing}"
    said = trial.page.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert ("ageing" in said) == bool(ageing)


def test_who_is_nobody_of_the_programme_is_told_what_to_do(trial: Trial) -> None:
    trial.workspace.actor = "somebody else"
    trial.open(my_work)
    trial.page._empty.action.click()
    popup = QApplication.activePopupWidget()
    QTest.keyClicks(popup.search, "bo")
    QTest.keyClick(popup.search, Key.Key_Return)
    assert trial.settings.actor == "Bo"


def test_where_nobody_is_known_one_is_sent_to_the_organisation(qapp, tmp_path) -> None:
    with Workspace.create(tmp_path / "p.ecofolio", actor=ACTOR, clock=lambda: NOW) as workspace:
        trial = Trial(workspace)
        trial.open(my_work)
        trial.page._empty.action.click()
        assert [page.value for page in trial.gone] == ["organisation"]
        trial.close()


# --- speed -------------------------------------------------------------------------------------


def test_a_drop_on_a_board_of_a_thousand_cards_reads_no_more_than_on_one_of_ten(
    trial: Trial,
) -> None:
    """What a drop costs does not grow with the board: the statements are counted, not timed."""
    counts = []
    for size in (10, 1_000):
        text = "\n".join(f"Card {size}-{n}" for n in range(size))
        card = trial.workspace.do(actions.quick_add, trial.board, text)[-1]
        if trial.page is None:
            trial.open()
        trial.page.refresh()
        heard: list[str] = []

        def hear(*args: object, heard: list[str] = heard) -> None:
            heard.append(str(args[2]))

        event.listen(trial.workspace._engine, "before_cursor_execute", hear)
        trial.page.editor.drop(Drop([card], "", trial.columns[2].id, None, None))
        event.remove(trial.workspace._engine, "before_cursor_execute", hear)
        counts.append(len(heard))
        assert trial.shown(2)[-1] == f"Card {size}-{size - 1}"
    assert counts[0] == counts[1]


def test_what_the_flow_says_is_what_the_readings_say(flowing: Trial) -> None:
    with flowing.workspace.read() as connection:
        past = readings.past(connection, readings.Part(board_id=flowing.board))
        titles = {card.id: card.title for card in queries.cards(connection, range(1, 30))}
    figures = past.figures(date(2026, 5, 25), NOW.date(), NOW)
    view = flowing.page._parts["flow"]
    assert {point.key for point in view.scatter.figure.points} == {
        point.card for point in figures.points
    }
    assert titles[figures.ageing[0].card] == "Stays"
