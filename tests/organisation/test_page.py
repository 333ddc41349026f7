"""The organisation page shows the registers, and writes what is typed into the form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton

from ecofolio.initiatives import actions as initiatives
from ecofolio.initiatives import founding
from ecofolio.initiatives.registers import FieldRegister, SceneRegister
from ecofolio.initiatives.scope import Scope
from ecofolio.organisation import actions
from ecofolio.organisation.page import OrganisationPage
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme
from ecofolio.widgets.background import Runner
from ecofolio.widgets.page import PageContext, ScopeStore


@dataclass
class Told:
    """What the page told the window."""

    notices: list[str] = field(default_factory=list)
    scopes: list[Any] = field(default_factory=list)


def found(work) -> None:
    head = actions.add_unit(work, {"code": "HO", "name": "Head office", "level": "head_office"})
    for code, name, region in (("HB", "Hubei", "Central China"), ("GD", "Guangdong", "South")):
        row = {"code": code, "name": name, "level": "tier1", "parent_id": head, "region": region}
        tier1 = actions.add_unit(work, row)
        row = {"code": f"{code}-1", "name": f"{name} city", "level": "tier2", "parent_id": tier1}
        actions.add_unit(work, row)
        actions.add_person(work, {"name": f"{name} lead", "unit_id": tier1})
    initiatives.create(work, {"name": "Campus", "unit_id": tier1})


@pytest.fixture
def programme(tmp_path: Path) -> Iterator[Workspace]:
    with founding.create(tmp_path / "p.ecofolio") as workspace:
        workspace.do(found)
        yield workspace


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def pages(qapp, told: Told) -> Iterator[Callable[[Workspace], OrganisationPage]]:
    """Makes a shown page on a programme, which hears of changes as in the window."""
    made: list[OrganisationPage] = []
    worn = theme.in_force()
    worn.apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")

    def make(workspace: Workspace) -> OrganisationPage:
        deaf = {one.name: lambda *_args, **_more: None for one in fields(PageContext)}
        heard = {
            "workspace": workspace,
            "scope": ScopeStore(Scope(text="something else")),
            "runner": Runner(pytest.fail),
            "theme": worn,
            "show_rows": told.scopes.append,
            "notify": lambda text, undo=False: told.notices.append(text),
            "report": pytest.fail,
        }
        context = PageContext(**{**deaf, **heard})
        page = OrganisationPage(context, [SceneRegister(), FieldRegister()])
        page.resize(1100, 700)
        page.refresh()
        page.show()
        workspace.subscribe(lambda changed: page.refresh())
        made.append(page)
        return page

    yield make
    for page in made:
        page.hide()
        page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def page(pages, programme) -> OrganisationPage:
    return pages(programme)


def turn(page: OrganisationPage, key: str) -> None:
    keys = [view.register.key for view in page.views]
    page.tabs.setCurrentIndex(keys.index(key))


def lines(page: OrganisationPage) -> list[str]:
    """The names in view, with their depth as blanks."""
    model, found = page.view.model, []

    def walk(parent, depth: int) -> None:
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            found.append(" " * depth + index.data())
            walk(index, depth + 1)

    walk(model.index(-1, -1), 0)
    return found


def choose(page: OrganisationPage, name: str) -> None:
    entries = [page.view.model.by_id(one) for one in range(1, 200)]
    (entry,) = [one for one in entries if one is not None and one.name == name]
    assert page.view.select(entry.id)


def type_in(page: OrganisationPage, key: str, text: str) -> None:
    made = page.view.editor.inputs[key]
    assert isinstance(made, QLineEdit)
    made.setText(text)
    made.editingFinished.emit()


def pick(page: OrganisationPage, key: str, value: object) -> None:
    made = page.view.editor.inputs[key]
    assert isinstance(made, QComboBox)
    made.setCurrentIndex(made.findData(value))
    made.activated.emit(made.currentIndex())


def press(page: OrganisationPage, words: str) -> None:
    QCoreApplication.processEvents()  # what was just built is shown
    buttons = [b for b in page.view.findChildren(QPushButton) if b.text() == words]
    shown = [b for b in buttons if b.isVisible()]
    shown[-1].click()  # the form's, where the empty state has one too


def test_units_are_shown_as_a_tree_with_their_figures(page: OrganisationPage) -> None:
    assert lines(page) == [
        "Head office",
        " Guangdong",
        "  Guangdong city",
        " Hubei",
        "  Hubei city",
    ]
    index = page.view.model.index(0, 4)
    assert index.data() == "1"


def test_a_search_keeps_what_stands_above_what_it_finds(page: OrganisationPage) -> None:
    page.search.setText("hubei CITY")
    assert lines(page) == ["Head office", " Hubei", "  Hubei city"]
    page.search.setText("nowhere")
    assert lines(page) == []
    page.search.clear()
    assert len(lines(page)) == 5


def test_a_field_is_written_when_it_is_left_and_undone_with_the_rest(
    page: OrganisationPage, programme: Workspace
) -> None:
    choose(page, "Hubei")
    type_in(page, "name", "Hubei branch")
    assert " Hubei branch" in lines(page)
    assert page.view.chosen is not None and page.view.chosen.name == "Hubei branch"
    assert programme.next_undo().label == "Set Name of Hubei"
    programme.undo()
    assert " Hubei" in lines(page)
    assert page.view.editor.inputs["name"].text() == "Hubei"


def test_leaving_a_field_as_it_was_writes_nothing(
    page: OrganisationPage, programme: Workspace
) -> None:
    before = programme.next_undo()
    choose(page, "Hubei")
    type_in(page, "name", "Hubei")
    choose(page, "Guangdong")
    assert programme.next_undo() == before


def test_a_refusal_is_said_in_the_form_and_nothing_typed_is_lost(
    page: OrganisationPage, programme: Workspace
) -> None:
    choose(page, "Hubei")
    type_in(page, "code", "GD")
    assert page.view.editor.message.sentence == "The code GD is taken: choose another."
    assert page.view.editor.inputs["code"].text() == "GD"
    assert page.has_open_work()
    type_in(page, "code", "HUB")
    assert page.view.editor.message.isHidden()
    assert not page.has_open_work()
    assert page.view.chosen is not None and page.view.chosen.values["code"] == "HUB"


def test_a_unit_moves_by_choosing_the_unit_above(page: OrganisationPage) -> None:
    choose(page, "Hubei city")
    page_of = {entry.name: entry.id for entry in map(page.view.model.by_id, range(1, 6)) if entry}
    pick(page, "parent_id", page_of["Guangdong"])
    assert lines(page) == [
        "Head office",
        " Guangdong",
        "  Guangdong city",
        "  Hubei city",
        " Hubei",
    ]


def test_a_new_unit_starts_below_the_chosen_one(page: OrganisationPage, told: Told) -> None:
    choose(page, "Hubei")
    page.view.start_new()
    editor = page.view.editor
    assert editor.inputs["level"].currentText() == "Tier-2 branch"
    assert editor.inputs["parent_id"].currentText().strip() == "Hubei"
    editor.inputs["name"].setText("Yichang")
    assert page.has_open_work()
    press(page, "Add unit")
    assert "  Yichang" in lines(page)
    assert page.view.chosen is not None and page.view.chosen.name == "Yichang"
    assert told.notices == ["Added: Yichang"]
    assert not page.has_open_work()


def test_escape_gives_a_new_record_up(page: OrganisationPage, qtbot) -> None:
    choose(page, "Hubei")
    page.view.start_new()
    page.view.editor.inputs["name"].setText("Nowhere")
    qtbot.keyClick(page.view.editor, Qt.Key.Key_Escape)
    assert len(lines(page)) == 5
    assert page.view.editor.inputs["name"].text() == "Hubei"


def test_what_is_in_use_is_not_deleted(page: OrganisationPage, told: Told) -> None:
    choose(page, "Hubei")
    press(page, "Delete unit")
    assert "1 person, 1 unit still belong to it" in page.view.editor.message.sentence
    choose(page, "Hubei city")
    assert page.view.editor.message.isHidden()
    press(page, "Delete unit")
    assert "  Hubei city" not in lines(page)
    assert told.notices == ["Deleted: Hubei city"]


def test_the_initiatives_of_a_unit_are_opened_whatever_the_scope_was(
    page: OrganisationPage, told: Told
) -> None:
    choose(page, "Guangdong")
    press(page, "Show 1 initiative")
    assert page.view.chosen is not None
    assert told.scopes == [Scope(unit_id=page.view.chosen.id)]


def test_another_persons_change_does_not_take_away_what_is_being_typed(
    page: OrganisationPage, programme: Workspace
) -> None:
    choose(page, "Hubei")
    hubei = page.view.chosen
    assert hubei is not None
    page.view.start_new()
    page.view.editor.inputs["name"].setText("Yichang")
    programme.do(actions.set_unit, hubei.id, {"region": "Middle"})
    assert page.view.editor.inputs["name"].text() == "Yichang"


def test_people_are_sorted_by_a_column_and_back(page: OrganisationPage) -> None:
    turn(page, "people")
    assert lines(page) == ["Hubei lead", "Guangdong lead"]
    page.view.tree.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert lines(page) == ["Guangdong lead", "Hubei lead"]
    page.view.tree.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert lines(page) == ["Hubei lead", "Guangdong lead"]


def test_a_scene_of_the_program_can_not_be_edited(page: OrganisationPage) -> None:
    turn(page, "scenes")
    choose(page, "Campus")
    assert not page.view.editor.inputs["name"].isEnabled()
    page.view.start_new()
    page.view.editor.inputs["name"].setText("Airports")
    press(page, "Add scene")
    assert page.view.editor.inputs["name"].isEnabled()


def test_a_field_becomes_a_choice_once_its_choices_are_typed(page: OrganisationPage) -> None:
    turn(page, "fields")
    page.view.start_new()
    page.view.editor.inputs["name"].setText("Priority")
    press(page, "Add field")
    pick(page, "type", "choice")
    assert "needs its choices" in page.view.editor.message.sentence
    choices = page.view.editor.inputs["choices"]
    choices.setPlainText("High\nLow")
    choices.left.emit()
    assert page.view.chosen is not None
    assert page.view.chosen.cells[:3] == ("Priority", "Choice", "High · Low")


def test_fields_are_moved_with_the_buttons(page: OrganisationPage) -> None:
    turn(page, "fields")
    for name in ("One", "Two"):
        page.view.start_new()
        page.view.editor.inputs["name"].setText(name)
        press(page, "Add field")
    page.view.editor.moved.emit(-1)
    assert lines(page) == ["Two", "One"]


def test_the_page_takes_up_where_it_was(pages, programme: Workspace) -> None:
    first = pages(programme)
    turn(first, "people")
    first.search.setText("lead")
    choose(first, "Guangdong lead")
    second = pages(programme)
    second.restore(first.state())
    assert second.view.register.key == "people"
    assert second.search.text() == "lead"
    assert second.view.chosen is not None and second.view.chosen.name == "Guangdong lead"


def test_a_record_is_shown_by_its_kind(page: OrganisationPage) -> None:
    assert page.show_record("person", 1)
    assert page.view.register.key == "people"
    assert not page.show_record("initiative", 1)


def test_an_empty_programme_says_what_to_do_next(pages, tmp_path: Path) -> None:
    with founding.create(tmp_path / "empty.ecofolio") as workspace:
        page = pages(workspace)
        press(page, "Add unit")
        assert page.view.editor.is_new
        page.view.editor.inputs["name"].setText("Head office")
        assert page.view.editor.inputs["level"].currentText() == "Head office"
        press(page, "Add unit")
        assert lines(page) == ["Head office"]


def test_every_control_has_an_accessible_name(page: OrganisationPage) -> None:
    for view in page.views:
        turn(page, view.register.key)
        view.start_new()
        for made in view.editor.inputs.values():
            assert made.accessibleName()
        assert view.tree.accessibleName()
