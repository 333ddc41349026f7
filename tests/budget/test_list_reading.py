"""How a list of money is read can be overruled in the window before anything is posted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from PySide6.QtWidgets import QDialog, QInputDialog
from tests.budget.conftest import Bank

from ecofolio.budget.importing import post_list
from ecofolio.budget.page import BudgetPage
from ecofolio.budget.post_list_dialog import PostListDialog
from ecofolio.initiatives.importing import saved_mappings

pytestmark = pytest.mark.parametrize("place_kind", ["sqlite"])
Show = Callable[[Bank], BudgetPage]


def test_sheet_and_columns_of_a_list_are_overruled_before_it_is_posted(
    funded: Bank, show: Show, tmp_path: Path, qtbot, monkeypatch, heard: SimpleNamespace
) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Date", "Initiative", "Amount"])
    book.active.append([date(2026, 3, 1), "E-1", 999])
    book.create_sheet("March")
    for row in (["Day", "Who", "Paid out", "Text"], ["2026-03-01", "E-1", 0.012, "Desks"]):
        book["March"].append(row)
    file = tmp_path / "two.xlsx"
    book.save(file)
    told = []

    def answer(dialog: PostListDialog) -> int:
        told.append((dialog.reading.sheets.currentText(), dialog.said.text()))
        reading = dialog.reading
        if len(told) == 1:
            reading.sheets.setCurrentText("March")
            reading.sheets.activated.emit(1)
        elif len(told) == 2:
            for place, key in enumerate(("date", "initiative", "amount", "memo")):
                field = reading.targets[place]
                field.setCurrentIndex(field.findData(key))
                field.activated.emit(field.currentIndex())
            assert not reading.units[2].isHidden() and reading.units[3].isHidden()
            reading.units[2].setCurrentIndex(reading.units[2].findData(4))
            monkeypatch.setattr(QInputDialog, "getText", lambda *_args: ("Ours", True))
            reading.save_wanted.emit()
        else:
            return QDialog.DialogCode.Accepted
        assert not dialog.post.isEnabled() and not dialog.again.isHidden()
        return PostListDialog.AGAIN

    monkeypatch.setattr(PostListDialog, "exec", answer)
    page = show(funded)
    monkeypatch.setattr(page, "refresh", lambda: None)  # the window brings it to this thread
    page.posting.try_list(str(file))
    qtbot.waitUntil(lambda: len(told) == 3 and not page.context.runner.jobs)
    assert [sheet for sheet, _text in told] == ["Sheet", "March", "March"]
    assert "120 yuan in all" in told[2][1]
    assert funded.balance("spent", funded.campus) == 120_00
    assert heard.errors == []
    with funded.workspace.read() as connection:
        assert saved_mappings(connection, "money") == ["Ours"]
        assert saved_mappings(connection) == []
    report = post_list(funded.workspace, file, mapping="Ours", sheet="March", dry_run=True)
    assert report.fen == 120_00
