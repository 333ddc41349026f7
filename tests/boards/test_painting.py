"""What is painted of a board: no more than has changed, and always what all of it would show."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.boards.page_trials import Trial, furnish
from tests.conftest import ACTOR, NOW

from ecofolio.boards import actions, layout
from ecofolio.boards.carry_view import Drop
from ecofolio.boards.filters import CardFilter
from ecofolio.boards.pictures_view import Pictures
from ecofolio.boards.stains_view import strip
from ecofolio.store.workspace import Workspace
from ecofolio.widgets import theme


@pytest.fixture
def trial(qapp, tmp_path) -> Iterator[Trial]:
    theme.in_force().apply(theme.Mode.LIGHT, theme.Density.NORMAL, "en")
    path = tmp_path / "p.ecofolio"
    with Workspace.create(path, actor=ACTOR, clock=lambda: NOW) as workspace:
        made = furnish(workspace)
        for column, name in enumerate(("Agree", "Build", "Check")):
            text = "\n".join(f"{name} {n} 车生活" for n in range(12))
            made.workspace.do(
                actions.quick_add, made.board, text, column_id=made.columns[column].id
            )
        made.open()
        yield made
        made.close()


def on_screen(trial: Trial) -> QImage:
    """The wall as it was painted bit by bit."""
    trial.settle()
    trial.page.tools.search.clearFocus()
    found = trial.page.screen().grabWindow(trial.page.winId()).toImage()
    return _wall(trial, found)


def painted_anew(trial: Trial) -> QImage:
    return _wall(trial, trial.page.grab().toImage())


def _wall(trial: Trial, image: QImage) -> QImage:
    surface = trial.wall.viewport()
    at = surface.mapTo(trial.page, QPoint())
    return image.copy(at.x(), at.y(), surface.width(), surface.height()).convertToFormat(
        QImage.Format.Format_RGB32
    )


def wheel(trial: Trial, x: int) -> None:
    surface, at = trial.wall.viewport(), QPointF(x, 200)
    event = QWheelEvent(
        at,
        surface.mapToGlobal(at),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(surface, event)


def others(trial: Trial, do: Callable[[Workspace], object]) -> None:
    """Somebody else does something elsewhere."""
    with Workspace.open(trial.workspace.place, actor="Bo", clock=lambda: NOW) as there:
        do(there)
    trial.workspace.poll()
    trial.page.refresh()


def drop(trial: Trial, title: str, column: int, above: str | None = None) -> None:
    before = trial.id_of(above) if above is not None else None
    place = trial.columns[column].id
    trial.page.editor.drop(Drop([trial.id_of(title)], "", place, before, None), "why")


DEEDS: dict[str, Callable[[Trial], object]] = {
    "a drop": lambda trial: drop(trial, "Agree 1 车生活", 1, "Build 2 车生活"),
    "undo": lambda trial: trial.page.editor.undo(),
    "a drop at the end of a column": lambda trial: drop(trial, "Build 0 车生活", 2),
    "a drop in the same column": lambda trial: drop(trial, "Agree 5 车生活", 0, "Agree 0 车生活"),
    "a click": lambda trial: trial.click("Check 3 车生活"),
    "the pointer": lambda trial: QTest.mouseMove(trial.wall.viewport(), trial.at("Build 1 车生活")),
    "the wheel": lambda trial: wheel(trial, 40),
    "what others move": lambda trial: others(
        trial,
        lambda there: there.do(
            actions.move_cards,
            [trial.id_of("Check 0 车生活"), trial.id_of("Agree 3 车生活")],
            trial.columns[1].id,
            top=True,
        ),
    ),
    "what others block": lambda trial: others(
        trial, lambda there: there.do(actions.block, [trial.id_of("Build 1 车生活")], "The branch")
    ),
    "the trash": lambda trial: trial.page.editor.trash([trial.id_of("Build 3 车生活")]),
    "a filter": lambda trial: trial.page._set_filter(CardFilter(text="1")),
    "a filter that dims": lambda trial: trial.page._set_filter(CardFilter(text="1", dims=True)),
    "no filter": lambda trial: trial.page._set_filter(CardFilter()),
    "cards taken up": lambda trial: trial.wall.grab(),
    "cards put back": lambda trial: trial.wall.carrier.cancel(),
    "a column less": lambda trial: others(
        trial, lambda there: there.do(layout.remove_column, trial.columns[3].id)
    ),
    "colours": lambda trial: trial.page._set_colour("service"),
    "lanes": lambda trial: trial.page.set_lanes("service"),
    "a drop between lanes": lambda trial: drop(trial, "Agree 1 车生活", 2),
    "a theme": lambda trial: theme.in_force().apply(theme.Mode.DARK),
}


def test_what_is_painted_bit_by_bit_is_what_all_of_it_would_be(trial: Trial) -> None:
    for name, deed in DEEDS.items():
        for _twice in range(2):  # painted again, cards are copied from their pictures
            trial.wall.viewport().update()
            trial.settle()
        deed(trial)
        assert on_screen(trial) == painted_anew(trial), name


def test_a_card_shows_its_choice_and_the_theme_also_where_it_was_painted_before(
    trial: Trial,
) -> None:
    def ground() -> QColor:
        for _time in range(3):
            trial.wall.viewport().update()
            trial.settle()
        at = trial.wall.visualRect(trial.wall.cards.index(0)).topRight() + QPoint(-6, 6)
        return on_screen(trial).pixelColor(at)

    assert ground() == theme.in_force().colour("surface")
    trial.click("Agree 0 车生活")
    assert ground() == theme.in_force().colour("soft")
    theme.in_force().apply(theme.Mode.DARK)
    assert ground() == theme.in_force().colour("soft")
    trial.click("Agree 1 车生活")
    assert ground() == theme.in_force().colour("raised")


class Watched(QObject):
    """Notes what is painted of a widget."""

    def __init__(self, trial: Trial) -> None:
        super().__init__(trial.wall)
        self.region = QRegion()
        trial.wall.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.region += event.region()
        return False


def test_a_drop_paints_the_two_columns_from_where_something_changed(trial: Trial) -> None:
    watched = Watched(trial)
    drop(trial, "Agree 6 车生活", 1, "Build 4 车生活")
    trial.settle()
    bars = [bar.geometry() for bar in trial.wall.heads.bars.values()]
    columns = [strip(trial.wall, one.id) for one in trial.columns[:2]]
    rest = QRegion(watched.region)
    for rect in (*bars, *columns):
        rest -= rect
    assert rest.isEmpty() and not watched.region.isEmpty()
    above = trial.wall.visualRect(
        trial.wall.cards.index(trial.wall.cards.row_of[trial.id_of("Agree 4 车生活")])
    )
    assert not watched.region.intersects(above)


def test_another_board_takes_over_the_scroll_bars_at_their_beginning(trial: Trial) -> None:
    bars = list(trial.wall.heads.bars.values())
    bars[0].setValue(60)
    trial.workspace.do(layout.create_board, trial.squad, "Another")
    trial.page.refresh()
    trial.page.open_board(None, again=True)
    trial.page.open_board(next(row.id for row in trial.page.boards if row.id != trial.board))
    assert set(trial.wall.heads.bars.values()) == set(bars)
    assert [bar.value() for bar in bars] == [0] * len(bars)


# --- pictures ----------------------------------------------------------------------------------


def drawn(pictures: Pictures, times: int, *, ratio: float = 1, key: str = "card") -> int:
    """How often something was really drawn that was painted so many times."""
    calls = 0

    def draw(painter: QPainter, rect: QRectF) -> None:
        nonlocal calls
        calls += 1
        painter.fillRect(rect, Qt.GlobalColor.red)

    image = QImage(QSize(100, 100), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    for _time in range(times):
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        pictures.paint(painter, QRectF(3, 4, 20, 10), key, QColor("white"), draw)
        painter.end()
        assert image.pixelColor(int(10 * ratio), int(8 * ratio)) == Qt.GlobalColor.red
    return calls


def test_what_is_painted_again_is_copied(qapp) -> None:
    pictures = Pictures()
    assert drawn(pictures, 5) == 2
    assert drawn(pictures, 5, key="another") == 2
    pictures.clear()
    assert drawn(pictures, 1) == 1


def test_nothing_is_copied_between_pixels(qapp) -> None:
    assert drawn(Pictures(), 4, ratio=1.5) == 4


def test_no_more_pictures_are_kept_than_fill_two_screens(qapp) -> None:
    pictures = Pictures()
    for n in range(300):
        drawn(pictures, 2, key=str(n))
    assert pictures._pixels <= 2 * 100 * 100
    assert drawn(pictures, 1, key="0") == 1 and drawn(pictures, 1, key="299") == 0


def test_what_was_seen_first_gets_its_picture_even_where_it_pushes_others_out(qapp) -> None:
    pictures = Pictures()
    for key in ("first", *map(str, range(100))):
        drawn(pictures, 1 if key == "first" else 2, key=key)
    assert drawn(pictures, 2, key="first") == 1  # once for the picture


def test_only_cards_that_are_seen_get_a_face_and_each_is_as_high_as_its_face_needs(
    trial: Trial,
) -> None:
    text = "\n".join(
        f"Agree with the branch of the {n}th district on its poster" for n in range(80)
    )
    trial.workspace.do(actions.quick_add, trial.board, text, column_id=trial.columns[0].id)
    ids = [card.id for card in trial.page.desk.view.cards]
    trial.workspace.do(actions.block, ids[:1], "The data centre has no room before the spring")
    trial.workspace.do(
        actions.set_fields, ids[1:3], {"service": "expedite", "due_date": NOW.date()}
    )
    trial.page.open_board(trial.board, again=True)
    trial.settle()
    wall = trial.wall
    assert len(wall.cards.ids) > 100 and len(wall.cards._faces) < 60
    heights = {row: wall.wall.box(row).height for row in range(len(wall.cards.ids))}
    width = wall.wall.column_width
    assert heights == {row: wall.delegate.height(wall.cards.face(row), width) for row in heights}
    assert len(set(heights.values())) > 2
