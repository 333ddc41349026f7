from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QDate

from ecofolio.initiatives.queries import Names
from ecofolio.initiatives.scope import Scope
from ecofolio.review.pack_dialog import PackDialog, suggested

TODAY = date(2026, 11, 21)
NOBODY = Names({7: "Hubei"}, {}, {}, {}, {}, {}, {})


@pytest.fixture
def dialog(qapp, tmp_path: Path) -> Iterator[PackDialog]:
    made = PackDialog(Scope(unit_id=7), NOBODY, TODAY, tmp_path / "pack.xlsx")
    yield made
    made.close()
    made.deleteLater()


def test_at_first_it_wishes_for_the_scope_and_the_last_thirty_days(
    dialog: PackDialog, tmp_path: Path
) -> None:
    wish = dialog.wish()
    assert (wish.path, wish.scope, wish.as_of) == (tmp_path / "pack.xlsx", Scope(unit_id=7), None)
    assert wish.since == datetime(2026, 10, 21, 16, tzinfo=UTC)  # midnight in Shanghai
    assert wish.language == "en"
    assert "Hubei" in dialog.scope.currentText()


def test_everything_can_be_wished_otherwise(dialog: PackDialog, tmp_path: Path) -> None:
    dialog.scope.setCurrentIndex(1)
    dialog.month.setCurrentIndex(2)
    dialog.since.setDate(QDate(2026, 1, 1))
    dialog.language.setCurrentIndex(dialog.language.findData("zh_CN"))
    dialog.file.setText(str(tmp_path / "other"))
    wish = dialog.wish()
    assert (wish.scope, wish.as_of, wish.language) == (Scope(), "2026-09", "zh_CN")
    assert wish.path == tmp_path / "other.xlsx"


def test_a_place_that_can_not_be_written_is_told_before_any_work(
    dialog: PackDialog, tmp_path: Path
) -> None:
    for text, sentence in (
        ("", "Say which file"),
        (str(tmp_path / "none" / "x.xlsx"), "There is no folder"),
    ):
        dialog.file.setText(text)
        dialog.accept()
        assert sentence in dialog.message.sentence
        assert not dialog.result()
    dialog.file.setText(str(tmp_path / "x.xlsx"))
    dialog.accept()
    assert dialog.result()


def test_a_suggested_name_is_one_that_a_file_can_have() -> None:
    path = suggested(Path("/f"), "postgresql://a:b?c", TODAY)
    assert path.parent == Path("/f") and not set(path.name) & set('\\/:*?"<>|')
