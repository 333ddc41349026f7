"""The parts that pages are made of: by keyboard, by mouse, by name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from ecofolio.errors import InputError
from ecofolio.widgets import painters
from ecofolio.widgets.background import Runner
from ecofolio.widgets.bars import Bar, BarList
from ecofolio.widgets.choosers import Chip, Choice, MultiChoice, Node, TreeChoice
from ecofolio.widgets.matrix import Cell, Head, Matrix
from ecofolio.widgets.messages import ErrorDialog, InlineMessage, JobStrip, Toast
from ecofolio.widgets.panels import EmptyState, Panel, Tile
from ecofolio.widgets.parts import ElidedLabel, FlowLayout, SearchField, button, clear, label

LIGHTS = ("green", "amber", "red", "not_reported")


@pytest.fixture
def ground(qtbot) -> QWidget:
    """A shown window for widgets to stand on."""
    made = QWidget()
    made.resize(640, 480)
    qtbot.addWidget(made)
    made.show()
    return made


def _picture(light: str) -> QImage:
    image = QImage(16, 16, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painters.paint_light(painter, QRectF(image.rect()), light, centred=True)
    painter.end()
    return image


def test_lights_differ_in_shape_and_not_in_colour_alone(qapp):
    def shape(light: str) -> bytes:
        grey = _picture(light).convertToFormat(QImage.Format.Format_Mono)
        return bytes(grey.constBits())

    assert len({shape(light) for light in LIGHTS}) == len(LIGHTS)


def test_text_of_people_is_never_markup(qtbot):
    made = label("<b>bold</b>")
    qtbot.addWidget(made)
    assert made.textFormat() is Qt.TextFormat.PlainText


def test_a_buttons_ampersand_is_a_letter(qtbot):
    made = button("Research & development")
    qtbot.addWidget(made)
    assert made.text() == "Research && development"
    assert made.accessibleName() == "Research & development"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_tile_is_opened_by_keyboard_and_mouse(qtbot, key):
    tile = Tile("64", "open initiatives", "12 full rollout")
    qtbot.addWidget(tile)
    assert tile.accessibleName() == "64 open initiatives 12 full rollout"
    with qtbot.waitSignal(tile.clicked):
        qtbot.keyClick(tile, key)
    with qtbot.waitSignal(tile.clicked):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)


def test_a_tiles_figure_is_written_smaller_with_its_peers_before_it_is_cut_off(qtbot):
    tiles = [Tile("1 1 1 1 1 1 1 1", "available"), Tile("1 1", "spent")]
    for tile in tiles:
        tile.alike(tiles)
        tile.resize(400, 120)
        qtbot.addWidget(tile)
        tile.show()
    large = [strokes(tile) for tile in tiles]
    tiles[0].resize(140, 120)
    small = [strokes(tile) for tile in tiles]
    assert [len(found) for found in large] == [len(found) for found in small] == [8, 2]
    assert small[1][1] < large[1][1]


def strokes(tile: Tile) -> list[int]:
    """Where the strokes of a tile's figure begin, in pixels from the left."""
    place = next(one for one in tile.findChildren(QLabel) if one.property("role") == "figure")
    image = place.grab().toImage()
    blank, height = image.pixel(0, 0), range(image.height())
    inked = [any(image.pixel(x, y) != blank for y in height) for x in range(image.width())]
    return [x for x in range(1, len(inked)) if inked[x] and not inked[x - 1]]


@pytest.fixture
def matrix(ground) -> Matrix:
    made = Matrix("Segment by batch", ground)
    rows = [Head("Government", "G"), Head("Business", "B")]
    columns = [Head("Full rollout"), Head("Breakthrough"), Head("Incubation")]
    made.fill(rows, columns, [[Cell(str(3 * y + x), "1m", 0.5) for x in range(3)] for y in (0, 1)])
    made.resize(500, 200)
    made.show()
    return made


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_matrix_is_walked_and_opened_by_keyboard(matrix, qtbot, key):
    matrix.setFocus()
    matrix.setCurrentIndex(matrix.model().index(0, 0))
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    with qtbot.waitSignal(matrix.opened) as heard:
        qtbot.keyClick(matrix, key)
    assert heard.args == [1, 1]


def test_a_matrix_cell_says_its_row_column_and_figure(matrix):
    said = matrix.model().index(1, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Business, Incubation, 5, 1m"


def test_a_whole_row_or_column_of_a_matrix_is_opened_by_its_head(matrix, qtbot):
    with qtbot.waitSignal(matrix.opened) as heard:
        matrix.horizontalHeader().sectionClicked.emit(2)
    assert heard.args == [-1, 2]
    assert matrix.head(column=2).title == "Incubation"


def test_bars_are_walked_and_opened_by_keyboard(ground, qtbot):
    bars = BarList("Health", ground)
    bars.fill([Bar(light, n, str(n), light=light) for n, light in enumerate(LIGHTS)])
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    with qtbot.waitSignal(bars.opened) as heard:
        qtbot.keyClick(bars, Qt.Key.Key_Return)
    assert heard.args == [1]
    assert bars.accessibleDescription() == "green 0; amber 1; red 2; not_reported 3"


def test_choices_are_found_by_typing_and_ticked_by_keyboard(ground, qtbot):
    choices = [Choice(n, f"Scene {n}") for n in range(12)]
    popup = MultiChoice(ground, "Scene", choices, {2})
    heard = []
    popup.chosen.connect(heard.append)
    popup.open_below(ground)
    qtbot.keyClicks(popup.search, "scene 11")
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert heard == [frozenset({2, 11})]
    popup.select(())
    assert heard[-1] == frozenset()
    popup.close()


def test_a_click_on_the_box_and_on_the_words_both_tick_once(ground, qtbot):
    popup = MultiChoice(ground, "Batch", [Choice("a", "A"), Choice("b", "B")], ())
    popup.open_below(ground)
    rect = popup.list.visualItemRect(popup.list.item(0))
    for at in (rect.topLeft() + QPoint(8, rect.height() // 2), rect.center()):
        before = popup.selected
        qtbot.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert popup.selected != before
    popup.close()


UNITS = [
    Node(1, "Head office", None, "HO"),
    Node(2, "Hubei", 1, "HB"),
    Node(3, "Wuhan", 2, "HB-WH"),
    Node(4, "Gansu", 1, "GS"),
]


@pytest.mark.parametrize(("typed", "key"), [("wuhan", 3), ("gs", 4), ("whole", None)])
def test_a_unit_is_found_by_name_or_code(ground, qtbot, typed, key):
    popup = TreeChoice(ground, "Unit", UNITS, 2, everything="Whole bank")
    popup.open_below(ground)
    heard = []
    popup.chosen.connect(heard.append)
    qtbot.keyClicks(popup.search, typed)
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert heard == [key]


def test_the_chosen_unit_is_where_the_tree_opens(ground):
    popup = TreeChoice(ground, "Unit", UNITS, 3, everything="Whole bank")
    assert popup.tree.currentIndex().data() == "Wuhan"
    popup.deleteLater()


def test_a_unit_that_is_its_own_parent_does_not_hang_the_tree(ground):
    popup = TreeChoice(ground, "Unit", [Node(1, "A", 1)], None, everything="Whole bank")
    assert popup.tree.model().rowCount() == 2
    popup.deleteLater()


def test_a_chip_says_kind_and_value(ground):
    chip = Chip("Unit", "Whole bank", ground)
    narrow = chip.sizeHint().width()
    chip.set_value("Hubei branch of the bank", chosen=True)
    assert chip.accessibleName() == "Unit: Hubei branch of the bank"
    assert chip.sizeHint().width() > narrow


def test_escape_empties_the_search_field_before_it_leaves_it(ground, qtbot):
    field = SearchField("Find")
    field.setParent(ground)
    qtbot.keyClicks(field, "car")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""


def test_a_message_offers_what_can_be_done_and_folds_its_details(ground, qtbot):
    message, done = InlineMessage(ground), []
    message.say("3 rows have no name.", "amber", action="Show them", details="4, 5, 6",
                on_action=lambda: done.append(1))  # fmt: skip
    assert message.accessibleName() == "3 rows have no name."
    assert message._details.isHidden()
    qtbot.mouseClick(message._fold, Qt.MouseButton.LeftButton)
    assert not message._details.isHidden()
    qtbot.mouseClick(message._action, Qt.MouseButton.LeftButton)
    assert done == [1]
    message.say("All well.", "green")
    assert message._fold.isHidden()
    assert message._action.isHidden()


def test_a_toast_goes_by_itself_and_can_undo(ground, qtbot):
    toast, undone = Toast(ground, seconds=0.02), []
    toast.say("Moved 3 initiatives", lambda: undone.append(1))
    assert toast.isVisible()
    qtbot.waitUntil(lambda: toast.isHidden())
    toast.say("Moved 3 initiatives", lambda: undone.append(1))
    qtbot.mouseClick(toast._undo, Qt.MouseButton.LeftButton)
    assert undone == [1]
    assert toast.isHidden()


def test_the_world_s_fault_is_a_sentence_and_ours_a_report(ground, qtbot):
    world = ErrorDialog.about(InputError("The list has no rows."), ground)
    assert world.accessibleName() == "The list has no rows."
    assert not world._details.toPlainText()
    ours = ErrorDialog.about(ZeroDivisionError("x"), ground)
    assert "ZeroDivisionError" in ours._details.toPlainText()
    assert ours._details.isHidden()
    copy = next(b for b in ours.findChildren(QPushButton) if b.text() == "Copy details")
    copy.click()
    assert "ZeroDivisionError" in QApplication.clipboard().text()


def test_long_work_shows_progress_and_is_cancelled_from_there(ground, qtbot):
    runner = Runner(lambda error: None)

    def task(progress, cancelled):
        while True:
            progress(1, 4, "25 rows")

    job = runner.start(task, title="Importing")
    strip = JobStrip(job, ground)
    qtbot.waitUntil(lambda: strip._title.text() == "Importing · 25 rows")
    assert strip._bar.value() == 250
    with qtbot.waitSignal(job.ended):
        strip.cancel.click()
    assert not runner.jobs


def test_an_empty_state_offers_the_next_step(ground):
    pressed = []
    state = EmptyState("inbox", "No initiatives yet", "Import a list", lambda: pressed.append(1))
    state.setParent(ground)
    state.action.click()
    assert pressed == [1]


def test_flowing_items_take_the_lines_they_need(ground):
    holder = QWidget(ground)
    flow = FlowLayout(holder)
    for n in range(6):
        flow.addWidget(button(f"Button {n}"))
    assert flow.heightForWidth(2000) < flow.heightForWidth(200)
    clear(flow)
    assert flow.count() == 0
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_a_panel_is_named_by_its_title(qtbot):
    panel = Panel("Coverage", "tier-1 branches", flush=True)
    qtbot.addWidget(panel)
    assert panel.accessibleName() == "Coverage"


def test_a_long_line_gives_way_and_never_widens_the_window(ground):
    made = ElidedLabel("x" * 2000, "caption")
    made.setParent(ground)
    assert made.minimumSizeHint().width() <= 24


def test_a_few_columns_of_a_matrix_share_the_room_without_scrolling(matrix, qtbot):
    for width in (620, 330):
        matrix.resize(width, 200)
        qtbot.waitUntil(lambda: matrix.horizontalHeader().length() <= matrix.viewport().width())


def test_enter_presses_a_button_outside_a_dialog_too(qtbot):
    pressed = []
    made = button("Go", lambda: pressed.append(True))
    qtbot.addWidget(made)
    qtbot.keyClick(made, Qt.Key.Key_Return)
    qtbot.keyClick(made, Qt.Key.Key_Enter)
    qtbot.keyClick(made, Qt.Key.Key_Space)
    assert len(pressed) == 3
