"""What is brought in or written out shows how far it is, and can be called off: all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.boards.conftest import Bench
from tests.boards.page_trials import Trial, furnish
from tests.boards.test_exchange_page import boards, brought
from tests.conftest import ACTOR, NOW

from ecofolio.boards.exchange import bringing, pacing
from ecofolio.boards.exchange.importing import Overrules, open_source, run_import
from ecofolio.boards.exchange.pacing import Pen
from ecofolio.boards.exchange.workbook import export_board
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme
from ecofolio.widgets.background import Cancelled

LIST = "Issue key,Summary,Status,Created,Wish\n" + "".join(
    f"K-{n},Card {n},{'Done' if n % 2 else 'To Do'},2026-0{1 + n % 9}-10,gold\n" for n in range(9)
)
LATER = LIST.replace("To Do", "Doing") + "K-99,Last,Doing,2026-11-01,tin\n"


class Steps:
    """Keeps what it is told, and calls the work off at the n-th step."""

    def __init__(self, stop: int | None = None) -> None:
        self.told: list[tuple[float, float]] = []
        self._stop = stop

    def __call__(self, done: float, total: float) -> None:
        self.told.append((done, total))
        if len(self.told) == self._stop:
            raise Cancelled


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "PORTION", 2)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def bring(bench: Bench, path: Path, step: Any) -> int:
    overrules = Overrules()
    source = open_source(path, overrules)
    found = bringing.find(bench.workspace, source, overrules, squad=bench.squad)
    assert isinstance(found, bringing.Found)
    return bringing.bring_in(bench.workspace, found, bench.squad, "", step)


def heads(bench: Bench) -> tuple[int, list[str]]:
    """The newest change, and the boards."""
    from ecofolio.boards import queries

    with bench.workspace.read() as connection:
        names = [row.name for row in queries.boards(connection)]
    newest = bench.workspace.next_undo()
    assert newest is not None
    return newest.id, names


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_an_import_tells_how_far_it_is_and_leaves_nothing_where_it_is_called_off(
    bench: Bench, tmp_path: Path, suffix: str
) -> None:
    path = written(tmp_path, "ours.csv", LIST)
    if suffix == ".json":
        run_import(bench.workspace, path, squad="S01")
        path = tmp_path / "ours.json"
        with bench.workspace.read() as connection:
            export_board(connection, bench.board + 1, path, now=NOW, actor="")
    before = heads(bench)
    watched = Steps()
    bring(bench, path, watched)
    done = [one for one, _total in watched.told]
    total = watched.told[-1][1]
    assert len(done) > 8 and done == sorted(done) and done[0] == 0 and done[-1] == total
    bench.workspace.undo()
    for stop in (1, len(done) // 2, len(done)):
        with pytest.raises(Cancelled):
            bring(bench, path, Steps(stop))
        assert heads(bench) == before


def test_a_second_import_can_be_called_off_as_well(bench: Bench, tmp_path: Path) -> None:
    run_import(bench.workspace, written(tmp_path, "ours.csv", LIST), squad="S01")
    path, before, watched = written(tmp_path, "ours.csv", LATER), heads(bench), Steps()
    with pytest.raises(Cancelled):
        bring(bench, path, Steps(3))
    assert heads(bench) == before
    bring(bench, path, watched)
    assert len(watched.told) > 5 and watched.told[-1][0] == watched.told[-1][1]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".json", ".zip"])
@pytest.mark.parametrize("place_kind", ["sqlite"], indirect=True)
def test_an_export_that_is_called_off_leaves_the_old_file(
    bench: Bench, tmp_path: Path, suffix: str
) -> None:
    bench.move(bench.card("One"), 2)
    path = written(tmp_path, f"board{suffix}", "old")
    watched = Steps()

    def export(step: Steps) -> None:
        place = bench.workspace.place
        with bench.workspace.read() as connection:
            export_board(connection, bench.board, path, now=NOW, actor="", place=place, step=step)

    folder = set(tmp_path.iterdir())
    for stop in (1, 2):
        with pytest.raises(Cancelled):
            export(Steps(stop))
        assert path.read_text("utf-8") == "old" and set(tmp_path.iterdir()) == folder
    export(watched)
    with pytest.raises(Cancelled):
        export(Steps(len(watched.told)))
    assert watched.told[-1][0] == watched.told[-1][1]


# --- in the window -----------------------------------------------------------------------------


@pytest.fixture
def trial(qapp, tmp_path) -> Iterator[Trial]:
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    with Workspace.create(tmp_path / "p.ecofolio", actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        yield made
        made.close()


def test_escape_calls_off_what_is_being_written_and_the_dialog_stays(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    under_way, go = threading.Event(), threading.Event()
    insert = Pen.insert

    def slowly(pen: Pen, *rows: Any) -> list[int]:
        under_way.set()
        assert go.wait(30)
        return insert(pen, *rows)

    monkeypatch.setattr(Pen, "insert", slowly)
    dialog = brought(trial, monkeypatch, written(tmp_path, "ours.csv", LIST))
    said = dialog.sentence.text()
    dialog.import_button.click()
    assert under_way.wait(30)
    assert dialog.bar.isVisible() and dialog.bar.accessibleName() == "Importing…"
    assert not dialog.import_button.isEnabled() and not dialog.name.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible() and not dialog.cancel_button.isEnabled()
    go.set()
    trial.settle()
    assert dialog.message.sentence == "The import was cancelled: nothing was written."
    assert boards(trial) == ["Campus board"] and dialog.sentence.text() == said
    assert not dialog.bar.isVisible() and dialog.cancel_button.isEnabled()
    dialog.import_button.click()  # after all
    trial.settle()
    assert boards(trial) == ["Campus board", "ours"]


def test_what_is_only_to_be_kept_can_not_be_called_off_any_more(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dialog = brought(trial, monkeypatch, written(tmp_path, "ours.csv", LIST))
    dialog._show_progress(3, 10)
    assert (dialog.bar.value(), dialog.bar.maximum()) == (3, 10)
    assert dialog.cancel_button.isEnabled()
    dialog._show_progress(10, 10)
    assert dialog.bar.maximum() == 0 and not dialog.cancel_button.isEnabled()
