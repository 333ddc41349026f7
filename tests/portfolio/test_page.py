from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton
from shiboken6 import delete
from tests.conftest import ACTOR, NOW

from ecofolio.initiatives import actions, past, queries
from ecofolio.initiatives.health import five
from ecofolio.initiatives.scope import Scope
from ecofolio.portfolio.page import OverviewPage
from ecofolio.store.workspace import Workspace
from ecofolio.vocabulary import OPEN_STAGES, Light, Stage
from ecofolio.widgets.page import PageId

Show = Callable[..., OverviewPage]
TODAY = NOW.date()


@pytest.fixture
def demo(demonstration: Path, tmp_path: Path) -> Iterator[Workspace]:
    path = tmp_path / "demo.ecofolio"
    path.write_bytes(demonstration.read_bytes())
    with Workspace.open(path, actor=ACTOR, clock=lambda: NOW) as opened:
        yield opened


def count(workspace: Workspace, scope: Scope) -> int:
    with workspace.read() as connection:
        return len(queries.rows(connection, scope, today=TODAY))


def test_every_cell_of_the_matrix_opens_the_rows_that_it_counts(
    demo: Workspace, overview: Show, asked: SimpleNamespace
) -> None:
    page = overview(demo)
    found = page.summary
    for n, segment in enumerate(found.segment_keys):
        for m, batch in enumerate(found.batch_keys):
            page.matrix.opened.emit(n, m)
            assert count(demo, asked.scopes[-1]) == found.cell(segment, batch).count
    page.matrix.opened.emit(0, -1)
    assert count(demo, asked.scopes[-1]) == found.segments["G"].count
    page.matrix.opened.emit(-1, 0)
    assert count(demo, asked.scopes[-1]) == found.batches["full_rollout"].count


def test_every_cell_of_the_coverage_opens_the_rows_that_it_counts(
    demo: Workspace, overview: Show, asked: SimpleNamespace
) -> None:
    page = overview(demo)
    found = page.summary
    for n, branch in enumerate(found.branches):
        page.coverage.opened.emit(n, -1)
        assert count(demo, asked.scopes[-1]) == found.by_branch[branch.id].count
    for m, scene in enumerate(found.scenes):
        page.coverage.opened.emit(-1, m)
        assert count(demo, asked.scopes[-1]) == found.by_scene[scene.id].count
        page.coverage.opened.emit(3, m)
        shown = count(demo, asked.scopes[-1])
        assert shown == found.mix(found.branches[3].id, scene.id).count


def test_tiles_and_bars_open_the_rows_that_they_count(
    demo: Workspace, overview: Show, asked: SimpleNamespace
) -> None:
    page = overview(demo)
    found = page.summary
    for key in ("open", "budget", "needs", "unreported"):
        page.tiles[key].clicked.emit()
    assert [count(demo, scope) for scope in asked.scopes] == [
        found.open.count, found.open.count, len(found.needs),
        found.lights[Light.NOT_REPORTED].count,
    ]  # fmt: skip
    for n, stage in enumerate(Stage):
        page.stages.opened.emit(n)
        assert count(demo, asked.scopes[-1]) == found.stages[stage].count
    for n, light in enumerate(Light):
        page.lights.opened.emit(n)
        assert count(demo, asked.scopes[-1]) == found.lights[light].count


def test_a_part_of_a_branch_stays_a_part_when_its_row_is_opened(
    demo: Workspace, overview: Show, asked: SimpleNamespace
) -> None:
    with demo.read() as connection:
        known = queries.names(connection)
        rows = queries.rows(connection, today=TODAY)
    part = next(row.unit_id for row in rows if known.parents.get(known.parents.get(row.unit_id)))
    page = overview(demo, Scope(unit_id=part))
    page.coverage.opened.emit(0, -1)
    assert asked.scopes[-1].unit_id == part
    assert count(demo, asked.scopes[-1]) == page.summary.open.count


def test_the_page_follows_changes_and_the_scope(demo: Workspace, overview: Show) -> None:
    page = overview(demo)
    before = page.summary.open.count
    with demo.read() as connection:
        scope = Scope(stages=frozenset(OPEN_STAGES))
        one = queries.rows(connection, scope, today=TODAY)[0]
    demo.do(actions.set_fields, [one.id], {"stage": "closed"})
    page.refresh()
    assert page.summary.open.count == before - 1
    page.set_scope(Scope(batches=frozenset({"incubation"})))
    assert set(page.summary.batches) == {"full_rollout", "breakthrough", "incubation"}
    assert page.summary.open.count == page.summary.batches["incubation"].count < before
    assert "Incubation" in page._head._sentence.text()


def test_what_needs_you_is_opened_by_the_keyboard(
    demo: Workspace, overview: Show, asked: SimpleNamespace, qtbot
) -> None:
    page = overview(demo)
    page.activateWindow()
    page.needs.setFocus()
    qtbot.waitUntil(page.needs.hasFocus)
    qtbot.keyClick(page.needs, Qt.Key.Key_Down)
    qtbot.keyClick(page.needs, Qt.Key.Key_Return)
    assert asked.records == [("initiative", page.summary.needs[1].row.id)]


def test_the_first_gap_gets_the_keyboard(
    demo: Workspace, overview: Show, asked: SimpleNamespace, qtbot
) -> None:
    page = overview(demo)
    page.tiles["gaps"].clicked.emit()
    row = page.coverage.currentIndex().row()
    assert page.summary.branches[row] == page.summary.gaps[0].branch
    qtbot.keyClick(page.coverage, Qt.Key.Key_Return)
    assert asked.scopes[-1].unit_id == page.summary.gaps[0].branch.id


def test_an_empty_programme_says_what_to_do_next(
    workspace: Workspace, overview: Show, asked: SimpleNamespace
) -> None:
    page = overview(workspace, Scope(stages=frozenset(OPEN_STAGES)))
    assert page._stack.currentIndex() == 1
    page._stack.currentWidget().action.click()
    assert asked.pages == [PageId.IMPORT]


def test_a_scope_without_initiatives_offers_the_whole(demo: Workspace, overview: Show) -> None:
    page = overview(demo, Scope(text="nothing is called so"))
    assert page._stack.currentIndex() == 2
    page._stack.currentWidget().action.click()
    assert page.context.scope.value == Scope()


def test_the_pack_is_exported_from_the_page(
    demo: Workspace, overview: Show, asked: SimpleNamespace
) -> None:
    overview(demo).export.click()
    assert asked.packs == 1


def test_everything_that_can_be_pressed_has_an_accessible_name(
    demo: Workspace, overview: Show
) -> None:
    page = overview(demo)
    parts = [*page.tiles.values(), page.matrix, page.coverage, page.needs, page.milestones]
    parts += [page.stages, page.lights, *page.findChildren(QAbstractButton)]
    # Qt's own corner buttons of tables never get the keyboard
    named = [part for part in parts if part.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert all(part.accessibleName() for part in named)
    index = page.coverage.model().index(0, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert page.summary.branches[0].name in spoken and page.summary.scenes[0].name in spoken


def test_a_narrow_window_gives_coverage_the_whole_width(
    demo: Workspace, overview: Show, qtbot
) -> None:
    page = overview(demo)
    assert page.coverage.width() < 900
    page.resize(1084, 600)
    qtbot.waitUntil(lambda: page.coverage.mapTo(page, QPoint(0, 0)).x() < 40)


def test_a_large_programme_is_read_off_the_gui_thread(
    demo: Workspace, overview: Show, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecofolio.portfolio.page._MANY", 0)
    page = overview(demo)
    assert page.summary is None and page._stack.currentIndex() == 3
    page.set_scope(Scope(batches=frozenset({"incubation"})))  # while it is being read
    qtbot.waitUntil(lambda: page.summary is not None and bool(page.summary.scope.batches))
    assert page._stack.currentIndex() == 0
    qtbot.waitUntil(lambda: not page.context.runner.jobs)
    assert page.turned.lines.lines  # they follow the figures
    ids = {row.id for row in page.summary.rows}
    assert {line.id for line in page.turned.lines.lines} <= ids


def test_a_page_that_has_gone_is_shown_nothing(
    demo: Workspace, overview: Show, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecofolio.portfolio.page._MANY", 0)
    page = overview(demo)
    runner = page.context.runner
    delete(page)
    qtbot.waitUntil(lambda: not runner.jobs)


def test_lights_that_changed_are_listed_the_worse_first_and_open_their_initiative(
    demo: Workspace, overview: Show, asked: SimpleNamespace, qtbot
) -> None:
    page = overview(demo)
    changed = page.turned.lines.lines
    with demo.read() as connection:
        before = past.lights_on(connection, past.month_ends(TODAY, 1)[0])
        now = {row.id: row for row in queries.rows(connection, today=TODAY)}
    assert changed
    assert any("· set by hand until " in one.caption for one in page.needs.lines)
    assert all(before[one.id].whole.light.value != one.light for one in changed)
    rank = [Light.GREEN, Light.AMBER, Light.RED]
    worse = [
        rank.index(now[one.id].light) > rank.index(before[one.id].whole.light) for one in changed
    ]
    assert worse == sorted(worse, reverse=True)
    assert f"{sum(worse)} worse" in page.turned.head._caption.text()
    page.turned.lines.setCurrentIndex(page.turned.lines.model().index(0, 0))
    qtbot.keyClick(page.turned.lines, Qt.Key.Key_Return)
    assert asked.records[-1] == ("initiative", changed[0].id)


def test_what_the_rooms_remember_of_today_is_what_they_say_now(demo: Workspace) -> None:
    """Ledger, cards, figures and milestones: the way of the past leads to the present as well."""
    with demo.read() as connection:
        now = {
            row.id: (row.light, {light: one.words for light, one in five(row, TODAY).items()})
            for row in queries.rows(connection, today=TODAY)
        }
        then = {
            one: (was.whole.light, {light: told.words for light, told in was.lights.items()})
            for one, was in past.lights_on(connection, TODAY).items()
        }
    assert then == now
