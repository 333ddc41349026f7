"""Reports that are overdue stand among one's own work, and open where they are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from tests.conftest import ACTOR
from tests.scorecards.conftest import MONTH, TODAY, Measured

from ecofolio.boards.work_page import WorkPage
from ecofolio.initiatives import actions as initiatives
from ecofolio.initiatives.scope import Scope
from ecofolio.organisation.model import Person
from ecofolio.portfolio.reports import overdue
from ecofolio.scorecards.page import REPORT, ScorecardsPage
from ecofolio.shell.application import furnished
from ecofolio.shell.registry import PAGES
from ecofolio.shell.settings import SettingsStore
from ecofolio.shell.window import MainWindow
from ecofolio.squads import actions as squads
from ecofolio.widgets.page import PageId


def person(work) -> int:
    work.label("Person")
    return work.insert(Person, [{"code": "P1", "name": ACTOR}])[0]


@pytest.fixture
def me(filed: Measured) -> int:
    """Who leads B and the squad of A; both owe something of October and nothing of September."""
    for code in ("C", "D"):
        filed.add(code)
        filed.promise(code, "effective_cards", 0, 100)
    made = filed.do(person)
    filed.do(initiatives.set_fields, [filed.ids["C"]], {"lead_id": made})
    squad = filed.do(squads.create_squad, {"name": "Team", "lead_id": made})
    filed.do(squads.set_initiatives, squad, [filed.ids["B"]])
    return made


@pytest.fixture
def window(qapp, filed: Measured, me: int, tmp_path: Path) -> Iterator[MainWindow]:
    settings = SettingsStore(tmp_path / "settings.json")
    settings.save(language="en", theme="light", actor=ACTOR)
    made = furnished(settings, PAGES)
    made.resize(1280, 720)
    made.show()
    made.session.adopt(filed.workspace)
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_what_i_lead_and_what_my_squads_work_on_is_mine_to_report(filed: Measured, me: int) -> None:
    found = filed.read(overdue, me, TODAY)
    assert [(one.code, one.month, len(one.metrics)) for one in found] == [
        ("B", MONTH, 1),
        ("C", MONTH, 1),
    ]
    filed.report("C", "effective_cards", 50)
    assert [one.code for one in filed.read(overdue, me, TODAY)] == ["B"]


def test_an_overdue_report_is_opened_from_my_work(
    window: MainWindow, filed: Measured, qtbot
) -> None:
    window.scope.set(Scope(unit_id=filed.ids["SB"]))  # where neither of them is
    page = window.go(PageId.MY_WORK)
    assert isinstance(page, WorkPage)
    assert page.chips["reports"].text() == "Overdue reports 2"
    page.chips["reports"].click()
    said = page.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith(f"Report {MONTH}: C, ! ")
    page.list.setCurrentIndex(page.model.index(1))
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    shown = window.pages.page
    assert isinstance(shown, ScorecardsPage) and shown.tabs.currentIndex() == REPORT
    assert shown.report.month == MONTH
    assert "C" in shown.report.people.currentItem().text()
    assert shown.report.table.currentIndex().isValid()
