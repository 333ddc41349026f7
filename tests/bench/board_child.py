"""What a child of the boards' benchmarks does: `… board_child WHAT PROGRAMME CARDS`.

It makes the board and says at its end a JSON object with lists of seconds.
"""

import json
import os
import sys
import time

TURNS, WARM = 40, 4
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
    for _turn in range(8):
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


def drops(place, size):
    """One card moved to and fro between two columns."""
    from PySide6.QtWidgets import QApplication

    from ecofolio.boards.carry_view import Drop

    trial = opened(place, size)
    card = trial.page.desk.view.cards[0].id
    times = []
    for turn in range(WARM + TURNS):
        column = trial.columns[1 + turn % 2].id
        start = time.perf_counter()
        trial.page.editor.drop(Drop([card], "", column, None, None), "bench")
        trial.wall.viewport().repaint()
        QApplication.processEvents()
        times.append(time.perf_counter() - start)
        assert trial.page.desk.by_id[card].column_id == column
    say({"ours": times[WARM:]})


def keys(place, size):
    """A word typed in the board's search and taken back letter by letter."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    trial = opened(place, size)
    times = []
    strokes = [Qt.Key.Key_P, Qt.Key.Key_A, Qt.Key.Key_Y, *[Qt.Key.Key_Backspace] * 3]
    for key in strokes * 5:
        start = time.perf_counter()
        QTest.keyClick(trial.page.tools.search, key)
        waiting = trial.page.tools._typing
        if waiting.isActive():  # the pause is no work: what follows it is
            waiting.stop()
            waiting.timeout.emit()
        trial.wall.viewport().repaint()
        QApplication.processEvents()
        times.append(time.perf_counter() - start)
    assert trial.page.desk.filter.text == ""
    say({"ours": times})


if __name__ == "__main__":
    what, programme, number = sys.argv[1:]
    {"opening": opening, "drops": drops, "keys": keys}[what](programme, int(number))
