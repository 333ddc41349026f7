"""What a child of the boards' benchmarks does: `… board_child WHAT PROGRAMME CARDS`.

It makes the board and says at its end a JSON object with lists of seconds.
"""

import itertools
import json
import os
import sys
import time

from tests.bench.turns import turns

TURNS, WARM, FRAMES = turns(40), turns(4), turns(200)
SHOWN = (
    "SELECT id, version, board_id, column_id, rank, entered_at, title, key, initiative_id,"
    " milestone_id, journey, loop_phase, service, size, due_date, labels FROM card"
    " WHERE board_id = ? AND trashed_at IS NULL ORDER BY rank"
)


def say(document):
    os.write(1, f"{json.dumps(document)}\n".encode())
    os._exit(0)


def opened(place, size):
    """The page of boards with a board of so many cards over its columns, painted, at rest."""
    from PySide6.QtTest import QTest
    from tests.boards.page_trials import furnish

    from ecofolio.boards import actions, layout
    from ecofolio.shell.application import application
    from ecofolio.store.workspace import Workspace

    application()
    workspace = Workspace.create(place, actor="PMO")
    trial = furnish(workspace)
    workspace.do(layout.create_board, trial.squad, "Another")
    columns = trial.columns[:-1]
    for column in columns:
        text = "\n".join(
            f"Pay by plate {column.id} {n} 车生活" for n in range(size // len(columns))
        )
        workspace.do(actions.quick_add, trial.board, text, column_id=column.id)
    trial.open(size=(1280, 800))
    trial.page.open_board(trial.board, again=True)
    rest(trial)
    QTest.qWait(200)
    rest(trial)
    return trial


def rest(trial):
    trial.wall.viewport().repaint()
    trial.settle()


def opening(place, size):
    """The board opened from another; then the raw rows in a bare list, by turns."""
    from PySide6.QtCore import QStringListModel
    from PySide6.QtWidgets import QApplication, QListView
    from pysqlite3 import dbapi2

    trial = opened(place, size)
    other = next(row.id for row in trial.page.boards if row.id != trial.board)
    connection = dbapi2.connect(place)
    times = {"ours": [], "floor": []}
    for _turn in range(turns(8)):
        trial.page.open_board(other)
        rest(trial)
        start = time.perf_counter()
        trial.page.open_board(trial.board)
        trial.wall.viewport().repaint()
        times["ours"].append(time.perf_counter() - start)
        rest(trial)
        start = time.perf_counter()
        rows = connection.execute(SHOWN, (trial.board,)).fetchall()
        view, model = QListView(), QStringListModel([row[6] for row in rows])
        view.setUniformItemSizes(True)
        view.setModel(model)
        view.resize(1280, 800)
        view.show()
        view.viewport().repaint()
        QApplication.processEvents()
        times["floor"].append(time.perf_counter() - start)
        view.close()
    say(times)


class Painted:
    """Counts how often the cards of a wall are painted."""

    def __init__(self, wall):
        from PySide6.QtCore import QEvent, QObject

        class Counter(QObject):
            paints = 0

            def eventFilter(self, _watched, event):
                self.paints += event.type() is QEvent.Type.Paint
                return False

        self._counter = Counter(wall)
        wall.viewport().installEventFilter(self._counter)

    def times(self, do):
        """Seconds from what is done to where it has been painted."""
        from PySide6.QtWidgets import QApplication

        before, start = self._counter.paints, time.perf_counter()
        do()
        QApplication.processEvents()
        taken = time.perf_counter() - start
        assert self._counter.paints > before, "nothing was painted"
        return taken


def dropping(trial):
    """A function that moves a card to the top of one of two columns by turns, where all see it;
    it says the seconds until it was painted."""
    from ecofolio.boards.carry_view import Drop

    page, painted, turns = trial.page, Painted(trial.wall), itertools.count()
    card, columns = page.desk.view.cards[0].id, [one.id for one in trial.columns[1:3]]

    def drop():
        column = columns[next(turns) % 2]
        top = next(one.id for one in page.desk.view.cards if one.column_id == column)
        taken = painted.times(
            lambda: page.editor.drop(Drop([card], "", column, top, None), "bench")
        )
        assert page.desk.by_id[card].column_id == column
        return taken

    return drop


def drops(place, size):
    """One card moved to and fro."""
    drop = dropping(opened(place, size))
    say({"ours": [drop() for _turn in range(WARM + TURNS)][WARM:]})


def growth(place, size):
    """The same by turns on that board and on one with a tenth of the cards."""
    many, few = dropping(opened(place, size)), dropping(opened(f"{place}.few", size // 10))
    times = [(many(), few()) for _turn in range(WARM + TURNS)][WARM:]
    say({"ours": [one for one, _few in times], "floor": [one for _many, one in times]})


def scrolling(place, size):
    """A column scrolled by the wheel, notch by notch and then in leaps, to and fro."""
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    trial = opened(place, size)
    surface, painted = trial.wall.viewport(), Painted(trial.wall)
    bar = trial.wall.bar_of(trial.columns[0].id)
    at = QPointF(100, 300)
    button, key, phase = (
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
    )

    def turn(angle):
        on = surface.mapToGlobal(at)
        event = QWheelEvent(at, on, QPoint(), QPoint(0, angle), button, key, phase, False)
        return painted.times(lambda: QApplication.sendEvent(surface, event))

    times, way = [], -1
    for angle in (*[120] * FRAMES, *[120 * 20] * FRAMES):
        if bar.value() in (bar.minimum(), bar.maximum()):
            way = -1 if bar.value() == bar.minimum() else 1
        times.append(turn(way * angle))
    say({"ours": times})


def keys(place, size):
    """A word typed in the board's search and taken back letter by letter."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    trial = opened(place, size)
    times, painted = [], Painted(trial.wall)

    def strike(key):
        QTest.keyClick(trial.page.tools.search, key)
        waiting = trial.page.tools._typing
        if waiting.isActive():  # the pause is no work: what follows it is
            waiting.stop()
            waiting.timeout.emit()

    strokes = [Qt.Key.Key_P, Qt.Key.Key_A, Qt.Key.Key_Y, *[Qt.Key.Key_Backspace] * 3]
    for key in strokes * turns(5):
        times.append(painted.times(lambda key=key: strike(key)))
    assert trial.page.desk.filter.text == ""
    say({"ours": times})


if __name__ == "__main__":
    what, programme, number = sys.argv[1:]
    tasks = (opening, drops, growth, keys, scrolling)
    {task.__name__: task for task in tasks}[what](programme, int(number))
