"""Charts: what is drawn is found, walked through, looked at closely, copied and saved."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QGraphicsSimpleTextItem,
    QScrollArea,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from ecofolio.text import using
from ecofolio.widgets import charts_menu, theme
from ecofolio.widgets.charts import Area, Chart, Figure, Level, Line, Point, Post
from ecofolio.widgets.charts_figure import day_ticks, steps

FIRST = date(2026, 6, 1).toordinal()
Key = Qt.Key


def dots(**more) -> Figure:
    points = [Point(FIRST + 10 * n, 3 * n + 1, n, f"card {n} <i>") for n in range(10)]
    return Figure(first=FIRST, last=FIRST + 99, days=True, unit="Days", points=points, **more)


def bands(**more) -> Figure:
    areas = [Area("Done", [2, 3, 4, 5], "green"), Area("<b>Doing</b>", [4, 3, 2, 1])]
    keys = [FIRST, FIRST + 10, FIRST + 20, FIRST + 30]
    return Figure(
        first=FIRST, last=FIRST + 30, days=True, areas=areas, area_keys=keys, summary="two", **more
    )


@pytest.fixture
def show(qtbot):
    """Shows a figure in a window of its own."""

    def make(figure: Figure, width: int = 480, height: int = 240) -> Chart:
        made = Chart("Chart", height)
        made.resize(width, height)
        qtbot.addWidget(made)
        made.show_figure(figure)
        made.show()
        qtbot.waitExposed(made)
        made.picture()  # the library is waited for
        return made

    return make


def words(chart: Chart) -> list[QGraphicsSimpleTextItem]:
    items = chart._plot.view.scene().items()
    return [one for one in items if isinstance(one, QGraphicsSimpleTextItem)]


def wheel(chart: Chart, up: int, keys=Qt.KeyboardModifier.NoModifier) -> bool:
    """Turn the wheel in the middle; whether the chart took it."""
    at = QPointF(chart.rect().center())
    event = QWheelEvent(
        at, chart.mapToGlobal(at), QPoint(), QPoint(0, 120 * up), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, event)
    return event.isAccepted()


def across(chart: Chart) -> float:
    """How many days are in view."""
    (left, right), _up = chart._plot._box.viewRange()
    return right - left


# --- figures -----------------------------------------------------------------------------------


@given(st.floats(-1e9, 1e12), st.floats(0, 1e12))
def test_an_axis_has_a_few_whole_steps_that_hold_what_is_shown(low, more):
    found = steps(low, low + more)
    assert found[0] <= low
    assert low + more <= found[-1]
    assert 2 <= len(found) <= 8
    assert all(one == round(one) for one in found)


@given(st.integers(date(1990, 1, 1).toordinal(), date(2040, 1, 1).toordinal()),
       st.integers(1, 12_000), st.integers(2, 20))  # fmt: skip
def test_days_have_names_in_order_and_not_too_many(first, wide, most):
    found = day_ticks(first, first + wide, most)
    places = [at for at, _name in found]
    assert places == sorted(set(places))
    assert len(found) <= 1.5 * most + 1
    assert all(first <= at <= first + wide and name for at, name in found)


def test_days_are_named_by_days_mondays_months_and_years_in_the_language():
    week, start = date(2026, 11, 16).toordinal(), date(2026, 1, 1).toordinal()
    assert [name for _at, name in day_ticks(week, week + 3, 9)] == [
        "16 Nov", "17 Nov", "18 Nov", "19 Nov",
    ]  # fmt: skip
    assert [name for _at, name in day_ticks(week - 2, week + 8, 5)] == ["16 Nov", "23 Nov"]
    assert [name for _at, name in day_ticks(start, start + 100, 5)] == ["2026", "Feb", "Mar", "Apr"]
    with using("zh_CN"):
        assert [name for _at, name in day_ticks(start, start + 40, 3)] == ["2026年", "2月"]
        assert day_ticks(week, week + 1, 9)[0][1] == "11月16日"


def test_copied_data_is_never_a_formula():
    figure = Figure(data=[["=1+1", "@x", "+2", "-x", "-2.5", -2.5, "a\tb\nc"]])
    assert figure.text() == "'=1+1\t'@x\t'+2\t'-x\t-2.5\t-2.5\ta b c"


# --- marks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dots", "bars", "powers"])
def test_a_mark_is_found_where_it_is_drawn_also_when_looked_at_closely(show, kind):
    figure = dots()
    if kind == "bars":
        figure.points, figure.bars, figure.bar_width = [], figure.points, 8
    if kind == "powers":
        figure.points = [Point(10**n, 10 ** (n / 2), n, "dot") for n in range(10)]
        figure.days, figure.log = False, True
    chart = show(figure)
    for _closer in range(2):
        room = chart._plot.room().translated(chart._inner().topLeft())
        for n in range(10):
            assert chart.mark_at(chart.where(n)) == (n if room.contains(chart.where(n)) else -1)
        QTest.keyClick(chart, Key.Key_Plus)
    assert chart.mark_at(QPointF(-50, -50)) == -1


def test_a_click_opens_what_is_behind_a_mark_and_nothing_without_a_key(show, qtbot):
    figure = dots()
    figure.points[3] = Point(FIRST + 30, 20, None, "no key")
    chart = show(figure)
    with qtbot.waitSignal(chart.opened) as heard:
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.where(2).toPoint())
    assert heard.args == [2]
    with qtbot.assertNotEmitted(chart.opened):
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.where(3).toPoint())
        QTest.mouseClick(chart, Qt.MouseButton.RightButton, pos=chart.where(2).toPoint())


def test_bands_and_days_are_walked_through_said_and_opened_by_the_keys(show, qtbot):
    chart = show(bands())
    chart.setFocus()
    QTest.keyClick(chart, Key.Key_Right)
    QTest.keyClick(chart, Key.Key_Right)
    assert chart.accessibleDescription() == "11 Jun 2026 · Done 3"
    QTest.keyClick(chart, Key.Key_Up)
    assert chart.accessibleDescription() == "11 Jun 2026 · <b>Doing</b> 3"
    with qtbot.waitSignal(chart.opened) as heard:
        QTest.keyClick(chart, Key.Key_Return)
    assert heard.args == [(1, 1)]


def test_what_is_under_the_mouse_is_said_as_plain_text(show):
    chart = show(dots())
    QTest.mouseMove(chart, chart.where(4).toPoint())
    assert "card 4 <i>" in [one.text() for one in words(chart)]
    at = chart.where(4).toPoint()
    QApplication.sendEvent(chart, QHelpEvent(QEvent.Type.ToolTip, at, chart.mapToGlobal(at)))
    assert QToolTip.text() == "<span>card 4 &lt;i&gt;</span>"
    QToolTip.hideText()
    for window in QApplication.topLevelWidgets():
        if window.inherits("QTipLabel"):
            window.hide()


def test_lines_say_their_values_at_a_place_and_gaps_are_no_zeros(show):
    line = Line("done", [(FIRST, 1.0), (FIRST + 1, math.nan), (FIRST + 2, 3.0)])
    chart = show(Figure(first=FIRST, last=FIRST + 2, days=True, lines=[line]))
    assert chart.figure.read(2) == "3 Jun 2026 · done 3"
    assert chart.figure.heights() == [1.0, 3.0]


# --- looking closely ---------------------------------------------------------------------------


def test_the_wheel_scrolls_the_page_and_zooms_only_with_ctrl(qtbot):
    page, area = QWidget(), QScrollArea()
    layout, chart = QVBoxLayout(page), Chart("Chart", 240)
    for part in (chart, Chart("Other", 600)):
        layout.addWidget(part)
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.resize(500, 300)
    qtbot.addWidget(area)
    chart.show_figure(dots())
    area.show()
    chart.picture()
    assert page.childAt(chart.geometry().center()) is chart  # the drawing itself hears nothing
    assert not wheel(chart, -1)
    assert across(chart) == 99
    assert wheel(chart, 1, Qt.KeyboardModifier.ControlModifier)
    assert across(chart) == pytest.approx(79.2)


def test_a_closer_look_ends_with_0_or_the_button(show, qtbot):
    chart = show(dots())
    button = chart._whole
    assert not button.isVisible()
    for _again in range(40):
        QTest.keyClick(chart, Key.Key_Plus)
    assert across(chart) == pytest.approx(7)  # a week is the closest
    assert button.isVisible()
    QTest.keyClick(chart, Key.Key_0)
    assert across(chart) == 99
    QTest.keyClick(chart, Key.Key_Plus)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert across(chart) == 99
    assert not button.isVisible()
    QTest.keyClick(chart, Key.Key_Minus)
    assert across(chart) == 99  # there is nothing beyond


def test_a_mark_that_the_keys_reach_comes_into_view(show):
    chart = show(dots())
    for _again in range(8):
        QTest.keyClick(chart, Key.Key_Plus)
    chart.setFocus()
    for _again in range(10):
        QTest.keyClick(chart, Key.Key_Right)
    assert chart.mark_at(chart.where(9)) == 9


def test_dragging_moves_what_is_in_view_and_opens_nothing(show, qtbot):
    chart = show(dots())
    for _again in range(4):
        QTest.keyClick(chart, Key.Key_Plus)
    before, at = chart._plot._box.viewRange()[0][0], chart.rect().center()
    with qtbot.assertNotEmitted(chart.opened):
        QTest.mousePress(chart, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseMove(chart, at + QPoint(60, 0))
        QTest.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=at + QPoint(60, 0))
    assert chart._plot._box.viewRange()[0][0] < before


def test_only_time_and_powers_of_ten_are_zoomed(show):
    chart = show(Figure(last=3, points=[Point(1, 2, 1, "x")], ticks=[(1, "one")]))
    assert not wheel(chart, 1, Qt.KeyboardModifier.ControlModifier)
    assert [one.text() for one in chart.menu().actions()][:3] == [
        "Copy as picture", "Save picture…", "Copy as data",
    ]  # fmt: skip
    assert "Fit" not in [one.text() for one in chart.menu().actions()]


# --- looks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [260, 480, 900])
def test_names_lie_beside_one_another_and_inside(show, width):
    levels = [Level(10 + n / 10, f"{n} %: many days") for n in range(5)]
    corners = ["upper left", "upper right", "lower left", "lower right"]
    chart = show(dots(levels=levels, corners=corners, across="when"), width)
    boxes = [one.sceneBoundingRect() for one in words(chart)]
    assert len(boxes) == 5 + 4 + 2
    inside = chart._plot.view.rect().toRectF().adjusted(-1, -1, 1, 1)
    assert all(inside.contains(box) for box in boxes)
    shrunk = [box.adjusted(1, 2, -1, -2) for box in boxes]
    assert not any(a.intersects(b) for n, a in enumerate(shrunk) for b in shrunk[:n])


def test_names_of_people_are_never_markup(show):
    assert "<b>Doing</b> 1" in [one.text() for one in words(show(bands()))]


def test_an_empty_chart_says_why_and_hears_nothing(show):
    chart = show(Figure(empty="Nothing was finished.", days=True, points=[]))
    assert chart.accessibleDescription() == "Nothing was finished."
    QTest.mouseMove(chart, chart.rect().center())
    for key in (Key.Key_Right, Key.Key_Plus, Key.Key_0, Key.Key_Return):
        QTest.keyClick(chart, key)
    assert words(chart) == []


@pytest.mark.parametrize("mode", [theme.Mode.LIGHT, theme.Mode.DARK])
def test_a_ring_is_told_from_a_dot_without_colours(show, mode):
    theme.in_force().apply(mode)
    points = [Point(1, 1, 1, "dot", "red"), Point(2, 1, 2, "ring", "red", ring=True)]
    chart = show(Figure(last=3, points=points))
    image = chart.picture().toImage()
    dot, ring = (image.pixelColor(chart.where(n).toPoint()) for n in (0, 1))
    ground = theme.in_force().colour("surface")
    assert image.pixelColor(1, 1) == ground
    assert _grey(ring) == pytest.approx(_grey(ground), abs=25)
    assert abs(_grey(dot) - _grey(ground)) > 40


def _grey(colour: QColor) -> int:
    return round(0.3 * colour.red() + 0.59 * colour.green() + 0.11 * colour.blue())


def test_a_new_theme_draws_again_in_its_colours(show):
    chart = show(bands())
    light = chart.picture().toImage()
    theme.in_force().apply(theme.Mode.DARK)
    dark = chart.picture().toImage()
    assert light != dark
    theme.in_force().apply(theme.Mode.LIGHT)
    assert chart.picture().toImage() == light


def test_lines_are_as_wide_at_twice_the_dots(show):
    level = Level(2, "", "red")
    chart = show(Figure(last=3, levels=[level], lines=[Line("", [(0, 1), (3, 1)], "red")]))

    def reds(ratio: float) -> int:
        image = chart.picture(ratio).toImage()
        x = round(image.width() * 0.4)
        shades = [image.pixelColor(x, y) for y in range(image.height())]
        return sum(one.red() > one.green() + 60 for one in shades)

    assert reds(2.0) == pytest.approx(2 * reds(1.0), abs=1)


# --- copying and saving ------------------------------------------------------------------------


def test_a_picture_shows_no_pointer_and_no_focus(show):
    chart = show(dots())
    still = chart.picture().toImage()
    chart.setFocus()
    QTest.keyClick(chart, Key.Key_Right)
    assert chart.picture().toImage() == still
    chart.copy_picture()
    assert QGuiApplication.clipboard().pixmap().width() == chart.width()


@pytest.mark.parametrize(("name", "begins"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml")])
def test_a_picture_is_saved_as_its_name_says(show, tmp_path, monkeypatch, name, begins):
    path = tmp_path / name
    answer = (str(path), "PNG (*.png)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: answer)
    charts_menu.save_picture(show(bands(posts=[Post(FIRST + 5, "today")])))
    assert path.read_bytes().startswith(begins)


def test_a_picture_that_can_not_be_saved_is_a_sentence(show, tmp_path, monkeypatch):
    answer = (str(tmp_path / "nowhere" / "a"), "SVG (*.svg)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: answer)
    said = []
    monkeypatch.setattr(
        charts_menu.ErrorDialog, "exec", lambda dialog: said.append(dialog.accessibleName())
    )
    charts_menu.save_picture(show(bands()))
    assert said[0].startswith("The picture ")
    assert "a.svg" in said[0]


# --- the library -------------------------------------------------------------------------------

_LATE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication([])
from ecofolio.widgets.charts import Chart, Figure, Point
chart = Chart("Chart")
chart.show_figure(Figure(points=[Point(0.5, 1, 1, "x")]))
chart.show()
assert not {"numpy", "pyqtgraph"} & set(sys.modules), "before it is painted"
while chart._drawing is None:
    app.processEvents()
assert "pyqtgraph" in sys.modules
assert chart.mark_at(chart.where(0)) == 0
QTimer.singleShot(0, app.quit)
app.exec()
"""


def test_the_library_comes_in_a_thread_once_a_chart_is_painted_and_ends_with_the_program():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _LATE],
        capture_output=True,
        text=True,
        timeout=60,
        # What is used after it is freed crashes at once.
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONMALLOC": "debug"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
