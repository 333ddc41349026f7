"""The page of squads shows who is fit and why not, who has too much to do, and which links miss."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from tests.boards.page_trials import Trial
from tests.conftest import ACTOR, NOW

from ecofolio.boards import layout
from ecofolio.initiatives import actions as initiatives
from ecofolio.initiatives.model import Scene
from ecofolio.organisation.model import Department, Person
from ecofolio.squads import actions, queries
from ecofolio.squads.member_dialog import MemberDialog
from ecofolio.squads.page import SquadsPage
from ecofolio.squads.squads_model import DEPARTMENTS as DEPARTMENTS_COLUMN
from ecofolio.store.workspace import Workspace
from ecofolio.text import using
from ecofolio.widgets import theme

DEPARTMENTS = (("Personal", "front"), ("Risk", "middle"), ("Technology", "back"))


class Team(Trial):
    """Two squads: Campus is fit, Rural has one member and no lead."""

    ids: dict[str, int]

    def row(self, name: str) -> queries.SquadRow:
        """A squad as the list shows it."""
        return next(one for one in self.page.model.rows if one.name == name)


def _found(work) -> dict[str, int]:
    work.label("People")
    rows = [
        {"code": f"D{n}", "name": name, "office": office}
        for n, (name, office) in enumerate(DEPARTMENTS)
    ]
    departments = work.insert(Department, rows)
    names = ("Ann", "Bo", "Chen")
    people = work.insert(
        Person,
        [
            {"code": f"P{n}", "name": name, "department_id": department}
            for n, (name, department) in enumerate(zip(names, departments, strict=True))
        ],
    )
    ids = dict(zip(names, people, strict=True))
    ids |= {name: one for (name, _o), one in zip(DEPARTMENTS, departments, strict=True)}
    ids["campus"], ids["rural"] = work.insert(Scene, [{"code": "campus"}, {"code": "rural"}])
    return ids


@pytest.fixture
def team(qapp, tmp_path) -> Iterator[Team]:
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    with Workspace.create(tmp_path / "p.ecofolio", actor=ACTOR, clock=lambda: NOW) as workspace:
        made = Team(workspace)
        ids = made.ids = workspace.do(_found)
        work = workspace.do(initiatives.create, {"name": "Campus card", "scene_id": ids["campus"]})
        campus = {"name": "Campus", "lead_id": ids["Ann"]}
        made.squad = workspace.do(actions.create_squad, campus, [work])
        ids["Rural squad"] = workspace.do(actions.create_squad, {"name": "Rural"})
        for name in ("Ann", "Bo", "Chen"):
            workspace.do(actions.add_member, made.squad, ids[name], percent=60)
        workspace.do(actions.add_member, ids["Rural squad"], ids["Bo"], percent=30)
        made.open(SquadsPage)
        yield made
        made.close()


def said(widget: QWidget) -> str:
    """All the words of a part of the page."""
    QApplication.processEvents()
    labels = [one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget)]
    return "\n".join(labels)


def dialog() -> MemberDialog:
    """The dialog that is open."""
    return next(
        one
        for one in QApplication.topLevelWidgets()
        if isinstance(one, MemberDialog) and one.isVisible()
    )


def click(team: Team, name: str) -> None:
    """Click the visible button of that name in the panel."""
    found = [
        one
        for one in team.page.panel.findChildren(QWidget)
        if one.accessibleName() == name and one.isVisible()
    ]
    QTest.mouseClick(found[-1], Qt.MouseButton.LeftButton)
    team.settle()


def test_the_list_tells_fitness_and_the_panel_each_failing_point(team: Team) -> None:
    assert team.row("Campus").fitness.is_fit
    team.page.select(team.ids["Rural squad"])
    team.settle()
    words = said(team.page.panel)
    assert "It has no lead." in words
    assert "Its people come from 1 department; 3 are needed." in words
    assert "Nobody is from: Front office, Back office." in words


def test_the_three_offices_have_their_letter_in_chinese_too(team: Team) -> None:
    model = team.page.model
    place = model.index(model.rows.index(team.row("Campus")), DEPARTMENTS_COLUMN)
    with using("zh_CN"):
        assert place.data().endswith("前 中 后")


def test_a_member_is_added_after_the_effect_was_shown(team: Team) -> None:
    team.page.select(team.ids["Rural squad"])
    team.settle()
    click(team, "Add member")
    asked = dialog()
    asked._take_person(team.ids["Ann"])
    asked.percent.setValue(70)
    assert "60 % → 130 %, over 100 %" in said(asked)
    asked.percent.setValue(40)
    assert "60 % → 100 %" in said(asked) and "over" not in said(asked)
    asked.keep_button.click()
    team.settle()
    assert team.row("Rural").people == 2


def test_nothing_is_written_until_it_is_kept(team: Team) -> None:
    before = team.workspace.next_undo()
    click(team, "Change the place of Bo")
    asked = dialog()
    asked.percent.setValue(90)
    assert "90 % → 120 %, over 100 %" in said(asked)
    asked.reject()
    assert team.workspace.next_undo() == before


def test_somebody_is_moved_on_a_day(team: Team) -> None:
    click(team, "Move Chen to another squad")
    asked = dialog()
    asked.to.setCurrentIndex(asked.to.findData(team.ids["Rural squad"]))
    asked.first.setText("2026-12-07")
    asked.keep_button.click()
    with team.workspace.read() as connection:
        places = queries.members(connection, people=[team.ids["Chen"]])
    assert [(one.squad, one.from_date, one.until_date) for one in places] == [
        ("Campus", None, date(2026, 12, 6)),
        ("Rural", date(2026, 12, 7), None),
    ]


def test_the_capacity_map_marks_who_has_too_much_and_says_why(team: Team) -> None:
    extra = {"percent": 20, "from_date": date(2026, 11, 30), "until_date": date(2026, 12, 6)}
    team.workspace.do(actions.add_member, team.ids["Rural squad"], team.ids["Bo"], **extra)
    team.page.tabs.setCurrentIndex(1)
    view = team.page.capacity
    cell = view.grid.cell(0, 2)
    assert (cell.text, cell.tone) == ("▲ 110", "red")
    assert cell.spoken == "Bo, week of 30 Nov 2026: 110 %, over 100 %"
    assert view.grid.cell(0, 0).text == "90"
    rect = view.grid.visualRect(view.grid.model().index(0, 2))
    QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert view.popup.lines == ["60 % · Campus", "30 % · Rural", "20 % · Rural"]
    view.popup.close()


def test_the_map_is_narrowed_by_department_and_to_those_above(team: Team) -> None:
    team.page.tabs.setCurrentIndex(1)
    view = team.page.capacity
    view._take_departments(frozenset({team.ids["Risk"]}), {team.ids["Risk"]: "Risk"})
    assert [row.person for row in view._rows] == ["Bo"] and view.department.value == "Risk"
    view.over.click()
    assert view._rows == []


def test_a_link_is_wanted_and_its_gap_is_told(team: Team) -> None:
    team.page.tabs.setCurrentIndex(2)
    view = team.page.linkage
    assert view.sentence.text().startswith("No gaps")
    scenes, departments = view._scenes, view._departments
    for scene in ("campus", "rural"):
        line, column = scenes.index(team.ids[scene]), departments.index(team.ids["Risk"])
        rect = view.grid.visualRect(view.grid.model().index(line, column))
        QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert view.sentence.text() == "1 gap" and view.gaps.text() == "Rural – Risk"
    there = view.grid.cell(scenes.index(team.ids["campus"]), departments.index(team.ids["Risk"]))
    assert (there.text, there.tone) == ("✓ 1", "green")


def test_a_new_squad_is_named_at_once(team: Team) -> None:
    team.page.new_button.click()
    team.settle()
    assert team.page.panel.name.hasFocus()
    QTest.keyClicks(team.page.panel.name, "Parking")
    QTest.keyClick(team.page.panel.name, Qt.Key.Key_Return)
    assert team.row("Parking").lead_id is None


def test_a_squads_boards_are_a_way_to_them(team: Team) -> None:
    board = team.workspace.do(layout.create_board, team.squad, "Campus board")
    team.page.refresh()
    team.settle()
    buttons = team.page.panel.findChildren(QPushButton)
    next(one for one in buttons if one.text() == "Campus board" and one.isVisible()).click()
    assert team.opened == [("board", board)]


def test_a_squad_with_boards_is_not_deleted_and_says_why(team: Team) -> None:
    team.workspace.do(layout.create_board, team.squad, "Campus board")
    team.page.select(team.squad)
    team.settle()
    click(team, "Delete squad")
    assert "Campus has boards" in team.page.panel.message.sentence
