"""The import page leads from a file to initiatives, and shows everything before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSpinBox, QTableView
from sqlalchemy import select

from ecofolio.initiatives import actions
from ecofolio.initiatives.import_grid_view import GridModel
from ecofolio.initiatives.import_page import ImportPage, Step
from ecofolio.initiatives.model import Initiative
from ecofolio.initiatives.scope import Scope
from ecofolio.intake.mapping import Becomes
from ecofolio.store.base import table_of
from ecofolio.store.workspace import Workspace
from ecofolio.widgets.background import Runner
from ecofolio.widgets.page import PageContext, PageId, ScopeStore
from ecofolio.widgets.theme import in_force


@pytest.fixture
def programme(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "p.ecofolio", name="p") as workspace:
        yield workspace


@pytest.fixture
def heard() -> SimpleNamespace:
    return SimpleNamespace(said=[], gone=[], errors=[])


@pytest.fixture
def page(qtbot, programme: Workspace, heard: SimpleNamespace) -> Iterator[ImportPage]:
    runner = Runner(heard.errors.append)
    given = {
        "workspace": programme,
        "scope": ScopeStore(Scope()),
        "runner": runner,
        "theme": in_force(),
        "go": heard.gone.append,
        "notify": lambda text, undo=False: heard.said.append((text, undo)),
        "report": heard.errors.append,
    }
    others = {field.name: lambda *_args, **_more: None for field in fields(PageContext)}
    context = PageContext(**{**others, **given})
    made = ImportPage(context)
    qtbot.addWidget(made)
    made.resize(1200, 760)
    made.show()
    yield made
    runner.shut_down()


@pytest.fixture
def ready(qtbot, page: ImportPage) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(lambda: not page.is_busy, timeout=20_000)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(
        "Code;Project name;Start date;Budget;RAG\n"
        "A-1;Café;2026-01-01;£5;Green\n"
        "A-2;<b>Clinic</b>;tbc;£6;Amber/Red\n"
        "A-3;;2026-01-01;£6;Red\n".encode("cp1252")
    )
    return path


def texts(model: GridModel) -> list[list[str]]:
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def names(workspace: Workspace) -> list[str]:
    with workspace.read() as connection:
        return list(connection.scalars(select(table_of(Initiative).c.name)))


def click(button: QAbstractButton) -> None:
    assert button.isVisible() and button.isEnabled()
    button.click()


def test_a_list_goes_from_file_to_initiatives(
    page: ImportPage, ready, lists: Path, programme: Workspace, heard: SimpleNamespace
) -> None:
    page.open_file(str(lists))
    ready()
    assert page.step is Step.TABLE
    assert page.table_step.encoding.currentData() == "cp1252"
    assert page.table_step.delimiter.currentText() == "Semicolon"
    assert texts(page.table_step.model)[0] == ["A-1", "Café", "2026-01-01", "£5", "Green"]
    click(page.next)
    assert [line[2] for line in texts(page.columns_step.model)] == [
        "Code", "Name", "Start date", "Budget", "Health override",
    ]  # fmt: skip
    click(page.next)
    ready()
    assert page.step is Step.PREVIEW
    tabs = [page.preview_step.tabs.tabText(at) for at in range(page.preview_step.tabs.count())]
    assert tabs == ["New 2", "Changed 0", "Not readable 1", "Refused 1"]
    across = Qt.Orientation.Horizontal
    count = page.preview_step.model.columnCount()
    heads = [page.preview_step.model.headerData(at, across) for at in range(count)]
    assert "Name" in heads and "Budget (GBP)" in heads
    page.preview_step.tabs.setCurrentIndex(2)
    assert texts(page.preview_step.model) == [["3", "Start date", "tbc", "is not a date"]]
    assert names(programme) == []
    assert page.next.text() == "Import 2 initiatives"
    click(page.next)
    ready()
    assert page.step is Step.DONE
    assert names(programme) == ["Café", "<b>Clinic</b>"]
    assert heard.said == [("Imported list.csv", True)]
    page._done.findChildren(QAbstractButton)[0].click()
    assert heard.gone == [PageId.INITIATIVES]
    click(page.take_back)
    ready()
    assert page.step is Step.COLUMNS
    assert names(programme) == []


def test_a_second_import_shows_old_and_new(
    page: ImportPage, ready, lists: Path, programme: Workspace
) -> None:
    for text in (lists.read_bytes(), lists.read_bytes().replace(b"\xa35", b"\xa37")):
        lists.write_bytes(text)
        page.open_file(str(lists))
        ready()
        page.next.click()
        page.next.click()
        ready()
        if not names(programme):
            page.next.click()
            ready()
    page.preview_step.tabs.setCurrentIndex(1)
    assert texts(page.preview_step.model) == [["2", "A-1", "Café", "Budget (GBP)", "5", "7"]]
    page.preview_step.search.setText("nothing like it")
    page.preview_step._narrow()
    assert texts(page.preview_step.model) == []
    page.preview_step.tabs.setCurrentIndex(2)
    assert texts(page.preview_step.model) == []
    page.preview_step.search.setText("tbc")
    page.preview_step._narrow()
    assert len(texts(page.preview_step.model)) == 1


def test_columns_are_corrected_saved_and_taken_again(
    page: ImportPage, ready, lists: Path, heard: SimpleNamespace
) -> None:
    page.open_file(str(lists))
    ready()
    click(page.next)
    step = page.columns_step
    step.view.selectRow(3)
    assert step.unit.isVisible() and not step.order.isVisible()
    step.unit.setCurrentIndex(step.unit.findData(6))
    step.unit.activated.emit(step.unit.currentIndex())
    assert step.mapping.choices[3].scale == 6
    step.view.selectRow(4)
    step.becomes.setCurrentIndex(step.becomes.count() - 1)
    step.becomes.activated.emit(step.becomes.currentIndex())
    assert step.mapping.choices[4].becomes is Becomes.LEAVE_OUT
    page.save_mapping("mine")
    assert heard.said == [("Saved the mapping mine", True)]
    page.open_file(str(lists))
    ready()
    assert step.mapping.choices[3].scale == 0
    step.saved.setCurrentIndex(step.saved.findData("mine"))
    step.saved.activated.emit(step.saved.currentIndex())
    assert step.mapping.choices[3].scale == 6
    assert step.mapping.choices[4].becomes is Becomes.LEAVE_OUT


def test_a_bare_dollar_is_told_and_can_be_another_currency(
    page: ImportPage, ready, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("Name,Budget\nSign,$5m\nPrint,$6m\n")
    page.open_file(str(tmp_path / "a.csv"))
    ready()
    click(page.next)
    currency = page.columns_step.currency
    known = {currency.itemData(at) for at in range(currency.count())}
    assert known >= {"CNY", "USD", "PLN", "CZK", "SEK", "NOK", "DKK"} and "$" not in known
    click(page.next)
    ready()
    assert "“$” is taken for USD" in page.preview_step._said.text()


def test_guesses_about_the_table_can_be_overruled(page: ImportPage, ready, lists: Path) -> None:
    page.open_file(str(lists))
    ready()
    step = page.table_step
    step.header_row.setValue(2)
    ready()
    assert page.table is not None and page.table.columns[1].name == "Café"
    step.transposed.setChecked(True)
    ready()
    assert page.table.transposed
    step.encoding.setCurrentIndex(step.encoding.findData("gb18030"))
    step.encoding.activated.emit(0)
    ready()
    assert page.book is not None and page.book.encoding == "gb18030"
    step.encoding.setCurrentIndex(step.encoding.findData("utf-16"))
    step.encoding.activated.emit(0)
    ready()
    assert page.step is Step.TABLE


def test_what_is_no_list_is_told_in_the_page(page: ImportPage, ready, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    page.open_file(str(tmp_path / "a.pdf"))
    ready()
    assert page.step is Step.FILE
    assert page._message.isVisible() and "a.pdf" in page._message.sentence


def test_a_plan_that_is_out_of_date_is_made_again(
    page: ImportPage, ready, lists: Path, programme: Workspace
) -> None:
    page.open_file(str(lists))
    ready()
    page.next.click()
    page.next.click()
    ready()
    programme.do(actions.create, {"name": "Clinic", "code": "A-2"})
    page.next.click()
    ready()
    assert page.step is Step.COLUMNS and page._message.isVisible()
    page.next.click()
    ready()
    assert page.preview_step.tabs.tabText(1) == "Changed 1"


def test_a_file_can_be_dropped(page: ImportPage, ready, lists: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(lists))])
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page.file_step.dropEvent(drop)
    ready()
    assert page.step is Step.TABLE
    assert page.state() == {"path": str(lists)}


def test_every_control_has_a_name_for_screen_readers(page: ImportPage, ready, lists: Path) -> None:
    page.open_file(str(lists))
    ready()
    for kind in (QAbstractButton, QComboBox, QLineEdit, QSpinBox, QTableView):
        for control in page.findChildren(kind):
            inside = isinstance(control.parent(), QComboBox | QSpinBox | QTableView | QLineEdit)
            assert (
                control.accessibleName()
                or inside
                or (isinstance(control, QAbstractButton) and control.text())
            ), control
